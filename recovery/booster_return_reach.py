"""Where a booster cannot come home: how much propellant is wanting, and how near to the pad it can land."""

from dataclasses import dataclass, replace

import numpy as np

from ..core.earth import ROTATION_RATE, ecef_from_geodetic, geodetic_from_ecef
from ..core.errors import ImpossibleError, UndecidedError
from ..trajectory.optimal_control.ipopt import Options
from ..trajectory.optimal_control.problem import Problem
from ..trajectory.optimal_control.solution import Solution
from ..trajectory.optimal_control.solve import solve
from .booster_return_plan import ReturnPlan
from .booster_return_problem import most_left, nearest_to


@dataclass(frozen=True)
class Shortfall:
    """propellant [kg]: wanting at touchdown for the pad. distance [m], latitude, longitude [rad]: of the nearest landing with
    what there is; None where it cannot land at all, or the solver found none."""

    propellant: float
    distance: float | None = None
    latitude: float | None = None
    longitude: float | None = None


def shortfall(problem: Problem, anywhere: Problem, plan: ReturnPlan, options: Options) -> Shortfall | None:
    """What is wanting for a joint problem that has no solution; None where nothing is, or cannot be told.

    anywhere: the same with the place of touchdown free.
    """
    try:
        best = solve(most_left(problem, plan), options=options)
    except (ImpossibleError, UndecidedError):
        return None
    wanting = plan.landing_mass - float(best[plan.segments[-1].name].states["mass"][-1])
    if wanting <= 0.0 or plan.pad is None:
        return Shortfall(wanting) if wanting > 0.0 else None
    free = replace(plan, pad=None, ship_altitude=plan.pad[2])
    try:
        near = solve(nearest_to(anywhere, free, plan.pad), guess=best, options=options)
    except (ImpossibleError, UndecidedError):
        return Shortfall(wanting)
    return Shortfall(wanting, *_place(near, plan))


def _place(solution: Solution, plan: ReturnPlan) -> tuple[float, float, float]:
    last = solution[plan.segments[-1].name]
    x, y, z = (last.states[n][-1] for n in ("x", "y", "z"))
    angle = -ROTATION_RATE * last.end
    fixed = np.array([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y, z])
    assert plan.pad is not None  # as shortfall asked
    latitude, longitude, _ = geodetic_from_ecef(*fixed)
    apart = float(np.linalg.norm(fixed - np.array(ecef_from_geodetic(*plan.pad))))
    return apart, float(latitude), float(longitude)


def refusal(found: Shortfall, plan: ReturnPlan) -> ImpossibleError:
    """The error that says so."""
    where = plan.document.where("pads" if plan.document.pads else "")
    place = "the pad" if plan.pad else "a ship"
    text = f"'{plan.booster}' cannot come back to {place} with this payload: {found.propellant:.0f} kg of propellant are wanting"
    if found.distance is not None and found.latitude is not None and found.longitude is not None:
        text += (
            f"; the nearest landing is {found.distance / 1e3:.1f} km from the pad, at {np.degrees(found.latitude):.4f} deg, "
            f"{np.degrees(found.longitude):.4f} deg"
        )
    elif plan.pad is not None:
        text += "; no landing elsewhere was found either"
    return ImpossibleError(text + "; carry less, land on a ship (mode: ship), or move the pad", where=where)
