"""Navigation: strapdown integration in inertial axes, and an error-state Kalman filter with fifteen states as the reference.

Error states: attitude (rotation vector in inertial axes that takes the true attitude to the estimated one), velocity,
position, gyroscope biases,
accelerometer biases. In axes that do not turn the attitude's error stands still but for the gyroscopes' errors, so the
transition matrix is the
identity and five blocks (Groves, 2nd ed., sec. 14.2.2, in ECI). Measurements are taken one number at a time.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ..environment.gravity import Earth, geodetic_altitude, gravity
from .dynamics import BETWEEN
from .equations import quaternion_product, to_inertial
from .layout import I_, WK, H, M, N, P
from .sensors import PUSH, TURN, draw, draw_one, inertial_unit, look, walk
from .sensors import TIME as CLOCK

POSITION, VELOCITY, ATTITUDE, GYRO, ACCELEROMETER = 0, 3, 6, 10, 13
SPAN, FORCE, FIXES, INNOVATIONS, NUMBERS, NEXT_FIX, NEXT_ALTITUDE = 16, 17, 20, 21, 22, 23, 24
PROPAGATE_EVERY = 0.1  # s: of the covariance
ALTITUDE_PERIOD = 0.1  # s
BAROMETER_TOP = 30e3  # m


@compiled_ieee
def align(bank, parameters, memory, covariance, y):
    """First estimate: the truth, with the errors of the alignment and the receiver; and its covariance."""
    for i in range(6):
        memory[N + i] = y[i]
    if bank[H.perfect] == 0.0:
        for i in range(3):
            a, b = draw(memory)
            memory[N + POSITION + i] += bank[H.position_sigma] * a
            memory[N + VELOCITY + i] += bank[H.velocity_sigma] * b
    ex, ey, ez = 0.5 * parameters[P.alignment_x], 0.5 * parameters[P.alignment_y], 0.5 * parameters[P.alignment_z]
    n = 1.0 / np.sqrt(1.0 + ex * ex + ey * ey + ez * ez)
    q = quaternion_product(n, n * ex, n * ey, n * ez, y[6], y[7], y[8], y[9])
    for i in range(4):
        memory[N + ATTITUDE + i] = q[i]
    for i in range(15):
        for j in range(15):
            covariance[i, j] = 0.0
    sigmas = (
        bank[H.attitude_sigma], bank[H.velocity_sigma], bank[H.position_sigma], bank[H.gyro_bias_sigma],
        bank[H.accelerometer_bias_sigma],
    )  # fmt: skip
    for block in range(5):
        for i in range(3):
            covariance[3 * block + i, 3 * block + i] = sigmas[block] * sigmas[block]
    memory[N + NEXT_FIX] = bank[H.gnss_period]
    look(memory, y)


@compiled_ieee
def strapdown(bank, memory, dt):
    """Integrate the estimate over the increments just given."""
    n, i_ = N, I_
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    tx = 0.5 * (memory[i_ + TURN] - memory[n + GYRO] * dt)
    ty = 0.5 * (memory[i_ + TURN + 1] - memory[n + GYRO + 1] * dt)
    tz = 0.5 * (memory[i_ + TURN + 2] - memory[n + GYRO + 2] * dt)
    a0, a1, a2, a3 = memory[n + 6], memory[n + 7], memory[n + 8], memory[n + 9]
    w = np.sqrt(max(1.0 - tx * tx - ty * ty - tz * tz, 0.0))
    b0, b1, b2, b3 = quaternion_product(a0, a1, a2, a3, w, tx, ty, tz)
    s = 1.0 / np.sqrt(b0 * b0 + b1 * b1 + b2 * b2 + b3 * b3)
    memory[n + 6], memory[n + 7], memory[n + 8], memory[n + 9] = b0 * s, b1 * s, b2 * s, b3 * s
    m0, m1, m2, m3 = a0 + b0, a1 + b1, a2 + b2, a3 + b3
    s = 1.0 / np.sqrt(m0 * m0 + m1 * m1 + m2 * m2 + m3 * m3)
    px, py, pz = to_inertial(
        m0 * s, m1 * s, m2 * s, m3 * s,
        memory[i_ + PUSH] - memory[n + ACCELEROMETER] * dt,
        memory[i_ + PUSH + 1] - memory[n + ACCELEROMETER + 1] * dt,
        memory[i_ + PUSH + 2] - memory[n + ACCELEROMETER + 2] * dt,
    )  # fmt: skip
    half = 0.5 * dt
    x = memory[n] + half * memory[n + 3]
    yy = memory[n + 1] + half * memory[n + 4]
    z = memory[n + 2] + half * memory[n + 5]
    gx, gy, gz = gravity(earth, x, yy, z)
    gains = (px + gx * dt, py + gy * dt, pz + gz * dt)
    pushes = (px, py, pz)
    for i in range(3):
        memory[n + i] += dt * memory[n + 3 + i] + half * gains[i]
        memory[n + 3 + i] += gains[i]
        memory[n + FORCE + i] += pushes[i]
    memory[n + SPAN] += dt


@compiled_ieee
def propagate_covariance(bank, memory, c):
    """P <- F P F' + Q over the span gathered since the last time."""
    dt = memory[N + SPAN]
    if dt <= 0.0:
        return
    q0, q1, q2, q3 = memory[N + 6], memory[N + 7], memory[N + 8], memory[N + 9]
    x = to_inertial(q0, q1, q2, q3, 1.0, 0.0, 0.0)
    y = to_inertial(q0, q1, q2, q3, 0.0, 1.0, 0.0)
    z = to_inertial(q0, q1, q2, q3, 0.0, 0.0, 1.0)
    fx, fy, fz = memory[N + FORCE], memory[N + FORCE + 1], memory[N + FORCE + 2]  # velocity increments: force times dt
    rx, ry, rz = memory[N], memory[N + 1], memory[N + 2]
    r2 = rx * rx + ry * ry + rz * rz
    pull = bank[H.mu] / (r2 * np.sqrt(r2)) * dt
    ux, uy, uz = rx / np.sqrt(r2), ry / np.sqrt(r2), rz / np.sqrt(r2)
    # rows first (F P), then columns ((F P) F'): both by the same few products
    for turned in range(2):
        for j in range(15):
            if turned == 0:
                a0, a1, a2, v0, v1, v2, p0, p1, p2 = (
                    c[0, j],
                    c[1, j],
                    c[2, j],
                    c[3, j],
                    c[4, j],
                    c[5, j],
                    c[6, j],
                    c[7, j],
                    c[8, j],
                )
                g0, g1, g2, b0, b1, b2 = c[9, j], c[10, j], c[11, j], c[12, j], c[13, j], c[14, j]
            else:
                a0, a1, a2, v0, v1, v2, p0, p1, p2 = (
                    c[j, 0],
                    c[j, 1],
                    c[j, 2],
                    c[j, 3],
                    c[j, 4],
                    c[j, 5],
                    c[j, 6],
                    c[j, 7],
                    c[j, 8],
                )
                g0, g1, g2, b0, b1, b2 = c[j, 9], c[j, 10], c[j, 11], c[j, 12], c[j, 13], c[j, 14]
            # velocity: attitude error x force, accelerometer bias, gravity gradient; attitude: gyroscope bias; position:
            # velocity
            radial = 3.0 * (ux * p0 + uy * p1 + uz * p2)
            nv0 = v0 + a1 * fz - a2 * fy + dt * (x[0] * b0 + y[0] * b1 + z[0] * b2) + pull * (radial * ux - p0)
            nv1 = v1 + a2 * fx - a0 * fz + dt * (x[1] * b0 + y[1] * b1 + z[1] * b2) + pull * (radial * uy - p1)
            nv2 = v2 + a0 * fy - a1 * fx + dt * (x[2] * b0 + y[2] * b1 + z[2] * b2) + pull * (radial * uz - p2)
            np0, np1, np2 = p0 + 0.5 * dt * (v0 + nv0), p1 + 0.5 * dt * (v1 + nv1), p2 + 0.5 * dt * (v2 + nv2)
            na0 = a0 + dt * (x[0] * g0 + y[0] * g1 + z[0] * g2)
            na1 = a1 + dt * (x[1] * g0 + y[1] * g1 + z[1] * g2)
            na2 = a2 + dt * (x[2] * g0 + y[2] * g1 + z[2] * g2)
            new = (na0, na1, na2, nv0, nv1, nv2, np0, np1, np2)
            for i in range(9):
                if turned == 0:
                    c[i, j] = new[i]
                else:
                    c[j, i] = new[i]
    noises = (bank[H.gyro_noise], bank[H.accelerometer_noise], 0.0, bank[H.gyro_walk], bank[H.accelerometer_walk])
    for block in range(5):
        for i in range(3):
            c[3 * block + i, 3 * block + i] += noises[block] * noises[block] * dt
    # what the quantisers leave: they carry their rest over, so a twelfth of a step's square enters once a span
    for i in range(3):
        c[i, i] += bank[H.gyro_quantum] * bank[H.gyro_quantum] / 12.0
        c[3 + i, 3 + i] += bank[H.accelerometer_quantum] * bank[H.accelerometer_quantum] / 12.0
    memory[N + SPAN] = 0.0
    for i in range(3):
        memory[N + FORCE + i] = 0.0


