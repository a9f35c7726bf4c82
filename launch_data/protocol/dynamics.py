"""Motion and its dangers: trajectory, separation state, screening package, hazard area, impact prediction."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from ...core.wire import Fraction, Interval, Name, NonNegative, Positive, Record, Sha256, Urn, Utc, Vector, Wire
from .places import GeodeticPoint

FrameName = Annotated[
    str,
    Field(examples=["ITRF2020", "ITRF2000", "WGS84", "GCRF", "EME2000", "TOD", "TEME", "inertial_from_frozen_ecef"]),
]


def _stays_inside(path: str) -> str:
    if ".." in path.split("/"):
        raise ValueError("a file's path is relative and stays in the package")
    return path


class DataFile(Wire):
    """A file beside the record; `path` is relative, with forward slashes, and never leaves the package."""

    path: Annotated[str, AfterValidator(_stays_inside), Field(pattern=r"^[^/\\:\x00][^\\:\x00]*$", max_length=500)]
    sha256: Sha256
    media_type: Name
    format: Annotated[str, Field(examples=["CCSDS OEM 2.0 KVN", "CCSDS OCM 3.0 KVN", "GeoJSON"])]


class EarthOrientationUsed(Wire):
    """What was used between Earth-fixed and inertial."""

    ut1_minus_utc_s: float | None = None
    tai_minus_utc_s: float
    source: Name
    position_bound_m: NonNegative | None = None


class Covariance(Wire):
    """Lower triangle, row by row, of a 6 x 6 covariance of position [m] and velocity [m/s], 1 sigma."""

    frame: Annotated[str, Field(examples=["RTN_INERTIAL", "RTN_ROTATING", "same"])]
    lower_triangle: Annotated[tuple[float, ...], Field(min_length=21, max_length=21)]
    basis: Annotated[str, Field(examples=["monte-carlo", "linear", "as-flown filter", "engineering judgement"])]
    runs: Annotated[int, Field(ge=2)] | None = None
    common_cause: Urn | None = None


class TrajectoryRecord(Record):
    """A trajectory as a file, counted from T-0 in an Earth-fixed frame, or dated."""

    schema_: Annotated[Literal["osea/launch-data/trajectory/v1"], Field(alias="schema")]
    launch: Urn
    object_name: Name
    phase: Annotated[str, Field(examples=["ascent", "coast", "disposal", "booster return", "as flown"])]
    frame: FrameName
    time_system: Literal["UTC", "TAI", "GPS", "T0"]
    t0: Utc | None = None
    t0_definition: Name
    start_s: float
    stop_s: float
    file: DataFile
    interpolation: Annotated[str, Field(examples=["HERMITE", "LAGRANGE", "LINEAR"])] | None = None
    interpolation_degree: Annotated[int, Field(ge=1, le=15)] | None = None
    has_covariance: bool = False


class SeparationState(Record):
    """The state of one object when it is let go."""

    schema_: Annotated[Literal["osea/launch-data/separation-state/v1"], Field(alias="schema")]
    launch: Urn
    payload: Urn
    state_of: Annotated[str, Field(examples=["payload after separation", "last stage before separation"])]
    epoch: Utc
    mission_elapsed_time_s: float
    t0: Utc
    frame: FrameName
    position_m: Vector
    velocity_m_s: Vector
    earth_orientation: EarthOrientationUsed | None = None
    covariance: Covariance | None = None
    mass_kg: Positive | None = None
    attitude_quaternion: tuple[float, float, float, float] | None = None
    body_rate_deg_s: Vector | None = None
    files: tuple[DataFile, ...] = ()


class ScreenedObject(Wire):
    """One object of a screening package: its ephemeris, its size, its part of the window."""

    name: Name
    file: DataFile
    hard_body_radius_m: Positive
    start_s: float
    stop_s: float
    has_covariance: bool


class ScreeningPackage(Record):
    """What a screener needs to say when not to launch."""

    schema_: Annotated[Literal["osea/launch-data/screening-package/v1"], Field(alias="schema")]
    launch: Urn
    opportunities: Annotated[tuple[Urn, ...], Field(min_length=1)]
    objects: Annotated[tuple[ScreenedObject, ...], Field(min_length=1)]
    t0_first: Utc
    t0_last: Utc
    step_s: Positive
    frame: FrameName
    probability_threshold: Fraction | None = None
    miss_distance_m: Positive | None = None
    contact: Name


class HazardArea(Record):
    """An area to keep clear, in air or at sea, and when."""

    schema_: Annotated[Literal["osea/launch-data/hazard-area/v1"], Field(alias="schema")]
    launch: Urn
    kind: Annotated[str, Field(examples=["aircraft", "ship", "ground", "launch site", "landing", "re-entry"])]
    cause: Name
    geometry: dict[str, Any]
    floor_m: float | None = None
    ceiling_m: float | None = None
    active: Annotated[tuple[Interval, ...], Field(min_length=1)]
    containment: Fraction | None = None
    notices: tuple[Name, ...] = ()


class ImpactPrediction(Record):
    """Where a body comes down, and how sure that is."""

    schema_: Annotated[Literal["osea/launch-data/impact-prediction/v1"], Field(alias="schema")]
    launch: Urn
    body: Name
    nominal: GeodeticPoint
    at: Utc | None = None
    time_after_t0_s: float
    ellipse_semi_major_m: Positive | None = None
    ellipse_semi_minor_m: Positive | None = None
    ellipse_azimuth_deg: Annotated[float, Field(ge=0.0, lt=360.0)] | None = None
    ellipse_confidence: Fraction | None = None
    mass_kg: Positive
    speed_m_s: NonNegative
    casualty_expectation: NonNegative | None = None
    file: DataFile | None = None
