"""The vehicle's documents for a point: stages, tanks, scaled engines, interstages, with sources that say how they came about."""

from math import sqrt

from ...core.documents import Source
from ...propulsion.engine import Engine
from ...vehicle.parts import Interstage
from ...vehicle.residuals import reserve_by_rule
from ...vehicle.stage import Stage
from ...vehicle.tank import Tank
from ...vehicle.vehicle import Vehicle
from .masses import stage_mass
from .point import Point, SizingModel, StageSize

CITATION = "sized by 'osea design': mass-estimating relations and the ascent, see the report's table of components"


def sized_vehicle(model: SizingModel, point: Point) -> Vehicle:
    """The vehicle of a point; what is not free is as in its documents. Payload: its mass as the point has it."""
    vehicle = model.vehicle
    stages = tuple(_stage(model, point, s) for s in vehicle.stages)
    boosters = tuple(g.evolve(stage=_stage(model, point, g.stage)) for g in vehicle.boosters)
    interstages = tuple(_interstage(vehicle, stages, part) for part in vehicle.interstages)
    top = stages[-1].diameter
    changes = {}
    fairing, adapter = vehicle.fairing, vehicle.adapter
    if (
        fairing is not None
        and top != vehicle.stages[-1].diameter
        and fairing.base_diameter == vehicle.stages[-1].diameter
    ):
        changes["fairing"] = fairing.evolve(base_diameter=top)
    if adapter is not None and adapter.lower_diameter == vehicle.stages[-1].diameter and top != adapter.lower_diameter:
        changes["adapter"] = adapter.evolve(lower_diameter=top)
    payload = vehicle.payload.evolve(mass=point.payload)
    return vehicle.evolve(stages=stages, boosters=boosters, interstages=interstages, payload=payload, **changes)


def _stage(model: SizingModel, point: Point, stage: Stage) -> Stage:
    if model.rule(stage.name) is None:
        return stage
    size, plan = point.sizes[stage.name], model.plans[stage.name]
    masses = stage_mass(
        plan,
        model.point_of(point, stage.name),
        technology_factor=size.technology_factor,
        hardware=size.recovery.hardware,
    )
    _, length = plan.geometry(size.propellant, size.diameter)
    tanks = tuple(
        _tank(t.model, t.contents, size.propellant * t.share, size.diameter / stage.diameter)
        for t in plan.tanks
        if t.model is not None
    )
    share = size.propellant / stage.propellant_mass
    changes: dict = {
        "dry_mass": masses.dry,
        "propellant_mass": size.propellant,
        "diameter": size.diameter,
        "length": length + 1e-6,
        "tanks": tanks,
        "engine": _engine(stage.engine, size.scale),
        "engine_count": round(size.count),
        "residual_mass": None if stage.residual_mass is None else stage.residual_mass * share,
        "reserve_mass": _reserve(stage, size),
        "ports": stage.ports,
    }
    sized = stage.evolve(**changes)
    note = Source(fields=("dry_mass", "propellant_mass", "length"), grade="estimate", citation=CITATION)
    return sized.evolve(sources=(*(s for s in sized.sources if not set(s.fields) & set(note.fields)), note))


def _reserve(stage: Stage, size: StageSize) -> float | None:
    """Reserve [kg]: the document's, in proportion, or the rule's; with what is kept for the way back."""
    kept = size.recovery.propellant * size.propellant
    if stage.motor is not None:
        return None
    if stage.reserve_mass is not None:
        return stage.reserve_mass * size.propellant / stage.propellant_mass + kept
    return reserve_by_rule(size.propellant) + kept if kept else None


def _tank(tank: Tank, contents: str, load: float, wider: float) -> Tank:
    changes: dict = {
        "propellant_mass": load,
        "diameter": tank.diameter * wider,
        "volume": None,
        "cylinder_length": None,
        "dry_mass": None,
        "wall_thickness": None,
    }
    if contents != tank.contents:
        changes |= {"contents": contents, "density": None, "temperature": None, "name": f"{contents} tank"}
    return tank.evolve(**changes)


def _engine(engine: Engine | None, scale: float) -> Engine | None:
    """The engine with all thrust, flow and mass in proportion, its exit wider as the root."""
    if engine is None or scale == 1.0:
        return engine
    published = engine.published
    if published.thrust_sea_level is not None:
        published = published.evolve(thrust_sea_level=published.thrust_sea_level * scale)
    changes: dict = {
        "thrust_vacuum": engine.thrust_vacuum * scale,
        "published": published,
        "name": f"{engine.name} x {scale:.4f}",
    }
    if engine.mass is not None:
        changes["mass"] = engine.mass * scale
    if engine.exit_diameter is not None:
        changes["exit_diameter"] = engine.exit_diameter * sqrt(scale)
    return engine.evolve(**changes)


def _interstage(vehicle: Vehicle, stages: tuple[Stage, ...], part: Interstage) -> Interstage:
    names = [s.name for s in vehicle.stages]
    at = names.index(part.on)
    below, above = vehicle.stages[at], vehicle.stages[at + 1] if at + 1 < len(names) else None
    changes: dict = {}
    if part.lower_diameter == below.diameter and stages[at].diameter != below.diameter:
        changes["lower_diameter"] = stages[at].diameter
    if above is not None and part.upper_diameter == above.diameter and stages[at + 1].diameter != above.diameter:
        changes["upper_diameter"] = stages[at + 1].diameter
    if changes and part.mass > 0:
        changes["mass"] = part.mass * (stages[at].diameter / below.diameter) ** 1.15
    return part.evolve(**changes) if changes else part
