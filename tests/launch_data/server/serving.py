"""What the tests of store and server share: records to append, a server in this process, and requests to it."""

import copy
import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.server.app import create_app
from osea_rocket.launch_data.server.protocol import impatient
from osea_rocket.launch_data.server.settings import Settings
from osea_rocket.launch_data.store.access import Reader
from osea_rocket.launch_data.store.append import Appended, append
from osea_rocket.launch_data.store.rows import incoming
from osea_rocket.launch_data.store.store import Store

PROVIDER = "urn:osea:example:provider:1"
WRITER = Reader("writer", "provider", PROVIDER)
LAUNCH = "urn:osea:example:launch:1"
FREE = Settings(rate=0.0, poll=0.05, heartbeat=0.3)

Plain = dict[str, Any]


def example(kind: str, **changes: Any) -> Plain:
    """The example of a kind with fields of its own."""
    return examples()[kind] | changes


def later(record: Plain, **changes: Any) -> Plain:
    """The next revision of a record."""
    after = copy.deepcopy(record) | changes
    after["revision"] = record.get("revision", 1) + 1
    after["supersedes"] = {"id": record["id"], "revision": record.get("revision", 1)}
    return after


def put(store: Store, *records: Plain, writer: Reader = WRITER) -> list[Appended]:
    """Append records."""
    return append(store, [incoming(json.dumps(r).encode(), "test") for r in records], writer)


def launches(count: int, **changes: Any) -> list[Plain]:
    """Launches of one provider, two at each T-0."""
    return [
        example(
            "launch",
            id=f"urn:osea:example:launch:n{i}",
            name=f"R1 flight {i}",
            status="planned",
            state="planned",
            t0={"value": f"2028-01-{1 + i // 2 % 28:02d}T00:00:00Z", "precision": "second", "kind": "planned"},
            attempts=[],
            alt_ids=[],
            **changes,
        )
        for i in range(count)
    ]


@dataclass
class Answer:
    """What a server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """Requests to a server; each on a connection of its own."""

    url: str
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        connection = self.connection()
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, records: Any, **headers: str) -> Answer:
        if isinstance(records, list):
            body, form = "\n".join(map(json.dumps, records)).encode(), "application/x-ndjson"
        else:
            body, form = json.dumps(records).encode(), "application/json"
        return self.ask("POST", path, body, Content_Type=form, **headers)

    def events(self, path: str, count: int, seconds: float = 10.0, **headers: str) -> list[tuple[str, Plain]]:
        """(id, envelope) of the first `count` events of a feed; fewer when the time is over."""
        found: list[tuple[str, Plain]] = []
        identifier, data = "", []
        connection = self.connection()
        sent = {k.replace("_", "-"): v for k, v in headers.items()}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        until = time.monotonic() + seconds
        try:
            connection.request("GET", path, headers=sent)
            response = connection.getresponse()
            assert response.status == 200, response.read()
            while len(found) < count and time.monotonic() < until:
                line = response.readline().decode().rstrip("\n")
                if line.startswith("id: "):
                    identifier = line[4:]
                elif line.startswith("data: "):
                    data.append(line[6:])
                elif not line and data:
                    found.append((identifier, json.loads("\n".join(data))))
                    data = []
        finally:
            connection.close()
        return found


@contextmanager
def serving(store: Store, settings: Settings = FREE) -> Iterator[Client]:
    """A server of this process on a free port of loopback."""
    config = uvicorn.Config(
        create_app(store, settings),
        port=0,
        http=impatient(settings),
        ws="none",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Client(f"http://127.0.0.1:{port}")
    finally:
        server.should_exit = True
        thread.join(10)
