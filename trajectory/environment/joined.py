"""An atmosphere put together from a part of one's own and the standard one, smoothly.

Where the two meet, log-density, log-pressure, temperature and speed of sound go over by the quintic s³(10 - 15 s + 6 s²), which
has no slope and no curvature at its ends, and the whole is splined as C² tables: nothing kinks. Within the joint pressure and
density are blends, and fit neither the gas law nor the hydrostatic equation better than the two sources agree.
"""

import numpy as np

from ...core.numeric import table
from . import us76
from .atmosphere import Atmosphere, density, pressure, speed_of_sound, standard_atmosphere, temperature

Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def smooth_step(s: np.ndarray) -> np.ndarray:
    """0 below s = 0, 1 above s = 1, C² between: s³(10 - 15 s + 6 s²)."""
    s = np.clip(s, 0.0, 1.0)
    return s**3 * (10.0 - 15.0 * s + 6.0 * s * s)


def standard_columns(altitude: np.ndarray) -> Columns:
    """ln density, ln pressure, temperature, speed of sound of the standard atmosphere."""
    air = standard_atmosphere()
    functions = (density, pressure, temperature, speed_of_sound)
    rows = np.array([[f(air, h) for h in altitude] for f in functions])
    return np.log(rows[0]), np.log(rows[1]), rows[2], rows[3]


def joined_to_standard(altitude: np.ndarray, columns: Columns, joints: tuple[tuple[float, float], ...]) -> Atmosphere:
    """An `Atmosphere` from -5 to 1000 km: `columns` at `altitude` [m] inside, the standard atmosphere outside.

    joints: for each side, from the altitude [m] where the standard holds to the one where the columns hold; (86e3, 90e3) has the
    columns above 90 km, (20e3, 18e3) has them below 18 km. The altitudes must cover what lies inside the joints.
    """
    nodes = _nodes(altitude)
    share = np.ones_like(nodes)
    for standard, own in joints:
        share = share * smooth_step((nodes - standard) / (own - standard))
    base = standard_columns(nodes)
    mixed = [
        np.where(share > 0, share * np.interp(nodes, altitude, column) + (1.0 - share) * known, known)
        for column, known in zip(columns, base, strict=True)
    ]
    return Atmosphere(*(table(nodes, column) for column in mixed))


def _nodes(altitude: np.ndarray) -> np.ndarray:
    """The standard's own spacing, and the altitudes given; points closer than 20 m to another are left out."""
    coarse = np.concatenate(
        [np.arange(us76.LOWEST, 125e3, 200.0), np.arange(125e3, 200e3, 1e3), np.arange(200e3, 1000e3 + 1, 4e3)]
    )
    nodes = np.unique(np.concatenate([coarse, altitude[(altitude > us76.LOWEST) & (altitude < us76.HIGHEST)]]))
    keep = np.concatenate([[True], np.diff(nodes) > 20.0])
    return nodes[keep]
