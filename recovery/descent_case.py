"""A powered landing as a six-degree-of-freedom flight: entry burn, fall with grid fins, landing burn, standing on the pad."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..core.earth import G0, ROTATION_RATE, ecef_from_geodetic
from ..core.numeric import Table, table
from ..trajectory.environment.atmosphere import density, pressure, speed_of_sound, standard_atmosphere
from ..trajectory.flight.case import AeroGrid, Case, Phase, assemble, quaternion_of_axes
from ..trajectory.flight.flexible import pack_pendulums, pendulum
from ..trajectory.flight.plume import drag_share
from ..trajectory.steering import LaunchFrame
from .descent_document import Booster, LandingStudy, Separation

ENTRY, FALL, LANDING, STANDING = range(4)
Begin = Literal["entry burn", "coast", "separation"]
STEP = 0.01
CONTROL_EVERY = 2
STANDING_TIME = 6.0
ATTITUDE_BANDWIDTH = 2.2  # rad/s, of gimbals
ATTITUDE_DAMPING = 0.7
CROSS_FLOW_DRAG = 1.2 * 0.7
"""Of a long cylinder across the flow, by its planform; Jorgensen, NASA TR R-474 (1977), eqs. 2.1 and fig. 4."""
GRID_ANGLES = 8001
"""The flight looks coefficients up by the sine of half the angle, which hardly changes near a flow from behind: so many lay the
first two places there 1.8 deg apart."""


@dataclass(frozen=True)
class PadFrame:
    """Level axes at the pad, turning with the Earth: x along the flight's azimuth, y to its left, z up.

    origin (3,): Earth-fixed place of the pad [m]; axes (3, 3): rows x, y, z in Earth-fixed axes.
    """

    origin: np.ndarray
    axes: np.ndarray

    def local(self, time: float, position: np.ndarray, velocity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Position and velocity over the ground in the pad's axes, of inertial ones at a time [s since the flight's begin]."""
        turn = ROTATION_RATE * time
        c, s = np.cos(turn), np.sin(turn)
        fixed = np.array([c * position[0] + s * position[1], -s * position[0] + c * position[1], position[2]])
        over = np.array(
            [velocity[0] + ROTATION_RATE * position[1], velocity[1] - ROTATION_RATE * position[0], velocity[2]]
        )
        moving = np.array([c * over[0] + s * over[1], -s * over[0] + c * over[1], over[2]])
        return self.axes @ (fixed - self.origin), self.axes @ moving

    def inertial(self, time: float, direction: np.ndarray) -> np.ndarray:
        """A direction of the pad's axes in inertial ones."""
        x, y, z = direction @ self.axes
        turn = ROTATION_RATE * time
        c, s = np.cos(turn), np.sin(turn)
        return np.array([c * x - s * y, s * x + c * y, z])


@dataclass(frozen=True)
class AirTable:
    """The standard air above the pad on a grid of heights [m], for predictions."""

    height: np.ndarray
    density: np.ndarray
    pressure: np.ndarray
    sound: np.ndarray


def air_above(altitude: float) -> AirTable:
    """The U.S. Standard Atmosphere 1976 above a place [m]."""
    air, height = standard_atmosphere(), np.arange(-200.0, 90e3, 200.0)
    columns = [np.array([float(f(air, altitude + h)) for h in height]) for f in (density, pressure, speed_of_sound)]
    return AirTable(height, *columns)


def pad_frame(study: LandingStudy) -> PadFrame:
    """The frame of a study's pad."""
    so, co = np.sin(study.longitude), np.cos(study.longitude)
    sa, ca = np.sin(study.latitude), np.cos(study.latitude)
    east, north = np.array([-so, co, 0.0]), np.array([-sa * co, -sa * so, ca])
    up = np.array([ca * co, ca * so, sa])
    along = np.sin(study.entry.azimuth) * east + np.cos(study.entry.azimuth) * north
    origin = np.array(ecef_from_geodetic(study.latitude, study.longitude, study.altitude))
    return PadFrame(origin, np.array([along, np.cross(up, along), up]))


