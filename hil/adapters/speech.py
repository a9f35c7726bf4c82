"""An adapter's document in the loop."""

from collections.abc import Callable, Sequence

import numpy as np

from ...avionics.codec import RejectedError
from ...avionics.layout import layout
from ...avionics.message_set import MessageSet
from ...core.errors import InputError
from ..conditions import Watch
from ..document import Bench, Computer
from ..mapping import Channel, empty_inputs
from ..signals import INDEX, INPUT_INDEX
from ..transports.base import Octets
from .document import Adapter, Said
from .envelopes import Cfs, Envelope, Fprime, Key, Mavlink, Packets, Plain
from .lines import Listener, Teller

_TICK, _ANSWERED = INDEX["clock.tick"], INPUT_INDEX["answer.tick"]
_NOTHING = empty_inputs()


class AdapterSpeech:
    """Flight software as an adapter's document declares it; what the bench document says itself replaces that."""

    def __init__(self, adapter: Adapter, bench: Bench, computer: Computer) -> None:
        self._out: list[tuple[int, Watch | None, Callable[[np.ndarray], bytes]]] = []
        self._in: dict[Key, list[Channel]] = {}
        self._channels: list[Channel] = []
        self._known: set[Key] = set()
        self._idle, self._free = 0, adapter.free_running
        send, receive = computer.send or adapter.send, computer.receive or adapter.receive
        self._envelope = _envelope(adapter, adapter.messages)
        if adapter.messages is not None:
            for sent in send:
                channel = Channel(adapter.messages, sent, bench.rate)
                self._channels.append(channel)
                every = _every(bench, sent.rate or channel.message.rate, sent.where("message"))
                self._out.append((every, _watch(sent.when), self._frame_of(channel)))
            for received in receive:
                channel = Channel(adapter.messages, received, bench.rate)
                self._in.setdefault(self._envelope.key(channel.message), []).append(channel)
        for said in adapter.say:
            self._out.append(
                (_every(bench, said.rate, said.where("line")), _watch(said.when), _line_of(said, bench.rate))
            )
        self._listeners = [(Listener(h.line, bench.rate), h.answers) for h in adapter.hear]

    def _frame_of(self, channel: Channel) -> Callable[[np.ndarray], bytes]:
        wrap, message = self._envelope.wrap, channel.message
        return lambda signals: wrap(message, channel.encode(signals).tobytes())

    def waited(self) -> None:
        """The bench still waits for the first answer."""
        if self._free:
            self._idle += 1

    def frames(self, tick: int, signals: np.ndarray) -> Sequence[Octets]:
        signals[_TICK] += self._idle
        try:
            return [
                make(signals)
                for every, watch, make in self._out
                if (tick + self._idle) % every == 0 and (watch is None or watch.holds(signals, _NOTHING))
            ]
        finally:
            signals[_TICK] -= self._idle

    def take(self, frame: bytes, inputs: np.ndarray) -> bool:
        before, ends = inputs[_ANSWERED], False
        if self._listeners and (not self._in or _is_text(frame)):
            ends = self._hear(frame, inputs)
        else:
            for key, payload in self._envelope.open(frame):
                ends |= self._read(key, payload, inputs)
        if self._idle and inputs[_ANSWERED] != before:
            inputs[_ANSWERED] -= self._idle
        return ends

    def _read(self, key: Key, payload: bytes, inputs: np.ndarray) -> bool:
        candidates = self._in.get(key)
        if not candidates:
            raise RejectedError("other message", f"message {key} is none that the bench takes")
        octets = np.frombuffer(payload, np.uint8)
        refused: RejectedError | None = None
        for channel in candidates:
            try:
                channel.decode(octets, inputs)
                return channel.answers
            except RejectedError as error:
                refused = error
        assert refused is not None
        raise refused

    def _hear(self, frame: bytes, inputs: np.ndarray) -> bool:
        ends = False
        for line in frame[:4096].decode("ascii", "replace").splitlines():
            for listener, answers in self._listeners:
                if listener.read(line, inputs):
                    ends |= answers
                    break
            else:
                if line.strip():
                    raise RejectedError("other line", f"a line of no form that the bench takes: '{line[:60]}'")
        return ends

    @property
    def clipped(self) -> dict[str, int]:
        """Messages whose values had to be held at their field's limit, and how often."""
        return {c.message.name: c.clipped for c in self._channels if c.clipped}


def _is_text(frame: bytes) -> bool:
    return all(32 <= octet < 127 or octet in b"\t\r\n" for octet in frame[:80])


def _line_of(said: Said, rate: float) -> Callable[[np.ndarray], bytes]:
    return Teller(said.line, rate).line


def _watch(text: str | None) -> Watch | None:
    return None if text is None else Watch(text, ())


def _every(bench: Bench, rate: float | None, where: str) -> int:
    """Steps between two."""
    rate = rate or bench.rate
    every = round(bench.rate / rate)
    if every < 1 or abs(every * rate - bench.rate) > 1e-9 * bench.rate:
        raise InputError(
            f"{rate:g} Hz is no whole part of the bench's {bench.rate:g} Hz; choose another rate", where=where
        )
    return every


def _envelope(adapter: Adapter, messages: MessageSet | None) -> Envelope:
    if adapter.envelope == "mavlink":
        assert messages is not None
        return Mavlink(adapter.ids, layout(messages).messages, adapter.system, adapter.component)
    return {"plain": Plain, "packets": Packets, "cfs": Cfs, "fprime": Fprime}[adapter.envelope]()
