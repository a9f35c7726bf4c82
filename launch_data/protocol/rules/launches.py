"""Rules of missions, launches and their windows."""

from itertools import pairwise

from ....core.findings import Severity
from ..examples import DELETE
from ..launches import (
    Launch,
    Mission,
    Opportunity,
    Payload,
)
from ..places import Pad
from ..vehicles import VehicleType
from .engine import Package, Problems, instant, rule, unique

FLOWN = ("in-flight", "success", "partial-failure", "failure")


@rule(
    "LD-MIS-001", Mission, says="a mission names its customers", fails={"mission/customers": []}, severity=Severity.WARN
)
def _customers(record: Mission, package: Package) -> Problems:
    if record.kind in ("dedicated", "rideshare") and not record.customers:
        yield "customers", f"a {record.kind} mission without customers"


@rule(
    "LD-MIS-002",
    Mission,
    says="a dedicated mission has one customer",
    fails={"mission/customers": ["A", "B"]},
    severity=Severity.WARN,
)
def _one_customer(record: Mission, package: Package) -> Problems:
    if record.kind == "dedicated" and len(record.customers) > 1:
        yield "kind", f"dedicated, with {len(record.customers)} customers; is it a rideshare?"


@rule("LD-LCH-001", Launch, says="attempts count from 1 without a gap", fails={"launch/attempts/1/number": 3})
def _numbers(record: Launch, package: Package) -> Problems:
    numbers = [a.number for a in record.attempts]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "attempts", f"the attempts have numbers {', '.join(map(str, numbers))}; they count from 1, in order"


@rule(
    "LD-LCH-002",
    Launch,
    says="attempts follow one another in time",
    fails={"launch/attempts/0/t0": "2027-03-02T00:00:00Z"},
)
def _order(record: Launch, package: Package) -> Problems:
    for i, (a, b) in enumerate(pairwise(record.attempts)):
        if instant(b.t0) <= instant(a.t0):
            yield f"attempts/{i + 1}/t0", f"attempt {b.number} is not after attempt {a.number}"


@rule("LD-LCH-003", Launch, says="a launch lifts off once", fails={"launch/attempts/0/result": "lifted-off"})
def _once(record: Launch, package: Package) -> Problems:
    lifted = [a for a in record.attempts if a.result == "lifted-off"]
    if len(lifted) > 1:
        yield "attempts", f"{len(lifted)} attempts lifted off; a launch does it once"
    if lifted and record.attempts[-1] is not lifted[-1]:
        yield "attempts", "an attempt after the one that lifted off"


@rule(
    "LD-LCH-004",
    Launch,
    says="T-0 is that of the attempt that lifted off",
    fails={"launch/t0/value": "2027-03-01T22:05:00Z"},
)
def _t_zero(record: Launch, package: Package) -> Problems:
    for i, attempt in enumerate(record.attempts):
        if attempt.result == "lifted-off" and instant(attempt.t0) != instant(record.t0.value):
            yield f"attempts/{i}/t0", f"{attempt.t0} lifted off, and the launch's T-0 is {record.t0.value}"


@rule(
    "LD-LCH-005",
    Launch,
    says="what has flown has an attempt that lifted off, where attempts are told",
    fails={"launch/attempts/1/result": "scrubbed"},
)
def _flown(record: Launch, package: Package) -> Problems:
    if record.state in FLOWN and record.attempts and not any(a.result == "lifted-off" for a in record.attempts):
        yield "attempts", f"the state is {record.state}, and no attempt lifted off"


@rule("LD-LCH-006", Launch, says="what has not flown has not lifted off", fails={"launch/state": "planned"})
def _not_flown(record: Launch, package: Package) -> Problems:
    if record.state in ("planned", "go", "hold", "scrubbed") and any(a.result == "lifted-off" for a in record.attempts):
        yield "state", f"an attempt lifted off, and the state is {record.state}"


@rule(
    "LD-LCH-007", Launch, says="a scrub says where the clock stood and why", fails={"launch/attempts/0/reason": DELETE}
)
def _scrub(record: Launch, package: Package) -> Problems:
    for i, attempt in enumerate(record.attempts):
        if attempt.result in ("scrubbed", "aborted") and (attempt.reason is None or attempt.stopped_at_t_s is None):
            yield f"attempts/{i}", f"attempt {attempt.number} was {attempt.result}: give stopped_at_t_s and reason"


@rule(
    "LD-LCH-008",
    Launch,
    says="an abort on the pad is before lift-off",
    fails={"launch/attempts/0/stopped_at_t_s": 12.0},
)
def _before(record: Launch, package: Package) -> Problems:
    for i, attempt in enumerate(record.attempts):
        if attempt.result in ("scrubbed", "aborted") and (attempt.stopped_at_t_s or 0.0) > 0.0:
            yield (
                f"attempts/{i}/stopped_at_t_s",
                f"T+{attempt.stopped_at_t_s:g} s is after T-0, where nothing is scrubbed",
            )


