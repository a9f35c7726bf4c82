"""Connectors and pins: what mates with what, and whether every contact has its counterpart."""

import re
from collections.abc import Iterator

from ...core.findings import Severity
from .index import ConnectorAt, Index
from .rules import Said, at_most, error, ok, rule, unknown, warn
from .tables import insert, tables

_D38999 = re.compile(r"D38999/(20|24|26)([A-Z])([A-HJ])(\d+)([PS])([NABCDE])")
_SHOWN = ("shell", "arrangement", "keying")


def _pairs(ix: Index) -> Iterator[tuple[ConnectorAt, ConnectorAt]]:
    """Every mated pair once."""
    done = set()
    for one, other in ix.mates.items():
        pair = tuple(sorted((one, other)))
        if pair not in done and one != other:
            done.add(pair)
            yield ix.connectors[one], ix.connectors[other]


@rule("connector.mate")
def mate(ix: Index) -> Iterator[Said]:
    """Both halves name each other."""
    taken: dict[str, list[str]] = {}
    for at in ix.connectors.values():
        if at.connector.mate:
            taken.setdefault(at.connector.mate, []).append(at.id)
    for at in ix.connectors.values():
        path, goes = f"{at.path}.mate", at.connector.mate
        others = [x for x in taken.get(at.id, []) if x != goes]
        if goes is None:
            continue  # not stated: document.stated says so
        back = ix.connectors[goes].connector.mate
        if goes == at.id:
            yield error(path, f"{at.id} is mated with itself; name its other half")
        elif back is not None and back != at.id:
            yield error(path, f"{at.id} goes into {goes}, which goes into {back}; correct one of them")
        elif others:
            yield error(path, f"{at.id} goes into {goes}, and {', '.join(others)} into it; a connector has one mate")
        elif at.box is None and ix.connectors[goes].box is None and not _umbilical(ix, at.id, goes):
            text = (
                f"{at.id} and {goes} are both of the harness and no umbilical; mate a box's connector with a harness's"
            )
            yield warn(path, text)
        elif at.box is not None and ix.connectors[goes].box is not None:
            text = f"{at.id} goes straight into {goes}, both of boxes: no wire is between them; is it so?"
            yield warn(path, text)
        else:
            yield ok(path, f"{at.id} goes into {goes}")


def _umbilical(ix: Index, one: str, other: str) -> bool:
    return any({u.vehicle, u.ground} == {one, other} for u in ix.e.umbilicals)


@rule("connector.gender")
def gender(ix: Index) -> Iterator[Said]:
    """Pins meet sockets."""
    for one, other in _pairs(ix):
        a, b = one.connector.gender, other.connector.gender
        if a and b:
            text = f"{one.id} has {a}s and {other.id} {b}s"
            yield (
                ok(f"{one.path}.gender", text) if a != b else error(f"{other.path}.gender", f"{text}; turn one of them")
            )


@rule("connector.live_pins")
def live_pins(ix: Index) -> Iterator[Said]:
    """Sockets on the side that stays live, so that nothing live can be touched or shorted."""
    for source in ix.e.supplies:
        for i, box in enumerate(ix.e.equipment):
            if box.name != source.equipment:
                continue
            for k, c in enumerate(box.connectors):
                at = ix.connectors[f"{box.name}.{c.name}"]
                if c.gender and any(p.type == "power" and p.direction == "out" for p in c.pins):
                    path, text = f"equipment.{i}.connectors.{k}.gender", f"{at.id} brings the power of {source.name}"
                    if c.gender == "socket":
                        yield ok(path, f"{text} on sockets")
                    else:
                        yield error(path, f"{text} on bare pins, live when unmated; put sockets on this half")


@rule("connector.shell")
def shell(ix: Index) -> Iterator[Said]:
    """Shell size and insert arrangement are the same on both halves."""
    for one, other in _pairs(ix):
        for field in ("shell", "arrangement"):
            a, b = getattr(one.connector, field), getattr(other.connector, field)
            if a is not None and b is not None:
                text = f"{one.id} has {field} {a} and {other.id} {b}"
                path = f"{other.path}.{field}"
                yield ok(path, text) if a == b else error(path, f"{text}; they do not mate: use one {field}")


@rule("connector.keying")
def keying(ix: Index) -> Iterator[Said]:
    """Keys are the same on both halves."""
    for one, other in _pairs(ix):
        a, b = one.connector.keying, other.connector.keying
        if a and b:
            text = f"{one.id} has keying {a} and {other.id} {b}"
            yield ok(f"{other.path}.keying", text) if a == b else error(f"{other.path}.keying", f"{text}; use one")


@rule("connector.confusable")
def confusable(ix: Index) -> Iterator[Said]:
    """Two connectors of one box cannot be swapped by mistake."""
    for i, box in enumerate(ix.e.equipment):
        seen: dict[tuple, str] = {}
        for k, c in enumerate(box.connectors):
            key = tuple(getattr(c, f) for f in (*_SHOWN, "gender"))
            if None in key:
                continue
            path = f"equipment.{i}.connectors.{k}.keying"
            if key in seen:
                text = (
                    f"{box.name}.{c.name} and {seen[key]} are the same ({c.arrangement}{c.keying}, "
                    f"{c.gender}s): they can be swapped"
                )
                yield error(path, f"{text}; give one another keying")
            else:
                yield ok(path, f"{box.name}.{c.name} cannot be taken for another one of its box")
            seen[key] = f"{box.name}.{c.name}"


