"""Who may read what. Everything is denied that is not allowed here; a level that is not known here is the issuer's alone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, exists, literal, or_, select

from ...core.errors import InputError
from ...core.time import SECOND
from ...core.wire import Access, instant_of
from .tables import PARTNERS

ROLES = {
    "reader": "reads what is public, and what its party is a partner of",
    "provider": "writes what its party issues, and reads it",
    "regulator": "reads what is for regulators, too",
    "admin": "reads the audit log; of records only what is public",
}
FARTHEST = (1 << 63) - 1  # what a database's integer holds
_EVENT = re.compile(r"(?P<name>.+?)(?:\s*\+\s*(?P<count>\d{1,6})\s*(?P<unit>s|min|h|d))?", re.DOTALL)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}


def instant(text: str) -> int:
    """A time as the store keeps it: nanoseconds of TAI, at most some 290 years from 2000."""
    return max(-FARTHEST, min(FARTHEST, instant_of(text)))


@dataclass(frozen=True)
class Reader:
    """Who asks. party: the URN that it speaks for; clearances: `ITAR/US`, regime and jurisdiction of controlled records."""

    token: str | None = None
    role: str = "reader"
    party: str | None = None
    clearances: tuple[str, ...] = ()

    @property
    def shape(self) -> tuple[bool, bool, bool]:
        """What the condition on rows depends on, apart from values: (has a party, is a regulator, is cleared)."""
        return self.party is not None, self.role == "regulator", bool(self.clearances)

    def values(self, now: int) -> dict[str, Any]:
        """Values of the parameters in `readable`."""
        values: dict[str, Any] = {"now": now}
        if self.party is not None:
            values["party"] = self.party
        if self.clearances:
            values["clearances"] = self.clearances
        return values

    def owns(self, issuer: str) -> bool:
        """May this reader see the restricted fields of what `issuer` issued?"""
        return self.party == issuer


ANYBODY = Reader()


def readable(rows: FromClause, shape: tuple[bool, bool, bool]) -> ColumnElement[bool]:
    """The condition that a revision may be read by a reader of this shape."""
    has_party, is_regulator, is_cleared = shape
    columns = rows.c
    allowed: list[ColumnElement[bool]] = [columns.opens_at <= bindparam("now")]
    if has_party:
        named = select(literal(1)).where(
            PARTNERS.c.position == columns.position, PARTNERS.c.partner == bindparam("party")
        )
        allowed += [columns.issuer == bindparam("party"), and_(columns.level == "partner", exists(named))]
    if is_regulator:
        allowed.append(columns.level == "regulator")
    if is_cleared:
        cleared = columns.clearance.in_(bindparam("clearances", expanding=True))
        allowed.append(and_(columns.level == "controlled", cleared))
    return or_(*allowed)


def access_columns(access: Access, where: str) -> dict[str, Any]:
    """The columns of a revision that say who may read it. Raises InputError for an event that ends an embargo and is none."""
    columns: dict[str, Any] = dict.fromkeys(("opens_at", "waits_for", "waits_ns", "clearance"))
    columns["level"] = access.level
    if access.level == "public":
        columns["opens_at"] = 0
    elif access.level == "embargo":
        until = instant(access.until) if access.until else None
        if access.until_event:
            name, after = parse_event(access.until_event, where)
            columns |= {"waits_for": name, "waits_ns": after}
        else:
            columns["opens_at"] = until
    elif access.level == "controlled" and access.regime and access.jurisdiction:
        columns["clearance"] = f"{access.regime}/{access.jurisdiction}"
    return columns


def opening(access: Mapping[str, Any], event_at: int, after: int) -> int:
    """When an embargo that waited for an event ends: `after` ns past it, and not before `until`."""
    until = access.get("until")
    return max(event_at + after, instant(until) if until else 0)


def parse_event(text: str, where: str) -> tuple[str, int]:
    """(name in lower case, nanoseconds after it) of `payload separation + 30 min`."""
    match = _EVENT.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} names no event; write `payload separation + 30 min`", where=where)
    after = int(match["count"] or 0) * _UNITS[match["unit"] or "s"] * SECOND
    return match["name"].strip().lower(), after


def no_wider(access: Access, source: Access) -> bool:
    """May everybody who reads a record of `access` read one of `source` as well? When in doubt, no."""
    if source.level == "public":
        return True
    if access.level != source.level:
        return False
    if source.level == "partner":
        return set(access.partners) <= set(source.partners)
    if source.level == "embargo":
        later = not source.until or (access.until is not None and instant_of(access.until) >= instant_of(source.until))
        return later and access.until_event == source.until_event
    return (access.regime, access.jurisdiction) == (source.regime, source.jurisdiction)
