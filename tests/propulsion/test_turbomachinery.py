"""The scalar equations against cases worked by hand."""

import numpy as np
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.turbomachinery import electric, pump, sizing, turbine
from osea_rocket.propulsion.turbomachinery.published_maps import map_rows, published_map


def test_specific_speed() -> None:
    """3600 rpm, 0.1 m³/s, 100 m: 2733 times the dimensionless one is the US figure rpm √gpm / ft^0.75 = 1849."""
    omega = 3600.0 * 2.0 * np.pi / 60.0
    dimensionless = pump.specific_speed(omega, 0.1, 100.0, 1)
    us = 3600.0 * np.sqrt(0.1 * 15850.323) / (100.0 / 0.3048) ** 0.75
    assert dimensionless * pump.US_CUSTOMARY == pytest.approx(us, rel=1e-3)
    assert pump.specific_speed(omega, 0.1, 100.0, 2) == pytest.approx(2.0**0.75 * dimensionless)


def test_suction() -> None:
    head = pump.net_positive_suction_head(3e5, 1e5, 1141.0)
    assert head == pytest.approx(2e5 / (1141.0 * 9.80665))
    assert pump.suction_specific_speed(800.0, 0.1, head) == pytest.approx(800.0 * 0.1**0.5 / (2e5 / 1141.0) ** 0.75)


def test_characteristics_hold_at_design() -> None:
    assert pump.head_curve(1.0) == pytest.approx(1.0)
    assert pump.efficiency_curve(1.0) == pytest.approx(1.0)
    assert turbine.efficiency_curve(1.0) == pytest.approx(1.0)
    assert pump.efficiency_curve(0.7) < 1.0
    assert pump.efficiency_curve(1.3) < 1.0
    assert turbine.stodola(5e6, 5.0, 16.0) == pytest.approx(5000.0 * np.sqrt(1.0 - 1.0 / 256.0))
    assert turbine.spouting_speed(2e6) == pytest.approx(2000.0)


def test_battery() -> None:
    assert electric.battery_power(37e3, 0.95, 0.85) == pytest.approx(37e3 / 0.8075)
    assert electric.battery_mass(50e3, 160.0, 6950.0, 198.0 * 3600.0) == pytest.approx((50e3 / 6950.0, 8e6 / 712800.0))


def test_mean_lines() -> None:
    """Without losses an impulse stage reaches cos² α at ν = cos α / 2; with them less. More stages want a slower wheel."""
    angle = np.radians(20.0)
    best = turbine.NOZZLE * np.cos(angle) / 2.0
    assert turbine.best_speed_ratio("impulse", 1, angle) == pytest.approx(best, abs=2e-3)
    single = turbine.mean_line_efficiency("impulse", 1, best, angle)
    assert single == pytest.approx((1.0 + turbine.BLADE) / 2.0 * (turbine.NOZZLE * np.cos(angle)) ** 2)
    assert turbine.best_speed_ratio("impulse", 4, angle) == pytest.approx(best / 2.0, abs=2e-3)
    assert turbine.velocity_efficiency(1, best, angle) == pytest.approx(single)
    slow = 0.15
    assert turbine.velocity_efficiency(2, slow, angle) > turbine.mean_line_efficiency("impulse", 1, slow, angle)
    assert turbine.best_speed_ratio("velocity", 2, angle) < 0.6 * best
    assert (
        0.88 < turbine.mean_line_efficiency("reaction", 1, turbine.best_speed_ratio("reaction", 1, angle), angle) < 0.96
    )
    assert turbine.mean_line_efficiency("impulse", 1, 1.5, angle) == 0.0


def test_pump_dimensions() -> None:
    """SSME high-pressure fuel pump: 34 360 rpm, three stages, about 410 bar; impellers of 0.3 m (12 in)."""
    d = sizing.pump_dimensions(57000.0, 1.0, 3, 34360.0 * np.pi / 30.0, sizing.HYDROGEN)
    assert d.tip_diameter == pytest.approx(0.305, rel=0.08)
    assert sizing.stage_count(39.3e6, sizing.HYDROGEN) == 3
    assert sizing.stage_count(25e6, sizing.CRYOGENIC) == 1
    assert sizing.pump_limits("RP-1") is sizing.STORABLE
    needed = pump.needed_suction_head(500.0, 0.2, 12.0)
    assert pump.suction_specific_speed(500.0, 0.2, needed) == pytest.approx(12.0)
    diameter = pump.inducer_diameter(0.2, 500.0, 0.1, 0.3)
    assert np.pi / 4 * diameter**2 * (1 - 0.09) * 0.1 * 500.0 * diameter / 2 == pytest.approx(0.2)


def test_turbine_dimensions() -> None:
    d = sizing.turbine_dimensions(1.5e6, 3.0, 1.0, 3000.0, "impulse", 1, 0.35)
    assert d.blade_speed == sizing.TURBINE_TIP_SPEED  # the best one would be faster
    assert d.mean_diameter == pytest.approx(2 * d.blade_speed / 3000.0)
    small = sizing.turbine_dimensions(1.5e6, 0.01, 1.0, 3000.0, "impulse", 1, 0.35)
    assert small.admission < 1.0
    assert small.blade_height == pytest.approx(5e-3)


def test_shut_off_head_rises_with_specific_speed() -> None:
    assert pump.shut_off_head(0.2) < pump.shut_off_head(0.8)
    assert pump.head_curve(0.0, pump.shut_off_head(0.4)) == pytest.approx(pump.shut_off_head(0.4))
    assert pytest.approx(30.0 / np.pi * 9.80665**0.75, rel=1e-3) == pump.EUROPEAN


def test_published_radial_map() -> None:
    """At the design point 1, 1, 1; shut-off head 1.288; efficiency best at the design point; head falls with flow."""
    rows = np.array(map_rows("radial"))
    flow, head, efficiency = rows.T
    at = int(np.argmin(np.abs(flow - 1.0)))
    assert rows[at] == pytest.approx(1.0, abs=1e-9)
    assert (flow[0], head[0], efficiency[0]) == (0.0, 1.288, 0.0)
    assert np.all(np.diff(head) < 0.0)
    assert int(np.argmax(efficiency)) == at
    with pytest.raises(InputError, match="there are: radial"):
        published_map("axial")
