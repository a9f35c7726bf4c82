"""Orbits that a vehicle can by no means reach, told from its masses and engines before any optimization.

With v0 the site's inertial speed, r0 its radius, mu the Earth's parameter: along any flight above r0, sqrt(2 (E + mu/r0)),
E the specific orbital energy, grows no faster than the thrust acceleration a,

    d/dt sqrt(2 (E + mu/r0)) = v·a / sqrt(v² + 2 mu (1/r0 - 1/r)) <= |a|,

because r >= r0; drag only takes from it. So an orbit of energy E needs a velocity gain of at least sqrt(2 (E + mu/r0)) - v0.
What the vehicle can give at most is Tsiolkovsky's equation in vacuum, without payload if it is open, each stage at the best
specific impulse that burns then, and strap-ons emptied and dropped before the core stage burns. J2 is left out: it moves
the need by a few metres per second, for which there is an allowance.
"""

from dataclasses import dataclass

import numpy as np

from ..core.earth import MU
from ..core.errors import ImpossibleError
from .flight_plan import FlightPlan, Segment
from .mission import Mission
from .motion import PhaseModel

ALLOWANCE = 20.0  # m/s, for J2 and for a perigee below the site


@dataclass(frozen=True)
class Reach:
    """Velocity gain [m/s] that the orbit needs at least, and that the vehicle can give at most."""

    needed: float
    available: float


def reach(plan: FlightPlan, mission: Mission) -> Reach:
    """Bounds on both sides; where available < needed, no trajectory exists."""
    site = mission.site
    radius, speed = (float(np.linalg.norm(v)) for v in (site.position(), site.inertial_velocity()))
    axis = 0.5 * (mission.orbit.perigee_radius + mission.orbit.apogee_radius)
    needed = (MU * (2 / radius - 1 / axis)) ** 0.5 - speed - ALLOWANCE
    payload = plan.payload_mass or 0.0
    mass, gained = plan.liftoff_mass + payload, 0.0
    ...
    return Reach(needed, gained)
