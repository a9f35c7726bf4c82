"""The optimality system of a chain of nodes: multiply by it, factor it and solve it in time linear in the nodes.

    [ 0  A' G' ] [x]   [bx]
    [ A  0  0  ] [y] = [by]        W: the cones' scaling
    [ G  0 -W^2] [z]   [bz]

The cones are eliminated (z = W^-2 (G x - bz)), which leaves a linear-quadratic regulator with the Hessian G' W^-2 G of each
node. It is solved backward by a Riccati recursion and forward by its feedback (Wright, *Applied Mathematics and Optimization*
24 (1991), 171; Rao, Wright & Rawlings, J. Optimization Theory and Applications 99 (1998), 723). With a control that is
linear between the nodes, the control of a node acts before and after it; so a node's cost to go is one of state and control.
The given terminal state is held by a stiff spring, SPRING, whose error iterative refinement takes away.

In Python the loops over nodes are compiled, and what calls them is not: numba compiles a callee anew into each of its callers.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .c99_types import Vector
from .cones import scale_by, unscale_by
from .node import (
    CONE_FROM,
    CONE_ROW,
    CONE_SIZE,
    CONE_TO,
    CONES,
    CONTROLS,
    CORRECTION,
    ERROR,
    FACTOR,
    GRADIENT,
    HEAD,
    LAST,
    NODE,
    RC,
    REDUCED,
    ROWS,
    SCALING,
    STATES,
    TERMINAL,
    TRIPLE,
    TT,
    TX,
    TY,
    TZ,
    VARIABLES,
    C,
    F,
    G,
    K,
    L,
    P,
)

SPRING = 1e7
SHIFT = 1e-9
"""Added to the Hessian's diagonal, so that a variable without a cone has a pivot; refined away like the spring."""
PIVOT = 1e-14
REFINEMENTS = 1


@compiled_ieee
def times_cone_rows(w: Vector, k: int, x: int, out: int) -> None:
    """G x of node k; x and out: where the node's variables and rows begin."""
    base = HEAD + k * NODE
    for c in range(CONES):
        for i in range(CONE_ROW[c], CONE_ROW[c] + CONE_SIZE[c]):
            total = 0.0
            for j in range(CONE_FROM[c], CONE_TO[c]):
                total += w[base + G + VARIABLES * i + j] * w[x + j]
            w[out + i] = total


@compiled_ieee
def add_cone_columns(w: Vector, k: int, z: int, out: int) -> None:
    """Add G' z of node k."""
    base = HEAD + k * NODE
    for c in range(CONES):
        for i in range(CONE_ROW[c], CONE_ROW[c] + CONE_SIZE[c]):
            value = w[z + i]
            for j in range(CONE_FROM[c], CONE_TO[c]):
                w[out + j] += w[base + G + VARIABLES * i + j] * value


@compiled_ieee
def times_dynamics(w: Vector, k: int, triple: int, out: int) -> None:
    """A x of the rows that lead into node k: F x(before) + C u - x."""
    base = HEAD + k * NODE
    before = base - NODE
    for i in range(STATES):
        total = -w[base + triple + TX + i]
        if k > 0:
            for j in range(VARIABLES):
                total += w[base + F + VARIABLES * i + j] * w[before + triple + TX + j]
            for j in range(CONTROLS):
                total += w[base + C + CONTROLS * i + j] * w[base + triple + TX + STATES + j]
        w[out + i] = total


@compiled_ieee
def add_dynamics_columns(w: Vector, nodes: int, k: int, triple: int, out: int) -> None:
    """Add A' y to the variables of node k: from the rows into it, out of it, and of the terminal state."""
    base = HEAD + k * NODE
    after = base + NODE
    for i in range(STATES):
        w[out + i] -= w[base + triple + TY + i]
    if k > 0:
        for i in range(STATES):
            for j in range(CONTROLS):
                w[out + STATES + j] += w[base + C + CONTROLS * i + j] * w[base + triple + TY + i]
    if k < nodes - 1:
        for i in range(STATES):
            value = w[after + triple + TY + i]
            for j in range(VARIABLES):
                w[out + j] += w[after + F + VARIABLES * i + j] * value
    else:
        for i in range(STATES):
            w[out + i] += w[TERMINAL + i] * w[base + triple + TT + i]


