"""The return as phases of an optimal-control problem: alone, from a state at separation, or joined to the ascent.

States as in the ascent: position and velocity (inertial, frozen at T-0), mass, and where it matters the axis's pitch and yaw in
the launch frame; in the landing burn the throttle. Rates are controls with a small penalty, as in `ascent_problem`. Boost-back
and entry burn are flown at full throttle: less thrust only costs gravity losses. One problem, one solve: the ascent's phases go
on in two branches at separation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from ..core.earth import ROTATION_RATE, ecef_from_geodetic
from ..trajectory.ascent_guess import GuessedPhase
from ..trajectory.ascent_problem import POSITION_SCALE, SPEED_SCALE
from ..trajectory.environment.gravity import WGS84, geodetic_altitude
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.motion import air as air_of
from ..trajectory.motion import dynamic_pressure, free_molecular_heat_flux, loads
from ..trajectory.optimal_control.problem import (
    Boundary,
    Control,
    Ends,
    Guess,
    Integral,
    Limit,
    Link,
    Mesh,
    Objective,
    Phase,
    Problem,
    State,
    Values,
)
from ..trajectory.reflight import MOTION
from ..trajectory.steering import LaunchFrame, thrust_direction
from .booster_return_motion import flow_cosine, local_up, local_velocity, motion_of
from .booster_return_plan import LANDING_CEILING, ReturnPlan, ReturnSegment

MESHES = {"coast": Mesh.uniform(5, 6), "descent": Mesh.uniform(10, 4)}
BURN_MESHES = {"boost-back": Mesh.uniform(5, 4), "entry burn": Mesh.uniform(4, 4), "landing burn": Mesh.uniform(6, 4)}
EFFORT_SCALE = 1e4  # kg, as the ascent's: it is not what a mesh is refined for
TURNING_WEIGHT = 200.0  # kg of objective per (rad/s)^2 s: an empty booster turns faster than an ascent does
THROTTLING_WEIGHT = 20.0  # kg of objective per (1/s)^2 s


@dataclass(frozen=True)
class ReturnPhases:
    """What a return adds to a problem. effort(ends): the penalty on its rates [kg]."""

    phases: tuple[Phase, ...]
    links: tuple[Link, ...]
    boundaries: tuple[Boundary, ...]
    effort: Callable[[Ends], Any]


def return_phases(plan: ReturnPlan, frame: LaunchFrame, guess: Iterable[GuessedPhase]) -> ReturnPhases:
    """Phases, what joins them, and what must hold at their ends."""
    segments = plan.segments
    phases = tuple(_phase(s, g, plan, frame) for s, g in zip(segments, guess, strict=True))
    steered = [s.name for s in segments if s.kind != "coast"]
    return ReturnPhases(
        phases=phases,
        links=tuple(Link(a.name, b.name, change=_lost(b)) for a, b in pairwise(segments)),
        boundaries=(*_turns(plan), *_entry(plan), *_touchdown(plan, frame)),
        effort=lambda ends: sum(ends[name].final.effort for name in steered),
    )


def return_alone(
    plan: ReturnPlan, frame: LaunchFrame, guess: tuple[GuessedPhase, ...], state: np.ndarray, time: float
) -> Problem:
    """The return from a state at separation (x, y, z, vx, vy, vz, mass), inertial, at a time [s]: the least propellant.

    The tanks have no bottom here: how much is burned says whether there was enough.
    """
    parts = return_phases(plan, frame, guess)
    first, *others = parts.phases
    begin = dict(zip(MOTION, map(float, state), strict=True))
    last = plan.segments[-1].name
    return Problem(
        name=f"return of {plan.booster}",
        phases=(replace(first, start=time, initial=dict(first.initial) | begin), *others),
        links=parts.links,
        boundaries=parts.boundaries,
        objective=Objective(
            "mass at touchdown", "kg", lambda ends: ends[last].final.mass - parts.effort(ends), 1e3, maximize=True
        ),
    )


def joined(
    ascent: Problem,
    flight: FlightPlan,
    frame: LaunchFrame,
    returns: Iterable[tuple[ReturnPlan, tuple[GuessedPhase, ...]]],
) -> Problem:
    """The ascent's problem with the returns as branches of it; its objective less the returns' effort."""
    phases, links, boundaries = list(ascent.phases), list(ascent.links), list(ascent.boundaries)
    efforts = []
    for plan, guess in returns:
        parts = return_phases(plan, frame, guess)
        phases += parts.phases
        links += [_parting(flight, plan), *parts.links]
        boundaries += [*parts.boundaries, *_first_turn(plan), _enough_left(plan)]
        efforts.append(parts.effort)
    goal = ascent.objective
    objective = replace(goal, function=lambda ends: goal.function(ends) - sum(e(ends) for e in efforts))
    return replace(
        ascent,
        name=f"{ascent.name} with return",
        phases=tuple(phases),
        links=tuple(links),
        boundaries=tuple(boundaries),
        objective=objective,
    )


def most_left(problem: Problem, plan: ReturnPlan) -> Problem:
    """The joint problem with tanks that have no bottom, for the largest mass at touchdown: less than the plan's landing mass is a
    shortfall of propellant."""
    name = _enough_left(plan).limits[0].name
    last = plan.segments[-1].name
    return replace(
        problem,
        boundaries=tuple(b for b in problem.boundaries if name not in [x.name for x in b.limits]),
        objective=Objective("mass at touchdown", "kg", lambda ends: ends[last].final.mass, 1e3, maximize=True),
    )


def nearest_to(problem: Problem, plan: ReturnPlan, pad: tuple[float, float, float]) -> Problem:
    """The joint problem of a return whose place is free, for the touchdown nearest to a pad (latitude, longitude, altitude)."""
    last = plan.segments[-1].name
    x, y, z = (float(v) for v in ecef_from_geodetic(*pad))

    def apart(ends: Ends) -> Any:
        p = ends[last].final
        c, s = np.cos(ROTATION_RATE * p.time), np.sin(ROTATION_RATE * p.time)
        return (p.x - (c * x - s * y)) ** 2 + (p.y - (s * x + c * y)) ** 2 + (p.z - z) ** 2

    return replace(problem, objective=Objective("distance from the pad, squared", "m^2", apart, 1e8))


def _parting(flight: FlightPlan, plan: ReturnPlan) -> Link:
    """From the ascent's segment in which the body was last attached to the first of its own."""
    index = [s.name for s in flight.segments].index(plan.after)
    before, on = flight.segments[index : index + 2]
    first = plan.segments[0]

    def change(p: Values) -> dict[str, Any]:
        mass = plan.after_parting(p.mass, on.mass_after_drop(p.mass, p.payload, before))
        return {"mass": mass - first.lost}

    return Link(before.name, first.name, change=change)


