"""The messages of a set as a file defines them: CCSDS packets, CAN frames, 1553 messages, ARINC 429 words."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from ..core.documents import Document, FieldError, Flag, Integer
from ..core.quantity import SI, Ratio
from .fields import AnyField, EnumEntry, Name, Time, check_entries
from .layout_types import ByteOrder

Checksum = Literal["crc16-ccitt", "crc32", "xor8"]
Rate = Annotated[float, SI("Hz", ("200 Hz",), gt=0)]
Address = Annotated[
    int,
    BeforeValidator(lambda v: int(v, 16) if isinstance(v, str) and re.fullmatch(r"0[xX][0-9a-fA-F]{1,8}", v) else v),
    Field(strict=True, examples=[256, "0x18FF1234"]),
    WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^0[xX][0-9a-fA-F]{1,8}$"}]}),
]
FD_LENGTHS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64)


class SharedEnum(Document):
    """An enumeration used by several fields."""

    name: Name
    description: str = ""
    values: tuple[EnumEntry, ...] = Field(min_length=1)
    reserved: tuple[Integer, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        check_entries(self.values, self.reserved)
        return self


class MessageBase(Document):
    """What every message has. A variant ``extends`` another message: it takes over what it does not say itself, its
    fields follow the other's, and a field of the same name replaces the other's in its place."""

    name: Name
    description: str = ""
    extends: Name | None = None
    abstract: Flag = Field(default=False, description="only for others to extend; never sent")
    byte_order: ByteOrder | None = None
    align: Literal[1, 8, 16, 32, 64] = Field(
        default=1, description="automatic places begin at a multiple of so many bits"
    )
    size: Annotated[int, Field(strict=True, ge=0, le=65_536, description="octets of payload, filled up")] | None = None
    rate: Rate | None = None
    source: str = ""
    sinks: tuple[str, ...] = ()
    priority: Annotated[int, Field(strict=True, ge=0, le=255, description="0 is the most urgent")] = 0
    latency: Annotated[float, SI("s", ("5 ms",), gt=0)] | None = None
    fields: tuple[AnyField, ...] = ()


class Pus(Document):
    """The secondary header of ECSS-E-ST-70-41C (PUS-C)."""

    service: Annotated[int, Field(strict=True, ge=0, le=255)]
    subservice: Annotated[int, Field(strict=True, ge=0, le=255)]
    acknowledge: Annotated[int, Field(strict=True, ge=0, le=15, description="telecommands: the four flags")] = 15


class SecondaryHeader(Document):
    """What follows a packet's primary header: a PUS header, fields of one's own, and a time, in this order, big-endian."""

    pus: Pus | None = None
    fields: tuple[AnyField, ...] = ()
    time: Time | None = None


class Packet(MessageBase):
    """A CCSDS space packet (133.0-B-2)."""

    apid: Address | None = Field(default=None, description="0 to 2046; 2047 is the idle packets'")
    secondary_header: SecondaryHeader | None = None
    crc: Checksum | None = None

    @field_validator("apid")
    @classmethod
    def _eleven_bits(cls, apid: int | None) -> int | None:
        if apid is not None and not 0 <= apid <= 2046:
            raise ValueError(f"an APID is 0 to 2046 (2047 is for idle packets), not {apid}")
        return apid


class Telemetry(Packet):
    """A telemetry packet."""

    type: Literal["telemetry"] = "telemetry"


class CommandVerification(Document):
    """How one knows that a command went through a stage: a field of a message takes a value in time."""

    stage: Literal["accepted", "started", "progress", "completed"]
    message: Name
    field: Name
    value: str | Ratio
    timeout: Annotated[float, SI("s", ("2 s",), gt=0)]


class Telecommand(Packet):
    """A telecommand packet; its fields are the arguments, their ranges the limits."""

    type: Literal["telecommand"] = "telecommand"
    hazardous: Flag = False
    verification: tuple[CommandVerification, ...] = ()


class CanFrame(MessageBase):
    """A CAN frame, classic (8 octets at most) or FD (64 at most)."""

    type: Literal["can"] = "can"
    id: Address | None = Field(default=None, description="11 bits, 29 when extended")
    extended: Flag = False
    fd: Flag = False
    bit_rate_switch: Flag = False
    bus: str = "can"

    @model_validator(mode="after")
    def _id_in_range(self) -> Self:
        top = 0x1FFF_FFFF if self.extended else 0x7FF
        if self.id is not None and not 0 <= self.id <= top:
            hint = (
                "; choose another"
                if self.extended or not 0 <= self.id <= 0x1FFF_FFFF
                else "; or set 'extended: true' (29 bits)"
            )
            raise FieldError("id", f"a CAN id of {29 if self.extended else 11} bits is 0 to {top}, not {self.id}{hint}")
        if self.bit_rate_switch and not self.fd:
            raise FieldError("bit_rate_switch", "only CAN FD switches its rate; set 'fd: true' or leave this out")
        return self


class Mil1553Message(MessageBase):
    """A MIL-STD-1553B message of 1 to 32 words of 16 bits."""

    type: Literal["mil1553"] = "mil1553"
    remote_terminal: Annotated[int, Field(strict=True, ge=0, le=31, description="31 is broadcast")] | None = None
    subaddress: Annotated[int, Field(strict=True, ge=1, le=30, description="0 and 31 are mode codes")] | None = None
    transmit: Flag = Field(default=False, description="true: the terminal sends, false: it receives")
    bus: str = "mil1553"

    @model_validator(mode="after")
    def _nobody_broadcasts(self) -> Self:
        if self.remote_terminal == 31 and self.transmit:
            raise FieldError("transmit", "terminal 31 is broadcast: all receive; set 'transmit: false'")
        return self


def _octal(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(_LABEL, value):
        raise ValueError(f"'{value}' is no octal label; write '000' to '377'")
    return value


_LABEL = r"^[0-3]?[0-7]{1,2}$"
Label = Annotated[str, BeforeValidator(_octal), Field(pattern=_LABEL)]


class Arinc429Word(MessageBase):
    """An ARINC 429 word; its fields fill bits 29 to 11 (19 bits), or 29 to 9 without ``sdi``, most significant first."""

    type: Literal["arinc429"] = "arinc429"
    label: Label | None = Field(default=None, description="octal", examples=["203"])
    sdi: Annotated[int, Field(strict=True, ge=0, le=3)] | None = None
    bus: str = "arinc429"


class PlainMessage(MessageBase):
    """A message without a header, for serial lines and files."""

    type: Literal["plain"] = "plain"
    crc: Checksum | None = None


Message = Annotated[
    Telemetry | Telecommand | CanFrame | Mil1553Message | Arinc429Word | PlainMessage, Field(discriminator="type")
]
