"""The field table: every bit of every message as one row of a CSV file, for spreadsheets and other programs."""

import csv
import io
import json

from ..layout_types import Limits, ResolvedField, ResolvedMessage, ResolvedSet
from .outputs import Output, address, identifier

_COLUMNS = """
message kind address size_octets rate_Hz latency_s priority source sinks field field_kind role raw octet bit_offset
width_bits count elements byte_order dbc_start scale offset calibration unit range_low range_high yellow_low
yellow_high red_low red_high values constant computed default encoding time_code epoch description
"""
COLUMNS = _COLUMNS.split()


def generate(s: ResolvedSet) -> Output:
    """NAME_fields.csv: loses nothing of the layout. Bit numbers as in avionics.layout_types."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for m in s.messages:
        writer.writerows(_row(m, f) for f in m.fields)
    return Output({f"{identifier(s.name)}_fields.csv": text.getvalue()})


def _row(m: ResolvedMessage, f: ResolvedField) -> list[object]:
    def ends(limits: Limits | None) -> list[object]:
        return ["", ""] if limits is None else [limits.low, limits.high]

    def known(value: object) -> object:
        return "" if value is None else value

    calibration = "" if f.calibration is None else json.dumps(f.calibration.model_dump(mode="json", by_alias=True))
    values = "; ".join(f"{v.name}={v.value}" for v in f.values)
    place = [f.bit_offset // 8, f.bit_offset, f.width, f.count, " ".join(f.elements), f.byte_order, f.dbc_start]
    message = [m.name, m.kind, address(m), m.size, known(m.rate), known(m.latency), m.priority, m.source]
    limits = [*ends(f.range), *ends(f.yellow), *ends(f.red)]
    return [
        *message,
        " ".join(m.sinks),
        f.name,
        f.kind,
        f.role,
        f.raw,
        *place,
        f.scale,
        f.offset,
        calibration,
        f.unit,
        *limits,
        values,
        known(f.constant),
        f.computed,
        known(f.default),
        f.encoding,
        f.time_code,
        f.epoch,
        f.description,
    ]