def _lost(segment: ReturnSegment) -> Callable[[Values], dict[str, Any]] | None:
    return (lambda p: {"mass": p.mass - segment.lost}) if segment.lost else None


def _phase(segment: ReturnSegment, guessed: GuessedPhase, plan: ReturnPlan, frame: LaunchFrame) -> Phase:
    asked = plan.document.limits
    turns = segment.kind != "coast"
    states = [
        *(State(n, "m", POSITION_SCALE) for n in MOTION[:3]),
        *(State(n, "m/s", SPEED_SCALE) for n in MOTION[3:6]),
        State("mass", "kg", 2.0 * plan.empty_mass, lower=0.1 * plan.empty_mass),
    ]
    controls: list[Control] = []
    if turns:
        states += [State("pitch", "rad", 1.0, -1.0, 4.2), State("yaw", "rad", 1.0, -1.4, 1.4)]
        controls += [
            Control(n, "rad/s", 0.02, -asked.attitude_rate, asked.attitude_rate) for n in ("pitch_rate", "yaw_rate")
        ]
    if segment.throttles:
        states.append(State("throttle", "1", 1.0, plan.throttle_min, segment.throttle))
        controls.append(Control("throttle_rate", "1/s", 0.1, -asked.throttle_rate, asked.throttle_rate))
    return Phase(
        name=segment.name,
        states=tuple(states),
        controls=tuple(controls),
        dynamics=_dynamics(segment, frame),
        path=_limits(segment, plan),
        integrals=(Integral("effort", "kg", EFFORT_SCALE),) if turns else (),
        start=(0.0, np.inf),
        duration=(segment.shortest, segment.longest),
        mesh=BURN_MESHES[segment.burn] if segment.kind == "burn" else MESHES[segment.kind],
        guess=Guess(start=guessed.start, duration=guessed.duration, values=guessed.values, at=guessed.at),
    )  # fmt: skip


