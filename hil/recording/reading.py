"""Recordings read again: for replay, for a look at what a run did."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import InputError, MissingExtraError
from ..signals import INPUT_COUNT, SIGNAL_COUNT
from .layout import EVENT, FIRST_FRAME, HEAD, HEAD_SIZE, MESSAGE, METADATA, ROW, T0_NS


@dataclass(frozen=True)
class Frame:
    """Octets that went over a link: time [s since T-0], computer's number, whether the bench sent them."""

    time: float
    computer: int
    sent: bool
    octets: bytes


@dataclass(frozen=True)
class RecordedRow:
    """All signals and inputs at one step."""

    time: float
    signals: np.ndarray
    inputs: np.ndarray


@dataclass(frozen=True)
class Event:
    """A word about the run, outside the content's hash."""

    time: float
    text: str


class Recording:
    """A recording, open. metadata: facts of the run, and `content_sha256`; computers: names, by number."""

    def __init__(self, reader: Any, path: Path) -> None:
        self._reader, self.path = reader, path
        found = [m.metadata for m in reader.iter_metadata() if m.name == METADATA]
        if not found:
            raise InputError(f"{path} is no bench's recording: it has no '{METADATA}' metadata")
        self.metadata: dict[str, str] = found[0]
        channels = reader.get_summary().channels
        numbers = sorted(i for i in channels if i >= FIRST_FRAME and (i - FIRST_FRAME) % 2 == 0)
        self.computers = tuple(channels[i].topic.strip("/").rsplit("/", 1)[0] for i in numbers)

    def attachments(self) -> dict[str, bytes]:
        """Files that the bench was made of, by name."""
        return {a.name: a.data for a in self._reader.iter_attachments()}

    def entries(self) -> Iterator[Frame | RecordedRow | Event]:
        """Everything, as it was written."""
        for channel, time, _, data in self.messages():
            if channel == ROW:
                values = np.frombuffer(data, "<f8", offset=4)
                if values.size != SIGNAL_COUNT + INPUT_COUNT:
                    raise InputError(f"{self.path}: rows of another version ({values.size} values)")
                yield RecordedRow(time, values[:SIGNAL_COUNT], values[SIGNAL_COUNT:])
            else:
                size = struct.unpack_from("<I", data, 4)[0]
                octets = data[8 : 8 + size]
                if channel == EVENT:
                    yield Event(time, octets.rstrip(b"\0").decode())
                else:
                    number, received = divmod(channel - FIRST_FRAME, 2)
                    yield Frame(time, number, not received, octets)

    def messages(self) -> Iterator[tuple[int, float, int, bytes]]:
        """The same undecoded: channel's number, time [s since T-0], the host's time [ns], CDR octets."""
        from mcap.records import Chunk, Message
        from mcap.stream_reader import StreamReader

        with self.path.open("rb") as file:
            for record in StreamReader(file, emit_chunks=True, validate_crcs=True).records:
                if isinstance(record, Chunk):
                    data = _unpacked(record)
                    if record.uncompressed_crc and zlib.crc32(data) != record.uncompressed_crc:
                        raise InputError(f"{self.path} is no whole MCAP file: a chunk is not what its checksum says")
                    yield from _inside(data)
                elif isinstance(record, Message):
                    yield record.channel_id, (record.log_time - T0_NS) / 1e9, record.publish_time, record.data


def _unpacked(chunk: Any) -> bytes:
    if chunk.compression == "zstd":
        import zstandard

        try:
            return zstandard.ZstdDecompressor().decompress(chunk.data, max_output_size=chunk.uncompressed_size)
        except zstandard.ZstdError as error:
            raise InputError(f"a chunk cannot be unpacked: {error}") from None
    if chunk.compression:
        raise InputError(f"a recording packed by '{chunk.compression}' is not ours; save it anew by zstd")
    return chunk.data


def _inside(data: bytes) -> Iterator[tuple[int, float, int, bytes]]:
    """Messages of a chunk, see `Recording.messages`: some ten times as fast as one object for each."""
    at = 0
    while at < len(data):
        kind, length, channel, _, log_time, publish_time = HEAD.unpack_from(data, at)
        end = at + 9 + length
        if kind == MESSAGE:
            yield channel, (log_time - T0_NS) / 1e9, publish_time, data[at + HEAD_SIZE : end]
        at = end


@contextmanager
def opened(path: Path) -> Iterator[Recording]:
    """A recording for reading. Raises InputError for a file that is none, is damaged, or cannot be read."""
    try:
        from mcap.exceptions import McapError
        from mcap.reader import make_reader
    except ImportError:
        raise MissingExtraError("mcap", "hil") from None
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    with file:
        try:
            yield Recording(make_reader(file, validate_crcs=True), path)
        except (McapError, struct.error, EOFError, AttributeError) as error:
            raise InputError(f"{path} is no whole MCAP file: {error}") from None
