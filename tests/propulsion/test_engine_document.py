import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.engine import Engine

GOOD = """\
schema: osea/engine/v1
name: Test engine
cycle: gas generator
oxidizer: LOX
fuel: RP-1
oxidizer_fuel_ratio: 2.36
chamber_pressure: 97 bar
area_ratio: 16
thrust_vacuum: 914 kN
use: sea level
basis: published
published:
  isp_vacuum: 311 s
losses:
- {name: combustion, factor: 0.975, on: c_star, grade: estimate, citation: made for this test}
turbine_exhaust: {flow_fraction: 4 %, isp_vacuum: 120 s, grade: estimate, citation: made for this test}
mass: 470 kg
throttle_min: 57 %
"""


def load(tmp_path, text):
    path = tmp_path / "engine.yaml"
    path.write_text(text, encoding="utf-8")
    return load_document(Engine, path)


def test_good(tmp_path):
    engine = load(tmp_path, GOOD)
    assert engine.chamber_pressure == 97e5
    assert engine.thrust_vacuum == 914e3
    assert engine.throttle_min == 0.57
    assert engine.turbine_exhaust is not None
    assert engine.turbine_exhaust.flow_fraction == 0.04
    assert engine.ignitions is None
    assert engine.oxidizer_propellant.name == "O2(L)"


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("fuel: RP-1", "fuel: RP-2", 5, "unknown propellant 'RP-2'; did you mean RP-1"),
        ("fuel: RP-1", "fuel: LOX", 5, "is an oxidizer, and a fuel is needed"),
        ("oxidizer: LOX", "oxidizer: RP-1", 4, "an oxidizer is needed"),
        ("oxidizer_fuel_ratio: 2.36", "oxidizer_fuel_ratio: 0", 6, "must be at least 0.05"),
        ("oxidizer_fuel_ratio: 2.36", "oxidizer_fuel_ratio: 2360", 6, "must be at most 500"),
        ("oxidizer_fuel_ratio: 2.36", "oxidizer_fuel_ratio: .nan", 6, "oxidizer_fuel_ratio"),
        ("area_ratio: 16", "area_ratio: 0.8", 8, "must be at least 1"),
        ("chamber_pressure: 97 bar", "chamber_pressure: 0 bar", 7, "must be greater than 0"),
        ("chamber_pressure: 97 bar", "chamber_pressure: -97 bar", 7, "must be greater than 0"),
        ("chamber_pressure: 97 bar", "chamber_pressure: 97 Pa", 7, "is outside 0.01 to 1000 bar; is the unit right"),
        ("chamber_pressure: 97 bar", "chamber_pressure: 97", 7, "a number without a unit"),
        ("chamber_pressure: 97 bar", "chamber_pressure: 97 kg", 7, "not a unit of this quantity"),
        ("thrust_vacuum: 914 kN", "thrust_vacuum: -914 kN", 9, "must be greater than 0"),
        ("factor: 0.975", "factor: 1.2", 15, "must be at most 1"),
        ("factor: 0.975", "factor: 0", 15, "must be greater than 0"),
        ("on: c_star", "on: cstar", 15, "did you mean 'c_star'"),
        ("isp_vacuum: 311 s", "isp_sea_level: 282 s", 11, "needs published.isp_vacuum"),
        ("cycle: gas generator", "cycle: gas generater", 3, "did you mean 'gas generator'"),
        ("cycle: gas generator", "cycle: expander", 16, "all its flow passes the throat"),
        ("flow_fraction: 4 %", "flow_fraction: 80 %", 16, "must be less than 0.5"),
        ("throttle_min: 57 %", "throttle_min: 157 %", 18, "must be at most 1"),
        ("throttle_min: 57 %", "throtle_min: 57 %", 18, "did you mean 'throttle_min'"),
        ("mass: 470 kg", "mass: -1 kg", 17, "must be greater than 0"),
        ("name: Test engine\n", "", 1, "'name' is missing"),
        ("mass: 470 kg", "ignitions: 0", 17, "must be at least 1"),
    ],
)
def test_bad(tmp_path, old, new, line, message):
    assert old in GOOD
    with pytest.raises(DocumentError, match=message) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.exit_code == 2
    assert f"engine.yaml:{line}:" in str(caught.value)


def test_variants_are_validated(tmp_path):
    engine = load(tmp_path, GOOD)
    assert engine.evolve(area_ratio=40.0).area_ratio == 40.0
    with pytest.raises(InputError, match="area_ratio"):
        engine.evolve(area_ratio=0.5)
    with pytest.raises(InputError, match="unknown propellant"):
        engine.evolve(fuel="water")
