"""The board of a running bench: a file in memory that the loop writes without a system call and that others look at.

The loop never waits for a reader and cannot be harmed by one: samples go into a ring, counters into a table, words into a log
that only grows. The other way there is one octet a fault, and nothing else. Whoever may write the file (its owner) may press.
"""

import json
import mmap
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...core.errors import InputError
from ..run import BenchResult, BenchRun, NoRecorder, Recorder
from ..signals import INPUT_COUNT, SIGNAL_COUNT
from ..transports.base import Octets

MAGIC = b"OSEABRD1"
SUFFIX = ".board"
ROWS = 16_384
ROW_SIZE = 1 + SIGNAL_COUNT + INPUT_COUNT
"""Host time [s], then signals, then inputs."""
LATE = 4_096
SEATS, FAULTS = 9, 256
_FACTS, _LOG, _NOTES = 1 << 19, 1 << 17, 1 << 12
WAITING, FLYING, ENDED = 0, 1, 2
BEGIN, END = 1, 2  # what is asked of a fault


class _Counts(NamedTuple):
    """Places in the table of counters."""

    process: int
    facts: int
    rows: int
    log: int
    state: int
    late: int
    overruns: int
    gaps: int
    notes: int
    beat: int


COUNTS = _Counts(*range(len(_Counts._fields)))


class _Seat(NamedTuple):
    """Columns of the table of computers."""

    answers: int
    resent: int
    duplicates: int
    rejected: int
    lost: int


SEAT = _Seat(*range(len(_Seat._fields)))


class Fields(NamedTuple):
    """Views of a board's parts."""

    magic: np.ndarray
    counts: np.ndarray
    seats: np.ndarray
    asked: np.ndarray
    acting: np.ndarray
    late: np.ndarray
    work: np.ndarray
    notes: np.ndarray
    log: np.ndarray
    facts: np.ndarray
    rows: np.ndarray


_PARTS: tuple[tuple[Any, tuple[int, ...]], ...] = (
    (np.uint8, (8,)), (np.int64, (31,)), (np.int64, (SEATS, len(SEAT))), (np.uint8, (FAULTS,)), (np.uint8, (FAULTS,)),
    (np.int32, (LATE,)), (np.int32, (LATE,)), (np.uint8, (_NOTES,)), (np.uint8, (_LOG,)), (np.uint8, (_FACTS,)),
    (np.float64, (ROWS, ROW_SIZE)),
)  # fmt: skip
SIZE = sum(np.dtype(kind).itemsize * int(np.prod(shape)) for kind, shape in _PARTS)


def fields(memory: Any) -> Fields:
    """The parts of a board over its memory."""
    views, at = [], 0
    for kind, shape in _PARTS:
        n = int(np.prod(shape))
        views.append(np.frombuffer(memory, kind, n, at).reshape(shape))
        at += np.dtype(kind).itemsize * n
    return Fields(*views)


