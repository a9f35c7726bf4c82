"""Requirements of a bench document, watched step by step: `within 2 s of burn-out: separation commanded`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError
from ..core.errors import InputError
from ..core.quantity import SI
from ..core.results import Result, Unit
from .conditions import ConditionText, Watch

Span = Annotated[float, SI("s", ("2 s",), gt=0.0, le=86400.0)]


class Requirement(Document):
    """One sentence about a flight.

    always: holds at every step, from ``after`` on (else from T-0) until ``until`` (else to the end). eventually: holds at some
    step, within ``within`` of ``after``. at_end: holds when the run ends. never: the contrary of always.
    """

    name: str = Field(min_length=1, max_length=80)
    text: str = Field(default="", description="for people, and for tracing to a requirement's number")
    always: ConditionText | None = None
    never: ConditionText | None = None
    eventually: ConditionText | None = None
    at_end: ConditionText | None = None
    after: ConditionText | None = Field(default=None, description="the watch begins when this first holds")
    until: ConditionText | None = Field(default=None, description="and ends when this first holds afterwards")
    within: Span | None = Field(default=None, description="of the watch's begin")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [n for n in ("always", "never", "eventually", "at_end") if getattr(self, n) is not None]
        if len(given) != 1:
            raise FieldError("always", "give one of 'always', 'never', 'eventually' and 'at_end'")
        if given == ["at_end"] and (self.within or self.until or self.after):
            raise FieldError("at_end", "'at_end' looks at the last step alone; leave out 'after', 'until' and 'within'")
        return self


@dataclass(frozen=True, kw_only=True)
class Verdict(Result):
    """How a requirement ended. holds: None when its ``after`` never came, so that nothing was shown. margin: the least distance
    from the bound, in the signal's own unit; time: of that, or of what decided."""

    name: str
    text: str
    holds: bool | None
    margin: float | None
    time: Annotated[float | None, Unit("s")]
    reason: str


class Watcher:
    """One requirement during one run."""

    def __init__(self, requirement: Requirement, phases: Sequence[str]) -> None:
        self.requirement = requirement
        r = requirement

        def watch(name: str) -> Watch | None:
            text = getattr(r, name)
            if text is None:
                return None
            try:
                return Watch(text, phases)
            except ValueError as error:
                raise InputError(str(error), where=r.where(name)) from None

        self._after, self._until = watch("after"), watch("until")
        self._always, self._never = watch("always"), watch("never")
        self._eventually, self._at_end = watch("eventually"), watch("at_end")
        self._begin: float | None = None
        self._over = False
        self._margin = np.inf
        self._time: float | None = None
        self._holds: bool | None = None
        self._reason = ""

    def step(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        """Look at one step [s since T-0]."""
        if self._over or self._at_end is not None:
            return
        if self._begin is None:
            if self._after is not None and not self._after.holds(signals, inputs):
                return
            if self._after is None and time < 0.0:
                return
            self._begin = time
        elif self._until is not None and self._until.holds(signals, inputs):
            self._close(time)
            return
        late = self.requirement.within is not None and time - self._begin > self.requirement.within + 1e-9
        if self._eventually is not None:
            if late:
                self._close(time)
            elif self._eventually.holds(signals, inputs):
                self._holds, self._time, self._over = True, time, True
                self._reason = f"{time - self._begin:.3f} s after the watch began"
            return
        if late:
            self._close(time)
            return
        watch = self._always or self._never
        assert watch is not None
        margin = watch.margin(signals, inputs)
        holds = watch.holds(signals, inputs)
        if self._never is not None:
            margin, holds = -margin, not holds
        if margin < self._margin:
            self._margin, self._time = margin, time
        if not holds and self._holds is None:
            self._holds, self._time, self._over = False, time, True
            self._reason = f"broken at {time:.3f} s"

    def _close(self, time: float) -> None:
        self._over = True
        if self._eventually is not None:
            self._holds, self._time, self._reason = False, time, "did not come in time"

    def verdict(self, time: float, signals: np.ndarray, inputs: np.ndarray, *, complete: bool) -> Verdict:
        """At the end of a run. complete: it ended as planned; an incomplete one shows nothing for what was still open."""
        holds, reason, margin = self._holds, self._reason, self._margin
        if self._at_end is not None:
            if complete:
                holds, self._time = self._at_end.holds(signals, inputs), time
                margin = self._at_end.margin(signals, inputs)
            reason = "at the end" if complete else "the run did not get to its end"
        elif holds is None:
            if self._begin is None:
                reason = "its 'after' never came"
            elif self._eventually is not None:
                open_yet = not complete and not self._over
                holds, reason = (None, "the run ended before it was decided") if open_yet else (False, "did not come")
            elif complete or self._over:
                holds, reason = True, "held throughout"
            else:
                reason = "held as long as the run lasted, which was not to its end"
        shown = None if not np.isfinite(margin) else float(margin)
        return Verdict(
            name=self.requirement.name,
            text=self.requirement.text,
            holds=holds,
            margin=shown,
            time=self._time,
            reason=reason,
        )
