"""What a class demands, and what became of each demand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ...core.errors import InputError


class Outcome(StrEnum):
    """HOLDS and FAILS are looked at and seen; UNKNOWN is neither, and never taken for the first."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Demand:
    """One sentence of a class, in both languages."""

    code: str
    text: str
    text_zh: str


@dataclass(frozen=True)
class ConformanceClass:
    """A class, the classes that it builds on, and the level of certificates that it belongs to."""

    code: str
    name: str
    name_zh: str
    needs: tuple[str, ...]
    level: str
    demands: tuple[Demand, ...]


@dataclass(frozen=True)
class Answer:
    """What became of a demand, and by what it is seen: the first few places, or what was counted."""

    demand: Demand
    outcome: Outcome
    evidence: str


@cache
def classes() -> dict[str, ConformanceClass]:
    """All of them, by code."""
    text = files(__package__ or "").joinpath("data", "classes.json").read_text(encoding="utf-8")
    return {
        code: ConformanceClass(
            code, c["name"], c["name_zh"], tuple(c["needs"]), c["levels"], tuple(Demand(*d) for d in c["demands"])
        )
        for code, c in json.loads(text).items()
    }


def with_needed(codes: Sequence[str]) -> tuple[str, ...]:
    """The classes asked for and those that they build on, in order. Raises InputError for a code that is none."""
    known = classes()
    if wrong := [c for c in codes if c not in known]:
        raise InputError(f"{wrong[0]!r} is no conformance class; there are {', '.join(known)}")
    found: set[str] = set()
    todo = list(codes)
    while todo:
        code = todo.pop()
        found.add(code)
        todo += [n for n in known[code].needs if n not in found]
    return tuple(sorted(found))
