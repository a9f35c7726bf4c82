"""The landing burn: a convex plan, renewed at the guidance's rate, to a gate over the pad, and from there straight down.

The plan (`guidance.lander`) brakes about evenly, with a reserve of throttle to either side, and ends at the gate: over the
pad's middle, upright, sinking at the speed that an even deceleration takes to the ground in the rules' terminal time. It begins
where the body will be when it can have taken up the plan's attitude. Near the gate the throttle takes over the deceleration
that ends at the ground, v^2 / 2 h, and the lean nulls what is left of speed across.
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import G0
from .descent_aim import AIM_SHARE, BEYOND, Across, across, height_over_ground
from .descent_case import AirTable, center_of_mass, pitch_inertia, standing_height
from .descent_document import Booster, LandingStudy
from .descent_lean import LEAST_SPEED, Command, Lean
from .descent_reach import Knowledge, Reach
from .guidance import node
from .guidance.lander import Engines, Lander, LandingVehicle, Plan
from .guidance.native import best_lander

BANDS = (0.06, 0.15, 0.5)
"""Of a plan's throttle about the even one, tried until there is a plan. A plan of least propellant brakes as late as its limits
allow; between close ones it brakes evenly, and what is above them is reserve."""
LEAST_BAND = 0.03
LEAD = 0.6
"""Time [s] by which the body follows the axis asked for: plans begin where it will be then, and are read ahead by as much."""
LAST_RENEWAL = 2.0
"""Time before the gate [s] at which the terminal law takes over: plans of fewer seconds than that are all corrections."""
PLACE_GAIN, SPEED_GAIN = 0.04, 0.4
"""Of the deviation from the plan between two of them, 1/s^2 and 1/s."""
LEAST_LEFT = 3.8
"""Time [s] that the terminal law across takes at least to bring speed and lean to nought together."""
HOMING_TIME, HOMING_SPEED = 6.0, 1.0
"""Of the terminal law: the speed towards the middle is the distance over the first, no more than the second, and fades over the
last HOMING_TIME / 2."""
RATE_LAG = 0.5
"""With which the reference takes up the rate that the terminal law asks for [s]."""
PATH_TILT, LEAST_TILT, WIDER_TILT = np.radians(5.0), np.radians(8.0), np.radians(5.0)
"""A plan may lean this far beyond the flight path, and at least so far, which is all in the last seconds; each further band adds
the last. Plans of least propellant go across by the largest leans at the last moment."""
LAST_HEIGHT = 2.5
"""Of the feet [m], below which the deceleration is LAST_MARGIN over the least that the engine allows: errors of height
cost least."""
LAST_MARGIN, LEAST_SLOWING = 1.3, 1.5
"""Above the least; and where the engine could hover [m/s^2]."""
LEAST_UPRIGHT = 0.7
"""Of the axis's upward part, over which a lean makes up for the push upwards that it costs."""
AIR_AHEAD = 0.8
"""A plan's drag is taken at this share of the speed: of what lies before it, where the force falls with the speed's square."""
END_HEIGHT, END_CLIMB, END_BELOW = 0.05, -0.1, 2.0
"""The burn ends at a height of the feet [m], or when the body climbs faster [m/s] below a height."""
PLAN_MISS = 0.5
"""Of the legs' limit of position: a plan may miss by it, until it is too late to end the leans that such a plan asks for."""
PATIENCE = 3
"""Renewals in a row without a plan to the pad, after which the nearest place in reach is aimed at instead."""
COMMITTED = 5.0
"""Time before the gate [s] from which the aim stays, and so does the plan unless another ends there within narrow limits."""
GATE_RESERVE = 1.3
"""A plan leaves so many times the propellant that the rules' terminal throttle and time take."""


@dataclass(frozen=True)
class Gate:
    """Where the plan ends: height of the feet over the pad [m] and sink rate [m/s] there."""

    height: float
    sink: float


