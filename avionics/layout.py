"""Placing: every bit of every message gets its one meaning, headers, padding and checksums included."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..core.documents import FieldError
from .fields import Padding
from .layout_types import ResolvedField, ResolvedMessage, ResolvedSet, Verification
from .messages import (
    FD_LENGTHS,
    Arinc429Word,
    CanFrame,
    Mil1553Message,
    Packet,
    PlainMessage,
    SharedEnum,
    Telecommand,
)
from .rows import Rows, rows_of

if TYPE_CHECKING:
    from .message_set import MessageSet

CHECKSUM_BITS = {"crc16-ccitt": 16, "crc32": 32, "xor8": 8}


def layout(messages: "MessageSet") -> ResolvedSet:
    """The set with inheritance folded and every field placed.

    A MessageSet read from a file has passed this already; an error is a FieldError whose path leads into the document.
    """
    from .inheritance import folded, shared_enums

    enums = shared_enums(messages)
    resolved = tuple(
        _message(m.document, m.field_paths, enums, messages, m.path, m.ancestors)
        for m in folded(messages)
        if not m.document.abstract
    )
    return ResolvedSet(
        name=messages.name,
        description=messages.notes,
        version=str(messages.version or ""),
        input_hash=messages.content_hash(),
        messages=resolved,
        enums=tuple((name, _values(e)) for name, e in enums.items()),
    )


def _values(shared: SharedEnum) -> tuple[Any, ...]:
    from .layout_types import EnumValue

    return tuple(EnumValue(e.name, e.value, e.description) for e in shared.values)


def _message(
    m: Any,
    field_paths: Sequence[str],
    enums: dict[str, SharedEnum],
    messages: "MessageSet",
    path: str,
    ancestors: tuple[str, ...],
) -> ResolvedMessage:
    order = m.byte_order or messages.byte_order
    header = _header(m, enums, path)
    placed = _Placing(header)
    start = placed.base = placed.end
    if isinstance(m, Arinc429Word):
        order, region = "big", (start, 24 if m.sdi is None else 22)
    else:
        region = (start, None)
        if start % 8:
            raise FieldError(f"{path}.secondary_header", f"has {start % 8} bits too many; fill it up to whole octets")
    for field, field_path in zip(m.fields, field_paths, strict=True):
        _in(
            field_path, placed.add_field, field, _in(field_path, rows_of, field, enums, order, field_path), m, region[0]
        )
    end = _payload_end(m, placed, region, path)
    rows = [*placed.rows, *_padding(placed, start, end)]
    rows += _trailer(m, end)
    size = (end + sum(r.bit_size for r in rows[len(placed.rows) :] if r.bit_offset >= end)) // 8
    rows = _named(sorted(rows, key=lambda r: r.bit_offset))
    _check_names(rows, path)
    return ResolvedMessage(
        name=m.name,
        kind=m.type,
        size=size,
        header_size=start // 8,
        fields=tuple(rows),
        description=m.description,
        byte_order=order,
        rate=m.rate,
        source=m.source,
        sinks=m.sinks,
        priority=m.priority,
        latency=m.latency,
        ancestors=ancestors,
        path=path,
        **_addresses(m, path),
    )


def _in(path: str, function: Any, *arguments: Any) -> Any:
    """Call a function whose FieldError is about something within *path*."""
    try:
        return function(*arguments)
    except FieldError as error:
        # within a message of another file there is no node of its own to point at
        inner = f"{path}.{error.field_path}" if error.field_path and not path.endswith("extends") else path
        raise FieldError(inner, str(error)) from None


class _Placing:
    """Rows placed so far, and who has which physical bit."""

    def __init__(self, header: Rows) -> None:
        self.rows: Rows = []
        self.owner: dict[int, str] = {}
        self.base = 0  # where the payload begins: places are given from there
        self.end = 0  # one past the last bit, in the numbering of the row placed last
        self.last_order = "big"
        for row in header:
            self.put(row, self.end)

    def put(self, row: ResolvedField, at: int) -> None:
        row = dataclasses.replace(row, bit_offset=at)
        for bit in row.occupied():
            if bit in self.owner:
                first, free = at - self.base, self._free_from(row) - self.base
                raise FieldError(
                    "bit",
                    f"'{row.name}' (bits {first} to {first + row.bit_size - 1}) overlaps '{self.owner[bit]}'; "
                    f"the next free place is bit {free}, or leave the place out: it then follows the field before it",
                )
        self.owner.update(dict.fromkeys(row.occupied(), row.name))
        self.rows.append(row)
        self.end, self.last_order = at + row.bit_size, row.byte_order

    def _free_from(self, row: ResolvedField) -> int:
        at = row.bit_offset
        while self.owner.keys() & dataclasses.replace(row, bit_offset=at).occupied():
            at += 1
        return at

    def add_field(self, field: Any, rows: Rows, message: Any, base: int) -> None:
        given = _given_place(field, base, rows[0].byte_order)
        for i, row in enumerate(rows):
            at = given if given is not None and i == 0 else self.end
            if given is None or i > 0:
                if row.byte_order != self.last_order or row.raw == "bytes":
                    at = -(-at // 8) * 8
                if i == 0 and not isinstance(field, Padding):
                    at = base + -(-(at - base) // message.align) * message.align
            if row.raw == "bytes" and at % 8:
                raise FieldError(
                    "bit",
                    f"text and octets begin at a whole octet, not at bit {at - base}; the next is bit {-(-(at - base) // 8) * 8}",
                )
            self.put(row, at)


def _given_place(field: Any, base: int, order: str) -> int | None:
    start_bit = getattr(field, "start_bit", None)
    if start_bit is not None:
        return base + (start_bit if order == "little" else start_bit // 8 * 8 + 7 - start_bit % 8)
    return None if field.bit is None else base + field.bit


def _header(m: Any, enums: dict[str, SharedEnum], path: str) -> Rows:
    """The rows before the payload, from bit 0 on."""

    def row(name: str, width: int, description: str, **more: Any) -> ResolvedField:
        rest = {"kind": "uint", "raw": "uint", "bit_offset": 0, "byte_order": "big", "role": "header", "path": path}
        return ResolvedField(name=name, width=width, description=description, **(rest | more))

    if isinstance(m, Arinc429Word):
        return [
            row("parity", 1, "bit 32: makes the number of ones odd", computed="parity", role="checksum"),
            row("ssm", 2, "bits 31 and 30: sign and status matrix", default=3),
        ]
    if not isinstance(m, Packet):
        return []
    command = isinstance(m, Telecommand)
    second = m.secondary_header
    rows = [
        row("ccsds_version", 3, "packet version number", constant=0),
        row("ccsds_type", 1, "0 telemetry, 1 telecommand", constant=int(command)),
        row("ccsds_secondary_header", 1, "1 when a secondary header follows", constant=int(second is not None)),
        row("ccsds_apid", 11, "application process identifier", constant=m.apid),
        row("ccsds_sequence_flags", 2, "3: unsegmented", computed="sequence_flags"),
        row("ccsds_sequence_count", 14, "counts the packets of this APID, modulo 16384", computed="sequence_count"),
        row("ccsds_data_length", 16, "octets after the primary header, less one", computed="data_length"),
    ]
    if second is None:
        return rows
    if second.pus is not None:
        pus = second.pus
        rows.append(row("pus_version", 4, "PUS version, 2: PUS-C", constant=2))
        if command:
            rows.append(row("pus_acknowledge", 4, "acknowledgements asked for", constant=pus.acknowledge))
        else:
            rows.append(row("pus_time_status", 4, "spacecraft time reference status", default=0))
        rows.append(row("pus_service", 8, "service type", constant=pus.service))
        rows.append(row("pus_subservice", 8, "message subtype", constant=pus.subservice))
        if command:
            rows.append(row("pus_source", 16, "source of the request", default=0))
        else:
            rows.append(row("pus_message_count", 16, "counts the messages of this type", default=0))
            rows.append(row("pus_destination", 16, "destination", default=0))
    parts = [(f, f"{path}.secondary_header.fields.{i}") for i, f in enumerate(second.fields)]
    if second.time is not None:
        parts.append((second.time, f"{path}.secondary_header.time"))
    for field, at in parts:
        if getattr(field, "bit", None) is not None or getattr(field, "start_bit", None) is not None:
            raise FieldError(f"{at}.bit", "fields of a secondary header follow each other; leave the place out")
        found = _in(at, rows_of, field, enums, "big", at, "header")
        if any(r.byte_order != "big" for r in found):
            raise FieldError(f"{at}.byte_order", "a CCSDS secondary header is big-endian")
        rows += found
    return rows


def _payload_end(m: Any, placed: _Placing, region: tuple[int, int | None], path: str) -> int:
    """The bit after the payload; whole octets except in an ARINC 429 word."""
    start, last = region
    used = max((bit + 1 for bit in placed.owner), default=start)
    if last is not None:
        if used > last:
            raise FieldError(
                f"{path}.fields",
                f"{used - last} bits too many; the word has {last - start} bits for data: make a field narrower",
            )
        return last
    octets = -(-(used - start) // 8)
    if m.size is not None:
        if octets > m.size:
            raise FieldError(
                f"{path}.size", f"{m.size} octets, and the fields need {octets}; give more, or leave 'size' out"
            )
        octets = m.size
    if isinstance(m, CanFrame):
        longest = 64 if m.fd else 8
        if octets > longest:
            hint = "" if m.fd else "; or set 'fd: true' (64 octets)"
            raise FieldError(f"{path}.fields", f"{octets} octets; this frame carries {longest}{hint}")
        octets = next(n for n in FD_LENGTHS if n >= octets)
    if isinstance(m, Mil1553Message):
        octets += octets % 2
        if not 2 <= octets <= 64:
            raise FieldError(
                f"{path}.fields", f"{octets // 2} words; a message has 1 to 32 of 16 bits: split it in two subaddresses"
            )
    if isinstance(m, Packet):
        total = start // 8 + octets + (CHECKSUM_BITS[m.crc] // 8 if m.crc else 0)
        if not 7 <= total <= 65_542:
            raise FieldError(
                f"{path}.fields",
                f"a packet of {total} octets; 7 to 65542 with its headers: {'give it a field' if total < 7 else 'split it'}",
            )
    if not isinstance(m, CanFrame) and start + octets == 0:
        raise FieldError(f"{path}.fields", "the message is empty; give it a field")
    return start + 8 * octets


def _padding(placed: _Placing, start: int, end: int) -> Rows:
    """Rows over the bits that nobody has, each within 64 bits."""
    free = [bit for bit in range(start, end) if bit not in placed.owner]
    rows: Rows = []
    at = 0
    while at < len(free):
        n = 1
        while at + n < len(free) and n < 64 and free[at + n] == free[at] + n:
            n += 1
        rows.append(_padding_row(free[at], n))
        at += n
    return rows


def _padding_row(at: int, width: int) -> ResolvedField:
    kind: dict[str, Any] = {"kind": "padding", "raw": "uint", "byte_order": "big", "role": "padding", "constant": 0}
    return ResolvedField(name="padding", bit_offset=at, width=width, description="sent as zero", **kind)


def _trailer(m: Any, end: int) -> Rows:
    common: dict[str, Any] = {"kind": "uint", "raw": "uint", "byte_order": "big"}
    if isinstance(m, Arinc429Word) and m.label is not None:
        reversed_label = int(f"{int(m.label, 8):08b}"[::-1], 2)
        rows = []
        if m.sdi is not None:
            text = "bits 10 and 9: source and destination identifier"
            rows.append(ResolvedField(name="sdi", bit_offset=22, width=2, constant=m.sdi, description=text, **common))
        text = f"bits 8 to 1: label {m.label} (octal), its first digit in the bits sent first"
        label = {"role": "header", "constant": reversed_label, "description": text}
        return [*rows, ResolvedField(name="label", bit_offset=24, width=8, **label, **common)]
    if isinstance(m, Packet | PlainMessage) and m.crc:
        more = {"role": "checksum", "computed": "crc", "description": f"{m.crc} over all octets before it"}
        return [ResolvedField(name="crc", bit_offset=end, width=CHECKSUM_BITS[m.crc], **more, **common)]
    return []


def _named(rows: Rows) -> Rows:
    """Padding rows numbered, so that every name is its own."""
    named, n = [], 0
    for row in rows:
        if row.kind == "padding":
            row = dataclasses.replace(row, name=f"padding_{n}" if n else "padding")
            n += 1
        named.append(row)
    return named


def _check_names(rows: Rows, path: str) -> None:
    seen: dict[str, ResolvedField] = {}
    for row in rows:
        other = seen.setdefault(row.name, row)
        if other is not row:
            at = row.path if row.path.startswith(path) and row.path != path else other.path
            at = at if at and at != path else path
            text = f"the name '{row.name}' is used twice in the message, or is one of its header's; choose another"
            raise FieldError(f"{at}.name" if at != path and not at.endswith("extends") else path, text)


def _addresses(m: Any, path: str) -> dict[str, Any]:
    """What the message is known by on its link."""

    def needed(name: str, hint: str) -> Any:
        value = getattr(m, name)
        if value is None:
            raise FieldError(
                path, f"'{name}' is missing: {hint}, or 'abstract: true' for a message only to be extended"
            )
        return value

    if isinstance(m, Packet):
        more: dict[str, Any] = {
            "apid": needed("apid", "0 to 2046"),
            "has_ccsds_header": True,
            "has_secondary_header": m.secondary_header is not None,
            "crc": m.crc or "",
        }
        if isinstance(m, Telecommand):
            more["hazardous"] = m.hazardous
            more["verification"] = tuple(Verification(**dict(v)) for v in m.verification)
        return more
    if isinstance(m, CanFrame):
        flags = {"extended": m.extended, "fd": m.fd, "bit_rate_switch": m.bit_rate_switch, "bus": m.bus}
        return {"can_id": needed("id", "0 to 2047, or 29 bits with 'extended: true'"), **flags}
    if isinstance(m, Mil1553Message):
        return {
            "remote_terminal": needed("remote_terminal", "0 to 30, or 31 for broadcast"),
            "subaddress": needed("subaddress", "1 to 30"),
            "transmit": m.transmit,
            "bus": m.bus,
        }
    if isinstance(m, Arinc429Word):
        label = needed("label", "octal, such as '203'")
        if int(label, 8) > 255:
            raise FieldError(f"{path}.label", "an octal label is 0 to 377")
        return {"label": int(label, 8), "sdi": m.sdi, "bus": m.bus}
    return {"crc": m.crc or ""}
