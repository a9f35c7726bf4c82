"""A smooth table of ideal performance over mixture ratio and chamber pressure, for optimisers: numbers, numba and CasADi.

c*, vacuum Isp, chamber temperature and exit γ_s over O/F × ln pc: bicubic splines through computed points (not-a-knot), C²,
clamped to their range. The table knows its own error: it is measured at points between the knots.
"""

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, NamedTuple

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError, UndecidedError
from ...core.results import Array, Result, Unit
from .reactants import Stream, mixture_of
from .rocket import Mode, Request, check_pressure, run
from .species import species_of

QUANTITIES = ("c_star", "isp_vacuum", "chamber_temperature", "gamma_exit")


class Grid(NamedTuple):
    """One quantity's tensor spline: knots of O/F and of ln pc, coefficients (n, m), and the range."""

    knots_x: np.ndarray
    knots_y: np.ndarray
    coefficients: np.ndarray
    low_x: float
    high_x: float
    low_y: float
    high_y: float


@dataclass(frozen=True, kw_only=True)
class ThermoTable(Result):
    """Performance over mixture ratio (n,) and chamber pressure (m,); values (n, m). error: the largest relative
    difference from the solver, for each of QUANTITIES, at the points midway between the knots."""

    propellants: str
    mode: Mode
    area_ratio: float
    ratio: Array
    pressure: Annotated[Array, Unit("Pa")]
    c_star: Annotated[Array, Unit("m/s")]
    isp_vacuum: Annotated[Array, Unit("s")]
    chamber_temperature: Annotated[Array, Unit("K")]
    gamma_exit: Array
    error: Array

    def grid(self, quantity: str) -> Grid:
        """One quantity's spline, for ``look_up`` (compiled code takes it as well)."""
        from scipy.interpolate import make_interp_spline

        if quantity not in QUANTITIES:
            raise InputError(f"the table has {', '.join(QUANTITIES)}, not '{quantity}'")
        y = np.log(self.pressure)
        along_x = make_interp_spline(self.ratio, getattr(self, quantity), k=3)
        along_y = make_interp_spline(y, np.asarray(along_x.c).T, k=3)
        return Grid(
            np.ascontiguousarray(along_x.t),
            np.ascontiguousarray(along_y.t),
            np.ascontiguousarray(np.asarray(along_y.c).T),
            float(self.ratio[0]),
            float(self.ratio[-1]),
            float(y[0]),
            float(y[-1]),
        )

    def casadi(self, quantity: str) -> Any:
        """A CasADi function of (O/F, pressure [Pa]); clamped to the range, with exact derivatives inside."""
        import casadi as ca

        grid = self.grid(quantity)
        spline = ca.Function.bspline(
            quantity,
            [grid.knots_x.tolist(), grid.knots_y.tolist()],
            grid.coefficients.ravel(order="F").tolist(),
            [3, 3],
            1,
            {"never_inline": True},
        )
        x, p = ca.SX.sym("ratio"), ca.SX.sym("pressure")
        held_x = ca.fmin(ca.fmax(x, grid.low_x), grid.high_x)
        held_y = ca.fmin(ca.fmax(ca.log(p), grid.low_y), grid.high_y)
        return ca.Function(quantity, [x, p], [spline(ca.vertcat(held_x, held_y))], ["ratio", "pressure"], ["value"])


def look_up(grid: Grid, ratio: float, pressure: float) -> float:
    """The spline at a mixture ratio and a pressure [Pa], clamped to the range (de Boor 1978, ch. X and XVII)."""
    weights = np.empty((2, 4))
    first = np.zeros(2, np.int64)
    for axis in range(2):
        if axis == 0:
            knots, value = grid.knots_x, min(max(ratio, grid.low_x), grid.high_x)
        else:
            knots, value = grid.knots_y, min(max(np.log(pressure), grid.low_y), grid.high_y)
        low, high = 3, len(knots) - 4
        while high - low > 1:
            middle = (low + high) // 2
            if value >= knots[middle]:
                low = middle
            else:
                high = middle
        first[axis] = low - 3
        # the four cubic B-splines that are not zero here (Cox and de Boor)
        w = weights[axis]
        w[0] = 1.0
        for order in range(1, 4):
            carried = 0.0
            for r in range(order):
                right = knots[low + r + 1]
                left = knots[low + r + 1 - order]
                share = w[r] / (right - left)
                w[r] = carried + (right - value) * share
                carried = (value - left) * share
            w[order] = carried
    total = 0.0
    for r in range(4):
        for q in range(4):
            total += weights[0, r] * weights[1, q] * grid.coefficients[first[0] + r, first[1] + q]
    return total


