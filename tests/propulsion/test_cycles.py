"""Engine cycles: published balances, closure, throttling, and what is said of cycles that cannot be."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cycles.balance import balance, prepare
from osea_rocket.propulsion.cycles.document import EngineCycle
from osea_rocket.propulsion.cycles.result import CycleBalance
from osea_rocket.propulsion.cycles.solve import Solution
from osea_rocket.propulsion.cycles.throttle import throttle
from osea_rocket.propulsion.cycles.typical import typical_gas_generator, typical_isp
from osea_rocket.propulsion.engine_design import design_engine
from osea_rocket.propulsion.propellants import find_propellant, mix
from osea_rocket.propulsion.thermo.states import solve_state

ENGINES = Path(__file__).parents[2] / "examples" / "engines"
FILES = sorted(p.name for p in ENGINES.glob("*.yaml"))


def engine(name: str) -> EngineCycle:
    return load_document(EngineCycle, ENGINES / name)


def changed(cycle: EngineCycle, component: str, **values: Any) -> EngineCycle:
    parts = tuple(c.evolve(**values) if c.name == component else c for c in cycle.components)
    return cycle.evolve(components=parts)


@pytest.fixture(scope="module")
def balances() -> dict[str, CycleBalance]:
    return {name: balance(engine(name)) for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_every_example_closes(balances: dict[str, CycleBalance], name: str) -> None:
    b = balances[name]
    assert b.worst_balance < 1e-8
    assert CycleBalance.from_json(b.to_json()) == b
    assert not [f for f in b.findings if f.severity is Severity.ERROR]


@pytest.mark.parametrize("name", FILES)
def test_mass_and_power_by_hand(balances: dict[str, CycleBalance], name: str) -> None:
    """Summed from the result alone: what leaves the tanks is what leaves the engine; turbines and motors give what pumps take."""
    b, cycle = balances[name], engine(name)
    kinds = {c.name: c for c in cycle.components}
    out = sum(s.mass_flow for s in b.streams if kinds[s.target].type in ("chamber", "exhaust"))
    out -= sum(s.mass_flow for s in b.streams if kinds[s.source].type == "tap")  # leaves the chamber again
    assert out == pytest.approx(b.mass_flow, rel=1e-9)
    for shaft in (c for c in cycle.components if c.type == "shaft"):
        taken = sum(p.power for p in b.pumps if p.shaft == shaft.name)
        given = sum(t.power for t in b.turbines if t.shaft == shaft.name)
        given += sum(m.power for m in b.motors if m.shaft == shaft.name)
        assert given * shaft.efficiency - shaft.loss == pytest.approx(taken, rel=1e-8)


def test_j2(balances: dict[str, CycleBalance]) -> None:
    """McHugh 1995: generator 3.19 kg/s and 922 K, turbines 8120 hp (listed as kW) and 1717 kW."""
    b = balances["j-2.yaml"]
    assert b.burners[0].mass_flow == pytest.approx(3.19, rel=0.04)
    assert b.burners[0].temperature == pytest.approx(922.0, rel=0.05)
    assert b.turbine("fuel turbine").power == pytest.approx(8120 * 745.7, rel=0.03)
    assert b.turbine("oxygen turbine").power == pytest.approx(1717e3, rel=0.03)


def test_se_21d(balances: dict[str, CycleBalance]) -> None:
    """Sippel et al. 2003."""
    b = balances["se-21d.yaml"]
    for pump, power in (("fuel pump", 15.443e6), ("jacket pump", 1.01e6), ("oxygen pump", 4.315e6)):
        assert b.pump(pump).power == pytest.approx(power, rel=0.03)
    assert b.stream("bleed split", "fuel turbine").mass_flow == pytest.approx(8.06, rel=0.03)
    assert b.stream("bleed split", "oxygen turbine").mass_flow == pytest.approx(2.114, rel=0.03)
    assert b.stream("fuel mixer").temperature == pytest.approx(62.955, rel=0.02)


def test_chambers_share_the_throat() -> None:
    """Four chambers: the balance is that of one that takes all, contour and injector are of a quarter of it."""
    one = engine("j-2.yaml")
    four = one.evolve(chambers=4)
    (a, _, _), (b, _, _) = design_engine(one), design_engine(four)
    assert b.balance.throat_area == pytest.approx(
        a.balance.throat_area, rel=2e-3
    )  # the boundary layer weighs a little more
    assert a.contour is not None and b.contour is not None and a.injector is not None and b.injector is not None
    grown = (b.balance.throat_area / a.balance.throat_area) ** 0.5
    assert 2.0 * b.contour.throat_radius == pytest.approx(grown * a.contour.throat_radius)
    assert 4.0 * b.injector.oxidizer.area == pytest.approx(a.injector.oxidizer.area, rel=2e-3)


def test_throttling_starts_at_design_and_is_quick() -> None:
    cycle = engine("rl10a-3-3a.yaml")
    prepared = prepare(cycle)
    assert cycle.throttle is not None
    t = throttle(cycle, cycle.throttle.controls, 0.6, 20, prepared)
    design = prepared.system.readings(prepared.system.solve().x)
    assert t.thrust_vacuum[-1] == pytest.approx(design["engine.thrust_vacuum"], rel=1e-8)
    assert np.all(np.diff(t.thrust_vacuum) > 0.0)
    assert np.all(np.diff(t.speed_ratio) > 0.0)
    assert t.oxidizer_fuel_ratio == pytest.approx(design["engine.oxidizer_fuel_ratio"], rel=1e-8)
    assert t.sweep_time < 3.0  # measured 0.04 s; the bound leaves room for a busy machine


def test_turbine_that_cannot_drive_its_pump() -> None:
    cycle = engine("rl10a-3-3a.yaml").evolve(chamber_pressure=110e5)
    with pytest.raises(ImpossibleError, match=r"cannot drive its pump(.|\n)*power of shaft shaft: lacks [\d,]+ kW"):
        balance(cycle)


def test_hot_turbine() -> None:
    cycle = changed(engine("j-2.yaml"), "fuel turbine", highest_temperature=800.0)
    found = {(f.rule, f.severity) for f in balance(cycle).findings}
    assert ("cycle.turbine_temperature", Severity.ERROR) in found


def test_boiling_tank_and_boiling_pump_inlet() -> None:
    with pytest.raises(InputError, match="boils below"):
        balance(changed(engine("j-2.yaml"), "oxygen tank", temperature=105.0))
    cycle = changed(engine("rl10a-3-3a.yaml"), "oxygen inlet line", pressure_drop=1.05e5)
    finding = next(f for f in balance(cycle).findings if f.rule == "cycle.suction" and f.severity is Severity.ERROR)
    assert "below the vapour pressure" in finding.message


def test_pump_below_its_suction_head() -> None:
    cycle = changed(engine("j-2.yaml"), "oxygen pump", required_suction_head=40.0)
    finding = next(f for f in balance(cycle).findings if f.rule == "cycle.suction" and f.severity is Severity.ERROR)
    assert "NPSH" in finding.message
    assert finding.margin is not None
    assert finding.margin < 0.0


def test_kerosene_gas_out_of_range_is_said() -> None:
    cycle = changed(engine("h-1.yaml"), "gas generator", oxidizer_fuel_ratio=0.5)
    finding = next(f for f in balance(cycle).findings if f.rule == "cycle.kerosene_gas")
    assert finding.severity is Severity.WARN


def test_too_little_and_too_much_given() -> None:
    with pytest.raises(InputError, match="nothing determines"):
        prepare(changed(engine("j-2.yaml"), "fuel turbine", pressure_ratio=None))
    with pytest.raises(InputError, match="too much is given"):
        prepare(changed(engine("j-2.yaml"), "oxygen turbine", pressure_ratio=2.65))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("shaft: fuel shaft, efficiency: 0.73", "shaft: fuel shft, efficiency: 0.73", "not a shaft"),
        ("{to: GG fuel valve}", "{to: GG fuel vlve}", "no component is called"),
        ("47 bar, oxidizer_fuel_ratio", "47 bar, temperature: 900 K, oxidizer_fuel_ratio", "not both"),
        ("thrust_vacuum: 1023 kN", "area_ratio_: 3", "area_ratio"),
        ("fuel turbine, oxygen turbine, turbine exhaust]", "fuel turbine, turbine exhaust]", "no flow passes"),
        ("efficiency: 0.60", "efficiency: 1.60", "less than or equal|at most|≤|1"),
    ],
)  # fmt: skip
def test_bad_documents(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (ENGINES / "j-2.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "engine.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DocumentError, match=says):
        load_document(EngineCycle, file)


def test_isp_from_five_figures() -> None:
    """RS-27 (McHugh 1995: 301.8 s) was not used to set a default."""
    assert typical_isp("RS-27", "gas generator", "LOX", "RP-1", 2.245, 48.7e5, 12.0) == pytest.approx(301.8, rel=0.025)
    with pytest.raises(InputError, match="no model"):
        typical_gas_generator("BA-3200", "H2O2-90", "RP-1", 7.0, 73e5, 10.5)


def test_storable_generator_gas_says_what_it_is() -> None:
    """NTO/UDMH: temperature and gas of the HP equilibrium at 50 bar; that no published generator proves it is UNKNOWN."""
    b = balance(typical_gas_generator("YF-20", "N2O4", "UDMH", 2.2, 73e5, 10.5))
    mixture = mix(find_propellant("N2O4"), find_propellant("UDMH"), 0.10)
    state = solve_state(mixture, 5e6)
    burner = b.burners[0]
    assert burner.temperature == pytest.approx(state.temperature, rel=2e-3)
    gas = b.stream("gas generator")
    assert gas.pressure / (gas.density * gas.temperature) == pytest.approx(8.314462618 / state.gas_molar_mass, rel=2e-3)
    finding = next(f for f in b.findings if f.rule == "cycle.storable_gas")
    assert finding.severity is Severity.UNKNOWN
    assert b.worst_balance < 1e-8


def test_a_far_too_weak_turbine_is_impossible_by_so_many_kilowatts():
    """The derivatives become singular on the way there: that is no fault of the program, but an answer."""
    with pytest.raises(ImpossibleError, match=r"power of shaft fuel shaft: lacks [\d,]+ kW"):
        balance(changed(engine("j-2.yaml"), "fuel turbine", efficiency=0.02))


def test_an_unstable_density_root_is_left_for_the_stable_one() -> None:
    """Between the spinodals pressure falls as density rises: a cubic of roots at one pressure, of which the middle is none."""
    system = prepare(engine("rl10a-3-3a.yaml")).system
    p = system.parameters()
    good = system.solve()
    assert not system._unstable(good.x)
    place = system.network.names.index("fuel tank → fuel inlet line: density")
    bad = good.x.copy()
    bad[place] = np.log(12.0)  # hydrogen at 21.4 K: vapour 1.6 kg/m3, liquid 70 kg/m3
    (stream, *_), *_ = system._unstable(bad)
    assert stream.name == "fuel tank → fuel inlet line"
    assert system.stable(Solution(bad, 0.0, 1), p).x == pytest.approx(good.x, abs=1e-9)


def test_pressure_that_would_have_to_rise_is_a_no() -> None:
    """The oxygen pump delivers what the chamber needs, and the generator stands above that."""
    cycle = changed(engine("j-2.yaml"), "oxygen injector", pressure_drop=1e5)
    cycle = changed(cycle, "oxygen pump", outlet_pressure=None)
    with pytest.raises(ImpossibleError, match=r"would have to raise the pressure by [\d.]+ bar"):
        balance(changed(cycle, "gas generator", pressure=60e5))


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("propellant: LH2", "propellant: LN2", r":16:\d+: components\.0.*unknown propellant 'LN2'"),
        ("1023 kN", "1e30 kN", r":13:16: thrust_vacuum: .* outside"),
        ("type: pump", "type: pmup", r":18:\d+: components\.2: 'type' must be one of .*did you mean 'pump'"),
    ],
)
def test_bad_fields_name_their_place(tmp_path: Path, old: str, new: str, field: str) -> None:
    text = (ENGINES / "j-2.yaml").read_text()
    path = tmp_path / "bad.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DocumentError, match=field):
        load_document(EngineCycle, path)


def test_a_tank_below_its_triple_point_names_the_field(tmp_path: Path) -> None:
    path = tmp_path / "ice.yaml"
    path.write_text((ENGINES / "j-2.yaml").read_text().replace("temperature: 21 K", "temperature: 5 K"))
    with pytest.raises(InputError, match="fuel tank: hydrogen: 5 K is below the triple point") as error:
        prepare(load_document(EngineCycle, path))
    assert "ice.yaml:16" in str(error.value.where)
