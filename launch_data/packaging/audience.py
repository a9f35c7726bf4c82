"""What a public package must not hold: restricted records, withheld fields, and all that tells them.

Default deny: a level that is not known here is nobody's but the issuer's. What a withheld field can be computed from goes with
it (`data/derived.json`), and before anything is published every number of the package is held against the withheld ones.
"""

import fnmatch
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files as resources
from typing import Any

from ...core.errors import InputError
from ...core.findings import Severity
from ...core.wire import instant_of
from .. import protocol
from ..protocol.kinds import KINDS, record_of
from ..withheld import take_out
from .runs import Parts, Plain

_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])")
_NUMBERED = re.compile(r"/\d+(?=/|$)")  # one of a list tells what any of it does
_NAMES = re.compile(r"urn:[^\s\"]+|[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+Z?")  # digits that are no quantity
_ENVELOPE = ("schema", "id", "revision", "issuer", "issued_at", "status", "access", "protocol", "crit")
_SCALES = (1.0, 1e-3, 1e3)  # a number in km or t is the same number
_DIGITS = 4  # significant ones: shorter numbers stand everywhere by chance


def publish(parts: Parts, withhold: Sequence[str], at: str) -> None:
    """Leave in the parts only what everybody may have at the instant `at` (UTC).

    withhold: KIND or KIND/path (`vehicle-type/stages/*/dry_mass_kg`), beside what the records' own access says. Raises
    InputError for a path that no kind has, and where a withheld number stands in what would be published.
    """
    closed = closure([*withhold, *_named(parts)])
    before = {n: json.dumps(r, sort_keys=True) for n, r in parts.records.items()}
    secrets = _Secrets()
    for name, plain in list(parts.records.items()):
        kept = plain if _open(plain, at) else None
        kept = _without(kept, closed, secrets, name) if kept is not None else secrets.of(plain)
        if kept is None:
            del parts.records[name]
        else:
            parts.records[name] = kept
    _drop_files(parts, [c.removeprefix("file:") for c in closed if c.startswith("file:")])
    secrets.refuse_in(parts)
    gone = sorted(before.keys() - parts.records.keys())
    changed = sorted(n for n in parts.records if json.dumps(parts.records[n], sort_keys=True) != before[n])
    if gone or changed:
        said = [
            f"{', '.join(gone)} left out" if gone else "",
            f"{', '.join(changed)} without fields" if changed else "",
        ]
        parts.tell(Severity.WARN, "withheld", "access", "; ".join(s for s in said if s))


def closure(paths: Sequence[str]) -> frozenset[str]:
    """The paths and all that tells them. Raises InputError for one that names no kind of record."""
    found: set[str] = set()
    todo = [p.strip("/") for p in paths]
    while todo:
        path = todo.pop()
        if not path.startswith("file:") and f"osea/launch-data/{path.split('/')[0]}/v1" not in KINDS:
            raise InputError(f"'{path}' cannot be withheld: it begins with no kind of record, such as vehicle-type")
        if path not in found:
            found.add(path)
            meant = _NUMBERED.sub("/*", path)
            for known, tells in _derived().items():
                part = "/" in known and meant.startswith(f"{known}/")  # a field of a record is not the record
                if known == meant or known.startswith(f"{meant}/") or part:
                    todo += tells
    return frozenset(found)


@cache
def _derived() -> dict[str, list[str]]:
    """What tells what: within a record by the protocol's own list, and from one record or file to another by this package's."""
    across = json.loads(resources(__package__ or "").joinpath("data", "derived.json").read_text(encoding="utf-8"))
    found = {k: list(v) for k, v in across.items() if k != "about"}
    within = json.loads(resources(protocol.__name__).joinpath("data", "derived.json").read_text(encoding="utf-8"))
    for kind, groups in within.items():
        for first, *others in groups if kind != "about" else ():
            found.setdefault(f"{kind}/{first}", []).extend(f"{kind}/{o}" for o in others)
    return found


def _named(parts: Parts) -> list[str]:
    """What the records themselves say is not for all."""
    return [
        f"{_kind(plain)}/{path.strip('/')}"
        for plain in parts.records.values()
        for path in plain.get("access", {}).get("redacted_fields", ())
    ]


