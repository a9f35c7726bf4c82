"""A stage: body, tanks, engines and its masses; a core stage or a strap-on booster."""

from typing import Annotated, Any, Literal

from pydantic import field_validator, model_validator
from pydantic_core import PydanticCustomError

from ..core.documents import FieldError, Integer, Reference
from ..core.modules import Part
from ..core.quantity import SI, Mass
from ..propulsion.engine import Engine
from ..propulsion.thrust_curve import ThrustCurve
from .parts import NoseShape, PositiveLength
from .tank import Tank, share_a_dome
from .wording import metres, tonnes

PositiveMass = Annotated[float, SI("kg", ("24.7 t",), gt=0.0)]


class Stage(Part, schema="osea/stage/v1"):
    """One stage.

    role: ``core`` (stands in the stack) or ``strap-on`` (beside it). diameter: of the body. length: from the engines' exit
    plane to the joint with what stands above (to the nose tip for a strap-on). dry_mass: everything but propellant and what
    has a document of its own (interstage, fairing, adapter); engines included. propellant_mass: loaded at lift-off,
    residuals and reserve included. tanks: lowest first; their loads add up to propellant_mass. engine_section: from the
    exit plane to the lowest point of the lowest tank. residual_mass, reserve_mass: left out, the cited rule of
    ``residuals`` gives them. start_loss: propellant that its starts cost without thrust to speak of: of the lowest stage burned
    before T-0, over its propellant_mass; of a stage that starts in flight part of its residual_mass. engine: a liquid
    one, or motor: the thrust curve of a solid one; engine_count of them. nose_length, nose_shape: of a strap-on.
    """

    role: Literal["core", "strap-on"] = "core"
    diameter: PositiveLength
    length: PositiveLength
    dry_mass: PositiveMass
    propellant_mass: PositiveMass
    tanks: tuple[Reference[Tank], ...] = ()
    engine: Reference[Engine] | None = None
    motor: Reference[ThrustCurve] | None = None
    engine_count: Integer = 1
    engine_section: Annotated[float, SI("m", ("3 m",), ge=0.0)] = 0.0
    residual_mass: Mass | None = None
    reserve_mass: Mass | None = None
    start_loss: Mass | None = None
    nose_length: PositiveLength | None = None
    nose_shape: NoseShape | None = None

    @field_validator("engine_count")
    @classmethod
    def _has_engines(cls, count: int) -> int:
        if count < 1:
            raise PydanticCustomError("engines", "a stage needs at least one engine; give 'engine_count: 1' or more")
        return count

    @field_validator("tanks", mode="before")
    @classmethod
    def _tanks_in_a_list(cls, tanks: Any) -> Any:
        if isinstance(tanks, dict | str):
            raise PydanticCustomError("tanks", "a list of tanks is expected, lowest first; begin each with '- '")
        return tanks

    @model_validator(mode="after")
    def _tanks_fit(self):
        for i, tank in enumerate(self.tanks):
            if tank.diameter > self.diameter * (1 + 1e-9):
                raise FieldError(
                    f"tanks.{i}",
                    f"tank '{tank.name}' ({metres(tank.diameter)}) is wider than its stage ({metres(self.diameter)}); "
                    "correct one of the diameters",
                )
        if self.tanks:
            loaded = sum(t.propellant_mass for t in self.tanks)
            if abs(loaded - self.propellant_mass) > 1e-3 * self.propellant_mass:
                raise FieldError(
                    "propellant_mass",
                    f"the tanks hold {tonnes(loaded)} and the stage says {tonnes(self.propellant_mass)}; "
                    "make the tanks' propellant_mass add up to the stage's",
                )
            top = self.tank_stations[-1] + self.tanks[-1].height
            if top > self.length + 1e-6:
                raise FieldError(
                    "length",
                    f"the tanks reach {metres(top)} above the engines' exit plane and the stage is only "
                    f"{metres(self.length)} long; lengthen the stage, or shorten engine_section, gaps or ullage",
                )
        return self

    @model_validator(mode="after")
    def _one_powerplant(self):
        if self.engine is None and self.motor is None:
            raise FieldError("engine", "'engine' is missing: give it, or 'motor' with a solid motor's thrust curve")
        if self.motor is None:
            return self
        if self.engine is not None:
            raise FieldError("motor", "a stage has either an engine or a solid motor; leave one of them out")
        for field in ("residual_mass", "reserve_mass"):
            if getattr(self, field) is not None:
                raise FieldError(
                    field, "what a solid motor leaves is its load less what its thrust curve burns; leave it out"
                )
        burned = self.engine_count * self.motor.burned_mass
        if burned > self.propellant_mass * (1 + 1e-3):
            raise FieldError(
                "propellant_mass",
                f"the thrust curve of '{self.motor.name}' burns {tonnes(burned)} and the stage holds "
                f"{tonnes(self.propellant_mass)}; correct the load, the curve or its specific impulse",
            )
        return self

    @property
    def powerplant(self) -> Engine | ThrustCurve:
        """The engine or the motor."""
        found = self.engine or self.motor
        assert found is not None  # the document holds one
        return found

    @model_validator(mode="after")
    def _something_to_burn(self):
        unusable = (self.residual_mass or 0.0) + (self.reserve_mass or 0.0)
        if unusable >= self.propellant_mass:
            raise FieldError(
                "residual_mass",
                f"residuals and reserve ({tonnes(unusable)}) leave nothing of {tonnes(self.propellant_mass)} to burn; "
                "reduce them",
            )
        return self

    @model_validator(mode="after")
    def _nose_on_strap_ons(self):
        if self.role == "core" and (self.nose_length is not None or self.nose_shape is not None):
            raise FieldError(
                "nose_length" if self.nose_length is not None else "nose_shape",
                "only a strap-on has a nose of its own; a core stage ends at the joint above it (set 'role: strap-on'?)",
            )
        if self.role == "strap-on" and (self.nose_length is None) != (self.nose_shape is None):
            raise FieldError("role", "a strap-on's nose needs both nose_length and nose_shape")
        if self.nose_length is not None and self.nose_length > self.length:
            raise FieldError("nose_length", f"the nose is longer than the stage ({metres(self.length)})")
        return self

    @property
    def tank_stations(self) -> tuple[float, ...]:
        """Height [m] of each tank's lowest point over the engines' exit plane.

        Two domes of one height that bulge the same way are one common bulkhead; otherwise they only touch, plus
        gap_below.
        """
        stations: list[float] = []
        below: Tank | None = None
        top_of_barrel = self.engine_section  # upper end of the cylinder below
        for tank in self.tanks:
            r = tank.diameter / 2
            lower = tank.lower_dome.height(r)
            if below is None:
                outward_below, nested = 0.0, False
            else:
                nested = share_a_dome(below, tank)
                outward_below = 0.0 if below.upper_dome.inward else below.upper_dome.height(below.radius)
            start = top_of_barrel + tank.gap_below
            if nested:
                barrel = start
            else:
                barrel = start + outward_below + (0.0 if tank.lower_dome.inward else lower)
            stations.append(barrel - (0.0 if tank.lower_dome.inward else lower))
            top_of_barrel = barrel + tank.barrel_length
            below = tank
        return tuple(stations)
