"""Reading: one record, lists, revisions, files, tracks."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from ..protocol.dynamics import TrajectoryRecord
from ..protocol.kinds import read_record
from ..store.access import ANYBODY
from ..store.store import Stored
from . import answers
from .guard import ask
from .memory import Page
from .problems import ProblemError
from .questions import KIND_NAMES, AuditQuestion, LaunchQuestion, OneQuestion, PageQuestion, RecordQuestion
from .service import PAGE_SCHEMA, RECORD_SCHEMA, asked, caller, in_path, parameters, service
from .service import answers as described

ROUTER = APIRouter(tags=["reading"])
MOST_TRACKS = 64
_TRACKS: dict[tuple[bytes, str], bytes] = {}  # tracks that were made, the oldest first
LANDING = {
    "protocol": "1.0",
    "conforms_to": ["C1", "C4"],  # what the server itself can; the others are of its records
    "kinds": list(KIND_NAMES),
    "links": {
        "launches": "/v1/launches",
        "records": "/v1/records",
        "events": "/v1/events",
        "openapi": "/openapi.json",
        "asyncapi": "/asyncapi.json",
        "schemas": "/schemas/",
    },
}
TRACK_SCHEMA = {
    "type": "object",
    "required": ["trajectory", "revision", "columns", "points"],
    "properties": {"points": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}},
}


@ROUTER.get(
    "/v1/launches",
    summary="Launches",
    responses=described(PAGE_SCHEMA, 304, 422),
    openapi_extra=parameters(LaunchQuestion),
)
async def launches(request: Request) -> Response:
    return await _page(request, LaunchQuestion, {"kind": "launch"})


@ROUTER.get(
    "/v1/records",
    summary="Records of every kind",
    responses=described(PAGE_SCHEMA, 304, 422),
    openapi_extra=parameters(RecordQuestion),
)
async def records(request: Request) -> Response:
    return await _page(request, RecordQuestion, {})


async def _page(request: Request, model: type[LaunchQuestion], filters: dict[str, Any]) -> Response:
    found, reader = service(request), caller(request).reader
    key = request.scope["path"], request.scope["query_string"]
    number = await ask(found.store, found.store.last_number) if reader == ANYBODY else -1
    page = found.memory.get(key, number)
    if page is None:
        page = await _new_page(request, asked(model, request), filters)
        if reader == ANYBODY:
            found.memory.put(key, number, page)
    return answers.tagged(request, page[0], headers=page[1])


async def _new_page(request: Request, question: LaunchQuestion, filters: dict[str, Any]) -> Page:
    store = service(request).store
    found = await ask(
        store,
        store.page,
        question.filters() | filters,
        caller(request).reader,
        limit=question.limit + 1,
        key=answers.key_of(question.cursor) if question.cursor else None,
        backwards=question.order == "-time",
    )
    kept = found[: question.limit]
    await _audit(request, kept)
    following = answers.cursor(kept[-1].sort_at, kept[-1].id) if len(found) > len(kept) else None
    return answers.many(request, kept, following)


@ROUTER.get(
    "/v1/records/{id:path}/revisions",
    summary="Revisions of a record",
    responses=described(PAGE_SCHEMA, 304, 404, 422),
    openapi_extra=parameters(PageQuestion, "id"),
)
async def revisions(request: Request) -> Response:
    store, id, question = service(request).store, in_path(request, "id"), asked(PageQuestion, request)
    after = answers.key_of(question.cursor)[0] if question.cursor else 0
    found = await ask(store, store.revisions, id, caller(request).reader, limit=question.limit + 1, after=after)
    if not found and not after:
        raise ProblemError(404, "there is no such record that you may read")
    kept = found[: question.limit]
    await _audit(request, kept)
    following = answers.cursor(kept[-1].revision, id) if len(found) > len(kept) else None
    body, headers = answers.many(request, kept, following)
    return answers.tagged(request, body, headers=headers)


@ROUTER.get(
    "/v1/records/{id:path}",
    summary="A record",
    responses=described(RECORD_SCHEMA, 304, 404),
    openapi_extra=parameters(OneQuestion, "id"),
)
async def record(request: Request) -> Response:
    return answers.one(request, await _one(request))


async def _one(request: Request) -> Stored:
    store, who = service(request).store, caller(request)
    identifier, question = in_path(request, "id"), asked(OneQuestion, request)
    found = await ask(store, store.get, identifier, who.reader, revision=question.revision, as_of=question.as_of)
    if found is None:
        raise ProblemError(404, "there is no such record that you may read")
    await _audit(request, [found])
    return found


async def _audit(request: Request, found: Sequence[Stored]) -> None:
    """Who reads controlled records is written down before they are given."""
    if any(one.level == "controlled" for one in found):
        who = caller(request)
        await asyncio.to_thread(service(request).store.audit_reading, who.reader, who.address, found)


@ROUTER.get("/v1", summary="What this server has", responses=described({"type": "object"}, 304))
async def landing(request: Request) -> Response:
    return answers.tagged(request, json.dumps(LANDING).encode())


@ROUTER.get(
    "/v1/files/{sha256}",
    summary="A file that a record names",
    responses=described({"type": "string"}, 304, 404, media="application/octet-stream"),
    openapi_extra=parameters(None, "sha256"),
)
async def file(request: Request) -> Response:
    found, sha256 = service(request), in_path(request, "sha256")
    await found.files.acquire()  # so many files are in memory at a time, and no more
    try:
        content = await asyncio.to_thread(found.store.file, sha256, caller(request).reader)
        if content is None:
            raise ProblemError(404, "there is no such file that you may read")
        answer = answers.tagged(
            request, content, media_type="application/octet-stream", headers={"Content-Disposition": "attachment"}
        )
        return answers.Piecewise(answer, found.files, found.settings.send_time)
    except BaseException:
        found.files.release()
        raise


@ROUTER.get(
    "/v1/tracks/{id:path}",
    summary="A trajectory as points over the ground",
    responses=described(TRACK_SCHEMA, 304, 404, 422),
    openapi_extra=parameters(OneQuestion, "id"),
)
async def track(request: Request) -> Response:
    stored = await _one(request)
    body = await asyncio.to_thread(_track_of, request, stored)
    return answers.tagged(request, body)


def _track_of(request: Request, stored: Stored) -> bytes:
    if stored.kind != "trajectory":
        raise ProblemError(404, "this record is no trajectory")
    record = read_record(stored.text, stored.id)
    assert isinstance(record, TrajectoryRecord)
    content = service(request).store.file(record.file.sha256, caller(request).reader)
    if content is None:
        raise ProblemError(404, "the file that the trajectory names is not here")
    key = stored.text, record.file.sha256  # of the record and the file alone, so that nobody is given another's
    if key not in _TRACKS:
        from .track import track as points

        while len(_TRACKS) >= MOST_TRACKS:
            _TRACKS.pop(next(iter(_TRACKS)))
        _TRACKS[key] = json.dumps(points(record, content)).encode()
    return _TRACKS[key]


@ROUTER.get(
    "/v1/audit",
    summary="The audit log",
    responses=described({"type": "object"}, 403),
    openapi_extra=parameters(AuditQuestion),
)
async def audit(request: Request) -> Response:
    caller(request, "admin")
    question = asked(AuditQuestion, request)
    store = service(request).store
    lines = await asyncio.to_thread(store.audited, after=question.after, limit=question.limit)
    return Response(json.dumps({"lines": lines}), media_type="application/json")
