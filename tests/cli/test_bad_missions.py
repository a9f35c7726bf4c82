"""Missions that cannot be flown, by the command line: what gives way, by how much, with which exit code, and never a hang.

Each is the Falcon 9 example with one thing changed in its mission.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FALCON9 = Path(__file__).resolve().parents[2] / "examples" / "falcon9"
ORBIT = "perigee_altitude: 200 km\n  apogee_altitude: 200 km\n  inclination: 28.5 deg\n"
AREA = "{name: A, latitude: [0 deg, 0 deg, 9 deg], longitude: [0 deg, 9 deg, 9 deg]}"
SOURCES = "  - fields: [orbit.inclination]"


@pytest.fixture
def fly(tmp_path: Path, osea: Callable) -> Callable[..., Any]:
    """Design the example with its mission changed: (old, new) pairs of text. Nothing may be left behind, no traceback."""
    folder = Path(shutil.copytree(FALCON9, tmp_path / "falcon9"))

    def run(*changes: tuple[str, str]) -> Any:
        file = folder / "mission.yaml"
        text = file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"the example no longer says {old!r}"
            text = text.replace(old, new, 1)
        file.write_text(text, encoding="utf-8")
        end = osea("design", folder / "study.yaml", "--out", tmp_path / "out", "--quiet")
        assert "Traceback" not in end.err
        assert end.out == ""
        assert [path.name for path in tmp_path.iterdir()] == ["falcon9"]
        return end

    return run


def orbit(text: str) -> tuple[tuple[str, str], ...]:
    """Another orbit; the sources that cite the old one's fields go with it."""
    mission = (FALCON9 / "mission.yaml").read_text(encoding="utf-8")
    begin, end = mission.index(SOURCES), mission.index("  - fields: [sequence.separation_coasts]")
    return (mission[begin:end], ""), (ORBIT, text)


