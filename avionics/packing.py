"""The layout of one message turned into two Python functions: raw numbers to octets and back.

Octet-aligned numbers are left to ``struct``; what shares octets is gathered into a *chunk*, read as a few struct codes
and taken apart by shifts. The functions are generated as source, as ``namedtuple`` does, from numbers of the layout alone.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .checksums import CHECKSUMS
from .layout_types import ResolvedField, ResolvedMessage

_CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}


@dataclass(frozen=True)
class Item:
    """One element of a field."""

    row: ResolvedField
    at: int
    argument: str  # an argument's name, a number, or "" for what a reader skips

    @property
    def first(self) -> int:
        return self.at // 8

    @property
    def last(self) -> int:
        return (self.at + self.row.width - 1) // 8

    @property
    def is_value(self) -> bool:
        return self.argument.startswith("v")

    @property
    def is_direct(self) -> bool:
        return self.at % 8 == 0 and (self.row.raw == "bytes" or self.row.width in _CODES)


@dataclass
class Chunk:
    """Octets [first, last] that belong together."""

    first: int
    last: int
    items: list[Item] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    @property
    def order(self) -> str:
        """The items' common byte order; "" when either will do; mixed chunks are read as big."""
        if all(i.row.raw == "bytes" or (self.size == 1) for i in self.items):
            return ""
        orders = {i.row.byte_order for i in self.items if i.row.kind != "padding"} or {"big"}
        return "little" if orders == {"little"} else "big"

    def pieces(self, item: Item) -> list[tuple[int, int, int]]:
        """(shift in the chunk's word, shift in the value, bits) of an item; one piece except in mixed chunks."""
        relative, width = item.at - 8 * self.first, item.row.width
        if item.row.byte_order == ("little" if self.order == "little" else "big"):
            shift = relative if self.order == "little" else 8 * self.size - relative - width
            return [(shift, 0, width)]
        found, done = [], 0
        while done < width:  # octet by octet
            if item.row.byte_order == "little":  # in a word read as big
                octet, bit = divmod(relative + done, 8)
                n = min(8 - bit, width - done)
                found.append((8 * (self.size - 1 - octet) + bit, done, n))
            else:  # padding, numbered as big, in a word read as little
                octet, bit = divmod(relative + done, 8)
                n = min(8 - bit, width - done)
                found.append((8 * octet + 8 - bit - n, width - done - n, n))
            done += n
        return found


@dataclass(frozen=True)
class Functions:
    """pack(*values, sequence_count=0) → bytes; unpack(data) → tuple; raw_items: the element behind each value."""

    pack: Callable[..., bytes]
    unpack: Callable[[Any], tuple]
    raw_items: tuple[tuple[ResolvedField, int], ...]


def compile_message(message: ResolvedMessage) -> Functions:
    """The two functions of a message. pack raises struct.error, TypeError, ValueError or OverflowError on
    what does not fit; unpack raises struct.error or ValueError for another size."""
    items, values = _items(message)
    chunks = _chunks(items)
    pack_source, scope = _pack_source(message, chunks, values)
    unpack_source, more = _unpack_source(message, chunks, values)
    scope |= more
    exec(pack_source + unpack_source, scope)  # noqa: S102  numbers and our own names only
    return Functions(scope["pack"], scope["unpack"], tuple(values))


def _items(message: ResolvedMessage) -> tuple[list[Item], list[tuple[ResolvedField, int]]]:
    items: list[Item] = []
    values: list[tuple[ResolvedField, int]] = []
    computed = {"sequence_count": "sequence_count", "sequence_flags": "3", "data_length": str(message.size - 7)}
    for row in message.fields:
        for k in range(row.count):
            if row.is_value:
                argument = f"v{len(values)}"
                values.append((row, k))
            elif row.constant is not None:
                argument = str(row.constant)
            else:
                argument = computed.get(row.computed, "0")
            items.append(Item(row, row.element_offset(k), argument))
    return items, values


def _chunks(items: list[Item]) -> list[Chunk]:
    chunks: list[Chunk] = []
    for item in sorted(items, key=lambda i: (i.first, i.last)):
        if chunks and item.first <= chunks[-1].last:
            chunks[-1].last = max(chunks[-1].last, item.last)
            chunks[-1].items.append(item)
        else:
            chunks.append(Chunk(item.first, item.last, [item]))
    return chunks


def _split(size: int) -> list[int]:
    """Octets as struct codes read them: 3 → 2 + 1."""
    parts = []
    while size:
        n = next(k for k in (8, 4, 2, 1) if k <= size)
        parts.append(n)
        size -= n
    return parts


