"""What `osea disperse` writes: every run as Parquet, the result, tables, figures and the report."""

import io
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..core.run_folder import RunFolder
from ..report.pieces import (
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Side,
    SourcesBlock,
    Text,
)
from .dispersion import DispersionStudy
from .dispersion_build import BuiltDispersion
from .dispersion_figures import convergence_figure, histograms, impact_figures, insertion_figure, tornado
from .dispersion_runs import JOINT_KEY, Columns, to_arrow
from .dispersion_statistics import DispersionResult, clean_runs
from .dispersion_tables import (
    DRIVEN,
    failure_tables,
    impact_rows,
    impact_table,
    interval_text,
    joint_tables,
    known_output,
    linear_table,
    number_text,
    output_rows,
    percentile_table,
    sobol_table,
)
from .provenance import documents_of


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
    run.write_table("outputs", *output_rows(result))
    run.write_table("impacts", *impact_rows(result))
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
    report = report.section("Percentiles", percentile_table(result), new_page=True)
    if loads := joint_tables(result):
        report = report.section("Joint loads", *loads)
    pictures: list[Any] = []
    if "insertion" in figures:
        pictures.append(Figure(figures["insertion"], "Orbits reached.", label="insertion"))
    pictures += [
        Figure(figures[f"impact-{k + 1}"], f"{_kind(result, name)}: {name}.", label=f"impact-{k + 1}")
        for k, name in enumerate(impacts)
    ]
    report = report.section("Ellipses", Text(_ellipses_text(result)), *_pairs(pictures), *impact_table(result))
    if tornados:
        drawn = [
            Figure(
                figures[f"sensitivity-{k + 1}"],
                f"What moves {known_output(key).name.lower()}.",
                label=f"sensitivity-{k + 1}",
            )
            for k, key in enumerate([k for k in DRIVEN if any(o.key == k for o in result.outputs)][:tornados])
        ]
        note = (
            "Spearman's rank correlation with each input; of several inputs (winds, air, navigation) the "
            "root of the sum of "
            "squares, without a sign."
        )
        report = report.section(
            "Sensitivities", Text(note), *_pairs(drawn), *sobol_table(result), *linear_table(result)
        )
    report = report.section("Failures", *failure_tables(result, columns, replay), new_page=True)
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
            KeyFigure("Reach orbit", f"{reached.probability:.3%}", "", f"{reached.low:.3%} to {reached.high:.3%}")
        )
    for key, at in (("propellant_left_kg", 0), ("max_q_alpha_Pa_rad", -1), ("perigee_altitude_m", 0)):
        found = next((o for o in result.outputs if o.key == key), None)
        if found is not None:
            p = found.percentiles[at]
            figures.append(
                KeyFigure(
                    f"{known_output(key).name}, 3σ",
                    p.value,
                    known_output(key).unit,
                    interval_text(known_output(key), p),
                    digits=4,
                    scale=known_output(key).scale,
                )
            )
    return figures


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


def _kind(result: DispersionResult, name: str) -> str:
    return next(i.kind for i in result.impacts if i.name == name).capitalize()


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


def text_summary(dispersion: DispersionStudy, result: DispersionResult, folder: Path, replay: str) -> str:
    """For the terminal."""
    lines = [f"{dispersion.name}: {result.runs:,} runs of the {result.model}, {result.rate:,.0f}/s", ""]
    for c in result.statuses:
        lines.append(f"  {c.name:<44}{c.count:>8,}   {c.probability:.4%}  ({c.low:.4%} to {c.high:.4%})")
    lines += ["", f"  {'':<60}{'nominal':>11}{'σ':>11}{'0.135 %':>11}{'99.865 %':>11}"]
    for o in result.outputs:
        k = known_output(o.key)
        if (key := JOINT_KEY.fullmatch(o.key)) and key["what"] != "equivalent":
            continue
        cells = [number_text(v, k) for v in (o.nominal, o.deviation, o.percentiles[0].value, o.percentiles[-1].value)]
        lines.append(f"  {k.name + ', ' + k.unit:<60}" + "".join(f"{c:>11}" for c in cells))
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
