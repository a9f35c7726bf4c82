"""Drag build-up: each relation at points computed by hand, the sum, its smoothness, and its shape beside published curves."""

from math import atan, pi
from pathlib import Path

import numpy as np
import pytest
import yaml

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.numeric import evaluate_table
from osea_rocket.vehicle import drag_methods as methods
from osea_rocket.vehicle.aerodynamics import DragTable, drag_table, mach_points
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.vehicle import DragCurve, StrapOns, Vehicle

HERE = Path(__file__).parent
FALCON = HERE.parents[1] / "examples" / "falcon9" / "vehicle.yaml"
NOZZLES = 9 * pi / 4 * 0.92**2


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


@pytest.fixture(scope="module")
def table(falcon) -> DragTable:
    return drag_table(falcon, nozzle_exit_area=NOZZLES)


def test_relations_at_known_points():
    assert methods.base(0.0) == 0.12
    assert methods.base(2.0) == 0.125
    assert methods.stagnation(1.0) == pytest.approx(1.275)
    assert methods.stagnation(5.0) == pytest.approx(1.84 - 0.76 / 25 + 0.166 / 625 + 0.035 / 15625)
    # 1/(1.5 ln 1e7 - 5.6)² = 0.002909: within 3 % of Prandtl-Schlichting 0.455/(log10 Re)^2.58 = 0.003004
    smooth = methods.skin_friction(1e7, 0.0, 1e-9)
    assert smooth == pytest.approx(1 / (1.5 * np.log(1e7) - 5.6) ** 2)
    assert smooth == pytest.approx(0.455 / 7**2.58, rel=0.04)
    # A cone of 15 degrees at Mach 2: 2.1 sin² + 0.5 sin/sqrt(3)
    s = np.sin(np.radians(15))
    assert methods.nose("conical", 1 / (2 * np.tan(np.radians(15))), 1.0, 2.0) == pytest.approx(
        2.1 * s**2 + 0.5 * s / 3**0.5
    )
    # Boat-tail: the base's at 1:1 and steeper, nothing at 3:1
    assert methods.boattail(0.5, 1.0, 2.0, 1.0) == methods.base(0.5)
    assert methods.boattail(0.5, 3.0, 2.0, 1.0) == 0.0


def test_noses_of_fineness_3_are_the_data():
    for shape, data in methods.drag_data()["noses_of_fineness_3"].items():
        for mach, drag in zip(data["mach"], data["drag"], strict=True):
            assert methods.nose(shape, 3.0, 1.0, mach) == pytest.approx(drag, abs=1e-12)


def test_nose_agrees_with_an_independent_correlation():
    # Bonney's correlation as in Fleeman (2001): (1.586 + 1.834/M²) atan(0.5/(l/d))^1.69; from memory, so a wide band.
    for fineness in (1.0, 1.5, 2.0, 3.0):
        for mach in (1.5, 2.0, 3.0):
            other = (1.586 + 1.834 / mach**2) * atan(0.5 / fineness) ** 1.69
            assert methods.nose("ogive", fineness, 1.0, mach) == pytest.approx(other, rel=0.25)


def test_nose_drag_is_continuous_and_never_negative():
    for shape in ("conical", "ogive", "ellipsoidal", "von-karman"):
        for fineness in (0.6, 1.0, 3.0):
            machs = np.linspace(0, 6, 6001)
            drag = np.array([methods.nose(shape, fineness, 1.0, m) for m in machs])
            assert drag.min() >= 0.0
            assert np.abs(np.diff(drag)).max() < 0.006  # in 0.001 of Mach number


def test_parts_add_up(table):
    total = table.friction + table.nose + table.boattail + table.base
    np.testing.assert_allclose(total, table.cd, rtol=1e-12)
    np.testing.assert_allclose(table.cd - table.base + table.base_power_off, table.cd_power_off, rtol=1e-12)
    assert np.all(table.cd_power_off > table.cd)
    assert table.reference_area == pytest.approx(pi / 4 * 5.2**2)
    # By hand at Mach 1.5: base 0.25/1.5 on a 3.66 m circle less nine nozzles of 0.92 m, over a 5.2 m circle.
    base = 0.25 / 1.5 * (3.66**2 - 9 * 0.92**2) / 5.2**2
    assert table.base[np.flatnonzero(table.mach == 1.5)[0]] == pytest.approx(base)


def test_wetted_area_by_hand(falcon, table):
    # Cylinders, boat-tail, and the tangent ogive's surface 2 pi rho [(R - rho) asin(L/rho) + L]
    radius, length = 2.6, 5.2
    rho = (radius**2 + length**2) / (2 * radius)
    nose = 2 * pi * rho * ((radius - rho) * np.arcsin(length / rho) + length)
    cone = pi * (2.6 + 1.83) * np.hypot(1.0, 0.77)
    cylinders = pi * 5.2 * 6.9 + pi * 3.66 * (41.2 + 6.5 + 13.8 - 4.8)
    assert table.wetted_area == pytest.approx(nose + cone + cylinders, rel=1e-3)


