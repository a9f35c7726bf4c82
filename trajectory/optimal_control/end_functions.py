"""The objective, links, boundaries and limits at phases' ends, traced once: values, Jacobian and Hessian."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import casadi as ca
import numpy as np

from ...core.errors import InputError
from .collocation import interpolation_matrix, radau
from .functions import Derivatives, column_of, differentiate, scalar_of, symbols_of
from .problem import Ends, Objective, Phase, Problem, Values, bounds_of


@dataclass(frozen=True)
class Row:
    """A constraint between ends: what it is called, its unit and its scale."""

    where: str
    name: str
    unit: str
    scale: float


@dataclass(frozen=True)
class EndFunctions:
    """Objective (first component, scaled, to be made least) and end constraints (scaled), with z = per phase (initial
    states, final states, start, duration; where limits hold at the end, the controls of the first point and of the last
    interval's), then parameters, all scaled. *rows* describe the constraints."""

    derivatives: Derivatives
    rows: tuple[Row, ...]
    last_controls: tuple[int, ...]  # per phase: how many of its last points' controls z holds, 0 for none


def dropped_clock_links(problem: Problem) -> tuple[int, ...]:
    """Links whose clock is fixed on both sides already: a constraint without unknowns would only trouble the solver."""
    dropped = []
    for index, link in enumerate(problem.links):
        if not link.joins_time:
            continue
        clocks = [
            _fixed_clock(problem.phase(p), e) for p, e in ((link.before, link.before_end), (link.after, link.after_end))
        ]
        if None not in clocks:
            if abs(clocks[0] - clocks[1]) > 1e-9 * max(1.0, abs(clocks[0])):
                raise InputError(
                    f"'{link.before}' and '{link.after}' are linked, but fixed to {clocks[0]:g} s and {clocks[1]:g} s"
                )
            dropped.append(index)
    return tuple(dropped)


def _fixed_clock(phase: Phase, end: str) -> Any:
    (low, high), (shortest, longest) = bounds_of(phase.start), bounds_of(phase.duration)
    if low != high or (end == "final" and shortest != longest):
        return None
    return low + (shortest if end == "final" else 0.0)


def has_end_bounds(phase: Phase) -> bool:
    """Whether the phase's end is bounded in time."""
    return bool(np.any(np.isfinite(bounds_of(phase.end))))


@dataclass(frozen=True)
class _PhaseEnds:
    """The part of a phase that the end functions depend on."""

    name: str
    states: tuple[tuple[str, str, float], ...]
    integrals: tuple[str, ...]
    constants: tuple[str, ...]
    time_scale: float
    bounded_end: bool
    limited: "_LimitedEnd | None"


@dataclass(frozen=True)
class _LimitedEnd:
    """What holds at a phase's end beside its final values. Controls: name, unit, scale, whether bounded; path: name, unit,
    scale; degree: of the last interval, whose polynomial gives the controls at the end."""

    controls: tuple[tuple[str, str, float, bool], ...]
    path: tuple[tuple[str, str, float], ...]
    dynamics: Any
    degree: int

    @classmethod
    def of(cls, phase: Phase) -> "_LimitedEnd | None":
        """None where limits hold at the collocation points only."""
        if not phase.limits_at_end:
            return None
        return cls(
            controls=tuple(
                (c.name, c.unit, float(c.scale), bool(np.any(np.isfinite([c.lower, c.upper])))) for c in phase.controls
            ),
            path=tuple((x.name, x.unit, x.scale) for x in phase.path),
            dynamics=phase.dynamics,
            degree=phase.mesh.degrees[-1],
        )


AT_END = " at the end"  # added to a limit's name


@dataclass(frozen=True)
class EndShape:
    """What the end functions depend on: problems alike in it share one trace."""

    phases: tuple[_PhaseEnds, ...]
    links: tuple[Any, ...]
    boundaries: tuple[Any, ...]
    parameters: tuple[tuple[str, float], ...]
    constants: tuple[str, ...]
    objective: Objective
    dropped: tuple[int, ...]


def end_shape(problem: Problem) -> EndShape:
    """What the end functions depend on; hashable."""
    return EndShape(
        phases=tuple(
            _PhaseEnds(
                p.name,
                tuple((s.name, s.unit, float(s.scale)) for s in p.all_states),
                tuple(i.name for i in p.integrals),
                tuple(p.constants),
                p.time_scale,
                has_end_bounds(p),
                _LimitedEnd.of(p),
            )
            for p in problem.phases
        ),
        links=problem.links,
        boundaries=tuple((b.function, tuple((x.name, x.unit, x.scale) for x in b.limits)) for b in problem.boundaries),
        parameters=tuple((p.name, float(p.scale)) for p in problem.parameters),
        constants=tuple(problem.constants),
        objective=problem.objective,
        dropped=dropped_clock_links(problem),
    )


@lru_cache(maxsize=64)
def trace_ends(shape: EndShape) -> EndFunctions:
    """Trace objective, links and boundaries (cached). Constants: the problem's, then each phase's."""
    parameters, parameter_values = symbols_of(shape.parameters)
    constants = {name: ca.SX.sym(name) for name in shape.constants}
    shared = {**parameter_values, **constants}
    z: list[ca.SX] = []
    fixed = list(constants.values())
    ends: dict[tuple[str, str], dict[str, Any]] = {}
    phases: dict[str, Values] = {}
    own_constants: dict[str, dict[str, ca.SX]] = {}
    rows: list[Row] = []
    y: list[Any] = []

    def add(value: Any, where: str, name: str, unit: str, scale: float) -> None:
        y.append(scalar_of(value, f"{where}: {name}") / scale)
        rows.append(Row(where, name, unit, scale))

    for phase in shape.phases:
        pairs = [(name, scale) for name, _, scale in phase.states]
        first, initial = symbols_of(pairs)
        last, final = symbols_of(pairs)
        start, duration = ca.SX.sym("start"), ca.SX.sym("duration")
        z += [*first, *last, start, duration]
        own = own_constants[phase.name] = {name: ca.SX.sym(name) for name in phase.constants}
        fixed += own.values()
        initial["time"], length = start * phase.time_scale, duration * phase.time_scale
        final["time"] = initial["time"] + length
        ends[phase.name, "initial"], ends[phase.name, "final"] = initial, final
        phases[phase.name] = Values(
            {
                "initial": Values(initial, f"the start of phase '{phase.name}'"),
                "final": Values(final, f"the end of phase '{phase.name}'"),
                "duration": length,
                **own,
            },
            f"phase '{phase.name}'",
        )
        if phase.bounded_end:
            add(final["time"], phase.name, "end", "s", phase.time_scale)
        if phase.limited is not None:
            z += _limit_end(phase, phase.limited, initial, final, {**shared, **own, "duration": length}, add)
    z += parameters

    scales = {p.name: {n: (unit, scale) for n, unit, scale in p.states if n not in p.integrals} for p in shape.phases}
    clock_scale = {p.name: p.time_scale for p in shape.phases}
    for index, link in enumerate(shape.links):
        where = f"{link.before} -> {link.after}"
        before, after = ends[link.before, link.before_end], ends[link.after, link.after_end]
        changed = (
            dict(link.change(Values({**before, **own_constants[link.before], **shared}, where))) if link.change else {}
        )
        for name in [*changed, *link.free]:
            if name not in scales[link.after]:
                raise InputError(f"link {where}: phase '{link.after}' has no state '{name}'")
        for name, (unit, scale) in scales[link.after].items():
            if name in link.free or (name not in changed and name not in scales[link.before]):
                continue
            add(after[name] - changed.get(name, before.get(name)), where, name, unit, scale)
        if link.joins_time and index not in shape.dropped:
            add(after["time"] - before["time"], where, "time", "s", clock_scale[link.after])

    seen = Ends(phases, shared)
    for function, limits in shape.boundaries:
        returned = function(seen)
        if not isinstance(returned, Mapping):
            if len(limits) != 1:
                raise InputError(
                    f"the boundary function of '{limits[0][0]}' must return a mapping of its limits' names"
                )
            returned = {limits[0][0]: returned}
        for name, unit, scale in limits:
            if name not in returned:
                raise InputError(f"the boundary function returns no '{name}', which its limit names")
            add(returned[name], "boundary", name, unit, scale)

    sign = -1.0 if shape.objective.maximize else 1.0
    goal = scalar_of(shape.objective.function(seen), f"the objective '{shape.objective.name}'")
    both = ca.vertcat(sign * goal / shape.objective.scale, *y)
    return EndFunctions(
        differentiate("ends", ca.vertcat(*z), [column_of(fixed)], both),
        tuple(rows),
        tuple(p.limited.degree if p.limited else 0 for p in shape.phases),
    )


def _limit_end(
    phase: _PhaseEnds,
    limited: _LimitedEnd,
    initial: dict[str, Any],
    final: dict[str, Any],
    known: Mapping[str, Any],
    add: Callable[[Any, str, str, str, float], None],
) -> list[ca.SX]:
    """Adds the controls to a phase's ends and the limits at its final one; returns the controls' symbols."""
    pairs = [(name, scale) for name, _, scale, _ in limited.controls]
    first, first_values = symbols_of(pairs)
    initial |= first_values
    last = [symbols_of(pairs) for _ in range(limited.degree)]
    scheme = radau(limited.degree)
    to_end = interpolation_matrix(scheme.points, scheme.control_weights, np.array([1.0]))[0]
    for name, _, _, _ in limited.controls:
        final[name] = sum(weight * values[name] for weight, (_, values) in zip(to_end, last, strict=True))
    where = f"phase '{phase.name}' at its end"
    returned = limited.dynamics(Values({**known, **final, "elapsed": known["duration"]}, where))
    for name, unit, scale in limited.path:
        value = returned[name] if name in returned and name not in final else {**known, **final}[name]
        add(value, phase.name, name + AT_END, unit, scale)
    for name, unit, scale, bounded in limited.controls:
        if bounded:
            add(final[name], phase.name, name + AT_END, unit, scale)
    return [*first, *(symbol for symbols, _ in last for symbol in symbols)]
