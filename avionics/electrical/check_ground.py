"""Grounding, bonding, and the umbilical."""

from collections.abc import Iterator

from .harness import UmbilicalLink
from .index import Index, remembered
from .power_tree import signals_from
from .rules import Said, at_least, at_most, error, ok, rule
from .tables import tables

_SAFE = {
    "power": ("diode blocked", "switched off"),
    "discrete": ("pulled to safe state", "breakwire"),
    "analogue": ("pulled to safe state",),
    "rs-422": ("pulled to safe state",),
    "ethernet": ("pulled to safe state",),
    "can": ("pulled to safe state",),
    "mil1553": ("pulled to safe state",),
}


@rule("ground.single_point")
def single_point(ix: Index) -> Iterator[Said]:
    """The return of a battery meets the structure at one point; a ground supply's nowhere, since the vehicle's does."""
    for i, source in enumerate(ix.e.supplies):
        points = [b.point for b in ix.e.return_bonds if b.source == source.name]
        path, wanted = f"supplies.{i}", 1 if source.type == "battery" else 0
        text = (
            f"the return of {source.name} is tied to structure at {len(points)} points ({', '.join(points) or 'none'})"
        )
        if len(points) == wanted:
            yield ok(path, text)
        else:
            mend = "tie it at exactly one" if wanted else "float it: a second tie makes a loop through the ground"
            yield error(path, f"{text}; {mend}")
    points = {g.name: g for g in ix.e.ground_points}
    for i, bond in enumerate(ix.e.return_bonds):
        source, box = ix.sources[bond.source], points[bond.point].equipment
        reach = {source.equipment}
        for signal in signals_from(ix, source):
            reach |= set(ix.boxes_on(signal.returns or ""))
        text = f"the return of {source.name} is tied at {bond.point} in {box}"
        if box in reach:
            yield ok(f"return_bonds.{i}.point", text)
        else:
            yield error(
                f"return_bonds.{i}.point",
                f"{text}, which it does not reach; tie it in one of {', '.join(sorted(reach))}",
            )


@rule("ground.bond")
def bond(ix: Index) -> Iterator[Said]:
    """Chassis and ground points are bonded to structure by 2.5 milliohm at most."""
    limit = tables().bond
    for i, box in enumerate(ix.e.equipment):
        if box.bond is not None:
            text = f"{box.name} is bonded by {1e3 * box.bond:.3g} mΩ, {1e3 * limit:.3g} mΩ are allowed"
            yield at_most(f"equipment.{i}.bond", box.bond, limit, text, "bond it better: bare metal, strap, finish")
    for i, point in enumerate(ix.e.ground_points):
        if point.resistance is not None:
            text = f"ground point {point.name} has {1e3 * point.resistance:.3g} mΩ to structure, {1e3 * limit:.3g} mΩ are allowed"
            yield at_most(f"ground_points.{i}.resistance", point.resistance, limit, text, "bond it better")


@rule("ground.isolation")
def isolation(ix: Index) -> Iterator[Said]:
    """The primary return of a box is isolated from its chassis by a megohm."""
    limit = tables().isolation
    for i, box in enumerate(ix.e.equipment):
        if box.isolation is not None:
            text = (
                f"{box.name} isolates its power return by {box.isolation / 1e6:.3g} MΩ, {limit / 1e6:.3g} MΩ are asked"
            )
            yield at_least(
                f"equipment.{i}.isolation", box.isolation, limit, text, "isolate it, or the single point is lost"
            )


@rule("ground.passive")
def passive(ix: Index) -> Iterator[Said]:
    """A passive or ground box says nothing of bonding and isolation; only boxes with electronics have roles."""
    for i, box in enumerate(ix.e.equipment):
        said = [f for f in ("bond", "isolation") if getattr(box, f) is not None]
        if (box.passive or box.ground) and said:
            what = "passive" if box.passive else "on the ground"
            yield error(
                f"equipment.{i}.{said[0]}", f"{box.name} is {what} and states its {' and '.join(said)}; correct one"
            )
        elif box.passive and box.roles:
            yield error(
                f"equipment.{i}.passive", f"{box.name} is passive and is {', '.join(box.roles)} in the message set"
            )
        else:
            yield ok(f"equipment.{i}", f"{box.name} is plainly one or the other")


@remembered
def crossing_signals(ix: Index, link: UmbilicalLink) -> list[str]:
    """Signals on the wires of the vehicle's half, in the order of the document; returns left out."""
    found = {s.name for i in ix.wires_in(link.vehicle) if (s := ix.signal_of_wire(i))}
    return [s.name for s in ix.e.signals if s.name in found and s.type != "return"]


