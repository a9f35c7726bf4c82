"""Pyrotechnics: inhibits, arm plug, currents, and wiring that nothing can fire by chance."""

from collections.abc import Iterator

from .index import Index
from .power import PyroCircuit
from .power_tree import resistance
from .rules import Said, at_least, at_most, error, ok, rule, unknown
from .tables import tables

_NEEDED = {"none": 1, "critical": 2, "catastrophic": 3}


@rule("pyro.circuit")
def circuit(ix: Index) -> Iterator[Said]:
    """Every pyrotechnic signal has one circuit, whose initiator it reaches."""
    for i, c in enumerate(ix.e.pyro):
        signal = ix.signals[c.signal]
        text = f"{c.name} fires {c.initiator} by {c.signal}"
        if signal.type != "pyro":
            yield error(f"pyro.{i}.signal", f"{text}, which is {signal.type}; name a pyrotechnic signal")
        elif c.initiator not in ix.boxes_on(c.signal, "in"):
            yield error(f"pyro.{i}.initiator", f"{text}, which does not reach it; correct the signal or the initiator")
        elif c.voltage is not None and signal.voltage is not None and c.voltage != signal.voltage:
            yield error(
                f"pyro.{i}.voltage",
                f"{c.name} fires at {c.voltage}, {c.signal} is at {signal.voltage} V; state one range",
            )
        else:
            yield ok(f"pyro.{i}.signal", text)
    for k, signal in enumerate(ix.e.signals):
        found = [c.name for c in ix.e.pyro if c.signal == signal.name]
        if signal.type == "pyro" and len(found) != 1:
            yield error(
                f"signals.{k}",
                f"{signal.name} is pyrotechnic and has {len(found)} circuits; describe it once under 'pyro'",
            )


@rule("pyro.inhibits")
def inhibits(ix: Index) -> Iterator[Said]:
    """Three independent inhibits where firing early is catastrophic, two where critical; logic alone is none."""
    for i, c in enumerate(ix.e.pyro):
        signal = ix.signals[c.signal]
        need = max(_NEEDED[signal.criticality], signal.inhibits or 0)
        real = [name for name in dict.fromkeys(c.inhibits) if ix.inhibits[name].type != "logic"]
        soft = [name for name in c.inhibits if name not in real]
        text = f"{c.name} ({signal.name}, {signal.criticality}) has {len(real)} inhibits ({', '.join(real) or 'none'})"
        text += f", not counted: {', '.join(soft)}" if soft else ""
        text += f", {need} are needed"
        yield at_least(f"pyro.{i}.inhibits", len(real), need, text, "add one that a fault of the others leaves alone")
    for k, signal in enumerate(ix.e.signals):
        if signal.type == "pyro" and signal.criticality == "none":
            yield error(
                f"signals.{k}.criticality", f"{signal.name} is pyrotechnic and its criticality 'none'; grade it"
            )


@rule("pyro.independent")
def independent(ix: Index) -> Iterator[Said]:
    """No box removes two inhibits of a circuit."""
    for i, c in enumerate(ix.e.pyro):
        by: dict[str, list[str]] = {}
        for name in c.inhibits:
            by.setdefault(ix.inhibits[name].controller, []).append(name)
        double = {box: names for box, names in by.items() if len(names) > 1}
        if double:
            box, names = next(iter(double.items()))
            text = f"{c.name}: {box} removes {' and '.join(names)}; one fault of it takes both: give one to another box"
            yield error(f"pyro.{i}.inhibits", text)
        else:
            yield ok(f"pyro.{i}.inhibits", f"{c.name}: {len(by)} boxes remove its inhibits")


@rule("pyro.inhibit_string")
def inhibit_string(ix: Index) -> Iterator[Said]:
    """An inhibit of a string is removed from that string, or from outside all of them."""
    for i, c in enumerate(ix.e.pyro):
        own = ix.signals[c.signal].string
        for k, name in enumerate(c.inhibits):
            box = ix.boxes[ix.inhibits[name].controller]
            text = (
                f"{c.name} (string {own or 'none'}): {name} is removed by {box.name} of string {box.string or 'none'}"
            )
            path = f"pyro.{i}.inhibits.{k}"
            if box.string in (own, None):
                yield ok(path, text)
            else:
                yield error(path, f"{text}; name an inhibit of its own string")


