"""The store: get, list, history, what was announced, the audit log; readers see only what they may."""

import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from ...core.errors import InputError
from ...core.time import SECOND, Instant, tai_minus_utc
from . import queries
from .access import ANYBODY, Reader
from .engine import engines, shown
from .tables import ANNOUNCEMENTS, AUDIT, FILES, METADATA

_UNIX_OF_ORIGIN = 946_684_800  # 2000-01-01T00:00:00Z, from where `Instant` counts
_LAST_NUMBER = select(func.max(ANNOUNCEMENTS.c.number))
_ISSUER = [c.name for c in queries.SERVED].index("issuer")


class Stored(NamedTuple):
    """A revision as one reader may see it: `text` is JSON, without what is restricted for this reader."""

    id: str
    revision: int
    kind: str
    launch: str | None
    issuer: str
    level: str
    recorded_at: int
    sort_at: int
    text: bytes


class Announced(NamedTuple):
    """What the feed tells: that a revision came in, or that its embargo has ended. Numbers rise and never leave the server."""

    number: int
    event: str
    stored: Stored


class Store:
    """Records in a database by URL. Every method is a thread's own; what it wrote is on the disk when it returns."""

    def __init__(self, url: str, key: bytes | None = None) -> None:
        """Open the store, and make its tables in an empty database. Raises InputError when it cannot be reached.

        key: from which the secrets of webhooks follow; without it there are no webhooks.
        """
        self.url, self.key = shown(url), key
        self.reading, self._writing = engines(url)
        self._kept = threading.local()  # a connection of SQLite a thread
        self.local = self.reading.dialect.name == "sqlite"  # answers in microseconds, without a network
        try:
            with self.writing() as connection:
                METADATA.create_all(connection)
        except OperationalError as error:
            raise InputError(f"cannot open the store {self.url}: {str(error.orig).strip()}") from None

    def close(self) -> None:
        self.reading.dispose()
        self._writing.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone writes: positions are in the order of commits, so that nobody who follows misses one."""
        with self._writing.begin() as connection:
            if not self.local:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7031992)")
            yield connection

    # ---- reading ----

    def get(
        self, identifier: str, reader: Reader = ANYBODY, *, revision: int | None = None, as_of: int | None = None
    ) -> Stored | None:
        """A record's newest revision that the reader may read: of all, of those up to a time, or the one asked for."""
        values: dict[str, Any] = {"id": identifier}
        if revision is not None:
            values["revision"] = revision
        if as_of is not None:
            values["as_of"] = as_of
        statement = queries.one(reader.shape, revision=revision is not None, as_of=as_of is not None)
        return next(self._served(statement, values, reader), None)

    def page(
        self,
        filters: Mapping[str, Any],
        reader: Reader = ANYBODY,
        *,
        limit: int,
        key: tuple[int, str] | None = None,
        backwards: bool = False,
    ) -> list[Stored]:
        """Newest revisions in order of time, then id, after `key`. filters: see `queries.FILTERS`."""
        statement = queries.page(reader.shape, frozenset(filters), backwards=backwards, on=key is not None)
        values = dict(filters) | {"limit": limit}
        if key is not None:
            values |= {"key_time": key[0], "key_id": key[1]}
        return list(self._served(statement, values, reader))

    def revisions(self, identifier: str, reader: Reader = ANYBODY, *, limit: int, after: int = 0) -> list[Stored]:
        """All revisions of a record that the reader may read, oldest first."""
        values = {"id": identifier, "key_revision": after, "limit": limit}
        return list(self._served(queries.revisions(reader.shape), values, reader))

    def announced(
        self, number: int, reader: Reader = ANYBODY, *, filters: Mapping[str, str] | None = None, limit: int = 100
    ) -> list[Announced]:
        """What was announced after a number and the reader may read, in order. filters: launch, kind."""
        filters = filters or {}
        statement = queries.announced(reader.shape, frozenset(filters))
        values = {**filters, "number": number, "limit": limit, **reader.values(now())}
        rows = self._rows(statement, values)
        return [Announced(number, event, _stored(columns, reader)) for number, event, *columns in rows]

    def number_of(self, event: str, reader: Reader = ANYBODY) -> int | None:
        """The number of an announcement by its identifier; None where there is none that the reader may read."""
        with self.reading.connect() as connection:
            values = {"event": event, **reader.values(now())}
            return connection.execute(queries.event_number(reader.shape), values).scalar()

    def last_number(self) -> int:
        """The number of the newest announcement; 0 in an empty store."""
        ((number,),) = self._rows(_LAST_NUMBER, {})
        return number or 0

    def announce_openings(self) -> int:
        """Announce again what an embargo held back until now; how many."""
        with self.reading.connect() as connection:
            if not connection.execute(queries.unannounced(), {"now": now()}).first():
                return 0
        with self.writing() as connection:
            rows = connection.execute(queries.unannounced(), {"now": now()}).scalars().all()
            for position in rows:
                announce(connection, position, opening=True)
        return len(rows)

    def file(self, sha256: str, reader: Reader = ANYBODY) -> bytes | None:
        """A file by its SHA-256, when a record that the reader may read names it."""
        with self.reading.connect() as connection:
            values = {"sha256": sha256, **reader.values(now())}
            if connection.execute(queries.file_named(reader.shape), values).scalar() is None:
                return None
            return connection.execute(select(FILES.c.content).where(FILES.c.sha256 == sha256)).scalar()

    def _served(self, statement: Select, values: dict[str, Any], reader: Reader) -> Iterator[Stored]:
        for columns in self._rows(statement, values | reader.values(now())):
            yield _stored(columns, reader)

    def _rows(self, statement: Select, values: dict[str, Any]) -> Sequence[Any]:
        """The rows of a statement; on SQLite by the driver alone, which takes a third of the time."""
        if not self.local or "clearances" in values:  # a list of values is written out by SQLAlchemy
            with self.reading.connect() as connection:
                return connection.execute(statement, values).all()
        text, names, constants = _written(statement)
        values = constants | values
        kept = getattr(self._kept, "connection", None)
        if kept is None:
            kept = self._kept.connection = self.reading.raw_connection()
        cursor = kept.cursor()
        cursor.execute(text, [values[name] for name in names])
        return cursor.fetchall()

    # ---- the audit log ----

    def audit(self, actor: str, address: str, action: str, target: str, result: str) -> None:
        """Write one line of the audit log."""
        with self.writing() as connection:
            write_audit(connection, actor, address, action, target, result)

    def audit_reading(self, reader: Reader, address: str, found: Sequence[Stored]) -> None:
        """Write down who read which controlled records; nothing where none is among those found."""
        controlled = [one for one in found if one.level == "controlled"]
        if controlled:
            with self.writing() as connection:
                for one in controlled:
                    target = f"{one.id} revision {one.revision}"
                    write_audit(connection, reader.token or "-", address, "read", target, "controlled")

    def audited(self, *, after: int = 0, limit: int = 100) -> list[dict[str, Any]]:
        """Lines of the audit log, oldest first."""
        statement = select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(limit)
        with self.reading.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


