"""Alarm limits of decoded values: how often they were left, how far, and when a value goes out or comes back."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .bulk import Columns
from .layout_types import Limits, ResolvedField

LEVELS = ("yellow", "red", "range")  # the gravest last: what is outside red is outside yellow too


@dataclass
class _Record:
    """Of one field: packets outside each level, extremes, and each element's level in the last packet."""

    packets: dict[str, int] = field(default_factory=dict)
    least: float = np.inf
    greatest: float = -np.inf
    last: np.ndarray | None = None


class LimitWatch:
    """Takes columns in the order in which they came."""

    def __init__(self) -> None:
        self._records: dict[tuple[str, str], _Record] = {}

    def take(self, columns: Columns, events: bool = False) -> list[str]:
        """Count; with *events* a line for each value that left a limit or came back since the packet before."""
        lines: list[str] = []
        for f in columns.message.values:
            if columns.offsets.size and (f.yellow or f.red or f.range):
                lines += self._field(f, columns, events)
        return lines

    def _field(self, f: ResolvedField, columns: Columns, events: bool) -> list[str]:
        name = columns.message.name
        record = self._records.setdefault((name, f.name), _Record())
        values = np.asarray(columns.value(f.name), float).reshape(columns.offsets.size, -1)
        levels = np.zeros(values.shape, np.int8)
        for number, level in enumerate(LEVELS, start=1):
            limits: Limits | None = getattr(f, level)
            if limits is not None:
                outside = ~((values >= limits.low) & (values <= limits.high))
                levels[outside] = number
                record.packets[level] = record.packets.get(level, 0) + int(outside.any(axis=1).sum())
        finite = values[np.isfinite(values)]
        if finite.size:
            record.least = min(record.least, float(finite.min()))
            record.greatest = max(record.greatest, float(finite.max()))
        before = np.zeros((1, levels.shape[1]), np.int8) if record.last is None else record.last
        record.last = levels[-1:]
        if not events:
            return []
        changed = np.argwhere(levels != np.concatenate([before, levels[:-1]]))
        return [
            _event(name, f, int(k), float(values[i, k]), int(levels[i, k]), int(columns.sequence_count[i]))
            for i, k in changed
        ]

    def found(self, message: str) -> list[dict[str, Any]]:
        """For each field of a message that left a limit: the gravest level, in how many packets, and its extremes."""
        result = []
        for (name, field_name), r in self._records.items():
            level = next((x for x in reversed(LEVELS) if r.packets.get(x)), None)
            if name == message and level is not None:
                span = {"least": r.least, "greatest": r.greatest} if r.least <= r.greatest else {}
                result.append({"field": field_name, "level": level, "packets": r.packets[level], **span})
        return result


def _event(message: str, f: ResolvedField, element: int, value: float, level: int, count: int) -> str:
    label = f"{message}.{f.name}" + (f".{f.elements[element] if f.elements else element}" if f.is_array else "")
    unit = f" {f.unit}" if f.unit else ""
    if not level:
        return f"{label} = {value:g}{unit}: within its limits again (count {count})"
    limits: Limits = getattr(f, LEVELS[level - 1])
    return (
        f"{label} = {value:g}{unit}: outside {LEVELS[level - 1]} {limits.low:g}..{limits.high:g}{unit} (count {count})"
    )
