"""Until nothing moves: the best point of the model, its own ascent, the model's losses measured anew."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import log, sqrt
from time import perf_counter
from typing import Annotated

from ...core.errors import ImpossibleError, UndecidedError
from ...core.results import Result, Unit
from .losses import Losses, measured
from .optimum import best_point, nearest_point, value_of
from .point import Point, SizingModel

REACH, SHRINK = 0.5, 0.8  # the largest change of a load's logarithm from one ascent to the next, and how it shrinks
WHOLE_UNTIL = 4  # turns in which engine counts and ways of recovery may still change
RESCUES = 4
"""Ascents in a row that do not reach the orbit, or stay undecided. Each is answered by the size half-way back to the last one
that flew, whose flight tells more than none. Before any has flown the first is answered by RESCUE more velocity, others by the
size half-way to the closed form's: either too small to make the orbit, or too heavy for its engines to be solved."""
RESCUE = 250.0  # m/s
NEAR = 0.03  # of a load's logarithm: sizes as close as that fly alike

FIRST_REACH = 1.0
"""Of the first size: Schilling's fit likes upper stages that hardly burn, and the flight of such a one teaches nothing."""
LESS_ASKED, LESS_STEPS = 300.0, 5
"""m/s and how often: less is asked of the first size where Schilling's fit lets none close; the flight then tells."""
Flies = Callable[[Point], float]
"""The largest payload [kg] that a point carries in its own ascent; raises ImpossibleError or UndecidedError."""


@dataclass(frozen=True, kw_only=True)
class SizedStage(Result):
    """One stage in one iteration."""

    stage: str
    propellant: Annotated[float, Unit("kg")]
    dry: Annotated[float, Unit("kg")]
    diameter: Annotated[float, Unit("m")]
    engine_count: int
    engine_scale: float
    recovery: str
    delta_v: Annotated[float, Unit("m/s")]
    thrust_to_weight: float


@dataclass(frozen=True, kw_only=True)
class SizingIteration(Result):
    """One turn of the loop. carried: the payload that the ascent found (None: it did not reach the orbit, see note);
    wanted: that the size was made for. change, miss: relative, of the objective and of the payload."""

    number: int
    note: str
    liftoff: Annotated[float, Unit("kg")]
    objective: float
    wanted: Annotated[float, Unit("kg")]
    carried: Annotated[float | None, Unit("kg")]
    change: float | None
    miss: float | None
    gain: Annotated[float, Unit("m/s")]
    losses: Annotated[float, Unit("m/s")]
    seconds: Annotated[float, Unit("s")]
    stages: tuple[SizedStage, ...]


@dataclass(frozen=True)
class Closed:
    """A point that settled, every turn on the way, and how many ascents were flown."""

    point: Point
    iterations: tuple[SizingIteration, ...]
    ascents: int


