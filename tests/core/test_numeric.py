"""The two primitives: tables that are smooth and clamped, and the same numbers in Python, numba and CasADi."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.numeric import EQUATIONS, choose, equation, lookup, table

X = np.array([0.0, 0.4, 0.8, 1.0, 1.2, 2.0, 5.0, 10.0])
Y = np.array([0.30, 0.29, 0.33, 0.52, 0.48, 0.35, 0.22, 0.18])
DRAG = table(X, Y)


@equation
def switched(x, y):
    """Both primitives in one, with the numpy functions that physics uses."""
    return choose(x > 1.0, lookup(DRAG, x) * np.sqrt(y), np.exp(-x) * np.arctan2(y, x)), choose(y <= 2.0, x, y)


def points() -> np.ndarray:
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.uniform(-3, 13, 500), X, np.nextafter(X, -9), np.nextafter(X, 99), [-300.0, 1e300, 1.0]])
    return np.column_stack([x, rng.uniform(0.1, 5, len(x))])


def test_a_table_goes_through_its_points_and_holds_its_ends():
    assert [lookup(DRAG, x) for x in X] == pytest.approx(Y, abs=1e-15)
    assert lookup(DRAG, -5.0) == lookup(DRAG, 0.0) and lookup(DRAG, 99.0) == lookup(DRAG, 10.0)
    assert lookup(DRAG, -np.inf) == lookup(DRAG, 0.0) and lookup(DRAG, np.inf) == lookup(DRAG, 10.0)
    assert np.isnan(lookup(DRAG, np.nan))
    assert lookup(DRAG, 1) == lookup(DRAG, np.float64(1.0)) == lookup(DRAG, 1.0)


def test_a_cubic_is_reproduced_exactly():
    x = np.linspace(-2, 3, 9)
    cubic = table(x, 2 * x**3 - x**2 + 5 * x - 7)
    for at in np.linspace(-2, 3, 101):
        assert lookup(cubic, at) == pytest.approx(2 * at**3 - at**2 + 5 * at - 7, abs=1e-12)


def test_value_slope_and_curvature_are_continuous():
    """At a knot the one-sided differences agree; a C1 table (PCHIP, Akima) fails the curvature."""
    h = 1e-4
    for knot in X[2:-2]:
        left = [lookup(DRAG, knot - i * h) for i in range(4)]
        right = [lookup(DRAG, knot + i * h) for i in range(4)]
        slope_left = (11 * left[0] - 18 * left[1] + 9 * left[2] - 2 * left[3]) / (6 * h)
        slope_right = -(11 * right[0] - 18 * right[1] + 9 * right[2] - 2 * right[3]) / (6 * h)
        assert slope_left == pytest.approx(slope_right, abs=1e-9)
        curve_left = (2 * left[0] - 5 * left[1] + 4 * left[2] - left[3]) / h**2
        curve_right = (2 * right[0] - 5 * right[1] + 4 * right[2] - right[3]) / h**2
        assert curve_left == pytest.approx(curve_right, abs=1e-4)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0, 1, 2], [0, 1, 2]),
        ([0, 1, 2, 2], [0, 1, 2, 3]),
        ([3, 2, 1, 0], [0, 1, 2, 3]),
        ([0, 1, 2, 3], [0, 1, 2]),
        ([[0, 1, 2, 3]], [[0, 1, 2, 3]]),
        ([0, 1, 2, np.nan], [0, 1, 2, 3]),
        ([0, 1, 2, 3], [0, 1, np.inf, 3]),
        ([0, 1, 2, np.inf], [0, 1, 2, 3]),
        ([], []),
        (5, 5),
    ],
)
def test_what_is_no_table(x, y):
    with pytest.raises(ValueError, match="a table"):
        table(x, y)


def test_numba_gives_python_s_numbers():
    from osea_rocket.core.compiled import compiled

    fast = compiled(switched)
    for x, y in points():
        assert fast(x, y) == pytest.approx(switched(x, y), rel=1e-12, abs=1e-13), (x, y)


@pytest.mark.parametrize("kind", ["SX", "MX"])
def test_casadi_gives_python_s_numbers(kind):
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(1)
    x, y = getattr(ca, kind).sym("x"), getattr(ca, kind).sym("y")
    traced = ca.Function("f", [x, y], list(switched(x, y)))
    for px, py in points():
        found = tuple(float(v) for v in traced(px, py))
        assert found == pytest.approx(switched(px, py), rel=1e-12, abs=1e-13), (px, py)


def test_casadi_s_derivatives_are_the_spline_s():
    import casadi as ca

    x = ca.SX.sym("x")
    value = lookup(DRAG, x)
    slope = ca.Function("g", [x], [ca.jacobian(value, x)])
    curvature = ca.Function("h", [x], [ca.hessian(value, x)[0]])
    h = 1e-5
    for at in np.linspace(0.05, 9.95, 40):
        below, here, above = (lookup(DRAG, at + d) for d in (-h, 0.0, h))
        assert float(slope(at)) == pytest.approx((above - below) / (2 * h), abs=1e-7)
        assert float(curvature(at)) == pytest.approx((above - 2 * here + below) / h**2, abs=1e-4)
    assert float(slope(-1.0)) == 0.0 and float(slope(11.0)) == 0.0


@given(st.floats(-20, 20))
def test_a_table_stays_near_its_points(x):
    assert 0.1 < lookup(DRAG, x) < 0.6


def test_choose():
    assert choose(True, 1.0, 2.0) == 1.0 and choose(np.bool_(False), 1.0, 2.0) == 2.0
    with pytest.raises(ValueError, match="ambiguous"):
        choose(np.array([True, False]), 1.0, 2.0)  # scalars only: a silent any() or all() would be worse


def test_an_equation_stays_the_plain_function():
    assert switched in EQUATIONS and switched.__name__ == "switched"