@rule("pyro.arm_plug")
def arm_plug(ix: Index) -> Iterator[Said]:
    """One inhibit is a plug that hands insert, in the line that feeds the firing box."""
    for i, c in enumerate(ix.e.pyro):
        plugs = [ix.inhibits[n] for n in c.inhibits if ix.inhibits[n].type == "arm plug"]
        firing = ix.boxes_on(c.signal, "out")
        path = f"pyro.{i}.inhibits"
        if len(plugs) != 1:
            names = ", ".join(p.name for p in plugs) or "none"
            yield error(
                path, f"{c.name} has {len(plugs)} arm plugs among {', '.join(c.inhibits)} ({names}); it needs one"
            )
            continue
        box = plugs[0].controller
        into = {s.name for s in ix.e.signals if s.type == "power" and box in ix.boxes_on(s.name, "in")}
        back = {s.name for s in ix.e.signals if s.type == "power" and box in ix.boxes_on(s.name, "out")}
        reached = {b for name in back for b in ix.boxes_on(name, "in")}
        text = f"{c.name}: arm plug {plugs[0].name} is {box}"
        highest = _highest(ix, firing)
        for name in sorted(into | back):
            stated, volts = ix.signals[name].current, ix.signals[name].voltage
            if volts and c.voltage and not (volts[0] <= c.voltage[0] and c.voltage[1] <= volts[1]):
                said = (
                    f"{name} through {box} is {volts[0]:.4g} to {volts[1]:.4g} V, {c.name} fires at "
                    f"{c.voltage[0]:.4g} to {c.voltage[1]:.4g} V"
                )
                yield error(f"signals.{list(ix.signals).index(name)}.voltage", f"{said}; state a range that holds them")
            if stated is not None and highest is not None:
                said = f"{name} through {box} is stated for {stated:.3g} A, a circuit behind it takes {highest:.3g} A"
                at = f"signals.{list(ix.signals).index(name)}.current"
                yield at_least(at, stated, highest, said, "state what the strongest circuit takes")
        if not ix.boxes[box].passive or not into or not back:
            yield error(path, f"{text}, through which no power goes in and out; name the plug's own box")
        elif not set(firing) & reached:
            yield error(path, f"{text}, which does not feed {', '.join(firing)}; put it in the line of the firing box")
        else:
            yield ok(path, f"{text}, in the line of {', '.join(firing)}")
    for i, inhibit in enumerate(ix.e.inhibits):
        if inhibit.type != "arm plug" and ix.boxes[inhibit.controller].passive:
            text = (
                f"{inhibit.name} is a {inhibit.type} that {inhibit.controller} shall remove, which is "
                f"passive; name who commands it"
            )
            yield error(f"inhibits.{i}.controller", text)


@rule("pyro.apart")
def apart(ix: Index) -> Iterator[Said]:
    """Firing lines have connectors of their own."""
    for at in ix.connectors.values():
        if at.box is None:
            continue
        kinds = {p.type for p in at.connector.pins}
        if "pyro" not in kinds:
            continue
        others = sorted(kinds - {"pyro", "return"})
        text = f"{at.id} carries firing lines"
        if others:
            yield error(f"{at.path}.pins", f"{text} and {', '.join(others)}; move the others to another connector")
        else:
            yield ok(f"{at.path}.pins", f"{text} alone")


