"""One step of the flight: forces and moments on the body, and the classical Runge-Kutta step.

What changes slowly through a step (air, wind, mass properties) is taken at its middle, found by the state's own motion;
thrust and
gimbal angles, which follow commands and no state, are known at begin, middle and end; gravity, attitude and the air's force
are
evaluated at each of the four stages. Errors of second order in the slow quantities remain; docs/flight.md measures them.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ...core.numeric import lookup
from ..environment.gravity import Earth, gravity
from ..motion import dynamic_pressure, smoothed_speed
from .contact import fins, legs
from .equations import (
    across_force,
    half_angle_sine,
    jet_damping,
    quaternion_rates,
    rotary_damping,
    to_body,
    to_inertial,
    towards,
    turning_rates,
)
from .flexible import bend, slosh
from .layout import (
    BENDING_STATES,
    KIND_CHUTE,
    KIND_RAIL,
    PH,
    RIGID,
    SLOSH_STATES,
    ST,
    STAGE_SIZE,
    STATE_SIZE,
    WK,
    H,
    M,
    P,
    Y,
)
from .lookups import flat, grid
from .step_inputs import prepare

SLOPES = len(WK)
BETWEEN = SLOPES + 4 * STATE_SIZE
BEFORE = SLOPES + 5 * STATE_SIZE
THIN = 1e-9  # N: below this q A nothing is felt


@compiled_ieee
def derive(bank, ph, parameters, y, w, s, at):
    """Time derivative of the state at stage s (0, 1, 2: begin, middle, end), written to w[at:]; leaves the forces in w."""
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    x, yy, z, vx, vy, vz = y[0], y[1], y[2], y[3], y[4], y[5]
    mass = y[Y.mass]
    gx, gy, gz = gravity(earth, x, yy, z)
    # through the air, which turns with the Earth and blows
    ax = vx + earth.rotation_rate * yy - w[WK.blow_x]
    ay = vy - earth.rotation_rate * x - w[WK.blow_y]
    az = vz - w[WK.blow_z]
    speed = smoothed_speed(ax, ay, az)
    mach = speed * w[WK.per_sound]
    q_area = dynamic_pressure(w[WK.density], speed) * ph[PH.area]
    thrust = w[WK.thrust_0 + s]
    stage = P.stages + int(ph[PH.stage]) * STAGE_SIZE
    axial = 0.0
    if q_area > THIN:
        axial = q_area * parameters[P.axial_factor] * lookup(flat(bank, ph[PH.axial]), mach)
    w[at], w[at + 1], w[at + 2] = vx, vy, vz
    w[at + Y.mass] = -w[WK.flow_0 + s]
    w[WK.q_area], w[WK.speed], w[WK.mach] = q_area, speed, mach
    w[WK.gx], w[WK.gy], w[WK.gz] = gx, gy, gz
    if ph[PH.slosh] >= 0.0 or ph[PH.bend_frequency] > 0.0:
        for i in range(RIGID, STATE_SIZE):
            w[at + i] = 0.0

    if bank[H.point_mass] > 0.0:
        for i in range(6, Y.mass):
            w[at + i] = 0.0
        push, hold = thrust / mass, axial / (mass * speed)
        w[at + 3] = gx + push * w[WK.axis_0 + 3 * s] - hold * ax
        w[at + 4] = gy + push * w[WK.axis_1 + 3 * s] - hold * ay
        w[at + 5] = gz + push * w[WK.axis_2 + 3 * s] - hold * az
        w[WK.fx], w[WK.fy], w[WK.fz] = thrust - axial, 0.0, 0.0
        return
    if ph[PH.kind] == KIND_CHUTE:
        for i in range(6, Y.mass):
            w[at + i] = 0.0
        hold = dynamic_pressure(w[WK.density], speed) * w[WK.chute] / (mass * speed)
        w[at + 3], w[at + 4], w[at + 5] = gx - hold * ax, gy - hold * ay, gz - hold * az
        if ph[PH.glide] > 0.0:
            # lift at right angles to the airflow, in the vertical plane through it, turned by the bank angle
            lx, ly, lz = x - (x * ax + yy * ay + z * az) * ax / (speed * speed), yy, z
            along = (x * ax + yy * ay + z * az) / (speed * speed)
            lx, ly, lz = x - along * ax, yy - along * ay, z - along * az
            n = np.sqrt(lx * lx + ly * ly + lz * lz) + 1e-9
            lx, ly, lz = lx / n, ly / n, lz / n
            cx, cy, cz = (ay * lz - az * ly) / speed, (az * lx - ax * lz) / speed, (ax * ly - ay * lx) / speed
            lift = hold * speed * ph[PH.glide]
            c, b = np.cos(w[WK.active]), np.sin(w[WK.active])
            w[at + 3] += lift * (c * lx + b * cx)
            w[at + 4] += lift * (c * ly + b * cy)
            w[at + 5] += lift * (c * lz + b * cz)
        return

    q0, q1, q2, q3 = y[6], y[7], y[8], y[9]
    wx, wy, wz = y[10], y[11], y[12]
    center = w[WK.center]
    fx = fy = fz = mx = my = mz = 0.0
    oy, oz = parameters[stage + ST.mass_offset_y], parameters[stage + ST.mass_offset_z]
    w[WK.sine] = 0.0
    if q_area > THIN:
        bu, bv, bw = to_body(q0, q1, q2, q3, ax, ay, az)
        sine = half_angle_sine(bu, bv * bv + bw * bw, speed)
        ratio, per_sine, pressure_center = grid(bank, int(ph[PH.normal]), mach, sine)
        per_sine *= parameters[P.normal_factor]
        w[WK.sine] = sine
        if ph[PH.plume] >= 0.0 and bu < 0.0 and thrust > 0.0:
            ratio *= lookup(flat(bank, ph[PH.plume]), thrust / q_area)
        fx = -axial * ratio
        fy = across_force(q_area, per_sine, bv, speed)
        fz = across_force(q_area, per_sine, bw, speed)
        arm = pressure_center + parameters[P.pressure_center] - center
        d = ph[PH.diameter]
        damping, roll_damping, roll_forcing = w[WK.pitch_damping], w[WK.roll_damping], w[WK.roll_forcing]
        mx = rotary_damping(q_area, roll_damping, wx, d, speed) + q_area * d * roll_forcing - oy * fz + oz * fy
        my = -arm * fz - oz * fx + rotary_damping(q_area, damping, wy, d, speed)
        mz = arm * fy + oy * fx + rotary_damping(q_area, damping, wz, d, speed)
        if ph[PH.fin_slope] >= 0.0:
            ay, az, ny, nz = fins(ph, w, q_area, bu, lookup(flat(bank, ph[PH.fin_slope]), mach))
            fy, fz, my, mz = fy + ay, fz + az, my + ny, mz + nz
    w[WK.fx], w[WK.fy], w[WK.fz] = fx, fy, fz
    if thrust != 0.0:
        tx, ty, tz = w[WK.push_x_0 + s], w[WK.push_y_0 + s], w[WK.push_z_0 + s]
        arm = ph[PH.gimbal_station] - center
        py, pz = parameters[stage + ST.thrust_offset_y] - oy, parameters[stage + ST.thrust_offset_z] - oz
        mx += py * tz - pz * ty
        my += pz * tx - arm * tz
        mz += arm * ty - py * tx
        fx, fy, fz = fx + tx, fy + ty, fz + tz
    if ph[PH.legs] > 0.0:
        ax, ay, az, nx, ny, nz = legs(bank, ph, y, w)
        fx, fy, fz, mx, my, mz = fx + ax, fy + ay, fz + az, mx + nx, my + ny, mz + nz
    flow = w[WK.flow_0 + s]
    arm = ph[PH.gimbal_station] - center
    radius = ph[PH.exit_radius]
    mx += w[WK.mx] + jet_damping(wx, flow, 0.5 * radius * radius, w[WK.ix_rate])
    my += w[WK.my] + jet_damping(wy, flow, arm * arm, w[WK.iy_rate])
    mz += w[WK.mz] + jet_damping(wz, flow, arm * arm, w[WK.iz_rate])
    if ph[PH.slosh] >= 0.0 and ph[PH.kind] != KIND_RAIL:
        fy, fz, my, mz = slosh(y, w, at, mass, fx, fy, fz, my, mz)
    if ph[PH.bend_frequency] > 0.0:
        bend(ph, parameters, y, w, at, s)
    px, py, pz = to_inertial(q0, q1, q2, q3, fx, fy, fz)
    if ph[PH.kind] == KIND_RAIL:
        # along a rail that turns with the Earth; it carries what acts across, and holds what would slide back
        ux, uy, uz = to_inertial(q0, q1, q2, q3, 1.0, 0.0, 0.0)
        rate = earth.rotation_rate
        rx, ry = vx + rate * yy, vy - rate * x
        along = rx * ux + ry * uy + vz * uz
        cx, cy = -2.0 * rate * ry - rate * rate * x, 2.0 * rate * rx - rate * rate * yy  # of the turning frame
        push = (px / mass + gx - cx) * ux + (py / mass + gy - cy) * uy + (pz / mass + gz) * uz
        if along <= 0.0 and push < 0.0:
            push = 0.0
        w[at + 3], w[at + 4], w[at + 5] = push * ux + cx, push * uy + cy, push * uz
        wx, wy, wz = to_body(q0, q1, q2, q3, 0.0, 0.0, rate)
        d0, d1, d2, d3 = quaternion_rates(q0, q1, q2, q3, wx, wy, wz)
        w[at + 6], w[at + 7], w[at + 8], w[at + 9] = d0, d1, d2, d3
        w[at + 10] = w[at + 11] = w[at + 12] = 0.0
        return
    w[at + 3], w[at + 4], w[at + 5] = gx + px / mass, gy + py / mass, gz + pz / mass
    d0, d1, d2, d3 = quaternion_rates(q0, q1, q2, q3, wx, wy, wz)
    w[at + 6], w[at + 7], w[at + 8], w[at + 9] = d0, d1, d2, d3
    d0, d1, d2 = turning_rates(wx, wy, wz, mx, my, mz, w[WK.ix], w[WK.iy], w[WK.iz])
    w[at + 10], w[at + 11], w[at + 12] = d0, d1, d2


@compiled_ieee
def take_step(bank, ph, parameters, y, memory, w, h):
    """The state y after h [s], in place: classical Runge-Kutta of order four. The state before stays in the work vector
    (`BEFORE`); actuators'
    new positions stand in the work vector too and are taken over by `accept`."""
    size = RIGID
    if ph[PH.slosh] >= 0.0 or ph[PH.bend_frequency] > 0.0:
        size = RIGID + SLOSH_STATES + BENDING_STATES
    for i in range(size):
        w[BEFORE + i] = y[i]
    prepare(bank, ph, parameters, y, memory, w, h)
    w[WK.active] = memory[M.bank_angle]
    between = w[BETWEEN : BETWEEN + STATE_SIZE]
    for i in range(size):
        between[i] = y[i]
    stages = 4 if ph[PH.order] > 2.0 else 2
    for i in range(stages):  # one call for all stages: the compiler would make four bodies of four
        at = SLOPES + i * STATE_SIZE
        derive(bank, ph, parameters, between, w, (i + 1) // 2, at)
        if i < stages - 1:
            reach = h if i == 2 else 0.5 * h
            for j in range(size):
                between[j] = y[j] + reach * w[at + j]
    for i in range(size):
        a, b, c, d = SLOPES + i, SLOPES + STATE_SIZE + i, SLOPES + 2 * STATE_SIZE + i, SLOPES + 3 * STATE_SIZE + i
        y[i] += h * w[b] if stages == 2 else h / 6.0 * (w[a] + 2.0 * (w[b] + w[c]) + w[d])
    n = 1.0 / np.sqrt(y[6] * y[6] + y[7] * y[7] + y[8] * y[8] + y[9] * y[9])
    for i in range(6, 10):
        y[i] *= n


@compiled_ieee
def step_back(y, w):
    """Undo `take_step`."""
    for i in range(STATE_SIZE):
        y[i] = w[BEFORE + i]


@compiled_ieee
def accept(memory, w, y, h):
    """Take over what the step did to the actuators, and the clock."""
    memory[M.time] += h
    memory[M.gimbal_y], memory[M.gimbal_z] = w[WK.gimbal_y], w[WK.gimbal_z]
    memory[M.level] = w[WK.level]
    memory[M.throttled] = w[WK.throttle]
    memory[M.fin_y], memory[M.fin_z] = w[WK.fin_y], w[WK.fin_z]
    memory[M.most_stroke] = max(memory[M.most_stroke], w[WK.stroke])
    for i in range(3):
        memory[M.ax + i] = (y[3 + i] - w[BEFORE + 3 + i]) / h
        memory[M.rcs_x + i] = towards(memory[M.rcs_x + i], 0.0, h)
    memory[M.fx], memory[M.fy], memory[M.fz] = w[WK.fx], w[WK.fy], w[WK.fz]
    memory[M.q] = dynamic_pressure(w[WK.density], w[WK.speed])
    memory[M.mach] = w[WK.mach]
    memory[M.speed] = w[WK.speed]
    memory[M.alpha] = 2.0 * np.arcsin(min(w[WK.sine], 1.0))
    memory[M.altitude] = w[WK.altitude]
    memory[M.thrust] = w[WK.thrust_2]
