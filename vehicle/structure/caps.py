"""Buckling of thin domes under pressure on their bulging side, plain and as sandwich.

After NASA SP-8032, Buckling of Thin-Walled Doubly Curved Shells (August 1969), whose figures are recalled, not read again. A
dome of height h on a radius R buckles at its crown, whose radius of curvature is R^2/h. Pressures in Pa, lengths in m.
"""

from dataclasses import dataclass
from math import sqrt

from .materials import Material

LEAST = 0.14
"""Of the perfect shell's pressure that oblate ellipsoids and deep caps keep (SP-8032)."""
SHALLOWEST = 2.0
"""Least geometric parameter of a cap for which the reduction holds (SP-8032)."""


@dataclass(frozen=True)
class Sandwich:
    """Two equal faces [m] on a core [m] with its modulus of shear [Pa]."""

    face: float
    core: float
    shear_modulus: float

    @property
    def depth(self) -> float:
        """Between the faces' middles [m]."""
        return self.core + self.face


def crown_radius(radius: float, height: float) -> float:
    """Radius of curvature [m] of a half ellipsoid at its apex."""
    return radius**2 / height


def membrane(radius: float, height: float) -> float:
    """Largest line load over the pressure [m] in a half ellipsoid: at the crown R^2/(2 h), around the rim R |1 - R^2/(2 h^2)|,
    which is compression if the pressure is inside and the dome flatter than 1.414:1 (W. Fluegge, Stresses in Shells, 1973)."""
    return max(crown_radius(radius, height) / 2, radius * abs(1 - radius**2 / (2 * height**2)))


def reduction(radius: float, height: float, thickness: float, poisson: float) -> float:
    """Of the perfect shell's pressure: for a hemisphere 0.14 + 3.2/lambda^2, lambda = (12 (1 - nu^2))^(1/4) (r/t)^(1/2)
    2 sin(phi/2), phi half the angle of the cap (SP-8032, spherical caps); LEAST for an ellipsoid."""
    if height < radius * (1 - 1e-9):
        return LEAST
    squared = sqrt(12 * (1 - poisson**2)) * radius / thickness * 2  # 4 sin^2(phi/2) of a right angle
    return min(LEAST + 3.2 / max(squared, SHALLOWEST**2), 1.0)


def critical_plain(radius: float, height: float, thickness: float, material: Material) -> float:
    """Pressure at buckling: reduction times 2 E/sqrt(3 (1 - nu^2)) (t/r)^2, r the crown's radius (SP-8032)."""
    perfect = (
        2 * material.modulus / sqrt(3 * (1 - material.poisson**2)) * (thickness / crown_radius(radius, height)) ** 2
    )
    return reduction(radius, height, thickness, material.poisson) * perfect


def critical_sandwich(radius: float, height: float, sandwich: Sandwich, material: Material) -> float:
    """Pressure at buckling of a sandwich dome.

    Line load of the perfect shell N = 2 sqrt(D C)/r with D = E t d^2/(2 (1 - nu^2)) and C = 2 E t; with the reduction for the
    thickness sqrt(3) d of the plain shell that bends as it does; less what the core's shear gives way, N (1 - N/(4 S)), at most
    S = G d^2/c (SP-8007 (1968) on sandwich cylinders, which wrinkle in the same rings). p = 2 N/r.
    """
    crown, d, nu = crown_radius(radius, height), sandwich.depth, material.poisson
    line = 2 * material.modulus * sandwich.face * d / (crown * sqrt(1 - nu**2))
    line *= reduction(radius, height, sqrt(3.0) * d, nu)
    shear = sandwich.shear_modulus * d**2 / sandwich.core
    kept = line * (1 - line / (4 * shear)) if line < 2 * shear else shear
    return 2 * kept / crown


def plain_for(radius: float, height: float, material: Material, pressure: float) -> float:
    """The least thickness [m] that buckles at no less than a pressure; 0 without one."""
    if pressure <= 0.0:
        return 0.0
    from scipy.optimize import brentq

    found = brentq(lambda t: critical_plain(radius, height, t, material) / pressure - 1.0, 1e-7, radius, xtol=1e-10)
    return float(found)  # type: ignore[arg-type]


def core_for(
    radius: float, height: float, face: float, shear_modulus: float, material: Material, pressure: float
) -> float:
    """The least core [m] with which a sandwich of that face buckles at no less than a pressure; 0 where the faces alone hold."""
    from scipy.optimize import brentq

    def short(core: float) -> float:
        return critical_sandwich(radius, height, Sandwich(face, core, shear_modulus), material) / pressure - 1.0

    least = 1e-5
    if pressure <= 0.0 or short(least) >= 0.0:
        return 0.0
    return float(brentq(short, least, radius, xtol=1e-9))  # type: ignore[arg-type]
