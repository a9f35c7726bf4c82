"""Solved problems with known answers, and how a solve ends when there is none."""

import os
import signal
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from osea_rocket.core.errors import ImpossibleError, UndecidedError
from osea_rocket.core.numeric import choose, lookup, table
from osea_rocket.trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Guess,
    Integral,
    Limit,
    Link,
    Mesh,
    Objective,
    Parameter,
    Phase,
    Problem,
    State,
)
from osea_rocket.trajectory.optimal_control.propagation import fly, refly
from osea_rocket.trajectory.optimal_control.refine import mesh_error, solve_refined
from osea_rocket.trajectory.optimal_control.solve import Options, solve

G = 9.80665


def slide(p):
    return {"x": p.v * np.sin(p.angle), "y": p.v * np.cos(p.angle), "v": p.gravity * np.cos(p.angle)}


def brachistochrone(mesh=None, gravity=G, **changes):
    fall = Phase(
        name="fall",
        states=(State("x", "m", 10), State("y", "m", 10), State("v", "m/s", 10)),
        controls=(Control("angle", "rad", 1, 0, np.pi),),
        dynamics=slide,
        start=0.0,
        duration=(0.1, 10.0),
        initial={"x": 0, "y": 0, "v": 0},
        final={"x": 10.0, "y": 5.0},
        mesh=mesh or Mesh.uniform(6, 6),
        guess=Guess(0, 2, {"x": (0, 10), "y": (0, 5), "v": (0, 10), "angle": (0.1, 1.5)}),
    )
    return Problem(
        name="brachistochrone",
        phases=(replace(fall, **changes),),
        objective=Objective("time", "s", shortest),
        constants={"gravity": gravity},
    )


def shortest(ends):
    return ends["fall"].duration


def cycloid_time(x, y, gravity):
    """Bernoulli's answer: x = a (s - sin s), y = a (1 - cos s), t = s sqrt(a/g)."""
    s = float(brentq(lambda s: (s - np.sin(s)) / (1 - np.cos(s)) - x / y, 0.1, 6.2))  # type: ignore[arg-type]
    return s * np.sqrt(y / (1 - np.cos(s)) / gravity)


@pytest.mark.parametrize("gravity", [G, 1.62])
def test_brachistochrone_is_the_cycloid(gravity):
    solution = solve(brachistochrone(gravity=gravity))
    assert solution.objective == pytest.approx(cycloid_time(10, 5, gravity), abs=1e-8)
    fall = solution["fall"]
    assert fall.duration == solution.objective
    assert fall.states["v"] == pytest.approx(np.sqrt(2 * gravity * fall.states["y"]), abs=1e-6)
    assert solution.report.violation < 1e-8


def test_costates_are_the_prices_of_the_states():
    base = solve(brachistochrone())
    farther = solve(brachistochrone(final={"x": 10.01, "y": 5.0}))
    price = (farther.objective - base.objective) / 0.01
    fall = base["fall"]
    # The costate of x is constant and minus its final value's price: going farther costs that much time a metre.
    assert fall.costates["x"] == pytest.approx(-price, rel=2e-3)
    # Free final time, no explicit time: the Hamiltonian of least time is -1 throughout (Bryson and Ho 1975, ch. 2.7).
    rates = fall.outputs(fall.time)
    hamiltonian = np.sum([fall.costates[n] * rates[f"rate of {n}"] for n in "xyv"], axis=0)
    assert hamiltonian[1:-1] == pytest.approx(-1.0, abs=1e-4)


def test_regulator_with_an_integral_cost():
    # min of the integral of x^2 + u^2, x' = u, x(0) = 1: tanh(T) (Riccati).
    regulate = Phase(
        name="regulate",
        states=(State("x", ""),),
        controls=(Control("u", ""),),
        dynamics=lambda p: {"x": p.u, "cost": p.x**2 + p.u**2},
        integrals=(Integral("cost", ""),),
        start=0.0,
        duration=2.0,
        initial={"x": 1.0},
        mesh=Mesh.uniform(3, 6),
    )
    goal = Objective("cost", "", lambda e: e["regulate"].final.cost)
    solution = solve(Problem(name="regulator", phases=(regulate,), objective=goal))
    assert solution.objective == pytest.approx(np.tanh(2.0), abs=1e-9)
    assert solution["regulate"].integrals["cost"] == solution.objective
    assert solution["regulate"].controls["u"][0] == pytest.approx(-np.tanh(2.0), abs=1e-6)
    assert solution["regulate"].controls["u"][-1] == pytest.approx(0.0, abs=1e-5)  # extrapolated


