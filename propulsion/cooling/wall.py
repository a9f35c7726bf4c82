"""Wall materials: conductivity, expansion, stiffness and strength against temperature, from a data file with sources."""

import difflib
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Grade, Module, load_document
from ...core.errors import InputError
from ...core.quantity import SI, Density, Temperature, ratio
from ..propellants import DATA

Conductivity = Annotated[float, SI("W/(m K)", ("320 W/(m K)",), gt=0.0)]
Stress = Annotated[float, SI("Pa", ("240 MPa",), gt=0.0)]
Expansion = Annotated[float, SI("1/K", ("1.7e-5 1/K",), gt=0.0)]


class Property(Document):
    """One property at rising temperatures, with its source; outside the table the end value holds, and a finding says so."""

    temperatures: tuple[Temperature, ...] = Field(min_length=1)
    grade: Grade
    citation: str = Field(min_length=3)

    def _check(self, count: int) -> None:
        if count != len(self.temperatures):
            raise FieldError("values", f"{count} values for {len(self.temperatures)} temperatures")
        if list(self.temperatures) != sorted(set(self.temperatures)):
            raise FieldError("temperatures", "temperatures must ascend")


class ConductivityTable(Property):
    """Thermal conductivity."""

    values: tuple[Conductivity, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._check(len(self.values))
        return self


class StressTable(Property):
    """Yield strength or Young's modulus."""

    values: tuple[Stress, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._check(len(self.values))
        return self


class ExpansionTable(Property):
    """Mean coefficient of thermal expansion from room temperature."""

    values: tuple[Expansion, ...]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self._check(len(self.values))
        return self


class Limit(Document):
    """The highest temperature in use, with its source."""

    temperature: Temperature
    grade: Grade
    citation: str = Field(min_length=3)


class WallMaterial(Document):
    """One material. emissivity: of its outer surface in service, where one is known."""

    name: str
    aliases: tuple[str, ...] = ()
    density: Density
    poisson_ratio: Annotated[float, ratio(gt=0.0, lt=0.5)]
    conductivity: ConductivityTable
    expansion: ExpansionTable | None = None
    youngs_modulus: StressTable | None = None
    yield_strength: StressTable | None = None
    use_limit: Limit
    emissivity: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None


class WallMaterialTable(Module, schema="osea/wall-materials/v1"):
    """The file of wall materials."""

    materials: tuple[WallMaterial, ...]


@cache
def wall_materials() -> tuple[WallMaterial, ...]:
    """Every material of the data file."""
    return load_document(WallMaterialTable, DATA / "wall_materials.yaml").materials


def wall_material(name: str) -> WallMaterial:
    """A material by name or alias, case ignored. Raises InputError with the nearest names."""
    key = name.casefold()
    names: list[str] = []
    for material in wall_materials():
        known = (material.name, *material.aliases)
        if key in (k.casefold() for k in known):
            return material
        names += known
    near = difflib.get_close_matches(name, names, 3, 0.4) or [m.name for m in wall_materials()]
    raise InputError(
        f"unknown wall material '{name}'; known are {', '.join(near)} (propulsion/data/wall_materials.yaml)"
    )


def at(table: Property, temperature: float) -> float:
    """A property at a temperature [K], linear between the table's points, constant outside."""
    return float(np.interp(temperature, table.temperatures, table.values))  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Conduction:
    """Conduction through a plate with k(T): q t = K(T_hot) − K(T_cold), K the integral of k, exact for a tabled k."""

    grid: np.ndarray
    integral: np.ndarray

    def cold_side(self, hot: float, flux: float, thickness: float) -> float:
        """Temperature [K] behind a plate [m] that carries a flux [W/m²]; below the grid's start: that start."""
        if thickness == 0.0 or flux == 0.0:
            return hot
        left = float(np.interp(hot, self.grid, self.integral)) - flux * thickness
        return float(np.interp(left, self.integral, self.grid))


@cache
def conduction(name: str) -> Conduction:
    """The conduction integral of a material, 4 to 4000 K."""
    table = wall_material(name).conductivity
    grid = np.union1d(np.linspace(4.0, 4000.0, 1999), np.asarray(table.temperatures))
    k = np.interp(grid, table.temperatures, table.values)
    integral = np.concatenate([[0.0], np.cumsum(0.5 * (k[1:] + k[:-1]) * np.diff(grid))])
    return Conduction(grid, integral)
