"""What stands still during one step of the flight, or follows commands alone: air and wind, engines, actuators, mass properties.

Taken at the step's middle, found by the state's own motion; thrust and gimbal angles at begin, middle and end.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ...core.numeric import lookup
from ..environment.atmosphere import Atmosphere, density, pressure, speed_of_sound
from ..environment.gravity import Earth, geodetic_altitude
from ..environment.wind import Wind, wind_components
from ..motion import smoothed_speed
from ..steering import LaunchFrame, thrust_direction
from .equations import lagged, one_minus_cosine, thrust_axis, towards
from .flexible import pendulums
from .layout import (
    DENSITY_NODES,
    DENSITY_SPACING,
    KIND_CHUTE,
    PH,
    ST,
    STAGE_SIZE,
    WIND_NODES,
    WIND_SPACING,
    WK,
    H,
    M,
    P,
    Y,
)
from .lookups import flat, mass_piece, profile, programme

THIN_AIR = 1e-8  # kg/m^3: above it (some 150 km) the air damps nothing


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
    beside, beside_flow = ph[PH.steady_thrust], ph[PH.steady_flow]
    area += ph[PH.steady_area]
    theirs = ph[PH.strap_burns] > 0.0
    if ph[PH.motor_thrust] >= 0.0:
        clock = (time - memory[M.clock]) / parameters[P.strap_time_factor if theirs else at + ST.time_factor]
        beside += lookup(flat(bank, ph[PH.motor_thrust]), clock)
        beside_flow += lookup(flat(bank, ph[PH.motor_flow]), clock)
    factor = parameters[at + ST.thrust_factor]
    flow_factor = factor / parameters[at + ST.isp_factor]
    if theirs:
        other = parameters[P.strap_thrust_factor]
        return (
            thrust * factor + beside * other,
            flow * flow_factor + beside_flow * other / parameters[P.strap_isp_factor],
            area,
        )
    return (thrust + beside) * factor, (flow + beside_flow) * flow_factor, area


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
    slew = ph[PH.throttle_rate] * half
    throttled = memory[M.throttled]
    if slew <= 0.0 or throttled <= 0.0:
        throttled = memory[M.throttle]
    changes = point_mass or ph[PH.motor_thrust] >= 0.0 or throttled != memory[M.throttle]
    for s in range(3):
        t = time + s * half
        if s > 0 and slew > 0.0:
            throttled = towards(throttled, memory[M.throttle], slew)
        throttle = throttled
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
    w[WK.throttle] = throttled

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
