"""The ascent as a multi-phase optimal-control problem: from the pad to an orbit.

States: position and velocity (inertial frame frozen at T-0), mass, the thrust axis's pitch and yaw in the launch frame,
and the throttle. Controls: the rates of the last three. The vehicle rises vertically, pitches over at a constant rate
(found), then steers and throttles freely within its limits; masses jump where parts are dropped; the last state meets the
orbit's angular-momentum and eccentricity conditions. Sought: the largest payload, or the least propellant for a given one.

Attitude and throttle are states because on a vehicle they are continuous and their rates are bounded. Their rates alone
would be singular controls, so the objective carries a small penalty on the squared rates: it makes them unique and smooth
over a few seconds, as a control system would. What it takes from the objective is reported as effort. A burn after a coast in
orbit is flown at a throttle and attitude rates that do not change (found): a free programme would gain grams, which no solver can
tell from none, so that it would ring.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from .ascent_boundaries import ascent_boundaries
from .ascent_guess import GuessedPhase
from .ascent_limits import PathRule, load_outputs, path_limits, path_rules
from .ascent_mesh import first_mesh
from .flight_plan import FlightPlan, Segment
from .mission import Mission
from .motion import PhaseModel, loads, right_hand_side
from .optimal_control.problem import (
    Control,
    Ends,
    Guess,
    Integral,
    Link,
    Objective,
    Parameter,
    Phase,
    Problem,
    State,
    Values,
)
from .range_safety.document import RangeSafety
from .reflight import MOTION
from .restart_guess import has_restarts
from .steering import LaunchFrame, thrust_direction

POSITION_SCALE = 1e6  # m
SPEED_SCALE = 1e3  # m/s
TURNING_WEIGHT = 1000.0  # kg of objective per (rad/s)^2 s; docs/ascent.md shows what the two weights cost
THROTTLING_WEIGHT = 20.0  # kg of objective per (1/s)^2 s
LONGEST_BURN = 3000.0  # s, without a limit of the mission's own; ten times what launchers' burns last
FASTEST_TURN = np.radians(10.0)  # rad/s, where the mission states no limit
FASTEST_THROTTLING = 1.0  # 1/s


def ascent_problem(
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    guess: tuple[GuessedPhase, ...],
    mesh_density: float = 1.0,
    range_safety: RangeSafety | None = None,
) -> Problem:
    """The ascent stated for the optimal-control layer: one phase for each segment of the plan, each begins where the one
    before it ends, less what is dropped."""
    segments = plan.segments
    phases = [
        _phase(segment, guessed, plan, mission, frame, mesh_density, range_safety)
        for segment, guessed in zip(segments, guess, strict=True)
    ]
    links = [Link(before=a.name, after=b.name, change=_drop(a, b)) for a, b in pairwise(segments)]
    return Problem(
        name=f"ascent of {mission.name}",
        phases=tuple(phases),
        links=tuple(links),
        parameters=_parameters(plan, mission, guess),
        boundaries=ascent_boundaries(plan, mission, frame),
        objective=_objective(plan),
    )


def mass_scale(segment: Segment, plan: FlightPlan) -> float:
    """[kg]: of what flies in a segment. An upper stage's mass in units of the lift-off mass would have its last grams decided by
    the solver's tolerance, and a gram in a ton is a centimetre a second at its exhaust velocity of 3 km/s divided by three."""
    segments = plan.segments[: plan.segments.index(segment) + 1]
    stage = next((s.begin_mass for s in reversed(segments) if s.begin_mass is not None), plan.liftoff_mass)
    return min(stage, 3.0 * segment.burnout_mass) if plan.restarted(segment) and segment.burnout_mass else stage


def _phase(
    segment: Segment,
    guessed: GuessedPhase,
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    mesh_density: float,
    range_safety: RangeSafety | None,
) -> Phase:
    """One segment: motion, attitude, throttle and the motors' clock as far as it has them, within the mission's limits."""
    first = segment is plan.segments[0]
    steady, throttles = plan.restarted(segment), segment.throttles
    steers = segment.steering == "free" and not steady
    rules = path_rules(segment, plan, mission, range_safety)
    mass = State("mass", "kg", mass_scale(segment, plan), lower=1e-3 * plan.liftoff_mass)
    states = [
        *(State(n, "m", POSITION_SCALE) for n in MOTION[:3]),
        *(State(n, "m/s", SPEED_SCALE) for n in MOTION[3:6]),
        mass,
    ]
    controls: list[Control] = []
    initial: dict[str, Any] = {}
    final: dict[str, Any] = {}
    if segment.steering != "none":
        states += [State("pitch", "rad"), State("yaw", "rad", lower=-1.4, upper=1.4)]
    turn = mission.limits.attitude_rate or FASTEST_TURN
    if steady:
        states += [State(n, "rad/s", 0.02, -turn, turn) for n in ("pitch_rate", "yaw_rate")]
    elif steers:
        controls += [Control(n, "rad/s", 0.02, -turn, turn) for n in ("pitch_rate", "yaw_rate")]
    if throttles:
        states.append(State("throttle", "1", 1.0, segment.throttle_min, 1.0))
        if steers:
            rate = mission.limits.throttle_rate or FASTEST_THROTTLING
            controls.append(Control("throttle_rate", "1/s", 0.1, -rate, rate))
        if segment is next(s for s in plan.segments if s.steering == "free"):
            initial["throttle"] = 1.0  # the rise and pitch-over before are at full thrust
    if segment.clock == "burn":
        states.append(State("burn_time", "s", 100.0))
        initial |= {"burn_time": 0.0} if segment.ignites else {}
        final |= {"burn_time": segment.clock_end} if segment.clock_end is not None else {}
    if first:
        site = (*mission.site.position(), *mission.site.inertial_velocity())
        initial |= dict(zip(MOTION[:6], map(float, site), strict=True)) | {"pitch": np.pi / 2, "yaw": 0.0}
    return Phase(
        name=segment.name,
        states=tuple(states),
        controls=tuple(controls),
        dynamics=_dynamics(segment, frame, steady, throttles, rules),
        path=(*path_limits(segment, mission), *(rule.limit for rule in rules)),
        integrals=(Integral("effort", "kg", 0.02 * plan.liftoff_mass),) if steers else (),
        start=0.0 if first else (0.0, np.inf),
        duration=segment.duration or (segment.shortest, segment.longest or LONGEST_BURN),
        initial=initial,
        final=final,
        mesh=first_mesh(segment, guessed, mesh_density),
        guess=Guess(start=guessed.start, duration=guessed.duration, values=guessed.values, at=guessed.at),
    )


