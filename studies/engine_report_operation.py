"""The report's sections on operation: throttling, points off design, a pressure-fed engine against time."""

import numpy as np

from ..propulsion.cycles.result import CycleBalance, PressureFeed
from ..report.pieces import Column, Figure, Table, Text
from ..report.plots import Line, Panel, profile_grid


def throttle_blocks(b: CycleBalance) -> tuple:
    """The operating line, and the map as a table."""
    t = b.throttling
    assert t is not None
    panels = [
        Panel("Vacuum thrust", "kN", [Line(t.thrust_vacuum / 1e3)]),
        Panel("Vacuum Isp", "s", [Line(t.isp_vacuum)]),
        _flat_or_not("Mixture ratio", t.oxidizer_fuel_ratio),
        Panel("Setting of the controls over design", "", [
            Line(s, n) for s, n in zip(t.control_resistance, t.controls, strict=True)
        ], log=bool(np.ptp(np.log(t.control_resistance)) > 4.6)),
    ]  # fmt: skip
    if t.shafts:
        speeds = [Line(s, n) for s, n in zip(t.speed_ratio, t.shafts, strict=True)]
        panels += [Panel("Shaft speed over design", "", speeds)]
    if float(t.turbine_inlet_temperature.max()) > 0.0:
        panels += [Panel("Turbine inlet", "K", [Line(t.turbine_inlet_temperature)])]
    figure = profile_grid(t.throttle, panels, x_label="Chamber pressure over design", columns=2)
    text = (
        f"The same hardware at other chamber pressures, by {', '.join(t.controls)}: resistances, flow capacities and "
        "characteristics are those of the design point; where no maps are given the characteristics of pumps and turbines are "
        "estimates. [[throttle]] shows the operating line; the whole map is in tables/throttle.csv."
    )
    picked = np.unique(np.linspace(0, len(t.throttle) - 1, 6).round().astype(int))
    columns = (
        Column("Throttle", "%", scale=100.0, decimals=0), Column("Thrust", "kN", scale=1e-3, decimals=1),
        Column("Flow", "kg/s", digits=4), Column("Isp", "s", decimals=1), Column("O/F", decimals=3),
        Column("Turbine inlet", "K", decimals=0),
    )  # fmt: skip
    rows = tuple(
        (t.throttle[i], t.thrust_vacuum[i], t.mass_flow[i], t.isp_vacuum[i], t.oxidizer_fuel_ratio[i],
         t.turbine_inlet_temperature[i] or None)
        for i in picked
    )  # fmt: skip
    table = Table(
        columns, tuple(tuple(None if v is None else float(v) for v in r) for r in rows), "Throttle map.", label="map"
    )
    return Text(text), Figure(figure, "Operating line of the fixed hardware.", label="throttle"), table


def _flat_or_not(title: str, values: np.ndarray) -> Panel:
    """A panel whose axis does not blow up what is held constant."""
    middle = float(np.mean(values))
    flat = float(np.ptp(values)) < 1e-3 * middle
    return Panel(title, "", [Line(values)], bottom=0.9 * middle if flat else None, top=1.1 * middle if flat else None)


def operating_blocks(b: CycleBalance) -> tuple:
    """Points off design beside the design point."""
    columns = (
        Column("Point"), Column("Chamber", "bar", scale=1e-5, decimals=2), Column("Thrust", "kN", scale=1e-3, decimals=1),
        Column("Flow", "kg/s", digits=4), Column("Isp", "s", decimals=1), Column("O/F", decimals=3),
        Column("Turbine inlet", "K", decimals=0),
    )  # fmt: skip
    hottest = max((t.inlet_temperature for t in b.turbines), default=None)
    rows = [("design", b.chamber_pressure, b.thrust_vacuum, b.mass_flow, b.isp_vacuum, b.oxidizer_fuel_ratio, hottest)]
    rows += [
        (p.name, p.chamber_pressure, p.thrust_vacuum, p.mass_flow, p.isp_vacuum, p.oxidizer_fuel_ratio,
         p.turbine_inlet_temperature)
        for p in b.operating_points
    ]  # fmt: skip
    return (Table(columns, tuple(rows), "The same hardware at other conditions.", label="points"),)


def feed_blocks(f: PressureFeed) -> tuple:
    """A pressure-fed engine until a tank is empty."""
    panels = [
        Panel("Vacuum thrust", "kN", [Line(f.thrust_vacuum / 1e3)]),
        Panel("Chamber pressure", "bar", [Line(f.chamber_pressure / 1e5)]),
        Panel("Tank pressure", "bar", [Line(t.pressure / 1e5, t.tank) for t in f.tanks]),
        _flat_or_not("Mixture ratio", f.oxidizer_fuel_ratio),
    ]
    figure = profile_grid(f.time, panels, x_label="Burning time, s", columns=2)
    text = (
        f"Fed by pressure until the {f.emptied} is empty after {f.time[-1]:,.0f} s: total impulse "
        f"{f.total_impulse / 1e6:,.3f} MN s. [[feed]] shows the burn."
    )
    columns = (Column("Tank"), Column("Pressurant", "kg", digits=3), Column("Bottle", "l", scale=1e3, digits=3))
    rows = tuple((t.tank, t.pressurant_mass, t.bottle_volume) for t in f.tanks)
    table = Table(columns, rows, "Pressurant.", label="pressurant")
    return Text(text), Figure(figure, "The burn.", label="feed"), table
