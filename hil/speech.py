"""How plant and computer speak: by messages of a set, or by an adapter."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from ..avionics.codec import RejectedError
from ..core.errors import InputError
from .conditions import Watch
from .document import Bench, Computer, own_mapping
from .mapping import Channel, empty_inputs
from .transports.base import Octets

EXTENDED = 1 << 31
_NOTHING = empty_inputs()


class Speech(Protocol):
    """Signals to frames and frames to inputs. An adapter is this, and nothing more."""

    def frames(self, tick: int, signals: np.ndarray) -> Sequence[Octets]:
        """What is due to the computer at a step of the bench; the octets stay valid until the next call."""
        ...

    def take(self, frame: bytes, inputs: np.ndarray) -> bool:
        """Read a frame from the computer into inputs (`signals.INPUTS`); true when it ends the computer's step. Raises
        RejectedError for what is no frame of this protocol."""
        ...

    def waited(self) -> None:
        """The bench has asked and still waits for the computer's first answer."""
        ...

    @property
    def clipped(self) -> dict[str, int]:
        """Messages whose values had to be held at their field's limit, and how often."""
        ...


class MessageSpeech:
    """Messages of a set, as the bench document maps them."""

    def __init__(self, bench: Bench, computer: Computer) -> None:
        messages = bench.message_set()
        self._out: list[tuple[int, Channel, bytes]] = []
        self._when: dict[Channel, Watch] = {}
        spoken = computer if computer.send else own_mapping()
        for sent in spoken.send:
            channel = Channel(messages, sent, bench.rate)
            rate = sent.rate or channel.message.rate or bench.rate
            every = round(bench.rate / rate)
            if every < 1 or abs(every * rate - bench.rate) > 1e-9 * bench.rate:
                text = f"{rate:g} Hz is no whole part of the bench's {bench.rate:g} Hz; choose another rate"
                raise InputError(text, where=sent.where("rate" if sent.rate else "message"))
            self._out.append((every, channel, _identifier(channel)))
            if sent.when is not None:
                self._when[channel] = Watch(sent.when, ())
        self._in: dict[int, list[tuple[Channel, int]]] = {}
        for received in spoken.receive:
            channel = Channel(messages, received, bench.rate)
            head = _identifier(channel)
            self._in.setdefault(_key(channel), []).append((channel, len(head)))
        self._by_apid = any(c.message.apid is not None for group in self._in.values() for c, _ in group)

    def waited(self) -> None:
        """Nothing changes: the same samples are sent again."""

    def frames(self, tick: int, signals: np.ndarray) -> Sequence[Octets]:
        when = self._when
        return [
            head + channel.encode(signals).tobytes() if head else channel.encode(signals).data
            for every, channel, head in self._out
            if tick % every == 0 and (channel not in when or when[channel].holds(signals, _NOTHING))
        ]

    def take(self, frame: bytes, inputs: np.ndarray) -> bool:
        key = -1
        if len(frame) >= 4:
            key = ((frame[0] & 7) << 8 | frame[1]) if self._by_apid else int.from_bytes(frame[:4], "big")
        candidates = self._in.get(key)
        if not candidates:
            raise RejectedError("unknown message", f"no message that is expected here begins {frame[:6].hex()}")
        refused: RejectedError | None = None
        for channel, head in candidates:
            try:
                channel.decode(np.frombuffer(frame, np.uint8, offset=head), inputs)
                return channel.answers
            except RejectedError as error:
                refused = error
        assert refused is not None
        raise refused

    @property
    def clipped(self) -> dict[str, int]:
        """Messages whose values had to be held at their field's limit, and how often."""
        return {c.message.name: c.clipped for _, c, _ in self._out if c.clipped}


def _identifier(channel: Channel) -> bytes:
    m = channel.message
    return b"" if m.can_id is None else (m.can_id | (EXTENDED if m.extended else 0)).to_bytes(4, "big")


def _key(channel: Channel) -> int:
    m = channel.message
    if m.apid is not None:
        return m.apid
    if m.can_id is not None:
        return m.can_id | (EXTENDED if m.extended else 0)
    raise InputError(f"message '{m.name}' is neither a packet nor a CAN frame; a bench sends those")


def speech(bench: Bench, computer: Computer) -> Speech:
    """What a computer speaks. Raises InputError for an adapter that is not there."""
    if computer.adapter is None and computer.adapter_file is None:
        return MessageSpeech(bench, computer)
    from . import adapters

    return adapters.find(bench, computer)
