"""Packages of records: JSON files in a folder, with the data files that they name; read, and judged as a whole."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ...core.errors import InputError
from ...core.findings import Finding, Severity
from .dynamics import DataFile
from .kinds import read_record_file
from .rules import Package, apply
from .rules.engine import Entry, walk


def read_package(files: Sequence[Path]) -> tuple[Package, list[InputError]]:
    """The records of JSON files, and the errors of those that are none. One file alone is no whole package."""
    entries: list[Entry] = []
    refused: list[InputError] = []
    for file in files:
        try:
            entries.append(Entry(read_record_file(file), str(file)))
        except InputError as error:
            refused.append(error)
    return Package(entries, whole=len(files) > 1), refused


def judge(package: Package) -> list[Finding]:
    """Every rule on every record, and every file that a record names against its SHA-256."""
    return [*apply(package), *(f for entry in package.entries for f in _files(entry))]


def _files(entry: Entry) -> list[Finding]:
    found = []
    folder = Path(entry.where).parent
    for path, part in walk(entry.record):
        if not isinstance(part, DataFile):
            continue
        where = f"{entry.where}#/{path}"
        file = folder / part.path
        if not file.is_file():
            message = f"{part.path} is not beside the record, so nothing is known of it"
            found.append(Finding(Severity.UNKNOWN, "LD-FIL-001", where, message))
        elif hashlib.sha256(file.read_bytes()).hexdigest() != part.sha256:
            message = f"{part.path} is not the file that the record names: its sha256 differs"
            found.append(Finding(Severity.ERROR, "LD-FIL-002", where, message))
    return found
