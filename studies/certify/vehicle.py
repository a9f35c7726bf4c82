"""A vehicle and all its modules, for the suite VEH: the whole check, and what of it applies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...certification.judging import Condition, Examiner, Seen, Verdict, listed
from ...certification.suites import Requirement, suites
from ...core.documents import Document
from ...core.errors import UndecidedError
from ...core.findings import Finding
from ...core.modules_lock import LOCK_FILE, check_lock
from ...core.ports.exchange import Exchange
from ...core.ports.port import Port
from ...core.ports.rules import RULES, Rule
from ...core.ports.sections import ByName, Sides
from ...recovery.reuse.unit import FlownUnit
from ...trajectory.ground import LandingSite, LaunchPad
from ...vehicle.equipment import AvionicsUnit, Battery, LandingLegs, Parachute, Umbilical
from ...vehicle.vehicle import Vehicle
from ..check import VehicleCheck, check_vehicle
from ..check_joints import parts_of
from ..joint_loads import AscentLoads
from ..provenance import recalled
from .documents import PROGRAMS, DocumentSubject, source_findings


@dataclass(frozen=True)
class VehicleSubject(DocumentSubject):
    """A vehicle's document; loads: of a flight with it."""

    loads: AscentLoads | None = None

    @property
    def vehicle(self) -> Vehicle:
        """Raises UndecidedError where it cannot be read."""
        document = self.document
        assert isinstance(document, Vehicle)
        return document

    @cached_property
    def checked(self) -> VehicleCheck:
        return check_vehicle(self.vehicle, loads=self.loads)

    @cached_property
    def ports(self) -> dict[str, Port]:
        """Every port by `part.port`."""
        return {f"{part.name}.{port.name}": port for part in parts_of(self.vehicle) for port in part.ports or ()}

    @cached_property
    def met(self) -> list[tuple[Port, Port]]:
        """The ports that meet. Raises UndecidedError where none do: nothing of the interfaces was looked at then."""
        found = [(self.ports[j.lower], self.ports[j.upper]) for j in self.checked.joints if j.matched]
        if not found:
            raise UndecidedError("not looked at: no two ports meet")
        return found


def vehicle_examiner(subject: VehicleSubject, tidy: Callable[[str], str]) -> Examiner:
    """Of a vehicle's file, or a study's."""
    return Examiner(suites()["VEH"], subject, PROGRAMS | {"lock": _lock}, CONDITIONS, _findings, tidy)


def _findings(subject: VehicleSubject) -> list[Finding]:
    vehicle = subject.vehicle
    return [*subject.checked.all_findings, *source_findings(vehicle), *recalled(vehicle)]


def _lock(subject: VehicleSubject, _: Requirement) -> Seen:
    file = subject.path.parent / LOCK_FILE
    if not file.is_file():
        return Verdict.FAILS, f"no {LOCK_FILE} stands beside the vehicle"
    found = check_lock(subject.vehicle, file)
    return listed([f.message for f in found if f.rule != "lock.same"], f"{len(found)} modules as locked")


def both_state(lower: Port, upper: Port, rule: str) -> int:
    """How many fields with this rule both ports state, so that they can be compared."""
    return sum(_pairs(lower, upper, rule))


def _pairs(one: Document, other: Document | None, rule: str) -> Iterator[int]:
    if other is None:
        return
    for name, info in type(one).model_fields.items():
        marker = next((m for m in info.metadata if isinstance(m, Rule | ByName | Sides)), None)
        mine, theirs = getattr(one, name), getattr(other, name, None)
        if marker is None or mine is None or theirs is None:
            continue
        if isinstance(marker, Sides):
            yield from _pairs(mine, theirs, rule)
        elif isinstance(marker, ByName):
            for part in mine:
                yield from _pairs(part, next((t for t in theirs if t.name == part.name), None), rule)
        elif marker.name == rule:
            yield int(not isinstance(mine, Exchange) or _exchanged(mine, theirs) or _exchanged(theirs, mine))


def _exchanged(asks: Any, has: Any) -> bool:
    return getattr(asks, asks.demand) is not None and getattr(has, has.capability) is not None


def _rule(name: str) -> Condition:
    def applies(subject: VehicleSubject) -> tuple[bool, str]:
        count = sum(both_state(lower, upper, name) for lower, upper in subject.met)
        return count > 0, f"no field of the rule '{name}' is stated on both sides of any of {len(subject.met)} joints"

    return applies


def _has(kinds: type | tuple[type, ...], what: str) -> Condition:
    def applies(subject: VehicleSubject) -> tuple[bool, str]:
        return any(isinstance(e, kinds) for e in subject.vehicle.equipment or ()), f"the vehicle has no {what}"

    return applies


def _ports(some: Callable[[Port], Any], what: str) -> Condition:
    def applies(subject: VehicleSubject) -> tuple[bool, str]:
        return any(some(port) for port in subject.ports.values()), f"no port {what}"

    return applies


def _joints(subject: VehicleSubject) -> tuple[bool, str]:
    return bool(subject.met), ""


def _umbilicals(subject: VehicleSubject) -> tuple[bool, str]:
    ground = {e.name for e in subject.vehicle.equipment or () if isinstance(e, LaunchPad | Umbilical)}
    own = [n for n, p in subject.ports.items() if p.kind == "umbilical" and n.rpartition(".")[0] not in ground]
    return bool(own), "no part of the vehicle has an umbilical port"


def _denies(port: Port) -> bool:
    return bool(port.none) or any(_denials(getattr(port, n)) for n in type(port).model_fields)


def _denials(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(_denials(v) for v in value)
    if not isinstance(value, Document):
        return False
    return bool(getattr(value, "none", ())) or any(_denials(getattr(value, n)) for n in type(value).model_fields)


CONDITIONS: dict[str, Condition] = {
    **{f"rule:{rule.name}": _rule(rule.name) for rule in RULES},
    "equipment": lambda s: (bool(s.vehicle.equipment), "the vehicle has no equipment"),
    "joints": _joints,
    "denials": _ports(_denies, "denies anything"),
    "engine-mounts": lambda s: (
        any(p.kind == "engine-mount" for p in s.ports.values()), "no port is of the kind engine-mount",
    ),
    "batteries": _has(Battery, "battery"),
    "units": _has(AvionicsUnit, "avionics unit"),
    "buses": _ports(lambda p: p.data and p.data.buses, "has a bus"),
    "separations": _ports(lambda p: p.separation and p.separation.order is not None, "numbers a separation"),
    "umbilicals": _umbilicals,
    "pad": _has(LaunchPad, "launch pad"),
    "recovery": _has((LandingLegs, Parachute, LandingSite), "recovery kit and no landing site"),
    "landing-site": _has(LandingSite, "landing site"),
    "flown-units": _has(FlownUnit, "unit that has flown"),
    "published": lambda s: (s.vehicle.published is not None, "no figures of the whole are published"),
}  # fmt: skip
