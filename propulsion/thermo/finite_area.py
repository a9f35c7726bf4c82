"""Finite-area chambers: the total pressure that the flow keeps when it is heated in a duct (RP-1311 section 6.4)."""

import dataclasses
from collections.abc import Callable

from ...core.errors import InputError, UndecidedError
from .rocket import Request, RocketSolution

_CLOSE = 1e-9  # relative, of the injector pressure and the contraction ratio


def solve_finite_area(
    solve: Callable[[float, Request], RocketSolution],
    injector_pressure: float,
    request: Request,
    contraction_ratio: float | None = None,
    mass_flux: float | None = None,
) -> RocketSolution:
    """A chamber of the throat area times contraction_ratio, or of a mass flux [kg/(s m²)].

    solve: the problem with an infinite-area chamber, by total pressure [Pa] and stations. In a duct of constant area
    p + ρu² is kept from the injector (u = 0) to the end of combustion; from there the flow is isentropic with the total
    pressure p∞. Found by repeating p∞ ← p∞ · p_injector/(p + ρu²), RP-1311 equation 6.33, from its estimate 6.31.
    Raises InputError, UndecidedError.
    """
    if (contraction_ratio is None) == (mass_flux is None):
        raise InputError("a finite-area chamber is given by its contraction ratio or its mass flux, one of the two")
    if contraction_ratio is not None and not 1.0001 <= contraction_ratio <= 100.0:
        raise InputError(f"contraction ratio {contraction_ratio:g} is outside 1.0001 to 100 (chamber over throat area)")
    if mass_flux is not None and not 0.0 < mass_flux < 1e6:
        raise InputError(f"mass flux {mass_flux:g} kg/(s m^2) is outside 0 to 1e6")
    ratio = 4.0 if contraction_ratio is None else contraction_ratio
    total = injector_pressure * (1.0257 - 1.2318 * ratio) / (1.0 - 1.26505 * ratio)
    for _ in range(100):
        asked = Request(request.area_ratios, (ratio, *request.subsonic_area_ratios), request.pressure_ratios)
        full = solve(total, asked)
        end = full.stations[0]
        error = injector_pressure / (end.pressure + end.density * end.speed**2)
        new_ratio = ratio
        if mass_flux is not None:
            new_ratio = full.throat.density * full.throat.speed / mass_flux
            if new_ratio < 1.0001:
                raise InputError(f"mass flux {mass_flux:g} kg/(s m^2) would choke the chamber; lower it")
            if new_ratio > 1e4:
                raise InputError(
                    f"mass flux {mass_flux:g} kg/(s m^2) is next to nothing here: contraction ratio over 1e4"
                )
        if abs(error - 1.0) < _CLOSE and abs(new_ratio / ratio - 1.0) < _CLOSE:
            return dataclasses.replace(
                full,
                stations=full.stations[1:],
                injector_pressure=injector_pressure,
                contraction_ratio=ratio,
                combustion_end=end,
            )
        total *= error
        ratio = new_ratio
    raise UndecidedError(
        f"the total pressure of a finite-area chamber was not found: injector at {injector_pressure / 1e5:g} bar, "
        f"contraction ratio {ratio:g}"
    )
