"""An engine's run folder: results, tables, the contour for CAD, figures, report."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.run_folder import RunFolder
from ..propulsion.cooling.result import CoolingResult
from ..propulsion.cycles.result import Throttling
from ..propulsion.trade.result import TradeResult

if TYPE_CHECKING:
    from .engine_command import EngineRun


def write_engine(found: "EngineRun", run: RunFolder) -> None:
    """Everything that was found."""
    from .engine_report import engine_report
    from .engine_schematic import schematic

    cycle, design = found.cycle, found.design
    run.write_result("cycle", design.balance)
    for name in ("contour", "injector", "acoustics", "cooling"):
        part = getattr(design, name)
        if part is not None:
            run.write_result(name, part)
    run.write_result("engine", design)
    _streams(found, run)
    run.write_text("figures/schematic.svg", schematic(cycle, design.balance))
    if design.contour is not None:
        from ..propulsion.contour.drawing import to_csv, to_dxf
        from .engine_drawing import chamber_drawing

        run.write_text("tables/contour.csv", to_csv(design.contour))
        drawing = io.StringIO()
        to_dxf(design.contour).write(drawing)
        run.write_text("contour.dxf", drawing.getvalue())
        run.write_text("figures/contour.svg", chamber_drawing(design.contour, design.cooling))
    if design.cooling is not None:
        _cooling(design.cooling, run)
    if design.balance.throttling is not None:
        _throttle(design.balance.throttling, run)
    if found.trade is not None:
        from .engine_report_trade import trade_figure

        run.write_result("trade", found.trade)
        _trade(found.trade, run)
        run.write_text("figures/trade.svg", trade_figure(cycle, found.trade))
    run.write_text("report.html", engine_report(cycle, design, found.trade).html())


def _streams(found: "EngineRun", run: RunFolder) -> None:
    columns = (
        "from",
        "to",
        "fluid",
        "mass_flow_kg_s",
        "pressure_Pa",
        "temperature_K",
        "density_kg_m3",
        "enthalpy_J_kg",
    )
    rows = [
        (s.source, s.target, s.medium, s.mass_flow, s.pressure, s.temperature, s.density, s.enthalpy)
        for s in found.design.balance.streams
    ]
    run.write_table("streams", columns, rows)


_ALONG = {
    "x_m": "x", "radius_m": "radius", "area_ratio": "area_ratio", "gas_pressure_Pa": "gas_pressure",
    "adiabatic_temperature_K": "adiabatic_temperature", "gas_coefficient_W_m2_K": "gas_coefficient",
    "heat_flux_W_m2": "heat_flux", "hot_wall_temperature_K": "hot_wall_temperature",
    "cold_wall_temperature_K": "cold_wall_temperature", "coolant_temperature_K": "temperature",
    "coolant_pressure_Pa": "pressure", "coolant_density_kg_m3": "density", "coolant_speed_m_s": "speed",
    "coolant_mach": "mach", "reynolds": "reynolds", "coolant_coefficient_W_m2_K": "coolant_coefficient",
    "pressure_stress_Pa": "pressure_stress", "thermal_stress_Pa": "thermal_stress",
}  # fmt: skip


def _cooling(c: CoolingResult, run: RunFolder) -> None:
    def rows() -> Iterator[tuple[Any, ...]]:
        for circuit in c.circuits:
            arrays = [getattr(circuit, field).tolist() for field in _ALONG.values()]
            yield from ((circuit.name, *values) for values in zip(*arrays, strict=True))

    if c.circuits:
        run.write_table("cooling", ("circuit", *_ALONG), rows())
    if c.extension is not None:
        e = c.extension
        columns = ("x_m", "temperature_K", "heat_flux_W_m2")
        run.write_table(
            "extension", columns, zip(e.x.tolist(), e.temperature.tolist(), e.heat_flux.tolist(), strict=True)
        )


def _throttle(t: Throttling, run: RunFolder) -> None:
    columns = ["throttle", "thrust_vacuum_N", "mass_flow_kg_s", "isp_vacuum_s", "oxidizer_fuel_ratio",
               "turbine_inlet_temperature_K"]  # fmt: skip
    arrays = [
        t.throttle,
        t.thrust_vacuum,
        t.mass_flow,
        t.isp_vacuum,
        t.oxidizer_fuel_ratio,
        t.turbine_inlet_temperature,
    ]
    columns += [f"{name}: speed over design" for name in t.shafts]
    columns += [f"{name}: setting over design" for name in t.controls]
    arrays += [*t.speed_ratio, *t.control_resistance]
    run.write_table("throttle", columns, zip(*(np.asarray(a).tolist() for a in arrays), strict=True))


def _trade(r: TradeResult, run: RunFolder) -> None:
    i, j, k = r.index.astype(int).T if len(r.index) else np.zeros((3, 0), int)
    table: dict[str, Any] = {
        "chamber_pressure_Pa": r.chamber_pressure[i], "oxidizer_fuel_ratio": r.oxidizer_fuel_ratio[j],
        "area_ratio": r.area_ratio[k], "isp_ideal_s": r.isp_ideal[i, j, k], "isp_vacuum_s": r.isp_vacuum,
        "thrust_vacuum_N": r.thrust_vacuum, "mass_flow_kg_s": r.mass_flow, "exit_diameter_m": r.exit_diameter,
        "turbine_temperature_K": r.turbine_temperature, "pump_pressure_Pa": r.pump_pressure,
        "engine_mass_kg": r.engine_mass, "value": r.value, "allowed": r.allowed,
    }  # fmt: skip
    given = {name: values.tolist() for name, values in table.items() if values is not None}
    run.write_table("trade", list(given), zip(*given.values(), strict=True))
    holes = [(h.chamber_pressure, h.oxidizer_fuel_ratio, h.area_ratio, h.reason) for h in r.holes]
    run.write_table("trade_holes", ("chamber_pressure_Pa", "oxidizer_fuel_ratio", "area_ratio", "reason"), holes)
