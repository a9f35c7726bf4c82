"""The nozzle: thrust coefficient of a perfect gas, and what a real nozzle loses, item by item."""

from dataclasses import dataclass
from math import cos, exp, sqrt

import numpy as np

from .document import SolidMotor
from .gas import MotorGas

_PSI, _INCH = 6894.757293168361, 0.0254
_SPP = (
    "Coats, Levine, Nickerson, Tyson, Cohen, Harry & Price, AFRPL-TR-75-36 (AD-A015140, 1975), simplified method; "
    "relation and coefficients as in the open code machwave (docs/theory/nozzle_losses.md and its source)"
)
SEPARATION = (
    0.4  # exit over ambient pressure, below which the flow leaves the wall: recalled from Summerfield et al. 1954
)


@dataclass(frozen=True)
class NozzleLoss:
    """A factor on thrust, and where it is from. span: of the loss, when the relation can be read in two ways."""

    name: str
    factor: float
    grade: str
    citation: str
    span: tuple[float, float] | None = None


def mass_flow_function(gamma: float) -> float:
    """Gamma = sqrt(g) (2/(g+1))^((g+1)/(2(g-1))): c* Gamma = sqrt(R T)."""
    return sqrt(gamma) * (2.0 / (gamma + 1.0)) ** ((gamma + 1.0) / (2.0 * (gamma - 1.0)))


def area_ratio(pressure_ratio: np.ndarray | float, gamma: float) -> np.ndarray:
    """A/A_throat where the pressure is this share of the chamber's, supersonic, perfect gas (any text on gas dynamics)."""
    x = np.asarray(pressure_ratio, dtype=float)
    g = gamma
    return mass_flow_function(g) / (x ** (1.0 / g) * np.sqrt(2.0 * g / (g - 1.0) * (1.0 - x ** ((g - 1.0) / g))))


def exit_pressure_ratio(ratio: np.ndarray | float, gamma: float) -> np.ndarray:
    """Exit over chamber pressure at an area ratio, supersonic: bisection of area_ratio in log p."""
    ratio = np.asarray(ratio, dtype=float)
    low = np.full(ratio.shape, np.log(1e-9))
    high = np.full(ratio.shape, gamma / (gamma - 1.0) * np.log(2.0 / (gamma + 1.0)))  # the throat
    for _ in range(60):
        mid = 0.5 * (low + high)
        wide = area_ratio(np.exp(mid), gamma) > ratio
        low, high = np.where(wide, mid, low), np.where(wide, high, mid)
    return np.exp(0.5 * (low + high))


def thrust_coefficient(ratio: np.ndarray | float, gamma: float) -> np.ndarray:
    """Ideal thrust coefficient in vacuum: exit momentum and pressure over p A_t, perfect gas."""
    x = exit_pressure_ratio(ratio, gamma)
    g = gamma
    momentum = mass_flow_function(g) * np.sqrt(2.0 * g / (g - 1.0) * (1.0 - x ** ((g - 1.0) / g)))
    return momentum + np.asarray(ratio) * x


def losses(
    motor: SolidMotor, gas: MotorGas, pressure: float, throat: float, length_star: float, burn_time: float
) -> tuple[NozzleLoss, ...]:
    """Factors on vacuum thrust at mean pressure [Pa], throat diameter [m], L* [m] and burn time [s]."""
    nozzle = motor.nozzle
    half = 0.5 * (1.0 + cos(nozzle.half_angle))
    cone = "(1 + cos a)/2: the axial part of a conical flow; derived in machwave, docs/theory/nozzle_losses.md"
    found = [NozzleLoss("divergence of the cone", half, "secondary", cone)]
    if nozzle.efficiency is not None:
        cite = next((s.citation for s in motor.sources if "nozzle.efficiency" in s.fields or "nozzle" in s.fields), "")
        grade = motor.graded("nozzle.efficiency") or "estimate"
        return (
            *found,
            NozzleLoss("all else, as given", nozzle.efficiency, grade, cite or "nozzle.efficiency of the motor"),
        )
    p, d, ls = pressure / _PSI, throat / _INCH, length_star / _INCH
    ratio = (nozzle.exit_diameter / throat) ** 2
    if gas.frozen is not None:
        kinetics = 0.333 * (1.0 - gas.frozen) * min(200.0 / p, 1.0)
        found.append(NozzleLoss("kinetics", 1.0 - kinetics, "secondary", _SPP))
    found.append(NozzleLoss("boundary layer", 1.0 - boundary_layer(p, d, ratio, burn_time), "secondary", _SPP))
    if gas.condensed is not None:
        loss, span = two_phase(p, gas.condensed, d, ls, ratio), two_phase_range(p, gas, d, ls, ratio)
        found.append(NozzleLoss("two-phase flow", 1.0 - loss, "secondary", _SPP, span))
    return tuple(found)


