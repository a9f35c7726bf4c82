"""What a descent's guidance knows of its flight, and where it comes down by that: predictions with what was measured."""

from dataclasses import dataclass, replace

import numpy as np

from ..core.earth import G0, ROTATION_RATE
from ..core.numeric import lookup, table
from . import descent_prediction as at
from .descent_case import CROSS_FLOW_DRAG, AirTable, PadFrame, center_of_mass
from .descent_document import LandingStudy

LEAST_PRESSURE = 1e3
"""Dynamic pressure [Pa] from which the air's force tells of the air."""
BISECTIONS = 9
LEAST_EVEN = 0.2
"""The lowest throttle that the bisection looks at."""
FALL_STEP, BURN_STEP = 0.25, 0.2
"""Of the predictions [s]."""
LAG = 2.0
"""Time constant [s] of what is learnt."""
WIND_LAG, WIND_DOUBT = 3.0, 0.02
"""Time constant [s] of the wind's estimate, and the acceleration for each m/s of wind [1/s] below which it is slower: errors of
attitude and air weigh more the less the wind pushes."""
MOST_WIND = 40.0
"""[m/s], of each component."""
FARTHEST = (0.7, 1.4)
"""Bounds of the learnt factors: beyond them a sensor is wrong, not the air."""


@dataclass
class Knowledge:
    """mass [kg] as burned down from the loaded one; strength: of the engines' thrust over mass against the nominal; thickness:
    of the air's force over mass against the nominal. Both from the accelerometers, so an error of the mass is in them. wind: its
    level components in the pad's axes [m/s], found at a height [m]."""

    mass: float
    strength: float = 1.0
    thickness: float = 1.0
    wind: tuple[float, float] = (0.0, 0.0)
    wind_height: float = 0.0

    def learn_strength(self, expected: float, measured: float, elapsed: float) -> None:
        """From accelerations [m/s^2] along the body under thrust."""
        self.strength = _learnt(self.strength, measured / expected, elapsed)

    def learn_thickness(self, expected: float, measured: float, elapsed: float) -> None:
        """From accelerations [m/s^2] along the body in the air alone."""
        self.thickness = _learnt(self.thickness, measured / expected, elapsed)


def _learnt(old: float, seen: float, elapsed: float) -> float:
    share = min(elapsed / LAG, 1.0)
    return float(np.clip(old + share * (seen - old), *FARTHEST))


