"""Mass, centre of mass and inertia of what flies, through the ascent."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Array, Result, Unit
from ..trajectory.flight_plan import FlightPlan, Segment
from ..trajectory.result import Trajectory
from ..vehicle.mass import mass_properties
from ..vehicle.vehicle import Vehicle

SAMPLE_STEP = 4.0  # s


@dataclass(frozen=True, kw_only=True)
class MassHistory(Result):
    """Against time (n,): mass; centre of mass as a station over the complete vehicle's exit plane; inertia about axes
    through it, roll along the vehicle and pitch across. phase_index counts in the trajectory's phase names. Empty where it
    could not be made; a finding then says why.
    """

    time: Annotated[Array, Unit("s")]
    phase_index: Array
    mass: Annotated[Array, Unit("kg")]
    center_of_mass: Annotated[Array, Unit("m")]
    roll_inertia: Annotated[Array, Unit("kg*m^2")]
    pitch_inertia: Annotated[Array, Unit("kg*m^2")]


def mass_history(vehicle: Vehicle, plan: FlightPlan, trajectory: Trajectory, payload_mass: float) -> MassHistory:
    """The history at about every fourth second of the trajectory; the burning stage's propellant is what its mass leaves."""
    if len(vehicle.boosters) > 1:
        finding = Finding(
            Severity.UNKNOWN,
            "mass.history",
            vehicle.where("boosters"),
            "centre of mass and inertia through the ascent are not computed for several groups of boosters; give one group",
        )
        empty = np.zeros(0)
        return MassHistory(
            time=empty,
            phase_index=empty,
            mass=empty,
            center_of_mass=empty,
            roll_inertia=empty,
            pitch_inertia=empty,
            findings=(finding,),
        )
    rows = []
    for i in _samples(trajectory):
        segment = plan.segments[int(trajectory.phase_index[i])]
        rows.append(
            (i, *_properties(vehicle, segment, float(trajectory.time[i]), float(trajectory.mass[i]), payload_mass))
        )
    table = np.array(rows).T
    index = table[0].astype(int)
    return MassHistory(
        time=trajectory.time[index],
        phase_index=trajectory.phase_index[index],
        mass=table[1],
        center_of_mass=table[2],
        roll_inertia=table[3],
        pitch_inertia=table[4],
    )


def _samples(trajectory: Trajectory) -> list[int]:
    """Every phase's first and last instant, and between them one for each step."""
    chosen = []
    for phase in np.unique(trajectory.phase_index):
        here = np.flatnonzero(trajectory.phase_index == phase)
        count = max(2, int(np.ceil((trajectory.time[here[-1]] - trajectory.time[here[0]]) / SAMPLE_STEP)) + 1)
        chosen += here[np.unique(np.linspace(0, len(here) - 1, min(count, len(here))).round().astype(int))].tolist()
    return chosen


def _properties(
    vehicle: Vehicle, segment: Segment, time: float, mass: float, payload_mass: float
) -> tuple[float, float, float, float]:
    lowest = next(i for i, stage in enumerate(vehicle.stages) if stage.name == segment.stage)
    boosters = segment.model.steady_mass_flow > 0
    propellant = {segment.stage: 0.0}
    for group in vehicle.boosters if boosters else ():
        burned = segment.model.steady_mass_flow * time / group.count
        propellant[group.stage.name] = max(group.stage.propellant_mass - burned, 0.0)

    def properties():
        return mass_properties(
            vehicle,
            payload_mass=payload_mass,
            propellant=propellant,
            lowest_stage=lowest,
            boosters=boosters,
            fairing=segment.fairing_on,
        )

    loaded = vehicle.stages[lowest].propellant_mass
    propellant[segment.stage] = float(np.clip(mass - properties().mass, 0.0, loaded))
    found = properties()
    return found.mass, found.center_of_mass, found.roll_inertia, found.pitch_inertia
