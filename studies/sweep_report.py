"""What `osea sweep` writes: the payload curves, the table of flights, the report; and the command behind it."""

import itertools
import re
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_any
from ..core.errors import InputError, UndecidedError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..report import theme
from ..report.pieces import Column, Figure, KeyFigure, KeyFigures, Report, SourcesBlock, Table, Text
from ..report.plots import Line, Panel, line_plot
from .documents import Study
from .provenance import documents_of
from .sweep import Sweep, axis_of
from .sweep_run import AxisValues, Flight, SweepResult, run_sweep
from .sweep_trade import trade, trade_figures, trade_section

MOST_CURVES = 8  # in one figure
MOST_FIGURES = 6
MOST_ROWS = 400  # in the report; the CSV has all


def sweep_of(path: Path, vary: tuple[str, ...]) -> Sweep:
    """The sweep in a file, or that of a study and axes given as text. Raises InputError."""
    document = load_any(path)
    axes = tuple(axis_of(text) for text in vary)
    if isinstance(document, Sweep):
        return document.evolve(vary=(*document.vary, *axes)) if axes else document
    if not isinstance(document, Study):
        raise InputError(
            f"'{document.name}' is a document of {document.schema_}; a sweep ({Sweep.schema_id}) or a study is needed",
            where=document.where(),
        )
    if not axes:
        raise InputError(
            "say what varies: --vary 'mission.orbit.inclination=28.5..97 deg:5' (may be repeated), or give a sweep's file"
        )
    sweep = Sweep(name=f"{document.name}, swept", study=document, vary=axes)
    sweep._origin = document._origin  # its files are the study's
    return sweep


def run_sweep_command(
    path: Path,
    vary: tuple[str, ...],
    out: Path | None,
    *,
    jobs: int = 0,
    scheduler: str | None = None,
    resume: bool = False,
    quiet: bool = False,
) -> tuple[dict[str, Any], str]:
    """Fly a sweep and publish its run folder; returns (summary as plain data, the same for people)."""
    sweep = sweep_of(path, vary)
    folder = out or Path("out") / (re.sub(r"\W+", "-", sweep.name.lower()).strip("-") or path.stem)
    progress = Progress() if quiet else RichProgress({f"flight {n + 1}": 1.0 for n in range(sweep.size)})
    try:
        with RunFolder(folder, "sweep", sweep, keep=True, resume=resume) as run:
            result = run_sweep(sweep, run, jobs=jobs, scheduler=scheduler, progress=progress)
            write_sweep(sweep, result, run)
            run.publish()
    finally:
        progress.close()
    done = [f for f in result.flights if f.status == "done"]
    data: dict[str, Any] = {"status": "done", **result.to_json(), "run": str(folder)}
    text = f"{sweep.name}: {len(done)} of {sweep.size} flights reach orbit\n\n{_text_table(result)}"
    text += f"\n\n  report  {folder / 'report.html'}"
    undecided = [f for f in result.flights if f.status == "undecided"]
    if undecided:
        count = f"{len(undecided)} flight{'s' if len(undecided) > 1 else ''}"
        message = f"the solver could not decide {count}; first: {undecided[0].message}"
        data |= {"status": "failed", "exit_code": UndecidedError.exit_code, "message": message}
    return data, text


