"""Figures of a dispersion: histograms, ellipses, what moves what, convergence."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..report import theme
from ..report.plots import Line, Panel, figure_svg, line_plot
from .dispersion_runs import OUTPUTS, Columns, Output
from .dispersion_statistics import DispersionResult, OutputStatistics, impact_offsets

MOST_POINTS = 4000  # of a scatter plot
BARS = 12


def histograms(result: DispersionResult, columns: Columns, clean: np.ndarray) -> str:
    """Small multiples of every output, with its 3σ percentiles and their intervals."""
    shown = [o for o in OUTPUTS if any(s.key == o.key for s in result.outputs)]
    rows = -(-len(shown) // 2)
    height = 1.25 * rows + 0.3

    def draw(figure: Any) -> None:
        grid = figure.add_gridspec(
            rows, 2, left=0.05, right=0.985, top=1 - 0.22 / height, bottom=0.3 / height, hspace=0.75, wspace=0.14
        )
        for i, output in enumerate(shown):
            axes = figure.add_subplot(grid[i // 2, i % 2])
            values = columns[output.key][clean] * output.scale
            _histogram(axes, output, values[np.isfinite(values)], result.output(output.key))

    return figure_svg(draw, height=height)


def _histogram(axes: Any, output: Output, values: np.ndarray, found: OutputStatistics) -> None:
    low, high = np.quantile(values, [0.0005, 0.9995]) if len(values) > 2000 else (values.min(), values.max())
    bins = int(np.clip(np.sqrt(len(values)) / 1.5, 10, 60))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    axes.hist(values, bins=bins, range=(low, high), color=theme.SERIES[0], linewidth=0, alpha=0.75)
    top = axes.get_ylim()[1]
    for p in (found.percentiles[0], found.percentiles[-1]):
        bad = (p is found.percentiles[-1]) == output.high
        colour = theme.SEVERITY["ERROR"] if bad else theme.MUTED
        axes.axvline(p.value * output.scale, color=colour, linewidth=0.9)
        if p.low is not None and p.high is not None:
            axes.axvspan(p.low * output.scale, p.high * output.scale, color=colour, alpha=0.18, linewidth=0)
    if found.nominal is not None:
        axes.plot(
            [found.nominal * output.scale], [0.03 * top], marker="^", color=theme.INK, markersize=4, clip_on=False
        )
    axes.set_title(f"{output.name}, {output.unit}")
    axes.tick_params(axis="y", labelleft=False, length=0)
    axes.grid(axis="y", visible=False)
    axes.spines["left"].set_visible(False)


def insertion_figure(result: DispersionResult, columns: Columns, clean: np.ndarray) -> str | None:
    """Perigee against apogee of every orbit reached, with the ellipses."""
    if result.insertion is None:
        return None
    points = np.column_stack([columns["perigee_altitude_m"], columns["apogee_altitude_m"]])[clean] / 1e3
    points = points[np.isfinite(points).all(axis=1)]
    ellipse, scale = result.insertion, result.insertion.covering_scale
    outlines = [(ellipse.outline() / 1e3, f"normal law, {ellipse.probability:.2%}")]
    if scale is not None:
        outlines.append(
            (ellipse.outline(scale=scale) / 1e3, f"covers {ellipse.probability:.2%} at {ellipse.confidence:.0%}")
        )
    return _scatter(points, outlines, "Perigee altitude, km", "Apogee altitude, km", equal=False)


def impact_figures(result: DispersionResult, columns: Columns, clean: np.ndarray) -> list[tuple[str, str]]:
    """(name, SVG) of every impact ellipse."""
    drawn = []
    for impact in result.impacts:
        if impact.kind == "impact point":
            continue  # in a table
        points, _, _ = impact_offsets(impact.name, columns, clean)
        if impact.ellipse is None or len(points) < 3:
            continue
        outlines = [(impact.ellipse.outline() / 1e3, f"normal law, {impact.ellipse.probability:.2%}")]
        if impact.ellipse.covering_scale is not None:
            whole = impact.ellipse.outline(scale=impact.ellipse.covering_scale) / 1e3
            outlines.append((whole, f"covers {impact.ellipse.probability:.2%} at {impact.ellipse.confidence:.0%}"))
        drawn.append(
            (impact.name, _scatter(points / 1e3, outlines, "East of the mean, km", "North of the mean, km", equal=True))
        )
    return drawn


def _scatter(points: np.ndarray, outlines: Sequence[tuple[np.ndarray, str]], x: str, y: str, *, equal: bool) -> str:
    height, width = 3.0, theme.FIGURE_WIDTH / 2

    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.17, 0.13, 0.8, 0.76))
        some = points[:: max(1, len(points) // MOST_POINTS)]
        axes.plot(
            some[:, 0],
            some[:, 1],
            ".",
            color=theme.SERIES[0],
            markersize=1.6,
            alpha=0.45,
            markeredgewidth=0,
            rasterized=False,
        )
        for (outline, label), style, colour in zip(
            outlines, ("-", (0, (4, 2))), (theme.INK, theme.SEVERITY["ERROR"]), strict=False
        ):
            axes.plot(outline[:, 0], outline[:, 1], linestyle=style, color=colour, linewidth=1.0, label=label)
        if equal:
            axes.set_aspect("equal", adjustable="datalim")
        axes.set_xlabel(x)
        axes.set_ylabel(y)
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2, handletextpad=0.4, columnspacing=1.0)

    return figure_svg(draw, height=height, width=width)


def tornado(result: DispersionResult, output: OutputStatistics) -> str | None:
    """What moves an output most: rank correlations, and Sobol' totals beside them where they were flown."""
    pairs = [(n, v) for n, v in zip(result.groups, output.sensitivity, strict=True) if abs(v) > 0]
    order = sorted(range(len(pairs)), key=lambda i: -abs(pairs[i][1]))[:BARS]
    if not order:
        return None
    names, values = [pairs[i][0] for i in order], [pairs[i][1] for i in order]
    totals = dict(zip(result.groups, output.sobol_total, strict=False))
    height, width = 0.2 * len(order) + 0.62, theme.FIGURE_WIDTH / 2

    def draw(figure: Any) -> None:
        left = min(0.46, (max(len(n) for n in names) * 0.06 + 0.1) / width)
        axes = figure.add_axes((left, 0.34 / height, 0.97 - left, 1.0 - 0.56 / height))
        colours = [theme.SERIES[0] if v >= 0 else theme.SERIES[1] for v in values]
        axes.barh(range(len(order)), values, height=0.64, color=colours, linewidth=0)
        if totals:
            axes.plot(
                [totals[n] for n in names],
                range(len(order)),
                "D",
                color=theme.INK,
                markersize=2.8,
                label="Sobol' total index",
            )
            axes.legend(loc="lower right")
        axes.axvline(0.0, color=theme.MUTED, linewidth=0.6)
        axes.set_yticks(range(len(order)), names)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.grid(axis="y", visible=False)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(
            min(-0.05, min(values) * 1.1), max(0.05, *(v * 1.1 for v in values), *(t * 1.1 for t in totals.values()))
        )
        axes.set_xlabel("Rank correlation")
        axes.set_title(output.name)

    return figure_svg(draw, height=height, width=width)


def convergence_figure(result: DispersionResult) -> str | None:
    """The lower 3σ percentile of the propellant margin against the number of runs, with its interval."""
    rows = result.convergence
    if len(rows) < 3:
        return None
    colour = theme.SERIES[0]
    lines = [
        Line(rows[:, 1], "3σ percentile", colour=colour),
        Line(rows[:, 2], f"{result.confidence:.0%} interval", style="dashed", colour=colour),
        Line(rows[:, 3], style="dashed", colour=colour),
    ]
    return line_plot(rows[:, 0], Panel("Propellant margin", "kg", lines), x_label="Runs", height=2.2)
