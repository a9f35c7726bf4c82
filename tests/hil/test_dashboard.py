"""The dashboard: board, WebSocket, and the page in Debian's Chromium on a desk and on a phone."""

import http.client
import json
import shutil
import socket
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, bench, flying, over_udp

from osea_rocket.core.errors import InputError
from osea_rocket.hil.dashboard.board import ENDED, ROWS, WAITING, Board, BoardReader, running
from osea_rocket.hil.dashboard.facts import FACTS, facts
from osea_rocket.hil.dashboard.shown import NAMES
from osea_rocket.hil.dashboard.sources import Live, read_show
from osea_rocket.hil.document import Clock
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.recording.recorder import McapRecorder
from osea_rocket.hil.requirements import Requirement
from osea_rocket.hil.run import run_bench
from osea_rocket.hil.signals import INDEX, INPUT_COUNT, SIGNAL_COUNT

TOKEN = "abcdefghijklmnopqrst"
SPIN = Fault(name="<b>spin</b>", kind="bias", signal="imu.rate.y", amount="2 deg/s", by_hand=True)
LATER = Fault(name="later", kind="bias", signal="imu.rate.x", amount="1 deg/s", at=0.5)
DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def small_bench(**fields):
    return bench(
        faults=(SPIN, LATER), requirements=(Requirement(name="pushed", at_end="truth.thrust > 1 kN"),), **fields
    )


@contextmanager
def flown(tmp_path, seconds=300.0, *, recording=None, by_hand=True):
    """A bench that flies in real time on a thread while the block runs, or for some seconds; a list that gets its result."""
    b = small_bench(
        clock=Clock(mode="real_time", patience=60.0, silence=30.0),
        until="command.throttle < 0.5 and clock.time > 0.2 s",
    )
    case, computer = flying(300.0), SmallComputer()
    throttle = computer.names.index("throttle")
    known = facts(b, case, buttons=True)
    recorder = None
    if recording is not None:
        recorder = McapRecorder(recording, ("c0",), {"bench": b.name, "rate_Hz": "100", FACTS: json.dumps(known)}, {})
    results = []
    with over_udp(b.computers[0].link, computer), Board(known, recorder, tmp_path / "0-1.board") as board:

        def fly():
            results.append(
                run_bench(b, case, recorder=board, look=board.look, by_hand=board.asked if by_hand else None)
            )
            board.end(results[0])

        thread = threading.Thread(target=fly)
        thread.start()
        try:
            looking = BoardReader(board.path)
            wait(lambda: looking.state != WAITING or not thread.is_alive(), 300.0)  # the first time it compiles
            yield results
            time.sleep(seconds if seconds < 300.0 else 0.0)
        finally:
            computer.raws[throttle] = 0.0
            thread.join()
            if recorder is not None:
                recorder.close()


def wait(holds, seconds=60.0):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def serving(source, token=None, hosts=frozenset({"127.0.0.1", "localhost"})):
    import uvicorn

    from osea_rocket.hil.dashboard.app import create_app

    app = create_app(source, token=token, hosts=hosts)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, ws="websockets-sansio", log_level="error", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def test_a_board_keeps_what_its_ring_holds_and_its_words(tmp_path):
    known = facts(small_bench(), flying(), buttons=False)
    signals, inputs = np.zeros(SIGNAL_COUNT), np.zeros(INPUT_COUNT)
    with Board(known, path=tmp_path / "x.board", period=0.01) as board:
        reader = BoardReader(board.path)
        assert reader.facts == json.loads(json.dumps(known)) and len(reader.rows()) == 0
        for i in range(3):
            signals[0] = 0.1 * i
            board.row(signals[0], signals, inputs)
            board.row(signals[0] + 0.001, signals, inputs)  # sooner than its period: left out
        assert reader.rows()[:, 1].tolist() == pytest.approx([0.0, 0.1, 0.2])
        for i in range(ROWS + 500):
            signals[0] = 1.0 + 0.1 * i
            board.row(signals[0], signals, inputs)
        kept = reader.rows()[:, 1]
        assert len(kept) > ROWS - 300 and kept[-1] == signals[0] and np.allclose(np.diff(kept), 0.1)
        board.event(3.0, "something")
        assert reader.lines() == [{"time": 3.0, "text": "something"}] and reader.lines() == []
        with pytest.raises(InputError, match="run it with --by-hand"):
            reader.ask(0, begin=True)
        assert (board.path.stat().st_mode & 0o777) == 0o600
    assert reader.state == ENDED and "broken off" in reader.lines()[0]["end"]["status"]
    assert not board.path.exists()  # and the reader still reads
    with pytest.raises(InputError, match="does the bench run"):
        BoardReader(tmp_path / "x.board")


