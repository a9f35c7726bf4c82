"""A converged solution: frozen, by names, in SI; read at any time by each interval's own polynomial."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from .collocation import interpolation_matrix, radau
from .functions import Shape, trace_point
from .ipopt import Outcome
from .problem import Guess, Mesh, Phase, Problem
from .transcription import Grid, Transcription

Array = np.ndarray


@dataclass(frozen=True, kw_only=True)
class SolveReport:
    """How the solver fared. *violation*: the largest over all constraints, scaled; build: tracing and assembling (0 if
    the programme was there already); solve: the solver's own wall time [s]."""

    solver: str
    status: str
    iterations: int
    violation: float
    worst: str
    build_time: float
    solve_time: float
    unknowns: int
    constraints: int
    nonzeros: int


@dataclass(frozen=True, kw_only=True)
class PhaseSolution:
    """One phase. *time* (n,) [s]: the collocation points and the end; states, controls, outputs, costates by name, (n,)
    each. A control at the end is its last interval's polynomial, extrapolated."""

    phase: Phase
    time: Array
    states: Mapping[str, Array]
    controls: Mapping[str, Array]
    costates: Mapping[str, Array]
    shared: Mapping[str, float]
    constants: Mapping[str, float]
    shape: Shape  # what its traced functions are found by

    @property
    def name(self) -> str:
        return self.phase.name

    @property
    def start(self) -> float:
        return float(self.time[0])

    @property
    def end(self) -> float:
        return float(self.time[-1])

    @property
    def duration(self) -> float:
        return self.end - self.start

    @property
    def integrals(self) -> Mapping[str, float]:
        """The phase's integrals by name."""
        return {i.name: float(self.states[i.name][-1]) for i in self.phase.integrals}

    @property
    def edges(self) -> Array:
        """Times of the intervals' edges (intervals + 1,) [s]."""
        return self.start + self.duration * Grid.of(self.phase.mesh).edges

    def at(self, time: Array | float) -> dict[str, Array]:
        """States and controls by name at the times (k,) [s], each interval by its own polynomial."""
        return self.at_fractions((np.atleast_1d(np.asarray(time, dtype=float)) - self.start) / (self.duration or 1.0))

    def at_fractions(self, fractions: Array, interval: int | None = None) -> dict[str, Array]:
        """The same at fractions of the duration; *interval* forces one interval's polynomial."""
        grid = Grid.of(self.phase.mesh)
        fractions = np.asarray(fractions, dtype=float)
        # A time on an edge belongs to the interval that begins there, also when rounding has put it just before.
        owner = np.clip(np.searchsorted(grid.edges, fractions + 1e-12, side="right") - 1, 0, len(grid.edges) - 2)
        if interval is not None:
            owner = np.full(len(fractions), interval)
        names = [*self.states, *self.controls]
        read = {name: np.empty(len(fractions)) for name in names}
        for i in np.unique(owner):
            mine = owner == i
            a, b = grid.first[i], grid.first[i + 1]
            scheme = radau(int(b - a))
            local = 2 * (fractions[mine] - grid.edges[i]) / (grid.edges[i + 1] - grid.edges[i]) - 1
            of_states = interpolation_matrix(scheme.nodes, scheme.state_weights, local)
            of_controls = interpolation_matrix(scheme.points, scheme.control_weights, local)
            for name, values in self.states.items():
                read[name][mine] = of_states @ values[a : b + 1]
            for name, values in self.controls.items():
                read[name][mine] = of_controls @ values[a:b]
        return read

    def outputs(self, time: Array | float) -> dict[str, Array]:
        """What the dynamics return at the times (k,): outputs by name, and the rate of a state as ``rate of <state>``."""
        time = np.atleast_1d(np.asarray(time, dtype=float))
        return self.physical(time, self.at(time))

    def physical(self, time: Array, values: Mapping[str, Array]) -> dict[str, Array]:
        """The dynamics' outputs and rates at given times and values (k,) each."""
        point = trace_point(self.shape, self.name)
        k = len(time)

        def rows(names) -> Array:
            return np.array([np.broadcast_to(np.asarray(values[n], dtype=float), k) for n in names]).reshape(-1, k)

        shared = np.array(list(self.shared.values()), dtype=float).reshape(-1, 1)
        constants = np.array(list(self.constants.values()), dtype=float).reshape(-1, 1)
        rates, outputs = point.physical.map(k)(
            rows(n for n, _ in self.shape.states),
            rows(n for n, _ in self.shape.controls),
            np.repeat(shared, k, axis=1),
            np.repeat(constants, k, axis=1),
            time.reshape(1, k),
            (time - self.start).reshape(1, k),
            np.full((1, k), self.duration),
        )
        rates, outputs = np.asarray(rates), np.asarray(outputs)
        read = {name: outputs[j] for j, name in enumerate(point.outputs)}
        return read | {f"rate of {name}": rates[j] for j, (name, _) in enumerate(self.shape.states)}

    def as_guess(self, mesh: Mesh | None = None) -> Guess:
        """This phase as a starting guess for another solve: its polynomials read at the nodes of the new mesh."""
        fractions = np.append(Grid.of(mesh or self.phase.mesh).fractions, 1.0)
        return Guess(self.start, self.duration, self.at_fractions(fractions), fractions)


