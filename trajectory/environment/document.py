"""Environment: which air a flight goes through, and how it moves (`osea/environment/v1`)."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from ...core.documents import Document, FieldError, Integer, Module
from ...core.errors import InputError
from ...core.quantity import SI, Density, Temperature, ratio
from ...core.time import parse_utc
from . import us76
from .atmosphere import Atmosphere, standard_atmosphere
from .csv_columns import CSV
from .joined import joined_to_standard
from .msis import Version, msis_atmosphere
from .wind import Wind, calm, climatological_wind, wind_profile

JOINT_WIDTH = 2e3
"""[m]: over which a profile of one's own goes over into the standard atmosphere, inside the profile."""

Altitude = Annotated[float, SI("m", ("12 km",), ge=-500.0, le=1000e3)]
WindSpeed = Annotated[float, SI("m/s", ("25 m/s",), ge=-300.0, le=300.0)]
SoundSpeed = Annotated[float, SI("m/s", ("340 m/s",), gt=0.0, le=2000.0)]
Index = Annotated[float, ratio(ge=0.0, le=500.0)]
_GAS_CONSTANT_AIR = 287.053  # J/(kg K): R*/M of the U.S. Standard Atmosphere 1976, 8314.32 / 28.9644


def _ascending(altitude: tuple[float, ...], *columns: tuple[float, ...]) -> None:
    if any(len(column) != len(altitude) for column in columns):
        raise FieldError("altitude", "the columns are not equally long")
    for i in range(1, len(altitude)):
        if altitude[i] <= altitude[i - 1]:
            raise FieldError(
                f"altitude.{i}", f"altitudes ascend: {altitude[i]:g} m does not lie above {altitude[i - 1]:g} m"
            )


class WindTable(Document):
    """Wind measured or chosen: velocity of the air over the ground."""

    altitude: tuple[Altitude, ...] = Field(min_length=2, description="geodetic, ascending; end values hold outside")
    east: tuple[WindSpeed, ...] = Field(description="towards the east: a west wind is positive")
    north: tuple[WindSpeed, ...] = Field(description="towards the north")

    @model_validator(mode="after")
    def _is_a_profile(self) -> Self:
        _ascending(self.altitude, self.east, self.north)
        return self


class Climatology(Document):
    """A published climatology at the site's latitude."""

    model: Literal["HWM93"]
    month: Integer = Field(ge=1, le=12)


class AtmosphereProfile(Document):
    """Air measured or chosen, against altitude; the standard atmosphere holds above and below it."""

    altitude: tuple[Altitude, ...] = Field(min_length=4, description="geodetic, ascending")
    density: tuple[Density, ...]
    pressure: tuple[Annotated[float, SI("Pa", ("101.3 kPa",), gt=0.0)], ...]
    temperature: tuple[Temperature, ...]
    speed_of_sound: tuple[SoundSpeed, ...]

    @model_validator(mode="after")
    def _is_air(self) -> Self:
        columns = (self.density, self.pressure, self.temperature, self.speed_of_sound)
        _ascending(self.altitude, *columns)
        for i, (h, rho, p, t) in enumerate(zip(self.altitude, *columns[:3], strict=True)):
            if i and (rho >= self.density[i - 1] or p >= self.pressure[i - 1]):
                raise FieldError("pressure", f"density and pressure fall with altitude; at {h:g} m one does not")
            gas = p / (rho * _GAS_CONSTANT_AIR * t)
            if h <= us76.LOWER_TOP and not 0.97 < gas < 1.03:
                raise FieldError(
                    "density",
                    f"at {h:g} m pressure is {gas:.3f} times density · 287.05 J/(kg K) · temperature; 1 is air",
                )
        return self

    def atmosphere(self) -> Atmosphere:
        """C² tables, joined to the standard atmosphere over the profile's outermost 2 km."""
        from scipy.interpolate import PchipInterpolator

        h = np.array(self.altitude)
        fine = np.unique(np.concatenate([h, np.arange(h[0], h[-1], 200.0)]))
        given = (np.log(self.density), np.log(self.pressure), self.temperature, self.speed_of_sound)
        rho, p, warmth, sound = (PchipInterpolator(h, column)(fine) for column in given)
        joints = []
        width = min(JOINT_WIDTH, (h[-1] - h[0]) / 4)
        if h[0] > 0.0:
            joints.append((h[0], h[0] + width))
        if h[-1] < us76.HIGHEST:
            joints.append((h[-1], h[-1] - width))
        if h[0] <= 0.0:  # from the ground on the profile holds: below it, its lowest value
            fine = np.concatenate([[us76.LOWEST], fine])
            rho, p, warmth, sound = (np.concatenate([column[:1], column]) for column in (rho, p, warmth, sound))
        return joined_to_standard(fine, (rho, p, warmth, sound), tuple(joints))


class SolarConditions(Document):
    """NRLMSIS above 86 km, over the site at one instant."""

    model: Version = Field(description="NRL licenses 2.0 and 2.1 for academic and non-commercial use")
    epoch: str = Field(description="UTC: 2027-03-01T12:00:00Z")
    f107: Index = Field(description="10.7 cm solar flux of the day before, in 1e-22 W/m^2/Hz")
    f107_average: Index = Field(description="its mean over 81 days")
    ap: Index = Field(description="daily geomagnetic index")

    @field_validator("epoch")
    @classmethod
    def _epoch_is_utc(cls, value: str) -> str:
        try:
            parse_utc(value)
        except InputError as error:
            raise ValueError(error.message) from None
        return value


class Environment(Module, schema="osea/environment/v1"):
    """The air of one flight; what is not given is the U.S. Standard Atmosphere 1976 at rest over the ground."""

    thermosphere: SolarConditions | None = Field(default=None, description="NRLMSIS above 86 km")
    profile: Annotated[AtmosphereProfile, CSV] | None = Field(
        default=None, description="columns, or a CSV file of them"
    )
    wind: Annotated[WindTable, CSV] | None = Field(default=None, description="columns, or a CSV file of them")
    wind_climatology: Climatology | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        if self.thermosphere is not None and self.profile is not None:
            raise FieldError("profile", "a profile and NRLMSIS together are not defined; leave one out")
        if self.wind is not None and self.wind_climatology is not None:
            raise FieldError("wind_climatology", "there is a wind table already; leave one out")
        for name in ("profile", "wind"):
            if getattr(self, name) is not None and not any(name in s.fields for s in self.sources):
                raise FieldError(name, f"say where it comes from: a source with 'fields: [{name}]'")
        return self

    def atmosphere(self, latitude: float, longitude: float) -> Atmosphere:
        """The air over a place [rad]. Raises MissingExtraError when NRLMSIS is asked for and pymsis is absent."""
        if self.thermosphere is not None:
            sun = self.thermosphere
            return msis_atmosphere(
                sun.model, sun.epoch, latitude, longitude, f107=sun.f107, f107_average=sun.f107_average, ap=sun.ap
            )
        return self.profile.atmosphere() if self.profile is not None else standard_atmosphere()

    def moving_air(self, latitude: float) -> Wind:
        """The wind over a geodetic latitude [rad]."""
        if self.wind is not None:
            return wind_profile(self.wind.altitude, self.wind.east, self.wind.north)
        if self.wind_climatology is not None:
            return climatological_wind(latitude, self.wind_climatology.month)
        return calm()
