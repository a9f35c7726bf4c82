"""Buses: lines, addresses, load and timing."""

from collections.abc import Iterator

from .buses import Bus, Node
from .index import Index
from .rules import Said, at_most, error, ok, rule, unknown
from .tables import bus_line, tables


@rule("bus.nodes")
def nodes(ix: Index) -> Iterator[Said]:
    """The boxes of a bus are those that its lines reach; lines are of the bus's kind and string."""
    for i, bus in enumerate(ix.e.buses):
        for k, name in enumerate(bus.signals):
            signal, path = ix.signals[name], f"buses.{i}.signals.{k}"
            text = (
                f"{bus.name} ({bus.type}, string {bus.string or 'none'}) has line {name} ({signal.type}, "
                f"string {signal.string or 'none'})"
            )
            back = signal.returns
            if signal.type != bus.type or signal.string != bus.string:
                yield error(path, f"{text}; name a line of its own kind and string")
            elif back is not None and back not in bus.signals:
                yield error(path, f"{text} without {back}, its other half; name both")
            else:
                yield ok(path, text)
        listed = [n.equipment for n in bus.nodes]
        coupler = {bus.coupler} if bus.coupler else set()
        for name in bus.signals:
            reached = set(ix.boxes_on(name)) - coupler
            if set(listed) != reached or len(set(listed)) != len(listed):
                lost, extra = sorted(reached - set(listed)), sorted(set(listed) - reached)
                text = f"{name} reaches {', '.join(sorted(reached)) or 'nothing'}"
                text += f", not listed: {', '.join(lost)}" if lost else ""
                text += f", listed without it: {', '.join(extra)}" if extra else ""
                yield error(f"buses.{i}.nodes", f"{bus.name}: {text}; list each box once")
        if bus.coupler and ix.boxes[bus.coupler].string != bus.string:
            other = ix.boxes[bus.coupler].string or "none"
            text = f"{bus.name} is of string {bus.string or 'none'}, its coupler {bus.coupler} of {other}; correct one"
            yield error(f"buses.{i}.coupler", text)
        if bus.coupler and any(bus.coupler not in ix.boxes_on(s) for s in bus.signals):
            yield error(f"buses.{i}.coupler", f"{bus.name}: its lines do not reach coupler {bus.coupler}; correct it")
        elif bus.coupler and bus.type != "mil1553":
            yield error(f"buses.{i}.coupler", f"{bus.name} is {bus.type} and has a coupler; only MIL-STD-1553 has")


def _impedance(ix: Index, bus: Bus) -> float | None:
    return next((z for s in bus.signals if (z := ix.signals[s].impedance)), None)


