"""What the price hinges on: over the flights of a booster, the rate and the turnaround; figure by figure; and step by step."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Annotated

import numpy as np

from ...core.distribution import Uncertain
from ...core.progress import Progress
from ...core.results import Result, Unit
from ...core.variant import with_fields
from ..cost.drawing import Drawing
from ..cost.programme import Range
from .campaign import Case, Outcome, campaign, likely
from .document import CampaignStudy, Constellation, Explore, Today

ENDS = (0.1, 0.9)
"""Quantiles of a figure's range between which the tornado moves it: what low and high mean elsewhere."""
FLOWN = 12
"""Campaigns behind a point of the curve."""
FAIRING_FLIGHTS, FAIRING_SUCCESS = 5, 0.8
"""What reuse of fairings is explored with."""
EVENTS = ("recovery.turnaround", "recovery.sail_out", "recovery.sail_back", "fleet.booster_interval", "fleet.upper_interval",
          "ground.preparation", "ground.restoring", "grounding")  # fmt: skip
"""Durations: their ranges are of events, so the tornado sets every event to one end."""


@dataclass(frozen=True, kw_only=True)
class Point(Result):
    """Price [CNY/kg] with so many flights of a booster. below: share of the draws under the target price.

    ratio: to today's price by the same relations and the same draw; share_of_ratio: of the draws with a ratio under that of the
    target to the market's price of today. boosters: built, with all figures likely. None where there is no target or no today.
    """

    flights: int
    price: Range
    below: float | None
    ratio: Range | None
    share_of_ratio: float | None
    boosters: float


@dataclass(frozen=True, kw_only=True)
class PriceMap(Result):
    """Likely price [CNY/kg] over the flights of a booster (n,) and another axis (m,): prices (n, m)."""

    axis: str
    flights: tuple[int, ...]
    values: tuple[float, ...]
    prices: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Bar(Result):
    """How one figure moves the likely price: at its low end and at its high end [CNY/kg], and those ends as text."""

    name: str
    low: float
    high: float
    low_text: str
    high_text: str
    choice: bool


@dataclass(frozen=True, kw_only=True)
class Step(Result):
    """The likely price [CNY/kg] after one more thing has changed on the way from today's programme to the campaign."""

    name: str
    price: float


@dataclass(frozen=True, kw_only=True)
class TodayPrice(Result):
    """What the relations give for today's programme, beside the market's price [CNY/kg]."""

    ours: Range
    market: float
    source: str


@dataclass(frozen=True, kw_only=True)
class Exploration(Result):
    """Everything explored for one constellation. target: the price asked for.

    relative_target: the same fall, from today's price by the relations in place of the market's. over_rate_with_fairings: where
    fairings fly five times.
    """

    name: str
    today: TodayPrice | None
    target: float | None
    relative_target: float | None
    points: tuple[Point, ...]
    over_rate: PriceMap
    over_rate_with_fairings: PriceMap
    over_turnaround: PriceMap
    bars: tuple[Bar, ...]
    steps: tuple[Step, ...]
    base: Annotated[float, Unit("CNY/kg")]


def today_case(study: CampaignStudy, one: Constellation) -> Case | None:
    """The young programme with expended boosters that the study starts from: with one pad, one factory."""
    now = study.today
    if now is None:
        return None
    single = {f"costs.investments.{i}.number": 1 for i, _ in enumerate(study.costs.investments)}
    if single:
        study = with_fields(study, single)
    return Case(study, one, flights=1, rate=now.rate, launches=now.launches, capacity=now.capacity, fairing_flights=1)


def points(case: Case, explore: Explore) -> Iterator[Point]:
    """The price for each number of flights, with its range."""
    study = case.study
    now = today_case(study, case.constellation)
    before = _prices(now) if now else None
    market = study.today.price if study.today else None
    for flights in explore.flights:
        here = replace(case, flights=flights)
        prices = _prices(here)
        usual = likely(here)
        prices[0] = np.mean([o.price for o in usual])
        ratio = prices / before if before is not None else None
        target = study.target_price
        yield Point(
            flights=flights,
            price=Range.of(prices),
            below=None if target is None else float(np.mean(prices[1:] < target)),
            ratio=None if ratio is None else Range.of(ratio),
            share_of_ratio=float(np.mean(ratio[1:] < target / market))
            if ratio is not None and target and market
            else None,
            boosters=float(np.mean([o.use.boosters for o in usual])),
        )