@rule("umbilical.crossings")
def crossings(ix: Index) -> Iterator[Said]:
    """Every signal that crosses is listed, and every one listed crosses."""
    for i, link in enumerate(ix.e.umbilicals):
        there, listed = crossing_signals(ix, link), [c.signal for c in link.crossings]
        for name in there:
            if name not in listed:
                yield error(
                    f"umbilicals.{i}.crossings",
                    f"{name} crosses {link.name} and is not listed; say what becomes of it after",
                )
        for k, name in enumerate(listed):
            text, path = f"{name} is listed at {link.name}", f"umbilicals.{i}.crossings.{k}.signal"
            if name not in there:
                yield error(path, f"{text}, and no wire brings it there; remove it or wire it")
            elif listed.count(name) > 1:
                yield error(path, f"{text} twice; list it once")
            else:
                yield ok(path, f"{text} and crosses")


@rule("umbilical.safe")
def safe(ix: Index) -> Iterator[Said]:
    """After the umbilical is off nothing on it is live, and every command rests in its safe state."""
    for i, link in enumerate(ix.e.umbilicals):
        for k, crossing in enumerate(link.crossings):
            kind, path = ix.signals[crossing.signal].type, f"umbilicals.{i}.crossings.{k}.after"
            if kind == "pyro":
                yield error(path, f"{crossing.signal} is pyrotechnic and crosses {link.name}; fire from on board only")
                continue
            if crossing.after is None:
                continue
            text = f"{crossing.signal} ({kind}) is {crossing.after} after {link.name} is off"
            if crossing.after in _SAFE.get(kind, ()):
                yield ok(path, text)
            else:
                yield error(path, f"{text}; make it {' or '.join(_SAFE.get(kind, ('switched off',)))}")


@rule("umbilical.release")
def release(ix: Index) -> Iterator[Said]:
    """It is mated to the end of the count at most, and what it feeds has another source by then."""
    phases = list(ix.e.phases)
    on_ground = [p.name for p in phases if p.place == "ground"]
    for k, phase in enumerate(phases):
        flown = [p.name for p in phases[:k] if p.place == "flight"]
        if phase.place == "ground" and flown:
            text = f"phase '{phase.name}' is on the ground after '{flown[-1]}' in flight; correct the order or a place"
            yield error(f"phases.{k}.place", text)
    for i, link in enumerate(ix.e.umbilicals):
        path = f"umbilicals.{i}.last_phase"
        if link.last_phase not in on_ground:
            yield error(
                path, f"{link.name} is mated until '{link.last_phase}', which is in flight; name a phase on the ground"
            )
            continue
        last = on_ground.index(link.last_phase) == len(on_ground) - 1
        text = f"{link.name} is released {link.release} and mated until '{link.last_phase}'"
        if last == (link.release == "at lift-off"):
            yield ok(path, text)
        else:
            yield error(path, f"{text}; the last phase on the ground is '{on_ground[-1]}': correct one")
        held = phases[: [p.name for p in phases].index(link.last_phase) + 1]
        names = set(crossing_signals(ix, link))
        for k, source in enumerate(ix.e.supplies):
            if names & {s.name for s in signals_from(ix, source)}:
                late = [n for n in source.phases if n not in [p.name for p in held]]
                text = f"{source.name} supplies through {link.name}"
                if late:
                    yield error(
                        f"supplies.{k}.phases", f"{text} in {', '.join(late)}, when that is off; supply from on board"
                    )
                elif source.type == "battery":
                    yield error(
                        f"supplies.{k}.type", f"{text} and is a battery; a supply on the ground is a 'ground supply'"
                    )
                else:
                    yield ok(f"supplies.{k}.phases", text)


@rule("umbilical.ground_box")
def ground_box(ix: Index) -> Iterator[Said]:
    """What joins a box on the ground with one of the vehicle parts at an umbilical; the ground's half is wired to the ground."""
    halves = {name for u in ix.e.umbilicals for name in (u.vehicle, u.ground)}
    for net in ix.nets:
        places = {p.box.ground for p in net.pins}
        if len(places) < 2:
            continue
        p = next(p for p in net.pins if p.box.ground)
        text = (
            f"{p.pin.signal} joins {p.box.name} on the ground with "
            f"{', '.join(q.box.name for q in net.pins if not q.box.ground)}"
        )
        if halves & {point[0] for point in net.points}:
            yield ok(f"{p.path}.signal", f"{text} by an umbilical")
        else:
            yield error(f"{p.path}.signal", f"{text}, and no umbilical parts them; wire it through one")
    for i, link in enumerate(ix.e.umbilicals):
        if ix.mates.get(link.vehicle) != link.ground:
            yield error(
                f"umbilicals.{i}.ground",
                f"{link.vehicle} does not mate with {link.ground}; correct the halves of {link.name}",
            )
        for k in sorted({*ix.wires_in(link.vehicle), *ix.wires_in(link.ground)}):
            a, b = ix.ends[k]
            for here, there in ((a, b), (b, a)):
                box = ix.connectors[ix.mates[there[0]]].box if there[1] and there[0] in ix.mates else None
                for half, ground in ((link.vehicle, False), (link.ground, True)):
                    if here[0] == half and box is not None and box.ground != ground:
                        text = f"wire {ix.wire(k).name} leads from {half} of {link.name} to {box.name}"
                        yield error(
                            f"wires.{k}", f"{text}, on the wrong side; swap the halves or correct the box's 'ground'"
                        )
