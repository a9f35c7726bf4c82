"""The run folder: whole or not at all, never over something foreign, and read back as it was written."""

import csv
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import pytest

from osea_rocket.core.documents import Module, Reference, load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.quantity import Mass
from osea_rocket.core.results import Array, Result, Unit
from osea_rocket.core.run_folder import RunFolder, read_result, read_run


class Part(Module, schema="test/part/v1"):
    """A small document."""

    mass: Mass


class Whole(Module, schema="test/whole/v1"):
    """A document that refers to another."""

    part: Reference[Part]


@dataclass(frozen=True, kw_only=True)
class Curve(Result):
    """A small result."""

    time: Annotated[Array, Unit("s")]


DOCUMENT = Part(name="p", mass=1.0)
CURVE = Curve(time=np.array([0.0, 0.1, 1 / 3]))


def write(path: Path, document: Module = DOCUMENT, curve: Curve = CURVE) -> Path:
    with RunFolder(path, "test", document) as run:
        run.write_result("curve", curve)
        run.write_table("curve", ["time_s", "name", "n"], [(np.float64(1 / 3), "a,b", 2), (1e-300, "c", 3)])
        run.write_text("report.html", "<p>é</p>")
        run.write_text("figures/side_view.svg", "<svg/>")
        return run.publish()


def test_written_and_read(tmp_path):
    path = tmp_path / "deep" / "run"
    assert write(path) == path
    assert [p.name for p in path.parent.iterdir()] == ["run"]  # no .partial, no .old
    run = read_run(path)
    assert run["status"] == "done" and run["command"] == "test" and run["name"] == "p"
    assert run["input_hash"] == DOCUMENT.content_hash() and run["versions"]["python"]
    assert set(run["artefacts"]) == {
        "inputs/resolved.yaml",
        "results/curve.json",
        "tables/curve.csv",
        "report.html",
        "figures/side_view.svg",
    }
    assert read_result(path, "curve", Curve).same_as(CURVE)
    assert load_document(Part, path / "inputs" / "resolved.yaml") == DOCUMENT
    with (path / "tables" / "curve.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["time_s", "name", "n"] and float(rows[1][0]) == 1 / 3 and rows[1][1] == "a,b"


def test_inputs_are_exact_copies(tmp_path):
    (tmp_path / "parts").mkdir()
    part = b"schema: test/part/v1   # a comment\r\nname: p\nmass: 1 t\n"
    whole = b"schema: test/whole/v1\nname: w\npart: ../parts/p.yaml\n"
    (tmp_path / "parts" / "p.yaml").write_bytes(part)
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "w.yaml").write_bytes(whole)
    document = load_document(Whole, tmp_path / "whole" / "w.yaml")
    path = write(tmp_path / "run", document)
    assert (path / "inputs" / "whole" / "w.yaml").read_bytes() == whole
    assert (path / "inputs" / "parts" / "p.yaml").read_bytes() == part
    assert load_document(Whole, path / "inputs" / "whole" / "w.yaml") == document
    # and from the resolved document of that run again, onto itself
    again = load_document(Whole, path / "inputs" / "resolved.yaml")
    assert again == document
    resolved = (path / "inputs" / "resolved.yaml").read_bytes()
    write(path, again)
    assert (path / "inputs" / "inputs" / "resolved.yaml").read_bytes() == resolved
    assert read_run(path)["input_hash"] == document.content_hash()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing(tmp_path, error):
    with pytest.raises(error), RunFolder(tmp_path / "run", "test", DOCUMENT) as run:
        run.write_result("curve", CURVE)
        raise error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_error_while_publishing_leaves_the_old_run(tmp_path, monkeypatch, error):
    write(tmp_path / "run")
    real = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise error
        return real(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(error):
        write(tmp_path / "run", curve=Curve(time=np.zeros(2)))
    assert read_result(tmp_path / "run", "curve", Curve).same_as(CURVE)
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_without_publish_nothing_is_left(tmp_path):
    with RunFolder(tmp_path / "run", "test", DOCUMENT) as run:
        run.write_result("curve", CURVE)
    assert list(tmp_path.iterdir()) == []


def test_a_result_with_nan_publishes_nothing(tmp_path):
    with pytest.raises(ValueError, match="finite"):
        write(tmp_path / "run", curve=Curve(time=np.array([np.nan])))
    assert list(tmp_path.iterdir()) == []


def test_another_run_replaces_the_first(tmp_path):
    write(tmp_path / "run")
    (tmp_path / "run" / "stale.txt").write_text("x")
    write(tmp_path / "run", curve=Curve(time=np.zeros(2)))
    assert read_result(tmp_path / "run", "curve", Curve).time.tolist() == [0.0, 0.0]
    assert not (tmp_path / "run" / "stale.txt").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_an_empty_folder_may_become_a_run(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    write(tmp_path / "run")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    write(Path())
    assert read_run(tmp_path / "here")["status"] == "done"


def foreign(path: Path) -> str:
    with pytest.raises(InputError) as error:
        write(path)
    assert error.value.exit_code == 2
    return str(error.value)


def test_what_is_not_a_run_is_never_touched(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "thesis.tex").write_text("years of work")
    (tmp_path / "file").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "run.json").write_text('{"tool": "somebody else\'s"}')
    (tmp_path / "empty-json").mkdir()
    (tmp_path / "empty-json" / "run.json").write_text("")
    for name in ("data", "file", "other", "empty-json"):
        assert "not a run folder; choose another with --out" in foreign(tmp_path / name)
    assert "cannot be a run folder" in foreign(Path("/"))
    # nor anything that happens to bear the names of our helpers
    for suffix in (".partial", ".old"):
        folder = tmp_path / f"run{suffix}"
        folder.mkdir()
        (folder / "thesis.tex").write_text("years of work")
    assert "run.partial" in foreign(tmp_path / "run")
    (tmp_path / "run.partial" / "thesis.tex").unlink()
    write(tmp_path / "run")
    write(tmp_path / "run")
    assert (tmp_path / "run.old" / "thesis.tex").exists()
    assert (tmp_path / "data" / "thesis.tex").read_text() == "years of work"


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "cannot write" in foreign(tmp_path / "file" / "run")


def test_a_foreign_folder_that_appears_meanwhile_is_not_replaced(tmp_path):
    with pytest.raises(InputError, match="not a run folder"), RunFolder(tmp_path / "run", "test", DOCUMENT) as run:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "thesis.tex").write_text("x")
        run.publish()
    assert (tmp_path / "run" / "thesis.tex").exists() and not (tmp_path / "run.partial").exists()