WRONG = {
    "an orbit in the atmosphere": (
        [("perigee_altitude: 200 km", "perigee_altitude: 80 km")],
        ["perigee_altitude", "is 80 km", "below 100 km the atmosphere ends the orbit"],
    ),
    "a Sun-synchronous orbit in the atmosphere": (
        orbit("{type: sun-synchronous, altitude: 90 km}\n"),
        ["altitude", "is 90 km", "atmosphere"],
    ),
    "a Sun-synchronous orbit too high": (
        orbit("{type: sun-synchronous, altitude: 7000 km}\n"),
        ["too high", "5974 km"],
    ),
    "both nodes": (
        orbit("{type: sun-synchronous, altitude: 600 km, ltan: '06:00', ltdn: '18:00'}\n"),
        ["ltdn", "twelve hours apart"],
    ),
    "a time that is none": (
        orbit("{type: sun-synchronous, altitude: 600 km, ltan: '26:00'}\n"),
        ["ltan"],
    ),
    "a plane without a time": (
        [*orbit("{type: sun-synchronous, altitude: 600 km, ltan: '06:00'}\n"), ("epoch: 2027-03-01T12:00:00Z\n", ""),
         ("  - fields: [epoch]\n    grade: estimate\n"
          '    citation: "an arbitrary date, so that launch data can be written; no flight is meant"\n', "")],
        ["epoch", "launch_window"],
    ),
    "two times": (
        [("epoch: 2027", "launch_window: {opens: 2027-03-01T00:00:00Z}\nepoch: 2027")],
        ["launch_window", "leave one out"],
    ),
    "a target file that is not there": (
        orbit("{type: rendezvous, perigee_altitude: 200 km, apogee_altitude: 400 km, target: station.tle}\n"),
        ["station.tle", "no such file"],
    ),
    "no such kind of orbit": (orbit("{type: polar, altitude: 600 km}\n"), ["type"]),
    "an asymptote that the plane cannot hold": (
        orbit("{type: escape, perigee_altitude: 200 km, c3: 10 km^2/s^2, inclination: 28.5 deg, declination: 40 deg}\n"),
        ["inclination", "40.00 deg"],
    ),
    "an asymptote of an ellipse": (
        orbit("{type: escape, perigee_altitude: 200 km, c3: -2 km^2/s^2, declination: 10 deg}\n"),
        ["no asymptote"],
    ),
    "a station without time": (
        [("limits:\n", "limits:\n  stations: [{name: A, latitude: 32 deg, longitude: -65 deg, begin: 90 s, end: 80 s}]\n")],
        ["end", "not after the begin"],
    ),
    "a range that is not named": (
        [("limits:\n", "limits:\n  range_during: [first stage]\n")],
        ["range_during", "no range is named"],
    ),
    "an area without a disposal": (
        [("limits:\n", f"limits:\n  disposal_area: [{AREA}]\n")],
        ["give the sequence a 'disposal'"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_mission_is_an_error_of_the_input(case: tuple, fly: Callable) -> None:
    changes, words = case
    end = fly(*changes)
    assert end.code == 2
    assert "mission.yaml:" in end.err
    assert [word for word in words if word not in end.err] == []


IMPOSSIBLE = {
    "an inclination below the site's latitude": (
        [("inclination: 28.5 deg", "inclination: 20 deg")],
        ["20.000 deg cannot be reached", "geocentric latitude 28.4", "allow_dog_leg"],
    ),
    "a heading that the range forbids": (
        [
            ("objective: payload", "heading: southward\nobjective: payload"),
            ("inclination: 28.5 deg", "inclination: 60 deg"),
        ],
        ["azimuth", "35.0 to 120.0 deg"],
    ),
    "hardly any dynamic pressure": (
        [("dynamic_pressure: 35 kPa", "dynamic_pressure: 5 Pa")],
        ["vertical rise", "the dynamic pressure comes to", "must be at most 5 Pa", "off by"],
    ),
    "no dynamic pressure at all": (
        [("dynamic_pressure: 35 kPa", "dynamic_pressure: 0.001 Pa")],
        ["must be at most 0.001 Pa", "off by"],
    ),
    "less acceleration than lifts": (
        [("axial_acceleration: 6 g_0", "axial_acceleration: 1.05 g_0")],
        ["the axial acceleration comes to", "off by"],
    ),
    "a fairing that can never leave": (
        [("200 km\n  apogee_altitude: 200 km", "105 km\n  apogee_altitude: 105 km")],
        ["exclude each other", "apogee", "must be at most 1135 W/m²"],
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_is_impossible_is_told_with_its_reason(case: tuple, fly: Callable) -> None:
    changes, words = case
    end = fly(*changes)
    assert end.code == 1
    assert "mission.yaml:" in end.err
    assert [word for word in words if word not in end.err] == []


FEWER_LIMITS = (
    ("  q_alpha: 200 kPa*deg\n", ""),
    ("  attitude_rate: 2 deg/s\n", ""),
    ("[limits.dynamic_pressure, limits.q_alpha, limits.attitude_rate]", "[limits.dynamic_pressure]"),
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "named", "unit"),
    [
        ("dynamic_pressure: 2500 Pa", "limits.dynamic_pressure gives way", "at most 2500 Pa"),
        (
            "dynamic_pressure: 35 kPa\n  stations: [{name: Bermuda, latitude: 32.35 deg, longitude: -64.66 deg, "
            "begin: 480 s, end: 500 s, minimum_elevation: 60 deg}]",
            "limits.stations gives way",
            "must be at least 0",
        ),
    ],
)
def test_an_elastic_solve_names_the_limit_that_gives_way(
    new: str, named: str, unit: str, fly: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On half the mesh, with two other limits and few iterations: each limit is a solve more, a failing one the longest."""
    from osea_rocket.trajectory import ascent, blame

    whole = ascent.ascent_problem

    def coarser(plan: Any, mission: Any, frame: Any, guess: Any, density: float, ranges: Any) -> Any:
        return whole(plan, mission, frame, guess, 0.5 * density, ranges)

    monkeypatch.setattr(ascent, "ascent_problem", coarser)
    monkeypatch.setattr(ascent, "OPTIONS", replace(ascent.OPTIONS, max_iterations=80))
    monkeypatch.setattr(blame, "_ITERATIONS", 100)
    end = fly(("dynamic_pressure: 35 kPa", new), *FEWER_LIMITS)
    assert end.code == 1
    assert named in end.err and unit in end.err and "off by" in end.err


def test_a_time_limit_holds(fly: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from osea_rocket.trajectory import ascent

    monkeypatch.setattr(ascent, "TIME_LIMIT", 0.3)
    end = fly()
    assert end.code == 3
    assert "not solved within 0.3 s" in end.err


def test_a_guess_without_numbers_does_not_hang(fly: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start at a singular point: the solver is not even begun, and the error names where."""
    from osea_rocket.trajectory import ascent

    whole = ascent.guess_ascent

    def singular(*arguments: Any) -> Any:
        first, *others = whole(*arguments)
        return (replace(first, values=first.values | {"x": np.full(len(first.at), np.nan)}), *others)

    monkeypatch.setattr(ascent, "guess_ascent", singular)
    end = fly()
    assert end.code == 3
    assert "not finite" in end.err
