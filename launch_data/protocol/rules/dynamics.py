"""Rules of trajectories and separation states: states that are orbits, covariances that are covariances."""

from math import isclose, sqrt

import numpy as np

from ....core.findings import Severity
from ....core.time import SECOND, parse_utc, tai_minus_utc
from ..dynamics import SeparationState, TrajectoryRecord
from ..examples import DELETE
from ..launches import Launch, Payload
from .engine import Package, Problems, in_order, instant, rule, together, unique

EARTH_FIXED = ("ITRF", "WGS84")
MU = 3.986004418e14
SURFACE = 6356752.0  # m, the polar radius
_TRIANGLE = np.tril_indices(6)


def earth_fixed(frame: str) -> bool:
    """Whether a frame turns with the Earth."""
    return frame.startswith(EARTH_FIXED)


@rule(
    "LD-TRJ-001",
    TrajectoryRecord,
    says="a trajectory that counts from T-0 is Earth-fixed",
    fails={"trajectory/frame": "GCRF"},
)
def _from_t_zero(record: TrajectoryRecord, package: Package) -> Problems:
    if record.time_system == "T0" and not earth_fixed(record.frame):
        yield (
            "frame",
            f"{record.frame} turns against the Earth, so times from T-0 give no states; use ITRF2020, or dates",
        )


@rule("LD-TRJ-002", TrajectoryRecord, says="a dated trajectory states its T-0", fails={"trajectory/time_system": "UTC"})
def _dated(record: TrajectoryRecord, package: Package) -> Problems:
    if record.time_system != "T0" and record.t0 is None:
        yield "t0", f"times in {record.time_system} without t0; start_s and stop_s count from it"


in_order(
    "LD-TRJ-003",
    TrajectoryRecord,
    "start_s",
    "stop_s",
    "a trajectory stops after it starts",
    {"trajectory/stop_s": 0.0},
    equal=False,
)
together(
    "LD-TRJ-004",
    TrajectoryRecord,
    ("interpolation", "interpolation_degree"),
    "interpolation has its degree",
    {"trajectory/interpolation_degree": DELETE},
)


@rule(
    "LD-TRJ-005",
    TrajectoryRecord,
    says="T-0 means what the launch says",
    fails={"trajectory/t0_definition": "first motion"},
)
def _definition(record: TrajectoryRecord, package: Package) -> Problems:
    launch = package.find(record.launch)
    if isinstance(launch, Launch) and record.t0_definition != launch.t0_definition:
        yield "t0_definition", f"{record.t0_definition!r}, and the launch counts from {launch.t0_definition!r}"


@rule(
    "LD-TRJ-006",
    TrajectoryRecord,
    says="the file's format is one that carries it",
    fails={"trajectory/file/format": "CCSDS OPM 3.0 KVN"},
)
def _format(record: TrajectoryRecord, package: Package) -> Problems:
    if record.file.format.startswith("CCSDS OPM") or record.file.format == "GeoJSON":
        yield "file/format", f"{record.file.format} carries no trajectory; OEM and OCM do"
    if record.time_system == "T0" and record.file.format.startswith("CCSDS OEM"):
        yield "file/format", "an OEM has dates; a trajectory from T-0 is an OCM"


@rule(
    "LD-SEP-001",
    SeparationState,
    says="the epoch is T-0 plus mission elapsed time",
    fails={"separation-state/epoch": "2027-03-01T23:05:25Z"},
)
def _epoch(record: SeparationState, package: Package) -> Problems:
    apart = (instant(record.epoch) - instant(record.t0)) / SECOND - record.mission_elapsed_time_s
    if abs(apart) > 1e-3:
        yield "epoch", f"T-0 and {record.mission_elapsed_time_s:g} s give another time, {abs(apart):.3f} s off"


@rule(
    "LD-SEP-002",
    SeparationState,
    says="a state lies above the ground",
    fails={"separation-state/position_m": [6000.0, 2000.0, 3000.0]},
)
def _above(record: SeparationState, package: Package) -> Problems:
    radius = sqrt(sum(v * v for v in record.position_m))
    if radius < SURFACE:
        yield (
            "position_m",
            f"{radius:.0f} m from the Earth's centre is under its surface; kilometres in place of metres?",
        )


