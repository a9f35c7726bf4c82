"""One dispersed flight of a point mass, compiled: `motion`'s own equations on a vector of numbers, Runge-Kutta of order 4.

Lower stages follow the steering programme over their own clock until a clock or their propellant ends the burn; the last
stage's burns are guided explicitly to the state in which the nominal burn ends, and cut off at its orbital energy. Engine
failures act when they happen. Nothing is allocated in the loop, nothing is random: all that differs between two runs is in
the numbers.
"""

from typing import Any

import numpy as np

from ...core.compiled import address_of, compiled
from ...core.numeric import FlatTable
from ..environment.atmosphere import Atmosphere
from ..environment.gravity import Earth
from ..environment.wind import Wind
from ..motion import PhaseModel, loads, right_hand_side, thrust_in_vacuum, thrust_pressure_loss, total_mass_flow
from ..motion import air as flight_conditions
from ..steering import LaunchFrame, thrust_direction
from .along import LOG_SIZE, joint_maxima, states_at
from .explicit_guidance import local_axes, steering_constants, thrust_integrals, time_to_go
from .program_layout import (
    CLOCK,
    COASTING,
    EXHAUSTED,
    FAILURE,
    FAILURES,
    GROUND,
    GUIDED,
    LOST,
    MARK,
    NOT_A_NUMBER,
    OUTCOME_SIZE,
    REACHED,
    STEER_COLUMNS,
    TARGET,
    A,
    H,
    K,
    O,
    R,
)

RELEASED = 15.0  # s before cut-off: from then on the rates alone are steered, for a position would need ever more
FROZEN = 0.8  # s before cut-off: steering goes on as it was
SETTLING = 3  # passes of the time to go and the constants within one guidance cycle
LONGEST_BURN = 2000.0  # s: a burn that lasts longer is lost
CLEAR_OF_THE_PAD = 5.0  # s: before, the wind alone is the relative velocity, across the body and without pressure
GROUND_BELOW = -200.0  # m of altitude
ROWS = 8192  # of a run's log: steps of 2 s over hours of coasting; what is beyond is not looked at


any_table: Any = FlatTable  # where the equations' model says Table: `lookup` takes both


@compiled
def segment_model(numbers, flight, plan, engines):
    """The segment's `PhaseModel`, with the engines that still work."""
    r, at = plan[K.row], address_of(numbers)
    return PhaseModel(
        Earth(numbers[H.mu], numbers[H.radius], numbers[H.flattening], numbers[H.rotation_rate], numbers[H.j2]),
        Atmosphere(
            any_table(at, flight[A.log_density]),
            any_table(at, flight[A.log_pressure]),
            any_table(at, flight[A.temperature]),
            any_table(at, flight[A.speed_of_sound]),
        ),
        Wind(any_table(at, flight[A.wind_east]), any_table(at, flight[A.wind_north])),
        any_table(at, plan[K.thrust]),
        any_table(at, plan[K.mass_flow]),
        engines,
        numbers[r + R.exit_area],
        numbers[r + R.steady_thrust],
        numbers[r + R.steady_mass_flow],
        numbers[r + R.steady_exit_area],
        any_table(at, plan[K.motor_thrust]),
        any_table(at, plan[K.motor_mass_flow]),
        any_table(at, plan[K.drag]),
        numbers[r + R.reference_area],
        numbers[r + R.side_area],
    )


@compiled
def _frame(numbers):
    return LaunchFrame(
        numbers[H.dx], numbers[H.dy], numbers[H.dz],
        numbers[H.ux], numbers[H.uy], numbers[H.uz],
        numbers[H.cx], numbers[H.cy], numbers[H.cz],
    )  # fmt: skip


@compiled
def _programme(numbers, plan, t, row):
    """(pitch, yaw, throttle, row) at a phase time, on straight lines; *row* is where the last search ended."""
    at, rows = plan[K.steer], plan[K.steer_rows]
    while row < rows - 2 and numbers[at + STEER_COLUMNS * (row + 1)] <= t:
        row += 1
    while row > 0 and numbers[at + STEER_COLUMNS * row] > t:
        row -= 1
    j = at + STEER_COLUMNS * row
    span = numbers[j + STEER_COLUMNS] - numbers[j]
    s = min(max((t - numbers[j]) / span, 0.0), 1.0) if span > 0.0 else 1.0
    pitch = numbers[j + 1] + s * (numbers[j + STEER_COLUMNS + 1] - numbers[j + 1])
    yaw = numbers[j + 2] + s * (numbers[j + STEER_COLUMNS + 2] - numbers[j + 2])
    throttle = numbers[j + 3] + s * (numbers[j + STEER_COLUMNS + 3] - numbers[j + 3])
    return pitch, yaw, throttle, row


