"""The load path down the stack: what computed cases apply at each joint, against what both of its ports allow.

Cases: the flight (from a run), standing on the pad, the pad's wind, lifting on the ground, landing. A demand is computed from
masses, wind and path, never taken from the neighbour's sheet; a port has one envelope, so that the largest case counts.

Wind: the strongest that the pad allows, steady and the same at all heights, on the stack held at its foot. Lifting: upright and
without liquids, by the factors of ``data/ground_loads.yaml``. Landing: the legs stop the stage evenly over their stroke.
Not modelled: gusts and vortex shedding on the pad, transport lying on supports, lift-off transients.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..core.earth import G0
from ..core.findings import Finding, Severity
from ..core.ports.port import Port
from ..core.ports.rules import Capacity, Place
from ..core.ports.wording import shown
from ..trajectory.ground import LaunchPad
from ..vehicle.body_loads import profile
from ..vehicle.equipment import LandingLegs
from ..vehicle.mass import MassItem, mass_properties
from ..vehicle.vehicle import Vehicle
from .check_joints import Joint, parts_of
from .joint_loads import AscentLoads

_FIELDS = (("axial_load", "axial"), ("shear_load", "shear"), ("bending_moment", "bending"))
LOAD_RULES = tuple(f"assembly.{field}" for field, _ in _FIELDS)


@dataclass(frozen=True)
class OnJoint:
    """What stands on a joint before lift-off: its parts' mass [kg]; None where a mass is open. height: of its centre [m]."""

    joint: Joint
    mass: float | None
    height: float | None = None


@dataclass(frozen=True)
class Case:
    """What one case applies at a joint [N, N m]; None: it says nothing of that. short: its name in a table."""

    short: str
    name: str
    axial: float | None = None
    shear: float | None = None
    bending: float | None = None


@cache
def _factors() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "ground_loads.yaml").read_text(encoding="utf-8"))


def load_findings(
    vehicle: Vehicle, joints: tuple[Joint, ...], loads: AscentLoads | None, payload_mass: float | None
) -> Iterator[Finding]:
    """Every joint of the stack: loads, mass and centre of mass on it; then the cases that could not be computed."""
    ports = {f"{part.name}.{port.name}": port for part in parts_of(vehicle) for port in part.ports or ()}
    for row, cases in load_cases(vehicle, joints, loads, payload_mass):
        for end in (row.joint.lower, row.joint.upper):
            yield from _at_end(row.joint, end, ports[end], cases, loads is not None)
        yield from _masses(row.joint, row, ports)
    yield from _Ground(vehicle, payload_mass).missing()


def load_cases(
    vehicle: Vehicle, joints: tuple[Joint, ...], loads: AscentLoads | None, payload_mass: float | None
) -> list[tuple[OnJoint, list[Case]]]:
    """Each joint of the stack with all its cases."""
    ground = _Ground(vehicle, payload_mass)
    rows = standing(vehicle, joints, payload_mass)
    return [(row, [*_flown(row.joint, loads), *ground.cases(row.joint, row)]) for row in rows]


def governing(cases: list[Case], quantity: str) -> tuple[float, Case] | None:
    """The largest axial, shear or bending and the case that it is of; None where no case says anything."""
    known = [(value, case) for case in cases if (value := getattr(case, quantity)) is not None]
    return max(known, key=lambda pair: pair[0], default=None)


def standing(vehicle: Vehicle, joints: tuple[Joint, ...], payload_mass: float | None) -> list[OnJoint]:
    """What stands on each joint of the stack at lift-off, loaded, boosters left out (the core carries none of it)."""
    mass = vehicle.payload.mass if payload_mass is None else payload_mass
    rows = []
    whole = mass_properties(vehicle, payload_mass=mass or 0.0, boosters=False)
    for joint in joints:
        if joint.station is None or not joint.matched:
            continue
        carried = carried_by(vehicle, joint)
        if carried is None:
            continue
        if vehicle.payload.name in carried and mass is None:
            rows.append(OnJoint(joint, None))
            continue
        items = [item for item in whole.items if item.part in carried]
        total = sum(item.mass for item in items)
        first = sum(item.mass * (item.station - joint.station) for item in items)
        rows.append(OnJoint(joint, total, first / total if total else None))
    return rows


def carried_by(vehicle: Vehicle, joint: Joint) -> set[str] | None:
    """Names of the parts that a joint carries; None for joints that are not of the stack."""
    lower, upper = joint.lower.rpartition(".")[0], joint.upper.rpartition(".")[0]
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


