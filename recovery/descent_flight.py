"""Powered landings flown with six degrees of freedom: the design's place of the pad, one flight, many dispersed ones."""

from dataclasses import dataclass, field

import numpy as np

from ..trajectory.flight.case import Case, parameter_index
from ..trajectory.flight.layout import I_, M, N
from ..trajectory.flight.plant import Flight
from .descent_case import (
    FALL,
    STANDING,
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

PERIOD = 0.04
"""Between two askings of the guidance [s]; its plan is renewed at its own rate."""
NAVIGATED = I_ + 31
"""Where the flight remembers the time of its last navigation."""
LANDED = "within the legs' limits"
TOPPLED = np.radians(15.0)
LOG = ("time", "x", "y", "z", "vx", "vy", "vz", "mass", "tilt", "thrust", "throttle", "alpha", "q", "phase")


@dataclass(frozen=True)
class Touchdown:
    """How a flight ended: verdict in words; at the first contact of the feet, distance [m] from the pad's middle, sink rate and
    lateral speed [m/s], tilt [rad], and propellant left [kg]; stroke [m] that the legs used; time [s] since the entry burn
    began. outcomes: how often the guidance answered what."""

    verdict: str
    position: float
    vertical_speed: float
    lateral_speed: float
    tilt: float
    propellant: float
    stroke: float
    time: float
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def landed(self) -> bool:
        return self.verdict == LANDED


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
    """Put the pad where the entry burn and an unsteered fall come down."""
    frame, air = pad_frame(study), air_above(study.altitude)
    uprange = study.entry.speed * np.cos(study.entry.path_angle) * 60.0
    b = study.booster
    for _ in range(12):
        position, velocity = entry_position(study, frame, uprange)
        guidance = DescentGuidance(study, frame, air)
        guidance._predict(position, velocity, b.engine.thrust_vacuum * b.entry_engines, study.guidance.entry_speed)
        miss = float(guidance.miss[0])
        uprange += miss
        if abs(miss) < 1.0:
            break
    position, velocity = entry_position(study, frame, uprange)
    return LandingDesign(
        study, frame, air, uprange, position, velocity, descent_case(study, uprange, position, velocity)
    )


def dispersed(design: LandingDesign, seed: int) -> tuple[Case, np.ndarray]:
    """Case and parameters of one draw; seed 0: nominal, with noise alone."""
    case, study = design.case, design.study
    parameters = case.parameters.copy()
    parameters[parameter_index("turbulence")] = 1.0
    if seed == 0:
        return case, parameters
    d, draw = study.dispersion, np.random.Generator(np.random.Philox(key=[study.seed, seed]))
    position = design.position + d.position * draw.standard_normal(3)
    velocity = design.velocity + d.velocity * draw.standard_normal(3)
    case = descent_case(study, design.uprange, position, velocity)
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
    return case, parameters


def fly_landing(design: LandingDesign, seed: int = 0, log: list[tuple[float, ...]] | None = None) -> Touchdown:
    """Fly one descent; seed: of the draw and of all noise. log: filled with rows of LOG."""
    case, parameters = dispersed(design, seed)
    flight = Flight(case, parameters, seed=seed)
    guidance = DescentGuidance(design.study, design.frame, design.air)
    m, frame, booster = flight.memory, design.frame, design.study.booster
    contact: tuple[float, float, float, float] | None = None
    start = -design.velocity / np.linalg.norm(design.velocity)
    m[M.pitch], m[M.yaw] = attitude(frame, frame.inertial(0.0, start))
    status = flight.advance(0.5 * PERIOD)
    while status == "flying":
        phase = int(m[M.phase])
        if phase == STANDING and contact is None:
            contact = touch(design, flight)
        known = float(m[NAVIGATED])  # the estimate is of the last control run
        position, velocity = frame.local(known, m[N : N + 3], m[N + 3 : N + 6])
        body = frame_of_body(frame, known, m[N + 6 : N + 10])
        command = guidance.steer(flight.time, phase, position, velocity, body, m[M.rate_x : M.rate_x + 3])
        axis = frame.inertial(flight.time, command.axis)
        pitch, yaw = attitude(frame, axis)
        m[M.pitch], m[M.yaw], m[M.throttle] = pitch, yaw, command.throttle
        m[M.fin_command_y], m[M.fin_command_z] = command.fins
        if command.ends:
            m[M.end_time] = flight.time
        status = flight.advance(flight.time + PERIOD)
        truth, over = frame.local(flight.time, flight.state[:3], flight.state[3:6])
        if log is not None:
            leaning = frame_of_body(frame, flight.time, flight.state[6:10])[2, 0]
            log.append((flight.time, *truth, *over, flight.state[13], np.arccos(np.clip(leaning, -1, 1)), m[M.thrust],
                        m[M.throttle], m[M.alpha], m[M.q], float(phase)))  # fmt: skip
        if contact is None and phase >= FALL and truth[2] <= standing_height(booster, flight.state[13]):
            contact = touch(design, flight)
    return judge(design, flight, contact, guidance)


def touch(design: LandingDesign, flight: Flight) -> tuple[float, float, float, float]:
    """Distance from the pad, sink rate, lateral speed and tilt of the true state."""
    position, velocity = design.frame.local(flight.time, flight.state[:3], flight.state[3:6])
    body = frame_of_body(design.frame, flight.time, flight.state[6:10])
    tilt = float(np.arccos(np.clip(body[2, 0], -1.0, 1.0)))
    return float(np.hypot(*position[:2])), float(-velocity[2]), float(np.hypot(*velocity[:2])), tilt


def judge(
    design: LandingDesign, flight: Flight, contact: tuple[float, float, float, float] | None, guidance: DescentGuidance
) -> Touchdown:
    """What the end was: within the limits, or the first that was broken."""
    limits, legs = design.study.booster.legs.limits, design.study.booster.legs
    position, sink, drift, tilt = contact or touch(design, flight)
    at_rest = touch(design, flight)
    stroke = float(flight.memory[M.most_stroke])
    if flight.status == "control lost":
        verdict = "control lost"
    elif contact is None:
        verdict = f"not landed ({flight.status})"
    elif sink > limits.vertical_speed:
        verdict = "too fast" if "lands" in guidance.outcomes else "too fast: no plan was found"
    elif drift > limits.lateral_speed:
        verdict = "drifting"
    elif tilt > limits.tilt:
        verdict = "tilted"
    elif position > limits.position:
        verdict = "beside the pad"
    elif stroke > legs.stroke:
        verdict = "legs struck through"
    elif flight.status != "done" or at_rest[3] > TOPPLED:
        verdict = "toppled"
    else:
        verdict = LANDED
    left = float(flight.state[13] - flight.memory[M.mass_offset] - design.study.booster.dry_mass)
    return Touchdown(verdict, position, sink, drift, tilt, left, stroke, flight.time, guidance.outcomes)


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
