"""The control of one instant: sense, navigate, guide, and command gimbals, jets and engines."""

import numpy as np

from ...core.compiled import compiled_ieee
from ...core.numeric import lookup
from .equations import dryden_length, quaternion_product, to_body
from .layout import GUIDANCE_EXTERNAL, GUIDANCE_PEG, GUIDANCE_TABLE, I_, PH, G, H, M, N, P, Y
from .lookups import expected_center, flat, grid, inertia_about, programme
from .navigation import GYRO, align, navigate
from .peg import explicit_guidance
from .sensors import PUSH, TURN, draw_air

RCS_DEADBAND = 4e-3
"""[rad]: error plus rate times RCS_LEAD that attitude jets leave alone."""
RCS_LEAD = 3.0  # s
ROLL_FREQUENCY = 1.0  # rad/s
ROLL_DAMPING = 0.9
FIN_FREQUENCY = 1.0  # rad/s
FIN_DAMPING = 0.8
SENSED_LAG = 0.5  # s: of the acceleration that guidance takes from the accelerometers
ERROR_LIMIT = np.radians(4.0)
GAINS_EVERY = 10  # runs of the control between two looks at the gains
RCS_RATE = np.radians(1.0)  # rad/s
TURBULENCE_TOP = 30e3  # m


@compiled_ieee
def commanded_attitude(bank, pitch, yaw):
    """Quaternion body to inertial of an attitude in the launch frame: launch frame, pitch about y, yaw about z."""
    a, b = np.cos(0.5 * pitch), np.sin(0.5 * pitch)
    c, d = np.cos(0.5 * yaw), np.sin(0.5 * yaw)
    return quaternion_product(bank[H.l0], bank[H.l1], bank[H.l2], bank[H.l3], a * c, b * d, b * c, a * d)


