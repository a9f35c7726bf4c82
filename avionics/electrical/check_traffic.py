"""What goes over the buses: load, schedule, latency."""

import math
from collections.abc import Iterator

from .bus_timing import (
    CanLoad,
    can_bits,
    can_frames,
    can_response,
    can_utilisation,
    ethernet_bits,
    mil1553_time,
    serial_bits,
)
from .buses import Bus
from .check_buses import can_identifier
from .index import Index, remembered
from .rules import Said, at_least, at_most, error, ok, rule, unknown, warn
from .tables import tables


def can_loads(ix: Index, bus: Bus) -> list[CanLoad] | None:
    """The messages of a CAN bus for the response-time analysis, None when one has no rate, size or identifier."""
    loads = []
    for k, slot in enumerate(bus.slots):
        message, can_id = ix.message(slot.message), can_identifier(ix, bus, k)
        if message is None or not message.rate or can_id is None or message.fd:
            return None
        frames = tuple(can_bits(n, slot.extended) for n in can_frames(message.size))
        loads.append(CanLoad(slot.name, can_id, frames, slot.every / message.rate, slot.jitter or 0.0))
    return loads


@rule("can.load")
def can_load(ix: Index) -> Iterator[Said]:
    """A CAN bus is busy two thirds of the time at most, with every stuff bit that can be."""
    t = tables()
    for i, bus in enumerate(ix.e.buses):
        if bus.type != "can" or bus.bit_rate is None:
            continue
        loads = can_loads(ix, bus)
        if loads is None:
            yield unknown(
                f"buses.{i}.slots",
                f"{bus.name}: a message has no rate or identifier, or is CAN FD; its load is not known",
            )
            continue
        share = can_utilisation(loads, bus.bit_rate)
        text = f"{bus.name} is busy {100 * share:.1f} % of the time, stuffed at worst"
        yield _load(f"buses.{i}.bit_rate", share, text, t.bus_load_warn, t.bus_load_limit)


def _load(path: str, share: float, text: str, warned: float, limit: float) -> Said:
    if warned < share <= limit:
        return warn(path, f"{text}; over {100 * warned:.0f} % there is little left for growth", (limit - share) / limit)
    return at_most(path, share, limit, text, f"{100 * limit:.0f} % are allowed: send less, less often, or on two buses")


@rule("mil1553.schedule")
def schedule(ix: Index) -> Iterator[Said]:
    """Every message has as many minor frames as its rate asks for, evenly spread, and every minor frame has room."""
    t = tables()
    for i, bus in enumerate(ix.e.buses):
        if bus.type != "mil1553" or bus.minor_frame is None or bus.major_frame is None:
            continue
        for k, slot in enumerate(bus.slots):
            message, path = ix.message(slot.message), f"buses.{i}.slots.{k}.frames"
            if slot.frames is None:
                yield unknown(path, f"{slot.name}: in which minor frames it is sent is not stated; state it")
                continue
            outside = [f for f in slot.frames if not 0 <= f < bus.major_frame]
            if outside or not slot.frames or list(slot.frames) != sorted(set(slot.frames)):
                text = f"{slot.name} is in minor frames {slot.frames}"
                yield error(path, f"{text}; list some of 0 to {bus.major_frame - 1}, each once, in order")
                continue
            gaps = {
                (b - a) % bus.major_frame or bus.major_frame
                for a, b in zip(slot.frames, (*slot.frames[1:], slot.frames[0]), strict=True)
            }
            if len(gaps) > 1:
                yield error(path, f"{slot.name} is in minor frames {slot.frames}, unevenly; spread them")
                continue
            if message is None or not message.rate:
                continue
            sent, wanted = 1.0 / (gaps.pop() * bus.minor_frame), message.rate / slot.every
            text = f"{slot.name} is sent {sent:.4g} times a second, made {wanted:.4g} times"
            if math.isclose(sent, wanted, rel_tol=1e-6):
                yield ok(path, text)
            else:
                yield error(path, f"{text}; correct its frames, 'every' or the minor frame")
        for frame in range(bus.major_frame):
            busy = sum(slot_time(ix, bus, k) or 0.0 for k, s in enumerate(bus.slots) if s.frames and frame in s.frames)
            text = f"{bus.name}: minor frame {frame} is busy {1e3 * busy:.3g} of {1e3 * bus.minor_frame:.3g} ms"
            share = busy / bus.minor_frame
            if frame == 0 or share > t.bus_load_warn:
                yield _load(f"buses.{i}.minor_frame", share, text, t.bus_load_warn, t.bus_load_limit)


