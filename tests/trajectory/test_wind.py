"""Wind: its components, what it does to the air loads, and that all three ways to run the equations agree."""

from typing import Any

import numpy as np
import pytest

from osea_rocket.core.earth import ROTATION_RATE, ecef_from_geodetic
from osea_rocket.core.errors import InputError
from osea_rocket.core.numeric import lookup
from osea_rocket.trajectory.environment.gravity import WGS84
from osea_rocket.trajectory.environment.wind import (
    calm,
    climatological_wind,
    climatology_data,
    sheared,
    shifted,
    wind_components,
    wind_profile,
)
from osea_rocket.trajectory.motion import air, loads, phase_model
from osea_rocket.trajectory.propagate import propagate

LATITUDE, LONGITUDE = np.radians(34.6), np.radians(-120.6)
UP = np.array([np.cos(LATITUDE) * np.cos(LONGITUDE), np.cos(LATITUDE) * np.sin(LONGITUDE), np.sin(LATITUDE)])
EAST = np.array([-np.sin(LONGITUDE), np.cos(LONGITUDE), 0.0])
NORTH = np.cross(UP, EAST)
HEIGHTS = [0.0, 10e3, 20e3, 30e3]


def uniform(east, north):
    return wind_profile(HEIGHTS, [east] * 4, [north] * 4)


def flying(speed, towards, altitude=10e3):
    """An inertial state that moves over the ground with a speed [m/s] in a direction."""
    r = np.array(ecef_from_geodetic(LATITUDE, LONGITUDE, altitude))
    v = speed * np.asarray(towards) + np.cross([0.0, 0.0, ROTATION_RATE], r)
    return [*r.tolist(), *v.tolist()]


@pytest.mark.parametrize("altitude", [0.0, 12e3, 100e3])
def test_components_are_east_and_north(altitude):
    x, y, z = ecef_from_geodetic(LATITUDE, LONGITUDE, altitude)
    found = np.array(wind_components(uniform(30.0, -7.0), x, y, z, altitude, WGS84.flattening))
    assert found == pytest.approx(30.0 * EAST - 7.0 * NORTH, abs=7.0 * 1e-4)
    assert np.linalg.norm(found) == pytest.approx(np.hypot(30.0, 7.0), rel=1e-12)


@pytest.mark.parametrize("head", [-40.0, 0.0, 25.0, 60.0])
def test_a_headwind_raises_dynamic_pressure_as_the_square_of_the_airspeed(head):
    """Flying east at 400 m/s over the ground into a wind from the east: q grows by ((400 + head)/400)^2, drag with it."""
    x, y, z, vx, vy, vz = flying(400.0, EAST)
    arguments = (x, y, z, vx, vy, vz, 1e5, EAST[0], EAST[1], EAST[2], 0.0)
    given: Any = {"drag_coefficient": 0.4, "reference_area": 10.0}
    still = loads(phase_model(**given), *arguments)
    windy = loads(phase_model(**given, wind=uniform(-head, 0.0)), *arguments)
    expected = ((400.0 + head) / 400.0) ** 2
    assert windy.dynamic_pressure / still.dynamic_pressure == pytest.approx(expected, rel=1e-9)
    assert windy.drag / still.drag == pytest.approx(expected, rel=1e-9)
    assert windy.mach / still.mach == pytest.approx((400.0 + head) / 400.0, rel=1e-9)


def test_a_cross_wind_gives_an_angle_of_attack():
    x, y, z, vx, vy, vz = flying(400.0, EAST)
    still, windy = (
        loads(phase_model(wind=w), x, y, z, vx, vy, vz, 1e5, EAST[0], EAST[1], EAST[2], 0.0)
        for w in (calm(), uniform(0.0, 20.0))
    )
    assert still.sine_alpha_squared == pytest.approx(0.0, abs=1e-12)
    assert np.arcsin(np.sqrt(windy.sine_alpha_squared)) == pytest.approx(np.arctan(20.0 / 400.0), rel=1e-6)


def test_the_velocity_budget_closes_in_wind():
    model = phase_model(
        thrust_vacuum=2e6, mass_flow=600.0, engine_count=1, drag_coefficient=0.4, reference_area=10.0,
        wind=wind_profile([0.0, 5e3, 12e3, 40e3], [5.0, 20.0, 60.0, 10.0], [0.0, -5.0, 10.0, 0.0]),
    )  # fmt: skip
    flown = propagate(model, np.array([*flying(50.0, UP, 500.0), 1.2e5]), 0.0, 60.0, lambda t: UP, lambda t: 1.0)
    assert flown.budget.closure == pytest.approx(0.0, abs=1e-5)
    x, y, _, vx, vy, vz, _ = flown.final_state
    over_ground = np.array([vx + ROTATION_RATE * y, vy - ROTATION_RATE * x, vz])
    assert flown.budget.gain == pytest.approx(np.linalg.norm(over_ground) - 50.0, abs=1e-3)