@dataclass(frozen=True)
class _Asked:
    """What plans of one renewal begin with: a state over the gate's place at a time to come, the even throttle from there, the
    lean of the first band, and whether it is too late for another aim and for leans that take long to end."""

    begins: float
    above: np.ndarray
    velocity: np.ndarray
    know: Knowledge
    even: float
    tilt: float
    committed: bool

    def bands(self, first: int, end: int) -> range:
        """Of throttle and lean that are tried from one on; the narrow one alone where wider leans came too late to be ended."""
        return range(1) if self.committed else range(first, end)


@dataclass(frozen=True)
class _Kept:
    """A plan to be flown: when it begins, the place (2,) from the pad where it ends, its mean thrust [N]."""

    plan: Plan
    begins: float
    place: np.ndarray

    @property
    def mean(self) -> float:
        thrust = np.linalg.norm(self.plan.acceleration, axis=1) * self.plan.mass
        return float(np.trapezoid(thrust, self.plan.time)) / self.plan.flight_time


def gate(study: LandingStudy, air: AirTable) -> Gate:
    """From the terminal throttle and time of the rules, at the empty booster's mass."""
    b, rules = study.booster, study.guidance
    push = b.landing_engines * (
        rules.terminal_throttle * b.engine.thrust_vacuum
        - float(np.interp(0.0, air.height, air.pressure)) * b.engine.exit_area
    )
    slowing, t = push / b.dry_mass - G0, rules.terminal_time
    return Gate(rules.touchdown_speed * t + 0.5 * slowing * t * t, rules.touchdown_speed + slowing * t)


def landing_vehicle(study: LandingStudy, air: AirTable) -> LandingVehicle:
    """What the convex guidance knows of the booster: throttle limits less reserves, air as exponentials of its lowest 5 km."""
    b, rules, engine = study.booster, study.guidance, study.booster.engine
    thrust = engine.thrust_vacuum * b.landing_engines
    flow = thrust / (engine.specific_impulse * G0)
    low, high = np.searchsorted(air.height, (0.0, 5000.0))
    span = air.height[high] - air.height[low]
    least = engine.throttle + rules.throttle_reserve
    return LandingVehicle(
        engines=(Engines(least * thrust, thrust, engine.exit_area * b.landing_engines),),
        specific_impulse=engine.specific_impulse,
        dry_mass=b.dry_mass + GATE_RESERVE * rules.terminal_time * rules.terminal_throttle * flow,
        air_pressure=float(air.pressure[low]),
        pressure_height=float(span / np.log(air.pressure[low] / air.pressure[high])),
        air_density=float(air.density[low]),
        density_height=float(span / np.log(air.density[low] / air.density[high])),
        drag_area=float(np.interp(0.6, [p.mach for p in b.drag], [p.coefficient for p in b.drag])) * b.area,
        tilt=rules.tilt,
        last_tilt=rules.last_tilt,
        glide_slope=rules.glide_slope,
        touchdown_velocity=(0.0, 0.0, -gate(study, air).sink),
        intervals=rules.intervals,
    )


def percussion(booster: Booster, mass: float) -> float:
    """How far over the centre of mass the point lies that a force at the gimbals does not move at once [m]."""
    center = center_of_mass(booster, mass)
    return pitch_inertia(booster, mass) / (mass * (center - booster.gimbal_station))


