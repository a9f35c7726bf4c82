"""The method of characteristics for steady axisymmetric irrotational flow, compiled: march along a wall, fill a bell.

Zucrow and Hoffman, Gas Dynamics, volume 2 (1977), chapter 17, in the variables flow angle θ and Prandtl-Meyer angle ν,
which hold for any gas: with s the length along the characteristic,
right-running (angle θ − μ): d(θ + ν) = + sin θ sin μ / r · ds; left-running (angle θ + μ): d(θ − ν) = − sin θ sin μ / r · ds.
Points are rows (x, r, θ, ν), lengths over the throat's radius.
"""

import numpy as np

from ...core.compiled import compiled

_PASSES = 20
_CLOSE = 1e-12
OK, OUT_OF_TABLE, CROSSED = 0, 1, 2


@compiled
def value(table, step, nu, column):
    """A column of the gas table at a Prandtl-Meyer angle; linear between rows."""
    w = max(nu, 0.0) ** (1.0 / 3.0) / step
    i = min(int(w), len(table) - 2)
    return table[i, column] + (w - i) * (table[i + 1, column] - table[i, column])


@compiled
def mach_angle(table, step, nu):
    """Mach angle [rad] at a Prandtl-Meyer angle [rad], from the gas's table."""
    return np.arcsin(min(value(table, step, nu, 0), 1.0))


@compiled
def source(theta, mu, r):
    """sin(theta) sin(mu) / r [1/m], what the axial symmetry adds along a characteristic; 0 on the axis."""
    return np.sin(theta) * np.sin(mu) / r if r > 1e-9 else 0.0


@compiled
def meet(table, step, a, b, out):
    """The point on the right-running characteristic through *a* and the left-running one through *b*.

    Returns the two lengths; negative where the point lies upstream. Euler's predictor, then averages until they stand.
    """
    mu_a, mu_b = mach_angle(table, step, a[3]), mach_angle(table, step, b[3])
    theta, nu, mu, r = 0.5 * (a[2] + b[2]), 0.5 * (a[3] + b[3]), 0.5 * (mu_a + mu_b), 0.5 * (a[1] + b[1])
    s_a = s_b = 0.0
    dx, dr = b[0] - a[0], b[1] - a[1]
    for i in range(_PASSES):
        down = 0.5 * (a[2] - mu_a + theta - mu)
        up = 0.5 * (b[2] + mu_b + theta + mu)
        ca, sa, cb, sb = np.cos(down), np.sin(down), np.cos(up), np.sin(up)
        cross = ca * sb - sa * cb
        s_a = (dx * sb - dr * cb) / cross
        s_b = (dx * sa - dr * ca) / cross
        out[0] = a[0] + s_a * ca
        out[1] = a[1] + s_a * sa
        r = max(out[1], 1e-9)
        if r < 0.3 * a[1]:  # beside the axis sin θ/r is nearly constant, and would be a quotient of two small numbers
            here = np.sin(a[2]) / a[1] * np.sin(mu)
        else:
            here = source(theta, mu, r)
        from_a = source(a[2], mu_a, a[1]) if a[1] > 1e-9 else here
        from_b = source(b[2], mu_b, b[1]) if b[1] > 1e-9 else here
        plus = a[2] + a[3] + 0.5 * s_a * (from_a + here)
        minus = b[2] - b[3] - 0.5 * s_b * (from_b + here)
        change = abs(0.5 * (plus + minus) - theta) + abs(0.5 * (plus - minus) - nu)
        theta, nu = 0.5 * (plus + minus), 0.5 * (plus - minus)
        mu = mach_angle(table, step, nu)
        if i > 1 and change < _CLOSE:
            break
    out[2], out[3] = theta, nu
    return s_a, s_b


@compiled
def on_axis(table, step, a, out):
    """The point on the axis on the right-running characteristic through *a*."""
    mu_a = mach_angle(table, step, a[3])
    nu, mu = a[3], mu_a
    for _ in range(_PASSES):
        down = 0.5 * (a[2] - mu_a - mu)
        s = -a[1] / np.sin(down)
        out[0] = a[0] + s * np.cos(down)
        # towards the axis θ falls as r does, so sin θ/r keeps its value
        new = a[2] + a[3] + s * np.sin(a[2]) / a[1] * 0.5 * (np.sin(mu_a) + np.sin(mu))
        change = abs(new - nu)
        nu = new
        mu = mach_angle(table, step, nu)
        if change < _CLOSE:
            break
    out[1], out[2], out[3] = 0.0, 0.0, nu


