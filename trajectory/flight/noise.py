"""Random numbers that depend on seed and count alone, so that a flight can be resumed, and repeated on any number of
workers."""

import numpy as np

from ...core.compiled import compiled_ieee

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)


@compiled_ieee
def _mixed(z):
    """SplitMix64's output function (Steele, Lea & Flood, OOPSLA 2014)."""
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


@compiled_ieee
def normals(seed, count):
    """Two independent standard normal numbers, of a seed and a count (whole numbers below 2^53): Box & Muller (1958)."""
    start = _mixed(np.uint64(seed) + _GOLDEN)
    a = _mixed(start + np.uint64(2.0 * count + 1.0) * _GOLDEN)
    b = _mixed(start + np.uint64(2.0 * count + 2.0) * _GOLDEN)
    u = (np.float64(a >> _S11) + 0.5) * 1.1102230246251565e-16  # of 2^-53 steps, never 0
    v = np.float64(b >> _S11) * 1.1102230246251565e-16
    r = np.sqrt(-2.0 * np.log(u))
    c = np.cos(2.0 * np.pi * v)
    s = np.sqrt(max(1.0 - c * c, 0.0))  # of the sine, whose sign v tells: quicker than the sine itself
    return r * c, r * s if v < 0.5 else -r * s
