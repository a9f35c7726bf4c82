"""Sweeps: axes as people write them, flights shared out, interrupted work taken up."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.run_folder import RunFolder
from osea_rocket.studies import sweep_run
from osea_rocket.studies.documents import Study
from osea_rocket.studies.sweep import Axis, Sweep, axis_of, span
from osea_rocket.studies.sweep_report import figures, run_sweep_command, sweep_of
from osea_rocket.studies.sweep_run import Flight, run_sweep

STUDY = Path(__file__).parents[2] / "examples" / "falcon9" / "study.yaml"
ORBIT = ("mission.orbit.perigee_altitude", "mission.orbit.apogee_altitude")


@pytest.fixture(scope="module")
def study():
    return load_document(Study, STUDY)


def sweep(study, *axes):
    return Sweep(name="test", study=study, vary=axes)


def test_a_range_has_both_ends_and_even_steps():
    assert span("200..800 km", 4) == ("200 km", "400 km", "600 km", "800 km")
    assert span("0.9..1.1", 3) == (0.9, 1.0, 1.1)
    assert span("-10..10 deg", 3) == ("-10 deg", "0 deg", "10 deg")
    assert span("1e3 .. 2e3 N", 2) == ("1000 N", "2000 N")


@pytest.mark.parametrize("text", ["200 km", "a..b km", "200 km..800 m", "..5", "5.."])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError, match=r"range|unit"):
        span(text, 3)


def test_axes_from_the_command_line():
    axis = axis_of("mission.orbit.perigee_altitude, mission.orbit.apogee_altitude = 200..800 km:4")
    assert axis.fields == ORBIT
    assert axis.points() == ("200 km", "400 km", "600 km", "800 km")
    assert axis_of("vehicle.stages.0.engine_count=7;9").points() == (7.0, 9.0)
    assert axis_of("mission.allow_dog_leg=true;false").points() == (True, False)


@pytest.mark.parametrize("text", ["mission.orbit", "=1..2:3", "a=1..2 km", "a=1..2 km:1", "a="])
def test_a_wrong_axis_says_how_to_write_one(text):
    with pytest.raises(InputError, match=r"write|between 2"):
        axis_of(text)


def test_axes_of_one_field_of_two_stages_are_told_apart(study):
    axes = [axis_of(f"vehicle.stages.{k}.dry_mass=4..5 t:2") for k in (0, 1)]
    assert sweep(study, *axes).labels == ("stages 0 dry mass", "stages 1 dry mass")
    assert sweep(study, axes[0], axis_of("vehicle.stages.0.engine_count=7;9")).labels == ("dry mass", "engine count")


def test_values_and_range_exclude_each_other():
    for wrong in (
        {},
        {"values": (1.0,), "range": "1..2", "count": 3},
        {"range": "1..2"},
        {"values": (1.0,), "count": 2},
    ):
        with pytest.raises(ValidationError):
            Axis.model_validate({"fields": ("a",), **wrong})


def test_a_misspelt_field_is_named_before_anything_flies(study):
    wrong = sweep(study, Axis(fields=("mission.orbit.perige_altitude",), values=("300 km",)))
    with pytest.raises(InputError, match="did you mean 'perigee_altitude'"):
        run_sweep(wrong, jobs=1)
    refused = sweep(study, Axis(fields=("mission.orbit.inclination",), values=("28.5 km",)))
    with pytest.raises(InputError, match="inclination"):
        run_sweep(refused, jobs=1)


def test_heavier_stages_and_higher_orbits_carry_less_in_processes_as_alone(study, tmp_path):
    """The processes' flights equal those of one process, and both are the study's own optimum at its own values."""
    flown = sweep(
        study,
        Axis(fields=ORBIT, values=("200 km", "300 km")),
        Axis(fields=("mission.orbit.inclination",), values=("28.5 deg", "170 deg")),
    )
    with RunFolder(tmp_path / "run", "sweep", flown) as run:
        result = run_sweep(flown, run, jobs=2)
        run.publish()
    payloads = result.payloads()
    assert payloads[0, 0] > payloads[1, 0] > 0.9 * payloads[0, 0]
    assert np.isnan(payloads[:, 1]).all()
    assert {f.status for f in result.flights if f.payload_mass is None} == {"impossible"}
    assert "without turning the plane" in result.flights[1].message
    alone = run_sweep(flown.evolve(vary=(flown.vary[0].evolve(values=("300 km",)), flown.vary[1])), jobs=1)
    assert alone.payloads()[0, 0] == pytest.approx(payloads[1, 0], abs=0.5)
    assert len(figures(result)) == 1


def test_an_interrupted_sweep_is_taken_up_where_it_ended(study, tmp_path, monkeypatch):
    flown = sweep(study, Axis(fields=("vehicle.stages.0.dry_mass",), values=("22 t", "23 t", "24 t")))
    calls = []

    def fly(_, number, values):
        calls.append(number)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return Flight(number=number, values=tuple(map(str, values)), status="done", payload_mass=1000.0 * number)

    monkeypatch.setattr(sweep_run, "_fly", fly)
    with pytest.raises(KeyboardInterrupt), RunFolder(tmp_path / "run", "sweep", flown, keep=True) as run:
        run_sweep(flown, run, jobs=1)
    assert not (tmp_path / "run").exists()
    assert len((tmp_path / "run.partial" / "results" / "flights.jsonl").read_text().splitlines()) == 2

    other = flown.evolve(name="another sweep")
    with pytest.raises(InputError, match="another input"), RunFolder(tmp_path / "run", "sweep", other, resume=True):
        pass
    with RunFolder(tmp_path / "run", "sweep", flown, keep=True, resume=True) as run:
        result = run_sweep(flown, run, jobs=1)
        run.publish()
    assert calls == [0, 1, 2, 2]
    assert [f.payload_mass for f in result.flights] == [0.0, 1000.0, 2000.0]
    with pytest.raises(InputError, match="no unfinished run"), RunFolder(tmp_path / "run", "sweep", flown, resume=True):
        pass


def test_the_command_writes_table_figure_and_report(tmp_path, monkeypatch):
    def fly(_, number, values):
        if number == 3:
            return Flight(number=number, values=tuple(map(str, values)), status="undecided", message="lost")
        return Flight(
            number=number, values=tuple(map(str, values)), status="done", payload_mass=20000.0 - 1000.0 * number
        )

    monkeypatch.setattr(sweep_run, "_fly", fly)
    vary = (f"{','.join(ORBIT)}=200..400 km:2", "mission.orbit.inclination=28.5 deg;51.6 deg")
    data, text = run_sweep_command(STUDY, vary, tmp_path / "run", jobs=1, quiet=True)
    assert data["exit_code"] == 3
    assert "3 of 4 flights reach orbit" in text
    rows = list(csv.reader((tmp_path / "run" / "tables" / "sweep.csv").open()))
    assert rows[0][:3] == ["perigee_altitude_km", "inclination_deg", "status"]
    assert rows[1][:2] == ["200.0", "28.5"]
    assert json.loads((tmp_path / "run" / "results" / "sweep.json").read_text())["axes"][0]["numbers"] == [200.0, 400.0]
    assert "<svg" in (tmp_path / "run" / "report.html").read_text()


def test_a_document_of_another_kind_is_refused():
    with pytest.raises(InputError, match=r"a sweep .* or a study"):
        sweep_of(STUDY.parent / "site.yaml", ("a=1",))
    with pytest.raises(InputError, match="--vary"):
        sweep_of(STUDY, ())
