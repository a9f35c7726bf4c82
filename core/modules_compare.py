"""Two versions of one module compared: breaking, additive or editorial, and the version that follows from it."""

from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from .documents import Document, Module
from .findings import Finding, Severity
from .modules import Part
from .ports.curves import Curve
from .ports.exchange import Exchange, unit_of
from .ports.wording import shown
from .versions import Version

Change = Literal["breaking", "additive", "editorial", "none"]
_GRAVITY = {"none": 0, "editorial": 1, "additive": 2, "breaking": 3}
_PROSE = ("notes", "sources", "evidence", "maturity", "supplier", "licence", "version", "name", "schema_")


@dataclass(frozen=True)
class Difference:
    """One field that differs: dotted path, what kind of change, and both values in words."""

    path: str
    change: Change
    text: str


@dataclass(frozen=True)
class Comparison:
    """All differences; change: the gravest; proposed: the next version, None when the old one has none."""

    differences: tuple[Difference, ...]
    change: Change
    proposed: str | None
    finding: Finding


def compare(old: Module, new: Module) -> Comparison:
    """What a user of *old* meets when *new* takes its place.

    breaking: a port or a figure of it is gone or changed so that a partner that fitted may no longer, or the kind of document
    differs, or a figure of the module itself changed. additive: something is stated that was not. editorial: words, sources,
    evidence. A demand that falls or narrows, or a capability that grows or widens, is additive: every partner that fitted still
    fits.
    """
    differences: list[Difference] = []
    if type(old) is not type(new):
        differences.append(Difference("schema", "breaking", f"{old.schema_} became {new.schema_}"))
    else:
        _fields(old, new, "", differences)
    change: Change = "none"
    for difference in differences:
        change = max(change, difference.change, key=_GRAVITY.__getitem__)
    return Comparison(tuple(differences), change, *_proposal(old, new, change))


def _fields(old: Document, new: Document, at: str, found: list[Difference]) -> None:
    for name in type(old).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        path = f"{at}{name}"
        if before == after or (not at and name == "version"):
            continue
        if not at and name in _PROSE:
            found.append(Difference(path, "editorial", "changed"))
        elif name == "ports" and isinstance(old, Part):
            _named(before or (), after or (), "ports", found)
        else:
            _value(before, after, path, found, _unit(old, name))


def _unit(document: Document, name: str) -> str | None:
    field = type(document).model_fields[name]
    return next((u for u in map(unit_of, (*field.metadata, field.annotation)) if u is not None), None)


def _value(before: Any, after: Any, path: str, found: list[Difference], unit: str | None = None) -> None:
    last = path.rpartition(".")[2]
    if last in ("notes", "evidence", "maturity", "sources"):
        found.append(Difference(path, "editorial", "changed"))
    elif before is None or before == ():
        found.append(Difference(path, "additive", f"stated now: {_words(after, unit)}"))
    elif after is None or after == ():
        found.append(Difference(path, "breaking", f"stated no longer (was {_words(before, unit)})"))
    elif isinstance(before, Exchange) and isinstance(after, Exchange) and type(before) is type(after):
        for word, loosened in ((before.demand, -1), (before.capability, 1)):
            _end(getattr(before, word), getattr(after, word), f"{path}.{word}", loosened, found, unit_of(type(before)))
    elif isinstance(before, Document) and type(before) is type(after):
        _fields(before, after, f"{path}.", found)
    elif _all_named(before) and _all_named(after):
        _named(before, after, path, found)
    else:
        found.append(Difference(path, "breaking", f"{_words(before, unit)} became {_words(after, unit)}"))


