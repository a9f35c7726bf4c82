"""Atmosphere for flight equations: C² tables of the U.S. Standard Atmosphere 1976 against geodetic altitude.

The standard's layers have kinks, which an optimizer's second derivatives cannot follow; a cubic spline through its exact
values (`us76.py`) is smooth, and its error is stated in `docs/environment.md` and held by a test. Log-density and
log-pressure are tabulated, so that neither turns negative and the error is relative. An `Atmosphere` is passed to the
equations, never looked up globally: another one (a benchmark's exponential law, a dispersed density) needs no other code.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ...core.numeric import Table, equation, lookup, table
from . import us76


class Atmosphere(NamedTuple):
    """Four tables against altitude [m]: ln(density / (kg/m^3)), ln(pressure / Pa), temperature [K], speed of sound [m/s].

    Clamped at the ends of their range: -5 km and 1000 km for the standard atmosphere.
    """

    log_density: Table
    log_pressure: Table
    temperature: Table
    speed_of_sound: Table


@equation
def density(atmosphere, altitude):
    """Density [kg/m^3] at an altitude [m]."""
    return np.exp(lookup(atmosphere.log_density, altitude))


@equation
def pressure(atmosphere, altitude):
    """Static pressure [Pa] at an altitude [m]."""
    return np.exp(lookup(atmosphere.log_pressure, altitude))


@equation
def temperature(atmosphere, altitude):
    """Kinetic temperature [K] at an altitude [m]."""
    return lookup(atmosphere.temperature, altitude)


@equation
def speed_of_sound(atmosphere, altitude):
    """Speed of sound [m/s] at an altitude [m]; its value at 86 km holds above, where the standard gives none."""
    return lookup(atmosphere.speed_of_sound, altitude)


@lru_cache(maxsize=1)
def standard_atmosphere() -> Atmosphere:
    """The U.S. Standard Atmosphere 1976, -5 to 1000 km, as splines through the exact values of `us76.profile`."""
    exact = us76.profile()
    at = np.searchsorted(exact.altitude, _nodes())
    c = us76.constants()
    molecular = exact.temperature * c["molar_mass_sea_level_kg_kmol"] / exact.molar_mass
    sound = np.sqrt(
        c["heat_capacity_ratio"] * c["gas_constant_J_kmol_K"] / c["molar_mass_sea_level_kg_kmol"] * molecular
    )
    top = np.searchsorted(exact.altitude, us76.LOWER_TOP)
    sound = np.where(exact.altitude > us76.LOWER_TOP, sound[top], sound)
    columns = (np.log(exact.density), np.log(exact.pressure), exact.temperature, sound)
    return Atmosphere(*(table(exact.altitude[at], column[at]) for column in columns))


def _nodes() -> np.ndarray:
    """Altitudes [m] of the spline's points: 200 m apart where the standard has kinks, wider where it is smooth."""
    return np.concatenate(
        [
            np.arange(us76.LOWEST, 125e3, 200.0),
            np.arange(125e3, 200e3, 1e3),
            np.arange(200e3, 500e3, 2e3),
            np.arange(500e3, us76.HIGHEST + 1, 5e3),
        ]
    )


def exponential_atmosphere(
    surface_density: float, scale_height: float, surface_pressure: float = 1e-30, speed_of_sound: float = 340.0
) -> Atmosphere:
    """An isothermal law density = surface_density · exp(-altitude / scale_height), as many benchmarks state it.

    SI units; range -10 km to 120 scale heights. A benchmark whose thrust ignores ambient pressure leaves the pressure at its
    default of zero in all but name. Temperature follows from neither and is set to zero.
    """
    altitude = np.linspace(-10e3, 120 * scale_height, 8)
    fall = -altitude / scale_height
    return Atmosphere(
        log_density=table(altitude, np.log(surface_density) + fall),
        log_pressure=table(altitude, np.log(surface_pressure) + fall),
        temperature=table(altitude, np.zeros(8)),
        speed_of_sound=table(altitude, np.full(8, float(speed_of_sound))),
    )
