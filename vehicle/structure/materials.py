"""Structural materials: a data file with sources, and a look-up by name."""

import difflib
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Grade, Module, load_document
from ...core.errors import InputError
from ...core.quantity import SI, Density, ratio

Stress = Annotated[float, SI("Pa", ("434 MPa",), gt=0.0)]


class Material(Document):
    """An isotropic material, or a laminate taken as one. weld_factor: strength of a joint over the sheet's; minimum_gauge:
    the least wall that is made and handled."""

    name: str
    density: Density
    modulus: Stress
    poisson: Annotated[float, ratio(gt=0.0, lt=0.5)]
    yield_strength: Stress
    ultimate_strength: Stress
    weld_factor: Annotated[float, ratio(gt=0.0, le=1.0)]
    minimum_gauge: Annotated[float, SI("m", ("1.5 mm",), gt=0.0)]
    grade: Grade
    citation: str = Field(min_length=3)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.ultimate_strength < self.yield_strength:
            raise FieldError("ultimate_strength", "is below the yield strength; exchange the two")
        return self


class Materials(Module, schema="osea/materials/v1"):
    """A table of materials."""

    materials: tuple[Material, ...] = Field(min_length=1)


@cache
def shipped_materials() -> tuple[Material, ...]:
    """Those that ship with the package."""
    return load_document(Materials, Path(__file__).parent / "data" / "materials.yaml").materials


def find_material(name: str, where: str | None = None) -> Material:
    """By name. Raises InputError with the nearest."""
    for material in shipped_materials():
        if material.name == name:
            return material
    names = [m.name for m in shipped_materials()]
    near = difflib.get_close_matches(name[:100], names, 1)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(names)}"
    raise InputError(f"there is no material '{name}'{hint}", where=where)
