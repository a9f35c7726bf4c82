"""How long messages take on buses: CAN by response-time analysis, MIL-STD-1553 by its schedule, serial lines by their bits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_SEGMENT, NEXT_SEGMENT, CAN_OCTETS = 6, 7, 8  # data octets of ISO 15765-2 frames
_MAX_ROUNDS = 10_000
WORD, STATUS_RESPONSE, GAP = 20e-6, 12e-6, 4e-6  # s, MIL-STD-1553B: a word; longest response; shortest gap


def can_bits(octets: int, extended: bool = False) -> int:
    """Bits of a data frame at worst, with stuff bits and the three bits after it.

    Davis, Burns, Bril and Lukkien 2007, eq. 1 and 2.
    """
    exposed = 54 if extended else 34
    return exposed + 8 * octets + 13 + (exposed + 8 * octets - 1) // 4


def can_frames(octets: int) -> list[int]:
    """Octets in each classic frame that a message of *octets* needs: one, or segments as in ISO 15765-2, all filled up."""
    if octets <= CAN_OCTETS:
        return [octets]
    rest = max(octets - FIRST_SEGMENT, 0)
    return [CAN_OCTETS] * (1 + math.ceil(rest / NEXT_SEGMENT))


@dataclass(frozen=True)
class CanLoad:
    """A periodic message on a CAN bus. priority: the smaller is sent first; frames: bits of each; period, jitter [s]."""

    name: str
    priority: int
    frames: tuple[int, ...]
    period: float
    jitter: float = 0.0


def can_utilisation(loads: Sequence[CanLoad], bit_rate: float) -> float:
    """Share of the time that the bus is busy at worst."""
    return sum(sum(m.frames) / bit_rate / m.period for m in loads)


def can_response(loads: Sequence[CanLoad], bit_rate: float) -> dict[str, float | None]:
    """Worst-case response time [s] of each message, from its release to the end of its last frame; None: it has none.

    The revised analysis (Davis, Burns, Bril and Lukkien 2007, eq. 8 to 12): all instances in the longest busy period of a
    message's priority are looked at, since the first one need not be the worst. A segmented message is released at once and its
    frames queue at one priority, so that frames of lower priority come in between only while the queue is empty.
    """
    bit = 1.0 / bit_rate
    answers: dict[str, float | None] = {}
    for m in loads:
        own = sum(m.frames) * bit
        last = m.frames[-1] * bit
        higher = [k for k in loads if k.priority < m.priority or (k is not m and k.priority == m.priority)]
        lower = [max(k.frames) * bit for k in loads if k.priority > m.priority]
        blocking = max(lower, default=0.0)
        if sum(sum(k.frames) * bit / k.period for k in [*higher, m]) >= 1.0:
            answers[m.name] = None
            continue
        busy = _fixed_point(own, lambda t, hp=higher, m=m, b=blocking: b + sum(_cost(k, t, 0.0, bit) for k in [*hp, m]))
        if busy is None:
            answers[m.name] = None
            continue
        worst: float | None = 0.0
        for q in range(max(1, _ceil((busy + m.jitter) / m.period))):
            before = blocking + q * own + own - last
            wait = _fixed_point(before, lambda w, hp=higher, b=before: b + sum(_cost(k, w, bit, bit) for k in hp))
            if wait is None:
                worst = None
                break
            assert worst is not None
            worst = max(worst, m.jitter + wait - q * m.period + last)
        answers[m.name] = worst
    return answers


def _ceil(x: float) -> int:
    """Ceiling that forgives rounding: 3.0000000001 periods are three."""
    return math.ceil(x - 1e-9)


def _cost(k: CanLoad, window: float, extra: float, bit: float) -> float:
    return max(_ceil((window + k.jitter + extra) / k.period), 0) * sum(k.frames) * bit


def _fixed_point(start: float, step) -> float | None:
    value = start
    for _ in range(_MAX_ROUNDS):
        following = step(value)
        if following <= value + 1e-12:
            return value
        value = following
    return None


def mil1553_time(words: int, terminal_to_terminal: bool = False) -> float:
    """Time [s] of a transfer with *words* data words (32 at most each, so longer messages are several transfers).

    A command, a status after the longest response, data, and a gap; between two terminals twice command and status.
    """
    transfers = max(1, math.ceil(words / 32))
    overhead = 2 if terminal_to_terminal else 1
    return words * WORD + transfers * (overhead * (2 * WORD + STATUS_RESPONSE) + GAP)


def serial_bits(octets: int) -> int:
    """Bits on an asynchronous line: start, eight, stop; COBS with its delimiter and a 32-bit checksum."""
    framed = octets + 4
    return 10 * (framed + math.ceil(framed / 254) + 1)


def ethernet_bits(octets: int) -> int:
    """Bits on an Ethernet of a UDP datagram.

    Preamble 8, header 14, IP 20, UDP 8, checksum 4, gap 12 octets; 46 octets of payload at least.
    """
    return 8 * (8 + 14 + max(octets + 28, 46) + 4 + 12)
