"""HTTP connections that do not wait for ever: a request's head has to be there in time, and is no longer than allowed."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .settings import Settings


def impatient(settings: Settings) -> type[asyncio.Protocol]:
    """The protocol with these limits, as uvicorn's `http` takes it."""

    class Impatient(HttpToolsProtocol):
        _waiting: asyncio.TimerHandle | None = None
        _head = 0  # bytes

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.transport.is_closing():
                return
            if self._waiting is not None:
                self._head += len(data)
                if self._head > settings.largest_head:
                    self._refuse(431)
            elif self.cycle is None or self.cycle.response_complete:
                self._wait()

        def on_message_begin(self) -> None:
            super().on_message_begin()
            if self._waiting is None:
                self._wait()

        def on_headers_complete(self) -> None:
            self._rest()
            super().on_headers_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._rest()
            super().connection_lost(exc)

        def _wait(self) -> None:
            self._head = 0
            self._waiting = self.loop.call_later(settings.head_time, self._refuse, 408)

        def _rest(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

        def _refuse(self, status: int) -> None:
            self._rest()
            if not self.transport.is_closing():
                self.transport.write(STATUS_LINE[status] + b"content-length: 0\r\nconnection: close\r\n\r\n")
                self.transport.close()

    return Impatient
