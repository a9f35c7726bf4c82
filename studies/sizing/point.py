"""One size of a vehicle: its variables, and what follows from them without a flight."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log

from ...core.earth import G0
from ...propulsion.engine_map import EngineMap
from ...propulsion.thrust_curve import MotorMap
from ...vehicle.residuals import reserve_by_rule, residual_by_rule
from ...vehicle.stage import Stage
from ...vehicle.vehicle import Vehicle
from ..cost.drawing import Drawing
from ..cost.programme import CostModel
from .document import FreeStage, Recovery, SizeRules
from .masses import StagePlan, StagePoint, engine_mass_of, plan_stage, stage_dry

EXPENDED = Recovery(mode="expended")
Maps = Mapping[str, EngineMap | MotorMap]


@dataclass(frozen=True)
class StageSize:
    """propellant [kg], diameter [m], engine count and scale, the way of recovery, and the technology factor."""

    propellant: float
    diameter: float
    count: float
    scale: float
    recovery: Recovery
    technology_factor: float


@dataclass(frozen=True)
class Point:
    """Sizes by stage name, and the payload [kg]."""

    sizes: Mapping[str, StageSize]
    payload: float

    def with_size(self, name: str, **changes: float | Recovery) -> "Point":
        """A variant of one stage."""
        return replace(self, sizes={**self.sizes, name: replace(self.sizes[name], **changes)})


@dataclass(frozen=True)
class Weighed:
    """What a point weighs and gives. By stage name: dry mass, usable propellant [kg], ideal velocity [m/s], burn time [s],
    thrust over weight at ignition; liftoff [kg]; length of the whole vehicle [m]; room: the least of the tanks' barrels over what
    their inward domes take [m]; log_ratio: sum of the logarithms of the mass ratios; fineness: length over the widest stage;
    burn_out: largest acceleration at full thrust and burn-out, of core stages [m/s^2]."""

    dry: Mapping[str, float]
    usable: Mapping[str, float]
    delta_v: Mapping[str, float]
    burn_time: Mapping[str, float]
    thrust_to_weight: Mapping[str, float]
    liftoff: float
    length: float
    room: float
    log_ratio: float
    fineness: float
    burn_out: Mapping[str, float]


class SizingModel:
    """The vehicle of a study with its rules: weighs points. ambient [Pa]: at the pad; core_ignition [s]: of the lowest core
    stage after lift-off."""

    def __init__(
        self, vehicle: Vehicle, rules: SizeRules, maps: Maps, ambient: float, core_ignition: float = 0.0
    ) -> None:
        self.vehicle, self.rules, self.maps, self.ambient = vehicle, rules, maps, ambient
        self.core_ignition = core_ignition
        self.stages = [*vehicle.stages, *(g.stage for g in vehicle.boosters)]
        self.free = {f.stage: f for f in rules.stages}
        self.plans: dict[str, StagePlan] = {}
        self.costing: dict[float | None, tuple[CostModel, Drawing]] = {}  # by what refurbishment costs
        for stage in self.stages:
            rule = self.free.get(stage.name)
            if rule is not None or stage.role == "core":
                self.plans[stage.name] = plan_stage(stage, rule.tank_relation if rule else "Akin")

    def rule(self, name: str) -> FreeStage | None:
        """What is free of a stage, None when nothing is."""
        return self.free.get(name)

    def document_point(self, payload: float) -> Point:
        """The vehicle as its documents have it; technology factors as given, or those that give the documents' dry masses."""
        sizes = {}
        gross = self._gross_above(payload)
        for stage in self.stages:
            rule = self.free.get(stage.name)
            ways = rule.recovery if rule else ()
            factor = rule.technology_factor if rule is not None else None
            size = StageSize(
                stage.propellant_mass,
                stage.diameter,
                float(stage.engine_count),
                1.0,
                ways[0] if ways else EXPENDED,
                1.0,
            )
            if factor is None and stage.name in self.plans and rule is not None:
                factor = self._calibrated(stage.name, size, gross[stage.name])
            sizes[stage.name] = replace(size, technology_factor=factor or 1.0)
        return Point(sizes, payload)

    def _calibrated(self, name: str, size: StageSize, gross: float) -> float:
        """The factor with which the relations give the document's dry mass with the document's engines of that mass.

        The engine may have been swapped: what is calibrated is all but the engines, at the document's size."""
        plan = self.plans[name]
        at = self._stage_point(name, size, gross)
        rest = stage_dry(plan, at, 1.0, 0.0) - plan.engine_mass * size.count
        left = plan.stage.dry_mass / (1 + size.recovery.hardware) - plan.engine_mass * size.count
        return max(left / rest, 0.2)

    def _gross_above(self, payload: float) -> dict[str, float]:
        """Mass of all that flies at each stage's ignition, by the documents [kg]."""
        found, above = {}, payload + self._top()
        for stage in reversed(self.vehicle.stages):
            above += stage.dry_mass + stage.propellant_mass + self.interstage_mass(stage.name, stage.diameter)
            found[stage.name] = above
        for group in self.vehicle.boosters:
            found[group.stage.name] = above + group.count * (group.stage.dry_mass + group.stage.propellant_mass)
        return found

    def _top(self) -> float:
        v = self.vehicle
        return (v.fairing.mass if v.fairing else 0.0) + (v.adapter.mass if v.adapter else 0.0)

    def engine_mass(self, stage: Stage) -> float:
        """Of one engine as its document has it, or by the relations [kg]."""
        if stage.name in self.plans:
            return self.plans[stage.name].engine_mass
        assert stage.engine is not None
        return engine_mass_of(stage.engine)[0]

    def interstage_mass(self, name: str, diameter: float) -> float:
        """Mass [kg] of what stands on a stage; with its diameter as its area, to Akin's power 1.15."""
        stage = self.vehicle.stage(name)
        part = self.vehicle.interstage_on(stage)
        return part.mass * (diameter / stage.diameter) ** 1.15 if part is not None else 0.0

    def thrust(self, name: str, size: StageSize) -> float:
        """Vacuum thrust [N] of one stage."""
        engine = self.maps[name]
        one = float(engine.thrust_vacuum[-1]) if isinstance(engine, EngineMap) else float(engine.thrust_vacuum.max())
        return one * size.count * size.scale

    def _flow(self, name: str, size: StageSize) -> float:
        engine = self.maps[name]
        if isinstance(engine, EngineMap):
            return float(engine.mass_flow[-1]) * size.count * size.scale
        return size.propellant / engine.burn_time

    def exit_area(self, name: str, size: StageSize) -> float:
        """Of all nozzles of one stage [m^2]."""
        return self.maps[name].exit_area * size.count * size.scale

    def _stage_point(self, name: str, size: StageSize, gross: float) -> StagePoint:
        stage = self.plans[name].stage
        pressure = stage.engine.chamber_pressure if stage.engine is not None else 5e6
        return StagePoint(
            size.propellant, size.diameter, max(round(size.count), 1), size.scale, gross, self.thrust(name, size), pressure,
            stage is self.vehicle.stages[-1], 0.0,
        )  # fmt: skip

    def point_of(self, point: Point, name: str) -> StagePoint:
        """A stage's point for `stage_mass`."""
        gross = self.gross(point)[name]
        return self._stage_point(name, point.sizes[name], gross)

    def gross(self, point: Point) -> dict[str, float]:
        """Mass of all that flies at each core stage's ignition, strap-ons with the lowest [kg]."""
        found, _ = self.masses(point)
        return found

    def masses(self, point: Point) -> tuple[dict[str, float], dict[str, float]]:
        """(gross at ignition, dry) by stage name. Dry masses depend on the gross mass (wiring, avionics): four passes do."""
        gross, dry = {}, {}
        above = point.payload + self._top()
        for stage in reversed(self.vehicle.stages):
            size = point.sizes[stage.name]
            guess = above + 1.1 * size.propellant
            for _ in range(4):
                dry[stage.name] = self._dry(stage.name, size, guess)
                guess = above + dry[stage.name] + size.propellant + self.interstage_mass(stage.name, size.diameter)
            above = gross[stage.name] = guess
        for group in self.vehicle.boosters:
            size = point.sizes[group.stage.name]
            dry[group.stage.name] = self._dry(group.stage.name, size, above)
            gross[group.stage.name] = size.propellant + dry[group.stage.name]
        lowest = self.vehicle.stages[0].name
        gross[lowest] = above + sum(g.count * gross[g.stage.name] for g in self.vehicle.boosters)
        return gross, dry

    def _dry(self, name: str, size: StageSize, gross: float) -> float:
        if name not in self.free:
            return next(s.dry_mass for s in self.stages if s.name == name)
        return stage_dry(
            self.plans[name], self._stage_point(name, size, gross), size.technology_factor, size.recovery.hardware
        )

    def usable(self, name: str, size: StageSize) -> float:
        """Propellant [kg] that a stage may burn on the way up."""
        stage = next(s for s in self.stages if s.name == name)
        if stage.motor is not None:
            return size.propellant
        residual, reserve = stage.residual_mass, stage.reserve_mass
        share = size.propellant / stage.propellant_mass
        left = residual_by_rule(size.propellant) if residual is None else residual * share
        left += reserve_by_rule(size.propellant) if reserve is None else reserve * share
        return size.propellant * (1 - size.recovery.propellant) - left

    def weigh(self, point: Point) -> Weighed:
        """Masses, ideal velocities and thrust over weight of a point."""
        gross, dry = self.masses(point)
        usable = {n: self.usable(n, s) for n, s in point.sizes.items()}
        speed, times, ratios, ends, logs = {}, {}, {}, {}, 0.0
        lowest = self.vehicle.stages[0]
        for stage in self.vehicle.stages:
            name, size = stage.name, point.sizes[stage.name]
            mass, flow, c = gross[name], self._flow(name, size), self._exhaust(name)
            if stage is lowest:
                speed[name], times[name], logs, ends[name] = self._first(point, gross, dry, usable)
                net = (self.thrust(name, size) - self.ambient * self.exit_area(name, size)) * (
                    self.core_ignition == 0.0
                )
                for group in self.vehicle.boosters:
                    own = point.sizes[group.stage.name]
                    here = self.thrust(group.stage.name, own) - self.ambient * self.exit_area(group.stage.name, own)
                    net += group.count * here * (group.ignition == 0.0)
                ratios[name] = net / (mass * G0)
                continue
            # the fairing leaves soon after the ignition of the stage that the flight plan says; the flights calibrate when
            carried = self._fairing_gone(stage.name)
            own = log((mass - carried) / (mass - carried - usable[name]))
            speed[name], logs = c * own, logs + own
            times[name] = usable[name] / flow
            ratios[name] = self.thrust(name, size) / (mass * G0)
            ends[name] = self.thrust(name, size) / (mass - carried - usable[name])
        tanked = [s.name for s in self.vehicle.stages if self.plans[s.name].tanks]
        length = self.length(point)
        fineness = length / max(s.diameter for s in point.sizes.values())
        rooms = [self.plans[n].room(point.sizes[n].propellant, point.sizes[n].diameter) for n in tanked]
        return Weighed(
            dry, usable, speed, times, ratios, gross[lowest.name], length, min(rooms, default=1.0), logs, fineness, ends
        )

    def _fairing_gone(self, name: str) -> float:
        fairing = self.vehicle.fairing
        names = [s.name for s in self.vehicle.stages]
        return fairing.mass if fairing is not None and names.index(name) >= 1 else 0.0

    def _exhaust(self, name: str) -> float:
        """Vacuum exhaust speed [m/s]."""
        return self.maps[name].isp_vacuum * G0

    def _first(self, point: Point, gross, dry, usable) -> tuple[float, float, float, float]:
        """Ideal velocity [m/s], burn time [s], logarithm of the mass ratio and largest acceleration [m/s^2] of the lowest stage
        with its strap-ons, all at full thrust."""
        lowest = self.vehicle.stages[0].name
        size = point.sizes[lowest]
        core_flow, core_left = self._flow(lowest, size), usable[lowest]
        mass, time, speed, logs, most = gross[lowest], 0.0, 0.0, 0.0, 0.0
        groups = [(g, point.sizes[g.stage.name]) for g in self.vehicle.boosters]
        ends = [(g.ignition + usable[g.stage.name] / self._flow(g.stage.name, s), g.ignition, g, s) for g, s in groups]
        marks = sorted({0.0, self.core_ignition, *(e[0] for e in ends), *(e[1] for e in ends)})
        for begin, end in zip(marks, [*marks[1:], float("inf")], strict=True):
            burning = [(g, s) for e, i, g, s in ends if i <= begin + 1e-9 and begin < e - 1e-9]
            own_flow = core_flow if begin >= self.core_ignition - 1e-9 else 0.0
            flow = own_flow + sum(g.count * self._flow(g.stage.name, s) for g, s in burning)
            force = own_flow * self._exhaust(lowest)
            force += sum(g.count * self._flow(g.stage.name, s) * self._exhaust(g.stage.name) for g, s in burning)
            duration = min(end - begin, core_left / core_flow) if own_flow else end - begin
            if duration <= 0 or flow <= 0:
                break
            own = log(mass / (mass - flow * duration))
            speed, logs = speed + force / flow * own, logs + own
            mass -= flow * duration
            most = max(most, force / mass)
            core_left -= own_flow * duration
            time += duration
            for e, _, g, s in ends:
                if abs(e - begin - duration) < 1e-9:
                    mass -= g.count * (dry[g.stage.name] + s.propellant - usable[g.stage.name])
        return speed, time, logs, most

    def length(self, point: Point) -> float:
        """Of the whole vehicle [m]."""
        total = 0.0
        for stage in self.vehicle.stages:
            size = point.sizes[stage.name]
            total += self.plans[stage.name].geometry(size.propellant, size.diameter)[1]
            part = self.vehicle.interstage_on(stage)
            total += part.length - part.encloses if part is not None else 0.0
        fairing = self.vehicle.fairing
        return total + (fairing.length if fairing is not None else 0.0)
