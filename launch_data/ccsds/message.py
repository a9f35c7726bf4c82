"""A CCSDS message in memory: header, segments, blocks; values in the units of the book (km, km/s, deg, kg)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isclose

import numpy as np

from ...core.findings import Finding

Value = str | float | int | tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One block of a message, such as `stateVector`: keyword and value in the order of the file, and its comments.

    rows: the cells of its data lines as text, time tag first (OCM: trajLine, covLine, manLine). line: where it begins.
    """

    name: str
    values: tuple[tuple[str, Value], ...]
    comments: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    line: int = field(default=0, compare=False)

    def get(self, keyword: str) -> Value | None:
        """The value, or None when the keyword does not stand in the block."""
        return next((value for key, value in self.values if key == keyword), None)

    def __getitem__(self, keyword: str) -> Value:
        value = self.get(keyword)
        if value is None:
            raise KeyError(f"{keyword} does not stand in {self.name}")
        return value

    def number(self, keyword: str) -> float:
        """The value as a number. KeyError when it is absent, TypeError when it is text."""
        value = self[keyword]
        if not isinstance(value, int | float):
            raise TypeError(f"{keyword} is no number: {value!r}")
        return float(value)

    def text(self, keyword: str, default: str = "") -> str:
        """The value as text; `default` when the keyword is absent."""
        value = self.get(keyword)
        return default if value is None else str(value)

    def columns(self, first: int = 1) -> np.ndarray:
        """The cells of the rows from column `first` on as numbers, (rows, columns)."""
        return np.array([[float(cell) for cell in row[first:]] for row in self.rows])


@dataclass(frozen=True, eq=False)
class States:
    """The ephemeris of an OEM segment.

    epochs: text as in the file; time: (n,) int64, nanoseconds since 2000-01-01T00:00:00 of the segment's time system (for UTC
    of TAI, so that differences are SI seconds); states: (n, 6) km and km/s; accelerations: (n, 3) km/s², zero where the file
    gives none, as `accelerated` (n,) tells.
    """

    epochs: tuple[str, ...]
    time: np.ndarray
    states: np.ndarray
    accelerations: np.ndarray
    accelerated: np.ndarray

    def __len__(self) -> int:
        return len(self.epochs)

    def same_as(self, other: "States", tolerance: float = 0.0) -> bool:
        """Whether both hold the same instants, and numbers that differ by less than `tolerance`, relative."""
        return (
            np.array_equal(self.time, other.time)
            and np.allclose(self.states, other.states, rtol=tolerance, atol=0.0)
            and np.allclose(self.accelerations, other.accelerations, rtol=tolerance, atol=0.0)
            and np.array_equal(self.accelerated, other.accelerated)
        )


@dataclass(frozen=True)
class Segment:
    """One segment: metadata, the blocks of its data in the order of the file, and, in an OEM, its states with their comments."""

    metadata: Block
    data: tuple[Block, ...] = ()
    states: States | None = None
    comments: tuple[str, ...] = ()

    def blocks(self, name: str) -> tuple[Block, ...]:
        """The data blocks of that name."""
        return tuple(b for b in self.data if b.name == name)

    def block(self, name: str) -> Block | None:
        """The first data block of that name, or None."""
        return next(iter(self.blocks(name)), None)


@dataclass(frozen=True)
class Message:
    """One message. findings: what its reader warns of; they play no part in a comparison."""

    kind: str
    version: str
    header: Block
    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...] = field(default=(), compare=False)

    @property
    def metadata(self) -> Block:
        """The metadata of the first segment; the only one of all kinds but the OEM."""
        return self.segments[0].metadata

    def blocks(self) -> Iterator[Block]:
        """Header, then every segment's metadata and data."""
        yield self.header
        for segment in self.segments:
            yield segment.metadata
            yield from segment.data

    def same_as(self, other: "Message", tolerance: float = 0.0) -> bool:
        """Whether both say the same: every keyword, text, comment and row, numbers within `tolerance`, relative."""
        mine, theirs = list(self.blocks()), list(other.blocks())
        return (
            (self.kind, self.version, len(self.segments)) == (other.kind, other.version, len(other.segments))
            and len(mine) == len(theirs)
            and all(_same_block(a, b, tolerance) for a, b in zip(mine, theirs, strict=True))
            and all(
                a.comments == b.comments and _same_states(a.states, b.states, tolerance)
                for a, b in zip(self.segments, other.segments, strict=True)
            )
        )


def _same_states(a: States | None, b: States | None, tolerance: float) -> bool:
    return a is b if a is None or b is None else a.same_as(b, tolerance)


def _same_block(a: Block, b: Block, tolerance: float) -> bool:
    return (
        (a.name, a.comments, a.rows, [k for k, _ in a.values]) == (b.name, b.comments, b.rows, [k for k, _ in b.values])
    ) and all(_same_value(x, y, tolerance) for (_, x), (_, y) in zip(a.values, b.values, strict=True))


def _same_value(a: Value, b: Value, tolerance: float) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b or isclose(a, b, rel_tol=tolerance, abs_tol=0.0)
    return a == b
