"""What comes wrong from the other end: the run says what happened and when, the recording stays whole, the plant stops."""

import os
import socket
import sys
import threading
import time
import tty
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, answer_until, bench, flying, free_port, over_udp

from osea_rocket.core.errors import InputError
from osea_rocket.hil.document import Clock
from osea_rocket.hil.recording.reading import Event, RecordedRow, opened
from osea_rocket.hil.recording.recorder import McapRecorder
from osea_rocket.hil.run import BenchRun, Seat, run_bench
from osea_rocket.hil.speech import speech
from osea_rocket.hil.transports.document import CanLink, TcpLink, UdpLink
from osea_rocket.hil.transports.opening import open_transport
from osea_rocket.hil.transports.stream import Stream

pytestmark = pytest.mark.timeout(120)
QUICK = Clock(patience=1.0, timeout=0.2, resends=1)


def recorded(path, fly):
    """A run with a recording, which must read whole and end where the run did."""
    recorder = McapRecorder(path, ("c0",), {}, {})
    try:
        result = fly(recorder)
    finally:
        digest = recorder.close()
    with opened(path) as recording:
        assert recording.metadata["content_sha256"] == digest
        entries = list(recording.entries())
    told = [e for e in entries if isinstance(e, Event)]
    if not result.complete:  # what happened and when stands in the recording too
        assert told[-1].text in result.status and told[-1].time == pytest.approx(result.end_time)
    rows = [e for e in entries if isinstance(e, RecordedRow)]
    assert not rows or result.end_time - rows[-1].time < 0.0101  # the plant went no further
    return result


def against(computer, path, clock=QUICK, duration=1.0):
    b = bench(clock=clock)
    with over_udp(b.computers[0].link, computer):
        return recorded(path, lambda recorder: run_bench(b, flying(duration), recorder=recorder))


def test_a_computer_on_another_port(tmp_path):
    b = bench(clock=QUICK)
    link = b.computers[0].link
    assert isinstance(link, UdpLink)
    wrong = UdpLink(local=link.local, remote=f"127.0.0.1:{free_port()}")
    with over_udp(wrong, SmallComputer()):
        result = recorded(tmp_path / "r.mcap", lambda recorder: run_bench(b, flying(), recorder=recorder))
    assert not result.complete and "has not answered within 1 s; start it, or mend its link" in result.status


def test_a_computer_that_falls_silent(tmp_path):
    result = against(SmallComputer(silent_after=30), tmp_path / "r.mcap")
    assert "has been silent for 2 x 0.2 s at 0.2100 s" in result.status and result.end_time == pytest.approx(0.21)


class Babbling(SmallComputer):
    """Noise without end on a thread of its own, and no answer after some."""

    def __init__(self, link, silent_after):
        super().__init__(silent_after=silent_after)
        host, port = link.local.split(":")
        self.to, self.stop = (host, int(port)), threading.Event()

    def babble(self, peer):
        while not self.stop.is_set():
            for _ in range(20):
                peer.sendto(os.urandom(40), self.to)
            time.sleep(0.001)


@pytest.mark.parametrize(
    ("silent_after", "wanted"), [(-1, "has not answered within 1 s"), (30, "has been silent for 2 x 0.2 s at")]
)
def test_a_babbling_computer(tmp_path, silent_after, wanted):
    b = bench(clock=QUICK)
    link = b.computers[0].link
    computer = Babbling(link, silent_after)
    host, port = link.remote.split(":")  # type: ignore[union-attr]
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.bind((host, int(port)))
    peer.settimeout(0.1)

    answering = threading.Thread(target=answer_until, args=(computer.stop, peer, computer))
    threads = [answering, threading.Thread(target=computer.babble, args=(peer,))]
    for t in threads:
        t.start()
    try:
        result = recorded(tmp_path / "r.mcap", lambda recorder: run_bench(b, flying(), recorder=recorder))
    finally:
        computer.stop.set()
        for t in threads:
            t.join()
        peer.close()
    assert not result.complete and wanted in result.status and "thrown away" in result.status
    assert sum(r.count for r in result.links[0].rejected) > 20


class OtherVersion(SmallComputer):
    """Built from a later message set: its answers have four octets more."""

    def answer(self, frame):
        right = super().answer(frame)
        return None if right is None else right[:-4] + bytes(4) + right[-4:]


class Truncating(SmallComputer):
    """Every third answer is cut short."""

    def answer(self, frame):
        right = super().answer(frame)
        self.n = getattr(self, "n", 0) + 1
        return right if right is None or self.n % 3 else right[:-5]


def test_another_version_of_the_messages(tmp_path):
    result = against(OtherVersion(), tmp_path / "r.mcap")
    assert "has not answered" in result.status and "thrown away" in result.status and "size" in result.status


def test_truncated_frames_are_counted_and_asked_for_again(tmp_path):
    result = against(Truncating(), tmp_path / "r.mcap", duration=0.3)
    assert result.complete and result.links[0].resent > 5
    assert [r.reason for r in result.links[0].rejected] == ["size"]


