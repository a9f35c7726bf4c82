"""What a recording holds: channels, their schemas, and the scale of time.

Messages are CDR with ROS 2 schemas, which viewers of MCAP files (Foxglove) plot without a plug-in. ``log_time`` is the
bench's own clock, T-0 at ``T0_NS``; ``publish_time`` is the host's. Everything but the channel of events follows from bench,
case and computers alone: `content_sha256` in the file's metadata is over that.
"""

import struct
from dataclasses import dataclass

from ..signals import INPUTS, SIGNALS

T0_NS = 86_400 * 1_000_000_000
"""Log time of T-0: a day after the scale's zero, so that a countdown is not negative."""
CDR = b"\x00\x01\x00\x00"  # little-endian encapsulation
ROW, EVENT, FIRST_FRAME = 1, 2, 3
EVENTS_TOPIC = "/events"
ROWS_TOPIC = "/signals"
METADATA = "osea_bench"


@dataclass(frozen=True)
class ChannelInfo:
    """One channel of the file."""

    id: int
    topic: str
    schema: str
    text: str


def field_name(signal: str) -> str:
    """A signal's name as ROS 2 allows it."""
    return signal.replace(".", "_")


def channels(computers: tuple[str, ...]) -> tuple[ChannelInfo, ...]:
    """Channels of a bench with these computers, in the order of their numbers."""
    row = "".join(
        f"float64 {field_name(s.name)}  # {s.unit + ', ' if s.unit else ''}{s.description}\n"
        for s in (*SIGNALS, *INPUTS)
    )
    result = [
        ChannelInfo(ROW, ROWS_TOPIC, "osea_rocket/Signals", row),
        ChannelInfo(EVENT, EVENTS_TOPIC, "osea_rocket/Event", "string text\n"),
    ]
    for i, name in enumerate(computers):
        for way, offset in (("sent", 0), ("received", 1)):
            result.append(
                ChannelInfo(FIRST_FRAME + 2 * i + offset, f"/{name}/{way}", "osea_rocket/Frame", "uint8[] octets\n")
            )
    return tuple(result)


_HEAD = struct.Struct("<BQHIQQ")
MESSAGE = 0x05


HEAD_SIZE = _HEAD.size
pack_head = _HEAD.pack_into
unpack_head = _HEAD.unpack_from
