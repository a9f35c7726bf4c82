"""Combustion gas as an ideal mixture whose composition is algebra of the mixture ratio: complete combustion.

Right where dissociation and slow chemistry play no part: hydrogen burnt fuel-rich below about 1500 K (H2 and H2O), and
any fuel burnt oxidizer-rich below about 1500 K (O2, CO2, H2O). Methane burnt fuel-rich is far from equilibrium: a flame's
products, thinned by methane that has no time to react (``methane_rich``). Polynomials: McBride,
Zehe, Gordon, NASA/TP-2002-211556.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ...core.numeric import choose
from ..propellants import DATA

R = 8.31446261815324  # J/(mol K), CODATA 2018
STANDARD_PRESSURE = 1e5
SPECIES = ("H2", "H2O", "O2", "CO2", "CO", "CH4")
_HIGHEST = 2500.0


@cache
def _data() -> tuple[dict[str, tuple[float, list[list[float]]]], float]:
    """(species → (molar mass [kg/mol], coefficients of two intervals), the temperature between them)."""
    data = json.loads((DATA / "species.json").read_text(encoding="utf-8"))
    weights, rows = data["elements"], {}
    for name, formula, _, intervals in data["gas"]:
        if name in SPECIES:
            rows[name] = (sum(weights[e] * n for e, n in formula.items()) * 1e-3, intervals[:2])
    return rows, float(data["temperatures"][1])


def molar_mass(species: str) -> float:
    """[kg/mol]"""
    return _data()[0][species][0]


def _h_over_rt(a: list[float], t: Any) -> Any:
    series = a[2] + t * (a[3] / 2 + t * (a[4] / 3 + t * (a[5] / 4 + t * a[6] / 5)))
    return -a[0] / t**2 + a[1] * np.log(t) / t + series + a[7] / t


def _s_over_r(a: list[float], t: Any) -> Any:
    series = t * (a[3] + t * (a[4] / 2 + t * (a[5] / 3 + t * a[6] / 4)))
    return -a[0] / (2 * t**2) - a[1] / t + a[2] * np.log(t) + series + a[8]


@dataclass(frozen=True)
class Products:
    """mass_fractions: of SPECIES, floats or CasADi expressions that sum to one."""

    mass_fractions: tuple[Any, ...]
    name: str = "combustion gas"
    citation: str = "complete combustion; NASA/TP-2002-211556 (McBride, Zehe and Gordon 2002)"
    temperature_range: tuple[float, float] = (200.0, _HIGHEST)
    highest_pressure: float = 1e8
    usual_gas_constant: float = 600.0  # J/(kg K), to guess a density from

    def _moles(self) -> list[tuple[Any, str]]:
        """[mol/kg]; species that are absent for good are left out."""
        pairs = zip(self.mass_fractions, SPECIES, strict=True)
        return [(y / molar_mass(s), s) for y, s in pairs if not (isinstance(y, float) and y == 0.0)]

    @property
    def gas_constant(self) -> Any:
        """[J/(kg K)]"""
        return R * sum(n for n, _ in self._moles())

    def pressure(self, temperature: Any, density: Any) -> Any:
        return density * self.gas_constant * temperature

    def enthalpy(self, temperature: Any, density: Any) -> Any:
        rows, switch = _data()
        total = 0.0
        for n, species in self._moles():
            low, high = rows[species][1]
            h = choose(temperature < switch, _h_over_rt(low, temperature), _h_over_rt(high, temperature))
            total = total + n * h
        return R * temperature * total

    def entropy(self, temperature: Any, density: Any) -> Any:
        """The entropy of mixing is left out: the composition does not change along an expansion."""
        rows, switch = _data()
        total, moles = 0.0, 0.0
        for n, species in self._moles():
            low, high = rows[species][1]
            total = total + n * choose(temperature < switch, _s_over_r(low, temperature), _s_over_r(high, temperature))
            moles = moles + n
        return R * (total - moles * np.log(self.pressure(temperature, density) / STANDARD_PRESSURE))

    def guess_density(self, pressure: float, temperature: float) -> float:
        return pressure / (self.usual_gas_constant * temperature)


def hydrogen_rich(oxidizer_share: Any) -> Products:
    """Oxygen (mass share of the whole) burnt in an excess of hydrogen."""
    water = oxidizer_share * 2.0 * molar_mass("H2O") / molar_mass("O2")
    return Products((1.0 - water, water, 0.0, 0.0, 0.0, 0.0), name="fuel-rich H2/H2O", usual_gas_constant=2300.0)


def oxygen_rich(oxidizer_share: Any, carbon: float, hydrogen: float, fuel_molar_mass: float) -> Products:
    """A fuel C_carbon H_hydrogen (atoms a formula unit of that molar mass [kg/mol]) burnt in an excess of oxygen."""
    fuel = (1.0 - oxidizer_share) / fuel_molar_mass  # mol/kg
    water, dioxide = fuel * hydrogen / 2.0 * molar_mass("H2O"), fuel * carbon * molar_mass("CO2")
    dioxide = dioxide if carbon else 0.0
    return Products(
        (0.0, water, 1.0 - water - dioxide, dioxide, 0.0, 0.0), name="oxidizer-rich gas", usual_gas_constant=265.0
    )


# Of the flame: methane burnt a molecule of oxygen, and the share of its carbon that ends as CO. From the kinetic model of
# tests/propulsion/test_fluids.py (GRI-Mech 3.0, stoichiometric-side products at O/F 3.2 mixed with cold methane, 3 ms):
# at O/F 0.25 to 0.5 and 60 to 300 bar the first lies in 0.63 to 0.65, the second in 0.60 to 0.64.
METHANE_BURNT, CARBON_MONOXIDE = 0.643, 0.615
METHANE_RICH_RANGE = (0.2, 0.5)  # O/F: below it flames hardly burn, above it methane cracks within milliseconds


def methane_rich(oxidizer_share: Any) -> Products:
    """Oxygen (mass share of the whole) burnt in an excess of methane: products of the flame, and methane that did not react.

    Neither equilibrium nor complete combustion. Against the kinetic model the temperature lies within 3 % (O/F 0.25 to 0.5);
    equilibrium is 0 to 9 % hotter below O/F 0.35 and up to 18 % colder above. Tests with liquid oxygen found gas colder than
    equilibrium (Théron et al., EUCASS 2019-0936, abstract).
    """
    oxygen = oxidizer_share / molar_mass("O2")  # mol/kg
    carbon = METHANE_BURNT * oxygen
    water = (2.0 - METHANE_BURNT * (2.0 - CARBON_MONOXIDE)) * oxygen
    hydrogen = 2.0 * carbon - water
    monoxide, dioxide = CARBON_MONOXIDE * carbon, (1.0 - CARBON_MONOXIDE) * carbon
    moles = {"H2": hydrogen, "H2O": water, "CO": monoxide, "CO2": dioxide}
    left = 1.0 - sum(n * molar_mass(s) for s, n in moles.items())
    masses = {s: n * molar_mass(s) for s, n in moles.items()} | {"CH4": left, "O2": 0.0}
    return Products(
        tuple(masses[s] for s in SPECIES),
        name="fuel-rich CH4 gas",
        citation="flame products in unreacted methane, fitted to GRI-Mech 3.0 (Smith et al., 1999); NASA/TP-2002-211556",
        temperature_range=(250.0, 1400.0),
        usual_gas_constant=475.0,
    )
