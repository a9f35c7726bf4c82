"""Units of message fields: any unit that core/quantity knows, and the logarithmic ones of radio links."""

import difflib
import re

from ..core.quantity import factor
from .layout_types import Limits

_USUAL = (
    "m", "km", "mm", "s", "ms", "us", "min", "Hz", "kHz", "MHz", "m/s", "m/s^2", "g_0", "rad", "deg", "rad/s", "deg/s", "kg",
    "kg/s", "N", "kN", "N*m", "Pa", "kPa", "MPa", "bar", "K", "degC", "V", "mV", "A", "mA", "W", "kW", "ohm", "J", "A*h", "%",
    "rpm", "T", "day", "ft", "knot",
)  # fmt: skip
LOGARITHMIC = frozenset({"dB", "dBm", "dBW", "dBi", "dBHz"})
_NUMBER = r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_INTERVAL = re.compile(rf"\s*({_NUMBER})\s*\.\.\s*({_NUMBER})\s*(\S.*?)?\s*")


def check_unit(unit: str) -> None:
    """Raise ValueError for a unit without meaning; "" and "1" are pure numbers."""
    if unit in LOGARITHMIC or unit in ("", "1"):
        return
    try:
        factor(unit, unit)
    except ValueError:  # pydantic's, too
        near = difflib.get_close_matches(unit, _USUAL, 1)
        hint = (
            f"did you mean '{near[0]}'?" if near else "write it by known ones ('m/s^2', 'degC', 'dBm'), or leave it out"
        )
        raise ValueError(f"unknown unit '{unit}'; {hint}") from None


def limits(text: str, unit: str) -> Limits:
    """``"24..32 V"`` as an interval in the field's *unit*; a pure number's interval has no unit (or ``%``).

    Raises ValueError for another form, another dimension, or ends in the wrong order.
    """
    match = _INTERVAL.fullmatch(text) if len(text) <= 120 else None
    own = "" if unit == "1" else unit
    if not match:
        raise ValueError(f"expected an interval such as '0..10{' ' + own if own else ''}'")
    low, high, given = float(match[1]), float(match[2]), match[3] or ""
    if own and not given:
        raise ValueError(f"an interval without a unit; write '{match[1]}..{match[2]} {own}'")
    if given != own:
        if own in LOGARITHMIC or given in LOGARITHMIC:
            raise ValueError(f"'{given}' is not '{own or '1'}'; logarithmic units are not converted")
        scale, offset = factor(given, own or "dimensionless")
        low, high = float(scale) * low + float(offset), float(scale) * high + float(offset)
    if low > high:
        raise ValueError("the interval runs from its low end to its high end")
    return Limits(low, high)
