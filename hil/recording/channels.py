"""Channels of a bench's recording and their schemas: ROS 2 messages as CDR, which viewers of MCAP files (Foxglove) plot."""

from dataclasses import asdict, dataclass

from ..signals import INPUTS, SIGNALS
from .layout import EVENT, EVENTS_TOPIC, FIRST_FRAME, ROW, ROWS_TOPIC


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


def described(computers: tuple[str, ...]) -> list[dict[str, object]]:
    """The same as plain data, for the writer's process."""
    return [asdict(c) for c in channels(computers)]
