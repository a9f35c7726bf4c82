"""What a mission's orbit may be: given by its size, Sun-synchronous, in another object's plane, or an escape."""

import re
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, field_validator, model_validator

from ..core.documents import Document, FieldError
from ..core.earth import MU, RADIUS
from ..core.errors import InputError
from ..core.quantity import SI
from ..core.time import parse_utc
from .orbit import CIRCULAR, EscapeGoal, OrbitGoal, escape_goal, orbit_goal
from .plane_elements import ObjectPlane
from .planes import PlaneAtEpoch, SunFixedPlane, highest_sun_synchronous, sun_synchronous_inclination

LOWEST_PERIGEE = 100e3
"""[m]: the Kármán line (FAI Sporting Code, sec. 8); a lower orbit does not last one revolution."""

OrbitAltitude = Annotated[float, SI("m", ("200 km",), le=1e9)]
Inclination = Annotated[float, SI("rad", ("28.5 deg",), ge=0.0, le=np.pi)]
Turn = Annotated[float, SI("rad", ("120 deg",), ge=-2 * np.pi, le=2 * np.pi)]
Declination = Annotated[float, SI("rad", ("-10 deg",), ge=-np.pi / 2, le=np.pi / 2)]
Energy = Annotated[float, SI("m^2/s^2", ("10 km^2/s^2",), ge=-6e7, le=1e10)]
ClockTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", examples=["06:00"])]
LEAST_C3 = 1e3  # m²/s²: nearer to a parabola the semi-major axis has no number


class InsertionOrbit(Document):
    """An orbit that a flight is asked to end in."""

    perigee_altitude: OrbitAltitude

    @field_validator("perigee_altitude")
    @classmethod
    def _is_above_the_air(cls, value: float) -> float:
        return require_above_air(value)

    @property
    def perigee_radius(self) -> float:
        """[m] from the Earth's centre."""
        return RADIUS + self.perigee_altitude


def require_above_air(altitude: float) -> float:
    """The altitude [m]; ValueError where no orbit lasts."""
    if altitude < LOWEST_PERIGEE:
        raise ValueError(
            f"is {altitude / 1e3:g} km: below {LOWEST_PERIGEE / 1e3:g} km the atmosphere ends the orbit; raise it"
        )
    return altitude


class TargetOrbit(InsertionOrbit):
    """The osculating orbit at insertion. Altitudes count from the equatorial radius, 6378.137 km."""

    type: Literal["elements"] = "elements"
    apogee_altitude: OrbitAltitude
    inclination: Inclination
    ascending_node: Turn | None = Field(
        default=None,
        description="angle of the ascending node from the Greenwich meridian of T-0, eastward, in the inertial frame frozen "
        "at T-0 (right ascension less Earth rotation angle); free when absent",
    )
    argument_of_perigee: Turn | None = Field(
        default=None,
        description="from the ascending node, that one free or given; free when absent. 0 deg or 180 deg put the apogee over the "
        "equator, as a transfer to the geostationary orbit has it",
    )

    @model_validator(mode="after")
    def _is_an_orbit(self) -> Self:
        if self.apogee_altitude < self.perigee_altitude:
            raise FieldError("apogee_altitude", "is below the perigee; exchange the two")
        if self.ascending_node is not None and np.sin(self.inclination) < 1e-9:
            raise FieldError("ascending_node", "an equatorial orbit has no node; leave it out")
        if self.argument_of_perigee is not None:
            if np.sin(self.inclination) < 1e-9:
                raise FieldError(
                    "argument_of_perigee", "counts from the node, and an equatorial orbit has none; leave it out"
                )
            if self.eccentricity < CIRCULAR:
                raise FieldError("argument_of_perigee", "a circular orbit has no perigee; leave it out")
        return self

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


