"""Where everything stands in the flat float64 vectors that the compiled flight works on.

The flight holds no objects: a state, a memory, the phases' rows, one vector of tables, and the parameters. That is what
makes a
snapshot a copy of vectors, a dispersion a change of numbers, and the compiled code one for every vehicle.

Each layout is a named tuple whose fields are positions: ``phases[k, PH.duration]``. Blocks (profiles, the stages' own
parameters)
begin at a field and go on.
"""

from typing import NamedTuple

STAGES = 6
"""Stages with parameters of their own."""
WIND_NODES = 61
WIND_SPACING = 500.0  # m: nodes of the wind deviation, 0 to 30 km
DENSITY_NODES = 31
DENSITY_SPACING = 4000.0  # m: nodes of the density deviation, 0 to 120 km


class StateLayout(NamedTuple):
    """Continuous state: inertial position [m] and velocity [m/s] of the centre of mass, quaternion (scalar first, body to
    inertial), body rates [rad/s], mass [kg]; slosh: of two pendulums, each its angle towards y and z and their rates; bend:
    the first bending
    mode's displacement along y and z and their rates."""

    x: int
    y: int
    z: int
    vx: int
    vy: int
    vz: int
    q0: int
    q1: int
    q2: int
    q3: int
    wx: int
    wy: int
    wz: int
    mass: int
    slosh: int
    bend: int


Y = StateLayout._make([*range(15), 22])
SLOSH_STATES = 8
BENDING_STATES = 4
STATE_SIZE = Y.slosh + SLOSH_STATES + BENDING_STATES
RIGID = 14
"""Size of the state without slosh and bending."""


