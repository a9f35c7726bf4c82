"""The bench's speed: exchanges a second in lockstep, lateness in real time, cost of recording, viewers at the dashboard, hours.

    python benchmarks/hil.py [--seconds 60] [--write]            all but the soak, 10 minutes on an idle machine
    python benchmarks/hil.py --only lockstep [--write]           one part: the others of the page stay as they are
    python benchmarks/hil.py --only soak [--hours 2] [--write]   hours of simulated time: writes hil_soak.md

Lockstep: plant and flight computer (examples/flight_computer) as two processes on one core, a whole ascent at 400 Hz, over UDP
and over a pseudo-terminal, beside two C programs that only hand the same octets to each other (hil_floor.c). Real time: at
400 Hz and 1 kHz, alternately with a C program that does nothing but clock_nanosleep to the same instants. Recording: processor
time of a step's three messages, and messages a second written to the end, beside the mcap package's own writer.
"""

import argparse
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from hil_long import soak, soak_page, viewers

from osea_rocket.avionics.generate.build import build
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.core.documents import load_document
from osea_rocket.hil.document import Clock, own_messages
from osea_rocket.hil.recording.recorder import McapRecorder
from osea_rocket.hil.run import BenchRun, NoRecorder, Seat
from osea_rocket.hil.signals import INPUT_COUNT, SIGNAL_COUNT
from osea_rocket.hil.speech import speech
from osea_rocket.hil.transports.stream import Stream
from osea_rocket.hil.transports.udp import Udp
from osea_rocket.studies.bench import BenchCase, bench_case
from osea_rocket.studies.flight_software import software_files

ROOT = Path(__file__).resolve().parent.parent
CC = shutil.which("cc") or "gcc"
HOME = ROOT / "examples" / "flight_computer"
NANOSLEEP = r"""
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(int argc, char **argv) {
    long period = atol(argv[1]), steps = atol(argv[2]);
    struct timespec next, now;
    (void)argc;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (long i = 0; i < steps; i++) {
        next.tv_nsec += period;
        while (next.tv_nsec >= 1000000000L) { next.tv_nsec -= 1000000000L; next.tv_sec++; }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        printf("%ld\n", (now.tv_sec - next.tv_sec) * 1000000000L + now.tv_nsec - next.tv_nsec);
    }
    return 0;
}
"""


def compiled(folder: Path, made: BenchCase) -> tuple[Path, Path]:
    """The flight computer and the C loop, built."""
    for messages in (own_messages(), load_document(MessageSet, HOME / "can.yaml")):
        build(layout(messages), folder, ["c99"])
    for name, text in software_files(made).items():
        (folder / name).write_text(text)
    generated = (str(folder / f"{name}.c") for name in ("osea_bench", "osea_bench_can", "osea_landing"))
    sources = [*map(str, (HOME / "src").glob("*.c")), *generated]
    flags = ["-std=c99", "-O2", f"-I{HOME / 'src'}", f"-I{folder}"]
    subprocess.run([CC, *flags, *sources, "-lm", "-o", str(folder / "fc")], check=True)
    (folder / "sleep.c").write_text(NANOSLEEP)
    subprocess.run([CC, "-std=c99", "-O2", str(folder / "sleep.c"), "-o", str(folder / "sleep")], check=True)
    return folder / "fc", folder / "sleep"


@contextmanager
def flying(command: list[str], core: int | None):
    words = command if core is None else ["taskset", "-c", str(core), *command]
    process = subprocess.Popen(words)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def run(made: BenchCase, program: Path, link: str, core: int | None = None, recorder=None, **changes):
    """A run over ``udp`` or ``serial``."""
    bench = made.bench.evolve(**changes) if changes else made.bench
    if link == "udp":
        transport, command = Udp("127.0.0.1:24551", "127.0.0.1:24552"), [str(program), "udp:24552:24551"]
    else:
        master, slave = os.openpty()
        tty.setraw(slave)
        transport, command = (
            Stream(master, "cobs", lambda: os.close(master)),
            [str(program), f"serial:{os.ttyname(slave)}"],
        )
    with flying(command, core):
        seat = Seat(bench.computers[0], speech(bench, bench.computers[0]), transport)
        try:
            return BenchRun(bench, made.flying(0), [seat], recorder or NoRecorder(), 0).go(None, 1.0)
        finally:
            transport.close()


