"""Booster return, optimised together with the ascent: one problem, one solve, branching at separation.

The way to a starting point: an ascent that keeps about what a return takes, the return flown by simple rules from its separation
(`booster_return_guess`), then solved alone for the least propellant. From there the whole is solved, on finer meshes until
both branches, flown again open loop, arrive where the optimizer says.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..core.errors import ImpossibleError, UndecidedError
from ..trajectory.ascent import NEAR, OPTIONS, Ascent, solve_ascent
from ..trajectory.ascent_guess import GuessedPhase
from ..trajectory.ascent_mesh import AIM, LARGEST_MISS, miss_of, tightened
from ..trajectory.ascent_problem import ascent_problem
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.launch_window import at_its_time
from ..trajectory.mission import Mission
from ..trajectory.optimal_control.ipopt import Options
from ..trajectory.optimal_control.problem import Problem
from ..trajectory.optimal_control.refine import Standing, finer, mesh_error
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import Iteration, solve
from ..trajectory.range_safety.document import RangeSafety
from ..trajectory.reflight import MOTION, drifts, fly_again
from ..trajectory.steering import LaunchFrame
from .booster_return_flight import fly_return, separation_state
from .booster_return_guess import guess_return
from .booster_return_plan import ReturnPlan, keep_propellant
from .booster_return_problem import joined, return_alone
from .booster_return_reach import refusal, shortfall

Array = np.ndarray
OnIteration = Callable[[Iteration], None]
USUAL_SPEED = {"ship": 1500.0, "rtls": 2650.0}  # m/s of a return's burns together: where the search for a guess begins
EXHAUST = 2900.0  # m/s
TRIED = (1.0, 0.85, 1.2)  # of that guess
TOLERANCE = 1e-6
FLOWN_TOLERANCE = 1e-8  # on finer meshes: what is left of the scaled constraints adds up over an orbit, too
MESH_TOLERANCE, ASCENT_TOLERANCE = 1e-5, 1e-6
FLOWN_FROM = 3e-4  # mesh error of a return from which a flight again says more than the error does
PASSES = 12
RETURN_MISS = (50.0, 1.0)  # m, m/s at touchdown, flown open loop from separation
STRAYED = 0.01  # of the objective, that a finer mesh does not cost: the solver has gone to another optimum
TIME_LIMIT = 900.0  # s, of processor time


@dataclass(frozen=True)
class SolvedReturn:
    """A branch of a solution: its plan, and every segment flown again (times, states)."""

    plan: ReturnPlan
    frame: LaunchFrame
    solution: Solution
    flown: tuple[tuple[Array, Array], ...]

    @property
    def miss(self) -> tuple[float, float]:
        """How far apart [m, m/s] optimizer and flight are at touchdown."""
        last = self.solution[self.plan.segments[-1].name].states
        apart = self.flown[-1][1][-1][:6] - np.array([last[n][-1] for n in MOTION[:6]])
        return float(np.linalg.norm(apart[:3])), float(np.linalg.norm(apart[3:]))


def solve_with_return(
    flight: FlightPlan,
    mission: Mission,
    plan: ReturnPlan,
    *,
    on_iteration: OnIteration | None = None,
    range_safety: RangeSafety | None = None,
    options: Options | None = None,
    time_limit: float = TIME_LIMIT,
) -> tuple[Ascent, SolvedReturn]:
    """The ascent and the return of one booster, solved as one problem for the ascent's objective.

    flight: of the vehicle with its kit. Raises ImpossibleError where the orbit, or with the payload the way home, is out of
    reach (saying by how much), and UndecidedError where a solver does not converge or the flight does not stand.
    """
    begun, used, count = time.perf_counter(), time.process_time(), 0

    def tell(iteration: Iteration) -> None:
        nonlocal count
        count += iteration.number > 0
        if time.process_time() - used > time_limit:
            raise UndecidedError(
                f"'{mission.name}' with its return was not solved within {time_limit:g} s of processor time"
            )
        if on_iteration is not None:
            on_iteration(iteration)

    options = options or replace(OPTIONS, tolerance=TOLERANCE, explain=False)
    ascent, alone = guess_together(flight, mission, plan, tell, range_safety, options)
    frame = ascent.frame
    problem = ascent_problem(flight, mission, frame, _guesses(ascent.solution), range_safety=range_safety)
    problem = _started(problem, ascent.solution)
    whole = joined(problem, flight, frame, [(plan, _guesses(alone))])
    whole = replace(
        whole, phases=tuple(replace(p, mesh=_mesh_of(p.name, ascent.solution, alone)) for p in whole.phases)
    )
    try:
        solution, flown, back, error, passes = _refined(whole, flight, mission, plan, frame, options, tell)
    except (ImpossibleError, UndecidedError):
        free = plan if plan.pad is None else replace(plan, pad=None, ship_altitude=plan.pad[2])
        anywhere = joined(problem, flight, frame, [(free, _guesses(alone))])
        found = shortfall(whole, anywhere, plan, options)
        if found is None:
            raise
        raise refusal(found, plan) from None
    steered = [p for p in solution.phases if "effort" in p.integrals]
    together = Ascent(
        plan=flight,
        mission=at_its_time(mission, solution, flight),
        frame=frame,
        azimuth=ascent.azimuth,
        payload_mass=float(solution.parameters["payload"]),
        effort=sum(p.integrals["effort"] for p in steered),
        solution=solution,
        flown=flown,
        iterations=count,
        wall_time=time.perf_counter() - begun,
        mesh_passes=passes,
        mesh_error=error,
        mesh_tolerance=MESH_TOLERANCE,
    )
    return together, back


def guess_together(
    flight: FlightPlan,
    mission: Mission,
    plan: ReturnPlan,
    on_iteration: OnIteration | None,
    range_safety: RangeSafety | None,
    options: Options,
) -> tuple[Ascent, Solution]:
    """An ascent that keeps some propellant, and from its separation the return with the least; the second may burn more than is
    there. Raises what the solvers raise where none of several amounts leads to both."""

    def keeping(kept: float) -> tuple[Ascent, Array, float]:
        ascent = solve_ascent(
            replace(keep_propellant(flight, plan.booster, kept), payload_mass=None),
            mission,
            on_iteration=on_iteration,
            range_safety=range_safety,
            mesh_tolerance=1e-4,
            largest_miss=None,
        )
        return ascent, *parted(ascent, flight, plan)

    usual = plan.landing_mass * (np.exp(USUAL_SPEED[plan.mode] / EXHAUST) - 1.0)
    failed: Exception | None = None
    for share in TRIED:
        try:
            ascent, state, begun = keeping(share * usual)
            return ascent, solve_alone(plan, ascent.frame, state, begun, options, on_iteration)
        except UndecidedError as error:
            failed = error
        except ImpossibleError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def solve_alone(
    plan: ReturnPlan,
    frame: LaunchFrame,
    state: Array,
    begun: float,
    options: Options | None = None,
    on_iteration: OnIteration | None = None,
) -> Solution:
    """The return with the least propellant from a state at separation (x, y, z, vx, vy, vz, mass), inertial, at a time [s].

    The tanks have no bottom: compare the mass at touchdown with the plan's landing_mass.
    """
    options = options or replace(OPTIONS, tolerance=TOLERANCE, explain=False)
    problem = return_alone(plan, frame, guess_return(plan, frame, state, begun), state, begun)
    near = replace(options, max_iterations=250, extra=tuple((dict(options.extra) | NEAR).items()))
    with contextlib.suppress(ImpossibleError, UndecidedError):
        return solve(problem, options=replace(options, max_iterations=250), on_iteration=on_iteration)
    return solve(problem, options=near, on_iteration=on_iteration)


def parted(ascent: Ascent, flight: FlightPlan, plan: ReturnPlan) -> tuple[Array, float]:
    """State and time at which the body leaves a solved ascent."""
    phase = ascent.solution[plan.after]
    state = np.array([phase.states[n][-1] for n in MOTION])
    index = [s.name for s in flight.segments].index(plan.after)
    before, on = flight.segments[index : index + 2]
    state[6] = plan.after_parting(state[6], on.mass_after_drop(state[6], ascent.payload_mass, before))
    return state, phase.end


def _refined(
    problem: Problem,
    flight: FlightPlan,
    mission: Mission,
    plan: ReturnPlan,
    frame: LaunchFrame,
    options: Options,
    tell: OnIteration,
) -> tuple:
    """The whole solved on finer and finer meshes until both branches stand, flown again, and path limits hold between points.

    Where one misses, it is tightened for the segments that make it miss: in the ascent those in which optimizer and integrator
    drift apart most, in the return all. Where a limit is passed between collocation points, the interval is divided there.
    """
    near = replace(options, max_iterations=200, extra=tuple((dict(options.extra) | NEAR).items()))
    try:
        solution = solve(problem, options=near, on_iteration=tell)
    except (ImpossibleError, UndecidedError):
        solution = solve(problem, options=options, on_iteration=tell)
    up = len(flight.segments)  # the ascent's phases come first
    tolerances = np.array([ASCENT_TOLERANCE] * up + [MESH_TOLERANCE] * (len(problem.phases) - up))
    enough = np.array([ASCENT_TOLERANCE] * up + [FLOWN_FROM] * (len(problem.phases) - up))
    options = replace(options, tolerance=FLOWN_TOLERANCE)
    stands: Standing[tuple] = Standing()
    for passes in range(1, PASSES + 1):
        meshes, errors = [], [mesh_error(p) for p in solution.phases]
        largest = np.array([e.largest for e in errors])
        if np.all(largest <= np.maximum(tolerances, enough)) or passes == PASSES:
            flown = fly_again(flight, mission, frame, solution)
            state = separation_state(solution, plan)
            back = SolvedReturn(plan, frame, solution, tuple(fly_return(plan, frame, solution, state)))
            missed = miss_of(flight, solution, flown, LARGEST_MISS)
            short = max(a / b for a, b in zip(back.miss, RETURN_MISS, strict=True))
            off = max(missed, short)
            if off <= 1.0:
                answer = solution, flown, back, float(largest.max()), passes
                meshes = stands.divide(solution, answer, last=passes == PASSES)
                if not meshes:
                    return answer
            elif passes == PASSES:
                if stands.answer is not None:
                    return stands.answer
                raise UndecidedError(
                    f"'{problem.name}' was solved, but flown again it misses by {off:.3g} times what a solution may, on the last "
                    f"of {passes} meshes (relative error {largest.max():.1e})"
                )
            enough = np.full(len(problem.phases), np.inf)  # the flight tells from here on
            if missed > 1.0:
                apart = np.array(drifts(flight, frame, solution))
                tolerances[:up] = tightened(tolerances[:up], largest[:up], apart, missed)
            if short > 1.0:
                tolerances[up:] = np.minimum(tolerances[up:], largest[up:]) / 10.0
        if not meshes:
            meshes = [
                finer(p.phase.mesh, e.errors, asked, 3, 7, aim=AIM * asked)
                for p, e, asked in zip(solution.phases, errors, tolerances, strict=True)
            ]
        problem = replace(
            problem, phases=tuple(replace(p, mesh=m) for p, m in zip(problem.phases, meshes, strict=True))
        )
        try:
            solution = _on_finer(problem, solution, options, tell)
        except (ImpossibleError, UndecidedError):
            if stands.answer is None:
                raise
            return stands.answer
    raise AssertionError("the last pass returns or raises")


def _on_finer(problem: Problem, before: Solution, options: Options, tell: OnIteration) -> Solution:
    """On a finer mesh, from the solution before; once more with small steps where that ends at an optimum that is much worse.
    Raises UndecidedError where both do."""
    sign = 1.0 if problem.objective.maximize else -1.0
    least = sign * before.objective - STRAYED * abs(before.objective)
    solution = solve(problem, guess=before, options=options, on_iteration=tell)
    if sign * solution.objective < least:
        near = replace(options, extra=tuple((dict(options.extra) | NEAR).items()))
        solution = solve(problem, guess=before, options=near, on_iteration=tell)
    if sign * solution.objective < least:
        raise UndecidedError(
            f"'{problem.name}': on a finer mesh the solver leaves an optimum of {before.objective:.6g} for one of "
            f"{solution.objective:.6g}"
        )
    return solution


def _guesses(solution: Solution) -> tuple[GuessedPhase, ...]:
    return tuple(GuessedPhase.of(p) for p in solution.phases)


def _mesh_of(name: str, ascent: Solution, alone: Solution):
    known = {p.name: p.phase.mesh for p in (*ascent.phases, *alone.phases)}
    return known[name]


def _started(problem: Problem, solution: Solution) -> Problem:
    parameters = tuple(replace(p, guess=solution.parameters[p.name]) for p in problem.parameters)
    return replace(problem, parameters=parameters)
