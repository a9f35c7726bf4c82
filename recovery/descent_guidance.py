"""Guidance of a powered landing: entry burn, fall steered by grid fins, landing burn by convex optimisation.

Entry burn and fall null the predicted miss: thrust against the motion, tilted by what the miss asks for; then lift, by an angle
of attack of a body that falls tail first, where leaning one way pushes the other. The landing burn begins when a burn at the
stated mean throttle would end at the ground, and flies the plan of `guidance.lander`, renewed at the guidance's rate: its mean
thrust, in its time, to its place.
"""

from dataclasses import dataclass, field

import numpy as np

from ..core.earth import G0, ROTATION_RATE
from . import descent_prediction as at
from .descent_case import CROSS_FLOW_DRAG, ENTRY, FALL, LANDING, AirTable, PadFrame, center_of_mass, standing_height
from .descent_document import LandingStudy
from .guidance import node
from .guidance.lander import Engines, Lander, LandingVehicle, Plan
from .guidance.native import best_lander

MOST_LEAN = np.radians(8.0)
"""Of the entry burn's thrust from the motion."""
MOST_ALPHA = np.radians(6.0)
"""Of the fall's angle of attack: what the fins can trim."""
MISS_GAIN = 3.0
"""Of proportional navigation: acceleration across = gain miss / time-to-go^2 (Zarchan, *Tactical and Strategic Missile
Guidance*, ch. 2)."""
FIN_BANDWIDTH, FIN_DAMPING = 1.5, 0.9
PREDICT_EVERY = 0.4  # s
TERMINAL_TIME = 1.2  # s to go: from here on the plan is not renewed
STOP_SPEED = 0.3  # m/s: of the sink rate at which engines stop wherever that is
MOST_STEER = np.radians(17.0)
"""Of the landing burn's lean from the motion."""
BANDS = ((-0.05, 0.04), (-0.1, 0.08), (-0.5, 0.2), (-1.0, 1.0))
"""Of the plan's throttle about the mean of the last plan, tried until there is a plan."""
LEAST_BAND = 0.02
MOST_THROTTLE = 0.99
LEAST_LEFT = 4.5
"""Time [s] below which the gains across grow no more: the body follows with a lag of about a second."""


@dataclass
class Command:
    """What is asked of the control: axis of the body in the pad's axes (3,), throttle, fins (2,) [rad] about body y and z, and
    whether the phase is to end."""

    axis: np.ndarray
    throttle: float = 1.0
    fins: np.ndarray = field(default_factory=lambda: np.zeros(2))
    ends: bool = False


def landing_vehicle(study: LandingStudy, air: AirTable) -> LandingVehicle:
    """What the convex guidance knows of the booster: throttle limits less the reserve, air as exponentials of its lowest 5 km."""
    b, rules, engine = study.booster, study.guidance, study.booster.engine
    thrust = engine.thrust_vacuum * b.landing_engines
    low, high = np.searchsorted(air.height, (0.0, 5000.0))
    span = air.height[high] - air.height[low]
    subsonic = float(np.interp(0.6, [p.mach for p in b.drag], [p.coefficient for p in b.drag]))
    return LandingVehicle(
        engines=(
            Engines(
                (engine.throttle + rules.throttle_reserve) * thrust,
                MOST_THROTTLE * thrust,
                engine.exit_area * b.landing_engines,
            ),
        ),
        specific_impulse=engine.specific_impulse,
        dry_mass=b.dry_mass,
        air_pressure=float(air.pressure[low]),
        pressure_height=float(span / np.log(air.pressure[low] / air.pressure[high])),
        air_density=float(air.density[low]),
        density_height=float(span / np.log(air.density[low] / air.density[high])),
        drag_area=subsonic * b.area,
        tilt=rules.tilt,
        last_tilt=rules.last_tilt,
        glide_slope=rules.glide_slope,
        touchdown_velocity=(0.0, 0.0, -rules.touchdown_speed),
        intervals=rules.intervals,
    )


