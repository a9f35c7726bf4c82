"""Heat from the wall to the coolant, and friction: Gnielinski with roughness, curvature and property ratios; Taylor."""

from collections.abc import Callable

import numpy as np

from ...core.numeric import equation
from .coolant import Coolant, State

LAMINAR, TURBULENT = 2300.0, 4000.0
_LAMINAR_NUSSELT = 4.36  # round tube, uniform heat flux
_ROUGHEST = 4.0  # Norris: no more heat beyond four times the smooth friction


@equation
def haaland(reynolds, relative_roughness):  # type: ignore[no-untyped-def]
    """Darcy friction factor, turbulent: Haaland, J. Fluids Eng. 105 (1983) 89; relative_roughness: ε/D."""
    return (-1.8 * np.log10((relative_roughness / 3.7) ** 1.11 + 6.9 / reynolds)) ** -2.0


@equation
def gnielinski(reynolds, prandtl, friction):  # type: ignore[no-untyped-def]
    """Nusselt number, smooth tube: Gnielinski, Int. Chem. Eng. 16 (1976) 359; 2300 < Re < 5e6, 0.5 < Pr < 2000."""
    f8 = friction / 8.0
    return f8 * (reynolds - 1000.0) * prandtl / (1.0 + 12.7 * f8**0.5 * (prandtl ** (2.0 / 3.0) - 1.0))


@equation
def petukhov_friction(reynolds):  # type: ignore[no-untyped-def]
    """Darcy friction factor of the smooth tube, Petukhov (1970): (0.79 ln Re − 1.64)^-2."""
    return (0.79 * np.log(reynolds) - 1.64) ** -2.0


@equation
def norris_exponent(prandtl):  # type: ignore[no-untyped-def]
    """n of Nu/Nu_smooth = (f/f_smooth)^n: Norris (1971), in Bergles and Webb (eds.), Augmentation of Convective Heat
    and Mass Transfer."""
    return 0.68 * prandtl**0.215


@equation
def taylor_nusselt(reynolds, prandtl, temperature_ratio, diameters):  # type: ignore[no-untyped-def]
    """Hydrogen gas at wall-to-bulk ratios up to 23: Taylor, NASA TN D-4332 (1968):
    Nu = 0.023 Re^0.8 Pr^0.4 (T_w/T_b)^-(0.57 − 1.59 D/x); diameters: x/D from the beginning of heating."""
    return 0.023 * reynolds**0.8 * prandtl**0.4 * temperature_ratio ** -(0.57 - 1.59 / diameters)


def curvature_factor(reynolds: float, diameter: float, curvature: float) -> float:
    """[Re (r/R)²]^(±1/20): heat transfer at the outer (+) or the inner (−) side of a bend; friction takes the outer one.

    Itō, J. Basic Eng. 81 (1959) 123, for friction, above Re (r/R)² = 6; used for heat transfer in rocket passages by Niino
    et al. (AIAA 82-1107) and NASA's RTE. curvature: 1/R [1/m], positive where the heated side is the outer one.
    """
    number = reynolds * (0.5 * diameter * curvature) ** 2
    if number <= 6.0:
        return 1.0
    return float(number ** (0.05 if curvature > 0.0 else -0.05))


def friction_factor(reynolds: float, roughness: float, diameter: float, curvature: float = 0.0) -> float:
    """Darcy friction factor: 64/Re, Haaland, a straight line between Re = 2300 and 4000; Itō's factor in a bend."""
    if reynolds <= LAMINAR:
        return 64.0 / reynolds
    turbulent = float(haaland(max(reynolds, TURBULENT), roughness / diameter))
    if reynolds < TURBULENT:
        w = (reynolds - LAMINAR) / (TURBULENT - LAMINAR)
        turbulent = (1.0 - w) * 64.0 / LAMINAR + w * turbulent
    return turbulent * curvature_factor(reynolds, diameter, abs(curvature))


def property_exponent(wall: float, bulk: float, pseudo_critical: float) -> float:
    """n of (c̄p/cp)^n: Jackson and Hall (1979) after Krasnoshchekov and Protopopov (1966).

    Their experiments end near T_w = 2.5 T_pc; beyond it n is held.
    """
    w, b = min(wall / pseudo_critical, 2.5), bulk / pseudo_critical
    if w <= 1.0 or b >= 1.2:
        return 0.4
    n = 0.4 + 0.2 * (w - 1.0)
    return n if b <= 1.0 else 0.4 + 0.2 * (w - 1.0) * (1.0 - 5.0 * (b - 1.0))


def property_factor(fluid: Coolant, bulk: State, wall: State, pseudo_critical: float) -> float:
    """What varying properties make of the Nusselt number at bulk properties.

    Subcritical liquid with a liquid wall: (Pr_b/Pr_w)^0.11, Gnielinski (1976). Else, supercritical or gas:
    (ρ_w/ρ_b)^0.3 (c̄p/cp)^n, Krasnoshchekov and Protopopov (1966), n by ``property_exponent``.
    """
    subcritical = bulk.pressure < fluid.critical_pressure
    if subcritical and bulk.temperature < pseudo_critical:
        if wall.temperature < pseudo_critical:
            return (bulk.prandtl / wall.prandtl) ** 0.11
        return 1.0  # boiling at the wall: the single-phase coefficient is kept, a finding judges the boiling
    span = wall.temperature - bulk.temperature
    mean = bulk.cp if abs(span) < 1e-6 else (wall.enthalpy - bulk.enthalpy) / span
    n = property_exponent(wall.temperature, bulk.temperature, pseudo_critical)
    return (wall.density / bulk.density) ** 0.3 * (mean / bulk.cp) ** n


def nusselt_at_bulk(
    correlation: str,
    bulk: State,
    reynolds: float,
    diameter: float,
    roughness: float,
    curvature: float,
    heated_length: float,
) -> Callable[[float, float], float]:
    """A function of (wall temperature, property factor) that gives the Nusselt number; the rest is fixed by the bulk."""
    prandtl = bulk.prandtl
    bend = curvature_factor(reynolds, diameter, curvature)
    if reynolds <= LAMINAR:
        return lambda wall, factor: _LAMINAR_NUSSELT
    turbulent = max(reynolds, TURBULENT)
    smooth = float(petukhov_friction(turbulent))
    ratio = float(haaland(turbulent, roughness / diameter)) / smooth
    rough = min(max(ratio, 1.0), _ROUGHEST) ** float(norris_exponent(prandtl))
    w = min((reynolds - LAMINAR) / (TURBULENT - LAMINAR), 1.0)
    if correlation == "taylor":
        diameters = max(heated_length / diameter, 3.0)

        def taylor(wall: float, factor: float) -> float:
            nu = float(taylor_nusselt(turbulent, prandtl, max(wall / bulk.temperature, 1.0), diameters))
            return (1.0 - w) * _LAMINAR_NUSSELT + w * nu * rough * bend

        return taylor
    base = float(gnielinski(turbulent, prandtl, smooth)) * rough * bend
    return lambda wall, factor: (1.0 - w) * _LAMINAR_NUSSELT + w * base * factor
