"""Motion of a booster that comes down engines first: what `trajectory.motion` has, and the lift of its tilted body.

Attitude is that of the axis, from the engines to the nose: thrust pushes along it, and in the air it points back along the path.
"""

from typing import Any

import numpy as np

from ..core.numeric import equation
from ..trajectory.motion import air, dynamic_pressure, right_hand_side
from ..vehicle.normal_force import CROSS_FLOW_DRAG


@equation
def descent_right_hand_side(model, x, y, z, vx, vy, vz, mass, ux, uy, uz):
    """`right_hand_side` of an unpowered descent, with the air's force across the axis (ux, uy, uz), inertial.

    q (2 A sin a + 1.2 A_side sin² a) against the part of the flow across the axis: slender body and cross-flow drag (Allen &
    Perkins, NACA Report 1048, 1951), as `motion.normal_force` bounds it in ascent.
    """
    rx, ry, rz, ax, ay, az, flow = right_hand_side(model, x, y, z, vx, vy, vz, mass, ux, uy, uz, 0.0)
    a = air(model, x, y, z, vx, vy, vz)
    along = ux * a.wx + uy * a.wy + uz * a.wz
    cx, cy, cz = a.wx - along * ux, a.wy - along * uy, a.wz - along * uz
    sine = np.sqrt((cx * cx + cy * cy + cz * cz) / (a.speed * a.speed) + 1e-10)
    area = 2.0 * model.reference_area + CROSS_FLOW_DRAG * model.side_area * sine
    push = dynamic_pressure(a.density, a.speed) * area / (a.speed * mass)
    return rx, ry, rz, ax - push * cx, ay - push * cy, az - push * cz, flow


@equation
def flow_cosine(model, x, y, z, vx, vy, vz, ux, uy, uz):
    """Cosine of the angle between the axis and the direction against the path through the air: 1 when engines lead."""
    a = air(model, x, y, z, vx, vy, vz)
    return -(ux * a.wx + uy * a.wy + uz * a.wz) / a.speed


@equation
def local_velocity(earth, x, y, z, vx, vy, vz):
    """Velocity (east, north, up) [m/s] over the turning Earth of an inertial state, axes of the ellipsoid's normal there.

    The normal by one step of Bowring's rule (see `core.earth.geodetic_from_ecef`), below 1e-9 rad near the surface.
    """
    wx, wy = vx + earth.rotation_rate * y, vy - earth.rotation_rate * x
    ex, ey, nx, ny, nz, ux, uy, uz = _axes(earth, x, y, z)
    return ex * wx + ey * wy, nx * wx + ny * wy + nz * vz, ux * wx + uy * wy + uz * vz


@equation
def local_up(earth, x, y, z):
    """The ellipsoid's normal (3 scalars) under an inertial place."""
    return _axes(earth, x, y, z)[5:]


@equation
def _axes(earth, x, y, z):
    """East (2 scalars; its z is 0), north and up (3 each)."""
    p = np.sqrt(x * x + y * y)
    polar = earth.equatorial_radius * (1.0 - earth.flattening)
    beta = np.arctan2(z * earth.equatorial_radius, p * polar)
    e2 = earth.flattening * (2.0 - earth.flattening)
    sine, cosine = np.sin(beta), np.cos(beta)
    latitude = np.arctan2(
        z + e2 / (1.0 - e2) * polar * sine * sine * sine, p - e2 * earth.equatorial_radius * cosine**3
    )
    s, c = np.sin(latitude), np.cos(latitude)
    cl, sl = x / p, y / p
    return -sl, cl, -s * cl, -s * sl, c, c * cl, c * sl, s


def motion_of(kind: str, model: Any, state: Any, axis: Any, throttle: Any) -> tuple:
    """Rates of (x, y, z, vx, vy, vz, mass) in a coast, burn or descent."""
    if kind == "descent":
        arguments: Any = (*state, *axis)
        return descent_right_hand_side(model, *arguments)
    arguments = (*state, *axis, throttle)
    return right_hand_side(model, *arguments)
