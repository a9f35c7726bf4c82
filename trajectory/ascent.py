"""Optimal ascent: from the pad to an orbit, as a multi-phase optimal-control problem.

States: position and velocity (inertial frame frozen at T-0), mass, the thrust axis's pitch and yaw in the launch frame,
and the throttle. Controls: the rates of the last three. The vehicle rises vertically, pitches over at a constant rate
(found), then steers and throttles freely within its limits; masses jump where parts are dropped; the last state meets the
orbit's angular-momentum and eccentricity conditions. Sought: the largest payload, or the least propellant for a given one.

Attitude and throttle are states because on a vehicle they are continuous and their rates are bounded. Their rates alone
would be singular controls, so the objective carries a small penalty on the squared rates: it makes them unique and smooth
over a few seconds, as a control system would. What it takes from the objective is reported as effort.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..core.earth import RADIUS
from ..core.errors import ImpossibleError, UndecidedError
from .ascent_boundaries import ascent_boundaries
from .ascent_guess import GuessedPhase, guess_ascent
from .ascent_limits import PathRule, load_outputs, path_limits, path_rules
from .flight_plan import FlightPlan, Segment
from .launch_window import at_its_time
from .limits_in_reach import limits_to_blame, require_limits
from .mission import EscapeOrbit, Mission
from .motion import PhaseModel, loads, right_hand_side
from .optimal_control.ipopt import Options
from .optimal_control.problem import (
    Control,
    Ends,
    Guess,
    Integral,
    Link,
    Mesh,
    Objective,
    Parameter,
    Phase,
    Problem,
    State,
    Values,
)
from .optimal_control.refine import finer, mesh_error
from .optimal_control.solution import Solution
from .optimal_control.solve import Iteration, solve
from .range_safety.document import RangeSafety
from .reach import no_flight, require_in_reach, require_payload
from .restart_guess import guess_with_restarts, has_restarts, restarts
from .steering import LaunchFrame, launch_frame, thrust_direction

POSITION_SCALE = 1e6  # m
SPEED_SCALE = 1e3  # m/s
TURNING_WEIGHT = 1000.0  # kg of objective per (rad/s)^2 s; docs/ascent.md shows what the two weights cost
THROTTLING_WEIGHT = 20.0  # kg of objective per (1/s)^2 s
MESH_PASSES = 8
HEATED = 220e3  # m: a coast that begins below it has three times as many intervals at first
COAST_ANGLE = np.radians(20.0)  # at the Earth's centre, of an interval of a coast
_EASY_C3 = -2e6  # m²/s²: to the Moon's distance
TIME_LIMIT = 900.0  # s, of all solves of one ascent
LONGEST_BURN = 3000.0  # s, without a limit of the mission's own; ten times what launchers' burns last
FASTEST_TURN = np.radians(10.0)  # rad/s, where the mission states no limit
FASTEST_THROTTLING = 1.0  # 1/s
# Throttle ends on its bound, and the engine map has a corner there: without relaxed bounds it is never reached.
OPTIONS = Options(max_iterations=300, extra=(("bound_relax_factor", 0.0),))
NEAR = dict.fromkeys(("bound_push", "bound_frac", "slack_bound_push", "slack_bound_frac"), 1e-6) | {"mu_init": 1e-4}
NEAR_ITERATIONS = 200
# Where the burns of several restarts lie hardly matters to the payload: grams of it are optimum enough.
FLAT = replace(OPTIONS, extra=(*OPTIONS.extra, ("tol", 1e-6)))
MOTION = ("x", "y", "z", "vx", "vy", "vz", "mass")


@dataclass(frozen=True)
class Ascent:
    """A solved ascent: the plan, the frame that pitch and yaw count in, the azimuth [rad], payload [kg], and the solution.

    effort [kg]: what the penalty on rates took from the objective at most. iterations, wall_time [s]: over all
    mesh passes; mesh_error: the last mesh's relative error estimate.
    """

    plan: FlightPlan
    mission: Mission
    frame: LaunchFrame
    azimuth: float
    payload_mass: float
    effort: float
    solution: Solution
    iterations: int
    wall_time: float
    mesh_passes: int
    mesh_error: float
    mesh_tolerance: float


def solve_ascent(
    plan: FlightPlan,
    mission: Mission,
    *,
    on_iteration: Callable[[Iteration], None] | None = None,
    mesh_density: float = 1.0,
    mesh_tolerance: float = 1e-6,
    options: Options | None = None,
    range_safety: RangeSafety | None = None,
    time_limit: float | None = None,
) -> Ascent:
    """Solve the ascent of a plan on a mission, refining the mesh until its relative error is within the tolerance.

    range_safety: the rules that the mission's `range_during` asks to keep. time_limit: of all solves together [s], TIME_LIMIT
    unless given. mesh_density multiplies the first mesh's number of intervals. Where the mission has a launch window, the
    ascent's mission comes back with the epoch found. Raises ImpossibleError when the orbit is out of reach (naming what is
    violated) and UndecidedError when the solver does not converge.
    """
    mission.require_reachable()
    require_in_reach(plan, mission)
    require_limits(plan, mission)
    azimuth = mission.launch_azimuth()
    frame = launch_frame(mission.site, azimuth)
    iterations, allowed = 0, TIME_LIMIT if time_limit is None else time_limit

    def count(iteration: Iteration) -> None:
        nonlocal iterations
        iterations += iteration.number > 0
        if time.perf_counter() - begun > allowed:
            raise UndecidedError(
                f"'{mission.name}' was not solved within {allowed:g} s: {iterations} iterations; stopped"
            )
        if on_iteration is not None:
            on_iteration(iteration)

    options = options or (OPTIONS if restarts(plan) < 2 else FLAT)
    begun = time.perf_counter()
    anything = replace(plan, payload_mass=None)
    guess = _guess(anything, mission, frame, mesh_density, replace(options, explain=False), count, range_safety)
    problem = ascent_problem(plan, mission, frame, guess, mesh_density, range_safety)
    start = None
    try:
        if plan.payload_mass is not None:  # the largest payload is found reliably, and tells at once of one too heavy
            first = ascent_problem(anything, mission, frame, guess, mesh_density, range_safety)
            start = solve(first, options=options, on_iteration=count)
            require_payload(plan.payload_mass, start.parameters["payload"], mission)
        near = has_restarts(plan)
        solution, error, passes = _solve_refined(problem, start, mesh_tolerance, options, count, near)
    except ImpossibleError as refused:
        if refused.where is not None or not all("propellant" in d or "lift-off mass" in d for d in refused.details):
            raise no_flight(refused, mission) from None

        def payload_without(freed: Mission) -> float:
            free = ascent_problem(anything, freed, frame, guess, mesh_density, range_safety)
            found = solve(free, options=replace(options, explain=False), on_iteration=count)
            return float(found.parameters["payload"])

        raise no_flight(refused, mission, limits_to_blame(mission, payload_without)) from None
    return Ascent(
        plan=plan,
        mission=at_its_time(mission, solution, plan),
        frame=frame,
        azimuth=azimuth,
        payload_mass=float(solution.parameters["payload"]),
        effort=sum(solution[s.name].integrals["effort"] for s in plan.segments if s.steering == "free"),
        solution=solution,
        iterations=iterations,
        wall_time=time.perf_counter() - begun,
        mesh_passes=passes,
        mesh_error=error,
        mesh_tolerance=mesh_tolerance,
    )


def _guess(
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    mesh_density: float,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    range_safety: RangeSafety | None,
) -> tuple[GuessedPhase, ...]:
    def on_first_mesh(plan: FlightPlan, mission: Mission, guess: tuple[GuessedPhase, ...] | None) -> Solution:
        guess = guess_ascent(plan, mission, frame) if guess is None else guess
        problem = ascent_problem(plan, mission, frame, guess, mesh_density, range_safety)
        return solve(problem, options=options, on_iteration=on_iteration)

    if has_restarts(plan):
        with contextlib.suppress(ImpossibleError, UndecidedError):  # nothing is lost but a guess
            return guess_with_restarts(plan, mission, frame, on_first_mesh)
    target = mission.target
    if isinstance(target, EscapeOrbit) and target.c3 > _EASY_C3 and not has_restarts(plan):
        # from a far ellipse on the way to a hyperbola: the plain pitch programme falls short of one by far
        easy = target.evolve(c3=_EASY_C3, declination=None, asymptote_longitude=None)
        nearer = replace(plan.insertion, target=easy)
        segments = tuple(nearer if s is plan.insertion else s for s in plan.segments)
        with contextlib.suppress(ImpossibleError, UndecidedError):
            solution = on_first_mesh(replace(plan, segments=segments), mission, None)
            guesses = [p.as_guess() for p in solution.phases]
            return tuple(GuessedPhase(g.start, g.duration, dict(g.values), g.at) for g in guesses)
    return guess_ascent(plan, mission, frame)


def _solve_refined(
    problem: Problem,
    start: Solution | None,
    tolerance: float,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    near: bool,
) -> tuple[Solution, float, int]:
    """Solve on finer and finer meshes, each from the solution before: (solution, its mesh error, passes).

    Limits that begin to hold leave corners in the rates, which high degrees only ring about: intervals are split early.
    """
    solution, passes = _solve_near(problem, start, options, on_iteration, near), 1
    while True:
        errors = [mesh_error(phase) for phase in solution.phases]
        largest = max(e.largest for e in errors)
        if largest <= tolerance or passes == MESH_PASSES:
            return solution, largest, passes
        meshes = [
            finer(p.mesh, e.errors, tolerance, least_degree=3, largest_degree=5)
            for p, e in zip(problem.phases, errors, strict=True)
        ]
        problem = replace(
            problem, phases=tuple(replace(p, mesh=m) for p, m in zip(problem.phases, meshes, strict=True))
        )
        solution, passes = solve(problem, guess=solution, options=options, on_iteration=on_iteration), passes + 1


def _solve_near(
    problem: Problem,
    start: Solution | None,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    near: bool,
) -> Solution:
    """near: the guess is nearly a flight already, as that of several burns is, and left slowly at first."""
    if near:
        extra = tuple((dict(options.extra) | NEAR).items())
        slow = replace(options, max_iterations=NEAR_ITERATIONS, explain=False, extra=extra)
        with contextlib.suppress(ImpossibleError, UndecidedError):
            return solve(problem, guess=start, options=slow, on_iteration=on_iteration)
    return solve(problem, guess=start, options=options, on_iteration=on_iteration)


def ascent_problem(
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    guess: tuple[GuessedPhase, ...],
    mesh_density: float = 1.0,
    range_safety: RangeSafety | None = None,
) -> Problem:
    """The ascent stated for the optimal-control layer."""
    first, last = plan.segments[0], plan.segments[-1]
    site_position, site_velocity = mission.site.position(), mission.site.inertial_velocity()
    mass_scale = plan.liftoff_mass
    turn_limit = mission.limits.attitude_rate or FASTEST_TURN

    states = tuple(
        [State(n, "m", POSITION_SCALE) for n in MOTION[:3]]
        + [State(n, "m/s", SPEED_SCALE) for n in MOTION[3:6]]
        + [State("mass", "kg", mass_scale, lower=1e-3 * mass_scale)]
    )
    attitude = (State("pitch", "rad"), State("yaw", "rad", lower=-1.4, upper=1.4))
    turning = tuple(Control(n, "rad/s", 0.02, -turn_limit, turn_limit) for n in ("pitch_rate", "yaw_rate"))
    throttle_limit = mission.limits.throttle_rate or FASTEST_THROTTLING
    throttling = (Control("throttle_rate", "1/s", 0.1, -throttle_limit, throttle_limit),)

    first_free = next(s.name for s in plan.segments if s.steering == "free")

    def phase(segment: Segment, guessed: GuessedPhase) -> Phase:
        steers = segment.steering == "free"
        throttles = segment.throttles
        rules = path_rules(segment, plan, mission, range_safety)
        initial: dict[str, Any] = {}
        if segment is first:
            initial = dict(zip(MOTION[:6], map(float, (*site_position, *site_velocity)), strict=True))
            initial |= {"pitch": np.pi / 2, "yaw": 0.0}
        own = () if segment.steering == "none" else attitude
        final: dict[str, Any] = {}
        if throttles:
            own = (*own, State("throttle", "1", 1.0, segment.throttle_min, 1.0))
            if segment.name == first_free:
                initial["throttle"] = 1.0  # the rise and pitch-over before are at full thrust
        if segment.clock == "burn":
            own = (*own, State("burn_time", "s", 100.0))
            initial |= {"burn_time": 0.0} if segment.ignites else {}
            final |= {"burn_time": segment.clock_end} if segment.clock_end is not None else {}
        duration = segment.duration or (segment.shortest, segment.longest or LONGEST_BURN)
        return Phase(
            name=segment.name,
            states=states + own,
            controls=(*(turning if steers else ()), *(throttling if throttles else ())),
            dynamics=_dynamics(segment, frame, throttles, rules),
            path=(*path_limits(segment, mission), *(rule.limit for rule in rules)),
            integrals=(Integral("effort", "kg", 0.02 * mass_scale),) if steers else (),
            start=0.0 if segment is first else (0.0, np.inf),
            duration=duration,
            initial=initial,
            final=final,
            mesh=_mesh(segment, guessed, mesh_density),
            guess=Guess(start=guessed.start, duration=guessed.duration, values=guessed.values, at=guessed.at),
        )

    phases = tuple(phase(s, g) for s, g in zip(plan.segments, guess, strict=True))
    links = tuple(
        Link(before=a.name, after=b.name, change=_drop(a, b))
        for a, b in zip(plan.segments, plan.segments[1:], strict=False)
    )
    payload = plan.payload_mass
    aboard = float(np.atleast_1d(guess[0].values["mass"])[0]) - plan.liftoff_mass  # as the guess flies
    turning_over = _turning_over(plan, guess) if has_restarts(plan) else np.radians(0.5)
    payload_bounds = (payload, payload) if payload is not None else (plan.released, plan.liftoff_mass)
    parameters = (
        Parameter("payload", "kg", 0.02 * mass_scale, *payload_bounds, guess=aboard),
        Parameter("pitch_over_rate", "rad/s", 0.01, 0.0, turn_limit, guess=turning_over),
    )
    return Problem(
        name=f"ascent of {mission.name}",
        phases=phases,
        links=links,
        parameters=parameters,
        boundaries=ascent_boundaries(plan, mission, frame),
        objective=_objective(plan, last),
    )


def _turning_over(plan: FlightPlan, guess: tuple[GuessedPhase, ...]) -> float:
    """The pitch-over rate [rad/s] of a guess that is itself a solution."""
    phase = next(g for s, g in zip(plan.segments, guess, strict=True) if s.steering == "pitch-over")
    pitch = np.atleast_1d(phase.values["pitch"])
    return float(pitch[0] - pitch[-1]) / phase.duration


def _drop(before: Segment, segment: Segment) -> Callable[[Values], dict[str, Any]] | None:
    return (lambda p: {"mass": segment.mass_after_drop(p.mass, p.payload, before)}) if segment.drops else None


def _dynamics(
    segment: Segment, frame: LaunchFrame, throttles: bool, rules: tuple[PathRule, ...]
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
        if steering == "free":
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


def _objective(plan: FlightPlan, last: Segment) -> Objective:
    steered = [s.name for s in plan.segments if s.steering == "free"]

    def effort(ends: Ends) -> Any:
        return sum(ends[name].final.effort for name in steered)

    scale = 0.02 * plan.liftoff_mass
    if plan.payload_mass is None:
        return Objective("payload", "kg", lambda ends: ends.payload - effort(ends), scale, maximize=True)
    return Objective("final mass", "kg", lambda ends: ends[last.name].final.mass - effort(ends), scale, maximize=True)


def _mesh(segment: Segment, guessed: GuessedPhase, density: float) -> Mesh:
    """Degree 4 throughout; intervals near 8 s in the atmosphere, longer above it; on a long coast of equal angles."""
    if segment.steering in ("vertical", "pitch-over", "held"):
        return Mesh.uniform(max(1, round(density)), 4)
    if segment.steering == "none":
        return _coast_mesh(guessed, density)
    pace = 8.0 if segment.fairing_on else 30.0
    return Mesh.uniform(int(np.clip(round(density * guessed.duration / pace), 3, 60)), 4)


def _coast_mesh(guessed: GuessedPhase, density: float) -> Mesh:
    """Edges where the guess has turned by equal angles: near a perigee time runs faster than near an apogee."""
    r = np.array([np.broadcast_to(guessed.values[n], guessed.at.shape) for n in ("x", "y", "z")])
    low = np.linalg.norm(r[:, 0]) < RADIUS + HEATED
    r = r / np.linalg.norm(r, axis=0)
    turned = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(r), axis=0))])
    if low:  # heating changes fast there, and is bounded at the mesh's points alone
        turned = turned + 2.0 * np.minimum(turned, np.radians(60.0))
    along = turned / turned[-1] + 1e-2 * guessed.at if turned[-1] > 0 else guessed.at
    count = int(np.clip(np.ceil(density * turned[-1] / COAST_ANGLE), 4, 60))
    edges = np.interp(np.linspace(0.0, along[-1], count + 1), along, guessed.at)
    return Mesh(tuple(np.diff(edges).tolist()), (4,) * count)