def _runs(chunks: list[Chunk]) -> list[tuple[str, int, list[Chunk]]]:
    """Neighbouring chunks of one byte order: (order, first octet, chunks)."""
    runs: list[tuple[str, int, list[Chunk]]] = []
    for chunk in chunks:
        if runs and (chunk.order in ("", runs[-1][0]) or not runs[-1][0]):
            order, first, members = runs[-1]
            runs[-1] = (order or chunk.order, first, [*members, chunk])
        else:
            runs.append((chunk.order, chunk.first, [chunk]))
    return runs


def _sign(order: str) -> str:
    return "<" if order == "little" else ">"


def _direct_code(item: Item) -> str:
    row = item.row
    if row.raw == "bytes":
        return f"{row.width // 8}s"
    if row.raw == "float":
        return "f" if row.width == 32 else "d"
    code = _CODES[row.width]
    return code.lower() if row.raw == "int" else code


def _is_direct(chunk: Chunk) -> bool:
    return len(chunk.items) == 1 and chunk.items[0].is_direct


def _is_whole(chunk: Chunk) -> bool:
    """One integer of 3, 5, 6 or 7 octets by itself."""
    if len(chunk.items) != 1 or chunk.items[0].row.raw not in ("uint", "int"):
        return False
    return chunk.items[0].row.width == 8 * chunk.size and chunk.items[0].is_value


def _parts(chunk: Chunk, order: str) -> list[tuple[str, int, int]]:
    """(struct code, shift, octets) of each part of a whole integer; only the highest part has a sign."""
    found, at = [], 0
    for n in _split(chunk.size):
        shift = 8 * at if order == "little" else 8 * (chunk.size - at - n)
        highest = shift == 8 * (chunk.size - n)
        code = _CODES[8 * n]
        found.append((code.lower() if highest and chunk.items[0].row.raw == "int" else code, shift, n))
        at += n
    return found


def _pack_source(message: ResolvedMessage, chunks: list[Chunk], values: list) -> tuple[str, dict[str, Any]]:
    scope: dict[str, Any] = {}
    checks, before, packs = [], [], []
    if message.crc:  # the last chunk; it is computed from the others
        chunks = chunks[:-1]
    for r, (order, _, members) in enumerate(_runs(chunks)):
        form, arguments = "", []
        for c, chunk in enumerate(members):
            if all(i.row.constant == 0 for i in chunk.items):
                form += f"{chunk.size}x"
            elif _is_direct(chunk):
                item = chunk.items[0]
                form += _direct_code(item)
                arguments.append(item.argument)
                if item.row.raw == "bytes":
                    checks.append(f"len({item.argument}) ^ {item.row.width // 8}")
            elif _is_whole(chunk):  # the highest part's code refuses what does not fit
                item = chunk.items[0]
                for code, shift, n in _parts(chunk, order):
                    form += code
                    part = f"{item.argument} >> {shift}" if shift else item.argument
                    arguments.append(part if shift == 8 * (chunk.size - n) else f"{part} & {(1 << 8 * n) - 1}")
            else:
                terms = []
                for item in chunk.items:
                    value, width = item.argument, item.row.width
                    if item.row.raw == "float":  # not at a whole octet: its bits as a number
                        name = f"f{item.argument}"
                        before.append(
                            f"{name} = int.from_bytes(struct.pack('>{'f' if width == 32 else 'd'}', {value}), 'big')"
                        )
                        value = name
                    elif item.argument.startswith("v") or item.argument == "sequence_count":
                        half = 1 << (width - 1)
                        checks.append(
                            f"({value} + {half} >> {width})" if item.row.raw == "int" else f"({value} >> {width})"
                        )
                    elif item.argument == "0":
                        continue
                    for shift, value_shift, n in chunk.pieces(item):
                        part = f"{value} >> {value_shift}" if value_shift else value
                        if value_shift or n < width or item.row.raw == "int":
                            part = f"({part} & {(1 << n) - 1})"
                        terms.append(f"({part} << {shift})" if shift else part)
                word = " | ".join(terms) or "0"
                parts = _split(chunk.size)
                if len(parts) == 1:
                    form += _CODES[8 * parts[0]]
                    arguments.append(word)
                else:
                    name = f"w{r}_{c}"
                    before.append(f"{name} = {word}")
                    at = 0 if order == "little" else 8 * chunk.size
                    for n in parts:
                        form += _CODES[8 * n]
                        shift = at if order == "little" else at - 8 * n
                        at = at + 8 * n if order == "little" else at - 8 * n
                        arguments.append(f"{name} >> {shift} & {(1 << 8 * n) - 1}")
        scope[f"p{r}"] = struct.Struct(_sign(order) + form).pack
        packs.append(f"p{r}({', '.join(arguments)})")
    names = ", ".join([*(f"v{i}" for i in range(len(values))), "sequence_count=0"])
    lines = [f"def pack({names}):"]
    if checks:
        lines.append(f"    if {' | '.join(checks)}: raise ValueError")
    lines += [f"    {line}" for line in before]
    result = " + ".join(packs) or repr(b"")
    scope["struct"] = struct
    if message.crc:
        function, size = CHECKSUMS[message.crc]
        scope["checksum"] = function
        lines.append(f"    data = {result}")
        lines.append(f"    return data + checksum(data).to_bytes({size}, 'big')")
    elif any(row.computed == "parity" for row in message.fields):
        lines.append(f"    word = int.from_bytes({result}, 'big')")
        lines.append("    return (word | (~word.bit_count() & 1) << 31).to_bytes(4, 'big')")
    else:
        lines.append(f"    return {result}")
    return "\n".join(lines) + "\n", scope


