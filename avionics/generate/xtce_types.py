"""XTCE parameter and argument types of single fields."""

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ..layout_types import ResolvedField


def node(parent: Element, tag: str, **attributes: Any) -> Element:
    """A child in the XTCE namespace; attributes that are None or empty are left out."""
    return SubElement(parent, f"xtce:{tag}", {k: _text(v) for k, v in attributes.items() if v is not None and v != ""})


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def short(text: str) -> str:
    """A description on one line."""
    return " ".join(text.split())


def add_type(parent: Element, name: str, f: ResolvedField, what: str) -> list[str]:
    """Add the type of a single field; *what* is "Parameter" or "Argument". Returns what could not be said."""
    losses: list[str] = []
    describe = {"name": name, "shortDescription": short(f.description)}
    if f.kind == "text":
        t = node(parent, f"String{what}Type", **describe)
        encoding = node(t, "StringDataEncoding", encoding="UTF-8" if f.encoding == "utf-8" else "US-ASCII")
        node(node(node(encoding, "SizeInBits"), "Fixed"), "FixedValue").text = str(f.width)
        return ["the zeros that fill a text up belong to the text for a reader of XTCE"]
    if f.raw == "bytes":
        t = node(parent, f"Binary{what}Type", **describe)
        node(node(node(t, "BinaryDataEncoding"), "SizeInBits"), "FixedValue").text = str(f.width)
        return []
    if f.kind == "time" and f.time_code == "cuc" and f.constant is None and f.unit == "s":
        if f.epoch == "ccsds":
            t = node(parent, f"AbsoluteTime{what}Type", **describe)
            _integer(node(t, "Encoding", units="seconds", scale=f.scale), f)
            node(node(t, "ReferenceTime"), "Epoch").text = "TAI"
            return []
        # a number of seconds: Yamcs, for one, reads no RelativeTimeParameterType
        describe["shortDescription"] = short(f"{f.description} (seconds since the epoch: {f.epoch})")
        losses.append("its epoch stands in the description only")
    if f.kind == "enum":
        t = node(parent, f"Enumerated{what}Type", **describe)
        _integer(t, f)
        entries = node(t, "EnumerationList")
        for v in f.values:
            node(entries, "Enumeration", value=v.value, label=v.name, shortDescription=short(v.description))
        return []
    if f.kind == "bool":
        t = node(parent, f"Boolean{what}Type", **describe)
        _integer(t, f)
        return []
    if f.kind == "flags":
        bits = ", ".join(f"bit {v.value} {v.name}" for v in f.values)
        describe["shortDescription"] = short(f"{f.description} ({bits}; bit 0 is the least significant)")
        losses.append("the names of its flags stand in the description only")
    calibration = _calibration(f, losses)
    if calibration is None and f.raw != "float":
        t = node(parent, f"Integer{what}Type", **describe, sizeInBits=max(f.width, 1), signed=f.raw == "int")
    else:
        # of arguments the standard's schema asks for 32, 64 or 128
        size = f.width if f.raw == "float" else 64
        t = node(parent, f"Float{what}Type", **describe, sizeInBits=size)
    if f.unit:
        node(node(t, "UnitSet"), "Unit").text = f.unit
    if f.raw == "float":
        node(t, "FloatDataEncoding", sizeInBits=f.width, encoding="IEEE754_1985", byteOrder=_order(f))
    else:
        encoding = _integer(t, f)
        if calibration:
            _add_calibrator(node(encoding, "DefaultCalibrator"), calibration)
    raw_only = f.calibration is not None and calibration is None
    _limits(t, f, what, whole=calibration is None and f.raw != "float", losses=losses if not raw_only else None)
    return losses


def _order(f: ResolvedField) -> str | None:
    return "leastSignificantByteFirst" if f.byte_order == "little" and f.width > 8 else None


def _integer(t: Element, f: ResolvedField) -> Element:
    kind = "twosComplement" if f.raw == "int" else "unsigned"
    return node(t, "IntegerDataEncoding", sizeInBits=f.width, encoding=kind, byteOrder=_order(f))


def _calibration(f: ResolvedField, losses: list[str]) -> list[tuple[str, Any]] | None:
    """("term", (exponent, coefficient)) or ("point0"/"point1", (raw, value)); None for a raw number."""
    c = f.calibration
    if f.kind == "bcd":
        losses.append("a decimal number: given as its raw number")
        return None
    if c is None or (c.type == "polynomial" and len(c.coefficients) == 2):
        if f.scale == 1.0 and f.offset == 0.0:
            return None
        return [("term", (0, f.offset)), ("term", (1, f.scale))]
    if c.type == "polynomial":
        return [("term", (i, x)) for i, x in enumerate(c.coefficients)]
    if c.type == "table" or c.order == 3:
        losses.append(f"its calibration ({'table' if c.type == 'table' else 'cubic spline'}): given as its raw number")
        return None
    low, high = f.raw_limits
    points = list(c.points)  # the outermost value holds outside: said by two points more
    points = [(float(low), points[0][1]), *points] if low < points[0][0] else points
    points = [*points, (float(high), points[-1][1])] if high > points[-1][0] else points
    return [(f"point{c.order}", p) for p in points]


def _add_calibrator(parent: Element, parts: list[tuple[str, Any]]) -> None:
    if parts[0][0] == "term":
        polynomial = node(parent, "PolynomialCalibrator")
        for _, (exponent, coefficient) in parts:
            node(polynomial, "Term", coefficient=float(coefficient), exponent=exponent)
        return
    spline = node(parent, "SplineCalibrator", order=parts[0][0][-1], extrapolate=False)
    for _, (raw, value) in parts:
        node(spline, "SplinePoint", raw=float(raw), calibrated=float(value))


def _limits(t: Element, f: ResolvedField, what: str, *, whole: bool, losses: list[str] | None) -> None:
    """Range and alarms, in calibrated units; a field given raw has them as losses already."""
    if losses is None:
        return
    if f.range is not None:
        low, high = f.range.low, f.range.high
        ends: dict[str, Any] = {"minInclusive": low, "maxInclusive": high}
        if whole:
            ends = {"minInclusive": -int(-low // 1), "maxInclusive": int(high // 1)}
        parent = node(t, "ValidRangeSet") if what == "Argument" else t
        node(parent, "ValidRange", **ends)
    if what == "Argument" or (f.yellow is None and f.red is None):
        return
    ranges = node(node(t, "DefaultAlarm"), "StaticAlarmRanges")
    for tag, limits in (("WarningRange", f.yellow), ("CriticalRange", f.red)):
        if limits is not None:
            node(ranges, tag, minInclusive=limits.low, maxInclusive=limits.high)
