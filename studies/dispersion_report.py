"""What `osea disperse` writes: every run as Parquet, the result, tables, figures and the report."""

import io
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..core.run_folder import RunFolder
from ..report.pieces import (
    Column,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Side,
    SourcesBlock,
    Table,
    Text,
)
from .dispersion import DispersionStudy
from .dispersion_build import BuiltDispersion
from .dispersion_figures import convergence_figure, histograms, impact_figures, insertion_figure, tornado
from .dispersion_runs import JOINT_KEY, Columns, Output, output_of, to_arrow
from .dispersion_statistics import Chance, DispersionResult, OutputStatistics, PercentileOf, clean_runs
from .provenance import documents_of

MOST_FAILED = 40  # rows in the report; runs.parquet has all
DRIVEN = ("propellant_left_kg", "perigee_altitude_m", "max_q_alpha_Pa_rad", "max_dynamic_pressure_Pa")


def _of(key: str) -> Output:
    found = output_of(key)
    assert found is not None
    return found


def write_dispersion(
    dispersion: DispersionStudy,
    built: BuiltDispersion,
    result: DispersionResult,
    columns: Columns,
    run: RunFolder,
    replay: str,
) -> None:
    """runs.parquet, results/dispersion.json, tables, figures, report.html."""
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(to_arrow(columns), buffer, compression="zstd")
    run.write_bytes("runs.parquet", buffer.getvalue())
    run.remove("parts")
    run.write_result("dispersion", result)
    run.write_table("outputs", *_output_rows(result))
    run.write_table("impacts", *_impact_rows(result))
    failed = np.flatnonzero(columns["status"] != "reached")
    rows = [
        (int(columns["run"][i]), columns["status"][i], columns["message"][i], f"{replay} {columns['run'][i]}")
        for i in failed
    ]
    run.write_table("failures", ["run", "status", "message", "replay"], rows)
    clean = clean_runs(built.model, columns)
    figures = {"histograms": histograms(result, columns, clean)}
    if (insertion := insertion_figure(result, columns, clean)) is not None:
        figures["insertion"] = insertion
    impacts = impact_figures(result, columns, clean)
    figures |= {f"impact-{k + 1}": svg for k, (_, svg) in enumerate(impacts)}
    tornados = [
        (key, svg) for key in DRIVEN for o in result.outputs if o.key == key if (svg := tornado(result, o)) is not None
    ]
    figures |= {f"sensitivity-{k + 1}": svg for k, (_, svg) in enumerate(tornados)}
    if (convergence := convergence_figure(result)) is not None:
        figures["convergence"] = convergence
    for name, svg in figures.items():
        run.write_text(f"figures/{name}.svg", svg)
    report = _report(dispersion, result, columns, figures, [n for n, _ in impacts], len(tornados), replay)
    run.write_text("report.html", report.html())


