"""Sampling and statistics of a dispersion against closed forms."""

import math

import numpy as np
import pytest

from osea_rocket.core.errors import InputError
from osea_rocket.trajectory.dispersion import importance
from osea_rocket.trajectory.dispersion.ellipse import confidence_ellipse
from osea_rocket.trajectory.dispersion.linear_covariance import by_differences, unscented
from osea_rocket.trajectory.dispersion.order_statistics import (
    ONE_SIDED,
    percentile,
    proportion,
    runs_needed,
    sigma_level,
    tolerance_limit,
)
from osea_rocket.trajectory.dispersion.sampling import (
    correlated,
    factor,
    paired_points,
    run_seeds,
    unit_points,
)
from osea_rocket.trajectory.dispersion.sensitivity import (
    partial_rank_correlations,
    rank_correlations,
    sobol_of,
)


@pytest.mark.parametrize("method", ["latin-hypercube", "sobol", "plain"])
def test_points_fill_the_open_cube_and_repeat(method) -> None:
    points = unit_points(method, 512, 7, seed=3)
    assert points.shape == (512, 7) and points.min() > 0.0 and points.max() < 1.0
    assert np.array_equal(points, unit_points(method, 512, 7, seed=3))
    assert not np.array_equal(points, unit_points(method, 512, 7, seed=4))
    if method == "latin-hypercube":
        assert all(np.array_equal(np.sort((column * 512).astype(int)), np.arange(512)) for column in points.T)
    else:  # runs that are added leave the first ones as they were
        assert np.array_equal(points[:128], unit_points(method, 128, 7, seed=3))


def test_a_run_has_its_own_stream_whoever_flies_it() -> None:
    whole = run_seeds(11, 0, 300)
    assert len(set(whole.tolist())) == 300
    assert np.array_equal(whole[120:150], run_seeds(11, 120, 30))


def test_a_gaussian_copula_has_the_correlation_and_keeps_the_margins() -> None:
    wanted = np.array([[1.0, 0.8, -0.3], [0.8, 1.0, 0.1], [-0.3, 0.1, 1.0]])
    points = correlated(unit_points("sobol", 2**14, 3, seed=1), wanted)
    from scipy.special import ndtri

    assert np.corrcoef(ndtri(points), rowvar=False) == pytest.approx(wanted, abs=0.01)
    assert [np.quantile(points[:, k], 0.3) for k in range(3)] == pytest.approx([0.3] * 3, abs=0.005)
    assert factor(wanted) @ factor(wanted).T == pytest.approx(wanted)
    assert np.array_equal(np.triu(factor(wanted), 1), np.zeros((3, 3)))
    with pytest.raises(InputError, match="contradict"):
        correlated(points, np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]))


# Wilks (1941) and the tables that nuclear and launch-vehicle analyses quote: 59 runs for 95 %/95 %, 93 for its second order,
# 124 for the third; 3 sigma, one-sided, at 90 %: ln 0.1 / ln 0.99865 = 1704.6.
@pytest.mark.parametrize(
    ("probability", "confidence", "beyond", "runs"),
    [(0.95, 0.95, 0, 59), (0.95, 0.95, 1, 93), (0.95, 0.95, 2, 124), (0.99, 0.95, 0, 299), (0.9, 0.9, 0, 22)],
)
def test_wilks_numbers_of_runs(probability, confidence, beyond, runs) -> None:
    assert runs_needed(probability, confidence, beyond=beyond) == runs


def test_three_sigma_needs_1705_runs_at_ninety_per_cent() -> None:
    assert runs_needed(ONE_SIDED[3], 0.90) == math.ceil(math.log(0.1) / math.log(ONE_SIDED[3])) == 1705
    assert sigma_level(1705) >= ONE_SIDED[3] > sigma_level(1704)
    values = np.arange(1705.0)
    assert tolerance_limit(values, ONE_SIDED[3], 0.90) == 1704.0
    assert tolerance_limit(values[:-1], ONE_SIDED[3], 0.90) is None
    found = percentile(values, ONE_SIDED[3], 0.90)
    assert found.high is None and found.low is not None  # the top of a two-sided interval needs more


