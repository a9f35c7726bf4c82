"""Where a vehicle and a mission disagree about the flight's sequence: told before anything is planned."""

from collections.abc import Mapping

from ..core.errors import InputError
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..vehicle.vehicle import Vehicle
from .mission import Mission


def check_plan(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap]) -> None:
    """Raise InputError at the first contradiction, naming its place and its remedy."""
    _separations(vehicle, mission)
    _fairing(vehicle, mission, maps)
    _strap_ons(vehicle, mission)
    _restarts(vehicle, mission, maps)
    _throttle(vehicle, mission, maps)
    _engine_out(vehicle, mission, maps)
    _payload(vehicle, mission)


def _separations(vehicle: Vehicle, mission: Mission) -> None:
    separations, sequence = len(vehicle.stages) - 1, mission.sequence
    for field in ("separation_coasts", "longest_separation_coasts"):
        given = len(getattr(sequence, field))
        if given != separations and not (field.startswith("longest") and given == 0):
            raise InputError(
                f"{given} {field.replace('_', ' ')} for {separations} stage separations; give one duration for each",
                where=mission.where(f"sequence.{field}"),
            )


def _fairing(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap]) -> None:
    if vehicle.fairing is not None and mission.limits.fairing_heat_flux is None:
        raise InputError(
            "the vehicle has a fairing, and the mission does not say at what heating it may leave; give "
            "'fairing_heat_flux' (1135 W/m^2 is usual)",
            where=mission.where("limits"),
        )
    named, stages = mission.sequence.fairing_stage, [s.name for s in vehicle.stages]
    where = mission.where("sequence.fairing_stage" if named else "sequence")
    if named is not None and named not in stages:
        raise InputError(f"there is no core stage '{named}'; known: {', '.join(stages)}", where=where)
    leaves = named or stages[min(1, len(stages) - 1)]
    if vehicle.fairing is not None and leaves == stages[0] and isinstance(maps[leaves], MotorMap):
        raise InputError(
            f"the fairing cannot leave during the burn of '{leaves}', the lowest stage and a solid motor; name a stage above it",
            where=where,
        )


def _strap_ons(vehicle: Vehicle, mission: Mission) -> None:
    for i, group in enumerate(vehicle.boosters):
        if group.beside not in (None, vehicle.stages[0].name):
            raise InputError(
                f"boosters beside '{group.beside}' would light in flight, which is not modelled: only those beside the "
                f"lowest stage, '{vehicle.stages[0].name}', can be flown",
                where=vehicle.where(f"boosters.{i}.beside"),
            )
    if mission.sequence.core_ignition > 0 and not any(g.ignition == 0.0 for g in vehicle.boosters):
        raise InputError(
            "the core is to light in flight, and no strap-ons lift it; set 'core_ignition: 0 s'",
            where=mission.where("sequence.core_ignition"),
        )


def _restarts(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap]) -> None:
    sequence, last = mission.sequence, maps[vehicle.stages[-1].name]
    burns = len(sequence.last_stage) + (sequence.disposal is not None)
    if last.ignitions is not None and last.ignitions < burns:
        field = "burns" if sequence.burns else "last_stage_burns" if sequence.last_stage_burns == 2 else "disposal"
        raise InputError(
            f"the last stage burns {burns} times, and its engine '{last.name}' starts {last.ignitions} time(s)",
            where=mission.where(f"sequence.{field}"),
        )


def _throttle(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap]) -> None:
    allowed = [vehicle.stages[0].name, *(g.stage.name for g in vehicle.boosters)]
    for i, interval in enumerate(mission.sequence.throttle):
        where = mission.where(f"sequence.throttle.{i}")
        if interval.stage not in allowed:
            raise InputError(
                f"a throttle schedule counts from lift-off and is for {' or '.join(allowed)}, not for '{interval.stage}'",
                where=where,
            )
        lowest = maps[interval.stage].throttle_min
        if interval.throttle < lowest - 1e-9:
            raise InputError(
                f"'{interval.stage}' runs at throttles from {lowest:g} to 1, not at {interval.throttle:g}; correct the schedule "
                "or its engine's throttle_min",
                where=where,
            )


def _engine_out(vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap]) -> None:
    for i, failure in enumerate(mission.sequence.engine_out):
        where = mission.where(f"sequence.engine_out.{i}")
        stage = next((s for s in vehicle.stages if s.name == failure.stage), None)
        if stage is None:
            known = ", ".join(s.name for s in vehicle.stages)
            raise InputError(f"there is no core stage '{failure.stage}'; known: {known}", where=where)
        if isinstance(maps[stage.name], MotorMap):
            raise InputError(
                f"'{stage.name}' has a solid motor, which does not fail by stopping; leave it out", where=where
            )
        if failure.engines >= stage.engine_count:
            raise InputError(
                f"{failure.engines} of the {stage.engine_count} engine(s) of '{stage.name}' fail, and none is left to burn on; "
                "let fewer fail",
                where=where,
            )


def _payload(vehicle: Vehicle, mission: Mission) -> None:
    given, released = vehicle.payload.mass, sum(burn.releases for burn in mission.sequence.last_stage)
    if mission.objective == "propellant" and given is None:
        raise InputError(
            "to find the least propellant the payload's mass must be given; give it, or set 'objective: payload'",
            where=vehicle.payload.where(),
        )
    if mission.objective == "propellant" and given is not None and released >= given:
        raise InputError(
            f"{released:.6g} kg are released on the way, and the payload is {given:.6g} kg; nothing is left for the orbit",
            where=mission.where("sequence.burns"),
        )
