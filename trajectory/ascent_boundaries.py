"""What must hold at the ends of an ascent's phases: masses, loads at their last instant, fairing jettison, the target orbit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.earth import MU
from .environment.gravity import WGS84
from .flight_plan import FlightPlan, Segment
from .mission import EscapeOrbit, Mission, TargetOrbit
from .motion import loads
from .optimal_control.problem import Boundary, Ends, Limit
from .orbit import (
    OrbitGoal,
    angular_momentum,
    eccentricity_vector,
    escape_names,
    escape_residuals,
    orbit_goal,
    residual_names,
    terminal_residuals,
)
from .range_safety.corridor import convex_edges, impact_depth_inside
from .sequence import BurnOrbit
from .steering import LaunchFrame, thrust_direction


def ascent_boundaries(plan: FlightPlan, mission: Mission, frame: LaunchFrame) -> tuple[Boundary, ...]:
    """All of them, for `ascent.ascent_problem`, whose phases, states and payload parameter they name."""
    return (
        *_masses(plan),
        *_last_accelerations(plan, mission, frame),
        *_fairing(plan, mission),
        *_orbits(plan),
        *_disposal_area(plan, mission),
    )


def _masses(plan: FlightPlan) -> list[Boundary]:
    """Lift-off mass holds the payload; no stage burns more than its usable propellant."""
    first = plan.segments[0].name
    scale = plan.liftoff_mass

    def liftoff(ends: Ends) -> Any:
        return ends[first].initial.mass - ends.payload - plan.liftoff_mass

    limits = [Boundary(liftoff, (Limit.equal("lift-off mass, less vehicle and payload", "kg", 0.0, scale),))]
    for segment in _last_burns(plan):

        def left(ends: Ends, segment: Segment = segment) -> Any:
            least = (
                segment.payload_aboard(ends.payload) + segment.burnout_mass + segment.kept_per_payload * ends.payload
            )
            return ends[segment.name].final.mass - least

        limits.append(Boundary(left, (Limit(f"usable propellant of {segment.stage}", "kg", lower=0.0, scale=scale),)))
    return limits


def _last_burns(plan: FlightPlan) -> list[Segment]:
    """For each stage with liquid engines the segment in which its last burn ends."""
    return [s for s in {s.stage: s for s in plan.segments if s.powered}.values() if not s.solid]


def _last_accelerations(plan: FlightPlan, mission: Mission, frame: LaunchFrame) -> list[Boundary]:
    """Acceleration grows until something is dropped or cut off, and a path limit does not see the last instant of a phase."""
    limit, boundaries = mission.limits.axial_acceleration, []
    for segment, after in zip(plan.segments, (*plan.segments[1:], None), strict=True):
        if limit is None or segment.steering != "free" or not segment.powered or segment.payload_gone:
            continue
        if after is not None and after.powered and not after.drops and after.engines == segment.engines:
            continue

        def last(ends: Ends, segment: Segment = segment) -> Any:
            p = ends[segment.name].final
            axis = thrust_direction(frame, p.pitch, p.yaw)
            throttle = p.throttle if segment.throttles else segment.throttle or 1.0
            clock = p.time if segment.clock == "flight" else p.burn_time if segment.clock == "burn" else 0.0
            state = (p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass, *axis, throttle, clock)
            return loads(segment.model, *state).axial_acceleration

        name = f"axial acceleration at the end of {segment.name}"
        boundaries.append(Boundary(last, (Limit(name, "m/s^2", upper=limit),)))
    return boundaries


def _fairing(plan: FlightPlan, mission: Mission) -> list[Boundary]:
    """The fairing stays on until the heating is low enough; afterwards a path limit holds."""
    for before, after in zip(plan.segments, plan.segments[1:], strict=False):
        if before.fairing_on and not after.fairing_on and mission.limits.fairing_heat_flux is not None:
            limit = mission.limits.fairing_heat_flux

            def heating(ends: Ends, segment: Segment = before) -> Any:
                p = ends[segment.name].final
                return loads(segment.model, p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass, 1.0, 0.0, 0.0, 1.0).heat_flux

            return [Boundary(heating, (Limit("heating at fairing jettison", "W/m^2", upper=limit),))]
    return []


def _orbits(plan: FlightPlan) -> list[Boundary]:
    """The target orbit, and those in which burns before and after insertion end."""
    found = []
    for segment in plan.segments:
        if isinstance(segment.target, TargetOrbit):
            found.append(_target(segment, segment.target))
        elif isinstance(segment.target, EscapeOrbit):
            found.append(_escape(segment, segment.target))
        elif isinstance(segment.target, BurnOrbit):
            found.append(_burn_orbit(segment, segment.target))
    return found


def _target(segment: Segment, orbit: TargetOrbit) -> Boundary:
    """The mission's orbit, through angular momentum and eccentricity."""
    return _on_orbit(segment, orbit.goal(), lambda name: name)


