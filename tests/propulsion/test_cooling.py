"""Cooling: correlations against hand-worked values, the wall's balance, conservation, findings, bad input."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError, OseaError, UndecidedError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cooling.boiling import critical_heat_flux, pool_burnout
from osea_rocket.propulsion.cooling.contour import wall_of
from osea_rocket.propulsion.cooling.coolant import Saturation, coolant
from osea_rocket.propulsion.cooling.coolant_side import (
    curvature_factor,
    friction_factor,
    gnielinski,
    petukhov_friction,
    property_exponent,
    taylor_nusselt,
)
from osea_rocket.propulsion.cooling.document import Cooling
from osea_rocket.propulsion.cooling.film import blowing_factor
from osea_rocket.propulsion.cooling.gas import WallGas, bartz_transport
from osea_rocket.propulsion.cooling.hot_side import bartz_coefficient, bartz_sigma
from osea_rocket.propulsion.cooling.passages import Section
from osea_rocket.propulsion.cooling.result import CoolingResult
from osea_rocket.propulsion.cooling.solve import cool, gas_along, jacket
from osea_rocket.propulsion.cooling.structure import floor_bending_stress, thermal_stress
from osea_rocket.propulsion.cooling.wall import at, conduction, wall_material, wall_materials
from osea_rocket.propulsion.thermo.reactants import mixture_of, reactant

THROAT = 0.03
X = np.linspace(-0.20, 0.25, 181)
# a cosine from a contraction ratio of 4 into the throat, a parabola-like bell to 12
# a cylinder, half a cosine from a contraction ratio of 4 into the throat, a bell to an expansion ratio of 12
RADIUS = np.select(
    [X < -0.12, X < 0.0],
    [np.full_like(X, 2.0 * THROAT), THROAT * (1.5 - 0.5 * np.cos(np.pi * X / 0.12))],
    THROAT * np.sqrt(1.0 + 11.0 * (np.maximum(X, 0.0) / 0.25) ** 1.5),
)


def channels(**changes: object) -> dict:
    station = {"width": 1.0e-3, "height": 2.5e-3, "floor": 0.8e-3}
    geometry = {
        "type": "channels", "count": 80, "material": "CuCrZr", "jacket": 2e-3, "jacket_material": "Inconel 718",
        "stations": [station | {"x": -0.2}, station | {"x": 0.25}],
    }  # fmt: skip
    return {
        "name": "liner", "coolant": "methane", "mass_flow": 1.4, "begin": 0.12, "end": -0.2, "geometry": geometry,
        "roughness": 2e-6, "inlet_pressure": 120e5, "inlet_temperature": 115.0,
    } | changes  # fmt: skip


def cooling(**changes: object) -> Cooling:
    return Cooling.model_validate({"name": "methane chamber", "circuits": [channels()]} | changes)


@pytest.fixture(scope="module")
def gas() -> WallGas:
    mixture = mixture_of(reactant("O2(L)"), reactant("CH4(L)"), 3.2)
    return gas_along(cooling(), mixture, 50e5, X, RADIUS)


@pytest.fixture(scope="module")
def result(gas: WallGas) -> CoolingResult:
    return cool(cooling(), X, RADIUS, gas, steps=60)


def test_bartz_by_hand() -> None:
    """A 1000 psia throat of 24.9 in worked in the units of the paper, with its g of 32.2 ft/s2, and in SI."""
    psi, inch, r = 6894.757, 0.0254, 1.0 / 1.8
    viscosity = 4.18e-6 * 0.45359237 / inch  # lb/(in s)
    cp = 0.485 * 1055.056 / 0.45359237 / r
    h = bartz_coefficient(viscosity, cp, 0.816, 1000 * psi, 5660 * 0.3048, 24.9 * inch, 11.78 * inch, 1.0, 1.0)
    english = (
        0.026 / 24.9**0.2 * (4.18e-6**0.2 * 0.485 / 0.816**0.6) * (1000 * 32.2 / 5660) ** 0.8 * (24.9 / 11.78) ** 0.1
    )
    assert h * r * inch**2 / 1055.056 == pytest.approx(english, rel=2e-3)
    assert english == pytest.approx(0.00272, rel=0.01)


def test_sigma_is_one_for_a_hot_wall_at_rest() -> None:
    assert bartz_sigma(3500.0, 3500.0, 1.0) == pytest.approx(1.0)
    assert bartz_sigma(800.0, 3500.0, 1.0) > 1.3  # a cold wall takes more


def test_bartz_transport_of_air() -> None:
    """His estimates are within a few percent for air: 1.85e-5 Pa s and Pr 0.74 at 300 K (γ = 1.4: 5.6/7.6)."""
    viscosity, conductivity = bartz_transport(300.0, 28.96e-3, 1005.0)
    assert viscosity == pytest.approx(1.85e-5, rel=0.06)
    assert viscosity * 1005.0 / conductivity == pytest.approx(5.6 / 7.6, rel=5e-3)


def test_gnielinski_and_friction() -> None:
    """Re 1e5, Pr 0.7: Petukhov's f = 0.0180, Gnielinski's Nu = 175; Moody's f at ε/D = 0.001 is 0.0222."""
    assert petukhov_friction(1e5) == pytest.approx(0.0180, rel=5e-3)
    assert gnielinski(1e5, 0.7, 0.0180) == pytest.approx(177.0, rel=0.02)
    assert friction_factor(1e5, 1e-5, 1e-2) == pytest.approx(0.0222, rel=0.015)
    assert friction_factor(1000.0, 1e-5, 1e-2) == pytest.approx(0.064)
    assert friction_factor(2300.0, 0.0, 1e-2) == pytest.approx(friction_factor(2301.0, 0.0, 1e-2), rel=2e-3)


