import json
import time
from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError, UndecidedError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.engine import Engine, Loss, Published, TurbineExhaust
from osea_rocket.propulsion.findings import SUMMERFIELD, separation_margin
from osea_rocket.propulsion.performance import EnginePerformance, engine_performance

G0 = 9.80665
EXAMPLES = Path(__file__).parents[2] / "examples" / "falcon9" / "engines"
LOSSES = (
    Loss(name="combustion", factor=0.975, on="c_star", grade="estimate", citation="for this test"),
    Loss(name="nozzle", factor=0.98, on="thrust_coefficient", grade="estimate", citation="for this test"),
)


def engine(**changes) -> Engine:
    values = {
        "name": "Test engine",
        "cycle": "oxidizer-rich staged combustion",
        "oxidizer": "LOX",
        "fuel": "RP-1",
        "oxidizer_fuel_ratio": 2.6,
        "chamber_pressure": 15e6,
        "area_ratio": 30.0,
        "thrust_vacuum": 1e6,
        "use": "sea level",
        "basis": "predicted",
        "losses": LOSSES,
        "mass": 900.0,
        "throttle_min": 0.5,
        "ignitions": 1,
        "gimbal": 0.1,
        "start_ramp": 1.0,
        "shutdown_ramp": 0.5,
    }
    return Engine(**(values | changes))


def rules(performance, severity):
    return {f.rule for f in performance.findings if f.severity is severity}


def test_losses_multiply():
    p = engine_performance(engine())
    assert p.isp_vacuum == pytest.approx(p.ideal_equilibrium.isp() * 0.975 * 0.98)
    assert [item.isp_after for item in p.losses] == pytest.approx(
        [p.isp_vacuum_ideal * 0.975, p.isp_vacuum_ideal * 0.975 * 0.98]
    )
    assert p.c_star == pytest.approx(p.ideal_equilibrium.c_star * 0.975)
    assert p.unexplained_factor is None


def test_sizes_close():
    """Thrust, flow, throat and exit belong to one engine: F = C_F·p_c·A_t with the delivered C_F."""
    e = engine()
    p = engine_performance(e)
    assert p.mass_flow * p.isp_vacuum * G0 == pytest.approx(e.thrust_vacuum)
    coefficient = p.ideal_equilibrium.thrust_coefficient() * 0.98
    assert coefficient * e.chamber_pressure * p.throat_area == pytest.approx(e.thrust_vacuum)
    assert p.exit_area == pytest.approx(30.0 * p.throat_area)
    assert np.pi / 4 * p.throat_diameter**2 == pytest.approx(p.throat_area)
    assert p.thrust_sea_level == pytest.approx(1e6 - 101325.0 * p.exit_area)


def test_turbine_exhaust_bypasses_the_throat():
    exhaust = TurbineExhaust(flow_fraction=0.04, isp_vacuum=120.0, grade="estimate", citation="for this test")
    whole = engine_performance(engine(cycle="gas generator"))
    p = engine_performance(engine(cycle="gas generator", turbine_exhaust=exhaust))
    assert p.isp_vacuum == pytest.approx(0.96 * whole.isp_vacuum + 0.04 * 120.0)
    assert p.mass_flow_chamber == pytest.approx(0.96 * p.mass_flow)
    assert p.throat_area == pytest.approx(p.mass_flow_chamber * p.c_star / 15e6)
    assert p.map.mass_flow[-1] == pytest.approx(p.mass_flow)
    assert p.losses[-1].name == "turbine exhaust"
    assert "engine.turbine_exhaust" in rules(whole, Severity.UNKNOWN)
    assert "engine.turbine_exhaust" not in rules(p, Severity.UNKNOWN)


def test_published_basis_shows_the_remainder():
    p = engine_performance(engine(basis="published", published=Published(isp_vacuum=325.0)))
    assert p.isp_vacuum == 325.0
    assert p.unexplained_factor == pytest.approx(325.0 / p.isp_vacuum_predicted)
    assert p.isp_vacuum_predicted == pytest.approx(p.isp_vacuum_ideal * 0.975 * 0.98)
    assert "engine.isp_vacuum" in rules(p, Severity.WARN)


def test_published_above_ideal_is_an_error_finding():
    p = engine_performance(engine(published=Published(isp_vacuum=400.0)))
    assert "engine.isp_vacuum" in rules(p, Severity.ERROR)


