"""The programme: its derivatives, what is shared between builds, and what it refuses."""

from dataclasses import replace

import casadi as ca
import numpy as np
import pytest

from osea_rocket.core.errors import InputError
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
from osea_rocket.trajectory.optimal_control.transcription import numbers_of, start_of, transcribe

DRAG = table(np.linspace(0, 5, 9), [0.3, 0.4, 0.7, 0.6, 0.5, 0.45, 0.4, 0.38, 0.37])
TRACED = []


def flight(p):
    TRACED.append(1)
    drag = lookup(DRAG, p.v) * p.v**2 * np.exp(-p.h)
    gain = choose(p.time > 1.0, p.gain * p.push, p.push)
    rates = {
        "h": p.v,
        "v": (gain * p.u - drag) / p.m - p.gravity + 0.01 * p.elapsed * p.duration,
        "m": -(p.u**2) * p.gain,
    }
    return rates | {"loss": drag / p.m, "load": p.u * p.v / p.m}


def phase(name, constants, mesh, **more):
    return Phase(
        name=name,
        states=(State("h", "m", 2.0), State("v", "m/s", 3.0), State("m", "kg", 5.0, 0.1)),
        controls=(Control("u", "N", 1.5, 0, 4),),
        dynamics=flight,
        path=(Limit("load", "m/s^2", -1, 3),),
        integrals=(Integral("loss", "m/s", 0.7),),
        constants=constants,
        mesh=mesh,
        guess=Guess(0.2, 1.7, {"h": (1, 2), "v": (0.3, 2), "m": (4, 3), "u": (1, 2, 0.5)}),
        **more,
    )


def two_phases():
    return Problem(
        name="two",
        phases=(
            phase("one", {"push": 2.0}, Mesh((0.3, 0.7), (3, 2)), start=0.0, end=(0.5, 3.0)),
            phase("two", {"push": 1.0}, Mesh.uniform(2, 4), duration=(0.5, 4)),
        ),
        links=(Link("one", "two", change=lambda p: {"m": p.m - p.gain * p.h * p.push}),),
        boundaries=(
            Boundary(
                lambda e: {
                    "a": e["two"].final.h * e["one"].initial.v,
                    "b": e["two"].final.loss + e["one"].duration * e.gain,
                },
                (Limit.equal("a", "", 1.0), Limit("b", "", upper=9.0)),
            ),
        ),
        parameters=(Parameter("gain", "", 2.0, 0, 9, guess=1.3),),
        constants={"gravity": 0.9},
        objective=Objective("m", "kg", lambda e: e["two"].final.m * e["two"].final.time, 3.0, maximize=True),
    )


def test_assembled_derivatives_equal_casadis_own():
    problem = two_phases()
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    random = np.random.default_rng(3)
    x0 = start_of(problem, programme, numbers)
    x0 = np.clip(x0 + 0.05 * random.standard_normal(len(x0)), 0.05, None)
    multipliers = random.standard_normal(programme.constraint_count)
    x, p, f, g = (programme.nlp[k] for k in "xpfg")
    lam = ca.MX.sym("lam", len(multipliers))
    reference = ca.Function(
        "reference",
        [x, p, lam],
        [ca.gradient(f, x), ca.jacobian(g, x), ca.triu(ca.hessian(0.7 * f + ca.dot(lam, g), x)[0])],
    )
    gradient, jacobian, hessian = (np.asarray(v) for v in reference(x0, numbers.constants, multipliers))
    assert np.asarray(programme.grad_f(x0, numbers.constants)[1]) == pytest.approx(gradient, abs=1e-12)
    assert np.asarray(programme.jac_g(x0, numbers.constants)[1]) == pytest.approx(jacobian, abs=1e-12)
    found = np.asarray(programme.hess_lag(x0, numbers.constants, 0.7, multipliers))
    assert found == pytest.approx(hessian, abs=1e-11)
    assert np.abs(hessian).max() > 0.1 and np.abs(jacobian).max() > 0.1


def test_jacobian_equals_finite_differences():
    problem = two_phases()
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    x0 = start_of(problem, programme, numbers) + 0.01

    def g(x):
        return np.asarray(programme.evaluate(x, numbers.constants)[1]).ravel()

    step = 1e-6
    differences = np.array([(g(x0 + step * e) - g(x0 - step * e)) / (2 * step) for e in np.eye(len(x0))]).T
    assert np.asarray(programme.jac_g(x0, numbers.constants)[1]) == pytest.approx(differences, abs=1e-8)


