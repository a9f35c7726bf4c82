"""The flight from phase to phase: enter, control, step, locate what ends the phase, remember extremes.

Everything lives in the vectors of `layout`; `advance` goes on from wherever they stand, and stops only between whole steps,
so that a
flight that is interrupted and resumed is the uninterrupted one to the bit.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ..environment.gravity import Earth, geodetic_altitude
from .autopilot import control
from .dynamics import accept, step_back, take_step
from .equations import orbital_energy, to_body, to_inertial
from .layout import (
    EVENT_ALTITUDE_DOWN,
    EVENT_APOGEE,
    EVENT_GROUND,
    KIND_CHUTE,
    KIND_RAIL,
    MARK_SIZE,
    MARKED_PHASES,
    MARKS,
    NEVER,
    PH,
    ST,
    STAGE_SIZE,
    STATE_SIZE,
    STATUS_DONE,
    STATUS_FLYING,
    STATUS_GROUND,
    STATUS_LOST,
    STATUS_NAN,
    STATUS_TIME,
    WK,
    H,
    M,
    N,
    P,
    Y,
)
from .lookups import center_of_mass
from .sensors import look

EVENT_TIME = 1e-7
"""[s]: events are located to this."""


@compiled_ieee
def enter(bank, phases, k, parameters, y, memory):
    """Begin a phase: drop what is left behind, move to the new centre of mass, tip off, set clocks."""
    memory[M.phase_begin] = memory[M.time]
    memory[M.step] = 0.0
    memory[M.before] = NEVER
    if k < MARKED_PHASES:
        at = MARKS + MARK_SIZE * k
        memory[at] = memory[M.time]
        for i in range(6):
            memory[at + 1 + i] = y[i]
    stage = P.stages + int(phases[k, PH.stage]) * STAGE_SIZE
    factor = 1.0
    if phases[k, PH.solid] > 0.0:
        factor = parameters[stage + ST.time_factor]
    elif phases[k, PH.strapped] > 0.0:
        factor = parameters[P.strap_time_factor]
    memory[M.end_time] = memory[M.time] + phases[k, PH.duration] * factor
    if k > 0:
        if phases[k - 1, PH.kind] == KIND_CHUTE:
            memory[M.chute] = phases[k - 1, PH.chute_area] * parameters[P.chute_factor]
        before = center_of_mass(bank, phases[k - 1], parameters, y[Y.mass] - memory[M.mass_offset])
        if phases[k, PH.begin_mass] > 0.0:
            # what flies on is known, not what is left of the stage below
            offset = parameters[P.payload_mass] * phases[k, PH.payload_share]
            if phases[k, PH.bare] == 0.0:
                offset += parameters[P.fairing_mass]
            for i in range(int(phases[k, PH.stage]), int(phases[phases.shape[0] - 1, PH.stage]) + 1):
                at = P.stages + i * STAGE_SIZE
                offset += parameters[at + ST.dry_mass] + parameters[at + ST.propellant]
            y[Y.mass] = phases[k, PH.begin_mass] + offset
            memory[M.mass_offset] = offset
        else:
            y[Y.mass] -= phases[k, PH.drop]
            left = phases[k - 1, PH.strapped] - phases[k, PH.strapped]
            if left > 0.0:  # their propellant's difference has burned
                y[Y.mass] -= left * parameters[P.strap_dry_mass]
                memory[M.mass_offset] -= left * (parameters[P.strap_dry_mass] + parameters[P.strap_propellant])
            if phases[k, PH.bare] > phases[k - 1, PH.bare]:
                y[Y.mass] -= parameters[P.fairing_mass]
                memory[M.mass_offset] -= parameters[P.fairing_mass]
        after = center_of_mass(bank, phases[k], parameters, y[Y.mass] - memory[M.mass_offset])
        if bank[H.point_mass] == 0.0 and (after != before):
            # the body stays where it is; its centre of mass is elsewhere, and moves as that point did
            jump = after - before
            dx, dy, dz = to_inertial(y[6], y[7], y[8], y[9], jump, 0.0, 0.0)
            sx, sy, sz = to_inertial(y[6], y[7], y[8], y[9], 0.0, y[12] * jump, -y[11] * jump)
            y[0], y[1], y[2] = y[0] + dx, y[1] + dy, y[2] + dz
            y[3], y[4], y[5] = y[3] + sx, y[4] + sy, y[5] + sz
            # navigation counts from the centre of mass too, and knows where it is
            for i in range(3):
                memory[N + i] += (dx, dy, dz)[i]
                memory[N + 3 + i] += (sx, sy, sz)[i]
            look(memory, y)
        if phases[k, PH.separates] > 0.0:
            y[11] += parameters[stage + ST.tip_off_y]
            y[12] += parameters[stage + ST.tip_off_z]
            memory[M.gimbal_y] = memory[M.gimbal_z] = memory[M.command_y] = memory[M.command_z] = 0.0
            memory[M.integral_y] = memory[M.integral_z] = 0.0
            memory[M.command_roll] = 0.0
            memory[M.level] = 0.0
            memory[M.filter_y] = memory[M.filter_z] = memory[M.filter_y_rate] = memory[M.filter_z_rate] = 0.0
            for i in range(Y.slosh, STATE_SIZE):
                y[i] = 0.0
    else:
        offset = parameters[P.payload_mass] + parameters[P.fairing_mass]
        for i in range(int(phases[phases.shape[0] - 1, PH.stage]) + 1):
            at = P.stages + i * STAGE_SIZE
            offset += parameters[at + ST.dry_mass] + parameters[at + ST.propellant]
        offset += parameters[P.strap_dry_mass] + parameters[P.strap_propellant]
        y[Y.mass] += offset
        memory[M.mass_offset] = offset
    if k < MARKED_PHASES:
        memory[MARKS + MARK_SIZE * k + 7] = y[Y.mass]
    if phases[k, PH.ignites] > 0.0:
        memory[M.stage_lit] = memory[M.time] + parameters[stage + ST.delay]
        memory[M.cut] = 0.0
        memory[M.level] = 1.0 if phases[k, PH.start_ramp] <= 0.0 else 0.0
        memory[M.lit] = 1.0
        memory[M.throttled] = 0.0  # engines start at the throttle that is asked for then
    if phases[k, PH.stops] > 0.0 and phases[k, PH.stop_ramp] <= 0.0:
        memory[M.level] = 0.0
    memory[M.clock] = 0.0 if phases[k, PH.clock_flight] > 0.0 else memory[M.time] + phases[k, PH.clock_zero]
    for i in range(3):
        memory[M.ax + i] = 0.0
    memory[M.entered] = 1.0


@compiled_ieee
def watched(bank, ph, parameters, y, memory):
    """What ends the phase when it falls to zero: the least of its conditions, each scaled to about seconds."""
    value = NEVER
    least = ph[PH.least_mass]
    if least > 0.0:
        value = min(value, (y[Y.mass] - least - memory[M.mass_offset] + _unburned_extra(ph, parameters)) * 1e-2)
    if ph[PH.target_energy] < NEVER:
        energy = orbital_energy(bank[H.mu], y[0], y[1], y[2], y[3], y[4], y[5])
        value = min(value, (ph[PH.target_energy] - energy) * 1e-5)
    event = int(ph[PH.end_event])
    if event == EVENT_APOGEE:
        r = np.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
        value = min(value, (y[0] * y[3] + y[1] * y[4] + y[2] * y[5]) / r * 0.1)
    if event in (EVENT_GROUND, EVENT_ALTITUDE_DOWN):
        earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
        level = bank[H.ground] if event == EVENT_GROUND else ph[PH.level]
        height = geodetic_altitude(earth, y[0], y[1], y[2]) - level
        value = min(value, height * 1e-2)
    if ph[PH.kind] == KIND_RAIL:
        value = min(value, ph[PH.rail_length] - memory[M.spare])
    return value


@compiled_ieee
def _unburned_extra(ph, parameters):
    """The mass offset of the burning stage's propellant [kg]: it burns too, and does not raise the mass at burnout."""
    return parameters[P.stages + int(ph[PH.stage]) * STAGE_SIZE + ST.propellant]


