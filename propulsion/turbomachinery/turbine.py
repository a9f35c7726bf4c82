"""Turbine equations for floats and CasADi."""

import numpy as np

from ...core.numeric import equation


@equation
def spouting_speed(isentropic_drop):
    """C₀ = √(2 Δh_s) [m/s] (Dixon and Hall 2014, section 4.1)."""
    return np.sqrt(2.0 * isentropic_drop)


@equation
def efficiency_curve(speed_ratio):
    """Efficiency over its design value against (U/C₀) over its design value: 2 ν − ν².

    Exact for an ideal impulse stage designed at its best speed ratio (Dixon and Hall 2014, section 4.9, blading efficiency).
    """
    return speed_ratio * (2.0 - speed_ratio)


@equation
def stodola(inlet_pressure, inlet_density, pressure_ratio):
    """What a turbine's flow is proportional to: √(p ρ) √(1 − (p₂/p₁)²) at its inlet (Stodola 1927, the law of the ellipse)."""
    return np.sqrt(inlet_pressure * inlet_density) * np.sqrt(1.0 - 1.0 / pressure_ratio**2)