@compiled
def _guided(numbers, plan, model, y, g, throttle, clock):
    """One cycle of explicit guidance on the navigated state; g: A, B, D, E, time to go, time since they were found,
    ready."""
    r = plan[K.row]
    nx, ny, nz = numbers[r + R.target_nx], numbers[r + R.target_ny], numbers[r + R.target_nz]
    px, py, pz = y[0] + numbers[H.position_x], y[1] + numbers[H.position_y], y[2] + numbers[H.position_z]
    vx, vy, vz = y[3] + numbers[H.velocity_x], y[4] + numbers[H.velocity_y], y[5] + numbers[H.velocity_z]
    radius, rx, ry, rz, tx, ty, tz = local_axes(px, py, pz, nx, ny, nz)
    rate = vx * rx + vy * ry + vz * rz
    along = vx * tx + vy * ty + vz * tz
    off, off_rate = px * nx + py * ny + pz * nz, vx * nx + vy * ny + vz * nz
    a = flight_conditions(model, y[0], y[1], y[2], y[3], y[4], y[5])
    force = thrust_in_vacuum(model, throttle, clock) - thrust_pressure_loss(model, a.pressure)
    flow = total_mass_flow(model, throttle, clock)
    if not (force > 0.0 and flow > 0.0):  # nothing burns: no time will do
        g[4], g[6] = np.inf, 1.0
        return
    exhaust, tau, push = force / flow, y[6] / flow, force / y[6]
    wanted, wanted_rate = numbers[r + R.target_radius], numbers[r + R.target_rate]
    wanted_momentum = numbers[r + R.target_momentum]
    momentum = radius * along
    free = (model.earth.gravitational_parameter / (radius * radius) - along * along / radius) / push
    if g[6] < 0.5:  # a first guess: all of the missing speed along the path
        g[4] = time_to_go(exhaust, tau, 1.0, radius, momentum, wanted, wanted_momentum, 0.2, 0.0, 0.0, 0.0)
    for _ in range(12 if g[6] < 0.5 else SETTLING):
        time = min(max(g[4], FROZEN), 0.98 * tau)
        b0, b1, c0, c1 = thrust_integrals(exhaust, tau, time)
        if time > RELEASED:
            g[0], g[1] = steering_constants(b0, b1, c0, c1, wanted - radius - rate * time, wanted_rate - rate)
            g[2], g[3] = steering_constants(b0, b1, c0, c1, -off - off_rate * time, -off_rate)
        else:
            g[0], g[2] = (wanted_rate - rate - b1 * g[1]) / b0, (-off_rate - b1 * g[3]) / b0
        late = exhaust / (tau - time)
        speed = wanted_momentum / wanted
        free_late = (model.earth.gravitational_parameter / (wanted * wanted) - speed * speed / wanted) / late
        radial, radial_late = g[0] + free, g[0] + g[1] * time + free_late
        radial, radial_late = min(max(radial, -0.9), 0.9), min(max(radial_late, -0.9), 0.9)
        across, across_late = min(max(g[2], -0.5), 0.5), min(max(g[2] + g[3] * time, -0.5), 0.5)
        g[4] = time_to_go(
            exhaust, tau, time, radius, momentum, wanted, wanted_momentum,
            radial, (radial_late - radial) / time, across, (across_late - across) / time,
        )  # fmt: skip
    g[5], g[6] = 0.0, 1.0