@rule("LD-LCH-009", Launch, says="the T-0 of a flown launch is actual", fails={"launch/t0/kind": "net"})
def _actual(record: Launch, package: Package) -> Problems:
    if record.state in FLOWN and record.t0.kind != "actual":
        yield "t0/kind", f"the launch has flown; its T-0 is {record.t0.kind}"


@rule(
    "LD-LCH-010",
    Launch,
    says="the pad serves the type of vehicle",
    fails={"pad/vehicle_types": []},
    severity=Severity.WARN,
)
def _pad_serves(record: Launch, package: Package) -> Problems:
    pad = package.find(record.pad)
    if isinstance(pad, Pad) and record.vehicle_type not in pad.vehicle_types:
        yield "pad", f"the pad does not list {record.vehicle_type}"


@rule(
    "LD-LCH-011",
    Launch,
    says="the provider of a launch offers its type of vehicle",
    fails={"vehicle-type/provider": "urn:osea:example:provider:2"},
    severity=Severity.WARN,
)
def _offers(record: Launch, package: Package) -> Problems:
    kind = package.find(record.vehicle_type)
    if isinstance(kind, VehicleType) and kind.provider != record.provider:
        yield "vehicle_type", f"the type is of {kind.provider}, the launch of {record.provider}"


@rule(
    "LD-LCH-012",
    Launch,
    says="a launch lists an item once",
    fails={"launch/items": ["urn:osea:example:vehicle-item:1", "urn:osea:example:vehicle-item:1"]},
)
def _items_once(record: Launch, package: Package) -> Problems:
    for field in ("items", "payloads"):
        if (twice := unique(getattr(record, field))) is not None:
            yield field, f"{twice} stands twice"


@rule(
    "LD-LCH-013",
    Launch,
    says="a launch carries no more than its type can into that orbit",
    fails={"payload/mass_kg": 12000.0},
)
def _capacity(record: Launch, package: Package) -> Problems:
    kind, mission = package.find(record.vehicle_type), package.find(record.mission)
    loads = [p for p in map(package.find, record.payloads) if isinstance(p, Payload)]
    if not (isinstance(kind, VehicleType) and isinstance(mission, Mission) and mission.orbit):
        return
    rows = [r.payload_kg for r in kind.performance if r.orbit == mission.orbit]
    total = sum((p.mass_kg or 0.0) * p.count for p in loads)
    if rows and total > max(rows):
        yield "payloads", f"{total:g} kg of payload, and the type carries at most {max(rows):g} kg there"


@rule("LD-OPP-001", Opportunity, says="T-0 lies in the window", fails={"opportunity/t0": "2027-03-01T22:30:00Z"})
def _in_window(record: Opportunity, package: Package) -> Problems:
    if not instant(record.window.start) <= instant(record.t0) <= instant(record.window.end):
        yield "t0", f"{record.t0} lies outside of the window"


@rule(
    "LD-OPP-002",
    Opportunity,
    says="T-0 lies in no closure",
    fails={"opportunity/closures/0/interval/end": "2027-03-01T22:05:00Z"},
)
def _not_closed(record: Opportunity, package: Package) -> Problems:
    for i, closure in enumerate(record.closures):
        if instant(closure.interval.start) <= instant(record.t0) <= instant(closure.interval.end):
            yield f"closures/{i}", f"T-0 {record.t0} lies in this closure ({closure.reason})"


@rule(
    "LD-OPP-003",
    Opportunity,
    says="a closure lies in the window",
    fails={"opportunity/closures/0/interval": {"start": "2027-03-01T20:00:00Z", "end": "2027-03-01T20:01:00Z"}},
    severity=Severity.WARN,
)
def _closure_in_window(record: Opportunity, package: Package) -> Problems:
    for i, closure in enumerate(record.closures):
        if instant(closure.interval.end) < instant(record.window.start) or instant(closure.interval.start) > instant(
            record.window.end
        ):
            yield f"closures/{i}", "the closure lies outside of the window, where it changes nothing"


@rule(
    "LD-OPP-004",
    Opportunity,
    says="the opportunity that was used is the one that lifted off",
    fails={"launch/attempts/1/opportunity": DELETE},
)
def _used(record: Opportunity, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        record.state == "used"
        and isinstance(launch, Launch)
        and record.id not in [a.opportunity for a in launch.attempts]
    ):
        yield "state", "used, and no attempt of the launch names it"


@rule(
    "LD-OPP-005",
    Opportunity,
    says="a closure for collision avoidance names who asked for it",
    fails={"opportunity/closures/0/authority": DELETE},
)
def _authority(record: Opportunity, package: Package) -> Problems:
    for i, closure in enumerate(record.closures):
        if closure.reason == "collision avoidance" and closure.authority is None:
            yield f"closures/{i}/authority", "who screened is not named"
