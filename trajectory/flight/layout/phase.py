"""One phase of flight as a row of numbers, and what its whole numbers mean."""

from typing import NamedTuple


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
    strapped: share of the strap-ons' dry mass that is attached; strap_burns: 1 where steady_* and motor_* are theirs; solid: 1
    where motor_* is the stage's own. throttle_rate [1/s]: how fast the engines follow a throttle command (0: at once).
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
    strapped: int
    strap_burns: int
    solid: int
    throttle_rate: int


PH = PhaseLayout._make(range(len(PhaseLayout._fields)))
PHASE_SIZE = len(PH)

KIND_FREE, KIND_RAIL, KIND_CHUTE, KIND_GROUND = range(4)
EVENT_NONE, EVENT_APOGEE, EVENT_GROUND, EVENT_ALTITUDE_DOWN = range(4)
GUIDANCE_TABLE, GUIDANCE_PEG, GUIDANCE_EXTERNAL, GUIDANCE_NONE = range(4)
