"""What `osea campaign` does: fly, cost, explore, write."""

import re
from pathlib import Path
from typing import Any

from ...core.findings import Finding, Severity
from ...core.progress import Progress, RichProgress
from ...core.run_folder import RunFolder
from ..cost.relations import FEWEST_LAUNCHES
from ..documents import load
from .answer import YEAR, answers, money
from .campaign import CampaignResult, Case, run_campaigns
from .cash import cash_flow
from .document import CampaignStudy, require_campaign
from .explore import explored
from .report import Campaigns, campaign_report

LAST_OF_TABLE = 12.0
"""Launches a year at which the table of indirect costs ends."""


def run_campaign(
    path: Path, out: Path | None, *, runs: int | None = None, quiet: bool = False
) -> tuple[dict[str, Any], str]:
    """Fly a study's campaigns and publish the run folder; returns (summary as plain data, the same for people).

    runs: in place of the study's. Raises InputError for a document of another kind.
    """
    study = require_campaign(load(path))
    if runs is not None:
        study = study.evolve(runs=runs)
    progress = Progress() if quiet else RichProgress(_steps(study))
    folder = out or Path("out") / (re.sub(r"\W+", "-", study.name.lower()).strip("-") or path.stem)
    try:
        with RunFolder(folder, "campaign", study) as run:
            found = fly_study(study, progress)
            with progress.step("report"):
                write(found, run)
            run.publish()
    finally:
        progress.close()
    return _summary(found, folder)


def _steps(study: CampaignStudy) -> dict[str, float]:
    """What the progress bar shows, with usual seconds."""
    steps: dict[str, float] = {}
    for one in study.constellations:
        share = study.launches(one) / 100
        steps[f"{one.name}: {study.runs} campaigns"] = share * study.runs / 100
        if study.explore is not None:
            steps |= {f"{one.name}: {part}": 3.0 * share for part in ("flights", "rates", "turnarounds", "tornado")}
    return steps | {"report": 3.0}


def fly_study(study: CampaignStudy, progress: Progress | None = None) -> Campaigns:
    """Every constellation's campaigns, and what there is to explore."""
    told = progress or Progress()
    results, usual, drawn, flows, more = [], [], [], [], []
    for one in study.constellations:
        case = Case(study, one)
        with told.step(f"{one.name}: {study.runs} campaigns"):
            result, likely, others = run_campaigns(case, study.runs)
        results.append(result)
        usual.append(likely)
        drawn.append(others)
        flows.append(cash_flow(likely[0], case))
        if study.explore is not None:
            more.append(explored(case, told))
    return Campaigns(
        study, tuple(results), tuple(usual), tuple(drawn), tuple(flows), tuple(more), _findings(study, results)
    )


def _findings(study: CampaignStudy, results: list[CampaignResult]) -> tuple[Finding, ...]:
    """Where the relations are left, and what is not known."""
    found = []
    for r in results:
        rate = r.rate.likely
        if rate > LAST_OF_TABLE:
            text = f"{r.name}: {rate:.1f} launches a year; indirect costs are known up to 12 and carried on (indirect_growth)"
            found.append(Finding(Severity.WARN, "cost.indirect_rate", study.where("rate"), text))
        if rate < FEWEST_LAUNCHES:
            text = f"{r.name}: {rate:.1f} launches a year; operations are costed as with 3, where their relations begin"
            found.append(Finding(Severity.WARN, "cost.operations_rate", study.where("rate"), text))
        if rate < 0.85 * float(study.rate) * YEAR:
            what, days = max(r.waiting, key=lambda item: item[1])
            text = (
                f"{r.name}: {rate:.1f} launches a year are flown of {float(study.rate) * YEAR:.1f} wanted; they "
                f"wait longest for: {what} ({days:.1f} days a launch)"
            )
            found.append(Finding(Severity.WARN, "campaign.rate", study.where("rate"), text))
    if any(
        "methane" in e.fuel.casefold() or "ch4" in e.fuel.casefold()
        for e in (s.engine for s in study.vehicle.stages)
        if e
    ):
        text = (
            "no published relation is of methane: its stages' production is an estimate between kerosene's and hydrogen's, over "
            "the range of both, and its engines are of the class in 'costs.engines'"
        )
        found.append(Finding(Severity.WARN, "cost.methane", study.where("vehicle"), text))
    carried = ", ".join(i.name for i in study.costs.investments)
    text = (
        f"of investments {carried} are charged over their life; test stands and interest are no part of the costs"
        if carried
        else "pads, ships, factories and test stands are no part of the costs, nor is interest; see 'costs.investments'"
    )
    return (*found, Finding(Severity.UNKNOWN, "cost.investment", study.where(), text))


def write(found: Campaigns, run: RunFolder) -> None:
    """Results, tables and report."""
    for i, result in enumerate(found.results):
        run.write_result(f"campaign-{i + 1}", result)
        run.write_result(f"cash-{i + 1}", found.flows[i])
        if found.explored:
            run.write_result(f"explored-{i + 1}", found.explored[i])
        rows = [
            (n, o.use.launches, o.use.boosters, o.use.reflown, float(o.flown.time[-1]), sum(o.costs.values()), o.price)
            for n, o in enumerate(found.drawn[i], 1)
        ]
        columns = ("campaign", "launches", "boosters", "reflown", "last_launch_day", "cost_CNY", "price_CNY_kg")
        run.write_table(f"campaigns-{i + 1}", columns, rows)
        flown = found.usual[i][0].flown
        rows = zip(
            *(
                a.tolist()
                for a in (flown.time, flown.serial, flown.flight, flown.success, flown.landed, flown.new_fairing)
            ),
            strict=True,
        )
        run.write_table(
            f"launches-{i + 1}", ("day", "booster", "flight_number", "success", "landed", "new_fairing"), rows
        )
    run.write_text("report.html", campaign_report(found).html())


def _summary(found: Campaigns, folder: Path) -> tuple[dict[str, Any], str]:
    data: dict[str, Any] = {
        "status": "done",
        "campaigns": [r.to_json() for r in found.results],
        "explored": [
            {
                "name": e.name,
                "points": [p.to_json() for p in e.points],
                "target_CNY_kg": e.target,
                "today_CNY_kg": e.today.ours.likely if e.today else None,
            }
            for e in found.explored
        ],
        "run": str(folder),
        "report": str(folder / "report.html"),
    }
    lines = [f"{found.study.name}: {found.study.vehicle.name}", ""]
    for r in found.results:
        p = r.price.yuan
        lines.append(
            f"  {r.name:<18} {r.launches.likely:6.1f} launches  {r.boosters.likely:5.1f} boosters  "
            f"{r.last_launch.likely / YEAR:4.1f} years  {money(p.low):>7} {money(p.likely):>7} {money(p.high):>7} "
            "CNY/kg"
        )
    lines += ["", *(f"  {text}" for text in answers(found.study, found.results, found.explored))]
    lines += ["", *(f"  {f.severity:<8}{f.message}" for f in found.findings), "", f"  report  {folder / 'report.html'}"]
    return data, "\n".join(lines)
