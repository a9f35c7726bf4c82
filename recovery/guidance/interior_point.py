"""A primal-dual interior-point method for the chain's second-order cone program.

    minimise c'x  so that  A x = b,  G x + s = h,  s in K

Homogeneous self-dual embedding with Nesterov-Todd scaling and Mehrotra's predictor and corrector, as in ECOS (Domahidi, Chu &
Boyd, ECC 2013, sec. III) and CVXOPT (Vandenberghe 2010); it ends with a solution, or with a certificate that there is none.
MOST_ITERATIONS bounds it, and each iteration costs the same: one factorisation and three solves with their refinements.
"""

from ...core.compiled import compiled_ieee
from .c99_types import Vector
from .chain import (
    add_cone_columns,
    add_dynamics_columns,
    factor,
    solve_system,
    times_cone_rows,
    times_dynamics,
)
from .cones import cone_depth, cone_product, cone_quotient, cone_reach, cone_scaling, scale_by
from .node import (
    COMPLEMENT,
    CONE_ROW,
    CONE_SIZE,
    CONES,
    COST,
    COST_VALUE,
    DUAL_RESIDUAL,
    FACTOR,
    FIRST,
    GAP,
    HEAD,
    ITERATIONS,
    KAPPA,
    LAMBDA,
    MOST_ITERATIONS,
    NODE,
    NODES,
    OFFSET,
    PRIMAL_RESIDUAL,
    RESIDUAL,
    RIGHT,
    ROWS,
    SCALING,
    SECOND,
    SLACK,
    SLACK_STEP,
    SOLUTION,
    STATES,
    TARGET,
    TAU,
    TERMINAL,
    TRIPLE,
    TT,
    TX,
    TY,
    TZ,
    VARIABLES,
    B,
)

SOLVED, INFEASIBLE, UNBOUNDED, OUT_OF_ITERATIONS, NUMERICAL = 0, 1, 2, 3, 4
FEASIBLE = 1e-8
"""Largest residual, relative to the right side."""
CLOSED = 1e-6
"""Duality gap, absolute or relative to the cost, in scaled units."""
ENOUGH = 1e-6
"""What still counts as solved when rounding ends the progress."""
STEP = 0.99


@compiled_ieee
def data_norm(w: Vector, nodes: int) -> float:
    """Largest number of the right sides b and h."""
    largest = 1.0
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(STATES):
            largest = max(largest, abs(w[base + B + i]))
        for i in range(ROWS):
            largest = max(largest, abs(w[base + OFFSET + i]))
    return largest


@compiled_ieee
def set_right(w: Vector, nodes: int, cost: float, rows: float) -> None:
    """RIGHT = (-c, b, h), each times its factor."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            w[base + RIGHT + TX + i] = -cost * w[base + COST + i]
        for i in range(STATES):
            w[base + RIGHT + TY + i] = rows * w[base + B + i]
            w[base + RIGHT + TT + i] = 0.0
        if k == nodes - 1:
            for i in range(STATES):
                w[base + RIGHT + TT + i] = rows * w[TERMINAL + i] * w[TARGET + i]
        for i in range(ROWS):
            w[base + RIGHT + TZ + i] = rows * w[base + OFFSET + i]


@compiled_ieee
def data_product(w: Vector, nodes: int, triple: int) -> float:
    """c'x + b'y + h'z."""
    total = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            total += w[base + COST + i] * w[base + triple + TX + i]
        for i in range(STATES):
            total += w[base + B + i] * w[base + triple + TY + i]
        if k == nodes - 1:
            for i in range(STATES):
                total += w[TERMINAL + i] * w[TARGET + i] * w[base + triple + TT + i]
        for i in range(ROWS):
            total += w[base + OFFSET + i] * w[base + triple + TZ + i]
    return total


@compiled_ieee
def linear_cost(w: Vector, nodes: int) -> float:
    """c'x of the point."""
    total = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            total += w[base + COST + i] * w[base + SOLUTION + TX + i]
    return total


