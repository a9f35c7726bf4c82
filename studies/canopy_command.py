"""What `osea land` does with a descent without engines: sized, flown, and held against what body, lines and ground bear."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_document
from ..core.errors import ImpossibleError
from ..core.findings import Finding, Severity, by_gravity, refusal
from ..core.run_folder import RunFolder
from ..recovery import other_descents as of
from ..recovery.canopy_descent import CanopyFlight, fly_descent
from ..recovery.canopy_document import UnpoweredDescent
from .documents import declared_schema

TABLE = ("time_s", "x_m", "height_m", "level_speed_m_s", "climb_m_s", "force_N")
APPROACH = 1.2
"""Of the stall speed, at which a wing-borne landing is flown."""


def is_unpowered(path: Path) -> bool:
    """Whether a file says that it is a descent without engines."""
    return declared_schema(path) == UnpoweredDescent.schema_id


def run_descent(path: Path, out: Path | None) -> tuple[dict[str, Any], str]:
    """Size and fly a descent and publish its run folder; (summary as plain data, the same for people). A limit that is passed
    makes the data's exit_code 1."""
    d = load_document(UnpoweredDescent, path)
    folder = out or Path("out") / (re.sub(r"\W+", "-", d.name.lower()).strip("-") or path.stem)
    with RunFolder(folder, "land", d) as run:
        flown = None if d.wings is not None else fly_descent(d)
        lines, data, findings = _home(d) if flown is None else _down(d, flown)
        if flown is not None:
            columns = (flown.time, flown.x, flown.height, flown.level_speed, flown.climb, flown.force)
            run.write_table("flight", TABLE, [tuple(map(float, row)) for row in np.column_stack(columns)])
        run.publish()
    said = by_gravity(findings)
    data = {
        "status": "done", "descent": d.name, **data, "run": str(folder),
        "findings": [{"severity": f.severity, "rule": f.rule, "message": f.message, "margin": f.margin} for f in said],
    }  # fmt: skip
    text = [d.name, *(f"  {line}" for line in lines), "", *(f"  {f.severity:7s} {f.message}" for f in said), ""]
    return data | refusal(said), "\n".join([*text, f"  run     {folder}"])


def _held(rule: str, what: str, value: float, limit: float | None, unit: str, scale: float = 1.0) -> Finding:
    """A value against its limit, shown in a unit that is so many SI."""
    shown = f"{what} {value / scale:.2f} {unit}"
    if limit is None:
        return Finding(Severity.UNKNOWN, f"descent.{rule}", "limits", f"{shown}; limits.{rule} is not given")
    told = f"{shown}, {limit / scale:.2f} {unit} are borne"
    severity = Severity.OK if value <= limit else Severity.ERROR
    return Finding(severity, f"descent.{rule}", f"limits.{rule}", told, 1.0 - value / limit)


