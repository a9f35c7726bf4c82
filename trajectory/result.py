"""The computed ascent: what crosses to loads, recovery, launch data and the report."""

from dataclasses import dataclass, fields, replace
from typing import Annotated

import numpy as np

from ..core.results import Array, Result, Unit
from .propagate import SpeedBudget


@dataclass(frozen=True, kw_only=True)
class Event(Result):
    """One instant of the flight. Position and velocity Earth-fixed; downrange along the ellipsoid's mean sphere."""

    name: str
    time: Annotated[float, Unit("s")]
    altitude: Annotated[float, Unit("m")]
    downrange: Annotated[float, Unit("m")]
    speed_relative: Annotated[float, Unit("m/s")]
    speed_inertial: Annotated[float, Unit("m/s")]
    flight_path_angle: Annotated[float, Unit("rad")]
    dynamic_pressure: Annotated[float, Unit("Pa")]
    mass: Annotated[float, Unit("kg")]
    position_ecef: Annotated[Array, Unit("m")]
    velocity_ecef: Annotated[Array, Unit("m/s")]


@dataclass(frozen=True, kw_only=True)
class Trajectory(Result):
    """The flight sampled at n instants, every phase with its own first and last one.

    epoch: T-0 as UTC ISO 8601, None when the mission names none; time counts from T-0, whose meaning is in
    t0_definition. Vectors are (n, 3) in the Earth-fixed frame; velocity is relative to the rotating Earth. Angles:
    flight path against the local horizontal (relative velocity), pitch of the thrust axis against it, angle of attack
    between the two. phase_index counts in phase_names.
    """

    frame: str
    epoch: str | None
    t0_definition: str
    phase_names: tuple[str, ...]
    phase_index: Array
    time: Annotated[Array, Unit("s")]
    position_ecef: Annotated[Array, Unit("m")]
    velocity_ecef: Annotated[Array, Unit("m/s")]
    thrust_direction_ecef: Array
    mass: Annotated[Array, Unit("kg")]
    throttle: Array
    thrust: Annotated[Array, Unit("N")]
    drag: Annotated[Array, Unit("N")]
    altitude: Annotated[Array, Unit("m")]
    latitude: Annotated[Array, Unit("rad")]
    longitude: Annotated[Array, Unit("rad")]
    downrange: Annotated[Array, Unit("m")]
    speed_relative: Annotated[Array, Unit("m/s")]
    speed_inertial: Annotated[Array, Unit("m/s")]
    flight_path_angle: Annotated[Array, Unit("rad")]
    pitch: Annotated[Array, Unit("rad")]
    angle_of_attack: Annotated[Array, Unit("rad")]
    dynamic_pressure: Annotated[Array, Unit("Pa")]
    mach: Array
    axial_acceleration: Annotated[Array, Unit("m/s^2")]
    heat_flux: Annotated[Array, Unit("W/m^2")]
    events: tuple[Event, ...]


def until_insertion(trajectory: Trajectory) -> Trajectory:
    """The flight until the payload is in its orbit: without what the last stage does afterwards."""
    end = next(e.time for e in trajectory.events if e.name == "insertion")
    if trajectory.time[-1] <= end:
        return trajectory
    count = int(np.searchsorted(trajectory.time, end, side="right"))
    kept = int(np.flatnonzero(trajectory.time[:count] == end)[0]) + 1  # the coast begins at the same instant
    arrays = {
        f.name: getattr(trajectory, f.name)[:kept]
        for f in fields(trajectory)
        if isinstance(getattr(trajectory, f.name), np.ndarray)
    }
    names = trajectory.phase_names[: int(arrays["phase_index"][-1]) + 1]
    events = tuple(e for e in trajectory.events if e.time <= end and e.name != "payload release")
    return replace(trajectory, phase_names=names, events=events, **arrays)


@dataclass(frozen=True, kw_only=True)
class StagePropellant(Result):
    """What a core stage burned and what was left of its usable propellant [kg]."""

    stage: str
    burned: Annotated[float, Unit("kg")]
    usable_left: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class SolverSummary(Result):
    """How the optimum was found, and how well it stands.

    position_error, velocity_error: at insertion, between the optimizer's state and the same controls flown open loop from
    lift-off by an independent integrator. mesh_error: the refinement's relative error estimate. effort: upper
    bound of what the penalty on rates took from the objective.
    """

    solver: str
    status: str
    iterations: int
    violation: float
    mesh_error: float
    mesh_passes: int
    unknowns: int
    constraints: int
    wall_time: Annotated[float, Unit("s")]
    position_error: Annotated[float, Unit("m")]
    velocity_error: Annotated[float, Unit("m/s")]
    effort: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class Insertion(Result):
    """The orbit reached, from the re-propagated state: elements osculating at insertion, altitudes over the equatorial radius.

    An escape has a negative semi-major axis a and eccentricity e > 1; its apogee altitude is then a (1 + e) less the radius,
    negative and of no place. c3: -mu/a, twice the specific energy.
    lowest and highest altitude: over the first revolution with J2 and without drag, which is what osculating elements hide.
    """

    time: Annotated[float, Unit("s")]
    perigee_altitude: Annotated[float, Unit("m")]
    apogee_altitude: Annotated[float, Unit("m")]
    inclination: Annotated[float, Unit("rad")]
    eccentricity: float
    semi_major_axis: Annotated[float, Unit("m")]
    c3: Annotated[float, Unit("m^2/s^2")]
    ascending_node_from_greenwich: Annotated[float, Unit("rad")]
    argument_of_latitude: Annotated[float, Unit("rad")]
    lowest_altitude: Annotated[float, Unit("m")]
    highest_altitude: Annotated[float, Unit("m")]


@dataclass(frozen=True, kw_only=True)
class OrbitReached(Result):
    """The orbit in which a burn of the last stage ends, and the payload [kg] that leaves there; open angles as in Insertion."""

    segment: str
    released: Annotated[float, Unit("kg")]
    orbit: Insertion


@dataclass(frozen=True, kw_only=True)
class SegmentBudget(Result):
    """The velocity budget of one segment of flight."""

    segment: str
    budget: SpeedBudget


@dataclass(frozen=True, kw_only=True)
class AscentResult(Result):
    """A flown ascent. earth_rotation: inertial less relative speed at insertion, what the turning Earth gave.

    orbits: after each burn of the last stage, insertion and disposal among them. nominal_payload [kg]: the largest without
    the engines' failure that the mission states; None where it states none.
    """

    payload_mass: Annotated[float, Unit("kg")]
    liftoff_mass: Annotated[float, Unit("kg")]
    azimuth: Annotated[float, Unit("rad")]
    trajectory: Trajectory
    insertion: Insertion
    orbits: tuple[OrbitReached, ...]
    nominal_payload: Annotated[float | None, Unit("kg")] = None
    propellant: tuple[StagePropellant, ...]
    budget: SpeedBudget
    segment_budgets: tuple[SegmentBudget, ...]
    earth_rotation: Annotated[float, Unit("m/s")]
    solver: SolverSummary
