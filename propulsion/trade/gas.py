"""Ideal performance of the chamber over a whole trade, as smooth maps: the batch Gibbs solver on a grid, splines between.

c*(O/F, ln pc) and vacuum Isp(O/F, ln pc, ln ε), each once at the propellants' tabulated enthalpy and once above it, so that
heat and pump work enter as they do in ``cycles.chamber``. Bicubic and tricubic, C², for CasADi.
"""

from dataclasses import dataclass
from typing import Any

import casadi as ca
import numpy as np

from ...core.earth import G0
from ...core.errors import UndecidedError
from ..cycles.chamber import ChamberGas
from ..propellants import find_propellant, mix
from ..thermo.rocket import Request, run
from ..thermo.species import species_of

_ENTHALPY_STEP = 2e5  # J/kg
_KNOTS = (11, 8, 8)


@dataclass(frozen=True)
class MappedGas(ChamberGas):
    """``ChamberGas`` over a range instead of around a point. area: the symbol of the area ratio."""

    maps: Any = None
    area: Any = None

    def c_star(self, ratio: Any, pressure: Any, enthalpy: Any) -> Any:
        """Ideal characteristic velocity [m/s]."""
        place = ca.vertcat(ratio, ca.log(pressure))
        low, high = self.maps["c_star"](place), self.maps["c_star_hot"](place)
        return low + (high - low) * self.excess(ratio, enthalpy) / _ENTHALPY_STEP

    def isp(self, ratio: Any, pressure: Any, enthalpy: Any) -> Any:
        """Ideal vacuum specific impulse [s], composition shifting."""
        place = ca.vertcat(ratio, ca.log(pressure), ca.log(self.area))
        low, high = self.maps["isp"](place), self.maps["isp_hot"](place)
        return low + (high - low) * self.excess(ratio, enthalpy) / _ENTHALPY_STEP


def solve_grid(
    oxidizer: str, fuel: str, ratios: np.ndarray, pressures: np.ndarray, areas: np.ndarray, extra: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(c* [m/s] (n, m), vacuum Isp [s] (n, m, k), chamber temperature [K] (n, m)) in shifting equilibrium.

    extra [J/kg]: above the propellants' tabulated enthalpy. Raises UndecidedError where a point was not found.
    """
    from ..thermo import expansion as e

    ox, fu = find_propellant(oxidizer, "oxidizer"), find_propellant(fuel, "fuel")
    mixtures = [mix(ox, fu, float(r)) for r in ratios]
    request = Request(area_ratios=tuple(float(a) for a in areas))
    request.check()
    species = species_of(tuple(symbol for symbol, _ in mixtures[0].atoms))
    n, m = len(ratios), len(pressures)
    # one pressure after the other, up and down in O/F: each problem starts beside the one before
    order = [(i, j) for j in range(m) for i in (range(n) if j % 2 == 0 else reversed(range(n)))]
    atoms = np.array([[amount for _, amount in mixtures[i].atoms] for i, _ in order])
    enthalpy = [mixtures[i].enthalpy + extra for i, _ in order]
    rows, _ = run(species, atoms, enthalpy, [float(pressures[j]) for _, j in order], "equilibrium", request, True)
    failed = np.any(rows[:, :, e.STATUS] != 0.0, axis=1)
    if np.any(failed):
        i, j = order[int(np.argmax(failed))]
        raise UndecidedError(
            f"{oxidizer}/{fuel}: no equilibrium found at O/F {ratios[i]:.3g}, {pressures[j] / 1e5:.4g} bar; narrow the trade"
        )
    flux = rows[:, 1, e.DENSITY] * rows[:, 1, e.SPEED]
    out = rows[:, 2:]
    isp = (out[:, :, e.SPEED] + out[:, :, e.PRESSURE] * 1e5 / (out[:, :, e.DENSITY] * out[:, :, e.SPEED])) / G0
    c_star, impulse, hot = np.zeros((n, m)), np.zeros((n, m, len(areas))), np.zeros((n, m))
    for q, (i, j) in enumerate(order):
        c_star[i, j] = rows[q, 0, e.PRESSURE] * 1e5 / flux[q]
        impulse[i, j], hot[i, j] = isp[q], rows[q, 0, e.TEMPERATURE]
    return c_star, impulse, hot


def spline(name: str, axes: list[np.ndarray], values: np.ndarray) -> Any:
    """A tensor spline (cubic, not-a-knot) as a CasADi function of a vector, one entry an axis."""
    from scipy.interpolate import make_interp_spline

    knots, coefficients = [], values
    for d, axis in enumerate(axes):
        along = make_interp_spline(axis, np.moveaxis(coefficients, d, 0), k=3)
        knots.append(np.asarray(along.t).tolist())
        coefficients = np.moveaxis(np.asarray(along.c), 0, d)
    flat = coefficients.ravel(order="F").tolist()
    return ca.Function.bspline(name, knots, flat, [3] * len(axes), 1, {"never_inline": True})


def mapped_gas(
    base: ChamberGas, oxidizer: str, fuel: str, ratios: tuple[float, float], pressures: tuple[float, float],
    areas: tuple[float, float],
) -> tuple[MappedGas, float]:  # fmt: skip
    """(The gas over the ranges, the largest relative error of its Isp midway between knots).

    base: the gas at the design point, for what does not vary. Raises UndecidedError where equilibrium is not found.
    """
    of = np.linspace(*ratios, _KNOTS[0])
    p = np.geomspace(pressures[0], pressures[1], _KNOTS[1])
    a = np.geomspace(areas[0], areas[1], _KNOTS[2])
    axes = [of, np.log(p), np.log(a)]
    maps = {}
    for suffix, extra in (("", 0.0), ("_hot", _ENTHALPY_STEP)):
        c_star, isp, _ = solve_grid(oxidizer, fuel, of, p, a, extra)
        maps[f"c_star{suffix}"] = spline(f"c_star{suffix}", axes[:2], c_star)
        maps[f"isp{suffix}"] = spline(f"isp{suffix}", axes, isp)
    middle = [0.5 * (x[1:] + x[:-1]) for x in axes]
    _, true, _ = solve_grid(oxidizer, fuel, middle[0], np.exp(middle[1]), np.exp(middle[2]))
    ours = np.array([[[float(maps["isp"]([x, y, z])) for z in middle[2]] for y in middle[1]] for x in middle[0]])
    error = float(np.max(np.abs(ours / true - 1.0)))
    parts = {f: getattr(base, f) for f in ChamberGas.__dataclass_fields__}
    parts["ratio_range"] = ratios
    return MappedGas(**parts, maps=maps, area=ca.SX.sym("area_ratio")), error
