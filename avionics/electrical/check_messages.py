"""Messages of the set: whether each is made, carried and taken; the telemetry link; chains of latency."""

import math
from collections.abc import Iterator

from .buses import Link
from .check_traffic import responses
from .index import Index, remembered
from .rules import Said, at_most, error, ok, rule, unknown, warn

_EVERYONE = "all"  # a sink of the set that stands for whoever wants it


@rule("message.source_sink")
def source_sink(ix: Index) -> Iterator[Said]:
    """Every message of the set that this vehicle uses has a box that makes it and boxes that take it."""
    if ix.messages is None:
        yield unknown(
            "message_set",
            "no message set is named: what goes over the buses is not known; name one under 'message_set'",
        )
        return
    roles = {role for box in ix.e.equipment for role in box.roles} | {link.sink for link in ix.e.links} | {_EVERYONE}
    carried = {slot.message for _, _, slot in ix.slots()} | {d.message for link in ix.e.links for d in link.messages}
    for i, name in enumerate(ix.e.not_carried):
        if name in carried:
            yield error(f"not_carried.{i}", f"message '{name}' is listed as not carried and is carried; correct one")
        elif ix.e.not_carried.index(name) != i:
            yield error(f"not_carried.{i}", f"message '{name}' is listed twice; list it once")
    for m in ix.messages.messages:
        if m.name in ix.e.not_carried:
            continue
        where = f"message '{m.name}'"
        if not m.source or not m.sinks:
            yield error(
                "message_set", f"{where} has no {'source' if not m.source else 'sink'} in the set; state it there"
            )
            continue
        missing = [r for r in (m.source, *m.sinks) if r not in roles]
        if missing:
            goes = {b for _, _, s in ix.slots() if s.message == m.name for b in (s.source, *s.sinks)}
            text = f"{where} needs {', '.join(missing)}, and no box has that role"
            text += f" ({', '.join(sorted(goes))} send or get it)" if goes else ""
            yield error("equipment", f"{text}; give one the role, or list the message under 'not_carried'")
        else:
            yield ok("equipment", f"{where} has its source and sinks")
    known = {r for m in ix.messages.messages for r in (m.source, *m.sinks)}
    for i, box in enumerate(ix.e.equipment):
        for role in box.roles:
            if role not in known:
                yield error(
                    f"equipment.{i}.roles", f"{box.name} is '{role}', which the message set does not know; correct it"
                )


@rule("message.carried")
def carried(ix: Index) -> Iterator[Said]:
    """Every message goes from every box that makes it to every role that takes it: by a bus, inside a box, or by the link."""
    if ix.messages is None:
        return
    boxes = {box.name: set(box.roles) for box in ix.e.equipment}
    for path, bus, slot in ix.slots():
        m = ix.message(slot.message)
        if m is None:
            yield error(f"{path}.message", f"{slot.name}: '{slot.message}' is abstract; name a message that is sent")
            continue
        makers = _makers(ix, m.name, m.source)
        if slot.source not in makers:
            text = (
                f"{slot.name} on {bus.name}: '{m.name}' is sent by {slot.source}, which is no {m.source} and "
                f"passes it on from nowhere"
            )
            yield error(f"{path}.source", f"{text}; correct the source or its roles")
        for sink in slot.sinks:
            if not boxes[sink] & set(m.sinks) and _EVERYONE not in m.sinks and not _passes_on(ix, m.name, sink):
                text = f"{slot.name} on {bus.name}: {sink} takes '{m.name}' and is none of {', '.join(m.sinks)}"
                yield error(f"{path}.sinks", f"{text}; correct its roles or the sinks")
    for m in ix.messages.messages:
        if m.name in ix.e.not_carried:
            continue
        for maker in [b for b, roles in boxes.items() if m.source in roles]:
            got = _reached(ix, m.name, maker)
            for sink in m.sinks:
                text = f"'{m.name}' of {maker} to {sink}"
                if sink == _EVERYONE or any(sink in boxes[b] for b in got if b in boxes) or sink in got:
                    yield ok("buses", f"{text} is carried")
                elif any(sink in roles for roles in boxes.values()) or any(sink == link.sink for link in ix.e.links):
                    yield error("buses", f"{text} is carried by no bus; add a slot, or list it under 'not_carried'")
        got = set().union(*(_reached(ix, m.name, b) for b, roles in boxes.items() if m.source in roles))
        for box, roles in boxes.items():
            if roles & set(m.sinks) and got and box not in got and not roles & set(m.sinks) & got:
                text = (
                    f"'{m.name}' gets to {', '.join(sorted(got))} and not to {box}, which is "
                    f"{', '.join(sorted(roles))} as well"
                )
                yield error("buses", f"{text}; send it there too, from one of its sources")


