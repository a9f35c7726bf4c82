"""What no pair of ports can say: masses, loads down the stack, power, shared buses, the order of separations, the ground."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.ports.port import Port
from ..core.ports.sections import Bus
from ..core.run_folder import read_result, read_run
from ..vehicle.mass import mass_properties
from ..vehicle.mixture import mixture_findings
from ..vehicle.published import published_findings
from ..vehicle.vehicle import Vehicle
from .check_ground import ground_findings
from .check_joints import Joint, parts_of
from .check_landing import landing_findings
from .check_loads import load_findings
from .check_power import power_findings
from .check_reuse import flown_findings
from .joint_loads import AscentLoads
from .nets import End, Node, trace


def assembly_findings(
    vehicle: Vehicle, joints: tuple[Joint, ...], loads: AscentLoads | None, payload_mass: float | None
) -> tuple[Finding, ...]:
    """Everything that is checked of the whole; loads: of a flown ascent, None when there is none."""
    return (
        *_mass(vehicle, payload_mass),
        *_equipment_mass(vehicle),
        *mixture_findings(vehicle),
        *published_findings(vehicle),
        *load_findings(vehicle, joints, loads, payload_mass),
        *power_findings(vehicle, joints),
        *_buses(vehicle, joints),
        *_separations(vehicle, joints),
        *ground_findings(vehicle, joints, payload_mass),
        *landing_findings(vehicle),
        *flown_findings(vehicle),
    )


def read_loads(folder: Path) -> AscentLoads:
    """The loads at the joints of a finished design run. Raises InputError when the run has none."""
    read_run(folder)
    for name in ("joint-loads", "loads", "ascent-loads"):
        if (folder / "results" / f"{name}.json").is_file():
            return read_result(folder, name, AscentLoads)
    raise InputError(f"'{folder}' holds no loads at the joints; run 'osea design' again and name its folder")


def _mass(vehicle: Vehicle, payload_mass: float | None) -> Iterator[Finding]:
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    whole = mass_properties(vehicle, payload_mass=mass or 0.0)
    without = "" if mass is not None else " without payload"
    height = f"{whole.center_of_mass:.2f} m over the lowest exit plane"
    text = f"at lift-off{without} {whole.mass / 1e3:.1f} t, centre of mass {height}"
    yield Finding(Severity.OK if mass is not None else Severity.UNKNOWN, "assembly.mass", vehicle.where(), text)


def _equipment_mass(vehicle: Vehicle) -> Iterator[Finding]:
    """What is built into a stage is part of its dry mass: together it weighs no more."""
    masses = {e.name: getattr(e, "mass", None) for e in vehicle.equipment or ()}
    inside: dict[str, list[str]] = {}
    for join in vehicle.joins or ():
        holder, part = join.lower.rpartition(".")[0], join.upper.rpartition(".")[0]
        if isinstance(masses.get(part), float):
            inside.setdefault(holder, []).append(part)
    for stage in vehicle.stages:
        parts = list(dict.fromkeys(inside.get(stage.name, ())))
        total = sum(masses[name] or 0.0 for name in parts)
        if total > stage.dry_mass:
            text = (
                f"{', '.join(parts)} weigh {total:.4g} kg and are built into '{stage.name}', whose dry mass is "
                f"{stage.dry_mass:.4g} kg; raise its dry_mass, which includes them"
            )
            yield Finding(
                Severity.ERROR, "assembly.equipment_mass", stage.where("dry_mass"), text, stage.dry_mass / total - 1
            )


def _buses(vehicle: Vehicle, joints: tuple[Joint, ...]) -> Iterator[Finding]:
    """On one bus no two parts send the same identifier; a part that takes it in at another port only passes it on."""
    ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
    nets = trace(joints, ports, _buses_of)
    taken: dict[tuple[Node, str], set[str]] = {}  # by part and bus, what each of its ports takes in
    for end in nets.ends:
        for identifier in _identifiers(end, "accepts"):
            taken.setdefault((end.node, identifier), set()).add(end.name)
    sent: dict[tuple[Node, str], End] = {}
    for end in nets.ends:
        for identifier in _identifiers(end, "supplies"):
            if taken.get((end.node, identifier), set()) - {end.name}:
                continue
            other = sent.setdefault((nets.head(end.node), identifier), end)
            if other.node != end.node:
                bus = _buses_of(end.port)[end.node[1]]
                text = (
                    f"bus '{bus.name}': {end.name} and {other.name} both send '{identifier}'; give one of them another "
                    "identifier"
                )
                yield Finding(Severity.ERROR, "assembly.bus_identifier", bus.where("identifiers"), text)


def _identifiers(end: End, word: str) -> tuple[str, ...]:
    identifiers = _buses_of(end.port)[end.node[1]].identifiers
    return tuple(i.casefold() for i in (getattr(identifiers, word) if identifiers else None) or ())


def _buses_of(port: Port) -> dict[str, Bus]:
    return {bus.name: bus for bus in (port.data.buses if port.data else None) or ()}


def _separations(vehicle: Vehicle, joints: tuple[Joint, ...]) -> Iterator[Finding]:
    """Each separation has a place of its own, and of two in the stack the lower one comes first; a fairing may leave any time."""
    ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
    placed: dict[int, Joint] = {}
    stacked: list[tuple[float, int, Joint]] = []
    for joint in joints:
        section = ports[joint.lower].separation if joint.matched else None
        if section is None or section.order is None:
            continue
        before = placed.setdefault(section.order, joint)
        if before is not joint:
            text = (
                f"{joint.name} and {before.name} are both separation number {section.order}; number them as they happen"
            )
            yield Finding(Severity.ERROR, "assembly.separation_order", section.where("order"), text)
        if joint.station is not None and joint.kind != "fairing-joint":
            stacked.append((joint.station, section.order, joint))
    stacked.sort(key=lambda row: row[0])
    for (_, first, lower), (_, second, upper) in itertools.pairwise(stacked):
        if second < first:
            section = ports[upper.lower].separation
            text = (
                f"{upper.name} separates as number {second}, before {lower.name} below it (number {first}); a stage cannot leave "
                "after what stands on it has gone: correct the order"
            )
            assert section is not None
            yield Finding(Severity.ERROR, "assembly.separation_order", section.where("order"), text)
