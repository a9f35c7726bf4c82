"""What the handlers of requests share: the service, who asks, and the forms of answers in the OpenAPI document."""

import asyncio
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from ...core.wire import Sha256, Urn, wire_problems
from ..protocol.kinds import KINDS
from ..store.store import Store
from .feed import Feed
from .guard import Caller
from .memory import Memory
from .problems import MEDIA_TYPE, ProblemError
from .settings import Settings

Q = TypeVar("Q", bound=BaseModel)
WebhookId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_PLACES = {
    "id": ("A record's identifier, a URN.", TypeAdapter(Urn)),
    "sha256": ("The file's SHA-256, in lower case.", TypeAdapter(Sha256)),
    "webhook": ("The webhook's identifier.", TypeAdapter(WebhookId)),
}

PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
RECORD_SCHEMA = {
    "type": "object",
    "description": "A record of the protocol; `schema` names its kind, and schemas/KIND-v1.schema.json its form.",
    "required": ["schema", "id", "issuer", "issued_at", "status"],
    "properties": {"schema": {"enum": sorted(KINDS)}, "id": TypeAdapter(Urn).json_schema()},
}
PAGE_SCHEMA = {
    "type": "object",
    "required": ["records", "next"],
    "properties": {"records": {"type": "array", "items": RECORD_SCHEMA}, "next": {"type": ["string", "null"]}},
}
_WHY = {
    304: "You have it already.",
    400: "A parameter or the body is wrong.",
    401: "The token is unknown, revoked or expired.",
    403: "The token's role or party may not do this.",
    404: "There is no such thing that this token may read.",
    408: "The body came too slowly.",
    409: "This revision cannot follow what is there.",
    413: "The body is too large.",
    415: "The body is of another media type.",
    422: "It is well formed, and not what the protocol allows.",
    429: "Too many requests.",
    503: "Too many live feeds.",
}


@dataclass(frozen=True)
class Service:
    """The store, what was set, the feed; files: places for files in memory; memory: pages for everybody."""

    store: Store
    settings: Settings
    feed: Feed
    files: asyncio.Semaphore
    memory: Memory = field(default_factory=Memory)


def service(request: Request) -> Service:
    """The service behind a request."""
    return request.app.state.service


def caller(request: Request, *roles: str) -> Caller:
    """Who asks. Raises ProblemError 401 or 403 where the roles are none of the caller's."""
    found: Caller = request.state.caller
    if roles and found.reader.token is None:
        raise ProblemError(401, "this needs a token", headers={"WWW-Authenticate": "Bearer"})
    if roles and found.reader.role not in roles:
        raise ProblemError(403, f"this needs a token of the role {' or '.join(roles)}; this one is {found.reader.role}")
    return found


def asked(model: type[Q], request: Request) -> Q:
    """The parameters of the query. Raises ProblemError 400 with every fault; a name that is not known or stands twice is one."""
    if not request.scope["query_string"]:
        return _unasked(model)
    given = request.query_params.multi_items()
    values = dict(given)
    if len(values) != len(given):
        raise ProblemError(400, "a parameter stands twice")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ProblemError(400, "; ".join(wire_problems(error))) from None


@cache
def _unasked(model: type[Q]) -> Q:
    return model()


def in_path(request: Request, name: str) -> str:
    """What stands in the path under a name. Raises ProblemError 400 when it is not of its form."""
    try:
        return _PLACES[name][1].validate_python(request.path_params[name])
    except ValidationError:
        raise ProblemError(400, f"{name} in the path is none; {_PLACES[name][0]}") from None


def parameters(model: type[BaseModel] | None, *places: str) -> dict[str, Any]:
    """The same parameters for the OpenAPI document. We read them ourselves: it takes a tenth of FastAPI's time."""
    found = []
    for name in places:
        text, form = _PLACES[name]
        schema = form.json_schema()
        found.append({"name": name, "in": "path", "required": True, "description": text, "schema": schema})
    properties = model.model_json_schema(by_alias=True)["properties"] if model else {}
    for name, schema in properties.items():
        description = schema.pop("description", "")
        schema.pop("title", None)
        found.append({"name": name, "in": "query", "required": False, "description": description, "schema": schema})
    return {"parameters": found}


def media_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def answers(
    schema: dict[str, Any] | None,
    *statuses: int,
    description: str = "Done.",
    status: int = 200,
    media: str = "application/json",
) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: the good one, and the problems."""
    good: dict[str, Any] = {"description": description}
    if schema is not None:
        good["content"] = {media: {"schema": schema}}
    found: dict[int | str, dict[str, Any]] = {status: good}
    for code in (400, 401, 429, *statuses):
        found[code] = {"description": _WHY[code]}
        if code != 304:
            found[code]["content"] = {MEDIA_TYPE: {"schema": PROBLEM_SCHEMA}}
    return found
