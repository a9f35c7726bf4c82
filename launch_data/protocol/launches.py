"""Launches and what flies on them: mission, launch, opportunity, payload, slot, interface document, environments."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.wire import (
    Count,
    Interval,
    Moment,
    Name,
    NonNegative,
    Positive,
    Record,
    Sha256,
    Text,
    Uncertain,
    Urn,
    Utc,
    Wire,
)
from .vehicles import OrbitClass, RecoveryMode


class Mission(Record):
    """What is to be done: a customer's or a rideshare mission, which one or more launches serve."""

    schema_: Annotated[Literal["osea/launch-data/mission/v1"], Field(alias="schema")]
    name: Name
    provider: Urn
    kind: Annotated[str, Field(examples=["dedicated", "rideshare", "test", "crew", "resupply"])]
    customers: tuple[Name, ...] = ()
    orbit: OrbitClass | None = None
    description: Text | None = None


class Attempt(Wire):
    """One countdown that was begun. result: lifted off, held, scrubbed, aborted on the pad."""

    number: Annotated[int, Field(ge=1)]
    opportunity: Urn | None = None
    t0: Utc
    result: Annotated[str, Field(examples=["lifted-off", "scrubbed", "aborted", "pending"])]
    stopped_at_t_s: float | None = None
    reason: Name | None = None


class Launch(Record):
    """A launch: it keeps its identifier through all slips, scrubs and attempts."""

    schema_: Annotated[Literal["osea/launch-data/launch/v1"], Field(alias="schema")]
    name: Name
    mission: Urn
    provider: Urn
    vehicle_type: Urn
    items: tuple[Urn, ...] = ()
    pad: Urn
    t0: Moment
    t0_definition: Annotated[str, Field(examples=["first motion", "lift-off signal", "engine start", "guidance zero"])]
    state: Annotated[
        str, Field(examples=["planned", "go", "hold", "scrubbed", "in-flight", "success", "partial-failure", "failure"])
    ]
    attempts: tuple[Attempt, ...] = ()
    recovery_modes: dict[str, RecoveryMode] | None = None
    payloads: tuple[Urn, ...] = ()


class Closure(Wire):
    """A part of a window in which it must not be launched, and why."""

    interval: Interval
    reason: Annotated[
        str, Field(examples=["collision avoidance", "weather", "range", "sun angle", "vehicle", "ground"])
    ]
    authority: Name | None = None


class Opportunity(Record):
    """One window of a launch. Instantaneous when opens equals closes."""

    schema_: Annotated[Literal["osea/launch-data/opportunity/v1"], Field(alias="schema")]
    launch: Urn
    window: Interval
    t0: Utc
    launch_azimuth_deg: Annotated[float, Field(ge=0.0, lt=360.0)] | None = None
    closures: tuple[Closure, ...] = ()
    state: Annotated[str, Field(examples=["open", "closed", "used", "withdrawn"])]


class Payload(Record):
    """What is carried."""

    schema_: Annotated[Literal["osea/launch-data/payload/v1"], Field(alias="schema")]
    name: Name
    owner: Name
    operator: Name | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    mass_kg: Positive | None = None
    mass_sigma_kg: NonNegative | None = None
    size_m: tuple[float, float, float] | None = None
    centre_of_mass_m: tuple[float, float, float] | None = None
    inertia_kg_m2: tuple[float, float, float, float, float, float] | None = None
    first_frequency_hz: Positive | None = None
    has_propulsion: bool | None = None
    hazards: tuple[Name, ...] = ()
    count: Annotated[int, Field(ge=1)] = 1


class ManifestSlot(Record):
    """A place on a launch: free, offered, held or booked."""

    schema_: Annotated[Literal["osea/launch-data/manifest-slot/v1"], Field(alias="schema")]
    launch: Urn
    name: Name
    payload: Urn | None = None
    mass_limit_kg: Positive
    envelope_m: tuple[float, float, float] | None = None
    interface: Name
    deployment_order: Annotated[int, Field(ge=1)] | None = None
    deployment_time_s: float | None = None
    state: Annotated[str, Field(examples=["free", "offered", "held", "booked", "flown"])]


class Requirement(Wire):
    """One line of an interface document, by the headings of ISO 17401."""

    number: Name
    section: Annotated[
        str, Field(examples=["mechanical", "electrical", "environment", "operations", "mission", "safety"])
    ]
    text: Text
    verification: Annotated[str, Field(examples=["test", "analysis", "inspection", "similarity", "review"])]
    state: Annotated[str, Field(examples=["open", "verified", "waived", "failed"])]
    evidence: Name | None = None


class InterfaceDocument(Record):
    """An interface requirement (IRD) or control (ICD) document between a payload and a launch."""

    schema_: Annotated[Literal["osea/launch-data/interface-document/v1"], Field(alias="schema")]
    kind: Literal["IRD", "ICD"]
    payload: Urn
    vehicle_type: Urn
    launch: Urn | None = None
    requirements: Annotated[tuple[Requirement, ...], Field(min_length=1)]
    agreed_by: tuple[Name, ...] = ()
    file_sha256: Sha256 | None = None


class Curve(Wire):
    """Levels over frequency, read in log-log between points."""

    frequency_hz: Annotated[tuple[float, ...], Field(min_length=2)]
    level: Annotated[tuple[float, ...], Field(min_length=2)]
    unit: Annotated[str, Field(examples=["g2/Hz", "g", "dB"])]
    quantity: Annotated[str, Field(examples=["random psd", "shock response spectrum", "sound pressure octave", "sine"])]
    level_kind: Annotated[str, Field(examples=["MPE", "P95/50", "P99/90", "qualification", "acceptance"])]
    octave_fraction: Annotated[int, Field(ge=1, le=24)] | None = None
    damping_q: Positive | None = None


class Environments(Record):
    """What a payload lives through."""

    schema_: Annotated[Literal["osea/launch-data/environments/v1"], Field(alias="schema")]
    vehicle_type: Urn
    launch: Urn | None = None
    axial_acceleration_m_s2: tuple[float, float] | None = None
    lateral_acceleration_m_s2: tuple[float, float] | None = None
    curves: tuple[Curve, ...] = ()
    temperature_K: tuple[float, float] | None = None
    pressure_drop_Pa_s: NonNegative | None = None
    heat_flux_after_jettison_W_m2: NonNegative | None = None
    cleanliness_class: Name | None = None


class RegistrationRecord(Record):
    """What the Registration Convention (1975, article IV) asks a state to tell."""

    schema_: Annotated[Literal["osea/launch-data/registration/v1"], Field(alias="schema")]
    launching_states: Annotated[tuple[str, ...], Field(min_length=1)]
    designator: Name
    launch: Urn
    launched_at: Utc
    location: Name
    nodal_period_s: Positive
    inclination_deg: Annotated[float, Field(ge=0.0, le=180.0)]
    apogee_height_m: float
    perigee_height_m: float
    function: Name


class Anomaly(Record):
    """Something that went otherwise than it should."""

    schema_: Annotated[Literal["osea/launch-data/anomaly/v1"], Field(alias="schema")]
    launch: Urn
    item: Urn | None = None
    title: Name
    occurred_at: Moment
    t_s: float | None = None
    severity: Annotated[str, Field(examples=["observation", "minor", "major", "loss of mission", "loss of vehicle"])]
    state: Annotated[str, Field(examples=["open", "under investigation", "closed"])]
    cause: Text | None = None
    corrective_actions: tuple[Name, ...] = ()
    attempt: Count | None = None
    duration: Uncertain | None = None
