"""The range's maps: the whole flight, and the footprints close by."""

from typing import Any

import numpy as np

from ...report import theme
from ...report.ground_track import Place, Track, ground_track
from ...report.plots import figure_svg
from .geodesy import east_north_between
from .result import RangeResult, Zone

SHOWN_BEFORE_ORBIT = 60.0
"""[s]: the impact point's last seconds before orbit run round the Earth, and are left off the map."""


def range_map(result: RangeResult, site: str = "launch site") -> str:
    """SVG: ground track, impact traces, impact points and the range's areas."""
    tracks = [Track(result.track_latitude, result.track_longitude, "ground track")]
    labels = [
        (result.vacuum, "impact point, vacuum", "dashed"),
        (result.with_drag, "impact point, with drag", "dotted"),
    ]
    for trace, label, style in labels:
        if trace is not None and len(trace.time) > 1:
            shown = trace.time <= trace.time[-1] - SHOWN_BEFORE_ORBIT
            if np.count_nonzero(shown) > 1:
                tracks.append(Track(trace.latitude[shown], trace.longitude[shown], label, style))
    tracks += _areas(result.zones)
    places = [Place(float(result.track_latitude[0]), float(result.track_longitude[0]), site, "site")]
    places += [Place(f.latitude, f.longitude, f.body, "impact") for f in result.footprints]
    return ground_track(tracks, places)


def footprint_figure(result: RangeResult) -> str | None:
    """SVG: each footprint in kilometres about its nominal impact, half of the impacts and the stated share; None without any.

    The range's areas are drawn where they reach into a panel.
    """
    shown = result.footprints
    if not shown:
        return None
    columns = min(3, len(shown))
    rows = -(-len(shown) // columns)

    def draw(figure: Any) -> None:
        for i, f in enumerate(shown):
            axes = figure.add_subplot(rows, columns, i + 1)
            angle = np.linspace(0.0, 2.0 * np.pi, 181)
            wide = np.sqrt(np.log(0.5) / np.log1p(-f.probability))  # of the half's ellipse, of the stated one
            for factor, label, style in ((1.0, f"{100 * f.probability:g} %", "-"), (wide, "50 %", (0, (4, 2)))):
                along, across = factor * f.semi_major * np.cos(angle), factor * f.semi_minor * np.sin(angle)
                east = along * np.sin(f.azimuth) + across * np.cos(f.azimuth)
                north = along * np.cos(f.azimuth) - across * np.sin(f.azimuth)
                axes.plot(east / 1e3, north / 1e3, color=theme.SERIES[0], linestyle=style, label=label, linewidth=1.3)
            axes.plot([0.0], [0.0], marker="x", color=theme.INK, markersize=5)
            reach = 1.35e-3 * max(f.semi_major, 1.0)
            for z in result.zones:
                corners = np.append(z.latitude, z.latitude[0]), np.append(z.longitude, z.longitude[0])
                e, n = east_north_between(f.latitude, f.longitude, *corners)
                axes.plot(e / 1e3, n / 1e3, color=theme.SERIES[1], linewidth=1.3)
            axes.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="east, km", aspect="equal")
            if i % columns == 0:
                axes.set_ylabel("north, km")
            axes.set_title(f.body)
            axes.grid(True)
            axes.legend(loc="upper right", frameon=True, facecolor="white", edgecolor="none", framealpha=0.85)

    return figure_svg(draw, height=0.5 + 2.6 * rows)


def _areas(zones: tuple[Zone, ...]) -> list[Track]:
    return [
        Track(np.append(z.latitude, z.latitude[0]), np.append(z.longitude, z.longitude[0]), z.name,
              "solid" if z.kind == "keep-out" else "dashed")
        for z in zones
    ]  # fmt: skip