def _dynamics(segment: ReturnSegment, frame: LaunchFrame) -> Callable[[Values], dict[str, Any]]:
    model, turns = segment.model, segment.kind != "coast"

    def dynamics(p: Values) -> dict[str, Any]:
        axis = thrust_direction(frame, p.pitch, p.yaw) if turns else (1.0, 0.0, 0.0)
        throttle = p.throttle if segment.throttles else segment.throttle
        state = (p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass)
        out: dict[str, Any] = dict(zip(MOTION, motion_of(segment.kind, model, state, axis, throttle), strict=True))
        if turns:
            effort = TURNING_WEIGHT * (p.pitch_rate**2 + p.yaw_rate**2)
            out |= {"pitch": p.pitch_rate, "yaw": p.yaw_rate}
            if segment.throttles:
                effort += THROTTLING_WEIGHT * p.throttle_rate**2
                out["throttle"] = p.throttle_rate
            out["effort"] = effort
        a = air_of(model, *state[:6])
        q = dynamic_pressure(a.density, a.speed)
        out |= {
            "altitude": a.altitude,
            "dynamic_pressure": q,
            "heat_flux": free_molecular_heat_flux(a.density, a.speed),
        }
        if segment.kind == "descent":
            out["flow_cosine"] = flow_cosine(model, *state[:6], *axis)
        if turns:
            load = loads(model, *state, *axis, throttle)
            out["axial_acceleration"] = load.axial_acceleration
            out["q_alpha_squared"] = q * q * load.sine_alpha_squared
        return out

    return dynamics


def _limits(segment: ReturnSegment, plan: ReturnPlan) -> tuple[Limit, ...]:
    asked = plan.document.limits
    if segment.burn == "boost-back":  # out of the air
        return ()
    ceiling = _floor(plan) + LANDING_CEILING if segment.burn == "landing burn" else np.inf
    found = [Limit("altitude", "m", _floor(plan), ceiling, scale=1e4)]
    if asked.heat_flux is not None:
        found.append(Limit("heat_flux", "W/m^2", upper=asked.heat_flux))
    pressures = [asked.dynamic_pressure, asked.fin_dynamic_pressure if segment.kind == "descent" else None]
    felt = min((q for q in pressures if q is not None), default=None)
    if felt is not None:
        found.append(Limit("dynamic_pressure", "Pa", upper=felt))
    if segment.kind == "descent":
        found.append(Limit("flow_cosine", "1", lower=float(np.cos(asked.angle_of_attack)), scale=0.1))
    if segment.kind == "burn" and asked.axial_acceleration is not None:
        found.append(Limit("axial_acceleration", "m/s^2", upper=asked.axial_acceleration))
    if segment.kind != "coast" and asked.q_alpha is not None:
        found.append(Limit("q_alpha_squared", "Pa^2 rad^2", upper=asked.q_alpha**2))
    return tuple(found)


def _floor(plan: ReturnPlan) -> float:
    return (plan.ship_altitude if plan.pad is None else plan.pad[2]) - 1.0


def _turns(plan: ReturnPlan) -> list[Boundary]:
    """In a coast the body turns no faster than it can."""
    found, most = [], plan.document.limits.attitude_rate
    for before, coast, after in zip(plan.segments, plan.segments[1:], plan.segments[2:], strict=False):
        if coast.kind == "coast" and before.kind == "burn":
            found.append(_turn(before.name, coast.name, after.name, most))
    return found


def _first_turn(plan: ReturnPlan) -> list[Boundary]:
    """The flip: from the attitude at separation to that of the first burn."""
    coast, after = plan.segments[:2]
    return [_turn(plan.after, coast.name, after.name, plan.document.limits.attitude_rate)]


def _turn(before: str, coast: str, after: str, rate: float) -> Boundary:
    names = [f"{coast}: mean rate of turning in {axis}" for axis in ("pitch", "yaw")]

    def rates(ends: Ends) -> dict[str, Any]:
        a, b, t = ends[before].final, ends[after].initial, ends[coast].duration
        return {names[0]: (b.pitch - a.pitch) / t, names[1]: (b.yaw - a.yaw) / t}

    return Boundary(rates, tuple(Limit(n, "rad/s", -rate, rate) for n in names))


