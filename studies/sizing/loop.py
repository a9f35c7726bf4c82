"""The sizing loop: the best point of the model, its documents, a real ascent, the model measured anew, until nothing moves."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from math import log
from time import perf_counter
from typing import Annotated

from ...core.errors import ImpossibleError, InputError, UndecidedError
from ...core.findings import Finding, Severity
from ...core.progress import Progress
from ...core.results import Result, Unit
from ...trajectory.environment.atmosphere import pressure, standard_atmosphere
from ...trajectory.flight_plan import flight_plan
from ...trajectory.mission import Mission
from ...vehicle.vehicle import Vehicle
from ..ascend import engines_of
from ..documents import Study
from .cost import FlightCost, cost_per_flight
from .document import Bounds, FreeStage, SizeRules
from .losses import Losses, first_guess, measured
from .masses import StageMass, stage_mass
from .optimum import best_point, lagrange_start, thrust_limits, value_of
from .point import Maps, Point, SizingModel
from .vehicle import sized_vehicle

MESH = 1e-3  # of the ascents in the loop: a mesh or two, payload within 3e-5; the finished design is flown again on the usual one
REACH, SHRINK = 0.5, 0.8  # the largest change of a load's logarithm from one ascent to the next, and how it shrinks
WHOLE_UNTIL = 4  # turns in which engine counts and ways of recovery may still change
RESCUES = 3  # ascents that do not reach the orbit, or stay undecided, each answered by RESCUE more velocity
RESCUE = 250.0  # m/s


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


@dataclass(frozen=True, kw_only=True)
class SizingResult(Result):
    """The closed size. masses: by components; cost: of the closed size; ascents: how many were flown."""

    objective: str
    tolerance: float
    iterations: tuple[SizingIteration, ...]
    masses: tuple[StageMass, ...]
    cost: FlightCost
    liftoff: Annotated[float, Unit("kg")]
    payload: Annotated[float, Unit("kg")]
    ascents: int
    seconds: Annotated[float, Unit("s")]


@dataclass(frozen=True)
class Sized:
    """A result and the study with the sized vehicle."""

    result: SizingResult
    study: Study


def default_rules(vehicle: Vehicle, payload: float | None) -> SizeRules:
    """What `--resize` frees without `size:`: the load of every liquid stage and its number of engines; the payload is kept."""
    stages = tuple(
        FreeStage.model_validate({"stage": s.name, "engine_count": {"lower": 1.0, "upper": 4.0 * s.engine_count}})
        for s in vehicle.stages
        if s.engine is not None
    )
    return SizeRules(payload=payload, stages=stages)


def size_study(
    study: Study, progress: Progress | None = None, on_iteration: Callable[[str], None] | None = None
) -> Sized:
    """Close the size of a study's vehicle.

    Raises InputError where `size:` does not fit the vehicle, ImpossibleError where nothing within its bounds makes the orbit,
    UndecidedError, with every iteration, where the loop does not settle.
    """
    progress, begun = progress or Progress(), perf_counter()
    rules = _rules(study)
    mission = study.mission.evolve(objective="payload")
    ambient = float(pressure(standard_atmosphere(), mission.site.ellipsoid_altitude()))
    with progress.step("engines"):
        _, maps = engines_of(study.vehicle)
        model = SizingModel(study.vehicle, rules, maps, ambient, mission.sequence.core_ignition)
    target = rules.payload or 0.0
    document = model.document_point(
        target if rules.objective != "most payload" else 0.02 * (rules.lift_off_mass or 0.0)
    )
    if study.size is None:
        model.rules = rules = _as_wide_as(model, document)
    losses = first_guess(mission)
    point = _start(model, document, losses)
    told: list[SizingIteration] = []
    ascents = 0

    def tell(row: SizingIteration) -> None:
        told.append(row)
        if on_iteration is not None:
            on_iteration(as_line(row))
        progress.note(as_line(row))

    tell(_row(model, point, losses, 0, "closed-form optimum by Lagrange, losses by Schilling's fit", begun, None, None))
    best_before: float | None = None
    closed: Point | None = None
    tried: set[tuple[float, ...]] = set()
    settled = False
    rescues = 0
    for number in range(1, rules.most_iterations + 1):
        reach = REACH * SHRINK ** max(number - 2, 0) if number > 1 else None
        if number == 1:
            point, held = _first_best(model, (point, document), losses), False
        else:
            point, held = best_point(model, point, losses, reach, number <= WHOLE_UNTIL and not settled)
        with progress.step("sizing"):
            try:
                carried, losses = _fly(model, point, study, mission, maps, losses)
                ascents += 1
            except (ImpossibleError, UndecidedError) as error:
                ascents += 1
                rescues += 1
                if rescues > RESCUES:
                    raise type(error)(f"sizing: {error.message}", where=error.where, details=told_lines(told)) from None
                losses = replace(losses, extra=losses.extra + RESCUE)
                why = "did not reach the orbit" if isinstance(error, ImpossibleError) else "the ascent was not decided"
                note = f"{why}: {RESCUE:.0f} m/s more are asked for"
                tell(_row(model, point, losses, number, note, begun, None, None))
                continue
        value = value_of(model, point)
        change = None if best_before is None else value / best_before - 1
        miss = carried / point.payload - 1
        tell(_row(model, point, losses, number, "", begun, carried, change))
        if change is not None and abs(change) <= rules.tolerance and abs(miss) <= rules.tolerance and not held:
            if closed is None or value < value_of(model, closed):
                closed = point
            tried.add(_counts(point))
            other = _better_counts(model, point, losses, value_of(model, closed), tried)
            if other is None:
                return _finish(study, model, closed, rules, told, ascents, begun)
            point, settled = other, True
            value = value_of(model, point)
        best_before = value
    if closed is not None:  # another number of engines looked better and did not settle: the closed size stands
        return _finish(study, model, closed, rules, told, ascents, begun)
    raise UndecidedError(
        f"the sizing loop did not settle to {rules.tolerance:.2%} in {rules.most_iterations} iterations: {_why(told)}",
        details=told_lines(told),
    )


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


def _start(model: SizingModel, point: Point, losses: Losses) -> Point:
    if model.rules.objective == "most payload":
        return point
    for _ in range(3):  # structural fractions and losses depend on the sizes that they give
        try:
            point = lagrange_start(model, point, losses)
        except ImpossibleError:  # the document's fractions do not close; the loop's own search may
            break
    return point


def _first_best(model: SizingModel, starts: Sequence[Point], losses: Losses) -> Point:
    """The best point from the first of the starts from which the optimizer finds one."""
    *others, last = starts
    for start in others:
        with suppress(ImpossibleError):
            return best_point(model, start, losses)[0]
    return best_point(model, last, losses)[0]


def _as_wide_as(model: SizingModel, document: Point) -> SizeRules:
    """The rules with limits that the vehicle as its documents have it keeps: who asks for no limits means the vehicle's own."""
    rules, weighed = model.rules, model.weigh(document)
    first, *others = (weighed.thrust_to_weight[s.name] for s in model.vehicle.stages)
    lift_off, upper = rules.lift_off_thrust_to_weight, rules.upper_thrust_to_weight
    return rules.evolve(
        lift_off_thrust_to_weight=Bounds(lower=lift_off.lower, upper=max(lift_off.upper, first)),
        upper_thrust_to_weight=Bounds(lower=min([upper.lower, *others]), upper=max([upper.upper, *others])),
        fineness=max(rules.fineness, weighed.fineness),
    )


