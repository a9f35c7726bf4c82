"""What every transport is."""

from collections.abc import Mapping, Sequence
from typing import Protocol

Octets = bytes | bytearray | memoryview


class LinkLostError(Exception):
    """The other end is gone: a cable pulled, a connection closed, a port that vanished. The message says what happened."""


class Transport(Protocol):
    """Whole frames there and back. ``rejects`` counts what was thrown away, by a short reason."""

    @property
    def rejects(self) -> Mapping[str, int]: ...

    def send(self, frames: Sequence[Octets]) -> None:
        """Send frames. A peer that does not listen yet is no error; a link that is gone raises LinkLostError."""
        ...

    def receive(self, timeout: float) -> list[bytes]:
        """Frames that are here, waiting up to timeout [s] for the first; empty when none came. Raises LinkLostError."""
        ...

    def close(self) -> None: ...
