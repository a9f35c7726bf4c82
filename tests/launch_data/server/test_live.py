"""The live feed and webhooks: in order, taken up where they broke, only what the reader may read; and a server that is killed."""

import base64
import hashlib
import hmac
import http.server
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from serving import LAUNCH, PROVIDER, Client, Settings, example, later, put, serving

from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.server.targets import check_target
from osea_rocket.launch_data.store import tokens, webhooks
from osea_rocket.launch_data.store.store import Store

FEED = f"/v1/launches/{LAUNCH}/events"


def clocks(first: int, count: int) -> list[dict]:
    return [
        example("countdown-clock", id=f"urn:osea:example:countdown-clock:n{i}", sequence=i)
        for i in range(first, first + count)
    ]


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    """A server with one launch."""
    put(store, example("launch"))
    with serving(store) as found:
        yield found


def test_a_feed_tells_what_was_and_then_what_comes_in_order(client: Client, store: Store):
    put(store, *clocks(1, 3))
    found: list = []
    reading = threading.Thread(target=lambda: found.extend(client.events(FEED, 6)))
    reading.start()
    time.sleep(0.3)
    put(store, *clocks(4, 2))
    reading.join()
    assert [e["type"] for _, e in found] == ["osea.launch-data.launch.v1"] + ["osea.launch-data.countdown-clock.v1"] * 5
    assert [e["data"]["sequence"] for _, e in found[1:]] == [1, 2, 3, 4, 5]
    for identifier, event in found:
        assert event["id"] == identifier
        assert (event["specversion"], event["source"], event["subject"]) == ("1.0", PROVIDER, event["data"]["id"])


def test_last_event_id_takes_a_feed_up_where_it_broke(client: Client, store: Store):
    put(store, *clocks(1, 20))
    before = client.events(FEED, 8)
    put(store, *clocks(21, 5))
    after = client.events(FEED, 18, Last_Event_ID=before[-1][0])
    numbers = [e["data"].get("sequence") for _, e in before + after]
    assert numbers == [None, *range(1, 26)]


def test_an_event_that_is_not_known_begins_at_the_first(client: Client):
    (first,) = client.events(FEED, 1, Last_Event_ID="0" * 32)
    assert first[1]["data"]["id"] == LAUNCH


def test_filters_and_latest(client: Client, store: Store):
    put(store, example("site"), *clocks(1, 2))
    kinds = {e["type"] for _, e in client.events("/v1/events?kind=site", 1)}
    assert kinds == {"osea.launch-data.site.v1"}
    assert client.events("/v1/events?after=latest", 1, seconds=0.5) == []


def test_a_record_with_line_breaks_is_one_event(client: Client, store: Store):
    text = json.dumps(example("site", notes="a\nb\r\nc"), indent=2).encode().replace(b"\n", b"\r\n")
    from serving import WRITER

    from osea_rocket.launch_data.store.append import append
    from osea_rocket.launch_data.store.rows import incoming

    append(store, [incoming(text, "x")], WRITER)
    ((_, event),) = client.events("/v1/events?kind=site", 1)
    assert event["data"] == json.loads(text)


def test_a_feed_holds_back_what_is_restricted_and_tells_it_when_it_opens(client: Client, store: Store):
    state = example("separation-state", access={"level": "embargo", "until_event": "payload separation"})
    put(store, state, *clocks(1, 1))
    assert [e["data"]["id"] for _, e in client.events(FEED, 5, seconds=0.6)] == [LAUNCH, clocks(1, 1)[0]["id"]]
    put(store, example("countdown-event", sequence=2, at="2026-01-01T00:00:00Z", clock="T", time_s=-1.0))
    told = [e["data"]["id"] for _, e in client.events(FEED, 5)]  # again, after the event that opened it
    assert told[-2:] == [example("countdown-event")["id"], state["id"]]


def test_a_feed_ends_with_its_token(client: Client, store: Store):
    made = tokens.issue(store, "reader", party=None, days=1)
    reader = Client(client.url, made.text)
    found: list = []
    began = time.monotonic()

    def read() -> None:
        found.extend(reader.events(FEED, 50, seconds=8.0))

    watching = threading.Thread(target=read)
    watching.start()
    time.sleep(0.2)
    tokens.revoke(store, made.id)
    watching.join()
    assert len(found) == 1
    assert time.monotonic() - began < 30.0


