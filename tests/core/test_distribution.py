"""Distributions behind a value: what is read, what is refused, and that the nominal value stays what it was."""

import math
import pickle
from fractions import Fraction
from typing import Annotated, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from osea_rocket.core.distribution import Distribution, Uncertain
from osea_rocket.core.documents import DocumentError, Module, load_document
from osea_rocket.core.quantity import SI, Force, Mass, Ratio, Temperature, ratio

FILE = {"from_file": True}


class Widget(Module, schema="test/uncertain-widget/v1"):
    thrust: Force
    mass: Mass
    share: Annotated[float, ratio(gt=0.0, le=1.0)] = 0.5


def read(kind: Any, text: Any) -> Any:
    return TypeAdapter(kind).validate_python(text, context=FILE)


def refusal(kind: Any, text: Any) -> str:
    with pytest.raises(ValidationError) as error:
        read(kind, text)
    return error.value.errors()[0]["msg"]


def decimals(lowest: int, highest: int) -> st.SearchStrategy[tuple[str, Fraction]]:
    """Decimal numbers with up to three places, as text and exactly."""
    return st.integers(lowest * 1000, highest * 1000).map(lambda n: (f"{n / 1000:.3f}", Fraction(f"{n / 1000:.3f}")))


@given(decimals(1, 90000), decimals(0, 10), st.sampled_from(["±", "+-", "+/-"]), st.sampled_from([1, 2, 3]))
def test_per_cent_of_the_nominal_value_is_exact(nominal: Any, spread: Any, sign: str, sigmas: int) -> None:
    value = read(Force, f"{nominal[0]} kN {sign} {spread[0]} % ({sigmas}σ)")
    assert value == float(nominal[1] * 1000)
    assert value.distribution.deviation == float(nominal[1] * 1000 * spread[1] / 100 / sigmas)
    assert (value.distribution.low, value.distribution.high) == (-math.inf, math.inf)


@given(decimals(-500, 500), decimals(0, 60))
def test_an_absolute_spread_is_a_difference_without_the_offset_of_its_unit(nominal: Any, spread: Any) -> None:
    kelvin = nominal[1] + Fraction("273.15")
    if kelvin <= 0:
        return
    text = f"{nominal[0]} degC ± {spread[0]} K (3σ)"
    if spread[1] / 3 * 6 >= kelvin:
        assert "no such value exists" in refusal(Temperature, text)
        return
    value = read(Temperature, text)
    assert value == float(kelvin) and value.distribution.deviation == float(spread[1] / 3)


@given(decimals(1, 1000), decimals(0, 100), st.sampled_from([2, 3]))
def test_the_plain_form_reads_back_the_same(nominal: Any, spread: Any, cut: int) -> None:
    for text in (
        f"{nominal[0]} t ± {spread[0]} kg (3 sigma, truncated)",
        f"{nominal[0]} t ± {spread[0]} kg (1σ, truncated {cut}σ)",
        f"{nominal[0]} t ± {spread[0]} kg (uniform)",
        f"{nominal[0]} t (triangular 0.5..1001 t)",
    ):
        value = read(Mass, text)
        written = TypeAdapter(Mass).dump_python(value, mode="json")
        again = read(Mass, written)
        assert (again, again.distribution) == (value, value.distribution)
        assert pickle.loads(pickle.dumps(value)).distribution == value.distribution


