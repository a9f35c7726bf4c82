"""LaunchSite: where a rocket stands at T-0."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import FieldError
from ..core.earth import ROTATION_RATE, ecef_from_geodetic
from ..core.modules import Part
from ..core.quantity import SI, SIRange
from .environment.geoid import geoid_height

Latitude = Annotated[float, SI("rad", ("28.562 deg",), ge=-np.pi / 2, le=np.pi / 2)]
Longitude = Annotated[float, SI("rad", ("-80.577 deg",), ge=-np.pi, le=2 * np.pi)]
Height = Annotated[float, SI("m", ("16 m",), ge=-500.0, le=9000.0)]
AzimuthRange = Annotated[tuple[float, float], SIRange("rad", ge=-2 * np.pi, le=2 * np.pi)]


class LaunchSite(Part, schema="osea/launch-site/v1"):
    """A place on the WGS-84 ellipsoid, from which azimuths may be limited by range safety.

    Its altitude is given above the ellipsoid or above mean sea level, never without saying which: the two differ by up to 107 m.
    """

    latitude: Latitude = Field(description="geodetic, north positive")
    longitude: Longitude = Field(description="east positive")
    altitude: Height | None = Field(
        default=None, description="of the vehicle's foot above the WGS-84 ellipsoid (not above sea level)"
    )
    altitude_above_sea_level: Height | None = Field(
        default=None, description="of the vehicle's foot above mean sea level, the EGM96 geoid, as maps give it"
    )
    azimuths: AzimuthRange | None = Field(
        default=None, description="allowed launch azimuths, clockwise from north, Earth-fixed"
    )

    @model_validator(mode="after")
    def _one_altitude(self) -> Self:
        if (self.altitude is None) == (self.altitude_above_sea_level is None):
            raise FieldError(
                "altitude",
                "give one of 'altitude' (above the WGS-84 ellipsoid, as GPS tells it) and 'altitude_above_sea_level'",
            )
        return self

    def ellipsoid_altitude(self) -> float:
        """Altitude [m] above the WGS-84 ellipsoid; from the one above sea level by the EGM96 geoid."""
        if self.altitude is not None:
            return self.altitude
        assert self.altitude_above_sea_level is not None  # of the two, one is given
        return self.altitude_above_sea_level + geoid_height(self.latitude, self.longitude)

    def position(self) -> np.ndarray:
        """Earth-fixed position (3,) [m]; at T-0 it is also the position in the inertial frame of `motion`."""
        return np.array(ecef_from_geodetic(self.latitude, self.longitude, self.ellipsoid_altitude()))

    def inertial_velocity(self) -> np.ndarray:
        """Velocity (3,) [m/s] of the site in the inertial frame at T-0."""
        x, y, _ = self.position()
        return np.array([-ROTATION_RATE * y, ROTATION_RATE * x, 0.0])

    def east_north_up(self) -> np.ndarray:
        """Rows: unit vectors east, north, up (along the ellipsoid's normal), (3, 3), Earth-fixed axes."""
        so, co, sa, ca = np.sin(self.longitude), np.cos(self.longitude), np.sin(self.latitude), np.cos(self.latitude)
        return np.array([[-so, co, 0.0], [-sa * co, -sa * so, ca], [ca * co, ca * so, sa]])

    def geocentric_latitude(self) -> float:
        """Angle [rad] between the position and the equatorial plane: the least inclination of an orbit over the site."""
        x, y, z = self.position()
        return float(np.arctan2(z, np.hypot(x, y)))
