"""References: each names a record of the right kind; one that the package does not hold is not known to be right."""

from typing import Any

from ....core.findings import Severity
from ....core.wire import Record
from ..business import PriceOffer
from ..dynamics import HazardArea, ImpactPrediction, ScreeningPackage, SeparationState, TrajectoryRecord
from ..kinds import kind_name
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
from ..live import CountdownClock, CountdownEvent
from ..places import LandingZone, Pad, Provider, Site
from ..vehicles import FlightUnitLog, RecoveryRecord, VehicleItem, VehicleType
from .engine import Package, Problems, add, value

# (kind, field, kind that it names)
FIELDS: tuple[tuple[type[Record], str, type[Record]], ...] = (
    (Site, "operator", Provider),
    (Pad, "site", Site),
    (Pad, "vehicle_types", VehicleType),
    (VehicleType, "provider", Provider),
    (VehicleItem, "vehicle_type", VehicleType),
    (VehicleItem, "manufacturer", Provider),
    (Mission, "provider", Provider),
    (Launch, "mission", Mission),
    (Launch, "provider", Provider),
    (Launch, "vehicle_type", VehicleType),
    (Launch, "items", VehicleItem),
    (Launch, "pad", Pad),
    (Launch, "payloads", Payload),
    (Opportunity, "launch", Launch),
    (ManifestSlot, "launch", Launch),
    (ManifestSlot, "payload", Payload),
    (InterfaceDocument, "payload", Payload),
    (InterfaceDocument, "vehicle_type", VehicleType),
    (InterfaceDocument, "launch", Launch),
    (Environments, "vehicle_type", VehicleType),
    (Environments, "launch", Launch),
    (CountdownClock, "launch", Launch),
    (CountdownEvent, "launch", Launch),
    (TrajectoryRecord, "launch", Launch),
    (SeparationState, "launch", Launch),
    (SeparationState, "payload", Payload),
    (ScreeningPackage, "launch", Launch),
    (ScreeningPackage, "opportunities", Opportunity),
    (HazardArea, "launch", Launch),
    (ImpactPrediction, "launch", Launch),
    (RecoveryRecord, "item", VehicleItem),
    (RecoveryRecord, "launch", Launch),
    (RecoveryRecord, "zone", LandingZone),
    (FlightUnitLog, "item", VehicleItem),
    (FlightUnitLog, "launch", Launch),
    (PriceOffer, "provider", Provider),
    (PriceOffer, "vehicle_type", VehicleType),
    (PriceOffer, "launch", Launch),
    (PriceOffer, "slot", ManifestSlot),
    (RegistrationRecord, "launch", Launch),
    (Anomaly, "launch", Launch),
    (Anomaly, "item", VehicleItem),
)


def _names(record: Any, field: str) -> tuple[str, ...]:
    found = value(record, field)
    return () if found is None else (found,) if isinstance(found, str) else tuple(found)


def _wrong_kind(field: str, target: type[Record]):
    def check(record: Any, package: Package) -> Problems:
        for name in _names(record, field):
            found = package.find(name)
            if found is not None and not isinstance(found, target):
                yield field, f"{name} is a {kind_name(type(found))}; {field} names a {kind_name(target)}"

    return check


def _register() -> None:
    for number, (model, field, target) in enumerate(FIELDS, 1):
        kind = kind_name(model)
        wrong = f"urn:osea:example:{'payload' if target is not Payload else 'site'}:1"
        many = field in ("vehicle_types", "items", "payloads", "opportunities")
        add(
            f"LD-REF-{number:03d}",
            (model,),
            f"{field} of a {kind} names a {kind_name(target)}",
            _wrong_kind(field, target),
            {f"{kind}/{field}": [wrong] if many else wrong},
        )


def _unresolved(record: Any, package: Package) -> Problems:
    if not package.whole:
        return
    for model, field, target in FIELDS:
        if isinstance(record, model):
            for name in _names(record, field):
                if package.find(name) is None:
                    yield (
                        field,
                        f"{name} is not in the package, so it is not known to be a {kind_name(target)}; add its record",
                    )


_register()
add(
    "LD-REF-100",
    (),
    "what a record names is in the package, or not known to be right",
    _unresolved,
    {"pad/site": "urn:osea:example:site:404"},
    Severity.UNKNOWN,
)