def _prices(case: Case) -> np.ndarray:
    """(runs + 1,): likely first. A few campaigns are flown with figures drawn, and every draw of the costs meets one of them."""
    count = case.study.runs + 1
    model, draw = case.model(), case.drawing(count)
    prices = np.empty(count)
    flights = min(FLOWN, count)
    for n in range(flights):
        flown = campaign(case, draw.single(n), n, model)
        placed = flown.flown.success.sum() * case.payload(draw)
        prices[n::flights] = (sum(model.costs(flown.use, draw).values()) / placed)[n::flights]
    return prices


def price_map(case: Case, explore: Explore, axis: str) -> PriceMap:
    """Over the flights and *axis*, ``rate`` or ``turnaround``; with the rate grow ground and factories."""
    if axis == "rate":
        values, columns = explore.rates, [at_rate(case, v) for v in explore.rates]
    else:
        values, columns = explore.turnarounds, [replace(case, turnaround=v) for v in explore.turnarounds]
    grid = [[_mean(likely(replace(c, flights=n), 2)) for c in columns] for n in explore.flights]
    return PriceMap(axis=axis, flights=explore.flights, values=tuple(map(float, values)), prices=np.array(grid))


def at_rate(case: Case, rate: float) -> Case:
    """The case at another rate of launches wanted [1/s]. Beyond the study's, pads, ships, crews and factories grow with it."""
    more = rate / float(case.study.rate)
    if more <= 1.0:
        return replace(case, rate=rate)
    study = case.study
    changes = {
        "ground.pads": ceil(more * study.ground.pads),
        "recovery.ships": ceil(more * study.recovery.ships),
        "recovery.crews": ceil(more * study.recovery.crews),
        "fleet.booster_lines": ceil(more * study.fleet.booster_lines),
        "fleet.upper_interval": _quicker(study.fleet.upper_interval, more),
    } | {f"costs.investments.{i}.number": ceil(more * one.number) for i, one in enumerate(study.costs.investments)}
    return replace(case, rate=rate, study=with_fields(study, changes))


def _quicker(interval: float, times: float) -> float:
    """So many times shorter, its range with it."""
    if isinstance(interval, Uncertain):
        return Uncertain(interval.distribution.scaled(1.0 / times))
    return interval / times


def _mean(outcomes: list[Outcome]) -> float:
    return float(np.mean([o.price for o in outcomes]))


def bars(case: Case, explore: Explore) -> tuple[Bar, ...]:
    """Every figure with a range, one at a time at each end of it, and the study's own choices; the longest bars first."""
    study, draw = case.study, case.drawing()
    base = likely(case, 2)
    found = []
    for path, figure in draw.paths.items():
        if not isinstance(figure, Uncertain):
            continue
        low, high = (float(q) for q in figure.distribution.quantile(np.array(ENDS)))
        prices = [_at(case, path, value, base) for value in (low, high)]
        found.append(
            Bar(
                name=path,
                low=prices[0],
                high=prices[1],
                low_text=_shown(path, low),
                high_text=_shown(path, high),
                choice=False,
            )
        )
    middle = _mean(base)
    fewer, more = explore.flights[0], explore.flights[-1]
    ends = [
        (
            "flights of a booster",
            replace(case, flights=max(fewer, 2)),
            replace(case, flights=more),
            f"{max(fewer, 2)}",
            f"{more}",
        )
    ]
    slow, fast = explore.rates[0], explore.rates[-1]
    ends.append(("launches a year wanted", at_rate(case, slow), at_rate(case, fast), _per_year(slow), _per_year(fast)))
    quick, long = explore.turnarounds[0], explore.turnarounds[-1]
    ends.append(
        ("turnaround", replace(case, turnaround=quick), replace(case, turnaround=long), _days(quick), _days(long))
    )
    ends.append(("flights of a fairing", case, replace(case, study=_fished(study)), "1", f"{FAIRING_FLIGHTS}"))
    for name, first, second, low_text, high_text in ends:
        prices = [_mean(likely(c, 2)) for c in (first, second)]
        found.append(Bar(name=name, low=prices[0], high=prices[1], low_text=low_text, high_text=high_text, choice=True))
    moved = [b for b in found if max(abs(b.low - middle), abs(b.high - middle)) > 1e-4 * middle]
    return tuple(sorted(moved, key=lambda b: -abs(b.high - b.low)))


