"""How a flight is put together: times, coasts, throttle schedules, failures, the last stage's burns and what each releases."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError, Flag
from ..core.earth import RADIUS
from ..core.quantity import SI, Mass, ratio

Time = Annotated[float, SI("s", ("10 s",), ge=0.0, le=1e6)]
PositiveTime = Annotated[float, SI("s", ("10 s",), gt=0.0, le=1e6)]
BurnAltitude = Annotated[float, SI("m", ("250 km",), gt=-RADIUS, le=1e9)]


class BurnOrbit(Document):
    """The osculating orbit in which a burn ends. Altitudes count from the equatorial radius; what is left out is free."""

    perigee_altitude: BurnAltitude = Field(description="below the surface for an orbit that comes down")
    apogee_altitude: BurnAltitude | None = None
    inclination: Annotated[float, SI("rad", ("28.5 deg",), ge=0.0, le=np.pi)] | None = None

    @model_validator(mode="after")
    def _is_an_orbit(self) -> Self:
        if self.apogee_altitude is not None and self.apogee_altitude < self.perigee_altitude:
            raise FieldError("apogee_altitude", "is below the perigee; exchange the two")
        return self

    @property
    def perigee_radius(self) -> float:
        """[m] from the Earth's centre."""
        return RADIUS + self.perigee_altitude

    @property
    def apogee_radius(self) -> float | None:
        """[m] from the Earth's centre."""
        return None if self.apogee_altitude is None else RADIUS + self.apogee_altitude


class Burn(Document):
    """One burn of the last stage, what leaves after it, and the coast to the next one."""

    orbit: BurnOrbit | None = Field(
        default=None, description="in which it ends; free when absent. The last burn ends in the mission's orbit"
    )
    releases: Mass = Field(
        default=0.0, description="payload that leaves at cut-off; after the last burn the rest leaves"
    )
    shortest_coast: PositiveTime = Field(default=1.0, description="to the next burn, at least")
    longest_coast: PositiveTime | None = Field(
        default=None, description="to the next burn, at most; not for the last burn"
    )

    @model_validator(mode="after")
    def _coast(self) -> Self:
        if self.longest_coast is not None and self.longest_coast < self.shortest_coast:
            raise FieldError("longest_coast", "is shorter than the shortest; exchange the two")
        return self


class Disposal(Document):
    """After the payload has left, the last stage lowers its perigee with a last burn."""

    perigee_altitude: BurnAltitude = Field(description="of the orbit left behind; 50 km or less brings the stage down")
    shortest_coast: PositiveTime = Field(default=1.0, description="from insertion to the burn, at least")
    longest_coast: PositiveTime = Field(description="from insertion to the burn, at most")


class ThrottleInterval(Document):
    """The throttle of a first-flight stage while it is not the optimizer's to choose."""

    stage: str = Field(description="the lowest core stage, or a group of strap-ons with liquid engines")
    begin: Time = Field(description="after lift-off")
    end: PositiveTime = Field(description="after lift-off")
    throttle: Annotated[float, ratio(gt=0.0, le=1.0)] = Field(description="of rated chamber pressure")

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.end <= self.begin:
            raise FieldError("end", "the interval ends before it begins; exchange the two")
        return self


class EngineOut(Document):
    """Engines of a core stage that stop, and stay off."""

    stage: str
    engines: Count = Field(description="how many stop")
    after: PositiveTime = Field(description="the stage's ignition; for the lowest stage, lift-off")
    with_fairing: Flag = Field(
        default=False, description="whether the fairing is still on then, where it leaves during this stage's burn"
    )


class Sequence(Document):
    """How the flight is put together, times from liftoff on."""

    vertical_rise: PositiveTime = Field(description="from liftoff to the begin of the pitch-over")
    pitch_over: PositiveTime = Field(description="from the vertical to the begin of free steering")
    core_ignition: Time = Field(default=0.0, description="of the lowest core stage; later when strap-ons lift it first")
    separation_coasts: tuple[Time, ...] = Field(
        description="from burnout to ignition of the next stage, one for each stage separation, first to last"
    )
    longest_separation_coasts: tuple[Time, ...] = Field(
        default=(),
        description="one for each separation: where it is longer than its entry of separation_coasts, the coast is found "
        "between the two, and nobody steers meanwhile",
    )
    fairing_stage: str | None = Field(
        default=None, description="during whose burn the fairing leaves; the second core stage when absent"
    )
    throttle: tuple[ThrottleInterval, ...] = Field(default=(), description="schedule; else the optimizer throttles")
    engine_out: tuple[EngineOut, ...] = Field(default=(), description="one for each stage at most")
    last_stage_burns: Literal[1, 2] = Field(default=1, description="2: park, coast and restart")
    longest_coast: PositiveTime | None = Field(default=None, description="bound of the coast between the two burns")
    burns: tuple[Burn, ...] = Field(default=(), description="of the last stage, in place of last_stage_burns")
    disposal: Disposal | None = None

    @model_validator(mode="after")
    def _coast_needs_two_burns(self) -> Self:
        if self.last_stage_burns == 2 and self.longest_coast is None:
            raise FieldError("longest_coast", "two burns have a coast between them: say how long it may last")
        if self.last_stage_burns == 1 and self.longest_coast is not None:
            raise FieldError("longest_coast", "one burn has no coast; leave it out or set 'last_stage_burns: 2'")
        return self

    @model_validator(mode="after")
    def _burns_fit(self) -> Self:
        if self.burns and self.last_stage_burns == 2:
            raise FieldError(
                "burns", "'burns' says what the last stage does: leave out last_stage_burns and longest_coast"
            )
        for i, burn in enumerate(self.burns):
            last = i == len(self.burns) - 1
            if not last and burn.longest_coast is None:
                raise FieldError(f"burns.{i}", "another burn follows: say how long the coast may last (longest_coast)")
            if last and burn.longest_coast is not None:
                raise FieldError(f"burns.{i}.longest_coast", "no burn follows; leave it out")
            if last and burn.orbit is not None:
                raise FieldError(f"burns.{i}.orbit", "the last burn ends in the mission's orbit; leave it out")
            if last and burn.releases:
                raise FieldError(
                    f"burns.{i}.releases", "after the last burn the rest of the payload leaves; leave it out"
                )
        return self

    @model_validator(mode="after")
    def _schedules_do_not_overlap(self) -> Self:
        for i, a in enumerate(self.throttle):
            for b in self.throttle[:i]:
                if a.stage == b.stage and a.begin < b.end and b.begin < a.end:
                    raise FieldError(f"throttle.{i}", f"two intervals of '{a.stage}' overlap; separate them")
        for i, out in enumerate(self.engine_out):
            if out.stage in [o.stage for o in self.engine_out[:i]]:
                raise FieldError(
                    f"engine_out.{i}", f"engines of '{out.stage}' fail twice; give one entry for each stage"
                )
        return self

    @property
    def last_stage(self) -> tuple[Burn, ...]:
        """The last stage's burns, however they were stated."""
        if self.last_stage_burns == 2:
            return (Burn(longest_coast=self.longest_coast), Burn())
        return self.burns or (Burn(),)