def boundary_layer(p: float, d: float, ratio: float, time: float) -> float:
    """Mean loss over a burn of that time [s]; p in psi, throat d in inches; an ordinary (insulating) nozzle."""
    b = p**0.8 / d**0.2
    rate = 0.000937 * b
    transient = 2.0 * (1.0 - exp(-rate * time)) / (rate * time)
    return 0.01 * 0.00365 * b * (1.0 + transient) * (1.0 + 0.016 * (ratio - 9.0))


def two_phase(p: float, condensed: float, d: float, length_star: float, ratio: float) -> float:
    """Loss by lag of condensed particles; p in psi, throat d and L* in inches, condensed: mass of condensed over all products.

    machwave, the source at hand, takes the mass fraction (it corrected the name from mole fraction). Others are recalled to
    take moles per 100 g; for alumina, 101.96 g/mol, both are the same within 2 %. See two_phase_range for other products.
    """
    if condensed <= 0.0:
        return 0.0
    size = 0.454 * (p * condensed) ** (1.0 / 3.0) * (1.0 - exp(-0.004 * length_star)) * (1.0 + 0.045 * d)  # micrometres
    many = condensed >= 0.09
    if d < 2.0:
        c3, c5, c6 = (9.0 if many else 30.0), 1.0, (1.0 if d < 1.0 else 0.8)
    elif size < 4.0:
        c3, c5, c6 = (13.4 if many else 44.5), 0.8, 0.8
    elif size <= 8.0:
        c3, c5, c6 = (10.2 if many else 34.0), 0.8, 0.4
    else:
        c3, c5, c6 = (7.58 if many else 25.2), 0.8, 0.33
    return 0.01 * c3 * condensed ** (0.5 if many else 1.0) * size**c5 / (p**0.15 * ratio**0.08 * d**c6)


def two_phase_range(p: float, gas: MotorGas, d: float, length_star: float, ratio: float) -> tuple[float, float] | None:
    """The loss by both readings of the condensed share (mass fraction, moles per 100 g), where they differ by over 5 %."""
    if not gas.condensed or gas.condensed_molar_mass is None:
        return None
    other = gas.condensed * 0.1 / gas.condensed_molar_mass
    if abs(other / gas.condensed - 1.0) <= 0.05:
        return None
    both = [two_phase(p, x, d, length_star, ratio) for x in (gas.condensed, other)]
    return min(both), max(both)


def thrust_at(pressure: np.ndarray, vacuum: np.ndarray, ideal: np.ndarray, throat: np.ndarray, exit_area: float,
              gamma: float, ambient: float) -> np.ndarray:  # fmt: skip
    """Thrust [N] at an ambient pressure [Pa]: full flow, or separated where the exit pressure falls below 0.4 of it.

    Separated: as of a nozzle that ends where the wall pressure is 0.4 of ambient. ideal: ideal vacuum thrust [N].
    """
    full = vacuum - ambient * exit_area
    if ambient <= 0.0:
        return full
    with np.errstate(divide="ignore", invalid="ignore"):
        sonic = (2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0))
        share = np.minimum(SEPARATION * ambient / np.maximum(pressure, 1.0), sonic)
        ratio = np.minimum(area_ratio(share, gamma), exit_area / throat)
        efficiency = np.where(ideal > 0.0, vacuum / np.where(ideal > 0.0, ideal, 1.0), 0.0)
    part = efficiency * thrust_coefficient(ratio, gamma) * pressure * throat - ambient * ratio * throat
    return np.maximum(np.where(ratio < exit_area / throat, part, full), 0.0)
