"""Prices, with all that makes one comparable with another."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.wire import Fraction, Interval, Money, Name, Positive, Record, Urn, Wire
from .vehicles import OrbitClass, RecoveryMode


class PerKilogram(Wire):
    """A price per kilogram, which means nothing without what it is divided by."""

    price: Money
    denominator: Annotated[str, Field(examples=["payload delivered", "capacity to reference orbit", "slot mass"])]
    denominator_kg: Positive
    orbit: OrbitClass
    recovery_mode: RecoveryMode
    flight_number: Annotated[int, Field(ge=1)] | None = None
    refurbishment_share: Fraction | None = None


class PriceOffer(Record):
    """What a launch, a slot or a kilogram costs. kind: a list price is no contract price, and neither is a cost."""

    schema_: Annotated[Literal["osea/launch-data/price-offer/v1"], Field(alias="schema")]
    provider: Urn
    subject: Annotated[str, Field(examples=["dedicated launch", "slot", "kilogram", "refurbishment"])]
    kind: Annotated[str, Field(examples=["list", "contract", "marginal cost", "amortised cost", "estimate"])]
    price: Money
    per_kilogram: PerKilogram | None = None
    vehicle_type: Urn | None = None
    launch: Urn | None = None
    slot: Urn | None = None
    valid: Interval
    includes: tuple[Name, ...] = ()
    excludes: tuple[Name, ...] = ()
