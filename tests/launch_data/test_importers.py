"""Imports: every field of every row is found again, and the defects that the sources are known to have are told."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from osea_rocket.core.findings import Severity
from osea_rocket.launch_data.importers.command import run_import
from osea_rocket.launch_data.importers.csis import import_csis
from osea_rocket.launch_data.importers.gcat import import_gcat, read_table, vague_date
from osea_rocket.launch_data.importers.launch_library import import_launch_library
from osea_rocket.launch_data.importers.source import Imported, Origin
from osea_rocket.launch_data.importers.spacex_api import import_spacex
from osea_rocket.launch_data.importers.telemetry import import_telemetry
from osea_rocket.launch_data.protocol.kinds import kind_name
from osea_rocket.launch_data.protocol.rules import Package, apply
from osea_rocket.launch_data.protocol.rules.engine import Entry

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "launch_data"
needs_files = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the sources are not on this machine")


def origin(name):
    return Origin(name=name, citation=name, retrieved_at="2026-11-30T00:00:00Z", sha256="0" * 64)


def counts(found: Imported) -> Counter[str]:
    return Counter(kind_name(type(r)) for r in found.records)


def errors(found: Imported) -> list:
    """Rules that an import breaks; what the source does not hold is unknown, not wrong."""
    return [f for f in apply(Package([Entry(r, r.id) for r in found.records])) if f.severity == Severity.ERROR]


def all_fields(found: Imported) -> set[str]:
    return set(found.mapped) | set(found.kept)


@needs_files
def test_the_spacex_dump_comes_in_whole_with_its_known_defects():
    launches = json.loads((REFERENCE / "spacex_api" / "launches.json").read_text())
    payloads = json.loads((REFERENCE / "spacex_api" / "payloads.json").read_text())
    found = import_spacex(launches, payloads, origin("spacex-api"))
    assert counts(found)["launch"] == 187 and counts(found)["payload"] == 225
    assert all_fields(found) == {k for row in (*launches, *payloads) for k in row}
    kept = {r.id: r.extensions for r in found.records}
    first = kept["urn:osea:import:spacex-api:launch:" + launches[0]["id"]]
    assert first[origin("spacex-api").extension]["failures"] == launches[0]["failures"]
    defects = Counter(f.rule for f in found.findings)
    assert defects["import.local_time"] == 7 and defects["import.unix_time"] == 2
    numbers = [f.where for f in found.findings if f.rule == "import.flight_number"]
    assert any("DART" in where for where in numbers)
    assert errors(found) == []


@needs_files
def test_the_general_catalogue_comes_in_whole():
    tables = {n: (REFERENCE / "gcat" / f"{n}.tsv").read_text() for n in ("launchlog", "lv", "sites", "orgs")}
    found = import_gcat(tables, origin("gcat"))
    assert counts(found)["launch"] == 6471 and counts(found)["payload"] == 19616
    assert all_fields(found) == {k for text in tables.values() for row in list(read_table(text))[:1] for k in row}
    for table, kind in (("lv", "vehicle-type"), ("sites", "site"), ("orgs", "provider")):
        left = sum(where.startswith(f"{table}.tsv") for where, _ in found.left_out)
        assert counts(found)[kind] + left == len(list(read_table(tables[table]))), table
    assert [w for w, _ in found.left_out if w.startswith("launchlog")] == []


@needs_files
def test_launch_library_records_come_in():
    rows = json.loads((REFERENCE / "excerpts" / "ll2_230_pruned_2records.json").read_text())
    found = import_launch_library(rows, origin("launch-library"))
    assert counts(found)["launch"] == 2 and counts(found)["vehicle-item"] == 4 and errors(found) == []
    assert all_fields(found) == {k for row in rows for k in row}


@needs_files
def test_the_prices_of_csis_come_in():
    text = (REFERENCE / "prices" / "csis-launch-costs.csv").read_text(encoding="utf-8-sig")
    found = import_csis(text, origin("csis"))
    rows = list(csv.reader(io.StringIO(text)))[1:]
    assert counts(found)["price-offer"] + len(found.left_out) == len(rows)
    prices = {r.vehicle_type.rsplit(":", 1)[1]: r for r in found.records}  # type: ignore[attr-defined]
    assert prices["Falcon_9"].per_kilogram.price.amount == "2600.00"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1957 Oct  4 1928:34", ("1957-10-04T19:28:34Z", "second", False)),
        ("2019 Nov 26 2123", ("2019-11-26T21:23:00Z", "minute", False)),
        ("1998 Feb 11?", ("1998-02-11T00:00:00Z", "day", True)),
        ("1998 Feb?", ("1998-02-01T00:00:00Z", "month", True)),
        ("1998", ("1998-01-01T00:00:00Z", "year", False)),
        ("-", None),
        ("1998 Foo 3", None),
    ],
)
def test_vague_dates_keep_how_vague_they_are(text, value):
    assert vague_date(text) == value


def test_an_import_by_the_command(tmp_path, capsys):
    from osea_rocket.launch_data.importers.command import run_import

    folder = tmp_path / "dump"
    folder.mkdir()
    launch = {
        "id": "a", "name": "First", "date_utc": "2020-05-30T19:22:45.000Z", "date_local": "2020-05-30T15:22:45-04:00",
        "date_unix": 1590866565, "date_precision": "hour", "rocket": "r", "launchpad": "p", "payloads": ["x"],
        "cores": [{"core": "c", "flight": 1, "landing_attempt": True, "landing_success": True, "landing_type": "ASDS"}],
        "success": True, "upcoming": False, "details": None, "launch_library_id": None, "colour": "white",
    }  # fmt: skip
    payload = {"id": "x", "name": "Crew", "customers": ["NASA"], "norad_ids": [45623], "mass_kg": 12519}
    (folder / "launches.json").write_text(json.dumps([launch]))
    (folder / "payloads.json").write_text(json.dumps([payload]))
    data, _ = run_import("spacex-api", folder, tmp_path / "out", "2026-11-30T00:00:00Z")
    assert data["defects"] == [] and data["fields_kept_in_extension"] == {"colour": 1, "date_local": 1, "date_unix": 1}
    line = json.loads((tmp_path / "out" / "launch.jsonl").read_text())
    assert line["extensions"]["https://osea-rocket.example/import/spacex-api/v1"]["colour"] == "white"


TRACKS = REFERENCE.parent / "trajectory" / "flights"


@pytest.mark.skipif(not TRACKS.is_dir(), reason="the tracks are not on this machine")
def test_the_telemetry_tracks_come_in_whole_with_their_defects(tmp_path):
    data, _ = run_import("telemetry", TRACKS, tmp_path / "out", "2026-11-30T00:00:00Z")
    assert data["records"]["mission"] == 37 and data["records"]["trajectory"] == 8 + 7  # README.md counts 36 flights
    assert {d["rule"] for d in data["defects"]} == {"import.time_goes_back"}
    assert next(d["where"] for d in data["defects"]).startswith("iridium-next-3/")
    for folder in sorted(p for p in TRACKS.iterdir() if p.is_dir()):
        for name in ("analysed", "stage1_raw"):
            if (folder / f"{name}.json").is_file():
                source = json.loads((folder / f"{name}.json").read_text())
                rows = list(
                    csv.reader((tmp_path / "out/tracks" / f"{folder.name}-{name.replace('_', '-')}.csv").open())
                )
                columns = dict(zip(source, zip(*rows[1:], strict=True), strict=True))
                for column, values in source.items():  # every number again, to the last digit
                    shift = 3 if column in ("altitude", "downrange_distance") else 0
                    back = [float(Decimal(text).scaleb(-shift)) for text in columns[column]]
                    assert back == values, (folder.name, name, column)
    rows = {r["mission"]: r for r in json.loads((TRACKS / "summary.json").read_text())}
    missions = [json.loads(line) for line in (tmp_path / "out/mission.jsonl").read_text().splitlines()]
    for mission in missions:
        (rest,) = (v for k, v in mission["extensions"].items() if not k.endswith("events-not-seen"))
        assert rest == {k: v for k, v in rows[mission["name"]].items() if k not in ("mission", "events")}
    events = [json.loads(line) for line in (tmp_path / "out/countdown-event.jsonl").read_text().splitlines()]
    assert len(events) == sum(len(r["events"]) for r in rows.values())


@pytest.mark.parametrize(
    "change",
    [{"time": [0.0, 1.0]}, {"time": []}, {"velocity": [1.0]}, {"events": {"meco": 1, "maxq": 0}}],
)
def test_a_contradiction_within_a_track_is_told(change):
    track = {"time": [0.0, 1.0, 2.0], "velocity": [0.0, 9.0, 20.0], "altitude": [0.0, None, 0.1]}
    row = {"mission": "SpaceX X-1", "events": {"meco": 1}, "meco_v_mps": 12.0}
    files = {
        "analysed": track | {k: v for k, v in change.items() if k != "events"},
        "events": change.get("events", {"meco": 1}),
    }
    found = import_telemetry([row], {"x-1": files, "y": {}}, origin("telemetry"))
    rules = {f.rule for f in found.findings}
    told = {"import.events", "import.cut_off_speed"} if "events" in change else {"import.columns"}
    assert rules == told | {"import.no_summary"}
