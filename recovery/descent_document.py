"""The documents of a powered landing: a booster that comes back, and a study of its descent from the entry burn to the pad."""

import math
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError, Module, Reference
from ..core.modules import Part
from ..core.quantity import SI, Area, Mass, ratio
from ..trajectory.flight.document import Frequency, Ramp, SatelliteReceiver, Torque
from ..trajectory.site import Height, Latitude, Longitude

DEGREE = math.pi / 180.0
Length = Annotated[float, SI("m", ("3.66 m",), gt=0.0, le=200.0)]
Station = Annotated[float, SI("m", ("40 m",), ge=-20.0, le=200.0)]
Distance = Annotated[float, SI("m", ("200 m",), ge=0.0)]
Offset = Annotated[float, SI("m", ("2 km",), ge=-50e3, le=50e3)]
Force = Annotated[float, SI("N", ("845 kN",), gt=0.0)]
Speed = Annotated[float, SI("m/s", ("10 m/s",), ge=0.0, le=5000.0)]
Angle = Annotated[float, SI("rad", ("5 deg",), ge=0.0, le=math.pi)]
Rate = Annotated[float, SI("rad/s", ("20 deg/s",), gt=0.0, le=20.0)]
Inertia = Annotated[float, SI("kg*m^2", ("3e6 kg*m^2",), gt=0.0)]


class LandingEngine(Document):
    """One engine. thrust, specific_impulse: in vacuum; throttle: the lowest, of thrust_vacuum."""

    thrust_vacuum: Force
    specific_impulse: Annotated[float, SI("s", ("311 s",), gt=0.0, le=600.0)]
    exit_area: Area
    throttle: Annotated[float, ratio(gt=0.0, lt=1.0)]
    start_ramp: Ramp = 1.0
    shutdown_ramp: Ramp = 0.3
    gimbal_limit: Angle = 5.0 * DEGREE
    gimbal_rate: Rate = 15.0 * DEGREE
    gimbal_lag: Ramp = 0.04
    throttle_lag: Annotated[float, SI("s", ("0.1 s",), ge=0.0, le=2.0)] = Field(
        default=0.0, description="time constant with which thrust follows a changed throttle"
    )


class GridFins(Document):
    """Steered fins at the upper end. slope: C_N per radian of a pair, on the body's cross-section."""

    slope: Annotated[float, SI("1/rad", ("0.8 1/rad",), gt=0.0)]
    station: Station
    limit: Angle = 20.0 * DEGREE
    rate: Rate = 40.0 * DEGREE
    lag: Ramp = 0.05


class LegLimits(Document):
    """What a touchdown may be: distance of the feet's middle from the pad's, speeds, and angle from the vertical."""

    position: Distance
    vertical_speed: Speed
    lateral_speed: Speed
    tilt: Angle


class Legs(Document):
    """Damped springs along the vertical at the feet, at `radius` from the axis and `station` over the engines' exit plane."""

    count: Count
    radius: Length
    station: Station
    stroke: Length
    stiffness: Annotated[float, SI("N/m", ("800 kN/m",), gt=0.0)]
    damping: Annotated[float, SI("N*s/m", ("120 kN*s/m",), ge=0.0)]
    friction: Annotated[float, ratio(ge=0.0, le=2.0)] = 0.6
    limits: LegLimits


class DragPoint(Document):
    """The axial force coefficient of the body that falls tail first, fins and legs folded, on its cross-section."""

    mach: Annotated[float, ratio(ge=0.0, le=30.0)]
    coefficient: Annotated[float, ratio(gt=0.0, le=5.0)]


class Booster(Part, schema="osea/booster/v1"):
    """A stage as it comes back. Stations count from the engines' exit plane; inertias are those at dry_mass."""

    dry_mass: Mass
    length: Length
    diameter: Length
    center_of_mass: Station = Field(description="at dry_mass")
    propellant_station: Station = Field(description="of what is left for the descent")
    propellant_density: Annotated[float, SI("kg/m^3", ("1140 kg/m^3",), gt=0.0)] | None = Field(
        default=None, description="of what sloshes in a tank of the booster's diameter; left out, nothing does"
    )
    roll_inertia: Inertia
    pitch_inertia: Inertia
    engine: LandingEngine
    entry_engines: Count
    landing_engines: Count
    gimbal_station: Station = 1.0
    jet_torque: Torque = Field(description="of a pair of attitude jets about pitch and yaw")
    roll_torque: Torque = Field(description="of the jets about roll")
    fins: GridFins
    legs: Legs
    drag: tuple[DragPoint, ...] = Field(min_length=4)

    @property
    def area(self) -> Annotated[float, SI("m^2", ("10 m^2",))]:
        """Of the cross-section."""
        return math.pi * self.diameter**2 / 4.0

    @model_validator(mode="after")
    def _ascending(self):
        for i, (a, b) in enumerate(pairwise(self.drag)):
            if b.mach <= a.mach:
                raise FieldError(f"drag.{i + 1}.mach", "Mach numbers ascend")
        return self


