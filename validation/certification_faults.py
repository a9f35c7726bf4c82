"""The operators of the certification list on plain documents and on logs, applied to every place that their paths fit."""

import hashlib
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_QUANTITY = re.compile(r"^(-?[0-9][0-9.]*(?:e-?[0-9]+)?(?: *\.\. *-?[0-9][0-9.]*)?) *([A-Za-z%µ°].*)$")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")


@dataclass(frozen=True)
class Fault:
    """A spoilt copy, and where it is spoilt."""

    place: str
    data: Any


def edits(operator: Any, data: Any) -> Iterator[Fault]:
    """One fault for each place of the document that the operator's paths fit and change."""
    for pattern in operator.at:
        for path in list(places(data, pattern.split("."))):
            spoilt = deepcopy(data)
            if _edit(operator, spoilt, path) and spoilt != data:
                yield Fault(".".join(map(str, path)), spoilt)


def places(data: Any, pattern: list[str]) -> Iterator[tuple[str | int, ...]]:
    """Every path of keys and numbers that fits; * is any of them."""
    if not pattern:
        yield ()
        return
    first, *rest = pattern
    keys: list[str | int] = []
    branches: Any = data
    if isinstance(data, dict):
        keys = list(data) if first == "*" else [first] if first in data else []
    elif isinstance(data, list):
        keys = (
            list(range(len(data)))
            if first == "*"
            else [int(first)]
            if first.isdigit() and int(first) < len(data)
            else []
        )
    for key in keys:
        for path in places(branches[key], rest):
            yield key, *path


def _edit(operator: Any, data: Any, path: tuple[str | int, ...]) -> bool:
    """Change the place; False where the operator does not fit it."""
    holder: Any = data
    for step in path[:-1]:
        holder = holder[step]
    last: Any = path[-1]
    value = holder[last]
    match operator.do:
        case "delete":
            del holder[last]
        case "set":
            holder[last] = deepcopy(operator.with_)
        case "misspell":
            holder[f"{last}x"] = holder.pop(last)
        case "rename":
            holder[last] = f"{value}-mutant"
        case "add":
            holder[last] = value + operator.by
        case "bare":
            quantity = _QUANTITY.match(value) if isinstance(value, str) else None
            if quantity is None:
                return False
            holder[last] = quantity[1]
        case "scale":
            if isinstance(value, str):
                holder[last] = _NUMBER.sub(lambda n: f"{float(n[0]) * float(operator.by):.9g}", value)
            else:
                holder[last] = value * operator.by
        case "copy_next":
            return _copy_next(data, path)
        case _:
            raise ValueError(f"no operator '{operator.do}'")
    return True


def _copy_next(data: Any, path: tuple[str | int, ...]) -> bool:
    """The value that the same field has in the next item that has it."""
    at = max(i for i, step in enumerate(path) if isinstance(step, int))
    items: Any = data
    for step in path[:at]:
        items = items[step]
    index, rest = int(path[at]), path[at + 1 :]

    def value_in(item: Any) -> Any:
        for step in rest:
            if not isinstance(item, dict) or step not in item:
                return None
            item = item[step]
        return item

    others = [v for k in range(1, len(items)) if (v := value_in(items[(index + k) % len(items)])) is not None]
    if not others:
        return False
    holder = items[index]
    for step in rest[:-1]:
        holder = holder[step]
    holder[rest[-1]] = others[0]
    return True


def line_faults(operator: Any, octets: bytes) -> Iterator[Fault]:
    """A log's text spoilt, line by line."""
    lines = octets.split(b"\n")[:-1]
    for i, line in enumerate(lines):
        new = list(lines)
        match operator.do:
            case "drop":
                del new[i]
            case "double":
                new.insert(i, line)
            case "swap":
                if i + 1 == len(lines):
                    continue
                new[i], new[i + 1] = new[i + 1], new[i]
            case "cut":
                new[i] = line[: len(line) // 2]
            case "change":
                at = next(k for k in range(len(line) // 2, len(line)) if chr(line[k]).isalnum())
                new[i] = line[:at] + (b"7" if line[at : at + 1] != b"7" else b"8") + line[at + 1 :]
            case _:
                raise ValueError(f"no operator '{operator.do}'")
        yield Fault(f"line {i + 1}", b"\n".join(new) + b"\n")


def record_faults(operator: Any, octets: bytes) -> Iterator[Fault]:
    """A log whose records say something else, its chain made anew: as its owner could write it."""
    records = [json.loads(line) for line in octets.split(b"\n") if line]
    if operator.do == "drop":
        for i, record in enumerate(records):
            if record["schema"] == operator.of:
                yield Fault(f"record {i + 1}", _chained(records[:i] + records[i + 1 :]))
        return
    for i, record in enumerate(records):
        for fault in edits(operator, record):
            yield Fault(f"record {i + 1} {fault.place}", _chained([*records[:i], fault.data, *records[i + 1 :]]))


def _chained(records: list[dict[str, Any]]) -> bytes:
    lines: list[bytes] = []
    newest: dict[str, str] = {}
    before = None
    for record in deepcopy(records):
        record.pop("previous", None)
        if before is not None:
            record["previous"] = before
        if "supersedes" in record and record["id"] in newest:
            record["supersedes"]["sha256"] = newest[record["id"]]
        line = json.dumps(record, ensure_ascii=False).encode()
        before = newest[record["id"]] = hashlib.sha256(line).hexdigest()
        lines.append(line)
    return b"\n".join(lines) + b"\n"
