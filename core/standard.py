"""The requirements of the standard by their numbers, as its pages say them: what certification traces its tests to."""

import importlib.resources
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["en", "zh"]
_REQUIREMENT = re.compile(r"\*\*(OSEA-([A-Z])-([0-9]{3}))\*\* (.+?)(?: \[`([^`]+)`\])?")


@dataclass(frozen=True)
class Requirement:
    """One numbered sentence. part: the letter of its page; rule: of the check that looks at it, None where people do."""

    number: str
    part: str
    text: str
    rule: str | None
    page: Path


def pages(language: Language = "en") -> tuple[Path, ...]:
    """The standard's pages in a language, by name."""
    root = Path(str(importlib.resources.files(__name__.partition(".")[0]))) / "standard" / language
    return tuple(sorted(root.glob("*.md")))


@cache
def requirements(language: Language = "en") -> tuple[Requirement, ...]:
    """Every requirement in a language, page by page, in the order of the pages' text."""
    found = []
    for page in pages(language):
        for paragraph in page.read_text(encoding="utf-8").split("\n\n"):
            match = _REQUIREMENT.fullmatch(" ".join(paragraph.split()))
            if match:
                found.append(Requirement(match[1], match[2], match[4], match[5], page))
    return tuple(found)


def requirement(number: str, language: Language = "en") -> Requirement:
    """One requirement by its number. Raises KeyError for a number that the standard does not have."""
    for one in requirements(language):
        if one.number == number:
            return one
    raise KeyError(f"the standard has no requirement {number}")
