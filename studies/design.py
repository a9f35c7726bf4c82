"""A study from its definition to orbit: engines, masses, drag, ascent, launch data."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version

from ..core.documents import Document, Module
from ..core.findings import Finding, Severity
from ..core.frames import EarthOrientation
from ..core.progress import Progress
from ..launch_data.export import LaunchData, launch_data
from ..launch_data.kvn import Issuer, SpaceObject
from ..propulsion.engine_map import EngineMap
from ..propulsion.performance import EnginePerformance, engine_performance
from ..trajectory.ascent_result import fly_ascent
from ..trajectory.environment.atmosphere import pressure, standard_atmosphere
from ..trajectory.flight_plan import flight_plan
from ..trajectory.result import AscentResult
from ..vehicle.aerodynamics import DragTable, drag_table
from ..vehicle.checks import coverage, lift_off_check
from ..vehicle.mass import MassTable, mass_table
from ..vehicle.stage import Stage
from ..vehicle.vehicle import Vehicle
from .documents import Study, require_study
from .mass_history import MassHistory, mass_history

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
    vehicle, mission = study.vehicle, study.mission
    content = study.content_hash()
    with progress.step("engines"):
        engines, maps = _engines(vehicle)
    with progress.step("vehicle"):
        ambient = float(pressure(standard_atmosphere(), mission.site.altitude))
        # without a payload first: what cannot lift itself needs no optimizer to say so
        lift_off_check(vehicle, maps, payload_mass=vehicle.payload.mass or 0.0, ambient_pressure=ambient)
        plan = flight_plan(vehicle, mission, maps)
    with progress.step("ascent"):
        from ..trajectory.ascent import solve_ascent  # CasADi is slow to import, and a bad vehicle never needs it

        solved = solve_ascent(
            plan,
            mission,
            on_iteration=lambda i: progress.note(f"iteration {i.number}, infeasibility {i.infeasibility:.1e}"),
        )
    with progress.step("flight"):
        ascent = fly_ascent(solved, input_hash=content, sources=_sources(study))
    with progress.step("launch data"):
        masses = mass_table(vehicle, ascent.payload_mass)
        history = mass_history(vehicle, plan, ascent.trajectory, ascent.payload_mass)
        lift_off = lift_off_check(vehicle, maps, payload_mass=ascent.payload_mass, ambient_pressure=ambient)
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


def _stages(vehicle: Vehicle) -> tuple[Stage, ...]:
    return (*vehicle.stages, *(group.stage for group in vehicle.boosters))


def _engines(vehicle: Vehicle) -> tuple[tuple[EnginePerformance, ...], dict[str, EngineMap]]:
    """Performance of each different engine, and the map of each stage's engine by stage name."""
    found: dict[str, EnginePerformance] = {}
    maps: dict[str, EngineMap] = {}
    for stage in _stages(vehicle):
        key = stage.engine.content_hash()
        if key not in found:
            found[key] = engine_performance(stage.engine)
        maps[stage.name] = found[key].map
    return tuple(found.values()), maps


def _exit_area(vehicle: Vehicle, maps: dict[str, EngineMap]) -> float:
    first = vehicle.stages[0]
    area = first.engine_count * maps[first.name].exit_area
    return area + sum(g.count * g.stage.engine_count * maps[g.stage.name].exit_area for g in vehicle.boosters)


def _launch_data(study: Study, ascent: AscentResult) -> LaunchData:
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    mission = study.mission
    return launch_data(
        ascent.trajectory,
        Issuer(originator=study.originator, created=created, where=study.where("originator")),
        mission=mission.name,
        vehicle=SpaceObject(name=_ascii(study.vehicle.name)),
        payload=SpaceObject(name="PAYLOAD"),
        payload_mass=ascent.payload_mass,
        state_of="last stage with payload at its last engine cut-off, taken as separation: no coast after it is modelled",
        software=f"osea-rocket {version('osea-rocket')}",
        orientation=EarthOrientation(ut1_minus_utc=mission.ut1_minus_utc),
        where=mission.where("epoch"),
    )


def _ascii(name: str) -> str:
    """CCSDS messages carry ASCII only; other letters are left out of the object's name."""
    return "".join(c for c in name if c.isascii() and c.isprintable()).strip() or "VEHICLE"


def documents_of(document: Document) -> list[Module]:
    """The document and every module that it holds, each once."""
    found: list[Module] = [document] if isinstance(document, Module) else []
    for name in type(document).model_fields:
        value = getattr(document, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Document):
                found += [m for m in documents_of(item) if m not in found]
    return found


def _sources(study: Study) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{s.citation} [{s.grade}]" for module in documents_of(study) for s in module.sources))


def unsourced(document: Document) -> tuple[Finding, ...]:
    """One WARN for each module whose numbers have no source, naming the fields."""
    findings = []
    for module in documents_of(document):
        covered = {f.split(".")[0] for s in module.sources for f in s.fields}
        bare = [
            name
            for name, info in type(module).model_fields.items()
            if name not in covered and name in module.model_fields_set and isinstance(getattr(module, name), float)
        ]
        if bare:
            findings.append(
                Finding(
                    Severity.WARN,
                    "document.no_source",
                    module.where(bare[0]),
                    f"'{module.name}': no source for {', '.join(bare)}; add one, or mark them as an estimate",
                )
            )
    return tuple(findings)


def recalled(document: Document) -> tuple[Finding, ...]:
    """One WARN for each module that rests on figures from memory, naming the fields: results that use them inherit the doubt."""
    findings = []
    for module in documents_of(document):
        fields = [f for s in module.sources if s.grade == "recalled" for f in s.fields]
        fields += [f"losses.{loss.name}" for loss in getattr(module, "losses", ()) if loss.grade == "recalled"]
        if fields:
            findings.append(
                Finding(
                    Severity.WARN,
                    "document.recalled",
                    module.where(),
                    f"'{module.name}': {', '.join(fields)} recalled from memory; what is computed from them is no validation "
                    "until they are looked up",
                )
            )
    return tuple(findings)


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
