"""The layout of one message turned into two functions: raw numbers to octets and back.

A message is cut into *runs* of whole octets, each of one byte order. A run of octet-aligned numbers is left to ``struct``,
one with odd bits to bitstruct's C module (a little-endian run is a big-endian one read backwards). Only octets that fields
of both byte orders share are taken apart here.
"""

import operator
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .checksums import CHECKSUMS
from .layout_types import ResolvedField, ResolvedMessage
from .shared_octets import shared_octets

try:
    import bitstruct.c as _bits
except ImportError:  # no compiled module for this Python: the same formats, slower
    import bitstruct as _bits
bits: Any = _bits

_CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}
_LONG = 32  # octets of text that stand in a run by themselves: bitstruct copies bit by bit
Pack = Callable[..., bytes]
Unpack = Callable[[Any], tuple]


@dataclass(frozen=True)
class Item:
    """One element of a field at bit *at*. value: its place among the raw values, -1 for what no caller gives."""

    row: ResolvedField
    at: int
    value: int = -1

    @property
    def first(self) -> int:
        return self.at // 8

    @property
    def last(self) -> int:
        return (self.at + self.row.width - 1) // 8

    @property
    def orders(self) -> set[str]:
        """The byte orders it may be read in: within one octet there is no order."""
        either = self.first == self.last or self.row.raw == "bytes" or self.row.kind == "padding"
        return {"big", "little"} if either else {self.row.byte_order}

    @property
    def is_direct(self) -> bool:
        return self.at % 8 == 0 and (self.row.raw == "bytes" or self.row.width in _CODES)

    def from_the_left(self) -> int:
        """Its first bit, counted from the most significant bit of octet 0 (where it has a run of bits there)."""
        if self.row.byte_order == "big" or self.first != self.last:
            return self.at
        return 8 * self.first + 8 - self.at % 8 - self.row.width

    def from_the_right(self, end: int) -> int:
        """Its first bit in the octets before *end* read backwards."""
        if self.row.raw == "bytes":
            return 8 * end - self.at - self.row.width
        if self.row.byte_order == "little" and self.row.kind != "padding":
            return 8 * end - self.at - self.row.width
        first, last = self.first, self.last
        if first != last:  # padding numbered as big: no value, and no format of its own
            return 8 * (end - last - 1)
        return 8 * (end - first - 1) + self.at % 8


@dataclass(frozen=True)
class Run:
    """Octets [first, end) whose items can be read in *orders*; none left: some octets are shared by both."""

    first: int
    end: int
    items: tuple[Item, ...]
    orders: frozenset[str]

    @property
    def values(self) -> list[Item]:
        return sorted((i for i in self.items if i.value >= 0), key=lambda i: i.value)

    @property
    def is_direct(self) -> bool:
        return all(i.is_direct for i in self.values)


@dataclass(frozen=True)
class Functions:
    """What a codec is made of.

    pack(raws, sequence_count) → octets; unpack(octets) → raws. pack_words, unpack_words: the same with the numbers of
    ``head(sequence_count)`` before the raws: for one run of octets these are functions of struct's or bitstruct's own.
    raw_items: the element behind each raw value.
    """

    pack: Callable[[Sequence[Any], int], bytes]
    unpack: Unpack
    pack_words: Pack
    unpack_words: Unpack
    head: Callable[[int], tuple[int, ...]]
    raw_items: tuple[tuple[ResolvedField, int], ...]


def constants(message: ResolvedMessage, only: str = "") -> tuple[int, int]:
    """(mask, expected) of all that must be so, over the message read as one big-endian number."""
    mask = expected = 0
    bits = 8 * message.size
    for row in message.fields:
        constant = message.size - 7 if row.computed == "data_length" else row.constant
        constant = 3 if row.computed == "sequence_flags" else constant
        if constant is None or row.kind == "padding" or (only and row.name != only):
            continue
        for k, bit in enumerate(row.occupied()):  # big: from the value's highest bit; little: from its lowest
            place = k if row.byte_order == "little" else row.width - 1 - k
            mask |= 1 << (bits - 1 - bit)
            expected |= (constant >> place & 1) << (bits - 1 - bit)
    return mask, expected


