"""Vehicles: types with their performance, serialised items, what each flight did to them, how they came back."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.wire import Count, Fraction, Moment, Money, Name, NonNegative, Positive, Record, Uncertain, Urn, Utc, Wire
from .places import GeodeticPoint

RecoveryMode = Annotated[str, Field(examples=["expend", "rtls", "ship", "net", "parachute", "fly-back"])]


class OrbitClass(Wire):
    """The orbit of a performance row: heights above 6378.137 km, as user's guides count them."""

    name: Annotated[str, Field(examples=["LEO", "SSO", "GTO", "GEO", "MEO", "escape"])]
    perigee_height_m: float | None = None
    apogee_height_m: float | None = None
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0)] | None = None
    c3_m2_s2: float | None = None
    local_time_of_node: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] | None = None


class PerformanceRow(Wire):
    """Payload mass into one orbit from one site; adapter_included says whether the mass holds the adapter's."""

    orbit: OrbitClass
    site: Urn | None = None
    recovery_mode: RecoveryMode
    payload_kg: Positive
    sigma_kg: NonNegative | None = None
    adapter_included: bool
    margin_policy: Name


class StageDescription(Wire):
    """A stage as it is sold."""

    name: Name
    order: Annotated[int, Field(ge=0, le=9)]
    propellants: tuple[Name, ...] = ()
    engine: Name | None = None
    engine_count: Count | None = None
    dry_mass_kg: Positive | None = None
    propellant_mass_kg: Positive | None = None
    reusable: bool = False


class VehicleType(Record):
    """A type of launch vehicle."""

    schema_: Annotated[Literal["osea/launch-data/vehicle-type/v1"], Field(alias="schema")]
    name: Name
    provider: Urn
    variant: Name | None = None
    height_m: Positive | None = None
    diameter_m: Positive | None = None
    lift_off_mass_kg: Positive | None = None
    stages: Annotated[tuple[StageDescription, ...], Field(min_length=1)]
    performance: tuple[PerformanceRow, ...] = ()
    orbit_accuracy: dict[str, Uncertain] | None = None


class VehicleItem(Record):
    """One thing with a serial number: booster, upper stage, fairing half, engine. Flight numbers are derived, never stored."""

    schema_: Annotated[Literal["osea/launch-data/vehicle-item/v1"], Field(alias="schema")]
    serial: Name
    kind: Annotated[str, Field(examples=["booster", "upper-stage", "fairing-half", "engine", "strap-on", "capsule"])]
    vehicle_type: Urn
    manufacturer: Urn | None = None
    built: Moment | None = None
    installed_in: Urn | None = None
    state: Annotated[str, Field(examples=["active", "refurbishing", "stored", "expended", "lost", "retired"])]


class LifeUse(Wire):
    """How much of one allowance is used: cycles against their number, or a damage sum against one; the rule is named."""

    limit: Annotated[str, Field(examples=["flights", "starts", "thermal cycles", "pressure cycles", "miner sum"])]
    used: NonNegative
    allowed: Positive
    rule: Name


class FlightUnitLog(Record):
    """What one flight did to one item."""

    schema_: Annotated[Literal["osea/launch-data/flight-unit-log/v1"], Field(alias="schema")]
    item: Urn
    launch: Urn
    lifted_off_at: Utc
    starts: Count
    burn_time_s: NonNegative
    highest_load_N: NonNegative | None = None
    highest_heat_flux_W_m2: NonNegative | None = None
    life: tuple[LifeUse, ...] = ()


class Touchdown(Wire):
    """State at touchdown, relative to the target; tilt from the vertical."""

    at: Utc
    position: GeodeticPoint | None = None
    distance_m: NonNegative
    vertical_speed_m_s: float
    horizontal_speed_m_s: NonNegative
    tilt_deg: Annotated[float, Field(ge=0.0, le=180.0)]
    propellant_left_kg: NonNegative | None = None


class PartReplaced(Wire):
    """A part that went for another, and why."""

    part: Name
    count: Annotated[int, Field(ge=1)] = 1
    reason: Name


class RecoveryRecord(Record):
    """One attempt to get one item back, and what became of it."""

    schema_: Annotated[Literal["osea/launch-data/recovery/v1"], Field(alias="schema")]
    item: Urn
    launch: Urn
    mode: RecoveryMode
    attempted: bool
    outcome: Annotated[str, Field(examples=["success", "damaged", "lost", "not-attempted", "unknown"])]
    evidence: Name | None = None
    zone: Urn | None = None
    touchdown: Touchdown | None = None
    findings: tuple[Name, ...] = ()
    parts_replaced: tuple[PartReplaced, ...] = ()
    refurbishment_cost: Money | None = None
    released_at: Utc | None = None
    released_by: Name | None = None
    life_used: Fraction | None = None
