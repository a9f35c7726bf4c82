"""What a rule is, and how rules meet a package of records."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ....core.findings import Finding, Severity
from ....core.wire import Record
from ....core.wire import instant_of as instant

type_of = type
Problems = Iterator[tuple[str, str]]  # path within the record, and what is wrong there and how to mend it
Check = Callable[[Any, "Package"], Problems]


@dataclass(frozen=True)
class Rule:
    """One rule. kinds: the models it speaks of, none meaning every record. fails: a change of the examples that breaks it."""

    code: str
    kinds: tuple[type[Record], ...]
    severity: Severity
    statement: str
    check: Check
    fails: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A record and where it was read."""

    record: Record
    where: str


def walk(item: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, part) of every model within a record, itself first."""
    if isinstance(item, BaseModel):
        yield path, item
        for name, inner in item.__dict__.items():
            if isinstance(inner, BaseModel | tuple | dict):
                yield from walk(inner, f"{path}/{name}" if path else name)
    elif isinstance(item, tuple):
        for i, one in enumerate(item):
            if isinstance(one, BaseModel):
                yield from walk(one, f"{path}/{i}")
    elif isinstance(item, dict):
        for name, one in item.items():
            if isinstance(one, BaseModel):
                yield from walk(one, f"{path}/{name}")


class Package:
    """Records that are judged together; `find` follows a reference to the newest revision."""

    def __init__(self, entries: Sequence[Entry], *, whole: bool = True) -> None:
        self.entries = tuple(entries)
        self.whole = whole  # a record alone cannot be asked whether its references lead anywhere
        self._parts: dict[int, list[tuple[str, Any]]] = {}
        self.by_id: dict[str, list[Record]] = {}
        for entry in entries:
            self.by_id.setdefault(entry.record.id, []).append(entry.record)
        self.by_type: dict[type[Record], list[Any]] = {}
        for entry in entries:
            self.by_type.setdefault(type_of(entry.record), []).append(entry.record)

    def find(self, identifier: str | None) -> Record | None:
        """The newest revision of a record; None when the package does not hold it."""
        revisions = self.by_id.get(identifier or "")
        return max(revisions, key=lambda r: r.revision) if revisions else None

    def parts(self, record: Record, kind: type) -> list[tuple[str, Any]]:
        """(path, part) of every part of a record that is of this kind; the record is walked through once."""
        found = self._parts.get(id(record))
        if found is None:
            found = self._parts[id(record)] = list(walk(record))
        return [(path, part) for path, part in found if isinstance(part, kind)]

    def all(self, model: type[Record]) -> Sequence[Any]:
        """The records of one kind."""
        return self.by_type.get(model, ())


RULES: dict[str, Rule] = {}


def rule(
    code: str, *kinds: type[Record], says: str, fails: Mapping[str, Any], severity: Severity = Severity.ERROR
) -> Callable[[Check], Check]:
    """Register a check. It yields (path, message) for each problem."""

    def register(check: Check) -> Check:
        add(code, kinds, says, check, fails, severity)
        return check

    return register


def add(
    code: str,
    kinds: Sequence[type[Record]],
    says: str,
    check: Check,
    fails: Mapping[str, Any],
    severity: Severity = Severity.ERROR,
) -> None:
    """Register a rule that is made, not written."""
    if code in RULES:
        raise ValueError(f"two rules have the code {code}")
    RULES[code] = Rule(code, tuple(kinds), severity, says, check, fails)


def apply(package: Package, entries: Sequence[Entry] | None = None) -> list[Finding]:
    """Every rule on every record it speaks of, in the order of the records; of the package's `entries`, or of all."""
    chosen = {model: [r for r in RULES.values() if not r.kinds or model in r.kinds] for model in package.by_type}
    found: list[Finding] = []
    for entry in package.entries if entries is None else entries:
        for one in chosen[type_of(entry.record)]:
            for path, message in one.check(entry.record, package):
                found.append(Finding(one.severity, one.code, f"{entry.where}#/{path}", message))
    return found


# ---- shapes that many rules have ----


def value(record: Any, path: str) -> Any:
    """What stands under `t0/value`; None where a step of it is absent."""
    for step in path.split("/"):
        if record is None:
            return None
        record = record.get(step) if isinstance(record, dict) else getattr(record, step, None)
    return record


def in_order(
    code: str, model: type[Record], first: str, second: str, says: str, fails: Mapping[str, Any], *, equal: bool = True
) -> None:
    """`first` is not greater than `second`; both absent or one absent is no problem. Times of equal length compare as text."""

    def check(record: Any, package: Package) -> Problems:
        a, b = value(record, first), value(record, second)
        if a is not None and b is not None:
            left, right = (instant(v) if isinstance(v, str) else v for v in (a, b))
            if left > right or (left == right and not equal):
                yield (
                    second,
                    f"{second} ({b}) is to come after {first} ({a})"
                    if isinstance(a, str)
                    else f"{second} ({b:g}) is to be above {first} ({a:g})",
                )

    add(code, (model,), says, check, fails)


def together(code: str, model: type[Record], fields: Sequence[str], says: str, fails: Mapping[str, Any]) -> None:
    """Fields that mean something only together: all stand, or none."""

    def check(record: Any, package: Package) -> Problems:
        given = [f for f in fields if value(record, f) not in (None, ())]
        if given and len(given) < len(fields):
            missing = [f for f in fields if f not in given]
            yield missing[0], f"{' and '.join(given)} without {' and '.join(missing)}; give both or neither"

    add(code, (model,), says, check, fails)


def unique(values: Sequence[Any]) -> Any:
    """The first value that stands twice, or None."""
    seen: set[Any] = set()
    for item in values:
        if item in seen:
            return item
        seen.add(item)
    return None
