"""Stresses in wall and jacket: Huzel and Huang, NASA SP-125 (1967), section 4.4."""

from ...core.numeric import equation


@equation
def thermal_stress(modulus, expansion, flux, thickness, poisson, conductivity):  # type: ignore[no-untyped-def]
    """E α q t / (2 (1 − ν) k): a restrained wall that carries a flux (SP-125, second term of eqs. 4-27 and 4-31)."""
    return modulus * expansion * flux * thickness / (2.0 * (1.0 - poisson) * conductivity)


@equation
def tube_hoop_stress(pressure_difference, radius, thickness):  # type: ignore[no-untyped-def]
    """Δp r/t of a round crown (SP-125, first term of eq. 4-27). Tubes side by side of one circuit carry the same pressure,
    so that their flanks do not bend."""
    return pressure_difference * radius / thickness


@equation
def floor_bending_stress(pressure_difference, width, thickness):  # type: ignore[no-untyped-def]
    """Δp/2 (w/t)²: a strip clamped at both ribs, at its edge: M = Δp w²/12, σ = 6 M/t² (Timoshenko)."""
    return 0.5 * pressure_difference * (width / thickness) ** 2


@equation
def jacket_hoop_stress(pressure, radius, thickness):  # type: ignore[no-untyped-def]
    """p r/t of the closing jacket, as if the liner carried nothing."""
    return pressure * radius / thickness
