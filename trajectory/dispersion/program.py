"""A flight plan and the optimum's steering as the numbers that the compiled point mass flies on.

The reference (steering, durations, the states in which guided burns end) comes from the solved nominal ascent and stays;
the plan's models and masses come from whatever vehicle and mission are given. Two vehicles of one plan give vectors that
differ in values only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...core.earth import ROTATION_RATE
from ...core.errors import InputError
from ...core.numeric import Table, pack_table
from ...vehicle.residuals import propellant_budget
from ...vehicle.vehicle import Vehicle
from ..environment.atmosphere import Atmosphere
from ..environment.wind import Wind
from ..mission import Mission
from ..segment import FlightPlan, Segment
from ..steering import LaunchFrame
from .profiles import table_positions
from .program_layout import (
    CLOCK,
    COASTING,
    EMPTY,
    FAILURE,
    FAILURES,
    GUIDED,
    HEAD_SIZE,
    MOST_SEGMENTS,
    ROW_SIZE,
    STEERED,
    TARGET,
    A,
    H,
    K,
    R,
)

if TYPE_CHECKING:
    from ..ascent import Ascent  # brings CasADi

STEP = 1.0  # s of integration, and between rows of the programme, so that no step goes over a corner of it
GUIDED_STEP = 2.0  # s, above the air, and between two cycles of guidance
COAST_STEP = 10.0  # s, of a coast longer than LONG_COAST
LONG_COAST = 300.0
NEARLY_EMPTY = 1e-3  # of the mass at burnout: a burn that ends so near to it ends because nothing is left


@dataclass(frozen=True)
class ReferenceSegment:
    """What the nominal flight says of a segment: duration [s], reading of the solids' clock at its begin [s], rows (n,
    4) of phase time, pitch, yaw, throttle; how it is steered and ends; the target's numbers (radius … normal) where it
    is guided."""

    duration: float
    clock: float
    rows: np.ndarray
    mode: int
    end: int
    target: tuple[float, ...] = (0.0,) * 7


@dataclass(frozen=True)
class Reference:
    """The nominal flight: its frame, payload [kg], and a part for each segment of the plan. payload_at: where the payload
    leaves."""

    frame: LaunchFrame
    payload_mass: float
    segments: tuple[ReferenceSegment, ...]
    names: tuple[str, ...]
    payload_at: int


@dataclass(frozen=True)
class Program:
    """A flight as numbers (p,), and what belongs where: flight (6,), plans (segments, 13), both whole numbers.

    drag: positions of every drag coefficient in the numbers, for a factor on all of them. names: of the segments.
    """

    numbers: np.ndarray
    flight: np.ndarray
    plans: np.ndarray
    payload_at: int
    names: tuple[str, ...]
    drag: np.ndarray

    def row(self, segment: int, field: int) -> int:
        """Position of a segment's number."""
        return int(self.plans[segment, K.row]) + field

    def same_form(self, other: "Program") -> bool:
        """Whether both differ in values alone."""
        return (
            self.numbers.shape == other.numbers.shape
            and np.array_equal(self.plans, other.plans)
            and np.array_equal(self.flight, other.flight)
        )


def reference(solved: "Ascent") -> Reference:
    """What a solved ascent says of its segments. Raises InputError for a vehicle that the point mass cannot fly."""
    plan, solution = solved.plan, solved.solution
    if len(plan.segments) > MOST_SEGMENTS:
        raise InputError(f"the flight has {len(plan.segments)} segments; the point mass takes {MOST_SEGMENTS}")
    last, payload_at = plan.segments[-1].stage, plan.segments.index(plan.insertion)
    if last == plan.segments[0].stage:
        raise InputError(
            "the point mass guides the last stage of several above the air; a vehicle of one stage flies with six degrees of "
            "freedom (--model six-dof)"
        )
    guided = {
        segment.name: final
        for segment in plan.segments
        if segment.stage == last and segment.powered and segment.steering == "free" and not segment.solid
        if (final := _burn_end(solved, segment)) is not None
    }
    found = []
    for k, segment in enumerate(plan.segments):
        phase = solution[segment.name]
        mode = COASTING if segment.steering == "none" else GUIDED if segment.name in guided else STEERED
        after = plan.segments[k + 1] if k + 1 < len(plan.segments) else None
        ends_burn = after is None or not after.powered or after.stage != segment.stage
        end = CLOCK
        if mode == GUIDED and ends_burn:
            end = TARGET
        elif mode == STEERED and segment.powered and ends_burn and not segment.solid and segment.stage != last:
            assert segment.burnout_mass is not None
            left = float(phase.states["mass"][-1]) - segment.payload_aboard(solved.payload_mass) - segment.burnout_mass
            end = EMPTY if left <= NEARLY_EMPTY * segment.burnout_mass else CLOCK
        target = _target(guided[segment.name]) if mode == GUIDED else (0.0,) * 7
        found.append(
            ReferenceSegment(phase.duration, _clock(solved, segment), _rows(solved, segment), mode, end, target)
        )
    return Reference(solved.frame, solved.payload_mass, tuple(found), tuple(s.name for s in plan.segments), payload_at)


