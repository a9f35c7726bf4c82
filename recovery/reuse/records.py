"""The records of one serial number: what it is, what it went through, what was found, changed and decided.

Records are only ever appended. What is wrong is corrected by a new revision of the same ``id`` with ``supersedes``; what can be
computed (flight number, life used, turnaround) is in no record: see ``history``. Units stand in the names of fields.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ...core.wire import Count, Name, NonNegative, Positive, Record, Sha256, Text, Urn, Utc, Wire, instant_of

ItemKind = Annotated[str, Field(examples=["stage", "engine", "fairing-half", "strap-on", "capsule"])]
Counted = Literal["flights", "landings", "burns", "starts", "burn time", "cycles", "miner"]


class CurvePoint(Wire):
    """Cycles that a part bears at an amplitude, in the unit of its allowance."""

    amplitude: Positive
    cycles: Positive


class Allowance(Wire):
    """One limit of life. rule: what is counted: flights, landings, burns, starts, burn time [s], cycles of a quantity (their
    number), or Miner's sum over the blocks of that quantity, against one.

    scatter: what the count is multiplied by. curve: of Miner's rule, by rising amplitude. part: what of the item it limits.
    """

    name: Name
    rule: Counted
    allowed: Positive
    part: Name | None = None
    quantity: Name | None = None
    unit: Name | None = None
    scatter: Annotated[float, Field(ge=1.0)] = 1.0
    curve: tuple[CurvePoint, ...] = ()
    source: Name

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.rule in ("cycles", "miner")) != (self.quantity is not None):
            raise ValueError("rules 'cycles' and 'miner' count blocks of a 'quantity', and no other rule does")
        if (self.rule == "miner") != bool(self.curve):
            raise ValueError("Miner's rule needs a curve, and no other rule has one")
        if self.rule == "miner":
            if len(self.curve) < 2 or self.unit is None or self.allowed > 1.0:
                raise ValueError(
                    "Miner's rule needs two points or more, the unit of their amplitudes, and at most 1 allowed"
                )
            for a, b in zip(self.curve, self.curve[1:], strict=False):
                if b.amplitude <= a.amplitude or b.cycles >= a.cycles:
                    raise ValueError("along the curve amplitudes rise and cycles fall")
        return self


class ReuseRecord(Record):
    """Base of all kinds. item: whose record it is; previous: SHA-256 of the line before it, so that none is changed unseen."""

    item: Urn
    previous: Sha256 | None = None


class ItemRecord(ReuseRecord):
    """The item itself: one serial number, and what it is allowed. item: its own name, which all its records carry."""

    schema_: Annotated[Literal["osea/reuse/item/v1"], Field(alias="schema")]
    serial: Name
    kind: ItemKind
    design: Name
    built_at: Utc | None = None
    installed_in: Urn | None = None
    allowances: Annotated[tuple[Allowance, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [a.name for a in self.allowances]
        if len(set(names)) < len(names):
            raise ValueError("two allowances have one name")
        return self


class Burn(Wire):
    """One burn. level: chamber pressure over the rated one, in the mean."""

    duration_s: NonNegative
    level: NonNegative | None = None


class CycleBlock(Wire):
    """Equal cycles of a quantity: of temperature, of pressure, of a load. amplitude: half the range, in *unit*."""

    quantity: Name
    amplitude: Positive
    unit: Name
    count: Positive
    kind: Annotated[str, Field(examples=["thermal", "pressure", "load"])]


class Landing(Wire):
    """How it came down. outcome: landed, damaged, lost, expended. Distances and angles against the target and the vertical."""

    outcome: Annotated[str, Field(examples=["landed", "damaged", "lost", "expended"])]
    mode: Annotated[str, Field(examples=["rtls", "ship", "expend", "parachute", "net"])]
    at: Utc | None = None
    zone: Urn | None = None
    vertical_speed_m_s: NonNegative | None = None
    horizontal_speed_m_s: NonNegative | None = None
    tilt_deg: Annotated[float, Field(ge=0.0, le=180.0)] | None = None
    distance_m: NonNegative | None = None
    highest_leg_load_N: NonNegative | None = None
    propellant_left_kg: NonNegative | None = None


class UseRecord(ReuseRecord):
    """One use: a flight or a test. starts: all that were tried. It lasts from lift-off (or ignition) to the landing."""

    schema_: Annotated[Literal["osea/reuse/use/v1"], Field(alias="schema")]
    occasion: Literal["flight", "static fire", "acceptance test", "proof test", "loading test"]
    launch: Urn | None = None
    began_at: Utc
    ended_at: Utc
    burns: tuple[Burn, ...] = ()
    starts: Count = 0
    cycles: tuple[CycleBlock, ...] = ()
    highest_load_N: NonNegative | None = None
    highest_heat_flux_W_m2: NonNegative | None = None
    landing: Landing | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if instant_of(self.ended_at) < instant_of(self.began_at):
            raise ValueError("a use ends after it began")
        if self.starts < len(self.burns):
            raise ValueError(f"{len(self.burns)} burns, and {self.starts} starts: each burn has its start")
        if (self.occasion == "flight") != (self.launch is not None):
            raise ValueError("a flight names its launch, and nothing else does")
        if self.landing is not None and self.occasion != "flight":
            raise ValueError("only a flight ends with a landing")
        return self


class Discrepancy(Wire):
    """Something found. number: its own, within the item. disposition: what is to become of it; open until decided."""

    number: Name
    part: Name
    description: Text
    severity: Literal["minor", "major", "critical"]
    disposition: Literal["open", "accept", "repair", "replace"]


class InspectionRecord(ReuseRecord):
    """One inspection. A later one that names the same number tells what has become of it."""

    schema_: Annotated[Literal["osea/reuse/inspection/v1"], Field(alias="schema")]
    at: Utc
    area: Name
    method: Annotated[str, Field(examples=["visual", "borescope", "ultrasonic", "leak test", "x-ray", "function test"])]
    by: Name
    findings: tuple[Discrepancy, ...] = ()


class ReplacementRecord(ReuseRecord):
    """A part that went for another. answers: numbers of findings that it closes; renews: allowances that begin anew with it."""

    schema_: Annotated[Literal["osea/reuse/replacement/v1"], Field(alias="schema")]
    at: Utc
    part: Name
    removed_serial: Name | None = None
    fitted_serial: Name
    reason: Name
    answers: tuple[Name, ...] = ()
    renews: tuple[Name, ...] = ()


class Person(Wire):
    """Who decides, and as what."""

    name: Name
    role: Name
    organisation: Name | None = None


class ReleaseRecord(ReuseRecord):
    """A decision on the next use. accepts: numbers of findings that fly as they are; limits: what the next use must keep to."""

    schema_: Annotated[Literal["osea/reuse/release/v1"], Field(alias="schema")]
    at: Utc
    decision: Literal["released", "released with limits", "withheld", "retired"]
    by: Person
    accepts: tuple[Name, ...] = ()
    limits: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _limits_are_told(self) -> Self:
        if (self.decision == "released with limits") != bool(self.limits):
            raise ValueError("'released with limits' states them, and no other decision does")
        return self


MODELS: tuple[type[ReuseRecord], ...] = (ItemRecord, UseRecord, InspectionRecord, ReplacementRecord, ReleaseRecord)


def schema_of(model: type[ReuseRecord]) -> str:
    """`osea/reuse/use/v1` of a model."""
    return model.model_fields["schema_"].annotation.__args__[0]  # type: ignore[union-attr]


KINDS: Mapping[str, type[ReuseRecord]] = {schema_of(m): m for m in MODELS}
TIMES = {"use": "began_at", "inspection": "at", "replacement": "at", "release": "at"}


def kind_of(record: ReuseRecord) -> str:
    """`use` of a record."""
    return schema_of(type(record)).split("/")[2]


def time_of(record: ReuseRecord) -> str | None:
    """When what it tells of happened; None of the item itself."""
    field: Any = TIMES.get(kind_of(record))
    return getattr(record, field) if field else None