@compiled_ieee
def deepen(w: Vector, nodes: int, at: int) -> None:
    """Move a vector of all cones inside, along their axes, if it is not."""
    least = 1.0
    for k in range(nodes):
        for c in range(CONES):
            least = min(least, cone_depth(w, HEAD + k * NODE + at + CONE_ROW[c], CONE_SIZE[c]))
    if least <= 0.0:
        for k in range(nodes):
            for c in range(CONES):
                w[HEAD + k * NODE + at + CONE_ROW[c]] += 1.0 - least


@compiled_ieee
def set_unit_scaling(w: Vector, nodes: int) -> None:
    """No scaling: every cone's point is its axis."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(ROWS):
            w[base + SCALING + i] = 0.0
        for c in range(CONES):
            w[base + SCALING + CONE_ROW[c]] = 1.0
            w[base + FACTOR + c] = 1.0


@compiled_ieee
def take_first_slacks(w: Vector, nodes: int) -> None:
    """Variables and slacks from FIRST."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            w[base + SOLUTION + TX + i] = w[base + FIRST + TX + i]
        for i in range(ROWS):
            w[base + SLACK + i] = -w[base + FIRST + TZ + i]


def begin(w: Vector, nodes: int) -> None:
    """First point: the least squares of the slacks and of the multipliers, moved inside the cones."""
    set_unit_scaling(w, nodes)
    factor(w, nodes)
    set_right(w, nodes, 0.0, 1.0)
    solve_system(w, nodes, RIGHT, FIRST)
    set_right(w, nodes, 1.0, 0.0)
    solve_system(w, nodes, RIGHT, SOLUTION)
    take_first_slacks(w, nodes)
    deepen(w, nodes, SLACK)
    deepen(w, nodes, SOLUTION + TZ)
    w[TAU], w[KAPPA] = 1.0, 1.0


@compiled_ieee
def residuals(w: Vector, nodes: int) -> float:
    """RESIDUAL of the embedding's equations, the residuals and the gap in the head; returns s'z."""
    tau = w[TAU]
    dual = primal = gap = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        r, x = base + RESIDUAL, base + SOLUTION
        for i in range(TRIPLE):
            w[r + i] = 0.0
        add_cone_columns(w, k, x + TZ, r + TX)
        add_dynamics_columns(w, nodes, k, SOLUTION, r + TX)
        for i in range(VARIABLES):
            w[r + TX + i] = -w[r + TX + i] - w[base + COST + i] * tau
            dual = max(dual, abs(w[r + TX + i]))
        times_dynamics(w, k, SOLUTION, r + TY)
        for i in range(STATES):
            w[r + TY + i] -= w[base + B + i] * tau
            if k == nodes - 1:
                w[r + TT + i] = w[TERMINAL + i] * (w[x + TX + i] - w[TARGET + i] * tau)
            primal = max(primal, max(abs(w[r + TY + i]), abs(w[r + TT + i])))
        times_cone_rows(w, k, x + TX, r + TZ)
        for i in range(ROWS):
            w[r + TZ + i] += w[base + SLACK + i] - w[base + OFFSET + i] * tau
            primal = max(primal, abs(w[r + TZ + i]))
            gap += w[base + SLACK + i] * w[x + TZ + i]
    w[PRIMAL_RESIDUAL], w[DUAL_RESIDUAL], w[GAP] = primal, dual, gap
    return gap


@compiled_ieee
def certificate_error(w: Vector, nodes: int) -> float:
    """Largest component of A'y + G'z: with h'z + b'y < 0 it proves that no point satisfies the constraints."""
    largest = 0.0
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(VARIABLES):
            largest = max(largest, abs(w[base + RESIDUAL + TX + i] + w[base + COST + i] * w[TAU]))
    return largest


