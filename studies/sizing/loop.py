"""The sizing loop: the best point of the model, its documents, a real ascent, the model measured anew, until nothing moves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import log
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

from ...core.errors import ImpossibleError, InputError
from ...core.findings import Finding, Severity
from ...core.progress import Progress
from ...core.results import Result, Unit
from ...trajectory.environment.atmosphere import pressure, standard_atmosphere
from ...trajectory.flight_plan import flight_plan
from ...trajectory.mission import Mission
from ...vehicle.vehicle import Vehicle
from ..ascend import engines_of
from ..documents import Study
from .closing import Closed, SizingIteration, as_line, close_size
from .cost import FlightCost, cost_per_flight
from .document import Bounds, FreeStage, SizeRules
from .fairing import sized_fairing
from .losses import Losses, first_guess
from .masses import StageMass, stage_mass
from .optimum import lagrange_start, thrust_limits
from .point import Maps, Point, SizingModel
from .vehicle import sized_vehicle

if TYPE_CHECKING:  # CasADi is slow to import
    from ...trajectory.optimal_control.solution import Solution

MESH = 1e-3  # of the ascents in the loop: a mesh or two, payload within 3e-5; the finished design is flown again on the usual one


@dataclass(frozen=True, kw_only=True)
class SizingResult(Result):
    """The closed size. masses: by components; cost: of the closed size, None where a propellant has no
    price; ascents: how many were flown."""

    objective: str
    tolerance: float
    iterations: tuple[SizingIteration, ...]
    masses: tuple[StageMass, ...]
    cost: FlightCost | None
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
    covers: tuple[StageMass, ...] = ()
    if rules.fairing is not None:
        if study.vehicle.fairing is None:
            raise InputError(
                "there is no fairing to size; give the vehicle one, whose nose's shape is kept",
                where=study.where("size.fairing"),
            )
        fairing, mass = sized_fairing(study.vehicle, rules.fairing)
        covers = (mass,)
        study = study.evolve(vehicle=study.vehicle.evolve(fairing=fairing))
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
    like: Solution | None = None

    def tell(row: SizingIteration) -> None:
        if on_iteration is not None:
            on_iteration(as_line(row))
        progress.note(as_line(row))

    def flies(at: Point) -> float:
        nonlocal like
        with progress.step("sizing"):
            carried, like = _fly(model, at, study, mission, maps, like)
        return carried

    closed = close_size(model, (point, document), losses, flies, tell=tell, begun=begun)
    return _finish(study, model, closed, covers, begun)


def _start(model: SizingModel, point: Point, losses: Losses) -> Point:
    if model.rules.objective == "most payload":
        return point
    for _ in range(3):  # structural fractions and losses depend on the sizes that they give
        try:
            point = lagrange_start(model, point, losses)
        except ImpossibleError:  # the document's fractions do not close; the loop's own search may
            break
    return point


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
    model: SizingModel, point: Point, study: Study, mission: Mission, maps: Maps, like: "Solution | None"
) -> "tuple[float, Solution]":
    """The largest payload [kg] of the sized vehicle, and its ascent's solution. like: the flight before."""
    from ...trajectory.ascent import OPTIONS, solve_ascent  # CasADi is slow to import

    vehicle = sized_vehicle(model, point)
    _, own = engines_of(vehicle) if any(s.scale != 1.0 for s in point.sizes.values()) else ((), dict(maps))
    plan = flight_plan(vehicle, mission, own)
    # what does not fly is answered by another size, not by a reason; those that fly take 15 to 50 iterations
    options = replace(OPTIONS, explain=False, max_iterations=120)
    solved = solve_ascent(
        plan, mission, mesh_tolerance=MESH, options=options, range_safety=study.range, like=like, fly=False
    )
    return solved.payload_mass, solved.solution


def _finish(study: Study, model: SizingModel, closed: Closed, covers: tuple[StageMass, ...], begun: float) -> Sized:
    rules, point = model.rules, closed.point
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
    masses += covers
    findings = [f for m in masses for f in m.findings if f.severity is not Severity.OK]
    weighed = model.weigh(point)
    findings += _bounds(model, point)
    try:
        cost = cost_per_flight(model, point)
    except InputError as error:  # the size stands without it
        cost = None
        findings.append(
            Finding(Severity.UNKNOWN, "sizing.cost", error.where or "", f"cost of a flight: {error.message}")
        )
    result = SizingResult(
        objective=rules.objective,
        tolerance=rules.tolerance,
        iterations=closed.iterations,
        masses=masses,
        cost=cost,
        liftoff=weighed.liftoff,
        payload=point.payload,
        ascents=closed.ascents,
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