def test_spline_does_not_swing(table):
    spline = table.table()
    machs = np.linspace(0, 30, 30001)
    curve = np.array([evaluate_table(spline, m) for m in machs])
    straight = np.interp(machs, table.mach, table.cd)
    assert np.abs(curve - straight).max() < 0.005
    rising = machs < table.mach[np.argmax(table.cd)]
    assert np.diff(curve[rising & (machs > 0.2)]).min() > -1e-5
    falling = machs > table.mach[np.argmax(table.cd)] + 0.05
    assert np.diff(curve[falling]).max() < 1e-5


def test_round_trip(table):
    assert DragTable.from_json(table.to_json()).same_as(table)


def test_shape_beside_published_launchers(table):
    """Peak a little above Mach 1, two to six times the subsonic value, and never a factor 2.2 from a flown vehicle's."""
    published = yaml.safe_load((HERE / "launcher_drag.yaml").read_text())
    spline = table.table()
    assert 1.0 < table.mach[np.argmax(table.cd)] < 1.35
    assert 2 < table.cd.max() / evaluate_table(spline, 0.4) < 6
    for curve in published.values():
        ratios = [evaluate_table(spline, m) / c for m, c in zip(curve["mach"], curve["coefficient"], strict=True)]
        assert all(1 / 2.2 < r < 2.2 for r in ratios), ratios


def test_air_of_the_reference_flight_is_the_standard_atmosphere():
    from osea_rocket.trajectory.environment.atmosphere import density, standard_atmosphere, temperature

    air, standard = methods.drag_data()["atmosphere"], standard_atmosphere()
    for z, t, rho in zip(air["altitude_km"], air["temperature_K"], air["density_kg_m3"], strict=True):
        assert temperature(standard, z * 1e3) == pytest.approx(t, rel=2e-3)
        assert density(standard, z * 1e3) == pytest.approx(rho, rel=3e-3)


def test_reference_flight_hardly_matters(falcon, table, monkeypatch):
    real = methods.reference_reynolds
    monkeypatch.setattr(methods, "reference_reynolds", lambda mach, length: 2 * real(mach, length))
    other = drag_table(falcon, nozzle_exit_area=NOZZLES)
    assert np.abs(other.cd / table.cd - 1).max() < 0.05


def test_stages_and_boosters(falcon, table):
    upper = drag_table(falcon, lowest_stage=1)
    assert upper.wetted_area < table.wetted_area
    bare = drag_table(falcon, lowest_stage=1, fairing=False)
    assert bare.reference_area == pytest.approx(pi / 4 * 3.66**2)
    assert bare.nose[0] == pytest.approx(0.85)
    booster = Stage(
        name="booster",
        role="strap-on",
        diameter=2.0,
        length=20.0,
        dry_mass=5e3,
        propellant_mass=40e3,
        engine=falcon.stages[0].engine,
        nose_length=3.0,
        nose_shape="conical",
    )
    heavy = drag_table(falcon.evolve(boosters=(StrapOns(stage=booster, count=2),)), nozzle_exit_area=NOZZLES)
    assert np.all(heavy.cd > table.cd)
    assert heavy.reference_area == table.reference_area
    assert "aerodynamics.interference" in [f.rule for f in heavy.findings]


def test_given_curve_is_used_as_it_stands(falcon):
    curve = DragCurve(
        mach=(0, 0.8, 1.1, 3, 8), coefficient=(0.3, 0.35, 0.7, 0.4, 0.3), reference_area=10.0, source="wind tunnel"
    )
    given = drag_table(falcon.evolve(drag=curve), nozzle_exit_area=1.0)
    assert given.method == "given" and given.reference_area == 10.0 and given.sources == ("wind tunnel",)
    assert evaluate_table(given.table(), 1.1) == pytest.approx(0.7)
    later = drag_table(falcon.evolve(drag=curve), lowest_stage=1)
    assert [f.rule for f in later.findings] == ["aerodynamics.given_curve"]


def test_bad_arguments(falcon):
    with pytest.raises(InputError, match="cannot be negative"):
        drag_table(falcon, nozzle_exit_area=-1.0)
    with pytest.raises(InputError, match="has 2 stages"):
        drag_table(falcon, lowest_stage=2)
    with pytest.raises(ValueError, match="unknown nose shape"):
        methods.nose("spoon", 1.0, 1.0, 1.0)
    assert np.all(np.diff(mach_points()) > 0)
