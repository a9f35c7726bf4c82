"""One message inside compiled loops: values in an array of floats, octets in an array, nothing allocated.

For hardware in the loop, where a plant of thousands of steps a second speaks its messages between two steps. One pair of
functions serves every message: a ``Plan`` says where each element lies. They may be called from functions of one's own that
went through ``core.compiled`` too.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..core.compiled import compiled
from ..core.errors import InputError
from .calibration import Polynomial, Spline, runs_one_way
from .codec import Codec
from .layout_types import ResolvedField
from .packing import constants

SIZE, CONSTANT, CHECKSUM, PARITY = -1, -2, -3, -4  # what decode_into answers beside 0 and element + 1
UINT, INT, FLOAT32, FLOAT64 = 0, 1, 2, 3
SCALED, CURVE, NAMED = 0, 1, 2
_WIDEST_TABLE = 16  # bits: a calibration that is no line is tabulated over all raw numbers
_CRC16, _CRC32, _XOR8 = 1, 2, 3
_CHECKSUM_KINDS = {"": 0, "crc16-ccitt": _CRC16, "crc32": _CRC32, "xor8": _XOR8}


class Plan(NamedTuple):
    """A message for the compiled functions; arrays have an entry an element, in the order of ``names``.

    place: bit, width, little-endian, kind of raw number, how its value is found, first entry in ``table``, whether it must be
    whole. line: scale, offset, least and greatest value, least and greatest raw number. allowed: bits that may be set.
    frame: octets, bit of the sequence count (-1: none), kind of checksum, whether a parity bit leads.
    """

    place: np.ndarray
    line: np.ndarray
    allowed: np.ndarray
    table: np.ndarray
    fixed: np.ndarray
    expected: np.ndarray
    frame: np.ndarray
    crc16: np.ndarray
    crc32: np.ndarray


class CompiledCodec:
    """Encoder and decoder of one message over arrays.

    names: of the values, elements of arrays as ``name[0]``; text and octets are not among them and stay as they are in the
    frame. Engineering values as floats (flags and enumerations as their numbers), exact for raw numbers up to 2^53.
    Raises InputError for a field that it cannot carry: BCD, tables, calibrations that are no line over more than 16 bits or
    do not run one way.
    """

    def __init__(self, codec: Codec, text: Mapping[str, Any] | None = None) -> None:
        message = codec.message
        self.message = message
        rows = [(r, k) for r in message.values if r.raw != "bytes" for k in range(r.count)]
        self.names = tuple(f"{r.name}[{k}]" if r.is_array else r.name for r, k in rows)
        self.plan = _plan(codec, rows)
        raws = [_template(r, text or {}) for r in message.values for _ in range(r.count)]
        self._template = np.frombuffer(codec.pack(*raws), np.uint8)

    def frame(self) -> np.ndarray:
        """A new frame to encode into, with constants, lengths and text in their places."""
        return self._template.copy()

    def encode(self, values: np.ndarray, frame: np.ndarray, sequence_count: int = 0) -> None:
        """Values into a frame of ``frame()``. Raises InputError that names the value that does not fit."""
        answer = encode_into(self.plan, values, frame, sequence_count)
        if answer:
            name = self.names[answer - 1]
            raise InputError(f"{self.message.name}.{name}: {values[answer - 1]!r} does not fit its bits or its range")

    def decode(self, frame: np.ndarray, values: np.ndarray) -> int:
        """A frame into values; 0, or why not: SIZE, CONSTANT, CHECKSUM, PARITY, or 1 + the element without a meaning."""
        return int(decode_into(self.plan, frame, values))


def _template(row: ResolvedField, text: Mapping[str, Any]) -> Any:
    if row.raw == "bytes":
        value = text.get(row.name, row.default or b"")
        return (value.encode(row.encoding) if isinstance(value, str) else value).ljust(row.width // 8, b"\0")
    return 0.0 if row.raw == "float" else 0


def _plan(codec: Codec, rows: list[tuple[ResolvedField, int]]) -> Plan:
    message = codec.message
    place, line = np.zeros((len(rows), 7), np.int64), np.zeros((len(rows), 6))
    allowed, tables, entries = np.full(len(rows), 2**64 - 1, np.uint64), [np.zeros(1)], 1
    for i, (row, k) in enumerate(rows):
        kind = {"uint": UINT, "int": INT}.get(row.raw, FLOAT32 if row.width == 32 else FLOAT64)
        way, table = _table(message.name, row)
        whole = row.raw != "float" and way == SCALED and (row.scale, row.offset) == (1.0, 0.0)
        place[i] = row.element_offset(k), row.width, row.byte_order == "little", kind, way, entries, whole
        tables.append(table)
        entries += table.size
        slack = 1e-12 * max(abs(row.range.low), abs(row.range.high)) if row.range else 0.0
        low, high = (row.range.low - slack, row.range.high + slack) if row.range else (-np.inf, np.inf)
        line[i] = row.scale, row.offset, low, high, *map(float, row.raw_limits)
        if row.kind == "flags":
            allowed[i] = sum(1 << v.value for v in row.values)
        elif row.kind == "bool":
            allowed[i] = 1
    mask, expected = (np.frombuffer(x.to_bytes(message.size, "big"), np.uint8) for x in constants(message))
    count = message.by_name["ccsds_sequence_count"].bit_offset if message.has_ccsds_header else -1
    parity = any(r.computed == "parity" for r in message.fields)
    frame = np.array([message.size, count, _CHECKSUM_KINDS[message.crc], parity], np.int64)
    return Plan(place, line, allowed, np.concatenate(tables), mask, expected, frame, _crc16_table(), _crc32_table())


def _table(message: str, row: ResolvedField) -> tuple[int, np.ndarray]:
    """(how the value is found, value of every raw number from the least on)."""
    low, high = row.raw_limits
    where = f"{message}.{row.name}"
    if row.kind == "bcd":
        raise InputError(f"{where}: decimal digits (bcd) have no compiled codec; use Codec")
    if row.kind == "enum":
        if row.width > _WIDEST_TABLE:
            raise InputError(
                f"{where}: an enumeration of {row.width} bits has no compiled codec, {_WIDEST_TABLE} at most"
            )
        table = np.full(high - low + 1, np.nan)
        for value in row.values:
            table[value.value - low] = value.value
        return NAMED, table
    c = row.calibration
    if c is None or (isinstance(c, Polynomial) and len(c.coefficients) == 2):
        return SCALED, np.zeros(0)
    if row.width > _WIDEST_TABLE or not isinstance(c, Polynomial | Spline) or not runs_one_way(c, low, high):
        text = (
            f"of {row.width} bits has no compiled codec: a line, or a curve of {_WIDEST_TABLE} bits that runs one way"
        )
        raise InputError(f"{where}: a calibration by {c.type} {text}")
    return CURVE, np.array([c.value(raw) for raw in range(low, high + 1)])


def _crc16_table() -> np.ndarray:
    from .packet_scan import crc_tables

    return crc_tables()[0].astype(np.uint32)


def _crc32_table() -> np.ndarray:
    table = np.zeros(256, np.uint32)
    for i in range(256):
        value = i
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table[i] = value
    return table


@compiled
def _put(frame, at, width, little, value):
    """The lowest *width* bits of *value* (uint64) to bit *at*."""
    done = 0
    while done < width:
        bit = at & 7
        n = min(8 - bit, width - done)
        mask = (1 << n) - 1
        if little:
            part = np.int64((value >> np.uint64(done)) & np.uint64(mask))
            shift = bit
        else:
            part = np.int64((value >> np.uint64(width - done - n)) & np.uint64(mask))
            shift = 8 - bit - n
        octet = np.int64(frame[at >> 3])
        frame[at >> 3] = np.uint8((octet & ~(mask << shift)) | (part << shift))
        at += n
        done += n


@compiled
def _get(frame, at, width, little):
    """*width* bits from bit *at* (uint64)."""
    value = np.uint64(0)
    done = 0
    while done < width:
        bit = at & 7
        n = min(8 - bit, width - done)
        mask = (1 << n) - 1
        octet = np.int64(frame[at >> 3])
        if little:
            value |= np.uint64((octet >> bit) & mask) << np.uint64(done)
        else:
            value = (value << np.uint64(n)) | np.uint64((octet >> (8 - bit - n)) & mask)
        at += n
        done += n
    return value


@compiled
def _checksum(plan, frame, end):
    kind = plan.frame[2]
    if kind == _CRC16:
        crc = np.uint32(0xFFFF)
        for i in range(end):
            crc = ((crc << np.uint32(8)) & np.uint32(0xFFFF)) ^ plan.crc16[(crc >> np.uint32(8)) ^ np.uint32(frame[i])]
        return np.uint64(crc)
    if kind == _CRC32:
        crc = np.uint32(0xFFFFFFFF)
        for i in range(end):
            crc = (crc >> np.uint32(8)) ^ plan.crc32[(crc ^ np.uint32(frame[i])) & np.uint32(0xFF)]
        return np.uint64(crc ^ np.uint32(0xFFFFFFFF))
    crc = np.uint32(0)
    for i in range(end):
        crc ^= np.uint32(frame[i])
    return np.uint64(crc)


@compiled
def _tail(plan):
    kind = plan.frame[2]
    return 2 if kind == _CRC16 else 4 if kind == _CRC32 else 1 if kind == _XOR8 else 0


@compiled
def _is_even(frame):
    ones = 0
    for i in range(frame.size):
        octet = np.int64(frame[i])
        while octet:
            ones += octet & 1
            octet >>= 1
    return ones % 2 == 0


@compiled
def _raw_in_table(table, first, low, high, value):
    """The raw number whose value is nearest in a table that runs one way."""
    a, b = np.int64(low), np.int64(high)
    base = np.int64(low)
    rising = table[first + b - base] >= table[first]
    while b - a > 1:
        middle = (a + b) // 2
        if (table[first + middle - base] <= value) == rising:
            a = middle
        else:
            b = middle
    near, far = abs(table[first + a - base] - value), abs(table[first + b - base] - value)
    return a if near <= far else b


@compiled
def encode_into(plan, values, frame, sequence_count):
    """Values (float64) into *frame* (uint8, of ``CompiledCodec.frame``) → 0, or 1 + the element that does not fit."""
    for i in range(plan.place.shape[0]):
        at, width, little, kind = plan.place[i, 0], plan.place[i, 1], plan.place[i, 2], plan.place[i, 3]
        way, first, whole = plan.place[i, 4], plan.place[i, 5], plan.place[i, 6]
        value = values[i]
        if not (plan.line[i, 2] <= value <= plan.line[i, 3]) and not (kind >= FLOAT32 and plan.line[i, 2] == -np.inf):
            return i + 1
        if kind == FLOAT32:
            single = np.float32(value)
            if np.isinf(single) and not np.isinf(value):
                return i + 1
            _put(frame, at, width, little, np.uint64(np.float32(value).view(np.uint32)))
            continue
        if kind == FLOAT64:
            _put(frame, at, width, little, np.float64(value).view(np.uint64))
            continue
        low, high = plan.line[i, 4], plan.line[i, 5]
        if way == CURVE:
            last = first + np.int64(high) - np.int64(low)
            if not (min(plan.table[first], plan.table[last]) <= value <= max(plan.table[first], plan.table[last])):
                return i + 1
            raw = np.float64(_raw_in_table(plan.table, first, low, high, value))
        elif way == NAMED:
            if (
                not low <= value <= high
                or value != np.rint(value)
                or np.isnan(plan.table[first + np.int64(value - low)])
            ):
                return i + 1
            raw = value
        elif whole:
            raw = value
        else:
            raw = np.rint((value - plan.line[i, 1]) / plan.line[i, 0])
        if not low <= raw <= high or raw != np.rint(raw) or (high >= 2.0**63 and raw == 2.0**64):
            return i + 1
        if kind == INT:
            if raw >= 2.0**63:
                return i + 1
            bits = np.uint64(np.int64(raw))
        else:
            bits = np.uint64(raw)
        if bits & ~plan.allowed[i] and kind == UINT:
            return i + 1
        _put(frame, at, width, little, bits)
    if plan.frame[1] >= 0:
        _put(frame, plan.frame[1], 14, 0, np.uint64(sequence_count & 0x3FFF))
    tail = _tail(plan)
    if tail:
        end = plan.frame[0] - tail
        _put(frame, 8 * end, 8 * tail, 0, _checksum(plan, frame, end))
    if plan.frame[3]:
        frame[0] &= np.uint8(0x7F)
        if _is_even(frame):
            frame[0] |= np.uint8(0x80)
    return 0


@compiled
def decode_into(plan, frame, values):
    """A frame (uint8) into values (float64) → 0, or why not: SIZE, CONSTANT, CHECKSUM, PARITY, or 1 + an element without a
    meaning; values before it are then written already."""
    if frame.size != plan.frame[0]:
        return SIZE
    tail = _tail(plan)
    if tail:
        end = plan.frame[0] - tail
        if _checksum(plan, frame, end) != _get(frame, 8 * end, 8 * tail, 0):
            return CHECKSUM
    if plan.frame[3] and _is_even(frame):
        return PARITY
    for i in range(frame.size):
        if frame[i] & plan.fixed[i] != plan.expected[i]:
            return CONSTANT
    for i in range(plan.place.shape[0]):
        at, width, little, kind = plan.place[i, 0], plan.place[i, 1], plan.place[i, 2], plan.place[i, 3]
        way, first = plan.place[i, 4], plan.place[i, 5]
        bits = _get(frame, at, width, little)
        if kind == FLOAT32:
            values[i] = np.uint32(bits).view(np.float32)
            continue
        if kind == FLOAT64:
            values[i] = np.uint64(bits).view(np.float64)
            continue
        if kind == INT:
            unused = np.uint64(64 - width)
            signed = np.int64(bits << unused) >> np.int64(64 - width)
            raw = np.float64(signed)
        else:
            if bits & ~plan.allowed[i]:
                return i + 1
            raw = np.float64(bits)
        if way == SCALED:
            values[i] = raw * plan.line[i, 0] + plan.line[i, 1]
        else:
            value = plan.table[first + np.int64(raw - plan.line[i, 4])]
            if np.isnan(value):
                return i + 1
            values[i] = value
    return 0
