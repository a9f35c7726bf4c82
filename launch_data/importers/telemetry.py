"""Tracks of Falcon 9 flights read off broadcasts (Telemetry-Data by shahar603, public domain): speed and altitude against time.

A track has speed over ground, altitude and what its authors derived, no place on the Earth: it becomes a data file, a column a
field, every number as it was (kilometres as metres, by shifting the point). Dates are not in the source, so there is no launch
record: events and tracks name a launch that another source has to describe.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from .source import Imported, Origin, Plain, Row

_KILOMETRES = ("altitude", "downrange_distance")
_COLUMNS = {  # of the source, and what the field is called in SI
    "time": "time_s",
    "velocity": "speed_m_s",
    "altitude": "altitude_m",
    "velocity_y": "vertical_speed_m_s",
    "velocity_x": "horizontal_speed_m_s",
    "acceleration": "acceleration_m_s2",
    "downrange_distance": "downrange_m",
    "angle": "flight_path_angle_deg",
    "q": "dynamic_pressure_Pa",
}
_TRACKS = {"analysed": "vehicle", "stage1_raw": "first stage"}
_WORDS = {"meco": "MECO", "maxq": "max-q", "ses1": "SES-1", "seco1": "SECO-1", "ses2": "SES-2", "seco2": "SECO-2"}
_SEEN = "x-read off a broadcast"
_QUANTUM = 0.3  # m/s: speeds are shown in whole km/h


def import_telemetry(summary: Sequence[Plain], flights: Mapping[str, Mapping[str, Any]], origin: Origin) -> Imported:
    """A mission a flight of the summary, its events, and the tracks that are kept of some.

    flights: of each folder its files by name without .json. Told as defects: times that go back, a folder's events that are not
    the summary's, a speed at cut-off that is not the track's, columns of unequal length.
    """
    found = Imported()
    rows = {_slug(row["mission"]): row for row in summary}
    for name in sorted(flights.keys() - rows.keys()):
        found.defect("no_summary", name, "the folder's flight is not in the summary")
    for number, data in enumerate(summary):
        _flight(found, Row(data, f"summary[{number}] {data['mission']}"), flights.get(_slug(data["mission"])), origin)
    return found


def _flight(found: Imported, row: Row, files: Mapping[str, Any] | None, origin: Origin) -> None:
    mission = row.take("mission")
    identifier = _slug(mission)
    events: Plain = row.take("events")
    if files and "events" in files:
        seen = {k: v for k, v in files["events"].items() if v is not None}
        if seen != events:
            found.defect("events", row.where, "the folder's events are not the summary's; the folder's are taken")
        events = seen
    _events(found, row, events, identifier, origin)
    tracks = {n: files[n] for n in _TRACKS if files and n in files}
    for name, track in tracks.items():
        if _track(found, name, track, identifier, origin) and name == "analysed":
            _cut_off(found, row, track, events)
    plain = origin.envelope("mission", identifier, _SEEN) | {
        "name": mission,
        "provider": origin.urn("provider", "SpaceX"),
        "kind": "x-not stated",
    }
    unseen = sorted(k for k, v in (files or {}).get("events", {}).items() if v is None)
    if unseen:
        plain["extensions"] = {f"{origin.extension}/events-not-seen": unseen}
    found.add(plain, row, origin.extension)
    found.leave_out(row.where, "launch: the source has no date")


def _events(found: Imported, row: Row, events: Plain, identifier: str, origin: Origin) -> None:
    for number, (event, time) in enumerate(events.items()):
        plain = origin.envelope("countdown-event", f"{identifier}:{event}", _SEEN) | {
            "launch": origin.urn("launch", identifier),
            "sequence": number,
            "name": _WORDS.get(event, event.replace("_", " ")),
            "clock": "MET",
            "time_s": float(time),
        }
        found.put(plain, row.where)


def _track(found: Imported, name: str, track: Mapping[str, Sequence[Any]], identifier: str, origin: Origin) -> bool:
    """Put a track into the import; False for one that has no rows to read."""
    where = f"{identifier}/{name}.json"
    lengths = {len(v) for v in track.values()}
    if len(lengths) != 1 or not next(iter(lengths)) or "time" not in track:
        found.defect("columns", where, "columns of unequal length, or none; the track is left out")
        found.leave_out(where, "columns of unequal length, or none")
        return False
    times = track["time"]
    back = [i for i, (a, b) in enumerate(pairwise(times), 1) if b <= a]
    if back:
        first = f"first {times[back[0]]} s in row {back[0]}"
        found.defect("time_goes_back", where, f"{len(back)} times are not after the one before, {first}")
    path = f"tracks/{identifier}-{name.replace('_', '-')}.csv"
    content = _csv(track)
    found.files[path] = content
    plain = origin.envelope("trajectory", f"{identifier}:{name}", _SEEN) | {
        "launch": origin.urn("launch", identifier),
        "object_name": f"Falcon 9, {_TRACKS[name]}",
        "phase": "as flown",
        "frame": "WGS84",
        "time_system": "T0",
        "t0_definition": "x-lift-off as the broadcast counts it",
        "start_s": float(min(times)),
        "stop_s": float(max(times)),
        "file": found.name(path, "x-columns of speed and altitude", "text/csv"),
        "notes": "Speed over ground and altitude, no place on the Earth; other columns are derived by the source's authors.",
    }
    found.put(plain, where)
    found.mapped.update(f"{name}.{column}" for column in track)
    return True


def _csv(track: Mapping[str, Sequence[Any]]) -> bytes:
    """Every number of the source, exactly: repr reads back, and a shifted point loses nothing."""
    header = ",".join(_COLUMNS.get(c, c) for c in track)
    columns = [[_exact(v, c in _KILOMETRES) for v in values] for c, values in track.items()]
    return ("\n".join([header, *(",".join(r) for r in zip(*columns, strict=True))]) + "\n").encode()


def _exact(value: Any, kilometres: bool) -> str:
    if value is None:
        return ""
    return format(Decimal(repr(value)) * 1000, "f") if kilometres else repr(value)


def _cut_off(found: Imported, row: Row, track: Mapping[str, Sequence[float]], events: Plain) -> None:
    """The summary's speed at cut-off against the track's."""
    meco, stated = events.get("meco"), row.data.get("meco_v_mps")
    if meco is None or stated is None or float(meco) not in track["time"]:
        return
    there = track["velocity"][track["time"].index(float(meco))]
    if abs(there - stated) > _QUANTUM:
        found.defect("cut_off_speed", row.where, f"{stated} m/s at MECO ({meco} s), where the track has {there} m/s")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.removeprefix("SpaceX ").lower()).strip("-")