class LandingBurn:
    """One flight's landing burn."""

    def __init__(self, study: LandingStudy, air: AirTable, reach: Reach) -> None:
        self.study, self.reach = study, reach
        self.gate = gate(study, air)
        self.lander: Lander = best_lander(landing_vehicle(study, air))
        self.full = study.booster.engine.thrust_vacuum * study.booster.landing_engines
        self.kept: _Kept | None = None
        self.pending: _Kept | None = None
        self.renewed = self.held = -1e9
        self.terminal, self.mean = False, 0.0
        self.throttle = study.guidance.ignition_throttle
        self.lean = Lean(reach, study.guidance.tilt)
        self.outcomes: dict[str, int] = {}
        # the pad's middle, or aside of it the nearest place in reach; renewals in a row without a plan to it
        self.aim, self.aside, self.vain, self.shortfall = np.zeros(2), False, 0, 0.0

    @property
    def place(self) -> np.ndarray:
        """Where what is flown ends (2,), from the pad [m]."""
        return np.zeros(2) if self.kept is None else self.kept.place

    def begin(self, body: np.ndarray) -> None:
        """From the attitude that the body has."""
        self.lean.begin(body[:2, 0])

    def steer(
        self,
        time: float,
        since: float,
        elapsed: float,
        position: np.ndarray,
        velocity: np.ndarray,
        body: np.ndarray,
        spin: np.ndarray,
        know: Knowledge,
    ) -> Command:
        """since [s]: the burn began; elapsed [s]: the last call; spin (3,): rate of the body's axis in the pad's axes [1/s]."""
        b, rules = self.study.booster, self.study.guidance
        through = self.reach.through_air(know, position[2], velocity)
        speed = float(np.linalg.norm(through))
        back = -through / max(speed, 1e-6)
        height = height_over_ground(position) - standing_height(b, know.mass)
        if since < b.engine.start_ramp:
            self.throttle = rules.ignition_throttle
            command = self.lean.to(back[:2] if speed > LEAST_SPEED else np.zeros(2), elapsed)
            command.throttle = self.throttle
            return command
        tilt = float(np.linalg.norm(body[:2, 0]))
        height -= b.legs.radius * tilt  # of the lowest foot
        # Gimbals that turn the body push its foot the other way. The point on the axis that this leaves alone is the one that
        # moves as thrust along the axis says (the centre of percussion); the middle is where it is when the body stands upright.
        ahead = percussion(b, know.mass)
        position = position + ahead * np.array([body[0, 0], body[1, 0], 0.0])
        velocity = velocity + ahead * np.array([spin[0], spin[1], 0.0])
        above = np.array([position[0], position[1], height - self.gate.height])
        push = self.throttle * self.full * know.strength - self.reach.back_pressure(position[2]) * b.landing_engines
        if not self.terminal:
            self._plans(time, above, velocity, body[:, 0] * push / know.mass, know)
        if self.terminal:
            up = self._straight_down(height, velocity, know)
            command = self._across(height, position, velocity, up, elapsed)
            up -= self._drag(position[2], speed, know) * back[2]
        else:
            wanted = self._planned(time, above, velocity, know)
            size = float(np.linalg.norm(wanted))
            lean = self.lean.against_lift(wanted[:2] / size, back, position[2], speed, know, size)
            command, up = self.lean.to(lean, elapsed), wanted[2]
        force = up * know.mass / max(body[2, 0], LEAST_UPRIGHT)
        back_pressure = self.reach.back_pressure(position[2]) * b.landing_engines
        throttle = (force + back_pressure) / (self.full * know.strength)
        self.throttle = command.throttle = float(np.clip(throttle, b.engine.throttle, 1.0))
        command.ends = height < END_HEIGHT or (velocity[2] > END_CLIMB and height < END_BELOW)
        return command

    # ---- pieces ----

    def _plans(self, time: float, above: np.ndarray, velocity: np.ndarray, push: np.ndarray, know: Knowledge) -> None:
        """Take over the plan made at the last call, make another when it is due, and see whether the gate is near."""
        if self.pending is not None:
            self.kept, self.mean, self.pending = self.pending, self.pending.mean, None
        near = self._left(time) < LAST_RENEWAL
        low = above[2] < 0.0 or -velocity[2] < self.gate.sink  # past the gate without a plan
        if near or low:
            self.terminal = True
        elif time - self.renewed >= 1.0 / self.study.guidance.rate - 1e-9:
            self.renewed = time
            through = self.reach.through_air(know, max(above[2], 0.0), velocity)
            speed = float(np.linalg.norm(through))
            pull = push - through / speed * self._drag(max(above[2], 0.0), speed, know) - np.array([0.0, 0.0, G0])
            later = velocity + LEAD * pull
            self._renew(time + LEAD, above + 0.5 * LEAD * (velocity + later), later, know)

    def _renew(self, begins: float, above: np.ndarray, velocity: np.ndarray, know: Knowledge) -> None:
        """A plan from a state over the gate's place at a time to come."""
        b, w = self.study.booster, self.lander.work
        speed = float(np.linalg.norm(self.reach.through_air(know, max(above[2], 0.0), velocity)))
        w[node.DRAG_AREA] = self.reach.axial(max(above[2], 0.0), AIR_AHEAD * speed) * b.area * know.thickness
        over = above + np.array([0.0, 0.0, self.gate.height + standing_height(b, know.mass)])
        even = self.reach.even_throttle(know, over, velocity, over[2] - above[2], self.gate.sink)
        w[node.WIND], w[node.WIND + 1] = self.reach.wind(know, 0.5 * over[2])
        committed = self._left(begins) < COMMITTED
        path = np.arctan2(float(np.hypot(*velocity[:2])), -velocity[2])
        tilt = LEAST_TILT if committed else max(path + PATH_TILT, LEAST_TILT)
        asked = _Asked(begins, above, velocity, know, even, tilt, committed)
        found = across(self.reach, know, over, velocity, even, self.gate.sink, self.study.guidance.tilt)
        if self._to_pad(asked, found):
            return
        self.vain += 1
        if self.aside and any(self._tries(asked, n, self.aim) for n in asked.bands(0, len(BANDS) + 1)):
            self.vain = 0
        elif self.vain >= PATIENCE and not committed and found.off > AIM_SHARE * found.reach:
            self._beside(asked, found)

    def _to_pad(self, asked: _Asked, found: Across) -> bool:
        """Whether there is a plan to the pad; from beside it with the widest limits alone, and with the reserve of an aim."""
        near = found.off <= (AIM_SHARE if self.aside else BEYOND) * found.reach
        if (asked.committed and self.aside) or not (asked.committed or near):
            return False
        for n in asked.bands(len(BANDS) - 1 if self.aside else 0, len(BANDS)):
            if self._tries(asked, n, np.zeros(2), anew=self.aside):
                self.aside, self.vain, self.shortfall = False, 0, 0.0
                return True
        return False

    def _beside(self, asked: _Asked, found: Across) -> None:
        """Aim at the place nearest to the pad that is in reach, and plan to there."""
        if not self.aside:
            self.shortfall = self._solved(asked, len(BANDS), np.zeros(2), anew=True).shortfall
        aim = found.nearest()
        if any(self._tries(asked, n, aim, anew=True) for n in range(len(BANDS) + 1)):
            self.aim, self.aside, self.vain = aim, True, 0

    def _tries(self, asked: _Asked, n: int, place: np.ndarray, anew: bool = False) -> bool:
        """Whether there is a plan to a place (2,) from the pad; it is flown from the next call on."""
        plan = self._solved(asked, n, place, anew)
        good = plan.outcome == "lands" or (
            plan.found and not asked.committed and plan.miss < PLAN_MISS * self.study.booster.legs.limits.position
        )
        if good:
            self.pending = _Kept(plan, asked.begins, place)
        return good

    def _solved(self, asked: _Asked, n: int, place: np.ndarray, anew: bool = False) -> Plan:
        """The solver's answer within the n-th band of throttle about the even one and of lean; beyond the last: all there is."""
        b, rules, w, even = self.study.booster, self.study.guidance, self.lander.work, asked.even
        band, tilt = (BANDS[n], min(asked.tilt + n * WIDER_TILT, rules.tilt)) if n < len(BANDS) else (1.0, rules.tilt)
        w[node.TILT] = np.cos(tilt)
        low = min(max(even - band, b.engine.throttle + rules.throttle_reserve), 1.0 - 2.0 * LEAST_BAND)
        high = max(min(even + band, 1.0), low + LEAST_BAND)
        full = self.full * asked.know.strength
        w[node.LEAST], w[node.MOST] = low * full, high * full
        state = asked.above - np.array([place[0], place[1], 0.0]), asked.velocity, asked.know.mass
        if anew or self.kept is None:
            plan = self.lander.solve(*state)
        else:
            plan = self.lander.update(*state, asked.begins - self.held)
        if plan.found:  # it is what the solver goes on from
            self.held = asked.begins
        self.outcomes[plan.outcome] = self.outcomes.get(plan.outcome, 0) + 1
        return plan

    def _planned(self, time: float, above: np.ndarray, velocity: np.ndarray, know: Knowledge) -> np.ndarray:
        """Acceleration of thrust that the plan asks for (3,) [m/s^2]; without one, that of an even deceleration."""
        kept = self.kept
        if kept is None:
            up = self._even(max(above[2] + self.gate.height, 1.0), velocity[2], self.study.guidance.touchdown_speed)
            return np.array([0.0, 0.0, up]) - up / min(velocity[2], -5.0) * np.array([-velocity[0], -velocity[1], 0.0])
        plan, now = kept.plan, time - kept.begins
        at, of = _between(plan.time, plan.position, now), _between(plan.time, plan.velocity, now)
        ahead = _between(plan.time, plan.acceleration, now + LEAD)
        at = at + np.array([kept.place[0], kept.place[1], 0.0])
        # its mean thrust, in its direction: where it brakes unevenly what is left above is reserve
        ahead *= self.mean / (know.mass * float(np.linalg.norm(ahead)))
        return ahead if now < 0.0 else ahead + PLACE_GAIN * (at - above) + SPEED_GAIN * (of - velocity)

    def _straight_down(self, height: float, velocity: np.ndarray, know: Knowledge) -> float:
        """Upward push [m/s^2]: evenly down to LAST_HEIGHT, and from there as gently as the engine can."""
        b, last = self.study.booster, self.study.guidance.touchdown_speed
        push = b.engine.throttle * self.full * know.strength - self.reach.back_pressure(0.0) * b.landing_engines
        gentle = max(LAST_MARGIN * (push / know.mass - G0), LEAST_SLOWING)
        if height > LAST_HEIGHT:
            return self._even(
                height - LAST_HEIGHT + 0.5, velocity[2], np.sqrt(last**2 + 2.0 * gentle * (LAST_HEIGHT - 0.5))
            )
        return self._even(max(height, 0.2), velocity[2], last)

    def _even(self, height: float, climb: float, last: float) -> float:
        """Upward push [m/s^2] of the even deceleration to a sink rate [m/s] a height [m] below."""
        return G0 + max((climb * abs(climb) * -1.0 - last * last) / (2.0 * height), -0.5 * G0)

    def _across(self, height: float, position: np.ndarray, velocity: np.ndarray, up: float, elapsed: float) -> Command:
        """The lean that brings the speed across to that which leads to the plans' place, together with itself."""
        left = 2.0 * max(height, 0.0) / max(-velocity[2], 1.0)
        home = (self.place - position[:2]) / HOMING_TIME
        home *= min(1.0, HOMING_SPEED / max(float(np.linalg.norm(home)), 1e-9)) * min(2.0 * left / HOMING_TIME, 1.0)
        # jerk of the cubic of time that takes speed and acceleration to nought in what is left
        left = max(left, LEAST_LEFT)
        rate = 6.0 * (home - velocity[:2]) / (up * left**2) - 4.0 * self.lean.lean / left
        return self.lean.turned((rate - self.lean.rate) / RATE_LAG, elapsed)

    def _left(self, time: float) -> float:
        """Time to the gate by the plan that is flown [s]."""
        return np.inf if self.kept is None else self.kept.plan.flight_time - (time - self.kept.begins)

    def _drag(self, height: float, speed: float, know: Knowledge) -> float:
        """Of the air against the motion [m/s^2]."""
        force = self.reach.dynamic_pressure(height, speed) * self.study.booster.area * self.reach.axial(height, speed)
        return force * know.thickness / know.mass


def _between(times: np.ndarray, rows: np.ndarray, time: float) -> np.ndarray:
    """Linear between rows, the ends' beyond."""
    k = int(np.clip(np.searchsorted(times, time), 1, len(times) - 1))
    s = min(max((time - times[k - 1]) / max(times[k] - times[k - 1], 1e-9), 0.0), 1.0)
    return (1.0 - s) * rows[k - 1] + s * rows[k]
