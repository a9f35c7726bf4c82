"""A coast without thrust, in inertial axes and in Earth-fixed ones."""

import numpy as np

from ...core.earth import ROTATION_RATE
from ...trajectory.environment.gravity import WGS84, gravity


def coasted(states: np.ndarray, spans: np.ndarray, steps: int = 24) -> np.ndarray:
    """Inertial states (n, 6) after spans (n,) s without thrust: Runge-Kutta 4, central gravity and J2."""

    def rate(s: np.ndarray) -> np.ndarray:
        return np.column_stack([s[:, 3:], *gravity(WGS84, *s[:, :3].T)])

    h = (spans / steps)[:, None]
    for _ in range(steps):
        a = rate(states)
        b = rate(states + 0.5 * h * a)
        c = rate(states + 0.5 * h * b)
        states = states + h / 6.0 * (a + 2.0 * b + 2.0 * c + rate(states + h * c))
    return states


def earth_fixed(time: np.ndarray, position: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ITRF states (n, 3) from those in the Earth-fixed axes frozen at T-0 (`trajectory.motion`); time (n,) s from T-0."""
    angle = ROTATION_RATE * time
    c, s = np.cos(angle), np.sin(angle)

    def turned(v: np.ndarray) -> np.ndarray:
        return np.column_stack([c * v[:, 0] + s * v[:, 1], c * v[:, 1] - s * v[:, 0], v[:, 2]])

    r, v = turned(position), turned(velocity)
    return r, v - ROTATION_RATE * np.column_stack([-r[:, 1], r[:, 0], 0.0 * r[:, 2]])


def inertial(time: np.ndarray, position: np.ndarray, velocity: np.ndarray) -> np.ndarray:
    """States (n, 6) in the Earth-fixed axes frozen at T-0 from ITRF ones (n, 3): `earth_fixed` the other way."""
    angle = ROTATION_RATE * time
    c, s = np.cos(angle), np.sin(angle)
    carried = velocity + ROTATION_RATE * np.column_stack([-position[:, 1], position[:, 0], 0.0 * position[:, 2]])

    def turned(v: np.ndarray) -> np.ndarray:
        return np.column_stack([c * v[:, 0] - s * v[:, 1], s * v[:, 0] + c * v[:, 1], v[:, 2]])

    return np.hstack([turned(position), turned(carried)])
