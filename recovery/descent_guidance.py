"""Guidance of a powered landing: entry burn, fall steered by grid fins, landing burn by convex optimisation.

Entry burn and fall null the predicted miss: thrust against the motion, tilted by what the miss asks for; then lift, by an angle
of attack of a body that falls tail first, where leaning one way pushes the other. On the way the guidance learns from its
accelerometers how strong the engines and how thick the air are, and from its velocity how the wind blows. The landing burn begins
when a burn at the stated mean throttle would end at the gate over the pad, and flies the plans of `descent_burn`.
"""

import numpy as np

from ..core.earth import G0
from .descent_burn import LandingBurn
from .descent_case import ENTRY, FALL, LANDING, AirTable, PadFrame, standing_height
from .descent_document import LandingStudy
from .descent_lean import Command
from .descent_reach import LEAST_PRESSURE, Knowledge, Reach

MOST_LEAN = np.radians(8.0)
"""Of the entry burn's thrust from the motion."""
MOST_ALPHA = np.radians(6.0)
"""Of the fall's angle of attack: what the fins can trim."""
LEAST_ALPHA = np.radians(2.5)
"""Below this the trimmed body has hardly any lift, and of either sign."""
MISS_LEFT = 8.0
"""The fall is steered down to a predicted miss of so many metres."""
FULL_ALPHA_PRESSURE = 3e3
"""Dynamic pressure [Pa] from which that angle may be used up."""
ENTRY_SHARE, LEAST_ENTRY_SPEED = 0.7, 20.0
"""The entry burn changes its velocity by the miss over so much of the time to go; a burn of fewer m/s leans no further."""
STARTED_AFTER, STOPPED_AFTER = 0.1, 3.0
"""What accelerometers say counts so long after the start's ramp [s], and so many ramps after the engines are cut."""
LEAST_TO_GO = 2.0  # s
PREDICT_EVERY = 0.4  # s
HIGHEST_IGNITION, FIRST_IGNITION, LEAST_IGNITION = 15e3, 3000.0, 100.0
"""Heights of the landing burn's begin [m]: the highest, the first guess, the lowest."""