@compiled_ieee
def extremes(bank, ph, memory, y):
    """Remember the largest loads so far."""
    q, alpha = memory[M.q], memory[M.alpha]
    if q > memory[M.most_q]:
        memory[M.most_q] = q
        memory[M.most_q_time] = memory[M.time]
    if bank[H.point_mass] == 0.0:
        memory[M.most_q_alpha] = max(memory[M.most_q_alpha], q * alpha)
    axial = (memory[M.fx] + memory[M.thrust]) / y[Y.mass]
    memory[M.most_axial] = max(memory[M.most_axial], axial)
    lateral = np.sqrt(memory[M.fy] ** 2 + memory[M.fz] ** 2) / y[Y.mass]
    memory[M.most_lateral] = max(memory[M.most_lateral], lateral)
    gimbal = max(abs(memory[M.gimbal_y]), abs(memory[M.gimbal_z]))
    memory[M.most_gimbal] = max(memory[M.most_gimbal], gimbal)
    rate = np.sqrt(y[10] * y[10] + y[11] * y[11] + y[12] * y[12])
    memory[M.most_rate] = max(memory[M.most_rate], rate)
    memory[M.most_error] = max(memory[M.most_error], memory[M.error])
    memory[M.most_altitude] = max(memory[M.most_altitude], memory[M.altitude])
    memory[M.most_mach] = max(memory[M.most_mach], memory[M.mach])
    if ph[PH.bare] > 0.0:
        memory[M.most_heat_flux] = max(memory[M.most_heat_flux], q * memory[M.speed])


