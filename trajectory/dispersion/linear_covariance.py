"""Linear covariance beside Monte Carlo: what small deviations do, one input at a time, and the outputs' scatter from
that."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
"""Outputs (n, m) of points (n, d) of the inputs' normal scores."""


@dataclass(frozen=True)
class LinearCovariance:
    """Mean (m,), covariance (m, m) and the share of each input: slopes (m, d), output change per standard deviation of
    it."""

    mean: np.ndarray
    covariance: np.ndarray
    slopes: np.ndarray
    runs: int

    @property
    def deviation(self) -> np.ndarray:
        """One standard deviation of each output (m,)."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def by_differences(function: Function, dimensions: int, step: float = 1.0) -> LinearCovariance:
    """Central differences over ± *step* standard deviations of independent normal scores: C = J Jᵀ, 2 d + 1 runs.

    A step of one deviation takes in the curvature that the scatter itself feels; the mean is the nominal run's.
    """
    points = np.vstack([np.zeros(dimensions), step * np.eye(dimensions), -step * np.eye(dimensions)])
    found = function(points)
    slopes = (found[1 : dimensions + 1] - found[dimensions + 1 :]).T / (2.0 * step)
    return LinearCovariance(found[0], slopes @ slopes.T, slopes, len(points))


def unscented(function: Function, dimensions: int) -> LinearCovariance:
    """The unscented transform: mean and covariance to second order from 2 d + 1 sigma points.

    Julier & Uhlmann, *Unscented Filtering and Nonlinear Estimation*, Proc. IEEE 92 (2004), with κ = max(3 - d, 0), so
    that no weight is negative.
    """
    kappa = max(3.0 - dimensions, 0.0)
    reach = np.sqrt(dimensions + kappa)
    points = np.vstack([np.zeros(dimensions), reach * np.eye(dimensions), -reach * np.eye(dimensions)])
    found = function(points)
    share = np.full(len(points), 0.5 / (dimensions + kappa))
    share[0] = kappa / (dimensions + kappa)
    mean = share @ found
    away = found - mean
    slopes = (found[1 : dimensions + 1] - found[dimensions + 1 :]).T / (2.0 * reach)
    return LinearCovariance(mean, (away * share[:, None]).T @ away, slopes, len(points))
