"""Rules of the countdown: two clocks that must not be mixed."""

from ....core.findings import Severity
from ....core.time import SECOND
from ..examples import DELETE
from ..launches import Launch
from ..live import CountdownClock, CountdownEvent
from .engine import Package, Problems, instant, rule

TOLERANCE = 1.0  # s, between a clock and the T-0 that it states


@rule(
    "LD-CLK-001",
    CountdownClock,
    says="a clock that counts states the T-0 that it counts to",
    fails={"countdown-clock/t0": DELETE},
)
def _counts_to(record: CountdownClock, package: Package) -> Problems:
    if record.state == "counting" and record.t0 is None:
        yield "t0", "the clock counts, to when?"


@rule(
    "LD-CLK-002",
    CountdownClock,
    says="a clock that counts reaches zero at its T-0",
    fails={"countdown-clock/t_s": -900.0},
)
def _reaches_zero(record: CountdownClock, package: Package) -> Problems:
    if record.state == "counting" and record.t0 is not None:
        apart = (instant(record.at) - instant(record.t0)) / SECOND - record.t_s
        if abs(apart) > TOLERANCE:
            side = "before" if apart < 0 else "after"
            yield "t_s", f"T{record.t_s:+g} s at {record.at} reaches zero {abs(apart):.0f} s {side} the T-0 stated"


@rule("LD-CLK-003", CountdownClock, says="a hold says why", fails={"countdown-clock/state": "holding"})
def _hold(record: CountdownClock, package: Package) -> Problems:
    if record.state == "holding" and record.hold_reason is None:
        yield "hold_reason", "the clock holds, and nobody says why"


@rule(
    "LD-CLK-004",
    CountdownClock,
    says="a clock that counts has nothing to resume",
    fails={"countdown-clock/resumes_at": "2027-03-01T21:55:00Z"},
)
def _resumes(record: CountdownClock, package: Package) -> Problems:
    if record.state == "counting" and (record.resumes_at is not None or record.hold_reason is not None):
        yield "resumes_at", "the clock counts; a reason to hold and a time to resume are of a hold"


@rule("LD-CLK-005", CountdownClock, says="before lift-off T is not positive", fails={"countdown-clock/t_s": 5.0})
def _not_positive(record: CountdownClock, package: Package) -> Problems:
    if record.state in ("counting", "holding", "recycled") and record.t_s > 0.0:
        yield "t_s", f"T+{record.t_s:g} s before lift-off; after it the clock's state is lifted-off"


@rule(
    "LD-CLK-006",
    CountdownClock,
    says="sequence numbers of a launch are unique",
    fails={"countdown-event/sequence": 412},
)
def _sequence(record: CountdownClock, package: Package) -> Problems:
    for other in (*package.all(CountdownClock), *package.all(CountdownEvent)):
        if other.id != record.id and other.launch == record.launch and other.sequence == record.sequence:
            yield "sequence", f"{other.id} has the same sequence number, {record.sequence}"


@rule("LD-CLK-007", CountdownClock, says="a scrubbed clock has no T-0", fails={"countdown-clock/state": "scrubbed"})
def _scrubbed(record: CountdownClock, package: Package) -> Problems:
    if record.state == "scrubbed" and record.t0 is not None:
        yield "t0", "scrubbed, and a T-0 is stated; the next attempt has its own clock"


@rule(
    "LD-EVT-001", CountdownEvent, says="mission elapsed time is not negative", fails={"countdown-event/time_s": -10.0}
)
def _met(record: CountdownEvent, package: Package) -> Problems:
    if record.clock == "MET" and record.time_s < 0.0:
        yield "time_s", f"{record.time_s:g} s of mission elapsed time; before T-0 the clock is T"


@rule(
    "LD-EVT-002",
    CountdownEvent,
    says="an event's time is T-0 plus mission elapsed time",
    fails={"countdown-event/at": "2027-03-01T23:04:00Z"},
)
def _event_time(record: CountdownEvent, package: Package) -> Problems:
    launch = package.find(record.launch)
    if record.clock == "MET" and record.at is not None and isinstance(launch, Launch) and launch.t0.kind == "actual":
        apart = (instant(record.at) - instant(launch.t0.value)) / SECOND - record.time_s
        if abs(apart) > 0.5:
            yield "at", f"T-0 and {record.time_s:g} s give another time, {abs(apart):.1f} s off"


@rule("LD-EVT-003", CountdownEvent, says="what happened has a time", fails={"countdown-event/at": DELETE})
def _happened(record: CountdownEvent, package: Package) -> Problems:
    if record.status == "actual" and record.at is None:
        yield "at", "an event that happened has a time in UTC"


@rule(
    "LD-EVT-004",
    CountdownEvent,
    says="flight events are on mission elapsed time",
    fails={"countdown-event/clock": "T"},
    severity=Severity.WARN,
)
def _clock(record: CountdownEvent, package: Package) -> Problems:
    if record.clock == "T" and record.time_s > 0.0 and record.status == "actual":
        yield "clock", "an event after lift-off on the T clock, which can hold; count it on MET"
