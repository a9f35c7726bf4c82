"""From the fields of a definition to rows of the table, still without a place."""

from typing import Any

from ..core.documents import FieldError
from .calibration import Polynomial, Table, runs_one_way
from .fields import Bcd, Bool, EnumField, Fixed, Flags, Float, Int, Measured, Octets, Padding, Text, Time, UInt
from .layout_types import EnumValue, ResolvedField
from .messages import SharedEnum

Rows = list[ResolvedField]


def rows_of(field: Any, enums: dict[str, SharedEnum], order: str, path: str, role: str = "data") -> Rows:
    """The rows of one field, all at bit 0. Raises FieldError (path within the field) when values do not fit it."""
    common: dict[str, Any] = {
        "bit_offset": 0,
        "byte_order": getattr(field, "byte_order", None) or order,
        "role": role,
        "path": path,
        "description": field.description,
    }
    if isinstance(field, Padding):
        pads = [min(64, field.bits - at) for at in range(0, field.bits, 64)]
        common |= {"role": "padding", "byte_order": "big", "constant": 0}
        return [ResolvedField(name="padding", kind="padding", raw="uint", width=w, **common) for w in pads]
    common["name"] = field.name
    if isinstance(field, Measured):
        common |= {
            "count": field.count or max(1, len(field.elements)),
            "is_array": field.count is not None or bool(field.elements),
            "elements": field.elements,
            "unit": "" if field.unit == "1" else field.unit,
            "range": field.interval("range"),
            "yellow": field.interval("yellow"),
            "red": field.interval("red"),
        }
    row = _one(field, enums, common)
    if isinstance(field, Time):
        return row
    _check_fit(row[0])
    return row


def _one(field: Any, enums: dict[str, SharedEnum], common: dict[str, Any]) -> Rows:
    if isinstance(field, UInt):  # and Int
        scaling: dict[str, Any] = {"calibration": field.calibration}
        c = field.calibration
        if isinstance(c, Polynomial) and len(c.coefficients) == 2:
            if c.coefficients[1] == 0:
                raise FieldError(
                    "calibration.coefficients.1", "a slope of zero gives every raw number the same value; give another"
                )
            scaling = {"offset": c.coefficients[0], "scale": c.coefficients[1]}
        kind = "int" if isinstance(field, Int) else "uint"
        more = {"constant": field.constant, "default": field.default}
        return [ResolvedField(kind=kind, raw=kind, width=field.bits, **scaling, **more, **common)]
    if isinstance(field, Fixed):
        raw = "int" if field.signed else "uint"
        scale = 2.0**-field.fraction_bits
        return [ResolvedField(kind="fixed", raw=raw, width=field.bits, scale=scale, default=field.default, **common)]
    if isinstance(field, Float):
        return [ResolvedField(kind="float", raw="float", width=field.bits, default=field.default, **common)]
    if isinstance(field, Bool):
        more = {"count": field.count or 1, "is_array": field.count is not None}
        default = None if field.default is None else int(field.default)
        return [ResolvedField(kind="bool", raw="uint", width=field.bits, default=default, **more, **common)]
    if isinstance(field, EnumField):
        return [_enum(field, enums, common)]
    if isinstance(field, Flags):
        values = tuple(EnumValue(f.name, f.value, f.description) for f in field.flags)
        return [
            ResolvedField(kind="flags", raw="uint", width=field.bits, values=values, default=field.default, **common)
        ]
    if isinstance(field, Text):
        if field.default is not None and len(field.default.encode()) > field.length:
            text = f"'{field.default}' does not fit {field.length} octets; give more 'length' or a shorter text"
            raise FieldError("default", text)
        more = {"encoding": field.encoding, "default": field.default}
        return [ResolvedField(kind="text", raw="bytes", width=field.width, **more, **common)]
    if isinstance(field, Octets):
        return [ResolvedField(kind="bytes", raw="bytes", width=field.width, **common)]
    if isinstance(field, Bcd):
        return [
            ResolvedField(kind="bcd", raw="uint", width=field.bits, scale=field.resolution, unit=field.unit, **common)
        ]
    assert isinstance(field, Time)
    return _time(field, common)


