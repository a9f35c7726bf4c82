"""One step of the flight: forces and moments on the body, and the classical Runge-Kutta step.

What changes slowly through a step (air, wind, mass properties) is taken at its middle, found by the state's own motion;
thrust and
gimbal angles, which follow commands and no state, are known at begin, middle and end; gravity, attitude and the air's force
are
evaluated at each of the four stages. Errors of second order in the slow quantities remain; docs/flight.md measures them.
"""

from typing import Any

import numpy as np

from ...core.compiled import compiled_ieee
from ...core.numeric import FlatTable, lookup
from ..environment.atmosphere import Atmosphere, density, pressure, speed_of_sound
from ..environment.gravity import Earth, geodetic_altitude, gravity
from ..environment.wind import Wind, wind_components
from ..motion import dynamic_pressure, smoothed_speed
from ..steering import LaunchFrame, thrust_direction
from .contact import fins, legs
from .equations import (
    across_force,
    half_angle_sine,
    jet_damping,
    lagged,
    one_minus_cosine,
    quaternion_rates,
    rotary_damping,
    thrust_axis,
    to_body,
    to_inertial,
    towards,
    turning_rates,
)
from .flexible import bend, pendulums, slosh
from .layout import (
    BENDING_STATES,
    DENSITY_NODES,
    DENSITY_SPACING,
    KIND_CHUTE,
    KIND_RAIL,
    PH,
    RIGID,
    SLOSH_STATES,
    ST,
    STAGE_SIZE,
    STATE_SIZE,
    STEER,
    WIND_NODES,
    WIND_SPACING,
    WK,
    H,
    M,
    P,
    Y,
)

SLOPES = len(WK)
BETWEEN = SLOPES + 4 * STATE_SIZE
BEFORE = SLOPES + 5 * STATE_SIZE
THIN_AIR = 1e-8  # kg/m^3: above it (some 150 km) the air damps nothing
THIN = 1e-9  # N: below this q A nothing is felt


@compiled_ieee
def flat(bank, at) -> Any:
    """The table that begins at a place of the vector of tables."""
    return FlatTable(bank, int(at))


@compiled_ieee
def mass_piece(bank, at, mass):
    """Where the cubics of the four mass properties stand that hold at a mass, and how far into their piece it lies."""
    pieces = int(bank[at + 2])
    s = min(max((mass - bank[at]) * bank[at + 1], 0.0), float(pieces))
    i = min(int(s), pieces - 1)
    return at + 3 + 16 * i, (s - i) / bank[at + 1]


@compiled_ieee
def profile(parameters, begin, nodes, spacing, altitude):
    """A deviation given at equidistant altitudes, C1 between them (Catmull-Rom), its end values beyond."""
    s = min(max(altitude / spacing, 0.0), nodes - 1.000001)
    i = int(s)
    f = s - i
    a = parameters[begin + max(i - 1, 0)]
    b = parameters[begin + i]
    c = parameters[begin + i + 1]
    d = parameters[begin + min(i + 2, nodes - 1)]
    return b + 0.5 * f * (c - a + f * (2.0 * a - 5.0 * b + 4.0 * c - d + f * (3.0 * (b - c) + d - a)))


@compiled_ieee
def grid(bank, at, mach, sine):
    """Aerodynamic coefficients (axial over its value at zero angle, normal per sine, centre of pressure), bilinear in the
    Mach number and
    the sine of half the angle of attack. At `at`: highest Mach number, number of Mach numbers, number of sines, then
    values."""
    rows, columns = int(bank[at + 1]), int(bank[at + 2])
    m = min(mach / bank[at], 0.9999999) * (rows - 1)
    a = min(sine, 0.9999999) * (columns - 1)
    i, j = int(m), int(a)
    m -= i
    a -= j
    k = at + 3 + 3 * (i * columns + j)
    n = k + 3 * columns
    w00, w01, w10, w11 = (1.0 - m) * (1.0 - a), (1.0 - m) * a, m * (1.0 - a), m * a
    return (
        w00 * bank[k] + w01 * bank[k + 3] + w10 * bank[n] + w11 * bank[n + 3],
        w00 * bank[k + 1] + w01 * bank[k + 4] + w10 * bank[n + 1] + w11 * bank[n + 4],
        w00 * bank[k + 2] + w01 * bank[k + 5] + w10 * bank[n + 2] + w11 * bank[n + 5],
    )


