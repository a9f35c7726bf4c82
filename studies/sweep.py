"""A sweep: one study flown many times, with some of its fields varied over values or ranges."""

import itertools
import re
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError, Flag, Module, Reference
from ..core.errors import InputError
from ..core.quantity import Ratio
from ..core.variant import value_at, with_fields
from .documents import Study

MOST_POINTS = 100_000
_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_RANGE = re.compile(rf"\s*(?P<low>{_NUMBER})\s*(?P<unit_low>[^\d.]*)\.\.\s*(?P<high>{_NUMBER})\s*(?P<unit>\D.*)?")

Value = Annotated[Flag | Ratio | str, Field(union_mode="left_to_right")]


class Axis(Document):
    """One thing that varies. fields: dotted paths in the study, all set to the same value; values, or range and count."""

    name: str = ""
    fields: tuple[str, ...] = Field(min_length=1)
    values: tuple[Value, ...] | None = Field(default=None, min_length=1)
    range: str | None = Field(default=None, description="'200..800 km': both ends are flown")
    count: Count | None = Field(default=None, description="how many values the range has")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.values is None) == (self.range is None):
            raise FieldError("values", "give either values, or range with count")
        if (self.range is None) != (self.count is None):
            raise FieldError("count", "range and count go together: how many values between its ends, both flown")
        if self.range is not None and self.count is not None:
            if not 2 <= self.count <= MOST_POINTS:
                raise FieldError("count", f"between 2 and {MOST_POINTS}: both ends of the range are flown")
            span(self.range, self.count)
        return self

    @property
    def label(self) -> str:
        """Its name, or the last part of its first field."""
        return self.name or self.fields[0].rsplit(".", 1)[-1].replace("_", " ")

    def points(self) -> tuple[Value, ...]:
        """The values as a file would have them."""
        if self.values is not None:
            return self.values
        assert self.range is not None and self.count is not None
        return span(self.range, self.count)


def span(text: str, count: int) -> tuple[Value, ...]:
    """``"200..800 km"`` in *count* even steps: ("200 km", …); numbers where there is no unit. Raises FieldError."""
    found = _RANGE.fullmatch(text)
    if found is None:
        raise FieldError("range", f"'{text}': a range is written '200..800 km'")
    low, high = float(found["low"]), float(found["high"])
    unit = (found["unit"] or "").strip()
    if found["unit_low"].strip() not in ("", unit):
        raise FieldError("range", f"'{text}': both ends in one unit, written once: '{low:g}..{high:g} {unit or 'km'}'")
    numbers = [float(f"{x:.12g}") for x in np.linspace(low, high, count)]
    return tuple(f"{_shortest(x)} {unit}" for x in numbers) if unit else tuple(numbers)


def _shortest(x: float) -> str:
    return str(int(x)) if x.is_integer() and abs(x) < 1e15 else repr(x)


Outcome = Literal[
    "payload", "lift-off mass", "lift-off mass per payload", "cost", "cost per kg", "largest acceleration"
]


class Goal(Document):
    """What a trade study seeks: the most or the least of an outcome. Costs are known of studies that say `size:`."""

    most: Outcome | None = None
    least: Outcome | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.most is None) == (self.least is None):
            raise FieldError("most", "give either 'most' or 'least' with an outcome: {least: lift-off mass}")
        return self

    @property
    def outcome(self) -> Outcome:
        """Of which."""
        found = self.most or self.least
        assert found is not None
        return found


class Sweep(Module, schema="osea/sweep/v1"):
    """Every combination of the axes' values is flown; the first axis is the one that figures are drawn over.

    A study that says `size:` is sized for each combination. goals: what is best is said against them (Pareto's front); left out,
    the most payload and the least lift-off mass, as far as they vary.
    """

    study: Reference[Study]
    vary: tuple[Axis, ...] = Field(min_length=1, max_length=6)
    goals: tuple[Goal, ...] = Field(
        default=(Goal(most="payload"), Goal(least="lift-off mass")), min_length=1, max_length=4
    )

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        seen: set[str] = set()
        for i, axis in enumerate(self.vary):
            for j, field in enumerate(axis.fields):
                if field in seen:
                    raise FieldError(f"vary.{i}.fields.{j}", f"'{field}' is varied twice")
                seen.add(field)
        if self.size > MOST_POINTS:
            raise FieldError("vary", f"{self.size} flights; at most {MOST_POINTS}")
        return self

    @property
    def size(self) -> int:
        """How many flights."""
        return int(np.prod([len(axis.points()) for axis in self.vary]))

    @property
    def labels(self) -> tuple[str, ...]:
        """Of the axes; where two without names would be called the same, by where their fields stand: 'stages 0 dry mass'."""
        found = [axis.label for axis in self.vary]
        return tuple(
            " ".join(axis.fields[0].split(".")[-3:]).replace("_", " ")
            if found.count(label) > 1 and not axis.name
            else label
            for axis, label in zip(self.vary, found, strict=True)
        )

    def combinations(self) -> list[tuple[Value, ...]]:
        """The axes' values of every flight, the last axis changing fastest."""
        return list(itertools.product(*(axis.points() for axis in self.vary)))

    def variant(self, values: tuple[Value, ...]) -> Study:
        """The study with those values. Raises InputError for a field that is not there or a value that it refuses."""
        changes = {f: v for axis, v in zip(self.vary, values, strict=True) for f in axis.fields}
        return with_fields(self.study, changes)

    def require_fields(self) -> None:
        """Raise InputError, naming the axis, when a field is not there or refuses each of the axis's values."""
        middle = tuple(axis.points()[0] for axis in self.vary)
        for i, axis in enumerate(self.vary):
            for field in axis.fields:
                _require_path(self.study, field, self.where(f"vary.{i}.fields"))
            refusals = []
            for value in axis.points():
                try:
                    self.variant((*middle[:i], value, *middle[i + 1 :]))
                except InputError as error:
                    refusals.append(error)
            if len(refusals) == len(axis.points()):
                raise InputError(f"'{axis.label}': {refusals[0].message}", where=self.where(f"vary.{i}"))


def _require_path(study: Study, field: str, where: str) -> None:
    try:
        value_at(study, field)
    except InputError as error:
        raise InputError(error.message, where=where) from None


def axis_of(text: str) -> Axis:
    """An axis from a command line: ``FIELD[,FIELD]=200..800 km:7`` or ``FIELD=28.5 deg;51.6 deg``. Raises InputError."""
    fields, equals, values = text.partition("=")
    names = tuple(f.strip() for f in fields.split(",") if f.strip())
    if not equals or not names or not values.strip():
        raise InputError(f"'{text}': write FIELD=200..800 km:7, or FIELD=VALUE;VALUE (several fields: FIELD,FIELD=…)")
    try:
        if ".." in values:
            given, _, count = values.rpartition(":")
            if not count.strip().isdigit():
                raise InputError(f"'{text}': how many values? write '{values.strip()}:7'")
            return Axis(fields=names, range=given.strip(), count=int(count))
        return Axis(fields=names, values=tuple(_plain(v.strip()) for v in values.split(";") if v.strip()))
    except ValueError as error:  # pydantic's own included
        problems = error.errors(include_url=False) if hasattr(error, "errors") else []  # type: ignore[attr-defined]
        texts = [str(e.get("ctx", {}).get("error", e["msg"])) for e in problems] or [str(error)]
        raise InputError(f"'{text}': {'; '.join(texts)}") from None


def _plain(text: str) -> Value:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text