class DescentGuidance:
    """One flight's guidance; `steer` is asked every control period and keeps what it needs between."""

    def __init__(self, study: LandingStudy, frame: PadFrame, air: AirTable, aim: np.ndarray | None = None) -> None:
        self.study, self.frame, self.air = study, frame, air
        self.aim = np.zeros(2) if aim is None else aim
        self.lander: Lander = best_lander(landing_vehicle(study, air))
        self.mach = np.linspace(0.0, 10.0, 101)
        self.drag = np.interp(
            self.mach, [p.mach for p in study.booster.drag], [p.coefficient for p in study.booster.drag]
        )
        self.mass = study.entry.mass
        self.miss, self.to_go, self.asked = np.zeros(2), 100.0, -1e9
        self.plan: Plan | None = None
        self.ignition_height = 3000.0
        self.even, self.renewed = study.guidance.ignition_throttle, -1e9
        self.planned, self.phase, self.begun, self.last = -1e9, -1, 0.0, 0.0
        self.outcomes: dict[str, int] = {}
        self._out, self._work = np.zeros(9), np.zeros((3, 7))
        self._numbers = np.zeros(at.PARAMETERS)
        self._numbers[at.CENTER : at.CENTER + 3] = frame.axes @ -frame.origin
        self._numbers[at.TURN : at.TURN + 3] = frame.axes @ np.array([0.0, 0.0, ROTATION_RATE])
        self._numbers[at.AREA] = study.booster.area

    def steer(
        self, time: float, phase: int, position: np.ndarray, velocity: np.ndarray, body: np.ndarray, rates: np.ndarray
    ) -> Command:
        """What to fly until asked again.

        position, velocity (3,): of the centre of mass over the ground in the pad's axes, as navigation has them; body (3, 3):
        columns are the body's axes; rates (3,): of the body [rad/s].
        """
        if phase != self.phase:
            self.phase, self.begun, self.asked = phase, time, -1e9
        elapsed, self.last = time - self.last, time
        speed = float(np.linalg.norm(velocity))
        back = -velocity / max(speed, 1e-6)
        if phase == ENTRY:
            command = self._entry(time, elapsed, position, velocity, speed, back)
        elif phase == FALL:
            command = self._fall(time, position, velocity, speed, back)
        elif phase == LANDING:
            command = self._land(time, elapsed, position, velocity, speed, back)
        else:
            command = Command(np.array([0.0, 0.0, 1.0]))
        if phase in (FALL, LANDING):
            command.fins = self._fins(position, speed, command.axis, body, rates)
        return command

    # ---- phases ----

    def _entry(self, time, elapsed, position, velocity, speed, back) -> Command:
        b, rules = self.study.booster, self.study.guidance
        thrust = b.engine.thrust_vacuum * b.entry_engines
        self._burned(elapsed, thrust if time - self.begun > 0.5 * b.engine.start_ramp else 0.0)
        if time - self.asked >= PREDICT_EVERY:
            self._predict(position, velocity, thrust, rules.entry_speed)
            self.asked = time
        left = max(speed - rules.entry_speed, 20.0)
        wanted = -self.miss / (0.7 * self.to_go)
        lean = np.array([wanted[0], wanted[1], 0.0]) / left
        lean -= back * (lean @ back)
        size = float(np.linalg.norm(lean))
        if size > np.tan(MOST_LEAN):
            lean *= np.tan(MOST_LEAN) / size
        return Command(_unit(back + lean), 1.0, ends=speed <= rules.entry_speed)

    def _fall(self, time, position, velocity, speed, back) -> Command:
        if time - self.asked >= PREDICT_EVERY:
            self._predict(position, velocity, 0.0, 0.0)
            self.asked = time
        pressure = self._dynamic_pressure(position, speed)
        across = -MISS_GAIN * np.array([self.miss[0], self.miss[1], 0.0]) / max(self.to_go, 2.0) ** 2
        across -= back * (across @ back)
        slope, growth = self._lift()
        alpha = self.mass * across / max(pressure * self.study.booster.area * (slope + 0.05 * growth), 1.0)
        size = float(np.linalg.norm(alpha))
        most = MOST_ALPHA * min(pressure / 3e3, 1.0)
        if size > most:
            alpha *= most / size
        # leaning against the way that the lift is wanted
        return Command(_unit(back - alpha), ends=self._ignites(position, velocity))

    def _land(self, time, elapsed, position, velocity, speed, back) -> Command:
        b, rules = self.study.booster, self.study.guidance
        full = b.engine.thrust_vacuum * b.landing_engines
        since = time - self.begun
        height = position[2] - standing_height(b, self.mass)
        if since < b.engine.start_ramp:
            self._burned(elapsed, rules.ignition_throttle * full * 0.5)
            return Command(back, rules.ignition_throttle)
        above = np.array([position[0], position[1], height])
        if self.plan is None or (time - self.planned >= 1.0 / rules.rate - 1e-9 and self._left(time) > TERMINAL_TIME):
            self._renew(above, velocity, time)
        ends = height < 0.05 or (velocity[2] > -STOP_SPEED and height < 30.0)
        if self.plan is None:  # nothing to fly: against the motion with all there is
            self._burned(elapsed, full)
            return Command(_unit(back + np.array([0.0, 0.0, 0.2])), 1.0, ends=ends)
        pressure = np.interp(position[2], self.air.height, self.air.pressure) * b.engine.exit_area * b.landing_engines
        if self._left(time) > TERMINAL_TIME:
            push = self._even_push(position, velocity, time, (self.even * full - pressure) / self.mass)
        else:
            sink = velocity[2]
            need = max((sink**2 - rules.touchdown_speed**2) / (2.0 * max(height, 0.3)), 0.0) if sink < 0.0 else 0.0
            push = np.array([-velocity[0], -velocity[1], G0 + need]) * [4.0 / LEAST_LEFT, 4.0 / LEAST_LEFT, 1.0]
            level = np.linalg.norm(push[:2])
            push[:2] *= min(1.0, np.tan(0.6 * b.legs.limits.tilt) * push[2] / max(level, 1e-9))
        size = float(np.linalg.norm(push))
        throttle = float(np.clip((size * self.mass + pressure) / full, b.engine.throttle, 1.0))
        self._burned(elapsed, throttle * full)
        return Command(self._against_lift(push / size, back, position, speed, size * self.mass), throttle, ends=ends)

    # ---- pieces ----

    def _renew(self, position: np.ndarray, velocity: np.ndarray, time: float) -> None:
        """A plan whose largest thrust is little above its mean.

        A plan of least propellant burns as late as its limit allows and leaves nothing for what comes between. Under a limit
        close above its mean it burns evenly; its mean is what is flown, and all the throttle above is reserve.
        """
        self.renewed = time
        for low, high in BANDS:
            if self._try(position, velocity, time, self.even + low, self.even + high):
                return
            if self.plan is None:
                break
        self._try(position, velocity, time, 0.0, 1.0, anew=True)

    def _try(
        self, position: np.ndarray, velocity: np.ndarray, time: float, low: float, high: float, anew: bool = False
    ) -> bool:
        """Whether there is a plan with the throttle between two bounds that lands near enough; it is kept in any case."""
        b = self.study.booster
        full = b.engine.thrust_vacuum * b.landing_engines
        high = min(max(high, b.engine.throttle + 2.0 * LEAST_BAND), MOST_THROTTLE)
        low = min(max(low, b.engine.throttle + LEAST_BAND), high - LEAST_BAND)
        self.lander.work[node.LEAST], self.lander.work[node.MOST] = low * full, high * full
        if self.plan is None or anew:
            plan = self.lander.solve(position, velocity, self.mass)
        else:
            plan = self.lander.update(position, velocity, self.mass, time - self.planned)
        self.outcomes[plan.outcome] = self.outcomes.get(plan.outcome, 0) + 1
        if not plan.found:
            return False
        self.plan, self.planned = plan, time
        size = np.linalg.norm(plan.acceleration, axis=1) * plan.mass
        back = (
            np.interp(plan.position[:, 2], self.air.height, self.air.pressure) * b.engine.exit_area * b.landing_engines
        )
        self.even = float(np.trapezoid(size + back, plan.time)) / (full * plan.flight_time)
        return plan.miss <= 0.5 * b.legs.limits.position

    def _even_push(self, position: np.ndarray, velocity: np.ndarray, time: float, size: float) -> np.ndarray:
        """The plan's mean thrust over mass [m/s^2], tilted to its landing place with the least effort across in the time left:
        a = -6 r / t^2 - 4 v / t (Guo, Hawkins & Wie, J. Guidance 36 (2013), 810, zero-effort miss and velocity)."""
        assert self.plan is not None
        left = max(self._left(time), LEAST_LEFT)
        away = position[:2] - self.plan.position[-1, :2]
        across = -6.0 * away / left**2 - 4.0 * velocity[:2] / left
        most = size * np.sin(self.study.guidance.tilt)
        across *= min(1.0, most / max(float(np.linalg.norm(across)), 1e-9))
        return np.array([across[0], across[1], np.sqrt(size**2 - across @ across)])

    def _left(self, time: float) -> float:
        return -1.0 if self.plan is None else self.plan.flight_time - (time - self.planned)

    def _burned(self, elapsed: float, thrust: float) -> None:
        self.mass -= elapsed * thrust / (self.study.booster.engine.specific_impulse * G0)

    def _dynamic_pressure(self, position: np.ndarray, speed: float) -> float:
        return 0.5 * at.between(self.air.height, self.air.density, position[2]) * speed * speed

    def _lift(self) -> tuple[float, float]:
        """Of the force across the motion by a lean: slope and its growth per radian, on the cross-section; the normal force of
        `descent_case.aero_grid` less the axial one."""
        b = self.study.booster
        planform = CROSS_FLOW_DRAG * b.length * b.diameter / b.area
        return 2.0 + b.fins.slope - float(np.interp(0.6, self.mach, self.drag)), planform

    def _against_lift(self, axis, back, position, speed, thrust) -> np.ndarray:
        """The axis whose thrust and lift together push across the motion as the thrust alone would along a wanted axis.

        Thrust pushes the way of a lean, lift the other: T lean - q A (s0 + s1 lean) lean. Where lift is the stronger at any lean,
        the body leans the other way; else no further than where the two grow alike.
        """
        if speed < 5.0:
            return axis
        lean = axis - back * (axis @ back)
        size = float(np.linalg.norm(lean))
        if size < 1e-6:
            return axis
        force = self._dynamic_pressure(position, speed) * self.study.booster.area
        slope, growth = self._lift()
        free, grows, wanted = thrust - force * slope, force * growth, thrust * size
        if free < 0.0:
            angle = -(free + np.sqrt(free**2 + 4.0 * grows * wanted)) / (2.0 * grows)
        else:
            angle = (free - np.sqrt(max(free**2 - 4.0 * grows * wanted, 0.0))) / (2.0 * grows)
        return _unit(back + lean / size * np.tan(np.clip(angle, -MOST_LEAN, MOST_STEER)))

    def _fins(self, position, speed, axis, body, rates) -> np.ndarray:
        b = self.study.booster
        force = self._dynamic_pressure(position, speed) * b.area * b.fins.slope
        if force < 1e3:
            return np.zeros(2)
        center = center_of_mass(b, self.mass)
        _, y, z = body.T @ axis
        error, rate = np.array([z, -y]), rates[1:]
        turn = FIN_BANDWIDTH**2 * error + 2.0 * FIN_DAMPING * FIN_BANDWIDTH * rate
        fins = b.pitch_inertia * turn / (force * (b.fins.station - center))
        return np.clip(fins, -b.fins.limit, b.fins.limit)

    def _predict(self, position: np.ndarray, velocity: np.ndarray, thrust: float, until: float) -> None:
        """The miss of an unsteered descent with its landing burn at the mean throttle, and the time to it.

        The burn's begin is corrected from one prediction to the next until it ends at the ground.
        """
        p, b = self._numbers, self.study.booster
        p[at.MASS], p[at.THRUST], p[at.BURN_SPEED] = self.mass, thrust, until
        p[at.FLOW] = thrust / (b.engine.specific_impulse * G0)
        p[at.EXIT_AREA] = b.engine.exit_area * b.entry_engines
        p[at.GROUND] = min(self.ignition_height, position[2] - 1.0)
        self._fly(position, velocity, 0.0, 0.25)
        first, mass = float(self._out[7]), float(self._out[6])
        self._burn_to_rest(self._out[:3].copy(), self._out[3:6].copy(), mass, 0.0)
        self.miss = self._out[:2] - self.aim
        self.to_go = first + float(self._out[7])
        self.ignition_height = max(self.ignition_height + standing_height(b, mass) - float(self._out[2]), 100.0)

    def _burn_to_rest(self, position: np.ndarray, velocity: np.ndarray, mass: float, delay: float) -> None:
        b, p = self.study.booster, self._numbers
        thrust = self.study.guidance.ignition_throttle * b.engine.thrust_vacuum * b.landing_engines
        p[at.MASS], p[at.THRUST], p[at.BURN_SPEED] = mass, thrust, 3.0
        p[at.FLOW] = thrust / (b.engine.specific_impulse * G0)
        p[at.EXIT_AREA] = b.engine.exit_area * b.landing_engines
        p[at.GROUND] = -1e9
        self._fly(position, velocity, delay, 0.2)

    def _ignites(self, position: np.ndarray, velocity: np.ndarray) -> bool:
        """Whether a burn at the mean throttle, begun now, would end at the ground."""
        if position[2] > 15e3:
            return False
        b = self.study.booster
        self._burn_to_rest(position, velocity, self.mass, 0.5 * b.engine.start_ramp)
        return bool(self._out[2] <= standing_height(b, self.mass))

    def _fly(self, position: np.ndarray, velocity: np.ndarray, delay: float, step: float) -> None:
        a = self.air
        state = np.concatenate([position, velocity])
        at.predict(
            self._numbers,
            a.height,
            a.density,
            a.pressure,
            a.sound,
            self.mach,
            self.drag,
            state,
            delay,
            step,
            self._work,
            self._out,
        )


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
