"""Payload of every complete row of the launch vehicles' table, beside the published one.

Each row is flown as data/launchers.yaml states: from its site to its orbit, the largest payload by the optimizer. No constant is
fitted; what the table lacks follows one rule for all rows.
"""

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from ..core.errors import OseaError
from ..core.progress import Progress
from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight_plan import flight_plan
from ..trajectory.result import AscentResult
from ..vehicle.checks import lift_off_check
from .comparison import Comparison
from .launcher_rows import complete_rows, flight_of, table

GROUP = "Payload of launch vehicles"
LEAST_SHARE = 0.8  # of the complete rows that should come within the tolerance


@dataclass(frozen=True)
class Payload:
    """One row flown: the largest payload [kg], the losses [m/s] until insertion, or why there is no number."""

    name: str
    payload: float | None = None
    gravity_loss: float = 0.0
    drag_loss: float = 0.0
    steering_loss: float = 0.0
    pressure_loss: float = 0.0
    ideal: float = 0.0
    dynamic_pressure: float = 0.0
    acceleration: float = 0.0
    seconds: float = 0.0
    error: str = ""


def ascent_of(row: dict[str, Any]) -> AscentResult:
    """The optimal ascent of a row, flown again. Raises what `solve_ascent` raises."""
    from ..trajectory.ascent import solve_ascent
    from ..trajectory.ascent_result import fly_ascent

    flight = flight_of(row)
    ambient = float(pressure(standard_atmosphere(), flight.mission.site.ellipsoid_altitude()))
    lift_off_check(flight.vehicle, flight.maps, payload_mass=0.0, ambient_pressure=ambient)
    plan = flight_plan(flight.vehicle, flight.mission, flight.maps)
    return fly_ascent(solve_ascent(plan, flight.mission))


def fly(name: str) -> Payload:
    """The row of that name."""
    row = next(r for r in complete_rows() if r["name"] == name)
    try:
        found = ascent_of(row)
    except OseaError as error:
        return Payload(name, error=f"{type(error).__name__}: {error.message}")
    budget = found.budget
    return Payload(
        name,
        payload=found.payload_mass,
        gravity_loss=budget.gravity,
        drag_loss=budget.drag,
        steering_loss=budget.steering,
        pressure_loss=budget.pressure,
        ideal=budget.ideal,
        dynamic_pressure=float(found.trajectory.dynamic_pressure.max()),
        acceleration=float(found.trajectory.axial_acceleration.max()),
        seconds=found.solver.wall_time,
    )
