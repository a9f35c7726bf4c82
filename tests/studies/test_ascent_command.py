"""`osea ascent` of the Falcon 9 example: the programme for the flight computer, maps, loads, tables and report."""

import csv
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.earth import ROTATION_RATE
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Finding, Severity
from osea_rocket.core.run_folder import read_result, read_run
from osea_rocket.report.pieces import Row
from osea_rocket.studies import ascent_command, flight_data
from osea_rocket.studies.ascend import ascend
from osea_rocket.studies.ascent_sections import engine_out_table
from osea_rocket.studies.documents import Study
from osea_rocket.studies.flight_range import flight_range
from osea_rocket.studies.joint_loads import AscentLoads
from osea_rocket.studies.steering_table import SteeringTable, quaternion, steering_table
from osea_rocket.studies.sweep import Sweep
from osea_rocket.trajectory.range_safety.result import RangeResult
from osea_rocket.trajectory.sequence import EngineOut

FALCON9 = Path(__file__).parents[2] / "examples" / "falcon9"


@pytest.fixture(scope="module")
def study() -> Study:
    return load_document(Study, FALCON9 / "study-with-range.yaml")


@pytest.fixture(scope="module")
def flown(study):
    return ascend(study)


@pytest.fixture(scope="module")
def run(flown, tmp_path_factory):
    """One run of the command, with the flight made once."""
    folder = tmp_path_factory.mktemp("ascent") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ascent_command, "ascend", lambda study, progress, recover=None: flown)
        data, text = ascent_command.run_ascent(FALCON9 / "study-with-range.yaml", folder, quiet=True)
    return SimpleNamespace(folder=folder, data=data, text=text)


def table(run, name) -> dict[str, list[str]]:
    with (run.folder / "tables" / f"{name}.csv").open() as file:
        heads, *rows = csv.reader(file)
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def test_the_run_folder_holds_everything(run):
    expected = {
        "report.html", "results/ascent.json", "results/steering.json", "results/joint-loads.json", "results/range.json",
        "results/mass-history.json", "tables/ascent.csv", "tables/events.csv", "tables/steering.csv",
        "tables/joint-loads.csv", "tables/impact-points.csv", "range/flight.kml", "range/flight.geojson",
        "launch_data/trajectory.oem", "launch_data/separation.opm", "inputs/range.yaml",
    }  # fmt: skip
    assert expected <= set(read_run(run.folder)["artefacts"])
    assert run.data["status"] == "done"
    assert run.data["payload_mass_kg"] == pytest.approx(22.97e3, rel=0.01)
    assert str(run.folder / "report.html") in run.text


def test_results_read_back(run, study):
    for name, kind in (("steering", SteeringTable), ("joint-loads", AscentLoads), ("range", RangeResult)):
        found = read_result(run.folder, name, kind)
        assert found.input_hash == study.content_hash()


@pytest.mark.parametrize(
    "words",
    [
        "Altitude", "Speed", "thrust axis", "flight path", "Mass, t", "Thrust, MN", "Throttle", "Axial acceleration",
        "heating", "Dynamic pressure", "Mach number", "Angle of attack", "kPa deg", "Drag", "Lateral acceleration",
        "Pitch rate", "Yaw rate", "Bending moment", "Shear force", "impact point, vacuum", "first stage / interstage",
        "Velocity budget", "Solution", "Sources",
    ],
)  # fmt: skip
def test_the_report_shows(run, words):
    assert words in re.sub(r"\s+", " ", (run.folder / "report.html").read_text(encoding="utf-8"))


# The programme for a flight computer


def test_straight_lines_between_the_rows_are_the_flown_attitude(run, flown):
    """The table's quaternions, turned from the launch frame to the Earth-fixed one, at every instant of the flight."""
    steering = read_result(run.folder, "steering", SteeringTable)
    t = flown.ascent.trajectory
    for k in range(len(steering.phases)):
        rows, here = steering.phase_index == k, t.phase_index == k
        time = t.time[here]
        pitch, yaw = (np.interp(time, steering.time[rows], a[rows]) for a in (steering.pitch, steering.yaw))
        w, x, y, z = quaternion(pitch, yaw).T
        forward = np.stack([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)], axis=1)
        inertial = forward @ steering.launch_frame
        c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
        fixed = np.stack(
            [c * inertial[:, 0] + s * inertial[:, 1], c * inertial[:, 1] - s * inertial[:, 0], inertial[:, 2]], axis=1
        )
        off = np.linalg.norm(fixed - t.thrust_direction_ecef[here], axis=1)
        assert off.max() < 2 * steering.chord_error + 1e-9
        throttle = np.interp(time, steering.time[rows], steering.throttle[rows])
        assert np.abs(throttle - t.throttle[here]).max() < 1e-3


