"""Database engines by URL. A write is on the disk when it is acknowledged, whatever the defaults of the database are."""

import re
import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from ...core.errors import InputError, MissingExtraError

BUSY = 10.0  # s that a writer of SQLite waits for another one
STATEMENT = 10_000  # ms that a statement of PostgreSQL may take


def engines(url: str) -> tuple[Engine, Engine]:
    """(for reading, for writing) of `sqlite:///FILE` or `postgresql://…`. Raises InputError for another URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError(
            "the store is no database URL; use sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        ) from None
    if parsed.drivername == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise InputError("a store in memory keeps nothing; name a file, as in sqlite:///launches.db")
        reading = create_engine(parsed, isolation_level="AUTOCOMMIT", pool_size=8)
        writing = create_engine(parsed, pool_size=1, max_overflow=0)
        event.listen(reading, "connect", _prepare_sqlite)
        event.listen(writing, "connect", _prepare_sqlite)
        event.listen(writing, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    elif parsed.get_backend_name() == "postgresql":
        try:
            import psycopg  # noqa: F401
        except ModuleNotFoundError:
            raise MissingExtraError("psycopg", "server") from None
        durable = f"-c synchronous_commit=on -c statement_timeout={STATEMENT}"
        parsed = parsed.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {"connect_args": {"options": durable, "connect_timeout": 10}, "pool_pre_ping": True}
        reading = create_engine(parsed, isolation_level="AUTOCOMMIT", pool_size=8, **options)
        writing = create_engine(parsed, pool_size=1, max_overflow=0, **options)
    else:
        raise InputError(f"a store in {parsed.get_backend_name()} is not supported; use sqlite:/// or postgresql://")
    return reading, writing


def shown(url: str) -> str:
    """A store's URL without its password, for messages."""
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:***@", url)


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(BUSY * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA trusted_schema = OFF")
    cursor.close()
