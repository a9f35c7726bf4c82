"""What a number of runs allows to say about a percentile, whatever the distribution: order statistics.

The r-th smallest of n independent values lies above the p-quantile with the probability that fewer than r of them fall
below it: a binomial sum (Wilks, *Determination of Sample Sizes for Setting Tolerance Limits*, Ann. Math. Stat. 12, 1941;
David & Nagaraja, *Order Statistics*, 3rd ed., 2003, sec. 7.1). A Latin hypercube's values are not independent: the
bounds are then on the safe side for what is nearly additive (Stein 1987), and no worse in practice.
"""

import math
from dataclasses import dataclass

import numpy as np

ONE_SIDED = {1: 0.8413447460685429, 2: 0.9772498680518208, 3: 0.9986501019683699}
"""Probability below +k σ of a normal: what "3σ" means of one limit."""
TWO_SIDED = {1: 0.6826894921370859, 2: 0.9544997361036416, 3: 0.9973002039367398}
"""Probability within ± k σ of a normal."""


@dataclass(frozen=True)
class Percentile:
    """A quantile's estimate and the order statistics that bracket it; an end is None where n values do not reach that
    far."""

    probability: float
    value: float
    low: float | None
    high: float | None
    confidence: float


def percentile(values: np.ndarray, probability: float, confidence: float = 0.90) -> Percentile:
    """The p-quantile of values (n,) with a two-sided interval, (1 - confidence)/2 on each side.

    Estimate: linear between order statistics (Hyndman & Fan 1996, type 8, nearly median-unbiased for any distribution).
    """
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, float))
    n = len(ordered)
    value = float(np.quantile(ordered, probability, method="median_unbiased"))
    tail = (1.0 - confidence) / 2.0
    # lower rank l: P(X_(l) <= q) = P(B >= l) >= 1 - tail; upper rank u: P(X_(u) >= q) = P(B <= u - 1) >= 1 - tail
    lower = int(binom.ppf(tail, n, probability))
    while lower >= 1 and binom.sf(lower - 1, n, probability) < 1.0 - tail:
        lower -= 1
    upper = int(binom.ppf(1.0 - tail, n, probability)) + 1
    while upper <= n and binom.cdf(upper - 1, n, probability) < 1.0 - tail:
        upper += 1
    low = float(ordered[lower - 1]) if lower >= 1 else None
    high = float(ordered[upper - 1]) if upper <= n else None
    return Percentile(probability, value, low, high, confidence)


def tolerance_limit(values: np.ndarray, probability: float, confidence: float = 0.90) -> float | None:
    """The smallest order statistic that exceeds the p-quantile with the confidence; None when there are too few values."""
    from scipy.stats import binom

    ordered = np.sort(np.asarray(values, float))
    n = len(ordered)
    rank = int(binom.ppf(confidence, n, probability)) + 1
    while rank <= n and binom.cdf(rank - 1, n, probability) < confidence:
        rank += 1
    return float(ordered[rank - 1]) if rank <= n else None


def runs_needed(probability: float, confidence: float = 0.90, *, beyond: int = 0) -> int:
    """Runs after which the limit that all but *beyond* of them keep covers the probability with the confidence (one-sided).

    beyond = 0 is Wilks' 1 - pⁿ >= confidence: 1705 runs for 3σ (0.99865) at 90 %.
    """
    from scipy.stats import binom

    low = max(beyond + 1, 1)
    high = low
    while binom.cdf(beyond, high, 1.0 - probability) > 1.0 - confidence:
        low, high = high, high * 2
    while low < high:  # the condition holds from some n on
        middle = (low + high) // 2
        if binom.cdf(beyond, middle, 1.0 - probability) <= 1.0 - confidence:
            high = middle
        else:
            low = middle + 1
    return low


def proportion(count: float, runs: float, confidence: float = 0.90) -> tuple[float, float]:
    """Interval of a probability of which *count* of *runs* were seen: Clopper & Pearson (1934), never too short."""
    from scipy.stats import beta

    tail = (1.0 - confidence) / 2.0
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, runs - count + 1))
    high = 1.0 if count == runs else float(beta.ppf(1.0 - tail, count + 1, runs - count))
    return low, high


def sigma_level(runs: int, confidence: float = 0.90) -> float:
    """The largest one-sided probability that *runs* values without exception show with the confidence: (1 - c)^(1/n)."""
    return math.exp(math.log1p(-confidence) / runs)
