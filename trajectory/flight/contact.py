"""Landing: forces of grid fins on a body that falls tail first, of legs on the ground, and whether it stands.

A leg is a damped spring along the local vertical at its foot, which rubs on the ground (Coulomb, smoothed at small speeds).
Beyond its stroke it is
STOP_FACTOR times as stiff. The ground is level at the case's altitude and turns with the Earth.
"""

import numpy as np

from ...core.compiled import compiled_ieee
from ..environment.gravity import Earth, geodetic_altitude
from .equations import to_body, to_inertial
from .layout import PH, WK, H

STOP_FACTOR = 10.0
FRICTION_SPEED = 0.05  # m/s: below it the rubbing grows in proportion to the slip


@compiled_ieee
def legs(bank, ph, y, w):
    """Force and moment of the legs in body axes; the largest stroke [m] is left in w."""
    fx = fy = fz = mx = my = mz = 0.0
    earth = Earth(bank[H.mu], bank[H.radius], bank[H.flattening], bank[H.rotation], bank[H.j2])
    r = np.sqrt(y[0] * y[0] + y[1] * y[1] + y[2] * y[2])
    # up at this place: the ellipsoid's normal, to what a landing needs
    k = 1.0 / ((1.0 - earth.flattening) * (1.0 - earth.flattening))
    n = np.sqrt(y[0] * y[0] + y[1] * y[1] + k * k * y[2] * y[2])
    ux, uy, uz = y[0] / n, y[1] / n, k * y[2] / n
    height = geodetic_altitude(earth, y[0], y[1], y[2]) - bank[H.ground]
    w[WK.stroke] = 0.0
    if height > 3.0 * (abs(ph[PH.leg_station] - w[WK.center]) + ph[PH.leg_radius]) or r < 1.0:
        return fx, fy, fz, mx, my, mz
    vx, vy, vz = y[3] + earth.rotation_rate * y[1], y[4] - earth.rotation_rate * y[0], y[5]
    q0, q1, q2, q3 = y[6], y[7], y[8], y[9]
    sx, sy, sz = to_body(q0, q1, q2, q3, 0.0, 0.0, earth.rotation_rate)
    tx, ty, tz = y[10] - sx, y[11] - sy, y[12] - sz
    count = int(ph[PH.legs])
    for i in range(count):
        angle = 2.0 * np.pi * i / count + ph[PH.leg_angle]
        bx = ph[PH.leg_station] - w[WK.center]
        by, bz = ph[PH.leg_radius] * np.cos(angle), ph[PH.leg_radius] * np.sin(angle)
        px, py, pz = to_inertial(q0, q1, q2, q3, bx, by, bz)
        depth = -(height + px * ux + py * uy + pz * uz)
        if depth <= 0.0:
            continue
        w[WK.stroke] = max(w[WK.stroke], depth)
        ax, ay, az = to_inertial(q0, q1, q2, q3, ty * bz - tz * by, tz * bx - tx * bz, tx * by - ty * bx)
        ax, ay, az = ax + vx, ay + vy, az + vz
        sink = -(ax * ux + ay * uy + az * uz)
        push = ph[PH.leg_stiffness] * depth + ph[PH.leg_damping] * sink
        if depth > ph[PH.leg_stroke]:
            push += (STOP_FACTOR - 1.0) * ph[PH.leg_stiffness] * (depth - ph[PH.leg_stroke])
        push = max(push, 0.0)
        lx, ly, lz = ax + sink * ux, ay + sink * uy, az + sink * uz
        slip = np.sqrt(lx * lx + ly * ly + lz * lz)
        rub = ph[PH.leg_friction] * push / max(slip, FRICTION_SPEED)
        gx, gy, gz = to_body(q0, q1, q2, q3, push * ux - rub * lx, push * uy - rub * ly, push * uz - rub * lz)
        fx, fy, fz = fx + gx, fy + gy, fz + gz
        mx, my, mz = mx + by * gz - bz * gy, my + bz * gx - bx * gz, mz + bx * gy - by * gx
    return fx, fy, fz, mx, my, mz


@compiled_ieee
def fins(ph, w, q_area, along, slope):
    """Force across the body and moments of steered grid fins: q A C_Ndelta delta, tail first or nose first alike turned by
    the flow's direction.

    slope: C_N per radian of deflection of a pair, on the reference area.
    """
    sense = 1.0 if along > 0.0 else -1.0
    arm = ph[PH.fin_station] - w[WK.center]
    fy = sense * q_area * slope * w[WK.fin_z]
    fz = -sense * q_area * slope * w[WK.fin_y]
    return fy, fz, -arm * fz, arm * fy
