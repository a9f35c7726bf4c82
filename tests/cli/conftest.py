"""The osea command run inside this process, and one good run of the Falcon 9 study for all tests here."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
FALCON9 = ROOT / "examples" / "falcon9"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def osea(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """osea(*arguments) runs the command as its entry point does, without a new process."""
    from osea_rocket.cli.main import main

    monkeypatch.setattr(sys, "argv", ["in-process"])  # main() leaves the signal handler alone

    def run(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Ended(int(end.value.code or 0), out, err)

    return run


def osea_process(*arguments: str | Path, **options) -> subprocess.Popen[str]:
    """The installed command in a process of its own, stdout and stderr piped."""
    command = [Path(sys.executable).with_name("osea"), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


@pytest.fixture(scope="session")
def start_osea() -> Callable[..., subprocess.Popen[str]]:
    """start_osea(*arguments, **Popen's options) starts the real command."""
    return osea_process


class GoodRun(NamedTuple):
    """The Falcon 9 study designed from the command line: its folder, and how the command ended."""

    folder: Path
    ended: Ended


@pytest.fixture(scope="session")
def good_run(tmp_path_factory: pytest.TempPathFactory) -> GoodRun:
    """Made once; do not change the folder."""
    folder = tmp_path_factory.mktemp("good") / "falcon9"
    process = osea_process("design", FALCON9 / "study.yaml", "--out", folder, "--json")
    out, err = process.communicate(timeout=300)
    return GoodRun(folder, Ended(process.returncode, out, err))