@compiled_ieee
def scale(w: Vector, nodes: int) -> None:
    """Scaling and scaled variable of all cones."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            s, z = base + SLACK + row, base + SOLUTION + TZ + row
            cone_scaling(w, s, z, base + SCALING + row, base + FACTOR + c, base + LAMBDA + row, n)


@compiled_ieee
def set_newton_right(w: Vector, nodes: int, share: float) -> None:
    """RIGHT of the Newton step that takes `share` of the residuals away; COMPLEMENT becomes lambda \\ complement."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(TRIPLE):
            w[base + RIGHT + i] = -share * w[base + RESIDUAL + i]
        for i in range(VARIABLES):
            w[base + RIGHT + TX + i] = share * w[base + RESIDUAL + TX + i]
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            d = base + COMPLEMENT + row
            cone_quotient(w, base + LAMBDA + row, d, d, n)
            scale_by(w, base + SCALING + row, base + FACTOR + c, d, base + SLACK_STEP + row, n)
        for i in range(ROWS):
            w[base + RIGHT + TZ + i] += w[base + SLACK_STEP + i]


@compiled_ieee
def join_directions(w: Vector, nodes: int, dtau: float) -> None:
    """SECOND += dtau FIRST; the scaled steps W dz, to RIGHT, and W^-1 ds = -(lambda \\ complement) - W dz."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(TRIPLE):
            w[base + SECOND + i] += dtau * w[base + FIRST + i]
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            scale_by(w, base + SCALING + row, base + FACTOR + c, base + SECOND + TZ + row, base + RIGHT + TZ + row, n)
        for i in range(ROWS):
            w[base + SLACK_STEP + i] = -w[base + COMPLEMENT + i] - w[base + RIGHT + TZ + i]


def newton(w: Vector, nodes: int, share: float, kappa_right: float, product: float) -> float:
    """SECOND = the direction that takes `share` of the residuals away and has the complementarity COMPLEMENT; returns dtau.

    product: c'x + b'y + h'z of FIRST.
    """
    set_newton_right(w, nodes, share)
    solve_system(w, nodes, RIGHT, SECOND)
    tau, kappa = w[TAU], w[KAPPA]
    total = kappa + data_product(w, nodes, SOLUTION)
    dtau = (share * total - kappa_right / tau + data_product(w, nodes, SECOND)) / (kappa / tau - product)
    join_directions(w, nodes, dtau)
    return dtau


@compiled_ieee
def longest_step(w: Vector, nodes: int, dtau: float, dkappa: float) -> float:
    """Longest step along SECOND that stays inside all cones, at most one over STEP."""
    reach = 1.0 / STEP
    if dtau < 0.0:
        reach = min(reach, -w[TAU] / dtau)
    if dkappa < 0.0:
        reach = min(reach, -w[KAPPA] / dkappa)
    for k in range(nodes):
        base = HEAD + k * NODE
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            reach = min(reach, cone_reach(w, base + LAMBDA + row, base + SLACK_STEP + row, n))
            reach = min(reach, cone_reach(w, base + LAMBDA + row, base + RIGHT + TZ + row, n))
    return reach


@compiled_ieee
def predict(w: Vector, nodes: int) -> None:
    """COMPLEMENT of the predictor: lambda o lambda."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            cone_product(w, base + LAMBDA + row, base + LAMBDA + row, base + COMPLEMENT + row, n)


@compiled_ieee
def correct(w: Vector, nodes: int, center: float) -> None:
    """COMPLEMENT of the corrector: lambda o lambda + (W^-1 ds) o (W dz) of the predictor - center."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            cone_product(w, base + LAMBDA + row, base + LAMBDA + row, base + COMPLEMENT + row, n)
            # RIGHT's first rows are free by now
            cone_product(w, base + SLACK_STEP + row, base + RIGHT + TZ + row, base + RIGHT + row, n)
        for i in range(ROWS):
            w[base + COMPLEMENT + i] += w[base + RIGHT + i]
        for c in range(CONES):
            w[base + COMPLEMENT + CONE_ROW[c]] -= center


@compiled_ieee
def move(w: Vector, nodes: int, step: float) -> None:
    """Go a step along SECOND."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(TRIPLE):
            w[base + SOLUTION + i] += step * w[base + SECOND + i]
        for c in range(CONES):
            row, n = CONE_ROW[c], CONE_SIZE[c]
            scale_by(w, base + SCALING + row, base + FACTOR + c, base + SLACK_STEP + row, base + SLACK_STEP + row, n)
        for i in range(ROWS):
            w[base + SLACK + i] += step * w[base + SLACK_STEP + i]