class EntryState(Document):
    """Where the entry burn is to begin, over the turning ground. path_angle: below the horizon."""

    altitude: Annotated[float, SI("m", ("50 km",), gt=1e3, le=120e3)]
    speed: Speed
    path_angle: Angle
    azimuth: Annotated[float, SI("rad", ("90 deg",))] = Field(description="of flight, clockwise from north")
    mass: Mass
    along: Offset = Field(
        default=0.0, description="beyond the place that the design finds, from which the pad is reached"
    )
    left: Offset = Field(default=0.0, description="the same, to the left of the azimuth")


class Separation(Document):
    """Where the stages part, over the turning ground, for a return that begins there; the flight leads away from the pad.
    path_angle: above the horizon; downrange: from the pad."""

    altitude: Annotated[float, SI("m", ("68 km",), gt=1e3, le=200e3)]
    speed: Speed
    path_angle: Angle
    downrange: Annotated[float, SI("m", ("60 km",), gt=0.0, le=1000e3)]
    mass: Mass


class LandingDispersion(Document):
    """One standard deviation of each at the entry burn's begin; gust: of a 1 - cos one at a drawn altitude; turbulence: Dryden's;
    wind: of each level component of a steady wind at the ground, of which no guidance is told, four times as strong at 12 km.
    """

    position: Distance = 200.0
    velocity: Speed = 10.0
    density: Annotated[float, ratio(ge=0.0, le=0.5)] = 0.05
    thrust: Annotated[float, ratio(ge=0.0, le=0.2)] = 0.015
    mass: Annotated[float, ratio(ge=0.0, le=0.2)] = 0.01
    gust: Speed = 6.0
    turbulence: Speed = 1.5
    wind: Speed = 0.0


class GuidanceRules(Document):
    """Of the landing guidance. The angles are from the vertical."""

    rate: Frequency = 5.0
    intervals: Annotated[int, Field(strict=True, ge=8, le=50)] = 20
    entry_speed: Speed = Field(description="over the ground, at which the entry burn ends")
    tilt: Angle = 20.0 * DEGREE
    last_tilt: Angle = 2.0 * DEGREE
    closing_time: Annotated[float, SI("s", ("8 s",), ge=1.0, le=60.0)] = Field(
        default=8.0,
        description="the fall is steered to move its predicted end by the whole miss in this time, counted without drag; where "
        "drag ends a sideways speed long before the ground, it has to be shorter",
    )
    glide_slope: Angle = 60.0 * DEGREE
    touchdown_speed: Speed = 1.0
    throttle_reserve: Annotated[float, ratio(ge=0.0, le=0.3)] = Field(
        default=0.05, description="above the lowest throttle"
    )
    ignition_throttle: Annotated[float, ratio(gt=0.0, le=1.0)] = Field(
        default=0.7, description="mean throttle that the landing burn is timed for"
    )
    terminal_throttle: Annotated[float, ratio(gt=0.0, le=1.0)] = Field(
        default=0.6, description="of the last, vertical part, at the empty booster's mass"
    )
    terminal_time: Annotated[float, SI("s", ("3.5 s",), ge=1.0, le=10.0)] = Field(
        default=3.5, description="of the last, vertical part"
    )


class LandingStudy(Module, schema="osea/landing/v1"):
    """A descent from the entry burn to touchdown on a pad, whose place along the track the design finds."""

    booster: Reference[Booster]
    latitude: Latitude
    longitude: Longitude
    altitude: Height = Field(default=0.0, description="of the pad above the WGS-84 ellipsoid")
    entry: EntryState
    separation: Separation | None = Field(
        default=None, description="benches: the return begins there with a boost-back burn; else before the entry burn"
    )
    guidance: GuidanceRules
    dispersion: LandingDispersion = LandingDispersion()
    plume: Literal["none", "one nozzle"] = Field(
        default="none",
        description="what engines that fire into the flow leave of the body's axial air force: all of it, or the share measured "
        "on a cone with one nozzle in its middle (Mach 2); guidance does not know of it, and counts on all of it",
    )
    satellite: SatelliteReceiver = SatelliteReceiver(position=1.0, velocity=0.05)
    radar_range: Distance = 5000.0
    required: Annotated[float, ratio(gt=0.0, le=1.0)] = Field(
        default=0.99, description="share of dispersed flights that are to touch down within the legs' limits"
    )
    seed: Annotated[int, Field(strict=True, ge=1)] = 1

    @model_validator(mode="after")
    def _with_propellant(self):
        for name, begin in (("entry", self.entry), ("separation", self.separation)):
            if begin is not None and begin.mass <= self.booster.dry_mass:
                raise FieldError(
                    f"{name}.mass",
                    f"{begin.mass:.0f} kg leave no propellant in a booster of {self.booster.dry_mass:.0f} kg empty; "
                    "give the mass with what is left to land with",
                )
        return self
