"""The flight plan: a vehicle and a mission as a sequence of segments, with what burns, what is dropped, and when.

A segment has one set of engines at work and one set of parts attached. Times are not here, where they are not fixed: the
optimizer finds them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..core.errors import InputError
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..vehicle.aerodynamics import drag_table
from ..vehicle.body_loads import side_area
from ..vehicle.residuals import propellant_budget
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .first_stage import (
    SAME_TIME,
    Motors,
    break_times,
    longest_burn,
    motors_between,
    scheduled,
    strap_on_group,
    whole_burn,
)
from .mission import InsertionOrbit, Mission
from .motion import PhaseModel, phase_model
from .plan_checks import check_plan
from .segment import FlightPlan, Segment, Steering, StrapOnGroup
from .sequence import BurnOrbit

__all__ = ["FlightPlan", "Segment", "air_over", "flight_plan"]

Maps = Mapping[str, EngineMap | MotorMap]
SHORTEST_BURN = 0.2  # s; below it nothing is a burn


def flight_plan(vehicle: Vehicle, mission: Mission, maps: Maps) -> FlightPlan:
    """The plan of a vehicle on a mission. maps: one engine's or motor's map by stage name.

    Strap-ons light and leave at their own times; the fairing leaves during the burn of the sequence's fairing stage (the
    second core stage, or the only one). Raises InputError when mission and vehicle disagree.
    """
    return _Planner(vehicle, mission, maps).plan()


def air_over(mission: Mission) -> dict[str, Any]:
    """The atmosphere and wind over the mission's site, as `phase_model` takes them."""
    environment, site = mission.environment, mission.site
    if environment is None:
        return {}
    return {
        "atmosphere": environment.atmosphere(site.latitude, site.longitude),
        "wind": environment.moving_air(site.latitude),
    }


