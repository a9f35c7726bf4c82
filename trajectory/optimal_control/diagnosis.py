"""What a point violates, by name: phase, constraint, time, amount with unit and both sides."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from .problem import Problem
from .transcription import Numbers, Transcription

Array = np.ndarray
NEGLIGIBLE = 1e-7  # in the constraint's scale


@dataclass(frozen=True)
class Violation:
    """One violated constraint, in its unit; *scaled* is what the solver weighs."""

    where: str
    name: str
    unit: str
    time: float
    value: float
    lower: float
    upper: float
    scaled: float

    def __str__(self) -> str:
        when = f" at {self.time:.6g} s" if math.isfinite(self.time) else ""
        if self.lower == self.upper:
            wanted = f"must be {self.lower:.6g}"
        elif self.value < self.lower:
            wanted = f"must be at least {self.lower:.6g}"
        else:
            wanted = f"must be at most {self.upper:.6g}"
        over = self.lower - self.value if self.value < self.lower else self.value - self.upper
        unit = f" {self.unit}" if self.unit not in ("", "1") else ""
        where = f"{self.where}: " if self.where not in ("boundary", "parameter") else ""
        return f"{where}{self.name}{when} is {self.value:.6g}{unit}, {wanted}{unit} (off by {over:.3g}{unit})"


def violations(
    problem: Problem,
    programme: Transcription,
    numbers: Numbers,
    x: Array,
    g: Array,
    only: Iterable[int] | None = None,
    bounds: bool = False,
) -> list[Violation]:
    """Violated constraints, the worst of each name, worst first.

    only: describe these constraints instead. bounds: also final values and parameters outside their own bounds.
    """
    excess = np.maximum(np.maximum(numbers.g_lower - g, g - numbers.g_upper), 0.0)
    rows = np.flatnonzero(excess > NEGLIGIBLE) if only is None else np.asarray(list(only), dtype=int)
    worst: dict[tuple[str, str], Violation] = {}
    for row in rows:
        found = _describe(problem, programme, numbers, x, int(row), float(g[row]), float(excess[row]))
        key = (found.where, found.name)
        if key not in worst or found.scaled > worst[key].scaled:
            worst[key] = found
    if bounds:
        worst |= {(v.where, v.name): v for v in _broken_bounds(problem, programme, numbers, x)}
    return sorted(worst.values(), key=lambda v: -v.scaled)


def _broken_bounds(problem: Problem, programme: Transcription, numbers: Numbers, x: Array) -> list[Violation]:
    described = []
    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        end = float(x[layout.clock].sum() * phase.time_scale)
        described += [
            (at, phase.name, f"final {s.name}", s, end)
            for at, s in zip(layout.states[-1], phase.all_states, strict=True)
        ]
    described += [
        (at, "parameter", p.name, p, math.nan) for at, p in zip(programme.parameters, problem.parameters, strict=True)
    ]
    broken = []
    for at, where, name, variable, time in described:
        value, low, high, scale = float(x[at]), float(numbers.lower[at]), float(numbers.upper[at]), variable.scale
        excess = max(low - value, value - high)
        if excess > NEGLIGIBLE:
            broken.append(Violation(where, name, variable.unit, time, value * scale, low * scale, high * scale, excess))
    return broken


def _describe(
    problem: Problem, programme: Transcription, numbers: Numbers, x: Array, row: int, value: float, excess: float
) -> Violation:
    low, high = float(numbers.g_lower[row]), float(numbers.g_upper[row])

    def made(where: str, name: str, unit: str, time: float, scale: float) -> Violation:
        return Violation(where, name, unit, time, value * scale, low * scale, high * scale, excess)

    for phase, layout in zip(problem.phases, programme.layouts, strict=True):
        if row > max(layout.defects[-1, -1], layout.path.max(initial=-1)):
            continue
        start, duration = x[layout.clock] * phase.time_scale
        defect = np.argwhere(layout.defects == row)
        if len(defect):
            k, s = defect[0]
            state = phase.all_states[s]
            time = float(start + duration * layout.grid.fractions[k])
            return made(phase.name, f"equation of motion of {state.name} (its drift)", state.unit, time, state.scale)
        where = np.argwhere(layout.path == row)
        if len(where):
            k, q = where[0]
            limit = phase.path[q]
            time = float(start + duration * layout.grid.fractions[k])
            return made(phase.name, limit.name, limit.unit, time, limit.scale)
    end = programme.ends.rows[row - int(programme.end_rows[0])]
    name = end.name if "->" not in end.where else f"{end.name} (jump)"
    return made(end.where, name, end.unit, math.nan, end.scale)
