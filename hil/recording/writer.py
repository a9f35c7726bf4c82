"""The writer's side of a recording: a process that makes an MCAP file of what a pipe brings (mcap.dev/spec, version 0).

Message records arrive as they stand in the file; here they are put into chunks, indexed and hashed.
"""

import hashlib
import json
import os
import struct
import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable
from io import RawIOBase
from pathlib import Path
from typing import IO, Any

from .layout import EVENT, HEAD_SIZE, METADATA, PUBLISHED
from .runs import Pattern, Run, numbers

MAGIC = b"\x89MCAP0\r\n"
CHUNK = 1 << 20
HEADER, FOOTER, SCHEMA, CHANNEL, _, CHUNK_RECORD, MESSAGE_INDEX, CHUNK_INDEX = range(1, 9)
ATTACHMENT, ATTACHMENT_INDEX, STATISTICS, METADATA_RECORD, METADATA_INDEX, SUMMARY_OFFSET, DATA_END = range(9, 16)
LIBRARY = "osea-rocket"
_SCANNED = struct.Struct("<xQH4xQ")  # of a message record: length, channel, log time
_NOUGHT = bytes(8)


def _text(value: str) -> bytes:
    octets = value.encode()
    return struct.pack("<I", len(octets)) + octets


def _map(values: dict[str, str]) -> bytes:
    body = b"".join(_text(k) + _text(v) for k, v in sorted(values.items()))
    return struct.pack("<I", len(body)) + body


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<BQ", kind, len(body)) + body


