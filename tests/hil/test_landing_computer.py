"""The reference flight computer lands the booster: its law against the Python's, and on the bench over every kind of link."""

import ctypes
import os
import subprocess
import sys
import tty
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import alone_on_multicast, free_port

from osea_rocket.avionics.generate.build import build
from osea_rocket.avionics.layout import layout
from osea_rocket.avionics.message_set import MessageSet
from osea_rocket.core.documents import load_document
from osea_rocket.core.errors import InputError
from osea_rocket.hil.document import Bench, own_messages
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.history import History
from osea_rocket.hil.run import BenchRun, Seat, run_bench
from osea_rocket.hil.signals import INDEX
from osea_rocket.hil.speech import speech
from osea_rocket.hil.transports.document import CanLink, UdpLink
from osea_rocket.hil.transports.stream import Stream
from osea_rocket.recovery import descent_flight
from osea_rocket.recovery.descent_flight import BESIDE, LANDED, design_landing
from osea_rocket.recovery.descent_guidance import DescentGuidance
from osea_rocket.studies.bench import open_bench
from osea_rocket.studies.flight_software import software_files
from osea_rocket.studies.landing_bench import LandingBench

HOME = Path(__file__).resolve().parents[2] / "examples" / "flight_computer"
FLAGS = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
pytestmark = [pytest.mark.c_compiler, pytest.mark.timeout(900)]
LIMITS = {"distance": 15.0, "sink": 4.0, "drift": 1.5, "tilt": np.radians(5.0)}


@pytest.fixture(scope="module")
def made():
    found = open_bench(HOME / "bench-landing-udp.yaml")
    assert isinstance(found, LandingBench)
    return found


@pytest.fixture(scope="module")
def returning():
    """From separation on."""
    found = open_bench(HOME / "bench-return-udp.yaml")
    assert isinstance(found, LandingBench)
    return found


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    return generated(made, tmp_path_factory.mktemp("landing-computer"))


def generated(made, made_into):
    """All that is generated."""
    for messages in (own_messages(), load_document(MessageSet, HOME / "can.yaml")):
        build(layout(messages), made_into, ["c99"])
    for name, text in software_files(made).items():
        (made_into / name).write_text(text)
    return made_into


