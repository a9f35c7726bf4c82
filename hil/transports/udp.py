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


class LearningUdp:
    """Datagrams to a peer that answers from a port of its system's choice: whoever first speaks from the peer's host.

    Until then anybody on that host may be taken for it; from then on nobody else is heard, and others are counted.
    """

    def __init__(self, local: str, remote: str) -> None:
        self._host, self._port = host_port(remote)
        self.rejects: dict[str, int] = {}
        self.peer: tuple[str, int] | None = None
        kind = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        self._socket = socket.socket(kind, socket.SOCK_DGRAM)
        try:
            self._host = socket.getaddrinfo(self._host, None, kind)[0][4][0]  # as recvfrom will name it
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
            self._socket.bind(host_port(local))
        except OSError:
            self._socket.close()
            raise

    def send(self, frames: Sequence[Octets]) -> None:
        if self._port:
            to = (self._host, self._port)
        elif self.peer is not None:
            to = self.peer
        else:
            return
        for frame in frames:
            try:
                self._socket.sendto(frame, to)
            except ConnectionRefusedError:
                continue
            except OSError as error:
                raise LinkLostError(f"sending failed: {error.strerror or error}") from None

    def receive(self, timeout: float) -> list[bytes]:
        self._socket.settimeout(max(timeout, 0.0))
        try:
            frame, sender = self._socket.recvfrom(_LONGEST)
        except (TimeoutError, BlockingIOError, InterruptedError, ConnectionRefusedError):
            return []
        except OSError as error:
            raise LinkLostError(f"receiving failed: {error.strerror or error}") from None
        sender = sender[:2]
        if self.peer is None and sender[0] == self._host:
            self.peer = sender
        if sender != self.peer:
            self.rejects["stranger"] = self.rejects.get("stranger", 0) + 1
            return []
        return [frame]

    def close(self) -> None:
        self._socket.close()
