"""Telecommand transfer frames (CCSDS 232.0-B-4) in CLTUs with their BCH(63,56) code (231.0-B-4)."""

from dataclasses import dataclass
from functools import cache

from .checksums import crc16_ccitt
from .randomiser import TELECOMMAND, randomised
from .reject_count import RejectCount

START = bytes.fromhex("EB90")
TAIL = bytes.fromhex("C5C5C5C5C5C5C579")
FILL = b"\x55"
HEADER = 5
_GENERATOR = 0b1100_0101  # x^7 + x^6 + x^2 + 1


@cache
def _remainders() -> tuple[int, ...]:
    """Of each octet times x^7, divided by the generator."""
    table = []
    for octet in range(256):
        value = octet << 7
        for bit in range(14, 6, -1):
            if value >> bit & 1:
                value ^= _GENERATOR << (bit - 7)
        table.append(value)
    return tuple(table)


def bch_parity(block: bytes) -> int:
    """The 7 check bits of 7 octets, as the code computes them (they are sent inverted)."""
    table, remainder = _remainders(), 0
    for octet in block:
        remainder = table[(remainder << 1 ^ octet) & 0xFF]
    return remainder


@cache
def _single_errors() -> dict[int, int]:
    """Syndrome → the wrong bit among 63, counted from the block's first."""
    found = {}
    for bit in range(56):
        found[bch_parity((1 << (55 - bit)).to_bytes(7, "big"))] = bit
    return found | {1 << (62 - bit): bit for bit in range(56, 63)}


def bch_encode(block: bytes) -> bytes:
    """8 octets of 7: information, inverted check bits, a zero."""
    return block + bytes([(bch_parity(block) ^ 0x7F) << 1])


def bch_decode(block: bytes, correct: bool = True) -> tuple[bytes, bool] | None:
    """(7 octets, whether a bit was mended); None when more than the code can mend is wrong."""
    syndrome = bch_parity(block[:7]) ^ (block[7] >> 1 ^ 0x7F)
    if not syndrome:
        return block[:7], False
    bit = _single_errors().get(syndrome) if correct else None
    if bit is None or (block[7] & 1):
        return None
    if bit < 56:
        return (int.from_bytes(block[:7], "big") ^ 1 << (55 - bit)).to_bytes(7, "big"), True
    return block[:7], True


@dataclass(frozen=True)
class TcFrame:
    """A telecommand frame. bypass: taken without a check of its number; control: carries a command of the link itself."""

    spacecraft: int
    virtual_channel: int
    sequence: int
    data: bytes
    bypass: bool = False
    control: bool = False

    def encoded(self, fecf: bool = True) -> bytes:
        """Its octets. Raises ValueError for more than 1024 of them."""
        size = HEADER + len(self.data) + 2 * fecf
        if size > 1024 or not self.data:
            raise ValueError(f"a frame carries 1 to {1024 - HEADER - 2 * fecf} octets, not {len(self.data)}")
        if not (0 <= self.spacecraft < 1024 and 0 <= self.virtual_channel < 64 and 0 <= self.sequence < 256):
            raise ValueError("a spacecraft is 0 to 1023, a virtual channel 0 to 63, a number 0 to 255")
        word = self.bypass << 13 | self.control << 12 | self.spacecraft
        head = word.to_bytes(2, "big") + (self.virtual_channel << 10 | (size - 1)).to_bytes(2, "big")
        frame = head + bytes([self.sequence]) + self.data
        return frame + crc16_ccitt(frame).to_bytes(2, "big") if fecf else frame


def cltu(frames: bytes, randomise: bool = False) -> bytes:
    """A communications link transmission unit of one or more encoded frames."""
    data = frames + FILL * (-len(frames) % 7)
    if randomise:
        data = randomised(data, TELECOMMAND)
    return START + b"".join(bch_encode(data[i : i + 7]) for i in range(0, len(data), 7)) + TAIL


class TcReceiver:
    """CLTUs in, telecommand frames out; one wrong bit a block is mended (``mended`` counts them) unless *correct* is off."""

    def __init__(self, spacecraft: int, *, correct: bool = True, randomise: bool = False, fecf: bool = True) -> None:
        self.spacecraft, self.correct, self.randomise, self.fecf = spacecraft, correct, randomise, fecf
        self.rejects = RejectCount()
        self.mended = 0
        self._buffer = b""
        self._blocks: bytearray | None = None  # None: looking for a start

    def feed(self, data: bytes) -> list[TcFrame]:
        """The frames of the CLTUs that *data* ends."""
        buffer, frames, at = self._buffer + data, [], 0
        while True:
            if self._blocks is None:
                found = buffer.find(START, at)
                until = found if found >= 0 else max(at, len(buffer) - 1)
                self.rejects.skipped_octets += sum(octet not in b"\x55\xaa" for octet in buffer[at:until])
                at = until
                if found < 0:
                    break
                at, self._blocks = at + 2, bytearray()
            elif len(buffer) - at < 8:
                break
            else:
                block = buffer[at : at + 8]
                decoded = None if block == TAIL else bch_decode(block, self.correct)
                if decoded is None:
                    whole = block == TAIL
                    if not whole:  # the start of the next CLTU may be among these octets
                        self.rejects.add("code block")
                    frames += self._frames(bytes(self._blocks))
                    self._blocks = None
                    at += 8 if whole else 0
                else:
                    self.mended += decoded[1]
                    self._blocks += decoded[0]
                    if len(self._blocks) > 1 << 16:
                        self.rejects.add("no end")
                        self._blocks = None
                    at += 8
        self._buffer = buffer[at:]
        return frames

    def _frames(self, data: bytes) -> list[TcFrame]:
        if self.randomise:
            data = randomised(data, TELECOMMAND)
        frames, at = [], 0
        while len(data) - at > HEADER + 2 * self.fecf:
            if data[at:].strip(FILL) == b"":
                break
            size = ((data[at + 2] << 8 | data[at + 3]) & 0x3FF) + 1
            frame = data[at : at + size]
            reason = self._refusal(frame, size)
            if reason:
                self.rejects.add(reason)
                break  # without a sound length nothing says where the next one begins
            word = frame[0] << 8 | frame[1]
            body = frame[HEADER : size - 2 * self.fecf]
            flags = {"bypass": bool(word >> 13 & 1), "control": bool(word >> 12 & 1)}
            frames.append(TcFrame(word & 0x3FF, frame[2] >> 2, frame[4], body, **flags))
            at += size
        return frames

    def _refusal(self, frame: bytes, size: int) -> str:
        if len(frame) < size or size <= HEADER + 2 * self.fecf:
            return "frame length"
        if frame[0] >> 6:
            return "frame version"
        if self.fecf and crc16_ccitt(frame) != 0:
            return "frame checksum"
        return "" if (frame[0] << 8 | frame[1]) & 0x3FF == self.spacecraft else "other spacecraft"