@compiled_ieee
def travelled(bank, w, y, memory, h):
    """Way along a rail [m] after a step, from the speed over the turning ground."""
    ux, uy, uz = to_inertial(y[6], y[7], y[8], y[9], 1.0, 0.0, 0.0)
    rate = bank[H.rotation]
    now = (y[3] + rate * y[1]) * ux + (y[4] - rate * y[0]) * uy + y[5] * uz
    b = w[len(WK) + 5 * STATE_SIZE :]
    then = (b[3] + rate * b[1]) * ux + (b[4] - rate * b[0]) * uy + b[5] * uz
    return 0.5 * h * (now + then)


@compiled_ieee
def advance(bank, phases, parameters, y, memory, covariance, w, log, until):
    """Fly on until a time [s since lift-off] has been reached or the flight has ended; returns the status.

    bank: the vector of tables; phases (K, PHASE_SIZE); parameters (PARAMETER_SIZE,); y (STATE_SIZE,), memory
    (MEMORY_SIZE,), covariance (15,
    15): the flight, in place; w (WORK_SIZE,): scratch; log (rows, LOG_SIZE): filled with every log_every-th step, may have
    no rows.
    """
    last = phases.shape[0] - 1
    status = int(memory[M.status])
    while status == STATUS_FLYING and memory[M.time] < until:
        k = int(memory[M.phase])
        ph = phases[k]
        if memory[M.entered] == 0.0:
            enter(bank, phases, k, parameters, y, memory)
        control(bank, ph, parameters, y, memory, covariance, w)
        if memory[M.status] != 0.0:
            status = int(memory[M.status])
            break
        step = ph[PH.step]
        grid_time = memory[M.phase_begin] + (memory[M.step] + 1.0) * step
        h = grid_time - memory[M.time]
        ends = False
        if memory[M.end_time] <= grid_time + EVENT_TIME:
            h = max(memory[M.end_time] - memory[M.time], 0.0)
            ends = True
        if h > 0.0:
            value = memory[M.before]
            if value == NEVER:
                value = watched(bank, ph, parameters, y, memory)
            way = memory[M.spare]
            take_step(bank, ph, parameters, y, memory, w, h)
            if ph[PH.kind] == KIND_RAIL:
                memory[M.spare] = way + travelled(bank, w, y, memory, h)
            after = watched(bank, ph, parameters, y, memory)
            if after <= 0.0:
                # the zero lies inside: steps of other lengths from the same state, until they bracket it closely enough
                ends = True
                low, high, f_low, f_high = 0.0, h, max(value, 0.0), after
                side = 0
                while high - low > EVENT_TIME and f_high < 0.0:
                    trial = high - f_high * (high - low) / (f_high - f_low) if f_low > 0.0 else 0.5 * (low + high)
                    trial = min(max(trial, low + 0.25 * EVENT_TIME), high - 0.25 * EVENT_TIME)
                    step_back(y, w)
                    take_step(bank, ph, parameters, y, memory, w, trial)
                    if ph[PH.kind] == KIND_RAIL:
                        memory[M.spare] = way + travelled(bank, w, y, memory, trial)
                    f = watched(bank, ph, parameters, y, memory)
                    if f > 0.0:
                        low, f_low = trial, f
                        if side == 1:  # Illinois: halve the end that stands still
                            f_high *= 0.5
                        side = 1
                    else:
                        high, f_high = trial, f
                        if side == -1:
                            f_low *= 0.5
                        side = -1
                step_back(y, w)
                h = high
                take_step(bank, ph, parameters, y, memory, w, h)
                if ph[PH.kind] == KIND_RAIL:
                    memory[M.spare] = way + travelled(bank, w, y, memory, h)
            else:
                memory[M.before] = after
            accept(memory, w, y, h)
            if not ends:
                memory[M.time] = grid_time
                memory[M.step] += 1.0
            extremes(bank, ph, memory, y)
            if memory[M.log_row] < log.shape[0] and (ends or int(memory[M.step]) % int(bank[H.log_every]) == 0):
                record(bank, k, y, memory, w, log)
            if not np.isfinite(y[0] + y[3] + y[6] + y[10] + y[Y.mass]):
                status = STATUS_NAN
        if memory[M.error] > bank[H.lost_angle]:
            status = STATUS_LOST
        if memory[M.altitude] < bank[H.ground] - 1.0 and ph[PH.kind] != KIND_RAIL:
            status = STATUS_GROUND
        if memory[M.time] >= bank[H.longest]:
            status = STATUS_TIME
        if ends and status == STATUS_FLYING:
            if k == last:
                status = STATUS_DONE
            else:
                memory[M.phase] = k + 1.0
                memory[M.entered] = 0.0
        if status != STATUS_FLYING:
            memory[M.status_time] = memory[M.time]
    memory[M.status] = float(status)
    return status


