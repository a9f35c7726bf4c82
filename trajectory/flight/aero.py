"""Aerodynamic coefficients of a vehicle on the grid that the compiled flight reads."""

import numpy as np

from ...core.results import Array
from ...vehicle.aero_table import AeroTable
from .case import AeroGrid

GRID_SINE = np.linspace(0.0, 1.0, 41)
"""Sines of half the angle of attack."""


def pressure_center(aero: AeroTable, mach: float, otherwise: float) -> float:
    """Station [m] of the centre of pressure at a vanishing angle; a body without lift there has none: *otherwise*."""
    slope = float(np.interp(mach, aero.mach, aero.slope))
    return aero.center_of_pressure(mach) if abs(slope) > 1e-6 else otherwise


def aero_grid(aero: AeroTable, mach: Array, *, power_on: bool) -> AeroGrid:
    """The table on the flight's grid: axial force over that at zero angle, normal force per sine, centre of pressure.

    mach: equidistant from 0.
    """
    angle = 2.0 * np.arcsin(GRID_SINE)
    values = np.zeros((len(mach), len(angle), 3))
    axial = aero.axial if power_on else aero.axial_power_off
    sine = np.sin(angle)
    for i, number in enumerate(mach):
        at = min(max(float(number), aero.mach[0]), aero.mach[-1])
        k = min(int(np.searchsorted(aero.mach, at, side="right")) - 1, len(aero.mach) - 2)
        u = (at - aero.mach[k]) / (aero.mach[k + 1] - aero.mach[k])
        ca, cn, cm = ((1.0 - u) * c[k] + u * c[k + 1] for c in (axial, aero.normal, aero.moment))
        values[i, :, 0] = np.interp(angle, aero.angle, ca) / ca[0]
        normal, moment = np.interp(angle, aero.angle, cn), np.interp(angle, aero.angle, cm)
        slope = float(np.interp(at, aero.mach, aero.slope))
        values[i, 1:-1, 1] = normal[1:-1] / sine[1:-1]
        values[i, 0, 1], values[i, -1, 1] = slope, values[i, -2, 1]
        values[i, 1:-1, 2] = moment[1:-1] / np.where(np.abs(normal[1:-1]) > 1e-9, normal[1:-1], 1.0)
        values[i, 0, 2], values[i, -1, 2] = pressure_center(aero, at, values[i, 1, 2]), values[i, -2, 2]
    return AeroGrid(np.asarray(mach, float), values)
