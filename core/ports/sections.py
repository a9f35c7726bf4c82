"""The ten sections of a port. Every field is optional: what is left out is UNKNOWN, and ``none`` names what does not exist.

Tolerances are this project's (a bolt circle drilled to a common template); a rule stands on each field.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..documents import Count, Document, FieldError, Integer
from ..quantity import (
    SI,
    Acceleration,
    AngularRate,
    Area,
    Duration,
    HeatFlux,
    Mass,
    MassFlow,
    SIRange,
    ratio,
)
from .curves import FieldStrength, RandomVibration, RatioRange, RoomProfile, ShockSpectrum, Sine, Sound
from .exchange import Choice, Items, Load, Room, Span, Supply, Wanted
from .rules import Bijection, Capacity, Conjugate, Contains, CurveBelow, Equal, OneOf, Semver, Subset


@dataclass(frozen=True)
class Info:
    """Marks a field that is for people and not matched."""


@dataclass(frozen=True)
class ByName:
    """Marks a list of named parts (lines, circuits, connectors, buses): each meets the part of its name."""


@dataclass(frozen=True)
class Sides:
    """Marks fields of a nested document that are matched field by field."""


PositiveForce = Annotated[float, SI("N", ("1.9 MN",), ge=0.0)]
Moment = Annotated[float, SI("N*m", ("350 kN*m",), ge=0.0)]
Inertia = Annotated[float, SI("kg*m^2", ("2500 kg*m^2",), ge=0.0)]
Frequency = Annotated[float, SI("Hz", ("10 Hz",), gt=0.0)]
Resistance = Annotated[float, SI("ohm", ("2.5 mohm",), ge=0.0)]
Current = Annotated[float, SI("A", ("10 A",), ge=0.0)]
EnergyAmount = Annotated[float, SI("J", ("300 W*hour",), ge=0.0)]
PressureRate = Annotated[float, SI("Pa/s", ("2.8 kPa/s",), ge=0.0)]
BitRate = Annotated[float, SI("bit/s", ("1 Mbit/s",), gt=0.0)]
Rate = Annotated[float, SI("1/s", ("100 1/s",), gt=0.0)]
Time = Annotated[float, SI("s", ("12 hour",), ge=0.0)]
Size = Annotated[float, SI("m", ("1575 mm",), ge=0.0)]
Medium = Literal["Ethernet", "CAN", "CAN-FD", "RS-422", "RS-485", "MIL-STD-1553", "SpaceWire"]
PositiveSize = Annotated[float, SI("m", ("1575 mm",), gt=0.0)]
Factor = Annotated[float, ratio(gt=0.0)]
Voltages = Annotated[tuple[float, float], SIRange("V")]
Pressures = Annotated[tuple[float, float], SIRange("Pa")]
Temperatures = Annotated[tuple[float, float], SIRange("K")]
Accelerations = Annotated[tuple[float, float], SIRange("m/s^2")]
Speeds = Annotated[tuple[float, float], SIRange("m/s")]
Conductances = Annotated[tuple[float, float], SIRange("W/K")]
Ratios = Annotated[tuple[float, float], RatioRange()]


class Section(Document):
    """Base of the sections. none: names of fields that do not exist at this port (no shims, no pins)."""

    none: tuple[str, ...] = Field(default=(), description="fields that do not exist at this port")

    @model_validator(mode="after")
    def _none_is_none(self):
        for i, name in enumerate(self.none):
            known = [n for n in type(self).model_fields if n not in ("none", "name")]
            if name not in known:
                raise FieldError(f"none.{i}", f"there is no field '{name}' here; known: {', '.join(known)}")
            if getattr(self, name) is not None:
                raise FieldError(f"none.{i}", f"'{name}' is given and said not to exist; take one of the two away")
        return self


class Named(Section):
    """A section's part that meets the part of the same name."""

    name: str = Field(min_length=1)


