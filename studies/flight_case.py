"""A flown optimum as a six-degree-of-freedom flight: phases, mass properties, air's forces, engines and steering
programme."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.numeric import table
from ..core.results import Array
from ..trajectory.environment.wind import Wind
from ..trajectory.flight.case import Case, Phase, assemble, launch_axes, quaternion_of_axes
from ..trajectory.motion import PhaseModel
from ..trajectory.segment import Segment
from .ascend import FlownAscent
from .mass_history import stack_at
from .steering_table import SteeringTable

MASS_SAMPLES = 16
"""Instants of a phase at which mass properties are computed; a cubic spline goes through them."""


@dataclass(frozen=True)
class MassTables:
    """Centre of mass (station) and inertia against mass (n,), ascending."""

    mass: Array
    center: Array
    roll: Array
    pitch: Array
    yaw: Array

    def tables(self) -> dict[str, Any]:
        """As `case.Phase` takes them."""
        columns = {
            "center_of_mass": self.center,
            "roll_inertia": self.roll,
            "pitch_inertia": self.pitch,
            "yaw_inertia": self.yaw,
        }
        if len(self.mass) < 4:
            return {name: float(values[0]) for name, values in columns.items()}
        return {name: table(self.mass, values) for name, values in columns.items()}


def optimum_case(flown: FlownAscent, steering: SteeringTable) -> Case:
    """The optimum's own flight: the attitude is the programme's at every instant, engines start and stop at once, phases
    last as long as
    the optimum's, nothing jumps. It ends where the optimum does, to what integration and straight lines between rows
    cost."""
    plan, solved, ascent = flown.plan, flown.solved, flown.ascent
    phases = []
    for i, segment in enumerate(plan.segments):
        solution = solved.solution[segment.name]
        numbers = common_numbers(flown, segment) | {"duration": float(solution.end - solution.start)}
        masses = mass_tables(flown, i)
        phases.append(
            Phase(
                name=segment.name,
                numbers=numbers,
                tables=engine_tables(segment.model) | masses.tables() | {"axial": segment.model.drag_coefficient},
                programme=programme_rows(steering, i),
            )
        )
    return assembled(flown, phases, {"point_mass": 1.0}, ascent.liftoff_mass)


def assembled(
    flown: FlownAscent, phases: list[Phase], head: dict[str, float], mass: float, wind: Wind | None = None
) -> Case:
    """Phases on the pad of a study's mission, standing upright at lift-off; in the mission's wind unless another is given."""
    site, frame, model = flown.solved.mission.site, flown.solved.frame, flown.plan.segments[0].model
    axes = launch_axes(frame)
    up = np.column_stack([-axes[:, 2], axes[:, 1], axes[:, 0]])  # the body's x up, its y across: pitch of 90 degrees
    return assemble(
        phases,
        position=site.position(),
        velocity=site.inertial_velocity(),
        quaternion=quaternion_of_axes(up),
        mass=mass,
        frame=frame,
        earth=model.earth,
        atmosphere=model.atmosphere,
        wind=model.wind if wind is None else wind,
        head=head,
    )


def common_numbers(flown: FlownAscent, segment: Segment) -> dict[str, float]:
    """What both kinds of flight need of a segment."""
    plan, payload, model = flown.plan, flown.ascent.payload_mass, segment.model
    before = plan.before(segment)
    aboard = float(segment.payload_aboard(payload))
    stages = [s.name for s in flown.study.vehicle.stages]
    released = 0.0 if before is None else float(before.payload_aboard(payload)) - aboard
    numbers = {
        "stage": stages.index(segment.stage),
        "engines": model.engine_count,
        "exit_area": model.exit_area,
        "steady_thrust": model.steady_thrust,
        "steady_flow": model.steady_mass_flow,
        "steady_area": model.steady_exit_area,
        "throttle_min": segment.throttle_min,
        "area": model.reference_area,
        "diameter": 2.0 * np.sqrt(model.reference_area / np.pi),
        "drop": segment.dropped_before + released,
        "begin_mass": 0.0 if segment.begin_mass is None else segment.begin_mass + aboard,
        "payload_share": aboard / payload if payload else 1.0,
        "ignites": float(segment.powered and (before is None or before.stage != segment.stage or not before.powered)),
    }
    groups = flown.study.vehicle.boosters
    if segment.strap_ons:
        dry = {g.stage.name: g.count * g.stage.dry_mass for g in groups}
        numbers["strapped"] = sum(dry[name] for name in segment.strap_ons) / sum(dry.values())
    numbers["strap_burns"] = float(bool(groups) and not segment.solid and segment.clock != "burn")
    numbers["solid"] = float(segment.solid)
    if segment.clock == "flight":
        numbers["clock_flight"] = 1.0
    elif segment.clock == "burn":
        lit = next(s for s in plan.segments if s.stage == segment.stage and s.ignites)
        solution = flown.solved.solution
        numbers["clock_zero"] = float(solution[lit.name].start - solution[segment.name].start)
    return numbers


def engine_tables(model: PhaseModel) -> dict[str, Any]:
    """Thrust and flow of one engine against throttle, of solid motors against their clock where there are any."""
    tables: dict[str, Any] = {"thrust": model.thrust_vacuum, "flow": model.mass_flow}
    if np.any(model.motor_thrust.coefficients != 0.0):
        tables |= {"motor_thrust": model.motor_thrust, "motor_flow": model.motor_mass_flow}
    return tables


def programme_rows(steering: SteeringTable, index: int) -> Array:
    """Rows (n, 4) of a phase: time since it began, pitch, yaw, throttle."""
    here = steering.phase_index == index
    return np.column_stack([c[here] for c in (steering.phase_time, steering.pitch, steering.yaw, steering.throttle)])


def mass_tables(flown: FlownAscent, index: int) -> MassTables:
    """Mass properties of a segment, from what flies at instants of the optimum."""
    trajectory, payload = flown.ascent.trajectory, flown.ascent.payload_mass
    here = np.flatnonzero(trajectory.phase_index == index)
    chosen = here[np.unique(np.linspace(0, len(here) - 1, min(MASS_SAMPLES, len(here))).round().astype(int))]
    found = [stack_at(flown.study.vehicle, flown.plan, trajectory, int(i), payload).masses for i in chosen]
    mass = np.array([m.mass for m in found])
    order = np.argsort(mass)
    order = order[np.concatenate([[True], np.diff(mass[order]) > 1e-3])]
    columns = (
        [m.center_of_mass for m in found], [m.roll_inertia for m in found], [m.pitch_inertia for m in found], [m.yaw_inertia
        for m in found],
    )  # fmt: skip
    return MassTables(mass[order], *(np.array(c)[order] for c in columns))
