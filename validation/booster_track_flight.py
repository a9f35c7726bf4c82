"""A recorded booster's way back flown from its cut-off: the recorded burns, and steering found from the horizontal track.

Fixed: state at cut-off, times, numbers of engines, thrust, drag, mass at touchdown. Found: what was steered and is in no record.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ..core.earth import MEAN_RADIUS, ROTATION_RATE, geodetic_from_ecef
from ..recovery.booster_return_motion import descent_right_hand_side, local_up, local_velocity
from ..recovery.booster_return_plan import ReturnPlan, ReturnSegment
from ..trajectory.environment.gravity import WGS84
from ..trajectory.motion import right_hand_side
from ..trajectory.steering import LaunchFrame

Array = np.ndarray
SETTLED = 0.05  # of the residuals below: what a found steering may leave of each
Axis = Callable[[float, Array], Array]


class Steering(NamedTuple):
    """Boost-back's pitch in inertial space at the middle of the burn [rad] and its rate [rad/s]; throttles of boost-back, entry
    and landing burn; tilt of the descent against the flow [rad, up]; propellant at cut-off [kg].
    """

    pitch: float
    pitch_rate: float
    boostback: float
    entry: float
    landing: float
    tilt: float
    propellant: float


@dataclass(frozen=True)
class Clock:
    """Times [s after lift-off]: cut-off; each burn's ignition, changes of its engines, and cut-off; the descent's downrange known
    at the entry burn's ignition and at touchdown [m], the apogee's time [s] and altitude [m]."""

    cutoff: float
    boostback: tuple[float, ...]
    entry: tuple[float, ...]
    landing: tuple[float, ...]
    downrange: tuple[float, float]
    apogee: tuple[float, float]


@dataclass(frozen=True)
class Flown:
    """Samples (n, 5): time, speed over the ground, altitude, downrange, mass [SI]; burns' propellant is in the last column.
    left: of each condition, over what it is measured by."""

    samples: Array
    steering: Steering
    left: Array

    @property
    def settled(self) -> bool:
        """Whether the steering meets what is known of the horizontal track, the apogee and the touchdown."""
        return bool(np.all(np.abs(self.left) < SETTLED))


class TrackFlight:
    """One booster's return by the clock of its record. site: Earth-fixed [m]. state: at cut-off, inertial, its mass that at
    touchdown."""

    def __init__(self, plan: ReturnPlan, frame: LaunchFrame, site: Array, state: Array, clock: Clock) -> None:
        self.plan, self.frame, self.state, self.clock = plan, frame, state, clock
        self.along = np.array([frame.dx, frame.dy, frame.dz])
        self.up = np.array([frame.ux, frame.uy, frame.uz])
        self.site = site / np.linalg.norm(site)  # from the Earth's centre: the frame's up is the ellipsoid's normal
        ahead = self.along - (self.along @ self.site) * self.site
        self.ahead = ahead / np.linalg.norm(ahead)
        east = np.array([-self.site[1], self.site[0], 0.0]) / np.hypot(self.site[0], self.site[1])
        self.azimuth = float(np.arctan2(self.ahead @ east, self.ahead @ np.cross(self.site, east)))

    def reconstruct(self, begin: Steering) -> Flown:
        """The steering whose flight has the recorded downrange at the entry burn and at touchdown, the recorded apogee, and
        stands at the recorded touchdown with the mass of an empty stage: seven conditions for seven numbers."""
        from scipy.optimize import least_squares

        low = [np.radians(140.0), -0.02, self.plan.throttle_min, self.plan.throttle_min, self.plan.throttle_min]
        low += [np.radians(-8.0), 1e4]
        high = [np.radians(230.0), 0.02, 1.0, 1.0, 1.0, np.radians(8.0), 9e4]
        size = np.array([0.1, 0.005, 0.1, 0.1, 0.1, 0.05, 5e3])
        found: Any = least_squares(
            lambda x: self.off(Steering(*x.tolist())), list(begin), bounds=(low, high), x_scale=size, diff_step=1e-4,
            xtol=1e-10, max_nfev=40,
        )  # fmt: skip
        steering = Steering(*found.x.tolist())
        return Flown(self.fly(steering), steering, self.off(steering))

    def off(self, steering: Steering) -> Array:
        """Downrange at the entry burn and at touchdown [km], apogee [s, km], height [100 m], vertical speed [10 m/s] and mass [t]
        at touchdown, each less what it should be."""
        ended, rows = self._steps(steering)
        t, s = ended
        samples = self._samples(rows)
        at_entry = float(np.interp(self.clock.entry[0], samples[:, 0], samples[:, 3]))
        highest = _highest(samples[:, 0], samples[:, 2])
        _, _, altitude, downrange, mass = self.sample(t, s)
        ground = self.plan.pad[2] if self.plan.pad else 0.0
        sinking = float(local_velocity(WGS84, *s[:6].tolist())[2])
        return np.array([
            (at_entry - self.clock.downrange[0]) / 1e3,
            (downrange - self.clock.downrange[1]) / 1e3,
            highest[0] - self.clock.apogee[0],
            (highest[1] - self.clock.apogee[1]) / 1e3,
            (altitude - ground) / 100.0,
            sinking / 10.0,
            (mass - self.plan.landing_mass) / 1e3,
        ])  # fmt: skip

    def fly(self, steering: Steering) -> Array:
        """Samples of a flight with a steering."""
        return self._samples(self._steps(steering)[1])

    def _steps(self, steering: Steering) -> tuple[tuple[float, Array], list[tuple[float, Array]]]:
        clock, segments = self.clock, self.plan.segments
        middle = 0.5 * (clock.boostback[0] + clock.boostback[-1])

        def held(time: float, state: Array) -> Array:
            pitch = steering.pitch + steering.pitch_rate * (time - middle)
            return np.cos(pitch) * self.along + np.sin(pitch) * self.up

        lifting = _tilted(steering.tilt)
        coasts = [s for s in segments if s.kind == "coast"]
        descent = next(s for s in segments if s.kind == "descent")

        def burn(name: str, times: Sequence[float], axis: Axis, throttle: float) -> list[tuple]:
            group = [s for s in segments if s.burn == name]
            return [(s, until, axis, throttle) for s, until in zip(group, times[1:], strict=True)]

        steps = [
            (coasts[0], clock.boostback[0], held, 0.0),
            *burn("boost-back", clock.boostback, held, steering.boostback),
            (coasts[1], clock.entry[0], held, 0.0),
            *burn("entry burn", clock.entry, _tilted(0.0), steering.entry),
            (descent, clock.landing[0], lifting, 0.0),
            *burn("landing burn", clock.landing, _to_stand, steering.landing),
        ]
        t, s = clock.cutoff, self.state + np.array([0.0] * 6 + [steering.propellant])
        rows: list[tuple[float, Array]] = []
        for segment, until, axis, throttle in steps:
            s = s - np.array([0.0] * 6 + [segment.lost])
            t, s, flown = _integrate(segment, s, t, until, axis, throttle)
            rows += flown
        return (t, s), rows

    def _samples(self, rows: list[tuple[float, Array]]) -> Array:
        return np.array([self.sample(t, s) for t, s in rows])

    def sample(self, t: float, s: Array) -> tuple[float, float, float, float, float]:
        """A row of `Flown.samples` of an inertial state at a time."""
        fixed = turned(t) @ s[:3]
        velocity = turned(t) @ s[3:6] - np.cross([0.0, 0.0, ROTATION_RATE], fixed)
        unit = fixed / np.linalg.norm(fixed)
        downrange = MEAN_RADIUS * float(np.arctan2(unit @ self.ahead, unit @ self.site))
        return t, float(np.linalg.norm(velocity)), float(geodetic_from_ecef(*fixed)[2]), downrange, float(s[6])


def _highest(time: Array, altitude: Array) -> tuple[float, float]:
    """Time and height of the apogee, by the parabola through the highest sample and its neighbours."""
    k = int(altitude.argmax())
    near = slice(max(k - 2, 0), k + 3)
    a, b, c = np.polyfit(time[near] - time[k], altitude[near], 2)
    return float(time[k] - b / (2.0 * a)), float(c - b * b / (4.0 * a))


@cache
def _compiled() -> tuple[Any, Any]:
    from ..core.compiled import compiled

    return compiled(descent_right_hand_side), compiled(right_hand_side)


def coasted(coast: ReturnSegment, state: Array, begin: float, end: float, times: Array) -> tuple[Array, Array]:
    """A coast from a state: the times, and speed over the ground and altitude (n, 2) at them."""
    _, _, rows = _integrate(coast, state, begin, end, lambda t, s: np.array([1.0, 0.0, 0.0]), 0.0, times)
    found = []
    for t, s in rows:
        fixed = turned(t) @ s[:3]
        found.append((float(np.linalg.norm(_wind(s))), float(geodetic_from_ecef(*fixed)[2])))
    return times, np.array(found)


def _integrate(
    segment: ReturnSegment,
    state: Array,
    begin: float,
    end: float,
    axis: Axis,
    throttle: float,
    at: Array | None = None,
) -> tuple[float, Array, list[tuple[float, Array]]]:
    from scipy.integrate import solve_ivp

    fall, push = _compiled()

    def rates(t: float, y: Array) -> list[float]:
        state, held = y.tolist(), axis(t, y).tolist()
        if segment.kind == "descent":
            return list(fall(segment.model, *state, *held))
        return list(push(segment.model, *state, *held, float(throttle)))

    times = np.linspace(begin, end, max(2, int(np.ceil(end - begin)) + 1)) if at is None else at
    found = solve_ivp(
        rates, (begin, end), state, method="RK45", rtol=1e-6, atol=[1.0] * 3 + [1e-2] * 3 + [1.0], t_eval=times
    )
    return end, found.y[:, -1], list(zip(found.t.tolist(), found.y.T, strict=True))


def _wind(state: Array) -> Array:
    return np.array([state[3] + ROTATION_RATE * state[1], state[4] - ROTATION_RATE * state[0], state[5]])


def _tilted(angle: float) -> Axis:
    """Engines ahead, tilted in the plane of flight so that the air lifts (sinks, for a negative angle)."""

    def axis(time: float, state: Array) -> Array:
        wind = _wind(state)
        against = -wind / (np.linalg.norm(wind) + 1e-9)
        up = np.array(local_up(WGS84, *state[:3].tolist()))
        level = against - (against @ up) * up
        leaning = level - (level @ against) * against
        size = float(np.linalg.norm(leaning))
        if size < 1e-6:
            return against
        return np.cos(angle) * against + np.sin(angle) * leaning / size

    return axis


def _to_stand(time: float, state: Array) -> Array:
    """Against the velocity, upright when nearly at rest."""
    axis = -_wind(state) + 10.0 * np.array(local_up(WGS84, *state[:3].tolist()))
    return axis / np.linalg.norm(axis)


def turned(time: float) -> Array:
    """The rotation (3, 3) from inertial axes, frozen at lift-off, to Earth-fixed ones."""
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    return np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
