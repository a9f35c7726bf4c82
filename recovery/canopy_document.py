"""The document of a descent without engines: what comes down, under what, and how it ends."""

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Module
from ..core.quantity import SI, Area, Mass, ratio

Speed = Annotated[float, SI("m/s", ("8 m/s",), gt=0.0, le=3000.0)]
Wind = Annotated[float, SI("m/s", ("5 m/s",), ge=-100.0, le=100.0)]
Height = Annotated[float, SI("m", ("3 km",), gt=0.0, le=80e3)]
Way = Annotated[float, SI("m", ("2 m",), gt=0.0, le=5e6)]
Force = Annotated[float, SI("N", ("30 kN",), gt=0.0)]
Coefficient = Annotated[float, ratio(gt=0.0, le=5.0)]
CanopyKind = Literal["flat circular", "ringsail", "conical ribbon", "disk-gap-band"]


def _one_of(model: Document, *fields: str) -> None:
    given = [f for f in fields if getattr(model, f) is not None]
    if len(given) != 1:
        raise FieldError(given[1] if given else fields[0], f"give one of {' and '.join(fields)}, not {len(given)}")


class Canopy(Document):
    """A parachute; when it opens the one before it is cut away. sink_rate: steady, at the ground, from which its area follows."""

    kind: CanopyKind
    opens: Height = Field(description="height over the ground at which its lines are stretched")
    sink_rate: Speed | None = None
    area: Area | None = Field(default=None, description="nominal area S_0")
    force_limit: Force | None = Field(
        default=None, description="of the opening force; it opens reefed until it keeps it"
    )

    @model_validator(mode="after")
    def _sized_once(self):
        _one_of(self, "sink_rate", "area")
        return self


class Parafoil(Document):
    """A gliding canopy; lift and drag are coefficients of the whole, on its area. sink_rate: steady, at the ground."""

    lift: Coefficient
    drag: Coefficient
    opens: Height
    sink_rate: Speed | None = None
    area: Area | None = None

    @model_validator(mode="after")
    def _sized_once(self):
        _one_of(self, "sink_rate", "area")
        return self


class Wings(Document):
    """A wing-borne way home over a distance: C_D = zero_lift + induced C_L^2, on the area. specific_impulse: of jets that burn
    air; left out, it glides. most_lift: C_L at the landing, flown 1.2 times as fast as the stall."""

    zero_lift: Coefficient
    induced: Coefficient
    area: Area
    most_lift: Coefficient
    way: Way
    specific_impulse: Annotated[float, SI("s", ("6000 s",), gt=0.0, le=20e3)] | None = None


class Water(Document):
    """A splashdown. nose_radius: of the sphere that strikes first; volume: closed, that floats."""

    nose_radius: Annotated[float, SI("m", ("1 m",), gt=0.0, le=20.0)]
    volume: Annotated[float, SI("m^3", ("12 m^3",), gt=0.0)]


class Hook(Document):
    """A helicopter in level flight takes the body over at a height; its winch slips at a force."""

    height: Height
    force: Force


class Net(Document):
    """A net or arms that stop the body evenly over a way."""

    way: Way


class DescentBegin(Document):
    """Where the descent begins. path_angle: of the motion below the horizon; drag_area: C_D A of the bare body."""

    height: Height
    speed: Speed
    path_angle: Annotated[float, SI("rad", ("90 deg",), ge=0.0, le=0.5 * math.pi)] = 0.5 * math.pi
    drag_area: Area


class DescentLimits(Document):
    """What the body, its lines and its ground bear: sink rate at the end, level speed over the ground there, force of an opening
    canopy, acceleration at the end [m/s^2]. What is left out is not known, and not held."""

    sink_rate: Speed | None = None
    level_speed: Speed | None = None
    opening_force: Force | None = None
    acceleration: Annotated[float, SI("m/s^2", ("50 m/s^2",), gt=0.0)] | None = None


class UnpoweredDescent(Module, schema="osea/descent/v1"):
    """A descent under parachutes, a parafoil or wings, to the ground, into water, a net, or onto a helicopter's hook."""

    mass: Mass
    begin: DescentBegin
    parachutes: tuple[Canopy, ...] | None = Field(default=None, min_length=1)
    parafoil: Parafoil | None = None
    wings: Wings | None = None
    water: Water | None = None
    hook: Hook | None = None
    net: Net | None = None
    ground: Annotated[float, SI("m", ("0 m",), ge=-500.0, le=6000.0)] = Field(
        default=0.0, description="altitude of the ground"
    )
    wind: Wind = Field(default=0.0, description="steady, along the motion's level direction; against it below nought")
    limits: DescentLimits = DescentLimits()

    @model_validator(mode="after")
    def _follows(self):
        _one_of(self, "parachutes", "parafoil", "wings")
        ends = [f for f in ("water", "hook", "net") if getattr(self, f) is not None]
        if len(ends) > 1:
            raise FieldError(ends[1], f"it ends in one way, not by {' and by '.join(ends)}")
        if self.wings is not None and ends:
            raise FieldError(ends[0], "wings land on a runway; leave it out")
        for i, (high, low) in enumerate(pairwise(self.parachutes or ())):
            if low.opens >= high.opens:
                raise FieldError(f"parachutes.{i + 1}.opens", "each parachute opens below the one before it")
        opened = [p.opens for p in self.parachutes or ()] + [p.opens for p in (self.parafoil,) if p is not None]
        if opened and opened[0] > self.begin.height:
            field = "parachutes.0.opens" if self.parachutes else "parafoil.opens"
            raise FieldError(field, f"it opens at {opened[0]:g} m, above the begin of {self.begin.height:g} m")
        if self.hook is not None and opened and self.hook.height >= opened[-1]:
            raise FieldError("hook.height", f"the hook waits above the last canopy's {opened[-1]:g} m")
        return self
