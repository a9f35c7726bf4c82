"""Ctrl-C, at any moment: exit 130, no traceback, and nothing that looks finished."""

import contextlib
import json
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from osea_rocket.cli import commands
from osea_rocket.cli.main import main
from osea_rocket.core import interruption
from osea_rocket.core.errors import UndecidedError

STUDY = Path(__file__).resolve().parents[2] / "examples" / "falcon9" / "study.yaml"


def wait_for(path: Path, process) -> None:
    """Until the run has begun to write."""
    end = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("delay", [0.0, 0.8, 1.6])  # s: at the first files, while CasADi is loaded, in the solve
def test_while_the_run_is_at_work(delay: float, times: int, tmp_path: Path, start_osea: Callable) -> None:
    out = tmp_path / "run"
    process = start_osea("design", STUDY, "--out", out, "--json")
    wait_for(tmp_path / "run.partial" / "run.json", process)
    time.sleep(delay)
    begun = time.monotonic()
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    stdout, stderr = process.communicate(timeout=60)

    assert time.monotonic() - begun < 20.0  # far less on a machine that has nothing else to do
    assert process.returncode == 130
    assert json.loads(stdout) == {
        "status": "failed", "exit_code": 130, "message": "interrupted; nothing unfinished was published"
    }  # fmt: skip
    assert stderr.splitlines() == ["error interrupted; nothing unfinished was published"]
    assert not out.exists()
    if times == 1:
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error", [UndecidedError("not solved"), ImportError("half of it is there")], ids=["ours", "any"]
)
def test_another_error_that_an_interruption_leads_to_is_told_as_one(error, monkeypatch, capsys):
    """As where an import is broken off, or a library's callback swallows what was raised."""

    def job(*_: object, **__: object) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            interruption.handler(signal.SIGINT, None)
        raise error

    monkeypatch.setattr(interruption, "_seen", False)
    monkeypatch.setattr(commands, "finish", job)
    before = signal.getsignal(signal.SIGINT)
    try:
        with pytest.raises(SystemExit) as left:
            main(["design", str(STUDY)])
    finally:
        signal.signal(signal.SIGINT, before)
    assert left.value.code == 130
    assert capsys.readouterr().err == "error interrupted; nothing unfinished was published\n"


@pytest.mark.parametrize("delay", [0.1, 0.25, 0.5])
def test_before_the_run_has_begun(delay: float, tmp_path: Path, start_osea: Callable) -> None:
    process = start_osea("design", STUDY, "--out", tmp_path / "run")
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stdout == ""
    assert "Traceback" not in stderr
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_leaves_only_what_the_next_one_clears(tmp_path: Path, start_osea: Callable) -> None:
    out, partial = tmp_path / "run", tmp_path / "run.partial"
    process = start_osea("design", STUDY, "--out", out)
    wait_for(partial / "inputs" / "resolved.yaml", process)
    process.kill()
    process.communicate(timeout=30)
    assert [p.name for p in tmp_path.iterdir()] == ["run.partial"]
    assert json.loads((partial / "run.json").read_text(encoding="utf-8"))["status"] == "running"

    (partial / "tables" / "half.csv").touch()
    process = start_osea("design", STUDY, "--out", out)  # takes the folder over, and is stopped in its turn
    while (partial / "tables" / "half.csv").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (130, "error interrupted; nothing unfinished was published\n")
    assert not out.exists()