@remembered
def slot_time(ix: Index, bus: Bus, k: int) -> float | None:
    """Time [s] of a slot on MIL-STD-1553; to each sink a transfer of its own, and twice the overhead between terminals."""
    slot, message = bus.slots[k], ix.message(bus.slots[k].message)
    if message is None:
        return None
    rts = {n.equipment: n.remote_terminal for n in bus.nodes}
    words = math.ceil(message.size / 2)
    return sum(
        mil1553_time(words, rts.get(slot.source) is not None and rts.get(sink) is not None) for sink in slot.sinks
    )


@remembered
def line_time(ix: Index, bus: Bus, k: int) -> float | None:
    """Time [s] of a slot on an RS-422 line or Ethernet."""
    message = ix.message(bus.slots[k].message)
    if message is None or bus.bit_rate is None:
        return None
    return (serial_bits if bus.type == "rs-422" else ethernet_bits)(message.size) / bus.bit_rate


@remembered
def responses(ix: Index, bus: Bus) -> dict[str, float | None]:
    """Worst latency [s] of every slot of a bus, None where it has none or is not known.

    CAN: response-time analysis. MIL-STD-1553: from the start of the minor frame to the end of its transfer, in the order of
    the slots; samples are taken at the frame's start. Lines and Ethernet: behind one of everything else from the same box.
    """
    if bus.type == "can":
        loads = can_loads(ix, bus)
        return can_response(loads, bus.bit_rate) if loads and bus.bit_rate else {}
    found: dict[str, float | None] = {}
    for k, slot in enumerate(bus.slots):
        if bus.type == "mil1553":
            if slot.frames is None:
                continue
            before = [
                sum(
                    slot_time(ix, bus, j) or 0.0
                    for j, s in enumerate(bus.slots[: k + 1])
                    if s.frames and frame in s.frames
                )
                for frame in slot.frames
            ]
            found[slot.name] = max(before, default=None)
        else:
            times = [line_time(ix, bus, j) for j, s in enumerate(bus.slots) if s.source == slot.source]
            found[slot.name] = None if None in times else sum(t for t in times if t is not None)
    return found


@rule("line.load")
def line_load(ix: Index) -> Iterator[Said]:
    """A serial line or Ethernet link is busy two thirds of the time at most, each way."""
    t = tables()
    for i, bus in enumerate(ix.e.buses):
        if bus.type not in ("rs-422", "ethernet") or bus.bit_rate is None:
            continue
        for box in dict.fromkeys(s.source for s in bus.slots):
            total = 0.0
            for k, slot in enumerate(bus.slots):
                message, time = ix.message(slot.message), line_time(ix, bus, k)
                if slot.source == box and message is not None and message.rate and time is not None:
                    total += time * message.rate / slot.every
            text = f"{bus.name}: {box} sends {100 * total:.2g} % of the time"
            yield _load(f"buses.{i}.bit_rate", total, text, t.bus_load_warn, t.bus_load_limit)


@rule("message.latency")
def latency(ix: Index) -> Iterator[Said]:
    """Every message arrives within its latency budget, at worst."""
    for i, bus in enumerate(ix.e.buses):
        found = responses(ix, bus)
        for k, slot in enumerate(bus.slots):
            message, path = ix.message(slot.message), f"buses.{i}.slots.{k}"
            if message is None or message.latency is None:
                continue
            worst = found.get(slot.name)
            if worst is None and slot.name in found:
                yield error(
                    path,
                    f"{slot.name} may never arrive: {bus.name} is full at its priority; send less or raise its priority",
                )
            elif worst is None:
                yield unknown(
                    path, f"{slot.name}: its latency on {bus.name} is not known; state rates, identifiers and frames"
                )
            else:
                text = f"{slot.name} arrives within {1e3 * worst:.3g} ms at worst, its budget is {1e3 * message.latency:.3g} ms"
                yield at_least(
                    path,
                    message.latency,
                    worst,
                    text,
                    "raise its priority, send it earlier in the frame, or widen the budget",
                )
