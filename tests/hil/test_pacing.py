"""Real and accelerated time: what a late step does to the schedule, whose fault it was; computers that lag behind each other."""

import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benches import SmallComputer, bench, flying, over_udp

from osea_rocket.hil.document import Clock
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.history import History
from osea_rocket.hil.pacing import Pacer
from osea_rocket.hil.run import run_bench

PERIOD, WORK, STEPS = 0.01, 0.065, 20  # s, s, steps: one step's own work takes six periods and a half


def paced(policy: str) -> tuple[Pacer, float]:
    """Steps at 100 Hz, the fifth of which is slow; (pacer, the last step's time on the schedule since its start [s])."""
    pacer = Pacer(Clock(mode="real_time", overrun=policy), 1.0 / PERIOD)  # type: ignore[arg-type]
    pacer.start()
    began = pacer._next
    for step in range(STEPS):
        pacer.wait()
        if step == 4:
            time.sleep(WORK)
    return pacer, (pacer._next - began) / 1e9


@pytest.mark.parametrize("policy", ["catch_up", "slip"])
def test_a_slow_step_is_made_up_or_moves_the_scale(policy):
    """Where the last step stands on the schedule: as planned when time is made up, later by what was lost when it slips."""
    pacer, last = paced(policy)
    timing = pacer.timing()
    assert timing is not None and timing.steps == STEPS
    assert timing.overruns >= 1 and timing.work_p99 > 0.8 * WORK  # the step's own work, not the machine's gap
    if policy == "slip":
        assert timing.slipped >= WORK - PERIOD - 1e-3
        assert last == pytest.approx(STEPS * PERIOD + timing.slipped, abs=1e-6)
    else:
        assert timing.slipped == 0.0
        assert last == pytest.approx(STEPS * PERIOD, abs=1e-6)


def test_accelerated_time_is_real_time_by_its_factor():
    b = bench(rate=100.0, clock=Clock(mode="accelerated", factor=5.0, patience=60.0, silence=30.0))
    with over_udp(b.computers[0].link, SmallComputer()):
        result = run_bench(b, flying(0.5))
    assert result.complete and result.timing is not None
    assert result.timing.period == pytest.approx(0.002) and result.timing.steps == 60


def test_a_computer_that_lags_behind_its_twins_is_outvoted():
    """Skew: one computer of three sees every sample 30 ms late and answers to it; the two that are in step decide."""
    late = Fault(name="skew", kind="delay", span=0.03, at=0.1, computer="c2")
    b = bench(computers=3, faults=(late,), clock=Clock(patience=60.0, timeout=5.0))
    links = [c.link for c in b.computers]
    h = History(period=0.0)

    def computer():
        return SmallComputer(gimbal=lambda tick: 1e-4 * tick)

    with over_udp(links[0], computer()), over_udp(links[1], computer()), over_udp(links[2], computer()):
        result = run_bench(b, flying(0.5), recorder=h)
    assert result.complete and all(link.resent == 0 for link in result.links)
    assert h["command.gimbal_y"] == pytest.approx(1e-4 * h["clock.tick"], abs=1e-5)
    assert [link.answers for link in result.links] == [60, 60, 57]  # the last three samples are still on their way
