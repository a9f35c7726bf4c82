"""A source row that knows which of its fields were used: what is left is kept in the record, under an extension."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.findings import Finding, Severity
from ...core.wire import Record
from ..protocol.kinds import record_of

Plain = dict[str, Any]


OUTCOMES = {"True": "success", "False": "lost"}  # of a landing that was attempted; anything else is unknown


class Row:
    """One row of a source. `take` a field to map it; `rest` is everything that was not taken, as it was."""

    def __init__(self, data: Mapping[str, Any], where: str) -> None:
        self.data = data
        self.where = where
        self._taken: set[str] = set()

    def take(self, name: str, default: Any = None) -> Any:
        """The value of a field, which counts as mapped from now on."""
        self._taken.add(name)
        return self.data.get(name, default)

    def rest(self) -> Plain:
        """The fields that nobody took, empty ones too."""
        return {k: v for k, v in self.data.items() if k not in self._taken}

    @property
    def taken(self) -> set[str]:
        """The fields of this row that were taken and exist."""
        return self._taken & set(self.data)


@dataclass
class Imported:
    """What an import gave. mapped, kept: how often each field of the source was; files: data that records name, by path."""

    records: list[Record] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mapped: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def add(self, plain: Plain, row: Row, extension: str) -> Record:
        """One record from a row; the row's fields that were not taken go into the record's extension."""
        rest = row.rest()
        self.mapped.update(row.taken)
        self.kept.update(rest.keys())
        if rest:
            plain = plain | {"extensions": {**plain.get("extensions", {}), extension: rest}}
        return self.put(plain, row.where)

    def put(self, plain: Plain, where: str) -> Record:
        """A record that is not the row's own, such as the booster that a launch names."""
        record = record_of({k: v for k, v in plain.items() if v is not None}, where)
        self.records.append(record)
        return record

    def name(self, path: str, format_: str, media_type: str) -> Plain:
        """How a record names one of the files."""
        digest = hashlib.sha256(self.files[path]).hexdigest()
        return {"path": path, "sha256": digest, "media_type": media_type, "format": format_}

    def defect(self, rule: str, where: str, message: str) -> None:
        """A contradiction within the source."""
        self.findings.append(Finding(Severity.WARN, f"import.{rule}", where, message))

    def leave_out(self, where: str, why: str) -> None:
        """A row that becomes no record, and why."""
        self.left_out.append((where, why))


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a source came from: the name in URNs, the citation, when it was taken, the SHA-256 of its file."""

    name: str
    citation: str
    retrieved_at: str
    sha256: str

    @property
    def issuer(self) -> str:
        """The URN of the importer's own issue of these data."""
        return f"urn:osea:import:{self.name}"

    @property
    def extension(self) -> str:
        """The URL under which fields stand that have no place in the protocol."""
        return f"https://osea-rocket.example/import/{self.name}/v1"

    def envelope(self, kind: str, identifier: str, status: str = "actual") -> Plain:
        """What every record of this source has."""
        return {
            "schema": f"osea/launch-data/{kind}/v1",
            "id": self.urn(kind, identifier),
            "issuer": self.issuer,
            "issued_at": self.retrieved_at,
            "status": status,
            "provenance": [
                {
                    "method": "imported",
                    "source": self.citation,
                    "retrieved_at": self.retrieved_at,
                    "source_sha256": self.sha256,
                }
            ],
        }

    def urn(self, kind: str, identifier: str) -> str:
        """The identifier of a record, from the source's own."""
        kept = "".join(c if c.isascii() and (c.isalnum() or c in "-._:+()") else "_" for c in identifier.strip())
        return f"{self.issuer}:{kind}:{kept or '_'}"


def texts(values: Iterable[Any]) -> list[str]:
    """The values that are text with something in it."""
    return [str(v) for v in values if v not in (None, "")]
