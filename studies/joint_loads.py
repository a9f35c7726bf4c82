"""Loads at each joint of the stack along an ascent: axial and shear force, bending moment, and when each is largest.

A joint carries the parts above it: the air's force on their skin less what it takes to accelerate them. Parts count by the load
path, not by the station: an engine that hangs into an interstage hangs from its stage. Under a fairing the air presses on the
fairing alone, and the adapter carries only its payload. `vehicle.body_loads` has the equations, the air's force and the trim,
`vehicle.strap_on_loads` what strap-ons bring in; where the vehicle says where they are attached, each of a group's two rings is
a joint: axial, what it carries of one strap-on along the core, and shear, the largest across (that across the flow and the
radial couple in line).

A gust w across the path turns and strengthens the wind that the vehicle meets at speed v: alpha grows by atan(w/v), q by
1 + (w/v)². It is taken as steady and in the plane of the angle of attack, which is on the safe side of a gust's length, and
without the vehicle's bending in answer to it, which is not.
"""

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Array, Result, Unit
from ..trajectory.flight_plan import FlightPlan
from ..trajectory.result import Trajectory
from ..vehicle.body_loads import BodyLoads, FlightCondition, body_loads, equivalent_axial_load
from ..vehicle.layout import layout
from ..vehicle.mass import MassProperties
from ..vehicle.strap_on_loads import AttachmentLoads
from ..vehicle.vehicle import Vehicle
from .mass_history import Stack, samples, stack_at
from .strap_ons import known_above, not_located, strap_on_states

SAMPLE_STEP = 2.0  # s
CUSTOMARY_GUST = 9.0
"""[m/s]: the quasi-square wave of 60 to 300 m length that NASA used for Apollo and the Space Shuttle (F. B. Leahy, *Discrete
Gust Model for Launch Vehicle Assessments*, AMS 12th Conf. on Aviation, Range and Aerospace Meteorology, 2008, abstract)."""


@dataclass(frozen=True)
class Joint:
    """A joint of the stack: its station [m], the diameter [m] of its ring, the names of the parts that it carries, and
    whether the air's force on everything above it goes through it."""

    name: str
    station: float
    diameter: float
    carries: frozenset[str]
    feels_air: bool


@dataclass(frozen=True, kw_only=True)
class JointLoads(Result):
    """Loads of one joint against time (n,), while it exists; axial: compression positive.

    equivalent: the uniform compression with the largest line load of axial force and bending, N + 4 |M| / d.
    largest_*: of the magnitudes, and when.
    """

    name: str
    station: Annotated[float, Unit("m")]
    diameter: Annotated[float, Unit("m")]
    time: Annotated[Array, Unit("s")]
    axial: Annotated[Array, Unit("N")]
    shear: Annotated[Array, Unit("N")]
    bending: Annotated[Array, Unit("N*m")]
    equivalent: Annotated[Array, Unit("N")]
    largest_axial: Annotated[float, Unit("N")]
    largest_axial_at: Annotated[float, Unit("s")]
    largest_shear: Annotated[float, Unit("N")]
    largest_shear_at: Annotated[float, Unit("s")]
    largest_bending: Annotated[float, Unit("N*m")]
    largest_bending_at: Annotated[float, Unit("s")]
    largest_equivalent: Annotated[float, Unit("N")]
    largest_equivalent_at: Annotated[float, Unit("s")]


@dataclass(frozen=True, kw_only=True)
class AscentLoads(Result):
    """Loads of an ascent. Against time (n,): total angle of attack with the gust, lateral acceleration of the centre of mass, and
    the engines' angle that trims the vehicle (0 without thrust). gust: None where none is given."""

    gust: Annotated[float | None, Unit("m/s")]
    time: Annotated[Array, Unit("s")]
    angle_of_attack: Annotated[Array, Unit("rad")]
    lateral_acceleration: Annotated[Array, Unit("m/s^2")]
    engine_angle: Annotated[Array, Unit("rad")]
    joints: tuple[JointLoads, ...]

    def joint(self, name: str) -> JointLoads:
        """By its name; KeyError when there is none."""
        for joint in self.joints:
            if joint.name == name:
                return joint
        raise KeyError(f"no joint '{name}'; known: {', '.join(j.name for j in self.joints)}")


