"""The HTML report of an engine: what was found, cycle, machines, losses; the other sections are in files of their own."""

from importlib.metadata import version

import numpy as np

from ..core.findings import Severity
from ..propulsion.cycles.document import EngineCycle
from ..propulsion.cycles.result import CycleBalance
from ..propulsion.engine_design import EngineDesign
from ..propulsion.trade.result import TradeResult
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
from .engine_report_chamber import acoustic_blocks, comparison_blocks, contour_blocks, injector_blocks, mass_blocks
from .engine_report_cooling import cooling_blocks
from .engine_report_operation import feed_blocks, operating_blocks, throttle_blocks
from .engine_report_trade import trade_blocks
from .engine_schematic import schematic


def engine_report(cycle: EngineCycle, design: EngineDesign, trade: TradeResult | None = None) -> Report:
    """The report of an engine: every part that its document asks for."""
    balance = design.balance
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
    findings = (*design.findings, *(trade.findings if trade is not None else ()))
    errors = [f for f in findings if f.severity is Severity.ERROR]
    report = report.section(
        "Result",
        _key_figures(balance),
        Text(_in_words(design)),
        *comparison_blocks(design),
        *([FindingsBlock(errors)] if errors else []),
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
    if balance.pumps or balance.turbines:
        report = report.section("Turbomachinery", *_machines(balance), new_page=True)
    report = report.section("Chamber and losses", _chamber(balance), _loss_table(balance))
    if design.contour is not None:
        report = report.section("Contour", *contour_blocks(design), new_page=True)
    if design.injector is not None:
        report = report.section("Injector", *injector_blocks(design), new_page=design.contour is not None)
    if design.acoustics is not None:
        report = report.section("Acoustics", *acoustic_blocks(design.acoustics))
    if design.cooling is not None:
        report = report.section("Cooling", *cooling_blocks(design), new_page=True)
    if balance.throttling is not None:
        report = report.section("Throttling", *throttle_blocks(balance), new_page=True)
    if balance.operating_points:
        report = report.section("Off design", *operating_blocks(balance))
    if balance.feed is not None:
        report = report.section("Pressure feed", *feed_blocks(balance.feed), new_page=True)
    if trade is not None:
        report = report.section("Trade", *trade_blocks(cycle, trade), new_page=True)
    if design.masses:
        report = report.section("Mass", *mass_blocks(design))
    report = report.section("Streams", _stations(balance), new_page=True)
    report = report.section("Findings", FindingsBlock(findings))
    return report.section("Sources", SourcesBlock(more=cycle.sources))


def _aspect(cycle: EngineCycle, balance: CycleBalance) -> float:
    from ..report.svg import aspect

    return aspect(schematic(cycle, balance))


def _key_figures(b: CycleBalance) -> KeyFigures:
    past = b.mass_flow - b.chamber_mass_flow
    beside = f"{past:.3g} kg/s beside the chamber" if abs(past) > 1e-9 * b.mass_flow else "all through the chamber"
    return KeyFigures(
        (
            KeyFigure(
                "Vacuum thrust",
                b.thrust_vacuum,
                "kN",
                f"throat {1e3 * _diameter(b.throat_area / b.chambers):.0f} mm"
                + (f", {b.chambers} of them" if b.chambers > 1 else ""),
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


def _in_words(design: EngineDesign) -> str:
    b = design.balance
    power = sum(p.power for p in b.pumps)
    drive = f"The pumps take {power / 1e3:,.0f} kW. " if b.pumps else ""
    return (
        f"{drive}[[schematic]] shows every stream. Mass, energy and shaft power close to {b.worst_balance:.0e} of the flow, "
        f"enthalpy and power they belong to ({b.unknowns} unknowns, {b.iterations} Newton steps, {1e3 * b.solve_time:.1f} ms)."
        + (
            f" Balance, contour and cooling came together in {design.rounds} rounds."
            if design.contour is not None
            else ""
        )
    )


def _machines(b: CycleBalance) -> tuple[Table, ...]:
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
    made = [
        Table(
            columns,
            tuple(rows),
            "Pumps and turbines by shaft; specific speeds are dimensionless, a stage.",
            label="machines",
        )
    ]
    sizes = [
        Row((f"{p.name}, {p.stages} stage{'s' if p.stages > 1 else ''}",
             p.size.tip_diameter, p.size.tip_speed, p.size.speed * 30.0 / np.pi,
             "" if p.size.speed_given else "highest that the suction head allows"))
        for p in b.pumps if p.size is not None
    ]  # fmt: skip
    sizes += [
        Row((f"{t.name}, {t.size.stages} {t.size.staging}", t.size.mean_diameter, t.size.blade_speed,
             2.0 * t.size.blade_speed / t.size.mean_diameter * 30.0 / np.pi,
             f"mean line: efficiency {t.size.efficiency:.2f}, U/C0 {t.size.speed_ratio:.2f}"))
        for t in b.turbines if t.size is not None
    ]  # fmt: skip
    if sizes:
        size_columns = (
            Column("Wheel"), Column("Diameter", "mm", scale=1e3, decimals=0), Column("Rim speed", "m/s", decimals=0),
            Column("Speed", "rpm", decimals=0), Column("Note"),
        )  # fmt: skip
        made.append(
            Table(size_columns, tuple(sizes), "Sizes: tips of pumps, mean diameters of turbines.", label="sizes")
        )
    return tuple(made)


def _chamber(b: CycleBalance) -> Facts:
    rows: list[tuple] = [
        ("Characteristic velocity, delivered", b.c_star, "m/s"),
        ("Chamber temperature, ideal", Cell(b.chamber_temperature_ideal, decimals=0), "K"),
        ("Throat diameter", Cell(1e3 * _diameter(b.throat_area / b.chambers), decimals=1), "mm"),
        ("Exit diameter", Cell(1e3 * _diameter(b.exit_area / b.chambers), decimals=1), "mm"),
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
