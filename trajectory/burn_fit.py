"""One coast and one burn that lead from a state in orbit to another orbit: when to burn, for how long, and which way.

The coast is flown once. At each of its points the velocity to be gained at once is known in closed form; from where that is
least, coast, burn time and a fixed attitude are fitted by least squares until the burn of finite length ends in the orbit. It
is a guess: an orbit that no such burn meets is approached as nearly as may be.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.earth import MU, RADIUS
from .ascent_guess import GuessedPhase, fly, runge_kutta
from .environment.gravity import WGS84
from .flight_plan import Segment
from .motion import thrust_in_vacuum, total_mass_flow
from .orbit import CIRCULAR, EscapeGoal, elements, escape_residuals, orbit_goal, outgoing_asymptote, terminal_residuals
from .range_safety.impact_point import vacuum_impact_point
from .steering import LaunchFrame

Sizes = tuple[float, float]  # perigee and apogee radius [m]; the latter negative for a hyperbola

SHORTEST = 0.3  # s, of a burn
_COAST_STEP = 20.0  # s
_MOST_STEPS = 4000
_REVOLUTIONS = 1.6  # of a coast that may last longer
_MISSED = 0.03  # (m/s)/m: what it counts to be above the orbit's apogee or below its perigee
_WAITING = 2e-3  # (m/s)/s: of two places that cost the same the earlier one
_AWAY = 1e-3  # (m/s)/m: of two places that cost the same the one from which it comes down nearer to where it should
_TRIALS = 3
_MARGIN = 0.97  # to the largest acceleration
_NEAR = 60.0  # s: how far the fit may move a burn
_GOOD = 2e-3  # of the residuals: about what J2 moves a low orbit by


@dataclass(frozen=True)
class Wanted:
    """The orbit that a burn leads to. inclination: None to stay in the plane. turns_later [rad]: by how much the burn after
    it turns the plane, which it can do only at a node: so this one has to put its far apsis there. perigee_free: a transfer,
    of which the apogee alone matters. argument [rad]: of the perigee, where it is asked for with the inclination. lands: where
    the burn is to bring it down. leaves: the way out whose asymptote's direction is asked for."""

    sizes: Sizes
    inclination: float | None = None
    turns_later: float = 0.0
    perigee_free: bool = False
    argument: float | None = None
    lands: "Landing | None" = None
    leaves: EscapeGoal | None = None


@dataclass(frozen=True)
class Landing:
    """A place for the vacuum impact point: its direction from the Earth's centre, Earth-fixed (3,); start: the time [s] since T-0
    at which the coast begins."""

    direction: np.ndarray
    start: float

    def away(self, coasted: float, state: np.ndarray, gained: np.ndarray) -> float:
        """Distance [m] over ground from the impact point of a state whose velocity is gained at once, or from its perigee's where
        only the air would bring it down."""
        point = vacuum_impact_point(WGS84, self.start + coasted, *state[:3], *(state[3:6] + gained))
        place = np.array([point.x, point.y, point.z])
        across = np.linalg.norm(np.cross(place, self.direction))
        return float(RADIUS * np.arctan2(across, place @ self.direction))


@dataclass(frozen=True)
class FittedBurn:
    """coast [s], then burn [s] along a fixed direction at a throttle; miss: of the residuals, 0 where the orbit is met."""

    coast: float
    burn: float
    pitch: float
    yaw: float
    throttle: float
    miss: float


