"""Falcon 9 flights beside their records as a table, each kept as it is flown.

data/falcon_flights_explained.yaml says why they differ.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.progress import Progress
from . import falcon_flights, falcon_returns
from .comparison import Comparison
from .falcon_flights import GROUP, Flown, flights, fly
from .falcon_returns import Returned, returns
from .kept_rows import KeptRows

_SOURCE = "broadcast telemetry, read off by the Telemetry-Data project"
KEPT = KeptRows(
    "falcon_flights",
    (
        "core", "propulsion", "vehicle", "trajectory", "validation/falcon_flights.py", "validation/falcon_times.py",
        "validation/launcher_rows.py",
        "validation/data/launchers.yaml", "validation/data/falcon_flights.yaml",
    ),
)  # fmt: skip


@cache
def explanations() -> dict[str, Any]:
    """Why flights differ and which are left out; nothing of it enters a flight."""
    path = Path(__file__).parent / "data" / "falcon_flights_explained.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def fly_all(progress: Progress | None = None) -> list[Flown]:
    """Every flight, in processes, each kept as it is done; one kept from the same sources is not flown again."""
    names = [f["flight"] for f in flights()["flights"]]
    return [Flown(**row) for row in _rows(names, fly, KEPT, progress or Progress())]


def return_all(progress: Progress | None = None) -> list[Returned]:
    """Those whose booster came back to its launch site with that return, in processes and kept alike."""
    found = _rows(returns()["flights"], falcon_returns.fly, falcon_returns.KEPT, progress or Progress())
    return [Returned(**row) for row in found]


def _rows(names: list[str], fly: Callable[[str], Any], kept: KeptRows, progress: Progress) -> list[dict[str, Any]]:
    found = kept.complete(names, fly, lambda count, row: progress.note(f"{count} of {len(names)}: {row['name']}"))
    return [found[n] for n in names]


def _compared(flown: Flown) -> list[Comparison]:
    """Speed, altitude and, where it was recorded, the second cut-off of one flight."""
    rules = flights()["rules"]
    flight = next(f for f in flights()["flights"] if f["flight"] == flown.name)
    where = f"{flown.name} ({flight['date']}, {flight['version']})"
    why = explanations()["why"].get(flown.name, "")
    note = f"{flown.name}: {why}" if why else ""
    speed = Comparison(
        GROUP,
        f"{where}: speed",
        "m/s",
        flown.recorded_speed,
        _SOURCE,
        "read",
        ours=None if flown.error else flown.speed,
        tolerance=rules["tolerance_speed"] * flown.recorded_speed,
        real=True,
        digits=4,
        error=flown.error,
        note=note,
    )
    altitude = Comparison(
        GROUP,
        f"{where}: altitude",
        "km",
        flown.recorded_altitude / 1e3,
        _SOURCE,
        "read",
        ours=None if flown.error else flown.altitude / 1e3,
        tolerance=rules["tolerance_altitude_km"],
        real=True,
        digits=3,
        error=flown.error,
    )
    if flown.recorded_cutoff is None:
        return [speed, altitude]
    seco = Comparison(
        GROUP,
        f"{where}: second-stage cut-off, flown to at a throttle of {100 * flown.throttle:.0f} %",
        "s",
        float(flown.recorded_cutoff),
        _SOURCE,
        "read",
        ours=None if flown.error else flown.cutoff,
        kind="shown",
        real=True,
        digits=4,
        error=flown.error,
    )
    return [speed, altitude, seco]


def comparisons(progress: Progress | None = None) -> list[Comparison]:
    """All flights; a single line that says so where the records are absent."""
    left_out = "; ".join(f"{name}: {why}" for name, why in explanations()["left_out"].items())
    if not (falcon_flights.RECORDS / "summary.json").is_file():
        text = "skipped: the flight records are not on this machine (../shared/reference/trajectory/flights)"
        return [
            Comparison(
                GROUP, text, "1", None, "Telemetry-Data project", "read", kind="shown", note=f"Left out: {left_out}"
            )
        ]
    found = fly_all(progress)
    rows = [row for flown in found for row in _compared(flown)]
    flown = [f for f in found if not f.error]
    picture = "![Six flights beside their records](images/falcon-flights.png)"  # made by falcon_figure
    notes = [f"Left out: {left_out}. {picture}", explanations()["all"]]
    for quantity, unit, errors in (
        ("mean difference of speed", "%", [_off(f)[0] for f in flown]),
        ("mean difference of altitude", "km", [_off(f)[1] for f in flown]),
    ):
        text = f"{quantity} over {len(flown)} flights (standard deviation {float(np.std(errors)):.2g} {unit})"
        rows.append(_mean(text, unit, errors, notes.pop()))
    for orbits, where in explanations()["destinations"].items():
        there = [f for f in flown if next(r for r in flights()["flights"] if r["flight"] == f.name)["orbit"] in where]
        if not there:
            continue
        speed, altitude, further = np.array([_off(f) for f in there]).T
        held = int((np.abs(altitude) <= flights()["rules"]["tolerance_altitude_km"]).sum())
        text = f"{orbits}, {len(there)} flights ({held} within the tolerance): mean difference of"
        rows.append(_mean(f"{text} altitude", "km", altitude))
        rows.append(_mean(f"{text} speed", "%", speed))
        rows.append(_mean(f"{text} distance down range", "km", further, explanations()["by_destination"]))
    return rows + _with_return(found, progress)


def _with_return(found: list[Flown], progress: Progress | None) -> list[Comparison]:
    """The flights back to the launch site, flown as one problem with that return: beside the record, and what it changes."""
    plain, rows, changes = {f.name: f for f in found}, [], []
    for back in return_all(progress):
        flown = plain[back.name]
        for what, unit, ours, theirs in (
            ("speed", "m/s", back.speed, flown.recorded_speed),
            ("altitude", "km", back.altitude / 1e3, flown.recorded_altitude / 1e3),
        ):
            rows.append(
                Comparison(
                    GROUP, f"{back.name}, one problem with its booster's return: {what}", unit, theirs, _SOURCE, "read",
                    ours=None if back.error else ours, kind="shown", real=True, digits=4,
                    error=back.error.removesuffix("; the worst violations at the end:"),
                )
            )  # fmt: skip
        if not (back.error or flown.error):
            changes.append((100 * (back.speed - flown.speed) / flown.recorded_speed, back.altitude - flown.altitude))
    if changes:
        speed, altitude = np.array(changes).T
        text = f"what the return in the problem changes, {len(changes)} flights: mean of"
        rows.append(_mean(f"{text} speed", "%", speed))
        rows.append(_mean(f"{text} altitude", "km", altitude / 1e3, explanations()["with_return"]))
    return rows


def _off(flown: Flown) -> tuple[float, float, float]:
    """Ours less theirs: speed [%], altitude [km], downrange [km]."""
    return (
        100 * (flown.speed / flown.recorded_speed - 1),
        (flown.altitude - flown.recorded_altitude) / 1e3,
        (flown.downrange - flown.recorded_downrange) / 1e3,
    )


def _mean(text: str, unit: str, errors: Any, note: str = "") -> Comparison:
    """A mean that is shown beside none."""
    return Comparison(
        GROUP,
        text,
        unit,
        0.0,
        "own bound",
        "read",
        ours=float(np.mean(errors)),
        kind="shown",
        real=True,
        digits=2,
        note=note,
    )
