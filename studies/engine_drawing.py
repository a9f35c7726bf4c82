"""The thrust chamber in section, to scale: wall, cooling circuits, injector face, main dimensions."""

from typing import Any

import numpy as np

from ..propulsion.contour.contour import Contour
from ..propulsion.cooling.result import CoolingResult
from ..report import theme
from ..report.plots import figure_svg

_MM = 1e3


def chamber_drawing(contour: Contour, cooling: CoolingResult | None = None) -> str:
    """SVG of the section through the axis; lengths in millimetres."""
    x, r = _MM * contour.x, _MM * contour.radius
    length, radius = float(np.ptp(x)), float(r.max())
    margin = 0.20 * max(radius, 0.35 * length)
    width = theme.FIGURE_WIDTH
    low, high = float(x[0]) - 0.10 * length, float(x[-1]) + 0.10 * length
    tall = 2.0 * (radius + margin)
    height = width * tall / (high - low)
    if height > 5.2:  # a short wide chamber: keep the figure on the page
        extra = 0.5 * ((high - low) * height / 5.2 - (high - low))
        low, high, height = low - extra, high + extra, 5.2

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_xlim(low, high)
        axes.set_ylim(-radius - margin, radius + margin)
        axes.set_axis_off()
        axes.fill_between(x, -r, r, color=theme.FAINT, linewidth=0)
        axes.plot([low + 0.04 * length, high - 0.04 * length], [0.0, 0.0], color=theme.HAIRLINE, linewidth=0.6,
                  linestyle=(0, (9, 3, 1.5, 3)))  # fmt: skip
        for sign in (1.0, -1.0):
            axes.plot(x, sign * r, color=theme.INK, linewidth=1.6, solid_joinstyle="round")
        axes.plot([x[0], x[0]], [-r[0], r[0]], color=theme.INK, linewidth=2.2)
        _circuits(axes, contour, cooling, radius)
        _dimensions(axes, contour, x, r, margin)

    return figure_svg(draw, height=height, width=width)


def _circuits(axes: Any, contour: Contour, cooling: CoolingResult | None, radius: float) -> None:
    """Each circuit beside the wall, an arrow in the direction of flow; a radiating extension dotted."""
    if cooling is None:
        return
    for i, c in enumerate(cooling.circuits):
        colour = theme.SERIES[i % len(theme.SERIES)]
        away = (0.022 + 0.024 * i) * radius
        for sign in (1.0, -1.0):
            line = sign * (_MM * c.radius + away)
            axes.plot(
                _MM * c.x, line, color=colour, linewidth=1.7, solid_capstyle="butt", label=c.name if sign > 0 else None
            )
        k = len(c.x) // 2
        axes.annotate(
            "", (_MM * c.x[k + 1], _MM * c.radius[k + 1] + away), (_MM * c.x[k - 1], _MM * c.radius[k - 1] + away),
            arrowprops={"arrowstyle": "-|>", "color": colour, "mutation_scale": 11, "linewidth": 1.2},
        )  # fmt: skip
    if cooling.extension is not None:
        behind = contour.x >= cooling.extension.x[0]
        for sign in (1.0, -1.0):
            line = sign * (_MM * contour.radius[behind] + 0.022 * radius)
            label = "radiating extension" if sign > 0 else None
            axes.plot(
                _MM * contour.x[behind], line, color=theme.SERIES[3], linewidth=1.7, linestyle=(0, (1, 1)), label=label
            )
    axes.legend(loc="upper left", bbox_to_anchor=(0.04, 0.99))


def _dimensions(axes: Any, contour: Contour, x: np.ndarray, r: np.ndarray, margin: float) -> None:
    radius = float(r.max())
    low = -radius - 0.42 * margin
    _along(axes, float(x[0]), 0.0, low, f"{_MM * contour.chamber_length:.0f}")
    _along(axes, 0.0, float(x[-1]), low, f"{_MM * contour.nozzle_length:.0f}")
    for at in (float(x[0]), 0.0, float(x[-1])):
        inner = float(np.interp(at, x, r))
        axes.plot([at, at], [low - 0.05 * margin, -inner], color=theme.HAIRLINE, linewidth=0.4)
    span = float(x[-1] - x[0])
    _across(axes, float(x[0]) - 0.035 * span, contour.chamber_radius * _MM, f"⌀ {2 * _MM * contour.chamber_radius:.1f}")
    _across(axes, float(x[-1]) + 0.035 * span, contour.exit_radius * _MM, f"⌀ {2 * _MM * contour.exit_radius:.1f}")
    _across(axes, 0.0, contour.throat_radius * _MM, f"⌀ {2 * _MM * contour.throat_radius:.1f}", beside=0.012 * span)


def _along(axes: Any, a: float, b: float, y: float, text: str) -> None:
    _arrow(axes, (a, y), (b, y))
    _label(axes, 0.5 * (a + b), y, text)


def _across(axes: Any, at: float, radius: float, text: str, beside: float = 0.0) -> None:
    _arrow(axes, (at, -radius), (at, radius))
    if beside:
        _label(axes, at + beside, 0.45 * radius, text, ha="left")
    else:
        _label(axes, at, 0.0, text, rotation=90)


def _arrow(axes: Any, a: tuple[float, float], b: tuple[float, float]) -> None:
    style = {
        "arrowstyle": "<|-|>",
        "color": theme.MUTED,
        "linewidth": 0.6,
        "mutation_scale": 6,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", b, a, arrowprops=style)


def _label(axes: Any, x: float, y: float, text: str, *, ha: str = "center", rotation: float = 0.0) -> None:
    box = {"facecolor": "white", "edgecolor": "none", "pad": 0.8} if ha == "center" else None
    axes.text(x, y, text, ha=ha, va="center", rotation=rotation, fontsize=theme.FONT_SIZE, color=theme.INK, bbox=box)