def fit_burn(
    coast: Segment, burn: Segment, frame: LaunchFrame, state: np.ndarray, wanted: Wanted, hardest: float | None = None
) -> FittedBurn:
    """The cheapest one within the coast's bounds. state: (x, y, z, vx, vy, vz, mass) where the coast begins, what leaves then
    gone; hardest [m/s^2]: the acceleration that the burn may come to."""
    times, states = _coasting(coast, frame, state, _REVOLUTIONS if wanted.lands is None else np.inf)
    gains = np.array([gain(s, wanted) for s in states])
    beside = np.array([_detour(s, wanted) for s in states])
    if wanted.lands is not None:
        beside += [_AWAY * wanted.lands.away(t, s, g) for t, s, g in zip(times, states, gains, strict=True)]
    if wanted.leaves is not None:
        beside += [_aside(wanted.leaves, s, g) for s, g in zip(states, gains, strict=True)]
    costs = np.linalg.norm(gains, axis=1) + _WAITING * times + beside
    least = float(np.linalg.norm(gains, axis=1).min())
    throttle = _throttle(burn, float(state[6]), least, hardest)
    thrust, flow = (float(f(burn.model, throttle)) for f in (thrust_in_vacuum, total_mass_flow))
    exhaust = thrust / flow
    path = _Path(coast, burn, frame, times, states, throttle)
    tried = []
    for k in _lowest(costs)[:_TRIALS]:
        size = float(np.linalg.norm(gains[k]))
        length = max(float(states[k][6] * -np.expm1(-size / exhaust) / flow), SHORTEST)
        pitch, yaw = attitude(frame, gains[k] if size > 1.0 else states[k][3:6])
        begin = float(np.clip(times[k] - 0.5 * length, times[0], times[-1]))
        residuals = _residuals(wanted)
        found = path.fit(np.array([begin, length, pitch, yaw]), residuals)
        t, duration, pitch, yaw = found.tolist()
        miss = float(np.abs(residuals(path.after(found))).max())
        price = exhaust * -np.log(max(1 - flow * duration / states[k][6], 1e-3)) + _WAITING * t
        price += beside[k] + (1e5 * (miss - _GOOD) if miss > _GOOD else 0.0)
        tried.append((price, FittedBurn(max(t, float(times[0])), duration, pitch, yaw, throttle, miss)))
    return min(tried, key=lambda pair: pair[0])[1]


