"""Message records that come again and again in the same order and size, as a bench's do: taken many at once.

Everything is done by slices with a stride, which run in C: the writer's process needs no numpy, whose import costs more than a
short recording.
"""

from array import array
from collections.abc import MutableMapping
from dataclasses import dataclass

from .layout import PUBLISHED

_TOLD_APART = (
    1,
    2,
    3,
    9,
    10,
)  # octets of a record's head that tell it from others: length (none of ours has 2^24), channel
_LOG_TIME = 15
_MOST = 64  # records of a pattern


def numbers() -> "array[int]":
    """Log times and places of a channel's messages, one after another, as an index has them."""
    return array("Q")


@dataclass(frozen=True)
class Run:
    """A pattern *count* times one after another from *begin* on. parts: channel and place of each record; size: octets."""

    begin: int
    count: int
    size: int
    parts: tuple[tuple[int, int], ...]

    def index(self, data: bytearray, into: MutableMapping[int, "array[int]"]) -> None:
        """Add log times and places."""
        stop = self.begin + self.count * self.size
        by_channel: dict[int, list[int]] = {}
        for channel, place in self.parts:
            by_channel.setdefault(channel, []).append(place)
        for channel, places in by_channel.items():
            entries, step = array("Q", bytes(16 * self.count * len(places))), 2 * len(places)
            for k, place in enumerate(places):
                at = self.begin + place
                times = bytearray(8 * self.count)
                for j in range(8):
                    times[j::8] = data[at + _LOG_TIME + j : stop : self.size]
                column = array("Q")
                column.frombytes(times)
                entries[2 * k :: step] = column
                entries[2 * k + 1 :: step] = array("Q", range(at, stop, self.size))
            into[channel].extend(entries)

    def blank(self, content: bytearray) -> None:
        """Publish times as nought."""
        stop, nought = self.begin + self.count * self.size, bytes(self.count)
        for _, place in self.parts:
            for j in range(PUBLISHED.start, PUBLISHED.stop):
                content[self.begin + place + j : stop : self.size] = nought


@dataclass(frozen=True)
class Steps:
    """A pattern: channel and place of each of its records, octets of all."""

    parts: tuple[tuple[int, int], ...]
    size: int

    def run(self, data: bytearray, at: int, end: int) -> Run:
        """How often it stands there one after another."""
        count = (end - at) // self.size
        for _, place in self.parts:
            for j in (at + place + k for k in _TOLD_APART):
                if count < 2:
                    break
                column = data[j : at + count * self.size : self.size]
                count = len(column) - len(column.lstrip(column[:1]))
        return Run(at, count, self.size, self.parts)


class Pattern:
    """Finds what comes again: the records between a kind's two coming."""

    def __init__(self) -> None:
        self._recent: list[tuple[int, int]] = []

    def seen(self, channel: int, length: int) -> Steps | None:
        """The pattern that would begin with this record, when such a one has come before."""
        key, recent = (channel, length), self._recent
        if key not in recent:
            recent.append(key)
            if len(recent) > _MOST:
                del recent[0]
            return None
        cycle = recent[recent.index(key) :]
        parts, place = [], 0
        for number, size in cycle:
            parts.append((number, place))
            place += size + 9
        self._recent = [*cycle[1:], key]
        return Steps(tuple(parts), place)
