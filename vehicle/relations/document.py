"""A family of mass-estimating relations as a document: the source's coefficients in the source's units, range and scatter."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ...core.documents import Document, FieldError, Grade, Module
from ...core.quantity import factor, ratio

Number = Annotated[float, ratio()]
Kind = Literal[
    "tank", "insulation", "pressurant tank", "thrust structure", "gimbal", "solid case", "shell", "intertank", "interstage",
    "avionics", "power", "wiring", "landing gear", "thermal protection", "inert stage", "adapter",
]  # fmt: skip

INPUTS = {
    "volume": "m^3", "propellant_mass": "kg", "thrust": "N", "area": "m^2", "chamber_pressure": "Pa", "gross_mass": "kg",
    "dry_mass": "kg", "landed_mass": "kg", "length": "m", "diameter": "m", "pressure": "Pa", "axial_load": "1",
    "dynamic_pressure": "Pa", "engine_count": "1", "engine_mass": "kg", "avionics_mass": "kg", "redundancy": "1",
    "technology": "1", "payload_mass": "kg",
}  # fmt: skip
"""What a relation may ask for, and the SI unit in which it is told."""


class Input(Document):
    """One quantity that a relation asks for. unit: the source's; lower, upper: of the source's data, in that unit."""

    name: str
    unit: str
    lower: Number | None = None
    upper: Number | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.name not in INPUTS:
            raise FieldError("name", f"'{self.name}' is not an input; known: {', '.join(INPUTS)}")
        try:
            factor(self.unit, INPUTS[self.name])
        except PydanticCustomError as error:
            raise FieldError("unit", error.message()) from None
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise FieldError("upper", "the range is empty; swap or correct its ends")
        return self

    @cached_property
    def scale(self) -> float:
        """SI value of one of the source's units."""
        return float(factor(self.unit, INPUTS[self.name])[0])


class Power(Document):
    """An input to a power."""

    input: str
    power: Number = 1.0


class Term(Document):
    """A number times inputs to powers."""

    times: Number
    of: tuple[Power, ...] = ()


class Relation(Document):
    """mass = product of sums of terms, in the source's units; result_unit: of the mass.

    classes: what it holds for (``hydrogen``, ``oxygen and storable``; empty: anything). place: chapter, table or page of the
    source. scatter: relative, one standard deviation, and whence it is. errors: of the relation on real parts.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = Field(min_length=1)
    product: tuple[tuple[Term, ...], ...] = Field(min_length=1)
    result_unit: str = "kg"
    scatter: Annotated[float, ratio(gt=0.0, lt=2.0)]
    scatter_from: Literal["stated", "measured", "estimate"]
    range_from: Grade
    place: str
    fitting_set: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _asks_for_what_it_uses(self) -> Self:
        named = {i.name for i in self.inputs}
        for i, total in enumerate(self.product):
            for j, term in enumerate(total):
                for power in term.of:
                    if power.input not in named:
                        raise FieldError(
                            f"product.{i}.{j}.of",
                            f"'{power.input}' is not among the relation's inputs ({', '.join(named)})",
                        )
        try:
            factor(self.result_unit, "kg")
        except PydanticCustomError as error:
            raise FieldError("result_unit", error.message()) from None
        return self

    def mass(self, values: Mapping[str, float]) -> float:
        """The mass [kg] for inputs in SI."""
        scaled = {i.name: values[i.name] / i.scale for i in self.inputs}
        result = 1.0
        for total in self.product:
            amount = 0.0
            for term in total:
                part = term.times
                for power in term.of:
                    part *= scaled[power.input] ** power.power
                amount += part
            result *= amount
        return result * float(factor(self.result_unit, "kg")[0])


class RelationFamily(Module, schema="osea/mass-relations/v1"):
    """Relations of one author. grade, citation: of the coefficients."""

    grade: Grade
    citation: str = Field(min_length=3)
    relations: tuple[Relation, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        seen: set[tuple[str, str]] = set()
        for i, relation in enumerate(self.relations):
            key = (relation.kind, relation.name)
            if key in seen:
                raise FieldError(
                    f"relations.{i}.name", f"two relations for '{relation.kind}' are called '{relation.name}'"
                )
            seen.add(key)
        return self
