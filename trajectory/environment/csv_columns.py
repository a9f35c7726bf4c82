"""Columns of numbers from a CSV file named in a definition, with units in its header: `altitude [km],east [m/s],north [m/s]`."""

import csv
import io
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import PydanticCustomError, core_schema

_LARGEST = 20_000_000  # bytes


def read_named_file(value: str, info: ValidationInfo) -> tuple[Path, bytes]:
    """The file that a definition names, from the definition's own folder, noted among the inputs of the load.

    Raises a pydantic error when there is none, or when the value does not stand in a file.
    """
    if not info.context or "session" not in info.context:
        raise PydanticCustomError("path", "a path can only stand in a file; give the columns themselves", {})
    if "://" in value or "\0" in value or not value.strip():
        raise PydanticCustomError("path", "expected the path of a file", {})
    path = info.context["file"].parent / value
    try:
        if not path.is_file():
            raise OSError("there is no such file")
        if path.stat().st_size > _LARGEST:
            raise OSError(f"the file is larger than {_LARGEST / 1e6:.0f} MB")
        raw = path.read_bytes()
    except OSError as error:
        raise PydanticCustomError("path", "{text}", {"text": f"'{value}': {error.strerror or error}"}) from None
    info.context["session"].files[path.resolve()] = raw
    return path, raw


def parse_columns(text: str, name: str) -> dict[str, list[str]]:
    """{column: ["1.0 km", ...]} of a CSV text; lines that begin with # are comments. Raises a pydantic error with the line."""

    def wrong(line: int, why: str) -> PydanticCustomError:
        return PydanticCustomError("csv", "{text}", {"text": f"'{name}' line {line}: {why}"})

    header: list[tuple[str, str]] | None = None
    columns: dict[str, list[str]] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        cells = [c.strip() for c in next(csv.reader(io.StringIO(line)))]
        if header is None:
            header = []
            for cell in cells:
                column, bracket, unit = cell.partition("[")
                if not bracket or not unit.endswith("]"):
                    raise wrong(
                        number, f"the header names each column with its unit, 'altitude [km]', not '{cell[:40]}'"
                    )
                header.append((column.strip(), unit[:-1].strip()))
            if len({column for column, _ in header}) < len(header):
                raise wrong(number, "two columns have one name")
            columns = {column: [] for column, _ in header}
            continue
        if len(cells) != len(header):
            raise wrong(number, f"{len(cells)} cells under {len(header)} columns")
        for cell, (column, unit) in zip(cells, header, strict=True):
            columns[column].append(f"{cell} {unit}")
    if header is None:
        raise wrong(1, "the file is empty; its first line names the columns with their units")
    return columns


class _CsvMarker:
    """In a file: the path of a CSV file whose columns are the document's fields, or the document written inline."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def resolve(value: Any, inner: core_schema.ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
            if not isinstance(value, str):
                return inner(value)
            path, raw = read_named_file(value, info)
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                raise PydanticCustomError("csv", "{text}", {"text": f"'{path.name}' is not UTF-8 text"}) from None
            return inner(parse_columns(text, path.name))

        return core_schema.with_info_wrap_validator_function(
            resolve, handler(source), serialization=core_schema.wrap_serializer_function_ser_schema(lambda v, h: h(v))
        )

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> dict:
        return {
            "anyOf": [{"type": "string", "description": "path of a CSV file, from this file's folder"}, handler(schema)]
        }


CSV = _CsvMarker()
"""`Annotated[WindTable, CSV]`."""