def test_ratios_carry_plain_spreads_or_per_cent_of_themselves() -> None:
    assert read(Ratio, "0.98 ± 0.005 (1σ)").distribution.deviation == 0.005
    assert read(Ratio, "0.98 ± 0.5 % (1σ)").distribution.deviation == pytest.approx(0.0049, rel=1e-15)
    assert read(Ratio, "98 % (uniform 97..99 %)").distribution.low == 0.97
    assert "no per cent of per cent" in refusal(Ratio, "98 % ± 0.5 % (1σ)")


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (Mass, "31 kg ± 20 kg (1σ)", "is at least 0 in only 93.9429% of all cases"),
        (Mass, "31 kg ± 40 kg (uniform)", "reaches -9 in SI units, and the value is at least 0"),
        (Mass, "31 kg ± 20 kg (1σ, truncated 2σ)", "reaches -9"),
        (Annotated[float, ratio(le=1.0)], "0.99 ± 1 % (1σ)", "is at most 1 in only"),
        (Mass, "31 kg ± 1 %", "say what the spread is"),
        (Mass, "31 kg ± 1 % (σ)", "say what the spread is"),
        (Mass, "31 kg ± 1 % (0σ)", "say what the spread is"),
        (Mass, "31 kg ± -1 % (1σ)", "not negative"),
        (Mass, "31 kg ± 1 N (1σ)", "'N' is not a unit of this quantity"),
        (Mass, "31 kg ± 1 (1σ)", "expected a unit behind 1"),
        (Mass, "31 ± 1 kg (1σ)", "expected a number with a unit"),
        (Mass, "31 kg (uniform 32..33 kg)", "lies outside"),
        (Mass, "31 kg (uniform 33..30 kg)", "from its low end to its high end"),
        (Mass, "31 kg ± 1 % (3σ, truncated 1 kg)", "a span is written"),
        (Mass, "31 kg ± 1 % (3σ, clipped)", "only 'truncated'"),
        (Force, "0 kN ± 1 % (3σ)", "per cent of a nominal value of zero"),
        (Force, "1e300 kN ± 1e300 % (3σ)", "number of this size"),
        (Annotated[float, SI("kg", le=10.0)], "11 kg ± 1 % (3σ)", "must be at most 10 kg"),
    ],
)
def test_refusals_say_what_is_wrong(kind: Any, text: str, says: str) -> None:
    assert says in refusal(kind, text)


def test_a_negative_mass_is_refused_at_its_line(tmp_path) -> None:
    file = tmp_path / "widget.yaml"
    file.write_text("schema: test/uncertain-widget/v1\nname: w\nthrust: 31.0 kN ± 1 % (3σ)\nmass: 5 kg ± 2 kg (1σ)\n")
    with pytest.raises(DocumentError) as error:
        load_document(Widget, file)
    assert str(error.value).startswith(f"{file}:4:7") and "no such value exists; cut it" in str(error.value)


def test_the_document_reads_its_nominal_value_and_keeps_what_it_carries(tmp_path) -> None:
    file = tmp_path / "widget.yaml"
    file.write_text("schema: test/uncertain-widget/v1\nname: w\nthrust: 31.0 kN ± 1 % (3σ)\nmass: 5 kg\n")
    widget = load_document(Widget, file)
    assert widget.thrust == 31000.0 and isinstance(widget.thrust, Uncertain)
    assert widget.evolve(mass=6.0).thrust.distribution == widget.thrust.distribution  # type: ignore[attr-defined]
    assert not isinstance(widget.evolve(thrust=31000.0).thrust, Uncertain)
    assert widget.to_plain()["thrust"] == "31000.0 N ± 103.33333333333333 N (1σ)"
    assert Widget.model_validate(widget.to_plain(), context=FILE).content_hash() == widget.content_hash()
    assert widget.content_hash() != widget.evolve(thrust=31000.0).content_hash()


@pytest.mark.parametrize(
    "found",
    [
        Distribution("normal", 3.0, 0.5),
        Distribution("normal", 3.0, 0.5, 2.9, 4.5),
        Distribution("uniform", 3.0, low=2.0, high=5.0),
        Distribution("triangular", 3.0, low=2.0, high=5.0),
        Distribution("table", 3.0, low=1.0, high=7.0, values=(1.0, 2.0, 2.5, 7.0)),
    ],
    ids=lambda found: found.kind,
)
def test_moments_are_those_of_the_quantiles(found: Distribution) -> None:
    u = (np.arange(400_000) + 0.5) / 400_000
    drawn = found.quantile(u)
    assert np.all(np.diff(drawn) >= 0) and drawn[0] >= found.low and drawn[-1] <= found.high
    assert found.mean() == pytest.approx(np.mean(drawn), rel=1e-6)
    assert found.standard_deviation() == pytest.approx(np.std(drawn), rel=1e-4)


def test_an_uncertain_value_computes_as_its_nominal_one_in_every_backend() -> None:
    import casadi as ca

    from osea_rocket.core.compiled import compiled

    value = Uncertain(Distribution("normal", 2.0, 0.1))
    x = ca.SX.sym("x")
    assert float(ca.Function("f", [x], [x * value])(3.0)) == 6.0
    assert compiled(_thrice)(value) == 6.0 == np.asarray([value]) @ [3.0]


def _thrice(a: float) -> float:
    return a * 3.0
