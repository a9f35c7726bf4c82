"""The resolved layout: one flat, neutral table from which codecs, code, XTCE, DBC and documents are made.

Bit numbering. ``bit_offset`` counts from the first octet of the message, headers included.
byte_order "big": bit 0 is the most significant bit of octet 0, the field occupies [offset, offset + width) and its most
significant bit comes first (CCSDS; "Motorola"). byte_order "little": bit 0 is the *least* significant bit of octet 0,
bit i of the value is bit (offset + i) % 8 of octet (offset + i) // 8 ("Intel"). Both agree for whole octets.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .calibration import Calibration

ByteOrder = Literal["big", "little"]
Raw = Literal["uint", "int", "float", "bytes"]
Kind = Literal["uint", "int", "float", "fixed", "bool", "enum", "flags", "bcd", "text", "bytes", "time", "padding"]
Role = Literal["header", "data", "padding", "checksum"]
MessageKind = Literal["telemetry", "telecommand", "can", "mil1553", "arinc429", "plain"]


@dataclass(frozen=True)
class EnumValue:
    """One name of a number; of a flag, ``value`` is the bit's number (0: least significant)."""

    name: str
    value: int
    description: str = ""


@dataclass(frozen=True)
class Limits:
    """An inclusive interval in the field's unit."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ResolvedField:
    """One row of the table: where a value lies and what it means.

    name: unique in its message, a C identifier. raw: how the bits are to be read ("bytes": ``width`` / 8 octets, byte
    order without meaning). width: bits of one element; elements of an array follow each other at ``stride`` = width.
    Engineering value = calibration(raw) when there is one, else raw · scale + offset.
    computed: the encoder fills it in ("sequence_count", "data_length", "crc", "parity"); constant: always this raw value.
    A field that is neither computed, constant nor padding is a *value* of the message.
    """

    name: str
    kind: Kind
    raw: Raw
    bit_offset: int
    width: int
    byte_order: ByteOrder
    role: Role = "data"
    count: int = 1
    is_array: bool = False
    elements: tuple[str, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    calibration: Calibration | None = None
    unit: str = ""
    description: str = ""
    enum_name: str = ""
    values: tuple[EnumValue, ...] = ()
    encoding: str = ""
    constant: int | None = None
    computed: str = ""
    default: float | int | str | None = None
    range: Limits | None = None
    yellow: Limits | None = None
    red: Limits | None = None
    time_code: str = ""
    epoch: str = ""
    path: str = ""

    @property
    def stride(self) -> int:
        return self.width

    @property
    def bit_size(self) -> int:
        """Bits of all elements."""
        return self.width * self.count

    @property
    def is_value(self) -> bool:
        return self.constant is None and not self.computed and self.kind != "padding"

    @property
    def is_signed(self) -> bool:
        return self.raw == "int"

    @property
    def is_octets(self) -> bool:
        """True when every element begins and ends at an octet's border."""
        return self.bit_offset % 8 == 0 and self.width % 8 == 0

    @property
    def raw_limits(self) -> tuple[int, int]:
        """Least and greatest raw integer; (0, 0) for floats and octets."""
        if self.raw == "uint":
            return 0, (1 << self.width) - 1
        if self.raw == "int":
            return -(1 << (self.width - 1)), (1 << (self.width - 1)) - 1
        return 0, 0

    @property
    def dbc_start(self) -> int:
        """The start bit as a DBC file writes it: Intel the lowest bit, Motorola the highest in sawtooth numbering."""
        if self.byte_order == "little":
            return self.bit_offset
        return self.bit_offset // 8 * 8 + 7 - self.bit_offset % 8

    def element_offset(self, index: int) -> int:
        return self.bit_offset + index * self.stride

    def occupied(self) -> list[int]:
        """Every physical bit it takes, as octet · 8 + bit with bit 0 the most significant."""
        first, last = self.bit_offset, self.bit_offset + self.bit_size
        if self.byte_order == "big":
            return list(range(first, last))
        return [i // 8 * 8 + 7 - i % 8 for i in range(first, last)]


@dataclass(frozen=True, kw_only=True)
class Verification:
    """How one knows that a command was taken: a field of a message has a value, within so many seconds."""

    stage: str
    message: str
    field: str
    value: int | float | str
    timeout: float


@dataclass(frozen=True, kw_only=True)
class ResolvedMessage:
    """A message with every bit placed. ``size`` octets in all; payload begins at octet ``header_size``.

    rate in Hz, latency in s (None: not stated). Which of the addresses is set follows from ``kind``.
    """

    name: str
    kind: MessageKind
    size: int
    header_size: int
    fields: tuple[ResolvedField, ...]
    description: str = ""
    byte_order: ByteOrder = "big"
    apid: int | None = None
    has_ccsds_header: bool = False
    has_secondary_header: bool = False
    crc: str = ""
    can_id: int | None = None
    extended: bool = False
    fd: bool = False
    bit_rate_switch: bool = False
    bus: str = ""
    remote_terminal: int | None = None
    subaddress: int | None = None
    transmit: bool = False
    label: int | None = None
    sdi: int | None = None
    rate: float | None = None
    source: str = ""
    sinks: tuple[str, ...] = ()
    priority: int = 0
    latency: float | None = None
    hazardous: bool = False
    verification: tuple[Verification, ...] = ()
    ancestors: tuple[str, ...] = ()
    path: str = ""

    @cached_property
    def by_name(self) -> dict[str, ResolvedField]:
        return {f.name: f for f in self.fields}

    @property
    def values(self) -> tuple[ResolvedField, ...]:
        """The fields a sender gives and a receiver gets, in the order of the definition."""
        return tuple(f for f in self.fields if f.is_value)

    @property
    def discriminators(self) -> tuple[ResolvedField, ...]:
        """Constants beyond the primary header: what tells messages of one APID apart."""
        return tuple(f for f in self.fields if f.constant is not None and not f.name.startswith("ccsds_"))

    @property
    def command_word(self) -> int | None:
        """MIL-STD-1553 command word: RT(5) T/R(1) SA(5) word count(5, 32 as 0)."""
        if self.remote_terminal is None or self.subaddress is None:
            return None
        return self.remote_terminal << 11 | self.transmit << 10 | self.subaddress << 5 | self.size // 2 % 32


@dataclass(frozen=True, kw_only=True)
class ResolvedSet:
    """All messages of a set (abstract ones left out), parents of variants already folded in."""

    name: str
    description: str
    version: str
    input_hash: str
    messages: tuple[ResolvedMessage, ...]
    enums: tuple[tuple[str, tuple[EnumValue, ...]], ...] = field(default=())

    @cached_property
    def by_name(self) -> dict[str, ResolvedMessage]:
        return {m.name: m for m in self.messages}

    def of_kind(self, *kinds: MessageKind) -> tuple[ResolvedMessage, ...]:
        return tuple(m for m in self.messages if m.kind in kinds)
