"""Mission: from where, to which orbit, within which limits, and how the flight is put together."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from ..core.documents import Document, FieldError, Flag, Module, Reference
from ..core.earth import MU, RADIUS
from ..core.errors import ImpossibleError, InputError
from ..core.quantity import SI
from ..core.time import parse_utc
from .environment.document import Environment
from .orbit import CIRCULAR, OrbitGoal, orbit_goal
from .sequence import Sequence
from .site import LaunchSite

LOWEST_PERIGEE = 100e3
"""[m]: the Kármán line (FAI Sporting Code, sec. 8); a lower orbit does not last one revolution."""

OrbitAltitude = Annotated[float, SI("m", ("200 km",), le=1e9)]
Inclination = Annotated[float, SI("rad", ("28.5 deg",), ge=0.0, le=np.pi)]
Turn = Annotated[float, SI("rad", ("120 deg",), ge=-2 * np.pi, le=2 * np.pi)]
PositivePressure = Annotated[float, SI("Pa", ("35 kPa",), gt=0.0)]
PressureAngle = Annotated[float, SI("Pa*rad", ("200 kPa*deg",), gt=0.0)]
PositiveAcceleration = Annotated[float, SI("m/s^2", ("5 g_0", "50 m/s^2"), gt=0.0)]
PositiveRate = Annotated[float, SI("rad/s", ("2 deg/s",), gt=0.0)]
PositiveHeatFlux = Annotated[float, SI("W/m^2", ("1135 W/m^2",), gt=0.0)]
Ut1MinusUtc = Annotated[float, SI("s", ("0.05 s",), ge=-0.9, le=0.9)]


class TargetOrbit(Document):
    """The osculating orbit at insertion. Altitudes count from the equatorial radius, 6378.137 km."""

    perigee_altitude: OrbitAltitude
    apogee_altitude: OrbitAltitude
    inclination: Inclination
    ascending_node: Turn | None = Field(
        default=None,
        description="angle of the ascending node from the Greenwich meridian of T-0, eastward, in the inertial frame frozen "
        "at T-0 (right ascension less Earth rotation angle); free when absent",
    )
    argument_of_perigee: Turn | None = Field(default=None, description="free when absent")

    @model_validator(mode="after")
    def _is_an_orbit(self) -> Self:
        if self.perigee_altitude < LOWEST_PERIGEE:
            raise FieldError(
                "perigee_altitude",
                f"is {self.perigee_altitude / 1e3:g} km: below {LOWEST_PERIGEE / 1e3:g} km the atmosphere ends the orbit",
            )
        if self.apogee_altitude < self.perigee_altitude:
            raise FieldError("apogee_altitude", "is below the perigee; exchange the two")
        if self.ascending_node is not None and np.sin(self.inclination) < 1e-9:
            raise FieldError("ascending_node", "an equatorial orbit has no node; leave it out")
        if self.argument_of_perigee is not None:
            if self.ascending_node is None:
                raise FieldError("argument_of_perigee", "counts from the ascending node: give 'ascending_node' too")
            if self.eccentricity < CIRCULAR:
                raise FieldError("argument_of_perigee", "a circular orbit has no perigee; leave it out")
        return self

    @property
    def perigee_radius(self) -> float:
        """[m] from the Earth's centre."""
        return RADIUS + self.perigee_altitude

    @property
    def apogee_radius(self) -> float:
        """[m] from the Earth's centre."""
        return RADIUS + self.apogee_altitude

    @property
    def eccentricity(self) -> float:
        """[-], from the two radii."""
        return (self.apogee_radius - self.perigee_radius) / (self.apogee_radius + self.perigee_radius)

    def goal(self) -> OrbitGoal:
        """The target as `orbit.terminal_residuals` wants it."""
        return orbit_goal(
            self.perigee_radius, self.apogee_radius, self.inclination, self.ascending_node, self.argument_of_perigee, MU
        )


