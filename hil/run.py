"""The loop of a bench: step the plant, send samples, take answers, apply commands, watch, record."""

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

import numpy as np

from ..avionics.codec import RejectedError
from ..core.errors import InputError
from ..core.results import Array, Result, Unit
from ..trajectory.flight.layout import STATUS_NAMES
from .cards import CardLostError, CardSeat
from .conditions import Watch
from .document import Bench, Computer
from .fault_state import FaultBoard, FaultEvent, FaultyTransport
from .mapping import empty_inputs
from .pacing import Pacer, Timing
from .plant import FLYING, BenchPlant, Flying, bench_plant
from .requirements import Verdict, Watcher
from .signals import COMMAND_COUNT, INPUT_INDEX
from .speech import Speech, speech
from .transports.base import LinkLostError, Octets, Transport
from .transports.opening import open_transport

_ANSWERED = INPUT_INDEX["answer.tick"]
_WAITING_PERIOD = 0.02  # s between two samples to a computer that has not answered yet
INTERRUPTED = "interrupted"
"""Status of a run that Ctrl-C ended."""
_SETTLING = 2.0  # s at most: who still speaks then babbles, which the flight will tell


class Recorder(Protocol):
    """What a run writes down; every call returns at once."""

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None: ...
    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None: ...
    def event(self, time: float, text: str) -> None: ...


class NoRecorder:
    """Nothing is written down."""

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None: ...
    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None: ...
    def event(self, time: float, text: str) -> None: ...


@dataclass
class Seat:
    """A flight computer at the bench, during a run."""

    computer: Computer
    speech: Speech
    transport: Transport
    faulty: FaultyTransport | None = None
    inputs: np.ndarray = field(default_factory=empty_inputs)
    before: np.ndarray = field(default_factory=empty_inputs)
    frames: Sequence[Octets] = ()
    heard: float = -np.inf  # host time of the last good frame
    answers: int = 0
    resent: int = 0
    duplicates: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    lost: str = ""

    def reject(self, reason: str) -> None:
        self.rejects[reason] = self.rejects.get(reason, 0) + 1


@dataclass(frozen=True, kw_only=True)
class Rejected(Result):
    """Frames thrown away for one reason."""

    reason: str
    count: int


@dataclass(frozen=True, kw_only=True)
class LinkCount(Result):
    """What went over one computer's link. rejected: frames thrown away, by reason; held: frames sent with a value at its field's
    limit because the true one did not fit, by message."""

    computer: str
    answers: int
    resent: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    held: tuple[Rejected, ...]
    lost: str


@dataclass(frozen=True, kw_only=True)
class BenchResult(Result):
    """A run of a bench. status: how the flight ended, in words, or why the run stopped; complete: it ended by itself, nothing
    stopped it; final: the signals (`signals.SIGNALS`) at the end."""

    bench: str
    status: str
    complete: bool
    end_time: Annotated[float, Unit("s")]
    phase: str
    steps: int
    exchanges: int
    host_time: Annotated[float, Unit("s")]
    final: Array
    links: tuple[LinkCount, ...]
    faults: tuple[FaultEvent, ...]
    verdicts: tuple[Verdict, ...]
    timing: Timing | None

    @property
    def passed(self) -> bool | None:
        """Whether every requirement holds; None when one was not shown, or the run did not end by itself."""
        if any(v.holds is False for v in self.verdicts):
            return False
        if not self.complete or any(v.holds is None for v in self.verdicts):
            return None
        return True