def _processor() -> float:
    """Processor time of this process and of those it has ended [s]."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def floors(folder: Path) -> dict[str, float]:
    """Exchanges a second of two C programs on one core that hand a sample's and a command's octets to each other."""
    program = folder / "floor"
    subprocess.run([CC, "-O2", str(Path(__file__).with_name("hil_floor.c")), "-lutil", "-o", str(program)], check=True)
    sizes = {m.name: m.size for m in layout(own_messages()).messages}
    found = {}
    for link in ("udp", "pty"):
        words = [str(program), link, str(sizes["sample"]), str(sizes["command"]), "100000"]
        found[link] = max(float(subprocess.run(words, capture_output=True, check=True).stdout) for _ in range(3))
    return found


def lockstep(made: BenchCase, program: Path, folder: Path) -> list[str]:
    """Exchanges a second, both processes on core 0: by the clock, and by the processor time of both together."""
    floor = floors(folder)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {0})
    lines = []
    try:
        for link, kind, goal in (("udp", "udp", 20_000), ("serial", "pty", 8_000)):
            spent = _processor()
            result = run(made, program, link, core=0)
            work = result.exchanges / (_processor() - spent)
            rate = result.exchanges / result.host_time
            pace = result.end_time / result.host_time
            shown = {"udp": "UDP", "serial": "pseudo-terminal, COBS"}[link]
            cells = (f"{rate:,.0f}", f"{goal:,}", f"{pace:.0f}", f"{work:,.0f}", f"{floor[kind]:,.0f}")
            lines.append(f"| {shown} | {result.exchanges} | {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr)
    finally:
        os.sched_setaffinity(0, before)
    return lines


def real_time(made: BenchCase, folder: Path, sleeper: Path, seconds: float) -> list[str]:
    """Overruns and lateness, alternately with the C loop."""
    lines = []
    for rate in (400.0, 1000.0):
        ours, theirs = [], []
        quick = replace(made, bench=made.bench.evolve(rate=rate))
        (folder / f"{rate:g}").mkdir()
        program, _ = compiled(folder / f"{rate:g}", quick)
        for _ in range(2):
            half = seconds / 2.0
            clock = Clock(mode="real_time", patience=30.0)
            result = run(
                made, program, "udp", rate=rate, clock=clock, longest=half, requirements=(), until=None, countdown=0.5
            )
            assert result.timing is not None, result.status
            ours.append(result.timing)
            steps = round(half * rate)
            done = subprocess.run(
                [str(sleeper), str(round(1e9 / rate)), str(steps)], capture_output=True, text=True, check=True
            )
            theirs.append(np.array(done.stdout.split(), float) / 1e9)
        late = np.concatenate(theirs)
        overruns = sum(t.overruns + t.machine_gaps for t in ours)
        beyond = int((late > 0.1 / rate).sum())
        median = float(np.median([t.lateness_median for t in ours]))
        cells = (
            f"{rate:g} Hz", sum(t.steps for t in ours), sum(t.overruns for t in ours), sum(t.machine_gaps for t in ours),
            f"{median * 1e6:.2f}", f"{max(t.lateness_p99 for t in ours) * 1e6:.0f}", beyond, f"{np.median(late) * 1e6:.1f}",
            f"{np.percentile(late, 99) * 1e6:.0f}", f"{overruns / max(beyond, 1):.2f}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(str, cells))} |")
        print(lines[-1], file=sys.stderr)
    return lines


def recording(folder: Path, steps: int = 222_000) -> list[str]:
    """Processor time of a step in the loop, and messages a second to a closed file, ours and the mcap package's: by the clock,
    and by the processor time of the busier of our two processes (a shared machine's clock tells little)."""
    from mcap.writer import CompressionType, Writer

    signals, inputs, frame = np.arange(SIGNAL_COUNT, dtype=float), np.arange(INPUT_COUNT, dtype=float), bytes(119)
    row = b"\0\1\0\0" + signals.tobytes() + inputs.tobytes()
    loop, ours, theirs, our_work, their_work = [], [], [], [], []
    for k in range(3):
        began, children = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        recorder = McapRecorder(folder / f"ours-{k}.mcap", ("fc",), {}, {})
        processor = time.process_time()
        for i in range(steps):
            recorder.frame(i * 1e-3, 0, True, frame)
            recorder.frame(i * 1e-3, 0, False, frame)
            recorder.row(i * 1e-3, signals, inputs)
        loop.append((time.process_time() - processor) / steps * 1e6)
        recorder.close()
        ours.append(3 * steps / (time.perf_counter() - began))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        writer = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
        our_work.append(3 * steps / max(writer, time.process_time() - processor))
        began, processor = time.perf_counter(), time.process_time()
        with (folder / f"theirs-{k}.mcap").open("wb") as file:
            writer = Writer(file, compression=CompressionType.ZSTD)
            writer.start()
            schema = writer.register_schema("a", "ros2msg", b"")
            channel = writer.register_channel("/a", "cdr", schema)
            for i in range(steps):
                for data in (frame, frame, row):
                    writer.add_message(channel, i * 1_000_000, data, i * 1_000_000)
            writer.finish()
        theirs.append(3 * steps / (time.perf_counter() - began))
        their_work.append(3 * steps / (time.process_time() - processor))
    rows = []
    for name, a, b in (("clock", max(ours), max(theirs)), ("processor time", max(our_work), max(their_work))):
        rows.append(f"| {name} | {min(loop):.2f} | {a:,.0f} | {b:,.0f} | {a / b:.1f} |")
        print(rows[-1], file=sys.stderr)
    return rows


@dataclass(frozen=True)
class Part:
    """A part of the page: its heading, its text around the measured rows, and who measures them."""

    heading: str
    text: str
    measure: Callable[["Prepared", float], list[str]]

    def measured(self, prepared: "Prepared", seconds: float) -> str:
        """The part as it stands in the page."""
        before = os.getloadavg()[0]
        rows = self.measure(prepared, seconds)
        text = self.text.format(rows="\n".join(rows), seconds=f"{seconds:g}")
        load = f"Load average {before:.1f} before, {os.getloadavg()[0]:.1f} after; {date.today().isoformat()}."
        return f"## {self.heading}\n\n{text}\n\n{load}\n"


class Prepared:
    """A folder, and in it what a part may need: made when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def made(self) -> BenchCase:
        return bench_case(HOME / "bench-udp.yaml")

    @cached_property
    def programs(self) -> tuple[Path, Path]:
        """The flight computer and the C loop."""
        return compiled(self.folder, self.made)


PARTS = {
    "lockstep": Part(
        "Lockstep, both processes on one core, a whole ascent at 400 Hz",
        """By processor time: exchanges over what both processes together spent, which a shared machine does not change
much. C alone: two programs on one core that do nothing but hand the same octets to each other, the least that
this machine takes (best of three).
Goals: 20,000 and 8,000 exchanges/s, 50 times real time over UDP.

| link | exchanges | exchanges/s | goal | times real time | by processor time | C alone, exchanges/s |
|---|---:|---:|---:|---:|---:|---:|
{rows}""",
        lambda p, seconds: lockstep(p.made, p.programs[0], p.folder),
    ),
    "real-time": Part(
        "Real time, alternately with a C loop of clock_nanosleep",
        """{seconds} s at each rate. Late: by more than a tenth of a period. Overrun: the step's own work took longer than a
period. Ratio: our overruns and gaps over the C loop's late steps (goal: 1.5 at most; median lateness a twentieth
of the C loop's).

| rate | steps | overruns | machine's gaps | median late [us] | p99 [us] | C loop: late | median [us] | p99 [us] | ratio |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
{rows}""",
        lambda p, seconds: real_time(p.made, p.folder, p.programs[1], seconds),
    ),
    "recording": Part(
        "Recording, three messages a step",
        """A flight's 666,000 messages to a closed file, best of three. By processor time: of the busier of our two processes,
start and all.

| by | processor time in the loop [us a step] | messages/s | mcap package's writer, messages/s | ratio |
|---|---:|---:|---:|---:|
{rows}

Goals: 5 us a step, 4 times the package's writer.""",
        lambda p, seconds: recording(p.folder),
    ),
    "viewers": Part(
        "Dashboard, alternately with nobody and with five viewers",
        """{seconds} s each at 400 Hz. The board is there in both; the dashboard and its viewers come in turn. Viewers stand
for other machines and keep to the last core. Goal: the p99 of a step's work changes by 10 % at most.

| who watches | steps | work, median [us] | work, p99 [us] | late, p99 [us] | change of p99 |
|---|---:|---:|---:|---:|---:|
{rows}""",
        lambda p, seconds: viewers(p.made, p.programs[0], p.folder, seconds),
    ),
}
HEAD = "# Speed of the bench\n\nMade by `python benchmarks/hil.py --write`, part by part, on {machine}.\n"


