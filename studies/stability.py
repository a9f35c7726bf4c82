"""Centre of pressure, centre of mass and static margin along an ascent, while there is air."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.findings import Finding
from ..core.results import Array, Result, Unit
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.result import Trajectory
from ..vehicle.aero_table import AeroTable, aero_table
from ..vehicle.vehicle import Vehicle
from .joint_loads import flight_condition
from .mass_history import samples, stack_at

THIN_AIR = 100.0  # Pa
SMALLEST_ANGLE = np.radians(1.0)
"""The centre of pressure is taken at the flown angle with the gust, at least this: at none a hammerhead's may lie outside it."""


@dataclass(frozen=True, kw_only=True)
class Stability(Result):
    """Against time (n,): stations of the centres of pressure and mass; static margin in diameters, negative unstable; slope
    C_N,alpha at a vanishing angle [1/rad]; turning_moment [N m]: of the air about the centre of mass, that engines must hold."""

    time: Annotated[Array, Unit("s")]
    center_of_pressure: Annotated[Array, Unit("m")]
    center_of_mass: Annotated[Array, Unit("m")]
    static_margin: Array
    slope: Array
    turning_moment: Annotated[Array, Unit("N*m")]


def ascent_stability(
    vehicle: Vehicle, plan: FlightPlan, trajectory: Trajectory, payload_mass: float, *, gust: float | None = None
) -> Stability:
    """Along the flight at about every fourth second, while the dynamic pressure is felt."""
    tables: dict[tuple, AeroTable] = {}
    rows: list[tuple[float, ...]] = []
    findings: list[Finding] = []
    sources: tuple[str, ...] = ()
    for i in samples(trajectory):
        if trajectory.dynamic_pressure[i] < THIN_AIR:
            continue
        stack = stack_at(vehicle, plan, trajectory, i, payload_mass)
        key = (stack.lowest_stage, stack.strap_ons, stack.fairing)
        if key not in tables:
            tables[key] = aero_table(
                vehicle, lowest_stage=stack.lowest_stage, boosters=stack.strap_ons or False, fairing=stack.fairing
            )
            findings += tables[key].findings
            sources = tables[key].sources
        table, condition = tables[key], flight_condition(trajectory, i, gust or 0.0)
        mach, angle = float(trajectory.mach[i]), max(condition.angle_of_attack, SMALLEST_ANGLE)
        at, mass = table.at(mach, angle), stack.masses.center_of_mass
        center = at.center_of_pressure if at.center_of_pressure is not None else mass
        force = at.normal * condition.dynamic_pressure * table.reference_area
        rows.append(
            (
                float(trajectory.time[i]), center, mass, (mass - center) / table.reference_length,
                float(np.interp(mach, table.mach, table.slope)), force * (center - mass),
            )
        )  # fmt: skip
    columns = np.array(rows, float).reshape(-1, 6).T
    return Stability(
        time=columns[0],
        center_of_pressure=columns[1],
        center_of_mass=columns[2],
        static_margin=columns[3],
        slope=columns[4],
        turning_moment=columns[5],
        input_hash=trajectory.input_hash,
        sources=sources,
        findings=tuple(dict.fromkeys(findings)),
    )
