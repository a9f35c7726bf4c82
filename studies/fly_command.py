"""What `osea fly` does: the optimum, the control's design, the flight, its run folder and report."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from ..core.documents import load_document
from ..core.findings import Severity, refusal
from ..core.progress import Progress, RichProgress
from ..core.run_folder import RunFolder
from .ascend import ascend
from .documents import Study
from .fly import FLY_STEPS, FlightResult, fly

STEPS = {"read": 1.5, "engines": 0.5, "vehicle": 0.5, "ascent": 6.0, **FLY_STEPS, "report": 3.0}
MARGIN_COLUMNS = (
    "time_s", "phase", "mu_c_1_s2", "mu_alpha_1_s2", "gain_p", "gain_d_s", "gain_i_1_s", "filter_rad_s", "crossover_rad_s",
    "low_gain_margin_dB", "high_gain_margin_dB", "phase_margin_deg", "mode_margin_dB",
)  # fmt: skip


def run_fly(path: Path, out: Path | None, *, seed: int = 0, quiet: bool = False) -> tuple[dict[str, Any], str]:
    """Fly a study with six degrees of freedom and publish its run folder; (summary as plain data, the same for people).

    A flight that fails, or a margin that is missed, makes the data's exit_code 1; the run is published all the same.
    """
    from .fly_report import fly_figures, fly_report
    from .provenance import recalled, unsourced

    progress = Progress() if quiet else RichProgress(STEPS)
    try:
        with progress.step("read"):
            study = load_document(Study, path)
        folder = out or Path("out") / (re.sub(r"\W+", "-", study.name.lower()).strip("-") + "-flight" or path.stem)
        with RunFolder(folder, "fly", study) as run:
            flown = ascend(study, progress)
            made, result = fly(flown, seed=seed, progress=progress)
            findings = tuple(
                dict.fromkeys((*result.findings, *flown.ascent.findings, *unsourced(study), *recalled(study)))
            )
            with progress.step("report"):
                run.write_result("flight", result)
                write_tables(result, made.case.names, run)
                drawn = fly_figures(study, result, made.case.names)
                for name, svg in drawn.items():
                    run.write_text(f"figures/{name}.svg", svg)
                run.write_text("report.html", fly_report(study, result, made, findings, drawn).html())
            run.publish()
    finally:
        progress.close()
    data, text = summary(study, result)
    data |= {"run": str(folder), "report": str(folder / "report.html")}
    data |= refusal(findings)
    return data, f"{text}\n\n  report  {folder / 'report.html'}"


def write_tables(result: FlightResult, names: tuple[str, ...], run: RunFolder) -> None:
    """The history, the control's margins and the events as CSV."""
    columns = {
        "time_s": result.time,
        "phase": [names[int(k)] for k in result.phase_index],
        "altitude_m": result.altitude,
        "mass_kg": result.mass,
        "mach": result.mach,
        "dynamic_pressure_Pa": result.dynamic_pressure,
        "angle_of_attack_deg": np.degrees(result.angle_of_attack),
        "attitude_error_deg": np.degrees(result.attitude_error),
        "gimbal_y_deg": np.degrees(result.gimbal_y),
        "gimbal_z_deg": np.degrees(result.gimbal_z),
        "roll_rate_deg_s": np.degrees(result.body_rates[:, 0]),
        "pitch_rate_deg_s": np.degrees(result.body_rates[:, 1]),
        "yaw_rate_deg_s": np.degrees(result.body_rates[:, 2]),
        "thrust_N": result.thrust,
        "throttle": result.throttle,
        "nav_position_error_m": result.nav_position_error,
        "nav_velocity_error_m_s": result.nav_velocity_error,
        "jet_time_s": result.jet_time,
    }
    rows = zip(*(list(map(float, c)) if not isinstance(c, list) else c for c in columns.values()), strict=True)
    run.write_table("flight", list(columns), rows)
    c = result.control
    run.write_table(
        "control-margins",
        MARGIN_COLUMNS,
        [
            (
                float(c.time[i]), c.phases[int(c.phase_index[i])], *(float(v[i]) for v in (
                    c.control, c.air, c.proportional, c.rate, c.integral, c.filter, c.bandwidth, c.low, c.high)),
                float(np.degrees(c.phase[i])), float(c.mode[i]),
            )
            for i in range(len(c.time))
        ],
    )  # fmt: skip
    run.write_table("events", ["phase", "time_s", "mass_kg"], [(e.name, e.time, e.mass) for e in result.events])


def summary(study: Study, result: FlightResult) -> tuple[dict[str, Any], str]:
    """In short: plain data, and lines."""
    c, wanted, reached = result.control, result.wanted, result.reached
    data: dict[str, Any] = {
        "status": "done",
        "study": study.name,
        "flight": result.status,
        "seed": result.seed,
        "end_time_s": result.end_time,
        "final_mass_kg": result.final_mass,
        "propellant_left_kg": result.propellant_left,
        "wanted": wanted.to_json(),
        "reached": reached.to_json(),
        "most_dynamic_pressure_Pa": result.most_dynamic_pressure,
        "most_q_alpha_Pa_rad": result.most_q_alpha,
        "most_gimbal_angle_rad": result.most_gimbal_angle,
        "most_attitude_error_rad": result.most_attitude_error,
        "nav_position_error_m": float(result.nav_position_error[-1]),
        "least_low_gain_margin_dB": float(c.low.min()),
        "least_high_gain_margin_dB": float(c.high.min()),
        "least_phase_margin_rad": float(c.phase.min()),
        "findings": {str(s): sum(f.severity is s for f in result.findings) for s in Severity},
    }
    lines = [
        f"{study.name}: flight {result.status} at {result.end_time:.2f} s",
        f"  orbit         {reached.perigee_altitude / 1e3:.3f} x {reached.apogee_altitude / 1e3:.3f} km, "
        f"{np.degrees(reached.inclination):.4f} deg (wanted {wanted.perigee_altitude / 1e3:.3f} x "
        f"{wanted.apogee_altitude / 1e3:.3f} km, "
        f"{np.degrees(wanted.inclination):.4f} deg)",
        f"  propellant    {result.propellant_left:.0f} kg usable left",
        f"  max-q         {result.most_dynamic_pressure / 1e3:.2f} kPa; q-alpha "
        f"{np.degrees(result.most_q_alpha) / 1e3:.0f} kPa deg",
        f"  attitude      error up to {np.degrees(result.most_attitude_error):.2f} deg, gimbals up to "
        f"{np.degrees(result.most_gimbal_angle):.2f} deg, at their limit for {result.gimbal_limited_time:.2f} s",
        f"  navigation    {result.nav_position_error[-1]:.1f} m and {result.nav_velocity_error[-1]:.3f} m/s off at the end",
        f"  control       least margins: gain {c.low.min():.1f} dB down, {c.high.min():.1f} dB up, phase "
        f"{np.degrees(c.phase.min()):.0f} deg",
    ]
    return data, "\n".join(lines)