def test_percentile_intervals_cover_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    truth = math.log(10.0)  # 0.9-quantile of an exponential law: skew, not normal
    hits = 0
    for _ in range(2000):
        found = percentile(random.exponential(size=200), 0.9, 0.90)
        assert found.low is not None and found.high is not None
        hits += found.low <= truth <= found.high
    assert 0.89 <= hits / 2000 <= 0.95  # at least the 90 %; ranks are whole numbers


def test_a_proportion_never_seen_has_an_upper_end() -> None:
    low, high = proportion(0, 1000, 0.90)
    assert low == 0.0 and high == pytest.approx(1 - 0.05 ** (1 / 1000), rel=1e-9)  # closed form of Clopper and Pearson
    assert proportion(1000, 1000, 0.90)[1] == 1.0


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_the_ishigami_function() -> None:
    """Closed forms: Ishigami & Homma (1990); Sobol' & Levitan (1999), a = 7, b = 0.1."""
    a, b = 7.0, 0.1
    v1, v2 = 0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8
    v13 = b**2 * np.pi**8 * 8 / 225
    v = v1 + v2 + v13
    found = sobol_of(ishigami, [np.array([k]) for k in range(3)], *paired_points(2**13, 3, seed=2))
    assert found.first == pytest.approx([v1 / v, v2 / v, 0.0], abs=0.01)
    assert found.total == pytest.approx([(v1 + v13) / v, v2 / v, v13 / v], abs=0.01)
    assert np.all(found.total_interval[:, 0] <= found.total) and np.all(found.total <= found.total_interval[:, 1])
    assert found.runs == 2**13 * 5


def test_sobol_indices_of_the_g_function_and_of_groups() -> None:
    """G-function (Saltelli & Sobol' 1995): V_i = 1 / (3 (1 + a_i)²), factors multiply."""
    a = np.array([0.0, 1.0, 4.5, 9.0])

    def g(points: np.ndarray) -> np.ndarray:
        return np.prod((np.abs(4 * points - 2) + a) / (1 + a), axis=1)

    parts = 1.0 / (3.0 * (1.0 + a) ** 2)
    v = np.prod(1 + parts) - 1
    found = sobol_of(g, [np.array([k]) for k in range(4)], *paired_points(2**13, 4, seed=2))
    assert found.first == pytest.approx(parts / v, abs=0.01)
    total = [parts[k] * np.prod(np.delete(1 + parts, k)) / v for k in range(4)]
    assert found.total == pytest.approx(total, abs=0.01)
    pair = sobol_of(g, [np.array([0, 1]), np.array([2, 3])], *paired_points(2**13, 4, seed=2))
    assert pair.first[0] == pytest.approx(((1 + parts[0]) * (1 + parts[1]) - 1) / v, abs=0.01)


def test_rank_correlations_find_monotone_causes_behind_others() -> None:
    points = unit_points("latin-hypercube", 4000, 4, seed=6)
    output = np.exp(3 * points[:, 0]) - 4 * points[:, 1]
    inputs = np.column_stack([points, np.full(4000, 2.0)])
    plain = rank_correlations(inputs, output)
    partial = partial_rank_correlations(inputs, output)
    assert plain[0] > 0.8 and plain[1] < -0.15 and abs(plain[2]) < 0.05 and plain[4] == 0.0
    assert partial[0] > 0.9 and partial[1] < -0.5 and abs(partial[3]) < 0.05 and partial[4] == 0.0
    # ranks see nothing of a monotone change of scale
    assert rank_correlations(np.exp(5 * inputs), output) == pytest.approx(plain, abs=1e-12)


def test_importance_sampling_gives_a_rare_probability_without_bias() -> None:
    """Two engines of three fail with p = 1e-3 each: 3 p² (1 - p) + p³, one case in 334,000; drawn with q = 0.2."""
    p, q = np.full(3, 1e-3), np.full(3, 0.2)
    exact = 3 * 1e-6 * (1 - 1e-3) + 1e-9
    happened = unit_points("plain", 20_000, 3, seed=9) < q
    w = importance.weights(happened, p, q)
    found = importance.probability(happened.sum(axis=1) >= 2, w)
    assert found.low < exact < found.high and found.value == pytest.approx(exact, rel=0.05)
    assert np.mean(w) == pytest.approx(1.0, abs=0.02)
    none = importance.weights(happened, q, q)
    assert np.array_equal(none, np.ones(20_000)) and importance.effective_size(none) == pytest.approx(20_000)
    assert 0 < importance.effective_size(w) < 20_000
    with pytest.raises(ValueError, match="must be drawn"):
        importance.weights(happened, p, np.zeros(3))


