"""Signals: whether both ends agree, what brings them back, and who shares what."""

import difflib
from collections.abc import Iterator

from .index import Index, PinAt
from .parts import DIFFERENTIAL, Signal
from .rules import Said, at_least, error, ok, rule, unknown, warn
from .tables import bus_line

ONE_WAY = ("power", "discrete", "analogue", "rs-422", "pyro", "rf", "ethernet")


def _at(ix: Index, signal: Signal, field: str = "") -> str:
    return f"signals.{list(ix.signals).index(signal.name)}" + (f".{field}" if field else "")


@rule("net.signal")
def one_signal(ix: Index) -> Iterator[Said]:
    """What is wired together is one signal."""
    for net in ix.nets:
        if len(net.signals) > 1:
            first = net.pins[0]
            other = next(p for p in net.pins if p.pin.signal != first.pin.signal)
            wires = ", ".join(ix.wire(i).name for i in net.wires[:4]) or "their connectors"
            text = (
                f"{first.id} is {first.pin.signal} and {other.id} {other.pin.signal}, joined by {wires}; "
                f"correct a pin or a wire"
            )
            yield error(f"{other.path}.signal", text)
        elif net.pins and net.wires:
            yield ok(f"{net.pins[0].path}.signal", f"{net.pins[0].pin.signal}: {len(net.pins)} pins wired together")


@rule("net.complete")
def complete(ix: Index) -> Iterator[Said]:
    """All boxes of a signal are joined by its wires, straight or through boxes in a chain."""
    for i, signal in enumerate(ix.e.signals):
        pins = ix.pins_of[signal.name]
        path = f"signals.{i}"
        boxes = {p.box.name for p in pins}
        if len(boxes) < 2:
            where = f"only {next(iter(boxes))} has" if boxes else "no box has"
            yield error(path, f"{where} a pin of {signal.name}; give it its other end")
            continue
        piece = {box: box for box in boxes}

        def root(b: str, piece: dict[str, str] = piece) -> str:
            while piece[b] != b:
                b = piece[b]
            return b

        for p in pins:
            for q in ix.net_of_pin[p.path].pins:
                if q.pin.signal == signal.name:
                    piece[root(q.box.name)] = root(p.box.name)
        parts = {root(b) for b in boxes}
        if len(parts) > 1:
            alone = sorted(parts)
            yield error(
                path, f"{signal.name} is in {len(parts)} pieces: no wire joins {' and '.join(alone[:3])}; add it"
            )
        else:
            yield ok(path, f"{signal.name} joins {', '.join(sorted(boxes))}")


@rule("net.ends")
def alone(ix: Index) -> Iterator[Said]:
    """Every pin's wires lead to a pin of another box."""
    for net in ix.nets:
        boxes = {p.box.name for p in net.pins}
        if len(boxes) == 1 and net.wires:
            p = net.pins[0]
            names = ", ".join(ix.wire(i).name for i in net.wires[:3])
            yield error(
                f"{p.path}.signal",
                f"{p.id} ({p.pin.signal}): wire {names} leads to no other box; correct its other end",
            )
        elif not boxes:
            i = net.wires[0]
            yield error(f"wires.{i}", f"wire {ix.wire(i).name} leads to no pin at all; remove it or give its ends pins")


@rule("signal.type")
def types(ix: Index) -> Iterator[Said]:
    """Both ends take the signal for the same kind."""
    for p in ix.pins:
        signal = ix.signals[p.pin.signal]
        text = f"{p.id} is {p.pin.type}, its signal {signal.name} {signal.type}"
        yield (
            ok(f"{p.path}.type", text) if p.pin.type == signal.type else error(f"{p.path}.type", f"{text}; correct one")
        )


@rule("signal.direction")
def direction(ix: Index) -> Iterator[Said]:
    """One box drives a one-way signal, and at least one takes it; buses and returns go both ways."""
    for i, signal in enumerate(ix.e.signals):
        pins = ix.pins_of[signal.name]
        if not pins:
            continue
        path = f"signals.{i}"
        by = {way: sorted({p.box.name for p in pins if p.pin.direction == way}) for way in ("out", "in", "both")}
        if signal.type in ONE_WAY:
            if by["both"]:
                p = next(p for p in pins if p.pin.direction == "both")
                yield error(
                    f"{p.path}.direction",
                    f"{p.id} ({signal.name}) goes both ways, {signal.type} goes one; say in or out",
                )
            elif len(by["out"]) != 1 or not by["in"] or set(by["out"]) & set(by["in"]):
                who = f"driven by {', '.join(by['out']) or 'nobody'} and taken by {', '.join(by['in']) or 'nobody'}"
                yield error(path, f"{signal.name} is {who}; one box drives, others take: correct the pins' directions")
            else:
                yield ok(path, f"{signal.name}: {by['out'][0]} drives {', '.join(by['in'])}")
        elif by["out"] or by["in"]:
            p = next(p for p in pins if p.pin.direction != "both")
            yield error(
                f"{p.path}.direction", f"{p.id} ({signal.name}) is '{p.pin.direction}', {signal.type} goes both ways"
            )
        else:
            yield ok(path, f"{signal.name} goes both ways")


