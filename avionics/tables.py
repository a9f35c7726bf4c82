"""Decoded packets as Arrow tables: written as CSV or Parquet, one file a message, piece by piece when they come so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from .bulk import Columns
from .layout_types import ResolvedField, ResolvedMessage

Format = Literal["csv", "parquet"]


def table_of(columns: Columns) -> pa.Table:
    """A row a packet in engineering units: sequence_count, then every value in the message's order.

    An array has a column for each element (``rate.x``). Enumerations and flags are names, "?5" where a number has none; a
    raw number that the calibration gives no value is null. Column metadata: unit and description.
    """
    names, arrays = ["sequence_count"], [pa.array(columns.sequence_count)]
    for f in columns.message.values:
        for name, column in _series(f, columns):
            names.append(name)
            arrays.append(column)
    return pa.table(arrays, schema=schema_of(columns.message, [a.type for a in arrays]))


def schema_of(m: ResolvedMessage, types: list[Any]) -> pa.Schema:
    """Names and metadata of a message's columns."""
    fields = [pa.field("sequence_count", types[0], metadata={"description": "of the packet, modulo 16384"})]
    for f in m.values:
        for label in _labels(f):
            about = {"unit": f.unit, "description": f.description}
            fields.append(pa.field(label, types[len(fields)], metadata={k: v for k, v in about.items() if v}))
    return pa.schema(fields, metadata={"message": m.name, "description": m.description, "apid": str(m.apid)})


def _labels(f: ResolvedField) -> list[str]:
    return [f"{f.name}.{f.elements[k] if f.elements else k}" for k in range(f.count)] if f.is_array else [f.name]


def _series(f: ResolvedField, columns: Columns) -> list[tuple[str, Any]]:
    raw = columns.raw[f.name]
    if f.raw == "bytes":
        octets = [row.tobytes() for row in raw]
        if f.kind == "text":
            return [(f.name, pa.array([o.rstrip(b"\0").decode(f.encoding, "replace") for o in octets], pa.string()))]
        return [(f.name, pa.array([o.hex() for o in octets], pa.string()))]
    values = raw if f.kind in ("enum", "flags", "bool", "bcd") else columns.value(f.name)
    parts = values.T if f.is_array else values[None]
    shown = _shown(f)
    return [(label, shown(np.ascontiguousarray(part))) for label, part in zip(_labels(f), parts, strict=True)]


def _shown(f: ResolvedField) -> Callable[[np.ndarray], Any]:
    """From the numbers of one column to the array that stands in the table."""
    if f.kind == "bool":
        return lambda x: pa.array(x != 0)
    if f.kind == "bcd":
        return lambda x: _by_number(x, lambda n: int(f"{n:x}") * f.scale if f"{n:x}".isdigit() else None, pa.float64())
    if f.kind == "enum":
        names = {v.value: v.name for v in f.values}
        return lambda x: _by_number(x, lambda n: names.get(n, f"?{n}"), pa.string())
    if f.kind == "flags":
        bits = [(1 << v.value, v.name) for v in f.values]
        known = sum(bit for bit, _ in bits)

        def names_of(n: int) -> str:
            return " ".join([name for bit, name in bits if n & bit] + ([f"?{n & ~known:#x}"] if n & ~known else []))

        return lambda x: _by_number(x, names_of, pa.string())
    return lambda x: pa.array(x, from_pandas=True)  # not-a-number is null


def _by_number(x: np.ndarray, meaning: Callable[[int], Any], kind: Any) -> Any:
    """Few different numbers, many rows: each meaning is made once."""
    known, where = np.unique(x, return_inverse=True)
    return pa.array([meaning(n) for n in known.tolist()], kind).take(pa.array(where.reshape(-1)))


class TableWriter:
    """One file that tables of one message are written to, one after another; a sibling ``.partial`` until it is closed."""

    def __init__(self, folder: Path, m: ResolvedMessage, form: Format) -> None:
        self.path = folder / f"{m.name}.{form}"
        self._partial = folder / f"{m.name}.{form}.partial"
        self._form = form
        self._file = self._partial.open("wb")
        self._writer: Any = None

    def write(self, table: pa.Table) -> None:
        """Append a table; the first one fixes the columns."""
        if self._form == "csv":
            from pyarrow import csv

            titled = _with_units(table.schema)
            if self._writer is None:
                self._writer = csv.CSVWriter(self._file, titled)
            self._writer.write_table(table.rename_columns(titled.names))
        else:
            from pyarrow import parquet

            if self._writer is None:
                self._writer = parquet.ParquetWriter(self._file, table.schema, compression="zstd")
            self._writer.write_table(table)
        self._file.flush()

    def close(self, publish: bool = True) -> None:
        """End the file and give it its name, or remove it."""
        if self._writer is not None:
            self._writer.close()
        self._file.close()
        if publish:
            self._partial.replace(self.path)
        else:
            self._partial.unlink()


def _with_units(schema: pa.Schema) -> pa.Schema:
    """For CSV, which has no metadata: the unit behind the name, ``time [s]``."""

    def titled(f: Any) -> Any:
        unit = (f.metadata or {}).get(b"unit", b"").decode()
        return f.with_name(f"{f.name} [{unit}]") if unit else f

    return pa.schema([titled(f) for f in schema])
