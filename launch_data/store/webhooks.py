"""Webhooks: who wants to be told, where, and how far that has come. No secret is kept: each follows from the store's key.

The secret of a webhook is HMAC-SHA-256 of its identifier under the key of the server, which is kept apart from the database.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ...core.errors import InputError
from ...core.time import SECOND, Instant, format_utc
from .access import Reader
from .store import Store, now, write_audit
from .tables import ANNOUNCEMENTS, WEBHOOKS

MOST = 20  # of one token
WAITS = (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600, 12 * 3600)  # s, after each failure in turn; then it is given up
LEASE = 60  # s for which one server keeps a webhook from others that share the store


def add(
    store: Store, reader: Reader, url: str, *, kind: str | None, launch: str | None, address: str
) -> dict[str, Any]:
    """Make a webhook that tells what comes in from now on. Raises InputError when the token has too many."""
    if store.key is None:
        raise InputError("this server has no key, so it cannot sign webhooks; start it with --key FILE")
    identifier = secrets.token_hex(16)
    with store.writing() as connection:
        count = connection.execute(select(func.count()).where(WEBHOOKS.c.token == reader.token)).scalar_one()
        if count >= MOST:
            raise InputError(f"this token has {MOST} webhooks already; end one first")
        last = connection.execute(select(func.max(ANNOUNCEMENTS.c.number))).scalar() or 0
        row = {"id": identifier, "token": reader.token, "url": url, "kind": kind, "launch": launch}
        connection.execute(insert(WEBHOOKS).values(**row, number=last, failures=0, next_try_at=0))
        write_audit(connection, reader.token or "-", address, "webhook", identifier, "added")
    return {"id": identifier, "secret": secret(store, identifier), "url": url, "kind": kind, "launch": launch}


def of_token(store: Store, token: str) -> list[dict[str, Any]]:
    """The webhooks of a token, without their secrets."""
    with store.reading.connect() as connection:
        rows = connection.execute(select(WEBHOOKS).where(WEBHOOKS.c.token == token).order_by(WEBHOOKS.c.id)).all()
    return [
        {
            "id": row.id,
            "url": row.url,
            "kind": row.kind,
            "launch": row.launch,
            "failures": row.failures,
            "next_try_at": format_utc(Instant(row.next_try_at), 0) if row.next_try_at else None,
            "given_up": row.failures > len(WAITS),
        }
        for row in rows
    ]


def remove(store: Store, reader: Reader, identifier: str, address: str) -> bool:
    """End a webhook of this reader's token; False where there is none."""
    with store.writing() as connection:
        ended = connection.execute(
            delete(WEBHOOKS).where(WEBHOOKS.c.id == identifier, WEBHOOKS.c.token == reader.token)
        ).rowcount
        if ended:
            write_audit(connection, reader.token or "-", address, "webhook", identifier, "ended")
    return bool(ended)


def due(store: Store, last: int) -> list[Any]:
    """Webhooks that are behind the last announcement and may be tried now; each is leased to the caller."""
    at = now()
    waiting = (WEBHOOKS.c.number < last, WEBHOOKS.c.next_try_at <= at, WEBHOOKS.c.failures <= len(WAITS))
    with store.reading.connect() as connection:
        if connection.execute(select(WEBHOOKS.c.id).where(*waiting).limit(1)).first() is None:
            return []
    with store.writing() as connection:
        rows = connection.execute(select(WEBHOOKS).where(*waiting)).all()
        leased = WEBHOOKS.c.id.in_([row.id for row in rows])
        connection.execute(update(WEBHOOKS).where(leased).values(next_try_at=at + LEASE * SECOND))
    return list(rows)


def delivered(store: Store, identifier: str, number: int) -> None:
    """All up to `number` is there, or is none of this webhook's."""
    with store.writing() as connection:
        connection.execute(
            update(WEBHOOKS).where(WEBHOOKS.c.id == identifier).values(number=number, failures=0, next_try_at=0)
        )


def failed(store: Store, identifier: str, failures: int, reason: str) -> None:
    """A delivery failed for the `failures`-th time in a row: wait longer, or give up."""
    wait = WAITS[min(failures, len(WAITS)) - 1]
    with store.writing() as connection:
        changes = {"failures": failures, "next_try_at": now() + wait * SECOND}
        connection.execute(update(WEBHOOKS).where(WEBHOOKS.c.id == identifier).values(changes))
        result = "given up" if failures > len(WAITS) else reason
        write_audit(connection, "-", "-", "webhook", identifier, result)


def secret(store: Store, identifier: str) -> str:
    """The secret of a webhook, as Standard Webhooks write it: `whsec_` and base64."""
    return "whsec_" + base64.b64encode(_key_of(store, identifier)).decode()


def signature(store: Store, identifier: str, message: str, timestamp: int, body: bytes) -> str:
    """`v1,…` of Standard Webhooks: HMAC-SHA-256 over identifier of the message, time and body."""
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(_key_of(store, identifier), signed, hashlib.sha256)).decode()


def _key_of(store: Store, identifier: str) -> bytes:
    assert store.key is not None
    return hmac.digest(store.key, identifier.encode(), hashlib.sha256)
