"""Fuel-rich LOX/kerosene gas, empirical: cracking and soot keep it far from equilibrium, which is 17 to 27 % too hot."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import numpy as np

from ...core.documents import Module, load_document
from ...core.quantity import SI, Ratio
from ..propellants import DATA


class KeroseneGasData(Module, schema="osea/kerosene-gas/v1"):
    """temperature = slope · O/F + intercept; the gas itself perfect, with one heat capacity and one gamma."""

    slope: Annotated[float, SI("K", ("1550.3 K",), gt=0.0)]
    intercept: Annotated[float, SI("K", ("409.3 K",), gt=0.0)]
    heat_capacity: Annotated[float, SI("J/(kg K)", gt=0.0)]
    gamma: Ratio
    lowest_ratio: Ratio
    highest_ratio: Ratio


@cache
def kerosene_gas_data() -> KeroseneGasData:
    """The relation's constants, with their sources."""
    return load_document(KeroseneGasData, DATA / "kerosene_gas.yaml")


def gas_temperature(oxidizer_fuel_ratio: Any) -> Any:
    """Of the generator's gas [K] against O/F: Choi et al., as carried in data/kerosene_gas.yaml."""
    data = kerosene_gas_data()
    return data.slope * oxidizer_fuel_ratio + data.intercept


@dataclass(frozen=True)
class GeneratorGas:
    """A perfect gas whose temperature a relation gives. Its enthalpy starts at 0 K and is not on the formation datum: no
    energy balance closes over its burner."""

    heat_capacity: Any
    gamma: Any
    citation: str
    name: str = "fuel-rich kerosene gas"
    temperature_range: tuple[float, float] = (300.0, 1300.0)
    highest_pressure: float = 3e7
    usual_gas_constant: float | None = None  # a number to start from, where the others are symbols

    @property
    def gas_constant(self) -> Any:
        """[J/(kg K)]"""
        return self.heat_capacity * (self.gamma - 1.0) / self.gamma

    def pressure(self, temperature: Any, density: Any) -> Any:
        return density * self.gas_constant * temperature

    def enthalpy(self, temperature: Any, density: Any) -> Any:
        return self.heat_capacity * temperature

    def entropy(self, temperature: Any, density: Any) -> Any:
        return self.heat_capacity * np.log(temperature) - self.gas_constant * np.log(
            self.pressure(temperature, density)
        )

    def guess_density(self, pressure: float, temperature: float) -> float:
        return pressure / ((self.usual_gas_constant or self.gas_constant) * temperature)


def kerosene_gas() -> GeneratorGas:
    """The gas with the constants of the data file."""
    data = kerosene_gas_data()
    return GeneratorGas(data.heat_capacity, data.gamma, "; ".join(s.citation for s in data.sources))
