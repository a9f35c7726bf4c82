"""Drafts of notices to airmen and to mariners for an area to keep clear, as their offices take them.

NOTAM: ICAO Annex 15 and PANS-AIM (Doc 10066), appendix 3, lines Q) to G); code QWMLW, "missile, gun or rocket firing will take
place" (Doc 8126; recalled). Lines of an AFTN message have 69 characters. NAVAREA: the joint IMO/IHO/WMO manual on maritime
safety information (IHO S-53), the form of hazardous operations (recalled). Numbers and series are given by the offices: these
are drafts, and say so.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, pi

import numpy as np

from ...core.earth import RADIUS
from ...core.time import SECOND, Instant, format_utc
from ...trajectory.range_safety.footprint import Footprint
from ...trajectory.range_safety.geodesy import destination, east_north_between

MILE = 1852.0  # m
CORNERS = 12
MARGIN = 120.0  # m: more than rounding a corner to a second of arc can take away, 22 m
_LINE = 69  # characters of a line of an AFTN message
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What a notice is of: corners (n, 2) latitude and longitude [deg], middle, radius [m] that holds all, from when to when."""

    what: str
    corners: np.ndarray
    middle: tuple[float, float]
    radius: float
    start: Instant
    end: Instant


def corners_around(footprint: Footprint, corners: int = CORNERS) -> np.ndarray:
    """A polygon (n, 2) [deg] of few corners that holds the whole ellipse, with a margin for the rounding of its corners."""
    angle = np.linspace(0.0, 2.0 * pi, corners, endpoint=False)
    grow = 1.0 / cos(pi / corners)  # of a regular polygon around its circle
    edge = 2.0 * pi * footprint.semi_major / corners
    margin = MARGIN + 3.0 * edge**2 / (
        8.0 * RADIUS
    )  # a chart's straight line is no geodesic: the bulge between the two
    along = (footprint.semi_major * grow + margin) * np.cos(angle)
    across = (footprint.semi_minor * grow + margin) * np.sin(angle)
    north = along * np.cos(footprint.azimuth) - across * np.sin(footprint.azimuth)
    east = along * np.sin(footprint.azimuth) + across * np.cos(footprint.azimuth)
    lat, lon = destination(footprint.latitude, footprint.longitude, np.arctan2(east, north), np.hypot(east, north))
    return np.degrees(np.column_stack([lat, (lon + pi) % (2.0 * pi) - pi]))


def farthest(middle: tuple[float, float], corners: np.ndarray) -> float:
    """Distance [m] from the middle [deg] to the farthest corner."""
    return float(np.hypot(*east_north_between(*np.radians(middle), *np.radians(corners.T))).max())


def notam(notice: Notice, region: str) -> str:
    """The draft of a NOTAM; region: the flight information region's four letters. From the surface, without a ceiling."""
    lat, lon = notice.middle
    radius = min(ceil(notice.radius / MILE) + 1, 999)  # one more for the middle's rounding to a minute
    where = _points([_dms(*c) for c in [*notice.corners.tolist(), notice.corners[0].tolist()]])
    text = (
        f"DANGER AREA ACT DUE TO ROCKET LAUNCH. {notice.what} FALLING. AREA BOUNDED BY LINES JOINING POINTS {where}. "
        "COORDINATES WGS-84."
    )
    lines = [
        "(DRAFT NOTAMN",
        f"Q) {region}/QWMLW/IV/BO/W/000/999/{_dm(lat, lon)}{radius:03d}",
        f"A) {region} B) {_stamp(notice.start)} C) {_stamp(notice.end, up=True)}",
        *textwrap.wrap(f"E) {_plain(text)}", _LINE, break_long_words=False, break_on_hyphens=False),
        "F) SFC G) UNL)",
    ]
    return "\n".join(lines) + "\n"


def navarea(notice: Notice, area: str) -> str:
    """The draft of a NAVAREA warning; area: its Roman number (IV for the western North Atlantic)."""
    start, end = _maritime(notice.start), _maritime(notice.end, up=True)
    corners = _points([_degrees_minutes(*c) for c in notice.corners.tolist()])
    body = [
        *textwrap.wrap(
            f"1. HAZARDOUS OPERATIONS, ROCKET LAUNCHING, {_plain(notice.what)} FALLING {start} TO {end}", _LINE
        ),
        *textwrap.wrap(f"IN AREA BOUND BY {corners}.", _LINE, initial_indent="   ", subsequent_indent="   "),
        f"2. CANCEL THIS MSG {_maritime(notice.end, up=True, hours=1)}.",
    ]
    return "\n".join([f"DRAFT NAVAREA {area}", *body]) + "\n"


def _points(texts: Sequence[str]) -> str:
    return " - ".join(texts) if " " not in texts[0] else ", ".join(texts)


def _plain(text: str) -> str:
    """Letters that a teleprinter has."""
    kept = text.upper().encode("ascii", "ignore").decode()
    return " ".join("".join(c if c.isalnum() or c in " .,-/+" else " " for c in kept).split())


def _dms(lat: float, lon: float) -> str:
    """283410N0803430W, to the second."""
    return _sexagesimal(lat, 2, "NS") + _sexagesimal(lon, 3, "EW")


def _sexagesimal(value: float, width: int, letters: str) -> str:
    seconds = round(abs(value) * 3600.0)
    return f"{seconds // 3600:0{width}d}{seconds // 60 % 60:02d}{seconds % 60:02d}{letters[value < 0]}"


def _dm(lat: float, lon: float) -> str:
    """2834N08034W, to the minute."""
    a, b = round(abs(lat) * 60.0), round(abs(lon) * 60.0)
    return f"{a // 60:02d}{a % 60:02d}{'NS'[lat < 0]}{b // 60:03d}{b % 60:02d}{'EW'[lon < 0]}"


def _degrees_minutes(lat: float, lon: float) -> str:
    """28-34.17N 080-34.50W, to a hundredth of a minute."""
    a, b = round(abs(lat) * 6000.0), round(abs(lon) * 6000.0)
    first = f"{a // 6000:02d}-{a % 6000 / 100.0:05.2f}{'NS'[lat < 0]}"
    return f"{first} {b // 6000:03d}-{b % 6000 / 100.0:05.2f}{'EW'[lon < 0]}"


def _minute(instant: Instant, up: bool, hours: int = 0) -> str:
    """The whole minute of UTC before an instant, or after it."""
    later = Instant(instant.tai + hours * 3600 * SECOND)
    text = format_utc(later, 9)
    return format_utc(Instant(later.tai + 60 * SECOND), 9) if up and text[17:] != "00.000000000Z" else text


def _stamp(instant: Instant, up: bool = False) -> str:
    """2703011200: YYMMDDHHMM."""
    text = _minute(instant, up)
    return f"{text[2:4]}{text[5:7]}{text[8:10]}{text[11:13]}{text[14:16]}"


def _maritime(instant: Instant, up: bool = False, hours: int = 0) -> str:
    """011200Z MAR 27."""
    text = _minute(instant, up, hours)
    return f"{text[8:10]}{text[11:13]}{text[14:16]}Z {_MONTHS[int(text[5:7]) - 1]} {text[2:4]}"
