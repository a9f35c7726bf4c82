"""Buses with what goes over them and when; the telemetry link; chains of latency."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.documents import Flag
from ...core.quantity import ratio
from .marks import (
    CAPABILITY,
    DEMAND,
    EQUAL,
    BitRate,
    Document,
    Id,
    Integer,
    Metres,
    Ohms,
    Seconds,
    String,
    Text,
    called,
)

Octets = Annotated[int, Field(strict=True, ge=1, le=65_536)]


class Node(Document):
    """A box on a bus: by which connector, and how far from the trunk."""

    equipment: Annotated[Id, called("equipment")]
    stub: Annotated[Metres, DEMAND] | None = None
    terminator: Annotated[Ohms, EQUAL] | None = Field(default=None, description="the resistance, where it has one")
    remote_terminal: Annotated[Integer, EQUAL] | None = Field(
        default=None, description="MIL-STD-1553; the controller has none"
    )


class Slot(Document):
    """A message of the set on a bus. source, sinks: boxes. frames: in which minor frames (1553), from 0.

    id: of a CAN frame; the set's own when left out. subaddress: MIL-STD-1553. every: only each so many-th sample is sent.
    """

    name: Id
    message: Annotated[Id, called("messages")]
    source: Annotated[Id, called("equipment")]
    sinks: Annotated[tuple[Id, ...], called("equipment")] = Field(min_length=1)
    id: Annotated[int, EQUAL, Field(strict=True, ge=0, le=0x1FFF_FFFF)] | None = None
    extended: Annotated[Flag, EQUAL] = False
    jitter: Annotated[Seconds, DEMAND] | None = None
    subaddress: Annotated[Integer, EQUAL] | None = None
    frames: Annotated[tuple[Integer, ...], EQUAL] | None = None
    every: Annotated[int, EQUAL, Field(strict=True, ge=1)] = 1


class Bus(Document):
    """A data bus. signals: its wires (and the line back, for two-way point-to-point links). minor_frame: MIL-STD-1553."""

    name: Id
    type: Annotated[Literal["can", "mil1553", "rs-422", "ethernet"], EQUAL]
    string: String | None = None
    signals: Annotated[tuple[Id, ...], called("signals")] = Field(min_length=1)
    bit_rate: Annotated[BitRate, CAPABILITY] | None = None
    length: Annotated[Metres, DEMAND] | None = Field(default=None, description="of the trunk")
    coupling: Annotated[Literal["direct", "transformer"], EQUAL] | None = None
    minor_frame: Annotated[Seconds, EQUAL] | None = None
    major_frame: Annotated[int, EQUAL, Field(strict=True, ge=1, description="minor frames")] | None = None
    coupler: Annotated[Id, called("equipment")] | None = None
    coupler_terminators: Annotated[tuple[Ohms, ...], EQUAL] = ()
    nodes: tuple[Node, ...] = Field(min_length=2)
    slots: tuple[Slot, ...] = ()

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        more = ("minor_frame", "major_frame", "coupling") if self.type == "mil1553" else ()
        more += ("length",) if self.type != "mil1553" else ()
        return ("bit_rate", *more)


class Downlink(Document):
    """One message on the telemetry link. apid: another one than the set's, for the second of two boxes."""

    message: Annotated[Id, called("messages")]
    source: Annotated[Id, called("equipment")]
    every: Annotated[int, EQUAL, Field(strict=True, ge=1)] = 1
    apid: Annotated[int, EQUAL, Field(strict=True, ge=0, le=2046)] | None = None


class Link(Document):
    """The telemetry link: information bits in a second, before coding. frame, overhead: octets of a transfer frame, and those
    of them that carry no packets. reserve: the share to be kept free."""

    name: Id
    description: Text = ""
    transmitter: Annotated[Id, called("equipment")]
    sink: Annotated[Id, EQUAL] = "ground"
    rate: Annotated[BitRate, CAPABILITY] | None = None
    frame: Annotated[Octets, EQUAL] | None = None
    overhead: Annotated[Octets, DEMAND] | None = None
    reserve: Annotated[float, DEMAND, ratio(ge=0.0, lt=1.0)] | None = None
    messages: tuple[Downlink, ...] = ()

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("rate", "frame", "overhead", "reserve")


class Hop(Document):
    """A step of a chain: a slot of a bus, or the time that a box takes."""

    slot: Annotated[Id, called("slots")] | None = None
    equipment: Annotated[Id, called("equipment")] | None = None
    time: Annotated[Seconds, DEMAND] | None = None


class Chain(Document):
    """From an event to its effect: the hops' worst cases are added up."""

    name: Id
    budget: Annotated[Seconds, CAPABILITY]
    hops: tuple[Hop, ...] = Field(min_length=1)