class EscapeOrbit(InsertionOrbit):
    """A way out by its energy, C3 = v∞² = -mu/a, and where given by the direction of its outgoing asymptote.

    A negative C3 leads to a far apogee, as for the Moon. Directions count in the true equator and mean equinox of the date.
    """

    type: Literal["escape"]
    c3: Energy
    inclination: Inclination | None = Field(default=None, description="free when absent")
    declination: Declination | None = Field(default=None, description="of the outgoing asymptote (DLA)")
    right_ascension: Turn | None = Field(default=None, description="of the outgoing asymptote (RLA)")
    asymptote_longitude: Turn | None = Field(
        default=None,
        description="of the outgoing asymptote from the Greenwich meridian of T-0, in place of right_ascension",
    )

    @model_validator(mode="after")
    def _is_a_way_out(self) -> Self:
        if abs(self.c3) < LEAST_C3:
            raise FieldError("c3", f"is as good as zero; give at least {LEAST_C3 / 1e6:g} km^2/s^2 of either sign")
        if self.apogee_radius is not None and 0 < self.apogee_radius < self.perigee_radius:
            raise FieldError("c3", "so low an energy has its apogee below the perigee; raise it")
        directions = [
            n for n in ("declination", "right_ascension", "asymptote_longitude") if getattr(self, n) is not None
        ]
        if directions and self.c3 < 0:
            raise FieldError(directions[0], "an orbit of negative C3 has no asymptote; leave it out")
        if self.declination is None and directions:
            raise FieldError(directions[0], "a direction needs its 'declination' too")
        if self.right_ascension is not None and self.asymptote_longitude is not None:
            raise FieldError("asymptote_longitude", "give this or 'right_ascension'")
        if self.inclination is not None and self.declination is not None:
            least = abs(self.declination)
            if not least <= self.inclination <= np.pi - least:
                raise FieldError(
                    "inclination",
                    f"an orbit plane that holds an asymptote of declination {np.degrees(self.declination):.2f} deg is "
                    f"inclined {np.degrees(least):.2f} deg at least; change one of the two",
                )
        return self

    @property
    def semi_major_axis(self) -> float:
        """[m]; negative for a hyperbola."""
        return -MU / self.c3

    @property
    def apogee_radius(self) -> float:
        """2 a - perigee radius [m]: negative for a hyperbola, as the ellipse's formulas want it to hold for both."""
        return 2 * self.semi_major_axis - self.perigee_radius

    @property
    def apogee_altitude(self) -> float:
        """[m] above the equatorial radius; see `apogee_radius`."""
        return self.apogee_radius - RADIUS

    @property
    def eccentricity(self) -> float:
        """[-], above one for a hyperbola."""
        return 1.0 - self.perigee_radius / self.semi_major_axis

    def goal(self) -> EscapeGoal:
        """The target as `orbit.escape_residuals` wants it."""
        return escape_goal(
            self.perigee_radius, self.c3, self.inclination, self.declination, self.asymptote_longitude, MU
        )


