"""A dispersion from its document to its run folder: drawing, flying by many hands, resuming, telling."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.run_folder import RunFolder, read_result, read_run
from osea_rocket.studies import pool
from osea_rocket.studies.dispersion import Canopy, DispersionStudy, FallingBody, carried
from osea_rocket.studies.dispersion_build import BuiltDispersion, _falls, build_dispersion
from osea_rocket.studies.dispersion_command import _exactly, dispersion_of, fly_all
from osea_rocket.studies.dispersion_model import Draw, slug
from osea_rocket.studies.dispersion_runs import TEXTS, Columns, fly_runs, from_arrow, to_arrow
from osea_rocket.studies.dispersion_statistics import DispersionResult, nominal_point, statistics
from osea_rocket.studies.joint_loads import ascent_loads
from osea_rocket.studies.pool import shared_out
from osea_rocket.trajectory.dispersion.impacts import vacuum_impacts
from osea_rocket.trajectory.dispersion.reliability import Failure
from osea_rocket.trajectory.dispersion.sampling import unit_points
from osea_rocket.trajectory.range_safety.fall import inertial_from_earth_fixed

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def built() -> BuiltDispersion:
    return build_dispersion(load_document(DispersionStudy, EXAMPLES / "falcon9" / "dispersion.yaml"))


def same(a: Columns, b: Columns) -> bool:
    return all(np.array_equal(a[k], b[k], equal_nan=k not in TEXTS) for k in a) and set(a) == set(b)


def points(built: BuiltDispersion, runs: int) -> np.ndarray:
    return unit_points("latin-hypercube", runs, built.model.dimensions, 1)


def test_processes_fly_what_one_alone_flies_to_the_bit_even_when_one_is_killed(built, monkeypatch) -> None:
    whole = points(built, 300)
    alone = fly_runs(built.model, 0, whole)
    chunks = [(k, whole[k : k + 25]) for k in range(0, 300, 25)]
    hired, made = [], pool._hired

    def remembered():
        hired.append(made())
        return hired[-1]

    monkeypatch.setattr(pool, "_hired", remembered)
    parts = []
    for part in shared_out(fly_runs, built.model, chunks, jobs=2):
        if not parts:
            os.kill(hired[0][1].pid, signal.SIGKILL)
        parts.append(part)
    parts.sort(key=lambda c: c["run"][0])
    assert len(hired) == 3 and len(parts) == 12  # another took its place, and no chunk came twice
    assert all(same(part, {k: v[25 * i : 25 * i + 25] for k, v in alone.items()}) for i, part in enumerate(parts))


def test_a_cluster_flies_the_same_and_says_where_nobody_answers(built) -> None:
    distributed = pytest.importorskip("distributed")
    whole = points(built, 40)
    with distributed.LocalCluster(
        n_workers=2, processes=False, protocol="tcp://", dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        chunks = [(0, whole[:20]), (20, whole[20:])]
        parts = list(shared_out(fly_runs, built.model, chunks, scheduler=cluster.scheduler_address))
    parts.sort(key=lambda c: c["run"][0])
    alone = fly_runs(built.model, 0, whole)
    assert all(same(part, {k: v[20 * i : 20 * i + 20] for k, v in alone.items()}) for i, part in enumerate(parts))
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        list(shared_out(fly_runs, built.model, chunks, scheduler="tcp://127.0.0.1:9"))


def test_separable_responses_are_those_of_definitions_built_anew(built) -> None:
    model = built.model
    assert model.response.misfit < 0.01
    draw = model.draw(points(built, 8))
    flown = model.fly(draw)
    from osea_rocket.studies.dispersion_runs import as_columns

    columns = as_columns(model, 0, draw, flown)
    for k in range(2):
        one = Draw(draw.inputs[k : k + 1], draw.numbers[k : k + 1], draw.weights[k : k + 1], draw.failed[k : k + 1])
        exact = _exactly(built, one, k)
        ours = {key: columns[key][k] for key in exact}
        assert ours["propellant_left_kg"] == pytest.approx(
            exact["propellant_left_kg"], abs=1.0
        )  # of a scatter of 130 kg
        assert ours == pytest.approx(exact, rel=2e-3)


def test_a_run_that_raises_or_is_no_number_is_named_and_the_rest_goes_on(built, monkeypatch) -> None:
    whole = points(built, 6)
    good = fly_runs(built.model, 0, whole)
    draw = type(built.model).draw

    def broken(self, given):
        made = draw(self, given)
        for i, row in enumerate(given):
            if np.array_equal(row, whole[2]):
                made.numbers[i, np.searchsorted(self.positions, self.program.drag)] = np.nan
            if np.array_equal(row, whole[4]):
                raise ArithmeticError("a law of a user's own")
        return made

    monkeypatch.setattr(type(built.model), "draw", broken)
    columns = fly_runs(built.model, 0, whole)
    assert columns["status"].tolist() == ["reached" if k not in (2, 4) else columns["status"][k] for k in range(6)]
    assert (
        columns["message"][2].startswith("run 2: a number that is none at ")
        and "in 'vertical rise'" in columns["message"][2]
    )
    assert columns["message"][4] == "run 4: ArithmeticError: a law of a user's own"
    assert np.isnan(columns["propellant_left_kg"][2])
    kept = [0, 1, 3, 5]
    assert same({k: v[kept] for k, v in columns.items()}, {k: v[kept] for k, v in good.items()})
    assert same(from_arrow(to_arrow(columns)), columns)


def test_an_interrupted_dispersion_is_taken_up_and_ends_the_same(built, tmp_path, monkeypatch) -> None:
    dispersion = built.study
    monkeypatch.setattr(type(built.model), "chunk", 20)
    whole, _ = fly_all(built.model, dispersion, 100, jobs=1)
    folder = tmp_path / "run"
    flown = []

    def tired(work, model, chunks, *, jobs, scheduler):
        for chunk in chunks:
            if len(flown) == 3:
                raise KeyboardInterrupt
            flown.append(chunk[0])
            yield work(model, *chunk)

    monkeypatch.setattr("osea_rocket.studies.dispersion_command.shared_out", tired)
    with pytest.raises(KeyboardInterrupt), RunFolder(folder, "disperse", dispersion, keep=True) as run:
        fly_all(built.model, dispersion, 100, run)
    assert not folder.exists() and len(list((tmp_path / "run.partial" / "parts").iterdir())) == 3
    part = next((tmp_path / "run.partial" / "parts").iterdir())
    part.write_bytes(part.read_bytes()[:-50])  # cut short: flown again
    monkeypatch.setattr("osea_rocket.studies.dispersion_command.shared_out", shared_out)
    with RunFolder(folder, "disperse", dispersion, keep=True, resume=True) as run:
        again, _ = fly_all(built.model, dispersion, 100, run, jobs=1)
    assert same(again, whole)


def test_statistics_say_what_the_runs_are_worth(built) -> None:
    columns = fly_runs(built.model, 0, points(built, 600))
    result = statistics(built.study, built.model, columns, rate=1.0, model_name="point mass", covariance=True)
    assert DispersionResult.from_json(json.loads(json.dumps(result.to_json()))) == result
    margin = result.output("propellant_left_kg")
    assert margin.nominal == pytest.approx(3486, abs=3) and 100 < margin.deviation < 170
    assert margin.percentiles[0].low is None and result.needed == 1705  # 600 runs do not reach 3σ
    # linear covariance beside Monte Carlo: the margin is nearly linear in everything
    assert margin.linear_deviation == pytest.approx(margin.deviation, rel=0.08)
    moved = dict(zip(result.groups, margin.sensitivity, strict=True))
    assert max(moved, key=lambda n: abs(moved[n])) in ("first-stage Isp", "second-stage Isp", "first-stage propellant")
    assert moved["second-stage dry mass"] < 0 < moved["second-stage Isp"]
    drawn = {c.name: c for c in result.events}["first-stage engine out"]
    assert drawn.count == pytest.approx(30, abs=3)  # five per cent, drawn on purpose …
    assert drawn.low < 1 - (1 - 0.0005) ** 9 < drawn.high  # … and weighed down to what nine engines of 0.05 % are
    assert 0.9 < result.mean_weight < 1.1 and result.effective_runs < 600
    assert result.insertion is not None and result.insertion.covering_scale is None
    assert result.impacts[0].name == "first stage separation"
    assert 10e3 < result.impacts[0].ellipse.major < 100e3  # type: ignore[union-attr]


def test_the_nominal_point_is_the_optimum_s_flight(built) -> None:
    columns = fly_runs(built.model, 0, nominal_point(built.model))
    assert columns["status"][0] == "reached" and columns["weight"][0] == pytest.approx(0.95**-1 * 0.98**-1, rel=0.01)
    assert columns["perigee_altitude_m"][0] == pytest.approx(200e3, abs=100.0)


def test_the_nominal_run_s_joint_loads_are_those_of_the_optimum(built) -> None:
    """Loads of every joint as `osea check` has them: the run is another integration of the same flight, by other steps."""
    flown = built.flown
    loads = ascent_loads(flown.study.vehicle, flown.plan, flown.ascent.trajectory, flown.ascent.payload_mass)
    columns = fly_runs(built.model, 0, nominal_point(built.model))
    assert len(built.model.along.joints) == len(loads.joints) >= 4
    for joint in loads.joints:
        key = f"joint_{slug(joint.name)}"
        assert columns[f"{key}_axial_N"][0] == pytest.approx(joint.largest_axial, rel=0.02)
        assert columns[f"{key}_equivalent_N"][0] == pytest.approx(joint.largest_equivalent, rel=0.03)
        assert columns[f"{key}_bending_N_m"][0] == pytest.approx(joint.largest_bending, rel=0.1)


def test_impact_points_on_the_way_are_the_flight_s_own(built) -> None:
    trajectory, times = built.flown.ascent.trajectory, built.model.along.ways.times
    columns = fly_runs(built.model, 0, nominal_point(built.model))
    assert len(times) == 8 and times[0] == 30.0
    kept = np.flatnonzero(np.diff(trajectory.time, prepend=-1.0) > 1e-6)
    track = np.column_stack([trajectory.position_ecef, trajectory.velocity_ecef])[kept]
    smooth = CubicSpline(trajectory.time[kept], track)
    for at in times[:-1]:
        where, speed = np.split(np.asarray(smooth(at)), 2)
        found = inertial_from_earth_fixed(float(at), where, speed)
        exact = vacuum_impacts(np.array([[at, *found[0], *found[1]]]))[0]
        name = slug(f"impact point at {at:.0f} s")
        here = np.array([columns[f"{name}_impact_{way}_rad"][0] for way in ("latitude", "longitude")])
        flown = abs(exact[1] - built.flown.study.mission.site.longitude)
        assert (
            abs(here - exact).max() < 1e-4 + 0.01 * flown
        )  # the run stages by its propellant, not by the optimum's clock


def test_a_body_under_a_canopy_drifts_with_its_run_s_own_wind(built) -> None:
    """It comes down at sqrt(2 g B / rho) through the air, which blows another way in every run."""
    canopy = Canopy(opening_altitude=4000.0, ballistic_coefficient=8.0)
    bodies = (
        FallingBody(event="first stage separation", ballistic_coefficient=500.0),
        FallingBody(event="fairing jettison", ballistic_coefficient=500.0, canopy=canopy),
    )
    falls = _falls(built.study.evolve(falling=bodies), built.flown, built.nominal.payload_at)
    model = replace(built.model, falls=falls)
    columns = fly_runs(model, 0, unit_points("latin-hypercube", 6, model.dimensions, 1))
    name = slug(falls[1].name)
    speed = columns[f"{name}_touchdown_speed_m_s"]
    still = np.sqrt(2 * 9.8 * 8.0 / 1.225)
    assert np.all(speed > still - 1.0) and np.all(speed < 3.0 * still) and np.ptp(speed) > 0.1
    hard = columns[f"{slug(falls[0].name)}_touchdown_speed_m_s"]
    assert np.all(hard > 80.0)
    assert np.all(columns[f"{name}_touchdown_time_s"] > columns["fairing_jettison_time_s"] + 400.0)


def test_failure_times_follow_their_laws() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    even = Failure("a", "engine-out", 0, 9, 1.0, 150.0, probability=1e-3)
    assert even.true_probability == pytest.approx(1 - (1 - 1e-3) ** 9, rel=1e-12)
    assert even.times(u).max() <= 150.0 and np.mean(even.times(u)) == pytest.approx(75.0, abs=0.5)
    law = Failure("b", "engine-out", 0, 2, 1.0, 100.0, shape=2.0, life=300.0)
    assert law.true_probability == pytest.approx(1 - np.exp(-2 * (100 / 300) ** 2))
    # first of two: R² = exp(-2 (t/η)^β), cut at the exposure
    expected = 300.0 * np.sqrt(-np.log1p(-u * law.true_probability) / 2)
    assert law.times(u) == pytest.approx(expected, rel=1e-9)


def test_distributions_in_the_study_s_own_files_scatter_too(tmp_path) -> None:
    study = load_document(DispersionStudy, EXAMPLES / "falcon9" / "dispersion.yaml").study
    from osea_rocket.core.distribution import Distribution, Uncertain

    mass = study.vehicle.stages[1].dry_mass
    second = study.vehicle.stages[1].evolve(dry_mass=Uncertain(Distribution("normal", mass, 10.0, 0.0)))
    vehicle = study.vehicle.evolve(stages=(study.vehicle.stages[0], second))
    found = carried(study.evolve(vehicle=vehicle))
    assert [paths for paths, _ in found] == [("vehicle.stages.1.dry_mass",)]
    assert carried(study) == []


WRONG = [
    ("spread: ± 1.5 % (3σ)", "spread: ± 40 % (1σ)", "no such value exists"),
    (
        "fields: [vehicle.fairing.mass]",
        "fields: [vehicle.fairing.weight]",
        "there is no field 'vehicle.fairing.weight'",
    ),
    ("fields: [vehicle.fairing.mass]", "fields: [vehicle.fairing.name]", "is not a quantity"),
    ("coefficient: 0.3", "coefficient: 1.3", "must be at most 1"),
    ("between: [first-stage thrust,", "between: [first-stage trust,", "there is no quantity 'first-stage trust'"),
    ("stage: first stage\n    prob", "stage: zeroth stage\n    prob", "there is no stage 'zeroth stage'"),
    ("correlation_length: 6 km", "correlation_length: 0 km", "must be greater than"),
    ("drag: 1 ± 10 % (3σ)", "drag: 1 ± 10 %", "say what the spread is"),
    ("name: fairing mass", "name: first-stage thrust", "two quantities are called"),
]


@pytest.mark.parametrize(("right", "wrong", "says"), WRONG, ids=[w[2][:30] for w in WRONG])
def test_wrong_documents_are_refused_at_their_place(tmp_path, right, wrong, says) -> None:
    from osea_rocket.studies.dispersion_build import quantities_of

    text = (EXAMPLES / "falcon9" / "dispersion.yaml").read_text(encoding="utf-8")
    assert right in text
    folder = EXAMPLES / "falcon9"
    file = tmp_path / "dispersion.yaml"
    file.write_text(
        text.replace(right, wrong, 1).replace("study: study.yaml", f"study: {folder / 'study.yaml'}"), encoding="utf-8"
    )
    with pytest.raises((DocumentError, InputError)) as error:
        quantities_of(load_document(DispersionStudy, file))
    assert says in str(error.value) and f"{file}:" in str(error.value)


def test_nothing_uncertain_is_said_before_anything_is_flown() -> None:
    with pytest.raises(InputError, match="nothing is uncertain"):
        build_dispersion(dispersion_of(EXAMPLES / "falcon9" / "study.yaml"))


def test_the_run_folder_holds_it_all(built, tmp_path) -> None:
    from pyarrow import parquet

    from osea_rocket.studies.dispersion_report import write_dispersion

    columns = fly_runs(built.model, 0, points(built, 120))
    result = statistics(built.study, built.model, columns, rate=1.0, model_name="point mass")
    with RunFolder(tmp_path / "run", "disperse", built.study) as run:
        write_dispersion(built.study, built, result, columns, run, "osea disperse x -n 120 --replay")
        run.publish()
    artefacts = read_run(tmp_path / "run")["artefacts"]
    assert {"runs.parquet", "report.html", "results/dispersion.json", "tables/outputs.csv"} <= set(artefacts)
    table = parquet.read_table(tmp_path / "run" / "runs.parquet")
    assert table.num_rows == 120 and table["propellant_left_kg"].null_count == int(
        np.isnan(columns["propellant_left_kg"]).sum()
    )
    assert read_result(tmp_path / "run", "dispersion", DispersionResult) == result
    html = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "--replay RUN" in html and "Controllability is UNKNOWN" in html
