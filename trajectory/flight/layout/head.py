"""The first numbers of the vector of tables: what holds for the whole flight."""

from typing import NamedTuple


class HeadLayout(NamedTuple):
    """The first numbers of the vector of tables: the Earth, where tables begin, and what is chosen for the whole flight.

    mu … j2: the Earth; launch_*: axes downrange, up, cross in inertial ones; density, pressure, sound, wind_east,
    wind_north: tables;
    steering: where its rows begin (STEER columns each); rows: their number. point_mass: 1: attitude as commanded, drag
    along the
    velocity, no jump of the centre of mass (the optimizer's own motion). control_every: steps between two runs of the
    control,
    guidance_every: runs of the control between two of guidance. log_every: steps between two rows of the log. perfect: 1:
    control and guidance
    know the true state. calm: 1: the case's wind is nought. ground [m]: altitude of the ground above the ellipsoid.
    lost_angle [rad]: attitude error that
    counts as loss of
    control. longest [s]: end of any flight. gyro_*, accelerometer_*, gnss_*, altimeter_*,
    barometer_noise: of the sensors; *_sigma: of the first estimate.
    """

    mu: int
    radius: int
    flattening: int
    rotation: int
    j2: int
    dx: int
    dy: int
    dz: int
    ux: int
    uy: int
    uz: int
    cx: int
    cy: int
    cz: int
    density: int
    pressure: int
    sound: int
    wind_east: int
    wind_north: int
    steering: int
    point_mass: int
    control_every: int
    guidance_every: int
    log_every: int
    perfect: int
    ground: int
    lost_angle: int
    longest: int
    gyro_noise: int
    gyro_quantum: int
    gyro_walk: int
    accelerometer_noise: int
    accelerometer_quantum: int
    accelerometer_walk: int
    gnss_period: int
    gnss_position: int
    gnss_velocity: int
    gnss_on: int
    altimeter_noise: int
    altimeter_range: int
    barometer_noise: int
    attitude_sigma: int
    gyro_bias_sigma: int
    accelerometer_bias_sigma: int
    position_sigma: int
    velocity_sigma: int
    turbulence: int
    l0: int
    l1: int
    l2: int
    l3: int
    calm: int


H = HeadLayout._make(range(len(HeadLayout._fields)))
HEAD_SIZE = 64

STEER = 5
"""Columns of a row of the steering programme: time since the phase began, pitch, yaw, throttle, and how far (0 to 1) the axis
is turned from there into the velocity over the turning Earth."""
