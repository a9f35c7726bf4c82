"""What a trade gives: every point that closes as columns, every hole with its reason, and the best point."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.earth import G0
from ...core.results import Array, Result, Unit


@dataclass(frozen=True, kw_only=True)
class TradePoint(Result):
    """One engine of the trade. engine_mass: by the relation of the trade; None where it has none."""

    chamber_pressure: Annotated[float, Unit("Pa")]
    oxidizer_fuel_ratio: float
    area_ratio: float
    isp_ideal: Annotated[float, Unit("s")]
    isp_vacuum: Annotated[float, Unit("s")]
    thrust_vacuum: Annotated[float, Unit("N")]
    mass_flow: Annotated[float, Unit("kg/s")]
    chamber_oxidizer_fuel_ratio: float
    throat_diameter: Annotated[float, Unit("m")]
    exit_diameter: Annotated[float, Unit("m")]
    turbine_temperature: Annotated[float | None, Unit("K")]
    pump_pressure: Annotated[float | None, Unit("Pa")]
    engine_mass: Annotated[float | None, Unit("kg")]

    @property
    def thrust_to_weight(self) -> float | None:
        """Vacuum thrust over the weight of the dry engine; None without a mass."""
        return None if self.engine_mass is None else self.thrust_vacuum / (self.engine_mass * G0)


@dataclass(frozen=True, kw_only=True)
class TradeHole(Result):
    """A point without an engine, and why."""

    chamber_pressure: Annotated[float, Unit("Pa")]
    oxidizer_fuel_ratio: float
    area_ratio: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class TradeResult(Result):
    """Axes (n,), (m,), (k,); isp_ideal (n, m, k) of the chamber in shifting equilibrium, propellants as tabulated, at the
    span's mixture ratio. index (q, 3): where the q closed points stand on the axes; their columns (q,). allowed: 1 inside all
    limits, 0 outside. value: the objective. The best point is refined between the grid's; None when no point is allowed.
    exact_isp: at the best point, by a balance of its own (no map of the chamber's gas)."""

    objective: str
    chamber_pressure: Annotated[Array, Unit("Pa")]
    oxidizer_fuel_ratio: Array
    area_ratio: Array
    isp_ideal: Annotated[Array, Unit("s")]
    index: Array
    isp_vacuum: Annotated[Array, Unit("s")]
    thrust_vacuum: Annotated[Array, Unit("N")]
    mass_flow: Annotated[Array, Unit("kg/s")]
    exit_diameter: Annotated[Array, Unit("m")]
    turbine_temperature: Annotated[Array | None, Unit("K")]
    pump_pressure: Annotated[Array | None, Unit("Pa")]
    engine_mass: Annotated[Array | None, Unit("kg")]
    mass_relation: str
    value: Array
    allowed: Array
    holes: tuple[TradeHole, ...]
    best: TradePoint | None
    best_value: float | None
    exact_isp: Annotated[float | None, Unit("s")]
    map_error: float
    solve_time: Annotated[float, Unit("s")]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Points along the three axes."""
        return len(self.chamber_pressure), len(self.oxidizer_fuel_ratio), len(self.area_ratio)

    def grid(self, column: str) -> np.ndarray:
        """A column over the axes (n, m, k), NaN in the holes: for plots. Raises ValueError for a column that is not there."""
        values = getattr(self, column, None)
        if not isinstance(values, np.ndarray) or values.shape != (len(self.index),):
            raise ValueError(f"'{column}' is no column of this trade")
        filled = np.full(self.shape, np.nan)
        i, j, k = self.index.astype(int).T if len(self.index) else np.zeros((3, 0), int)
        filled[i, j, k] = values
        return filled
