"""The two consumers of examples/launch_data, driven by the feed alone through scrub, recycle, launch, separation, landing."""

import ast
import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from serving import PROVIDER, Client, serving

from osea_rocket.launch_data.store import tokens
from osea_rocket.launch_data.store.store import Store

EXAMPLES = Path(__file__).parents[3] / "examples" / "launch_data"
LAUNCH, PAYLOAD = "urn:osea:example:launch:sso-4", "urn:osea:example:payload:c3"
T0 = datetime(2027, 3, 1, 22, 4, tzinfo=UTC)


def load(name: str) -> Any:
    """An example as a module."""
    spec = spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_consumers_know_the_protocol_by_its_schemas_alone():
    for name in ("consumer", "customer", "screener"):
        tree = ast.parse((EXAMPLES / f"{name}.py").read_text(encoding="utf-8"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        assert not [n for n in names if n.startswith("osea")]


def crossing(client: Client) -> dict[str, Any]:
    """An object that is where the third payload is at its separation, for the second day's T-0, on another path."""
    state = client.get("/v1/records/urn:osea:example:separation-state:c3?revision=3").json()
    r, v = np.array(state["position_m"]), np.array(state["velocity_m_s"])
    turned = np.cos(1.0) * v + np.sin(1.0) * np.cross(r / np.linalg.norm(r), v)
    return {"name": "DEBRIS", "epoch": state["epoch"], "position_m": r.tolist(), "velocity_m_s": turned.tolist()}


def test_both_decide_as_the_launch_goes(sqlite_store: Store, tmp_path: Path):
    with serving(sqlite_store) as client:
        token = tokens.issue(sqlite_store, "provider", party=PROVIDER, days=1).text
        provider = load("provider").Provider(client.url, token, T0)
        script = list(provider.script())
        before_count = [act for seconds, act in script if seconds <= -86_400.0 - 3600.0]
        before_count[0]()
        (tmp_path / "none.json").write_text("[]")
        running = {
            "customer": start("customer", client.url, PAYLOAD),
            "screener": start("screener", client.url, str(tmp_path / "none.json")),
        }
        for _, act in script[1:]:
            act()
        said = {name: decisions(process) for name, process in running.items()}
        (tmp_path / "objects.json").write_text(json.dumps([crossing(client)]))
        again = decisions(start("screener", client.url, str(tmp_path / "objects.json")))

    customer = said["customer"]
    assert [d["decision"] for d in customer] == [
        "be on console", "stay: the count holds", "stay: the count starts again", "be on console", "stand down",
        "be on console", "lift-off: wait for separation", "separated: plan the first contact",
    ]  # fmt: skip
    assert customer[0]["t0"] == "2027-02-28T22:04:00Z"
    assert customer[3]["t0"] == "2027-02-28T22:19:00Z"
    assert (customer[4]["reason"], customer[4]["next_window"]) == ("upper winds", "2027-03-01T22:04:00.000Z")
    assert abs(customer[-1]["perigee_km"] - 750.0) < 2.0 and abs(customer[-1]["inclination_deg"] - 98.3) < 0.2
    assert customer[-1]["at"] > "2027-03-01T23:05:00Z"  # after its separation

    screener = said["screener"]
    assert [d["decision"] for d in screener] == [
        "screened", "screened", "activate the areas", "areas stay active: the count holds", "release the areas: scrubbed",
        "activate the areas", "release the areas: landed",
    ]  # fmt: skip
    assert screener[0]["closures"] == screener[1]["closures"] == []
    assert screener[-2]["until"] == "2027-03-01T23:04:00.000Z"

    of_day = {d["because"]: d for d in again if d["decision"] == "screened"}
    assert of_day == {} or set(of_day) <= {"urn:osea:example:opportunity:d1", "urn:osea:example:opportunity:d2"}
    closures = [c for d in again if d["decision"] == "screened" for c in d["closures"]]
    assert any(c["start"] <= "2027-03-01T22:04:00Z" <= c["end"] for c in closures)
    assert all(c["object"] == "DEBRIS" and c["distance_m"] < 27_000 for c in closures)
    assert len(closures) < 20  # not the whole window


def start(name: str, url: str, last: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), url, LAUNCH, last]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def decisions(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return [json.loads(line) for line in out.splitlines()]
