"""Requests to a codec, made from a message set: sound messages, and each way in which one can be wrong.

The values of a message stand in JSON as numbers, texts, true and false, lists; octets as hexadecimal digits.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..avionics.checksums import CHECKSUMS
from ..avionics.codec import Codec, RejectedError
from ..avionics.generate.c99_vectors import sample
from ..avionics.layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from ..avionics.packing import constants
from ..core.errors import InputError

MIDDLE = 4  # vectors of a message between those of the least and the largest
NOISE = 24  # frames of noise to each message
Request = dict[str, Any]


@dataclass(frozen=True)
class Vector:
    """One sound message: its values as JSON, its octets."""

    message: str
    values: dict[str, Any]
    octets: bytes
    sequence_count: int

    @property
    def encode(self) -> Request:
        return {"do": "encode", "message": self.message, "sequence_count": self.sequence_count, "values": self.values}

    @property
    def decode(self) -> Request:
        return {"do": "decode", "message": self.message, "octets": self.octets.hex()}


def codecs_of(resolved: ResolvedSet) -> dict[str, Codec]:
    """A codec of each message."""
    return {m.name: Codec(m) for m in resolved.messages}


def vectors(codecs: Mapping[str, Codec]) -> Iterator[Vector]:
    """Of each message: all fields at their least, all at their largest, and seeded ones; the same every time."""
    rng = random.Random(20260101)  # noqa: S311 the same vectors every time
    for name, codec in codecs.items():
        for corner in ("low", "high", *[""] * MIDDLE):
            raws = tuple(_exact(f, sample(f, rng, corner)) for f in codec.message.values for _ in range(f.count))
            count = (
                {"low": 0, "high": 16383}.get(corner, rng.randint(0, 16383)) if codec.message.has_ccsds_header else 0
            )
            octets = codec.pack(*raws, sequence_count=count)
            yield Vector(name, as_json(codec.values_of(raws)), octets, count)


def _exact(row: ResolvedField, raw: Any) -> Any:
    """A raw number of more bits than a double has, whose value is scaled: without the bits that the value cannot carry."""
    spare = row.width - 52
    return raw >> spare << spare if spare > 0 and isinstance(raw, int) and (row.scale != 1.0 or row.offset) else raw


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Decoded values as they stand in JSON."""

    def plain(value: Any) -> Any:
        if isinstance(value, bytes | bytearray):
            return bytes(value).hex()
        if isinstance(value, tuple | list):
            return [plain(v) for v in value]
        return value

    return {name: plain(value) for name, value in values.items()}


def from_json(message: ResolvedMessage, values: Mapping[str, Any]) -> dict[str, Any]:
    """The other way, for our own codec. Raises InputError for octets that are none."""
    kinds = {f.name: f.kind for f in message.fields}

    def value_of(name: str, value: Any) -> Any:
        if kinds.get(name) != "bytes":
            return value
        try:
            return [bytes.fromhex(v) for v in value] if isinstance(value, list) else bytes.fromhex(value)
        except (TypeError, ValueError):
            raise InputError(f"{message.name}.{name}: octets are hexadecimal digits") from None

    return {name: value_of(name, value) for name, value in values.items()}


def answer(codecs: Mapping[str, Codec], request: Any) -> dict[str, Any]:
    """Our own codec's answer to a request."""
    codec = codecs.get(str(request.get("message"))) if isinstance(request, dict) else None
    if codec is None:
        return {"refused": "there is no such message"}
    try:
        if request.get("do") == "encode":
            values = from_json(codec.message, request.get("values") or {})
            return {"octets": codec.encode(values, sequence_count=request.get("sequence_count", 0)).hex()}
        if request.get("do") == "decode":
            return {"values": as_json(codec.decode(bytes.fromhex(request.get("octets", ""))))}
    except (InputError, RejectedError, TypeError, ValueError) as error:
        return {"refused": str(error)}
    return {"refused": "asked for neither encode nor decode"}


def wrong_sizes(found: list[Vector]) -> Iterator[Request]:
    """One octet fewer, none at all, one and eight more."""
    for v in _firsts(found):
        for octets in (v.octets[:-1], b"", v.octets + b"\0", v.octets + bytes(8)):
            if len(octets) != len(v.octets):
                yield v.decode | {"octets": octets.hex()}


