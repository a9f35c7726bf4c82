"""What `osea land` does: the design, one flight shown, dispersed ones counted, run folder and report."""

import math
import re
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_document
from ..core.errors import ImpossibleError
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from ..recovery.descent_document import LandingStudy
from ..recovery.descent_flight import design_landing
from .landing_run import (
    COLUMNS,
    LandingResult,
    Nominal,
    collected,
    end_text,
    fly_many,
    fly_one,
    reach_text,
    replay,
    window_text,
)

FLIGHT_SECONDS = 1.5
TABLE = (
    "seed",
    "verdict",
    "x_m",
    "y_m",
    "vertical_speed_m_s",
    "lateral_speed_m_s",
    "tilt_deg",
    "propellant_kg",
    "stroke_m",
    "time_s",
    "aim_x_m",
    "aim_y_m",
    "shortfall_kg",
)
LOG_TABLE = (
    "time_s", "x_m", "y_m", "z_m", "vx_m_s", "vy_m_s", "vz_m_s", "mass_kg", "tilt_rad", "thrust_N", "throttle",
    "angle_of_attack_rad", "dynamic_pressure_Pa", "phase", "lean_x", "lean_y", "asked_x", "asked_y", "miss_x_m", "miss_y_m",
)  # fmt: skip


def run_land(
    path: Path, out: Path | None, *, seed: int = 0, runs: int = 0, first: int = 1, jobs: int = 0, quiet: bool = False
) -> tuple[dict[str, Any], str]:
    """Fly a landing study and publish its run folder; (summary as plain data, the same for people).

    seed: of the flight shown; runs, first: dispersed flights. A flight outside the legs' limits, or fewer dispersed ones inside
    than the study requires, make the data's exit_code 1; the run is published all the same.
    """
    from .landing_report import landing_figures, landing_report

    steps = {"read": 1.0, "design": 3.0, "flight": 5.0, "report": 3.0} | (
        {"dispersed": runs * FLIGHT_SECONDS} if runs else {}
    )
    progress = Progress() if quiet else RichProgress(steps)
    try:
        with progress.step("read"):
            study = load_document(LandingStudy, path)
        folder = out or Path("out") / (re.sub(r"\W+", "-", study.name.lower()).strip("-") or path.stem)
        with RunFolder(folder, "land", study) as run:
            with progress.step("design"):
                design = design_landing(study)
            with progress.step("flight"):
                shown = fly_one(design, seed)
            flown = None
            if runs:
                with progress.step("dispersed"):
                    flown = fly_many(design, first, runs, jobs=jobs, told=progress.note)
            with progress.step("report"):
                run.write_result("landing", flown or collected(study, {seed: shown.end}))
                run.write_table("flight", LOG_TABLE, [tuple(map(float, row)) for row in shown.log])
                if flown is not None:
                    run.write_table("touchdowns", TABLE, rows(flown))
                drawn = landing_figures(study, shown, flown)
                for name, svg in drawn.items():
                    run.write_text(f"figures/{name}.svg", svg)
                run.write_text("report.html", landing_report(study, path, shown, flown, drawn).html())
            run.publish()
    finally:
        progress.close()
    data, text = summary(study, path, shown, flown)
    data |= {"run": str(folder), "report": str(folder / "report.html")}
    refused = refusals(study, shown, flown)
    if refused:
        data |= {"status": "failed", "exit_code": ImpossibleError.exit_code, "message": "; ".join(refused)}
    return data, f"{text}\n\n  report  {folder / 'report.html'}"


def refusals(study: LandingStudy, shown: Nominal, flown: LandingResult | None) -> list[str]:
    """Why the answer is no."""
    found = []
    if not shown.end.landed:
        found.append(f"the flight of seed {shown.seed} ended: {end_text(shown.end)}")
    if flown is not None and flown.share < study.required:
        found.append(
            f"{flown.landed.sum()} of {len(flown.seeds)} dispersed flights touched down within the legs' limits, "
            f"{study.required:.1%} are required"
        )
    return found


def rows(flown: LandingResult) -> list[tuple[Any, ...]]:
    """Of the table of touchdowns."""
    columns = [getattr(flown, n) * (180.0 / math.pi if n == "tilt" else 1.0) for n in COLUMNS]
    return [
        (int(s), v, *(float(c[i]) for c in columns))
        for i, (s, v) in enumerate(zip(flown.seeds, flown.verdicts, strict=True))
    ]


def summary(study: LandingStudy, path: Path, shown: Nominal, flown: LandingResult | None) -> tuple[dict[str, Any], str]:
    """In short: plain data, and lines."""
    e, look = shown.end, shown.outlook
    data: dict[str, Any] = {
        "status": "done",
        "study": study.name,
        "flight": {
            "seed": shown.seed, "verdict": e.verdict, "x_m": e.x, "y_m": e.y, "vertical_speed_m_s": e.vertical_speed,
            "lateral_speed_m_s": e.lateral_speed, "tilt_rad": e.tilt, "propellant_kg": e.propellant, "stroke_m": e.stroke,
            "time_s": e.time, "aim_x_m": e.aim_x, "aim_y_m": e.aim_y, "shortfall_kg": e.shortfall, "guidance": e.outcomes,
        },
    }  # fmt: skip
    lines = [
        f"{study.name}: seed {shown.seed}: {end_text(e)}",
        f"  touchdown     {e.position:.1f} m from the middle, sinking {e.vertical_speed:.2f} m/s, across "
        f"{e.lateral_speed:.2f} m/s, tilt {math.degrees(e.tilt):.2f} deg",
        f"  propellant    {e.propellant:.0f} kg left",
    ]
    if look is not None:
        w = look.window
        data["ignition"] = {
            "time_s": look.ignition, "least_thrust_to_weight": w.thrust_to_weight, "hovers": w.hovers,
            "earliest_s": _number(w.earliest), "latest_s": _number(w.latest), "plan": look.outcome, "miss_m": look.miss,
            "shortfall_kg": look.shortfall,
        }  # fmt: skip
        lines.append(f"  landing burn  lit at {look.ignition:.1f} s; {window_text(look)}")
        if look.outcome != "lands":
            lines.append(f"  out of reach  {look.outcome}: {reach_text(look)}")
    if flown is not None:
        low, high = flown.share_between
        ellipse = flown.ellipse
        data["dispersed"] = {
            "flights": len(flown.seeds), "first_seed": int(flown.seeds[0]), "landed": int(flown.landed.sum()),
            "share": flown.share, "share_low": low, "share_high": high, "required": study.required,
            "p99": {n: float(np.percentile(getattr(flown, n), 99)) for n in ("vertical_speed", "lateral_speed", "tilt", "stroke")}
            | {"distance": float(np.percentile(np.hypot(flown.x, flown.y), 99))},
            "least_propellant_kg": float(flown.propellant.min()),
            "ellipse99_m": None
            if ellipse is None
            else {"centre": ellipse.centre.tolist(), "half_axes": [ellipse.major, ellipse.minor]},
            "guidance": dict(zip(flown.outcomes, map(int, flown.counts), strict=True)),
            "failures": {v: {"seeds": s, "replay": replay(path, s[0])} for v, s in flown.classes.items()},
        }  # fmt: skip
        lines.append(
            f"  dispersed     {flown.landed.sum()} of {len(flown.seeds)} within the legs' limits: {flown.share:.1%} "
            f"(90 % sure of {low:.1%} to {high:.1%}; {study.required:.0%} required)"
        )
        lines += [f"    {len(s):5d} {v}: {replay(path, s[0])}" for v, s in flown.classes.items()]
    return data, "\n".join(lines)


def _number(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None
