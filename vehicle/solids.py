"""Mass, centre of mass and inertia of axisymmetric bodies on the vehicle's axis, and their sum.

Roll inertia is about the axis, pitch inertia about a line across it through the body's own centre of mass. Formulas for
rods, cylinders and shells: any text on mechanics, e.g. Meriam & Kraige, Dynamics, table D/4; composition by the
parallel-axis theorem (Huygens–Steiner).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi

import numpy as np


@dataclass(frozen=True)
class Body:
    """mass [kg], station of the centre of mass [m], roll and pitch inertia about the own centre of mass [kg m^2]."""

    mass: float
    station: float
    roll: float
    pitch: float


NOTHING = Body(0.0, 0.0, 0.0, 0.0)


def combine(bodies: Sequence[Body]) -> Body:
    """The sum of bodies on one axis: I = sum(I_i + m_i (x_i - x)^2) across the axis, sum(I_i) about it."""
    mass = sum(b.mass for b in bodies)
    if mass == 0.0:
        return NOTHING
    station = sum(b.mass * b.station for b in bodies) / mass
    pitch = sum(b.pitch + b.mass * (b.station - station) ** 2 for b in bodies)
    return Body(mass, station, sum(b.roll for b in bodies), pitch)


def point(mass: float, station: float) -> Body:
    """A mass [kg] without extent at a station [m]."""
    return Body(mass, station, 0.0, 0.0)


def cylinder(mass: float, bottom: float, length: float, radius: float) -> Body:
    """Solid cylinder: m R²/2; m (3 R² + L²)/12."""
    return Body(mass, bottom + length / 2, mass * radius**2 / 2, mass * (3 * radius**2 + length**2) / 12)


def cylindrical_shell(mass: float, bottom: float, length: float, radius: float) -> Body:
    """Open thin cylinder: m R²; m (R²/2 + L²/12)."""
    return Body(mass, bottom + length / 2, mass * radius**2, mass * (radius**2 / 2 + length**2 / 12))


def shell_of_revolution(
    mass: float, stations: Sequence[float] | np.ndarray, radii: Sequence[float] | np.ndarray
) -> Body:
    """Thin shell of even thickness through points (station, radius), straight cones between them.

    Each cone's integrals of r ds, x r ds, r³ ds, x² r ds by three-point Gauss, exact for these polynomials.
    """
    x, r = np.asarray(stations, dtype=float), np.asarray(radii, dtype=float)
    nodes, weights = np.polynomial.legendre.leggauss(3)
    t = (nodes + 1) / 2
    xs = x[:-1, None] + np.diff(x)[:, None] * t
    rs = r[:-1, None] + np.diff(r)[:, None] * t
    ds = np.hypot(np.diff(x), np.diff(r))[:, None] * weights / 2
    area = 2 * pi * float(np.sum(rs * ds))
    if area <= 0.0:
        raise ValueError("a shell needs an outline with area")
    density = mass / area
    station = float(np.sum(xs * rs * ds)) * 2 * pi / area
    roll = density * 2 * pi * float(np.sum(rs**3 * ds))
    pitch = roll / 2 + density * 2 * pi * float(np.sum((xs - station) ** 2 * rs * ds))
    return Body(mass, station, roll, pitch)