def center_of_mass(booster: Booster, mass: float) -> float:
    """Station [m] of the centre of mass with what propellant a mass [kg] leaves."""
    left = max(mass - booster.dry_mass, 0.0)
    return (booster.dry_mass * booster.center_of_mass + left * booster.propellant_station) / (booster.dry_mass + left)


def pitch_inertia(booster: Booster, mass: float) -> float:
    """Moment of inertia about pitch and yaw [kg m^2] at a mass [kg]."""
    center, left = center_of_mass(booster, mass), max(mass - booster.dry_mass, 0.0)
    shell = booster.pitch_inertia + booster.dry_mass * (booster.center_of_mass - center) ** 2
    return shell + left * (booster.propellant_station - center) ** 2


def standing_height(booster: Booster, mass: float) -> float:
    """Height [m] of the centre of mass over the ground when the feet touch it."""
    return center_of_mass(booster, mass) - booster.legs.station


def aero_grid(booster: Booster) -> AeroGrid:
    """Coefficients of a slender body at any angle: axial C_A cos(angle), normal by slender-body potential and cross-flow drag
    (Jorgensen 1977), with the grid fins' own lift at their station. Two Mach numbers alike: neither depends on it here."""
    sine = np.linspace(0.0, 1.0, GRID_ANGLES)
    angle = 2.0 * np.arcsin(sine)
    planform = CROSS_FLOW_DRAG * booster.length * booster.diameter / booster.area
    body = 2.0 * np.abs(np.cos(angle)) + planform * np.sin(angle)
    fins = np.where(angle > np.pi / 2, booster.fins.slope, 0.0)  # folded where the nose leads
    values = np.zeros((2, GRID_ANGLES, 3))
    values[:, :, 0] = np.cos(angle)
    values[:, :, 1] = body + fins
    values[:, :, 2] = (0.5 * booster.length * body + booster.fins.station * fins) / (body + fins)
    return AeroGrid(np.array([0.0, 30.0]), values)


def mass_tables(booster: Booster, mass: float) -> dict[str, Table]:
    """Centre of mass and inertia against mass, for `case.Phase`."""
    masses = np.linspace(booster.dry_mass * 0.97, mass * 1.05, 8)
    centers = np.array([center_of_mass(booster, m) for m in masses])
    left = np.maximum(masses - booster.dry_mass, 0.0)
    pitch = np.array([pitch_inertia(booster, m) for m in masses])
    roll = booster.roll_inertia + left * booster.diameter**2 / 16.0  # half of it turns with the walls
    columns = {"center_of_mass": centers, "roll_inertia": roll, "pitch_inertia": pitch, "yaw_inertia": pitch}
    return {name: table(masses, column) for name, column in columns.items()}


def pendulum_table(booster: Booster, mass: float) -> np.ndarray | None:
    """The pendulum of what is left in a tank of the booster's diameter, against its mass [kg]; None where nothing sloshes."""
    if booster.propellant_density is None:
        return None
    masses = np.linspace(booster.dry_mass, 1.05 * mass, 24)
    columns = np.zeros((24, 6))
    for row, left in zip(columns, masses - booster.dry_mass, strict=True):
        bob, length, above = pendulum(float(left), booster.propellant_density, booster.diameter / 2.0)
        row[:3] = bob, length, booster.propellant_station + above
    return pack_pendulums(masses, columns)


def gains(booster: Booster, engines: int, mass: float) -> dict[str, float]:
    """Proportional, rate and integral gain of the gimbals: a stated bandwidth at the middle of the thrust's range."""
    middle = 0.5 * (1.0 + booster.engine.throttle) * engines * booster.engine.thrust_vacuum
    center = center_of_mass(booster, mass)
    per = pitch_inertia(booster, mass) / (middle * (center - booster.gimbal_station))
    gain = ATTITUDE_BANDWIDTH**2 * per
    return {"gain_p": gain, "gain_d": 2.0 * ATTITUDE_DAMPING * ATTITUDE_BANDWIDTH * per, "gain_i": 0.1 * gain}


