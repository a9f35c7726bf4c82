"""Which of a mission's limits stands in the way of a flight, and by how much it would have to give way.

The soft solve that follows a failed one gives away what is cheapest in its own scale, mostly propellant, even where a limit is to
blame. So each stated limit is asked by itself: made soft alone, the others and the propellant being what they are.
"""

from collections.abc import Callable
from dataclasses import replace

from ..core.errors import ImpossibleError, UndecidedError
from .flight_plan import FlightPlan
from .limits import Limits
from .mission import Mission
from .optimal_control.ipopt import Hook, Options
from .optimal_control.problem import Problem
from .optimal_control.relax import least_relaxation

_NO_FLUX = 1e12  # W/m²: as good as no limit
_TOLERANCE = 1e-6
_ITERATIONS = 200
# Of each field of the limits: names of path limits, boundaries and controls that hold it (see ascent_limits, ascent_boundaries)
HELD_BY = {
    "dynamic_pressure": ("dynamic_pressure",),
    "q_alpha": ("q_alpha_squared",),
    "axial_acceleration": ("axial_acceleration", "axial acceleration at the end"),
    "lateral_acceleration": ("lateral_acceleration",),
    "attitude_rate": ("pitch_rate", "yaw_rate"),
    "throttle_rate": ("throttle_rate",),
    "covered_heat_flux": ("heat_flux",),
    "fairing_heat_flux": ("heat_flux", "heating at fairing jettison"),
    "stations": ("elevation over",),
    "range_during": ("impact point, ",),
    "disposal_area": ("impact point of",),
}
_COVERED = {"covered_heat_flux": True, "fairing_heat_flux": False}


def limits_to_blame(
    plan: FlightPlan,
    mission: Mission,
    state: Callable[[Mission], Problem],
    flies: Callable[[Problem], bool],
    options: Options,
    hook: Hook,
) -> dict[str, str]:
    """Stated limits that, giving way alone, leave a flight: by how much, and its payload; the least breach first.

    state: the problem of a mission with the largest payload sought; flies: whether it has a solution.
    """
    stated = [n for n in HELD_BY if getattr(mission.limits, n)]
    bare = mission.evolve(limits=Limits(fairing_heat_flux=_NO_FLUX if mission.limits.fairing_heat_flux else None))
    if not stated or not flies(state(bare)):
        return {}
    problem = state(mission)
    softer = replace(options, tolerance=_TOLERANCE, max_iterations=_ITERATIONS, explain=False)
    found = {}
    for name in stated:
        try:
            relaxed = least_relaxation(problem, holds(name, plan), options=softer, on_iteration=hook)
        except (ImpossibleError, UndecidedError):
            continue
        if relaxed is not None and relaxed.broken is not None:
            text = f"{relaxed.broken}; all else holding, there is a flight then, with {relaxed.parameters['payload']:.5g} kg"
            found[name] = (relaxed.broken.scaled, f"limits.{name} gives way: {text}")
    return {name: text for name, (_, text) in sorted(found.items(), key=lambda item: item[1][0])}


def holds(field: str, plan: FlightPlan) -> Callable[[str, str], bool]:
    """Whether a path limit, boundary or control (where, name) is that field's."""
    covered = {s.name: s.fairing_on for s in plan.segments}

    def holds(where: str, name: str) -> bool:
        if not name.startswith(HELD_BY[field]):
            return False
        return field not in _COVERED or name != "heat_flux" or covered[where] == _COVERED[field]

    return holds
