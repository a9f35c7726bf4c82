"""A study's ascent: engines, flight plan, optimum, and the optimum flown again. What design, ascent and sweep share."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.findings import Finding, Severity
from ..core.progress import Progress
from ..propulsion.engine_map import EngineMap
from ..propulsion.performance import EnginePerformance, engine_performance
from ..propulsion.thrust_curve import MotorMap, motor_map
from ..trajectory.ascent_result import fly_ascent
from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight_plan import FlightPlan, flight_plan
from ..trajectory.result import AscentResult
from ..vehicle.checks import lift_off_check
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .documents import Study
from .provenance import documents_of

if TYPE_CHECKING:
    from ..recovery.booster_return_document import Mode
    from ..recovery.booster_return_result import ReturnResult
    from ..trajectory.ascent import Ascent
    from ..trajectory.optimal_control.solve import Iteration


@dataclass(frozen=True)
class FlownAscent:
    """An optimal ascent of a study. engines: one for each engine document, in the stages' order; maps: by stage name;
    ambient_pressure [Pa]: at the site; solved: the optimizer's solution, ascent: the same flown again; returned: the booster
    that came back, None where none does."""

    study: Study
    engines: tuple[EnginePerformance, ...]
    maps: dict[str, EngineMap | MotorMap]
    ambient_pressure: float
    plan: FlightPlan
    solved: "Ascent"
    ascent: AscentResult
    returned: "ReturnResult | None" = None


def ascend(study: Study, progress: Progress | None = None, recover: "Mode | None" = None) -> FlownAscent:
    """Find the optimal ascent, with the booster's return where there is one, and fly it again.

    recover: the mode of return; the study's own when None.
    Raises ImpossibleError where the physics says no (cannot lift off, orbit out of reach), UndecidedError where a solver did
    not converge, InputError where documents disagree.
    """
    from .returning import fly_back, with_return

    progress = progress or Progress()
    study, mode = with_return(study, recover)
    vehicle, mission = study.vehicle, study.mission
    with progress.step("engines"):
        engines, maps = engines_of(vehicle)
    with progress.step("vehicle"):
        ambient = float(pressure(standard_atmosphere(), mission.site.ellipsoid_altitude()))
        # without a payload first: what cannot lift itself needs no optimizer to say so
        lift_off_check(vehicle, maps, payload_mass=vehicle.payload.mass or 0.0, ambient_pressure=ambient)
        plan = flight_plan(vehicle, mission, maps)
    with progress.step("ascent"):
        from ..trajectory.ascent import solve_ascent  # CasADi is slow to import, and a bad vehicle never needs it

        def tell(i: "Iteration") -> None:
            progress.note(f"iteration {i.number}, infeasibility {i.infeasibility:.1e}, objective {i.objective:,.1f} kg")

        if mode == "expend":
            solved, returned = solve_ascent(plan, mission, range_safety=study.range, on_iteration=tell), None
        else:
            solved, returned = fly_back(study, plan, maps, mode, tell)
    with progress.step("flight"):
        ascent = fly_ascent(solved, input_hash=study.content_hash(), sources=_sources(study))
        if returned is not None:
            ascent = replace(ascent, findings=(*ascent.findings, *returned.findings))
    if mission.sequence.engine_out:
        from ..trajectory.engine_out import failure_finding, payload_without_failure

        with progress.step("ascent without engine failure"):
            nominal = payload_without_failure(vehicle, mission, maps)
            ascent = replace(
                ascent, nominal_payload=nominal, findings=(*ascent.findings, failure_finding(ascent, nominal, mission))
            )
    return FlownAscent(study, engines, maps, ambient, plan, solved, ascent, returned)


def stages_of(vehicle: Vehicle) -> tuple[Stage, ...]:
    """Every stage, strap-ons too, one of each group."""
    return (*vehicle.stages, *(group.stage for group in vehicle.boosters))


def engines_of(
    vehicle: Vehicle, known: dict[str, EnginePerformance] | None = None
) -> tuple[tuple[EnginePerformance, ...], dict[str, EngineMap | MotorMap]]:
    """Performance of each different engine, and the map of each stage's engine or motor by stage name.

    known: by content hash, of those computed before; new ones are added.
    """
    found = {} if known is None else known
    used: dict[str, EnginePerformance] = {}
    maps: dict[str, EngineMap | MotorMap] = {}
    for stage in stages_of(vehicle):
        if stage.engine is None:
            assert stage.motor is not None  # a stage has one of the two
            maps[stage.name] = motor_map(stage.motor)
            continue
        key = stage.engine.content_hash()
        if key not in found:
            found[key] = engine_performance(stage.engine)
        used[key] = found[key]
        maps[stage.name] = found[key].map
    return tuple(used.values()), maps


def ignored_payload(study: Study) -> tuple[Finding, ...]:
    """A WARN for a payload's mass that the mission leaves open."""
    payload = study.vehicle.payload
    if study.mission.objective != "payload" or payload.mass is None:
        return ()
    message = (
        f"the payload's mass of {payload.mass:.5g} kg is not used: the mission asks for the largest payload; set 'objective: "
        "propellant' to fly this one, or leave the mass out"
    )
    return (Finding(Severity.WARN, "study.payload_not_used", payload.where("mass"), message),)


def _sources(study: Study) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{s.citation} [{s.grade}]" for module in documents_of(study) for s in module.sources))
