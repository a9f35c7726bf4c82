"""How exact a mesh is, and finer meshes until a stated tolerance holds.

Patterson, Hager, Rao (2015), "A ph mesh refinement method for optimal control", Optimal Control Applications and Methods
36(4), sections 4.1-4.3: the solution is integrated again on one Radau point more in each interval; the difference, over
one plus the state's largest value (all in the states' scales), estimates the error; the degree grows with its logarithm,
and an interval whose degree would pass the limit is divided. Beside that, an interval in which a control jumps is divided
round the jump, and neighbours that are far more exact than asked for are joined, in the spirit of Liu, Hager, Rao (2018),
"Adaptive mesh refinement method for optimal control using decay rates of Legendre polynomial coefficients", IEEE
Transactions on Control Systems Technology 26(4).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import numpy as np

from .collocation import radau
from .ipopt import Options
from .problem import Mesh, Problem
from .solution import PhaseSolution, Solution
from .solve import Iteration, solve

Array = np.ndarray
Answer = TypeVar("Answer")
JUMP = 0.6  # of a control's range, in one interval, makes a switch
ENCLOSED = 0.2  # of the interval becomes the short one round a switch
SHORTEST = 1e-7  # of the phase: a switch enclosed in less is left alone
BETWEEN = 4  # looks at path limits for each collocation point
LEAST_PART = 0.15  # of an interval: one divided nearer to an end than this is halved
DIVISIONS = 3  # of a mesh for limits between points: what three do not mend, the limits' findings measure
PATH_TOLERANCE = 1e-3  # of a path limit's scale: what it may be passed by between collocation points
MARGIN = 0.01  # of the tolerance: neighbours whose joined error stays within are joined


@dataclass(frozen=True)
class MeshError:
    """A phase's relative error per interval (intervals,), and the state that has the largest in each."""

    phase: str
    errors: Array
    states: tuple[str, ...]

    @property
    def largest(self) -> float:
        """The largest of all intervals."""
        return float(self.errors.max())


@dataclass(frozen=True)
class Refined:
    """The last solution, its mesh errors, and the history: (unknowns, largest error, objective) of every round.

    *met* says whether the tolerance was reached within the rounds allowed.
    """

    solution: Solution
    errors: tuple[MeshError, ...]
    history: tuple[tuple[int, float, float], ...]
    met: bool


def mesh_error(phase: PhaseSolution) -> MeshError:
    """Estimate a phase's discretisation error per interval."""
    names = list(phase.states)
    scales = np.array([scale for _, scale in phase.shape.states])
    largest = 1 + np.array([np.abs(phase.states[n]).max() for n in names]) / scales
    edges = (phase.edges - phase.start) / (phase.duration or 1.0)
    errors, worst = [], []
    for interval, degree in enumerate(phase.phase.mesh.degrees):
        scheme = radau(degree + 1)
        width = edges[interval + 1] - edges[interval]
        fractions = edges[interval] + width * (scheme.nodes + 1) / 2
        read = phase.at_fractions(fractions, interval)
        time = phase.start + phase.duration * fractions
        rates = phase.physical(time[:-1], {n: v[:-1] for n, v in read.items()})
        found = np.array([read[n] for n in names])
        slopes = np.array([rates[f"rate of {n}"] for n in names])
        rise = 0.5 * width * phase.duration * slopes @ scheme.integration.T
        error = (np.abs(found[:, :1] + rise - found[:, 1:]).max(axis=1) / scales) / largest
        errors.append(float(error.max()))
        worst.append(names[int(error.argmax())])
    return MeshError(phase.name, np.array(errors), tuple(worst))


def switch_in(phase: PhaseSolution, interval: int) -> float | None:
    """Where a control jumps inside an interval, as a fraction of it; None where none does.

    A jump: from one end of the interval to the other a control goes through most of its range over the phase, mostly within
    two neighbouring collocation points. A polynomial cannot follow it, whatever its degree.
    """
    degree = phase.phase.mesh.degrees[interval]
    first = sum(phase.phase.mesh.degrees[:interval])
    places = (radau(degree).nodes + 1) / 2
    for values in phase.controls.values():
        whole = np.ptp(values)
        own = values[first : first + degree + 1]  # to the next interval's first point
        steps = np.abs(np.diff(own))
        if whole == 0.0 or np.ptp(own) < JUMP * whole or steps.max() < JUMP * np.ptp(own):
            continue
        k = int(steps.argmax())
        return float((places[k] + places[k + 1]) / 2)
    return None


def path_excess(phase: PhaseSolution) -> tuple[Array, Array]:
    """How far path limits are passed inside each interval, over their scales (intervals,), and where, as a fraction of it.

    A limit holds at the collocation points; where a value touches it at a peak, the optimizer puts the peak between two of them.
    """
    count = len(phase.phase.mesh.degrees)
    excess, places = np.zeros(count), np.full(count, 0.5)
    if not phase.phase.path:
        return excess, places
    edges = (phase.edges - phase.start) / (phase.duration or 1.0)
    for interval, degree in enumerate(phase.phase.mesh.degrees):
        local = np.linspace(0.0, 1.0, BETWEEN * (degree + 1) + 1)
        fractions = edges[interval] + (edges[interval + 1] - edges[interval]) * local
        read = phase.at_fractions(fractions, interval)
        read = read | phase.physical(phase.start + phase.duration * fractions, read)
        for limit in phase.phase.path:
            over = np.maximum(read[limit.name] - limit.upper, limit.lower - read[limit.name]) / limit.scale
            at = int(over.argmax())
            if over[at] > excess[interval]:
                excess[interval], places[interval] = over[at], local[at]
    return excess, places


