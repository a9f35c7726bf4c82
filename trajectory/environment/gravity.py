"""The Earth as a rotating oblate planet: gravity with J2, and a geodetic altitude that an optimizer can differentiate.

Cartesian components along axes whose z is the Earth's rotation axis; the field is symmetric about z, so that Earth-fixed and
inertial components serve alike. All constants come in an `Earth`, so that a benchmark's round planet needs no other code.
"""

from typing import NamedTuple

import numpy as np

from ...core import earth as _constants
from ...core.numeric import equation


class Earth(NamedTuple):
    """Gravitational parameter [m^3/s^2], equatorial radius [m], flattening [-], rotation rate [rad/s], J2 [-]."""

    gravitational_parameter: float
    equatorial_radius: float
    flattening: float
    rotation_rate: float
    j2: float


WGS84 = Earth(
    gravitational_parameter=_constants.MU,
    equatorial_radius=_constants.RADIUS,
    flattening=_constants.FLATTENING,
    rotation_rate=_constants.ROTATION_RATE,
    j2=_constants.J2,
)


@equation
def gravity(earth, x, y, z):
    """Gravitational acceleration (x, y, z) [m/s^2] at a position [m]: central term and J2, without centrifugal part.

    Montenbruck & Gill, *Satellite Orbits* (2000), sec. 3.2, in the Cartesian form for J2 alone (Vallado, *Fundamentals of
    Astrodynamics*, 4th ed., sec. 8.7.1).
    """
    r2 = x * x + y * y + z * z
    inverse = 1.0 / r2
    central = -earth.gravitational_parameter * inverse / np.sqrt(r2)
    k = 1.5 * earth.j2 * earth.equatorial_radius * earth.equatorial_radius * inverse
    polar = 5.0 * z * z * inverse
    across = central * (1.0 + k * (1.0 - polar))
    along = central * (1.0 + k * (3.0 - polar))
    return across * x, across * y, along * z


@equation
def gravitational_potential(earth, x, y, z):
    """Potential [m^2/s^2], positive, whose gradient is `gravity`: central term and J2."""
    r2 = x * x + y * y + z * z
    k = 0.5 * earth.j2 * earth.equatorial_radius * earth.equatorial_radius / r2
    return earth.gravitational_parameter / np.sqrt(r2) * (1.0 - k * (3.0 * z * z / r2 - 1.0))


@equation
def geodetic_altitude(earth, x, y, z):
    """Altitude [m] above the ellipsoid of an Earth-fixed or inertial position [m], without iteration or branches.

    Bowring, *The accuracy of geodetic latitude and height equations*, Survey Review 28 (1985), one step, with sines and
    cosines as ratios, so that poles and equator need no care. Below 1e-7 m of error from -10 km to 2000 km (tested). The
    distance from the axis is smoothed by 1 mm, which keeps derivatives finite on the axis.
    """
    a = earth.equatorial_radius
    f = earth.flattening
    b = a * (1.0 - f)
    e2 = f * (2.0 - f)
    second = e2 / ((1.0 - f) * (1.0 - f))
    p2 = x * x + y * y + 1e-6
    p = np.sqrt(p2)
    r = np.sqrt(p2 + z * z)
    # reduced latitude of the foot point, first guess
    s = b * z * (1.0 + second * b / r)
    c = a * p
    n = np.sqrt(s * s + c * c)
    s = s / n
    c = c / n
    # geodetic latitude
    s = z + second * b * s * s * s
    c = p - e2 * a * c * c * c
    n = np.sqrt(s * s + c * c)
    s = s / n
    c = c / n
    return p * c + z * s - a * np.sqrt(1.0 - e2 * s * s)
