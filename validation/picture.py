"""A picture of the book of proof as a PNG in the reports' style."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..report import theme


def write_picture(target: str | Path, height: float, draw: Callable[[Any], None]) -> None:
    """Let *draw* fill a figure, *height* inches high and wide enough for several columns, and write it."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context(theme.matplotlib_style()):
        figure = Figure(figsize=(1.6 * theme.FIGURE_WIDTH, height), facecolor="white")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(Path(target), dpi=130, facecolor="white")
