"""First guess of an ascent with restarts: the ascent to the first orbit, solved by itself, then coasts and burns one by one.

A pitch programme flown forward ends short of an orbit, and a coast from there leads into the ground, which costs the solver
hundreds of iterations or its convergence. An orbit that the mission leaves open is guessed as a parking orbit: the apogee
of the next one and a customary perigee. Burns are flown along the velocity to be gained, as Lambert's short burns are.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ..core.earth import MU, RADIUS
from ..core.errors import ImpossibleError, UndecidedError
from .ascent_guess import GuessedPhase, fly, payload_guess
from .flight_plan import FlightPlan, Segment
from .mission import LOWEST_PERIGEE, EscapeOrbit, Mission, TargetOrbit
from .motion import thrust_in_vacuum, total_mass_flow
from .optimal_control.solution import PhaseSolution, Solution
from .orbit import elements
from .sequence import BurnOrbit
from .steering import LaunchFrame

_PARKING_PERIGEE = 185e3  # m
_LEFT_TO_RAISE = 30e3  # m, so that the next burn has something to do
_SHORTEST = 0.5  # s, of a burn
_SHARE_OF_WAIT = 0.25  # of what a coast may last longer than it must, where an orbit has no apsis to wait for

SolveFirstMesh = Callable[[FlightPlan, Mission, tuple[GuessedPhase, ...] | None], Solution]
Sizes = tuple[float, float]  # perigee and apogee radius [m]


def has_restarts(plan: FlightPlan) -> bool:
    """Whether the last stage coasts in orbit and burns again."""
    return _first_coast(plan) < len(plan.segments)


def _first_coast(plan: FlightPlan) -> int:
    """Index of the first coast after a burn of the same stage; the number of segments when there is none."""
    pairs = enumerate(zip(plan.segments, plan.segments[1:], strict=False), start=1)
    return next(
        (k for k, (a, b) in pairs if b.steering == "none" and a.powered and a.stage == b.stage), len(plan.segments)
    )


def guess_with_restarts(
    plan: FlightPlan, mission: Mission, frame: LaunchFrame, solve: SolveFirstMesh
) -> tuple[GuessedPhase, ...]:
    """Guesses of all phases, made burn by burn: each flight that ends with one more of them is solved before the next is added.

    solve: finds the ascent of a plan on its first mesh, from a guess, or from none when there is no restart yet.
    """
    cut = _first_coast(plan)
    burns = [plan.segments[cut - 1], *(s for s in plan.segments[cut:] if s.powered)]
    sizes = _sizes(burns, mission.target)
    gains = [_speed_change(a, b) for a, b in pairwise(sizes)]

    def until(burn: int, payload: float) -> FlightPlan:
        """The plan as far as a burn, which keeps what the later ones need."""
        *before, last = plan.segments[: cut + 2 * burn]
        assert last.burnout_mass is not None
        kept = _kept(burns[burn:], gains[burn:], payload)
        target = _as_target(last, sizes[burn], mission)
        return replace(plan, segments=(*before, replace(last, burnout_mass=last.burnout_mass + kept, target=target)))

    payload = payload_guess(plan)
    solution = solve(until(0, payload), mission, None)
    payload = max(float(solution.parameters["payload"]), plan.released)
    phases = [_as_guess(p) for p in solution.phases]
    for burn in range(1, len(burns)):
        before, coast, segment = plan.segments[cut + 2 * burn - 3 : cut + 2 * burn]
        state = _final_state(phases[-1])
        state[6] = coast.mass_after_drop(state[6], payload, before)
        clock = phases[-1].start + phases[-1].duration
        coasting, state = fly(coast, frame, state, clock, _wait(state, sizes[burn], coast))
        burning, _ = _burn(segment, frame, state, clock + coasting.duration, sizes[burn])
        phases += [coasting, burning]
        if burn + 1 < len(burns):
            with contextlib.suppress(ImpossibleError, UndecidedError):  # the burns flown so far are guess enough
                solution = solve(until(burn, payload), mission, tuple(phases))
                payload = max(float(solution.parameters["payload"]), plan.released)
                phases = [_as_guess(p) for p in solution.phases]
    return tuple(phases)


def _final_state(phase: GuessedPhase) -> np.ndarray:
    """(x, y, z, vx, vy, vz, mass) at the end of a guessed phase."""
    return np.array([np.atleast_1d(phase.values[n])[-1] for n in ("x", "y", "z", "vx", "vy", "vz", "mass")])


def _as_target(burn: Segment, size: Sizes, mission: Mission) -> TargetOrbit:
    inclination = getattr(burn.target, "inclination", None)
    return TargetOrbit(
        perigee_altitude=max(size[0] - RADIUS, LOWEST_PERIGEE),
        apogee_altitude=size[1] - RADIUS,
        inclination=mission.inclination if inclination is None else inclination,
        ascending_node=getattr(mission.target, "ascending_node", None),
    )


def _as_guess(phase: PhaseSolution) -> GuessedPhase:
    guess = phase.as_guess()
    return GuessedPhase(guess.start, guess.duration, dict(guess.values), guess.at)


def _sizes(burns: list[Segment], final: TargetOrbit | EscapeOrbit) -> list[Sizes]:
    """Perigee and apogee radius after each burn; those left open are parking orbits for the next one."""
    sizes: list[Sizes] = []
    following: Sizes = (final.perigee_radius, final.apogee_radius)
    for burn in reversed(burns):
        target = burn.target
        if target is None:
            low = min(max(following[0] - RADIUS - _LEFT_TO_RAISE, LOWEST_PERIGEE), _PARKING_PERIGEE)
            following = (RADIUS + low, following[1] if following[1] > 0 else RADIUS + low)
        elif target.apogee_radius is not None:
            following = (target.perigee_radius, target.apogee_radius)
        elif isinstance(target, BurnOrbit) and not sizes and isinstance(burns[-1].target, BurnOrbit):
            sizes.append((target.perigee_radius, max(final.apogee_radius, target.perigee_radius)))  # a disposal
            continue
        else:
            following = (target.perigee_radius, max(following[1], target.perigee_radius))
        sizes.append(following)
    return sizes[::-1]


def _common_radius(before: Sizes, after: Sizes) -> float:
    """Where one burn leads from one orbit to the other: at the apsis that they share, as nearly as may be."""
    pairs = [(abs(a - b), a, rank) for rank, a in enumerate(before[::-1]) for b in after]
    return min(pairs, key=lambda p: (round(p[0], -3), p[2]))[1]


def _speed(orbit: Sizes, radius: float) -> float:
    """Vis-viva [m/s]; 0 where the orbit does not come to the radius."""
    axis = 0.5 * (orbit[0] + orbit[1])
    return float(np.sqrt(max(MU * (2 / radius - 1 / axis), 0.0)))


def _speed_change(before: Sizes, after: Sizes) -> float:
    radius = _common_radius(before, after)
    return abs(_speed(after, radius) - _speed(before, radius))


def _kept(burns: list[Segment], gains: list[float], payload: float) -> float:
    """Propellant [kg] and payload [kg] short of the first burn's own that must be left when it ends (Tsiolkovsky, backwards)."""
    last = burns[-1]
    assert last.burnout_mass is not None
    exhaust = thrust_in_vacuum(last.model, 1.0) / total_mass_flow(last.model, 1.0)
    mass = last.burnout_mass + last.payload_aboard(payload)
    dry = mass
    for burn, before, gain in zip(burns[:0:-1], burns[-2::-1], gains[::-1], strict=True):
        grown = mass * float(np.exp(gain / exhaust))
        released = before.payload_aboard(payload) - burn.payload_aboard(payload)
        mass, dry = grown + released, dry + released
    return mass - dry