def damaged(codecs: Mapping[str, Codec], found: list[Vector]) -> Iterator[Request]:
    """One bit of each octet flipped, of messages with a checksum."""
    for v in _firsts(found):
        if codecs[v.message].message.crc:
            for i in range(len(v.octets)):
                octets = bytearray(v.octets)
                octets[i] ^= 1 << i % 8
                yield v.decode | {"octets": octets.hex()}


def wrong_constants(codecs: Mapping[str, Codec], found: list[Vector]) -> Iterator[Request]:
    """Each constant with its lowest bit flipped, the checksum made anew; what our own codec would take is left out."""
    for v in _firsts(found):
        codec = codecs[v.message]
        for row in codec.message.fields:
            if row.constant is None or row.kind == "padding":
                continue
            mask, _ = constants(codec.message, row.name)
            if not mask:
                continue
            word = int.from_bytes(v.octets, "big") ^ (mask & -mask)
            octets = with_checksum(codec.message, word.to_bytes(len(v.octets), "big"))
            if "refused" in answer(codecs, request := v.decode | {"octets": octets.hex()}):
                yield request


def unfit_values(codecs: Mapping[str, Codec], found: list[Vector]) -> Iterator[Request]:
    """Each value in turn as one that its field cannot hold, or that lies outside its range."""
    for v in _firsts(found):
        for row in codecs[v.message].message.values:
            for wrong in _unfit(row):
                value = [wrong, *v.values[row.name][1:]] if row.is_array else wrong
                request = v.encode | {"values": v.values | {row.name: value}}
                if "refused" in answer(codecs, request):
                    yield request


def noise(codecs: Mapping[str, Codec]) -> Iterator[Request]:
    """Octets at random, of the right size and of others."""
    rng = random.Random(7)  # noqa: S311 the same noise every time
    for name, codec in codecs.items():
        for i in range(NOISE):
            size = codec.message.size if i % 3 else rng.randint(0, 2 * codec.message.size + 4)
            yield {"do": "decode", "message": name, "octets": rng.randbytes(size).hex()}


def same_values(wanted: Any, got: Any) -> bool:
    """Whether two JSON values are alike; numbers to one part in 10^9."""
    if isinstance(wanted, dict):
        return (
            isinstance(got, dict)
            and wanted.keys() == got.keys()
            and all(same_values(wanted[k], got[k]) for k in wanted)
        )
    if isinstance(wanted, list):
        return isinstance(got, list) and len(wanted) == len(got) and all(map(same_values, wanted, got))
    if isinstance(wanted, bool) or isinstance(got, bool):
        return wanted == got
    if isinstance(wanted, int | float) and isinstance(got, int | float):
        return wanted == got or abs(wanted - got) <= 1e-9 * max(abs(wanted), abs(got))
    return wanted == got


def _unfit(row: ResolvedField) -> Iterator[Any]:
    low, high = row.raw_limits
    if row.kind == "enum":
        yield "no-such-name"
    elif row.kind == "text":
        yield "x" * (row.width // 8 + 1)
    elif row.kind == "bytes":
        yield "00" * (row.width // 8 + 1)
    elif row.kind == "flags":
        yield ["no-such-flag"]
    elif row.kind == "bool":
        yield 2
    elif row.raw in ("int", "uint") and row.calibration is None and row.kind != "bcd":
        yield (high + 1) * row.scale + row.offset
        yield (low - 1) * row.scale + row.offset
    if row.range is not None:
        wide = max(row.range.high - row.range.low, 1.0)
        yield row.range.high + 0.1 * wide
        yield row.range.low - 0.1 * wide


def _firsts(found: list[Vector]) -> Iterator[Vector]:
    """The last vector of each message: neither at its least nor at its largest."""
    yield from {v.message: v for v in found}.values()


def with_checksum(message: ResolvedMessage, octets: bytes) -> bytes:
    """The octets of a message with its checksum made anew; as they are where it has none."""
    checksum = CHECKSUMS.get(message.crc)
    if checksum is None:
        return octets
    made, tail = checksum
    return octets[:-tail] + made(octets[:-tail]).to_bytes(tail, "big")
