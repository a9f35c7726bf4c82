"""Winds and air that differ from day to day: random profiles as sums of a few shapes over altitude.

A component of the wind, or the temperature, deviates from its mean by a normal process over altitude with a given standard
deviation and a correlation that falls as exp(-|Δh|/L): the first-order autoregressive law of the GRAM family (Justus et
al., *The NASA/MSFC Global Reference Atmospheric Model*, 1995, ch. 2: perturbations). Its eigenvectors over the altitudes
(Karhunen-Loève) carry nearly all of the variance; what is cut off is fine structure, which gusts and turbulence stand
for. Densities follow from the temperature by hydrostatics and the gas law, so that no profile contradicts itself.
"""

from typing import TypeVar

import numpy as np

from ...core.earth import G0
from ...core.numeric import Table, pack_table, table
from ..environment.atmosphere import Atmosphere
from ..environment.wind import Wind

Profile = TypeVar("Profile", Wind, Atmosphere)
SPACING = 500.0  # m between nodes of a dispersed wind
KEPT = 0.98  # of the variance
MOST_SHAPES = 12
_GAS_CONSTANT_AIR = 287.053  # J/(kg K)


def shapes(altitude: np.ndarray, deviation: np.ndarray, length: float) -> np.ndarray:
    """(shapes, n): profiles over altitudes (n,) whose sum with independent standard normal scores has the deviation (n,)
    and the correlation exp(-|Δh|/length); as many as carry KEPT of the variance, scaled so that none of it is lost."""
    scaled = deviation[:, None] * deviation * np.exp(-np.abs(altitude[:, None] - altitude) / length)
    values, vectors = np.linalg.eigh(scaled)
    values, vectors = values[::-1], vectors[:, ::-1]
    total = values.sum()
    if total <= 0.0:
        return np.zeros((0, len(altitude)))
    count = min(int(np.searchsorted(np.cumsum(values) / total, KEPT)) + 1, MOST_SHAPES)
    kept = vectors[:, :count] * np.sqrt(np.maximum(values[:count], 0.0))
    kept *= np.sign(kept[np.argmax(np.abs(kept), axis=0), np.arange(count)])  # a sign that does not hang on the library
    left = np.sqrt((kept**2).sum(axis=1))
    scale = np.divide(deviation, left, out=np.ones_like(left), where=left > 0.05 * deviation.max())
    return (kept * scale[:, None]).T


def wind_nodes(wind: Wind, top: float) -> np.ndarray:
    """Altitudes [m] on which a dispersed wind is tabulated: to *top*, or as far as the mean wind goes below 120 km."""
    highest = max(top, min(wind.east.high, 120e3), 4 * SPACING)
    return np.arange(0.0, highest + SPACING, SPACING)


def retabulated(profile: Profile, nodes: np.ndarray) -> Profile:
    """The wind or the air through its values at the nodes."""
    from ...core.numeric import lookup

    return type(profile)(*(table(nodes, [float(lookup(part, h)) for h in nodes]) for part in profile))


def packed_coefficients(smooth: Table) -> np.ndarray:
    """The coefficients of a packed table, in the order of `program.table_positions`."""
    packed = pack_table(smooth)
    return packed[table_positions(packed, 0)]


def table_positions(numbers: np.ndarray, at: int) -> np.ndarray:
    """Positions of the coefficients of a table packed at a position (see `numeric.pack_table`)."""
    buckets, pieces = int(numbers[at + 3]), int(numbers[at + 4])
    return at + 6 + buckets + np.delete(np.arange(5 * pieces), np.arange(0, 5 * pieces, 5))


def air_nodes(top: float) -> np.ndarray:
    """Altitudes [m] on which dispersed air is tabulated: SPACING apart to *top*, then ever wider to 1000 km."""
    return np.concatenate([np.arange(-1000.0, top, SPACING), np.geomspace(top, 1000e3, 60)])


def air_changes(air: Atmosphere, nodes: np.ndarray, altitude: np.ndarray, shape: np.ndarray) -> Atmosphere:
    """What a relative change of temperature (n,) over altitudes (n,) adds, on the nodes, to ln density, ln pressure,
    temperature and speed of sound.

    To first order: d ln p = ∫ g/(R T) (δT/T) dh from the ground up, d ln ρ = d ln p - δT/T, dc = c δT/(2 T); the
    pressure at the ground stays (it varies by 1 %, which moves no ascent).
    """
    from ...core.numeric import lookup

    fine = np.arange(altitude[0], altitude[-1] + 1.0, 250.0)
    warmer = np.interp(fine, altitude, shape)
    temperature = np.array([float(lookup(air.temperature, h)) for h in fine])
    sound = np.array([float(lookup(air.speed_of_sound, h)) for h in fine])
    slope = G0 / (_GAS_CONSTANT_AIR * temperature) * warmer
    pressure = np.concatenate([[0.0], np.cumsum(0.5 * (slope[1:] + slope[:-1]) * np.diff(fine))])
    columns = (pressure - warmer, pressure, temperature * warmer, 0.5 * sound * warmer)
    return Atmosphere(*(table(nodes, np.interp(nodes, fine, column)) for column in columns))