def _enum(field: EnumField, enums: dict[str, SharedEnum], common: dict[str, Any]) -> ResolvedField:
    entries = field.values
    if field.enum is not None:
        if field.enum not in enums:
            hint = f"known: {', '.join(sorted(enums))}" if enums else "define it under 'enums', or write 'values' here"
            raise FieldError("enum", f"there is no enum '{field.enum}'; {hint}")
        entries = enums[field.enum].values
    signed = any(e.value < 0 for e in entries)
    low, high = (-(1 << (field.bits - 1)), (1 << (field.bits - 1)) - 1) if signed else (0, (1 << field.bits) - 1)
    for i, e in enumerate(entries):
        if not low <= e.value <= high:
            text = f"'{e.name}' is {e.value} and does not fit {field.bits} bits ({low} to {high}); give more 'bits'"
            raise FieldError(f"values.{i}.value" if field.values else "bits", text)
    names = {e.name: e.value for e in entries}
    if field.default is not None and field.default not in names:
        raise FieldError("default", f"'{field.default}' is not one of {', '.join(names)}; choose one of them")
    values = tuple(EnumValue(e.name, e.value, e.description) for e in entries)
    more: dict[str, Any] = {"enum_name": field.enum or "", "values": values, "default": field.default}
    return ResolvedField(kind="enum", raw="int" if signed else "uint", width=field.bits, **more, **common)


def _time(field: Time, common: dict[str, Any]) -> Rows:
    """CUC is one number of seconds; CDS is three numbers; both are big-endian by their standard."""
    common = common | {"byte_order": "big", "time_code": field.code, "epoch": field.epoch}
    name = common.pop("name")
    rows: Rows = []

    def add(suffix: str, width: int, scale: float = 1.0, unit: str = "", **more: Any) -> None:
        row = {"kind": "time", "raw": "uint", "width": width, "scale": scale, "unit": unit}
        rows.append(ResolvedField(name=name + suffix, **row, **more, **common))

    if field.p_field:
        value, bits = field.preamble
        add("_pfield", bits, constant=value)
    if field.code == "cuc":
        add("", field.width, 2.0 ** (-8 * field.fine), "s")
        return rows
    add("_day", field.day_bits, unit="day")
    add("_ms", 32, unit="ms")
    if field.submillisecond_bits:
        add("_submillis", field.submillisecond_bits, unit="us" if field.submillisecond_bits == 16 else "ps")
    return rows


def _check_fit(row: ResolvedField) -> None:
    """Limits and default must be numbers that the field can hold."""
    if row.raw not in ("uint", "int") or row.kind not in ("uint", "int", "fixed"):
        return
    ends = _reach(row)
    if ends is None:
        return
    slack = 0.5000001 * abs(row.scale) if row.calibration is None else 1e-9 * (ends[1] - ends[0])
    for name in ("range", "default"):
        value = getattr(row, name)
        if value is None:
            continue
        for end in (value.low, value.high) if name == "range" else (value,):
            if not ends[0] - slack <= end <= ends[1] + slack:
                unit = f" {row.unit}" if row.unit else ""
                text = (
                    f"{end:g}{unit} does not fit: {row.width} bits hold {ends[0]:g} to {ends[1]:g}{unit}; "
                    "give more 'bits', another calibration, or a smaller value"
                )
                raise FieldError(name, text)
    whole = row.calibration is None and (row.scale, row.offset) == (1.0, 0.0)
    if whole and row.default is not None and row.default != int(row.default):
        raise FieldError("default", f"{row.default!r} is no whole number; write one, or give a calibration")


def _reach(row: ResolvedField) -> tuple[float, float] | None:
    """(least, greatest) value of all raw numbers; None for a calibration whose extremes lie between its ends."""
    low, high = row.raw_limits
    c = row.calibration
    if c is None:
        least, greatest = sorted((row.scale * low + row.offset, row.scale * high + row.offset))
        return least, greatest
    if isinstance(c, Table):
        for i, (raw, _) in enumerate(c.points):
            if raw != int(raw) or not low <= raw <= high:
                text = f"the raw number {raw:g} does not fit {row.width} bits ({low} to {high}); give more 'bits' or remove it"
                raise FieldError(f"calibration.points.{i}", text)
        values = [value for _, value in c.points]
        return min(values), max(values)
    if not runs_one_way(c, low, high):
        return None
    least, greatest = sorted((c.value(low), c.value(high)))
    return least, greatest
