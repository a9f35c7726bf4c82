"""Conditions, requirements and faults as a bench document writes them."""

import numpy as np
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.hil.conditions import Watch, parse
from osea_rocket.hil.faults import Fault
from osea_rocket.hil.mapping import empty_inputs
from osea_rocket.hil.requirements import Requirement, Watcher
from osea_rocket.hil.signals import INDEX, SIGNAL_COUNT

PHASES = ("rise", "first stage", "coast")


def signals(**values):
    out = np.zeros(SIGNAL_COUNT)
    for name, value in values.items():
        out[INDEX[name.replace("__", ".")]] = value
    return out


@pytest.mark.parametrize(
    ("text", "values", "holds", "margin"),
    [
        ("truth.altitude > 40 km", {"truth__altitude": 41e3}, True, 1e3),
        ("truth.altitude > 40 km", {"truth__altitude": 39e3}, False, -1e3),
        ("imu.rate.x < 1 deg/s", {"imu__rate__x": 0.0}, True, np.radians(1.0)),
        ("truth.altitude > 1 km and truth.mach < 2", {"truth__altitude": 5e3, "truth__mach": 1.5}, True, 0.5),
        ("truth.altitude > 9 km or truth.mach < 2", {"truth__altitude": 5e3, "truth__mach": 1.5}, True, 0.5),
        ("vehicle.phase >= 'first stage'", {"vehicle__phase": 0.0}, False, -1.0),
    ],
)
def test_a_condition_holds_by_its_margin(text, values, holds, margin):
    watch = Watch(text, PHASES)
    assert watch.holds(signals(**values), empty_inputs()) is holds
    assert watch.margin(signals(**values), empty_inputs()) == pytest.approx(margin)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("truth.altitud > 4 km", "did you mean 'truth.altitude'"),
        ("truth.altitude > 4", "takes a value in m"),
        ("truth.altitude > 4 s", "'s' is no unit of truth.altitude"),
        ("truth.mach > 4 km", "takes a bare number"),
        ("truth.mach > 1 and truth.mach < 3 or truth.mach > 5", "two conditions"),
        ("__import__('os')", "no comparison"),
        ("truth.mach", "no comparison"),
        ("truth.mach == 'rise'", "only vehicle.phase"),
    ],
)
def test_what_is_no_condition_is_told(text, why):
    with pytest.raises(ValueError, match=why):
        parse(text)


def verdict(requirement, history, *, complete=True):
    watcher = Watcher(Requirement(name="r", **requirement), PHASES)
    for time, altitude in history:
        watcher.step(time, signals(truth__altitude=altitude), empty_inputs())
    time, altitude = history[-1]
    return watcher.verdict(time, signals(truth__altitude=altitude), empty_inputs(), complete=complete)


CLIMB = [(t, 1e3 * t) for t in (-1.0, 0.0, 1.0, 2.0, 3.0, 4.0)]


def test_always_holds_from_lift_off_and_names_the_tightest_moment():
    v = verdict({"always": "truth.altitude > -10 m"}, CLIMB)
    assert (v.holds, v.margin, v.time) == (True, 10.0, 0.0)  # the step before T-0 is not looked at
    v = verdict({"always": "truth.altitude < 2.5 km"}, CLIMB)
    assert (v.holds, v.time) == (False, 3.0)


def test_never_is_the_contrary():
    assert verdict({"never": "truth.altitude > 5 km"}, CLIMB).holds is True
    assert verdict({"never": "truth.altitude > 2.5 km"}, CLIMB).holds is False


def test_eventually_within_a_time_of_an_event():
    after = {"after": "truth.altitude > 0.5 km"}
    assert verdict({"eventually": "truth.altitude > 2.5 km", "within": 2.0, **after}, CLIMB).holds is True
    v = verdict({"eventually": "truth.altitude > 3.5 km", "within": 2.0, **after}, CLIMB)
    assert (v.holds, v.reason) == (False, "did not come in time")


def test_what_was_not_seen_is_not_said_to_hold():
    assert verdict({"always": "truth.mach < 1", "after": "truth.altitude > 99 km"}, CLIMB).holds is None
    assert verdict({"always": "truth.altitude < 99 km"}, CLIMB, complete=False).holds is None
    assert verdict({"eventually": "truth.altitude > 99 km"}, CLIMB, complete=False).holds is None
    assert verdict({"at_end": "truth.altitude > 3 km"}, CLIMB).holds is True
    assert verdict({"at_end": "truth.altitude > 99 km"}, CLIMB).holds is False
    for bound in ("3 km", "99 km"):  # a run that something stopped has not got to its end
        assert verdict({"at_end": f"truth.altitude > {bound}"}, CLIMB, complete=False).holds is None


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "bias", "at": 1.0, "amount": "1 deg/s"}, "needs 'signal'"),
        ({"kind": "bias", "at": 1.0, "signal": "imu.rate.x"}, "needs an amount"),
        ({"kind": "bias", "at": 1.0, "signal": "imu.rate.x", "amount": "1 kg"}, "kg"),
        ({"kind": "loss", "at": 1.0, "amount": 1.5}, "0 to 1"),
        ({"kind": "loss", "at": 1.0, "amount": 0.5, "when": "truth.mach > 1"}, "'at' .*'when'"),
        ({"kind": "jam", "at": 1.0, "signal": "gnss.position"}, "a command such as"),
        ({"kind": "stuck_bit", "at": 1.0, "signal": "imu.rate.x"}, "needs 'bit'"),
        ({"kind": "delay", "at": 1.0}, "needs 'span'"),
    ],
)
def test_a_fault_that_is_none_is_told(fields, why):
    with pytest.raises((InputError, ValueError), match=why):
        Fault(name="f", **fields)


def test_a_fault_s_amount_is_in_the_signal_s_unit():
    fault = Fault(name="f", kind="bias", at=1.0, signal="gnss.velocity", amount="18 km/hour")
    assert fault.value() == pytest.approx(5.0)
    assert len(fault.places()) == 3
