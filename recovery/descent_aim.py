"""How far across a landing burn can carry the body: whether it reaches the pad, and which place in reach is nearest to it.

A lean pushes by thrust one way and by the air's force the other, so the convex plan, whose mass has no lift, goes further across
than the body can, most of all while it is fast.
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import MEAN_RADIUS
from .descent_lean import LEAST_FREE, MOST_SHARE
from .descent_reach import Knowledge, Reach

STEPS = 24
"""Of the burn ahead, in which the push across is summed."""
AIM_SHARE = 0.5
"""Of the reach across that is counted on when another place is aimed at, or the pad again: the body turns slowly, and a plan
spends the way across early."""
BEYOND = 1.2
"""Of the reach across: a pad so far off is given up, whatever the plan says. Not sooner, for the reach is that of leans which the
fins trim, and near the ground the gimbals trim larger ones."""


@dataclass(frozen=True)
class Across:
    """end (2,): where the even burn against the motion comes down, from the pad; reach: how far from there another place may lie
    [m]."""

    end: np.ndarray
    reach: float

    @property
    def off(self) -> float:
        """Of the end, from the pad [m]."""
        return float(np.hypot(*self.end))

    def nearest(self) -> np.ndarray:
        """The place (2,) nearest to the pad within AIM_SHARE of the reach."""
        return self.end * (1.0 - min(AIM_SHARE * self.reach / max(self.off, 1e-9), 1.0))


def height_over_ground(position: np.ndarray) -> float:
    """Of a place (3,) in the pad's axes over a level ground [m]: beside the pad the round Earth lies below the pad's level."""
    return float(position[2] + (position[0] ** 2 + position[1] ** 2) / (2.0 * MEAN_RADIUS))


def across(
    reach: Reach,
    know: Knowledge,
    position: np.ndarray,
    velocity: np.ndarray,
    throttle: float,
    until: float,
    tilt: float,
) -> Across:
    """Of a burn from a state (3,), (3,) over the pad at a mean throttle to a speed [m/s]; tilt [rad]: the largest lean.

    A speed u across decays, for thrust and drag are against the motion: u' = a - u (T + D) / v, with v falling evenly. Under the
    largest push a one way and from a time on the other, so that u ends at nought,

        distance = integral of min(c, C - c) / E,   E = exp(integral of (T + D) / v),   c = integral of a E,   C at the end.
    """
    b = reach.booster
    end, mass, time = reach.landing_burn(know, position, velocity, know.mass, throttle, until, 0.0)
    first = float(np.linalg.norm(velocity))
    most, _, _, _ = reach.gimballed_lift(know.mass)
    most = min(most, np.sin(tilt))
    step, decay, total = time / STEPS, 0.0, 0.0
    gained, kept = np.zeros(STEPS), np.zeros(STEPS)
    for k in range(STEPS):
        s = (k + 0.5) / STEPS
        speed, at_mass = first + s * (until - first), know.mass + s * (mass - know.mass)
        height = position[2] + (end[2] - position[2]) * s * (2.0 * first + s * (until - first)) / (first + until)
        push = throttle * b.engine.thrust_vacuum * know.strength - reach.back_pressure(height)
        push *= b.landing_engines / at_mass
        air = reach.dynamic_pressure(height, speed) * b.area * know.thickness / at_mass
        slope, growth = reach.lift(height, speed, at_mass)
        free = 1.0 - air * slope / push
        side = 0.0
        if free > LEAST_FREE:
            lean = min(MOST_SHARE * 0.5 * free * push / (air * growth), most)
            side = (push * free - air * growth * lean) * lean
        slowed = 0.5 * step * (push + air * reach.axial(height, speed)) / speed
        decay += slowed
        kept[k] = np.exp(decay)
        total += 0.5 * step * side * kept[k]
        gained[k] = total
        total += 0.5 * step * side * kept[k]
        decay += slowed
    distance = step * float(np.sum(np.minimum(gained, total - gained) / kept))
    return Across(end[:2], distance)
