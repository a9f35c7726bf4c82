"""Thrust curves of solid motors: read, integrated, refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.core.numeric import Table, lookup
from osea_rocket.propulsion.thrust_curve import ThrustCurve, motor_map, read_thrust_curve
from osea_rocket.trajectory.first_stage import motors_between
from osea_rocket.vehicle.residuals import propellant_budget
from osea_rocket.vehicle.stage import Stage

CURVE = ThrustCurve(
    name="M", time=(0.0, 1.0, 9.0, 10.0), thrust=(0.0, 1e5, 1e5, 0.0), isp_vacuum=250.0, exit_area=0.3
)  # fmt: skip
BURNED = 9e5 / (250.0 * 9.80665)  # impulse of the trapezium over the exhaust speed


def test_the_burned_mass_is_the_impulse_over_the_exhaust_speed():
    assert CURVE.burned_mass == pytest.approx(BURNED, rel=1e-12)
    found = motor_map(CURVE)
    assert found.isp_vacuum == pytest.approx(250.0, rel=1e-12)
    assert found.burned(5.0) == pytest.approx(BURNED / 2, rel=1e-12)
    assert found.burned(-1.0) == 0.0
    assert found.burned(99.0) == pytest.approx(BURNED, rel=1e-12)
    assert found.thrust(1.0, 1e5) == pytest.approx(1e5 - 3e4)
    with pytest.raises(InputError, match="cannot be throttled"):
        found.thrust(0.8, 0.0)


def test_thrust_measured_in_air_is_raised_to_vacuum():
    ground = CURVE.evolve(measured_at=101325.0)
    assert motor_map(ground).thrust_vacuum[1] == pytest.approx(1e5 + 101325.0 * 0.3)
    assert motor_map(ground).thrust_vacuum[0] == 0.0


@given(st.floats(0.0, 6.0), st.floats(0.5, 12.0), st.integers(1, 9))
def test_smooth_curves_keep_the_impulse_and_the_mass(begin, length, number):
    end = min(begin + length, 10.0)
    motor = motor_map(CURVE)
    motors = motors_between(begin, end, [(number, motor, 0.0, None)])
    t = np.linspace(begin, end, 4001)
    assert isinstance(motors.motor_mass_flow, Table)
    flow = np.trapezoid([lookup(motors.motor_mass_flow, float(x)) for x in t], t)
    assert flow == pytest.approx(number * (motor.burned(end) - motor.burned(begin)), rel=1e-4, abs=1e-3)


def test_a_csv_and_a_rasp_file_are_read(tmp_path):
    (tmp_path / "m.csv").write_text(
        "# made up\ntime_s,thrust_vacuum_N,mass_flow_kg_s\n0,0,0\n1,100,5\n2,100,5\n3,0,0\n"
    )
    curve = read_thrust_curve(tmp_path / "m.csv", exit_area=0.1)
    assert curve.burned_mass == pytest.approx(10.0)
    (tmp_path / "m.eng").write_text("; made up\nX1 75 500 P 1.5 2.5 Nobody\n0.1 900\n1.0 1000\n2.0 950\n2.2 0\n")
    curve = read_thrust_curve(tmp_path / "m.eng", exit_area=0.001, measured_at=101325.0)
    assert curve.burned_mass == pytest.approx(1.5, rel=1e-9)
    assert curve.mass == pytest.approx(1.0)
    (tmp_path / "bad.eng").write_text("X1 75\n1 2\n")
    with pytest.raises(InputError, match=r"bad\.eng:1: expected a motor's first line"):
        read_thrust_curve(tmp_path / "bad.eng", exit_area=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time": (0.5, 1.0, 9.0, 10.0)}, "begin with 0 s"),
        ({"time": (0.0, 1.0, 1.0, 10.0)}, "ascend"),
        ({"thrust": (0.0, 1.0, 1.0, 1.0, 0.0)}, "as many"),
        ({"thrust": (0.0,) * 4}, "never pushes"),
        ({"isp_vacuum": None}, "give either"),
        ({"mass_flow": (1.0,) * 4}, "give either"),
    ],
)
def test_curves_that_make_no_sense_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        CURVE.evolve(**change)


def test_a_solid_stage_leaves_what_its_curve_does_not_burn():
    stage = Stage(name="S", diameter=1.0, length=5.0, dry_mass=50.0, propellant_mass=BURNED + 5.0, motor=CURVE)
    budget = propellant_budget(stage)
    assert budget.usable == pytest.approx(BURNED)
    assert (budget.residual, budget.reserve) == (pytest.approx(5.0), 0.0)
    assert budget.findings[0].severity is Severity.OK
    slack = propellant_budget(stage.evolve(propellant_mass=2 * BURNED))
    assert slack.findings[0].severity is Severity.WARN
    with pytest.raises(InputError, match="the curve or its specific impulse"):
        stage.evolve(propellant_mass=BURNED - 5.0)
    with pytest.raises(InputError, match="leave it out"):
        stage.evolve(residual_mass=1.0)
