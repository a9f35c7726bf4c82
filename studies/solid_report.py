"""The HTML report of a solid motor: figures by definition, pressure and thrust, burn-back, losses, findings, sources."""

from importlib.metadata import version
from typing import Any

import numpy as np

from ..core.findings import Severity
from ..propulsion.solids.burnback import Section
from ..propulsion.solids.curve import RaspMotor
from ..propulsion.solids.document import EndBurner, Segment, SolidMotor
from ..propulsion.solids.outline import Line
from ..propulsion.solids.performance import SolidMotorPerformance
from ..report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)

_FRONTS = 8


def solid_report(motor: SolidMotor, r: SolidMotorPerformance) -> Report:
    """The report of a firing."""
    release = version("osea-rocket")
    report = Report(
        title=motor.name,
        subtitle=f"Solid motor, {r.propellant}",
        facts=(
            ("Motor", str(motor.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {r.input_hash[:16]}…"),
            ("Tool", f"OSEA-Rocket {release}"),
        ),
        footer=f"OSEA-Rocket {release}",
    )
    errors = [f for f in r.findings if f.severity is Severity.ERROR]
    report = report.section(
        "Result", _key_figures(r), Text(_in_words(motor, r)), *([FindingsBlock(errors)] if errors else [])
    )
    report = report.section("Firing", Figure(_histories(r), _histories_caption(r), label="firing"))
    compared = _published(motor, r)
    if compared is not None:
        report = report.section("Against published figures", compared)
    report = report.section("Figures", _facts(r), _loss_table(r))
    drawing = Figure(section_drawing(motor), _grain_caption(motor), label="grain")
    report = report.section("Grain", drawing, _grain_table(motor))
    report = report.section("Findings", FindingsBlock(r.findings))
    return report.section("Sources", SourcesBlock(more=motor.sources))


def curve_report(c: RaspMotor) -> Report:
    """The report of a thrust curve."""
    from ..report.plots import Line as Plot
    from ..report.plots import Panel, profile_grid

    release = version("osea-rocket")
    report = Report(
        title=c.name,
        subtitle=f"RASP motor{', ' + c.manufacturer if c.manufacturer else ''}",
        facts=(("Input", f"sha256 {c.content_hash()[:16]}…"), ("Tool", f"OSEA-Rocket {release}")),
        footer=f"OSEA-Rocket {release}",
    )
    t, left = c.time, c.propellant_left()
    figures = [
        KeyFigure("Total impulse", c.total_impulse, "N s", digits=4),
        KeyFigure("Peak thrust", float(c.thrust.max()), "N", digits=4),
        KeyFigure("Duration", float(t[-1]), "s", digits=4),
        KeyFigure("Propellant", c.propellant_mass, "kg", f"loaded {c.loaded_mass:.4g} kg", digits=4),
    ]
    if c.isp is not None:
        figures.append(KeyFigure("Isp", c.isp, "s", "of the propellant mass stated", digits=4))
    panels = [
        Panel("Thrust", "N", [Plot(c.thrust)], bottom=0.0),
        Panel("Propellant, taken in proportion to thrust", "kg", [Plot(left)], bottom=0.0),
    ]
    figure = profile_grid(t, panels, x_label="Time from ignition, s", columns=1)
    return report.section(
        "Result", KeyFigures(tuple(figures)), Figure(figure, "Thrust and what is left.", label="curve")
    )


def _key_figures(r: SolidMotorPerformance) -> KeyFigures:
    ambient = f"at {r.ambient_pressure / 1e5:.4g} bar" if r.ambient_pressure else "in vacuum"
    return KeyFigures(
        (
            KeyFigure("Total impulse", r.total_impulse, "kN s", ambient, digits=4, scale=1e-3),
            KeyFigure("Isp", r.isp, "s", f"in vacuum {r.isp_vacuum:.1f} s", digits=4),
            KeyFigure("Peak thrust", r.peak_thrust, "kN", f"mean {r.mean_thrust / 1e3:.4g} kN", digits=4, scale=1e-3),
            KeyFigure(
                "Peak pressure", r.peak_pressure, "bar", f"mean {r.mean_pressure / 1e5:.4g} bar", digits=4, scale=1e-5
            ),
            KeyFigure("Burn time", r.burn_time, "s", f"action time {r.action_time:.4g} s", digits=4),
        )
    )


def _in_words(motor: SolidMotor, r: SolidMotorPerformance) -> str:
    how = "with the chamber's filling and emptying" if r.ballistics == "transient" else "steady at every depth"
    if motor.propellant.erosive is not None:
        how += ", erosive burning by Lenoir and Robillard"
    return (
        f"{r.propellant_mass_initial:,.2f} kg of {r.propellant} burn; the aft port has {r.port_to_throat:.2f} times the area of "
        f"the throat. One pressure for the whole chamber, {how}. [[firing]] shows the firing, [[grain]] how the grain burns "
        f"back. Propellant, gas through the nozzle and gas left in the chamber agree to {r.mass_balance:.0e} of the propellant."
    )


def _histories(r: SolidMotorPerformance) -> str:
    from ..report.plots import Line as Plot
    from ..report.plots import Panel, profile_grid

    thrust = [Plot(r.thrust_vacuum / 1e3)]
    if r.ambient_pressure:
        here = Plot(r.thrust / 1e3, f"at {r.ambient_pressure / 1e5:.4g} bar")
        thrust = [here, Plot(r.thrust_vacuum / 1e3, "in vacuum", style="dashed")]
    panels = [
        Panel("Chamber pressure", "bar", [Plot(r.pressure / 1e5)], bottom=0.0),
        Panel("Thrust" if r.ambient_pressure else "Thrust in vacuum", "kN", thrust, bottom=0.0),
        Panel("Burning over throat area (Kn)", "", [Plot(r.klemmung)], bottom=0.0),
        Panel("Propellant left", "kg", [Plot(r.propellant_mass)], bottom=0.0),
    ]
    return profile_grid(r.time, panels, x_label="Time from ignition, s", columns=2)


def _histories_caption(r: SolidMotorPerformance) -> str:
    return f"Pressure, thrust, burning surface and propellant; {len(r.time)} steps."


def _distinct(motor: SolidMotor) -> list[Segment]:
    seen: list[Any] = []
    for s in motor.grain:
        if not any(s.outline() == o.outline() and s.outer_diameter == o.outer_diameter for o in seen):
            seen.append(s)
    return seen[:4]


def section_drawing(motor: SolidMotor) -> str:
    """The grain's different cross-sections with fronts at equal steps of depth, and the grain from the side (SVG)."""
    from ..report.plots import figure_svg
    from ..report.theme import ACCENT, INK, MUTED

    segments = _distinct(motor)

    def draw(figure: Any) -> None:
        grid = figure.add_gridspec(2, len(segments), height_ratios=(1.9, 1.0), hspace=0.28)
        for k, s in enumerate(segments):
            _draw_section(figure.add_subplot(grid[0, k]), s, INK, ACCENT, MUTED)
        _draw_side(figure.add_subplot(grid[1, :]), motor, INK, ACCENT, MUTED)

    return figure_svg(draw, height=3.5 if len(segments) < 3 else 3.2)


def _draw_section(ax: Any, s: Segment, ink: str, accent: str, muted: str) -> None:
    radius = 1e3 * s.outer_diameter / 2.0
    ax.set_aspect("equal")
    ax.axis("off")
    angles = np.linspace(0.0, 2.0 * np.pi, 361)
    ax.fill(radius * np.cos(angles), radius * np.sin(angles), color=accent, alpha=0.10, lw=0)
    ax.plot(radius * np.cos(angles), radius * np.sin(angles), color=ink, lw=1.6)
    section = s.section()
    title = f"{s.shape}, ⌀ {2 * radius:.4g} mm"
    if section is not None:
        offset = getattr(s, "fillet", 0.0)
        web = section.web() - offset
        _fill_port(ax, section, offset)
        for k in range(_FRONTS):
            front = section.front(offset + web * k / _FRONTS)
            for part in front.parts:
                xy = 1e3 * _points(part)
                ax.plot(xy[:, 0], xy[:, 1], color=ink if k == 0 else accent, lw=1.4 if k == 0 else 0.8, zorder=3)
        title += f"\nfronts every {1e3 * web / _FRONTS:.3g} mm"
    ax.set_title(title, fontsize=8)


def _fill_port(ax: Any, section: Section, offset: float) -> None:
    """The port white: its points in order of angle (every port here is seen whole from the axis or drawn as its outline)."""
    parts = section.front(offset).parts if offset else section.outline
    port = 1e3 * np.concatenate([_points(part) for part in parts])
    if offset:
        port = port[np.argsort(np.arctan2(port[:, 1], port[:, 0]), kind="stable")]
    ax.fill(port[:, 0], port[:, 1], color="white", lw=0)


def _points(part: Any) -> np.ndarray:
    if isinstance(part, Line):
        return np.array([part.a, part.b])
    n = max(2, int(np.ceil((part.last - part.first) / 0.05)) + 1)
    return np.array([part.at(a) for a in np.linspace(part.first, part.last, n)])


def _draw_side(ax: Any, motor: SolidMotor, ink: str, accent: str, muted: str) -> None:
    """Half sections from head (left) to aft: propellant shaded, the port's mean radius as an edge, burning ends in colour."""
    head = 0.0
    for s in motor.grain:
        for _ in range(s.count):
            head += s.gap
            a, b, outer = 1e3 * head, 1e3 * (head + s.length), 1e3 * s.outer_diameter / 2.0
            inner = 0.0 if isinstance(s, EndBurner) else 1e3 * _mean_port(s)
            for sign in (1.0, -1.0):
                ax.fill(
                    [a, b, b, a],
                    [sign * inner, sign * inner, sign * outer, sign * outer],
                    color=accent,
                    alpha=0.18,
                    lw=0,
                )
                ax.plot([a, b], [sign * outer] * 2, color=ink, lw=1.4)
                if inner:
                    ax.plot([a, b], [sign * inner] * 2, color=accent, lw=1.2)
                for x, burns in ((a, s.burning == 2), (b, s.burning >= 1)):
                    ax.plot([x, x], [sign * inner, sign * outer], color=accent if burns else ink, lw=1.2)
            head += s.length
    ax.set_aspect("equal" if head * 1e3 < 14.0 * max(1e3 * s.outer_diameter for s in motor.grain) else "auto")
    ax.set_xlabel("mm from the head end", fontsize=8)
    ax.set_yticks([])
    for side in ("left", "right", "top"):
        ax.spines[side].set_visible(False)
    ax.grid(False)


def _mean_port(s: Segment) -> float:
    section = s.section()
    assert isinstance(section, Section)
    return float(np.sqrt(section.front(getattr(s, "fillet", 0.0)).port_area / np.pi))


def _grain_caption(motor: SolidMotor) -> str:
    more = " (the first four kinds)" if len(_distinct(motor)) == 4 else ""
    return (
        f"Cross-sections{more} with the burning front at equal steps of depth, out to the case; below, the grain from the "
        "side, the port as a circle of equal area, burning surfaces in colour."
    )


def _grain_table(motor: SolidMotor) -> Table:
    rows = tuple(
        (s.shape, s.count, s.length, s.outer_diameter, {0: "none", 1: "aft", 2: "both"}[s.burning]) for s in motor.grain
    )
    columns = (
        Column("Segment"), Column("Count"), Column("Length", "mm", scale=1e3, decimals=1),
        Column("Outer diameter", "mm", scale=1e3, decimals=1), Column("Burning ends"),
    )  # fmt: skip
    return Table(columns, rows, "The grain, from the head end.", label="segments")


def _facts(r: SolidMotorPerformance) -> Facts:
    rows: list[tuple] = [
        ("Propellant", Cell(r.propellant_mass_initial, digits=5), "kg"),
        ("Total impulse in vacuum", Cell(r.total_impulse_vacuum / 1e3, digits=5), "kN s"),
        ("Characteristic velocity, delivered", Cell(r.c_star, decimals=1), "m/s"),
        ("Exponent of the expansion", Cell(r.gamma, decimals=4), ""),
        ("Throat area, new", Cell(r.throat_area * 1e4, digits=4), "cm²"),
        ("Area ratio, new", Cell(r.area_ratio, digits=4), ""),
        ("Port over throat area", Cell(r.port_to_throat, decimals=2), ""),
        ("Burning over throat area, largest", Cell(float(r.klemmung.max()), decimals=0), ""),
        ("Web", Cell(r.web * 1e3, digits=4), "mm"),
        ("Sliver", Cell(100.0 * r.sliver_fraction, decimals=2), "%"),
        ("Volumetric loading", Cell(100.0 * r.volumetric_loading, decimals=1), "%"),
        ("Characteristic length L*", Cell(r.characteristic_length, digits=3), "m"),
    ]
    if r.flame_temperature is not None:
        rows.append(("Flame temperature", Cell(r.flame_temperature, decimals=0), "K"))
    return Facts(tuple(rows))


def _loss_table(r: SolidMotorPerformance) -> Table:
    start = r.losses[0].isp_after / r.losses[0].factor
    rows: list[tuple] = [("Ideal nozzle, delivered c*", None, start)]
    rows += [
        (x.name, Cell(x.factor, (SourceNote(x.grade, x.citation),), decimals=4), x.isp_after)  # type: ignore[arg-type]
        for x in r.losses
    ]
    columns = (Column("Loss"), Column("Factor", decimals=4), Column("Isp after", "s", decimals=2))
    return Table(
        columns, tuple(rows), "From the ideal nozzle to the motor, mean vacuum specific impulse.", label="losses"
    )


def _published(motor: SolidMotor, r: SolidMotorPerformance) -> Table | None:
    p = motor.published
    kinds = (
        ("Total impulse", "kN s", 1e-3, p.total_impulse, r.total_impulse),
        ("Action time", "s", 1.0, p.burn_time, r.action_time),
        ("Peak pressure", "bar", 1e-5, p.peak_pressure, r.peak_pressure),
        ("Peak thrust", "kN", 1e-3, p.peak_thrust, r.peak_thrust),
        ("Propellant", "kg", 1.0, p.propellant_mass, r.propellant_mass_initial),
    )
    rows = tuple(
        (
            name,
            unit,
            Cell(ours * scale, digits=4),
            Cell(theirs * scale, digits=4),
            Cell(100.0 * (ours / theirs - 1.0), decimals=1),
        )
        for name, unit, scale, theirs, ours in kinds
        if theirs is not None
    )
    if not rows:
        return None
    columns = (Column("Figure"), Column("Unit"), Column("Here", align="right"), Column("Published", align="right"),
               Column("Difference", "%", decimals=1))  # fmt: skip
    return Table(columns, rows, "Computed beside published.", label="published")
