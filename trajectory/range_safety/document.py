"""RangeSafety: what falls, where it may not fall, and who lives there (`osea/range/v1`)."""

import hashlib
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from ...core.documents import Count, Document, FieldError, Module
from ...core.errors import InputError
from ...core.quantity import SI, Mass, ratio
from ..environment.csv_columns import read_named_file
from .casualty import CASUALTY_LIMIT, PopulationGrid, Values, read_population
from .footprint import Spread
from .polygons import Areas

Positive = Annotated[float, SI("m", ("3.7 m",), gt=0.0)]
PositiveArea = Annotated[float, SI("m^2", ("10 m^2",), gt=0.0)]
BallisticCoefficient = Annotated[float, SI("kg/m^2", ("150 kg/m^2",), gt=0.0)]
LengthFromZero = Annotated[float, SI("m", ("50 m",), ge=0.0)]
SigmaSpeed = Annotated[float, SI("m/s", ("1 m/s",), ge=0.0)]
SigmaAngle = Annotated[float, SI("rad", ("5 deg",), ge=0.0, lt=1.0)]
Fraction = Annotated[float, ratio(ge=0.0, lt=1.0)]
Azimuth = Annotated[float, SI("rad", ("90 deg",), ge=-2 * np.pi, le=2 * np.pi)]
PushSpeed = Annotated[float, SI("m/s", ("2 m/s",), ge=0.0, le=500.0)]
Direction = Literal["forward", "backward", "left", "right", "up", "down"]


class Dispersions(Document):
    """One sigma of what is not known when a body leaves; independent and normal. What is left out is known exactly."""

    position: LengthFromZero = Field(default=0.0, description="of each component")
    velocity: SigmaSpeed = Field(default=0.0, description="of each component")
    separation_speed: SigmaSpeed = 0.0
    attitude: SigmaAngle = Field(default=0.0, description="of the separation's direction, about two axes")
    ballistic_coefficient: Fraction = 0.0
    wind: SigmaSpeed = Field(default=0.0, description="of its east and north component, the same at all altitudes")
    density: Fraction = Field(default=0.0, description="the same at all altitudes")

    def spread(self) -> Spread:
        """As `footprint` takes it."""
        return Spread(
            position=self.position,
            velocity=self.velocity,
            push=self.separation_speed,
            attitude=self.attitude,
            ballistic=self.ballistic_coefficient,
            wind=self.wind,
            density=self.density,
        )


class JettisonedBody(Document):
    """Something that leaves the vehicle at an event of the flight and falls back.

    Its ballistic coefficient is given, or follows from mass, drag coefficient and area: the area given, or that of a tumbling
    cylinder, whose mean over all attitudes is a quarter of its surface (Cauchy's theorem for convex bodies).
    """

    name: str = Field(min_length=1)
    event: str = Field(min_length=1, description="the trajectory's event at which it leaves, by name")
    count: Count = 1
    ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None, description="mass / (drag coefficient · area)"
    )
    mass: Mass | None = None
    drag_coefficient: Annotated[float, ratio(gt=0.0, le=5.0)] | None = Field(
        default=None, description="referred to the area"
    )
    area: PositiveArea | None = None
    diameter: Positive | None = None
    length: Positive | None = None
    separation_speed: PushSpeed = 0.0
    separation_direction: Direction = Field(
        default="backward",
        description="forward: along the thrust axis; left, right: level, across it; up, down: across both",
    )
    dispersions: Dispersions = Dispersions()
    casualty_area: PositiveArea | None = Field(default=None, description="of one body; needed for expected casualties")

    @model_validator(mode="after")
    def _falls_one_way(self) -> Self:
        parts = (self.mass, self.drag_coefficient)
        shape = self.area is not None or (self.diameter is not None and self.length is not None)
        if self.ballistic_coefficient is None:
            if None in parts or not shape:
                raise FieldError(
                    "ballistic_coefficient",
                    "give it, or 'mass', 'drag_coefficient' and 'area' (or 'diameter' and 'length' of a tumbling cylinder)",
                )
            if not self.mass:
                raise FieldError("mass", "must be greater than zero")
        elif self.drag_coefficient is not None:
            raise FieldError("drag_coefficient", "the ballistic coefficient is given already; leave one out")
        return self

    def falling_area(self) -> float | None:
        """Mean projected area [m^2]: as given, or a quarter of the cylinder's surface; None when neither is known."""
        if self.area is not None:
            return self.area
        if self.diameter is None or self.length is None:
            return None
        return np.pi * self.diameter * (self.length + self.diameter / 2) / 4

    def falling_coefficient(self) -> float:
        """Ballistic coefficient [kg/m^2]."""
        if self.ballistic_coefficient is not None:
            return self.ballistic_coefficient
        area = self.falling_area()
        assert self.mass and self.drag_coefficient and area  # as validated
        return self.mass / (self.drag_coefficient * area)


class AzimuthCorridor(Document):
    """A strip on both sides of the great circle from the site along an azimuth."""

    azimuth: Azimuth
    half_width: Positive


class Population(Document):
    """A grid of people in a file: an ESRI ASCII raster in degrees, or CSV (`latitude_deg,longitude_deg,size_deg,people`)."""

    file: str
    values: Values
    sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$", description="of the file; checked when given")
    _raw: bytes | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _keep(self, info: ValidationInfo) -> Self:
        if info.context and info.context.get("from_file"):
            _, raw = read_named_file(self.file, info)
            found = hashlib.sha256(raw).hexdigest()
            if self.sha256 is not None and self.sha256 != found:
                raise FieldError("sha256", f"the file's is {found}: it has changed")
            self._raw = raw
            object.__setattr__(self, "sha256", found)  # the resolved document is of this file and no other
        return self

    def grid(self) -> PopulationGrid:
        """The cells. Raises InputError naming the line at fault."""
        raw = self._raw
        if raw is None:
            try:
                raw = Path(self.file).read_bytes()
            except OSError as error:
                raise InputError(f"'{self.file}': {error.strerror}", where=self.where("file")) from None
        return read_population(raw, self.file, self.values)


class RangeSafety(Module, schema="osea/range/v1"):
    """The range's rules for one flight, and the bodies that come down."""

    bodies: tuple[JettisonedBody, ...] = ()
    probability: Annotated[float, ratio(gt=0.0, lt=1.0)] = Field(
        description="with which a footprint's ellipse holds the impact"
    )
    trace_ballistic_coefficient: BallisticCoefficient | None = Field(
        default=None,
        description="of the vehicle or its pieces, for the impact point with drag; in vacuum alone when absent",
    )
    corridor: Areas | None = Field(
        default=None, description="an area that the impact point must not leave; GeoJSON file or inline"
    )
    azimuth_corridor: AzimuthCorridor | None = None
    keep_out: Areas = Field(default=(), description="areas that no impact may reach; GeoJSON file or inline")
    clearance: LengthFromZero = Field(default=0.0, description="distance to be kept from every keep-out area")
    population: Population | None = None
    casualty_limit: Annotated[float, ratio(gt=0.0, le=1.0)] = CASUALTY_LIMIT

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [body.name for body in self.bodies]
        if len(set(names)) < len(names):
            raise FieldError("bodies", "two bodies have one name")
        if self.corridor is not None and len(self.corridor) != 1:
            raise FieldError("corridor", f"one polygon is expected, not {len(self.corridor)}")
        return self
