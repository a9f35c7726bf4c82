"""From a suite and a subject to verdicts and a level. What was not looked at is unknown, and unknown never passes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from ..core.errors import InputError, OseaError
from ..core.findings import Finding, Severity, by_gravity
from .suites import LEVELS, Level, Requirement, Suite

SHOWN = 3  # places that evidence names


class Verdict(StrEnum):
    """HOLDS and FAILS are seen; UNKNOWN is neither; DOES_NOT_APPLY is computed from the subject, with its reason."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"
    DOES_NOT_APPLY = "does not apply"


Seen = tuple[Verdict, str]
Program = Callable[[Any, Requirement], Seen]
Condition = Callable[[Any], tuple[bool, str]]
PASSES = (Verdict.HOLDS, Verdict.DOES_NOT_APPLY)


@dataclass(frozen=True)
class Answer:
    """What became of a requirement, and by what that is seen."""

    requirement: Requirement
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class Examiner:
    """A subject with what can look at it: programs by name, and conditions for `applies`, each with its reason.

    findings: of all checks of the subject, made once when they are first asked for. tidy: takes what depends on the machine
    (folders) out of evidence.
    """

    suite: Suite
    subject: Any
    programs: Mapping[str, Program]
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    findings: Callable[[Any], Sequence[Finding]] | None = None
    tidy: Callable[[str], str] = str


@dataclass(frozen=True)
class SuiteResult:
    """The answers to every requirement of a suite, in its order. of: the subject's name."""

    suite: Suite
    of: str
    answers: tuple[Answer, ...]

    @property
    def level(self) -> Level | None:
        """The highest level reached, None when not even the lowest is."""
        return reached([(a.requirement.level, a.verdict) for a in self.answers])


def reached(answers: Sequence[tuple[Level, Verdict]]) -> Level | None:
    """The level that follows from the verdicts of all requirements (OSEA-Q-005)."""
    found: Level | None = None
    for level in LEVELS:
        here = [verdict for own, verdict in answers if own == level]
        if any(v not in PASSES for v in here):
            return found
        if here:
            found = level
    return found


def below(level: Level | None, other: Level | None) -> Level | None:
    """The lower of two levels; None is the lowest."""
    return None if level is None or other is None else LEVELS[min(LEVELS.index(level), LEVELS.index(other))]


def examine(examiner: Examiner, of: str) -> SuiteResult:
    """Ask every requirement of the suite."""
    made: list[Finding] | None = None

    def findings() -> list[Finding]:
        nonlocal made
        if made is None:
            made = list(examiner.findings(examiner.subject)) if examiner.findings else []
        return made

    answers = []
    for one in examiner.suite.requirements:
        verdict, evidence = _ask(examiner, one, findings)
        answers.append(Answer(one, verdict, examiner.tidy(evidence)))
    return SuiteResult(examiner.suite, of, tuple(answers))


def _ask(examiner: Examiner, one: Requirement, findings: Callable[[], list[Finding]]) -> Seen:
    try:
        if one.applies != "always":
            applies, why = examiner.conditions[one.applies](examiner.subject)
            if not applies:
                return Verdict.DOES_NOT_APPLY, why
        if one.program == "findings":
            return by_findings(one, findings())
        program = examiner.programs.get(one.program)
        if program is None:
            return Verdict.UNKNOWN, "not looked at: nothing here can"
        return program(examiner.subject, one)
    except InputError as error:
        return Verdict.FAILS, _first(error)
    except OseaError as error:
        return Verdict.UNKNOWN, _first(error)


def by_findings(one: Requirement, findings: Sequence[Finding]) -> Seen:
    """The verdict of rules that the requirement names: by the gravest that they say."""
    said = [f for f in findings if any(fnmatchcase(f.rule, rule) for rule in one.rules)]
    if not said:
        if one.silent == "holds":
            return Verdict.HOLDS, f"looked at; {' and '.join(one.rules)} found nothing"
        return Verdict.UNKNOWN, f"not looked at: {' and '.join(one.rules)} said nothing"
    grave = by_gravity(said)
    loud = [f for f in grave if _order(f.severity) > _order(one.worst)]
    if not loud:
        margins = [f.margin for f in said if f.margin is not None and not f.rule.endswith(".equal")]
        least = f"; least margin {100 * min(margins):+.1f} %" if margins else ""
        warned = [f for f in grave if f.severity is Severity.WARN]
        remark = f"; {_named(warned, 'warning')}" if warned else ""
        return Verdict.HOLDS, f"{len(said)} looked at{least}{remark}"
    wrong = [f for f in loud if f.severity is not Severity.UNKNOWN]
    if wrong:
        return Verdict.FAILS, _named(wrong, "finding")
    return Verdict.UNKNOWN, _named(loud, "thing not known", "things not known")


def listed(problems: Sequence[str], counted: str) -> Seen:
    """Fails by its first problems, else holds by what was counted."""
    if not problems:
        return Verdict.HOLDS, counted
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return Verdict.FAILS, "; ".join(problems[:SHOWN]) + more


def _order(severity: Severity) -> int:
    return (Severity.OK, Severity.WARN, Severity.UNKNOWN, Severity.ERROR).index(severity)


def _named(findings: Sequence[Finding], one: str, many: str = "") -> str:
    count = f"{len(findings)} {one if len(findings) == 1 else many or one + 's'}"
    shown = "; ".join(f"{f.rule}: {f.message}" for f in findings[:SHOWN])
    return f"{count}: {shown}" + ("; …" if len(findings) > SHOWN else "")


def _first(error: OseaError) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