def write_sweep(sweep: Sweep, result: SweepResult, run: RunFolder) -> None:
    """Result, table, figures and report."""
    run.write_result("sweep", result)
    names = [re.sub(r"\W+", "_", a.name.lower()) for a in result.axes]
    columns = [
        f"{n}_{re.sub(r'[^A-Za-z0-9]+', '', a.unit)}" if a.unit else n for n, a in zip(names, result.axes, strict=True)
    ]
    keys = [
        k for k in result.flights[0].to_json() if k not in ("number", "values", "input_hash", "sources", "findings")
    ]
    rows = []
    for flight in result.flights:
        plain = flight.to_json()
        values = [
            v if a.numbers is None else a.numbers[a.values.index(v)]
            for v, a in zip(flight.values, result.axes, strict=True)
        ]
        rows.append([*values, *("" if plain[k] is None else plain[k] for k in keys)])
    run.write_table("sweep", [*columns, *keys], rows)
    drawn = figures(result)
    for number, (svg, _) in enumerate(drawn, start=1):
        run.write_text(f"figures/payload-{number}.svg", svg)
    found = trade(sweep, result)
    traded = trade_figures(result, found) if found is not None else []
    for number, (svg, _) in enumerate(traded, start=1):
        run.write_text(f"figures/trade-{number}.svg", svg)
    pieces = trade_section(result, found, traded) if found is not None else []
    run.write_text("report.html", sweep_report(sweep, result, drawn, pieces).html())


