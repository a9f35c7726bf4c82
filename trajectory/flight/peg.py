"""Powered explicit guidance: thrust direction and time to go that bring a burn to a radius, a velocity and a plane.

Linear-tangent steering in vector form, one burn of constant thrust: McHenry, Brand, Long, Cockrell & Thibodeau, "Space
Shuttle Ascent
Guidance, Navigation, and Control", J. Astronautical Sciences 27 (1979), 1-38; Jaggers, "An Explicit Solution to the
Exoatmospheric Powered
Flight Guidance and Trajectory Optimization Problem for Rocket Propelled Vehicles", AIAA 77-1051 (1977). Gravity over the
burn is integrated
numerically with J2, where the papers extrapolate a conic.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ..environment.gravity import Earth, gravity
from .layout import PH, G, H, M, N

PASSES = 12
"""Of a first solution; later ones need one."""
SETTLED = 1e-4
"""Relative change of the velocity to go below which a solution counts as found."""
HOLD = 3.0
"""[s] before cut-off: the direction's own rates are kept, nothing is solved any more."""
SHORT = 10.0
"""[s] to go below which the velocity alone is steered to: a burn so short cannot move its end, and would be turned to try."""
GRAVITY_STEPS = 24

ACTIVE, VGO, RBIAS, RGRAV, RD, TGO, LAMBDA, RATE, MEAN, SOLVED_AT, SEEN, FOUND, THRUST = (
    0, 1, 4, 7, 10, 13, 14, 17, 20, 21, 22, 25, 26,
)  # fmt: skip


@compiled_ieee
def _dot(a, b):
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled_ieee
def _cross(a, b):
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


@compiled_ieee
def _sum(a, s, b):
    """a + s b."""
    return a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]


@compiled_ieee
def _times(s, a):
    return s * a[0], s * a[1], s * a[2]


@compiled_ieee
def _unit(a):
    n = 1.0 / max(np.sqrt(_dot(a, a)), 1e-12)
    return n * a[0], n * a[1], n * a[2]


@compiled_ieee
def _get(memory, i):
    return memory[G + i], memory[G + i + 1], memory[G + i + 2]


@compiled_ieee
def _put(memory, i, a):
    memory[G + i], memory[G + i + 1], memory[G + i + 2] = a


@compiled_ieee
def falling(bank, r, v, time):
    """What gravity does to a body in free fall over a time: change of velocity, and of position beyond v t."""
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    h = time / GRAVITY_STEPS
    x, u = r, v
    for _ in range(GRAVITY_STEPS):
        # Nyström's method of order four: the force does not depend on velocity
        a = gravity(earth, x[0], x[1], x[2])
        m = _sum(_sum(x, 0.5 * h, u), 0.125 * h * h, a)
        b = gravity(earth, m[0], m[1], m[2])
        e = _sum(_sum(x, h, u), 0.5 * h * h, b)
        c = gravity(earth, e[0], e[1], e[2])
        x = _sum(_sum(_sum(x, h, u), h * h / 6.0, a), h * h / 3.0, b)
        u = _sum(_sum(_sum(u, h / 6.0, a), 2.0 * h / 3.0, b), h / 6.0, c)
    change = _sum(u, -1.0, v)
    return change, _sum(_sum(x, -1.0, r), -time, v)


@compiled_ieee
def _solve(bank, ph, memory, r, v, acceleration, exhaust):
    """One pass; the relative change of the velocity to go."""
    normal = (ph[PH.target_nx], ph[PH.target_ny], ph[PH.target_nz])
    plane = _times(-1.0, normal)
    vgo = _get(memory, VGO)
    size = max(np.sqrt(_dot(vgo, vgo)), 1e-6)
    tau = exhaust / acceleration
    tgo = max(tau * (1.0 - np.exp(-size / exhaust)), 1e-3)
    # thrust integrals
    el = size
    j = el * tau - exhaust * tgo
    s = el * tgo - j
    q = s * tau - 0.5 * exhaust * tgo * tgo
    p = q * tau - exhaust * tgo * tgo * tgo / 6.0
    hh = j * tgo - q
    lam = _times(1.0 / size, vgo)
    before = memory[G + TGO]
    ratio = tgo / before if before > 0.0 else 1.0
    rgrav = _times(ratio * ratio, _get(memory, RGRAV))
    rgo = _sum(_sum(_sum(_get(memory, RD), -1.0, r), -tgo, v), -1.0, rgrav)
    iz = _unit(_cross(_get(memory, RD), plane))
    rgo = _sum(rgo, -_dot(iz, rgo), iz)
    across = _dot(lam, iz)
    if abs(across) > 1e-3:
        rgo = _sum(rgo, (s - _dot(lam, rgo)) / across, iz)
    rgo = _sum(rgo, 1.0, _get(memory, RBIAS))
    rate = _times(1.0 / (q - s * j / el), _sum(rgo, -s, lam))
    # a rate that would turn the thrust by more than a radian is no solution yet
    turn = np.sqrt(_dot(rate, rate)) * tgo
    if tgo < SHORT:
        rate = (0.0, 0.0, 0.0)
    elif turn > 1.0:
        rate = _times(1.0 / turn, rate)
    first = _unit(_sum(lam, -j / el, rate))
    phi = np.arccos(min(max(_dot(first, lam), -1.0), 1.0))
    phi_rate = -phi * el / j
    aside = _unit(rate)
    along = el - 0.5 * el * phi * phi - j * phi * phi_rate - 0.5 * hh * phi_rate * phi_rate
    vthrust = _sum(_times(along, lam), -(el * phi + j * phi_rate), aside)
    along = s - 0.5 * s * phi * phi - q * phi * phi_rate - 0.5 * p * phi_rate * phi_rate
    rthrust = _sum(_times(along, lam), -(s * phi + q * phi_rate), aside)
    vbias = _sum(vgo, -1.0, vthrust)
    rbias = _sum(rgo, -1.0, rthrust)
    # gravity along the way, from a free fall that stands for it
    r1 = _sum(_sum(r, -0.1, rthrust), -tgo / 30.0, vthrust)
    v1 = _sum(_sum(v, 1.2 / tgo, rthrust), -0.1, vthrust)
    vgrav, rgrav = falling(bank, r1, v1, tgo)
    # where the burn will end, in the plane, and the velocity wanted there
    end = _sum(_sum(_sum(r, tgo, v), 1.0, rgrav), 1.0, rthrust)
    end = _sum(end, -_dot(end, normal), normal)
    ix = _unit(end)
    iz = _cross(ix, plane)
    speed, path = ph[PH.target_speed], ph[PH.target_path]
    wanted = _sum(_times(speed * np.sin(path), ix), speed * np.cos(path), iz)
    found = _sum(_sum(_sum(wanted, -1.0, v), -1.0, vgrav), 1.0, vbias)
    change = _sum(found, -1.0, vgo)
    _put(memory, RD, _times(ph[PH.target_radius], ix))
    _put(memory, VGO, found)
    _put(memory, RBIAS, rbias)
    _put(memory, RGRAV, rgrav)
    _put(memory, LAMBDA, lam)
    _put(memory, RATE, rate)
    memory[G + TGO], memory[G + MEAN] = tgo, j / el
    return np.sqrt(_dot(change, change)) / size


