"""The strap-ons that fly at an instant of an ascent: their masses, centres of mass and thrust."""

import numpy as np

from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.result import Trajectory
from ..vehicle.layout import layout
from ..vehicle.strap_on_loads import StrapOnState
from ..vehicle.vehicle import StrapOns, Vehicle
from .mass_history import Stack


def strap_on_states(
    vehicle: Vehicle, plan: FlightPlan, trajectory: Trajectory, i: int, stack: Stack
) -> tuple[StrapOnState, ...]:
    """Those attached at the trajectory's i-th instant, of whose stack the masses are known."""
    if not stack.strap_ons:
        return ()
    place = layout(vehicle)
    phase = trajectory.time[trajectory.phase_index == trajectory.phase_index[i]]
    middle = 0.5 * float(phase[0] + phase[-1])  # two phases meet at one time, and one of them burns
    model = plan.segments[int(trajectory.phase_index[i])].model
    ambient = float(pressure(model.atmosphere if model else standard_atmosphere(), float(trajectory.altitude[i])))
    timed = {group.name: group for group in plan.strap_ons}
    states = []
    for group in vehicle.boosters:
        name = group.stage.name
        if name not in stack.strap_ons:
            continue
        own = [item for item in stack.masses.items if item.part == f"{group.count} x {name}"]
        mass = sum(item.mass for item in own)
        times = timed[name]
        burns = times.ignition <= middle < times.burnout
        states.append(
            StrapOnState(
                group=group,
                bottom=place.part("booster", name).bottom,
                center_of_mass=sum(item.mass * item.station for item in own) / mass,
                mass=mass / group.count,
                thrust=times.thrust(float(trajectory.time[i]), ambient) / group.count if burns else 0.0,
            )
        )
    return tuple(states)


def not_located(vehicle: Vehicle, names: tuple[str, ...] | None = None) -> list[StrapOns]:
    """The groups, of those named (of all when None), whose attachments the vehicle does not locate."""
    groups = [g for g in vehicle.boosters if names is None or g.stage.name in names]
    return [g for g in groups if g.fore_attachment is None]


def known_above(vehicle: Vehicle, names: tuple[str, ...]) -> float:
    """The station [m] above which the core's loads are known: the top of the highest stage that strap-ons without located
    attachments stand beside; the core's foot where all are located."""
    place = layout(vehicle)
    beside = [g.beside or vehicle.stages[0].name for g in not_located(vehicle, names)]
    return float(np.max([place.part("stage", name).top for name in beside], initial=0.0))