def goddard(p):
    drag = 310.0 * p.v**2 * np.exp(-500 * (p.h - 1))
    return {"h": p.v, "v": (p.thrust - drag) / p.m - 1 / p.h**2, "m": -p.thrust / 0.5}


def test_goddard_rocket():
    # COPS 3.0 (Dolan, More, Munson 2004, ANL/MCS-TM-273), problem 'rocket': 1.01284.
    ascent = Phase(
        name="ascent",
        states=(State("h", "", 1.0, 1.0), State("v", "", 0.1, 0.0), State("m", "", 1.0, 0.6, 1.0)),
        controls=(Control("thrust", "", 1.0, 0.0, 3.5),),
        dynamics=goddard,
        start=0.0,
        duration=(0.05, 0.5),
        initial={"h": 1.0, "v": 0.0, "m": 1.0},
        final={"m": 0.6},
        mesh=Mesh.uniform(50, 3),
        guess=Guess(0.0, 0.2, {"h": (1.0, 1.01), "v": 0.05, "m": (1.0, 0.6), "thrust": (3.5, 0.0)}),
    )
    goal = Objective("final height", "", lambda e: e["ascent"].final.h, scale=0.01, maximize=True)
    solution = solve(Problem(name="Goddard", phases=(ascent,), objective=goal))
    assert solution.objective == pytest.approx(1.01284, abs=1e-5)
    assert max(abs(d) for d in refly(solution)[0].end_difference.values()) < 1e-6


def coast(p):
    return {"x": p.v, "v": p.thrust / p.m - p.g, "m": -p.thrust / p.exhaust}


def two_stages(**changes):
    """Straight up in uniform gravity, full thrust, a stage dropped: the speed follows from Tsiolkovsky."""
    shared = {
        "states": (State("x", "m", 1e4), State("v", "m/s", 1e3), State("m", "kg", 1e3)),
        "dynamics": coast,
        "mesh": Mesh.uniform(2, 8),
    }
    first = Phase(
        name="first",
        start=0.0,
        duration=50.0,
        initial={"x": 0, "v": 0, "m": 1000},
        constants={"thrust": 3e4},
        guess=Guess(0, 50, {"m": (1000, 500), "v": (0, 1000), "x": (0, 2e4)}),
        **shared,
    )
    second = Phase(
        name="second",
        start=50.0,
        duration=30.0,
        constants={"thrust": 6e3},
        guess=Guess(50, 30, {"m": (400, 300), "v": 1000, "x": 3e4}),
        **shared,
    )
    dropped = replace(second, name="dropped", constants={"thrust": 0.0}, duration=(1.0, 500.0), final={"x": 0.0})
    fallen = Guess(50, 180, {"m": 100, "v": (600, -1200), "x": (3e4, 5e4, 0)})
    dropped = replace(dropped, guess=fallen)
    problem = Problem(
        name="two stages",
        phases=(first, second, dropped),
        links=(
            Link("first", "second", change=lambda p: {"m": p.m - p.dropped_mass}),
            Link("first", "dropped", change=lambda p: {"m": p.dropped_mass}),
        ),
        parameters=(Parameter("dropped_mass", "kg", 100, 50, 200, guess=100),),
        constants={"g": G, "exhaust": 3000.0},
        objective=Objective("speed", "m/s", lambda e: e["second"].final.v, 1e3, maximize=True),
    )
    return replace(problem, **changes)


