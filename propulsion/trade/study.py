"""The trade itself: the grid, the objective, the limits, and the best point refined between the grid's."""

import dataclasses
import time
from collections.abc import Callable

import numpy as np

from ...core.errors import ImpossibleError, InputError, OseaError, UndecidedError
from ...core.findings import Finding, Severity
from ...core.progress import Progress
from ..cycles.balance import balance
from ..cycles.document import EngineCycle
from .document import Limits, PressureSpan, RatioSpan, Trade
from .gas import solve_grid
from .model import Place, TradeModel, cycle_at, reason
from .optimum import refine
from .result import TradeHole, TradePoint, TradeResult

Objective = Callable[[TradePoint], float | None]
_MAP_ERROR = 5e-4
_FLAT = 1e-6
_EDGE = 1e-6


def objective_of(name: str) -> Objective:
    """A built-in objective by its name; larger is better."""
    if name == "vacuum specific impulse":
        return lambda p: p.isp_vacuum
    return lambda p: p.thrust_to_weight


def excesses(limits: Limits, point: TradePoint) -> list[tuple[str, float]]:
    """(limit, relative margin), negative outside."""
    pairs = (
        ("exit_diameter", limits.exit_diameter, point.exit_diameter),
        ("turbine_temperature", limits.turbine_temperature, point.turbine_temperature),
        ("pump_pressure", limits.pump_pressure, point.pump_pressure),
    )
    return [(name, 1.0 - value / limit) for name, limit, value in pairs if limit is not None and value is not None]


def trade(
    cycle: EngineCycle,
    study: Trade | None = None,
    *,
    objective: Objective | None = None,
    progress: Progress | None = None,
) -> TradeResult:
    """Balance the cycle over the spans of a trade (the document's own, or another), and find the best point.

    objective: a function of a TradePoint to be made large (payload, cost), in place of the document's; None or an OseaError
    from it makes the point a hole. Raises InputError without a trade, OseaError where the design point itself does not
    balance.
    """
    study = study or cycle.trade
    if study is None:
        raise InputError(f"{cycle.name}: no trade is given; add a section 'trade'", where=cycle.where())
    value_of, name = (
        (objective_of(study.objective), study.objective) if objective is None else (objective, "own function")
    )
    model = TradeModel(cycle, study)
    axes = (
        _axis(study.chamber_pressure, cycle.chamber_pressure),
        _axis(study.oxidizer_fuel_ratio, cycle.oxidizer_fuel_ratio),
        _axis(study.area_ratio, cycle.area_ratio),
    )
    if objective is None and study.objective == "thrust to weight" and model.relation is None:
        raise InputError(
            f"{cycle.name}: no mass relation covers this engine; name one (mass_relation) or take another objective",
            where=study.where("objective"),
        )
    began = time.perf_counter()
    rows, holes = _grid(model, axes, value_of, progress or Progress())
    seconds = time.perf_counter() - began
    if not rows:
        raise ImpossibleError(
            f"{cycle.name}: no point of the trade closes; the first one: {holes[0].reason}", where=study.where()
        )
    allowed = np.array([all(m >= -1e-9 for _, m in excesses(study.limits, p)) for _, p, _ in rows])
    values = np.array([v for _, _, v in rows])
    best, best_value, exact = None, None, None
    if allowed.any():
        first = max((row for row, ok in zip(rows, allowed, strict=True) if ok), key=lambda row: row[2])
        best, best_value = refine(model, axes, first[1], value_of, lambda p: excesses(study.limits, p))
        exact = _exactly(cycle, best)
    points = [p for _, p, _ in rows]
    # the ideal chamber everywhere, by the batch solver itself
    _, ideal, _ = solve_grid(cycle.oxidizer, cycle.fuel, axes[1], axes[0], axes[2])
    result = TradeResult(
        input_hash=cycle.content_hash(), objective=name, chamber_pressure=axes[0], oxidizer_fuel_ratio=axes[1],
        area_ratio=axes[2], isp_ideal=np.swapaxes(ideal, 0, 1), index=np.array([i for i, _, _ in rows], dtype=float),
        isp_vacuum=np.array([p.isp_vacuum for p in points]), thrust_vacuum=np.array([p.thrust_vacuum for p in points]),
        mass_flow=np.array([p.mass_flow for p in points]), exit_diameter=np.array([p.exit_diameter for p in points]),
        turbine_temperature=_column([p.turbine_temperature for p in points]),
        pump_pressure=_column([p.pump_pressure for p in points]), engine_mass=_column([p.engine_mass for p in points]),
        mass_relation=model.relation.relation if model.relation is not None else "",
        value=values, allowed=allowed.astype(float), holes=tuple(holes), best=best, best_value=best_value,
        exact_isp=exact, map_error=model.map_error, solve_time=seconds,
        sources=("Ideal performance: shifting equilibrium, batch Gibbs minimiser (NASA RP-1311)",
                 *(model.relation.sources if model.relation is not None else ())),
    )  # fmt: skip
    return dataclasses.replace(result, findings=tuple(_findings(study, result)))


def _axis(span: PressureSpan | RatioSpan | None, design: float) -> np.ndarray:
    return np.array([design]) if span is None else np.linspace(span.lowest, span.highest, span.points)


