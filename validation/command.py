"""What `osea validate` does."""

import dataclasses
import math
from pathlib import Path
from typing import Any

from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from .comparison import Comparison

STEPS = {"combustion": 1.0, "environment": 0.5, "optimal control": 1.0, "Falcon 9": 16.0, "speed": 15.0}


def validate(progress: Progress) -> list[Comparison]:
    """All comparisons, made again."""
    rows: list[Comparison] = []
    with progress.step("combustion"):
        from . import equilibrium

        rows += equilibrium.comparisons()
    with progress.step("environment"):
        from . import environment

        rows += environment.comparisons()
    with progress.step("optimal control"):
        from . import optimal_control

        rows += optimal_control.comparisons()
    with progress.step("Falcon 9"):
        from . import falcon9

        rows += falcon9.comparisons()
    with progress.step("speed"):
        from . import speed

        rows += speed.comparisons()
    return rows


def run_validate(write: Path | None, *, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Make every comparison; raise ImpossibleError when one does not hold, UndecidedError when one has no number."""
    from .page import lines, page

    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        rows = validate(progress)
    finally:
        progress.close()
    text = lines(rows)
    if write is not None:
        try:
            write.write_text(page(rows), encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write '{write}': {error.strerror}") from None
    missed = [r.quantity for r in rows if r.met is False]
    failed = [f"{r.quantity}: {r.error}" for r in rows if r.error]
    if missed:
        raise ImpossibleError(
            f"{len(missed)} of {len(rows)} comparisons do not hold", details=[*missed, *text.splitlines()]
        )
    if failed:
        raise UndecidedError(
            f"{len(failed)} of {len(rows)} comparisons have no number", details=[*failed, *text.splitlines()]
        )
    return {"comparisons": [_plain(r) for r in rows]}, text


def _plain(row: Comparison) -> dict[str, Any]:
    data = dataclasses.asdict(row) | {"met": row.met}
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in data.items()}
