"""Legendre-Gauss-Radau collocation on [-1, 1]: points, weights, differentiation and integration, interpolation.

The n Radau points include -1 and exclude +1. States are polynomials of degree n through the n points and +1;
controls are polynomials of degree n - 1 through the n points, so that their value at +1 is an extrapolation.
Source: Garg, Patterson, Hager, Rao, Benson, Huntington (2010), "A unified framework for the numerical solution of
optimal control problems using pseudospectral methods", Automatica 46(11), section 4.3.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Radau:
    """What one interval of degree n needs; all arrays are read-only.

    points (n,), weights (n,): the quadrature is exact to degree 2n - 2. nodes (n + 1,): the points and +1.
    differentiation (n, n + 1): values at the nodes to slopes at the points. integration (n, n): slopes at the points to
    the rise from -1 to nodes 1..n. state_weights, control_weights: barycentric weights on nodes and on points.
    """

    points: Array
    weights: Array
    nodes: Array
    differentiation: Array
    integration: Array
    state_weights: Array
    control_weights: Array


@lru_cache(maxsize=128)
def radau(degree: int) -> Radau:
    """The Radau scheme with *degree* collocation points (at least 1)."""
    if degree < 1:
        raise ValueError(f"a collocation degree is at least 1, got {degree}")
    points, weights = _points_and_weights(degree)
    nodes = np.append(points, 1.0)
    differentiation = differentiation_matrix(nodes)[:-1]
    scheme = Radau(
        points=points,
        weights=weights,
        nodes=nodes,
        differentiation=differentiation,
        integration=np.linalg.inv(differentiation[:, 1:]),
        state_weights=barycentric_weights(nodes),
        control_weights=barycentric_weights(points),
    )
    for array in vars(scheme).values():
        array.setflags(write=False)
    return scheme


def _points_and_weights(n: int) -> tuple[Array, Array]:
    """Roots of P_n + P_(n-1) and their weights (Abramowitz and Stegun 1964, eq. 25.4.31)."""
    if n == 1:
        return np.array([-1.0]), np.array([2.0])
    # Away from -1 the points are the roots of the Jacobi polynomial P^(0,1) of degree n - 1: the eigenvalues of its
    # recurrence's symmetric tridiagonal matrix (Golub and Welsch 1969), then polished by Newton's rule.
    k = np.arange(n - 1)
    diagonal = 1.0 / ((2 * k + 1) * (2 * k + 3))
    j = k[1:]
    beside = np.sqrt(j * (j + 1.0)) / (2 * j + 1)
    inner = np.linalg.eigvalsh(np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1))
    for _ in range(3):
        p, previous, slope, previous_slope = _legendre(n, inner)
        inner = inner - (p + previous) / (slope + previous_slope)
    points = np.concatenate([[-1.0], np.sort(inner)])
    weights = (1 - points) / (n * _legendre(n, points)[1]) ** 2
    return points, weights


def _legendre(n: int, x: Array) -> tuple[Array, Array, Array, Array]:
    """P_n, P_(n-1) and their slopes, by the three-term recurrence (n >= 1)."""
    previous, p = np.ones_like(x), x
    previous_slope, slope = np.zeros_like(x), np.ones_like(x)
    for k in range(1, n):
        previous, p, previous_slope, slope = (
            p,
            ((2 * k + 1) * x * p - k * previous) / (k + 1),
            slope,
            ((2 * k + 1) * (p + x * slope) - k * previous_slope) / (k + 1),
        )
    return p, previous, slope, previous_slope


def barycentric_weights(nodes: Array) -> Array:
    """Barycentric weights of distinct nodes (Berrut and Trefethen 2004, SIAM Review 46(3), eq. 3.2)."""
    gaps = 2.0 * (nodes[:, None] - nodes[None, :])  # times the inverse of [-1, 1]'s capacity: no underflow
    np.fill_diagonal(gaps, 1.0)
    return 1.0 / gaps.prod(axis=1)


def differentiation_matrix(nodes: Array) -> Array:
    """Values at the nodes to slopes at the nodes, (n, n) (Berrut and Trefethen 2004, section 9.3)."""
    weights = barycentric_weights(nodes)
    gaps = nodes[:, None] - nodes[None, :]
    np.fill_diagonal(gaps, 1.0)
    matrix = weights[None, :] / weights[:, None] / gaps
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))  # a constant has no slope
    return matrix


def interpolation_matrix(nodes: Array, weights: Array, x: Array) -> Array:
    """Values at the nodes to values at x, (len(x), len(nodes)) (Berrut and Trefethen 2004, eq. 4.2)."""
    gaps = np.asarray(x, dtype=float)[:, None] - nodes[None, :]
    hits = gaps == 0.0
    matrix = weights / np.where(hits, 1.0, gaps)
    matrix /= matrix.sum(axis=1, keepdims=True)
    on_node = hits.any(axis=1)
    matrix[on_node] = hits[on_node]
    return matrix