def test_curvature_raises_the_outer_side_and_lowers_the_inner() -> None:
    outer = curvature_factor(1e6, 2e-3, 1.0 / 0.04)
    assert outer == pytest.approx((1e6 * (1e-3 / 0.04) ** 2) ** 0.05)
    assert curvature_factor(1e6, 2e-3, -1.0 / 0.04) == pytest.approx(1.0 / outer)
    assert curvature_factor(1e4, 1e-3, 0.01) == 1.0  # below Itō's range


def test_taylor_reduces_to_dittus_boelter() -> None:
    assert taylor_nusselt(1e5, 0.7, 1.0, 50.0) == pytest.approx(0.023 * 1e5**0.8 * 0.7**0.4)
    assert taylor_nusselt(1e5, 0.7, 5.0, 50.0) < 0.5 * taylor_nusselt(1e5, 0.7, 1.0, 50.0)


def test_property_exponent() -> None:
    assert property_exponent(0.9, 0.8, 1.0) == 0.4
    assert property_exponent(1.5, 0.9, 1.0) == pytest.approx(0.5)
    assert property_exponent(1.5, 1.1, 1.0) == pytest.approx(0.45)
    assert property_exponent(1.5, 1.3, 1.0) == 0.4
    assert property_exponent(40.0, 0.9, 1.0) == property_exponent(2.5, 0.9, 1.0)  # held beyond the experiments


def test_crown_is_projected_when_the_gas_limits_and_wetted_when_the_coolant_does() -> None:
    tube = Section(True, 1e-6, 1e-3, 3e-4, 2e-3, 1.0, 2e-3, 3e-3, 0.0)
    assert tube.crown_factor(1000.0, 1e-9) == pytest.approx(1.0, abs=1e-4)
    assert 1.4 < tube.crown_factor(1000.0, 1.0) < 0.5 * np.pi
    even = Section(True, 1e-6, 1e-3, 3e-4, 2e-3, 1.0, 2e-3, 3e-3, 0.0, True)
    assert even.crown_factor(1000.0, 1e-9) == pytest.approx(0.5 * np.pi)


def test_ribs_are_fins() -> None:
    channel = Section(False, 2e-6, 1e-3, 1e-3, 2e-3, 1.0, 1e-3, 2e-3, 1e-3)
    assert channel.coolant_share(1.0, 300.0, False) == pytest.approx((1.0 + 2.0 * 2.0) / 2.0, rel=1e-4)  # fully used
    assert channel.coolant_share(1e11, 300.0, False) == pytest.approx(0.5, rel=0.01)  # the floor only