def close_size(
    model: SizingModel,
    starts: Sequence[Point],
    losses: Losses,
    flies: Flies,
    *,
    tell: Callable[[SizingIteration], None] | None = None,
    begun: float | None = None,
) -> Closed:
    """Go on until objective and payload each move by less than the rules' tolerance. starts: where the search for the first size
    begins, one after the other until one is found.

    Raises ImpossibleError where nothing within the bounds makes the orbit, UndecidedError where the loop does not settle;
    both with every turn.
    """
    rules, begun = model.rules, perf_counter() if begun is None else begun
    told: list[SizingIteration] = []
    ascents = 0

    def say(row: SizingIteration) -> None:
        told.append(row)
        if tell is not None:
            tell(row)

    say(
        _row(
            model, starts[0], losses, 0, "closed-form optimum by Lagrange, losses by Schilling's fit", begun, None, None
        )
    )
    point, losses = _first_size(model, starts, losses)
    held = True
    best_before: float | None = None
    closed: Point | None = None
    tried: set[tuple[float, ...]] = set()
    settled = False
    rescues = 0
    flown: Point | None = None
    nearer: Point | None = None
    for number in range(1, rules.most_iterations + 1):
        reach, note = REACH * SHRINK ** max(number - 2, 0), ""
        if nearer is not None:
            point, held, nearer = nearer, True, None
        elif number > 1:
            try:
                point, held = _next(model, (point, *starts), losses, reach, number <= WHOLE_UNTIL and not settled)
            except ImpossibleError as error:
                point, held = _nearest(model, (point, *starts), losses, error, told), True
                note = "nothing is thought to make the orbit: what comes nearest is flown"
        ascents += 1
        try:
            carried = flies(point)
        except (ImpossibleError, UndecidedError) as error:
            rescues += 1
            if rescues > RESCUES:
                raise type(error)(f"sizing: {error.message}", where=error.where, details=told_lines(told)) from None
            why = "did not reach the orbit" if isinstance(error, ImpossibleError) else "the ascent was not decided"
            if flown is None and rescues == 1:
                losses = replace(losses, extra=losses.extra + RESCUE)
                note = f"{why}: {RESCUE:.0f} m/s more are asked for"
            else:
                nearer = _half_way(flown or starts[0], point)
                note = f"{why}: half-way back to {'the last size that flew' if flown else 'the closed form'}"
            say(_row(model, point, losses, number, note, begun, None, None))
            continue
        flown, rescues = point, 0
        losses = measured(model, replace(point, payload=carried), losses)
        value = value_of(model, point)
        change = None if best_before is None else value / best_before - 1
        miss = carried / point.payload - 1
        say(_row(model, point, losses, number, note, begun, carried, change))
        if change is not None and abs(change) <= rules.tolerance and abs(miss) <= rules.tolerance and not held:
            if closed is None or value < value_of(model, closed):
                closed = point
            tried.add(_counts(point))
            other = _better_counts(model, point, losses, value_of(model, closed), tried)
            if other is None:
                return Closed(closed, tuple(told), ascents)
            point, settled = other, True
            value = value_of(model, point)
        best_before = value
    if closed is not None:  # another number of engines looked better and did not settle: the closed size stands
        return Closed(closed, tuple(told), ascents)
    raise UndecidedError(
        f"the sizing loop did not settle to {rules.tolerance:.2%} in {rules.most_iterations} iterations: {_why(told)}",
        details=told_lines(told),
    )


def _half_way(flown: Point, failed: Point) -> Point:
    """Between two sizes, in the logarithms of what is free; counts and ways of recovery as the one that flew has them."""
    sizes = {
        name: replace(
            a,
            propellant=sqrt(a.propellant * b.propellant),
            diameter=sqrt(a.diameter * b.diameter),
            scale=sqrt(a.scale * b.scale),
        )
        for (name, a), b in zip(flown.sizes.items(), failed.sizes.values(), strict=True)
    }
    return Point(sizes, sqrt(flown.payload * failed.payload))


def _first_size(model: SizingModel, starts: Sequence[Point], losses: Losses) -> tuple[Point, Losses]:
    """The best of the points to which the starts lead, and the losses asked for: less than Schilling's fit where it lets none
    close, as it does where upper stages burn long; the flight then tells."""
    for step in range(LESS_STEPS + 1):
        asked = replace(losses, extra=losses.extra - step * LESS_ASKED)
        found = []
        for start in starts:
            with suppress(ImpossibleError):
                found.append(best_point(model, start, asked, FIRST_REACH)[0])
        for start in () if found else starts:
            with suppress(ImpossibleError):
                found.append(best_point(model, start, asked)[0])
        if found:
            return min(found, key=lambda point: value_of(model, point)), asked
    return best_point(model, starts[-1], losses)[0], losses  # to raise what stands in the way


def _next(
    model: SizingModel, starts: Sequence[Point], losses: Losses, reach: float, counts_free: bool
) -> tuple[Point, bool]:
    """The best point within reach of the first of the starts, and whether the reach holds it back; where none lies within
    reach, the best one anywhere, from all of them."""
    try:
        return best_point(model, starts[0], losses, reach, counts_free)
    except ImpossibleError as error:
        found = []
        for start in starts:
            with suppress(ImpossibleError):
                found.append(best_point(model, start, losses, counts_free=counts_free)[0])
        if not found:
            raise error from None
        return min(found, key=lambda point: value_of(model, point)), True