def _fished(study: CampaignStudy) -> CampaignStudy:
    """With fairings that come back."""
    return study.evolve(fairing_reuse={"flights": FAIRING_FLIGHTS, "success": FAIRING_SUCCESS})


def _at(case: Case, path: str, value: float, base: list[Outcome]) -> float:
    """The price with one figure elsewhere; costs alone need no new campaign."""
    if path in EVENTS:
        changed = with_fields(case.study, {path: value})
        return _mean(likely(replace(case, study=changed), 2))
    if path in ("rate", "recovery.success", "ascent_success", "fairing_reuse.success"):
        return _mean(likely(case, 2, {path: value}))
    draw: Drawing = case.drawing(pinned={path: value})
    model = case.model()
    return float(
        np.mean([sum(model.costs(o.use, draw).values()) / (o.flown.success.sum() * case.payload(draw)) for o in base])
    )


def _shown(path: str, value: float) -> str:
    if path in EVENTS:
        return _days(value)
    if path == "rate":
        return _per_year(value)
    if path == "capacity":
        return f"{value / 1e3:.3g} t"
    if path.endswith(("person_year", "fees", "payload_value")):
        return f"{value / 1e6:.3g} MCNY"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _days(seconds: float) -> str:
    return f"{seconds / 86400:.3g} d"


def _per_year(rate: float) -> str:
    return f"{rate * 365.25 * 86400:.3g}"


def steps(case: Case) -> tuple[Step, ...]:
    """From today's programme to the campaign and beyond: each step keeps those before it, so their order matters."""
    study, one = case.study, case.constellation
    now = today_case(study, one)
    if now is None:
        return ()
    young: Today = study.today  # type: ignore[assignment]  # as `now` is there
    path = [
        (f"today: {young.launches} launches, {_per_year(young.rate)} a year, expended", now),
        ("the vehicle's whole capacity", replace(now, capacity=None)),
        (f"{_per_year(study.rate)} launches a year", replace(now, capacity=None, rate=None)),
        (f"{study.launches(one)} launches in one series", replace(case, flights=1, fairing_flights=1)),
        (
            f"boosters flying {study.recovery.flights} times, recovery: {study.recovery.mode}",
            replace(case, fairing_flights=1),
        ),
        ("boosters flying 20 times", replace(case, flights=20, fairing_flights=1)),
        (
            f"fairings flying {FAIRING_FLIGHTS} times",
            replace(case, study=_fished(study), flights=20, fairing_flights=FAIRING_FLIGHTS),
        ),
    ]
    return tuple(Step(name=name, price=_mean(likely(c))) for name, c in path)


def today_price(study: CampaignStudy, one: Constellation) -> TodayPrice | None:
    """Today's programme by the relations."""
    case = today_case(study, one)
    if case is None or study.today is None:
        return None
    return TodayPrice(ours=Range.of(_prices(case)), market=study.today.price, source=study.today.source)


def least_flights(grid: PriceMap, target: float) -> tuple[int | None, ...]:
    """For each value of the other axis the fewest flights of a booster with a likely price under *target*; None: not reached."""
    return tuple(
        next((n for n, price in zip(grid.flights, column, strict=True) if price < target), None)
        for column in grid.prices.T
    )


def explored(case: Case, progress: Progress | None = None) -> Exploration:
    """All of it. progress: told of each part by ``step``."""
    study, told, name = case.study, progress or Progress(), case.constellation.name
    assert study.explore is not None
    today = today_price(study, case.constellation)
    with told.step(f"{name}: flights"):
        curve = tuple(points(case, study.explore))
    with told.step(f"{name}: rates"):
        rates = price_map(case, study.explore, "rate")
        fished = price_map(replace(case, study=_fished(study), fairing_flights=FAIRING_FLIGHTS), study.explore, "rate")
    with told.step(f"{name}: turnarounds"):
        turnarounds = price_map(case, study.explore, "turnaround")
    with told.step(f"{name}: tornado"):
        moved, way = bars(case, study.explore), steps(case)
    relative = None
    if today is not None and study.target_price is not None:
        relative = study.target_price * today.ours.likely / today.market
    return Exploration(
        name=name, today=today, target=study.target_price, relative_target=relative, points=curve, over_rate=rates,
        over_rate_with_fairings=fished, over_turnaround=turnarounds, bars=moved, steps=way, base=_mean(likely(case, 2)),
        input_hash=study.content_hash(),
    )  # fmt: skip