def ascent_loads(
    vehicle: Vehicle,
    plan: FlightPlan,
    trajectory: Trajectory,
    payload_mass: float,
    *,
    gust: float | None = None,
    where: str = "",
) -> AscentLoads:
    """The loads of every joint at about every second second of the flight.

    gust [m/s]: across the path; where: the place of the study's gust, for findings. While strap-ons are attached whose
    attachments are not given, joints are computed only above the stage that they stand beside, and a finding says so.
    """
    rows: list[tuple[float, float, float, float]] = []
    found: dict[Joint, list[tuple[float, float, float, float]]] = {}
    beside: list[float] = []
    for i in samples(trajectory, SAMPLE_STEP):
        time = float(trajectory.time[i])
        stack = stack_at(vehicle, plan, trajectory, i, payload_mass)
        states = strap_on_states(vehicle, plan, trajectory, i, stack)
        lowest = known_above(vehicle, stack.strap_ons)
        if lowest > 0.0:
            beside.append(time)
        condition = flight_condition(trajectory, i, gust or 0.0)
        # Without parts the body carries the air's force alone; the parts that a joint carries are taken off below.
        air = body_loads(
            vehicle,
            replace(stack.masses, items=()),
            condition,
            lowest_stage=stack.lowest_stage,
            fairing=stack.fairing,
            strap_ons=states,
        )
        rows.append((time, condition.angle_of_attack, air.lateral_acceleration, air.engine_angle or 0.0))
        for joint in joints(vehicle, stack):
            if joint.station > lowest - 1e-6:
                found.setdefault(joint, []).append((time, *joint_forces(joint, air, stack.masses, condition)))
        for state, attached in zip(states, air.attachments, strict=True):
            for ring, carried in _attached(
                attached, state.group.beside or vehicle.stages[0].name, state.group.stage.diameter
            ):
                found.setdefault(ring, []).append((time, *carried))
    table = np.array(rows, float).reshape(-1, 4).T
    return AscentLoads(
        gust=gust,
        time=table[0],
        angle_of_attack=table[1],
        lateral_acceleration=np.abs(table[2]),
        engine_angle=table[3],
        joints=_gathered(found),
        input_hash=trajectory.input_hash,
        findings=_findings(vehicle, gust, where, beside),
    )


def joints(vehicle: Vehicle, stack: Stack) -> list[Joint]:
    """The joints of what flies, from the bottom up."""
    place, stages = layout(vehicle), vehicle.stages
    top = {vehicle.payload.name} | ({vehicle.adapter.name} if vehicle.adapter is not None else set())
    if stack.fairing and vehicle.fairing is not None:
        top.add(vehicle.fairing.name)
    found = []
    for k in range(stack.lowest_stage, len(stages) - 1):
        below, above = stages[k], stages[k + 1]
        carried = {s.name for s in stages[k + 1 :]} | top
        carried |= {p.name for s in stages[k + 1 : -1] if (p := vehicle.interstage_on(s)) is not None}
        part = vehicle.interstage_on(below)
        if part is None:
            ring = min(below.diameter, above.diameter)
            station = place.part("stage", below.name).top
            found.append(Joint(f"{below.name} / {above.name}", station, ring, frozenset(carried), True))
            continue
        ends = place.part("interstage", part.name)
        whole = frozenset(carried | {part.name})
        found.append(Joint(f"{below.name} / {part.name}", ends.bottom, part.lower_diameter, whole, True))
        found.append(Joint(f"{part.name} / {above.name}", ends.top, part.upper_diameter, frozenset(carried), True))
    last = stages[-1]
    base = place.part("stage", last.name).top
    covered = stack.fairing and vehicle.fairing is not None
    if covered:
        assert vehicle.fairing is not None
        ring = vehicle.fairing.base_diameter or last.diameter
        name = vehicle.fairing.name
        found.append(Joint(f"{last.name} / {name}", base, ring, frozenset({name}), True))
    if vehicle.adapter is not None:
        a = vehicle.adapter
        inside = frozenset({a.name, vehicle.payload.name})
        found.append(Joint(f"{last.name} / {a.name}", base, a.lower_diameter, inside, not covered))
        inside = frozenset({vehicle.payload.name})
        found.append(
            Joint(f"{a.name} / {vehicle.payload.name}", base + a.height, a.upper_diameter, inside, not covered)
        )
    else:
        name = vehicle.payload.name
        found.append(Joint(f"{last.name} / {name}", base, last.diameter, frozenset({name}), not covered))
    return found


def flight_condition(trajectory: Trajectory, i: int, gust: float) -> FlightCondition:
    """What acts at the trajectory's i-th instant, with a gust [m/s] across the path."""
    speed = max(float(trajectory.speed_relative[i]), 1e-3)
    moving = speed > 1.0  # on the pad there is neither flow nor a gust's triangle
    return FlightCondition(
        dynamic_pressure=float(trajectory.dynamic_pressure[i]) * (1.0 + (gust / speed) ** 2 * moving),
        angle_of_attack=float(trajectory.angle_of_attack[i] + np.arctan2(gust, speed) * moving),
        axial_acceleration=float(trajectory.axial_acceleration[i]),
        thrust=float(trajectory.thrust[i]),
        drag=float(trajectory.drag[i]),
    )


