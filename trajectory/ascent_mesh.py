"""Where an ascent is collocated: the first mesh of each segment, and finer ones until the flight itself stands.

A mesh error is relative to the states' scales and counts within one interval; what a launch is asked is metres at insertion,
after coasts that make of a millimetre a second at a perigee sixty metres at the apogee (2 a² v / mu of the semi-major axis for a
transfer orbit). So meshes are refined until the same controls, flown by an independent integrator from lift-off on, arrive
where the optimizer says.

Coasts have no controls and no corners: high degrees converge on them exponentially, where a steered burn is better divided.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..core.earth import RADIUS
from ..core.errors import ImpossibleError, UndecidedError
from .ascent_guess import GuessedPhase
from .flight_plan import FlightPlan, Segment
from .optimal_control.problem import Mesh, Problem
from .optimal_control.refine import Standing, finer, mesh_error
from .optimal_control.solution import Solution
from .propagate import Propagation

LARGEST_MISS = (100.0, 0.1)  # m, m/s: at the end of each burn in an orbit, flown again
PASSES = 10
HEATED = 220e3  # m: a coast that begins below it has three times as many intervals at first
COAST_ANGLE = np.radians(40.0)  # at the Earth's centre, of an interval of a coast
COAST_DEGREE = 8
AIM = 0.3  # of the tolerance: what intervals that are over it are refined to, so that they do not creep up to it
_SHARE = 0.4  # of the miss allowed: what a segment's drift is brought down to
_TIGHTEST = 1e-3  # of a segment's mesh error, from one pass to the next


def first_mesh(segment: Segment, guessed: GuessedPhase, density: float) -> Mesh:
    """Degree 4 in powered flight, intervals near 8 s in the atmosphere, longer above it; long coasts by equal angles."""
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
    count = int(np.clip(np.ceil(density * turned[-1] / COAST_ANGLE), 2, 60))
    edges = np.interp(np.linspace(0.0, along[-1], count + 1), along, guessed.at)
    return Mesh(tuple(np.diff(edges).tolist()), (COAST_DEGREE,) * count)


def solve_refined(
    problem: Problem,
    plan: FlightPlan,
    tolerance: float,
    first: Callable[[Problem], Solution],
    again: Callable[[Problem, Solution], Solution],
    fly: Callable[[Solution], tuple[Propagation, ...]],
    drifts: Callable[[Solution], list[float]],
    largest_miss: tuple[float, float] | None,
) -> tuple[Solution, tuple[Propagation, ...], float, int]:
    """Solve on finer and finer meshes, each from the solution before: (solution, its flight, mesh error, passes).

    tolerance: of the relative mesh error. Where the flight misses by more than largest_miss [m, m/s] (None: leave it at that), it
    is tightened for the segments in which the optimizer and the integrator drift apart most. Where the flight stands and passes
    a path limit between collocation points, the interval is divided there; where that leads nowhere, the solution before is the
    answer, and the findings measure by how much. Raises UndecidedError where the last pass still misses.
    """
    solution, passes = first(problem), 1
    tolerances, share = np.full(len(plan.segments), tolerance), 0.0
    stands: Standing[tuple[Solution, tuple[Propagation, ...], float, int]] = Standing()
    while True:
        meshes: list[Mesh] = []
        errors = [mesh_error(phase) for phase in solution.phases]
        largest = np.array([e.largest for e in errors])
        if share > 0.0 or np.all(largest <= tolerances) or passes == PASSES:
            flown = fly(solution)
            share = 0.0 if largest_miss is None else miss_of(plan, solution, flown, largest_miss)
            if share <= 1.0:
                answer = solution, flown, float(largest.max()), passes
                meshes = stands.divide(solution, answer, last=largest_miss is None or passes == PASSES)
                if not meshes:
                    return answer
            elif passes == PASSES:
                if stands.answer is not None:
                    return stands.answer
                raise UndecidedError(
                    f"'{problem.name}' was solved, but flown again it misses its orbit by {share:.3g} times what a solution "
                    f"may, on the last of {passes} meshes (relative error {largest.max():.1e})"
                )
            else:
                tolerances = tightened(tolerances, largest, np.array(drifts(solution)), share)
        if not meshes:
            for segment, phase, error, asked in zip(plan.segments, problem.phases, errors, tolerances, strict=True):
                least, most = _degrees(segment)
                meshes.append(finer(phase.mesh, error.errors, asked, least, most, aim=AIM * asked))
        problem = replace(
            problem, phases=tuple(replace(p, mesh=m) for p, m in zip(problem.phases, meshes, strict=True))
        )
        try:
            solution, passes = again(problem, solution), passes + 1
        except (ImpossibleError, UndecidedError):
            if stands.answer is None:
                raise
            return stands.answer


def tightened(tolerances: np.ndarray, largest: np.ndarray, apart: np.ndarray, share: float) -> np.ndarray:
    """Tolerances (n,) of the segments' mesh errors after a flight that missed by so many times what it may.

    largest (n,): the mesh errors; apart (n,): how far optimizer and integrator drift apart in each segment. Those that drift most
    are tightened; of the others what was reached is enough.
    """
    wanted = _SHARE / share * apart.max() / np.maximum(apart, 1e-12)
    tighter = largest * np.clip(wanted, _TIGHTEST, 1.0)
    return np.where(wanted < 1.0, tighter, np.maximum(tolerances, largest))


def _degrees(segment: Segment) -> tuple[int, int]:
    """Least and largest of a refined mesh. Limits that begin to hold in the air leave corners in the rates, which high degrees
    only ring about: intervals are split early there."""
    if segment.steering == "none":
        return 6, 16
    return (3, 5) if segment.fairing_on else (4, 9)


def misses(plan: FlightPlan, solution: Solution, flown: tuple[Propagation, ...]) -> list[tuple[float, float]]:
    """How far apart [m, m/s] optimizer and flight are at the end of each burn that ends in an orbit, the flight's end last."""
    found = []
    for segment, piece in zip(plan.segments, flown, strict=True):
        if segment.target is None and segment is not plan.segments[-1]:
            continue
        end = solution[segment.name].states
        wanted = np.array([end[n][-1] for n in ("x", "y", "z", "vx", "vy", "vz")])
        apart = piece.final_state[:6] - wanted
        found.append((float(np.linalg.norm(apart[:3])), float(np.linalg.norm(apart[3:]))))
    return found


def miss_of(
    plan: FlightPlan, solution: Solution, flown: tuple[Propagation, ...], largest: tuple[float, float]
) -> float:
    """The worst of `misses`, as a multiple of what is allowed."""
    return max(max(r / largest[0], v / largest[1]) for r, v in misses(plan, solution, flown))
