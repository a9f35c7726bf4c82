"""One example of every kind of record, all of one launch; the rules' failing examples are changes of these."""

import copy
import json
from functools import cache
from importlib.resources import files
from typing import Any

Plain = dict[str, Any]


@cache
def _text() -> str:
    return files(__name__.rpartition(".")[0]).joinpath("data", "examples.json").read_text(encoding="utf-8")


def examples() -> dict[str, Plain]:
    """Kind (`launch`) and record, as plain data, fresh in every call."""
    return json.loads(_text())


def changed(records: dict[str, Plain], change: dict[str, Any]) -> dict[str, Plain]:
    """Records with changes {"launch/t0/value": value}; the value DELETE takes a field away."""
    found = copy.deepcopy(records)
    for path, value in change.items():
        kind, *steps, last = path.split("/")
        place: Any = found[kind]
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        if isinstance(place, list):
            place[int(last)] = value
        elif value is DELETE:
            place.pop(last, None)
        else:
            place[last] = value
    return found


class _Delete:
    """The value that takes a field away."""


DELETE = _Delete()
