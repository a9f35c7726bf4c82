"""What the peers share: sockets, and a law that a test can foretell. None of our own code is imported here."""

import json
import socket
import sys
from pathlib import Path


def arguments() -> tuple[str, int, int, Path]:
    """Kind of link, local port, bench's port, file to write what was understood to."""
    kind, local, remote, path = sys.argv[1:5]
    return kind, int(local), int(remote), Path(path)


def law(rate_y: float, acceleration_x: float) -> tuple[float, float, float]:
    """Gimbal about y and z [rad], throttle: of what the peer has understood."""
    return 0.02 - 0.5 * rate_y, -0.001 * acceleration_x, 0.7


class Link:
    """UDP or TCP to the bench on loopback; octets in, octets out."""

    def __init__(self, kind: str, local: int, remote: int) -> None:
        self.datagrams = kind == "udp"
        if self.datagrams:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            if local:
                self.socket.bind(("127.0.0.1", local))
            self.to = ("127.0.0.1", remote)
        else:
            self.socket = socket.create_connection(("127.0.0.1", remote), timeout=300.0)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(300.0)

    def receive(self) -> bytes:
        return self.socket.recv(65536)

    def send(self, data: bytes) -> None:
        if self.datagrams:
            self.socket.sendto(data, self.to)
        else:
            self.socket.sendall(data)


class Log:
    """What was understood, a JSON line a sample, at once on the disk."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w")

    def __call__(self, **values: float) -> None:
        print(json.dumps(values), file=self.file, flush=True)
