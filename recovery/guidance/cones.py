"""Algebra of half-lines and second-order cones, and their scaling (Nesterov and Todd 1997).

Vandenberghe, *The CVXOPT linear and quadratic cone program solvers* (2010), gives every formula; products and quotients are of
the Jordan algebra in which (s, z) = 0 of two vectors of the cone is s o z = 0.

Every function works on one cone: it begins at `a` (and `b`, `out`) of the vector and has `n` numbers; n = 1 is a half-line.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .c99_types import Vector

FAR = 1e10


@compiled_ieee
def cone_residual(v: Vector, a: int, n: int) -> float:
    """v0^2 - |v1|^2: positive inside; as a product of sum and difference, which keeps its digits at the border."""
    norm = 0.0
    for i in range(1, n):
        norm += v[a + i] * v[a + i]
    norm = np.sqrt(norm)
    return (v[a] - norm) * (v[a] + norm)


@compiled_ieee
def cone_depth(v: Vector, a: int, n: int) -> float:
    """v0 - |v1|: how far inside; negative outside."""
    norm = 0.0
    for i in range(1, n):
        norm += v[a + i] * v[a + i]
    return v[a] - np.sqrt(norm)


@compiled_ieee
def cone_dot(v: Vector, a: int, b: int, n: int) -> float:
    """Inner product."""
    total = 0.0
    for i in range(n):
        total += v[a + i] * v[b + i]
    return total


@compiled_ieee
def cone_product(v: Vector, a: int, b: int, out: int, n: int) -> None:
    """Jordan product; `out` is another place than a and b."""
    v[out] = cone_dot(v, a, b, n)
    for i in range(1, n):
        v[out + i] = v[a] * v[b + i] + v[b] * v[a + i]


@compiled_ieee
def cone_quotient(v: Vector, a: int, b: int, out: int, n: int) -> None:
    """The vector whose product with a is b: a \\ b; `out` may be b."""
    if n == 1:
        v[out] = v[b] / v[a]
    else:
        along = 0.0
        for i in range(1, n):
            along += v[a + i] * v[b + i]
        head = v[b]
        det = cone_residual(v, a, n)
        v[out] = (v[a] * head - along) / det
        share = (along / v[a] - head) / det
        for i in range(1, n):
            v[out + i] = share * v[a + i] + v[b + i] / v[a]


@compiled_ieee
def cone_scaling(v: Vector, s: int, z: int, w: int, factor: int, scaled: int, n: int) -> None:
    """The scaling W with W z = W^-1 s: its point of the cone at w, its factor, and the scaled variable W z."""
    if n == 1:
        v[w] = 1.0
        v[factor] = np.sqrt(v[s] / v[z])
        v[scaled] = np.sqrt(v[s] * v[z])
    else:
        s_norm = np.sqrt(cone_residual(v, s, n))
        z_norm = np.sqrt(cone_residual(v, z, n))
        half = np.sqrt(0.5 * (1.0 + cone_dot(v, s, z, n) / (s_norm * z_norm)))
        tail = 0.0
        for i in range(1, n):
            v[w + i] = 0.5 * (v[s + i] / s_norm - v[z + i] / z_norm) / half
            tail += v[w + i] * v[w + i]
        v[w] = np.sqrt(1.0 + tail)
        v[factor] = np.sqrt(s_norm / z_norm)
        scale_by(v, w, factor, z, scaled, n)


@compiled_ieee
def scale_by(v: Vector, w: int, factor: int, a: int, out: int, n: int) -> None:
    """W a; `out` may be a."""
    along = 0.0
    for i in range(1, n):
        along += v[w + i] * v[a + i]
    head = v[a]
    share = head + along / (1.0 + v[w])
    for i in range(1, n):
        v[out + i] = v[factor] * (v[a + i] + share * v[w + i])
    v[out] = v[factor] * (v[w] * head + along)


@compiled_ieee
def unscale_by(v: Vector, w: int, factor: int, a: int, out: int, n: int) -> None:
    """W^-1 a; `out` may be a."""
    along = 0.0
    for i in range(1, n):
        along += v[w + i] * v[a + i]
    head = v[a]
    share = along / (1.0 + v[w]) - head
    for i in range(1, n):
        v[out + i] = (v[a + i] + share * v[w + i]) / v[factor]
    v[out] = (v[w] * head - along) / v[factor]


@compiled_ieee
def cone_reach(v: Vector, a: int, d: int, n: int) -> float:
    """How long a step along d may be until v leaves the cone; FAR at most."""
    if n == 1:
        return -v[a] / v[d] if v[d] < 0.0 else FAR
    square = cone_residual(v, d, n)
    along = v[a] * v[d]
    for i in range(1, n):
        along -= v[a + i] * v[d + i]
    left = cone_residual(v, a, n)
    disc = along * along - square * left
    reach = FAR
    if disc >= 0.0:
        below = np.sqrt(disc) - along
        if below > 0.0:
            reach = left / below
    if v[d] < 0.0:
        reach = min(reach, -v[a] / v[d])
    return min(reach, FAR)