def test_a_link_to_a_folder_is_followed(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write(tmp_path / "link")
    write(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and read_run(tmp_path / "real")["status"] == "done"


@pytest.mark.skipif(os.name == "nt", reason="no flock on Windows, as the module says")
def test_a_second_run_on_the_same_path_waits_outside(tmp_path):
    with RunFolder(tmp_path / "run", "first", DOCUMENT) as first:
        with pytest.raises(InputError, match="another run is writing"):
            write(tmp_path / "run")
        first.write_result("curve", CURVE)  # the refused one has not touched it
        first.publish()
        assert read_run(tmp_path / "run")["command"] == "first"
        # published: the place is free while the first block is still open, and its end removes nothing
        second = RunFolder(tmp_path / "run", "second", DOCUMENT)
        second.__enter__()
    assert second.partial.exists()
    second.publish()
    assert read_run(tmp_path / "run")["command"] == "second"


KILLED = """
import os, sys
from pathlib import Path
from osea_rocket.core.documents import Module
from osea_rocket.core.run_folder import RunFolder
class Part(Module, schema="test/part/v1"):
    "x"
with RunFolder(Path(sys.argv[1]), "killed", Part(name="p")) as run:
    run.write_text("report.html", "half")
    os._exit(9)
"""


def test_a_killed_run_looks_unfinished_and_the_next_takes_its_place(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "run")], check=False)
    assert done.returncode == 9
    assert [p.name for p in tmp_path.iterdir()] == ["run.partial"]
    with pytest.raises(InputError, match="not a finished run: its status is 'running'"):
        read_run(tmp_path / "run.partial")
    write(tmp_path / "run")
    assert read_run(tmp_path / "run")["command"] == "test"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_artefacts_stay_inside(tmp_path):
    with RunFolder(tmp_path / "run", "test", DOCUMENT) as run:
        for name in ("../escaped.txt", "/tmp/escaped.txt", "figures/../../escaped.txt", "run.json"):
            with pytest.raises(ValueError, match="no name for an artefact"):
                run.write_text(name, "x")
        with pytest.raises(ValueError, match="no name"):
            run.write_result("../../curve", CURVE)
        with pytest.raises(ValueError, match="no name"):
            run.write_table("../../curve", [], [])
    assert list(tmp_path.iterdir()) == []


def spoil(path: Path, change) -> str:
    file = path / "run.json"
    run = json.loads(file.read_text())
    change(run)
    file.write_text(json.dumps(run))
    with pytest.raises(InputError) as error:
        read_run(path)
    return str(error.value)


def test_changes_are_seen(tmp_path):
    path = write(tmp_path / "run")
    (path / "results" / "curve.json").write_text("{}")
    with pytest.raises(InputError, match=r"curve\.json: changed or missing"):
        read_run(path)
    path = write(tmp_path / "run")
    (path / "report.html").unlink()
    with pytest.raises(InputError, match="changed or missing"):
        read_run(path)
    path = write(tmp_path / "run")
    (tmp_path / "same.html").write_bytes((path / "report.html").read_bytes())
    (path / "report.html").unlink()
    (path / "report.html").symlink_to(tmp_path / "same.html")
    with pytest.raises(InputError, match="outside the run folder"):
        read_run(path)
    (path / "report.html").unlink()
    (path / "report.html").symlink_to(path / "report.html")
    with pytest.raises(InputError, match="report"):
        read_run(path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../run2/run.json", "a\0b", "x" * 5000])
def test_artefacts_named_outside(tmp_path, name):
    path = write(tmp_path / "run")
    message = spoil(path, lambda run: run["artefacts"].update({name: "0" * 64}))
    assert "outside" in message or "missing" in message


def test_other_things_than_runs(tmp_path):
    path = write(tmp_path / "run")
    assert "not a document of schema" in spoil(path, lambda run: run.update(schema="other/v1"))
    assert "not a document of schema" in spoil(write(path.with_name("b")), lambda run: run.update(artefacts=[]))
    assert "not a finished run" in spoil(write(path.with_name("c")), lambda run: run.pop("status"))
    for text in ("", "[]", "5", "{", "[" * 100_000, "\xff"):
        (path / "run.json").write_bytes(text.encode("latin-1"))
        with pytest.raises(InputError):
            read_run(path)
    for missing in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError, match="not a finished run"):
            read_run(missing)


@pytest.mark.parametrize("text", ["", "[]", "null", '{"time_s": [NaN]}', '{"a": 1}', "[" * 100_000])
def test_results_that_are_none(tmp_path, text):
    path = write(tmp_path / "run")
    (path / "results" / "curve.json").write_text(text)
    with pytest.raises(InputError, match=r"curve\.json"):
        read_result(path, "curve", Curve)
    with pytest.raises(InputError, match=r"nothing\.json"):
        read_result(path, "nothing", Curve)
