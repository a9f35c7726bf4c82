"""A study from its definition to orbit: engines, masses, drag, ascent, launch data."""

from dataclasses import dataclass, replace

from ..core.documents import Module
from ..core.findings import Finding, Severity
from ..core.progress import Progress
from ..launch_data.export import LaunchData
from ..propulsion.engine_map import EngineMap
from ..propulsion.performance import EnginePerformance
from ..propulsion.thrust_curve import MotorMap
from ..trajectory.result import AscentResult
from ..vehicle.aerodynamics import DragTable, drag_table
from ..vehicle.checks import coverage, lift_off_check
from ..vehicle.mass import MassTable, mass_table
from ..vehicle.vehicle import Vehicle
from .ascend import ascend, ignored_payload
from .check import VehicleCheck, check_vehicle, findings_in_short
from .documents import Study, require_study
from .flight_data import FLIGHT_STEPS, FlightData, flight_data
from .mass_history import MassHistory
from .provenance import recalled, unsourced
from .stability import Stability, ascent_stability
from .structure import StructureStudy, study_structure

STEPS = {
    "read": 1.5,
    "engines": 0.5,
    "vehicle": 0.5,
    "ascent": 6.0,
    "flight": 1.5,
    **FLIGHT_STEPS,
    "masses": 0.5,
    "structure": 1.0,
    "report": 3.0,
}


@dataclass(frozen=True)
class Design:
    """Everything computed of a study. engines: one for each engine document, in the stages' order."""

    study: Study
    engines: tuple[EnginePerformance, ...]
    masses: MassTable
    drag: DragTable
    flight: FlightData
    interfaces: VehicleCheck
    stability: Stability
    structure: StructureStudy | None
    findings: tuple[Finding, ...]

    @property
    def ascent(self) -> AscentResult:
        """The flown optimum."""
        return self.flight.ascent

    @property
    def mass_history(self) -> MassHistory:
        """Of what flies."""
        return self.flight.masses

    @property
    def launch_data(self) -> LaunchData:
        """The messages to be published."""
        return self.flight.launch_data

    @property
    def payload_mass(self) -> float:
        """The payload [kg], found or given."""
        return self.ascent.payload_mass


def design(study: Module, progress: Progress | None = None) -> Design:
    """Run a study.

    Raises ImpossibleError where the physics says no (cannot lift off, orbit out of reach), UndecidedError where a solver did
    not converge, InputError where documents disagree.
    """
    progress = progress or Progress()
    study = require_study(study)
    vehicle = study.vehicle
    content = study.content_hash()
    flown = ascend(study, progress)
    engines, maps, ascent = flown.engines, flown.maps, flown.ascent
    flight = flight_data(flown, progress)
    with progress.step("masses"):
        masses = mass_table(vehicle, ascent.payload_mass)
        lift_off = lift_off_check(
            vehicle, maps, payload_mass=ascent.payload_mass, ambient_pressure=flown.ambient_pressure
        )
        drag = drag_table(vehicle, nozzle_exit_area=_exit_area(vehicle, maps))
        drag_at_the_end = drag_table(vehicle, lowest_stage=len(vehicle.stages) - 1, fairing=vehicle.fairing is None)
    interfaces = check_vehicle(vehicle, loads=flight.loads, payload_mass=ascent.payload_mass)
    with progress.step("structure"):
        stability = ascent_stability(vehicle, flown.plan, ascent.trajectory, ascent.payload_mass, gust=study.gust)
        structure = None
        if study.structure is not None:
            structure = study_structure(
                vehicle, study.structure, flown.plan, ascent.trajectory, ascent.payload_mass, gust=study.gust
            )
    findings = (
        *(f for e in engines for f in e.findings),
        lift_off,
        *masses.findings,
        *drag.findings,
        *drag_at_the_end.findings,
        *flight.findings,
        *coverage(vehicle),
        *unsourced(study),
        *recalled(study),
        *_light_adapter(vehicle, ascent.payload_mass),
        *ignored_payload(study),
        *findings_in_short(interfaces, vehicle),
        *stability.findings,
        *(structure.findings if structure is not None else ()),
    )
    return Design(
        study=study,
        engines=engines,
        masses=replace(masses, input_hash=content),
        drag=replace(drag, input_hash=content),
        flight=flight,
        interfaces=interfaces,
        stability=stability,
        structure=structure,
        findings=tuple(dict.fromkeys(findings)),
    )


def _exit_area(vehicle: Vehicle, maps: dict[str, EngineMap | MotorMap]) -> float:
    first = vehicle.stages[0]
    area = first.engine_count * maps[first.name].exit_area
    return area + sum(g.count * g.stage.engine_count * maps[g.stage.name].exit_area for g in vehicle.boosters)


HEAVY_LOAD = 50.0  # payload over adapter mass: our own threshold, where an estimate from area alone deserves a look


def _light_adapter(vehicle: Vehicle, payload_mass: float) -> tuple[Finding, ...]:
    adapter = vehicle.adapter
    if adapter is None or adapter.mass <= 0 or payload_mass <= HEAVY_LOAD * adapter.mass:
        return ()
    message = (
        f"'{adapter.name}' of {adapter.mass:.4g} kg is to carry {payload_mass / adapter.mass:.0f} times its own mass; a heavier "
        "one costs its own mass in payload"
    )
    margin = HEAVY_LOAD * adapter.mass / payload_mass - 1
    return (Finding(Severity.WARN, "vehicle.light_adapter", adapter.where("mass"), message, margin),)
