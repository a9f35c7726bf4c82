"""The tables of the interface control document."""

from ...report.pieces import Column, Row, Section, Table
from .buses import Bus, Slot
from .check_buses import can_identifier
from .check_traffic import responses
from .index import Index
from .power_tree import behind, charge, load_current, source_current


def connector_tables(ix: Index) -> list[Section]:
    """A table of pins for each connector of each box."""
    columns = (
        Column("Pin", align="right"), Column("Signal"), Column("Type"), Column("Direction"), Column("Voltage"),
        Column("Current", "A", digits=3), Column("Returns by"), Column("Wire"),
    )  # fmt: skip
    sections = []
    for box in ix.e.equipment:
        tables = []
        for c in box.connectors:
            at = ix.connectors[f"{box.name}.{c.name}"]
            mate = ix.mates.get(at.id, "")
            rows = []
            for p in c.pins:
                s = ix.signals[p.signal]
                volts = p.voltage or s.voltage
                wires = ", ".join(ix.wire(i).name for i in ix.wires_at.get((mate, p.pin), ()))
                shown = f"{volts[0]:g} … {volts[1]:g} V" if volts else ""
                rows.append((p.pin, p.signal, p.type, p.direction, shown, s.current, s.returns or "", wires))
            words = [
                c.part_number or "part number open",
                f"{c.gender}s" if c.gender else "",
                f"into {mate}" if mate else "not mated",
            ]
            tables.append(Table(columns, rows, f"{at.id}: {', '.join(w for w in words if w)}"))
        sections.append(Section(f"{box.name}: {box.description}" if box.description else box.name, tuple(tables)))
    return sections


def harness_tables(ix: Index) -> list[Table]:
    """Signals, bundles and wires."""
    e = ix.e
    signals = (
        Column("Signal"), Column("What"), Column("Type"), Column("String"), Column("Voltage"),
        Column("Current", "A", digits=3), Column("Ω", align="right"), Column("Made"), Column("Redundant for"),
    )  # fmt: skip
    rows = [
        (
            s.name, s.description, s.type, s.string or "", f"{s.voltage[0]:g} … {s.voltage[1]:g} V" if s.voltage else "",
            s.current, s.impedance, ", ".join(w for w, on in (("twisted", s.twisted), ("shielded", s.shielded)) if on),
            s.group or "",
        )
        for s in e.signals
    ]  # fmt: skip
    bundles = (
        Column("Bundle"), Column("Kind"), Column("String"), Column("Length", "m", digits=3), Column("Hottest", "°C", decimals=0),
        Column("Air"), Column("Wires"),
    )  # fmt: skip
    held: dict[str, int] = {}
    for wire in e.wires:
        held[wire.bundle or ""] = held.get(wire.bundle or "", 0) + 1
    runs = [
        (
            b.name, b.category, b.string or "", b.length, None if b.temperature is None else b.temperature - 273.15,
            b.environment or "", held.get(b.name, 0),
        )
        for b in e.bundles
    ]  # fmt: skip
    wires = (
        Column("Wire"), Column("Signal"), Column("From"), Column("To"), Column("AWG"), Column("Length", "m", digits=3),
        Column("Bundle"), Column("Cable"),
    )  # fmt: skip
    listed = [
        (
            w.name, s.name if (s := ix.signal_of_wire(i)) else "", w.start, w.end, ix.wire_types[w.type].gauge, w.length,
            w.bundle or "", w.cable or "",
        )
        for i, w in enumerate(e.wires)
    ]  # fmt: skip
    return [
        Table(signals, rows, "Signals"),
        Table(bundles, runs, "Bundles"),
        Table(wires, listed, "Wire list", note="The same with more columns is in wires.csv."),
    ]


