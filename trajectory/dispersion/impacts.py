"""Impact points of many states at once, compiled: what `range_safety` has, in a loop."""

import numpy as np

from ...core.compiled import compiled
from ..environment.gravity import WGS84, Earth
from ..range_safety.impact_point import geodetic_of_surface_point, vacuum_impact_point


@compiled
def _impacts(earth, states, out):
    for i in range(states.shape[0]):
        s = states[i]
        found = vacuum_impact_point(earth, s[0], s[1], s[2], s[3], s[4], s[5], s[6])
        if found.clearance < 0.0:
            out[i, 0], out[i, 1] = geodetic_of_surface_point(earth, found.x, found.y, found.z)
        else:
            out[i, 0], out[i, 1] = np.nan, np.nan


def vacuum_impacts(states: np.ndarray, earth: Earth = WGS84) -> np.ndarray:
    """Geodetic latitude and longitude (n, 2) [rad] of vacuum impact points; nan where the orbit clears the Earth.

    states (n, 7): time since T-0 [s], inertial position [m] and velocity [m/s].
    """
    out = np.empty((len(states), 2))
    _impacts(Earth(*(float(v) for v in earth)), np.ascontiguousarray(states, float), out)
    return out
