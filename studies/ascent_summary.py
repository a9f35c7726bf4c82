"""A flown ascent summed up for the terminal and for programs."""

from typing import Any

import numpy as np

from ..core.findings import Finding, Severity
from ..trajectory.result import AscentResult, Insertion
from ..vehicle.wording import tonnes
from .documents import Study


def _reached(orbit: Insertion) -> str:
    """The orbit in a line; a way out has neither apogee nor revolution."""
    when = f"{np.degrees(orbit.inclination):.3f} deg, {orbit.time:.1f} s after lift-off"
    if orbit.eccentricity >= 1.0:
        return f"escape with C3 {orbit.c3 / 1e6:.3f} km²/s², perigee {orbit.perigee_altitude / 1e3:.2f} km, {when} (osculating)"
    return (
        f"{orbit.perigee_altitude / 1e3:.2f} x {orbit.apogee_altitude / 1e3:.2f} km, {when} (osculating; "
        f"{orbit.lowest_altitude / 1e3:.1f} to {orbit.highest_altitude / 1e3:.1f} km in the first revolution)"
    )


def ascent_summary(study: Study, ascent: AscentResult, findings: tuple[Finding, ...]) -> tuple[dict[str, Any], str]:
    """The result in short: as plain data, and as lines for people."""
    orbit, budget, solver = ascent.insertion, ascent.budget, ascent.solver
    counts = {str(s): sum(f.severity is s for f in findings) for s in Severity}
    data = {
        "status": "done",
        "study": study.name,
        "input_hash": ascent.input_hash,
        "payload_mass_kg": ascent.payload_mass,
        "liftoff_mass_kg": ascent.liftoff_mass,
        "insertion": orbit.to_json(),
        "delta_v": budget.to_json(),
        "solver": solver.to_json(),
        "findings": counts,
    }
    lines = [
        f"{study.name}: {study.vehicle.name}",
        "",
        f"  payload       {tonnes(ascent.payload_mass)}",
        f"  orbit         {_reached(orbit)}",
        f"  lift-off mass {tonnes(ascent.liftoff_mass)}",
        f"  delta-v       {budget.ideal:.0f} m/s ideal; losses: gravity {budget.gravity:.0f}, drag {budget.drag:.0f}, "
        f"steering {budget.steering:.0f}, pressure {budget.pressure:.0f}",
        f"  flown again   {solver.position_error:.2g} m and {solver.velocity_error:.2g} m/s off at insertion",
        "  findings      " + ", ".join(f"{n} {s}" for s, n in counts.items() if n),
    ]
    return data, "\n".join(lines)
