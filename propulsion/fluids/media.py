"""What flows between two components: every medium gives pressure, enthalpy and entropy from temperature and density.

Enthalpies are on the formation datum (elements at 298.15 K), so that a burner's energy balance is the same line of algebra
as a pump's. Real fluids are shifted so that the liquid at its propellant's reference temperature has the enthalpy that
NASA assigns to it (para-hydrogen stays para up to the injector).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from ...core.errors import InputError
from ..propellants import Propellant, find_propellant
from .helmholtz import Helmholtz, helmholtz
from .state import NAMES, fluid_state, saturation_pressure

ATMOSPHERE = 101325.0


class Medium(Protocol):
    """Scalar algebra for floats and CasADi; guess_density: a number to start Newton's method from."""

    @property
    def name(self) -> str: ...
    @property
    def citation(self) -> str: ...
    @property
    def temperature_range(self) -> tuple[float, float]:
        """[K], how far the algebra is meant to be used."""
        ...

    @property
    def highest_pressure(self) -> float:
        """[Pa]"""
        ...

    def pressure(self, temperature: Any, density: Any) -> Any: ...
    def enthalpy(self, temperature: Any, density: Any) -> Any: ...
    def entropy(self, temperature: Any, density: Any) -> Any: ...
    def guess_density(self, pressure: float, temperature: float) -> float: ...


@dataclass(frozen=True)
class RealFluid:
    """A pure fluid by its equation of state, on the formation datum."""

    name: str
    eos: Helmholtz
    offset: float  # J/kg, formation datum − CoolProp's

    @property
    def citation(self) -> str:
        return self.eos.citation

    @property
    def temperature_range(self) -> tuple[float, float]:
        return self.eos.temperature_range

    @property
    def highest_pressure(self) -> float:
        return self.eos.highest_pressure

    def pressure(self, temperature: Any, density: Any) -> Any:
        return self.eos.pressure(temperature, density)

    def enthalpy(self, temperature: Any, density: Any) -> Any:
        return self.eos.enthalpy(temperature, density) + self.offset

    def entropy(self, temperature: Any, density: Any) -> Any:
        return self.eos.entropy(temperature, density)

    def guess_density(self, pressure: float, temperature: float) -> float:
        low, high = self.temperature_range
        inside = min(max(temperature, low + 0.1), high)
        # exactly on the saturation line, or frozen: the liquid a little beside it will do
        for factor in (1.0, 0.99, 1.1, 1.25, 1.5):
            try:
                return fluid_state(self.name, pressure=pressure, temperature=factor * inside).density
            except InputError:
                continue
        raise InputError(f"{self.name}: no state near {pressure / 1e5:.1f} bar and {temperature:.1f} K to start from")

    def stable_density(self, pressure: float, enthalpy: float) -> float | None:
        """Density [kg/m³] at a pressure and an enthalpy (formation datum) in equilibrium, boiling if it must; None where
        the reference flash finds none."""
        try:
            return fluid_state(self.name, pressure=pressure, enthalpy=enthalpy - self.offset).density
        except InputError:
            return None

    def vapour_pressure(self, temperature: float) -> float | None:
        """[Pa]; None above the critical temperature."""
        return saturation_pressure(self.name, temperature)


@dataclass(frozen=True)
class LinearLiquid:
    """A liquid of constant heat capacity and constant bulk modulus K: ρ = ρ₀ exp((p − p₀)/K), not a function of temperature.

    h = h₀ + c (T − T₀) + (K/ρ₀)(1 − exp(−(p − p₀)/K)), s = c ln(T/T₀): dh = T ds + dp/ρ holds exactly.
    """

    name: str
    reference_temperature: float
    reference_density: float
    reference_enthalpy: float
    heat_capacity: float
    bulk_modulus: float
    temperature_range: tuple[float, float]
    highest_pressure: float
    citation: str

    def pressure(self, temperature: Any, density: Any) -> Any:
        return ATMOSPHERE + self.bulk_modulus * np.log(density / self.reference_density)

    def enthalpy(self, temperature: Any, density: Any) -> Any:
        compression = self.bulk_modulus / self.reference_density * (1.0 - self.reference_density / density)
        return self.reference_enthalpy + self.heat_capacity * (temperature - self.reference_temperature) + compression

    def entropy(self, temperature: Any, density: Any) -> Any:
        return self.heat_capacity * np.log(temperature / self.reference_temperature)

    def guess_density(self, pressure: float, temperature: float) -> float:
        return self.reference_density * float(np.exp((pressure - ATMOSPHERE) / self.bulk_modulus))

    def vapour_pressure(self, temperature: float) -> float | None:
        """Not carried: small against tank pressure for kerosene."""
        return None


_REAL = {"O2(L)": "oxygen", "H2(L)": "hydrogen", "CH4(L)": "methane"}


@lru_cache(maxsize=32)
def propellant_medium(name: str) -> RealFluid | LinearLiquid:
    """The medium of a propellant by its name or alias. Raises InputError for one without a liquid model."""
    from .liquids import linear_liquid

    propellant = find_propellant(name)
    fluid = _REAL.get(propellant.name)
    if fluid is None:
        return linear_liquid(propellant)
    assigned = propellant.enthalpy / propellant.molar_mass
    saturated = _saturated_liquid_enthalpy(fluid, propellant)
    return RealFluid(fluid, helmholtz(NAMES[fluid]), assigned - saturated)


def _saturated_liquid_enthalpy(fluid: str, propellant: Propellant) -> float:
    """At the reference temperature of the assigned enthalpy and 1 atm or the vapour pressure, whichever is higher."""
    vapour = saturation_pressure(fluid, propellant.temperature)
    if vapour is None:
        raise InputError(f"{propellant.name} is above its critical temperature at {propellant.temperature:g} K")
    pressure = max(ATMOSPHERE, vapour * (1.0 + 1e-6))
    return fluid_state(fluid, pressure=pressure, temperature=propellant.temperature).enthalpy
