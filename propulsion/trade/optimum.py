"""The best point between the grid's: SLSQP on the balanced cycle itself, inside the spans and the limits."""

from collections.abc import Callable

import numpy as np

from ...core.errors import OseaError
from .model import Place, TradeModel
from .result import TradePoint

_STEP = 1e-4  # of a span, for the derivatives
_KEPT = 1e-6  # a limit may be broken by this much, relative


def refine(
    model: TradeModel,
    axes: tuple[np.ndarray, ...],
    first: TradePoint,
    value_of: Callable[[TradePoint], float | None],
    margins: Callable[[TradePoint], list[tuple[str, float]]],
) -> tuple[TradePoint, float]:
    """(Best point, its value), at least as good as *first*, the grid's best.

    SLSQP (Kraft 1988) with differences, on coordinates from 0 to 1 along each span that is varied. A point that does not
    close, or a result that breaks a limit, is not taken.
    """
    from scipy.optimize import minimize

    start: Place = (first.chamber_pressure, first.oxidizer_fuel_ratio, first.area_ratio)
    varied = [d for d, axis in enumerate(axes) if len(axis) > 1]
    low = np.array([axes[d][0] for d in varied])
    span = np.array([axes[d][-1] - axes[d][0] for d in varied])
    value = value_of(first)
    assert value is not None
    scale = max(abs(value), 1e-12)
    best, best_value = first, float(value)
    seen: dict[tuple[float, ...], TradePoint | None] = {}
    last = model.solve(start)

    def place_of(u: np.ndarray) -> Place:
        place = list(start)
        for d, x in zip(varied, low + np.clip(u, 0.0, 1.0) * span, strict=True):
            place[d] = float(x)
        return place[0], place[1], place[2]

    def point_at(u: np.ndarray) -> TradePoint | None:
        nonlocal last
        key = tuple(float(v) for v in u)
        if key not in seen:
            try:
                found = model.solve(place_of(u), last.x)
                seen[key] = model.point(place_of(u), found)
                last = found
            except OseaError:
                seen[key] = None
        return seen[key]

    def cost(u: np.ndarray) -> float:
        nonlocal best, best_value
        point = point_at(u)
        own = None if point is None else _value(value_of, point)
        if point is None or own is None:
            return -best_value / scale + 1.0  # a hole: worse than anything near
        if own > best_value and all(m >= -_KEPT for _, m in margins(point)):
            best, best_value = point, own
        return -own / scale

    def room(u: np.ndarray) -> np.ndarray:
        point = point_at(u)
        return np.array([m for _, m in margins(point)]) if point is not None else np.full(len(margins(first)), -1.0)

    u0 = np.array([(start[d] - axes[d][0]) / (axes[d][-1] - axes[d][0]) for d in varied])
    constraints = [{"type": "ineq", "fun": room}] if margins(first) else []
    minimize(
        cost, u0, method="SLSQP", bounds=[(0.0, 1.0)] * len(varied), constraints=constraints,
        options={"eps": _STEP, "ftol": 1e-10, "maxiter": 60},
    )  # fmt: skip
    return best, best_value


def _value(value_of: Callable[[TradePoint], float | None], point: TradePoint) -> float | None:
    try:
        value = value_of(point)
    except OseaError:
        return None
    return float(value) if value is not None and np.isfinite(value) else None
