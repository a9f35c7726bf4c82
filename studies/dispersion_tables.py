"""Tables of a dispersion: percentiles, joints, impact points, sensitivities, failures; in the report and as rows of CSV."""

from typing import Any

import numpy as np

from ..report.pieces import Column, Table
from .dispersion_runs import JOINT_KEY, Columns, Output, output_of
from .dispersion_statistics import Chance, DispersionResult, OutputStatistics, PercentileOf

MOST_FAILED = 40  # rows in the report; runs.parquet has all
DRIVEN = ("propellant_left_kg", "perigee_altitude_m", "max_q_alpha_Pa_rad", "max_dynamic_pressure_Pa")


def known_output(key: str) -> Output:
    """What a key of a result stands for."""
    found = output_of(key)
    assert found is not None
    return found


def interval_text(output: Output, p: PercentileOf) -> str:
    """A percentile's interval; ? where the runs do not reach."""
    ends = ["?" if e is None else f"{e * output.scale:,.4g}" for e in (p.low, p.high)]
    return f"{ends[0]} to {ends[1]}"


def percentile_table(result: DispersionResult) -> Table:
    """Nominal value, deviation and 3σ percentiles of every output but the joints'."""
    columns = (
        Column("Output"), Column("Nominal", align="right"), Column("σ", align="right"), Column("0.135 %", align="right"),
        Column("interval", align="right"), Column("99.865 %", align="right"), Column("interval", align="right"),
    )  # fmt: skip
    rows = []
    for o in result.outputs:
        if JOINT_KEY.fullmatch(o.key):
            continue
        k, p = known_output(o.key), o.percentiles
        rows.append(
            (f"{k.name}, {k.unit}", number_text(o.nominal, k), number_text(o.deviation, k), number_text(p[0].value, k),
             interval_text(k, p[0]), number_text(p[-1].value, k), interval_text(k, p[-1]))
        )  # fmt: skip
    note = (
        "?: the runs do not reach that far; more of them close the interval. tables/outputs.csv has more percentiles."
    )
    caption = f"Percentiles with {result.confidence:.0%} intervals by order statistics."
    return Table(columns, rows, caption, label="percentiles", note=note)


def joint_tables(result: DispersionResult) -> list[Any]:
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
            number_text(of[w].percentiles[-1].value, known_output(of[w].key))
            for w in ("axial", "shear", "bending", "equivalent")
        ]
        o = of["equivalent"]
        k = known_output(o.key)
        rows.append(
            (
                name.replace("_", " ").capitalize(),
                *high,
                interval_text(k, o.percentiles[-1]),
                number_text(o.nominal, k),
                number_text(o.deviation, k),
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


def impact_table(result: DispersionResult) -> list[Any]:
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


def number_text(value: float | None, output: Output) -> str:
    """A value in the output's own unit."""
    return "–" if value is None else f"{value * output.scale:,.5g}"


def sobol_table(result: DispersionResult) -> list[Table]:
    """Sobol' indices of what matters most."""
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


def linear_table(result: DispersionResult) -> list[Table]:
    """Linear covariance beside the runs."""
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
            known_output(o.key).name,
            known_output(o.key).unit,
            number_text(o.deviation, known_output(o.key)),
            number_text(o.linear_deviation, known_output(o.key)),
            _ratio(o),
        )
        for o in found
    ]
    return [Table(columns, rows, "Linear covariance (central differences over one σ) beside the runs.", label="linear")]


def _ratio(o: OutputStatistics) -> float | None:
    return o.linear_deviation / o.deviation if o.deviation and o.linear_deviation is not None else None


def failure_tables(result: DispersionResult, columns: Columns, replay: str) -> list[Any]:
    """How runs ended, what was drawn to fail, limits that were left, and what to replay."""

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


def impact_rows(result: DispersionResult) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Of tables/impacts.csv: heads and rows."""
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


def output_rows(result: DispersionResult) -> tuple[list[str], list[list[Any]]]:
    """Of tables/outputs.csv: heads and rows."""
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
