"""Flow through the throat: Hall's series in the throat's curvature, in Kliegel and Levine's arrangement."""

import numpy as np

from ...core.errors import InputError, UndecidedError
from ...core.results import Array
from .isentrope import SIN_MU, Isentrope

_SMALLEST_RADIUS = 0.5  # of curvature, over the throat's radius
_UPSTREAM = 0.9  # slope of the line on which the series is used, over a characteristic's


def velocity(x: Array, r: Array, radius: float, gamma: float) -> tuple[Array, Array]:
    """Axial and radial velocity over the sonic speed, to second order in 1/(1 + R); lengths over the throat's radius.

    Hall, "Transonic Flow in Two-Dimensional and Axially-Symmetric Nozzles", Quarterly Journal of Mechanics and Applied
    Mathematics 15 (1962), p. 487, axisymmetric case; in powers of 1/(1 + R) instead of 1/R after Kliegel and Levine,
    "Transonic Flow in Small Throat Radius of Curvature Nozzles", AIAA Journal 7 (1969), p. 1375. The coefficients are
    checked by the test: they satisfy the equations of motion and the wall to the order kept. *radius*: of curvature.
    """
    s = 1.0 + radius
    z = x * np.sqrt(2.0 * s / (gamma + 1.0))
    g = gamma
    u1 = r**2 / 2.0 - 0.25 + z
    v1 = r**3 / 4.0 - r / 4.0 + r * z
    u2 = (2 * g + 9) * r**4 / 24 - (4 * g + 15) * r**2 / 24 + (10 * g + 57) / 288
    u2 = u2 + z * (r**2 - 0.625) - (2 * g - 3) * z**2 / 6
    v2 = (g + 3) * r**5 / 9 - (20 * g + 63) * r**3 / 96 + (28 * g + 93) * r / 288
    v2 = v2 + z * ((2 * g + 9) * r**3 / 6 - (4 * g + 15) * r / 12) + r * z**2
    # 1/R = 1/s + 1/s² + …, Hall's z = z·√(R/s) = z(1 − 1/(2s) − …)
    u = 1.0 + u1 / s + (u2 + u1 - z / 2.0) / s**2
    v = np.sqrt((g + 1.0) / (2.0 * s)) * (v1 / s + (v2 + 1.5 * v1 - r * z / 2.0) / s**2)
    return u, v


def discharge_coefficient(radius: float, gamma: float) -> float:
    """Mass flow over the one-dimensional one (Kliegel and Levine 1969, first two terms). *radius* as in ``velocity``."""
    s = 1.0 + radius
    return 1.0 - (gamma + 1.0) / s**2 * (1.0 / 96.0 - (8.0 * gamma - 27.0) / (2304.0 * s))


def start_line(gas: Isentrope, radius: float, points: int) -> Array:
    """The right-running characteristic from the throat's wall to the axis: rows (x, r, flow angle, Prandtl-Meyer angle).

    What lies downstream of it does not act on it, so the arc behind the throat may have any radius. The series is used on a
    line a little upstream, and the method of characteristics from there.
    """
    from .characteristics import advance

    if radius < _SMALLEST_RADIUS:
        raise InputError(
            f"a throat's upstream radius of curvature of {radius:g} throat radii is too sharp for the transonic series "
            f"(at least {_SMALLEST_RADIUS:g}); take the usual 1.5"
        )

    def state(x: float, r: float) -> tuple[float, float]:
        u, v = velocity(np.array(x), np.array(r), radius, gas.gamma)
        speed = float(np.hypot(u, v))
        if speed <= 1.0:
            raise UndecidedError("the transonic series gives subsonic flow on the start line")
        return float(np.arctan2(v, u)), float(gas.angle_of_speed(np.array(speed)))

    def slope(x: float, r: float) -> float:
        """dx/dr, somewhat steeper than a right-running characteristic's."""
        theta, nu = state(x, r)
        return _UPSTREAM / float(np.tan(theta - np.arcsin(gas.at(nu, SIN_MU))))

    # at the wall's own throat the flow is parallel to the axis; the series leaves a small rest there
    rows = [(0.0, 1.0, 0.0, state(0.0, 1.0)[1])]
    radii = 1.0 - np.linspace(0.0, 1.0, points) ** 1.3  # finer towards the wall, where the arc begins
    x = 0.0
    for r0, r1 in zip(radii[:-1].tolist(), radii[1:].tolist(), strict=True):
        middle = x + 0.5 * (r1 - r0) * slope(x, r0)
        x += (r1 - r0) * slope(middle, 0.5 * (r0 + r1))
        rows.append((x, r1, *state(x, r1)))
    first = np.array(rows)
    first[-1, 1:3] = 0.0
    line = np.empty((2 * points, 4))
    count = advance(gas.table, gas.step, first, line)
    if count == 0:
        raise UndecidedError("the characteristics behind the transonic start line cross")
    return line[:count]