def _report(
    dispersion: DispersionStudy,
    result: DispersionResult,
    columns: Columns,
    figures: dict[str, str],
    impacts: list[str],
    tornados: int,
    replay: str,
) -> Report:
    study = dispersion.study
    report = Report(
        title=dispersion.name,
        subtitle=f"{study.vehicle.name}, {study.mission.name}",
        facts=(
            ("Runs", f"{result.runs:,}, {result.sampling}, seed {result.seed}"),
            ("Model", f"{result.model}; {result.rate:,.0f} runs/s"),
            ("Input", f"sha256 {result.input_hash[:16]}…"),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    blocks: list[Any] = [KeyFigures(tuple(_key_figures(result))), Text(_how_to_read(result)), Figure(
        figures["histograms"],
        f"Runs without a failure event ({result.clean:,}). Lines: 0.135 % and 99.865 % percentiles, shaded with their "
        f"{result.confidence:.0%} interval by order statistics; triangle: the nominal flight.",
        label="histograms",
    )]  # fmt: skip
    report = report.section("Result", *blocks)
    report = report.section("Percentiles", _percentile_table(result), new_page=True)
    if loads := _joint_tables(result):
        report = report.section("Joint loads", *loads)
    pictures: list[Any] = []
    if "insertion" in figures:
        pictures.append(Figure(figures["insertion"], "Orbits reached.", label="insertion"))
    pictures += [
        Figure(figures[f"impact-{k + 1}"], f"{_kind(result, name)}: {name}.", label=f"impact-{k + 1}")
        for k, name in enumerate(impacts)
    ]
    report = report.section("Ellipses", Text(_ellipses_text(result)), *_pairs(pictures), *_impact_table(result))
    if tornados:
        drawn = [
            Figure(
                figures[f"sensitivity-{k + 1}"], f"What moves {_of(key).name.lower()}.", label=f"sensitivity-{k + 1}"
            )
            for k, key in enumerate([k for k in DRIVEN if any(o.key == k for o in result.outputs)][:tornados])
        ]
        note = (
            "Spearman's rank correlation with each input; of several inputs (winds, air, navigation) the "
            "root of the sum of "
            "squares, without a sign."
        )
        report = report.section(
            "Sensitivities", Text(note), *_pairs(drawn), *_sobol_table(result), *_linear_table(result)
        )
    report = report.section("Failures", *_failures(result, columns, replay), new_page=True)
    if "convergence" in figures:
        text = (
            f"A 3σ claim without exception needs {result.needed:,} runs at {result.confidence:.0%} confidence (Wilks)."
        )
        report = report.section(
            "Convergence",
            Text(text),
            Figure(figures["convergence"], "Of the lower 3σ percentile.", label="convergence"),
        )
    if result.findings:
        report = report.section("Findings of the nominal flight", FindingsBlock(result.findings, show_ok=False))
    sources = (*dispersion.sources, *(s for m in documents_of(study) for s in m.sources))
    return report.section("Sources", SourcesBlock(more=sources))


def _pairs(figures: list[Any]) -> list[Any]:
    return [
        Side(tuple(figures[i : i + 2])) if i + 1 < len(figures) else replace(figures[i], height_mm=72)
        for i in range(0, len(figures), 2)
    ]


def _key_figures(result: DispersionResult) -> list[KeyFigure]:
    reached = next((s for s in result.statuses if s.name == "reached"), None)
    figures = []
    if reached is not None:
        figures.append(
            KeyFigure(
                "Reach orbit", f"{reached.probability:.3%}", "", f"{reached.low:.3%} to {min(reached.high, 1.0):.3%}"
            )
        )
    for key, at in (("propellant_left_kg", 0), ("max_q_alpha_Pa_rad", -1), ("perigee_altitude_m", 0)):
        found = next((o for o in result.outputs if o.key == key), None)
        if found is not None:
            p = found.percentiles[at]
            figures.append(
                KeyFigure(
                    f"{_of(key).name}, 3σ",
                    p.value,
                    _of(key).unit,
                    _interval(_of(key), p),
                    digits=4,
                    scale=_of(key).scale,
                )
            )
    return figures


def _interval(output: Output, p: PercentileOf) -> str:
    ends = ["?" if e is None else f"{e * output.scale:,.4g}" for e in (p.low, p.high)]
    return f"{ends[0]} to {ends[1]}"


def _how_to_read(result: DispersionResult) -> str:
    text = (
        "Percentiles count the runs without a drawn failure event, which are alike; probabilities count "
        "every run, by its weight. "
        f"The mean weight is {result.mean_weight:.4f} (1 but for chance), and the runs are worth "
        f"{result.effective_runs:,.0f} of "
        "equal weight. "
    )
    if result.misfit > 0:
        text += (
            "Engines, masses and drag answer to the uncertain values by parabolas through models built "
            "exactly; at joint draws built "
            f"exactly too, these are off by at most {result.misfit:.2%} of what the draw changes. "
        )
    if result.runs < result.needed:
        text += f"For a 3σ limit at {result.confidence:.0%} confidence {result.needed:,} runs are needed, and these are fewer. "
    if result.model == "point mass":
        text += "\n\nControllability is UNKNOWN here: a point mass has no attitude to lose."
    return text


def _percentile_table(result: DispersionResult) -> Table:
    columns = (
        Column("Output"), Column("Nominal", align="right"), Column("σ", align="right"), Column("0.135 %", align="right"),
        Column("interval", align="right"), Column("99.865 %", align="right"), Column("interval", align="right"),
    )  # fmt: skip
    rows = []
    for o in result.outputs:
        if JOINT_KEY.fullmatch(o.key):
            continue
        k, p = _of(o.key), o.percentiles
        rows.append(
            (f"{k.name}, {k.unit}", _number(o.nominal, k), _number(o.deviation, k), _number(p[0].value, k),
             _interval(k, p[0]), _number(p[-1].value, k), _interval(k, p[-1]))
        )  # fmt: skip
    note = (
        "?: the runs do not reach that far; more of them close the interval. tables/outputs.csv has more percentiles."
    )
    caption = f"Percentiles with {result.confidence:.0%} intervals by order statistics."
    return Table(columns, rows, caption, label="percentiles", note=note)


def _joint_tables(result: DispersionResult) -> list[Any]:
    """The largest loads of every joint, a row a joint."""
    found: dict[str, dict[str, OutputStatistics]] = {}
    for o in result.outputs:
        if key := JOINT_KEY.fullmatch(o.key):
            found.setdefault(key["joint"], {})[key["what"]] = o
    if not found:
        return []
    columns = (
        Column("Joint"), Column("Axial, kN", align="right"), Column("Shear, kN", align="right"),
        Column("Bending, kN·m", align="right"), Column("Equivalent, kN", align="right"),
        Column("interval", align="right"), Column("nominal", align="right"), Column("σ", align="right"),
    )  # fmt: skip
    rows = []
    for name, of in found.items():
        high = [
            _number(of[w].percentiles[-1].value, _of(of[w].key)) for w in ("axial", "shear", "bending", "equivalent")
        ]
        o = of["equivalent"]
        k = _of(o.key)
        rows.append(
            (
                name.replace("_", " "),
                *high,
                _interval(k, o.percentiles[-1]),
                _number(o.nominal, k),
                _number(o.deviation, k),
            )
        )
    note = (
        "Equivalent: axial force and 4 |M| / d, at their worst together. A rigid vehicle, trimmed by its engines, on nominal "
        "masses; strap-ons' own rings: osea check."
    )
    if result.partly_known:
        note += f" Unknown while strap-ons without stated attachments fly: {', '.join(result.partly_known)}."
    caption = f"Largest loads of a flight at each joint, 99.865 % of runs, with {result.confidence:.0%} intervals."
    return [Table(columns, rows, caption, label="joints", note=note)]


def _kind(result: DispersionResult, name: str) -> str:
    return next(i.kind for i in result.impacts if i.name == name).capitalize()


def _impact_table(result: DispersionResult) -> list[Any]:
    """Where the vehicle would come down in vacuum if its thrust ended, at times of the flight."""
    found = [i for i in result.impacts if i.kind == "impact point"]
    if not found:
        return []
    columns = (
        Column("What"), Column("Runs", align="right"), Column("Latitude", align="right"), Column("Longitude", align="right"),
        Column("Half-axes, km", align="right"), Column("Azimuth of the long one", align="right"),
        Column("covers whatever the law", align="right"),
    )  # fmt: skip
    rows = []
    for i in found:
        e = i.ellipse
        rows.append(
            (i.name, f"{i.runs:,}", f"{np.degrees(i.latitude):.3f}°", f"{np.degrees(i.longitude):.3f}°",
             "–" if e is None else f"{e.major / 1e3:,.3g} and {e.minor / 1e3:,.3g}",
             "–" if e is None else f"{(90.0 - np.degrees(e.tilt)) % 180.0:.0f}°",
             "too few runs" if e is None or e.covering_scale is None else f"× {e.covering_scale:.2f}")
        )  # fmt: skip
    caption = (
        "Instantaneous impact points in vacuum, should the thrust end there; ellipses for 99.73 % of a normal law."
    )
    return [Table(columns, rows, caption, label="impact-points")]


def _number(value: float | None, output: Output) -> str:
    return "–" if value is None else f"{value * output.scale:,.5g}"


def _ellipses_text(result: DispersionResult) -> str:
    told = []
    ellipses = [("Orbit injection (perigee, apogee)", result.insertion)]
    ellipses += [
        (f"{i.name}, {i.kind} at {np.degrees(i.latitude):.3f}°, {np.degrees(i.longitude):.3f}°", i.ellipse)
        for i in result.impacts
        if i.kind != "impact point"
    ]
    for name, e in ellipses:
        if e is not None:
            cover = (
                "too few runs for more"
                if e.covering_scale is None
                else f"{e.covering_scale:.2f} times as large covers it whatever the law"
            )
            told.append(
                f"{name}: half-axes {e.major / 1e3:,.4g} and {e.minor / 1e3:,.4g} km for {e.probability:.2%} of "
                f"a normal law; {cover}."
            )
    return "\n\n".join(told) or "No ellipses: too few runs reached orbit."


def _sobol_table(result: DispersionResult) -> list[Table]:
    found = [o for o in result.outputs if o.sobol_total and o.key in DRIVEN]
    if not found:
        return []
    columns = (
        Column("Input"),
        *(Column(f"{o.name}: first", decimals=3) for o in found),
        *(Column(f"{o.name}: total", align="right") for o in found),
    )
    rows = []
    for k, name in enumerate(result.groups):
        totals = [f"{o.sobol_total[k]:.3f} ({o.sobol_total_low[k]:.3f} to {o.sobol_total_high[k]:.3f})" for o in found]
        rows.append((name, *(o.sobol_first[k] for o in found), *totals))
    return [Table(columns, rows, "Sobol' indices: shares of the variance (Saltelli 2010, Jansen 1999).", label="sobol")]


def _linear_table(result: DispersionResult) -> list[Table]:
    found = [o for o in result.outputs if o.linear_deviation is not None]
    if not found:
        return []
    columns = (
        Column("Output"),
        Column("Unit"),
        Column("σ, Monte Carlo", align="right"),
        Column("σ, linear", align="right"),
        Column("Ratio", decimals=3),
    )
    rows = [
        (
            _of(o.key).name,
            _of(o.key).unit,
            _number(o.deviation, _of(o.key)),
            _number(o.linear_deviation, _of(o.key)),
            _ratio(o),
        )
        for o in found
    ]
    return [Table(columns, rows, "Linear covariance (central differences over one σ) beside the runs.", label="linear")]


def _ratio(o: OutputStatistics) -> float | None:
    return o.linear_deviation / o.deviation if o.deviation and o.linear_deviation is not None else None


def _failures(result: DispersionResult, columns: Columns, replay: str) -> list[Any]:
    def table(chances: tuple[Chance, ...], caption: str, label: str) -> Table:
        heads = (
            Column("What"), Column("Runs", align="right"), Column("Probability", align="right"),
            Column("interval", align="right"), Column("Effective runs", decimals=0), Column("Replay", align="right"),
        )  # fmt: skip
        rows = [
            (c.name, f"{c.count:,}", f"{c.probability:.4%}", f"{c.low:.4%} to {c.high:.4%}", c.effective_runs,
             "" if c.example is None or c.name == "reached" else str(c.example)) for c in chances
        ]  # fmt: skip
        return Table(heads, rows, caption, label=label)

    blocks: list[Any] = [table(result.statuses, "How runs ended.", "statuses")]
    if result.events:
        blocks.append(
            table(result.events, "Failure events that were drawn, and their true probabilities as estimated.", "events")
        )
    if result.limits:
        blocks.append(table(result.limits, "Limits of the mission and tolerances, over all runs.", "limits"))
    failed = np.flatnonzero(columns["status"] != "reached")
    if len(failed):
        rows = [(int(columns["run"][i]), columns["message"][i]) for i in failed[:MOST_FAILED]]
        note = f"The first {MOST_FAILED} of {len(failed)}; runs.parquet has all." if len(failed) > MOST_FAILED else ""
        blocks.append(
            Table(
                (Column("Run", align="right"), Column("What happened")),
                rows,
                f"Replay one: {replay} RUN",
                label="failed",
                note=note,
            )
        )
    return blocks


def _impact_rows(result: DispersionResult) -> tuple[list[str], list[tuple[Any, ...]]]:
    heads = [
        "what",
        "kind",
        "runs",
        "latitude_deg",
        "longitude_deg",
        "major_m",
        "minor_m",
        "azimuth_deg",
        "covering_scale",
    ]
    rows = []
    for i in result.impacts:
        e = i.ellipse
        axes = ("", "", "", "") if e is None else (
            e.major, e.minor, float((90.0 - np.degrees(e.tilt)) % 180.0), "" if e.covering_scale is None else e.covering_scale,
        )  # fmt: skip
        rows.append((i.name, i.kind, i.runs, float(np.degrees(i.latitude)), float(np.degrees(i.longitude)), *axes))
    return heads, rows


def _output_rows(result: DispersionResult) -> tuple[list[str], list[list[Any]]]:
    names = [f"p{100 * p.probability:.6g}" for p in result.outputs[0].percentiles] if result.outputs else []
    heads = [
        "output",
        "count",
        "nominal",
        "mean",
        "deviation",
        *(f"{n}{e}" for n in names for e in ("", "_low", "_high")),
    ]
    rows: list[list[Any]] = []
    for o in result.outputs:
        ends = [x if x is not None else "" for p in o.percentiles for x in (p.value, p.low, p.high)]
        rows.append([o.key, o.count, "" if o.nominal is None else o.nominal, o.mean, o.deviation, *ends])
    return heads, rows


def text_summary(dispersion: DispersionStudy, result: DispersionResult, folder: Path, replay: str) -> str:
    """For the terminal."""
    lines = [f"{dispersion.name}: {result.runs:,} runs of the {result.model}, {result.rate:,.0f}/s", ""]
    for c in result.statuses:
        lines.append(f"  {c.name:<28}{c.count:>8,}   {c.probability:.4%}  ({c.low:.4%} to {c.high:.4%})")
    lines += ["", f"  {'':<34}{'nominal':>11}{'σ':>11}{'0.135 %':>11}{'99.865 %':>11}"]
    for o in result.outputs:
        k = _of(o.key)
        if (key := JOINT_KEY.fullmatch(o.key)) and key["what"] != "equivalent":
            continue
        cells = [_number(v, k) for v in (o.nominal, o.deviation, o.percentiles[0].value, o.percentiles[-1].value)]
        lines.append(f"  {k.name + ', ' + k.unit:<34}" + "".join(f"{c:>11}" for c in cells))
    for c in (*result.events, *result.limits):
        lines.append(f"  {c.name:<44}{c.probability:.4%}  ({c.low:.4%} to {c.high:.4%})")
    lines += [
        "",
        f"  a 3σ claim needs {result.needed:,} runs at {result.confidence:.0%}; effective runs "
        f"{result.effective_runs:,.0f}",
    ]
    first = next((c.example for c in result.statuses if c.name != "reached"), None)
    if first is not None:
        lines.append(f"  replay a failure   {replay} {first}")
    return "\n".join([*lines, f"  report             {folder / 'report.html'}"])