def _burn_end(solved: "Ascent", segment: Segment) -> np.ndarray | None:
    """The nominal state (6,) in which the burn ends that a segment belongs to; None where the burn loses energy."""
    segments, k = solved.plan.segments, solved.plan.segments.index(segment)
    while k + 1 < len(segments) and segments[k + 1].powered and segments[k + 1].stage == segment.stage:
        k += 1
    begin, end = (_motion(solved, segments[i].name, j) for i, j in ((solved.plan.segments.index(segment), 0), (k, -1)))
    return end if _energy(end) > _energy(begin) else None


def _motion(solved: "Ascent", name: str, at: int) -> np.ndarray:
    return np.array([solved.solution[name].states[s][at] for s in ("x", "y", "z", "vx", "vy", "vz")], dtype=float)


def _energy(state: np.ndarray) -> float:
    from ...core.earth import MU

    return float(0.5 * state[3:] @ state[3:] - MU / np.linalg.norm(state[:3]))


def _target(state: np.ndarray) -> tuple[float, ...]:
    r, v = state[:3], state[3:]
    radius, h = float(np.linalg.norm(r)), np.cross(r, v)
    size = float(np.linalg.norm(h))
    return radius, float(r @ v) / radius, size, _energy(state), *(float(x) for x in h / size)


def _clock(solved: "Ascent", segment: Segment) -> float:
    start = solved.solution[segment.name].start
    if segment.clock != "burn":
        return float(start)
    begun = next(s for s in solved.plan.segments if s.stage == segment.stage and s.ignites)
    return float(start - solved.solution[begun.name].start)


def _rows(solved: "Ascent", segment: Segment) -> np.ndarray:
    phase = solved.solution[segment.name]
    if segment.steering == "none":
        return np.array([[0.0, 0.0, 0.0, 0.0], [phase.duration, 0.0, 0.0, 0.0]])
    count = max(2, int(np.ceil(phase.duration / STEP - 1e-9)) + 1)
    times = phase.start + np.minimum(STEP * np.arange(count), phase.duration)
    values = phase.at(times)
    if "throttle" in phase.states:
        throttle = np.clip(values["throttle"], segment.throttle_min, 1.0)
    else:
        throttle = np.full(count, (segment.throttle or 1.0) if segment.powered else 0.0)
    return np.column_stack([times - phase.start, values["pitch"], values["yaw"], throttle])