def test_launch_frame_and_quaternion_are_what_they_say(run, study):
    steering = read_result(run.folder, "steering", SteeringTable)
    axes = steering.launch_frame
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)
    east, north, up = study.mission.site.east_north_up()
    assert axes[2] == pytest.approx(-up)
    assert np.arctan2(axes[0] @ east, axes[0] @ north) == pytest.approx(steering.azimuth)
    assert quaternion(np.array([np.pi / 2]), np.array([0.0]))[0] == pytest.approx([0.5**0.5, 0, 0.5**0.5, 0])
    assert quaternion(np.array([0.0]), np.array([np.pi / 2]))[0] == pytest.approx([0.5**0.5, 0, 0, 0.5**0.5])
    assert np.linalg.norm(steering.quaternion, axis=1) == pytest.approx(1.0)


def test_rates_lead_from_row_to_row(run):
    rows = table(run, "steering")
    time, pitch, rate = (np.array(rows[n], float) for n in ("time_s", "pitch_deg", "pitch_rate_deg_s"))
    same = np.array(rows["phase"][1:]) == np.array(rows["phase"][:-1])
    assert (np.diff(pitch) - rate[:-1] * np.diff(time))[same] == pytest.approx(0.0, abs=1e-7)
    clock = np.array(rows["phase_time_s"], float)
    assert (clock[1:][~same] == 0.0).all() and clock[0] == 0.0
    assert rows["phase"][0] == "vertical rise" and (pitch[0], float(rows["throttle"][0])) == (90.0, 1.0)


def test_the_table_s_price_is_measured(run, flown):
    steering = read_result(run.folder, "steering", SteeringTable)
    assert steering.position_error < 100.0 and steering.velocity_error < 0.1
    assert [f.severity for f in steering.findings] == [Severity.OK]
    coarse = steering_table(flown.solved, flown.ascent.trajectory, tolerance=2e-3, position_goal=1e9, velocity_goal=1e9)
    assert len(coarse.time) < 0.5 * len(steering.time)
    assert coarse.velocity_error > 3 * steering.velocity_error


def test_a_table_that_misses_its_goal_says_so(flown, monkeypatch):
    from osea_rocket.studies import steering_table as module

    monkeypatch.setattr(module, "PASSES", 1)
    table = steering_table(flown.solved, flown.ascent.trajectory, tolerance=2e-3, velocity_goal=1e-6)
    (finding,) = table.findings
    assert finding.severity is Severity.WARN and "0 m/s are wanted" not in finding.message
    assert finding.margin is not None and finding.margin < 0


# The range


def test_maps_hold_track_traces_footprints_and_areas(run):
    features = json.loads((run.folder / "range" / "flight.geojson").read_text())["features"]
    kinds = [f["properties"].get("kind") for f in features]
    assert kinds.count("ground track") == 1
    assert kinds.count("impact point trace") == 2
    assert kinds.count("footprint") == 2 and kinds.count("keep-out") == 2
    first = features[0]["geometry"]["coordinates"][0]
    assert first == pytest.approx([-80.577366, 28.5618571], abs=1e-6)
    kml = ET.parse(run.folder / "range" / "flight.kml").getroot()
    names = [e.text for e in kml.iter("{http://www.opengis.net/kml/2.2}name")]
    assert {"Ground track", "first stage", "fairing half", "Bermuda"} <= set(names)


def test_the_first_stage_comes_down_in_the_ocean_before_the_fairing(run):
    found = read_result(run.folder, "range", RangeResult)
    first, fairing = found.footprints
    assert np.radians(-78) < first.longitude < fairing.longitude < np.radians(-65)
    assert all(f.severity is Severity.OK for f in found.findings)


