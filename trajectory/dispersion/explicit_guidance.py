"""Explicit guidance of a burn in vacuum: linear in time across and along the radius, to a radius, its rate and an angular
momentum.

F. Teren, *Explicit Guidance Equations for Multistage Boost Trajectories* (NASA TN D-3189, 1966), for one burn at constant
flow, as R. L. McHenry et al., *Space Shuttle Ascent Guidance, Navigation, and Control* (J. Astronautical Sciences 27, 1979)
took it up: thrust's direction in the local axes (radial, along, normal to the wanted plane) is

    f_r = A + B t + (μ/r² - v_θ²/r) / a,    f_n = D + E t,    f_θ = sqrt(1 - f_r² - f_n²)

A, B, D, E follow from the thrust integrals over the time to go, and that from the angular momentum still wanted.
"""

import numpy as np

from ...core.numeric import choose, equation


@equation
def local_axes(x, y, z, nx, ny, nz):
    """(radius [m], radial axis, axis along) of a position [m] for a wanted plane's unit normal n; along = n × radial,
    made a unit."""
    r = np.sqrt(x * x + y * y + z * z)
    rx, ry, rz = x / r, y / r, z / r
    tx, ty, tz = ny * rz - nz * ry, nz * rx - nx * rz, nx * ry - ny * rx
    size = np.sqrt(tx * tx + ty * ty + tz * tz)
    return r, rx, ry, rz, tx / size, ty / size, tz / size


@equation
def thrust_integrals(exhaust_speed, tau, time):
    """(b0, b1, c0, c1): ∫a, ∫a t, ∫∫a, ∫∫a t over a burn of *time* [s] at a = exhaust_speed / (tau - t)."""
    share = time / tau
    b0 = -exhaust_speed * np.log(1.0 - choose(share < 0.999, share, 0.999))
    b1 = b0 * tau - exhaust_speed * time
    c0 = b0 * time - b1
    c1 = c0 * tau - 0.5 * exhaust_speed * time * time
    return b0, b1, c0, c1


@equation
def time_to_go(
    exhaust_speed, tau, time, radius, momentum, radius_wanted, momentum_wanted, radial, radial_rate, across, across_rate
):
    """Time [s] to burn for the angular momentum [m^2/s] still wanted, from a first guess *time*.

    radial, across: components f_r and f_n now, and their mean rates [1/s] over the burn. What they take from the thrust
    along is counted to second order: f_θ ≈ 1 - (f_r² + f_n²)/2, expanded in t.
    """
    along = 1.0 - 0.5 * (radial * radial + across * across)
    along_rate = -(radial * radial_rate + across * across_rate)
    along_curve = -0.5 * (radial_rate * radial_rate + across_rate * across_rate)
    arm = 0.5 * (radius + radius_wanted)
    speed = (momentum_wanted - momentum) / arm + exhaust_speed * time * (along_rate + along_curve * tau)
    speed = speed + 0.5 * along_curve * exhaust_speed * time * time
    speed = speed / (along + along_rate * tau + along_curve * tau * tau)
    return tau * (1.0 - np.exp(-speed / exhaust_speed))


@equation
def steering_constants(b0, b1, c0, c1, offset, rate):
    """(A, B) of a component A + B t that changes the rate by *rate* [m/s], and the position by *offset* [m] beyond what the
    rate now would do."""
    determinant = b0 * c1 - b1 * c0
    slope = (b0 * offset - c0 * rate) / determinant
    return (rate - b1 * slope) / b0, slope
