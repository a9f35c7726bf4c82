"""A descent without engines, sized and flown: a point mass in a plane through the standard air, under canopies that fill.

Under a parachute the force is along the air's flow, with the drag area grown as the square of the filling time (Knacke 1992,
sec. 5.4) and, while it grows, times the canopy's opening factor; reefed, it stops growing at the ratio that keeps the limit until
the whole keeps it. A parafoil's lift is at right angles to it. Relations and their sources: `other_descents`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp

from ..core.earth import G0
from ..core.errors import ImpossibleError
from ..trajectory.environment.atmosphere import density, standard_atmosphere
from . import other_descents as of
from .canopy_document import UnpoweredDescent

LONGEST = 7200.0
"""Of one part of the descent [s]."""
SETTLED, WIDENS = 1.05, 1.05
"""Of the steady dynamic pressure, at which a reefed canopy is let out further; and how much wider, at least, that must be."""
_AIR = standard_atmosphere()


@dataclass(frozen=True)
class Opened:
    """A canopy: its name, area [m^2], nominal diameter [m]; on opening height over the ground [m], speed through the air [m/s],
    filling time [s], the ratios to which it was let out one after another, and the largest force while it was out [N]."""

    name: str
    area: float
    diameter: float
    height: float
    speed: float
    filling: float
    ratios: tuple[float, ...]
    force: float


@dataclass(frozen=True)
class CanopyFlight:
    """time [s], and on the way (n,): level distance along the begin's motion, height over the ground [m], level and upward
    velocity over the ground [m/s], force of the air [N]; the canopies in their order."""

    time: np.ndarray
    x: np.ndarray
    height: np.ndarray
    level_speed: np.ndarray
    climb: np.ndarray
    force: np.ndarray
    opened: tuple[Opened, ...]


@dataclass
class _Flight:
    """The way so far."""

    d: UnpoweredDescent
    state: np.ndarray
    time: float = 0.0
    rows: list[np.ndarray] = field(default_factory=list)

    def air(self, height: float) -> float:
        return float(density(_AIR, self.d.ground + height))

    def speed(self) -> float:
        """Through the air [m/s]."""
        return float(np.hypot(self.state[2] - self.d.wind, self.state[3]))

    def until(
        self,
        down_to: float,
        canopy: Callable[[float], float] = lambda t: 0.0,
        lift_area: float = 0.0,
        bare: float | None = None,
        stops: Callable[[float, float], float] | None = None,
    ) -> np.ndarray:
        """Fly to a height [m], or to where stops(dynamic pressure, time since) passes nought, with a canopy's drag area [m^2] by
        the time since, and the bare body's. Returns the canopy's forces (n,)."""
        begun, mass, body = self.time, self.d.mass, self.d.begin.drag_area if bare is None else bare

        def pressure(y: np.ndarray) -> tuple[float, float, float]:
            u, w = y[2] - self.d.wind, y[3]
            v = float(np.hypot(u, w))
            return u / max(v, 1e-9), w / max(v, 1e-9), 0.5 * self.air(max(float(y[1]), -400.0)) * v * v

        def slope(t, y):
            along, up, q = pressure(y)
            drag, lift = q * (body + canopy(t - begun)) / mass, q * lift_area / mass
            return np.array([y[2], y[3], -drag * along - lift * up, -drag * up + lift * along - G0])

        def ground(t, y):
            return y[1] - down_to

        def passed(t, y):
            return 1.0 if stops is None else stops(pressure(y)[2], t - begun)

        ground.terminal, ground.direction, passed.terminal = True, -1.0, True  # type: ignore[attr-defined]
        flown = solve_ivp(
            slope, (begun, begun + LONGEST), self.state, "LSODA", events=[ground, passed], rtol=1e-8, atol=1e-6, max_step=0.5
        )  # fmt: skip
        q = np.array([pressure(y)[2] for y in flown.y.T])
        drag = np.array([canopy(t - begun) for t in flown.t])
        self.rows.append(np.column_stack([flown.t, flown.y.T, q * np.hypot(body + drag, lift_area)]))
        self.state, self.time = flown.y[:, -1].copy(), float(flown.t[-1])
        return q * np.hypot(drag, lift_area)


def fly_descent(d: UnpoweredDescent) -> CanopyFlight:
    """The descent under parachutes or a parafoil, down to the ground or the hook."""
    b = d.begin
    level, down = b.speed * np.cos(b.path_angle), b.speed * np.sin(b.path_angle)
    flight = _Flight(d, np.array([0.0, b.height, level, -down]))
    end = d.hook.height if d.hook is not None else 0.0
    ground_air = float(density(_AIR, d.ground))
    opened: list[Opened] = []
    if d.parafoil is not None:
        wing = d.parafoil
        flight.until(wing.opens)
        area = wing.area or of.parafoil_area(d.mass, float(wing.sink_rate or 0.0), wing.lift, wing.drag, ground_air)
        height, speed = float(flight.state[1]), flight.speed()
        forces = flight.until(end, lambda t: wing.drag * area, wing.lift * area, bare=0.0)
        opened.append(
            Opened("parafoil", area, of.nominal_diameter(area), height, speed, 0.0, (1.0,), float(forces.max()))
        )
    parachutes = d.parachutes or ()
    known = {c.name: c for c in of.CANOPIES}
    for i, p in enumerate(parachutes):
        canopy = known[p.kind]
        if i == 0:
            flight.until(p.opens)
        area = p.area or of.parachute_area(d.mass, float(p.sink_rate or 0.0), canopy, ground_air)
        diameter, low = of.nominal_diameter(area), parachutes[i + 1].opens if i + 1 < len(parachutes) else end
        height, speed = float(flight.state[1]), flight.speed()
        filling = of.filling_time(canopy, diameter, speed)
        ratios, forces = _under(flight, canopy, area, p.force_limit, low)
        opened.append(Opened(p.kind, area, diameter, height, speed, filling, ratios, float(forces.max())))
    rows = np.concatenate(flight.rows)
    time, x, height, level_speed, climb, force = rows.T
    return CanopyFlight(time, x, height, level_speed, climb, force, tuple(opened))


def _under(
    flight: _Flight, canopy: of.Canopy, area: float, limit: float | None, low: float
) -> tuple[tuple[float, ...], np.ndarray]:
    """From line stretch on: reefed as often as the limit [N] asks, each time until the fall has settled or the whole keeps the
    limit; reefing ratios and forces."""
    d, bare, full, over = flight.d, flight.d.begin.drag_area, canopy.drag_coefficient * area, canopy.opening_factor
    diameter, share = of.nominal_diameter(area), 0.0
    ratios: list[float] = []
    forces = [np.zeros(1)]
    while share < 1.0 and flight.state[1] > low + 1e-3:
        speed, air = flight.speed(), flight.air(float(flight.state[1]))
        wider = 1.0 if limit is None else of.reefing_ratio(canopy, area, speed, air, limit)
        if wider < share * WIDENS:
            raise ImpossibleError(
                f"'{d.name}': the {canopy.name} canopy stays reefed at {share:.0%}: opened further at {speed:.1f} m/s it would "
                f"pull more than {limit:g} N; raise its force_limit, or let a larger canopy slow the body before it"
            )
        filling = of.filling_time(canopy, diameter, speed)
        begun, filled = filling * np.sqrt(share), filling * np.sqrt(wider)
        settled = max((limit or 0.0) / (full * over), SETTLED * d.mass * G0 / (wider * full + bare))

        def drag(t: float, wider: float = wider, begun: float = begun, filling: float = filling) -> float:
            grown = ((t + begun) / filling) ** 2
            return full * grown * over if grown < wider else full * wider

        def settles(q: float, t: float, filled: float = filled - begun, settled: float = settled) -> float:
            return 1.0 if t < filled else q - settled

        forces.append(flight.until(low, drag, stops=None if wider == 1.0 else settles))
        share = wider
        ratios.append(share)
    return tuple(ratios), np.concatenate(forces)