def test_a_narrow_corridor_is_an_error(study, flown):
    assert study.range is not None and study.range.azimuth_corridor is not None
    narrow = study.range.evolve(bodies=(), azimuth_corridor=study.range.azimuth_corridor.evolve(half_width=100e3),
                                trace_ballistic_coefficient=None)  # fmt: skip
    found = flight_range(study.evolve(range=narrow), flown.ascent.trajectory)
    assert "range.azimuth_corridor" in [f.rule for f in found.findings if f.severity is Severity.ERROR]


def test_without_a_range_s_document_the_impact_point_and_what_is_missing(study, flown):
    found = flight_range(study.evolve(range=None), flown.ascent.trajectory)
    assert len(found.vacuum.time) > 300 and found.footprints == ()
    assert [(f.severity, f.rule) for f in found.findings] == [(Severity.UNKNOWN, "range.no_rules")]


def test_a_body_that_leaves_at_no_event_is_named(study, flown):
    body = study.range.bodies[0].evolve(event="first stage seperation")
    with pytest.raises(InputError, match="leaves at 'first stage seperation', which the flight does not have"):
        flight_range(study.evolve(range=study.range.evolve(bodies=(body,))), flown.ascent.trajectory)


# Others


def test_an_error_found_is_an_answer_of_no(flown, tmp_path, monkeypatch):
    """The run is published with its report, and the exit code says that a check failed."""
    from dataclasses import replace

    bad = Finding(Severity.ERROR, "test", "here", "a check failed")
    monkeypatch.setattr(ascent_command, "ascend", lambda study, progress, recover=None: flown)
    whole = flight_data.flight_data
    cheap = flown.study.evolve(range=None)
    monkeypatch.setattr(
        ascent_command, "flight_data", lambda f, p: replace(whole(replace(f, study=cheap), p), findings=(bad,))
    )
    data, _ = ascent_command.run_ascent(FALCON9 / "study-with-range.yaml", tmp_path / "run", quiet=True)
    assert (data["status"], data["exit_code"], data["message"]) == ("failed", 1, "a check failed")
    report = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Impact points in vacuum of what leaves" in report  # no range document, no ballistic coefficients


def test_the_sweep_over_altitude_at_one_of_its_points(flown):
    """800 km in two burns: less than straight to 200 km, and in the coast the table turns towards the second burn."""
    sweep = load_document(Sweep, FALCON9 / "payload-over-altitude.yaml")
    sweep.require_fields()
    assert sweep.size == 18
    high = ascend(sweep.variant(("800 km", "28.5 deg")))
    assert 0.75 * flown.ascent.payload_mass < high.ascent.payload_mass < 0.95 * flown.ascent.payload_mass
    steering = steering_table(high.solved, high.ascent.trajectory)
    k = [p.mode for p in steering.phases].index("turning")
    rows = steering.phase_index == k
    assert (steering.throttle[rows] == 0.0).all()
    after, before = steering.phase_index == k + 1, steering.phase_index == k - 1
    assert steering.pitch[rows][0] == pytest.approx(steering.pitch[before][-1], abs=1e-9)
    assert steering.pitch[rows][-1] == pytest.approx(steering.pitch[after][0], abs=1e-9)


@pytest.mark.slow
def test_an_engine_that_fails_is_told_with_what_it_costs():
    """The flight without the failure beside it, in a table and a finding."""
    plain = load_document(Study, FALCON9 / "study.yaml")
    out = EngineOut(stage="first stage", engines=1, after=60.0)
    sequence = plain.mission.sequence.evolve(engine_out=(out,))
    flown = ascend(plain.evolve(mission=plain.mission.evolve(sequence=sequence)))
    nominal = flown.ascent.nominal_payload
    assert nominal is not None and 0.85 * nominal < flown.ascent.payload_mass < nominal
    (found,) = [f for f in flown.ascent.findings if f.rule == "ascent.engine_out"]
    assert found.severity is Severity.WARN and "1 of 'first stage' after 60 s" in found.message
    (table,) = engine_out_table(flown.study, flown.ascent)
    row = table.rows[0]
    assert not isinstance(row, Row)
    assert row[0] == "1 of first stage" and row[-1] == pytest.approx(nominal - flown.ascent.payload_mass)
    assert engine_out_table(plain, flown.ascent) == []