@compiled_ieee
def programme(bank, ph, memory, time):
    """Pitch, yaw [rad], throttle, the two rates [rad/s], and the share of the velocity's direction that the steering
    programme asks for at a time [s] since the phase began."""
    begin, end = int(ph[PH.steer_begin]), int(ph[PH.steer_end])
    if end - begin < 2:
        return memory[M.pitch], memory[M.yaw], 1.0, 0.0, 0.0, 0.0
    row = min(max(int(memory[M.row]), begin), end - 2)
    at = int(bank[H.steering])
    while row < end - 2 and time >= bank[at + STEER * (row + 1)]:
        row += 1
    while row > begin and time < bank[at + STEER * row]:
        row -= 1
    memory[M.row] = row
    a, b = at + STEER * row, at + STEER * (row + 1)
    width = max(bank[b] - bank[a], 1e-9)
    s = min(max((time - bank[a]) / width, 0.0), 1.0)
    pitch_rate = (bank[b + 1] - bank[a + 1]) / width
    yaw_rate = (bank[b + 2] - bank[a + 2]) / width
    if time > bank[b] or time < bank[a]:
        pitch_rate = yaw_rate = 0.0
    return (
        bank[a + 1] + s * (bank[b + 1] - bank[a + 1]),
        bank[a + 2] + s * (bank[b + 2] - bank[a + 2]),
        bank[a + 3] + s * (bank[b + 3] - bank[a + 3]),
        pitch_rate,
        yaw_rate,
        bank[a + 4] + s * (bank[b + 4] - bank[a + 4]),
    )


@compiled_ieee
def engines(bank, ph, parameters, memory, throttle, level, time):
    """Vacuum thrust [N], mass flow [kg/s] and exit area [m^2] of all that burns at a time [s since lift-off]."""
    at = P.stages + int(ph[PH.stage]) * STAGE_SIZE
    number = ph[PH.engines]
    if number > 0.0 and time - memory[M.stage_lit] >= parameters[at + ST.engine_out_time]:
        number = max(number - parameters[at + ST.engines_out], 0.0)
    thrust = flow = area = 0.0
    if number > 0.0:
        thrust = number * level * lookup(flat(bank, ph[PH.thrust]), throttle)
        flow = number * level * lookup(flat(bank, ph[PH.flow]), throttle)
        area = number * ph[PH.exit_area] * level
    thrust += ph[PH.steady_thrust]
    flow += ph[PH.steady_flow]
    area += ph[PH.steady_area]
    if ph[PH.motor_thrust] >= 0.0:
        clock = time - memory[M.clock]
        thrust += lookup(flat(bank, ph[PH.motor_thrust]), clock)
        flow += lookup(flat(bank, ph[PH.motor_flow]), clock)
    factor = parameters[at + ST.thrust_factor]
    return thrust * factor, flow * factor / parameters[at + ST.isp_factor], area


