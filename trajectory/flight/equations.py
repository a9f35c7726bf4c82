"""Attitude and turning of a rigid body that loses mass, and the forces on it: the flight's own equations, each written once.

Body axes: x forward along the axis, y and z across it (at zero roll y points right and z down of the trajectory's plane).
Quaternions are scalar first and turn body vectors into inertial ones. Translation shares `motion` and `environment` with the
optimizer. Sources stand with each equation; docs/flight.md derives them.
"""

import numpy as np

from ...core.numeric import choose, equation


@equation
def to_inertial(q0, q1, q2, q3, bx, by, bz):
    """A body vector in inertial axes: v' = v + 2 q0 (q x v) + 2 q x (q x v); unit quaternion."""
    tx = 2.0 * (q2 * bz - q3 * by)
    ty = 2.0 * (q3 * bx - q1 * bz)
    tz = 2.0 * (q1 * by - q2 * bx)
    return (
        bx + q0 * tx + q2 * tz - q3 * ty,
        by + q0 * ty + q3 * tx - q1 * tz,
        bz + q0 * tz + q1 * ty - q2 * tx,
    )


@equation
def to_body(q0, q1, q2, q3, x, y, z):
    """An inertial vector in body axes: `to_inertial` with the conjugate."""
    return to_inertial(q0, -q1, -q2, -q3, x, y, z)


@equation
def quaternion_product(a0, a1, a2, a3, b0, b1, b2, b3):
    """Hamilton's product a b."""
    return (
        a0 * b0 - a1 * b1 - a2 * b2 - a3 * b3,
        a0 * b1 + a1 * b0 + a2 * b3 - a3 * b2,
        a0 * b2 - a1 * b3 + a2 * b0 + a3 * b1,
        a0 * b3 + a1 * b2 - a2 * b1 + a3 * b0,
    )


@equation
def quaternion_rates(q0, q1, q2, q3, wx, wy, wz):
    """dq/dt = q (0, w) / 2 for body rates w [rad/s] (Stevens, Lewis & Johnson, *Aircraft Control and Simulation*, 3rd ed.,
    eq. 1.8-15)."""
    return (
        -0.5 * (q1 * wx + q2 * wy + q3 * wz),
        0.5 * (q0 * wx + q2 * wz - q3 * wy),
        0.5 * (q0 * wy + q3 * wx - q1 * wz),
        0.5 * (q0 * wz + q1 * wy - q2 * wx),
    )


@equation
def turning_rates(wx, wy, wz, mx, my, mz, ix, iy, iz):
    """Angular acceleration [rad/s^2] about principal axes under moments [N m]: Euler's equations."""
    return (
        (mx - (iz - iy) * wy * wz) / ix,
        (my - (ix - iz) * wz * wx) / iy,
        (mz - (iy - ix) * wx * wy) / iz,
    )


@equation
def jet_damping(rate, mass_flow, arm_squared, inertia_rate):
    """Moment [N m] of the mass that leaves with the body's turning: -(dI/dt + flow · arm^2) rate.

    dI/dt [kg m^2/s] is negative while the vehicle burns, flow [kg/s] positive, arm^2 [m^2] the squared distance of the exit
    plane from
    the centre of mass (pitch, yaw) or the squared radius of gyration of the exit (roll). Thomson, *Introduction to Space
    Dynamics*
    (1961), sec. 8.3; Eke & Wang, J. Appl. Mech. 61 (1994), 855.
    """
    return -(inertia_rate + mass_flow * arm_squared) * rate


@equation
def half_angle_sine(along, across_squared, speed):
    """sin(alpha/2) of the total angle of attack, from the air's velocity along and (squared) across the axis [m/s] and its
    speed;
    exact near zero and near 180 degrees."""
    cosine = along / speed
    forward = np.sqrt(across_squared) / (speed * np.sqrt(2.0 * np.maximum(1.0 + cosine, 1e-12)))
    return choose(cosine > 0.0, forward, np.sqrt(np.maximum(0.5 * (1.0 - cosine), 0.0)))


@equation
def across_force(q_area, per_sine, component, speed):
    """Air's force [N] along one lateral body axis: -q A K v/V, K = C_N / sin(alpha), v the velocity along that axis."""
    return -q_area * per_sine * component / speed


@equation
def rotary_damping(q_area, coefficient, rate, length, speed):
    """Moment [N m] against turning: q A d C_mq · (w d / 2V), C_mq < 0 about the centre of mass."""
    return q_area * length * coefficient * rate * length / (2.0 * np.maximum(speed, 1.0))


@equation
def thrust_axis(angle_y, angle_z):
    """Unit vector of a thrust turned by angles [rad] below 90 deg about body y, then about z."""
    sy, sz = np.sin(angle_y), np.sin(angle_z)
    cz = np.sqrt(1.0 - sz * sz)
    return np.sqrt(1.0 - sy * sy) * cz, sz, -sy * cz


@equation
def lagged(value, command, share, most):
    """A first-order actuator after a step: *share* = 1 - exp(-step / time constant) of the way to its command, never
    farther than *most*.

    Exact while it is not rate-limited; under the limit a straight line at the rate.
    """
    free = (command - value) * share
    return value + np.minimum(np.maximum(free, -most), most)


@equation
def towards(value, target, most):
    """*value* moved towards *target* by at most *most*."""
    return value + np.minimum(np.maximum(target - value, -most), most)


@equation
def one_minus_cosine(distance, length, speed):
    """Gust speed [m/s] at a distance [m] into a 1 - cos gust that rises over *length* [m], then holds none: V/2 (1 - cos(pi
    s/L)) for
    0 < s < 2L (MIL-F-8785C sec. 3.7.2; NASA/TM-2008-215633 sec. 2.3.9)."""
    s = distance / np.maximum(length, 1.0)
    inside = choose(s < 2.0, 0.5 * speed * (1.0 - np.cos(np.pi * s)), 0.0)
    return choose(s > 0.0, inside, 0.0)


@equation
def dryden_length(altitude, vertical):
    """Scale length [m] of Dryden turbulence above 610 m: 533 m (MIL-F-8785C sec. 3.7.1); below, L_w = h, L_u = h / (0.177 +
    0.0027 h)^1.2
    with h in metres (0.000823 per foot)."""
    h = np.minimum(np.maximum(altitude, 3.0), 304.8)
    low = choose(vertical > 0.5, h, h / (0.177 + 0.0027 * h) ** 1.2)
    blend = np.minimum(np.maximum((altitude - 304.8) / 304.8, 0.0), 1.0)
    return low + (533.4 - low) * blend


@equation
def orbital_energy(mu, x, y, z, vx, vy, vz):
    """Specific energy [m^2/s^2] of two-body motion."""
    return 0.5 * (vx * vx + vy * vy + vz * vz) - mu / np.sqrt(x * x + y * y + z * z)
