"""Flying a phase again with an integrator that shares no code with the optimizer's transcription, and its velocity budget.

Runge-Kutta of order 8 (DOP853; Hairer, Nørsett & Wanner, *Solving Ordinary Differential Equations I*, 2nd ed., sec. II.10),
restarted at every break of the control, so that each piece it integrates is smooth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

import numpy as np

from ..core.errors import UndecidedError
from ..core.results import Array, Result, Unit
from .motion import PhaseModel, earth_fixed_velocity, right_hand_side, smoothed_speed, speed_change_rates

Direction = Callable[[float], np.ndarray]
Throttle = Callable[[float], float]


@dataclass(frozen=True, kw_only=True)
class SpeedBudget(Result):
    """Where the velocity went, all in terms of the Earth-fixed (relative) speed: ideal - losses = gain.

    ideal: integral of vacuum thrust / mass; pressure: of ambient pressure · exit area / mass; steering: of net thrust / mass ·
    (1 - cos of the angle between thrust and relative velocity); drag: of drag / mass; gravity: of gravity and centrifugal
    acceleration against the relative velocity; gain: change of relative speed; closure: ideal - losses - gain, an error of
    integration. The step from relative to inertial speed at the end (what the turning Earth gives) is no part of it.
    """

    ideal: Annotated[float, Unit("m/s")]
    pressure: Annotated[float, Unit("m/s")]
    steering: Annotated[float, Unit("m/s")]
    drag: Annotated[float, Unit("m/s")]
    gravity: Annotated[float, Unit("m/s")]
    gain: Annotated[float, Unit("m/s")]
    closure: Annotated[float, Unit("m/s")]

    def __add__(self, other: "SpeedBudget") -> "SpeedBudget":
        names = ("ideal", "pressure", "steering", "drag", "gravity", "gain", "closure")
        return SpeedBudget(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, kw_only=True)
class Propagation(Result):
    """One phase flown: inertial states at start, end and between them.

    event: the name of the event that ended it, None when it ran to its end time.
    """

    time: Annotated[Array, Unit("s")]
    position: Annotated[Array, Unit("m")]
    velocity: Annotated[Array, Unit("m/s")]
    mass: Annotated[Array, Unit("kg")]
    budget: SpeedBudget
    event: str | None = None

    @property
    def final_state(self) -> np.ndarray:
        """(x, y, z, vx, vy, vz, mass) at the end."""
        return np.concatenate([self.position[-1], self.velocity[-1], [self.mass[-1]]])


def propagate(
    model: PhaseModel,
    state: np.ndarray,
    start: float,
    end: float,
    direction: Direction,
    throttle: Throttle,
    *,
    clock_zero: float = 0.0,
    breaks: Iterable[float] = (),
    times: np.ndarray | None = None,
    events: dict[str, Callable[[float, np.ndarray], float]] | None = None,
    tolerance: float = 1e-10,
) -> Propagation:
    """Fly one phase from `state` (x, y, z, vx, vy, vz, mass) [m, m/s, kg], inertial, from `start` to `end` [s].

    direction(t) → unit vector (3,), inertial; throttle(t) → of rated. clock_zero [s]: when the solid
    motors' clock read 0. breaks: times inside where a control is not smooth.
    times: where states are wanted (ascending); start, breaks and end come in addition. Else those of the integrator's steps.
    events: named functions of (t, state) whose zero ends the phase. tolerance: relative, of each step; the absolute one is
    1e-4 m, 1e-7 m/s and 1e-6 kg at the default.
    Raises UndecidedError when the integrator cannot go on.
    """
    from scipy.integrate import solve_ivp

    def derivative(t: float, y: np.ndarray) -> np.ndarray:
        arguments = (*y[:7].tolist(), *(float(u) for u in direction(t)), float(throttle(t)), t - clock_zero)
        rates = np.array(right_hand_side(model, *arguments) + speed_change_rates(model, *arguments))
        if not np.all(np.isfinite(rates)):  # the integrator itself would go on for ever
            raise UndecidedError(
                f"the propagation met a number that is not finite at {t:.3f} s; look at mass and control there"
            )
        return rates

    watched = [_event(name, function) for name, function in (events or {}).items()]
    absolute = tolerance * np.array([1e6] * 3 + [1e3] * 3 + [1e4] + [1e3] * 5)
    y = np.concatenate([np.asarray(state, float), np.zeros(5)])
    before = _relative_speed(model, y)
    stops = [start, *sorted(b for b in breaks if start < b < end), end]
    asked = None if times is None else np.asarray(times, float)
    columns_t, columns_y, ended = [np.array([start])], [y[None]], None
    for a, b in pairwise(stops):
        solution = solve_ivp(
            derivative, (a, b), y, method="DOP853", rtol=tolerance, atol=absolute, events=watched or None,
            dense_output=asked is not None,
        )  # fmt: skip
        if not solution.success:
            raise UndecidedError(f"the propagation stopped at {solution.t[-1]:.3f} s: {solution.message}")
        y, stop = solution.y[:, -1], solution.t[-1]
        if asked is None:
            columns_t.append(solution.t[1:])
            columns_y.append(solution.y.T[1:])
        else:
            inside = asked[(asked > a + 1e-6) & (asked < stop - 1e-6)]  # no sample twice
            columns_t.append(np.append(inside, stop))
            columns_y.append(np.vstack([solution.sol(inside).T, y]) if len(inside) else y[None])
        if solution.status == 1:
            ended = next(name for name, hits in zip(events or {}, solution.t_events, strict=True) if len(hits))
            break
    t_all, y_all = np.concatenate(columns_t), np.concatenate(columns_y)
    ideal, lost_pressure, steering, drag, gravity = y[7:]
    gain = _relative_speed(model, y) - before
    budget = SpeedBudget(
        ideal=ideal,
        pressure=lost_pressure,
        steering=steering,
        drag=drag,
        gravity=gravity,
        gain=gain,
        closure=ideal - lost_pressure - steering - drag - gravity - gain,
    )
    return Propagation(
        time=t_all, position=y_all[:, :3], velocity=y_all[:, 3:6], mass=y_all[:, 6], budget=budget, event=ended
    )


def _relative_speed(model: PhaseModel, y: np.ndarray) -> float:
    x, y_, _, *velocity = y[:6].tolist()
    return float(smoothed_speed(*earth_fixed_velocity(model.earth, x, y_, *velocity)))


def _event(name: str, function: Callable[[float, np.ndarray], float]) -> Callable[[float, np.ndarray], float]:
    def watch(t: float, y: np.ndarray) -> float:
        return function(t, y[:7])

    watch.terminal = True  # type: ignore[attr-defined]
    watch.__name__ = name
    return watch