@dataclass(frozen=True)
class _Path:
    """A coast flown ahead, from any time of which a burn may begin."""

    coast: Segment
    burn: Segment
    frame: LaunchFrame
    times: np.ndarray
    states: np.ndarray
    throttle: float

    def after(self, u: np.ndarray) -> np.ndarray:
        """The state after a burn: u is when it begins [s], how long it lasts [s], pitch and yaw [rad]."""
        t, duration, pitch, yaw = u.tolist()
        i = min(max(int(np.searchsorted(self.times, t, side="right")) - 1, 0), len(self.times) - 2)
        state = runge_kutta(self.coast, self.frame, self.states[i], (0.0, 0.0), 0.0, t - float(self.times[i]))
        step = max(duration / 12, 1.0)
        return fly(
            self.burn, self.frame, state, 0.0, duration, lambda _: pitch, yaw=yaw, step=step, throttle=self.throttle
        )[1]

    def fit(self, first: np.ndarray, residuals: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
        """The burn near the first one that misses least; of many the nearest and shortest."""
        from scipy.optimize import least_squares

        _, length, pitch, _ = first.tolist()
        scales = np.array([300.0, max(length, 1.0), 1.0, 1.0])

        def misses(u: np.ndarray) -> np.ndarray:
            return np.array(
                [*(100.0 * residuals(self.after(u))), *(np.array([1e-5, 1e-4, 1e-5, 1e-5]) * (u - first) / scales)]
            )

        longest = max(1.5 * length + 5.0, 2 * SHORTEST)
        near = length + _NEAR
        low = [max(first[0] - near, self.times[0] - 1e-6), 0.5 * SHORTEST, pitch - 1.5, -1.4]
        high = [min(first[0] + near, self.times[-1] + 1e-6), longest, pitch + 1.5, 1.4]
        return least_squares(misses, np.clip(first, low, high), bounds=(low, high), x_scale=scales, max_nfev=30).x


def fly_fitted(
    fitted: FittedBurn, coast: Segment, burn: Segment, frame: LaunchFrame, state: np.ndarray, clock: float
) -> tuple[GuessedPhase, GuessedPhase, np.ndarray]:
    """Coast and burn as guesses, and the state at the end."""
    coasting, state = fly(coast, frame, state, clock, fitted.coast, step=_COAST_STEP)
    begin = clock + fitted.coast
    burning, state = fly(
        burn, frame, state, begin, fitted.burn, lambda _: fitted.pitch, yaw=fitted.yaw, throttle=fitted.throttle
    )
    return coasting, burning, state


def _coasting(
    coast: Segment, frame: LaunchFrame, state: np.ndarray, revolutions: float = _REVOLUTIONS
) -> tuple[np.ndarray, np.ndarray]:
    """The coast from its shortest to its longest, at most so many revolutions more, at steps that resolve one: times (n,), states
    (n, 7)."""
    longest = coast.longest if coast.longest is not None else np.inf
    orbit = elements(state[:3], state[3:6])
    if orbit.semi_major_axis > 0:
        longest = min(longest, coast.shortest + revolutions * 2 * np.pi * float(np.sqrt(orbit.semi_major_axis**3 / MU)))
    longest = max(min(longest, 1e6), coast.shortest + 1.0)
    step = max(_COAST_STEP, longest / _MOST_STEPS)
    _, at = fly(coast, frame, state, 0.0, coast.shortest, step=step)
    phase, _ = fly(coast, frame, at, 0.0, longest - coast.shortest, step=step)
    columns = [np.atleast_1d(phase.values[n]) for n in ("x", "y", "z", "vx", "vy", "vz", "mass")]
    return coast.shortest + phase.at * phase.duration, np.array(columns).T


def farthest(coast: Segment, frame: LaunchFrame, state: np.ndarray) -> float:
    """The largest distance [m] from the Earth's centre that a coast comes to."""
    _, states = _coasting(coast, frame, state)
    return float(np.linalg.norm(states[:, :3], axis=1).max())


def gain(state: np.ndarray, wanted: Wanted) -> np.ndarray:
    """The velocity [m/s] (3,) to be gained at once to be in the orbit wanted, or as near to it as the radius allows."""
    position, velocity = state[:3], state[3:6]
    radius = float(np.linalg.norm(position))
    up = position / radius
    level = velocity - (velocity @ up) * up
    level /= np.linalg.norm(level)
    if wanted.inclination is not None:
        level = _heading(up, level, wanted.inclination)
    low, high = wanted.sizes
    if wanted.perigee_free:
        low = min(radius, high)
    reached = min(max(radius, low), high if high > 0 else np.inf)
    along = float(np.sqrt(2 * MU * low * high / (low + high))) / reached
    speed2 = MU * (2 / reached - 2 / (low + high))
    climb = float(np.sqrt(max(speed2 - along**2, 0.0))) * np.sign(velocity @ up)
    return along * level + climb * up - velocity


def _heading(up: np.ndarray, level: np.ndarray, inclination: float) -> np.ndarray:
    """Of the two level directions into an inclination the nearer; where none is, due east or west."""
    east = np.cross([0.0, 0.0, 1.0], up)
    cos_latitude = float(np.linalg.norm(east))
    east /= cos_latitude
    north = np.cross(up, east)
    e = float(np.clip(np.cos(inclination) / cos_latitude, -1.0, 1.0))
    n = float(np.sqrt(1 - e * e))
    return max((e * east + n * north, e * east - n * north), key=lambda d: float(d @ level))


def _aside(goal: EscapeGoal, state: np.ndarray, gained: np.ndarray) -> float:
    """[m/s]: speed times the angle by which the asymptote misses its direction when the velocity is gained at once."""
    assert goal.declination is not None
    velocity = state[3:6] + gained
    out = np.array(outgoing_asymptote(goal.gravitational_parameter, goal.c3, *state[:3], *velocity))
    if goal.longitude is None:
        missed = abs(float(np.arcsin(np.clip(out[2], -1.0, 1.0))) - goal.declination)
    else:
        wanted = asymptote_direction(goal.declination, goal.longitude)
        missed = float(np.arctan2(np.linalg.norm(np.cross(out, wanted)), out @ wanted))
    return float(np.linalg.norm(velocity)) * missed


def asymptote_direction(declination: float, longitude: float) -> np.ndarray:
    """Unit vector (3,) of a direction [rad]."""
    cosine = np.cos(declination)
    return np.array([cosine * np.cos(longitude), cosine * np.sin(longitude), np.sin(declination)])


def _detour(state: np.ndarray, wanted: Wanted) -> float:
    """[m/s] beside the velocity gained at once: for heights that the orbit does not have, planes that it does not reach from
    here, and for an apsis away from the node where the plane is turned later."""
    position, velocity = state[:3], state[3:6]
    radius, speed = float(np.linalg.norm(position)), float(np.linalg.norm(velocity))
    low, high = wanted.sizes
    below = 0.0 if wanted.perigee_free else low - radius
    cost = _MISSED * max(below, 0.0, radius - high if high > 0 else 0.0)
    sine = abs(position[2]) / radius
    if wanted.inclination is not None:
        within = min(wanted.inclination, np.pi - wanted.inclination)
        cost += speed * max(float(np.arcsin(min(sine, 1.0))) - within, 0.0)
    if wanted.argument is not None:
        here = elements(position, velocity)
        apsis = wanted.argument + (np.pi if abs(radius - high) < abs(radius - low) else 0.0)
        cost += speed * abs(float(np.sin(0.5 * (here.argument_of_perigee + here.true_anomaly - apsis))))
    return cost + speed * wanted.turns_later * sine


def _throttle(burn: Segment, mass: float, gained: float, hardest: float | None) -> float:
    """Full, or so low that the acceleration [m/s^2] is not passed when the velocity [m/s] has been gained."""
    if hardest is None or not burn.throttles:
        return burn.throttle or 1.0
    full = thrust_in_vacuum(burn.model, 1.0)
    left = mass * float(np.exp(-gained * total_mass_flow(burn.model, 1.0) / full))
    return float(np.clip(_MARGIN * hardest * left / full, burn.throttle_min, 1.0))


def _lowest(costs: np.ndarray) -> list[int]:
    """Indices of local minima, ends too, the lowest first."""
    padded = np.concatenate([[np.inf], costs, [np.inf]])
    found = np.flatnonzero((padded[1:-1] <= padded[:-2]) & (padded[1:-1] < padded[2:]))
    return sorted(found.tolist(), key=lambda k: float(costs[k]))


def _residuals(wanted: Wanted) -> Callable[[np.ndarray], np.ndarray]:
    """Of a state after the burn against the orbit wanted; without the inclination where that is free."""
    low, high = wanted.sizes
    inclination = wanted.inclination
    leaves = wanted.leaves
    if leaves is not None:
        return lambda s: np.array(escape_residuals(leaves, *s[:6].tolist()), dtype=float)
    if high < 0 or high < low:  # a hyperbola

        def open_orbit(s: np.ndarray) -> np.ndarray:
            o = elements(s[:3], s[3:6])
            missed = [o.perigee_radius / low - 1.0, low / o.semi_major_axis - 2 * low / (low + high)]
            return np.array(missed if inclination is None else [*missed, o.inclination - inclination])

        return open_orbit
    if wanted.perigee_free:
        return lambda s: np.array([elements(s[:3], s[3:6]).apogee_radius / high - 1.0])
    argument = None if inclination is None else wanted.argument
    goal = orbit_goal(low, high, np.pi / 2 if inclination is None else inclination, argument_of_perigee=argument)
    keep: Sequence[int] = range(9)
    if inclination is None:
        keep = (0, 2, 3) if goal.eccentricity < CIRCULAR else (0, 2)

    def closed_orbit(s: np.ndarray) -> np.ndarray:
        found = terminal_residuals(goal, *s[:6].tolist())
        return np.array([x for i, x in enumerate(found) if i in keep], dtype=float)

    return closed_orbit


def attitude(frame: LaunchFrame, direction: np.ndarray) -> tuple[float, float]:
    """Pitch and yaw [rad] of a direction in the launch frame."""
    along, above, aside = (float(direction @ np.array(frame[i : i + 3])) for i in (0, 3, 6))
    return float(np.arctan2(above, along)), float(np.clip(np.arctan2(aside, np.hypot(along, above)), -1.35, 1.35))
