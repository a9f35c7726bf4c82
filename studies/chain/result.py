"""What a chain returns: how every step ended, what passed between them, and the way back."""

from dataclasses import dataclass
from typing import Annotated, Literal

from ...core.results import Result, Unit

State = Literal["done", "answer is no", "undecided", "input is wrong", "recording", "absent", "left out", "not run"]
BAD: dict[str, int] = {"answer is no": 1, "input is wrong": 2, "undecided": 3, "not run": 3}
"""States with which the chain ends badly, and its exit code then."""


@dataclass(frozen=True, kw_only=True)
class StepOutcome(Result):
    """How a step ended. pages: (what, path from the chain's folder); said: its command's text; processor_time: of its
    process and of those that this one started."""

    name: str
    title: str
    kind: str
    state: str
    message: str = ""
    seconds: float = 0.0
    processor_time: Annotated[float, Unit("s")] = 0.0
    pages: tuple[tuple[str, str], ...] = ()
    said: str = ""
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Passed(Result):
    """A number handed on. stated: the file's own, for people; value: the SI number taken; change: relative to the stated one."""

    step: str
    field: str
    source: str
    stated: float | None
    value: float | None
    change: float | None
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Traced(Result):
    """A line of the way back."""

    name: str
    step: str
    value: float | None
    unit: str
    note: str
    path: str
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class ChainResult(Result):
    """The whole. quick: with what --quick leaves out."""

    name: str
    quick: bool
    seconds: float
    steps: tuple[StepOutcome, ...]
    passed: tuple[Passed, ...]
    trace: tuple[Traced, ...]
    headline: tuple[Traced, ...]

    @property
    def worst(self) -> tuple[int, tuple[StepOutcome, ...]]:
        """(Exit code, the steps that ended badly)."""
        bad = tuple(s for s in self.steps if s.state in BAD and not s.aside)
        codes = {BAD[s.state] for s in bad}
        return next((c for c in (2, 1, 3) if c in codes), 0), bad