def joint_forces(
    joint: Joint, air: BodyLoads, masses: MassProperties, condition: FlightCondition
) -> tuple[float, float, float]:
    """Axial force, shear [N] and bending moment [N m]. air: of the body without the masses of its parts."""
    parts = [item for item in masses.items if item.part in joint.carries]
    mass = sum(item.mass for item in parts)
    first = sum(item.mass * (item.station - joint.station) for item in parts)
    axial, force, moment = air.at(joint.station) if joint.feels_air else (0.0, 0.0, 0.0)
    sideways = air.lateral_acceleration
    return condition.axial_acceleration * mass + axial, force - sideways * mass, moment - sideways * first


def _attached(loads: AttachmentLoads, core: str, diameter: float) -> list[tuple[Joint, tuple[float, float, float]]]:
    """The two rings that hold a strap-on, with axial force, shear [N] and no bending moment; none where they are not located."""
    if loads.fore is None or loads.aft is None:
        return []
    found = []
    for end, station, across in (("fore", loads.fore, loads.lateral_fore), ("aft", loads.aft, loads.lateral_aft)):
        joint = Joint(f"{core} / {loads.name}, {end}", station, diameter, frozenset(), False)
        along = loads.axial if station == loads.thrust_at else 0.0
        found.append((joint, (along, abs(across) + abs(loads.couple), 0.0)))
    return found


def _gathered(found: dict[Joint, list[tuple[float, float, float, float]]]) -> tuple[JointLoads, ...]:
    """One result a joint: before and after the fairing has gone it is the same ring."""
    rings: dict[tuple[str, float, float], list[tuple[float, float, float, float]]] = {}
    for joint, rows in found.items():
        rings.setdefault((joint.name, joint.station, joint.diameter), []).extend(rows)
    gathered = []
    for (name, station, diameter), rows in sorted(rings.items(), key=lambda item: item[0][1]):
        time, axial, shear, bending = np.array(sorted(rows, key=lambda row: row[0])).T
        equivalent = np.array(
            [equivalent_axial_load(n, m, diameter) for n, m in zip(axial.tolist(), bending.tolist(), strict=True)]
        )
        most = [_largest(time, values) for values in (axial, shear, bending, equivalent)]
        gathered.append(
            JointLoads(
                name=name,
                station=station,
                diameter=diameter,
                time=time,
                axial=axial,
                shear=shear,
                bending=bending,
                equivalent=equivalent,
                largest_axial=most[0][0],
                largest_axial_at=most[0][1],
                largest_shear=most[1][0],
                largest_shear_at=most[1][1],
                largest_bending=most[2][0],
                largest_bending_at=most[2][1],
                largest_equivalent=most[3][0],
                largest_equivalent_at=most[3][1],
            )
        )
    return tuple(gathered)


def _largest(time: Array, values: Array) -> tuple[float, float]:
    """The largest magnitude and its time [s]."""
    i = int(np.argmax(np.abs(values)))
    return float(np.abs(values[i])), float(time[i])


def _findings(vehicle: Vehicle, gust: float | None, where: str, beside: list[float]) -> tuple[Finding, ...]:
    findings = []
    if beside:
        groups = not_located(vehicle)
        named = ", ".join(f"'{g.stage.name}'" for g in groups)
        text = (
            f"forces between {named} and the core, and loads at the joints below the top of the stage beside, are not known from "
            f"{beside[0]:.0f} to {beside[-1]:.0f} s: give 'fore_attachment', 'aft_attachment' and 'thrust_attachment'"
        )
        where_from = vehicle.where(f"boosters.{vehicle.boosters.index(groups[0])}")
        findings.append(Finding(Severity.UNKNOWN, "loads.strap_ons", where_from, text))
    if gust is None:
        text = (
            "loads at the joints hold for the planned wind alone: no gust is given; set 'gust' in the study "
            f"({CUSTOMARY_GUST:g} m/s is customary)"
        )
        findings.append(Finding(Severity.UNKNOWN, "loads.gust", where, text))
    payload = vehicle.payload
    if payload.length is None or payload.diameter is None:
        text = (
            "the payload has no length and diameter and counts as a point on its adapter: bending moments at the joints near it "
            "are too small; give both"
        )
        findings.append(Finding(Severity.UNKNOWN, "loads.payload_height", payload.where("length"), text))
    return tuple(findings)
