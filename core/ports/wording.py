"""Values in messages: SI numbers with a prefix that reads well."""

from math import floor, log10
from typing import Any

_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
_PREFIXED = {"N", "Pa", "W", "J", "Hz", "A", "V", "m", "s", "ohm", "N*m", "bit/s", "Pa/s"}


def shown(value: Any, unit: str | None, digits: int = 4) -> str:
    """``2.1e6, "N"`` → ``2.1 MN``; ranges as ``24..32 V``; texts in quotes; tuples as lists."""
    if isinstance(value, bool) or value is None:
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, float) for v in value):
        scale, prefix = _prefix(max(abs(v) for v in value), unit)
        low, high = (f"{v / scale:.{digits}g}" for v in value)
        return f"{low}..{high} {_symbol(prefix, unit)}".rstrip()
    if isinstance(value, tuple):
        return ", ".join(shown(v, unit, digits) for v in value) or "nothing"
    if isinstance(value, int | float):
        scale, prefix = _prefix(abs(value), unit)
        return f"{value / scale:.{digits}g} {_symbol(prefix, unit)}".rstrip()
    return str(value)


def _symbol(prefix: str, unit: str | None) -> str:
    return "t" if unit == "kg" and prefix else f"{prefix}{unit or ''}"


def _prefix(size: float, unit: str | None) -> tuple[float, str]:
    if unit == "kg" and size >= 1e3:
        return 1e3, "t"
    if unit not in _PREFIXED or size == 0:
        return 1.0, ""
    power = min(max(3 * floor(log10(size) / 3), -12), 9)
    if unit == "s" and power > 0:  # kiloseconds are nobody's unit
        power = 0
    if unit == "m":  # 0.64 mm, 3.66 m: not 640 µm, not km
        power = 0 if size >= 0.1 else -3 if size >= 1e-5 else -6
    return 10.0**power, _PREFIXES[power]


def per_cent(margin: float) -> str:
    """A margin as people say it: ``-10 %``, ``+7.5 %``."""
    if abs(margin) >= 10:
        return f"{'more than +' if margin > 0 else 'below -'}1000 %"
    percent = 100 * margin
    text = (
        f"{percent:+.0f}" if abs(percent) >= 9.5 else f"{percent:+.1f}" if abs(percent) >= 0.05 else f"{percent:+.2g}"
    )
    return f"{text} %"
