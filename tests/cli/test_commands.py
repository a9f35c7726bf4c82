"""The osea command as a user and as a program meet it: help, exit codes, JSON, run folders."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from osea_rocket.core.documents import load_document
from osea_rocket.core.run_folder import read_result, read_run
from osea_rocket.propulsion.performance import EnginePerformance
from osea_rocket.studies.design import Design, design
from osea_rocket.studies.documents import Study
from osea_rocket.trajectory.result import AscentResult
from osea_rocket.vehicle.aerodynamics import DragTable
from osea_rocket.vehicle.mass import MassTable

FALCON9 = Path(__file__).resolve().parents[2] / "examples" / "falcon9"
STUDY = FALCON9 / "study.yaml"
EXAMPLES = sorted(p.relative_to(FALCON9).as_posix() for p in FALCON9.rglob("*.yaml"))


# Help and arguments


def test_help_lists_the_commands(osea: Callable) -> None:
    end = osea("--help")
    assert end.code == 0
    assert all(name in end.out for name in ("design", "ascent", "check", "validate"))
    assert "130 interrupted" in end.out  # the exit codes


@pytest.mark.parametrize("command", ["design", "ascent", "check", "validate"])
def test_every_command_explains_itself(command: str, osea: Callable) -> None:
    end = osea(command, "-h")
    assert end.code == 0
    assert f"osea {command}" in end.out
    assert "--json" in end.out


def test_version(osea: Callable) -> None:
    end = osea("--version")
    assert end.code == 0
    assert end.out.startswith("osea-rocket 0.")


def test_without_a_command_help_is_shown_and_nothing_done(osea: Callable) -> None:
    end = osea()
    assert end.code == 2
    assert "design" in end.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["desing", "x.yaml"], "did you mean 'design'"),
        (["design"], "missing argument"),
        (["design", STUDY, "--fast"], "no such option"),
        (["check", STUDY, STUDY], "unexpected extra argument"),
    ],
)
@pytest.mark.parametrize("with_json", [False, True])
def test_a_wrong_command_line(arguments: list, says: str, with_json: bool, osea: Callable) -> None:
    end = osea(*arguments, *(["--json"] if with_json else []))
    assert end.code == 2
    assert says in end.err.lower()
    if with_json:
        failure = json.loads(end.out)
        assert (failure["status"], failure["exit_code"]) == ("failed", 2)
    else:
        assert end.out == ""


def test_as_a_module() -> None:
    end = subprocess.run(
        [sys.executable, "-m", "osea_rocket", "check", STUDY], capture_output=True, text=True, check=False
    )
    assert end.returncode == 0
    assert end.stdout.startswith("Falcon 9 expendable to 200 km: osea/study/v1")
    assert end.stderr == ""


def test_a_reader_that_goes_away_is_no_error(start_osea: Callable) -> None:
    process = start_osea("check", STUDY)
    process.stdout.close()
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == ""


# A good run


def test_json_is_the_only_thing_on_stdout(good_run) -> None:
    assert good_run.ended.code == 0
    result = json.loads(good_run.ended.out)
    assert result["status"] == "done"
    assert result["payload_mass_kg"] == pytest.approx(23e3, rel=0.05)
    assert Path(result["report"]) == good_run.folder / "report.html"
    assert good_run.ended.err == ""  # no bar where nobody watches, no chatter


def test_the_run_folder_is_complete(good_run) -> None:
    run = read_run(good_run.folder)  # raises where an artefact is not as it was written
    assert (run["status"], run["command"]) == ("done", "design")
    expected = {
        "report.html", "inputs/study.yaml", "inputs/engines/merlin-1d.yaml", "inputs/resolved.yaml",
        "results/ascent.json", "results/masses.json", "results/engine-1-merlin-1d.json",
        "tables/ascent.csv", "tables/events.csv",
    }  # fmt: skip
    assert expected <= set(run["artefacts"])
    assert run["artefacts"].keys() == {
        p.relative_to(good_run.folder).as_posix() for p in good_run.folder.rglob("*") if p.is_file()
    } - {"run.json"}
    assert [p.name for p in good_run.folder.parent.iterdir()] == ["falcon9"]  # nothing beside it


def test_inputs_are_exact_copies_that_run_again(good_run) -> None:
    named = [file.relative_to(FALCON9.resolve()) for file in load_document(Study, STUDY).input_files()]
    assert {"study.yaml", "vehicle.yaml", "mission.yaml"} <= {name.as_posix() for name in named}
    for name in named:
        assert (good_run.folder / "inputs" / name).read_bytes() == (FALCON9 / name).read_bytes()
    kept = load_document(Study, good_run.folder / "inputs" / "study.yaml")
    resolved = load_document(Study, good_run.folder / "inputs" / "resolved.yaml")
    run_hash = read_run(good_run.folder)["input_hash"]
    assert kept.content_hash() == resolved.content_hash() == run_hash


@pytest.fixture(scope="module")
def again() -> Design:
    """The same study once more, in this process."""
    return design(load_document(Study, STUDY))


def test_results_read_back_equal_to_those_of_another_run(good_run, again: Design) -> None:
    """From the files: every number to the last bit, but for the time that the solver took."""
    assert read_result(good_run.folder, "masses", MassTable).same_as(again.masses)
    assert read_result(good_run.folder, "drag", DragTable).same_as(again.drag)
    for number, engine in enumerate(again.engines, start=1):
        name = f"engine-{number}-{engine.name.lower().replace(' ', '-')}"
        assert read_result(good_run.folder, name, EnginePerformance).same_as(engine)
    flown = read_result(good_run.folder, "ascent", AscentResult)
    assert flown.input_hash == again.study.content_hash()
    timed = replace(flown, solver=replace(flown.solver, wall_time=again.ascent.solver.wall_time))
    assert timed.same_as(again.ascent)


def test_the_summary_is_that_of_the_results(good_run, again: Design) -> None:
    result = json.loads(good_run.ended.out)
    assert result["payload_mass_kg"] == again.payload_mass
    assert result["input_hash"] == again.study.content_hash()


def test_running_again_replaces_the_run(good_run, tmp_path: Path, osea: Callable) -> None:
    out = Path(shutil.copytree(good_run.folder, tmp_path / "run"))
    (out / "left-over.txt").write_text("of the run before")
    end = osea("design", STUDY, "-o", out)
    assert (end.code, end.err) == (0, "")
    assert "payload       22.9" in end.out
    assert str(out / "report.html") in end.out
    assert read_run(out)["status"] == "done"
    assert not (out / "left-over.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_the_input_hash_is_of_the_content(tmp_path: Path) -> None:
    """Comments, units and file names do not count; a figure and a source do."""
    study = Path(shutil.copytree(FALCON9, tmp_path / "falcon9")) / "study.yaml"
    plain = load_document(Study, study).content_hash()
    first = study.parent / "stages" / "first-stage.yaml"
    text = first.read_text(encoding="utf-8")

    first.write_text("# a remark\n" + text.replace("24.7 t", "24700 kg # the same"), encoding="utf-8")
    assert load_document(Study, study).content_hash() == plain
    first.write_text(text.replace("dry_mass: 24.7 t", "dry_mass: 24.8 t"), encoding="utf-8")
    assert load_document(Study, study).content_hash() != plain
    first.write_text(text.replace("grade: secondary", "grade: recalled", 1), encoding="utf-8")
    assert load_document(Study, study).content_hash() != plain


def test_without_out_the_folder_is_named_after_the_study(
    tmp_path: Path, osea: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the name is not written in Latin letters. The run itself is another test's business."""
    from osea_rocket.core.errors import UndecidedError
    from osea_rocket.studies import design as module

    seen = []

    def stop(*_: object) -> Design:
        seen.append(next(tmp_path.glob("out/*.partial")).name)
        raise UndecidedError("stopped by the test")

    monkeypatch.setattr(module, "design", stop)
    monkeypatch.chdir(tmp_path)
    study = Path(shutil.copytree(FALCON9, tmp_path / "falcon9")) / "study.yaml"
    text = study.read_text(encoding="utf-8")
    for name in ("Falcon 9 (test)", "누리호 첫 비행", '"?!"'):
        study.write_text(text.replace("Falcon 9 expendable to 200 km", name), encoding="utf-8")
        assert osea("design", study).code == 3
    assert seen == ["falcon-9-test.partial", "누리호-첫-비행.partial", "study.partial"]
    assert list((tmp_path / "out").iterdir()) == []


