"""What failed engines cost: the same flight without the failure, and the payload that is lost."""

from collections.abc import Mapping

from ..core.findings import Finding, Severity
from ..propulsion.engine_map import EngineMap
from ..propulsion.thrust_curve import MotorMap
from ..vehicle.vehicle import Vehicle
from .ascent import solve_ascent
from .flight_plan import flight_plan
from .mission import Mission
from .result import AscentResult


def payload_without_failure(
    vehicle: Vehicle, mission: Mission, maps: Mapping[str, EngineMap | MotorMap], *, mesh_tolerance: float = 1e-6
) -> float:
    """The largest payload [kg] when no engine fails; raises as `solve_ascent` does."""
    nominal = mission.evolve(sequence=mission.sequence.evolve(engine_out=()), objective="payload")
    return solve_ascent(
        flight_plan(vehicle, nominal, maps), nominal, mesh_tolerance=mesh_tolerance, largest_miss=None
    ).payload_mass


def failure_finding(ascent: AscentResult, nominal: float, mission: Mission) -> Finding:
    """The loss in words. The optimizer knows of the failure from lift-off on: a real flight, which does not, loses more."""
    failed = " and ".join(f"{e.engines} of '{e.stage}' after {e.after:g} s" for e in mission.sequence.engine_out)
    lost = nominal - ascent.payload_mass
    if mission.objective == "payload":
        text = f"costs {lost:.0f} kg of {nominal:.0f} kg ({lost / nominal:.1%}); the loss of a flight planned for the failure"
    else:
        text = f"leaves {ascent.payload_mass:.0f} kg in orbit, of {nominal:.0f} kg at most without it"
    return Finding(
        Severity.WARN,
        "ascent.engine_out",
        mission.where("sequence.engine_out"),
        f"engine(s) out: {failed}: {text}",
        None,
    )