@compiled_ieee
def measure(memory, c, row, gain, innovation, variance):
    """One scalar measurement. row (15,): what it sees of the error state; innovation: predicted less measured; gain (15,):
    scratch."""
    s = variance
    for i in range(15):
        value = 0.0
        for j in range(15):
            value += c[i, j] * row[j]
        gain[i] = value
        s += row[i] * value
    memory[N + INNOVATIONS] += innovation * innovation / s
    memory[N + NUMBERS] += 1.0
    for i in range(15):
        for j in range(15):
            c[i, j] -= gain[i] * gain[j] / s
    k = innovation / s
    # the estimate less its error; biases are counted the other way round
    q = quaternion_product(
        1.0, -0.5 * k * gain[0], -0.5 * k * gain[1], -0.5 * k * gain[2],
        memory[N + 6], memory[N + 7], memory[N + 8], memory[N + 9],
    )  # fmt: skip
    n = 1.0 / np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3])
    for i in range(4):
        memory[N + ATTITUDE + i] = q[i] * n
    for i in range(3):
        memory[N + VELOCITY + i] -= k * gain[3 + i]
        memory[N + POSITION + i] -= k * gain[6 + i]
        memory[N + GYRO + i] += k * gain[9 + i]
        memory[N + ACCELEROMETER + i] += k * gain[12 + i]


