"""The landing solver from Python: a vehicle and a place, a state, a plan.

    lander = Lander(LandingVehicle(engines=(Engines(3e5, 8.45e5, 0.86),), specific_impulse=311.0, dry_mass=2.4e4))
    plan = lander.solve([100.0, 0.0, 3000.0], [0.0, 0.0, -250.0], 3.0e4)
    plan = lander.update([90.0, 0.0, 2760.0], [-5.0, 0.0, -230.0], 2.98e4, elapsed=1.0)

The same functions are exported as C (`export.write_landing`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from ...core.earth import G0
from . import node as at
from .descent import set_state
from .landing import LANDS, LEAVES_GLIDE_SLOPE, MISSES, solve_landing, update_landing

Outcome = Literal["lands", "misses", "leaves the glide slope", "no landing", "not solved"]
OUTCOMES: tuple[Outcome, ...] = ("lands", "misses", "leaves the glide slope", "no landing", "not solved")
PLANNED = (OUTCOMES[LANDS], OUTCOMES[MISSES], OUTCOMES[LEAVES_GLIDE_SLOPE])
"""Outcomes with a plan."""
MISS_WEIGHT = 10.0
"""Cost of a miss of the scaled length against that of the logarithm of mass; propellant costs less than 1."""
LEAST_INTERVALS, MOST_INTERVALS = 8, 50
MOST_NODES = MOST_INTERVALS + 4
WORK_SIZE = at.HEAD + MOST_NODES * at.NODE


@dataclass(frozen=True)
class Engines:
    """Engines that burn together: thrust limits in vacuum [N] and exit area [m^2] of all of them."""

    least_thrust: float
    most_thrust: float
    exit_area: float = 0.0


@dataclass(frozen=True, kw_only=True)
class LandingVehicle:
    """What the guidance knows of the vehicle, the air and the place; SI, angles [rad] from the vertical.

    engines: of each arc, at most three; switch_share: of the flight time, at which the next arc begins. air_*: at the pad, and
    the heights over which they fall by 1/e; drag_area: coefficient times area. glide_slope: 0: the ground alone, below 0: not
    even that; most_speed 0: none. intervals: 8 to 50.
    """

    engines: tuple[Engines, ...]
    specific_impulse: float
    dry_mass: float
    switch_share: tuple[float, ...] = ()
    gravity: tuple[float, float, float] = (0.0, 0.0, -G0)
    air_pressure: float = 0.0
    pressure_height: float = 8000.0
    air_density: float = 0.0
    density_height: float = 8000.0
    drag_area: float = 0.0
    tilt: float = np.pi
    last_tilt: float = np.pi
    glide_slope: float = 0.0
    most_speed: float = 0.0
    touchdown_velocity: tuple[float, float, float] = (0.0, 0.0, 0.0)
    intervals: int = 30

    def __post_init__(self) -> None:
        if not 1 <= len(self.engines) <= 3 or len(self.switch_share) != len(self.engines) - 1:
            raise ValueError("one to three arcs of engines, and a switch between each two of them")
        if not LEAST_INTERVALS <= self.intervals <= MOST_INTERVALS:
            raise ValueError(f"intervals lie between {LEAST_INTERVALS} and {MOST_INTERVALS}")
        if any(not 0.0 <= e.least_thrust < e.most_thrust for e in self.engines):
            raise ValueError("the least thrust is at least nought and less than the largest")
        shares = (0.0, *self.switch_share, 1.0)
        if any(b <= a for a, b in pairwise(shares)):
            raise ValueError("switch_share ascends between 0 and 1")


@dataclass(frozen=True)
class Plan:
    """A landing: time [s] from the state (n,), position and velocity (n, 3), mass (n,) [kg], acceleration of the thrust (n, 3)
    [m/s^2], linear between the times. miss [m]; shortfall [kg]: propellant that the pad would take beyond what there is."""

    outcome: Outcome
    time: np.ndarray
    position: np.ndarray
    velocity: np.ndarray
    mass: np.ndarray
    acceleration: np.ndarray
    miss: float
    shortfall: float
    programs: int
    iterations: int

    @property
    def flight_time(self) -> float:
        return float(self.time[-1])

    @property
    def propellant(self) -> float:
        return float(self.mass[0] - self.mass[-1])

    @property
    def found(self) -> bool:
        """Whether there is a plan at all."""
        return self.outcome in PLANNED


def pack_vehicle(vehicle: LandingVehicle) -> np.ndarray:
    """A vector for the solver, (WORK_SIZE,), with the vehicle in its head."""
    w = np.zeros(WORK_SIZE)
    w[at.GRAVITY : at.GRAVITY + 3] = vehicle.gravity
    w[at.TOUCHDOWN : at.TOUCHDOWN + 3] = vehicle.touchdown_velocity
    w[at.FLOW] = 1.0 / (vehicle.specific_impulse * G0)
    w[at.ARCS] = len(vehicle.engines)
    for i, engines in enumerate(vehicle.engines):
        w[at.LEAST + i], w[at.MOST + i] = engines.least_thrust, engines.most_thrust
        w[at.EXIT_AREA + i] = engines.exit_area
    w[at.SWITCH : at.SWITCH + len(vehicle.switch_share)] = vehicle.switch_share
    w[at.AIR_PRESSURE], w[at.PRESSURE_HEIGHT] = vehicle.air_pressure, vehicle.pressure_height
    w[at.AIR_DENSITY], w[at.DENSITY_HEIGHT] = vehicle.air_density, vehicle.density_height
    w[at.DRAG_AREA] = vehicle.drag_area
    w[at.TILT], w[at.LAST_TILT] = np.cos(vehicle.tilt), np.cos(vehicle.last_tilt)
    w[at.GLIDE_SLOPE] = np.tan(vehicle.glide_slope) if vehicle.glide_slope >= 0.0 else -1.0
    w[at.MOST_SPEED], w[at.DRY_MASS] = vehicle.most_speed, vehicle.dry_mass
    w[at.MISS_WEIGHT], w[at.INTERVALS] = MISS_WEIGHT, vehicle.intervals
    return w


Vector3 = Sequence[float] | np.ndarray


class Lander:
    """One vehicle's solver with its memory: it keeps the last plan that was found."""

    def __init__(self, vehicle: LandingVehicle) -> None:
        self.vehicle = vehicle
        self.work = pack_vehicle(vehicle)

    def _place(self, position: Vector3, velocity: Vector3, mass: float) -> None:
        state = np.array([*position, *velocity, mass], float)
        if state.shape != (7,) or not np.all(np.isfinite(state)) or mass <= 0.0:
            raise ValueError("a state is three metres, three metres a second and a mass above nought, all finite")
        self.work[at.START : at.START + 7] = state
        set_state(self.work)

    def _solve(self) -> int:
        self.work[at.FLIGHT_TIME] = 0.0
        return solve_landing(self.work)

    def _update(self, elapsed: float) -> int:
        return update_landing(self.work, elapsed)

    def solve(self, position: Vector3, velocity: Vector3, mass: float) -> Plan:
        """A plan from a state [m, m/s, kg] in the pad's axes, with no earlier one."""
        self._place(position, velocity, mass)
        return self.plan(OUTCOMES[self._solve()])

    def update(self, position: Vector3, velocity: Vector3, mass: float, elapsed: float) -> Plan:
        """A plan from a state `elapsed` [s] after the last plan's; where it is not found, the last one, with the outcome."""
        self._place(position, velocity, mass)
        return self.plan(OUTCOMES[self._update(elapsed)])

    def plan(self, outcome: Outcome) -> Plan:
        """The plan that stands."""
        w = self.work
        nodes = int(w[at.PLANNED])
        rows = w[at.HEAD : at.HEAD + nodes * at.NODE].reshape(nodes, at.NODE)
        points = rows[:, at.PLAN : at.PLAN + at.VARIABLES].copy()
        return Plan(
            outcome,
            rows[:, at.PLAN_TIME].copy(),
            points[:, 0:3],
            points[:, 3:6],
            np.exp(points[:, 6]),
            points[:, 8:11],
            float(np.hypot(*points[-1, :2])) if nodes else 0.0,
            float(w[at.SHORTFALL]),
            int(w[at.SOLVES]),
            int(w[at.ITERATIONS]),
        )
