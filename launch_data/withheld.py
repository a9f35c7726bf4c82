"""What is withheld taken out of a record's plain data; what the server and packages share."""

from collections.abc import Sequence
from typing import Any


def take_out(place: Any, steps: Sequence[str]) -> list[Any]:
    """Take out what stands under a path, and return it; `*` is every element of a list. Nothing there is no fault."""
    first, *rest = steps
    if isinstance(place, list):
        chosen = (
            range(len(place)) if first == "*" else [int(first)] if first.isdigit() and int(first) < len(place) else []
        )
        if not rest:
            return [place.pop(i) for i in reversed(chosen)]
        return [value for i in chosen for value in take_out(place[i], rest)]
    if not isinstance(place, dict) or first not in place:
        return []
    return take_out(place[first], rest) if rest else [place.pop(first)]
