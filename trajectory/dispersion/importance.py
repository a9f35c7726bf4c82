"""Rare failures by importance sampling: draw them more often than they happen, and weigh every run by how much too often.

A run's weight is the ratio of its true to its drawn probability, for any drawn probabilities that reach all that can happen
(Owen, *Monte Carlo Theory, Methods and Examples*, ch. 9).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from .order_statistics import proportion


def weights(happened: np.ndarray, probability: np.ndarray, drawn: np.ndarray) -> np.ndarray:
    """(n,) weights of runs in which events (n, k) happened or not, of true probabilities (k,), drawn with others (k,)."""
    if np.any((drawn <= 0) & (probability > 0)) or np.any((drawn >= 1) & (probability < 1)):
        raise ValueError("what can happen must be drawn, and what may not happen too")
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(probability > 0, probability / drawn, 1.0)
        other = np.where(probability < 1, (1 - probability) / (1 - drawn), 1.0)
    return np.prod(np.where(happened, one, other), axis=1)


def effective_size(w: np.ndarray) -> float:
    """Kish's effective number of runs, (Σw)² / Σw²: so many equal ones would give the same variance of a mean."""
    return float(w.sum() ** 2 / (w * w).sum()) if len(w) else 0.0


@dataclass(frozen=True)
class WeightedProbability:
    """An estimate with its two-sided interval; effective_runs: of those in which it was seen."""

    value: float
    low: float
    high: float
    effective_runs: float


def probability(seen: np.ndarray, w: np.ndarray, confidence: float = 0.90) -> WeightedProbability:
    """The probability of what was seen (n,) of bool in runs with weights (n,): the weights of those over the weights of all,
    which is never above one.

    The plain mean of the weights of those is unbiased and may exceed one; this self-normalised estimate has a bias of the order
    1/n, and for what happens in most runs a far smaller error (Owen, ch. 9.2, with the variance of eq. 9.8). The interval is
    normal, cut at nought and one. Where nothing, or everything, was seen, which would leave it no width, it is Clopper and
    Pearson's for the effective number of runs.
    """
    value = float(w[seen].sum() / w.sum())
    if seen.all() or not seen.any():
        whole = effective_size(w)
        low, high = proportion(whole if seen.all() else 0, whole, confidence)
    else:
        error = float(np.sqrt(np.sum((w * (seen - value)) ** 2)) / w.sum())
        reach = NormalDist().inv_cdf(0.5 + confidence / 2) * error
        low, high = max(value - reach, 0.0), min(value + reach, 1.0)
    return WeightedProbability(value, low, high, effective_size(w[seen]))


def weighted_quantile(values: np.ndarray, w: np.ndarray, p: float) -> float:
    """The p-quantile of values (n,) with weights (n,): where the cumulative share of weight passes p."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(w[order]) / w.sum()
    return float(values[order][min(int(np.searchsorted(share, p)), len(values) - 1)])
