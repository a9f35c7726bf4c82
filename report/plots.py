"""Figures in the house style, as SVG text: small multiples over time, budgets, stacked bars.

matplotlib is loaded by the first figure, never by an import. Figures are objects of their own (no pyplot, no global state) and
come out byte for byte the same for the same input.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

import numpy as np

from . import theme
from .phases import Band, Marker, draw_heading, draw_phases, heading_height, marker_key
from .tables import number

ArrayLike = Any
__all__ = ["Band", "Line", "Marker", "Panel", "figure_svg", "line_plot", "profile_grid", "stacked_bars", "waterfall"]


@dataclass(frozen=True)
class Line:
    """A curve: y over the figure's x, or over its own `x`. `style`: solid, dashed, dotted or points."""

    y: ArrayLike
    label: str = ""
    x: ArrayLike | None = None
    style: str = "solid"
    colour: str | None = None


@dataclass(frozen=True)
class Panel:
    """One plot of a grid. `limits`: horizontal lines (value, label). `bottom`, `top`: None is found from the data.

    names_above: the lines' names over the plot, in one row with its title, where none of its corners is sure to be free.
    """

    title: str
    unit: str
    lines: Sequence[Line]
    limits: Sequence[tuple[float, str]] = ()
    bottom: float | None = None
    top: float | None = None
    log: bool = False
    names_above: bool = False


