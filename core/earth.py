"""The Earth of WGS-84: its constants, and geodetic against Earth-fixed coordinates."""

import numpy as np

from .numeric import choose, equation

# NIMA TR8350.2 (2000), World Geodetic System 1984, tables 3.1 and 3.3
MU = 3.986004418e14  # m^3/s^2
RADIUS = 6378137.0  # m, equatorial
FLATTENING = 1 / 298.257223563
ROTATION_RATE = 7.292115e-5  # rad/s
J2 = 0.484166774985e-3 * 5**0.5  # from the normalised C20 of EGM96, table 5.1
G0 = 9.80665  # m/s^2, standard gravity (CGPM 1901)
SEA_LEVEL_PRESSURE = 101325.0  # Pa, U.S. Standard Atmosphere 1976, table 2

ECCENTRICITY_SQUARED = FLATTENING * (2 - FLATTENING)
POLAR_RADIUS = RADIUS * (1 - FLATTENING)
MEAN_RADIUS = (2 * RADIUS + POLAR_RADIUS) / 3  # m: of a sphere, for distances over ground alone


@equation
def ecef_from_geodetic(latitude, longitude, altitude):
    """Earth-fixed x, y, z [m] from geodetic latitude, longitude [rad] and height above the ellipsoid [m]."""
    n = RADIUS / np.sqrt(1 - ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    x = (n + altitude) * np.cos(latitude) * np.cos(longitude)
    y = (n + altitude) * np.cos(latitude) * np.sin(longitude)
    z = (n * (1 - ECCENTRICITY_SQUARED) + altitude) * np.sin(latitude)
    return x, y, z


@equation
def geodetic_from_ecef(x, y, z):
    """Geodetic latitude, longitude [rad] and height [m] from Earth-fixed x, y, z [m].

    Bowring's parametric-latitude step (Bowring 1976, Survey Review 23, 323), applied three times: below 1e-14 rad, and
    heights to the rounding of the coordinates (5e-9 m to 1000 km, 4e-8 m to 50 000 km), from 6000 km below the ellipsoid.
    """
    p = np.sqrt(x * x + y * y)
    longitude = np.arctan2(y, x)
    e2_prime = ECCENTRICITY_SQUARED / (1 - ECCENTRICITY_SQUARED)
    beta = np.arctan2(z * RADIUS, p * POLAR_RADIUS)
    latitude = np.arctan2(
        z + e2_prime * POLAR_RADIUS * np.sin(beta) ** 3, p - ECCENTRICITY_SQUARED * RADIUS * np.cos(beta) ** 3
    )
    for _ in range(2):
        beta = np.arctan2((1 - FLATTENING) * np.sin(latitude), np.cos(latitude))
        latitude = np.arctan2(
            z + e2_prime * POLAR_RADIUS * np.sin(beta) ** 3, p - ECCENTRICITY_SQUARED * RADIUS * np.cos(beta) ** 3
        )
    s, c = np.sin(latitude), np.cos(latitude)
    # p/cos is singular at the poles, z/sin at the equator: this form is neither
    altitude = p * c + z * s - RADIUS * np.sqrt(1 - ECCENTRICITY_SQUARED * s * s)
    return latitude, choose(p > 0, longitude, 0.0), altitude
