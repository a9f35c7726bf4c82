"""The reference flight computer, built as its users build it, flown on the bench."""

import json
import os
import re
import signal
import subprocess
import sys
import tty
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mcap.reader import make_reader

sys.path.insert(0, str(Path(__file__).parent))
from benches import alone_on_multicast, free_port

from osea_rocket.avionics.generate.build import build
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.core.run_folder import read_run
from osea_rocket.hil.document import Bench, own_messages
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.history import History
from osea_rocket.hil.recording.layout import FIRST_FRAME, ROW
from osea_rocket.hil.recording.reading import opened
from osea_rocket.hil.run import BenchRun, Seat, run_bench
from osea_rocket.hil.signals import INDEX
from osea_rocket.hil.speech import speech
from osea_rocket.hil.transports.document import UdpLink
from osea_rocket.hil.transports.stream import Stream
from osea_rocket.studies import bench_command
from osea_rocket.studies.bench import bench_case
from osea_rocket.studies.flight_software import software_files

HOME = Path(__file__).resolve().parents[2] / "examples" / "flight_computer"
FLAGS = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]
pytestmark = [pytest.mark.slow, pytest.mark.c_compiler, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def made():
    return bench_case(HOME / "bench-udp.yaml")


@pytest.fixture(scope="module")
def program(made, tmp_path_factory, c_compiler):
    folder = tmp_path_factory.mktemp("flight-computer")
    build(layout(own_messages()), folder, ["c99"])
    build(layout(load_document(MessageSet, HOME / "can.yaml")), folder, ["c99"])
    for name, text in software_files(made).items():
        (folder / name).write_text(text)
    generated = (str(folder / f"{name}.c") for name in ("osea_bench", "osea_bench_can", "osea_landing"))
    sources = [*map(str, (HOME / "src").glob("*.c")), *generated]
    command = [c_compiler, *FLAGS, f"-I{HOME / 'src'}", f"-I{folder}", *sources, "-lm", "-o", str(folder / "fc")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "fc"


@contextmanager
def running(*command):
    process = subprocess.Popen([str(c) for c in command])
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


def over_udp(made, program, **changes):
    ports = free_port(), free_port()
    link = UdpLink(local=f"127.0.0.1:{ports[0]}", remote=f"127.0.0.1:{ports[1]}")
    bench = made.bench.evolve(computers=(made.bench.computers[0].evolve(link=link),), **changes)
    h = History(period=0.05)
    with running(program, f"udp:{ports[1]}:{ports[0]}"):
        return run_bench(bench, made.flying(0), recorder=h), h


def test_it_flies_from_the_pad_to_orbit(made, program):
    result, h = over_udp(made, program)
    assert {v.name: v.holds for v in result.verdicts} == dict.fromkeys((v.name for v in result.verdicts), True)
    assert result.passed and result.links[0].rejected == ()
    assert (
        abs(result.final[INDEX["truth.perigee"]] - 200e3) < 1e3
        and abs(result.final[INDEX["truth.apogee"]] - 200e3) < 1e3
    )
    assert {1.0, 2.0, 3.0, 4.0, 5.0} <= set(h["answer.state"])


def test_it_knows_what_its_sensors_say_and_no_more(made, program):
    """Satellite fixes that are wrong by 5 m/s are refused at first and believed when they persist: the flight bends."""
    short = {"longest": 60.0, "requirements": (), "until": None}
    bias = Fault(name="bias", kind="bias", signal="gnss.velocity", amount="5 m/s", at=10.0)
    straight, _ = over_udp(made, program, **short)
    bent, h = over_udp(made, program, faults=(bias,), **short)
    assert int(h["answer.health"][-1]) & 4  # a fix was refused
    place, speed = INDEX["truth.position.x"], INDEX["truth.velocity.x"]
    assert np.linalg.norm(bent.final[place : place + 3] - straight.final[place : place + 3]) > 1.0
    assert np.linalg.norm(bent.final[speed : speed + 3] - straight.final[speed : speed + 3]) > 0.05


def test_the_same_bytes_over_a_serial_line(made, program):
    """A pseudo-terminal with COBS frames: what the computer commands is what it commands over UDP."""
    short = {"longest": 20.0, "requirements": (), "until": None}
    _, over_network = over_udp(made, program, **short)
    bench = made.bench.evolve(**short)
    master, slave = os.openpty()
    tty.setraw(slave)
    h = History(period=0.05)
    line = Stream(master, "cobs", lambda: os.close(master))
    with running(program, f"serial:{os.ttyname(slave)}"):
        seat = Seat(bench.computers[0], speech(bench, bench.computers[0]), line)
        result = BenchRun(bench, made.flying(0), [seat], h, 0).go(None, 1.0)
    line.close()
    os.close(slave)
    assert result.complete and result.links[0].rejected == ()
    assert np.array_equal(h.rows, over_network.rows)


def test_the_same_flight_over_can_fd(made, program):
    """Two frames a sample and one a command on python-can's multicast bus: what is commanded is what is commanded over UDP."""
    short = {"longest": 10.0, "requirements": (), "until": None}
    _, over_network = over_udp(made, program, **short)
    on_bus = load_document(Bench, HOME / "bench-can.yaml")
    bench = made.bench.evolve(computers=on_bus.computers, messages=on_bus.messages, **short)
    link = bench.computers[0].link
    h = History(period=0.05)
    with alone_on_multicast(), running(program, f"canudp:{link.channel}:43113"):
        try:
            result = run_bench(bench, made.flying(0), recorder=h, bind=True)
        except InputError as error:
            pytest.skip(f"no multicast on this machine: {error}")
    assert result.complete and result.links[0].rejected == () and result.links[0].resent == 0
    assert np.array_equal(h.rows, over_network.rows)


def test_ctrl_c_in_flight_keeps_the_recording_and_the_report(made, program, tmp_path, monkeypatch):
    """In the middle of the ascent: exit code 130, a published folder that says that it was stopped, a recording that is whole."""
    ports = free_port(), free_port()
    link = UdpLink(local=f"127.0.0.1:{ports[0]}", remote=f"127.0.0.1:{ports[1]}")
    bench = made.bench.evolve(computers=(made.bench.computers[0].evolve(link=link),))
    monkeypatch.setattr(bench_command, "open_bench", lambda path, progress: replace(made, bench=bench))
    fly = bench_command.run_bench

    def interrupted(bench, flying, **options):
        look, asked = options.pop("look"), []

        def watch(run):
            look(run)
            if run.plant.time > 5.0 and not asked:
                asked.append(run.plant.time)
                os.kill(os.getpid(), signal.SIGINT)

        return fly(bench, flying, look=watch, **options)

    monkeypatch.setattr(bench_command, "run_bench", interrupted)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run started in the background ignores it
    usual = signal.getsignal(signal.SIGINT)
    data, _ = bench_command.run_hil(
        HOME / "bench-udp.yaml", tmp_path / "out", start=f"{program} udp:{ports[1]}:{ports[0]}", quiet=True
    )
    assert signal.getsignal(signal.SIGINT) is usual
    assert (data["status"], data["exit_code"]) == ("stopped", 130)
    ended = re.search(r"interrupted at T\+([\d.]+) s", data["message"])
    assert ended is not None and 5.0 < float(ended[1]) < 30.0  # a signal takes a moment, in which the bench flies on
    out = tmp_path / "out"
    run = json.loads((out / "run.json").read_text())
    assert run["status"] == "stopped" and {"recording.mcap", "report.html", "junit.xml"} <= set(run["artefacts"])
    with pytest.raises(InputError, match="not a finished run: its status is 'stopped'"):
        read_run(out)
    assert "interrupted" in (out / "report.html").read_text()
    with opened(out / "recording.mcap") as recording:
        counts = Counter(channel for channel, *_ in recording.messages())
    steps = json.loads((out / "results" / "bench.json").read_text())["steps"]
    assert 2800 < counts[ROW] == counts[FIRST_FRAME] == counts[FIRST_FRAME + 1]
    assert steps - counts[ROW] in (0, 1)  # the step that was under way had perhaps not been exchanged yet
    with (out / "recording.mcap").open("rb") as file:  # another's reader finds it whole
        whole = make_reader(file, validate_crcs=True).get_summary()
        assert whole is not None and whole.statistics is not None
        assert whole.statistics.message_count == sum(counts.values())
