"""Tokens: `osea_ID_SECRET`, told once; of the secret only its SHA-256 is kept, which 256 random bits make enough."""

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from ...core.errors import InputError
from ...core.time import DAY, Instant, format_utc
from .access import ROLES, Reader
from .store import Store, now, write_audit
from .tables import TOKENS

_FORM = re.compile(r"osea_([0-9a-f]{12})_([0-9a-f]{64})")
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{0,31}:\S{1,300}")
_CLEARANCE = re.compile(r"[^/\s]{1,40}/[A-Z]{2}")


@dataclass(frozen=True)
class NewToken:
    """A token as it is told, this once."""

    id: str
    text: str
    expires: str


def issue(
    store: Store, role: str, *, party: str | None, days: int, label: str = "", clearances: tuple[str, ...] = ()
) -> NewToken:
    """Make a token. Raises InputError for an unknown role, a party that is no URN, or none where the role needs one."""
    if role not in ROLES:
        raise InputError(f"{role!r} is no role; use one of {', '.join(ROLES)}")
    if party is not None and not _URN.fullmatch(party):
        raise InputError(f"the party {party!r} is no URN, such as urn:osea:example:provider:1")
    if role == "provider" and party is None:
        raise InputError("a provider's token names the party whose records it writes")
    if not 1 <= days <= 3650:
        raise InputError("a token lives between 1 and 3650 days")
    if wrong := [c for c in clearances if not _CLEARANCE.fullmatch(c)]:
        raise InputError(f"{wrong[0]!r} is no clearance; write regime and jurisdiction, as in ITAR/US")
    identifier, secret = secrets.token_hex(6), secrets.token_hex(32)
    made = now()
    row: dict[str, Any] = {
        "id": identifier,
        "secret_sha256": _hash(secret),
        "role": role,
        "party": party,
        "clearances": json.dumps(list(clearances)),
        "label": label[:200],
        "created_at": made,
        "expires_at": made + days * DAY,
    }
    with store.writing() as connection:
        connection.execute(insert(TOKENS).values(row))
        write_audit(connection, "-", "-", "token issue", identifier, f"{role} {party or ''}".strip())
    return NewToken(identifier, f"osea_{identifier}_{secret}", format_utc(Instant(row["expires_at"]), 0))


def reader_of(store: Store, text: str) -> Reader | None:
    """Whom a token stands for; None when it is unknown, revoked or expired."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    with store.reading.connect() as connection:
        row = connection.execute(select(TOKENS).where(TOKENS.c.id == match[1])).first()
    if row is None or not hmac.compare_digest(row.secret_sha256, _hash(match[2])):
        return None
    return _reader(row)


def reader_by_id(store: Store, identifier: str) -> Reader | None:
    """Whom the token of this identifier stands for, while it is valid; for what was asked for earlier, as webhooks are."""
    with store.reading.connect() as connection:
        row = connection.execute(select(TOKENS).where(TOKENS.c.id == identifier)).first()
    return None if row is None else _reader(row)


def revoke(store: Store, identifier: str) -> None:
    """A token is good for nothing from now on. Raises InputError for one that is not there."""
    with store.writing() as connection:
        changed = connection.execute(
            update(TOKENS).where(TOKENS.c.id == identifier, TOKENS.c.revoked_at.is_(None)).values(revoked_at=now())
        )
        if changed.rowcount == 0:
            raise InputError(f"there is no token {identifier} that could be revoked")
        write_audit(connection, "-", "-", "token revoke", identifier, "revoked")


def tokens(store: Store) -> list[dict[str, Any]]:
    """All tokens, without their secrets."""
    with store.reading.connect() as connection:
        rows = connection.execute(select(TOKENS).order_by(TOKENS.c.created_at)).all()
    return [
        {
            "id": row.id,
            "role": row.role,
            "party": row.party,
            "clearances": json.loads(row.clearances),
            "label": row.label,
            "created": format_utc(Instant(row.created_at), 0),
            "expires": format_utc(Instant(row.expires_at), 0),
            "revoked": format_utc(Instant(row.revoked_at), 0) if row.revoked_at else None,
        }
        for row in rows
    ]


def _reader(row: Any) -> Reader | None:
    if row.revoked_at is not None or row.expires_at <= now():
        return None
    return Reader(row.id, row.role, row.party, tuple(json.loads(row.clearances)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
