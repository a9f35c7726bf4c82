"""Rules of what is carried: payloads, slots, interface documents, environments."""

from itertools import pairwise

from ....core.findings import Severity
from ..examples import DELETE
from ..launches import (
    Environments,
    InterfaceDocument,
    Launch,
    ManifestSlot,
    Payload,
)
from .engine import Package, Problems, rule, unique
from .launches import FLOWN


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
    if failed and isinstance(launch, Launch) and launch.state in FLOWN:
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
