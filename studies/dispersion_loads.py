"""What is wanted of every dispersed run's way: how joints answer to air, acceleration and drag, and when impact points are told.

Joints, equations and trim are those of `joint_loads`: the vehicle is rigid and its engines hold the air's moment. Tables are of
the nominal masses along the nominal flight; a run reads them at its own share of each segment.
"""

from dataclasses import replace

import numpy as np

from ..core.earth import G0
from ..trajectory.dispersion.along import COEFFICIENTS, AlongTheWay, Ways
from ..trajectory.dispersion.impacts import vacuum_impacts
from ..trajectory.range_safety.fall import inertial_from_earth_fixed
from ..vehicle.body_loads import FlightCondition, body_loads
from .ascend import FlownAscent
from .joint_loads import Joint, joint_forces, joints
from .mass_history import stack_at
from .strap_ons import known_above, strap_on_states

INSTANTS = 12  # of every segment; loads between them are on straight lines
ANGLES = np.radians([2.0, 6.0])  # rad: through both goes what a joint answers to the angle of attack
PRESSURE, DRAG = 1e4, 1e5  # Pa, N: loads are proportional to them
IMPACTS = 8  # instants at which the impact point is told
FIRST_IMPACT, SLOWEST = 30.0, 5.0  # s: the first of them, and how long before the last finite one they end


def along_the_way(flown: FlownAscent, last: int) -> AlongTheWay:
    """Of a flown study's segments up to that index."""
    found: list[list[list[tuple[Joint, np.ndarray]]]] = []
    durations, partly = [], {}
    for k in range(last + 1):
        solution = flown.solved.solution[flown.plan.segments[k].name]
        durations.append(float(solution.end - solution.start))
        here = np.flatnonzero(flown.ascent.trajectory.phase_index == k)
        time = flown.ascent.trajectory.time[here]
        wanted = np.linspace(time[0], time[-1], INSTANTS)
        rows = []
        for i in here[np.abs(time[None] - wanted[:, None]).argmin(axis=1)]:
            answers, hidden = _answers(flown, int(i))
            rows.append(answers)
            partly |= dict.fromkeys(hidden)
        found.append(rows)
    keys = {(j.name, j.station, j.diameter): None for rows in found for row in rows for j, _ in row}
    order = {key: n for n, key in enumerate(sorted(keys, key=lambda key: key[1]))}
    tables = np.zeros((last + 1, INSTANTS, len(order), len(COEFFICIENTS)))
    for k, rows in enumerate(found):
        for m, row in enumerate(rows):
            for joint, answer in row:
                tables[k, m, order[joint.name, joint.station, joint.diameter]] = answer
    ways = Ways(tables, np.array(durations), np.array([key[2] for key in order]), impact_times(flown, last))
    return AlongTheWay(tuple(key[0] for key in order), tuple(partly), ways)


def _answers(flown: FlownAscent, i: int) -> tuple[list[tuple[Joint, np.ndarray]], list[str]]:
    """(joint, its COEFFICIENTS) of what flies at the trajectory's i-th instant; names of joints that are not known then."""
    vehicle, plan, trajectory = flown.study.vehicle, flown.plan, flown.ascent.trajectory
    stack = stack_at(vehicle, plan, trajectory, i, flown.ascent.payload_mass)
    states = strap_on_states(vehicle, plan, trajectory, i, stack)
    lowest = known_above(vehicle, stack.strap_ons)
    rest = FlightCondition(PRESSURE, 0.0, 0.0, float(trajectory.thrust[i]), 0.0)
    conditions = (
        rest,
        replace(rest, axial_acceleration=G0),
        replace(rest, drag=DRAG),
        *(replace(rest, angle_of_attack=float(a)) for a in ANGLES),
    )
    bare = replace(stack.masses, items=())
    airs = [
        body_loads(vehicle, bare, condition, lowest_stage=stack.lowest_stage, fairing=stack.fairing, strap_ons=states)
        for condition in conditions
    ]
    found, hidden = [], []
    for joint in joints(vehicle, stack):
        if joint.station <= lowest - 1e-6:
            hidden.append(joint.name)
            continue
        still, pushed, held, *turned = (
            joint_forces(joint, air, stack.masses, condition) for air, condition in zip(airs, conditions, strict=True)
        )
        fits = [_through([t[n] / PRESSURE for t in turned]) for n in (2, 1)]  # bending, shear
        axial = [still[0], (pushed[0] - still[0]) / G0, (held[0] - still[0]) / DRAG]
        found.append((joint, np.array([*axial, *fits[0], *fits[1]])))
    return found, hidden


def _through(values: list[float]) -> tuple[float, float]:
    """a, b of a alpha + b alpha² through the values at ANGLES."""
    (x, y), (u, v) = ANGLES, values
    b = (v / y - u / x) / (y - x)
    return u / x - b * x, b


def impact_times(flown: FlownAscent, last: int) -> np.ndarray:
    """Whole seconds since T-0, evenly over the time in which the nominal flight has an impact point."""
    t = flown.ascent.trajectory
    rows = np.flatnonzero((t.time >= FIRST_IMPACT) & (t.phase_index <= last))
    if not len(rows):
        return np.zeros(0)
    moving = [inertial_from_earth_fixed(float(t.time[i]), t.position_ecef[i], t.velocity_ecef[i]) for i in rows]
    states = np.array([[t.time[i], *r, *v] for i, (r, v) in zip(rows, moving, strict=True)])
    falls = np.flatnonzero(np.isfinite(vacuum_impacts(states)[:, 0]))
    if not len(falls):
        return np.zeros(0)
    end = float(t.time[rows[falls[-1]]]) - SLOWEST
    return np.unique(np.round(np.linspace(FIRST_IMPACT, max(end, FIRST_IMPACT), IMPACTS)))
