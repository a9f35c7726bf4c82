"""The gas of a nozzle along its isentrope, as the method of characteristics needs it: everything against Prandtl-Meyer angle."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Self

import numpy as np

from ...core.errors import InputError, UndecidedError
from ...core.results import Array, Result, Unit
from ..thermo.rocket import RocketSolution

# Columns of the table: sine of the Mach angle, ρV and V over their sonic values, pressure over total pressure.
SIN_MU, FLUX, SPEED, PRESSURE = range(4)
_ROWS = 6001
_HIGHEST_MACH = 30.0


@dataclass(frozen=True, kw_only=True)
class Isentrope(Result):
    """A gas from the sonic state on. table (rows, 4) at equal steps of the cube root of the Prandtl-Meyer angle [rad^(1/3)].

    The cube root, because M − 1 grows with the 2/3 power of the angle at the sonic point. gamma: of the sonic state (γ_s);
    sonic_momentum: ρV² there over the total pressure.
    """

    table: Array
    step: float
    gamma: float
    sonic_momentum: float
    highest_angle: Annotated[float, Unit("rad")]

    @cached_property
    def _grid(self) -> Array:
        return self.step * np.arange(len(self.table))

    def at(self, angle: float | Array, column: int) -> Array:
        """One column at Prandtl-Meyer angles [rad]. Raises UndecidedError outside the table."""
        angle = np.asarray(angle, dtype=float)
        if np.any(angle < 0.0) or np.any(angle > self.highest_angle):
            raise UndecidedError("the flow leaves the range of the gas table; lower the area ratio")
        return np.interp(np.cbrt(angle), self._grid, self.table[:, column])

    def angle_of_speed(self, ratio: Array) -> Array:
        """Prandtl-Meyer angle [rad] of a speed over the sonic one."""
        return np.interp(ratio, self.table[:, SPEED], self._grid) ** 3

    def angle_of_area(self, area_ratio: float) -> float:
        """Prandtl-Meyer angle [rad] of one-dimensional supersonic flow at an area ratio."""
        flux = self.table[:, FLUX]
        if area_ratio * flux[-1] > 1.0:
            raise InputError(f"area ratio {area_ratio:g} is beyond the gas table ({1.0 / flux[-1]:.4g})")
        # the logarithm is what an area ratio is straight in
        return float(np.interp(np.log(area_ratio), -np.log(flux), self._grid) ** 3)

    def vacuum_thrust(self, angle: float) -> float:
        """ρV² + p over the total pressure, per area."""
        flux, speed, pressure = (float(self.at(angle, c)) for c in (FLUX, SPEED, PRESSURE))
        return pressure + flux * speed * self.sonic_momentum

    def vacuum_impulse(self, area_ratio: float) -> float:
        """One-dimensional vacuum thrust at an area ratio, over total pressure times throat area."""
        return area_ratio * self.vacuum_thrust(self.angle_of_area(area_ratio))

    @classmethod
    def of_states(cls, pressure: Array, density: Array, speed: Array, mach: Array, total_pressure: float) -> Self:
        """From states along an isentrope, the sonic one first, pressures falling; SI units.

        ν = ∫ √(M² − 1) dV/V from the sonic speed (Thompson, Compressible-Fluid Dynamics, 1972, section 9.7: any gas).
        """
        from scipy.interpolate import CubicSpline

        pressure, density, speed, mach = (np.asarray(a, dtype=float) for a in (pressure, density, speed, mach))
        if not (np.all(np.diff(speed) > 0.0) and np.all(np.diff(pressure) < 0.0)):
            raise InputError("states along an isentrope: speed must rise and pressure fall from one to the next")
        if abs(mach[0] - 1.0) > 1e-4 or len(speed) < 8:
            raise InputError("states along an isentrope: at least eight, and the first at Mach 1")
        # V = V*(1 + t²) takes the square root out of M² − 1 at the sonic point
        t = np.sqrt(speed / speed[0] - 1.0)
        slope = 2.0 * t / (1.0 + t**2) * np.sqrt(np.maximum(mach**2 - 1.0, 0.0))
        angle_of_t = CubicSpline(t, slope).antiderivative()
        fine = np.linspace(0.0, t[-1], 20 * _ROWS)
        angle = angle_of_t(fine)
        highest = float(angle[-1])
        step = float(np.cbrt(highest) / (_ROWS - 1))
        at = np.interp(step * np.arange(_ROWS), np.cbrt(np.maximum(angle, 0.0)), fine)
        ratio = 1.0 + at**2
        log_density = CubicSpline(t, np.log(density))(at)
        log_pressure = CubicSpline(t, np.log(pressure / total_pressure))(at)
        flux = np.exp(log_density - log_density[0]) * ratio
        log_mach = CubicSpline(t, np.log(mach))(at)
        table = np.column_stack([np.exp(-np.maximum(log_mach, 0.0)), flux, ratio, np.exp(log_pressure)])
        return cls(
            table=table,
            step=step,
            gamma=float(density[0] * speed[0] ** 2 / pressure[0]),
            sonic_momentum=float(density[0] * speed[0] ** 2 / total_pressure),
            highest_angle=highest,
        )


def constant_gamma(gamma: float) -> Isentrope:
    """A perfect gas (Prandtl 1907 and Meyer 1908; NACA Report 1135, 1953, equations 43, 44, 50, 171c)."""
    if not 1.02 <= gamma <= 1.67:
        raise InputError(f"gamma {gamma:g} is outside 1.02 to 1.67")
    return _constant_gamma(float(gamma))


@lru_cache(maxsize=16)
def _constant_gamma(gamma: float) -> Isentrope:
    k = np.sqrt((gamma + 1.0) / (gamma - 1.0))
    # close points near Mach 1, where the angle is most curved
    beta = np.sqrt(_HIGHEST_MACH**2 - 1.0) * np.linspace(0.0, 1.0, 40 * _ROWS) ** 2
    angle = k * np.arctan(beta / k) - np.arctan(beta)
    angle[0] = 0.0
    highest = float(angle[-1])
    step = float(np.cbrt(highest) / (_ROWS - 1))
    mach = np.sqrt(1.0 + np.interp(step * np.arange(_ROWS), np.cbrt(np.maximum(angle, 0.0)), beta) ** 2)
    heat = 1.0 + 0.5 * (gamma - 1.0) * mach**2  # T0/T
    sonic = 0.5 * (gamma + 1.0)
    speed = mach * np.sqrt(sonic / heat)
    density = (sonic / heat) ** (1.0 / (gamma - 1.0))
    pressure = heat ** (-gamma / (gamma - 1.0))
    return Isentrope(
        table=np.column_stack([1.0 / mach, density * speed, speed, pressure]),
        step=step,
        gamma=gamma,
        sonic_momentum=gamma * sonic ** (-gamma / (gamma - 1.0)),
        highest_angle=highest,
    )


def of_solution(solution: RocketSolution) -> Isentrope:
    """The gas of a solved rocket problem: its throat and its supersonic stations (ask for a dozen, beyond the area ratio)."""
    stations = [solution.throat, *(s for s in solution.stations if s.station == "supersonic" and s.mach > 1.0 + 1e-6)]
    stations = sorted({s.pressure: s for s in stations}.values(), key=lambda s: -s.pressure)
    pressure, density, speed, mach = (
        np.array([getattr(s, name) for s in stations]) for name in ("pressure", "density", "speed", "mach")
    )
    mach[0] = 1.0 if abs(mach[0] - 1.0) < 1e-4 else mach[0]
    return Isentrope.of_states(pressure, density, speed, mach, solution.chamber.pressure)
