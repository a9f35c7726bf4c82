"""RASP files: round trip, files as they are found, and errors that name the line."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osea_rocket.core.errors import InputError
from osea_rocket.propulsion.solids.curve import RaspMotor, curve_of, thinned
from osea_rocket.propulsion.solids.document import SolidMotor
from osea_rocket.propulsion.solids.performance import solid_performance
from osea_rocket.propulsion.solids.rasp import CLASSIC_POINTS, format_eng, parse_eng, read_eng

# The form of a certified motor's file as published (Cesaroni M1670, RocketPy data/motors): no first point, trailing blanks.
M1670 = """M1670-BS 75 757 0 3.101 5.231 CTI \r
0.055 100\r
0.092 1500\r
0.1 2000\r
0.15 2200\r
0.2 1800\r
0.5 1950\r
1 2034\r
1.5 2000\r
2 1900\r
2.5 1760\r
2.9 1700\r
3 1650\r
3.3 530\r
3.4 350\r
3.9 0\r
"""


@st.composite
def curves(draw: st.DrawFn) -> RaspMotor:
    n = draw(st.integers(1, 40))
    steps = draw(st.lists(st.floats(1e-6, 100.0), min_size=n + 1, max_size=n + 1))
    thrusts = draw(st.lists(st.floats(1e-3, 1e8), min_size=n, max_size=n))
    propellant = draw(st.floats(0.0, 1e6))
    word = st.text("ABCKLMabc0123456789-_.", min_size=1, max_size=12).filter(lambda s: s.strip("-"))
    return RaspMotor(
        name=draw(word).strip("-"), manufacturer=draw(word).strip("-"), delays=draw(st.sampled_from(["0", "P", "6-10-14"])),
        diameter=draw(st.floats(0.0, 5.0)), length=draw(st.floats(0.0, 50.0)), propellant_mass=propellant,
        loaded_mass=propellant + draw(st.floats(0.0, 1e6)),
        points=tuple(zip(np.cumsum(steps).tolist(), [*thrusts, 0.0], strict=True)),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(curves(), min_size=1, max_size=4))
def test_round_trip(motors: list[RaspMotor]) -> None:
    again = parse_eng(format_eng(motors, comment="made\nby us"))
    assert len(again) == len(motors)
    for a, b in zip(motors, again, strict=True):
        assert (a.name, a.manufacturer, a.delays, a.points) == (b.name, b.manufacturer, b.delays, b.points)
        assert (b.propellant_mass, b.loaded_mass) == (a.propellant_mass, a.loaded_mass)
        assert (b.diameter, b.length) == pytest.approx((a.diameter, a.length), abs=1e-12)


def test_a_certified_motors_file() -> None:
    """The impulse is the trapezoid sum of these points (recalled as 6026 N s; not a validation)."""
    (m,) = parse_eng(M1670)
    assert (m.name, m.diameter, m.length, m.manufacturer) == ("M1670-BS", 0.075, 0.757, "CTI")
    assert m.total_impulse == pytest.approx(6026.35, abs=5.0)
    assert m.time[0] == 0.0 and m.thrust[0] == 0.0 and m.thrust.max() == 2200.0
    assert m.propellant_left()[0] == 3.101 and m.propellant_left()[-1] == pytest.approx(0.0, abs=1e-12)


def test_several_motors_comments_tabs_and_a_mark_of_order(tmp_path: Path) -> None:
    text = (
        "\ufeff; first\n"
        + M1670
        + "\n;\n; second ; third\nA8 18 70 3-5\t0.0033 0.0163 Estes Industries\n 0.1\t9.5 ; peak\n\n0.7 0.0\n"
    )
    (tmp_path / "m.eng").write_text(text, encoding="utf-8")
    a, b = read_eng(tmp_path / "m.eng")
    assert (a.name, b.name, b.delays, b.manufacturer) == ("M1670-BS", "A8", "3-5", "Estes Industries")
    (tmp_path / "l.eng").write_bytes("; f\xfcr den Start\n".encode("latin-1") + M1670.encode())
    assert read_eng(tmp_path / "l.eng")[0].points == a.points


@pytest.mark.parametrize(("text", "line", "says"), [
    ("", "", "no motor"),
    ("A8 18 70\n", ":1", "3 of 7"),
    ("A8 x 70 0 1 2 E\n0.1 5\n1 0\n", ":1", "diameter: 'x'"),
    ("A8 18 70 0 3 2 E\n0.1 5\n1 0\n", ":1", "less than the propellant"),
    ("A8 18 70 0 1 2 E\n0.1 5\n0.1 6\n1 0\n", ":3", "ascend"),
    ("A8 18 70 0 1 2 E\n0.1 -5\n1 0\n", ":2", "negative"),
    ("A8 18 70 0 1 2 E\n0.1 5\n1 2\n", ":3", "before the thrust is zero"),
    ("A8 18 70 0 1 2 E\n0.1 5\nB9 18 70 0 1 2 E\n", ":3", "a new motor begins"),
    ("A8 18 70 0 1 2 E\n0.1 five\n1 0\n", ":2", "thrust: 'five'"),
    ("A8 18 70 0 1 2 E\n0.1 nan\n1 0\n", ":2", "thrust: 'nan'"),
    ("A8 18 70 0 1 2 E\n0.1 1e999\n1 0\n", ":2", "too large"),
    ("A8 18 70 0 1 2 E\n", ":1", "without a thrust curve"),
    ("A8 18 70 0 1 2 E\n0 0\n1 0\n", ":1", "without a thrust curve"),
])  # fmt: skip
def test_errors_name_the_line(text: str, line: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as found:
        parse_eng(text, name="m.eng")
    assert (found.value.where or "").endswith(f"m.eng{line}")


def test_a_missing_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read"):
        read_eng(tmp_path / "none.eng")


def test_a_firing_as_a_classic_file() -> None:
    m = SolidMotor.model_validate({
        "name": "my motor", "inert_mass": 2.0,
        "grain": [{"shape": "tube", "length": 0.3, "outer_diameter": 0.09, "core_diameter": 0.03}],
        "propellant": {"name": "p", "density": 1700.0, "burn_rate": [{"rate": 0.007, "at": 5e6, "exponent": 0.35}],
                       "gas": {"c_star": 1550.0, "gamma": 1.2}},
        "nozzle": {"throat_diameter": 0.02, "exit_diameter": 0.05, "half_angle": 0.26, "efficiency": 0.95},
    })  # fmt: skip
    r = solid_performance(m)
    text = format_eng([curve_of(m, r)], most=CLASSIC_POINTS)
    (again,) = parse_eng(text)
    assert len(again.points) <= CLASSIC_POINTS
    assert again.total_impulse == pytest.approx(r.total_impulse, rel=5e-3)
    assert again.loaded_mass - again.propellant_mass == pytest.approx(2.0)
    assert again.name == "my-motor"


def test_thinning_keeps_ends_and_the_peak() -> None:
    t = np.linspace(0.0, 1.0, 301)
    f = np.where(t == 0.5, 2.0, 1.0)
    kept = thinned(t, f, 10)
    assert {0, 150, 300} <= set(kept.tolist()) and len(kept) <= 10
