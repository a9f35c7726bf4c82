"""Tap-off, film and dump cooling, exchanger, orifice, recirculation, machine sizes, and the published engines that use them."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cycles.balance import balance, prepare
from osea_rocket.propulsion.cycles.document import EngineCycle
from osea_rocket.propulsion.cycles.result import CycleBalance
from osea_rocket.propulsion.cycles.typical import typical_isp, typical_open_cycle

ENGINES = Path(__file__).parents[2] / "examples" / "engines"


@cache
def engine(name: str) -> EngineCycle:
    return load_document(EngineCycle, ENGINES / name)


@cache
def balanced(name: str) -> CycleBalance:
    return balance(engine(name))


def changed(cycle: EngineCycle, component: str, **values: Any) -> EngineCycle:
    return cycle.evolve(components=tuple(c.evolve(**values) if c.name == component else c for c in cycle.components))


def edited(name: str, tmp_path: Path, *replace: tuple[str, str]) -> Path:
    text = (ENGINES / name).read_text(encoding="utf-8")
    for old, new in replace:
        assert old in text, old
        text = text.replace(old, new)
    file = tmp_path / "engine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_tap_takes_its_gas_out_of_the_chamber() -> None:
    """Mass, oxygen and energy of the whole: what enters the chamber is what the throat passes and what is tapped."""
    b = balanced("j-2s.yaml")
    tap = b.stream("tap")
    assert tap.pressure == pytest.approx(b.chamber_pressure, rel=1e-9)
    assert tap.temperature == pytest.approx(920.0)
    entering = [s for s in b.streams if s.target == "thrust chamber"]
    assert sum(s.mass_flow for s in entering) == pytest.approx(b.chamber_mass_flow + tap.mass_flow, rel=1e-9)
    oxygen = next(s for s in entering if s.medium == "oxygen")
    ratio = b.burners[0].oxidizer_fuel_ratio
    left = oxygen.mass_flow - tap.mass_flow * ratio / (1 + ratio)
    assert b.chamber_oxidizer_fuel_ratio == pytest.approx(left / (b.chamber_mass_flow - left), rel=1e-9)
    assert b.chamber_oxidizer_fuel_ratio > b.oxidizer_fuel_ratio  # fuel-rich gas is missing in the core
    # its enthalpy is that of what is injected, burnt at its ratio
    fuel = next(s for s in entering if s.medium == "hydrogen")
    assert tap.enthalpy == pytest.approx((ratio * oxygen.enthalpy + fuel.enthalpy) / (1 + ratio), rel=1e-8)
    # the same engine with hotter gas needs less of it
    hot = balance(changed(engine("j-2s.yaml"), "tap", temperature=1050.0))
    assert hot.stream("tap").mass_flow < tap.mass_flow
    assert hot.isp_vacuum > b.isp_vacuum


def test_film_costs_what_two_streams_cost() -> None:
    b = balanced("s10.yaml")
    film = b.stream("film").mass_flow
    assert film == pytest.approx(0.25 * b.stream("fuel tank").mass_flow)
    core = b.chamber_mass_flow - 0.3 * film
    item = next(i for i in b.losses if i.name == "film at the wall that does not mix")
    before = b.losses[[i.name for i in b.losses].index(item.name) - 1].isp_after
    assert item.isp_after == pytest.approx((core * before + 0.3 * film * 200.0) / b.chamber_mass_flow, rel=1e-9)
    assert b.losses[-1].isp_after == pytest.approx(b.isp_vacuum, rel=1e-9)
    mixed = balance(changed(engine("s10.yaml"), "film", unmixed=0.0))
    assert mixed.isp_vacuum > b.isp_vacuum
    assert mixed.chamber_oxidizer_fuel_ratio == pytest.approx(1.65, rel=1e-9)


def test_heat_exchanger_moves_heat_and_makes_none() -> None:
    b = balanced("rs-25.yaml")
    cold_in = next(s for s in b.streams if s.target == "oxygen vaporizer")
    cold_out, hot_out = b.stream("oxygen vaporizer"), b.stream("exchanger hot side")
    hot_in = b.stream("high-pressure oxygen turbine")
    taken = cold_out.mass_flow * (cold_out.enthalpy - cold_in.enthalpy)
    given = hot_in.mass_flow * (hot_in.enthalpy - hot_out.enthalpy)
    assert cold_out.temperature == pytest.approx(448.7)
    assert taken == pytest.approx(given, rel=1e-8)
    assert taken > 3e5


def test_recirculated_oxygen_closes() -> None:
    """The boost pump's drive comes back ahead of the main pump, and the loop balances by itself."""
    b = balanced("rs-25.yaml")
    back, fresh = b.stream("low-pressure oxygen turbine"), b.stream("low-pressure oxygen pump")
    mixed = b.stream("oxygen mixer")
    assert mixed.mass_flow == pytest.approx(back.mass_flow + fresh.mass_flow, rel=1e-9)
    assert mixed.enthalpy * mixed.mass_flow == pytest.approx(
        back.enthalpy * back.mass_flow + fresh.enthalpy * fresh.mass_flow, rel=1e-9
    )
    assert b.turbine("low-pressure oxygen turbine").power == pytest.approx(
        b.pump("low-pressure oxygen pump").power, rel=1e-8
    )