def test_defects_vanish_on_a_known_motion():
    # Free fall with drag off: a parabola, which degree-2 polynomials hold exactly.
    def fall(p):
        return {"h": p.v, "v": -p.g}

    t = np.linspace(0, 2, 1001)
    ball = Phase(
        name="ball",
        states=(State("h", "m", 7.0), State("v", "m/s", 3.0)),
        dynamics=fall,
        start=0.0,
        duration=2.0,
        constants={"g": 4.0},
        mesh=Mesh((0.25, 0.75), (2, 3)),
        guess=Guess(0.0, 2.0, {"h": tuple(5 + 3 * t - 2 * t**2), "v": tuple(3 - 4 * t)}),
    )
    problem = Problem(name="ball", phases=(ball,), objective=Objective("h", "m", lambda e: e["ball"].final.h))
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    x0 = start_of(problem, programme, numbers)
    nodes = np.append(programme.layouts[0].grid.fractions, 1.0) * 2
    x0[programme.layouts[0].states[:, 0]] = (5 + 3 * nodes - 2 * nodes**2) / 7.0
    g = np.asarray(programme.evaluate(x0, numbers.constants)[1])
    assert np.abs(g).max() < 1e-14
    assert np.abs(np.asarray(programme.evaluate(x0, numbers.constants * 1.1)[1])).max() > 1e-3


def test_numbers_do_not_rebuild_and_phases_share_a_trace():
    TRACED.clear()
    problem = two_phases()
    programme = transcribe(problem)
    assert len(TRACED) in (0, 2)  # once on scaled, once on plain values, for both phases together
    other = replace(
        problem,
        constants={"gravity": 0.5},
        phases=tuple(replace(p, initial={"h": 1.0}, constants={"push": 7.0}) for p in problem.phases),
    )
    assert transcribe(other) is programme
    assert list(numbers_of(other, programme).constants) == [0.5, 7.0, 7.0]
    finer = replace(problem, phases=(replace(problem.phases[0], mesh=Mesh.uniform(5, 3)), problem.phases[1]))
    TRACED.clear()
    assert transcribe(finer) is not programme
    assert not TRACED


def test_rows_are_bounded_and_scaled_by_name():
    problem = two_phases()
    programme = transcribe(problem)
    numbers = numbers_of(problem, programme)
    names = [(r.where, r.name) for r in programme.ends.rows]
    assert names == [
        ("one", "end"),
        *(("one -> two", n) for n in ("h", "v", "m", "time")),  # the integral starts anew
        ("boundary", "a"),
        ("boundary", "b"),
    ]
    b = programme.end_rows[-1]
    assert (numbers.g_lower[b], numbers.g_upper[b]) == (-np.inf, 1.0)
    load = programme.layouts[0].path[:, 0]
    assert numbers.g_lower[load] == pytest.approx(-1 / 3)


def broken(problem, **changes):
    return lambda: transcribe(replace(problem, **changes))


@pytest.mark.parametrize(
    ("message", "state"),
    [
        ("no 'hight'; did you mean 'height'", lambda: one(dynamics=lambda p: {"height": p.hight})),
        ("no rate of 'height'", lambda: one(dynamics=lambda p: {})),
        ("no 'q', which a path limit names", lambda: one(path=(Limit("q", "Pa", upper=1),))),
        ("declared twice", lambda: one(constants={"height": 1.0})),
        ("declared twice", lambda: one(controls=(Control("time", "s"),))),
        ("there is no 'heigth'; did you mean 'height'", lambda: one(initial={"heigth": 0.0})),
        ("exclude each other", lambda: one(duration=(2.0, 1.0))),
        ("exclude each other", lambda: Limit("q", "Pa", 2.0, 1.0)),
        ("must be positive", lambda: State("x", "m", -1.0)),
        ("must be one number", lambda: one(dynamics=lambda p: {"height": (1, 2)})),
        ("fractions are positive", lambda: Mesh((0.5, 0.4), (3, 3))),
        ("there is no 'launch'", lambda: one_problem(links=(Link("launch", "rise"),))),
        ("has no 'payload'", lambda: one_problem(boundaries=(Boundary(lambda e: e.payload, (Limit("a", ""),)),))),
        (
            "returns no 'b'",
            lambda: one_problem(boundaries=(Boundary(lambda e: {"a": 1}, (Limit("a", ""), Limit("b", ""))),)),
        ),
    ],
)
def test_a_bad_statement_is_refused_with_its_reason(message, state):
    with pytest.raises(InputError, match=message):
        state()


def one(**changes):
    rise = {"name": "rise", "states": (State("height", "m"),), "dynamics": lambda p: {"height": 1.0}} | changes
    return one_problem(phases=(Phase(**rise),))


def one_problem(**changes):
    rise = Phase(name="rise", states=(State("height", "m"),), dynamics=lambda p: {"height": 1.0})
    parts = {"name": "p", "phases": (rise,), "objective": Objective("t", "s", lambda e: e["rise"].duration)}
    problem = Problem(**(parts | changes))
    transcribe(problem)
    return problem


def test_linked_phases_with_fixed_clocks_that_disagree_are_refused():
    def still(p):
        return {"x": 0.0}

    a = Phase(name="a", states=(State("x", "m"),), dynamics=still, start=0.0, duration=1.0)
    b = replace(a, name="b", start=2.0)
    goal = Objective("x", "m", lambda e: e["b"].final.x)
    with pytest.raises(InputError, match="fixed to 1 s and 2 s"):
        transcribe(Problem(name="p", phases=(a, b), links=(Link("a", "b"),), objective=goal))
    agreed = Problem(name="p", phases=(a, replace(b, start=1.0)), links=(Link("a", "b"),), objective=goal)
    assert [r.name for r in transcribe(agreed).ends.rows] == ["x"]
