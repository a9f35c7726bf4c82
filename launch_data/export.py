"""From a computed ascent to the files that others take: OEM, OPM and the record that names them."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.frames import UNKNOWN_ORIENTATION, EarthOrientation
from ..core.time import format_utc, parse_utc
from ..trajectory.result import Event, Trajectory
from .ccsds_oem import EARTH_FIXED, write_oem
from .ccsds_opm import InertialFrame, inertial_state, write_opm
from .issuer import Issuer, SpaceObject
from .records import (
    LaunchFile,
    LaunchRecord,
    Provenance,
    SeparationProduct,
    TimeZero,
    TrajectoryProduct,
    record_id,
)

OEM_NAME, OPM_NAME, RECORD_NAME = "trajectory.oem", "separation.opm", "launch-record.json"
MEDIA_TYPE = "text/plain; charset=us-ascii"  # no media type is registered for CCSDS messages in KVN


@dataclass(frozen=True, kw_only=True)
class LaunchData:
    """What `launch_data` made: (name, text) of each file to write, none without an epoch; the record; the findings."""

    files: tuple[tuple[str, str], ...] = ()
    record: LaunchRecord | None = None
    findings: tuple[Finding, ...] = ()

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write the files into `folder`, made if absent; the record last, so that it never names a file that is missing."""
        if self.files:
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files:
            (folder / name).write_bytes(text.encode("utf-8"))
        return tuple(folder / name for name, _ in self.files)


def launch_data(
    trajectory: Trajectory,
    issuer: Issuer,
    *,
    mission: str,
    vehicle: SpaceObject,
    payload: SpaceObject,
    payload_mass: float,
    software: str,
    separation: Event | None = None,
    orientation: EarthOrientation = UNKNOWN_ORIENTATION,
    earth_fixed: str = EARTH_FIXED,
    inertial: InertialFrame = "GCRF",
    state_of: str = "last stage with payload, before the separation impulse",
    where: str = "",
) -> LaunchData:
    """The trajectory as an OEM, the state at `separation` (the last event when None) as an OPM, and their record.

    payload_mass in kg. Without an epoch nothing is made and an UNKNOWN finding says why: a date is never invented. Raises
    InputError for text that the messages cannot carry (`Issuer`, `SpaceObject`) and for a trajectory without events.
    """
    if trajectory.epoch is None:
        return LaunchData(
            findings=(
                Finding(
                    Severity.UNKNOWN,
                    "launch_data.epoch",
                    where,
                    "The mission states no epoch, so no OEM, OPM or launch record is written: they need T-0 in UTC. Give the "
                    "mission 'epoch: 2027-03-01T12:00:00Z', with its own date.",
                ),
            )
        )
    if separation is None:
        if not trajectory.events:
            raise InputError("the trajectory has no events, so there is no state at separation", where=where or None)
        separation = trajectory.events[-1]
    oem = write_oem(trajectory, vehicle, issuer, frame=earth_fixed)
    opm = write_opm(
        trajectory,
        separation,
        payload,
        payload_mass,
        issuer,
        orientation=orientation,
        frame=inertial,
        state_of=state_of,
    )
    position, velocity = inertial_state(trajectory, separation, orientation, inertial)
    bound = orientation.position_bound(float(np.linalg.norm(position)))
    epoch = parse_utc(trajectory.epoch)
    record = LaunchRecord(
        id=record_id(issuer.originator, mission),
        issuer=issuer.originator,
        issued_at=issuer.created,
        mission=mission,
        vehicle=vehicle.name,
        t0=TimeZero(utc=trajectory.epoch, definition=trajectory.t0_definition),
        trajectory=TrajectoryProduct(
            file=_file(OEM_NAME, oem, "CCSDS OEM 2.0 KVN"),
            frame=earth_fixed,
            start_s=float(trajectory.time[0]),
            stop_s=float(trajectory.time[-1]),
        ),
        separation=SeparationProduct(
            file=_file(OPM_NAME, opm, "CCSDS OPM 2.0 KVN"),
            object_name=payload.name,
            frame=inertial,
            state_of=state_of,
            utc=format_utc(epoch.plus(separation.time), 9),
            mission_elapsed_time_s=float(separation.time),
            position_m=_vector(position),
            velocity_m_s=_vector(velocity),
            object_mass_kg=float(payload_mass),
            total_mass_kg=float(separation.mass),
            ut1_minus_utc_s=orientation.ut1_minus_utc,
            position_bound_m=bound,
        ),
        provenance=Provenance(
            software=software,
            method="computed ascent, optimised",
            input_sha256=trajectory.input_hash,
            sources=trajectory.sources,
        ),
    )
    return LaunchData(
        files=((OEM_NAME, oem), (OPM_NAME, opm), (RECORD_NAME, record.to_json())),
        record=record,
        findings=(_orientation_finding(orientation, bound, where),),
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


def _file(name: str, text: str, format_: str) -> LaunchFile:
    return LaunchFile(
        path=name, sha256=hashlib.sha256(text.encode("utf-8")).hexdigest(), media_type=MEDIA_TYPE, format=format_
    )


def _vector(values: np.ndarray) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
