"""Path limits and controls' bounds at a phase's end, controls in boundaries, and the refinement round switches."""

from dataclasses import replace

import numpy as np
import pytest

from osea_rocket.core.errors import ImpossibleError
from osea_rocket.trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Guess,
    Integral,
    Limit,
    Link,
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
)
from osea_rocket.trajectory.optimal_control.propagation import refly
from osea_rocket.trajectory.optimal_control.refine import finer, mesh_error, solve_refined, switch_in
from osea_rocket.trajectory.optimal_control.solve import solve
from osea_rocket.trajectory.optimal_control.transcription import numbers_of, start_of, transcribe


def climb(p):
    return {"x": p.v, "v": p.u, "effort": (p.u - p.wish * p.elapsed) ** 2, "power": p.u * p.v}


def chase(limits_at_end, power=np.inf, **changes):
    """The acceleration follows a growing wish; its largest value, and the power's, come at the very end."""
    phase = Phase(
        name="chase",
        states=(State("x", "m"), State("v", "m/s")),
        controls=(Control("u", "m/s^2", 1.0, -5.0, 5.0),),
        dynamics=climb,
        integrals=(Integral("effort", "m^2/s^3"),),
        path=(Limit("power", "W/kg", upper=power, scale=1.0),),
        constants={"wish": 2.0},
        start=0.0,
        duration=2.0,
        initial={"x": 0.0, "v": 0.0},
        mesh=Mesh.uniform(2, 3),
        guess=Guess(0.0, 2.0),
        limits_at_end=limits_at_end,
    )
    goal = Objective("effort", "", lambda ends: ends["chase"].final.effort)
    return replace(Problem(name="chase", phases=(phase,), objective=goal), **changes)


def test_a_path_limit_at_the_end():
    free, held = solve(chase(False, power=6.0)), solve(chase(True, power=6.0))

    def at_end(s):
        return float((s["chase"].controls["u"] * s["chase"].states["v"])[-1])

    assert at_end(free) > 6.05  # the last collocation point holds it, the end does not
    assert at_end(held) < 6.0 + 1e-6
    assert held.objective > free.objective
    assert held["chase"].outputs(held["chase"].end)["power"][0] == pytest.approx(at_end(held))


def test_a_controls_bound_at_the_end():
    fast = {"wish": 2.6}  # 5.2 m/s2 at the end, past the bound of 5

    def last(limits_at_end):
        problem = chase(limits_at_end)
        return solve(replace(problem, phases=(replace(problem.phases[0], constants=fast),)))["chase"].controls["u"][-1]

    assert last(False) > 5.0 + 1e-3
    assert last(True) < 5.0 + 1e-6


def test_boundaries_see_controls_at_both_ends():
    boundary = Boundary(
        lambda e: {"first": e["chase"].initial.u, "last": e["chase"].final.u},
        (Limit.equal("first", "m/s^2", 1.0), Limit.equal("last", "m/s^2", 3.0)),
    )
    u = solve(chase(True, boundaries=(boundary,)))["chase"].controls["u"]
    assert u[0] == pytest.approx(1.0) and u[-1] == pytest.approx(3.0)


def test_controls_joined_between_phases():
    first = chase(True).phases[0]
    second = replace(first, name="second", start=2.0, constants={"wish": -1.0}, initial={}, guess=Guess(2.0, 2.0))
    problem = chase(
        True,
        phases=(first, second),
        links=(Link("chase", "second"),),
        objective=Objective("effort", "", lambda e: e["chase"].final.effort + e["second"].final.effort),
        boundaries=(
            Boundary(lambda e: e["second"].initial.u - e["chase"].final.u, (Limit.equal("jump of u", "m/s^2", 0.0),)),
        ),
    )
    solution = solve(problem)
    assert solution["second"].controls["u"][0] == pytest.approx(solution["chase"].controls["u"][-1], abs=1e-6)