def _end(before: Any, after: Any, path: str, loosened: int, found: list[Difference], unit: str | None) -> None:
    """One end of an exchange: what moves to the safe side breaks no partner. loosened: 1 of a capability, -1 of a demand."""
    if before == after:
        return
    if before is None or after is None or before == () or after == ():
        _value(before, after, path, found, unit)
    elif isinstance(before, Document):
        safe = isinstance(before, Curve) and isinstance(after, Curve) and _is_safer(before, after, loosened)
        text = f"the curve {'rose' if loosened > 0 else 'fell'}, which every partner bears"
        found.append(Difference(path, "additive", text) if safe else Difference(path, "breaking", "the curve changed"))
    else:
        safe = _moved_to_the_safe_side(before, after, loosened)
        change: Change = "additive" if safe else "breaking"
        bears = ", which every partner bears" if safe else ""
        found.append(Difference(path, change, f"{_words(before, unit)} became {_words(after, unit)}{bears}"))


def _moved_to_the_safe_side(before: Any, after: Any, loosened: int) -> bool:
    """A demand that falls, a capability that grows, a range supplied that narrows or one accepted that widens, a longer list."""
    if isinstance(before, int | float) and isinstance(after, int | float):
        return (after - before) * loosened > 0
    if not (isinstance(before, tuple) and isinstance(after, tuple)):
        return False
    if _is_range(before) and _is_range(after):
        inner, outer = (before, after) if loosened > 0 else (after, before)
        return outer[0] <= inner[0] and inner[1] <= outer[1]
    return loosened > 0 and set(before) < set(after)


def _is_range(value: tuple[Any, ...]) -> bool:
    return len(value) == 2 and all(isinstance(v, float) for v in value)


def _is_safer(before: Curve, after: Curve, loosened: int) -> bool:
    """At the same frequencies, no level of a capability fell, or none of a demand rose; all else that is said is the same."""
    others = [n for n in type(before).model_fields if n != "level"]
    if type(before) is not type(after) or any(getattr(before, n) != getattr(after, n) for n in others):
        return False
    return all((b - a) * loosened >= 0 for a, b in zip(before.level, after.level, strict=True))


def _named(before: tuple[Any, ...], after: tuple[Any, ...], path: str, found: list[Difference]) -> None:
    old, new = {p.name: p for p in before}, {p.name: p for p in after}
    for name in dict.fromkeys((*old, *new)):
        at = f"{path}.{name}"
        if name not in new:
            found.append(Difference(at, "breaking", "is gone"))
        elif name not in old:
            found.append(Difference(at, "additive", "is new"))
        elif old[name] != new[name]:
            _fields(old[name], new[name], f"{at}.", found)


def _all_named(value: Any) -> TypeGuard[tuple[Any, ...]]:
    return (
        isinstance(value, tuple) and bool(value) and all(isinstance(v, Document) and hasattr(v, "name") for v in value)
    )


def _words(value: Any, unit: str | None = None) -> str:
    if isinstance(value, Document):
        return "fields of its own"
    if isinstance(value, tuple) and any(isinstance(v, Document) for v in value):
        return f"{len(value)} with fields of their own"
    text = shown(value, unit, digits=6)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _proposal(old: Module, new: Module, change: Change) -> tuple[str | None, Finding]:
    where = new.where("version")
    if old.version is None:
        text = "the older document has no version; give it one (1.0.0), so that the next can be told"
        return None, Finding(Severity.UNKNOWN, "module.version", where, text)
    before = Version.parse(old.version)
    proposed = before if change == "none" else before.next(change)
    if new.version is None:
        text = f"the change is {change}; give the new document version {proposed}"
        return str(proposed), Finding(Severity.UNKNOWN, "module.version", where, text)
    stated = Version.parse(new.version)
    if stated.key < proposed.key:
        text = f"version {stated} says less than has changed: the change from {before} is {change}; make it {proposed}"
        return str(proposed), Finding(Severity.ERROR, "module.version", where, text)
    if change == "none":
        return str(proposed), Finding(Severity.OK, "module.version", where, f"nothing has changed; {stated} may stay")
    text = f"version {stated} is right for a change that is {change} (from {before}: {proposed} or later)"
    return str(proposed), Finding(Severity.OK, "module.version", where, text)
