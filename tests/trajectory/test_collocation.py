"""Radau collocation is exact on the polynomials it should be exact on, and no further."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.trajectory.optimal_control.collocation import barycentric_weights, interpolation_matrix, radau

DEGREES = [1, 2, 3, 4, 5, 8, 13, 30]


def monomial_integral(power: int) -> float:
    return 0.0 if power % 2 else 2.0 / (power + 1)


def test_points_and_weights_of_degree_three():
    # Abramowitz and Stegun 1964, table 25.4.31 in closed form: -1 and (1 -+ sqrt 6)/5; 2/9 and (16 +- sqrt 6)/18.
    scheme = radau(3)
    assert scheme.points == pytest.approx([-1, (1 - 6**0.5) / 5, (1 + 6**0.5) / 5], abs=1e-15)
    assert scheme.weights == pytest.approx([2 / 9, (16 + 6**0.5) / 18, (16 - 6**0.5) / 18], abs=1e-15)


@pytest.mark.parametrize("degree", DEGREES)
def test_quadrature_is_exact_to_degree_two_n_minus_two_and_no_further(degree):
    scheme = radau(degree)
    for power in range(2 * degree - 1):
        assert scheme.weights @ scheme.points**power == pytest.approx(monomial_integral(power), abs=1e-13)
    if degree <= 8:
        beyond = scheme.weights @ scheme.points ** (2 * degree - 1)
        assert abs(beyond - monomial_integral(2 * degree - 1)) > 1e-7


@pytest.mark.parametrize("degree", DEGREES)
def test_differentiation_and_integration_are_exact_on_polynomials(degree):
    scheme = radau(degree)
    for power in range(degree + 1):
        slopes = power * scheme.points ** max(power - 1, 0)
        assert scheme.differentiation @ scheme.nodes**power == pytest.approx(slopes, abs=1e-10)
        rises = scheme.nodes[1:] ** power - (-1.0) ** power
        assert scheme.integration @ slopes == pytest.approx(rises, abs=1e-11)


def test_integration_ends_in_the_quadrature():
    for degree in DEGREES:
        assert radau(degree).integration[-1] == pytest.approx(radau(degree).weights, abs=1e-12)


@given(
    degree=st.integers(1, 12),
    coefficients=st.lists(st.floats(-10, 10), min_size=1, max_size=13),
    at=st.lists(st.floats(-1, 1), min_size=1, max_size=5),
)
def test_interpolation_reproduces_polynomials_anywhere(degree, coefficients, at):
    scheme = radau(degree)
    values = np.polynomial.chebyshev.Chebyshev(coefficients[: degree + 1])
    found = interpolation_matrix(scheme.nodes, scheme.state_weights, np.array(at)) @ values(scheme.nodes)
    assert found == pytest.approx(values(np.array(at)), abs=1e-10)


def test_interpolation_on_a_node_is_the_node_itself():
    nodes = radau(7).nodes
    assert np.array_equal(interpolation_matrix(nodes, barycentric_weights(nodes), nodes), np.eye(8))


def test_a_degree_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        radau(0)


def test_schemes_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        radau(4).points[0] = 0.0
