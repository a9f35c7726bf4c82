"""GeoJSON (RFC 7946): polygons in, tracks, points and polygons out. Degrees, longitude first, WGS-84."""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np


class GeoJsonError(ValueError):
    """The text is not the GeoJSON that we read."""


def read_polygons(raw: bytes) -> list[tuple[str, list[float], list[float]]]:
    """[(name, latitudes, longitudes in degrees)] of every polygon in a GeoJSON text, the closing corner dropped.

    Polygon, MultiPolygon, Feature, FeatureCollection, GeometryCollection; a feature's `name` property names its polygons. A hole,
    a ring that is not closed or another geometry raises GeoJsonError.
    """
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise GeoJsonError(f"no JSON ({error})") from None
    found: list[tuple[str, list[float], list[float]]] = []
    _collect(data, "", found, 0)
    if not found:
        raise GeoJsonError("there is no polygon in it")
    return [(name or f"area {i + 1}", lat, lon) for i, (name, lat, lon) in enumerate(found)]


def _collect(item: Any, name: str, found: list, depth: int) -> None:
    if not isinstance(item, dict) or depth > 20:
        raise GeoJsonError("a GeoJSON object is expected")
    kind = item.get("type")
    if kind in ("FeatureCollection", "GeometryCollection"):
        parts = item.get("features" if kind == "FeatureCollection" else "geometries")
        if not isinstance(parts, list):
            raise GeoJsonError(f"a {kind} without its list")
        for part in parts:
            _collect(part, name, found, depth + 1)
    elif kind == "Feature":
        properties = item.get("properties") or {}
        own = properties.get("name") if isinstance(properties, dict) else None
        _collect(item.get("geometry"), own if isinstance(own, str) else name, found, depth + 1)
    elif kind in ("Polygon", "MultiPolygon"):
        polygons = [item.get("coordinates")] if kind == "Polygon" else item.get("coordinates")
        if not isinstance(polygons, list):
            raise GeoJsonError(f"a {kind} without coordinates")
        for rings in polygons:
            if not isinstance(rings, list) or not rings:
                raise GeoJsonError("a polygon is a list of rings")
            if len(rings) > 1:
                raise GeoJsonError(f"the polygon '{name}' has a hole, which is not supported; split it into two")
            found.append((name, *_ring(rings[0], name)))
    else:
        raise GeoJsonError(f"polygons are expected, not {str(kind)[:40]!r}")


def _ring(ring: Any, name: str) -> tuple[list[float], list[float]]:
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        raise GeoJsonError(f"the ring of '{name}' needs four positions, the last equal to the first")
    latitudes, longitudes = [], []
    for position in ring[:-1]:
        numbers: list[Any] = position if isinstance(position, list) and len(position) >= 2 else [None]
        if any(type(v) not in (int, float) or not math.isfinite(v) for v in numbers):
            raise GeoJsonError(f"a position of '{name}' is not [longitude, latitude]: {str(position)[:60]}")
        if not (abs(numbers[1]) <= 90 and abs(numbers[0]) <= 360):
            raise GeoJsonError(
                f"a position of '{name}' is not on the Earth: {str(position)[:60]} (longitude comes first)"
            )
        longitudes.append(float(numbers[0]))
        latitudes.append(float(numbers[1]))
    return latitudes, longitudes


def polygon_feature(name: str, latitude: Any, longitude: Any, **properties: Any) -> dict[str, Any]:
    """A polygon [rad] as a Feature, closed, counterclockwise as the RFC wants it."""
    lat, lon = np.degrees(np.asarray(latitude, float)), np.degrees(np.unwrap(np.asarray(longitude, float)))
    if (lat[0], lon[0]) == (lat[-1], lon[-1]):
        lat, lon = lat[:-1], lon[:-1]
    if np.sum(lon * np.roll(lat, -1) - np.roll(lon, -1) * lat) < 0:
        lat, lon = lat[::-1], lon[::-1]
    ring = _positions([*lat, lat[0]], [*lon, lon[0]])
    return _feature("Polygon", [ring], name, properties)


def line_feature(name: str, latitude: Any, longitude: Any, **properties: Any) -> dict[str, Any]:
    """A track [rad] as a Feature; cut where it crosses the date line, as the RFC wants it (sec. 3.1.9)."""
    lat, lon = np.degrees(np.asarray(latitude, float)), np.degrees(np.unwrap(np.asarray(longitude, float)))
    lon = lon - 360.0 * np.floor((lon[0] + 180.0) / 360.0)
    pieces: list[list[list[float]]] = [[]]
    for i in range(len(lat)):
        if i:
            turn, before = np.floor((lon[i] + 180.0) / 360.0), np.floor((lon[i - 1] + 180.0) / 360.0)
            if turn != before:
                edge = 360.0 * max(turn, before) - 180.0
                share = (edge - lon[i - 1]) / (lon[i] - lon[i - 1])
                at = float(lat[i - 1] + share * (lat[i] - lat[i - 1]))
                side = 180.0 if turn > before else -180.0
                pieces[-1].append([side, round(at, 7)])
                pieces.append([[-side, round(at, 7)]])
        pieces[-1].append([round(float((lon[i] + 180.0) % 360.0 - 180.0), 7), round(float(lat[i]), 7)])
    if len(pieces) == 1:
        return _feature("LineString", pieces[0], name, properties)
    return _feature("MultiLineString", pieces, name, properties)


def point_feature(name: str, latitude: float, longitude: float, **properties: Any) -> dict[str, Any]:
    """A point [rad] as a Feature."""
    return _feature("Point", _positions([np.degrees(latitude)], [np.degrees(longitude)])[0], name, properties)


def feature_collection(features: Sequence[dict[str, Any]]) -> str:
    """GeoJSON text of features."""
    return json.dumps({"type": "FeatureCollection", "features": list(features)}, allow_nan=False, indent=1) + "\n"


def _feature(kind: str, coordinates: Any, name: str, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "properties": {"name": name, **properties}, "geometry": geometry}


def _positions(latitude: Any, longitude: Any) -> list[list[float]]:
    return [[round(float(lo), 7), round(float(la), 7)] for la, lo in zip(latitude, longitude, strict=True)]
