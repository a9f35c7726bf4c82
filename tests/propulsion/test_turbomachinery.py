"""The scalar equations against cases worked by hand."""

import numpy as np
import pytest

from osea_rocket.propulsion.turbomachinery import electric, pump, turbine


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
