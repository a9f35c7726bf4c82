"""Random numbers that depend on seed and count alone, so that a flight can be resumed, and repeated on any number of
workers."""

import numpy as np

from ...core.compiled import compiled_ieee

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_LAYER = np.uint64(255)

LAYERS = 256
TAIL = 3.6541528853610088
"""Where the lowest layer's tail begins, for 256 layers (Marsaglia & Tsang 2000)."""


def _layers() -> tuple[np.ndarray, np.ndarray]:
    """Widths (LAYERS + 1,), falling from the lowest layer to 0, and the density exp(-x^2 / 2) there."""
    from math import erfc, exp, log, pi, sqrt

    area = TAIL * exp(-0.5 * TAIL * TAIL) + sqrt(0.5 * pi) * erfc(TAIL / sqrt(2.0))
    x = np.zeros(LAYERS + 1)
    x[0], x[1] = area * exp(0.5 * TAIL * TAIL), TAIL
    for k in range(2, LAYERS):
        x[k] = sqrt(-2.0 * log(area / x[k - 1] + exp(-0.5 * x[k - 1] ** 2)))
    return x, np.exp(-0.5 * x * x)


WIDTH, DENSITY = _layers()


@compiled_ieee
def _mixed(z):
    """SplitMix64's output function (Steele, Lea & Flood, OOPSLA 2014)."""
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@compiled_ieee
def _bits(seed, count):
    return _mixed(_mixed(np.uint64(seed) + _GOLDEN) + np.uint64(count + 1.0) * _GOLDEN)


@compiled_ieee
def _uniform(bits):
    """Within (0, 1), never an end."""
    return (np.float64(bits >> _S11) + 0.5) * 1.1102230246251565e-16


@compiled_ieee
def normal(seed, count):
    """A standard normal number of a seed and a count (whole numbers below 2^53), and the count that comes next: the
    ziggurat (Marsaglia & Tsang, J. Statistical Software 5 (2000), no. 8), layer and place from other bits of one number."""
    while True:
        bits = _bits(seed, count)
        count += 1.0
        layer = int(bits & _LAYER)
        x = (2.0 * _uniform(bits) - 1.0) * WIDTH[layer]
        if abs(x) < WIDTH[layer + 1]:
            return x, count
        u = _uniform(_bits(seed, count))
        count += 1.0
        if layer > 0:
            if DENSITY[layer] + u * (DENSITY[layer + 1] - DENSITY[layer]) < np.exp(-0.5 * x * x):
                return x, count
            continue
        v = _uniform(_bits(seed, count))
        count += 1.0
        beyond = -np.log(u) / TAIL
        if -2.0 * np.log(v) >= beyond * beyond:
            return (TAIL + beyond if x > 0.0 else -TAIL - beyond), count