@compiled_ieee
def control(bank, ph, parameters, y, memory, covariance, w):
    """One run of navigation, guidance and control, when it is due."""
    if (
        int(memory[M.step]) % int(bank[H.control_every]) != 0
        or bank[H.point_mass] > 0.0
        or ph[PH.guidance] == GUIDANCE_EXTERNAL
    ):
        return
    dt = ph[PH.step] * bank[H.control_every]
    if bank[H.turbulence] * parameters[P.turbulence] > 0.0:
        turbulence(bank, parameters, memory, dt)
    if bank[H.perfect] > 0.0:
        for i in range(10):
            memory[N + i] = y[i]
        rates = (y[10], y[11], y[12])
        sensed = memory[M.thrust] / y[13]
    else:
        if memory[M.ticks] == 0.0:
            align(bank, parameters, memory, covariance, y)
        before = memory[I_ + 31]
        navigate(bank, parameters, memory, covariance, w, y)
        span = memory[M.time] - before
        if span > 0.0:
            memory[M.rate_x] = memory[I_ + TURN] / span - memory[N + GYRO]
            memory[M.rate_y] = memory[I_ + TURN + 1] / span - memory[N + GYRO + 1]
            memory[M.rate_z] = memory[I_ + TURN + 2] / span - memory[N + GYRO + 2]
            memory[M.push] = memory[I_ + PUSH] / span
        rates = (memory[M.rate_x], memory[M.rate_y], memory[M.rate_z])
        sensed = memory[M.push]
    dx, dy, dz = memory[N] - y[0], memory[N + 1] - y[1], memory[N + 2] - y[2]
    memory[M.nav_position_error] = np.sqrt(dx * dx + dy * dy + dz * dz)
    dx, dy, dz = memory[N + 3] - y[3], memory[N + 4] - y[4], memory[N + 5] - y[5]
    memory[M.nav_velocity_error] = np.sqrt(dx * dx + dy * dy + dz * dz)
    # the gyroscopes turn together with the body where it bends
    rates = (rates[0], rates[1] - ph[PH.bend_slope] * y[Y.bend + 3], rates[2] + ph[PH.bend_slope] * y[Y.bend + 2])
    # the reciprocal of the acceleration falls in a straight line, so its lag is known: SENSED_LAG / exhaust speed
    if sensed > 0.5:
        if memory[M.sensed] <= 0.0 or memory[M.level] < 1.0:  # while thrust builds up there is nothing to smooth
            memory[M.sensed] = 1.0 / sensed
        memory[M.sensed] += (1.0 / sensed - memory[M.sensed]) * min(dt / SENSED_LAG, 1.0)
    else:
        memory[M.sensed] = 0.0
    t = memory[M.time] - memory[M.phase_begin]
    if ph[PH.guidance] == GUIDANCE_TABLE:
        pitch, yaw, throttle, pitch_rate, yaw_rate, share = programme(bank, ph, memory, t)
        if share > 0.0:
            along_pitch, along_yaw, turning = along_velocity(bank, memory)
            pitch, yaw = pitch + share * (along_pitch - pitch), yaw + share * (along_yaw - yaw)
            pitch_rate, yaw_rate = pitch_rate + share * (turning - pitch_rate), (1.0 - share) * yaw_rate
        memory[M.pitch], memory[M.yaw] = pitch, yaw
        memory[M.pitch_rate], memory[M.yaw_rate] = pitch_rate, yaw_rate
        memory[M.throttle] = min(max(throttle, ph[PH.throttle_min]), 1.0)
        memory[G] = 0.0  # explicit guidance begins anew when its turn comes
    elif ph[PH.guidance] == GUIDANCE_PEG and memory[M.level] >= 1.0 and memory[M.sensed] > 0.0:
        acceleration = 1.0 / (memory[M.sensed] - SENSED_LAG / ph[PH.exhaust])
        explicit_guidance(bank, ph, memory, acceleration, ph[PH.exhaust], ph[PH.tail] - parameters[P.cutoff_delay])
    memory[M.ticks] += 1.0
    jets = max(ph[PH.rcs_roll], ph[PH.rcs_pitch], ph[PH.rcs_yaw])
    if ph[PH.gimbal_limit] <= 0.0 and jets <= 0.0 and ph[PH.roll_torque] <= 0.0 and ph[PH.fin_slope] < 0.0:
        return  # nothing to steer with
    steer(bank, ph, y, memory, rates, t, dt)


@compiled_ieee
def along_velocity(bank, memory):
    """Pitch and yaw [rad] in the launch frame of the navigated velocity over the turning Earth, and the rate [rad/s] at which
    gravity turns it."""
    x, y, z = memory[N], memory[N + 1], memory[N + 2]
    vx, vy, vz = memory[N + 3] + bank[H.rotation] * y, memory[N + 4] - bank[H.rotation] * x, memory[N + 5]
    down = vx * bank[H.dx] + vy * bank[H.dy] + vz * bank[H.dz]
    up = vx * bank[H.ux] + vy * bank[H.uy] + vz * bank[H.uz]
    side = vx * bank[H.cx] + vy * bank[H.cy] + vz * bank[H.cz]
    speed2 = max(down * down + up * up + side * side, 1.0)
    level = np.sqrt(down * down + up * up)
    return np.arctan2(up, down), np.arctan2(side, level), -bank[H.mu] / (x * x + y * y + z * z) * down / speed2


