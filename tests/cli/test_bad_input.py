"""What is wrong with a study is said in one clear message with its place, and leaves nothing behind.

Each case of broken_studies.yaml is the Falcon 9 example with one thing changed.
"""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

FALCON9 = Path(__file__).resolve().parents[2] / "examples" / "falcon9"
FIRST, SECOND = "stages/first-stage.yaml", "stages/second-stage.yaml"
MERLIN_VACUUM = "engines/merlin-1d-vacuum.yaml"
MISSION, VEHICLE, SITE = "mission.yaml", "vehicle.yaml", "site.yaml"
PAYLOAD = "payload.yaml"


@dataclass(frozen=True)
class Case:
    """One thing changed in a file of the example, and what is to be said of it; see broken_studies.yaml."""

    file: str
    old: str
    new: str
    says: tuple[str, ...]
    also: tuple[dict[str, str], ...] = ()
    line: str | None = None
    at: str | None = None
    code: int = 2


CASES = {
    name: Case(**case)
    for name, case in yaml.safe_load(
        Path(__file__).with_name("broken_studies.yaml").read_text(encoding="utf-8")
    ).items()
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example to spoil."""
    return Path(shutil.copytree(FALCON9, tmp_path / "falcon9"))


@pytest.fixture
def design(folder: Path, osea: Callable) -> Callable:
    """Design the spoilt study; whatever comes of it, no traceback, nothing on stdout and nothing left behind."""

    def run(*options: str | Path) -> Any:
        end = osea("design", folder / "study.yaml", "--out", folder.parent / "out", *options)
        assert "Traceback" not in end.err
        assert "fault of OSEA-Rocket" not in end.err
        assert [path.name for path in folder.parent.iterdir()] == ["falcon9"]
        return end

    return run


def spoil(file: Path, *changes: tuple[str, str]) -> str:
    """Make the changes, and return what the file now says."""
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"the example no longer says {old!r}"
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    return text


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_message_says_what_where_and_how_to_mend(case: Case, folder: Path, design: Callable) -> None:
    file = folder / case.file
    place = file.read_text(encoding="utf-8")[: file.read_text(encoding="utf-8").index(case.old)].count("\n") + 1
    text = spoil(file, (case.old, case.new), *((c["old"], c["new"]) for c in case.also))
    if case.line is not None:
        text = (folder / case.at).read_text(encoding="utf-8") if case.at else text
        place = line_of(text, case.line)

    end = design("--quiet")

    assert end.code == case.code
    assert end.out == ""
    assert end.err.startswith("error ")
    assert f"{folder / (case.at or case.file)}:{place}:" in end.err
    assert [word for word in case.says if word not in end.err] == []
    assert len(end.err.splitlines()) <= 3  # one mistake, one message


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 80


# Files that cannot be read


def empty(file: Path) -> None:
    file.write_text("")


def nothing_but_comments(file: Path) -> None:
    file.write_text("# to be done\n")


def binary(file: Path) -> None:
    file.write_bytes(bytes(range(256)) * 8)


def control_characters(file: Path) -> None:
    file.write_bytes(b"schema: osea/site/v1\nname: \x00\x01\n")


def latin_1(file: Path) -> None:
    file.write_bytes("name: Kourou, Gruppe f\u00fcr Starts".encode("latin-1"))


def link_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def named_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def missing(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (empty, "the file is empty"),
        (nothing_but_comments, "the file is empty"),
        (binary, "not UTF-8"),
        (control_characters, "control character"),
        (latin_1, "save the file as UTF-8"),
        (link_to_itself, "cannot be read"),
        (named_pipe, "not a plain file"),
        (missing, "no such file"),
    ],
)
@pytest.mark.parametrize("name", ["site.yaml", "study.yaml"])
def test_a_file_that_cannot_be_read(damage: Callable, words: str, name: str, folder: Path, design: Callable) -> None:
    damage(folder / name)
    end = design("--quiet")
    assert (end.code, end.out) == (2, "")
    assert words in end.err
    assert name in end.err
    assert f"{folder}" in end.err


def test_a_file_that_may_not_be_read(folder: Path, design: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused by the system; imitated, because the superuser may read everything."""
    read_bytes = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == SITE:
            raise PermissionError(13, "Permission denied", str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    end = design("--quiet")
    assert (end.code, end.out) == (2, "")
    assert end.err.startswith(f"error {folder / MISSION}:6:7: site: 'site.yaml': cannot be read: Permission denied")


def test_several_mistakes_are_told_at_once(folder: Path, design: Callable) -> None:
    spoil(folder / FIRST, ("dry_mass: 24.7 t", "dry_mass: 24.7"), ("engine_count: 9", "engine_count: 0"))
    spoil(folder / SITE, ("latitude: 28.5618571 deg", "latitude: north"))
    end = design("--quiet")
    assert end.code == 2
    for place in (f"{FIRST}:10:", f"{FIRST}:13:", f"{SITE}:4:"):
        assert place in end.err


# What an engine cannot do, what a solver finds


def test_a_restart_that_the_engine_cannot_make(folder: Path, design: Callable) -> None:
    spoil(folder / MERLIN_VACUUM, ("throttle_min: 64 %", "throttle_min: 64 %\nignitions: 1"))
    text = spoil(folder / MISSION, ("[6 s]", "[6 s]\n  last_stage_burns: 2\n  longest_coast: 1 h"))
    end = design("--quiet")
    assert end.code == 2
    assert f"{folder / MISSION}:{line_of(text, 'last_stage_burns')}:" in end.err
    assert "Merlin 1D Vacuum" in end.err
    assert "starts 1 time" in end.err


def give_payload(folder: Path, mass: str) -> None:
    spoil(folder / PAYLOAD, ("name: payload", f"name: payload\nmass: {mass}"))
    spoil(folder / MISSION, ("objective: payload", "objective: propellant"))


def test_a_payload_beyond_all_propellant_is_refused_without_solving(folder: Path, design: Callable) -> None:
    give_payload(folder, "60 t")
    end = design("--quiet")
    assert (end.code, end.out) == (1, "")
    assert f"{folder / MISSION}:8:3: " in end.err  # the orbit
    assert "out of reach" in end.err
    assert "60000 kg of payload" in end.err
    assert "m/s" in end.err


def test_a_payload_a_little_too_heavy_is_told_the_largest(folder: Path, design: Callable) -> None:
    give_payload(folder, "25 t")
    end = design()
    assert (end.code, end.out) == (1, "")
    assert "25000 kg of payload are too much" in end.err
    assert "at most 229" in end.err


@pytest.mark.slow
def test_a_limit_that_cannot_be_held_is_named(folder: Path, design: Callable) -> None:
    text = spoil(folder / MISSION, ("dynamic_pressure: 35 kPa", "dynamic_pressure: 200 Pa"))
    end = design("--quiet")
    assert (end.code, end.out) == (1, "")
    assert f"{folder / MISSION}:{line_of(text, 'dynamic_pressure: 200 Pa')}:" in end.err
    assert "must be at most 200 Pa" in end.err


@pytest.mark.slow
def test_an_orbit_out_of_reach_names_what_is_short(folder: Path, design: Callable) -> None:
    """A second stage of two tonnes: even without payload it is short of propellant."""
    text = (folder / SECOND).read_text(encoding="utf-8")
    tanks = text[text.index("tanks:") : text.rindex("sources:\n  - fields: [dry_mass, propellant_mass]")]
    spoil(folder / SECOND, (tanks, ""), ("propellant_mass: 109.5 t", "propellant_mass: 2.2 t"))
    end = design("--json", "--quiet")
    assert end.code == 1
    failure = json.loads(end.out)
    assert (failure["status"], failure["exit_code"]) == ("failed", 1)
    assert "usable propellant of second stage" in failure["message"]
    assert f"{folder / MISSION}:8:3: " in failure["message"]


def test_a_solver_that_gives_up_is_undecided(folder: Path, design: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    from osea_rocket.trajectory import ascent

    monkeypatch.setattr(ascent, "OPTIONS", ascent.Options(max_iterations=3, explain=False))
    end = design("--json")
    assert end.code == 3
    assert json.loads(end.out)["exit_code"] == 3
    assert "was not solved" in end.err
    assert "3 iterations" in end.err


# With --json, and other commands


@pytest.mark.parametrize("name", ["unknown unit", "missing file", "wrong indent", "too heavy to lift off"])
def test_a_failure_with_json_is_one_document(name: str, folder: Path, design: Callable) -> None:
    case = CASES[name]
    spoil(folder / case.file, (case.old, case.new))
    end = design("--json")
    failure = json.loads(end.out)
    assert failure["status"] == "failed"
    assert failure["exit_code"] == end.code == case.code
    assert all(word in failure["message"] for word in case.says)
    assert failure["message"] in end.err  # people see it, too


@pytest.mark.parametrize("name", ["unknown field", "tanks that do not add up", "schema of another version"])
def test_check_says_the_same(name: str, folder: Path, osea: Callable) -> None:
    case = CASES[name]
    spoil(folder / case.file, (case.old, case.new))
    checked = osea("check", folder / "study.yaml")
    assert (checked.code, checked.out) == (2, "")
    assert checked.err == osea("design", folder / "study.yaml", "--out", folder.parent / "out", "--quiet").err


def test_check_names_the_schema_that_was_meant(folder: Path, osea: Callable) -> None:
    spoil(folder / SITE, ("osea/launch-site/v1", "osea/launchsite/v1"))
    end = osea("check", folder / SITE)
    assert end.code == 2
    assert "did you mean 'osea/launch-site/v1'" in end.err


def test_a_vehicle_is_no_study(folder: Path, osea: Callable) -> None:
    end = osea("design", folder / VEHICLE, "--out", folder.parent / "out")
    assert (end.code, end.out) == (2, "")
    assert f"{folder / VEHICLE}:2:9: " in end.err
    assert "'osea/study/v1' is expected" in end.err


# Where the run is to be written


def holds(place: Path, kind: str) -> Path:
    """Something at the place that is no run."""
    if kind == "folder":
        place.mkdir()
        (place / "thesis.tex").write_text("years of work")
    elif kind == "file":
        place.write_text("years of work")
    elif kind == "below a file":
        place.write_text("years of work")
        return place / "run"
    return place


@pytest.mark.parametrize("kind", ["folder", "file", "below a file"])
def test_nothing_of_the_user_is_overwritten(kind: str, tmp_path: Path, osea: Callable) -> None:
    out = holds(tmp_path / "mine", kind)
    before = {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")}
    end = osea("design", FALCON9 / "study.yaml", "--out", out, "--quiet")
    assert (end.code, end.out) == (2, "")
    assert "--out" in end.err
    assert str(out) in end.err
    assert {path: path.is_file() and path.read_bytes() for path in tmp_path.rglob("*")} == before


def test_a_folder_that_cannot_be_written(tmp_path: Path, osea: Callable) -> None:
    end = osea("design", FALCON9 / "study.yaml", "--out", "/proc/nowhere/run", "--quiet")
    assert (end.code, end.out) == (2, "")
    assert "cannot write" in end.err
    assert "--out" in end.err
