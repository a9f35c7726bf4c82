"""Orbit planes against time: the node's drift, Sun-synchronous inclination, mean solar time of the node, passes over a site.

Secular drift of the node by J2: Vallado, *Fundamentals of Astrodynamics and Applications*, 4th ed. (2013), sec. 9.6; the
inclination of a Sun-synchronous orbit is that equation solved for i, sec. 11.4. Passes of a site: sec. 6.4.2 there
(the spherical triangle of launch azimuth, latitude and inclination).
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import J2, MU, RADIUS, ROTATION_RATE
from ..core.time import Instant, format_utc, parse_utc

TROPICAL_YEAR = 365.2421897 * 86400.0
"""[s] (Vallado 2013, sec. 3.5): in it the mean Sun goes round once."""
MEAN_SUN_RATE = 2 * np.pi / TROPICAL_YEAR
"""[rad/s]: what the node of a Sun-synchronous orbit turns at."""


def node_rate(semi_major_axis: float, eccentricity: float, inclination: float) -> float:
    """Secular rate [rad/s] of the right ascension of the ascending node: -3/2 n J2 (R/p)² cos i."""
    n = np.sqrt(MU / semi_major_axis**3)
    p = semi_major_axis * (1 - eccentricity**2)
    return float(-1.5 * n * J2 * (RADIUS / p) ** 2 * np.cos(inclination))


def sun_synchronous_inclination(semi_major_axis: float, eccentricity: float = 0.0) -> float:
    """Inclination [rad] at which J2 turns the node with the mean Sun. Raises ValueError where no inclination does."""
    cosine = MEAN_SUN_RATE / node_rate(semi_major_axis, eccentricity, 0.0)
    if not -1.0 <= cosine <= 1.0:
        raise ValueError(
            "so high an orbit cannot be Sun-synchronous: J2 turns its node too slowly at every inclination"
        )
    return float(np.arccos(cosine))


def highest_sun_synchronous() -> float:
    """Semi-major axis [m] of the circular orbit that is Sun-synchronous at 180 deg: above it none is."""
    return float((1.5 * J2 * RADIUS**2 * np.sqrt(MU) / MEAN_SUN_RATE) ** (2 / 7))


def node_longitude_at_mean_time(mean_solar_time: float, instant: Instant, ut1_minus_utc: float = 0.0) -> float:
    """Longitude [rad, 0..2 pi) of a node at which the local mean solar time is that [s of the day], at an instant.

    Local mean solar time is UT1 plus the longitude, a turn for a day: exact, without the Sun's right ascension.
    """
    day, fraction = instant.universal_time(ut1_minus_utc)
    ut1 = (day + 0.5 + fraction) % 1.0
    return float(2 * np.pi * (mean_solar_time / 86400.0 - ut1) % (2 * np.pi))


def greenwich_sidereal_time(instant: Instant, ut1_minus_utc: float = 0.0) -> float:
    """Greenwich mean sidereal time [rad] of 1982 (Aoki et al.), which the elements of NORAD (TEME) count from."""
    import erfa

    return float(erfa.gmst82(*instant.universal_time(ut1_minus_utc)))


@dataclass(frozen=True)
class PlaneAtEpoch:
    """A plane that J2 turns: right ascension of its node [rad] (mean equinox, true equator of date) at an instant, its drift
    [rad/s], its inclination [rad]."""

    epoch: str
    right_ascension: float
    rate: float
    inclination: float

    def right_ascension_at(self, instant: Instant) -> float:
        """Of the ascending node [rad, 0..2 pi)."""
        elapsed = instant.minus(parse_utc(self.epoch))
        return float((self.right_ascension + self.rate * elapsed) % (2 * np.pi))

    def node_longitude(self, instant: Instant, ut1_minus_utc: float = 0.0) -> float:
        """Longitude [rad, 0..2 pi) of the ascending node over the turning Earth."""
        sidereal = greenwich_sidereal_time(instant, ut1_minus_utc)
        return float((self.right_ascension_at(instant) - sidereal) % (2 * np.pi))


@dataclass(frozen=True)
class SunFixedPlane:
    """A Sun-synchronous plane: local mean solar time [s of the day] of its ascending node, and its inclination [rad]."""

    mean_solar_time: float
    inclination: float

    def node_longitude(self, instant: Instant, ut1_minus_utc: float = 0.0) -> float:
        """Longitude [rad, 0..2 pi) of the ascending node over the turning Earth."""
        return node_longitude_at_mean_time(self.mean_solar_time, instant, ut1_minus_utc)


Plane = PlaneAtEpoch | SunFixedPlane


@dataclass(frozen=True)
class Passage:
    """A site passes through a plane: when (UTC), and whether the orbit leads northward there."""

    time: str
    northward: bool


def node_from_site(latitude: float, longitude: float, inclination: float, northward: bool) -> float:
    """Longitude [rad, 0..2 pi) of the ascending node of the plane over a site at a geocentric latitude [rad].

    sin(Δλ) = tan(latitude)/tan(i), Δλ from the node eastward to the site. Raises ValueError where the plane never gets there.
    """
    sine = np.tan(latitude) / np.tan(inclination)
    if abs(sine) > 1.0 + 1e-12:
        raise ValueError("the plane never passes over the site's latitude")
    # cos i tells which side of the node the orbit climbs to; a retrograde orbit has tan i < 0
    east = float(np.arcsin(np.clip(sine, -1.0, 1.0)))
    return float((longitude - (east if northward else np.pi - east)) % (2 * np.pi))


def instant_of_node(plane: Plane, longitude: float, after: Instant, ut1_minus_utc: float = 0.0) -> Instant:
    """The first instant at or after one at which the plane's ascending node has a longitude [rad]."""
    instant = after
    for k in range(4):  # the node drifts steadily: three steps leave nanoseconds
        ahead = float(plane.node_longitude(instant, ut1_minus_utc) - longitude)
        ahead = ahead % (2 * np.pi) if k == 0 else (ahead + np.pi) % (2 * np.pi) - np.pi
        instant = instant.plus(ahead / (ROTATION_RATE - _drift(plane)))
    return instant


def _drift(plane: Plane) -> float:
    return plane.rate if isinstance(plane, PlaneAtEpoch) else MEAN_SUN_RATE


def passages(
    plane: Plane, latitude: float, longitude: float, after: str, count: int = 4, ut1_minus_utc: float = 0.0
) -> tuple[Passage, ...]:
    """The next passes of a site (geocentric latitude, longitude [rad]) through a plane, in order: two a day."""
    found = []
    for northward in (True, False):
        node, start = node_from_site(latitude, longitude, plane.inclination, northward), parse_utc(after)
        for _ in range(count):
            start = instant_of_node(plane, node, start, ut1_minus_utc)
            found.append((start, northward))
            start = start.plus(3600.0)
    return tuple(Passage(format_utc(t, 1), n) for t, n in sorted(found)[:count])
