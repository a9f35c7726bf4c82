"""The best point of the model between two ascents, and the closed-form start."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from math import ceil, exp, floor, log

import numpy as np

from ...core.earth import G0
from ...core.errors import ImpossibleError
from ...vehicle.staging import StageType, optimum_staging
from .cost import cost_per_flight
from .document import Bounds
from .losses import Losses
from .point import Point, SizingModel, Weighed

MOST_LOST = 2200.0  # m/s, at the start
WHOLE_SLACK = 1.2
"""A whole number of engines may exceed the largest thrust over weight by this much: one engine more or less of a few."""
MOST_STEPS = 80  # of the optimizer: what can be built takes 5 to 40, what cannot would zigzag on for ever
Change = Callable[[Point, float], Point]


@dataclass(frozen=True)
class _Variable:
    """One continuous variable: its place in a point, bounds and start, all near 1."""

    name: str
    apply: Change
    start: float
    low: float
    high: float


def lagrange_start(model: SizingModel, point: Point, losses: Losses) -> Point:
    """The point with the stages' loads by Lagrange's optimum, for the structural fractions and losses that *point* has.

    Strap-ons and stages whose load is not free keep theirs. Where no stage's load is free, the point comes back.
    """
    free = [s.name for s in model.vehicle.stages if _loads_free(model, s.name)]
    if len(free) != len(model.vehicle.stages) or model.vehicle.boosters:
        return point
    weighed = model.weigh(point)
    types = []
    for name in free:
        gross = point.sizes[name].propellant + weighed.dry[name]
        unused = point.sizes[name].propellant - weighed.usable[name]
        exhaust = model.maps[name].isp_vacuum * G0
        types.append(StageType(exhaust, (weighed.dry[name] + unused) / gross))
    # engines that do not fit the loads yet would be charged burn times that no flight has
    lost = min(losses.lost(model, point, weighed), MOST_LOST)
    needed = losses.gain + lost + model.rules.trajectory_reserve
    staging = optimum_staging(types, needed, max(point.payload, 1.0))
    for name, gross, kind in zip(free, staging.gross, types, strict=True):
        size = point.sizes[name]
        usable_share = weighed.usable[name] / size.propellant
        burned = float(gross) * (1 - kind.structural_fraction)
        point = point.with_size(name, propellant=max(burned / usable_share, 0.02 * size.propellant))
    return point


def _loads_free(model: SizingModel, name: str) -> bool:
    rule = model.rule(name)
    return rule is not None and rule.propellant


def best_point(
    model: SizingModel, start: Point, losses: Losses, reach: float | None = None, counts_free: bool = True
) -> tuple[Point, bool]:
    """The point of the objective's optimum that just makes the orbit, and whether *reach* holds it back: the largest change of a
    load's logarithm from *start*. Raises ImpossibleError when there is none.

    Ways of recovery are tried one by one; engine counts are first taken as real numbers, then their neighbours. counts_free:
    else counts and ways of recovery stay as *start* has them.
    """
    found = []
    reasons = []
    for variant in _ways(model, start) if counts_free else (start,):
        try:
            smooth = _solve(model, variant, losses, whole=not counts_free, reach=reach)
        except ImpossibleError as error:
            reasons.append(error.message)
            continue
        candidates = list(_whole_counts(model, smooth)) if counts_free else [smooth]
        for candidate in candidates:
            try:
                solved = smooth
                if candidate is not smooth:
                    solved = _solve(model, candidate, losses, whole=True, reach=reach, around=variant)
            except ImpossibleError as error:
                reasons.append(error.message)
                continue
            found.append((value_of(model, solved), solved))
    if not found:
        raise ImpossibleError(
            f"nothing in the study's bounds makes the orbit: {reasons[0] if reasons else 'no variable is free'}"
        )
    best = min(found, key=lambda item: item[0])[1]
    held = reach is not None and any(
        abs(log(best.sizes[n].propellant / start.sizes[n].propellant)) > 0.98 * reach
        for n in model.free
        if _loads_free(model, n)
    )
    return best, held


def nearest_point(model: SizingModel, starts: Sequence[Point], losses: Losses) -> Point | None:
    """Of all that the rules allow the point with the most velocity left over, or the least short: for a flight to say whether the
    losses are as bad as they were thought. Counts and ways of recovery as the starts have them; None where nothing is allowed."""
    found = []
    for start in starts:
        with suppress(ImpossibleError):
            found.append(_solve(model, start, losses, whole=True, reach=None, nearest=True))
    return max(found, key=lambda p: losses.surplus(model, p, model.weigh(p)), default=None)


def _ways(model: SizingModel, start: Point) -> Iterator[Point]:
    names = [n for n, r in model.free.items() if len(r.recovery) > 1]
    for chosen in product(*(model.free[n].recovery for n in names)):
        point = start
        for name, way in zip(names, chosen, strict=True):
            point = point.with_size(name, recovery=way)
        yield point


def _whole_counts(model: SizingModel, point: Point) -> Iterator[Point]:
    names = [n for n, r in model.free.items() if r.engine_count is not None]
    if not names:
        yield point
        return
    options = []
    for name in names:
        bounds = model.free[name].engine_count
        assert bounds is not None
        count = point.sizes[name].count
        near = {floor(count + 1e-6), ceil(count - 1e-6), ceil(count - 1e-6) + 1}
        options.append(
            [float(c) for c in sorted(near) if bounds.lower <= c <= bounds.upper] or [float(ceil(bounds.lower))]
        )
    for counts in product(*options):
        variant = point
        for name, count in zip(names, counts, strict=True):
            variant = variant.with_size(name, count=count)
        yield variant


def value_of(model: SizingModel, point: Point, weighed: Weighed | None = None) -> float:
    """The objective, to be made small. weighed: what the point weighs, where it is known already."""
    if model.rules.objective == "most payload":
        return -point.payload
    if model.rules.objective == "least cost per kg":
        return cost_per_flight(model, point).total / point.payload
    return (weighed or model.weigh(point)).liftoff


def _variables(model: SizingModel, start: Point, whole: bool, reach: float | None, around: Point) -> list[_Variable]:
    found = []
    for name, rule in model.free.items():
        size = start.sizes[name]
        if rule.propellant:
            base, far = around.sizes[name].propellant, 2.5 if reach is None else reach
            begin = min(max(log(size.propellant / base), -far), far)
            found.append(_Variable(f"{name} load", _logarithmic(name, "propellant", base), begin, -far, far))
        if rule.engine_count is not None and not whole:
            found.append(_bounded(name, "count", size.count, rule.engine_count))
        if rule.engine_scale is not None:
            found.append(_bounded(name, "scale", size.scale, rule.engine_scale, reach, around.sizes[name].scale))
        if rule.diameter is not None:
            low, high = rule.diameter
            around_this = around.sizes[name].diameter
            found.append(_bounded(name, "diameter", size.diameter, Bounds(lower=low, upper=high), reach, around_this))
    if model.rules.objective == "most payload":
        base = max(start.payload, 1.0)
        found.append(_Variable("payload", lambda p, v: replace(p, payload=base * exp(v)), 0.0, -3.0, 3.0))
    return found


def _logarithmic(name: str, field: str, base: float) -> Change:
    return lambda p, v: p.with_size(name, **{field: base * exp(v)})


def _bounded(
    name: str, field: str, start: float, bounds: Bounds, reach: float | None = None, around: float = 1.0
) -> _Variable:
    low, high = log(bounds.lower), log(bounds.upper)
    if reach is not None:
        middle = min(max(log(around), low), high)
        low, high = max(low, middle - reach), min(high, middle + reach)
    value = min(max(log(start), low), high)
    return _Variable(f"{name} {field}", lambda p, v: p.with_size(name, **{field: exp(v)}), value, low, high)


def _solve(
    model: SizingModel,
    start: Point,
    losses: Losses,
    *,
    whole: bool,
    reach: float | None,
    around: Point | None = None,
    nearest: bool = False,
) -> Point:
    """The objective's optimum that makes the orbit; nearest: the most velocity left over instead."""
    from scipy.optimize import minimize

    variables = _variables(model, start, whole, reach, around or start)
    if not variables:
        return start

    @lru_cache(maxsize=256)  # the optimizer asks objective and conditions for the same points, one after the other
    def weighed_at(x: tuple[float, ...]) -> tuple[Point, Weighed]:
        point = start
        for variable, value in zip(variables, x, strict=True):
            point = variable.apply(point, value)
        return point, model.weigh(point)

    def at(x: np.ndarray) -> tuple[Point, Weighed]:
        return weighed_at(tuple(x.tolist()))

    first = np.array([v.start for v in variables])
    scale = abs(value_of(model, *at(first))) or 1.0

    def conditions(x: np.ndarray) -> np.ndarray:
        point, w = at(x)
        wide = max(s.diameter for s in point.sizes.values())
        rows = [w.room]
        for stage in model.vehicle.stages:
            limits, ratio = thrust_limits(model, stage.name), w.thrust_to_weight[stage.name]
            if _thrust_free(model, stage.name) or _loads_free(model, stage.name):
                rows.append(ratio / limits.lower - 1)
            if _thrust_free(model, stage.name):
                rows.append(1 - ratio / (limits.upper * (1.0 if not whole else WHOLE_SLACK)))
            if model.rules.burn_out_acceleration is not None and _loads_free(model, stage.name):
                rows.append(1 - w.burn_out[stage.name] / model.rules.burn_out_acceleration)
        rows.append(model.rules.fineness * wide / w.length - 1)
        if model.rules.lift_off_mass is not None:
            rows.append(1 - w.liftoff / model.rules.lift_off_mass)
        return np.array(rows)

    def speed(x: np.ndarray) -> float:
        point, w = at(x)
        return losses.surplus(model, point, w) / 1000.0

    allowed = {"type": "ineq", "fun": conditions}
    answer = minimize(
        (lambda x: -speed(x)) if nearest else (lambda x: value_of(model, *at(x)) / scale),
        first,
        method="SLSQP",
        bounds=[(v.low, v.high) for v in variables],
        constraints=[allowed] if nearest else [{"type": "eq", "fun": speed}, allowed],
        options={"maxiter": MOST_STEPS, "ftol": 1e-9},
    )
    missed = conditions(answer.x).min() < -1e-3 or (not nearest and abs(speed(answer.x)) > 1e-3)
    if missed and (nearest or not answer.success):
        raise ImpossibleError(_why(model, at(answer.x)[0], losses, answer.message))
    return at(answer.x)[0]


