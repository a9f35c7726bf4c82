"""What a bench's benchmark watches for a longer time: flights back to back, and viewers at the dashboard.

python benchmarks/hil.py --only soak --hours 2 [--write]       hours of simulated time, in lockstep
"""

import gc
import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from osea_rocket.core.progress import Progress
from osea_rocket.hil.dashboard.board import Board
from osea_rocket.hil.dashboard.facts import facts
from osea_rocket.hil.document import Clock
from osea_rocket.hil.recording.reading import opened
from osea_rocket.hil.run import run_bench
from osea_rocket.hil.transports.document import UdpLink
from osea_rocket.studies.bench import BenchCase
from osea_rocket.studies.bench_command import fly, started

PORTS = 24561, 24562
VIEWER = """
import json, sys, threading
from websockets.sync.client import connect
def watch(k):
    with connect(sys.argv[1], max_size=None) as socket:
        n = 0
        for message in socket:
            if isinstance(message, str):
                continue
            n += 1
            if n == 1:
                print("watching", flush=True)
threads = [threading.Thread(target=watch, args=(k,), daemon=True) for k in range(int(sys.argv[2]))]
[t.start() for t in threads]
sys.stdin.read()
"""


def over_udp(made: BenchCase, **changes) -> BenchCase:
    """The bench on ports of its own."""
    link = UdpLink(local=f"127.0.0.1:{PORTS[0]}", remote=f"127.0.0.1:{PORTS[1]}")
    computers = (made.bench.computers[0].evolve(link=link),)
    return BenchCase(made.bench.evolve(computers=computers, **changes), made.flown, made.made, made.empty_mass)


def command(program: Path) -> str:
    return f"{program} udp:{PORTS[1]}:{PORTS[0]}"


# ---- flights back to back ----


@dataclass(frozen=True)
class Soaked:
    """One flight of a soak."""

    seconds: float
    steps: int
    lost: int
    passed: bool | None
    resident: int
    host: float


def resident() -> int:
    """[kB] of this process."""
    gc.collect()
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise OSError("no VmRSS in /proc/self/status")


def one_flight(made: BenchCase, program: Path, folder: Path, seed: int) -> Soaked:
    """A whole flight with recording and board, as `osea hil run` flies it; then the recording is read and counted.

    Lost: steps without an answer, asked again, thrown away or doubled, and messages missing in the recording.
    """
    path = folder / "soak.mcap"
    began = time.perf_counter()
    with started(command(program)):
        result, _, _ = fly(made, seed, Progress(), path, False, board=True)
    host = time.perf_counter() - began
    link = result.links[0]
    with opened(path) as recording:
        counts: dict[int, int] = {}
        for channel, *_ in recording.messages():
            counts[channel] = counts.get(channel, 0) + 1
    path.unlink()
    rows, sent, received = counts[1], counts[3], counts[4]
    lost = abs(link.answers - rows) + abs(sent - rows) + abs(received - rows)
    lost += link.resent + link.duplicates + sum(r.count for r in link.rejected)
    seconds = result.end_time + made.bench.countdown
    return Soaked(seconds, rows, lost, result.passed, resident(), host)


def soak(made: BenchCase, program: Path, folder: Path, hours: float) -> list[Soaked]:
    """Flights back to back, a new seed each, until so much time has been flown."""
    quiet = over_udp(made)
    flights: list[Soaked] = []
    while sum(f.seconds for f in flights) < hours * 3600.0:
        flights.append(one_flight(quiet, program, folder, len(flights)))
        f = flights[-1]
        print(
            f"flight {len(flights)}: {f.seconds:.0f} s in {f.host:.0f} s, {f.steps} exchanges, {f.lost} lost, "
            f"requirements {f.passed}, {f.resident / 1024:.1f} MB",
            file=sys.stderr, flush=True,
        )  # fmt: skip
    return flights


