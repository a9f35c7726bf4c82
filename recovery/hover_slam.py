"""A booster that cannot throttle below its weight: when its landing burn may begin, and how long that stays possible."""

from dataclasses import dataclass

import numpy as np

from .guidance.lander import Lander, LandingVehicle
from .guidance.native import best_lander

FINENESS = 0.01  # s
TRIES = 50


@dataclass(frozen=True)
class IgnitionWindow:
    """thrust_to_weight: the lowest at touchdown; hovers: whether it is below 1. earliest, latest: ignition [s from the state]
    between which a landing on the pad exists, nan: never."""

    thrust_to_weight: float
    hovers: bool
    earliest: float
    latest: float

    @property
    def width(self) -> float:
        """[s]; nan: there is no landing."""
        return self.latest - self.earliest


def ignition_window(
    vehicle: LandingVehicle, position: np.ndarray, velocity: np.ndarray, mass: float, horizon: float = 60.0
) -> IgnitionWindow:
    """When a burn may begin that lands on the pad, for a body that falls freely through the guidance's air until then.

    position, velocity (3,): in the pad's axes [m, m/s]; a window found by TRIES steps of the fall and bisection to FINENESS. A
    vehicle that hovers has a window too: its earliest ignition is where propellant runs short.
    """
    return window_of(vehicle, *free_fall(vehicle, position, velocity, mass, horizon), mass)


def window_of(vehicle: LandingVehicle, times: np.ndarray, states: np.ndarray, mass: float) -> IgnitionWindow:
    """As `ignition_window`, for a fall that is given: times (n,) [s] and states (n, 6); the window is looked for
    by TRIES of them, then bisected between two."""
    engines, lander = vehicle.engines[-1], best_lander(vehicle)
    least = engines.least_thrust - vehicle.air_pressure * engines.exit_area
    weight = vehicle.dry_mass * float(np.linalg.norm(vehicle.gravity))
    every = max(len(times) // TRIES, 1)
    tried = list(range(0, len(times), every))
    good = [k for k in tried if _lands(lander, states[k], mass)]
    if not good:
        return IgnitionWindow(least / weight, least < weight, np.nan, np.nan)
    first, last = good[0], good[-1]
    earliest = _edge(lander, times, states, mass, first - every, first) if first > 0 else float(times[0])
    latest = _edge(lander, times, states, mass, min(last + every, len(times) - 1), last)
    return IgnitionWindow(least / weight, least < weight, earliest, latest)


def _lands(lander: Lander, state: np.ndarray, mass: float) -> bool:
    return lander.solve(state[:3], state[3:], mass).outcome == "lands"


def _edge(lander: Lander, times: np.ndarray, states: np.ndarray, mass: float, bad: int, good: int) -> float:
    """Time of the last good state next to a bad one."""
    while abs(bad - good) > 1:
        middle = (bad + good) // 2
        if _lands(lander, states[middle], mass):
            good = middle
        else:
            bad = middle
    return float(times[good])


def free_fall(
    vehicle: LandingVehicle, position: np.ndarray, velocity: np.ndarray, mass: float, horizon: float
) -> tuple[np.ndarray, np.ndarray]:
    """Times (n,) and states (n, 6) FINENESS apart of a free fall to the ground."""
    y = np.concatenate([position, velocity]).astype(float)
    gravity = np.array(vehicle.gravity)

    def slope(x: np.ndarray) -> np.ndarray:
        air = vehicle.air_density * np.exp(-x[2] / vehicle.density_height)
        hold = 0.5 * air * vehicle.drag_area / mass * np.linalg.norm(x[3:])
        return np.concatenate([x[3:], gravity - hold * x[3:]])

    times, states, time = [0.0], [y], 0.0
    while time < horizon and y[2] > 0.0:
        middle = y + 0.5 * FINENESS * slope(y)
        y = y + FINENESS * slope(middle)
        time += FINENESS
        times.append(time)
        states.append(y)
    return np.array(times), np.array(states)
