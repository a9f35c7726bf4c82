"""`osea check` of an electrical interface: every rule asked, every answer placed."""

from collections.abc import Iterator
from dataclasses import dataclass

from ...core.documents import Document
from ...core.findings import Finding, Severity
from ...core.results import Result
from . import (
    check_buses,
    check_ground,
    check_joints,
    check_messages,
    check_power,
    check_pyro,
    check_signals,
    check_traffic,
    check_wiring,
)
from .document import Electrical, parts_of
from .index import Index
from .rules import CHECKS, Said, rule, rule_texts, unknown

# Loading them enters their rules.
MODULES = (
    check_joints,
    check_wiring,
    check_signals,
    check_power,
    check_ground,
    check_pyro,
    check_buses,
    check_traffic,
    check_messages,
)
PREFIX = "electrical."


@dataclass(frozen=True, kw_only=True)
class ElectricalCheck(Result):
    """findings: of all rules, in the order of the rules. A rule that found nothing to compare has none."""

    name: str

    def of_rule(self, name: str) -> tuple[Finding, ...]:
        """The findings of one rule."""
        return tuple(f for f in self.findings if f.rule == PREFIX + name)


@rule("document.stated")
def stated(ix: Index) -> Iterator[Said]:
    """What a rule needs is stated; what is not is unknown, and never taken for sound."""
    for path, item in parts_of(ix.e):
        for field in _wanted(item):
            if getattr(item, field) is None:
                what = f"{type(item).__name__} '{_name(item)}'"
                yield unknown(f"{path}.{field}", f"{what}: '{field}' is not stated, and rules wait for it; state it")
    if not ix.e.links and ix.messages is not None:
        yield unknown("links", "no telemetry link is described: its budget is not known; describe it under 'links'")


def _wanted(item: Document) -> tuple[str, ...]:
    wanted = getattr(item, "wanted", None)
    return wanted() if wanted else ()


def _name(item: Document) -> str:
    return getattr(item, "name", None) or getattr(item, "signal", None) or getattr(item, "pin", "")


def answers(e: Electrical) -> Iterator[tuple[str, Said]]:
    """(rule, answer) of every rule for every place."""
    ix = Index(e)
    for name in rule_texts():
        for said in CHECKS[name](ix):
            yield name, said


def check_electrical(e: Electrical) -> ElectricalCheck:
    """Ask every rule about *e*. An answer that is not OK carries file:line:column; one that is OK the path in the document."""
    findings = []
    for name, said in answers(e):
        where = said.path if said.severity is Severity.OK else e.where(said.path)
        findings.append(Finding(said.severity, PREFIX + name, where, said.text, said.margin))
    return ElectricalCheck(name=e.name, findings=tuple(findings), input_hash=e.content_hash())