def separation_position(separation: Separation, study: LandingStudy, frame: PadFrame) -> tuple[np.ndarray, np.ndarray]:
    """Local position and velocity (3,) where the stages part, downrange of the pad on the way from it."""
    lean = separation.downrange / np.linalg.norm(frame.origin)  # the ground curves away below level axes
    out, up = np.array([-np.cos(lean), 0.0, -np.sin(lean)]), np.array([-np.sin(lean), 0.0, np.cos(lean)])
    radius = np.linalg.norm(frame.origin)
    position = (radius + separation.altitude - study.altitude) * up - np.array([0.0, 0.0, radius])
    c, s = np.cos(separation.path_angle), np.sin(separation.path_angle)
    return position, separation.speed * (c * out + s * up)


def entry_position(study: LandingStudy, frame: PadFrame, uprange: float) -> tuple[np.ndarray, np.ndarray]:
    """Local position and velocity (3,) at the entry burn's begin, so far [m] before the pad along the azimuth."""
    entry = study.entry
    radius = np.linalg.norm(frame.origin)
    drop = uprange * uprange / (2.0 * radius)  # the ground curves away below level axes
    position = np.array([-uprange, 0.0, entry.altitude - study.altitude - drop])
    lean = uprange / radius
    c, s = np.cos(entry.path_angle), np.sin(entry.path_angle)
    velocity = entry.speed * np.array([c * np.cos(lean) - s * np.sin(lean), 0.0, -s * np.cos(lean) - c * np.sin(lean)])
    return position, velocity


