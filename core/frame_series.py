"""Earth-fixed to inertial at many instants at once: GCRF, EME2000, TOD and TEME.

GCRF and EME2000 as in `frames.py` (IAU 2006/2000A, CIO based). TOD, the true equator and equinox of date: Greenwich apparent
sidereal time of the same models (Earth rotation angle less equation of the origins). TEME, the true equator and mean equinox
that SGP4 uses: Greenwich mean sidereal time of 1982 and polar motion without the TIO locator (Vallado, Crawford, Hujsak &
Kelso 2006, AAS 06-675, appendix C).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from .earth_orientation import OrientationTable
from .errors import InputError
from .frames import ROTATION_RATE_UT1, EarthOrientation
from .time import DAY, JULIAN_DATE_OF_ORIGIN, SECOND, TT_MINUS_TAI, tai_minus_utc_array

InertialFrame = Literal["GCRF", "EME2000", "TOD", "TEME"]
NODE = 600 * SECOND  # between the instants at which precession and nutation are computed
FRAMES: tuple[str, ...] = get_args(InertialFrame)


@dataclass(frozen=True, eq=False)
class FrameSeries:
    """Rotations from ITRF to one inertial frame; matrix (n, 3, 3), rate_itrf (n, 3) [rad/s] as in `FrameRotation`."""

    frame: str
    matrix: np.ndarray
    rate_itrf: np.ndarray

    def to_inertial(self, position: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inertial position [m] and velocity [m/s], (n, 3), from Earth-fixed ones (velocity relative to the Earth)."""
        moving = velocity + np.cross(self.rate_itrf, position)
        return _turn(self.matrix, position), _turn(self.matrix, moving)

    def to_earth_fixed(self, position: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Earth-fixed position [m] and velocity [m/s] relative to the Earth, (n, 3), from inertial ones."""
        back = np.swapaxes(self.matrix, -1, -2)
        fixed = _turn(back, position)
        return fixed, _turn(back, velocity) - np.cross(self.rate_itrf, fixed)


def inertial_series(frame: str, tai: np.ndarray, orientation: OrientationTable | EarthOrientation) -> FrameSeries:
    """Rotations at instants (n,) int64 as `Instant.tai`; `orientation`: a table, or one set of values for all.

    Raises InputError for an unknown frame and for instants that the table does not have.
    """
    import erfa

    if frame not in FRAMES:
        raise InputError(f"{frame!r} is no inertial frame here; use one of {', '.join(FRAMES)}")
    tai = np.asarray(tai, np.int64)
    ut1_minus_utc, pole_x, pole_y, cip_dx, cip_dy = _columns(orientation, tai)
    day, rest = np.divmod(tai, DAY)
    julian = JULIAN_DATE_OF_ORIGIN + day
    seconds = rest / SECOND
    tt = julian, (seconds + TT_MINUS_TAI) / 86_400.0
    ut1 = julian, (seconds - tai_minus_utc_array(tai) + ut1_minus_utc) / 86_400.0
    if frame == "TEME":
        polar = erfa.pom00(pole_x, pole_y, np.zeros(len(tai)))
        to_itrf = erfa.c2tcio(np.broadcast_to(np.eye(3), (len(tai), 3, 3)), erfa.gmst82(*ut1), polar)
    elif frame == "TOD":
        polar = erfa.pom00(pole_x, pole_y, erfa.sp00(*tt))
        (equation,) = _slowly(_equation_of_origins, tai)
        sidereal = erfa.era00(*ut1) - equation
        to_itrf = erfa.c2tcio(np.broadcast_to(np.eye(3), (len(tai), 3, 3)), sidereal, polar)
    else:
        polar = erfa.pom00(pole_x, pole_y, erfa.sp00(*tt))
        x, y, s = _slowly(erfa.xys06a, tai)
        to_itrf = erfa.c2tcio(erfa.c2ixys(x + cip_dx, y + cip_dy, s), erfa.era00(*ut1), polar)
    matrix = np.swapaxes(to_itrf, -1, -2)
    if frame == "EME2000":
        matrix = erfa.bp06(2451545.0, 0.0)[0] @ matrix
    return FrameSeries(frame, np.ascontiguousarray(matrix), polar @ np.array([0.0, 0.0, ROTATION_RATE_UT1]))


def _slowly(function: Callable[..., Any], tai: np.ndarray) -> tuple[np.ndarray, ...]:
    """What a function of TT (two-part Julian date) gives at many instants: linear between nodes ten minutes apart.

    Precession and nutation are that slow: their terms of a fortnight turn by less than 1e-12 rad from a line in ten minutes,
    which is 7 um in low orbit. Few instants, or instants far apart, are computed one by one.
    """
    node, rest = np.divmod(tai, NODE)
    nodes = np.unique(np.concatenate([node, node + 1]))
    exact = len(nodes) >= len(tai)
    day, of_day = np.divmod(tai if exact else nodes * NODE, DAY)
    values = function(JULIAN_DATE_OF_ORIGIN + day, (of_day / SECOND + TT_MINUS_TAI) / 86_400.0)
    values = values if isinstance(values, tuple) else (values,)
    if exact:
        return values
    i, share = np.searchsorted(nodes, node), rest / NODE
    return tuple(v[i] + share * (v[i + 1] - v[i]) for v in values)


def _equation_of_origins(day: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    """Earth rotation angle less Greenwich apparent sidereal time [rad], IAU 2006/2000A."""
    import erfa

    return erfa.eors(erfa.pnm06a(day, fraction), erfa.s06a(day, fraction))


def _columns(orientation: OrientationTable | EarthOrientation, tai: np.ndarray) -> tuple[np.ndarray, ...]:
    if isinstance(orientation, OrientationTable):
        return orientation.columns_at(tai)
    values = (
        orientation.ut1_minus_utc or 0.0,
        orientation.pole_x or 0.0,
        orientation.pole_y or 0.0,
        orientation.cip_dx,
        orientation.cip_dy,
    )
    return tuple(np.full(len(tai), v) for v in values)


def _turn(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    return np.einsum("...ij,...j->...i", matrix, vector)
