"""The fields of a message as a file defines them."""

import re
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from ..core.documents import Count, Document, FieldError, Flag, Integer
from ..core.quantity import Ratio, ratio
from .calibration import Calibration
from .layout_types import ByteOrder, Limits
from .units import check_unit, limits

_NAME = r"^[A-Za-z][A-Za-z0-9_]*$"


def _named(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(_NAME, value):
        raise ValueError(f"'{value}' is no name for a program; write a letter, then letters, digits and underscores")
    return value


Name = Annotated[
    str,
    BeforeValidator(_named),
    Field(pattern=_NAME, max_length=64, description="a C identifier", examples=["rate_x"]),
]
Bits = Annotated[int, Field(strict=True, ge=1, le=64)]


class EnumEntry(Document):
    """A name of a number."""

    name: Name
    value: Integer
    description: str = ""


class FlagEntry(Document):
    """A name of one bit; bit 0 is the least significant."""

    name: Name
    value: Annotated[int, Field(strict=True, ge=0, le=63)]
    description: str = ""


class FieldBase(Document):
    """What every field has.

    Without ``bit`` and ``start_bit`` it follows the field before it. ``bit`` counts from the payload's first octet: for
    big-endian fields from its most significant bit, for little-endian ones from its least significant bit (Intel).
    ``start_bit`` is the number a DBC file would give: Motorola sawtooth for big-endian fields, else the same.
    """

    name: Name
    description: str = ""
    byte_order: ByteOrder | None = None
    bit: Annotated[int, Field(strict=True, ge=0, le=524_288)] | None = None
    start_bit: Annotated[int, Field(strict=True, ge=0, le=524_288)] | None = None

    @model_validator(mode="after")
    def _placed_once(self) -> Self:
        if self.bit is not None and self.start_bit is not None:
            raise FieldError("start_bit", "the place is given twice; keep one of 'bit' and 'start_bit'")
        return self

    @property
    def width(self) -> int:
        """Bits of one element."""
        raise NotImplementedError


class Measured(FieldBase):
    """A field whose value has a unit, limits, and perhaps several elements.

    ``range`` is what the value can be (an encoder refuses the rest); outside ``yellow`` a ground system warns, outside
    ``red`` it alarms.
    """

    count: Annotated[int, Field(strict=True, ge=1, le=4096, description="an array of so many")] | None = None
    elements: tuple[Name, ...] = Field(
        default=(), description="names of the array's elements", examples=[["x", "y", "z"]]
    )
    unit: str = Field(default="", examples=["m/s^2"])
    range: str | None = Field(default=None, examples=["-160..160 m/s^2"])
    yellow: str | None = None
    red: str | None = None

    @field_validator("unit")
    @classmethod
    def _means_something(cls, unit: str) -> str:
        check_unit(unit)
        return unit

    @model_validator(mode="after")
    def _intervals(self) -> Self:
        found: dict[str, Limits] = {}
        for name in ("range", "yellow", "red"):
            text = getattr(self, name)
            if text is not None:
                try:
                    found[name] = limits(text, self.unit)
                except ValueError as error:
                    raise FieldError(name, str(error)) from None
        for inner, outer in (("yellow", "red"), ("red", "range"), ("yellow", "range")):
            if inner in found and outer in found:
                a, b = found[inner], found[outer]
                if a.low < b.low or a.high > b.high:
                    raise FieldError(
                        inner, f"reaches outside '{outer}'; limits lie within each other: yellow, red, range"
                    )
        if self.elements and self.count is not None and len(self.elements) != self.count:
            raise FieldError("elements", f"{len(self.elements)} names for {self.count} elements; give one for each")
        if len(set(self.elements)) < len(self.elements):
            raise FieldError("elements", "a name stands here twice; give each element its own")
        return self

    def interval(self, name: Literal["range", "yellow", "red"]) -> Limits | None:
        """The interval in the field's unit."""
        text = getattr(self, name)
        return None if text is None else limits(text, self.unit)


class UInt(Measured):
    """An unsigned integer."""

    type: Literal["uint"] = "uint"
    bits: Bits
    calibration: Calibration | None = None
    constant: Integer | None = None
    default: Ratio | None = None

    @property
    def width(self) -> int:
        return self.bits

    @model_validator(mode="after")
    def _constant_fits(self) -> Self:
        low, high = self._raw_limits()
        if self.constant is not None and not low <= self.constant <= high:
            text = f"{self.constant} does not fit {self.bits} bits ({low} to {high}); give more 'bits' or another value"
            raise FieldError("constant", text)
        if self.constant is not None and self.count is not None:
            raise FieldError("count", "a constant is one value; define it once for each element")
        return self

    def _raw_limits(self) -> tuple[int, int]:
        return 0, (1 << self.bits) - 1


class Int(UInt):
    """A signed integer, two's complement."""

    type: Literal["int"] = "int"  # type: ignore[assignment]

    def _raw_limits(self) -> tuple[int, int]:
        return -(1 << (self.bits - 1)), (1 << (self.bits - 1)) - 1


class Fixed(Measured):
    """A fixed-point number: an integer times 2^-fraction_bits."""

    type: Literal["fixed"] = "fixed"
    bits: Bits
    fraction_bits: Annotated[int, Field(strict=True, ge=0, le=64)]
    signed: Flag = True
    default: Ratio | None = None

    @property
    def width(self) -> int:
        return self.bits


class Float(Measured):
    """An IEEE 754 number of 32 or 64 bits."""

    type: Literal["float"] = "float"
    bits: Integer = 32
    default: Ratio | None = None

    @field_validator("bits")
    @classmethod
    def _ieee(cls, bits: int) -> int:
        if bits not in (32, 64):
            raise ValueError(f"a float has 32 or 64 bits, not {bits}; use 'fixed' or 'int' for other widths")
        return bits

    @property
    def width(self) -> int:
        return self.bits


class Bool(FieldBase):
    """One bit, or more that hold 0 or 1."""

    type: Literal["bool"] = "bool"
    bits: Bits = 1
    count: Annotated[int, Field(strict=True, ge=1, le=4096)] | None = None
    default: Flag | None = None

    @property
    def width(self) -> int:
        return self.bits


class EnumField(FieldBase):
    """Named numbers: written here, or shared by the name of an entry in the set's ``enums``.

    Numbers between the least and the greatest that have no name are holes; each is named or listed in ``reserved``.
    A decoder refuses numbers without a name.
    """

    type: Literal["enum"] = "enum"
    bits: Bits
    enum: Name | None = None
    values: tuple[EnumEntry, ...] = ()
    reserved: tuple[Integer, ...] = ()
    default: Name | None = None

    @property
    def width(self) -> int:
        return self.bits

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.enum is None) == (not self.values):
            raise FieldError(
                "values" if self.values else "", "an enum has either 'values' or 'enum', a shared one's name"
            )
        if self.values:
            check_entries(self.values, self.reserved)
        return self


