"""The liquid in a tank: settled on the bottom under thrust, level at right angles to the axis.

A tank's cross-section is a disc, or a ring beside an inward dome. The domes are ellipsoids, so areas are quadratic in the
height and every integral below is a polynomial that Gauss quadrature of five points meets exactly.
The liquid turns with the tank as if frozen: the upper bound of its inertia. A liquid without friction would not follow in
roll at all, and in pitch a full tank's follows partly (Abramson ed., NASA SP-106, 1966, ch. 6).
"""

from math import pi

import numpy as np

from .solids import NOTHING, Body
from .tank import Tank

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


def _pieces(tank: Tank) -> list[float]:
    """Heights [m] over the tank's lowest point between which the section follows one formula."""
    r = tank.radius
    lower, upper = tank.lower_dome.height(r), tank.upper_dome.height(r)
    start = 0.0 if tank.lower_dome.inward else lower
    end = start + tank.barrel_length
    marks = {0.0, start, end, tank.height}
    if tank.lower_dome.inward:
        marks.add(lower)
    if tank.upper_dome.inward:
        marks.add(end - upper)
    return sorted(m for m in marks if 0.0 <= m <= tank.height + 1e-12)


def _radii_squared(tank: Tank, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squares of outer and inner radius of the section at height z over the lowest point."""
    r2 = tank.radius**2
    lower, upper = tank.lower_dome.height(tank.radius), tank.upper_dome.height(tank.radius)
    outer, inner = np.full_like(z, r2), np.zeros_like(z)
    if lower > 0:
        if tank.lower_dome.inward:
            inner = np.where(z < lower, r2 * (1 - (z / lower) ** 2), inner)
        else:
            outer = np.where(z < lower, r2 * (1 - ((lower - z) / lower) ** 2), outer)
    if upper > 0:
        top = tank.height
        if tank.upper_dome.inward:
            inner = np.maximum(inner, np.where(z > top - upper, r2 * (1 - ((top - z) / upper) ** 2), 0.0))
        else:
            outer = np.where(z > top - upper, r2 * (1 - ((z - (top - upper)) / upper) ** 2), outer)
    return np.maximum(outer, 0.0), np.maximum(inner, 0.0)


def _moments(tank: Tank, level: float) -> np.ndarray:
    """Integrals over the liquid up to *level*: volume, z dV, z² dV, and half r² dV (per density, the roll inertia)."""
    marks = [m for m in _pieces(tank) if m < level] + [level]
    a, b = np.array(marks[:-1]), np.array(marks[1:])
    z = (a + b)[:, None] / 2 + (b - a)[:, None] / 2 * _NODES
    w = (b - a)[:, None] / 2 * _WEIGHTS
    outer, inner = _radii_squared(tank, z)
    section = pi * (outer - inner)
    spin = pi / 2 * (outer**2 - inner**2)
    return np.array([np.sum(w * section), np.sum(w * z * section), np.sum(w * z**2 * section), np.sum(w * spin)])


def level(tank: Tank, volume: float) -> float:
    """Height [m] of the surface over the tank's lowest point for a liquid volume [m^3].

    Raises ValueError for a volume that is negative or more than the tank holds.
    """
    full = tank.internal_volume
    if volume < 0 or volume > full * (1 + 1e-9):
        raise ValueError(f"tank '{tank.name}' holds 0 to {full:.6g} m^3, not {volume:.6g}")
    low, high = 0.0, tank.height
    z = tank.height * volume / full
    for _ in range(80):  # Newton with the surface's area as slope, held inside a shrinking bracket
        excess = _moments(tank, z)[0] - volume
        if excess > 0:
            high = z
        else:
            low = z
        outer, inner = _radii_squared(tank, np.array([z]))
        area = pi * float(outer[0] - inner[0])
        step = z - excess / area if area > 0 else low - 1
        new = step if low < step < high else (low + high) / 2
        if abs(new - z) <= 1e-15 * tank.height or high - low <= 1e-15 * tank.height:
            return new
        z = new
    return z


def liquid(tank: Tank, mass: float, bottom: float = 0.0) -> Body:
    """The *mass* [kg] of liquid in a tank whose lowest point stands at station *bottom* [m]."""
    if mass <= 0.0:
        return NOTHING
    density = tank.liquid_density
    assert density is not None  # a Tank without one is not valid
    volume = mass / density
    v, z, zz, spin = _moments(tank, level(tank, min(volume, tank.internal_volume)))
    if v <= 0.0:  # less than a film: the level is below what a float resolves
        return Body(mass, bottom, 0.0, 0.0)
    scale = mass / v  # the level is found to rounding; this makes the mass exact
    centre = z / v
    roll = scale * spin
    # A thin disc or ring has half its roll inertia about its own diameter.
    pitch = roll / 2 + scale * (zz - v * centre**2)
    return Body(mass, bottom + centre, roll, pitch)