@dataclass(frozen=True, kw_only=True)
class Solution:
    """A problem solved: objective in its unit, parameters by name, phases by ``solution["name"]``."""

    problem: Problem
    objective: float
    parameters: Mapping[str, float]
    phases: tuple[PhaseSolution, ...]
    report: SolveReport
    point: Array  # the programme's own vectors, scaled: for a warm start on the same meshes
    bound_multipliers: Array
    multipliers: Array

    def __getitem__(self, phase: str) -> PhaseSolution:
        self.problem.phase(phase)
        return next(p for p in self.phases if p.name == phase)


def read_solution(
    problem: Problem,
    programme: Transcription,
    outcome: Outcome,
    objective: float,
    report: SolveReport,
) -> Solution:
    """Names and units put back on the programme's vectors."""
    x = outcome.x
    parameters = {
        p.name: float(x[at] * p.scale) for p, at in zip(problem.parameters, programme.parameters, strict=True)
    }
    sign = -1.0 if problem.objective.maximize else 1.0
    phases = []
    for phase, layout, shape in zip(problem.phases, programme.layouts, programme.shapes, strict=True):
        start, duration = x[layout.clock] * phase.time_scale
        grid = layout.grid
        states = {s.name: x[layout.states[:, j]] * s.scale for j, s in enumerate(phase.all_states)}
        controls = {}
        costates = {}
        last = radau(int(grid.first[-1] - grid.first[-2]))
        to_end = interpolation_matrix(last.points, last.control_weights, np.array([1.0]))[0]
        for j, control in enumerate(phase.controls):
            values = x[layout.controls[:, j]] * control.scale
            controls[control.name] = np.append(values, to_end @ values[grid.first[-2] :])
        for j, state in enumerate(phase.all_states):
            # The weighted defects' multipliers are minus the costates of the (scaled) objective.
            values = -outcome.multipliers[layout.defects[:, j]] * sign * problem.objective.scale / state.scale
            costates[state.name] = np.append(values, to_end @ values[grid.first[-2] :])
        phases.append(
            PhaseSolution(
                phase=phase,
                time=_frozen(start + duration * np.append(grid.fractions, 1.0)),
                states=_frozen_map(states),
                controls=_frozen_map(controls),
                costates=_frozen_map(costates),
                shared=MappingProxyType(parameters),
                constants=MappingProxyType({**problem.constants, **phase.constants}),
                shape=shape,
            )
        )
    return Solution(
        problem=problem,
        objective=objective,
        parameters=MappingProxyType(parameters),
        phases=tuple(phases),
        report=report,
        point=_frozen(x),
        bound_multipliers=_frozen(outcome.bound_multipliers),
        multipliers=_frozen(outcome.multipliers),
    )


def _frozen(array: Array) -> Array:
    array = np.array(array, dtype=float)
    array.setflags(write=False)
    return array


def _frozen_map(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    return MappingProxyType({name: _frozen(values) for name, values in arrays.items()})
