"""C99 header and codec of a message set, with test vectors made by the Python codec."""

from typing import Any

from ..layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .c99_text import RESERVED, comment, double_literal, int_literal, integer_type, suffix_of
from .c99_values import Conversion, conversions, raw_range
from .outputs import Loss, Names, Output, address, identifier, templates

# name, number, text; reasons of the Python codec's RejectedError in brackets
ERRORS = (
    ("OK", 0, "done"),
    ("NULL", 1, "an argument is a null pointer"),
    ("SIZE", 2, "the buffer is too small, or the data are not of the message's size"),
    ("CHECKSUM", 3, "the checksum or the parity does not fit the data"),
    ("CONSTANT", 4, "a constant is not what it must be: not this message, or another version of it"),
    ("WIDTH", 5, "a value does not fit the field's bits"),
    ("RANGE", 6, "a value is outside the field's range"),
    ("ENUM", 7, "a number without a name"),
    ("FLAGS", 8, "a bit without a name is set"),
    ("BOOL", 9, "neither 0 nor 1"),
    ("BCD", 10, "not decimal digits"),
    ("TEXT", 11, "not text of the field's encoding, or too long"),
    ("CALIBRATION", 12, "a raw number that the calibration's table does not have"),
)
_CHECKSUM = {"crc16-ccitt": "crc16_ccitt", "crc32": "crc32", "xor8": "xor8"}


def generate(s: ResolvedSet) -> Output:
    """NAME.h, NAME.c, NAME_vectors.h and NAME_test.c of the set called NAME."""
    from .c99_vectors import test_files

    unit = Unit(s)
    common = unit.common
    body = "\n".join(m.source for m in unit.messages) + unit.identify
    files = {
        common["header"]: templates().get_template("codec.h.j2").render(**common, enums=unit.enums),
        common["source"]: templates().get_template("codec.c.j2").render(**common, body=body),
        **test_files(s, unit),
    }
    return Output(files, tuple(unit.losses))


class Unit:
    """Names and pieces of the C of one set."""

    def __init__(self, s: ResolvedSet) -> None:
        self.prefix = p = identifier(s.name)
        self.globals, self.macros = Names(), Names()
        self.losses: list[Loss] = []
        upper = p.upper()
        self.errors = [
            (self.macros.take(f"{upper}_{n}" if n == "OK" else f"{upper}_ERROR_{n}"), v, t) for n, v, t in ERRORS
        ]
        self.error = {n: name for (n, _, _), (name, _, _) in zip(ERRORS, self.errors, strict=True)}
        for name in ("error_t", "packet_t", "test", "fuzz"):
            self.globals.take(f"{p}_{name}")
        self.enums = [
            {"title": comment(name), "entries": [self._entry(f"{upper}_{name}", v) for v in values]}
            for name, values in s.enums
        ]
        self.messages = [MessageUnit(self, m) for m in s.messages]
        packets = [m for m in self.messages if m.message.apid is not None]
        identify_name = self.globals.take(f"{p}_identify")
        none = self.macros.take(f"{upper}_PACKET_NONE")
        constants = [self.macros.take(f"{upper}_PACKET_{m.message.name.upper()}") for m in packets]
        self.identify = _identify(p, identify_name, none, packets, constants)
        self.common: dict[str, Any] = {
            "p": p,
            "title": comment(f"{s.name} {s.version}".strip() + (f": {s.description}" if s.description else "")),
            "hash": s.input_hash,
            "guard": self.macros.take(f"{upper}_H"),
            "errors": self.errors,
            "header": f"{p}.h",
            "source": f"{p}.c",
            "messages": self.messages,
            "packets": [{"none": none, "constant": c} for c in constants],
            "identify": identify_name,
        }

    def _entry(self, prefix: str, v: Any, *, flag: bool = False) -> tuple[str, str, str]:
        name = self.macros.take(f"{prefix}_{v.name}".upper())
        literal = int_literal(1 << v.value if flag else v.value)
        return name, f"({literal})" if literal.startswith("-") else literal, comment(v.description)

    def fails(self, name: str, condition: str, indent: str = "    ") -> list[str]:
        """The lines of one check."""
        return [f"{indent}if ({condition}) {{", f"{indent}    return {self.error[name]};", f"{indent}}}"]