@rule(
    "LD-SEP-003",
    SeparationState,
    says="an inertial state has a speed of flight in space",
    fails={"separation-state/velocity_m_s": [-4.6, 1.7, 5.66]},
)
def _speed(record: SeparationState, package: Package) -> Problems:
    speed = sqrt(sum(v * v for v in record.velocity_m_s))
    if not earth_fixed(record.frame) and not 1000.0 < speed < 20000.0:
        yield (
            "velocity_m_s",
            f"{speed:g} m/s in {record.frame}; kilometres in place of metres, or velocity relative to the Earth?",
        )


@rule(
    "LD-SEP-004",
    SeparationState,
    says="a payload that is let go is in an orbit that stays above the ground",
    fails={"separation-state/velocity_m_s": [-3000.0, 1700.0, 4000.0]},
    severity=Severity.WARN,
)
def _orbit(record: SeparationState, package: Package) -> Problems:
    if earth_fixed(record.frame) or record.frame == "inertial_from_frozen_ecef":
        return
    r, v = np.array(record.position_m), np.array(record.velocity_m_s)
    energy = v @ v / 2.0 - MU / np.linalg.norm(r)
    if energy >= 0.0 or np.linalg.norm(v) < 1000.0:
        return
    momentum = np.linalg.norm(np.cross(r, v))
    eccentricity = sqrt(max(0.0, 1.0 + 2.0 * energy * momentum**2 / MU**2))
    perigee = -MU / (2.0 * energy) * (1.0 - eccentricity)
    if perigee < SURFACE and np.linalg.norm(r) > SURFACE:
        yield "velocity_m_s", f"the orbit's perigee lies {(SURFACE - perigee) / 1e3:.0f} km under ground"


@rule(
    "LD-SEP-005",
    SeparationState,
    says="an inertial state says how the Earth stood",
    fails={"separation-state/earth_orientation": DELETE},
)
def _orientation(record: SeparationState, package: Package) -> Problems:
    if not earth_fixed(record.frame) and record.earth_orientation is None:
        yield (
            "earth_orientation",
            f"a state in {record.frame} without earth_orientation: UT1 alone can move it by 400 m",
        )


@rule(
    "LD-SEP-006",
    SeparationState,
    says="an unknown UT1 states its bound",
    fails={"separation-state/earth_orientation": {"tai_minus_utc_s": 37.0, "source": "none"}},
)
def _bound(record: SeparationState, package: Package) -> Problems:
    part = record.earth_orientation
    if part is not None and part.ut1_minus_utc_s is None and part.position_bound_m is None:
        yield "earth_orientation/position_bound_m", "UT1 is not known; say by how much the position can be off"


@rule(
    "LD-SEP-007",
    SeparationState,
    says="UT1 is within 0.9 s of UTC",
    fails={"separation-state/earth_orientation/ut1_minus_utc_s": 36.9},
)
def _ut1(record: SeparationState, package: Package) -> Problems:
    part = record.earth_orientation
    if part is not None and part.ut1_minus_utc_s is not None and abs(part.ut1_minus_utc_s) > 0.9:
        yield "earth_orientation/ut1_minus_utc_s", f"{part.ut1_minus_utc_s:g} s; UTC is kept within 0.9 s of UT1"


@rule(
    "LD-SEP-008",
    SeparationState,
    says="TAI-UTC is that of the date",
    fails={"separation-state/earth_orientation/tai_minus_utc_s": 36.0},
)
def _leap_seconds(record: SeparationState, package: Package) -> Problems:
    part = record.earth_orientation
    if part is not None and part.tai_minus_utc_s != (known := tai_minus_utc(parse_utc(record.epoch))):
        yield "earth_orientation/tai_minus_utc_s", f"{part.tai_minus_utc_s:g} s; on that date it is {known} s"


@rule(
    "LD-SEP-009",
    SeparationState,
    says="a covariance has positive variances",
    fails={"separation-state/covariance/lower_triangle/0": -1.0},
)
def _variances(record: SeparationState, package: Package) -> Problems:
    if (matrix := _matrix(record)) is not None and (np.diag(matrix) <= 0.0).any():
        yield "covariance/lower_triangle", "a variance (elements 1, 3, 6, 10, 15, 21) is not positive"


