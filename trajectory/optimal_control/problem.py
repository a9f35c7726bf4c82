"""How a multi-phase optimal-control problem is stated: frozen declarations, everything named and with its unit.

All numbers are SI (or whatever the units say, consistently). Functions that the user gives are called once with
symbols, so they use numpy ufuncs, ``choose`` and ``lookup`` only, as every ``@equation`` does.
"""

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...core.errors import InputError

Bounds = float | tuple[float, float]
FREE = (-math.inf, math.inf)


class Values:
    """Named values, read as ``values.name`` or ``values["name"]``."""

    __slots__ = ("_values", "_where")

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self._where = where

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            near = difflib.get_close_matches(name, self._values, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(self._values)}"
            raise InputError(f"{self._where} has no '{name}'{hint}") from None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __contains__(self, name: str) -> bool:
        return name in self._values


@dataclass(frozen=True)
class Variable:
    """A named unknown: *scale* is its typical magnitude, *lower* and *upper* hold everywhere."""

    name: str
    unit: str
    scale: float = 1.0
    lower: float = -math.inf
    upper: float = math.inf

    def __post_init__(self) -> None:
        _check_scale(self.name, self.scale)
        _check_bounds(self.name, (self.lower, self.upper))


class State(Variable):
    """A quantity with a rate; its bounds hold at every node and at the end of the phase."""


class Control(Variable):
    """A quantity chosen freely in time; its bounds hold at the collocation points."""


@dataclass(frozen=True)
class Parameter(Variable):
    """One number for all phases, found by the solver, which starts from *guess*."""

    guess: float = 0.0


@dataclass(frozen=True)
class Integral:
    """The integral over the phase of the rate that the dynamics return under this name; it starts at 0."""

    name: str
    unit: str
    scale: float = 1.0

    def __post_init__(self) -> None:
        _check_scale(self.name, self.scale)


@dataclass(frozen=True)
class Limit:
    """``lower <= value <= upper`` of a named value; equal bounds make an equation.

    Without *scale*, the larger of the finite bounds' magnitudes serves, or 1.
    """

    name: str
    unit: str
    lower: float = -math.inf
    upper: float = math.inf
    scale: float = 0.0

    def __post_init__(self) -> None:
        _check_bounds(self.name, (self.lower, self.upper))
        if self.scale == 0.0:
            finite = [abs(b) for b in (self.lower, self.upper) if math.isfinite(b)]
            object.__setattr__(self, "scale", max(finite, default=1.0) or 1.0)
        _check_scale(self.name, self.scale)

    @classmethod
    def equal(cls, name: str, unit: str, value: float, scale: float = 0.0) -> "Limit":
        """The equation ``value of name = value``."""
        return cls(name, unit, value, value, scale)


@dataclass(frozen=True)
class Mesh:
    """Intervals of a phase: their fractions of its duration (summing to 1) and the degree of each."""

    fractions: tuple[float, ...]
    degrees: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.fractions or len(self.fractions) != len(self.degrees):
            raise InputError("a mesh needs as many degrees as fractions, at least one")
        if min(self.fractions) <= 0 or abs(sum(self.fractions) - 1) > 1e-9 or min(self.degrees) < 1:
            raise InputError("a mesh's fractions are positive and sum to 1, its degrees are at least 1")

    @classmethod
    def uniform(cls, intervals: int, degree: int = 4) -> "Mesh":
        """Equal intervals of one degree."""
        return cls((1.0 / intervals,) * intervals, (degree,) * intervals)

    @property
    def point_count(self) -> int:
        """Collocation points in all."""
        return sum(self.degrees)