def _wait(state: np.ndarray, target: Sizes, coast: Segment) -> float:
    """How long to coast [s]: to the apsis that both orbits share; part of the time allowed where the orbit is circular."""
    orbit = elements(state[:3], state[3:6])
    here = (orbit.perigee_radius, orbit.apogee_radius)
    longest = coast.longest if coast.longest is not None else np.inf
    if orbit.eccentricity < 1e-3 or not np.isfinite(here[1]):
        return (
            float(min(coast.shortest + _SHARE_OF_WAIT * (longest - coast.shortest), longest))
            if longest < np.inf
            else 600.0
        )
    at_apogee = _common_radius(here, target) == here[1]
    period = 2 * np.pi * np.sqrt(orbit.semi_major_axis**3 / MU)
    to = _time_to(orbit, np.pi if at_apogee else 0.0)
    while to < coast.shortest and to + period <= longest:
        to += period
    return float(np.clip(to, coast.shortest, longest))


def _time_to(orbit, mean_anomaly: float) -> float:
    """[s] until a mean anomaly of 0 or pi, by Kepler's equation."""
    e, nu = orbit.eccentricity, orbit.true_anomaly
    eccentric = 2 * np.arctan2(np.sqrt(1 - e) * np.sin(nu / 2), np.sqrt(1 + e) * np.cos(nu / 2))
    mean = (eccentric - e * np.sin(eccentric)) % (2 * np.pi)
    return float(((mean_anomaly - mean) % (2 * np.pi)) * np.sqrt(orbit.semi_major_axis**3 / MU))


def _burn(
    segment: Segment, frame: LaunchFrame, state: np.ndarray, clock: float, target: Sizes
) -> tuple[GuessedPhase, np.ndarray]:
    """A burn along the velocity to be gained, within the orbit's plane."""
    position, velocity = state[:3], state[3:6]
    radius = float(np.linalg.norm(position))
    up = position / radius
    level = velocity - (velocity @ up) * up
    level /= np.linalg.norm(level)
    reached = min(max(radius, target[0]), target[1] if target[1] > 0 else np.inf)  # a hyperbola has no highest point
    momentum = np.sqrt(2 * MU * target[0] * target[1] / (target[0] + target[1])) if target[0] > 0 else 0.0
    along = momentum / reached
    climb = np.sqrt(max(_speed(target, reached) ** 2 - along**2, 0.0)) * np.sign(velocity @ up)
    gain = along * level + climb * up - velocity
    exhaust = thrust_in_vacuum(segment.model, 1.0) / total_mass_flow(segment.model, 1.0)
    size = float(np.linalg.norm(gain))
    duration = float(state[6] * -np.expm1(-size / exhaust) / total_mass_flow(segment.model, 1.0))
    pitch, yaw = _attitude(frame, gain if size > 1.0 else velocity)
    return fly(segment, frame, state, clock, max(duration, _SHORTEST), lambda t: pitch, yaw=yaw)


def _attitude(frame: LaunchFrame, direction: np.ndarray) -> tuple[float, float]:
    """Pitch and yaw [rad] of a direction in the launch frame."""
    along, above, aside = (float(direction @ np.array(frame[i : i + 3])) for i in (0, 3, 6))
    return float(np.arctan2(above, along)), float(np.arctan2(aside, np.hypot(along, above)))
