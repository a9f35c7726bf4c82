"""Whole files of packets to columns, one array a field."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .calibration import Polynomial, Spline, Table
from .checksums import CHECKSUMS
from .layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .packing import constants
from .reject_count import RejectCount

_BLOCK = 1 << 13  # rows worked on at a time: they stay in the processor's cache
Read = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Columns:
    """All packets of one message. raw: field name → its raw numbers, (n,) or (n, count); octets as (n, length) uint8.

    offsets: where each packet begins in the file; sequence_count: of each.
    """

    message: ResolvedMessage
    offsets: np.ndarray
    sequence_count: np.ndarray
    raw: dict[str, np.ndarray]

    def value(self, name: str) -> np.ndarray:
        """Engineering values of a numeric field; enums, flags and octets stay raw."""
        return engineering(self.message.by_name[name], self.raw[name])


@dataclass(frozen=True)
class BulkResult:
    """What was in a file: columns by message name, and what could not be used."""

    columns: dict[str, Columns]
    rejects: RejectCount = field(default_factory=RejectCount)

    @property
    def packets(self) -> int:
        return sum(c.offsets.size for c in self.columns.values())

    @property
    def missing(self) -> dict[int, int]:
        """By APID: packets that the sequence counts say are not there (modulo 16384), of those with any."""
        members: dict[tuple[str, int], list[Columns]] = {}
        for c in self.columns.values():
            members.setdefault((c.message.kind, c.message.apid or 0), []).append(c)
        found: dict[int, int] = {}
        for (_, apid), columns in members.items():
            counts = np.concatenate([c.sequence_count for c in columns]).astype(np.int64)
            counts = counts[np.argsort(np.concatenate([c.offsets for c in columns]), kind="stable")]
            if missing := int(np.sum((np.diff(counts) - 1) % 16384)):
                found[apid] = found.get(apid, 0) + missing
        return found


def decode_file(messages: ResolvedSet, path: str | Path) -> BulkResult:
    """The packets of a file of CCSDS space packets, one after another. Raises OSError."""
    return decode_packets(messages, np.fromfile(path, np.uint8))


def decode_packets(messages: ResolvedSet, data: bytes | np.ndarray) -> BulkResult:
    """The packets among *data*, sorted by message; damage is passed over and counted."""
    from .packet_scan import scan

    octets = np.frombuffer(data, np.uint8) if not isinstance(data, np.ndarray) else data
    sizes: dict[int, set[int]] = {}
    members: dict[int, list[ResolvedMessage]] = {}
    for m in messages.of_kind("telemetry", "telecommand"):
        key = (m.kind == "telecommand") << 11 | (m.apid or 0)
        sizes.setdefault(key, set()).add(m.size)
        members.setdefault(key, []).append(m)
    with_crc = {key for key, ms in members.items() if all(m.crc == "crc16-ccitt" for m in ms)}
    offsets, keys, counted = scan(octets, sizes, with_crc)
    rejects = RejectCount()
    for reason, n in zip(("header", "checksum", "cut off"), counted, strict=False):
        rejects.by_reason[reason] += int(n)
    rejects.skipped_octets = int(counted[3])
    columns: dict[str, Columns] = {}
    found = np.bincount(keys, minlength=4096)
    for key, ms in members.items():
        mine = offsets[:0] if not found[key] else offsets if found[key] == offsets.size else offsets[keys == key]
        unclaimed = np.ones(mine.size, bool)
        lengths = octets[mine + 4].astype(np.int64) * 256 + octets[mine + 5] + 7 if len(sizes[key]) > 1 else None
        for m in ms:
            if lengths is None and unclaimed.all():  # the usual case, without copies of masks
                columns[m.name], claimed = _columns(m, octets, mine, key in with_crc, rejects)
                unclaimed = ~claimed
                continue
            there = unclaimed if lengths is None else unclaimed & (lengths == m.size)
            columns[m.name], claimed = _columns(m, octets, mine[there], key in with_crc, rejects)
            unclaimed[np.flatnonzero(there)[claimed]] = False
        rejects.by_reason["constant"] += int(unclaimed.sum())
    rejects.by_reason = +rejects.by_reason
    return BulkResult(columns, rejects)


def _columns(
    m: ResolvedMessage, octets: np.ndarray, offsets: np.ndarray, crc_is_checked: bool, rejects: RejectCount
) -> tuple[Columns, np.ndarray]:
    """The columns of the packets at *offsets* that have the message's constants, and which of them had."""
    from .packet_scan import rows_at

    n = offsets.size
    columns, readers = _empty_columns(m, n)
    fits_constants = _constants_test(m)
    claimed, taken, done = np.ones(n, bool), np.ones(n, bool), 0
    for start in range(0, n, _BLOCK):
        rows = rows_at(octets, offsets[start : start + _BLOCK], m.size)
        fits = fits_constants(rows)
        if not fits.all():
            claimed[start : start + len(rows)] = taken[start : start + len(rows)] = fits
            rows = rows[fits]
        if m.crc and not crc_is_checked:
            good = _checksum_fits(m, rows)
            rejects.by_reason["checksum"] += int((~good).sum())
            taken[start + np.flatnonzero(taken[start : start + _BLOCK])] = good
            rows = rows[good]
        for out, read in readers:
            out[done : done + len(rows)] = read(rows)
        done += len(rows)
    raw = {name: column[:done] for name, column in columns.items()}
    count = raw.pop("ccsds_sequence_count")
    return Columns(m, offsets[taken] if done < n else offsets, count, raw), claimed


def _checksum_fits(m: ResolvedMessage, rows: np.ndarray) -> np.ndarray:
    function, tail = CHECKSUMS[m.crc]
    return np.array([function(r[:-tail].tobytes()) == int.from_bytes(r[-tail:].tobytes(), "big") for r in rows], bool)


