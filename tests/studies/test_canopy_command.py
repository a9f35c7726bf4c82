"""`osea land` on descents without engines: the examples hold, and a limit that is passed is a no."""

import csv
from pathlib import Path

import pytest

from osea_rocket.core.errors import ImpossibleError
from osea_rocket.studies.canopy_command import is_unpowered, run_descent

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
DESCENTS = EXAMPLES / "descents"


@pytest.mark.parametrize("name", ["fairing-half", "small-stage", "capsule", "fly-back"])
def test_every_example_keeps_its_limits(name, tmp_path):
    assert is_unpowered(DESCENTS / f"{name}.yaml")
    data, text = run_descent(DESCENTS / f"{name}.yaml", tmp_path / "run")
    assert data["status"] == "done" and {f["severity"] for f in data["findings"]} == {"OK"}
    assert text.startswith(data["descent"])
    if name != "fly-back":
        rows = list(csv.DictReader((tmp_path / "run/tables/flight.csv").open()))
        assert float(rows[-1]["time_s"]) == pytest.approx(data["time_s"])


def test_a_powered_landing_is_not_taken_for_one():
    assert not is_unpowered(EXAMPLES / "landing/study.yaml")


def changed(tmp_path, name, old, new):
    text = (DESCENTS / f"{name}.yaml").read_text()
    assert old in text
    (tmp_path / "descent.yaml").write_text(text.replace(old, new))
    return tmp_path / "descent.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("capsule", "sink_rate: 8.5 m/s", "sink_rate: 7 m/s", "it comes down at 7.47 m/s, 7.00 m/s are borne"),
        ("capsule", "volume: 11 m^3", "volume: 5 m^3", "it sinks"),
        ("capsule", "nose_radius: 4.7 m", "nose_radius: 8 m", "the water slows it"),
        ("fairing-half", "way: 2 m", "way: 0.5 m", "the net slows it"),
        ("fly-back", ", specific_impulse: 5500 s", "", "km short; begin higher, or give it jets"),
        ("fly-back", "most_lift: 1.6", "most_lift: 0.5", "it lands at"),
    ],
)
def test_a_passed_limit_is_a_no(tmp_path, name, old, new, said):
    data, _ = run_descent(changed(tmp_path, name, old, new), tmp_path / "run")
    assert data["exit_code"] == 1 and said in data["message"]


def test_a_canopy_that_is_not_full_when_it_comes_down_is_a_no(tmp_path):
    late = changed(tmp_path, "small-stage", "opens: 5 km, sink_rate: 9 m/s", "opens: 1.6 km, sink_rate: 9 m/s")
    data, _ = run_descent(late, tmp_path / "run")
    assert data["exit_code"] == 1 and "the ringsail is still reefed at" in data["message"]


def test_what_has_no_limit_is_unknown(tmp_path):
    data, _ = run_descent(changed(tmp_path, "fly-back", "limits: {level_speed: 90 m/s}\n", ""), tmp_path / "run")
    assert data["status"] == "done" and [f["severity"] for f in data["findings"]] == ["UNKNOWN"]


def test_a_winch_that_slips_under_the_weight_is_refused(tmp_path):
    with pytest.raises(ImpossibleError, match=r"hook\.force: a winch that slips at 9000 N does not carry"):
        run_descent(changed(tmp_path, "small-stage", "force: 14 kN", "force: 9 kN"), tmp_path / "run")