def run_bench(
    bench: Bench, flying: Flying, *, recorder: Recorder | None = None, bind: bool = False, seed: int | None = None,
    look: Callable[["BenchRun"], None] | None = None, look_every: float = 0.1, by_hand: np.ndarray | None = None,
    ended: Callable[["BenchRun"], None] | None = None,
) -> BenchResult:  # fmt: skip
    """Run a bench with a flight case to its end. look: called about every look_every seconds of host time (progress, displays);
    by_hand: octets through which faults are asked for (`dashboard.board`), None: none may be; ended: once, after the last step.

    Raises InputError for a bench that cannot begin; what goes wrong under way is in the result.
    """
    seats: list[Seat] = []
    cards: list[CardSeat] = []
    try:
        for wiring in bench.cards:
            cards.append(CardSeat(wiring, bench.rate))
        for computer in bench.computers:
            said = speech(bench, computer)
            seats.append(Seat(computer, said, open_transport(computer.link, bind_beyond_loopback=bind)))
        number = bench.seed if seed is None else seed
        run = BenchRun(bench, flying, seats, recorder or NoRecorder(), number, by_hand, cards)
        result = run.go(look, look_every)
        if ended is not None:
            ended(run)
        return result
    finally:
        for seat in seats:
            seat.transport.close()
        for card in cards:
            card.close()


