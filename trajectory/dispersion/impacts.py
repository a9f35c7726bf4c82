"""Impact points of many states at once, compiled: what `range_safety` has, in a loop, in vacuum and through the air."""

import numpy as np

from ...core.compiled import compiled
from ..environment.gravity import WGS84, Earth, geodetic_altitude
from ..motion import PhaseModel, phase_model, right_hand_side
from ..range_safety.impact_point import geodetic_of_surface_point, vacuum_impact_point


@compiled
def _impacts(earth, states, out):
    for i in range(states.shape[0]):
        s = states[i]
        found = vacuum_impact_point(earth, s[0], s[1], s[2], s[3], s[4], s[5], s[6])
        if found.clearance < 0.0:
            out[i, 0], out[i, 1] = geodetic_of_surface_point(earth, found.x, found.y, found.z)
        else:
            out[i, 0], out[i, 1] = np.nan, np.nan


def vacuum_impacts(states: np.ndarray, earth: Earth = WGS84) -> np.ndarray:
    """Geodetic latitude and longitude (n, 2) [rad] of vacuum impact points; nan where the orbit clears the Earth.

    states (n, 7): time since T-0 [s], inertial position [m] and velocity [m/s].
    """
    out = np.empty((len(states), 2))
    _impacts(Earth(*(float(v) for v in earth)), np.ascontiguousarray(states, float), out)
    return out


HIGH, HIGH_STEP, LOW_STEP = 90e3, 2.0, 0.25  # m, s: above the air nothing but gravity changes a fall
LONGEST = 7200.0  # s: a fall that lasts longer is an orbit


@compiled
def _slopes(model, s, mass):
    return right_hand_side(model, s[0], s[1], s[2], s[3], s[4], s[5], mass, 1.0, 0.0, 0.0, 0.0, 0.0)


@compiled
def _step(model, s, mass, h, out):
    """A classical Runge-Kutta step of h [s] from s (6,) to out (6,)."""
    a = _slopes(model, s, mass)
    for i in range(6):
        out[i] = s[i] + 0.5 * h * a[i]
    b = _slopes(model, out, mass)
    for i in range(6):
        out[i] = s[i] + 0.5 * h * b[i]
    c = _slopes(model, out, mass)
    for i in range(6):
        out[i] = s[i] + h * c[i]
    d = _slopes(model, out, mass)
    for i in range(6):
        out[i] = s[i] + h / 6.0 * (a[i] + 2.0 * (b[i] + c[i]) + d[i])


@compiled
def _falls(model, states, coefficients, out):
    earth = model.earth
    s, t = np.empty(6), np.empty(6)
    for i in range(states.shape[0]):
        out[i, 0] = out[i, 1] = np.nan
        time, end = states[i, 0], states[i, 0] + LONGEST
        s[:] = states[i, 1:7]
        high = geodetic_altitude(earth, s[0], s[1], s[2])
        while time < end and high == high:
            h = HIGH_STEP if high > HIGH else LOW_STEP
            _step(model, s, coefficients[i], h, t)
            low = geodetic_altitude(earth, t[0], t[1], t[2])
            if low <= 0.0:
                for _ in range(4):  # secant on the last step's length
                    h *= high / (high - low)
                    _step(model, s, coefficients[i], h, t)
                    low = geodetic_altitude(earth, t[0], t[1], t[2])
                    if abs(low) < 0.01:
                        break
                c, n = np.cos(earth.rotation_rate * (time + h)), np.sin(earth.rotation_rate * (time + h))
                x, y = c * t[0] + n * t[1], c * t[1] - n * t[0]
                out[i, 0], out[i, 1] = geodetic_of_surface_point(earth, x, y, t[2])
                break
            time, high = time + h, low
            s[:] = t


def air_impacts(states: np.ndarray, coefficients: np.ndarray, model: PhaseModel | None = None) -> np.ndarray:
    """Geodetic latitude and longitude (n, 2) [rad] where bodies of ballistic coefficients (n,) [kg/m^2] fall through the air;
    nan for what stays up.

    states (n, 7): as of `vacuum_impacts`. model: whose Earth, air and wind; its own drag does not count. Within metres of
    `range_safety.fall` (tested).
    """
    base = model or phase_model()
    bare = phase_model(
        drag_coefficient=1.0, reference_area=1.0, earth=base.earth, atmosphere=base.atmosphere, wind=base.wind
    )
    out = np.empty((len(states), 2))
    _falls(bare, np.ascontiguousarray(states, float), np.ascontiguousarray(coefficients, float), out)
    return out