def compile_message(message: ResolvedMessage) -> Functions:
    """The functions of a message. pack raises struct.error, TypeError, ValueError, OverflowError or NotImplementedError on
    what does not fit; unpack raises struct.error or ValueError for too few octets."""
    items: list[Item] = []
    raw_items: list[tuple[ResolvedField, int]] = []
    for row in message.fields:
        for k in range(row.count):
            items.append(Item(row, row.element_offset(k), len(raw_items) if row.is_value else -1))
            if row.is_value:
                raw_items.append((row, k))
    head_words = 3 if message.has_ccsds_header else 0
    tail = CHECKSUMS[message.crc][1] if message.crc else 0
    runs = _runs([i for i in items if i.first >= 2 * head_words and i.last < message.size - tail], 2 * head_words)
    finish = _finish(message, 8 * 2 * head_words)
    first = (message.kind == "telecommand") << 12 | message.has_secondary_header << 11 | (message.apid or 0)
    length = message.size - 7

    def head(sequence_count: int) -> tuple[int, ...]:
        if not 0 <= sequence_count < 1 << 14:
            raise ValueError
        return (first, 0xC000 | sequence_count, length) if head_words else ()

    check = _check(raw_items, any(not r.is_direct or not r.orders for r in runs))
    whole = {k for k, (r, _) in enumerate(raw_items) if r.raw in ("uint", "int")}
    if len(runs) <= 1:
        run = runs[0] if runs else Run(2 * head_words, 2 * head_words, (), frozenset({"big", "little"}))
        if not head_words or "big" in run.orders:
            words, unpack, unpack_words = _functions(run, head_words, tail)
            pack_words = words if finish is None else (lambda *numbers: finish(words(*numbers)))
            pack = _with_head(pack_words, head, check, whole)
            return Functions(pack, unpack, pack_words, unpack_words, head, (*raw_items,))
    pack_words, unpack, unpack_words = _joined(runs, head_words, finish)
    pack = _with_head(pack_words, head, check, whole)
    return Functions(pack, unpack, pack_words, unpack_words, head, (*raw_items,))


def _with_head(
    pack_words: Pack,
    head: Callable[[int], tuple[int, ...]],
    check: Callable[[Sequence[Any]], None] | None,
    whole: set[int],
) -> Callable[[Sequence[Any], int], bytes]:
    """pack of the raws with the head and the checks."""
    first, *length = head(0)[::2] or (0,)
    has_head = bool(length)

    def pack(raws: Sequence[Any], sequence_count: int) -> bytes:
        if check is not None:
            check(raws)
        if not 0 <= sequence_count < 1 << 14:
            raise ValueError
        words = (first, 0xC000 | sequence_count, *length) if has_head else ()
        try:
            return pack_words(*words, *raws)
        except TypeError:  # a number of numpy, perhaps
            plain = [operator.index(x) if k in whole else x for k, x in enumerate(raws)]
            return pack_words(*words, *plain)

    return pack