def test_python_numba_and_casadi_agree_in_wind():
    import casadi as ca

    from osea_rocket.core.compiled import compiled

    ca.GlobalOptions.setNumpyMode(-1)
    model = phase_model(wind=wind_profile(HEIGHTS, [1.0, 30.0, 60.0, 5.0], [0.0, 4.0, -3.0, 2.0]))
    state = flying(700.0, 0.6 * EAST + 0.8 * UP, 13e3)
    symbols = ca.SX.sym("s", 6)
    traced = ca.Function("air", [symbols], [ca.vertcat(*air(model, *ca.vertsplit(symbols)))])
    by_numba = compiled(air)(model, *state)
    assert np.array(traced(state)).ravel() == pytest.approx(np.array(air(model, *state)), rel=1e-12)
    assert np.array(by_numba) == pytest.approx(np.array(air(model, *state)), rel=1e-12)


def test_calm_air_leaves_no_look_up_in_the_optimizers_graph():
    import casadi as ca

    ca.GlobalOptions.setNumpyMode(-1)
    h = ca.SX.sym("h")
    assert lookup(calm().east, h).is_constant()
    assert float(lookup(calm().east, h)) == 0.0


def test_a_profile_holds_its_points_without_overshoot_and_its_end_values():
    wind = wind_profile([0.0, 10e3, 12e3, 20e3], [0.0, 50.0, 50.0, 0.0], [0.0] * 4)
    assert [lookup(wind.east, h) for h in (0.0, 10e3, 12e3, 20e3)] == pytest.approx([0.0, 50.0, 50.0, 0.0], abs=1e-9)
    assert max(lookup(wind.east, h) for h in np.linspace(0, 20e3, 401)) < 50.05
    assert lookup(wind.east, -3e3) == pytest.approx(0.0, abs=1e-9) and lookup(wind.east, 90e3) == pytest.approx(
        0.0, abs=1e-9
    )
    assert lookup(shifted(wind, 7.0, 0.0).east, 11e3) == pytest.approx(lookup(wind.east, 11e3) + 7.0, rel=1e-12)


@pytest.mark.parametrize(
    "columns", [([0.0], [1.0], [1.0]), ([0.0, 0.0], [1.0, 1.0], [1.0, 1.0]), ([0.0, 1.0], [1.0], [1.0, 2.0])]
)
def test_what_is_no_profile_is_refused(columns):
    with pytest.raises(InputError, match="ascending"):
        wind_profile(*columns)


def test_the_climatology_has_the_winter_jet_and_the_summer_stratosphere():
    """At 30 N: westerlies near 12 km that are strongest in winter, easterlies in the summer stratosphere, both hemispheres."""
    data = climatology_data()
    assert "HWM93" in data["source"] and len(data["east"]) == 12
    north = np.radians(30.0)
    january, july = climatological_wind(north, 1), climatological_wind(north, 7)
    assert lookup(january.east, 12.5e3) == pytest.approx(22.5, abs=0.06)  # the model's own value there, 22.47 m/s
    assert lookup(january.east, 12.5e3) > 4 * lookup(july.east, 12.5e3)
    assert lookup(july.east, 40e3) < -15.0 < lookup(january.east, 40e3)
    assert lookup(climatological_wind(-north, 7).east, 12.5e3) > 15.0
    with pytest.raises(InputError, match="month"):
        climatological_wind(north, 13)


def test_a_synthetic_shear_builds_up_with_the_height_to_the_seven_tenths():
    """Fichtl (1972): shear over 100 m is 10^-0.7, a fifth, of that over a kilometre."""
    wind = sheared(shifted(calm(), 5.0, 0.0), 11e3, 60.0, 22.0, np.pi / 2)

    def east(altitude):
        return float(lookup(wind.east, altitude)) - 5.0

    assert east(11e3) == pytest.approx(60.0, rel=1e-9)
    assert east(10e3) == pytest.approx(60.0 - 22.0, rel=1e-3)
    assert (60.0 - east(10.9e3)) / 22.0 == pytest.approx(10.0**-0.7, rel=1e-2)
    assert east(11.4e3) == pytest.approx(east(10.6e3))
    assert east(2e3) == pytest.approx(0.0, abs=1e-6)
    assert abs(float(lookup(wind.north, 11e3))) < 1e-9
