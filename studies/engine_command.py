"""What `osea engine` does, apart from parsing the command line."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.documents import load_document
from ..core.findings import Finding, by_gravity, refusal
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..propulsion.cycles.document import EngineCycle
from ..propulsion.engine_design import EngineDesign
from ..propulsion.trade.result import TradeResult

STEPS = {"read": 0.3, "engine": 6.0, "throttle": 0.6, "trade": 0.0, "report": 3.0}


@dataclass(frozen=True)
class EngineRun:
    """What one run of ``osea engine`` found. cycle: the document as read."""

    cycle: EngineCycle
    design: EngineDesign
    trade: TradeResult | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of the design and the trade."""
        return (*self.design.findings, *(self.trade.findings if self.trade is not None else ()))


def run_engine(path: Path, out: Path | None, *, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Design an engine from its file and publish its run folder; returns (the result as plain data, the same for people).

    A finding of ERROR makes the data's exit_code 1; the run is published all the same.
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
            found = compute(cycle, progress)
            with progress.step("report"):
                from .engine_run import write_engine

                write_engine(found, run)
            run.publish()
    finally:
        progress.close()
    report = folder / "report.html"
    plain = found.design.to_json()
    data = plain.pop("balance") | {k: v for k, v in plain.items() if k not in ("input_hash", "sources")}
    data |= {"trade": found.trade.to_json() if found.trade is not None else None}
    data |= refusal(found.findings) | {"run": str(folder), "report": str(report)}
    return data, f"{table(found)}\n\n  report  {report}"


def compute(cycle: EngineCycle, progress: Progress | None = None) -> EngineRun:
    """All that the document asks for: design, throttling, points off design, pressure feed, trade."""
    from ..propulsion.engine_design import design_engine

    progress = progress or Progress()
    with progress.step("engine"):
        design, filled, prepared = design_engine(cycle, progress.note)
    with progress.step("throttle"):
        changes: dict[str, Any] = {}
        if cycle.throttle is not None:
            from ..propulsion.cycles.throttle import throttle

            changes["throttling"] = throttle(filled, cycle.throttle.controls, cycle.throttle.lowest, prepared=prepared)
        if cycle.analysis:
            from ..propulsion.cycles.operate import operating_points, summary

            changes["operating_points"] = tuple(summary(p.name, b) for p, b in operating_points(filled))
        if any(c.type == "tank" and c.pressurization is not None for c in cycle.components):
            from ..propulsion.cycles.feed import pressure_feed

            changes["feed"] = pressure_feed(filled)
        if changes:
            design = dataclasses.replace(design, balance=dataclasses.replace(design.balance, **changes))
    trade = None
    if cycle.trade is not None:
        with progress.step("trade"):
            from ..propulsion.trade.study import trade as run_trade

            trade = run_trade(filled, progress=progress)
            trade = dataclasses.replace(trade, input_hash=cycle.content_hash())
    return EngineRun(cycle, design, trade)


def _solid(path: Path) -> Callable[..., tuple[dict[str, Any], str]] | None:
    """What runs a solid motor's file; None for anything else, whose errors the reader of cycles states."""
    from .documents import declared_schema
    from .solid_command import run_curves, run_solid

    if path.suffix.lower() == ".eng":
        return run_curves
    kinds = {"osea/solid-motor/v1": run_solid, "osea/thrust-curve/v1": run_curves, "osea/rasp-motor/v1": run_curves}
    return kinds.get(declared_schema(path))


def table(found: EngineRun) -> str:
    """The result for a terminal."""
    b = found.design.balance
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
    lines += ["", *_around(found)]
    lines += [f"  {f.severity:<8}{f.message}" for f in by_gravity(found.findings)]
    return "\n".join(lines)


def _around(found: EngineRun) -> list[str]:
    """Contour, injector, cooling, mass, trade and published figures in a line each."""
    d, lines = found.design, []
    if d.contour is not None:
        c = d.contour
        loss = "unknown" if c.divergence_efficiency is None else f"{c.divergence_efficiency:.4f}"
        lines.append(
            f"  contour   {c.method}; throat {2e3 * c.throat_radius:.1f} mm, chamber {1e3 * c.chamber_length:.0f} mm, nozzle "
            f"{1e3 * c.nozzle_length:.0f} mm, divergence {loss}"
        )
    if d.injector is not None:
        i = d.injector
        lines.append(
            f"  injector  {i.elements} {i.element}; drops {i.oxidizer.pressure_ratio:.1%} and {i.fuel.pressure_ratio:.1%}"
        )
    if d.cooling is not None:
        k = d.cooling
        lines.append(
            f"  cooling   {k.heat / 1e6:.3f} MW, {k.pressure_drop / 1e5:.2f} bar, wall up to {k.highest_wall_temperature:.0f} K, "
            f"{k.highest_heat_flux / 1e6:.1f} MW/m2"
        )
    if d.masses and d.masses[0].mass is not None:
        m = d.masses[0]
        lines.append(f"  mass      {m.mass:,.0f} kg ({m.low:,.0f} to {m.high:,.0f}) by {m.relation}")
    if found.trade is not None and found.trade.best is not None:
        t = found.trade.best
        lines.append(
            f"  trade     best {found.trade.objective}: {t.chamber_pressure / 1e5:.1f} bar, O/F {t.oxidizer_fuel_ratio:.3f}, "
            f"area ratio {t.area_ratio:.1f}: {t.isp_vacuum:.2f} s"
        )
    for r in d.comparison:
        if r.difference is not None:
            lines.append(
                f"  published {(r.of + ': ' if r.of else '') + r.quantity:<44}{r.difference:>+8.2%}  [{r.grade}]"
            )
    return [*lines, ""] if lines else lines
