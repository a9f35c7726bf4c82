"""The control of one instant: what guidance asks for, the attitude error, and the commands to gimbals, jets and engines."""

import numpy as np

from ...core.compiled import compiled
from ...core.numeric import lookup
from .dynamics import flat, programme
from .equations import quaternion_product
from .layout import GUIDANCE_EXTERNAL, GUIDANCE_TABLE, PH, H, M

RCS_DEADBAND = 2e-3
"""[rad]: error plus rate times RCS_LEAD that attitude jets leave alone."""
RCS_LEAD = 4.0  # s
ROLL_FREQUENCY = 1.0  # rad/s
ROLL_DAMPING = 0.9


@compiled
def commanded_attitude(bank, pitch, yaw):
    """Quaternion body to inertial of an attitude in the launch frame: launch frame, pitch about y, yaw about z."""
    a, b = np.cos(0.5 * pitch), np.sin(0.5 * pitch)
    c, d = np.cos(0.5 * yaw), np.sin(0.5 * yaw)
    return quaternion_product(bank[H.l0], bank[H.l1], bank[H.l2], bank[H.l3], a * c, b * d, b * c, a * d)


@compiled
def control(bank, ph, parameters, y, memory, covariance, w):
    """One run of guidance and control, when it is due."""
    if memory[M.step] % bank[H.control_every] != 0.0 or bank[H.point_mass] > 0.0:
        return
    t = memory[M.time] - memory[M.phase_begin]
    if ph[PH.guidance] == GUIDANCE_TABLE:
        pitch, yaw, throttle, pitch_rate, yaw_rate = programme(bank, ph, memory, t)
        memory[M.pitch], memory[M.yaw] = pitch, yaw
        memory[M.pitch_rate], memory[M.yaw_rate] = pitch_rate, yaw_rate
        memory[M.throttle] = min(max(throttle, ph[PH.throttle_min]), 1.0)
    memory[M.ticks] += 1.0
    if ph[PH.guidance] == GUIDANCE_EXTERNAL:
        return
    steer(bank, ph, y, memory, t)


@compiled
def steer(bank, ph, y, memory, t):
    """Attitude error and commands of the built-in attitude control."""
    c0, c1, c2, c3 = commanded_attitude(bank, memory[M.pitch], memory[M.yaw])
    e0, ex, ey, ez = quaternion_product(c0, -c1, -c2, -c3, y[6], y[7], y[8], y[9])
    sign = 2.0 if e0 >= 0.0 else -2.0
    ex, ey, ez = sign * ex, sign * ey, sign * ez
    memory[M.error] = np.sqrt(ey * ey + ez * ez)
    yaw, pitch_rate, yaw_rate = memory[M.yaw], memory[M.pitch_rate], memory[M.yaw_rate]
    rx = y[10] - pitch_rate * np.sin(yaw)
    ry = y[11] - pitch_rate * np.cos(yaw)
    rz = y[12] - yaw_rate
    step = ph[PH.step] * bank[H.control_every]
    if ph[PH.gimbal_limit] > 0.0 and memory[M.level] > 0.5:
        kp = lookup(flat(bank, ph[PH.gain_p]), t)
        kd = lookup(flat(bank, ph[PH.gain_d]), t)
        ki = lookup(flat(bank, ph[PH.gain_i]), t)
        limit = ph[PH.gimbal_limit]
        wanted_y = kp * ey + kd * ry + memory[M.integral_y]
        wanted_z = kp * ez + kd * rz + memory[M.integral_z]
        memory[M.command_y] = min(max(wanted_y, -limit), limit)
        memory[M.command_z] = min(max(wanted_z, -limit), limit)
        if abs(wanted_y) < limit:  # the integral stands while the command is bounded
            memory[M.integral_y] += ki * ey * step
        if abs(wanted_z) < limit:
            memory[M.integral_z] += ki * ez * step
        if abs(wanted_y) >= limit or abs(wanted_z) >= limit:
            memory[M.saturated] += step
    else:
        memory[M.command_y] = memory[M.command_z] = 0.0
    if ph[PH.roll_torque] > 0.0:
        inertia = lookup(flat(bank, ph[PH.roll_inertia]), y[13] - memory[M.mass_offset])
        wanted = -inertia * (ROLL_FREQUENCY * ROLL_FREQUENCY * ex + 2.0 * ROLL_DAMPING * ROLL_FREQUENCY * rx)
        most = ph[PH.roll_torque]
        memory[M.command_roll] = min(max(wanted, -most), most)
    else:
        memory[M.command_roll] = 0.0
    if ph[PH.rcs_roll] > 0.0 and ph[PH.roll_torque] <= 0.0:
        _jets(bank, ph, memory, 0, ex, rx, ph[PH.rcs_roll], PH.roll_inertia, y, step)
    if ph[PH.rcs_pitch] > 0.0 and (ph[PH.gimbal_limit] <= 0.0 or memory[M.level] <= 0.5):
        _jets(bank, ph, memory, 1, ey, ry, ph[PH.rcs_pitch], PH.pitch_inertia, y, step)
        _jets(bank, ph, memory, 2, ez, rz, ph[PH.rcs_yaw], PH.yaw_inertia, y, step)


@compiled
def _jets(bank, ph, memory, axis, error, rate, torque, table, y, step):
    """Pulses of the attitude jets about one axis: outside the deadband as long as would stop the turning, and no shorter
    than the
    shortest pulse."""
    if memory[M.rcs_x + axis] != 0.0:
        return  # a pulse runs
    inertia = lookup(flat(bank, ph[table]), y[13] - memory[M.mass_offset])
    switch = error + RCS_LEAD * rate
    if abs(switch) < RCS_DEADBAND:
        return
    # half of what takes the switching value away, so that the limit cycle stays as slow as the shortest pulse allows
    pulse = max(min(0.5 * abs(switch) / RCS_LEAD * inertia / torque, step), ph[PH.rcs_pulse])
    memory[M.rcs_x + axis] = -pulse if switch > 0.0 else pulse
    memory[M.rcs_used] += pulse
