"""The server over HTTP: lists, entity tags, problems, tokens, limits, bad input of every kind."""

import hashlib
import json
import logging
import socket
import time
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from serving import FREE, LAUNCH, PROVIDER, Client, example, later, launches, put, serving

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.server.settings import Settings
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.store import Store


@pytest.fixture
def client(store: Store) -> Iterator[Client]:
    """A server on an empty store, asked with a provider's token."""
    with serving(store) as found:
        found.token = tokens.issue(store, "provider", party=PROVIDER, days=1).text
        yield found


@pytest.fixture
def quick(sqlite_store: Store) -> Iterator[tuple[Client, Store]]:
    """A server with tight limits."""
    settings = Settings(rate=0.0, largest_request=10_000, largest_head=8_000, head_time=0.3, body_time=0.3, poll=0.05)
    with serving(sqlite_store, settings) as found:
        found.token = tokens.issue(sqlite_store, "provider", party=PROVIDER, days=1).text
        yield found, sqlite_store


# ---- what it is for ----


def test_records_go_in_and_come_out_as_they_were(client: Client):
    answer = client.post("/v1/records", list(examples().values()))
    assert answer.status == 201, answer.body
    assert len(answer.json()["recorded"]) == 25
    for record in examples().values():
        found = client.get(f"/v1/records/{record['id']}")
        assert (found.status, found.body) == (200, json.dumps(record).encode())
    assert client.post("/v1/records", example("site")).status == 200  # it is there already


def test_pages_lead_from_one_to_the_next(client: Client, store: Store):
    put(store, *launches(23))
    found, path = [], "/v1/launches?limit=5&state=planned&order=-time"
    while path:
        page = client.get(path)
        assert page.status == 200
        found += [r["id"] for r in page.json()["records"]]
        following = page.json()["next"]
        path = f"/v1/launches?limit=5&state=planned&order=-time&cursor={following}" if following else ""
        assert (following in page.headers.get("link", "")) if following else "link" not in page.headers
    assert sorted(found) == sorted(r["id"] for r in launches(23))


def test_a_page_that_is_remembered_is_not_given_when_something_came_in(client: Client, store: Store):
    everybody = Client(client.url)
    for count in range(1, 4):
        put(store, launches(3)[count - 1])
        for _ in range(2):
            assert len(everybody.get("/v1/launches?limit=50").json()["records"]) == count
    put(store, later(launches(3)[0], access={"level": "regulator"}, name="hidden"))
    assert "hidden" not in everybody.get("/v1/launches?limit=50").body.decode()
    assert "hidden" in client.get("/v1/launches?limit=50").body.decode()  # the issuer's, which is nobody else's
    assert "hidden" not in everybody.get("/v1/launches?limit=50").body.decode()


def test_filters_by_time_are_half_open(client: Client, store: Store):
    put(store, *launches(6))
    page = client.get("/v1/launches?from=2028-01-01T00:00:00Z&to=2028-01-02T00:00:00Z").json()
    assert len(page["records"]) == 2


def test_an_entity_tag_saves_the_body_until_something_changes(client: Client, store: Store):
    put(store, example("launch"))
    for path in (f"/v1/records/{LAUNCH}", "/v1/launches", "/v1", "/asyncapi.json"):
        tag = client.get(path).headers["etag"]
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = client.get(path, If_None_Match=known)
            assert (again.status, again.body) == (304, b""), path
    tag = client.get("/v1/launches").headers["etag"]
    put(store, later(example("launch"), name="R1 flight 12b"))
    assert client.get("/v1/launches", If_None_Match=tag).status == 200


