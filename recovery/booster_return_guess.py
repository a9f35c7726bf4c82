"""A first guess of a return: its burns flown one after another by simple rules, each rule's one number found by bisection.

Boost-back level against the path until a fall would end at the pad; entry burn against the flow while limits ask; descent with
the engines ahead, tilted so that the air lifts; landing burn against the velocity, lit as late as stops over the ground.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.earth import ecef_from_geodetic
from ..core.errors import UndecidedError
from ..trajectory.ascent_guess import GuessedPhase
from ..trajectory.environment.gravity import WGS84
from ..trajectory.motion import air, dynamic_pressure, earth_fixed_velocity, free_molecular_heat_flux
from ..trajectory.steering import LaunchFrame
from .booster_return_motion import local_up, local_velocity, motion_of
from .booster_return_plan import ReturnPlan, ReturnSegment

ENTRY_ALTITUDE = 55e3  # m
LONGEST_FALL = 900.0  # s
USUAL_ENTRY = 12.0  # s, where no limit asks for an entry burn
LANDING_THROTTLE = 0.9  # of the way from the lowest to full
_BISECTIONS = 10
Array = np.ndarray
Axis = Callable[[float, Array], Array]


@dataclass(frozen=True)
class _Flown:
    """A segment flown: times [s] and states (n, 7), axes (n, 3)."""

    time: Array
    states: Array
    axes: Array

    @property
    def end(self) -> tuple[float, Array]:
        return float(self.time[-1]), self.states[-1]


def guess_return(plan: ReturnPlan, frame: LaunchFrame, state: Array, time: float) -> tuple[GuessedPhase, ...]:
    """A guess for every segment from a state at separation (x, y, z, vx, vy, vz, mass), inertial, at a time [s]."""
    return _Guesser(plan, frame).fly(np.asarray(state, float), time)


def ignition_times(
    plan: ReturnPlan, frame: LaunchFrame, times: Array, states: Array, throttles: tuple[float, float]
) -> list[float | None]:
    """The latest ignition of the landing burn, flown by the rules at each of two throttles, that stops over the ground [s]: on a
    descent (times, states (n, 7)) and the fall that goes on from its end. None where none does."""
    return [_Guesser(plan, frame).ignition(times, states, t) for t in throttles]


def fall_under_canopy(
    plan: ReturnPlan, frame: LaunchFrame, state: Array, time: float, opening: float | None
) -> list[tuple[Array, Array]]:
    """Times and states of a fall: unbraked until the dynamic pressure has come down to *opening* [Pa] (to a tenth of its
    largest when None), then under the canopy to the surface."""
    return _Guesser(plan, frame).fall(np.asarray(state, float), time, opening)


class _Guesser:
    def __init__(self, plan: ReturnPlan, frame: LaunchFrame) -> None:
        self.plan, self.frame = plan, frame
        self.ground = plan.ship_altitude if plan.pad is None else plan.pad[2]
        most = plan.segments[-1].throttle
        self.throttle = plan.throttle_min + LANDING_THROTTLE * (most - plan.throttle_min)

    def fly(self, state: Array, time: float) -> tuple[GuessedPhase, ...]:
        flown: list[_Flown] = []
        clock, now = time, state
        for group in _groups(self.plan.segments):
            pieces = self._group(group, clock, now)
            flown += pieces
            clock, now = pieces[-1].end
        return tuple(self._guess(s, f) for s, f in zip(self.plan.segments, flown, strict=True))

    def _group(self, group: list[ReturnSegment], time: float, state: Array) -> list[_Flown]:
        first = group[0]
        if first.burn == "boost-back":
            east, north, _ = local_velocity(WGS84, *state[:6])
            back = -(east * self._east(state) + north * self._north(state)) / np.hypot(east, north)
            return self._found(group, time, state, lambda t, s: back, first.throttle, self._beyond_pad(time, state))
        if first.burn == "entry burn":
            return self._found(group, time, state, self._against_flow, first.throttle, self._within_limits)
        if first.burn == "landing burn":
            return self._burn(group, time, state, self._to_stand, self.throttle, 120.0, stops=True)
        if first.kind == "descent":
            return [self._fall_to_ignition(first, time, state)]
        if first is self.plan.segments[0] and self.plan.mode == "rtls":
            return [self._until(first, time, state, self._level, lambda t, s: t >= time + first.shortest)]
        lowest = ENTRY_ALTITUDE if self.plan.document.entry is not None else 35e3
        return [
            self._until(
                first, time, state, self._level,
                lambda t, s: t > time + first.shortest and self._sinks(s) and self._altitude(s) < lowest,
            )
        ]  # fmt: skip

    # Rules

    def _beyond_pad(self, time: float, state: Array) -> Callable[[float, Array], bool]:
        """Whether a fall from a state ends at the pad's side of home."""
        pad = np.array(ecef_from_geodetic(*self.plan.pad))  # type: ignore[misc]
        east, north, _ = local_velocity(WGS84, *state[:6])
        away = east * self._east(state) + north * self._north(state)
        away = _turned(-time, away / np.linalg.norm(away))
        coast, descent = (next(s for s in self.plan.segments[2:] if s.kind == kind) for kind in ("coast", "descent"))

        def home(t: float, s: Array) -> bool:
            t, s = self._until(
                coast, t, s, self._level, lambda t, s: self._sinks(s) and self._altitude(s) < 35e3, 4.0
            ).end
            t, s = self._until(descent, t, s, self._lifting, lambda t, s: self._altitude(s) < self.ground, 2.0).end
            return bool((_turned(-t, s[:3]) - pad) @ away < 0.0)

        return home

    def _within_limits(self, time: float, state: Array) -> bool:
        """Whether a fall from a state stays within the limits."""
        limits = self.plan.document.limits
        asked = [q for q in (limits.dynamic_pressure, limits.fin_dynamic_pressure) if q is not None]
        if not asked and limits.heat_flux is None:
            return False
        descent = next(s for s in self.plan.segments if s.kind == "descent")
        fall = self._until(descent, time, state, self._lifting, lambda t, s: self._altitude(s) < self.ground + 5e3)
        for s in fall.states:
            a = air(descent.model, *s[:6])
            if asked and dynamic_pressure(a.density, a.speed) > min(asked):
                return False
            if limits.heat_flux is not None and free_molecular_heat_flux(a.density, a.speed) > limits.heat_flux:
                return False
        return True

    def _found(
        self, group: list[ReturnSegment], time: float, state: Array, axis: Axis, throttle: float,
        enough: Callable[[float, Array], bool],
    ) -> list[_Flown]:  # fmt: skip
        """A burn as long as it takes until *enough*."""
        flow = max(-float(self._rates(s, state, axis(time, state), throttle)[6]) for s in group)
        low, high = 0.0, 0.9 * (state[6] - 0.5 * self.plan.empty_mass) / flow
        if group[0].burn == "entry burn" and not enough(time, state) and self._no_limits():
            return self._burn(group, time, state, axis, throttle, USUAL_ENTRY)
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            if enough(*self._burn(group, time, state, axis, throttle, middle)[-1].end):
                high = middle
            else:
                low = middle
        return self._burn(group, time, state, axis, throttle, max(high, 2.0 * len(group)))

    def _no_limits(self) -> bool:
        asked = self.plan.document.limits
        return asked.dynamic_pressure is None and asked.fin_dynamic_pressure is None and asked.heat_flux is None

    def _fall_to_ignition(self, segment: ReturnSegment, time: float, state: Array) -> _Flown:
        """The descent, to where a landing burn stops just over the ground."""
        burn = [s for s in self.plan.segments if s.burn == "landing burn"]
        whole = self._until(segment, time, state, self._lifting, lambda t, s: self._altitude(s) < self.ground)
        chosen = len(whole.time) // 2  # where none stops
        for k in range(
            len(whole.time) - 2, 1, -1
        ):  # the latest that does: a body that fell through thin air alone is too fast
            stopped = self._burn(
                burn, float(whole.time[k]), whole.states[k], self._to_stand, self.throttle, 120.0, stops=True
            )
            if self._altitude(stopped[-1].states[-1]) > self.ground:
                chosen = k
                break
        cut = slice(0, chosen + 1)
        return _Flown(whole.time[cut], whole.states[cut], whole.axes[cut])

    def ignition(self, times: Array, states: Array, throttle: float) -> float | None:
        """As `ignition_times` says, for one throttle; from the ground up, since too high it is too fast as well."""
        descent = next(s for s in self.plan.segments if s.kind == "descent")
        burn = [s for s in self.plan.segments if s.burn == "landing burn"]
        on = self._until(
            descent,
            float(times[-1]),
            states[-1],
            self._against_flow,
            lambda t, s: self._altitude(s) < self.ground,
            0.25,
        )
        when, where = np.concatenate([times[:-1], on.time]), np.vstack([states[:-1], on.states])
        for t, s in zip(when[::-1].tolist(), where[::-1], strict=True):
            flown = self._burn(burn, t, s, self._to_stand, throttle, 120.0, stops=True)
            if self._altitude(flown[-1].states[-1]) > self.ground:
                return t
        return None

    def fall(self, state: Array, time: float, opening: float | None) -> list[tuple[Array, Array]]:
        """Unbraked, then under the canopy: the plan's two segments."""
        bare, braked = self.plan.segments
        model, largest = bare.model, 0.0

        def slow(t: float, s: Array) -> bool:
            nonlocal largest
            a = air(model, *s[:6])
            q = float(dynamic_pressure(a.density, a.speed))
            largest = max(largest, q) if self._sinks(s) else 0.0
            wanted = 0.1 * largest if opening is None else opening
            down = self._altitude(s) < self.ground + 500.0
            return self._sinks(s) and (down or (largest > wanted and q <= wanted and self._altitude(s) < 15e3))

        first = self._until(bare, time, state, self._level, slow)
        t, s = first.end
        second = self._until(braked, t, s, self._level, lambda t, s: self._altitude(s) < self.ground, 0.05)
        if not abs(self._altitude(second.end[1]) - self.ground) < 100.0:
            raise UndecidedError(
                f"the fall of '{self.plan.booster}' under its parachute could not be followed to the surface"
            )
        return [(first.time, first.states), (second.time, second.states)]

    # Flying

    def _burn(
        self, group: list[ReturnSegment], time: float, state: Array, axis: Axis, throttle: float, longest: float,
        stops: bool = False,
    ) -> list[_Flown]:  # fmt: skip
        """The segments of a burn, the middle one long and those beside it short."""
        pieces = []
        shares = [1.0] if len(group) == 1 else [0.1] * len(group)
        if len(group) > 1:
            shares[len(group) // 2] = 1.0 - 0.1 * (len(group) - 1)
        for k, (segment, share) in enumerate(zip(group, shares, strict=True)):
            state = state.copy()
            state[6] -= segment.lost
            begun = time
            brief = stops and k < len(group) - 1
            span = 3.0 if brief and share < 0.5 else 6.0 if brief else max(share * longest, 0.2)
            last = k == len(group) - 1

            def done(t: float, s: Array, begun: float = begun, span: float = span, last: bool = last) -> bool:
                return t >= begun + span or (stops and last and not self._sinks(s, 2.0))

            piece = self._until(segment, time, state, axis, done, span / 10 if not stops else 0.5, throttle)
            pieces.append(piece)
            time, state = piece.end
        return pieces

    def _until(
        self, segment: ReturnSegment, time: float, state: Array, axis: Axis, done: Callable[[float, Array], bool],
        step: float = 1.0, throttle: float = 1.0,
    ) -> _Flown:  # fmt: skip
        times, states = [time], [state]
        t, s = time, state
        while t < time + LONGEST_FALL and s[6] > 0.2 * self.plan.empty_mass:
            u = axis(t, s)
            k1 = self._rates(segment, s, u, throttle)
            k2 = self._rates(segment, s + 0.5 * step * k1, u, throttle)
            k3 = self._rates(segment, s + 0.5 * step * k2, u, throttle)
            k4 = self._rates(segment, s + step * k3, u, throttle)
            t, s = t + step, s + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
            times.append(t)
            states.append(s)
            if done(t, s):
                break
        found = np.array(states)
        return _Flown(np.array(times), found, np.array([axis(a, b) for a, b in zip(times, found, strict=True)]))

    def _rates(self, segment: ReturnSegment, state: Array, axis: Array, throttle: float) -> Array:
        return np.array(motion_of(segment.kind, segment.model, tuple(state.tolist()), tuple(axis.tolist()), throttle))

    # Geometry

    def _altitude(self, state: Array) -> float:
        return float(air(self.plan.segments[0].model, *state[:6]).altitude)

    def _sinks(self, state: Array, faster: float = 0.0) -> bool:
        return float(local_velocity(WGS84, *state[:6])[2]) < -faster

    def _level(self, time: float, state: Array) -> Array:
        return np.array([self.frame.ux, self.frame.uy, self.frame.uz])

    def _against_flow(self, time: float, state: Array) -> Array:
        x, y, _, vx, vy, vz = state[:6]
        w = np.array(earth_fixed_velocity(WGS84, x, y, vx, vy, vz))
        return -w / np.linalg.norm(w)

    def _lifting(self, time: float, state: Array) -> Array:
        """Against the flow, tilted by half of what fins and body bear so that the air lifts."""
        axis, limits = self._against_flow(time, state), self.plan.document.limits
        a = air(self.plan.segments[0].model, *state[:6])
        most = limits.angle_of_attack
        if limits.q_alpha is not None:
            most = min(most, limits.q_alpha / dynamic_pressure(a.density, a.speed))
        up = np.array(local_up(WGS84, *state[:3]))
        level = axis - (axis @ up) * up
        tilted = axis + np.tan(0.5 * most) * level / (np.linalg.norm(level) + 1e-3)
        return tilted / np.linalg.norm(tilted)

    def _to_stand(self, time: float, state: Array) -> Array:
        """Against the velocity, upright when nearly at rest."""
        x, y, _, vx, vy, vz = state[:6]
        w = np.array(earth_fixed_velocity(WGS84, x, y, vx, vy, vz))
        axis = -w + 20.0 * np.array(local_up(WGS84, *state[:3]))
        return axis / np.linalg.norm(axis)

    def _east(self, state: Array) -> Array:
        x, y, _ = state[:3]
        return np.array([-y, x, 0.0]) / np.hypot(x, y)

    def _north(self, state: Array) -> Array:
        return np.cross(np.array(local_up(WGS84, *state[:3])), self._east(state))

    def _guess(self, segment: ReturnSegment, flown: _Flown) -> GuessedPhase:
        f = self.frame
        begin, end = float(flown.time[0]), float(flown.time[-1])
        names = ("x", "y", "z", "vx", "vy", "vz", "mass")
        values: dict[str, Any] = dict(zip(names, flown.states.T, strict=True))
        if segment.kind != "coast":
            along, above, aside = (
                flown.axes @ np.array(axis) for axis in ((f.dx, f.dy, f.dz), (f.ux, f.uy, f.uz), (f.cx, f.cy, f.cz))
            )
            pitch = np.arctan2(above, along)
            values |= {
                "pitch": np.where(pitch < -np.pi / 2, pitch + 2 * np.pi, pitch),
                "yaw": np.arcsin(np.clip(aside, -1, 1)),
            }
        if segment.throttles:
            values["throttle"] = self.throttle
        return GuessedPhase(begin, end - begin, values, (flown.time - begin) / (end - begin))  # fmt: skip


def _groups(segments: tuple[ReturnSegment, ...]) -> list[list[ReturnSegment]]:
    """Segments, those of one burn together."""
    found: list[list[ReturnSegment]] = []
    for segment in segments:
        if segment.burn and found and found[-1][0].burn == segment.burn:
            found[-1].append(segment)
        else:
            found.append([segment])
    return found


def _turned(angle_time: float, vector: Array) -> Array:
    """A vector turned about the Earth's axis by what the Earth turns in a time [s]."""
    angle = WGS84.rotation_rate * angle_time
    c, s = np.cos(angle), np.sin(angle)
    x, y, z = vector
    return np.array([c * x - s * y, s * x + c * y, z])