def test_loop_without_a_mixer_is_said(tmp_path: Path) -> None:
    loop = ("fuel pump, cooling jacket, fuel injector", "fuel pump, cooling jacket, fuel pump, fuel injector")
    file = edited("rutherford.yaml", tmp_path, loop)
    with pytest.raises(InputError, match="runs in a circle"):
        prepare(load_document(EngineCycle, file))


def test_orifice_law() -> None:
    """Δp = (ṁ/(C A))²/(2 ρ): an area in place of a drop gives the same engine."""
    cycle = engine("aestus.yaml")
    b = balance(cycle)
    before, after = next(s for s in b.streams if s.target == "fuel injector"), b.stream("fuel injector")
    area = before.mass_flow / np.sqrt(2.0 * before.density * (before.pressure - after.pressure)) / 0.8
    again = balance(changed(cycle, "fuel injector", pressure_drop=None, flow_area=area, discharge_coefficient=0.8))
    assert again.stream("fuel orifice").pressure == pytest.approx(b.stream("fuel orifice").pressure, rel=1e-9)


def test_dump_cooling_leaves_with_thrust() -> None:
    b = balanced("vulcain.yaml")
    dump = next(e for e in b.exhausts if e.name == "dump nozzle")
    assert dump.mass_flow == pytest.approx(1.5)
    assert 350.0 < dump.isp_vacuum < 500.0  # hydrogen at 700 K
    out = sum(s.mass_flow for s in b.streams if s.target in ("thrust chamber", "dump nozzle", "fuel turbine exhaust",
                                                             "oxygen turbine exhaust"))  # fmt: skip
    assert out == pytest.approx(b.mass_flow, rel=1e-9)


def test_vulcain() -> None:
    """Fortescue et al., table 6.2: 270 kg/s, 432 s; parallel turbines (stored copy of portelatine): 11.9 and 3.3 MW."""
    b = balanced("vulcain.yaml")
    assert b.mass_flow == pytest.approx(270.0, rel=0.03)
    assert b.isp_vacuum == pytest.approx(432.0, rel=0.025)
    fuel, oxygen = b.turbine("fuel turbine"), b.turbine("oxygen turbine")
    assert fuel.inlet_temperature == oxygen.inlet_temperature
    assert fuel.mass_flow + oxygen.mass_flow == pytest.approx(b.burners[0].mass_flow, rel=1e-9)


def test_rs_25() -> None:
    """SSME Orientation (BC98-04), as transcribed: 2.48 MW, 47.04 MW, fuel preburner 65.29 kg/s."""
    b = balanced("rs-25.yaml")
    assert b.pump("low-pressure fuel pump").power == pytest.approx(2.48e6, rel=0.03)
    assert b.turbine("high-pressure fuel turbine").power == pytest.approx(47.04e6, rel=0.03)
    assert next(x for x in b.burners if x.name == "fuel preburner").mass_flow == pytest.approx(65.29, rel=0.03)


def test_methane_gas_says_how_uncertain_it_is() -> None:
    finding = next(f for f in balance(engine("raptor-2.yaml")).findings if f.rule == "cycle.methane_gas")
    assert finding.severity is Severity.WARN
    assert "far from equilibrium" in finding.message