def with_parts(page: str, machine: str, measured: dict[str, str]) -> str:
    """The page with these parts in place of the old ones; the others stay."""
    kept = {piece.splitlines()[0]: piece for piece in re.split(r"^## ", page, flags=re.MULTILINE)[1:]}
    pieces = [HEAD.format(machine=machine)]
    for name, part in PARTS.items():
        old = kept.get(part.heading)
        text = measured.get(name) or (f"## {old}" if old else "")
        pieces += [text.rstrip() + "\n"] if text else []
    return "\n".join(pieces)


def main() -> None:
    """Measure and print; --write puts what was measured into the page beside this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0, help="of real time at each rate, and with viewers")
    parser.add_argument("--hours", type=float, default=2.0, help="of simulated time in the soak")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", nargs="+", choices=[*PARTS, "soak"], help="these parts alone")
    options = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    with tempfile.TemporaryDirectory() as name:
        prepared = Prepared(Path(name))
        asked = options.only or list(PARTS)
        measured = {part: PARTS[part].measured(prepared, options.seconds) for part in PARTS if part in asked}
        print("\n".join(measured.values()))
        if options.write and measured:
            page = Path(__file__).with_suffix(".md")
            page.write_text(with_parts(page.read_text(encoding="utf-8"), machine, measured), encoding="utf-8")
        if "soak" in asked:
            text = soak_page(soak(prepared.made, prepared.programs[0], prepared.folder, options.hours), machine)
            print(text)
            if options.write:
                Path(__file__).with_name("hil_soak.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