@compiled_ieee
def prepare(bank, ph, parameters, y, memory, w, h):
    """Fill the work vector for a step of h [s] from the state y."""
    half = 0.5 * h
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    x = y[0] + half * (y[3] + 0.5 * half * memory[M.ax])
    yy = y[1] + half * (y[4] + 0.5 * half * memory[M.ay])
    z = y[2] + half * (y[5] + 0.5 * half * memory[M.az])
    altitude = geodetic_altitude(earth, x, yy, z)
    w[WK.altitude] = altitude
    sound = flat(bank, bank[H.sound])
    air = Atmosphere(flat(bank, bank[H.density]), flat(bank, bank[H.pressure]), sound, sound)
    rho = density(air, altitude) * parameters[P.density_factor]
    if altitude < DENSITY_SPACING * DENSITY_NODES:
        rho *= 1.0 + profile(parameters, P.density, DENSITY_NODES, DENSITY_SPACING, altitude)
    w[WK.density] = rho
    w[WK.pressure] = pressure(air, altitude) * parameters[P.pressure_factor]
    w[WK.per_sound] = 1.0 / speed_of_sound(air, altitude)
    bx = by = bz = 0.0
    if bank[H.calm] == 0.0:
        wind = Wind(flat(bank, bank[H.wind_east]), flat(bank, bank[H.wind_north]))
        bx, by, bz = wind_components(wind, x, yy, z, altitude, earth.flattening)
    if altitude < 1.2e5:
        east = profile(parameters, P.wind_east, WIND_NODES, WIND_SPACING, altitude)
        north = profile(parameters, P.wind_north, WIND_NODES, WIND_SPACING, altitude)
        if parameters[P.gust_speed] != 0.0:
            gust = one_minus_cosine(
                altitude - parameters[P.gust_altitude], parameters[P.gust_length], parameters[P.gust_speed]
            )
            east += gust * np.sin(parameters[P.gust_azimuth])
            north += gust * np.cos(parameters[P.gust_azimuth])
        east += memory[M.gust_u]
        north += memory[M.gust_v]
        # as `wind_components` lays east and north, on the sphere: deviations need no ellipsoid
        p = np.sqrt(x * x + yy * yy + 1e-6)
        r = np.sqrt(p * p + z * z)
        bx += -east * yy / p - north * z * x / (p * r) + memory[M.gust_w] * x / r
        by += east * x / p - north * z * yy / (p * r) + memory[M.gust_w] * yy / r
        bz += north * p / r + memory[M.gust_w] * z / r
    w[WK.blow_x], w[WK.blow_y], w[WK.blow_z] = bx, by, bz
    if rho > THIN_AIR:
        vx = y[3] + earth.rotation_rate * yy - bx
        vy = y[4] - earth.rotation_rate * x - by
        mach = smoothed_speed(vx, vy, y[5] - bz) * w[WK.per_sound]
        w[WK.pitch_damping] = lookup(flat(bank, ph[PH.pitch_damping]), mach) * parameters[P.damping_factor]
        w[WK.roll_damping] = lookup(flat(bank, ph[PH.roll_damping]), mach) * parameters[P.damping_factor]
        w[WK.roll_forcing] = lookup(flat(bank, ph[PH.roll_forcing]), mach)
    else:
        w[WK.pitch_damping] = w[WK.roll_damping] = w[WK.roll_forcing] = 0.0

    # engines: level and throttle go straight to their targets at their own rates
    time = memory[M.time]
    stage = P.stages + int(ph[PH.stage]) * STAGE_SIZE
    target = 0.0 if ph[PH.stops] > 0.0 or memory[M.cut] > 0.0 or memory[M.lit] == 0.0 else 1.0
    ramp = ph[PH.start_ramp] if target > memory[M.level] else ph[PH.stop_ramp]
    most = half / max(ramp, 1e-9)
    point_mass = bank[H.point_mass] > 0.0
    level = before = memory[M.level]
    thrust = flow = area = 0.0
    changes = point_mass or ph[PH.motor_thrust] >= 0.0
    for s in range(3):
        t = time + s * half
        throttle = memory[M.throttle]
        if point_mass:
            pitch, yaw, throttle, _, _, _ = programme(bank, ph, memory, t - memory[M.phase_begin])
            throttle = min(max(throttle, ph[PH.throttle_min]), 1.0)
            frame = LaunchFrame(
                bank[H.dx],
                bank[H.dy],
                bank[H.dz],
                bank[H.ux],
                bank[H.uy],
                bank[H.uz],
                bank[H.cx],
                bank[H.cy],
                bank[H.cz],
            )
            u = thrust_direction(frame, pitch, yaw)
            w[WK.axis_0 + 3 * s], w[WK.axis_1 + 3 * s], w[WK.axis_2 + 3 * s] = u
        if s > 0:
            level = towards(level, target, most)
        if s == 0 or changes or level != before:
            thrust, flow, area = engines(bank, ph, parameters, memory, throttle, level, t)
        before = level
        w[WK.thrust_0 + s] = thrust - w[WK.pressure] * area
        w[WK.flow_0 + s] = flow
    w[WK.level] = level
    w[WK.throttle] = memory[M.throttle]

    # gimbals, unless stuck
    lag = ph[PH.gimbal_lag] * parameters[P.gimbal_lag_factor]
    rate = ph[PH.gimbal_rate] * parameters[P.gimbal_rate_factor]
    gy, gz = memory[M.gimbal_y], memory[M.gimbal_z]
    moves = time < parameters[stage + ST.stuck_time]
    share = 1.0 - np.exp(-half / max(lag, 1e-9)) if moves else 0.0
    part = ph[PH.gimballed]
    ux = uy = uz = last_y = last_z = 0.0
    for s in range(3):
        if s > 0:
            gy = lagged(gy, memory[M.command_y], share, rate * half)
            gz = lagged(gz, memory[M.command_z], share, rate * half)
        if w[WK.thrust_0 + s] != 0.0 and not point_mass:
            ay = part * (gy + parameters[stage + ST.gimbal_bias_y]) + parameters[stage + ST.thrust_angle_y]
            az = part * (gz + parameters[stage + ST.gimbal_bias_z]) + parameters[stage + ST.thrust_angle_z]
            if s == 0 or ay != last_y or az != last_z:
                ux, uy, uz = thrust_axis(ay, az)
                last_y, last_z = ay, az
            w[WK.push_x_0 + s] = w[WK.thrust_0 + s] * ux
            w[WK.push_y_0 + s] = w[WK.thrust_0 + s] * uy
            w[WK.push_z_0 + s] = w[WK.thrust_0 + s] * uz
        else:
            w[WK.push_x_0 + s] = w[WK.push_y_0 + s] = w[WK.push_z_0 + s] = 0.0
    w[WK.gimbal_y], w[WK.gimbal_z] = gy, gz

    if ph[PH.fin_slope] >= 0.0:
        lagged_by = 1.0 - np.exp(-h / max(ph[PH.fin_lag], 1e-9))
        w[WK.fin_y] = lagged(memory[M.fin_y], memory[M.fin_command_y], lagged_by, ph[PH.fin_rate] * h)
        w[WK.fin_z] = lagged(memory[M.fin_z], memory[M.fin_command_z], lagged_by, ph[PH.fin_rate] * h)
    # mass properties at the middle
    mass = y[Y.mass] - half * flow - memory[M.mass_offset]
    factor = parameters[stage + ST.inertia_factor]
    row, s = mass_piece(bank, int(ph[PH.masses]), mass)
    w[WK.center] = (
        bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3])) + parameters[stage + ST.mass_offset_x]
    )
    for i in range(3):
        row += 4
        w[WK.ix + i] = factor * (bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3])))
        w[WK.ix_rate + i] = -flow * factor * (bank[row + 1] + s * (2.0 * bank[row + 2] + 3.0 * s * bank[row + 3]))

    # moments that do not depend on the state: roll control and jets, whose pulses are spread over the step
    w[WK.mx] = memory[M.command_roll] + _pulse(memory[M.rcs_x], h) * ph[PH.rcs_roll] * parameters[P.rcs_factor]
    w[WK.my] = _pulse(memory[M.rcs_y], h) * ph[PH.rcs_pitch] * parameters[P.rcs_factor]
    w[WK.mz] = _pulse(memory[M.rcs_z], h) * ph[PH.rcs_yaw] * parameters[P.rcs_factor]

    if ph[PH.slosh] >= 0.0:
        pendulums(bank, int(ph[PH.slosh]), mass, parameters[P.slosh_factor], w)
    w[WK.chute] = 0.0
    if ph[PH.kind] == KIND_CHUTE:
        opened = min((time + half - memory[M.phase_begin]) / max(ph[PH.chute_time], 1e-9), 1.0)
        w[WK.chute] = memory[M.chute] + opened * (ph[PH.chute_area] * parameters[P.chute_factor] - memory[M.chute])


@compiled_ieee
def _pulse(remaining, h):
    """Share of a step that a pulse of a remaining (signed) time fills."""
    return min(max(remaining / h, -1.0), 1.0)


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


@compiled_ieee
def center_of_mass(bank, ph, parameters, mass):
    """Station of the centre of mass [m] in a phase, for a mass less its offsets [kg]."""
    stage = P.stages + int(ph[PH.stage]) * STAGE_SIZE
    return expected_center(bank, ph, mass) + parameters[stage + ST.mass_offset_x]


@compiled_ieee
def expected_center(bank, ph, mass):
    """As `center_of_mass`, without the offset that the computer does not know."""
    row, s = mass_piece(bank, int(ph[PH.masses]), mass)
    return bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3]))


@compiled_ieee
def inertia_about(bank, ph, axis, mass):
    """Moment of inertia [kg m^2] about body axis 0, 1, 2 in a phase, for a mass less its offsets [kg]."""
    row, s = mass_piece(bank, int(ph[PH.masses]), mass)
    row += 4 * (axis + 1)
    return bank[row] + s * (bank[row + 1] + s * (bank[row + 2] + s * bank[row + 3]))
