"""The uncertain numbers of a flight: what a dispersion changes."""

from typing import NamedTuple

STAGES = 6
"""Stages with parameters of their own."""
WIND_NODES = 61
WIND_SPACING = 500.0  # m: nodes of the wind deviation, 0 to 30 km
DENSITY_NODES = 31
DENSITY_SPACING = 4000.0  # m: nodes of the density deviation, 0 to 120 km


class StageParameters(NamedTuple):
    """The uncertain numbers of one stage, relative to the block's begin.

    thrust_factor, isp_factor: of every engine of it; dry_mass, propellant [kg]: added; thrust_angle_y, thrust_angle_z [rad]:
    misalignment of the thrust, about body y and z; thrust_offset_y, _z [m]: of its line of action; mass_offset_y, _z [m]:
    of the
    centre of mass from the axis; mass_offset_x [m]: forward; inertia_factor; gimbal_bias_y, _z [rad]; tip_off_y, tip_off_z
    [rad/s]: rates that the separation below this stage gives it; engine_out_time [s after its ignition]; engines_out: how
    many
    stop then; stuck_time [s after lift-off]: when its gimbal stops where it is; delay [s]: of its ignition;
    time_factor: of a solid motor's burning time.
    """

    thrust_factor: int
    isp_factor: int
    dry_mass: int
    propellant: int
    thrust_angle_y: int
    thrust_angle_z: int
    thrust_offset_y: int
    thrust_offset_z: int
    mass_offset_x: int
    mass_offset_y: int
    mass_offset_z: int
    inertia_factor: int
    gimbal_bias_y: int
    gimbal_bias_z: int
    tip_off_y: int
    tip_off_z: int
    engine_out_time: int
    engines_out: int
    stuck_time: int
    delay: int
    time_factor: int


ST = StageParameters._make(range(21))


class ParameterLayout(NamedTuple):
    """Every uncertain number of a flight. SI.

    density_factor, pressure_factor: of the air, at all altitudes; axial_factor, normal_factor: of the air's force along and
    across
    the body; pressure_center [m]: added to its station; damping_factor; payload_mass [kg]: added; gimbal_lag_factor,
    gimbal_rate_factor; rcs_factor: thrust of the attitude jets; gust_speed [m/s], gust_altitude [m] (where it begins),
    gust_length
    [m] (of the rising half), gust_azimuth [rad] (towards which it blows); turbulence: factor of the Dryden intensities;
    gyro_bias_*
    [rad/s], gyro_scale_*, gyro_misalignment_* [rad], gyro_noise_factor, accelerometer_* alike [m/s^2]; gnss_noise_factor;
    gnss_lost_time [s]; altimeter_bias [m]; pressure_sensor_bias [Pa]; alignment_* [rad]: error of the initial attitude
    (about inertial
    axes); rail_elevation, rail_azimuth [rad]: added; fairing_mass
    [kg]: added until it leaves; cutoff_delay [s]: of explicit guidance's cut-off;
    chute_factor: of the parachutes' drag area; slosh_factor: of
    the pendulums' masses; bending_factor: of the modes' frequencies; strap_*: of all
    strap-ons together, as a stage's own, strap_time_factor of the time in which they burn and stay; wind_east,
    wind_north [m/s]: deviations from the
    case's wind at
    WIND_NODES altitudes WIND_SPACING apart, from 0 up; density: relative deviations at DENSITY_NODES altitudes
    DENSITY_SPACING apart;
    stages: STAGES blocks of StageParameters.
    """

    density_factor: int
    pressure_factor: int
    axial_factor: int
    normal_factor: int
    pressure_center: int
    damping_factor: int
    payload_mass: int
    gimbal_lag_factor: int
    gimbal_rate_factor: int
    rcs_factor: int
    gust_speed: int
    gust_altitude: int
    gust_length: int
    gust_azimuth: int
    turbulence: int
    gyro_bias_x: int
    gyro_bias_y: int
    gyro_bias_z: int
    gyro_scale_x: int
    gyro_scale_y: int
    gyro_scale_z: int
    gyro_misalignment_x: int
    gyro_misalignment_y: int
    gyro_misalignment_z: int
    gyro_noise_factor: int
    accelerometer_bias_x: int
    accelerometer_bias_y: int
    accelerometer_bias_z: int
    accelerometer_scale_x: int
    accelerometer_scale_y: int
    accelerometer_scale_z: int
    accelerometer_misalignment_x: int
    accelerometer_misalignment_y: int
    accelerometer_misalignment_z: int
    accelerometer_noise_factor: int
    gnss_noise_factor: int
    gnss_lost_time: int
    altimeter_bias: int
    pressure_sensor_bias: int
    alignment_x: int
    alignment_y: int
    alignment_z: int
    rail_elevation: int
    rail_azimuth: int
    fairing_mass: int
    cutoff_delay: int
    chute_factor: int
    slosh_factor: int
    bending_factor: int
    strap_thrust_factor: int
    strap_isp_factor: int
    strap_time_factor: int
    strap_dry_mass: int
    strap_propellant: int
    wind_east: int
    wind_north: int
    density: int
    stages: int


_SCALARS = len(ParameterLayout._fields) - 4
P = ParameterLayout._make(
    [
        *range(_SCALARS),
        _SCALARS,
        _SCALARS + WIND_NODES,
        _SCALARS + 2 * WIND_NODES,
        _SCALARS + 2 * WIND_NODES + DENSITY_NODES,
    ]
)
STAGE_SIZE = len(ST)
PARAMETER_SIZE = P.stages + STAGES * STAGE_SIZE

FACTORS = (
    "density_factor", "pressure_factor", "axial_factor", "normal_factor", "damping_factor", "gimbal_lag_factor",
    "gimbal_rate_factor",
    "rcs_factor", "gyro_noise_factor", "accelerometer_noise_factor", "gnss_noise_factor", "chute_factor", "slosh_factor",
    "bending_factor", "strap_thrust_factor", "strap_isp_factor", "strap_time_factor",
)  # fmt: skip
STAGE_FACTORS = ("thrust_factor", "isp_factor", "inertia_factor", "time_factor")
NEVER = 1e30
"""[s]: the time of a failure that does not happen."""
