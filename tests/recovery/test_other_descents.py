"""Descents without engines, against closed relations and each other; the window of a hover-slam."""

import numpy as np
import pytest

from osea_rocket.recovery import other_descents as d
from osea_rocket.recovery.guidance.lander import Engines, LandingVehicle
from osea_rocket.recovery.guidance.native import library
from osea_rocket.recovery.hover_slam import ignition_window

FLAT = d.CANOPIES[0]


def test_a_parachute_sinks_at_the_speed_that_it_was_sized_for():
    area = d.parachute_area(1000.0, 7.0, FLAT)
    assert d.descent_speed(1000.0, FLAT.drag_coefficient * area) == pytest.approx(7.0)
    assert d.nominal_diameter(area) == pytest.approx(23.1, abs=0.05)  # S = 2 m g / (rho v^2 C_D) = 419 m^2 by hand
    assert d.filling_time(FLAT, 20.0, 80.0) == pytest.approx(2.0)


def test_reefing_brings_the_opening_force_to_its_limit():
    area = d.parachute_area(1000.0, 7.0, FLAT)
    ratio = d.reefing_ratio(FLAT, area, 80.0, 1.0, 1e5)
    assert 0.0 < ratio < 1.0
    assert 0.5 * 80.0**2 * FLAT.drag_coefficient * area * ratio * FLAT.opening_factor == pytest.approx(1e5)
    light, heavy = (d.opening_force(FLAT, area, 80.0, 1.0, m) for m in (300.0, 1e6))
    assert light < 0.5 * heavy


def test_a_parafoil_glides_as_its_coefficients_say():
    area = d.parafoil_area(950.0, 5.0, 0.6, 0.2)
    glide = d.parafoil_glide(950.0, area, 0.6, 0.2)
    assert glide.sink == pytest.approx(5.0)
    assert 1.0 / np.tan(glide.angle) == pytest.approx(3.0)
    assert d.parafoil_reach(3000.0, 0.6, 0.2) == pytest.approx(9000.0)
    assert d.parafoil_reach(3000.0, 0.6, 0.2, wind=-5.0, sink=5.0) == pytest.approx(6000.0)


def test_a_splash_is_worse_when_faster_and_lighter():
    at = d.splashdown_acceleration(5000.0, 4.7, 8.0)
    assert d.splashdown_acceleration(5000.0, 4.7, 16.0) == pytest.approx(4.0 * at, rel=1e-3)  # goes with the square
    assert d.splashdown_acceleration(2500.0, 4.7, 8.0) > at
    assert d.floats(5000.0, 10.0) == pytest.approx(5000.0 / 10250.0)


def test_catches_take_up_the_energy():
    net = d.net_catch(900.0, 10.0, 5.0)
    assert net.acceleration == pytest.approx(10.0) and net.force == pytest.approx(900.0 * (10.0 + 9.80665))
    hook = d.air_catch(1000.0, 8.0, 2e4)
    assert hook.way * (2e4 - 9806.65) == pytest.approx(0.5 * 1000.0 * 64.0)
    with pytest.raises(ValueError, match="choose a larger force"):
        d.air_catch(1000.0, 8.0, 9000.0)


def test_a_winged_booster_flies_home_by_breguet():
    polar = d.Polar(0.04, 0.06, 120.0)
    assert polar.best_glide == pytest.approx(0.5 / np.sqrt(0.0024))
    lift = np.sqrt(0.04 / 0.06)
    assert lift / (0.04 + 0.06 * lift**2) == pytest.approx(polar.best_glide)
    fuel = d.flyback_fuel(polar, 4e4, 4e5, 150.0, 6000.0)
    assert 150.0 * 6000.0 * polar.best_glide * np.log(4e4 / (4e4 - fuel)) == pytest.approx(4e5)
    assert d.glide_back_reach(polar, 8000.0, 2000.0) == pytest.approx(6000.0 * polar.best_glide)
    with pytest.raises(ValueError, match="must be above nought"):
        d.flyback_fuel(polar, 4e4, -1.0, 150.0, 6000.0)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: d.descent_speed(100.0, 0.0),
        lambda: d.nominal_diameter(-1.0),
        lambda: d.filling_time(d.CANOPIES[0], 10.0, 0.0),
        lambda: d.opening_force(d.CANOPIES[0], 100.0, 60.0, 1.2, 0.0),
        lambda: d.reefing_ratio(d.CANOPIES[0], 0.0, 60.0, 1.2, 1e4),
        lambda: d.parafoil_glide(100.0, 0.0, 0.8, 0.3),
        lambda: d.parafoil_area(100.0, 0.0, 0.8, 0.3),
        lambda: d.parafoil_reach(1000.0, 0.8, 0.0),
        lambda: d.floats(100.0, float("nan")),
    ],
)
def test_what_divides_is_above_nought(asked):
    with pytest.raises(ValueError, match="must be above nought"):
        asked()


@pytest.mark.skipif(library() is None, reason="no C compiler: numba alone would take long")
def test_a_booster_that_cannot_hover_has_a_short_window():
    """One that burns at 1.5 times its weight at least, 3.2 at most, falling straight from 3 km: by hand, in a vacuum."""
    weight = 2.5e4 * 9.80665
    slam = LandingVehicle(
        engines=(Engines(1.5 * weight, 3.2 * weight),), specific_impulse=1e5, dry_mass=2.4e4, tilt=0.02, intervals=16
    )
    window = ignition_window(slam, np.array([0.0, 0.0, 3000.0]), np.array([0.0, 0.0, -100.0]), 2.5e4)
    assert not window.hovers and window.thrust_to_weight == pytest.approx(1.5 * 25.0 / 24.0)
    # from v and h, braking by n g: h = v^2 / (2 (n - 1) g); v^2 = 100^2 + 2 g (3000 - h): h = (v0^2 / 2 g + 3000) / n
    drop = 100.0**2 / (2 * 9.80665) + 3000.0
    for n, found in ((1.5, window.earliest), (3.2, window.latest)):
        height = drop / n
        speed = np.sqrt(100.0**2 + 2 * 9.80665 * (3000.0 - height))
        assert found == pytest.approx((speed - 100.0) / 9.80665, abs=0.15)
