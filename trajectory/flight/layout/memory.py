"""What a flight remembers beside its continuous state, and how it ended."""

from typing import NamedTuple


class MemoryLayout(NamedTuple):
    """What a flight remembers beside its continuous state; together with it a snapshot.

    time [s]; phase; phase_begin [s]; step: steps since the phase began; ticks: runs of the control; status: STATUS_*;
    stage_lit [s]: when
    the stage's engines started; gimbal_y, gimbal_z [rad]; level: of the start or tail-off, 0 to 1; throttle: commanded;
    throttled: where the engines are on their way to it (0: they have not followed one yet); command_*: of the control;
    rcs_*: remaining time of a pulse [s], signed; integral_y, _z; pitch, yaw, pitch_rate, yaw_rate: what guidance asks for;
    row: of the
    programme; error, alpha: of the last control run; payload mass offset and stage offsets: mass_offset; extremes: most_*;
    before_*: of
    events; wind_*: over the ground, in inertial axes, as far as guidance knows it [m/s];
    nav: begin of the navigation's state; peg: begin of guidance's; imu: begin of the sensor's.
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
    throttled: int
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
    wind_x: int
    wind_y: int
    wind_z: int
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
