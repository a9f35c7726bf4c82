"""Earth-fixed to inertial and back: ITRF, GCRF and EME2000 by the IAU 2006/2000A models.

GCRF = Q(t) R(ERA) W(t) ITRF (Petit & Luzum 2010, IERS Technical Note 36, eq. 5.1), built with ERFA's CIO-based routines.
Earth orientation (UT1-UTC, polar motion) is measured, not computed: without values it is taken as zero, and
`EarthOrientation.position_bound` says how far that can be off.
"""

from dataclasses import dataclass
from math import hypot

import numpy as np

from .time import Instant

# dERA/dUT1 = 2 pi * 1.00273781191135448 / 86400 s (Capitaine, Guinot & McCarthy 2000; IERS TN 36, eq. 5.15)
ROTATION_RATE_UT1 = 2.0 * np.pi * 1.00273781191135448 / 86_400.0
UT1_BOUND = 0.9  # s: |UT1-UTC| is kept below it (ITU-R TF.460-6)
POLE_BOUND = 0.7  # arcsec: the largest polar motion in IERS series C04 since 1962 is 0.600, in June 1996
ARCSECOND = np.pi / 648_000.0


@dataclass(frozen=True, kw_only=True)
class EarthOrientation:
    """What the Earth does beyond the models; None for a value that is not known and is taken as zero.

    ut1_minus_utc in s; pole_x, pole_y (polar motion) and cip_dx, cip_dy (celestial pole offsets) in rad. The IERS publishes
    them in Bulletin A and series C04.
    """

    ut1_minus_utc: float | None = None
    pole_x: float | None = None
    pole_y: float | None = None
    cip_dx: float = 0.0
    cip_dy: float = 0.0

    def angle_bound(self) -> float:
        """Largest angle [rad] by which the Earth can be turned from where these values put it, for the values not given."""
        ut1 = 0.0 if self.ut1_minus_utc is not None else UT1_BOUND * ROTATION_RATE_UT1
        pole = 0.0 if self.pole_x is not None and self.pole_y is not None else POLE_BOUND * ARCSECOND
        return hypot(ut1, pole)

    def position_bound(self, radius: float) -> float:
        """Largest error of an inertial position [m] at `radius` [m] that the values not given can cause."""
        return self.angle_bound() * radius


UNKNOWN_ORIENTATION = EarthOrientation()


@dataclass(frozen=True)
class FrameRotation:
    """Rotation between ITRF and an inertial frame at one instant; `matrix` (3, 3) takes ITRF vectors to inertial ones.

    `rate_itrf` (3,) is the Earth's angular velocity [rad/s] about the celestial intermediate pole, in ITRF axes. The turning
    of that pole itself (precession, nutation) is left out of velocities: below 1e-11 rad/s, that is 0.1 mm/s at 10,000 km.
    """

    matrix: np.ndarray
    rate_itrf: np.ndarray

    def to_inertial(self, position, velocity) -> tuple[np.ndarray, np.ndarray]:
        """Inertial position [m] and velocity [m/s], (…, 3), from Earth-fixed ones (velocity relative to the Earth)."""
        position, velocity = np.asarray(position, float), np.asarray(velocity, float)
        return position @ self.matrix.T, (velocity + np.cross(self.rate_itrf, position)) @ self.matrix.T

    def to_earth_fixed(self, position, velocity) -> tuple[np.ndarray, np.ndarray]:
        """Earth-fixed position [m] and velocity [m/s] relative to the Earth, (…, 3), from inertial ones."""
        fixed = np.asarray(position, float) @ self.matrix
        return fixed, np.asarray(velocity, float) @ self.matrix - np.cross(self.rate_itrf, fixed)


def gcrf_from_itrf(instant: Instant, orientation: EarthOrientation = UNKNOWN_ORIENTATION) -> FrameRotation:
    """Rotation from ITRF to GCRF at `instant`: IAU 2006 precession, IAU 2000A nutation, Earth rotation angle, polar motion.

    The realisations of ITRF since ITRF2000 lie within centimetres of one another and of WGS-84, so one rotation serves all.
    """
    import erfa

    tt = instant.terrestrial_time()
    ut1 = instant.universal_time(orientation.ut1_minus_utc or 0.0)
    x, y, s = erfa.xys06a(*tt)
    celestial_to_intermediate = erfa.c2ixys(x + orientation.cip_dx, y + orientation.cip_dy, s)
    polar = erfa.pom00(orientation.pole_x or 0.0, orientation.pole_y or 0.0, erfa.sp00(*tt))
    to_itrf = erfa.c2tcio(celestial_to_intermediate, erfa.era00(*ut1), polar)
    return FrameRotation(np.ascontiguousarray(to_itrf.T), polar @ np.array([0.0, 0.0, ROTATION_RATE_UT1]))


def eme2000_from_itrf(instant: Instant, orientation: EarthOrientation = UNKNOWN_ORIENTATION) -> FrameRotation:
    """Rotation from ITRF to EME2000 (mean equator and equinox of J2000): GCRF and the frame bias, 23 mas or 0.8 m at 7000 km."""
    import erfa

    bias, _, _ = erfa.bp06(2451545.0, 0.0)
    gcrf = gcrf_from_itrf(instant, orientation)
    return FrameRotation(bias @ gcrf.matrix, gcrf.rate_itrf)
