"""Dry mass of a stage from relations, component by component, and the propellant that it needs tanks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Annotated

from ...core.errors import InputError
from ...core.findings import Finding
from ...core.results import Result, Unit
from ...propulsion.engine import Engine
from ...propulsion.engine_mass import engine_mass, preferred, propellant_class
from ...propulsion.propellants import find_propellant
from ...vehicle.relations.registry import estimate, find
from ...vehicle.stage import Stage
from ...vehicle.structure.zones import dome_area
from ...vehicle.tank import Tank, known_density


@dataclass(frozen=True, kw_only=True)
class MassLine(Result):
    """One component. relation: that gave it; mass: with the technology factor; low, high: by the relation's scatter."""

    component: str
    relation: str
    mass: Annotated[float, Unit("kg")]
    low: Annotated[float, Unit("kg")]
    high: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class StageMass(Result):
    """A stage's dry mass. engines: of all; others: before the technology factor and recovery hardware."""

    stage: str
    lines: tuple[MassLine, ...]
    engines: Annotated[float, Unit("kg")]
    others: Annotated[float, Unit("kg")]
    technology_factor: float
    recovery_hardware: Annotated[float, Unit("kg")]
    dry: Annotated[float, Unit("kg")]


@dataclass(frozen=True)
class TankPlan:
    """What one tank is to hold: contents, share of the stage's load, density [kg/m^3], class of its relation."""

    contents: str
    share: float
    density: float
    kind: str
    model: Tank | None


@dataclass(frozen=True)
class StagePlan:
    """What of a stage does not change while it is sized: its document, tanks by the engine that it has, engine mass [kg]."""

    stage: Stage
    tanks: tuple[TankPlan, ...]
    engine_mass: float
    findings: tuple[Finding, ...] = ()
    tank_relation: str = "Akin"

    def geometry(self, propellant: float, diameter: float) -> tuple[list[float], float]:
        """Barrel lengths [m] of the tanks (lowest first), and the stage's length, for a load [kg] and a diameter [m].

        Domes and ullage are those of the document's tanks; what is above and below the tanks keeps its length. A stage without
        tanks changes its length as its load over the cross-section.
        """
        stage = self.stage
        if not stage.tanks:
            scaled = (propellant / stage.propellant_mass) * (stage.diameter / diameter) ** 2
            return [], stage.engine_section + (stage.length - stage.engine_section) * scaled
        lengths = []
        for plan in self.tanks:
            model = plan.model
            assert model is not None
            r = diameter / 2 * model.diameter / stage.diameter
            volume = propellant * plan.share / plan.density / (1 - model.ullage)
            signed = sum(
                (-1 if d.inward else 1) * 2 / 3 * pi * r**2 * d.height(r) for d in (model.lower_dome, model.upper_dome)
            )
            lengths.append((volume - signed) / (pi * r**2))
        above = stage.length - (stage.tank_stations[-1] + stage.tanks[-1].height)
        return lengths, self._top(lengths, diameter / stage.diameter) + max(above, 0.0)

    def _top(self, lengths: list[float], wider: float) -> float:
        """Height [m] of the uppermost tank's top over the exit plane; `Stage.tank_stations` with other barrels and radii."""
        top, height, below = self.stage.engine_section, 0.0, None
        for plan, barrel in zip(self.tanks, lengths, strict=True):
            model = plan.model
            assert model is not None
            r = model.radius * wider
            lower, start = model.lower_dome.height(r), top + model.gap_below
            if below is not None:
                upper = below.upper_dome.height(below.radius * wider)
                nested = model.lower_dome.inward != below.upper_dome.inward and abs(lower - upper) < 1e-6 * max(
                    upper, 1e-9
                )
                start += 0.0 if nested or below.upper_dome.inward else upper
                start += 0.0 if nested or model.lower_dome.inward else lower
            else:
                start += 0.0 if model.lower_dome.inward else lower
            top, below = start + barrel, model
            height = 0.0 if model.upper_dome.inward else model.upper_dome.height(r)
        return top + height

    def room(self, propellant: float, diameter: float) -> float:
        """The least of the barrels' lengths over what their inward domes take [m]; below zero the tanks cannot be built."""
        lengths, _ = self.geometry(propellant, diameter)
        spare = []
        for plan, barrel in zip(self.tanks, lengths, strict=True):
            assert plan.model is not None
            r = diameter / 2 * plan.model.diameter / self.stage.diameter
            spare.append(barrel - sum(d.height(r) for d in (plan.model.lower_dome, plan.model.upper_dome) if d.inward))
        return min(spare, default=1.0)