@rule("message.rate")
def rate(ix: Index) -> Iterator[Said]:
    """Boxes get a message as often as the set says that it is made; only the telemetry link may leave samples out."""
    for path, bus, slot in ix.slots():
        m = ix.message(slot.message)
        if m is None or not m.rate:
            continue
        text = f"{slot.name} on {bus.name} brings {m.rate / slot.every:.4g} of the {m.rate:.4g} '{m.name}' made in a second"
        if slot.every == 1:
            yield ok(f"{path}.every", text)
        else:
            yield warn(f"{path}.every", f"{text}; send all, or state the lower rate in the set by a variant")


@remembered
def _makers(ix: Index, message: str, source: str) -> set[str]:
    """Boxes of the source's role, and those that got the message from one."""
    makers = {b.name for b in ix.e.equipment if source in b.roles}
    return set().union(*(_reached(ix, message, m) for m in makers)) if makers else set()


def _passes_on(ix: Index, message: str, box: str) -> bool:
    sent = any(slot.message == message and slot.source == box for _, _, slot in ix.slots())
    return sent or any(d.message == message and link.transmitter == box for link in ix.e.links for d in link.messages)


@remembered
def _reached(ix: Index, message: str, maker: str) -> set[str]:
    """Boxes that a message gets to from one maker, itself included; the sink of a link by its name."""
    got, before = {maker}, 0
    while len(got) != before:
        before = len(got)
        for _, _, slot in ix.slots():
            if slot.message == message and slot.source in got:
                got |= set(slot.sinks)
    for link in ix.e.links:
        if link.transmitter in got and any(d.message == message and d.source == maker for d in link.messages):
            got.add(link.sink)
    return got


@rule("link.sources")
def link_sources(ix: Index) -> Iterator[Said]:
    """What the link sends is made by the box named and gets to the transmitter; all that is made for telemetry is sent."""
    if ix.messages is None:
        return
    for i, link in enumerate(ix.e.links):
        if not any(link.sink in m.sinks for m in ix.messages.messages):
            text = f"{link.name} goes to '{link.sink}', which takes no message of the set; correct the sink"
            yield error(f"links.{i}.sink", text)
        for k, d in enumerate(link.messages):
            m, path = ix.message(d.message), f"links.{i}.messages.{k}"
            if m is None:
                yield error(f"{path}.message", f"{link.name}: '{d.message}' is abstract; name a message that is sent")
                continue
            text = f"{link.name} sends '{d.message}' of {d.source}"
            if m.source not in ix.boxes[d.source].roles:
                yield error(f"{path}.source", f"{text}, which is no {m.source}; correct the source")
            elif link.transmitter not in _reached(ix, d.message, d.source):
                yield error(
                    f"{path}.message", f"{text}, which does not get to {link.transmitter}; carry it there by a bus"
                )
            else:
                yield ok(path, text)
    for box in dict.fromkeys(link.transmitter for link in ix.e.links):
        roles = set(ix.boxes[box].roles)
        sent = {(d.message, d.source) for link in ix.e.links if link.transmitter == box for d in link.messages}
        for m in ix.messages.messages:
            if m.name in ix.e.not_carried or not roles & set(m.sinks) or m.kind != "telemetry":
                continue
            for maker in ix.e.equipment:
                if m.source in maker.roles and (m.name, maker.name) not in sent:
                    text = f"'{m.name}' of {maker.name} is made for {', '.join(sorted(roles))}, and no link of {box} sends it"
                    yield error("links", f"{text}; add it, or take it out of the message's sinks")


@rule("link.apid")
def apid(ix: Index) -> Iterator[Said]:
    """No two packets on the link have one APID."""
    for i, link in enumerate(ix.e.links):
        seen: dict[int, str] = {}
        for k, d in enumerate(link.messages):
            m = ix.message(d.message)
            number = d.apid if d.apid is not None else m.apid if m else None
            if number is None:
                continue
            name, path = f"'{d.message}' of {d.source}", f"links.{i}.messages.{k}.apid"
            if number in seen:
                yield error(
                    path, f"{link.name}: {name} and {seen[number]} both have APID {number}; give one another 'apid'"
                )
            else:
                yield ok(path, f"{link.name}: {name} has APID {number}")
            own = next((x.name for x in ix.messages.messages if x.apid == number), None) if ix.messages else None
            if own not in (None, d.message):
                yield error(
                    path,
                    f"{link.name}: {name} takes APID {number}, which is '{own}' in the message set; take a free one",
                )
            seen[number] = name