def test_conduction_integral() -> None:
    copper = conduction("CuCrZr")
    hot, flux, t = 800.0, 40e6, 1e-3
    cold = copper.cold_side(hot, flux, t)
    k = at(wall_material("CuCrZr").conductivity, 0.5 * (hot + cold))
    assert (hot - cold) * k / t == pytest.approx(flux, rel=2e-3)
    assert copper.cold_side(hot, 0.0, t) == hot


def test_every_material_has_sources_and_falls_not_below_zero() -> None:
    for m in wall_materials():
        for table in (m.conductivity, m.expansion, m.youngs_modulus, m.yield_strength):
            if table is not None:
                assert table.citation and min(table.values) > 0.0
    with pytest.raises(InputError, match="GRCop-42"):
        wall_material("GRCop42")


def test_stresses() -> None:
    assert thermal_stress(120e9, 17e-6, 30e6, 1e-3, 0.33, 320.0) == pytest.approx(142.7e6, rel=1e-3)
    assert floor_bending_stress(5e6, 2e-3, 1e-3) == pytest.approx(10e6)


def test_zuber_kutateladze_for_water() -> None:
    """Saturated water at 1 atm burns out near 1.1 to 1.4 MW/m²; subcooling and convection add to it."""
    water = Saturation(373.15, 958.4, 0.598, 2.257e6, 4216.0, 0.0589)
    pool = pool_burnout(2.257e6, 0.598, 958.4, 0.0589, 4216.0, 0.0)
    assert 1.1e6 < pool < 1.5e6
    assert critical_heat_flux(water, 373.15, 1e4) == pytest.approx(pool)
    assert critical_heat_flux(water, 323.15, 1e4) > pool + 1e4 * 50.0


def test_blowing_lessens_heat() -> None:
    assert blowing_factor(1e-6) == pytest.approx(1.0, abs=1e-5)
    assert blowing_factor(3.0) == pytest.approx(np.log(4.0) / 3.0)


def test_energy_and_bounds(result: CoolingResult) -> None:
    """What the wall gives is what the coolant takes, to the integration's accuracy; temperatures in physical order."""
    c = result.circuits[0]
    fluid = coolant("methane")
    taken = 1.4 * (
        fluid.at_temperature(c.outlet_pressure, c.outlet_temperature).enthalpy
        - fluid.at_temperature(c.inlet_pressure, c.inlet_temperature).enthalpy
    )
    assert c.heat == pytest.approx(taken, rel=1e-4)
    assert np.all(c.temperature < c.cold_wall_temperature)
    assert np.all(c.cold_wall_temperature < c.hot_wall_temperature)
    assert np.all(c.hot_wall_temperature < c.adiabatic_temperature)
    peak = float(c.x[int(np.argmax(c.heat_flux))])
    assert -0.03 < peak < 0.01  # a little ahead of the throat
    assert c.pressure_drop > 0.0
    for name in ("heat_flux", "pressure", "thermal_stress", "mach", "coolant_coefficient"):
        assert np.all(np.isfinite(getattr(c, name)))


def test_balance_holds_at_the_hottest_place(result: CoolingResult) -> None:
    """q = k/t (T_hot − T_cold) through the floor, and q A = h A_eff (T_cold − T_b) into the coolant."""
    c = result.circuits[0]
    k = int(np.argmax(c.heat_flux))
    mean = 0.5 * (c.hot_wall_temperature[k] + c.cold_wall_temperature[k])
    through = at(wall_material("CuCrZr").conductivity, mean) / 0.8e-3
    assert c.heat_flux[k] == pytest.approx(through * (c.hot_wall_temperature[k] - c.cold_wall_temperature[k]), rel=2e-3)
    pitch = 2.0 * np.pi * c.radius[k] / 80
    rib = 2.0 * np.pi * (c.radius[k] + 0.8e-3) / 80 - 1e-3
    h = c.coolant_coefficient[k]
    m = np.sqrt(2.0 * h / (at(wall_material("CuCrZr").conductivity, c.cold_wall_temperature[k]) * rib))
    area = (1e-3 + 2.0 * np.tanh(m * 2.5e-3) / m) / pitch
    assert h * area * (c.cold_wall_temperature[k] - c.temperature[k]) == pytest.approx(c.heat_flux[k], rel=1e-4)