class Backwards(SmallComputer):
    """From some step on its clock stands back: it answers steps of long ago, with other commands."""

    def answer(self, frame):
        tick = int.from_bytes(frame[6:10], "big")
        right = super().answer(frame)
        if right is None or tick < 40:
            return right
        raws = list(self.raws)
        raws[self.names.index("answered_tick")] = tick - 30
        raws[self.names.index("gimbal[0]")] = 0.05
        return self.codec.pack(*raws, sequence_count=0)


def test_a_clock_that_goes_backwards_in_lockstep(tmp_path):
    result = against(Backwards(), tmp_path / "r.mcap")
    assert (
        "has been silent for 2 x 0.2 s at 0.3000 s; thrown away:" in result.status
        and "answer to another step" in result.status
    )


def test_a_clock_that_goes_backwards_in_real_time(tmp_path):
    clock = Clock(mode="real_time", patience=20.0, silence=0.2)
    result = against(Backwards(), tmp_path / "r.mcap", clock=clock)
    assert "silent since" in result.status and "older than the last" in result.status
    with opened(tmp_path / "r.mcap") as recording:
        rows = [e for e in recording.entries() if isinstance(e, RecordedRow)]
    assert max(abs(row.inputs[0]) for row in rows) == 0.0  # its commands of long ago were not flown


def test_a_host_clock_that_goes_backwards_leaves_a_whole_recording(tmp_path, monkeypatch):
    from osea_rocket.hil.recording import recorder

    times = iter(range(2 * 10**18, 0, -(10**9)))
    monkeypatch.setattr(recorder, "time_ns", lambda: next(times))
    result = against(SmallComputer(), tmp_path / "r.mcap", duration=0.3)
    assert result.complete


@contextmanager
def on_a_line(open_end, computer, last):
    """A computer at the end of a stream that is pulled out after some answers."""
    from osea_rocket.hil.transports.stream import framing

    def work():
        end = open_end()
        cutter, wrap = framing("cobs")
        answered = 0
        while answered < last:
            try:
                data = os.read(end, 4096)
            except OSError:
                break
            for frame in cutter.feed(data):
                right = computer.answer(frame)
                if right is not None:
                    os.write(end, wrap(right))
                    answered += 1
        os.close(end)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join(10.0)


def test_a_serial_cable_pulled_in_flight(tmp_path):
    b = bench(clock=QUICK)
    master, slave = os.openpty()
    tty.setraw(slave)
    line = Stream(master, "cobs", lambda: os.close(master))
    seat = Seat(b.computers[0], speech(b, b.computers[0]), line)
    with on_a_line(lambda: slave, SmallComputer(), 40):
        result = recorded(tmp_path / "r.mcap", lambda r: BenchRun(b, flying(), [seat], r, 0).go(None, 1.0))
    line.close()
    assert not result.complete and "receiving failed: Input/output error, at 0." in result.status
    assert result.links[0].lost and 0.2 < result.end_time < 0.4


def test_a_connection_closed_in_flight(tmp_path):
    port = free_port()
    link = TcpLink(local=f"127.0.0.1:{port}")
    b = bench(link, clock=Clock(patience=20.0, timeout=0.5, resends=1))

    def connect():
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", port)).detach()
            except OSError:
                time.sleep(0.05)
        raise AssertionError("nobody listens")

    with on_a_line(connect, SmallComputer(), 40):
        result = recorded(tmp_path / "r.mcap", lambda r: run_bench(b, flying(), recorder=r))
    assert not result.complete and "at 0." in result.status
    assert "closed the connection" in result.status or "failed" in result.status


def test_a_network_cable_pulled_in_flight(tmp_path):
    """Over UDP nothing tells but silence."""
    result = against(SmallComputer(silent_after=60), tmp_path / "r.mcap")
    assert "has been silent" in result.status and result.end_time == pytest.approx(0.51)


@pytest.mark.parametrize(
    "link",
    [
        UdpLink(local="0.0.0.0:24000", remote="127.0.0.1:24001"),
        TcpLink(local="0.0.0.0:24002"),
        CanLink(interface="udp_multicast", channel="239.74.163.2"),
    ],
)
def test_nothing_is_opened_beyond_loopback_without_bind(link):
    with pytest.raises(InputError, match="--bind"):
        open_transport(link)


def test_a_peer_of_unknown_port_is_the_first_that_speaks_and_nobody_else():
    here = free_port()
    transport = open_transport(UdpLink(local=f"127.0.0.1:{here}", remote="127.0.0.1:0", answers_from="any_port"))
    first, second = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    transport.send([b"to nobody yet"])
    first.sendto(b"I am the computer", ("127.0.0.1", here))
    assert transport.receive(5.0) == [b"I am the computer"]
    second.sendto(b"so am I", ("127.0.0.1", here))
    assert transport.receive(0.2) == [] and transport.rejects == {"stranger": 1}
    transport.send([b"sample"])
    first.settimeout(5.0)
    assert first.recv(100) == b"sample"
    transport.close()
