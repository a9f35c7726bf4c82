"""Octets that fields of both byte orders share: taken apart piece by piece as one number."""

import struct
from collections.abc import Callable, Sequence
from typing import Any

from .layout_types import ResolvedField

Piece = tuple[int, int, int]  # shift in the word, shift in the value, bits


def pieces(row: ResolvedField, at: int, octets: int) -> list[Piece]:
    """Where the bits of an element at bit *at* lie in so many octets read as one big-endian number."""
    if row.byte_order == "big":
        return [(8 * octets - at - row.width, 0, row.width)]
    found, done = [], 0
    while done < row.width:  # octet by octet
        octet, bit = divmod(at + done, 8)
        n = min(8 - bit, row.width - done)
        found.append((8 * (octets - 1 - octet) + bit, done, n))
        done += n
    return found


def shared_octets(
    first: int, end: int, elements: Sequence[tuple[ResolvedField, int]]
) -> tuple[Callable[..., bytes], Callable[[Any], tuple], Callable[[Any], tuple]]:
    """(pack, unpack, unpack) of octets [first, end) with *elements* (row, bit): values in and out in their order.

    pack raises OverflowError, TypeError or struct.error for what does not fit, unpack ValueError for too few octets.
    """
    size = end - first
    plan = [(row, pieces(row, at - 8 * first, size)) for row, at in elements]

    def pack(*values: Any) -> bytes:
        word = 0
        for (row, where), value in zip(plan, values, strict=True):
            number = _bits(row, value)
            for shift, value_shift, n in where:
                word |= (number >> value_shift & (1 << n) - 1) << shift
        return word.to_bytes(size, "big")

    def unpack(data: Any) -> tuple:
        if len(data) < size:
            raise ValueError("too few octets")
        word = int.from_bytes(data[:size], "big")
        found = []
        for row, where in plan:
            number = 0
            for shift, value_shift, n in where:
                number |= (word >> shift & (1 << n) - 1) << value_shift
            found.append(_value(row, number))
        return tuple(found)

    return pack, unpack, unpack


def _bits(row: ResolvedField, value: Any) -> int:
    if row.raw == "float":
        return int.from_bytes(struct.pack(">f" if row.width == 32 else ">d", value), "big")
    if row.raw == "bytes":
        return int.from_bytes(value, row.byte_order)
    low, high = row.raw_limits
    if not low <= value <= high:
        raise OverflowError
    return value & (1 << row.width) - 1


def _value(row: ResolvedField, number: int) -> Any:
    if row.raw == "float":
        return struct.unpack(">f" if row.width == 32 else ">d", number.to_bytes(row.width // 8, "big"))[0]
    if row.raw == "bytes":
        return number.to_bytes(row.width // 8, row.byte_order)
    return number - (number >> (row.width - 1) << row.width) if row.raw == "int" else number