def _escape(segment: Segment, orbit: EscapeOrbit) -> Boundary:
    """The way out: energy, perigee, and the asymptote's direction."""
    goal = orbit.goal()
    names = escape_names(goal)

    def residuals(ends: Ends) -> dict[str, Any]:
        p = ends[segment.name].final
        return dict(zip(names, escape_residuals(goal, p.x, p.y, p.z, p.vx, p.vy, p.vz), strict=True))

    return Boundary(residuals, tuple(Limit.equal(name, "1", 0.0, 0.1) for name in names))


def _disposal_area(plan: FlightPlan, mission: Mission) -> list[Boundary]:
    """After the disposal burn the last stage comes down within the area, as far as an impact point in vacuum tells."""
    last = plan.segments[-1]
    if mission.limits.disposal_area is None or not (last.payload_gone and last.powered):
        return []  # a plan cut short for a guess has no disposal
    (area,) = mission.limits.disposal_area
    edges = convex_edges(area.latitude, area.longitude)
    name = f"impact point of {last.stage}, inside {area.name}"

    def depth(ends: Ends) -> Any:
        p = ends[last.name].final
        return impact_depth_inside(edges, WGS84, p.time, p.x, p.y, p.z, p.vx, p.vy, p.vz)

    return [Boundary(depth, (Limit(name, "m", lower=0.0, scale=1e6),))]


def _burn_orbit(segment: Segment, orbit: BurnOrbit) -> Boundary:
    """What a burn's orbit asks: both altitudes, or the perigee alone, and the inclination where it is given."""
    if orbit.apogee_radius is not None:
        goal = orbit_goal(
            orbit.perigee_radius, orbit.apogee_radius, np.pi / 2 if orbit.inclination is None else orbit.inclination
        )

        def named(name: str) -> str | None:
            return None if orbit.inclination is None and name.startswith("inclination") else f"{segment.name}: {name}"

        return _on_orbit(segment, goal, named)
    names = [f"{segment.name}: perigee"] + [f"{segment.name}: inclination"] * (orbit.inclination is not None)

    def residuals(ends: Ends) -> dict[str, Any]:
        p = ends[segment.name].final
        hx, hy, hz = angular_momentum(p.x, p.y, p.z, p.vx, p.vy, p.vz)
        ex, ey, ez = eccentricity_vector(MU, p.x, p.y, p.z, p.vx, p.vy, p.vz)
        h2 = hx * hx + hy * hy + hz * hz
        e = np.sqrt(ex * ex + ey * ey + ez * ez + 1e-12)  # with a slope where the orbit is circular
        found = [h2 / (MU * (1 + e)) / orbit.perigee_radius - 1.0]
        if orbit.inclination is not None:
            found.append(hz / np.sqrt(h2) - float(np.cos(orbit.inclination)))
        return dict(zip(names, found, strict=True))

    return Boundary(residuals, tuple(Limit.equal(name, "1", 0.0, 0.1) for name in names))


def _on_orbit(segment: Segment, goal: OrbitGoal, named: Callable[[str], str | None]) -> Boundary:
    """The residuals of a goal that keep a name."""
    names = [named(name) for name in residual_names(goal)]

    def residuals(ends: Ends) -> dict[str, Any]:
        p = ends[segment.name].final
        found = zip(names, terminal_residuals(goal, p.x, p.y, p.z, p.vx, p.vy, p.vz), strict=True)
        return {name: value for name, value in found if name is not None}

    return Boundary(residuals, tuple(Limit.equal(name, "1", 0.0, 0.1) for name in names if name is not None))