def _span(v: tuple[float, float]) -> str:
    return f"{v[0]:.4g} to {v[1]:.4g} V"


def _inside(inner: tuple[float, float], outer: tuple[float, float]) -> bool:
    return outer[0] - 1e-9 <= inner[0] and inner[1] <= outer[1] + 1e-9


@rule("signal.levels")
def levels(ix: Index) -> Iterator[Said]:
    """What the output gives lies in the signal's range, and that in what every input takes."""
    for signal in ix.e.signals:
        if signal.voltage is None or signal.type not in ("discrete", "analogue"):
            continue
        for p in ix.pins_of[signal.name]:
            if p.pin.voltage is None:
                continue
            inner, outer = (
                (p.pin.voltage, signal.voltage) if p.pin.direction == "out" else (signal.voltage, p.pin.voltage)
            )
            text = (
                f"{p.id} {'gives' if p.pin.direction == 'out' else 'takes'} {_span(p.pin.voltage)}, "
                f"{signal.name} is {_span(signal.voltage)}"
            )
            if _inside(inner, outer):
                yield ok(
                    f"{p.path}.voltage",
                    text,
                    min(inner[0] - outer[0], outer[1] - inner[1]) / max(outer[1] - outer[0], 1e-9),
                )
            else:
                yield error(f"{p.path}.voltage", f"{text}; match them")
    for i, signal in enumerate(ix.e.signals):
        if signal.type in DIFFERENTIAL and signal.voltage is not None:
            line = bus_line(signal.type)
            text = f"{signal.name} is {_span(signal.voltage)}, {line.standard} has {_span(line.levels)}"
            path = f"signals.{i}.voltage"
            yield ok(path, text) if _inside(signal.voltage, line.levels) else error(path, f"{text}; correct the range")


@rule("signal.impedance")
def impedance(ix: Index) -> Iterator[Said]:
    """Both lines of a pair have one impedance; only lines that are matched have any."""
    for signal in ix.e.signals:
        path = _at(ix, signal, "impedance")
        if signal.impedance is None:
            continue
        if signal.type not in (*DIFFERENTIAL, "rf"):
            yield error(
                path, f"{signal.name} is {signal.type} and has an impedance of {signal.impedance:g} Ω; leave it out"
            )
            continue
        pair = ix.signals.get(signal.returns or "")
        if pair is not None and pair.impedance is not None:
            text = f"{signal.name} has {signal.impedance:g} Ω, {pair.name} {pair.impedance:g} Ω"
            yield (
                ok(path, text)
                if signal.impedance == pair.impedance
                else error(path, f"{text}; a pair has one impedance")
            )


@rule("signal.return")
def returns(ix: Index) -> Iterator[Said]:
    """Every signal has its return, of the right kind, made the same way, wired between the same connectors in the same cable."""
    for signal in ix.e.signals:
        path = _at(ix, signal, "returns")
        if signal.type in ("return", "rf"):
            if signal.returns:
                yield error(path, f"{signal.name} is a {signal.type} and has a return of its own; leave it out")
            continue
        back = ix.signals.get(signal.returns or "")
        if back is None:
            continue  # document.stated
        wanted = signal.type if signal.type in DIFFERENTIAL else "return"
        if back.type != wanted or back is signal:
            yield error(
                path, f"{signal.name} ({signal.type}) returns by {back.name}, which is {back.type}; name its {wanted}"
            )
            continue
        if wanted != "return" and back.returns != signal.name:
            yield error(
                path,
                f"{signal.name} is paired with {back.name}, and that with {back.returns}; pair them with each other",
            )
            continue
        if (back.twisted, back.shielded, back.string) != (signal.twisted, signal.shielded, signal.string):
            text = f"{signal.name} and its return {back.name} differ in twist, shield or string; a pair is made as one"
            yield error(path, text)
            continue
        lonely = _lonely(ix, signal.name, back.name, signal.twisted or signal.shielded)
        if lonely is not None:
            wire = ix.wire(lonely)
            text = (
                f"wire {wire.name} carries {signal.name} from {wire.start} to {wire.end} in bundle "
                f"{wire.bundle or 'none'}, and no wire brings {back.name} back beside it"
            )
            yield error(
                path, f"{text}; wire the return {'in the same cable' if wire.cable else 'between the same connectors'}"
            )
        else:
            yield ok(path, f"{signal.name} returns by {back.name}")


