"""Launch Library 2 (version 2.3.0): upcoming and past launches as that service gives them."""

from collections.abc import Sequence
from typing import Any

from .source import OUTCOMES, Imported, Origin, Row

_PRECISION = {
    "SEC": "second",
    "MIN": "minute",
    "HR": "hour",
    "DAY": "day",
    "M": "month",
    "Q1": "quarter",
    "H1": "half",
    "FY": "year",
}
_STATES = {"Go": "go", "TBD": "planned", "TBC": "planned", "Success": "success", "Failure": "failure", "Hold": "hold"}
_MODES = {"RTLS": "rtls", "ASDS": "ship", "EXP": "expend", "VL": "net", "Ocean": "splashdown", "PAR": "parachute"}


def import_launch_library(launches: Sequence[dict[str, Any]], origin: Origin) -> Imported:
    """A launch, its mission, its window as an opportunity, its boosters and the recovery planned for each."""
    found = Imported()
    seen: set[str] = set()
    for number, data in enumerate(launches):
        _launch(found, Row(data, f"[{number}] {data['name']}"), origin, seen)
    return found


def _launch(found: Imported, row: Row, origin: Origin, seen: set[str]) -> None:
    identifier, name = row.take("id"), row.take("name")
    state = _STATES.get((row.take("status") or {}).get("abbrev", ""), "x-unknown")
    flown = state in ("success", "failure")
    provider = origin.urn("provider", str(row.data["provider"].get("name")))
    rocket = row.data["rocket"]
    kind = origin.urn("vehicle-type", rocket["full_name"])
    found.put(
        origin.envelope("mission", identifier, "planned")
        | {"name": name, "provider": provider, "kind": "x-not stated"},
        row.where,
    )
    items = []
    for stage in rocket.get("launcher_stage", ()):
        serial = stage.get("serial")
        if not serial:
            continue
        item = origin.urn("vehicle-item", serial)
        items.append(item)
        if serial not in seen:
            seen.add(serial)
            about = {"serial": serial, "vehicle_type": kind, "state": "active"}
            about["kind"] = "strap-on" if stage.get("type") == "Strap-On Booster" else "booster"
            found.put(origin.envelope("vehicle-item", serial, "planned") | about, row.where)
        if landing := stage.get("landing"):
            _recovery(found, row, origin, identifier, item, serial, landing)
    start, end = row.take("window_start"), row.take("window_end")
    net = row.take("net")
    if start and end:
        found.put(
            origin.envelope("opportunity", identifier, "planned")
            | {
                "launch": origin.urn("launch", identifier),
                "window": {"start": start, "end": end},
                "t0": net,
                "state": "open",
            },
            row.where,
        )
    precision = _PRECISION.get((row.take("net_precision") or {}).get("abbrev", ""), "day")
    record = origin.envelope("launch", identifier, "actual" if flown else "planned") | {
        "name": name,
        "mission": origin.urn("mission", identifier),
        "provider": provider,
        "vehicle_type": kind,
        "items": items,
        "pad": origin.urn("pad", str((row.data.get("pad") or {}).get("name", "not stated"))),
        "t0": {"value": net, "precision": precision, "kind": "actual" if flown else "net"},
        "t0_definition": "x-not stated",
        "state": state,
        "alt_ids": [{"type": "launch_library_2", "value": identifier}],
    }
    found.add(record, row, origin.extension)


def _recovery(
    found: Imported, row: Row, origin: Origin, launch: str, item: str, serial: str, landing: dict[str, Any]
) -> None:
    place = (landing.get("location") or {}).get("abbrev")
    attempt, success = bool(landing.get("attempt")), landing.get("success")
    outcome = "not-attempted" if not attempt else OUTCOMES.get(str(success), "unknown")
    record = origin.envelope("recovery", f"{launch}-{serial}", "planned" if success is None else "actual") | {
        "item": item,
        "launch": origin.urn("launch", launch),
        "mode": _MODES.get((landing.get("type") or {}).get("abbrev", ""), "x-unknown"),
        "attempted": attempt,
        "outcome": outcome,
        "evidence": "as recorded by the source" if outcome == "success" else None,
        "zone": origin.urn("landing-zone", place) if place else None,
        "extensions": {f"{origin.extension}/landing": landing},
    }
    found.put(record, row.where)
