"""What a generator gives back: texts of files, and by name everything that its format cannot say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..layout_types import ResolvedField, ResolvedMessage


@dataclass(frozen=True)
class Loss:
    """Something of the definition that an output does not carry. where: "message" or "message.field"."""

    output: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.output}: {self.where}: {self.what}"


@dataclass(frozen=True)
class Output:
    """Files (name → text) of one generator, and its losses."""

    files: dict[str, str]
    losses: tuple[Loss, ...] = ()


class Names:
    """Identifiers of one scope: each name once, cut to the format's length, numbered when taken already."""

    def __init__(self, taken: Iterable[str] = (), longest: int = 200) -> None:
        self._taken = set(taken)
        self._longest = longest

    def take(self, wanted: str) -> str:
        """*wanted*, or the nearest free name."""
        name, n = wanted[: self._longest], 1
        while name in self._taken:
            n += 1
            suffix = f"_{n}"
            name = wanted[: self._longest - len(suffix)] + suffix
        self._taken.add(name)
        return name


def identifier(text: str) -> str:
    """Any text as a C identifier in lower case: ``OSEA launcher 2`` → ``osea_launcher_2``."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_").lower()
    return name if name and not name[0].isdigit() else f"set_{name}".rstrip("_")


def element_names(field: ResolvedField) -> list[str]:
    """A name for each element where a format has no arrays: rate_x, rate_y, rate_z; of a single value its own."""
    if not field.is_array:
        return [field.name]
    labels = field.elements or tuple(str(k) for k in range(field.count))
    return [f"{field.name}_{label}" for label in labels]


def element_fields(field: ResolvedField) -> list[tuple[str, ResolvedField]]:
    """(name, single field) of each element."""
    from dataclasses import replace

    names = element_names(field)
    if not field.is_array:
        return [(field.name, field)]
    single = {"count": 1, "is_array": False, "elements": ()}
    return [(n, replace(field, name=n, bit_offset=field.element_offset(k), **single)) for k, n in enumerate(names)]


def msb0_offset(field: ResolvedField) -> int | None:
    """Where a single field's bits begin, counted from the message's first and most significant bit.

    None when they are not one run in that numbering: little-endian fields that cross octets off their borders.
    Whole octets are one run (their order is then a matter of the byte order).
    """
    if field.byte_order == "big" or field.is_octets:
        return field.bit_offset
    octet, bit = divmod(field.bit_offset, 8)
    return octet * 8 + 8 - bit - field.width if bit + field.width <= 8 else None


def address(m: ResolvedMessage) -> str:
    """What a message is known by on its link, for people."""
    if m.apid is not None:
        return f"APID {m.apid} (0x{m.apid:03X})"
    if m.can_id is not None:
        kind = ("FD, " if m.fd else "") + ("29-bit" if m.extended else "11-bit")
        return f"{m.bus} 0x{m.can_id:X} ({kind})"
    if m.remote_terminal is not None:
        way = "transmit" if m.transmit else "receive"
        return f"{m.bus} RT {m.remote_terminal} SA {m.subaddress} {way}, {m.size // 2} words"
    if m.label is not None:
        return f"{m.bus} label {m.label:03o}" + ("" if m.sdi is None else f" SDI {m.sdi}")
    return "no address"


def meaning(field: ResolvedField) -> str:
    """How the raw number becomes the value, in one line."""
    if field.constant is not None:
        return f"always {field.constant}" if field.kind != "padding" else "zeros"
    if field.computed:
        return "computed: " + field.computed.replace("_", " ")
    c = field.calibration
    if c is not None:
        if c.type == "polynomial":
            return "polynomial " + ", ".join(f"{x:.9g}" for x in c.coefficients)
        return f"{c.type} of {len(c.points)} points"
    if field.scale != 1.0 or field.offset != 0.0:
        sign = "" if not field.offset else f" {'+' if field.offset > 0 else '-'} {abs(field.offset):.9g}"
        return f"raw × {field.scale:.9g}{sign}"
    if field.time_code:
        return f"{field.time_code.upper()} time, epoch {field.epoch}"
    return ""


@lru_cache(maxsize=1)
def templates() -> Any:
    """The package's Jinja2 templates of source code (nothing is escaped)."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(  # noqa: S701 code, not pages
        loader=PackageLoader(__name__.rpartition(".")[0], "data"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
