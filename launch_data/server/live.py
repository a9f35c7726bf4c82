"""The live feeds: server-sent events, each an envelope around a record; `Last-Event-ID` takes one up where it broke."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from ..store.access import Reader
from ..store.store import Store
from .feed import EventStream
from .guard import ask
from .problems import ProblemError
from .questions import FeedQuestion, LaunchFeedQuestion
from .service import answers, asked, caller, in_path, parameters, service

ROUTER = APIRouter(tags=["live"])
_LAST = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "The last event that was received.",
    "schema": {"type": "string"},
}


def _described(model: type[BaseModel], *places: str) -> dict[str, Any]:
    return {"parameters": [*parameters(model, *places)["parameters"], _LAST]}


@ROUTER.get(
    "/v1/events",
    summary="All that comes in, live",
    responses=answers({"type": "string"}, 503, media="text/event-stream"),
    openapi_extra=_described(FeedQuestion),
    response_model=None,
)
async def events(request: Request) -> EventStream:
    question = asked(FeedQuestion, request)
    filters = {k: v for k, v in (("kind", question.kind), ("launch", question.launch)) if v is not None}
    return await _stream(request, filters, question.after)


@ROUTER.get(
    "/v1/launches/{id:path}/events",
    summary="A launch live: countdown, events, and all that changes",
    responses=answers({"type": "string"}, 404, 503, media="text/event-stream"),
    openapi_extra=_described(LaunchFeedQuestion, "id"),
    response_model=None,
)
async def launch_events(request: Request) -> EventStream:
    found, question, identifier = service(request), asked(LaunchFeedQuestion, request), in_path(request, "id")
    launch = await ask(found.store, found.store.get, identifier, caller(request).reader)
    if launch is None or launch.kind != "launch":
        raise ProblemError(404, "there is no such launch that you may read")
    filters = {"launch": identifier} | ({"kind": question.kind} if question.kind else {})
    return await _stream(request, filters, question.after)


async def _stream(request: Request, filters: dict[str, str], after: str | None) -> EventStream:
    found, who = service(request), caller(request)
    number = await _number(found.store, request.headers.get("last-event-id") or after, who.reader)
    return EventStream(found.feed, who, filters, number)


async def _number(store: Store, after: str | None, reader: Reader) -> int:
    """Where to begin. An event that this reader does not know begins at the first: rather twice than never."""
    if after is None:
        return 0
    if after == "latest":
        return await ask(store, store.last_number)
    return await ask(store, store.number_of, after[:64], reader) or 0
