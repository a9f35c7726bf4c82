"""TCP and serial lines: octets cut into frames."""

import os
import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from ...avionics.framing import FrameStream, slip_encode
from ...core.errors import InputError, MissingExtraError
from .base import LinkLostError, Octets
from .document import host_port

_CHUNK = 65_536
_PATIENCE = 30.0  # s: for a computer to connect


class _Cutter(Protocol):
    def feed(self, data: bytes) -> list[bytes]: ...


class PacketCutter:
    """Space packets one after another, by their own length field (CCSDS 133.0-B-2)."""

    def __init__(self) -> None:
        self._rest = b""
        self.skipped = 0

    def feed(self, data: bytes) -> list[bytes]:
        self._rest += data
        frames, at = [], 0
        while len(self._rest) - at >= 6:
            if self._rest[at] >> 5:  # version 0: anything else is no packet's begin
                at += 1
                self.skipped += 1
                continue
            size = 7 + int.from_bytes(self._rest[at + 4 : at + 6], "big")
            if len(self._rest) - at < size:
                break
            frames.append(self._rest[at : at + size])
            at += size
        self._rest = self._rest[at:]
        return frames


class FrameCutter:
    """Frames that begin with a start word and say their length: MAVLink, F Prime. What is no frame's begin is skipped."""

    def __init__(self, starts: Sequence[bytes], head: int, size: Callable[[bytes, int], int]) -> None:
        self._starts, self._head, self._size = starts, head, size
        self._rest = b""
        self.skipped = 0

    def feed(self, data: bytes) -> list[bytes]:
        rest = self._rest + data
        frames, at = [], 0
        while True:
            found = [i for i in (rest.find(start, at) for start in self._starts) if i >= 0]
            if not found:
                keep = min(len(self._starts[0]) - 1, len(rest) - at)
                self.skipped += len(rest) - at - keep
                at = len(rest) - keep
                break
            self.skipped += min(found) - at
            at = min(found)
            if len(rest) - at < self._head:
                break
            size = self._size(rest, at)
            if size > _CHUNK:
                at, self.skipped = at + 1, self.skipped + 1
                continue
            if len(rest) - at < size:
                break
            frames.append(rest[at : at + size])
            at += size
        self._rest = rest[at:]
        return frames


def _mavlink_size(data: bytes, at: int) -> int:
    return data[at + 1] + (8 if data[at] == 0xFE else 12 + 13 * (data[at + 2] & 1))


def _fprime_size(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + 4 : at + 8], "big") + 12


class LineCutter:
    """Lines of text, without their ends."""

    longest = 4096

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, rest = (self._rest + data).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = rest[-self.longest :]
        return [line for line in lines if line]


def framing(name: str) -> tuple[_Cutter, Callable[[bytes], bytes]]:
    """Cutter of what comes, and what makes a frame ready to go."""
    if name == "cobs":
        from ...avionics.compiled_framing import Cobs

        coder = Cobs(_CHUNK)
        coder.decode(coder.encode(b"begin")[:-1])  # compiled before any clock runs
        return FrameStream("cobs", _CHUNK, coder.decode), coder.encode
    if name == "slip":
        return FrameStream("slip", _CHUNK), lambda f: b"\xc0" + slip_encode(f) + b"\xc0"
    if name == "lines":
        return LineCutter(), lambda f: bytes(f) + b"\n"
    if name == "mavlink":
        return FrameCutter((b"\xfd", b"\xfe"), 3, _mavlink_size), bytes
    if name == "fprime":
        return FrameCutter((b"\xde\xad\xbe\xef",), 8, _fprime_size), bytes
    return PacketCutter(), bytes


class Stream:
    """Frames over a file descriptor: a socket or a terminal."""

    def __init__(self, descriptor: int, form: str, close: Callable[[], None]) -> None:
        self._fd, self._close = descriptor, close
        self._cutter, self._wrap = framing(form)
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        self._rest = b""
        os.set_blocking(descriptor, False)

    @property
    def rejects(self) -> dict[str, int]:
        counted = getattr(self._cutter, "rejects", None)
        if counted is not None:
            return dict(counted.by_reason)
        skipped = getattr(self._cutter, "skipped", 0)
        return {"octets of no frame": skipped} if skipped else {}

    def send(self, frames: Sequence[Octets]) -> None:
        data = memoryview(self._rest + b"".join([self._wrap(bytes(f)) for f in frames]))
        deadline = 0.0
        while data:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                # full: the other end does not read. Give it a moment, then keep the rest and go on
                deadline = deadline or time.perf_counter() + 0.05
                if time.perf_counter() > deadline:
                    break
                select.select([], [self._fd], [], 0.01)
            except OSError as error:
                raise LinkLostError(f"sending failed: {error.strerror or error}") from None
        if len(data) > 1 << 20:
            raise LinkLostError("the other end has read nothing for a megabyte")
        self._rest = bytes(data)

    def receive(self, timeout: float) -> list[bytes]:
        deadline = time.perf_counter() + timeout
        waits = timeout > 0.0  # what is waited for is hardly ever there yet: to ask first spares a call in vain
        while True:
            if waits:
                left = deadline - time.perf_counter()
                if left <= 0.0 or not self._poll.poll(max(left * 1e3, 0.05)):
                    return []
            try:
                data = os.read(self._fd, _CHUNK)
            except (BlockingIOError, InterruptedError):
                if waits:
                    continue
                return []
            except OSError as error:
                raise LinkLostError(f"receiving failed: {error.strerror or error}") from None
            if not data:
                raise LinkLostError("the other end has closed the connection")
            frames = self._cutter.feed(data)
            if frames:
                return frames

    def close(self) -> None:
        self._close()


def listen(address: str, form: str) -> Stream:
    """Wait for one computer to connect. Raises OSError, or InputError when none does."""
    host, port = host_port(address)
    with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET) as server:
        server.settimeout(_PATIENCE)
        try:
            peer, _ = server.accept()
        except TimeoutError:
            raise InputError(
                f"no computer has connected to {address} within {_PATIENCE:g} s; start it, or mend its address"
            ) from None
    return _of_socket(peer, form)


def connect(address: str, form: str) -> Stream:
    """Connect to a computer that listens. Raises OSError."""
    return _of_socket(socket.create_connection(host_port(address), timeout=_PATIENCE), form)


def _of_socket(peer: socket.socket, form: str) -> Stream:
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Stream(peer.fileno(), form, peer.close)


def serial_line(port: str, baud: int, form: str) -> Stream:
    """A serial line. Raises OSError; InputError without pyserial."""
    try:
        import serial
    except ImportError:
        raise MissingExtraError("pyserial", "hil") from None
    try:
        line = serial.Serial(port, baud, timeout=0, write_timeout=0, exclusive=True)
    except serial.SerialException as error:
        raise OSError(error.errno or 0, str(error)) from None
    return Stream(line.fileno(), form, line.close)
