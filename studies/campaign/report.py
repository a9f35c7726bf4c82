"""The campaign's report."""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from ...core.findings import Finding
from ...report.pieces import (
    Column,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)
from ..cost.programme import transcost
from ..provenance import documents_of
from . import figures
from .answer import YEAR, answers, break_even_flights
from .campaign import CampaignResult, Outcome
from .cash import CashFlow
from .document import CampaignStudy
from .explore import FAIRING_FLIGHTS, Exploration, PriceMap, least_flights


@dataclass(frozen=True)
class Campaigns:
    """What a run found, for each constellation in turn. usual: the likely campaigns, drawn: those with drawn "
    "figures."""

    study: CampaignStudy
    results: tuple[CampaignResult, ...]
    usual: tuple[list[Outcome], ...]
    drawn: tuple[list[Outcome], ...]
    flows: tuple[CashFlow, ...]
    explored: tuple[Exploration, ...]
    findings: tuple[Finding, ...]


def campaign_report(found: Campaigns) -> Report:
    """The whole report."""
    study = found.study
    report = Report(
        title=study.name,
        subtitle=f"{study.vehicle.name}: {' and '.join(r.name for r in found.results)}",
        facts=(
            ("Prices", f"{study.money.name}; 1 USD = {study.money.yuan_per_dollar:.4g} CNY"),
            ("Campaigns", f"{study.runs} of each constellation, seed {study.seed}"),
            ("Input", f"sha256 {found.results[0].input_hash[:16]}…"),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    report = report.section("The answer", *_answer(found))
    if found.explored:
        report = report.section("Reuse, rate and turnaround", *_conditions(found), new_page=True)
        report = report.section("What it hinges on", *_hinges(found), new_page=True)
    report = report.section("The campaigns", *_campaigns(found), new_page=True)
    report = report.section("Money", *_money(found), new_page=True)
    report = report.section("What is in it and what is not", Text(_METHOD), FindingsBlock(found.findings))
    modules = [*documents_of(study), study.money, study.coefficients or transcost()]
    return report.section("Sources", SourcesBlock(more=tuple(s for m in modules for s in m.sources)))


_METHOD = """\
Each campaign is simulated event by event: boosters by serial leave the factory, wait, fly, come home by ship or at
the launch site, are worked on by a crew, and fly again until their allowance is used up or they are lost; on the last
flight of an allowance no landing is tried. Launches wait for a booster, an upper stage, a pad, a ship on station, the
day's one window of their plane, weather and faults; a failed ascent grounds the fleet, and its satellites are flown
again. Durations vary from event to event; every other figure with a range is drawn once a campaign.

Costs follow TRANSCOST. Low and high are the 10 and 90 % quantiles of the draws; likely has every figure at its likely
value. The ranges reach further up than down, so the likely price lies well below the middle of the draws: read the
range, or the share of draws under a price, before the single number. Engines and stages of methane have no relation
of their own; those of kerosene stand in.

Not in the costs: pads, ships, factories and test stands as investments, interest, taxes, satellites and their
insurance unless stated, and what a failure costs beside the vehicle and the waiting. The rate does not change
learning. Strap-on boosters and upper stages are expended.
"""


def _answer(found: Campaigns) -> list[Any]:
    study, blocks = found.study, []
    items = []
    for i, result in enumerate(found.results):
        p = result.price.yuan
        note = f"{p.low / 1e3:,.1f} to {p.high / 1e3:,.1f}; {result.launches_needed} launches, {result.price.recovery_mode}"
        items.append(KeyFigure(f"{result.name}: price", p.likely / 1e3, "1000 CNY/kg", note, digits=3))
        if found.explored:
            point = next((q for q in found.explored[i].points if q.flights == study.recovery.flights), None)
            if point is not None and point.below is not None and study.target_price is not None:
                items.append(
                    KeyFigure(
                        "of the draws under the target",
                        f"{point.below:.0%}",
                        "",
                        f"{study.target_price / 1e3:,.0f} 000 CNY/kg",
                    )
                )
    blocks.append(KeyFigures(tuple(items)))
    for paragraph in answers(study, found.results, found.explored):
        blocks.append(Text(paragraph))
    if found.explored:
        caption = (
            "The price against the flights that a booster may make, at the study's rate and turnaround. The band "
            "holds 10 to 90 % of the draws; the line has every figure at its likely value."
        )
        blocks.append(Figure(figures.price_over_flights(found.explored), caption, label="flights"))
        if all(e.steps for e in found.explored):
            caption = "Step by step from today's programme; each step keeps the ones before it, so the order matters."
            sources = (SourceNote("secondary", study.today.source),) if study.today else ()
            blocks.append(Figure(figures.steps_figure(found.explored), caption, label="steps", sources=sources))
    return blocks


def _conditions(found: Campaigns) -> list[Any]:
    study, blocks = found.study, []
    target = study.target_price
    if target is not None:
        blocks.append(_least_table(found, target))
    even = [break_even_flights(e) for e in found.explored]
    told = "; ".join(
        f"{e.name}: {'at no number explored' if n is None else f'from {n} flights'}"
        for e, n in zip(found.explored, even, strict=True)
    )
    blocks.append(
        Text(
            f"Reuse is cheaper than expending, against payload, kit, recovery and less learning: {told}. Bold "
            "figures in the maps are under the target. Each cell is the mean of two campaigns with every figure "
            "likely: neighbours differ by chance by about 1 %."
        )
    )
    caption = (
        "The likely price over the flights of a booster and the launches wanted a year. Beyond the study's rate "
        "pads, ships, crews and factories grow with it; what is flown may be less than what is wanted."
    )
    blocks.append(Figure(figures.maps(found.explored, "rate"), caption, label="rates"))
    caption = (
        "The likely price over the flights of a booster and the turnaround, at the study's rate: a longer one "
        "needs a larger fleet, whose boosters end the campaign with flights to spare."
    )
    blocks.append(Figure(figures.maps(found.explored, "turnaround"), caption, label="turnarounds"))
    columns = (
        Column("Flights of a booster"), Column("Low", "CNY/kg", decimals=0), Column("Likely", "CNY/kg", decimals=0),
        Column("High", "CNY/kg", decimals=0), Column("Under target", "%", decimals=0, scale=100.0),
        Column("Over today's", "%", decimals=0, scale=100.0), Column("Falls as asked", "%", decimals=0, scale=100.0),
        Column("Boosters", decimals=1),
    )  # fmt: skip
    rows: list[Any] = []
    for one in found.explored:
        rows.append(Row((one.name,), kind="group"))
        rows += [
            (p.flights, p.price.low, p.price.likely, p.price.high, p.below, p.ratio.likely if p.ratio else None, p.share_of_ratio,
             p.boosters)
            for p in one.points
        ]  # fmt: skip
    note = (
        "Under target: share of the draws. Over today's: the price over that of today's programme, both likely. "
        "Falls as asked: share of the draws in which that ratio is at most the target's to the market's price."
    )
    blocks.append(Table(columns, rows, "The price against the flights of a booster.", label="points", note=note))
    return blocks


def _least_table(found: Campaigns, target: float) -> Table:
    rates = found.explored[0].over_rate.values
    columns = (Column("Fewest flights of a booster"), *(Column(f"{r * YEAR:.0f} a year", align="right") for r in rates))
    rows: list[Any] = []
    for one in found.explored:
        rows.append(Row((one.name,), kind="group"))
        for text, price in ((f"under {target / 1e3:,.0f} 000 CNY/kg", target), ("the same fall", one.relative_target)):
            if price is not None:
                label = text if price == target else f"{text}: {price / 1e3:,.1f}"
                rows.append((label, *_fewest(one.over_rate, price)))
                rows.append((f"{label}, fairings reused", *_fewest(one.over_rate_with_fairings, price)))
    note = (
        "1: expended; –: not reached with any number explored. The same fall: the market's price of today is taken "
        "to stand for what the relations give today, and the target for the same share of that. Fairings reused: "
        f"{FAIRING_FLIGHTS} times."
    )
    return Table(
        columns, rows, "Fewest flights of a booster with a likely price under the target.", label="least", note=note
    )


def _fewest(grid: PriceMap, price: float) -> list[str]:
    """For each rate the fewest flights of a booster, in words."""
    return ["–" if n is None else str(n) for n in least_flights(grid, price)]


def _hinges(found: Campaigns) -> list[Any]:
    blocks: list[Any] = []
    for one in found.explored:
        caption = (
            f"{one.name}: the likely price with one figure at a time at the 10 and 90 % quantiles of its range "
            "(blue), and with another choice of the study (red). Durations are moved for every event."
        )
        blocks.append(Figure(figures.tornado(one), caption, label=f"tornado-{one.name}"))
    return blocks


def _campaigns(found: Campaigns) -> list[Any]:
    columns = (
        Column(""),
        Column("Low", digits=4),
        Column("Likely", digits=4),
        Column("High", digits=4),
        Column("Unit"),
    )
    rows: list[Any] = []
    for r in found.results:
        rows.append(Row((f"{r.name} ({r.launches_needed} launches needed, fleet of {r.fleet})",), kind="group"))
        for name, value, unit, scale in (
            ("launches flown", r.launches, "", 1.0),
            ("launches a year", r.rate, "", 1.0),
            ("last launch", r.last_launch, "years", 1 / YEAR),
            ("last satellite in its place", r.deployed, "years", 1 / YEAR),
            ("boosters built", r.boosters, "", 1.0),
            ("lost at landing", r.landings_lost, "", 1.0),
            ("failed ascents", r.ascents_lost, "", 1.0),
            ("fairings built", r.fairings, "", 1.0),
        ):
            rows.append((name, value.low * scale, value.likely * scale, value.high * scale, unit))
    blocks: list[Any] = [Table(columns, rows, "The campaigns: 10 %, likely, 90 %.", label="campaigns")]
    names = [w for w, _ in found.results[0].waiting]
    table = [(r.name, *(days for _, days in r.waiting)) for r in found.results]
    blocks.append(
        Table(
            (Column(""), *(Column(n.capitalize(), "days", decimals=1) for n in names)),
            table,
            "What a launch waits for, in the mean.",
            label="waiting",
            note="A launch due while the fleet still grows waits for its booster; a ship counts from the call to its station.",
        )
    )
    blocks.append(_slots_table(found))
    flown = [[o.flown for o in (usual[0], *drawn)] for usual, drawn in zip(found.usual, found.drawn, strict=True)]
    caption = "Satellites in orbit: every campaign thin, one with all figures likely bold."
    blocks.append(
        Figure(
            figures.calendar_figure(found.results, flown, found.study.satellites_per_launch), caption, label="calendar"
        )
    )
    for result, usual in zip(found.results, found.usual, strict=True):
        caption = f"{result.name}: the boosters of one likely campaign by serial, each point a flight."
        blocks.append(Figure(figures.fleet_figure(result.name, usual[0].flown), caption, label=f"fleet-{result.name}"))
    return blocks


def _slots_table(found: Campaigns) -> Table:
    orbit = found.study.orbit
    rows = []
    for r in found.results:
        s = r.slots
        step = s.local_times[1] - s.local_times[0] if len(s.local_times) > 1 else 0.0
        rows.append(
            (
                r.name,
                len(s.launches),
                f"{min(s.launches)} to {max(s.launches)}",
                step / 60,
                s.phasing_time / 86400,
                s.node_shift,
            )
        )
    columns = (
        Column("Constellation"), Column("Planes"), Column("Launches in a plane"), Column("Between planes", "min", decimals=1),
        Column("Phasing", "days", decimals=1), Column("Node shift", "s", decimals=1),
    )  # fmt: skip
    caption = (
        f"Places: {orbit.altitude / 1e3:.0f} km, local time of the node {orbit.local_time} ± "
        f"{orbit.spread / 60:.0f} min, planes filled one after the other."
    )
    note = (
        f"Phasing: the drift of a launch's last satellite to its place, {orbit.phasing_altitude / 1e3:.0f} km below "
        "the orbit; node shift: how far its plane turns meanwhile, in local time, against the others."
    )
    return Table(columns, rows, caption, label="slots", note=note)


def _money(found: Campaigns) -> list[Any]:
    results = found.results
    columns = (Column("Of one launch"), *(Column(r.name, "MCNY", decimals=1, scale=1e-6) for r in results),
               *(Column("share", "%", decimals=0, scale=100.0) for _ in results))  # fmt: skip
    rows: list[Any] = []
    for i, category in enumerate(results[0].categories):
        rows.append((category, *(r.costs[i] for r in results), *(r.costs[i] / sum(r.costs) for r in results)))
    rows.append(Row(("sum", *(sum(r.costs) for r in results), *(1.0 for _ in results)), kind="total"))
    blocks: list[Any] = [Table(columns, rows, "What a launch costs, every figure at its likely value.", label="costs")]
    prices = [p for r in results for p in (r.price, r.price_of_capacity)]
    names = [n for r in results for n in (r.name, "")]
    table = [
        (n, p.denominator, p.denominator_mass, p.yuan.low, p.yuan.likely, p.yuan.high, p.dollars.likely)
        for n, p in zip(names, prices, strict=True)
    ]
    head = (
        Column(""), Column("Divided by"), Column("A launch", "t", decimals=2, scale=1e-3), Column("Low", "CNY/kg", decimals=0),
        Column("Likely", "CNY/kg", decimals=0), Column("High", "CNY/kg", decimals=0), Column("Likely", "USD/kg", decimals=0),
    )  # fmt: skip
    first = results[0].price
    note = (
        f"Orbit: {first.orbit}. Recovery: {first.recovery_mode}. Flight number: {first.flight_number}. Prices of "
        f"{first.price_year}; 1 USD = {first.rate:.4g} CNY ({first.rate_source})."
    )
    blocks.append(Table(head, table, "Prices a kilogram, each with what it is divided by.", label="prices", note=note))
    caption = (
        "Expense a year and the balance of one likely campaign, when each kilogram is paid as it is placed: at the "
        "price that ends at zero, and at the target. Development is spread over the four years before the first "
        "day; without profit and interest."
    )
    blocks.append(
        Figure(
            figures.cash_figure([r.name for r in results], found.flows, found.study.target_price), caption, label="cash"
        )
    )
    return blocks
