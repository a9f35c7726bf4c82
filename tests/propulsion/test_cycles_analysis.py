"""Off design: operating points with the hardware held, maps, blow-down and regulated feed."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cycles.balance import balance, prepare, read
from osea_rocket.propulsion.cycles.document import EngineCycle, Inlet, Opening, OperatingPoint
from osea_rocket.propulsion.cycles.elements import Pressurization, PumpPoint
from osea_rocket.propulsion.cycles.feed import pressure_feed
from osea_rocket.propulsion.cycles.operate import hardware, operate, operating_points, summary
from osea_rocket.propulsion.cycles.result import OperatingBalance, PressureFeed
from osea_rocket.propulsion.cycles.throttle import throttle

CONTROLS = "controls: [fuel orifice, oxidizer orifice], oxidizer"
ENGINES = Path(__file__).parents[2] / "examples" / "engines"
# one of each kind of cycle and component; the others are of these kinds
FILES = (
    "rs-25.yaml",
    "j-2s.yaml",
    "vulcain.yaml",
    "se-21d.yaml",
    "rutherford.yaml",
    "s10.yaml",
    "raptor-2.yaml",
    "rd-170.yaml",
)


@cache
def engine(name: str) -> EngineCycle:
    return load_document(EngineCycle, ENGINES / name)


def changed(cycle: EngineCycle, component: str, **values: Any) -> EngineCycle:
    return cycle.evolve(components=tuple(c.evolve(**values) if c.name == component else c for c in cycle.components))


@pytest.mark.parametrize("name", FILES)
def test_hardware_gives_back_its_design_point(name: str) -> None:
    cycle = engine(name)
    prepared = prepare(cycle)
    design = read(prepared, prepared.system.solve(), 0.0)
    again = operate(cycle, OperatingPoint(name="design"), hardware(cycle, (), prepared))
    assert again.worst_balance < 1e-8
    for field in ("thrust_vacuum", "mass_flow", "isp_vacuum", "oxidizer_fuel_ratio", "chamber_pressure"):
        assert getattr(again, field) == pytest.approx(getattr(design, field), rel=1e-7)


def test_inlet_conditions() -> None:
    """Colder oxygen is denser: more of it, more thrust; a higher fuel tank shifts the mixture to fuel."""
    cycle = engine("rl10a-3-3a.yaml")
    built = hardware(cycle)
    design = operate(cycle, OperatingPoint(name="design"), built)
    cold = operate(cycle, OperatingPoint(name="cold", inlets=(Inlet(tank="oxygen tank", temperature=95.06),)), built)
    rich = operate(cycle, OperatingPoint(name="rich", inlets=(Inlet(tank="fuel tank", pressure=2.5e5),)), built)
    assert cold.thrust_vacuum > 1.003 * design.thrust_vacuum
    assert cold.oxidizer_fuel_ratio > design.oxidizer_fuel_ratio
    assert rich.oxidizer_fuel_ratio < design.oxidizer_fuel_ratio
    assert cold.worst_balance < 1e-8
    assert any(f.rule == "cycle.map" and f.severity is Severity.WARN for f in cold.findings)
    line = summary("cold", cold)
    assert OperatingBalance.from_json(line.to_json()) == line


def test_mixture_ratio_shift_and_closing_valve() -> None:
    points = {p.name: b for p, b in operating_points(engine("rl10a-3-3a.yaml"))}
    shifted = points["mixture ratio 5.5"]
    assert shifted.chamber_oxidizer_fuel_ratio == pytest.approx(5.5, rel=1e-8)
    assert shifted.chamber_pressure == pytest.approx(32.75e5, rel=1e-8)
    assert points["oxygen valve half as open"].chamber_pressure < 32e5


def test_motors_throttle_an_electric_engine() -> None:
    cycle = engine("rutherford.yaml")
    assert cycle.throttle is not None
    t = throttle(cycle, cycle.throttle.controls, 0.5, 20)
    assert t.thrust_vacuum[0] < 0.52 * t.thrust_vacuum[-1]
    assert np.all(np.diff(t.control_resistance, axis=1) > 0.0)  # power of the motors
    assert t.control_resistance[0, 0] < 0.5


def test_a_given_map_counts_and_its_end_is_said() -> None:
    """A steeper head curve makes the chamber pressure follow the oxygen's temperature less; beyond the map is an error."""
    steep = [(0.5, 1.9, 0.8), (0.8, 1.4, 0.96), (1.0, 1.0, 1.0), (1.2, 0.5, 0.95)]
    rows = tuple(PumpPoint(flow=f, head=h, efficiency=e) for f, h, e in steep)
    cycle, half = engine("f-1.yaml"), Opening(component="oxygen injector", resistance=3.0)
    point = OperatingPoint(name="clogged", openings=(half,))
    mapped = changed(cycle, "oxygen pump", map=rows)
    a, b = operate(cycle, point), operate(mapped, point)
    assert b.stream("oxygen tank").mass_flow > 1.005 * a.stream("oxygen tank").mass_flow
    assert balance(mapped).thrust_vacuum == pytest.approx(balance(cycle).thrust_vacuum)
    narrow = changed(cycle, "oxygen pump", map=tuple(r.evolve(flow=0.99 + 0.01 * k) for k, r in enumerate(rows)))
    found = [f for f in operate(narrow, point).findings if f.rule == "cycle.map" and f.severity is Severity.ERROR]
    assert "map reaches" in found[0].message


