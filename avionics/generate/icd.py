"""The interface control document: every message with its bits, its fields and its limits, as one HTML page that prints."""

from typing import Any

from ...report.pieces import (
    Block,
    Column,
    Facts,
    Figure,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    Section,
    Side,
    Table,
    Text,
)
from ..layout_types import Limits, ResolvedField, ResolvedMessage, ResolvedSet
from .bit_diagram import svg
from .outputs import Loss, Output, address, identifier, meaning

_TITLES = {
    "telemetry": "Telemetry packets",
    "telecommand": "Telecommand packets",
    "can": "CAN frames",
    "mil1553": "MIL-STD-1553 messages",
    "arinc429": "ARINC 429 words",
    "plain": "Messages without a header",
}


def generate(s: ResolvedSet, losses: tuple[Loss, ...] = ()) -> Output:
    """NAME_icd.html; *losses* of the other outputs are its last section."""
    facts = (("Version", s.version or "not stated"), ("Definition", f"sha256 {s.input_hash}"))
    report = Report(s.name, "Interface control document", facts=facts, sections=message_sections(s))
    if losses:
        report = report.section("What the generated files do not carry", *_losses(losses), new_page=True)
    return Output({f"{identifier(s.name)}_icd.html": report.html()})


def message_sections(s: ResolvedSet) -> tuple[Section, ...]:
    """The messages as sections of any document: overview, each kind of message, shared enumerations."""
    sections = [Section("Overview of messages", tuple(_overview(s)))]
    for kind, title in _TITLES.items():
        messages = [m for m in s.messages if m.kind == kind]
        if messages:
            sections.append(Section(title, tuple(_message(m) for m in messages), new_page=True))
    if s.enums:
        sections.append(Section("Shared enumerations", tuple(_values(n, v) for n, v in s.enums), new_page=True))
    return tuple(sections)


def _overview(s: ResolvedSet) -> list[Block]:
    rate = sum(8 * m.size * m.rate for m in s.messages if m.rate)
    figures = (
        KeyFigure("Messages", str(len(s.messages))),
        KeyFigure("Values", str(sum(f.count for m in s.messages for f in m.values))),
        KeyFigure(
            "Periodic data", rate, "kbit/s", note="all messages with a rate, headers included", scale=1e-3, digits=4
        ),
    )
    rows: list[Any] = []
    for kind, title in _TITLES.items():
        members = [m for m in s.messages if m.kind == kind]
        rows += [Row((title,), kind="group")] if members else []
        rows += [
            Row(
                (
                    m.name,
                    address(m),
                    m.size,
                    m.rate,
                    None if m.latency is None else m.latency * 1e3,
                    m.source,
                    ", ".join(m.sinks),
                )
            )
            for m in members
        ]
    columns = (
        Column("Message"),
        Column("Address"),
        Column("Size", "octets"),
        Column("Rate", "Hz"),
        Column("Latency", "ms"),
        Column("Source"),
        Column("Sinks"),
    )
    bits = (
        "In the bit diagrams octets follow each other from left to right and from top to bottom, 32 bits a row; the number at "
        "the left is the row's first octet. Bit 0 is the most significant bit of the first octet. A little-endian field "
        "that crosses octets stands in several pieces, which its name followed by … marks. Hatched bits are padding, sent as "
        "zeros; grey are headers, sand-coloured checksums. Value = raw × scale + offset unless a calibration is given."
    )
    blocks: list[Block] = [KeyFigures(figures)]
    if s.description:
        blocks.append(Text(s.description))
    blocks += [Text(bits), Table(columns, rows, "All messages")]
    packet = next((m for m in s.messages if m.has_ccsds_header), None)
    if packet is not None:
        header = [(f.name, f"{f.bit_offset // 8}.{f.bit_offset % 8}", f.width, _primary(f)) for f in packet.fields[:7]]
        place = (Column("Field"), Column("Octet.bit", align="right"), Column("Bits"), Column("Meaning"))
        caption = "Primary header of every CCSDS packet (CCSDS 133.0-B-2)"
        blocks.append(Table(place, header, caption, label="primary-header"))
    return blocks


