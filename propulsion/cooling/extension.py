"""A nozzle extension that radiates: where what the gas gives equals what the outer side radiates."""

import numpy as np

from ...core.errors import InputError, UndecidedError
from .contour import Wall
from .document import Extension
from .gas import WallGas
from .hot_side import GasSideModel
from .result import ExtensionResult
from .wall import wall_material

STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m² K⁴), CODATA 2018


def extension_along(
    extension: Extension, wall: Wall, gas: WallGas, model: GasSideModel, points: int = 60
) -> ExtensionResult:
    """Equilibrium temperatures: q(T) = ε σ (T⁴ − T_s⁴), outer side with a free view, inner side's radiation left out.

    Leaving out what the inner side loses through the exit is on the hot side. Raises InputError without an emissivity.
    """
    material = wall_material(extension.material)
    emissivity = extension.emissivity if extension.emissivity is not None else material.emissivity
    if emissivity is None:
        raise InputError(
            f"{material.name}: no emissivity is known; state the extension's", where=extension.where("material")
        )
    if not wall.throat_x < extension.begin < wall.x[-1]:
        raise InputError("an extension begins behind the throat and before the exit", where=extension.where("begin"))
    from scipy.optimize import brentq

    x = np.linspace(extension.begin, wall.x[-1], points)
    temperatures, fluxes = [], []
    for v in x:
        place = gas.at(wall.area_ratio(v), True)
        aw = model.adiabatic(place)

        def excess(t: float, place=place, aw=aw) -> float:  # type: ignore[no-untyped-def]
            return model.flux(place, t, aw) - emissivity * STEFAN_BOLTZMANN * (t**4 - extension.surroundings**4)

        try:
            t = float(brentq(excess, extension.surroundings, aw, xtol=1e-6))  # type: ignore[arg-type]
        except ValueError:
            raise UndecidedError(f"no equilibrium temperature of the extension at x = {v:.3f} m") from None
        temperatures.append(t)
        fluxes.append(model.flux(place, t, aw))
    radius = np.array([wall.at(v) for v in x])
    flux = np.array(fluxes)
    per_length = 2.0 * np.pi * radius * flux * np.hypot(1.0, np.gradient(radius, x))
    return ExtensionResult(
        x=x,
        temperature=np.array(temperatures),
        heat_flux=flux,
        emissivity=emissivity,
        heat=float(np.trapezoid(per_length, x)),
    )
