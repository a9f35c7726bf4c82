"""Figures of trade studies, as SVG: what is best against what, all values of each case at once, and one value over two others."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import theme
from .plots import figure_svg

ArrayLike = Any
_SCALE = "viridis"
MOST_LABELS = 6  # beside a front


@dataclass(frozen=True)
class Quantity:
    """One value of every case (n,): its label with the unit, and the cases' numbers. ticks: (place, text) where the values
    are no numbers but names."""

    label: str
    values: ArrayLike
    ticks: Sequence[tuple[float, str]] = ()


def pareto_plot(
    x: Quantity,
    y: Quantity,
    front: ArrayLike,
    *,
    joined: ArrayLike | None = None,
    front_labels: Sequence[str] = (),
    height: float = 3.2,
) -> str:
    """Cases as points, those of the front marked. front (m,): their places; front_labels (m,): beside some of those joined.

    joined: places that a line joins in the order of x: what nothing beats in x and y alone. Left out: all of the front.
    """
    xs, ys, best = np.asarray(x.values, float), np.asarray(y.values, float), np.asarray(front, int)
    line = best if joined is None else np.asarray(joined, int)
    order = line[np.argsort(xs[line], kind="stable")]
    whole = len(line) == len(best)
    labels = {int(k): text for k, text in zip(best, front_labels, strict=False)}

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.085, 0.42 / height, 0.895, 1.0 - 0.72 / height))
        rest = np.setdiff1d(np.arange(len(xs)), best)
        axes.plot(xs[rest], ys[rest], "o", color=theme.HAIRLINE, markersize=3.0, markeredgewidth=0, label="other cases")
        if not whole:
            label = "best, with what else is sought"
            axes.plot(xs[best], ys[best], "o", color=theme.SERIES[1], markersize=3.5, markeredgewidth=0, label=label)
        axes.plot(
            xs[order], ys[order], "-o", color=theme.SERIES[0], markersize=4.0, label="best: none is better in both"
        )
        for k in order[np.unique(np.linspace(0, len(order) - 1, min(len(order), MOST_LABELS)).round().astype(int))]:
            axes.annotate(
                labels.get(int(k), ""), (xs[k], ys[k]), xytext=(4, 4), textcoords="offset points", color=theme.INK,
                fontsize=theme.FONT_SIZE - 1.0,
            )  # fmt: skip
        axes.margins(x=0.09, y=0.12)
        axes.set_xlabel(x.label)
        axes.set_title(y.label)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=3)

    return figure_svg(draw, height=height)


def parallel_coordinates(
    quantities: Sequence[Quantity], *, colour_by: int, front: ArrayLike = (), height: float = 3.2
) -> str:
    """A vertical axis for each quantity, a line for each case; coloured by one quantity, those of the front thick."""
    rows = [np.asarray(q.values, float) for q in quantities]
    best = {int(k) for k in np.asarray(front, int)}
    spans = [_span(row) for row in rows]
    scaled = np.array([(row - low) / (high - low) for row, (low, high) in zip(rows, spans, strict=True)])
    places = np.arange(len(rows))
    titles = [textwrap.fill(q.label, max(78 // len(rows), 8), break_long_words=False) for q in quantities]
    room = 0.16 * max(title.count("\n") + 1 for title in titles) + 0.26  # over the axes [in]

    def draw(figure: Any) -> None:
        from matplotlib import colormaps

        axes = figure.add_axes((0.06, 0.1 / height, 0.87, 1.0 - (0.1 + room) / height))
        shade = colormaps[_SCALE]
        for k in sorted(range(scaled.shape[1]), key=lambda k: k in best):
            thick = k in best
            axes.plot(
                places, scaled[:, k], color=shade(0.92 * float(scaled[colour_by, k])), linewidth=1.8 if thick else 0.6,
                alpha=1.0 if thick or not best else 0.55,
            )  # fmt: skip
        for place, quantity, title, row, (low, high) in zip(places, quantities, titles, rows, spans, strict=True):
            axes.axvline(place, color=theme.MUTED, linewidth=0.7)
            axes.text(place, 1.07, title, ha="center", va="bottom", fontsize=theme.FONT_SIZE, fontweight="bold")
            told = np.unique(row)
            numbers = told if len(told) <= MOST_LABELS else np.linspace(low, high, 5)
            marks = quantity.ticks or [(v, f"{v:.4g}") for v in numbers]
            for value, text in marks:
                axes.text(
                    place + 0.025, (value - low) / (high - low), text, va="center", fontsize=theme.FONT_SIZE - 0.5,
                    bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.6},
                )  # fmt: skip
        axes.set_xlim(-0.05, len(rows) - 1 + 0.2)
        axes.set_ylim(-0.05, 1.05)
        axes.axis("off")

    return figure_svg(draw, height=height)


def _span(row: np.ndarray) -> tuple[float, float]:
    low, high = float(row.min()), float(row.max())
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def carpet_plot(
    first: tuple[str, Sequence[float]],
    second: tuple[str, Sequence[float]],
    y: ArrayLike,
    y_label: str,
    *,
    height: float = 3.6,
) -> str:
    """A carpet: y (n, m) over two quantities at once, with no scale along: a curve of constant value for each of both.

    first, second: label with its unit, and the values (n,), (m,). Along, each point stands at the sum of both quantities' shares
    of their spans, the second one stretched so that no two curves coincide. nan: no point there.
    """
    a, b, ys = np.asarray(first[1], float), np.asarray(second[1], float), np.asarray(y, float)
    along = _share(a)[:, None] + 1.3 * _share(b)[None, :]

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.085, 0.1 / height, 0.895, 1.0 - 0.42 / height))
        for k in range(len(a)):
            _thread(axes, along[k], ys[k], theme.SERIES[0], k in (0, len(a) - 1))
        for k in range(len(b)):
            _thread(axes, along[:, k], ys[:, k], theme.SERIES[1], k in (0, len(b) - 1))
        axes.plot(along.ravel(), ys.ravel(), "o", color=theme.INK, markersize=2.5, markeredgewidth=0)
        axes.set_title(y_label)
        axes.margins(x=0.1, y=0.1)
        for k, value in enumerate(a):
            _name(axes, along[k], ys[k], f"{value:.4g}", theme.SERIES[0])
        for k, value in enumerate(b):
            _name(axes, along[::-1, k], ys[::-1, k], f"{value:.4g}", theme.SERIES[1])
        axes.tick_params(axis="x", length=0, labelbottom=False)
        axes.grid(axis="x", visible=False)
        axes.spines["bottom"].set_visible(False)
        for k, (label, _) in enumerate((first, second)):
            axes.plot([], [], color=theme.SERIES[k], label=f"constant {label}")
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)

    return figure_svg(draw, height=height)


def _share(values: np.ndarray) -> np.ndarray:
    return (values - values.min()) / max(float(np.ptp(values)), 1e-300)


def _thread(axes: Any, x: np.ndarray, y: np.ndarray, colour: str, edge: bool) -> None:
    """One curve of the carpet, where it is known."""
    good = np.isfinite(y)
    axes.plot(x[good], y[good], color=colour, linewidth=1.2 if edge else 0.8)


def _name(axes: Any, x: np.ndarray, y: np.ndarray, text: str, colour: str) -> None:
    """The value of a curve beyond its last point, in the direction in which it leaves: clear of the other curves."""
    good = np.isfinite(y)
    if not good.any():
        return
    points = axes.transData.transform(np.column_stack([x[good], y[good]]))
    leaves = points[-1] - points[-2] if len(points) > 1 else np.array([1.0, 0.0])
    offset = 11.0 * leaves / max(float(np.hypot(*leaves)), 1e-9)
    axes.annotate(
        text, (x[good][-1], y[good][-1]), xytext=tuple(offset), textcoords="offset points", ha="center", va="center",
        color=colour, fontsize=theme.FONT_SIZE - 0.5,
    )  # fmt: skip