class _Ground:
    """The cases on the ground, computed once for all joints."""

    def __init__(self, vehicle: Vehicle, payload_mass: float | None) -> None:
        self.vehicle = vehicle
        self.mass = vehicle.payload.mass if payload_mass is None else payload_mass
        self.pads = [e for e in vehicle.equipment or () if isinstance(e, LaunchPad)]
        self.wind = max((pad.wind for pad in self.pads if pad.wind is not None), default=None)
        empty = {s.name: 0.0 for s in vehicle.stages if s.motor is None}
        self.dry = mass_properties(vehicle, payload_mass=self.mass or 0.0, propellant=empty, boosters=False).items
        self.outline = _outline(vehicle)

    def cases(self, joint: Joint, row: OnJoint) -> Iterator[Case]:
        """Standing, wind, lifting and landing of one joint."""
        carried = carried_by(self.vehicle, joint) or set()
        weight = None if row.mass is None else row.mass * G0
        if weight is not None:
            yield Case("standing", "standing on the pad", axial=weight)
        if self.wind is not None and joint.station is not None:
            covered = self.vehicle.fairing is not None and self.vehicle.fairing.name not in carried
            shear, bending = (0.0, 0.0) if covered and joint.kind != "stage-joint" else self._blown(joint.station)
            yield Case("wind", f"standing in the pad's wind of {self.wind:g} m/s", weight, shear, bending)
        if self.mass is not None or self.vehicle.payload.name not in carried:
            yield self._lifted(joint, carried)
        yield from self._landed(joint)

    def _blown(self, station: float) -> tuple[float, float]:
        """Shear [N] and moment [N m] of a steady wind on what stands above a station."""
        factors = _factors()["wind"]
        pressure = factors["air_density"] * (self.wind or 0.0) ** 2 / 2 * factors["drag_coefficient"]
        stations, radii = self.outline
        x = np.unique(np.concatenate([np.linspace(station, max(stations[-1], station), 200), [station]]))
        width = 2 * np.interp(x, stations, radii)
        return pressure * float(np.trapezoid(width, x)), pressure * float(np.trapezoid(width * (x - station), x))

    def _lifted(self, joint: Joint, carried: set[str]) -> Case:
        factors = _factors()["handling"]
        items: list[MassItem] = [item for item in self.dry if item.part in carried]
        mass = sum(item.mass for item in items)
        first = sum(item.mass * (item.station - (joint.station or 0.0)) for item in items)
        up, side = factors["vertical_g"] * G0, factors["horizontal_g"] * G0
        name = f"lifting without liquids ({factors['vertical_g']:g} g, {factors['horizontal_g']:g} g sideways)"
        return Case("lifting", name, up * mass, side * mass, side * abs(first))

    def _landed(self, joint: Joint) -> Iterator[Case]:
        """What a landing stage carries on its top joint: the interstage that stays on it."""
        lower, upper = joint.lower.rpartition(".")[0], joint.upper.rpartition(".")[0]
        legs = self.legs()
        if legs is None or legs.touchdown_speed is None or legs.stroke is None:
            return
        part = next((p for p in self.vehicle.interstages if p.name == upper and p.on == lower), None)
        if part is not None and part.leaves_with == "lower" and self.landing_stage() == lower:
            load = part.mass * (G0 + legs.touchdown_speed**2 / (2 * legs.stroke))
            yield Case("landing", f"landing at {legs.touchdown_speed:g} m/s", axial=load)

    def legs(self) -> LandingLegs | None:
        return next((e for e in self.vehicle.equipment or () if isinstance(e, LandingLegs)), None)

    def landing_stage(self) -> str | None:
        """The stage that the legs are joined to; the lowest one when no join says so."""
        legs = self.legs()
        if legs is None:
            return None
        for join in self.vehicle.joins or ():
            if join.upper.rpartition(".")[0] == legs.name:
                return join.lower.rpartition(".")[0]
        return self.vehicle.stages[0].name

    def missing(self) -> Iterator[Finding]:
        """Cases that nothing is known of."""
        if not self.pads:
            text = "no launch pad is among the equipment: the wind on it is not known; add the pad with its 'wind'"
            yield Finding(Severity.UNKNOWN, "assembly.pad_wind", self.vehicle.where(), text)
        for pad in self.pads:
            if pad.wind is None:
                text = f"'{pad.name}' does not state in which wind a vehicle may stand; state 'wind'"
                yield Finding(Severity.UNKNOWN, "assembly.pad_wind", pad.where(), text)
        legs = self.legs()
        if legs is not None and (legs.touchdown_speed is None or legs.stroke is None):
            text = f"'{legs.name}' does not state touchdown_speed and stroke: the loads of landing are not known; state both"
            yield Finding(Severity.UNKNOWN, "assembly.landing_load", legs.where(), text)


