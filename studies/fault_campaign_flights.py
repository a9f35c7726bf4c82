"""One flight of a campaign of faults, here or in a worker process with a bench and a flight computer of its own."""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import numpy as np

from ..core.documents import load_document
from ..core.errors import InputError, UndecidedError
from ..hil.document import Bench
from ..hil.fault_campaign import Case, CaseRun, FaultCampaign, classified
from ..hil.mapping import empty_inputs
from ..hil.plant import Flying
from ..hil.recording.recorder import McapRecorder
from ..hil.run import INTERRUPTED, BenchRun, NoRecorder, Recorder, run_bench
from ..hil.transports.document import TcpLink, UdpLink, host_port
from ..trajectory.flight.case import Case as FlightCase
from .bench_command import started

STOP = "stop"
"""In the folder of benches: flights under way end, and are not counted."""


@dataclass(frozen=True)
class Errand:
    """What all flights of a campaign share. file, content: the campaign's document, read again by each worker, and its hash;
    case, empty_mass: see `hil.plant.Flying`; start: command of the flight computer; recordings: folder of theirs;
    benches: folder in which workers take a bench each, None: one bench, the document's own."""

    file: Path
    content: str
    case: FlightCase
    empty_mass: np.ndarray | None
    start: str | None
    bind: bool
    recordings: Path | None
    benches: Path | None = None


def fly_in_worker(errand: Errand, number: int, name: str, seed: int, parameters: np.ndarray | None) -> CaseRun:
    """`fly_case` on this worker's own bench. number: of the flight in the campaign; parameters: drawn by the seed."""
    assert errand.benches is not None
    stop = errand.benches / STOP
    if stop.exists():  # handed out before the campaign was given up
        raise UndecidedError("the campaign was given up")

    def watch(run: BenchRun) -> None:
        if stop.exists():
            run.stop(INTERRUPTED)

    campaign = _campaign(errand.file, errand.content)
    case = next(c for c in campaign.cases if c.name == name)
    return fly_case(errand, campaign, case, seed, parameters, watch)


@cache
def _campaign(file: Path, content: str) -> FaultCampaign:
    campaign = load_document(FaultCampaign, file)
    if campaign.content_hash() != content:
        raise InputError("the campaign, or a file that it names, has been changed while it flies", where=str(file))
    return campaign


def fly_case(
    errand: Errand, campaign: FaultCampaign, case: Case, seed: int, parameters: np.ndarray | None,
    note: Callable[[BenchRun], None] | None = None,
) -> CaseRun:  # fmt: skip
    """Fly a case with one seed, and say what has become of it. note: called twice a second of the host's time."""
    bench, start = campaign.bench_of(case), errand.start
    if errand.benches is not None:
        bench, start = on_own_ports(bench, start, _place(errand.benches))
    recorder: Recorder = NoRecorder()
    if errand.recordings is not None:
        errand.recordings.mkdir(exist_ok=True)
        file = re.sub(r"\W+", "-", case.name.lower()).strip("-")
        facts = {"bench": bench.name, "case": case.name, "input_sha256": errand.content, "seed": str(seed)}
        recorder = McapRecorder(
            errand.recordings / f"{file}-{seed}.mcap", tuple(c.name for c in bench.computers), facts, {}
        )
    inputs = empty_inputs()

    def ended(run: BenchRun) -> None:
        inputs[:] = run.inputs

    flying = Flying(errand.case, errand.empty_mass, parameters)
    try:
        with started(start):
            result = run_bench(
                bench, flying, recorder=recorder, bind=errand.bind, seed=seed, look=note, look_every=0.5, ended=ended
            )
    finally:
        if isinstance(recorder, McapRecorder):
            recorder.close()
    return classified(campaign, case, seed, result, inputs, tuple(errand.case.names))


# ---- benches beside each other ----


def on_own_ports(bench: Bench, start: str | None, place: int) -> tuple[Bench, str | None]:
    """The bench of place 0, 1, 2 …, and its computer's command: every port of the links is moved up, by the place times the
    smallest step that brings no place onto another's ports, and so is every number in the command that is one of these ports.

    Raises InputError for links of which there is one only, and for a command that does not say its ports.
    """
    ports: set[int] = set()
    for computer in bench.computers:
        if not isinstance(computer.link, UdpLink | TcpLink):
            text = (
                f"computer '{computer.name}' is linked by {computer.link.type}, of which there is one; use --workers 1"
            )
            raise InputError(text, where=computer.where("link"))
        ports.update(host_port(a)[1] for a in (computer.link.local, computer.link.remote) if a is not None)
    if bench.cards:
        raise InputError("a card serves one bench; use --workers 1", where=bench.where("cards"))
    ports.discard(0)
    written = {int(word) for word in re.findall(r"\d+", start or "")}
    if start is not None and not ports & written:
        named = ", ".join(map(str, sorted(ports)))
        raise InputError(f"--start names none of the bench's ports ({named}), so that workers' computers would meet")
    apart = {high - low for low in ports for high in ports if high > low}
    shift = place * next(step for step in itertools.count(1) if all(a % step for a in apart))
    if max(ports, default=0) + shift > 65535:
        raise InputError("there are no ports above the bench's for so many workers; use lower ones in the bench")

    def moved(address: str | None) -> str | None:
        if address is None or host_port(address)[1] == 0:
            return address
        host, _, port = address.rpartition(":")
        return f"{host}:{int(port) + shift}"

    computers = tuple(
        c.evolve(link=c.link.evolve(local=moved(c.link.local), remote=moved(c.link.remote)))
        for c in bench.computers
        if isinstance(c.link, UdpLink | TcpLink)
    )
    if start is not None:
        start = re.sub(r"\d+", lambda m: str(int(m[0]) + shift) if int(m[0]) in ports else m[0], start)
    return bench.evolve(computers=computers), start


_taken: dict[Path, tuple[int, IO[str]]] = {}  # of this process


def _place(folder: Path) -> int:
    """This process's place: the first whose file in the folder nobody holds. It is free again when the process ends."""
    import fcntl

    if folder not in _taken:
        place = 0
        while True:
            file = (folder / str(place)).open("w", encoding="utf-8")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.close()
                place += 1
                continue
            _taken[folder] = place, file
            break
    return _taken[folder][0]