def _rules(study: Study) -> SizeRules:
    vehicle = study.vehicle
    rules = study.size or default_rules(vehicle, vehicle.payload.mass)
    if rules.payload is None and rules.objective != "most payload":
        if vehicle.payload.mass is None:
            raise InputError(
                "sizing needs the payload that is to be carried: give 'payload' in size:, or 'mass' in the payload's file",
                where=vehicle.payload.where(),
            )
        rules = rules.evolve(payload=vehicle.payload.mass)
    if not rules.stages:
        rules = rules.evolve(stages=default_rules(vehicle, rules.payload).stages)
    known = {s.name: s for s in (*vehicle.stages, *(g.stage for g in vehicle.boosters))}
    for i, free in enumerate(rules.stages):
        where = study.where(f"size.stages.{i}.stage")
        stage = known.get(free.stage)
        if stage is None:
            raise InputError(f"no stage '{free.stage}' to size; known: {', '.join(known)}", where=where)
        if stage.engine is None and (free.propellant or free.engine_count or free.engine_scale):
            raise InputError(
                f"'{free.stage}' is a solid motor, whose thrust curve fixes its load; set 'propellant: false'",
                where=where,
            )
    if vehicle.drag is not None and any(f.diameter for f in rules.stages):
        raise InputError(
            "a given drag curve does not follow a free diameter; leave one of them out", where=study.where("size")
        )
    return rules


