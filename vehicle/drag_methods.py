"""Drag of single components against Mach number: the published relations, one function each.

Niskanen 2009 is S. Niskanen, Development of an Open Source Model Rocket Simulation Software, Helsinki University of
Technology (2009), kept up as the OpenRocket technical documentation, ch. 3.4 and app. B. Coefficients refer to the area
named in each docstring. All functions take and return floats.
"""

from functools import cache
from math import log, sqrt
from pathlib import Path

import numpy as np
import yaml

GAMMA = 1.4  # air


@cache
def drag_data() -> dict:
    """The numbers of data/drag.yaml."""
    return yaml.safe_load((Path(__file__).parent / "data" / "drag.yaml").read_text(encoding="utf-8"))


@cache
def normal_force_data() -> dict:
    """The numbers of data/normal_force.yaml."""
    return yaml.safe_load((Path(__file__).parent / "data" / "normal_force.yaml").read_text(encoding="utf-8"))


def skin_friction(reynolds: float, mach: float, relative_roughness: float) -> float:
    """Mean skin friction coefficient of a turbulent boundary layer, referred to the wetted area.

    Smooth: 1/(1.5 ln Re - 5.6)²; rough: 0.032 (Rs/L)^0.2; compressibility 1 - 0.1 M² below, (1 + 0.15 M²)^-0.58 smooth and
    1/(1 + 0.18 M²) rough above Mach 1, blended from 0.9 to 1.1, where the two sides differ by 2 %. The larger of smooth and
    rough holds, as roughness cannot lessen friction (the source changes over at Re = 51 (Rs/L)^-1.039, where its two values
    differ by a tenth). Niskanen 2009 eq. 3.79-3.84, after Barrowman 1967 and Hoerner 1965. Below Re = 1e4 the value at 1e4
    holds.
    """
    smooth = 1 / (1.50 * log(max(reynolds, 1e4)) - 5.6) ** 2
    rough = 0.032 * relative_roughness**0.2
    below = max(smooth, rough) * (1 - 0.1 * min(mach, 1.1) ** 2)
    above = max(rough / (1 + 0.18 * mach**2), smooth / (1 + 0.15 * mach**2) ** 0.58)
    share = min(max((mach - 0.9) / 0.2, 0.0), 1.0)
    share = share**2 * (3 - 2 * share)
    return below * (1 - share) + above * share


def stagnation(mach: float) -> float:
    """Stagnation pressure over dynamic pressure: 1 + M²/4 + M⁴/40 below, 1.84 - 0.76/M² + 0.166/M⁴ + 0.035/M⁶ above Mach 1."""
    m2 = mach * mach
    if mach <= 1:
        return 1 + m2 / 4 + m2**2 / 40
    return 1.84 - 0.76 / m2 + 0.166 / m2**2 + 0.035 / m2**3


def blunt_face(mach: float) -> float:
    """Drag of the flat face of a cylinder, referred to its area: 0.85 of the stagnation pressure (Niskanen 2009 app. B.1)."""
    return 0.85 * stagnation(mach)


def base(mach: float) -> float:
    """Base drag referred to the base: 0.12 + 0.13 M² below, 0.25/M above Mach 1.

    Fleeman, Tactical Missile Design (2001), p. 23, as in Niskanen 2009 eq. 3.94. Powered: the nozzles' exit area is taken
    off the base.
    """
    return 0.12 + 0.13 * mach**2 if mach < 1 else 0.25 / mach


def boattail(mach: float, length: float, fore_diameter: float, aft_diameter: float) -> float:
    """Drag of a narrowing cone, referred to the step in area: the base's at length/(d1-d2) <= 1, none at >= 3, linear between.

    Niskanen 2009 eq. 3.88, after Hoerner 1965; from subsonic data.
    """
    slenderness = length / (fore_diameter - aft_diameter)
    return base(mach) * min(max((3 - slenderness) / 2, 0.0), 1.0)


