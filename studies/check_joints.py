"""The joints of a vehicle: which port meets which, found from the stack's order or named under ``joins``, and matched."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from ..core.documents import Module
from ..core.findings import Finding, Severity
from ..core.modules import Part
from ..core.ports.match import End, match_ports
from ..core.ports.port import Port
from ..core.results import Result, Unit
from ..trajectory.ground import LaunchPad
from ..vehicle.layout import layout
from ..vehicle.vehicle import Vehicle

_BELOW, _ABOVE = ("lower", "provider"), ("upper", "user")


@dataclass(frozen=True, kw_only=True)
class Joint(Result):
    """One joint: its two ends as ``module.port``, its kind, its station in the stack [m], None beside it; its findings."""

    lower: str
    upper: str
    kind: str
    station: Annotated[float | None, Unit("m")]
    matched: bool

    @property
    def name(self) -> str:
        return f"{self.lower} -> {self.upper}"


@dataclass(frozen=True)
class Pair:
    """Two parts that touch in this vehicle, by a port of a kind; station [m] or None."""

    lower: Module
    upper: Module
    kind: str
    station: float | None


def stack_pairs(vehicle: Vehicle) -> Iterator[Pair]:
    """What touches what by the vehicle's order, from the bottom up; then fairing, engines, pad, boosters."""
    place = layout(vehicle)
    chain: list[tuple[Module, float]] = []  # each part with the station of its top
    for stage in vehicle.stages:
        chain.append((stage, place.part("stage", stage.name).top))
        interstage = vehicle.interstage_on(stage)
        if interstage is not None:
            chain.append((interstage, place.part("interstage", interstage.name).top))
    top_stage, top = vehicle.stages[-1], chain[-1][1]
    if vehicle.adapter is not None:
        chain.append((vehicle.adapter, place.part("adapter", vehicle.adapter.name).top))
    for (lower, station), (upper, _) in itertools.pairwise(chain):
        yield Pair(lower, upper, "stage-joint", station)
    yield Pair(chain[-1][0], vehicle.payload, "payload-adapter", chain[-1][1])
    if vehicle.fairing is not None:
        yield Pair(top_stage, vehicle.fairing, "fairing-joint", top)
    for stage in (*vehicle.stages, *(group.stage for group in vehicle.boosters)):
        yield Pair(stage, stage.powerplant, "engine-mount", None)
    for pad in (e for e in vehicle.equipment or () if isinstance(e, LaunchPad)):
        lowest = vehicle.stages[0]
        if any(port.kind == "launch-mount" for part in (pad, lowest) for port in part.ports or ()):
            yield Pair(pad, lowest, "launch-mount", None)
    for group in vehicle.boosters:
        core = next(s for s in vehicle.stages if s.name == (group.beside or vehicle.stages[0].name))
        yield Pair(core, group.stage, "strap-on-joint", None)


def parts_of(vehicle: Vehicle) -> list[Part]:
    """Every part of the vehicle that can have ports, each once."""
    parts: list[Module] = []
    for pair in stack_pairs(vehicle):
        parts += [pair.lower, pair.upper]
    parts += vehicle.equipment or ()
    unique: list[Part] = []
    for part in parts:
        if isinstance(part, Part) and not any(part is known for known in unique):
            unique.append(part)
    return unique


def check_joints(vehicle: Vehicle) -> tuple[Joint, ...]:
    """Every joint of the vehicle, matched where both ports are there. Named joins come first and replace what they cover."""
    parts = parts_of(vehicle)
    taken: dict[str, str] = {}
    joints: list[Joint] = []
    joined: set[tuple[str, str]] = set()
    pairs = list(stack_pairs(vehicle))
    for i, join in enumerate(vehicle.joins or ()):
        where = vehicle.where(f"joins.{i}")
        ends, problems = [], []
        for text in (join.lower, join.upper):
            end, problem = _named(text, parts, where)
            ends.append(end)
            problems += [problem] if problem else []
        if problems:
            joints.append(_joint(join.lower, join.upper, "", None, problems))
            continue
        lower, upper = ends
        station = next((p.station for p in pairs if (p.lower.name, p.upper.name) == (lower.module, upper.module)), None)
        joined.add((lower.module, upper.module))
        joints.append(_matched(lower, upper, station, taken, where))
    for pair in pairs:
        if (pair.lower.name, pair.upper.name) not in joined:
            joints.append(_by_order(pair, taken, vehicle))
    joints += _left_over(parts, taken)
    # From the bottom of the stack up, then what is beside it.
    return tuple(sorted(joints, key=lambda joint: (joint.station is None, joint.station or 0.0)))