def plan_stage(stage: Stage, relation: str = "Akin") -> StagePlan:
    """The plan of a stage with the engine that it has: its propellants in the tanks that hold the like.

    Raises InputError for a stage whose tanks do not pair with its engine, or whose propellants' density is not known.
    """
    if stage.engine is None:
        curve = stage.motor
        assert curve is not None
        return StagePlan(stage, (), 0.0)
    engine = stage.engine
    mass, findings = engine_mass_of(engine)
    if not stage.tanks:
        return StagePlan(stage, (), mass, findings, relation)
    ratio = engine.oxidizer_fuel_ratio
    wanted = {"oxidizer": (engine.oxidizer, ratio / (1 + ratio)), "fuel": (engine.fuel, 1 / (1 + ratio))}
    if len(stage.tanks) != 2:
        raise InputError(
            f"'{stage.name}' has {len(stage.tanks)} tanks; sizing knows two, one a propellant",
            where=stage.where("tanks"),
        )
    roles = [_role(t, engine) for t in stage.tanks]
    if roles[0] == roles[1]:
        roles = ["fuel", "oxidizer"] if roles[0] == "oxidizer" else ["oxidizer", "fuel"]
    plans = []
    for tank, role in zip(stage.tanks, roles, strict=True):
        contents, share = wanted[role]
        same = _same_propellant(tank.contents, contents)
        density = tank.liquid_density if same else known_density(contents)
        if density is None:
            raise InputError(
                f"the density of '{contents}' is not known; size with tanks that state it", where=tank.where()
            )
        plans.append(
            TankPlan(tank.contents if same else contents, share, density, _class(contents, role, engine), tank)
        )
    return StagePlan(stage, tuple(plans), mass, findings, relation)


def engine_mass_of(engine: Engine) -> tuple[float, tuple[Finding, ...]]:
    """Mass [kg] of one engine by its document, or by the relations, and what they find."""
    if engine.mass is not None:
        return engine.mass, ()
    estimates = engine_mass(
        engine.cycle, engine.thrust_vacuum, engine.area_ratio, engine.oxidizer, engine.fuel, where=engine.where("mass")
    )
    best = preferred(estimates)
    if best is None or best.mass is None:
        raise InputError(
            f"'{engine.name}' has no mass, and no relation's range holds its thrust; give 'mass'",
            where=engine.where("mass"),
        )
    return best.mass, best.findings


def _same_propellant(one: str, other: str) -> bool:
    try:
        return find_propellant(one).name == find_propellant(other).name
    except InputError:
        return one.strip().lower() == other.strip().lower()


def _role(tank: Tank, engine: Engine) -> str:
    if _same_propellant(tank.contents, engine.oxidizer):
        return "oxidizer"
    if _same_propellant(tank.contents, engine.fuel):
        return "fuel"
    try:
        return "oxidizer" if find_propellant(tank.contents).role == "oxidizer" else "fuel"
    except InputError:
        return "fuel"


def _class(contents: str, role: str, engine: Engine) -> str:
    kind = propellant_class(engine.oxidizer, engine.fuel)
    if role == "oxidizer":
        return "oxygen" if kind != "storable" else "storable"
    return kind


@dataclass(frozen=True)
class StagePoint:
    """A stage's size. scale: of each engine; gross: mass of all that flies at its ignition [kg]; thrust: of all engines in vacuum
    [N]; last: whether avionics are aboard; length: of the whole vehicle [m], for wiring."""

    propellant: float
    diameter: float
    count: int
    scale: float
    gross: float
    thrust: float
    chamber_pressure: float
    last: bool
    length: float


@dataclass(frozen=True)
class _Component:
    """What one relation is asked for; count: how many of the part there are."""

    name: str
    kind: str
    relation: str
    inputs: dict[str, float]
    count: int = 1


def stage_dry(plan: StagePlan, at: StagePoint, technology_factor: float = 1.0, hardware: float = 0.0) -> float:
    """The dry mass [kg] alone: what `stage_mass` adds up, without findings."""
    rest = sum(c.count * find(c.kind, c.relation).relation.mass(c.inputs) for c in _components(plan, at))
    return (plan.engine_mass * at.scale * at.count + technology_factor * rest) * (1 + hardware)


