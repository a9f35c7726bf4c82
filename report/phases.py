"""Phases and events of a flight on a plot: bands and hairlines in every panel, names and numbers over the first row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from . import theme


@dataclass(frozen=True)
class Band:
    """A phase: x from `start` to `end`, its name over the first row."""

    start: float
    end: float
    label: str = ""


@dataclass(frozen=True)
class Marker:
    """An event: a hairline in every panel, its name over the first row."""

    x: float
    label: str


def draw_phases(axes: Any, bands: Sequence[Band], markers: Sequence[Marker]) -> None:
    """Every other phase tinted, every event a hairline, within the x limits of the axes."""
    low, high = axes.get_xlim()
    for i, band in enumerate(bands):
        if i % 2 == 1 and band.end > low and band.start < high:
            axes.axvspan(max(band.start, low), min(band.end, high), color=theme.FAINT, linewidth=0, zorder=0)
    for marker in markers:
        if low <= marker.x <= high:
            axes.axvline(marker.x, color=theme.HAIRLINE, linewidth=0.5, zorder=1)


def heading_height(bands: Sequence[Band], markers: Sequence[Marker]) -> float:
    """Inches that phase names and event numbers take over a panel's title."""
    return (0.14 if any(b.label for b in bands) else 0.0) + (0.13 if markers else 0.0)


def draw_heading(axes: Any, bands: Sequence[Band], markers: Sequence[Marker], names: Sequence[str]) -> None:
    """Over a panel: a strip with the phases' names where they fit, and over it the events, moved apart where they crowd."""
    from matplotlib.transforms import ScaledTranslation

    low, high = axes.get_xlim()
    inches = axes.get_position().width * axes.figure.get_figwidth()
    lift, size = 0.21, theme.FONT_SIZE - 1.2
    if any(b.label for b in bands):
        to_figure = axes.get_xaxis_transform() + ScaledTranslation(0.0, lift, axes.figure.dpi_scale_trans)
        share = 0.11 / (axes.get_position().height * axes.figure.get_figheight())
        for i, band in enumerate(bands):
            start, end = max(band.start, low), min(band.end, high)
            if end <= start:
                continue
            tint = (theme.RULE, theme.FAINT)[i % 2]
            place = to_figure + _up_by_one(axes)
            axes.fill_between([start, end], 0.0, share, transform=place, color=tint, linewidth=0, clip_on=False)
            if (end - start) / (high - low) * inches > 0.062 * len(band.label):
                axes.annotate(
                    band.label,
                    ((start + end) / 2.0, 1.0),
                    xycoords=("data", "axes fraction"),
                    xytext=(0.0, 72.0 * lift + 3.3),
                    textcoords="offset points",
                    ha="center",
                    va="center",
                    fontsize=size,
                    color=theme.INK,
                    annotation_clip=False,
                )
        lift += 0.14
    shown = [(m, n) for m, n in zip(markers, names, strict=True) if low <= m.x <= high]
    room = [max(0.10, 0.055 * len(n) + 0.05) * (high - low) / inches for _, n in shown]
    for (_, name), place in zip(shown, _moved_apart([m.x for m, _ in shown], room, low, high), strict=True):
        axes.annotate(
            name,
            (place, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0.0, 72.0 * lift),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=theme.MUTED,
            fontsize=size,
            annotation_clip=False,
        )


def _up_by_one(axes: Any) -> Any:
    """A shift by the height of the axes, on the page."""
    from matplotlib.transforms import ScaledTranslation

    height = axes.get_position().height * axes.figure.get_figheight()
    return ScaledTranslation(0.0, height, axes.figure.dpi_scale_trans)


def _moved_apart(places: Sequence[float], room: Sequence[float], low: float, high: float) -> list[float]:
    """Label places that do not overlap (`room`: width of each): crowded ones form a row about their common middle."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    clusters: list[list] = []  # [sum of places, count, width, members]
    for i in order:
        clusters.append([places[i], 1, room[i], [i]])
        while len(clusters) > 1:
            (sum_a, n_a, width_a, in_a), (sum_b, n_b, width_b, in_b) = clusters[-2:]
            if sum_b / n_b - sum_a / n_a >= (width_a + width_b) / 2.0:
                break
            clusters[-2:] = [[sum_a + sum_b, n_a + n_b, width_a + width_b, in_a + in_b]]
    result = list(places)
    for total, count, width, members in clusters:
        start = min(
            max(total / count - width / 2.0, low - room[members[0]] / 2.0), high + room[members[-1]] / 2.0 - width
        )
        for i in members:
            result[i] = start + room[i] / 2.0
            start += room[i]
    return result


def marker_key(markers: Sequence[Marker], characters: int = 128) -> list[str]:
    """Lines "1 liftoff   2 max-q" for under a grid."""
    lines: list[str] = []
    for i, marker in enumerate(markers, 1):
        entry = f"{i}\u2002{marker.label}"
        if lines and len(lines[-1]) + len(entry) + 4 <= characters:
            lines[-1] += "\u2003" + entry
        else:
            lines.append(entry)
    return lines
