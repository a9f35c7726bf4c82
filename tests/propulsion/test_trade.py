"""Trades: the mapped cycle equals the exact one, holes have reasons, limits bind, own objectives, bad spans."""

from pathlib import Path

import numpy as np
import pytest

from osea_rocket.core.documents import DocumentError, load_document
from osea_rocket.core.errors import ImpossibleError, InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.cycles.balance import balance
from osea_rocket.propulsion.cycles.document import EngineCycle
from osea_rocket.propulsion.trade.document import Trade
from osea_rocket.propulsion.trade.model import TradeModel, cycle_at, scaled_pressures
from osea_rocket.propulsion.trade.result import TradePoint, TradeResult
from osea_rocket.propulsion.trade.study import trade

ENGINES = Path(__file__).parents[2] / "examples" / "engines"


def spans(**changes: object) -> Trade:
    return Trade.model_validate(
        {
            "chamber_pressure": {"lowest": 20e6, "highest": 40e6, "points": 4},
            "oxidizer_fuel_ratio": {"lowest": 3.2, "highest": 3.9, "points": 4},
            "area_ratio": {"lowest": 30.0, "highest": 60.0, "points": 2},
        }
        | changes
    )


@pytest.fixture(scope="module")
def raptor() -> EngineCycle:
    return load_document(EngineCycle, ENGINES / "raptor-2.yaml")


@pytest.fixture(scope="module")
def model(raptor: EngineCycle) -> TradeModel:
    return TradeModel(raptor, spans())


@pytest.fixture(scope="module")
def result(raptor: EngineCycle) -> TradeResult:
    return trade(raptor, spans(limits={"exit_diameter": 1.4}))


@pytest.mark.parametrize("place", [(25e6, 3.4, 45.0), (30e6, 3.6, 34.3), (22e6, 3.8, 55.0)])
def test_a_point_equals_a_balance_of_its_own(raptor: EngineCycle, model: TradeModel, place) -> None:  # type: ignore[no-untyped-def]
    """Two ways to the same engine: parameters of one network with mapped gas, and a document balanced alone."""
    point = model.point(place, model.solve(place))
    exact = balance(cycle_at(raptor, place))
    assert point.isp_vacuum == pytest.approx(exact.isp_vacuum, rel=3e-4)
    assert point.mass_flow == pytest.approx(exact.mass_flow, rel=3e-4)
    assert point.throat_diameter == pytest.approx(np.sqrt(4.0 * exact.throat_area / np.pi), rel=5e-4)
    highest = max(s.pressure for s in exact.streams if s.source in ("fuel pump", "oxygen pump"))
    assert point.pump_pressure == pytest.approx(highest, rel=2e-3)


def test_holes_have_reasons_and_no_numbers(result: TradeResult) -> None:
    assert len(result.index) + len(result.holes) == int(np.prod(result.shape))
    assert result.holes, "40 MPa at 1000 K and 700 K is beyond what the turbines can drive"
    assert all(
        ("lacks" in h.reason or "raise the pressure" in h.reason or "undecided" in h.reason) for h in result.holes
    )
    filled = result.grid("isp_vacuum")
    assert int(np.isnan(filled).sum()) == len(result.holes)
    assert TradeResult.from_json(result.to_json()).same_as(result)


def test_limits_bind_at_the_best_point(result: TradeResult) -> None:
    assert result.best is not None
    assert result.best.exit_diameter <= 1.4 * (1.0 + 1e-5)
    assert result.best.exit_diameter == pytest.approx(1.4, rel=5e-3)
    allowed = result.allowed > 0.5
    assert result.best_value is not None
    assert result.best_value >= result.value[allowed].max()
    assert result.exact_isp == pytest.approx(result.best.isp_vacuum, rel=3e-4)
    assert np.all(result.exit_diameter[allowed] <= 1.4 * (1 + 1e-8))


def test_ideal_isp_is_above_delivered(result: TradeResult) -> None:
    i, j, k = result.index.astype(int).T
    assert np.all(result.isp_ideal[i, j, k] > result.isp_vacuum)


