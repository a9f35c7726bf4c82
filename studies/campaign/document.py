"""The campaign document: which constellation is flown, with what fleet, from what ground, at what costs."""

from itertools import pairwise
from math import ceil
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Module, Reference
from ...core.errors import InputError
from ...core.quantity import SI, Mass, ratio
from ...trajectory.planes import sun_synchronous_inclination
from ...trajectory.targets import ClockTime
from ...vehicle.vehicle import Vehicle
from ..cost.document import CostCoefficients, CostPrices, CostRules
from ..cost.programme import prices
from .slots import EARTH_RADIUS

Share = Annotated[float, ratio(ge=0.0, le=1.0)]
Success = Annotated[float, ratio(gt=0.0, le=1.0)]
Days = Annotated[float, SI("s", ("30 day (triangular 15..60 day)",), ge=0.0, le=10 * 365.25 * 86400.0)]
PerYear = Annotated[float, SI("1/s", ("24 1/year",), gt=0.0, le=1000 / (365.25 * 86400.0))]
PositiveMass = Annotated[float, SI("kg", ("10 t (triangular 8..17 t)",), gt=0.0)]
PositiveAltitude = Annotated[float, SI("m", ("750 km",), gt=150e3, le=6000e3)]
Price = Annotated[float, SI("CNY/kg", ("30000 CNY/kg",), gt=0.0)]
MOST_LAUNCHES = 5000
Mode = Literal["expend", "rtls", "ship"]


class DeploymentOrbit(Document):
    """Circular, Sun-synchronous, one band of local time. planes: evenly over local_time ± spread, filled one after the other."""

    altitude: PositiveAltitude
    local_time: ClockTime = Field(
        description="of the ascending node at the middle of the band; 06:00, 18:00: dawn-dusk"
    )
    spread: Annotated[float, SI("s", ("20 min",), ge=0.0, le=6 * 3600.0)] = Field(
        default=0.0, description="half the width of the band, in local time"
    )
    planes: Count = 1
    phasing_altitude: Annotated[float, SI("m", ("20 km",), gt=0.0, le=200e3)] = Field(
        description="how far below the orbit the satellites drift to their places"
    )
    commissioning: Days = Field(default=0.0, description="of a satellite, before it drifts")

    @model_validator(mode="after")
    def _sun_synchronous(self) -> Self:
        try:
            sun_synchronous_inclination(EARTH_RADIUS + self.altitude)
        except ValueError as error:
            raise FieldError("altitude", str(error)) from None
        if self.planes > 1 and self.spread == 0.0:
            raise FieldError("planes", "several planes at one local time are one plane; give 'spread', or one plane")
        return self


class Constellation(Document):
    """What is to be deployed."""

    name: str = Field(min_length=1)
    satellites: Count


class Recovery(Document):
    """How the booster comes back. payload_fraction: of the expendable capacity; kit_mass: legs, fins and what else is added.

    flights: of one booster at most; turnaround: a crew's work on it; sail_out, sail_back: a ship's way; after a landing at the
    launch site the booster is at hand the next day.
    """

    mode: Mode
    payload_fraction: Success = 1.0
    kit_mass: Mass = 0.0
    success: Success = 1.0
    flights: Count = 1
    turnaround: Days = 0.0
    crews: Count = 1
    ships: Count = 1
    sail_out: Days = 0.0
    sail_back: Days = 0.0
    rough_sea: Annotated[float, ratio(ge=0.0, lt=1.0)] = Field(
        default=0.0, description="share of days on which a ship can take no booster"
    )

    @model_validator(mode="after")
    def _expended(self) -> Self:
        if self.mode != "expend" and self.flights < 2:
            raise FieldError(
                "flights", "what comes back flies twice or more; give the flights, or choose 'mode: expend'"
            )
        if self.mode == "expend":
            for field in ("flights", "payload_fraction"):
                if getattr(self, field) != 1:
                    raise FieldError(
                        field, "what is expended flies once, with the whole capacity; leave it out, or choose 'ship'"
                    )
        return self


class FairingReuse(Document):
    """Both halves: flown *flights* times at most, fished out with *success*."""

    flights: Count
    success: Success


class Fleet(Document):
    """What builds and carries. boosters: kept alive at most; left out, as many as the rate and the turnaround need.

    booster_interval, upper_interval: between two from the factory; booster_lines: so many are built side by side.
    """

    boosters: Count | None = None
    booster_interval: Days
    booster_lines: Count = 1
    upper_interval: Days
    upper_stock: Count = 2