@compiled_ieee
def divide(w: Vector, nodes: int, tau: float) -> None:
    """SOLUTION over tau."""
    for k in range(nodes):
        base = HEAD + k * NODE
        for i in range(TRIPLE):
            w[base + SOLUTION + i] /= tau


def verdict(w: Vector, nodes: int, norm: float, tolerance: float, gap_tolerance: float) -> int:
    """SOLVED, INFEASIBLE or UNBOUNDED where the point proves it; OUT_OF_ITERATIONS: not yet."""
    tau = w[TAU]
    cost = linear_cost(w, nodes)
    support = data_product(w, nodes, SOLUTION) - cost  # b'y + h'z
    gap = w[GAP] / (tau * tau)
    allowed = gap_tolerance * max(1.0, min(abs(cost), abs(support)) / tau)
    if w[PRIMAL_RESIDUAL] <= tolerance * norm * tau and w[DUAL_RESIDUAL] <= tolerance * tau and gap <= allowed:
        return SOLVED
    if support < 0.0 and certificate_error(w, nodes) <= tolerance * -support and tau < w[KAPPA]:
        return INFEASIBLE
    if cost < 0.0 and w[PRIMAL_RESIDUAL] <= tolerance * -cost and tau < 1e-6 * w[KAPPA]:
        return UNBOUNDED
    return OUT_OF_ITERATIONS


def solve_cone_program(w: Vector) -> int:
    """Solve the program that stands in the nodes; SOLUTION is divided by tau at the end. Returns SOLVED … NUMERICAL."""
    nodes = int(w[NODES])
    norm = data_norm(w, nodes)
    degree = float(CONES * nodes + 1)
    begin(w, nodes)
    status = OUT_OF_ITERATIONS
    most = int(w[MOST_ITERATIONS])
    done = 0
    while status == OUT_OF_ITERATIONS:
        gap = residuals(w, nodes)
        status = verdict(w, nodes, norm, FEASIBLE, CLOSED)
        if status != OUT_OF_ITERATIONS or done >= most:
            break
        scale(w, nodes)
        factor(w, nodes)
        set_right(w, nodes, 1.0, 1.0)
        solve_system(w, nodes, RIGHT, FIRST)
        product = data_product(w, nodes, FIRST)
        mu = (gap + w[TAU] * w[KAPPA]) / degree
        predict(w, nodes)
        dtau = newton(w, nodes, 1.0, w[TAU] * w[KAPPA], product)
        dkappa = -w[KAPPA] - w[KAPPA] * dtau / w[TAU]
        reach = min(longest_step(w, nodes, dtau, dkappa), 1.0)
        share = (1.0 - reach) * (1.0 - reach) * (1.0 - reach)
        share = min(max(share, 1e-5), 1.0)
        correct(w, nodes, share * mu)
        right = w[TAU] * w[KAPPA] + dtau * dkappa - share * mu
        dtau = newton(w, nodes, 1.0 - share, right, product)
        dkappa = -(right + w[KAPPA] * dtau) / w[TAU]
        step = STEP * longest_step(w, nodes, dtau, dkappa)
        if not (step > 1e-7 and step < 2.0):
            status = NUMERICAL
            break
        move(w, nodes, step)
        w[TAU] += step * dtau
        w[KAPPA] += step * dkappa
        done += 1
    if status >= OUT_OF_ITERATIONS:
        enough = verdict(w, nodes, norm, ENOUGH, ENOUGH)
        if enough != OUT_OF_ITERATIONS:
            status = enough
    w[ITERATIONS] = float(done)
    divide(w, nodes, w[TAU])
    w[COST_VALUE] = linear_cost(w, nodes)
    return status
