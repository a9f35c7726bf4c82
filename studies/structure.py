"""A study's structure: load cases from its flight, landing and pad, the core sized for them, and its bending frequencies."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.result import Trajectory, until_insertion
from ..vehicle.body_loads import body_loads, landing_loads, mass_per_length, pad_loads
from ..vehicle.layout import layout
from ..vehicle.mass import MassProperties, mass_properties
from ..vehicle.structure.cases import LoadCase
from ..vehicle.structure.document import StructureRules
from ..vehicle.structure.materials import find_material
from ..vehicle.structure.modes import BendingModes, bending_modes
from ..vehicle.structure.sizing import Structure, size_structure
from ..vehicle.vehicle import Vehicle
from .joint_loads import flight_condition
from .mass_history import Stack, stack_at
from .strap_ons import not_located, strap_on_states

_PIECES = 120  # of the beam


@dataclass(frozen=True)
class StructureStudy:
    """cases: with which the structure was sized. on_pad: bending of the full vehicle held at its foot; in_flight: free, at
    lift-off and at the first stage's burn-out."""

    structure: Structure
    cases: tuple[LoadCase, ...]
    on_pad: BendingModes
    lift_off: BendingModes
    burn_out: BendingModes
    findings: tuple[Finding, ...]


def study_structure(
    vehicle: Vehicle,
    rules: StructureRules,
    plan: FlightPlan,
    trajectory: Trajectory,
    payload_mass: float,
    *,
    gust: float | None = None,
) -> StructureStudy:
    """Size the core for lift-off, the largest q alpha, every burn-out, landing, and the pad in wind.

    Raises InputError when the rules name a stage that is not there.
    """
    flight, skipped = _flight_cases(vehicle, rules, plan, until_insertion(trajectory), payload_mass, gust or 0.0)
    full = mass_properties(vehicle, payload_mass=payload_mass)
    pad = LoadCase(
        "pad in wind",
        pad_loads(vehicle, full, rules.pad_wind),
        9.80665,
        {s.name: 1.0 for s in vehicle.stages},
        pressurised=False,
    )
    cases = (pad, *flight, *_landings(vehicle, rules))
    structure = size_structure(vehicle, rules, cases)
    findings = [*structure.findings, *skipped, *_mass_findings(vehicle, structure)]
    first = vehicle.stages[0].name
    return StructureStudy(
        structure=structure,
        cases=cases,
        on_pad=_modes(vehicle, structure, full, "clamped"),
        lift_off=_modes(vehicle, structure, full, "free"),
        burn_out=_modes(
            vehicle, structure, mass_properties(vehicle, payload_mass=payload_mass, propellant={first: 0.0}), "free"
        ),
        findings=tuple(dict.fromkeys(findings)),
    )


def _flight_cases(
    vehicle: Vehicle, rules: StructureRules, plan: FlightPlan, trajectory: Trajectory, payload: float, gust: float
) -> tuple[list[LoadCase], list[Finding]]:
    cases, beside = [], []
    for name, i in _instants(trajectory, plan, gust):
        stack = stack_at(vehicle, plan, trajectory, i, payload)
        if not_located(vehicle, stack.strap_ons):
            beside.append(name)
            continue
        condition = flight_condition(trajectory, i, gust)
        loads = body_loads(
            vehicle,
            stack.masses,
            condition,
            lowest_stage=stack.lowest_stage,
            fairing=stack.fairing,
            strap_ons=strap_on_states(vehicle, plan, trajectory, i, stack),
        )
        factor = rules.dynamic_factor if name == "lift-off" else 1.0
        cases.append(LoadCase(name, loads, condition.axial_acceleration, _filled(vehicle, stack), axial_factor=factor))
    if not beside:
        return cases, []
    text = (
        f"{', '.join(beside)}: left out, for strap-ons are attached, and the vehicle does not say where: give "
        "'fore_attachment', 'aft_attachment' and 'thrust_attachment'"
    )
    return cases, [Finding(Severity.UNKNOWN, "structure.strap_ons", vehicle.where("boosters"), text)]