class _Planner:
    def __init__(self, vehicle: Vehicle, mission: Mission, maps: Maps) -> None:
        check_plan(vehicle, mission, maps)
        self.vehicle, self.mission, self.maps = vehicle, mission, maps
        self.stages = vehicle.stages
        self.air = air_over(mission)
        named = mission.sequence.fairing_stage
        self.fairing_stage = [s.name for s in self.stages].index(named) if named else min(1, len(self.stages) - 1)
        self.groups = tuple(
            strap_on_group(g, maps[g.stage.name], mission, vehicle.where(f"boosters.{i}.drop"))
            for i, g in enumerate(vehicle.boosters)
        )
        self.segments: list[Segment] = []
        self.drop: dict[str, Any] = {}  # what the next segment leaves behind as it begins

    def plan(self) -> FlightPlan:
        self._first_stage()
        for index in range(1, len(self.stages)):
            self._separation(index)
            self._burn(index)
        self._last_stage()
        liftoff = self._above(-1, True) + sum(
            g.count * (g.stage.dry_mass + g.stage.propellant_mass) for g in self.vehicle.boosters
        )
        payload = None if self.mission.objective == "payload" else self.vehicle.payload.mass
        return FlightPlan(tuple(self.segments), liftoff, payload, self.groups)

    # Masses, payload apart

    def _dry(self, index: int) -> float:
        """What leaves, or stays, with an empty stage: its dry mass and its interstages' shares."""
        stage = self.stages[index]
        mass = stage.dry_mass
        above = self.vehicle.interstage_on(stage)
        if above is not None and above.leaves_with == "lower":
            mass += above.mass
        below = self.vehicle.interstage_on(self.stages[index - 1]) if index else None
        if below is not None and below.leaves_with == "upper":
            mass += below.mass
        if index == len(self.stages) - 1 and self.vehicle.adapter is not None:
            mass += self.vehicle.adapter.mass
        return mass

    def _unburned(self, stage: Stage) -> float:
        budget = propellant_budget(stage)
        return budget.residual + budget.reserve

    def _above(self, index: int, fairing_on: bool) -> float:
        """Full mass of everything over core stage *index*."""
        mass = sum(self._dry(i) + self.stages[i].propellant_mass for i in range(index + 1, len(self.stages)))
        return mass + (self.vehicle.fairing.mass if self.vehicle.fairing is not None and fairing_on else 0.0)

    def _burnout(self, index: int, fairing_on: bool) -> float:
        return self._above(index, fairing_on) + self._dry(index) + self._unburned(self.stages[index])

    def _fairing_on(self, index: int) -> bool:
        """Whether core stage *index* begins its flight under the fairing."""
        return self.vehicle.fairing is not None and index <= self.fairing_stage

    # Models

    def _model(
        self, index: int, *, engines: int, motors: Motors | None, attached: tuple[str, ...], fairing_on: bool
    ) -> PhaseModel:
        """Equations of motion with core stage *index* the lowest: its liquid engines at work, and motors beside them."""
        stage = self.stages[index]
        engine = self.maps[stage.name]
        exit_area = engines * engine.exit_area + (motors.steady_exit_area if motors else 0.0)
        drag = drag_table(
            self.vehicle, lowest_stage=index, boosters=attached, fairing=fairing_on, nozzle_exit_area=exit_area
        )
        burning = exit_area > 0.0
        parts: dict[str, Any] = {
            "drag_coefficient": drag.table(power_on=burning), "reference_area": drag.reference_area,
            "side_area": side_area(self.vehicle, index, fairing_on), **self.air
        }  # fmt: skip
        if motors is not None:
            parts |= vars(motors)
        if engines and isinstance(engine, EngineMap):
            parts |= {
                "thrust_vacuum": engine.thrust_table, "mass_flow": engine.mass_flow_table, "engine_count": engines,
                "exit_area": engine.exit_area,
            }  # fmt: skip
        return phase_model(**parts)

    def _coast_model(self, index: int, fairing_on: bool) -> PhaseModel:
        return self._model(index, engines=0, motors=None, attached=(), fairing_on=fairing_on)

    # The lowest stage

    def _first_stage(self) -> None:
        sequence, stage, engine = self.mission.sequence, self.stages[0], self.maps[self.stages[0].name]
        lit, motor = sequence.core_ignition, engine if isinstance(engine, MotorMap) else None
        schedule = [s for s in sequence.throttle if s.stage == stage.name]
        failure = next((e for e in sequence.engine_out if e.stage == stage.name), None)
        steered = sequence.vertical_rise + sequence.pitch_over
        events = [sequence.vertical_rise, steered, lit]
        events += [t for g in self.groups for t in (g.ignition, g.burnout, g.drop)]
        events += [t for s in sequence.throttle for t in (s.begin, s.end)]
        events += [failure.after] if failure else []
        end = lit + motor.burn_time if motor else float("inf")
        last = end
        working = stage.engine_count - (failure.engines if failure else 0)
        if isinstance(engine, EngineMap) and working:  # what is asked for after the stage is empty is asked of nothing
            last = longest_burn(engine, working, propellant_budget(stage).usable, schedule, lit)
        self._check_core_lasts(max((g.drop for g in self.groups), default=0.0), last)
        times = [0.0, *break_times(events, last)]
        fairing_on = self.vehicle.fairing is not None
        gone: tuple[str, ...] = ()
        for begin, until in zip(times, [*times[1:], end], strict=True):
            now = begin + SAME_TIME
            burning = [g for g in self.groups if g.ignition < now < g.burnout]
            attached = tuple(g.name for g in self.groups if now < g.drop)
            left = tuple(g.name for g in self.groups if now >= g.drop and g.name not in gone)
            core_lit = now > lit
            engines = (stage.engine_count - (failure.engines if failure and now > failure.after else 0)) * core_lit
            steering = "vertical" if now < sequence.vertical_rise else "pitch-over" if now < steered else "free"
            sets = [self._set_of(g, now) for g in burning]
            if motor and core_lit:
                sets.append((engines, motor, lit, None))
            fixed = scheduled(schedule, now)
            with_solids = any(isinstance(m, MotorMap) for _, m, _, _ in sets)
            horizon = until if until < float("inf") else begin + 1.0
            self._add(
                _first_stage_name(stage.name, steering, sorted(burning, key=lambda g: g.burnout)),
                stage=stage.name,
                steering=steering,
                model=self._model(
                    0,
                    engines=0 if motor else engines,
                    motors=motors_between(begin, horizon, sets),
                    attached=attached,
                    fairing_on=fairing_on,
                ),
                throttle_min=engine.throttle_min,
                throttle=fixed,
                engines=engines,
                duration=None if until == float("inf") else until - begin,
                burnout_mass=self._burnout(0, True) if core_lit else None,
                solid=motor is not None,
                ignites=core_lit and abs(begin - lit) <= SAME_TIME,
                clock="flight" if with_solids else None,
                strap_ons=attached,
                fairing_on=fairing_on,
                **self._left_behind(left),
            )
            gone += left
        if self.fairing_stage == 0 and fairing_on:
            self._burning(f"{stage.name} burn, fairing off", 0, self.segments[-1].engines, False)

    def _set_of(self, group: StrapOnGroup, time: float) -> tuple[int, EngineMap | MotorMap, float, float | None]:
        units = group.count * self.vehicle.stage(group.name).engine_count
        throttle = scheduled([s for s in self.mission.sequence.throttle if s.stage == group.name], time)
        return units, self.maps[group.name], group.ignition, throttle

    def _check_core_lasts(self, last_drop: float, end: float) -> None:
        """Strap-ons must leave before their core burns out."""
        if last_drop >= end:
            raise InputError(
                f"the strap-ons leave {last_drop:.1f} s after lift-off, and '{self.stages[0].name}' burns until {end:.1f} s at "
                "most; drop them earlier, or give them less to burn",
                where=self.vehicle.where("boosters"),
            )

    def _left_behind(self, names: tuple[str, ...]) -> dict[str, Any]:
        groups = sorted(
            (g for g in self.vehicle.boosters if g.stage.name in names), key=lambda g: names.index(g.stage.name)
        )
        if not groups:
            return {}
        mass = sum(g.count * (g.stage.dry_mass + self._unburned(g.stage) + g.kept) for g in groups)
        return {"dropped_before": mass, "dropped_name": f"{' and '.join(names)} separation"}

    # Upper stages

    def _separation(self, index: int) -> None:
        """The coast after the stage below has burned out; without one the drop is left to the burn."""
        sequence, stage, below = self.mission.sequence, self.stages[index], self.stages[index - 1]
        fairing_on = self._fairing_on(index)
        shortest = sequence.separation_coasts[index - 1]
        longest = sequence.longest_separation_coasts[index - 1] if sequence.longest_separation_coasts else 0.0
        self.drop = {
            "begin_mass": self._above(index - 1, fairing_on), "dropped_name": f"{below.name} separation"
        }  # fmt: skip
        if max(shortest, longest) > 0:
            found = longest > shortest
            self._add(
                f"coast to {stage.name}",
                stage=stage.name,
                steering="none" if found else "held",
                model=self._coast_model(index, fairing_on),
                duration=None if found else shortest,
                shortest=max(shortest, 0.1),
                longest=longest if found else None,
                fairing_on=fairing_on,
                **self.drop,
            )
            self.drop = {}

    def _burn(self, index: int) -> None:
        """An upper stage's (first) burn, cut where the fairing leaves and where engines fail."""
        stage, engine = self.stages[index], self.maps[self.stages[index].name]
        failure = next((e for e in self.mission.sequence.engine_out if e.stage == stage.name), None)
        fairing_on, count = self._fairing_on(index), stage.engine_count
        jettisons = fairing_on and index == self.fairing_stage
        left = count - (failure.engines if failure else 0)
        name, bare = f"{stage.name} burn", f"{stage.name} burn, fairing off"
        whole = engine.burn_time if isinstance(engine, MotorMap) else None
        if failure is None and jettisons:
            self._burning(name, index, count, fairing_on, ignites=True)
            self._burning(bare, index, count, False, clock_end=whole)
        elif failure is None:
            self._burning(name, index, count, fairing_on, ignites=True, duration=whole)
        elif jettisons and not failure.with_fairing:
            self._burning(name, index, count, fairing_on, ignites=True, clock="burn")
            self._burning(bare, index, count, False, clock="burn", clock_end=failure.after)
            self._burning(f"{name}, engine out", index, left, False)
        else:
            self._burning(name, index, count, fairing_on, ignites=True, duration=failure.after)
            self._burning(f"{name}, engine out", index, left, fairing_on)
            if jettisons:
                self._burning(bare, index, left, False)

    def _burning(self, name: str, index: int, engines: int, fairing_on: bool, **fields: Any) -> None:
        stage, engine = self.stages[index], self.maps[self.stages[index].name]
        solid = isinstance(engine, MotorMap)
        before = self.segments[-1]
        if before.stage == stage.name and before.fairing_on and not fairing_on:
            assert self.vehicle.fairing is not None
            self.drop = {"dropped_before": self.vehicle.fairing.mass, "dropped_name": "fairing jettison"}
        usual: dict[str, Any] = {
            "stage": stage.name,
            "steering": "free",
            "model": self._model(
                index,
                engines=0 if solid else engines,
                motors=whole_burn(engines, engine) if isinstance(engine, MotorMap) else None,
                attached=(),
                fairing_on=fairing_on,
            ),
            "throttle_min": engine.throttle_min,
            "shortest": SHORTEST_BURN,
            "engines": engines,
            "burnout_mass": self._burnout(index, fairing_on),
            "solid": solid,
            "clock": "burn" if solid else None,
            "fairing_on": fairing_on,
        }
        self._add(name, **(usual | self.drop | fields))
        self.drop = {}

    def _last_stage(self) -> None:
        """Coasts and further burns, what each releases, and the orbits in which they end."""
        index, engines = len(self.stages) - 1, self.segments[-1].engines
        stage, (first, *others) = self.stages[-1], self.mission.sequence.last_stage
        self._end_in(first.orbit if others else self.mission.target)
        before, released = first, 0.0
        for k, burn in enumerate(others, start=2):
            released += before.releases
            if before.releases:
                self.drop = {"dropped_name": f"release of {before.releases:.6g} kg of payload"}
            self._coast_in_orbit("coast" if k == 2 else f"{_ordinal(k - 1)} coast", before.shortest_coast,
                                 before.longest_coast, released_before=released)  # fmt: skip
            name = f"{stage.name} {_ordinal(k)} burn"
            self._burning(name, index, engines, False, ignites=True, released_before=released)
            self._end_in(burn.orbit if k <= len(others) else self.mission.target)
            before = burn
        disposal = self.mission.sequence.disposal
        if disposal is not None:
            self.drop = {"dropped_name": "payload release"}
            self._coast_in_orbit(
                "coast to disposal", disposal.shortest_coast, disposal.longest_coast, payload_gone=True
            )
            self._burning(
                f"{stage.name} disposal burn", index, engines, False, ignites=True, payload_gone=True, throttle=1.0
            )
            self._end_in(BurnOrbit(perigee_altitude=disposal.perigee_altitude))

    def _end_in(self, orbit: InsertionOrbit | BurnOrbit | None) -> None:
        self.segments[-1] = replace(self.segments[-1], target=orbit)

    def _coast_in_orbit(self, name: str, shortest: float, longest: float | None, **payload: Any) -> None:
        index = len(self.stages) - 1
        self._add(
            name,
            stage=self.stages[-1].name,
            steering="none",
            model=self._coast_model(index, fairing_on=False),
            shortest=shortest,
            longest=longest,
            fairing_on=False,
            **self.drop,
            **payload,
        )
        self.drop = {}

    def _add(self, name: str, **fields: Any) -> None:
        taken = sum(s.name == name or s.name.startswith(f"{name}, part ") for s in self.segments)
        self.segments.append(Segment(name=f"{name}, part {taken + 1}" if taken else name, **fields))


def _first_stage_name(stage: str, steering: Steering, burning: list[StrapOnGroup]) -> str:
    if steering != "free":
        return "vertical rise" if steering == "vertical" else "pitch-over"
    return f"flight with {' and '.join(g.name for g in burning)}" if burning else f"{stage} burn"


def _ordinal(number: int) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    return names[number - 1] if number <= len(names) else f"{number}th"
