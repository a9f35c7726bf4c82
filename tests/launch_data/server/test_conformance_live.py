"""Conformance of a running server: ours holds C1 and C4; one that is broken in a demand fails it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from serving import example, put, serving

from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.conformance.classes import Outcome, classes
from osea_rocket.launch_data.conformance.command import run_conformance
from osea_rocket.launch_data.conformance.interface import CHECKS, Interface
from osea_rocket.launch_data.protocol.examples import examples
from osea_rocket.studies.certify.command import certify


def test_our_server_holds_the_classes_of_an_interface(sqlite_store):
    order = ("provider", "site", "vehicle-type", "pad", "vehicle-item", "mission", "payload", "launch", "opportunity")
    put(sqlite_store, *(example(kind) for kind in (*order, "countdown-clock", "countdown-event")))
    with serving(sqlite_store) as client:
        data, text = run_conformance(client.url, ["C4"])
        certified, results = certify(client.url)
    assert data["status"] == "done", text
    assert certified.body["level"] == "gold" and [r.suite.code for r in results] == ["LDS"]
    assert {c: r["outcome"] for c, r in data["classes"].items()} == {"C1": "holds", "C4": "holds"}


def test_an_empty_server_is_not_known_to_hold(sqlite_store):
    with serving(sqlite_store) as client:
        data, _ = run_conformance(client.url, ["C4"])
    assert data["exit_code"] == 3


class Broken(BaseHTTPRequestHandler):
    """A server that repeats a record over its pages, knows no tags, and answers errors as text."""

    def do_GET(self):
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        body = {"records": [*list(examples().values())[:2], examples()["countdown-clock"] | {"t_s": 7.0}], "next": None}
        if url.path == "/v1/records" and "limit" in query and int(query["limit"][0]) < 3:
            body = {"records": list(examples().values())[:2], "next": None if "cursor" in query else "x"}
        elif url.path != "/v1/records":
            body = {"error": "no"}
        self.send_response(200 if url.path == "/v1/records" else 404)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format, *args):
        pass


def test_a_broken_server_fails():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        interface = Interface(f"http://127.0.0.1:{server.server_port}")
        found = {code: program(interface) for code, program in CHECKS.items()}
        certified, _ = certify(interface.url)
    finally:
        server.shutdown()
        server.server_close()
    assert {c: o for c, (o, _) in found.items()} == {
        "C1-1": Outcome.FAILS, "C1-2": Outcome.FAILS, "C1-3": Outcome.FAILS, "C4-1": Outcome.FAILS, "C4-2": Outcome.FAILS,
    }, found  # fmt: skip
    assert certified.body["level"] == "none"
    assert {r["verdict"] for r in certified.body["suites"][0]["requirements"]} == {"fails"}


def test_nobody_there_is_told_and_every_demand_has_its_program():
    with pytest.raises(InputError, match="cannot be read"):
        run_conformance("http://127.0.0.1:9/", ["C1"])
    assert set(CHECKS) == {d.code for c in ("C1", "C4") for d in classes()[c].demands}
