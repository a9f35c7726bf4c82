"""The lean of a booster in its landing burn: what thrust and lift push across together, and how fast the axis asked for may turn.

A lean pushes by thrust one way and by lift the other. While lift has the upper hand the body stays against the motion.
"""

from dataclasses import dataclass, field

import numpy as np

from .descent_case import ATTITUDE_BANDWIDTH
from .descent_reach import Knowledge, Reach

LEAST_SPEED = 20.0
"""Below it [m/s] the air neither points the way nor lifts."""
LEAST_FREE = 0.2
"""Share of the thrust's push across that lift must leave for the body to lean at all, or further than its fins trim."""
MOST_SHARE = 0.8
"""Of the lean at which lift takes as much as thrust adds."""
TURN_FREQUENCY, TURN_DAMPING = 2.0, 0.9
"""Of the reference that the axis asked for goes through [rad/s]."""
MOST_TURN, MOST_TURNING = np.radians(12.0), np.radians(6.0)
"""Rate [rad/s] and acceleration [rad/s^2] of that reference: inside what the gimbals give."""


@dataclass
class Command:
    """What is asked of the control: axis of the body in the pad's axes (3,) and its rate (3,) [1/s], throttle, and whether the
    phase is to end; and the wind [m/s] that the fins trim the body in."""

    axis: np.ndarray
    throttle: float = 1.0
    ends: bool = False
    turning: np.ndarray = field(default_factory=lambda: np.zeros(3))
    wind: tuple[float, float] = (0.0, 0.0)


class Lean:
    """The lean (2,) that is asked for, and its rate (2,) [1/s]; most: the sine of the largest."""

    def __init__(self, reach: Reach, tilt: float) -> None:
        """tilt [rad]: the largest."""
        self.reach, self.most = reach, float(np.sin(tilt))
        self.lean, self.rate = np.zeros(2), np.zeros(2)

    def begin(self, lean: np.ndarray) -> None:
        """From the lean (2,) that the body has."""
        self.lean, self.rate = lean.copy(), np.zeros(2)

    def to(self, lean: np.ndarray, elapsed: float) -> Command:
        """Turn towards a lean (2,), no faster than the gimbals can."""
        lean = lean * min(1.0, self.most / max(float(np.linalg.norm(lean)), 1e-9))
        turning = TURN_FREQUENCY**2 * (lean - self.lean) - 2.0 * TURN_DAMPING * TURN_FREQUENCY * self.rate
        return self.turned(turning, elapsed)

    def turned(self, turning: np.ndarray, elapsed: float) -> Command:
        """Let the reference turn with an acceleration (2,) [rad/s^2], and ask for it."""
        turning = turning * min(1.0, MOST_TURNING / max(float(np.linalg.norm(turning)), 1e-9))
        self.rate = self.rate + elapsed * turning
        self.rate *= min(1.0, MOST_TURN / max(float(np.linalg.norm(self.rate)), 1e-9))
        self.lean = self.lean + elapsed * self.rate
        # the acceleration too is asked for, as the error of attitude that gives it
        asked = self.lean + turning / ATTITUDE_BANDWIDTH**2
        up = np.sqrt(1.0 - asked @ asked)
        rate = np.array([self.rate[0], self.rate[1], -(asked @ self.rate) / up])
        return Command(np.array([asked[0], asked[1], up]), turning=rate)

    def against_lift(
        self, lean: np.ndarray, back: np.ndarray, height: float, speed: float, know: Knowledge, push: float
    ) -> np.ndarray:
        """The lean with which thrust and lift together push across as the thrust alone [m/s^2] would with the one wanted (2,);
        back (3,): against the motion through the air."""
        if speed < LEAST_SPEED:
            return lean
        reach, off = self.reach, lean - back[:2]
        slope, growth = reach.lift(height, speed, know.mass)
        force = reach.dynamic_pressure(height, speed) * reach.booster.area * know.thickness / (push * know.mass)
        free, wanted = 1.0 - force * slope, float(np.linalg.norm(off))
        if free < LEAST_FREE or wanted < 1e-6:
            return back[:2]
        # T a - q A (slope + growth a) a = T wanted, and no further than where lift begins to take all that is added
        angle = _leaned(free, force * growth, wanted)
        bound, at_none, slope, growth = reach.gimballed_lift(know.mass)
        if angle > bound:  # what the fins do not trim
            free = 1.0 - force * (slope - reach.axial(height, speed))
            left = free - 2.0 * force * growth * bound
            further = _leaned(free, force * growth, wanted + force * at_none) if left > LEAST_FREE else bound
            angle = max(further, bound)
        return back[:2] + off * (min(angle, self.most) / wanted)


def _leaned(free: float, grows: float, wanted: float) -> float:
    """The smaller root of free a - grows a^2 = wanted, no further than MOST_SHARE of the way to the left side's largest."""
    grows = max(grows, 1e-6)
    root = max(free**2 - 4.0 * grows * wanted, 0.0)
    return min((free - np.sqrt(root)) / (2.0 * grows), MOST_SHARE * 0.5 * free / grows)
