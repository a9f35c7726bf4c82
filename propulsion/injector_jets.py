"""The jets of an injector: areas and speeds of orifices, swirlers, and how the two propellants of one element meet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .injector import Feed, Injector


@dataclass(frozen=True)
class Jet:
    """Flow through all orifices of one propellant. area [m²]: geometric; velocity [m/s] and density [kg/m³]: at the exit."""

    area: float
    velocity: float
    density: float
    drop: float
    choked: bool


def jet(feed: "Feed", coefficient: float, pressure: float, drop: float) -> Jet:
    """Size the orifices of a stream into the chamber's pressure [Pa] at a pressure drop [Pa].

    Liquid: Bernoulli. Gas: isentropic to the chamber's pressure, or to sonic speed when that is reached before; there the
    chamber no longer reaches the feed (Sutton and Biblarz, ch. 3 and 8).
    """
    if feed.gamma is None:
        flux = np.sqrt(2.0 * feed.density * drop)
        return Jet(float(feed.mass_flow / (coefficient * flux)), float(flux / feed.density), feed.density, drop, False)
    g, total = feed.gamma, pressure + drop
    critical = (2.0 / (g + 1.0)) ** (g / (g - 1.0))
    expansion = max(pressure / total, critical)
    density = feed.density * expansion ** (1.0 / g)
    velocity = np.sqrt(2.0 * g / (g - 1.0) * total / feed.density * (1.0 - expansion ** ((g - 1.0) / g)))
    area = feed.mass_flow / (coefficient * density * velocity)
    return Jet(float(area), float(velocity), float(density), drop, bool(pressure / total <= critical))


def swirl_discharge(swirl_number: float) -> tuple[float, float]:
    """(discharge coefficient, half angle of the cone [rad]) of a pressure-swirl orifice of an ideal fluid.

    The air core takes the size of the greatest flow (Abramovich 1944; Kliachko; in English: Bazarov, Yang and Puri, in Liquid
    Rocket Thrust Chambers, AIAA 2004, ch. 2; Lefebvre, Atomization and Sprays, ch. 5, after Giffen and Muraszew 1953). With
    phi the share of the section that the liquid fills: A = (1 - phi) sqrt(2) / (phi sqrt(phi)), mu = phi sqrt(phi / (2 - phi)),
    tan(alpha) = 2 sqrt(2) (1 - phi) / (sqrt(phi) (1 + sqrt(1 - phi))).
    """
    from scipy.optimize import brentq

    filled: Any = brentq(lambda f: (1.0 - f) * np.sqrt(2.0) - swirl_number * f**1.5, 1e-9, 1.0)
    angle = np.arctan(2.0 * np.sqrt(2.0) * (1.0 - filled) / (np.sqrt(filled) * (1.0 + np.sqrt(1.0 - filled))))
    return float(filled * np.sqrt(filled / (2.0 - filled))), float(angle)


@dataclass(frozen=True)
class ElementFlow:
    """How the two streams of an element meet; see InjectorDesign."""

    velocity_ratio: float
    momentum_flux_ratio: float
    momentum_ratio: float
    resultant_angle: float | None
    spray_half_angle: float | None
    rupe: float | None
    weber: float | None
    diameter: float


def element_flow(
    injector: "Injector", oxidizer: "Feed", fuel: "Feed", ox: Jet, fu: Jet, sides: dict[str, Any]
) -> ElementFlow:
    """Ratios, angles and spray numbers of one element.

    Resultant angle of two jets: Sutton and Biblarz eq. 8-8. Rupe's number: Rupe 1953 (JPL Progress Report 20-195). Pintle: half
    angle of the cone by momentum, cos = 1/(1 + TMR) for a radial sheet into an axial annulus (Cheng, Li and Chen 2017).
    """
    feeds, jets = {"oxidizer": oxidizer, "fuel": fuel}, {"oxidizer": ox, "fuel": fu}
    coaxial = injector.element in ("shear coaxial", "swirl coaxial", "pintle")
    # coaxial: outer over inner; else fuel over oxidizer
    below = injector.centre if coaxial else "oxidizer"
    above = "fuel" if below == "oxidizer" else "oxidizer"
    momentum = {w: feeds[w].mass_flow * jets[w].velocity for w in jets}
    dynamic = {w: jets[w].density * jets[w].velocity ** 2 for w in jets}
    momentum_ratio = momentum[above] / momentum[below]
    resultant = spray = rupe = None
    if injector.element == "unlike doublet":
        resultant = _resultant(momentum, injector.oxidizer.angle, injector.fuel.angle)
        diameters = [sides[w].orifice_diameter for w in ("oxidizer", "fuel")]
        rupe = dynamic["oxidizer"] * diameters[0] / (dynamic["fuel"] * diameters[1])
    elif injector.element in ("like doublet", "triplet"):
        resultant = 0.0  # symmetric
    elif injector.element == "pintle":
        momentum_ratio = momentum[below] / momentum[above]  # the tip's sheet over the annulus: TMR
        spray = float(np.arccos(1.0 / (1.0 + momentum_ratio)))
    elif injector.element == "swirl coaxial":
        spray = sides[injector.centre].spray_half_angle
    diameter = max(v for w in sides for v in (sides[w].orifice_diameter, sides[w].outer_diameter) if v is not None)
    return ElementFlow(
        velocity_ratio=jets[above].velocity / jets[below].velocity,
        momentum_flux_ratio=dynamic[above] / dynamic[below],
        momentum_ratio=momentum_ratio,
        resultant_angle=resultant,
        spray_half_angle=spray,
        rupe=rupe,
        weber=_weber(feeds, jets, sides),
        diameter=diameter,
    )


def _resultant(momentum: dict[str, float], oxidizer_angle: float, fuel_angle: float) -> float:
    across = momentum["oxidizer"] * np.sin(oxidizer_angle) - momentum["fuel"] * np.sin(fuel_angle)
    along = momentum["oxidizer"] * np.cos(oxidizer_angle) + momentum["fuel"] * np.cos(fuel_angle)
    return float(np.arctan2(across, along))


def _weber(feeds: dict[str, Any], jets: dict[str, Jet], sides: dict[str, Any]) -> float | None:
    """Aerodynamic Weber number of the liquid in the gas, rho_g (v_g - v_l)² d / sigma; None unless one is gas, the other liquid
    with a surface (above its critical pressure a propellant has none)."""
    gas = [w for w in feeds if feeds[w].gamma is not None]
    liquid = [w for w in feeds if feeds[w].gamma is None]
    if len(gas) != 1 or feeds[liquid[0]].surface_tension is None:
        return None
    side = sides[liquid[0]]
    width = (
        side.orifice_diameter
        if side.orifice_diameter is not None
        else 0.5 * (side.outer_diameter - side.inner_diameter)
    )
    slip = jets[gas[0]].velocity - jets[liquid[0]].velocity
    return jets[gas[0]].density * slip**2 * width / feeds[liquid[0]].surface_tension