@compiled_ieee
def steer(bank, ph, y, memory, rates, t, step):
    """Attitude error and commands of the built-in attitude control."""
    c0, c1, c2, c3 = commanded_attitude(bank, memory[M.pitch], memory[M.yaw])
    e0, ex, ey, ez = quaternion_product(c0, -c1, -c2, -c3, memory[N + 6], memory[N + 7], memory[N + 8], memory[N + 9])
    sign = 2.0 if e0 >= 0.0 else -2.0
    errors = (sign * ex, sign * ey, sign * ez)
    memory[M.error] = np.sqrt(errors[1] * errors[1] + errors[2] * errors[2])
    yaw, pitch_rate, yaw_rate = memory[M.yaw], memory[M.pitch_rate], memory[M.yaw_rate]
    sine = np.sin(yaw)  # yaw stays within 90 deg
    off = (rates[0] - pitch_rate * sine, rates[1] - pitch_rate * np.sqrt(1.0 - sine * sine), rates[2] - yaw_rate)
    by_gimbal = ph[PH.gimbal_limit] > 0.0 and memory[M.level] > 0.5
    if by_gimbal:
        if int(memory[M.ticks]) % GAINS_EVERY == 1 or memory[M.gain_p] == 0.0:
            memory[M.gain_p] = lookup(flat(bank, ph[PH.gain_p]), t)
            memory[M.gain_d] = lookup(flat(bank, ph[PH.gain_d]), t)
            memory[M.gain_i] = lookup(flat(bank, ph[PH.gain_i]), t)
        kp, kd, ki = memory[M.gain_p], memory[M.gain_d], memory[M.gain_i]
        limit = ph[PH.gimbal_limit]
        bounded = False
        for i in range(2):
            # a large error is turned back at a steady rate, not by all that the gimbals give
            bound = min(max(errors[1 + i], -ERROR_LIMIT), ERROR_LIMIT)
            wanted = kp * bound + kd * off[1 + i] + memory[M.integral_y + i]
            if abs(wanted) < limit:  # the integral stands while the command is bounded
                memory[M.integral_y + i] += ki * bound * step
            else:
                bounded = True
            wanted = min(max(wanted, -limit), limit)
            f = ph[PH.filter]
            if f > 0.0:
                # second-order low-pass, damping 0.7, semi-implicit: what keeps bending out of the gimbals
                slope = memory[M.filter_y_rate + i]
                slope = (slope + step * f * f * (wanted - memory[M.filter_y + i])) / (
                    1.0 + 1.4 * f * step + f * f * step * step
                )
                memory[M.filter_y_rate + i] = slope
                memory[M.filter_y + i] += step * slope
                wanted = memory[M.filter_y + i]
            memory[M.command_y + i] = min(max(wanted, -limit), limit)
        if bounded:
            memory[M.saturated] += step
    else:
        for i in range(2):
            memory[M.command_y + i] = memory[M.filter_y + i] = memory[M.filter_y_rate + i] = 0.0
    if ph[PH.fin_slope] >= 0.0:
        _fins(bank, ph, y, memory, errors, off)
    if ph[PH.roll_torque] > 0.0:
        inertia = inertia_about(bank, ph, 0, y[13] - memory[M.mass_offset])
        wanted = -inertia * (ROLL_FREQUENCY * ROLL_FREQUENCY * errors[0] + 2.0 * ROLL_DAMPING * ROLL_FREQUENCY * off[0])
        most = ph[PH.roll_torque]
        memory[M.command_roll] = min(max(wanted, -most), most)
    else:
        memory[M.command_roll] = 0.0
    for axis in range(3):
        by_jets = ph[PH.roll_torque] <= 0.0
        if axis > 0:
            by_jets = not by_gimbal
        torque = ph[PH.rcs_roll + axis]
        if by_jets and torque > 0.0:
            inertia = inertia_about(bank, ph, axis, y[13] - memory[M.mass_offset])
            _jets(ph, memory, axis, errors[axis], off[axis], torque / inertia, step)