def test_the_board_of_a_dead_bench_is_cleared_away(tmp_path):
    (tmp_path / "999999999-5.board").write_bytes(b"")
    assert running(tmp_path) is None and list(tmp_path.iterdir()) == []


def test_a_fault_begins_and_ends_by_hand_and_only_one_that_may(tmp_path):
    path = tmp_path / "0-1.board"
    with flown(tmp_path) as results:
        reader = BoardReader(path)
        with pytest.raises(InputError, match="no such fault that begins by hand"):
            reader.ask(1, begin=True)
        reader.ask(0, begin=True)
        wait(lambda: 0 in reader.health()["acting"])
        time.sleep(0.2)
        reader.ask(0, begin=False)
        wait(lambda: 0 not in reader.health()["acting"])
    events = [(e.fault, e.begins) for e in results[0].faults]
    assert [e for e in events if e[0] == SPIN.name] == [(SPIN.name, True), (SPIN.name, False)]
    told = [line.get("text") for line in reader.lines()]
    assert f"fault '{SPIN.name}' begins" in told and f"fault '{SPIN.name}' ends" in told
    rows = reader.rows()
    turned = rows[:, 1 + INDEX["imu.rate.y"]] - rows[:, 1 + INDEX["truth.rate.y"]]
    assert turned.max() == pytest.approx(np.radians(2.0), rel=0.05) and abs(turned[0]) < 0.01
    health = reader.health()
    assert health["seats"][0]["answers"] > 20 and health["seats"][0]["rejected"] == 0
    assert health["clock"]["steps"] > 20 and health["clock"]["late"][0] >= 0.0


def test_without_permission_a_press_does_nothing(tmp_path):
    with flown(tmp_path, 0.3, by_hand=False) as results:
        BoardReader(tmp_path / "0-1.board").ask(0, begin=True)
    assert SPIN.name not in [e.fault for e in results[0].faults]