def program(
    plan: FlightPlan,
    vehicle: Vehicle,
    mission: Mission,
    nominal: Reference,
    wind: Wind | None = None,
    atmosphere: Atmosphere | None = None,
) -> Program:
    """The numbers of a vehicle's plan on the nominal flight; wind, atmosphere: in place of the plan's. Raises InputError
    for a plan of other segments than the nominal's."""
    if tuple(s.name for s in plan.segments) != nominal.names:
        raise InputError(
            "with these values the flight has other segments than the nominal one "
            f"({', '.join(s.name for s in plan.segments)}); a dispersion varies a flight, it does not make another one"
        )
    stages = [s.name for s in vehicle.stages]
    writer = _Writer()
    head = np.zeros(HEAD_SIZE)
    site = mission.site
    head[H.mu : H.j2 + 1] = plan.segments[0].model.earth
    head[H.x : H.vz + 1] = [*site.position(), *site.inertial_velocity()]
    head[H.mass], head[H.payload] = plan.liftoff_mass, nominal.payload_mass
    if plan.payload_mass is not None:
        head[H.payload] = plan.payload_mass
    head[H.dx : H.cz + 1] = nominal.frame
    head[H.failures + FAILURE * np.arange(FAILURES)] = -1.0
    writer.put(head)
    first = plan.segments[0].model
    flight = np.zeros(len(A), dtype=np.int64)
    flight[:4] = [writer.table(t) for t in (first.atmosphere if atmosphere is None else atmosphere)]
    flight[4:] = [writer.table(t, apart=True) for t in (first.wind if wind is None else wind)]
    plans = np.zeros((len(plan.segments), len(K)), dtype=np.int64)
    drags = []
    for k, (segment, known) in enumerate(zip(plan.segments, nominal.segments, strict=True)):
        model = segment.model
        row = np.zeros(ROW_SIZE)
        for name in R._fields[:7]:
            row[getattr(R, name)] = getattr(model, name)
        row[R.duration] = known.duration if segment.duration is None else segment.duration
        row[R.clock], row[R.dropped] = known.clock, segment.dropped_before
        row[R.begin_mass] = segment.begin_mass or 0.0
        before = plan.before(segment)
        aboard = head[H.payload] if before is None else before.payload_aboard(head[H.payload])
        row[R.released] = aboard - segment.payload_aboard(head[H.payload])
        if segment.burnout_mass is not None:
            row[R.empty] = segment.burnout_mass
            if known.mode == GUIDED:  # the reserve is there to be used
                row[R.empty] -= propellant_budget(vehicle.stage(segment.stage)).reserve
        row[R.target_radius : R.target_nz + 1] = known.target
        row[R.step] = GUIDED_STEP if known.mode == GUIDED else STEP
        if known.mode == COASTING and known.duration > LONG_COAST:
            row[R.step] = COAST_STEP
        line: dict[str, Any] = {
            "row": writer.put(row),
            **{
                n: writer.table(getattr(model, n))
                for n in ("thrust_vacuum", "mass_flow", "motor_thrust", "motor_mass_flow")
            },
            "steer": writer.put(known.rows.ravel()),
            "steer_rows": len(known.rows),
            "mode": known.mode,
            "end": known.end,
            "stage": stages.index(segment.stage),
            "powered": int(segment.powered),
            "ignites": int(segment.powered and (before is None or not before.powered or before.stage != segment.stage)),
            "bare": int(not segment.fairing_on),
        }
        line["thrust"] = line.pop("thrust_vacuum")
        line["drag"] = writer.table(model.drag_coefficient, apart=True)
        drags.append(line["drag"])
        plans[k] = [line[name] for name in K._fields]
    numbers = np.concatenate(writer.parts)
    drag = np.concatenate([table_positions(numbers, at) for at in drags])
    return Program(numbers, flight, plans, nominal.payload_at, nominal.names, drag)


class _Writer:
    """Parts of the vector in order; a table that several segments share stands once."""

    def __init__(self) -> None:
        self.parts: list[np.ndarray] = []
        self.size = 0
        self.known: dict[int, tuple[int, Table]] = {}  # the table is kept, so that its id stays its own

    def put(self, values: np.ndarray) -> int:
        at = self.size
        self.parts.append(np.asarray(values, float))
        self.size += len(values)
        return at

    def table(self, table: Table, apart: bool = False) -> int:
        key = id(table.coefficients)
        if not apart and key in self.known:
            return self.known[key][0]
        at = self.put(pack_table(table))
        if not apart:
            self.known[key] = at, table
        return at


def earth_fixed(time: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Earth-fixed position and velocity (n, 3) of inertial states (n, 6 or more) at times (n,) [s] since T-0."""
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    x, y, z, vx, vy, vz = state[:, :6].T
    wx, wy = vx + ROTATION_RATE * y, vy - ROTATION_RATE * x
    return (
        np.column_stack([c * x + s * y, c * y - s * x, z]),
        np.column_stack([c * wx + s * wy, c * wy - s * wx, vz]),
    )
