"""Cards and links of installed packages, by the worked example; time from outside the host."""

import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, bench, flying, free_port, over_udp

from osea_rocket.core.documents import FieldError
from osea_rocket.core.errors import InputError
from osea_rocket.hil.cards import CardSeat, CardWiring, Wire
from osea_rocket.hil.document import Clock, ClockSource
from osea_rocket.hil.external_time import Pps, Ptp, Reference
from osea_rocket.hil.history import History
from osea_rocket.hil.pacing import Pacer
from osea_rocket.hil.run import run_bench
from osea_rocket.hil.signals import INDEX
from osea_rocket.hil.transports.base import LinkLostError
from osea_rocket.hil.transports.document import CardLink
from osea_rocket.hil.transports.opening import open_transport

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "bench_card"
LINK = '''
class Looped:
    """A link whose frames come back."""
    rejects = {}
    def __init__(self, options):
        self.kept = []
    def send(self, frames):
        self.kept += [bytes(f) for f in frames]
    def receive(self, timeout):
        found, self.kept = self.kept, []
        return found
    def close(self):
        pass
'''


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The example as `pip install` would leave it: its module, and a dist-info folder with its entry points."""
    import tomllib

    about = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    shutil.copy(EXAMPLE / "discrete_io.py", tmp_path)
    (tmp_path / "looped_link.py").write_text(LINK)
    info = tmp_path / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n")
    lines = [
        f"[{group}]\n{name} = {value}"
        for group, names in about["entry-points"].items()
        for name, value in names.items()
    ]
    (info / "entry_points.txt").write_text("\n".join([*lines, "[osea_rocket.hil_links]\nlooped = looped_link:Looped"]))
    monkeypatch.syspath_prepend(str(tmp_path))


def wiring(ports, **fields):
    return CardWiring(
        name="umbilical",
        card="discrete-io-simulator",
        options={"local": f"127.0.0.1:{ports[0]}", "remote": f"127.0.0.1:{ports[1]}"},
        outputs={"tick_odd": Wire(signal="clock.tick"), "running": Wire(signal="engine.running")},
        inputs={"spare": Wire(signal="answer.health"), "abort": Wire(signal="command.cut_off")},
        **fields,
    )


def test_a_card_sees_the_plant_and_commands_it(installed):
    ports = free_port(), free_port()
    heard: list[int] = []
    stop = threading.Event()

    def other_end():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind(("127.0.0.1", ports[1]))
            line.settimeout(0.1)
            while not stop.is_set():
                try:
                    word, sender = line.recvfrom(4)
                except TimeoutError:
                    continue
                heard.append(int.from_bytes(word, "little"))
                running_for = sum(bool(w & 2) for w in heard)
                line.sendto((2 if running_for > 20 else 0).to_bytes(4, "little"), sender)  # abort

    thread = threading.Thread(target=other_end)
    thread.start()
    b = bench(cards=(wiring(ports),))
    h = History(period=0.0)
    try:
        with over_udp(b.computers[0].link, SmallComputer()):
            result = run_bench(b, flying(1.0), recorder=h)
    finally:
        stop.set()
        thread.join()
    assert result.complete and heard[0] & 1  # ticks above one half are on
    cut = h["command.cut_off"]
    assert cut[0] == 0.0 and cut[-1] == 1.0 and h["engine.level"].max() > 0.5
    assert (
        h["engine.running"][-1] == 0.0 and result.final[INDEX["truth.thrust"]] < 1.0
    )  # though the computer never cut it


class Volts:
    def __init__(self, options, outputs, inputs):
        self.seen = []

    def exchange(self, outputs, inputs):
        self.seen.append(outputs.tolist())
        inputs[:] = [2.5, np.nan]

    def close(self):
        pass


def test_wires_scale_and_a_silent_channel_changes_nothing(monkeypatch):
    monkeypatch.setattr("osea_rocket.hil.cards.installed", lambda group, name, where: Volts)
    wired = CardWiring(
        name="analogue",
        card="x",
        rate=50.0,
        outputs={"AO0": Wire(signal="barometer.pressure", gain=5e-5, offset=0.1)},
        inputs={"AI0": Wire(signal="command.throttle", gain=5.0), "AI1": Wire(signal="command.gimbal_y")},
    )
    seat = CardSeat(wired, 100.0)
    from osea_rocket.hil.mapping import empty_inputs
    from osea_rocket.hil.signals import INPUT_INDEX, SIGNAL_COUNT

    signals, inputs = np.zeros(SIGNAL_COUNT), empty_inputs()
    signals[INDEX["barometer.pressure"]] = 1e5
    inputs[INPUT_INDEX["command.gimbal_y"]] = 0.01
    for tick in range(4):
        seat.exchange(tick, signals, inputs)
    assert seat._card.seen == [[pytest.approx(5.1)]] * 2  # type: ignore[attr-defined]  at 50 Hz of 100
    assert inputs[INPUT_INDEX["command.throttle"]] == 0.5 and inputs[INPUT_INDEX["command.gimbal_y"]] == 0.01
    with pytest.raises(InputError, match="no whole part"):
        CardSeat(wired.evolve(rate=30.0), 100.0)


def test_what_is_not_installed_or_not_wired_is_told(installed):
    with pytest.raises(InputError, match="did you mean 'discrete-io-simulator'"):
        CardSeat(wiring((1, 2)).evolve(card="discrete-io"), 100.0)
    with pytest.raises(InputError, match=r"cannot be opened.*stays on loopback"):
        CardSeat(wiring((1, 2)).evolve(options={"local": "0.0.0.0:0", "remote": "127.0.0.1:9"}), 100.0)
    with pytest.raises(Exception, match=r"did you mean 'command\.cut_off'"):
        CardWiring(name="x", card="y", inputs={"a": Wire(signal="command.cutoff")})
    with pytest.raises(Exception, match="a card without channels does nothing"):
        CardWiring(name="x", card="y")
    link = open_transport(CardLink(card="looped"))
    link.send([b"frame"])
    assert link.receive(0.0) == [b"frame"]
    with pytest.raises(InputError, match=r"no installed package brings 'loped'.*did you mean 'looped'"):
        open_transport(CardLink(card="loped"))


def test_a_card_that_dies_stops_the_run(monkeypatch):
    class Dying(Volts):
        def exchange(self, outputs, inputs):
            super().exchange(outputs, inputs)
            if len(self.seen) > 30:
                raise LinkLostError("the card has lost its power")

    monkeypatch.setattr("osea_rocket.hil.cards.installed", lambda group, name, where: Dying)
    b = bench(cards=(CardWiring(name="c", card="x", outputs={"a": Wire(signal="clock.time")}, inputs={
        "b": Wire(signal="answer.health"), "c": Wire(signal="answer.state")}),))  # fmt: skip
    with over_udp(b.computers[0].link, SmallComputer()):
        result = run_bench(b, flying(1.0))
    assert not result.complete and result.status.startswith("card 'c': the card has lost its power, at 0.2")


# ---- time from outside ----


class Simulated:
    """A source that runs faster than the host by a share, with noise; silent for a while, and once wrong."""

    name, period = "simulated", 0.1

    def __init__(self, fast, silent=(0.0, 0.0), wrong=None):
        self.fast, self.silent, self.wrong, self.now = fast, silent, wrong, 0
        self.random = np.random.default_rng(1)

    def sample(self):
        t = self.now / 1e9
        if self.silent[0] < t < self.silent[1]:
            return None
        jump = 5_000_000 if self.wrong is not None and abs(t - self.wrong) < 0.05 else 0
        return self.now, round(self.now * (1.0 + self.fast)) + 10**15 + round(self.random.normal(0.0, 300.0)) + jump


def followed(source, seconds, period=2.5e6):
    """Steps of a schedule that follows a source, on a host without delays: the source's seconds that went by, a step's span."""
    reference = Reference(source)
    host = steps = 0
    spans = []
    while host < seconds * 1e9:
        spans.append(reference.span(period))
        host += spans[-1]
        steps += 1
        source.now = host - 700_000  # looked at within the wait
        reference.look(source.now, host, steps * period)
    return reference.timing(), steps * period / 1e9, host / 1e9, np.array(spans[-400:])


def test_a_schedule_keeps_the_seconds_of_its_source():
    timing, schedule, host, spans = followed(Simulated(150e-6), 60.0)
    assert timing.rate == pytest.approx(150e-6, abs=3e-6) and timing.refused == timing.gaps == 0
    assert schedule == pytest.approx(host * (1.0 + 150e-6), abs=60e-6)  # the host's own clock would be 9 ms off
    assert abs(timing.error_last) < 5e-6 and timing.error_worst < 100e-6
    assert spans.mean() == pytest.approx(2.5e6 / (1.0 + 150e-6), rel=1e-5)


def test_a_source_that_falls_silent_or_jumps_does_not_pull_the_schedule():
    timing, schedule, host, _ = followed(Simulated(150e-6, silent=(20.0, 30.0)), 60.0)
    assert timing.gaps == 1 and schedule == pytest.approx(host * (1.0 + 150e-6), abs=200e-6)
    timing, schedule, host, _ = followed(Simulated(150e-6, wrong=20.0), 60.0)
    assert timing.refused >= 1 and schedule == pytest.approx(host * (1.0 + 150e-6), abs=300e-6)


def test_a_pacer_follows_a_source_in_real_time():
    class Fast:
        name, period = "fast", 0.02

        def sample(self):
            now = time.perf_counter_ns()
            return now, round(now * 1.0015)

    pacer = Pacer(Clock(mode="real_time"), 100.0, Fast())
    pacer.start()
    began = time.perf_counter()
    for _ in range(100):
        pacer.wait()
    timing = pacer.timing()
    assert timing is not None and timing.reference is not None and timing.reference.samples > 5
    assert timing.reference.rate == pytest.approx(1.5e-3, abs=3e-4)
    assert time.perf_counter() - began < 1.0 or timing.machine_gaps > 0  # a second of the source is shorter than ours


def test_pulses_a_second_are_read_as_the_kernel_writes_them(tmp_path):
    (tmp_path / "pps0").mkdir()
    pulse = tmp_path / "pps0" / "assert"
    stamp = time.time_ns() - 200_000_000
    pulse.write_text(f"{stamp // 10**9}.{stamp % 10**9:09d}#41\n")
    source = Pps("/dev/pps0", tmp_path)
    found = source.sample()
    assert found is not None and found[1] == 41 * 10**9
    assert time.perf_counter_ns() - found[0] == pytest.approx(200e6, abs=150e6)
    assert source.sample() is None  # the same pulse
    stamp += 10**9
    pulse.write_text(f"{stamp // 10**9}.{stamp % 10**9:09d}#42\n")
    later = source.sample()
    assert later is not None and later[0] - found[0] == pytest.approx(1e9, abs=5e6) and later[1] - found[1] == 10**9
    old = Pps("/dev/pps0", tmp_path)
    pulse.write_text("1000000000.000000000#43\n")
    assert old.sample() is None  # it stopped long ago


def test_a_hardware_clock_is_read_by_its_number():
    found = Ptp(clock=time.CLOCK_MONOTONIC).sample()
    assert found is not None
    assert abs(found[1] - time.clock_gettime_ns(time.CLOCK_MONOTONIC)) < 5e9


def test_a_source_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InputError, match=r"no pulse a second at /dev/pps7 .*leave out the clock's source"):
        Pps("/dev/pps7", tmp_path)
    with pytest.raises(InputError, match=r"no PTP clock at /dev/ptp99: No such file"):
        Ptp("/dev/ptp99")
    with pytest.raises(InputError, match=r"/dev/zero is no clock"):
        Ptp("/dev/zero")
    with pytest.raises(InputError, match="no PTP clock"):
        Pacer(Clock(mode="real_time", source=ClockSource(type="ptp", device="/dev/ptp99")), 100.0)
    with pytest.raises((FieldError, ValueError), match="in lockstep no clock runs"):
        Clock(source=ClockSource(type="pps"))
