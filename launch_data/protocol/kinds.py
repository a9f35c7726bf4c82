"""The kinds of record, by their schema, and reading one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...core.errors import InputError
from ...core.wire import LARGEST, Record, parse_json, wire_problems
from .business import PriceOffer
from .dynamics import HazardArea, ImpactPrediction, ScreeningPackage, SeparationState, TrajectoryRecord
from .launches import (
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
from .live import CountdownClock, CountdownEvent
from .places import LandingZone, Pad, Provider, Site
from .vehicles import FlightUnitLog, RecoveryRecord, VehicleItem, VehicleType

MODELS: tuple[type[Record], ...] = (
    Provider, Site, Pad, LandingZone, VehicleType, VehicleItem, Mission, Launch, Opportunity, Payload, ManifestSlot,
    InterfaceDocument, Environments, CountdownClock, CountdownEvent, TrajectoryRecord, SeparationState, ScreeningPackage,
    HazardArea, ImpactPrediction, RecoveryRecord, FlightUnitLog, PriceOffer, RegistrationRecord, Anomaly,
)  # fmt: skip


def schema_of(model: type[Record]) -> str:
    """`osea/launch-data/launch/v1` of a model."""
    return model.model_fields["schema_"].annotation.__args__[0]  # type: ignore[union-attr]


KINDS: Mapping[str, type[Record]] = {schema_of(m): m for m in MODELS}


def kind_name(model: type[Record]) -> str:
    """`launch` of a model."""
    return schema_of(model).split("/")[2]


def read_record(data: bytes, where: str) -> Record:
    """The record of a JSON text. Raises InputError for what is no JSON, of no known kind or breaks its schema, with each path.

    A record of a later minor version reads: fields that are new in it are kept. `crit` names what must be understood; we
    understand no extension, so a record with one is refused.
    """
    return _validated(parse_json(data, where), data, where)


def record_of(plain: Any, where: str) -> Record:
    """The record of parsed JSON; see `read_record`."""
    return _validated(plain, json.dumps(plain, ensure_ascii=False, allow_nan=False), where)


def _validated(plain: Any, text: str | bytes, where: str) -> Record:
    """The record of parsed JSON and of its text, which is what strict validation of tuples asks for."""
    if not isinstance(plain, dict):
        raise InputError("a record is a JSON object", where=where)
    schema = plain.get("schema")
    model = KINDS.get(schema) if isinstance(schema, str) else None
    if model is None:
        known = ", ".join(sorted(k.split("/")[2] for k in KINDS))
        raise InputError(
            f"schema is {schema!r}, no record of this protocol; osea/launch-data/KIND/v1 with KIND one of {known}",
            where=where,
        )
    try:
        record = model.model_validate_json(text)
    except ValidationError as error:
        first, *rest = wire_problems(error)
        raise InputError(first, where=where, details=rest) from None
    if record.crit:
        raise InputError(
            f"the record must not be read without the extension {record.crit[0]}, which is not known here", where=where
        )
    return record


def read_record_file(path: Path) -> Record:
    """The record of a file, of which no more is read than a record may have."""
    try:
        with path.open("rb") as file:
            return read_record(file.read(LARGEST + 1), str(path))
    except OSError as error:
        raise InputError(f"cannot read '{path}': {error.strerror}") from None


def to_plain(record: Record) -> dict[str, Any]:
    """A record as plain data, unknown fields and all; what was not given is left out."""
    return record.model_dump(mode="json", by_alias=True, exclude_unset=True)
