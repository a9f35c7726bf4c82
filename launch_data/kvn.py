"""The text form of CCSDS messages, "keyword = value" (KVN): CCSDS 502.0-B-3, section 7. Strict in what it writes."""

import re
import textwrap
from dataclasses import dataclass
from math import isfinite

from ..core.errors import InputError
from ..core.time import format_utc, parse_utc

LINE_LENGTH = 254  # 7.3.2, without the end of line
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


def assignment(keyword: str, value: str, unit: str = "") -> str:
    """One line `KEYWORD = value [unit]`; text values in capitals, as 7.5.3 asks."""
    line = f"{keyword} = {value}{f' [{unit}]' if unit else ''}"
    if len(line) > LINE_LENGTH:
        raise InputError(f"{keyword} makes a line of {len(line)} characters; CCSDS messages allow {LINE_LENGTH}")
    return line


def comments(*texts: str) -> list[str]:
    """COMMENT lines; what is not ASCII is written as \\uXXXX, and long text wraps."""
    ascii_texts = [" ".join(t.split()).encode("ascii", "backslashreplace").decode() for t in texts]
    return [f"COMMENT {line}" for text in ascii_texts for line in textwrap.wrap(text, 118, break_on_hyphens=False)]


def decimal(value: float) -> str:
    """Fixed point with as many decimals as the 16 digits of 7.5.6 leave, at most 12: 1 nm for kilometres under 10,000."""
    if not isfinite(value):
        raise ValueError(f"{value} cannot stand in a CCSDS message")
    whole_digits = len(str(int(abs(value))))
    text = f"{value:.{max(1, min(12, 16 - whole_digits))}f}"
    return text[1:] if text.startswith("-") and float(text) == 0.0 else text


def creation_date(issuer: Issuer) -> str:
    """CREATION_DATE in whole seconds."""
    return format_utc(parse_utc(issuer.created), 0, zulu=False)


def message(lines: list[str]) -> str:
    """The whole message, a line feed after each line."""
    for line in lines:
        if len(line) > LINE_LENGTH or not _PRINTABLE.fullmatch(line):
            raise InputError(f"a line of a CCSDS message would be too long or not ASCII: {line[:80]!r}")
    return "\n".join(lines) + "\n"
