"""The document by names, with its wires followed from pin to pin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Any, TypeVar

from ..layout import layout
from ..layout_types import ResolvedMessage, ResolvedSet
from ..message_set import MessageSet
from .buses import Bus, Slot
from .document import Electrical, connector_id
from .harness import Bundle, Splice, Wire, WireType
from .parts import Connector, Contact, Equipment, Pin, Signal
from .power import Load, Protection, Source

Point = tuple[str, str]  # connector and cavity; a splice has the cavity ""


@dataclass(frozen=True)
class ConnectorAt:
    """A connector in its place. box: None for one of the harness."""

    id: str
    path: str
    connector: Connector
    box: Equipment | None


@dataclass(frozen=True)
class PinAt:
    """A pin of a box."""

    path: str
    at: ConnectorAt
    pin: Pin
    box: Equipment

    @property
    def id(self) -> str:
        return f"{self.at.id}-{self.pin.pin}"

    @property
    def point(self) -> Point:
        return self.at.id, self.pin.pin


@dataclass
class Net:
    """What is wired together: pins of boxes, wires, splices, harness cavities."""

    pins: list[PinAt] = field(default_factory=list)
    wires: list[int] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)

    @property
    def signals(self) -> set[str]:
        """Names of the signals of its pins."""
        return {p.pin.signal for p in self.pins}


F = TypeVar("F", bound=Callable[..., Any])


def remembered(function: F) -> F:
    """Compute once for each index: for functions of an index and of items that have names."""

    @wraps(function)
    def wrapper(ix: "Index", *items: Any) -> Any:
        key = (function.__name__, *(getattr(item, "name", item) for item in items))
        if key not in ix.memory:
            ix.memory[key] = function(ix, *items)
        return ix.memory[key]

    return wrapper  # type: ignore[return-value]


_laid_out: list[tuple[MessageSet, ResolvedSet]] = []  # the last message set, since many documents may share it


class Index:
    """Look-ups over one document; everything is computed once, when first asked for."""

    def __init__(self, e: Electrical) -> None:
        self.e = e
        self.memory: dict[tuple, Any] = {}
        self.contacts: dict[str, Contact] = {c.name: c for c in e.contacts}
        self.wire_types: dict[str, WireType] = {w.name: w for w in e.wire_types}
        self.signals: dict[str, Signal] = {s.name: s for s in e.signals}
        self.bundles: dict[str, Bundle] = {b.name: b for b in e.bundles}
        self.cables: dict[str, Any] = {c.name: c for c in e.cables}
        self.splices: dict[str, Splice] = {s.name: s for s in e.splices}
        self.boxes: dict[str, Equipment] = {b.name: b for b in e.equipment}
        self.sources: dict[str, Source] = {s.name: s for s in e.supplies}
        self.protections: dict[str, Protection] = {p.name: p for p in e.protections}
        self.inhibits: dict[str, Any] = {i.name: i for i in e.inhibits}

    @cached_property
    def connectors(self) -> dict[str, ConnectorAt]:
        """All connectors by their id, boxes' first."""
        found = {}
        for i, box in enumerate(self.e.equipment):
            for k, c in enumerate(box.connectors):
                at = ConnectorAt(connector_id(box, c), f"equipment.{i}.connectors.{k}", c, box)
                found[at.id] = at
        for i, c in enumerate(self.e.connectors):
            found[c.name] = ConnectorAt(c.name, f"connectors.{i}", c, None)
        return found

    @cached_property
    def mates(self) -> dict[str, str]:
        """What each connector goes into, by its own word or by the other's."""
        found: dict[str, str] = {}
        for at in self.connectors.values():
            if at.connector.mate:
                found[at.id] = at.connector.mate
        for one, other in list(found.items()):
            found.setdefault(other, one)
        return found

    @cached_property
    def pins(self) -> list[PinAt]:
        """All pins of boxes in their order, doubles included."""
        return [
            PinAt(f"{at.path}.pins.{k}", at, pin, at.box)
            for at in self.connectors.values()
            if at.box
            for k, pin in enumerate(at.connector.pins)
        ]

    @cached_property
    def pins_of(self) -> dict[str, list[PinAt]]:
        """Pins by signal."""
        found: dict[str, list[PinAt]] = {name: [] for name in self.signals}
        for pin in self.pins:
            found[pin.pin.signal].append(pin)
        return found

    def point(self, place: str) -> Point:
        """A wire's end: (connector, cavity), or (splice, "")."""
        if place in self.splices:
            return place, ""
        connector, _, cavity = place.rpartition(".")
        return connector, cavity

    @cached_property
    def ends(self) -> list[tuple[Point, Point]]:
        """Both ends of every wire."""
        return [(self.point(w.start), self.point(w.end)) for w in self.e.wires]

    @cached_property
    def wires_at(self) -> dict[Point, list[int]]:
        """Wires (their numbers) by the cavity that they end in."""
        found: dict[Point, list[int]] = {}
        for i, (a, b) in enumerate(self.ends):
            found.setdefault(a, []).append(i)
            found.setdefault(b, []).append(i)
        return found

    @cached_property
    def _wires_in(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for i, ends in enumerate(self.ends):
            for place, _ in ends:
                found.setdefault(place, []).append(i)
        return found

    def wires_in(self, connector: str) -> list[int]:
        """Wires that end in a harness connector or splice."""
        return self._wires_in.get(connector, [])

    @cached_property
    def nets(self) -> list[Net]:
        """Everything that wires and mated connectors join; pins without a wire stand alone."""
        parent: dict[Point, Point] = {}

        def root(p: Point) -> Point:
            parent.setdefault(p, p)
            while parent[p] != p:
                parent[p] = p = parent[parent[p]]
            return p

        for a, b in self.ends:
            parent[root(a)] = root(b)
        for pin in self.pins:
            root(pin.point)
        for point in list(parent):
            mate = self.mates.get(point[0])
            if mate is not None:
                parent[root(point)] = root((mate, point[1]))
        nets: dict[Point, Net] = {}
        for point in parent:
            nets.setdefault(root(point), Net()).points.append(point)
        for pin in self.pins:
            nets[root(pin.point)].pins.append(pin)
        for i, (a, _) in enumerate(self.ends):
            nets[root(a)].wires.append(i)
        return list(nets.values())

    @cached_property
    def net_of_wire(self) -> dict[int, Net]:
        """The net of every wire."""
        return {i: net for net in self.nets for i in net.wires}

    @cached_property
    def net_of_pin(self) -> dict[str, Net]:
        """The net of every pin, by the pin's path."""
        return {pin.path: net for net in self.nets for pin in net.pins}

    def signal_of_wire(self, i: int) -> Signal | None:
        """The signal on a wire when all pins that it leads to agree."""
        return self._wire_signals[i]

    @cached_property
    def _wire_signals(self) -> list[Signal | None]:
        found: list[Signal | None] = [None] * len(self.e.wires)
        for net in self.nets:
            names = net.signals
            if len(names) == 1:
                for i in net.wires:
                    found[i] = self.signals[next(iter(names))]
        return found

    @cached_property
    def wires_of(self) -> dict[str, list[int]]:
        """Wires by signal."""
        found: dict[str, list[int]] = {name: [] for name in self.signals}
        for i in range(len(self.e.wires)):
            signal = self.signal_of_wire(i)
            if signal is not None:
                found[signal.name].append(i)
        return found

    def parallel(self, i: int) -> int:
        """How many wires share the current of wire *i*: those of its signal between the same two connectors or splices."""
        return self._parallel[i]

    @cached_property
    def _parallel(self) -> list[int]:
        counts: dict[tuple, int] = {}
        keys = []
        for i, (a, b) in enumerate(self.ends):
            signal = self.signal_of_wire(i)
            key = (signal.name if signal else i, *sorted((a[0], b[0])))
            keys.append(key)
            counts[key] = counts.get(key, 0) + 1
        return [counts[k] for k in keys]

    def wire(self, i: int) -> Wire:
        """Wire number *i*."""
        return self.e.wires[i]

    @cached_property
    def messages(self) -> ResolvedSet | None:
        """The message set, laid out."""
        if self.e.message_set is None:
            return None
        if not _laid_out or _laid_out[0][0] is not self.e.message_set:
            _laid_out[:] = [(self.e.message_set, layout(self.e.message_set))]
        return _laid_out[0][1]

    def message(self, name: str) -> ResolvedMessage | None:
        """A message of the set."""
        return self.messages.by_name.get(name) if self.messages else None

    @remembered
    def boxes_on(self, signal: str, direction: str = "") -> list[str]:
        """Boxes that have a pin of the signal, in that direction."""
        pins = self.pins_of.get(signal, [])
        return list(dict.fromkeys(p.box.name for p in pins if not direction or p.pin.direction == direction))

    @cached_property
    def wires_in_cable(self) -> dict[str, list[int]]:
        """Wires by cable."""
        found: dict[str, list[int]] = {c: [] for c in self.cables}
        for i, wire in enumerate(self.e.wires):
            if wire.cable:
                found[wire.cable].append(i)
        return found

    def slots(self) -> Iterator[tuple[str, Bus, Slot]]:
        """(path, bus, slot) of every message on a bus."""
        for i, bus in enumerate(self.e.buses):
            for k, slot in enumerate(bus.slots):
                yield f"buses.{i}.slots.{k}", bus, slot

    @remembered
    def sources_of(self, feed: str) -> list[Source]:
        """The sources at the root of a protection."""
        if feed in self.sources:
            return [self.sources[feed]]
        return list(dict.fromkeys(s for above in self.protections[feed].inputs for s in self.sources_of(above)))

    @cached_property
    def loads_behind(self) -> dict[str, list[Load]]:
        """Loads by every source and protection above them."""
        found: dict[str, list[Load]] = {name: [] for name in (*self.sources, *self.protections)}
        for load in self.e.loads:
            todo, seen = [load.feed], set()
            while todo:
                name = todo.pop()
                if name in seen:
                    continue
                seen.add(name)
                found[name].append(load)
                if name in self.protections:
                    todo += self.protections[name].inputs
        return found
