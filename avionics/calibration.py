"""Calibration: from the raw number of a field to its engineering value, and back."""

import bisect
import math
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..core.documents import Document, FieldError
from ..core.quantity import Ratio

Pair = tuple[Ratio, Ratio]


class Polynomial(Document):
    """value = c0 + c1 raw + c2 raw² + …, in the field's unit."""

    type: Literal["polynomial"] = "polynomial"
    coefficients: tuple[Ratio, ...] = Field(
        min_length=1, max_length=12, description="c0, c1, c2 …", examples=[[0, 0.01]]
    )

    def value(self, raw: float) -> float:
        """The engineering value, by Horner's rule."""
        result = 0.0
        for c in reversed(self.coefficients):
            result = result * raw + c
        return result


class Spline(Document):
    """A line through points (raw, value): order 0 steps, 1 straight pieces, 3 a natural cubic spline.

    Outside its points the outermost value holds.
    """

    type: Literal["spline"] = "spline"
    order: Literal[0, 1, 3] = 1
    points: tuple[Pair, ...] = Field(min_length=2, max_length=500, examples=[[[0, -40.0], [255, 125.0]]])

    @model_validator(mode="after")
    def _rises(self) -> Self:
        for i, (a, b) in enumerate(pairwise(self.points)):
            if b[0] <= a[0]:
                raise FieldError(
                    f"points.{i + 1}", f"raw values must rise: {b[0]:g} comes after {a[0]:g}; sort the points"
                )
        return self

    @cached_property
    def second_derivatives(self) -> tuple[float, ...]:
        """Of the natural cubic spline at its points, by the tridiagonal (Thomas) elimination."""
        x, y = [p[0] for p in self.points], [p[1] for p in self.points]
        n = len(x)
        upper, right = [0.0] * n, [0.0] * n
        for i in range(1, n - 1):
            left, span = x[i] - x[i - 1], x[i + 1] - x[i - 1]
            pivot = 2 * span - left * upper[i - 1]
            upper[i] = (x[i + 1] - x[i]) / pivot
            bend = 6 * ((y[i + 1] - y[i]) / (x[i + 1] - x[i]) - (y[i] - y[i - 1]) / left)
            right[i] = (bend - left * right[i - 1]) / pivot
        m = [0.0] * n
        for i in range(n - 2, 0, -1):
            m[i] = right[i] - upper[i] * m[i + 1]
        return tuple(m)

    def value(self, raw: float) -> float:
        """The engineering value."""
        points = self.points
        if raw <= points[0][0]:
            return points[0][1]
        if raw >= points[-1][0]:
            return points[-1][1]
        i = bisect.bisect_right(points, raw, key=lambda p: p[0]) - 1
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        if self.order == 0:
            return y0
        h = x1 - x0
        a, b = (x1 - raw) / h, (raw - x0) / h
        if self.order == 1:
            return a * y0 + b * y1
        m = self.second_derivatives
        return a * y0 + b * y1 + ((a**3 - a) * m[i] + (b**3 - b) * m[i + 1]) * h * h / 6


class Table(Document):
    """A value for each raw number by itself; a raw number without an entry has no value."""

    type: Literal["table"] = "table"
    points: tuple[Pair, ...] = Field(min_length=1, max_length=4096, examples=[[[0, 10.0], [1, 20.0]]])

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: set[float] = set()
        for i, (raw, _) in enumerate(self.points):
            if raw in seen:
                raise FieldError(f"points.{i}", f"the raw value {raw:g} stands here a second time; remove one")
            seen.add(raw)
        return self

    @cached_property
    def _values(self) -> dict[float, float]:
        return dict(self.points)

    def value(self, raw: float) -> float:
        """The engineering value; raises KeyError for a raw number without one."""
        return self._values[raw]


Calibration = Annotated[Polynomial | Spline | Table, Field(discriminator="type")]


def raw_of(calibration: Polynomial | Spline | Table, value: float, low: int, high: int) -> int:
    """The raw integer in [low, high] whose calibrated value is nearest to *value*.

    Raises ValueError when the calibration does not run one way (several raw numbers would do) or when *value* is
    farther than half a step outside.
    """
    if isinstance(calibration, Table):
        raw, nearest = min(calibration.points, key=lambda p: abs(p[1] - value))
        if not math.isclose(nearest, value, rel_tol=1e-9, abs_tol=1e-12):
            raise ValueError(f"the calibration's table has no {value!r}; the nearest is {nearest!r}")
        return int(raw)
    if isinstance(calibration, Polynomial) and len(calibration.coefficients) == 2 and calibration.coefficients[1]:
        c0, c1 = calibration.coefficients
        raw = round((value - c0) / c1)
        if not low <= raw <= high:
            raise ValueError(f"{value!r} would be the raw number {raw}; the field holds {low} to {high}")
        return raw
    if not runs_one_way(calibration, low, high):
        raise ValueError("the calibration does not run one way; give the raw number")
    rising = calibration.value(high) >= calibration.value(low)
    least, greatest = sorted((calibration.value(low), calibration.value(high)))
    if not least <= value <= greatest:
        raise ValueError(f"{value!r} is outside what the calibration reaches, {least:g} to {greatest:g}")
    a, b = low, high
    while b - a > 1:
        middle = (a + b) // 2
        if (calibration.value(middle) <= value) == rising:
            a = middle
        else:
            b = middle
    return a if abs(calibration.value(a) - value) <= abs(calibration.value(b) - value) else b


def runs_one_way(calibration: Polynomial | Spline | Table, low: int, high: int) -> bool:
    """Whether the calibration rises, or falls, all over [low, high]: exact for polynomials and for splines of order 0, 1.

    A cubic spline counts when each piece's slope keeps its sign (tested at its ends and its point of inflection).
    """
    if isinstance(calibration, Polynomial):
        import numpy as np

        derivative = np.polynomial.Polynomial(calibration.coefficients).deriv()
        roots = [r.real for r in derivative.roots() if abs(r.imag) < 1e-12 * max(1.0, abs(r)) and low < r.real < high]
        cuts = [low, *sorted(roots), high]
        steps = [calibration.value(b) - calibration.value(a) for a, b in pairwise(cuts)]
    elif isinstance(calibration, Spline) and calibration.order < 3:
        steps = [b[1] - a[1] for a, b in pairwise(calibration.points)]
    elif isinstance(calibration, Spline):
        steps = []
        m = calibration.second_derivatives
        for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(calibration.points)):
            h, slope = x1 - x0, (y1 - y0) / (x1 - x0)
            tests = [0.0, 1.0] + ([m[i] / (m[i] - m[i + 1])] if m[i] * m[i + 1] < 0 else [])
            steps += [slope + h / 6 * (m[i + 1] * (3 * b * b - 1) - m[i] * (3 * (1 - b) ** 2 - 1)) for b in tests]
    else:
        steps = [b[1] - a[1] for a, b in pairwise(sorted(calibration.points))]
    return all(s >= 0 for s in steps) or all(s <= 0 for s in steps)
