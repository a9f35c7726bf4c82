"""What every request passes: who asks, how often, how large and slow its body is; and headers that protect a browser."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import ParamSpec, TypeVar

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..store.access import ANYBODY, Reader
from ..store.store import Store
from ..store.tokens import reader_of
from .limits import Limiter
from .problems import ProblemError, problem
from .settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
LOG = logging.getLogger("osea.data")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", POLICY.encode()),
    (b"vary", b"Authorization"),
]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and from where; `client` is what limits are counted by."""

    reader: Reader
    address: str
    client: str


class Guard:
    """ASGI middleware; puts the `Caller` into the request's state as `caller`."""

    def __init__(self, app: ASGIApp, store: Store, settings: Settings) -> None:
        self.app, self.store, self.settings = app, store, settings
        self.limiter = Limiter(settings.rate, settings.burst)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_protected(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message["headers"] = [*message["headers"], *HEADERS]
            await send(message)

        try:
            scope["state"]["caller"] = await self._caller(scope)
            await self.app(scope, self._bounded(scope, receive), send_protected)
        except ProblemError as error:
            if not started:
                await problem(error.status, error.detail, headers=error.headers)(scope, receive, send_protected)
        except Exception as error:
            LOG.exception("%s %s: %s", scope["method"], ascii(scope["path"][:200]), type(error).__name__)
            if started:
                raise
            fault: Response = problem(500, "a fault of the server, not of your request; it has been logged")
            await fault(scope, receive, send_protected)

    async def _caller(self, scope: Scope) -> Caller:
        address = scope["client"][0] if scope.get("client") else "-"
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        if not given:
            self._count(address)
            return Caller(ANYBODY, address, address)
        scheme, _, text = given[0].decode("latin-1").partition(" ")
        reader = None
        if len(given) == 1 and scheme.lower() == "bearer" and len(text) < 200:
            reader = await ask(self.store, reader_of, self.store, text.strip())
        if reader is None:
            self._count(address)
            await asyncio.to_thread(self.store.audit, "-", address, "token", scope["path"], "refused")
            detail = "the token is unknown, revoked or expired; send `Authorization: Bearer osea_…`, or none"
            raise ProblemError(401, detail, headers={"WWW-Authenticate": "Bearer"})
        self._count(f"token {reader.token}")
        return Caller(reader, address, f"token {reader.token}")

    def _count(self, client: str) -> None:
        if (wait := self.limiter.take(client)) > 0.0:
            raise ProblemError(429, f"too many requests; wait {ceil(wait)} s", headers={"Retry-After": str(ceil(wait))})

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """The same body, but neither longer nor slower than allowed."""
        if scope["method"] in ("GET", "HEAD"):
            return receive
        most = self.settings.largest_file if scope["path"].startswith("/v1/files/") else self.settings.largest_request
        length = next((v for n, v in scope["headers"] if n == b"content-length"), b"0")
        if not length.isdigit() or int(length) > most:
            raise ProblemError(413, f"the body is larger than {most} bytes", headers={"Connection": "close"})
        taken, until = 0, time.monotonic() + self.settings.body_time

        async def bounded() -> Message:
            nonlocal taken
            try:
                message = await asyncio.wait_for(receive(), max(until - time.monotonic(), 0.001))
            except TimeoutError:
                detail = f"the body was not there within {self.settings.body_time:g} s"
                raise ProblemError(408, detail, headers={"Connection": "close"}) from None
            taken += len(message.get("body", b""))
            if taken > most:
                raise ProblemError(413, f"the body is larger than {most} bytes", headers={"Connection": "close"})
            return message

        return bounded


async def ask(store: Store, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """A question to the store: at once where it answers in microseconds, else in a thread."""
    if store.local:
        return function(*args, **kwargs)
    return await asyncio.to_thread(function, *args, **kwargs)
