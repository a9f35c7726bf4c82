"""Mission: from where, to which orbit, within which limits, and how the flight is put together."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from ..core.documents import FieldError, Flag, Module, Reference
from ..core.earth import MU
from ..core.errors import ImpossibleError
from ..core.quantity import SI
from ..core.time import Instant, parse_utc
from .environment.document import Environment
from .limits import Limits
from .planes import Plane, greenwich_sidereal_time
from .sequence import Sequence
from .site import LaunchSite
from .targets import (
    LOWEST_PERIGEE,
    EscapeOrbit,
    InsertionOrbit,
    LaunchWindow,
    MissionOrbit,
    RendezvousOrbit,
    SunSynchronousOrbit,
    TargetOrbit,
    utc_text,
)

__all__ = ["LOWEST_PERIGEE", "EscapeOrbit", "InsertionOrbit", "Limits", "Mission", "TargetOrbit"]

Ut1MinusUtc = Annotated[float, SI("s", ("0.05 s",), ge=-0.9, le=0.9)]


class Mission(Module, schema="osea/mission/v1"):
    """One flight of some vehicle."""

    site: Reference[LaunchSite]
    orbit: MissionOrbit
    sequence: Sequence
    limits: Limits = Limits()
    environment: Reference[Environment] | None = Field(
        default=None, description="air and wind; the U.S. Standard Atmosphere 1976 without wind when absent"
    )
    objective: Literal["payload", "propellant"] = Field(
        description="payload: the largest that reaches the orbit; propellant: least use of it with the vehicle's payload"
    )
    epoch: str | None = Field(default=None, description="T-0, liftoff, in UTC: 2027-03-01T12:00:00Z")
    launch_window: LaunchWindow | None = Field(
        default=None, description="in place of the epoch, for an orbit whose plane is given: T-0 is found"
    )
    ut1_minus_utc: Ut1MinusUtc | None = Field(
        default=None, description="from the IERS, for inertial frames; unknown when absent"
    )
    allow_dog_leg: Flag = Field(
        default=False,
        description="accept an inclination below the site's latitude, at the price of turning the plane in flight",
    )
    heading: Literal["northward", "southward"] | None = Field(
        default=None,
        description="of two ways into the plane; the one that the site's azimuths allow, the northward first",
    )

    @field_validator("epoch")
    @classmethod
    def _epoch_is_utc(cls, value: str | None) -> str | None:
        return None if value is None else utc_text(value)

    @model_validator(mode="after")
    def _plane_has_its_time(self) -> Self:
        if self.launch_window is not None:
            if self.epoch is not None:
                raise FieldError("launch_window", "T-0 is given by 'epoch' already; leave one out")
            if self.plane() is None:
                raise FieldError(
                    "launch_window",
                    "the orbit's plane is free, so that any time will do: give 'epoch', or the plane ('ltan', a target)",
                )
        elif self.epoch is None and self._needs_time():
            raise FieldError(
                "orbit",
                "its plane depends on the time of launch: give 'epoch', T-0, or let it be found by 'launch_window'",
            )
        return self

    def _needs_time(self) -> bool:
        return self.plane() is not None or (
            isinstance(self.orbit, EscapeOrbit) and self.orbit.right_ascension is not None
        )

    def plane(self) -> Plane | None:
        """The plane that the orbit must lie in, against time; None where its node is free or fixed to the Earth at T-0."""
        return self.orbit.plane() if isinstance(self.orbit, SunSynchronousOrbit | RendezvousOrbit) else None

    @property
    def target(self) -> TargetOrbit | EscapeOrbit:
        """The orbit with every angle that the epoch decides, counted from Greenwich at T-0; free with a launch window."""
        orbit = self.orbit
        if isinstance(orbit, EscapeOrbit):
            if orbit.right_ascension is None:
                return orbit
            sidereal = greenwich_sidereal_time(self._instant(), self.ut1_minus_utc or 0.0)
            longitude = float((orbit.right_ascension - sidereal) % (2 * np.pi))
            return self._placed(orbit.evolve(right_ascension=None, asymptote_longitude=longitude))
        if isinstance(orbit, TargetOrbit):
            return orbit
        plane, node = self.plane(), None
        if plane is not None and self.epoch is not None:
            node = plane.node_longitude(self._instant(), self.ut1_minus_utc or 0.0)
        return self._placed(orbit.resolved(node))

    def _placed(self, orbit: Any) -> Any:
        orbit._origin = self.orbit._origin
        return orbit

    def _instant(self) -> Instant:
        assert self.epoch is not None  # as validated
        return parse_utc(self.epoch)

    @property
    def inclination(self) -> float:
        """[rad]: of the orbit; where an escape leaves it free, the least that the site and its asymptote allow."""
        if self.orbit.inclination is not None:
            return self.orbit.inclination
        declination = getattr(self.orbit, "declination", None) or 0.0
        return max(abs(self.site.geocentric_latitude()), abs(declination))

    def require_reachable(self) -> None:
        """Raise ImpossibleError when no direct ascent from the site reaches the inclination, or none within its azimuths.

        An orbit's plane holds the Earth's centre, so the geocentric latitude counts: |latitude| <= i <= 180 deg - |latitude|.
        """
        least = abs(self.site.geocentric_latitude())
        i = self.inclination
        if not self.allow_dog_leg and not least <= i <= np.pi - least:
            low, high = np.degrees(least), np.degrees(np.pi - least)
            raise ImpossibleError(
                f"an inclination of {np.degrees(i):.3f} deg cannot be reached from '{self.site.name}' without turning the "
                f"plane in flight: from its geocentric latitude {low:.3f} deg to {high:.3f} deg can; change the inclination "
                "or the site, or set 'allow_dog_leg: true'",
                where=self.where("orbit.inclination"),
            )
        if least <= i <= np.pi - least and not self.allowed_azimuths():
            assert self.site.azimuths is not None
            low, high = self.site.azimuths
            ways = " or ".join(f"{np.degrees(a):.1f} deg" for a in self._headed())
            raise ImpossibleError(
                f"this inclination needs a launch azimuth of {ways}, and '{self.site.name}' allows "
                f"{np.degrees(low):.1f} to {np.degrees(high):.1f} deg; change the inclination or the site",
                where=self.where("orbit.inclination"),
            )

    def allowed_azimuths(self) -> tuple[float, ...]:
        """Of the launch azimuths [rad] of the heading asked for those that the site allows."""
        if self.site.azimuths is None:
            return self._headed()
        low, high = self.site.azimuths
        return tuple(a for a in self._headed() if _within(a, low, high))

    def _headed(self) -> tuple[float, ...]:
        ways = self.launch_azimuths()
        return ways if self.heading is None else ways[:1] if self.heading == "northward" else ways[1:]

    def launch_azimuth(self) -> float:
        """The launch azimuth [rad]: the first that the site allows; for a dog-leg out of its limits the first of all."""
        return (*self.allowed_azimuths(), *self._headed())[0]

    def launch_azimuths(self) -> tuple[float, float]:
        """The two Earth-fixed launch azimuths [rad], ascending and descending, that lead to the inclination.

        Spherical triangle sin A = cos i / cos latitude for the inertial heading, then the site's own eastward speed taken off,
        at the speed of the perigee. An inclination below the latitude gives due east or west.
        """
        latitude = self.site.geocentric_latitude()
        sine = np.cos(self.inclination) / np.cos(latitude)
        inertial = float(np.arcsin(np.clip(sine, -1.0, 1.0)))
        target = self.target
        speed = (MU * target.goal().semi_latus_rectum) ** 0.5 / target.perigee_radius
        own = float(np.linalg.norm(self.site.inertial_velocity()))
        azimuths = []
        for heading in (inertial, np.pi - inertial):
            east, north = speed * np.sin(heading) - own, speed * np.cos(heading)
            azimuths.append(float(np.arctan2(east, north)) % (2 * np.pi))
        return azimuths[0], azimuths[1]


def _within(azimuth: float, low: float, high: float) -> bool:
    turn = 2 * np.pi
    return any(low <= azimuth + k * turn <= high for k in (-1, 0, 1))