def test_history_by_number_and_by_time(client: Client, store: Store):
    put(store, example("launch"))
    recorded = client.get(f"/v1/records/{LAUNCH}?revision=1").headers["osea-recorded-at"]
    put(store, later(example("launch"), name="slipped"))
    assert client.get(f"/v1/records/{LAUNCH}?revision=1").json()["name"] == "R1 flight 12"
    assert client.get(f"/v1/records/{LAUNCH}?as_of={recorded}").status in (200, 404)  # rounded to the microsecond
    assert client.get(f"/v1/records/{LAUNCH}?as_of=2026-01-01T00:00:00Z").status == 404
    names = [r["name"] for r in client.get(f"/v1/records/{LAUNCH}/revisions").json()["records"]]
    assert names == ["R1 flight 12", "slipped"]


def test_a_provider_gives_files_and_anybody_takes_them(client: Client, store: Store):
    content = b"CCSDS_OEM_VERS = 2.0\r\n" * 50_000  # more than one piece
    sha256 = hashlib.sha256(content).hexdigest()
    record = example("trajectory")
    record["file"]["sha256"] = sha256
    put(store, example("launch"), record)
    sent = client.ask("PUT", f"/v1/files/{sha256}", content, Content_Type="application/octet-stream")
    assert sent.status == 201
    found = Client(client.url).get(f"/v1/files/{sha256}")
    assert (found.status, found.body) == (200, content)
    assert found.headers["content-disposition"] == "attachment"
    assert client.get(f"/v1/tracks/{record['id']}").status == 422  # it is no ephemeris


def test_the_track_of_an_ephemeris(client: Client, store: Store):
    lines = [
        "CCSDS_OEM_VERS = 2.0", "CREATION_DATE = 2027-01-01T00:00:00", "ORIGINATOR = X", "META_START",
        "OBJECT_NAME = A", "OBJECT_ID = A", "CENTER_NAME = EARTH", "REF_FRAME = ITRF2000", "TIME_SYSTEM = UTC",
        "START_TIME = 2027-03-01T22:04:00", "STOP_TIME = 2027-03-01T22:04:10", "META_STOP",
        "2027-03-01T22:04:00 6378.137 0 0 0 0.1 0", "2027-03-01T22:04:10 0 6478.137 0 0 0 7.5",
    ]  # fmt: skip
    content = "\n".join(lines).encode()
    record = example("trajectory", time_system="UTC", t0="2027-03-01T22:04:00Z", frame="ITRF2000", has_covariance=False)
    record["file"] = record["file"] | {"sha256": hashlib.sha256(content).hexdigest(), "path": "a.oem"}
    put(store, example("launch"), record)
    client.ask("PUT", f"/v1/files/{record['file']['sha256']}", content, Content_Type="application/octet-stream")
    points = client.get(f"/v1/tracks/{record['id']}").json()["points"]
    assert points == [[0.0, 0.0, 0.0, 0.0, 100.0], [10.0, 90.0, 0.0, 100_000.0, 7500.0]]


# ---- who may ----


def test_writing_needs_a_providers_token(client: Client, store: Store):
    assert Client(client.url).post("/v1/records", example("site")).status == 401
    reader = Client(client.url, tokens.issue(store, "reader", party=PROVIDER, days=1).text)
    assert reader.post("/v1/records", example("site")).status == 403
    other = Client(client.url, tokens.issue(store, "provider", party="urn:osea:other:provider:1", days=1).text)
    assert other.post("/v1/records", example("site")).status == 403
    assert store.last_number() == 0


def test_a_token_that_was_revoked_is_good_for_nothing_even_when_replayed(client: Client, store: Store):
    made = tokens.issue(store, "provider", party=PROVIDER, days=1)
    replayed = Client(client.url, made.text)
    assert replayed.post("/v1/records", example("site")).status == 201
    tokens.revoke(store, made.id)
    for path in ("/v1", "/v1/launches"):
        answer = replayed.get(path)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert replayed.post("/v1/records", example("pad")).status == 401
    assert store.get(example("pad")["id"]) is None
    assert [row["result"] for row in store.audited() if row["action"] == "token"] == ["refused"] * 3


@pytest.mark.parametrize("header", ["Basic eDp5", "Bearer", "Bearer x", "Bearer osea_" + "0" * 300, "bearer ' OR 1=1"])
def test_a_token_of_another_form_is_refused(quick: tuple[Client, Store], header: str):
    assert Client(quick[0].url, headers={"Authorization": header}).get("/v1").status == 401


