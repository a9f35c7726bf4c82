"""The steering and throttle programme of an ascent as a table for a flight computer, flown to see what the table costs.

A flight computer holds rows and draws a straight line between two of them. Rows stand so close that no straight line leaves the
optimum's own curve by more than a tolerance; then the whole ascent is flown on those straight lines, open loop, and the
tolerance is tightened until that flight ends as near as wanted to the one on the curves.

Frames. Launch frame: x downrange (level, along the launch azimuth), y cross (level, to the right), z down, at the pad at T-0
and fixed in inertial space from then on. Body: x forward along the thrust axis, y right, z down when the pitch is zero. Roll
is zero: a point mass does not say. Attitude: turned by pitch about y, then by yaw about the body's z,

    q = q_y(pitch) q_z(yaw),        v_launch = q v_body q*
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Array, Result, Unit
from ..trajectory.propagate import propagate
from ..trajectory.range_safety.fall import inertial_from_earth_fixed
from ..trajectory.reflight import clock_zero
from ..trajectory.result import Trajectory
from ..trajectory.segment import Segment
from ..trajectory.steering import thrust_direction

if TYPE_CHECKING:
    from ..trajectory.ascent import Ascent  # brings CasADi

POSITION_GOAL = 100.0
"""[m] at insertion; a programme flown open loop misses by kilometres for other reasons."""
VELOCITY_GOAL = 0.1
"""[m/s] at insertion."""
FIRST_TOLERANCE = 4e-5  # rad; ten times as much for the throttle, of rated
PASSES = 3

Mode = Literal["held", "steered", "turning"]
TABLE_COLUMNS = (
    "time_s", "phase", "phase_time_s", "pitch_deg", "yaw_deg", "q_w", "q_x", "q_y", "q_z", "throttle",
    "pitch_rate_deg_s", "yaw_rate_deg_s", "body_rate_x_deg_s", "body_rate_y_deg_s", "body_rate_z_deg_s",
    "throttle_rate_1_s",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SteeringPhase(Result):
    """A phase of the programme. mode: held (attitude constant), steered, or turning (a long coast: the optimum asks for no
    attitude, and the table turns evenly towards the next burn's)."""

    name: str
    stage: str
    mode: str
    begin: Annotated[float, Unit("s")]
    end: Annotated[float, Unit("s")]


@dataclass(frozen=True, kw_only=True)
class SteeringTable(Result):
    """Rows (n,): time since lift-off, and since the phase began; attitude, throttle (of rated; 0 without thrust), and the
    rates of the straight line to the next row. Between two phases throttle and phase clock jump: one row ends the phase and one
    begins the next, at one time.

    launch_frame: rows are the launch frame's axes (x, y, z) in inertial axes, which are the Earth-fixed ones of T-0.
    position_error, velocity_error: at insertion, of the flight on this table against the flight on the optimum's curves.
    chord_error: the largest distance of a straight line from the curve of pitch or yaw.
    """

    t0_definition: str
    azimuth: Annotated[float, Unit("rad")]
    launch_frame: Array
    phases: tuple[SteeringPhase, ...]
    phase_index: Array
    time: Annotated[Array, Unit("s")]
    phase_time: Annotated[Array, Unit("s")]
    pitch: Annotated[Array, Unit("rad")]
    yaw: Annotated[Array, Unit("rad")]
    quaternion: Array
    throttle: Array
    pitch_rate: Annotated[Array, Unit("rad/s")]
    yaw_rate: Annotated[Array, Unit("rad/s")]
    body_rates: Annotated[Array, Unit("rad/s")]
    throttle_rate: Annotated[Array, Unit("1/s")]
    chord_error: Annotated[float, Unit("rad")]
    position_error: Annotated[float, Unit("m")]
    velocity_error: Annotated[float, Unit("m/s")]

    def rows(self) -> list[list[float | str]]:
        """As `tables/steering.csv` has them; angles in degrees."""
        columns = (
            self.time, [self.phases[int(k)].name for k in self.phase_index], self.phase_time, np.degrees(self.pitch),
            np.degrees(self.yaw), *self.quaternion.T, self.throttle, np.degrees(self.pitch_rate),
            np.degrees(self.yaw_rate), *np.degrees(self.body_rates).T, self.throttle_rate,
        )  # fmt: skip
        # ten decimals: beyond them is rounding of the optimizer's arithmetic
        return [
            [v if isinstance(v, str) else round(float(v), 10) + 0.0 for v in row] for row in zip(*columns, strict=True)
        ]


def steering_table(
    solved: "Ascent",
    trajectory: Trajectory,
    *,
    position_goal: float = POSITION_GOAL,
    velocity_goal: float = VELOCITY_GOAL,
    tolerance: float = FIRST_TOLERANCE,
    where: str = "",
) -> SteeringTable:
    """The table of a solved ascent; trajectory: the same flown on the optimum's own curves.

    tolerance [rad]: of the first table; a finding tells whether the last one meets the goals [m, m/s], and where it stands.
    """
    curves = [_curves(solved, segment) for segment in solved.plan.segments]
    attempt = 0
    while True:
        pieces = [_rows(curve, tolerance / 4.0**attempt) for curve in curves]
        position, velocity = miss = _miss(solved, trajectory, pieces)
        met, attempt = position <= position_goal and velocity <= velocity_goal, attempt + 1
        if met or attempt == PASSES:
            break
    text = (
        f"flown open loop on straight lines between its {sum(len(t) for t, _ in pieces)} rows, the steering table ends "
        f"{position:.2g} m and {velocity:.2g} m/s from the optimum's flight; {position_goal:g} m and {velocity_goal:g} m/s "
        "are wanted"
    )
    margin = 1.0 - max(position / position_goal, velocity / velocity_goal)
    finding = Finding(Severity.OK if met else Severity.WARN, "steering.interpolation", where, text, margin)
    return _table(solved, trajectory, curves, pieces, miss, finding)


@dataclass(frozen=True)
class _Curve:
    """A phase's pitch, yaw [rad] and throttle against time, (n,) -> (3, n), and the times where they are not smooth."""

    segment: Segment
    mode: Mode
    breaks: Array
    at: Callable[[Array], Array]


def _curves(solved: "Ascent", segment: Segment) -> _Curve:
    phase = solved.solution[segment.name]
    ends = np.array([phase.start, phase.end])
    if segment.steering == "none":
        before, after = _neighbours(solved, segment)

        def turning(t: Array) -> Array:
            share = (t - phase.start) / (phase.duration or 1.0)
            pitch, yaw = (a + (b - a) * share for a, b in zip(before, after, strict=True))
            return np.stack([pitch, yaw, np.zeros_like(t)])

        return _Curve(segment, "turning", ends, turning)
    edges = np.asarray(phase.edges)

    def steered(t: Array) -> Array:
        # the last instant belongs to the last interval's polynomial
        values = phase.at(np.clip(t, phase.start, phase.end))
        if "throttle" in phase.states:
            throttle = np.clip(values["throttle"], segment.throttle_min, 1.0)
        else:
            throttle = np.full_like(t, (segment.throttle or 1.0) if segment.powered else 0.0)
        return np.stack([values["pitch"], values["yaw"], throttle])

    held = segment.steering in ("vertical", "held")
    return _Curve(segment, "held" if held else "steered", ends if held else edges, steered)


def _neighbours(solved: "Ascent", coast: Segment) -> tuple[tuple[float, float], tuple[float, float]]:
    """(pitch, yaw) with which the flight enters a coast and with which it goes on; at the end, what it entered with."""
    segments = solved.plan.segments
    k = segments.index(coast)
    steered = [s for s in segments[:k] if s.steering != "none"][-1:]
    later = [s for s in segments[k + 1 :] if s.steering != "none"][:1]
    before = solved.solution[steered[0].name].states
    entered = float(before["pitch"][-1]), float(before["yaw"][-1])
    if not later:
        return entered, entered
    after = solved.solution[later[0].name].states
    return entered, (float(after["pitch"][0]), float(after["yaw"][0]))


def _rows(curve: _Curve, tolerance: float) -> tuple[Array, Array]:
    """Times (n,) and values (3, n) of a phase's rows: intervals halved until their chords are within the tolerance."""
    allowed = np.array([tolerance, tolerance, 10.0 * tolerance])
    times = [float(curve.breaks[0])]
    for a, b in pairwise(curve.breaks.tolist()):
        pieces = 1
        while _chord(curve, np.linspace(a, b, pieces + 1), allowed) > 1.0 and pieces < 4096:
            pieces *= 2
        times += np.linspace(a, b, pieces + 1)[1:].tolist()
    kept = _without_straight(np.array(times), curve, allowed)
    return kept, curve.at(kept)


def _chord(curve: _Curve, times: Array, allowed: Array) -> float:
    """The largest distance between curve and straight lines through the times, in units of what is allowed."""
    fine = np.unique(np.concatenate([a + (b - a) * np.linspace(0.0, 1.0, 9) for a, b in pairwise(times.tolist())]))
    values, knots = curve.at(fine), curve.at(times)
    lines = np.stack([np.interp(fine, times, row) for row in knots])
    return float(np.max(np.abs(values - lines) / allowed[:, None]))


def _without_straight(times: Array, curve: _Curve, allowed: Array) -> Array:
    """The times less those that lie on the straight line between their neighbours, to a tenth of what is allowed."""
    kept, values = [0], curve.at(times)
    for i in range(1, len(times) - 1):
        a, between = kept[-1], slice(kept[-1], i + 2)
        lines = np.stack([np.interp(times[between], times[[a, i + 1]], row[[a, i + 1]]) for row in values])
        if np.any(np.abs(values[:, between] - lines) > 0.1 * allowed[:, None]):
            kept.append(i)
    return times[[*kept, len(times) - 1]]


def _miss(solved: "Ascent", trajectory: Trajectory, pieces: list[tuple[Array, Array]]) -> tuple[float, float]:
    """How far [m, m/s] the flight on straight lines is from the trajectory at insertion."""
    plan, site = solved.plan, solved.mission.site
    state = np.array(
        [*site.position(), *site.inertial_velocity(), plan.liftoff_mass + solved.payload_mass], dtype=float
    )
    for segment, (times, values) in zip(plan.segments, pieces, strict=True):
        state = state.copy()
        state[6] = segment.mass_after_drop(state[6], solved.payload_mass, plan.before(segment))
        direction, throttle = _straight(solved, times, values)
        flown = propagate(
            segment.model, state, float(times[0]), float(times[-1]), direction, throttle,
            clock_zero=clock_zero(plan, solved.solution, segment), breaks=times[1:-1], times=np.array([]), tolerance=1e-9,
        )  # fmt: skip
        state = flown.final_state
        if segment is plan.insertion:
            break
    i = int(np.flatnonzero(trajectory.phase_index == plan.segments.index(plan.insertion))[-1])
    position, velocity = inertial_from_earth_fixed(
        float(trajectory.time[i]), trajectory.position_ecef[i], trajectory.velocity_ecef[i]
    )
    return float(np.linalg.norm(state[:3] - position)), float(np.linalg.norm(state[3:6] - velocity))


def _straight(
    solved: "Ascent", times: Array, values: Array
) -> tuple[Callable[[float], np.ndarray], Callable[[float], float]]:
    """Thrust direction and throttle on straight lines between rows."""
    knots = times.tolist()
    pitch, yaw, throttle = values.tolist()

    def between(row: list[float], t: float) -> float:
        i = min(max(bisect_right(knots, t) - 1, 0), len(knots) - 2)
        return row[i] + (row[i + 1] - row[i]) * (t - knots[i]) / (knots[i + 1] - knots[i])

    def direction(t: float) -> np.ndarray:
        return np.array(thrust_direction(solved.frame, between(pitch, t), between(yaw, t)))

    return direction, lambda t: between(throttle, t)


def _table(
    solved: "Ascent",
    trajectory: Trajectory,
    curves: list[_Curve],
    pieces: list[tuple[Array, Array]],
    miss: tuple[float, float],
    finding: Finding,
) -> SteeringTable:
    time = np.concatenate([times for times, _ in pieces])
    pitch, yaw, throttle = np.concatenate([values for _, values in pieces], axis=1)
    slopes = np.concatenate([_slopes(*piece) for piece in pieces], axis=1)
    sizes = [len(times) for times, _ in pieces]
    begin = [float(times[0]) for times, _ in pieces]
    frame = solved.frame
    axes = np.array([frame.dx, frame.dy, frame.dz, frame.cx, frame.cy, frame.cz, -frame.ux, -frame.uy, -frame.uz])
    of_angles = np.array([1.0, 1.0, np.inf])
    chords = [_chord(c, t, of_angles) for c, (t, _) in zip(curves, pieces, strict=True)]
    return SteeringTable(
        t0_definition=trajectory.t0_definition,
        azimuth=solved.azimuth,
        launch_frame=axes.reshape(3, 3),
        phases=tuple(
            SteeringPhase(name=c.segment.name, stage=c.segment.stage, mode=c.mode, begin=float(t[0]), end=float(t[-1]))
            for c, (t, _) in zip(curves, pieces, strict=True)
        ),
        phase_index=np.repeat(np.arange(len(pieces), dtype=float), sizes),
        time=time,
        phase_time=time - np.repeat(begin, sizes),
        pitch=pitch,
        yaw=yaw,
        quaternion=quaternion(pitch, yaw),
        throttle=throttle,
        pitch_rate=slopes[0],
        yaw_rate=slopes[1],
        body_rates=np.stack([slopes[0] * np.sin(yaw), slopes[0] * np.cos(yaw), slopes[1]], axis=1),
        throttle_rate=slopes[2],
        chord_error=max(chords),
        position_error=miss[0],
        velocity_error=miss[1],
        input_hash=trajectory.input_hash,
        findings=(finding,),
    )


def _slopes(times: Array, values: Array) -> Array:
    """Of the straight line to the next row; the phase's last row keeps its predecessor's."""
    slopes = np.diff(values, axis=1) / np.diff(times)
    return np.concatenate([slopes, slopes[:, -1:]], axis=1)


def quaternion(pitch: Array, yaw: Array) -> Array:
    """Unit quaternions (n, 4), scalar first, that turn body vectors into the launch frame; angles [rad] (n,)."""
    a, b = np.cos(pitch / 2), np.sin(pitch / 2)
    c, d = np.cos(yaw / 2), np.sin(yaw / 2)
    return np.stack([a * c, b * d, b * c, a * d], axis=-1)
