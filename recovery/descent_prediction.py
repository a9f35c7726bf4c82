"""Where a falling booster comes down: a point mass in the pad's turning axes, with what guidance knows of air and engines."""

import numpy as np

from ..core.compiled import compiled_ieee

PARAMETERS = 16
(CENTER, TURN, AREA, MASS, THRUST, FLOW, EXIT_AREA) = (0, 3, 6, 7, 8, 9, 10)
BURN_SPEED, GROUND, WIND, WIND_HEIGHT = 11, 12, 13, 15
"""Earth's centre and rate of turning in the pad's axes [3 each], cross-section, mass, then thrust [N], flow and exit area of
engines that burn against the motion through the air until a speed over the ground, the height at which the fall ends, and the
wind [2] with the height that it was found at."""
MU = 3.986004418e14
LONGEST = 600.0
WIND_POWER, LEAST_WIND_HEIGHT = 1.0 / 7.0, 10.0
"""Below the height at which it was found the wind falls as this power of height, down to a height [m]: of a neutral surface
layer (Counihan, Atmospheric Environment 9 (1975), 871)."""


@compiled_ieee
def between(grid, values, x):
    """Linear between equidistant points, the ends' values beyond."""
    s = (x - grid[0]) / (grid[1] - grid[0])
    if s <= 0.0:
        return values[0]
    i = int(s)
    if i >= len(grid) - 1:
        return values[len(grid) - 1]
    return values[i] + (s - i) * (values[i + 1] - values[i])


@compiled_ieee
def wind_share(height, found_at):
    """Of the wind found at a height [m], what blows at another; above, the same."""
    low = max(height, LEAST_WIND_HEIGHT)
    if low >= found_at:
        return 1.0
    return (low / found_at) ** WIND_POWER


@compiled_ieee
def accelerate(p, height, density, pressure, sound, mach, drag, y, burning, out):
    """Time derivative of position, velocity and mass (7,)."""
    x, yy, z, vx, vy, vz, mass = y[0], y[1], y[2], y[3], y[4], y[5], y[6]
    dx, dy, dz = x - p[0], yy - p[1], z - p[2]
    r2 = dx * dx + dy * dy + dz * dz
    pull = -MU / (r2 * np.sqrt(r2))
    above = np.sqrt(r2) - np.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    share = wind_share(above, p[WIND_HEIGHT])
    ux, uy = vx - share * p[WIND], vy - share * p[WIND + 1]  # through the air
    through = np.sqrt(ux * ux + uy * uy + vz * vz) + 1e-6
    coefficient = between(mach, drag, through / between(height, sound, above))
    slow = 0.5 * between(height, density, above) * through * p[AREA] * coefficient / mass
    flow = 0.0
    if burning > 0.0:
        slow += (p[THRUST] - between(height, pressure, above) * p[EXIT_AREA]) / (through * mass)
        flow = p[FLOW]
    wx, wy, wz = p[TURN], p[TURN + 1], p[TURN + 2]
    # turning axes: - 2 w x v - w x (w x d)
    cx, cy, cz = wy * dz - wz * dy, wz * dx - wx * dz, wx * dy - wy * dx
    out[0], out[1], out[2] = vx, vy, vz
    out[3] = pull * dx - slow * ux - 2.0 * (wy * vz - wz * vy) - (wy * cz - wz * cy)
    out[4] = pull * dy - slow * uy - 2.0 * (wz * vx - wx * vz) - (wz * cx - wx * cz)
    out[5] = pull * dz - slow * vz - 2.0 * (wx * vy - wy * vx) - (wx * cy - wy * cx)
    out[6] = -flow


@compiled_ieee
def predict(p, height, density, pressure, sound, mach, drag, state, delay, step, work, out):
    """Fly to the ground, or, with BURN_SPEED reached below it, to there: out (9,) is the state, time [s] and whether burning.

    state (6,): position and velocity; engines burn from `delay` [s] on, at once; with a burn to rest the flight ends at
    BURN_SPEED, wherever that is. work (3, 7): scratch. Midpoint rule.
    """
    y, slope, middle = work[0], work[1], work[2]
    for i in range(6):
        y[i] = state[i]
    y[6] = p[MASS]
    time, burns = 0.0, p[THRUST] > 0.0
    to_rest = p[GROUND] < -1e5
    while time < LONGEST and (to_rest or y[2] > p[GROUND]):
        speed = np.sqrt(y[3] * y[3] + y[4] * y[4] + y[5] * y[5])
        if burns and time >= delay and speed <= p[BURN_SPEED]:
            burns = False
            if to_rest:
                break
        h = step
        on = 1.0 if burns and time >= delay else 0.0
        if burns and time < delay:
            h = min(h, delay - time)
        accelerate(p, height, density, pressure, sound, mach, drag, y, on, slope)
        if on > 0.0:
            slowing = -(slope[3] * y[3] + slope[4] * y[4] + slope[5] * y[5]) / speed
            if slowing > 0.0:
                h = min(h, max((speed - p[BURN_SPEED]) / slowing, 1e-4))
        if not to_rest and y[5] < 0.0:
            h = min(h, max((p[GROUND] - y[2]) / y[5], 1e-4))
        for i in range(7):
            middle[i] = y[i] + 0.5 * h * slope[i]
        accelerate(p, height, density, pressure, sound, mach, drag, middle, on, slope)
        for i in range(7):
            y[i] += h * slope[i]
        time += h
    for i in range(7):
        out[i] = y[i]
    out[7] = time
    out[8] = 1.0 if burns else 0.0
