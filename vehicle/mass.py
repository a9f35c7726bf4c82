"""Mass, centre of mass and inertia of the vehicle as it burns and drops its parts; and the mass table.

Axes: x up the vehicle's axis from the lowest exit plane of the complete vehicle (the station), y and z across. Boosters
stand evenly around the core, the first on the y axis.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Annotated

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.results import Array, Result, Unit
from .layout import fairing_profile, layout
from .liquid import liquid
from .residuals import propellant_budget
from .solids import Body, combine, cylinder, cylindrical_shell, point, shell_of_revolution
from .stage import Stage
from .vehicle import Vehicle


@dataclass(frozen=True, kw_only=True)
class MassItem(Result):
    """One part in a mass roll-up: its mass, centre of mass (station) and own inertia."""

    part: str
    item: str
    mass: Annotated[float, Unit("kg")]
    station: Annotated[float, Unit("m")]
    roll_inertia: Annotated[float, Unit("kg*m^2")]
    pitch_inertia: Annotated[float, Unit("kg*m^2")]


@dataclass(frozen=True, kw_only=True)
class MassProperties(Result):
    """Mass, centre of mass (station on the axis) and inertia about axes through it."""

    mass: Annotated[float, Unit("kg")]
    center_of_mass: Annotated[float, Unit("m")]
    roll_inertia: Annotated[float, Unit("kg*m^2")]  # Ixx
    pitch_inertia: Annotated[float, Unit("kg*m^2")]  # Iyy
    yaw_inertia: Annotated[float, Unit("kg*m^2")]  # Izz; equals pitch unless two boosters stand opposite each other
    items: tuple[MassItem, ...]

    @property
    def inertia(self) -> Array:
        """The tensor (3, 3) about the centre of mass, body axes x (roll), y, z [kg m^2]."""
        import numpy as np

        return np.diag([self.roll_inertia, self.pitch_inertia, self.yaw_inertia])


def mass_properties(
    vehicle: Vehicle,
    *,
    payload_mass: float | None = None,
    propellant: Mapping[str, float] | None = None,
    lowest_stage: int = 0,
    boosters: bool | Collection[str] = True,
    fairing: bool = True,
) -> MassProperties:
    """Mass properties of what still flies.

    payload_mass [kg]: the payload document's when left out. propellant: remaining kg by stage name (one booster's for a
    booster group); full for stages not named. lowest_stage: index of the lowest core stage still attached (those below,
    with the interstages they take along, are gone). boosters, fairing: still attached? (boosters: or
    the names of those that are)
    Raises InputError for an unknown stage, a payload without mass, or more propellant than is loaded.
    """
    remaining = dict(propellant or {})
    names = [s.name for s in vehicle.stages] + [g.stage.name for g in vehicle.boosters]
    for name in remaining:
        if name not in names:
            raise InputError(f"no stage '{name}'; known: {', '.join(names)}", where=vehicle.where("stages"))
    if not 0 <= lowest_stage < len(vehicle.stages):
        raise InputError(
            f"lowest_stage is {lowest_stage}, and the vehicle has {len(vehicle.stages)} stages (0 is the lowest)"
        )
    place = layout(vehicle)
    items: list[tuple[str, str, Body]] = []
    rings: list[tuple[Body, int, float]] = []  # one booster's body, count, distance of its axis from the core's

    for i, stage in enumerate(vehicle.stages):
        attached = i >= lowest_stage
        bottom = place.part("stage", stage.name).bottom
        if attached:
            items += [(stage.name, n, b) for n, b in _stage_bodies(stage, bottom, remaining.get(stage.name))]
        part = vehicle.interstage_on(stage)
        if part is not None and part.mass > 0 and (attached or (part.leaves_with == "upper" and i == lowest_stage - 1)):
            at = place.part("interstage", part.name)
            body = shell_of_revolution(
                part.mass, (at.bottom, at.top), (part.lower_diameter / 2, part.upper_diameter / 2)
            )
            items.append((part.name, "structure", body))
    for group in vehicle.boosters:
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        here = boosters is True or (boosters is not False and group.stage.name in boosters)
        if here and vehicle.stages.index(core) >= lowest_stage:
            bottom = place.part("booster", group.stage.name).bottom
            distance = (core.diameter + group.stage.diameter) / 2
            for n, one in _stage_bodies(group.stage, bottom, remaining.get(group.stage.name)):
                items.append((f"{group.count} x {group.stage.name}", n, _times(one, group.count, distance)))
                rings.append((one, group.count, distance))
    if fairing and vehicle.fairing is not None:
        heights, radii = fairing_profile(vehicle)
        base = place.part("fairing").bottom
        items.append(
            (vehicle.fairing.name, "structure", shell_of_revolution(vehicle.fairing.mass, heights + base, radii))
        )
    items += [
        (vehicle.payload.name if n == "payload" else n, n, b) for n, b in _top_bodies(vehicle, payload_mass, place)
    ]

    total = combine([b for _, _, b in items])
    # combine() took a ring of n >= 3 boosters as round, its inertia across being half the sum of m d²; a pair is not.
    pitch = yaw = total.pitch
    for one, count, distance in rings:
        across = one.mass * count * distance**2 / 2
        angles = [2 * pi * k / count for k in range(count)]
        pitch += one.mass * distance**2 * sum(sin(a) ** 2 for a in angles) - across
        yaw += one.mass * distance**2 * sum(cos(a) ** 2 for a in angles) - across
    return MassProperties(
        mass=total.mass,
        center_of_mass=total.station,
        roll_inertia=total.roll,
        pitch_inertia=pitch,
        yaw_inertia=yaw,
        items=tuple(
            MassItem(part=p, item=n, mass=b.mass, station=b.station, roll_inertia=b.roll, pitch_inertia=b.pitch)
            for p, n, b in items
        ),
        input_hash=vehicle.content_hash(),
    )


def _times(one: Body, count: int, distance: float) -> Body:
    """*count* bodies evenly on a circle around the axis."""
    ring = one.mass * distance**2
    return Body(count * one.mass, one.station, count * (one.roll + ring), count * (one.pitch + ring / 2))


def _stage_bodies(stage: Stage, bottom: float, remaining: float | None) -> list[tuple[str, Body]]:
    """Engines, structure and propellant of one stage whose exit plane stands at station *bottom*.

    Engines (when the engine's mass is known) fill the engine section; the rest of the dry mass is a thin shell of the
    stage's diameter over the length above it. Propellant leaves the tanks in the ratio in which it was loaded.
    """
    if remaining is None:
        remaining = stage.propellant_mass
    if not 0 <= remaining <= stage.propellant_mass * (1 + 1e-9):
        raise InputError(
            f"'{stage.name}' holds 0 to {stage.propellant_mass:.6g} kg of propellant, not {remaining:.6g}",
            where=stage.where("propellant_mass"),
        )
    bodies: list[tuple[str, Body]] = []
    engine_mass = stage.powerplant.mass
    engines = (engine_mass or 0.0) * stage.engine_count
    if engines > stage.dry_mass:
        raise InputError(
            f"'{stage.name}': {stage.engine_count} engines of {engine_mass:.4g} kg weigh more than its dry_mass of "
            f"{stage.dry_mass:.4g} kg, which includes them; correct one of them",
            where=stage.where("dry_mass"),
        )
    section = min(stage.engine_section, stage.length)
    if engines > 0:
        radius = stage.diameter / 2 if stage.engine_count > 1 else 0.0
        bodies.append(("engines", cylinder(engines, bottom, section, radius)))
    shell = cylindrical_shell(stage.dry_mass - engines, bottom + section, stage.length - section, stage.diameter / 2)
    bodies.append(("structure", shell))
    share = remaining / stage.propellant_mass
    for tank, station in zip(stage.tanks, stage.tank_stations, strict=True):
        bodies.append((tank.contents, liquid(tank, tank.propellant_mass * share, bottom + station)))
    if not stage.tanks:
        # Nothing is known of where it lies: a column over the body, thinning evenly as a solid grain does.
        height = stage.length - section
        bodies.append(("propellant", cylinder(remaining, bottom + section, height, stage.diameter / 2)))
    return bodies


def _top_bodies(vehicle: Vehicle, payload_mass: float | None, place) -> list[tuple[str, Body]]:
    bodies: list[tuple[str, Body]] = []
    base = place.part("stage", vehicle.stages[-1].name).top
    if vehicle.adapter is not None and vehicle.adapter.mass > 0:
        adapter = vehicle.adapter
        radii = (adapter.lower_diameter / 2, adapter.upper_diameter / 2)
        bodies.append((adapter.name, shell_of_revolution(adapter.mass, (base, base + adapter.height), radii)))
    base += vehicle.adapter.height if vehicle.adapter is not None else 0.0
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    if mass is None:
        raise InputError(
            f"the payload '{vehicle.payload.name}' has no mass; give 'mass' in its file or pass payload_mass",
            where=vehicle.payload.where(),
        )
    if mass < 0:
        raise InputError(
            f"the payload's mass is {mass:.6g} kg; it cannot be negative", where=vehicle.payload.where("mass")
        )
    payload = vehicle.payload
    if payload.length is not None and payload.diameter is not None:
        bodies.append(("payload", cylinder(mass, base, payload.length, payload.diameter / 2)))
    else:
        bodies.append(("payload", point(mass, base)))
    return bodies


@dataclass(frozen=True, kw_only=True)
class MassRow(Result):
    """One element of the vehicle at lift-off [kg]; counts are multiplied in."""

    name: str
    kind: str
    count: int
    dry: Annotated[float, Unit("kg")]
    usable_propellant: Annotated[float, Unit("kg")]
    residual: Annotated[float, Unit("kg")]
    reserve: Annotated[float, Unit("kg")]
    total: Annotated[float, Unit("kg")]


@dataclass(frozen=True, kw_only=True)
class MassTable(Result):
    """The vehicle at lift-off, element by element from the bottom up."""

    rows: tuple[MassRow, ...]
    lift_off_mass: Annotated[float, Unit("kg")]

    def row(self, name: str) -> MassRow:
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(f"no '{name}' in the mass table; known: {', '.join(r.name for r in self.rows)}")


def mass_table(vehicle: Vehicle, payload_mass: float | None = None) -> MassTable:
    """Masses at lift-off. An open payload counts 0 and leaves an UNKNOWN finding."""
    rows: list[MassRow] = []
    findings: list[Finding] = []
    sources: list[str] = []

    def add(name: str, kind: str, dry: float, count: int = 1, stage: Stage | None = None) -> None:
        budget = propellant_budget(stage) if stage is not None else None
        if budget is not None:
            findings.extend(budget.findings)
            sources.extend(s for s in budget.sources if s not in sources)
        usable, residual, reserve = (
            (0.0, 0.0, 0.0) if budget is None else (budget.usable, budget.residual, budget.reserve)
        )
        rows.append(
            MassRow(
                name=name,
                kind=kind,
                count=count,
                dry=count * dry,
                usable_propellant=count * usable,
                residual=count * residual,
                reserve=count * reserve,
                total=count * (dry + usable + residual + reserve),
            )
        )

    for group in vehicle.boosters:
        add(group.stage.name, "booster", group.stage.dry_mass, group.count, group.stage)
    for stage in vehicle.stages:
        add(stage.name, "stage", stage.dry_mass, 1, stage)
        part = vehicle.interstage_on(stage)
        if part is not None:
            add(part.name, "interstage", part.mass)
    if vehicle.adapter is not None:
        add(vehicle.adapter.name, "adapter", vehicle.adapter.mass)
    if vehicle.fairing is not None:
        add(vehicle.fairing.name, "fairing", vehicle.fairing.mass)
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    if mass is None:
        findings.append(
            Finding(
                Severity.UNKNOWN,
                "vehicle.payload_open",
                vehicle.payload.where(),
                "the payload's mass is open and counts as 0 here; give 'mass' or pass payload_mass",
            )
        )
    add(vehicle.payload.name, "payload", mass or 0.0)
    return MassTable(
        rows=tuple(rows),
        lift_off_mass=sum(r.total for r in rows),
        input_hash=vehicle.content_hash(),
        sources=tuple(sources),
        findings=tuple(findings),
    )