def _named(text: str, parts: list[Part], where: str) -> tuple[End | None, Finding | None]:
    """The end that a join names, or what is wrong with the name."""
    module, _, port = text.rpartition(".")
    found = [part for part in parts if part.name == module]
    if not found:
        known = ", ".join(f"'{p.name}'" for p in parts)
        return None, Finding(
            Severity.ERROR, "joint.no_module", where, f"{text}: there is no part '{module}'; known: {known}"
        )
    if len(found) > 1:
        return None, Finding(
            Severity.ERROR, "joint.no_module", where, f"{text}: {len(found)} parts are called '{module}'; rename one"
        )
    try:
        return End(module, found[0].port(port)), None
    except KeyError as error:
        return None, Finding(Severity.ERROR, "joint.no_port", where, f"{text}: {error.args[0]}")


def _by_order(pair: Pair, taken: dict[str, str], vehicle: Vehicle) -> Joint:
    ends: list[End | None] = []
    problems: list[Finding] = []
    for part, other, roles in ((pair.lower, pair.upper, _BELOW), (pair.upper, pair.lower, _ABOVE)):
        port, problem = _port_for(part, other, pair.kind, roles)
        ends.append(End(part.name, port) if port else None)
        problems += [problem] if problem else []
    lower, upper = ends
    silent = [f for f in problems if f.rule == "joint.no_ports"]
    if len(silent) == 2:  # one thing to mend on both sides: say it once
        text = f"'{pair.lower.name}' and '{pair.upper.name}' describe no ports (kind '{pair.kind}'); add 'ports:' to both files"
        problems = [Finding(Severity.UNKNOWN, "joint.no_ports", silent[0].where, text)]
    if lower is None or upper is None:
        names = [end.name if end else f"{part.name}.?" for end, part in ((lower, pair.lower), (upper, pair.upper))]
        for end in (lower, upper):
            if end is not None:
                taken.setdefault(end.name, names[1])
        return _joint(names[0], names[1], pair.kind, pair.station, problems)
    joint = _matched(lower, upper, pair.station, taken, vehicle.where())
    count = getattr(pair.lower, "engine_count", 1)
    if pair.kind == "engine-mount" and lower.port.count != count:
        text = f"{lower.name} is {lower.port.count} mounts, and '{pair.lower.name}' has {count} engines; correct one of them"
        wrong = Finding(Severity.ERROR, "joint.count", lower.port.where("count"), text)
        joint = replace(joint, findings=(*joint.findings, wrong))
    return joint


def _port_for(part: Module, other: Module, kind: str, roles: tuple[str, str]) -> tuple[Port | None, Finding | None]:
    """The port of *part* that should meet *other*, or why there is none."""
    what = f"{part.name}: a port of kind '{kind}' and role '{roles[0]}' or '{roles[1]}' should meet '{other.name}'"
    ports = getattr(part, "ports", None)
    if ports is None:
        text = f"'{part.name}' describes no ports, one of kind '{kind}' should meet '{other.name}'; add 'ports:' to its file"
        return None, Finding(Severity.UNKNOWN, "joint.no_ports", part.where(), text)
    found = [p for p in ports if p.kind == kind and p.role in roles]
    if len(found) == 1:
        return found[0], None
    if found:
        names = ", ".join(p.name for p in found)
        text = f"{what}, and it has {len(found)} of them ({names}); name the right one under the vehicle's 'joins'"
        return None, Finding(Severity.UNKNOWN, "joint.ambiguous", part.where("ports"), text)
    text = f"{what}, and it has none: the stack has a gap there; add the port, or name another one under 'joins'"
    return None, Finding(Severity.ERROR, "joint.gap", part.where("ports"), text)


def _matched(lower: End, upper: End, station: float | None, taken: dict[str, str], where: str) -> Joint:
    findings = list(match_ports(lower, upper))
    for end, other in ((lower, upper), (upper, lower)):
        before = taken.setdefault(end.name, other.name)
        several = end.port.kind == "engine-mount" and end is upper  # one engine's file serves many mounts
        if before != other.name and not several:
            text = f"{end.name} is joined to {before} and to {other.name}; a port meets one other: give each its own"
            findings.append(Finding(Severity.ERROR, "joint.taken", end.port.where(), text))
    if lower.module == upper.module:
        text = f"{lower.name} -> {upper.name}: a part is joined to itself; join it to another one"
        findings.append(Finding(Severity.ERROR, "joint.self", where, text))
    return _joint(lower.name, upper.name, lower.port.kind, station, findings, matched=True)


def _left_over(parts: list[Part], taken: dict[str, str]) -> list[Joint]:
    """Ports that nothing meets: what they would say of the fit is not known."""
    joints = []
    for part in parts:
        for port in part.ports or ():
            name = f"{part.name}.{port.name}"
            if name not in taken:
                text = f"{name} ({port.kind}) meets nothing here; add its counterpart under 'equipment' and a line under 'joins'"
                finding = Finding(Severity.UNKNOWN, "joint.open", port.where(), text)
                joints.append(_joint(name, "?", port.kind, None, [finding]))
    return joints


def _joint(
    lower: str, upper: str, kind: str, station: float | None, findings: list[Finding], matched: bool = False
) -> Joint:
    return Joint(lower=lower, upper=upper, kind=kind, station=station, matched=matched, findings=tuple(findings))
