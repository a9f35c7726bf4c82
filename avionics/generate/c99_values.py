"""C functions between raw numbers and engineering values, and the raw numbers that a field's range allows."""

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..calibration import raw_of
from ..layout_types import ResolvedField
from .c99_text import double_literal, int_literal, integer_type

if TYPE_CHECKING:
    from .c99 import Unit


@dataclass(frozen=True)
class Conversion:
    """value_name: raw → value. raw_name: value → raw, "" without an inverse. points: a table's raw numbers and their count."""

    value_name: str
    raw_name: str
    points: str
    prototypes: tuple[str, ...]
    source: tuple[str, ...]


def raw_range(f: ResolvedField) -> tuple[float, float] | None:
    """The least and greatest raw number within ``range``, as the Python codec would round them; None: no such limits."""
    if f.range is None:
        return None
    slack = 1e-12 * max(abs(f.range.low), abs(f.range.high))
    low, high = f.range.low - slack, f.range.high + slack
    if f.raw == "float":
        if f.width == 32:
            low, high = min(low, _single(f.range.low)), max(high, _single(f.range.high))
        return low, high
    least, greatest = f.raw_limits
    try:
        ends = sorted(_raw(f, value) for value in (f.range.low, f.range.high))
    except ValueError:
        return None
    return max(least, ends[0]), min(greatest, ends[1])


def _single(value: float) -> float:
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return value


def _raw(f: ResolvedField, value: float) -> int:
    if f.calibration is None or _is_line(f):
        return round((value - f.offset) / f.scale)
    least, greatest = f.raw_limits
    ends = (f.calibration.value(least), f.calibration.value(greatest)) if f.calibration.type != "table" else ()
    if not ends:
        raise ValueError("a table's entries are checked one by one")
    return raw_of(f.calibration, min(max(value, min(ends)), max(ends)), least, greatest)


def _is_line(f: ResolvedField) -> bool:
    return f.calibration is not None and f.calibration.type == "polynomial" and len(f.calibration.coefficients) == 2


def conversions(unit: "Unit", stem: str, f: ResolvedField) -> Conversion | None:
    """The functions of a field whose value is not its raw number; else None."""
    scaled = f.scale != 1.0 or f.offset != 0.0
    if f.raw not in ("uint", "int") or not (scaled or f.calibration is not None or f.kind == "bcd"):
        return None
    kind = integer_type(f)
    value_name = unit.globals.take(f"{stem}_{f.name}_value")
    prototype = f"double {value_name}({kind} raw)"
    points, body = "", []
    tables: list[str] = []
    has_raw = f.calibration is None or _is_line(f)
    if f.kind == "bcd":
        body = [f"    return of_digits(raw) * {double_literal(f.scale)};"]
    elif has_raw and f.calibration is None:
        body = [f"    return ((double)raw * {double_literal(f.scale)}) + {_signed(f.offset)};"]
    else:
        tables, points, body = _calibrated(unit, stem, f)
    source = [*tables, prototype, "{", *body, "}", ""]
    prototypes = [prototype]
    raw_name = ""
    if has_raw:
        raw_name = unit.globals.take(f"{stem}_{f.name}_raw")
        prototypes.append(f"{unit.prefix}_error_t {raw_name}(double value, {kind} *raw)")
        source += [prototypes[-1], "{", *_inverse(unit, f, kind), "}", ""]
    return Conversion(value_name, raw_name, points, tuple(prototypes), tuple(source))


def _signed(value: float) -> str:
    text = double_literal(value)
    return f"({text})" if value < 0 else text


def _inverse(unit: "Unit", f: ResolvedField, kind: str) -> list[str]:
    low, high = f.raw_limits
    if f.kind == "bcd":
        digits = f.width // 4
        high = 10**digits - 1 + min(9, (1 << f.width % 4) - 1) * 10**digits
    line = f.calibration is not None and _is_line(f)
    offset, scale = f.calibration.coefficients if line else (f.offset, f.scale)  # type: ignore[union-attr]
    lines = [f"    const double exact = (value - {_signed(offset)}) / {_signed(scale)};"]
    lines += ["    uint64_t magnitude;", ""]
    lines += unit.fails("NULL", "raw == NULL")
    if f.range is not None:
        slack = 1e-12 * max(abs(f.range.low), abs(f.range.high))
        a, b = double_literal(f.range.low - slack), double_literal(f.range.high + slack)
        lines += unit.fails("RANGE", f"!((value >= {a}) && (value <= {b}))")
    # beyond half a step outside nothing rounds to a number that the field holds; 2^64 itself must not reach the cast
    top = f"< {double_literal(2.0**f.width)}" if high == (1 << 64) - 1 else f"<= {double_literal(high + 0.5)}"
    lines += unit.fails("WIDTH", f"!((exact >= {double_literal(low - 0.5)}) && (exact {top}))")
    lines += ["    magnitude = nearest((exact < 0.0) ? -exact : exact);"]
    raw = "to_digits(magnitude)" if f.kind == "bcd" else "magnitude"
    if low < 0:
        lines += ["    if (exact < 0.0) {"]
        lines += unit.fails("WIDTH", f"magnitude > {int_literal(-low, unsigned=True)}", "        ")
        lines += [f"        *raw = ({kind})negative(magnitude);", "    } else {"]
        lines += unit.fails("WIDTH", f"magnitude > {int_literal(high, unsigned=True)}", "        ")
        lines += [f"        *raw = ({kind})magnitude;", "    }"]
    else:
        lines += unit.fails("WIDTH", f"(magnitude > {int_literal(high)}) || ((exact < 0.0) && (magnitude != 0U))")
        lines += [f"    *raw = ({kind}){raw};" if kind != "uint64_t" else f"    *raw = {raw};"]
    return [*lines, f"    return {unit.error['OK']};"]


