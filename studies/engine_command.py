"""What `osea engine` does, apart from parsing the command line."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.documents import load_document
from ..core.findings import by_gravity
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..propulsion.cycles.document import EngineCycle
from ..propulsion.cycles.result import CycleBalance

STEPS = {"read": 0.3, "balance": 3.0, "report": 1.0}


def run_engine(path: Path, out: Path | None, *, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Balance an engine cycle and publish its run folder; returns (the result as plain data, the same for people).

    A solid motor, a thrust curve or a RASP file (``.eng``) goes its own way: see solid_command.
    """
    other = _solid(path)
    if other is not None:
        return other(path, out, quiet=quiet)
    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        with progress.step("read"):
            cycle = load_document(EngineCycle, path)
        folder = out or Path("out") / re.sub(r"[^a-z0-9]+", "-", cycle.name.lower()).strip("-")
        with RunFolder(folder, "engine", cycle) as run:
            with progress.step("balance"):
                from ..propulsion.cycles.balance import balance

                result = balance(cycle)
                if cycle.throttle is not None:
                    from ..propulsion.cycles.throttle import throttle

                    points = throttle(cycle, cycle.throttle.controls, cycle.throttle.lowest)
                    result = dataclasses.replace(result, throttling=points)
            with progress.step("report"):
                _write(cycle, result, run)
            run.publish()
    finally:
        progress.close()
    report = folder / "report.html"
    data = result.to_json() | {"run": str(folder), "report": str(report)}
    return data, f"{table(result)}\n\n  report  {report}"


def _solid(path: Path) -> Callable[..., tuple[dict[str, Any], str]] | None:
    """What runs a solid motor's file; None for anything else, whose errors the reader of cycles states."""
    from .solid_command import run_curves, run_solid

    if path.suffix.lower() == ".eng":
        return run_curves
    try:
        head = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    schema = re.search(r"^schema:\s*[\"']?(osea/[a-z-]+/v\d+)", head, re.MULTILINE)
    kinds = {"osea/solid-motor/v1": run_solid, "osea/thrust-curve/v1": run_curves, "osea/rasp-motor/v1": run_curves}
    return kinds.get(schema[1] if schema else "")


def _write(cycle: EngineCycle, result: CycleBalance, run: RunFolder) -> None:
    from .engine_report import engine_report
    from .engine_schematic import schematic

    run.write_result("cycle", result)
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
        for s in result.streams
    ]
    run.write_table("streams", columns, rows)
    run.write_text("figures/schematic.svg", schematic(cycle, result))
    run.write_text("report.html", engine_report(cycle, result).html())


def table(b: CycleBalance) -> str:
    """The balance for a terminal."""
    rows = (
        ("thrust (vacuum)", f"{b.thrust_vacuum / 1e3:,.2f} kN", "Isp (vacuum)", f"{b.isp_vacuum:.2f} s"),
        ("mass flow", f"{b.mass_flow:,.3f} kg/s", "chamber alone", f"{b.chamber_isp_vacuum:.2f} s"),
        ("O/F", f"{b.oxidizer_fuel_ratio:.4f}", "of the chamber", f"{b.chamber_oxidizer_fuel_ratio:.4f}"),
        ("chamber pressure", f"{b.chamber_pressure / 1e5:,.2f} bar", "area ratio", f"{b.area_ratio:g}"),
    )
    solved = f"{b.unknowns} unknowns, {b.iterations} Newton steps, {1e3 * b.solve_time:.1f} ms"
    lines = [
        f"{b.name}: {b.cycle}, {b.oxidizer}/{b.fuel}",
        *(f"  {a:<18}{v:>16}     {c:<16}{w:>12}" for a, v, c, w in rows),
        f"  balances close to {b.worst_balance:.0e}; {solved}",
        "",
        f"  {'stream':<46}{'kg/s':>11}{'bar':>10}{'K':>10}{'kg/m3':>10}",
    ]
    lines += [
        f"  {s.name:<46}{s.mass_flow:>11.4f}{s.pressure / 1e5:>10.2f}{s.temperature:>10.2f}{s.density:>10.3f}"
        for s in b.streams
    ]
    lines.append("")
    lines += [
        f"  {p.name:<24}{p.power / 1e3:>12,.1f} kW   rise {p.pressure_rise / 1e5:8.2f} bar   efficiency {p.efficiency:.4f}"
        for p in b.pumps
    ]
    lines += [
        f"  {t.name:<24}{t.power / 1e3:>12,.1f} kW   ratio {t.pressure_ratio:8.3f}      efficiency {t.efficiency:.4f}"
        for t in b.turbines
    ]
    lines += [f"  {m.name:<24}{m.power / 1e3:>12,.1f} kW   battery {m.battery_power / 1e3:,.1f} kW" for m in b.motors]
    lines += [
        f"  {x.name:<24}O/F {x.oxidizer_fuel_ratio:.4f}, {x.temperature:.1f} K, {x.mass_flow:.3f} kg/s"
        for x in b.burners
    ]
    lines.append("")
    lines += [f"  {f.severity:<8}{f.message}" for f in by_gravity(b.findings)]
    return "\n".join(lines)
