"""Time from outside the host: a pulse a second (LinuxPPS), a PTP hardware clock; and a pacer's schedule that follows it."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from ..core.errors import InputError
from ..core.results import Result, Unit

_NS = 1_000_000_000
_SMOOTH = 0.2  # of a new estimate of the rate
_SLEW = 500e-6  # most by which the schedule is bent to make up a phase error
_OVER = 2.0  # s: in which a phase error would be made up
_LOST = 3.0  # s without a sample
_WRONG = 2e-3  # a sample that says that the host's clock is off by more is none: a pulse was missed or made up


class TimeSource(Protocol):
    """A clock outside the host. period: between two looks [s]."""

    name: str
    period: float

    def sample(self) -> tuple[int, int] | None:
        """(host's `time.perf_counter_ns`, the source's own time [ns]) of one instant; None when there is nothing new."""
        ...


class Pps:
    """A pulse a second by the kernel (LinuxPPS): `/sys/class/pps/pps0/assert`, ``seconds#number`` by the host's wall clock.

    The source's time is the pulse's number: a second each. Raises InputError where there is no such device.
    """

    period = 0.1

    def __init__(self, device: str = "/dev/pps0", folder: Path = Path("/sys/class/pps")) -> None:
        self.name = f"PPS {device}"
        self._path = folder / Path(device).name / "assert"
        try:
            self._text()
        except OSError as error:
            raise InputError(
                f"there is no pulse a second at {device} ({self._path}: {error.strerror}); load its driver (pps-gpio, "
                "pps-ldisc), or leave out the clock's source"
            ) from None
        self._number = -1

    def _text(self) -> str:
        return self._path.read_text(encoding="ascii").strip()

    def sample(self) -> tuple[int, int] | None:
        try:
            stamp, _, number = self._text().partition("#")
        except OSError:
            return None
        if not stamp or not number.isdigit() or int(number) == self._number:
            return None
        seconds, _, part = stamp.partition(".")
        pulse = int(seconds) * _NS + int(part.ljust(9, "0")[:9])
        first = self._number < 0
        self._number = int(number)
        wall, host = time.time_ns(), time.perf_counter_ns()
        if first and wall - pulse > 2 * _NS:  # of long ago: the pulse has stopped
            return None
        return host - (wall - pulse), self._number * _NS


class Ptp:
    """A PTP hardware clock, `/dev/ptp0`, by clock_gettime on its descriptor (Linux: dynamic POSIX clocks).

    Raises InputError where there is none, or it may not be read. clock: number of a POSIX clock instead, for a try.
    """

    period = 0.25

    def __init__(self, device: str = "/dev/ptp0", clock: int | None = None) -> None:
        self.name = f"PTP {device}"
        self._descriptor = -1
        if clock is None:
            try:
                self._descriptor = os.open(device, os.O_RDONLY)
            except OSError as error:
                raise InputError(
                    f"there is no PTP clock at {device}: {error.strerror}; name the network card's own (ethtool -T), be of its "
                    "group, or leave out the clock's source"
                ) from None
            clock = (~self._descriptor << 3) | 3  # FD_TO_CLOCKID of the kernel's posix-clock.h
        self._clock = clock
        try:
            time.clock_gettime_ns(clock)
        except OSError as error:
            raise InputError(f"{device} is no clock: {error.strerror}") from None

    def sample(self) -> tuple[int, int] | None:
        best: tuple[int, int, int] | None = None
        for _ in range(3):  # the quickest of three readings
            before = time.perf_counter_ns()
            try:
                there = time.clock_gettime_ns(self._clock)
            except OSError:
                return None
            after = time.perf_counter_ns()
            if best is None or after - before < best[0]:
                best = (after - before, (before + after) // 2, there)
        assert best is not None
        return best[1], best[2]

    def __del__(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


@dataclass(frozen=True, kw_only=True)
class ReferenceTiming(Result):
    """How a run followed its time source. rate: of the source over the host's clock, less 1; error: of the schedule against the
    source, at its samples; gaps: times that it was silent, the last rate then went on; refused: samples that could not be."""

    source: str
    samples: int
    rate: float
    error_last: Annotated[float, Unit("s")]
    error_worst: Annotated[float, Unit("s")]
    gaps: int
    refused: int


class Reference:
    """A schedule on the host's clock that keeps the source's time.

    `span` gives the host's nanoseconds of a step; ``look`` is called between steps, where there is time to spare.
    """

    def __init__(self, source: TimeSource) -> None:
        self._source = source
        self._rate = self._ratio = 1.0  # source over host; of the schedule, bent to make up an error
        self._first: tuple[int, int, float] | None = None  # host, source, schedule [ns]
        self._last: tuple[int, int] | None = None
        self._next = 0
        self._rest = 0.0
        self._silent = False
        self._samples = self._gaps = self._refused = 0
        self._error = self._worst = 0.0

    def span(self, period_ns: float) -> int:
        """Host nanoseconds that a step of the source's nanoseconds lasts."""
        exact = period_ns / self._ratio + self._rest
        whole = round(exact)
        self._rest = exact - whole
        return whole

    def look(self, now: int, step_host: int, step_time: float) -> None:
        """Take a sample, if one is due. now: host [ns]; step_host, step_time: host's and schedule's time of a step [ns]."""
        if now < self._next:
            return
        self._next = now + round(self._source.period * _NS)
        found = self._source.sample()
        if found is None:
            if self._last is not None and now - self._last[0] > _LOST * _NS and not self._silent:
                self._silent, self._gaps = True, self._gaps + 1
                self._ratio = self._rate
            return
        host, there = found
        if self._first is None or self._last is None or self._silent:
            # a new beginning: phase is counted from here, the rate stays
            self._first = (host, there, step_time + (host - step_host) * self._ratio)
            self._last, self._silent = found, False
            self._samples += 1
            return
        elapsed = host - self._last[0]
        if elapsed <= 0:
            return
        rate = (there - self._last[1]) / elapsed
        if abs(rate - 1.0) > _WRONG:
            self._refused += 1
            self._silent = True  # begin again with the next
            return
        self._rate = rate if self._samples == 1 else self._rate + _SMOOTH * (rate - self._rate)
        self._last = found
        self._samples += 1
        scheduled = step_time + (host - step_host) * self._ratio - self._first[2]
        self._error = (there - self._first[1] - scheduled) / _NS
        self._worst = max(self._worst, abs(self._error))
        self._ratio = self._rate * (1.0 + min(max(self._error / _OVER, -_SLEW), _SLEW))

    def slip(self, lost: int) -> None:
        """The schedule was moved by what a late step lost [ns]: that is no error to make up."""
        if self._first is not None:
            host, there, scheduled = self._first
            self._first = (host, there, scheduled - lost * self._ratio)

    def timing(self) -> ReferenceTiming:
        """What was measured."""
        return ReferenceTiming(
            source=self._source.name, samples=self._samples, rate=self._rate - 1.0, error_last=self._error,
            error_worst=self._worst, gaps=self._gaps, refused=self._refused,
        )  # fmt: skip
