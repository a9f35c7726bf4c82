"""What messages travel in: MAVLink, F Prime's frames, cFS packets, or nothing at all. Each makes frames and opens them."""

import struct
import zlib
from collections.abc import Iterator
from typing import Protocol

from ...avionics.checksums import xor8
from ...avionics.codec import RejectedError
from ...avionics.layout_types import ResolvedField, ResolvedMessage

Key = int | None


class Envelope(Protocol):
    """Frames of payloads; a key tells messages apart (None: size and constants do)."""

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes: ...

    def open(self, frame: bytes) -> Iterator[tuple[Key, bytes]]:
        """Keys and payloads of the messages in a frame. Raises RejectedError."""
        ...

    def key(self, message: ResolvedMessage) -> Key: ...


class Plain:
    """Structures as they are: one a frame, told apart by size and constants."""

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes:
        return payload

    def open(self, frame: bytes) -> Iterator[tuple[Key, bytes]]:
        yield None, frame

    def key(self, message: ResolvedMessage) -> Key:
        return None


class Packets:
    """CCSDS space packets (133.0-B-2), several in a frame perhaps; the key is type and APID."""

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes:
        return payload

    def open(self, frame: bytes) -> Iterator[tuple[Key, bytes]]:
        at = 0
        while at < len(frame):
            if len(frame) - at < 7 or frame[at] >> 5:
                raise RejectedError("no packet", "a packet's header begins with version 0 and has six octets")
            size = 7 + int.from_bytes(frame[at + 4 : at + 6], "big")
            if len(frame) - at < size:
                raise RejectedError("truncated", f"a packet of {size} octets, of which {len(frame) - at} came")
            packet = frame[at : at + size]
            self._check(packet)
            yield int.from_bytes(packet[:2], "big") & 0x17FF, packet
            at += size

    def _check(self, packet: bytes) -> None:
        pass

    def key(self, message: ResolvedMessage) -> Key:
        assert message.apid is not None
        return message.apid | (0x1000 if message.kind == "telecommand" else 0)


class Cfs(Packets):
    """cFE's packets: a command's second octet of secondary header makes all octets together 0xFF by exclusive or."""

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes:
        if message.kind != "telecommand":
            return payload
        packet = bytearray(payload)
        packet[7] = 0
        packet[7] = xor8(packet) ^ 0xFF
        return bytes(packet)

    def _check(self, packet: bytes) -> None:
        if packet[0] & 0x10 and xor8(packet) != 0xFF:
            raise RejectedError("checksum", "a command's octets combine to something else than 0xFF")


class Fprime:
    """F Prime's frames: start word, length, packet, CRC-32 over all before it (Fw's FprimeFraming)."""

    start = bytes.fromhex("deadbeef")
    longest = 65_536

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes:
        framed = self.start + struct.pack(">I", len(payload)) + payload
        return framed + struct.pack(">I", zlib.crc32(framed))

    def open(self, frame: bytes) -> Iterator[tuple[Key, bytes]]:
        at = 0
        while at < len(frame):
            if frame[at : at + 4] != self.start:
                raise RejectedError("start word", f"a frame begins deadbeef, not {frame[at : at + 4].hex()}")
            size = int.from_bytes(frame[at + 4 : at + 8], "big")
            end = at + 8 + size
            if len(frame) < end + 4:
                raise RejectedError(
                    "truncated", f"a frame of {size} octets, of which {max(len(frame) - at - 8, 0)} came"
                )
            if zlib.crc32(frame[at:end]) != int.from_bytes(frame[end : end + 4], "big"):
                raise RejectedError("checksum", "the frame's CRC-32 is wrong")
            yield None, frame[at + 8 : end]
            at = end + 4

    def key(self, message: ResolvedMessage) -> Key:
        return None