class Reach:
    """Predictions of one flight: a point mass through the standard air, engines against the motion."""

    def __init__(self, study: LandingStudy, frame: PadFrame, air: AirTable) -> None:
        self.booster, self.air = study.booster, air
        self.mach = np.linspace(0.0, 10.0, 201)
        curve = table(np.array([p.mach for p in self.booster.drag]), [p.coefficient for p in self.booster.drag])
        self.drag = np.array([float(lookup(curve, m)) for m in self.mach])  # as the flight has it between the points
        self._out, self._work = np.zeros(9), np.zeros((3, 7))
        self._numbers = np.zeros(at.PARAMETERS)
        self._numbers[at.CENTER : at.CENTER + 3] = frame.axes @ -frame.origin
        self._numbers[at.TURN : at.TURN + 3] = frame.axes @ np.array([0.0, 0.0, ROTATION_RATE])

    def dynamic_pressure(self, height: float, speed: float) -> float:
        """[Pa], of the nominal air."""
        return 0.5 * at.between(self.air.height, self.air.density, height) * speed * speed

    def axial(self, height: float, speed: float) -> float:
        """The axial force coefficient."""
        return at.between(self.mach, self.drag, speed / at.between(self.air.height, self.air.sound, height))

    def lift(self, height: float, speed: float, mass: float) -> tuple[float, float]:
        """Of the force across the motion by a lean, against the lean: slope and its growth per radian, on the cross-section,
        with the fins trimming; the normal force of `descent_case.aero_grid` less the axial one.

        What the fins add by standing in the flow they take back as trim; for the body's own they push the other way.
        """
        b, center = self.booster, center_of_mass(self.booster, mass)
        kept = 1.0 - (0.5 * b.length - center) / (b.fins.station - center)
        planform = CROSS_FLOW_DRAG * b.length * b.diameter / b.area
        return 2.0 * kept - self.axial(height, speed), planform * kept

    def learn_wind(
        self,
        know: Knowledge,
        position: np.ndarray,
        velocity: np.ndarray,
        before: np.ndarray,
        axis: np.ndarray,
        elapsed: float,
    ) -> None:
        """From a change of velocity (3,) in so many seconds [s] of a fall without engines, the body's axis (3,) given.

            f = q A / m (C_A a cos + (2 k + g |s|) s),   s = d - (d.a) a,   d = -(v - w) / |v - w|
            w' = S / (S^2 + S_0^2) (v' - f - gravity and the turning of the axes) / T,   S = q A / m (2 k + g |s|) / |v - w|

        the level part of it; a is the axis, k and g as in `lift`. A disturbance observer (Chen, Ballance, Gawthrop & O'Reilly,
        IEEE Trans. Industrial Electronics 47 (2000), 932) whose inverse is bounded by S_0 = WIND_DOUBT; T = WIND_LAG.
        """
        b, a, height = self.booster, self.air, float(position[2])
        x, y = self.wind(know, height)
        u = np.array([velocity[0] - x, velocity[1] - y, velocity[2]])
        speed = float(np.linalg.norm(u))
        flow = -u / speed
        along = float(flow @ axis)
        side = flow - along * axis
        slope, growth = self.lift(height, speed, know.mass)
        axial = self.axial(height, speed)
        normal = slope + axial + growth * float(np.linalg.norm(side))
        push = self.dynamic_pressure(height, speed) * b.area * know.thickness / know.mass
        self._set(know, 0.0, 1, 0.0, -1e9)
        self._numbers[at.AREA] = 0.0
        state, free = np.concatenate([position, velocity, [know.mass]]), np.zeros(7)
        at.accelerate(
            self._numbers, a.height, a.density, a.pressure, a.sound, self.mach, self.drag, state, 0.0, free
        )  # fmt: skip
        left = (velocity - before) / elapsed - free[3:6] - push * (axial * along * axis + normal * side)
        moves = push * normal / speed
        gain = elapsed / WIND_LAG * moves / (moves * moves + WIND_DOUBT * WIND_DOUBT)
        x, y = (float(np.clip(w + gain * r, -MOST_WIND, MOST_WIND)) for w, r in zip((x, y), left[:2], strict=True))
        know.wind, know.wind_height = (x, y), height

    def gimballed_lift(self, mass: float) -> tuple[float, float, float, float]:
        """The largest angle [rad] that the fins trim within their limit, and of the force across a body that leans further: the
        part without a lean, slope and growth, on the cross-section, as `lift` has them but without the axial force.

        Beyond that angle the gimbals trim, below the centre of mass: their force adds to the air's, the fins' takes from it.
        """
        b, center = self.booster, center_of_mass(self.booster, mass)
        planform = CROSS_FLOW_DRAG * b.length * b.diameter / b.area
        body, fins, gimbals = 0.5 * b.length - center, b.fins.station - center, center - b.gimbal_station
        share, most = body / fins, b.fins.slope * b.fins.limit
        linear = b.fins.slope + 2.0 * share
        angle = (np.sqrt(linear**2 + 4.0 * planform * share * most) - linear) / (2.0 * planform * share)
        by_body, by_fins = 1.0 + body / gimbals, 1.0 + fins / gimbals
        return float(angle), -most * by_fins, 2.0 * by_body + b.fins.slope * by_fins, planform * by_body

    @staticmethod
    def wind(know: Knowledge, height: float) -> tuple[float, float]:
        """Level components of the wind at a height [m] by what is known [m/s]."""
        share = at.wind_share(height, know.wind_height)
        return share * know.wind[0], share * know.wind[1]

    def through_air(self, know: Knowledge, height: float, velocity: np.ndarray) -> np.ndarray:
        """The velocity (3,) through the air at a height [m], of one over the ground."""
        x, y = self.wind(know, height)
        return np.array([velocity[0] - x, velocity[1] - y, velocity[2]])

    def back_pressure(self, height: float) -> float:
        """Of the air on one engine's nozzle [N]."""
        return at.between(self.air.height, self.air.pressure, height) * self.booster.engine.exit_area

    def fall(
        self,
        know: Knowledge,
        position: np.ndarray,
        velocity: np.ndarray,
        *,
        ground: float,
        burns_to: float | None,
        delay: float = 0.0,
    ) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Position and velocity (3,), mass [kg] and time [s] on reaching a height [m], with the entry burn to a speed [m/s]
        before it, which begins after a delay [s]."""
        b, k = self.booster, know
        thrust = 0.0 if burns_to is None else b.engine.thrust_vacuum * b.entry_engines
        self._set(k, thrust, b.entry_engines, burns_to or 0.0, min(ground, position[2] - 1.0))
        self._fly(position, velocity, delay, FALL_STEP)
        return self._out[:3].copy(), self._out[3:6].copy(), float(self._out[6]), float(self._out[7])

    def before(self, mass: float, position: np.ndarray, velocity: np.ndarray, time: float) -> np.ndarray:
        """Position and velocity (6,) so long [s] before, of a fall through the nominal air with the engines off."""
        self._set(Knowledge(mass), 0.0, 1, 0.0, -1e9)
        a, steps = self.air, max(round(time / FALL_STEP), 1)
        y, slope, h = np.concatenate([position, velocity, [mass]]), np.zeros(7), -time / steps
        for _ in range(steps):
            at.accelerate(
                self._numbers, a.height, a.density, a.pressure, a.sound, self.mach, self.drag, y, 0.0, slope
            )  # fmt: skip
            middle = y + 0.5 * h * slope
            at.accelerate(
                self._numbers, a.height, a.density, a.pressure, a.sound, self.mach, self.drag, middle, 0.0, slope
            )  # fmt: skip
            y = y + h * slope
        return y[:6]

    def landing_burn(
        self,
        know: Knowledge,
        position: np.ndarray,
        velocity: np.ndarray,
        mass: float,
        throttle: float,
        until: float,
        delay: float,
    ) -> tuple[np.ndarray, float, float]:
        """Place (3,), mass [kg] and time [s] at which a burn against the motion, begun after a delay [s], has slowed it to a
        speed [m/s]."""
        b, k = self.booster, replaced(know, mass=mass)
        self._set(k, throttle * b.engine.thrust_vacuum * b.landing_engines, b.landing_engines, until, -1e9)
        self._fly(position, velocity, delay, BURN_STEP)
        return self._out[:3].copy(), float(self._out[6]), float(self._out[7])

    def even_throttle(
        self, know: Knowledge, position: np.ndarray, velocity: np.ndarray, height: float, until: float
    ) -> float:
        """The throttle of a burn against the motion, already begun, that is slowed to a speed [m/s] at a height [m]; 1 where none
        is enough."""
        low, high = LEAST_EVEN, 1.0
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            end, _, _ = self.landing_burn(know, position, velocity, know.mass, middle, until, 0.0)
            if end[2] > height:
                high = middle
            else:
                low = middle
        return high

    def _set(self, know: Knowledge, thrust: float, engines: int, until: float, ground: float) -> None:
        p, b = self._numbers, self.booster
        p[at.MASS], p[at.THRUST], p[at.BURN_SPEED] = know.mass, thrust * know.strength, until
        p[at.FLOW] = thrust / (b.engine.specific_impulse * G0)
        p[at.EXIT_AREA], p[at.GROUND] = b.engine.exit_area * engines, ground
        p[at.AREA] = b.area * know.thickness
        p[at.WIND], p[at.WIND + 1], p[at.WIND_HEIGHT] = *know.wind, know.wind_height

    def _fly(self, position: np.ndarray, velocity: np.ndarray, delay: float, step: float) -> None:
        a, state = self.air, np.concatenate([position, velocity])
        at.predict(
            self._numbers, a.height, a.density, a.pressure, a.sound, self.mach, self.drag, state, delay, step, self._work,
            self._out,
        )  # fmt: skip


def replaced(know: Knowledge, mass: float | None = None) -> Knowledge:
    """A copy, with another mass."""
    return replace(know) if mass is None else replace(know, mass=mass)