def _check(raw_items: list[tuple[ResolvedField, int]], odd: bool) -> Callable[[Sequence[Any]], None] | None:
    """What the libraries do not refuse: text of another length; of *odd* bits also a value too many, a float beyond 32 bits."""
    octets = [(k, r.width // 8) for k, (r, _) in enumerate(raw_items) if r.raw == "bytes"]
    narrow = [k for k, (r, _) in enumerate(raw_items) if odd and r.raw == "float" and r.width == 32]
    floats = struct.Struct(f">{len(narrow)}f").pack  # refuses what would become infinite
    chosen = operator.itemgetter(*narrow) if len(narrow) > 1 else lambda raws: [raws[k] for k in narrow]
    n = len(raw_items)
    if not odd and not octets:
        return None

    def check(raws: Sequence[Any]) -> None:
        if len(raws) != n or (octets and any(len(raws[k]) != size for k, size in octets)):
            raise ValueError
        if narrow:
            floats(*chosen(raws))

    return check


def _finish(message: ResolvedMessage, head_bits: int) -> Callable[[bytes], bytes] | None:
    """What comes after the fields: constants among the values, the checksum, the parity."""
    expected = constants(message)[1]
    inner = expected & (1 << (8 * message.size - head_bits)) - 1
    steps: list[Callable[[bytes], bytes]] = []
    if inner:
        size = message.size - (CHECKSUMS[message.crc][1] if message.crc else 0)
        inner >>= 8 * (message.size - size)
        steps.append(lambda data: (int.from_bytes(data, "big") | inner).to_bytes(size, "big"))
    if message.crc:
        checksum, octets = CHECKSUMS[message.crc]
        steps.append(lambda data: data + checksum(data).to_bytes(octets, "big"))
    if any(row.computed == "parity" for row in message.fields):

        def with_parity(data: bytes) -> bytes:
            word = int.from_bytes(data, "big")
            return (word | (~word.bit_count() & 1) << 31).to_bytes(4, "big")

        steps.append(with_parity)
    if len(steps) < 2:
        return steps[0] if steps else None
    one, two = steps
    return lambda data: two(one(data))


def _runs(items: list[Item], first: int) -> list[Run]:
    """Chunks of octets that belong together, joined with their neighbours while a byte order is left for all of them."""
    chunks: list[Run] = []
    for item in sorted(items, key=lambda i: (i.first, i.last)):
        if chunks and item.first < chunks[-1].end:
            last = chunks.pop()
            orders = last.orders & item.orders
            chunks.append(Run(last.first, max(last.end, item.last + 1), (*last.items, item), orders))
        else:
            chunks.append(Run(item.first, item.last + 1, (item,), frozenset(item.orders)))
    runs: list[Run] = []
    for chunk in map(_sorted_out, chunks):
        last = runs[-1] if runs else None
        alone = any(i.row.raw == "bytes" and i.row.width > 8 * _LONG for i in chunk.items)
        if last is not None and chunk.orders & last.orders and not alone and not _is_alone(last):
            runs[-1] = Run(last.first, chunk.end, (*last.items, *chunk.items), last.orders & chunk.orders)
        else:
            runs.append(chunk)
    # a run of one order: the bits of little-endian ones are read from the right
    return [Run(r.first, r.end, r.items, frozenset({"big"}) if "big" in r.orders else r.orders) for r in runs]


def _is_alone(run: Run) -> bool:
    return len(run.items) == 1 and run.items[0].row.raw == "bytes" and run.items[0].row.width > 8 * _LONG


def _sorted_out(chunk: Run) -> Run:
    """Only the orders in which its values follow each other as the definition has them."""
    left = [i.value for i in sorted(chunk.values, key=Item.from_the_left)]
    right = [i.value for i in sorted(chunk.values, key=lambda i: -i.from_the_right(chunk.end))]
    fits = {"big"} if left == sorted(left) else set()
    fits |= {"little"} if right == sorted(right) else set()
    return Run(chunk.first, chunk.end, chunk.items, chunk.orders & fits)


def _functions(run: Run, head_words: int, tail: int) -> tuple[Pack, Unpack, Unpack]:
    """(pack of the words and values, unpack of the values, unpack of the words and values) of one run."""
    if not run.orders:
        return shared_octets(run.first, run.end, [(i.row, i.at) for i in run.values])
    little = "big" not in run.orders
    if run.is_direct:
        body, sign = _struct_body(run), "<" if little else ">"
        head, end = "H" * head_words, f"{tail}x" if tail else ""
        with_head = struct.Struct(f"{sign}{head}{body}")
        reader = struct.Struct(f"{sign}{2 * head_words}x{body}{end}")
        word_reader = struct.Struct(f"{sign}{head}{body}{end}") if head or end else reader
        return with_head.pack, reader.unpack, word_reader.unpack
    body = _bit_body(run, little)
    end = f"p{8 * tail}" if tail else ""
    if not little:
        writer = bits.compile("u16" * head_words + body)
        reader = bits.compile((f"p{16 * head_words}" if head_words else "") + body + end)
        word_reader = bits.compile("u16" * head_words + body + end)
        return writer.pack, reader.unpack, word_reader.unpack
    backwards = bits.compile(body)
    octets = [k for k, item in enumerate(run.values) if item.row.raw == "bytes"]

    def pack(*values: Any) -> bytes:
        given = [*values]
        for k in octets:
            given[k] = given[k][::-1]
        return backwards.pack(*given[::-1])[::-1]

    def unpack(data: Any) -> tuple:
        if len(data) < run.end - run.first:
            raise ValueError("too few octets")
        values = backwards.unpack(bytes(data[: run.end - run.first])[::-1])[::-1]
        if octets:
            values = tuple(v[::-1] if k in octets else v for k, v in enumerate(values))
        return values

    return pack, unpack, unpack


def _struct_body(run: Run) -> str:
    form, at = "", run.first
    for item in run.values:
        row = item.row
        form += f"{item.first - at}x" if item.first > at else ""
        at = item.last + 1
        if row.raw == "bytes":
            form += f"{row.width // 8}s"
        elif row.raw == "float":
            form += "f" if row.width == 32 else "d"
        else:
            form += _CODES[row.width].lower() if row.raw == "int" else _CODES[row.width]
    return form + (f"{run.end - at}x" if run.end > at else "")


def _bit_body(run: Run, little: bool) -> str:
    """The format of bitstruct, for the octets as they are or (little) read backwards."""
    letters = {"uint": "u", "int": "s", "float": "f", "bytes": "r"}
    places = [(i.from_the_right(run.end) if little else i.from_the_left() - 8 * run.first, i.row) for i in run.values]
    form, at = "", 0
    for place, row in sorted(places, key=lambda p: p[0]):
        form += f"p{place - at}" if place > at else ""
        form += f"{letters[row.raw]}{row.width}"
        at = place + row.width
    size = 8 * (run.end - run.first)
    return form + (f"p{size - at}" if size > at else "")


def _joined(runs: list[Run], head_words: int, finish: Callable[[bytes], bytes] | None) -> tuple[Pack, Unpack, Unpack]:
    """Several runs one after another; the packet's header is packed with the first when that is big-endian."""
    parts: list[tuple[int, int, Pack, Unpack]] = []
    octets: list[tuple[int, int]] = []
    if head_words:
        words = struct.Struct(">HHH")
        parts.append((0, head_words, words.pack, words.unpack))
        octets.append((0, 2 * head_words))
    at = head_words
    for run in runs:
        pack, unpack, _ = _functions(run, 0, 0)
        parts.append((at, at + len(run.values), pack, unpack))
        octets.append((run.first, run.end))
        at += len(run.values)
    n = at

    def pack_words(*numbers: Any) -> bytes:
        if len(numbers) != n:
            raise ValueError("another number of values")
        data = b"".join([pack(*numbers[a:b]) for a, b, pack, _ in parts])
        return data if finish is None else finish(data)

    readers = [(a, b, unpack) for (a, b), (*_, unpack) in zip(octets, parts, strict=True)]

    def reader(chosen: list[tuple[int, int, Unpack]]) -> Unpack:
        def unpack(data: Any) -> tuple:
            found: list[Any] = []
            for a, b, part in chosen:
                found += part(data[a:b])
            return tuple(found)

        return unpack

    return pack_words, reader(readers[1:] if head_words else readers), reader(readers)
