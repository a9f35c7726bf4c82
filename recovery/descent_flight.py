"""Powered landings flown with six degrees of freedom: the design's place of the pad, one flight, many dispersed ones."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from ..trajectory.flight.case import Case, parameter_index
from ..trajectory.flight.layout import I_, WIND_NODES, WIND_SPACING, M, N
from ..trajectory.flight.plant import Flight
from .descent_case import (
    FALL,
    LANDING,
    STEP,
    AirTable,
    PadFrame,
    air_above,
    descent_case,
    entry_position,
    pad_frame,
    standing_height,
)
from .descent_document import LandingStudy
from .descent_guidance import DescentGuidance
from .descent_lean import Command

PERIOD = 0.04
"""Between two askings of the guidance [s]; its plan is renewed at its own rate."""
SLOW_PERIOD, SLOW_ABOVE = 0.12, 8000.0
"""In the fall above a height [m], where nothing is quick."""
NAVIGATED = I_ + 31
"""Where the flight remembers the time of its last navigation."""
LANDED = "within the legs' limits"
BESIDE = "landed beside the pad"
"""Softly and standing, but too far from its middle."""
WIND_ALOFT, WIND_HEIGHT = 4.0, 12e3
"""How many times stronger than at the ground the steady wind is at a height [m] and above, rising evenly to it."""
TOPPLED = np.radians(15.0)
EMPTY = 1.0
"""Propellant [kg] that counts as none: the burn ended for want of it."""
LOG = (
    "time", "x", "y", "z", "vx", "vy", "vz", "mass", "tilt", "thrust", "throttle", "alpha", "q", "phase", "lean_x", "lean_y",
    "asked_x", "asked_y", "miss_x", "miss_y",
)  # fmt: skip


class Contact(NamedTuple):
    """The body over the pad: place x, y [m] and velocity across [m/s] in the pad's axes, sink rate [m/s], tilt [rad]."""

    x: float
    y: float
    sink: float
    across_x: float
    across_y: float
    tilt: float

    @property
    def distance(self) -> float:
        return float(np.hypot(self.x, self.y))

    @property
    def drift(self) -> float:
        return float(np.hypot(self.across_x, self.across_y))


NEAR = 20.0
"""Height of the feet [m] below which each step is looked at."""


@dataclass(frozen=True)
class Touchdown:
    """How a flight ended: verdict in words; at the first contact of the feet, place [m] from the pad's middle along and left of
    the flight's azimuth, sink rate and lateral speed [m/s], tilt [rad], and propellant left [kg]; stroke [m] that the legs
    used; time [s] since the entry burn began. outcomes: how often the convex guidance answered what. aim_x, aim_y [m]: the last
    place that it aimed at, the pad's middle or the nearest in reach; shortfall [kg]: propellant that the pad would then have
    taken beyond what there was."""

    verdict: str
    x: float
    y: float
    vertical_speed: float
    lateral_speed: float
    tilt: float
    propellant: float
    stroke: float
    time: float
    outcomes: dict[str, int] = field(default_factory=dict)
    aim_x: float = 0.0
    aim_y: float = 0.0
    shortfall: float = 0.0

    @property
    def position(self) -> float:
        return float(np.hypot(self.x, self.y))

    @property
    def landed(self) -> bool:
        return self.verdict == LANDED

    @property
    def aside(self) -> float:
        """How far from the pad's middle the place lay that was aimed at [m]."""
        return float(np.hypot(self.aim_x, self.aim_y))


@dataclass(frozen=True)
class LandingDesign:
    """A study's descent made ready: frame and air at the pad, way before it at which the entry burn begins [m], case."""

    study: LandingStudy
    frame: PadFrame
    air: AirTable
    uprange: float
    position: np.ndarray
    velocity: np.ndarray
    case: Case


def design_landing(study: LandingStudy) -> LandingDesign:
    """Put the pad where the entry burn and an unsteered fall come down, and the begin where the study has it beside that."""
    frame, air = pad_frame(study), air_above(study.altitude)
    uprange = study.entry.speed * np.cos(study.entry.path_angle) * 60.0
    for _ in range(12):
        position, velocity = entry_position(study, frame, uprange)
        guidance = DescentGuidance(study, frame, air)
        guidance.predict(position, velocity, study.guidance.entry_speed)
        miss = float(guidance.miss[0])
        uprange += miss
        if abs(miss) < 1.0:
            break
    position, velocity = entry_position(study, frame, uprange)
    position = position + np.array([study.entry.along, study.entry.left, 0.0])
    return LandingDesign(
        study, frame, air, uprange, position, velocity, descent_case(study, uprange, position, velocity)
    )


