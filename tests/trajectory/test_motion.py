"""The equations of motion: what must hold whatever the vehicle."""

import numpy as np
import pytest

from osea_rocket.core.earth import ROTATION_RATE, ecef_from_geodetic
from osea_rocket.core.numeric import table
from osea_rocket.trajectory.environment.atmosphere import density, pressure, standard_atmosphere
from osea_rocket.trajectory.environment.gravity import WGS84, gravity
from osea_rocket.trajectory.motion import (
    air,
    free_molecular_heat_flux,
    loads,
    phase_model,
    right_hand_side,
    speed_change_rates,
)

PAD = np.array(ecef_from_geodetic(np.radians(28.5), np.radians(-80.6), 0.0))
PAD_VELOCITY = np.array([-ROTATION_RATE * PAD[1], ROTATION_RATE * PAD[0], 0.0])
UP = np.array([np.cos(np.radians(28.5)) * np.cos(np.radians(-80.6)), np.cos(np.radians(28.5)) * np.sin(np.radians(-80.6)),
               np.sin(np.radians(28.5))])  # fmt: skip
THROTTLE = np.linspace(0.4, 1.0, 5)


def rocket(**changes):
    given = {
        "thrust_vacuum": table(THROTTLE, 914e3 * THROTTLE),
        "mass_flow": table(THROTTLE, 300.0 * THROTTLE),
        "engine_count": 9,
        "exit_area": 0.9,
        "drag_coefficient": 0.4,
        "reference_area": 10.0,
    }
    return phase_model(**(given | changes))


def state(position, velocity, mass, axis, throttle):
    """The eleven scalars that the equations take."""
    return [*position, *velocity, mass, *axis, throttle]


def test_the_air_stands_still_over_the_pad():
    conditions = air(rocket(), *PAD, *PAD_VELOCITY)
    assert conditions.speed == pytest.approx(1e-3, rel=1e-3)  # the smoothing alone
    assert conditions.altitude == pytest.approx(0.0, abs=1e-6)
    assert conditions.density == pytest.approx(1.225, rel=1e-4)


def test_thrust_at_the_pad_and_in_vacuum():
    at_pad = loads(rocket(), *state(PAD, PAD_VELOCITY, 500e3, UP, 0.8))
    sea_level = pressure(standard_atmosphere(), 0.0)
    assert at_pad.thrust == pytest.approx(9 * (0.8 * 914e3 - 0.9 * sea_level), rel=1e-9)
    assert at_pad.axial_acceleration == pytest.approx(at_pad.thrust / 500e3, rel=1e-9)
    assert -right_hand_side(rocket(), *state(PAD, PAD_VELOCITY, 500e3, UP, 0.8))[6] == pytest.approx(9 * 240.0)
    high = loads(rocket(), *state(PAD * 1.16, PAD_VELOCITY, 500e3, UP, 1.0))
    assert high.thrust == pytest.approx(9 * 914e3, rel=1e-9)


def test_steady_motors_add_to_the_throttled_engines():
    model = rocket(steady_thrust=1e6, steady_mass_flow=400.0, steady_exit_area=2.0)
    alone = phase_model(steady_thrust=1e6, steady_mass_flow=400.0, steady_exit_area=2.0)
    now = state(PAD, PAD_VELOCITY, 500e3, UP, 0.7)
    assert loads(model, *now).thrust == pytest.approx(loads(rocket(), *now).thrust + loads(alone, *now).thrust)
    assert right_hand_side(model, *now)[6] == pytest.approx(-9 * 210.0 - 400.0)


def test_coast_without_drag_is_free_fall():
    velocity = (100.0, 7000.0, 3000.0)
    rates = right_hand_side(phase_model(), *state(PAD, velocity, 1e4, UP, 1.0))
    assert rates[:3] == velocity
    assert rates[3:6] == pytest.approx(gravity(WGS84, *PAD), rel=1e-15)
    assert rates[6] == 0.0


def test_drag_opposes_the_relative_velocity():
    wind = 500.0 * UP
    velocity = PAD_VELOCITY + wind
    model = rocket(engine_count=0)
    acceleration = np.array(right_hand_side(model, *state(PAD, velocity, 1e5, UP, 1.0))[3:6]) - gravity(WGS84, *PAD)
    rho = density(standard_atmosphere(), 0.0)
    assert acceleration == pytest.approx(-0.5 * rho * 500.0**2 * 0.4 * 10.0 / 1e5 * UP, rel=1e-6)
    felt = loads(model, *state(PAD, velocity, 1e5, UP, 1.0))
    assert felt.axial_acceleration == pytest.approx(-felt.drag / 1e5, rel=1e-6)
    assert felt.sine_alpha_squared == pytest.approx(0.0, abs=1e-12)
    assert felt.heat_flux == pytest.approx(0.5 * rho * 500.0**3, rel=1e-6)
    assert felt.dynamic_pressure == pytest.approx(0.5 * rho * 500.0**2, rel=1e-6)


@pytest.mark.parametrize("alpha", [1e-6, 1e-3, 0.2, 1.0])
def test_angle_of_attack(alpha):
    east = np.cross([0.0, 0.0, 1.0], UP)
    east /= np.linalg.norm(east)
    axis = np.cos(alpha) * UP + np.sin(alpha) * east
    felt = loads(rocket(), *state(PAD, PAD_VELOCITY + 800.0 * UP, 5e5, axis, 1.0))
    assert np.sqrt(felt.sine_alpha_squared) == pytest.approx(np.sin(alpha), rel=1e-6)


def test_drag_follows_the_mach_table():
    mach = np.linspace(0, 5, 11)
    model = rocket(drag_coefficient=table(mach, 0.2 + 0.1 * mach))
    speed = 2 * 340.294
    felt = loads(model, *state(PAD, PAD_VELOCITY + speed * UP, 5e5, UP, 1.0))
    assert felt.mach == pytest.approx(2.0, rel=1e-5)
    assert felt.drag == pytest.approx(felt.dynamic_pressure * 10.0 * 0.4, rel=1e-5)


def test_heat_flux_at_the_usual_jettison_point():
    """1135 W/m^2 at 3 km/s means 8.4e-8 kg/m^3, which the standard atmosphere has near 110 km."""
    rho = 2 * 1135.0 / 3000.0**3
    assert free_molecular_heat_flux(rho, 3000.0) == pytest.approx(1135.0)
    assert density(standard_atmosphere(), 113e3) < rho < density(standard_atmosphere(), 107e3)


def test_the_rates_of_the_speed_budget_add_up_to_the_acceleration():
    rng = np.random.default_rng(5)
    for _ in range(100):
        position = PAD * rng.uniform(1.0, 1.03)
        velocity = PAD_VELOCITY + rng.normal(size=3) * rng.choice([0.0, 1e-3, 1.0, 300.0, 5000.0])
        axis = rng.normal(size=3)
        axis /= np.linalg.norm(axis)
        now = state(position, velocity, 3e5, axis, 0.9)
        ideal, lost_pressure, steering, drag, loss = speed_change_rates(rocket(), *now)
        a = np.array(right_hand_side(rocket(), *now)[3:6])
        w = velocity - np.cross([0, 0, ROTATION_RATE], position)
        turning = np.cross([0, 0, ROTATION_RATE], velocity)  # of the air, where the vehicle goes
        rate = w @ (a - turning) / np.sqrt(w @ w + 1e-6)
        assert ideal - lost_pressure - steering - drag - loss == pytest.approx(rate, abs=1e-9 + 1e-12 * abs(drag))