def _lonely(ix: Index, signal: str, back: str, in_cable: bool) -> int | None:
    """A wire of the signal beside which none of its return runs."""

    def way(i: int) -> tuple:
        wire = ix.wire(i)
        return (wire.bundle, wire.cable if in_cable else None, *sorted(p[0] for p in ix.ends[i]))

    beside = {way(i) for i in ix.wires_of[back]}
    return next((i for i in ix.wires_of[signal] if way(i) not in beside), None)


@rule("signal.return_current")
def return_current(ix: Index) -> Iterator[Said]:
    """A return is stated for the current of everything that comes back by it."""
    for signal in ix.e.signals:
        if signal.type != "return":
            continue
        users = [s for s in ix.e.signals if s.returns == signal.name]
        path = _at(ix, signal, "current")
        if not users:
            yield error(_at(ix, signal), f"nothing returns by {signal.name}; name it as a return, or remove it")
            continue
        heavy = [s for s in users if s.current is not None]
        if heavy and signal.current is None:
            yield unknown(
                path, f"{signal.name} brings back {', '.join(s.name for s in heavy)} and states no current; state it"
            )
        elif signal.current is not None:
            total = sum(s.current or 0.0 for s in heavy)
            text = f"{signal.name} is stated for {signal.current:.3g} A, {', '.join(s.name for s in users)} bring {total:.3g} A"
            yield at_least(path, signal.current, total, text, "state the sum")


@rule("signal.redundancy")
def redundancy(ix: Index) -> Iterator[Said]:
    """Signals of a group are of different strings, are of one kind, and are several."""
    groups: dict[str, list[Signal]] = {}
    for signal in ix.e.signals:
        if signal.group:
            groups.setdefault(signal.group, []).append(signal)
    for group, members in groups.items():
        path = _at(ix, members[-1], "group")
        names = ", ".join(s.name for s in members)
        strings = [s.string for s in members]
        if len(members) < 2:
            others = [s.name for s in ix.e.signals if not s.group and s.type == members[0].type]
            partner = next(iter(difflib.get_close_matches(names, others, 1)), None)
            mend = f"give its partner the group{f' ({partner}?)' if partner else ''}, or leave it out"
            yield error(path, f"{names} is the only signal of group '{group}'; {mend}")
        elif None in strings or len(set(strings)) < len(strings):
            yield error(
                path, f"{names} do '{group}' redundantly and are of strings {', '.join(map(str, strings))}; part them"
            )
        elif len({s.type for s in members}) > 1:
            yield error(path, f"{names} do '{group}' redundantly and are of different kinds")
        else:
            yield ok(path, f"{names} do '{group}' in strings {', '.join(map(str, strings))}")


@rule("signal.string")
def string(ix: Index) -> Iterator[Said]:
    """Power and pyrotechnics stay in their string's boxes; data of a string begin or end in one of its boxes."""
    for signal in ix.e.signals:
        pins = ix.pins_of[signal.name]
        strict = signal.type in ("power", "pyro", "return")
        path = _at(ix, signal, "string")
        boxes = {p.box.name: p.box.string for p in pins if not (p.box.ground and not p.box.string)}
        wrong = [b for b, s in boxes.items() if s != signal.string and not (s is None and not strict)]
        own = [b for b, s in boxes.items() if s == signal.string or (not strict and s is None)]
        text = f"{signal.name} is of string {signal.string or 'none'}"
        if strict and wrong:
            others = ", ".join(f"{b} of {boxes[b] or 'none'}" for b in wrong)
            yield error(path, f"{text}, {others}; a fault would cross: correct one")
        elif boxes and not own:
            yield error(path, f"{text}, and none of its boxes is ({', '.join(boxes)}); correct one")
        else:
            yield ok(path, text)


@rule("signal.criticality")
def criticality(ix: Index) -> Iterator[Said]:
    """What may harm when it comes unasked has inhibits: two where critical, three where catastrophic; only firing lines do."""
    need = {"none": 0, "critical": 2, "catastrophic": 3}
    for signal in ix.e.signals:
        if signal.inhibits is None:
            continue
        path = _at(ix, signal, "inhibits")
        text = f"{signal.name} is {signal.criticality} and shall have {signal.inhibits} inhibits"
        if signal.type != "pyro":
            yield warn(
                path, f"{text}; inhibits are checked of pyrotechnic circuits only: make it one, or leave them out"
            )
        else:
            yield at_least(
                path, signal.inhibits, need[signal.criticality], text, f"{need[signal.criticality]} are needed"
            )


def pins_by_connector(ix: Index) -> dict[str, list[PinAt]]:
    """Pins of boxes by connector."""
    found: dict[str, list[PinAt]] = {}
    for p in ix.pins:
        found.setdefault(p.at.id, []).append(p)
    return found
