"""Many campaigns of one study: each flown with its own draw of every ranged figure, and costed; low, likely, high."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np

from ...core.results import Result, Unit
from ..cost.drawing import Drawing
from ..cost.elements import costed
from ..cost.programme import CATEGORIES, CostModel, PricePerKilogram, Range, Usage, price_per_kilogram
from .document import CampaignStudy, Constellation
from .simulation import DAY, YEAR, Flown, Plan, fly
from .slots import Slots, slots

SECONDS_PER_YEAR = YEAR * DAY


@dataclass(frozen=True)
class Case:
    """A study's campaign of one constellation, with what a comparison changes in it. None: as the study has it.

    flights: of a booster, 1 for expended; rate [1/s]; turnaround [s]; capacity [kg]; launches in place of the constellation's.
    """

    study: CampaignStudy
    constellation: Constellation
    flights: int | None = None
    rate: float | None = None
    turnaround: float | None = None
    capacity: float | None = None
    launches: int | None = None
    fairing_flights: int | None = None

    @property
    def reused(self) -> bool:
        """Whether boosters come back."""
        return self.study.recovery.mode != "expend" and (self.flights or self.study.recovery.flights) > 1

    def plan(self, draw: Drawing) -> Plan:
        """What is flown, its figures as drawn."""
        study = self.study
        fairing = study.fairing_reuse
        rate = draw(study.rate) if self.rate is None else self.rate
        return Plan(
            study,
            self.launches or study.launches(self.constellation),
            rate * DAY,
            self.flights or study.recovery.flights,
            draw(study.recovery.success),
            draw(study.ascent_success),
            self.fairing_flights or (fairing.flights if fairing else 1),
            draw(fairing.success) if fairing else 1.0,
            study.recovery.turnaround if self.turnaround is None else self.turnaround,
        )

    def model(self) -> CostModel:
        """The vehicle's costs: developed and built to come back where it does."""
        study, kit = self.study, self.study.recovery.kit_mass if self.reused else 0.0
        payload = float(study.capacity) * (float(study.recovery.payload_fraction) if self.reused else 1.0)
        vehicle = costed(study.vehicle, study.costs, reusable=self.reused, kit_mass=kit, payload_mass=payload)
        return CostModel.of(vehicle, study.costs, study.money, study.coefficients)

    def payload(self, draw: Drawing) -> Any:
        """Delivered by one launch [kg]; satellites of a stated mass, or the capacity that is left with this recovery, filled."""
        if self.study.satellite_mass is not None:
            return self.study.satellites_per_launch * draw(self.study.satellite_mass)
        capacity = draw(self.study.capacity) if self.capacity is None else self.capacity
        return capacity * (draw(self.study.recovery.payload_fraction) if self.reused else 1.0)

    def drawing(self, count: int = 1, pinned: Mapping[str, float] | None = None) -> Drawing:
        """Draws of every figure of the study and of what it is costed by."""
        model = self.model()
        return Drawing(model.coefficients, model.prices, self.study, count=count, seed=self.study.seed, pinned=pinned)


def usage(flown: Flown, case: Case) -> Usage:
    """What a campaign used."""
    launches, at_sea = len(flown.time), case.study.recovery.mode == "ship"
    return Usage(
        launches=launches,
        rate=launches / flown.years,
        boosters=len(flown.built),
        uppers=launches,
        fairings=int(flown.new_fairing.sum()),
        reflown=int((flown.flight > 1).sum()),
        fairings_reflown=launches - int(flown.new_fairing.sum()),
        sea_recoveries=flown.tried if at_sea else 0,
        site_recoveries=0 if at_sea else flown.tried,
    )


@dataclass(frozen=True)
class Outcome:
    """One campaign: what happened, what it used, its costs [CNY] by category, the price [CNY/kg] of what was delivered."""

    flown: Flown
    use: Usage
    costs: dict[str, float]
    price: float


def campaign(case: Case, draw: Drawing, seed: int, model: CostModel | None = None) -> Outcome:
    """One campaign with the figures of a drawing that has one value of each."""
    flown = fly(case.plan(draw), np.random.default_rng([case.study.seed, seed]))
    use = usage(flown, case)
    costs = (model or case.model()).costs(use, draw)
    delivered = int(flown.success.sum()) * case.payload(draw)
    return Outcome(flown, use, costs, sum(costs.values()) / delivered)


def likely(case: Case, runs: int = 3, pinned: Mapping[str, float] | None = None) -> list[Outcome]:
    """A few campaigns with every ranged figure at its likely value: they differ by the days' luck alone."""
    model, draw = case.model(), case.drawing(pinned=pinned)
    return [campaign(case, draw, n, model) for n in range(runs)]


