"""The flight plan: a vehicle and a mission as a sequence of segments, with what burns, what is dropped, and when.

A segment has one set of engines at work and one set of parts attached. Times are not here: the optimizer finds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..core.errors import InputError
from ..propulsion.engine_map import EngineMap
from ..vehicle.aerodynamics import drag_table
from ..vehicle.residuals import propellant_budget
from ..vehicle.stage import Stage
from ..vehicle.vehicle import StrapOns, Vehicle
from .mission import Mission
from .motion import PhaseModel, phase_model

Steering = Literal["vertical", "pitch-over", "free", "held", "none"]


@dataclass(frozen=True)
class Segment:
    """One stretch of flight.

    steering: vertical (attitude held, straight up), pitch-over (constant rate), free, held (attitude as it was), none (a
    long coast, attitude of no interest). duration: fixed [s], or None. dropped_before: mass [kg] left behind when the
    segment begins; where that is a whole core stage, with whatever it has not burned, begin_mass says instead what flies on:
    the mass [kg], payload apart. burnout_mass: the mass [kg], payload apart, below which the burning stage has no usable
    propellant; None on a coast. fairing_on: whether the payload is still covered.
    """

    name: str
    stage: str
    steering: Steering
    model: PhaseModel
    throttle_min: float
    duration: float | None = None
    longest: float | None = None
    dropped_before: float = 0.0
    begin_mass: float | None = None
    dropped_name: str = ""
    burnout_mass: float | None = None
    fairing_on: bool = True

    @property
    def powered(self) -> bool:
        """Whether an engine that the plan throttles is at work."""
        return self.burnout_mass is not None

    @property
    def throttles(self) -> bool:
        """Whether the throttle is free."""
        return self.steering == "free" and self.powered and self.throttle_min < 1.0

    @property
    def drops(self) -> bool:
        """Whether something is left behind when the segment begins."""
        return self.begin_mass is not None or self.dropped_before != 0.0

    def mass_after_drop(self, mass: Any, payload: Any) -> Any:
        """The mass with which the segment begins, from the one before it; payload included, floats or CasADi values."""
        return mass - self.dropped_before if self.begin_mass is None else payload + self.begin_mass


@dataclass(frozen=True)
class FlightPlan:
    """Segments in order. liftoff_mass: payload apart [kg]; payload_mass: given, or None when it is to be found."""

    segments: tuple[Segment, ...]
    liftoff_mass: float
    payload_mass: float | None


def flight_plan(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap]) -> FlightPlan:
    """The plan of a vehicle on a mission. maps: one engine's map by stage name.

    All strap-on groups light at lift-off and burn at full thrust until empty; the fairing leaves during the second core
    stage's burn (the last stage's, when the vehicle has one stage). Raises InputError when mission and vehicle disagree.
    """
    return _Planner(vehicle, mission, maps).plan()


class _Planner:
    def __init__(self, vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap]) -> None:
        self.vehicle, self.mission, self.maps = vehicle, mission, maps
        self.stages = vehicle.stages
        self.fairing_stage = min(1, len(self.stages) - 1)
        self.segments: list[Segment] = []
        self._check()

    def _check(self) -> None:
        separations = len(self.stages) - 1
        coasts = self.mission.sequence.separation_coasts
        if len(coasts) != separations:
            raise InputError(
                f"{len(coasts)} separation coasts for {separations} stage separations; give one duration for each",
                where=self.mission.where("sequence.separation_coasts"),
            )
        if self.vehicle.fairing is not None and self.mission.limits.fairing_heat_flux is None:
            raise InputError(
                "the vehicle has a fairing, and the mission does not say at what heating it may leave; give "
                "'fairing_heat_flux' (1135 W/m^2 is usual)",
                where=self.mission.where("limits"),
            )
        if self.mission.objective == "propellant" and self.vehicle.payload.mass is None:
            raise InputError(
                "to find the least propellant the payload's mass must be given; give it, or set 'objective: payload'",
                where=self.vehicle.payload.where(),
            )
        for i, group in enumerate(self.vehicle.boosters):
            if group.beside not in (None, self.stages[0].name):
                raise InputError(
                    f"boosters beside '{group.beside}' would light in flight, which is not modelled: only those beside the "
                    f"lowest stage, '{self.stages[0].name}', can be flown",
                    where=self.vehicle.where(f"boosters.{i}.beside"),
                )
        last = self.maps[self.stages[-1].name]
        burns = self.mission.sequence.last_stage_burns
        if last.ignitions is not None and last.ignitions < burns:
            raise InputError(
                f"the last stage burns {burns} times, and its engine '{last.name}' starts {last.ignitions} time(s)",
                where=self.mission.where("sequence.last_stage_burns"),
            )

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

    # Segments

    def _model(self, index: int, boosters: tuple[StrapOns, ...] = (), *, burning: bool, fairing_on: bool) -> PhaseModel:
        """Equations of motion with core stage *index* the lowest, and these boosters burning beside it."""
        stage = self.stages[index]
        engine = self.maps[stage.name]
        motors = [(group.count * group.stage.engine_count, self.maps[group.stage.name]) for group in boosters]
        exit_area = stage.engine_count * engine.exit_area + sum(n * m.exit_area for n, m in motors)
        drag = drag_table(
            self.vehicle,
            lowest_stage=index,
            boosters=tuple(group.stage.name for group in boosters),
            fairing=fairing_on,
            nozzle_exit_area=exit_area if burning else 0.0,
        )
        aerodynamics = {"drag_coefficient": drag.table(power_on=burning), "reference_area": drag.reference_area}
        if not burning:
            return phase_model(**aerodynamics)
        return phase_model(
            thrust_vacuum=engine.thrust_table,
            mass_flow=engine.mass_flow_table,
            engine_count=stage.engine_count,
            exit_area=engine.exit_area,
            steady_thrust=sum(n * m.thrust_vacuum[-1] for n, m in motors),
            steady_mass_flow=sum(n * m.mass_flow[-1] for n, m in motors),
            steady_exit_area=sum(n * m.exit_area for n, m in motors),
            **aerodynamics,
        )

    def plan(self) -> FlightPlan:
        self._first_stage()
        for index in range(1, len(self.stages)):
            self._upper_stage(index)
        liftoff = self._above(-1, True) + sum(
            g.count * (g.stage.dry_mass + g.stage.propellant_mass) for g in self.vehicle.boosters
        )
        payload = None if self.mission.objective == "payload" else self.vehicle.payload.mass
        return FlightPlan(tuple(self.segments), liftoff, payload)

    def _first_stage(self) -> None:
        sequence, stage = self.mission.sequence, self.stages[0]
        # boosters are dropped when they are empty, the quickest first, those that end together in one
        ends: dict[float, list[StrapOns]] = {}
        for group in sorted(self.vehicle.boosters, key=self._burn_time):
            ends.setdefault(round(self._burn_time(group), 6), []).append(group)
        burning = [group for groups in ends.values() for group in groups]
        begin = sequence.vertical_rise + sequence.pitch_over
        if ends and min(ends) <= begin:
            raise InputError(
                f"the boosters '{burning[0].stage.name}' burn out {min(ends):.1f} s after lift-off, before the pitch-over ends "
                f"({begin:.1f} s); shorten 'vertical_rise' or 'pitch_over'",
                where=self.mission.where("sequence"),
            )
        single = len(self.stages) == 1
        base = {
            "stage": stage.name,
            "throttle_min": self.maps[stage.name].throttle_min,
            "burnout_mass": self._burnout(0, True),
        }
        has_fairing = self.vehicle.fairing is not None
        model = self._model(0, tuple(burning), burning=True, fairing_on=has_fairing)
        self._add("vertical rise", steering="vertical", model=model, duration=sequence.vertical_rise, **base)
        self._add("pitch-over", steering="pitch-over", model=model, duration=sequence.pitch_over, **base)
        empty: list[StrapOns] = []
        for end, groups in ends.items():
            self._add(
                f"flight with {_names(burning)}",
                steering="free",
                model=self._model(0, tuple(burning), burning=True, fairing_on=has_fairing),
                duration=end - begin,
                **base,
                **self._left_behind(empty),
            )
            begin, empty = end, groups
            burning = [group for group in burning if group not in groups]
        self._add(
            f"{stage.name} burn",
            steering="free",
            model=self._model(0, burning=True, fairing_on=has_fairing),
            **base,
            **self._left_behind(empty),
        )
        if single and self.vehicle.fairing is not None:
            self._jettison_fairing(0)

    def _left_behind(self, groups: list[StrapOns]) -> dict:
        if not groups:
            return {}
        mass = sum(g.count * (g.stage.dry_mass + self._unburned(g.stage)) for g in groups)
        return {"dropped_before": mass, "dropped_name": f"{_names(groups)} separation"}

    def _burn_time(self, group: StrapOns) -> float:
        flow = self.maps[group.stage.name].mass_flow[-1] * group.stage.engine_count
        return propellant_budget(group.stage).usable / flow

    def _upper_stage(self, index: int) -> None:
        stage, below = self.stages[index], self.stages[index - 1]
        fairing_on = index <= self.fairing_stage and self.vehicle.fairing is not None
        coast = self.mission.sequence.separation_coasts[index - 1]
        drop = {"begin_mass": self._above(index - 1, fairing_on), "dropped_name": f"{below.name} separation"}
        if coast > 0:
            self._add(
                f"coast to {stage.name}",
                stage=stage.name,
                steering="held",
                model=self._model(index, burning=False, fairing_on=fairing_on),
                throttle_min=1.0,
                duration=coast,
                fairing_on=fairing_on,
                **drop,
            )
            drop = {}
        base = {"stage": stage.name, "throttle_min": self.maps[stage.name].throttle_min, "steering": "free"}
        self._add(
            f"{stage.name} burn",
            model=self._model(index, burning=True, fairing_on=fairing_on),
            burnout_mass=self._burnout(index, fairing_on),
            fairing_on=fairing_on,
            **base,
            **drop,
        )
        if index == self.fairing_stage and fairing_on:
            self._jettison_fairing(index)
        if index == len(self.stages) - 1 and self.mission.sequence.last_stage_burns == 2:
            self._add(
                "coast",
                stage=stage.name,
                steering="none",
                model=self._model(index, burning=False, fairing_on=False),
                throttle_min=1.0,
                longest=self.mission.sequence.longest_coast,
                fairing_on=False,
            )
            self._add(
                f"{stage.name} second burn",
                model=self._model(index, burning=True, fairing_on=False),
                burnout_mass=self._burnout(index, False),
                fairing_on=False,
                **base,
            )

    def _jettison_fairing(self, index: int) -> None:
        assert self.vehicle.fairing is not None
        stage = self.stages[index]
        self._add(
            f"{stage.name} burn, fairing off",
            stage=stage.name,
            steering="free",
            model=self._model(index, burning=True, fairing_on=False),
            throttle_min=self.maps[stage.name].throttle_min,
            burnout_mass=self._burnout(index, False),
            fairing_on=False,
            dropped_before=self.vehicle.fairing.mass,
            dropped_name="fairing jettison",
        )

    def _add(self, name: str, **fields) -> None:
        self.segments.append(Segment(name=name, **fields))


def _names(groups: list[StrapOns]) -> str:
    return " and ".join(group.stage.name for group in groups)
