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


def read_value(value: "Value", steps: Path) -> float:
    """The number, with factor and divisor, from the folder of all steps. Raises InputError where the path leads nowhere."""
    found = _read(value.step, value.result, value.value, steps)
    if value.over is not None:
        by = value.over
        under = _read(by.step or value.step, by.result or value.result, by.value, steps)
        if under == 0.0:
            raise InputError(f"step '{value.step}': '{value.value}' is to be divided by '{by.value}', which is 0")
        found /= under
    return found * value.factor


def _read(step: str, result: str, path: str, steps: Path) -> float:
    return _number(_result(step, result, steps / step), path, f"step '{step}', result '{result}'")


def _result(step: str, result: str, folder: Path) -> Any:
    file = folder / "summary.json" if result == SUMMARY else folder / "results" / f"{result}.json"
    if not file.is_file():
        known = sorted([p.stem for p in (folder / "results").glob("*.json")] + [SUMMARY])
        near = difflib.get_close_matches(result, known, 1)
        hint = f"; did you mean '{near[0]}'?" if near else f"; it has {', '.join(known)}"
        raise InputError(f"step '{step}' left no result '{result}'{hint}")
    return json.loads(file.read_text(encoding="utf-8"))


def _number(data: Any, path: str, where: str) -> float:
    at = data
    for piece in path.split("."):
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
