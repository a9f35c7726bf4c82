"""What the plant tells at one instant, computed into the flat vector of `signals`; compiled, nothing allocated."""

from typing import Any

import numpy as np

from ..core.compiled import compiled_ieee
from ..core.numeric import equation
from ..trajectory.environment.gravity import Earth, geodetic_altitude
from ..trajectory.flight.autopilot import turbulence
from ..trajectory.flight.equations import orbital_energy, quaternion_product
from ..trajectory.flight.layout import I_, PH, WK, H, M, P, Y
from ..trajectory.flight.loop import step_plant
from ..trajectory.flight.sensors import TURN, draw, inertial_unit, satellite, walk
from .signals import INDEX

TIME, TICK = INDEX["clock.time"], INDEX["clock.tick"]
IMU, IMU_VALID = INDEX["imu.delta_angle.x"], INDEX["imu.valid"]
FIX, FIX_VALID = INDEX["gnss.position.x"], INDEX["gnss.valid"]
RANGE, PRESSURE = INDEX["altimeter.range"], INDEX["barometer.pressure"]
GIMBAL, ENGINE, POWER = INDEX["gimbal.y"], INDEX["engine.level"], INDEX["power.voltage"]
PROPELLANT, VEHICLE = INDEX["propellant.mass"], INDEX["vehicle.phase"]
TRUTH, ATTITUDE = INDEX["truth.position.x"], INDEX["truth.attitude.w"]
NED, RATE = INDEX["truth.attitude_ned.w"], INDEX["truth.rate.x"]
LOCAL, TILT, TOUCHDOWN = INDEX["truth.local.x"], INDEX["truth.tilt"], INDEX["truth.touchdown.distance"]
PLACE, MASS = INDEX["truth.latitude"], INDEX["truth.mass"]


@equation
def pressure_altitude(pressure):
    """Altitude [m] at which the standard atmosphere has a pressure [Pa]: its lowest layer's law (U.S. Standard Atmosphere 1976,
    eq. 33a inverted), which altimeters carry on above 11 km too."""
    return 44330.769 * (1.0 - (pressure / 101325.0) ** 0.19026324)


@compiled_ieee
def hold(bank, state, y, memory, time):
    """Stand on the pad at a time before T-0 [s, negative]: the state of T-0, turned back with the Earth. No inertial sample is
    lost: what the unit measures is the pad's push and the Earth's rate."""
    turn = bank[H.rotation] * time
    c, s = np.cos(turn), np.sin(turn)
    for i in range(y.size):
        y[i] = state[i]
    for i in (0, 3):
        y[i] = c * state[i] - s * state[i + 1]
        y[i + 1] = s * state[i] + c * state[i + 1]
    half_c, half_s = np.cos(0.5 * turn), np.sin(0.5 * turn)
    q = quaternion_product(half_c, 0.0, 0.0, half_s, state[6], state[7], state[8], state[9])
    for i in range(4):
        y[6 + i] = q[i]
    memory[M.time] = time


@compiled_ieee
def tick(bank, phases, parameters, y, memory, work, commands, clock, begin, empty, power, pad, signals):
    """One step of the bench; returns the flight's status. clock: step dt [s], count, last step on the pad, whether the next
    phase was commanded before; begin: state at T-0; empty (phases,): see `plant.BenchPlant`; power: volts, ohms, amperes,
    ampere seconds, amperes for each rad/s of the gimbals, drawn [A s]; pad (4, 3): see `pad_axes`."""
    dt, count = clock[0], clock[1] + 1.0
    clock[1] = count
    status = 0
    before_y, before_z = memory[M.gimbal_y], memory[M.gimbal_z]
    if count <= clock[2]:
        hold(bank, begin, y, memory, (count - clock[2]) * dt)
        if count == clock[2]:
            memory[M.time] = 0.0
    else:
        # a command to go on counts once, when it rises: a computer may hold it until it sees the phase change
        asked, commands[7] = commands[7], 0.0 if clock[3] > 0.0 else commands[7]
        clock[3] = asked
        dry = empty[int(memory[M.phase])]
        if dry > 0.0 and y[Y.mass] - memory[M.mass_offset] <= dry:
            commands[8] = 1.0  # out of propellant, whatever is commanded
        if bank[H.turbulence] * parameters[P.turbulence] > 0.0:
            turbulence(bank, parameters, memory, dt)
        status = step_plant(bank, phases, parameters, y, memory, work, commands, dt)
        commands[7] = asked
    inertial_unit(bank, parameters, memory, y)
    swing = (abs(memory[M.gimbal_y] - before_y) + abs(memory[M.gimbal_z] - before_z)) / dt
    current = power[2] + power[4] * swing
    power[5] += current * dt
    charge = max(1.0 - power[5] / power[3], 0.0)
    signals[POWER] = (power[0] if charge > 0.0 else 0.0) - power[1] * current
    signals[POWER + 1], signals[POWER + 2] = current, charge
    signals[PRESSURE] = work[WK.pressure]
    observe(bank, phases, parameters, y, memory, dt, empty, signals)
    for i in range(3):
        signals[LOCAL + i] = 0.0
        for j in range(3):
            signals[LOCAL + i] += pad[1 + i, j] * (signals[TRUTH + j] - pad[0, j])
    upright(memory, signals)
    signals[TIME], signals[TICK] = memory[M.time], count
    return status


