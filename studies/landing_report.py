"""The report of a landing: the flight shown, where and how the dispersed ones touched down, and why some did not."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ..recovery.descent_document import LandingStudy
from ..recovery.descent_flight import LOG
from ..report import theme
from ..report.phases import Band
from ..report.pieces import Column, Figure, KeyFigure, KeyFigures, Report, Side, SourcesBlock, Table, Text
from ..report.plots import Line, Panel, figure_svg, profile_grid
from .landing_run import LandingResult, Nominal, end_text, reach_text, replay, window_text

PHASES = ("Entry burn", "Fall", "Landing burn", "Standing")


def landing_figures(study: LandingStudy, shown: Nominal, flown: LandingResult | None) -> dict[str, str]:
    """Every figure as SVG text, by name."""
    c = dict(zip(LOG, shown.log.T, strict=True))
    t, deg = c["time"], np.degrees
    limits = study.booster.legs.limits
    bands = [Band(float(t[m][0]), float(t[m][-1]), PHASES[k]) for k in range(4) if (m := c["phase"] == k).sum() > 1]
    drawn = {
        "flight": profile_grid(
            t,
            [
                Panel("Height of the centre of mass", "km", [Line(c["z"] / 1e3)], bottom=0.0),
                Panel("Speed", "m/s", [Line(-c["vz"], "down"), Line(np.hypot(c["vx"], c["vy"]), "across", style="dashed")]),
                Panel("Place across", "km", [Line(c["x"] / 1e3, "along"), Line(c["y"] / 1e3, "left", style="dashed")]),
                Panel("Predicted miss", "m", [Line(c["miss_x"], "along"), Line(c["miss_y"], "left", style="dashed")],
                      bottom=-200.0, top=200.0),
                Panel("Thrust", "kN", [Line(c["thrust"] / 1e3)], bottom=0.0),
                Panel("Dynamic pressure", "kPa", [Line(c["q"] / 1e3)], bottom=0.0),
            ],
            x_label="Time since the entry burn's begin, s",
            bands=bands,
        )
    }  # fmt: skip
    burn = c["phase"] == 2
    if burn.sum() > 2:
        b = {k: v[burn] for k, v in c.items()}
        drawn["burn"] = profile_grid(
            b["time"],
            [
                Panel("Place across", "m", [Line(b["x"], "along"), Line(b["y"], "left", style="dashed")]),
                Panel("Speed across", "m/s", [Line(b["vx"], "along"), Line(b["vy"], "left", style="dashed")]),
                Panel("Lean along", "deg", [Line(deg(b["asked_x"]), "asked"), Line(deg(b["lean_x"]), "flown", style="dashed")]),
                Panel("Lean to the left", "deg",
                      [Line(deg(b["asked_y"]), "asked"), Line(deg(b["lean_y"]), "flown", style="dashed")]),
                Panel("Sink rate", "m/s", [Line(-b["vz"])], bottom=0.0),
                Panel("Throttle", "", [Line(b["throttle"])], [(study.booster.engine.throttle, "lowest")], bottom=0.3, top=1.02),
            ],
            x_label="Time since the entry burn's begin, s",
        )  # fmt: skip
    if flown is not None:
        drawn["touchdowns"] = _touchdowns(flown, limits.position)
        drawn["speeds"] = _speeds(study, flown)
    return drawn


def _touchdowns(flown: LandingResult, radius: float) -> str:
    def draw(figure: Any) -> None:
        axes = figure.add_axes((0.16, 0.14, 0.8, 0.8))
        inside = flown.landed
        angle = np.linspace(0.0, 2.0 * np.pi, 181)
        axes.plot(
            radius * np.cos(angle), radius * np.sin(angle), color=theme.SEVERITY["ERROR"], linewidth=0.8, label="limit"
        )
        axes.plot(
            flown.x[inside], flown.y[inside], ".", markersize=2.0, color=theme.SERIES[0], label="within the limits"
        )
        if (~inside).any():
            axes.plot(flown.x[~inside], flown.y[~inside], "x", markersize=4.0, color=theme.SERIES[1], label="not")
        if flown.ellipse is not None:
            axes.plot(*flown.ellipse.outline().T, color=theme.ACCENT, linewidth=0.9, label="99 % of a normal spread")
        reach = 1.15 * radius
        axes.set(
            xlim=(-reach, reach),
            ylim=(-reach, reach),
            aspect="equal",
            xlabel="along the azimuth, m",
            ylabel="to the left, m",
        )
        axes.legend(loc="upper right")

    return figure_svg(draw, height=3.4, width=3.4)


def _speeds(study: LandingStudy, flown: LandingResult) -> str:
    limits = study.booster.legs.limits
    shown = (
        ("Sink rate, m/s", flown.vertical_speed, limits.vertical_speed),
        ("Speed across, m/s", flown.lateral_speed, limits.lateral_speed),
        ("Tilt, deg", np.degrees(flown.tilt), np.degrees(limits.tilt)),
        ("Propellant left, kg", flown.propellant, None),
    )

    def draw(figure: Any) -> None:
        for k, (title, values, limit) in enumerate(shown):
            axes = figure.add_axes((0.1 + 0.5 * (k % 2), 0.62 - 0.5 * (k // 2), 0.38, 0.28))
            high = max(float(np.percentile(values, 99.5)), 1.1 * limit if limit else 0.0)
            axes.hist(
                np.clip(values, None, high), bins=40, range=(min(float(values.min()), 0.0), high), color=theme.SERIES[0]
            )
            if limit:
                axes.axvline(limit, color=theme.SEVERITY["ERROR"], linewidth=0.8, linestyle=(0, (4, 2)))
            axes.set_title(title)

    return figure_svg(draw, height=3.4, width=3.6)


def landing_report(
    study: LandingStudy, path: Path, shown: Nominal, flown: LandingResult | None, drawn: dict[str, str]
) -> Report:
    """One page that prints."""
    e, limits, look = shown.end, study.booster.legs.limits, shown.outlook
    report = Report(
        title=study.name,
        subtitle=f"Landing of {study.booster.name} with six degrees of freedom",
        facts=(
            ("Study", str(path)),
            ("Input", f"sha256 {study.content_hash()[:16]}…"),
            ("Flight shown", f"seed {shown.seed}" + (" (nothing dispersed, noise alone)" if shown.seed == 0 else "")),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    keys = [
        KeyFigure("From the middle", e.position, "m", f"limit {limits.position:.0f}", digits=3),
        KeyFigure("Sink rate", e.vertical_speed, "m/s", f"limit {limits.vertical_speed:.1f}", digits=3),
        KeyFigure("Speed across", e.lateral_speed, "m/s", f"limit {limits.lateral_speed:.1f}", digits=3),
        KeyFigure("Tilt", np.degrees(e.tilt), "deg", f"limit {np.degrees(limits.tilt):.1f}", digits=3),
        KeyFigure("Propellant left", e.propellant, "kg", digits=4),
    ]
    if flown is not None:
        low, high = flown.share_between
        note = f"{flown.landed.sum()} of {len(flown.seeds)}; 90 % sure of {low:.1%} to {high:.1%}; {study.required:.0%} required"
        keys.insert(0, KeyFigure("Dispersed flights within the limits", f"{flown.share:.1%}", "", note))
    report = report.section("Result", Text(f"The flight shown ended: {end_text(e)}."), KeyFigures(tuple(keys)))
    if flown is not None:
        report = report.section("Dispersed flights", *_dispersed(study, path, flown, drawn))
    blocks: list[Any] = [
        Figure(drawn["flight"], "The flight shown, from the entry burn on; places count from the pad.")
    ]
    if "burn" in drawn:
        blocks.append(Figure(drawn["burn"], "Its landing burn; leans of the body's axis from the vertical."))
    if look is not None:
        told = f"The landing burn was lit {look.ignition:.1f} s after the entry burn's begin; {window_text(look)}."
        if look.outcome != "lands":
            told += f" With the whole range of throttle from there the pad is out of reach: {reach_text(look)}."
        blocks.append(Text(told))
    answers = ", ".join(f"{n} {k}" for k, n in e.outcomes.items())
    blocks.append(Text(f"Answers of the convex guidance in this flight: {answers or 'none'}."))
    return report.section("The flight shown", *blocks).section(
        "Sources", SourcesBlock((*study.sources, *study.booster.sources))
    )


def _dispersed(study: LandingStudy, path: Path, flown: LandingResult, drawn: dict[str, str]) -> list[Any]:
    d, limits, ellipse = study.dispersion, study.booster.legs.limits, flown.ellipse
    told = (
        f"Seeds {int(flown.seeds[0])} to {int(flown.seeds[-1])}. "
        f"One standard deviation at the entry burn's begin: {d.position:.0f} m and "
        f"{d.velocity:.0f} m/s an axis, air density {d.density:.1%}, thrust {d.thrust:.1%}, mass {d.mass:.1%}; a gust of "
        f"{d.gust:.0f} m/s at a drawn height, turbulence of {d.turbulence:.1f} m/s, errors of all sensors."
    )
    distance = np.hypot(flown.x, flown.y)
    measures = [
        ("distance from the middle", "m", distance, limits.position),
        ("sink rate", "m/s", flown.vertical_speed, limits.vertical_speed),
        ("speed across", "m/s", flown.lateral_speed, limits.lateral_speed),
        ("tilt", "deg", np.degrees(flown.tilt), np.degrees(limits.tilt)),
        ("stroke of the legs", "m", flown.stroke, study.booster.legs.stroke),
    ]
    table = Table(
        (
            Column("At touchdown"),
            Column("Unit"),
            *(Column(n, decimals=2) for n in ("Median", "95 %", "99 %", "Largest", "Limit")),
        ),
        [(n, u, *np.percentile(v, [50, 95, 99, 100]).tolist(), float(limit)) for n, u, v, limit in measures],
        "Percentiles of all dispersed flights.",
    )
    blocks: list[Any] = [
        Text(told),
        Side(
            (
                Figure(
                    drawn["touchdowns"], "Places of touchdown in the pad's axes; those outside the frame are not shown."
                ),
                Figure(drawn["speeds"], "Speeds and tilt at touchdown, propellant left; dashed: the legs' limits."),
            )
        ),
        table,
    ]
    if ellipse is not None:
        blocks.append(
            Text(
                f"The ellipse of 99 % of a normal spread has half-axes of {ellipse.major:.1f} and {ellipse.minor:.1f} m about "
                f"({ellipse.centre[0]:.1f}, {ellipse.centre[1]:.1f}) m. Least propellant left: {flown.propellant.min():.0f} kg."
            )
        )
    if flown.classes:
        rows = [
            (v, len(s), ", ".join(map(str, s[:8])) + (" …" if len(s) > 8 else ""), replay(path, s[0]))
            for v, s in flown.classes.items()
        ]
        blocks.append(
            Table(
                (Column("Failure"), Column("Flights", decimals=0), Column("Seeds"), Column("To see one again")),
                rows,
                "Flights outside the limits by the first limit that was broken.",
            )
        )
    else:
        blocks.append(Text("No flight was outside the limits."))
    return blocks