def divided(mesh: Mesh, excess: Array, places: Array, tolerance: float = PATH_TOLERANCE) -> Mesh:
    """The mesh with every interval in which a path limit is passed by more than the tolerance divided at that place: an edge is
    a collocation point, and those beside it lie close."""
    fractions: list[float] = []
    degrees: list[int] = []
    for fraction, degree, over, place in zip(mesh.fractions, mesh.degrees, excess, places, strict=True):
        if over <= tolerance:
            fractions.append(fraction)
            degrees.append(degree)
            continue
        share = float(place) if LEAST_PART <= place <= 1.0 - LEAST_PART else 0.5
        fractions += [fraction * share, fraction * (1.0 - share)]
        degrees += [degree, degree]
    total = sum(fractions)
    return Mesh(tuple(f / total for f in fractions), tuple(degrees))


class Standing(Generic[Answer]):
    """The last answer that stands, and its meshes divided where it passes a path limit between collocation points."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self._divisions = 0

    def divide(self, solution: Solution, answer: Answer, last: bool) -> list[Mesh]:
        """Meshes for another pass; none where the answer keeps its limits, where DIVISIONS did not help, or on the last pass."""
        self.answer = answer
        if last or self._divisions == DIVISIONS:
            return []
        over = [path_excess(phase) for phase in solution.phases]
        if all(excess.max() <= PATH_TOLERANCE for excess, _ in over):
            return []
        self._divisions += 1
        return [divided(p.phase.mesh, *o) for p, o in zip(solution.phases, over, strict=True)]


def finer(
    mesh: Mesh,
    errors: Array,
    tolerance: float,
    least_degree: int = 3,
    largest_degree: int = 10,
    switches: Sequence[float | None] = (),
    join: bool = False,
    aim: float | None = None,
) -> Mesh:
    """The next mesh. Intervals within the tolerance stay, the others are refined to *aim* (the tolerance unless given); with
    *join*, neighbours far within it become one. *switches* (see *switch_in*) are enclosed in a short interval of their own,
    which every round makes shorter."""
    parts: list[tuple[float, int, float]] = []  # fraction, degree, error (or infinity for a new interval)
    for index, (fraction, degree, error) in enumerate(zip(mesh.fractions, mesh.degrees, errors, strict=True)):
        switch = switches[index] if index < len(switches) else None
        if error <= tolerance:
            parts.append((fraction, degree, float(error)))
            continue
        if switch is not None and fraction > SHORTEST:
            low, high = max(switch - ENCLOSED / 2, 0.0), min(switch + ENCLOSED / 2, 1.0)
            pieces = (low, high - low, 1.0 - high)
            parts += [(fraction * piece, least_degree, math.inf) for piece in pieces if piece > 0.02]
            continue
        wanted = degree + max(1, math.ceil(math.log(error / (aim or tolerance)) / math.log(max(degree, 2))))
        if wanted <= largest_degree:
            parts.append((fraction, wanted, math.inf))
        else:
            count = max(2, math.ceil(wanted / least_degree))
            parts += [(fraction / count, least_degree, math.inf)] * count
    kept = [parts[0]]
    for fraction, degree, error in parts[1:]:
        before, before_degree, before_error = kept[-1]
        # An interval's error grows with its length to the power of its degree + 1 (Liu, Hager, Rao 2018, section 4).
        joined = max(error, before_error) * ((before + fraction) / min(before, fraction)) ** (degree + 1)
        if join and degree == before_degree and joined <= MARGIN * tolerance:
            kept[-1] = (before + fraction, degree, joined)
        else:
            kept.append((fraction, degree, error))
    total = sum(fraction for fraction, _, _ in kept)
    return Mesh(tuple(fraction / total for fraction, _, _ in kept), tuple(degree for _, degree, _ in kept))


def solve_refined(
    problem: Problem,
    *,
    tolerance: float = 1e-6,
    rounds: int = 10,
    guess: Solution | None = None,
    options: Options | None = None,
    on_iteration: Callable[[Iteration], None] | None = None,
) -> Refined:
    """Solve, estimate, refine, and solve again from there, until every interval's error is within the tolerance."""
    history = []
    solution = guess
    for last in [False] * (rounds - 1) + [True]:
        solution = solve(problem, guess=solution, options=options, on_iteration=on_iteration)
        errors = tuple(mesh_error(phase) for phase in solution.phases)
        largest = max(e.largest for e in errors)
        history.append((solution.report.unknowns, largest, solution.objective))
        if largest <= tolerance or last:
            return Refined(solution, errors, tuple(history), largest <= tolerance)
        meshes = [
            finer(
                p.phase.mesh, e.errors, tolerance, switches=[switch_in(p, i) for i in range(len(e.errors))], join=True
            )
            for p, e in zip(solution.phases, errors, strict=True)
        ]
        problem = replace(
            problem, phases=tuple(replace(p, mesh=m) for p, m in zip(problem.phases, meshes, strict=True))
        )
    raise ValueError("at least one round is needed")
