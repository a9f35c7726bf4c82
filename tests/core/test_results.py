"""Results: frozen, equal after the trip through JSON, and without a number that is not finite."""

import json
from dataclasses import FrozenInstanceError, dataclass, replace
from enum import Enum
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.findings import Finding, Severity
from osea_rocket.core.results import Array, Result, Unit


class Phase(Enum):
    """A kind of phase."""

    BURN = "burn"
    COAST = "coast"


@dataclass(frozen=True, kw_only=True)
class Point(Result):
    """A nested result."""

    time: Annotated[float, Unit("s")]
    position: Annotated[Array, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class Flight(Result):
    """Every kind of field."""

    name: str
    thrust: Annotated[Array, Unit("N")]
    mass_flow: Annotated[float, Unit("kg/s")]
    heat_flux: Annotated[float | None, Unit("W/m^2")] = None
    isp: float = 0.0
    starts: int | None = None
    reusable: bool = False
    phase: Phase = Phase.BURN
    points: tuple[Point, ...] = ()
    best: Point | None = None
    pair: tuple[float, str] = (0.0, "")
    grid: Array | None = None
    rows: tuple[Array, ...] = ()


def flight(**changes: Any) -> Flight:
    point = Point(time=1.0, position=np.array([1.0, 2.0, 3.0]))
    values: dict[str, Any] = {
        "name": "x",
        "thrust": np.array([1.0, 2.0]),
        "mass_flow": 300.0,
        "heat_flux": 1135.0,
        "isp": 311.0,
        "starts": 2,
        "reusable": True,
        "phase": Phase.COAST,
        "points": (point, point),
        "best": point,
        "pair": (1.5, "b"),
        "grid": np.arange(6.0).reshape(2, 3),
        "rows": (np.zeros(2), np.ones(3)),
        "input_hash": "ab",
        "sources": ("A (2020)",),
        "findings": (Finding(Severity.WARN, "engine.x", "file:1:1", "mind", 0.1), Finding(Severity.OK, "a", "b", "c")),
    }
    return Flight(**(values | changes))


def trip(result: Result) -> Any:
    return type(result).from_json(json.loads(json.dumps(result.to_json(), allow_nan=False)))


def test_round_trip():
    first = flight()
    back = trip(first)
    assert back.same_as(first) and back == first and hash(back) == hash(first)
    assert back.findings == first.findings and back.findings[0].severity is Severity.WARN
    assert back.phase is Phase.COAST and type(back.points) is tuple and type(back.best) is Point
    bare = Flight(name="x", thrust=np.zeros(0), mass_flow=1)
    assert trip(bare).same_as(bare)


def test_keys_carry_the_unit():
    data = flight().to_json()
    assert {"thrust_N", "mass_flow_kg_s", "heat_flux_W_m2", "isp", "name"} <= set(data)
    assert data["points"][0]["position_m"] == [1.0, 2.0, 3.0]
    assert data["findings"][0]["severity"] == "WARN" and data["phase"] == "coast"
    assert Unit("J/kg/K").suffix == "J_kg_K" and Unit("1/s^2").suffix == "1_s2"


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_every_float_survives(values, number, name):
    first = flight(thrust=np.array(values), mass_flow=number, name=name)
    back = trip(first)
    assert back.same_as(first)
    assert back.thrust.tobytes() == first.thrust.tobytes()  # -0.0 too


def test_nothing_can_be_changed():
    mine = np.array([1.0, 2.0])
    result = flight(thrust=mine, rows=(mine,))
    mine[0] = 99
    assert result.thrust[0] == 1.0 and result.rows[0][0] == 1.0
    for array in (result.thrust, result.rows[0], result.grid, result.points[0].position, trip(result).thrust):
        assert array is not None and array.dtype == np.float64
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5
    with pytest.raises(FrozenInstanceError):
        result.name = "y"  # type: ignore[misc]


def test_lists_and_numpy_scalars_become_what_the_field_says():
    result = flight(thrust=[1, 2], mass_flow=np.float32(2), starts=np.int64(3), points=[], pair=[np.float64(1), "b"])
    assert isinstance(result.thrust, np.ndarray) and result.thrust.dtype == np.float64
    assert type(result.mass_flow) is float and type(result.starts) is int
    assert result.points == () and result.pair == (1.0, "b") and type(result.pair[0]) is float
    assert trip(result).same_as(result)


@pytest.mark.parametrize(
    "changes",
    [
        {"thrust": np.array([1.0, 2.5])},
        {"thrust": np.array([[1.0, 2.0]])},
        {"mass_flow": 301.0},
        {"points": ()},
        {"best": None},
        {"best": Point(time=1.0, position=np.array([1.0, 2.0, 4.0]))},
        {"rows": (np.zeros(2), np.zeros(3))},
        {"findings": ()},
        {"input_hash": "ac"},
    ],
)
def test_differences_are_seen(changes):
    assert not flight(**changes).same_as(flight())
    assert flight(**changes) != flight()


def test_another_kind_is_never_the_same():
    assert not flight().same_as(None)
    assert flight() != 5
    assert Point(time=1.0, position=np.zeros(3)) != flight()


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_no_number_that_is_not_finite_reaches_a_file(bad):
    for changes in (
        {"mass_flow": bad},
        {"thrust": np.array([1.0, bad])},
        {"best": Point(time=bad, position=np.zeros(3))},
        {"pair": (bad, "")},
        {"rows": (np.array([bad]),)},
    ):
        with pytest.raises(ValueError, match="finite"):
            flight(**changes).to_json()


def test_what_has_no_place_in_a_result():
    for value in ({"a": 1}, object(), b"x", {1, 2}):
        with pytest.raises(TypeError):
            flight(name=value).to_json()


@pytest.mark.parametrize(
    "change",
    [
        {"mass_flow": 300.0},  # an unknown key
        {"mass_flow_kg_s": "300"},
        {"mass_flow_kg_s": None},
        {"mass_flow_kg_s": True},
        {"mass_flow_kg_s": float("nan")},
        {"mass_flow_kg_s": 10**400},
        {"thrust_N": [1.0, float("nan")]},
        {"thrust_N": [1.0, "2"]},
        {"thrust_N": [1.0, None]},
        {"thrust_N": [[1.0], [1.0, 2.0]]},
        {"thrust_N": "12"},
        {"thrust_N": [True]},
        {"name": 5},
        {"name": None},
        {"starts": 2.5},
        {"starts": True},
        {"reusable": "no"},
        {"phase": "fall"},
        {"points": "ab"},
        {"points": {"time_s": 1}},
        {"points": [5]},
        {"points": [{"time_s": 1.0}]},
        {"pair": [1.0]},
        {"pair": [1.0, "b", "c"]},
        {"findings": [{"severity": "WARN"}]},
        {"findings": ["WARN"]},
        {"findings": [{"severity": "BAD", "rule": "", "where": "", "message": "", "margin": None}]},
    ],
)
def test_files_with_other_contents_are_refused(change):
    with pytest.raises(ValueError, match=r".+"):
        Flight.from_json(flight().to_json() | change)


def test_missing_keys_are_named():
    data = flight().to_json()
    del data["thrust_N"]
    with pytest.raises(ValueError, match="thrust_N"):
        Flight.from_json(data)
    for wrong in ([], None, "x", 5):
        with pytest.raises(ValueError, match="fields are expected"):
            Flight.from_json(wrong)  # type: ignore[arg-type]


def test_a_field_of_two_types_is_the_authors_mistake():
    @dataclass(frozen=True, kw_only=True)
    class Either(Result):
        value: float | str

    with pytest.raises(TypeError, match="one type or None"):
        Either.from_json(Either(value=1.0).to_json())


def test_two_fields_cannot_share_a_key():
    @dataclass(frozen=True, kw_only=True)
    class Clash(Result):
        thrust: Annotated[float, Unit("N")]
        thrust_N: float  # noqa: N815

    with pytest.raises(TypeError, match="share a key"):
        Clash(thrust=1.0, thrust_N=2.0)


def test_replace_keeps_the_rules():
    changed = replace(flight(), thrust=[5, 6])
    assert changed.thrust.tolist() == [5.0, 6.0] and not changed.thrust.flags.writeable