@lru_cache(maxsize=256)
def _written(statement: Select) -> tuple[str, Sequence[str], dict[str, Any]]:
    """A statement as SQLite has it: text, names of its parameters in order, values of those that are constants."""
    compiled = statement.compile(dialect=sqlite.dialect())
    return str(compiled), tuple(compiled.positiontup or ()), {k: v for k, v in compiled.params.items() if v is not None}


def _stored(columns: Sequence[Any], reader: Reader) -> Stored:
    *plain, document, opened = columns
    return Stored._make((*plain, document if opened is None or reader.owns(plain[_ISSUER]) else opened))


def announce(connection: Connection, position: int, *, opening: bool = False) -> str:
    """Put a revision into the feed, within a transaction. Returns the event's identifier: random, so that it tells nothing."""
    event = secrets.token_hex(16)
    connection.execute(insert(ANNOUNCEMENTS).values(event=event, position=position, opening=int(opening)))
    return event


def write_audit(connection: Connection, actor: str, address: str, action: str, target: str, result: str) -> None:
    """One line of the audit log, within a transaction."""
    given = {"actor": actor, "address": address, "action": action, "target": target, "result": result}
    texts = {name: text[:500].replace("\0", "\ufffd") for name, text in given.items()}
    connection.execute(insert(AUDIT).values(at=now(), **texts))


def now() -> int:
    """The time as nanoseconds of TAI."""
    utc = time.time_ns() - _UNIX_OF_ORIGIN * SECOND
    return utc + _offset(utc // (60 * SECOND)) * SECOND


@lru_cache(maxsize=2)
def _offset(minute: int) -> int:
    """TAI-UTC in whole seconds, looked up once a minute."""
    return tai_minus_utc(Instant(minute * 60 * SECOND))
