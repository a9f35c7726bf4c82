"""NRLMSIS above 86 km: the thermosphere of a date, a place and a state of the Sun, through the package pymsis.

NRLMSIS 2.1: Emmert et al., *An empirical model of nitric oxide incorporated into MSIS*, JGR Space Physics 127 (2022);
2.0: Emmert et al., Earth and Space Science 8 (2021); NRLMSISE-00: Picone et al., JGR 107 (2002). pymsis (MIT) carries the
authors' Fortran; that of versions 2.0 and 2.1 is licensed by NRL for academic and non-commercial use, so the version is a
choice that the definition makes and that a company must look at.
"""

import importlib
from typing import Any, Literal

import numpy as np

from ...core.errors import InputError, MissingExtraError
from ...core.time import parse_utc
from .atmosphere import Atmosphere
from .joined import joined_to_standard

Version = Literal["NRLMSISE-00", "NRLMSIS 2.0", "NRLMSIS 2.1"]
_VERSIONS = {"NRLMSISE-00": 0, "NRLMSIS 2.0": 2.0, "NRLMSIS 2.1": 2.1}
JOINT = (86e3, 90e3)
"""[m]: from where the standard atmosphere ends to where NRLMSIS alone holds."""
_BOLTZMANN = 1.380649e-23  # J/K, exact
_HEAT_RATIO_DIATOMIC = 1.4


def msis_profile(
    version: Version,
    epoch: str,
    latitude: float,
    longitude: float,
    altitude: Any,
    *,
    f107: float,
    f107_average: float,
    ap: float,
) -> np.ndarray:
    """(n, 3): density [kg/m^3], pressure [Pa], temperature [K] at altitudes [m] over a place [rad] at an epoch (UTC, ISO 8601).

    f107: 10.7 cm solar flux of the day before, f107_average: its 81-day mean [1e-22 W/m^2/Hz]; ap: daily geomagnetic index.
    Pressure is n k T of all gases. Raises MissingExtraError without pymsis.
    """
    try:
        pymsis = importlib.import_module("pymsis")
    except ImportError:
        raise MissingExtraError("pymsis", "msis") from None
    altitude = np.atleast_1d(np.asarray(altitude, float))
    parse_utc(epoch)
    try:
        when = np.datetime64(epoch.rstrip("Zz"), "s")
    except ValueError:  # a day of the year, which parse_utc reads
        raise InputError(f"'{epoch}': write the epoch as YYYY-MM-DDThh:mm:ssZ") from None
    out = pymsis.calculate(
        when, np.degrees(longitude), np.degrees(latitude), altitude / 1e3, f107, f107_average, [[ap] * 7],
        version=_VERSIONS[version],
    )  # fmt: skip
    out = np.asarray(out, float).reshape(len(altitude), -1)
    density, temperature = out[:, 0], out[:, 10]
    numbers = np.nansum(out[:, 1:10], axis=1)  # a gas that the model does not give at an altitude is nan
    if not np.all(np.isfinite(density) & np.isfinite(temperature) & (density > 0) & (numbers > 0)):
        raise InputError(f"{version} gives no density at these conditions; look at the epoch, F10.7 and Ap")
    return np.stack([density, numbers * _BOLTZMANN * temperature, temperature], axis=1)


def msis_atmosphere(
    version: Version, epoch: str, latitude: float, longitude: float, *, f107: float, f107_average: float, ap: float
) -> Atmosphere:
    """The standard atmosphere to 86 km, NRLMSIS from 90 to 1000 km, joined smoothly between (`joined`).

    Over one place at one time: the flight's change of latitude and local hour is left out. The speed of sound is the standard's
    to 86 km, and sqrt(1.4 p / density) above 90 km.
    """
    altitude = np.concatenate(
        [np.arange(84e3, 125e3, 1e3), np.arange(125e3, 200e3, 2.5e3), np.arange(200e3, 1000e3 + 1, 10e3)]
    )
    rho, p, temperature = msis_profile(
        version, epoch, latitude, longitude, altitude, f107=f107, f107_average=f107_average, ap=ap
    ).T
    fine = np.concatenate(
        [np.arange(84e3, 125e3, 200.0), np.arange(125e3, 200e3, 1e3), np.arange(200e3, 1000e3 + 1, 4e3)]
    )

    def smooth(column: np.ndarray) -> np.ndarray:
        from scipy.interpolate import CubicSpline

        return CubicSpline(altitude, column)(fine)

    sound = np.sqrt(_HEAT_RATIO_DIATOMIC * p / rho)
    columns = (smooth(np.log(rho)), smooth(np.log(p)), smooth(temperature), smooth(sound))
    return joined_to_standard(fine, columns, (JOINT,))
