"""The instantaneous impact point (IIP) in vacuum: where a vehicle would fall if it stopped thrusting now.

Kepler's ellipse from the state down to the ellipsoid, closed but for the radius of the Earth at the impact, which is found by a
fixed number of steps: Bate, Mueller & White, *Fundamentals of Astrodynamics* (1971), sec. 4.3 (Kepler's equation) and 4.4 (f and
g functions of the true anomaly); the use for flight safety as in Ahn & Roh, *Noniterative Instantaneous Impact Point Prediction
Algorithm for Launch Operations*, JGCD 35 (2012) 645, with the Earth's turning and its flattening. `@equation`s: an optimizer
differentiates them. J2 and air are left out here (`fall.py` has both).
"""

from typing import Any, NamedTuple

import numpy as np

from ...core.numeric import choose, equation

ELLIPSOID_STEPS = 8


class ImpactPoint(NamedTuple):
    """Earth-fixed point of the ellipsoid (x, y, z) [m], time to the impact [s], and how far the orbit is from having none.

    clearance [m]: perigee radius less the Earth's radius where the fall was looked for. Negative: the point exists. Positive:
    the orbit clears the Earth, and the point means nothing (it is the perigee's, so that derivatives stay finite).
    """

    x: Any
    y: Any
    z: Any
    time_to_impact: Any
    clearance: Any


@equation
def ellipsoid_radius(earth, sine_squared):
    """Distance [m] from the Earth's centre to the ellipsoid where sine² of the geocentric latitude is given."""
    f = earth.flattening
    return earth.equatorial_radius * (1.0 - f) / np.sqrt(1.0 - f * (2.0 - f) * (1.0 - sine_squared))


@equation
def _root(value):
    """Square root whose argument is kept above 1e-18: a state at its apogee on the ground has derivatives too."""
    return np.sqrt(choose(value > 1e-18, value, 1e-18))


@equation
def vacuum_impact_point(earth, time, x, y, z, vx, vy, vz):
    """`ImpactPoint` of an inertial state [m, m/s] at a time [s] since T-0, when inertial and Earth-fixed axes coincided.

    The downward crossing of the ellipsoid, at height zero. Error against integration of the same forces: below 1 mm (tested).
    """
    mu = earth.gravitational_parameter
    r2 = x * x + y * y + z * z
    r = np.sqrt(r2)
    radial = x * vx + y * vy + z * vz  # r · v
    v2 = vx * vx + vy * vy + vz * vz
    h2 = r2 * v2 - radial * radial
    h = _root(h2)
    p = h2 / mu
    # e cos and e sin of the true anomaly now
    ec = p / r - 1.0
    es = radial * h / (mu * r)
    e2 = ec * ec + es * es
    # true anomaly at the radius of the Earth, falling: f and g give the place
    sine2 = z * z / r2
    f, g, radius = 1.0, 0.0, r
    for _ in range(ELLIPSOID_STEPS):
        radius = ellipsoid_radius(earth, sine2)
        ic = p / radius - 1.0
        iz = -_root(e2 - ic * ic)
        cosine = (ic * ec + iz * es) / e2
        sine = (iz * ec - ic * es) / e2
        f = 1.0 - radius / p * (1.0 - cosine)
        g = radius * r * sine / h
        across = (f * z + g * vz) / radius
        sine2 = choose(across * across < 1.0, across * across, 1.0)
    # Kepler's equation, with the eccentric anomaly counted from the apogee: no turn to be added
    inverse_a = 2.0 / r - v2 / mu
    inverse_a = choose(inverse_a * r > 1e-9, inverse_a, 1e-9 / r)
    root_a = np.sqrt(1.0 / inverse_a)
    start = np.arctan2(-radial / np.sqrt(mu) / root_a, -(1.0 - r * inverse_a))
    end_cosine = 1.0 - radius * inverse_a
    end_sine = -_root(e2 - end_cosine * end_cosine)
    end = np.arctan2(-end_sine, -end_cosine)
    # M = E - e sin E: e sin E now is radial/√(μa)
    flight = root_a * root_a * root_a / np.sqrt(mu) * ((end - start) - (end_sine - radial / np.sqrt(mu) / root_a))
    turn = earth.rotation_rate * (time + flight)
    c, s = np.cos(turn), np.sin(turn)
    ix, iy, iz = f * x + g * vx, f * y + g * vy, f * z + g * vz
    clearance = p / (1.0 + np.sqrt(e2)) - radius
    return ImpactPoint(c * ix + s * iy, c * iy - s * ix, iz, flight, clearance)


@equation
def geodetic_of_surface_point(earth, x, y, z):
    """Geodetic latitude and longitude [rad] of a point (x, y, z) [m] on the ellipsoid, Earth-fixed: exact there."""
    square = (1.0 - earth.flattening) * (1.0 - earth.flattening)
    return np.arctan2(z, square * np.sqrt(x * x + y * y + 1e-6)), np.arctan2(y, x)


@equation
def vacuum_impact_coordinates(earth, time, x, y, z, vx, vy, vz):
    """Geodetic latitude and longitude [rad] of the vacuum impact point; arguments as of `vacuum_impact_point`."""
    point = vacuum_impact_point(earth, time, x, y, z, vx, vy, vz)
    return geodetic_of_surface_point(earth, point.x, point.y, point.z)