class Flags(FieldBase):
    """Named bits."""

    type: Literal["flags"] = "flags"
    bits: Bits
    flags: tuple[FlagEntry, ...] = Field(min_length=1)
    default: Annotated[int, Field(strict=True, ge=0)] | None = None

    @property
    def width(self) -> int:
        return self.bits

    @model_validator(mode="after")
    def _within(self) -> Self:
        for i, flag in enumerate(self.flags):
            if flag.value >= self.bits:
                text = f"bit {flag.value} does not fit {self.bits} bits; the last is {self.bits - 1}"
                raise FieldError(f"flags.{i}.value", text)
        check_entries(self.flags, None, "flags")
        return self


class Text(FieldBase):
    """Text of a fixed number of octets, filled up with zeros; it must not hold zeros itself."""

    type: Literal["text"] = "text"
    length: Annotated[int, Field(strict=True, ge=1, le=65_000)]
    encoding: Literal["utf-8", "ascii"] = "utf-8"
    default: str | None = None

    @property
    def width(self) -> int:
        return 8 * self.length


class Octets(FieldBase):
    """Octets passed through as they are."""

    type: Literal["bytes"] = "bytes"
    length: Annotated[int, Field(strict=True, ge=1, le=65_000)]

    @property
    def width(self) -> int:
        return 8 * self.length


class Padding(Document):
    """Bits without meaning, sent as zeros and not read."""

    type: Literal["padding"] = "padding"
    bits: Count
    bit: Annotated[int, Field(strict=True, ge=0, le=524_288)] | None = None
    description: str = ""


