"""The launch record `osea/launch-record/v1`: JSON that names a launch's files, frames, time system and T-0.

It is a wire record: SI numbers in suffixed fields, and fields that this version does not know are kept as they are.
"""

import hashlib
import json
import uuid
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator

from ..core.errors import InputError
from ..core.time import parse_utc
from ..core.wire import Wire, parse_json, wire_problems

SCHEMA = "osea/launch-record/v1"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=500)]
Vector = tuple[float, float, float]


def _utc(value: str) -> str:
    try:
        parse_utc(value)
    except InputError as error:
        raise ValueError(error.message) from None
    return value


class LaunchFile(Wire):
    """A file beside the record; `path` is relative to it, with forward slashes, and never leaves its folder."""

    path: Name
    sha256: Sha256
    media_type: Name
    format: Name

    @field_validator("path")
    @classmethod
    def _path_stays_inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or "\\" in value or ":" in value or "\0" in value:
            raise ValueError("a file's path is relative and stays in the record's folder")
        return value


class TimeZero(Wire):
    """T-0 and what happens then."""

    utc: str
    definition: Name

    _utc_is_utc = field_validator("utc")(_utc)


class TrajectoryProduct(Wire):
    """The predicted trajectory; start and stop count from T-0."""

    file: LaunchFile
    frame: Name
    center: Literal["EARTH"] = "EARTH"
    time_system: Literal["UTC"] = "UTC"
    start_s: float
    stop_s: float


class SeparationProduct(Wire):
    """The state at separation, in the inertial frame named. `position_bound_m`: what unknown Earth orientation can change."""

    file: LaunchFile
    object_name: Name
    frame: Name
    center: Literal["EARTH"] = "EARTH"
    time_system: Literal["UTC"] = "UTC"
    state_of: Name
    utc: str
    mission_elapsed_time_s: float
    position_m: Vector
    velocity_m_s: Vector
    object_mass_kg: Annotated[float, Field(gt=0.0)]
    total_mass_kg: Annotated[float, Field(gt=0.0)]
    ut1_minus_utc_s: float | None
    position_bound_m: Annotated[float, Field(ge=0.0)]

    _utc_is_utc = field_validator("utc")(_utc)


class Provenance(Wire):
    """How the data came to be; `input_sha256` is the hash of the resolved input."""

    software: Name
    method: Name
    input_sha256: str
    sources: tuple[str, ...] = ()


class LaunchRecord(Wire):
    """One launch. `id` stays through all revisions; `status`: predicted, planned, actual, corrected, or one yet unknown."""

    schema_: Annotated[Literal["osea/launch-record/v1"], Field(alias="schema")] = SCHEMA
    id: Annotated[str, Field(pattern=r"^urn:[a-z0-9][a-z0-9-]{0,31}:\S+$")]
    revision: Annotated[int, Field(ge=1)] = 1
    status: Name = "predicted"
    issuer: Name
    issued_at: str
    mission: Name
    vehicle: Name
    t0: TimeZero
    trajectory: TrajectoryProduct
    separation: SeparationProduct | None = None
    provenance: Provenance

    _issued_is_utc = field_validator("issued_at")(_utc)

    def to_json(self) -> str:
        """The record as JSON text (UTF-8, two-space indent), unknown fields included."""
        data = self.model_dump(mode="json", by_alias=True)
        return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def files(self) -> tuple[LaunchFile, ...]:
        """Every file that the record names."""
        return (self.trajectory.file, *([self.separation.file] if self.separation else []))


def record_id(issuer: str, mission: str) -> str:
    """The identifier of a mission's record: the same issuer and mission give the same one (UUID version 5, RFC 9562)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([SCHEMA, issuer, mission], ensure_ascii=False)).urn


def read_record(path: Path) -> LaunchRecord:
    """Read a record. Raises InputError for what is not JSON, has a key twice, or breaks the schema, naming each field."""
    try:
        data = path.read_bytes()
        parse_json(data, str(path))
        return LaunchRecord.model_validate_json(data)
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None
    except ValidationError as error:
        raise InputError("this is no launch record", where=str(path), details=wire_problems(error)) from None


def check_files(record: LaunchRecord, folder: Path) -> None:
    """Raise InputError unless every file that the record names stands in `folder` with the content it had."""
    for file in record.files():
        try:
            content = (folder / file.path).read_bytes()
        except OSError as error:
            raise InputError(f"the record names '{file.path}', and it cannot be read: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise InputError(f"'{file.path}' is not the file that the record names: its sha256 differs")
