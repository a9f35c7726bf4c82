"""No restricted field, nor one derived from it, in anything that the server says to those who may not read it."""

import hashlib
import json
import re
from urllib.parse import quote

import pytest
from serving import LAUNCH, PROVIDER, Client, example, later, put, serving

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.files import put_file
from osea_rocket.launch_data.store.store import Store

SECRETS = (
    "SECRETPARTNER",
    "SECRETREGULATOR",
    "SECRETCONTROLLED",
    "SECRETEMBARGO",
    "SECRETUNKNOWN",
    "SECRETFIELD",
    "SECRETFILE",
)
LEVELS = {
    "SECRETPARTNER": {"level": "partner", "partners": ["urn:osea:example:customer:1"]},
    "SECRETREGULATOR": {"level": "regulator"},
    "SECRETCONTROLLED": {"level": "controlled", "regime": "ITAR", "jurisdiction": "US"},
    "SECRETEMBARGO": {"level": "embargo", "until_event": "payload separation"},
    "SECRETUNKNOWN": {"level": "x-friends"},
}
MASS = 561.734  # kg, restricted; its sigma and inertia would tell it
SIGMA, INERTIA = 3.4571, 277.3391


@pytest.fixture
def secretive(sqlite_store: Store) -> Store:
    """A store in which every level and every way to restrict is used, beside public records."""
    store = sqlite_store
    content = b"SECRETFILE states"
    restricted_file = example("trajectory", id="urn:osea:example:trajectory:r", access={"level": "regulator"})
    restricted_file["file"]["sha256"] = hashlib.sha256(content).hexdigest()
    payload = example(
        "payload",
        operator="SECRETFIELD",
        mass_kg=MASS,
        mass_sigma_kg=SIGMA,
        inertia_kg_m2=[INERTIA, 300.0, 120.0, 0.0, 1.0, 0.0],
        access={"level": "public", "redacted_fields": ["mass_kg", "operator"]},
    )
    put(store, example("launch"), example("site"), payload, restricted_file)
    put_file(store, restricted_file["file"]["sha256"], content, _writer())
    for word, access in LEVELS.items():
        launch = example(
            "launch", id=f"urn:osea:example:launch:{word}", name=word, state="hold", status="planned", access=access
        )
        launch["t0"] = {"value": "2031-05-05T05:05:05Z", "precision": "second", "kind": "planned"}
        launch["attempts"] = []
        put(store, launch | {"alt_ids": []})
        put(store, example("site", id=f"urn:osea:example:site:{word}", name=word, access=access))
        put(store, example("anomaly", id=f"urn:osea:example:anomaly:{word}", title=word, access=access))
    put(store, later(example("site"), name="SECRETREGULATOR", access={"level": "regulator"}))
    return store


def _writer():
    from serving import WRITER

    return WRITER


def everything(client: Client) -> str:
    """All that the server says, to every kind of question that it takes; headers too."""
    ids = sorted(
        {r["id"] for r in examples().values()}
        | {f"urn:osea:example:{k}:{w}" for k in ("launch", "site", "anomaly") for w in LEVELS}
    )
    ids.append("urn:osea:example:trajectory:r")
    paths = ["/v1", "/v1/audit", "/v1/webhooks", "/", "/docs", "/openapi.json", "/asyncapi.json"]
    for base in ("/v1/launches?limit=100", "/v1/records?limit=100"):
        asked = ("", "&order=-time", "&state=hold", "&as_of=2100-01-01T00:00:00Z", "&from=2031-01-01T00:00:00Z")
        paths += [base + more for more in asked]
    paths += ["/v1/records?limit=1", "/v1/launches?limit=1&order=-time"]
    for one in ids:
        path = quote(one, safe=":")
        paths += [
            f"/v1/records/{path}",
            f"/v1/records/{path}/revisions",
            f"/v1/records/{path}?revision=2",
            f"/v1/tracks/{path}",
        ]
        paths += [f"/v1/records?about={path}", f"/v1/records?launch={path}"]
    paths.append(f"/v1/files/{hashlib.sha256(b'SECRETFILE states').hexdigest()}")
    said = []
    for path in paths:
        answer = client.get(path)
        said.append(f"{answer.status} {answer.headers} {answer.body.decode()}".replace(path, ""))
        said[-1] = re.sub(r"urn:osea:example:\w+:SECRET\w+", "", said[-1]) if answer.status >= 400 else said[-1]
    for path in ("/v1/events", f"/v1/launches/{LAUNCH}/events"):
        said += [json.dumps(e) for _, e in client.events(path, 200, seconds=0.7)]
    return "\n".join(said)


def test_the_public_is_told_nothing_that_is_restricted(secretive: Store):
    with serving(secretive) as client:
        said = everything(client)
        assert "R1 flight 12" in said and "COMPUTE 37" in said  # it did answer
        for secret in (*SECRETS, str(MASS), str(SIGMA), str(INERTIA), "2031-05-05"):
            assert secret not in said, secret
        original = json.loads(secretive.get(example("payload")["id"], _writer()).text)  # type: ignore[union-attr]
        assert original["mass_kg"] == MASS  # and the issuer has it
        digest = hashlib.sha256(json.dumps(original).encode()).hexdigest()
        assert digest not in said  # whoever guesses the mass could try it against a hash


def test_whom_a_level_does_not_name_is_told_no_more_than_the_public(secretive: Store):
    outsider = tokens.issue(secretive, "reader", party="urn:osea:example:customer:2", days=1, clearances=("EAR/US",))
    admin = tokens.issue(secretive, "admin", party=None, days=1)
    provider = tokens.issue(secretive, "provider", party="urn:osea:other:provider:1", days=1)
    with serving(secretive) as client:
        for made in (outsider, provider, admin):
            said = everything(Client(client.url, made.text))
            if made is admin:  # the audit log names records, and is the administrator's
                said = re.sub(r'"target": "[^"]*"', "", said)
            for secret in (*SECRETS, str(MASS), str(SIGMA)):
                assert secret not in said, secret


def test_each_reader_is_told_what_its_level_opens(secretive: Store):
    partner = tokens.issue(secretive, "reader", party="urn:osea:example:customer:1", days=1)
    regulator = tokens.issue(secretive, "regulator", party=None, days=1)
    issuer = tokens.issue(secretive, "provider", party=PROVIDER, days=1)
    with serving(secretive) as client:
        for made, told in (
            (partner, {"SECRETPARTNER"}),
            (regulator, {"SECRETREGULATOR", "SECRETFILE"}),
            (issuer, set(SECRETS)),
        ):
            said = everything(Client(client.url, made.text))
            assert {s for s in SECRETS if s in said} == told


def test_what_is_hidden_and_what_is_not_there_are_answered_alike(secretive: Store):
    with serving(secretive) as client:
        answers = []
        for one in ("SECRETREGULATOR", "nothing"):
            for path in ("/v1/records/urn:osea:example:launch:{}", "/v1/records/urn:osea:example:launch:{}/revisions",
                         "/v1/tracks/urn:osea:example:launch:{}", "/v1/launches/urn:osea:example:launch:{}/events"):  # fmt: skip
                answer = client.get(path.format(one))
                answers.append((answer.status, answer.body))
        assert answers[:4] == answers[4:]


def test_ids_of_events_tell_nothing_of_what_lies_between(secretive: Store):
    with serving(secretive) as client:
        found = [identifier for identifier, _ in client.events("/v1/events", 50, seconds=0.7)]
    assert all(re.fullmatch(r"[0-9a-f]{32}", one) for one in found)
    assert len(set(found)) == len(found) > 2