def soak_page(flights: list[Soaked], machine: str) -> str:
    """The page of a soak."""
    kept = np.array([f.resident / 1024.0 for f in flights])
    settled = kept[1:] if len(kept) > 2 else kept
    slope = float(np.polyfit(np.arange(len(settled)), settled, 1)[0]) if len(settled) > 1 else 0.0
    lines = [
        f"| {i + 1} | {f.seconds:.1f} | {f.steps} | {f.lost} | {f.resident / 1024:.1f} | {f.host:.1f} |"
        for i, f in enumerate(flights)
    ]
    hours = sum(f.seconds for f in flights) / 3600.0
    return SOAK_PAGE.format(
        machine=machine, hours=f"{hours:.2f}", n=len(flights), exchanges=f"{sum(f.steps for f in flights):,}",
        lost=sum(f.lost for f in flights), first=f"{settled[0]:.1f}", last=f"{settled[-1]:.1f}", slope=f"{slope:+.2f}",
        failed=sum(f.passed is not True for f in flights), lines="\n".join(lines),
        pace=f"{3600.0 * hours / sum(f.host for f in flights):.0f}",
    )  # fmt: skip


SOAK_PAGE = """# The bench for hours

Made by `python benchmarks/hil.py --only soak --write` on {machine}: flights from the pad to orbit in lockstep at
400 Hz over UDP, one after another in one process, each with another seed, recording and board on; each recording is read again
and its messages counted.

**{hours} h of simulated time, {n} flights, {exchanges} exchanges, {lost} messages lost** (without an answer, asked again, thrown
away, doubled, or missing in the recording); requirements not held in {failed} flights; memory {first} MB after the second
flight, {last} MB after the last, {slope} MB a flight by least squares; {pace} x real time, reading included.

| flight | simulated [s] | exchanges | lost | memory [MB] | host [s] |
|---:|---:|---:|---:|---:|---:|
{lines}
"""


# ---- viewers at the dashboard ----


@contextmanager
def watched(board: Path, viewers: int, core: int):
    """A dashboard of a board, and viewers of it, which stand for other machines and so keep to another core."""
    port = 24571
    words = [sys.executable, "-m", "osea_rocket", "hil", "dashboard", "--board", str(board), "--port", str(port)]
    server = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        while "dashboard on" not in server.stderr.readline():
            if server.poll() is not None:
                raise OSError("the dashboard did not begin")
        viewer = ["taskset", "-c", str(core), "nice", "-n", "10", sys.executable, "-c", VIEWER]
        time.sleep(1.0)
        crowd = subprocess.Popen(
            [*viewer, f"ws://127.0.0.1:{port}/live", str(viewers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield crowd
        finally:
            crowd.terminate()
            crowd.wait()
    finally:
        server.terminate()
        server.wait()


def viewers(made: BenchCase, program: Path, folder: Path, seconds: float, count: int = 5) -> list[str]:
    """99th percentiles of a step's work and lateness at 400 Hz, alternately alone and with viewers."""
    changes = {
        "clock": Clock(mode="real_time", patience=60.0),
        "longest": seconds / 2.0,
        "requirements": (),
        "until": None,
    }
    quiet = over_udp(made, countdown=0.5, **changes)
    flying = quiet.flying(0)
    known = json.loads(json.dumps(facts(quiet.bench, flying, vehicle=quiet.flown.study.vehicle)))
    cores = sorted(os.sched_getaffinity(0))
    found: dict[bool, list] = {False: [], True: []}
    for k in range(4):
        crowded = k % 2 == 1
        path = folder / f"0-{k}.board"
        with started(command(program)), Board(known, path=path) as board:
            if crowded:
                with watched(path, count, cores[-1]) as crowd:
                    assert crowd.stdout is not None
                    result = run_bench(quiet.bench, flying, recorder=board, look=board.look)
                    crowd.terminate()
                    seen = crowd.stdout.read().count("watching")
                    if seen != count:
                        raise OSError(f"{seen} of {count} viewers saw something")
            else:
                result = run_bench(quiet.bench, flying, recorder=board, look=board.look)
        assert result.timing is not None, result.status
        found[crowded].append(result.timing)
    lines = []
    work = {c: float(np.mean([t.work_p99 for t in ts])) * 1e6 for c, ts in found.items()}
    for crowded, name in ((False, "nobody"), (True, f"{count} viewers")):
        ts = found[crowded]
        late = float(np.mean([t.lateness_p99 for t in ts])) * 1e6
        median = float(np.mean([t.work_median for t in ts])) * 1e6
        change = "" if not crowded else f"{100.0 * (work[True] / work[False] - 1.0):+.1f} %"
        lines.append(
            f"| {name} | {sum(t.steps for t in ts)} | {median:.1f} | {work[crowded]:.1f} | {late:.1f} | {change} |"
        )
        print(lines[-1], file=sys.stderr)
    return lines
