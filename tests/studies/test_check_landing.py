"""A vehicle against a landing site, and its flown units by their records: `osea check VEHICLE.yaml --site "
"SITE.yaml`."""

import json
import shutil
from pathlib import Path

import pytest

from osea_rocket.cli.main import main
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.recovery.reuse.log import append, read_log
from osea_rocket.recovery.reuse.records import kind_of
from osea_rocket.studies.check import check_vehicle
from osea_rocket.studies.check_landing import at_site, landing_findings, set_on_site
from osea_rocket.studies.check_reuse import flown_findings
from osea_rocket.studies.documents import Study  # noqa: F401  with it, every schema is known
from osea_rocket.trajectory.ground import LandingNeeds, LandingSite
from osea_rocket.vehicle.residuals import propellant_budget
from osea_rocket.vehicle.vehicle import Vehicle

VEHICLE, SHIP = "examples/reuse/vehicle.yaml", "examples/reuse/ship.yaml"


@pytest.fixture(scope="module")
def vehicle() -> Vehicle:
    return load_document(Vehicle, VEHICLE)


@pytest.fixture(scope="module")
def ship() -> LandingSite:
    return load_document(LandingSite, SHIP)


def found(vehicle, site, **changes) -> dict:
    """The findings by rule, with the site changed."""
    return {f.rule: f for f in landing_findings(at_site(vehicle, site.evolve(**changes)))}


def needing(vehicle, **changes):
    """The vehicle with other needs."""
    parts = tuple(e.evolve(**changes) if isinstance(e, LandingNeeds) else e for e in vehicle.equipment)
    return vehicle.evolve(equipment=parts)


def test_the_example_lands_on_its_ship(vehicle, ship):
    rules = found(vehicle, ship)
    assert set(rules) == {
        "landing.scatter", "landing.wind", "landing.sea_state", "landing.slope", "landing.landing_load", "landing.tip_over",
        "landing.marks", "landing.beacons", "landing.safing", "landing.exclusion_radius",
    }  # fmt: skip
    assert {f.severity for f in rules.values()} == {Severity.OK}


def test_legs_stop_the_stage_over_their_stroke(vehicle, ship):
    # (24.7 t + 1.5 t or the residual) (g + 6²/2): by hand
    held = found(vehicle, ship)["landing.landing_load"]
    stage = vehicle.stages[0]
    mass = stage.dry_mass + max(propellant_budget(stage).residual, 1500.0)
    assert held.margin == pytest.approx(2.5e6 / (mass * (9.80665 + 18.0)) - 1.0)
    assert found(vehicle, ship, landing_load=0.5e6)["landing.landing_load"].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("changes", "rule", "severity", "text"),
    [
        ({"diameter": 25.0}, "landing.scatter", Severity.ERROR, "scatters over 30 m"),
        ({"wind": 18.0}, "landing.wind", Severity.WARN, "the stage's limit governs"),
        ({"sea_state": 6}, "landing.sea_state", Severity.WARN, "takes stages up to 6"),
        ({"slope": 0.1}, "landing.slope", Severity.ERROR, "leans by"),
        ({"slope": 0.4}, "landing.tip_over", Severity.ERROR, "it tips at"),
        ({"marks": ()}, "landing.marks", Severity.ERROR, "has none"),
        ({"beacons": None}, "landing.beacons", Severity.UNKNOWN, "does not state its beacons"),
        ({"safing": {"propellants": ("LOX", "LCH4")}}, "landing.safing", Severity.ERROR, "nothing to make safe RP-1"),
        ({"safing": None}, "landing.safing", Severity.UNKNOWN, "state 'safing'"),
        ({"exclusion_radius": 60.0}, "landing.exclusion_radius", Severity.ERROR, "keeps 60 m free"),
        ({"landing_load": None}, "landing.landing_load", Severity.UNKNOWN, "does not state its landing_load"),
    ],
)
def test_each_limit_of_the_site_is_held(vehicle, ship, changes, rule, severity, text):
    one = found(vehicle, ship, **changes)[rule]
    assert one.severity is severity and text in one.message


def test_blast_distance_grows_with_the_cube_root(vehicle, ship):
    base = found(needing(vehicle, propellant_left=8000.0), ship)["landing.exclusion_radius"]
    assert base.margin == pytest.approx(3700.0 / (15.87 * (0.20 * 8000.0) ** (1 / 3)) - 1.0)
    assert found(needing(vehicle, propellant_left=None), ship)["landing.exclusion_radius"].severity is Severity.UNKNOWN


