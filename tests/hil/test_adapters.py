"""Adapters against peers that are built on other people's codecs, each a process of its own (tests/hil/peers)."""

import importlib.util
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import bench, flying, free_port

from osea_rocket.avionics.codec import RejectedError
from osea_rocket.avionics.layout import layout
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.hil import adapters
from osea_rocket.hil.adapters.document import Adapter
from osea_rocket.hil.adapters.envelopes import Cfs, Fprime, crc_extra, mavlink_crc
from osea_rocket.hil.document import Clock
from osea_rocket.hil.history import History
from osea_rocket.hil.mapping import empty_inputs
from osea_rocket.hil.run import run_bench
from osea_rocket.hil.signals import INPUT_INDEX, SIGNAL_COUNT
from osea_rocket.hil.transports.document import TcpLink, UdpLink

pytestmark = pytest.mark.timeout(120)
PEERS = Path(__file__).parent / "peers"
DEGREE = np.radians(1.0)


@contextmanager
def peer(script, *words):
    process = subprocess.Popen(
        [sys.executable, str(PEERS / script), *map(str, words)], stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        _, said = process.communicate(timeout=10)
        assert "Error" not in said or "Broken pipe" in said or "reset by peer" in said, said


# name: (adapter, peer, link, word for the peer, needs, keys of its log against signals)
CASES = {
    "mavlink, UDP": ("mavlink-hil", "mavlink_peer.py", "udp", "", "pymavlink"),
    "mavlink, TCP": ("mavlink-hil", "mavlink_peer.py", "mavlink", "", "pymavlink"),
    "fprime, TCP": ("fprime", "fprime_peer.py", "fprime", "", "fprime_gds"),
    "fprime, UDP": ("fprime", "fprime_peer.py", "udp", "", "fprime_gds"),
    "cfs": ("cfs", "cfs_peer.py", "udp", "", "spacepackets"),
    "betaflight": ("betaflight", "plain_peer.py", "any_port", "betaflight", "struct"),
    "ardupilot": ("ardupilot-json", "plain_peer.py", "learnt", "ardupilot", "struct"),
    "console, UDP": ("console", "plain_peer.py", "udp", "console", "struct"),
    "console, TCP": ("console", "plain_peer.py", "lines", "console", "struct"),
}
SIGNALS = {
    "rate_y": "imu.rate.y", "acceleration_x": "imu.acceleration.x", "q_w": "truth.attitude_ned.w", "vn": "truth.north",
    "north": "truth.local.x", "pressure": "barometer.pressure", "position_x": "gnss.position.x", "clock": "clock.time",
    "tick": "clock.tick",
}  # fmt: skip


def link_of(kind):
    here, there = free_port(), free_port()
    local, remote = f"127.0.0.1:{here}", f"127.0.0.1:{there}"
    if kind == "udp":
        return UdpLink(local=local, remote=remote), ("udp", there, here)
    if kind == "any_port":
        return UdpLink(local=local, remote=remote, answers_from="any_port"), ("udp", there, here)
    if kind == "learnt":
        return UdpLink(local=local, remote="127.0.0.1:0", answers_from="any_port"), ("udp", 0, here)
    return TcpLink(local=local, framing=kind), ("tcp", 0, here)


def flown(adapter, script, kind, word, path, **changes):
    link, words = link_of(kind)
    b = bench(link, clock=Clock(patience=20.0, timeout=5.0), **changes.pop("fields", {}))
    b = b.evolve(computers=(b.computers[0].evolve(adapter=adapter, **changes),))
    h = History(period=0.0)
    if kind in ("udp", "any_port", "learnt"):
        with peer(script, *words, path, word):
            return run_bench(b, flying(0.6), recorder=h), h
    command = [sys.executable, str(PEERS / script), *map(str, words), str(path), word]
    started = []  # a TCP bench waits for its computer to connect
    timer = threading.Timer(0.3, lambda: started.append(subprocess.Popen(command)))
    timer.start()
    try:
        return run_bench(b, flying(0.6), recorder=h), h
    finally:
        timer.join()
        started[0].terminate()
        started[0].wait(10)


@pytest.mark.parametrize("name", CASES)
def test_flight_software_flies_by_its_adapter(name, tmp_path):
    adapter, script, kind, word, needs = CASES[name]
    if importlib.util.find_spec(needs) is None:
        pytest.skip(f"{needs} is not installed: the peer is built on it")
    result, h = flown(adapter, script, kind, word, tmp_path / "log")
    assert result.complete, result.status
    assert result.exchanges == result.steps == 70
    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()][-60:]
    known = {key for key, value in log[0].items() if value is not None}
    for key in known & set(SIGNALS):  # what was understood is what was sensed
        told = np.array([entry[key] for entry in log])
        sensed = h[SIGNALS[key]][-60:]
        assert np.allclose(told, sensed, rtol=2e-6, atol=1e-7 if key != "rate_y" else 1e-6), key
    # what was commanded is the peer's law of what it understood; pulse widths have steps of 0.01 deg
    step = {"ardupilot": 0.0051 * DEGREE}.get(name, 1e-6)
    wanted = np.array([(0.02 - 0.5 * e["rate_y"], -0.001 * e["acceleration_x"]) for e in log])
    given = np.stack([h["command.gimbal_y"][-60:], h["command.gimbal_z"][-60:]], axis=1)
    assert np.abs(given - wanted).max() < step
    assert np.abs(given).max() > 0.01 and h["command.throttle"][-1] == pytest.approx(0.7, abs=1e-3)


