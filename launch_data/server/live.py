"""The live feeds: server-sent events, each an envelope around a record; `Last-Event-ID` takes one up where it broke."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from ..store.access import Reader
from ..store.store import Store
from .feed import EventStream
from .guard import ask
from .problems import ProblemError
from .questions import FeedQuestion, LaunchFeedQuestion
from .service import LaunchIdentifier, answers, caller, service

ROUTER = APIRouter(tags=["live"])
LastEvent = Annotated[str | None, Header(alias="Last-Event-ID", description="The last event that was received.")]
_FEED = answers({"type": "string"}, 503, media="text/event-stream")


@ROUTER.get("/v1/events", summary="All that comes in, live", responses=_FEED)
async def events(request: Request, question: Annotated[FeedQuestion, Query()], last: LastEvent = None) -> EventStream:
    filters = {k: v for k, v in (("kind", question.kind), ("launch", question.launch)) if v is not None}
    return await _stream(request, filters, last or question.after)


@ROUTER.get(
    "/v1/launches/{id:path}/events",
    summary="A launch live: countdown, events, and all that changes",
    responses=answers({"type": "string"}, 404, 503, media="text/event-stream"),
)
async def launch_events(
    request: Request, id: LaunchIdentifier, question: Annotated[LaunchFeedQuestion, Query()], last: LastEvent = None
) -> EventStream:
    found = service(request)
    launch = await ask(found.store, found.store.get, id, caller(request).reader)
    if launch is None or launch.kind != "launch":
        raise ProblemError(404, "there is no such launch that you may read")
    filters = {"launch": id} | ({"kind": question.kind} if question.kind else {})
    return await _stream(request, filters, last or question.after)


async def _stream(request: Request, filters: dict[str, str], after: str | None) -> EventStream:
    found, who = service(request), caller(request)
    number = await _number(found.store, after, who.reader)
    return EventStream(found.feed, who, filters, number)


async def _number(store: Store, after: str | None, reader: Reader) -> int:
    """Where to begin. An event that this reader does not know begins at the first: rather twice than never."""
    if after is None:
        return 0
    if after == "latest":
        return await ask(store, store.last_number)
    return await ask(store, store.number_of, after[:64], reader) or 0
