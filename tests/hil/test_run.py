"""The loop of a bench with a small computer: lockstep, faults, what is silent or babbles, recordings and replay."""

import socket
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, bench, flying, over_udp

from osea_rocket.hil.document import Clock
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.history import History
from osea_rocket.hil.junit import junit
from osea_rocket.hil.recording.reading import Frame, RecordedRow, opened
from osea_rocket.hil.recording.recorder import McapRecorder
from osea_rocket.hil.replay import replay
from osea_rocket.hil.requirements import Requirement
from osea_rocket.hil.run import run_bench
from osea_rocket.hil.signals import INPUT_COUNT, SIGNAL_COUNT
from osea_rocket.hil.transports.document import UdpLink

pytestmark = pytest.mark.timeout(300)
QUICK = Clock(patience=2.0, timeout=0.2, resends=1)


def fly(b, computer=None, recorder=None, duration=2.0):
    with over_udp(b.computers[0].link, computer or SmallComputer()) as c:
        return run_bench(b, flying(duration), recorder=recorder), c


def test_a_flight_in_lockstep():
    b = bench(requirements=(Requirement(name="pushed", at_end="truth.thrust > 1 kN"),))
    h = History(period=0.0)
    result, computer = fly(b, recorder=h)
    assert (result.status, result.complete, result.passed) == ("done", True, True)
    assert result.end_time == pytest.approx(2.0) and result.steps == 210  # a countdown of 10 steps, 200 in flight
    assert result.exchanges == len({f[6:10] for f in computer.heard}) == 210
    assert h["engine.throttle"][-1] == pytest.approx(0.8)
    assert h["gnss.count"][-1] == 5  # every half second, and the first
    assert np.all(np.diff(h["clock.time"]) > 0.0) and h["clock.time"][0] == pytest.approx(-0.09)
    assert np.allclose(h["imu.delta_velocity.x"][-50:] / 0.01, h["imu.acceleration.x"][-50:], rtol=1e-12, atol=0.0)
    assert "<failure" not in junit([("test", result)])


def test_the_computer_s_command_turns_the_vehicle():
    straight, _ = fly(bench())
    turned, _ = fly(bench(), SmallComputer(gimbal=lambda tick: 0.02))
    from osea_rocket.hil.signals import INDEX

    rate = INDEX["truth.rate.y"]
    assert abs(turned.final[rate]) > 0.01 > abs(straight.final[rate])


def test_a_computer_that_never_answers_and_one_that_falls_silent():
    b = bench(clock=QUICK)
    result = run_bench(b, flying())
    assert not result.complete and "has not answered within 2 s; start it" in result.status and result.passed is None
    b = bench(clock=QUICK, requirements=(Requirement(name="r", always="truth.mach < 99"),))
    result, _ = fly(b, SmallComputer(silent_after=50))
    assert "has been silent for 2 x 0.2 s at 0.4100 s" in result.status
    assert result.verdicts[0].holds is None and "<error" in junit([("x", result)])


def test_frames_that_are_none_are_counted_and_the_flight_goes_on():
    class Babbling(SmallComputer):
        def answer(self, frame):
            right = super().answer(frame)
            assert right is not None
            self.n = getattr(self, "n", 0) + 1
            return right if self.n % 10 else b"\x01\x02garbage" + right

    b = bench(clock=Clock(patience=60.0, timeout=0.2, resends=5))
    result, _ = fly(b, Babbling(), duration=0.5)
    assert result.complete and {r.reason for r in result.links[0].rejected} == {"size"}
    assert result.links[0].resent >= 5


def test_nothing_is_taken_from_anybody_but_the_peer():
    b = bench()
    link = b.computers[0].link
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    assert isinstance(link, UdpLink)
    host, port = link.local.split(":")

    class Answering(SmallComputer):
        def answer(self, frame):
            stranger.sendto(b"let me in", (host, int(port)))
            return super().answer(frame)

    result, _ = fly(b, Answering(), duration=0.3)
    assert result.complete and result.links[0].rejected == ()
    stranger.close()


