"""Boosters over their recorded tracks: what is taken from a record, and what the flight makes of it."""

import numpy as np
import pytest

from osea_rocket.core.earth import ROTATION_RATE
from osea_rocket.recovery.booster_return_plan import ReturnSegment
from osea_rocket.trajectory.motion import phase_model
from osea_rocket.validation import booster_tracks
from osea_rocket.validation.booster_track_flight import coasted


def case(name):
    return next(c for c in booster_tracks.cases()["flights"] if c["flight"] == name)


def test_the_state_at_cutoff_is_found_from_the_coast_after_it():
    """A ballistic arc as a broadcast shows it, speeds to 1 km/h and altitudes to 0.1 km; the derived vertical speed is off."""
    coast = ReturnSegment(name="coast", kind="coast", model=phase_model())

    def state(x):
        place = np.array([6378137.0 + x[0], 0.0, 0.0])
        moving = np.array([x[2], x[1], 0.0]) + np.cross([0.0, 0.0, ROTATION_RATE], place)
        return np.concatenate([place, moving, [7e4]])

    times = np.arange(140.0, 166.0, 1.0 / 30.0)
    _, seen = coasted(coast, state([61e3, 1200.0, 1130.0]), 147.0, 166.0, times[times >= 147.0])
    shown = np.vstack([np.tile(seen[0], (int((times < 147.0).sum()), 1)), seen])
    record = {
        "events": {"meco": 147, "boostback_start": 166},
        "time": [146.0, 147.0],
        "altitude": [60.0, 60.9],
        "velocity_x": [1190.0, 1195.0],
        "velocity_y": [1100.0, 1105.0],
        "stage": {
            "time": times,
            "velocity": np.round(shown[:, 0] * 3.6) / 3.6,
            "altitude": np.round(shown[:, 1] / 1e3, 1),
        },
    }
    found = booster_tracks._coasting(record, coast, state)
    assert found[0] - 6378137.0 == pytest.approx(61e3, abs=50.0)
    assert found[3] == pytest.approx(1130.0, abs=3.0)


def test_a_cutoff_without_thrust_is_put_where_the_thrust_ends():
    events = {
        "meco": 142, "boostback_start": 156, "boostback_end": 205, "apogee": 232, "entry_start": 361, "entry_end": 387,
        "landing_start": 436, "landing_end": 467,
    }  # fmt: skip
    record = {
        "events": events,
        "time": [0.0, 361.0, 467.0],
        "downrange_distance": [0.0, 10.9, 1.3],
        "altitude": [0.0, 55.7, 0.0],
    }
    clock = booster_tracks.clock_of(case("SAOCOM 1A"), record)
    assert clock.boostback == (156.0, 162.0, 195.5, 199.5) and clock.entry == (361.0, 364.8, 385.0, 387.0)
    assert clock.downrange == (10900.0, 1300.0) and clock.apogee == (232.0, 55700.0)


@pytest.mark.skipif(not booster_tracks.available(), reason="the flight records are not on this machine")
def test_a_recorded_return_is_flown_within_a_tenth():
    track = booster_tracks.fly(case("SpaceX CRS-12"), optimum=False)
    assert track.flown is not None and track.flown.settled
    rows = booster_tracks._compared(track)
    tests = [r for r in rows if r.kind == "within"]
    assert len(tests) == 9 and len(rows) == 12  # the apogee's altitude steered the flight, the first event was fitted
    assert all(r.met for r in tests), [r.quantity for r in tests if not r.met]
    s = track.flown.samples
    assert np.all(np.diff(s[:, 4]) <= 1e-6)  # nothing but burns, which only take
