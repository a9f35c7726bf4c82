"""A study from its definition to orbit: engines, masses, drag, ascent, launch data."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from ..core.documents import Module
from ..core.findings import Finding, Severity
from ..core.frames import EarthOrientation
from ..core.progress import Progress
from ..launch_data.export import LaunchData, launch_data
from ..launch_data.kvn import Issuer, SpaceObject
from ..propulsion.engine_map import EngineMap
from ..propulsion.performance import EnginePerformance
from ..propulsion.thrust_curve import MotorMap
from ..trajectory.result import AscentResult, until_insertion
from ..vehicle.aerodynamics import DragTable, drag_table
from ..vehicle.checks import coverage, lift_off_check
from ..vehicle.mass import MassTable, mass_table
from ..vehicle.vehicle import Vehicle
from .ascend import ascend
from .documents import Study, require_study
from .mass_history import MassHistory, mass_history
from .provenance import recalled, unsourced

STEPS = {"read": 1.5, "engines": 0.5, "vehicle": 0.5, "ascent": 6.0, "flight": 1.5, "launch data": 0.5, "report": 3.0}


@dataclass(frozen=True)
class Design:
    """Everything computed of a study. engines: one for each engine document, in the stages' order."""

    study: Study
    engines: tuple[EnginePerformance, ...]
    masses: MassTable
    mass_history: MassHistory
    drag: DragTable
    ascent: AscentResult
    launch_data: LaunchData
    findings: tuple[Finding, ...]

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
    with progress.step("launch data"):
        masses = mass_table(vehicle, ascent.payload_mass)
        history = mass_history(vehicle, flown.plan, ascent.trajectory, ascent.payload_mass)
        lift_off = lift_off_check(
            vehicle, maps, payload_mass=ascent.payload_mass, ambient_pressure=flown.ambient_pressure
        )
        drag = drag_table(vehicle, nozzle_exit_area=_exit_area(vehicle, maps))
        drag_at_the_end = drag_table(vehicle, lowest_stage=len(vehicle.stages) - 1, fairing=vehicle.fairing is None)
        published = _launch_data(study, ascent)
    findings = (
        *(f for e in engines for f in e.findings),
        lift_off,
        *masses.findings,
        *history.findings,
        *drag.findings,
        *drag_at_the_end.findings,
        *ascent.findings,
        *coverage(vehicle),
        *unsourced(study),
        *recalled(study),
        *_light_adapter(vehicle, ascent.payload_mass),
        *_ignored_payload(study),
        *published.findings,
    )
    return Design(
        study=study,
        engines=engines,
        masses=replace(masses, input_hash=content),
        mass_history=replace(history, input_hash=content),
        drag=replace(drag, input_hash=content),
        ascent=ascent,
        launch_data=published,
        findings=tuple(dict.fromkeys(findings)),
    )


def _exit_area(vehicle: Vehicle, maps: dict[str, EngineMap | MotorMap]) -> float:
    first = vehicle.stages[0]
    area = first.engine_count * maps[first.name].exit_area
    return area + sum(g.count * g.stage.engine_count * maps[g.stage.name].exit_area for g in vehicle.boosters)


def _launch_data(study: Study, ascent: AscentResult) -> LaunchData:
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mission = study.mission
    return launch_data(
        until_insertion(ascent.trajectory),
        Issuer(originator=study.originator, created=created, where=study.where("originator")),
        mission=mission.name,
        vehicle=SpaceObject(name=_ascii(study.vehicle.name)),
        payload=SpaceObject(name="PAYLOAD"),
        payload_mass=_released_at_insertion(ascent),
        state_of="last stage with payload at its last engine cut-off, taken as separation: no coast after it is modelled",
        software=f"osea-rocket {version('osea-rocket')}",
        orientation=EarthOrientation(ut1_minus_utc=mission.ut1_minus_utc),
        where=mission.where("epoch"),
    )


def _released_at_insertion(ascent: AscentResult) -> float:
    return next(o.released for o in ascent.orbits if o.orbit.time == ascent.insertion.time)


def _ascii(name: str) -> str:
    """CCSDS messages carry ASCII only; other letters are left out of the object's name."""
    return "".join(c for c in name if c.isascii() and c.isprintable()).strip() or "VEHICLE"


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


def _ignored_payload(study: Study) -> tuple[Finding, ...]:
    payload = study.vehicle.payload
    if study.mission.objective != "payload" or payload.mass is None:
        return ()
    message = (
        f"the payload's mass of {payload.mass:.5g} kg is not used: the mission asks for the largest payload; set 'objective: "
        "propellant' to fly this one, or leave the mass out"
    )
    return (Finding(Severity.WARN, "study.payload_not_used", payload.where("mass"), message),)
