"""The flight against closed solutions; `validation.flight` flies them and the book of proof lists them."""

import numpy as np
import pytest

from osea_rocket.trajectory.flight.plant import Flight
from osea_rocket.validation import flight as closed


def test_torque_free_precession():
    assert closed.precession(600.0) < 1e-9


@pytest.mark.parametrize("name", ["orbital energy", "orbital momentum", "rotational energy", "rotational momentum"])
def test_nothing_drifts(name):
    assert closed.conservation()[name] < 1e-9


def test_apogee_of_a_ballistic_ellipse():
    assert closed.ellipse() < 1e-6


def test_a_dropped_body_falls_to_the_east():
    found, wanted = closed.falling_east()
    assert found == pytest.approx(wanted, rel=1e-3)


def test_terminal_velocity():
    found, wanted = closed.terminal_velocity()
    assert found == pytest.approx(wanted, rel=1e-4)


def test_period_of_a_slosh_pendulum():
    found, wanted = closed.pendulum_period()
    assert found == pytest.approx(wanted, rel=1e-4)


def test_the_step_is_of_fourth_order_where_nothing_is_frozen():
    """A ballistic arc: a step of half the length has a sixteenth of the error."""
    ends = {}
    for step in (8.0, 4.0, 0.25):
        flight = Flight(closed.one_phase(1600.0, velocity=(300.0, 7000.0, 0.0), step=step))
        flight.advance()
        ends[step] = flight.state[:3].copy()
    coarse, fine = (np.linalg.norm(ends[s] - ends[0.25]) for s in (8.0, 4.0))
    assert 13.0 < coarse / fine < 19.0