def compiled(compiler, folder, name, *flags, only=None):
    only = only or {p.stem for p in (HOME / "src").glob("*.c")} | {"osea_bench", "osea_bench_can", "osea_landing"}
    sources = [str(p) for home in (HOME / "src", folder) for p in home.glob("*.c") if p.stem in only]
    command = [compiler, *FLAGS, *flags, f"-I{HOME / 'src'}", f"-I{folder}", *sources, "-lm", "-o", str(folder / name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / name


@pytest.fixture(scope="module")
def program(folder, c_compiler):
    return compiled(c_compiler, folder, "fc")


@pytest.fixture(scope="module")
def return_program(returning, tmp_path_factory, c_compiler):
    return compiled(c_compiler, generated(returning, tmp_path_factory.mktemp("return-computer")), "fc")


@contextmanager
def running(*command):
    process = subprocess.Popen([str(c) for c in command], stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=10)


def over_udp(made, program, seed=0, **changes):
    ports = free_port(), free_port()
    link = UdpLink(local=f"127.0.0.1:{ports[0]}", remote=f"127.0.0.1:{ports[1]}")
    bench = made.bench.evolve(computers=(made.bench.computers[0].evolve(link=link),), **changes)
    h = History(period=0.05)
    with running(program, f"udp:{ports[1]}:{ports[0]}"):
        return run_bench(bench, made.flying(seed), recorder=h, seed=seed), h


def touchdown(result):
    return {name: float(result.final[INDEX[f"truth.touchdown.{name}"]]) for name in LIMITS}


# ---- the law against the Python's ----


class Sensed(ctypes.Structure):
    """`sensed_t` of landing_burn.h."""

    _fields_ = (
        ("time", ctypes.c_double), ("position", ctypes.c_double * 3), ("velocity", ctypes.c_double * 3),
        ("body", ctypes.c_double * 9), ("rates", ctypes.c_double * 3), ("sensed", ctypes.c_double),
    )  # fmt: skip


class Steered(ctypes.Structure):
    """`steered_t` of landing_burn.h."""

    _fields_ = (
        ("axis", ctypes.c_double * 3), ("turning", ctypes.c_double * 3), ("throttle", ctypes.c_double), ("ends", ctypes.c_bool),
    )  # fmt: skip


@pytest.fixture(scope="module")
def law(folder, c_compiler):
    """The descent's guidance in C, as a library."""
    (folder / "size.c").write_text(
        '#include "descent.h"\nunsigned long descent_size(void) { return sizeof(descent_t); }\n'
    )
    only = ("descent", "boost_back", "landing_burn", "landing_aim", "reach", "osea_landing", "size")
    return ctypes.CDLL(str(compiled(c_compiler, folder, "law.so", "-fPIC", "-shared", only=only)))


def asked_and_answered(design, seed, monkeypatch):
    """What the Python's guidance was given in one flight, and what it asked for."""
    calls, steer = [], DescentGuidance.steer

    def noted(self, time, phase, position, velocity, body, rates, sensed):
        given = time, phase, position.copy(), velocity.copy(), body.copy(), np.array(rates), float(sensed)
        command = steer(self, *given)
        know = self.know
        calls.append((given, command, know.mass, know.strength, know.thickness, *know.wind, know.wind_height))
        return command

    monkeypatch.setattr(descent_flight.DescentGuidance, "steer", noted)
    return calls, descent_flight.fly_landing(design, seed)


@pytest.mark.parametrize(("seed", "left", "ends"), [(0, 0.0, LANDED), (1, 0.0, LANDED), (2, 7e3, BESIDE)])
def test_the_law_in_c_asks_for_what_the_python_asks_for(made, law, seed, left, ends, monkeypatch):
    """The same sensed states, one after another, through a whole flight, to the pad and to the nearest place in reach: axis and
    throttle to 1e-6, phases ended together."""
    study = made.design.study
    design = design_landing(study.evolve(entry=study.entry.evolve(left=left))) if left else made.design
    calls, end = asked_and_answered(design, seed, monkeypatch)
    assert end.verdict == ends
    assert {given[1] for given, *_ in calls} == {0, 1, 2, 3}
    law.descent_size.restype = ctypes.c_ulong
    memory = ctypes.create_string_buffer(law.descent_size())
    law.descent_begin(memory)
    # descent_t begins with knowledge_t, and the burn follows
    know = ctypes.cast(memory, ctypes.POINTER(ctypes.c_double))
    burn = ctypes.byref(memory, 6 * ctypes.sizeof(ctypes.c_double))
    worst = 0.0
    for (time, phase, position, velocity, body, rates, sensed), command, *known in calls:
        given = Sensed(time, tuple(position), tuple(velocity), tuple(body.ravel()), tuple(rates), sensed)
        out = Steered()
        law.descent_steer(memory, phase + 3, ctypes.byref(given), ctypes.byref(out))
        law.landing_burn_plan(burn)
        off = max(
            np.abs(np.array(out.axis) - command.axis).max(), np.abs(np.array(out.turning) - command.turning).max(),
            abs(out.throttle - command.throttle),
        )  # fmt: skip
        worst = max(worst, off)
        assert off < 1e-6, (time, phase)
        assert bool(out.ends) == bool(command.ends), (time, phase)
        assert np.allclose(know[:6], known, rtol=1e-9, atol=1e-9)
    assert len(calls) > 1000 and worst > 0.0


# ---- on the bench ----


def test_it_lands_within_the_legs_limits(made, program):
    """Coast, entry burn, fall, landing burn and touchdown over UDP, with what the bench file requires."""
    result, h = over_udp(made, program)
    assert {v.name: v.holds for v in result.verdicts} == dict.fromkeys((v.name for v in result.verdicts), True)
    assert result.passed and result.links[0].rejected == ()
    assert {10.0, 11.0, 12.0, 13.0, 14.0} <= set(h["answer.state"])
    assert set(h["command.throttle"]) != {1.0} and np.abs(h["fin.y"]).max() > 0.01


def test_it_returns_from_separation(returning, return_program):
    """Turn and boost-back go before; every state of a booster, to the end within the legs' limits."""
    result, h = over_udp(returning, return_program)
    assert {v.name: v.holds for v in result.verdicts} == dict.fromkeys((v.name for v in result.verdicts), True)
    assert {8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0} <= set(h["answer.state"])
    out = -h["truth.local.x"]  # it flies on away from the pad and turns back
    assert np.abs(out).max() > 50e3 and h["truth.altitude"].max() > 100e3


@pytest.mark.slow
def test_it_returns_when_dispersed(returning, return_program):
    ends = [over_udp(returning, return_program, seed)[0] for seed in range(1, 11)]
    assert all(e.passed for e in ends), [touchdown(e) for e in ends]


@pytest.mark.slow
def test_it_lands_dispersed_flights(made, program):
    """Seeds whose vehicle, air, place and instruments are off as the study says."""
    ends = [over_udp(made, program, seed)[0] for seed in range(1, 11)]
    assert all(e.passed for e in ends), [touchdown(e) for e in ends]
    places = {round(touchdown(e)["distance"], 6) for e in ends}
    assert len(places) == 10


def test_it_knows_what_its_sensors_say_and_no_more(made, program):
    """Satellite velocities that are wrong by 5 m/s from the entry burn on: refused, then believed, and it lands elsewhere."""
    straight, _ = over_udp(made, program)
    bias = Fault(name="bias", kind="bias", signal="gnss.velocity", amount="5 m/s", at=30.0)
    bent, h = over_udp(made, program, faults=(bias,))
    assert int(h["answer.health"][-1]) & 4  # a fix was refused
    place = slice(INDEX["truth.local.x"], INDEX["truth.local.x"] + 2)
    assert np.linalg.norm(bent.final[place] - straight.final[place]) > 1.0


def test_what_is_no_number_is_refused_however_often(folder, c_compiler):
    """Six fixes in a row that are far off are believed; a radar's height or fixes that are no numbers leave all as it was."""
    (folder / "navigation_size.c").write_text(
        '#include "navigation.h"\nunsigned long navigation_size(void) { return sizeof(navigation_t); }\n'
    )
    only = ("navigation", "earth", "navigation_size")
    library = ctypes.CDLL(str(compiled(c_compiler, folder, "navigation.so", "-fPIC", "-shared", only=only)))
    library.navigation_size.restype = ctypes.c_ulong
    library.navigation_fix.restype = library.navigation_height.restype = ctypes.c_bool
    memory, three = ctypes.create_string_buffer(library.navigation_size()), ctypes.c_double * 3
    library.navigation_begin(memory)
    begun, none, up = memory.raw, ctypes.c_double(np.nan), three(0.0, 0.0, 1.0)
    assert not library.navigation_height(memory, up, none, ctypes.c_double(1.0))
    for wrong in (np.nan, np.inf):
        assert not any(library.navigation_fix(memory, three(wrong, 0.0, 0.0), three()) for _ in range(10))
    assert memory.raw == begun
    assert [bool(library.navigation_fix(memory, three(), three())) for _ in range(6)] == [False] * 5 + [True]


def test_it_reads_and_writes_nothing_that_is_not_its_own(made, folder, c_compiler):
    """The whole descent under the address and undefined-behaviour sanitizers: the same flight, and no report."""
    watched = compiled(c_compiler, folder, "fc-watched", "-g", *SANITIZERS)
    ports = free_port(), free_port()
    link = UdpLink(local=f"127.0.0.1:{ports[0]}", remote=f"127.0.0.1:{ports[1]}")
    bench = made.bench.evolve(computers=(made.bench.computers[0].evolve(link=link),))
    with running(watched, f"udp:{ports[1]}:{ports[0]}") as process:
        result = run_bench(bench, made.flying(0), seed=0)
        assert process.poll() is None  # a sanitizer's report ends it
    assert result.passed, result.status


@pytest.mark.slow
def test_the_same_return_over_a_serial_line(returning, return_program):
    """A pseudo-terminal with COBS frames: to the bit the flight over UDP."""
    _, over_network = over_udp(returning, return_program)
    master, slave = os.openpty()
    tty.setraw(slave)
    h = History(period=0.05)
    line = Stream(master, "cobs", lambda: os.close(master))
    with running(return_program, f"serial:{os.ttyname(slave)}"):
        seat = Seat(returning.bench.computers[0], speech(returning.bench, returning.bench.computers[0]), line)
        result = BenchRun(returning.bench, returning.flying(0), [seat], h, 0).go(None, 1.0)
    line.close()
    os.close(slave)
    assert result.passed and result.links[0].rejected == ()
    assert np.array_equal(h.rows, over_network.rows)


@pytest.mark.slow
def test_the_same_return_over_can_fd(returning, return_program):
    """Two frames a sample and one a command on python-can's multicast bus: to the bit the flight over UDP."""
    _, over_network = over_udp(returning, return_program)
    bench = load_document(Bench, HOME / "bench-return-can.yaml")
    link = bench.computers[0].link
    assert isinstance(link, CanLink)
    h = History(period=0.05)
    with alone_on_multicast(), running(return_program, f"canudp:{link.channel}:43113"):
        try:
            result = run_bench(bench, returning.flying(0), recorder=h, bind=True, seed=0)
        except InputError as error:
            pytest.skip(f"no multicast on this machine: {error}")
    assert result.passed and result.links[0].rejected == () and result.links[0].resent == 0
    assert np.array_equal(h.rows, over_network.rows)
