"""The log of one item: JSON lines, one record a line, appended and never changed; each line names the one before it."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from ...core.errors import InputError
from ...core.wire import Reference, parse_json, wire_problems
from .records import KINDS, ItemRecord, ReuseRecord

SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Entry:
    """One line: its record, its number in the file, its SHA-256."""

    record: ReuseRecord
    line: int
    sha256: str


@dataclass(frozen=True)
class Log:
    """All entries in the order of the file. where: its name for messages; text: as it stands there, which the hashes are of."""

    where: str
    entries: tuple[Entry, ...]
    text: str

    @property
    def item(self) -> ItemRecord:
        """The newest revision of the item's own record."""
        return next(e.record for e in reversed(self.entries) if isinstance(e.record, ItemRecord))

    def current(self) -> tuple[ReuseRecord, ...]:
        """The newest revision of every record, in the order in which each first came."""
        newest: dict[str, ReuseRecord] = {}
        for entry in self.entries:
            newest[entry.record.id] = entry.record
        return tuple(newest.values())

    def place(self, record: ReuseRecord) -> str:
        """``file:line`` of a record's newest revision."""
        line = next((e.line for e in reversed(self.entries) if e.record.id == record.id), 0)
        return f"{self.where}:{line}"


def read_log(path: Path) -> Log:
    """The log in a file. Raises InputError, with file and line, for what is no record, breaks the chain or has no item."""
    try:
        return parse_log(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None


def parse_log(data: bytes, where: str) -> Log:
    """The log in the bytes of a file; see `read_log`."""
    entries: list[Entry] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.strip():
            entries.append(_followed(entries, _record(line, f"{where}:{number}"), number, line, f"{where}:{number}"))
    if not entries:
        raise InputError("the log is empty; its first line is the item's record (osea/reuse/item/v1)", where=where)
    if not data.endswith(b"\n"):
        raise InputError("the last line is cut off: it ends with no line break", where=f"{where}:{entries[-1].line}")
    return Log(where, tuple(entries), data.decode("utf-8"))


def append(path: Path, record: ReuseRecord) -> ReuseRecord:
    """Add a record at the end of a log, or begin one with the item's record; returns it as written, with ``previous``.

    A revision higher than one needs the revision before it in the log; ``supersedes`` is filled in. Raises InputError, and leaves
    the file as it was, for a record that does not follow. The file is locked meanwhile (not on Windows).
    """
    with _locked(path) as file:
        data = file.read()
        entries = list(parse_log(data, str(path)).entries) if data.strip() else []
        changes: dict[str, object] = {"previous": entries[-1].sha256 if entries else None}
        before = next((e for e in reversed(entries) if e.record.id == record.id), None)
        if before is not None and record.supersedes is None:
            changes["supersedes"] = Reference(id=record.id, revision=before.record.revision, sha256=before.sha256)
        written = record.model_copy(update=changes)
        plain = written.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
        line = json.dumps(plain | {"schema": _schema(record)}, ensure_ascii=False, allow_nan=False).encode()
        number = data.count(b"\n") + 1
        _followed(entries, _record(line, f"{path}:{number}"), number, line, f"{path}:{number}")
        file.write(line + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return written


def _schema(record: ReuseRecord) -> str:
    return next(name for name, model in KINDS.items() if type(record) is model)


def _record(line: bytes, where: str) -> ReuseRecord:
    plain = parse_json(line, where)
    schema = plain.get("schema") if isinstance(plain, dict) else None
    model = KINDS.get(schema) if isinstance(schema, str) else None
    if model is None:
        raise InputError(f"schema is {schema!r}; known: {', '.join(KINDS)}", where=where)
    try:
        record = model.model_validate_json(line)
    except ValidationError as error:
        first, *rest = wire_problems(error)
        raise InputError(first, where=where, details=rest) from None
    if record.crit:
        raise InputError(
            f"the record must not be read without the extension {record.crit[0]}, which is not known", where=where
        )
    return record


def _followed(entries: list[Entry], record: ReuseRecord, number: int, line: bytes, where: str) -> Entry:
    """The entry, when it follows from those before it. Raises InputError."""
    if not entries:
        if not isinstance(record, ItemRecord):
            raise InputError("the first line is the item's record (osea/reuse/item/v1)", where=where)
        if record.previous is not None:
            raise InputError("the first line has none before it, and names one; lines are missing", where=where)
    else:
        if record.previous != entries[-1].sha256:
            raise InputError(
                f"'previous' is not the SHA-256 of line {entries[-1].line}: a line was changed, taken out or put in "
                "after this one was written; restore the log, and correct records by new ones",
                where=where,
            )
        if record.item != entries[0].record.item:
            raise InputError(f"the record is of {record.item}, and the log of {entries[0].record.item}", where=where)
    before = next((e for e in reversed(entries) if e.record.id == record.id), None)
    wanted = 1 if before is None else before.record.revision + 1
    if record.revision != wanted:
        told = "is new" if before is None else f"stands in line {before.line} with revision {before.record.revision}"
        raise InputError(f"revision is {record.revision}; '{record.id}' {told}, so it must be {wanted}", where=where)
    if before is not None:
        if type(record) is not type(before.record):
            raise InputError(f"'{record.id}' is of another kind in line {before.line}", where=where)
        if record.supersedes is None or record.supersedes.sha256 != before.sha256:
            raise InputError(f"'supersedes' does not name line {before.line} by its SHA-256", where=where)
    elif record.supersedes is not None:
        raise InputError("'supersedes' names a record, and this is the first of its id", where=where)
    return Entry(record, number, hashlib.sha256(line).hexdigest())


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    try:
        file = path.open("a+b")
    except OSError as error:
        raise InputError(f"cannot write '{path}': {error.strerror}") from None
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        except ImportError:  # Windows has no flock
            pass
        file.seek(0)
        yield file