@dataclass(frozen=True, kw_only=True)
class CampaignResult(Result):
    """All campaigns of one constellation. Ranges: 10 and 90 % of the campaigns; likely: the mean with all figures likely.

    times: since the first day, of the last lift-off and of the last satellite in its place. costs: of one launch, by category
    (CATEGORIES), with all figures likely. waiting: days that launches waited for each thing, a launch.
    """

    name: str
    satellites: int
    launches_needed: int
    launches: Range
    boosters: Range
    fleet: int
    most_flights: Range
    landings_lost: Range
    ascents_lost: Range
    fairings: Range
    last_launch: Annotated[Range, Unit("s")]
    deployed: Annotated[Range, Unit("s")]
    rate: Range
    price: PricePerKilogram
    price_of_capacity: PricePerKilogram
    total: Range
    categories: tuple[str, ...]
    costs: tuple[float, ...]
    waiting: tuple[tuple[str, float], ...]
    slots: Slots


def run_campaigns(case: Case, runs: int) -> tuple[CampaignResult, list[Outcome], list[Outcome]]:
    """*runs* campaigns with their own draws: (result, the likely ones, all). The first of the likely ones is the one drawn."""
    study, one, model = case.study, case.constellation, case.model()
    draw = case.drawing(runs + 1)
    drawn = [campaign(case, draw.single(n), n, model) for n in range(1, runs + 1)]
    usual = likely(case, max(3, runs // 10))
    orbit = study.orbit
    places = slots(study.launches(one), orbit.planes, orbit.altitude, orbit.spread, orbit.phasing_altitude)
    after = orbit.commissioning + places.phasing_time

    def spread(figure: Any) -> Range:
        """Of a figure of outcomes."""
        middle = float(np.mean([figure(o) for o in usual]))
        low, high = np.quantile([figure(o) for o in drawn], (0.1, 0.9))
        return Range(low=min(float(low), middle), likely=middle, high=max(float(high), middle))

    money, mode = study.money, study.recovery.mode if case.reused else "expend"
    text = f"{orbit.altitude / 1e3:.0f} km, {np.degrees(places.inclination):.2f} deg, local time of the node {orbit.local_time}"
    flights = (
        f"mean of all flights; boosters fly up to {case.flights or study.recovery.flights}" if case.reused else "1"
    )
    yuan = spread(lambda o: o.price)
    filled = case.payload(draw)
    capacity = draw(study.capacity) * (draw(study.recovery.payload_fraction) if case.reused else 1.0)
    first = price_per_kilogram(
        yuan.likely * float(np.atleast_1d(filled)[0]), 1, float(np.atleast_1d(filled)[0]), money,
        denominator="payload delivered", orbit=text, mode=mode, flight=flights,
    )  # fmt: skip
    price = replace(first, yuan=yuan, dollars=yuan.scaled(1 / money.yuan_per_dollar))
    share = float(np.atleast_1d(filled)[0]) / float(np.atleast_1d(capacity)[0])
    whole = yuan.scaled(share)
    of_capacity = replace(
        price, yuan=whole, dollars=whole.scaled(1 / money.yuan_per_dollar),
        denominator="capacity to the orbit with this recovery", denominator_mass=float(np.atleast_1d(capacity)[0]),
    )  # fmt: skip
    count = np.mean([o.use.launches for o in usual])
    result = CampaignResult(
        name=one.name,
        satellites=one.satellites,
        launches_needed=study.launches(one),
        launches=spread(lambda o: o.use.launches),
        boosters=spread(lambda o: o.use.boosters),
        fleet=case.plan(case.drawing()).fleet,
        most_flights=spread(lambda o: o.flown.flight.max()),
        landings_lost=spread(lambda o: o.flown.tried - o.flown.landed.sum()),
        ascents_lost=spread(lambda o: (~o.flown.success).sum()),
        fairings=spread(lambda o: o.use.fairings),
        last_launch=spread(lambda o: o.flown.time[-1] * DAY),
        deployed=spread(lambda o: o.flown.time[-1] * DAY + after),
        rate=spread(lambda o: o.use.rate),
        price=price,
        price_of_capacity=of_capacity,
        total=spread(lambda o: sum(o.costs.values())),
        categories=CATEGORIES,
        costs=tuple(float(np.mean([o.costs[c] for o in usual]) / count) for c in CATEGORIES),
        waiting=tuple(
            (what, float(np.mean([o.flown.waited[what] / o.use.launches for o in usual])))
            for what in usual[0].flown.waited
        ),
        slots=places,
        input_hash=study.content_hash(),
    )
    return result, usual, drawn
