"""Rules of launches and what flies on them."""

from itertools import pairwise

from ....core.findings import Severity
from ....core.time import parse_utc
from ..business import PriceOffer
from ..examples import DELETE
from ..launches import (
    Anomaly,
    Environments,
    InterfaceDocument,
    Launch,
    ManifestSlot,
    Mission,
    Opportunity,
    Payload,
    RegistrationRecord,
)
from ..places import Pad
from ..vehicles import VehicleType
from .engine import Package, Problems, in_order, instant, rule, unique

_FLOWN = ("in-flight", "success", "partial-failure", "failure")
MU = 3.986004418e14  # m³/s², WGS 84
EQUATOR = 6378137.0  # m
PERIOD_TOLERANCE = 0.005  # nodal against Keplerian period: J2 changes it by 0.2 %


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
    if record.state in _FLOWN and record.attempts and not any(a.result == "lifted-off" for a in record.attempts):
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
    if record.state in _FLOWN and record.t0.kind != "actual":
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


@rule(
    "LD-PLD-001",
    Payload,
    says="a payload's mass is known to better than a third",
    fails={"payload/mass_sigma_kg": 400.0},
)
def _mass_known(record: Payload, package: Package) -> Problems:
    if record.mass_sigma_kg is not None and record.mass_kg is not None and record.mass_sigma_kg * 3.0 > record.mass_kg:
        yield "mass_sigma_kg", f"3 sigma of {record.mass_sigma_kg:g} kg on {record.mass_kg:g} kg"


@rule(
    "LD-PLD-006", Payload, says="a payload states its mass", fails={"payload/mass_kg": DELETE}, severity=Severity.WARN
)
def _mass(record: Payload, package: Package) -> Problems:
    if record.mass_kg is None:
        yield "mass_kg", "the mass is not stated"


@rule(
    "LD-PLD-002",
    Payload,
    says="moments of inertia fit together",
    fails={"payload/inertia_kg_m2": [10.0, 10.0, 100.0, 0.0, 0.0, 0.0]},
)
def _inertia(record: Payload, package: Package) -> Problems:
    if record.inertia_kg_m2 is not None:
        x, y, z = record.inertia_kg_m2[:3]
        if min(x, y, z) <= 0.0 or max(x, y, z) > x + y + z - max(x, y, z):
            yield (
                "inertia_kg_m2",
                "no body has these moments: each is positive, and no larger than the sum of the others",
            )


@rule(
    "LD-PLD-003",
    Payload,
    says="the centre of mass lies within the size",
    fails={"payload/centre_of_mass_m": [0.0, 0.0, 3.0]},
)
def _centre(record: Payload, package: Package) -> Problems:
    if (
        record.size_m is not None
        and record.centre_of_mass_m is not None
        and abs(record.centre_of_mass_m[2]) > record.size_m[2]
    ):
        yield "centre_of_mass_m", f"{record.centre_of_mass_m[2]:g} m lies outside of a body {record.size_m[2]:g} m high"


@rule("LD-PLD-004", Payload, says="sizes are positive", fails={"payload/size_m": [1.2, 0.0, 2.4]})
def _size(record: Payload, package: Package) -> Problems:
    if record.size_m is not None and min(record.size_m) <= 0.0:
        yield "size_m", "a size is not positive"


@rule(
    "LD-PLD-005",
    Payload,
    says="a payload with propulsion says what is dangerous in it",
    fails={"payload/hazards": []},
    severity=Severity.WARN,
)
def _hazards(record: Payload, package: Package) -> Problems:
    if record.has_propulsion and not record.hazards:
        yield "hazards", "propulsion, and no hazard is named; pressure, propellant and battery usually are"


@rule(
    "LD-SLT-001",
    ManifestSlot,
    says="a payload weighs no more than its slot allows",
    fails={"manifest-slot/mass_limit_kg": 500.0},
)
def _slot_mass(record: ManifestSlot, package: Package) -> Problems:
    payload = package.find(record.payload)
    if isinstance(payload, Payload) and payload.mass_kg is not None and payload.mass_kg > record.mass_limit_kg:
        yield (
            "mass_limit_kg",
            f"{payload.name} weighs {payload.mass_kg:g} kg, the slot takes {record.mass_limit_kg:g} kg",
        )


@rule(
    "LD-SLT-002",
    ManifestSlot,
    says="a payload fits its slot's envelope",
    fails={"manifest-slot/envelope_m": [1.0, 1.0, 2.6]},
)
def _slot_size(record: ManifestSlot, package: Package) -> Problems:
    payload = package.find(record.payload)
    if isinstance(payload, Payload) and payload.size_m is not None and record.envelope_m is not None:
        body, room = ([*sorted(v[:2]), v[2]] for v in (payload.size_m, record.envelope_m))
        if any(b > r for b, r in zip(body, room, strict=True)):
            yield "envelope_m", f"{payload.name} is {' x '.join(f'{v:g}' for v in payload.size_m)} m and does not fit"


