"""Octets as they come: a file that grows, standard input, a UDP port."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import InputError

PIECE = 1 << 20
_WAIT = 0.1  # seconds between two looks at a file


def octets_from(source: str, idle: float | None = None) -> Iterator[bytes]:
    """Pieces of what comes from *source*; b"" about ten times a second while nothing does.

    source: a file's name, "-" for standard input, or ``udp:PORT`` and ``udp:HOST:PORT`` to listen on (the host is this
    machine's own loopback without one). Ends with standard input, or after *idle* seconds without an octet (None:
    never). A file that becomes shorter is read anew from its beginning. Raises InputError when it cannot be opened.
    """
    reader = (
        _standard_input() if source == "-" else _udp(source) if source.startswith("udp:") else _growing(Path(source))
    )
    last = time.monotonic()
    for piece in reader:
        yield piece
        now = time.monotonic()
        if piece:
            last = now
        elif idle is not None and now - last >= idle:
            return


def _growing(path: Path) -> Iterator[bytes]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"'{path}' cannot be read: {error.strerror}") from None
    with file:
        while True:
            piece = file.read(PIECE)
            if not piece:
                if os.fstat(file.fileno()).st_size < file.tell():
                    file.seek(0)
                time.sleep(_WAIT)
            yield piece


def _standard_input() -> Iterator[bytes]:
    import selectors

    number = sys.stdin.fileno()
    with selectors.DefaultSelector() as selector:
        try:
            selector.register(number, selectors.EVENT_READ)
            ready = selector.select
        except PermissionError:  # a file: always ready

            def ready(timeout: float | None = None) -> list:
                return [number]

        while True:
            if not ready(_WAIT):
                yield b""
                continue
            piece = os.read(number, PIECE)
            if not piece:
                return
            yield piece


def _udp(source: str) -> Iterator[bytes]:
    host, _, port = source.removeprefix("udp:").rpartition(":")
    if not port.isdigit() or not 0 < int(port) < 65_536:
        raise InputError(f"'{source}' names no port; write udp:5000, or udp:0.0.0.0:5000 to listen on every interface")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        try:
            receiver.bind((host or "127.0.0.1", int(port)))
        except OSError as error:
            raise InputError(f"cannot listen on '{source}': {error.strerror or error}") from None
        receiver.settimeout(_WAIT)
        while True:
            try:
                yield receiver.recv(65_535)
            except TimeoutError:
                yield b""
