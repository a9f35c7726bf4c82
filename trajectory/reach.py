"""When the answer is no: orbits that a vehicle can by no means reach, told before any optimization, and why a solve failed.

With r0 the site's radius, v0 its inertial speed, mu the Earth's parameter and E the specific orbital energy: along any flight
above r0, sqrt(2 (E + mu/r0)) grows no faster than the thrust acceleration a,

    d/dt sqrt(2 (E + mu/r0)) = v·a / sqrt(v² + 2 mu (1/r0 - 1/r)) <= |a|,

and drag only takes from it. It begins as v0, so an orbit of energy E needs a velocity gain of at least
sqrt(2 (E + mu/r0)) - v0. What a vehicle gives at most is Tsiolkovsky's equation in vacuum: payload as given, or none; each
stage at the best specific impulse of what burns then; strap-ons emptied and dropped before the core burns, the fairing
dropped at once. And no engine burns longer than at its lowest throttle, so that a perigee may be too high to come to in time.
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import MU, RADIUS
from ..core.errors import ImpossibleError
from ..core.numeric import lookup
from .flight_plan import FlightPlan, Segment
from .mission import Mission

ALLOWANCE = 20.0
"""[m/s] taken off the need, for J2: its potential differs by 3/2 J2 mu/R between equator and pole, 13 m/s at orbital speed."""


_COARSE = 1e-3  # of a payload found on a first mesh: within this the finer meshes decide


@dataclass(frozen=True)
class Reach:
    """Velocity gain [m/s]: what the orbit needs at least, and what the vehicle gives at most.

    longest: time [s] until the last cut-off at most, all engines at their lowest throttle; highest: altitude [m] over the
    equatorial radius that it could come to in that time, straight up at the highest speed.
    """

    needed: float
    available: float
    longest: float
    highest: float


def reach(plan: FlightPlan, mission: Mission) -> Reach:
    """The bounds; where available < needed, or the perigee is above highest, no flight exists. Otherwise nothing is said."""
    site, orbit = mission.site, mission.target
    radius, speed = (float(np.linalg.norm(v)) for v in (site.position(), site.inertial_velocity()))
    axis = 0.5 * (orbit.perigee_radius + orbit.apogee_radius)
    needed = float(np.sqrt(MU * (2 / radius - 1 / axis))) - speed - ALLOWANCE

    payload = plan.released if plan.payload_mass is None else plan.payload_mass
    mass, available, clock = plan.liftoff_mass + payload, 0.0, 0.0
    longest = sum(s.duration or s.longest or 0.0 for s in plan.segments if not s.powered)
    for stage in dict.fromkeys(s.stage for s in plan.segments if s.powered):
        segments = [s for s in plan.segments if s.stage == stage]
        exhaust = max(_exhaust_speed(s) for s in segments if s.powered)
        for segment in segments:
            mass = segment.mass_after_drop(mass, payload, plan.before(segment))
            end = clock + (segment.duration or 0.0)
            beside = plan.strap_on_burned(clock, end)
            available += exhaust * float(np.log(mass / (mass - beside)))
            mass, clock = mass - beside, end
        last = next(s for s in reversed(segments) if s.burnout_mass is not None)
        assert last.burnout_mass is not None
        empty = last.payload_aboard(payload) + last.burnout_mass
        available += exhaust * max(0.0, float(np.log(mass / empty)))
        if last.solid:
            longest += sum(s.duration or s.clock_end or 0.0 for s in segments if s.powered)
        else:
            longest += max(0.0, mass - empty) / min(_least_flow(s) for s in segments if s.powered)
        mass = min(mass, empty)
    highest = radius + longest * (speed + available + ALLOWANCE) - RADIUS
    return Reach(needed, available, longest, highest)


def require_in_reach(plan: FlightPlan, mission: Mission) -> None:
    """Raise ImpossibleError when the velocity gain of all stages, or the time that they burn, is less than the orbit needs."""
    found = reach(plan, mission)
    if mission.target.perigee_altitude > found.highest:
        raise ImpossibleError(
            f"the orbit is too high for this sequence: until the last cut-off, {found.longest:.0f} s after lift-off at most, "
            f"this vehicle comes to less than {found.highest / 1e3:.0f} km, and the perigee is at "
            f"{mission.target.perigee_altitude / 1e3:.0f} km; let it coast up ('last_stage_burns: 2' with a 'longest_coast' that "
            "is long enough), or choose a lower perigee",
            where=mission.where("orbit.perigee_altitude"),
        )
    if found.available >= found.needed:
        return
    load = "without any payload" if plan.payload_mass is None else f"with {plan.payload_mass:.6g} kg of payload"
    raise ImpossibleError(
        f"the orbit is out of reach: from '{mission.site.name}' it takes at least {found.needed:.0f} m/s before losses; {load} "
        f"all stages together give {found.available:.0f} m/s; choose a lower orbit, load more propellant, or take mass off",
        where=mission.where("orbit"),
    )


def require_payload(asked: float, largest: float, mission: Mission) -> None:
    """Raise ImpossibleError when a given payload [kg] is more than the largest that reaches the orbit."""
    if asked > largest * (1 + _COARSE):
        raise ImpossibleError(
            f"{asked:.6g} kg of payload are too much: this vehicle carries at most {largest:.5g} kg to the orbit of "
            f"'{mission.name}' within its limits; take a lighter payload or a lower orbit, or load more propellant",
            where=mission.where("orbit"),
        )


def no_flight(refused: ImpossibleError, mission: Mission, blamed: dict[str, str] | None = None) -> ImpossibleError:
    """The optimizer's refusal as the answer to the mission, pointing at the limit that gives way most.

    blamed: limits that leave a flight when they alone give way, and by how much.
    """
    if refused.where is not None:
        return refused
    if blamed:
        return ImpossibleError(
            f"'{mission.name}' cannot be flown with this vehicle: its limits exclude each other or the orbit. Mend one of "
            "these, or bring the propellant that a flight within all of them would be short of",
            where=mission.where(f"limits.{next(iter(blamed))}"),
            details=[*blamed.values(), *refused.details],
        )
    # the lift-off mass is nobody's limit: where it gives way, too, it is named last
    details = sorted(refused.details, key=lambda line: "lift-off mass" in line)
    asked = {"q_alpha_squared": "q_alpha", "heat_flux": "fairing_heat_flux", "heating": "fairing_heat_flux"}
    asked |= {n: n for n in ("dynamic_pressure", "axial_acceleration", "lateral_acceleration")}
    asked |= {"axial acceleration": "axial_acceleration", "elevation over": "stations"}
    # a body's impact point counts after its disposal; the rules of the range name no stage
    asked |= {"impact point, ": "range_during", "impact point of": "disposal_area"}
    named = next((field for name, field in asked.items() if details and f" {name.strip()}" in f" {details[0]}"), None)
    return ImpossibleError(
        f"'{mission.name}' cannot be flown with this vehicle: no flight was found that reaches the orbit within the limits and "
        "with the propellant there is. The nearest one breaks what follows, the gravest first; mend the vehicle, the orbit or "
        "the limits",
        where=mission.where(f"limits.{named}" if named else "orbit"),
        details=details,
    )


def _least_flow(segment: Segment) -> float:
    """Of the stage's own engines at their lowest throttle [kg/s]."""
    model = segment.model
    return float(model.engine_count * lookup(model.mass_flow, segment.throttle_min))


def _exhaust_speed(segment: Segment) -> float:
    """The best [m/s] of everything that burns in a segment, over the throttles that it may run at."""
    throttles = np.linspace(segment.throttle_min, 1.0, 9).tolist()
    model = segment.model
    speeds = [0.0]
    if model.engine_count:
        speeds += [lookup(model.thrust_vacuum, t) / lookup(model.mass_flow, t) for t in throttles]
    if model.steady_mass_flow:
        speeds.append(model.steady_thrust / model.steady_mass_flow)
    flows = model.motor_mass_flow
    for t in np.linspace(flows.low, flows.high, 201).tolist() if segment.clock else ():
        flow = lookup(flows, t)
        if flow > 1e-2 * flows.coefficients.max():  # a vanishing flow says nothing
            speeds.append(lookup(model.motor_thrust, t) / flow)
    return float(max(speeds))