LOG_COLUMNS = (
    "time", "phase", "x", "y", "z", "vx", "vy", "vz", "q0", "q1", "q2", "q3", "wx", "wy", "wz", "mass", "altitude",
    "dynamic_pressure", "mach",
    "angle_of_attack", "thrust", "gimbal_y", "gimbal_z", "throttle", "level", "attitude_error", "pitch_command",
    "yaw_command", "nav_position_error",
    "nav_velocity_error", "roll_moment", "rcs_time", "fx", "fy", "fz", "spare",
)  # fmt: skip
LOG_SIZE = len(LOG_COLUMNS)


@compiled_ieee
def record(bank, k, y, memory, w, log):
    """Write a row of the log: LOG_COLUMNS."""
    row = int(memory[M.log_row])
    memory[M.log_row] += 1.0
    log[row, 0], log[row, 1] = memory[M.time], k
    for i in range(14):
        log[row, 2 + i] = y[i]
    log[row, 16], log[row, 17], log[row, 18], log[row, 19] = (
        memory[M.altitude], memory[M.q], memory[M.mach], memory[M.alpha],
    )  # fmt: skip
    log[row, 20], log[row, 21], log[row, 22] = memory[M.thrust], memory[M.gimbal_y], memory[M.gimbal_z]
    log[row, 23], log[row, 24], log[row, 25] = memory[M.throttle], memory[M.level], memory[M.error]
    log[row, 26], log[row, 27] = memory[M.pitch], memory[M.yaw]
    log[row, 28], log[row, 29] = memory[M.nav_position_error], memory[M.nav_velocity_error]
    log[row, 30], log[row, 31] = memory[M.command_roll], memory[M.rcs_used]
    log[row, 32], log[row, 33], log[row, 34] = memory[M.fx], memory[M.fy], memory[M.fz]
    log[row, 35] = memory[M.spare]


