"""The dashboard as an application: static files, and one WebSocket a viewer. Read-only without the token.

`command` imports this where it is needed, and raises MissingExtraError without the extra `server`.
"""

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect

from ...core.errors import InputError
from ...launch_data.server.guard import HEADERS
from ...launch_data.server.page import TYPES
from .shown import NAMES
from .sources import Show, Source

PERIOD = 0.1  # s between two looks at the bench
MOST_VIEWERS = 32
_LONGEST = 2_000  # octets of what a viewer may say
_PIECE = 4_000  # samples in one message
POLICY = HEADERS  # one policy for all pages of the project


class Hub:
    """One look for all viewers, and a bell that tells them of it."""

    def __init__(self, source: Source, token: str | None) -> None:
        self.source, self.token = source, token
        self.show: Show | None = None
        self.viewers = 0
        self._bell = asyncio.Condition()

    async def run(self) -> None:
        """Look, for ever; not at all while nobody watches."""
        while True:
            if self.viewers:
                self.show = self.source.look()
                async with self._bell:
                    self._bell.notify_all()
            await asyncio.sleep(PERIOD)

    async def next_look(self) -> None:
        async with self._bell:
            await self._bell.wait()

    def permits(self, token: object) -> bool:
        return (
            self.token is not None
            and isinstance(token, str)
            and hmac.compare_digest(token.encode(), self.token.encode())
        )


def create_app(source: Source, *, token: str | None = None, hosts: frozenset[str] | None = None) -> FastAPI:
    """The application. token: whoever says it may press faults; hosts: names under which it may be asked (against pages of
    others that a browser would lead here), None: any."""
    hub = Hub(source, token)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(hub.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    app = FastAPI(title="Bench", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.state.hub = hub

    @app.middleware("http")
    async def protected(request: Request, answer: Any) -> Response:
        if hosts is not None and urlsplit(f"//{request.headers.get('host', '')}").hostname not in hosts:
            return Response("ask by the address that the dashboard listens on", 421)
        response = await answer(request)
        for name, value in POLICY:
            response.headers[name.decode()] = value.decode()
        return response

    @app.get("/")
    async def index() -> Response:
        return _asset("index.html")

    @app.get("/page/{name}")
    async def asset(name: str) -> Response:
        return _asset(name)

    @app.websocket("/live")
    async def live(socket: WebSocket) -> None:
        if not _same_origin(socket, hosts) or hub.viewers >= MOST_VIEWERS:
            await socket.close(1008 if hub.viewers < MOST_VIEWERS else 1013)
            return
        await socket.accept()
        hub.viewers += 1
        listener = asyncio.create_task(_listen(socket, hub))
        teller = asyncio.create_task(_tell(socket, hub))
        try:
            await asyncio.wait({listener, teller}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hub.viewers -= 1
            for task in (listener, teller):
                task.cancel()
            await asyncio.gather(listener, teller, return_exceptions=True)
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    return app


def _same_origin(socket: WebSocket, hosts: frozenset[str] | None) -> bool:
    """A browser says which page asks; that must be ours. Programs say nothing."""
    host, origin = socket.headers.get("host", ""), socket.headers.get("origin")
    if hosts is not None and urlsplit(f"//{host}").hostname not in hosts:
        return False
    return origin is None or urlsplit(origin).netloc == host


async def _tell(socket: WebSocket, hub: Hub) -> None:
    """Everything that is known, then what is new; a slow viewer gets the same in larger pieces."""
    number, row, line, said, health = -1, 0, 0, "", None
    await socket.send_text(json.dumps({"hello": {"names": NAMES, "buttons": hub.token is not None}}))
    while True:
        show = hub.show
        if show is None:
            if number != 0:
                number = 0
                await socket.send_text(json.dumps({"none": True}))
        else:
            if show.number != number:
                number, row, line, said, health = show.number, 0, 0, "", None
                head = {"mode": show.mode, "facts": show.facts, "responses": show.responses}
                await socket.send_text(json.dumps({"show": head}))
            while row < show.count:
                data = show.since(row)[: _PIECE * 4 * len(NAMES)]
                await socket.send_bytes(data)
                row += len(data) // (4 * len(NAMES))
            if line < len(show.lines) or show.state != said:
                new, line, said = show.lines[line:], len(show.lines), show.state
                await socket.send_text(json.dumps({"state": said, "lines": new}))
            if show.health is not None and show.health != health:
                health = show.health
                await socket.send_text(json.dumps({"health": health}))
        await hub.next_look()


async def _listen(socket: WebSocket, hub: Hub) -> None:
    """What a viewer says: whether its token is good, or a press of a button. Too long or no JSON: good-bye."""
    with suppress(WebSocketDisconnect, ValueError, KeyError, TypeError, RuntimeError):
        while True:
            text = await socket.receive_text()
            if len(text) > _LONGEST:
                return
            message = json.loads(text)
            if not hub.permits(message.get("token")):
                await asyncio.sleep(0.5)  # guessing takes long
                await socket.send_text(
                    json.dumps({"refused": "this needs the token that the dashboard was started with"})
                )
                continue
            if "fault" not in message:
                await socket.send_text(json.dumps({"permitted": True}))
                continue
            try:
                number, begin = message["fault"], message["begin"]
                if type(number) is not int or type(begin) is not bool:
                    return
                hub.source.ask(number, begin=begin)
            except InputError as error:
                await socket.send_text(json.dumps({"refused": error.message}))


@cache
def _assets() -> dict[str, bytes]:
    folder = files(__name__.rpartition(".")[0]).joinpath("data", "page")
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}


def _asset(name: str) -> Response:
    content = _assets().get(name)
    if content is None:
        return Response("there is no such page", 404)
    return Response(content, media_type=TYPES[name.rpartition(".")[2]], headers={"Cache-Control": "no-cache"})