def test_needs_of_a_stage_that_is_not_there(vehicle, ship):
    wrong = found(needing(vehicle, stage="first stagee"), ship)["landing.needs"]
    assert wrong.severity is Severity.ERROR and "its stages: first stage, second stage" in wrong.message


def test_ports_of_feet_and_deck_are_joined_and_matched(vehicle, ship):
    joint = next(j for j in check_vehicle(at_site(vehicle, ship)).joints if j.kind == "landing-surface")
    assert joint.matched and joint.name == "recovery ship.deck -> legs.feet"
    again = at_site(at_site(vehicle, ship), ship.evolve(name="second ship"))
    assert [e.name for e in again.equipment or () if e.schema_ == "osea/landing-site/v1"] == ["second ship"]
    assert len(again.joins or ()) == 1


def test_only_vehicles_are_set_on_landing_sites(vehicle, ship):
    with pytest.raises(InputError, match="a landing site"):
        at_site(vehicle, vehicle)
    with pytest.raises(InputError, match="--site is for vehicles"):
        set_on_site(ship, ship)


def flown_out(tmp_path) -> Path:
    """The example's folder with a booster that has flown ten times."""
    shutil.copytree("examples/falcon9", tmp_path / "falcon9")
    shutil.copytree("examples/reuse", tmp_path / "reuse")
    log = tmp_path / "reuse" / "B003.jsonl"
    last = [e.record for e in read_log(log).entries if kind_of(e.record) == "use"][-1]
    for n in range(7):
        times = {"began_at": f"2027-0{n + 1}-01T00:00:00Z", "ended_at": f"2027-0{n + 1}-01T00:08:00Z"}
        names = {"id": f"urn:osea:example:reuse:9{n}", "launch": f"urn:osea:example:launch:9{n}"}
        append(log, last.model_copy(update={"landing": None} | names | times))
    return tmp_path / "reuse" / "vehicle.yaml"


def test_a_life_used_up_fails_the_vehicle_by_serial(tmp_path, capsys):
    file = flown_out(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(["check", str(file), "--site", SHIP, "--json"])
    assert end.value.code == 1
    data = json.loads(capsys.readouterr().out)
    wrong = [f for f in data["findings"] if f["rule"] == "reuse.life" and f["severity"] == "ERROR"]
    (used,) = [f for f in wrong if "flights (" in f["message"]]
    assert "stage B003: flights (flights): 10 of 10 used" in used["message"] and "B003.jsonl:1" in used["where"]


def test_a_flown_unit_fills_a_place_once(vehicle):
    unit = next(e for e in vehicle.equipment if e.schema_ == "osea/flown-unit/v1")
    others = tuple(e for e in vehicle.equipment if e is not unit)
    lost = vehicle.evolve(equipment=(*others, unit.evolve(fills="third stage")))
    twice = vehicle.evolve(equipment=(*others, unit, unit.evolve(name="again")))
    assert any(f.severity is Severity.ERROR and "fills 'third stage'" in f.message for f in flown_findings(lost))
    assert any("B003 flies in two places" in f.message for f in flown_findings(twice))
    with pytest.raises(InputError, match="the log is of serial 'B003'"):
        unit.evolve(serial="B004")


def test_a_broken_log_is_refused_through_the_vehicle_with_both_lines(tmp_path, capsys):
    file = flown_out(tmp_path)
    log = file.with_name("B003.jsonl")
    rows = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join([*rows[:4], *rows[5:]]), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["check", str(file)])
    assert end.value.code == 2
    text = capsys.readouterr().err
    assert "vehicle.yaml:5" in text and "B003.jsonl:5" in text and "taken out" in text


def test_a_log_is_checked_for_itself(capsys):
    with pytest.raises(SystemExit) as end:
        main(["check", "examples/reuse/B003.jsonl", "--json"])
    assert end.value.code == 0
    data = json.loads(capsys.readouterr().out)
    assert data["serial"] == "B003" and data["worst"] == "OK" and len(data["flights"]) == 3
    assert data["life"][0] == {"allowance": "flights", "rule": "flights", "used": 3.0, "allowed": 10.0, "share": 0.3}


def test_a_resolved_vehicle_reads_back_with_its_log(vehicle):
    assert type(vehicle).model_validate(vehicle.to_plain()).content_hash() == vehicle.content_hash()