@compiled
def _direction(numbers, plan, model, y, g, mode, t, since, row):
    """(ux, uy, uz, throttle, row): the thrust axis and throttle at a phase time; *since* guidance's last cycle."""
    pitch, yaw, throttle, row = _programme(numbers, plan, t, row)
    if mode == GUIDED:
        r = plan[K.row]
        nx, ny, nz = numbers[r + R.target_nx], numbers[r + R.target_ny], numbers[r + R.target_nz]
        radius, rx, ry, rz, tx, ty, tz = local_axes(y[0], y[1], y[2], nx, ny, nz)
        along = y[3] * tx + y[4] * ty + y[5] * tz
        push = max(thrust_in_vacuum(model, throttle, 0.0), 1.0) / y[6]
        free = (model.earth.gravitational_parameter / (radius * radius) - along * along / radius) / push
        radial = min(max(g[0] + g[1] * since + free, -0.95), 0.95)
        across = min(max(g[2] + g[3] * since, -0.3), 0.3)
        forward = np.sqrt(max(1.0 - radial * radial - across * across, 0.01))
        # the biases turn the axis about the local normal and about the radius
        radial, across = radial + forward * numbers[H.pitch_bias], across + forward * numbers[H.yaw_bias]
        size = np.sqrt(radial * radial + across * across + forward * forward)
        a, b, c = radial / size, forward / size, across / size
        return a * rx + b * tx + c * nx, a * ry + b * ty + c * ny, a * rz + b * tz + c * nz, throttle, row
    if mode == COASTING:
        speed = np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
        return y[3] / speed, y[4] / speed, y[5] / speed, throttle, row
    ux, uy, uz = thrust_direction(_frame(numbers), pitch + numbers[H.pitch_bias], yaw + numbers[H.yaw_bias])
    return ux, uy, uz, throttle, row


@compiled
def _slope(numbers, plan, model, y, g, mode, t, since, clock, row, k):
    ux, uy, uz, throttle, row = _direction(numbers, plan, model, y, g, mode, t, since, row)
    rates = right_hand_side(model, y[0], y[1], y[2], y[3], y[4], y[5], y[6], ux, uy, uz, throttle, clock)
    for i in range(7):
        k[i] = rates[i]
    return row


@compiled
def _step(numbers, plan, model, y, g, mode, t, h, clock, row, w):
    """y one step of the classical Runge-Kutta method on; w (6, 7): work. Returns the programme's row."""
    since = g[5]
    row = _slope(numbers, plan, model, y, g, mode, t, since, clock, row, w[0])
    for i in range(7):
        w[4, i] = y[i] + 0.5 * h * w[0, i]
    row = _slope(numbers, plan, model, w[4], g, mode, t + 0.5 * h, since + 0.5 * h, clock + 0.5 * h, row, w[1])
    for i in range(7):
        w[4, i] = y[i] + 0.5 * h * w[1, i]
    row = _slope(numbers, plan, model, w[4], g, mode, t + 0.5 * h, since + 0.5 * h, clock + 0.5 * h, row, w[2])
    for i in range(7):
        w[4, i] = y[i] + h * w[2, i]
    row = _slope(numbers, plan, model, w[4], g, mode, t + h, since + h, clock + h, row, w[3])
    for i in range(7):
        y[i] += h / 6.0 * (w[0, i] + 2.0 * (w[1, i] + w[2, i]) + w[3, i])
    return row


@compiled
def _energy(y, numbers):
    """Specific orbital energy of the navigated state [m^2/s^2]."""
    px, py, pz = y[0] + numbers[H.position_x], y[1] + numbers[H.position_y], y[2] + numbers[H.position_z]
    vx, vy, vz = y[3] + numbers[H.velocity_x], y[4] + numbers[H.velocity_y], y[5] + numbers[H.velocity_z]
    return 0.5 * (vx * vx + vy * vy + vz * vz) - numbers[H.mu] / np.sqrt(px * px + py * py + pz * pz)


@compiled
def _cut_off(numbers, plan, model, y, before, g, t, h, clock, row, w):
    """The step cut where the navigated orbit's energy is what is wanted, and as much later as the command takes: its
    length."""
    wanted = numbers[plan[K.row] + R.target_energy]
    low, high, e_low, e_high = 0.0, h, _energy(before, numbers), _energy(y, numbers)
    cut = h
    for _ in range(8):  # the energy is nearly straight over a step: the secant needs two or three
        cut = low + (high - low) * (wanted - e_low) / (e_high - e_low)
        y[:] = before
        _step(numbers, plan, model, y, g, GUIDED, t, cut, clock, row, w)
        e = _energy(y, numbers)
        if abs(e - wanted) < 1e-3:
            break
        if e < wanted:
            low, e_low = cut, e
        else:
            high, e_high = cut, e
    cut = max(cut + numbers[H.cutoff_delay], 0.0)
    y[:] = before
    _step(numbers, plan, model, y, g, GUIDED, t, cut, clock, row, w)
    return cut


