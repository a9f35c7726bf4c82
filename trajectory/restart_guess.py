"""First guess of an ascent with a restart: the ascent to a parking orbit, solved by itself, then a coast and a burn.

A pitch programme flown forward ends short of an orbit, and a coast from there leads into the ground, which costs the solver
hundreds of iterations or its convergence. The parking orbit has the target's apogee and a customary perigee.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..core.earth import MU
from .ascent_guess import GuessedPhase, fly, payload_guess
from .flight_plan import FlightPlan
from .mission import LOWEST_PERIGEE, Mission, TargetOrbit
from .motion import thrust_in_vacuum, total_mass_flow
from .optimal_control.solution import PhaseSolution, Solution
from .orbit import elements
from .steering import LaunchFrame

_PARKING_PERIGEE = 185e3  # m
_LEFT_TO_RAISE = 30e3  # m, so that the second burn has something to do
_SHORTEST = 3.0  # s, of the second burn


def has_restart(plan: FlightPlan) -> bool:
    """Whether the plan ends with a long coast and another burn."""
    return len(plan.segments) > 2 and plan.segments[-2].steering == "none"


def guess_with_restart(
    plan: FlightPlan,
    mission: Mission,
    frame: LaunchFrame,
    solve: Callable[[FlightPlan, Mission], Solution],
) -> tuple[GuessedPhase, ...]:
    """Guesses of all phases. solve: finds the ascent of a plan without restart, on its first mesh."""
    *_, last, coast, burn = plan.segments
    assert last.burnout_mass is not None and burn.burnout_mass is not None
    perigee = min(max(mission.orbit.perigee_altitude - _LEFT_TO_RAISE, LOWEST_PERIGEE), _PARKING_PERIGEE)
    parking = mission.orbit.evolve(perigee_altitude=perigee, argument_of_perigee=None)
    gain = _apogee_speed(mission.orbit) - _apogee_speed(parking)
    # what the second burn needs is no propellant for the first
    exhaust = thrust_in_vacuum(burn.model, 1.0) / total_mass_flow(burn.model, 1.0)
    kept = (payload_guess(plan) + burn.burnout_mass) * np.expm1(gain / exhaust)
    short = replace(plan, segments=(*plan.segments[:-3], replace(last, burnout_mass=last.burnout_mass + kept)))
    solution = solve(short, mission.evolve(orbit=parking))

    end = solution.phases[-1]
    state = np.array([end.states[n][-1] for n in ("x", "y", "z", "vx", "vy", "vz", "mass")])
    duration = min(_time_to_apogee(state), coast.longest or np.inf)
    coasting, state = fly(coast, frame, state, end.end, duration)
    pitch = _prograde_pitch(frame, state[3:6])
    needed = float(state[6] * -np.expm1(-gain / exhaust) / total_mass_flow(burn.model, 1.0))
    burning, _ = fly(burn, frame, state, coasting.start + duration, max(needed, _SHORTEST), lambda t: pitch)
    return (*(_as_guess(p) for p in solution.phases), coasting, burning)


def _as_guess(phase: PhaseSolution) -> GuessedPhase:
    guess = phase.as_guess()
    return GuessedPhase(guess.start, guess.duration, dict(guess.values), guess.at)


def _apogee_speed(orbit: TargetOrbit) -> float:
    """Vis-viva [m/s]."""
    axis = 0.5 * (orbit.perigee_radius + orbit.apogee_radius)
    return float(np.sqrt(MU * (2 / orbit.apogee_radius - 1 / axis)))


def _time_to_apogee(state: np.ndarray) -> float:
    """[s] by Kepler's equation."""
    orbit = elements(state[:3], state[3:6])
    e, nu = orbit.eccentricity, orbit.true_anomaly
    eccentric = 2 * np.arctan2(np.sqrt(1 - e) * np.sin(nu / 2), np.sqrt(1 + e) * np.cos(nu / 2))
    mean = (eccentric - e * np.sin(eccentric)) % (2 * np.pi)
    return float(((np.pi - mean) % (2 * np.pi)) * np.sqrt(orbit.semi_major_axis**3 / MU))


def _prograde_pitch(frame: LaunchFrame, velocity: np.ndarray) -> float:
    """Pitch [rad] of the velocity in the launch frame, its part across left out."""
    return float(np.arctan2(velocity @ np.array(frame[3:6]), velocity @ np.array(frame[:3])))