class StageParameters(NamedTuple):
    """The uncertain numbers of one stage, relative to the block's begin.

    thrust_factor, isp_factor: of every engine of it; dry_mass, propellant [kg]: added; thrust_angle_y, thrust_angle_z [rad]:
    misalignment of the thrust, about body y and z; thrust_offset_y, _z [m]: of its line of action; mass_offset_y, _z [m]:
    of the
    centre of mass from the axis; mass_offset_x [m]: forward; inertia_factor; gimbal_bias_y, _z [rad]; tip_off_y, tip_off_z
    [rad/s]: rates that the separation below this stage gives it; engine_out_time [s after its ignition]; engines_out: how
    many
    stop then; stuck_time [s after lift-off]: when its gimbal stops where it is; delay [s]: of its ignition.
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


ST = StageParameters._make(range(20))


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
    the pendulums' masses; bending_factor: of the modes' frequencies; wind_east, wind_north [m/s]: deviations from the
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
    "bending_factor",
)  # fmt: skip
STAGE_FACTORS = ("thrust_factor", "isp_factor", "inertia_factor")
NEVER = 1e30
"""[s]: the time of a failure that does not happen."""


class PhaseLayout(NamedTuple):
    """One phase of flight: what burns, what flies, how it ends. SI, stations from the complete vehicle's lowest exit plane.

    kind: see KIND_*. stage: index of the stage whose parameters count; duration [s], least_mass [kg], target_energy
    [m^2/s^2]
    (specific orbital energy): what ends it, whichever is first (NEVER, 0 and NEVER: not used); end_event: one of EVENT_*;
    drop [kg]: left behind when it begins; begin_mass [kg]: what flies on then (0: mass less drop), payload of the case
    included;
    separates: whether a stage separation precedes it (tip-off, and a jump of the centre of mass); ignites: whether
    its engines start with it.

    thrust, flow: tables against throttle of one engine; engines; exit_area [m^2]; steady_*: of what burns beside them;
    motor_*:
    tables against the clock; clock_zero [s]: when the clock read 0, counted from the phase's begin (negative: before it),
    or, with
    clock_flight = 1, from lift-off. throttle_min, throttle: bounds, fixed value.

    axial, normal, pressure_center: aerodynamic grids (Mach, angle of attack), see aerodynamics.py; pitch_damping,
    roll_damping,
    roll_forcing: tables against Mach; area, diameter: reference; coefficients' moments count about the centre of mass.

    masses: centre of mass and inertia against mass less mass offsets, packed together (see case.pack_masses).

    gimbal_station [m], gimbal_limit, gimbal_rate [rad/s], gimbal_lag [s]; gimballed: share of the thrust that swivels;
    roll_torque [N m]:
    the largest of differential gimballing or vernier; rcs_roll, rcs_pitch, rcs_yaw [N m], rcs_pulse [s] (shortest);
    rcs_flow [kg/s] of a
    pair; start_ramp, stop_ramp [s]; stops: engines shut down at begin (tail-off).

    steer_begin, steer_end: rows of the steering programme; guidance: GUIDANCE_*; gain_p, gain_d, gain_i: tables against
    phase time; roll_p, roll_d;
    step [s]: of integration; order: of its Runge-Kutta method, 4 (classical) or 2 (midpoint); rail_length [m];
    chute_area [m^2] (drag coefficient times area), chute_time [s] of opening;
    glide: lift over drag
    of a parafoil; slosh1, slosh2: offsets of tables (mass, length, station against mass) or -1; bend: offset of modal data
    or -1.
    bare: whether the fairing has left.
    level [m]: the altitude of EVENT_ALTITUDE_DOWN. plume: table of the share of the air's axial force that is left when engines
    fire into the flow, against thrust over q A (-1: none). fin_slope: table of the grid fins' C_N per radian of deflection
    against Mach (-1: none); fin_station, fin_limit, fin_rate, fin_lag. legs: number; leg_station, leg_radius of the feet,
    leg_angle of the first, leg_stroke [m], leg_stiffness [N/m], leg_damping [N s/m], leg_friction.
    """

    kind: int
    stage: int
    duration: int
    least_mass: int
    target_energy: int
    end_event: int
    drop: int
    begin_mass: int
    separates: int
    ignites: int
    thrust: int
    flow: int
    engines: int
    exit_area: int
    steady_thrust: int
    steady_flow: int
    steady_area: int
    motor_thrust: int
    motor_flow: int
    clock_zero: int
    clock_flight: int
    throttle_min: int
    throttle: int
    axial: int
    normal: int
    pressure_center: int
    pitch_damping: int
    roll_damping: int
    roll_forcing: int
    area: int
    diameter: int
    masses: int
    gimbal_station: int
    gimbal_limit: int
    gimbal_rate: int
    gimbal_lag: int
    gimballed: int
    roll_torque: int
    rcs_roll: int
    rcs_pitch: int
    rcs_yaw: int
    rcs_pulse: int
    rcs_flow: int
    start_ramp: int
    stop_ramp: int
    stops: int
    steer_begin: int
    steer_end: int
    guidance: int
    gain_p: int
    gain_d: int
    gain_i: int
    roll_p: int
    roll_d: int
    step: int
    order: int
    rail_length: int
    chute_area: int
    chute_time: int
    glide: int
    slosh: int
    bend_frequency: int
    bend_damping: int
    bend_force: int
    bend_slope: int
    exit_radius: int
    payload_share: int
    target_radius: int
    target_speed: int
    target_path: int
    target_nx: int
    target_ny: int
    target_nz: int
    exhaust: int
    tail: int
    filter: int
    bare: int
    level: int
    plume: int
    fin_slope: int
    fin_station: int
    fin_limit: int
    fin_rate: int
    fin_lag: int
    legs: int
    leg_station: int
    leg_radius: int
    leg_angle: int
    leg_stroke: int
    leg_stiffness: int
    leg_damping: int
    leg_friction: int


PH = PhaseLayout._make(range(len(PhaseLayout._fields)))
PHASE_SIZE = len(PH)

KIND_FREE, KIND_RAIL, KIND_CHUTE, KIND_GROUND = range(4)
EVENT_NONE, EVENT_APOGEE, EVENT_GROUND, EVENT_ALTITUDE_DOWN = range(4)
GUIDANCE_TABLE, GUIDANCE_PEG, GUIDANCE_EXTERNAL, GUIDANCE_NONE = range(4)


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


class WorkLayout(NamedTuple):
    """What stands still during one step, and what is known at its begin, middle and end (three numbers: *_0)."""

    density: int
    pressure: int
    per_sound: int
    blow_x: int
    blow_y: int
    blow_z: int
    thrust_0: int
    thrust_1: int
    thrust_2: int
    flow_0: int
    flow_1: int
    flow_2: int
    push_x_0: int
    push_x_1: int
    push_x_2: int
    push_y_0: int
    push_y_1: int
    push_y_2: int
    push_z_0: int
    push_z_1: int
    push_z_2: int
    pitch_damping: int
    roll_damping: int
    roll_forcing: int
    axis_0: int
    axis_1: int
    axis_2: int
    axis_3: int
    axis_4: int
    axis_5: int
    axis_6: int
    axis_7: int
    axis_8: int
    mx: int
    my: int
    mz: int
    center: int
    ix: int
    iy: int
    iz: int
    ix_rate: int
    iy_rate: int
    iz_rate: int
    q_area: int
    speed: int
    mach: int
    sine: int
    fx: int
    fy: int
    fz: int
    gx: int
    gy: int
    gz: int
    altitude: int
    gimbal_y: int
    gimbal_z: int
    level: int
    throttle: int
    chute: int
    active: int
    slosh_0: int
    slosh_1: int
    slosh_2: int
    slosh_3: int
    slosh_4: int
    slosh_5: int
    fin_y: int
    fin_z: int
    stroke: int


WK = WorkLayout._make(range(len(WorkLayout._fields)))
WORK_SIZE = len(WK) + 6 * STATE_SIZE
"""Work of a step: the numbers above, then four slopes, a state between, and the state before the step."""


class MemoryLayout(NamedTuple):
    """What a flight remembers beside its continuous state; together with it a snapshot.

    time [s]; phase; phase_begin [s]; step: steps since the phase began; ticks: runs of the control; status: STATUS_*;
    stage_lit [s]: when
    the stage's engines started; gimbal_y, gimbal_z [rad]; level: of the start or tail-off, 0 to 1; throttle; command_*: of
    the control;
    rcs_*: remaining time of a pulse [s], signed; integral_y, _z; pitch, yaw, pitch_rate, yaw_rate: what guidance asks for;
    row: of the
    programme; error, alpha: of the last control run; payload mass offset and stage offsets: mass_offset; extremes: most_*;
    before_*: of
    events; nav: begin of the navigation's state; peg: begin of guidance's; imu: begin of the sensor's.
    """

    time: int
    phase: int
    phase_begin: int
    step: int
    ticks: int
    status: int
    status_time: int
    stage_lit: int
    lit: int
    gimbal_y: int
    gimbal_z: int
    level: int
    throttle: int
    command_y: int
    command_z: int
    command_roll: int
    command_throttle: int
    cut: int
    rcs_x: int
    rcs_y: int
    rcs_z: int
    rcs_used: int
    integral_y: int
    integral_z: int
    pitch: int
    yaw: int
    pitch_rate: int
    yaw_rate: int
    row: int
    error: int
    mass_offset: int
    clock: int
    most_q: int
    most_q_time: int
    most_q_alpha: int
    most_axial: int
    most_lateral: int
    most_gimbal: int
    most_error: int
    most_rate: int
    most_altitude: int
    most_mach: int
    most_heat_flux: int
    saturated: int
    before: int
    entered: int
    apogee_time: int
    log_row: int
    gust_u: int
    gust_v: int
    gust_w: int
    dryden_0: int
    dryden_1: int
    dryden_2: int
    dryden_3: int
    dryden_4: int
    gain_p: int
    gain_d: int
    gain_i: int
    filter_y: int
    filter_z: int
    filter_y_rate: int
    filter_z_rate: int
    sensed: int
    nav_position_error: int
    nav_velocity_error: int
    push: int
    rate_x: int
    rate_y: int
    rate_z: int
    speed: int
    seed: int
    draws: int
    air_draws: int
    end_time: int
    bank_angle: int
    fin_command_y: int
    fin_command_z: int
    fin_y: int
    fin_z: int
    most_stroke: int
    chute: int
    spare: int
    thrust: int
    q: int
    alpha: int
    mach: int
    altitude: int
    ax: int
    ay: int
    az: int
    fx: int
    fy: int
    fz: int
    nav: int


M = MemoryLayout._make(range(len(MemoryLayout._fields)))
NAV_SIZE = 32
IMU_SIZE = 32
PEG_SIZE = 32
N = M.nav
I_ = M.nav + NAV_SIZE
G = I_ + IMU_SIZE
MARKS = G + PEG_SIZE
"""How the phases began: time [s], inertial position [m] and velocity [m/s] before anything is dropped, mass [kg] after it."""
MARK_SIZE = 8
MARKED_PHASES = 40
MEMORY_SIZE = MARKS + MARK_SIZE * MARKED_PHASES

STATUS_FLYING, STATUS_DONE, STATUS_NAN, STATUS_LOST, STATUS_GROUND, STATUS_TIME, STATUS_EMPTY = range(7)
STATUS_NAMES = ("flying", "done", "not a number", "control lost", "ground", "time limit", "propellant exhausted")