@rule("bus.terminators")
def terminators(ix: Index) -> Iterator[Said]:
    """Two terminators on CAN and MIL-STD-1553, one at the far receiver of an RS-422 pair, none outside the boxes of Ethernet."""
    for i, bus in enumerate(ix.e.buses):
        ohms = [(f"buses.{i}.coupler_terminators.{k}", r) for k, r in enumerate(bus.coupler_terminators)]
        ohms += [
            (f"buses.{i}.nodes.{k}.terminator", n.terminator)
            for k, n in enumerate(bus.nodes)
            if n.terminator is not None
        ]
        pairs = max(len(bus.signals) // 2, 1)
        wanted = {"can": 2, "mil1553": 2, "rs-422": pairs, "ethernet": 0}[bus.type]
        text = f"{bus.name} has {len(ohms)} terminators"
        if len(ohms) == wanted:
            yield ok(f"buses.{i}.nodes", text)
        else:
            yield error(
                f"buses.{i}.nodes",
                f"{text}, {bus.type} with {pairs} pairs needs {wanted}; add or take away at the ends",
            )
        impedance = _impedance(ix, bus)
        for path, r in ohms:
            if impedance:
                said = f"a terminator of {bus.name} has {r:g} Ω, its line {impedance:g} Ω"
                yield at_most(
                    path, abs(r / impedance - 1.0), tables().impedance_tolerance, said, "match it to the line"
                )
        if bus.type == "rs-422":
            yield from _receivers(ix, i, bus)
        if bus.type == "can" and len(ohms) == 2:
            yield from _trunk_ends(ix, i, bus)


def _receivers(ix: Index, i: int, bus: Bus) -> Iterator[Said]:
    takers = {b for s in bus.signals for b in ix.boxes_on(s, "in")}
    for k, node in enumerate(bus.nodes):
        if node.terminator is not None and node.equipment not in takers:
            yield error(
                f"buses.{i}.nodes.{k}.terminator",
                f"{bus.name}: {node.equipment} drives and has the terminator; put it at the receiver",
            )


def _trunk_ends(ix: Index, i: int, bus: Bus) -> Iterator[Said]:
    """Terminators stand in the boxes from which the chain of wires goes one way only."""
    ways: dict[str, set[str]] = {}
    for net in ix.nets:
        boxes = {p.box.name for p in net.pins if p.pin.signal == bus.signals[0]}
        for box in boxes:
            ways.setdefault(box, set()).update(boxes - {box})
    for k, node in enumerate(bus.nodes):
        links = len(ways.get(node.equipment, ()))
        if node.terminator is not None and links > 1 and len(ways) > 2 and max(map(len, ways.values())) <= 2:
            text = f"{bus.name}: {node.equipment} has a terminator and lies between {' and '.join(sorted(ways[node.equipment]))}"
            yield error(f"buses.{i}.nodes.{k}.terminator", f"{text}; terminate at the ends of the chain")


@rule("bus.stub")
def stub(ix: Index) -> Iterator[Said]:
    """Stubs are short for the bit time; only buses with stubs state any."""
    t = tables()
    for i, bus in enumerate(ix.e.buses):
        for k, node in enumerate(bus.nodes):
            path = f"buses.{i}.nodes.{k}.stub"
            if bus.type in ("rs-422", "ethernet"):
                if node.stub is not None:
                    yield error(path, f"{bus.name} is point to point and {node.equipment} has a stub; leave it out")
                continue
            if node.stub is None:
                yield unknown(path, f"{bus.name}: the stub of {node.equipment} is not stated; state it")
                continue
            if bus.type == "can":
                if bus.bit_rate is None:
                    continue
                limit = t.stub_can * 1e6 / bus.bit_rate
            elif bus.coupling is None:
                continue
            else:
                limit = t.stub_transformer if bus.coupling == "transformer" else t.stub_direct
            text = f"{bus.name}: the stub of {node.equipment} is {node.stub:.3g} m long, {limit:.3g} m are allowed"
            yield at_most(path, node.stub, limit, text, "move the trunk or the coupler nearer")
            if bus.coupler:
                yield from _stub_wires(ix, bus, node, path)


def _stub_wires(ix: Index, bus: Bus, node: Node, path: str) -> Iterator[Said]:
    """A stub from a coupler is as long as its wires."""
    for n in ix.wires_of[bus.signals[0]]:
        boxes = {p.box.name for p in ix.net_of_wire[n].pins}
        wire = ix.wire(n)
        mates = [ix.connectors[m] for place, pin in ix.ends[n] if pin and (m := ix.mates.get(place))]
        if (
            node.equipment in {c.box.name for c in mates if c.box}
            and node.equipment in boxes
            and wire.length
            and node.stub
        ):
            off = abs(node.stub / wire.length - 1.0)
            text = (
                f"{bus.name}: the stub of {node.equipment} is stated as {node.stub:.3g} m, its wire "
                f"{wire.name} is {wire.length:.3g} m"
            )
            yield at_most(path, off, tables().length_tolerance, text, "state the same length")


@rule("bus.length")
def length(ix: Index) -> Iterator[Said]:
    """A trunk is as long as its wires, and short enough for its bit rate."""
    for i, bus in enumerate(ix.e.buses):
        path = f"buses.{i}.length"
        if bus.length is None:
            continue
        if bus.type == "mil1553":
            yield error(path, f"{bus.name} has its trunk in its coupler; leave 'length' out, and state the stubs")
            continue
        wires = [ix.wire(n).length for n in ix.wires_of[bus.signals[0]]]
        if wires and None not in wires:
            total = sum(w for w in wires if w is not None)
            text = (
                f"{bus.name} is stated as {bus.length:.3g} m, the wires of {bus.signals[0]} are {total:.3g} m together"
            )
            yield at_most(path, abs(bus.length / total - 1.0), tables().length_tolerance, text, "state the same length")
        if bus.bit_rate is None:
            continue
        limit = bus_line(bus.type).longest(bus.bit_rate)
        if limit is None:
            continue
        text = f"{bus.name} is {bus.length:.3g} m long at {bus.bit_rate / 1e3:.5g} kbit/s, {limit:.3g} m are allowed"
        yield at_most(path, bus.length, limit, text, "shorten it or lower the bit rate")


@rule("bus.bit_rate")
def bit_rate(ix: Index) -> Iterator[Said]:
    """The bit rate is one of the standard; fields of another kind of bus are left out."""
    for i, bus in enumerate(ix.e.buses):
        if bus.type != "mil1553":
            for field in ("coupling", "minor_frame", "major_frame"):
                if getattr(bus, field) is not None:
                    yield error(
                        f"buses.{i}.{field}", f"{bus.name} is {bus.type} and has a {field}; only MIL-STD-1553 has"
                    )
        if bus.bit_rate is None:
            continue
        top = bus_line(bus.type).bit_rate
        text = f"{bus.name} runs at {bus.bit_rate / 1e3:.6g} kbit/s"
        if bus.type == "mil1553" and bus.bit_rate != top:
            yield error(f"buses.{i}.bit_rate", f"{text}; MIL-STD-1553 has 1 Mbit/s")
        elif bus.type == "ethernet" and bus.bit_rate not in (10e6, 100e6, 1e9):
            yield error(f"buses.{i}.bit_rate", f"{text}; Ethernet has 10, 100 or 1000 Mbit/s")
        else:
            yield at_most(
                f"buses.{i}.bit_rate", bus.bit_rate, top, text, f"{bus.type} has {top / 1e6:g} Mbit/s at most"
            )


@rule("bus.address")
def address(ix: Index) -> Iterator[Said]:
    """No two messages of a bus have one CAN identifier or one terminal, subaddress and direction; terminals differ."""
    for i, bus in enumerate(ix.e.buses):
        seen: dict[tuple, str] = {}
        terminals: dict[int, str] = {}
        formats = {s.extended for s in bus.slots}
        for k, node in enumerate(bus.nodes):
            path, rt = f"buses.{i}.nodes.{k}.remote_terminal", node.remote_terminal
            if rt is None:
                continue
            text = f"{bus.name}: {node.equipment} is terminal {rt}"
            if bus.type != "mil1553":
                yield error(path, f"{text}, and {bus.type} has none; leave it out")
            elif not 0 <= rt <= 30:
                yield error(path, f"{text}; terminals are 0 to 30, 31 is broadcast")
            elif rt in terminals:
                yield error(path, f"{text} as {terminals[rt]} is; give it another")
            else:
                yield ok(path, text)
            terminals[rt] = node.equipment
        if bus.type == "mil1553":
            masters = [n.equipment for n in bus.nodes if n.remote_terminal is None]
            if len(masters) != 1:
                text = f"{bus.name} has {len(masters)} boxes without a terminal address ({', '.join(masters)})"
                yield error(f"buses.{i}.nodes", f"{text}; the bus controller alone has none")
        for k, slot in enumerate(bus.slots):
            where = f"buses.{i}.slots.{k}"
            for key, path in _keys(ix, bus, k, where):
                if key in seen:
                    yield error(
                        path, f"{bus.name}: {slot.name} and {seen[key]} both have {key[0]} {key[1]}; change one"
                    )
                else:
                    yield ok(path, f"{bus.name}: {slot.name} has {key[0]} {key[1]}")
                seen[key] = slot.name
            yield from _fields_of(ix, bus, k, where)
        if len(formats) > 1:
            odd = next(k for k, s in enumerate(bus.slots) if s.extended != bus.slots[0].extended)
            text = f"{bus.name}: {bus.slots[odd].name} and {bus.slots[0].name} have identifiers of different length"
            yield error(f"buses.{i}.slots.{odd}.extended", f"{text}; use one on a bus")


def _keys(ix: Index, bus: Bus, k: int, where: str) -> Iterator[tuple[tuple, str]]:
    """Addresses that a slot takes: one CAN identifier, or (terminal, subaddress, direction) of both its ends."""
    slot = bus.slots[k]
    if bus.type == "can":
        can_id = can_identifier(ix, bus, k)
        if can_id is not None:
            yield ("CAN identifier", hex(can_id)), f"{where}.id"
    elif bus.type == "mil1553" and slot.subaddress is not None:
        rts = {n.equipment: n.remote_terminal for n in bus.nodes}
        for box, way in ((slot.source, "transmit"), *((s, "receive") for s in slot.sinks)):
            if rts.get(box) is not None:
                yield ("terminal and subaddress", f"{rts[box]}-{slot.subaddress} {way}"), f"{where}.subaddress"


def can_identifier(ix: Index, bus: Bus, k: int) -> int | None:
    """A slot's own identifier, or that of its message."""
    slot, message = bus.slots[k], ix.message(bus.slots[k].message)
    return slot.id if slot.id is not None else message.can_id if message else None


def _fields_of(ix: Index, bus: Bus, k: int, where: str) -> Iterator[Said]:
    """A slot has the address of its kind of bus, in range, and no other."""
    slot = bus.slots[k]
    boxes = {n.equipment for n in bus.nodes}
    for field, names in (("source", (slot.source,)), ("sinks", slot.sinks)):
        for name in names:
            if name not in boxes:
                yield error(
                    f"{where}.{field}",
                    f"{slot.name}: {name} is not on {bus.name}; list it under 'nodes' or send by another bus",
                )
    if slot.source in slot.sinks or len(set(slot.sinks)) < len(slot.sinks):
        yield error(f"{where}.sinks", f"{slot.name} goes to its own source, or to one box twice; correct its sinks")
    if bus.type != "can":
        for field in ("id", "jitter"):
            if getattr(slot, field) is not None:
                yield error(
                    f"{where}.{field}", f"{slot.name} has '{field}' on {bus.name}, which is {bus.type}; leave it out"
                )
        if slot.extended:
            yield error(
                f"{where}.extended", f"{slot.name} has a long CAN identifier on {bus.name}, which is {bus.type}"
            )
    else:
        can_id = can_identifier(ix, bus, k)
        top = 0x1FFF_FFFF if slot.extended else 0x7FF
        if can_id is None:
            yield unknown(f"{where}.id", f"{slot.name} has no CAN identifier; state it")
        elif can_id > top:
            yield error(
                f"{where}.id", f"{slot.name}: identifier {can_id:#x} is over {top:#x}; set 'extended: true' or lower it"
            )
        if slot.jitter is None:
            yield unknown(f"{where}.jitter", f"{slot.name}: its release jitter is not stated; state it")
    if bus.type != "mil1553":
        for field in ("subaddress", "frames"):
            if getattr(slot, field) is not None:
                yield error(
                    f"{where}.{field}", f"{slot.name} has '{field}' on {bus.name}, which is {bus.type}; leave it out"
                )
    elif slot.subaddress is None:
        yield unknown(f"{where}.subaddress", f"{slot.name} has no subaddress; state it")
    elif not 1 <= slot.subaddress <= 30:
        yield error(
            f"{where}.subaddress",
            f"{slot.name}: subaddress {slot.subaddress}; 1 to 30 are free, 0 and 31 are mode codes",
        )
