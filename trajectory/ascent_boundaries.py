"""What must hold at the ends of an ascent's phases: masses, loads at their last instant, fairing jettison, the target orbit."""

from typing import Any

from .flight_plan import FlightPlan, Segment
from .mission import Mission
from .motion import loads
from .optimal_control.problem import Boundary, Ends, Limit
from .orbit import residual_names, terminal_residuals
from .steering import LaunchFrame, thrust_direction


def ascent_boundaries(plan: FlightPlan, mission: Mission, frame: LaunchFrame) -> tuple[Boundary, ...]:
    """All of them, for `ascent.ascent_problem`, whose phases, states and payload parameter they name."""
    return (
        *_masses(plan),
        *_last_accelerations(plan, mission, frame),
        *_fairing(plan, mission),
        _insertion(plan.segments[-1], mission),
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
            return ends[segment.name].final.mass - ends.payload - segment.burnout_mass

        limits.append(Boundary(left, (Limit(f"usable propellant of {segment.stage}", "kg", lower=0.0, scale=scale),)))
    return limits


def _last_burns(plan: FlightPlan) -> list[Segment]:
    """For each stage the segment in which its last burn ends."""
    return list({s.stage: s for s in plan.segments if s.powered}.values())


def _last_accelerations(plan: FlightPlan, mission: Mission, frame: LaunchFrame) -> list[Boundary]:
    """Acceleration grows until something is dropped or cut off, and a path limit does not see the last instant of a phase."""
    limit, boundaries = mission.limits.axial_acceleration, []
    for segment, after in zip(plan.segments, (*plan.segments[1:], None), strict=True):
        if limit is None or segment.steering != "free" or not segment.powered:
            continue
        if after is not None and after.powered and not after.drops:
            continue

        def last(ends: Ends, segment: Segment = segment) -> Any:
            p = ends[segment.name].final
            axis = thrust_direction(frame, p.pitch, p.yaw)
            throttle = p.throttle if segment.throttles else 1.0
            return loads(segment.model, p.x, p.y, p.z, p.vx, p.vy, p.vz, p.mass, *axis, throttle).axial_acceleration

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


def _insertion(last: Segment, mission: Mission) -> Boundary:
    """The target orbit, through angular momentum and eccentricity."""
    goal = mission.orbit.goal()
    names = residual_names(goal)

    def residuals(ends: Ends) -> dict[str, Any]:
        p = ends[last.name].final
        return dict(zip(names, terminal_residuals(goal, p.x, p.y, p.z, p.vx, p.vy, p.vz), strict=True))

    return Boundary(residuals, tuple(Limit.equal(name, "1", 0.0, 0.1) for name in names))