@compiled_ieee
def square_scaling(w: Vector, base: int, a: int, out: int) -> None:
    """W^2 a of a node's cones."""
    for c in range(CONES):
        row, n = CONE_ROW[c], CONE_SIZE[c]
        scale_by(w, base + SCALING + row, base + FACTOR + c, a + row, out + row, n)
        scale_by(w, base + SCALING + row, base + FACTOR + c, out + row, out + row, n)


@compiled_ieee
def square_unscaling(w: Vector, base: int, a: int, out: int) -> None:
    """W^-2 a of a node's cones."""
    for c in range(CONES):
        row, n = CONE_ROW[c], CONE_SIZE[c]
        unscale_by(w, base + SCALING + row, base + FACTOR + c, a + row, out + row, n)
        unscale_by(w, base + SCALING + row, base + FACTOR + c, out + row, out + row, n)


@compiled_ieee
def add_hessian(w: Vector, base: int) -> None:
    """Add G' W^-2 G of a node to P, cone by cone: a sum of squares of the rows of W^-1 G."""
    for c in range(CONES):
        row, n, low, high = CONE_ROW[c], CONE_SIZE[c], CONE_FROM[c], CONE_TO[c]
        s = base + SCALING + row
        factor = 1.0 / w[base + FACTOR + c]
        for j in range(low, high):
            # column j of W^-1 G to scratch, then its products with those before it
            top = w[base + G + VARIABLES * row + j]
            along = 0.0
            for i in range(1, n):
                along += w[s + i] * w[base + G + VARIABLES * (row + i) + j]
            share = along / (1.0 + w[s]) - top
            at = base + ERROR + n * j
            w[at] = factor * (w[s] * top - along)
            for i in range(1, n):
                w[at + i] = factor * (w[base + G + VARIABLES * (row + i) + j] + share * w[s + i])
            for m in range(low, j + 1):
                other = base + ERROR + n * m
                total = 0.0
                for i in range(n):
                    total += w[at + i] * w[other + i]
                w[base + P + VARIABLES * j + m] += total


@compiled_ieee
def cholesky(w: Vector, a: int, stride: int, out: int) -> None:
    """Lower factor of the symmetric 4 x 4 at a (rows `stride` apart), row by row; the diagonal's reciprocals in its place."""
    for i in range(CONTROLS):
        for j in range(i + 1):
            total = w[a + stride * i + j]
            for m in range(j):
                total -= w[out + CONTROLS * i + m] * w[out + CONTROLS * j + m]
            if i == j:
                w[out + CONTROLS * i + j] = 1.0 / np.sqrt(max(total, PIVOT))
            else:
                w[out + CONTROLS * i + j] = total * w[out + CONTROLS * j + j]


@compiled_ieee
def factor(w: Vector, nodes: int) -> None:
    """Cost to go P and feedback K of every node, from the last to the first."""
    for back in range(nodes):
        k = nodes - 1 - back
        base = HEAD + k * NODE
        after = base + NODE
        for i in range(VARIABLES * VARIABLES):
            w[base + P + i] = 0.0
        for i in range(VARIABLES):
            w[base + P + VARIABLES * i + i] = SHIFT
        if k == nodes - 1:
            for i in range(STATES):
                w[base + P + VARIABLES * i + i] += SPRING * w[TERMINAL + i]
        add_hessian(w, base)
        if k < nodes - 1:
            add_cost_to_go(w, base, after)
        for i in range(VARIABLES):
            for j in range(i):
                w[base + P + VARIABLES * j + i] = w[base + P + VARIABLES * i + j]
        reach_back(w, base, k)


