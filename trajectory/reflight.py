"""A solved ascent flown again by an independent integrator, open loop, from lift-off on."""

from collections.abc import Callable

import numpy as np

from .flight_plan import FlightPlan, Segment
from .mission import Mission
from .optimal_control.solution import PhaseSolution, Solution
from .propagate import Propagation, propagate
from .steering import LaunchFrame, thrust_direction

SAMPLE_STEP = 1.0  # s
MOST_SAMPLES = 2000  # of a segment: coasts of hours are sampled more thinly
EXHAUST = 3000.0  # m/s, of a usual engine
MOTION = ("x", "y", "z", "vx", "vy", "vz", "mass")


def fly_again(plan: FlightPlan, mission: Mission, frame: LaunchFrame, solution: Solution) -> tuple[Propagation, ...]:
    """Every segment from the end of the one before, so that errors add up as they would in flight.

    Raises UndecidedError when the integrator fails.
    """
    payload = float(solution.parameters["payload"])
    state = np.array([*mission.site.position(), *mission.site.inertial_velocity(), plan.liftoff_mass + payload])
    flown = []
    for segment in plan.segments:
        phase = solution[segment.name]
        state = state.copy()
        state[6] = segment.mass_after_drop(state[6], payload, plan.before(segment))
        count = min(max(2, int(np.ceil(phase.duration / SAMPLE_STEP)) + 1), MOST_SAMPLES)
        piece = _fly(segment, plan, frame, solution, state, np.linspace(phase.start, phase.end, count)[1:-1])
        flown.append(piece)
        state = piece.final_state
    return tuple(flown)


def drifts(plan: FlightPlan, frame: LaunchFrame, solution: Solution) -> list[float]:
    """How far apart [m/s] optimizer and integrator get within each segment, flown from the optimizer's own first state.

    A metre counts as a millimetre a second (as in a low orbit), a share of the mass as that of an exhaust velocity.
    """
    found = []
    for segment in plan.segments:
        states = solution[segment.name].states
        first, last = (np.array([states[n][k] for n in MOTION]) for k in (0, -1))
        apart = np.abs(_fly(segment, plan, frame, solution, first, np.array([])).final_state - last)
        found.append(
            float(np.linalg.norm(apart[3:6]) + 1e-3 * np.linalg.norm(apart[:3]) + EXHAUST * apart[6] / last[6])
        )
    return found


def _fly(
    segment: Segment, plan: FlightPlan, frame: LaunchFrame, solution: Solution, state: np.ndarray, times: np.ndarray
) -> Propagation:
    phase = solution[segment.name]
    direction, throttle = controls(segment, frame, phase)
    return propagate(
        segment.model,
        state,
        phase.start,
        phase.end,
        direction,
        throttle,
        clock_zero=clock_zero(plan, solution, segment),
        breaks=() if segment.steering == "none" else phase.edges[1:-1],
        times=times,
    )


def clock_zero(plan: FlightPlan, solution: Solution, segment: Segment) -> float:
    """When the solid motors' clock read 0 [s]: at lift-off, or at the ignition of the segment's stage."""
    if segment.clock != "burn":
        return 0.0
    begun = [s for s in plan.segments if s.stage == segment.stage and s.ignites and s.clock == "burn"]
    return float(solution[begun[0].name].start)


def controls(
    segment: Segment, frame: LaunchFrame, phase: PhaseSolution
) -> tuple[Callable[[float], np.ndarray], Callable[[float], float]]:
    """Thrust direction and throttle against time, from the solution's own polynomials."""
    if segment.steering == "none":
        axis = np.array([1.0, 0.0, 0.0])
        return (lambda t: axis), (lambda t: 1.0)
    pitch, yaw = piecewise(phase, "pitch"), piecewise(phase, "yaw")

    def direction(t: float) -> np.ndarray:
        return np.array(thrust_direction(frame, pitch(t), yaw(t)))

    if "throttle" not in phase.states:
        fixed = segment.throttle or 1.0
        return direction, lambda t: fixed
    curve = piecewise(phase, "throttle")
    return direction, lambda t: min(max(curve(t), segment.throttle_min), 1.0)


def piecewise(phase: PhaseSolution, name: str) -> Callable[[float], float]:
    """A state or control as one polynomial an interval, quick to call: Newton's form through the interval's own points."""
    edges = np.asarray(phase.edges)
    pieces = []
    for i, degree in enumerate(phase.phase.mesh.degrees):
        nodes = 0.5 - 0.5 * np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))  # of the interval, in (0, 1)
        fractions = (edges[i] + (edges[i + 1] - edges[i]) * nodes - phase.start) / (phase.duration or 1.0)
        values = phase.at_fractions(fractions, interval=i)[name]
        pieces.append(np.polynomial.polynomial.polyfit(nodes, values, degree).tolist()[::-1])
    starts, lengths = edges[:-1].tolist(), np.diff(edges).tolist()
    inner = edges[1:-1]

    def evaluate(t: float) -> float:
        i = int(np.searchsorted(inner, t, side="right"))
        s = (t - starts[i]) / lengths[i]
        value = 0.0
        for coefficient in pieces[i]:
            value = value * s + coefficient
        return value

    return evaluate