class McapFile:
    """An MCAP file under way."""

    def __init__(self, file: IO[bytes], first: dict[str, Any]) -> None:
        self._file = file
        self._at = 0
        self._infos: list[dict[str, Any]] = first["channels"]
        self._metadata: dict[str, str] = first["metadata"]
        self._buffer = bytearray(
            2 * CHUNK
        )  # one place for all that comes: fresh memory costs more than what is done in it
        self._filled = self._scanned = 0
        self._index: defaultdict[int, array[int]] = defaultdict(numbers)
        self._pattern = Pattern()
        self._runs: list[Run] = []
        self._singles: list[int] = []
        self._compress = _compressor()
        self._chunks: list[bytes] = []
        self._attachments: list[bytes] = []
        self._counts: dict[int, int] = {}
        self._first, self._last = 2**64 - 1, 0
        self._digest = hashlib.sha256()
        names = list(dict.fromkeys(c["schema"] for c in self._infos))
        text = {c["schema"]: c["text"] for c in self._infos}
        self._schemas = b"".join(
            _record(SCHEMA, struct.pack("<H", i + 1) + _text(n) + _text("ros2msg") + _text(text[n]))
            for i, n in enumerate(names)
        )
        self._channels = b"".join(
            _record(
                CHANNEL,
                struct.pack("<HH", c["id"], names.index(c["schema"]) + 1) + _text(c["topic"]) + _text("cdr") + _map({}),
            )
            for c in self._infos
        )
        self._write(MAGIC + _record(HEADER, _text("ros2") + _text(LIBRARY)) + self._schemas + self._channels)

    def _write(self, octets: bytes | memoryview) -> int:
        """The place where they begin."""
        at = self._at
        self._file.write(octets)
        self._at += len(octets)
        return at

    def attach(self, name: str, data: bytes) -> None:
        """A file within the file."""
        body = struct.pack("<QQ", 0, 0) + _text(name) + _text("application/yaml") + struct.pack("<Q", len(data)) + data
        record = _record(ATTACHMENT, body + struct.pack("<I", zlib.crc32(body)))
        at = self._write(record)
        entry = struct.pack("<QQQQQ", at, len(record), 0, 0, len(data)) + _text(name) + _text("application/yaml")
        self._attachments.append(_record(ATTACHMENT_INDEX, entry))

    def take(self, source: RawIOBase) -> bool:
        """Read what is there, whole message records and perhaps the beginning of another; false at the end."""
        if self._filled == len(self._buffer):  # a record that is longer than the buffer
            self._buffer += bytes(len(self._buffer))
        with memoryview(self._buffer) as view:
            count = source.readinto(view[self._filled :])
        self._filled += count or 0
        self._scan()
        return bool(count)

    def _scan(self) -> None:
        data, at, end, index, read = self._buffer, self._scanned, self._filled, self._index, _SCANNED.unpack_from
        last = end - HEAD_SIZE
        while at <= last:
            length, channel, log_time = read(data, at)
            after = at + 9 + length
            if after > end:
                break
            steps = self._pattern.seen(channel, length)
            if steps is not None:
                run = steps.run(data, at, end)
                if run.count > 1:
                    run.index(data, index)
                    self._runs.append(run)
                    at += run.count * run.size
                    continue
            index[channel].extend((log_time, at))
            self._singles.append(at)
            at = after
        self._scanned = at
        if at >= CHUNK:
            self._chunk()

    def _chunk(self) -> None:
        """Write the messages that have been read as one chunk with its indexes, and make room."""
        end = self._scanned
        if not end:
            return
        index = {channel: entries for channel, entries in sorted(self._index.items()) if entries}
        low, high = min(min(e[::2]) for e in index.values()), max(max(e[::2]) for e in index.values())
        self._first, self._last = min(self._first, low), max(self._last, high)
        with memoryview(self._buffer) as view:
            packed, name = self._compress(view[:end])
            head = struct.pack("<QQQI", low, high, end, zlib.crc32(view[:end])) + _text(name)
            head += struct.pack("<Q", len(packed))
            at = self._write(struct.pack("<BQ", CHUNK_RECORD, len(head) + len(packed)) + head)
            self._write(packed)
        size = self._at - at
        offsets, index_begin = {}, self._at
        for channel, entries in index.items():
            if sys.byteorder == "big":
                entries.byteswap()
            flat = entries.tobytes()
            offsets[channel] = self._write(_record(MESSAGE_INDEX, struct.pack("<HI", channel, len(flat)) + flat))
            self._counts[channel] = self._counts.get(channel, 0) + len(entries) // 2
        table = b"".join(struct.pack("<HQ", c, o) for c, o in offsets.items())
        entry = struct.pack("<QQQQI", low, high, at, size, len(table)) + table
        entry += struct.pack("<Q", self._at - index_begin) + _text(name) + struct.pack("<QQ", len(packed), end)
        self._chunks.append(_record(CHUNK_INDEX, entry))
        self._hash(end, index[EVENT][1::2] if EVENT in index else ())
        self._index = defaultdict(numbers)
        rest = self._buffer[end : self._filled]
        self._buffer[: len(rest)] = rest
        self._filled, self._scanned = len(rest), 0

    def _hash(self, end: int, events: Iterable[int]) -> None:
        """The chunk's records with their publish times as nought, events left out, into the digest. They have been written: the
        buffer itself is blanked."""
        content = self._buffer
        for run in self._runs:
            run.blank(content)
        for at in self._singles:
            content[at + PUBLISHED.start : at + PUBLISHED.stop] = _NOUGHT
        begin = 0
        with memoryview(content) as view:
            for at in events:
                self._digest.update(view[begin:at])
                begin = at + 9 + int.from_bytes(view[at + 1 : at + 9], "little")
            self._digest.update(view[begin:end])
        self._runs, self._singles = [], []

    def close(self) -> str:
        """Write what is left, and the summary; the content's SHA-256."""
        self._chunk()
        digest = self._digest.hexdigest()
        record = _record(METADATA_RECORD, _text(METADATA) + _map(self._metadata | {"content_sha256": digest}))
        at = self._write(record)
        metadata_index = _record(METADATA_INDEX, struct.pack("<QQ", at, len(record)) + _text(METADATA))
        self._write(_record(DATA_END, struct.pack("<I", 0)))
        counts = b"".join(struct.pack("<HQ", c, n) for c, n in sorted(self._counts.items()))
        low = self._first if self._counts else 0
        statistics = struct.pack(
            "<QHIIIIQQI", sum(self._counts.values()), len({c["schema"] for c in self._infos}), len(self._infos),
            len(self._attachments), 1, len(self._chunks), low, self._last, len(counts),
        ) + counts  # fmt: skip
        groups = [
            (SCHEMA, self._schemas), (CHANNEL, self._channels), (STATISTICS, _record(STATISTICS, statistics)),
            (CHUNK_INDEX, b"".join(self._chunks)), (ATTACHMENT_INDEX, b"".join(self._attachments)),
            (METADATA_INDEX, metadata_index),
        ]  # fmt: skip
        summary_start, summary, offsets = self._at, b"", b""
        for kind, octets in groups:
            if octets:
                offsets += _record(SUMMARY_OFFSET, struct.pack("<BQQ", kind, self._at + len(summary), len(octets)))
                summary += octets
        offset_start = summary_start + len(summary)
        footer = struct.pack("<BQQQ", FOOTER, 20, summary_start, offset_start)
        crc = zlib.crc32(summary + offsets + footer)
        self._write(summary + offsets + footer + struct.pack("<I", crc) + MAGIC)
        return digest


def _compressor() -> Callable[[memoryview], tuple[bytes | memoryview, str]]:
    """By Zstandard where the extra `hil` is installed; else as it is, which is larger and no MissingExtraError."""
    try:
        import zstandard
    except ImportError:
        return lambda data: (data, "")
    compress = zstandard.ZstdCompressor(level=1).compress
    return lambda data: (compress(data), "zstd")


def _exactly(source: RawIOBase, size: int) -> bytes:
    """So many octets; what there is when the stream ends before."""
    found = b""
    while len(found) < size and (piece := source.read(size - len(found))):
        found += piece
    return found


def main(path: str, source: RawIOBase) -> int:
    """Read the stream, write the file; its content's SHA-256 goes to standard output."""
    size = struct.unpack("<I", _exactly(source, 4))[0]
    first = json.loads(_exactly(source, size))
    target = Path(path)
    partial = target.with_name(target.name + ".partial")
    with partial.open("wb") as file:
        made = McapFile(file, first)
        for name, length in first["attachments"].items():
            made.attach(name, _exactly(source, length))
        while made.take(source):
            pass
        digest = made.close()
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    print(digest)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], open(0, "rb", buffering=0)))  # noqa: SIM115  standard input
