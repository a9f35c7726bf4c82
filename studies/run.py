"""A design written into its run folder, and summed up for the terminal."""

from typing import Any

import numpy as np

from ..core.findings import Severity
from ..core.run_folder import RunFolder
from ..vehicle.wording import tonnes
from .design import Design


def write_design(design: Design, run: RunFolder) -> None:
    """Results, tables, launch data, figures and the report."""
    from .figures import figures
    from .report import design_report

    for number, engine in enumerate(design.engines, start=1):
        run.write_result(f"engine-{number}-{_slug(engine.name)}", engine)  # two names may read alike in a file's name
    run.write_result("masses", design.masses)
    run.write_result("mass-history", design.mass_history)
    run.write_result("drag", design.drag)
    run.write_result("ascent", design.ascent)
    _write_tables(design, run)
    for name, text in design.launch_data.files:
        run.write_text(f"launch_data/{name}", text)
    drawn = figures(design)
    for name, svg in drawn.items():
        run.write_text(f"figures/{name}.svg", svg)
    run.write_text("report.html", design_report(design, drawn).html())


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def _write_tables(design: Design, run: RunFolder) -> None:
    t = design.ascent.trajectory
    columns = {
        "time_s": t.time,
        "phase": [t.phase_names[int(k)] for k in t.phase_index],
        "altitude_m": t.altitude,
        "downrange_m": t.downrange,
        "latitude_deg": np.degrees(t.latitude),
        "longitude_deg": np.degrees(t.longitude),
        "speed_relative_m_s": t.speed_relative,
        "speed_inertial_m_s": t.speed_inertial,
        "flight_path_angle_deg": np.degrees(t.flight_path_angle),
        "pitch_deg": np.degrees(t.pitch),
        "angle_of_attack_deg": np.degrees(t.angle_of_attack),
        "mass_kg": t.mass,
        "throttle": t.throttle,
        "thrust_N": t.thrust,
        "drag_N": t.drag,
        "dynamic_pressure_Pa": t.dynamic_pressure,
        "mach": t.mach,
        "axial_acceleration_m_s2": t.axial_acceleration,
        "heat_flux_W_m2": t.heat_flux,
    }
    rows = zip(*(list(map(float, c)) if not isinstance(c, list) else c for c in columns.values()), strict=True)
    run.write_table("ascent", list(columns), rows)
    run.write_table(
        "events",
        ["event", "time_s", "altitude_m", "downrange_m", "speed_relative_m_s", "speed_inertial_m_s", "mass_kg"],
        [(e.name, e.time, e.altitude, e.downrange, e.speed_relative, e.speed_inertial, e.mass) for e in t.events],
    )


def summary(design: Design) -> tuple[dict[str, Any], str]:
    """The result in short: as plain data, and as lines for people."""
    ascent = design.ascent
    orbit, budget, solver = ascent.insertion, ascent.budget, ascent.solver
    counts = {str(s): sum(f.severity is s for f in design.findings) for s in Severity}
    data = {
        "status": "done",
        "study": design.study.name,
        "input_hash": ascent.input_hash,
        "payload_mass_kg": ascent.payload_mass,
        "liftoff_mass_kg": ascent.liftoff_mass,
        "insertion": orbit.to_json(),
        "delta_v": budget.to_json(),
        "solver": solver.to_json(),
        "findings": counts,
    }
    lines = [
        f"{design.study.name}: {design.study.vehicle.name}",
        "",
        f"  payload       {tonnes(ascent.payload_mass)}",
        f"  orbit         {orbit.perigee_altitude / 1e3:.2f} x {orbit.apogee_altitude / 1e3:.2f} km, "
        f"{np.degrees(orbit.inclination):.3f} deg, {orbit.time:.1f} s after lift-off (osculating; "
        f"{orbit.lowest_altitude / 1e3:.1f} to {orbit.highest_altitude / 1e3:.1f} km in the first revolution)",
        f"  lift-off mass {tonnes(ascent.liftoff_mass)}",
        f"  delta-v       {budget.ideal:.0f} m/s ideal; losses: gravity {budget.gravity:.0f}, drag {budget.drag:.0f}, "
        f"steering {budget.steering:.0f}, pressure {budget.pressure:.0f}",
        f"  flown again   {solver.position_error:.2g} m and {solver.velocity_error:.2g} m/s off at insertion",
        "  findings      " + ", ".join(f"{n} {s}" for s, n in counts.items() if n),
    ]
    return data, "\n".join(lines)
