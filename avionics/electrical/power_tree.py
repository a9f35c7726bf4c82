"""Currents, charges and voltage drops of the power tree."""

from collections.abc import Iterator

from .harness import Wire
from .index import Index, remembered
from .parts import Signal
from .power import Load, Protection, Source
from .tables import at_temperature


@remembered
def load_current(ix: Index, load: Load, phase: int | None = None) -> float | None:
    """Current [A] of a load at the lowest voltage it is fed with; the largest of all phases unless one is given.

    None when power or a source's voltage is not stated.
    """
    if load.power is None:
        return None
    lows = [s.voltage[0] for s in ix.sources_of(load.feed) if s.voltage]
    if not lows or min(lows) <= 0.0:
        return None
    return (max(load.power) if phase is None else load.power[phase]) / min(lows)


@remembered
def sharing(ix: Index, load: Load, phase: str) -> list[Source]:
    """The sources that feed a load in a phase; they share it equally."""
    return [s for s in ix.sources_of(load.feed) if phase in s.phases]


@remembered
def source_current(ix: Index, source: Source, phase: int) -> float | None:
    """Current [A] drawn from a source in a phase, None when a load or the source's voltage is not known."""
    name, total = ix.e.phases[phase].name, 0.0
    if source.voltage is None or source.voltage[0] <= 0.0:
        return None
    for load in ix.loads_behind[source.name]:
        feeding = sharing(ix, load, name)
        if source in feeding:
            if load.power is None:
                return None
            total += load.power[phase] / source.voltage[0] / len(feeding)
    return total


def source_power(ix: Index, source: Source, phase: int) -> float | None:
    """Power [W] that loads take from a source in a phase, None when one is not stated."""
    name, total = ix.e.phases[phase].name, 0.0
    for load in ix.loads_behind[source.name]:
        feeding = sharing(ix, load, name)
        if source in feeding:
            if load.power is None:
                return None
            total += load.power[phase] / len(feeding)
    return total


def charge(ix: Index, source: Source) -> float | None:
    """Charge [A s] taken from a source over all phases: constant power at the lowest voltage. None when not known."""
    total = 0.0
    for k, phase in enumerate(ix.e.phases):
        current = source_current(ix, source, k)
        if current is None:
            return None
        total += current * phase.duration
    return total


@remembered
def behind(ix: Index, p: Protection) -> float | None:
    """Current [A] through a protection in the worst of the phases in which one of its sources supplies; None when not known."""
    own, worst = ix.sources_of(p.name), 0.0
    for k, phase in enumerate(ix.e.phases):
        total = 0.0
        for load in ix.loads_behind[p.name]:
            feeding = sharing(ix, load, phase.name)
            here = [s for s in feeding if s in own]
            current = load_current(ix, load, k)
            if current is None:
                return None
            total += current * len(here) / len(feeding) if feeding else 0.0
        worst = max(worst, total)
    return worst


@remembered
def source_signals(ix: Index, source: Source) -> list[Signal]:
    """The power signals that leave a source's box and end in a box with a protection fed by it."""
    boxes = {p.equipment for p in ix.e.protections if source.name in p.inputs}
    found = []
    for name in dict.fromkeys(p.pin.signal for p in ix.pins if p.box.name == source.equipment):
        signal = ix.signals[name]
        if (
            signal.type == "power"
            and source.equipment in ix.boxes_on(name, "out")
            and boxes & set(ix.boxes_on(name, "in"))
        ):
            found.append(signal)
    return found


@remembered
def signals_from(ix: Index, source: Source) -> list[Signal]:
    """All power signals that a source feeds: those that leave its box, and those behind the protections below it."""
    found = source_signals(ix, source)
    for p in ix.e.protections:
        if p.signal is not None and source in ix.sources_of(p.name) and ix.signals[p.signal] not in found:
            found.append(ix.signals[p.signal])
    return found


@remembered
def resistance(ix: Index, name: str) -> float | None:
    """Resistance [ohm] of a signal's wires and contacts from end to end, hot; wires of a stretch are side by side.

    Branches behind a splice are taken as in series, which is on the safe side. None when something is not stated.
    """
    stretches: dict[tuple, list[float]] = {}
    for i in ix.wires_of.get(name, ()):
        ohms = wire_resistance(ix, ix.wire(i))
        if ohms is None:
            return None
        for connector, cavity in ix.ends[i]:
            if cavity:
                kind = ix.connectors[connector].connector.contact
                contact = ix.contacts[kind].resistance if kind else None
                if contact is None:
                    return None
                ohms += contact
        stretches.setdefault(tuple(sorted(p[0] for p in ix.ends[i])), []).append(ohms)
    if not stretches:
        return None
    return sum(1.0 / sum(1.0 / r for r in wires) for wires in stretches.values())


def wire_resistance(ix: Index, wire: Wire) -> float | None:
    """Resistance [ohm] of one wire in the warmth of its bundle."""
    kind, bundle = ix.wire_types[wire.type], ix.bundles.get(wire.bundle or "")
    if kind.resistance is None or wire.length is None or bundle is None or bundle.temperature is None:
        return None
    return at_temperature(kind.resistance, bundle.temperature) * wire.length


@remembered
def drop(ix: Index, signal: Signal) -> float | None:
    """Voltage [V] lost on a signal and its return at their stated currents, None when something is not stated."""
    back = ix.signals.get(signal.returns or "")
    if back is None or signal.current is None:
        return None
    there, home = resistance(ix, signal.name), resistance(ix, back.name)
    if there is None or home is None:
        return None
    return signal.current * there + (back.current if back.current is not None else signal.current) * home


@remembered
def path_to(ix: Index, load: Load, source: Source) -> list[Protection]:
    """The protections from a source down to a load."""

    def down(name: str) -> list[Protection] | None:
        p = ix.protections[name]
        if source.name in p.inputs:
            return [p]
        for above in p.inputs:
            way = down(above) if above in ix.protections else None
            if way is not None:
                return [*way, p]
        return None

    return down(load.feed) or []


def voltage_at(ix: Index, load: Load, source: Source) -> tuple[float, list[tuple[str, float]]] | None:
    """Lowest voltage [V] at a load fed from a source, and the drops that lead to it (name, V); None when not known."""
    if source.voltage is None or source.resistance is None:
        return None
    total = max((c for k in range(len(ix.e.phases)) if (c := source_current(ix, source, k)) is not None), default=0.0)
    steps: list[tuple[str, float]] = [(source.name, total * source.resistance)]
    for signal in source_signals(ix, source):
        lost = drop(ix, signal)
        if lost is None:
            return None
        steps.append((signal.name, lost))
    for p in path_to(ix, load, source):
        current = behind(ix, p)
        if p.resistance is None or current is None:
            return None
        steps.append((p.name, current * p.resistance))
        if p.signal is not None:
            lost = drop(ix, ix.signals[p.signal])
            if lost is None:
                return None
            steps.append((p.signal, lost))
    return source.voltage[0] - sum(v for _, v in steps), steps


def power_by_phase(ix: Index) -> Iterator[tuple[Source, list[float | None]]]:
    """Each source with the power [W] that its loads take in each phase."""
    for source in ix.e.supplies:
        yield source, [source_power(ix, source, k) for k in range(len(ix.e.phases))]