@compiled_ieee
def _fins(bank, ph, y, memory, errors, off):
    """Deflections of the grid fins about y and z that give the angular acceleration of a second-order response, over what
    trims the air's moment at the attitude asked for; none where the air is too thin to give a tenth of it."""
    mass = y[13] - memory[M.mass_offset]
    slope = lookup(flat(bank, ph[PH.fin_slope]), memory[M.mach])
    center, q_area = expected_center(bank, ph, mass), memory[M.q] * ph[PH.area]
    _, per_sine, pressure_center = grid(bank, int(ph[PH.normal]), memory[M.mach], np.sin(0.5 * memory[M.alpha]))
    # the estimated motion through the air, with the wind that guidance knows, in the body's axes, turned to point forward
    vx = memory[N + 3] + bank[H.rotation] * memory[N + 1] - memory[M.wind_x]
    vy = memory[N + 4] - bank[H.rotation] * memory[N] - memory[M.wind_y]
    vz = memory[N + 5] - memory[M.wind_z]
    bu, bv, bw = to_body(memory[N + 6], memory[N + 7], memory[N + 8], memory[N + 9], vx, vy, vz)
    sense = -1.0 if bu < 0.0 else 1.0
    speed = max(np.sqrt(bu * bu + bv * bv + bw * bw), 1.0)
    asked = (
        sense * bw / speed - errors[1],
        -sense * bv / speed - errors[2],
    )  # angles of the attitude asked for from it
    steady = -sense * q_area * per_sine * (pressure_center - center)  # moment that turns the body back into the motion
    effect = -sense * q_area * slope * (ph[PH.fin_station] - center)
    for i in range(2):
        inertia = inertia_about(bank, ph, 1 + i, mass)
        bound = min(max(errors[1 + i], -ERROR_LIMIT), ERROR_LIMIT)
        moment = (inertia * FIN_FREQUENCY * FIN_FREQUENCY + max(-steady, 0.0)) * bound
        moment += inertia * 2.0 * FIN_DAMPING * FIN_FREQUENCY * off[1 + i] - steady * asked[i]
        limit = ph[PH.fin_limit]
        enough = abs(effect) * limit > 0.1 * inertia * FIN_FREQUENCY * FIN_FREQUENCY * ERROR_LIMIT
        memory[M.fin_command_y + i] = min(max(moment / effect, -limit), limit) if enough else 0.0


@compiled_ieee
def _jets(ph, memory, axis, error, rate, acceleration, step):
    """Pulses of the attitude jets about one axis: outside the deadband as long as would stop the turning, and no shorter
    than the
    shortest pulse."""
    if memory[M.rcs_x + axis] != 0.0:
        return  # a pulse runs
    # an error that is far off asks for no more than a moderate rate
    switch = min(max(error, -RCS_LEAD * RCS_RATE), RCS_LEAD * RCS_RATE) + RCS_LEAD * rate
    if abs(switch) < RCS_DEADBAND:
        return
    # half of what takes the switching value away, so that the limit cycle stays as slow as the shortest pulse allows
    pulse = max(min(0.5 * abs(switch) / RCS_LEAD / acceleration, step), ph[PH.rcs_pulse])
    memory[M.rcs_x + axis] = -pulse if switch > 0.0 else pulse
    memory[M.rcs_used] += pulse


@compiled_ieee
def turbulence(bank, parameters, memory, dt):
    """Dryden turbulence (MIL-F-8785C sec. 3.7): white noise through its forming filters, along the flight first-order,
    across it second-order; laid on
    east, north and up."""
    if memory[M.altitude] > TURBULENCE_TOP:
        for i in range(3):
            memory[M.gust_u + i] = 0.0
        for i in range(4):
            memory[M.dryden_0 + i] = 0.0
        return
    speed = max(memory[M.speed], 10.0)
    sigma = bank[H.turbulence] * parameters[P.turbulence]
    along = dryden_length(memory[M.altitude], 0.0)
    share = min(dt * speed / along, 1.0)
    memory[M.gust_u] += sigma * np.sqrt(2.0 * share) * draw_air(memory) - share * memory[M.gust_u]
    for i in range(2):
        share = min(dt * speed / (along if i == 0 else dryden_length(memory[M.altitude], 1.0)), 1.0)
        # two lags in a row; sigma sqrt(tau) (1 + sqrt 3 tau s) / (1 + tau s)^2 has the variance sigma^2
        first, second = memory[M.dryden_0 + 2 * i], memory[M.dryden_1 + 2 * i]
        first += share * (sigma * draw_air(memory) / np.sqrt(share) - first)
        second += share * (first - second)
        memory[M.dryden_0 + 2 * i], memory[M.dryden_1 + 2 * i] = first, second
        memory[M.gust_v + i] = second + np.sqrt(3.0) * (first - second)
