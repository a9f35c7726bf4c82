"""Telemetry transfer frames (CCSDS 132.0-B-3): packets segmented over frames of one length, and put together again.

A frame is a primary header of 6 octets, the packet zone, optionally 4 octets of operational control (OCF) and a CRC
(FECF); on the link the frame is randomised and stands behind the attached sync marker. Octets are taken to be aligned:
a receiver of bits must find the marker's bit first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .checksums import crc16_ccitt
from .randomiser import randomised
from .reject_count import RejectCount
from .space_packets import HEADER, IDLE_APID, idle_packet, packet_length

ASM = bytes.fromhex("1ACFFC1D")
NO_START, IDLE_ONLY = 0x7FF, 0x7FE


@dataclass(frozen=True)
class TmLink:
    """What both ends agree on. length: octets of a frame without its marker."""

    spacecraft: int
    virtual_channel: int = 0
    length: int = 1115
    ocf: bool = False
    fecf: bool = True
    randomise: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.spacecraft < 1024 or not 0 <= self.virtual_channel < 8:
            raise ValueError("a spacecraft is 0 to 1023, a virtual channel 0 to 7")
        if not HEADER + self.tail + 1 <= self.length <= 2048:
            raise ValueError(f"a frame has {HEADER + self.tail + 1} to 2048 octets, not {self.length}")

    @property
    def tail(self) -> int:
        return 4 * self.ocf + 2 * self.fecf

    @property
    def zone(self) -> int:
        """Octets for packets in a frame."""
        return self.length - HEADER - self.tail


class TmSender:
    """Packets in, marked frames out; what does not fill a frame waits for ``flush``."""

    def __init__(self, link: TmLink) -> None:
        self.link = link
        self._zone = bytearray()
        self._pointer: int | None = None  # where the first packet begins in the zone being filled
        self._master = self._virtual = 0

    def send(self, packets: Iterable[bytes], ocf: bytes = bytes(4)) -> bytes:
        """The frames that the packets fill."""
        frames = bytearray()
        for packet in packets:
            if self._pointer is None:
                self._pointer = len(self._zone)
            self._zone += packet
            while len(self._zone) >= self.link.zone:
                frames += self._frame(ocf)
        return bytes(frames)

    def flush(self, ocf: bytes = bytes(4)) -> bytes:
        """The last frame or two, filled up with an idle packet; nothing when no octet waits."""
        if not self._zone:
            return b""
        missing = self.link.zone - len(self._zone)
        while missing < 7:  # an idle packet is 7 octets at least: it ends in a later frame
            missing += self.link.zone
        return self.send([idle_packet(missing)], ocf)

    def idle(self, ocf: bytes = bytes(4)) -> bytes:
        """A frame that carries nothing, to keep the link busy. Raises ValueError while octets of packets wait."""
        if self._zone:
            raise ValueError("packets wait for the rest of their frame; flush() first")
        return self._marked(IDLE_ONLY, bytes(self.link.zone), ocf)

    def _frame(self, ocf: bytes) -> bytes:
        zone, self._zone = bytes(self._zone[: self.link.zone]), self._zone[self.link.zone :]
        pointer = self._pointer
        if pointer is not None and pointer < len(zone):
            self._pointer = None  # what is left in the zone belongs to a packet begun here
            return self._marked(pointer, zone, ocf)
        if pointer is not None:
            self._pointer = pointer - len(zone)
        return self._marked(NO_START, zone, ocf)

    def _marked(self, pointer: int, zone: bytes, ocf: bytes) -> bytes:
        link = self.link
        word = link.spacecraft << 4 | link.virtual_channel << 1 | link.ocf
        head = word.to_bytes(2, "big") + bytes([self._master, self._virtual]) + (0x1800 | pointer).to_bytes(2, "big")
        frame = head + zone + (ocf[:4].ljust(4, b"\0") if link.ocf else b"")
        if link.fecf:
            frame += crc16_ccitt(frame).to_bytes(2, "big")
        self._master, self._virtual = (self._master + 1) % 256, (self._virtual + 1) % 256
        return ASM + (randomised(frame) if link.randomise else frame)


class TmReceiver:
    """Octets in, packets out. Damaged and foreign frames are counted in ``rejects``, lost ones in ``missing_frames``."""

    def __init__(self, link: TmLink, longest_packet: int = 65_542) -> None:
        self.link, self.longest_packet = link, longest_packet
        self.rejects = RejectCount()
        self.frames = self.missing_frames = self.idle_packets = 0
        self.last_ocf = b""
        self._buffer = b""
        self._partial = bytearray()
        self._in_packet = False  # whether _partial begins with a packet's header
        self._count: int | None = None
        self._searching = False

    def feed(self, data: bytes) -> list[bytes]:
        """The packets that *data* completes, idle ones left out."""
        buffer, packets, at = self._buffer + data, [], 0
        size = len(ASM) + self.link.length
        while len(buffer) - at >= size:
            if buffer[at : at + 4] != ASM:
                found = buffer.find(ASM, at + 1)
                if not self._searching:
                    self.rejects.add("no sync marker")
                    self._searching = True
                until = found if found >= 0 else len(buffer) - 3  # a marker's beginning may be the last three
                self.rejects.skipped_octets += until - at
                at = until
                continue
            frame = buffer[at + 4 : at + size]
            if self._accept(randomised(frame) if self.link.randomise else frame, packets):
                at += size
                self._searching = False
            else:  # perhaps the marker was chance: go on behind it
                at += 4
                self.rejects.skipped_octets += 4
                self._searching = True
        self._buffer = buffer[at:]
        return packets

    def _accept(self, frame: bytes, packets: list[bytes]) -> bool:
        """Take a frame in. False when it is not whole, so that its octets are searched for another marker."""
        link = self.link
        if link.fecf and crc16_ccitt(frame) != 0:
            self.rejects.add("frame checksum")
            return False
        word = frame[0] << 8 | frame[1]
        if word >> 14:
            self.rejects.add("frame version")
            return False
        if word >> 4 & 0x3FF != link.spacecraft:
            self.rejects.add("other spacecraft")
            return True
        if word >> 1 & 7 != link.virtual_channel:
            self.rejects.add("other virtual channel")
            return True
        self.frames += 1
        count = frame[3]
        if self._count is not None and (gap := (count - self._count - 1) % 256):
            self.missing_frames += gap
            self._drop("frame missing")
        self._count = count
        if link.ocf:
            end = link.length - 2 * link.fecf
            self.last_ocf = frame[end - 4 : end]
        pointer = (frame[4] << 8 | frame[5]) & 0x7FF
        if pointer != IDLE_ONLY:
            self._take(frame[HEADER : HEADER + link.zone], pointer, packets)
        return True

    def _take(self, zone: bytes, pointer: int, packets: list[bytes]) -> None:
        if pointer == NO_START:
            if self._in_packet:
                self._partial += zone
                self._cut(packets)
            return
        if pointer >= len(zone):
            self.rejects.add("header pointer")
            self._drop("")
            return
        if self._in_packet:
            self._partial += zone[:pointer]
            self._cut(packets)
            if self._partial:  # the packet should have ended where another begins
                self._drop("packet length")
        self._partial, self._in_packet = bytearray(zone[pointer:]), True
        self._cut(packets)

    def _cut(self, packets: list[bytes]) -> None:
        """Take whole packets off the front."""
        at, partial = 0, self._partial
        while len(partial) - at >= HEADER:
            size = packet_length(partial, at)  # type: ignore[arg-type]
            if size > self.longest_packet or partial[at] >> 5:
                self._drop("packet header")
                return
            if len(partial) - at < size:
                break
            packet = bytes(partial[at : at + size])
            at += size
            if (packet[0] << 8 | packet[1]) & 0x7FF == IDLE_APID:
                self.idle_packets += 1
            else:
                packets.append(packet)
        del partial[:at]

    def _drop(self, reason: str) -> None:
        if self._partial and reason:
            self.rejects.add(reason)
        self.rejects.skipped_octets += len(self._partial)
        self._partial, self._in_packet = bytearray(), False
