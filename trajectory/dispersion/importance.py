"""Rare failures by importance sampling: draw them more often than they happen, and weigh every run by how much too often.

A run's weight is the ratio of its true to its drawn probability; weighted means are unbiased for any drawn probabilities
that reach all that can happen (Owen, *Monte Carlo Theory, Methods and Examples*, ch. 9).
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np


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
    """An estimate with its two-sided interval (normal theory); effective_runs: of those in which it was seen."""

    value: float
    low: float
    high: float
    effective_runs: float


def probability(seen: np.ndarray, w: np.ndarray, confidence: float = 0.90) -> WeightedProbability:
    """The probability of what was seen (n,) of bool in runs with weights (n,): the plain weighted mean, which is
    unbiased."""
    terms = np.where(seen, w, 0.0)
    value = float(terms.mean())
    error = float(terms.std(ddof=1) / np.sqrt(len(terms))) if len(terms) > 1 else float("nan")
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * error
    return WeightedProbability(value, max(value - reach, 0.0), min(value + reach, 1.0), effective_size(w[seen]))


def weighted_quantile(values: np.ndarray, w: np.ndarray, p: float) -> float:
    """The p-quantile of values (n,) with weights (n,): where the cumulative share of weight passes p."""
    order = np.argsort(values, kind="stable")
    share = np.cumsum(w[order]) / w.sum()
    return float(values[order][min(int(np.searchsorted(share, p)), len(values) - 1)])