class Mechanical(Section):
    """The joint's geometry, what stands on it, and the limit loads through it."""

    interface_diameter: Annotated[PositiveSize | None, Equal(0.5e-3)] = Field(
        default=None, description="of the bolt circle or the clampband"
    )
    fastener_count: Annotated[Count | None, Equal()] = None
    fastener_size: Annotated[str | None, Equal()] = Field(default=None, examples=["M10", "1/4 in"])
    fastener_class: Annotated[str | None, Equal()] = Field(default=None, examples=["12.9", "A286"])
    flatness: Annotated[Load[Size] | None, Capacity()] = None
    shim_thickness: Annotated[Load[Size] | None, Capacity()] = None
    envelope: Annotated[Room[RoomProfile] | None, Contains()] = Field(default=None, description="static")
    dynamic_envelope: Annotated[Room[RoomProfile] | None, Contains()] = None
    mass: Annotated[Load[Mass] | None, Capacity()] = Field(default=None, description="of what stands on the joint")
    center_of_mass_height: Annotated[Load[Size] | None, Capacity()] = Field(default=None, description="over the joint")
    center_of_mass_offset: Annotated[Load[Size] | None, Capacity()] = Field(default=None, description="from the axis")
    lateral_inertia: Annotated[Load[Inertia] | None, Capacity()] = None
    lateral_frequency: Annotated[Supply[Frequency] | None, Capacity()] = Field(
        default=None, description="first one of what stands on the joint, fixed at it; the other side needs it or more"
    )
    axial_frequency: Annotated[Supply[Frequency] | None, Capacity()] = None
    axial_load: Annotated[Load[PositiveForce] | None, Capacity()] = Field(
        default=None, description="limit, compression"
    )
    axial_tension: Annotated[Load[PositiveForce] | None, Capacity()] = None
    shear_load: Annotated[Load[PositiveForce] | None, Capacity()] = None
    bending_moment: Annotated[Load[Moment] | None, Capacity()] = None


class Separation(Section):
    """How the joint parts, and what that does to the neighbour."""

    type: Annotated[
        Literal["clampband", "pushers", "frangible joint", "pyrotechnic bolts", "pneumatic latches", "permanent"]
        | None,
        Equal(),
    ] = None
    release_count: Annotated[Count | None, Equal()] = Field(
        default=None, description="bolts, latches or bands released"
    )
    speed: Annotated[Span[Speeds] | None, Subset()] = None
    tip_off_rate: Annotated[Load[AngularRate] | None, Capacity()] = None
    shock: Annotated[Load[ShockSpectrum] | None, CurveBelow()] = None
    debris_class: Annotated[Choice | None, OneOf()] = None
    order: Annotated[Integer | None, Equal()] = Field(
        default=None, description="place in the flight's separations, from 1"
    )


class FluidLine(Named):
    """One line through the joint."""

    medium: Annotated[Choice | None, OneOf()] = Field(
        default=None, description="with its grade, as its specification says"
    )
    pressure: Annotated[Span[Pressures] | None, Subset()] = None
    temperature: Annotated[Span[Temperatures] | None, Subset()] = None
    flow: Annotated[Supply[MassFlow] | None, Capacity()] = None
    suction_head: Annotated[Supply[Size] | None, Capacity()] = Field(
        default=None, description="net positive, over vapour"
    )
    line_size: Annotated[Size | None, Equal(0.5e-3)] = None
    coupling: Annotated[str | None, Equal()] = None
    cleanliness: Annotated[Choice | None, OneOf()] = None
    purge_flow: Annotated[Supply[MassFlow] | None, Capacity()] = None


class Fluid(Section):
    """Propellants, pressurants, purges."""

    lines: Annotated[tuple[FluidLine, ...] | None, ByName()] = None
    mixture_ratio: Annotated[Span[Ratios] | None, Subset()] = None
    pressurant: Annotated[Choice | None, OneOf()] = None


class Circuit(Named):
    """One power circuit, at the pin."""

    voltage: Annotated[Span[Voltages] | None, Subset()] = None
    current: Annotated[Supply[Current] | None, Capacity()] = Field(default=None, description="steady")
    inrush_current: Annotated[Supply[Current] | None, Capacity()] = None
    energy: Annotated[Supply[EnergyAmount] | None, Capacity()] = None


class Pin(Document):
    """A contact: its name on the connector, the signal, and which way it goes (power out of the source, into the sink)."""

    pin: str = Field(min_length=1)
    signal: str = Field(min_length=1)
    direction: Literal["in", "out", "both", "passive"] = "passive"


class Connector(Named):
    """One connector half and its pins."""

    family: Annotated[str | None, Equal()] = Field(
        default=None, examples=["MIL-DTL-38999 series III, shell 15, insert 35"]
    )
    part_number: Annotated[str | None, Info()] = None
    half: Annotated[Literal["plug", "receptacle"] | None, Conjugate()] = None
    pins: Annotated[tuple[Pin, ...] | None, Bijection()] = None

    @model_validator(mode="after")
    def _pins_differ(self):
        names = [p.pin for p in self.pins or ()]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"pins.{i}.pin", f"pin '{name}' is listed twice")
        return self


class Electrical(Section):
    """Power, bonding, connectors, fields."""

    circuits: Annotated[tuple[Circuit, ...] | None, ByName()] = None
    connectors: Annotated[tuple[Connector, ...] | None, ByName()] = None
    bonding_resistance: Annotated[Load[Resistance] | None, Capacity()] = None
    isolation_resistance: Annotated[Supply[Resistance] | None, Capacity()] = None
    grounding: Annotated[str | None, Equal()] = Field(default=None, examples=["single point, at the battery"])
    radiated_field: Annotated[Load[FieldStrength] | None, CurveBelow(6.0)] = Field(
        default=None, description="emission against susceptibility; under 6 dB is a WARN (this project's choice)"
    )


