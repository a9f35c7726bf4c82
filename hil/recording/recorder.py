"""The loop's side of a recording: a few hundred nanoseconds a message into a buffer, which a pipe carries to the writer."""

import contextlib
import json
import os
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from time import time_ns

import numpy as np

from ...core.errors import InputError
from ..signals import INPUT_COUNT, SIGNAL_COUNT
from ..transports.base import Octets
from .channels import described
from .layout import CDR, EVENT, FIRST_FRAME, HEAD, HEAD_SIZE, MESSAGE, ROW, T0_NS

_FLUSH = 1 << 16
_ROOM = 1 << 18
_FRAME = struct.Struct(HEAD.format + "4sI")
_FRAME_SIZE = _FRAME.size
pack_frame = _FRAME.pack_into
pack_row = struct.Struct(HEAD.format + "4s").pack_into
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
        self._signals: np.ndarray | None = None
        self._inputs: np.ndarray | None = None
        self._octets: tuple[memoryview, memoryview] = (memoryview(b""), memoryview(b""))
        self._waiting: deque[bytes] = deque()
        self._sequences = [0] * (FIRST_FRAME + 2 * len(computers))
        self._time, self._log_time = 0.0, T0_NS  # a step's messages have one time
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and code
            [sys.executable, "-m", "osea_rocket.hil.recording.writer", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdin is not None
        self._pipe = self._process.stdin.fileno()
        _widen(self._pipe)
        first = {
            "channels": described(computers),
            "metadata": dict(metadata),
            "attachments": {n: len(b) for n, b in attachments.items()},
        }
        head = json.dumps(first, sort_keys=True).encode()
        self._process.stdin.write(struct.pack("<I", len(head)) + head + b"".join(attachments.values()))
        self._process.stdin.flush()
        os.set_blocking(self._pipe, False)

    def frame(self, time: float, computer: int, sent: bool, octets: Octets) -> None:
        channel, size = FIRST_FRAME + 2 * computer + (not sent), len(octets)
        at, counts = self._at, self._sequences
        if time != self._time:
            self._time, self._log_time = time, T0_NS + round(time * 1e9)
        begin = at + _FRAME_SIZE
        end = begin + size
        if end > _ROOM:
            return self._again(end - at, lambda: self.frame(time, computer, sent, octets))
        count = counts[channel]
        counts[channel] = count + 1
        pack_frame(self._buffer, at, MESSAGE, size + 30, channel, count, self._log_time, time_ns(), CDR, size)
        self._view[begin:end] = octets
        self._at = end
        if end > _FLUSH:
            self._flush()
        return None

    def row(self, time: float, signals: np.ndarray, inputs: np.ndarray) -> None:
        at, counts = self._at, self._sequences
        begin = at + HEAD_SIZE + 4
        middle = begin + 8 * SIGNAL_COUNT
        end = middle + 8 * INPUT_COUNT
        if end > _ROOM:
            return self._again(end - at, lambda: self.row(time, signals, inputs))
        if time != self._time:
            self._time, self._log_time = time, T0_NS + round(time * 1e9)
        if signals is not self._signals or inputs is not self._inputs:  # the same two arrays all through a run
            self._signals, self._inputs = signals, inputs
            self._octets = signals.data.cast("B"), inputs.data.cast("B")
        count = counts[ROW]
        counts[ROW] = count + 1
        pack_row(self._buffer, at, MESSAGE, _ROW_SIZE + 22, ROW, count, self._log_time, time_ns(), CDR)
        view = self._view
        view[begin:middle], view[middle:end] = self._octets
        self._at = end
        if end > _FLUSH:
            self._flush()
        return None

    def event(self, time: float, text: str) -> None:
        octets = text.encode()[:4000] + b"\0"
        size, at = len(octets), self._at
        end = at + _FRAME_SIZE + size
        if end > _ROOM:
            return self._again(end - at, lambda: self.event(time, text))
        count = self._sequences[EVENT]
        self._sequences[EVENT] = count + 1
        pack_frame(self._buffer, at, MESSAGE, size + 30, EVENT, count, T0_NS + round(time * 1e9), time_ns(), CDR, size)
        self._view[end - size : end] = octets
        self._at = end
        return None

    def _again(self, size: int, write: Callable[[], None]) -> None:
        """Make room in the buffer, then write."""
        if size > _ROOM:
            raise InputError(f"a message of {size} octets is too long to record")
        self._flush()
        write()

    def _flush(self) -> None:
        if self._at:
            begin = 0
            if not self._waiting:  # straight from the buffer, as far as the pipe takes it
                try:
                    begin = os.write(self._pipe, self._view[: self._at])
                except BlockingIOError:
                    pass
                except BrokenPipeError:
                    raise self._dead() from None
            if begin < self._at:
                self._waiting.append(bytes(self._view[begin : self._at]))
            self._at = 0
        while self._waiting:
            piece = self._waiting[0]
            try:
                n = os.write(self._pipe, piece)
            except BlockingIOError:
                return
            except BrokenPipeError:
                raise self._dead() from None
            if n == len(piece):
                self._waiting.popleft()
            else:
                self._waiting[0] = piece[n:]

    def _dead(self) -> InputError:
        self._waiting.clear()
        self._at = 0
        return InputError(f"the recording's writer has died; is there room for {self.path}?")

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
