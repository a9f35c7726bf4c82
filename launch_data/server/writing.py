"""Writing: records and files of a provider; webhooks of whoever has a token."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...core.errors import InputError
from ...core.wire import Urn, parse_json, wire_problems
from ..store import webhooks
from ..store.access import ROLES, Reader
from ..store.append import Appended, append
from ..store.files import put_file
from ..store.rows import Incoming, incoming, lines_of
from ..store.store import Store
from .problems import ProblemError, rows
from .questions import KindName
from .service import RECORD_SCHEMA, answers, caller, in_path, media_type, parameters, service
from .targets import check_target

ROUTER = APIRouter(tags=["writing"])
JSON, LINES, BYTES = "application/json", "application/x-ndjson", "application/octet-stream"
APPENDED_SCHEMA = {
    "type": "object",
    "required": ["recorded"],
    "properties": {"recorded": {"type": "array", "items": {"type": "object", "required": ["id", "revision", "new"]}}},
}
_RECORDS_BODY = {
    "required": True,
    "content": {
        JSON: {"schema": RECORD_SCHEMA},
        LINES: {"schema": {"type": "string", "description": "A record a line."}},
    },
}
_FILE_BODY = {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}


@ROUTER.post(
    "/v1/records",
    status_code=201,
    summary="Append records: one as JSON, or many as JSON lines, all or none",
    responses=answers(APPENDED_SCHEMA, 403, 408, 409, 413, 415, 422, status=201),
    openapi_extra={"requestBody": _RECORDS_BODY},
)
async def post_records(request: Request) -> Response:
    who, found = caller(request, "provider"), service(request)
    form = media_type(request)
    if form not in (JSON, LINES):
        raise ProblemError(415, f"records come as {JSON} or {LINES}")
    text = await request.body()
    most = found.settings.most_records if form == LINES else 1
    done = await asyncio.to_thread(_append, found.store, text, most, who.reader, who.address)
    found.feed.ring()
    body = json.dumps({"recorded": [_row(one) for one in done]}, ensure_ascii=False)
    return Response(body, 201 if any(one.new for one in done) else 200, media_type=JSON)


def _append(store: Store, text: bytes, most: int, writer: Reader, address: str) -> Sequence[Appended]:
    return append(store, _read(text, most), writer, address)


def _read(text: bytes, most: int) -> Sequence[Incoming]:
    """The records of a body. Raises ProblemError 400 for what is no JSON, InputError for what is no record."""
    try:
        lines = lines_of(text, most) if most > 1 else [(text, "body")]
        for line, where in lines:
            parse_json(line, where)
    except InputError as error:
        raise ProblemError(400, str(error)) from None
    return [incoming(line, where) for line, where in lines]


def _row(one: Appended) -> dict[str, Any]:
    row: dict[str, Any] = {"id": one.id, "revision": one.revision, "event": one.event, "new": one.new}
    return row | ({"warnings": rows(one.warnings)} if one.warnings else {})


@ROUTER.put(
    "/v1/files/{sha256}",
    status_code=201,
    summary="Give a file that a record of yours names",
    responses=answers(None, 403, 408, 413, 415, 422, status=201),
    openapi_extra={"requestBody": _FILE_BODY, **parameters(None, "sha256")},
)
async def put(request: Request) -> Response:
    who, found, sha256 = caller(request, "provider"), service(request), in_path(request, "sha256")
    if media_type(request) != BYTES:
        raise ProblemError(415, f"a file comes as {BYTES}")
    async with found.files:
        content = await request.body()
        new = await asyncio.to_thread(put_file, found.store, sha256, content, who.reader, who.address)
    return Response(None, 201 if new else 200)


class Wanted(BaseModel):
    """A webhook that is asked for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Annotated[
        str, Field(max_length=2000, pattern=r"^https?://[!-~]+$", description="Where events are sent by POST.")
    ]
    kind: KindName | None = None
    launch: Urn | None = None


_WEBHOOK_BODY = {"required": True, "content": {JSON: {"schema": Wanted.model_json_schema()}}}


@ROUTER.post(
    "/v1/webhooks",
    status_code=201,
    summary="Ask for a webhook; its secret is told this once",
    responses=answers({"type": "object", "required": ["id", "secret"]}, 408, 413, 415, 422, status=201),
    openapi_extra={"requestBody": _WEBHOOK_BODY},
)
async def post_webhook(request: Request) -> Response:
    who, found = caller(request, *ROLES), service(request)
    if media_type(request) != JSON:
        raise ProblemError(415, f"a webhook is asked for as {JSON}")
    try:
        wanted = Wanted.model_validate(parse_json(await request.body(), "body"))
    except ValidationError as error:
        raise ProblemError(400, "; ".join(wire_problems(error))) from None
    except InputError as error:
        raise ProblemError(400, str(error)) from None
    await asyncio.to_thread(check_target, wanted.url, found.settings.private_webhooks)
    made = await asyncio.to_thread(
        webhooks.add, found.store, who.reader, wanted.url, kind=wanted.kind, launch=wanted.launch, address=who.address
    )
    return Response(json.dumps(made), 201, media_type=JSON)


@ROUTER.get("/v1/webhooks", summary="Webhooks of this token", responses=answers({"type": "object"}))
async def get_webhooks(request: Request) -> Response:
    who = caller(request, *ROLES)
    found = await asyncio.to_thread(webhooks.of_token, service(request).store, who.reader.token or "")
    return Response(json.dumps({"webhooks": found}), media_type=JSON)


@ROUTER.delete(
    "/v1/webhooks/{webhook}",
    status_code=204,
    summary="End a webhook",
    responses=answers(None, 404, status=204),
    openapi_extra=parameters(None, "webhook"),
)
async def delete_webhook(request: Request) -> Response:
    who, identifier = caller(request, *ROLES), in_path(request, "webhook")
    if not await asyncio.to_thread(webhooks.remove, service(request).store, who.reader, identifier, who.address):
        raise ProblemError(404, "this token has no such webhook")
    return Response(None, 204)
