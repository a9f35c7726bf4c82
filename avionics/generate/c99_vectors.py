"""Test vectors of a set: valid messages by a fixed random sequence, as the Python codec writes and reads them."""

import random
import struct
from typing import TYPE_CHECKING, Any

from ..codec import Codec
from ..layout_types import ResolvedField, ResolvedSet
from .c99_text import double_literal, int_literal
from .c99_values import raw_range
from .outputs import templates

if TYPE_CHECKING:
    from .c99 import MessageUnit, Unit

VECTORS = 4


def sample(f: ResolvedField, rng: random.Random, corner: str = "") -> Any:
    """A raw value that a sender may send. corner "low", "high": the ends of what the field holds, else any."""
    match f.kind:
        case "enum":
            numbers = [v.value for v in f.values]
            return {"low": min(numbers), "high": max(numbers)}.get(corner) if corner else rng.choice(numbers)
        case "flags":
            known = sum(1 << v.value for v in f.values)
            return {"low": 0, "high": known}[corner] if corner else rng.getrandbits(64) & known
        case "bool":
            return {"low": 0, "high": 1}[corner] if corner else rng.getrandbits(1)
        case "text":
            size = {"low": 0, "high": f.width // 8}[corner] if corner else rng.randint(0, f.width // 8)
            return "".join(rng.choice("ABCXYZabcxyz0189 -_") for _ in range(size)).encode().ljust(f.width // 8, b"\0")
        case "bytes":
            return bytes(rng.getrandbits(8) for _ in range(f.width // 8))
        case "bcd":
            first = (1 << f.width % 4) - 1 if f.width % 4 else 9
            digits = [min(first, 9), *[9] * (-(-f.width // 4) - 1)]
            chosen = [0 if corner == "low" else d if corner == "high" else rng.randint(0, d) for d in digits]
            return int("".join(map(str, chosen)), 16)
        case "float":
            return _float(f, rng, corner)
    if f.calibration is not None and f.calibration.type == "table":
        low, high = f.raw_limits
        raws = [int(p[0]) for p in f.calibration.points if p[0] == int(p[0]) and low <= p[0] <= high]
        return rng.choice(raws) if raws else low
    limits = raw_range(f) or f.raw_limits
    low, high = int(limits[0]), int(limits[1])
    return {"low": low, "high": high}[corner] if corner else rng.randint(low, high)


def _float(f: ResolvedField, rng: random.Random, corner: str) -> float:
    code = "f" if f.width == 32 else "d"
    if f.range is not None:
        low, high = f.range.low, f.range.high
        value = {"low": low, "high": high}[corner] if corner else rng.uniform(low, high)
        return struct.unpack(code, struct.pack(code, value))[0]
    return struct.unpack(code, struct.pack(code, rng.uniform(-1, 1) * 10.0 ** rng.randint(-30, 30)))[0]


def test_files(s: ResolvedSet, unit: "Unit") -> dict[str, str]:
    """NAME_vectors.h and NAME_test.c."""
    rng = random.Random(1)  # noqa: S311 the same vectors every time
    vectors: list[str] = []
    tests: list[str] = []
    fuzz: list[dict[str, Any]] = []
    total = 0
    for m, mu in zip(s.messages, unit.messages, strict=True):
        codec = Codec(m)
        name = unit.globals.take(f"{mu.stem}_vectors")
        rows: list[tuple[bytes, tuple, int]] = []
        for corner in ("low", "high", *[""] * (VECTORS - 2)):
            raws = tuple(sample(f, rng, corner) for f in m.values for _ in range(f.count))
            count = {"low": 0, "high": 16383}.get(corner, rng.randint(0, 16383))
            rows.append((codec.pack(*raws, sequence_count=count), raws, count))
        if m.size:
            vectors.append(_vector_array(name, m.size, [data for data, _, _ in rows]))
            fuzz.append({"type": mu.type, "size": mu.size_macro, "vector": name, "count": VECTORS, "unpack": mu.unpack})
        tests.append(_test(unit, mu, codec, name, rows))
        total += len(rows)
    p = unit.prefix
    names = {"vectors": f"{p}_vectors.h", "test": f"{p}_test.c"}
    guard = unit.macros.take(f"{p.upper()}_VECTORS_H")
    about = f"/* {unit.common['title']}: messages as the Python codec writes them.\n *\n"
    about += f" * Made by OSEA-Rocket from the message set of content {unit.common['hash']}; do not edit.\n */\n"
    header = f"{about}#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n\n" + "\n".join(vectors) + "\n#endif\n"
    largest = max([m.size for m in s.messages], default=1) or 1
    rest = unit.common | names | {"messages": [m.name for m in s.messages]}
    source = (
        templates()
        .get_template("test.c.j2")
        .render(**rest, body="\n".join(tests), fuzz=fuzz, total=total, largest=largest)
    )
    return {names["vectors"]: header, names["test"]: source}


def _vector_array(name: str, size: int, rows: list[bytes]) -> str:
    lines = [f"static const uint8_t {name}[{len(rows)}][{size}] = {{"]
    for k, data in enumerate(rows):
        octets = [f"0x{b:02X}U" for b in data]
        lines.append("    {")
        lines += [f"        {', '.join(octets[i : i + 16])}," for i in range(0, len(octets), 16)]
        lines[-1] = lines[-1].rstrip(",")
        lines.append("    }" + ("," if k + 1 < len(rows) else ""))
    return "\n".join([*lines, "};", ""])


def _test(unit: "Unit", mu: "MessageUnit", codec: Codec, name: str, rows: list[tuple[bytes, tuple, int]]) -> str:
    m, ok = mu.message, unit.error["OK"]
    room = max(m.size, 1)
    lines = [f"static void test_{m.name}(void)", "{", f"    static {mu.type} given;", f"    static {mu.type} got;"]
    lines += [f"    static uint8_t buffer[{room}];", ""]
    for k, (_, raws, count) in enumerate(rows):
        vector = f"{name}[{k}]" if m.size else "buffer"
        fill, compare = _fields(mu, codec, raws, count)
        failed = f'failed("{m.name}", {k},'
        lines += ["    (void)memset(&given, 0, sizeof given);", "    (void)memset(&got, 0, sizeof got);", *fill]
        lines += [
            f"    if ({mu.pack}(&given, buffer, sizeof buffer) != {ok}) {{",
            f'        {failed} "pack");',
            "    }",
        ]
        lines += [
            f"    if (memcmp(buffer, {vector}, {mu.size_macro}) != 0) {{",
            f'        {failed} "octets");',
            "    }",
        ]
        lines += [f"    if ({mu.unpack}(&got, {vector}, {mu.size_macro}) != {ok}) {{", f'        {failed} "unpack");']
        lines += ["    }"]
        for condition, what in compare:
            lines += [f"    if (!({condition})) {{", f'        {failed} "{what}");', "    }"]
    null, size = unit.error["NULL"], unit.error["SIZE"]
    lines += [f"    if ({mu.unpack}(&got, buffer, {mu.size_macro} + 1U) != {size}) {{"]
    lines += [f'        failed("{m.name}", 0, "a wrong size is refused");', "    }"]
    lines += [f"    if ({mu.pack}(NULL, buffer, sizeof buffer) != {null}) {{"]
    lines += [f'        failed("{m.name}", 0, "a null pointer is refused");', "    }"]
    if m.crc:
        lines += ["    buffer[0] = (uint8_t)(buffer[0] ^ 1U);"]
        lines += [f"    if ({mu.unpack}(&got, buffer, {mu.size_macro}) != {unit.error['CHECKSUM']}) {{"]
        lines += [f'        failed("{m.name}", 0, "a damaged octet is refused");', "    }"]
    return "\n".join([*lines, "}", ""])


def _fields(mu: "MessageUnit", codec: Codec, raws: tuple, count: int) -> tuple[list[str], list[tuple[str, str]]]:
    """Assignments, and (condition, name) of comparisons."""
    fill: list[str] = []
    compare: list[tuple[str, str]] = []
    if "ccsds_sequence_count" in mu.member:
        name = mu.member["ccsds_sequence_count"]
        fill.append(f"    given.{name} = {count}U;")
        compare.append((f"got.{name} == {count}U", "ccsds_sequence_count"))
    values = codec.values_of(raws)
    for f, raw, shown, k in _elements(mu, raws):
        member = f"{mu.member[f.name]}[{k}]" if f.is_array else mu.member[f.name]
        if f.raw == "bytes":
            text = raw.rstrip(b"\0") if f.kind == "text" else raw
            literal = ", ".join(f"0x{b:02X}U" for b in raw) if f.kind == "bytes" else f'"{text.decode("ascii")}"'
            if f.kind == "text":
                fill.append(f"    (void)memcpy(given.{member}, {literal}, {len(text) + 1}U);")
            else:
                fill += ["    {", f"        static const uint8_t octets[] = {{{literal}}};"]
                fill += [f"        (void)memcpy(given.{member}, octets, sizeof octets);", "    }"]
            compare.append((f"memcmp(got.{member}, given.{member}, sizeof got.{member}) == 0", shown))
            continue
        if f.raw == "float":
            literal = f"(float){double_literal(raw)}" if f.width == 32 else double_literal(raw)
        else:
            literal = int_literal(raw, unsigned=f.raw == "uint")
        fill.append(f"    given.{member} = {literal};")
        compare.append((f"got.{member} == {literal}", shown))
        conversion = mu.conversions.get(f.name)
        if conversion is not None:
            value = values[f.name][k] if f.is_array else values[f.name]
            compare.append(
                (f"close_to({conversion.value_name}(got.{member}), {double_literal(value)})", f"{shown} value")
            )
    return fill, compare


def _elements(mu: "MessageUnit", raws: tuple) -> list[tuple[ResolvedField, Any, str, int]]:
    found, at = [], 0
    for f in mu.message.values:
        for k in range(f.count):
            found.append((f, raws[at], f"{f.name}[{k}]" if f.is_array else f.name, k))
            at += 1
    return found
