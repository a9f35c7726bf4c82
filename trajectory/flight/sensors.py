"""What the sensors tell: inertial unit, satellite receiver, radar altimeter, barometer; each with its errors.

The inertial unit gives increments of angle and velocity over a control period, as real ones do. Model of a triad (Groves,
*Principles of GNSS,
Inertial, and Multisensor Integrated Navigation Systems*, 2nd ed., sec. 4.4): measured = quantised((I + scale +
misalignment) true + bias · dt +
white noise), the rest of the quantiser carried to the next. Biases walk.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ..environment.gravity import Earth, gravity
from .equations import quaternion_product, to_body
from .layout import I_, H, M, P
from .noise import normal

SEEN, TURN, PUSH, REST, WALK, TIME = 0, 13, 16, 19, 25, 31
"""In the sensors' part of the memory: state last seen (13), angle and velocity increments given (3 each), rest of the
quantisers (6), walked biases
(6), time last seen."""


AIR = 2.0**52
"""First count of the turbulence's numbers."""


@compiled_ieee
def look(memory, y):
    """Take the present state as the one from which the next increments count."""
    for i in range(13):
        memory[I_ + SEEN + i] = y[i]
    memory[I_ + TIME] = memory[M.time]


@compiled_ieee
def draw_one(memory):
    """A standard normal number, the flight's next."""
    value, memory[M.draws] = normal(memory[M.seed], memory[M.draws])
    return value


@compiled_ieee
def draw(memory):
    """The flight's next two standard normal numbers."""
    first = draw_one(memory)
    return first, draw_one(memory)


@compiled_ieee
def draw_air(memory):
    """The next of the air's own numbers, so that a sensor more or less leaves the turbulence as it was."""
    value, count = normal(memory[M.seed], AIR + memory[M.air_draws])
    memory[M.air_draws] = count - AIR
    return value


@compiled_ieee
def inertial_unit(bank, parameters, memory, y):
    """Fill the increments since the last look; false when no time has passed."""
    dt = memory[M.time] - memory[I_ + TIME]
    if dt <= 0.0:
        return False
    s = I_ + SEEN
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    # true increments: the turn between two attitudes, and the velocity that gravity does not explain, in axes half way
    _, tx, ty, tz = quaternion_product(
        memory[s + 6], -memory[s + 7], -memory[s + 8], -memory[s + 9], y[6], y[7], y[8], y[9]
    )
    true = (2.0 * tx, 2.0 * ty, 2.0 * tz)  # angles of milliradians: sine and angle are one to 1e-10
    g = gravity(earth, 0.5 * (y[0] + memory[s]), 0.5 * (y[1] + memory[s + 1]), 0.5 * (y[2] + memory[s + 2]))
    q0, q1, q2, q3 = y[6] + memory[s + 6], y[7] + memory[s + 7], y[8] + memory[s + 8], y[9] + memory[s + 9]
    n = 1.0 / np.sqrt(q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3)
    pushed = to_body(
        q0 * n, q1 * n, q2 * n, q3 * n,
        y[3] - memory[s + 3] - g[0] * dt, y[4] - memory[s + 4] - g[1] * dt, y[5] - memory[s + 5] - g[2] * dt,
    )  # fmt: skip
    root = np.sqrt(dt)
    for triad in range(2):
        at = P.gyro_bias_x if triad == 0 else P.accelerometer_bias_x
        noise = (bank[H.gyro_noise] if triad == 0 else bank[H.accelerometer_noise]) * parameters[at + 9] * root
        quantum = bank[H.gyro_quantum] if triad == 0 else bank[H.accelerometer_quantum]
        truth = true if triad == 0 else pushed
        mx, my, mz = parameters[at + 6], parameters[at + 7], parameters[at + 8]
        seen = (
            truth[0] * (1.0 + parameters[at + 3]) + mz * truth[1] - my * truth[2],
            truth[1] * (1.0 + parameters[at + 4]) - mz * truth[0] + mx * truth[2],
            truth[2] * (1.0 + parameters[at + 5]) + my * truth[0] - mx * truth[1],
        )
        for i in range(3):
            value = seen[i] + (parameters[at + i] + memory[I_ + WALK + 3 * triad + i]) * dt
            if noise > 0.0:
                value += noise * draw_one(memory)
            if quantum > 0.0:
                value += memory[I_ + REST + 3 * triad + i]
                given = np.floor(value / quantum + 0.5) * quantum
                memory[I_ + REST + 3 * triad + i] = value - given
                value = given
            memory[I_ + TURN + 3 * triad + i] = value
    look(memory, y)
    return True


@compiled_ieee
def walk(bank, memory, dt):
    """Let the biases walk over a time [s]."""
    root = np.sqrt(dt)
    for i in range(3):
        a, b = draw(memory)
        memory[I_ + WALK + i] += bank[H.gyro_walk] * root * a
        memory[I_ + WALK + 3 + i] += bank[H.accelerometer_walk] * root * b


@compiled_ieee
def satellite(bank, parameters, memory, y, out):
    """Fill out (6,) with position and velocity as the satellite receiver gives them."""
    for i in range(3):
        a, b = draw(memory)
        out[i] = y[i] + bank[H.gnss_position] * parameters[P.gnss_noise_factor] * a
        out[3 + i] = y[3 + i] + bank[H.gnss_velocity] * parameters[P.gnss_noise_factor] * b
