"""The landing as a chain of cone programs: a rocket with throttle limits, gravity, and air that resists and presses.

    r' = v,   v' = g + u + a_D,   (ln m)' = -(|u| + p A_e / m) / c,   a_D = -rho C_D A |v - w| (v - w) / (2 m)

w is the wind, u the thrust's acceleration, linear between the nodes; |u| <= sigma relaxes it without loss (Acikmese & Ploen,
J. Guidance 30 (2007), 1353; Acikmese, Carson & Blackmore, IEEE Trans. Control Systems Technology 21 (2013), 2104). The limits
of thrust become limits of sigma that depend on mass: the lower by its second-order expansion, the upper by its tangent (2007,
eq. 34), both about the reference. Air enters by successive convexification (Szmuk, Acikmese & Berning, AIAA 2016-0378): each
interval is integrated from the reference with its derivatives, so a converged point obeys the equations as they are.

The last node stands for the landing place: it lies where the node before it does, moved by the *miss*, which costs
MISS_WEIGHT. Where the pad can be reached, the miss is nought; else it is the least one (Blackmore, Acikmese & Scharf,
J. Guidance 33 (2010), 1161, whose two programs this joins by an exact penalty).

Axes: x and y level, z up, from the pad. Lengths, speeds and masses are scaled by `set_state`.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .c99_types import Vector
from .node import (
    AIR_DENSITY,
    AIR_PRESSURE,
    APEX,
    ARC,
    ARCS,
    CONTROLS,
    COST,
    DENSITY_HEIGHT,
    DRAG_AREA,
    DRY_MASS,
    EXIT_AREA,
    FLOW,
    GIVEN,
    GLIDE_SLOPE,
    GRAVITY,
    HEAD,
    INTERVALS,
    LAST_TILT,
    LEAST,
    LEAST_MASS,
    LENGTH,
    LOG_MASS,
    MASS_LIMITED,
    MISS_WEIGHT,
    MOST,
    MOST_ITERATIONS,
    MOST_SPEED,
    NODE,
    NODES,
    OFFSET,
    PRESSURE_HEIGHT,
    REFERENCE,
    ROWS,
    S_WIND,
    SCALED,
    SCRATCH,
    SHARE,
    SIGMA,
    SPEED,
    START,
    STATES,
    SWITCH,
    TARGET,
    TERMINAL,
    TILT,
    TIME,
    TOUCHDOWN,
    VARIABLES,
    WIND,
    B,
    C,
    F,
    G,
    R,
    U,
    V,
)

S_GRAVITY, S_FLOW, S_LEAST, S_MOST, S_EXIT = (
    SCALED + GRAVITY - GIVEN, SCALED + FLOW - GIVEN, SCALED + LEAST - GIVEN, SCALED + MOST - GIVEN, SCALED + EXIT_AREA - GIVEN,
)  # fmt: skip
S_PRESSURE_HEIGHT, S_DRAG, S_DENSITY_HEIGHT = (
    SCALED + PRESSURE_HEIGHT - GIVEN, SCALED + DRAG_AREA - GIVEN, SCALED + DENSITY_HEIGHT - GIVEN,
)  # fmt: skip
ITERATION_BOUND = 30
COLUMNS = STATES + 2 * CONTROLS + 1
"""Of the matrix that an interval integrates: derivatives by the state before, by the controls before and after, the state."""
CELLS = STATES * COLUMNS
STEPS = 2
"""Runge-Kutta steps in an interval."""


def set_state(w: Vector) -> None:
    """Scale START and what is given, lay out the nodes, and set what the flight time does not change."""
    mass = w[START + LOG_MASS]
    most = 0.0
    arcs = int(w[ARCS])
    for i in range(arcs):
        most = max(most, w[MOST + i])
    unit = most / mass
    distance = speed = 0.0
    for i in range(3):
        distance += w[START + R + i] * w[START + R + i]
        speed += w[START + V + i] * w[START + V + i]
    # short of the pad the way that braking takes is the measure
    length = max(np.sqrt(distance), max(speed / unit, 1.0))
    time = np.sqrt(length / unit)
    w[LENGTH], w[SPEED], w[TIME] = length, length / time, time
    for i in range(3):
        w[S_GRAVITY + i] = w[GRAVITY + i] / unit
        w[S_WIND + i] = w[WIND + i] / w[SPEED]
        w[S_LEAST + i] = w[LEAST + i] / most
        w[S_MOST + i] = w[MOST + i] / most
        w[S_EXIT + i] = w[EXIT_AREA + i] * w[AIR_PRESSURE] / most
    w[S_FLOW] = w[FLOW] * w[SPEED]
    w[S_PRESSURE_HEIGHT] = w[PRESSURE_HEIGHT] / length
    w[S_DENSITY_HEIGHT] = w[DENSITY_HEIGHT] / length
    w[S_DRAG] = 0.5 * w[AIR_DENSITY] * w[DRAG_AREA] * length / mass
    w[MOST_ITERATIONS] = ITERATION_BOUND
    for i in range(3):
        w[TERMINAL + R + i], w[TERMINAL + V + i] = 1.0, 1.0
        w[TARGET + R + i], w[TARGET + V + i] = 0.0, w[TOUCHDOWN + i] / w[SPEED]
    w[TERMINAL + LOG_MASS], w[TARGET + LOG_MASS] = 0.0, 0.0
    w[APEX], w[APEX + 1], w[MASS_LIMITED] = 0.0, 0.0, 0.0
    lay_out(w)


def lay_out(w: Vector) -> None:
    """Arcs and shares of the flight time of all nodes: a node on either side of a switch, and the landing place at the end."""
    arcs, intervals = int(w[ARCS]), int(w[INTERVALS])
    node = 0
    used = 0
    begin = 0.0
    for arc in range(arcs):
        end = w[SWITCH + arc] if arc < arcs - 1 else 1.0
        count = intervals - used
        if arc < arcs - 1:
            count = int((end - begin) * intervals + 0.5)
            count = min(max(count, 1), intervals - used - (arcs - 1 - arc))
        for i in range(count + 1):
            base = HEAD + node * NODE
            w[base + ARC] = float(arc)
            w[base + SHARE] = (end - begin) / count if i > 0 else 0.0
            node += 1
        used += count
        begin = end
    w[HEAD + node * NODE + ARC] = float(arcs - 1)
    w[HEAD + node * NODE + SHARE] = 0.0
    w[NODES] = float(node + 1)


@compiled_ieee
def slope_of_state(w: Vector, at: int, u0: int, u1: int, s: float, out: int) -> None:
    """Time derivative of the matrix of an interval (STATES x COLUMNS at `at`); the controls go from those at u0 to those at
    u1 as s goes from 0 to 1. Rows of columns: the last column is the state itself."""
    last = COLUMNS - 1
    rz = w[at + 2 * COLUMNS + last]
    # through the air
    vx, vy = w[at + 3 * COLUMNS + last] - w[S_WIND], w[at + 4 * COLUMNS + last] - w[S_WIND + 1]
    vz = w[at + 5 * COLUMNS + last] - w[S_WIND + 2]
    per_mass = np.exp(-w[at + 6 * COLUMNS + last])
    drag = w[S_DRAG] * np.exp(-rz / w[S_DENSITY_HEIGHT]) * per_mass
    speed = np.sqrt(vx * vx + vy * vy + vz * vz + 1e-12)
    arc = int(w[SCRATCH + 4 * CELLS])
    press = w[S_FLOW] * w[S_EXIT + arc] * np.exp(-rz / w[S_PRESSURE_HEIGHT]) * per_mass
    for i in range(3):
        for j in range(COLUMNS):
            w[out + i * COLUMNS + j] = w[at + (3 + i) * COLUMNS + j]
    for i in range(3):
        v = w[at + (3 + i) * COLUMNS + last] - w[S_WIND + i]
        along = drag * v / speed
        for j in range(last):
            # d a_D = a_D (-dz / H - d ln m) - drag (|v| dv + v (v . dv) / |v|)
            dv = vx * w[at + 3 * COLUMNS + j] + vy * w[at + 4 * COLUMNS + j] + vz * w[at + 5 * COLUMNS + j]
            thinner = w[at + 2 * COLUMNS + j] / w[S_DENSITY_HEIGHT] + w[at + 6 * COLUMNS + j]
            w[out + (3 + i) * COLUMNS + j] = drag * speed * (v * thinner - w[at + (3 + i) * COLUMNS + j]) - along * dv
        w[out + (3 + i) * COLUMNS + STATES + 1 + i] += 1.0 - s
        w[out + (3 + i) * COLUMNS + STATES + CONTROLS + 1 + i] += s
        push = (1.0 - s) * w[u0 + 1 + i] + s * w[u1 + 1 + i]
        w[out + (3 + i) * COLUMNS + last] = w[S_GRAVITY + i] + push - drag * speed * v
    for j in range(last):
        thinner = w[at + 2 * COLUMNS + j] / w[S_PRESSURE_HEIGHT] + w[at + 6 * COLUMNS + j]
        w[out + 6 * COLUMNS + j] = press * thinner
    w[out + 6 * COLUMNS + STATES] -= (1.0 - s) * w[S_FLOW]
    w[out + 6 * COLUMNS + STATES + CONTROLS] -= s * w[S_FLOW]
    w[out + 6 * COLUMNS + last] = -w[S_FLOW] * ((1.0 - s) * w[u0] + s * w[u1]) - press


@compiled_ieee
def integrate(w: Vector, x: int, u0: int, u1: int, arc: int, span: float) -> int:
    """Integrate an interval of a length [scaled] from the state at x, with its derivatives; returns where the matrix stands."""
    at, slope, total, middle = SCRATCH, SCRATCH + CELLS, SCRATCH + 2 * CELLS, SCRATCH + 3 * CELLS
    w[SCRATCH + 4 * CELLS] = float(arc)
    last = COLUMNS - 1
    for i in range(CELLS):
        w[at + i] = 0.0
    for i in range(STATES):
        w[at + i * COLUMNS + i] = 1.0
        w[at + i * COLUMNS + last] = w[x + i]
    h = span / STEPS
    for n in range(STEPS):
        s0, s2 = n / float(STEPS), (n + 1) / float(STEPS)
        s1 = 0.5 * (s0 + s2)
        slope_of_state(w, at, u0, u1, s0, slope)
        for i in range(CELLS):
            w[total + i] = w[slope + i]
            w[middle + i] = w[at + i] + 0.5 * h * w[slope + i]
        slope_of_state(w, middle, u0, u1, s1, slope)
        for i in range(CELLS):
            w[total + i] += 2.0 * w[slope + i]
            w[middle + i] = w[at + i] + 0.5 * h * w[slope + i]
        slope_of_state(w, middle, u0, u1, s1, slope)
        for i in range(CELLS):
            w[total + i] += 2.0 * w[slope + i]
            w[middle + i] = w[at + i] + h * w[slope + i]
        slope_of_state(w, middle, u0, u1, s2, slope)
        for i in range(CELLS):
            w[at + i] += h / 6.0 * (w[total + i] + w[slope + i])
    return at


@compiled_ieee
def set_dynamics(w: Vector, k: int, time: float) -> None:
    """Dynamics that lead into a node, about the reference, for a flight time [scaled]."""
    base = HEAD + k * NODE
    before = base - NODE
    if k == 0:
        for i in range(6):
            w[base + B + i] = -w[START + i] / (w[LENGTH] if i < 3 else w[SPEED])
        w[base + B + LOG_MASS] = 0.0
        return
    if k == int(w[NODES]) - 1 or w[base + SHARE] == 0.0:
        # no time passes: a switch, or the landing place, which the miss moves level
        for i in range(STATES):
            for j in range(VARIABLES):
                w[base + F + VARIABLES * i + j] = 1.0 if i == j else 0.0
            for j in range(CONTROLS):
                w[base + C + CONTROLS * i + j] = 0.0
            w[base + B + i] = 0.0
        if k == int(w[NODES]) - 1:
            w[base + C + CONTROLS * 0 + 1], w[base + C + CONTROLS * 1 + 2] = 1.0, 1.0
        return
    x, u0, u1 = before + REFERENCE, before + REFERENCE + SIGMA, base + REFERENCE + SIGMA
    at = integrate(w, x, u0, u1, int(w[base + ARC]), w[base + SHARE] * time)
    for i in range(STATES):
        total = w[at + i * COLUMNS + COLUMNS - 1]
        for j in range(VARIABLES):
            value = w[at + i * COLUMNS + j]
            w[base + F + VARIABLES * i + j] = value
            total -= value * w[x + j]
        for j in range(CONTROLS):
            value = w[at + i * COLUMNS + VARIABLES + j]
            w[base + C + CONTROLS * i + j] = value
            total -= value * w[u1 + j]
        w[base + B + i] = -total


@compiled_ieee
def set_cones(w: Vector, k: int) -> None:
    """Cones of a node, thrust limits about the reference; a row that does not apply is nought below one."""
    base = HEAD + k * NODE
    nodes = int(w[NODES])
    g, h, ref = base + G, base + OFFSET, base + REFERENCE
    for i in range(ROWS * VARIABLES):
        w[g + i] = 0.0
    for i in range(ROWS):
        w[h + i] = 0.0
    for i in range(VARIABLES):
        w[base + COST + i] = 0.0
    for i in range(CONTROLS):
        w[g + VARIABLES * (3 + i) + SIGMA + i] = -1.0
    w[h], w[h + 1], w[h + 2], w[h + 7], w[h + 10], w[h + 13] = 1.0, 1.0, 1.0, 1.0, 1.0, 1.0
    if k == nodes - 1:
        w[base + COST + SIGMA] = w[MISS_WEIGHT]
        w[base + COST + LOG_MASS] = -1.0
        if w[MASS_LIMITED] > 0.0:
            w[g + VARIABLES * LEAST_MASS + LOG_MASS] = -1.0
            w[h + LEAST_MASS] = -np.log(w[DRY_MASS] / w[START + LOG_MASS])
        return
    # thrust limits in units of the reference's own: z = ln m about z0
    arc = int(w[base + ARC])
    z0 = w[ref + LOG_MASS]
    back = w[S_EXIT + arc] * np.exp(-w[ref + 2] / w[S_PRESSURE_HEIGHT])
    most = (w[S_MOST + arc] - back) * np.exp(-z0)
    least = max(w[S_LEAST + arc] - back, 1e-4 * w[S_MOST + arc]) * np.exp(-z0)
    w[g + SIGMA], w[g + LOG_MASS], w[h] = 1.0 / most, 1.0, 1.0 + z0
    # 2 (sigma / least - 1 + d) >= d^2 with d = z - z0: |(2 d, q - 1)| <= q + 1
    row = g + VARIABLES * 7
    w[row + SIGMA], w[row + LOG_MASS], w[h + 7] = -2.0 / least, -2.0, -2.0 * (1.0 + z0) + 1.0
    row += VARIABLES
    w[row + SIGMA], w[row + LOG_MASS], w[h + 8] = -2.0 / least, -2.0, -2.0 * (1.0 + z0) - 1.0
    row += VARIABLES
    w[row + LOG_MASS], w[h + 9] = -2.0, -2.0 * z0
    tilt = w[LAST_TILT] if k == nodes - 2 else w[TILT]
    if tilt > -1.0:
        w[g + VARIABLES + SIGMA], w[g + VARIABLES + U + 2], w[h + 1] = tilt, -1.0, 0.0
    if k == 0:
        return
    if k < nodes - 2 and w[GLIDE_SLOPE] >= 0.0:
        row = g + VARIABLES * 10
        w[h + 10] = 0.0
        w[row + R + 2] = -1.0
        if w[GLIDE_SLOPE] > 0.0:
            w[row + R + 2] = -w[GLIDE_SLOPE]
            for i in range(2):
                w[row + VARIABLES * (1 + i) + R + i] = -1.0
                w[h + 11 + i] = -w[APEX + i]
    if w[MOST_SPEED] > 0.0:
        w[h + 13] = w[MOST_SPEED] / w[SPEED]
        for i in range(3):
            w[g + VARIABLES * (14 + i) + V + i] = -1.0


@compiled_ieee
def set_program(w: Vector, time: float) -> None:
    """The whole cone program about the reference, for a flight time [scaled]."""
    for k in range(int(w[NODES])):
        set_dynamics(w, k, time)
        set_cones(w, k)


@compiled_ieee
def set_straight_reference(w: Vector, time: float) -> None:
    """A first reference: from here to the pad with speed and mass going evenly, thrust as much as that takes."""
    nodes = int(w[NODES])
    passed = 0.0
    arc = int(w[ARCS]) - 1
    mean = 0.5 * (w[S_LEAST + arc] + w[S_MOST + arc])
    burned = min(w[S_FLOW] * mean * time, 0.5)
    for k in range(nodes):
        base = HEAD + k * NODE
        passed += w[base + SHARE]
        ref = base + REFERENCE
        square = 0.0
        for i in range(3):
            w[ref + R + i] = (1.0 - passed) * w[START + R + i] / w[LENGTH]
            first = w[START + V + i] / w[SPEED]
            w[ref + V + i] = first + passed * (w[TARGET + V + i] - first)
            w[ref + U + i] = (w[TARGET + V + i] - first) / time - w[S_GRAVITY + i]
            square += w[ref + U + i] * w[ref + U + i]
        w[ref + SIGMA] = np.sqrt(square)
        w[ref + LOG_MASS] = np.log(1.0 - burned * passed)
