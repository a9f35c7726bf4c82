"""Where a page's data come from: the board of a bench that runs, or a recording."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ...core.errors import InputError
from ..recording.layout import EVENT, FIRST_FRAME, ROW
from ..recording.reading import opened
from ..signals import INPUT_COUNT, SIGNAL_COUNT
from .board import ENDED, FLYING, ROW_SIZE, BoardReader, running
from .facts import FACTS
from .shown import shown

_STATES = {FLYING: "flying", ENDED: "ended"}
_HEALTH_EVERY = 3  # looks between two at the counters
KEPT = 60_000
"""Samples of one flight that a page may be sent: 50 minutes at 20 a second."""


@dataclass
class Show:
    """One flight as it is known by now. number: grows with every new flight; rows (n, len(shown.NAMES)); responses: of a
    recording, per computer and second of flight: time, answers, median and 99th percentile of the answer's delay [us]."""

    number: int
    mode: str
    facts: dict[str, Any]
    state: str = "waiting"
    rows: list[np.ndarray] = field(default_factory=list)
    count: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    health: dict[str, Any] | None = None
    responses: list[list[list[float]]] | None = None

    def since(self, row: int) -> bytes:
        """Samples from a number on."""
        pieces, left = [], self.count - row
        for piece in reversed(self.rows):
            if left <= 0:
                break
            pieces.append(piece[-left:] if left < len(piece) else piece)
            left -= len(piece)
        return b"".join(p.tobytes() for p in reversed(pieces))


class Source(Protocol):
    """Something to show; `look` is called some times a second."""

    def look(self) -> Show | None:
        """The flight as it is now; None when there is none."""
        ...

    def ask(self, fault: int, *, begin: bool) -> None:
        """Ask for a fault. Raises InputError."""
        ...


class Live:
    """The bench that runs, and after it the next one. board: of one bench; else whichever began last in a folder."""

    def __init__(self, board: Path | None = None, folder: Path | None = None) -> None:
        self._board, self._folder = board, folder
        self._reader: BoardReader | None = None
        self._show: Show | None = None
        self._last: np.ndarray | None = None
        self._number = self._looks = 0

    def look(self) -> Show | None:
        if self._reader is None or (self._show is not None and self._show.state == "ended"):
            self._find()
        reader, show = self._reader, self._show
        if reader is None or show is None:
            return None
        rows = reader.rows()
        if len(rows) and show.count < KEPT:
            show.rows.append(shown(rows, self._last))
            self._last = rows[-1]
            show.count += len(rows)
        show.state = _STATES.get(reader.state, "waiting")
        show.lines += reader.lines()
        self._looks += 1
        if self._looks % _HEALTH_EVERY == 1:
            show.health = reader.health()
        return show

    def _find(self) -> None:
        path = self._board or running(self._folder)
        if path is None or not path.exists() or (self._reader is not None and path == self._reader.path):
            return
        try:
            reader = BoardReader(path)
        except InputError:  # it has just gone, or is not whole yet
            return
        self._number += 1
        self._reader, self._last = reader, None
        self._show = Show(self._number, "live", reader.facts)

    def ask(self, fault: int, *, begin: bool) -> None:
        if self._reader is None or self._show is None or self._show.state != "flying":
            raise InputError("no bench is flying")
        self._reader.ask(fault, begin=begin)


class Recorded:
    """A recording, read once."""

    def __init__(self, path: Path, period: float = 0.05) -> None:
        self._show = read_show(path, period)

    def look(self) -> Show | None:
        return self._show

    def ask(self, fault: int, *, begin: bool) -> None:
        raise InputError("a recording takes no faults")


def read_show(path: Path, period: float = 0.05) -> Show:
    """A recording as a page shows it: a sample every period [s] of flight, every event, delays of answers second by second.

    Raises InputError for what is no recording of a bench.
    """
    rows, lines = [], []
    upcoming = -np.inf
    with opened(path) as recording:
        names = recording.computers
        sent = [0] * len(names)
        delays: list[list[tuple[float, float]]] = [[] for _ in names]
        for channel, log, host, data in recording.messages():
            if channel == ROW:
                if log < upcoming - 1e-9:
                    continue
                upcoming = log + period
                values = np.frombuffer(data, "<f8", offset=4)
                if values.size != SIGNAL_COUNT + INPUT_COUNT:
                    raise InputError(f"{path}: rows of another version ({values.size} values)")
                rows.append(np.concatenate([[host / 1e9], values]))
            elif channel == EVENT:
                lines.append({"time": log, "text": data[8:].rstrip(b"\0").decode()})
            else:
                number, received = divmod(channel - FIRST_FRAME, 2)
                if not received:
                    sent[number] = host
                elif sent[number]:
                    delays[number].append((log, (host - sent[number]) / 1e3))
                    sent[number] = 0
        facts = _facts(recording.metadata, names)
    table = np.array(rows).reshape(-1, ROW_SIZE)
    every = max(-(-len(table) // KEPT), 1)
    table = table[::every]
    made = shown(table, None)
    return Show(
        1, "recording", facts | {"file": path.name}, "ended", [made], len(made), lines, None,
        [_by_second(d) for d in delays],
    )  # fmt: skip


def _facts(metadata: dict[str, str], computers: Sequence[str]) -> dict[str, Any]:
    """Those that the recording carries, or as much as follows from the rest of it."""
    if FACTS in metadata:
        return json.loads(metadata[FACTS]) | {"buttons": False}
    return {
        "bench": metadata.get("bench", "recording"), "rate": float(metadata.get("rate_Hz", 0.0)) or None, "clock": None,
        "computers": [{"name": n, "link": ""} for n in computers], "phases": [], "faults": [], "requirements": [],
        "outlines": None, "planned": None, "buttons": False,
    }  # fmt: skip


def _by_second(delays: list[tuple[float, float]]) -> list[list[float]]:
    if not delays:
        return []
    table = np.array(delays)
    seconds = np.floor(table[:, 0])
    starts = np.flatnonzero(np.diff(seconds, prepend=seconds[0] - 1.0))
    return [
        [float(seconds[a]), len(piece), round(float(np.median(piece)), 1), round(float(np.percentile(piece, 99)), 1)]
        for a, piece in zip(starts, np.split(table[:, 1], starts[1:]), strict=True)
    ]
