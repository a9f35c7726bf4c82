"""Tanks and the liquid in them against closed formulas."""

from math import pi

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.vehicle.liquid import level, liquid
from osea_rocket.vehicle.solids import combine, cylindrical_shell, shell_of_revolution
from osea_rocket.vehicle.tank import Dome, Tank

FLAT = Dome(shape="flat")
ROUND = Dome(shape="hemispherical")


def tank(**changes) -> Tank:
    fields = {"name": "t", "contents": "LOX", "diameter": 2.0, "propellant_mass": 1000.0, "density": 1000.0}
    return Tank.model_validate(fields | {"lower_dome": FLAT, "upper_dome": FLAT} | changes)


def test_flat_tank_is_a_cylinder():
    t = tank(cylinder_length=3.0, propellant_mass=3000.0)
    body = liquid(t, 3000.0, bottom=10.0)
    height = 3.0 / pi  # 3 m^3 on pi m^2
    assert level(t, 3.0) == pytest.approx(height, rel=1e-12)
    assert body.mass == pytest.approx(3000.0, rel=1e-14)
    assert body.station == pytest.approx(10.0 + height / 2, rel=1e-12)
    assert body.roll == pytest.approx(3000.0 / 2, rel=1e-12)
    assert body.pitch == pytest.approx(3000.0 * (3 + height**2) / 12, rel=1e-12)


def test_sphere_half_full_and_full():
    volume = 4 / 3 * pi
    t = tank(lower_dome=ROUND, upper_dome=ROUND, cylinder_length=0.0, propellant_mass=volume * 1000)
    assert t.internal_volume == pytest.approx(volume)
    full = liquid(t, t.propellant_mass)
    assert full.station == pytest.approx(1.0, rel=1e-9)
    assert full.roll == pytest.approx(0.4 * full.mass, rel=1e-9)
    assert full.pitch == pytest.approx(0.4 * full.mass, rel=1e-9)
    half = liquid(t, t.propellant_mass / 2)
    assert half.station == pytest.approx(1.0 - 3 / 8, rel=1e-9)
    assert half.roll == pytest.approx(0.4 * half.mass, rel=1e-9)
    assert half.pitch == pytest.approx((0.4 - 9 / 64) * half.mass, rel=1e-9)  # hemisphere about its centre of mass


def test_inward_dome_takes_its_volume_away():
    inward = Dome(height_ratio=0.5, inward=True)
    t = tank(lower_dome=inward, cylinder_length=2.0, propellant_mass=1.0)
    assert t.internal_volume == pytest.approx(pi * 2.0 - 2 / 3 * pi * 0.5)
    assert t.height == 2.0
    full = liquid(t, t.internal_volume * 1000)
    moment = pi * 2.0 * 1.0 - 2 / 3 * pi * 0.5 * (3 / 8 * 0.5)  # cylinder less half ellipsoid (3/8 of its height up)
    assert full.station == pytest.approx(moment / t.internal_volume, rel=1e-9)


def test_length_follows_from_load_and_ullage():
    t = tank(ullage=0.05, lower_dome=Dome(), upper_dome=Dome(), propellant_mass=20000.0)
    assert t.internal_volume == pytest.approx(20 / 0.95)
    assert t.fill == pytest.approx(0.95)


@settings(deadline=None, max_examples=60)
@given(
    diameter=st.floats(0.3, 8.0),
    length=st.floats(1.0, 30.0),
    lower=st.floats(0.1, 1.0),
    upper=st.floats(0.1, 1.0),
    inward=st.booleans(),
    share=st.floats(0.001, 1.0),
)
def test_liquid_lies_on_the_bottom_inside_the_tank(diameter, length, lower, upper, inward, share):
    length += diameter
    t = tank(
        diameter=diameter,
        lower_dome=Dome(height_ratio=lower, inward=inward),
        upper_dome=Dome(height_ratio=upper),
        cylinder_length=length,
        propellant_mass=1e-3,
    )
    mass = share * t.internal_volume * 1000
    body = liquid(t, mass)
    surface = level(t, share * t.internal_volume)
    assert body.mass == pytest.approx(mass, rel=1e-12)
    assert 0 < body.station < surface <= t.height * (1 + 1e-12)
    assert 0 < body.roll <= mass * (diameter / 2) ** 2
    more = liquid(t, min(mass * 1.01, t.internal_volume * 1000))
    assert more.station >= body.station * (1 - 1e-9)  # pouring on top lifts the centre of mass


def test_shells_of_revolution():
    # Cone shell: centre at a third from the base; roll m R²/2. Sphere: 2/3 m R². Cylinder: the closed formula.
    cone = shell_of_revolution(6.0, (0.0, 3.0), (1.5, 0.0))
    assert cone.station == pytest.approx(1.0)
    assert cone.roll == pytest.approx(6.0 * 1.5**2 / 2)
    n = 400
    import numpy as np

    angle = np.linspace(0, pi, n)
    sphere = shell_of_revolution(3.0, 1 - np.cos(angle), np.sin(angle))
    assert sphere.roll == pytest.approx(2.0, rel=1e-4)
    assert sphere.pitch == pytest.approx(2.0, rel=1e-4)
    a, b = shell_of_revolution(5.0, (1.0, 4.0), (2.0, 2.0)), cylindrical_shell(5.0, 1.0, 3.0, 2.0)
    assert (a.station, a.roll, a.pitch) == pytest.approx((b.station, b.roll, b.pitch))


def test_cut_shell_adds_up_to_the_whole():
    whole = shell_of_revolution(9.0, (0.0, 3.0, 9.0), (1.0, 1.0, 1.0))
    parts = combine([cylindrical_shell(3.0, 0.0, 3.0, 1.0), cylindrical_shell(6.0, 3.0, 6.0, 1.0)])
    assert (parts.mass, parts.station, parts.roll, parts.pitch) == pytest.approx(
        (whole.mass, whole.station, whole.roll, whole.pitch)
    )


def test_overfull_level_is_refused():
    with pytest.raises(ValueError, match="holds 0 to"):
        level(tank(cylinder_length=1.0), 99.0)