def dispersed(design: LandingDesign, seed: int) -> tuple[Case, np.ndarray]:
    """Case and parameters of one draw; seed 0: nominal, with noise alone."""
    position, velocity, parameters = draws(design, seed)
    if seed == 0:
        return design.case, parameters
    return descent_case(
        design.study, design.uprange, design.position + position, design.velocity + velocity
    ), parameters


def draws(design: LandingDesign, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What one draw adds to position and velocity (3,) at the begin, and its parameters; seed 0: nothing, with noise alone."""
    study, parameters = design.study, design.case.parameters.copy()
    parameters[parameter_index("turbulence")] = 1.0
    if seed == 0:
        return np.zeros(3), np.zeros(3), parameters
    d, draw = study.dispersion, np.random.Generator(np.random.Philox(key=[study.seed, seed]))
    position, velocity = d.position * draw.standard_normal(3), d.velocity * draw.standard_normal(3)
    values = {
        "density_factor": 1.0 + d.density * draw.standard_normal(),
        "stage0.thrust_factor": 1.0 + d.thrust * draw.standard_normal(),
        "stage0.dry_mass": d.mass * study.entry.mass * draw.standard_normal(),
        "gust_speed": d.gust * draw.standard_normal(),
        "gust_altitude": draw.uniform(300.0, 12e3),
        "gust_length": draw.uniform(100.0, 600.0),
        "gust_azimuth": draw.uniform(0.0, 2.0 * np.pi),
    }
    for name, value in values.items():
        parameters[parameter_index(name)] = value
    for axis in "xyz":
        parameters[parameter_index(f"gyro_bias_{axis}")] = 5e-6 * draw.standard_normal()
        parameters[parameter_index(f"accelerometer_bias_{axis}")] = 3e-3 * draw.standard_normal()
        parameters[parameter_index(f"alignment_{axis}")] = 2e-3 * draw.standard_normal()
    blows = d.wind * draw.standard_normal(2) if d.wind else np.zeros(2)
    for k in range(WIND_NODES):
        stronger = 1.0 + (WIND_ALOFT - 1.0) * min(k * WIND_SPACING / WIND_HEIGHT, 1.0)
        for name, speed in zip(("east", "north"), blows, strict=True):
            parameters[parameter_index(f"wind_{name}[{k}]")] = speed * stronger
    return position, velocity, parameters


def fly_landing(design: LandingDesign, seed: int = 0, log: list[tuple[float, ...]] | None = None) -> Touchdown:
    """Fly one descent; seed: of the draw and of all noise. log: filled with rows of LOG."""
    case, parameters = dispersed(design, seed)
    flight = Flight(case, parameters, seed=seed)
    guidance = DescentGuidance(design.study, design.frame, design.air)
    m, frame = flight.memory, design.frame
    contact: Contact | None = None
    start = -design.velocity / np.linalg.norm(design.velocity)
    m[M.pitch], m[M.yaw] = attitude(frame, frame.inertial(0.0, start))
    status = flight.advance(0.5 * PERIOD)
    while status == "flying":
        phase = int(m[M.phase])
        known = float(m[NAVIGATED])  # the estimate is of the last control run
        position, velocity = frame.local(known, m[N : N + 3], m[N + 3 : N + 6])
        body = frame_of_body(frame, known, m[N + 6 : N + 10])
        command = guidance.steer(flight.time, phase, position, velocity, body, m[M.rate_x : M.rate_x + 3], m[M.push])
        ask(frame, flight, command, design.study.booster.engine.throttle_lag)
        status, contact = go_on(design, flight, contact)
        if log is not None:
            truth, over = frame.local(flight.time, flight.state[:3], flight.state[3:6])
            axis = frame_of_body(frame, flight.time, flight.state[6:10])[:, 0]
            log.append((flight.time, *truth, *over, flight.state[13], np.arccos(np.clip(axis[2], -1, 1)), m[M.thrust],
                        m[M.throttle], m[M.alpha], m[M.q], float(phase), axis[0], axis[1], command.axis[0], command.axis[1],
                        *guidance.miss))  # fmt: skip
    return judge(design, flight, contact, guidance)


def ask(frame: PadFrame, flight: Flight, command: Command, lag: float = 0.0) -> None:
    """Hand a command, and the wind that guidance knows, to the control; the engine follows its throttle with a lag [s]."""
    m, time = flight.memory, flight.time
    m[M.pitch], m[M.yaw] = attitude(frame, frame.inertial(time, command.axis))
    ahead = command.axis + PERIOD * command.turning
    pitch, yaw = attitude(frame, frame.inertial(time, ahead / np.linalg.norm(ahead)))
    m[M.pitch_rate], m[M.yaw_rate] = (pitch - m[M.pitch]) / PERIOD, (yaw - m[M.yaw]) / PERIOD
    m[M.wind_x], m[M.wind_y], m[M.wind_z] = frame.inertial(time, np.array([*command.wind, 0.0]))
    share = 1.0 if lag <= 0.0 or m[M.throttle] <= 0.0 else 1.0 - np.exp(-PERIOD / lag)
    m[M.throttle] += share * (command.throttle - m[M.throttle])
    if command.ends:
        m[M.end_time] = time


def go_on(design: LandingDesign, flight: Flight, contact: Contact | None) -> tuple[str, Contact | None]:
    """Fly one period of the guidance; near the ground step by step: the contact is the state just before the legs push."""
    m, over = flight.memory, standing_height(design.study.booster, flight.state[13])
    slow = m[M.phase] == FALL and m[M.altitude] > SLOW_ABOVE
    until, status = flight.time + (SLOW_PERIOD if slow else PERIOD), "flying"
    near = contact is None and m[M.phase] >= LANDING and m[M.altitude] - design.study.altitude < over + NEAR
    if not near:
        return flight.advance(until), contact
    while status == "flying" and flight.time < until - 1e-9:
        before = touch(design, flight)
        status = flight.advance(min(flight.time + STEP, until))
        if contact is None and m[M.most_stroke] > 0.0:
            contact = before
    return status, contact


def touch(design: LandingDesign, flight: Flight) -> Contact:
    """The true state over the pad."""
    position, velocity = design.frame.local(flight.time, flight.state[:3], flight.state[3:6])
    body = frame_of_body(design.frame, flight.time, flight.state[6:10])
    tilt = np.arccos(np.clip(body[2, 0], -1.0, 1.0))
    (x, y, _), (across_x, across_y, climb) = position.tolist(), velocity.tolist()
    return Contact(x, y, -climb, across_x, across_y, float(tilt))


def judge(design: LandingDesign, flight: Flight, contact: Contact | None, guidance: DescentGuidance) -> Touchdown:
    """What the end was: within the limits, or the first that was broken."""
    limits, legs = design.study.booster.legs.limits, design.study.booster.legs
    at_rest = touch(design, flight)
    c, m = contact or at_rest, flight.memory
    stroke = float(m[M.most_stroke])
    left = float(flight.state[13] - m[M.mass_offset] - design.study.booster.dry_mass)
    if contact is None:
        verdict = f"not landed ({flight.status})"
    elif left < EMPTY:
        verdict = "out of propellant"
    elif c.sink > limits.vertical_speed:
        verdict = "too fast" if "lands" in guidance.outcomes else "too fast: no plan was found"
    elif c.drift > limits.lateral_speed:
        verdict = "drifting"
    elif c.tilt > limits.tilt:
        verdict = "tilted"
    elif stroke > legs.stroke:
        verdict = "legs struck through"
    elif flight.status != "done" or at_rest.tilt > TOPPLED:
        verdict = "toppled"
    elif c.distance > limits.position:
        verdict = BESIDE
    else:
        verdict = LANDED
    burn = guidance.burn
    return Touchdown(
        verdict, c.x, c.y, c.sink, c.drift, c.tilt, max(left, 0.0), stroke, flight.time,
        dict(sorted(guidance.outcomes.items())), float(burn.place[0]), float(burn.place[1]), burn.shortfall,
    )  # fmt: skip


def frame_of_body(frame: PadFrame, time: float, q: np.ndarray) -> np.ndarray:
    """Columns: the body's axes in the pad's, (3, 3), of a quaternion body to inertial."""
    a, b, c, d = q
    turn = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a - b * b + c * c - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a - b * b - c * c + d * d],
        ]
    )
    nothing = np.zeros(3)
    origin = PadFrame(nothing, frame.axes)
    return np.column_stack([origin.local(time, column, nothing)[0] for column in turn.T])


def attitude(frame: PadFrame, axis: np.ndarray) -> tuple[float, float]:
    """Pitch and yaw [rad] in the flight's launch frame (x along, up, cross to the right) of an inertial axis."""
    along, up, cross = axis @ frame.axes[0], axis @ frame.axes[2], -(axis @ frame.axes[1])
    return float(np.arctan2(up, along)), float(np.arcsin(np.clip(cross, -1.0, 1.0)))
