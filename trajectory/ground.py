"""Where vehicles stand and come back to: the launch pad and the landing site, with ports like any other part."""

from typing import Annotated, Literal

from ..core.modules import Part
from ..core.quantity import SI, Angle, Length, Mass

PositiveSize = Annotated[float, SI("m", ("52 m",), gt=0.0)]


class LaunchPad(Part, schema="osea/launch-pad/v1"):
    """A pad of a launch site. lift_off_mass: the most that it carries; wind: the strongest in which a vehicle may stand."""

    site: str | None = None
    latitude: Angle | None = None
    longitude: Angle | None = None
    altitude: Length | None = None
    lift_off_mass: Mass | None = None
    vehicle_height: PositiveSize | None = None
    wind: Annotated[float, SI("m/s", ("20 m/s",), ge=0.0)] | None = None


class LandingSite(Part, schema="osea/landing-site/v1"):
    """Where a stage comes down. surface: what it stands on; diameter: of the free flat circle."""

    surface: Literal["pad", "ship", "water", "ground", "catch tower"]
    latitude: Angle | None = None
    longitude: Angle | None = None
    altitude: Length | None = None
    diameter: PositiveSize | None = None
    landing_mass: Mass | None = None