@rule("connector.part_number")
def part_number(ix: Index) -> Iterator[Said]:
    """The part number says the same as the fields."""
    letters = {s.letter: s.size for s in tables().shells}
    for at in ix.connectors.values():
        c, path = at.connector, f"{at.path}.part_number"
        if c.part_number is None:
            continue
        match = _D38999.fullmatch(c.part_number)
        if match is None:
            yield unknown(
                path, f"{at.id}: '{c.part_number}' is no MIL-DTL-38999 series III number; nothing of it can be compared"
            )
            continue
        size = letters[match[3]]
        says = {
            "shell": size,
            "arrangement": f"{size}-{match[4]}",
            "gender": "pin" if match[5] == "P" else "socket",
            "keying": match[6],
        }
        wrong = [f"{n} {v}, not {getattr(c, n)}" for n, v in says.items() if getattr(c, n) not in (None, v)]
        if wrong:
            yield error(path, f"{at.id}: {c.part_number} has {'; '.join(wrong)}; correct the number or the fields")
        elif (match[1] == "26") != (at.box is None) and not _any_umbilical(ix, at.id):
            text = f"{at.id}: {c.part_number} is a {'plug' if match[1] == '26' else 'receptacle'}"
            yield warn(path, f"{text}; boxes have receptacles, harnesses plugs")
        else:
            yield ok(path, f"{at.id}: {c.part_number} agrees with its fields")


def _any_umbilical(ix: Index, name: str) -> bool:
    return any(name in (u.vehicle, u.ground) for u in ix.e.umbilicals)


@rule("connector.contact")
def contact(ix: Index) -> Iterator[Said]:
    """The contacts are of the size that the arrangement has, and both halves have the same."""
    for at in ix.connectors.values():
        c, path = at.connector, f"{at.path}.contact"
        if c.contact is None or c.arrangement is None:
            continue
        arrangement, size = insert(c.arrangement), ix.contacts[c.contact].size
        if arrangement is None:
            yield unknown(
                f"{at.path}.arrangement", f"{at.id}: arrangement '{c.arrangement}' is not in the table of inserts"
            )
        elif arrangement.contact != size:
            text = (
                f"{at.id}: arrangement {c.arrangement} takes contacts of size {arrangement.contact}, and "
                f"'{c.contact}' is {size}"
            )
            yield error(path, f"{text}; correct one of them")
        else:
            yield ok(path, f"{at.id}: contacts of size {size}")
    for one, other in _pairs(ix):
        a, b = one.connector.contact, other.connector.contact
        if a and b and a != b:
            yield error(f"{other.path}.contact", f"{one.id} has contacts '{a}' and {other.id} '{b}'; use one kind")


@rule("pin.cavity")
def cavity(ix: Index) -> Iterator[Said]:
    """Every pin and every wire's end is a cavity of its connector's arrangement."""
    used = [(p.at, p.pin.pin, f"{p.path}.pin", p.id) for p in ix.pins]
    for i, ends in enumerate(ix.ends):
        for (name, pin), field in zip(ends, ("from", "to"), strict=True):
            if pin and name in ix.connectors:
                used.append((ix.connectors[name], pin, f"wires.{i}.{field}", f"wire {ix.wire(i).name}"))
    for at, pin, path, who in used:
        arrangement = insert(at.connector.arrangement) if at.connector.arrangement else None
        if arrangement is None:
            continue
        if pin in arrangement.cavities():
            yield ok(path, f"{who}: cavity {pin} of {at.id}")
        else:
            names = arrangement.cavities()
            text = f"{who}: {at.id} ({arrangement.name}) has no cavity '{pin}'; it has {names[0]} to {names[-1]}"
            yield error(path, text)


@rule("pin.single")
def single(ix: Index) -> Iterator[Said]:
    """A cavity has one use: one pin, one wire. Wires are joined in splices."""
    seen: dict[tuple, str] = {}
    for p in ix.pins:
        if p.point in seen:
            yield error(
                f"{p.path}.pin", f"{p.id} is used twice, for {seen[p.point]} and {p.pin.signal}; move one of them"
            )
        seen[p.point] = p.pin.signal
    for (name, pin), wires in ix.wires_at.items():
        if not pin:
            continue
        names = ", ".join(ix.wire(i).name for i in wires)
        path = f"wires.{wires[-1]}.{'to' if ix.ends[wires[-1]][1] == (name, pin) else 'from'}"
        if len(wires) > 1:
            yield error(
                path, f"{name}.{pin} holds {len(wires)} wires ({names}); a contact takes one: join them in a splice"
            )
        else:
            yield ok(path, f"{name}.{pin} holds wire {names} alone")


