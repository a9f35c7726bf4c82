"""The ground track on a plain map: graticule, coastline (Natural Earth, public domain), the points of interest named."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from . import theme
from .plots import ArrayLike, figure_svg

_PACKAGE = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class Track:
    """A line on the ground: latitude, longitude [rad] (n,); `style` solid, dashed or dotted."""

    latitude: ArrayLike
    longitude: ArrayLike
    label: str = ""
    style: str = "solid"
    colour: str | None = None


@dataclass(frozen=True)
class Place:
    """A named point: latitude, longitude [rad]; `kind` site (square), event (dot) or impact (cross)."""

    latitude: float
    longitude: float
    label: str
    kind: str = "event"


def ground_track(
    tracks: Sequence[Track], places: Sequence[Place] = (), *, width: float = theme.FIGURE_WIDTH, max_height: float = 4.2
) -> str:
    """A map in SVG that holds all tracks and places: equirectangular, true to scale at its middle latitude.

    Tracks may cross the date line or go round the Earth. Latitudes are geodetic. Sizes in inches.
    """
    lines = [
        (np.degrees(np.asarray(t.latitude, float)), np.degrees(np.unwrap(np.asarray(t.longitude, float))))
        for t in tracks
    ]
    points = [(np.degrees(p.latitude), np.degrees(p.longitude)) for p in places]
    middle = _middle(lines, points)
    lines = [(lat, lon - 360.0 * np.round((np.mean(lon) - middle) / 360.0)) for lat, lon in lines]
    points = [(lat, lon - 360.0 * round((lon - middle) / 360.0)) for lat, lon in points]
    view = _view(lines, points, (max_height - 0.5) / (width - 0.6))
    west, east, south, north = view
    stretch = 1.0 / np.cos(np.radians(np.clip((south + north) / 2.0, -75.0, 75.0)))
    height = 0.5 + (width - 0.6) * (north - south) * stretch / (east - west)

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.45 / width, 0.28 / height, 1.0 - 0.6 / width, 1.0 - 0.4 / height))
        axes.set(xlim=(west, east), ylim=(south, north))
        _draw_land(axes, view)
        styles = {"solid": "-", "dashed": (0, (4, 2)), "dotted": (0, (1, 1.5))}
        for i, (track, (lat, lon)) in enumerate(zip(tracks, lines, strict=True)):
            for turn in _turns(lon, west, east):
                axes.plot(
                    lon + turn,
                    lat,
                    color=track.colour or theme.SERIES[i % len(theme.SERIES)],
                    linestyle=styles[track.style],
                    label=(track.label or None) if turn == 0.0 else None,
                    linewidth=1.5,
                    zorder=4,
                )
        _draw_places(axes, places, points, lines, view)
        _draw_graticule(axes, view)
        if sum(bool(t.label) for t in tracks) > 1:
            axes.legend(loc="best", frameon=True, facecolor="white", edgecolor="none", framealpha=0.85)

    return figure_svg(draw, height=height, width=width)


def _middle(lines: list, points: list) -> float:
    longest = max(lines, key=lambda line: np.ptp(line[1]), default=None)
    if longest is not None:
        return float((longest[1].min() + longest[1].max()) / 2.0) if np.ptp(longest[1]) < 300.0 else 0.0
    return points[0][1] if points else 0.0


def _turns(longitude: np.ndarray, west: float, east: float) -> list[float]:
    """The shifts by whole turns that bring some of a track into the view."""
    first, last = np.floor((west - longitude.max()) / 360.0), np.ceil((east - longitude.min()) / 360.0)
    shifts = 360.0 * np.arange(first, last + 1)
    return [s for s in shifts if longitude.min() + s < east and longitude.max() + s > west]


def _view(lines: list, points: list, shape: float) -> tuple[float, float, float, float]:
    """(west, east, south, north) in degrees: everything with a margin, not narrower than 4°, filling about `shape` (h/w)."""
    longitudes = np.concatenate([lon for _, lon in lines] + [np.array([p[1] for p in points])])
    latitudes = np.concatenate([lat for lat, _ in lines] + [np.array([p[0] for p in points])])
    if np.ptp(longitudes) > 300.0:
        return -180.0, 180.0, -85.0, 85.0
    margin = max(1.0, 0.09 * max(np.ptp(longitudes), np.ptp(latitudes)))
    west, east = longitudes.min() - margin, longitudes.max() + margin
    south, north = latitudes.min() - margin, latitudes.max() + margin
    flatten = np.cos(np.radians(np.clip((south + north) / 2.0, -75.0, 75.0)))
    wide, high = max(east - west, 4.0), max(north - south, 4.0 * flatten)
    wide = max(wide, high / flatten / shape)
    high = max(high, wide * flatten * min(0.36, shape))
    centre = (west + east) / 2.0, (south + north) / 2.0
    south = max(-90.0, min(centre[1] - high / 2.0, 90.0 - high))
    wide = min(wide, 360.0)
    return centre[0] - wide / 2.0, centre[0] + wide / 2.0, south, min(90.0, south + high)


def _draw_land(axes: Any, view: tuple[float, float, float, float]) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    west, east, south, north = view
    pad = 0.02 * (east - west)
    box = (west - pad, east + pad, south - pad, north + pad)
    vertices, codes = [], []
    for ring in _land():
        for turn in (-360.0, 0.0, 360.0):
            low, high = ring.min(axis=0), ring.max(axis=0)
            if max(high - low) < 0.004 * (east - west):
                continue  # an islet that would be a dot
            if low[0] + turn > box[1] or high[0] + turn < box[0] or low[1] > box[3] or high[1] < box[2]:
                continue
            clipped = _clip(ring + np.array([turn, 0.0]), box)
            if len(clipped) < 3:
                continue
            clipped = _thinned(clipped, 0.0012 * (east - west))
            vertices += [*clipped, clipped[0]]
            codes += [Path.MOVETO, *[Path.LINETO] * (len(clipped) - 1), Path.CLOSEPOLY]
    if vertices:
        axes.add_patch(
            PathPatch(Path(vertices, codes), facecolor=theme.LAND, edgecolor=theme.COAST, linewidth=0.4, zorder=1)
        )


def _clip(ring: np.ndarray, box: tuple[float, float, float, float]) -> list:
    """Sutherland & Hodgman (1974): a polygon cut by the four edges of a box, one after another."""
    polygon = [tuple(p) for p in ring]
    for axis, bound, keep_above in ((0, box[0], True), (0, box[1], False), (1, box[2], True), (1, box[3], False)):
        out: list = []
        for before, here in zip([*polygon[-1:], *polygon[:-1]], polygon, strict=True):
            inside, was = (here[axis] >= bound) == keep_above, (before[axis] >= bound) == keep_above
            if inside != was:
                share = (bound - before[axis]) / (here[axis] - before[axis])
                out.append(tuple(a + share * (b - a) for a, b in zip(before, here, strict=True)))
            if inside:
                out.append(here)
        polygon = out
    return polygon


def _thinned(points: list, least: float) -> list:
    """The polygon without points nearer than `least` to the one kept before: details under the line's width."""
    kept = points[:1]
    for point in points[1:]:
        if abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) >= least:
            kept.append(point)
    return kept if len(kept) > 2 else points