@compiled
def at_wall(table, step, line, count, wall):
    """ν at a wall point, by the left-running characteristic that arrives there from the line before.

    Fills wall[3]; returns the index of the first point of the line behind the foot, −1 where there is no foot.
    """
    nu = line[0, 3]
    foot = np.empty(4)
    found = -1
    for i in range(_PASSES):
        mu_w = mach_angle(table, step, nu)
        found = -1
        before = 0.0
        for j in range(count):
            up = 0.5 * (line[j, 2] + mach_angle(table, step, line[j, 3]) + wall[2] + mu_w)
            side = (wall[0] - line[j, 0]) * np.sin(up) - (wall[1] - line[j, 1]) * np.cos(up)
            if j > 0 and side <= 0.0 < before:
                part = before / (before - side)
                foot[:] = line[j - 1] + part * (line[j] - line[j - 1])
                found = j
                break
            before = side
        if found < 0:
            return -1
        mu_f = mach_angle(table, step, foot[3])
        s = np.hypot(wall[0] - foot[0], wall[1] - foot[1])
        strength = 0.5 * (source(foot[2], mu_f, foot[1]) + source(wall[2], mu_w, wall[1]))
        new = wall[2] - foot[2] + foot[3] + s * strength
        change = abs(new - nu)
        nu = max(new, 1e-6)
        if i > 1 and change < _CLOSE:
            break
    wall[3] = nu
    return found


@compiled
def march(table, step, highest, start, walls, line, wall_nu):
    """Right-running characteristics from wall points (m, 3: x, r, θ), one after the other, each down to the axis.

    start (n, 4): the first line, wall to axis. line (n + m, 4): the last one, wall to axis. wall_nu (m,): ν along the wall.
    Returns (points in the line, status, lines that met a line before them). Where a characteristic overtakes the one
    before it (a weak shock, as behind a corner of a cone) it ends there and goes on as the earlier one: the entropy rise,
    of third order in the turn, is left out.
    """
    count = len(start)
    line[:count] = start
    new = np.empty_like(line)
    met = 0
    for k in range(len(walls)):
        new[0, :3] = walls[k]
        j = at_wall(table, step, line, count, new[0])
        if j < 0:
            return count, CROSSED, met
        wall_nu[k] = new[0, 3]
        if new[0, 3] > highest:
            return count, OUT_OF_TABLE, met
        size = 1
        joined = False
        while j < count:
            if line[j, 1] <= 1e-9:  # the end of the line, on the axis: dealt with below
                break
            s_a, s_b = meet(table, step, new[size - 1], line[j], new[size])
            if s_a <= 0.0:  # upstream of where we are: this left-running characteristic is already above us
                j += 1
                continue
            if s_b <= 0.0 or new[size, 1] <= 0.0:
                joined = True
                break
            if new[size, 3] > highest:
                return count, OUT_OF_TABLE, met
            size += 1
            j += 1
        if joined:
            met += 1
            while j < count:
                new[size] = line[j]
                size += 1
                j += 1
        else:
            if j < count:
                s_a, s_b = meet(table, step, new[size - 1], line[j], new[size])
                if s_a > 0.0 and s_b > 0.0 and new[size, 1] > 0.0 and new[size, 3] <= highest:
                    size += 1
            on_axis(table, step, new[size - 1], new[size])
            if new[size, 3] > highest:
                return count, OUT_OF_TABLE, met
            size += 1
        line[:size] = new[:size]
        count = size
    return count, OK, met


@compiled
def advance(table, step, first, line):
    """From known flow on a line from the wall to the axis (n, 4) to the right-running characteristic through its wall point.

    The line must lie upstream of that characteristic. line (2n, 4): the answer, wall to axis; returns its points, 0 where
    characteristics cross.
    """
    n = len(first)
    new = np.empty_like(line)
    line[0] = first[n - 1]
    count = 1
    for i in range(n - 2, -1, -1):
        new[0] = first[i]
        size = 1
        for j in range(count):
            s_a, s_b = meet(table, step, new[size - 1], line[j], new[size])
            if s_a <= 0.0 or s_b <= 0.0:
                return 0
            size += 1
        on_axis(table, step, new[size - 1], new[size])
        size += 1
        line[:size] = new[:size]
        count = size
    return count


