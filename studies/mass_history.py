"""Mass, centre of mass and inertia of what flies, through the ascent."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.results import Array, Result, Unit
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.result import Trajectory
from ..vehicle.mass import MassProperties, mass_properties
from ..vehicle.vehicle import Vehicle

SAMPLE_STEP = 4.0  # s


@dataclass(frozen=True, kw_only=True)
class MassHistory(Result):
    """Against time (n,): mass; centre of mass as a station over the complete vehicle's exit plane; inertia about axes
    through it, roll along the vehicle and pitch across. phase_index counts in the trajectory's phase names.
    """

    time: Annotated[Array, Unit("s")]
    phase_index: Array
    mass: Annotated[Array, Unit("kg")]
    center_of_mass: Annotated[Array, Unit("m")]
    roll_inertia: Annotated[Array, Unit("kg*m^2")]
    pitch_inertia: Annotated[Array, Unit("kg*m^2")]


@dataclass(frozen=True)
class Stack:
    """What flies at one instant: its mass properties, the index of its lowest core stage, names of strap-ons, fairing on?"""

    masses: MassProperties
    lowest_stage: int
    strap_ons: tuple[str, ...]
    fairing: bool


def mass_history(vehicle: Vehicle, plan: FlightPlan, trajectory: Trajectory, payload_mass: float) -> MassHistory:
    """The history at about every fourth second of the trajectory; the burning stage's propellant is what its mass leaves."""
    index = samples(trajectory)
    masses = [stack_at(vehicle, plan, trajectory, i, payload_mass).masses for i in index]
    return MassHistory(
        time=trajectory.time[index],
        phase_index=trajectory.phase_index[index],
        mass=np.array([m.mass for m in masses]),
        center_of_mass=np.array([m.center_of_mass for m in masses]),
        roll_inertia=np.array([m.roll_inertia for m in masses]),
        pitch_inertia=np.array([m.pitch_inertia for m in masses]),
    )


def samples(trajectory: Trajectory, step: float = SAMPLE_STEP) -> list[int]:
    """Indices of every phase's first and last instant, and between them one for each step [s]."""
    chosen = []
    for phase in np.unique(trajectory.phase_index):
        here = np.flatnonzero(trajectory.phase_index == phase)
        count = max(2, int(np.ceil((trajectory.time[here[-1]] - trajectory.time[here[0]]) / step)) + 1)
        chosen += here[np.unique(np.linspace(0, len(here) - 1, min(count, len(here))).round().astype(int))].tolist()
    return chosen


def stack_at(vehicle: Vehicle, plan: FlightPlan, trajectory: Trajectory, i: int, payload_mass: float) -> Stack:
    """What flies at the trajectory's i-th instant."""
    segment = plan.segments[int(trajectory.phase_index[i])]
    lowest = next(k for k, stage in enumerate(vehicle.stages) if stage.name == segment.stage)
    propellant = {segment.stage: 0.0}
    for group in plan.strap_ons:
        burned = group.burned(float(trajectory.time[i])) / group.count
        propellant[group.name] = max(vehicle.stage(group.name).propellant_mass - burned, 0.0)

    def properties() -> MassProperties:
        return mass_properties(
            vehicle,
            payload_mass=segment.payload_aboard(payload_mass),
            propellant=propellant,
            lowest_stage=lowest,
            boosters=segment.strap_ons,
            fairing=segment.fairing_on,
        )

    loaded = vehicle.stages[lowest].propellant_mass
    propellant[segment.stage] = float(np.clip(trajectory.mass[i] - properties().mass, 0.0, loaded))
    return Stack(properties(), lowest, tuple(segment.strap_ons), segment.fairing_on)
