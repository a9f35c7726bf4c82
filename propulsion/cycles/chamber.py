"""The main chamber as smooth algebra: characteristic velocity and vacuum specific impulse against O/F, pressure, enthalpy.

Equilibrium is solved beforehand at a few mixture ratios (``thermo.rocket``); in between a C² spline holds. Pressure enters by
a power law, enthalpy by a first derivative: both are weak, and both come from two further equilibrium solutions.
"""

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError, UndecidedError
from ...core.numeric import Table, lookup, table
from ..propellants import find_propellant, mix
from ..thermo.rocket import solve_rocket

_SPREAD = (0.80, 0.90, 1.0, 1.10, 1.22)  # of the mixture ratio asked for
_ENTHALPY_STEP = 2e5  # J/kg
_PRESSURE_STEP = 0.5


@dataclass(frozen=True)
class ChamberGas:
    """Ideal performance around one design point. assigned_*: enthalpies of the propellants as NASA tabulates them [J/kg]."""

    c_star_table: Table
    isp_table: Table
    ratio_range: tuple[float, float]
    pressure: float
    c_star_by_pressure: float  # d ln c*/d ln p
    isp_by_pressure: float
    c_star_by_enthalpy: float  # d ln c*/dh [kg/J]
    isp_by_enthalpy: float
    assigned_oxidizer: float
    assigned_fuel: float
    temperature: float
    gamma: float
    molar_mass: float
    exit_pressure: float
    throat_isp: float

    def excess(self, ratio: Any, enthalpy: Any) -> Any:
        """Enthalpy [J/kg] above that of the propellants as tabulated."""
        return enthalpy - (ratio * self.assigned_oxidizer + self.assigned_fuel) / (1.0 + ratio)

    def c_star(self, ratio: Any, pressure: Any, enthalpy: Any) -> Any:
        """Ideal characteristic velocity [m/s]."""
        by_pressure = (pressure / self.pressure) ** self.c_star_by_pressure
        return (
            lookup(self.c_star_table, ratio)
            * by_pressure
            * (1.0 + self.c_star_by_enthalpy * self.excess(ratio, enthalpy))
        )

    def isp(self, ratio: Any, pressure: Any, enthalpy: Any) -> Any:
        """Ideal vacuum specific impulse [s] at the area ratio, composition shifting."""
        by_pressure = (pressure / self.pressure) ** self.isp_by_pressure
        return lookup(self.isp_table, ratio) * by_pressure * (1.0 + self.isp_by_enthalpy * self.excess(ratio, enthalpy))


@lru_cache(maxsize=64)
def chamber_gas(oxidizer: str, fuel: str, ratio: float, pressure: float, area_ratio: float) -> ChamberGas:
    """The tables around a mixture ratio and a pressure [Pa]. Raises UndecidedError where equilibrium cannot be found."""
    ox, fu = find_propellant(oxidizer, "oxidizer"), find_propellant(fuel, "fuel")

    def ideal(r: float, p: float, extra: float = 0.0) -> Any:
        mixture = mix(ox, fu, r)
        hot = dataclasses.replace(mixture, enthalpy=mixture.enthalpy + extra)
        return solve_rocket(hot, p, area_ratios=(area_ratio,), solver="cantera")

    centre = ideal(ratio, pressure)
    points = {ratio: centre}
    for factor in _SPREAD:
        try:
            points.setdefault(ratio * factor, ideal(ratio * factor, pressure))
        except (InputError, UndecidedError):
            continue
    if len(points) < 4:
        raise UndecidedError(f"{oxidizer}/{fuel} near O/F {ratio:g}: too few equilibrium solutions for a table")
    grid = sorted(points)
    weak, hot = ideal(ratio, pressure * _PRESSURE_STEP), ideal(ratio, pressure, _ENTHALPY_STEP)
    log_step = float(np.log(_PRESSURE_STEP))
    return ChamberGas(
        c_star_table=table(grid, [points[r].c_star for r in grid]),
        isp_table=table(grid, [points[r].isp() for r in grid]),
        ratio_range=(grid[0], grid[-1]),
        pressure=pressure,
        c_star_by_pressure=float(np.log(weak.c_star / centre.c_star)) / log_step,
        isp_by_pressure=float(np.log(weak.isp() / centre.isp())) / log_step,
        c_star_by_enthalpy=(hot.c_star / centre.c_star - 1.0) / _ENTHALPY_STEP,
        isp_by_enthalpy=(hot.isp() / centre.isp() - 1.0) / _ENTHALPY_STEP,
        assigned_oxidizer=ox.enthalpy / ox.molar_mass,
        assigned_fuel=fu.enthalpy / fu.molar_mass,
        temperature=centre.chamber.temperature,
        gamma=centre.chamber.gamma_s,
        molar_mass=centre.chamber.molar_mass,
        exit_pressure=centre.stations[0].pressure,
        throat_isp=float(centre.c_star / G0),
    )
