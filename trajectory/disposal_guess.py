"""Where the guess of a disposal burn is to be, so that the stage falls into the area asked for: the coast before it, scanned."""

import numpy as np

from .ascent_guess import GuessedPhase, fly
from .environment.gravity import WGS84
from .flight_plan import FlightPlan
from .mission import Mission
from .range_safety.impact_point import vacuum_impact_coordinates, vacuum_impact_point
from .steering import LaunchFrame

_NAMES = ("x", "y", "z", "vx", "vy", "vz", "mass")


def aim_disposal(
    guess: tuple[GuessedPhase, ...], plan: FlightPlan, mission: Mission, frame: LaunchFrame
) -> tuple[GuessedPhase, ...]:
    """The guess with its last coast as long as brings the impact point nearest to the area, the burn against the flight.

    The burn's length stays as guessed; it counts as one push at the coast's end.
    """
    if mission.limits.disposal_area is None or mission.sequence.disposal is None:
        return guess
    (area,) = mission.limits.disposal_area
    *before, coasting, burning = guess
    coast, burn = plan.segments[-2:]
    pushed = np.linalg.norm(_last(burning)[3:6] - _first(burning)[3:6])
    begin = _first(coasting)
    flown, _ = fly(coast, frame, begin, coasting.start, coast.longest or coasting.duration, step=20.0)
    states = np.stack([np.atleast_1d(flown.values[n]) for n in _NAMES], axis=1)
    durations = flown.at * flown.duration
    best, chosen = np.inf, coasting.duration
    for duration, state in zip(durations, states, strict=True):
        if duration < coast.shortest:
            continue
        position, velocity = state[:3], state[3:6]
        slowed = velocity * (1.0 - pushed / np.linalg.norm(velocity))
        time = coasting.start + float(duration) + 0.5 * burning.duration
        if vacuum_impact_point(WGS84, time, *position.tolist(), *slowed.tolist()).clearance >= 0.0:
            continue
        latitude, longitude = vacuum_impact_coordinates(WGS84, time, *position.tolist(), *slowed.tolist())
        away = float(area.distance(latitude, longitude)[0])
        if away < best:
            best, chosen = away, float(duration)
    coasting, state = fly(coast, frame, begin, coasting.start, chosen)
    back = -state[3:6] / np.linalg.norm(state[3:6])
    down, up, cross = (np.array(frame[i : i + 3]) for i in (0, 3, 6))
    pitch, yaw = float(np.arctan2(back @ up, back @ down)), float(np.arcsin(back @ cross))
    burning, _ = fly(
        burn, frame, state, coasting.start + chosen, burning.duration, lambda t: pitch, yaw=float(np.clip(yaw, -1.2, 1.2))
    )
    return (*before, coasting, burning)


def _first(phase: GuessedPhase) -> np.ndarray:
    return np.array([np.atleast_1d(phase.values[n])[0] for n in _NAMES])


def _last(phase: GuessedPhase) -> np.ndarray:
    return np.array([np.atleast_1d(phase.values[n])[-1] for n in _NAMES])