def test_a_weighted_probability_is_never_above_one_and_its_interval_covers_as_often_as_it_says() -> None:
    """An event of 1 %, drawn in half of the runs, and 30 % of the others: 1 % + 99 % · 30 % = 30.7 %."""
    random, hits, largest = np.random.default_rng(4), 0, 0.0
    for _ in range(2000):
        happened = random.random((200, 1)) < 0.5
        w = importance.weights(happened, np.array([0.01]), np.array([0.5]))
        seen = happened[:, 0] | (random.random(200) < 0.3)
        found = importance.probability(seen, w)
        hits += found.low <= 0.307 <= found.high
        most = importance.probability(~happened[:, 0] | (random.random(200) < 0.9), w)  # 99.9 %
        assert 0.0 <= most.low <= most.value <= most.high <= 1.0
        largest = max(largest, float(np.mean(np.where(seen | ~happened[:, 0], w, 0.0))))
    assert 0.86 <= hits / 2000 <= 0.94
    assert largest > 1.1  # what the plain mean of weights says of something that is at most certain


def test_what_was_never_or_always_seen_keeps_an_interval_with_weights_too() -> None:
    happened = np.arange(1000)[:, None] < 200
    w = importance.weights(happened, np.array([0.01]), np.array([0.2]))
    never, always = (importance.probability(np.full(1000, value), w) for value in (False, True))
    runs = importance.effective_size(w)
    assert never.value == never.low == 0.0 and never.high == pytest.approx(1 - 0.05 ** (1 / runs), rel=1e-6)
    assert always.value == always.high == 1.0 and always.low == pytest.approx(1 - never.high, rel=1e-9)


def test_weighted_quantiles_are_plain_ones_for_equal_weights() -> None:
    values = np.arange(101.0)
    assert importance.weighted_quantile(values, np.ones(101), 0.9) == 90.0
    assert importance.weighted_quantile(values, np.where(values < 50, 1.0, 0.0), 0.9) == pytest.approx(44, abs=1)


def test_an_ellipse_holds_its_share_of_a_normal_law_and_says_how_large_it_must_be_for_another() -> None:
    random = np.random.default_rng(8)
    points = random.normal(size=(20_000, 2)) @ np.array([[3.0, 0.0], [1.0, 0.5]]).T + [10.0, -5.0]
    found = confidence_ellipse(points, 0.9973)
    assert found is not None and found.covering_scale is not None
    assert found.covering_scale == pytest.approx(1.0, abs=0.06)
    assert found.tilt % np.pi == pytest.approx(np.arctan2(1.0, 3.0), abs=0.02)
    away = np.linalg.solve(np.linalg.cholesky(found.covariance), (points - found.centre).T)
    inside = np.mean(np.sum(away**2, axis=0) <= -2 * np.log1p(-0.9973))
    assert inside == pytest.approx(0.9973, abs=0.001)
    assert np.allclose(found.outline()[0], found.outline()[-1])
    heavy = confidence_ellipse(random.standard_t(3, size=(20_000, 2)), 0.9973)
    assert heavy is not None and heavy.covering_scale is not None and heavy.covering_scale > 1.3
    few = confidence_ellipse(points[:100], 0.9973)
    assert few is not None and few.covering_scale is None
    assert confidence_ellipse(points[:2]) is None and confidence_ellipse(np.zeros((9, 2))) is None


def test_linear_covariance_is_exact_for_a_linear_law_and_the_unscented_one_for_a_square() -> None:
    matrix = np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 3.0]])
    for method in (by_differences, unscented):
        found = method(lambda z: z @ matrix.T + [5.0, 7.0], 3)
        assert found.mean == pytest.approx([5.0, 7.0]) and found.covariance == pytest.approx(matrix @ matrix.T)
        assert found.slopes == pytest.approx(matrix) and found.runs == 7
    square = unscented(lambda z: (z[:, :1] + 1.0) ** 2, 1)
    assert square.mean == pytest.approx([2.0]) and square.covariance[0] == pytest.approx([6.0])  # 4 σ² + 2 σ⁴