def asked_as(address, host, path, *, upgrade=False):
    """The status of a request that names a host."""
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host)
    if upgrade:
        for name, value in (("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13"),
                            ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")):  # fmt: skip
            connection.putheader(name, value)
    connection.endheaders()
    try:
        return connection.getresponse().status
    finally:
        connection.close()


def said(socket, key, seconds=10.0):
    """The next message with a key."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = socket.recv(timeout=seconds)
        if isinstance(data, str) and key in (found := json.loads(data)):
            return found[key]
    raise AssertionError(f"nothing said of {key}")


def test_only_our_own_page_is_answered_and_only_with_the_token_pressed(tmp_path):
    from websockets.exceptions import ConnectionClosed, InvalidStatus
    from websockets.sync.client import connect

    with flown(tmp_path), serving(Live(tmp_path / "0-1.board"), TOKEN) as address:
        with pytest.raises(InvalidStatus):
            connect(f"ws://{address}/live", origin="http://evil.example")  # type: ignore[arg-type]
        assert asked_as(address, "evil.example", "/") == 421
        assert asked_as(address, "evil.example", "/live", upgrade=True) == 403
        assert asked_as(address, address, "/") == 200
        with connect(f"ws://{address}/live") as socket:
            assert said(socket, "hello") == {"names": list(NAMES), "buttons": True}
            assert said(socket, "show")["facts"]["bench"] == "test"
            data = b""
            while not data:
                found = socket.recv(timeout=10)
                data = found if isinstance(found, bytes) else b""
            rows = np.frombuffer(data, "<f4").reshape(-1, len(NAMES))
            assert rows[0, NAMES.index("truth.mass")] == pytest.approx(1500.0)
            for wrong in ({"fault": 0, "begin": True}, {"fault": 0, "begin": True, "token": "x" * 20}, {"token": None}):
                socket.send(json.dumps(wrong))
                assert "token" in said(socket, "refused")
            socket.send(json.dumps({"fault": 1, "begin": True, "token": TOKEN}))
            assert "no such fault" in said(socket, "refused")
            socket.send(json.dumps({"fault": 0, "begin": True, "token": TOKEN}))
            while 0 not in said(socket, "health")["acting"]:
                pass
            socket.send("x" * 3000)
            with pytest.raises(ConnectionClosed):
                while True:
                    socket.recv(timeout=5)


def test_the_command_tells_what_it_cannot_do(tmp_path, monkeypatch):
    from osea_rocket.hil.dashboard.command import run_dashboard

    monkeypatch.setattr("os.nice", lambda by: by)  # the tests keep their priority
    with pytest.raises(InputError, match="at least 16 characters"):
        run_dashboard(None, board=None, bind="127.0.0.1", port=8099, control=False, token="short")
    with pytest.raises(InputError, match="cannot read"):
        run_dashboard(tmp_path / "none.mcap", board=None, bind="127.0.0.1", port=8099, control=False, token=None)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="is another server there"):
        run_dashboard(None, board=None, bind="127.0.0.1", port=taken.getsockname()[1], control=False, token=None)


@pytest.fixture(scope="module")
def browser():
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    switches = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=found, args=switches)
        yield chromium
        chromium.close()


def view(browser, url, kind, faults, address):
    shown = browser.new_page(**kind)
    shown.on("pageerror", lambda e: faults.append(str(e)))
    shown.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    shown.on("request", lambda r: None if f"//{address}/" in r.url else faults.append(f"outside: {r.url}"))
    shown.goto(url)
    shown.wait_for_selector("#main:not([hidden])", timeout=30_000)
    return shown


def until(shown, selector, holds):
    end = time.monotonic() + 60.0
    while not holds(shown.inner_text(selector)):
        assert time.monotonic() < end, shown.inner_text(selector)
        time.sleep(0.05)


COLOURS = """id => {
const c = document.getElementById(id), seen = new Set(), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
for (let i = 0; i < d.length; i += 4) seen.add(`${d[i] >> 5},${d[i + 1] >> 5},${d[i + 2] >> 5}`); return seen.size; }"""


def pressed(browser, shown, address, faults):
    """What somebody does at the page, and what it says."""
    until(shown, "#state", lambda text: text == "live")
    assert shown.get_by_role("button", name="Begin <b>spin</b>").is_disabled()  # no token yet
    shown.get_by_label("Token").fill(TOKEN)
    shown.get_by_role("button", name="Unlock").click()
    shown.get_by_role("button", name="Begin <b>spin</b>").click()
    until(shown, "#events", lambda text: "<b>spin</b> begins" in text)
    assert shown.locator("#faults b b, #events b").count() == 0  # markup in a name stays text
    face = shown.inner_text("#clock")
    until(shown, "#clock", lambda text: text != face)
    assert "answers" in shown.inner_text("#links") and "none lost" in shown.inner_text("#links")
    assert "Lateness of steps" in shown.inner_text("#jitter")
    assert shown.evaluate(COLOURS, "attitude") > 10
    phone = view(browser, f"http://{address}/", PHONE, faults, address)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.get_by_role("button", name="spin").is_disabled()  # another viewer has no token
    phone.close()


def test_the_page_follows_a_bench_and_presses_a_fault(browser, tmp_path):
    faults = []
    source = Live(tmp_path / "0-1.board")
    with serving(source, TOKEN) as address:
        with flown(tmp_path) as results:
            shown = view(browser, f"http://{address}/", DESK, faults, address)
            pressed(browser, shown, address, faults)
        until(shown, "#state", lambda text: "all hold" in text)
        assert "pushed" in shown.inner_text("#verdict")
        assert results[0].faults[-1].fault == SPIN.name
        shown.close()
    assert faults == []


def test_the_page_plays_a_recording(browser, tmp_path):
    path = tmp_path / "r.mcap"
    with flown(tmp_path, 1.9, recording=path):
        pass
    show = read_show(path)
    assert show.count > 30 and show.responses and sum(r[1] for r in show.responses[0]) > 150
    assert {line["text"] for line in show.lines} == {"fault 'later' begins"}
    from osea_rocket.hil.dashboard.sources import Recorded

    faults = []
    with serving(Recorded(path)) as address:
        for kind in (DESK, PHONE):
            shown = view(browser, f"http://{address}/", kind, faults, address)
            until(shown, "#state", lambda text: text == "recording")
            until(shown, "#clock", lambda text: text.startswith("T−00:00:00.0"))  # at its begin
            assert shown.evaluate("document.documentElement.scrollWidth") <= kind["viewport"]["width"]
            shown.get_by_label("Time of flight").fill("1.52")
            until(shown, "#clock", lambda text: text.startswith("T+00:00:01.5"))
            shown.get_by_role("button", name="Play").click()
            until(shown, "#clock", lambda text: text > "T+00:00:01.7")
            assert "later begins" in shown.inner_text("#events") and "Delay of answers" in shown.inner_text("#jitter")
            assert "NaN" not in shown.inner_text("body") and "undefined" not in shown.inner_text("body")
            shown.close()
    assert faults == []


def test_a_file_that_is_no_recording_is_told(tmp_path):
    (tmp_path / "x.mcap").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no whole MCAP file"):
        read_show(tmp_path / "x.mcap")