# osea check


@pytest.mark.parametrize("name", EXAMPLES)
def test_check_reads_every_example(name: str, osea: Callable) -> None:
    end = osea("check", FALCON9 / name)
    assert (end.code, end.err) == (0, "")
    assert "osea/" in end.out

    strict = osea("check", FALCON9 / name, "--strict", "--json")
    found = json.loads(strict.out)
    assert found["schema"].startswith("osea/")
    if any(f["severity"] == "UNKNOWN" for f in found["findings"]):
        assert (strict.code, found["status"], found["exit_code"], found["worst"]) == (3, "failed", 3, "UNKNOWN")
        assert "--strict" in strict.err
    else:
        assert (strict.code, found["status"], strict.err) == (0, "done", "")


def test_check_finds_what_is_unknown_of_an_engine(osea: Callable) -> None:
    end = osea("check", FALCON9 / "engines" / "merlin-1d.yaml", "--json")
    unknown = [f["rule"] for f in json.loads(end.out)["findings"] if f["severity"] == "UNKNOWN"]
    assert "engine.ignitions" in unknown
    assert end.code == 0


def test_check_says_no_where_a_finding_is_an_error(osea: Callable, tmp_path: Path) -> None:
    """A published specific impulse that no nozzle of this engine could give."""
    engine = tmp_path / "engine.yaml"
    text = (FALCON9 / "engines" / "merlin-1d.yaml").read_text(encoding="utf-8")
    engine.write_text(text.replace("isp_vacuum: 311 s", "isp_vacuum: 400 s"), encoding="utf-8")
    end = osea("check", engine, "--json")
    found = json.loads(end.out)
    assert found["worst"] == "ERROR"
    assert (end.code, found["exit_code"]) == (1, 1)
    assert str(engine) in end.err
