"""The design report of the Falcon 9 example holds what an engineer looks for, and nothing from outside."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.findings import Severity
from osea_rocket.studies.design import design
from osea_rocket.studies.documents import Study
from osea_rocket.studies.figures import figures
from osea_rocket.studies.provenance import documents_of, unsourced
from osea_rocket.studies.report import design_report
from osea_rocket.studies.run import summary

STUDY = Path(__file__).parents[2] / "examples" / "falcon9" / "study.yaml"


@pytest.fixture(scope="module")
def result():
    return design(load_document(Study, STUDY))


@pytest.fixture(scope="module")
def html(result):
    return design_report(result, figures(result)).html()


class Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)


def words(html):
    parser = Text()
    parser.feed(html)
    return re.sub(r"\s+", " ", " ".join(parser.parts))


@pytest.mark.parametrize("title", ["Result", "Vehicle", "Engines", "Ascent", "Solution", "Findings", "Sources"])
def test_sections(html, title):
    assert re.search(rf"<h2[^>]*>.*?{title}", html, re.S)


def test_every_event_loss_and_mass_is_there(html, result):
    text = words(html)
    for event in result.ascent.trajectory.events:
        assert event.name in text
    for name in (
        "Gravity",
        "Drag",
        "Steering",
        "Pressure",
        "Earth rotation",
        "Merlin 1D Vacuum",
        "Not explained by these losses",
    ):
        assert name in text
    for row in result.masses.rows:
        assert row.name in text
    for panel in ("Altitude", "Speed", "Dynamic pressure", "Axial acceleration", "Mass", "Pitch", "Throttle"):
        assert panel in text


def test_every_finding_and_every_source_is_listed(html, result):
    text = words(html)
    for finding in result.findings:
        assert re.sub(r"\s+", " ", finding.message)[:60] in text
    for module in documents_of(result.study):
        for source in module.sources:
            assert re.sub(r"\s+", " ", source.citation)[:50] in text


def test_it_stands_alone(html):
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#|data:)""", html)
    assert "<script" not in html and html.count("<iframe") == 1  # the body, in a frame of its own
    assert len(html) < 1_500_000


def test_numbers_of_the_summary_are_those_of_the_result(result):
    data, text = summary(result)
    assert data["payload_mass_kg"] == result.ascent.payload_mass
    assert f"{result.ascent.payload_mass / 1e3:.4g} t" in text
    assert sum(data["findings"].values()) == len(result.findings)


def test_mass_table_adds_up_to_the_lift_off_mass_that_flew(result):
    assert result.masses.lift_off_mass == pytest.approx(result.ascent.liftoff_mass, abs=1e-6)
    assert sum(r.total for r in result.masses.rows) == pytest.approx(result.masses.lift_off_mass)


def test_a_number_without_source_is_found(result):
    stage = result.study.vehicle.stages[0]
    bare = stage.evolve(sources=())
    assert [f.severity for f in unsourced(bare)][:1] == [Severity.WARN]
    assert "dry_mass" in unsourced(bare)[0].message


def test_swapping_an_engine_is_one_change(result):
    """The vacuum engine under the first stage: its nozzle is far too large for sea level, and the vehicle cannot lift off."""
    from osea_rocket.core.errors import ImpossibleError

    first, second = result.study.vehicle.stages
    swapped = result.study.vehicle.evolve(stages=(first.evolve(engine=second.engine), second))
    with pytest.raises(ImpossibleError, match="cannot lift off"):
        design(result.study.evolve(vehicle=swapped))


def test_mass_history_is_the_trajectory_s_mass(result):
    h, t = result.mass_history, result.ascent.trajectory
    assert h.time[0] == t.time[0] and h.time[-1] == t.time[-1]
    for time, phase, mass in zip(h.time, h.phase_index, h.mass, strict=True):
        i = int(next(k for k in range(len(t.time)) if t.time[k] == time and t.phase_index[k] == phase))
        assert mass == pytest.approx(t.mass[i], abs=0.5)
    stack = next(r.total for r in result.masses.rows if r.name == "first stage")
    assert h.mass[0] - stack > 0
    length = 69.8
    assert ((h.center_of_mass > 0) & (h.center_of_mass < length)).all()
    assert (h.pitch_inertia > 10 * h.roll_inertia)[: len(h.time) // 4].all()  # a slender stack


def test_every_result_names_its_input(result):
    content = result.study.content_hash()
    for item in (result.masses, result.mass_history, result.drag, result.ascent, result.ascent.trajectory):
        assert item.input_hash == content
    assert all(e.input_hash for e in result.engines)  # each its own document's
    record = dict(result.launch_data.files)["launch.json"]
    assert content in record


def test_a_dynamic_pressure_that_throttling_holds_has_no_single_instant(html, result):
    t, limit = result.ascent.trajectory, result.study.mission.limits.dynamic_pressure
    held = t.time[t.dynamic_pressure > 0.999 * limit]
    assert held[-1] - held[0] > 5.0
    assert f"held from {held[0]:.0f} to {held[-1]:.0f} s" in words(html)


def test_separation_data_say_that_no_coast_is_modelled(result):
    separation = json.loads(dict(result.launch_data.files)["separation-state.json"])
    assert "cut-off" in separation["state_of"] and "no coast" in separation["state_of"]
    assert separation["mission_elapsed_time_s"] == result.ascent.trajectory.time[-1]


def test_a_drag_curve_of_the_complete_vehicle_used_after_staging_is_told(result):
    from osea_rocket.vehicle.vehicle import DragCurve

    assert "aerodynamics.given_curve" not in [f.rule for f in result.findings]
    curve = DragCurve(
        mach=tuple(result.drag.mach),
        coefficient=tuple(result.drag.cd),
        reference_area=result.drag.reference_area,
        source="the build-up itself",
    )
    given = design(result.study.evolve(vehicle=result.study.vehicle.evolve(drag=curve)))
    assert "aerodynamics.given_curve" in [f.rule for f in given.findings]


def test_an_error_found_is_an_answer_of_no(result, tmp_path, monkeypatch):
    """The run is published with its report, and the exit code says that a check failed."""
    import dataclasses

    from osea_rocket.core.findings import Finding
    from osea_rocket.studies import command, design

    bad = dataclasses.replace(result, findings=(Finding(Severity.ERROR, "test", "here", "a check failed"),))
    monkeypatch.setattr(design, "design", lambda study, progress: bad)
    data, _ = command.run_design(STUDY, tmp_path / "run", quiet=True)
    assert (data["status"], data["exit_code"], data["message"]) == ("failed", 1, "a check failed")
    assert (tmp_path / "run" / "report.html").is_file()


def test_a_payload_that_is_not_used_is_told(result):
    from osea_rocket.studies.ascend import ignored_payload

    study = result.study
    vehicle = study.vehicle.evolve(payload=study.vehicle.payload.evolve(mass=10e3))
    (finding,) = ignored_payload(study.evolve(vehicle=vehicle))
    assert finding.severity is Severity.WARN and "not used" in finding.message
