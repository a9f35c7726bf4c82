"""Liquids without an equation of state in the library: constant heat capacity and bulk modulus, from a data file."""

from functools import cache
from typing import Annotated

from ...core.documents import Document, Module, load_document
from ...core.errors import InputError
from ...core.quantity import SI, Density, Pressure, Temperature
from ..propellants import DATA, Propellant, find_propellant
from .media import LinearLiquid


class Liquid(Document):
    """One liquid near its tank temperature."""

    propellant: str
    temperature: Temperature
    density: Density
    heat_capacity: Annotated[float, SI("J/(kg K)", ("1990 J/(kg K)",), gt=0.0)]
    bulk_modulus: Pressure
    lowest_temperature: Temperature
    highest_temperature: Temperature
    highest_pressure: Pressure
    citation: str


class LiquidTable(Module, schema="osea/liquids/v1"):
    """The file of liquids."""

    liquids: tuple[Liquid, ...]


@cache
def _table() -> LiquidTable:
    return load_document(LiquidTable, DATA / "liquids.yaml")


def linear_liquid(propellant: Propellant) -> LinearLiquid:
    """The liquid of a propellant. Raises InputError when the file has none."""
    for row in _table().liquids:
        if find_propellant(row.propellant).name == propellant.name:
            assigned = propellant.enthalpy / propellant.molar_mass
            shift = row.heat_capacity * (row.temperature - propellant.temperature)
            return LinearLiquid(
                name=propellant.name,
                reference_temperature=row.temperature,
                reference_density=row.density,
                reference_enthalpy=assigned + shift,
                heat_capacity=row.heat_capacity,
                bulk_modulus=row.bulk_modulus,
                temperature_range=(row.lowest_temperature, row.highest_temperature),
                highest_pressure=row.highest_pressure,
                citation=row.citation,
            )
    raise InputError(
        f"{propellant.name} has no liquid model for engine cycles; add it to propulsion/data/liquids.yaml "
        "(density, heat capacity, bulk modulus with their source)"
    )
