"""Answers of records: their bytes as they were issued, with an entity tag over the very bytes that this reader gets."""

import asyncio
import base64
import json
from collections.abc import Sequence
from hashlib import blake2b

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from ...core.time import Instant, format_utc
from ..store.store import Stored
from .memory import Page
from .problems import ProblemError

JSON = "application/json"


def tagged(request: Request, body: bytes, *, media_type: str = JSON, headers: dict[str, str] | None = None) -> Response:
    """The body with its ETag, or 304 where the client has it."""
    tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    kept = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    if (known := request.headers.get("if-none-match")) is not None and _matches(known, tag):
        return Response(None, 304, kept)
    return Response(body, 200, kept, media_type)


def _matches(known: str, tag: str) -> bool:
    return known.strip() == "*" or tag in (item.strip().removeprefix("W/") for item in known.split(","))


def one(request: Request, stored: Stored) -> Response:
    """One record; of a revision that was asked for also when the server recorded it."""
    headers = (
        {"Osea-Recorded-At": format_utc(Instant(stored.recorded_at), 6)} if request.scope["query_string"] else None
    )
    return tagged(request, stored.text, headers=headers)


def many(request: Request, found: Sequence[Stored], following: str | None) -> Page:
    """A page of records, and where the next one is: in the body, and as a link (RFC 8288)."""
    after = json.dumps(following).encode()
    body = b'{"records":[' + b",".join([s.text for s in found]) + b'],"next":' + after + b"}"
    headers = None
    if following is not None:
        query = request.scope["query_string"].decode("latin-1").replace(">", "%3E")
        kept = [part for part in query.split("&") if part and not part.startswith("cursor=")]
        headers = {"Link": f'<?{"&".join([*kept, f"cursor={following}"])}>; rel="next"'}
    return body, headers


def cursor(time: int, identifier: str) -> str:
    """Where a page ended, as text for the next request."""
    text = json.dumps([time, identifier], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def key_of(text: str) -> tuple[int, str]:
    """The place that a cursor means. Raises ProblemError for what is none."""
    try:
        time, identifier = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode())
        identifier.encode()  # no lone surrogates
        if type(time) is not int or abs(time) >= 1 << 63 or not isinstance(identifier, str) or "\0" in identifier:
            raise ValueError
    except (ValueError, AttributeError):
        raise ProblemError(422, "the cursor is none that this server gave; begin without it") from None
    return time, identifier


class Piecewise(Response):
    """A large body sent in pieces, so that a slow reader has but one in its buffer; gives its place back when done.

    Dropped when a piece is not taken within `limit` s, or all of it at less than 64 KiB/s.
    """

    PIECE = 64 << 10  # bytes

    def __init__(self, answer: Response, places: asyncio.Semaphore, limit: float) -> None:
        super().__init__()
        self.answer, self.places, self.limit = answer, places, limit
        self.status_code, self.raw_headers = answer.status_code, answer.raw_headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.answer.body)
        try:
            async with asyncio.timeout(self.limit + len(body) / self.PIECE):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                for first in range(0, max(len(body), 1), self.PIECE):
                    piece = body[first : first + self.PIECE]
                    more = first + self.PIECE < len(body)
                    await asyncio.wait_for(
                        send({"type": "http.response.body", "body": piece, "more_body": more}), self.limit
                    )
        finally:
            self.places.release()
