"""Values of CCSDS messages: from text by the kind that the book gives their keyword, and back. Numbers are finite, always."""

import difflib
import re
from datetime import date
from math import isfinite

from .grammar import Field, is_known_frame, known_time_systems
from .message import Value

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DATE = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d{2})-(?P<day>\d{2})|(?P<of_year>\d{3}))"
    r"T(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.\d*)?Z?",
    re.ASCII,
)
_WITH_UNIT = re.compile(r"(?P<value>.*?)\s*\[(?P<unit>[^\[\]]*)\]")


class ValueFaultError(ValueError):
    """What is wrong with a value, in one sentence that says how to mend it."""


def split_unit(text: str) -> tuple[str, str | None]:
    """`6655.9 [km]` as value and unit; the unit is None where none is written."""
    match = _WITH_UNIT.fullmatch(text)
    return (match["value"], match["unit"].strip()) if match else (text, None)


def parse_value(spec: Field, text: str, unit: str | None) -> Value:
    """The value of a keyword. Raises ValueFaultError."""
    if unit is not None:
        check_unit(spec, unit)
    if not text:
        raise ValueFaultError(f"{spec.keyword} has no value; leave the line out, or write one")
    match spec.kind:
        case "number" | "probability":
            value = parse_number(text, spec.keyword)
            if spec.kind == "probability" and not 0.0 <= value <= 1.0:
                raise ValueFaultError(f"{spec.keyword} is a probability, between 0 and 1, not {text}")
            return value
        case "integer":
            if not _INTEGER.fullmatch(text):
                raise ValueFaultError(f"{spec.keyword} is a whole number, not {text!r}")
            return int(text)
        case "date":
            check_date(text, spec.keyword)
        case "epoch":
            if not _NUMBER.fullmatch(text):  # an OCM counts seconds from its T-zero where it likes
                check_date(text, spec.keyword)
        case "time_system":
            if text.upper() not in known_time_systems():
                near = difflib.get_close_matches(text.upper(), known_time_systems(), 1)
                meant = (
                    f"; did you mean {near[0]}?" if near else f"; use one of {', '.join(sorted(known_time_systems()))}"
                )
                raise ValueFaultError(f"{text!r} is no time system of the CCSDS registry{meant}")
            return text.upper()
        case "list":
            return tuple(cell.strip() for cell in text.strip().removeprefix("[").removesuffix("]").split(","))
    return text


def check_unit(spec: Field, unit: str) -> None:
    """Raises ValueFaultError unless the unit is the one that the book gives the keyword: it converts nothing, and nor do we."""
    if unit == spec.unit or (not spec.unit and unit in ("n/a", "")):
        return
    if not spec.unit:
        raise ValueFaultError(f"{spec.keyword} has no unit, and [{unit}] is written; leave it out")
    raise ValueFaultError(
        f"the unit of {spec.keyword} is [{spec.unit}], not [{unit}]; convert the value, or leave the unit out"
    )


def parse_number(text: str, what: str) -> float:
    """A finite number as 502.0-B-3, 7.5.5 to 7.5.7, writes it. Raises ValueFaultError."""
    if not _NUMBER.fullmatch(text) or not isfinite(value := float(text)):
        raise ValueFaultError(f"{what} is a number such as -1041.5 or 3.2e-4, not {text!r}")
    return value


def is_number(text: str) -> bool:
    """Whether the text is a finite number."""
    return _NUMBER.fullmatch(text) is not None and isfinite(float(text))


def check_date(text: str, what: str) -> None:
    """Raises ValueFaultError for what is no time of CCSDS 301.0-B-4, codes A and B, or no day of the calendar."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueFaultError(f"{what} is a time such as 2027-03-01T12:00:00.25 or 2027-060T12:00:00, not {text!r}")
    year = int(match["year"])
    relative = year == 0  # mission elapsed time counts from year zero, day one
    try:
        if match["of_year"]:
            days = int(match["of_year"])
            leap = relative or date(year, 12, 31).timetuple().tm_yday == 366
            if not 1 <= days <= (366 if leap else 365):
                raise ValueError("there is no such day in that year")
        else:
            date(year or 2000, int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise ValueFaultError(f"{what} = {text} is no day of the calendar: {error}") from None
    if int(match["hour"]) > 23 or int(match["minute"]) > 59 or int(match["second"]) > 60:
        raise ValueFaultError(f"{what} = {text} is no time of day: hours go to 23, minutes and seconds to 59")


def frame_warning(spec: Field, value: Value) -> str:
    """What to say of a frame that no registry lists; empty when one does."""
    if spec.kind != "frame" or is_known_frame(str(value)):
        return ""
    return f"{spec.keyword} = {value}: no frame of the CCSDS registry; the parties must have agreed on what it means"


def number_text(value: float) -> str:
    """A number with the 16 digits that 7.5.6 allows, no more than it needs."""
    text = repr(value)
    if len(text) <= 17 and text[-1] not in "fn":  # inf, nan
        return text
    if not isfinite(value):
        raise ValueError(f"{value} cannot stand in a CCSDS message")
    if isinstance(value, int):
        return text
    if len(text.partition("e")[0].replace(".", "").lstrip("-0")) > 16:
        text = f"{value:.16g}"
    return text if any(c in text for c in ".e") else f"{text}.0"
