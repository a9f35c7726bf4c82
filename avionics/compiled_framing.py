"""COBS (`framing`) as machine code, for links with thousands of frames a second."""

import numpy as np

from ..core.compiled import compiled


@compiled
def _encode(data, out):
    code, n, run = 0, 1, 1
    for i in range(data.size):
        octet = data[i]
        if octet != 0:
            out[n] = octet
            n += 1
            run += 1
        if octet == 0 or (run == 255 and i + 1 < data.size):
            out[code] = run
            code, run = n, 1
            n += 1
    out[code] = run
    return n


@compiled
def _decode(data, out):
    at, n = 0, 0
    while at < data.size:
        run = np.int64(data[at])
        if run == 0:
            return -1
        if at + run > data.size:
            return -2
        for i in range(at + 1, at + run):
            if data[i] == 0:
                return -1
            out[n] = data[i]
            n += 1
        at += run
        if run < 255 and at < data.size:
            out[n] = 0
            n += 1
    return n


class Cobs:
    """``encode`` (delimiter and all) and ``decode`` as `framing`'s functions, over kept buffers: one thread at a time."""

    def __init__(self, longest: int = 65_536) -> None:
        self._out = np.zeros(longest + longest // 254 + 2, np.uint8)
        self._view = memoryview(self._out.data).cast("B")

    def encode(self, data: bytes | bytearray | memoryview) -> bytes:
        """The octets without a zero among them, and the delimiter. Raises ValueError for more than the longest."""
        octets = np.frombuffer(data, np.uint8)
        if octets.size + octets.size // 254 + 2 > self._out.size:
            raise ValueError(f"a frame of {octets.size} octets is too long")
        n = _encode(octets, self._out)
        self._out[n] = 0
        return bytes(self._view[: n + 1])

    def decode(self, data: bytes) -> bytes:
        """The octets again, of what stands before a delimiter. Raises ValueError for what is no frame."""
        if not data or len(data) > self._out.size:
            raise ValueError("the frame is empty, or too long")
        n = _decode(np.frombuffer(data, np.uint8), self._out)
        if n < 0:
            raise ValueError("a zero stands inside the frame" if n == -1 else "a length reaches beyond the frame's end")
        return bytes(self._view[:n])
