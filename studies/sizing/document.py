"""What `size:` in a study may say: the objective, and what of each stage is free."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Flag
from ...core.quantity import SI, SIRange, ratio
from ...vehicle.parts import Envelope
from ...vehicle.stage import PositiveMass
from ..cost.document import CostRules

Objective = Literal["least lift-off mass", "least cost per kg", "most payload"]
Share = Annotated[float, ratio(ge=0.0, lt=1.0)]
Positive = Annotated[float, ratio(gt=0.0)]


class Bounds(Document):
    """A number between two ends, both allowed."""

    lower: Positive
    upper: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.upper < self.lower:
            raise FieldError("upper", "is below the lower end; exchange the two")
        return self


class Recovery(Document):
    """One way in which the stage comes back, or does not.

    propellant: share of its load that is kept for the way back; hardware: mass of legs, fins and the like over the stage's dry
    mass without them; flights: how often it flies, for its cost; refurbishment: of each further flight, over its first cost,
    left out: TRANSCOST's. The cost knows the reuse of the lowest core stage; others are costed as thrown away.
    """

    mode: Literal["expended", "downrange", "return to launch site"]
    propellant: Share = 0.0
    hardware: Share = 0.0
    flights: Annotated[float, ratio(ge=1.0, le=200.0)] = 1.0
    refurbishment: Annotated[float, ratio(ge=0.0, le=1.0)] | None = None


class FreeStage(Document):
    """What is free of one stage, core or strap-on; what is left out stays as its document has it.

    engine_count: of its engine, as it is; engine_scale: thrust, flow and mass of each over those of its document. recovery:
    several are tried. technology_factor: of the relations; left out, the one with which they give the document's dry mass.
    """

    stage: str
    propellant: Flag = True
    engine_count: Bounds | None = None
    engine_scale: Bounds | None = None
    diameter: Annotated[tuple[float, float], SIRange("m")] | None = None
    recovery: tuple[Recovery, ...] = Field(default=(), max_length=5)
    technology_factor: Annotated[float, ratio(gt=0.1, lt=10.0)] | None = None
    tank_relation: Literal["Akin", "FELIN"] = "Akin"


class FreeFairing(Document):
    """A fairing made for its payload: around the envelope, measured from the payload's interface plane, with a clearance to the
    outer surface that holds its structure and all motion. technology_factor: of the relation for its mass; left out, the one
    with which it gives the document's mass."""

    envelope: Envelope
    clearance: Annotated[float, SI("m", ("0.3 m",), gt=0.0, le=2.0)]
    technology_factor: Annotated[float, ratio(gt=0.1, lt=10.0)] | None = None


class SizeRules(Document):
    """objective: sought; payload: to be carried, for all but "most payload"; lift_off_mass: the most, for "most payload".

    lift_off_thrust_to_weight: on the pad; upper_thrust_to_weight: at each upper stage's ignition, in g: the lower end always
    holds, the upper one where engines are free. burn_out_acceleration: the most of a stage whose load is free, at full thrust,
    for engines that do not throttle. fineness: the most, of the whole vehicle. flights_per_year, production: for the cost, the
    second the flights of the whole programme; cost, prices: what its relations choose and whose prices they take.
    trajectory_reserve: velocity that must be left over.
    """

    objective: Objective = "least lift-off mass"
    payload: PositiveMass | None = None
    lift_off_mass: PositiveMass | None = None
    stages: tuple[FreeStage, ...] = ()
    fairing: FreeFairing | None = None
    lift_off_thrust_to_weight: Bounds = Bounds(lower=1.2, upper=1.5)
    upper_thrust_to_weight: Bounds = Bounds(lower=0.6, upper=1.2)
    burn_out_acceleration: Annotated[float, SI("m/s^2", ("6 g_0",), gt=0.0)] | None = None
    fineness: Annotated[float, ratio(ge=3.0, le=60.0)] = 22.0
    tolerance: Annotated[float, ratio(gt=0.0, le=0.05)] = 1e-3
    most_iterations: Annotated[int, Field(strict=True, ge=2, le=60)] = 20
    flights_per_year: Annotated[float, ratio(ge=1.0, le=500.0)] = 10.0
    production: Annotated[float, ratio(ge=1.0, le=10000.0)] = 50.0
    cost: CostRules = CostRules()
    prices: Literal["china_2024", "united_states_2018"] = "united_states_2018"
    trajectory_reserve: Annotated[float, SI("m/s", ("50 m/s",), ge=0.0)] = 0.0

    @model_validator(mode="after")
    def _target(self) -> Self:
        if self.lift_off_thrust_to_weight.lower <= 1.0:
            raise FieldError("lift_off_thrust_to_weight.lower", "is 1 or less: it would not leave the pad")
        if self.objective == "most payload" and self.lift_off_mass is None:
            raise FieldError(
                "lift_off_mass", "'most payload' needs the largest lift-off mass; give 'lift_off_mass: 500 t'"
            )
        names = [s.stage for s in self.stages]
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"stages.{i}.stage", f"'{name}' is listed twice; put what is free of it in one place")
        return self