def _nearest(
    model: SizingModel, starts: Sequence[Point], losses: Losses, error: ImpossibleError, told: Sequence[SizingIteration]
) -> Point:
    """What comes nearest to the orbit, to be flown: losses learned at a bad size say little of others. Raises ImpossibleError,
    with what was carried at most, where that size, or one within NEAR of it, has been flown already."""
    point = nearest_point(model, starts, losses)
    loads = {} if point is None else {n: s.propellant for n, s in point.sizes.items()}
    flown = [(row.carried / row.wanted, row) for row in told if row.carried is not None]
    if point is not None and not any(
        all(abs(log(loads[s.stage] / s.propellant)) < NEAR for s in row.stages) for _, row in flown
    ):
        return point
    if not flown:
        raise error
    share, best = max(flown, key=lambda item: item[0])
    most = f"the most that was carried is {share:.1%} of what is asked for, at {best.liftoff / 1000:.1f} t of lift-off mass"
    raise ImpossibleError(f"{error.message}; {most}", where=error.where, details=told_lines(list(told))) from None


def _counts(point: Point) -> tuple[float, ...]:
    return tuple(round(s.count) for s in point.sizes.values())


def _better_counts(
    model: SizingModel, point: Point, losses: Losses, value: float, tried: set[tuple[float, ...]]
) -> Point | None:
    """A size with another number of engines that, by what was learned, beats *value* by more than the tolerance."""
    try:
        other, _ = best_point(model, point, losses, REACH)
    except ImpossibleError:
        return None
    gain = (value - value_of(model, other)) / abs(value)
    return other if _counts(other) not in tried and gain > model.rules.tolerance else None


def _row(
    model: SizingModel,
    point: Point,
    losses: Losses,
    number: int,
    note: str,
    begun: float,
    carried: float | None,
    change: float | None,
) -> SizingIteration:
    weighed = model.weigh(point)
    stages = tuple(
        SizedStage(
            stage=n,
            propellant=s.propellant,
            dry=weighed.dry[n],
            diameter=s.diameter,
            engine_count=max(round(s.count), 1),
            engine_scale=s.scale,
            recovery=s.recovery.mode,
            delta_v=weighed.delta_v.get(n, 0.0),
            thrust_to_weight=weighed.thrust_to_weight.get(n, 0.0),
        )
        for n, s in point.sizes.items()
    )
    return SizingIteration(
        number=number,
        note=note,
        liftoff=weighed.liftoff,
        objective=abs(value_of(model, point)),
        wanted=point.payload,
        carried=carried,
        change=change,
        miss=None if carried is None else carried / point.payload - 1,
        gain=losses.gain,
        losses=losses.lost(model, point, weighed),
        seconds=perf_counter() - begun,
        stages=stages,
    )


def as_line(row: SizingIteration) -> str:
    """One iteration for the terminal."""
    loads = " + ".join(f"{s.propellant / 1000:.2f}" for s in row.stages)
    engines = " + ".join(str(s.engine_count) for s in row.stages)
    text = f"{row.number:>2}  lift-off {row.liftoff / 1000:9.3f} t  loads {loads} t  engines {engines}"
    if row.carried is not None:
        text += f"  carries {row.carried / 1000:.4f} of {row.wanted / 1000:.4f} t ({row.miss or 0.0:+.2%})"
    text += f"  change {row.change:+.3%}" if row.change is not None else ""
    return text + (f"  {row.note}" if row.note else "")


def told_lines(rows: list[SizingIteration]) -> tuple[str, ...]:
    """All iterations."""
    return tuple(as_line(r) for r in rows)


def _why(rows: list[SizingIteration]) -> str:
    """What the last turns did."""
    last = [r for r in rows if r.change is not None][-3:]
    if not last:
        return "no two ascents in a row reached the orbit"
    changes = ", ".join(f"{r.change:+.2%}" for r in last)
    misses = ", ".join(f"{r.miss:+.2%}" for r in last if r.miss is not None)
    counts = {tuple(s.engine_count for s in r.stages) for r in last}
    kind = "the number of engines still changes" if len(counts) > 1 else "it still moves"
    return f"{kind}; the objective changed by {changes} and the payload missed by {misses}"