def _message(m: ResolvedMessage) -> Section:
    facts: list[tuple[Any, ...]] = [
        ("Address", address(m)),
        ("Size", f"{m.size} octets"),
        ("Payload", f"{m.byte_order}-endian"),
    ]
    facts += [("Rate", m.rate, "Hz")] if m.rate else []
    facts += [("Source", m.source)] if m.source else []
    facts += [("Sinks", ", ".join(m.sinks))] if m.sinks else []
    facts += [("Priority", str(m.priority))]
    facts += [("Latency budget", m.latency * 1e3, "ms")] if m.latency is not None else []
    facts += [("Checksum", m.crc)] if m.crc else []
    facts += [("Command word", f"0x{m.command_word:04X}")] if m.command_word is not None else []
    facts += [("Hazardous", "yes")] if m.hazardous else []
    facts += [("Variant of", ", ".join(m.ancestors))] if m.ancestors else []
    blocks: list[Block] = [Text(m.description)] if m.description else []
    half = -(-len(facts) // 2)
    blocks.append(Side((Facts(tuple(facts[:half])), Facts(tuple(facts[half:])))))
    if m.size:
        blocks.append(Figure(svg(m), f"Bits of {m.name}"))
    columns = (
        Column("Field"),
        Column("Octet.bit", align="right"),
        Column("Type"),
        Column("Unit"),
        Column("Range"),
        Column("Alarm"),
        Column("Meaning"),
    )
    rows = [_row(m, f) for f in m.fields if f.kind != "padding" and not f.name.startswith("ccsds_")]
    note = "The primary header, octets 0 to 5, is [[primary-header]]." if m.has_ccsds_header else ""
    used = [
        i for i, c in enumerate(columns) if c.title in ("Field", "Octet.bit", "Type") or any(row[i] for row in rows)
    ]
    columns, rows = tuple(columns[i] for i in used), [tuple(row[i] for i in used) for row in rows]
    blocks.append(Table(columns, rows, f"Fields of {m.name}", note=note))
    names = [f for f in m.fields if f.values and not f.enum_name]
    blocks += [_values(f"{m.name}.{f.name}", f.values, bits=f.kind == "flags") for f in names]
    if m.verification:
        rows = [(v.stage, f"{v.message}.{v.field} = {v.value}", v.timeout) for v in m.verification]
        blocks.append(
            Table((Column("Stage"), Column("When"), Column("Within", "s")), rows, f"Verification of {m.name}")
        )
    return Section(m.name, tuple(blocks))


def _row(m: ResolvedMessage, f: ResolvedField) -> tuple[Any, ...]:
    place = f"{f.bit_offset // 8}.{f.bit_offset % 8}"
    many = f" × {f.count}" if f.is_array else ""
    other = (
        ""
        if f.byte_order == m.byte_order or f.width <= 8 or f.raw == "bytes" or f.role != "data"
        else f", {f.byte_order}"
    )
    kind = f"{f.kind} {f.width // 8} octets" if f.raw == "bytes" else f"{f.kind} {f.width}{many}{other}"
    notes = [f"({', '.join(f.elements)})" if f.elements else "", f.description, meaning(f)]
    notes += [f"enumeration {f.enum_name}"] if f.enum_name else []
    notes += [f"default {f.default}"] if f.default is not None else []
    alarm = "; ".join(f"{n} {_interval(x)}" for n, x in (("yellow", f.yellow), ("red", f.red)) if x is not None)
    text = "; ".join(n for n in notes if n)
    kind = kind.replace(" ", "\u00a0")
    return (f.name, place, kind, f.unit, "" if f.range is None else _interval(f.range), alarm, text)


def _primary(f: ResolvedField) -> str:
    """What holds in all packets alike."""
    fixed = f.name in ("ccsds_version",) or f.computed
    return f"{f.description}; {meaning(f)}" if fixed else f.description


def _interval(limits: Limits) -> str:
    return f"{limits.low:.6g} … {limits.high:.6g}".replace("-", "−").replace(" ", "\u00a0")


def _values(name: str, values: tuple[Any, ...], *, bits: bool = False) -> Table:
    columns = (Column("Bit" if bits else "Value"), Column("Name"), Column("Meaning"))
    return Table(
        columns, [(v.value, v.name, v.description) for v in values], f"{'Flags' if bits else 'Values'} of {name}"
    )


def _losses(losses: tuple[Loss, ...]) -> list[Block]:
    """One row for each output and thing lost, with all the places it happens at."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for x in losses:
        grouped.setdefault((x.output, x.what), []).append(x.where)
    rows = [(output, what, ", ".join(where)) for (output, what), where in grouped.items()]
    text = "The definition says more than some formats can. This is what a reader of one file alone would not know."
    return [Text(text), Table((Column("Output"), Column("What"), Column("Where")), rows, "Losses by output")]