def _dynamics(
    segment: Segment, frame: LaunchFrame, steady: bool, throttles: bool, rules: tuple[PathRule, ...]
) -> Callable[[Values], dict[str, Any]]:
    """The equations of one segment: motion, turning of the thrust axis, and the loads that limits name."""
    model: PhaseModel = segment.model
    steering = segment.steering

    def dynamics(p: Values) -> dict[str, Any]:
        if steering == "none":
            ux, uy, uz = 1.0, 0.0, 0.0  # nothing pushes
        else:
            ux, uy, uz = thrust_direction(frame, p.pitch, p.yaw)
        throttle = p.throttle if throttles else segment.throttle or 1.0
        clock = p.time if segment.clock == "flight" else p.burn_time if segment.clock == "burn" else 0.0
        state = (p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass, ux, uy, uz, throttle, clock)
        out: dict[str, Any] = dict(zip(MOTION, right_hand_side(model, *state), strict=True))
        if steady:
            out |= {"pitch": p.pitch_rate, "yaw": p.yaw_rate, "pitch_rate": 0.0, "yaw_rate": 0.0}
            out |= {"throttle": 0.0} if throttles else {}
        elif steering == "free":
            effort = TURNING_WEIGHT * (p.pitch_rate**2 + p.yaw_rate**2)
            if throttles:
                effort += THROTTLING_WEIGHT * p.throttle_rate**2
                out["throttle"] = p.throttle_rate
            out |= {"pitch": p.pitch_rate, "yaw": p.yaw_rate, "effort": effort}
        elif steering == "pitch-over":
            out |= {"pitch": -p.pitch_over_rate, "yaw": 0.0}
        elif steering != "none":
            out |= {"pitch": 0.0, "yaw": 0.0}
        if segment.clock == "burn":
            out["burn_time"] = 1.0
        load = loads(model, *state)
        return out | load_outputs(load) | {rule.limit.name: rule.value(p) for rule in rules}

    return dynamics


def _drop(before: Segment, segment: Segment) -> Callable[[Values], dict[str, Any]] | None:
    return (lambda p: {"mass": segment.mass_after_drop(p.mass, p.payload, before)}) if segment.drops else None


def _objective(plan: FlightPlan) -> Objective:
    """The largest payload, or, where it is given, the largest mass at the end; less the penalty on rates."""
    steered = [s.name for s in plan.segments if s.steering == "free" and not plan.restarted(s)]
    last = plan.segments[-1].name
    scale = 0.02 * plan.liftoff_mass

    def effort(ends: Ends) -> Any:
        return sum(ends[name].final.effort for name in steered)

    if plan.payload_mass is None:
        return Objective("payload", "kg", lambda ends: ends.payload - effort(ends), scale, maximize=True)
    return Objective("final mass", "kg", lambda ends: ends[last].final.mass - effort(ends), scale, maximize=True)


def _parameters(plan: FlightPlan, mission: Mission, guess: tuple[GuessedPhase, ...]) -> tuple[Parameter, ...]:
    """Payload, between what is released on the way and the whole lift-off mass, and the pitch-over's rate."""
    payload = plan.payload_mass
    bounds = (payload, payload) if payload is not None else (plan.released, plan.liftoff_mass)
    aboard = float(np.atleast_1d(guess[0].values["mass"])[0]) - plan.liftoff_mass  # as the guess flies
    turning_over = _turning_over(plan, guess) if has_restarts(plan) else np.radians(0.5)
    fastest = mission.limits.attitude_rate or FASTEST_TURN
    return (
        Parameter("payload", "kg", 0.02 * plan.liftoff_mass, *bounds, guess=aboard),
        Parameter("pitch_over_rate", "rad/s", 0.01, 0.0, fastest, guess=turning_over),
    )


def _turning_over(plan: FlightPlan, guess: tuple[GuessedPhase, ...]) -> float:
    """The pitch-over rate [rad/s] of a guess that is itself a solution."""
    phase = next(g for s, g in zip(plan.segments, guess, strict=True) if s.steering == "pitch-over")
    pitch = np.atleast_1d(phase.values["pitch"])
    return float(pitch[0] - pitch[-1]) / phase.duration
