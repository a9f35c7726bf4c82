"""A number in what a step left behind, found by its dotted path."""

import difflib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import InputError

if TYPE_CHECKING:
    from .document import Value

SUMMARY = "summary"


def pieces(path: str) -> tuple[str, ...]:
    """The parts of a dotted path."""
    return tuple(path.split("."))


def read_value(value: "Value", folder: Path) -> float:
    """The number, with factor and divisor, from a step's folder. Raises InputError where the path leads nowhere."""
    data = _result(value, folder)
    where = f"step '{value.step}', result '{value.result}'"
    found = _number(data, value.value, where)
    if value.over is not None:
        found /= _number(data, value.over, where)
    return found * value.factor


def _result(value: "Value", folder: Path) -> Any:
    file = folder / "summary.json" if value.result == SUMMARY else folder / "results" / f"{value.result}.json"
    if not file.is_file():
        known = sorted([p.stem for p in (folder / "results").glob("*.json")] + [SUMMARY])
        near = difflib.get_close_matches(value.result, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(known)}"
        raise InputError(f"step '{value.step}' left no result '{value.result}'{hint}")
    return json.loads(file.read_text(encoding="utf-8"))


def _number(data: Any, path: str, where: str) -> float:
    at = data
    for piece in pieces(path):
        if isinstance(at, dict) and piece in at:
            at = at[piece]
        elif isinstance(at, list):
            at = _item(at, piece, where)
        else:
            known = list(at) if isinstance(at, dict) else []
            near = difflib.get_close_matches(piece, known, 1)
            hint = f"; did you mean '{near[0]}'?" if near else f"; there are {', '.join(known[:12])}" if known else ""
            raise InputError(f"{where}: there is no '{piece}' of '{path}'{hint}")
    if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
        raise InputError(f"{where}: '{path}' is {'nothing' if at is None else 'no number'}")
    return float(at)


def _item(items: list[Any], piece: str, where: str) -> Any:
    if piece.removeprefix("-").isdigit():
        if -len(items) <= int(piece) < len(items):
            return items[int(piece)]
        raise InputError(f"{where}: no item {piece} among {len(items)}, counted from 0")
    named = [item for item in items if isinstance(item, dict) and item.get("name") == piece]
    if len(named) == 1:
        return named[0]
    names = ", ".join(str(item.get("name")) for item in items if isinstance(item, dict) and "name" in item)
    raise InputError(f"{where}: no single item is called '{piece}'; there are {names or 'none with a name'}")