@compiled
def _run_dry(numbers, plan, model, y, before, g, t, h, clock, row, w, empty):
    """The step cut where the mass is *empty*: its length. The flow may be a curve, so the interval is halved."""
    low, high = 0.0, h
    while high - low > 1e-9:
        h = 0.5 * (low + high)
        y[:] = before
        _step(numbers, plan, model, y, g, plan[K.mode], t, h, clock, row, w)
        if y[6] < empty:
            high = h
        else:
            low = h
    return h


@compiled
def _observe(numbers, plan, model, y, g, t, time, clock, row, out, seen):
    """Keep the largest loads, and what the log tells of this instant in seen (4,). Returns the altitude [m]."""
    ux, uy, uz, throttle, row = _direction(numbers, plan, model, y, g, plan[K.mode], t, g[5], row)
    load = loads(model, y[0], y[1], y[2], y[3], y[4], y[5], y[6], ux, uy, uz, throttle, clock)
    q = load.dynamic_pressure
    if q > out[O.most_q]:
        out[O.most_q], out[O.most_q_time] = q, time
    seen[0], seen[1], seen[2], seen[3] = q, 0.0, load.axial_acceleration, load.drag
    if plan[K.bare] > 0:
        out[O.most_heat_flux] = max(out[O.most_heat_flux], load.heat_flux)
    if plan[K.mode] != COASTING:
        out[O.most_axial] = max(out[O.most_axial], load.axial_acceleration)
        if time > CLEAR_OF_THE_PAD:
            seen[1] = np.arcsin(min(np.sqrt(load.sine_alpha_squared), 1.0))
            out[O.most_q_alpha] = max(out[O.most_q_alpha], q * seen[1])
            out[O.most_lateral] = max(out[O.most_lateral], load.lateral_acceleration)
    return load.altitude


@compiled
def _engines(numbers, plan, lit, time):
    """(engines that work, time of the next failure) of the segment's stage, which was lit at a time."""
    engines, following = numbers[plan[K.row] + R.engine_count], np.inf
    for f in range(FAILURES):
        j = H.failures + FAILURE * f
        if numbers[j] == plan[K.stage] and plan[K.powered] > 0:
            if time - lit >= numbers[j + 1] - 1e-9:
                engines -= numbers[j + 2]
            else:
                following = min(following, lit + numbers[j + 1])
    return max(engines, 0.0), following


@compiled
def _write(log, logged, time, y, segment, seen):
    if logged < log.shape[0]:
        log[logged, 9:13] = seen
        log[logged, 0], log[logged, 8] = time, segment
        for i in range(7):
            log[logged, 1 + i] = y[i]
    return logged + 1


@compiled
def _segment(numbers, flight, plan, y, payload, time, lit, g, w, before, out, log, logged):
    """Fly one segment: (status, whether its stage is empty, time, rows logged)."""
    r = plan[K.row]
    engines, failure = _engines(numbers, plan, lit, time)
    model = segment_model(numbers, flight, plan, engines)
    mode, begin, row, seen = plan[K.mode], time, 0, w[5, :4]
    empty = numbers[r + R.empty] + payload
    end = begin + (numbers[r + R.duration] if plan[K.end] == CLOCK else LONGEST_BURN)
    while time < end - 1e-9:
        t = time - begin
        clock = numbers[r + R.clock] + t
        altitude = _observe(numbers, plan, model, y, g, t, time, clock, row, out, seen)
        logged = _write(log, logged, time, y, out[O.segment], seen)
        if not np.isfinite(y[0] + y[1] + y[2] + y[3] + y[4] + y[5] + y[6] + altitude):
            return NOT_A_NUMBER, False, time, logged
        if altitude < GROUND_BELOW:
            return GROUND, False, time, logged
        h = min(numbers[r + R.step], end - time, max(failure - time, 0.0))
        if mode == GUIDED:
            if g[6] < 0.5 or g[4] - g[5] > FROZEN:
                _, _, throttle, _ = _programme(numbers, plan, t, row)
                _guided(numbers, plan, model, y, g, throttle, clock)
            if not g[4] - g[5] < LONGEST_BURN:
                return LOST, False, time, logged
            h = min(h, max(0.5 * (g[4] - g[5]), FROZEN))
        before[:] = y
        row_before = row
        row = _step(numbers, plan, model, y, g, mode, t, h, clock, row, w)
        if plan[K.powered] > 0 and plan[K.end] != CLOCK and y[6] < empty:
            h = _run_dry(numbers, plan, model, y, before, g, t, h, clock, row_before, w, empty)
            if mode != GUIDED:
                return REACHED, True, time + h, logged
            if _energy(y, numbers) < numbers[r + R.target_energy]:
                return EXHAUSTED, True, time + h, logged
        if plan[K.end] == TARGET and _energy(y, numbers) >= numbers[r + R.target_energy]:
            h = _cut_off(numbers, plan, model, y, before, g, t, h, clock, row_before, w)
            return REACHED, False, time + h, logged
        time += h
        g[5] += h
        if time >= failure - 1e-9:
            engines, failure = _engines(numbers, plan, lit, time)
            model = segment_model(numbers, flight, plan, engines)
    return (REACHED if plan[K.end] == CLOCK else LOST), False, time, logged


