"""What a receiver could not use, counted by reason."""

from collections import Counter


class RejectCount:
    """Rejects by reason, and how many octets were passed over while looking for a new beginning."""

    def __init__(self) -> None:
        self.by_reason: Counter[str] = Counter()
        self.skipped_octets = 0

    def add(self, reason: str) -> None:
        self.by_reason[reason] += 1

    @property
    def total(self) -> int:
        return self.by_reason.total()

    def to_plain(self) -> dict[str, int]:
        """Counts by reason, with ``skipped_octets``."""
        return dict(sorted(self.by_reason.items())) | {"skipped_octets": self.skipped_octets}