@rule("pin.wired")
def wired(ix: Index) -> Iterator[Said]:
    """Every pin of a box has a wire in its mate; every wired cavity has a pin behind it; every splice joins wires."""
    pins = {p.point for p in ix.pins}
    for p in ix.pins:
        mate_id = ix.mates.get(p.at.id)
        if mate_id is None:
            if p.at.connector.mate is None and not any(c.mate == p.at.id for c in ix.e.connectors):
                yield error(
                    f"{p.path}.pin", f"{p.id} ({p.pin.signal}): its connector is not mated; name the mate of {p.at.id}"
                )
            continue
        if (mate_id, p.pin.pin) in ix.wires_at:
            yield ok(f"{p.path}.pin", f"{p.id} is wired in {mate_id}")
        else:
            text = f"{p.id} ({p.pin.signal}) has no wire in {mate_id}; wire cavity {p.pin.pin}, or take the pin off"
            yield error(f"{p.path}.pin", text)
    for (name, pin), wires in ix.wires_at.items():
        i = wires[0]
        path = f"wires.{i}.{'from' if ix.ends[i][0] == (name, pin) else 'to'}"
        if not pin:
            if len(wires) < 2:
                yield error(path, f"splice {name} joins nothing: wire {ix.wire(i).name} ends in it alone")
            continue
        mate_id = ix.mates.get(name)
        behind = mate_id is not None and ((mate_id, pin) in pins or (mate_id, pin) in ix.wires_at)
        if not behind:
            where = f"{mate_id} has no pin {pin}" if mate_id else f"{name} is not mated"
            yield error(
                path, f"wire {ix.wire(i).name} ends in {name}.{pin}, and {where}; correct the cavity or add the pin"
            )
    for k, splice in enumerate(ix.e.splices):
        if (splice.name, "") not in ix.wires_at:
            yield error(f"splices.{k}", f"splice {splice.name} joins no wires; remove it")
    for k, c in enumerate(ix.e.connectors):
        if not any(point[0] == c.name for point in ix.wires_at):
            yield error(f"connectors.{k}", f"harness connector {c.name} has no wires; wire it or remove it")


@rule("contact.gauge")
def gauge(ix: Index) -> Iterator[Said]:
    """The crimp holds the wire."""
    for i, ends in enumerate(ix.ends):
        awg = ix.wire_types[ix.wire(i).type].gauge
        for (name, pin), field in zip(ends, ("from", "to"), strict=True):
            holder = ix.splices.get(name)
            if holder is None and pin:
                kind = ix.connectors[name].connector.contact
                holder = ix.contacts[kind] if kind else None
            if holder is None or holder.thinnest is None or holder.thickest is None:
                continue
            path, text = f"wires.{i}.{field}", f"wire {ix.wire(i).name}: AWG {awg} in {name}{'.' + pin if pin else ''}"
            text += f", which holds AWG {holder.thickest} to {holder.thinnest} ('{holder.name}')"
            if holder.thickest <= awg <= holder.thinnest:
                yield ok(path, text)
            else:
                yield error(path, f"{text}; change the wire or the contact")


@rule("contact.current")
def current(ix: Index) -> Iterator[Said]:
    """Contacts and splices carry half of their rated current at most; all of it for the pulse of a pyrotechnic."""
    for i, ends in enumerate(ix.ends):
        signal = ix.signal_of_wire(i)
        if signal is None or signal.current is None:
            continue
        amperes = signal.current / ix.parallel(i)
        for (name, pin), field in zip(ends, ("from", "to"), strict=True):
            holder = ix.splices.get(name)
            if holder is None and pin:
                kind = ix.connectors[name].connector.contact
                holder = ix.contacts[kind] if kind else None
            if holder is None or holder.current is None:
                continue
            pulse = ix.bundles.get(ix.wire(i).bundle or "")
            limit = holder.current * (1.0 if pulse and pulse.category == "pyro" else tables().contact_derating)
            text = f"wire {ix.wire(i).name} ({signal.name}) brings {amperes:.3g} A to {name}{'.' + pin if pin else ''}"
            text += f", '{holder.name}' is derated to {limit:.3g} A"
            yield at_most(f"wires.{i}.{field}", amperes, limit, text, "use more contacts in parallel or larger ones")


@rule("document.used")
def used(ix: Index) -> Iterator[Said]:
    """What is defined is used."""
    e = ix.e
    uses = {
        "contacts": {at.connector.contact for at in ix.connectors.values()},
        "wire_types": {w.type for w in e.wires},
        "signals": {p.pin.signal for p in ix.pins},
        "bundles": {w.bundle for w in e.wires},
        "cables": {w.cable for w in e.wires},
        "inhibits": {name for c in e.pyro for name in c.inhibits},
        "ground_points": {b.point for b in e.return_bonds},
    }
    for field, names in uses.items():
        for i, item in enumerate(getattr(e, field)):
            if item.name in names:
                yield ok(f"{field}.{i}", f"{item.name} is used")
            else:
                yield Said(
                    Severity.WARN,
                    f"{field}.{i}",
                    f"'{item.name}' ({field.replace('_', ' ')}) is used nowhere; remove it",
                )
