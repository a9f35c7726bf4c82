"""How exact a mesh is, and finer meshes until a stated tolerance holds.

Patterson, Hager, Rao (2015), "A ph mesh refinement method for optimal control", Optimal Control Applications and Methods
36(4), sections 4.1-4.3: the solution is integrated again on one Radau point more in each interval; the difference, over
one plus the state's largest value (all in the states' scales), estimates the error; the degree grows with its logarithm,
and an interval whose degree would pass the limit is divided.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .collocation import radau
from .ipopt import Options
from .problem import Mesh, Problem
from .solution import PhaseSolution, Solution
from .solve import Iteration, solve

Array = np.ndarray


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


def finer(mesh: Mesh, errors: Array, tolerance: float, least_degree: int = 3, largest_degree: int = 10) -> Mesh:
    """The next mesh: intervals within the tolerance stay as they are."""
    fractions: list[float] = []
    degrees: list[int] = []
    for fraction, degree, error in zip(mesh.fractions, mesh.degrees, errors, strict=True):
        wanted = degree
        if error > tolerance:
            wanted += max(1, math.ceil(math.log(error / tolerance) / math.log(max(degree, 2))))
        if wanted <= largest_degree or error <= tolerance:
            fractions.append(fraction)
            degrees.append(wanted)
        else:
            parts = max(2, math.ceil(wanted / least_degree))
            fractions += [fraction / parts] * parts
            degrees += [least_degree] * parts
    total = sum(fractions)
    return Mesh(tuple(f / total for f in fractions), tuple(degrees))


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
        meshes = [finer(p.mesh, e.errors, tolerance) for p, e in zip(problem.phases, errors, strict=True)]
        problem = replace(
            problem, phases=tuple(replace(p, mesh=m) for p, m in zip(problem.phases, meshes, strict=True))
        )
    raise ValueError("at least one round is needed")