@compiled_ieee
def reach_back(w: Vector, base: int, k: int) -> None:
    """Minimise a node's cost to go over its control: RC, L and K for the node before."""
    q = base + CORRECTION
    for i in range(STATES):
        for j in range(CONTROLS):
            total = w[base + P + VARIABLES * i + STATES + j]
            if k > 0:
                for m in range(STATES):
                    total += w[base + P + VARIABLES * i + m] * w[base + C + CONTROLS * m + j]
            w[base + RC + CONTROLS * i + j] = total
    for i in range(CONTROLS):
        for j in range(i + 1):
            total = w[base + P + VARIABLES * (STATES + i) + STATES + j]
            if k > 0:
                for m in range(STATES):
                    total += w[base + C + CONTROLS * m + i] * w[base + RC + CONTROLS * m + j]
                    total += w[base + P + VARIABLES * (STATES + i) + m] * w[base + C + CONTROLS * m + j]
            w[q + CONTROLS * i + j] = total
    cholesky(w, q, CONTROLS, base + L)
    if k == 0:
        return
    for j in range(VARIABLES):
        for i in range(CONTROLS):
            total = 0.0
            for m in range(STATES):
                total += w[base + RC + CONTROLS * m + i] * w[base + F + VARIABLES * m + j]
            for m in range(i):
                total -= w[base + L + CONTROLS * i + m] * w[base + K + VARIABLES * m + j]
            w[base + K + VARIABLES * i + j] = total * w[base + L + CONTROLS * i + i]


@compiled_ieee
def add_cost_to_go(w: Vector, base: int, after: int) -> None:
    """Add F' P F - K' K of the node after to P of a node (lower half)."""
    t = base + CORRECTION
    for j in range(VARIABLES):
        for i in range(STATES):
            total = 0.0
            for m in range(STATES):
                total += w[after + P + VARIABLES * i + m] * w[after + F + VARIABLES * m + j]
            w[t + i] = total
        for i in range(j, VARIABLES):
            total = 0.0
            for m in range(STATES):
                total += w[after + F + VARIABLES * m + i] * w[t + m]
            for m in range(CONTROLS):
                total -= w[after + K + VARIABLES * m + i] * w[after + K + VARIABLES * m + j]
            w[base + P + VARIABLES * i + j] += total


@compiled_ieee
def backward(w: Vector, nodes: int, right: int) -> None:
    """Gradients of the cost to go for a right side."""
    for back in range(nodes):
        k = nodes - 1 - back
        base = HEAD + k * NODE
        after = base + NODE
        # scratch in the triple of corrections: what the cones' rows add
        square_unscaling(w, base, base + right + TZ, base + CORRECTION + TZ)
        for i in range(VARIABLES):
            w[base + GRADIENT + i] = w[base + right + TX + i]
        add_cone_columns(w, k, base + CORRECTION + TZ, base + GRADIENT)
        if k == nodes - 1:
            for i in range(STATES):
                w[base + GRADIENT + i] += SPRING * w[TERMINAL + i] * w[base + right + TT + i]
        else:
            for i in range(STATES):
                total = w[after + GRADIENT + i]
                for m in range(STATES):
                    total += w[after + P + VARIABLES * i + m] * w[after + right + TY + m]
                w[base + REDUCED + i] = total
            for i in range(CONTROLS):
                total = -w[after + GRADIENT + STATES + i]
                for m in range(STATES):
                    total -= w[after + RC + CONTROLS * m + i] * w[after + right + TY + m]
                    total -= w[after + C + CONTROLS * m + i] * w[after + GRADIENT + m]
                for m in range(i):
                    total -= w[after + L + CONTROLS * i + m] * w[after + LAST + m]
                w[after + LAST + i] = total * w[after + L + CONTROLS * i + i]
            for i in range(VARIABLES):
                total = 0.0
                for m in range(STATES):
                    total += w[after + F + VARIABLES * m + i] * w[base + REDUCED + m]
                for m in range(CONTROLS):
                    total += w[after + K + VARIABLES * m + i] * w[after + LAST + m]
                w[base + GRADIENT + i] += total


