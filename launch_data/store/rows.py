"""A record as a row: the columns by which it is found, all from what everybody who reads it may read."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ...core.errors import InputError
from ...core.wire import Record, parse_json
from ..protocol.dynamics import DataFile
from ..protocol.kinds import kind_name, read_record, record_of
from ..protocol.rules.engine import value, walk
from ..protocol.rules.references import FIELDS
from .access import access_columns, instant
from .restricted import leaves, open_copy

# Where the time stands by which records of a kind are sorted; the others are sorted by issued_at.
TIMES = {
    "launch": "t0/value",
    "opportunity": "t0",
    "countdown-clock": "at",
    "countdown-event": "at",
    "separation-state": "epoch",
    "hazard-area": "active/0/start",
    "impact-prediction": "at",
    "recovery": "touchdown/at",
    "flight-unit-log": "lifted_off_at",
    "price-offer": "valid/start",
    "registration": "launched_at",
    "anomaly": "occurred_at/value",
}
_NUL = b"\\u0000"  # no database's text holds it


@dataclass(frozen=True, eq=False)
class Incoming:
    """A record on its way into the store. open: what is left without restricted fields, the record itself where none is."""

    record: Record
    text: bytes
    open: Record
    open_text: bytes | None
    sha256: str

    @property
    def kind(self) -> str:
        return kind_name(type(self.record))

    @property
    def sequence(self) -> int | None:
        """The place in the countdown of a launch, for records that have one."""
        return getattr(self.record, "sequence", None)

    def row(self) -> dict[str, Any]:
        """Columns of `revisions`, but for those that the store itself gives."""
        record, opened = self.record, self.open
        return {
            "id": record.id,
            "revision": record.revision,
            "kind": self.kind,
            "launch": record.id if self.kind == "launch" else getattr(opened, "launch", None),
            "issuer": record.issuer,
            "state": getattr(opened, "state", None)
            if self.kind != "countdown-event"
            else getattr(opened, "name", None),
            "status": record.status,
            "sort_at": self._time(),
            "sequence": self.sequence,
            "sha256": self.sha256,
            "document": self.text,
            "open_document": self.open_text,
            **access_columns(record.access, record.id),
        }

    def links(self) -> set[str]:
        """The records that it names in fields open to all."""
        kind, found = type(self.record), set()
        for model, field, _ in FIELDS:
            if model is kind and (named := value(self.open, field)):
                found |= {named} if isinstance(named, str) else set(named)
        return found

    def files(self) -> dict[str, bool]:
        """SHA-256 of each file that it names, and whether it does so in a field open to all."""
        named = dict.fromkeys(_files(self.record), False)
        return named | dict.fromkeys(_files(self.open), True)

    def _time(self) -> int:
        place: Any = self.open
        for step in TIMES.get(self.kind, "issued_at").split("/"):
            place = place[int(step)] if isinstance(place, tuple) else getattr(place, step, None)
            if place is None:
                return instant(self.record.issued_at)
        return instant(place)


def incoming(text: bytes, where: str) -> Incoming:
    """Read a record of JSON text, strictly. Raises InputError with every fault and its path."""
    record = read_record(text, where)
    opened, open_text = record, None
    if record.access.redacted_fields or _NUL in text:
        plain = parse_json(text, where)
        if nul := next((path for path, value in leaves(plain) if "\0" in value), None):
            raise InputError(f"{nul} holds the character NUL", where=where)
        if (kept := open_copy(plain, where)) is not None:
            opened, open_text = record_of(kept, where), json.dumps(kept, ensure_ascii=False).encode()
    return Incoming(record, text, opened, open_text, hashlib.sha256(text).hexdigest())


def lines_of(text: bytes, most: int) -> list[tuple[bytes, str]]:
    """(text, place) of each of JSON lines. Raises InputError for none or more than `most`."""
    lines = [(line, f"line {i}") for i, line in enumerate(text.split(b"\n"), 1) if line.strip()]
    if not 0 < len(lines) <= most:
        raise InputError(f"{len(lines)} records in one request; 1 to {most} are taken")
    return lines


def _files(record: BaseModel) -> Iterator[str]:
    yield from (part.sha256 for _, part in walk(record) if isinstance(part, DataFile))
    if isinstance(sha256 := getattr(record, "file_sha256", None), str):
        yield sha256
