"""Appending records: each judged by the protocol's rules beside what the store holds, all of a request or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ...core.wire import Access, Record, parse_json
from ..protocol.kinds import read_record
from ..protocol.live import CountdownEvent
from ..protocol.rules import Package, apply
from ..protocol.rules.engine import Entry
from .access import Reader, instant, no_wider, opening
from .rows import Incoming
from .store import Store, announce, now, write_audit
from .tables import ANNOUNCEMENTS, LINKS, NAMED_FILES, PARTNERS, REVISIONS

ROWS = REVISIONS.c


class RefusedError(InputError):
    """A record that is well formed and not taken. status: of HTTP; findings: rules that it breaks."""

    def __init__(self, status: int, message: str, *, where: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(message, where=where)
        self.status = status
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Appended:
    """What became of one record. new: False when the very same text was there before."""

    id: str
    revision: int
    event: str
    new: bool
    warnings: tuple[Finding, ...] = field(default=())


def append(store: Store, items: Sequence[Incoming], writer: Reader, address: str = "-") -> list[Appended]:
    """Append records of the writer's party; nothing is written when one is refused (RefusedError, InputError).

    A revision is the next one of its record, or word for word what is there already.
    """
    with store.writing() as connection:
        batch = {item.record.id: item.record for item in items}
        done = [_append_one(store, connection, item, writer, batch) for item in items]
        for one in done:
            if one.new:
                target = f"{one.id} revision {one.revision}"
                write_audit(connection, writer.token or "-", address, "append", target, "recorded")
    return done


def _append_one(
    store: Store, connection: Connection, item: Incoming, writer: Reader, batch: dict[str, Record]
) -> Appended:
    record = item.record
    if writer.role != "provider" or not writer.owns(record.issuer):
        raise RefusedError(403, f"{record.issuer} is not whom this token writes for", where=record.id)
    newest = connection.execute(
        select(ROWS.revision, ROWS.kind, ROWS.issuer, ROWS.sequence)
        .where(ROWS.id == record.id)
        .order_by(ROWS.revision.desc())
        .limit(1)
    ).first()
    if newest is not None and newest.issuer != record.issuer:
        raise RefusedError(403, "another party has issued this record", where=record.id)
    if newest is not None and newest.revision >= record.revision:
        return _same_again(connection, item)
    _check_place(connection, item, newest)
    warnings = _judge(store, item, writer, batch)
    _check_sources(connection, record)
    row = item.row()
    _open_embargo(connection, row, item)
    last = connection.execute(select(ROWS.recorded_at).order_by(ROWS.position.desc()).limit(1)).scalar()
    row["recorded_at"] = max(now(), (last or 0) + 1)
    position = connection.execute(insert(REVISIONS).values(row).returning(ROWS.position)).scalar_one()
    for table, rows in (
        (
            PARTNERS,
            [{"partner": p} for p in sorted(set(record.access.partners))] if record.access.level == "partner" else [],
        ),
        (LINKS, [{"target": t} for t in sorted(item.links())]),
        (NAMED_FILES, [{"sha256": s, "open": int(o)} for s, o in item.files().items()]),
    ):
        if rows:
            connection.execute(insert(table), [r | {"position": position} for r in rows])
    event = announce(connection, position)
    if isinstance(record, CountdownEvent) and record.status == "actual":
        _end_embargoes(connection, record)
    return Appended(record.id, record.revision, event, True, warnings)


def _same_again(connection: Connection, item: Incoming) -> Appended:
    record = item.record
    there = connection.execute(
        select(ANNOUNCEMENTS.c.event, ROWS.sha256)
        .join(ANNOUNCEMENTS, ANNOUNCEMENTS.c.position == ROWS.position)
        .where(ROWS.id == record.id, ROWS.revision == record.revision, ANNOUNCEMENTS.c.opening == 0)
    ).first()
    if there is None or there.sha256 != item.sha256:
        raise RefusedError(
            409,
            f"revision {record.revision} is there with another text; revisions are appended, never changed",
            where=record.id,
        )
    return Appended(record.id, record.revision, there.event, False)


def _check_place(connection: Connection, item: Incoming, newest: Any) -> None:
    """The next revision, of the same kind; a sequence number above all others of its launch."""
    record = item.record
    if newest is not None and record.revision != newest.revision + 1:
        raise RefusedError(409, f"the next revision is {newest.revision + 1}, not {record.revision}", where=record.id)
    if newest is not None and newest.kind != item.kind:
        raise RefusedError(409, f"this record is a {newest.kind}, and stays one", where=record.id)
    if item.sequence is None or (newest is not None and newest.sequence == item.sequence):
        return
    launch = getattr(record, "launch", None)
    last = connection.execute(
        select(func.max(ROWS.sequence)).where(ROWS.launch == launch, ROWS.issuer == record.issuer)
    ).scalar()
    if last is not None and item.sequence <= last:
        message = f"sequence {item.sequence} is not above the last one of this launch, {last}"
        raise RefusedError(409, message, where=record.id)


def _judge(store: Store, item: Incoming, writer: Reader, batch: dict[str, Record]) -> tuple[Finding, ...]:
    """The rules on a record beside those that it names and the writer may read; its warnings."""
    own = Entry(item.record, item.record.id)
    entries = [own]
    for target in sorted(item.links()):
        if target in batch:
            entries.append(Entry(batch[target], target))
        elif (stored := store.get(target, writer)) is not None:
            entries.append(Entry(read_record(stored.text, target), target))
    findings = apply(Package(entries, whole=False), [own])
    broken = [f for f in findings if f.severity == Severity.ERROR]
    if broken:
        raise RefusedError(
            422, f"{len(broken)} rules of the protocol are broken", where=item.record.id, findings=broken
        )
    return tuple(findings)


def _check_sources(connection: Connection, record: Record) -> None:
    """What is computed from a record may not be read by more people than that record."""
    names = {p.source for p in record.provenance if p.source} | {
        p.source_sha256 for p in record.provenance if p.source_sha256
    }
    if not names:
        return
    named_by = select(NAMED_FILES.c.position).where(NAMED_FILES.c.sha256.in_(names))
    sources = connection.execute(
        select(ROWS.id, ROWS.document, ROWS.open_document).where(
            ROWS.id.in_(names) | ROWS.sha256.in_(names) | ROWS.position.in_(named_by)
        )
    ).all()
    for source in sources:
        access = Access.model_validate_json(_access_of(source.document))
        if source.open_document is not None or not no_wider(record.access, access):
            message = (
                "provenance names what fewer people may read than this record; restrict the record as its source is"
            )
            raise RefusedError(422, message, where=record.id)


def _access_of(document: bytes) -> str:
    import json

    return json.dumps(parse_json(document, "source").get("access", {}))


def _open_embargo(connection: Connection, row: dict[str, Any], item: Incoming) -> None:
    """An embargo whose event has been ends with it at once."""
    if row["waits_for"] is None:
        return
    event = connection.execute(
        select(ROWS.sort_at)
        .where(
            ROWS.launch == row["launch"],
            ROWS.issuer == row["issuer"],
            ROWS.kind == "countdown-event",
            ROWS.status == "actual",
            func.lower(ROWS.state) == row["waits_for"],
        )
        .order_by(ROWS.position)
        .limit(1)
    ).scalar()
    if event is not None:
        row["opens_at"] = opening(item.record.access.model_dump(), event, row["waits_ns"])


def _end_embargoes(connection: Connection, event: CountdownEvent) -> None:
    """Records of this launch that waited for this event open from its time on."""
    at = instant(event.at or event.issued_at)
    waiting = connection.execute(
        select(ROWS.position, ROWS.waits_ns, ROWS.document).where(
            ROWS.launch == event.launch,
            ROWS.issuer == event.issuer,
            ROWS.waits_for == event.name.strip().lower(),
            ROWS.opens_at.is_(None),
        )
    ).all()
    for row in waiting:
        access = parse_json(row.document, "stored")["access"]
        opens = max(opening(access, at, row.waits_ns), now())
        connection.execute(update(REVISIONS).where(ROWS.position == row.position).values(opens_at=opens))