def profile_grid(
    x: ArrayLike,
    panels: Sequence[Panel],
    *,
    x_label: str = "Time since T-0, s",
    bands: Sequence[Band] = (),
    markers: Sequence[Marker] = (),
    columns: int = 2,
    panel_height: float = 1.28,
    x_range: tuple[float, float] | None = None,
) -> str:
    """Small multiples over one x axis, in SVG: phases as bands, events as numbered hairlines with a key under the figure.

    x (n,) in the unit of `x_label`; each panel's lines (n,) in the panel's unit. panel_height in inches.
    """
    x = np.asarray(x, float)
    low, high = x_range or (float(np.min(x)), float(np.max(x)))
    rows = -(-len(panels) // columns)
    key = marker_key(markers)
    head, foot = 0.19 + heading_height(bands, markers), 0.40 + 0.15 * len(key)
    height = rows * panel_height + head + foot

    def draw(figure: Any) -> None:
        from matplotlib.ticker import MaxNLocator

        grid = figure.add_gridspec(
            rows,
            columns,
            left=0.062,
            right=0.988,
            top=1.0 - head / height,
            bottom=foot / height,
            hspace=0.36 * 1.28 / panel_height,
            wspace=0.17 if columns > 1 else 0.0,
        )
        for i, panel in enumerate(panels):
            axes = figure.add_subplot(grid[i // columns, i % columns])
            _draw_panel(axes, x, panel)
            axes.set_xlim(low, high)
            axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
            draw_phases(axes, bands, markers)
            if i < columns:
                draw_heading(axes, bands, markers, [str(n) for n in range(1, len(markers) + 1)])
            if i + columns < len(panels):
                axes.tick_params(labelbottom=False)
            else:
                axes.set_xlabel(x_label)
        for i, text in enumerate(key):
            y = (0.06 + 0.15 * (len(key) - 1 - i)) / height
            figure.text(0.062, y, text, fontsize=theme.FONT_SIZE - 0.5, color=theme.MUTED)

    return figure_svg(draw, height=height)


def line_plot(
    x: ArrayLike,
    panel: Panel,
    *,
    x_label: str,
    bands: Sequence[Band] = (),
    markers: Sequence[Marker] = (),
    height: float = 2.6,
    width: float = theme.FIGURE_WIDTH,
) -> str:
    """One plot of y against any x, in SVG; its y axis is named by the panel's title and unit. Sizes in inches."""

    def draw(figure: Any) -> None:
        top = 0.22 + heading_height(bands, markers)
        # at the right, room for half of the last tick's label
        axes = figure.add_axes((0.5 / width, 0.4 / height, 1.0 - 0.72 / width, 1.0 - (0.4 + top) / height))
        values = np.asarray(x, float)
        _draw_panel(axes, values, panel)
        low, high = float(np.min(values)), float(np.max(values))
        axes.set_xlim(low, high)
        axes.set_xlabel(x_label)
        draw_phases(axes, bands, markers)
        draw_heading(axes, bands, markers, [m.label for m in markers])

    return figure_svg(draw, height=height, width=width)


def waterfall(
    steps: Sequence[tuple[str, float]],
    *,
    x_label: str,
    total: str,
    start: str = "",
    start_value: float = 0.0,
    decimals: int = 0,
    height: float | None = None,
    width: float = theme.FIGURE_WIDTH,
) -> str:
    """A budget in SVG, read from top to bottom: each step (name, signed value) starts where the one before ended.

    With `start` the first bar is that value (a Δv budget: the ideal Δv, then the losses as negative steps, then what is left as
    `total`, which is always start_value plus all steps).
    """
    running = start_value
    bars: list[tuple[str, float, float, str]] = [(start, 0.0, start_value, theme.ACCENT)] if start else []
    for name, value in steps:
        colour = theme.SERIES[0] if value >= 0.0 else theme.SERIES[1]
        bars.append((name, running, running + value, colour))
        running += value
    bars.append((total, 0.0, running, theme.ACCENT))
    height = height or 0.27 * len(bars) + 0.5

    def draw(figure: Any) -> None:
        left = _label_margin([b[0] for b in bars], width)
        axes = figure.add_axes((left, 0.38 / height, 0.985 - left, 1.0 - 0.44 / height))
        size = theme.FONT_SIZE - 0.5
        span = max(max(a, b) for _, a, b, _ in bars) - min(0.0, min(min(a, b) for _, a, b, _ in bars))
        for i, (_, begin, end, colour) in enumerate(bars):
            axes.barh(i, end - begin, left=begin, height=0.62, color=colour, linewidth=0)
            if i + 1 < len(bars):
                axes.plot([end, end], [i, i + 1], color=theme.MUTED, linewidth=0.5, solid_capstyle="butt")
            whole = i == len(bars) - 1 or bool(start and i == 0)
            text = number(end if whole else end - begin, decimals=decimals)
            if whole:
                axes.text((begin + end) / 2.0, i, text, va="center", ha="center", color="white", fontsize=size)
            elif end < begin:
                axes.text(end - 0.008 * span, i, text, va="center", ha="right", fontsize=size)
            else:
                axes.text(end + 0.008 * span, i, f"+{text}", va="center", ha="left", fontsize=size)
        _bar_axes(axes, [b[0] for b in bars], x_label)
        axes.set_xlim(min(0.0, *(min(a, b) for _, a, b, _ in bars)), max(max(a, b) for _, a, b, _ in bars) * 1.04)

    return figure_svg(draw, height=height, width=width)


def stacked_bars(
    rows: Sequence[str],
    parts: Sequence[tuple[str, Sequence[float]]],
    *,
    x_label: str,
    digits: int = 3,
    height: float | None = None,
    width: float = theme.FIGURE_WIDTH,
) -> str:
    """Horizontal bars made of named parts, in SVG: parts (name, one value a row), all values ≥ 0."""
    height = height or 0.3 * len(rows) + 0.72
    values = np.array([v for _, v in parts], float)
    if values.shape != (len(parts), len(rows)) or np.any(values < 0.0):
        raise ValueError("stacked_bars needs one value ≥ 0 for every part and row")

    def draw(figure: Any) -> None:
        left = _label_margin(rows, width)
        axes = figure.add_axes((left, 0.38 / height, 0.985 - left, 1.0 - 0.64 / height))
        begin, widest = np.zeros(len(rows)), float(values.sum(axis=0).max())
        for i, (name, _) in enumerate(parts):
            colour = theme.SERIES[i % len(theme.SERIES)]
            axes.barh(range(len(rows)), values[i], left=begin, height=0.62, color=colour, label=name, linewidth=0)
            for j, value in enumerate(values[i]):
                if value > 0.07 * widest:
                    middle, text = begin[j] + value / 2, number(value, digits)
                    axes.text(middle, j, text, ha="center", va="center", color="white", fontsize=theme.FONT_SIZE - 0.5)
            begin = begin + values[i]
        for j, whole in enumerate(begin):
            axes.text(
                whole + 0.008 * widest, j, number(float(whole), digits + 1), va="center", fontsize=theme.FONT_SIZE - 0.5
            )
        _bar_axes(axes, rows, x_label)
        axes.set_xlim(0.0, widest * 1.1)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(parts))

    return figure_svg(draw, height=height, width=width)


def figure_svg(draw: Callable[[Any], None], *, height: float, width: float = theme.FIGURE_WIDTH) -> str:
    """An SVG of `width` × `height` inches: `draw` gets an empty matplotlib Figure in the house style. Deterministic.

    Use it for figures that this module does not know. Text is left as text in the report's fonts.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    out = StringIO()
    with rc_context(theme.matplotlib_style()):
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        draw(figure)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :].replace("'DejaVu Sans'", theme.FONT_STACK.replace('"', "'"))


def _draw_panel(axes: Any, x: np.ndarray, panel: Panel) -> None:
    styles = {"solid": "-", "dashed": (0, (4, 2)), "dotted": (0, (1, 1.5)), "points": "none"}
    for i, line in enumerate(panel.lines):
        axes.plot(
            x if line.x is None else np.asarray(line.x, float),
            np.asarray(line.y, float),
            label=line.label or None,
            color=line.colour or theme.SERIES[i % len(theme.SERIES)],
            linestyle=styles[line.style],
            clip_on=True,
            marker="o" if line.style == "points" else "",
            markersize=3.0,
            markeredgewidth=0.0,
        )
    if panel.log:
        axes.set_yscale("log")
    else:
        from matplotlib.ticker import MaxNLocator

        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        axes.margins(y=0.06)
    low, high = axes.get_ylim()
    values = (
        np.concatenate([np.ravel(np.asarray(line.y, float)) for line in panel.lines]) if panel.lines else np.zeros(1)
    )
    values = values[np.isfinite(values)]
    if not panel.log and len(values) and values.min() >= 0.0 and values.min() < 0.35 * values.max():
        low = 0.0
    high = max([high, *(1.06 * v for v, _ in panel.limits if high < v < 2.0 * high)])
    axes.set_ylim(low if panel.bottom is None else panel.bottom, high if panel.top is None else panel.top)
    for value, label in panel.limits:
        if axes.get_ylim()[0] <= value <= axes.get_ylim()[1]:
            axes.axhline(value, color=theme.SEVERITY["ERROR"], linewidth=0.8, linestyle=(0, (4, 2)))
            axes.annotate(
                label,
                (1.0, value),
                xycoords=("axes fraction", "data"),
                xytext=(-2, 1.5),
                textcoords="offset points",
                ha="right",
                va="bottom",
                color=theme.SEVERITY["ERROR"],
                fontsize=theme.FONT_SIZE - 1.0,
            )
    axes.set_title(f"{panel.title}, {panel.unit}" if panel.unit else panel.title)
    if any(line.label for line in panel.lines) and len(panel.lines) > 1:
        if panel.names_above:
            named = sum(bool(line.label) for line in panel.lines)
            axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=named, borderaxespad=0.2, columnspacing=1.2)
        else:
            axes.legend(loc="best")


def _label_margin(labels: Sequence[str], width: float) -> float:
    """Left margin, as a share of the width, that row labels need."""
    return min(0.4, (max((len(label) for label in labels), default=0) * 0.062 + 0.12) / width)


def _bar_axes(axes: Any, labels: Sequence[str], x_label: str) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(x_label)