def test_the_audit_log_is_the_administrators(client: Client, store: Store):
    client.post("/v1/records", example("site"))
    assert client.get("/v1/audit").status == 403
    admin = Client(client.url, tokens.issue(store, "admin", party=None, days=1).text)
    lines = admin.get("/v1/audit").json()["lines"]
    assert [(row["action"], row["target"]) for row in lines if row["action"] == "append"] == [
        ("append", f"{example('site')['id']} revision 1")
    ]
    text = admin.get("/v1/audit").body.decode()
    assert (client.token or "").rpartition("_")[2] not in text


def test_reading_what_is_controlled_is_written_down(client: Client, store: Store):
    put(store, example("site", access={"level": "controlled", "regime": "ITAR", "jurisdiction": "US"}))
    cleared = tokens.issue(store, "reader", party=None, days=1, clearances=("ITAR/US",))
    assert Client(client.url).get(f"/v1/records/{example('site')['id']}").status == 404
    assert Client(client.url, cleared.text).get(f"/v1/records/{example('site')['id']}").status == 200
    assert [(row["actor"], row["result"]) for row in store.audited() if row["action"] == "read"] == [
        (cleared.id, "controlled")
    ]


def test_who_asks_too_often_waits(sqlite_store: Store):
    with serving(sqlite_store, Settings(rate=1.0, burst=5)) as client:
        answers = [client.get("/v1") for _ in range(8)]
        assert [a.status for a in answers] == [200] * 5 + [429] * 3
        assert int(answers[-1].headers["retry-after"]) >= 1
        other = Client(client.url, tokens.issue(sqlite_store, "reader", party=None, days=1).text)
        assert other.get("/v1").status == 200  # a token has its own measure


# ---- bad input ----

DEEP = b'{"a":' * 200 + b"1" + b"}" * 200
BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number": b"1",
    "deep": DEEP,
    "very deep": b"[" * 15_000,
    "not UTF-8": b'{"schema": "\xff\xfe"}',
    "UTF-16": '{"schema": "x"}'.encode("utf-16"),
    "a key twice": b'{"schema": "a", "schema": "b"}',
    "NaN": b'{"schema": NaN}',
    "a great number": b'{"schema": 1e999999}',
    "a long integer": b'{"schema": ' + b"9" * 10_000 + b"}",
    "a lone surrogate": json.dumps(example("site", name="\ud800")).encode(),
    "NUL": json.dumps(example("site", name="a\0b")).encode(),
    "another kind": b'{"schema": "osea/launch-data/nothing/v1"}',
    "a must that is not known": json.dumps(example("site", crit=["https://x.example/e"])).encode(),
    "wrong type": json.dumps(example("site", revision="1")).encode(),
}


WELL_FORMED = {
    "a list",
    "a number",
    "NUL",
    "another kind",
    "a must that is not known",
    "wrong type",
}


