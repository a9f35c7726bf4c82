"""What `osea hil run` and `osea hil load` do."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from time import perf_counter
from typing import Any

from ..core import interruption
from ..core.documents import load_document
from ..core.errors import ImpossibleError, InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..hil.dashboard.board import Board
from ..hil.dashboard.facts import FACTS, facts
from ..hil.document import Bench
from ..hil.history import History
from ..hil.junit import junit
from ..hil.recording.reading import opened
from ..hil.recording.recorder import McapRecorder
from ..hil.replay import replay
from ..hil.run import INTERRUPTED, BenchResult, BenchRun, run_bench
from .bench import BENCH_STEPS, BenchCase, open_bench
from .landing_bench import LandingBench

STEPS = BENCH_STEPS | {"flight": 60.0, "report": 3.0}


def run_hil(
    path: Path, out: Path | None, *, start: str | None = None, bind: bool = False, seed: int | None = None,
    record: bool = True, board: bool = True, by_hand: bool = False, quiet: bool = False,
    made: BenchCase | LandingBench | None = None,
) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Fly a bench and publish its run folder; (summary as plain data, the same for people).

    start: a command that starts the flight computer, split as a shell would and run without one; it is ended with the run;
    board: let dashboards follow; by_hand: let them begin the faults that say so. made: the bench as it was prepared before.
    A requirement that fails makes the data's exit_code 1, one that was not shown, or a run that something stopped, 3; Ctrl-C
    in flight 130, with the run's status "stopped": recording and report hold what was flown.
    """
    from .bench_report import bench_figures, bench_report

    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        made = made or open_bench(path, progress)
        bench = made.bench
        number = bench.seed if seed is None else seed
        folder = out or Path("out") / (re.sub(r"\W+", "-", bench.name.lower()).strip("-") or path.stem)
        with RunFolder(folder, "hil", bench, keep=True) as run:
            with progress.step("flight"), started(start):
                result, history, digest = fly(
                    made, number, progress, run.partial / "recording.mcap" if record else None, bind,
                    board=board, by_hand=by_hand,
                )  # fmt: skip
            with progress.step("report"):
                run.write_result("bench", result)
                run.write_text("junit.xml", junit([(bench.name, result)]))
                drawn = bench_figures(made, result, history)
                for name, svg in drawn.items():
                    run.write_text(f"figures/{name}.svg", svg)
                run.write_text("report.html", bench_report(made, result, history, number, digest, drawn).html())
            run.publish("stopped" if result.status == INTERRUPTED else "done")
    finally:
        progress.close()
    data, text = summary(result)
    data |= {"run": str(folder), "report": str(folder / "report.html"), "content_sha256": digest}
    return data | _refused(result), f"{text}\n\n  report  {folder / 'report.html'}"


def fly(
    made: BenchCase | LandingBench, seed: int, progress: Progress, recording: Path | None, bind: bool, *, board: bool = False,
    by_hand: bool = False,
) -> tuple[BenchResult, History, str]:  # fmt: skip
    """One run of a bench: its result, its history, the SHA-256 of its recording's content ("" without one)."""
    bench = made.bench
    if by_hand and not board:
        raise InputError("faults begin by hand through the board; leave out --no-board")
    planned, flying = made.planned, made.flying(seed)
    known = facts(bench, flying, vehicle=made.vehicle, planned=planned, buttons=by_hand)
    computers = tuple(c.name for c in bench.computers)
    recorder = None
    if recording is not None:
        files = {p.name: octets for p, octets in bench.input_files().items()}
        about = {
            FACTS: json.dumps(known, separators=(",", ":")),
            "bench": bench.name,
            "input_sha256": bench.content_hash(),
            "seed": str(seed),
            "rate_Hz": f"{bench.rate:g}",
        }
        recorder = McapRecorder(recording, computers, about, files)
    history = History(recorder)
    noted = 0.0
    shown = Board(known, history) if board else None

    def look(run: BenchRun) -> None:
        nonlocal noted
        if shown is not None:
            shown.look(run)
        if (now := perf_counter()) >= noted:
            noted = now + 0.5
            progress.note(f"{run.plant.time:.1f} of about {planned:.0f} s")

    try:
        with shown or nullcontext():
            result = run_bench(
                bench, flying, recorder=shown or history, bind=bind, seed=seed, look=look,
                by_hand=shown.asked if shown is not None and by_hand else None,
            )  # fmt: skip
            if shown is not None:
                shown.end(result)
    finally:
        digest = recorder.close() if recorder is not None else ""
    return result, history, digest


