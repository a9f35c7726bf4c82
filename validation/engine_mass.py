"""Engine masses by published relations beside real engines, and whether each lies within the relation's own scatter.

``python -m osea_rocket.validation.engine_mass`` prints the table.
"""

from pathlib import Path
from typing import Any

import yaml

from ..propulsion.engine_mass import engine_mass, preferred
from .comparison import Comparison

_GROUP = "Engine mass"


def _data() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "engine_mass.yaml").read_text(encoding="utf-8"))


def comparisons() -> list[Comparison]:
    """Every relation that fits an engine, the preferred one first; then how many of the preferred lie within their scatter."""
    data, rows, held, counted = _data(), [], 0, 0
    for name, cycle, oxidizer, fuel, chambers, thrust, area, mass, source in data["engines"]:
        estimates = engine_mass(cycle, thrust * 1e3, area, oxidizer, fuel, chambers=chambers)
        best = preferred(estimates)
        for e in estimates:
            role = ", preferred" if e is best else "" if e.inside else ", outside its range"
            rows.append(
                Comparison(
                    _GROUP, f"{name} ({cycle}): {e.relation}{role}", "kg", mass, data["sources"][source],
                    "recalled" if source == "R" else "secondary", ours=e.mass, digits=4, real=True,
                    # nothing is promised of a regression: within its scatter or not is said in the note
                    kind="shown", tolerance=e.scatter * (e.mass or 0.0),
                    note=_note(e, mass),
                )
            )  # fmt: skip
        if best is not None and best.low is not None and best.high is not None and source != "R":
            counted += 1
            held += best.low <= mass <= best.high
    share = held / counted if counted else None
    rows.append(
        Comparison(
            _GROUP, f"share of the {counted} engines with a looked-up mass within the preferred relation's scatter", "1", None,
            "own count", "read", ours=share, kind="shown", digits=2,
        )
    )  # fmt: skip
    return rows


def _note(estimate: Any, mass: float) -> str:
    if estimate.mass is None:
        return "the relation gives no mass at this thrust"
    whose = "stated by its authors" if estimate.scatter_from == "stated" else "measured by us"
    inside = "within" if estimate.low <= mass <= estimate.high else "NOT within"
    return f"{inside} the relation's scatter of {estimate.scatter:.0%}, {whose}"


if __name__ == "__main__":
    for row in comparisons():
        ours = "—" if row.ours is None else f"{row.ours:9.4g}"
        print(
            f"{row.quantity:95} {ours:>9} {'' if row.published is None else row.published:>9} {row.grade:9} {row.note}"
        )
