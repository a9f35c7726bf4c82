"""The fall of a body without thrust through the air to the ground, and the impact point with drag."""

from dataclasses import dataclass

import numpy as np

from ...core.earth import geodetic_from_ecef
from ...core.errors import UndecidedError
from ..environment.atmosphere import Atmosphere, standard_atmosphere
from ..environment.gravity import WGS84, Earth, geodetic_altitude
from ..environment.wind import Wind
from ..motion import phase_model, right_hand_side

LONGEST = 7200.0
"""[s]: a fall that lasts longer is an orbit."""


@dataclass(frozen=True)
class Impact:
    """Where and how a body comes down: geodetic latitude and longitude [rad], time since T-0 [s], speed over the ground [m/s],
    and its path's angle below the horizontal [rad]."""

    latitude: float
    longitude: float
    time: float
    speed: float
    angle: float


def fall(
    time: float,
    position: np.ndarray,
    velocity: np.ndarray,
    *,
    ballistic_coefficient: float | None,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
    earth: Earth = WGS84,
    ground: float = 0.0,
    tolerance: float = 1e-9,
) -> Impact | None:
    """Fly a body from an inertial state [m, m/s] at a time [s] since T-0 to the ground; None when it stays in orbit.

    ballistic_coefficient: mass / (drag coefficient · area) [kg/m^2], constant; None: no air. Forces: gravity with J2 and drag
    against the velocity through the turning, blowing air; no lift. ground [m] above the ellipsoid. tolerance: relative, a step;
    1e-6 is good to a metre. Raises UndecidedError when the integrator fails.
    """
    from scipy.integrate import solve_ivp

    model = phase_model(
        drag_coefficient=1.0,
        reference_area=0.0 if ballistic_coefficient is None else 1.0 / ballistic_coefficient,
        earth=earth,
        atmosphere=standard_atmosphere() if atmosphere is None else atmosphere,
        wind=wind,
    )

    def derivative(t: float, state: np.ndarray) -> list[float]:
        x, y, z, vx, vy, vz = state.tolist()
        return list(right_hand_side(model, x, y, z, vx, vy, vz, 1.0, 1.0, 0.0, 0.0, 0.0)[:6])

    def height(t: float, y: np.ndarray) -> float:
        return float(geodetic_altitude(earth, *y[:3].tolist())) - ground

    height.terminal, height.direction = True, -1  # type: ignore[attr-defined]
    start = np.concatenate([position, velocity])
    if height(time, start) <= 0.0:
        state, end = start, time
    else:
        method = "DOP853" if tolerance < 1e-8 else "RK45"  # at a loose tolerance the lower order needs fewer steps
        scale = tolerance * np.array([1e6] * 3 + [1e3] * 3)
        flown = solve_ivp(
            derivative, (time, time + LONGEST), start, method=method, rtol=tolerance, atol=scale, events=height
        )
        if not flown.success:
            raise UndecidedError(f"the fall could not be integrated beyond {flown.t[-1]:.1f} s: {flown.message}")
        if flown.status != 1:
            return None
        state, end = flown.y_events[0][0], float(flown.t_events[0][0])
    x, y, z, vx, vy, vz = state.tolist()
    c, s = np.cos(earth.rotation_rate * end), np.sin(earth.rotation_rate * end)
    fixed = np.array([c * x + s * y, c * y - s * x, z])
    wx, wy = vx + earth.rotation_rate * y, vy - earth.rotation_rate * x
    over_ground = np.array([c * wx + s * wy, c * wy - s * wx, vz])
    latitude, longitude, _ = (float(v) for v in geodetic_from_ecef(*fixed.tolist()))
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    speed = float(np.linalg.norm(over_ground))
    angle = float(-np.arcsin(np.clip(over_ground @ up / speed, -1, 1))) if speed > 0 else float(np.pi / 2)
    return Impact(latitude, longitude, end, speed, angle)


def inertial_from_earth_fixed(
    time: float, position: np.ndarray, velocity: np.ndarray, earth: Earth = WGS84
) -> tuple[np.ndarray, np.ndarray]:
    """Inertial (frozen at T-0) position and velocity (3,) from Earth-fixed ones at a time [s] since T-0."""
    c, s = np.cos(earth.rotation_rate * time), np.sin(earth.rotation_rate * time)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return turn @ position, turn @ (velocity + np.cross([0.0, 0.0, earth.rotation_rate], position))
