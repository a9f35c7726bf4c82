"""The wall as the march sees it: area ratio, slope, curvature, length along the wall; from plain arrays."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...core.errors import InputError

_WINDOW = 0.35  # of the throat's radius: curvature is that of a parabola through this stretch on both sides


@dataclass(frozen=True)
class Wall:
    """A contour. x [m]: 0 in the throat, ascending; radius [m]; monotone cubics between the points."""

    x: np.ndarray
    radius: np.ndarray
    throat_x: float
    throat_radius: float
    distance: np.ndarray  # along the wall from its first point [m]

    @cached_property
    def _curve(self) -> Any:
        from scipy.interpolate import PchipInterpolator

        return PchipInterpolator(self.x, self.radius)

    def at(self, x: float) -> float:
        """Radius [m]."""
        return float(self._curve(min(max(x, self.x[0]), self.x[-1])))

    def area_ratio(self, x: float) -> float:
        """Cross-section over the throat's."""
        return max((self.at(x) / self.throat_radius) ** 2, 1.0)

    def along(self, x: float) -> float:
        """Length along the wall [m]."""
        return float(np.interp(x, self.x, self.distance))

    def curvature(self, x: float) -> float:
        """1/R [1/m] of the contour, positive where it bulges towards the axis (throat), by least squares nearby."""
        window = _WINDOW * self.throat_radius
        grid = np.linspace(max(x - window, self.x[0]), min(x + window, self.x[-1]), 41)
        a, b, _ = np.polyfit(grid - x, self._curve(grid), 2)
        return float(2.0 * a / (1.0 + b * b) ** 1.5)


def wall_of(x: np.ndarray, radius: np.ndarray) -> Wall:
    """A contour from arrays [m]. Raises InputError for what is no chamber with a nozzle."""
    x, radius = np.asarray(x, dtype=float), np.asarray(radius, dtype=float)
    if x.ndim != 1 or x.shape != radius.shape or len(x) < 5:
        raise InputError("a contour needs x and radius, one-dimensional, equally long, at least five points")
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(radius)) and np.all(radius > 0.0)):
        raise InputError("a contour's x and radius are finite and its radius is above zero")
    if not np.all(np.diff(x) > 0.0):
        raise InputError("a contour's x must ascend, from the injector to the exit")
    k = int(np.argmin(radius))
    if k in (0, len(x) - 1):
        raise InputError("the contour has no throat: its smallest radius is at an end")
    distance = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(radius)))])
    return Wall(x, radius, float(x[k]), float(radius[k]), distance)