@compiled
def fly(numbers, flight, plans, payload_at, out, log):
    """One run. numbers (p,), flight and plans as packed by `program`, payload_at: the segment at whose end the payload
    has its orbit; out: `program_layout.Outcome`; log (rows, LOG_SIZE): of every step, as far as it
    reaches; may be empty. Returns the rows that the log has or would need."""
    out[:] = 0.0
    y, g, w, before = np.zeros(7), np.zeros(7), np.zeros((6, 7)), np.zeros(7)
    for i in range(6):
        y[i] = numbers[H.x + i]
    payload = numbers[H.payload]
    y[6] = numbers[H.mass] + payload
    status, time, lit, logged, dry = REACHED, 0.0, 0.0, 0, -1
    for k in range(payload_at + 1):
        plan = plans[k]
        r, mark = plan[K.row], O.marks + MARK * k
        out[O.segment], out[mark] = k, time
        for i in range(7):
            out[mark + 1 + i] = y[i]
        payload -= numbers[r + R.released]
        if numbers[r + R.begin_mass] > 0.0:
            y[6] = payload + numbers[r + R.begin_mass]
        else:
            y[6] -= numbers[r + R.dropped] + numbers[r + R.released]
        if plan[K.stage] == dry and plan[K.powered] > 0:
            continue  # its stage ran dry before its time
        if plan[K.ignites] > 0:
            lit = time
            g[:] = 0.0
        status, empty, time, logged = _segment(
            numbers, flight, plan, y, payload, time, lit, g, w, before, out, log, logged
        )
        if empty:
            dry = plan[K.stage]
        if status != REACHED:
            break
    logged = _write(log, logged, time, y, out[O.segment], w[5, :4])
    if not np.isfinite(y[0] + y[1] + y[2] + y[3] + y[4] + y[5] + y[6]):
        status = NOT_A_NUMBER
    plan = plans[int(out[O.segment])]
    r = plan[K.row]
    out[O.status], out[O.end_time] = status, time
    for i in range(7):
        out[O.x + i] = y[i]
    if plan[K.powered] > 0:
        out[O.left] = y[6] - numbers[r + R.empty] - payload
    if plan[K.mode] == GUIDED:
        nx, ny, nz = numbers[r + R.target_nx], numbers[r + R.target_ny], numbers[r + R.target_nz]
        radius, rx, ry, rz, _, _, _ = local_axes(y[0], y[1], y[2], nx, ny, nz)
        out[O.target_radius_error] = radius - numbers[r + R.target_radius]
        out[O.target_rate_error] = y[3] * rx + y[4] * ry + y[5] * rz - numbers[r + R.target_rate]
        out[O.target_plane_error] = y[3] * nx + y[4] * ny + y[5] * nz
    return logged


@compiled
def fly_many(numbers, positions, values, flight, plans, payload_at, out, ways, joints, states):
    """Runs one after another into out (n, OUTCOME_SIZE): each is the nominal vector with its values (n, m) at the positions
    (m,). ways: what is wanted of their ways, a `Ways`; into joints (n, joints, 4) and states (n, times, 7)."""
    log = np.zeros((ROWS if ways.times.shape[0] + ways.diameters.shape[0] > 0 else 0, LOG_SIZE))
    own = numbers.copy()
    for i in range(values.shape[0]):
        for j in range(len(positions)):
            own[positions[j]] = values[i, j]
        rows = min(fly(own, flight, plans, payload_at, out[i], log), log.shape[0])
        joint_maxima(log, rows, ways.tables, ways.durations, ways.diameters, out[i], joints[i])
        states_at(log, rows, ways.times, states[i])


def outcomes(runs: int) -> np.ndarray:
    """Room for the outcomes of runs."""
    return np.zeros((runs, OUTCOME_SIZE))
