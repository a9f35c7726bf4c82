"""Who launches, and where: provider, site, pad, landing zone."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.wire import Latitude, Longitude, Name, NonNegative, Positive, Record, Url, Urn, Wire

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", examples=["CN"], description="ISO 3166-1, two letters")]


class GeodeticPoint(Wire):
    """A place on the ellipsoid WGS 84; height above the ellipsoid."""

    latitude_deg: Latitude
    longitude_deg: Longitude
    height_m: float = 0.0


class Contact(Wire):
    """Whom to ask, about what."""

    role: Annotated[str, Field(examples=["launch operations", "collision avoidance", "range safety", "sales"])]
    name: Name | None = None
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=320)] | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9 ()./-]{4,40}$")] | None = None


class Provider(Record):
    """A launch service provider."""

    schema_: Annotated[Literal["osea/launch-data/provider/v1"], Field(alias="schema")]
    name: Name
    country: Country
    legal_name: Name | None = None
    website: Url | None = None
    contacts: tuple[Contact, ...] = ()


class Site(Record):
    """A launch site: pads and a range."""

    schema_: Annotated[Literal["osea/launch-data/site/v1"], Field(alias="schema")]
    name: Name
    country: Country
    location: GeodeticPoint
    time_zone: Annotated[str, Field(pattern=r"^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$", examples=["Asia/Shanghai"])]
    operator: Urn | None = None
    azimuth_min_deg: Annotated[float, Field(ge=0.0, le=360.0)] | None = None
    azimuth_max_deg: Annotated[float, Field(ge=0.0, le=360.0)] | None = None


class Pad(Record):
    """A launch pad of a site; `axes_azimuth_deg` is the direction of its x axis, from north over east."""

    schema_: Annotated[Literal["osea/launch-data/pad/v1"], Field(alias="schema")]
    name: Name
    site: Urn
    location: GeodeticPoint
    axes_azimuth_deg: Annotated[float, Field(ge=0.0, lt=360.0)] | None = None
    vehicle_types: tuple[Urn, ...] = ()
    turnaround_s: NonNegative | None = None


class LandingZone(Record):
    """Where a stage comes down: a pad ashore, a ship, a net, a stretch of sea."""

    schema_: Annotated[Literal["osea/launch-data/landing-zone/v1"], Field(alias="schema")]
    name: Name
    kind: Annotated[str, Field(examples=["pad", "ship", "net", "sea", "land"])]
    location: GeodeticPoint
    moves: bool = False
    radius_m: Positive | None = None
    load_limit_N: Positive | None = None
    wind_limit_m_s: Positive | None = None
    sea_state_limit: Annotated[int, Field(ge=0, le=9)] | None = None
