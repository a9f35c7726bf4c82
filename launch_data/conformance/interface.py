"""The programs behind the demands on an interface: lists, single records, errors (C1), the live feed (C4)."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urljoin

from ...core.errors import InputError
from ...core.wire import parse_json
from ..protocol.kinds import record_of
from ..protocol.rules import Package, apply
from ..protocol.rules.engine import Entry
from ..watching import LARGEST, SLOWEST, opened, stream
from .classes import Outcome

Seen = tuple[Outcome, str]
PAGES = 200  # of one list; a catalogue that is longer is looked at so far
PAGE = 100  # records: what a server may be asked for at once
EVENTS = 6
CHECKS: dict[str, Callable[["Interface"], Seen]] = {}


class Interface:
    """A server of launch data at an address; token: for one that wants it."""

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url if url.endswith("/") else f"{url}/"
        self.token = token

    def get(self, path: str, query: dict[str, Any] | None = None, tag: str | None = None) -> tuple[int, Any, bytes]:
        """(status, headers, body); tag: of what is at hand already. Raises InputError where nobody answers."""
        headers = {"If-None-Match": tag} if tag else {}
        url = urljoin(self.url, path) + (f"?{urlencode(query)}" if query else "")
        try:
            with opened(url, self.token, headers, SLOWEST) as answer:
                return answer.status, answer.headers, answer.read(LARGEST)
        except HTTPError as error:
            return error.code, error.headers, error.read(LARGEST)
        except (URLError, OSError) as error:
            raise InputError(f"{url} cannot be read: {getattr(error, 'reason', error)}") from None

    def records(self, limit: int, **filters: str) -> list[dict[str, Any]]:
        """All records of a list, page by page. Raises InputError for an answer that is none."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(PAGES):
            query = {"limit": limit, **filters} | ({"cursor": cursor} if cursor else {})
            status, _, body = self.get("v1/records", query)
            page = parse_json(body, "v1/records") if status == 200 else None
            if not isinstance(page, dict) or not isinstance(page.get("records"), list):
                raise InputError(f"v1/records answers {status}, and no page of records")
            if len(page["records"]) > limit:
                raise InputError(f"a page of at most {limit} holds {len(page['records'])}")
            found += page["records"]
            cursor = page.get("next")
            if cursor is None:
                break
        return found


def demand(code: str) -> Callable[[Callable[[Interface], Seen]], Callable[[Interface], Seen]]:
    """Register the program behind a demand."""

    def register(one: Callable[[Interface], Seen]) -> Callable[[Interface], Seen]:
        def guarded(interface: Interface) -> Seen:
            try:
                return one(interface)
            except InputError as error:
                return Outcome.FAILS, str(error).splitlines()[0]

        CHECKS[code] = guarded
        return one

    return register


@demand("C1-1")
def _lists(interface: Interface) -> Seen:
    whole = [r["id"] for r in interface.records(PAGE)]
    if not whole:
        return Outcome.UNKNOWN, "nothing to look at: the catalogue is empty"
    step = max(2, len(whole) // 5)
    paged = [r["id"] for r in interface.records(step)]
    if len(set(paged)) != len(paged) or set(paged) != set(whole):
        return (
            Outcome.FAILS,
            f"pages of {step} give {len(set(paged))} records of {len(set(whole))}, {len(paged)} in all",
        )
    kinds: dict[str, int] = {}
    for record in interface.records(PAGE):
        record_of(record, str(record.get("id")))
        kinds[record["schema"].split("/")[2]] = kinds.get(record["schema"].split("/")[2], 0) + 1
    for kind, count in kinds.items():
        some = interface.records(PAGE, kind=kind)
        if len(some) != count or any(r["schema"] != f"osea/launch-data/{kind}/v1" for r in some):
            return Outcome.FAILS, f"the filter kind={kind} gives {len(some)} records of {count}"
    return Outcome.HOLDS, f"{len(whole)} records of {len(kinds)} kinds, in pages of {step}"


@demand("C1-2")
def _tags(interface: Interface) -> Seen:
    records = interface.records(5)
    for record in records[:5]:
        path = f"v1/records/{quote(record['id'], safe='')}"
        status, headers, body = interface.get(path)
        tag = headers.get("ETag")
        if status != 200 or not tag or json.loads(body) != record:
            return Outcome.FAILS, f"{record['id']}: status {status}, ETag {tag}, or not the record of the list"
        again, _, rest = interface.get(path, tag=tag)
        if again != 304 or rest:
            return Outcome.FAILS, f"{record['id']}: status {again} where nothing changed"
        other, _, _ = interface.get(path, tag='"x"')
        if other != 200:
            return Outcome.FAILS, f"{record['id']}: status {other} for a tag that is not its own"
    if not records:
        return Outcome.UNKNOWN, "nothing to look at: the catalogue is empty"
    return Outcome.HOLDS, f"{len(records[:5])} records"


@demand("C1-3")
def _problems(interface: Interface) -> Seen:
    gone, wrong = (404,), (400, 422)
    asked = {"v1/records/urn:x:none": gone, "v1/none": gone, "v1/records?limit=-1": wrong, "v1/records?cursor=x": wrong}
    for path, expected in asked.items():
        status, headers, body = interface.get(path)
        kind = headers.get_content_type()
        plain = parse_json(body, path) if kind == "application/problem+json" else None
        if (
            status not in expected
            or not isinstance(plain, dict)
            or plain.get("status", status) != status
            or "title" not in plain
        ):
            return Outcome.FAILS, f"{path}: status {status} as {kind}"
    return Outcome.HOLDS, f"{len(asked)} wrong questions"


@demand("C4-1")
def _feed(interface: Interface) -> Seen:
    url = urljoin(interface.url, "v1/events")
    have = min(EVENTS, len(interface.records(EVENTS)))
    if have < 3:
        return Outcome.UNKNOWN, f"nothing to look at: {have} records"
    first = list(islice(stream(url, interface.token), have))
    broke = have // 2
    rest = list(islice(stream(url, interface.token, last=first[broke - 1].id), have - broke))
    if [e.id for e in rest] != [e.id for e in first[broke:]]:
        return (
            Outcome.FAILS,
            f"taken up after {first[broke - 1].id}, the feed goes on with {rest[0].id}, not {first[broke].id}",
        )
    if len({e.id for e in first}) != have or any(e.id is None for e in first):
        return Outcome.FAILS, "events without an id of their own"
    return Outcome.HOLDS, f"{have} events, broken after {broke}"


@demand("C4-2")
def _clocks(interface: Interface) -> Seen:
    live = [r for kind in ("countdown-clock", "countdown-event", "launch") for r in interface.records(PAGE, kind=kind)]
    clocks = [r for r in live if r["schema"] != "osea/launch-data/launch/v1"]
    if not clocks:
        return Outcome.UNKNOWN, "nothing to look at: no countdown"
    entries = [Entry(record_of(r, r["id"]), r["id"]) for r in live]
    wrong = [f for f in apply(Package(entries)) if f.rule.startswith(("LD-CLK", "LD-EVT")) and f.severity == "ERROR"]
    if wrong:
        return Outcome.FAILS, "; ".join(f"{f.rule} {f.where}: {f.message}" for f in wrong[:3])
    return Outcome.HOLDS, f"{len(clocks)} clocks and events"
