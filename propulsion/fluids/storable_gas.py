"""Fuel-rich gas of storable propellants (N2O4 with hydrazines), in equilibrium: temperature and properties against O/F.

Equilibrium fixes temperature and composition in the generator; behind it the composition is held, for it does not change in
a turbine's milliseconds. No published temperature of such a generator is at hand to prove it: every balance says so.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...core.errors import UndecidedError
from ...core.numeric import Table, lookup, table
from ..propellants import find_propellant, mix
from ..thermo.species import GAS_CONSTANT
from ..thermo.states import solve_state
from .kerosene_gas import GeneratorGas

OXIDIZERS = ("N2O4(L)",)
FUELS = ("CH6N2(L)", "C2H8N2(L)", "N2H4(L)", "Aerozine-50", "UH25")
STORABLE_RANGE = (0.05, 0.6)  # O/F; below it decomposition rules, above it gas is too hot for turbines
_PRESSURE = 5e6  # Pa: from 20 to 100 bar the temperature moves by 3 %
_GRID = np.geomspace(*STORABLE_RANGE, 12)
_CITATION = "equilibrium of the NASA-9 species (NASA/TP-2002-211556) at 50 bar, composition held behind the generator"


@dataclass(frozen=True)
class StorableGas:
    """Of one pair of propellants, against O/F: temperature [K], heat capacity with the composition held, gas constant
    [J/(kg K)] (soot weighs and takes no room)."""

    temperature_table: Table
    heat_capacity_table: Table
    gas_constant_table: Table

    def temperature(self, oxidizer_fuel_ratio: Any) -> Any:
        """[K]"""
        return lookup(self.temperature_table, oxidizer_fuel_ratio)

    def medium(self, oxidizer_fuel_ratio: Any) -> GeneratorGas:
        """The gas itself, a perfect one."""
        heat_capacity = lookup(self.heat_capacity_table, oxidizer_fuel_ratio)
        constant = lookup(self.gas_constant_table, oxidizer_fuel_ratio)
        return GeneratorGas(
            heat_capacity, heat_capacity / (heat_capacity - constant), _CITATION, name="fuel-rich storable gas",
            temperature_range=(400.0, 1700.0), usual_gas_constant=float(lookup(self.gas_constant_table, 0.1)),
        )  # fmt: skip


@lru_cache(maxsize=16)
def storable_gas(oxidizer: str, fuel: str) -> StorableGas:
    """The gas of a pair by their names. Raises UndecidedError where equilibrium was not found."""
    ox, fu = find_propellant(oxidizer, "oxidizer"), find_propellant(fuel, "fuel")
    states = []
    for ratio in _GRID:
        try:
            states.append(solve_state(mix(ox, fu, float(ratio)), _PRESSURE))
        except UndecidedError as error:
            raise UndecidedError(
                f"generator gas of {oxidizer} and {fuel} at O/F {ratio:.3f}: {error.message}"
            ) from None
    return StorableGas(
        table(_GRID, [s.temperature for s in states]),
        table(_GRID, [s.cp_frozen for s in states]),
        table(_GRID, [1e-3 * GAS_CONSTANT / s.gas_molar_mass for s in states]),
    )
