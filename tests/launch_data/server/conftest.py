"""Stores on both databases. PostgreSQL is asked for by OSEA_TEST_POSTGRES, a URL that may make databases (`.ci/postgres`)."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

from osea_rocket.launch_data.store.store import Store

KEY = bytes(range(32))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/launches.db"
        return
    base = os.environ.get("OSEA_TEST_POSTGRES")
    if base is None:
        pytest.skip("no PostgreSQL: OSEA_TEST_POSTGRES names none (.ci/postgres starts one)")
    name = f"osea_{secrets.token_hex(6)}"
    admin = sqlalchemy.create_engine(
        base.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield base.rpartition("/")[0] + f"/{name}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store."""
    opened = Store(url, KEY)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty store in a file, for what does not depend on the database."""
    opened = Store(f"sqlite:///{tmp_path}/launches.db", KEY)
    yield opened
    opened.close()
