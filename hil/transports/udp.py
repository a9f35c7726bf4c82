"""UDP: datagrams from one configured peer."""

import socket
import struct
from collections.abc import Sequence

from .base import LinkLostError, Octets
from .document import host_port

_LONGEST = 65_536
_BUFFER = 1 << 20


class Udp:
    """Datagrams to and from one peer; the kernel drops what others send (a connected socket)."""

    def __init__(self, local: str, remote: str) -> None:
        host, port = host_port(remote)
        kind = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.rejects: dict[str, int] = {}
        self._socket = socket.socket(kind, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self._socket.bind(host_port(local))
            self._socket.connect((host, port))
        except OSError:
            self._socket.close()
            raise
        self._buffer = bytearray(_LONGEST)
        self._view = memoryview(self._buffer)
        self._timeout = -1.0
        self._send = self._socket.send
        self._receive = self._socket.recv_into

    def send(self, frames: Sequence[Octets]) -> None:
        for frame in frames:
            try:
                self._send(frame)
            except ConnectionRefusedError:  # nobody listens yet, or any more: silence will tell
                continue
            except OSError as error:
                raise LinkLostError(f"sending failed: {error.strerror or error}") from None

    def receive(self, timeout: float) -> list[bytes]:
        if timeout != self._timeout:
            self._set_timeout(timeout)
        try:
            n = self._receive(self._buffer)
        except (BlockingIOError, InterruptedError, ConnectionRefusedError):
            return []
        except OSError as error:
            raise LinkLostError(f"receiving failed: {error.strerror or error}") from None
        return [bytes(self._view[:n])]

    def _set_timeout(self, timeout: float) -> None:
        """By the socket's own option: one system call a datagram, where Python's time-out takes two."""
        self._timeout = timeout
        if timeout <= 0.0:
            self._socket.setblocking(False)
            return
        self._socket.setblocking(True)
        whole = int(timeout)
        micro = max(int((timeout - whole) * 1e6), 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", whole, micro))

    def close(self) -> None:
        self._socket.close()
