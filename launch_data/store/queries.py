"""The statements of the store, each built once for a shape of question; values are always parameters, never text."""

from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, literal, or_, select

from .access import readable
from .tables import ANNOUNCEMENTS, LINKS, NAMED_FILES, REVISIONS

Shape = tuple[bool, bool, bool]
ROWS = REVISIONS.c
SERVED = (
    ROWS.id, ROWS.revision, ROWS.kind, ROWS.launch, ROWS.issuer, ROWS.level, ROWS.recorded_at,
    ROWS.sort_at, ROWS.document, ROWS.open_document,
)  # fmt: skip
EQUAL = ("kind", "launch", "issuer", "state", "status")
FILTERS = (*EQUAL, "about", "from", "to", "as_of")


def _known(rows, shape: Shape, as_of: bool) -> ColumnElement[bool]:
    """Readable, and recorded by then."""
    allowed = readable(rows, shape)
    return and_(allowed, rows.c.recorded_at <= bindparam("as_of")) if as_of else allowed


@cache
def one(shape: Shape, *, revision: bool, as_of: bool) -> Select:
    """The newest revision of `id` that may be read, or the one asked for."""
    found = select(*SERVED).where(ROWS.id == bindparam("id"), _known(REVISIONS, shape, as_of))
    if revision:
        found = found.where(ROWS.revision == bindparam("revision"))
    return found.order_by(ROWS.revision.desc()).limit(1)


@cache
def page(shape: Shape, given: frozenset[str], *, backwards: bool, on: bool) -> Select:
    """Newest revisions in order of time, from a key on; `given` names the filters."""
    as_of = "as_of" in given
    newer = REVISIONS.alias("newer")
    superseded = exists(
        select(literal(1)).where(newer.c.id == ROWS.id, newer.c.revision > ROWS.revision, _known(newer, shape, as_of))
    )
    found = select(*SERVED).where(_known(REVISIONS, shape, as_of), ~superseded)
    for name in given.intersection(EQUAL):
        found = found.where(ROWS[name] == bindparam(name))
    if "about" in given:
        named = select(literal(1)).where(LINKS.c.position == ROWS.position, LINKS.c.target == bindparam("about"))
        found = found.where(or_(ROWS.id == bindparam("about"), exists(named)))
    if "from" in given:
        found = found.where(ROWS.sort_at >= bindparam("from"))
    if "to" in given:
        found = found.where(ROWS.sort_at < bindparam("to"))
    if on:
        same = ROWS.sort_at == bindparam("key_time")
        if backwards:
            beyond = or_(ROWS.sort_at < bindparam("key_time"), and_(same, ROWS.id < bindparam("key_id")))
            found = found.where(ROWS.sort_at <= bindparam("key_time"), beyond)
        else:
            beyond = or_(ROWS.sort_at > bindparam("key_time"), and_(same, ROWS.id > bindparam("key_id")))
            found = found.where(ROWS.sort_at >= bindparam("key_time"), beyond)
    order = (ROWS.sort_at.desc(), ROWS.id.desc()) if backwards else (ROWS.sort_at, ROWS.id)
    return found.order_by(*order).limit(bindparam("limit"))


@cache
def revisions(shape: Shape) -> Select:
    """All revisions of `id` that may be read, from one on."""
    found = select(*SERVED).where(ROWS.id == bindparam("id"), ROWS.revision > bindparam("key_revision"))
    return found.where(readable(REVISIONS, shape)).order_by(ROWS.revision).limit(bindparam("limit"))


@cache
def announced(shape: Shape, given: frozenset[str]) -> Select:
    """What was announced after a number, in order; `given`: launch, kind."""
    joined = ANNOUNCEMENTS.join(REVISIONS, ANNOUNCEMENTS.c.position == ROWS.position)
    found = select(ANNOUNCEMENTS.c.number, ANNOUNCEMENTS.c.event, *SERVED).select_from(joined)
    found = found.where(ANNOUNCEMENTS.c.number > bindparam("number"), readable(REVISIONS, shape))
    for name in given:
        found = found.where(ROWS[name] == bindparam(name))
    return found.order_by(ANNOUNCEMENTS.c.number).limit(bindparam("limit"))


@cache
def event_number(shape: Shape) -> Select:
    """The number of an announcement that may be read."""
    joined = ANNOUNCEMENTS.join(REVISIONS, ANNOUNCEMENTS.c.position == ROWS.position)
    found = select(ANNOUNCEMENTS.c.number).select_from(joined)
    return found.where(ANNOUNCEMENTS.c.event == bindparam("event"), readable(REVISIONS, shape))


@cache
def unannounced() -> Select:
    """Positions of revisions whose embargo has ended since they came in, and of which the feed has not told again."""
    told = select(literal(1)).where(ANNOUNCEMENTS.c.position == ROWS.position, ANNOUNCEMENTS.c.opening == 1)
    ended = and_(ROWS.level == "embargo", ROWS.opens_at <= bindparam("now"), ROWS.opens_at > ROWS.recorded_at)
    return select(ROWS.position).where(ended, ~exists(told)).order_by(ROWS.opens_at).limit(1000)


@cache
def file_named(shape: Shape) -> Select:
    """Does a revision that may be read name this file, openly or by the reader's own party?"""
    openly = NAMED_FILES.c.open == 1
    allowed = or_(openly, ROWS.issuer == bindparam("party")) if shape[0] else openly
    joined = NAMED_FILES.join(REVISIONS, NAMED_FILES.c.position == ROWS.position)
    return (
        select(literal(1))
        .select_from(joined)
        .where(NAMED_FILES.c.sha256 == bindparam("sha256"), allowed, readable(REVISIONS, shape))
        .limit(1)
    )