def test_own_objective_is_made_large(raptor: EngineCycle) -> None:
    """A user's function of the point: a made-up price for area ratio moves the optimum down to the span's end."""

    def price(point: TradePoint) -> float:
        return -point.area_ratio

    found = trade(
        raptor, Trade.model_validate({"area_ratio": {"lowest": 20.0, "highest": 60.0, "points": 4}}), objective=price
    )
    assert found.objective == "own function"
    assert found.best is not None
    assert found.best.area_ratio == pytest.approx(20.0, abs=1e-6)
    assert any(f.rule == "trade.edge" for f in found.findings)


def test_thrust_to_weight_by_thrust_alone_is_said_to_be_flat(raptor: EngineCycle) -> None:
    study = {"oxidizer_fuel_ratio": {"lowest": 3.4, "highest": 3.7, "points": 2}, "objective": "thrust to weight"}
    flat = trade(raptor, Trade.model_validate(study))
    assert any(f.rule == "trade.flat" and f.severity is Severity.UNKNOWN for f in flat.findings)
    study = {"area_ratio": {"lowest": 20.0, "highest": 60.0, "points": 3}, "objective": "thrust to weight"}
    found = trade(raptor, Trade.model_validate(study | {"mass_relation": "Akin, pump-fed"}))
    assert found.best is not None
    assert found.best.area_ratio == pytest.approx(20.0, abs=1e-3)  # Akin's mass grows with the root of the area ratio


def test_pressures_ahead_of_pumps_stay(raptor: EngineCycle) -> None:
    rl10 = load_document(EngineCycle, ENGINES / "rl10a-3-3a.yaml")
    scaled = scaled_pressures(rl10)
    assert "fuel inlet line.pressure_drop" not in scaled
    assert scaled["fuel valve.pressure_drop"] == pytest.approx(2.81e5)
    changed = cycle_at(rl10, (65.5e5, 5.0, 61.0))
    assert next(c for c in changed.components if c.name == "fuel valve").pressure_drop == pytest.approx(5.62e5)  # type: ignore[union-attr]
    assert next(c for c in changed.components if c.name == "fuel tank").pressure == pytest.approx(1.908e5)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("trade: {}", "nothing is varied"),
        ("trade: {chamber_pressure: {lowest: 80 bar, highest: 60 bar}}", "not above its lowest"),
        ("trade: {chamber_presure: {lowest: 60 bar, highest: 80 bar}}", "chamber_pressure"),
        ("trade: {area_ratio: {lowest: 0.9, highest: 30}}", "below 1.05"),
        ("trade: {area_ratio: {lowest: 10, highest: 30}, mass_relation: Akin}", "no relation 'Akin'"),
        ("trade: {area_ratio: {lowest: 10, highest: 30}, limits: {exit_diameter: 3}}", "a number without a unit"),
        ("trade: {area_ratio: {lowest: 10, highest: 30, points: 1}}", "at least 2"),
    ],
)
def test_bad_trades_name_file_and_line(tmp_path: Path, lines: str, says: str) -> None:
    text = (ENGINES / "raptor-2.yaml").read_text(encoding="utf-8").replace("sources:\n", f"{lines}\nsources:\n", 1)
    path = tmp_path / "bad.yaml"
    path.write_text(text, encoding="utf-8")
    line = text[: text.index("trade:")].count("\n") + 1
    with pytest.raises(DocumentError, match=says) as caught:
        load_document(EngineCycle, path)
    assert f"bad.yaml:{line}:" in str(caught.value)


def test_no_trade_and_no_point(raptor: EngineCycle) -> None:
    with pytest.raises(InputError, match="no trade is given"):
        trade(raptor)
    with pytest.raises(ImpossibleError, match="no point of the trade closes"):
        trade(raptor, Trade.model_validate({"chamber_pressure": {"lowest": 60e6, "highest": 70e6, "points": 2}}))