def _down(d: UnpoweredDescent, f: CanopyFlight) -> tuple[list[str], dict[str, Any], list[Finding]]:
    """Of a flight under canopies."""
    lines, findings = [], []
    for o in f.opened:
        let_out_to = o.ratios[-1]
        let_out = " in stages of " + ", ".join(f"{r:.0%}" for r in o.ratios) if len(o.ratios) > 1 else ""
        fills = f", full after {o.filling:.1f} s" if o.filling > 0.0 and not let_out else ""
        size = f"{o.area:.1f} m^2 ({o.diameter:.1f} m across)"
        lines.append(f"{o.name}: {size}, opens at {o.height:.0f} m and {o.speed:.1f} m/s{fills}{let_out}")
        findings.append(
            _held("opening_force", f"the {o.name} pulls with up to", o.force, d.limits.opening_force, "kN", 1e3)
        )
        if let_out_to < 1.0:
            told = f"the {o.name} is still reefed at {let_out_to:.0%} when it is done with; let it open higher"
            findings.append(Finding(Severity.ERROR, "descent.reefed", "force_limit", told))
    sink, level = -float(f.climb[-1]), abs(float(f.level_speed[-1]))
    lines.append(
        f"down after {f.time[-1]:.0f} s, {f.x[-1]:.0f} m along, sinking {sink:.2f} m/s, {level:.2f} m/s over the ground"
    )
    data: dict[str, Any] = {
        "canopies": [vars(o) | {"ratios": list(o.ratios)} for o in f.opened], "time_s": float(f.time[-1]),
        "along_m": float(f.x[-1]), "sink_rate_m_s": sink, "level_speed_m_s": level, "largest_force_N": float(f.force.max()),
    }  # fmt: skip
    speed = math.hypot(sink, level)
    if d.hook is not None:
        try:
            catch = of.air_catch(d.mass, sink, d.hook.force)
        except ValueError as error:
            raise ImpossibleError(f"'{d.name}': hook.force: {error}") from None
        data |= {"catch_way_m": catch.way, "catch_time_s": catch.time}
        lines.append(
            f"on the hook at {d.hook.height:.0f} m: the winch gives {catch.way:.1f} m of line in {catch.time:.1f} s"
        )
        return (
            lines,
            data,
            [
                *findings,
                _held("acceleration", "the hook slows it with", catch.acceleration, d.limits.acceleration, "m/s^2"),
            ],
        )
    findings.append(_held("sink_rate", "it comes down at", sink, d.limits.sink_rate, "m/s"))
    findings.append(_held("level_speed", "it moves over the ground at", level, d.limits.level_speed, "m/s"))
    if d.net is not None:
        stop = of.net_catch(d.mass, speed, d.net.way)
        data |= {"catch_force_N": stop.force}
        lines.append(f"in the net: stopped over {d.net.way:g} m in {stop.time:.2f} s, with {stop.force / 1e3:.1f} kN")
        findings.append(
            _held("acceleration", "the net slows it with", stop.acceleration, d.limits.acceleration, "m/s^2")
        )
    if d.water is not None:
        hit, under = of.splashdown_acceleration(d.mass, d.water.nose_radius, sink), of.floats(d.mass, d.water.volume)
        data |= {"splash_m_s2": hit, "share_under_water": under}
        findings.append(_held("acceleration", "the water slows it with up to", hit, d.limits.acceleration, "m/s^2"))
        told = (
            f"{under:.0%} of its closed volume lie under water"
            if under <= 1.0
            else f"it sinks: {d.water.volume:g} m^3 carry too little"
        )
        findings.append(
            Finding(
                Severity.OK if under <= 1.0 else Severity.ERROR, "descent.floats", "water.volume", told, 1.0 - under
            )
        )
    return lines, data, findings


def _home(d: UnpoweredDescent) -> tuple[list[str], dict[str, Any], list[Finding]]:
    """Of a way home on wings."""
    w = d.wings
    assert w is not None
    polar = of.Polar(w.zero_lift, w.induced, w.area)
    speed = polar.best_glide_speed(d.mass)
    lands, reach = APPROACH * polar.stall_speed(d.mass, w.most_lift), of.glide_back_reach(polar, d.begin.height)
    data: dict[str, Any] = {
        "best_glide": polar.best_glide, "glide_speed_m_s": speed, "glide_reach_m": reach, "landing_speed_m_s": lands,
    }  # fmt: skip
    lines = [
        f"lift over drag {polar.best_glide:.1f} at {speed:.1f} m/s by the ground",
        f"from {d.begin.height:.0f} m it glides {reach / 1e3:.1f} km",
    ]
    findings = []
    if w.specific_impulse is None:
        severity = Severity.OK if reach >= w.way else Severity.ERROR
        short = (
            ""
            if reach >= w.way
            else f", {(w.way - reach) / 1e3:.1f} km short; begin higher, or give it jets (specific_impulse)"
        )
        findings.append(
            Finding(
                severity,
                "descent.glide",
                "wings.way",
                f"it glides {reach / 1e3:.1f} of {w.way / 1e3:.1f} km{short}",
                reach / w.way - 1.0,
            )
        )
    else:
        fuel = of.flyback_fuel(polar, d.mass, w.way, speed, w.specific_impulse)
        data |= {"fuel_kg": fuel, "cruise_s": w.way / speed}
        lines.append(
            f"home over {w.way / 1e3:.0f} km in {w.way / speed / 60:.0f} min with {fuel:.0f} kg of fuel ({fuel / d.mass:.1%})"
        )
    findings.append(_held("level_speed", "it lands at", lands, d.limits.level_speed, "m/s"))
    return lines, data, findings