class DescentGuidance:
    """One flight's guidance; `steer` is asked every control period and keeps what it needs between."""

    def __init__(self, study: LandingStudy, frame: PadFrame, air: AirTable) -> None:
        self.study = study
        self.reach = Reach(study, frame, air)
        self.burn = LandingBurn(study, air, self.reach)
        self.know = Knowledge(study.entry.mass)
        self.miss, self.to_go, self.asked = np.zeros(2), 100.0, -1e9
        self.ignition_height, self.cut_speed = FIRST_IGNITION, study.guidance.entry_speed
        self.ramp = 0.5 * study.booster.engine.start_ramp
        self.phase, self.begun, self.last, self.throttle = -1, 0.0, 0.0, 1.0
        self.before = np.zeros(3)

    @property
    def outcomes(self) -> dict[str, int]:
        """How often the convex guidance answered what."""
        return self.burn.outcomes

    def steer(
        self,
        time: float,
        phase: int,
        position: np.ndarray,
        velocity: np.ndarray,
        body: np.ndarray,
        rates: np.ndarray,
        sensed: float,
    ) -> Command:
        """What to fly until asked again.

        position, velocity (3,): of the centre of mass over the ground in the pad's axes, as navigation has them; body (3, 3):
        columns are the body's axes; rates (3,): of the body [rad/s]; sensed: acceleration along the body that the
        accelerometers read [m/s^2].
        """
        elapsed, self.last = time - self.last, time
        if phase != self.phase:
            self.phase, self.begun, self.asked = phase, time, -1e9
            if phase == LANDING:
                self.burn.begin(body)
        speed = float(np.linalg.norm(velocity))
        back = -velocity / max(speed, 1e-6)
        since = time - self.begun
        if phase == ENTRY:
            command = self._entry(time, since, elapsed, position, velocity, speed, back, sensed)
        elif phase == FALL:
            command = self._fall(time, since, elapsed, position, velocity, body[:, 0], sensed)
        elif phase == LANDING:
            self._burned(since, elapsed, self.study.booster.landing_engines)
            spin = body @ np.array([0.0, rates[2], -rates[1]])
            command = self.burn.steer(time, since, elapsed, position, velocity, body, spin, self.know)
        else:
            command = Command(np.array([0.0, 0.0, 1.0]))
        command.wind = self.reach.wind(self.know, float(position[2]))
        self.throttle, self.before = command.throttle, velocity
        return command

    # ---- phases ----

    def _entry(self, time, since, elapsed, position, velocity, speed, back, sensed) -> Command:
        b, rules = self.study.booster, self.study.guidance
        self._burned(since, elapsed, b.entry_engines)
        if since > b.engine.start_ramp + STARTED_AFTER:
            force = b.entry_engines * (b.engine.thrust_vacuum - self.reach.back_pressure(position[2]))
            force += self._air_force(position, speed) * self.know.thickness
            self.know.learn_strength(force / self.know.mass, sensed, elapsed)
        if time - self.asked >= PREDICT_EVERY:
            # what the engines still push while they stop comes on top
            push = b.entry_engines * b.engine.thrust_vacuum * self.know.strength / self.know.mass
            self.cut_speed = rules.entry_speed + 0.5 * b.engine.shutdown_ramp * push
            self.predict(position, velocity, rules.entry_speed, max(0.5 * b.engine.start_ramp - since, 0.0))
            self.asked = time
        left = max(speed - rules.entry_speed, LEAST_ENTRY_SPEED)
        wanted = -self.miss / (ENTRY_SHARE * self.to_go)
        lean = np.array([wanted[0], wanted[1], 0.0]) / left
        lean -= back * (lean @ back)
        size = float(np.linalg.norm(lean))
        if size > np.tan(MOST_LEAN):
            lean *= np.tan(MOST_LEAN) / size
        return Command(_unit(back + lean), 1.0, ends=speed <= self.cut_speed)

    def _fall(self, time, since, elapsed, position, velocity, axis, sensed) -> Command:
        b = self.study.booster
        speed = float(np.linalg.norm(velocity))
        pressure = self.reach.dynamic_pressure(position[2], speed)
        if since > STOPPED_AFTER * b.engine.shutdown_ramp and pressure > LEAST_PRESSURE:
            self.know.learn_thickness(self._air_force(position, speed) / self.know.mass, sensed, elapsed)
            self.reach.learn_wind(self.know, position, velocity, self.before, axis, elapsed)
        through = self.reach.through_air(self.know, position[2], velocity)
        back = -through / max(float(np.linalg.norm(through)), 1e-6)
        if time - self.asked >= PREDICT_EVERY:
            self.predict(position, velocity, None)
            self.asked = time
        across = -np.array([self.miss[0], self.miss[1], 0.0]) / (
            max(self.to_go, LEAST_TO_GO) * self.study.guidance.closing_time
        )
        across -= back * (across @ back)
        size = float(np.linalg.norm(across))
        slope, growth = self.reach.lift(position[2], speed, self.know.mass)
        wanted = self.know.mass * size / max(pressure * b.area * self.know.thickness, 1.0)
        alpha = (np.sqrt(slope**2 + 4.0 * growth * wanted) - slope) / (2.0 * growth)
        alpha = min(max(alpha, LEAST_ALPHA), MOST_ALPHA * min(pressure / FULL_ALPHA_PRESSURE, 1.0))
        if float(np.linalg.norm(self.miss)) < MISS_LEFT or pressure < LEAST_PRESSURE:
            alpha = 0.0
        alpha = alpha * across / max(size, 1e-9)
        # leaning against the way that the lift is wanted
        return Command(_unit(back - alpha), ends=self._ignites(position, velocity))

    # ---- pieces ----

    def _burned(self, since: float, elapsed: float, engines: int) -> None:
        engine = self.study.booster.engine
        level = min(since / engine.start_ramp, 1.0)
        thrust = level * self.throttle * engine.thrust_vacuum * engines
        self.know.mass -= elapsed * thrust / (engine.specific_impulse * G0)

    def _air_force(self, position: np.ndarray, speed: float) -> float:
        """Along the body, of the nominal air [N]."""
        pressure = self.reach.dynamic_pressure(position[2], speed)
        return pressure * self.study.booster.area * self.reach.axial(position[2], speed)

    def predict(self, position: np.ndarray, velocity: np.ndarray, burns_to: float | None, delay: float = 0.0) -> None:
        """The miss of an unsteered descent with its landing burn at the mean throttle, and the time to it.

        The burn's begin is corrected from one prediction to the next until it ends at the gate.
        """
        rules, target = self.study.guidance, self.burn.gate
        place, speed, mass, first = self.reach.fall(
            self.know, position, velocity, ground=self.ignition_height, burns_to=burns_to, delay=delay
        )
        end, mass, second = self.reach.landing_burn(
            self.know, place, speed, mass, rules.ignition_throttle, target.sink, self.ramp
        )
        self.miss, self.to_go = end[:2], first + second
        over = standing_height(self.study.booster, mass) + target.height
        height = self.ignition_height + over - float(end[2])
        self.ignition_height = min(max(height, LEAST_IGNITION), HIGHEST_IGNITION)

    def _ignites(self, position: np.ndarray, velocity: np.ndarray) -> bool:
        """Whether a burn at the mean throttle, begun now, would end at the gate."""
        if position[2] > HIGHEST_IGNITION:
            return False
        throttle, target = self.study.guidance.ignition_throttle, self.burn.gate
        end, mass, _ = self.reach.landing_burn(
            self.know, position, velocity, self.know.mass, throttle, target.sink, self.ramp
        )
        return bool(end[2] <= standing_height(self.study.booster, mass) + target.height)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
