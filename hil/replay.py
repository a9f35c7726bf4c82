"""A recorded run driven again: its samples to a flight computer, whose answers are held against the recorded ones."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ..core.errors import InputError
from ..core.results import Result, Unit
from .document import Bench
from .recording.reading import Event, Frame, RecordedRow, opened
from .run import NoRecorder, Recorder
from .transports.base import LinkLostError, Transport
from .transports.opening import open_transport


@dataclass(frozen=True, kw_only=True)
class ReplayResult(Result):
    """A replay. frames: sent again; answers: that came; different: those that are not, octet by octet, the recorded ones;
    first_difference: its time, None when there is none."""

    recording: str
    frames: int
    answers: int
    different: int
    first_difference: Annotated[float | None, Unit("s")]
    stopped: str


class _Seat:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.waiting: list[bytes] = []


def replay(
    bench: Bench,
    path: Path,
    *,
    recorder: Recorder | None = None,
    bind: bool = False,
    tell: Callable[[float], None] | None = None,
) -> ReplayResult:
    """Send a recording's frames to the computers of a bench again, in lockstep, and compare the answers.

    What a computer answers is recorded anew beside the recorded signals, so that a computer that does the same again gives a
    recording of the same content. Raises InputError for a recording that is not of these computers.
    """
    recorder, clock = recorder or NoRecorder(), bench.clock
    seats: list[_Seat] = []
    sent = answers = different = 0
    first: float | None = None
    stopped = ""
    with opened(path) as recording:
        names = tuple(c.name for c in bench.computers)
        if recording.computers != names:
            raise InputError(
                f"{path} is of computers {', '.join(recording.computers)}; the bench has {', '.join(names)}"
            )
        try:
            seats += [_Seat(open_transport(c.link, bind_beyond_loopback=bind)) for c in bench.computers]
            for entry in recording.entries():
                if isinstance(entry, Event):
                    continue
                if isinstance(entry, RecordedRow):
                    recorder.row(entry.time, entry.signals, entry.inputs)
                    if tell is not None:
                        tell(entry.time)
                    continue
                seat = seats[entry.computer]
                if entry.sent:
                    seat.transport.send([entry.octets])
                    recorder.frame(entry.time, entry.computer, True, entry.octets)
                    sent += 1
                    continue
                answer = _next(seat, clock.patience if answers == 0 else clock.timeout, entry)
                if answer is None:
                    stopped = f"computer '{names[entry.computer]}' did not answer at {entry.time:.4f} s"
                    break
                answers += 1
                recorder.frame(entry.time, entry.computer, False, answer)
                if answer != entry.octets:
                    different += 1
                    first = entry.time if first is None else first
        except LinkLostError as error:
            stopped = str(error)
        finally:
            for seat in seats:
                seat.transport.close()
    return ReplayResult(
        recording=str(path), frames=sent, answers=answers, different=different, first_difference=first, stopped=stopped
    )


def _next(seat: _Seat, patience: float, entry: Frame) -> bytes | None:
    """The computer's next frame."""
    deadline = time.perf_counter() + patience
    while not seat.waiting:
        seat.waiting += seat.transport.receive(min(patience, 0.05))
        if not seat.waiting and time.perf_counter() > deadline:
            return None
    return seat.waiting.pop(0)