class Mavlink:
    """MAVLink 2 frames, 1 understood (mavlink.io/en/guide/serialization.html). ids: numbers by messages' names."""

    def __init__(self, ids: dict[str, int], messages: tuple[ResolvedMessage, ...], system: int, component: int) -> None:
        self._ids = ids
        self._extra = {ids[m.name]: crc_extra(m) for m in messages if m.name in ids}
        self._sizes = {ids[m.name]: m.size for m in messages if m.name in ids}
        self._from = bytes([system, component])
        self._count = 0

    def wrap(self, message: ResolvedMessage, payload: bytes) -> bytes:
        number = self._ids[message.name]
        short = payload.rstrip(b"\0") or payload[:1]  # version 2 leaves trailing noughts away, never the first octet
        head = bytes([0xFD, len(short), 0, 0, self._count]) + self._from + number.to_bytes(3, "little")
        self._count = (self._count + 1) & 0xFF
        crc = mavlink_crc(head[1:] + short + bytes([self._extra[number]]))
        return head + short + crc.to_bytes(2, "little")

    def open(self, frame: bytes) -> Iterator[tuple[Key, bytes]]:
        at = 0
        while at < len(frame):
            magic = frame[at]
            if magic not in (0xFD, 0xFE):
                raise RejectedError("version", f"MAVLink begins fd (2) or fe (1), not {magic:02x}")
            head = 10 if magic == 0xFD else 6
            if len(frame) - at < head + 2:
                raise RejectedError("truncated", f"{len(frame) - at} octets are no whole MAVLink frame")
            size = frame[at + 1]
            end = at + head + size
            if magic == 0xFD:
                if frame[at + 2] & ~1:
                    raise RejectedError("version", f"incompatible flags {frame[at + 2]:02x} of a later MAVLink")
                number, tail = int.from_bytes(frame[at + 7 : at + 10], "little"), 2 + 13 * (frame[at + 2] & 1)
            else:
                number, tail = frame[at + 5], 2
            if len(frame) < end + tail:
                raise RejectedError(
                    "truncated", f"message {number}: {len(frame) - at} of {head + size + tail} octets came"
                )
            payload = frame[at + head : end]
            extra = self._extra.get(number)
            if extra is None:
                yield number, payload  # of no interest; its checksum needs its definition
            else:
                if mavlink_crc(frame[at + 1 : end] + bytes([extra])) != int.from_bytes(frame[end : end + 2], "little"):
                    raise RejectedError(
                        "checksum", f"message {number}: damaged, or of another definition of the message"
                    )
                whole = self._sizes[number]
                yield number, payload[:whole].ljust(whole, b"\0")
            at = end + tail

    def key(self, message: ResolvedMessage) -> Key:
        return self._ids[message.name]


def mavlink_crc(data: bytes, crc: int = 0xFFFF) -> int:
    """X.25's checksum (CRC-16/MCRF4XX); b"123456789" gives 0x6F91."""
    for octet in data:
        crc = crc >> 8 ^ _CRC[(crc ^ octet) & 0xFF]
    return crc


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x8408 if value & 1 else 0)
    return value


_CRC = tuple(map(_entry, range(256)))


def crc_extra(message: ResolvedMessage) -> int:
    """The octet that MAVLink adds to a message's checksum: a digest of its name and its fields' types and names, as sent."""
    crc = mavlink_crc(f"{message.name.upper()} ".encode())
    for f in message.fields:
        crc = mavlink_crc(f"{mavlink_type(f)} {f.name} ".encode(), crc)
        if f.is_array or f.raw == "bytes":
            crc = mavlink_crc(bytes([f.count if f.raw != "bytes" else f.width // 8]), crc)
    return (crc & 0xFF) ^ (crc >> 8)


def mavlink_type(f: ResolvedField) -> str:
    """A field's type as MAVLink names it."""
    if f.raw == "bytes":
        return "char" if f.kind == "text" else "uint8_t"
    if f.raw == "float":
        return "float" if f.width == 32 else "double"
    return f"{f.raw}{f.width}_t"
