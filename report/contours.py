"""Filled contours over two axes in the house style, as SVG text: trades, maps. Where nothing was found the paper is hatched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import theme
from .plots import figure_svg

ArrayLike = Any
_PALE, _DEEP = "#f4f7fa", "#4477AA"


@dataclass(frozen=True)
class Bound:
    """A line where another field (n, m) reaches a limit; what lies beyond is shaded. An empty label is not written."""

    z: ArrayLike
    limit: float
    label: str


@dataclass(frozen=True)
class ContourPanel:
    """One field over the axes: z (n, m) over x (n,) and y (m,), NaN where there is none."""

    title: str
    unit: str
    z: ArrayLike
    bounds: Sequence[Bound] = ()
    levels: int = 9


@dataclass(frozen=True)
class Mark:
    """A point with its name."""

    x: float
    y: float
    label: str


def contour_plot(
    x: ArrayLike,
    y: ArrayLike,
    panels: Sequence[ContourPanel],
    *,
    x_label: str,
    y_label: str,
    marks: Sequence[Mark] = (),
    columns: int = 2,
    panel_height: float = 2.3,
) -> str:
    """Panels of labelled contours over the same axes, in SVG.

    Points without a value are hatched; a dot stands at every point that was computed. Raises ValueError when a field does not
    fit the axes, or an axis has fewer than two values.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if min(len(x), len(y)) < 2:
        raise ValueError("contours need at least two values along both axes")
    fields = [np.asarray(p.z, float) for p in panels]
    if any(z.shape != (len(x), len(y)) for z in fields):
        raise ValueError("a field of contours has one value for every pair of x and y")
    rows = -(-len(panels) // columns)
    height = rows * panel_height + 0.1

    def draw(figure: Any) -> None:
        grid = figure.add_gridspec(
            rows, columns, left=0.075, right=0.985, top=1.0 - 0.26 / height, bottom=0.42 / height,
            hspace=1.15 / panel_height, wspace=0.2,
        )  # fmt: skip
        for i, (panel, z) in enumerate(zip(panels, fields, strict=True)):
            axes = figure.add_subplot(grid[i // columns, i % columns])
            _draw(axes, x, y, panel, z, marks)
            axes.set_xlabel(x_label)
            if i % columns == 0:
                axes.set_ylabel(y_label)

    return figure_svg(draw, height=height)


def _draw(axes: Any, x: np.ndarray, y: np.ndarray, panel: ContourPanel, z: np.ndarray, marks: Sequence[Mark]) -> None:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.ticker import MaxNLocator

    axes.set_facecolor("white")
    axes.grid(visible=False)
    known = np.isfinite(z)
    axes.set_xlim(x[0], x[-1])
    axes.set_ylim(y[0], y[-1])
    unit = f", {panel.unit}" if panel.unit else ""
    axes.set_title(f"{panel.title}{unit}")
    # what lies behind all contours shows only where nothing was found
    axes.fill_between([x[0], x[-1]], y[0], y[-1], facecolor="white", edgecolor=theme.RULE, hatch="////", linewidth=0.0)
    if known.any():
        shades = LinearSegmentedColormap.from_list("house", [_PALE, _DEEP])
        field = np.ma.masked_invalid(z).T
        if np.ptp(z[known]) > 1e-9 * max(abs(float(np.max(z[known]))), 1e-30):
            levels = MaxNLocator(nbins=panel.levels, steps=[1, 2, 2.5, 5, 10]).tick_values(
                z[known].min(), z[known].max()
            )
            axes.contourf(x, y, field, levels=levels, cmap=shades, alpha=0.75)
            lines = axes.contour(x, y, field, levels=levels, colors=theme.ACCENT, linewidths=0.6)
            axes.clabel(lines, fmt=lambda v: f"{v:,.6g}", fontsize=theme.FONT_SIZE - 1.2, inline_spacing=3)
        else:
            axes.contourf(x, y, field, levels=1, colors=[_PALE])
            middle = (0.5 * (x[0] + x[-1]), 0.5 * (y[0] + y[-1]))
            axes.annotate(f"{float(np.mean(z[known])):,.5g} everywhere", middle, ha="center", va="center")
    for bound in panel.bounds:
        _bound(axes, x, y, bound)
    gx, gy = np.meshgrid(x, y, indexing="ij")
    axes.plot(gx[known], gy[known], linestyle="none", marker=".", markersize=1.6, color=theme.MUTED, alpha=0.7)
    for mark in marks:
        axes.plot([mark.x], [mark.y], marker="o", markersize=4.5, color=theme.SERIES[1], markeredgecolor="white",
                  markeredgewidth=0.8, linestyle="none", clip_on=False, zorder=5)  # fmt: skip
        right = mark.x > 0.5 * (x[0] + x[-1])
        high = mark.y > y[0] + 0.9 * (y[-1] - y[0])
        text = axes.annotate(
            mark.label, (mark.x, mark.y), xytext=(-5 if right else 5, -9 if high else 4), textcoords="offset points",
            ha="right" if right else "left", color=theme.INK, fontweight="bold", fontsize=theme.FONT_SIZE - 0.5, zorder=6,
        )  # fmt: skip
        _halo(text)


def _bound(axes: Any, x: np.ndarray, y: np.ndarray, bound: Bound) -> None:
    z = np.asarray(bound.z, float)
    known = np.isfinite(z)
    if not known.any() or not np.nanmin(z) < bound.limit < np.nanmax(z):
        return
    field = np.ma.masked_invalid(z).T
    red = theme.SEVERITY["ERROR"]
    axes.contourf(x, y, field, levels=[bound.limit, float(np.nanmax(z)) * 1.0001], colors=[red], alpha=0.10)
    line = axes.contour(x, y, field, levels=[bound.limit], colors=red, linewidths=1.0, linestyles=[(0, (4, 2))])
    if not bound.label:
        return
    for text in axes.clabel(line, fmt={bound.limit: bound.label}, fontsize=theme.FONT_SIZE - 1.0, inline=False):
        _halo(text)


def _halo(text: Any) -> None:
    from matplotlib.patheffects import withStroke

    text.set_path_effects([withStroke(linewidth=2.2, foreground="white")])
