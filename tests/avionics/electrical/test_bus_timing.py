"""Bus timing against the standards' figures, the published counterexample, and a bus simulated bit by bit."""

import random

import pytest

from osea_rocket.avionics.electrical.bus_timing import (
    CanLoad,
    can_bits,
    can_frames,
    can_response,
    can_utilisation,
    ethernet_bits,
    mil1553_time,
    serial_bits,
)


def test_frames_have_their_longest_length():
    assert [can_bits(n) for n in range(9)] == [
        55,
        65,
        75,
        85,
        95,
        105,
        115,
        125,
        135,
    ]  # 55 + 10 n (Davis et al. 2007, eq. 1)
    assert [can_bits(n, True) for n in range(9)] == [80, 90, 100, 110, 120, 130, 140, 150, 160]  # 80 + 10 n (eq. 2)


def test_long_messages_are_segmented():
    assert can_frames(8) == [8] and can_frames(9) == [8, 8] and can_frames(13) == [8, 8] and can_frames(14) == [8, 8, 8]
    assert len(can_frames(34)) == 5


def test_the_second_instance_is_the_worst_in_the_published_counterexample():
    """Davis, Burns, Bril and Lukkien 2007, table 1: C's first instance takes 3.0 ms and its second 3.5 ms (recalled)."""
    loads = [CanLoad("A", 1, (125,), 2.5e-3), CanLoad("B", 2, (125,), 3.5e-3), CanLoad("C", 3, (125,), 3.5e-3)]
    found = can_response(loads, 125e3)
    assert found == pytest.approx({"A": 2e-3, "B": 3e-3, "C": 3.5e-3})


def test_a_full_bus_has_no_answer():
    loads = [CanLoad("A", 1, (100,), 1e-3), CanLoad("B", 2, (100,), 1e-3)]
    assert can_utilisation(loads, 150e3) > 1
    assert can_response(loads, 150e3) == {"A": pytest.approx(1.333e-3, rel=1e-3), "B": None}


def simulated(loads: list[CanLoad], bit_rate: float, offsets: list[float], until: float) -> dict[str, float]:
    """Longest time seen from release to the end of the last frame, by a bus that sends the most urgent waiting frame."""
    releases = []
    for load, offset in zip(loads, offsets, strict=True):
        t = offset
        while t < until:
            releases.append((t, load))
            t += load.period
    releases.sort(key=lambda r: r[0])
    waiting: list[list] = []
    seen = {load.name: 0.0 for load in loads}
    now = 0.0
    while releases or waiting:
        if not waiting:
            now = max(now, releases[0][0])
        while releases and releases[0][0] <= now + 1e-12:
            t, load = releases.pop(0)
            waiting.append([load.priority, t, load, list(load.frames)])
        chosen = min(waiting, key=lambda w: (w[0], w[1]))
        now += chosen[3].pop(0) / bit_rate
        if not chosen[3]:
            waiting.remove(chosen)
            seen[chosen[2].name] = max(seen[chosen[2].name], now - chosen[1])
    return seen


def test_no_simulated_bus_is_slower_than_the_bound_and_some_come_near_it():
    rng = random.Random(2007)
    nearest = 0.0
    for _ in range(40):
        loads = []
        for k in range(rng.randint(2, 6)):
            frames = tuple(can_bits(8) for _ in range(rng.choice([1, 1, 1, 3])))
            loads.append(CanLoad(f"m{k}", k, frames, rng.choice([5e-3, 8e-3, 10e-3, 20e-3])))
        if can_utilisation(loads, 250e3) > 0.95:
            continue
        bound = can_response(loads, 250e3)
        for trial in range(3):
            offsets = [0.0 if trial == 0 else rng.uniform(0, m.period) for m in loads]
            for name, seen in simulated(loads, 250e3, offsets, 0.2).items():
                limit = bound[name]
                assert limit is not None and seen <= limit + 1e-9
                nearest = max(nearest, seen / limit)
    assert nearest > 0.9


def test_mil_std_1553_transfers_take_their_words():
    # Command, status and 32 data words at 20 µs, 12 µs of response, 4 µs of gap.
    assert mil1553_time(32) == pytest.approx(34 * 20e-6 + 12e-6 + 4e-6)
    assert mil1553_time(33) == pytest.approx(37 * 20e-6 + 2 * 16e-6)  # two transfers
    assert mil1553_time(1, terminal_to_terminal=True) == pytest.approx(5 * 20e-6 + 28e-6)


def test_serial_and_ethernet_frames():
    assert serial_bits(10) == 10 * (14 + 1 + 1)
    assert ethernet_bits(10) == 8 * 84  # the shortest frame with preamble and gap
    assert ethernet_bits(100) == 8 * (100 + 66)