def _column(values: list[float | None]) -> np.ndarray | None:
    return None if any(v is None for v in values) else np.array(values, dtype=float)


Row = tuple[tuple[int, int, int], TradePoint, float]


def _grid(
    model: TradeModel, axes: tuple[np.ndarray, ...], value_of: Objective, progress: Progress
) -> tuple[list[Row], list[TradeHole]]:
    """Every point, outwards from the design's: each starts from its nearest solved neighbour."""
    rows: list[Row] = []
    holes: list[TradeHole] = []
    known: dict[tuple[int, int, int], np.ndarray] = {}
    order = sorted(np.ndindex(*map(len, axes)), key=lambda i: _distance(i, axes, model.start_place))
    for n, index in enumerate(order):
        place: Place = tuple(float(a[i]) for a, i in zip(axes, index, strict=True))  # type: ignore[assignment]
        near = min(known, key=lambda k: sum(abs(a - b) for a, b in zip(k, index, strict=True)), default=None)
        try:
            solution = model.solve(place, None if near is None else known[near])
            known[index] = solution.x  # type: ignore[index]
            point = model.point(place, solution)
            value = value_of(point)
            if value is None or not np.isfinite(value):
                raise ImpossibleError("the objective has no value here")
            rows.append((index, point, float(value)))  # type: ignore[arg-type]
        except OseaError as error:
            holes.append(
                TradeHole(
                    chamber_pressure=place[0], oxidizer_fuel_ratio=place[1], area_ratio=place[2], reason=reason(error)
                )
            )
        progress.note(f"{n + 1} of {len(order)} points")
    rows.sort(key=lambda row: row[0])
    return rows, holes


def _distance(index: tuple[int, ...], axes: tuple[np.ndarray, ...], start: Place) -> float:
    return sum(abs(float(np.log(a[i] / s))) for a, i, s in zip(axes, index, start, strict=True))


def _exactly(cycle: EngineCycle, best: TradePoint) -> float | None:
    """Vacuum Isp [s] of the best point, by a balance of its own; None when that finds none."""
    place = (best.chamber_pressure, best.oxidizer_fuel_ratio, best.area_ratio)
    try:
        return balance(cycle_at(cycle, place)).isp_vacuum
    except (ImpossibleError, UndecidedError):
        return None


def _findings(study: Trade, r: TradeResult) -> list[Finding]:
    where, found = study.where(), []
    severity = Severity.OK if r.map_error <= _MAP_ERROR else Severity.WARN
    text = f"trade: the maps of the chamber's gas miss the solver by up to {r.map_error:.1e} between their knots"
    text += "" if severity is Severity.OK else "; narrow the spans"
    found.append(Finding(severity, "trade.map", where, text, 1.0 - r.map_error / _MAP_ERROR))
    if r.holes:
        text = f"trade: {len(r.holes)} of {int(np.prod(r.shape))} points do not close; the first: {r.holes[0].reason}"
        found.append(Finding(Severity.WARN, "trade.holes", where, text))
    if r.best is None:
        text = "trade: every point that closes is outside a limit; widen the spans or the limits"
        return [*found, Finding(Severity.ERROR, "trade.limits", study.where("limits"), text)]
    for name, margin in excesses(study.limits, r.best):
        text = (
            f"trade: the best point keeps {name} with {margin:.1%} in hand" if margin > 1e-4 else f"trade: {name} binds"
        )
        found.append(Finding(Severity.OK, "trade.limits", study.where(f"limits.{name}"), text, max(margin, 0.0)))
    spread = float(np.ptp(r.value)) / max(abs(float(np.max(r.value))), 1e-300)
    if spread < _FLAT:
        text = f"trade: the objective ({r.objective}) is the same everywhere; the best point means nothing"
        if r.objective == "thrust to weight":
            text += (
                ": the mass relation knows thrust alone; name one with the area ratio (mass_relation: Akin, pump-fed)"
            )
        return [*found, Finding(Severity.UNKNOWN, "trade.flat", study.where("objective"), text)]
    for field, axis in (("chamber_pressure", r.chamber_pressure), ("oxidizer_fuel_ratio", r.oxidizer_fuel_ratio),
                        ("area_ratio", r.area_ratio)):  # fmt: skip
        value = getattr(r.best, field)
        if len(axis) > 1 and min(value - axis[0], axis[-1] - value) < 1e-3 * (axis[-1] - axis[0]):
            end = "highest" if value - axis[0] > axis[-1] - value else "lowest"
            text = (
                f"trade: the best {field} lies at the span's {end} end ({value:.4g}); the true optimum may lie beyond"
            )
            found.append(Finding(Severity.WARN, "trade.edge", study.where(f"{field}.{end}"), text))
    if r.exact_isp is None:
        text = "trade: the best point could not be balanced on its own"
        found.append(Finding(Severity.UNKNOWN, "trade.exact", where, text))
    else:
        off = abs(r.best.isp_vacuum / r.exact_isp - 1.0)
        severity = Severity.OK if off <= _MAP_ERROR else Severity.WARN
        text = f"trade: the best point's Isp is {r.best.isp_vacuum:.2f} s, {r.exact_isp:.2f} s by a balance of its own"
        found.append(Finding(severity, "trade.exact", where, text, 1.0 - off / _MAP_ERROR))
    return found