@contextmanager
def started(command: str | None) -> Iterator[None]:
    """A flight computer that runs as long as the bench does."""
    if command is None:
        yield
        return
    words = shlex.split(command)
    if not words:
        raise InputError("--start needs a command")
    try:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603  the user's own command line
    except OSError as error:
        raise InputError(f"'{words[0]}' cannot be started: {error.strerror}") from None
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def run_replay(
    recording: Path, path: Path, out: Path | None, *, start: str | None = None, bind: bool = False
) -> tuple[dict[str, Any], str]:
    """Drive a bench's computers with a recording; an answer that is not the recorded one makes the data's exit_code 1.

    out: a new recording to write; its content's hash is the old one's when the computers did the same.
    """
    bench = load_document(Bench, path)
    with opened(recording) as old:
        wanted = old.metadata["content_sha256"]
        facts = {k: v for k, v in old.metadata.items() if k != "content_sha256"}
        recorder = None if out is None else McapRecorder(out, old.computers, facts, old.attachments())
    digest = ""
    try:
        with started(start):
            result = replay(bench, recording, recorder=recorder, bind=bind)
    finally:
        digest = recorder.close() if recorder is not None else ""
    lines = [
        f"{recording}: {result.frames} frames sent, {result.answers} answers, {result.different} of them different"
    ]
    data: dict[str, Any] = result.to_json() | {"recorded_sha256": wanted}
    if out is not None:
        lines.append(f"  content {digest}: {'the same' if digest == wanted else 'not that of the recording'}")
        data |= {"content_sha256": digest}
    if result.stopped:
        return data | {"exit_code": UndecidedError.exit_code, "message": result.stopped}, "\n".join(lines)
    if result.different:
        text = f"the computers answer differently from T{result.first_difference:+.4f} s on"
        return data | {"exit_code": ImpossibleError.exit_code, "message": text}, "\n".join(lines)
    return data, "\n".join(lines)


def run_load(
    path: Path, out: Path, *, quiet: bool = False, made: BenchCase | LandingBench | None = None
) -> tuple[dict[str, Any], str]:
    """Write a bench's mission data for the reference flight computer, and beside it the landing guidance in C. made: the bench
    as it was prepared before."""
    from .flight_software import software_files

    progress = Progress() if quiet else RichProgress(BENCH_STEPS)
    try:
        made = made or open_bench(path, progress)
        files = software_files(made)
    finally:
        progress.close()
    out.parent.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out if name == "mission.h" else out.parent / name).write_text(text, encoding="utf-8")
    data = {"file": str(out), "phases": len(made.case.names), "input_sha256": made.input_hash}
    return data, f"{out}: {len(made.case.names)} phases of '{made.name}'"


def run_fmu(path: Path, out: Path, *, seed: int | None = None, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Write a bench's plant as an FMU."""
    from ..hil.fmu.export import write_fmu

    progress = Progress() if quiet else RichProgress(BENCH_STEPS)
    try:
        made = open_bench(path, progress)
    finally:
        progress.close()
    number = made.bench.seed if seed is None else seed
    write_fmu(out, made.bench, made.flying(number), seed=number, stop=round(made.planned, 1))
    data = {"file": str(out), "octets": out.stat().st_size, "step_s": 1.0 / made.bench.rate, "seed": number}
    return (
        data,
        f"{out}: the plant of '{made.bench.name}' as FMI 3.0 co-simulation, steps of {1e3 / made.bench.rate:g} ms",
    )


def summary(result: BenchResult) -> tuple[dict[str, Any], str]:
    """As plain data and for people."""
    words = {True: "holds", False: "FAILS", None: "not shown"}
    lines = [f"{result.bench}: {result.status}, at T{result.end_time:+.2f} s in '{result.phase}'"]
    for link in result.links:
        rejected = ", ".join(f"{r.count} {r.reason}" for r in link.rejected)
        text = f"  computer {link.computer}: {link.answers} answers, {link.resent} asked again"
        lines.append(
            text + (f", thrown away: {rejected}" if rejected else "") + (f"; {link.lost}" if link.lost else "")
        )
        for held in link.held:
            lines.append(f"    {held.reason}: sent {held.count} times with a value at its field's limit")
    for fault in result.faults:
        lines.append(f"  T{fault.time:+9.3f} s  {fault.fault} {'begins' if fault.begins else 'ends'}")
    for v in result.verdicts:
        lines.append(f"  {words[v.holds]:9s}  {v.name}: {v.reason}")
    if result.timing is not None:
        t = result.timing
        lines.append(
            f"  timing: {t.overruns} overruns, {t.machine_gaps} gaps of the machine in {t.steps} steps; late by "
            f"{t.lateness_median * 1e6:.1f} us in the median, {t.lateness_p99 * 1e6:.0f} us p99"
        )
        if (r := t.reference) is not None:
            lines.append(
                f"  time from {r.source}: {r.samples} samples, {r.rate * 1e6:+.2f} ppm of the host's clock, off by "
                f"{r.error_worst * 1e6:.1f} us at worst; silent {r.gaps} times, {r.refused} samples refused"
                + ("" if r.samples > 1 else "; it has set nothing: the host's clock ran alone")
            )
    data = {
        "status": "done" if result.passed else "failed" if result.passed is False else "undecided",
        "flight": result.status,
        "end_time_s": result.end_time,
        "exchanges": result.exchanges,
        "host_time_s": result.host_time,
        "requirements": [v.to_json() for v in result.verdicts],
        "links": [link.to_json() for link in result.links],
    }
    return data, "\n".join(lines)


def _refused(result: BenchResult) -> dict[str, Any]:
    if result.status == INTERRUPTED:
        text = f"interrupted at T{result.end_time:+.2f} s; recording and report hold the flight up to there"
        return {"status": "stopped", "exit_code": interruption.EXIT_CODE, "message": text}
    failed = [v.name for v in result.verdicts if v.holds is False]
    if failed:
        return {"exit_code": ImpossibleError.exit_code, "message": f"requirements fail: {', '.join(failed)}"}
    if result.passed is None:
        open_yet = [v.name for v in result.verdicts if v.holds is None]
        text = result.status if not result.complete else f"not shown: {', '.join(open_yet)}"
        return {"exit_code": UndecidedError.exit_code, "message": text}
    return {}