@pytest.mark.skipif(importlib.util.find_spec("pymavlink") is None, reason="pymavlink is not installed")
def test_velocities_of_mavlink_s_hil_messages_saturate_and_fall_silent(tmp_path):
    """The body of these tests flies at orbital speed: HIL_GPS and HIL_STATE_QUATERNION cannot say so, SIM_STATE can."""
    _, h = flown("mavlink-hil", "mavlink_peer.py", "udp", "", tmp_path / "log")
    log = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert np.hypot(h["truth.north"][-1], h["truth.east"][-1]) > 5000.0
    assert log[-1]["gps_vn"] is None and log[-1]["state_vn"] is None
    assert log[-1]["sim_ve"] == pytest.approx(h["truth.east"][-1], rel=1e-4)


@pytest.mark.skipif(importlib.util.find_spec("pymavlink") is None, reason="pymavlink is not installed")
def test_a_bench_s_own_mapping_replaces_the_adapter_s_and_what_is_held_is_told(tmp_path):
    sent = [{"message": "hil_sensor", "fields": {"time_usec": "clock.tick", "ygyro": "imu.rate.y", "xacc": "imu.acceleration.x"}},
            {"message": "hil_gps", "fields": {"vn": "gnss.north", "ve": "gnss.east", "vd": "gnss.down"}}]  # fmt: skip
    taken = [{"message": "hil_actuator_controls", "answers": True,
              "fields": {"time_usec": "answer.tick", "controls[3]": "command.throttle",
                         "controls[0]": {"signal": "command.gimbal_z", "scale": "1 deg"}}}]  # fmt: skip
    result, h = flown("mavlink-hil", "mavlink_peer.py", "udp", "", tmp_path / "log", send=sent, receive=taken)
    assert result.complete and [(x.reason, x.count > 60) for x in result.links[0].held] == [("hil_gps", True)]
    assert h["command.gimbal_y"].max() == 0.0 and h["command.gimbal_z"][-1] > 0.003