class Time(FieldBase):
    """A CCSDS time code (CCSDS 301.0-B-4): unsegmented (cuc) or day segmented (cds).

    cuc: ``coarse`` octets of seconds and ``fine`` octets of their binary fraction since the epoch, 8 octets at most.
    cds: days since the epoch (16 or 24 bits), milliseconds of the day, ``submillisecond_bits`` of microseconds (16) or
    picoseconds (32). ``epoch: ccsds`` is 1958-01-01 TAI; anything else is the agency's own and named here.
    Without ``p_field`` the preamble is implicit: this definition is the agreement on it.
    """

    type: Literal["time"] = "time"
    code: Literal["cuc", "cds"]
    epoch: str = Field(min_length=1, examples=["ccsds", "T-0"])
    coarse: Annotated[int, Field(strict=True, ge=1, le=7)] = 4
    fine: Annotated[int, Field(strict=True, ge=0, le=7)] = 2
    day_bits: Literal[16, 24] = 16
    submillisecond_bits: Literal[0, 16, 32] = 0
    p_field: Flag = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.byte_order == "little":
            raise FieldError("byte_order", "a CCSDS time code is big-endian by its standard; leave 'byte_order' out")
        if self.code == "cuc" and self.coarse + self.fine > 8:
            raise FieldError("fine", f"{self.coarse} + {self.fine} octets; 8 at most; lower one of the two")
        return self

    @property
    def width(self) -> int:
        if self.code == "cuc":
            return 8 * (self.coarse + self.fine)
        return self.day_bits + 32 + self.submillisecond_bits

    @property
    def preamble(self) -> tuple[int, int]:
        """(value, bits) of the P-field, CCSDS 301.0-B-4 §3.2.2 and §3.3.2."""
        if self.code == "cds":
            epoch, day = self.epoch != "ccsds", self.day_bits == 24
            return 0x40 | epoch << 3 | day << 2 | self.submillisecond_bits // 16, 8
        first = (0b001 if self.epoch == "ccsds" else 0b010) << 4 | (min(self.coarse, 4) - 1) << 2 | min(self.fine, 3)
        more_coarse, more_fine = self.coarse - min(self.coarse, 4), self.fine - min(self.fine, 3)
        if not more_coarse and not more_fine:
            return first, 8
        return (0x80 | first) << 8 | more_coarse << 5 | more_fine << 2, 16


class Bcd(FieldBase):
    """A decimal number, four bits a digit (ARINC 429's BCD words); the first digit may have fewer bits."""

    type: Literal["bcd"] = "bcd"
    bits: Bits
    unit: str = ""
    resolution: Annotated[float, ratio(gt=0)] = Field(
        default=1.0, description="the value of one unit of the last digit"
    )

    @field_validator("unit")
    @classmethod
    def _means_something(cls, unit: str) -> str:
        check_unit(unit)
        return unit

    @property
    def width(self) -> int:
        return self.bits


AnyField = Annotated[
    UInt | Int | Fixed | Float | Bool | EnumField | Flags | Text | Octets | Padding | Time | Bcd,
    Field(discriminator="type"),
]


def check_entries(entries: tuple[Any, ...], reserved: tuple[int, ...] | None, at: str = "values") -> None:
    """Raise FieldError for a name or number given twice and, when *reserved* is not None, for holes."""
    names: set[str] = set()
    numbers: dict[int, str] = {}
    for i, entry in enumerate(entries):
        if entry.name in names:
            raise FieldError(f"{at}.{i}.name", f"'{entry.name}' is named twice; choose another name")
        if entry.value in numbers:
            raise FieldError(
                f"{at}.{i}.value", f"{entry.value} is '{numbers[entry.value]}' already; give another number"
            )
        names.add(entry.name)
        numbers[entry.value] = entry.name
    if reserved is None or not numbers:
        return
    for number in reserved:
        if number in numbers:
            raise FieldError("reserved", f"{number} is '{numbers[number]}' and reserved; remove one of the two")
    known = sorted({*numbers, *reserved})
    for a, b in pairwise(known):
        if b > a + 1:
            hole = f"{a + 1}" if b == a + 2 else f"{a + 1} to {b - 1}"
            raise FieldError(at, f"{hole} has no name: name it, or list it in 'reserved' if a receiver shall refuse it")