@rule(
    "LD-SEP-010",
    SeparationState,
    says="a covariance is positive definite",
    fails={"separation-state/covariance/lower_triangle/1": 6000.0},
)
def _definite(record: SeparationState, package: Package) -> Problems:
    matrix = _matrix(record)
    if matrix is None or (np.diag(matrix) <= 0.0).any():
        return
    sigma = np.sqrt(np.diag(matrix))
    if np.linalg.eigvalsh(matrix / np.outer(sigma, sigma)).min() < -1e-9:
        yield "covariance/lower_triangle", "the matrix is no covariance: a correlation is larger than the others allow"


@rule(
    "LD-SEP-011",
    SeparationState,
    says="a covariance from runs says how many",
    fails={"separation-state/covariance/runs": DELETE},
)
def _runs(record: SeparationState, package: Package) -> Problems:
    if record.covariance is not None and record.covariance.basis == "monte-carlo" and record.covariance.runs is None:
        yield "covariance/runs", "from how many runs? 21 elements need hundreds"


@rule(
    "LD-SEP-012",
    SeparationState,
    says="a covariance from runs has many",
    fails={"separation-state/covariance/runs": 30},
    severity=Severity.WARN,
)
def _few_runs(record: SeparationState, package: Package) -> Problems:
    if record.covariance is not None and record.covariance.runs is not None and record.covariance.runs < 200:
        yield (
            "covariance/runs",
            f"{record.covariance.runs} runs: each sigma is known to {100.0 / sqrt(2.0 * record.covariance.runs):.0f} %",
        )


@rule(
    "LD-SEP-013",
    SeparationState,
    says="a quaternion has length one",
    fails={"separation-state/attitude_quaternion": [1.0, 1.0, 0.0, 0.0]},
)
def _quaternion(record: SeparationState, package: Package) -> Problems:
    q = record.attitude_quaternion
    if q is not None and not isclose(sqrt(sum(v * v for v in q)), 1.0, abs_tol=1e-6):
        yield "attitude_quaternion", f"its length is {sqrt(sum(v * v for v in q)):g}"


@rule(
    "LD-SEP-014",
    SeparationState,
    says="the mass is that of the payload named",
    fails={"separation-state/mass_kg": 5500.0},
)
def _mass(record: SeparationState, package: Package) -> Problems:
    payload = package.find(record.payload)
    if not (
        isinstance(payload, Payload) and record.mass_kg and payload.mass_kg and record.state_of.startswith("payload")
    ):
        return
    if abs(record.mass_kg - payload.mass_kg) > max(0.02 * payload.mass_kg, 3.0 * (payload.mass_sigma_kg or 0.0)):
        yield "mass_kg", f"{record.mass_kg:g} kg, and the payload's record says {payload.mass_kg:g} kg"


@rule(
    "LD-SEP-015",
    SeparationState,
    says="T-0 is that of the launch, once it is known",
    fails={
        "separation-state/t0": "2027-03-01T22:00:00Z",
        "separation-state/epoch": "2027-03-01T23:00:25.060Z",
        "separation-state/status": "actual",
    },
)
def _launch_t_zero(record: SeparationState, package: Package) -> Problems:
    launch = package.find(record.launch)
    if (
        record.status == "actual"
        and isinstance(launch, Launch)
        and launch.t0.kind == "actual"
        and instant(launch.t0.value) != instant(record.t0)
    ):
        yield "t0", f"{record.t0} is not the launch's T-0, {launch.t0.value}"


@rule(
    "LD-SEP-016",
    SeparationState,
    says="files have different paths",
    fails={
        "separation-state/files": [
            {"path": "a.opm", "sha256": "0" * 64, "media_type": "text/plain", "format": "CCSDS OPM 2.0 KVN"}
        ]
        * 2
    },
)
def _paths(record: SeparationState, package: Package) -> Problems:
    if (twice := unique([f.path for f in record.files])) is not None:
        yield "files", f"{twice} is named twice"


def _matrix(record: SeparationState) -> np.ndarray | None:
    if record.covariance is None:
        return None
    matrix = np.zeros((6, 6))
    matrix[_TRIANGLE] = record.covariance.lower_triangle
    return matrix + matrix.T - np.diag(np.diag(matrix))
