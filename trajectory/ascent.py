"""Optimal ascent: the problem of `ascent_problem` solved from a guess, on finer meshes until its flight stands."""

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ..core.errors import ImpossibleError, UndecidedError
from .ascent_guess import GuessedPhase, guess_ascent
from .ascent_mesh import LARGEST_MISS, solve_refined
from .ascent_problem import ascent_problem
from .blame import limits_to_blame
from .flight_plan import FlightPlan
from .launch_window import at_its_time
from .limits_in_reach import require_limits
from .mission import EscapeOrbit, Mission
from .optimal_control.ipopt import Options
from .optimal_control.problem import Problem
from .optimal_control.solution import Solution
from .optimal_control.solve import Iteration, solve
from .propagate import Propagation
from .range_safety.document import RangeSafety
from .reach import no_flight, require_in_reach, require_payload
from .reflight import drifts, fly_again
from .restart_guess import (
    disposal_again,
    disposal_hint,
    guess_with_restarts,
    has_restarts,
    near_its_guess,
    with_coasts_held,
    without_disposal,
)
from .steering import LaunchFrame, launch_frame

_EASY_C3 = -2e6  # m²/s²: to the Moon's distance
TIME_LIMIT = 900.0  # s of processor time, of all solves of one ascent
# Throttle ends on its bound, and the engine map has a corner there: without relaxed bounds it is never reached.
OPTIONS = Options(max_iterations=300, max_time=TIME_LIMIT, extra=(("bound_relax_factor", 0.0),))
NEAR = dict.fromkeys(("bound_push", "bound_frac", "slack_bound_push", "slack_bound_frac"), 1e-6) | {"mu_init": 1e-4}
# Each leads home where the others go astray. The first keeps to the small barrier that a near start needs, where adaptive begins
# with a large one: seven flights with two or three burns took it 19 to 51 iterations, adaptive 9 to 175. The last holds where
# the solver takes the constraints for dependent: it is given their shift from the beginning.
SLOWLY = (
    {"mu_strategy": "monotone"},
    {"mu_strategy": "adaptive"},
    {"mu_strategy": "monotone", "perturb_always_cd": "yes"},
)
FIRM_PIVOTS = ("mumps_pivtol", 1e-2)
"""Of the largest entry of its column, what a pivot must have at least. With IPOPT's 1e-6 MUMPS counts negative pivots that are
not there where a problem is flat, as ascents with two burns are: IPOPT takes each step for uphill, shifts the Hessian by up to
1e12 and stands still. Other problems are solved as well with loose pivots, and up to 1.6 times faster."""
NEAR_ITERATIONS = 300
LIKE_ITERATIONS = 60  # from a flight like it: those that succeed take 15 to 30