def link_load(ix: Index, link: Link) -> tuple[float, list[tuple[str, float]]] | None:
    """Bits a second on the link with the frames' overhead, and those of each message before it. None when not known."""
    if link.frame is None or link.overhead is None or link.overhead >= link.frame:
        return None
    parts = []
    for d in link.messages:
        m = ix.message(d.message)
        if m is None:
            return None
        if m.rate:
            parts.append((f"{d.message} ({d.source})", 8.0 * m.size * m.rate / d.every))
    return sum(b for _, b in parts) * link.frame / (link.frame - link.overhead), parts


@rule("link.budget")
def budget(ix: Index) -> Iterator[Said]:
    """The link carries what is sent on it, with its reserve kept free."""
    for i, link in enumerate(ix.e.links):
        path = f"links.{i}.rate"
        if link.frame is not None and link.overhead is not None:
            text = f"{link.name}: {link.overhead} of {link.frame} octets of a frame are overhead"
            share = link.overhead / link.frame
            yield at_most(f"links.{i}.overhead", share, 0.1, text, "a tenth is usual at most: correct one")
            if link.frame > 2048:
                yield error(
                    f"links.{i}.frame", f"{link.name}: a frame of {link.frame} octets; CCSDS 132.0-B has 2048 at most"
                )
        load = link_load(ix, link)
        if load is None or link.rate is None or link.reserve is None:
            continue
        limit = link.rate * (1.0 - link.reserve)
        text = (
            f"{link.name} is to carry {load[0] / 1e3:.4g} kbit/s, {link.rate / 1e3:.4g} kbit/s less "
            f"{100 * link.reserve:.0f} % reserve are {limit / 1e3:.4g}"
        )
        yield at_most(path, load[0], limit, text, "send less often (every), or raise the rate")


@rule("chain.order")
def order(ix: Index) -> Iterator[Said]:
    """The hops of a chain follow each other: a slot's sink is the next box, a box the source of the next slot."""
    slots = {s.name: s for _, _, s in ix.slots()}
    for i, chain in enumerate(ix.e.chains):
        for k, hop in enumerate(chain.hops):
            path = f"chains.{i}.hops.{k}"
            if (hop.slot is None) == (hop.equipment is None):
                yield error(
                    path,
                    f"{chain.name}: hop {k + 1} names {'both a slot and a box' if hop.slot else 'nothing'}; name one",
                )
                continue
            if hop.equipment is not None and hop.time is None:
                yield unknown(
                    f"{path}.time", f"{chain.name}: the time that {hop.equipment} takes is not stated; state it"
                )
            if hop.slot is not None and hop.time is not None:
                yield error(
                    f"{path}.time", f"{chain.name}: slot {hop.slot} has its time from its bus; leave 'time' out"
                )
            if k == 0:
                continue
            before = chain.hops[k - 1]
            first = set(slots[before.slot].sinks) if before.slot else {before.equipment}
            then = {slots[hop.slot].source} if hop.slot else {hop.equipment}
            text = f"{chain.name}: from {before.slot or before.equipment} to {hop.slot or hop.equipment}"
            if before.slot and hop.slot:
                yield error(path, f"{text} with no box between them; name the box that passes it on, and its time")
            elif first & then:
                yield ok(path, text)
            else:
                yield error(path, f"{text}, which {before.slot or before.equipment} does not lead to; correct the hops")


@rule("chain.latency")
def chain(ix: Index) -> Iterator[Said]:
    """The worst cases along a chain stay within its budget."""
    found = {name: t for bus in ix.e.buses for name, t in responses(ix, bus).items()}
    for i, chain in enumerate(ix.e.chains):
        times = [found.get(hop.slot) if hop.slot else hop.time for hop in chain.hops]
        path = f"chains.{i}.budget"
        if None in times:
            yield unknown(path, f"{chain.name}: a hop's time is not known, so the chain's is not")
            continue
        total = math.fsum(t for t in times if t is not None)
        text = f"{chain.name} takes {1e3 * total:.3g} ms at worst, its budget is {1e3 * chain.budget:.3g} ms"
        yield at_most(path, total, chain.budget, text, "shorten a hop or widen the budget")