@compiled
def mass_between(table, step, a, b):
    """Mass flow between two points over (2π ρ*V* r_t²): ∫ ρV (cos θ dr − sin θ dx) r, by the trapezoidal rule."""
    dx, dr = b[0] - a[0], b[1] - a[1]
    fa = value(table, step, a[3], 1) * a[1] * (np.cos(a[2]) * dr - np.sin(a[2]) * dx)
    fb = value(table, step, b[3], 1) * b[1] * (np.cos(b[2]) * dr - np.sin(b[2]) * dx)
    return 0.5 * (fa + fb)


@compiled
def fill(table, step, kernel, masses, control, wall):
    """The wall between the kernel's last characteristic and a left-running control line: the streamline through its end.

    kernel (n, 4): from the control line's foot up to the wall; masses (n,): flow between each of its points and the wall.
    control (m, 4): from the foot out to the exit, where the flow between is masses[0]. Every left-running characteristic
    from the kernel is carried out to where its flow is complete. wall (n, 4): the wall, from the exit to the kernel.
    Returns the status.
    """
    n, m = len(kernel), len(control)
    old, new = np.empty((m + n + 2, 4)), np.empty((m + n + 2, 4))
    old[:m] = control
    count = m
    wall[0] = control[m - 1]
    for i in range(1, n):
        new[0] = kernel[i]
        size = 1
        flow = 0.0
        done = masses[i] <= 0.0
        if done:
            wall[i] = kernel[i]
        j = 1
        while not done:
            if j >= count:
                return CROSSED
            meet(table, step, old[j], new[size - 1], new[size])
            if new[size, 1] <= new[size - 1, 1] and new[size, 0] <= new[size - 1, 0]:
                j += 1
                continue
            more = mass_between(table, step, new[size - 1], new[size])
            if flow + more >= masses[i]:
                part = (masses[i] - flow) / more
                wall[i] = new[size - 1] + part * (new[size] - new[size - 1])
                done = True
            flow += more
            size += 1
            j += 1
        if i < n - 1 or size > 1:
            count = size
            old[:size] = new[:size]
    return OK


@compiled
def rates(table, slopes, step, r, theta, nu):
    """dx, dθ, dν and the mass flow by dr along Rao's control surface; see ``bell.control_line``."""
    s = value(table, step, nu, 0)
    mu = np.arcsin(s)
    sigma = np.sin(theta) * s / (r * np.sin(theta + mu))
    g = value(slopes, step, nu, 0)
    turn = (-1.0 / r - g * sigma) / (2.0 / np.tan(theta) + g)
    return 1.0 / np.tan(theta + mu), turn, turn + sigma, value(table, step, nu, 1) * r * s / np.sin(theta + mu)


@compiled
def control_surface(table, slopes, step, highest, point, mass, dr, out):
    """Rows of Rao's control surface from *point* outward by steps dr until the flow is *mass*, by the midpoint rule.

    Returns (rows, status); CROSSED where the flow on it turns towards the axis first, or the rows do not suffice.
    """
    out[0] = point
    flow = 0.0
    for i in range(1, len(out)):
        x, r, theta, nu = out[i - 1]
        a = rates(table, slopes, step, r, theta, nu)
        h = 0.5 * dr
        b = rates(table, slopes, step, r + h, theta + h * a[1], nu + h * a[2])
        more = b[3] * dr
        part = min((mass - flow) / more, 1.0) if more > 0.0 else 1.0
        out[i, 0] = x + part * dr * b[0]
        out[i, 1] = r + part * dr
        out[i, 2] = theta + part * dr * b[1]
        out[i, 3] = nu + part * dr * b[2]
        if not (out[i, 2] > 0.0 and more > 0.0 and 0.0 < out[i, 3] < highest):
            return i, CROSSED
        flow += more
        if flow >= mass:
            return i + 1, OK
    return len(out), CROSSED