@dataclass(frozen=True)
class Guess:
    """Where the solver starts in a phase.

    *values*: state or control name to a number (constant) or a sequence or array, linear between points at fractions *at* of the
    duration (equally spaced if not given). Names left out start at 0, moved inside their bounds.
    """

    start: float = 0.0
    duration: float = 1.0
    values: Mapping[str, Any] = field(default_factory=dict)
    at: Any = None


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A stretch of time with one set of states, controls and equations.

    dynamics(p) gets the states, controls, parameters and constants by name, and ``p.time``, ``p.elapsed`` (time since the
    phase's start) and ``p.duration`` [s]; it returns a mapping with the rate of every state and integral under its name,
    and any other outputs. *path* limits outputs (or states, controls) by name at the collocation points.
    *start*, *duration*, *end*: a number fixes, a pair bounds. *initial*, *final*: the same for states at the ends.
    *constants* are numbers that may differ from phase to phase and from solve to solve without a rebuild: phases that
    share one dynamics function and differ in constants only are built once. *limits_at_end*: path limits and controls' bounds
    hold at the phase's end too, where the last interval's polynomial is extrapolated, and boundaries see the controls at both
    ends, as ``ends["phase"].final.<control>``.
    """

    name: str
    states: tuple[State, ...]
    controls: tuple[Control, ...] = ()
    dynamics: Callable[[Values], Mapping[str, Any]]
    path: tuple[Limit, ...] = ()
    integrals: tuple[Integral, ...] = ()
    start: Bounds = FREE
    duration: Bounds = (0.0, math.inf)
    end: Bounds = FREE
    initial: Mapping[str, Bounds] = field(default_factory=dict)
    final: Mapping[str, Bounds] = field(default_factory=dict)
    constants: Mapping[str, float] = field(default_factory=dict)
    mesh: Mesh = field(default_factory=lambda: Mesh.uniform(8, 4))
    guess: Guess = field(default_factory=Guess)
    time_scale: float = 0.0
    limits_at_end: bool = False

    def __post_init__(self) -> None:
        if self.time_scale == 0.0:
            upper = bounds_of(self.duration)[1]
            scale = self.guess.duration or (upper if math.isfinite(upper) else 1.0)
            object.__setattr__(self, "time_scale", abs(scale) or 1.0)
        _check_scale(f"{self.name}.time", self.time_scale)
        states = [s.name for s in self.states]
        names = [*states, *(i.name for i in self.integrals), *(c.name for c in self.controls), *self.constants]
        _check_unique(f"phase '{self.name}'", [*names, "time", "elapsed", "duration"])
        for what, given, known in (
            ("initial", self.initial, states),
            ("final", self.final, [*states, *(i.name for i in self.integrals)]),
            ("guess", self.guess.values, names),
        ):
            for name in given:
                _check_known(f"phase '{self.name}', {what}", name, known)
        for what, value in {
            "start": self.start,
            "duration": self.duration,
            "end": self.end,
            **self.initial,
            **self.final,
        }.items():
            _check_bounds(f"{self.name}.{what}", bounds_of(value))

    @property
    def all_states(self) -> tuple[State, ...]:
        """The states, then the integrals, which are carried as states that start at 0."""
        return (*self.states, *(State(i.name, i.unit, i.scale) for i in self.integrals))


@dataclass(frozen=True)
class Link:
    """Joins one end of a phase to one end of another: common states and the clock are continuous.

    change(p): gets the states of *before* at that end, its constants, ``p.time`` and what phases share, and returns the values of
    those states of *after* that are not simply handed on (a mass after a jettison, say). *free*: names not joined.
    Two links from one phase make a branch.
    """

    before: str
    after: str
    change: Callable[[Values], Mapping[str, Any]] | None = None
    free: tuple[str, ...] = ()
    joins_time: bool = True
    before_end: str = "final"
    after_end: str = "initial"

    def __post_init__(self) -> None:
        for end in (self.before_end, self.after_end):
            if end not in ("initial", "final"):
                raise InputError(f"a link's end is 'initial' or 'final', not '{end}'")


class Ends:
    """What boundary functions and the objective see.

    ``ends["phase"].initial.x``, ``ends["phase"].final.time``, ``ends["phase"].duration``, ``ends.parameter``.
    """

    def __init__(self, phases: Mapping[str, Values], shared: Mapping[str, Any]) -> None:
        self._phases = Values(phases, "the problem")
        self._shared = Values(shared, "the problem")

    def __getitem__(self, phase: str) -> Values:
        return self._phases[phase]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._shared[name]


@dataclass(frozen=True)
class Boundary:
    """Limits on what *function(ends)* returns: one number for one limit, or a mapping with every limit's name."""

    function: Callable[[Ends], Any]
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class Objective:
    """What to make least (or largest), as a function of the ends; *scale* is its typical magnitude."""

    name: str
    unit: str
    function: Callable[[Ends], Any]
    scale: float = 1.0
    maximize: bool = False

    def __post_init__(self) -> None:
        _check_scale(self.name, self.scale)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Phases, what joins them, and what is wanted. *constants* are seen by every function; changing them, bounds,
    limits, meshes' guesses or *initial* and *final* values does not rebuild the equations."""

    name: str
    phases: tuple[Phase, ...]
    objective: Objective
    links: tuple[Link, ...] = ()
    boundaries: tuple[Boundary, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    constants: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_unique("the problem's phases", [p.name for p in self.phases])
        shared = [*(p.name for p in self.parameters), *self.constants]
        _check_unique("the problem", shared)
        for phase in self.phases:
            own = [s.name for s in phase.all_states] + [c.name for c in phase.controls] + list(phase.constants)
            _check_unique(f"phase '{phase.name}' with the problem's parameters and constants", own + shared)
        for link in self.links:
            for name in (link.before, link.after):
                _check_known("a link", name, [p.name for p in self.phases])
        limits = [limit.name for boundary in self.boundaries for limit in boundary.limits]
        _check_unique("the boundary limits", limits)

    def phase(self, name: str) -> Phase:
        """The phase of that name."""
        _check_known(f"problem '{self.name}'", name, [p.name for p in self.phases])
        return next(p for p in self.phases if p.name == name)


def bounds_of(value: Bounds) -> tuple[float, float]:
    """A number as a pair of equal bounds."""
    return value if isinstance(value, tuple) else (float(value), float(value))


def _check_scale(name: str, scale: float) -> None:
    if not (math.isfinite(scale) and scale > 0):
        raise InputError(f"the scale of '{name}' must be positive, got {scale}")


def _check_bounds(name: str, bounds: tuple[float, float]) -> None:
    if not bounds[0] <= bounds[1]:
        raise InputError(f"the bounds of '{name}' exclude each other: at least {bounds[0]:g}, at most {bounds[1]:g}")


def _check_unique(where: str, names: Sequence[str]) -> None:
    twice = sorted({n for n in names if names.count(n) > 1})
    if twice:
        raise InputError(f"{where}: '{twice[0]}' is declared twice")


def _check_known(where: str, name: str, known: Sequence[str]) -> None:
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"it has {', '.join(known)}"
        raise InputError(f"{where}: there is no '{name}'; {hint}")
