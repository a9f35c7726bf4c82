"""How the numbers that a flight is flown on answer to uncertain values of the definitions.

Building engines, masses, drag and plan anew for each of ten thousand runs would take a second each. So every uncertain
value is set to its low end and its high end (3σ) alone, the whole model is built there exactly, and each of the kernel's
numbers becomes a parabola through the three. Several values together multiply their ratios or add their differences,
whichever is nearer to models built exactly at a few joint draws; how near it is, is measured and told (`Response.misfit`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..core.distribution import Distribution
from ..trajectory.dispersion.sampling import combined

Build = Callable[[np.ndarray], np.ndarray]
"""The kernel's numbers (p,) for values (k,) of the uncertain quantities, built exactly."""
REACH = 0.99865  # quantile of the high end: 3σ of a normal
JOINT_DRAWS = 6


@dataclass(frozen=True)
class Response:
    """positions (m,) of the numbers that answer; low, high (k, m): what the ends of each quantity make of them, as
    differences, or as logarithms of ratios where `multiplies` (m,); points (k, 3): low end, nominal, high end. misfit:
    the largest relative error of any number at the joint draws, against what the draw changes there."""

    base: np.ndarray
    positions: np.ndarray
    multiplies: np.ndarray
    low: np.ndarray
    high: np.ndarray
    points: np.ndarray
    misfit: float

    def numbers(self, values: np.ndarray) -> np.ndarray:
        """(n, m) at the positions, for values (n, k) of the quantities."""
        return self._composed(values, self.multiplies)

    def _composed(self, values: np.ndarray, multiplies: np.ndarray) -> np.ndarray:
        base = self.base[self.positions]
        if not len(self.points):
            return np.tile(base, (len(values), 1))
        low, nominal, high = self.points.T
        # Lagrange's polynomials of the two ends; where the nominal value is an end itself, a straight line remains
        left = _lagrange(values, low, nominal, high)
        right = _lagrange(values, high, nominal, low)
        changes = combined(np.hstack([left, right]), np.concatenate([self.low, self.high]))
        factors = changes[:, multiplies]
        changes += base
        changes[:, multiplies] = base[multiplies] * np.exp(factors)
        return changes


def _lagrange(x: np.ndarray, at: np.ndarray, zero: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Polynomials in x (n, k): one at *at*, zero at *zero* and *other*; zero throughout where at and zero coincide."""
    first = np.divide(x - zero, at - zero, out=np.zeros_like(x), where=np.abs(at - zero) > 0)
    second = np.divide(x - other, at - other, out=np.ones_like(x), where=(np.abs(at - other) > 0) & (other != zero))
    return first * second


def response(build: Build, distributions: Sequence[Distribution], joint: np.ndarray) -> Response:
    """Of quantities with these distributions; joint (n, k): values at which the composition is chosen and its misfit
    measured."""
    nominal = np.array([d.nominal for d in distributions])
    base = build(nominal)
    ends = np.array([d.quantile(np.array([1.0 - REACH, REACH])) for d in distributions]).reshape(-1, 2)
    points = np.column_stack([ends[:, 0], nominal, ends[:, 1]])
    built = np.empty((2, len(nominal), len(base)))
    for k in range(len(nominal)):
        for side in (0, 1):
            values = nominal.copy()
            values[k] = ends[k, side]
            built[side, k] = build(values) if ends[k, side] != nominal[k] else base
    positions = np.flatnonzero(np.any(built != base, axis=(0, 1)))
    base_there, built = base[positions], built[:, :, positions]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = built / base_there
        positive = np.all(np.isfinite(ratios) & (ratios > 0), axis=(0, 1)) if len(nominal) else np.zeros(0, bool)
        logs = np.where(positive, np.log(np.where(positive, ratios, 1.0)), 0.0)
    differences = built - base_there

    def made(multiplies: np.ndarray, misfit: float = 0.0) -> Response:
        chosen = np.where(multiplies, logs, differences)
        return Response(base, positions, multiplies, chosen[0], chosen[1], points, misfit)

    if not len(positions) or not len(joint):
        return made(np.zeros(len(positions), bool))
    exact = np.array([build(values)[positions] for values in joint])
    added, multiplied = made(np.zeros(len(positions), bool)), made(positive)
    error_added = np.abs(added.numbers(joint) - exact).max(axis=0)
    error_multiplied = np.abs(multiplied.numbers(joint) - exact).max(axis=0)
    multiplies = positive & (error_multiplied < error_added)
    error = np.where(multiplies, error_multiplied, error_added)
    change = np.abs(exact - base_there).max(axis=0)
    large = change > 1e-9 * np.maximum(np.abs(base_there), 1e-12)
    return made(multiplies, float((error[large] / change[large]).max()) if large.any() else 0.0)
