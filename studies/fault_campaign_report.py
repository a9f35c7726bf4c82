"""The report of a campaign of faults."""

from importlib.metadata import version

from ..hil.fault_campaign import OUTCOMES, CampaignResult, CaseRun, CaseTally, FaultCampaign
from ..report.pieces import Column, KeyFigure, KeyFigures, Report, Row, Table, Text


def campaign_report(campaign: FaultCampaign, result: CampaignResult) -> Report:
    """One page that prints: counts, a table of all runs, the requirements that fail."""
    tool = f"OSEA-Rocket {version('osea-rocket')}"
    report = Report(
        title=campaign.name, subtitle=f"{len(result.runs)} runs of {campaign.bench.name}",
        facts=(("Mission kept", campaign.kept), ("Safe abort", campaign.safe), ("Tool", tool)), footer=tool,
    )  # fmt: skip
    stated = [r for r in result.runs if r.agrees is not None]
    differ = [r for r in stated if not r.agrees]
    counts = KeyFigures(
        (
            *(KeyFigure(o.capitalize(), str(result.count(o)), f"of {len(result.runs)}") for o in OUTCOMES),
            KeyFigure("As stated", str(len(stated) - len(differ)), f"of {len(stated)}", "All" if not differ else "Not all"),
        )
    )  # fmt: skip
    text = Text(
        "A run keeps the mission, or its abort is safe, by the conditions above at its end; everything else, a computer that "
        "falls silent too, is a loss. Outcomes were stated in the campaign's file."
    )
    tallies = result.by_case()
    if len(tallies) < len(result.runs):
        report = report.section("Outcome", counts, text, _cases(tallies))
        report = report.section("Every run", _runs(campaign, result))
    else:
        report = report.section("Outcome", counts, text, _runs(campaign, result))
    broken = [(r, v) for r in result.runs for v in r.verdicts if v.holds is not True]
    if broken:
        rows = [
            Row((r.case, str(r.seed), v.name, "not shown" if v.holds is None else "fails", v.reason)) for r, v in broken
        ]
        columns = tuple(Column(c) for c in ("Case", "Seed", "Requirement", "Verdict", "Why"))
        report = report.section("Requirements that do not hold", Table(columns, rows, "All others hold."))
    return report


def _cases(tallies: tuple[CaseTally, ...]) -> Table:
    columns = tuple(
        Column(c) for c in ("Case", "Seeds", *map(str.capitalize, OUTCOMES), "Stated", "As stated", "Requirements hold")
    )
    rows = []
    for t in tallies:
        n = len(t.flights)
        as_stated = f"{t.agree} of {n}" if t.stated else ""
        counts = (str(t.count(o) or "") for o in OUTCOMES)
        rows.append(Row((t.case, str(n), *counts, t.stated or "nothing", as_stated, f"{t.held} of {n}")))
    return Table(columns, rows, "Each case with all its seeds.")


def _runs(campaign: FaultCampaign, result: CampaignResult) -> Table:
    cases = {c.name: c for c in campaign.cases}
    columns = tuple(
        Column(c) for c in ("Case", "Seed", "Outcome", "Stated", "End [s]", "Phase", "Perigee, apogee [km]", "Requirements",
                                 "Why stated so")
    )  # fmt: skip
    rows = []
    for r in result.runs:
        held = f"{sum(v.holds is True for v in r.verdicts)} of {len(r.verdicts)}"
        stated = r.stated or "nothing"
        if r.agrees is False:
            stated += " (differs)"
        rows.append(
            Row(
                (
                    r.case,
                    str(r.seed),
                    r.outcome,
                    stated,
                    f"{r.end_time:.1f}",
                    r.phase,
                    _orbit(r),
                    held,
                    cases[r.case].why,
                )
            )
        )
    return Table(columns, rows, "All runs.")


def _orbit(r: CaseRun) -> str:
    return f"{r.perigee / 1e3:.1f}, {r.apogee / 1e3:.1f}" if r.perigee > 0.0 else "none"
