"""Which input moves which output: rank correlations of the runs flown, and Sobol' indices from runs flown for them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


def rank_correlations(inputs: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Spearman's coefficient of each input column (n, k) with the output (n,): (k,), 0 for what does not vary."""
    return _pearson(_ranks(inputs), _ranks(output[:, None])[:, 0])


def partial_rank_correlations(inputs: np.ndarray, output: np.ndarray) -> np.ndarray:
    """Rank correlation with what the other inputs explain taken off both (PRCC): (k,).

    From the inverse of the rank correlation matrix of inputs and output, -P_ky / sqrt(P_kk P_yy) (Iman & Helton, Risk
    Analysis 8, 1988).
    """
    found = np.zeros(inputs.shape[1])
    ranks = _ranks(np.column_stack([inputs, output]))
    varies = np.ptp(ranks, axis=0) > 0
    if not varies[-1] or not varies[:-1].any():
        return found
    precision = np.linalg.pinv(np.corrcoef(ranks[:, varies], rowvar=False))
    scale = np.sqrt(np.abs(np.diag(precision)))
    found[varies[:-1]] = -precision[:-1, -1] / (scale[:-1] * scale[-1])
    return found


def _ranks(columns: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    return rankdata(columns, axis=0)


def _pearson(columns: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = columns - columns.mean(axis=0), y - y.mean()
    size = np.sqrt((x * x).sum(axis=0) * (y @ y))
    return np.divide(y @ x, size, out=np.zeros(columns.shape[1]), where=size > 0)


@dataclass(frozen=True)
class SobolIndices:
    """Shares of an output's variance (k,): first by an input alone, total with all its interactions; intervals (k, 2)."""

    first: np.ndarray
    total: np.ndarray
    first_interval: np.ndarray
    total_interval: np.ndarray
    runs: int


def sobol_indices(
    f_a: np.ndarray, f_b: np.ndarray, f_ab: np.ndarray, *, confidence: float = 0.90, resamples: int = 200, seed: int = 0
) -> SobolIndices:
    """Indices from outputs of two sets of points (n,) and of the first set with one factor from the second (k, n).

    First order by Saltelli et al. (Comput. Phys. Commun. 181, 2010, eq. 16), total by Jansen (Comput. Phys. Commun. 117,
    1999); intervals by bootstrap over the points. Rows with a value that is not finite must be left out before.
    """
    middle = 0.5 * (f_a.mean() + f_b.mean())
    f_a, f_b, f_ab = f_a - middle, f_b - middle, f_ab - middle  # less cancellation, the same indices

    def indices(a: np.ndarray, b: np.ndarray, ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        variance = np.var(np.concatenate([a, b]))
        if variance == 0.0:
            return np.zeros(len(ab)), np.zeros(len(ab))
        return (b * (ab - a)).mean(axis=1) / variance, 0.5 * ((a - ab) ** 2).mean(axis=1) / variance

    n = len(f_a)
    first, total = indices(f_a, f_b, f_ab)
    random = np.random.default_rng(np.random.SeedSequence(seed))
    drawn = []
    for _ in range(resamples):
        i = random.integers(0, n, n)
        drawn.append(indices(f_a[i], f_b[i], f_ab[:, i]))
    ends = [(1 - confidence) / 2, (1 + confidence) / 2]
    intervals = [np.quantile([d[k] for d in drawn], ends, axis=0).T for k in (0, 1)]
    return SobolIndices(first, total, intervals[0], intervals[1], n * (len(f_ab) + 2))


def sobol_of(
    function: Callable[[np.ndarray], np.ndarray], groups: list[np.ndarray], a: np.ndarray, b: np.ndarray
) -> SobolIndices:
    """Indices of a function of points (n, d) -> (n,); groups: the columns of each factor; a, b: `paired_points`."""
    mixed = []
    for columns in groups:
        ab = a.copy()
        ab[:, columns] = b[:, columns]
        mixed.append(function(ab))
    return sobol_indices(function(a), function(b), np.array(mixed))
