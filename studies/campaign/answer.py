"""The answer in words, from the numbers: does the price fall under the target, and under which conditions."""

from collections.abc import Iterator, Sequence

from .campaign import CampaignResult
from .document import CampaignStudy
from .explore import Exploration, Point, least_flights

YEAR = 365.25 * 86400.0


def money(price: float) -> str:
    """A price per kilogram, to hundreds: ``21,900``."""
    return f"{round(price, -2):,.0f}"


def answers(study: CampaignStudy, results: Sequence[CampaignResult], explored: Sequence[Exploration]) -> list[str]:
    """Paragraphs, each a few plain sentences."""
    return [*_campaigns(results), *_start(explored), *_target(study, explored), *_fall(explored)]


def _campaigns(results: Sequence[CampaignResult]) -> Iterator[str]:
    p = results[0].price
    parts = [
        f"{r.name} ({r.launches_needed} launches) come to {money(r.price.yuan.likely)} CNY/kg, "
        f"{money(r.price.yuan.low)} to {money(r.price.yuan.high)} (likely {r.price.dollars.likely:,.0f} USD/kg)"
        for r in results
    ]
    yield (
        f"As the study has it: {'; '.join(parts)}. Prices of {p.price_year}, of {p.denominator}, "
        f"{p.denominator_mass / 1e3:.2f} t a launch; recovery: {p.recovery_mode}; {p.orbit}."
    )


def _start(explored: Sequence[Exploration]) -> Iterator[str]:
    today = explored[0].today if explored else None
    if today is None:
        return
    ours = today.ours
    side = "inside" if ours.low <= today.market <= ours.high else "above" if today.market > ours.high else "below"
    yield (
        f"Where it begins: the market is said to ask {money(today.market)} CNY/kg. For a young programme of "
        f"expended boosters the relations give {money(ours.likely)}, {money(ours.low)} to {money(ours.high)}: the "
        f"market's price lies {side} that range."
    )


def _target(study: CampaignStudy, explored: Sequence[Exploration]) -> Iterator[str]:
    for one in explored:
        if one.target is None:
            continue
        points = {p.flights: p for p in one.points}
        flown, thrown = points.get(study.recovery.flights), points.get(1)
        sentences = []
        if thrown is not None:
            sentences.append(f"with every booster expended {_price(thrown)}")
        if flown is not None and flown is not thrown:
            sentences.append(f"with {flown.flights} flights of a booster {_price(flown)}")
        text = f"{one.name}: {'; '.join(sentences)}. " if sentences else f"{one.name}: "
        yield f"{text}{_least(one)} {_turnaround(study, one)}"


def _price(point: Point) -> str:
    share = "" if point.below is None else f", under the target in {point.below:.0%} of the draws"
    return f"{money(point.price.likely)} CNY/kg ({money(point.price.low)} to {money(point.price.high)}){share}"


def _least(one: Exploration) -> str:
    """The fewest flights for the target, gathered over the rates that ask for the same number."""
    assert one.target is not None
    found = one.over_rate
    by_count: dict[int | None, list[str]] = {}
    for value, count in zip(found.values, least_flights(found, one.target), strict=True):
        by_count.setdefault(count, []).append(f"{value * YEAR:.0f}")
    words = {None: "at no number of flights explored", 1: "without any reuse"}
    parts = [
        f"{words.get(count, f'from {count} flights of a booster')} at {', '.join(values)} launches a year"
        for count, values in by_count.items()
    ]
    return f"The likely price is under {money(one.target)} CNY/kg {'; '.join(parts)}."


def _turnaround(study: CampaignStudy, one: Exploration) -> str:
    """What a quick and a slow turnaround make of the price, at the study's own flights or the most explored."""
    found = one.over_turnaround
    flights = study.recovery.flights if study.recovery.flights in found.flights else found.flights[-1]
    prices = found.prices[found.flights.index(flights)]
    shown = ", ".join(f"{money(p)} with {days / 86400:.0f} days" for days, p in zip(found.values, prices, strict=True))
    return f"Turnaround, with {flights} flights: {shown}."


def _fall(explored: Sequence[Exploration]) -> Iterator[str]:
    """The target as a fall from the market's price: what the relations give for that."""
    parts = []
    for one in explored:
        if one.today is None or one.target is None:
            continue
        best = min(one.points, key=lambda p: p.price.likely)
        if best.ratio is None:
            continue
        where = _reached(one)
        parts.append(
            f"{one.name}: {best.ratio.likely:.0%} at best ({best.ratio.low:.0%} to {best.ratio.high:.0%}) with "
            f"{best.flights} flights of a booster, which would be {money(best.ratio.likely * one.today.market)} "
            f"CNY/kg, and as low as asked in {best.share_of_ratio:.0%} of the draws; {where}"
        )
    if parts:
        one = explored[0]
        assert one.today is not None and one.target is not None
        yield (
            f"As a fall: {money(one.target)} is {one.target / one.today.market:.0%} of the market's price. If that "
            "price stands for today's programme, and the relations are trusted for the fall alone, they give "
            f"{'. '.join(parts)}."
        )


def _reached(one: Exploration) -> str:
    """Where the same fall is reached when fairings come back too."""
    assert one.relative_target is not None
    found = one.over_rate_with_fairings
    least = least_flights(found, one.relative_target)
    met = [
        f"{n} flights at {rate * YEAR:.0f} a year" for rate, n in zip(found.values, least, strict=True) if n is not None
    ]
    if met:
        return f"with fairings reused too the likely price gets there from {', '.join(met)}"
    best = money(float(found.prices.min()))
    return (
        f"with fairings reused too it comes down to {best} CNY/kg at best, where {money(one.relative_target)} is asked"
    )


def break_even_flights(one: Exploration) -> int | None:
    """The fewest flights (more than one) at which reuse is cheaper than expending; None: at no number explored."""
    first = next((p for p in one.points if p.flights == 1), None)
    if first is None:
        return None
    return next((p.flights for p in one.points if p.flights > 1 and p.price.likely < first.price.likely), None)
