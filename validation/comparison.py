"""One of our numbers beside a published one."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["within", "at most", "between", "shown"]


@dataclass(frozen=True)
class Comparison:
    """ours against published, in the unit named.

    kind: "within" (|ours - published| ≤ tolerance), "at most" (ours ≤ published), "between" (published lies in the span that
    ours gives; low and high), "shown" (nothing was promised). grade: of the published figure; one that is recalled is shown
    and never counted. real: the published figure is of hardware
    that exists. error: why there is no number of ours, when there is none.
    """

    group: str
    quantity: str
    unit: str
    published: float | None
    source: str
    grade: str
    ours: float | None = None
    tolerance: float = 0.0
    kind: Kind = "within"
    low: float | None = None
    high: float | None = None
    digits: int = 6
    note: str = ""
    real: bool = False
    error: str = ""

    @property
    def against(self) -> str:
        """What stands on the other side: a bound of our own proves less than a real vehicle."""
        if self.source == "own bound":
            return "our own bounds"
        return "real hardware" if self.real else "other codes and printed tables"

    @property
    def difference(self) -> float | None:
        """ours - published."""
        return None if self.ours is None or self.published is None else self.ours - self.published

    @property
    def met(self) -> bool | None:
        """Whether the tolerance holds; None where nothing can be said or nothing was promised."""
        if self.kind == "shown" or self.error or self.grade == "recalled" or self.published is None:
            return None
        if self.kind == "between":
            return self.low is not None and self.high is not None and self.low <= self.published <= self.high
        if self.ours is None:
            return None
        if self.kind == "at most":
            return self.ours <= self.published
        return abs(self.ours - self.published) <= self.tolerance
