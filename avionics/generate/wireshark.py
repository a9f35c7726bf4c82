"""A Wireshark dissector in Lua: CCSDS packets over UDP (and WTAP_USER0 captures), CAN frames as a CAN payload."""

from typing import Any

from ..layout_types import ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Loss, Names, Output, element_fields, identifier, templates

LINKS = ("telemetry", "telecommand", "can")


def generate(s: ResolvedSet) -> Output:
    """NAME.lua; messages of other links are left out, by name."""
    p = identifier(s.name)
    losses: list[Loss] = []
    names = Names()
    messages = []
    for m in s.messages:
        if m.kind not in LINKS:
            losses.append(Loss("wireshark", m.name, f"left out: no dissector for messages of type {m.kind}"))
            continue
        if m.crc:
            losses.append(Loss("wireshark", m.name, f"{m.crc} is shown and not checked"))
        abbreviation = names.take(f"{p}.{m.name.lower()}")
        local = Names()
        rows: list[dict[str, Any]] = []
        for f in m.fields:
            for name, single in element_fields(f):
                if f.kind != "padding":
                    rows.append(_row(m, name, single, f"{abbreviation}.{local.take(name.lower())}", losses))
        told = [f for f in m.discriminators if f.kind != "padding"]
        key: Any = {"type": int(m.kind == "telecommand"), "apid": m.apid}
        if m.kind == "can":
            key = {"id": m.can_id}
        tests = [f"{_bits(f)} == {_number(f, f.constant or 0)}" for f in told]
        messages.append(
            {"name": m.name, "size": m.size, "key": key, "tests": tests, "rows": rows, "can": m.kind == "can"}
        )
    text = (
        templates()
        .get_template("dissector.lua.j2")
        .render(p=p, title=_string(s.name), hash=s.input_hash, messages=messages)
    )
    return Output({f"{p}.lua": text}, tuple(losses))


def _string(text: str) -> str:
    """A Lua string of one line."""
    plain = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def _number(f: ResolvedField, value: int) -> str:
    raw = value & ((1 << f.width) - 1)
    return f"hex64({raw >> 32}, {raw & 0xFFFFFFFF})" if f.width > 32 else str(raw)


def _bits(f: ResolvedField) -> str:
    """The raw bits as an expression: a number to 32 bits, UInt64 above."""
    get = "big" if f.byte_order == "big" else "little"
    return f"{get}{64 if f.width > 32 else 32}(data, {f.bit_offset}, {f.width})"


def _row(m: ResolvedMessage, name: str, f: ResolvedField, abbreviation: str, losses: list[Loss]) -> dict[str, Any]:
    """What the template needs of one element: its ProtoField and the value's expression."""
    first, last = f.bit_offset // 8, (f.bit_offset + f.width - 1) // 8
    row = {
        "label": _string(name),
        "abbreviation": abbreviation,
        "first": first,
        "count": last - first + 1,
        "suffix": '""',
        "names": "nil",
        "base": "base.NONE",
        "description": _string(f.description),
    }
    if f.raw == "bytes":
        kind = "string" if f.kind == "text" else "bytes"
        return row | {"type": kind, "value": "nil"}
    if f.raw == "float":
        order = "" if f.byte_order == "big" else "le_"
        value = f"data({first}, {f.width // 8}):{order}float()" if f.is_octets else f"ieee{f.width}({_halves(f)})"
        unit = _string(f.unit).replace('"', '" ', 1) if f.unit else '""'
        return row | {"type": "float" if f.width == 32 else "double", "value": value, "suffix": unit}
    wide = f.width > 32
    row["value"] = _bits(f)
    row["type"], row["base"] = ("uint64" if wide else "uint32"), "base.DEC"
    if f.raw == "int":
        row["type"] = "int64" if wide else "int32"
        row["value"] = f"signed{64 if wide else 32}({row['value']}, {f.width})"
    if f.kind == "enum" and not wide:
        row["names"] = "{" + ", ".join(f"[{v.value}] = {_string(v.name)}" for v in f.values) + "}"
    elif f.kind == "enum":
        losses.append(Loss("wireshark", f"{m.name}.{name}", "an enumeration of more than 32 bits: without its names"))
    if f.kind == "flags":
        bits = ", ".join(f"[{v.value}] = {_string(v.name)}" for v in f.values)
        row["suffix"] = f"flags({{{bits}}}, {_halves(f)})"
    elif f.kind == "bcd":
        row["base"] = "base.HEX"
    elif f.calibration is not None and (f.scale, f.offset) == (1.0, 0.0):
        losses.append(
            Loss("wireshark", f"{m.name}.{name}", f"its calibration ({f.calibration.type}): shown as its raw number")
        )
    elif f.scale != 1.0 or f.offset != 0.0:
        signed = "true" if f.raw == "int" else "false"
        row["suffix"] = f"scaled({f.width}, {signed}, {f.scale!r}, {f.offset!r}, {_string(f.unit)}, {_halves(f)})"
    elif f.unit:
        row["suffix"] = _string(f.unit).replace('"', '" ', 1)
    return row


def _halves(f: ResolvedField) -> str:
    get = "big" if f.byte_order == "big" else "little"
    return f"{get}_halves(data, {f.bit_offset}, {f.width})"
