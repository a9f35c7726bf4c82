"""What the march along the wall gives: arrays along each circuit, and totals."""

from dataclasses import dataclass
from typing import Annotated

from ...core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class CircuitResult(Result):
    """One circuit; arrays (n,) in the direction of flow.

    x: axial, 0 in the throat. length: along the coolant's path from its inlet. heat_flux: at the top of the passage, into
    the hot wall. pressure, temperature: static, of the bulk. Stresses: of pressure on floor or tube, and thermal.
    Totals: inlet and outlet pressure are total pressures, temperatures total ones.
    """

    name: str
    coolant: str
    x: Annotated[Array, Unit("m")]
    length: Annotated[Array, Unit("m")]
    radius: Annotated[Array, Unit("m")]
    area_ratio: Array
    gas_pressure: Annotated[Array, Unit("Pa")]
    adiabatic_temperature: Annotated[Array, Unit("K")]
    gas_coefficient: Annotated[Array, Unit("W/m^2/K")]
    heat_flux: Annotated[Array, Unit("W/m^2")]
    heat_per_length: Annotated[Array, Unit("W/m")]
    hot_wall_temperature: Annotated[Array, Unit("K")]
    cold_wall_temperature: Annotated[Array, Unit("K")]
    temperature: Annotated[Array, Unit("K")]
    pressure: Annotated[Array, Unit("Pa")]
    density: Annotated[Array, Unit("kg/m^3")]
    speed: Annotated[Array, Unit("m/s")]
    mach: Array
    reynolds: Array
    coolant_coefficient: Annotated[Array, Unit("W/m^2/K")]
    pressure_stress: Annotated[Array, Unit("Pa")]
    thermal_stress: Annotated[Array, Unit("Pa")]
    jacket_stress: Annotated[Array, Unit("Pa")]
    heat: Annotated[float, Unit("W")]
    inlet_pressure: Annotated[float, Unit("Pa")]
    outlet_pressure: Annotated[float, Unit("Pa")]
    inlet_temperature: Annotated[float, Unit("K")]
    outlet_temperature: Annotated[float, Unit("K")]
    friction_drop: Annotated[float, Unit("Pa")]
    manifold_drop: Annotated[float, Unit("Pa")]

    @property
    def pressure_drop(self) -> float:
        """Total pressure lost [Pa]."""
        return self.inlet_pressure - self.outlet_pressure


@dataclass(frozen=True, kw_only=True)
class ExtensionResult(Result):
    """The radiating extension; arrays (n,) along x."""

    x: Annotated[Array, Unit("m")]
    temperature: Annotated[Array, Unit("K")]
    heat_flux: Annotated[Array, Unit("W/m^2")]
    emissivity: float
    heat: Annotated[float, Unit("W")]


@dataclass(frozen=True, kw_only=True)
class FilmResult(Result):
    """The film; arrays (n,) along x from its injection. effectiveness: of the vapour, one where liquid is left."""

    x: Annotated[Array, Unit("m")]
    effectiveness: Array
    liquid_flow: Annotated[Array, Unit("kg/s")]
    film_temperature: Annotated[float, Unit("K")]
    liquid_length: Annotated[float, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class CoolingResult(Result):
    """All of the cooling. heat: into the coolants; pressure_drop: from the first circuit's inlet to the last one's outlet
    along each chain, the largest of the chains."""

    name: str
    gas_side: str
    transport: str
    throat_curvature_radius: Annotated[float, Unit("m")]
    circuits: tuple[CircuitResult, ...]
    film: FilmResult | None
    extension: ExtensionResult | None
    heat: Annotated[float, Unit("W")]
    pressure_drop: Annotated[float, Unit("Pa")]
    highest_wall_temperature: Annotated[float, Unit("K")]
    highest_heat_flux: Annotated[float, Unit("W/m^2")]