def power_tables(ix: Index) -> list[Table]:
    """Loads by phase, protections, sources."""
    e = ix.e
    whole = all(p == round(p) for x in e.loads for p in x.power or ())
    phases = tuple(Column(p.name.replace("_", " "), "W", decimals=0 if whole else 1) for p in e.phases)
    loads = [(x.name, x.feed, *(x.power or (None,) * len(e.phases)), load_current(ix, x)) for x in e.loads]
    sources = []
    for s in e.supplies:
        currents = [c for k in range(len(e.phases)) if (c := source_current(ix, s, k)) is not None]
        taken = charge(ix, s) if s.type == "battery" else None
        limit = s.capacity * s.depth_of_discharge / 3600 if s.capacity and s.depth_of_discharge else None
        sources.append(
            (s.name, s.type, max(currents, default=None), s.current, None if taken is None else taken / 3600, limit)
        )
    limits = [(p.name, p.type, p.equipment, p.signal or "", p.rating, behind(ix, p)) for p in e.protections]
    inhibits = {i.name: i for i in e.inhibits}
    pyro = [
        (
            c.name,
            c.event,
            c.initiator,
            ix.signals[c.signal].criticality,
            ", ".join(f"{n} ({inhibits[n].type}, {inhibits[n].controller})" for n in c.inhibits),
        )
        for c in e.pyro
    ]
    tables = [
        Table((Column("Load"), Column("Fed by"), *phases, Column("Most", "A", digits=3)), loads, "Loads by phase"),
        Table(
            (
                Column("Source"),
                Column("Kind"),
                Column("Most drawn", "A", digits=3),
                Column("Can give", "A", digits=3),
                Column("Taken", "A h", digits=3),
                Column("May give", "A h", digits=3),
            ),
            sources,
            "Sources",
        ),
        Table(
            (
                Column("Protection"),
                Column("Kind"),
                Column("In"),
                Column("Signal"),
                Column("Rating", "A", digits=3),
                Column("Carries", "A", digits=3),
            ),
            limits,
            "Fuses and limiters",
        ),
    ]
    if pyro:
        columns = (
            Column("Circuit"),
            Column("Event"),
            Column("Initiator"),
            Column("Grade"),
            Column("Inhibits (kind, removed by)"),
        )
        tables.append(Table(columns, pyro, "Firing circuits and their inhibits"))
    return tables


def bus_tables(ix: Index) -> list[Table]:
    """What goes over each bus and when; the telemetry links; umbilical crossings."""
    e = ix.e
    rows: list[Row | tuple] = []
    for bus in e.buses:
        found = responses(ix, bus)
        rows.append(Row((f"{bus.name}: {bus.type}, {', '.join(n.equipment for n in bus.nodes)}",), "group"))
        for k, slot in enumerate(bus.slots):
            m = ix.message(slot.message)
            worst, budget = found.get(slot.name), m.latency if m else None
            rows.append(
                (
                    slot.name, slot.message, slot.source, ", ".join(slot.sinks), _address(ix, bus, k), _frames(slot),
                    m.rate / slot.every if m and m.rate else None, m.size if m else None,
                    None if worst is None else 1e3 * worst, None if budget is None else 1e3 * budget,
                )
            )  # fmt: skip
    columns = (
        Column("Slot"), Column("Message"), Column("From"), Column("To"), Column("Address"),
        Column("Minor frames"), Column("Rate", "Hz"), Column("Size", "octets"),
        Column("At worst", "ms", digits=3), Column("Budget", "ms"),
    )  # fmt: skip
    tables = [
        Table(columns, rows, "Bus schedules", note="At worst: latency with everything else on the bus; see the rules.")
    ]
    for link in e.links:
        sent = []
        for d in link.messages:
            m = ix.message(d.message)
            rate = m.rate / d.every if m and m.rate else None
            load = 8e-3 * m.size * rate if m and rate else None
            apid = d.apid if d.apid is not None else m.apid if m else None
            sent.append((d.message, d.source, apid, rate, load))
        columns = (
            Column("Message"),
            Column("From"),
            Column("APID"),
            Column("Rate", "Hz"),
            Column("Load", "kbit/s", decimals=2),
        )
        speed = f"{link.rate / 1e3:g} kbit/s" if link.rate else "rate open"
        tables.append(Table(columns, sent, f"Telemetry link {link.name}, {speed}"))
    crossings = [
        (u.name, c.signal, ix.signals[c.signal].type, c.after or "", u.release)
        for u in e.umbilicals
        for c in u.crossings
    ]
    if crossings:
        columns = (
            Column("Umbilical"),
            Column("Signal"),
            Column("Type"),
            Column("On the vehicle's side after"),
            Column("Released"),
        )
        tables.append(Table(columns, crossings, "Umbilical"))
    return tables


def _address(ix: Index, bus: Bus, k: int) -> str:
    slot = bus.slots[k]
    if bus.type == "can":
        number = can_identifier(ix, bus, k)
        return "" if number is None else f"0x{number:X}"
    if bus.type == "mil1553":
        rts = {n.equipment: n.remote_terminal for n in bus.nodes}
        rt = rts.get(slot.source) if rts.get(slot.source) is not None else rts.get(slot.sinks[0])
        return f"RT\u00a0{rt} SA\u00a0{slot.subaddress}"
    return ""


def _frames(slot: Slot) -> str:
    frames = slot.frames or ()
    if len(frames) > 1:
        return f"{frames[0]}, {frames[1]} … {frames[-1]}"
    return str(frames[0]) if frames else ""