FAULTS = {
    "bias": ({"kind": "bias", "signal": "imu.rate.y", "amount": "2 deg/s"}, "imu.rate.y", np.radians(2.0)),
    "freeze": ({"kind": "freeze", "signal": "gnss.count"}, "gnss.count", None),
    "dropout": ({"kind": "dropout", "signal": "imu.delta_velocity"}, "imu.valid", 0.0),
    "brown_out": ({"kind": "brown_out", "amount": "10 V"}, "power.voltage", None),
    "engine_out": ({"kind": "engine_out", "amount": 1}, "truth.thrust", 0.0),
    "jam": ({"kind": "jam", "signal": "command.gimbal_y"}, "gimbal.y", None),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_acts_from_its_time_on(name):
    fields, signal, value = FAULTS[name]
    h = History(period=0.0)
    b = bench(faults=(Fault(name=name, at=1.0, **fields),))
    result, _ = fly(b, SmallComputer(gimbal=lambda tick: 1e-4 * tick), recorder=h)
    t, seen = h["clock.time"], h[signal]
    if name == "bias":
        seen = seen - h["truth.rate.y"]
    before, after = seen[(t > 0.5) & (t < 0.99)], seen[t > 1.5]
    assert [(f.fault, f.begins) for f in result.faults] == [(name, True)]
    if name == "freeze":
        assert np.ptp(after) == 0.0
    elif name == "brown_out":
        assert before.min() > 27.0 and after.max() < 19.0 and h["imu.valid"][-1] == 0.0
    elif name == "jam":
        assert np.ptp(before) > 1e-3 and np.ptp(after) < 1e-4
    else:
        assert abs(np.mean(after) - value) < 0.04 * (abs(value) or 1.0) and abs(np.mean(before) - value) > 0.01


MESSAGE_FAULTS = {
    "loss": {"amount": 0.3}, "corruption": {"amount": 0.3}, "reorder": {"amount": 0.3}, "babble": {"amount": 2},
    "delay": {"span": 0.05}, "mute": {},
}  # fmt: skip


@pytest.mark.parametrize("kind", MESSAGE_FAULTS)
def test_faults_of_messages_in_lockstep(kind):
    """What a fault takes away stays away, the plant goes on under the last commands, and the flight is the same each time."""
    fault = Fault.model_validate({"name": "f", "kind": kind, "at": 0.1, "duration": 0.3, **MESSAGE_FAULTS[kind]})
    b = bench(clock=Clock(patience=60.0, timeout=5.0), faults=(fault,))
    rows = []
    h, result = History(period=0.0), None
    for _ in range(2):
        h = History(period=0.0)
        result, _ = fly(b, SmallComputer(gimbal=lambda tick: 1e-4 * tick), recorder=h, duration=0.6)
        assert result.complete and result.links[0].resent == 0
        rows.append(h.rows)
    assert np.array_equal(rows[0], rows[1])
    assert result is not None
    answered, tick = h["answer.tick"], h["clock.tick"]
    behind = (tick - answered)[(h["clock.time"] > 0.2) & (h["clock.time"] < 0.39)]
    after = (tick - answered)[h["clock.time"] > 0.5]
    assert not after.any()
    if kind == "babble":
        assert not behind.any() and result.exchanges == 70
    elif kind == "delay":
        assert set(behind) == {5.0}
    elif kind == "mute":
        assert np.all(np.diff(behind) == 1.0)
    else:
        assert 0.1 < np.mean(behind > 0.0) < 0.6


def test_three_computers_outvote_one_that_is_wrong():
    b = bench(computers=3)
    good, wrong = SmallComputer(), SmallComputer(gimbal=lambda tick: 0.05)
    links = [c.link for c in b.computers]
    with over_udp(links[0], good), over_udp(links[1], wrong), over_udp(links[2], SmallComputer()):
        h = History(period=0.0)
        result = run_bench(b, flying(0.5), recorder=h)
    assert result.complete and np.abs(h["command.gimbal_y"]).max() == 0.0
    assert [link.answers for link in result.links] == [60, 60, 60]


def recorded(path, computer):
    b = bench()
    recorder = McapRecorder(path, ("c0",), {"bench": "test"}, {"bench.yaml": b"schema: osea/bench/v1\n"})
    try:
        fly(b, computer, recorder, duration=0.5)
    finally:
        digest = recorder.close()
    return digest


def test_two_runs_and_their_replay_have_the_same_content(tmp_path):
    gimbal = lambda tick: 0.01 * np.sin(0.1 * tick)  # noqa: E731
    first = recorded(tmp_path / "a.mcap", SmallComputer(gimbal))
    assert (
        first == recorded(tmp_path / "b.mcap", SmallComputer(gimbal)) != recorded(tmp_path / "c.mcap", SmallComputer())
    )
    with opened(tmp_path / "a.mcap") as recording:
        assert recording.metadata["content_sha256"] == first and recording.computers == ("c0",)
        assert recording.attachments() == {"bench.yaml": b"schema: osea/bench/v1\n"}
        entries = list(recording.entries())
    assert sum(isinstance(e, RecordedRow) for e in entries) == 60
    assert sum(isinstance(e, Frame) and e.sent for e in entries) == sum(
        isinstance(e, Frame) and not e.sent for e in entries
    )
    b = bench()
    again = McapRecorder(tmp_path / "d.mcap", ("c0",), {}, {})
    with over_udp(b.computers[0].link, SmallComputer(gimbal)):
        outcome = replay(b, tmp_path / "a.mcap", recorder=again)
    assert (outcome.different, outcome.stopped, outcome.answers) == (0, "", 60)
    assert again.close() == first
    with over_udp(b.computers[0].link, SmallComputer()):
        outcome = replay(b, tmp_path / "a.mcap")
    assert outcome.different > 50 and outcome.first_difference is not None


def test_a_recording_reads_alike_however_its_messages_come(tmp_path):
    """Records of one pattern are taken many at once; the mcap package finds each of them, in time and in number."""
    from mcap.reader import make_reader

    random = np.random.default_rng(3)
    sizes = {
        "steady": lambda i: 100,
        "changing": lambda i: int(random.integers(1, 5)),
        "rare": lambda i: 300 if i % 37 == 0 else 20,
    }
    for name, size in sizes.items():
        path = tmp_path / f"{name}.mcap"
        recorder, wanted = McapRecorder(path, ("a", "b"), {}, {}), []
        signals, inputs = np.zeros(SIGNAL_COUNT), np.zeros(INPUT_COUNT)
        for i in range(3000):
            for computer, sent in ((0, True), (0, False), (1, True)):
                octets = bytes([i & 0xFF]) * size(i)
                recorder.frame(0.01 * i, computer, sent, octets)
                wanted.append(
                    (f"/{'ab'[computer]}/{'sent' if sent else 'received'}", 86_400_000_000_000 + 10_000_000 * i, octets)
                )
            if i % 5 == 0:
                signals[3] = i
                recorder.row(0.01 * i, signals, inputs)
                wanted.append(("/signals", 86_400_000_000_000 + 10_000_000 * i, i))
            if i % 700 == 1:
                recorder.event(0.01 * i, "something")
        digest = recorder.close()
        with path.open("rb") as file:
            reader = make_reader(file, validate_crcs=True)
            found = []
            for _, channel, m in reader.iter_messages(log_time_order=False):
                if channel.topic != "/events":
                    data = m.data[8:] if channel.topic != "/signals" else int(np.frombuffer(m.data, "<f8", offset=4)[3])
                    found.append((channel.topic, m.log_time, data))
            assert found == wanted
            summary = reader.get_summary()
            assert summary is not None and summary.statistics is not None
            assert sum(summary.statistics.channel_message_counts.values()) == len(wanted) + 5
            late = [m.log_time for _, _, m in reader.iter_messages(topics=["/signals"], starting_at=86_420_000_000_000)]
            assert len(late) == 200  # by the indexes
        assert len(digest) == 64


def test_a_recording_cut_off_by_a_crash_is_a_valid_file(tmp_path):
    path = tmp_path / "x.mcap"
    recorder = McapRecorder(path, ("c0",), {}, {})
    for i in range(5000):
        recorder.frame(0.01 * i, 0, True, bytes(100))
    assert recorder._process.stdin is not None
    recorder._process.stdin.close()  # as when the process that flew is gone: its last buffer is lost, no more
    recorder._process.wait()
    with opened(path) as recording:
        assert 4000 < sum(1 for _ in recording.entries()) < 5000


def test_real_time_keeps_its_rate_and_tells_its_lateness():
    b = bench(rate=100.0, clock=Clock(mode="real_time", patience=60.0, silence=30.0))
    result, _ = fly(b, duration=0.5)
    assert result.complete and result.timing is not None
    assert result.timing.steps == 60 and result.host_time > 0.5
    assert result.timing.lateness_worst >= result.timing.lateness_p99 >= result.timing.lateness_median >= 0.0