@pytest.mark.parametrize(("factor", "severity"), [(1.0, Severity.OK), (1.05, Severity.WARN), (0.95, Severity.WARN)])
def test_published_sea_level_thrust_is_compared(factor, severity):
    ours = engine_performance(engine()).thrust_sea_level
    assert ours is not None
    p = engine_performance(engine(published=Published(thrust_sea_level=ours * factor)))
    assert "engine.sea_level_thrust" in rules(p, severity)


def test_everything_known_leaves_no_gap():
    assert not rules(engine_performance(engine()), Severity.UNKNOWN)


@pytest.mark.parametrize("field", ["mass", "throttle_min", "ignitions", "gimbal", "start_ramp", "shutdown_ramp"])
def test_what_is_not_given_is_unknown(field):
    assert rules(engine_performance(engine(**{field: None})), Severity.UNKNOWN) == {f"engine.{field}"}


def test_flow_separation():
    assert separation_margin(SUMMERFIELD * 1e5, 1e5) == 0.0
    assert "engine.flow_separation" in rules(engine_performance(engine(throttle_min=1.0)), Severity.OK)
    wide = engine_performance(engine(area_ratio=80.0))
    assert "engine.flow_separation" in rules(wide, Severity.WARN)
    vacuum = engine_performance(engine(area_ratio=80.0, use="vacuum"))
    assert vacuum.thrust_sea_level is None
    assert not any(f.rule == "engine.flow_separation" for f in vacuum.findings)


def test_map_over_throttle():
    p = engine_performance(engine())
    m = p.map
    assert m.throttle[0] == 0.5
    assert m.throttle[-1] == 1.0
    assert len(m.throttle) >= 5
    assert np.all(np.diff(m.thrust_vacuum) > 0)
    assert np.all(np.diff(m.mass_flow) > 0)
    assert m.thrust_vacuum[-1] == pytest.approx(1e6, rel=1e-12)
    assert m.isp_vacuum == pytest.approx(p.isp_vacuum, rel=1e-12)
    # Dissociation grows as the pressure falls: less specific impulse, and less than in proportion.
    assert m.thrust_vacuum[0] / m.mass_flow[0] < m.thrust_vacuum[-1] / m.mass_flow[-1]
    assert m.thrust_vacuum[0] == pytest.approx(0.5e6, rel=0.01)
    assert m.thrust(1.0, 101325.0) == pytest.approx(p.thrust_sea_level)
    assert m.thrust(0.75, 0.0) == pytest.approx(0.75e6, rel=0.01)
    for throttle in (0.4, 1.1):
        with pytest.raises(InputError, match="runs at throttles"):
            m.thrust(throttle, 0.0)


@pytest.mark.parametrize("throttle_min", [1.0, None, 0.95])
def test_fixed_engine_still_has_a_table(throttle_min):
    m = engine_performance(engine(throttle_min=throttle_min)).map
    assert m.throttle_min == (throttle_min or 1.0)
    assert len(m.throttle) >= 4
    assert m.throttle[0] < 0.95


def test_carbon_is_refused_with_the_place():
    with pytest.raises(UndecidedError, match=r"C\(gr\) would form") as caught:
        engine_performance(engine(oxidizer_fuel_ratio=0.6))
    assert caught.value.where == "Engine"


def test_same_input_same_result():
    one, two = engine_performance(engine()), engine_performance(engine())
    assert one.same_as(two)
    assert not one.same_as(engine_performance(engine(area_ratio=31.0)))


@pytest.mark.parametrize("file", ["merlin-1d.yaml", "merlin-1d-vacuum.yaml"])
def test_example_engines(file):
    e = load_document(Engine, EXAMPLES / file)
    start = time.perf_counter()
    p = engine_performance(e)
    assert time.perf_counter() - start < 3.0
    assert EnginePerformance.from_json(json.loads(json.dumps(p.to_json()))).same_as(p)
    assert p.isp_vacuum == e.published.isp_vacuum
    assert p.isp_vacuum_ideal > p.isp_vacuum_predicted > p.isp_vacuum
    for field in ("thrust_vacuum", "published.isp_vacuum", "area_ratio", "oxidizer_fuel_ratio", "chamber_pressure"):
        assert e.graded(field), field
    assert e.graded("area_ratio") == "recalled"


def test_merlin_contradictions_are_reported_not_bent():
    p = engine_performance(load_document(Engine, EXAMPLES / "merlin-1d.yaml"))
    assert {"engine.sea_level_thrust", "engine.exit_diameter"} <= rules(p, Severity.WARN)
    assert p.thrust_vacuum == 914e3