def descent_case(
    study: LandingStudy, uprange: float, position: np.ndarray, velocity: np.ndarray, *, begin: Begin = "entry burn"
) -> Case:
    """The flight from a local position and velocity (3,) at the entry burn's begin, tail first; mass and air are nominal. begin:
    or on the coast before that, or at the study's separation, nose first, with a turn and a boost-back burn."""
    loaded = study.separation.mass if begin == "separation" and study.separation else study.entry.mass
    b, entry, frame = study.booster, study.entry, pad_frame(study)
    mach = np.array([p.mach for p in b.drag])
    engine = b.engine
    throttles = np.array([0.0, 0.4, 0.7, 1.0])
    common = {
        "area": b.area, "diameter": b.diameter, "gimbal_station": b.gimbal_station, "gimbal_limit": engine.gimbal_limit,
        "gimbal_rate": engine.gimbal_rate, "gimbal_lag": engine.gimbal_lag, "start_ramp": engine.start_ramp,
        "stop_ramp": engine.shutdown_ramp, "exit_area": engine.exit_area, "throttle_min": engine.throttle,
        "rcs_roll": b.roll_torque, "rcs_pitch": b.jet_torque, "rcs_yaw": b.jet_torque, "rcs_pulse": 0.02,
        "fin_station": b.fins.station, "fin_limit": b.fins.limit, "fin_rate": b.fins.rate, "fin_lag": b.fins.lag,
        "guidance": 3.0, "step": STEP, "order": 2.0,
    }  # fmt: skip
    tables = {
        "thrust": table(throttles, throttles * engine.thrust_vacuum),
        "flow": table(throttles, throttles * engine.thrust_vacuum / (engine.specific_impulse * G0)),
        "axial": table(mach, [p.coefficient for p in b.drag]),
        "pitch_damping": -0.5 * (b.length / b.diameter) ** 2,
        "fin_slope": b.fins.slope,
    } | mass_tables(b, loaded)
    if study.plume == "one nozzle":
        tables["plume"] = drag_share()
    legs = {
        "legs": float(b.legs.count), "leg_station": b.legs.station, "leg_radius": b.legs.radius, "leg_angle": 0.7854,
        "leg_stroke": b.legs.stroke, "leg_stiffness": b.legs.stiffness, "leg_damping": b.legs.damping,
        "leg_friction": b.legs.friction,
    }  # fmt: skip
    aero = aero_grid(b)
    sloshing = pendulum_table(b, loaded)
    entry_gains, landing_gains = gains(b, b.entry_engines, entry.mass), gains(b, b.landing_engines, b.dry_mass * 1.1)
    many, few = {"engines": float(b.entry_engines)}, {"engines": float(b.landing_engines)}
    phases = [
        Phase(name="entry burn", numbers=common | many | {"ignites": 1.0, "duration": 60.0, "least_mass": b.dry_mass},
              tables=tables | entry_gains, aero=aero),
        Phase(name="fall", numbers=common | many | {"stops": 1.0, "duration": 400.0}, tables=tables, aero=aero),
        Phase(name="landing burn",
              numbers=common | few | legs | {"ignites": 1.0, "duration": 90.0, "least_mass": b.dry_mass},
              tables=tables | landing_gains, aero=aero),
        Phase(name="standing", numbers=common | few | legs | {"stops": 1.0, "duration": STANDING_TIME}, tables=tables,
              aero=aero),
    ]  # fmt: skip
    if begin != "entry burn":
        numbers = common | many | {"stops": 1.0, "duration": 300.0}
        phases.insert(0, Phase(name="coast", numbers=numbers, tables=tables, aero=aero))
    if begin == "separation":
        for name, count, number in (
            ("boost-back burn", many, b.entry_engines), ("turn", few, b.landing_engines),
        ):  # fmt: skip
            numbers = common | count | {"ignites": 1.0, "duration": 120.0, "least_mass": b.dry_mass}
            phases.insert(0, Phase(name=name, numbers=numbers, tables=tables | gains(b, number, loaded), aero=aero))
    phases = [replace(p, slosh=sloshing) for p in phases]
    fixed = frame.origin + position @ frame.axes
    over = velocity @ frame.axes
    inertial = over + np.array([-ROTATION_RATE * fixed[1], ROTATION_RATE * fixed[0], 0.0])
    up, along, cross = frame.axes[2], frame.axes[0], -frame.axes[1]
    forward = 1.0 if begin == "separation" else -1.0
    axis = forward * velocity / np.linalg.norm(velocity) @ frame.axes
    return assemble(
        phases,
        position=fixed,
        velocity=inertial,
        quaternion=quaternion_of_axes(body_axes(axis, along, up)),
        mass=loaded,
        frame=LaunchFrame(*along, *up, *cross),
        head=head(study),
    )


def body_axes(axis: np.ndarray, along: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Columns: body x, y, z of zero roll (commanded attitude without bank) with the axis given, (3, 3)."""
    cross = np.cross(along, up)
    yaw = np.arcsin(np.clip(axis @ cross, -1.0, 1.0))
    pitch = np.arctan2(axis @ up, axis @ along)
    side = -np.sin(yaw) * (np.cos(pitch) * along + np.sin(pitch) * up) + np.cos(yaw) * cross
    return np.column_stack([axis, side, np.cross(axis, side)])


def head(study: LandingStudy) -> dict[str, float]:
    """Sensors, rates and limits of the whole flight."""
    return {
        "control_every": float(CONTROL_EVERY), "guidance_every": 10.0, "perfect": 0.0, "ground": study.altitude,
        "lost_angle": 1.2, "longest": 600.0, "gyro_noise": 1.5e-5, "gyro_walk": 1e-8, "accelerometer_noise": 1e-3,
        "accelerometer_walk": 1e-6, "gnss_on": 1.0, "gnss_period": study.satellite.period,
        "gnss_position": study.satellite.position, "gnss_velocity": study.satellite.velocity,
        "altimeter_range": study.radar_range, "altimeter_noise": 0.3, "attitude_sigma": 2e-3, "position_sigma": 5.0,
        "velocity_sigma": 0.1, "gyro_bias_sigma": 5e-6, "accelerometer_bias_sigma": 3e-3,
        "turbulence": study.dispersion.turbulence,
    }  # fmt: skip
