"""Wires, cables and bundles."""

from collections.abc import Iterator

from .index import Index, remembered
from .parts import DIFFERENTIAL
from .rules import Said, at_least, at_most, error, ok, rule, unknown
from .tables import solid_resistance, tables, wire_current

CATEGORY = {"power": "power", "pyro": "pyro", "rf": "rf"}  # of signals; everything else is "signal"


@rule("wire.current")
def current(ix: Index) -> Iterator[Said]:
    """A wire carries what is left of its current in vacuum, in its bundle, in its surroundings."""
    loaded: dict[str, int] = {}
    for i, wire in enumerate(ix.e.wires):
        signal = ix.signal_of_wire(i)
        if wire.bundle and signal and (signal.current or 0.0) / ix.parallel(i) > 0.1:
            loaded[wire.bundle] = loaded.get(wire.bundle, 0) + 1
    for i, wire in enumerate(ix.e.wires):
        signal, kind = ix.signal_of_wire(i), ix.wire_types[wire.type]
        bundle = ix.bundles.get(wire.bundle or "")
        if signal is None or signal.current is None or bundle is None or kind.temperature is None:
            continue
        if bundle.environment is None or bundle.temperature is None:
            continue
        amperes, wires = signal.current / ix.parallel(i), max(loaded.get(bundle.name, 1), 1)
        wires = 1 if bundle.category == "pyro" else wires  # a pulse of milliseconds heats no bundle
        vacuum = bundle.environment == "vacuum"
        limit = wire_current(kind.gauge, kind.material, kind.temperature, bundle.temperature, wires, vacuum)
        text = f"wire {wire.name} ({signal.name}, {kind.name}, AWG {kind.gauge}) carries {amperes:.3g} A in bundle {bundle.name}"
        if limit is None:
            yield unknown(f"wires.{i}.type", f"{text}; the table has no AWG {kind.gauge}: choose another gauge")
            continue
        text += (
            f", {wires} loaded wire{'s' if wires > 1 else ''}, {bundle.temperature - 273.15:.0f} °C, "
            f"{bundle.environment}: {limit:.3g} A allowed"
        )
        yield at_most(f"wires.{i}.type", amperes, limit, text, "use a thicker wire or several in parallel")


@rule("wire.voltage")
def voltage(ix: Index) -> Iterator[Said]:
    """Insulation takes twice the voltage on it."""
    for i, wire in enumerate(ix.e.wires):
        signal, kind = ix.signal_of_wire(i), ix.wire_types[wire.type]
        if signal is None or signal.voltage is None or kind.voltage is None:
            continue
        volts, limit = max(abs(v) for v in signal.voltage), kind.voltage * tables().voltage_derating
        text = f"wire {wire.name} ({signal.name}) is at {volts:.3g} V, '{kind.name}' derated to {limit:.3g} V"
        yield at_most(f"wires.{i}.type", volts, limit, text, "use a wire of higher voltage")


@rule("wire.temperature")
def temperature(ix: Index) -> Iterator[Said]:
    """Insulation is rated at least 50 K above its surroundings."""
    for i, wire in enumerate(ix.e.wires):
        kind, bundle = ix.wire_types[wire.type], ix.bundles.get(wire.bundle or "")
        if kind.temperature is None or bundle is None or bundle.temperature is None:
            continue
        text = (
            f"wire {wire.name}: '{kind.name}' is rated {kind.temperature - 273.15:.0f} °C, bundle "
            f"{bundle.name} is at {bundle.temperature - 273.15:.0f} °C"
        )
        yield at_least(
            f"wires.{i}.type",
            kind.temperature - bundle.temperature,
            tables().insulation_margin,
            text,
            f"{tables().insulation_margin:g} K between are needed: change the insulation",
        )


@rule("wire.resistance")
def resistance(ix: Index) -> Iterator[Said]:
    """The stated resistance fits gauge and material."""
    t = tables()
    for i, kind in enumerate(ix.e.wire_types):
        if kind.resistance is None:
            continue
        ratio = kind.resistance / solid_resistance(kind.gauge, kind.material)
        text = f"'{kind.name}': {1e3 * kind.resistance:.4g} mΩ/m is {ratio:.2f} times a solid AWG {kind.gauge} of {kind.material}"
        if t.resistance_low <= ratio <= t.resistance_high:
            yield ok(f"wire_types.{i}.resistance", text, min(ratio - t.resistance_low, t.resistance_high - ratio))
        else:
            mend = f"{t.resistance_low:g} to {t.resistance_high:g} is usual for strands: correct gauge, material or resistance"
            yield error(f"wire_types.{i}.resistance", f"{text}; {mend}")


