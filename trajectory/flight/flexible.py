"""Propellant that sloshes and a body that bends: pendulums and one mode, each seen from the body's axes.

A pendulum stands for the first lateral mode of the liquid in a cylindrical tank of radius R filled to height h (Abramson
ed., NASA SP-106 (1966), ch. 6;
Dodge, *The New Dynamic Behavior of Liquids in Moving Containers* (2000), sec. 3.2), xi = 1.8412:

    mass    m (2 / (xi (xi^2 - 1))) (R/h) tanh(xi h/R)          length  R / (xi tanh(xi h/R))
    place   of the bob over the liquid's centre: h/2 - (2 R/xi) tanh(xi h / 2R)

The bob moves by L a'' = -A a - a_lateral - 2 zeta sqrt(A L) a', A the sensed axial acceleration; its rod pulls the body
sideways by m A a at its hinge.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from .layout import PH, WK, P, Y

ROOT = 1.8411837813
"""First zero of the derivative of Bessel's J1."""
DAMPING = 0.01
"""Of critical: rings and baffles give some percent, bare walls less (Abramson 1966, ch. 4; estimate)."""
LEAST_ACCELERATION = 0.3  # m/s^2: below it surface tension and chance rule, and nothing is modelled


def pendulum(liquid_mass: float, density: float, radius: float) -> tuple[float, float, float]:
    """Mass [kg] and length [m] of the pendulum, and its bob's height over the liquid's centre of mass [m], for a liquid
    [kg] in an upright
    cylinder of a radius [m]."""
    height = liquid_mass / (density * np.pi * radius**2)
    s = ROOT * height / radius
    if s < 1e-3:
        return 0.0, radius, 0.0
    share = 2.0 * np.tanh(s) / (s * (ROOT**2 - 1.0))
    return share * liquid_mass, radius / (ROOT * np.tanh(s)), height / 2.0 - 2.0 * radius / ROOT * np.tanh(s / 2.0)


def pack_pendulums(mass: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Table of two pendulums against the vehicle's mass: mass (n,) ascending and equidistant, columns (n, 6): mass, length,
    station of the
    bob, of the one and of the other (mass 0: none)."""
    return np.concatenate(
        [[mass[0], 1.0 / (mass[1] - mass[0]), float(len(mass))], np.ascontiguousarray(columns, float).ravel()]
    )


@compiled_ieee
def pendulums(bank, at, mass, factor, w):
    """Look both pendulums up, linear in the vehicle's mass."""
    n = int(bank[at + 2])
    s = min(max((mass - bank[at]) * bank[at + 1], 0.0), n - 1.000001)
    i = int(s)
    s -= i
    row = at + 3 + 6 * i
    for j in range(6):
        w[WK.slosh_0 + j] = (1.0 - s) * bank[row + j] + s * bank[row + 6 + j]
    w[WK.slosh_0] *= factor
    w[WK.slosh_3] *= factor


@compiled_ieee
def slosh(y, w, at, mass, fx, fy, fz, my, mz):
    """Slopes of the pendulums, and what the whole feels: the lateral force that accelerates the centre of mass's point as
    it does, and the
    moments that turn the body as it is turned, both as if it were rigid."""
    axial = fx / mass
    if axial < LEAST_ACCELERATION:
        return fy, fz, my, mz
    center, inertia_y, inertia_z = w[WK.center], w[WK.iy], w[WK.iz]
    rest, first = mass, mass * center
    for i in range(2):
        rest -= w[WK.slosh_0 + 3 * i]
        first -= w[WK.slosh_0 + 3 * i] * w[WK.slosh_2 + 3 * i]
    hub = first / rest  # centre of what does not slosh
    lost = rest * (hub - center) * (hub - center)
    for i in range(2):
        arm = w[WK.slosh_2 + 3 * i] - center
        lost += w[WK.slosh_0 + 3 * i] * arm * arm
    # forces on the rest at its own centre: from outside, and the rods
    py, pz = fy, fz
    turn_y, turn_z = my - (center - hub) * fz, mz + (center - hub) * fy
    for i in range(2):
        m, length, bob = w[WK.slosh_0 + 3 * i], w[WK.slosh_1 + 3 * i], w[WK.slosh_2 + 3 * i]
        pull_y, pull_z = m * axial * y[Y.slosh + 4 * i], m * axial * y[Y.slosh + 4 * i + 1]
        arm = bob + length - hub
        py += pull_y
        pz += pull_z
        turn_z += arm * pull_y
        turn_y -= arm * pull_z
    spin_y, spin_z = turn_y / (inertia_y - lost), turn_z / (inertia_z - lost)
    # of the body's point at the centre of mass
    ay = py / rest + spin_z * (center - hub)
    az = pz / rest - spin_y * (center - hub)
    for i in range(2):
        m, length, bob = w[WK.slosh_0 + 3 * i], w[WK.slosh_1 + 3 * i], w[WK.slosh_2 + 3 * i]
        if m <= 0.0:
            continue
        k = Y.slosh + 4 * i
        damping = 2.0 * DAMPING * np.sqrt(axial / length)
        w[at + k], w[at + k + 1] = y[k + 2], y[k + 3]
        w[at + k + 2] = -(axial * y[k] + ay + spin_z * (bob - center)) / length - damping * y[k + 2]
        w[at + k + 3] = -(axial * y[k + 1] + az - spin_y * (bob - center)) / length - damping * y[k + 3]
    return ay * mass, az * mass, spin_y * inertia_y, spin_z * inertia_z


@compiled_ieee
def bend(ph, parameters, y, w, at, s):
    """Slopes of the bending mode under the gimbal's side force."""
    frequency = ph[PH.bend_frequency] * parameters[P.bending_factor]
    k = Y.bend
    push_y, push_z = ph[PH.bend_force] * w[WK.push_y_0 + s], ph[PH.bend_force] * w[WK.push_z_0 + s]
    w[at + k], w[at + k + 1] = y[k + 2], y[k + 3]
    w[at + k + 2] = push_y - 2.0 * ph[PH.bend_damping] * frequency * y[k + 2] - frequency * frequency * y[k]
    w[at + k + 3] = push_z - 2.0 * ph[PH.bend_damping] * frequency * y[k + 3] - frequency * frequency * y[k + 1]
