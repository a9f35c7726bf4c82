"""From a computed ascent to what others take: OEM, OCM and OPM, and the protocol's records that name them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.frames import UNKNOWN_ORIENTATION, EarthOrientation
from ..core.time import format_utc, parse_utc, tai_minus_utc
from ..trajectory.result import Event, Trajectory
from .ccsds.write_kvn import write_kvn
from .ccsds_oem import EARTH_FIXED, write_oem
from .ccsds_opm import InertialFrame, describe, inertial_state, write_opm
from .envelope import Envelope, record_text
from .facts import NOT_STATED, FlightFacts
from .issuer import Issuer, SpaceObject
from .opportunity.ocm import product_to_ocm
from .opportunity.product import Deployment, LaunchProduct

OEM_NAME, OCM_NAME, OPM_NAME = "trajectory.oem", "flight.ocm", "separation.opm"
MEDIA_TYPE = "text/plain; charset=us-ascii"  # no media type is registered for CCSDS messages in KVN
STATE_OF = "last stage with payload, before the separation impulse"
MARGIN_POLICY = "none beyond the reserves of the vehicle's definition: the optimizer's largest payload"

Plain = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LaunchData:
    """What `launch_data` made: (name, text) of each file to write, none without an epoch; the findings."""

    files: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the files into `folder`, made if absent; records last, so that they never name a file that is missing."""
        if self.files:
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files:
            (folder / name).write_bytes(text.encode("utf-8"))
        return tuple(folder / name for name, _ in self.files)


def launch_data(
    trajectory: Trajectory,
    facts: FlightFacts,
    envelope: Envelope,
    *,
    payload_mass: float,
    separation: Event | None = None,
    orientation: EarthOrientation = UNKNOWN_ORIENTATION,
    inertial: InertialFrame = "GCRF",
    state_of: str = STATE_OF,
    where: str = "",
) -> LaunchData:
    """The trajectory as OEM and, counted from T-0, as OCM; the state at `separation` (the last event when None) as OPM; records.

    payload_mass in kg. Without an epoch nothing is made and an UNKNOWN finding says why: a date is never invented. Raises
    InputError for text that the messages cannot carry (`Issuer`, `SpaceObject`) and for a trajectory without events.
    """
    if trajectory.epoch is None:
        return LaunchData(findings=(_no_epoch(where),))
    if separation is None:
        if not trajectory.events:
            raise InputError("the trajectory has no events, so there is no state at separation", where=where or None)
        separation = trajectory.events[-1]
    issuer = Issuer(originator=envelope.originator, created=envelope.issued_at, where=where)
    vehicle, payload = SpaceObject(name=ascii_name(facts.vehicle)), SpaceObject(name=ascii_name(facts.payload).upper())
    messages = {
        OEM_NAME: write_oem(trajectory, vehicle, issuer),
        OCM_NAME: _ocm(trajectory, separation, vehicle, payload, payload_mass, issuer),
        OPM_NAME: write_opm(
            trajectory,
            separation,
            payload,
            payload_mass,
            issuer,
            orientation=orientation,
            frame=inertial,
            state_of=state_of,
        ),
    }
    state = inertial_state(trajectory, separation, orientation, inertial)
    bound = orientation.position_bound(float(np.linalg.norm(state[0])))
    records = plan_records(facts, envelope, payload_mass, float(trajectory.mass[0]), trajectory.sources)
    records |= _motion_records(trajectory, facts, envelope, messages)
    records["separation-state"] = envelope.record(
        "separation-state",
        facts.mission,
        {
            "launch": envelope.urn("launch", facts.mission),
            "payload": envelope.urn("payload", facts.mission),
            "state_of": state_of,
            "epoch": format_utc(parse_utc(trajectory.epoch).plus(separation.time), 9),
            "mission_elapsed_time_s": float(separation.time),
            "t0": trajectory.epoch,
            "frame": inertial,
            "position_m": [float(v) for v in state[0]],
            "velocity_m_s": [float(v) for v in state[1]],
            "earth_orientation": earth_orientation(orientation, trajectory.epoch, bound),
            "mass_kg": float(payload_mass),
            "files": [data_file(OPM_NAME, messages[OPM_NAME].encode(), "CCSDS OPM 2.0 KVN")],
        },
    )
    files = (*messages.items(), *((f"{name}.json", record_text(plain)) for name, plain in records.items()))
    return LaunchData(files=files, findings=(_orientation_finding(orientation, bound, where),))