class Ground(Document):
    """Pads and the days on them. preparation: on the pad until ready; restoring: afterwards; bad_weather: share of days."""

    pads: Count
    preparation: Days
    restoring: Days = 0.0
    bad_weather: Annotated[float, ratio(ge=0.0, lt=1.0)] = 0.0
    scrub: Annotated[float, ratio(ge=0.0, lt=1.0)] = Field(
        default=0.0, description="share of attempts that a fault ends"
    )


class Today(Document):
    """The prices that a study starts from: a young programme with expended boosters, and what the market is said to ask."""

    launches: Count
    rate: PerYear
    capacity: PositiveMass
    price: Price
    source: str = Field(min_length=3)


class Explore(Document):
    """What else is flown: every pair of flights and rate, and of flights and turnaround, for each constellation."""

    flights: tuple[Count, ...] = Field(min_length=2)
    rates: tuple[PerYear, ...] = Field(min_length=2)
    turnarounds: tuple[Days, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        for name in ("flights", "rates", "turnarounds"):
            values = getattr(self, name)
            if any(b <= a for a, b in pairwise(values)):
                raise FieldError(name, "the values must ascend, each once")
        return self


class CampaignStudy(Module, schema="osea/campaign/v1"):
    """A constellation's deployment. capacity: of the expendable vehicle to the orbit; the satellites of one launch fill it.

    Durations with a range vary from event to event; every other figure with a range is one for a whole campaign.
    """

    vehicle: Reference[Vehicle]
    orbit: DeploymentOrbit
    constellations: tuple[Constellation, ...] = Field(min_length=1, max_length=4)
    satellites_per_launch: Count
    satellite_mass: PositiveMass | None = Field(
        default=None, description="left out: the satellites of a launch fill the capacity"
    )
    capacity: PositiveMass
    rate: PerYear = Field(description="of launches wanted")
    recovery: Recovery
    fairing_reuse: FairingReuse | None = None
    fleet: Fleet
    ground: Ground
    ascent_success: Success = 1.0
    grounding: Days = Field(default=0.0, description="after a failed ascent nothing flies so long")
    costs: CostRules
    prices: Reference[CostPrices] | None = Field(default=None, description="left out: China, 2024")
    coefficients: Reference[CostCoefficients] | None = Field(default=None, description="left out: TRANSCOST 8.2")
    today: Today | None = None
    target_price: Price | None = None
    explore: Explore | None = None
    runs: Annotated[int, Field(strict=True, ge=10, le=10_000)] = 100
    seed: Annotated[int, Field(strict=True, ge=0)] = 1

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for i, one in enumerate(self.constellations):
            if self.launches(one) > MOST_LAUNCHES:
                raise FieldError(
                    f"constellations.{i}.satellites", f"{self.launches(one)} launches; at most {MOST_LAUNCHES}"
                )
            if one.name in [c.name for c in self.constellations[:i]]:
                raise FieldError(f"constellations.{i}.name", f"two constellations are called '{one.name}'")
            if self.orbit.planes > self.launches(one):
                raise FieldError(
                    "orbit.planes", f"{self.orbit.planes} planes, and '{one.name}' has {self.launches(one)} launches"
                )
        if self.satellite_mass is not None:
            carried = self.satellites_per_launch * self.satellite_mass
            room = self.capacity * self.recovery.payload_fraction
            if carried > room:
                raise FieldError(
                    "satellite_mass",
                    f"{self.satellites_per_launch} of {self.satellite_mass:.4g} kg are {carried:.4g} kg, and the "
                    f"vehicle carries {room:.4g} kg with recovery '{self.recovery.mode}'; fly fewer or lighter ones",
                )
        return self

    def launches(self, constellation: Constellation) -> int:
        """Successful launches that it takes."""
        return ceil(constellation.satellites / self.satellites_per_launch)

    @property
    def money(self) -> CostPrices:
        """The prices."""
        return self.prices or prices("china_2024")


def require_campaign(document: Module) -> CampaignStudy:
    """The document as a campaign. Raises InputError when it is of another kind."""
    if not isinstance(document, CampaignStudy):
        raise InputError(
            f"'{document.name}' is a document of {document.schema_}; a campaign ({CampaignStudy.schema_id}) is needed",
            where=document.where(),
        )
    return document
