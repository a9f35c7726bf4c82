"""A vehicle that stands on a solid motor, flown as a point mass and with six degrees of freedom to the same orbit."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.propulsion.thrust_curve import ThrustCurve
from osea_rocket.studies.ascend import ascend
from osea_rocket.studies.documents import Study
from osea_rocket.studies.flight_case import optimum_case
from osea_rocket.studies.flight_phases import flight_case
from osea_rocket.studies.steering_table import steering_table
from osea_rocket.trajectory.flight.document import FlightRules, StageActuators
from osea_rocket.trajectory.flight.kernel import RESULT_NAMES, fly_one
from osea_rocket.trajectory.flight.layout import ST, P
from osea_rocket.trajectory.range_safety.fall import inertial_from_earth_fixed
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import Vehicle

STUDY = Path(__file__).resolve().parents[2] / "examples" / "falcon9" / "study.yaml"
DIAMETER = 2.6
BURN_TIME = 130.0


def on_a_solid_motor(vehicle: Vehicle) -> Vehicle:
    """An invented launcher of 117 t: 88 t of solid propellant that burn 130 s with a tail, a liquid stage of 16 t above."""
    time = np.array([0.0, 1.0, 5.0, 20.0, 40.0, 70.0, 95.0, 115.0, 124.0, BURN_TIME])
    shape = np.array([0.85, 0.95, 1.0, 0.95, 0.85, 0.8, 0.8, 0.72, 0.35, 0.05])
    thrust = shape * 280.0 * 9.80665 * 0.995 * 88e3 / np.trapezoid(shape, time)
    motor = ThrustCurve(name="first motor", time=tuple(time), thrust=tuple(thrust), isp_vacuum=280.0, exit_area=2.5)
    first = Stage(
        name="solid stage",
        role="core",
        diameter=DIAMETER,
        length=13.0,
        dry_mass=7.4e3,
        propellant_mass=88e3,
        motor=motor,
    )
    engine, fairing, adapter = vehicle.stages[1].engine, vehicle.fairing, vehicle.adapter
    assert engine is not None and fairing is not None and adapter is not None
    second = vehicle.stages[1].evolve(
        tanks=(), propellant_mass=16e3, dry_mass=1300.0, length=8.0, diameter=DIAMETER,
        engine=engine.evolve(thrust_vacuum=150e3),
    )  # fmt: skip
    between = vehicle.interstages[0].evolve(
        on="solid stage", mass=300.0, mass_included_in=None, encloses=2.0, length=3.0, lower_diameter=DIAMETER,
        upper_diameter=DIAMETER,
    )  # fmt: skip
    nose = fairing.evolve(
        mass=600.0, length=8.0, diameter=DIAMETER, base_diameter=DIAMETER, boattail_length=0.0, nose_length=4.5,
        envelope=None,
    )  # fmt: skip
    return vehicle.evolve(
        stages=(first, second), interstages=(between,), fairing=nose, adapter=adapter.evolve(lower_diameter=DIAMETER)
    )


@pytest.fixture(scope="module")
def flown():
    study = load_document(Study, STUDY)
    limits = study.mission.limits.evolve(dynamic_pressure=60e3, q_alpha=5000.0)
    return ascend(study.evolve(vehicle=on_a_solid_motor(study.vehicle), mission=study.mission.evolve(limits=limits)))


@pytest.fixture(scope="module")
def guided(flown):
    turned = StageActuators(
        stage="solid stage", gimbal_limit=np.radians(6.0), gimbal_rate=np.radians(20.0), bandwidth=2.5
    )
    return flight_case(
        flown, steering_table(flown.solved, flown.ascent.trajectory), FlightRules(name="test", stages=(turned,))
    )


def results(case) -> dict[str, float]:
    return dict(zip(RESULT_NAMES, fly_one(case), strict=True))


@pytest.mark.slow
def test_the_optimum_on_a_solid_motor_flown_ends_where_it_does(flown):
    trajectory = flown.ascent.trajectory
    end = results(optimum_case(flown, steering_table(flown.solved, trajectory)))
    position, velocity = inertial_from_earth_fixed(
        float(trajectory.time[-1]), trajectory.position_ecef[-1], trajectory.velocity_ecef[-1]
    )
    assert end["status"] == 1.0
    assert np.linalg.norm([end[n] for n in ("x", "y", "z")] - position) < 100.0
    assert np.linalg.norm([end[n] for n in ("vx", "vy", "vz")] - velocity) < 0.1
    assert end["mass"] == pytest.approx(trajectory.mass[-1], abs=0.1)


@pytest.mark.slow
def test_the_nozzle_s_control_counts_the_motor_s_thrust_and_keeps_its_margins(flown, guided):
    control, trajectory = guided.control, flown.ascent.trajectory
    burning = control.time < BURN_TIME
    assert np.all(control.stable == 1.0)
    assert np.min(control.low) >= 6.0 and np.min(control.high) >= 6.0 and np.degrees(np.min(control.phase)) >= 30.0
    # mu_c is thrust over inertia: it grows while the motor empties, and is not asked for in its last seconds
    assert np.all(control.control[burning] > 3.0)
    last = control.time[burning].max()
    thrust = np.interp(last, trajectory.time, trajectory.thrust)
    assert last < BURN_TIME and thrust >= 0.3 * trajectory.thrust.max()


@pytest.mark.slow
def test_a_solid_stage_flown_with_six_degrees_of_freedom_leads_into_the_orbit(flown, guided):
    wanted, end = flown.ascent.insertion, results(guided.case)
    assert end["status"] == 1.0
    assert end["perigee_altitude"] == pytest.approx(wanted.perigee_altitude, abs=1000.0)
    assert end["apogee_altitude"] == pytest.approx(wanted.apogee_altitude, abs=1000.0)
    assert end["mass"] == pytest.approx(flown.ascent.trajectory.mass[-1], abs=100.0)
    assert end["most_attitude_error"] < np.radians(5.0) and end["gimbal_saturated_time"] == 0.0


@pytest.mark.slow
def test_a_motor_that_burns_hot_is_left_sooner(flown, guided):
    """4 % more thrust over 4 % less time is the same impulse: the stages part so much earlier, and the orbit is reached."""
    hot = guided.case.with_parameters()
    hot.parameters[P.stages + ST.time_factor] = 1.0 / 1.04
    hot.parameters[P.stages + ST.thrust_factor] = 1.04
    end, usual = results(hot), results(guided.case)
    assert end["status"] == 1.0
    assert end["perigee_altitude"] == pytest.approx(flown.ascent.insertion.perigee_altitude, abs=3000.0)
    assert usual["time"] - end["time"] == pytest.approx(BURN_TIME * (1.0 - 1.0 / 1.04), abs=2.0)
