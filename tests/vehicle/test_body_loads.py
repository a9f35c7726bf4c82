"""Axial force, shear and bending along the stack."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.vehicle.body_loads import FlightCondition, _mass_above, body_loads, equivalent_axial_load, profile
from osea_rocket.vehicle.mass import MassItem, mass_properties
from osea_rocket.vehicle.vehicle import Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"
MAX_Q = FlightCondition(
    dynamic_pressure=30e3, angle_of_attack=np.radians(3.0), axial_acceleration=18.0, thrust=7.6e6, drag=3.0e5
)


@pytest.fixture(scope="module")
def falcon():
    return load_document(Vehicle, FALCON)


@pytest.fixture(scope="module")
def loads(falcon):
    masses = mass_properties(falcon, payload_mass=15e3, propellant={"first stage": 2.5e5})
    return masses, body_loads(falcon, masses, MAX_Q)


def item(mass, low, high, radius=1.0):
    length = high - low
    return MassItem(
        part="p",
        item="i",
        mass=mass,
        station=(low + high) / 2,
        roll_inertia=mass * radius**2 / 2,
        pitch_inertia=mass * (3 * radius**2 + length**2) / 12,
    )


def test_mass_above_a_cut_of_an_even_rod():
    """m(x) = m (1 - x/L), first moment m (L - x)^2 / (2 L); the rod's length comes back out of its inertia."""
    x = np.linspace(-1.0, 12.0, 27)
    mass, first = _mass_above(x, (item(100.0, 0.0, 10.0),))
    inside = np.clip(x, 0.0, 10.0)
    assert mass == pytest.approx(100.0 * (1 - inside / 10.0))
    assert first == pytest.approx(mass * ((10.0 + inside) / 2 - x))


def test_the_free_body_is_in_balance(loads):
    """No shear and no bending is left at the lowest cut, where nothing is below to carry it; none at the nose either."""
    _, found = loads
    biggest = np.abs(found.bending).max()
    assert abs(found.shear[0]) < 1e-6 * np.abs(found.shear).max()
    assert abs(found.bending[0]) < 1e-6 * biggest
    assert abs(found.bending[-1]) < 1e-3 * biggest
    assert found.axial[0] == 0.0


def test_moment_is_the_integral_of_shear(loads):
    _, found = loads
    gained = np.concatenate([[0.0], np.cumsum((found.shear[1:] + found.shear[:-1]) / 2 * np.diff(found.station))])
    error = found.bending - (found.bending[0] - gained)
    assert np.abs(error).max() < 2e-3 * np.abs(found.bending).max()


def test_slender_body_normal_force(falcon):
    """At small angles the slope is 2 A_base q a (Munk; Barrowman 1967), wherever fairing and boat-tail make it and lose it."""
    masses = mass_properties(falcon, payload_mass=15e3)
    angle = 1e-4
    small = body_loads(falcon, masses, FlightCondition(30e3, angle, 18.0, 7.6e6, 0.0))
    base = np.pi * 1.83**2
    assert small.normal_force == pytest.approx(2 * base * 30e3 * angle, rel=2e-3)


def test_axial_force_at_the_engines_is_the_thrust(loads):
    """a = (T - D)/m by definition, so the cut above the engines carries all of m and D."""
    masses, found = loads
    thrust = MAX_Q.axial_acceleration * masses.mass + MAX_Q.drag
    above = found.station > found.station[0] + 1e-6
    assert found.axial[above].max() <= thrust * (1 + 1e-9)
    assert found.axial[above].max() > 0.93 * thrust  # the engine section below the gimbal's plane carries nothing


def test_trim_turns_the_engines_towards_the_air_force(loads):
    masses, found = loads
    assert found.center_of_pressure > masses.center_of_mass  # an unfinned launcher is unstable
    assert 0.0 < found.engine_angle < np.radians(5.0)


def test_profile_is_ascending_and_has_the_stages_radius(falcon):
    x, r = profile(falcon, 0, True)
    assert (np.diff(x) > 0).all()
    assert np.interp(20.0, x, r) == pytest.approx(1.83)
    assert r[-1] == pytest.approx(0.0, abs=1e-9)


def test_equivalent_axial_load():
    """A ring of radius R: line load N/(2 pi R) + M/(pi R^2); times 2 pi R."""
    radius = 1.5
    line = 1e5 / (2 * np.pi * radius) + 2e5 / (np.pi * radius**2)
    assert equivalent_axial_load(1e5, -2e5, 2 * radius) == pytest.approx(2 * np.pi * radius * line)
