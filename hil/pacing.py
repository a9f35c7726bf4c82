"""Real time: sleep, then spin; how late each step was, and whose fault it was."""

import time
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.errors import InputError
from ..core.results import Result, Unit
from .document import Clock
from .external_time import Pps, Ptp, Reference, ReferenceTiming, TimeSource

_NS = 1_000_000_000
_SPARE = 500_000  # ns: of a wait, in which a time source is looked at
_KEPT = 4_000_000  # steps whose lateness is kept: 67 minutes at 1 kHz


@dataclass(frozen=True, kw_only=True)
class Timing(Result):
    """How a paced run kept its time. overruns: steps whose own work took longer than a period (the model's, or the link's);
    machine_gaps: steps that began late although the bench was waiting for them (the machine gave the processor to others)."""

    steps: int
    period: Annotated[float, Unit("s")]
    overruns: int
    machine_gaps: int
    lateness_median: Annotated[float, Unit("s")]
    lateness_p99: Annotated[float, Unit("s")]
    lateness_worst: Annotated[float, Unit("s")]
    work_median: Annotated[float, Unit("s")]
    work_p99: Annotated[float, Unit("s")]
    slipped: Annotated[float, Unit("s")]
    reference: ReferenceTiming | None = None


def open_source(clock: Clock) -> TimeSource:
    """The time source that a bench names. Raises InputError at its place when it is not there."""
    assert clock.source is not None
    kind, device = clock.source.type, clock.source.device or f"/dev/{clock.source.type}0"
    try:
        return Pps(device) if kind == "pps" else Ptp(device)
    except InputError as error:
        raise InputError(error.message, where=clock.source.where("type")) from None


class Pacer:
    """Waits for each step's time on the host's clock, or not at all in lockstep.

    ``wait()`` before a step. catch_up: late steps follow each other at once until time is made up; slip: the scale moves by
    what was lost.
    """

    def __init__(self, clock: Clock, rate: float, source: TimeSource | None = None) -> None:
        self.paced = clock.mode != "lockstep"
        factor = clock.factor if clock.mode == "accelerated" else 1.0
        self.period = 1.0 / (rate * factor)
        self._period_ns = round(_NS / (rate * factor))
        self._spin_ns = round(clock.spin * _NS)
        self._slips = clock.overrun == "slip"
        self._next = 0
        self._late = np.zeros(_KEPT if self.paced else 1, np.int32)
        self._work = np.zeros(_KEPT if self.paced else 1, np.int32)
        self._n = 0
        self.overruns = self.gaps = 0
        self._slipped = 0
        self._began = 0
        if source is None and clock.source is not None:
            source = open_source(clock)
        self.reference = None if source is None else Reference(source)
        self._exact_ns = _NS / rate  # of the source's time, a step
        self._factor = factor

    def start(self) -> None:
        """The first step is one period from now."""
        self._next = self._began = time.perf_counter_ns()

    def wait(self) -> None:
        """Until the next step's time."""
        if not self.paced:
            return
        now = time.perf_counter_ns()
        work = now - self._began
        reference = self.reference
        self._next += self._period_ns if reference is None else reference.span(self._exact_ns / self._factor)
        early = self._next - now
        waited = early > 0
        if reference is not None and early > _SPARE:
            reference.look(now, self._next, (self._n + 1) * self._exact_ns / self._factor)
            early = self._next - time.perf_counter_ns()
        if early > self._spin_ns:
            time.sleep((early - self._spin_ns) / _NS)
        while True:
            now = time.perf_counter_ns()
            if now >= self._next:
                break
        late = now - self._next
        i = self._n % _KEPT
        self._late[i], self._work[i] = min(late, 2**31 - 1), min(work, 2**31 - 1)
        self._n += 1
        if work > self._period_ns:
            self.overruns += 1
        if waited and late > self._period_ns // 10:
            self.gaps += 1
        if self._slips and late > self._period_ns:
            self._slipped += late
            self._next = now
            if reference is not None:
                reference.slip(late)
        self._began = now

    def since(self, step: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Lateness and work [ns] of the steps from a number on, as far as they are kept in one piece, and how many steps
        there are by now; nothing in lockstep. Views."""
        begin, end = step % _KEPT, self._n % _KEPT
        piece = slice(begin, end if end >= begin else _KEPT) if self.paced else slice(0)
        return self._late[piece], self._work[piece], step + (piece.stop - (piece.start or 0))

    def timing(self) -> Timing | None:
        """What was measured; None in lockstep."""
        n = min(self._n, _KEPT)
        if not self.paced or n == 0:
            return None
        late, work = self._late[:n] / _NS, self._work[:n] / _NS
        return Timing(
            steps=self._n, period=self.period, overruns=self.overruns, machine_gaps=self.gaps,
            lateness_median=float(np.median(late)), lateness_p99=float(np.percentile(late, 99)),
            lateness_worst=float(late.max()), work_median=float(np.median(work)),
            work_p99=float(np.percentile(work, 99)), slipped=self._slipped / _NS,
            reference=None if self.reference is None else self.reference.timing(),
        )  # fmt: skip
