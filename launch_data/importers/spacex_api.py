"""The r/SpaceX API, version 4: launches with their boosters, and payloads (a community's record, ended in 2022)."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .source import OUTCOMES, Imported, Origin, Row, texts

_MODES = {"ASDS": "ship", "RTLS": "rtls", "Ocean": "splashdown"}
_PRECISION = {"half": "half", "quarter": "quarter", "year": "year", "month": "month", "day": "day", "hour": "second"}
_ORBITS = {"VLEO": "LEO", "ISS": "LEO"}


def import_spacex(launches: Sequence[dict[str, Any]], payloads: Sequence[dict[str, Any]], origin: Origin) -> Imported:
    """Launches, missions, boosters, recoveries and payloads.

    Defects reported: local time or unix time that contradicts UTC, and flight numbers of boosters that are not the count of
    their flights before.
    """
    found = Imported()
    flights: Counter[str] = Counter()
    masses = {p["id"]: p for p in payloads}
    seen: set[str] = set()
    for number, data in enumerate(sorted(launches, key=lambda d: d["date_utc"])):
        row = Row(data, f"launches[{number}] {data['name']}")
        _launch(found, row, origin, flights, seen)
    for number, data in enumerate(payloads):
        _payload(found, Row(data, f"payloads[{number}] {data['name']}"), origin)
    known = {i for d in launches for i in d["payloads"]}
    for identifier in known - masses.keys():
        found.defect("payload", "launches", f"payload {identifier} is named by a launch and is not among the payloads")
    return found


def _launch(found: Imported, row: Row, origin: Origin, flights: Counter[str], seen: set[str]) -> None:
    identifier, name = row.take("id"), row.take("name")
    when, precision = _time(found, row)
    success, upcoming = row.take("success"), row.take("upcoming")
    state = "planned" if upcoming else {True: "success", False: "failure"}.get(success, "x-unknown")
    cores = row.take("cores") or []
    boosters = [_core(found, row, origin, core, identifier, when, flights, seen) for core in cores if core.get("core")]
    rocket, pad = str(row.take("rocket")), str(row.take("launchpad"))
    mission = origin.envelope("mission", identifier) | {
        "name": name,
        "provider": origin.urn("provider", "SpaceX"),
        "kind": "x-not stated",
        "description": row.take("details"),
    }
    found.put(mission, row.where)
    library = row.take("launch_library_id")
    record = origin.envelope("launch", identifier, "planned" if upcoming else "actual") | {
        "name": name,
        "mission": origin.urn("mission", identifier),
        "provider": origin.urn("provider", "SpaceX"),
        "vehicle_type": origin.urn("vehicle-type", rocket),
        "items": [b for b in boosters if b],
        "pad": origin.urn("pad", pad),
        "t0": {"value": when, "precision": precision, "kind": "planned" if upcoming else "actual"},
        "t0_definition": "x-not stated",
        "state": state,
        "payloads": [origin.urn("payload", p) for p in row.take("payloads")],
        "alt_ids": [{"type": "launch_library_2", "value": library}] if library else [],
    }
    unnamed = [core for core in cores if not core.get("core")]
    if unnamed:
        record["extensions"] = {f"{origin.extension}/cores-without-serial": {"cores": unnamed}}
    found.add(record, row, origin.extension)


def _time(found: Imported, row: Row) -> tuple[str, str]:
    utc, local, unix = row.take("date_utc"), row.data["date_local"], row.data["date_unix"]
    when = datetime.fromisoformat(utc.replace("Z", "+00:00"))
    if datetime.fromisoformat(local) != when:
        found.defect("local_time", row.where, f"local time {local} is not {utc}")
    if unix != int(when.timestamp()):
        found.defect("unix_time", row.where, f"unix time {unix} is not {utc}, which is {int(when.timestamp())}")
    stated = row.take("date_precision")
    return utc, _PRECISION.get(stated, "day")


def _core(
    found: Imported,
    row: Row,
    origin: Origin,
    core: dict[str, Any],
    launch: str,
    when: str,
    flights: Counter[str],
    seen: set[str],
) -> str:
    serial = core["core"]
    flights[serial] += 1
    if core.get("flight") not in (None, flights[serial]):
        found.defect(
            "flight_number",
            row.where,
            f"booster {serial} is said to fly for time {core['flight']}; the launches count {flights[serial]}",
        )
    item = origin.urn("vehicle-item", serial)
    if serial not in seen:
        seen.add(serial)
        found.put(
            origin.envelope("vehicle-item", serial)
            | {
                "serial": serial,
                "kind": "booster",
                "vehicle_type": origin.urn("vehicle-type", row.data["rocket"]),
                "state": "x-unknown",
            },
            row.where,
        )
    attempted, success = core.get("landing_attempt"), core.get("landing_success")
    outcome = "not-attempted" if not attempted else OUTCOMES.get(str(success), "unknown")
    pad = core.get("landpad")
    record = origin.envelope("recovery", f"{launch}-{serial}") | {
        "item": item,
        "launch": origin.urn("launch", launch),
        "mode": _MODES.get(core.get("landing_type") or "", "x-unknown") if attempted else "none",
        "attempted": bool(attempted),
        "outcome": outcome,
        "evidence": "as recorded by the source" if outcome == "success" else None,
        "zone": origin.urn("landing-zone", pad) if pad else None,
        "extensions": {f"{origin.extension}/core": core},
    }
    found.put(record, row.where)
    return item


def _payload(found: Imported, row: Row, origin: Origin) -> None:
    customers = texts(row.take("customers") or [])
    norad = row.take("norad_ids") or []
    record = origin.envelope("payload", row.take("id")) | {
        "name": row.take("name"),
        "owner": ", ".join(customers) or "not stated",
        "mass_kg": float(mass) if (mass := row.take("mass_kg")) else None,
        "alt_ids": [{"type": "norad", "value": str(norad[0])}] if len(norad) == 1 else [],
    }
    if len(norad) > 1:
        record["extensions"] = {f"{origin.extension}/norad": {"norad_ids": norad}}
    found.add(record, row, origin.extension)
