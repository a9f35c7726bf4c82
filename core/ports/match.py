"""Two ports matched: a walk over their model, where each field says by which rule it is compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..documents import Document
from ..findings import Finding, Severity
from .exchange import Exchange, unit_of
from .port import SECTIONS, Port
from .rules import Place, Rule
from .sections import ByName, Section, Sides
from .wording import shown

_NOTHING = object()  # what a module says not to exist, unlike what it does not say


@dataclass(frozen=True)
class End:
    """One end of a joint: the module's name, its port, and where a missing port would stand."""

    module: str
    port: Port

    @property
    def name(self) -> str:
        return f"{self.module}.{self.port.name}"


def match_ports(lower: End, upper: End) -> tuple[Finding, ...]:
    """Every field of two joined ports by the rule declared on it; lower (or provider) first.

    A field that one side leaves out is UNKNOWN. Ports of different kinds are not compared further.
    """
    walk = _Walk(f"{lower.name} -> {upper.name}", lower, upper)
    found = list(walk.document(lower.port, upper.port, ""))
    different = [f for f in found if f.rule == "port.kind.equal" and f.severity is Severity.ERROR]
    return tuple(different or found)


@dataclass(frozen=True)
class _Walk:
    joint: str
    lower: End
    upper: End

    def document(self, one: Document, other: Document, path: str) -> Iterator[Finding]:
        for name, marker, unit in _fields(type(one)):
            yield from self.field(one, other, name, f"{path}{name}", marker, unit)

    def field(
        self, one: Document, other: Document, name: str, path: str, marker: Any, unit: str | None
    ) -> Iterator[Finding]:
        first, second = _value(one, name), _value(other, name)
        if first is _NOTHING and second is _NOTHING:
            yield self.place(other, name, path).finding(Severity.OK, "none", "does not exist on either side")
        elif first is _NOTHING or second is _NOTHING:
            yield self.one_sided(one, other, name, path)
        elif isinstance(first, Exchange) or isinstance(second, Exchange):
            yield from self.exchange(one, other, name, path, marker, unit)
        elif first is None or second is None:
            lacking = [end.name for end, value in ((self.lower, first), (self.upper, second)) if value is None]
            at = one if first is None else other
            yield self.unknown(at, name, path, " and ".join(lacking))
        elif isinstance(marker, Sides):
            yield from self.document(first, second, f"{path}.")
        elif isinstance(marker, ByName):
            yield from self.by_name(one, other, name, path)
        else:
            place = self.place(other, name, path, unit, written=(one.written(name), other.written(name)))
            yield marker(first, second, place)

    def exchange(
        self, one: Document, other: Document, name: str, path: str, marker: Any, unit: str | None
    ) -> Iterator[Finding]:
        """Both ways: what this side asks against what that side can do, and the reverse."""
        given: Any = getattr(one, name) or getattr(other, name)
        words = given.demand, given.capability
        silent = True
        for asking, answering, ask, answer in (
            (one, other, self.lower, self.upper),
            (other, one, self.upper, self.lower),
        ):
            demand, capability = (
                getattr(getattr(asking, name), words[0], None),
                getattr(getattr(answering, name), words[1], None),
            )
            if demand is None and capability is None:
                continue
            silent = False
            # The fault is shown where the demand stands; a missing figure where it is missing.
            at = (
                asking if demand is not None and capability is not None else answering if capability is None else asking
            )
            place = Place(self.joint, path, at.where(name), ask.module, answer.module, unit, words)
            if demand is None:
                said = shown(capability, unit) if isinstance(capability, int | float | str | tuple) else "a curve"
                text = f"{answer.name} {words[1]} {said}, and {ask.name} does not say what it {words[0]}; state it"
                yield place.finding(Severity.UNKNOWN, "missing", text)
            elif capability is None:
                said = shown(demand, unit) if isinstance(demand, int | float | str | tuple) else "a curve"
                text = f"{ask.name} {words[0]} {said}, and {answer.name} does not say what it {words[1]}; state it"
                yield place.finding(Severity.UNKNOWN, "missing", text)
            else:
                yield marker(demand, capability, place)
        if silent:
            yield self.unknown(other, name, path, f"{self.lower.name} and {self.upper.name}")

    def one_sided(self, one: Document, other: Document, name: str, path: str) -> Finding:
        """One side says that there is no such thing; an offer of the other is then only unused, a demand unanswered."""
        first = _value(one, name)
        denying, saying, at = (self.lower, self.upper, other) if first is _NOTHING else (self.upper, self.lower, one)
        value = getattr(at, name)
        place = self.place(at, name, path)
        if value is None:
            return self.unknown(at, name, path, saying.name)
        if isinstance(value, Exchange) and not getattr(value, value.demand):
            return place.finding(Severity.OK, "none", f"{denying.name} has no use of what {saying.name} offers")
        text = (
            f"{saying.name} has it and {denying.name} says that there is none; give {denying.module} the counterpart, or take it "
            f"off {saying.module}"
        )
        return place.finding(Severity.ERROR, "none", text)

    def by_name(self, one: Document, other: Document, name: str, path: str) -> Iterator[Finding]:
        """Each named part meets its namesake; a provider may have more than its user takes."""
        first = {part.name: part for part in getattr(one, name)}
        second = {part.name: part for part in getattr(other, name)}
        for key in dict.fromkeys((*first, *second)):
            at = f"{path}.{key}"
            if key in first and key in second:
                yield from self.document(first[key], second[key], f"{at}.")
                continue
            has, lacks, part = (
                (self.lower, self.upper, first[key]) if key in first else (self.upper, self.lower, second[key])
            )
            place = Place(self.joint, at, part.where(), has.module, lacks.module)
            if has.port.role == "provider":
                yield place.finding(
                    Severity.WARN, "unused", f"{has.name} provides '{key}', and {lacks.name} does not use it"
                )
            else:
                text = f"{has.name} has '{key}' and {lacks.name} has no such part; add it there, or rename one of them"
                yield place.finding(Severity.ERROR, "unmatched", text)

    def unknown(self, at: Document, name: str, path: str, who: str) -> Finding:
        if path in SECTIONS or isinstance(at, Section):
            text = f"{who} {'says' if ' and ' not in who else 'say'} nothing of it; state it, or list it under 'none'"
        else:
            text = f"not stated by {who}; state it"
        return self.place(at, name, path).finding(Severity.UNKNOWN, "missing", text)

    def place(
        self,
        at: Document,
        name: str,
        path: str,
        unit: str | None = None,
        written: tuple[str | None, str | None] = (None, None),
    ) -> Place:
        return Place(self.joint, path, at.where(name), self.lower.module, self.upper.module, unit, written=written)


@cache
def _fields(model: type[Document]) -> tuple[tuple[str, Any, str | None], ...]:
    """The fields of a model that are matched: name, marker, SI unit."""
    found = []
    for name, info in model.model_fields.items():
        marker = next((m for m in info.metadata if isinstance(m, Rule | ByName | Sides)), None)
        if marker is not None:
            found.append((name, marker, unit_of(info.annotation)))
    return tuple(found)


def _value(document: Document, name: str) -> Any:
    """The field's value; _NOTHING when it is listed under ``none``; None when nothing is said."""
    return _NOTHING if name in getattr(document, "none", ()) else getattr(document, name)
