"""A first guess of the ascent: a plain pitch programme flown forward through the same equations of motion."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .flight_plan import FlightPlan, Segment
from .mission import Mission
from .motion import right_hand_side, total_mass_flow
from .optimal_control.solution import PhaseSolution
from .steering import LaunchFrame, thrust_direction

_STEP = 2.0  # s
_PAYLOAD_SHARE = 0.02  # of the lift-off mass
_FINAL_PITCH = np.radians(-12.0)
_FAIRING_TIME = 40.0  # s of burn before the fairing leaves


@dataclass(frozen=True)
class GuessedPhase:
    """One phase: start and duration [s], values of states and controls at the fractions *at*."""

    start: float
    duration: float
    values: dict[str, np.ndarray | float]
    at: np.ndarray

    @classmethod
    def of(cls, phase: PhaseSolution) -> "GuessedPhase":
        """A phase that was solved, as a guess of another flight's."""
        guess = phase.as_guess()
        return cls(guess.start, guess.duration, dict(guess.values), guess.at)


def guess_ascent(plan: FlightPlan, mission: Mission, frame: LaunchFrame) -> tuple[GuessedPhase, ...]:
    """Fly every segment of the plan with pitch falling from the vertical by a cubic in time, yaw zero, full throttle."""
    payload = payload_guess(plan)
    durations = _durations(plan, payload)
    whole = sum(durations)
    begin = sum(d for s, d in zip(plan.segments, durations, strict=True) if s.steering in ("vertical", "pitch-over"))

    def pitch(time: float, segment: Segment) -> float:
        if segment.steering == "vertical":
            return np.pi / 2
        if segment.steering == "pitch-over":
            return np.pi / 2 - np.radians(0.3) * (time - mission.sequence.vertical_rise)
        s = np.clip((time - begin) / max(whole - begin, 1.0), 0.0, 1.0)
        return _FINAL_PITCH + (np.radians(86.0) - _FINAL_PITCH) * (1 - s) ** 3

    state = np.array([*mission.site.position(), *mission.site.inertial_velocity(), plan.liftoff_mass + payload])
    phases, clock, ignited = [], 0.0, 0.0
    before = None
    for segment, duration in zip(plan.segments, durations, strict=True):
        state = state.copy()
        state[6] = segment.mass_after_drop(state[6], payload, before)
        before = segment
        held = pitch(clock, segment) if segment.steering == "held" else None
        programme = (lambda t, angle=held: angle) if held is not None else (lambda t, s=segment: pitch(t, s))
        ignited = clock if segment.ignites else ignited
        curve_clock = clock if segment.clock == "flight" else clock - ignited
        phase, state = fly(segment, frame, state, clock, duration, programme, clock=curve_clock)
        phases.append(phase)
        clock += duration
    return tuple(phases)


def payload_guess(plan: FlightPlan) -> float:
    """The payload [kg]: given, or a usual share of the lift-off mass, and more than leaves on the way."""
    if plan.payload_mass is not None:
        return plan.payload_mass
    return max(_PAYLOAD_SHARE * plan.liftoff_mass, 1.5 * plan.released)


def fly(
    segment: Segment,
    frame: LaunchFrame,
    state: np.ndarray,
    start: float,
    duration: float,
    pitch: Callable[[float], float] = lambda t: 0.0,
    *,
    yaw: float = 0.0,
    clock: float = 0.0,
    step: float = _STEP,
    throttle: float | None = None,
) -> tuple[GuessedPhase, np.ndarray]:
    """One segment flown from a state (x, y, z, vx, vy, vz, mass): the guess, and the state at its end.

    clock [s]: of solid motors at its beginning. throttle: the scheduled or full one when None.
    """
    steps = max(2, int(np.ceil(duration / step)))
    times = np.linspace(start, start + duration, steps + 1)
    clocks = times - start + clock
    throttle = throttle or segment.throttle or 1.0
    states = [state]
    for t, c in zip(times[:-1], clocks[:-1], strict=True):
        states.append(runge_kutta(segment, frame, states[-1], (pitch(t), yaw), float(c), duration / steps, throttle))
    flown = np.array(states)
    values: dict[str, np.ndarray | float] = dict(zip(("x", "y", "z", "vx", "vy", "vz", "mass"), flown.T, strict=True))
    if segment.steering != "none":
        values |= {"pitch": np.array([pitch(t) for t in times]), "yaw": yaw}
    if segment.throttles:
        values["throttle"] = throttle
    if segment.clock == "burn":
        values["burn_time"] = clocks
    return GuessedPhase(start, duration, values, np.linspace(0.0, 1.0, steps + 1)), flown[-1]


def _durations(plan: FlightPlan, payload: float) -> list[float]:
    """Burn times at full throttle, from the masses; the fairing leaves early in its stage's burn."""
    durations: list[float] = []
    mass, clock, before = plan.liftoff_mass + payload, 0.0, None
    for i, segment in enumerate(plan.segments):
        mass = segment.mass_after_drop(mass, payload, before)
        before = segment
        following = plan.segments[i + 1] if i + 1 < len(plan.segments) else None
        goes_on = following is not None and following.stage == segment.stage and following.powered
        duration = segment.duration
        if segment.burnout_mass is None:
            if duration is None:
                duration = max(0.3 * (segment.longest or 1000.0), segment.shortest)
        elif segment.clock == "burn":
            clock = 0.0 if segment.ignites else clock
            whole = next((s.clock_end for s in plan.segments[i:] if s.clock_end is not None), duration or 1.0)
            duration = duration or (whole - clock if not goes_on or segment.clock_end is not None else 0.3 * whole)
            clock += duration
        elif duration is None:
            duration = (mass - payload - segment.burnout_mass) / _flow(segment)
            if goes_on:
                duration = min(_FAIRING_TIME, 0.2 * duration)
            if following is not None and following.steering == "none" and following.stage == segment.stage:
                duration = 0.9 * duration
        duration = max(duration, 1.0)
        durations.append(duration)
        mass -= _burned(plan, segment, sum(durations[:-1]), duration)
    return durations


def _flow(segment: Segment) -> float:
    return float(total_mass_flow(segment.model, segment.throttle or 1.0))


def _burned(plan: FlightPlan, segment: Segment, begin: float, duration: float) -> float:
    """Propellant [kg] of the core's engines; strap-ons' and solid motors' are taken from their curves' mean."""
    if segment.clock is None:
        return _flow(segment) * duration
    at = begin if segment.clock == "flight" else 0.0
    flows = [
        total_mass_flow(segment.model, segment.throttle or 1.0, at + f * duration) for f in (0.1, 0.3, 0.5, 0.7, 0.9)
    ]
    return float(np.mean(flows)) * duration


def runge_kutta(
    segment: Segment,
    frame: LaunchFrame,
    state: np.ndarray,
    attitude: tuple[float, float],
    clock: float,
    step: float,
    throttle: float = 1.0,
) -> np.ndarray:
    """One step of the classic fourth order."""
    ux, uy, uz = thrust_direction(frame, *attitude)

    def rate(s: np.ndarray, clock: float) -> np.ndarray:
        x, y, z, vx, vy, vz, mass = s.tolist()
        return np.array(right_hand_side(segment.model, x, y, z, vx, vy, vz, mass, ux, uy, uz, throttle, clock))

    k1 = rate(state, clock)
    k2 = rate(state + 0.5 * step * k1, clock + 0.5 * step)
    k3 = rate(state + 0.5 * step * k2, clock + 0.5 * step)
    k4 = rate(state + step * k3, clock + step)
    return state + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
