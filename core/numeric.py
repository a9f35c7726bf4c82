"""The two primitives that numpy cannot give to floats, numba and CasADi alike: ``choose`` and ``lookup``.

An equation is written once, as a scalar function marked ``@equation``, with numpy ufuncs and these two. Python calls
it as it stands, CasADi traces it with SX, and ``core.compiled`` shows it to numba.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

EQUATIONS: list[Callable[..., Any]] = []


def equation(function: F) -> F:
    """Mark a physical equation; it stays the plain function."""
    EQUATIONS.append(function)
    return function


class Table(NamedTuple):
    """A clamped C² cubic spline y(x); numba sees one type for every table, so a new vehicle recompiles nothing.

    knots (n + 4,), coefficients (n,), low and high: the range of x; outside it the end value holds.
    """

    knots: np.ndarray
    coefficients: np.ndarray
    low: float
    high: float


class FlatTable(NamedTuple):
    """A table packed into a vector that holds many (`pack_table`): data (n,), at: where this one begins in it.

    Its value is the `Table`'s to rounding and is found in constant time; for loops that look up often. Not for CasADi.
    """

    data: np.ndarray
    at: int


def table(x: Any, y: Any) -> Table:
    """A table through the points (x, y): x ascending, at least four points; not-a-knot ends."""
    from scipy.interpolate import make_interp_spline

    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 4 or not np.all(np.diff(x) > 0):
        raise ValueError("a table needs at least four points with ascending x and as many y")
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        raise ValueError("a table holds finite numbers only")
    spline = make_interp_spline(x, y, k=3)
    return Table(np.ascontiguousarray(spline.t), np.ascontiguousarray(spline.c), float(x[0]), float(x[-1]))


def _is_symbolic(*values: Any) -> bool:
    return any(type(value).__module__.startswith("casadi") for value in values)


def choose(condition: Any, if_true: Any, if_false: Any) -> Any:
    """*if_true* where the condition holds, else *if_false*; both sides are evaluated, so both must be finite."""
    if _is_symbolic(condition, if_true, if_false):
        import casadi as ca

        return ca.if_else(condition, if_true, if_false)
    return if_true if condition else if_false


def lookup(table: Table | FlatTable, x: Any) -> Any:
    """The table's value at x, clamped to the table's range."""
    if isinstance(table, FlatTable):
        return evaluate_flat_table(table, x)
    if _is_symbolic(x):
        import casadi as ca

        if np.ptp(table.coefficients) == 0.0:  # B-splines add up to one: a constant, which leaves no node in the graph
            return type(x)(float(table.coefficients[0]))
        clamped = ca.fmin(ca.fmax(x, table.low), table.high)
        return _casadi_spline(table.knots.tobytes(), table.coefficients.tobytes())(clamped)
    return evaluate_table(table, x)


def pack_table(smooth: Table) -> np.ndarray:
    """The numbers of a `FlatTable`: a head, for each of equal buckets of x its first piece, then (x0, c0, c1, c2, c3) a piece."""
    from scipy.interpolate import PPoly

    pieces = PPoly.from_spline((smooth.knots, smooth.coefficients, 3))
    real = np.flatnonzero(np.diff(pieces.x) > 0.0)
    start, power = pieces.x[real], pieces.c[::-1, real].T
    span = smooth.high - smooth.low
    count = int(np.clip(np.ceil(span / np.diff(pieces.x)[real].min() - 1e-6), 1, 8192))
    first = np.searchsorted(start, smooth.low + span / count * np.arange(count + 1), side="right") - 1
    # the last piece of a bucket's beginning, or one before it where rounding could put x there
    first = np.maximum(first - (start[first] > smooth.low + span / count * np.arange(count + 1) - 1e-9 * span), 0)
    head = [smooth.low, smooth.high, count / span, float(count), float(len(real))]
    return np.concatenate([head, first.astype(float), np.column_stack([start, power]).ravel()])


def evaluate_flat_table(flat: FlatTable, x: float) -> float:
    """The value at x, clamped to the range: bucket, piece, Horner's rule. What is not a number stays none."""
    if x != x:  # as an index it would be any place of the memory
        return x
    data, at = flat.data, flat.at
    x = min(max(x, data[at]), data[at + 1])
    buckets, last = int(data[at + 3]), int(data[at + 4]) - 1
    i = int(data[at + 5 + int((x - data[at]) * data[at + 2])])
    piece = at + 6 + buckets
    while i < last and x >= data[piece + 5 * (i + 1)]:
        i += 1
    j = piece + 5 * i
    s = x - data[j]
    return data[j + 1] + s * (data[j + 2] + s * (data[j + 3] + s * data[j + 4]))


@lru_cache(maxsize=256)
def _casadi_spline(knots: bytes, coefficients: bytes) -> Any:
    import casadi as ca

    # never_inline: SX has no spline node of its own, and an inlined one would be a sum over all pieces.
    return ca.Function.bspline(
        "lookup", [np.frombuffer(knots)], np.frombuffer(coefficients), [3], 1, {"never_inline": True}
    )


def evaluate_table(table: Table, x: float) -> float:
    """de Boor's recursion (de Boor 1978, A Practical Guide to Splines, ch. X), in scalars: arrays would be slow in numba."""
    k = table.knots
    x = min(max(x, table.low), table.high)
    low, high = 3, len(table.coefficients)
    while high - low > 1:
        middle = (low + high) // 2
        if x >= k[middle]:
            low = middle
        else:
            high = middle
    i = low
    c = table.coefficients
    d0, d1, d2, d3 = c[i - 3], c[i - 2], c[i - 1], c[i]
    a3 = (x - k[i]) / (k[i + 3] - k[i])
    a2 = (x - k[i - 1]) / (k[i + 2] - k[i - 1])
    a1 = (x - k[i - 2]) / (k[i + 1] - k[i - 2])
    d3, d2, d1 = (1 - a3) * d2 + a3 * d3, (1 - a2) * d1 + a2 * d2, (1 - a1) * d0 + a1 * d1
    a3 = (x - k[i]) / (k[i + 2] - k[i])
    a2 = (x - k[i - 1]) / (k[i + 1] - k[i - 1])
    d3, d2 = (1 - a3) * d2 + a3 * d3, (1 - a2) * d1 + a2 * d2
    a3 = (x - k[i]) / (k[i + 1] - k[i])
    return (1 - a3) * d2 + a3 * d3