@rule("LD-SLT-003", ManifestSlot, says="a booked slot names its payload", fails={"manifest-slot/payload": DELETE})
def _booked(record: ManifestSlot, package: Package) -> Problems:
    if record.state in ("booked", "flown") and record.payload is None:
        yield "payload", f"the slot is {record.state}, and nobody is in it"


@rule("LD-SLT-004", ManifestSlot, says="a free slot holds nothing", fails={"manifest-slot/state": "free"})
def _free(record: ManifestSlot, package: Package) -> Problems:
    if record.state in ("free", "offered") and record.payload is not None:
        yield "state", f"the slot is {record.state}, and a payload is in it"


@rule("LD-SLT-005", ManifestSlot, says="the launch lists the payload of a booked slot", fails={"launch/payloads": []})
def _slot_listed(record: ManifestSlot, package: Package) -> Problems:
    launch = package.find(record.launch)
    if record.state in ("booked", "flown") and isinstance(launch, Launch) and record.payload not in launch.payloads:
        yield "payload", "the launch does not list it among its payloads"


@rule(
    "LD-SLT-006", ManifestSlot, says="nothing is deployed before T-0", fails={"manifest-slot/deployment_time_s": -5.0}
)
def _after_t_zero(record: ManifestSlot, package: Package) -> Problems:
    if record.deployment_time_s is not None and record.deployment_time_s <= 0.0:
        yield "deployment_time_s", f"{record.deployment_time_s:g} s after T-0 is not after it"


@rule(
    "LD-ICD-001",
    InterfaceDocument,
    says="requirements have different numbers",
    fails={"interface-document/requirements/1/number": "3.2.1"},
)
def _requirement_numbers(record: InterfaceDocument, package: Package) -> Problems:
    if (twice := unique([r.number for r in record.requirements])) is not None:
        yield "requirements", f"two requirements have the number {twice}"


@rule(
    "LD-ICD-002",
    InterfaceDocument,
    says="what is verified has evidence",
    fails={"interface-document/requirements/0/evidence": DELETE},
)
def _verified(record: InterfaceDocument, package: Package) -> Problems:
    for i, item in enumerate(record.requirements):
        if item.state in ("verified", "waived") and item.evidence is None:
            yield f"requirements/{i}/evidence", f"requirement {item.number} is {item.state}, by what?"


@rule(
    "LD-ICD-003",
    InterfaceDocument,
    says="a control document is agreed by both sides",
    fails={"interface-document/agreed_by": ["Example Launch"]},
)
def _agreed(record: InterfaceDocument, package: Package) -> Problems:
    if record.kind == "ICD" and len(set(record.agreed_by)) < 2:
        yield "agreed_by", "an ICD is agreed by two parties or more; an IRD is one side's"


@rule(
    "LD-ICD-004",
    InterfaceDocument,
    says="nothing flies with a failed requirement",
    fails={"interface-document/requirements/0/state": "failed"},
)
def _failed(record: InterfaceDocument, package: Package) -> Problems:
    launch = package.find(record.launch)
    failed = [r.number for r in record.requirements if r.state in ("failed", "open")]
    if failed and isinstance(launch, Launch) and launch.state in _FLOWN:
        yield "requirements", f"the launch has flown, and {', '.join(failed)} is not verified or waived"


@rule(
    "LD-ENV-001",
    Environments,
    says="frequencies rise",
    fails={"environments/curves/0/frequency_hz": [20.0, 800.0, 100.0, 2000.0]},
)
def _rising(record: Environments, package: Package) -> Problems:
    for i, curve in enumerate(record.curves):
        if any(b <= a for a, b in pairwise(curve.frequency_hz)) or curve.frequency_hz[0] <= 0.0:
            yield f"curves/{i}/frequency_hz", "frequencies are positive and rise from point to point"


@rule(
    "LD-ENV-002",
    Environments,
    says="a curve has a level for each frequency",
    fails={"environments/curves/0/level": [0.004, 0.02]},
)
def _levels(record: Environments, package: Package) -> Problems:
    for i, curve in enumerate(record.curves):
        if len(curve.level) != len(curve.frequency_hz):
            yield f"curves/{i}/level", f"{len(curve.frequency_hz)} frequencies and {len(curve.level)} levels"


