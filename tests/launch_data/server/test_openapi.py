"""The interface is as its document says: asked by schemathesis for what it allows, and for what it does not."""

import json
import subprocess
import sys
from pathlib import Path

from serving import PROVIDER, put, serving

from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.launch_data.protocol.kinds import KINDS, kind_name
from osea_rocket.launch_data.server.published import asyncapi, interfaces
from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.store import Store


def test_schemathesis_finds_no_failure(sqlite_store: Store, tmp_path: Path):
    """A few cases an operation; many more by the command in docs/launch_data.md. Feeds have no end, so they are left out."""
    put(sqlite_store, *examples().values())
    token = tokens.issue(sqlite_store, "provider", party=PROVIDER, days=1).text
    with serving(sqlite_store) as client:
        command = [
            str(Path(sys.executable).with_name("st")),
            *("--config-file", str(Path(__file__).with_name("schemathesis.toml"))),
            *("run", f"{client.url}/openapi.json", "--exclude-path-regex", "events$", "--phases", "fuzzing"),
            *("--max-examples", "2", "-H", f"Authorization: Bearer {token}", "--seed", "1"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_route_says_how_it_fails():
    document = json.loads(interfaces()["openapi.json"])
    assert document["openapi"].startswith("3.1")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert {"400", "401", "429"} <= set(operation["responses"]), (path, method)
            assert operation["summary"]
            for answer in operation["responses"].values():
                assert answer["description"]


def test_every_kind_of_record_is_a_message_of_the_feeds():
    document = asyncapi()
    assert set(document["components"]["messages"]) == {kind_name(m) for m in KINDS.values()}
    for message in document["components"]["messages"].values():
        kind = message["name"].split(".")[2]
        envelope, data = message["payload"]["allOf"]
        assert envelope == {"$ref": "#/components/schemas/envelope"}
        assert data["properties"]["data"] == {"$ref": f"schemas/{kind}-v1.schema.json"}