@compiled_ieee
def upright(memory, signals):
    """How the body stands over the pad; what a touchdown was stays when a foot has touched."""
    w, x, y, z = signals[NED], signals[NED + 1], signals[NED + 2], signals[NED + 3]
    signals[TILT] = np.arccos(min(max(-2.0 * (x * z - w * y), -1.0), 1.0))
    if memory[M.most_stroke] == 0.0:
        signals[TOUCHDOWN] = np.sqrt(signals[LOCAL] ** 2 + signals[LOCAL + 1] ** 2)
        signals[TOUCHDOWN + 1] = signals[PLACE + 5]
        signals[TOUCHDOWN + 2] = np.sqrt(signals[PLACE + 3] ** 2 + signals[PLACE + 4] ** 2)
        signals[TOUCHDOWN + 3] = signals[TILT]


def pad_axes(bank: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """(4, 3) of the pad, Earth-fixed: where it is, then its north, east and down. begin: its place, or the state at T-0, when
    inertial axes are the Earth-fixed ones."""
    scratch = np.zeros(len(INDEX))
    scratch[TRUTH : TRUTH + 3] = begin[:3]
    over_ground(bank, TRUTH, PLACE, scratch)
    sl, cl = np.sin(scratch[PLACE]), np.cos(scratch[PLACE])
    so, co = np.sin(scratch[PLACE + 1]), np.cos(scratch[PLACE + 1])
    return np.array([begin[:3], [-sl * co, -sl * so, cl], [-so, co, 0.0], [-cl * co, -cl * so, -sl]])


@compiled_ieee
def observe(bank, phases, parameters, y, memory, dt, empty, signals):
    """Sensors and truth, all but clock and power."""
    ph = phases[int(memory[M.phase])]
    for i in range(6):
        signals[IMU + i] = memory[I_ + TURN + i]
        signals[IMU + 6 + i] = memory[I_ + TURN + i] / dt
    signals[IMU_VALID] = 1.0
    signals[GIMBAL], signals[GIMBAL + 1] = memory[M.gimbal_y], memory[M.gimbal_z]
    signals[GIMBAL + 2], signals[GIMBAL + 3] = memory[M.fin_y], memory[M.fin_z]
    level = memory[M.level] if ph[PH.engines] > 0.0 and memory[M.time] > 0.0 else 0.0
    signals[ENGINE], signals[ENGINE + 1] = level, memory[M.throttle]
    signals[ENGINE + 2] = ph[PH.engines] if level > 0.0 else 0.0
    signals[PROPELLANT] = max(y[Y.mass] - memory[M.mass_offset] - empty[int(memory[M.phase])], 0.0)
    signals[VEHICLE], signals[VEHICLE + 1] = memory[M.phase], ph[PH.stage]
    signals[VEHICLE + 2] = 1.0 if memory[M.time] > 0.0 else 0.0
    signals[VEHICLE + 3] = 1.0 if memory[M.most_stroke] > 0.0 else 0.0
    truth(bank, y, memory, signals)
    above = signals[PLACE + 2] - bank[H.ground]
    near = bank[H.altimeter_range] > 0.0 and above < bank[H.altimeter_range]
    a, b = draw(memory)
    signals[RANGE] = max(above + bank[H.altimeter_noise] * a + parameters[P.altimeter_bias], 0.0) if near else 0.0
    signals[RANGE + 1] = 1.0 if near else 0.0
    signals[PRESSURE] = max(signals[PRESSURE] + bank[H.barometer_noise] * b + parameters[P.pressure_sensor_bias], 0.0)
    signals[PRESSURE + 1] = pressure_altitude(signals[PRESSURE])


@compiled_ieee
def fix(bank, parameters, y, memory, scratch, signals):
    """A new satellite fix: inertial as the receiver's errors are drawn, given Earth-fixed."""
    walk(bank, memory, bank[H.gnss_period])
    satellite(bank, parameters, memory, y, scratch)
    lost = bank[H.gnss_on] == 0.0 or memory[M.time] >= parameters[P.gnss_lost_time]
    signals[FIX_VALID] = 0.0 if lost else 1.0
    if not lost:
        earth_fixed(bank, memory[M.time], scratch, FIX, signals)
        over_ground(bank, FIX, FIX + 6, signals)
        signals[FIX_VALID + 1] += 1.0


@compiled_ieee
def earth_fixed(bank, time, state, at, signals):
    """Inertial position and velocity (6,) as Earth-fixed ones, from signal *at* on."""
    turn = bank[H.rotation] * time
    c, s = np.cos(turn), np.sin(turn)
    vx, vy = state[3] + bank[H.rotation] * state[1], state[4] - bank[H.rotation] * state[0]
    signals[at], signals[at + 1], signals[at + 2] = c * state[0] + s * state[1], c * state[1] - s * state[0], state[2]
    signals[at + 3], signals[at + 4], signals[at + 5] = c * vx + s * vy, c * vy - s * vx, state[5]


@compiled_ieee
def over_ground(bank, at, out, signals):
    """Latitude, longitude [rad], altitude [m], velocity north, east, down [m/s] of the Earth-fixed state at *at*.

    Latitude by three rounds of Bowring's formula (1976), far below a millimetre at any altitude of a flight."""
    x, y, z = signals[at], signals[at + 1], signals[at + 2]
    a, f = bank[H.radius], bank[H.flattening]
    b, e2 = a * (1.0 - f), f * (2.0 - f)
    p = np.sqrt(x * x + y * y)
    beta = np.arctan2(z * a, p * b)
    latitude = 0.0
    for _ in range(3):
        sb, cb = np.sin(beta), np.cos(beta)
        latitude = np.arctan2(z + e2 / (1.0 - e2) * b * sb * sb * sb, p - e2 * a * cb * cb * cb)
        beta = np.arctan2((1.0 - f) * np.sin(latitude), np.cos(latitude))
    longitude = np.arctan2(y, x)
    earth = Earth(bank[H.mu], a, f, bank[H.rotation], bank[H.j2])
    signals[out], signals[out + 1] = latitude, longitude
    signals[out + 2] = geodetic_altitude(earth, x, y, z)
    sl, cl, so, co = np.sin(latitude), np.cos(latitude), np.sin(longitude), np.cos(longitude)
    vx, vy, vz = signals[at + 3], signals[at + 4], signals[at + 5]
    signals[out + 3] = -sl * (co * vx + so * vy) + cl * vz
    signals[out + 4] = co * vy - so * vx
    signals[out + 5] = -cl * (co * vx + so * vy) - sl * vz


@compiled_ieee
def truth(bank, y, memory, signals):
    """Where the vehicle really is, and the pressure there."""
    earth_fixed(bank, memory[M.time], y, TRUTH, signals)
    over_ground(bank, TRUTH, PLACE, signals)
    half = -0.5 * bank[H.rotation] * memory[M.time]
    q: Any = quaternion_product(np.cos(half), 0.0, 0.0, np.sin(half), y[6], y[7], y[8], y[9])
    latitude, longitude = signals[PLACE], signals[PLACE + 1]
    # north-east-down axes from Earth-fixed ones: about z by the longitude, then about the new y by -(latitude + 90 deg)
    cz, sz = np.cos(0.5 * longitude), np.sin(0.5 * longitude)
    cy, sy = np.cos(-0.5 * latitude - 0.25 * np.pi), np.sin(-0.5 * latitude - 0.25 * np.pi)
    n: Any = quaternion_product(cz, 0.0, 0.0, sz, cy, 0.0, sy, 0.0)
    m: Any = quaternion_product(n[0], -n[1], -n[2], -n[3], q[0], q[1], q[2], q[3])
    for i in range(4):
        signals[ATTITUDE + i] = q[i]
        signals[NED + i] = m[i]
    for i in range(3):
        signals[RATE + i] = y[10 + i]
    signals[PLACE + 6] = memory[M.speed]
    signals[MASS], signals[MASS + 1], signals[MASS + 2] = y[Y.mass], memory[M.q], memory[M.mach]
    signals[MASS + 3], signals[MASS + 4] = memory[M.alpha], memory[M.thrust]
    mu = bank[H.mu]
    energy = orbital_energy(mu, y[0], y[1], y[2], y[3], y[4], y[5])
    hx, hy, hz = y[1] * y[5] - y[2] * y[4], y[2] * y[3] - y[0] * y[5], y[0] * y[4] - y[1] * y[3]
    a = -0.5 * mu / energy
    e = np.sqrt(max(1.0 - (hx * hx + hy * hy + hz * hz) / (mu * a), 0.0))
    signals[MASS + 5], signals[MASS + 6] = a * (1.0 - e) - bank[H.radius], a * (1.0 + e) - bank[H.radius]
