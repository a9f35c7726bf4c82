"""The loop's side of a recording: a few hundred nanoseconds a message into a buffer, which a pipe carries to the writer."""

import contextlib
import json
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from time import time_ns

import numpy as np

from ...core.errors import InputError
from ..signals import INPUT_COUNT, SIGNAL_COUNT
from ..transports.base import Octets
from .layout import CDR, EVENT, FIRST_FRAME, HEAD_SIZE, MESSAGE, ROW, T0_NS, pack_head

_FLUSH = 1 << 16
_ROOM = 1 << 18
_LENGTH = struct.Struct("<4sI")
_ROW_SIZE = 4 + 8 * (SIGNAL_COUNT + INPUT_COUNT)


class McapRecorder:
    """Writes a bench's recording by a process of its own; use as a context manager.

    Nothing is lost when the writer falls behind: what the pipe does not take is kept in memory. When the bench dies, the pipe
    closes and the writer finishes a valid file with what had reached it.
    """

    def __init__(
        self, path: Path, computers: tuple[str, ...], metadata: Mapping[str, str], attachments: Mapping[str, bytes]
    ) -> None:
        self.path = path
        if any(len(c.encode()) > 200 for c in computers):
            raise InputError("a computer's name is too long to record")
        self._buffer = bytearray(_ROOM)
        self._view = memoryview(self._buffer)
        self._at = 0
        self._waiting: deque[bytes] = deque()
        self._sequences = [0] * (FIRST_FRAME + 2 * len(computers))
        self.messages = 0
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and code
            [sys.executable, "-m", "osea_rocket.hil.recording.writer", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        _widen(self._pipe)
        first = {
            "computers": list(computers),
            "metadata": dict(metadata),
            "attachments": {n: len(b) for n, b in attachments.items()},
        }
        head = json.dumps(first, sort_keys=True).encode()
        self._process.stdin.write(struct.pack("<I", len(head)) + head + b"".join(attachments.values()))
        self._process.stdin.flush()
        os.set_blocking(self._pipe, False)

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None:
        channel = FIRST_FRAME + 2 * computer + (not sent)
        size = len(octets)
        at = self._head(channel, 8 + size, time)
        _LENGTH.pack_into(self._buffer, at, CDR, size)
        self._view[at + 8 : at + 8 + size] = octets
        self._end(at + 8 + size)

    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        at = self._head(ROW, _ROW_SIZE, time)
        middle = at + 4 + 8 * SIGNAL_COUNT
        self._view[at : at + 4] = CDR
        self._view[at + 4 : middle] = signals.data.cast("B")
        self._view[middle : middle + 8 * INPUT_COUNT] = inputs.data.cast("B")
        self._end(at + _ROW_SIZE)

    def event(self, time: float, text: str) -> None:
        octets = text.encode()[:4000] + b"\0"
        at = self._head(EVENT, 8 + len(octets), time)
        _LENGTH.pack_into(self._buffer, at, CDR, len(octets))
        self._view[at + 8 : at + 8 + len(octets)] = octets
        self._end(at + 8 + len(octets))

    def _head(self, channel: int, size: int, time: float) -> int:
        if self._at + HEAD_SIZE + size > _ROOM:
            self._flush()
        sequence = self._sequences[channel]
        self._sequences[channel] = sequence + 1
        log_time = T0_NS + round(time * 1e9)
        pack_head(self._buffer, self._at, MESSAGE, size + 22, channel, sequence & 0xFFFFFFFF, log_time, time_ns())
        return self._at + HEAD_SIZE

    def _end(self, at: int) -> None:
        self._at = at
        self.messages += 1
        if at > _FLUSH:
            self._flush()

    def _flush(self) -> None:
        if self._at:
            self._waiting.append(bytes(self._view[: self._at]))
            self._at = 0
        while self._waiting:
            piece = self._waiting[0]
            try:
                n = os.write(self._pipe, piece)
            except BlockingIOError:
                return
            except BrokenPipeError:
                self._waiting.clear()
                raise InputError(f"the recording's writer has died; is there room for {self.path}?") from None
            if n == len(piece):
                self._waiting.popleft()
            else:
                self._waiting[0] = piece[n:]

    def close(self) -> str:
        """Finish the file; the SHA-256 of its content (`layout`)."""
        if self._process.stdin is None or self._process.stdin.closed:
            return ""
        os.set_blocking(self._pipe, True)
        with contextlib.suppress(InputError):
            self._flush()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        assert self._process.stdout is not None
        digest = self._process.stdout.read().decode().strip()
        self._process.stdout.close()
        if self._process.wait() != 0:
            raise InputError(f"{self.path} could not be written; is there room, and may you write there?")
        return digest

    def __enter__(self) -> "McapRecorder":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _widen(pipe: int) -> None:
    """A pipe of a megabyte, where the system allows it."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)