def stage_mass(plan: StagePlan, at: StagePoint, *, technology_factor: float = 1.0, hardware: float = 0.0) -> StageMass:
    """The dry mass at a size, component by component. hardware: recovery's, over the dry mass without it."""
    stage, where = plan.stage, plan.stage.where("dry_mass")
    lines: list[MassLine] = []
    findings: list[Finding] = list(plan.findings)
    sources: list[str] = []
    for c in _components(plan, at):
        said = estimate(find(c.kind, c.relation), c.inputs, technology_factor=technology_factor, where=where)
        findings += said.findings
        sources += [s for s in said.sources if s not in sources]
        mass, low, high = (c.count * m for m in (said.mass, said.low, said.high))
        lines.append(MassLine(component=c.name, relation=said.relation, mass=mass, low=low, high=high))
    engines = plan.engine_mass * at.scale * at.count
    rest = sum(line.mass for line in lines)
    bare = engines + rest
    if engines:
        known = stage.engine is not None and stage.engine.mass is not None
        told = "its document" if known else "engine mass relations"
        lines.insert(0, MassLine(component="engines", relation=told, mass=engines, low=engines, high=engines))
    if hardware:
        extra, told = hardware * bare, "share in the study"
        lines.append(MassLine(component="recovery hardware", relation=told, mass=extra, low=extra, high=extra))
    return StageMass(
        stage=stage.name,
        lines=tuple(lines),
        engines=engines,
        others=rest / technology_factor,
        technology_factor=technology_factor,
        recovery_hardware=hardware * bare,
        dry=bare * (1 + hardware),
        sources=tuple(sources),
        findings=tuple(dict.fromkeys(findings)),
    )


def _components(plan: StagePlan, at: StagePoint) -> list[_Component]:
    stage, radius = plan.stage, at.diameter / 2
    lengths, total = plan.geometry(at.propellant, at.diameter)
    if stage.motor is not None:
        return [
            _Component(
                "motor case and nozzle", "solid case", "Akin: case of a solid motor", {"propellant_mass": at.propellant}
            )
        ]
    if not plan.tanks:
        raise InputError(f"'{stage.name}' has no tanks; sizing needs them", where=stage.where("tanks"))
    found: list[_Component] = []
    hydrogen = any(t.kind == "hydrogen" for t in plan.tanks)
    for tank, barrel in zip(plan.tanks, lengths, strict=True):
        assert tank.model is not None
        volume = at.propellant * tank.share / tank.density / (1 - tank.model.ullage)
        found.append(_tank(plan, tank, volume))
        domes = [d for d in (tank.model.lower_dome, tank.model.upper_dome) if not d.inward]
        area = 2 * pi * radius * max(barrel, 0.0) + sum(dome_area(radius, d.height(radius)) for d in domes)
        if tank.kind == "hydrogen" or (tank.kind == "oxygen" and hydrogen):
            which = "a hydrogen" if tank.kind == "hydrogen" else "an oxygen"
            name = f"Akin: insulation of {which} tank"
            found.append(_Component(f"insulation, {tank.contents}", "insulation", name, {"area": area}))
    # skirts and intertanks: what of the length is no barrel
    bare = max(total - sum(lengths), 0.1 * at.diameter)
    shells = {"area": 2 * pi * radius * bare}
    one = {"thrust": at.thrust / at.count, "chamber_pressure": at.chamber_pressure}
    found += [
        _Component("skirts and intertank", "shell", "Akin: fairings, skirts, intertanks", shells),
        _Component("thrust structure", "thrust structure", "Akin: thrust structure", {"thrust": at.thrust}),
        _Component("gimbals", "gimbal", "Akin: gimbals of one engine", one, at.count),
        _Component("wiring", "wiring", "Akin: wiring", {"gross_mass": at.gross, "length": total}),
    ]
    if at.last:
        found.append(_Component("avionics", "avionics", "Akin: avionics", {"gross_mass": at.gross}))
    return found


def _tank(plan: StagePlan, tank: TankPlan, volume: float) -> _Component:
    component = f"tank, {tank.contents}"
    if plan.tank_relation == "FELIN":
        name = "oxidizer" if tank.kind == "oxygen" else "fuel"
        pressure = tank.model.pressure if tank.model is not None and tank.model.pressure else 3e5
        inputs = {"volume": volume, "dynamic_pressure": 35e3, "axial_load": 5.0, "pressure": pressure}
        relation = f"FELIN: {name} tank, with dynamic pressure, axial load and ullage pressure"
        return _Component(component, "tank", relation, inputs)
    kind = "hydrogen" if tank.kind == "hydrogen" else "other liquids"
    return _Component(component, "tank", f"Akin: tank for {kind} by volume", {"volume": volume})


def relation_errors(plans: Sequence[StageMass]) -> tuple[float, float]:
    """Sums of the lower and upper ends of all components [kg]: what the relations' scatter leaves open."""
    return sum(line.low for p in plans for line in p.lines), sum(line.high for p in plans for line in p.lines)