def test_steps_converge(gas: WallGas, result: CoolingResult) -> None:
    fine = cool(cooling(), X, RADIUS, gas, steps=120)
    assert result.heat == pytest.approx(fine.heat, rel=3e-3)
    assert result.pressure_drop == pytest.approx(fine.pressure_drop, rel=1e-2)


def test_both_gas_sides_and_cantera_agree_in_magnitude(gas: WallGas, result: CoolingResult) -> None:
    other = cooling(gas_side="reference enthalpy", transport="cantera")
    kinetic = gas_along(other, gas.mixture, 50e5, X, RADIUS)
    second = cool(other, X, RADIUS, kinetic, steps=60)
    assert 0.5 < second.heat / result.heat < 1.6
    assert not any(f.rule == "cooling.transport" for f in second.findings)
    mixed = cool(cooling(transport="cantera"), X, RADIUS, kinetic, steps=60)
    assert any(f.rule == "cooling.transport" for f in mixed.findings)


def test_jacket_is_what_the_cycle_takes(gas: WallGas, result: CoolingResult) -> None:
    heat, drop = jacket(cooling(), X, RADIUS, gas, steps=60)
    assert (heat, drop) == (result.heat, result.pressure_drop)
    more, higher = jacket(cooling(), X, RADIUS, gas, mass_flow=1.6, steps=60)
    assert more > heat and higher > drop


def test_round_trip_and_hash(result: CoolingResult) -> None:
    assert CoolingResult.from_json(result.to_json()) == result
    assert result.input_hash == cooling().content_hash()


def test_file_round_trip(tmp_path: Path) -> None:
    """The document survives its file, units and all; a bare number is refused with its place."""
    path = tmp_path / "cooling.yaml"
    path.write_text(yaml.safe_dump(cooling().to_plain(), allow_unicode=True), encoding="utf-8")
    again = load_document(Cooling, path)
    assert again.content_hash() == cooling().content_hash()
    text = path.read_text(encoding="utf-8").replace("mass_flow: 1.4 kg/s", "mass_flow: 1.4")
    assert text != path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="without a unit"):
        load_document(Cooling, path)


def severities(result: CoolingResult, rule: str) -> set[Severity]:
    return {f.severity for f in result.findings if f.rule == rule}


def test_findings_say_what_to_change(gas: WallGas) -> None:
    thick = channels(least_outlet_pressure=200e5)
    thick["geometry"] = thick["geometry"] | {
        "material": "Inconel 718", "jacket": 1e-5,
        "stations": [s | {"floor": 2e-3} for s in thick["geometry"]["stations"]],
    }  # fmt: skip
    hot = cool(cooling(circuits=[thick]), X, RADIUS, gas, steps=40)
    by_rule = {f.rule: f for f in hot.findings}
    assert by_rule["cooling.wall_temperature"].severity is Severity.WARN  # the limit is recalled
    assert "thinner" in by_rule["cooling.wall_temperature"].message
    assert by_rule["cooling.outlet_pressure"].severity is Severity.ERROR
    assert by_rule["cooling.jacket"].severity is Severity.ERROR
    assert by_rule["cooling.combined_stress"].margin is not None and by_rule["cooling.combined_stress"].margin < 0.0


def test_kerosene_cokes_and_is_a_surrogate(gas: WallGas) -> None:
    slow = channels(coolant="RP-1", mass_flow=0.8, inlet_temperature=298.0)
    r = cool(cooling(circuits=[slow]), X, RADIUS, gas, steps=40)
    assert severities(r, "cooling.coking") == {Severity.ERROR}
    assert severities(r, "cooling.surrogate") == {Severity.WARN}