def _draw_places(axes: Any, places: Sequence[Place], points: list, lines: list, view: tuple) -> None:
    marks = {"site": ("s", 4.0), "event": ("o", 3.2), "impact": ("x", 4.5)}
    span = view[1] - view[0]
    last, above = np.array([np.inf, np.inf]), True
    for place, (lat, lon) in zip(places, points, strict=True):
        marker, size = marks[place.kind]
        axes.plot([lon], [lat], marker=marker, markersize=size, color=theme.INK, markeredgewidth=0.9, zorder=5)
        here = np.array([lon, lat])
        crowded = np.hypot(*(here - last)) < 0.12 * span
        slope = _slope(lines, here)
        above = not above if crowded else slope < 0.15  # beside a rising track there is room below
        left = lon > view[0] + 0.88 * span
        if left and not crowded and abs(slope) > 0.15:
            above = not above  # on the other side of the point, the other way
        axes.annotate(
            place.label,
            (lon, lat),
            xytext=(-4.0 if left else 4.0, 4.0 if above else -4.0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="bottom" if above else "top",
            fontsize=theme.FONT_SIZE - 0.5,
            zorder=6,
        )
        last = here


def _slope(lines: list, here: np.ndarray) -> float:
    """Degrees of latitude a degree of longitude, of the track nearest to a point; 0 without tracks."""
    nearest, slope = np.inf, 0.0
    for lat, lon in lines:
        distance = np.hypot(lon - here[0], lat - here[1])
        i = int(np.argmin(distance))
        if distance[i] < nearest and len(lat) > 1:
            a, b = max(i - 1, 0), min(i + 1, len(lat) - 1)
            nearest, slope = distance[i], float((lat[b] - lat[a]) / ((lon[b] - lon[a]) or 1e-9))
    return slope


def _draw_graticule(axes: Any, view: tuple[float, float, float, float]) -> None:
    step = next((s for s in (1, 2, 5, 10, 15, 30, 45) if (view[1] - view[0]) / s <= 9), 60)
    longitudes = np.arange(np.ceil(view[0] / step) * step, view[1] + 1e-9, step)
    latitudes = np.arange(np.ceil(view[2] / step) * step, view[3] + 1e-9, step)
    axes.set_xticks(longitudes, [_degrees((v + 180.0) % 360.0 - 180.0, "E", "W") for v in longitudes])
    axes.set_yticks(latitudes, [_degrees(v, "N", "S") for v in latitudes])
    axes.tick_params(length=0)
    for side in ("right", "top"):
        axes.spines[side].set_visible(True)
    axes.set_axisbelow(False)
    axes.grid(True, zorder=2)


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}°{'' if value in (0.0, -180.0, 180.0) else positive if value > 0 else negative}"


@lru_cache(maxsize=1)
def _land() -> tuple[np.ndarray, ...]:
    """Rings (n, 2) of longitude and latitude in degrees."""
    data = json.loads((files(_PACKAGE) / "data" / "land.json").read_text(encoding="utf-8"))
    return tuple(np.cumsum(np.array(r, float).reshape(-1, 2), axis=0) * data["unit_deg"] for r in data["rings"])
