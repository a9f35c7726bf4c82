"""The document ``osea/message-set/v1``: every message of a vehicle, defined once."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from ..core.documents import FieldError, Module, Reference, load_document
from .layout import layout
from .layout_types import ByteOrder, ResolvedMessage, ResolvedSet
from .messages import Message, SharedEnum


class MessageSet(Module, schema="osea/message-set/v1"):
    """Messages between boxes: packets, commands, bus frames and words.

    A set may extend another: it takes over its enums and messages, and replaces those of the same name.
    Fields are placed bit by bit when the document is read, so a set that loads has a layout (``layout``).
    """

    extends: Reference["MessageSet"] | None = None
    byte_order: ByteOrder = Field(default="big", description="of payloads; CCSDS headers are big-endian always")
    enums: tuple[SharedEnum, ...] = ()
    messages: tuple[Message, ...] = ()

    @model_validator(mode="after")
    def _lays_out(self) -> Self:
        for what, items in (("enums", self.enums), ("messages", self.messages)):
            seen: set[str] = set()
            for i, item in enumerate(items):
                if item.name in seen:
                    raise FieldError(f"{what}.{i}.name", f"'{item.name}' is named twice; choose another name")
                seen.add(item.name)
        resolved = layout(self)
        _check_addresses(resolved)
        _check_verification(resolved)
        return self


def _check_addresses(resolved: ResolvedSet) -> None:
    """No two messages may be mistaken for each other on their link."""
    seen: dict[tuple, ResolvedMessage] = {}
    for m in resolved.messages:
        field, what, key = _address(m)
        if not key:
            continue
        for (other_key, *_), other in seen.items():
            if other_key == key and not _told_apart(m, other):
                later = m if m.path.startswith("messages") else other
                at = f"{later.path}.{field}" if later.path.startswith("messages") else later.path
                raise FieldError(
                    at, f"{what} is used twice, by '{other.name}' and '{m.name}'; give one of them another"
                )
        seen[key, m.name] = m


def _address(m: ResolvedMessage) -> tuple[str, str, tuple]:
    if m.apid is not None:
        return "apid", f"APID {m.apid}", (m.kind, m.apid)
    if m.can_id is not None:
        return "id", f"CAN id {m.can_id} on bus '{m.bus}'", (m.kind, m.bus, m.can_id, m.extended)
    if m.remote_terminal is not None:
        way = "transmit" if m.transmit else "receive"
        text = f"terminal {m.remote_terminal} subaddress {m.subaddress} {way} on bus '{m.bus}'"
        return "subaddress", text, (m.kind, m.bus, m.remote_terminal, m.subaddress, m.transmit)
    if m.label is not None:
        return "label", f"label {m.label:o} (octal) on bus '{m.bus}'", (m.kind, m.bus, m.label, m.sdi)
    return "", "", ()


def _told_apart(a: ResolvedMessage, b: ResolvedMessage) -> bool:
    """Whether a constant at the same place differs: PUS service and subservice, a function code."""
    if a.apid is None:
        return False
    places = {(f.bit_offset, f.width, f.byte_order): f.constant for f in a.discriminators if f.kind != "padding"}
    return any(
        places.get((f.bit_offset, f.width, f.byte_order), f.constant) != f.constant
        for f in b.discriminators
        if f.kind != "padding"
    )


def _check_verification(resolved: ResolvedSet) -> None:
    for m in resolved.messages:
        for i, v in enumerate(m.verification):
            at = f"{m.path}.verification.{i}" if m.path.startswith("messages") else m.path
            other = resolved.by_name.get(v.message)
            if other is None or v.field not in other.by_name:
                name = f"message '{v.message}'" if other is None else f"field '{v.field}' in '{v.message}'"
                raise FieldError(
                    at, f"there is no {name} to verify the command by; name a message of this set and its field"
                )
            row = other.by_name[v.field]
            names = [e.name for e in row.values] if row.kind == "enum" else []
            if names and v.value not in names:
                raise FieldError(f"{at}.value", f"'{v.value}' is not one of {', '.join(names)}; choose one of them")


@cache
def launcher_set() -> MessageSet:
    """The built-in OSEA launcher message set."""
    return load_document(MessageSet, Path(__file__).parent / "data" / "launcher.yaml")
