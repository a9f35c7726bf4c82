"""Where vehicles stand and come back to: the launch pad and the landing site, with ports like any other part."""

from typing import Annotated, Literal

from pydantic import Field

from ..core.documents import Document, Integer
from ..core.modules import Part
from ..core.quantity import SI, Angle, Length, Mass

PositiveSize = Annotated[float, SI("m", ("52 m",), gt=0.0)]
WindSpeed = Annotated[float, SI("m/s", ("15 m/s",), ge=0.0)]
SeaState = Annotated[Integer, Field(ge=0, le=9)]
LandingForce = Annotated[float, SI("N", ("2 MN",), gt=0.0)]


class LaunchPad(Part, schema="osea/launch-pad/v1"):
    """A pad of a launch site. lift_off_mass: the most that it carries; wind: the strongest in which a vehicle may stand."""

    site: str | None = None
    latitude: Angle | None = None
    longitude: Angle | None = None
    altitude: Length | None = None
    lift_off_mass: Mass | None = None
    vehicle_height: PositiveSize | None = None
    wind: Annotated[float, SI("m/s", ("20 m/s",), ge=0.0)] | None = None


class LandingMark(Document):
    """Something by which a stage finds the middle. kind: painted, lit, reflecting, or what a receiver hears. size: of it."""

    name: str = Field(min_length=1)
    kind: Literal["painted circle", "painted cross", "lights", "infrared lights", "radar reflector", "lidar reflector"]
    size: PositiveSize | None = None


class Beacon(Document):
    """A station that sends the place of the middle. accuracy: of a fix with it, one standard deviation."""

    name: str = Field(min_length=1)
    kind: Literal["differential GNSS", "pseudolite", "radio altimeter target", "transponder"]
    frequency: Annotated[float, SI("Hz", ("450 MHz",), gt=0.0)] | None = None
    accuracy: Annotated[float, SI("m", ("0.1 m",), gt=0.0)] | None = None


class Safing(Document):
    """What the site makes safe after a landing. propellants: whose rest it drains or vents; time: until people may come near."""

    propellants: tuple[str, ...] = Field(min_length=1)
    time: Annotated[float, SI("s", ("2 hour",), ge=0.0)] | None = None
    remote: bool | None = Field(default=None, strict=True, description="without people near it")


class LandingSite(Part, schema="osea/landing-site/v1"):
    """Where a stage comes down. surface: what it stands on; diameter: of the free flat circle; landing_mass: standing on it.

    landing_load: at touchdown, of the whole stage; slope: largest of the surface, a deck's motion included; wind, sea_state: the
    strongest in which it takes a stage; exclusion_radius: kept free of people around it.
    """

    surface: Literal["pad", "ship", "water", "ground", "catch tower"]
    latitude: Angle | None = None
    longitude: Angle | None = None
    altitude: Length | None = None
    diameter: PositiveSize | None = None
    landing_mass: Mass | None = None
    landing_load: LandingForce | None = None
    slope: Annotated[float, SI("rad", ("2 deg",), ge=0.0)] | None = None
    wind: WindSpeed | None = None
    sea_state: SeaState | None = Field(default=None, description="Douglas scale, of a ship")
    marks: tuple[LandingMark, ...] | None = None
    beacons: tuple[Beacon, ...] | None = None
    safing: Safing | None = None
    exclusion_radius: PositiveSize | None = None


class LandingNeeds(Part, schema="osea/landing-needs/v1"):
    """What a stage asks of the place where it lands; held against a landing site. stage: by name.

    scatter: radius within which it comes down (99 %); wind, sea_state: up to which it can land; slope: on which it stands;
    marks, beacons: kinds that its guidance needs, one of each list at least; propellant_left: at touchdown at most, of all kinds.
    """

    stage: str
    scatter: PositiveSize | None = None
    wind: WindSpeed | None = None
    sea_state: SeaState | None = None
    slope: Annotated[float, SI("rad", ("5 deg",), ge=0.0)] | None = None
    marks: tuple[str, ...] | None = None
    beacons: tuple[str, ...] | None = None
    propellant_left: Mass | None = None
