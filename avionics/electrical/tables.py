"""The numbers that the rules compare with, read from data/tables.yaml with their sources."""

import math
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ...core.documents import Count, Document, Flag, Integer, Module, load_document
from ...core.quantity import SI, Ratio, SIRange
from .marks import Amperes, BitRate, Metres, Ohms, Volts

Times = Annotated[tuple[float, float], SIRange("s")]

_REFERENCE, _RATED_SURROUNDINGS, _RATED_INSULATION = 293.15, 343.15, 473.15  # K
_BUNDLE = 15  # wires from which a bundle counts as full
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # I, O and Q are not used


class WireCurrent(Document):
    """What a copper wire of a gauge carries in vacuum: alone, and in a full bundle."""

    gauge: Integer
    single: Amperes
    bundled: Amperes


class Shell(Document):
    """A shell size and its letter in a part number."""

    letter: str
    size: Integer


class Insert(Document):
    """An insert arrangement: how many contacts of which size; numbered from 1, or lettered."""

    name: str
    count: Count
    contact: str
    numbered: Flag

    def cavities(self) -> tuple[str, ...]:
        """Names of all cavities."""
        if self.numbered:
            return tuple(str(k + 1) for k in range(self.count))
        return tuple(_LETTERS[: self.count])


class BusLine(Document):
    """What the standard of a bus allows on its line. reach: bit rate times length; bit_rate: the fastest."""

    type: Literal["can", "rs-422", "mil1553", "ethernet"]
    standard: str
    levels: Volts
    bit_rate: BitRate
    length: Metres | None = None
    reach: Annotated[float, SI("bit*m/s", ("4e7 bit*m/s",), gt=0.0)] | None = None

    def longest(self, bit_rate: float) -> float | None:
        """The longest line [m] at a bit rate [bit/s], None where there is no limit."""
        limits = [x for x in (self.length, self.reach / bit_rate if self.reach else None) if x is not None]
        return min(limits, default=None)


class Tables(Module, schema="osea/electrical-tables/v1"):
    """All numbers of the rules. resistivity: copper, copper alloy, aluminium, at 20 degC."""

    resistivity: tuple[Annotated[float, SI("ohm*m", ("1.72e-8 ohm*m",), gt=0.0)], ...] = Field(
        min_length=3, max_length=3
    )
    temperature_coefficient: Ratio = Field(description="of resistance, 1/K")
    resistance_low: Ratio = Field(description="stated resistance over that of a solid wire: least")
    resistance_high: Ratio = Field(description="stated resistance over that of a solid wire: most")
    air_credit: Ratio = Field(description="current in air over that in vacuum")
    contact_derating: Ratio
    fuse_derating: Ratio
    limiter_derating: Ratio
    voltage_derating: Ratio
    insulation_margin: Annotated[float, SI("K", ("50 K",), ge=0.0)] = Field(
        description="between rating and surroundings"
    )
    limiter_clips: Ratio = Field(description="most that a limiter lets through, over its class current")
    fuse_time: Times = Field(description="melting integral over rating squared of a plausible fuse")
    limiter_trip: Times
    selectivity: Ratio = Field(description="time that the upper protection holds over that of the lower one")
    pulse_margin: Ratio = Field(description="firing pulse over the time that the initiator needs")
    fire_tolerance: Ratio = Field(description="of a stated firing current")
    inrush_share: Ratio
    fuse_ratio: Ratio
    bond: Ohms
    isolation: Ohms
    fire_margin: Ratio
    monitor_share: Ratio
    impedance_tolerance: Ratio
    length_tolerance: Ratio
    stub_can: Metres = Field(description="at 1 Mbit/s")
    stub_direct: Metres
    stub_transformer: Metres
    bus_load_warn: Ratio
    bus_load_limit: Ratio
    bus_lines: tuple[BusLine, ...]
    wire_currents: tuple[WireCurrent, ...]
    shells: tuple[Shell, ...]
    inserts: tuple[Insert, ...]


@cache
def tables() -> Tables:
    """The package's own tables."""
    return load_document(Tables, Path(str(files("osea_rocket.avionics.electrical") / "data" / "tables.yaml")))


@cache
def bus_line(kind: str) -> BusLine:
    """What the standard of a kind of bus allows."""
    return next(line for line in tables().bus_lines if line.type == kind)


@cache
def insert(name: str) -> Insert | None:
    """The insert arrangement called *name* (``13-35``), None when the table does not have it."""
    return next((i for i in tables().inserts if i.name == name), None)


def solid_resistance(gauge: int, material: str) -> float:
    """Resistance [ohm/m] at 20 degC of a solid wire; diameter of AWG n: 0.127 mm * 92^((36 - n)/39) (ASTM B258)."""
    diameter = 0.127e-3 * 92.0 ** ((36 - gauge) / 39.0)
    rho = tables().resistivity[("copper", "copper alloy", "aluminium").index(material)]
    return rho / (math.pi / 4.0 * diameter**2)


def at_temperature(resistance: float, temperature: float) -> float:
    """A resistance given at 20 degC at *temperature* [K]; never below that at 20 degC, so that cold is no excuse."""
    return resistance * (1.0 + tables().temperature_coefficient * max(temperature - _REFERENCE, 0.0))


def wire_current(
    gauge: int, material: str, insulation: float, surroundings: float, wires: int, vacuum: bool
) -> float | None:
    """Current [A] that one wire may carry, None outside the table.

    insulation: its highest temperature [K]; surroundings [K]; wires: those in the bundle that carry current. Between one wire
    and a full bundle in a straight line. Other temperatures by the heat that a wire can shed, which goes with the square of
    the current.
    """
    row = next((w for w in tables().wire_currents if w.gauge == gauge), None)
    if row is None:
        return None
    full = min(max(wires - 1, 0) / (_BUNDLE - 1), 1.0)
    current = row.single + (row.bundled - row.single) * full
    if material != "copper":
        current *= math.sqrt(solid_resistance(gauge, "copper") / solid_resistance(gauge, material))
    heat = max(insulation - surroundings, 0.0) / (_RATED_INSULATION - _RATED_SURROUNDINGS)
    return current * math.sqrt(min(heat, 1.5)) * (1.0 if vacuum else tables().air_credit)
