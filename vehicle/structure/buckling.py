"""Buckling of thin cylinders under axial load, bending and internal pressure, after NASA SP-8007 (revision of August 1968; the
knock-down factors stand unchanged in the revision of November 2020), and of stiffened ones after Gerard.

Isotropic, monocoque, r/t up to 1500, of moderate length. Loads in N and N m, compression positive.
"""

from collections.abc import Callable
from functools import cache
from math import exp, log, pi, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .materials import Material

THINNEST = 1500.0
"""Largest radius over thickness of the tests behind the knock-down factors (SP-8007, sec. 4.2.1)."""
STIFFENED_KNOCKDOWN = 0.65
"""Customary for stiffened cylinders (NASA SP-8007, revision 2 (2020); M. W. Hilburger, NASA/TM-2018-219866)."""
GERARD = (6.48, 0.6)
"""C and n of rings with common Z stringers: G. Gerard and C. Lakshmikantham, Structural Design Synthesis Approach to Filamentary
Composites (1966), table 2, as transcribed in a public code."""


@cache
def figure_6() -> dict[str, Any]:
    """The two readings of SP-8007's figure 6, and what is known of their errors (data/sp8007.yaml)."""
    return yaml.safe_load((Path(__file__).parent / "data" / "sp8007.yaml").read_text(encoding="utf-8"))


@cache
def _increase_by_logarithm() -> Callable[[float], float]:
    """Logarithm of the increase against that of (p/E)(r/t)^2: monotone cubics through the points, as the figure is drawn."""
    from scipy.interpolate import PchipInterpolator  # slow to import

    data = figure_6()
    x, y = np.log(data["pressure_parameter"]), np.log(data["increase"])
    begin = log(data["axis_begins"])
    first = y[0] - (x[0] - begin) * (y[1] - y[0]) / (x[1] - x[0])
    through = PchipInterpolator(np.concatenate([[begin], x]), np.concatenate([[first], y]))
    return lambda at: float(through(min(at, float(x[-1]))))


def knockdown_axial(radius_over_thickness: float) -> float:
    """gamma = 1 - 0.901 (1 - exp(-phi)), phi = sqrt(r/t)/16 (SP-8007, eq. 5 and 6)."""
    return 1.0 - 0.901 * (1.0 - exp(-sqrt(radius_over_thickness) / 16.0))


def knockdown_bending(radius_over_thickness: float) -> float:
    """gamma = 1 - 0.731 (1 - exp(-phi)), phi = sqrt(r/t)/16 (SP-8007, eq. 14)."""
    return 1.0 - 0.731 * (1.0 - exp(-sqrt(radius_over_thickness) / 16.0))


def pressure_increase(pressure: float, modulus: float, radius_over_thickness: float) -> float:
    """Increase of gamma / sqrt(3 (1 - nu^2)) by an internal pressure [Pa] (SP-8007, fig. 6); none without pressure, and no more
    beyond the figure's end than at it."""
    at, begin = max(pressure, 0.0) / modulus * radius_over_thickness**2, figure_6()["axis_begins"]
    if at <= begin:
        return at / begin * exp(_increase_by_logarithm()(log(begin)))
    return exp(_increase_by_logarithm()(log(at)))


def _coefficient(knockdown: float, pressure: float, material: Material, slim: float) -> float:
    """gamma / sqrt(3 (1 - nu^2)) + dgamma, at most the perfect shell's: pressure smooths what is imperfect and does no more, for
    the rings into which a perfect shell buckles do not feel it."""
    perfect = 1 / sqrt(3 * (1 - material.poisson**2))
    return min(knockdown * perfect + pressure_increase(pressure, material.modulus, slim), perfect)


def moderately_long(radius: float, thickness: float, length: float, poisson: float) -> bool:
    """Whether gamma Z > sqrt(3) pi^2/6, Z = L^2/(r t) sqrt(1 - nu^2): where the formulas below hold (SP-8007, sec. 4.2.1)."""
    z = length**2 / (radius * thickness) * sqrt(1 - poisson**2)
    return knockdown_axial(radius / thickness) * z > sqrt(3) * pi**2 / 6


def critical_axial(radius: float, thickness: float, material: Material, pressure: float = 0.0) -> float:
    """Axial force [N] at buckling: 2 pi E t^2 (gamma/sqrt(3 (1 - nu^2)) + dgamma) + p pi r^2 (SP-8007, eq. 4 and 24).

    pressure [Pa]: internal over external; its end load is taken by the shell, so that the force is that applied from outside.
    """
    slim = radius / thickness
    coefficient = _coefficient(knockdown_axial(slim), pressure, material, slim)
    return 2 * pi * material.modulus * thickness**2 * coefficient + max(pressure, 0.0) * pi * radius**2


def critical_bending(radius: float, thickness: float, material: Material, pressure: float = 0.0) -> float:
    """Moment [N m] at buckling: pi r E t^2 (gamma/sqrt(3 (1 - nu^2)) + dgamma) + 0.8 p pi r^3 (SP-8007, eq. 13 and 25)."""
    slim = radius / thickness
    coefficient = _coefficient(knockdown_bending(slim), pressure, material, slim)
    return pi * radius * material.modulus * thickness**2 * coefficient + 0.8 * max(pressure, 0.0) * pi * radius**3


def buckling_ratio(
    radius: float, thickness: float, material: Material, axial: float, bending: float, pressure: float = 0.0
) -> float:
    """Demand over capacity, N/N_cr + M/M_cr (SP-8007, eq. 32); a net tension relieves nothing here."""
    return max(axial, 0.0) / critical_axial(radius, thickness, material, pressure) + abs(bending) / critical_bending(
        radius, thickness, material, pressure
    )


def thickness_for(radius: float, material: Material, axial: float, bending: float, pressure: float = 0.0) -> float:
    """The least wall [m] with a `buckling_ratio` of 1; 0 where pressure alone bears the load."""
    if axial <= 0.0 and bending == 0.0:
        return 0.0
    low, high = 1e-7, radius
    if buckling_ratio(radius, low, material, axial, bending, pressure) <= 1.0:
        return 0.0
    from scipy.optimize import brentq

    found = brentq(lambda t: buckling_ratio(radius, t, material, axial, bending, pressure) - 1.0, low, high, xtol=1e-9)
    return float(found)  # type: ignore[arg-type]


def stiffened_thickness(radius: float, material: Material, axial: float, bending: float) -> float:
    """Smeared wall [m] of an optimum ring and stringer stiffened cylinder: (d/4) C (N_x/(k E d))^n, N_x the largest line load.

    See GERARD and STIFFENED_KNOCKDOWN; no pressure relief is taken.
    """
    line = max(axial, 0.0) / (2 * pi * radius) + abs(bending) / (pi * radius**2)
    if line <= 0.0:
        return 0.0
    factor, exponent = GERARD
    d = 2 * radius
    return d / 4 * factor * (line / (STIFFENED_KNOCKDOWN * material.modulus * d)) ** exponent
