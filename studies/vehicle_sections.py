"""The report's sections on the vehicle's aerodynamics and structure."""

import numpy as np

from ..report.pieces import Column, Figure, Report, Row, SourceNote, Table, Text
from ..report.plots import Line, Panel, line_plot, profile_grid
from .stability import Stability
from .structure import StructureStudy


def stability_figure(stability: Stability) -> str:
    """Centres of pressure and mass, and the static margin, against time."""
    panels = [
        Panel(
            "Stations over the exit plane",
            "m",
            [
                Line(stability.center_of_pressure, "centre of pressure"),
                Line(stability.center_of_mass, "centre of mass", style="dashed"),
            ],
        ),
        Panel("Static margin", "diameters", [Line(stability.static_margin)], limits=[(0.0, "neutral")]),
    ]
    return profile_grid(stability.time, panels, panel_height=1.5)


def load_figure(study: StructureStudy) -> str:
    """Equivalent axial load along the body, a curve a case."""
    widest = max(s.radius for s in study.structure.shells)
    lines = []
    for case in study.cases:
        equivalent = case.loads.axial * case.axial_factor + 2 * np.abs(case.loads.bending) / widest
        lines.append(Line(equivalent / 1e6, case.name, x=case.loads.station))
    top = max(float(c.loads.station[-1]) for c in study.cases)
    return line_plot(
        np.array([0.0, top]), Panel("N + 2 |M| / r", "MN", lines, bottom=0.0), x_label="Station over the exit plane, m",
        width=6.2, height=2.9,
    )  # fmt: skip


def aerodynamics_section(report: Report, stability: Stability) -> Report:
    """Static margin over the flight."""
    if len(stability.time) < 2:
        return report
    least = int(np.argmin(stability.static_margin))
    text = (
        f"The least static margin is {stability.static_margin[least]:+.2f} diameters, {stability.time[least]:.0f} s after "
        f"lift-off (negative: unstable without steering); the air's largest turning moment is "
        f"{np.abs(stability.turning_moment).max() / 1e3:,.0f} kN m. The centre of pressure is that of body, fins and strap-ons "
        "at the flown angle of attack with the gust, at least 1°. [[stability]] shows both centres."
    )
    sources = tuple(SourceNote("secondary", s) for s in stability.sources)
    figure = Figure(
        stability_figure(stability),
        "Centres of pressure and mass, and static margin.",
        label="stability",
        sources=sources,
    )
    return report.section("Aerodynamics", Text(text), figure)


def structure_section(report: Report, study: StructureStudy) -> Report:
    """Loads, walls and margins of the core's shells, and its bending frequencies."""
    s = study.structure
    text = (
        f"Factors {s.ultimate_factor:g} ultimate and {s.yield_factor:g} yield on every load and pressure. Shells, domes and "
        f"bulkheads weigh {s.mass / 1000:.2f} t. First bending frequency: {study.on_pad.frequency[0]:.2f} Hz on the pad, "
        f"{study.lift_off.frequency[0]:.2f} Hz free at lift-off, {study.burn_out.frequency[0]:.2f} Hz with the first stage "
        "empty. [[loads]] shows the load cases."
    )
    figure = Figure(load_figure(study), "Equivalent axial load along the body, by case.", label="loads")
    sources = tuple(SourceNote("secondary", c) for c in s.sources)
    rows: list = []
    for shell in s.shells:
        rows.append(
            (
                shell.name, f"{shell.material}, {shell.construction}", shell.thickness, shell.sized_by, shell.buckling_case,
                shell.axial, shell.bending, shell.pressure or None, shell.margin_pressure, shell.margin_buckling, shell.mass,
            )
        )  # fmt: skip
    for dome in s.domes:
        if dome.mass > 0.0:
            rows.append(
                (f"domes of {dome.tank}", "", dome.thickness, "", "", None, None, dome.pressure, None, None, dome.mass)
            )
    for b in s.bulkheads:
        made = f"{b.material}, {b.construction}" + ("" if b.core is None else f" on {1e3 * b.core:.0f} mm of core")
        pressed_in = b.sized_by == "buckling"
        case, pressure = (b.in_case, b.pressed_in) if pressed_in else (b.out_case, b.pressed_out)
        rows.append(
            (b.name, made, b.wall, b.sized_by, case, None, None, pressure, b.margin_pressure, b.margin_buckling, b.mass)
        )
    rows.append(Row(("All", "", None, "", "", None, None, None, None, None, s.mass), kind="total"))
    columns = (
        Column("Shell"),
        Column("Made of"),
        Column("Wall", "mm", decimals=2, scale=1e3),
        Column("Sized by"),
        Column("Case"),
        Column("N", "MN", decimals=2, scale=1e-6),
        Column("M", "MN m", decimals=2, scale=1e-6),
        Column("p", "bar", decimals=1, scale=1e-5),
        Column("MS p", decimals=2),
        Column("MS N, M", decimals=2),
        Column("Mass", "kg", decimals=0),
    )
    caption = (
        "Shells: wall, what sized it, limit loads of the case that governs buckling, largest pressure at the foot, margins of "
        "safety against pressure and against buckling (allowable over factored demand, less one). A bulkhead's wall is that of "
        "each face where it is a sandwich; its pressure is the difference that sizes it, inward where that is buckling."
    )
    return report.section(
        "Structure", Text(text, sources), figure, Table(columns, rows, caption, label="shells"), new_page=True
    )
