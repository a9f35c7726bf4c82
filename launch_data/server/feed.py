"""The live feed. A viewer pulls what follows its last event, so that a slow one costs no memory and nobody misses anything.

All viewers that stand at the same place and may read the same share one answer of the store.
"""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from ..store.access import Reader
from ..store.store import Store, Stored
from ..store.tokens import reader_by_id
from .envelope import server_sent
from .guard import Caller, ask
from .problems import ProblemError
from .settings import Settings

LOG = logging.getLogger("osea.data")
BATCH = 50  # events that are read at once
_START = b"retry: 2000\n\n"
_ALIVE = b": alive\n\n"


class Answer(NamedTuple):
    """The number of the last event, the text of all, and the controlled records among them."""

    number: int
    text: bytes
    controlled: list[Stored]


class Feed:
    """Knows when something new is in the store, of this process or of another one that shares it."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.number = 0
        self.viewers: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self._ring = asyncio.Event()
        self._answers: dict[tuple[object, ...], Answer] = {}

    def ring(self) -> None:
        """Something was appended here: look at once."""
        self._ring.set()

    async def run(self) -> None:
        """Look for what is new, until cancelled; a store that does not answer is asked again."""
        while True:
            try:
                await asyncio.to_thread(self.store.announce_openings)
                number = await ask(self.store, self.store.last_number)
                if number != self.number:
                    self._tell(number)
            except Exception:
                LOG.exception("the store does not answer")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ring.wait(), self.settings.poll)
            self._ring.clear()

    def _tell(self, number: int) -> None:
        self.number = number
        self._answers.clear()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def following(self, number: int, reader: Reader, filters: dict[str, str]) -> Answer:
        """What was told after a number."""
        key = (number, reader, *sorted(filters.items()))
        if (answer := self._answers.get(key)) is None:
            last = self.number
            found = await ask(self.store, self.store.announced, number, reader, filters=filters, limit=BATCH)
            controlled = [told.stored for told in found if told.stored.level == "controlled"]
            reached = found[-1].number if found else max(last, number)
            answer = Answer(reached, b"".join(map(server_sent, found)), controlled)
            if last == self.number and len(self._answers) < 1000:
                self._answers[key] = answer
        return answer

    async def changed(self, number: int) -> bool:
        """Wait until there is more than `number`; False when a heartbeat is due before."""
        if self.number > number:
            return True
        try:
            await asyncio.wait_for(self._changed.wait(), self.settings.heartbeat)
        except TimeoutError:
            return False
        return True

    def admit(self, client: str) -> None:
        """Raises ProblemError when there are too many viewers, in all or of this client."""
        if self.viewers.total() >= self.settings.most_streams:
            raise ProblemError(503, "too many live feeds at a time; try again later", headers={"Retry-After": "10"})
        if self.viewers[client] >= self.settings.most_streams_of_one:
            raise ProblemError(429, "too many live feeds of one client", headers={"Retry-After": "10"})


class EventStream(Response):
    """A response that goes on until the reader leaves, takes nothing for too long, or its token ends."""

    def __init__(self, feed: Feed, caller: Caller, filters: dict[str, str], number: int) -> None:
        super().__init__()
        feed.admit(caller.client)
        self.feed, self.caller, self.filters, self.number = feed, caller, filters, number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        self.feed.viewers[self.caller.client] += 1
        left = asyncio.create_task(_left(receive))
        sending = asyncio.create_task(self._send_all(send))
        try:
            await asyncio.wait((left, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            sending.cancel()
            self.feed.viewers[self.caller.client] -= 1
            if not self.feed.viewers[self.caller.client]:
                del self.feed.viewers[self.caller.client]
            await asyncio.gather(left, sending, return_exceptions=True)

    async def _send_all(self, send: Send) -> None:
        limit = self.feed.settings.send_time

        async def give(body: bytes) -> None:
            await asyncio.wait_for(send({"type": "http.response.body", "body": body, "more_body": True}), limit)

        await give(_START)
        while True:
            self.number, text, controlled = await self.feed.following(self.number, self.caller.reader, self.filters)
            if controlled:
                store = self.feed.store
                await asyncio.to_thread(store.audit_reading, self.caller.reader, self.caller.address, controlled)
            if text:
                await give(text)
            elif not await self.feed.changed(self.number):
                if not await self._still_welcome():
                    return
                await give(_ALIVE)

    async def _still_welcome(self) -> bool:
        token = self.caller.reader.token
        return token is None or await ask(self.feed.store, reader_by_id, self.feed.store, token) == self.caller.reader


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