@compiled_ieee
def finish(bank, phases, y, memory, results):
    """The results of a flight from its last state; RESULT_NAMES."""
    mu = bank[H.mu]
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    r = np.sqrt(x * x + yy * yy + z * z)
    hx, hy, hz = yy * vz - z * vy, z * vx - x * vz, x * vy - yy * vx
    h = np.sqrt(hx * hx + hy * hy + hz * hz)
    energy = orbital_energy(mu, x, yy, z, vx, vy, vz)
    ex = (vy * hz - vz * hy) / mu - x / r
    ey = (vz * hx - vx * hz) / mu - yy / r
    ez = (vx * hy - vy * hx) / mu - z / r
    e = np.sqrt(ex * ex + ey * ey + ez * ez)
    a = -0.5 * mu / energy
    results[0], results[1], results[2] = memory[M.status], memory[M.status_time], memory[M.time]
    for i in range(6):
        results[3 + i] = y[i]
    results[9] = y[Y.mass]
    results[10], results[11] = a * (1.0 - e) - bank[H.radius], a * (1.0 + e) - bank[H.radius]
    results[12], results[13], results[14] = np.arccos(min(max(hz / h, -1.0), 1.0)), e, a
    results[15] = np.arctan2(hx, -hy)
    results[16] = memory[M.most_q]
    results[17] = memory[M.most_q_time]
    results[18] = memory[M.most_q_alpha]
    results[19] = memory[M.most_axial]
    results[20] = memory[M.most_lateral]
    results[21] = memory[M.most_gimbal]
    results[22] = memory[M.most_error]
    results[23] = memory[M.most_rate]
    results[24] = memory[M.most_altitude]
    results[25] = memory[M.most_mach]
    results[26] = memory[M.saturated]
    k = int(memory[M.phase])
    results[27] = float(k)
    results[28] = y[Y.mass] - memory[M.mass_offset] - phases[k, PH.least_mass]
    results[29], results[30] = memory[M.nav_position_error], memory[M.nav_velocity_error]
    # Earth-fixed: turned back by what the Earth has turned since lift-off
    turn = bank[H.rotation] * memory[M.time]
    c, s = np.cos(turn), np.sin(turn)
    results[31], results[32], results[33] = c * x + s * yy, -s * x + c * yy, z
    rx, ry = vx + bank[H.rotation] * yy, vy - bank[H.rotation] * x
    results[34], results[35], results[36] = c * rx + s * ry, -s * rx + c * ry, vz
    ax, _, _ = to_body(y[6], y[7], y[8], y[9], x / r, yy / r, z / r)
    results[37] = np.arcsin(min(max(ax, -1.0), 1.0))
    results[38] = memory[M.rcs_used]
    results[39] = memory[M.apogee_time]
    results[40], results[41] = memory[M.most_heat_flux], memory[M.mass_offset]


