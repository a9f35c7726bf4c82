"""CAN and CAN-FD by python-can. A frame's octets here are its identifier in four octets (bit 31: extended), then its data."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from ...core.errors import InputError, MissingExtraError
from .base import LinkLostError, Octets
from .document import CanLink

EXTENDED = 1 << 31


class CanBus:
    """One bus. Frames of more than 8 octets go as CAN-FD."""

    def __init__(self, link: CanLink) -> None:
        try:
            import can
        except ImportError:
            raise MissingExtraError("python-can", "hil") from None
        self._can = can
        self._echoes: deque[bytes] | None = deque(maxlen=1024) if link.interface == "udp_multicast" else None
        self.rejects: dict[str, int] = {}
        options: dict[str, Any] = {"fd": link.fd} if link.interface != "virtual" else {}
        if link.bit_rate is not None:
            options["bitrate"] = link.bit_rate
        try:
            self._bus = can.Bus(interface=link.interface, channel=link.channel, receive_own_messages=False, **options)
        except (can.CanError, ValueError, NotImplementedError) as error:
            raise InputError(f"the bus cannot be opened: {error}", where=link.where("channel")) from None

    def send(self, frames: Sequence[Octets]) -> None:
        for frame in frames:
            octets = bytes(frame)
            identifier = int.from_bytes(octets[:4], "big")
            message = self._can.Message(
                arbitration_id=identifier & ~EXTENDED, is_extended_id=bool(identifier & EXTENDED), data=octets[4:],
                is_fd=len(octets) > 12,
            )  # fmt: skip
            if self._echoes is not None:  # that bus brings back what one sends oneself
                self._echoes.append(octets)
            try:
                self._bus.send(message, timeout=0.05)
            except self._can.CanError as error:
                raise LinkLostError(f"sending failed: {error}") from None

    def receive(self, timeout: float) -> list[bytes]:
        frames: list[bytes] = []
        deadline = time.perf_counter() + timeout
        while True:
            left = 0.0 if frames else max(deadline - time.perf_counter(), 0.0)
            try:
                message = self._bus.recv(timeout=left)
            except self._can.CanError as error:
                raise LinkLostError(f"receiving failed: {error}") from None
            if message is None:
                return frames
            if message.is_error_frame or message.is_remote_frame:
                self.rejects["error frame"] = self.rejects.get("error frame", 0) + 1
                continue
            identifier = message.arbitration_id | (EXTENDED if message.is_extended_id else 0)
            frame = identifier.to_bytes(4, "big") + bytes(message.data)
            if self._echoes and frame == self._echoes[0]:
                self._echoes.popleft()
                continue
            frames.append(frame)

    def close(self) -> None:
        self._bus.shutdown()