def figures(result: SweepResult) -> list[tuple[str, str]]:
    """(SVG, caption): payload over the first axis, a curve for each value of the second, a figure for each of the others."""
    payloads = result.payloads() / 1e3
    first, *others = result.axes
    x = first.numbers or tuple(float(i + 1) for i in range(len(first.values)))
    x_label = f"{_capital(first.name)}{f', {first.unit}' if first.unit else ''}"
    if first.numbers is None:
        x_label += ": " + ", ".join(f"{i + 1} = {v}" for i, v in enumerate(first.values))
    found = []
    if not np.isfinite(payloads).any():
        return []
    curve_axis = others[0] if others else None
    rest = others[1:]
    shape = tuple(len(a.values) for a in rest)
    for place in itertools.islice(itertools.product(*map(range, shape)), MOST_FIGURES):
        block = payloads[(slice(None), slice(None), *place)] if curve_axis else payloads[:, None]
        labels = list(curve_axis.values) if curve_axis else [""]
        chosen = np.unique(np.linspace(0, len(labels) - 1, min(MOST_CURVES, len(labels))).round().astype(int))
        lines = []
        for k in chosen:
            good = np.isfinite(block[:, k])
            if not good.any():
                continue
            at = np.asarray(x)[good]
            colour = theme.SERIES[len(lines) // 2 % len(theme.SERIES)]
            named = _valued(curve_axis, labels[k]) if curve_axis and not lines else labels[k]  # the axis's name once
            lines.append(Line(block[good, k], named, x=at, colour=colour))
            lines.append(Line(block[good, k], x=at, style="points", colour=colour))  # what was flown; between, a chord
        if not lines:
            continue
        fixed = "; ".join(_valued(a, a.values[i]) for a, i in zip(rest, place, strict=True))
        ends = np.array([min(x), max(x)]) + (np.array([-1.0, 1.0]) if min(x) == max(x) else 0.0)
        svg = line_plot(ends, Panel("Payload", "t", lines, names_above=True), x_label=x_label, height=3.1)
        left = (
            f" Not every value of {curve_axis.name} is drawn; the table has all."
            if curve_axis and len(chosen) < len(labels)
            else ""
        )
        found.append((svg, f"Payload over {first.name}; points were flown{f', for {fixed}' if fixed else ''}.{left}"))
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _valued(axis: AxisValues, value: str) -> str:
    return f"{axis.name} {value}"


def sweep_report(
    sweep: Sweep, result: SweepResult, drawn: list[tuple[str, str]], traded: Sequence[Text | Figure | Table] = ()
) -> Report:
    """The report of a sweep. drawn: figures of payload; traded: what it says as a trade study."""
    done = [f for f in result.flights if f.payload_mass is not None]
    report = Report(
        title=sweep.name,
        subtitle=f"{sweep.study.vehicle.name}, {sweep.study.mission.name}",
        facts=(
            ("Study", str(sweep.study.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {result.input_hash[:16]}…"),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    varied = "\n\n".join(
        f"{_capital(a.name)}: {len(a.values)} values; sets {', '.join(a.fields)}." for a in result.axes
    )
    blocks: list[Any] = []
    if done:
        best = max(done, key=lambda f: f.payload_mass or 0.0)
        least = min(done, key=lambda f: f.payload_mass or 0.0)
        blocks.append(
            KeyFigures(
                (
                    KeyFigure("Flights", f"{len(done)} of {len(result.flights)}", "", "reach orbit"),
                    KeyFigure("Largest payload", best.payload_mass, "t", ", ".join(best.values), digits=4, scale=1e-3),
                    KeyFigure("Least payload", least.payload_mass, "t", ", ".join(least.values), digits=4, scale=1e-3),
                )
            )
        )
    blocks.append(Text(varied))
    blocks += [Figure(svg, caption, label=f"payload-{n}") for n, (svg, caption) in enumerate(drawn)]
    report = report.section("Result", *blocks)
    if traded:
        report = report.section("Trade study", *traded, new_page=True)
    report = report.section("Flights", _flights_table(result), *_refusals(result), new_page=True)
    return report.section("Sources", SourcesBlock(more=tuple(s for m in documents_of(sweep.study) for s in m.sources)))


_COLUMNS = (
    (Column("Payload", "t", scale=1e-3, decimals=3), "payload_mass"),
    (Column("Lift-off", "t", scale=1e-3, decimals=2), "liftoff_mass"),
    (Column("Dry", "t", scale=1e-3, decimals=2), "dry_mass"),
    (Column("Cost", "M$", decimals=2), "cost"),
    (Column("Insertion", "s", decimals=0), "insertion_time"),
    (Column("Ideal Δv", "m/s", decimals=0), "ideal_delta_v"),
    (Column("Gravity", "m/s", decimals=0), "gravity_loss"),
    (Column("Drag", "m/s", decimals=0), "drag_loss"),
    (Column("Max q", "kPa", scale=1e-3, decimals=1), "largest_dynamic_pressure"),
    (Column("Max load", "m/s²", decimals=1), "largest_acceleration"),
)


def _flights_table(result: SweepResult) -> Table:
    known = [(c, key) for c, key in _COLUMNS if any(getattr(f, key) is not None for f in result.flights)]
    columns = (
        *(Column(_capital(a.name), align="right") for a in result.axes),
        *(c for c, _ in known),
        Column("Status"),
    )
    rows = [(*f.values, *(getattr(f, key) for _, key in known), f.status) for f in result.flights[:MOST_ROWS]]
    note = (
        f"The first {MOST_ROWS} of {len(result.flights)}; tables/sweep.csv has all."
        if len(result.flights) > MOST_ROWS
        else ""
    )
    caption = "Every flight: an optimum of its own, flown again; where the study says 'size:', a vehicle sized around its ascent."
    return Table(columns, rows, caption, label="flights", note=note)


def _refusals(result: SweepResult) -> list[Text]:
    failed = [f for f in result.flights if f.status != "done"]
    if not failed:
        return []
    lines = [f"{', '.join(f.values)}: {f.status}: {f.message}" for f in failed[:20]]
    if len(failed) > len(lines):
        lines.append(f"and {len(failed) - len(lines)} more, in tables/sweep.csv")
    return [Text("\n\n".join(lines))]


def _text_table(result: SweepResult) -> str:
    heads = [a.name for a in result.axes]
    widths = [max(len(h), *(len(v) for v in a.values)) for h, a in zip(heads, result.axes, strict=True)]
    lines = ["  " + "  ".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True)) + f"  {'payload':>12}  status"]
    for f in result.flights:
        payload = "" if f.payload_mass is None else f"{f.payload_mass:,.0f} kg"
        values = "  ".join(f"{v:>{w}}" for v, w in zip(f.values, widths, strict=True))
        lines.append(f"  {values}  {payload:>12}  {_status(f)}")
    return "\n".join(lines)


def _status(flight: Flight) -> str:
    return flight.status if flight.status == "done" else f"{flight.status}: {flight.message.splitlines()[0]}"