@rule(
    "LD-ENV-003",
    Environments,
    says="levels that are read in log-log are positive",
    fails={"environments/curves/0/level": [0.004, 0.0, 0.02, 0.006]},
)
def _positive(record: Environments, package: Package) -> Problems:
    for i, curve in enumerate(record.curves):
        if curve.unit != "dB" and min(curve.level) <= 0.0:
            yield f"curves/{i}/level", f"a level of {min(curve.level):g} {curve.unit} has no logarithm"


@rule("LD-ENV-004", Environments, says="units are those of the quantity", fails={"environments/curves/0/unit": "g"})
def _units(record: Environments, package: Package) -> Problems:
    right = {"random psd": "g2/Hz", "shock response spectrum": "g", "sound pressure octave": "dB", "sine": "g"}
    for i, curve in enumerate(record.curves):
        if curve.unit != right.get(curve.quantity, curve.unit):
            yield f"curves/{i}/unit", f"{curve.quantity} is in {right[curve.quantity]}, not {curve.unit}"


@rule(
    "LD-ENV-005",
    Environments,
    says="a shock response spectrum states its damping",
    fails={"environments/curves/1/damping_q": DELETE},
)
def _damping(record: Environments, package: Package) -> Problems:
    for i, curve in enumerate(record.curves):
        if curve.quantity == "shock response spectrum" and curve.damping_q is None:
            yield f"curves/{i}/damping_q", "a shock response spectrum without its Q (10 is usual)"


@rule(
    "LD-ENV-006",
    Environments,
    says="sound is in bands of a stated width",
    fails={"environments/curves/2/octave_fraction": DELETE},
)
def _bands(record: Environments, package: Package) -> Problems:
    for i, curve in enumerate(record.curves):
        if curve.quantity == "sound pressure octave" and curve.octave_fraction is None:
            yield f"curves/{i}/octave_fraction", "whole octaves (1) or thirds (3)? Between them lie 4.8 dB"


@rule(
    "LD-ENV-007", Environments, says="ranges go from low to high", fails={"environments/temperature_K": [303.0, 283.0]}
)
def _low_high(record: Environments, package: Package) -> Problems:
    for name in ("axial_acceleration_m_s2", "lateral_acceleration_m_s2", "temperature_K"):
        pair = getattr(record, name)
        if pair is not None and pair[0] > pair[1]:
            yield name, f"{pair[0]:g} to {pair[1]:g} goes down; write the lower end first"


@rule("LD-ENV-008", Environments, says="temperatures are absolute", fails={"environments/temperature_K": [10.0, 30.0]})
def _kelvin(record: Environments, package: Package) -> Problems:
    if record.temperature_K is not None and record.temperature_K[1] < 150.0:
        yield (
            "temperature_K",
            f"{record.temperature_K[0]:g} to {record.temperature_K[1]:g} K is no place for a payload; degrees Celsius?",
        )


@rule(
    "LD-REG-001",
    RegistrationRecord,
    says="perigee is not above apogee",
    fails={"registration/perigee_height_m": 800000.0},
)
def _registered_perigee(record: RegistrationRecord, package: Package) -> Problems:
    if record.perigee_height_m > record.apogee_height_m:
        yield (
            "perigee_height_m",
            f"perigee {record.perigee_height_m:g} m lies above apogee {record.apogee_height_m:g} m",
        )


@rule(
    "LD-REG-002",
    RegistrationRecord,
    says="the period is that of the heights",
    fails={"registration/nodal_period_s": 99.8},
)
def _period(record: RegistrationRecord, package: Package) -> Problems:
    axis = EQUATOR + 0.5 * (record.perigee_height_m + record.apogee_height_m)
    kepler = 2.0 * 3.141592653589793 * (max(axis, 1.0) ** 3 / MU) ** 0.5
    if abs(record.nodal_period_s - kepler) > PERIOD_TOLERANCE * kepler:
        yield (
            "nodal_period_s",
            f"{record.nodal_period_s:g} s; perigee and apogee give {kepler:.0f} s. Minutes in place of seconds?",
        )


@rule(
    "LD-REG-003",
    RegistrationRecord,
    says="an object is launched at the launch's T-0",
    fails={"registration/launched_at": "2027-03-02T22:04:00Z"},
)
def _registered_at(record: RegistrationRecord, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and launch.t0.kind == "actual"
        and parse_utc(record.launched_at) != parse_utc(launch.t0.value)
    ):
        yield "launched_at", f"{record.launched_at} is not the launch's T-0, {launch.t0.value}"


