"""What changed between two revisions, or two packages: in a user's words, and as data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from ..core.errors import InputError
from ..core.time import SECOND
from ..core.wire import instant_of, parse_json
from .packaging.package import MANIFEST
from .packaging.revisions import record_paths
from .protocol.kinds import read_record, to_plain
from .signed import read_bounded

Plain = dict[str, Any]
Answer = tuple[dict[str, Any], str]
_OF_THE_ISSUE = ("revision", "supersedes", "issued_at", "provenance", "schema", "id", "protocol")
_IDENTITIES = ("number", "name", "type", "path", "order", "serial", "id")  # by which items of a list are the same
_VECTORS = {"position_m": "m", "velocity_m_s": "m/s"}
_UNITS = {
    "m_s2": "m/s²", "m_s": "m/s", "deg_s": "deg/s", "kg_m2": "kg m²", "W_m2": "W/m²", "Pa_s": "Pa/s", "kg": "kg", "deg": "deg",
    "Pa": "Pa", "hz": "Hz", "m": "m", "s": "s", "N": "N", "K": "K",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One thing that is not as it was: path within the record, both values (None: not there), and a sentence's end."""

    path: str
    before: Any
    after: Any
    words: str


def run_diff(before: Path, after: Path) -> Answer:
    """Compare two records, two packages, or two folders or JSON-lines files of records."""
    old, new = newest(before), newest(after)
    if len(old) == len(new) == 1 and not old.keys() & new.keys():
        raise InputError(f"the two are different things: {next(iter(old))} and {next(iter(new))}")
    rows: list[Plain] = []
    lines: list[str] = []
    for row, words in differences(old, new):
        rows.append(row)
        lines += words
    data = {"status": "done", "same": not rows, "records": rows}
    return data, "\n".join(lines) or "nothing changed"


def differences(old: Mapping[str, Plain], new: Mapping[str, Plain]) -> Iterator[tuple[Plain, list[str]]]:
    """(as data, lines for people) of every record, by its identifier, that is new, gone or changed."""
    for identifier in [*old, *(i for i in new if i not in old)]:
        a, b = old.get(identifier), new.get(identifier)
        row: Plain = {"id": identifier, "kind": kind_of(a or b or {})}
        if a is None or b is None:
            row["change"] = "added" if a is None else "removed"
            yield row, [f"{row['change']:<9}{title(a or b or {})}"]
            continue
        found = changes(a, b)
        if not found and a.get("revision") == b.get("revision"):
            continue
        row |= {
            "change": "changed" if found else "issued again",
            "revision": [a.get("revision"), b.get("revision")],
            "fields": [{"path": c.path, "before": c.before, "after": c.after, "words": c.words} for c in found],
        }
        head = f"{row['change']:<9}{title(b)}, revision {a.get('revision')} to {b.get('revision')}"
        yield row, [head, *(f"           {c.path}: {c.words}" for c in found)]


def changes(before: Plain, after: Plain) -> list[Change]:
    """What a revision says otherwise than the one before; who issued it when is no change."""
    kept = [{k: v for k, v in p.items() if k not in _OF_THE_ISSUE} for p in (before, after)]
    return list(_walk(kept[0], kept[1], ""))


def newest(path: Path) -> dict[str, Plain]:
    """The newest revision of each record of a file, a JSON-lines file, a package or a folder. Raises InputError."""
    found: dict[str, Plain] = {}
    for plain in _records(path):
        if plain["id"] not in found or found[plain["id"]]["revision"] <= plain["revision"]:
            found[plain["id"]] = plain
    if not found:
        raise InputError(f"'{path}' holds no records")
    return found


def title(plain: Plain) -> str:
    """`launch 'Demo'`."""
    name = (
        plain.get("name") or plain.get("serial") or plain.get("body") or plain.get("object_name") or plain.get("title")
    )
    named = f" '{name}'" if name else f" {plain.get('id', '')}"
    kind = f" for {plain['kind']}" if kind_of(plain) == "hazard-area" and "kind" in plain else ""
    return f"{kind_of(plain)}{named}{kind}"


def kind_of(plain: Plain) -> str:
    """`launch`."""
    parts = str(plain.get("schema", "")).split("/")
    return parts[2] if len(parts) > 2 else "record"