def _constants_test(m: ResolvedMessage) -> Callable[[np.ndarray], np.ndarray]:
    """Whether rows have all that must be so, octet by octet where a bit is prescribed."""
    mask, expected = constants(m)
    pairs = zip(mask.to_bytes(m.size, "big"), expected.to_bytes(m.size, "big"), strict=True)
    tests = [(i, np.uint8(octet_mask), np.uint8(octet)) for i, (octet_mask, octet) in enumerate(pairs) if octet_mask]

    def test(rows: np.ndarray) -> np.ndarray:
        fits = np.ones(len(rows), bool)
        for i, octet_mask, octet in tests:
            fits &= (rows[:, i] & octet_mask) == octet
        return fits

    return test


def _empty_columns(m: ResolvedMessage, n: int) -> tuple[dict[str, np.ndarray], list[tuple[np.ndarray, Read]]]:
    """Room for *n* rows, and how each element gets there. The columns lie in one stretch of memory: numpy asks for huge pages
    above 4 MB, and the system's work for a hundred thousand small ones costs a third of the time."""
    fields = (m.by_name["ccsds_sequence_count"], *m.values)
    kinds = [np.dtype(np.uint8) if f.raw == "bytes" else _native(f) for f in fields]
    widths = [f.width // 8 if f.raw == "bytes" else f.count * k.itemsize for f, k in zip(fields, kinds, strict=True)]
    starts = np.cumsum([0, *(-(-n * w // 64) * 64 for w in widths)])
    memory = np.empty(int(starts[-1]), np.uint8)
    readers: list[tuple[np.ndarray, Read]] = []
    columns: dict[str, np.ndarray] = {}
    for f, kind, width, start in zip(fields, kinds, widths, starts, strict=False):
        column = memory[start : start + n * width].view(kind)
        if f.raw == "bytes":
            columns[f.name] = column.reshape(n, width)
            readers.append((columns[f.name], _reader(f, 0)))
            continue
        columns[f.name] = column.reshape(n, f.count) if f.is_array else column
        for k in range(f.count):
            readers.append((columns[f.name][:, k] if f.is_array else columns[f.name], _reader(f, k)))
    return columns, readers


def _native(f: ResolvedField) -> np.dtype:
    if f.raw == "float":
        return np.dtype(f"f{f.width // 8}")
    size = next(b for b in (1, 2, 4, 8) if 8 * b >= f.width)
    return np.dtype(f"{'i' if f.raw == 'int' else 'u'}{size}")


def _view(rows: np.ndarray, first: int, kind: str) -> np.ndarray:
    """Numbers of one numpy type at octet *first* of each row (of a whole table), without a copy."""
    dtype = np.dtype({"names": ["x"], "formats": [kind], "offsets": [first], "itemsize": rows.shape[1]})
    return rows.view(dtype)["x"][:, 0]


def _reader(f: ResolvedField, k: int) -> Read:
    """A function from rows of octets to the raw numbers of one element."""
    at, width = f.element_offset(k), f.width
    first, last = at // 8, (at + width - 1) // 8
    sign = ">" if f.byte_order == "big" else "<"
    if f.raw == "bytes":
        return lambda rows: rows[:, first : last + 1]
    if at % 8 == 0 and width in (8, 16, 32, 64):
        kind = f"{sign}{'f' if f.raw == 'float' else 'i' if f.raw == 'int' else 'u'}{width // 8}"
        return lambda rows: _view(rows, first, kind)
    wide = np.uint32 if width <= 25 and last - first < 4 else np.uint64
    mask = wide((1 << width) - 1)

    def read(rows: np.ndarray) -> np.ndarray:
        octets = range(first, last + 1) if sign == ">" else range(last, first - 1, -1)
        spare = 8 * (last + 1) - at - width if sign == ">" else at % 8  # bits below the value in its lowest octet
        lowest = last if sign == ">" else first
        word = np.zeros(len(rows), wide)
        for octet in octets:
            if octet == lowest:  # nine octets do not fit 64 bits: the last comes in without its spare bits
                word = (word << wide(8 - spare)) | (rows[:, octet] >> np.uint8(spare)).astype(wide)
            else:
                word = (word << wide(8)) | rows[:, octet].astype(wide)
        word &= mask
        if f.raw == "int":
            half = wide(1 << (width - 1))
            signed = (word ^ half).view(np.int64 if wide is np.uint64 else np.int32)
            return signed - signed.dtype.type(int(half)) if width < 64 else (word).view(np.int64)
        if f.raw == "float":
            return word.astype(f"u{width // 8}").view(f"f{width // 8}")
        return word

    return read


def engineering(f: ResolvedField, raw: np.ndarray) -> np.ndarray:
    """Engineering values of raw numbers; what has no number as its value is returned as it is."""
    if f.kind in ("enum", "flags", "bool", "text", "bytes", "float", "bcd") and f.calibration is None:
        return raw
    c: Any = f.calibration
    if isinstance(c, Polynomial):
        result = np.zeros(raw.shape)
        for coefficient in reversed(c.coefficients):
            result = result * raw + coefficient
        return result
    if isinstance(c, Spline | Table):
        known, back = np.unique(raw, return_inverse=True)
        values = np.array([_or_nan(c, x) for x in known.tolist()])
        return values[back].reshape(raw.shape)
    if f.scale == 1.0 and f.offset == 0.0:
        return raw
    return raw * f.scale + f.offset


def _or_nan(calibration: Spline | Table, raw: float) -> float:
    try:
        return calibration.value(raw)
    except KeyError:
        return float("nan")  # a column of numbers has no other word for "no value"
