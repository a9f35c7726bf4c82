"""What `osea validate` does."""

import dataclasses
import math
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from .comparison import Comparison

PARTS = (  # (what it is called, module, usual seconds); each module has comparisons()
    ("combustion", "equilibrium", 4.0),
    ("engine cycles", "cycles", 8.0),
    ("solid motors", "solids", 3.0),
    ("engine mass", "engine_mass", 0.5),
    ("mass relations", "mass_relations", 0.5),
    ("shells, beams, normal force", "vehicle_methods", 0.5),
    ("vehicles sized again", "resizing", 400.0),
    ("acoustics", "acoustics", 1.0),
    ("cooling", "cooling", 10.0),
    ("environment", "environment", 0.5),
    ("flight", "flight", 20.0),
    ("optimal control", "optimal_control", 5.0),
    ("missions of several burns", "several_burns", 250.0),
    ("Falcon 9", "falcon9", 20.0),
    ("launch vehicles", "launchers", 150.0),
    ("Falcon 9 as flown", "falcon_table", 400.0),
    ("booster return", "booster_return", 60.0),
    ("velocity losses", "losses", 10.0),
    ("interfaces", "interface_mutations", 20.0),
    ("electrical interface", "electrical_mutations", 150.0),
    ("certification", "certification_mutations", 240.0),
    ("costs", "costs", 1.0),
    ("launch data", "injection", 25.0),
    ("speed", "speed", 15.0),
)
STEPS = {name: seconds for name, _, seconds in PARTS}


def validate(progress: Progress, only: Sequence[str] = ()) -> list[Comparison]:
    """All comparisons, or those of the parts named, made again."""
    unknown = set(only) - set(STEPS)
    if unknown:
        raise InputError(f"there is no part '{min(unknown)}'; known: {', '.join(STEPS)}", where="--only")
    rows: list[Comparison] = []
    for name, module, _ in PARTS:
        if only and name not in only:
            continue
        with progress.step(name):
            rows += import_module(f".{module}", __package__).comparisons()
    return rows


def run_validate(write: Path | None, *, only: Sequence[str] = (), quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Make every comparison: (plain data, table). The data's exit_code is 1 when one does not hold, 3 when one has no number.

    only: the parts to make; their sections are then replaced in a page that is there, and the rest of it stays.
    """
    from .page import lines, page, with_sections

    progress = Progress() if quiet else RichProgress({k: v for k, v in STEPS.items() if not only or k in only})
    try:
        rows = validate(progress, only)
    finally:
        progress.close()
    text = lines(rows)
    if write is not None:
        try:
            there = only and write.exists()
            made = with_sections(write.read_text(encoding="utf-8"), rows) if there else page(rows)
            write.write_text(made, encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot write '{write}': {error.strerror}") from None
    data: dict[str, Any] = {"comparisons": [_plain(r) for r in rows]}
    missed = [r.quantity for r in rows if r.met is False]
    failed = [f"{r.quantity}: {r.error}" for r in rows if r.error]
    if missed:
        message = f"{len(missed)} of {len(rows)} comparisons do not hold: {'; '.join(missed)}"
        data = {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": message} | data
    elif failed:
        message = f"{len(failed)} of {len(rows)} comparisons have no number: {'; '.join(failed)}"
        data = {"status": "failed", "exit_code": UndecidedError.exit_code, "message": message} | data
    else:
        data = {"status": "done"} | data
    return data, text


def _plain(row: Comparison) -> dict[str, Any]:
    data = dataclasses.asdict(row) | {"met": row.met}
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in data.items()}
