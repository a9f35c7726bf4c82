"""Heat from the gas to the wall: Bartz (1957), and pipe flow at Eckert's reference enthalpy."""

from typing import Protocol

import numpy as np

from ...core.numeric import equation
from .gas import GasAt, WallGas


@equation
def bartz_coefficient(viscosity, cp, prandtl, pressure, c_star, throat_diameter, curvature_radius, area_ratio, sigma):  # type: ignore[no-untyped-def]
    """h [W/(m² K)]: Bartz, Jet Propulsion 27 (1957), 49, eq. 7 with properties at rest (SI; g drops out).

    h = 0.026/D*^0.2 (μ^0.2 cp/Pr^0.6) (p/c*)^0.8 (D*/r_c)^0.1 (A*/A)^0.9 σ
    """
    return (
        0.026
        / throat_diameter**0.2
        * (viscosity**0.2 * cp / prandtl**0.6)
        * (pressure / c_star) ** 0.8
        * (throat_diameter / curvature_radius) ** 0.1
        * area_ratio**-0.9
        * sigma
    )


@equation
def bartz_sigma(wall_temperature, total_temperature, temperature_ratio):  # type: ignore[no-untyped-def]
    """σ of Bartz (1957), eq. 8, for ω = 0.6: properties across the boundary layer.

    temperature_ratio: T₀/T of the gas itself, where Bartz writes 1 + (γ − 1)/2 M².
    """
    inner = 0.5 * wall_temperature / total_temperature * temperature_ratio + 0.5
    return 1.0 / (inner**0.68 * temperature_ratio**0.12)


@equation
def recovery_temperature(temperature, total_temperature, prandtl):  # type: ignore[no-untyped-def]
    """Adiabatic wall temperature [K], turbulent: T + Pr^(1/3) (T₀ − T)."""
    return temperature + prandtl ** (1.0 / 3.0) * (total_temperature - temperature)


class GasSideModel(Protocol):
    """Heat into the wall at one place; film: (effectiveness, film's temperature) lowers the driving potential."""

    def adiabatic(self, gas: GasAt) -> float:
        """Adiabatic wall temperature [K] without film."""
        ...

    def flux(self, gas: GasAt, wall: float, adiabatic: float) -> float:
        """Heat flux [W/m²] into a wall at a temperature [K], the adiabatic wall temperature being as given."""
        ...


class Bartz:
    """Bartz (1957), driven by the temperature difference to the recovery temperature."""

    citation = "Bartz, Jet Propulsion 27 (1957) 49, eqs. 7 and 8"

    def __init__(self, gas: WallGas, throat_radius: float, curvature_radius: float) -> None:
        self._gas = gas
        self._diameter = 2.0 * throat_radius
        self._curvature = curvature_radius

    def adiabatic(self, gas: GasAt) -> float:
        return float(recovery_temperature(gas.temperature, self._gas.chamber.temperature, self._gas.stagnation[2]))

    def coefficient(self, gas: GasAt, wall: float) -> float:
        """h [W/(m² K)]."""
        viscosity, cp, prandtl = self._gas.stagnation
        total = self._gas.chamber.temperature
        sigma = bartz_sigma(wall, total, total / gas.temperature)
        return float(
            bartz_coefficient(
                viscosity, cp, prandtl, self._gas.pressure, self._gas.c_star, self._diameter, self._curvature,
                gas.area_ratio, sigma,
            )
        )  # fmt: skip

    def flux(self, gas: GasAt, wall: float, adiabatic: float) -> float:
        return self.coefficient(gas, wall) * (adiabatic - wall)


class ReferenceEnthalpy:
    """St = 0.023 Re*^-0.2 Pr*^-0.7 on the local diameter, q = St ρ* u (i_aw − i_w).

    The pipe-flow correlation that NASA Lewis used for hydrogen-oxygen chambers (Quentmeyer and Roncace; the RTE code of
    Naraghi, C_g = 0.023), with properties at Eckert's reference enthalpy (Eckert, J. Aeronaut. Sci. 22 (1955) 585):
    i* = 0.5 (i_w + i) + 0.22 (i_aw − i). Enthalpies include dissociation, in equilibrium.
    """

    citation = "pipe flow (C_g = 0.023) at the reference enthalpy of Eckert, J. Aeronaut. Sci. 22 (1955) 585"

    def __init__(self, gas: WallGas, throat_radius: float) -> None:
        self._gas = gas
        self._diameter = 2.0 * throat_radius

    def adiabatic(self, gas: GasAt) -> float:
        return self._recovery(gas)[0]

    def _recovery(self, gas: GasAt) -> tuple[float, float, tuple[np.ndarray, ...]]:
        row = self._gas.layer.row(self._place(gas))
        prandtl = float(np.interp(gas.temperature, self._gas.layer.temperatures, row[3]))
        recovered = gas.enthalpy + prandtl ** (1.0 / 3.0) * 0.5 * gas.speed**2
        return self._temperature(recovered, row), recovered, row

    @staticmethod
    def _place(gas: GasAt) -> float:
        s = float(np.sqrt(np.log(max(gas.area_ratio, 1.0))))
        return -s if gas.mach < 1.0 else s

    def _temperature(self, enthalpy: float, row: tuple[np.ndarray, ...]) -> float:
        t, h, cp = self._gas.layer.temperatures, row[0], row[4]
        if enthalpy < h[0]:
            return float(t[0] + (enthalpy - h[0]) / cp[0])
        if enthalpy > h[-1]:
            return float(t[-1] + (enthalpy - h[-1]) / cp[-1])
        return float(np.interp(enthalpy, h, t))

    def _enthalpy(self, temperature: float, row: tuple[np.ndarray, ...]) -> float:
        t, h, cp = self._gas.layer.temperatures, row[0], row[4]
        if temperature < t[0]:
            return float(h[0] + (temperature - t[0]) * cp[0])
        if temperature > t[-1]:
            return float(h[-1] + (temperature - t[-1]) * cp[-1])
        return float(np.interp(temperature, t, h))

    def flux(self, gas: GasAt, wall: float, adiabatic: float) -> float:
        row = self._gas.layer.row(self._place(gas))
        t = self._gas.layer.temperatures
        i_wall, i_aw = self._enthalpy(wall, row), self._enthalpy(adiabatic, row)
        reference = 0.5 * (i_wall + gas.enthalpy) + 0.22 * (i_aw - gas.enthalpy)
        at = min(max(self._temperature(reference, row), 200.0), float(t[-1]))
        # below the table the ideal gas goes on: density as 1/T, viscosity as T^0.7
        held = max(at, float(t[0]))
        density = float(np.interp(held, t, row[1])) * gas.pressure * held / at
        viscosity = float(np.interp(held, t, row[2])) * (at / held) ** 0.7
        prandtl = float(np.interp(held, t, row[3]))
        diameter = self._diameter * gas.area_ratio**0.5
        reynolds = density * gas.speed * diameter / viscosity
        return 0.023 * reynolds**-0.2 * prandtl**-0.7 * density * gas.speed * (i_aw - i_wall)