@pytest.mark.parametrize("form", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("name", BODIES)
def test_a_bad_body_gets_a_clear_answer_and_nothing_is_written(shared: tuple[Client, Store], name: str, form: str):
    client, store = shared
    answer = client.ask("POST", "/v1/records", BODIES[name], Content_Type=form)
    wanted = 422 if name in WELL_FORMED else 400
    assert answer.status == wanted, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == wanted and len(answer.json()["detail"]) > 10
    assert store.last_number() == 0


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, Store]]:
    """One server for many bad requests, which is to live through all of them."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('shared')}/launches.db", bytes(32))
    with serving(store, FREE) as found:
        found.token = tokens.issue(store, "provider", party=PROVIDER, days=1).text
        yield found, store
    store.close()


SQL = "' OR '1'='1'; DROP TABLE revisions; --"


@pytest.mark.parametrize(
    "name", ["issuer", "state", "status", "about", "from", "to", "as_of", "order", "limit", "cursor", "kind", "launch"]
)
def test_sql_in_a_parameter_is_refused_or_finds_nothing(shared: tuple[Client, Store], name: str):
    client, store = shared
    answer = client.get(f"/v1/records?{name}={quote(SQL)}")
    assert answer.status in (400, 422) or answer.json()["records"] == []
    assert store.page({}, limit=1) is not None


@pytest.mark.parametrize(
    "path", ["/v1/records/{}", "/v1/records/{}/revisions", "/v1/tracks/{}", "/v1/launches/{}/events"]
)
@pytest.mark.parametrize("text", [SQL, "../../etc/passwd", "urn:x:%00", "x" * 5000, "é", "%ff"])
def test_what_is_no_identifier_is_refused(shared: tuple[Client, Store], path: str, text: str):
    answer = shared[0].get(path.format(quote(text, safe="%")))
    assert answer.status in (400, 404)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/launches?limit=0", 400), ("/v1/launches?limit=101", 400), ("/v1/launches?token=osea_x", 400),
        ("/v1/launches?cursor=AAAA", 422), ("/v1/launches?limit=1&limit=x", 400), ("/v1/records?kind=rocket", 400),
        ("/v1/launches?as_of=yesterday", 400), ("/v1/nothing", 404), ("/page/../app.py", 404), ("/page/%2e%2e%2fapp.py", 404),
        ("/schemas/nothing-v1.schema.json", 404), ("/v1/events?after=1", 400),
    ],
)  # fmt: skip
def test_wrong_questions_are_answered(shared: tuple[Client, Store], path: str, status: int):
    answer = shared[0].get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")


def test_methods_and_media_types_that_are_none_of_ours(shared: tuple[Client, Store]):
    client, _ = shared
    assert client.ask("DELETE", "/v1/launches").status == 405
    assert client.ask("POST", "/v1/records", b"<x/>", Content_Type="text/xml").status == 415
    assert client.ask("PUT", f"/v1/files/{'0' * 64}", b"x", Content_Type="text/plain").status == 415


def test_a_large_body_is_refused_before_it_is_read(quick: tuple[Client, Store]):
    client, store = quick
    assert client.post("/v1/records", example("site", notes="x" * 19_000)).status == 413
    parts = urlsplit(client.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as wire:  # no length told
        head = f"POST /v1/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client.token}\r\n"
        wire.sendall((head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n").encode())
        for _ in range(3):
            wire.sendall(b"2710\r\n" + b" " * 10_000 + b"\r\n")
        assert b"413" in wire.recv(4000)
    assert store.last_number() == 0


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b"408"),
        (b"GET /v1 HTTP/1.1\r\nHost: x\r\nX-Slow: ", b"408"),
        (
            b"POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n%A\r\n{",
            b"408",
        ),
        (b"GET /v1 HTTP/1.1\r\nX: " + b"x" * 9000, b"431"),
    ],
)
def test_a_slow_or_endless_request_is_ended(quick: tuple[Client, Store], sent: bytes, answer: bytes):
    client, _ = quick
    parts = urlsplit(client.url)
    began = time.monotonic()
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as wire:
        wire.sendall(sent.replace(b"%A", f"Authorization: Bearer {client.token}\r\n".encode()))
        assert answer in wire.recv(4000)
    assert time.monotonic() - began < 8.0


def test_no_secret_stands_in_a_log(sqlite_store: Store, caplog: pytest.LogCaptureFixture):
    made = tokens.issue(sqlite_store, "provider", party=PROVIDER, days=1)
    with caplog.at_level(logging.DEBUG), serving(sqlite_store) as client:
        Client(client.url, made.text).post("/v1/records", example("site"))
        Client(client.url, made.text[:-1] + "0").get("/v1")
        Client(client.url).get(f"/v1?token={made.text}")
        Client(client.url, made.text).post("/v1/webhooks", {"url": "https://127.0.0.1/x"})
    assert made.text.rpartition("_")[2] not in caplog.text
