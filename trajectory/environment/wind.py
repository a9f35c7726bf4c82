"""Wind: the velocity of the air over the turning ground, east and north, against altitude.

`Wind` is what the equations of motion take; it comes from a table of one's own (`wind_profile`) or from a climatology
(`climatological_wind`). Vertical wind is left out. One profile serves the whole flight: it does not change with place or time.
"""

import json
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...core.errors import InputError
from ...core.numeric import Table, equation, lookup, table

CLIMATOLOGY = "HWM93"


class Wind(NamedTuple):
    """Velocity of the air relative to the ground against altitude [m]: east and north components [m/s].

    Meteorologists name a wind by where it comes from: a west wind has a positive east component here.
    """

    east: Table
    north: Table


@equation
def wind_components(wind, x, y, z, altitude, flattening):
    """Wind (x, y, z) [m/s] at a position [m] whose altitude [m] is known; Earth-fixed or inertial axes, z the spin axis.

    North is perpendicular to the ellipsoid's normal, taken as the normal of the similar ellipsoid through the position: off the
    true one by less than 2 flattening · altitude / radius, 0.1 mrad at 100 km.
    """
    east = lookup(wind.east, altitude)
    north = lookup(wind.north, altitude)
    p = np.sqrt(x * x + y * y + 1e-6)
    k = z / ((1.0 - flattening) * (1.0 - flattening))
    n = np.sqrt(p * p + k * k)
    radial = -north * k / (n * p)
    return radial * x - east * y / p, radial * y + east * x / p, north * p / n


@lru_cache(maxsize=1)
def calm() -> Wind:
    """No wind: the air turns with the Earth."""
    still = table(np.linspace(0.0, 1.0, 4), np.zeros(4))
    return Wind(still, still)


def wind_profile(altitude: Any, east: Any, north: Any) -> Wind:
    """Wind through the points given: altitude [m] ascending, east and north [m/s], (n,) each, n >= 2.

    Between the points the profile bends smoothly without overshoot (a shape-preserving cubic, Fritsch & Butland 1984, sampled at
    16 points an interval for the C² table); beyond its ends the end values hold.
    """
    from scipy.interpolate import PchipInterpolator

    altitude, east, north = (np.asarray(a, float) for a in (altitude, east, north))
    if len(altitude) < 2 or not altitude.shape == east.shape == north.shape or not np.all(np.diff(altitude) > 0):
        raise InputError(
            "a wind profile has two or more points, ascending in altitude, each with an east and a north component"
        )
    fine = np.concatenate([*(np.linspace(a, b, 16, endpoint=False) for a, b in pairwise(altitude)),
                           altitude[-1:]])  # fmt: skip
    return Wind(
        table(fine, PchipInterpolator(altitude, east)(fine)), table(fine, PchipInterpolator(altitude, north)(fine))
    )


def shifted(wind: Wind, east: float, north: float) -> Wind:
    """The wind with constants [m/s] added at every altitude."""
    return Wind(_raised(wind.east, east), _raised(wind.north, north))


SHEAR_EXPONENT = 0.7
"""Winds at two heights differ by the 0.7th power of the heights' difference, at any percentile, below a kilometre: Fichtl,
*Small-scale wind shear definition for aerospace vehicle design*, J. Spacecraft and Rockets 9 (1972), 79, abstract."""
SHEAR_SPACING = 50.0  # m


def shear_speed(altitude: Any, peak: float, speed: float, shear: float) -> Any:
    """Speed [m/s] at altitudes [m] of a synthetic profile that builds up to a speed at its peak, and falls off alike above it.

    shear [m/s]: change over the kilometre below the peak. Farther off the same law is carried on, down to no wind.
    """
    apart = np.abs(np.asarray(altitude, float) - peak) / 1000.0
    return np.maximum(speed - shear * apart**SHEAR_EXPONENT, 0.0)


def sheared(wind: Wind, peak: float, speed: float, shear: float, azimuth: float) -> Wind:
    """A wind with a synthetic shear profile on top, which blows towards an azimuth [rad] from north."""
    reach = 1000.0 * (speed / shear) ** (1.0 / SHEAR_EXPONENT)
    nodes = np.arange(0.0, max(peak + reach, min(wind.east.high, 120e3)) + SHEAR_SPACING, SHEAR_SPACING)
    added = shear_speed(nodes, peak, speed, shear)
    return Wind(
        table(nodes, [float(lookup(wind.east, h)) for h in nodes] + added * np.sin(azimuth)),
        table(nodes, [float(lookup(wind.north, h)) for h in nodes] + added * np.cos(azimuth)),
    )


def _raised(values: Table, by: float) -> Table:
    return values._replace(coefficients=values.coefficients + by)  # B-splines add up to one everywhere


@lru_cache(maxsize=1)
def climatology_data() -> dict[str, Any]:
    """The table made from HWM93: source, altitudes, latitudes, months, east and north wind."""
    return json.loads((Path(__file__).parent / "data" / "hwm93.json").read_text(encoding="utf-8"))


def climatological_wind(latitude: float, month: int) -> Wind:
    """Zonal-mean wind of a month (1 to 12) at a geodetic latitude [rad], 0 to 120 km, from HWM93.

    The Horizontal Wind Model of Hedin et al. (1996), evaluated every 10 degrees and 2.5 to 5 km without tides and without
    dependence on longitude; linear in latitude here. A mean of months and longitudes: the jet stream of a day over one site is
    often more than twice as strong, so that this wind serves performance, and never loads.
    """
    if not 1 <= month <= 12:
        raise InputError(f"a month is 1 to 12, not {month}")
    data = climatology_data()
    latitudes = np.array(data["latitude_deg"])
    altitude = np.array(data["altitude_km"]) * 1e3
    components = []
    for name in ("east", "north"):
        at = np.array(data[name][month - 1], float) * data["unit_m_s"]  # (latitude, altitude)
        components.append([np.interp(np.degrees(latitude), latitudes, at[:, i]) for i in range(len(altitude))])
    return wind_profile(altitude, *components)
