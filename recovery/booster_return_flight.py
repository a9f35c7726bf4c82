"""A solved return flown again from separation on, open loop, by an integrator that shares no code with the transcription."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..core.earth import MEAN_RADIUS, ROTATION_RATE, geodetic_from_ecef
from ..core.errors import UndecidedError
from ..trajectory.motion import air, dynamic_pressure, free_molecular_heat_flux, loads
from ..trajectory.optimal_control.solution import PhaseSolution, Solution
from ..trajectory.reflight import MOTION, piecewise
from ..trajectory.steering import LaunchFrame, thrust_direction
from .booster_return_motion import motion_of
from .booster_return_plan import ReturnPlan, ReturnSegment

Array = np.ndarray
SAMPLE_STEP = 1.0  # s
TOLERANCE = 1e-10


def fly_return(plan: ReturnPlan, frame: LaunchFrame, solution: Solution, state: Array) -> list[tuple[Array, Array]]:
    """Every segment from the end of the one before: times (n,) [s] and inertial states (n, 7) of each.

    state: (x, y, z, vx, vy, vz, mass) at separation. Raises UndecidedError where the integrator cannot go on.
    """
    from scipy.integrate import solve_ivp

    flown, now = [], np.asarray(state, float)
    for k, segment in enumerate(plan.segments):
        phase = solution[segment.name]
        steer = steering(segment, frame, phase)
        now = now - np.array([0.0] * 6 + [segment.lost if k else 0.0])  # the first loss is in the parting's masses

        def rates(t: float, y: Array, segment: ReturnSegment = segment, steer=steer) -> list[float]:
            axis, throttle = steer(t)
            return list(motion_of(segment.kind, segment.model, tuple(y.tolist()), axis, throttle))

        count = max(3, int(np.ceil(phase.duration / SAMPLE_STEP)) + 1)
        wanted = np.linspace(phase.start, phase.end, count)
        times, states = [np.array([phase.start])], [now[None]]
        breaks = phase.edges if segment.kind != "coast" else phase.edges[[0, -1]]
        for a, b in pairwise(breaks):
            inside = wanted[(wanted > a + 1e-6) & (wanted < b - 1e-6)]
            scale = TOLERANCE * np.array([1e6] * 3 + [1e3] * 3 + [1e4])
            found = solve_ivp(rates, (a, b), now, method="DOP853", rtol=TOLERANCE, atol=scale, t_eval=[*inside, b])
            if not found.success or not np.all(np.isfinite(found.y)):
                raise UndecidedError(f"'{segment.name}' cannot be flown again: {found.message}")
            now = found.y[:, -1]
            times.append(found.t[:-1] if b < phase.end else found.t)
            states.append(found.y.T[:-1] if b < phase.end else found.y.T)
        flown.append((np.concatenate(times), np.vstack(states)))
    return flown


def steering(
    segment: ReturnSegment, frame: LaunchFrame, phase: PhaseSolution
) -> Callable[[float], tuple[tuple[float, float, float], float]]:
    """Axis (inertial unit vector) and throttle against time, from the solution's own polynomials."""
    if segment.kind == "coast":
        return _unsteered
    pitch, yaw = piecewise(phase, "pitch"), piecewise(phase, "yaw")
    throttle = piecewise(phase, "throttle") if segment.throttles else lambda t: segment.throttle

    def at(t: float) -> tuple[tuple[float, float, float], float]:
        return thrust_direction(frame, pitch(t), yaw(t)), throttle(t) if segment.kind == "burn" else 0.0

    return at


def _unsteered(time: float) -> tuple[tuple[float, float, float], float]:
    return (1.0, 0.0, 0.0), 0.0


def columns(
    plan: ReturnPlan, frame: LaunchFrame, solution: Solution | None, flown: Sequence[tuple[Array, Array]], launch: Array
) -> dict[str, Any]:
    """What a result tabulates, (n,) or (n, 3) each, of every sample; downrange counts from *launch* (3,), Earth-fixed [m].

    solution: None where nothing is steered.
    """
    rows: dict[str, list] = {}
    towards = launch / np.linalg.norm(launch)
    for index, (segment, (times, states)) in enumerate(zip(plan.segments, flown, strict=True)):
        steer = _unsteered if solution is None else steering(segment, frame, solution[segment.name])
        for t, s in zip(times.tolist(), states, strict=True):
            axis, throttle = steer(t)
            state: Any = (*s.tolist(), *axis, throttle)
            a = air(segment.model, *state[:6])
            load = loads(segment.model, *state)
            turned = _turn(t)
            place = turned @ s[:3]
            velocity = turned @ s[3:6] - np.cross([0.0, 0.0, ROTATION_RATE], place)
            latitude, longitude, altitude = geodetic_from_ecef(*place)
            central = np.arctan2(np.linalg.norm(np.cross(towards, place)), towards @ place)
            cosine = -(np.array(axis) @ np.array([a.wx, a.wy, a.wz])) / a.speed
            burns = segment.kind == "burn"
            for name, value in {
                "phase_index": index,
                "time": t,
                "position_ecef": place,
                "velocity_ecef": velocity,
                "axis_ecef": turned @ np.array(axis),
                "mass": s[6],
                "engines": segment.engines if burns else 0,
                "throttle": throttle if burns else 0.0,
                "thrust": load.thrust if burns else 0.0,
                "altitude": altitude,
                "latitude": latitude,
                "longitude": longitude,
                "downrange": MEAN_RADIUS * central,
                "speed_relative": float(np.linalg.norm(velocity)),
                "vertical_speed": float(velocity @ _up(latitude, longitude)),
                "dynamic_pressure": dynamic_pressure(a.density, a.speed),
                "heat_flux": free_molecular_heat_flux(a.density, a.speed),
                "mach": a.mach,
                "axial_acceleration": load.axial_acceleration if burns else load.drag / s[6],
                "angle_of_attack": 0.0 if segment.kind == "coast" else float(np.arccos(np.clip(cosine, -1.0, 1.0))),
            }.items():
                rows.setdefault(name, []).append(value)
    return {name: np.array(values, dtype=float) for name, values in rows.items()}


def _turn(time: float) -> Array:
    """Inertial (frozen at T-0) to Earth-fixed."""
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])


def _up(latitude: float, longitude: float) -> Array:
    return np.array(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)]
    )  # fmt: skip


def separation_state(solution: Solution, plan: ReturnPlan) -> Array:
    """(x, y, z, vx, vy, vz, mass) with which the return begins in a solution."""
    states = solution[plan.segments[0].name].states
    return np.array([states[n][0] for n in MOTION])
