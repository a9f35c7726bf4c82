"""The return as a sequence of segments: coasts, burns on a given number of engines, and the descent through the air."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from ..core.errors import InputError
from ..core.numeric import table
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..trajectory.flight_plan import FlightPlan, air_over
from ..trajectory.mission import Mission
from ..trajectory.motion import PhaseModel, phase_model
from ..vehicle.aerodynamics import tail_first_drag
from ..vehicle.residuals import propellant_budget
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .booster_return_document import BoosterReturn, Mode, ReturnBurn

Kind = Literal["coast", "burn", "descent"]
Maps = Mapping[str, EngineMap | MotorMap]
LONGEST_COAST, LONGEST_BURN, SHORTEST_BURN = 900.0, 120.0, 0.5  # s
LANDING_CEILING = 15e3  # m: over it no landing burn begins; a way down on engines alone is a poor optimum of its own


@dataclass(frozen=True, kw_only=True)
class ReturnSegment:
    """One stretch of the return. burn: which it belongs to (boost-back, entry, landing; empty elsewhere). engines: at work;
    throttle: the planned one, the most where it is free (throttles). lost: left behind as it begins, by start-ups and
    settling [kg]."""

    name: str
    kind: Kind
    model: PhaseModel
    burn: str = ""
    engines: int = 0
    throttle: float = 1.0
    throttles: bool = False
    lost: float = 0.0
    shortest: float = SHORTEST_BURN
    longest: float = LONGEST_BURN


@dataclass(frozen=True)
class ReturnPlan:
    """How one body comes back, after the ascent's segment *after*.

    bodies: how many leave there alike (a group of strap-ons), of which this is one. empty_mass [kg]: with its kit and what its
    tanks cannot give; the reserve [kg] must be left over it at touchdown. pad: (latitude, longitude, altitude) [rad, m] over the
    ellipsoid, None where the place is free, at ship_altitude.
    """

    booster: str
    mode: Mode
    document: BoosterReturn
    after: str
    segments: tuple[ReturnSegment, ...]
    empty_mass: float
    reserve: float
    throttle_min: float
    bodies: int
    pad: tuple[float, float, float] | None
    ship_altitude: float

    @property
    def landing_mass(self) -> float:
        """The least at touchdown [kg]."""
        return self.empty_mass + self.reserve

    def after_parting(self, mass: Any, mass_on: Any) -> Any:
        """The body's mass [kg] where the ascent's falls from *mass* to *mass_on*."""
        return (mass - mass_on) / self.bodies


def returning_stage(vehicle: Vehicle, document: BoosterReturn) -> Stage:
    """The stage that comes back. Raises InputError for one that the vehicle has not, or that reaches orbit."""
    name = document.stage or vehicle.stages[0].name
    known = [s.name for s in vehicle.stages[:-1]] + [g.stage.name for g in vehicle.boosters]
    if name not in known:
        raise InputError(
            f"'{name}' cannot come back: the stages that leave on the way are {', '.join(known) or 'none'}",
            where=document.where("stage"),
        )
    return vehicle.stage(name)


def with_kit(vehicle: Vehicle, document: BoosterReturn, mode: Mode) -> Vehicle:
    """The vehicle with the kit's mass on the stage that returns."""
    stage = returning_stage(vehicle, document)
    heavier = stage.evolve(dry_mass=stage.dry_mass + document.kit_mass(mode))
    return vehicle.evolve(
        stages=tuple(heavier if s.name == stage.name else s for s in vehicle.stages),
        boosters=tuple(
            g.evolve(stage=heavier) if g.stage.name == stage.name else g for g in vehicle.boosters
        ),
    )  # fmt: skip


