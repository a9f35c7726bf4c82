"""Areas of records: do edges cross, and does an area hold an impact's ellipse?"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...trajectory.range_safety.geodesy import destination
from ..protocol.dynamics import HazardArea, ImpactPrediction

TOUCH = 1e-4  # deg, 11 m: how far a point of an ellipse may lie outside of a polygon whose corners are on it
ROUND = 72


def rings(geometry: dict[str, Any]) -> list[np.ndarray]:
    """Outer rings (n, 2) of longitude and latitude [deg], closed."""
    polygons = [geometry["coordinates"]] if geometry.get("type") == "Polygon" else geometry.get("coordinates", [])
    return [np.array([p[:2] for p in polygon[0]], float) for polygon in polygons]


def crossings(geometry: dict[str, Any]) -> Iterator[str]:
    """Edges of a ring that cross another of it."""
    for ring in rings(geometry):
        a, b = ring[:-1], ring[1:]
        n = len(a)
        for i in range(n):
            j = np.arange(i + 2, n if i else n - 1)  # neighbours share a corner
            if len(j) and _cross(a[i], b[i], a[j], b[j]).any():
                yield f"the ring's edge {i} crosses edge {j[int(np.argmax(_cross(a[i], b[i], a[j], b[j])))]}"
                break


def outside(impact: ImpactPrediction, areas: Sequence[HazardArea]) -> Iterator[str]:
    """Why an impact lies in none of the areas, with its ellipse where it has one."""
    points = _outline(impact)
    for area in areas:
        for ring in rings(area.geometry):
            near = points.copy()
            near[:, 0] += 360.0 * np.round((ring[0, 0] - near[:, 0]) / 360.0)  # the date line
            if all(_holds(ring, p) or _distance(ring, p) < TOUCH for p in near):
                return
    yield f"the impact of {impact.body} and its ellipse lie in no hazard area"


def _outline(impact: ImpactPrediction) -> np.ndarray:
    lat, lon = np.radians([impact.nominal.latitude_deg, impact.nominal.longitude_deg])
    if impact.ellipse_semi_major_m is None or impact.ellipse_semi_minor_m is None:
        return np.degrees(np.array([[lon, lat]]))
    t = np.linspace(0.0, 2.0 * np.pi, ROUND, endpoint=False)
    along, across = impact.ellipse_semi_major_m * np.cos(t), impact.ellipse_semi_minor_m * np.sin(t)
    azimuth = np.radians(impact.ellipse_azimuth_deg or 0.0)
    north, east = along * np.cos(azimuth) - across * np.sin(azimuth), along * np.sin(azimuth) + across * np.cos(azimuth)
    latitude, longitude = destination(float(lat), float(lon), np.arctan2(east, north), np.hypot(east, north))
    return np.degrees(np.column_stack([longitude, latitude]))


def _side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
    return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    return (_side(a, b, c) * _side(a, b, d) < 0.0) & (_side(c, d, a) * _side(c, d, b) < 0.0)


def _holds(ring: np.ndarray, point: np.ndarray) -> bool:
    """By the parity of the edges that a ray to the east meets."""
    a, b = ring[:-1], ring[1:]
    spans = (a[:, 1] > point[1]) != (b[:, 1] > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        x = a[:, 0] + (point[1] - a[:, 1]) / (b[:, 1] - a[:, 1]) * (b[:, 0] - a[:, 0])
    return bool((spans & (x > point[0])).sum() % 2)


def _distance(ring: np.ndarray, point: np.ndarray) -> float:
    a, b = ring[:-1], ring[1:]
    edge = b - a
    share = np.clip(((point - a) * edge).sum(axis=1) / np.maximum((edge**2).sum(axis=1), 1e-30), 0.0, 1.0)
    return float(np.linalg.norm(a + share[:, None] * edge - point, axis=1).min())
