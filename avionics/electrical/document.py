"""The document ``osea/electrical/v1``: the electrical interface of a vehicle in one file."""

import difflib
from collections.abc import Iterator
from functools import cache
from typing import Any, Self

from pydantic import Field, ValidationInfo, model_validator

from ...core.documents import Document, FieldError, Module, Reference
from ..message_set import MessageSet, launcher_set
from .buses import Bus, Chain, Link
from .harness import Bundle, Cable, GroundPoint, ReturnBond, Splice, UmbilicalLink, Wire, WireType
from .marks import Mark
from .parts import Connector, Contact, Equipment, Signal
from .power import Inhibit, Load, Phase, Protection, PyroCircuit, Source

LAUNCHER = "launcher"  # in place of a file: the built-in message set


class Electrical(Module, schema="osea/electrical/v1"):
    """Boxes, harness, power and buses. Names are unique in each list, and every name that is used is defined.

    message_set: a file, or the word ``launcher`` for the built-in set. not_carried: its messages that this vehicle does not use.
    """

    message_set: Reference[MessageSet] | None = None
    not_carried: tuple[str, ...] = ()
    phases: tuple[Phase, ...] = Field(min_length=1)
    contacts: tuple[Contact, ...] = ()
    wire_types: tuple[WireType, ...] = ()
    equipment: tuple[Equipment, ...] = Field(min_length=1)
    connectors: tuple[Connector, ...] = Field(
        default=(), description="of the harness; those of boxes stand with the box"
    )
    signals: tuple[Signal, ...] = ()
    bundles: tuple[Bundle, ...] = ()
    cables: tuple[Cable, ...] = ()
    splices: tuple[Splice, ...] = ()
    wires: tuple[Wire, ...] = ()
    umbilicals: tuple[UmbilicalLink, ...] = ()
    ground_points: tuple[GroundPoint, ...] = ()
    return_bonds: tuple[ReturnBond, ...] = ()
    supplies: tuple[Source, ...] = ()
    protections: tuple[Protection, ...] = ()
    loads: tuple[Load, ...] = ()
    inhibits: tuple[Inhibit, ...] = ()
    pyro: tuple[PyroCircuit, ...] = ()
    buses: tuple[Bus, ...] = ()
    links: tuple[Link, ...] = ()
    chains: tuple[Chain, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _built_in_set(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(data, dict) and data.get("message_set") == LAUNCHER:
            return data | {"message_set": launcher_set()}
        return data

    @model_validator(mode="after")
    def _fits(self) -> Self:
        self.check_names()
        return self

    def check_names(self) -> None:
        """Raise FieldError for a name that is used twice or nowhere defined, a wire without an end, a circle of feeds."""
        self._names_fit()
        self._wires_end_somewhere()
        self._tree_of_power()

    def _names_fit(self) -> None:
        for what, items in _lists(self):
            seen: set[str] = set()
            for path, item in items:
                if item.name in seen:
                    raise FieldError(
                        f"{path}.name", f"two {what} are called '{item.name}'; give one of them another name"
                    )
                seen.add(item.name)
        known = known_names(self)
        for path, item in parts_of(self):
            for field, mark in _names(type(item)):
                value = getattr(item, field)
                alias = type(item).model_fields[field].alias or field
                for i, name in enumerate(value if isinstance(value, tuple) else (value,)):
                    if name is None or name in known[mark.of] or (mark.of == "messages" and not self.message_set):
                        continue
                    at = f"{path}.{alias}" + (f".{i}" if isinstance(value, tuple) else "")
                    raise FieldError(at, _no_such(mark.of, name, known[mark.of]))
        for i, name in enumerate(self.not_carried):
            if self.message_set and name not in known["messages"]:
                raise FieldError(f"not_carried.{i}", _no_such("messages", name, known["messages"]))

    def _wires_end_somewhere(self) -> None:
        harness = {c.name for c in self.connectors}
        splices = {s.name for s in self.splices}
        for i, wire in enumerate(self.wires):
            for field, place in (("from", wire.start), ("to", wire.end)):
                connector, _, cavity = place.rpartition(".")
                if place in splices or (connector in harness and cavity):
                    continue
                near = difflib.get_close_matches(connector or place, [*harness, *splices], 1)
                hint = (
                    f"; did you mean '{near[0]}{'.' + cavity if near[0] in harness else ''}'?"
                    if near
                    else _known([*harness, *splices])
                )
                text = f"'{place}' is neither a cavity of a harness connector (such as P1.3) nor a splice{hint}"
                raise FieldError(f"wires.{i}.{field}", text)

    def _tree_of_power(self) -> None:
        feeds = {p.name: p.inputs for p in self.protections}
        for i, p in enumerate(self.protections):
            above, todo = set(), list(p.inputs)
            while todo:
                name = todo.pop()
                if name == p.name:
                    raise FieldError(
                        f"protections.{i}.from", f"'{p.name}' feeds itself by way of {', '.join(p.inputs)}"
                    )
                if name not in above:
                    above.add(name)
                    todo += feeds.get(name, ())
        both = {s.name for s in self.supplies} & set(feeds)
        if both:
            i = next(i for i, p in enumerate(self.protections) if p.name in both)
            raise FieldError(f"protections.{i}.name", f"'{self.protections[i].name}' is a source as well; rename one")
        for i, load in enumerate(self.loads):
            if load.power is not None and len(load.power) != len(self.phases):
                text = f"{len(load.power)} powers for {len(self.phases)} phases; give one for each, in their order"
                raise FieldError(f"loads.{i}.power", text)

    @property
    def phase_names(self) -> tuple[str, ...]:
        """In order of time."""
        return tuple(p.name for p in self.phases)


NAMED = {
    "phases": "phases", "contacts": "contacts", "wire_types": "wire types", "equipment": "boxes", "signals": "signals",
    "bundles": "bundles", "cables": "cables", "splices": "splices", "wires": "wires", "umbilicals": "umbilicals",
    "ground_points": "ground points", "supplies": "sources", "protections": "protections", "loads": "loads",
    "inhibits": "inhibits", "pyro": "pyrotechnic circuits", "buses": "buses", "links": "links", "chains": "chains",
    "connectors": "connectors", "slots": "slots", "feeds": "sources or protections", "messages": "messages of the set",
    "sources": "sources",
}  # fmt: skip


def _lists(e: Electrical) -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """Every list whose items have names: what they are called, and (path, item)."""
    for field in type(e).model_fields:
        value = getattr(e, field)
        if field in NAMED and field not in ("connectors", "phases", "sources") and isinstance(value, tuple):
            yield NAMED[field], [(f"{field}.{i}", item) for i, item in enumerate(value)]
    yield "phases", [(f"phases.{i}", p) for i, p in enumerate(e.phases)]
    yield "connectors", [(f"connectors.{i}", c) for i, c in enumerate(e.connectors)]
    for i, box in enumerate(e.equipment):
        yield "connectors", [(f"equipment.{i}.connectors.{k}", c) for k, c in enumerate(box.connectors)]
    yield "slots", [(f"buses.{i}.slots.{k}", s) for i, b in enumerate(e.buses) for k, s in enumerate(b.slots)]


def known_names(e: Electrical) -> dict[str, list[str]]:
    """The names that may be used, list by list. A box's connector is ``box.connector``."""
    known = {
        field: [item.name for item in getattr(e, field)] for field in NAMED if hasattr(e, field) and field != "sources"
    }
    known["connectors"] += [connector_id(box, c) for box in e.equipment for c in box.connectors]
    known["sources"] = [s.name for s in e.supplies]
    known["feeds"] = known["sources"] + known["protections"]
    known["slots"] = [s.name for b in e.buses for s in b.slots]
    known["messages"] = [m.name for m in _messages(e.message_set)] if e.message_set else []
    return known


def _messages(s: MessageSet | None) -> list[Any]:
    """Messages of a set and of those that it extends."""
    return [] if s is None else [*s.messages, *_messages(s.extends)]


def connector_id(box: Equipment, connector: Connector) -> str:
    """How wires and mates name a box's connector."""
    return f"{box.name}.{connector.name}"


def parts_of(e: Electrical) -> Iterator[tuple[str, Document]]:
    """Every part of the document with its path."""
    for field in type(e).model_fields:
        value = getattr(e, field)
        if isinstance(value, tuple):
            for i, item in enumerate(value):
                if isinstance(item, Document):
                    yield from _within(f"{field}.{i}", item)


def _within(path: str, item: Document) -> Iterator[tuple[str, Document]]:
    yield path, item
    for field in _parts(type(item)):
        for i, part in enumerate(getattr(item, field)):
            yield from _within(f"{path}.{field}.{i}", part)


@cache
def _parts(model: type[Document]) -> tuple[str, ...]:
    """The fields that hold further parts."""
    return tuple(
        n for n in ("pins", "connectors", "crossings", "nodes", "slots", "hops", "messages") if n in model.model_fields
    )


@cache
def _names(model: type[Document]) -> tuple[tuple[str, Mark], ...]:
    """The fields that name something, and what."""
    return tuple((name, mark) for name, mark in marks_of(model) if mark.word == "name")


@cache
def marks_of(model: type[Document]) -> tuple[tuple[str, Mark], ...]:
    """Every field of a part with its mark; fields without one (names of the parts themselves, lists of parts) are left out."""
    found = []
    for name, info in model.model_fields.items():
        mark = next((m for m in [*info.metadata, *_deep(info.annotation)] if isinstance(m, Mark)), None)
        if mark is not None:
            found.append((name, mark))
    return tuple(found)


def _deep(annotation: Any) -> Iterator[Any]:
    """Metadata anywhere in an annotation."""
    yield from getattr(annotation, "__metadata__", ())
    for inner in getattr(annotation, "__args__", ()):
        yield from _deep(inner)


def _known(names: list[str]) -> str:
    return f"; known: {', '.join(sorted(names)[:12])}{' …' if len(names) > 12 else ''}"


def _no_such(of: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    shown = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    hint = f"did you mean '{near[0]}'?" if near else f"define it, or use one of: {shown or 'none is defined'}"
    return f"'{name}' is not among the {NAMED[of]}; {hint}"


__all__ = ["LAUNCHER", "NAMED", "Electrical", "connector_id", "known_names", "marks_of", "parts_of"]