def _thrust_free(model: SizingModel, name: str) -> bool:
    rule = model.rule(name)
    return rule is not None and (rule.engine_count is not None or rule.engine_scale is not None)


def thrust_limits(model: SizingModel, name: str) -> Bounds:
    """Thrust over weight at ignition that the rules allow a core stage."""
    first = name == model.vehicle.stages[0].name
    return model.rules.lift_off_thrust_to_weight if first else model.rules.upper_thrust_to_weight


def _why(model: SizingModel, point: Point, losses: Losses, message: str) -> str:
    """What stands in the way, of the conditions that a point does not meet."""
    w = model.weigh(point)
    reasons = []
    missing = losses.surplus(model, point, w)
    if abs(missing) > 1.0:
        reasons.append(f"{abs(missing):.0f} m/s {'short' if missing < 0 else 'too many'}")
    for name, ratio in w.thrust_to_weight.items():
        limits = thrust_limits(model, name)
        if not limits.lower * (1 - 1e-3) <= ratio <= limits.upper * WHOLE_SLACK * 1.001:
            reasons.append(
                f"'{name}' has a thrust over weight of {ratio:.2f}, and {limits.lower:g} to {limits.upper:g} is asked for"
            )
    most = model.rules.burn_out_acceleration
    for name, value in w.burn_out.items():
        if most is not None and _loads_free(model, name) and value > most * (1 + 1e-3):
            reasons.append(f"'{name}' burns out at {value / G0:.1f} g, and {most / G0:.1f} g are allowed")
    wide = max(s.diameter for s in point.sizes.values())
    if w.length / wide > model.rules.fineness * (1 + 1e-3):
        reasons.append(f"it is {w.length / wide:.1f} diameters long, and {model.rules.fineness:g} are allowed")
    if w.room < -1e-3:
        reasons.append("a tank's domes alone hold more than its load")
    return "; ".join(reasons) or f"the optimizer stopped ({message})"
