"""What a rule is: an identifier, a sentence, a source, and a function that answers for every place where it applies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import Field

from ...core.documents import Document, Grade, Module, load_document
from ...core.findings import Severity
from .index import Index


@dataclass(frozen=True)
class Said:
    """A rule's answer for one place. path: dotted, into the document."""

    severity: Severity
    path: str
    text: str
    margin: float | None = None


Check = Callable[[Index], Iterator[Said]]
CHECKS: dict[str, Check] = {}


def rule(name: str) -> Callable[[Check], Check]:
    """Enter a function as the check of the rule *name*."""

    def enter(check: Check) -> Check:
        CHECKS[name] = check
        return check

    return enter


def ok(path: str, text: str, margin: float | None = None) -> Said:
    """The rule holds here."""
    return Said(Severity.OK, path, text, margin)


def error(path: str, text: str, margin: float | None = None) -> Said:
    """The rule is broken here."""
    return Said(Severity.ERROR, path, text, margin)


def warn(path: str, text: str, margin: float | None = None) -> Said:
    """The rule holds by too little, or something is odd."""
    return Said(Severity.WARN, path, text, margin)


def unknown(path: str, text: str) -> Said:
    """The rule has no answer here."""
    return Said(Severity.UNKNOWN, path, text)


def at_most(path: str, value: float, limit: float, text: str, mend: str) -> Said:
    """Whether *value* is within *limit*, with the margin; the mend is said where it is not."""
    margin = (limit - value) / abs(limit) if limit else (0.0 if value <= limit else -1.0)
    if value <= limit * (1.0 + 1e-9):
        return ok(path, text, max(margin, 0.0))
    return error(path, f"{text}; {mend}", margin)


def at_least(path: str, value: float, limit: float, text: str, mend: str) -> Said:
    """Whether *value* reaches *limit*, with the margin; the mend is said where it does not."""
    margin = (value - limit) / abs(limit) if limit else (0.0 if value >= limit else -1.0)
    if value >= limit * (1.0 - 1e-9):
        return ok(path, text, max(margin, 0.0))
    return error(path, f"{text}; {mend}", margin)


class RuleText(Document):
    """Where a rule comes from. grade: of the source; a rule of ours without a standard behind it is an estimate."""

    id: str
    group: Literal["joints", "wiring", "signals", "power", "grounding", "pyrotechnics", "buses", "messages", "document"]
    source: str
    grade: Grade

    @property
    def says(self) -> str:
        """The rule in one sentence, as its function has it."""
        return (CHECKS[self.id].__doc__ or "").strip().splitlines()[0]


class RuleTexts(Module, schema="osea/electrical-rules/v1"):
    """All rules in the order of reports."""

    rules: tuple[RuleText, ...] = Field(min_length=1)


@cache
def rule_texts() -> dict[str, RuleText]:
    """The rules by their identifiers."""
    path = Path(str(files("osea_rocket.avionics.electrical") / "data" / "rules.yaml"))
    return {r.id: r for r in load_document(RuleTexts, path).rules}
