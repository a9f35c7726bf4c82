"""UTC instants, exact to the nanosecond: ISO 8601 text in, seconds added on the TAI scale, ISO 8601 text out.

An instant is one integer, nanoseconds of TAI since 2000-01-01T00:00:00 TAI, so that adding seconds never rounds twice, order
is the order of integers, and a leap second is a second like any other. The table of leap seconds is ERFA's (the IAU's SOFA
library under a free licence, from IERS Bulletin C).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    import numpy as np

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
TT_MINUS_TAI = 32.184  # s, by definition of TT (IAU 1991, Resolution A4)
JULIAN_DATE_OF_ORIGIN = 2451544.5  # 2000-01-01T00:00:00
LAST_YEAR = "2261"
FIRST_YEAR = 1972  # before it UTC ran at another rate than TAI
_ORIGIN = date(2000, 1, 1).toordinal()
_UNIX_OF_ORIGIN = 946_684_800 * SECOND  # 2000-01-01T00:00:00 counted from 1970
_ISO = re.compile(
    r"(?P<year>\d{4})-(?:(?P<month>\d{2})-(?P<day>\d{2})|(?P<day_of_year>\d{3}))"
    r"T(?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})(?:\.(?P<fraction>\d{1,15}))?Z?",
    re.ASCII,
)


@dataclass(frozen=True, order=True)
class Instant:
    """A moment; `tai` counts nanoseconds of TAI since 2000-01-01T00:00:00 TAI."""

    tai: int

    def plus(self, seconds: float) -> "Instant":
        """The instant `seconds` (SI seconds, may be negative) later, rounded to the nanosecond."""
        if not isfinite(seconds):
            raise InputError(f"cannot add {seconds} s to a time: the duration is not a finite number")
        return Instant(self.tai + int((Decimal(float(seconds)) * SECOND).to_integral_value(ROUND_HALF_EVEN)))

    def minus(self, other: "Instant") -> float:
        """SI seconds from `other` to this instant, leap seconds counted."""
        return (self.tai - other.tai) / SECOND

    def terrestrial_time(self) -> tuple[float, float]:
        """TT as a two-part Julian date (day, fraction), the form that ERFA takes."""
        day, rest = divmod(self.tai, DAY)
        return JULIAN_DATE_OF_ORIGIN + day, (rest / SECOND + TT_MINUS_TAI) / 86_400.0

    def universal_time(self, ut1_minus_utc: float) -> tuple[float, float]:
        """UT1 as a two-part Julian date (day, fraction), from UT1-UTC in s (Earth orientation data of the IERS)."""
        day, rest = divmod(self.tai, DAY)
        return JULIAN_DATE_OF_ORIGIN + day, (rest / SECOND - tai_minus_utc(self) + ut1_minus_utc) / 86_400.0


def parse_utc(text: str, *, where: str = "") -> Instant:
    """Read `2027-03-01T12:00:00.250Z` or, with the day of the year, `2027-060T12:00:00.250Z` (CCSDS 301.0-B-4, codes A, B).

    The Z may be absent; any other zone is refused. Second 60 is read in a real leap second only. Digits beyond the
    nanosecond are rounded. Raises InputError, with `where`, for anything else and for years before 1972.
    """
    match = _ISO.fullmatch(text)
    if match is None:
        raise InputError(
            f"{text!r} is not a UTC time; write it as YYYY-MM-DDThh:mm:ss[.ffffff]Z, e.g. 2027-03-01T12:00:00Z",
            where=where,
        )
    part = {name: int(value) for name, value in match.groupdict().items() if value is not None and name != "fraction"}
    if part["year"] < FIRST_YEAR:
        raise InputError(
            f"{text!r}: UTC before {FIRST_YEAR} has no whole leap seconds and is not supported", where=where
        )
    try:
        if "day_of_year" in part:
            number = date(part["year"], 1, 1).toordinal() + part["day_of_year"] - 1
            if part["day_of_year"] < 1 or date.fromordinal(number).year != part["year"]:
                raise ValueError("there is no such day in that year")
        else:
            number = date(part["year"], part["month"], part["day"]).toordinal()
    except (ValueError, OverflowError) as error:
        raise InputError(f"{text!r} is not a date of the calendar: {error}", where=where) from None
    hour, minute, second = part["hour"], part["minute"], part["second"]
    if hour > 23 or minute > 59 or second > 60:
        raise InputError(f"{text!r} is not a time of day: hours go to 23, minutes and seconds to 59", where=where)
    day = number - _ORIGIN
    if second == 60 and not (hour == 23 and minute == 59 and _has_leap_second(day)):
        raise InputError(f"{text!r}: there is no leap second at the end of that minute", where=where)
    fraction = Decimal("0." + (match["fraction"] or "0")) * SECOND
    utc = day * DAY + ((hour * 60 + minute) * 60 + second) * SECOND + int(fraction.to_integral_value(ROUND_HALF_EVEN))
    return Instant(utc + _offset_of_day(day) * SECOND)


def parse_utc_array(texts: Sequence[str], *, where: str = "") -> "np.ndarray":
    """Many UTC times as `parse_utc` reads them, (n,) int64: nanoseconds of TAI as in `Instant.tai`. Raises InputError.

    Plain calendar times (`2027-03-01T12:00:00.25`, up to nine decimals) go through numpy at once, all others one by one.
    Years after 2261 are refused: 64 bits of nanoseconds do not reach them.
    """
    import numpy as np

    if late := next((t for t in texts if t[:4] > LAST_YEAR), None):
        raise InputError(f"{late!r}: times after {LAST_YEAR} are not supported", where=where)
    plain = np.array([_is_plain(t) for t in texts], dtype=bool)
    tai = np.empty(len(texts), np.int64)
    if plain.any():
        chosen = [t for t, simple in zip(texts, plain, strict=True) if simple]
        try:
            utc = np.array(chosen, "datetime64[ns]").astype(np.int64) - _UNIX_OF_ORIGIN
        except ValueError:
            plain[:] = False  # one of them is no date: parse_utc says which
        else:
            days = utc // DAY
            if (days < _leap_seconds()[0][0]).any():
                plain[:] = False
            else:
                tai[plain] = utc % DAY + utc_days_to_tai(days)
    for i in map(int, np.flatnonzero(~plain)):
        tai[i] = parse_utc(texts[i], where=where).tai
    return tai


def tai_minus_utc_array(tai: "np.ndarray") -> "np.ndarray":
    """TAI-UTC [s] at many instants, (n,) int64 as `Instant.tai`; within a leap second still the value before it."""
    import numpy as np

    table = _leap_seconds()
    starts = np.array([day * DAY + after * SECOND for day, after in table], np.int64)
    offsets = np.array([after for _, after in table], np.int64)
    return offsets[np.maximum(np.searchsorted(starts, tai, side="right") - 1, 0)]


def utc_days_to_tai(days: "np.ndarray") -> "np.ndarray":
    """`Instant.tai` of 0 h UTC of days (n,) counted from 2000-01-01."""
    import numpy as np

    table = _leap_seconds()
    place = np.searchsorted([day for day, _ in table], days, side="right") - 1
    return days * DAY + np.array([after for _, after in table], np.int64)[np.maximum(place, 0)] * SECOND


def _is_plain(text: str) -> bool:
    return 19 <= len(text) <= 29 and text[10] == "T" and text[16] == ":" and text[17] != "6" and text[-1] != "Z"


def format_utc(instant: Instant, digits: int = 3, *, zulu: bool = True) -> str:
    """Write ISO 8601 UTC with `digits` (0 to 9) decimals of the second, rounded half to even; never decreasing in time.

    A carry goes through minutes, days and leap seconds (…:59.9996 of a day with a leap second becomes …:60.000).
    """
    if not 0 <= digits <= 9:
        raise ValueError(f"digits must be 0 to 9, not {digits}")
    step = 10 ** (9 - digits)
    quotient, rest = divmod(instant.tai, step)
    quotient += rest * 2 > step or (rest * 2 == step and quotient % 2 == 1)
    day, hour, minute, second, nanoseconds = _utc_fields(quotient * step)
    calendar = date.fromordinal(day + _ORIGIN)
    if calendar.year < FIRST_YEAR:
        raise ValueError(f"UTC before {FIRST_YEAR} is not supported")
    fraction = f".{nanoseconds // step:0{digits}d}" if digits else ""
    return f"{calendar.isoformat()}T{hour:02d}:{minute:02d}:{second:02d}{fraction}{'Z' if zulu else ''}"


def format_utc_array(tai: "np.ndarray") -> list[str]:
    """Many instants (n,) int64 as `format_utc` writes them with nine decimals and without the Z."""
    import numpy as np

    utc = tai - tai_minus_utc_array(tai) * SECOND
    found: list[str] = np.datetime_as_string((utc + _UNIX_OF_ORIGIN).view("datetime64[ns]"), unit="ns").tolist()
    leaps = np.array([day * DAY + (after - 1) * SECOND for day, after in _leap_seconds()[1:]], np.int64)
    before = leaps[np.maximum(np.searchsorted(leaps, tai, side="right") - 1, 0)]
    for i in map(int, np.flatnonzero((tai >= before) & (tai < before + SECOND))):
        found[i] = format_utc(Instant(int(tai[i])), 9, zulu=False)
    return found


def utc_after(epoch: str, seconds: float, digits: int = 6) -> str:
    """The UTC string `seconds` after the UTC string `epoch`: utc_after("2016-12-31T23:59:59Z", 1.0) is second 60."""
    return format_utc(parse_utc(epoch).plus(seconds), digits)


def tai_minus_utc(instant: Instant) -> int:
    """TAI-UTC in whole seconds; within a leap second still the value before it."""
    offset = _leap_seconds()[0][1]
    for day, after in _leap_seconds():
        if instant.tai >= day * DAY + after * SECOND:
            offset = after
    return offset


@lru_cache(maxsize=1)
def _leap_seconds() -> tuple[tuple[int, int], ...]:
    """(day on which TAI-UTC changed, TAI-UTC from then on), ascending, from 1972."""
    import erfa

    rows = erfa.leap_seconds.get()
    return tuple(
        (date(int(r["year"]), int(r["month"]), 1).toordinal() - _ORIGIN, round(float(r["tai_utc"])))
        for r in rows
        if r["year"] >= FIRST_YEAR
    )


def _offset_of_day(day: int) -> int:
    """TAI-UTC in s that holds through a UTC day, its leap second included."""
    return [offset for start, offset in _leap_seconds() if start <= day][-1]


def _has_leap_second(day: int) -> bool:
    return any(start == day + 1 for start, _ in _leap_seconds()[1:])


def _utc_fields(tai: int) -> tuple[int, int, int, int, int]:
    """(day since 2000-01-01, hour, minute, second, nanosecond) of a TAI count."""
    offset = tai_minus_utc(Instant(tai))
    day, rest = divmod(tai - offset * SECOND, DAY)
    for start, after in _leap_seconds()[1:]:
        if day == start and after == offset + 1:  # the count has run into the leap second of the day before
            return day - 1, 23, 59, 60, rest
    second, nanoseconds = divmod(rest, SECOND)
    return day, second // 3600, second // 60 % 60, second % 60, nanoseconds
