"""Impact points of many states at once, compiled: what `range_safety` has, in a loop, in vacuum and through the air."""

import numpy as np

from ...core.compiled import address_of, compiled
from ...core.numeric import pack_table, table
from ..environment.gravity import WGS84, Earth, geodetic_altitude
from ..motion import PhaseModel, phase_model, right_hand_side
from ..range_safety.impact_point import geodetic_of_surface_point, vacuum_impact_point
from .point_mass import any_table, segment_model
from .program import Program


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
def _fall(model, state, body, out):
    """A body's way down through a model's air; body: ballistic coefficient, and from the altitude body[2] on (falling) body[1].
    out (4,): latitude, longitude [rad], time [s], speed over the ground [m/s]; nan for what stays up."""
    earth = model.earth
    s, t = np.empty(6), np.empty(6)
    out[:] = np.nan
    time, end = state[0], state[0] + LONGEST
    s[:] = state[1:7]
    high, mass = geodetic_altitude(earth, s[0], s[1], s[2]), body[0]
    while time < end and high == high:
        h = HIGH_STEP if high > HIGH else LOW_STEP
        if high < body[2] and mass != body[1] and s[0] * s[3] + s[1] * s[4] + s[2] * s[5] < 0.0:
            mass = body[1]
        if mass == body[1]:
            h = 2.0 * LOW_STEP
            rates = _slopes(model, s, mass)
            rx, ry = s[3] + earth.rotation_rate * s[1], s[4] - earth.rotation_rate * s[0]
            fast = np.sqrt(rx * rx + ry * ry + s[5] * s[5])
            h = min(h, 0.5 * fast / np.sqrt(rates[3] ** 2 + rates[4] ** 2 + rates[5] ** 2 + 1e-12))
            h = max(h, 1e-3)
        _step(model, s, mass, h, t)
        low = geodetic_altitude(earth, t[0], t[1], t[2])
        if low <= 0.0:
            for _ in range(4):  # secant on the last step's length
                h *= high / (high - low)
                _step(model, s, mass, h, t)
                low = geodetic_altitude(earth, t[0], t[1], t[2])
                if abs(low) < 0.01:
                    break
            rate = earth.rotation_rate
            c, n = np.cos(rate * (time + h)), np.sin(rate * (time + h))
            x, y = c * t[0] + n * t[1], c * t[1] - n * t[0]
            out[0], out[1] = geodetic_of_surface_point(earth, x, y, t[2])
            rx, ry = t[3] + rate * t[1], t[4] - rate * t[0]
            out[2], out[3] = time + h, np.sqrt(rx * rx + ry * ry + t[5] * t[5])
            return
        time, high = time + h, low
        s[:] = t


@compiled
def _falls(model, states, bodies, out):
    for i in range(states.shape[0]):
        _fall(model, states[i], bodies[i], out[i])


@compiled
def _falls_of_runs(numbers, positions, values, flight, plans, segments, one, nought, states, bodies, out):
    own = numbers.copy()
    for i in range(values.shape[0]):
        for j in range(len(positions)):
            own[positions[j]] = values[i, j]
        for k in range(segments.shape[0]):
            m = segment_model(own, flight, plans[segments[k]], 0.0)
            flat, none = any_table(address_of(one), 0), any_table(address_of(nought), 0)
            bare = PhaseModel(
                m.earth, m.atmosphere, m.wind, none, none, 0.0, 0.0, 0.0, 0.0, 0.0, none, none, flat, 1.0, 0.0
            )
            _fall(bare, states[i, k], bodies[i, k], out[i, k])


_ONE, _NOUGHT = (pack_table(table([0.0, 1.0, 2.0, 3.0], [value] * 4)) for value in (1.0, 0.0))


def falls_of_runs(
    made: Program,
    positions: np.ndarray,
    values: np.ndarray,
    segments: np.ndarray,
    states: np.ndarray,
    bodies: np.ndarray,
) -> np.ndarray:
    """Where bodies come down that runs leave behind, each run in its own air and wind: (n, bodies, 4) latitude, longitude [rad],
    time since T-0 [s] and speed over the ground [m/s]; nan for what stays up.

    values (n, m) of the program's numbers at positions (m,); segments (bodies,): with which each leaves; states (n, bodies, 7):
    time since T-0 [s], inertial position [m], velocity [m/s]; bodies (n, bodies, 3): ballistic coefficient [kg/m^2], that under
    the canopy, and the altitude [m] below which it is open.
    """
    out = np.empty((*states.shape[:2], 4))
    if states.shape[1]:
        _falls_of_runs(
            made.numbers, positions, np.ascontiguousarray(values), made.flight, made.plans, segments, _ONE, _NOUGHT,
            np.ascontiguousarray(states, float), np.ascontiguousarray(bodies, float), out,
        )  # fmt: skip
    return out


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
    coefficients = np.asarray(coefficients, float)
    out = np.empty((len(states), 4))
    bodies = np.column_stack([coefficients, coefficients + 1.0, np.full(len(coefficients), -np.inf)])
    _falls(bare, np.ascontiguousarray(states, float), bodies, out)
    return out[:, :2].copy()