@compiled_ieee
def forward(w: Vector, nodes: int, right: int, out: int) -> None:
    """Variables and multipliers by the feedback, from the first node to the last."""
    for k in range(nodes):
        base = HEAD + k * NODE
        before = base - NODE
        x = base + out + TX
        if k == 0:
            for i in range(STATES):
                w[x + i] = -w[base + right + TY + i]
            for i in range(CONTROLS):
                total = w[base + GRADIENT + STATES + i]
                for j in range(STATES):
                    total -= w[base + P + VARIABLES * (STATES + i) + j] * w[x + j]
                for m in range(i):
                    total -= w[base + L + CONTROLS * i + m] * w[x + STATES + m]
                w[x + STATES + i] = total * w[base + L + CONTROLS * i + i]
        else:
            for i in range(CONTROLS):
                total = -w[base + LAST + i]
                for j in range(VARIABLES):
                    total -= w[base + K + VARIABLES * i + j] * w[before + out + TX + j]
                w[x + STATES + i] = total
        for back in range(CONTROLS):
            row = CONTROLS - 1 - back
            total = w[x + STATES + row]
            for m in range(row + 1, CONTROLS):
                total -= w[base + L + CONTROLS * m + row] * w[x + STATES + m]
            w[x + STATES + row] = total * w[base + L + CONTROLS * row + row]
        if k > 0:
            for i in range(STATES):
                total = -w[base + right + TY + i]
                for j in range(VARIABLES):
                    total += w[base + F + VARIABLES * i + j] * w[before + out + TX + j]
                for j in range(CONTROLS):
                    total += w[base + C + CONTROLS * i + j] * w[x + STATES + j]
                w[x + i] = total
        for i in range(STATES):
            total = -w[base + GRADIENT + i]
            for j in range(VARIABLES):
                total += w[base + P + VARIABLES * i + j] * w[x + j]
            w[base + out + TY + i] = total
            w[base + out + TT + i] = 0.0
        if k == nodes - 1:
            for i in range(STATES):
                miss = w[x + i] - w[base + right + TT + i]
                w[base + out + TT + i] = SPRING * w[TERMINAL + i] * miss
        times_cone_rows(w, k, x, base + out + TZ)
        for i in range(ROWS):
            w[base + out + TZ + i] -= w[base + right + TZ + i]
        square_unscaling(w, base, base + out + TZ, base + out + TZ)


@compiled_ieee
def system_error(w: Vector, nodes: int, right: int, point: int) -> None:
    """Right side less system times point, left in ERROR."""
    for k in range(nodes):
        base = HEAD + k * NODE
        e = base + ERROR
        for i in range(TRIPLE):
            w[e + i] = 0.0
        add_cone_columns(w, k, base + point + TZ, e + TX)
        add_dynamics_columns(w, nodes, k, point, e + TX)
        times_dynamics(w, k, point, e + TY)
        if k == nodes - 1:
            for i in range(STATES):
                w[e + TT + i] = w[TERMINAL + i] * w[base + point + TX + i]
        square_scaling(w, base, base + point + TZ, e + TZ)
        times_cone_rows(w, k, base + point + TX, base + CORRECTION + TZ)
        for i in range(ROWS):
            w[e + TZ + i] = w[base + CORRECTION + TZ + i] - w[e + TZ + i]
        for i in range(TRIPLE):
            w[e + i] = w[base + right + i] - w[e + i]


@compiled_ieee
def add_correction(w: Vector, nodes: int, out: int) -> None:
    """Add CORRECTION to a triple."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(TRIPLE):
            w[base + out + i] += w[base + CORRECTION + i]


def solve_system(w: Vector, nodes: int, right: int, out: int) -> None:
    """Solve the factored system for a right side, with iterative refinement."""
    backward(w, nodes, right)
    forward(w, nodes, right, out)
    for _ in range(REFINEMENTS):
        system_error(w, nodes, right, out)
        backward(w, nodes, ERROR)
        forward(w, nodes, ERROR, CORRECTION)
        add_correction(w, nodes, out)