def _unpack_source(message: ResolvedMessage, chunks: list[Chunk], values: list) -> tuple[str, dict[str, Any]]:
    scope: dict[str, Any] = {}
    wanted = {f"v{i}" for i in range(len(values))}
    found: dict[str, str] = {}
    lines = ["def unpack(data):"]
    runs = _runs(chunks)
    if len(runs) > 1:
        lines.append(f"    if len(data) != {message.size}: raise ValueError")
    for r, (order, first, members) in enumerate(runs):
        form, names = "", []
        words: list[str] = []
        for c, chunk in enumerate(members):
            items = [i for i in chunk.items if i.argument in wanted]
            if not items:
                form += f"{chunk.size}x"
                continue
            if _is_direct(chunk):
                form += _direct_code(items[0])
                names.append(items[0].argument)
                found[items[0].argument] = items[0].argument
                continue
            word = f"w{r}_{c}"
            if _is_whole(chunk):
                terms = []
                for k, (code, shift, _) in enumerate(_parts(chunk, order)):
                    form += code
                    names.append(f"{word}_{k}")
                    terms.append(f"{word}_{k} << {shift}" if shift else f"{word}_{k}")
                found[items[0].argument] = f"({' | '.join(terms)})"
                continue
            parts = _split(chunk.size)
            if len(parts) == 1:
                form += _CODES[8 * parts[0]]
                names.append(word)
            else:
                terms, at = [], 0 if order == "little" else 8 * chunk.size
                for k, n in enumerate(parts):
                    form += _CODES[8 * n]
                    names.append(f"{word}_{k}")
                    at = at if order == "little" else at - 8 * n
                    terms.append(f"{word}_{k} << {at}" if at else f"{word}_{k}")
                    at = at + 8 * n if order == "little" else at
                words.append(f"    {word} = {' | '.join(terms)}")
            extractions = [_extraction(chunk, item, word) for item in items]
            numbers = [int(item.argument[1:]) for item in items]
            if chunk.size == 1 and len(items) > 1 and numbers == list(range(numbers[0], numbers[0] + len(items))):
                # all that an octet may say, looked up: quicker than shifts for two values and more
                function = eval(f"lambda {word}: ({', '.join(extractions)})")  # noqa: S307  our own shifts and masks
                scope[f"t{r}_{c}"] = tuple(function(octet) for octet in range(256))
                extractions = [f"*t{r}_{c}[{word}]", *("" for _ in items[1:])]
            found |= dict(zip((item.argument for item in items), extractions, strict=True))
        if names:
            reader = struct.Struct(_sign(order) + form)
            if len(runs) == 1 and not words and [found[n] for n in found] == names:
                return "", {"unpack": reader.unpack}  # struct does it all
            scope[f"u{r}"] = reader.unpack if len(runs) == 1 else reader.unpack_from
            lines.append(f"    {', '.join(names)}, = u{r}(data{'' if len(runs) == 1 else f', {first}'})")
            lines += words
        elif len(runs) == 1:
            lines.append(f"    if len(data) != {message.size}: raise ValueError")
    results = "".join(found[f"v{i}"] + ", " for i in range(len(values)) if found[f"v{i}"])
    lines.append(f"    return ({results})")
    return "\n".join(lines) + "\n", scope


def _extraction(chunk: Chunk, item: Item, word: str) -> str:
    width, terms = item.row.width, []
    for shift, value_shift, n in chunk.pieces(item):
        part = f"{word} >> {shift}" if shift else word
        if shift + n < 8 * chunk.size:
            part = f"{part} & {(1 << n) - 1}"
        terms.append(f"({part}) << {value_shift}" if value_shift else f"({part})")
    value = " | ".join(terms)
    if item.row.raw == "int":
        half = 1 << (width - 1)
        return f"(({value}) ^ {half}) - {half}"
    if item.row.raw == "float":
        return f"struct.unpack('>{'f' if width == 32 else 'd'}', ({value}).to_bytes({width // 8}, 'big'))[0]"
    return f"({value})"