def test_viewers_are_bounded_and_slow_ones_hold_nothing(sqlite_store: Store):
    put(sqlite_store, example("launch"), *clocks(1, 400))
    settings = Settings(rate=0.0, poll=0.05, heartbeat=0.2, most_streams=3, send_time=0.5)
    with serving(sqlite_store, settings) as client:
        parts = urlsplit(client.url)
        slow = []
        for _ in range(3):
            wire = socket.create_connection((parts.hostname, parts.port))
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            wire.sendall(b"GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n")
            slow.append(wire)
        time.sleep(0.3)
        assert client.get("/v1/events").status == 503
        assert client.get("/v1/launches").status == 200  # others are served meanwhile
        for wire in slow:
            wire.close()
        for _ in range(50):
            time.sleep(0.1)
            if client.events("/v1/events", 1, seconds=2) if _free(client) else None:
                return
        pytest.fail("the places of viewers that left were not given to others")


def _free(client: Client) -> bool:
    connection = client.connection()
    try:
        connection.request("GET", "/v1/events")
        return connection.getresponse().status == 200
    finally:
        connection.close()


# ---- webhooks ----


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is sent; refuses as often as `refuse` says."""

    got: list[tuple[dict[str, str], bytes]]
    refuse = 0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = type(self)
        if kind.refuse:
            kind.refuse -= 1
            self.send_response(503)
        else:
            kind.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    """Where webhooks are sent in this process."""
    kind = type("Kept", (Receiver,), {"got": [], "refuse": 0})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", kind
    server.shutdown()
    server.server_close()


def wait_for(kind: type[Receiver], count: int) -> None:
    until = time.monotonic() + 20.0
    while len(kind.got) < count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(kind.got) == count


PRIVATE = Settings(rate=0.0, poll=0.05, private_webhooks=True)


def test_a_webhook_is_sent_in_order_signed_and_again_when_it_was_refused(
    store: Store, receiver: tuple[str, type[Receiver]], monkeypatch: pytest.MonkeyPatch
):
    url, kind = receiver
    monkeypatch.setattr(webhooks, "WAITS", (0.1,) * 8)
    put(store, example("site"))
    with serving(store, PRIVATE) as client:
        client.token = tokens.issue(store, "reader", party=None, days=1).text
        made = client.post("/v1/webhooks", {"url": url, "kind": "launch"})
        assert made.status == 201, made.body
        secret = made.json()["secret"]
        kind.refuse = 2
        put(store, example("launch"), example("pad"))
        put(store, later(example("launch"), name="slipped"))
        hidden = later(later(example("launch")), name="hidden", access={"level": "regulator"})
        put(store, hidden)
        wait_for(kind, 2)
        for headers, body in kind.got:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            key = base64.b64decode(secret.removeprefix("whsec_"))
            assert (
                headers["webhook-signature"]
                == "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
            )
            assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
            assert json.loads(body)["id"] == headers["webhook-id"]
        assert [json.loads(b)["data"]["name"] for _, b in kind.got] == ["R1 flight 12", "slipped"]
        assert secret not in client.get("/v1/webhooks").body.decode()
        assert client.ask("DELETE", f"/v1/webhooks/{made.json()['id']}").status == 204
        assert client.get("/v1/webhooks").json() == {"webhooks": []}
    with store.reading.connect() as connection:
        for table in ("webhooks", "audit"):
            assert secret[6:30] not in str(connection.exec_driver_sql(f"SELECT * FROM {table}").all())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://169.254.169.254/latest",
        "https://10.0.0.1/", "https://user:pw@127.0.0.1/", "https://0.0.0.0/", "https://0x7f000001/", "https://example.invalid/",
        "ftp://127.0.0.1/", "https:///x", "https://x:99999/",
    ],
)  # fmt: skip
def test_a_webhook_leads_to_the_public_internet_by_https_or_nowhere(url: str):
    with pytest.raises(InputError):
        check_target(url, private=False)


def test_without_a_key_there_are_no_webhooks(sqlite_store: Store):
    sqlite_store.key = None
    with serving(sqlite_store, PRIVATE) as client:
        client.token = tokens.issue(sqlite_store, "reader", party=None, days=1).text
        assert client.post("/v1/webhooks", {"url": "http://127.0.0.1/"}).status == 422
        assert Client(client.url).post("/v1/webhooks", {"url": "http://127.0.0.1/"}).status == 401


def test_nothing_acknowledged_is_lost_when_the_server_is_killed():
    script = Path(__file__).parents[3] / "benchmarks" / "launch_data_crash.py"
    done = subprocess.run([sys.executable, str(script), "--rounds", "1"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 lost" in done.stdout
