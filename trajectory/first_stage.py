"""The lowest core stage's flight as a time-line: ignitions, burnouts, drops, throttle intervals and failures cut it into
segments, in each of which one set of engines works. Strap-ons leave at fixed times after lift-off."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..core.errors import InputError
from ..core.numeric import Table, lookup, table
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..vehicle.residuals import propellant_budget
from ..vehicle.vehicle import StrapOns
from .mission import Mission
from .segment import StrapOnGroup
from .sequence import ThrottleInterval

SAME_TIME = 1e-6  # s
_PIECES = 4  # of each straight piece of a thrust curve, so that the spline through them hardly leaves it


@dataclass(frozen=True)
class Motors:
    """What burns during a stretch and is not throttled by the optimizer, as `phase_model` takes it."""

    steady_thrust: float
    steady_mass_flow: float
    steady_exit_area: float
    motor_thrust: Table | float
    motor_mass_flow: Table | float


def strap_on_group(group: StrapOns, engine: EngineMap | MotorMap, mission: Mission, where: str) -> StrapOnGroup:
    """The group's times. Raises InputError where it is to leave before it is cut off, or a solid motor to keep propellant."""
    usable, units = propellant_budget(group.stage).usable - group.kept, group.count * group.stage.engine_count
    if group.kept and (usable <= 0.0 or isinstance(engine, MotorMap)):
        raise InputError(
            f"'{group.stage.name}' cannot keep {group.kept:.0f} kg: "
            + (
                "a solid motor burns out"
                if isinstance(engine, MotorMap)
                else f"it has {usable + group.kept:.0f} kg to burn"
            ),
            where=where.removesuffix(".drop") + ".kept",
        )
    name, begin = group.stage.name, group.ignition
    if isinstance(engine, MotorMap):
        burnout = begin + engine.burn_time

        def burned(t: float) -> float:
            return units * engine.burned(t - begin)

        def vacuum(t: float) -> float:
            return float(np.interp(t - begin, engine.time, engine.thrust_vacuum))

    else:
        schedule = [s for s in mission.sequence.throttle if s.stage == name]
        edges, flows = _flow_steps(engine, schedule, begin)
        burnout = _emptied(edges, flows * group.stage.engine_count, usable)
        rates = flows * units

        def burned(t: float) -> float:
            ends = np.append(edges[1:], np.inf)
            return float(sum(f * max(min(t, e, burnout) - b, 0.0) for b, e, f in zip(edges, ends, rates, strict=True)))

        def vacuum(t: float) -> float:
            return float(lookup(engine.thrust_table, scheduled(schedule, t) or 1.0))

    def thrust(t: float, ambient: float) -> float:
        return units * max(vacuum(t) - engine.exit_area * ambient, 0.0)

    drop = burnout if group.drop is None else group.drop
    if drop < burnout - SAME_TIME:
        raise InputError(
            f"'{name}' burns until {burnout:.1f} s after lift-off and is to be dropped at {drop:.1f} s; drop it later, or "
            "leave 'drop' out",
            where=where,
        )
    return StrapOnGroup(name, group.count, begin, burnout, drop, burned, thrust)


def longest_burn(
    engine: EngineMap, count: int, usable: float, schedule: Sequence[ThrottleInterval], ignition: float
) -> float:
    """When [s after lift-off] a stage of *count* engines is empty that burns as scheduled, and as little as it can else."""
    edges, flows = _flow_steps(engine, schedule, ignition, engine.throttle_min)
    return _emptied(edges, flows * count, usable)


def _flow_steps(
    engine: EngineMap, schedule: Sequence[ThrottleInterval], begin: float, free: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Times [s] from ignition on at which one engine's flow [kg/s] changes, and the flow from each on.

    free: throttle where nothing is scheduled.
    """
    edges = sorted({begin, *(t for s in schedule for t in (s.begin, s.end) if t > begin)})
    flows = [lookup(engine.mass_flow_table, scheduled(schedule, t + SAME_TIME) or free) for t in edges]
    return np.array(edges), np.array(flows)


def _emptied(edges: np.ndarray, flows: np.ndarray, usable: float) -> float:
    """When [s] usable propellant [kg] is gone that flows at each rate [kg/s] from its edge [s] on."""
    spent = np.concatenate([[0.0], np.cumsum(np.diff(edges) * flows[:-1])])
    last = int(np.searchsorted(spent, usable)) - 1
    return float(edges[last] + (usable - spent[last]) / flows[last])


def scheduled(schedule: Sequence[ThrottleInterval], time: float) -> float | None:
    """The throttle that a schedule asks for at a time, None outside its intervals."""
    return next((s.throttle for s in schedule if s.begin <= time < s.end), None)


def break_times(events: Sequence[float], end: float) -> list[float]:
    """The times of all events after lift-off and before *end*, ascending, those that coincide once."""
    found: list[float] = []
    for t in sorted(events):
        if SAME_TIME < t < end - SAME_TIME and (not found or t - found[-1] > SAME_TIME):
            found.append(t)
    return found


def motors_between(
    begin: float, end: float, burning: Sequence[tuple[int, EngineMap | MotorMap, float, float | None]]
) -> Motors:
    """All that burns from begin to end [s after lift-off]: (number, map, ignition [s], scheduled throttle) of each kind."""
    thrust = flow = area = 0.0
    solids: list[tuple[int, MotorMap, float]] = []
    for number, engine, ignition, throttle in burning:
        area += number * engine.exit_area
        if isinstance(engine, MotorMap):
            solids.append((number, engine, ignition))
        else:
            at = 1.0 if throttle is None else throttle
            thrust += number * float(lookup(engine.thrust_table, at))
            flow += number * float(lookup(engine.mass_flow_table, at))
    curves = _curves(begin, end, solids) if solids else (0.0, 0.0)
    return Motors(thrust, flow, area, *curves)


def whole_burn(number: int, motor: MotorMap) -> Motors:
    """A core stage's solid motors from ignition to burnout, against the time since ignition."""
    return motors_between(0.0, motor.burn_time, [(number, motor, 0.0, None)])


def _curves(begin: float, end: float, solids: Sequence[tuple[int, MotorMap, float]]) -> tuple[Table, Table]:
    """Sums of thrust curves over an interval as smooth tables, whose integrals are those of the straight pieces."""
    knots = np.unique(np.concatenate([[begin, end], *(m.time + at for _, m, at in solids)]))
    knots = knots[(knots >= begin) & (knots <= end)]
    knots = knots[np.concatenate([[True], np.diff(knots) > SAME_TIME])]
    points = np.unique(np.concatenate([np.linspace(a, b, _PIECES + 1) for a, b in pairwise(knots)]))
    tables = []
    for name in ("thrust_vacuum", "mass_flow"):
        values = sum(n * np.interp(points - at, m.time, getattr(m, name)) for n, m, at in solids)
        smooth = table(points, values)
        exact = float(np.trapezoid(values, points))
        tables.append(table(points, values * (exact / _integral(smooth))) if exact > 0.0 else smooth)
    return tables[0], tables[1]


def _integral(smooth: Table) -> float:
    """Of a cubic spline: sum of coefficients times the width of their B-splines over four (de Boor 1978, ch. X)."""
    k, c = smooth.knots, smooth.coefficients
    return float(c @ (k[4:] - k[:-4]) / 4)
