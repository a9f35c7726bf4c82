"""`osea disperse` stopped by Ctrl-C, taken up again, and robbed of a worker: the same runs to the bit."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "falcon9" / "dispersion.yaml"
RUNS = 3000


def until(condition: Callable[[], bool], process) -> None:
    while not condition():
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


@pytest.mark.slow
def test_an_interrupted_dispersion_is_taken_up_to_the_bit_even_when_a_worker_dies(tmp_path, start_osea) -> None:
    """The reference is flown by one process, the interrupted run by two, and one of those that take it up is killed."""

    def start(folder: Path, *more: object):
        return start_osea("disperse", EXAMPLE, "-n", RUNS, "--out", folder, "--quiet", *more)

    process = start(tmp_path / "whole", "--jobs", 1)
    process.communicate(timeout=600)
    assert process.returncode == 0

    out, parts = tmp_path / "run", tmp_path / "run.partial" / "parts"
    process = start(out, "--jobs", 2)
    until(lambda: parts.is_dir() and any(parts.iterdir()), process)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130 and "interrupted" in stderr and "Traceback" not in stderr
    kept = {p.name: p.read_bytes() for p in parts.iterdir()}
    assert not out.exists() and 0 < len(kept) < RUNS // 250

    process = start(out, "--jobs", 2, "--resume")
    workers: list[psutil.Process] = []

    def at_work() -> bool:
        found = psutil.Process(process.pid).children()
        workers[:] = [p for p in found if "spawn_main" in " ".join(p.cmdline())]
        return len(workers) >= 2

    until(at_work, process)
    workers[0].send_signal(signal.SIGKILL)
    _, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stderr
    assert (out / "runs.parquet").read_bytes() == (tmp_path / "whole" / "runs.parquet").read_bytes()
