"""Limits that exclude each other whatever is flown: told at once, without an optimizer.

The vertical rise leaves nothing to choose but the payload, and a heavier vehicle is slower and less accelerated: what the
heaviest payload that could reach the orbit's energy meets there, every flight meets. And after its last cut-off nothing
flies higher than its orbit's apogee: the heating there, no flight stays below.
"""

from dataclasses import replace

import numpy as np

from ..core.earth import RADIUS
from ..core.errors import ImpossibleError, InputError
from .ascent_guess import fly
from .environment.atmosphere import density
from .flight_plan import FlightPlan
from .mission import Mission
from .motion import free_molecular_heat_flux, loads
from .reach import reach
from .steering import launch_frame

_HALVINGS = 30


def heaviest_payload(plan: FlightPlan, mission: Mission) -> float:
    """A payload [kg] above which Tsiolkovsky's bound rules the orbit out; the given one where it is given."""
    if plan.payload_mass is not None:
        return plan.payload_mass
    low, high = plan.released, plan.liftoff_mass
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        found = reach(replace(plan, payload_mass=middle), mission)
        low, high = (middle, high) if found.available >= found.needed else (low, middle)
    return high


def require_limits(plan: FlightPlan, mission: Mission) -> None:
    """Raise ImpossibleError for a limit that the vertical rise, or the orbit itself, must break."""
    if mission.limits.disposal_area is not None and mission.sequence.disposal is None:
        raise InputError(
            "an area for the last stage to fall in needs a disposal burn: give the sequence a 'disposal', or leave it out",
            where=mission.where("limits.disposal_area"),
        )
    _rise(plan, mission)
    _orbit(plan, mission)


def _rise(plan: FlightPlan, mission: Mission) -> None:
    payload = heaviest_payload(plan, mission)
    frame = launch_frame(mission.site, mission.launch_azimuth())
    state = np.array([*mission.site.position(), *mission.site.inertial_velocity(), plan.liftoff_mass + payload])
    clock, met = 0.0, {"dynamic_pressure": 0.0, "axial_acceleration": 0.0}
    for segment in plan.segments:
        if segment.steering != "vertical" or segment.duration is None:
            break
        state[6] = segment.mass_after_drop(state[6], payload, plan.before(segment))
        phase, after = fly(segment, frame, state, clock, segment.duration, lambda t: np.pi / 2, clock=clock)
        rows = zip(*(np.atleast_1d(phase.values[n]) for n in ("x", "y", "z", "vx", "vy", "vz", "mass")), strict=True)
        for fraction, row in zip(phase.at, rows, strict=True):
            x, y, z, vx, vy, vz, mass = (float(value) for value in row)
            throttle, time = segment.throttle or 1.0, clock + float(fraction) * segment.duration
            load = loads(segment.model, x, y, z, vx, vy, vz, mass, frame.ux, frame.uy, frame.uz, throttle, time)
            for name in met:
                met[name] = max(met[name], float(getattr(load, name)))
        state, clock = after.copy(), clock + segment.duration
    rise = mission.sequence.vertical_rise
    for name, unit, words in (
        ("dynamic_pressure", "Pa", "the dynamic pressure"),
        ("axial_acceleration", "m/s²", "the axial acceleration"),
    ):
        limit = getattr(mission.limits, name)
        if limit is not None and met[name] > limit:
            raise ImpossibleError(
                f"'{mission.name}' cannot be flown with this vehicle: within the vertical rise of {rise:g} s {words} comes to "
                f"{met[name]:.4g} {unit} at least (with {payload:.4g} kg of payload, more than which the orbit rules out), and "
                f"must be at most {limit:.6g} {unit} (off by {met[name] - limit:.3g} {unit}); raise the limit, shorten the rise, "
                "or take thrust off",
                where=mission.where(f"limits.{name}"),
            )


def _orbit(plan: FlightPlan, mission: Mission) -> None:
    limit, target, last = mission.limits.fairing_heat_flux, mission.target, plan.insertion
    if limit is None or last.fairing_on or target.apogee_radius < 0.0:
        return
    speed = float(target.goal().gravitational_parameter * target.goal().semi_latus_rectum) ** 0.5 / target.apogee_radius
    # as low as it may be: the Earth's flattening and turning taken in the orbit's favour
    height = target.apogee_radius - RADIUS + 21.4e3 + 1e3
    flux = float(free_molecular_heat_flux(density(last.model.atmosphere, height), speed - 500.0))
    if flux > limit:
        raise ImpossibleError(
            f"'{mission.name}' asks for two things that exclude each other: even at the apogee of its orbit the free-molecular "
            f"heating is {flux:.4g} W/m² at least, and must be at most {limit:.6g} W/m² once the fairing is off; raise the "
            "orbit or the limit",
            where=mission.where("limits.fairing_heat_flux"),
        )