def _records(path: Path) -> Iterator[Plain]:
    if path.is_dir():
        package = (path / MANIFEST).is_file()
        files = (
            [path / p for p in record_paths(path)] if package else sorted([*path.glob("*.json"), *path.glob("*.jsonl")])
        )
        for file in files:
            if file.suffix == ".jsonl" or package or _is_record(file):
                yield from _records(file)
    elif path.suffix == ".jsonl":
        for number, line in enumerate(read_bounded(path).splitlines(), 1):
            yield to_plain(read_record(line, f"{path}:{number}"))
    else:
        yield to_plain(read_record(read_bounded(path), str(path)))


def _is_record(file: Path) -> bool:
    """Folders hold other JSON beside records: an import's summary, a window's."""
    plain = parse_json(read_bounded(file), str(file))
    return isinstance(plain, dict) and str(plain.get("schema", "")).startswith("osea/launch-data/")


def _walk(a: Any, b: Any, path: str) -> Iterator[Change]:
    if a == b and type(a) is type(b):
        return
    name = path.rpartition("/")[2]
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(k for k in b if k not in a)]:
            yield from _walk(a.get(key), b.get(key), f"{path}/{key}" if path else key)
    elif isinstance(a, list) and isinstance(b, list) and name in _VECTORS and len(a) == len(b) == 3:
        moved = sqrt(sum((x - y) ** 2 for x, y in zip(a, b, strict=True)))
        yield Change(path, a, b, f"moved by {_number(moved)} {_VECTORS[name]}")
    elif isinstance(a, list) and isinstance(b, list) and a and b and all(isinstance(v, dict) for v in [*a, *b]):
        first, second = _by_identity(a), _by_identity(b)
        for key in [*first, *(k for k in second if k not in first)]:
            yield from _walk(first.get(key), second.get(key), f"{path}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and not any(isinstance(v, dict | list) for v in [*a, *b]):
        gone, come = [v for v in a if v not in b], [v for v in b if v not in a]
        told = [f"without {_show(v)}" for v in gone] + [f"with {_show(v)}" for v in come]
        yield Change(path, a, b, ", ".join(told[:8]) or "in another order")
    else:
        yield Change(path, a, b, _words(a, b, name))


def _by_identity(items: list[Plain]) -> dict[str, Plain]:
    """Items of a list under what tells them apart, else under their place."""
    for key in _IDENTITIES:
        values = [str(i.get(key)) if i.get(key) is not None else None for i in items]
        if None not in values and len(set(values)) == len(values):
            return dict(zip([str(v) for v in values], items, strict=True))
    return {str(n): item for n, item in enumerate(items)}


def _words(a: Any, b: Any, name: str) -> str:
    if a is None:
        return f"now {_show(b, name)}"
    if b is None:
        return f"no longer stated (was {_show(a, name)})"
    if name == "sha256":
        return "another file"
    if _numeric(a) and _numeric(b):
        share = f", {100.0 * (b - a) / abs(a):+.3g} %" if a else ""
        return f"{_show(a, name)} to {_show(b, name)} ({_number(b - a, '+')}{share})"
    if isinstance(a, str) and isinstance(b, str) and _is_time(a) and _is_time(b):
        apart = instant_of(b) - instant_of(a)
        return f"{'later' if apart > 0 else 'earlier'} by {_span(abs(apart))}: {a} to {b}"
    return f"{_show(a, name)} to {_show(b, name)}"


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_time(text: str) -> bool:
    try:
        instant_of(text)
    except InputError:
        return False
    return "T" in text


def _span(nanoseconds: int) -> str:
    """`1 d 2 h 3 min 4 s`, without what is nothing."""
    whole, rest = divmod(nanoseconds, SECOND)
    parts = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min")]
    seconds = whole % 60 + rest / SECOND
    told = [f"{n} {unit}" for n, unit in parts if n] + ([f"{seconds:.9g} s"] if seconds else [])
    return " ".join(told) or "nothing"


def _show(value: Any, name: str = "") -> str:
    if _numeric(value):
        unit = next((u for suffix, u in _UNITS.items() if name.endswith(f"_{suffix}")), "")
        return f"{_number(value)} {unit}".strip()
    text = value if isinstance(value, str) else str(value)
    return f"'{text[:77]}…'" if len(text) > 80 else f"'{text}'" if isinstance(value, str) else text


def _number(value: float, sign: str = "") -> str:
    return f"{value:{sign},.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:{sign}.7g}"
