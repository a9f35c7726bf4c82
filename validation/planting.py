"""What every planting of faults shares: the frozen list of operators, putting a fault into plain data, and the score."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import Field

from ..core.documents import Document, Flag, load_document
from .comparison import Comparison

DATA = Path(str(files(__name__.rpartition(".")[0]) / "data"))
GONE = object()  # in place of a value: the field is left out


class Operator(Document):
    """One way to spoil a field. refused: the document no longer loads. counted: false for the harmless direction."""

    name: str
    on: str
    what: str
    refused: Flag = False
    counted: Flag = True


class Operators(Document):
    """The frozen list."""

    frozen: str
    operators: tuple[Operator, ...] = Field(min_length=1)

    @property
    def names(self) -> set[str]:
        """Names of all operators."""
        return {o.name for o in self.operators}


@dataclass(frozen=True)
class Score:
    """planted, found: numbers of faults; survivors: names of those not found; false_errors: on what is sound."""

    planted: int
    found: int
    survivors: tuple[str, ...]
    false_errors: tuple[str, ...]
    unused_operators: tuple[str, ...]


def operators(file: str) -> Operators:
    """The frozen list in a data file."""
    return load_document(Operators, DATA / file)


def put(data: Any, path: tuple[Any, ...], value: Any) -> None:
    """Set what stands at *path* in plain data, or take it out when the value is GONE."""
    *way, last = path
    for step in way:
        data = data[step]
    if isinstance(data, tuple):
        raise TypeError("a path ends in a field")
    if value is GONE:
        del data[last]
    else:
        data[last] = value


def with_put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """As `put`, in a copy that shares with *data* all that lies off the path."""
    step, *way = path
    if not way:
        if isinstance(data, tuple):
            raise TypeError("a path ends in a field")
        return {k: v for k, v in data.items() if k != step} if value is GONE else {**data, step: value}
    inner = with_put(data[step], tuple(way), value)
    if isinstance(data, dict):
        return {**data, step: inner}
    return type(data)((*data[:step], inner, *data[step + 1 :]))


def words_of(annotation: Any) -> tuple[Any, ...]:
    """The choices of a field that has a fixed list of them, else none; marks and None around the list do not matter."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    inner = get_args(annotation) if get_origin(annotation) in (Annotated, Union, UnionType) else ()
    return next((words for a in inner if (words := words_of(a))), ())


def other_words(value: Any, annotation: Any) -> Iterator[tuple[str, Any]]:
    """Each other word of the fixed list."""
    for word in words_of(annotation):
        if word != value:
            yield "other_word", word


def rows(group: str, quantities: tuple[str, str], score: Score, note: str) -> list[Comparison]:
    """Two comparisons with bounds of our own: the share missed, at most 5 %; false alarms, none."""
    missed = (score.planted - score.found) / score.planted
    common: dict[str, Any] = {"group": group, "source": "own bound", "grade": "estimate", "kind": "at most"}
    return [
        Comparison(quantity=quantities[0], unit="%", published=5.0, ours=100 * missed, digits=2, note=note, **common),
        Comparison(quantity=quantities[1], unit="", published=0.0, ours=float(len(score.false_errors)), **common),
    ]
