"""What a landing's convex program says beforehand: whether the pad is in reach with all the engines can do, and when the burn may
begin."""

from dataclasses import dataclass, replace

import numpy as np

from .descent_burn import landing_vehicle
from .descent_case import FALL, standing_height
from .descent_flight import LOG, LandingDesign
from .guidance.lander import Engines, LandingVehicle, Outcome
from .guidance.native import best_lander
from .hover_slam import FINENESS, IgnitionWindow, free_fall, window_of

LOOK_BACK, LOOK_AHEAD = 10.0, 8.0
"""Before and after the flown ignition [s], where the window is looked for; one that begins with it may begin earlier."""


@dataclass(frozen=True)
class Outlook:
    """ignition [s since the entry burn's begin]: as flown; window: in which a landing on the pad by the whole throttle range may
    begin, times relative to that; outcome, miss [m], shortfall [kg], propellant [kg]: of the plan with the whole range from
    there."""

    ignition: float
    window: IgnitionWindow
    outcome: Outcome
    miss: float
    shortfall: float
    propellant: float


def whole_range(design: LandingDesign) -> LandingVehicle:
    """The guidance's vehicle without reserves of throttle, to the ground itself."""
    b, rules = design.study.booster, design.study.guidance
    full = b.engine.thrust_vacuum * b.landing_engines
    engines = Engines(b.engine.throttle * full, full, b.engine.exit_area * b.landing_engines)
    return replace(
        landing_vehicle(design.study, design.air),
        engines=(engines,),
        dry_mass=b.dry_mass,
        touchdown_velocity=(0.0, 0.0, -rules.touchdown_speed),
    )


def outlook(design: LandingDesign, log: list[tuple[float, ...]]) -> Outlook | None:
    """From a flight's log (`descent_flight.LOG`); None where its engines were not lit for the landing."""
    rows = np.array(log)
    falling = np.flatnonzero(rows[:, LOG.index("phase")] == FALL)
    if not len(falling) or falling[-1] == len(rows) - 1:
        return None
    lit = falling[-1]
    vehicle = whole_range(design)
    at = [LOG.index(n) for n in ("x", "y", "z", "vx", "vy", "vz")]
    before = rows[falling[rows[falling, 0] >= rows[lit, 0] - LOOK_BACK]]
    mass = float(rows[lit, LOG.index("mass")])
    feet = np.array([0.0, 0.0, standing_height(design.study.booster, mass), 0.0, 0.0, 0.0])
    flown = before[:, at] - feet
    # the fall as it was flown to the ignition, and as it would have gone on
    times, states = free_fall(vehicle, flown[-1, :3], flown[-1, 3:], mass, LOOK_AHEAD)
    every = max(round(float(before[1, 0] - before[0, 0]) / FINENESS), 1)
    times = np.concatenate([before[:-1, 0] - rows[lit, 0], times[::every]])
    window = window_of(vehicle, times, np.concatenate([flown[:-1], states[::every]]), mass)
    plan = best_lander(vehicle).solve(flown[-1, :3], flown[-1, 3:], mass)
    return Outlook(
        float(rows[lit, 0]), window, plan.outcome, plan.miss, plan.shortfall, plan.propellant if plan.found else np.nan
    )
