"""A stiff integration in time that stops exactly where a burning surface jumps, and never runs without a bound."""

from collections.abc import Callable
from time import monotonic

import numpy as np

from ...core.errors import UndecidedError

_STEPS, _SECONDS = 40000, 60.0
_RELATIVE = 1e-8
_SAMPLES = 400  # at least so many steps over the expected time


def march(
    rates: Callable[[float, np.ndarray, list[int]], np.ndarray], y0: np.ndarray,
    jumps: list[tuple[int, tuple[float, ...]]], *, tail: float, span: float, floor: float, where: str,
) -> tuple[np.ndarray, np.ndarray, list[list[int]]]:  # fmt: skip
    """Integrate dy/dt = rates(t, y, spans) from t = 0 until y[0] has fallen by -tail below its largest value, or to floor.

    jumps: for each unknown that crosses depths where the equations change, its index and those depths, ascending; spans
    counts for each how many it has passed, and the integration starts anew at every one. span: the expected time [s].
    Returns times, unknowns (n, m) and the spans at each; a jump's time stands twice. Raises UndecidedError after 40000 steps,
    60 s of computing, 100 expected times, or when the method fails.
    """
    from scipy.integrate import LSODA

    times, rows, at = [0.0], [y0], [[0] * len(jumps)]
    spans, steps, begun, top = [0] * len(jumps), 0, monotonic(), -np.inf
    scale = np.concatenate([[1e-8, 1e-10], [1e-10 * j[-1] for _, j in jumps]])

    def endless(t: float) -> UndecidedError:
        return UndecidedError(
            f"the firing was not over after {steps} steps, {t:.3g} s of burning; give ballistics: quasi-steady, or more "
            "free_volume",
            where=where,
        )

    t, y = 0.0, y0
    while True:
        fixed = list(spans)
        solver = LSODA(_within(rates, fixed), t, y, np.inf, rtol=_RELATIVE, max_step=span / _SAMPLES,
                       atol=scale,  # pyright: ignore[reportArgumentType]  an array is allowed, see its documentation
                       first_step=1e-7 * span)  # fmt: skip
        restart = False
        while not restart:
            message = solver.step()
            steps += 1
            if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                why = message or "the step fell to nothing"
                text = f"the firing could not be integrated at {solver.t:.4g} s ({why}); give ballistics: quasi-steady"
                raise UndecidedError(text, where=where)
            if steps > _STEPS or monotonic() - begun > _SECONDS or solver.t > 100.0 * span:
                raise endless(solver.t)
            t, y = solver.t, solver.y
            passed = [
                (k, i, j[fixed[k]]) for k, (i, j) in enumerate(jumps) if fixed[k] < len(j) and y[i] >= j[fixed[k]]
            ]
            if passed:
                dense, low = solver.dense_output(), times[-1]
                found = [(_crossing(dense, i, depth, low, t), k, i, depth) for k, i, depth in passed]
                t, k, i, depth = min(found)
                y = np.array(dense(t))
                y[i] = depth
                spans[k] += 1
                restart = True
            level = max(top + tail, floor)
            if y[0] <= level and y[0] < rows[-1][0]:
                dense, low = solver.dense_output(), times[-1]
                t = _crossing(dense, 0, level, low, t)
                times.append(t)
                rows.append(np.array(dense(t)))
                at.append(fixed)
                return np.array(times), np.array(rows), at
            top = max(top, y[0])
            times.append(t)
            rows.append(y)
            at.append(fixed)
            if restart:
                times.append(t)
                rows.append(y)
                at.append(list(spans))


def _within(rates: Callable[..., np.ndarray], spans: list[int]) -> Callable[[float, np.ndarray], np.ndarray]:
    return lambda t, y: rates(t, y, spans)


def _crossing(dense: Callable[[float], np.ndarray], i: int, value: float, low: float, high: float) -> float:
    """When an unknown passes a value between two times, by bisection."""
    rising = dense(high)[i] >= value
    for _ in range(60):
        mid = 0.5 * (low + high)
        if (dense(mid)[i] >= value) == rising:
            high = mid
        else:
            low = mid
    return high
