"""Numbers as people read them: significant digits, grouped thousands, decimals aligned in a column."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import floor, isfinite, log10

from .pieces import Cell, Column

MINUS, THIN_SPACE, NO_BREAK_SPACE, DASH = "\u2212", "\u202f", "\u00a0", "\u2013"


@dataclass(frozen=True)
class Shown:
    """A value ready for the page: whole and fraction parts apart for alignment, or text."""

    whole: str
    fraction: str = ""
    numeric: bool = False
    unit: str = ""

    @property
    def text(self) -> str:
        return self.whole + self.fraction


def number(value: float, digits: int = 4, decimals: int | None = None) -> str:
    """`value` to `digits` significant digits (integers are never cut), or to `decimals`; 1234567.8 → "1 234 568".

    Beyond 10^7 and below 10^-4 in powers of ten. Not finite → a dash.
    """
    return _number(value, digits, decimals).text


def quantity(value: float | None, unit: str, digits: int = 4, scale: float = 1.0, decimals: int | None = None) -> str:
    """Number and unit with a no-break space between: quantity(845e3, "kN", scale=1e-3) → "845.0 kN"."""
    return DASH if value is None else f"{number(value * scale, digits, decimals)}{NO_BREAK_SPACE}{unit}".rstrip()


def show(value: object, column: Column) -> Shown:
    """One table cell; None and not-a-number are a dash, bool is yes or no."""
    unit = ""
    digits, decimals, scale = column.digits, column.decimals, column.scale
    if isinstance(value, Cell):
        digits = value.digits if value.digits is not None else digits
        decimals = value.decimals if value.decimals is not None else None if value.digits is not None else decimals
        scale = value.scale if value.scale is not None else scale
        unit, value = value.unit, value.value
    if value is None:
        return Shown(DASH, numeric=True)
    if isinstance(value, bool):
        return Shown("yes" if value else "no")
    if isinstance(value, int) and scale == 1.0 and decimals is None:
        return Shown(_grouped(str(value)), numeric=True, unit=unit)
    if isinstance(value, str):
        return Shown(value, unit=unit)
    try:
        shown = _number(float(value) * scale, digits, decimals)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return Shown(str(value), unit=unit)
    if column.align == "right":
        return Shown(shown.text, "", True, unit)
    return Shown(shown.whole, shown.fraction, True, unit)


def is_numeric(cells: Iterable[Shown]) -> bool:
    """Whether a column is one of numbers: at least half of its cells are."""
    cells = [c for c in cells if c.text]
    return bool(cells) and 2 * sum(c.numeric for c in cells) >= len(cells)


def _number(value: float, digits: int, decimals: int | None) -> Shown:
    value = float(value)
    if not isfinite(value):
        return Shown(DASH, numeric=True)
    if value == 0.0:
        return Shown("0", ("." + "0" * decimals) if decimals else "", True)
    magnitude = floor(log10(abs(value)))
    if decimals is None:
        if magnitude < -4 or magnitude >= max(7, digits):
            return _power_of_ten(value, digits)
        decimals = max(0, digits - 1 - _rounded_magnitude(value, digits))
    text = f"{Decimal(repr(value)):.{decimals}f}"
    if text.startswith("-") and float(text) == 0.0:
        text = text[1:]
    whole, _, fraction = text.partition(".")
    return Shown(_grouped(whole), f".{fraction}" if fraction else "", True)


def _rounded_magnitude(value: float, digits: int) -> int:
    """Power of ten of the first digit after rounding: 9.9996 to 4 digits is 10.00."""
    return int(f"{abs(value):.{digits - 1}e}".partition("e")[2])


def _power_of_ten(value: float, digits: int) -> Shown:
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    raised = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return Shown(whole.replace("-", MINUS), (f".{fraction}" if fraction else "") + f" × 10{raised}", True)


def _grouped(whole: str) -> str:
    """Thousands by a narrow space from five digits on (four stay together, as ISO 80000-1 allows)."""
    sign, digits = (MINUS, whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + (f"{int(digits):,}".replace(",", THIN_SPACE) if len(digits) > 4 else digits)