def test_a_published_map_counts_and_says_whose_it_is() -> None:
    cycle, half = engine("f-1.yaml"), Opening(component="oxygen injector", resistance=3.0)
    point = OperatingPoint(name="clogged", openings=(half,))
    mapped = changed(cycle, "oxygen pump", published_map="radial")
    general, own = operate(cycle, point), operate(mapped, point)
    assert own.stream("oxygen tank").mass_flow != pytest.approx(general.stream("oxygen tank").mass_flow, rel=1e-4)
    assert balance(mapped).thrust_vacuum == pytest.approx(balance(cycle).thrust_vacuum)
    found = next(f for f in own.findings if f.rule == "cycle.map" and "oxygen pump" in f.message)
    assert "published map 'radial' (n_q 25)" in found.message
    with pytest.raises(InputError, match="no published pump map"):
        changed(cycle, "oxygen pump", published_map="axial")


def test_no_operating_point_says_what_does_not_close() -> None:
    cycle = engine("aestus.yaml")
    point = OperatingPoint(name="low", inlets=(Inlet(tank="fuel tank", pressure=2e5),))
    with pytest.raises(UndecidedError, match=r"fuel tank.pressure = 200000") as failure:
        operate(cycle, point)
    assert any("Pa" in line or "kg/s" in line for line in failure.value.details)
    with pytest.raises(InputError, match="boils below"):
        operate(engine("j-2.yaml"), OperatingPoint(name="hot", inlets=(Inlet(tank="oxygen tank", temperature=102.0),)))


def test_blow_down_by_hand() -> None:
    """The ullage expands isothermally: p V is constant, and the flow falls with the root of what stands over the chamber."""
    cycle = engine("s10.yaml")
    feed = pressure_feed(cycle)
    fuel = next(t for t in feed.tanks if t.tank == "fuel tank")
    volume = 12e-3 + (20.0 - fuel.propellant_mass) / 879.84
    assert fuel.pressure == pytest.approx(17e5 * 12e-3 / volume, rel=2e-3)
    assert fuel.pressurant_mass == pytest.approx(17e5 * 12e-3 / (2077.1 * 293.15))
    assert np.all(np.diff(feed.thrust_vacuum) < 0.0)
    assert feed.thrust_vacuum[-1] < 0.5 * feed.thrust_vacuum[0]
    assert np.trapezoid(feed.mass_flow, feed.time) == pytest.approx(
        53.0 - sum(t.propellant_mass[-1] for t in feed.tanks), rel=2e-3
    )
    assert min(t.propellant_mass[-1] for t in feed.tanks) == pytest.approx(0.0, abs=1e-6)
    assert PressureFeed.from_json(feed.to_json()) == feed


def test_blow_down_converges_with_the_step() -> None:
    coarse, fine = pressure_feed(engine("s10.yaml"), points=13), pressure_feed(engine("s10.yaml"), points=49)
    assert coarse.time[-1] == pytest.approx(fine.time[-1], rel=2e-3)
    assert coarse.total_impulse == pytest.approx(fine.total_impulse, rel=2e-3)


def test_regulated_feed() -> None:
    """Constant thrust; helium by Sutton and Biblarz section 6.4, n = 1.2, from 400 bar."""
    feed = pressure_feed(engine("aestus.yaml"))
    assert feed.thrust_vacuum == pytest.approx(29.6e3, rel=1e-6)
    fuel = feed.tanks[0]
    emptied = 0.2 + 3400.0 / 879.84
    assert fuel.pressurant_mass == pytest.approx(
        18.5e5 * emptied / (2077.1 * 293.15) * 1.2 / (1 - 18.5 / 400), rel=2e-3
    )
    assert fuel.bottle_volume == pytest.approx(fuel.pressurant_mass * 2077.1 * 293.15 / 400e5)
    assert 900.0 < feed.time[-1] < 1150.0  # published burn 1100 s


def test_feed_needs_to_know_its_tanks() -> None:
    with pytest.raises(InputError, match="no tank has a pressurization"):
        pressure_feed(engine("rutherford.yaml"))
    cycle = engine("aestus.yaml")
    low = Pressurization(
        mode="regulated", gas="helium", propellant_mass=3000.0, bottle_pressure=10e5, bottle_temperature=290.0
    )
    with pytest.raises(InputError, match="must stand above the tank"):
        pressure_feed(changed(cycle, "fuel tank", pressurization=low))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (CONTROLS, "controls: [fuel orifice], oxidizer", "name two in controls"),
        (CONTROLS, "controls: [fuel orifice, chamber], oxidizer", "not a valve or motor"),
        ("{tank: fuel tank, pressure: 19.5 bar}", "{tank: fuel tnk, pressure: 19.5 bar}", "not a tank"),
        ("    bottle_pressure: 400 bar\n    bottle_temperature: 293.15 K\n- type: tank", "- type: tank", "needs bottle_pressure"),
        ("mode: regulated\n    gas: helium\n    propellant_mass: 3400 kg\n    ullage: 0.2 m^3",
         "mode: blow-down\n    gas: helium\n    propellant_mass: 3400 kg", "gas volume"),
    ],
)  # fmt: skip
def test_bad_documents(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (ENGINES / "aestus.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "engine.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=says):
        load_document(EngineCycle, file)


def test_one_solve_is_quick() -> None:
    """Bounds are 10 ms a solve; measured 0.5 to 2.4 ms. A busy machine gets room."""
    for name in ("rs-25.yaml", "rl10a-3-3a.yaml"):
        prepared = prepare(engine(name))
        found = prepared.system.newton(prepared.system.start, prepared.system.parameters())
        assert found is not None
        assert found.iterations <= 20
