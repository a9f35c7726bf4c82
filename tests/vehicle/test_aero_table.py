"""Normal force, centre of pressure and damping: closed forms, published rockets, and symmetry of the table."""

from math import atan2, pi
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.vehicle import fin_methods
from osea_rocket.vehicle.aero_table import Body, aero_table, build_table, newtonian_pressure
from osea_rocket.vehicle.fin_methods import FinSet
from osea_rocket.vehicle.parts import nose_profile
from osea_rocket.vehicle.vehicle import Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"


def nose_body(shape: str, length: float, radius: float, cylinder: float) -> Body:
    """A nose and a cylinder behind it; the nose's tip at station 0."""
    x, r = map(np.array, nose_profile(shape, length, radius, 400))
    return Body(np.append(-length - cylinder, -x[::-1]), np.append(radius, r[::-1]))


@pytest.mark.parametrize(("shape", "share"), [("conical", 2 / 3), ("ogive", 0.46469957), ("von-karman", 0.5)])
def test_nose_slope_is_two_and_its_centre_the_published_share_of_its_length(shape, share):
    # cone 2/3 exactly; ogive: RocketPy test_rocket.py for a nose of 0.55829 m on 63.5 mm; von Karman 1/2 exactly
    body = nose_body(shape, 0.55829, 0.0635, 1.0)
    table = build_table([body], [], reference_area=pi * 0.0635**2)
    assert table.slope[0] == pytest.approx(2.0, rel=1e-9)
    assert -table.center_of_pressure(0.3) == pytest.approx(share * 0.55829, rel=2e-3)


@pytest.mark.parametrize(
    ("sweep", "fin_center", "slope", "center"),
    [(0.075, 2.28, 3.16, 1.502), (-0.0159, 2.24, 3.21, 1.485), (0.05, 2.27, 3.28, 1.513)],
)
def test_calisto_with_three_fins_as_openrocket_has_it(sweep, fin_center, slope, center):
    # RocketPy tests/unit/test_rocket.py, "Reference values from OpenRocket": n = 3, span 90 mm, chords 100 and 50 mm, root's
    # leading edge 2.224 m behind the tip, nose 0.55829 m on a radius of 63.5 mm; slopes there are for 1 rad at rest
    area = pi * 0.0635**2
    fins = FinSet(3, 0.100, 0.050, 0.090, sweep, 0.0635, -2.224)
    assert fin_methods.set_slope(fins, 0.0, area) == pytest.approx(slope, abs=0.01 * slope)
    assert -fin_methods.center_station(fins, 0.0) == pytest.approx(fin_center, rel=0.01)
    table = build_table([nose_body("von-karman", 0.55829, 0.0635, 1.9)], [fins], reference_area=area)
    assert -table.center_of_pressure(0.0) == pytest.approx(center, rel=0.01)


def test_boat_tail_takes_lift_away_where_barrowman_says():
    # RocketPy test_add_tail: from 63.5 mm to 43.5 mm over 60 mm
    body = Body(np.array([-0.06, 0.0]), np.array([0.0435, 0.0635]))
    area = pi * 0.0635**2
    slope, first, _ = body.slender()
    blunt = 2 * area  # the front counts as a nose without length, at station 0
    assert (slope - blunt) / area == pytest.approx(-2 * (1 - (0.0435 / 0.0635) ** 2), rel=1e-9)
    ratio = 0.0635 / 0.0435
    assert -first / (slope - blunt) == pytest.approx(0.06 / 3 * (1 + (1 - ratio) / (1 - ratio**2)), rel=1e-9)


def test_newtonian_cone_and_stagnation_pressure():
    # NACA Report 1135, table II: p02/p1 = 32.65 at Mach 5: C_p = 2/(1.4 25) (32.65 - 1) = 1.8086
    assert newtonian_pressure(5.0) == pytest.approx(1.8086, abs=2e-4)
    half = atan2(0.5, 2.0)
    cone = Body(np.array([-2.0, 0.0]), np.array([0.5, 0.0]))
    slope, first, _ = cone.newtonian(10.0)
    assert slope / (pi * 0.25) == pytest.approx(newtonian_pressure(10.0) * np.cos(half) ** 2, rel=1e-12)
    assert -first / slope == pytest.approx(4 / 3, rel=1e-12)


def test_supersonic_fin_slope_is_linear_theory():
    wide = FinSet(4, 1.0, 1.0, 5.0, 0.0, 0.5, 0.0)
    beta = np.sqrt(3.0)
    assert fin_methods.single_slope(wide, 2.0) == pytest.approx(4 / beta * (1 - 1 / (2 * beta * 10)), rel=1e-12)


def test_roll_damping_of_small_span_on_a_big_body_is_that_of_a_point():
    fins = FinSet(4, 0.2, 0.2, 0.01, 0.0, 1.0, 0.0)
    one = fin_methods.single_slope(fins, 0.3) * fins.area
    assert fin_methods.roll_damping(fins, 0.3, 1.0, 2.0) == pytest.approx(-2 * 4 * one * 1.005**2 / 4, rel=1e-4)


def test_falcon_table_is_smooth_complete_and_unstable():
    table = aero_table(load_document(Vehicle, FALCON), nozzle_exit_area=6.0)
    assert table.normal.shape == (len(table.mach), len(table.angle)) == table.axial.shape
    assert np.all(np.isfinite(table.normal)) and np.all(table.normal >= 0)
    small = table.at(0.5, np.radians(1.0))
    side = sum(b.side()[0] for b in _bodies()) / table.reference_area
    linear = table.slope[5] * np.radians(1.0)
    assert small.normal == pytest.approx(linear + 1.1 * side * np.radians(1.0) ** 2, rel=0.01)
    assert small.axial < small.axial_power_off
    center = table.at(0.5, np.radians(4.0)).center_of_pressure
    assert center is not None and 40 < center < 65
    # the boat-tail's loss of lift puts the centre for a vanishing angle ahead of the nose: a hammerhead
    assert table.static_margin(0.5, 25.0) < 0
    assert table.pitch_damping(0.5, 25.0) < 0
    assert table.at(0.5, pi).axial < 0  # base first, the air pushes towards the nose
    across = table.at(0.3, pi / 2)
    assert across.axial == pytest.approx(0.0, abs=1e-9)
    assert across.normal * table.reference_area == pytest.approx(1.1 * sum(b.side()[0] for b in _bodies()), rel=0.02)


def _bodies():
    from osea_rocket.vehicle.body_loads import profile

    return [Body(*profile(load_document(Vehicle, FALCON), 0, True))]
