"""One physics: the flight's own equations give the same numbers in Python, numba and CasADi."""

import inspect

import numpy as np
import pytest

from osea_rocket.trajectory.flight import equations

EQUATIONS = [
    equations.to_inertial,
    equations.to_body,
    equations.quaternion_product,
    equations.quaternion_rates,
    equations.turning_rates,
    equations.jet_damping,
    equations.half_angle_sine,
    equations.across_force,
    equations.rotary_damping,
    equations.thrust_axis,
    equations.lagged,
    equations.towards,
    equations.one_minus_cosine,
    equations.orbital_energy,
]


def rows(equation, count=200):
    """(count, arguments): positive numbers below one, in which every equation means something."""
    return np.random.default_rng(2).uniform(0.05, 0.9, (count, len(inspect.signature(equation).parameters)))


def python(equation, values):
    return np.array([np.atleast_1d(equation(*row)) for row in values.tolist()], float)


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda f: f.__name__)
def test_casadi_equals_python(equation):
    import casadi as ca

    import osea_rocket.trajectory.optimal_control.functions  # noqa: F401  sets CasADi's numpy mode

    values = rows(equation)
    symbols = [ca.SX.sym(f"x{i}") for i in range(values.shape[1])]
    out = equation(*symbols)
    function = ca.Function("f", symbols, [ca.vertcat(*out) if isinstance(out, tuple) else out])
    found = np.array([np.asarray(function(*row)).ravel() for row in values])
    assert np.max(np.abs(found - python(equation, values))) < 1e-12


def test_numba_equals_python():
    from osea_rocket.core.compiled import compiled

    turn, damp = equations.to_inertial, equations.half_angle_sine

    @compiled
    def both(a, b, c, d, e, f, g):
        x, y, z = turn(a, b, c, d, e, f, g)
        return x, y, z, damp(a, b, c)

    values = rows(turn)
    found = np.array([both(*row) for row in values])
    wanted = np.column_stack([python(turn, values), python(damp, values[:, :3])])
    assert np.max(np.abs(found - wanted)) < 1e-12