@compiled_ieee
def _begin(ph, memory, r, v):
    """A first guess: the end a little farther on in the plane, and the velocity to go without gravity."""
    normal = (ph[PH.target_nx], ph[PH.target_ny], ph[PH.target_nz])
    ahead = _unit(_cross(normal, r))
    end = _sum(_times(np.cos(0.3), _unit(r)), np.sin(0.3), ahead)
    end = _unit(_sum(end, -_dot(end, normal), normal))
    level = _cross(normal, end)
    _put(memory, RD, _times(ph[PH.target_radius], end))
    _put(memory, VGO, _sum(_times(ph[PH.target_speed], level), -1.0, v))
    _put(memory, RBIAS, (0.0, 0.0, 0.0))
    _put(memory, RGRAV, _times(-0.5 * 9.0 * 1e4, _unit(r)))
    memory[G + TGO] = 0.0
    memory[G + FOUND] = 0.0


@compiled_ieee
def explicit_guidance(bank, ph, memory, acceleration, exhaust, tail):
    """Run guidance when due, cut off in time, and set the attitude asked for.

    acceleration [m/s^2]: of the thrust, as sensed; exhaust [m/s]: exhaust speed; tail [s]:
    what the engine goes on
    pushing after cut-off, in seconds of full thrust.
    """
    t = memory[M.time]
    r, v = (memory[N], memory[N + 1], memory[N + 2]), (memory[N + 3], memory[N + 4], memory[N + 5])
    first = memory[G + ACTIVE] == 0.0
    remaining = memory[G + TGO] - (t - memory[G + SOLVED_AT])
    if first or (remaining > HOLD and int(memory[M.ticks]) % int(bank[H.guidance_every]) == 0):
        if first:
            _begin(ph, memory, r, v)
            memory[G + ACTIVE] = 1.0
        else:
            # what has been gained since: nearer to a solution than the old velocity to go
            gained = _sum(v, -1.0, _get(memory, SEEN))
            fell, _ = falling(bank, r, v, t - memory[G + SOLVED_AT])
            _put(memory, VGO, _sum(_sum(_get(memory, VGO), -1.0, gained), 1.0, fell))
        change = 1.0
        for _ in range(PASSES if first else 2):
            change = _solve(bank, ph, memory, r, v, acceleration, exhaust)
            if change < 1e-7:
                break
        memory[G + FOUND] = change
        memory[G + SOLVED_AT] = t
        _put(memory, SEEN, v)
        remaining = memory[G + TGO]
        memory[M.end_time] = t + remaining - tail
    # linear tangent: direction and its rate, as pitch and yaw of the launch frame
    ahead = t - memory[G + SOLVED_AT] - memory[G + MEAN]
    rate = _get(memory, RATE)
    u = _sum(_get(memory, LAMBDA), ahead, rate)
    down = u[0] * bank[H.dx] + u[1] * bank[H.dy] + u[2] * bank[H.dz]
    up = u[0] * bank[H.ux] + u[1] * bank[H.uy] + u[2] * bank[H.uz]
    side = u[0] * bank[H.cx] + u[1] * bank[H.cy] + u[2] * bank[H.cz]
    down_rate = rate[0] * bank[H.dx] + rate[1] * bank[H.dy] + rate[2] * bank[H.dz]
    up_rate = rate[0] * bank[H.ux] + rate[1] * bank[H.uy] + rate[2] * bank[H.uz]
    side_rate = rate[0] * bank[H.cx] + rate[1] * bank[H.cy] + rate[2] * bank[H.cz]
    level2 = down * down + up * up
    level = np.sqrt(level2)
    memory[M.pitch] = np.arctan2(up, down)
    memory[M.yaw] = np.arctan2(side, level)
    memory[M.pitch_rate] = (down * up_rate - up * down_rate) / level2
    memory[M.yaw_rate] = (level * side_rate - side * (down * down_rate + up * up_rate) / level) / (level2 + side * side)