def plan_records(
    facts: FlightFacts, envelope: Envelope, payload_mass: float, lift_off_mass: float, sources: tuple[str, ...] = ()
) -> dict[str, Plain]:
    """Mission, vehicle type, payload and launch as planned; masses in kg. Raises InputError without an epoch."""
    if facts.epoch is None:
        raise InputError("the mission states no epoch; give it 'epoch: 2027-03-01T12:00:00Z', with its own date")
    mission, vehicle = envelope.urn("mission", facts.mission), envelope.urn("vehicle-type", facts.vehicle)
    performance = {
        "orbit": facts.orbit,
        "site": envelope.urn("site", facts.site),
        "recovery_mode": "expend",
        "payload_kg": payload_mass,
        "adapter_included": True,
        "margin_policy": MARGIN_POLICY,
    }
    known = facts.objective == "payload"
    vehicle_type = envelope.record(
        "vehicle-type",
        facts.vehicle,
        {
            "name": facts.vehicle,
            "provider": envelope.provider,
            "lift_off_mass_kg": lift_off_mass if lift_off_mass > 0.0 else None,
            "stages": list(facts.stages),
            "performance": [performance] if known else None,
        },
    )
    vehicle_type["provenance"] += [{"method": "entered", "source": s[:500]} for s in sources]
    launch = {
        "name": facts.mission,
        "mission": mission,
        "provider": envelope.provider,
        "vehicle_type": vehicle,
        "pad": envelope.urn("pad", facts.site),
        "t0": {"value": facts.epoch, "precision": "nanosecond" if "." in facts.epoch else "second", "kind": "planned"},
        "t0_definition": "first motion",
        "state": "planned",
        "payloads": [envelope.urn("payload", facts.mission)],
    }
    return {
        "mission": envelope.record(
            "mission",
            facts.mission,
            {
                "name": facts.mission,
                "provider": envelope.provider,
                "kind": f"x-{NOT_STATED}",
                "orbit": facts.orbit,
            },
        ),
        "vehicle-type": vehicle_type,
        "payload": envelope.record(
            "payload", facts.mission, {"name": facts.payload, "owner": NOT_STATED, "mass_kg": payload_mass}
        ),
        "launch": envelope.record("launch", facts.mission, launch),
    }


def data_file(path: str, content: bytes, format_: str, media_type: str = MEDIA_TYPE) -> Plain:
    """How a record names a file beside it."""
    return {
        "path": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": media_type,
        "format": format_,
    }


def earth_orientation(orientation: EarthOrientation, epoch: str, bound: float) -> Plain:
    """What was used between Earth-fixed and inertial, as records state it."""
    found: Plain = {
        "tai_minus_utc_s": float(tai_minus_utc(parse_utc(epoch))),
        "source": describe(orientation),
        "position_bound_m": bound,
    }
    if orientation.ut1_minus_utc is not None:
        found["ut1_minus_utc_s"] = orientation.ut1_minus_utc
    return found


def ascii_name(name: str) -> str:
    """CCSDS messages carry ASCII only; other letters are left out of an object's name."""
    return " ".join("".join(c for c in name if c.isascii() and c.isprintable()).split()) or "VEHICLE"


def _ocm(
    trajectory: Trajectory, separation: Event, vehicle: SpaceObject, payload: SpaceObject, mass: float, issuer: Issuer
) -> str:
    """The flight from T-0, Earth-fixed, with the payload's separation: what opportunities are made of."""
    _, kept = np.unique(trajectory.time, return_index=True)  # neighbouring phases share an instant
    none = np.zeros((0, 6, 6))
    product = LaunchProduct(
        name=vehicle.name,
        time=trajectory.time[kept],
        position=trajectory.position_ecef[kept],
        velocity=trajectory.velocity_ecef[kept],
        deployments=(Deployment(name=payload.name, time=float(separation.time), mass=mass),),
        covariance_time=np.zeros(0),
        covariance=none,
    )
    return write_kvn(product_to_ocm(product, issuer, str(trajectory.epoch), frame=EARTH_FIXED))


def _motion_records(
    trajectory: Trajectory, facts: FlightFacts, envelope: Envelope, messages: dict[str, str]
) -> dict[str, Plain]:
    """The trajectory as its two files carry it: dated, and counted from T-0."""
    common = {
        "launch": envelope.urn("launch", facts.mission),
        "object_name": ascii_name(facts.vehicle),
        "phase": "ascent",
        "frame": EARTH_FIXED,
        "t0_definition": "first motion",
        "start_s": float(trajectory.time[0]),
        "stop_s": float(trajectory.time[-1]),
        "interpolation": "HERMITE",
        "notes": f"T-0: {trajectory.t0_definition}.",
    }
    dated = {"time_system": "UTC", "t0": trajectory.epoch, "interpolation_degree": 7}
    oem = data_file(OEM_NAME, messages[OEM_NAME].encode(), "CCSDS OEM 2.0 KVN")
    ocm = data_file(OCM_NAME, messages[OCM_NAME].encode(), "CCSDS OCM 3.0 KVN")
    counted = {"time_system": "T0", "interpolation_degree": 3}
    return {
        "trajectory": envelope.record("trajectory", facts.mission, common | dated | {"file": oem}),
        "flight": envelope.record(
            "trajectory", f"{facts.mission}, from T-0", common | counted | {"file": ocm, "has_covariance": False}
        ),
    }


def _no_epoch(where: str) -> Finding:
    return Finding(
        Severity.UNKNOWN,
        "launch_data.epoch",
        where,
        "The mission states no epoch, so no OEM, OPM or record is written: they need T-0 in UTC. Give the mission "
        "'epoch: 2027-03-01T12:00:00Z', with its own date.",
    )


def _orientation_finding(orientation: EarthOrientation, bound: float, where: str) -> Finding:
    if orientation.ut1_minus_utc is None:
        return Finding(
            Severity.WARN,
            "launch_data.earth_orientation",
            where,
            f"UT1-UTC is not given and is taken as zero: the inertial position in {OPM_NAME} can be off by up to {bound:.0f} m. "
            "Give the mission 'ut1_minus_utc' for its date, from the IERS.",
        )
    rest = f"; polar motion is not, and can move it by up to {bound:.0f} m" if bound else " and polar motion"
    return Finding(
        Severity.OK,
        "launch_data.earth_orientation",
        where,
        f"UT1-UTC is given for the inertial position in {OPM_NAME}{rest}.",
    )
