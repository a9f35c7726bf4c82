"""Who issues CCSDS messages and what they are about: names that every form of a message can carry unchanged."""

import re
import textwrap
from dataclasses import dataclass

from ..core.errors import InputError
from ..core.time import format_utc, parse_utc
from .ccsds.message import Block

_PRINTABLE = re.compile(r"[\x20-\x7e]+")  # 7.3.4: printable ASCII and blanks
_EARTH_FIXED = re.compile(r"ITRF(-9[37]|\d{4})")


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """Who issues the messages, and when: `created` is UTC. The SANA registry of organizations lists usual originators."""

    originator: str
    created: str
    where: str = ""

    def __post_init__(self) -> None:
        check_text(self.originator, "originator", self.where)
        parse_utc(self.created, where=self.where)


@dataclass(frozen=True, kw_only=True)
class SpaceObject:
    """What a message is about; `identifier` is the international designator (2027-001A), UNKNOWN before launch."""

    name: str
    identifier: str = "UNKNOWN"
    where: str = ""

    def __post_init__(self) -> None:
        check_text(self.name, "object name", self.where)
        check_text(self.identifier, "object identifier", self.where)


def check_text(value: str, what: str, where: str = "") -> None:
    """Refuse (InputError) a value that a KVN line cannot carry unchanged."""
    problem = ""
    if not _PRINTABLE.fullmatch(value):
        problem = "cannot stand in a CCSDS message: only printable ASCII on one line, and not empty"
    elif value != value.strip() or "  " in value:
        problem = "has blanks at an end or two in a row, which CCSDS messages do not keep"
    elif len(value) > 200:
        problem = f"is {len(value)} characters long; a CCSDS message has room for 200"
    if problem:
        raise InputError(f"the {what} {value[:80]!r} {problem}", where=where or None)


def check_earth_fixed(frame: str) -> None:
    """Refuse what is no realisation of ITRF: the names of 3.2.3.3 (ITRF2000, ITRF-97, ITRF-93) and the SANA form ITRFyyyy."""
    if not _EARTH_FIXED.fullmatch(frame):
        raise InputError(f"{frame!r} names no Earth-fixed frame of CCSDS 502.0-B-3; use ITRF2000 or another ITRFyyyy")


def header(issuer: Issuer, opening: tuple[str, ...] = ()) -> Block:
    """The header of a message: creation date in whole seconds, originator in capitals (7.5.3), comments."""
    created = format_utc(parse_utc(issuer.created), 0, zulu=False)
    return Block("header", (("CREATION_DATE", created), ("ORIGINATOR", issuer.originator.upper())), opening)


def comments(*texts: str) -> tuple[str, ...]:
    """Comment lines; what is not ASCII is written as \\uXXXX, and long text wraps."""
    ascii_texts = [" ".join(t.split()).encode("ascii", "backslashreplace").decode() for t in texts]
    return tuple(line for text in ascii_texts for line in textwrap.wrap(text, 118, break_on_hyphens=False))