def _numbers(unit: "Unit", name: str, values: list[float]) -> tuple[str, list[str]]:
    name = unit.globals.take(name)
    return name, _array("double", name, [double_literal(v) for v in values])


def _calibrated(unit: "Unit", stem: str, f: ResolvedField) -> tuple[list[str], str, list[str]]:
    """(tables, raw numbers of a table and their count, body of the value function)."""
    c = f.calibration
    assert c is not None
    if c.type == "polynomial":
        name, lines = _numbers(unit, f"{stem}_{f.name}_coefficients", list(c.coefficients))
        return lines, "", [f"    return horner({name}, {len(c.coefficients)}U, (double)raw);"]
    if c.type == "table":
        return _table(unit, stem, f)
    if c.order == 0:
        return _steps(unit, stem, f)
    n = len(c.points)
    x, lines = _numbers(unit, f"{stem}_{f.name}_raws", [p[0] for p in c.points])
    y, more = _numbers(unit, f"{stem}_{f.name}_values", [p[1] for p in c.points])
    lines += more
    body = ["    const double r = (double)raw;", f"    const uint32_t i = piece_of({x}, {n}U, r);"]
    ends = [f"    if (r <= {x}[0]) {{", f"        return {y}[0];", "    }"]
    ends += [f"    if (r >= {x}[{n - 1}]) {{", f"        return {y}[{n - 1}];", "    }"]
    body += [f"    const double h = {x}[i + 1U] - {x}[i];", f"    const double a = ({x}[i + 1U] - r) / h;"]
    body += [f"    const double b = (r - {x}[i]) / h;", "", *ends]
    straight = f"(a * {y}[i]) + (b * {y}[i + 1U])"
    if c.order == 1:
        return lines, "", [*body, f"    return {straight};"]
    m, more = _numbers(unit, f"{stem}_{f.name}_bends", list(c.second_derivatives))
    bend = f"((((a * a * a) - a) * {m}[i]) + (((b * b * b) - b) * {m}[i + 1U]))"
    return [*lines, *more], "", [*body, f"    return {straight} + (({bend} * h * h) / 6.0);"]


def _table(unit: "Unit", stem: str, f: ResolvedField) -> tuple[list[str], str, list[str]]:
    """Raw numbers as 64 bits, compared as whole numbers: doubles would mix them up beyond 2^53."""
    low, high = f.raw_limits
    points = [(int(r), v) for r, v in f.calibration.points if r == int(r) and low <= r <= high]  # type: ignore[union-attr]
    n = len(points)
    x = unit.globals.take(f"{stem}_{f.name}_raws")
    raws = [int_literal(r & ((1 << 64) - 1), unsigned=True) for r, _ in points] or ["0U"]
    y, lines = _numbers(unit, f"{stem}_{f.name}_values", [v for _, v in points] or [0.0])
    lines = [*_array("uint64_t", x, raws), *lines]
    body = ["    uint32_t i;", "", f"    for (i = 0U; i < {n}U; i++) {{", f"        if ({x}[i] == (uint64_t)raw) {{"]
    return lines, f"{x}, {n}U", [*body, f"            return {y}[i];", "        }", "    }", "    return NAN;"]


def _steps(unit: "Unit", stem: str, f: ResolvedField) -> tuple[list[str], str, list[str]]:
    """Steps at the least whole raw numbers that reach each point: exact for all 64 bits."""
    low, high = f.raw_limits
    points = f.calibration.points  # type: ignore[union-attr]
    lines = []
    for at, value in reversed(points[1:]):
        step = math.ceil(at)
        if low < step <= high:
            test = f"raw >= {int_literal(step, unsigned=not low)}"
            lines += [f"    if ({test}) {{", f"        return {double_literal(value)};", "    }"]
        elif step <= low:  # always reached: the points before it do not matter
            return [], "", [*lines, *_unused(lines), f"    return {double_literal(value)};"]
    return [], "", [*lines, *_unused(lines), f"    return {double_literal(points[0][1])};"]


def _unused(lines: list[str]) -> list[str]:
    return [] if lines else ["    (void)raw;"]


def _array(kind: str, name: str, literals: list[str]) -> list[str]:
    lines = [f"static const {kind} {name}[{len(literals)}] = {{"]
    for i in range(0, len(literals), 6):
        lines.append(f"    {', '.join(literals[i : i + 6])}" + ("," if i + 6 < len(literals) else ""))
    return [*lines, "};", ""]