def boards_folder() -> Path:
    """Where running benches put their boards: the user's own folder, which nobody else may enter."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    uid = os.getuid() if hasattr(os, "getuid") else 0
    shared = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path(tempfile.gettempdir())  # noqa: S108  checked below
    folder = Path(base) / "osea-hil" if base else shared / f"osea-hil-{uid}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise InputError(f"no folder for boards: {folder}: {error.strerror}; set XDG_RUNTIME_DIR") from None
    if hasattr(os, "getuid") and (found.st_uid != uid or found.st_mode & 0o077 or folder.is_symlink()):
        raise InputError(f"{folder} belongs to somebody else or is open to others; remove it, or set XDG_RUNTIME_DIR")
    return folder


class Board:
    """The loop's side: a recorder that hands on to another one, and a look every tenth of a second; a context manager.

    facts: what does not change (`facts.facts`); period: of the flight's time between two samples [s]. ``asked`` goes to
    `run_bench` where faults may be pressed by hand.
    """

    def __init__(
        self, facts: Mapping[str, Any], onward: Recorder | None = None, path: Path | None = None, period: float = 0.05
    ) -> None:
        self._onward = onward or NoRecorder()
        self.path = path or boards_folder() / f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        text = json.dumps(facts, separators=(",", ":"), allow_nan=False).encode()
        if len(text) > _FACTS:
            raise InputError("the bench's document is too long for a board; run with --no-board")
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.ftruncate(descriptor, SIZE)
            self._memory = mmap.mmap(descriptor, SIZE)
        finally:
            os.close(descriptor)
        self._f = fields(self._memory)
        self.asked = self._f.asked
        self._f.facts[: len(text)] = np.frombuffer(text, np.uint8)
        self._counts = self._f.counts
        self._counts[COUNTS.process], self._counts[COUNTS.facts] = os.getpid(), len(text)
        self._rows = self._f.rows
        self._row = self._late = self._told = 0
        self._rejected = -1
        self._rejected_at = 0.0
        self._period, self._next = period - 1e-9, -np.inf
        self._f.magic[:] = np.frombuffer(MAGIC, np.uint8)  # last: a reader sees a whole board or none

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None:
        self._onward.frame(time, computer, sent, octets)

    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        if time >= self._next:
            self._next = time + self._period
            self._put(signals, inputs)
        self._onward.row(time, signals, inputs)

    def event(self, time: float, text: str) -> None:
        self._say({"time": time, "text": text[:500]})
        self._onward.event(time, text)

    def _put(self, signals: np.ndarray, inputs: np.ndarray) -> None:
        row = self._rows[self._row % ROWS]
        row[0] = time.perf_counter()
        row[1 : 1 + SIGNAL_COUNT] = signals
        row[1 + SIGNAL_COUNT :] = inputs
        self._row += 1
        self._counts[COUNTS.rows] = self._row

    def _say(self, line: Mapping[str, Any]) -> None:
        text = np.frombuffer(json.dumps(line).encode() + b"\n", np.uint8)
        at = int(self._counts[COUNTS.log])
        if at + len(text) <= _LOG:  # a full log stays as it is: the recording has everything
            self._f.log[at : at + len(text)] = text
            self._counts[COUNTS.log] = at + len(text)

    def look(self, run: BenchRun) -> None:
        """What a run's counters say now; some microseconds."""
        counts, pacer = self._counts, run.pacer
        counts[COUNTS.state] = FLYING
        counts[COUNTS.beat] = time.time_ns()
        late, work, n = pacer.since(self._late)
        if len(late):
            at = np.arange(n - len(late), n)[-LATE:] % LATE
            self._f.late[at], self._f.work[at] = late[-LATE:], work[-LATE:]
            self._late = n
            counts[COUNTS.late], counts[COUNTS.overruns], counts[COUNTS.gaps] = n, pacer.overruns, pacer.gaps
        rejected = 0
        for seat, row in zip(run.seats, self._f.seats, strict=False):
            mine = sum(seat.rejects.values()) + sum(seat.transport.rejects.values())
            rejected += mine
            row[:] = seat.answers, seat.resent, seat.duplicates, mine, bool(seat.lost)
        if rejected != self._rejected and time.perf_counter() > self._rejected_at:
            self._rejected, self._rejected_at = rejected, time.perf_counter() + 0.5
            self._note([dict(s.rejects) | dict(s.transport.rejects) for s in run.seats])
        acting = self._f.acting
        acting[:] = 0
        for active in run.faults.acting:
            acting[run.faults.all.index(active)] = 1

    def _note(self, reasons: list[dict[str, int]]) -> None:
        text = json.dumps(reasons).encode()[: _NOTES - 1] + b"\n"
        self._counts[COUNTS.notes] += 1  # odd: being written
        self._f.notes[: len(text)] = np.frombuffer(text, np.uint8)
        self._counts[COUNTS.notes] += 1

    def end(self, result: BenchResult) -> None:
        """How it went."""
        self._put_end({
            "status": result.status, "complete": result.complete, "passed": result.passed, "time": result.end_time,
            "verdicts": [{"name": v.name, "holds": v.holds, "reason": v.reason} for v in result.verdicts],
        })  # fmt: skip

    def _put_end(self, line: Mapping[str, Any]) -> None:
        if self._counts[COUNTS.state] != ENDED:
            self._say({"end": line})
            self._counts[COUNTS.state] = ENDED

    def close(self) -> None:
        """Take the board away; who looks at it keeps what it shows."""
        self._put_end({"status": "the run was broken off", "complete": False, "passed": None, "verdicts": []})
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def running(folder: Path | None = None) -> Path | None:
    """The board of the bench that began last and still runs; boards of benches that died are cleared away."""
    folder = folder or boards_folder()
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=lambda p: p.name.rpartition("-")[2], reverse=True):
        process = path.name.partition("-")[0]
        if process.isdigit() and _alive(int(process)):
            return path
        path.unlink(missing_ok=True)
    return None


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class BoardReader:
    """Another process's side: what is new since the last look, and requests for faults."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("r+b") as file:
                self._memory = mmap.mmap(file.fileno(), SIZE)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot read the board {path}: {error}; does the bench run?") from None
        self._f = fields(self._memory)
        if self._f.magic.tobytes() != MAGIC:
            raise InputError(f"{path} is no board of this version")
        counts = self._f.counts
        self.process = int(counts[COUNTS.process])
        self.facts: dict[str, Any] = json.loads(self._f.facts[: int(counts[COUNTS.facts])].tobytes())
        self._row = self._log = 0

    @property
    def state(self) -> int:
        """WAITING, FLYING or ENDED; a bench whose process is gone has ended."""
        found = int(self._f.counts[COUNTS.state])
        return found if found == ENDED or _alive(self.process) else ENDED

    def rows(self) -> np.ndarray:
        """(n, ROW_SIZE): samples since the last call, the oldest lost where the ring has gone round."""
        counts = self._f.counts
        end = int(counts[COUNTS.rows])
        begin = max(self._row, end - ROWS + 256)
        if end <= begin:
            return np.empty((0, ROW_SIZE))
        found = self._f.rows[np.arange(begin, end) % ROWS]
        self._row = end
        overtaken = int(counts[COUNTS.rows]) - ROWS - begin  # written over while they were copied
        return found[overtaken + 1 :] if overtaken >= 0 else found

    def lines(self) -> list[dict[str, Any]]:
        """New lines of the log: ``{"time", "text"}``, at last ``{"end": …}``."""
        end = int(self._f.counts[COUNTS.log])
        text = self._f.log[self._log : end].tobytes()
        self._log = end
        return [json.loads(line) for line in text.splitlines()]

    def health(self) -> dict[str, Any]:
        """Counters of links and clock, by name; lateness and work of the last steps [us]."""
        counts = self._f.counts
        names = self.facts["computers"]
        reasons = self._reasons()
        seats = [
            {**dict(zip(SEAT._fields, map(int, row), strict=True)), "reasons": reasons[i] if i < len(reasons) else {}}
            for i, row in enumerate(self._f.seats[: len(names)])
        ]
        n = int(counts[COUNTS.late])
        last = np.arange(max(n - 2_000, 0), n) % LATE
        clock = None
        if n:
            late, work = self._f.late[last] / 1e3, self._f.work[last] / 1e3
            clock = {
                "steps": n, "overruns": int(counts[COUNTS.overruns]), "gaps": int(counts[COUNTS.gaps]),
                "late": [float(np.percentile(late, q)) for q in (50, 99, 100)],
                "work": [float(np.percentile(work, q)) for q in (50, 99, 100)],
                "recent": [round(float(v), 1) for v in late[-240:]],
            }  # fmt: skip
        acting = np.flatnonzero(self._f.acting).tolist()
        return {"seats": seats, "clock": clock, "acting": acting, "asked": np.flatnonzero(self._f.asked).tolist()}

    def _reasons(self) -> list[dict[str, int]]:
        for _ in range(3):
            before = int(self._f.counts[COUNTS.notes])
            text = self._f.notes.tobytes().partition(b"\n")[0]
            if before and before % 2 == 0 and before == int(self._f.counts[COUNTS.notes]):
                try:
                    return json.loads(text)
                except ValueError:  # longer than its room
                    return []
        return []

    def ask(self, fault: int, *, begin: bool) -> None:
        """Ask the bench to begin a fault, or to end it, at its next step. Raises InputError where that is not allowed."""
        declared = self.facts["faults"]
        if not self.facts.get("buttons"):
            raise InputError("this bench takes no faults by hand; run it with --by-hand")
        if not 0 <= fault < len(declared) or not declared[fault]["by_hand"]:
            raise InputError("there is no such fault that begins by hand")
        self._f.asked[fault] = BEGIN if begin else END
