"""Where everything stands in the vector of numbers that a run flies on, and in the vector that it leaves.

One vector holds all that a run reads: head, the segments' rows, tables, steering rows. A dispersed run is the nominal
vector with other numbers in it; what cannot change from run to run (which table belongs to which segment) is in rows of
whole numbers.
"""

from typing import NamedTuple

FAILURES = 6
"""Engine failures that one run can have."""
FAILURE = 3
"""Numbers of a failure: stage, time [s] after the stage's first ignition, engines that stop."""
MOST_SEGMENTS = 32


class Head(NamedTuple):
    """Positions of the first numbers. SI.

    mu … j2: the Earth; x … vz: inertial state at T-0; mass: at lift-off, payload apart; payload; d*, u*, c*: axes of the
    launch frame; pitch_bias, yaw_bias [rad]: of the thrust axis while it follows the programme, or what guidance asks for;
    cutoff_delay [s]: after guidance's command; position_*, velocity_*: errors of navigation, inertial axes, as guidance
    sees them; failures: begin of FAILURES blocks, stage -1 where there is none.
    """

    mu: int
    radius: int
    flattening: int
    rotation_rate: int
    j2: int
    x: int
    y: int
    z: int
    vx: int
    vy: int
    vz: int
    mass: int
    payload: int
    dx: int
    dy: int
    dz: int
    ux: int
    uy: int
    uz: int
    cx: int
    cy: int
    cz: int
    pitch_bias: int
    yaw_bias: int
    cutoff_delay: int
    position_x: int
    position_y: int
    position_z: int
    velocity_x: int
    velocity_y: int
    velocity_z: int
    failures: int


H = Head(*range(len(Head._fields)))
HEAD_SIZE = H.failures + FAILURES * FAILURE


class Row(NamedTuple):
    """Numbers of one segment: the model's own (see `motion.PhaseModel`), then masses and ends.

    duration [s]: by the clock, or the longest; clock: reading of the solids' clock at the segment's begin [s]; dropped:
    mass left behind [kg]; begin_mass: what flies on, payload apart, 0 where `dropped` counts; released: payload that
    leaves now; empty: mass, payload apart, at which the stage's propellant ends; limit_throttle: lowest throttle;
    target_*: radius [m], its rate [m/s], angular momentum [m^2/s], specific energy [m^2/s^2], the plane's normal, of the
    end that guidance steers to.
    """

    engine_count: int
    exit_area: int
    steady_thrust: int
    steady_mass_flow: int
    steady_exit_area: int
    reference_area: int
    side_area: int
    duration: int
    clock: int
    dropped: int
    begin_mass: int
    released: int
    empty: int
    target_radius: int
    target_rate: int
    target_momentum: int
    target_energy: int
    target_nx: int
    target_ny: int
    target_nz: int
    step: int


R = Row(*range(len(Row._fields)))
ROW_SIZE = len(R)


class Plan(NamedTuple):
    """Whole numbers of one segment. Tables by their positions in the numbers; row: of the segment's own; steer: of the
    first of steer_rows rows (phase time, pitch, yaw, throttle); mode: STEERED, GUIDED or COASTING; end: CLOCK, EMPTY or
    TARGET; stage: index; powered; ignites: the stage's clock begins; bare: the fairing has left."""

    row: int
    thrust: int
    mass_flow: int
    motor_thrust: int
    motor_mass_flow: int
    drag: int
    steer: int
    steer_rows: int
    mode: int
    end: int
    stage: int
    powered: int
    ignites: int
    bare: int


K = Plan(*range(len(Plan._fields)))
STEER_COLUMNS = 4
STEERED, GUIDED, COASTING = range(3)
CLOCK, EMPTY, TARGET = range(3)


class Air(NamedTuple):
    """Whole numbers of the flight: tables of the air and the wind (`Plan` rows come after)."""

    log_density: int
    log_pressure: int
    temperature: int
    speed_of_sound: int
    wind_east: int
    wind_north: int


A = Air(*range(len(Air._fields)))


class Outcome(NamedTuple):
    """What a run leaves. SI; times since T-0.

    status: see STATUS; end_time; x … mass: inertial state where the payload leaves (or the run ended); left: propellant
    above the last stage's residual [kg]; most_*: the largest along the way, and when the dynamic pressure was;
    fairing_heat_flux: at the jettison; marks: for every segment its begin: time, inertial state before anything is
    dropped, mass.
    """

    status: int
    segment: int
    end_time: int
    x: int
    y: int
    z: int
    vx: int
    vy: int
    vz: int
    mass: int
    left: int
    most_q: int
    most_q_time: int
    most_q_alpha: int
    most_axial: int
    most_lateral: int
    most_heat_flux: int
    target_radius_error: int
    target_rate_error: int
    target_plane_error: int
    marks: int


O = Outcome(*range(len(Outcome._fields)))  # noqa: E741
MARK = 8
OUTCOME_SIZE = O.marks + MOST_SEGMENTS * MARK

REACHED, EXHAUSTED, GROUND, NOT_A_NUMBER, LOST = range(5)
STATUS = (
    "reached",
    "propellant exhausted",
    "hit the ground",
    "not a number",
    "no thrust or guidance lost",
    "exception",
    "control lost",
    "time limit",
)
EXCEPTION, BODY_LOST, TIME_OUT = 5, 6, 7
