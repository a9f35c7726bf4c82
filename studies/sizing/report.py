"""The report's section on sizing: every turn of the loop, the components of each stage with their relations, and the cost."""

from ...report.pieces import Cell, Column, Report, Row, SourceNote, Table, Text
from .closing import SizingIteration
from .cost import FlightCost
from .loop import Sized


def sizing_section(report: Report, sized: Sized, flown: float) -> Report:
    """The report with the section. flown: the payload [kg] of the finished design's own ascent."""
    result = sized.result
    last = result.iterations[-1]
    text = (
        f"Sized for {result.objective} with {result.payload / 1000:.3f} t of payload: {result.ascents} ascents in "
        f"{result.seconds:.0f} s, until objective and payload moved by less than {100 * result.tolerance:g} % "
        f"({100 * (last.change or 0.0):+.3f} % and {100 * (last.miss or 0.0):+.3f} %). The finished design, flown on the "
        f"finer mesh, carries {flown / 1000:.4f} t ({100 * (flown / result.payload - 1):+.3f} %)."
    )
    cost = () if result.cost is None else (_cost(result.cost),)
    return report.section("Sizing", Text(text), _turns(result.iterations), _components(sized), *cost, new_page=True)


def _turns(rows: tuple[SizingIteration, ...]) -> Table:
    columns = [Column("Turn", decimals=0), Column("Lift-off", "t", decimals=2, scale=1e-3)]
    for stage in rows[0].stages:
        columns += [
            Column(f"{stage.stage}: load", "t", decimals=2, scale=1e-3),
            Column("Engines", align="right"),
            Column("Ø", "m", decimals=2),
        ]
    columns += [
        Column("Carried", "t", decimals=3, scale=1e-3),
        Column("Miss", "%", decimals=2, scale=100.0),
        Column("Change", "%", decimals=2, scale=100.0),
    ]
    lines = []
    for row in rows:
        cells: list = [row.number, row.liftoff]
        for s in row.stages:
            count = (
                str(s.engine_count) if abs(s.engine_scale - 1) < 1e-9 else f"{s.engine_count} × {s.engine_scale:.3f}"
            )
            cells += [s.propellant, count, s.diameter]
        lines.append((*cells, row.carried, row.miss, row.change))
    notes = "; ".join(f"turn {r.number}: {r.note}" for r in rows if r.note)
    return Table(tuple(columns), lines, f"Every turn of the sizing loop ({notes}).", label="sizing-turns")


def _components(sized: Sized) -> Table:
    lines: list = []
    for mass in sized.result.masses:
        lines.append(
            Row((f"{mass.stage}, technology factor {mass.technology_factor:.3f}", None, None, None, None), kind="group")
        )
        for line in mass.lines:
            lines.append((line.component, line.relation, line.mass, line.low, line.high))
        lines.append(
            Row(
                ("Dry mass", "", mass.dry, sum(x.low for x in mass.lines), sum(x.high for x in mass.lines)),
                kind="total",
            )
        )
    columns = (
        Column("Component"),
        Column("Relation"),
        Column("Mass", "kg", decimals=0),
        Column("Low", "kg", decimals=0),
        Column("High", "kg", decimals=0),
    )
    caption = (
        "Dry masses by component: the relation that gave each, and the ends of its scatter (all low or high together)."
    )
    return Table(columns, lines, caption, label="sizing-components")


def _cost(cost: FlightCost) -> Table:
    source = tuple(SourceNote("secondary", s) for s in cost.sources)
    lines: list = [(Cell(name, source if k == 0 else ()), amount) for k, (name, amount) in enumerate(cost.elements)]
    lines.append(Row(("Flight", cost.total), kind="total"))
    columns = (Column("What"), Column("Cost", f"M$ of {cost.year}", decimals=2))
    caption = "Likely cost of one flight by TRANSCOST's relations, without development, to compare sizes by: no price."
    return Table(columns, lines, caption, label="sizing-cost")
