"""Wires, cables, bundles, splices; the umbilical; grounding."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.documents import Flag
from ...core.quantity import SI, Temperature
from .marks import (
    CAPABILITY,
    DEMAND,
    EQUAL,
    Amperes,
    Document,
    Gauge,
    Id,
    Metres,
    Ohms,
    String,
    Text,
    called,
)


class WireType(Document):
    """A wire by the metre. resistance: at 20 degC; it must agree with gauge and material."""

    name: Id
    part_number: Text | None = None
    gauge: Annotated[Gauge, EQUAL]
    material: Annotated[Literal["copper", "copper alloy", "aluminium"], EQUAL] = "copper"
    insulation: Text = ""
    resistance: Annotated[float, EQUAL, SI("ohm/m", ("53 mohm/m",), gt=0.0)] | None = None
    voltage: Annotated[float, CAPABILITY, SI("V", ("600 V",), gt=0.0)] | None = None
    temperature: Annotated[Temperature, CAPABILITY] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("resistance", "voltage", "temperature")


class Wire(Document):
    """From one place to another: ``P101.3`` is a connector's cavity, a plain name a splice."""

    name: Id
    type: Annotated[Id, called("wire_types")]
    start: Annotated[str, EQUAL] = Field(alias="from")
    end: Annotated[str, EQUAL] = Field(alias="to")
    length: Annotated[Metres, EQUAL] | None = None
    bundle: Annotated[Id, called("bundles")] | None = None
    cable: Annotated[Id, called("cables")] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("length", "bundle")


class Cable(Document):
    """Wires made up together. shield: where it is terminated."""

    name: Id
    twisted: Annotated[Flag, CAPABILITY] = False
    shield: Annotated[Literal["none", "both ends", "one end", "open"], EQUAL] = "none"
    impedance: Annotated[Ohms, EQUAL] | None = None


class Bundle(Document):
    """A run of cables tied together. environment: the thinner air that it works in; temperature: the hottest surroundings."""

    name: Id
    category: Annotated[Literal["power", "signal", "pyro", "rf"], EQUAL]
    string: String | None = None
    length: Annotated[Metres, EQUAL] | None = None
    environment: Annotated[Literal["air", "vacuum"], DEMAND] | None = Field(
        default=None, description="air: always below 15 km, such as on the ground"
    )
    temperature: Annotated[Temperature, DEMAND] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("length", "environment", "temperature")


class Splice(Document):
    """A permanent joint of wires. thinnest and thickest: the wires that it holds."""

    name: Id
    part_number: Text | None = None
    current: Annotated[Amperes, CAPABILITY] | None = None
    thinnest: Annotated[Gauge, CAPABILITY] | None = None
    thickest: Annotated[Gauge, CAPABILITY] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("current", "thinnest", "thickest")


class Crossing(Document):
    """A signal that crosses an umbilical, and what the vehicle's side of it is once it is off."""

    signal: Annotated[Id, called("signals")]
    after: (
        Annotated[Literal["diode blocked", "switched off", "pulled to safe state", "breakwire", "live"], EQUAL] | None
    ) = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("after",)


class UmbilicalLink(Document):
    """A connector that parts at or before lift-off. vehicle, ground: its two halves."""

    name: Id
    vehicle: Annotated[Id, called("connectors")]
    ground: Annotated[Id, called("connectors")]
    release: Annotated[Literal["before lift-off", "at lift-off"], EQUAL]
    last_phase: Annotated[Id, called("phases")] = Field(description="the last phase in which it is mated")
    crossings: tuple[Crossing, ...] = ()


class GroundPoint(Document):
    """A stud where returns meet the structure."""

    name: Id
    equipment: Annotated[Id, called("equipment")]
    resistance: Annotated[Ohms, DEMAND] | None = None

    def wanted(self) -> tuple[str, ...]:
        """Fields without which a rule has no answer."""
        return ("resistance",)


class ReturnBond(Document):
    """Where the return of a source is tied to structure."""

    source: Annotated[Id, called("sources")]
    point: Annotated[Id, called("ground_points")]