@dataclass(frozen=True)
class Ascent:
    """A solved ascent: the plan, the frame that pitch and yaw count in, the azimuth [rad], payload [kg], and the solution.

    effort [kg]: what the penalty on rates took from the objective at most. iterations, wall_time [s]: over all
    mesh passes; mesh_error: the last mesh's relative error estimate. flown: every segment flown again, open loop.
    """

    plan: FlightPlan
    mission: Mission
    frame: LaunchFrame
    azimuth: float
    payload_mass: float
    effort: float
    solution: Solution
    flown: tuple[Propagation, ...]
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
    largest_miss: tuple[float, float] | None = LARGEST_MISS,
    like: Solution | None = None,
    fly: bool = True,
) -> Ascent:
    """Solve the ascent of a plan on a mission, refining the mesh until its relative error is within the tolerance and the same
    controls, flown by an independent integrator, end every burn in an orbit within largest_miss [m, m/s] of the optimizer's
    (None: however far, as a finding then says).

    range_safety: the rules that the mission's `range_during` asks to keep. time_limit: of all solves together [s of processor
    time], TIME_LIMIT unless given. mesh_density multiplies the first mesh's number of intervals. like: the solution of a flight
    with the same phases, to begin from; where it leads nowhere the plain guess follows. fly: False leaves the flight of the
    controls out, for whom the payload is enough (`flown` is empty). Where the mission has a launch
    window, the ascent's mission comes back with the epoch found. Raises ImpossibleError when the orbit is out of reach (naming
    what is violated) and UndecidedError when the solver does not converge, or its flight does not stand.
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
        if time.process_time() - spent > allowed:
            raise UndecidedError(
                f"'{mission.name}' was not solved within {allowed:g} s of processor time: {iterations} iterations; stopped"
            )
        if on_iteration is not None:
            on_iteration(iteration)

    options = options or OPTIONS
    if has_restarts(plan):
        options = replace(options, extra=(*options.extra, FIRM_PIVOTS))
    begun, spent = time.perf_counter(), time.process_time()
    anything = replace(plan, payload_mass=None)
    if like is not None and [p.name for p in like.phases] != [s.name for s in plan.segments]:
        like = None
    quiet, held = replace(options, explain=False), with_coasts_held(anything)
    rested: Solution | None = None
    if like is not None:
        guess = tuple(GuessedPhase.of(p) for p in like.phases)
    else:
        if held is not anything and mission.limits.disposal_area is None:
            rested, free = _solve_rested(held, anything, mission, frame, mesh_density, quiet, count, range_safety)
            if rested is not None and not free:
                plan, anything = with_coasts_held(plan), held
        guess = (
            _guess(anything, mission, frame, mesh_density, quiet, count, range_safety)
            if rested is None
            else tuple(GuessedPhase.of(p) for p in rested.phases)
        )
    if like is None and mission.limits.disposal_area is not None:
        # the flight is found first, then where it comes down: at once the solver is lost between both
        anywhere = mission.evolve(limits=mission.limits.evolve(disposal_area=None))
        with contextlib.suppress(ImpossibleError, UndecidedError):
            free = ascent_problem(anything, anywhere, frame, guess, mesh_density, range_safety)
            found = _solve_near(free, None, replace(options, explain=False), count, near=True)
            guess = disposal_again(anything, mission, frame, found)
            if not disposal_hint(guess, mission):
                plan, anything = (near_its_guess(p, guess) for p in (plan, anything))
    solved = rested if plan.payload_mass is None else None
    problem = solved.problem if solved else ascent_problem(plan, mission, frame, guess, mesh_density, range_safety)
    start = rested
    try:
        if plan.payload_mass is not None:  # the largest payload is found reliably, and tells at once of one too heavy
            first = ascent_problem(anything, mission, frame, guess, mesh_density, range_safety)
            start = rested or solve(first, options=options, on_iteration=count)
            require_payload(plan.payload_mass, start.parameters["payload"], mission)
        solution, flown, error, passes = solve_refined(
            problem,
            plan,
            mesh_tolerance,
            first=lambda p: (
                solved or _solve_near(p, start, options, count, near=has_restarts(plan))
                if like is None
                else solve(p, guess=like, options=_close_by(options), on_iteration=count)
            ),
            again=lambda p, before: _solve_again(p, before, options, count, near=has_restarts(plan)),
            fly=lambda solution: fly_again(plan, mission, frame, solution) if fly else (),
            drifts=lambda solution: drifts(plan, frame, solution),
            largest_miss=largest_miss if fly else None,
        )
    except (ImpossibleError, UndecidedError) as failed:
        if like is not None:
            return solve_ascent(
                plan,
                mission,
                on_iteration=on_iteration,
                mesh_density=mesh_density,
                mesh_tolerance=mesh_tolerance,
                options=options,
                range_safety=range_safety,
                time_limit=allowed - (time.process_time() - spent),
                largest_miss=largest_miss,
                fly=fly,
            )
        # limits on place bend the whole flight: the solver is lost between them more often than it can tell that none exists
        places = mission.limits.stations or mission.limits.range_during or mission.limits.disposal_area
        undecided = isinstance(failed, UndecidedError)
        if failed.where is not None or (undecided and not places and not options.explain):
            raise
        blamed = limits_to_blame(
            plan,
            mission,
            state=lambda freed: ascent_problem(anything, freed, frame, guess, mesh_density, range_safety),
            flies=lambda problem: _flies(problem, replace(options, explain=False), count),
            options=options,
            hook=lambda number, objective, g: count(Iteration(number, math.nan, 0.0, soft=True)),
        )
        if undecided and not (places and blamed):  # a flight within all limits may exist that the solver did not find
            failed.add((*blamed.values(), *disposal_hint(guess, mission)))
            raise
        refused = ImpossibleError(failed.message, details=failed.details)
        raise no_flight(refused, mission, blamed) from None
    return Ascent(
        plan=plan,
        mission=at_its_time(mission, solution, plan),
        frame=frame,
        azimuth=azimuth,
        payload_mass=float(solution.parameters["payload"]),
        effort=sum(
            solution[s.name].integrals["effort"] for s in plan.segments if "effort" in solution[s.name].integrals
        ),
        solution=solution,
        flown=flown,
        iterations=iterations,
        wall_time=time.perf_counter() - begun,
        mesh_passes=passes,
        mesh_error=error,
        mesh_tolerance=mesh_tolerance,
    )


def _flies(problem: Problem, options: Options, on_iteration: Callable[[Iteration], None]) -> bool:
    try:
        solve(problem, options=options, on_iteration=on_iteration)
    except (ImpossibleError, UndecidedError):
        return False
    return True


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
            guess = guess_with_restarts(plan, mission, frame, on_first_mesh)
            if not (plan.segments[-1].payload_gone and has_restarts(released := without_disposal(plan, mission))):
                return guess
            # several burns and then one down again: solved until the release, or the solver wanders for hundreds of iterations
            with contextlib.suppress(ImpossibleError, UndecidedError):
                anywhere = mission.evolve(limits=mission.limits.evolve(disposal_area=None))
                problem = ascent_problem(released, anywhere, frame, guess[:-2], mesh_density, range_safety)
                found = _solve_near(problem, None, options, on_iteration, near=True)
                return disposal_again(plan, mission, frame, found)
            return guess
    target = mission.target
    if isinstance(target, EscapeOrbit) and target.c3 > _EASY_C3 and not has_restarts(plan):
        # from a far ellipse on the way to a hyperbola: the plain pitch programme falls short of one by far
        easy = target.evolve(c3=_EASY_C3, declination=None, asymptote_longitude=None)
        nearer = replace(plan.insertion, target=easy)
        segments = tuple(nearer if s is plan.insertion else s for s in plan.segments)
        with contextlib.suppress(ImpossibleError, UndecidedError):
            solution = on_first_mesh(replace(plan, segments=segments), mission, None)
            return tuple(GuessedPhase.of(p) for p in solution.phases)
    return guess_ascent(plan, mission, frame)


def _solve_rested(
    held: FlightPlan,
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    mesh_density: float,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    range_safety: RangeSafety | None,
) -> tuple[Solution | None, bool]:
    """The flight with some coasts held at their shortest, None where it is not found, and then the plan's own from there: (the
    latter, True) where that is found soon, else (the former, False)."""
    guess = _guess(held, mission, frame, mesh_density, options, on_iteration, range_safety)
    problem = ascent_problem(held, mission, frame, guess, mesh_density, range_safety)
    found = _solve_slowly(problem, None, options, on_iteration)
    if found is None:
        return None, True
    guess = tuple(GuessedPhase.of(p) for p in found.phases)
    problem = ascent_problem(plan, mission, frame, guess, mesh_density, range_safety)
    with contextlib.suppress(ImpossibleError, UndecidedError):
        return solve(problem, guess=found, options=_close_by(options), on_iteration=on_iteration), True
    return found, False


def _close_by(options: Options) -> Options:
    """For a start that is nearly a flight already: left slowly, and soon given up where it leads nowhere."""
    extra = tuple((dict(options.extra) | NEAR).items())
    return replace(options, max_iterations=min(LIKE_ITERATIONS, options.max_iterations), explain=False, extra=extra)


def _solve_again(
    problem: Problem,
    before: Solution,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    near: bool,
) -> Solution:
    """On a finer mesh, from the solution before. near: after few iterations without success it is left slowly."""
    soon = replace(options, max_iterations=min(LIKE_ITERATIONS, options.max_iterations), explain=False)
    try:
        return solve(problem, guess=before, options=soon if near else options, on_iteration=on_iteration)
    except (ImpossibleError, UndecidedError):
        found = _solve_slowly(problem, before, options, on_iteration) if near else None
        if found is None:
            raise
        return found


def _solve_near(
    problem: Problem,
    start: Solution | None,
    options: Options,
    on_iteration: Callable[[Iteration], None],
    near: bool,
) -> Solution:
    """near: the guess is nearly a flight already, as that of several burns is, and left slowly at first."""
    found = _solve_slowly(problem, start, options, on_iteration) if near else None
    return found or solve(problem, guess=start, options=options, on_iteration=on_iteration)


def _solve_slowly(
    problem: Problem, start: Solution | None, options: Options, on_iteration: Callable[[Iteration], None]
) -> Solution | None:
    """By the first of the slow strategies that leads to a solution; None where none does."""
    for strategy in SLOWLY:
        extra = tuple((dict(options.extra) | NEAR | strategy).items())
        most = min(NEAR_ITERATIONS, options.max_iterations)
        slow = replace(options, max_iterations=most, explain=False, extra=extra)
        with contextlib.suppress(ImpossibleError, UndecidedError):
            return solve(problem, guess=start, options=slow, on_iteration=on_iteration)
    return None
