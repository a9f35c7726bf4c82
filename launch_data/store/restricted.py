"""Fields that only the issuer may read (`access.redacted_fields`), all that tells them, and a record without both."""

import copy
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from ...core.errors import InputError
from ..protocol import kinds
from ..withheld import take_out

_ENVELOPE = ("schema", "id", "revision", "issuer", "issued_at", "status", "access", "protocol", "crit")
_SHORTEST = 4  # characters: shorter texts and numbers stand everywhere by chance


def hidden_paths(plain: dict[str, Any]) -> frozenset[str]:
    """Paths (`touchdown/position`) that are taken out for everybody but the issuer: those named, and what tells them."""
    named = plain.get("access", {}).get("redacted_fields", ())
    hidden = {path.strip("/") for path in named}
    groups = _derived().get(str(plain["schema"]).split("/")[2], ())
    while more := {p for first, *others in groups for p in others if first in hidden} - hidden:
        hidden |= more
    return frozenset(hidden)


def open_copy(plain: dict[str, Any], where: str) -> dict[str, Any] | None:
    """The record as everybody may read it; None where nothing is restricted.

    Raises InputError where a record without the field would be none (restrict the whole record then), and where a restricted
    value stands in another field as well.
    """
    hidden = hidden_paths(plain)
    if not hidden:
        return None
    if wrong := sorted(p for p in hidden if p.split("/")[0] in _ENVELOPE):
        raise InputError(f"{wrong[0]} is of the envelope, which cannot be restricted; restrict the record", where=where)
    kept = copy.deepcopy(plain)
    taken = [value for path in sorted(hidden) for value in take_out(kept, path.split("/"))]
    kept["access"] = {**kept["access"], "redacted_fields": sorted(hidden)}
    try:
        kinds.record_of(kept, where)
    except InputError as error:
        reason = error.message.splitlines()[0]
        raise InputError(
            f"without {', '.join(sorted(hidden))} this is no record ({reason}); restrict the whole record instead",
            where=where,
        ) from None
    secrets = {text for value in taken for text in _texts(value) if len(text.strip("-.0")) >= _SHORTEST}
    for path, text in leaves({k: v for k, v in kept.items() if k not in _ENVELOPE}):
        if secret := next((s for s in secrets if s in text), None):
            del secret  # it is not said again
            raise InputError(
                f"{path} repeats a value that access.redacted_fields restricts; restrict it, too", where=where
            )
    return kept


@cache
def _derived() -> dict[str, Any]:
    package = kinds.__name__.rpartition(".")[0]
    return json.loads(files(package).joinpath("data", "derived.json").read_text(encoding="utf-8"))


def _texts(value: Any) -> Iterator[str]:
    return (text for _, text in leaves(value))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text and number within plain data."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}/{name}" if path else name)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from leaves(inner, f"{path}/{i}")
    elif isinstance(value, str):
        yield path, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, f"{value:.15g}"