def _entry(plan: ReturnPlan) -> list[Boundary]:
    """The entry burn is lit on the way down, and not too high: braking on the way up would leave the whole fall unguided."""
    highest = plan.document.limits.entry_altitude
    lit = next((s.name for s in plan.segments if s.burn == "entry burn"), None)
    if highest is None or lit is None:
        return []

    def ignition(ends: Ends) -> dict[str, Any]:
        p = ends[lit].initial
        _, _, up = local_velocity(WGS84, p.x, p.y, p.z, p.vx, p.vy, p.vz)
        return {
            "altitude at the entry burn's ignition": geodetic_altitude(WGS84, p.x, p.y, p.z),
            "vertical speed at the entry burn's ignition": up,
        }

    limits = (
        Limit("altitude at the entry burn's ignition", "m", upper=highest, scale=1e4),
        Limit("vertical speed at the entry burn's ignition", "m/s", upper=0.0, scale=SPEED_SCALE),
    )
    return [Boundary(_named(plan, ignition), _renamed(plan, limits))]


def _touchdown(plan: ReturnPlan, frame: LaunchFrame) -> list[Boundary]:
    last, asked = plan.segments[-1], plan.document.touchdown
    spin = ROTATION_RATE

    def place(ends: Ends) -> dict[str, Any]:
        p = ends[last.name].final
        if plan.pad is None:
            return {"altitude at touchdown": geodetic_altitude(WGS84, p.x, p.y, p.z)}
        x, y, z = (float(v) for v in ecef_from_geodetic(*plan.pad))
        c, s = np.cos(spin * p.time), np.sin(spin * p.time)
        return {
            "touchdown from the pad, x": p.x - (c * x - s * y),
            "touchdown from the pad, y": p.y - (s * x + c * y),
            "touchdown from the pad, z": p.z - z,
        }

    if plan.pad is None:
        places = (Limit.equal("altitude at touchdown", "m", plan.ship_altitude, 1e4),)
    else:
        places = tuple(Limit.equal(f"touchdown from the pad, {n}", "m", 0.0, 1e4) for n in "xyz")

    def speeds(ends: Ends) -> dict[str, Any]:
        p = ends[last.name].final
        east, north, up = local_velocity(WGS84, p.x, p.y, p.z, p.vx, p.vy, p.vz)
        axis, vertical = thrust_direction(frame, p.pitch, p.yaw), local_up(WGS84, p.x, p.y, p.z)
        return {
            "descent rate at touchdown": -up,
            "lateral speed at touchdown, squared": east**2 + north**2,
            "cosine of the tilt at touchdown": sum(a * b for a, b in zip(axis, vertical, strict=True)),
        }

    limits = (
        Limit("descent rate at touchdown", "m/s", 0.0, plan.document.vertical_speed, scale=10.0),
        Limit("lateral speed at touchdown, squared", "m^2/s^2", upper=asked.lateral_speed**2, scale=1.0),
        Limit("cosine of the tilt at touchdown", "1", lower=float(np.cos(asked.tilt)), scale=0.1),
    )
    found = [
        Boundary(_named(plan, place), _renamed(plan, places)),
        Boundary(_named(plan, speeds), _renamed(plan, limits)),
    ]
    if asked.thrust_to_weight is not None:

        def push(ends: Ends) -> dict[str, Any]:
            p = ends[last.name].final
            axis = thrust_direction(frame, p.pitch, p.yaw)
            thrust = loads(last.model, p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass, *axis, p.throttle).thrust
            return {"thrust over weight at touchdown": thrust / (9.80665 * p.mass)}

        most = (Limit("thrust over weight at touchdown", "1", upper=asked.thrust_to_weight),)
        found.append(Boundary(_named(plan, push), _renamed(plan, most)))
    return found  # fmt: skip


def _named(plan: ReturnPlan, function: Callable[[Ends], dict[str, Any]]) -> Callable[[Ends], dict[str, Any]]:
    return lambda ends: {f"{plan.booster}: {name}": value for name, value in function(ends).items()}


def _renamed(plan: ReturnPlan, limits: Iterable[Limit]) -> tuple[Limit, ...]:
    return tuple(replace(limit, name=f"{plan.booster}: {limit.name}") for limit in limits)


def _enough_left(plan: ReturnPlan) -> Boundary:
    """No more is burned than there is, and the reserve is still there at touchdown."""
    last = plan.segments[-1].name
    name = f"{plan.booster}: propellant left at touchdown, over its reserve"
    limit = Limit(name, "kg", lower=0.0, scale=plan.empty_mass)
    return Boundary(lambda ends: {name: ends[last].final.mass - plan.landing_mass}, (limit,))