def return_plan(
    vehicle: Vehicle, mission: Mission, maps: Maps, plan: FlightPlan, document: BoosterReturn, mode: Mode
) -> ReturnPlan:
    """The return of *plan*'s vehicle (with its kit already). Raises InputError where the documents disagree."""
    stage = returning_stage(vehicle, document)
    engine = maps[stage.name]
    if isinstance(engine, MotorMap):
        raise InputError(
            f"'{stage.name}' is a solid motor, which cannot land on its thrust; take mode 'parachute'",
            where=document.where("stage" if document.stage else ""),
        )
    _check_starts(stage, engine, document, mode)
    models = _Models(vehicle, stage, engine, mission, document)
    group = next((g for g in vehicle.boosters if g.stage.name == stage.name), None)
    if group is not None and not group.kept:
        raise InputError(
            f"'{stage.name}' burns out before it leaves, and has nothing for its way back; give 'kept' to the strap-ons",
            where=vehicle.where(f"boosters.{vehicle.boosters.index(group)}"),
        )
    budget = propellant_budget(stage)
    above = vehicle.interstage_on(stage)
    kept = above.mass if above is not None and above.leaves_with == "lower" else 0.0
    pad = _pad(mission, document) if mode == "rtls" else None
    return ReturnPlan(
        booster=stage.name,
        mode=mode,
        document=document,
        after=_parting(plan, stage, group is not None),
        segments=_segments(models, document, mode, stage.name),
        empty_mass=stage.dry_mass + kept + budget.residual,
        reserve=budget.reserve if document.reserve is None else document.reserve,
        throttle_min=engine.throttle_min,
        bodies=group.count if group is not None else 1,
        pad=pad,
        ship_altitude=document.ship_altitude,
    )


def parachute_plan(vehicle: Vehicle, mission: Mission, plan: FlightPlan, document: BoosterReturn) -> ReturnPlan:
    """The fall of *plan*'s booster, unbraked and then under its canopies."""
    stage = returning_stage(vehicle, document)
    canopy = document.parachute
    if canopy is None:
        raise InputError("mode 'parachute' needs a parachute; name its document", where=document.where("parachute"))
    area = canopy.count * canopy.area
    flat = np.linspace(0.0, 10.0, 4)
    bare = _Models(vehicle, stage, None, mission, document).falling()
    braked = phase_model(
        drag_coefficient=table(flat, np.full(4, canopy.drag_coefficient)), reference_area=area, **air_over(mission)
    )
    group = next((g for g in vehicle.boosters if g.stage.name == stage.name), None)
    budget = propellant_budget(stage)
    return ReturnPlan(
        booster=stage.name,
        mode="parachute",
        document=document,
        after=_parting(plan, stage, group is not None),
        segments=(
            ReturnSegment(name=f"{stage.name}: fall", kind="coast", model=bare),
            ReturnSegment(name=f"{stage.name}: under the parachute", kind="coast", model=braked),
        ),
        empty_mass=stage.dry_mass + budget.residual,
        reserve=0.0,
        throttle_min=1.0,
        bodies=group.count if group is not None else 1,
        pad=None,
        ship_altitude=document.ship_altitude,
    )


def keep_propellant(plan: FlightPlan, stage: str, kept: float) -> FlightPlan:
    """The plan with *kept* more propellant [kg] left in a core stage at its cut-off."""
    segments = tuple(
        replace(s, burnout_mass=s.burnout_mass + kept) if s.stage == stage and s.burnout_mass is not None else s
        for s in plan.segments
    )
    return replace(plan, segments=segments)


def _parting(plan: FlightPlan, stage: Stage, strap_on: bool) -> str:
    if strap_on:
        return [s for s in plan.segments if stage.name in s.strap_ons][-1].name
    return [s for s in plan.segments if s.stage == stage.name][-1].name


def _pad(mission: Mission, document: BoosterReturn) -> tuple[float, float, float]:
    if document.pads:
        pad = document.pads[0]
        assert pad.latitude is not None and pad.longitude is not None and pad.altitude is not None  # as validated
        return pad.latitude, pad.longitude, pad.altitude
    site = mission.site
    return site.latitude, site.longitude, site.ellipsoid_altitude()