@rule("pyro.cable")
def cable(ix: Index) -> Iterator[Said]:
    """A firing line and its return are alone in a twisted cable, shielded all round at both ends."""
    for signal in ix.e.signals:
        if signal.type != "pyro":
            continue
        for i in ix.wires_of[signal.name]:
            wire = ix.wire(i)
            made = ix.cables.get(wire.cable or "")
            path, text = f"wires.{i}.cable", f"wire {wire.name} ({signal.name})"
            if made is None or not made.twisted or made.shield != "both ends":
                yield error(path, f"{text} is in no twisted cable with its shield at both ends; put it in one")
                continue
            inside = {s.name for k in ix.wires_in_cable[made.name] if (s := ix.signal_of_wire(k))}
            others = inside - {signal.name, signal.returns}
            if others:
                yield error(path, f"{text} shares cable {made.name} with {', '.join(sorted(others))}; give it its own")
            else:
                yield ok(path, f"{text} and its return are alone in {made.name}")


def _loop(ix: Index, c: PyroCircuit) -> float | None:
    """Resistance [ohm] of the whole firing loop, None when a part of it is not stated."""
    signal = ix.signals[c.signal]
    parts = (c.source_resistance, c.bridge, resistance(ix, c.signal), resistance(ix, signal.returns or ""))
    return None if None in parts else sum(p for p in parts if p is not None)


def _highest(ix: Index, firing: list[str]) -> float | None:
    """The largest firing current [A] of the circuits that these boxes fire, None when none is known."""
    currents = [
        c.voltage[1] / loop
        for c in ix.e.pyro
        if set(ix.boxes_on(c.signal, "out")) & set(firing) and c.voltage and (loop := _loop(ix, c))
    ]
    return max(currents, default=None)


@rule("pyro.fire_current")
def fire_current(ix: Index) -> Iterator[Said]:
    """At the lowest voltage one and a half times the all-fire current flows, for twice the time that it needs."""
    factor = tables().fire_margin
    for i, c in enumerate(ix.e.pyro):
        loop = _loop(ix, c)
        if loop is None or c.voltage is None or c.all_fire is None:
            yield unknown(
                f"pyro.{i}.all_fire",
                f"{c.name}: the firing current is not known; state voltage, resistances and all-fire",
            )
            continue
        current = c.voltage[0] / loop
        text = f"{c.name}: {current:.3g} A flow at {c.voltage[0]:.3g} V through {loop:.3g} Ω, all-fire is {c.all_fire:.3g} A"
        yield at_least(
            f"pyro.{i}.all_fire",
            current,
            factor * c.all_fire,
            text,
            f"{factor:g} times is needed: lower the resistance",
        )
        stated = ix.signals[c.signal].current
        highest = c.voltage[1] / loop
        if stated is not None:
            text = f"{c.signal} is stated for {stated:.3g} A, {highest:.3g} A flow at {c.voltage[1]:.3g} V"
            path = f"signals.{list(ix.signals).index(c.signal)}.current"
            yield at_most(path, abs(stated / highest - 1.0), tables().fire_tolerance, text, "state what flows, to 15 %")
        if c.pulse is not None and c.fire_time is not None:
            text = f"{c.name}: the pulse lasts {1e3 * c.pulse:.3g} ms, the initiator needs {1e3 * c.fire_time:.3g} ms"
            yield at_least(
                f"pyro.{i}.pulse",
                c.pulse,
                tables().pulse_margin * c.fire_time,
                text,
                "twice is needed: lengthen the pulse",
            )


@rule("pyro.no_fire")
def no_fire(ix: Index) -> Iterator[Said]:
    """A continuity test stays at a tenth of the no-fire current, and that below all-fire."""
    share = tables().monitor_share
    for i, c in enumerate(ix.e.pyro):
        if c.no_fire is None:
            continue
        if c.monitor is not None:
            text = f"{c.name} is tested with {1e3 * c.monitor:.3g} mA, no-fire is {c.no_fire:.3g} A"
            yield at_most(
                f"pyro.{i}.monitor",
                c.monitor,
                share * c.no_fire,
                text,
                f"{share:g} of it is allowed: lower the test current",
            )
        if c.all_fire is not None and c.all_fire <= c.no_fire:
            yield error(
                f"pyro.{i}.no_fire",
                f"{c.name}: no-fire {c.no_fire:.3g} A is not below all-fire {c.all_fire:.3g} A; correct one",
            )
