"""CCSDS space packets (133.0-B-2) out of a stream of octets, found again after damage."""

from collections.abc import Callable

from .codec import RejectedError, SetCodec
from .reject_count import RejectCount

IDLE_APID = 0x7FF
HEADER = 6


def packet_length(header: bytes | memoryview, at: int = 0) -> int:
    """Octets of the packet whose header begins at *at*."""
    return (header[at + 4] << 8 | header[at + 5]) + 7


def idle_packet(size: int) -> bytes:
    """A packet of 7 to 65542 octets that carries nothing."""
    if not 7 <= size <= 65_542:
        raise ValueError(f"a packet has 7 to 65542 octets, not {size}")
    return bytes([0x07, 0xFF, 0xC0, 0x00]) + (size - 7).to_bytes(2, "big") + bytes(size - HEADER)


class PacketStream:
    """Packets out of octets as they arrive.

    check: raises RejectedError for octets that are no packet of ours (``SetCodec.identify``). A packet that it refuses
    is counted by its reason; it is passed over as a whole when another header follows it, else octet by octet until
    something is a packet again. Gaps of sequence counts are counted by APID in ``missing``.
    """

    def __init__(self, codecs: SetCodec) -> None:
        self.rejects = RejectCount()
        self.missing: dict[int, int] = {}
        self.packets = 0
        self._check: Callable[[bytes], object] = codecs.identify
        self._sizes: dict[int, set[int]] = {}
        for m in codecs.messages.of_kind("telemetry", "telecommand"):
            key = (m.kind == "telecommand") << 11 | (m.apid or 0)
            self._sizes.setdefault(key, set()).add(m.size)
        self._counts: dict[int, int] = {}
        self._buffer = b""
        self._lost = False

    def feed(self, data: bytes, final: bool = False) -> list[bytes]:
        """The whole packets among what has come, idle ones left out; *final*: nothing follows any more."""
        buffer = self._buffer + data if self._buffer else data
        packets, at, end = [], 0, len(buffer)
        while at + HEADER <= end:
            word = buffer[at] << 8 | buffer[at + 1]
            size = packet_length(buffer, at)
            idle = word & 0xEFFF == IDLE_APID and buffer[at + 2] >> 6 == 3
            if idle and at + size + HEADER > end and not final:
                break  # noise may look like one, and would take what follows with it: a header must come next
            known = size in self._sizes.get(word >> 1 & 0x800 | word & 0x7FF, ())
            if idle:
                known = at + size + HEADER > end or self._header_at(buffer, at + size, end)
            if not known:
                self._lose("header")
            elif word >> 13:
                self._lose("version")
            elif at + size > end:
                if not final:
                    break
                self._lose("cut off")
            elif idle:
                at += size
                self._lost = False
                continue
            else:
                packet = bytes(buffer[at : at + size])
                try:
                    self._check(packet)
                except RejectedError as error:
                    self._lose(error.reason)
                    if self._header_at(buffer, at + size, end):
                        self.rejects.skipped_octets += size
                        at += size
                        self._lost = False
                        continue
                else:
                    packets.append(packet)
                    self._follow(packet)
                    at += size
                    self._lost = False
                    continue
            at += 1
            self.rejects.skipped_octets += 1
        self._buffer = bytes(buffer[at:])
        if final and self._buffer:
            self._lose("cut off")
            self.rejects.skipped_octets += len(self._buffer)
            self._buffer = b""
        return packets

    def _lose(self, reason: str) -> None:
        """One stretch of damage is one reject, however many octets it takes to get over it."""
        if not self._lost:
            self.rejects.add(reason)
        self._lost = True

    def _header_at(self, buffer: bytes, at: int, end: int) -> bool:
        if at == end:
            return True
        if at + HEADER > end:
            return False
        word = buffer[at] << 8 | buffer[at + 1]
        known = self._sizes.get(word >> 1 & 0x800 | word & 0x7FF, ())
        idle = word & 0xEFFF == IDLE_APID and buffer[at + 2] >> 6 == 3
        return word >> 13 == 0 and (idle or packet_length(buffer, at) in known)

    def _follow(self, packet: bytes) -> None:
        self.packets += 1
        key = (packet[0] << 8 | packet[1]) & 0x17FF
        count = (packet[2] << 8 | packet[3]) & 0x3FFF
        last = self._counts.get(key)
        if last is not None and (gap := (count - last - 1) % 16384):
            self.missing[key & 0x7FF] = self.missing.get(key & 0x7FF, 0) + gap
        self._counts[key] = count