class SunSynchronousOrbit(Document):
    """Turned by J2 with the mean Sun: its inclination follows from its altitudes, its node from the local time.

    Without ltan and ltdn the node is free.
    """

    type: Literal["sun-synchronous"]
    altitude: OrbitAltitude | None = Field(default=None, description="of a circular orbit over the equatorial radius")
    perigee_altitude: OrbitAltitude | None = None
    apogee_altitude: OrbitAltitude | None = None
    ltan: ClockTime | None = Field(
        default=None, description="local mean solar time of the ascending node, '06:00'; 06:00 and 18:00 are dawn-dusk"
    )
    ltdn: ClockTime | None = Field(default=None, description="local mean solar time of the descending node")

    @model_validator(mode="after")
    def _is_sun_synchronous(self) -> Self:
        circular, elliptic = self.altitude is not None, (self.perigee_altitude, self.apogee_altitude)
        if circular == (None not in elliptic) or (circular and elliptic != (None, None)):
            raise FieldError("altitude", "give it, or 'perigee_altitude' and 'apogee_altitude'")
        if self.ltan is not None and self.ltdn is not None:
            raise FieldError("ltdn", "the two nodes are twelve hours apart: give one of 'ltan' and 'ltdn'")
        low, high = self.altitudes
        try:
            require_above_air(low)
        except ValueError as error:
            raise FieldError("altitude" if circular else "perigee_altitude", str(error)) from None
        if high < low:
            raise FieldError("apogee_altitude", "is below the perigee; exchange the two")
        try:
            self.inclination  # noqa: B018  whether there is one
        except ValueError:
            raise FieldError(
                "altitude" if circular else "apogee_altitude",
                f"is too high: J2 turns no circular orbit above {(highest_sun_synchronous() - RADIUS) / 1e3:.0f} km as "
                "fast as the Sun goes; lower it",
            ) from None
        return self

    @property
    def altitudes(self) -> tuple[float, float]:
        """Perigee and apogee [m]."""
        if self.altitude is not None:
            return self.altitude, self.altitude
        assert self.perigee_altitude is not None and self.apogee_altitude is not None  # as validated
        return self.perigee_altitude, self.apogee_altitude

    @property
    def inclination(self) -> float:
        """[rad], from J2. Raises ValueError where there is none."""
        low, high = (RADIUS + altitude for altitude in self.altitudes)
        return sun_synchronous_inclination(0.5 * (low + high), (high - low) / (high + low))

    def plane(self) -> SunFixedPlane | None:
        """None when no local time is asked for."""
        text = self.ltan or self.ltdn
        if text is None:
            return None
        hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
        ascending = 3600 * hours + 60 * minutes + seconds + (0 if self.ltan is not None else 43200)
        return SunFixedPlane(ascending % 86400.0, self.inclination)

    def resolved(self, ascending_node: float | None) -> TargetOrbit:
        """The orbit as elements."""
        low, high = self.altitudes
        return TargetOrbit(
            perigee_altitude=low, apogee_altitude=high, inclination=self.inclination, ascending_node=ascending_node
        )


class RendezvousOrbit(Document):
    """An orbit in the plane of another object: of a file with its TLE or OMM, or of elements written here."""

    type: Literal["rendezvous"]
    perigee_altitude: OrbitAltitude
    apogee_altitude: OrbitAltitude
    target: ObjectPlane

    @model_validator(mode="after")
    def _is_an_orbit(self) -> Self:
        self.resolved(None)
        return self

    @property
    def inclination(self) -> float:
        """[rad]: the target's."""
        return self.target.inclination

    def plane(self) -> PlaneAtEpoch:
        """The target's plane, which J2 turns."""
        return self.target.plane()

    def resolved(self, ascending_node: float | None) -> TargetOrbit:
        """The orbit as elements."""
        try:
            return TargetOrbit(
                perigee_altitude=self.perigee_altitude,
                apogee_altitude=self.apogee_altitude,
                inclination=self.target.inclination,
                ascending_node=ascending_node,
            )
        except ValueError as error:
            text = re.sub(r"^.*Value error, ", "", str(error), flags=re.DOTALL).partition(" [type=")[0]
            raise FieldError("perigee_altitude", text) from None


def _elements_unless_typed(value: object) -> object:
    return {"type": "elements", **value} if isinstance(value, dict) and "type" not in value else value


MissionOrbit = Annotated[
    TargetOrbit | SunSynchronousOrbit | RendezvousOrbit | EscapeOrbit,
    Field(discriminator="type"),
    BeforeValidator(_elements_unless_typed),
]


class LaunchWindow(Document):
    """In place of an epoch: T-0 is the first instant from `opens` on at which the flight ends in the orbit's plane."""

    opens: str

    @field_validator("opens")
    @classmethod
    def _is_utc(cls, value: str) -> str:
        return utc_text(value)


def utc_text(value: str) -> str:
    """The text, when it is a UTC time; else ValueError with how to write one."""
    try:
        parse_utc(value)
    except InputError as error:
        raise ValueError(error.message) from None
    return value
