"""Numbers on the page: significant digits, grouping, alignment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.report.pieces import Cell, Column
from osea_rocket.report.tables import number, quantity, show


@pytest.mark.parametrize(
    ("value", "digits", "decimals", "expected"),
    [
        (311.04, 4, None, "311.0"),
        (9.9996, 4, None, "10.00"),
        (0.00123456, 3, None, "0.00123"),
        (-92.0, 4, None, "\u221292.00"),
        (22800.0, 4, None, "22\u202f800"),
        (1234567.8, 4, None, "1\u202f234\u202f568"),
        (9806.65, 4, None, "9807"),
        (3.986004418e14, 4, None, "3.986 × 10¹⁴"),
        (2.31e-5, 3, None, "2.31 × 10⁻⁵"),
        (0.0, 4, None, "0"),
        (0.0, 4, 2, "0.00"),
        (-0.001, 4, 2, "0.00"),
        (2.675, 4, 2, "2.68"),
        (570000.0, 4, 0, "570\u202f000"),
        (float("nan"), 4, None, "–"),
        (float("inf"), 4, None, "–"),
    ],
)
def test_number(value, digits, decimals, expected):
    assert number(value, digits, decimals) == expected


@given(st.floats(1e-12, 1e15), st.integers(1, 12))
def test_shown_digits_are_right(value, digits):
    text = number(value, digits).replace("\u202f", "")
    mantissa, _, power = text.partition(" × 10")
    power = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))) if power else 0
    assert float(f"{mantissa}e{power}") == pytest.approx(value, rel=0.5000001 * 10.0 ** (1 - digits))


def test_quantity_scales_and_joins():
    assert quantity(845e3, "kN", scale=1e-3) == "845.0\u00a0kN"
    assert quantity(None, "kN") == "–"
    assert quantity(1.36, "", digits=3) == "1.36"


def test_cells():
    column = Column("Mass", "t", scale=1e-3, decimals=2)
    assert (show(22200.0, column).whole, show(22200.0, column).fraction) == ("22", ".20")
    assert show(Cell(22200.0, digits=2), column).text == "22"
    assert show(Cell(22200.0, scale=1.0, decimals=0, unit="kg"), column).unit == "kg"
    assert show(None, column).text == "–" and show(float("nan"), column).text == "–"
    assert show(True, column).text == "yes" and not show("F9", column).numeric
    assert show(9, Column("Engines")).text == "9" and show(123456, Column("n")).text == "123\u202f456"
    assert show(311.04, Column("Engine", align="right")).whole == "311.0"
