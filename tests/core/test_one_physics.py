"""One physics: the flight's equations give the same numbers in Python, numba and CasADi."""

from typing import Any

import numpy as np
import pytest

from osea_rocket.core.numeric import table
from osea_rocket.trajectory.motion import loads, phase_model, right_hand_side, speed_change_rates
from osea_rocket.trajectory.orbit import orbit_goal, terminal_residuals

THROTTLE = np.linspace(0.4, 1.0, 7)
MACH = np.linspace(0.0, 10.0, 21)
MODEL = phase_model(
    thrust_vacuum=table(THROTTLE, 914e3 * THROTTLE),
    mass_flow=table(THROTTLE, 300.0 * THROTTLE**0.97),
    engine_count=9,
    exit_area=0.9,
    steady_thrust=1e6,
    steady_mass_flow=350.0,
    steady_exit_area=2.0,
    drag_coefficient=table(MACH, 0.3 + 0.3 * np.exp(-((MACH - 1.1) ** 2) / 0.1)),
    reference_area=10.5,
)
EQUATIONS = [right_hand_side, loads, speed_change_rates]


def states(count=400):
    """(count, 11): position, velocity, mass, axis, throttle; from below the ground to above the atmosphere's table, at rest and
    at orbital speed, throttle beyond its range too."""
    rng = np.random.default_rng(3)
    rows = []
    for _ in range(count):
        place, axis = rng.normal(size=3), rng.normal(size=3)
        radius = 6.378e6 + rng.choice([-8e3, 0.0, 1e4, 9e4, 3e5, 1.1e6]) * rng.uniform(0.5, 1.5)
        speed = rng.choice([0.0, 1.0, 300.0, 2500.0, 8000.0])
        rows.append(
            [*place / np.linalg.norm(place) * radius, *rng.normal(size=3) * speed, rng.uniform(1e4, 5e5),
             *axis / np.linalg.norm(axis), rng.uniform(0.3, 1.1)]
        )  # fmt: skip
    return np.array(rows)


def worst(found, expected):
    """Largest difference relative to each value, or to a thousandth of the largest value of that output."""
    floor = 1e-3 * np.max(np.abs(expected), axis=0)
    return np.max(np.abs(found - expected) / np.maximum(np.abs(expected), floor))


@pytest.fixture(scope="module")
def flown():
    rows = states()
    return rows, {f: np.array([f(MODEL, *row.tolist()) for row in rows], dtype=float) for f in EQUATIONS}


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda f: f.__name__)
def test_numba_equals_python(equation, flown):
    from osea_rocket.core.compiled import compiled

    rows, expected = flown
    fast = compiled(equation)
    found = np.array([fast(MODEL, *row.tolist()) for row in rows])
    assert worst(found, expected[equation]) < 1e-12


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda f: f.__name__)
def test_casadi_equals_python(equation, flown):
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)
    rows, expected = flown
    x = ca.SX.sym("x", 11)
    traced = ca.Function("f", [x], [ca.vertcat(*equation(MODEL, *[x[i] for i in range(11)]))])
    found = np.array(traced.map(len(rows))(rows.T)).T
    assert worst(found, expected[equation]) < 1e-12


def test_another_vehicle_compiles_nothing_new():
    from osea_rocket.core.compiled import compiled

    fast = compiled(right_hand_side)
    row = states(1)[0].tolist()
    fast(MODEL, *row)
    before = len(fast.signatures)  # type: ignore[attr-defined]
    other = phase_model(thrust_vacuum=5e5, mass_flow=160, engine_count=2, drag_coefficient=table(MACH[::4], MACH[::4]))
    assert np.array(fast(other, *row)) == pytest.approx(np.array(right_hand_side(other, *row)), rel=1e-12)
    assert len(fast.signatures) == before  # type: ignore[attr-defined]


def test_hessian_equals_differences_of_the_gradient():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)
    x = ca.SX.sym("x", 11)
    scale = np.array([1e5] * 3 + [1e3] * 3 + [1e5, 1, 1, 1, 1])
    scaled: list[Any] = [x[i] * float(scale[i]) for i in range(11)]
    rates = right_hand_side(MODEL, *scaled)
    f = 0.1 * rates[3] + 0.2 * rates[4] + 0.3 * rates[5] + 1e-4 * rates[6]
    hessian, gradient = ca.hessian(f, x)
    both = ca.Function("both", [x], [hessian, gradient])
    for row in states(40):
        if np.linalg.norm(row[3:6]) < 100.0:
            continue  # the smoothing of the speed is sharper there than any difference
        point = row / scale
        exact = np.array(both(point)[0])
        step, by_difference = 1e-5, np.zeros((11, 11))
        for k in range(11):
            up, down = point.copy(), point.copy()
            up[k] += step
            down[k] -= step
            by_difference[:, k] = (np.array(both(up)[1]) - np.array(both(down)[1])).ravel() / (2 * step)
        assert np.all(np.isfinite(exact))
        assert np.max(np.abs(exact - by_difference)) < 1e-4 * max(1.0, np.max(np.abs(exact)))


def test_derivatives_are_finite_on_the_pad():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)
    x = ca.SX.sym("x", 11)
    state: list[Any] = [x[i] for i in range(11)]
    outputs = ca.vertcat(*right_hand_side(MODEL, *state), *loads(MODEL, *state))
    slope = ca.Function("slope", [x], [ca.jacobian(outputs, x), ca.hessian(ca.sum1(outputs), x)[0]])
    radius, rate = 6.378137e6, MODEL.earth.rotation_rate
    for value in slope([radius, 0, 0, 0, rate * radius, 0, 5e5, 1, 0, 0, 1]):
        assert np.all(np.isfinite(np.array(value)))


def test_terminal_residuals_are_the_same_in_casadi():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)
    x = ca.SX.sym("x", 6)
    for goal in (
        orbit_goal(6.6e6, 6.6e6, 0.5),
        orbit_goal(6.6e6, 7e6, 1.7, 2.0),
        orbit_goal(6.6e6, 4e7, 0.5, 1.0, 3.0),
    ):
        traced = ca.Function("f", [x], [ca.vertcat(*terminal_residuals(goal, *[x[i] for i in range(6)]))])
        state = [5e6, -3e6, 4e6, 3e3, 6e3, 2e3]
        assert np.array(traced(state)).ravel() == pytest.approx(np.array(terminal_residuals(goal, *state)), rel=1e-12)