def test_boiling_ethanol_is_judged(gas: WallGas) -> None:
    wet = channels(coolant="ethanol", mass_flow=2.5, inlet_temperature=298.0, inlet_pressure=58e5)
    r = cool(cooling(circuits=[wet]), X, RADIUS, gas, steps=40)
    found = severities(r, "cooling.critical_heat_flux")
    assert found and found <= {Severity.WARN, Severity.ERROR, Severity.OK}


def test_film_and_extension(gas: WallGas, result: CoolingResult) -> None:
    film = {"coolant": "ethanol", "phase": "liquid", "mass_flow": 0.25, "x": -0.19, "temperature": 300.0,
            "conduction_efficiency": 0.5}  # fmt: skip
    shorter = [channels(begin=0.1)]
    both = {"film": film, "extension": {"begin": 0.13, "material": "Niobium C-103"}}
    r = cool(cooling(circuits=shorter, **both), X, RADIUS, gas, steps=40)
    assert r.film is not None and r.extension is not None
    assert 0.0 < r.film.liquid_length < 0.2
    assert np.all(np.diff(r.film.effectiveness) <= 1e-12)
    assert r.heat < result.heat
    e = r.extension
    radiated = 0.8 * 5.670374419e-8 * (e.temperature**4 - 3.0**4)
    assert np.allclose(radiated, e.heat_flux, rtol=1e-6)
    assert np.all(np.diff(e.temperature) < 0.0)
    assert severities(r, "cooling.wall_temperature") >= {Severity.WARN}  # niobium is too hot so far forward
    assert severities(r, "cooling.film") == {Severity.OK}
    wet = cool(cooling(circuits=shorter, film=film | {"mass_flow": 1.0}), X, RADIUS, gas, steps=40)
    assert severities(wet, "cooling.film") == {Severity.WARN}  # liquid through the throat
    with pytest.raises(InputError, match="phase: gas"):
        cool(cooling(film=film | {"coolant": "methane", "temperature": 150.0}), X, RADIUS, gas, steps=10)
    gaseous = film | {"coolant": "methane", "phase": "gas", "temperature": 300.0}
    assert cool(cooling(circuits=shorter, film=gaseous), X, RADIUS, gas, steps=40).heat < result.heat


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"coolant": "MMH"}, "no equation of state"),
        ({"coolant": "nitrous oxide"}, "viscosity or conductivity"),
        ({"begin": 0.3}, "add stations"),
        ({"end": 0.12}, "needs a length"),
        ({"after": "none"}, "takes its inlet from there"),
        ({"inlet_pressure": None}, "give inlet_pressure"),
    ],
)
def test_bad_circuits(gas: WallGas, change: dict, message: str) -> None:
    with pytest.raises((OseaError, ValueError), match=message):
        cool(Cooling.model_validate({"name": "bad", "circuits": [channels(**change)]}), X, RADIUS, gas, steps=10)


def test_bad_geometry_and_material(gas: WallGas) -> None:
    wide = channels()
    wide["geometry"] = wide["geometry"] | {"count": 300}
    with pytest.raises(InputError, match="leave no rib"):
        cool(cooling(circuits=[wide]), X, RADIUS, gas, steps=10)
    odd = channels()
    odd["geometry"] = odd["geometry"] | {"material": "unobtainium"}
    with pytest.raises(ValueError, match="unknown wall material"):
        cooling(circuits=[odd])


def test_choking_is_undecided_not_a_number(gas: WallGas) -> None:
    narrow = channels(mass_flow=9.0)
    with pytest.raises(UndecidedError, match=r"widen|pressure|enthalpy"):
        cool(cooling(circuits=[narrow]), X, RADIUS, gas, steps=40)


def test_bad_contours() -> None:
    for x, r, message in (
        (X[::-1], RADIUS, "ascend"),
        (X, RADIUS[:-1], "equally long"),
        (X, np.full_like(X, 0.03), "no throat"),
        (X, np.where(X > 0.1, np.nan, RADIUS), "finite"),
    ):
        with pytest.raises(InputError, match=message):
            wall_of(x, r)