def _content(plain: Plain) -> Plain:
    return {k: v for k, v in plain.items() if k not in _ENVELOPE}


def _kind(plain: Plain) -> str:
    return plain["schema"].split("/")[2]


def _open(plain: Plain, at: str) -> bool:
    access = plain.get("access") or {}
    if access.get("level", "public") == "public":
        return True
    until = access.get("until")
    return (
        access.get("level") == "embargo"
        and not access.get("until_event")
        and bool(until)
        and (instant_of(str(until)) <= instant_of(at))
    )


def _without(plain: Plain, closed: frozenset[str], secrets: "_Secrets", where: str) -> Plain | None:
    """The record without its withheld fields; None where it is withheld whole, or would be none without them."""
    kind = _kind(plain)
    if kind in closed:
        return secrets.of(plain)
    paths = sorted(c.removeprefix(f"{kind}/") for c in closed if c.startswith(f"{kind}/"))
    kept = json.loads(json.dumps(plain))
    taken = [value for path in paths for value in take_out(kept, path.split("/"))]
    if not taken:
        return plain
    secrets.add(taken)
    kept["access"] = {**kept.get("access", {"level": "public"}), "redacted_fields": paths}
    kept["provenance"] = [
        p for p in kept.get("provenance", ()) if p.get("method") != "entered"
    ]  # citations repeat figures
    try:
        record_of(kept, where)
    except InputError:
        return secrets.of(plain)
    return kept


def _drop_files(parts: Parts, patterns: Sequence[str]) -> None:
    """Drop the files that are withheld or that no record names any more, and the records that cannot do without one."""
    named_before = {path for plain in parts.records.values() for path in _files_of(plain)}
    gone = {n for n in parts.files if any(fnmatch.fnmatch(n.rpartition("/")[2], p) for p in patterns)}
    for name, plain in list(parts.records.items()):
        if isinstance(plain.get("files"), list):
            plain["files"] = [f for f in plain["files"] if f.get("path") not in gone]
        if gone & set(_files_of(plain)):  # what is secret stood in the file; the record only named it
            del parts.records[name]
    named = {path for plain in parts.records.values() for path in _files_of(plain)}
    for file in [*gone, *(n for n in parts.files if n in named_before - named)]:
        parts.files.pop(file, None)


def _files_of(value: Any) -> Iterator[str]:
    """Paths of the data files that a record names."""
    if isinstance(value, dict):
        if "path" in value and "sha256" in value:
            yield value["path"]
        for inner in value.values():
            yield from _files_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _files_of(inner)


class _Secrets:
    """Numbers that were taken out, to be looked for in what is left."""

    def __init__(self) -> None:
        self._numbers: set[str] = set()

    def of(self, plain: Plain) -> None:
        """A whole record is withheld: remember its own fields' numbers. Returns None, the record that is left."""
        self.add(_content(plain))

    def add(self, value: Any) -> None:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                self.add(inner)
        elif isinstance(value, str) and _NUMBER.fullmatch(value):  # money is decimal text
            self.add(float(value))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._numbers |= {m for scale in _SCALES if (m := _mark(value * scale))}

    def refuse_in(self, parts: Parts) -> None:
        """Raise InputError where a number that was taken out stands in what is left."""
        texts = {f"{n}.json": json.dumps(_content(p)) for n, p in parts.records.items()}
        texts |= {n: content.decode("utf-8", "replace") for n, content in parts.files.items()}
        for name, text in texts.items():
            for match in _NUMBER.finditer(_NAMES.sub(" ", text)):
                if _mark(float(match[0])) in self._numbers:
                    raise InputError(
                        f"{name} holds a number that is withheld elsewhere; withhold that field, too, or leave the file out"
                    )


def _mark(value: float) -> str:
    """A number by seven significant digits; empty for one that is too plain to mean anything."""
    text = f"{abs(value):.6e}"
    return text if len(text.partition("e")[0].replace(".", "").rstrip("0")) >= _DIGITS else ""