def _instants(trajectory: Trajectory, plan: FlightPlan, gust: float) -> Iterator[tuple[str, int]]:
    """Lift-off, the largest q alpha with the gust, and each burn-out (the largest acceleration of a stage's flight)."""
    yield "lift-off", 0
    turned = [flight_condition(trajectory, i, gust) for i in range(len(trajectory.time))]
    product = np.array([c.dynamic_pressure * c.angle_of_attack for c in turned])
    yield "largest q·α", int(np.argmax(product))
    yield "largest dynamic pressure", int(np.argmax(trajectory.dynamic_pressure))
    names = [plan.segments[int(k)].stage for k in trajectory.phase_index]
    for name in dict.fromkeys(names):
        here = [i for i, n in enumerate(names) if n == name]
        yield f"burn-out of {name}", max(here, key=lambda i: float(trajectory.axial_acceleration[i]))


def _filled(vehicle: Vehicle, stack: Stack) -> dict[str, float]:
    """Share of its load that each stage of the core still has."""
    found = {}
    for stage in vehicle.stages[stack.lowest_stage :]:
        liquids = {t.contents for t in stage.tanks} | {"propellant"}
        left = sum(i.mass for i in stack.masses.items if i.part == stage.name and i.item in liquids)
        found[stage.name] = min(left / stage.propellant_mass, 1.0)
    return found


def _landings(vehicle: Vehicle, rules: StructureRules) -> Iterator[LoadCase]:
    place = layout(vehicle)
    for k, landing in enumerate(rules.landing):
        names = [s.name for s in vehicle.stages]
        if landing.stage not in names:
            raise InputError(
                f"no core stage '{landing.stage}'; known: {', '.join(names)}", where=rules.where(f"landing.{k}.stage")
            )
        stage = vehicle.stage(landing.stage)
        left = landing.propellant * stage.propellant_mass
        masses = mass_properties(vehicle, payload_mass=0.0, propellant={stage.name: left})
        own = tuple(i for i in masses.items if i.part == stage.name)
        at = place.part("stage", stage.name)
        part = vehicle.interstage_on(stage)
        top = at.top
        if part is not None and part.leaves_with == "lower":
            own += tuple(i for i in masses.items if i.part == part.name)
            top = place.part("interstage", part.name).top
        alone = _of(own)
        yield LoadCase(
            f"landing of {stage.name}",
            landing_loads(alone, at.bottom, top, landing.acceleration),
            landing.acceleration,
            {stage.name: landing.propellant},
        )


def _of(items) -> MassProperties:
    mass = sum(i.mass for i in items)
    center = sum(i.mass * i.station for i in items) / mass
    return MassProperties(
        mass=mass, center_of_mass=center, roll_inertia=0.0, pitch_inertia=0.0, yaw_inertia=0.0, items=tuple(items)
    )


def _modes(vehicle: Vehicle, structure: Structure, masses: MassProperties, support) -> BendingModes:
    top = layout(vehicle).length
    station = np.linspace(structure.shells[0].bottom, top, _PIECES + 1)
    mass = np.maximum(mass_per_length(station, masses.items), 1e-3 * masses.mass / top)
    modulus = {s.material: find_material(s.material).modulus for s in structure.shells}
    return bending_modes(station, mass, structure.stiffness(station, modulus), support=support)


def _mass_findings(vehicle: Vehicle, structure: Structure) -> list[Finding]:
    """Shells that weigh more than the stage's dry mass less its engines leave no room for the rest."""
    found = []
    for stage in vehicle.stages:
        room = stage.dry_mass - (stage.powerplant.mass or 0.0) * stage.engine_count
        shells = structure.mass_of(stage.name)
        bad = shells > room
        text = f"'{stage.name}': shells of {shells:,.0f} kg in {room:,.0f} kg of dry mass without engines"
        text += (
            "; the dry mass does not bear these loads: raise it, or change material, pressure or factors" if bad else ""
        )
        found.append(
            Finding(
                Severity.WARN if bad else Severity.OK,
                "structure.mass",
                stage.where("dry_mass"),
                text,
                room / shells - 1,
            )
        )
    return found