def _outline(vehicle: Vehicle) -> tuple[Any, Any]:
    """Stations [m] and radii [m] of what the wind meets: the skin, and adapter and payload where no fairing covers them."""
    stations, radii = profile(vehicle, 0, vehicle.fairing is not None)
    if vehicle.fairing is not None:
        return stations, radii
    xs, rs, top = list(stations), list(radii), float(stations[-1])
    if vehicle.adapter is not None:
        xs += [top + 1e-6, top + vehicle.adapter.height]
        rs += [vehicle.adapter.lower_diameter / 2, vehicle.adapter.upper_diameter / 2]
        top = xs[-1]
    if vehicle.payload.length is not None and vehicle.payload.diameter is not None:
        xs += [top + 1e-6, top + vehicle.payload.length]
        rs += [vehicle.payload.diameter / 2] * 2
    return np.array(xs), np.array(rs)


def _flown(joint: Joint, loads: AscentLoads | None) -> Iterator[Case]:
    if loads is None:
        return
    name = f"{joint.lower.rpartition('.')[0]} / {joint.upper.rpartition('.')[0]}"
    flown = next((j for j in loads.joints if j.name == name), None)
    if flown is not None:
        yield Case("flight", f"the flight ({flown.largest_axial_at:.1f} s)", axial=flown.largest_axial)
        yield Case("flight", f"the flight ({flown.largest_shear_at:.1f} s)", shear=flown.largest_shear)
        yield Case("flight", f"the flight ({flown.largest_bending_at:.1f} s)", bending=flown.largest_bending)


def _at_end(joint: Joint, end: str, port: Port, cases: list[Case], flown: bool) -> Iterator[Finding]:
    mechanical: Any = port.mechanical
    module = end.rpartition(".")[0]
    for field, quantity in _FIELDS:
        largest = governing(cases, quantity)
        if largest is None:
            continue
        demand, case = largest[0], largest[1].name
        load = getattr(mechanical, field, None)
        allowed = getattr(load, "allows", None)
        where = mechanical.where(field) if load is not None else port.where()
        name, unit = f"mechanical.{field}", "N*m" if field == "bending_moment" else "N"
        if allowed is None:
            denied = field in getattr(mechanical, "none", ())
            what = f"{end} {'says that there is none' if denied else 'does not say what it allows'}"
            text = f"{joint.name} {name}: {case} applies {shown(demand, unit)}, and {what}; state what it allows"
            yield Finding(Severity.UNKNOWN, f"assembly.{field}", where, text)
            continue
        place = Place(joint.name, name, where, case, module, unit, ("applies", "allows"))
        found = Capacity()(demand, allowed, place)
        if not flown and found.severity is not Severity.ERROR:
            text = f"{found.message}; the flight applies more: give its run with --loads"
            yield Finding(Severity.UNKNOWN, f"assembly.{field}", where, text, found.margin)
        else:
            yield Finding(found.severity, f"assembly.{field}", where, found.message, found.margin)


def _masses(joint: Joint, row: OnJoint, ports: dict[str, Port]) -> Iterator[Finding]:
    """What really stands on the joint, against what its lower port allows and what the upper one's sheet says."""
    lower: Any = ports[joint.lower].mechanical
    upper: Any = ports[joint.upper].mechanical
    module = joint.lower.rpartition(".")[0]
    for field, value, unit, verb in (
        ("mass", row.mass, "kg", "weighs"),
        ("center_of_mass_height", row.height, "m", "centres at"),
    ):
        allowed = getattr(getattr(lower, field, None), "allows", None)
        if value is None:
            continue
        if allowed is not None:
            name, at = f"mechanical.{field}", lower.where(field)
            place = Place(joint.name, name, at, "the load on it", module, unit, (verb, "allows"))
            found = Capacity()(value, allowed, place)
            yield Finding(found.severity, f"assembly.joint_{field}", found.where, found.message, found.margin)
        told = getattr(getattr(upper, field, None), "applies", None)
        if told is not None and told < value * (1 - _SHEET_TOLERANCE):
            text = (
                f"{joint.name} mechanical.{field}: {joint.upper} states {shown(told, unit)}, and by the modules it is "
                f"{shown(value, unit)}; correct the sheet, against which the pair was checked"
            )
            yield Finding(Severity.WARN, f"assembly.joint_{field}", upper.where(field), text, told / value - 1)


_SHEET_TOLERANCE = 0.05
"""A port's stated mass may be so much less than the modules' sum before it is called stale: a choice of this project."""
