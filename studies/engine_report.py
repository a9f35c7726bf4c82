"""The HTML report of an engine cycle: schematic, machines, chamber and losses, stations, findings, sources."""

from importlib.metadata import version

import numpy as np

from ..core.findings import Severity
from ..propulsion.cycles.document import EngineCycle
from ..propulsion.cycles.result import CycleBalance
from ..report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)
from .engine_schematic import schematic


def engine_report(cycle: EngineCycle, balance: CycleBalance) -> Report:
    """The report of a balanced cycle."""
    report = Report(
        title=cycle.name,
        subtitle=f"{cycle.cycle}, {cycle.oxidizer}/{cycle.fuel}",
        facts=(
            ("Engine", str(cycle.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {balance.input_hash[:16]}…"),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    errors = [f for f in balance.findings if f.severity is Severity.ERROR]
    report = report.section(
        "Result", _key_figures(balance), Text(_in_words(balance)), *([FindingsBlock(errors)] if errors else [])
    )
    tall = _aspect(cycle, balance)
    report = report.section(
        "Cycle",
        Figure(
            schematic(cycle, balance),
            "The cycle in balance: total pressure, temperature and flow of every stream; dashed: shafts.",
            label="schematic",
            height_mm=215 if tall > 1.35 else None,
        ),
        new_page=True,
    )
    blocks = [_machines(balance)] if balance.pumps or balance.turbines else []
    report = report.section("Turbomachinery", *blocks, new_page=True) if blocks else report
    report = report.section("Chamber and losses", _chamber(balance), _loss_table(balance))
    if balance.throttling is not None:
        report = report.section("Throttling", *_throttling(balance), new_page=True)
    report = report.section("Streams", _stations(balance), new_page=True)
    report = report.section("Findings", FindingsBlock(balance.findings))
    return report.section("Sources", SourcesBlock(more=cycle.sources))


def _aspect(cycle: EngineCycle, balance: CycleBalance) -> float:
    from ..report.svg import aspect

    return aspect(schematic(cycle, balance))


def _key_figures(b: CycleBalance) -> KeyFigures:
    beside = f"{b.mass_flow - b.chamber_mass_flow:.3g} kg/s beside the chamber"
    return KeyFigures(
        (
            KeyFigure(
                "Vacuum thrust",
                b.thrust_vacuum,
                "kN",
                f"throat {1e3 * _diameter(b.throat_area):.0f} mm",
                digits=4,
                scale=1e-3,
            ),
            KeyFigure("Vacuum Isp", b.isp_vacuum, "s", f"chamber alone {b.chamber_isp_vacuum:.1f} s", digits=4),
            KeyFigure("Mass flow", b.mass_flow, "kg/s", beside, digits=4),
            KeyFigure(
                "Chamber pressure", b.chamber_pressure, "bar", f"area ratio {b.area_ratio:g}", digits=4, scale=1e-5
            ),
            KeyFigure("O/F", b.oxidizer_fuel_ratio, "", f"chamber {b.chamber_oxidizer_fuel_ratio:.3f}", digits=4),
        )
    )


def _diameter(area: float) -> float:
    return float(np.sqrt(4.0 * area / np.pi))


def _in_words(b: CycleBalance) -> str:
    power = sum(p.power for p in b.pumps)
    drive = f"The pumps take {power / 1e3:,.0f} kW. " if b.pumps else ""
    return (
        f"{drive}[[schematic]] shows every stream. Mass, energy and shaft power close to {b.worst_balance:.0e} of the flow, "
        f"enthalpy and power they belong to ({b.unknowns} unknowns, {b.iterations} Newton steps, {1e3 * b.solve_time:.1f} ms)."
    )


def _machines(b: CycleBalance) -> Table:
    columns = (
        Column("Machine"), Column("Power", "kW", scale=1e-3, decimals=1), Column("Efficiency", decimals=3),
        Column("Rise or ratio", align="right"), Column("Flow", "kg/s", decimals=3), Column("Specific speed", decimals=2),
        Column("NPSH", "m", decimals=1), Column("Suction speed", decimals=1),
    )  # fmt: skip
    flows = {s.target: s.mass_flow for s in b.streams}
    rows = []
    for shaft in dict.fromkeys(m.shaft for m in (*b.pumps, *b.turbines)):
        rows.append(Row((shaft,), kind="group"))
        for p in (p for p in b.pumps if p.shaft == shaft):
            rows.append(
                Row((p.name, p.power, p.efficiency, f"{p.pressure_rise / 1e5:.2f} bar", flows[p.name], p.specific_speed,
                     p.suction_head, p.suction_specific_speed), indent=1)
            )  # fmt: skip
        for t in (t for t in b.turbines if t.shaft == shaft):
            rows.append(
                Row(
                    (t.name, t.power, t.efficiency, f"ratio {t.pressure_ratio:.3f}", t.mass_flow, None, None, None),
                    indent=1,
                )
            )
        for m in (m for m in b.motors if m.shaft == shaft):
            rows.append(Row((f"{m.name} (battery {m.battery_power / 1e3:,.1f} kW)", m.power, *[None] * 6), indent=1))
    return Table(
        columns,
        tuple(rows),
        "Pumps and turbines by shaft; specific speeds are dimensionless, a stage.",
        label="machines",
    )


def _chamber(b: CycleBalance) -> Facts:
    rows: list[tuple] = [
        ("Characteristic velocity, delivered", b.c_star, "m/s"),
        ("Chamber temperature, ideal", Cell(b.chamber_temperature_ideal, decimals=0), "K"),
        ("Throat diameter", Cell(1e3 * _diameter(b.throat_area), decimals=1), "mm"),
        ("Exit diameter", Cell(1e3 * _diameter(b.exit_area), decimals=1), "mm"),
        ("Heat taken from the chamber", Cell(b.chamber_heat / 1e6, decimals=3), "MW"),
    ]
    for x in b.burners:
        rows.append((f"{x.name}: O/F", Cell(x.oxidizer_fuel_ratio, decimals=4), ""))
        rows.append((f"{x.name}: temperature", Cell(x.temperature, decimals=1), "K"))
    return Facts(tuple(rows))


def _loss_table(b: CycleBalance) -> Table:
    start = b.losses[0].isp_after / b.losses[0].factor
    rows: list[tuple] = [("Ideal, shifting equilibrium, propellants as tabulated", None, start)]
    for loss in b.losses:
        grade = loss.grade if loss.grade in ("read", "secondary", "recalled", "estimate") else ""
        factor = Cell(loss.factor, (SourceNote(grade, loss.citation),) if grade else (), decimals=4)
        rows.append((loss.name, factor, loss.isp_after))
    columns = (Column("Loss"), Column("Factor", decimals=4), Column("Isp after", "s", decimals=2))
    return Table(columns, tuple(rows), "From the ideal chamber to the engine, vacuum specific impulse.", label="losses")


def _stations(b: CycleBalance) -> Table:
    columns = (
        Column("From"), Column("To"), Column("Fluid"), Column("Flow", "kg/s", decimals=4),
        Column("Pressure", "bar", scale=1e-5, decimals=2), Column("Temperature", "K", decimals=2),
        Column("Density", "kg/m³", decimals=2), Column("Enthalpy", "kJ/kg", scale=1e-3, decimals=1),
    )  # fmt: skip
    rows = tuple(
        (s.source, s.target, s.medium, s.mass_flow, s.pressure, s.temperature, s.density, s.enthalpy) for s in b.streams
    )
    return Table(
        columns, rows, "Every stream, total conditions; enthalpy from the elements at 298.15 K.", label="streams"
    )


def _throttling(b: CycleBalance) -> tuple:
    from ..report.plots import Line, Panel, profile_grid

    t = b.throttling
    assert t is not None
    panels = [
        Panel("Vacuum thrust", "kN", [Line(t.thrust_vacuum / 1e3)]),
        Panel("Vacuum Isp", "s", [Line(t.isp_vacuum)]),
        Panel("Shaft speed over design", "", [Line(s, n) for s, n in zip(t.speed_ratio, t.shafts, strict=True)]),
        Panel("Turbine inlet", "K", [Line(t.turbine_inlet_temperature)]),
    ]
    figure = profile_grid(t.throttle, panels, x_label="Chamber pressure over design", columns=2)
    text = (
        f"The same hardware at other chamber pressures, by {', '.join(t.controls)}: resistances, flow capacities and "
        "characteristics are those of the design point; the characteristics of pumps and turbines are estimates. "
        "[[throttle]] shows the operating line."
    )
    return Text(text), Figure(figure, "Operating line of the fixed hardware.", label="throttle")