def _check_starts(stage: Stage, engine: EngineMap, document: BoosterReturn, mode: Mode) -> None:
    """Starts of an engine in all (the ascent's is one), and engines at work, within what the stage has."""
    burns = [("landing", document.landing)]
    burns += [("entry", document.entry)] if document.entry is not None else []
    burns += [("boostback", document.boostback)] if mode == "rtls" else []
    for name, burn in burns:
        if max(burn.engines) > stage.engine_count:
            raise InputError(
                f"'{stage.name}' has {stage.engine_count} engines; no burn can have {max(burn.engines)}",
                where=document.where(f"{name}.engines"),
            )
        if burn.throttle < engine.throttle_min:
            raise InputError(
                f"'{engine.name}' runs at {engine.throttle_min:.0%} at least, and {burn.throttle:.0%} is asked",
                where=document.where(f"{name}.throttle"),
            )
    if engine.ignitions is not None and engine.ignitions < 1 + len(burns):
        raise InputError(
            f"'{engine.name}' starts {engine.ignitions} times, and ascent and return take {1 + len(burns)}: leave burns out, or "
            "take an engine with more ignitions",
            where=document.where(),
        )


@dataclass(frozen=True)
class _Models:
    """The equations' models of one body: coasting, falling, and burning."""

    vehicle: Vehicle
    stage: Stage
    engine: EngineMap | None
    mission: Mission
    document: BoosterReturn

    def falling(self) -> PhaseModel:
        return phase_model(**self._drag(1.0), **air_over(self.mission))

    def burning(self, engines: int) -> PhaseModel:
        assert self.engine is not None  # what burns has one
        return phase_model(
            thrust_vacuum=self.engine.thrust_table,
            mass_flow=self.engine.mass_flow_table,
            engine_count=engines,
            exit_area=self.engine.exit_area,
            **self._drag(self.document.burning_drag),
            **air_over(self.mission),
        )

    def _drag(self, share: float) -> dict[str, Any]:
        stage, given, fins = self.stage, self.document.drag, self.document.fins
        above = self.vehicle.interstage_on(stage)
        length = stage.length + (above.length if above is not None and above.leaves_with == "lower" else 0.0)
        if given is not None:
            machs, drag, area = np.array(given.mach), np.array(given.coefficient), given.reference_area
        else:
            machs, drag, area = tail_first_drag(stage, length)
            one = self.document.fin_area if self.document.fin_area is not None else (fins.area if fins else 0.0)
            drag = drag + self.document.fin_drag * one * (fins.count if fins else 0) / area
        return {
            "drag_coefficient": table(machs, share * drag), "reference_area": area, "side_area": length * stage.diameter
        }  # fmt: skip


def _segments(models: _Models, document: BoosterReturn, mode: Mode, booster: str) -> tuple[ReturnSegment, ...]:
    falling = models.falling()
    found: list[ReturnSegment] = []

    def coast(name: str, shortest: float = 1.0) -> None:
        found.append(
            ReturnSegment(name=name, kind="coast", model=falling, shortest=shortest, longest=LONGEST_COAST)
        )  # fmt: skip

    def burn(name: str, burn: ReturnBurn, throttles: bool) -> None:
        before = 0
        for k, engines in enumerate(burn.engines):
            starts = max(engines - before, 0)
            found.append(
                ReturnSegment(
                    name=name + (f", {engines} engines" if len(burn.engines) > 1 else "")
                    + (" again" if engines in burn.engines[:k] else ""),
                    kind="burn",
                    model=models.burning(engines),
                    burn=name,
                    engines=engines,
                    throttle=burn.throttle,
                    throttles=throttles,
                    lost=starts * document.start_loss + (document.ullage if k == 0 else 0.0),
                )
            )  # fmt: skip
            before = engines

    if mode == "rtls":
        coast("flip", document.flip)
        burn("boost-back", document.boostback, False)
    coast("coast", 1.0 if mode == "rtls" else document.flip)
    if document.entry is not None:
        burn("entry burn", document.entry, False)
    found.append(
        ReturnSegment(name="descent", kind="descent", model=falling, shortest=1.0, longest=LONGEST_COAST)
    )  # fmt: skip
    burn("landing burn", document.landing, True)
    return tuple(replace(s, name=f"{booster}: {s.name}") for s in found)