@rule("wire.length")
def length(ix: Index) -> Iterator[Said]:
    """Wires are about as long as the bundle that they run in."""
    tolerance = tables().length_tolerance
    for i, wire in enumerate(ix.e.wires):
        bundle = ix.bundles.get(wire.bundle or "")
        if wire.length is None or bundle is None or bundle.length is None:
            continue
        off = abs(wire.length / bundle.length - 1.0)
        text = f"wire {wire.name} is {wire.length:.3g} m long, its bundle {bundle.name} {bundle.length:.3g} m"
        yield at_most(
            f"wires.{i}.length", off, tolerance, text, f"they may differ by {100 * tolerance:.0f} %: correct one"
        )


@rule("bundle.ends")
def ends(ix: Index) -> Iterator[Said]:
    """All wires of a cable run together: in one bundle, between the same two connectors."""
    seen: dict[str, tuple[str, tuple]] = {}
    for i, wire in enumerate(ix.e.wires):
        if wire.cable is None:
            continue
        way = (wire.bundle, *sorted(p[0] for p in ix.ends[i]))
        other, first = seen.setdefault(wire.cable, (wire.name, way))
        text = f"wire {wire.name} of cable {wire.cable} runs in {wire.bundle} from {way[1]} to {way[2]}"
        if way == first:
            yield ok(f"wires.{i}.cable", text)
        else:
            beside = f"wire {other} of it in {first[0]} from {first[1]} to {first[2]}"
            yield error(f"wires.{i}.cable", f"{text}, {beside}; a cable runs as one: correct it")


@rule("bundle.category")
def category(ix: Index) -> Iterator[Said]:
    """Power, signals, pyrotechnics and radio frequency run in bundles of their own."""
    for i, wire in enumerate(ix.e.wires):
        signal, bundle = ix.signal_of_wire(i), ix.bundles.get(wire.bundle or "")
        if signal is None or bundle is None:
            continue
        wanted = category_of(ix, signal.name)
        text = f"wire {wire.name} ({signal.name}) is {wanted}, bundle {bundle.name} {bundle.category}"
        if wanted == bundle.category:
            yield ok(f"wires.{i}.bundle", text)
        else:
            yield error(f"wires.{i}.bundle", f"{text}; route it in a {wanted} bundle")


@remembered
def category_of(ix: Index, name: str) -> str:
    """What a signal counts as. A return counts as what comes back by it, the line of an arm plug as pyrotechnic."""
    signal = ix.signals[name]
    if signal.type == "return":
        owners = {category_of(ix, s.name) for s in ix.e.signals if s.returns == name}
        return next((c for c in ("pyro", "power", "rf") if c in owners), "signal")
    if signal.type == "power" and any(
        i.type == "arm plug" and i.controller in ix.boxes_on(name) for i in ix.e.inhibits
    ):
        return "pyro"
    return CATEGORY.get(signal.type, "signal")


def wires_needing_cable(ix: Index) -> Iterator[tuple[int, str]]:
    """Wires whose signal, or the signal that returns on them, wants twisting or a shield."""
    for i in range(len(ix.e.wires)):
        signal = ix.signal_of_wire(i)
        if signal is not None and (signal.twisted or signal.shielded):
            yield i, signal.name


@rule("cable.twist_shield")
def twist_shield(ix: Index) -> Iterator[Said]:
    """Twisted and shielded where the signal asks for it; buses and pyrotechnics always ask."""
    for i, signal in enumerate(ix.e.signals):
        need = signal.type in (*DIFFERENTIAL, "pyro")
        for field in ("twisted", "shielded"):
            if need and not getattr(signal, field):
                yield error(
                    f"signals.{i}.{field}", f"{signal.name} is {signal.type} and not {field}; set '{field}: true'"
                )
    for i, name in wires_needing_cable(ix):
        wire, signal = ix.wire(i), ix.signals[name]
        cable = ix.cables.get(wire.cable or "")
        text = f"wire {wire.name} ({name})"
        lacking = [
            word
            for word, want, have in (
                ("twisted", signal.twisted, cable is not None and cable.twisted),
                ("shielded", signal.shielded, cable is not None and cable.shield != "none"),
            )
            if want and not have
        ]
        if lacking:
            what = f"cable {cable.name} is" if cable else "it is in no cable, so"
            yield error(
                f"wires.{i}.cable", f"{text} shall be {' and '.join(lacking)}, and {what} not; choose another cable"
            )
        else:
            yield ok(f"wires.{i}.cable", f"{text}: cable {wire.cable} is as asked")


