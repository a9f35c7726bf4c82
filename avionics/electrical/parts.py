"""Boxes, connectors, contacts, pins and signals: what an interface looks like from outside."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.documents import Flag
from .marks import (
    CAPABILITY,
    DEMAND,
    EQUAL,
    INFO,
    Amperes,
    Document,
    Gauge,
    Id,
    Integer,
    Ohms,
    String,
    Text,
    Volts,
    called,
)

SignalType = Literal[
    "power", "return", "discrete", "analogue", "rs-422", "can", "mil1553", "ethernet", "pyro", "rf",
]  # fmt: skip
Direction = Literal["out", "in", "both"]
Criticality = Literal["none", "critical", "catastrophic"]
DIFFERENTIAL = ("rs-422", "can", "mil1553", "ethernet")


class Contact(Document):
    """A kind of contact and what it takes. thinnest and thickest: the wires that its crimp holds."""

    name: Id
    size: Annotated[str, EQUAL]
    current: Annotated[Amperes, CAPABILITY] | None = None
    thinnest: Annotated[Gauge, CAPABILITY] | None = None
    thickest: Annotated[Gauge, CAPABILITY] | None = None
    resistance: Annotated[Ohms, DEMAND] | None = Field(default=None, description="mated, end of life")

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("current", "thinnest", "thickest", "resistance")


class Pin(Document):
    """A pin as the box behind it uses it. voltage: what an output gives or an input takes."""

    pin: Annotated[str, EQUAL]
    signal: Annotated[Id, called("signals")]
    type: Annotated[SignalType, EQUAL]
    direction: Annotated[Direction, EQUAL]
    voltage: Annotated[Volts, EQUAL] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("voltage",) if self.type in ("discrete", "analogue") else ()


class Connector(Document):
    """One half of a joint. gender: of its contacts. keying: N or a letter. mate: the connector that it goes into."""

    name: Id
    part_number: Annotated[str, EQUAL] | None = None
    shell: Annotated[Integer, EQUAL] | None = None
    arrangement: Annotated[str, EQUAL] | None = None
    keying: Annotated[Literal["N", "A", "B", "C", "D", "E"], EQUAL] | None = None
    gender: Annotated[Literal["pin", "socket"], EQUAL] | None = None
    contact: Annotated[Id, called("contacts")] | None = None
    mate: Annotated[str, called("connectors")] | None = None
    pins: tuple[Pin, ...] = Field(default=(), description="of a box; a harness's connector has wires instead")

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("part_number", "shell", "arrangement", "keying", "gender", "contact", "mate")


class Equipment(Document):
    """A box. roles: who it is in the message set. string: which of the redundant sets it belongs to; none: it serves all."""

    name: Id
    description: Text = ""
    part_number: Text | None = None
    bay: Text = ""
    roles: Annotated[tuple[Id, ...], EQUAL] = ()
    string: String | None = None
    ground: Annotated[Flag, EQUAL] = Field(default=False, description="stays on the ground")
    passive: Annotated[Flag, EQUAL] = Field(
        default=False, description="coupler, plug, initiator: no electronics, nothing to bond or isolate"
    )
    bond: Annotated[Ohms, DEMAND] | None = Field(default=None, description="chassis to structure")
    isolation: Annotated[Ohms, CAPABILITY] | None = Field(default=None, description="primary power return to chassis")
    connectors: tuple[Connector, ...] = ()

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return () if self.passive or self.ground else ("bond", "isolation")


class Signal(Document):
    """What goes over a set of pins. voltage: between it and its return. current: the most it carries, steadily.

    group: signals that do one thing redundantly have the same group and different strings.
    safe: the state that a discrete takes when its wire is open.
    """

    name: Id
    description: Text = ""
    type: Annotated[SignalType, EQUAL]
    voltage: Annotated[Volts, EQUAL] | None = None
    current: Annotated[Amperes, EQUAL] | None = None
    impedance: Annotated[Ohms, EQUAL] | None = None
    returns: Annotated[Id, called("signals")] | None = Field(default=None, description="the signal it returns by")
    string: String | None = None
    group: Annotated[Id, EQUAL] | None = None
    twisted: Annotated[Flag, DEMAND] = False
    shielded: Annotated[Flag, DEMAND] = False
    criticality: Annotated[Criticality, DEMAND] = "none"
    inhibits: Annotated[Integer, DEMAND] | None = Field(default=None, description="independent ones that it shall have")
    notes: Annotated[str, INFO] = ""

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        more = ("impedance",) if self.type in (*DIFFERENTIAL, "rf") else ()
        more += ("inhibits",) if self.type == "pyro" or self.criticality != "none" else ()
        more += ("current",) if self.type in ("power", "pyro") else ()
        return (*(() if self.type in ("return", "rf") else ("voltage", "returns")), *more)
