"""How a booster comes back: what it carries for it, which burns it makes on how many engines, and what it bears."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError, Module, Reference
from ..core.quantity import SI, Area, Length, Mass, ratio
from ..trajectory.ground import LandingSite
from ..trajectory.limits import (
    PerSecond,
    PositiveAcceleration,
    PositiveHeatFlux,
    PositivePressure,
    PositiveRate,
    PressureAngle,
)
from ..trajectory.sequence import PositiveTime
from ..vehicle.equipment import Fins, LandingLegs, Parachute
from ..vehicle.parts import PositiveLength
from ..vehicle.vehicle import DragCurve

Mode = Literal["rtls", "ship", "parachute", "expend"]
SmallSpeed = Annotated[float, SI("m/s", ("2 m/s",), gt=0.0, le=50.0)]
SmallAngle = Annotated[float, SI("rad", ("5 deg",), gt=0.0, lt=np.pi / 2)]


class ReturnBurn(Document):
    """One burn: how many engines work, one number after another (``[3]``, or ``[1, 3, 1]``), at a throttle.

    throttle: of rated; the landing burn's is free up to it, and what is over it stays in hand for guidance.
    """

    engines: tuple[Count, ...] = Field(min_length=1, max_length=3)
    throttle: Annotated[float, ratio(gt=0.0, le=1.0)] = 1.0


class Touchdown(Document):
    """What legs and surface take. vertical_speed: left out, that of the legs' document, or 2 m/s."""

    vertical_speed: SmallSpeed | None = None
    lateral_speed: SmallSpeed = 0.5
    tilt: SmallAngle = Field(default=float(np.radians(3.0)), description="of the axis from the vertical")
    thrust_to_weight: Annotated[float, ratio(gt=0.0)] | None = Field(
        default=None, description="the most at touchdown; free when absent"
    )


class ReturnLimits(Document):
    """What the booster bears on its way down; an absent limit is not imposed."""

    dynamic_pressure: PositivePressure | None = None
    fin_dynamic_pressure: PositivePressure | None = Field(
        default=None, description="of the unpowered descent, in which the grid fins steer"
    )
    heat_flux: PositiveHeatFlux | None = Field(
        default=None, description="0.5 rho v^3, the measure by which the size of the entry burn is decided"
    )
    q_alpha: PressureAngle | None = Field(
        default=None, description="dynamic pressure times angle of attack, by which the body bends, as in the ascent"
    )
    axial_acceleration: PositiveAcceleration | None = None
    angle_of_attack: SmallAngle = Field(
        default=float(np.radians(8.0)), description="between axis and airflow, which the fins can hold"
    )
    entry_altitude: PositiveLength | None = Field(
        default=None,
        description="the highest at which the entry burn is lit, on the way down; left out, the optimum lights it anywhere",
    )
    attitude_rate: PositiveRate = Field(default=float(np.radians(5.0)), description="by fins, gimbals and thrusters")
    throttle_rate: PerSecond = 0.5


class BoosterReturn(Module, schema="osea/booster-return/v1"):
    """The return of a stage, or of every strap-on of a group.

    stage: which returns; the lowest core stage when left out. mode: what is flown unless the command says otherwise. legs, fins,
    parachute, other_mass: what the stage carries for it beside its dry mass, the parachute in that mode alone, legs and fins
    in the others. pads: where it lands in mode rtls, one for each body that returns; the launch site when left out.
    ship_altitude: of a ship's deck over the ellipsoid. flip: from separation to the first ignition, at least. boostback: in
    mode rtls. entry: left out, there is none. start_loss: propellant of one engine that gives no thrust, at each of its starts.
    ullage: what settling the propellants takes before each burn. reserve: propellant left at touchdown over what the tanks
    cannot give; the stage's own when left out. drag: engines first, fins deployed; left out, a flat face, skin friction, base,
    and fin_drag of the fins' area. burning_drag: the share of the drag that is left while engines burn into the flow.
    """

    stage: str | None = None
    mode: Mode = "ship"
    legs: Reference[LandingLegs] | None = None
    fins: Reference[Fins] | None = None
    parachute: Reference[Parachute] | None = None
    other_mass: Mass = 0.0
    pads: tuple[Reference[LandingSite], ...] = ()
    ship_altitude: Length = 0.0
    flip: PositiveTime
    boostback: ReturnBurn = ReturnBurn(engines=(3,))
    entry: ReturnBurn | None = None
    landing: ReturnBurn = ReturnBurn(engines=(1,))
    start_loss: Mass = 0.0
    ullage: Mass = 0.0
    reserve: Mass | None = None
    drag: DragCurve | None = None
    fin_drag: Annotated[float, ratio(ge=0.0)] = 0.0
    fin_area: Area | None = Field(default=None, description="of one fin, where it is not the fins' document's")
    burning_drag: Annotated[float, ratio(ge=0.0, le=1.0)] = 0.0
    limits: ReturnLimits = ReturnLimits()
    touchdown: Touchdown = Touchdown()

    @model_validator(mode="after")
    def _mode_has_its_kit(self) -> Self:
        if self.mode == "parachute" and self.parachute is None:
            raise FieldError("parachute", "mode 'parachute' needs one; name its document")
        return self

    @model_validator(mode="after")
    def _pads_have_places(self) -> Self:
        for i, pad in enumerate(self.pads):
            if pad.latitude is None or pad.longitude is None or pad.altitude is None:
                raise FieldError(
                    f"pads.{i}", f"'{pad.name}' does not say where it is; give latitude, longitude, altitude"
                )
        return self

    def kit_mass(self, mode: Mode) -> float:
        """What the stage carries for its return [kg]."""
        if mode == "expend":
            return 0.0
        parts = (self.parachute,) if mode == "parachute" else (self.legs, self.fins)
        return self.other_mass + sum(part.mass for part in parts if part is not None)

    @property
    def vertical_speed(self) -> float:
        """The largest at touchdown [m/s]."""
        if self.touchdown.vertical_speed is not None:
            return self.touchdown.vertical_speed
        return (self.legs.touchdown_speed if self.legs is not None else None) or 2.0
