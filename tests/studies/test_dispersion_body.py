"""A dispersion of the whole vehicle: draws as parameters, outcomes beside the point mass's, failures of actuators and sensors."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.studies.dispersion import DispersionStudy, FailureEvent, FallingBody, UncertainQuantity
from osea_rocket.studies.dispersion_body import BodyModel, build_body
from osea_rocket.studies.dispersion_build import BuiltDispersion
from osea_rocket.studies.dispersion_command import _exactly
from osea_rocket.studies.dispersion_model import DispersionModel, Draw
from osea_rocket.studies.dispersion_runs import TEXTS, fly_runs
from osea_rocket.studies.dispersion_statistics import nominal_point
from osea_rocket.trajectory.dispersion.sampling import unit_points
from osea_rocket.trajectory.flight.case import parameter_index
from osea_rocket.trajectory.flight.layout import P
from osea_rocket.vehicle.vehicle import StrapOns

EXAMPLE = Path(__file__).parents[2] / "examples" / "falcon9" / "dispersion.yaml"
STUCK = FailureEvent(name="gimbal stuck", kind="stuck-actuator", stage="first stage", probability=0.4)
BLIND = FailureEvent(name="receiver lost", kind="sensor-loss", stage="first stage", probability=0.4)


@pytest.fixture(scope="module")
def built() -> BuiltDispersion:
    whole = load_document(DispersionStudy, EXAMPLE)
    kept = [q for q in whole.quantities if q.label in ("first-stage thrust", "second-stage dry mass", "fairing mass")]
    falling = (FallingBody(event="first stage separation", ballistic_coefficient=500.0),)
    return build_body(whole.evolve(quantities=tuple(kept), correlations=(), failures=(STUCK, BLIND), falling=falling))


def drawn(built: BuiltDispersion, runs: int) -> tuple[BodyModel, np.ndarray, Draw]:
    model = built.model
    assert isinstance(model, BodyModel)
    points = unit_points("latin-hypercube", runs, model.dimensions, 1)
    return model, points, model.draw(points)


@pytest.mark.slow
def test_a_draw_is_what_the_flight_flies_on(built) -> None:
    model, _, draw = drawn(built, 6)
    values = model.parameters(draw, 0)
    thrust, dry, fairing = draw.inputs[:, :3].T
    study = built.study.study

    def column(name: str) -> np.ndarray:
        return values[:, parameter_index(name)]

    first, second = study.vehicle.stages
    assert column("stage0.thrust_factor") == pytest.approx(thrust / draw_nominal(built, 0), rel=1e-3)
    assert column("stage1.thrust_factor") == pytest.approx(np.ones(6))
    assert column("stage1.dry_mass") == pytest.approx(dry - second.dry_mass, abs=0.05)
    assert column("stage0.dry_mass") == pytest.approx(np.zeros(6), abs=0.05)
    assert values[:, P.fairing_mass] == pytest.approx(fairing - study.vehicle.fairing.mass, abs=0.05)
    assert first.name == "first stage"
    # scores of the wind have the deviation that the document gives: 13 m/s at 10 km
    deviation = np.sqrt((model.shape_wind[:, 20] ** 2).sum())
    assert deviation == pytest.approx(13.0, rel=0.1)


@pytest.fixture(scope="module")
def strapped() -> BuiltDispersion:
    """Two shortened first stages beside the core; what scatters is theirs."""
    whole = load_document(DispersionStudy, EXAMPLE)
    study = whole.study
    core = study.vehicle.stages[0].evolve(ports=None)
    booster = core.evolve(
        name="invented booster", role="strap-on", length=27.0, dry_mass=14e3, engine_count=5,
        propellant_mass=core.propellant_mass / 2,
        tanks=tuple(t.evolve(propellant_mass=t.propellant_mass / 2) for t in core.tanks),
        nose_length=4.0, nose_shape="conical", sources=(),
    )  # fmt: skip
    vehicle = study.vehicle.evolve(
        stages=(core, *study.vehicle.stages[1:]), boosters=(StrapOns(stage=booster, count=2),)
    )
    path = "vehicle.boosters.0.stage"
    tanks = [f"{path}.tanks.{k}.propellant_mass" for k in (0, 1)]
    quantities = (
        UncertainQuantity(name="dry", fields=(f"{path}.dry_mass",), spread="± 3 % (3σ)"),
        UncertainQuantity(name="load", fields=(f"{path}.propellant_mass", *tanks), spread="± 1 % (3σ)"),
    )
    left = {"quantities": quantities, "correlations": (), "failures": (), "wind": None, "atmosphere": None}
    return build_body(whole.evolve(study=study.evolve(vehicle=vehicle), payload_mass=25e3, **left))


@pytest.mark.slow
def test_strap_ons_scatter_by_themselves(strapped) -> None:
    model, points, draw = drawn(strapped, 6)
    values = model.parameters(draw, 0)
    dry, load = draw.inputs[:, :2].T
    nominal = [q.distributions[0].nominal for q in model.quantities]

    def column(name: str) -> np.ndarray:
        return values[:, parameter_index(name)]

    assert column("strap_dry_mass") == pytest.approx(2 * (dry - nominal[0]), abs=0.1)
    assert column("strap_propellant") == pytest.approx(2 * (load - nominal[1]), abs=1.0)
    assert column("strap_time_factor") == pytest.approx(load / nominal[1], rel=1e-4)
    assert column("stage0.dry_mass") == pytest.approx(np.zeros(6), abs=0.5)
    assert column("stage0.thrust_factor") == pytest.approx(np.ones(6), rel=1e-9)
    columns = fly_runs(model, 0, points)
    assert np.all(columns["status"] == "reached")
    exact = _exactly(strapped, Draw(draw.inputs[:1], draw.numbers[:1], draw.weights[:1], draw.failed[:1]), 0)
    assert exact["propellant_left_kg"] == pytest.approx(columns["propellant_left_kg"][0], abs=2.0)
    # heavier ones leave less, and what they carry more of gives more: as the point mass has it
    alone = DispersionModel(**{f.name: getattr(model, f.name) for f in fields(DispersionModel)})
    point = fly_runs(alone, 0, points)["propellant_left_kg"]
    ours = columns["propellant_left_kg"]
    assert ours - ours.mean() == pytest.approx(point - point.mean(), abs=0.35 * np.ptp(point))


def draw_nominal(built: BuiltDispersion, k: int) -> float:
    return built.model.quantities[k].distributions[0].nominal


@pytest.mark.slow
def test_runs_are_the_same_in_any_company_and_the_nominal_one_is_near_the_point_mass(built) -> None:
    model, points, _ = drawn(built, 6)
    whole = fly_runs(model, 0, points)
    parts = [fly_runs(model, 0, points[:2]), fly_runs(model, 2, points[2:])]
    for name, values in whole.items():
        joined = np.concatenate([p[name] for p in parts])
        assert np.array_equal(values, joined, equal_nan=name not in TEXTS)
    nominal = fly_runs(model, 0, nominal_point(model))
    left = float(built.flown.ascent.trajectory.mass[-1]) - model.last_empty
    assert nominal["status"][0] == "reached"
    assert nominal["propellant_left_kg"][0] == pytest.approx(left, abs=200.0)
    vacuum, air = (nominal[f"first_stage_separation{how}_impact_longitude_rad"][0] for how in ("", "_through_the_air"))
    pad = built.study.study.mission.site.longitude
    assert pad < air < vacuum < pad + np.radians(10.0)


@pytest.mark.slow
def test_a_stuck_gimbal_loses_control_and_a_lost_receiver_costs_accuracy(built) -> None:
    model, points, _ = drawn(built, 24)
    columns = fly_runs(model, 0, points)
    stuck, blind = (np.isfinite(columns[f"failed_{n}_time_s"]) for n in ("gimbal_stuck", "receiver_lost"))
    fine = ~stuck & ~blind
    assert stuck.any() and (blind & ~stuck).any() and fine.any()
    assert np.all(columns["status"][~stuck] == "reached")
    lost = columns["status"] == "control lost"
    assert lost.any() and np.all(stuck[lost])
    run = int(columns["run"][lost][0])
    assert columns["message"][lost][0].startswith(f"run {run}: control lost at ")
    error = columns["navigation_position_error_m"]
    assert np.median(error[blind & ~stuck]) > 3.0 * np.median(error[fine])


@pytest.mark.slow
def test_a_run_on_definitions_built_anew_is_the_same(built) -> None:
    model, points, draw = drawn(built, 24)
    columns = fly_runs(model, 0, points)
    k = int(np.flatnonzero((columns["status"] == "reached") & ~np.isfinite(draw.failed).any(axis=1))[0])
    one = Draw(draw.inputs[k : k + 1], draw.numbers[k : k + 1], draw.weights[k : k + 1], draw.failed[k : k + 1])
    exact = _exactly(built, one, k)
    assert exact["propellant_left_kg"] == pytest.approx(columns["propellant_left_kg"][k], abs=2.0)
    assert exact["max_q_alpha_Pa_rad"] == pytest.approx(columns["max_q_alpha_Pa_rad"][k], rel=1e-2)