def test_what_gives_way_at_the_end_is_named():
    problem = chase(True, power=6.0)
    phase = replace(problem.phases[0], final={"v": 4.0})
    boundary = Boundary(lambda e: e["chase"].final.u, (Limit.equal("last u", "m/s^2", 3.0),))
    with pytest.raises(ImpossibleError) as caught:
        solve(replace(problem, phases=(phase,), boundaries=(boundary,)))
    assert any("power at the end" in d or "last u" in d or "final v" in d for d in caught.value.details)


def test_derivatives_of_the_limits_at_the_end():
    problem = chase(True, power=6.0)
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    x = start_of(problem, programme, numbers) + np.random.default_rng(1).uniform(0.1, 0.9, programme.unknown_count)
    exact = np.array(programme.jac_g(x, numbers.constants)[1])
    step = 1e-6
    for k in range(len(x)):
        e = np.zeros(len(x))
        e[k] = step
        up, down = (np.asarray(programme.evaluate(x + s * e, numbers.constants)[1]).ravel() for s in (1, -1))
        assert exact[:, k] == pytest.approx((up - down) / (2 * step), abs=1e-7)
    assert numbers.g_upper[programme.end_rows].tolist() == [6.0, 5.0]


def reach(p):
    return {"x": p.v, "v": p.u}


def bang_bang(mesh):
    """Rest to rest over 1 m in the least time, with 1 m/s2 at most either way, backwards twice as strong: switch at 2/3."""
    go = Phase(
        name="go",
        states=(State("x", "m"), State("v", "m/s")),
        controls=(Control("u", "m/s^2", 1.0, -2.0, 1.0),),
        dynamics=reach,
        start=0.0,
        duration=(0.5, 10.0),
        initial={"x": 0.0, "v": 0.0},
        final={"x": 1.0, "v": 0.0},
        mesh=mesh,
        guess=Guess(0.0, 3.0, {"x": (0.0, 1.0)}),
    )
    return Problem(name="go", phases=(go,), objective=Objective("time", "s", lambda e: e["go"].duration))


def test_refinement_encloses_a_switch():
    refined = solve_refined(bang_bang(Mesh.uniform(4, 3)), tolerance=1e-7)
    assert refined.met
    # x = t1^2/2 + t2^2, v = t1 - 2 t2 = 0: t1 = sqrt(4/3), in all 1.5 t1.
    assert refined.solution.objective == pytest.approx(1.5 * np.sqrt(4 / 3), abs=1e-6)
    phase = refined.solution["go"]
    switch = np.sqrt(4 / 3)
    shortest = np.argmin(phase.phase.mesh.fractions)
    assert phase.edges[shortest] - 1e-3 < switch < phase.edges[shortest + 1] + 1e-3
    assert len(phase.phase.mesh.fractions) <= 16
    assert max(abs(d) for d in refly(refined.solution)[0].end_difference.values()) < 1e-6


def test_a_switch_is_found_where_it_is():
    solution = solve(bang_bang(Mesh.uniform(4, 3)))
    found = [switch_in(solution["go"], i) for i in range(4)]
    assert [f is not None for f in found] == [False, False, True, False]
    assert found[2] is not None
    at = (2 + found[2]) / 4 * solution.objective
    assert at == pytest.approx(np.sqrt(4 / 3), abs=0.2)
    assert mesh_error(solution["go"]).errors.argmax() == 2


def test_far_too_exact_neighbours_are_joined():
    mesh = Mesh.uniform(4, 3)
    assert finer(mesh, np.array([1e-15] * 4), 1e-6, join=True).fractions == (1.0,)
    assert finer(mesh, np.array([1e-7, 1e-12, 1e-12, 1e-7]), 1e-6, join=True).fractions == (0.25, 0.5, 0.25)
    assert finer(mesh, np.array([1e-7] * 4), 1e-6, join=True) == mesh
    assert finer(mesh, np.array([1e-15] * 4), 1e-6) == mesh
    split = finer(mesh, np.array([1e-7, 1e-2, 1e-7, 1e-7]), 1e-6, switches=[None, 0.5, None, None])
    assert split.fractions == pytest.approx((0.25, 0.1, 0.05, 0.1, 0.25, 0.25))
