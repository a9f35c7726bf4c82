"""What no pair of ports can say: loads down the stack, shared buses, the order of separations, the pad, the landing site."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.documents import Module
from ..core.earth import G0
from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.modules import Part
from ..core.ports.port import Port
from ..core.ports.rules import Capacity, Place
from ..core.ports.sections import Bus
from ..core.ports.wording import shown
from ..core.run_folder import read_result, read_run
from ..trajectory.ground import LandingSite, LaunchPad
from ..vehicle.equipment import LandingLegs
from ..vehicle.layout import layout
from ..vehicle.mass import mass_properties
from ..vehicle.vehicle import Vehicle
from .check_joints import Joint, parts_of
from .joint_loads import AscentLoads

_LOADS = (("axial_load", "largest_axial"), ("shear_load", "largest_shear"), ("bending_moment", "largest_bending"))


@dataclass(frozen=True)
class OnJoint:
    """What stands on a joint before lift-off: its parts' mass [kg]; None where a mass is open."""

    joint: Joint
    mass: float | None


def assembly_findings(
    vehicle: Vehicle, joints: tuple[Joint, ...], loads: AscentLoads | None, payload_mass: float | None
) -> tuple[Finding, ...]:
    """Everything that is checked of the whole; loads: of a flown ascent, None when there is none."""
    return (
        *_masses(vehicle, payload_mass),
        *_load_path(vehicle, joints, loads, payload_mass),
        *_buses(vehicle, joints),
        *_separations(vehicle, joints),
        *_ground(vehicle, payload_mass),
    )


def read_loads(folder: Path) -> AscentLoads:
    """The loads at the joints of a finished design run. Raises InputError when the run has none."""
    read_run(folder)
    for name in ("joint-loads", "loads", "ascent-loads"):
        if (folder / "results" / f"{name}.json").is_file():
            return read_result(folder, name, AscentLoads)
    raise InputError(f"'{folder}' holds no loads at the joints; run 'osea design' again and name its folder")


def standing(vehicle: Vehicle, joints: tuple[Joint, ...], payload_mass: float | None) -> list[OnJoint]:
    """The mass that stands on each joint of the stack at lift-off, loaded, boosters left out (the core carries none of it)."""
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    rows = []
    whole = mass_properties(vehicle, payload_mass=mass or 0.0, boosters=False)
    for joint in joints:
        if joint.station is None or not joint.matched:
            continue
        carried = _carried(vehicle, joint.lower.rpartition(".")[0], joint.upper.rpartition(".")[0])
        if carried is None:
            continue
        if vehicle.payload.name in carried and mass is None:
            rows.append(OnJoint(joint, None))
            continue
        rows.append(OnJoint(joint, sum(item.mass for item in whole.items if item.part in carried)))
    return rows


def _carried(vehicle: Vehicle, lower: str, upper: str) -> set[str] | None:
    """Names of the parts that the joint between two parts carries; None for parts that are not of the stack."""
    chain: list[str] = []
    for stage in vehicle.stages:
        interstage = vehicle.interstage_on(stage)
        chain += [stage.name] + ([interstage.name] if interstage else [])
    last = vehicle.stages[-1].name
    top = ([vehicle.adapter.name] if vehicle.adapter else []) + [vehicle.payload.name]
    if vehicle.fairing is not None and (lower, upper) == (last, vehicle.fairing.name):
        return {upper}
    if lower in chain and upper in chain:
        fairing = {vehicle.fairing.name} if vehicle.fairing else set()
        return set(chain[chain.index(upper) :]) | set(top) | fairing
    if upper in top:
        return set(top[top.index(upper) :])
    return None


def _masses(vehicle: Vehicle, payload_mass: float | None) -> Iterator[Finding]:
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    whole = mass_properties(vehicle, payload_mass=mass or 0.0)
    without = "" if mass is not None else " without payload"
    height = f"{whole.center_of_mass:.2f} m over the lowest exit plane"
    text = f"at lift-off{without} {whole.mass / 1e3:.1f} t, centre of mass {height}"
    yield Finding(Severity.OK if mass is not None else Severity.UNKNOWN, "assembly.mass", vehicle.where(), text)


def _load_path(
    vehicle: Vehicle, joints: tuple[Joint, ...], loads: AscentLoads | None, payload_mass: float | None
) -> Iterator[Finding]:
    """Computed demands against what both ports of a joint allow: of the flight where it is known, else of standing alone."""
    masses = {row.joint.name: row.mass for row in standing(vehicle, joints, payload_mass)}
    ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
    for joint in joints:
        if joint.station is None or not joint.matched or joint.name not in masses:
            continue
        flown = None
        if loads is not None:
            names = joint.lower.rpartition(".")[0], joint.upper.rpartition(".")[0]
            flown = next((j for j in loads.joints if j.name == " / ".join(names)), None)
        for end in (joint.lower, joint.upper):
            yield from _at_end(joint, end, ports[end], flown, masses[joint.name])


