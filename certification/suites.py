"""The suites as data: numbered requirements, each at a level and traced to its sentence in the standard."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field

from ..core.documents import Document, load_document
from ..core.findings import Severity
from ..core.standard import requirement as of_standard

Level = Literal["bronze", "silver", "gold", "platinum"]
LEVELS: tuple[Level, ...] = get_args(Level)
Number = Annotated[str, Field(pattern=r"^OSEA-CERT-[A-Z]{3}-[0-9]{3}$")]


class Requirement(Document):
    """One requirement of a suite.

    traces: the number in the standard (OSEA-V-014), or the demand of a conformance class (C3-1); quote: words of that sentence.
    program: what looks at it. applies: the condition that the subject must fill for it to apply. Of the program `findings`:
    rules, by name or with * for any text; worst: the gravest severity that holds; silent: what it means that none of them
    spoke. Of `stated`: fields; missing: the verdict where one is left out. class_: of faults.
    """

    number: Number
    level: Level
    traces: str
    quote: str = Field(min_length=3)
    asks: str = Field(min_length=10)
    program: str
    applies: str = "always"
    rules: tuple[str, ...] = ()
    worst: Severity = Severity.OK
    silent: Literal["holds", "unknown"] = "unknown"
    fields: tuple[str, ...] = ()
    missing: Literal["fails", "unknown"] = "fails"
    class_: str = Field(default="", alias="class")


class Suite(Document):
    """All requirements on one kind of thing. of: what that is."""

    code: str = Field(pattern=r"^[A-Z]{3}$")
    name: str
    of: str
    requirements: tuple[Requirement, ...] = Field(min_length=1)

    @property
    def ceiling(self) -> Level:
        """The highest level that it has requirements of, and can give."""
        return LEVELS[max(LEVELS.index(r.level) for r in self.requirements)]


@cache
def suites() -> dict[str, Suite]:
    """All suites by their code."""
    folder = Path(str(files(__name__.rpartition(".")[0]).joinpath("data", "suites")))
    found = [load_document(Suite, file) for file in sorted(folder.glob("*.yaml"))]
    return {suite.code: suite for suite in found}


def sentence(traces: str) -> str:
    """The sentence of the standard that a requirement traces to. Raises KeyError for a number that it does not have."""
    if traces.startswith("OSEA-"):
        return of_standard(traces).text
    return _demands()[traces]


@cache
def _demands() -> dict[str, str]:
    text = files(__name__.partition(".")[0]).joinpath("launch_data", "conformance", "data", "classes.json")
    classes = json.loads(text.read_text(encoding="utf-8"))
    return {code: english for one in classes.values() for code, english, _ in one["demands"]}