def test_links_with_a_mass_jump_a_branch_and_a_parameter():
    solution = solve(two_stages())
    dropped = solution.parameters["dropped_mass"]
    assert dropped == pytest.approx(200.0, abs=1e-4)  # the more is dropped, the faster the rest
    end = 1000 - 3e4 / 3000 * 50
    top = end - dropped
    speed = 3000 * np.log(1000 / end) + 3000 * np.log(top / (top - 6e3 / 3000 * 30)) - G * 80
    assert solution.objective == pytest.approx(speed, abs=1e-5)
    fall = solution["dropped"]
    assert fall.start == 50.0
    v0, x0 = fall.states["v"][0], fall.states["x"][0]
    assert fall.duration == pytest.approx((v0 + np.sqrt(v0**2 + 2 * G * x0)) / G, abs=1e-6)
    assert fall.states["m"] == pytest.approx(dropped)


DRAG = table(np.linspace(0, 400, 9), np.linspace(0.2, 0.6, 9) ** 2)


def aimed(p):
    push = choose(p.time < 5.0, 30.0, 30.0 + 0.1 * (p.time - 5.0) ** 2)
    drag = 1e-3 * lookup(DRAG, p.v) * p.v**2
    return {"x": p.v, "v": p.u * push - drag, "effort": p.u**2, "pull": p.u * push}


def table_problem(limit=np.inf):
    go = Phase(
        name="go",
        states=(State("x", "m", 100.0), State("v", "m/s", 30.0, 0.0)),
        controls=(Control("u", "", 1.0, -1.0, 1.0),),
        dynamics=aimed,
        integrals=(Integral("effort", "s"),),
        path=(Limit("pull", "m/s^2", upper=limit, scale=10.0),),
        start=0.0,
        duration=12.0,
        initial={"x": 0.0, "v": 0.0},
        final={"x": 1000.0, "v": 0.0},
        mesh=Mesh.uniform(12, 4),
        guess=Guess(0.0, 12.0, {"x": (0, 1000), "v": (0, 120, 0)}),
    )
    return Problem(name="go", phases=(go,), objective=Objective("effort", "s", lambda e: e["go"].final.effort))


def test_tables_choices_and_path_limits_and_an_independent_flight():
    free, limited = solve(table_problem()), solve(table_problem(26.0))
    assert free["go"].outputs(free["go"].time[:-1])["pull"].max() > 28.0
    assert limited["go"].outputs(limited["go"].time[:-1])["pull"].max() < 26.0 + 1e-5
    assert limited.objective > free.objective
    again = refly(limited)[0]
    assert abs(again.end_difference["x"]) < 0.01
    assert again.states["x"].shape == limited["go"].time.shape


