"""Frames on serial lines: COBS (Cheshire and Baker 1999) and SLIP (RFC 1055)."""

from collections.abc import Callable

from .reject_count import RejectCount

END, ESCAPE, ESCAPED_END, ESCAPED_ESCAPE = 0xC0, 0xDB, 0xDC, 0xDD


def cobs_encode(data: bytes) -> bytes:
    """The octets without a zero among them; one octet more, and another for each 254. The delimiter is not included."""
    result = bytearray()
    for i, stretch in enumerate(parts := bytes(data).split(b"\0")):
        while len(stretch) > 254 or (len(stretch) == 254 and i < len(parts) - 1):
            result += b"\xff" + stretch[:254]
            stretch = stretch[254:]
        result += bytes([len(stretch) + 1]) + stretch
    return bytes(result)


def cobs_decode(data: bytes) -> bytes:
    """The octets that ``cobs_encode`` was given. Raises ValueError for a zero inside or a length beyond the end."""
    if 0 in data:
        raise ValueError("a zero stands inside the frame")
    if not data:
        raise ValueError("the frame is empty")
    result, at = bytearray(), 0
    while at < len(data):
        n = data[at]
        if at + n > len(data):
            raise ValueError("a length reaches beyond the frame's end")
        result += data[at + 1 : at + n]
        at += n
        if n < 0xFF and at < len(data):
            result.append(0)
    return bytes(result)


def slip_encode(data: bytes) -> bytes:
    """The octets with END and ESCAPE replaced by pairs; without the ENDs around them."""
    return bytes(data).replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")


def slip_decode(data: bytes) -> bytes:
    """The octets that ``slip_encode`` was given. Raises ValueError for an END inside or an ESCAPE before anything else."""
    if END in data:
        raise ValueError("an END stands inside the frame")
    first, *rest = bytes(data).split(b"\xdb")
    result = bytearray(first)
    for part in rest:
        if part[:1] not in (b"\xdc", b"\xdd"):
            raise ValueError("an ESCAPE stands before an octet that is never escaped")
        result += (b"\xc0" if part[0] == ESCAPED_END else b"\xdb") + part[1:]
    return bytes(result)


class FrameStream:
    """Frames out of octets as they arrive; what is damaged is counted in ``rejects``, and the next frame is read.

    ``longest``: octets of an encoded frame; a longer one is thrown away, so that noise cannot fill the memory. ``decode``: does
    what the framing's own function does, faster (`compiled_framing`).
    """

    def __init__(
        self, framing: str = "cobs", longest: int = 65_536, decode: Callable[[bytes], bytes] | None = None
    ) -> None:
        choices: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
            "cobs": (b"\0", cobs_decode),
            "slip": (b"\xc0", slip_decode),
        }
        if framing not in choices:
            raise ValueError(f"the framing is cobs or slip, not {framing!r}")
        self.delimiter, usual = choices[framing]
        self._decode = decode or usual
        self.longest, self.rejects = longest, RejectCount()
        self._rest = b""
        self._too_long = False

    def feed(self, data: bytes) -> list[bytes]:
        """The frames that *data* completes, decoded. Empty frames (two delimiters) are fill and not counted."""
        *whole, self._rest = (self._rest + data).split(self.delimiter)
        frames = []
        for encoded in whole:
            if self._too_long or len(encoded) > self.longest:
                self.rejects.add("too long")
                self.rejects.skipped_octets += len(encoded)
                self._too_long = False
            elif encoded:
                try:
                    frames.append(self._decode(encoded))
                except ValueError:
                    self.rejects.add("framing")
                    self.rejects.skipped_octets += len(encoded)
        if len(self._rest) > self.longest:
            self.rejects.skipped_octets += len(self._rest)
            self._rest, self._too_long = b"", True
        return frames