def test_checksums_are_those_of_others():
    assert mavlink_crc(b"123456789") == 0x6F91
    assert Fprime().wrap(None, b"abc")[:8].hex() == "deadbeef00000003"  # type: ignore[arg-type]
    pymavlink = pytest.importorskip("pymavlink.dialects.v20.common")
    adapter = load_document(Adapter, adapters.built_in()["mavlink-hil"])
    assert adapter.messages is not None
    for m in layout(adapter.messages).messages:
        theirs = pymavlink.mavlink_map[adapter.ids[m.name]]
        assert (crc_extra(m), m.name.upper()) == (theirs.crc_extra, theirs.msgname), m.name
        assert [f.name for f in m.fields] == theirs.ordered_fieldnames[: len(m.fields)]


def spoken(name):
    b = bench()
    computer = b.computers[0].evolve(adapter=name)
    return adapters.find(b, computer)


DAMAGED = {
    "fprime": (lambda f: [f[:-1], f[:20] + bytes([f[20] ^ 1]) + f[21:], b"\xde\xad" + f, b"\xde\xad\xbe\xef\xff\xff\xff\xff"],
               ["truncated", "checksum", "start word", "truncated"]),
    "cfs": (lambda f: [f[:-1], f[:9] + bytes([f[9] ^ 1]) + f[10:], b"\xff" + f], ["truncated", "checksum", "no packet"]),
    "mavlink-hil": (lambda f: [f[:-1], f[:12] + bytes([f[12] ^ 1]) + f[13:], b"\x55" + f[1:], f[:2] + b"\x06" + f[3:]],
                    ["truncated", "checksum", "version", "version"]),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_truncated_and_foreign_frames_are_refused_by_name(name):
    speech = spoken(name)
    frame = bytes(speech.frames(0, np.zeros(SIGNAL_COUNT))[-1])
    damage, reasons = DAMAGED[name]
    for broken, reason in zip(damage(frame), reasons, strict=True):
        with pytest.raises(RejectedError) as refused:
            speech.take(broken, empty_inputs())
        assert refused.value.reason == reason
    with pytest.raises(RejectedError) as refused:  # whole, but the bench's own message and none of the computer's
        speech.take(frame, empty_inputs())
    assert refused.value.reason in ("other message", "size", "constant")


def test_a_later_definition_of_a_message_is_refused_by_its_checksum():
    speech, other = spoken("mavlink-hil"), bytearray(spoken("mavlink-hil").frames(0, np.zeros(SIGNAL_COUNT))[-1])
    other[7:10] = (93).to_bytes(3, "little")  # another message's number: as when names or types have changed
    with pytest.raises(RejectedError, match="another definition"):
        speech.take(bytes(other), empty_inputs())


def test_lines_of_a_console():
    speech, inputs = spoken("console"), empty_inputs()
    assert speech.take(b"ACT 7   GIMBAL 1.5 -2e0 THROTTLE 55\r\n", inputs) is True
    assert inputs[INPUT_INDEX["command.gimbal_z"]] == pytest.approx(np.radians(-2.0))
    assert inputs[INPUT_INDEX["answer.tick"]] == 7.0 and inputs[INPUT_INDEX["command.throttle"]] == pytest.approx(0.55)
    for line in (b"ACT 7 GIMBAL nan 0 THROTTLE 1", b"ACT 7 GIMBAL __import__ 0 THROTTLE 1", b"hello"):
        with pytest.raises(RejectedError):
            speech.take(line, inputs)


def test_an_adapter_that_is_none_is_told():
    b = bench()
    with pytest.raises(InputError, match="did you mean 'betaflight'"):
        adapters.find(b, b.computers[0].evolve(adapter="betaflght"))
    with pytest.raises((InputError, ValueError), match="keep one of"):
        b.computers[0].evolve(adapter="cfs", adapter_file=load_document(Adapter, adapters.built_in()["cfs"]))


def test_cfe_s_checksum_makes_all_octets_ff():
    class Command:
        kind = "telecommand"

    packet = Cfs().wrap(Command(), bytes([0x18, 0x20, 0xC0, 0, 0, 3, 2, 0x55, 9, 8]))  # type: ignore[arg-type]
    assert int(np.bitwise_xor.reduce(np.frombuffer(packet, np.uint8))) == 0xFF
