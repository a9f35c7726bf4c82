"""Faults in the loop: begun, acting, over."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.errors import InputError
from ..core.results import Result, Unit
from ..trajectory.flight.layout import PH, ST, STAGE_SIZE, M, P
from .conditions import Watch
from .faults import ACTUATOR, MESSAGE, SENSOR, Fault
from .plant import BenchPlant
from .signals import COMMAND_COUNT, INDEX
from .transports.base import Octets, Transport

_VALID = {"imu": INDEX["imu.valid"], "gnss": INDEX["gnss.valid"], "altimeter": INDEX["altimeter.valid"]}
_PRIMARY = {"imu.rate.": "imu.delta_angle.", "imu.acceleration.": "imu.delta_velocity."}
_TIME = INDEX["clock.time"]


@dataclass(frozen=True, kw_only=True)
class FaultEvent(Result):
    """A fault began or ended."""

    time: Annotated[float, Unit("s")]
    fault: str
    kind: str
    begins: bool


class ActiveFault:
    """One fault's state."""

    def __init__(self, fault: Fault, phases: Sequence[str], dt: float, seed: int) -> None:
        self.fault, self.kind, self.dt = fault, fault.kind, dt
        try:
            self.watch = None if fault.when is None else Watch(fault.when, phases)
        except ValueError as error:
            raise InputError(str(error), where=fault.where("when")) from None
        self.begin: float | None = None
        self.acting = False
        self.amount = fault.value()
        self.random = np.random.Generator(np.random.Philox(key=seed))
        self.places = np.array(_primary(fault.places()), int)
        if fault.kind in ("bias", "drift", "noise") and fault.signal and fault.signal.startswith(tuple(_PRIMARY)):
            self.amount *= dt  # what a rate is wrong by, its increment is wrong by over a step
        self.held: np.ndarray | None = None

    def due(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> bool:
        if self.watch is not None:
            return self.watch.holds(signals, inputs)
        return self.fault.at is not None and time >= self.fault.at - 1e-9


def _primary(places: list[int]) -> list[int]:
    """Faults of rates act on increments, from which the rates follow."""
    names = list(INDEX)
    result = []
    for place in places:
        name = names[place]
        for derived, primary in _PRIMARY.items():
            name = name.replace(derived, primary)
        result.append(INDEX[name])
    return result


class FaultBoard:
    """All faults of a run: those of sensors, actuators and vehicle act here, those of messages on `FaultyTransport`."""

    def __init__(
        self,
        faults: Sequence[Fault],
        plant: BenchPlant,
        phases: Sequence[str],
        seed: int,
        asked: np.ndarray | None = None,
    ) -> None:
        self.plant, self._asked = plant, asked
        self.all = [ActiveFault(f, phases, plant.dt, seed * 1009 + i) for i, f in enumerate(faults)]
        for active in self.all:  # commands' places are those of the inputs
            if active.kind in ACTUATOR:
                active.places = np.array(active.fault.places(), int)
                if active.places.max() >= COMMAND_COUNT:
                    raise InputError("this is no actuator's command", where=active.fault.where("signal"))
        self.pending = list(self.all)
        self.acting: list[ActiveFault] = []
        self.events: list[FaultEvent] = []

    def step(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        """Begin and end faults, and change what the sensors say."""
        if self._asked is not None and self._asked.any():
            self._by_hand(time, self._asked)
        for active in [a for a in self.pending if a.due(time, signals, inputs)]:
            self.pending.remove(active)
            self._switch(active, time, on=True)
        for active in list(self.acting):
            span = active.fault.duration
            if span is not None and active.begin is not None and time - active.begin >= span - 1e-9:
                self._switch(active, time, on=False)
        changed = False
        for active in self.acting:
            changed |= self._sensor(active, time, signals)
        if changed:
            derive(signals, self.plant.dt)

    def _by_hand(self, time: float, asked: np.ndarray) -> None:
        """What somebody presses: 1 begins a fault that may be begun so, anything else ends it."""
        for i in np.flatnonzero(asked[: len(self.all)]):
            active, on = self.all[i], asked[i] == 1
            if active.fault.by_hand and active.acting != on:
                self._switch(active, time, on=bool(on))
        asked[:] = 0

    def _switch(self, active: ActiveFault, time: float, *, on: bool) -> None:
        active.acting = on
        if on:
            active.begin, active.held = time, None
            self.acting.append(active)
        else:
            self.acting.remove(active)
        self.events.append(FaultEvent(time=time, fault=active.fault.name, kind=active.kind, begins=on))
        self._vehicle(active, time, on=on)

    def _vehicle(self, active: ActiveFault, time: float, *, on: bool) -> None:
        p = self.plant.plant
        ph = p.case.phases[int(p.memory[M.phase])]
        stage = P.stages + int(ph[PH.stage]) * STAGE_SIZE
        if active.kind == "engine_out":
            p.parameters[stage + ST.engine_out_time] = time - p.memory[M.stage_lit] if on else 1e30
            p.parameters[stage + ST.engines_out] = active.amount if on else 0.0
        elif active.kind == "thrust_loss":
            p.parameters[stage + ST.thrust_factor] *= (
                (1.0 - active.amount) if on else 1.0 / max(1.0 - active.amount, 1e-9)
            )
        elif active.kind == "brown_out":
            self.plant.voltage_lost += active.amount if on else -active.amount

    def _sensor(self, active: ActiveFault, time: float, signals: np.ndarray) -> bool:
        kind, at = active.kind, active.places
        if kind == "wrong_time":
            signals[_TIME] += active.amount
            return False
        if kind not in SENSOR:
            return False
        if active.held is None:
            active.held = signals[at].copy()
        if kind == "freeze":
            signals[at] = active.held
        elif kind == "bias":
            signals[at] += active.amount
        elif kind == "drift":
            signals[at] += active.amount * (time - (active.begin or 0.0))
        elif kind == "noise":
            signals[at] += active.amount * active.random.standard_normal(len(at))
        elif kind == "dropout":
            signals[at] = 0.0
            group = (active.fault.signal or "").split(".")[0]
            if group in _VALID:
                signals[_VALID[group]] = 0.0
        elif kind == "stuck_bit":
            raw = signals[at].astype(np.float32).view(np.uint32) | np.uint32(1 << (active.fault.bit or 0))
            values = raw.view(np.float32).astype(float)
            signals[at] = np.where(np.isfinite(values), values, 0.0)
        return True

    def actuators(self, commands: np.ndarray) -> None:
        """Change what the actuators do with the commands."""
        for active in self.acting:
            if active.kind not in ACTUATOR:
                continue
            at = active.places
            if active.held is None:
                active.held = commands[at].copy()
            if active.kind == "jam":
                commands[at] = active.held
            elif active.kind == "slow":
                active.held = active.held + active.amount * (commands[at] - active.held)
                commands[at] = active.held
            else:
                commands[at] = 0.0

    def messages(self, computer: str) -> list[ActiveFault]:
        """Those that concern a computer's link."""
        return [a for a in self.all if a.kind in MESSAGE and a.fault.computer in (None, computer)]


_ANGLE, _RATE = INDEX["imu.delta_angle.x"], INDEX["imu.rate.x"]


def derive(signals: np.ndarray, dt: float) -> None:
    """Signals that follow from others that a fault has changed: rates from increments."""
    signals[_RATE : _RATE + 6] = signals[_ANGLE : _ANGLE + 6] / dt


class FaultyTransport:
    """A link on which messages are lost, late, damaged, swapped or made up.

    A lost message stays lost. ``handed``: the step whose sample, the newest whole one, went to the computer in the last ``send``;
    -1 when none did, so that nobody waits for an answer. ``swallowed``: frames of a muted computer.
    """

    def __init__(self, inner: Transport, faults: Sequence[ActiveFault], clock: BenchPlant) -> None:
        self._inner, self._faults, self._plant = inner, faults, clock
        self._late: deque[tuple[float, int, bytes]] = deque()
        self._kept: tuple[int, bytes] | None = None
        self._last: list[bytes] = []
        self.handed = -1
        self.swallowed = 0

    @property
    def rejects(self) -> Mapping[str, int]:
        return self._inner.rejects

    def send(self, frames: Sequence[Octets]) -> None:
        now, out = self._plant.time, []
        while self._late and self._late[0][0] <= now + 1e-9:
            out.append(self._late.popleft()[1:])
        for frame in frames:
            out += self._through(bytes(frame), now)
        self.handed = max((count for count, _ in out), default=-1)
        self._last = [octets for _, octets in out]
        if out:
            self._inner.send(self._last)

    def again(self) -> None:
        """What was handed over last, once more: the computer has not answered it."""
        self._inner.send(self._last)

    def _through(self, frame: bytes, now: float) -> list[tuple[int, bytes]]:
        """Frames to hand over, each with its step; -1 for what is no whole sample."""
        frames = [(self._plant.count, frame)]
        for active in self._faults:
            if not active.acting:
                continue
            kind, draw = active.kind, active.random.random
            if kind == "loss" and draw() < active.amount:
                return []
            if kind == "corruption" and draw() < active.amount:
                bit = int(draw() * 8 * len(frame))
                damaged = bytearray(frame)
                damaged[bit >> 3] ^= 1 << (bit & 7)
                frames = [(-1, bytes(damaged))]
            elif kind == "delay":
                self._late.append((now + (active.fault.span or 0.0), *frames[0]))
                return []
            elif kind == "reorder":
                if self._kept is not None:
                    frames, self._kept = [*frames, self._kept], None
                elif draw() < active.amount:
                    self._kept = frames[0]
                    return []
            elif kind == "babble":
                frames += [(-1, active.random.bytes(1 + int(draw() * 64))) for _ in range(math.ceil(active.amount))]
        return frames

    def receive(self, timeout: float) -> list[bytes]:
        frames = self._inner.receive(timeout)
        if any(a.acting and a.kind == "mute" for a in self._faults):
            self.swallowed += len(frames)
            return []
        return frames

    def close(self) -> None:
        self._inner.close()
