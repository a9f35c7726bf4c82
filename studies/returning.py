"""A study whose booster comes back: its vehicle with the kit, and the ascent solved together with the return."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..core.errors import InputError
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..recovery.booster_return_document import Mode
from ..trajectory.flight_plan import FlightPlan
from .documents import Study

if TYPE_CHECKING:
    from ..recovery.booster_return_result import ReturnResult
    from ..trajectory.ascent import Ascent
    from ..trajectory.optimal_control.solve import Iteration


def with_return(study: Study, recover: Mode | None) -> tuple[Study, Mode]:
    """The study with the kit aboard, and the mode of return: the asked one, the document's, or expend without a document.

    Raises InputError where a return is asked for and the study does not say how.
    """
    from ..recovery.booster_return_plan import with_kit

    document = study.recovery
    mode = recover or ("expend" if document is None else document.mode)
    if mode == "expend":
        return study, mode
    if document is None:
        raise InputError(
            f"the study does not say how a booster comes back, and '{mode}' is asked; give 'recovery:' with a document of "
            "osea/booster-return/v1",
            where=study.where(),
        )
    return study.evolve(vehicle=with_kit(study.vehicle, document, mode)), mode


def fly_back(
    study: Study,
    flight: FlightPlan,
    maps: Mapping[str, EngineMap | MotorMap],
    mode: Mode,
    on_iteration: "Callable[[Iteration], None]",
) -> "tuple[Ascent, ReturnResult]":
    """The ascent and the return of a study prepared by `with_return`, solved together (a parachute's fall is flown after it)."""
    from ..recovery.booster_return import parted, solve_with_return
    from ..recovery.booster_return_guess import fall_under_canopy
    from ..recovery.booster_return_plan import parachute_plan, return_plan
    from ..recovery.booster_return_report import parachute_result, return_result
    from ..trajectory.ascent import solve_ascent

    document, vehicle, mission = study.recovery, study.vehicle, study.mission
    assert document is not None  # as with_return saw to
    key = study.content_hash()
    if mode == "parachute":
        plan = parachute_plan(vehicle, mission, flight, document)
        solved = solve_ascent(flight, mission, range_safety=study.range, on_iteration=on_iteration)
        state, begun = parted(solved, flight, plan)
        opening = document.parachute.opening if document.parachute is not None else None
        fall = fall_under_canopy(plan, solved.frame, state, begun, opening)
        return solved, parachute_result(plan, solved.frame, fall, mission, key)
    plan = return_plan(vehicle, mission, maps, flight, document, mode)
    solved, back = solve_with_return(flight, mission, plan, range_safety=study.range, on_iteration=on_iteration)
    engine = maps[plan.booster]
    assert isinstance(engine, EngineMap)  # as return_plan saw to
    return solved, return_result(back, mission, engine, input_hash=key)