class BenchRun:
    """A run under way."""

    def __init__(
        self, bench: Bench, flying: Flying, seats: Sequence[Seat], recorder: Recorder, seed: int,
        by_hand: np.ndarray | None = None, cards: Sequence[CardSeat] = (),
    ) -> None:  # fmt: skip
        self.bench, self.seats, self.cards, self.recorder = bench, list(seats), list(cards), recorder
        self.plant: BenchPlant = bench_plant(bench, flying, seed)
        self.flying = flying
        names = flying.case.names
        self.faults = FaultBoard(bench.faults, self.plant, names, seed, by_hand)
        self._told = 0  # fault events that were written down
        for seat in self.seats:
            concerned = self.faults.messages(seat.computer.name)
            if concerned:
                seat.transport = seat.faulty = FaultyTransport(seat.transport, concerned, self.plant)
        self.watchers = [Watcher(r, names) for r in bench.requirements]
        self.pacer = Pacer(bench.clock, bench.rate)
        self.inputs = empty_inputs()
        self.exchanges = 0
        self.stopped = ""
        self._until = None if bench.until is None else _watch(bench, names)
        self.ended = self._begun = False
        self._lockstep = bench.clock.mode == "lockstep"
        self._with = self.seats[0]  # whom the bench speaks with just now

    def go(self, look: Callable[["BenchRun"], None] | None, look_every: float) -> BenchResult:
        """To the end."""
        began = time.perf_counter()
        self._warm()
        collecting = gc.isenabled()
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            with self._interruptible():
                self._first_answers()
                self._begun = True
                self.pacer.start()
                self._fly(look, look_every)
        except LinkLostError as error:
            seat = self._with
            seat.lost = seat.lost or str(error)
            self.stop(f"computer '{seat.computer.name}': {error}, at {self.plant.time:.4f} s")
        except CardLostError as error:
            self.stop(f"{error}, at {self.plant.time:.4f} s")
        except KeyboardInterrupt:
            self.stop(INTERRUPTED)
        finally:
            gc.unfreeze()
            if collecting:
                gc.enable()
        return self._result(time.perf_counter() - began)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C ends the run after the step under way: an exception in the midst of a step could cut a recorded message in two.
        A second one does not wait for the step."""
        usual = signal.getsignal(signal.SIGINT)
        if threading.current_thread() is not threading.main_thread() or usual in (signal.SIG_IGN, None):
            yield
            return

        def asked(number: int, frame: object) -> None:
            signal.signal(signal.SIGINT, usual)
            self.stopped = self.stopped or INTERRUPTED

        signal.signal(signal.SIGINT, asked)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, usual)
        if self.stopped == INTERRUPTED:
            self.stop(INTERRUPTED)

    def stop(self, why: str) -> None:
        """End the run after this step; the first reason stays."""
        self.stopped = self.stopped or why
        self.recorder.event(self.plant.time, why)

    def _warm(self) -> None:
        """Compile before any clock runs: a step on the pad of a copy costs nothing else."""
        copy = BenchPlant(self.flying, rate=self.bench.rate, countdown=1.0 / self.bench.rate)
        copy.tick()
        copy.tick()
        for seat in self.seats:
            seat.speech.frames(0, copy.signals)

    def _first_answers(self) -> None:
        """Samples of the pad to every computer until each has answered once: until then nothing waits and no time goes by."""
        clock = self.bench.clock
        deadline = time.perf_counter() + clock.patience
        self.plant.tick()
        for seat in self.seats:
            while not seat.answers:
                if self.stopped:
                    return None
                if time.perf_counter() > deadline:
                    return self.stop(
                        f"computer '{seat.computer.name}' has not answered within {clock.patience:g} s; start it, "
                        f"or mend its link{_thrown_away(seat)}"
                    )
                self._send(seat)
                until = time.perf_counter() + _WAITING_PERIOD
                while not self._hear(seat, _WAITING_PERIOD) and time.perf_counter() < until:
                    pass
                seat.speech.waited()
            self._settle(seat)
            seat.answers = 0  # how often it was asked before its first answer depends on the host
        self.exchanges = 0
        return None

    def _settle(self, seat: Seat) -> None:
        """Throw away what still comes for samples that were sent before the computer's first answer."""
        deadline = time.perf_counter() + _SETTLING
        while seat.transport.receive(2.0 * _WAITING_PERIOD) and time.perf_counter() < deadline:
            pass

    def _fly(self, look: Callable[["BenchRun"], None] | None, look_every: float) -> None:
        plant, bench, recorder = self.plant, self.bench, self.recorder
        every, inputs, signals = bench.record_every, self.inputs, plant.signals
        has_faults = bool(bench.faults)
        next_look = time.perf_counter() + look_every
        for seat in self.seats:
            seat.heard = time.perf_counter()
        while not self.stopped:
            self.pacer.wait()
            for seat in self.seats:
                self._send(seat)
            for seat in self.seats:
                self._answer(seat) if self._lockstep else self._poll(seat)
            self._merge()
            for card in self.cards:
                card.exchange(plant.count, signals, inputs)
            if plant.count % every == 0:
                recorder.row(plant.time, signals, inputs)
            for watcher in self.watchers:
                watcher.step(plant.time, signals, inputs)
            if self.stopped or plant.status != FLYING or plant.time >= bench.longest:
                break
            if self._until is not None and self._until.holds(signals, inputs):
                self.ended = True
                break
            plant.commands[:] = inputs[:COMMAND_COUNT]
            if has_faults:
                self.faults.actuators(plant.commands)
            plant.tick()
            if has_faults:
                self.faults.step(plant.time, signals, inputs)
                if len(self.faults.events) > self._told:
                    self._tell_faults()
            if look is not None and (now := time.perf_counter()) >= next_look:
                next_look = now + look_every
                look(self)

    def _tell_faults(self) -> None:
        for event in self.faults.events[self._told :]:
            self.recorder.event(event.time, f"fault '{event.fault}' {'begins' if event.begins else 'ends'}")
        self._told = len(self.faults.events)

    def _send(self, seat: Seat) -> None:
        self._with = seat
        frames = seat.speech.frames(self.plant.count, self.plant.signals)
        now, index = self.plant.time, self._index(seat)
        if self._begun:
            for frame in frames:
                self.recorder.frame(now, index, True, frame)
        seat.frames = frames
        seat.transport.send(frames)

    def _answer(self, seat: Seat) -> None:
        """Wait for the computer's answer to this step; send again after a time-out. A fault's lost sample has no answer."""
        clock, faulty = self.bench.clock, seat.faulty
        wanted = self.plant.count if faulty is None else faulty.handed
        if wanted < 0:
            return
        swallowed = 0 if faulty is None else faulty.swallowed
        for attempt in range(clock.resends + 1):
            if attempt:
                seat.resent += 1
                seat.transport.send(seat.frames) if faulty is None else faulty.again()
            deadline = time.perf_counter() + clock.timeout
            while True:
                if self._hear(seat, clock.timeout, wanted):
                    return
                if faulty is not None and faulty.swallowed != swallowed:
                    return
                if time.perf_counter() >= deadline:
                    break
            if self.stopped:
                return
        self.stop(
            f"computer '{seat.computer.name}' has been silent for {clock.resends + 1} x {clock.timeout:g} s "
            f"at {self.plant.time:.4f} s{_thrown_away(seat)}"
        )

    def _hear(self, seat: Seat, timeout: float, wanted: int = -1) -> bool:
        """Take what comes; true when it answered this step. wanted: the step whose answer counts in lockstep, else this."""
        self._with = seat
        wanted = self.plant.count if wanted < 0 else wanted
        answered = False
        for frame in seat.transport.receive(timeout):
            if not self._lockstep:
                seat.before[:] = seat.inputs
            try:
                ends = seat.speech.take(frame, seat.inputs)
            except RejectedError as error:
                seat.reject(error.reason)
                self._heard(seat, frame)
                continue
            if not self._lockstep and seat.inputs[_ANSWERED] < seat.before[_ANSWERED]:
                # its clock goes backwards: an old answer, or a computer that has begun anew. The newer commands stay
                seat.reject("older than the last")
                seat.inputs[:] = seat.before
                self._heard(seat, frame)
                continue
            if ends:
                tick = seat.inputs[_ANSWERED]
                if tick >= 0.0 and tick != wanted and self._lockstep:
                    seat.duplicates += 1
                    continue
                seat.answers += 1
                self.exchanges += 1
                answered = True
            self._heard(seat, frame)
        return answered

    def _heard(self, seat: Seat, frame: bytes) -> None:
        if self._begun:
            self.recorder.frame(self.plant.time, self._index(seat), False, frame)

    def _poll(self, seat: Seat) -> None:
        """Real time: what has come since the last step."""
        if self._hear(seat, 0.0):
            seat.heard = time.perf_counter()
        elif time.perf_counter() - seat.heard > self.bench.clock.silence and not seat.lost:
            seat.lost = f"silent since {self.plant.time - self.bench.clock.silence:.3f} s"
            if all(s.lost for s in self.seats):
                self.stop(f"computer '{seat.computer.name}' is {seat.lost}{_thrown_away(seat)}")

    def _index(self, seat: Seat) -> int:
        return self.seats.index(seat) if len(self.seats) > 1 else 0

    def _merge(self) -> None:
        """One computer's inputs, or of several each command's middle value: one that is wrong is outvoted."""
        if len(self.seats) == 1:
            self.inputs[:] = self.seats[0].inputs
            return
        alive = [s.inputs for s in self.seats if not s.lost] or [s.inputs for s in self.seats]
        self.inputs[:] = np.median(np.stack(alive), axis=0)

    def _result(self, host_time: float) -> BenchResult:
        plant = self.plant
        complete = not self.stopped
        ended = "ended as asked" if self.ended else "time limit"
        status = self.stopped or (STATUS_NAMES[plant.status] if plant.status != FLYING else ended)
        return BenchResult(
            bench=self.bench.name, status=status, complete=complete, end_time=plant.time, phase=plant.phase, steps=plant.count,
            exchanges=self.exchanges, host_time=host_time, final=plant.signals,
            links=tuple(_count(s) for s in self.seats), faults=tuple(self.faults.events),
            verdicts=tuple(w.verdict(plant.time, plant.signals, self.inputs, complete=complete) for w in self.watchers),
            timing=self.pacer.timing(),
        )  # fmt: skip


def _thrown_away(seat: Seat) -> str:
    """What came and was no answer, for a message about silence."""
    found = seat.rejects | dict(seat.transport.rejects)
    if seat.duplicates:
        found["answer to another step"] = seat.duplicates
    told = ", ".join(f"{n} {reason}" for reason, n in sorted(found.items()))
    return f"; thrown away: {told}" if told else ""


def _watch(bench: Bench, phases: Sequence[str]) -> Watch:
    try:
        return Watch(bench.until or "", phases)
    except ValueError as error:
        raise InputError(str(error), where=bench.where("until")) from None


def _count(seat: Seat) -> LinkCount:
    rejected: dict[str, Any] = seat.rejects | dict(seat.transport.rejects)
    return LinkCount(
        computer=seat.computer.name, answers=seat.answers, resent=seat.resent, duplicates=seat.duplicates,
        rejected=tuple(Rejected(reason=r, count=n) for r, n in sorted(rejected.items())),
        held=tuple(Rejected(reason=m, count=n) for m, n in sorted(seat.speech.clipped.items())), lost=seat.lost,
    )  # fmt: skip
