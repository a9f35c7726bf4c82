"""The power tree: phases of flight, sources, what limits the current, loads."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.quantity import SI
from .marks import (
    CAPABILITY,
    DEMAND,
    EQUAL,
    INFO,
    Amperes,
    Document,
    Id,
    Ohms,
    Seconds,
    Share,
    String,
    Text,
    Volts,
    Watts,
    called,
)

Charge = Annotated[float, SI("A*s", ("28 A*hour",), gt=0.0)]
MeltingIntegral = Annotated[float, SI("A^2*s", ("12 A^2*s",), gt=0.0)]


class Phase(Document):
    """A stretch of the count or the flight, in order of time."""

    name: Id
    description: Text = ""
    duration: Annotated[Seconds, DEMAND]
    place: Annotated[Literal["ground", "flight"], EQUAL]


class Source(Document):
    """A battery or a supply on the ground. voltage: at its terminals over all phases, from the end of discharge to full.

    depth_of_discharge: the share of the capacity that may be taken. resistance: of the source with its leads.
    """

    name: Id
    type: Annotated[Literal["battery", "ground supply"], EQUAL]
    equipment: Annotated[Id, called("equipment")]
    string: String | None = None
    voltage: Annotated[Volts, EQUAL] | None = None
    current: Annotated[Amperes, CAPABILITY] | None = Field(default=None, description="the most it gives, steadily")
    capacity: Annotated[Charge, CAPABILITY] | None = None
    depth_of_discharge: Annotated[Share, CAPABILITY] | None = None
    resistance: Annotated[Ohms, DEMAND] | None = None
    phases: Annotated[tuple[Id, ...], called("phases")] = Field(description="in which it supplies")

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return (
            "voltage",
            "current",
            "resistance",
            *(("capacity", "depth_of_discharge") if self.type == "battery" else ()),
        )


class Protection(Document):
    """A fuse or a current limiter. feeds from: one or several sources, or another protection. rating: the fuse's nominal
    current, or the current that the limiter holds. trip: how long a limiter holds it. melting: a fuse's pre-arcing integral.
    """

    name: Id
    type: Annotated[Literal["fuse", "limiter"], EQUAL]
    equipment: Annotated[Id, called("equipment")]
    inputs: Annotated[tuple[Id, ...], called("feeds")] = Field(alias="from", min_length=1)
    signal: Annotated[Id, called("signals")] | None = Field(
        default=None, description="the power signal behind it; left out inside a box"
    )
    rating: Annotated[Amperes, EQUAL] | None = None
    melting: Annotated[MeltingIntegral, EQUAL] | None = None
    trip: Annotated[Seconds, EQUAL] | None = None
    resistance: Annotated[Ohms, DEMAND] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("rating", "resistance", "melting" if self.type == "fuse" else "trip")


class Load(Document):
    """What a box draws. power: in each phase, in their order. voltage: what the box takes at its connector."""

    name: Id
    equipment: Annotated[Id, called("equipment")]
    feed: Annotated[Id, called("protections")] = Field(alias="from")
    string: String | None = None
    voltage: Annotated[Volts, EQUAL] | None = None
    power: Annotated[tuple[Watts, ...], DEMAND] | None = None
    inrush: Annotated[Amperes, DEMAND] | None = None
    inrush_time: Annotated[Seconds, DEMAND] | None = None
    notes: Annotated[str, INFO] = ""

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("voltage", "power", "inrush", "inrush_time")


class Inhibit(Document):
    """Something that must be removed before a pyrotechnic can fire."""

    name: Id
    type: Annotated[Literal["arm plug", "switch", "logic"], EQUAL]
    controller: Annotated[Id, called("equipment")] = Field(
        description="who removes it; the plug itself for an arm plug"
    )


class PyroCircuit(Document):
    """An initiator and what fires it. source_resistance: of the firing circuit up to the connector of its box.

    all_fire, no_fire: of the initiator. monitor: the largest current of a continuity test.
    """

    name: Id
    event: Text = ""
    signal: Annotated[Id, called("signals")]
    initiator: Annotated[Id, called("equipment")]
    inhibits: Annotated[tuple[Id, ...], called("inhibits")] = ()
    voltage: Annotated[Volts, EQUAL] | None = None
    source_resistance: Annotated[Ohms, DEMAND] | None = None
    bridge: Annotated[Ohms, DEMAND] | None = None
    all_fire: Annotated[Amperes, DEMAND] | None = None
    no_fire: Annotated[Amperes, CAPABILITY] | None = None
    monitor: Annotated[Amperes, DEMAND] | None = None
    pulse: Annotated[Seconds, CAPABILITY] | None = None
    fire_time: Annotated[Seconds, DEMAND] | None = Field(
        default=None, description="that the initiator needs at all-fire"
    )

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("voltage", "source_resistance", "bridge", "all_fire", "no_fire", "monitor", "pulse", "fire_time")