@cache
def compiled_look_up() -> Any:
    """``look_up`` as machine code."""
    from ...core.compiled import compiled

    return compiled(look_up)


def thermo_table(
    oxidizer: Stream,
    fuel: Stream,
    ratios: tuple[float, float],
    pressures: tuple[float, float],
    area_ratio: float,
    *,
    mode: Mode = "equilibrium",
    points: tuple[int, int] = (33, 17),
) -> ThermoTable:
    """Compute a table over ranges of O/F and chamber pressure [Pa]; points: knots in each.

    Raises InputError for a range that is none, UndecidedError when one of its points was not found.
    """
    if not (0.0 < ratios[0] < ratios[1] and 0.0 < pressures[0] < pressures[1] and min(points) >= 4):
        raise InputError("a table needs two ascending ranges and at least four points in each")
    check_pressure(pressures[0])
    check_pressure(pressures[1])
    ratio = np.linspace(*ratios, points[0])
    pressure = np.exp(np.linspace(np.log(pressures[0]), np.log(pressures[1]), points[1]))
    values = _compute(oxidizer, fuel, ratio, pressure, area_ratio, mode)
    made = ThermoTable(
        propellants=f"{oxidizer.name}/{fuel.name}",
        mode=mode,
        area_ratio=area_ratio,
        ratio=ratio,
        pressure=pressure,
        error=np.zeros(len(QUANTITIES)),
        **dict(zip(QUANTITIES, values, strict=True)),
    )
    between_x = 0.5 * (ratio[1:] + ratio[:-1])
    between_p = np.sqrt(pressure[1:] * pressure[:-1])
    true = _compute(oxidizer, fuel, between_x, between_p, area_ratio, mode)
    errors = []
    for name, exact in zip(QUANTITIES, true, strict=True):
        grid = made.grid(name)
        ours = np.array([[look_up(grid, float(x), float(p)) for p in between_p] for x in between_x])
        errors.append(float(np.max(np.abs(ours / exact - 1.0))))
    return ThermoTable(
        **{
            **{f: getattr(made, f) for f in ("propellants", "mode", "area_ratio", "ratio", "pressure", *QUANTITIES)},
            "error": np.array(errors),
        }
    )


def _compute(
    oxidizer: Stream, fuel: Stream, ratio: np.ndarray, pressure: np.ndarray, area_ratio: float, mode: Mode
) -> list[np.ndarray]:
    from . import expansion as e

    request = Request(area_ratios=(area_ratio,))
    request.check()
    mixtures = [mixture_of(oxidizer, fuel, float(x)) for x in ratio]
    species = species_of(tuple(symbol for symbol, _ in mixtures[0].atoms))
    # one pressure after the other, up and down in O/F: each problem starts beside the one before
    order = [
        (i, j) for j in range(len(pressure)) for i in (range(len(ratio)) if j % 2 == 0 else reversed(range(len(ratio))))
    ]
    b = np.array([[amount for _, amount in mixtures[i].atoms] for i, _ in order])
    rows, _ = run(
        species, b, [mixtures[i].enthalpy for i, _ in order], [pressure[j] for _, j in order], mode, request, True
    )
    if np.any(rows[:, :, e.STATUS] != 0.0):
        i, j = order[int(np.argmax(np.any(rows[:, :, e.STATUS] != 0.0, axis=1)))]
        raise UndecidedError(
            f"{oxidizer.name}/{fuel.name}: no solution at O/F {ratio[i]:g}, {pressure[j] / 1e5:g} bar; make the table smaller"
        )
    flux = rows[:, 1, e.DENSITY] * rows[:, 1, e.SPEED]
    out = rows[:, 2]
    p_exit = out[:, e.PRESSURE] * 1e5
    isp = (out[:, e.SPEED] + p_exit / (out[:, e.DENSITY] * out[:, e.SPEED])) / G0
    found = [rows[:, 0, e.PRESSURE] * 1e5 / flux, isp, rows[:, 0, e.TEMPERATURE], out[:, e.GAMMA]]
    grids = []
    for values in found:
        grid = np.zeros((len(ratio), len(pressure)))
        for (i, j), value in zip(order, values, strict=True):
            grid[i, j] = value
        grids.append(grid)
    return grids