def test_reading_between_the_nodes():
    fall = solve(brachistochrone())["fall"]
    read = fall.at(fall.time)
    for name in "xyv":
        assert read[name] == pytest.approx(fall.states[name], abs=1e-12)
    assert read["angle"] == pytest.approx(fall.controls["angle"], abs=1e-9)
    between = fall.at(np.linspace(0.3, fall.end, 50))
    assert between["v"] == pytest.approx(np.sqrt(2 * G * between["y"]), abs=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        fall.states["x"][0] = 1.0


def test_warm_start_on_the_same_and_on_another_mesh():
    first = solve(brachistochrone())
    near = solve(brachistochrone(gravity=G * 1.01), guess=first)
    assert near.report.iterations < first.report.iterations
    assert near.objective == pytest.approx(cycloid_time(10, 5, G * 1.01), abs=1e-8)
    other = solve(brachistochrone(Mesh((0.2, 0.8), (9, 9))), guess=first)
    assert other.objective == pytest.approx(first.objective, abs=1e-6)


def test_mesh_error_and_refinement():
    coarse = solve(brachistochrone(Mesh.uniform(2, 3)))
    estimate = mesh_error(coarse["fall"]).largest
    truth = max(abs(d) / 10 for d in refly(coarse)[0].largest_difference.values())
    assert 0.02 < estimate / truth < 50
    refined = solve_refined(brachistochrone(Mesh.uniform(2, 3)), tolerance=1e-8)
    assert refined.met and max(e.largest for e in refined.errors) <= 1e-8
    assert refined.solution.objective == pytest.approx(cycloid_time(10, 5, G), abs=1e-8)
    assert refined.history[0][1] == pytest.approx(estimate) and len(refined.history) > 1
    assert not solve_refined(brachistochrone(Mesh.uniform(1, 2)), tolerance=1e-12, rounds=1).met


def test_a_flown_guess_obeys_the_equations():
    problem = two_stages()
    guess, final = fly(problem, "first", {"m": 1000.0}, lambda t, s: {}, duration=50.0)
    assert final["v"] == pytest.approx(3000 * np.log(2) - G * 50, rel=1e-6)
    assert guess.values["m"][-1] == pytest.approx(500.0)  # type: ignore[index]


def test_an_impossible_limit_is_named_with_both_sides():
    with pytest.raises(ImpossibleError) as caught:
        solve(table_problem(9.0))  # 1000 m in 12 s from rest to rest needs 4 * 1000 / 12^2 = 28 m/s2 without drag
    (detail,) = [d for d in caught.value.details if "pull" in d]
    assert detail.startswith("go: pull at ") and "must be at most 9 m/s^2" in detail


def test_an_impossible_target_is_named():
    problem = two_stages(
        boundaries=(Boundary(lambda e: e["second"].final.x, (Limit.equal("target height", "m", 9e4, 1e4),)),)
    )
    with pytest.raises(ImpossibleError, match=r"target height is .* must be 90000 m"):
        solve(problem)


def test_too_few_iterations_decide_nothing():
    with pytest.raises(UndecidedError, match="maximum iterations exceeded") as caught:
        solve(brachistochrone(), options=Options(max_iterations=2))
    assert any("equation of motion" in d for d in caught.value.details)


def test_a_guess_where_the_equations_are_not_finite_is_named():
    def singular(p):
        return {"x": p.v * np.sin(p.angle), "y": p.v * np.cos(p.angle), "v": np.sqrt(p.y - 20.0)}

    with pytest.raises(UndecidedError, match="not finite") as caught:
        solve(brachistochrone(dynamics=singular))
    assert any("equation of motion of v" in d for d in caught.value.details)


def test_the_time_limit_holds():
    with pytest.raises(UndecidedError, match="cputime"):
        solve(brachistochrone(Mesh.uniform(100, 4)), options=Options(max_time=1e-4))


def test_progress_is_told_and_a_failing_hook_comes_out():
    told = []
    solution = solve(brachistochrone(), on_iteration=told.append)
    assert [i.number for i in told] == list(range(solution.report.iterations + 1))
    assert told[-1].objective == pytest.approx(solution.objective, abs=1e-6)
    assert told[0].infeasibility > 1e-2 > 1e-6 > told[-1].infeasibility

    def broken_hook(iteration):
        raise RuntimeError("hook")

    with pytest.raises(RuntimeError, match="hook"):
        solve(brachistochrone(), on_iteration=broken_hook)


def test_interrupting_raises_and_leaves_the_solver_usable():
    def interrupt(iteration):
        os.kill(os.getpid(), signal.SIGINT)

    # a command that was interrupted in this process leaves the signal ignored, as it should before it ends
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        solve(brachistochrone(), on_iteration=interrupt)
    assert signal.getsignal(signal.SIGINT) is before
    assert solve(brachistochrone()).report.status == "Solve_Succeeded"


def test_the_solver_is_silent(capfd):
    solve(brachistochrone())
    with pytest.raises(UndecidedError):
        solve(brachistochrone(), options=Options(max_iterations=1))
    assert capfd.readouterr() == ("", "")


def test_a_guess_where_slopes_are_not_finite_is_named():
    def rough(p):
        return slide(p) | {"v": np.sqrt(p.v)}  # at rest its slope is infinite

    with pytest.raises(UndecidedError, match="slopes are not finite") as caught:
        solve(brachistochrone(dynamics=rough))
    assert caught.value.details == ("fall: equation of motion of v (its drift), at 0 s",)


def test_ends_that_no_choice_can_reach_are_named():
    problem = two_stages()
    first = replace(problem.phases[0], final={"v": 100.0, "x": 0.0})
    goal = Objective("v", "m/s", lambda e: e["first"].final.v)
    with pytest.raises(ImpossibleError, match=r"final v at 50 s is [\d.]+ m/s, must be 100 m/s"):
        solve(replace(problem, phases=(first,), links=(), parameters=(), objective=goal))