def _fly(
    model: SizingModel, point: Point, study: Study, mission: Mission, maps: Maps, losses: Losses
) -> tuple[float, Losses]:
    """The largest payload [kg] of the sized vehicle, and the losses of that flight."""
    from ...trajectory.ascent import OPTIONS, solve_ascent  # CasADi is slow to import

    vehicle = sized_vehicle(model, point)
    _, own = engines_of(vehicle) if any(s.scale != 1.0 for s in point.sizes.values()) else ((), dict(maps))
    plan = flight_plan(vehicle, mission, own)
    options = replace(OPTIONS, explain=False)  # what does not fly is answered by another size, not by a reason
    solved = solve_ascent(
        plan, mission, mesh_tolerance=MESH, largest_miss=None, options=options, range_safety=study.range
    )
    return solved.payload_mass, measured(model, replace(point, payload=solved.payload_mass), losses)


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


def _finish(
    study: Study,
    model: SizingModel,
    point: Point,
    rules: SizeRules,
    told: list[SizingIteration],
    ascents: int,
    begun: float,
) -> Sized:
    vehicle = sized_vehicle(model, point)
    masses = tuple(
        stage_mass(
            model.plans[n],
            model.point_of(point, n),
            technology_factor=point.sizes[n].technology_factor,
            hardware=point.sizes[n].recovery.hardware,
        )
        for n in model.free
    )
    findings = [f for m in masses for f in m.findings if f.severity is not Severity.OK]
    weighed = model.weigh(point)
    findings += _bounds(model, point)
    result = SizingResult(
        objective=rules.objective,
        tolerance=rules.tolerance,
        iterations=tuple(told),
        masses=masses,
        cost=cost_per_flight(model, point),
        liftoff=weighed.liftoff,
        payload=point.payload,
        ascents=ascents,
        seconds=perf_counter() - begun,
        input_hash=study.content_hash(),
        sources=tuple(dict.fromkeys(s for m in masses for s in m.sources)),
        findings=tuple(dict.fromkeys(findings)),
    )
    return Sized(result, study.evolve(vehicle=vehicle, size=None))


def _bounds(model: SizingModel, point: Point) -> list[Finding]:
    """Which bounds the optimum lies on, and factors that were taken from documents."""
    found = []
    for name, ratio in model.weigh(point).thrust_to_weight.items():
        limits = thrust_limits(model, name)
        for limit in (limits.lower, limits.upper):
            if abs(log(ratio / limit)) < 5e-3:
                text = f"thrust over weight of '{name}' lies on its limit of {limit:g}; another limit makes another vehicle"
                found.append(Finding(Severity.OK, "sizing.on_limit", model.vehicle.where(), text, ratio / limit - 1))
    for name, rule in model.free.items():
        if rule.technology_factor is None:
            factor = point.sizes[name].technology_factor
            text = (
                f"'{name}': technology factor {factor:.3f}, with which the relations give its document's dry mass (with the "
                "engines now in it); give 'technology_factor' to state another"
            )
            found.append(
                Finding(
                    Severity.WARN if not 0.5 <= factor <= 2.0 else Severity.OK,
                    "sizing.technology_factor",
                    model.plans[name].stage.where("dry_mass"),
                    text,
                )
            )
        size = point.sizes[name]
        for field, bounds in (("engine_count", rule.engine_count), ("engine_scale", rule.engine_scale)):
            value = size.count if field == "engine_count" else size.scale
            if (
                bounds is not None
                and field == "engine_scale"
                and min(abs(value / bounds.lower - 1), abs(value / bounds.upper - 1)) < 1e-3
            ):
                text = f"'{name}': {field} lies on the end of its range ({value:.3g}); widen it if that is allowed"
                found.append(Finding(Severity.WARN, "sizing.on_bound", model.plans[name].stage.where(field), text))
    return found
