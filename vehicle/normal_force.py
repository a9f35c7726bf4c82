"""The air's normal force along a slender body.

Per length, slender-body theory and cross-flow drag (Jorgensen, NASA TR R-474 (1977), eq. 1, with one cross-flow coefficient):

    F' = q (2 sin(alpha) dA/dx cos(alpha/2) + c_dc d sin^2(alpha))

Slender-body theory knows no Mach number and no carry-over behind shoulders; at transonic speeds measured slopes are higher by
some tens of percent.
"""

from math import pi

import numpy as np

from ..core.results import Array

CROSS_FLOW_DRAG = 1.2
"""Of a circular cylinder below the critical Reynolds number and cross-flow Mach number 0.4 (Jorgensen 1977, fig. 1)."""


def normal_force_above(
    x: Array, stations: Array, radii: Array, dynamic_pressure: float, angle_of_attack: float
) -> tuple[Array, Array]:
    """Normal force [N] above each cut x (ascending, [m]) and its moment about the cut [N m], of a body whose radius [m] is
    given at stations [m]; each piece between two cuts is exact for a cone."""
    r = np.interp(x, stations, radii)
    potential = dynamic_pressure * np.sin(2 * angle_of_attack) * np.cos(angle_of_attack / 2)
    steps = potential * pi * (r[:-1] ** 2 - r[1:] ** 2)
    cross = dynamic_pressure * CROSS_FLOW_DRAG * np.sin(angle_of_attack) ** 2
    steps = steps + cross * (r[:-1] + r[1:]) * np.diff(x)
    # A blunt front turns the flow as a nose of no length would.
    tip = potential * pi * r[-1] ** 2
    middle = (x[:-1] + x[1:]) / 2
    force = np.append(np.cumsum(steps[::-1])[::-1], 0.0) + tip
    first = np.append(np.cumsum((steps * middle)[::-1])[::-1], 0.0) + tip * x[-1]
    return force, first - force * x
