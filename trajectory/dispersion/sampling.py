"""Points of the unit cube for a dispersion: Latin hypercube, Sobol' or plain; the same to the bit however runs are
shared out.

Everything random derives from one seed by counters: the point of a run, its own stream, never from what ran before it.
"""

from typing import Literal

import numpy as np

from ...core.compiled import compiled
from ...core.errors import InputError

Method = Literal["latin-hypercube", "sobol", "plain"]
MOST_RUNS = 10_000_000
_POINTS, _STREAMS, _PAIRS = 0, 1, 2  # what a seed is asked for: one spawn key each


def unit_points(method: Method, runs: int, dimensions: int, seed: int) -> np.ndarray:
    """(runs, dimensions) points strictly inside the unit cube.

    latin-hypercube: in every dimension one point in each of *runs* equal intervals (McKay, Beckman & Conover 1979); it
    depends on the number of runs. sobol: Owen-scrambled, balanced where runs is a power of two; plain: independent; both
    keep their first points when runs are added. Raises InputError for a number of runs out of range.
    """
    if not 1 <= runs <= MOST_RUNS:
        raise InputError(f"1 to {MOST_RUNS} runs, not {runs}")
    if dimensions == 0:
        return np.empty((runs, 0))
    from scipy.stats import qmc  # half a second, which a worker that is given points need not spend

    if method == "plain":
        points = np.array([_plain(seed, run, dimensions) for run in range(runs)])
    else:
        state = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_POINTS,)))
        if method == "sobol":
            points = qmc.Sobol(dimensions, rng=state, bits=64).random(runs)
        else:
            points = qmc.LatinHypercube(dimensions, rng=state).random(runs)
    return np.clip(points, 2.0**-54, 1.0 - 2.0**-53)  # no quantile is asked for at 0 or 1


def _plain(seed: int, run: int, dimensions: int) -> np.ndarray:
    """Philox counts, so that a run's point needs none of the others (Salmon et al., *Parallel Random Numbers*, 2011)."""
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, run, _POINTS])).random(dimensions)


def run_seeds(seed: int, first: int, count: int) -> np.ndarray:
    """Seeds (count,) of the streams inside runs *first* onwards, 64 bits each; a run's is its own whatever else is
    flown."""
    words = [
        np.random.SeedSequence(seed, spawn_key=(_STREAMS, run)).generate_state(1, np.uint64)[0]
        for run in range(first, first + count)
    ]
    return np.array(words, dtype=np.uint64)


def combined(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """scores (n, k) times rows (k, m), summed in one order: a run's numbers are the same whoever is drawn with it
    (BLAS's are not)."""
    total = np.zeros((len(scores), rows.shape[1]))
    _add_rows(np.ascontiguousarray(scores), np.ascontiguousarray(rows), total)
    return total


@compiled
def _add_rows(scores, rows, total):
    for i in range(total.shape[0]):  # a run's numbers stay in the processor's cache while they are summed
        for k in range(rows.shape[0]):
            for j in range(total.shape[1]):
                total[i, j] += scores[i, k] * rows[k, j]


def correlated(points: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    """Points (n, d) of the unit cube whose normal scores have the correlation (d, d): a Gaussian copula.

    Raises InputError for a matrix that no variables have.
    """
    from scipy.special import ndtr, ndtri

    return np.clip(ndtr(combined(ndtri(points), factor(correlation).T)), 2.0**-54, 1.0 - 2.0**-53)


def factor(correlation: np.ndarray) -> np.ndarray:
    """L with L Lᵀ = correlation; semi-definite matrices have one too. Raises InputError when there is none."""
    if not len(correlation):
        return correlation
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < -1e-9:
        raise InputError(
            f"these correlations contradict one another (smallest eigenvalue of their matrix {values[0]:.3g}); three "
            "quantities of which each two are strongly correlated leave the third little choice"
        )
    # by QR a lower triangle: the first variable keeps its own points
    triangle = np.linalg.qr((vectors * np.sqrt(np.maximum(values, 0.0))).T).R.T
    return triangle * np.where(np.diag(triangle) < 0, -1.0, 1.0)


def paired_points(runs: int, dimensions: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two independent sets (runs, dimensions) for Sobol' indices: the halves of one scrambled Sobol' sequence (Saltelli
    2010)."""
    from scipy.stats import qmc

    state = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(_PAIRS,)))
    points = qmc.Sobol(2 * dimensions, rng=state, bits=64).random(runs)
    points = np.clip(points, 2.0**-54, 1.0 - 2.0**-53)
    return points[:, :dimensions], points[:, dimensions:]
