"""The limit of nucleate boiling in a subcooled, flowing liquid."""

from ...core.earth import G0
from ...core.numeric import equation
from .coolant import Saturation


@equation
def pool_burnout(latent, vapour_density, liquid_density, tension, cp, subcooling):  # type: ignore[no-untyped-def]
    """Pool boiling's critical heat flux [W/m²], subcooled.

    Kutateladze (1948), 0.16 h ρ_v^0.5 (σ g Δρ)^0.25, with the subcooling of Ivey and Morris (1962),
    1 + 0.1 (ρ_l/ρ_v)^0.75 c ΔT/h.
    """
    saturated = 0.16 * latent * vapour_density**0.5 * (tension * G0 * (liquid_density - vapour_density)) ** 0.25
    return saturated * (1.0 + 0.1 * (liquid_density / vapour_density) ** 0.75 * cp * subcooling / latent)


def critical_heat_flux(saturation: Saturation, bulk_temperature: float, coefficient: float) -> float:
    """Critical heat flux [W/m²] of a forced flow: pool boiling plus convection to the boiling wall.

    Superposition of Gambill, Chem. Eng. Prog. Symp. Ser. 59 (1963) 71: q = q_pool + h (T_sat − T_b); coefficient: of
    single-phase convection [W/(m² K)]. Gambill found 96 % of 878 burnout points of nine fluids within 40 %.
    """
    s = saturation
    subcooling = max(s.temperature - bulk_temperature, 0.0)
    pool = pool_burnout(s.latent_heat, s.vapour_density, s.liquid_density, s.surface_tension, s.liquid_cp, subcooling)
    return float(pool) + coefficient * subcooling