def _at_end(joint: Joint, end: str, port: Port, flown: Any, mass: float | None) -> Iterator[Finding]:
    mechanical: Any = port.mechanical
    module = end.rpartition(".")[0]
    for field, largest in _LOADS:
        load = getattr(mechanical, field, None)
        allowed = getattr(load, "allows", None)
        where = mechanical.where(field) if load is not None else port.where()
        name, unit = f"mechanical.{field}", "N*m" if field == "bending_moment" else "N"
        if flown is not None:
            demand, when = getattr(flown, largest), getattr(flown, f"{largest}_at")
            what = f"the flight ({when:.1f} s)"
        elif field == "axial_load" and mass is not None:
            demand, what = mass * G0, "standing on the pad"
        else:
            continue
        if allowed is None:
            text = f"{joint.name} {name}: {what} applies {shown(demand, unit)}, and {end} does not say what it allows; state it"
            yield Finding(Severity.UNKNOWN, f"assembly.{field}", where, text)
            continue
        place = Place(joint.name, name, where, what, module, unit, ("applies", "allows"))
        found = Capacity()(demand, allowed, place)
        if flown is None and found.severity is not Severity.ERROR:
            text = f"{found.message}; the flight applies more: give its run with --run"
            yield Finding(Severity.UNKNOWN, f"assembly.{field}", where, text, found.margin)
        else:
            yield Finding(found.severity, f"assembly.{field}", where, found.message, found.margin)


def _buses(vehicle: Vehicle, joints: tuple[Joint, ...]) -> Iterator[Finding]:
    """On one bus no two parts send the same identifier.

    A bus goes through the joints where both ports have it, and through a part from port to port under one name.
    """
    ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
    wires: dict[tuple[str, str], tuple[str, str]] = {}  # (part, bus) → another one on the same bus, up to its head

    def head(node: tuple[str, str]) -> tuple[str, str]:
        while wires.setdefault(node, node) != node:
            node = wires[node]
        return node

    ends = []  # (part, port's name, bus)
    for joint in joints:
        if not joint.matched:
            continue
        lower, upper = joint.lower.rpartition(".")[0], joint.upper.rpartition(".")[0]
        # One engine's file stands for the engines of several stages, each on a bus of its own.
        upper = f"{upper} of {lower}" if joint.kind == "engine-mount" else upper
        sides = [
            (lower, joint.lower, _buses_of(ports[joint.lower])),
            (upper, joint.upper, _buses_of(ports[joint.upper])),
        ]
        for part, name, buses in sides:
            ends += [(part, name, bus) for bus in buses.values()]
        for shared in sides[0][2].keys() & sides[1][2].keys():
            wires[head((lower, shared))] = head((upper, shared))
    sent: dict[tuple[tuple[str, str], str], tuple[str, str]] = {}
    for part, name, bus in ends:
        for identifier in (bus.identifiers.supplies if bus.identifiers else None) or ():
            other = sent.setdefault((head((part, bus.name)), identifier.casefold()), (part, name))
            if other[0] != part:
                text = f"bus '{bus.name}': {name} and {other[1]} both send '{identifier}'; give one of them another identifier"
                yield Finding(Severity.ERROR, "assembly.bus_identifier", bus.where("identifiers"), text)


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


def _ground(vehicle: Vehicle, payload_mass: float | None) -> Iterator[Finding]:
    """The vehicle on its pad, and its legs on the landing site, for those among the equipment."""
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    whole, height = mass_properties(vehicle, payload_mass=mass or 0.0).mass, layout(vehicle).length
    equipment = vehicle.equipment or ()
    for pad in (e for e in equipment if isinstance(e, LaunchPad)):
        yield from _held(vehicle, pad, "lift_off_mass", whole, "kg", "weighs")
        yield from _held(vehicle, pad, "vehicle_height", height, "m", "stands")
    sites = [e for e in equipment if isinstance(e, LandingSite)]
    for legs in (e for e in equipment if isinstance(e, LandingLegs)):
        if not sites:
            text = f"'{legs.name}' has no landing site among the equipment; add one, so that the two can be compared"
            yield Finding(Severity.UNKNOWN, "assembly.landing_site", legs.where(), text)
        for site in sites:
            if site.surface in ("water", "catch tower"):
                text = f"'{legs.name}' cannot stand on '{site.name}' ({site.surface}); take another site or another way down"
                yield Finding(Severity.ERROR, "assembly.landing_site", site.where("surface"), text)
            else:
                yield from _held(legs, site, "diameter", legs.span, "m", "spans")


def _held(vehicle: Module, holder: Part, field: str, demand: float, unit: str, verb: str) -> Iterator[Finding]:
    """A figure of the vehicle against what the ground has for it."""
    rule, limit = f"assembly.{field}", getattr(holder, field)
    if limit is None:
        text = f"{vehicle.name} {verb} {shown(demand, unit)}, and '{holder.name}' does not state its {field}; state it"
        yield Finding(Severity.UNKNOWN, rule, holder.where(), text)
        return
    place = Place(
        f"{vehicle.name} -> {holder.name}", field, holder.where(field), vehicle.name, holder.name, unit, (verb, "holds")
    )
    found = Capacity()(demand, limit, place)
    yield Finding(found.severity, rule, found.where, found.message, found.margin)
