"""Links of a bench document."""

import ipaddress
import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Flag
from ...core.quantity import Ratio

_ADDRESS = re.compile(r"(?P<host>\[[0-9a-fA-F:]+\]|[A-Za-z0-9_.-]+):(?P<port>[0-9]{1,5})")
Address = Annotated[str, Field(pattern=r"^.+:[0-9]{1,5}$", examples=["127.0.0.1:14550"])]


def host_port(address: str) -> tuple[str, int]:
    """``127.0.0.1:14550`` in two. Raises ValueError."""
    match = _ADDRESS.fullmatch(address)
    if not match or int(match["port"]) > 65535:
        raise ValueError(f"expected HOST:PORT such as 127.0.0.1:14550, not '{address[:60]}'")
    return match["host"].strip("[]"), int(match["port"])


def is_loopback(host: str) -> bool:
    """Whether an address cannot be reached from another machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


Framing = Literal["cobs", "slip", "packets", "lines", "mavlink", "fprime"]


class _Addressed(Document):
    local: Address = Field(description="that the bench opens; loopback, or say --bind")
    remote: Address = Field(description="the computer: nothing is taken from anybody else")

    @model_validator(mode="after")
    def _addresses(self) -> Self:
        for name in ("local", "remote"):
            try:
                host_port(getattr(self, name))
            except ValueError as error:
                raise FieldError(name, str(error)) from None
        return self


class UdpLink(_Addressed):
    """Datagrams: one message in each, or several one after another."""

    type: Literal["udp"] = "udp"
    answers_from: Literal["remote", "any_port"] = Field(
        default="remote",
        description="any_port: programs that answer from a port of their system's choice; the first that speaks from the "
        "remote's host is the peer, and nobody else is heard from then on. With remote port 0 samples go to that port too",
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if host_port(self.remote)[1] == 0 and self.answers_from == "remote":
            raise FieldError(
                "remote", "port 0 is no address; say 'answers_from: any_port' to learn it from the computer"
            )
        return self


class TcpLink(Document):
    """A stream. The bench waits for the computer on ``local``, or connects to it at ``remote``."""

    type: Literal["tcp"] = "tcp"
    local: Address | None = Field(default=None, description="that the bench listens on; loopback, or say --bind")
    remote: Address | None = Field(default=None, description="that the bench connects to")
    framing: Framing = "cobs"

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.local is None) == (self.remote is None):
            raise FieldError("local", "give 'local' to wait for the computer, or 'remote' to connect to it, not both")
        name = "local" if self.local else "remote"
        try:
            host_port(getattr(self, name))
        except ValueError as error:
            raise FieldError(name, str(error)) from None
        return self


class SerialLink(Document):
    """A serial line or a pseudo-terminal."""

    type: Literal["serial"] = "serial"
    port: str = Field(min_length=1, examples=["/dev/ttyUSB0", "COM3"])
    baud: Annotated[int, Field(strict=True, ge=300, le=12_000_000)] = 921_600
    framing: Framing = "cobs"


class CanLink(Document):
    """A CAN or CAN-FD bus, by python-can."""

    type: Literal["can"] = "can"
    interface: Literal[
        "socketcan", "virtual", "udp_multicast", "slcan", "pcan", "kvaser", "vector", "ixxat", "gs_usb"
    ] = Field(default="socketcan")
    channel: str = Field(min_length=1, examples=["can0", "vcan0", "239.74.163.2"])
    fd: Flag = False
    bit_rate: Annotated[int, Field(strict=True, ge=10_000, le=1_000_000)] | None = None


class CardLink(Document):
    """A link that an installed package brings (entry point group osea_rocket.hil_links), such as a MIL-STD-1553 card."""

    type: Literal["card"] = "card"
    card: str = Field(description="its entry point's name")
    options: dict[str, str | Ratio | Flag] = Field(default_factory=dict, description="the card's own")


Link = Annotated[UdpLink | TcpLink | SerialLink | CanLink | CardLink, Field(discriminator="type")]