@rule(
    "LD-REG-004",
    RegistrationRecord,
    says="launching states are ISO 3166 codes, each once",
    fails={"registration/launching_states": ["China"]},
)
def _states(record: RegistrationRecord, package: Package) -> Problems:
    for i, state in enumerate(record.launching_states):
        if len(state) != 2 or not state.isascii() or not state.isupper():
            yield f"launching_states/{i}", f"{state!r} is no code of two letters"
    if (twice := unique(record.launching_states)) is not None:
        yield "launching_states", f"{twice} stands twice"


@rule("LD-ANO-001", Anomaly, says="a closed anomaly has a cause", fails={"anomaly/cause": DELETE})
def _cause(record: Anomaly, package: Package) -> Problems:
    if record.state == "closed" and record.cause is None:
        yield "cause", "closed without a cause"


@rule(
    "LD-ANO-002",
    Anomaly,
    says="a grave anomaly that is closed has corrective actions",
    fails={"anomaly/severity": "major", "anomaly/corrective_actions": []},
)
def _actions(record: Anomaly, package: Package) -> Problems:
    if record.state == "closed" and record.severity not in ("observation", "minor") and not record.corrective_actions:
        yield "corrective_actions", f"{record.severity}, closed, and nothing was done"


@rule("LD-ANO-003", Anomaly, says="the loss of a vehicle is no success", fails={"anomaly/severity": "loss of vehicle"})
def _loss(record: Anomaly, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        record.severity in ("loss of vehicle", "loss of mission")
        and isinstance(launch, Launch)
        and launch.state == "success"
    ):
        yield "severity", f"{record.severity}, and the launch is a success"


@rule("LD-ANO-004", Anomaly, says="an anomaly's two times agree", fails={"anomaly/t_s": 52.0})
def _two_times(record: Anomaly, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        isinstance(launch, Launch)
        and record.t_s is not None
        and record.occurred_at.precision in ("second", "millisecond", "nanosecond")
    ):
        apart = (instant(record.occurred_at.value) - instant(launch.t0.value)) / 1e9 - record.t_s
        if launch.t0.kind == "actual" and abs(apart) > 1.0:
            yield "t_s", f"T{record.t_s:+g} s and {record.occurred_at.value} are {abs(apart):.0f} s apart"


@rule(
    "LD-PRC-001",
    PriceOffer,
    says="a price per kilogram is the price over the denominator",
    fails={"price-offer/per_kilogram/denominator_kg": 800.0},
)
def _per_kilogram(record: PriceOffer, package: Package) -> Problems:
    part = record.per_kilogram
    if part is not None and record.subject == "dedicated launch" and part.price.currency == record.price.currency:
        computed = float(record.price.amount) / part.denominator_kg
        if abs(computed - float(part.price.amount)) > 0.01 * computed:
            yield "per_kilogram/price", f"{part.price.amount} a kilogram; price over denominator gives {computed:.2f}"


@rule(
    "LD-PRC-002",
    PriceOffer,
    says="a price for a slot names the slot",
    fails={"price-offer/subject": "slot", "price-offer/slot": DELETE},
)
def _slot_price(record: PriceOffer, package: Package) -> Problems:
    if record.subject == "slot" and record.slot is None and record.kind == "contract":
        yield "slot", "a contract for a slot names it"
    if record.subject == "slot" and record.slot is None and record.kind == "list" and record.per_kilogram is not None:
        yield "slot", "a list price for a slot with a price per kilogram names the slot that it divides by"


@rule(
    "LD-PRC-003",
    PriceOffer,
    says="a launch's price names the type of vehicle",
    fails={"price-offer/vehicle_type": DELETE},
)
def _launch_price(record: PriceOffer, package: Package) -> Problems:
    if record.subject == "dedicated launch" and record.vehicle_type is None:
        yield "vehicle_type", "the price of a launch of what?"


@rule(
    "LD-PRC-004",
    PriceOffer,
    says="a price says whether it holds tax",
    fails={"price-offer/price/includes_vat": DELETE},
    severity=Severity.WARN,
)
def _tax(record: PriceOffer, package: Package) -> Problems:
    if record.price.includes_vat is None:
        yield "price/includes_vat", "with tax or without is not said"


@rule(
    "LD-PRC-005",
    PriceOffer,
    says="a cost is not public by oversight",
    fails={"price-offer/kind": "marginal cost"},
    severity=Severity.WARN,
)
def _public_cost(record: PriceOffer, package: Package) -> Problems:
    if record.kind in ("contract", "marginal cost", "amortised cost") and record.access.level == "public":
        yield "access", f"a {record.kind} with public access; is that meant?"


in_order(
    "LD-PRC-006",
    PriceOffer,
    "price/rate_date",
    "issued_at",
    "a rate of exchange is not of a later day than the record",
    {"price-offer/price/rate_date": "2028-01-04T00:00:00Z"},
)