RESULT_NAMES = (
    "status", "status_time", "time", "x", "y", "z", "vx", "vy", "vz", "mass", "perigee_altitude", "apogee_altitude",
    "inclination", "eccentricity",
    "semi_major_axis", "ascending_node", "most_dynamic_pressure", "most_dynamic_pressure_time", "most_q_alpha",
    "most_axial_acceleration",
    "most_lateral_acceleration", "most_gimbal_angle", "most_attitude_error", "most_body_rate", "most_altitude", "most_mach",
    "gimbal_saturated_time", "phase", "usable_propellant", "nav_position_error", "nav_velocity_error", "ecef_x", "ecef_y",
    "ecef_z", "ecef_vx",
    "ecef_vy", "ecef_vz", "axis_elevation", "rcs_time", "apogee_time",
    "most_heat_flux", "mass_offset",
)  # fmt: skip
RESULT_SIZE = len(RESULT_NAMES)


@compiled_ieee
def step_plant(bank, phases, parameters, y, memory, w, commands, h):
    """One step of h [s] under commands from outside (`plant.COMMANDS`); returns the status. Nothing is located: what ends a
    phase is seen at the step's end."""
    if memory[M.status] != 0.0:
        return int(memory[M.status])
    k = int(memory[M.phase])
    last = phases.shape[0] - 1
    if commands[7] > 0.0 and k < last and memory[M.entered] > 0.0:
        k += 1
        memory[M.phase], memory[M.entered] = float(k), 0.0
    ph = phases[k]
    if memory[M.entered] == 0.0:
        enter(bank, phases, k, parameters, y, memory)
    limit = ph[PH.gimbal_limit]
    memory[M.command_y] = min(max(commands[0], -limit), limit)
    memory[M.command_z] = min(max(commands[1], -limit), limit)
    memory[M.throttle] = min(max(commands[2], ph[PH.throttle_min]), 1.0)
    memory[M.command_roll] = min(max(commands[3], -ph[PH.roll_torque]), ph[PH.roll_torque])
    for i in range(3):
        # a pulse once begun lasts its shortest time
        if commands[4 + i] != 0.0 and memory[M.rcs_x + i] == 0.0:
            memory[M.rcs_x + i] = max(h, ph[PH.rcs_pulse]) * (1.0 if commands[4 + i] > 0.0 else -1.0)
            memory[M.rcs_used] += abs(memory[M.rcs_x + i])
    memory[M.cut] = 1.0 if commands[8] > 0.0 else 0.0
    memory[M.bank_angle] = commands[9]
    memory[M.fin_command_y] = min(max(commands[10], -ph[PH.fin_limit]), ph[PH.fin_limit])
    memory[M.fin_command_z] = min(max(commands[11], -ph[PH.fin_limit]), ph[PH.fin_limit])
    value = watched(bank, ph, parameters, y, memory)
    take_step(bank, ph, parameters, y, memory, w, h)
    if ph[PH.kind] == KIND_RAIL:
        memory[M.spare] += travelled(bank, w, y, memory, h)
    accept(memory, w, y, h)
    memory[M.step] += 1.0
    extremes(bank, ph, memory, y)
    status = STATUS_FLYING
    if not np.isfinite(y[0] + y[3] + y[6] + y[10] + y[Y.mass]):
        status = STATUS_NAN
    elif memory[M.altitude] < bank[H.ground] - 1.0 and ph[PH.kind] != KIND_RAIL:
        status = STATUS_GROUND
    elif memory[M.time] >= bank[H.longest]:
        status = STATUS_TIME
    elif memory[M.time] >= memory[M.end_time] - EVENT_TIME or (
        value > 0.0 and watched(bank, ph, parameters, y, memory) <= 0.0
    ):
        if k == last:
            status = STATUS_DONE
        else:
            memory[M.phase], memory[M.entered] = k + 1.0, 0.0
    memory[M.status] = float(status)
    memory[M.status_time] = memory[M.time]
    return status
