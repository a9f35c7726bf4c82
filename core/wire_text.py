"""Changing a record's text without touching the rest: every byte that is not of a changed field stays as it was.

Parsing and writing again would keep what unknown fields mean, and not how they are written (1.10, 1E3, "\\u00e9", blanks, order):
signatures over extensions, and readers that compare texts, want the bytes.
"""

import json
from collections.abc import Mapping
from typing import Any

from .errors import InputError
from .wire import parse_json

_BLANK = " \t\r\n"
_DECODER = json.JSONDecoder()


def revised(data: bytes, changes: Mapping[str, Any], where: str = "") -> bytes:
    """The JSON object with new values under top-level names; names that are not there are added at its end.

    Raises InputError for what is no JSON object (see `parse_json`).
    """
    if not isinstance(parse_json(data, where), dict):
        raise InputError("a record is a JSON object", where=where or None)
    text = data.decode("utf-8")
    places, end, empty = _members(text)
    pieces: list[str] = []
    at = 0
    for name, (start, stop) in places.items():
        if name in changes:
            pieces += [text[at:start], _written(changes[name])]
            at = stop
    pieces.append(text[at:end])
    for name in changes:
        if name not in places:
            pieces += ["" if empty else ",", f"{_written(name)}: {_written(changes[name])}"]
            empty = False
    return "".join([*pieces, text[end:]]).encode("utf-8")


def member_text(data: bytes, name: str, where: str = "") -> bytes | None:
    """The bytes of a top-level value as they stand; None where there is none."""
    if not isinstance(parse_json(data, where), dict):
        raise InputError("a record is a JSON object", where=where or None)
    text = data.decode("utf-8")
    place = _members(text)[0].get(name)
    return None if place is None else text[place[0] : place[1]].encode("utf-8")


def _members(text: str) -> tuple[dict[str, tuple[int, int]], int, bool]:
    """(name: where its value starts and stops, place after the last member, whether there is none) of a JSON object."""
    places: dict[str, tuple[int, int]] = {}
    at = _skip(text, text.index("{") + 1)
    end = at
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)  # past the colon
        _, end = _DECODER.raw_decode(text, start)
        places[name] = start, end
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return places, end, not places


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANK:
        at += 1
    return at


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