class Protocol(Document):
    """A protocol by name and version."""

    name: Annotated[str | None, Equal()] = None
    version: Annotated[Wanted | None, Semver()] = None


class Bus(Named):
    """One data bus or link."""

    medium: Annotated[
        Literal["Ethernet", "CAN", "CAN-FD", "RS-422", "RS-485", "MIL-STD-1553", "SpaceWire"] | None, Equal()
    ] = None
    protocol: Annotated[Protocol | None, Sides()] = None
    identifiers: Annotated[Span[tuple[str, ...]] | None, Subset()] = Field(
        default=None, description="message identifiers"
    )
    bit_rate: Annotated[BitRate | None, Equal()] = None
    message_rate: Annotated[Supply[Rate] | None, Capacity()] = None
    latency: Annotated[Load[Time] | None, Capacity()] = None
    jitter: Annotated[Load[Time] | None, Capacity()] = None
    time_source: Annotated[Choice | None, OneOf()] = None
    byte_order: Annotated[Literal["big", "little"] | None, Equal()] = None


class Data(Section):
    """Buses and links."""

    buses: Annotated[tuple[Bus, ...] | None, ByName()] = None


class Pyro(Section):
    """Ordnance, inhibits, flight termination, pressure safety."""

    owner: Annotated[str | None, Equal()] = Field(default=None, description="of the hazard; both sides name the same")
    inhibits: Annotated[Supply[Integer] | None, Capacity(policy=0.0)] = Field(
        default=None, description="independent ones"
    )
    arming: Annotated[Literal["safe-and-arm device", "arming plug", "electronic", "unarmed"] | None, Equal()] = None
    termination: Annotated[str | None, Equal()] = Field(default=None, description="interface of flight termination")
    stray_current: Annotated[Load[Current] | None, Capacity()] = Field(
        default=None, description="allows: no-fire current"
    )
    firing_current: Annotated[Supply[Current] | None, Capacity()] = Field(
        default=None, description="needs: all-fire current"
    )
    hazard_class: Annotated[Choice | None, OneOf()] = None
    proof_factor: Annotated[Supply[Factor] | None, Capacity(policy=0.0)] = None
    burst_factor: Annotated[Supply[Factor] | None, Capacity(policy=0.0)] = None


class Thermal(Section):
    """Heat through and around the joint."""

    temperature: Annotated[Span[Temperatures] | None, Subset()] = None
    heat_flux: Annotated[Load[HeatFlux] | None, Capacity()] = None
    contact_area: Annotated[Area | None, Equal(1e-3)] = None
    conductance: Annotated[Span[Conductances] | None, Subset()] = None
    purge_flow: Annotated[Supply[MassFlow] | None, Capacity()] = None
    purge_temperature: Annotated[Span[Temperatures] | None, Subset()] = None


class Environment(Section):
    """What the ride does to what rides, at the joint."""

    axial_acceleration: Annotated[Span[Accelerations] | None, Subset()] = Field(
        default=None, description="quasi-static"
    )
    lateral_acceleration: Annotated[Load[Acceleration] | None, Capacity()] = None
    axial_sine: Annotated[Load[Sine] | None, CurveBelow(0.0)] = None
    lateral_sine: Annotated[Load[Sine] | None, CurveBelow(0.0)] = None
    random_vibration: Annotated[Load[RandomVibration] | None, CurveBelow()] = None
    sound: Annotated[Load[Sound] | None, CurveBelow()] = None
    shock: Annotated[Load[ShockSpectrum] | None, CurveBelow()] = None
    pressure_decay: Annotated[Load[PressureRate] | None, Capacity()] = None
    cleanliness: Annotated[Choice | None, OneOf()] = None
    radio_field: Annotated[Load[FieldStrength] | None, CurveBelow()] = None


class Operations(Section):
    """On the ground, at the pad."""

    access_doors: Annotated[Items | None, Subset()] = None
    last_access: Annotated[Load[Time] | None, Capacity()] = Field(default=None, description="before launch")
    attitude: Annotated[Choice | None, OneOf()] = Field(default=None, description="in transport and mating")
    hazardous_operations: Annotated[Span[tuple[str, ...]] | None, Subset()] = None
    loading_sequence: Annotated[tuple[str, ...] | None, Equal()] = None
    hold_time: Annotated[Supply[Duration] | None, Capacity()] = None


class Lifecycle(Section):
    """Uses, configuration."""

    uses: Annotated[Supply[Integer] | None, Capacity(policy=0.0)] = Field(
        default=None, description="needs: uses planned; provides: uses left"
    )
    configuration: Annotated[str | None, Equal()] = Field(default=None, description="of the joint's control drawing")
    supersedes: Annotated[str | None, Info()] = None