def nose(shape: str, length: float, diameter: float, mach: float) -> float:
    """Pressure drag of a nose or shoulder, referred to its base area (or step in area).

    Cone: 2.1 sin²e + 0.5 sin e/sqrt(M² - 1) from Mach 1.3; sin e with slope 4/(gamma+1) (1 - sin e/2) at Mach 1; a cubic
    between. Tangent ogive: as the cone of its length. Ellipsoid, von Kármán: data at fineness 3, scaled to fineness f by
    C = C_blunt (C_3/C_blunt)^(ln(f+1)/ln 4). Below the first Mach number of these: a M^b + C_0 with value and slope
    continuous, C_0 = 0.8 sin²(joint angle). Niskanen 2009 eq. 3.86-3.87, app. B; data NASA TR R-100 (Stoney 1961).
    Raises ValueError for an unknown shape.
    """
    fineness = length / diameter
    sine = 0.5 / sqrt(fineness**2 + 0.25)
    if shape in ("conical", "ogive"):
        start, low = 1.0, 0.8 * sine**2 if shape == "conical" else 0.0
        above = _cone
        at_start, slope = sine, 4 / (GAMMA + 1) * (1 - 0.5 * sine)
        argument: object = sine
    elif shape in drag_data()["noses_of_fineness_3"]:
        data = drag_data()["noses_of_fineness_3"][shape]
        start, low = data["mach"][0], 0.0
        above = _scaled
        argument = (shape, fineness)
        at_start = _scaled(start, argument)
        slope = (_scaled(start + 0.01, argument) - at_start) / 0.01
    else:
        raise ValueError(f"unknown nose shape '{shape}'; known: conical, ogive, ellipsoidal, von-karman")
    if mach >= start:
        return above(mach, argument)  # type: ignore[arg-type]
    if at_start - low < 1e-3 or slope <= 0.01:
        return at_start if at_start > low else low
    exponent = start * slope / (at_start - low)
    return (at_start - low) * (mach / start) ** exponent + low


def _cone(mach: float, sine: float) -> float:
    if mach >= 1.3:
        return 2.1 * sine**2 + 0.5 * sine / sqrt(mach**2 - 1)
    # Hermite cubic from Mach 1 to 1.3 between the sonic point and the supersonic formula.
    c0, c1 = sine, 2.1 * sine**2 + 0.5 * sine / sqrt(0.69)
    s0, s1 = 4 / (GAMMA + 1) * (1 - 0.5 * sine), -0.5 * sine * 1.3 / 0.69**1.5
    t, h = (mach - 1.0) / 0.3, 0.3
    return (
        (2 * t**3 - 3 * t**2 + 1) * c0
        + (t**3 - 2 * t**2 + t) * h * s0
        + (-2 * t**3 + 3 * t**2) * c1
        + (t**3 - t**2) * h * s1
    )


def _scaled(mach: float, what: tuple[str, float]) -> float:
    """Data at fineness 3, each point brought to another fineness, straight lines between; the last value holds beyond."""
    shape, fineness = what
    data = drag_data()["noses_of_fineness_3"][shape]
    exponent = log(fineness + 1) / log(4)
    points = [blunt_face(m) * (c / blunt_face(m)) ** exponent for m, c in zip(data["mach"], data["drag"], strict=True)]
    return float(np.interp(mach, data["mach"], points))


def reference_reynolds(mach: float, length: float) -> float:
    """Reynolds number over *length* [m] at the reference flight's altitude for *mach*; at least Mach 0.1's.

    Viscosity by Sutherland's law as in the US Standard Atmosphere 1976, eq. 51.
    """
    flight, air = drag_data()["reference_flight"], drag_data()["atmosphere"]
    altitude = np.interp(mach, flight["mach"], flight["altitude_km"])
    temperature = float(np.interp(altitude, air["altitude_km"], air["temperature_K"]))
    density = float(np.exp(np.interp(altitude, air["altitude_km"], np.log(air["density_kg_m3"]))))
    viscosity = 1.458e-6 * temperature**1.5 / (temperature + 110.4)
    speed = max(mach, 0.1) * sqrt(GAMMA * 287.053 * temperature)
    return density * speed * length / viscosity
