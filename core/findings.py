"""What a check answers: OK, WARN, ERROR or UNKNOWN, with its margin."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .errors import ImpossibleError


class Severity(StrEnum):
    """UNKNOWN stands between WARN and ERROR: not known to be wrong, and never OK."""

    OK = "OK"
    WARN = "WARN"
    UNKNOWN = "UNKNOWN"
    ERROR = "ERROR"


_ORDER = {Severity.OK: 0, Severity.WARN: 1, Severity.UNKNOWN: 2, Severity.ERROR: 3}


@dataclass(frozen=True)
class Finding:
    """One answer of one rule.

    rule: dotted name (``engine.flow_separation``); where: file:line:column or the part's name; message: what is so
    and what to change; margin: relative distance to the limit, positive when inside, None when there is no measure.
    """

    severity: Severity
    rule: str
    where: str
    message: str
    margin: float | None = None

    def __post_init__(self) -> None:
        if self.margin is None:
            return
        if not math.isfinite(self.margin):
            raise ValueError(f"{self.rule}: a margin is a finite number, or None when there is no measure")
        object.__setattr__(self, "margin", float(self.margin))  # a numpy scalar would not read back as it was


def worst(findings: Iterable[Finding]) -> Severity:
    """The gravest severity among the findings; OK when there are none."""
    return max((f.severity for f in findings), key=_ORDER.__getitem__, default=Severity.OK)


def by_gravity(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, gravest first, otherwise in their own order."""
    return sorted(findings, key=lambda f: -_ORDER[f.severity])


def refusal(findings: Iterable[Finding]) -> dict[str, Any]:
    """What a command adds to its data when a finding is an ERROR: the answer is no (exit code 1), and why, a line each of
    several; else nothing."""
    errors = [f.message for f in findings if f.severity is Severity.ERROR]
    if not errors:
        return {}
    message = errors[0] if len(errors) == 1 else "\n  ".join([f"{len(errors)} findings say no:", *errors])
    return {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message}
