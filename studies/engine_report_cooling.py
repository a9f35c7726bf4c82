"""The report's section on cooling: totals, temperatures, fluxes, the coolant's state and stresses along the wall."""

import numpy as np

from ..propulsion.cooling.result import CircuitResult, CoolingResult
from ..propulsion.engine_design import EngineDesign
from ..report import theme
from ..report.pieces import Column, Figure, Table, Text
from ..report.plots import Line, Panel, profile_grid
from .engine_report_chamber import jacket_section


def cooling_blocks(design: EngineDesign) -> tuple:
    """Text, tables and the plots along the wall."""
    c = design.cooling
    assert c is not None
    blocks: list = [Text(_words(c))]
    if c.circuits:
        blocks.append(_circuit_table(c))
    match = jacket_section(design)
    if match is not None:
        blocks.append(match)
    blocks.append(Figure(_plots(c), "Along the wall; 0 is the throat, the injector is on the left.", label="cooling"))
    return tuple(blocks)


def _words(c: CoolingResult) -> str:
    model = {"bartz": "Bartz's equation (1957)", "reference enthalpy": "the reference-enthalpy method"}[c.gas_side]
    parts = [
        f"Gas side by {model}, transport properties by {'his own estimates' if c.transport == 'bartz' else 'kinetic theory'}; "
        f"the highest heat flux is {c.highest_heat_flux / 1e6:.1f} MW/m², the hottest wall {c.highest_wall_temperature:.0f} K. "
        "[[cooling]] shows the march along the wall."
    ]
    if c.film is not None:
        length = f"; liquid for {1e3 * c.film.liquid_length:.0f} mm" if c.film.liquid_length > 0.0 else ""
        parts.append(f"A film at {c.film.film_temperature:.0f} K protects the wall{length}.")
    if c.extension is not None:
        e = c.extension
        parts.append(
            f"The extension radiates {e.heat / 1e3:.0f} kW with an emissivity of {e.emissivity:g}; "
            f"its hottest place has {e.temperature.max():.0f} K."
        )
    return "\n\n".join(parts)


def _circuit_table(c: CoolingResult) -> Table:
    columns = (
        Column("Circuit"), Column("Coolant"), Column("Heat", "MW", scale=1e-6, decimals=3),
        Column("In", "bar", scale=1e-5, decimals=2), Column("Out", "bar", scale=1e-5, decimals=2),
        Column("In", "K", decimals=1), Column("Out", "K", decimals=1), Column("Hottest wall", "K", decimals=0),
        Column("Highest Mach", decimals=3),
    )  # fmt: skip
    rows = tuple(
        (r.name, r.coolant, r.heat, r.inlet_pressure, r.outlet_pressure, r.inlet_temperature, r.outlet_temperature,
         float(r.hot_wall_temperature.max()), float(r.mach.max()))
        for r in c.circuits
    )  # fmt: skip
    return Table(columns, rows, "Cooling circuits in the order of flow; total pressures.", label="circuits")


def _plots(c: CoolingResult) -> str:
    colours = {r.name: theme.SERIES[i % len(theme.SERIES)] for i, r in enumerate(c.circuits)}
    several = len(c.circuits) > 1

    def lines(field: str, scale: float = 1.0, label: str = "", style: str = "solid") -> list[Line]:
        return [
            Line(scale * getattr(r, field), _name(r, label, several), x=1e3 * r.x, style=style, colour=colours[r.name])
            for r in c.circuits
        ]

    wall = [
        *lines("hot_wall_temperature", label="hot side"),
        *lines("cold_wall_temperature", label="cold side", style="dashed"),
    ]
    flux = lines("heat_flux", 1e-6)
    if c.extension is not None:
        x, colour = 1e3 * c.extension.x, theme.SERIES[3]
        wall.append(Line(c.extension.temperature, "extension", x=x, colour=colour))
        flux.append(Line(1e-6 * c.extension.heat_flux, "extension", x=x, colour=colour))
    room = 1.3 * max(float(np.max(line.y)) for line in wall) if len(wall) > 2 else None  # for the legend
    panels = [Panel("Wall temperature", "K", wall, top=room), Panel("Heat flux", "MW/m²", flux)]
    if c.circuits:
        panels += [
            Panel("Coolant temperature", "K", lines("temperature")),
            Panel("Coolant pressure, static", "bar", lines("pressure", 1e-5)),
            Panel("Coolant speed", "m/s", lines("speed")),
            Panel("Stress", "MPa", [*lines("pressure_stress", 1e-6, "pressure"),
                                    *lines("thermal_stress", 1e-6, "thermal", "dashed")]),
        ]  # fmt: skip
    if c.film is not None:
        panels.append(
            Panel("Film effectiveness", "", [Line(c.film.effectiveness, x=1e3 * c.film.x)], bottom=0.0, top=1.05)
        )
    starts = [*(float(v) for r in c.circuits for v in (r.x.min(), r.x.max()))]
    starts += [float(c.extension.x[0]), float(c.extension.x[-1])] if c.extension is not None else []
    return profile_grid(
        [1e3 * min(starts), 1e3 * max(starts)], panels, x_label="From the throat, mm", columns=2, panel_height=1.62
    )


def _name(r: CircuitResult, label: str, several: bool) -> str:
    return ", ".join(part for part in (r.name if several else "", label) if part)
