"""Geodesics of WGS-84: Karney, *Algorithms for geodesics*, Journal of Geodesy 87 (2013) 43, by the package geographiclib."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def _geodesic() -> Any:
    from geographiclib.geodesic import Geodesic

    return Geodesic.WGS84  # type: ignore[attr-defined]


def destination(latitude: float, longitude: float, azimuth: Any, distance: Any) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes [rad] reached from one point at azimuths [rad] over distances [m]; longitudes in (-pi, pi]."""
    line = [
        _geodesic().Direct(np.degrees(latitude), np.degrees(longitude), float(a), float(d))
        for a, d in np.broadcast(np.degrees(azimuth), distance)
    ]
    return np.radians([p["lat2"] for p in line]), np.radians([p["lon2"] for p in line])


def distance_and_azimuth(lat1: float, lon1: float, lat2: float, lon2: float) -> tuple[float, float]:
    """Length [m] of the shortest line between two points [rad], and its azimuth [rad] at the first."""
    line = _geodesic().Inverse(*np.degrees([lat1, lon1, lat2, lon2]).tolist())
    return float(line["s12"]), float(np.radians(line["azi1"]))


def east_north_between(
    latitude: float, longitude: float, latitudes: Sequence[float] | np.ndarray, longitudes: Sequence[float] | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """East and north [m] of points [rad] as seen from one: geodesic distance and azimuth as plane polar coordinates."""
    lines = [distance_and_azimuth(latitude, longitude, a, b) for a, b in zip(latitudes, longitudes, strict=True)]
    length, azimuth = np.array(lines).reshape(-1, 2).T
    return length * np.sin(azimuth), length * np.cos(azimuth)
