"""What changed, told as a user would: records, packages, feeds on disk and on the web."""

import json
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.launch_data.difference import changes, run_diff
from osea_rocket.launch_data.packaging.command import Wishes, run_build
from osea_rocket.launch_data.protocol.examples import changed, examples
from osea_rocket.launch_data.watch_command import run_watch
from osea_rocket.launch_data.watching import Folder, Follower, ServerEvent, Web, events, stream

EXAMPLES = Path(__file__).parents[2] / "standard/launch-data/examples"


def words(kind, change):
    before = examples()
    return [c.words for c in changes(before[kind], changed(before, change)[kind])]


def test_in_a_user_s_words():
    assert words("launch", {"launch/t0/value": "2027-03-02T22:06:00Z"}) == [
        "later by 1 d 2 min: 2027-03-01T22:04:00Z to 2027-03-02T22:06:00Z"
    ]
    assert words("payload", {"payload/mass_kg": 561.0}) == ["550 kg to 561 kg (+11, +2 %)"]
    assert words("vehicle-type", {"vehicle-type/stages/1/dry_mass_kg": 5600.0}) == [
        "5,500 kg to 5,600 kg (+100, +1.82 %)"
    ]
    (moved,) = words(
        "separation-state", {"separation-state/position_m/0": examples()["separation-state"]["position_m"][0] + 250.0}
    )
    assert moved == "moved by 250 m"
    assert words("opportunity", {"opportunity/state": "withdrawn"}) == ["'used' to 'withdrawn'"]
    assert words("launch", {"launch/payloads": []}) == ["without 'urn:osea:example:payload:1'"]
    assert words("site", {"site/issued_at": "2027-02-09T00:00:00Z", "site/revision": 2}) == []
    assert words("site", {"site/operator": None}) == ["no longer stated (was 'urn:osea:example:provider:1')"]
    again = examples()["launch"]["attempts"]
    third = {"number": 3, "t0": "2027-03-05T00:00:00Z", "result": "pending"}
    assert "now" in words("launch", {"launch/attempts": [*again, third]})[0]  # found by its number, not by its place


def test_two_revisions_and_two_packages(design_run, tmp_path):
    after = tmp_path / "launch.json"
    plain = changed(examples(), {"launch/revision": 2, "launch/state": "failure"})["launch"]
    after.write_text(json.dumps(plain))
    data, text = run_diff(EXAMPLES / "launch.json", after)
    assert data["records"][0]["revision"] == [1, 2] and "state: 'success' to 'failure'" in text
    assert run_diff(after, after)[0]["same"]
    with pytest.raises(InputError, match="different things"):
        run_diff(EXAMPLES / "site.json", after)
    first, second = tmp_path / "first", tmp_path / "second"
    run_build([design_run], first)
    run_build([design_run], second, Wishes(after=first, withhold=("impact-prediction",), closes="2027-03-01T13:00:00Z"))
    data, text = run_diff(first, second)
    assert {r["change"] for r in data["records"]} == {"removed", "changed"}  # areas gone with the impact; the window
    assert "removed  impact-prediction 'first stage'" in text


def test_a_folder_is_followed(tmp_path, design_run, capsys):
    folder = tmp_path / "package"
    run_build([design_run], folder)
    follower = Follower(Folder(folder))
    assert {row["change"] for row, _ in follower.look()} == {"added"} and list(follower.look()) == []
    renew(folder)
    ((row, lines),) = follower.look()
    assert row["kind"] == "launch" and "state: 'planned' to 'go'" in lines[-1]
    run_watch(str(folder), events=False, every=1.0, looks=1, token=None, as_lines=True)
    assert all(json.loads(line)["change"] == "added" for line in capsys.readouterr().out.splitlines())
    with pytest.raises(InputError):
        run_watch(str(tmp_path / "none"), events=False, every=1.0, looks=1, token=None, as_lines=True)


def renew(folder):
    """A second revision of the launch, as a provider puts it up."""
    launch = json.loads((folder / "launch.json").read_text()) | {"revision": 2, "state": "go"}
    (folder / "launch.json").write_text(json.dumps(launch))
    index = json.loads((folder / "index.json").read_text())
    for row in index["records"]:
        if row["path"] == "launch.json":
            row |= {"revision": 2, "sha256": "0" * 64}
    (folder / "index.json").write_text(json.dumps(index))


@pytest.fixture
def serve():
    """serve(handler): its address."""
    servers = []

    def start(handler):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_any_web_server_s_folder_is_followed(tmp_path, design_run, serve):
    folder = tmp_path / "package"
    run_build([design_run], folder)
    asked = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format, *args):
            asked.append((self.path, args[1]))

    web = Web(serve(partial(Quiet, directory=str(folder))))
    follower = Follower(web)
    assert len(list(follower.look())) == len(list(folder.glob("*.json"))) - 2
    assert list(follower.look()) == [] and asked[-1] == ("/index.json", "304")
    with pytest.raises(InputError, match="404"):
        web.read("none.json")
    with pytest.raises(InputError, match="no name of a file"):
        web.read("../secret.json")
    for address in ("file:///etc/passwd", "ftp://x/y", "x"):
        with pytest.raises(InputError, match="no http"):
            Web(address)


def test_a_redirection_to_another_scheme_is_not_followed(serve):
    class Away(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/etc/passwd")
            self.end_headers()

        def log_message(self, format, *args):
            pass

    with pytest.raises(InputError, match="redirects"):
        Web(serve(Away)).read("index.json")


def test_a_token_stays_with_its_server(serve):
    seen = []

    class There(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.headers.get("Authorization"))
            self.send_response(404)
            self.end_headers()

        def log_message(self, format, *args):
            pass

    there = serve(There)

    class Here(There):
        def do_GET(self):
            seen.append(self.headers.get("Authorization"))
            self.send_response(302)
            self.send_header("Location", f"{there}index.json")
            self.end_headers()

    with pytest.raises(InputError, match="404"):
        Web(serve(Here), token="secret").read("index.json")
    assert seen == ["Bearer secret", None]


def test_events_are_read_as_the_standard_says():
    text = b": hello\nretry: 1500\nid: 7\nevent: clock\ndata: {\ndata:  }\n\nid\ndata\n\n"
    text += b"foo: bar\ndata: x\r\n\n\ndata: never ended"
    found = list(events(text.splitlines(keepends=True)))
    assert found == [
        1500,
        ServerEvent("clock", "{\n }", "7"),
        ServerEvent("message", "", ""),
        ServerEvent("message", "x", ""),
    ]
    with pytest.raises(InputError, match="larger"):
        list(events([b"data: " + b"x" * (9 << 20)]))


def test_a_broken_stream_is_taken_up_where_it_broke(serve):
    seen = []

    class Stream(BaseHTTPRequestHandler):
        def do_GET(self):
            last = int(self.headers.get("Last-Event-ID") or 0)
            seen.append(last)
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for n in (last + 1, last + 2):
                self.wfile.write(f"id: {n}\ndata: {n}\n\n".encode())
            self.wfile.write(b"id: 99\ndata: cut")  # the connection ends within an event, which does not count

        def log_message(self, format, *args):
            pass

    feed = stream(serve(Stream), sleep=lambda _: None)
    assert [next(feed).data for _ in range(6)] == ["1", "2", "3", "4", "5", "6"] and seen == [0, 2, 4]
    feed.close()


def test_a_page_is_no_stream(serve):
    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()

        def log_message(self, format, *args):
            pass

    with pytest.raises(InputError, match="no event stream"):
        next(stream(serve(Page)))