class MessageUnit:
    """One message: its struct, its functions, and the names of its members."""

    def __init__(self, unit: Unit, m: ResolvedMessage) -> None:
        self.unit, self.message = unit, m
        self.stem = f"{unit.prefix}_{m.name}"
        take = unit.globals.take
        self.type, self.pack, self.unpack = (
            take(f"{self.stem}_t"),
            take(f"{self.stem}_pack"),
            take(f"{self.stem}_unpack"),
        )
        self.size_macro = unit.macros.take(f"{self.stem}_SIZE".upper())
        self.name, self.size = m.name, m.size
        self.address, self.description = comment(address(m)), comment(m.description)
        self.constants: list[tuple[str, str, str]] = []
        local = Names(RESERVED)
        self.member: dict[str, str] = {}
        self.members: list[str] = []
        self.conversions: dict[str, Conversion] = {}
        self.prototypes: list[str] = []
        for f in m.fields:
            if f.is_value or f.computed == "sequence_count":
                self._declare(f, local.take(f"{f.name}_" if f.name in RESERVED else f.name))
        if not self.members:
            self.members = ["uint8_t unused; /* the message carries no values */"]
        self.source = self._source()

    def _declare(self, f: ResolvedField, name: str) -> None:
        self.member[f.name] = name
        if f.kind in ("enum", "flags") and not f.enum_name:
            prefix = f"{self.stem}_{f.name}"
            self.constants += [self.unit._entry(prefix, v, flag=f.kind == "flags") for v in f.values]
        octets = f.width // 8
        if f.kind == "text":
            declared = f"char {name}[{octets + 1}U]"
        elif f.raw == "bytes":
            declared = f"uint8_t {name}[{octets}U]"
        else:
            declared = f"{integer_type(f)} {name}" + (f"[{f.count}U]" if f.is_array else "")
        note = [f.description, f"[{f.unit}]" if f.unit else "", f"({', '.join(f.elements)})" if f.elements else ""]
        if f.kind == "enum" and f.enum_name:
            note.append(f"{f.enum_name}")
        found = conversions(self.unit, self.stem, f)
        if found is not None:
            self.conversions[f.name] = found
            self.prototypes += found.prototypes
            note.append(f"by {found.value_name}")
            if not found.raw_name:
                self._lose(f, "the C code converts raw to value only; the inverse of this calibration is not written")
        text = comment(" ".join(n for n in note if n))
        self.members.append(f"{declared};" + (f" /* {text} */" if text else ""))

    def _lose(self, f: ResolvedField, what: str) -> None:
        self.unit.losses.append(Loss("c99", f"{self.name}.{f.name}", what))

    # ---- functions ----

    def _source(self) -> str:
        p, m, unit = self.unit.prefix, self.message, self.unit
        looped = any(f.is_array and f.is_value for f in m.fields)
        lines = [*(line for c in self.conversions.values() for line in c.source)]
        lines += [f"{p}_error_t {self.pack}(const {self.type} *message, uint8_t buffer[], size_t capacity)", "{"]
        lines += ["    uint32_t i;", ""] if looped else []
        lines += unit.fails("NULL", "(message == NULL) || (buffer == NULL)")
        lines += unit.fails("SIZE", f"capacity < {self.size_macro}") if m.size else ["    (void)capacity;"]
        lines += self._checks()
        lines += [f"    (void)memset(buffer, 0, {self.size_macro});"]
        lines += [line for f in m.fields for line in self._put(f)]
        lines += self._put_checksum()
        lines += [f"    return {unit.error['OK']};", "}", ""]
        lines += [f"{p}_error_t {self.unpack}({self.type} *message, const uint8_t data[], size_t size)", "{"]
        lines += ["    uint32_t i;", ""] if looped else []
        lines += unit.fails("NULL", "(message == NULL) || (data == NULL)")
        lines += unit.fails("SIZE", f"size != {self.size_macro}")
        lines += self._check_checksum()
        lines += [line for f in m.fields for line in self._check_constant(f)]
        lines += [line for f in m.fields for line in self._get(f)]
        lines += self._decoded_checks()
        if not self.member:
            lines.append("    message->unused = 0U;")
        lines += [f"    return {unit.error['OK']};", "}", ""]
        return "\n".join(lines)

    def _each(self, f: ResolvedField, lines: list[str]) -> list[str]:
        if not f.is_array or not lines:
            return lines
        return [f"    for (i = 0U; i < {f.count}U; i++) {{", *(f"    {line}" for line in lines), "    }"]

    def _element(self, f: ResolvedField) -> str:
        return f"message->{self.member[f.name]}" + ("[i]" if f.is_array else "")

    @staticmethod
    def _at(f: ResolvedField) -> str:
        return f"{f.bit_offset}U + (i * {f.width}U)" if f.is_array else f"{f.bit_offset}U"

    def _checks(self) -> list[str]:
        """What a sender must not send: width, range, and all that a receiver would refuse."""
        lines: list[str] = []
        for f in self.message.fields:
            if f.name not in self.member:
                continue
            found: list[str] = []
            value, low, high = self._element(f), *f.raw_limits
            narrow = f.raw in ("uint", "int") and f.width not in (8, 16, 32, 64)
            if narrow:
                below = f"({value} < {int_literal(low)}) || " if low else ""
                found += self.unit.fails("WIDTH", f"{below}({value} > {int_literal(high, unsigned=not low)})")
            limits = raw_range(f)
            if f.range is not None and limits is None:
                self._lose(f, "its range is not checked by C pack: the calibration has no inverse")
            if limits is not None and f.raw == "float":
                a, b = map(double_literal, limits)
                number = value if f.width == 64 else f"(double){value}"
                found += self.unit.fails("RANGE", f"!(({number} >= {a}) && ({number} <= {b}))")
            elif limits is not None:
                parts = [f"({value} < {int_literal(int(limits[0]), unsigned=not low)})"] if limits[0] > low else []
                parts += [f"({value} > {int_literal(int(limits[1]), unsigned=not low)})"] if limits[1] < high else []
                found += self.unit.fails("RANGE", " || ".join(parts)) if parts else []
            lines += self._each(f, found + self._meaning_checks(f))
            if f.kind == "text":
                name, n = f"message->{self.member[f.name]}", f.width // 8
                octets = f"(const uint8_t *){name}"
                lines += self.unit.fails("TEXT", f"text_length({octets}, {n + 1}U) > {n}U")
                test = "is_ascii" if f.encoding == "ascii" else "is_utf8"
                lines += self.unit.fails("TEXT", f"{test}({octets}, text_length({octets}, {n}U)) == 0")
        return lines

    def _meaning_checks(self, f: ResolvedField) -> list[str]:
        value = self._element(f)
        if f.kind == "enum":
            cases = " ".join(f"case {int_literal(v.value, unsigned=f.raw == 'uint')}:" for v in f.values)
            answer = f"            return {self.unit.error['ENUM']};"
            return [
                f"    switch ({value}) {{",
                f"        {cases}",
                "            break;",
                "        default:",
                answer,
                "    }",
            ]
        if f.kind == "flags":
            known = sum(1 << v.value for v in f.values)
            unknown = ((1 << suffix_of(f.width)) - 1) & ~known
            return (
                self.unit.fails("FLAGS", f"({value} & {int_literal(unknown, unsigned=True)}) != 0U") if unknown else []
            )
        if f.kind == "bool":
            return self.unit.fails("BOOL", f"{value} > 1U")
        if f.kind == "bcd":
            return self.unit.fails("BCD", f"is_decimal({value}) == 0")
        if f.calibration is not None and f.calibration.type == "table":
            c = self.conversions[f.name]
            return self.unit.fails("CALIBRATION", f"has_point({c.points}, (uint64_t){value}) == 0")
        return []

    def _decoded_checks(self) -> list[str]:
        lines: list[str] = []
        for f in self.message.fields:
            if not f.is_value:
                continue
            if f.kind == "text":
                n = f.width // 8
                test = "is_ascii" if f.encoding == "ascii" else "is_utf8"
                octets = f"(const uint8_t *)message->{self.member[f.name]}"
                lines += self.unit.fails("TEXT", f"only_zeros({octets}, text_length({octets}, {n}U), {n}U) == 0")
                lines += self.unit.fails("TEXT", f"{test}({octets}, text_length({octets}, {n}U)) == 0")
            else:
                lines += self._each(f, self._meaning_checks(f))
        return lines

    def _put(self, f: ResolvedField) -> list[str]:
        m = self.message
        put = "put_be" if f.byte_order == "big" else "put_le"
        constant = {"sequence_flags": 3, "data_length": m.size - 7}.get(f.computed, f.constant)
        if f.kind == "padding" or f.computed in ("crc", "parity") or constant == 0:
            return []
        if constant is not None:
            raw = constant & ((1 << f.width) - 1)
            return [f"    {put}(buffer, {f.bit_offset}U, {f.width}U, {int_literal(raw, unsigned=True)});"]
        if f.raw == "bytes":
            name, at, n = f"message->{self.member[f.name]}", f.bit_offset // 8, f.width // 8
            if f.kind == "text":
                octets = f"(const uint8_t *){name}"
                return [f"    (void)memcpy(&buffer[{at}], {name}, text_length({octets}, {n}U));"]
            return [f"    (void)memcpy(&buffer[{at}], {name}, {n}U);"]
        value = self._element(f)
        if f.raw == "float":
            value = f"bits_of_float({value})" if f.width == 32 else f"bits_of_double({value})"
        else:
            value = f"(uint64_t){value}"
        return self._each(f, [f"    {put}(buffer, {self._at(f)}, {f.width}U, {value});"])

    def _get(self, f: ResolvedField) -> list[str]:
        if f.name not in self.member:
            return []
        name = f"message->{self.member[f.name]}"
        if f.raw == "bytes":
            n = f.width // 8
            lines = [f"    (void)memcpy({name}, &data[{f.bit_offset // 8}], {n}U);"]
            return [*lines, f"    {name}[{n}] = '\\0';"] if f.kind == "text" else lines
        get = "get_be" if f.byte_order == "big" else "get_le"
        raw = f"{get}(data, {self._at(f)}, {f.width}U)"
        if f.raw == "float":
            raw = f"float_of({raw})" if f.width == 32 else f"double_of({raw})"
        elif f.raw == "int":
            raw = f"({integer_type(f)})two_complement({raw}, {f.width}U)"
        elif f.width < 64:
            raw = f"({integer_type(f)}){raw}"
        return self._each(f, [f"    {self._element(f)} = {raw};"])

    def _check_constant(self, f: ResolvedField) -> list[str]:
        constant = {"sequence_flags": 3, "data_length": self.message.size - 7}.get(f.computed, f.constant)
        return (
            [] if constant is None or f.kind == "padding" else self.unit.fails("CONSTANT", f"{_differs(f, constant)}")
        )

    def _put_checksum(self) -> list[str]:
        lines: list[str] = []
        for f in self.message.fields:
            if f.computed == "crc":
                at = f.bit_offset // 8
                sum_ = f"{_CHECKSUM[self.message.crc]}(buffer, {at}U)"
                lines.append(f"    put_be(buffer, {f.bit_offset}U, {f.width}U, {sum_});")
            elif f.computed == "parity":
                lines.append("    buffer[0] = (uint8_t)(buffer[0] | ((ones_are_odd(buffer) != 0) ? 0U : 0x80U));")
        return lines

    def _check_checksum(self) -> list[str]:
        lines: list[str] = []
        for f in self.message.fields:
            if f.computed == "crc":
                at = f.bit_offset // 8
                found = f"get_be(data, {f.bit_offset}U, {f.width}U)"
                lines += self.unit.fails("CHECKSUM", f"{_CHECKSUM[self.message.crc]}(data, {at}U) != {found}")
            elif f.computed == "parity":
                lines += self.unit.fails("CHECKSUM", "ones_are_odd(data) == 0")
        return lines


def _differs(f: ResolvedField, constant: int) -> str:
    get = "get_be" if f.byte_order == "big" else "get_le"
    raw = constant & ((1 << f.width) - 1)
    return f"{get}(data, {f.bit_offset}U, {f.width}U) != {int_literal(raw, unsigned=True)}"


def _identify(p: str, name: str, none: str, packets: list[MessageUnit], constants: list[str]) -> str:
    if not packets:
        return ""
    lines = [f"{p}_packet_t {name}(const uint8_t data[], size_t size)", "{", f"    {p}_packet_t found = {none};", ""]
    lines += ["    if (data == NULL) {", f"        return {none};", "    }"]
    for unit, constant in zip(packets, constants, strict=True):
        m = unit.message
        told = [m.by_name["ccsds_type"], m.by_name["ccsds_apid"], *(f for f in m.discriminators if f.kind != "padding")]
        tests = [f"({_differs(f, f.constant or 0).replace('!=', '==')})" for f in told]
        condition = " && ".join([f"(size == {unit.size_macro})", *tests])
        lines += [f"    if ({condition}) {{", f"        found = {constant};", "    }"]
    return "\n".join([*lines, "    return found;", "}", ""])
