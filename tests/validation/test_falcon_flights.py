"""Falcon 9 flights: what is taken from a record, and what the flight makes of it."""

import json
from dataclasses import replace

import pytest

from osea_rocket.validation import falcon_flights, falcon_returns, falcon_table, losses

RECORD = {
    "mission": "BulgariaSat-1",
    "events": {"throttle_down_start": 49, "throttle_down_end": 63, "meco": 158, "ses1": 169},
    "meco_v_mps": 2361.877,
    "meco_alt_km": 65.925,
    "meco_downrange_km": 90.871,
    "maxq_reported": 29255.0,
}


def flight(name):
    return next(f for f in falcon_flights.flights()["flights"] if f["flight"] == name)


def test_the_plan_is_cut_at_the_recorded_times():
    documents, plan = falcon_flights.plan_of(flight("BulgariaSat-1"), RECORD)
    first = [s for s in plan.segments if s.stage == "S1"]
    assert sum(s.duration or 0.0 for s in first) == pytest.approx(158.0)
    ends, clock = [], 0.0
    for s in first:
        clock += s.duration or 0.0
        ends.append(round(clock, 6))
    assert 49.0 in ends and 63.0 in ends
    free = [s for s in first if s.throttles]
    assert [s.duration for s in free] == pytest.approx([14.0])  # only while the throttle-down was seen
    coast = next(s for s in plan.segments if s.name == "coast to S2")
    assert coast.duration == pytest.approx(11.0)
    assert plan.payload_mass == 3669.0
    assert documents.mission.limits.dynamic_pressure == pytest.approx(29255.0)


def test_the_schedule_holds_the_acceleration():
    _, plan = falcon_flights.plan_of(flight("BulgariaSat-1"), RECORD)
    mass = plan.liftoff_mass + 3669.0
    largest = 0.0
    for s in (s for s in plan.segments if s.stage == "S1"):
        throttle = 1.0 if s.throttle is None else s.throttle
        rate = 7664112.0 / (311.0 * 9.80665) * throttle
        begin, mass = mass, mass - rate * (s.duration or 0.0)
        largest = max(largest, 7664112.0 * throttle / (0.5 * (begin + mass)))
    assert largest == pytest.approx(36.0, rel=0.01)


def test_a_capsule_is_carried_with_its_cargo():
    assert falcon_flights.payload_mass(flight("SpaceX CRS-11")) == 2708 + 5490
    assert falcon_flights.payload_mass(flight("SES-9")) == 5271


def test_versions_differ_in_thrust_only():
    early, late = falcon_flights._row(flight("SES-9")), falcon_flights._row(flight("Bangabandhu-1"))
    assert early["stages"][0]["thrust_vacuum_N"] == 9 * 825e3
    assert late["stages"][0]["thrust_vacuum_N"] == late["stages"][0]["thrust_sea_level_N"]
    assert early["stages"][0]["dry_mass_kg"] == late["stages"][0]["dry_mass_kg"]


def test_absent_records_are_said(monkeypatch, tmp_path):
    monkeypatch.setattr(falcon_flights, "RECORDS", tmp_path)
    (row,) = falcon_table.comparisons()
    assert "skipped" in row.quantity and row.met is None
    assert "NROL-76" in row.note and "Jason-3" in row.note


def test_a_flight_is_judged(monkeypatch, tmp_path):
    (tmp_path / "summary.json").write_text(json.dumps([RECORD]))
    monkeypatch.setattr(falcon_flights, "RECORDS", tmp_path)
    near = falcon_flights.Flown("BulgariaSat-1", 2400.0, 72e3, 512.0, 2361.877, 65.925e3)
    failed = falcon_flights.Flown(
        "SES-9", recorded_speed=2312.0, recorded_altitude=65e3, recorded_cutoff=535, error="no"
    )
    monkeypatch.setattr(falcon_table, "fly_all", lambda progress=None: [near, failed])
    monkeypatch.setattr(falcon_table, "return_all", lambda progress=None: [])
    rows = {r.quantity.split(": ")[-1] + r.quantity[:3]: r for r in falcon_table.comparisons()}
    assert rows["speedBul"].met is True  # 1.6 %
    assert rows["altitudeBul"].met is False  # 6 km
    assert rows["speedSES"].met is None and rows["speedSES"].error == "no"


def test_a_return_is_shown_beside_the_record_and_the_plain_flight(monkeypatch):
    plain = falcon_flights.Flown("SpaceX CRS-11", 1745.0, 58e3, 538.0, 1684.0, 62.4e3)
    other = replace(plain, name="SpaceX CRS-9")
    back = [
        falcon_returns.Returned("SpaceX CRS-11", 1711.32, 57.5e3, 48e3),
        falcon_returns.Returned("SpaceX CRS-9", error="no"),
    ]
    monkeypatch.setattr(falcon_table, "return_all", lambda progress=None: back)
    rows = falcon_table._with_return([plain, other], None)
    assert [r.ours for r in rows[:2]] == [1711.32, 57.5] and {r.error for r in rows[2:4]} == {"no"}
    assert rows[4].ours == pytest.approx(-2.0) and rows[5].ours == pytest.approx(-0.5)


def test_a_return_has_the_kit_the_burns_and_the_pad():
    record = RECORD | {"mission": "SpaceX CRS-11", "events": {"meco": 145}, "maxq_reported": 23000.0}
    plan, mission, back = falcon_returns.plans_of(flight("SpaceX CRS-11"), record)
    without = falcon_flights.plan_of(flight("SpaceX CRS-11"), record)[1]
    assert plan.liftoff_mass - without.liftoff_mass == pytest.approx(falcon_returns.return_document().kit_mass("rtls"))
    assert sum(s.duration or 0.0 for s in plan.segments if s.stage == "S1") == pytest.approx(145.0)
    assert [s.burn for s in back.segments if s.burn] == ["boost-back", "entry burn", "landing burn"]
    assert back.pad is not None and back.pad[0] == pytest.approx(0.49717, abs=1e-4)
    assert mission.objective == "propellant"


def test_published_losses_name_their_source():
    data = losses.published()
    assert data["grade"] == "secondary" and "9959" in data["source"]
    assert set(data["vehicles"]) == {"Saturn V (Apollo)"}


@pytest.mark.slow
@pytest.mark.skipif(
    not (falcon_flights.RECORDS / "summary.json").is_file(), reason="flight records are not on this machine"
)
def test_bulgariasat_is_flown_as_recorded():
    flown = falcon_flights.fly("BulgariaSat-1")
    assert not flown.error
    assert abs(flown.speed / flown.recorded_speed - 1) < 0.05
    assert abs(flown.altitude - flown.recorded_altitude) < 5e3