@compiled_ieee
def satellite_fix(bank, parameters, memory, covariance, w, y):
    """Position and velocity from the satellite receiver, six numbers one after another."""
    row, gain = w[BETWEEN : BETWEEN + 15], w[BETWEEN + 15 : BETWEEN + 30]
    for i in range(15):
        row[i] = 0.0
    for kind in range(2):
        sigma = (bank[H.gnss_velocity] if kind == 0 else bank[H.gnss_position]) * parameters[P.gnss_noise_factor]
        first = VELOCITY if kind == 0 else POSITION
        for i in range(3):
            seen = y[first + i] + sigma * draw_one(memory)
            column = 3 * kind + 3 + i
            row[column] = 1.0
            measure(memory, covariance, row, gain, memory[N + first + i] - seen, sigma * sigma)
            row[column] = 0.0
    memory[N + FIXES] += 1.0


@compiled_ieee
def altitude_fix(bank, parameters, memory, covariance, w, y):
    """Height from the radar altimeter within its range, else from the barometer while there is air."""
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    height = geodetic_altitude(earth, y[0], y[1], y[2])
    above = height - bank[H.ground]
    radar = bank[H.altimeter_range] > 0.0 and above < bank[H.altimeter_range]
    barometer = bank[H.barometer_noise] > 0.0 and height < BAROMETER_TOP
    if not (radar or barometer):
        return
    noise = draw_one(memory)
    if radar:
        sigma = bank[H.altimeter_noise]
        seen = height + sigma * noise + parameters[P.altimeter_bias]
    else:
        # pressure as if of the standard air: a metre is rho g pascals
        per_metre = max(w[WK.density], 1e-3) * 9.81
        sigma = bank[H.barometer_noise] / per_metre
        seen = height + sigma * noise - parameters[P.pressure_sensor_bias] / per_metre
    r = np.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    row, gain = w[BETWEEN : BETWEEN + 15], w[BETWEEN + 15 : BETWEEN + 30]
    for i in range(15):
        row[i] = 0.0
    for i in range(3):
        row[6 + i] = memory[N + i] / r
    thought = geodetic_altitude(earth, memory[N], memory[N + 1], memory[N + 2])
    measure(memory, covariance, row, gain, thought - seen, sigma * sigma)


@compiled_ieee
def navigate(bank, parameters, memory, covariance, w, y):
    """One control period of sensing and estimating."""
    dt = memory[M.time] - memory[I_ + CLOCK]
    if not inertial_unit(bank, parameters, memory, y):
        return
    strapdown(bank, memory, dt)
    if memory[N + SPAN] >= PROPAGATE_EVERY - 1e-9:
        walk(bank, memory, memory[N + SPAN])
        propagate_covariance(bank, memory, covariance)
        t = memory[M.time]
        if t >= memory[N + NEXT_ALTITUDE] and (bank[H.altimeter_range] > 0.0 or bank[H.barometer_noise] > 0.0):
            memory[N + NEXT_ALTITUDE] += ALTITUDE_PERIOD
            altitude_fix(bank, parameters, memory, covariance, w, y)
        if bank[H.gnss_on] > 0.0 and t >= memory[N + NEXT_FIX] - 1e-9 and t < parameters[P.gnss_lost_time]:
            memory[N + NEXT_FIX] += bank[H.gnss_period]
            satellite_fix(bank, parameters, memory, covariance, w, y)