class Limits(Document):
    """What the vehicle and payload bear on the way; an absent limit is not imposed."""

    dynamic_pressure: PositivePressure | None = None
    q_alpha: PressureAngle | None = Field(default=None, description="dynamic pressure times angle of attack")
    axial_acceleration: PositiveAcceleration | None = Field(default=None, description="sensed, along the thrust axis")
    attitude_rate: PositiveRate | None = Field(
        default=None, description="how fast the thrust axis may turn in pitch, and in yaw"
    )
    fairing_heat_flux: PositiveHeatFlux | None = Field(
        default=None,
        description="free-molecular heating 0.5 rho v^3 at and after fairing jettison; 1135 W/m^2 is the usual figure. A "
        "vehicle with a fairing needs it",
    )


class Mission(Module, schema="osea/mission/v1"):
    """One flight of some vehicle."""

    site: Reference[LaunchSite]
    orbit: TargetOrbit
    sequence: Sequence
    limits: Limits = Limits()
    environment: Reference[Environment] | None = Field(
        default=None, description="air and wind; the U.S. Standard Atmosphere 1976 without wind when absent"
    )
    objective: Literal["payload", "propellant"] = Field(
        description="payload: the largest that reaches the orbit; propellant: least use of it with the vehicle's payload"
    )
    epoch: str | None = Field(default=None, description="T-0, liftoff, in UTC: 2027-03-01T12:00:00Z")
    ut1_minus_utc: Ut1MinusUtc | None = Field(
        default=None, description="from the IERS, for inertial frames; unknown when absent"
    )
    allow_dog_leg: Flag = Field(
        default=False,
        description="accept an inclination below the site's latitude, at the price of turning the plane in flight",
    )

    @field_validator("epoch")
    @classmethod
    def _epoch_is_utc(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                parse_utc(value)
            except InputError as error:
                raise ValueError(error.message) from None
        return value

    def require_reachable(self) -> None:
        """Raise ImpossibleError when no direct ascent from the site reaches the inclination, or none within its azimuths.

        An orbit's plane holds the Earth's centre, so the geocentric latitude counts: |latitude| <= i <= 180 deg - |latitude|.
        """
        least = abs(self.site.geocentric_latitude())
        i = self.orbit.inclination
        if not self.allow_dog_leg and not least <= i <= np.pi - least:
            low, high = np.degrees(least), np.degrees(np.pi - least)
            raise ImpossibleError(
                f"an inclination of {np.degrees(i):.3f} deg cannot be reached from '{self.site.name}' without turning the "
                f"plane in flight: from its geocentric latitude {low:.3f} deg to {high:.3f} deg can; change the inclination "
                "or the site, or set 'allow_dog_leg: true'",
                where=self.where("orbit.inclination"),
            )
        if self.site.azimuths is not None and least <= i <= np.pi - least:
            low, high = self.site.azimuths
            if not any(_within(azimuth, low, high) for azimuth in self.launch_azimuths()):
                ways = " or ".join(f"{np.degrees(a):.1f} deg" for a in self.launch_azimuths())
                raise ImpossibleError(
                    f"this inclination needs a launch azimuth of {ways}, and '{self.site.name}' allows "
                    f"{np.degrees(low):.1f} to {np.degrees(high):.1f} deg; change the inclination or the site",
                    where=self.where("orbit.inclination"),
                )

    def launch_azimuths(self) -> tuple[float, float]:
        """The two Earth-fixed launch azimuths [rad], ascending and descending, that lead to the inclination.

        Spherical triangle sin A = cos i / cos latitude for the inertial heading, then the site's own eastward speed taken off,
        at the speed of the perigee. An inclination below the latitude gives due east or west.
        """
        latitude = self.site.geocentric_latitude()
        sine = np.cos(self.orbit.inclination) / np.cos(latitude)
        inertial = float(np.arcsin(np.clip(sine, -1.0, 1.0)))
        p = self.orbit.goal().semi_latus_rectum
        speed = (MU * p) ** 0.5 / self.orbit.perigee_radius
        own = float(np.linalg.norm(self.site.inertial_velocity()))
        azimuths = []
        for heading in (inertial, np.pi - inertial):
            east, north = speed * np.sin(heading) - own, speed * np.cos(heading)
            azimuths.append(float(np.arctan2(east, north)) % (2 * np.pi))
        return azimuths[0], azimuths[1]


def _within(azimuth: float, low: float, high: float) -> bool:
    turn = 2 * np.pi
    return any(low <= azimuth + k * turn <= high for k in (-1, 0, 1))