@rule("cable.shield_ends")
def shield_ends(ix: Index) -> Iterator[Said]:
    """Shields end at both connectors, those of analogue signals at one."""
    kinds = _types_in_cables(ix)
    for i, cable in enumerate(ix.e.cables):
        if cable.shield == "none" or not kinds.get(cable.name):
            continue
        analogue = kinds[cable.name] <= {"analogue", "return"}
        wanted = "one end" if analogue else "both ends"
        text = f"shield of cable {cable.name} ({', '.join(sorted(kinds[cable.name]))}) is terminated at {cable.shield}"
        path = f"cables.{i}.shield"
        yield ok(path, text) if cable.shield == wanted else error(path, f"{text}; terminate it at {wanted}")


def _types_in_cables(ix: Index) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = {}
    for k, wire in enumerate(ix.e.wires):
        signal = ix.signal_of_wire(k)
        if wire.cable and signal:
            kinds.setdefault(wire.cable, set()).add(signal.type)
    return kinds


@rule("cable.needless")
def needless(ix: Index) -> Iterator[Said]:
    """A cable is made as its signals ask: no twist or shield that none of them wants."""
    asks: dict[str, set[str]] = {}
    for k, wire in enumerate(ix.e.wires):
        signal = ix.signal_of_wire(k)
        if wire.cable and signal:
            asked = asks.setdefault(wire.cable, set())
            asked |= {f for f in ("twisted", "shielded") if getattr(signal, f)}
            asked |= {
                f for s in ix.e.signals if s.returns == signal.name for f in ("twisted", "shielded") if getattr(s, f)
            }
    for i, cable in enumerate(ix.e.cables):
        has = {"twisted"} if cable.twisted else set()
        has |= {"shielded"} if cable.shield != "none" else set()
        extra = has - asks.get(cable.name, set())
        text = f"cable {cable.name}"
        if extra and cable.name in asks:
            yield error(
                f"cables.{i}",
                f"{text} is {' and '.join(sorted(extra))}, and no signal in it asks for that; state it there",
            )
        elif cable.name in asks:
            yield ok(f"cables.{i}", f"{text} is as its signals ask")


@rule("cable.impedance")
def impedance(ix: Index) -> Iterator[Said]:
    """A cable has the impedance of its signals."""
    tolerance = tables().impedance_tolerance
    for i, cable in enumerate(ix.e.cables):
        needs = {
            s.name: s.impedance for k in ix.wires_in_cable[cable.name] if (s := ix.signal_of_wire(k)) and s.impedance
        }
        path = f"cables.{i}.impedance"
        if needs and cable.impedance is None:
            yield unknown(path, f"cable {cable.name} carries {', '.join(needs)} and has no stated impedance; state it")
        elif cable.impedance is not None and not needs:
            yield error(
                path,
                f"cable {cable.name} has {cable.impedance:g} Ω, and no signal in it has an impedance; state it there",
            )
        for name, ohms in needs.items():
            if cable.impedance is not None and ohms:
                off = abs(cable.impedance / ohms - 1.0)
                text = f"cable {cable.name} has {cable.impedance:g} Ω, {name} {ohms:g} Ω"
                yield at_most(path, off, tolerance, text, f"{100 * tolerance:.0f} % are allowed: match them")


@rule("bundle.string")
def string(ix: Index) -> Iterator[Said]:
    """Bundles and connectors carry one string only, and redundant signals share neither."""
    bundles: dict[str, dict[str, str]] = {}
    connectors: dict[str, dict[str, str]] = {}
    for i, wire in enumerate(ix.e.wires):
        signal = ix.signal_of_wire(i)
        if signal is None:
            continue
        if wire.bundle:
            own = ix.bundles[wire.bundle].string
            text = (
                f"wire {wire.name} ({signal.name}) is of string {signal.string or 'none'}, bundle "
                f"{wire.bundle} of {own or 'none'}"
            )
            if signal.string == own:
                yield ok(f"wires.{i}.bundle", text)
            else:
                yield error(f"wires.{i}.bundle", f"{text}; route each string in its own bundle")
        if signal.group and signal.string:
            for place, found in ((wire.bundle, bundles), *((p[0], connectors) for p in ix.ends[i])):
                if place:
                    found.setdefault(f"{place} {signal.group}", {})[signal.string] = signal.name
    for found, what in ((bundles, "bundle"), (connectors, "connector")):
        for key, strings in found.items():
            if len(strings) > 1:
                place, _, group = key.partition(" ")
                names = " and ".join(strings.values())
                text = f"{names} do '{group}' redundantly and share {what} {place}: one fault takes both; part them"
                yield error(f"signals.{list(ix.signals).index(next(iter(strings.values())))}.group", text)
