"""Velocity losses of an ascent beside published ones, until the last stage's first burn ends."""

from pathlib import Path
from typing import Any

import yaml

from ..core.errors import OseaError
from ..core.progress import Progress
from ..trajectory.result import AscentResult
from .comparison import Comparison
from .launcher_rows import complete_rows
from .launchers import ascent_of

GROUP = "Velocity losses of an ascent"


def published() -> dict[str, Any]:
    """The published figures, with their source."""
    return yaml.safe_load((Path(__file__).parent / "data" / "losses.yaml").read_text(encoding="utf-8"))


def until_first_orbit(ascent: AscentResult) -> tuple[float, float]:
    """Gravity and drag losses [m/s] from lift-off to the end of the last stage's first burn."""
    last = ascent.propellant[-1].stage
    gravity = drag = 0.0
    for i, entry in enumerate(ascent.segment_budgets):
        gravity, drag = gravity + entry.budget.gravity, drag + entry.budget.drag
        following = ascent.segment_budgets[i + 1].segment if i + 1 < len(ascent.segment_budgets) else "coast"
        if entry.segment.startswith(last) and following == "coast":
            break
    return gravity, drag


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """Gravity and drag loss of each vehicle that has published ones."""
    data, rows = published(), []
    for name, losses in data["vehicles"].items():
        row, error, ours = next(r for r in complete_rows() if r["name"] == name), "", (None, None)
        try:
            ours = until_first_orbit(ascent_of(row))
        except OseaError as problem:
            error = problem.message
        for what, value in zip(("gravity", "drag"), ours, strict=True):
            rows.append(
                Comparison(
                    GROUP,
                    f"{name}, to its parking orbit: {what} loss",
                    "m/s",
                    float(losses[f"{what}_m_s"]),
                    data["source"],
                    data["grade"],
                    ours=value,
                    kind="shown",
                    real=True,
                    digits=4,
                    note=data["definition"],
                    error=error,
                )
            )
    return rows