def test_sizes_and_their_limits() -> None:
    """J-2's seven-stage fuel pump and the findings when a limit is stated."""
    b = balanced("j-2.yaml")
    size = b.pump("fuel pump").size
    assert size is not None
    assert size.speed_given
    assert size.tip_speed == pytest.approx(np.sqrt(9.80665 * b.pump("fuel pump").head / 7 / 0.60), rel=1e-9)
    assert size.tip_diameter == pytest.approx(2 * size.tip_speed / size.speed)
    hot = {
        (f.rule, f.severity)
        for f in balance(changed(engine("j-2.yaml"), "fuel pump", highest_tip_speed=100.0)).findings
    }
    assert ("cycle.tip_speed", Severity.ERROR) in hot
    few = balance(changed(engine("rs-25.yaml"), "high-pressure fuel pump", stages=1))
    assert any(f.rule == "cycle.stage_rise" for f in few.findings)
    free = balance(changed(engine("rs-25.yaml"), "high-pressure fuel pump", stages=None))
    assert free.pump("high-pressure fuel pump").stages == 3  # as built
    over = balance(changed(engine("j-2.yaml"), "fuel turbine", efficiency=0.80))
    assert any(f.rule == "cycle.turbine_efficiency" and f.severity is Severity.WARN for f in over.findings)


def test_motor_limit() -> None:
    b = balance(changed(engine("rutherford.yaml"), "fuel motor", highest_power=1e3))
    assert any(f.rule == "cycle.motor_power" and f.severity is Severity.ERROR for f in b.findings)


@pytest.mark.parametrize(
    ("name", "cycle", "ratio", "bar", "area", "published"),
    [
        ("HM7B", "gas generator", 5.0, 37.0, 83.1, 444.6),  # Wikipedia
        ("Vulcain", "gas generator", 5.25, 107.0, 45.0, 432.0),  # Fortescue et al.
        ("SE-21D", "expander bleed", 4.871, 66.49, 12.52, 407.28),  # Sippel et al.
    ],
)
def test_isp_of_open_cycles(name: str, cycle: str, ratio: float, bar: float, area: float, published: float) -> None:
    assert typical_isp(name, cycle, "LOX", "LH2", ratio, bar * 1e5, area) == pytest.approx(published, rel=0.025)


def test_typical_tap_off_and_fuels_without_a_model() -> None:
    assert 300.0 < balance(typical_open_cycle("x", "tap-off", "LOX", "RP-1", 2.3, 60e5, 30.0)).isp_vacuum < 340.0
    assert 330.0 < typical_isp("x", "gas generator", "LOX", "LCH4", 3.4, 100e5, 60.0) < 370.0
    with pytest.raises(InputError, match="no model"):
        typical_open_cycle("x", "tap-off", "LOX", "ethanol", 1.4, 60e5, 10.5)
    with pytest.raises(InputError, match="no model"):
        typical_open_cycle("x", "expander bleed", "LOX", "RP-1", 2.2, 73e5, 10.5)


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("j-2s.yaml", "hydrogen, temperature: 920 K", "hydrogen", "give oxidizer_fuel_ratio or temperature"),
        ("rs-25.yaml", "heat_from: exchanger hot side, outlet", "heat_from: exchanger hot sid, outlet", "another passage"),
        ("rs-25.yaml", "heat_from: exchanger hot side, outlet_temperature: 448.7 K, ", "", "give heat or outlet_temperature"),
        ("s10.yaml", "unmixed: 30 %", "unmixed: 130 %", "unmixed|less than or equal"),
        ("s10.yaml", "oxidizer valve}", "oxidizer valve, pressure_drop: 1 bar, flow_area: 1 mm^2}", "not both"),
    ],
)  # fmt: skip
def test_bad_documents(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        load_document(EngineCycle, edited(name, tmp_path, (old, new)))


def test_shaft_too_fast_for_its_suction_head() -> None:
    """The oxygen pump of the J-2 at three times its speed: the inducer needs more than the tank gives."""
    fast = balance(changed(engine("j-2.yaml"), "oxygen shaft", speed=3.0 * 8600.0 * np.pi / 30.0))
    finding = next(f for f in fast.findings if f.rule == "cycle.suction" and "oxygen pump" in f.message)
    assert finding.severity is Severity.WARN
    assert "slow the shaft" in finding.message
    assert finding.margin is not None
    assert finding.margin < 0.0
