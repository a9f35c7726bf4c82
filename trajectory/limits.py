"""Limits: what vehicle, payload and range bear on the way."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError
from ..core.earth import ecef_from_geodetic
from ..core.quantity import SI
from .range_safety.polygons import Areas
from .sequence import Time

PositivePressure = Annotated[float, SI("Pa", ("35 kPa",), gt=0.0)]
PressureAngle = Annotated[float, SI("Pa*rad", ("200 kPa*deg",), gt=0.0)]
PositiveAcceleration = Annotated[float, SI("m/s^2", ("5 g_0", "50 m/s^2"), gt=0.0)]
PositiveRate = Annotated[float, SI("rad/s", ("2 deg/s",), gt=0.0)]
PerSecond = Annotated[float, SI("1/s", ("0.2 1/s",), gt=0.0)]
PositiveHeatFlux = Annotated[float, SI("W/m^2", ("1135 W/m^2",), gt=0.0)]
StationLatitude = Annotated[float, SI("rad", ("28.5 deg",), ge=-np.pi / 2, le=np.pi / 2)]
StationLongitude = Annotated[float, SI("rad", ("-80.6 deg",), ge=-np.pi, le=2 * np.pi)]
StationHeight = Annotated[float, SI("m", ("10 m",), ge=-500.0, le=9000.0)]
Elevation = Annotated[float, SI("rad", ("5 deg",), gt=-np.pi / 2, lt=np.pi / 2)]


class GroundStation(Document):
    """A place from which the vehicle is to be seen between two times after lift-off."""

    name: str = Field(min_length=1)
    latitude: StationLatitude = Field(description="geodetic")
    longitude: StationLongitude
    altitude: StationHeight = Field(default=0.0, description="above the WGS-84 ellipsoid")
    begin: Time
    end: Time
    minimum_elevation: Elevation | None = Field(
        default=None,
        description="a limit of the optimum; without it the lowest elevation is reported, and nothing asked",
    )

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.end <= self.begin:
            raise FieldError("end", "is not after the begin; exchange the two")
        return self

    def position(self) -> np.ndarray:
        """Earth-fixed (3,) [m]."""
        return np.array(ecef_from_geodetic(self.latitude, self.longitude, self.altitude))

    def up(self) -> np.ndarray:
        """Unit vector (3,) along the ellipsoid's normal, Earth-fixed."""
        so, co, sa, ca = np.sin(self.longitude), np.cos(self.longitude), np.sin(self.latitude), np.cos(self.latitude)
        return np.array([ca * co, ca * so, sa])


class Limits(Document):
    """What the vehicle and payload bear on the way; an absent limit is not imposed."""

    dynamic_pressure: PositivePressure | None = None
    q_alpha: PressureAngle | None = Field(default=None, description="dynamic pressure times angle of attack")
    axial_acceleration: PositiveAcceleration | None = Field(default=None, description="sensed, along the thrust axis")
    lateral_acceleration: PositiveAcceleration | None = Field(
        default=None, description="sensed, across the thrust axis: the air's normal force over the mass"
    )
    attitude_rate: PositiveRate | None = Field(
        default=None, description="how fast the thrust axis may turn in pitch, and in yaw"
    )
    throttle_rate: PerSecond | None = Field(
        default=None, description="how fast the throttle may move, of rated a second"
    )
    covered_heat_flux: PositiveHeatFlux | None = Field(
        default=None, description="free-molecular measure 0.5 rho v^3 while the fairing is on"
    )
    fairing_heat_flux: PositiveHeatFlux | None = Field(
        default=None,
        description="free-molecular heating 0.5 rho v^3 at and after fairing jettison; 1135 W/m^2 is the usual figure. A "
        "vehicle with a fairing needs it",
    )
    stations: tuple[GroundStation, ...] = ()
    range_during: tuple[str, ...] = Field(
        default=(),
        description="core stages during whose powered flight the instantaneous impact point (in vacuum) keeps the range's "
        "rules: its keep-out areas with their clearance, its corridors; the study names the range",
    )
    disposal_area: Areas | None = Field(
        default=None,
        description="where the last stage's vacuum impact point lies after its disposal burn: one convex polygon; GeoJSON "
        "file or inline",
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        names = [s.name for s in self.stations]
        if len(set(names)) < len(names):
            raise FieldError("stations", "two stations have one name")
        if self.disposal_area is not None and len(self.disposal_area) != 1:
            raise FieldError("disposal_area", f"one polygon is expected, not {len(self.disposal_area)}")
        return self
