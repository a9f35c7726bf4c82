"""Film cooling: a liquid film that evaporates, and the gas that it leaves behind."""

import numpy as np

from ...core.errors import InputError
from ...core.numeric import equation
from .contour import Wall
from .coolant import coolant
from .document import Film
from .gas import WallGas
from .hot_side import GasSideModel
from .result import FilmResult


@equation
def blowing_factor(transfer_number):  # type: ignore[no-untyped-def]
    """St/St₀ = ln(1 + B)/B: vapour that leaves the film thickens the boundary layer (Spalding 1960; used for liquid
    films in rocket chambers by Grisson, AEDC-TR-91-1, 1991)."""
    return np.log(1.0 + transfer_number) / transfer_number


@equation
def gas_effectiveness(exchanged, film_capacity, conduction_efficiency):  # type: ignore[no-untyped-def]
    """(T_aw − T_aw,film)/(T_aw − T_film) = exp(−∫h dA/(ṁ cp η_c)): Huzel and Huang, NASA SP-125 (1967), eq. 4-34, along
    the wall; after Hatch and Papell, NASA TN D-130 (1959)."""
    return np.exp(-exchanged / (film_capacity * conduction_efficiency))


def film_along(film: Film, wall: Wall, gas: WallGas, model: GasSideModel, points: int = 200) -> FilmResult:
    """The film from its injection to the contour's end.

    Liquid: it warms to boiling, then evaporates; dṁ/dx = −2πr q/Δh with q by the gas-side model at the film's
    temperature, lessened by ``blowing_factor``. Gas: ``gas_effectiveness``. Raises InputError where the film has no data.
    """
    fluid = coolant(film.coolant)
    if not wall.x[0] <= film.x < wall.x[-1]:
        raise InputError(f"the film's x = {film.x:g} m is not on the contour", where=film.where("x"))
    x = np.linspace(film.x, wall.x[-1], points)
    radius = np.array([wall.at(v) for v in x])
    places = [gas.at(wall.area_ratio(v), v > wall.throat_x) for v in x]
    area = np.concatenate([[0.0], np.pi * (radius[1:] + radius[:-1]) * np.hypot(np.diff(x), np.diff(radius))])
    pressure, temperature, sink = places[0].pressure, film.temperature, 0.0
    if film.phase == "liquid":
        boiling = fluid.saturation(pressure) if pressure < 0.98 * fluid.critical_pressure else None
        if boiling is None:
            raise InputError(
                f"{fluid.name} has no boiling point at {pressure / 1e5:.0f} bar (critical: "
                f"{fluid.critical_pressure / 1e5:.0f} bar), so it makes no liquid film; set phase: gas",
                where=film.where("phase"),
            )
        if film.temperature >= boiling.temperature:
            raise InputError(
                f"the film enters at {film.temperature:.0f} K, {fluid.name} boils at {boiling.temperature:.0f} K; set "
                "phase: gas",
                where=film.where("temperature"),
            )
        temperature = boiling.temperature
        sink = boiling.latent_heat + (
            fluid.at_temperature(pressure, temperature - 0.01).enthalpy
            - fluid.at_temperature(pressure, film.temperature).enthalpy
        )
    vapour_cp = fluid.at_temperature(pressure, 1.5 * temperature).cp
    liquid = film.mass_flow if film.phase == "liquid" else 0.0
    flows, effect, exchanged, dry_at = [], [], 0.0, film.x
    for i, place in enumerate(places):
        aw = model.adiabatic(place)
        flux = max(model.flux(place, min(temperature, 0.99 * aw), aw), 0.0)
        if liquid > 0.0:
            transfer = vapour_cp * (aw - temperature) / sink
            liquid = max(liquid - flux * float(blowing_factor(transfer)) * area[i] / sink, 0.0)
            dry_at = float(x[i])
            effect.append(1.0)
        else:
            exchanged += flux / max(aw - temperature, 1.0) * area[i]
            effect.append(float(gas_effectiveness(exchanged, film.mass_flow * vapour_cp, film.conduction_efficiency)))
        flows.append(liquid)
    return FilmResult(
        x=x,
        effectiveness=np.array(effect),
        liquid_flow=np.array(flows),
        film_temperature=temperature,
        liquid_length=dry_at - film.x,
        sources=("Grisson, AEDC-TR-91-1 (1991)", "NASA SP-125, eq. 4-34"),
    )
