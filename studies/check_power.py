"""Power and energy by phase: what hangs on each power circuit of a vehicle, against the batteries and the ground that feed it.

A circuit is traced through the joints from port to port (`nets`). In a phase of external supply the ground feeds the circuits
that an umbilical or the pad is on; otherwise the batteries do. A unit draws what it states for the phase, else its steady power;
a part that states no power draws the current that its ports need. What a phase is without draws and supplies nothing. Currents
are taken at the lowest voltage of the batteries, which is the safe side.

Not modelled: losses in the harness, how batteries share a load, charging.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ..core.findings import Finding, Severity
from ..core.modules import Part
from ..core.ports.port import Port
from ..core.ports.rules import Capacity, Place
from ..core.ports.sections import Circuit
from ..trajectory.ground import LaunchPad
from ..vehicle.equipment import AvionicsUnit, Battery, Umbilical
from ..vehicle.phases import Phase
from ..vehicle.vehicle import Vehicle
from .check_joints import Joint, parts_of
from .nets import End, trace


@dataclass(frozen=True)
class Load:
    """A part on a circuit that draws from it: count of it, the current [A] that its port needs (None: not stated)."""

    end: End
    part: Part
    current: float | None

    def power(self, phase: Phase, voltage: float) -> float | None:
        """[W] of all of them in a phase, at a voltage [V] where only a current is known; None where nothing is stated."""
        one = _stated(self.part, phase)
        if one is None and self.current is not None:
            one = self.current * voltage
        return None if one is None else self.end.count * one


@dataclass(frozen=True)
class Circuits:
    """One circuit: its name for messages, what feeds it, what hangs on it, and whether the ground reaches it."""

    what: str
    batteries: tuple[Battery, ...]
    holders: dict[str, str]
    loads: tuple[Load, ...]
    external: bool

    def batteries_in(self, phase: Phase) -> tuple[Battery, ...]:
        return tuple(b for b in self.batteries if not {b.name, self.holders[b.name]} & set(phase.without))

    def loads_in(self, phase: Phase) -> tuple[Load, ...]:
        return tuple(x for x in self.loads if not x.end.names & set(phase.without))


def power_findings(vehicle: Vehicle, joints: tuple[Joint, ...]) -> Iterator[Finding]:
    """Every circuit with a battery on it, phase by phase; and units that nothing feeds."""
    parts = {part.name: part for part in parts_of(vehicle)}
    ports = {f"{part.name}.{port.name}": port for part in parts.values() for port in part.ports or ()}
    supplied: set[str] = set()
    for ends in trace(joints, ports, _names_of).groups().values():
        batteries = {end.part: battery for end in ends if isinstance(battery := parts[end.part], Battery)}
        if not batteries:
            continue
        supplied |= {end.part for end in ends}
        name = f"circuit '{ends[0].node[1]}' of {' and '.join(batteries)}"
        holders = {end.part: end.holder for end in ends if end.part in batteries}
        external = any(isinstance(parts[end.part], Umbilical | LaunchPad) for end in ends)
        circuit = Circuits(name, tuple(batteries.values()), holders, tuple(_loads(parts, ends)), external)
        yield from _circuit(vehicle, circuit)
    yield from _without_battery(vehicle, supplied, any(isinstance(p, Battery) for p in parts.values()))


def _circuit(vehicle: Vehicle, circuit: Circuits) -> Iterator[Finding]:
    what = circuit.what
    if not vehicle.phases:
        text = f"{what}: no phases are stated, so that energy cannot be summed up; give the vehicle 'phases'"
        yield Finding(Severity.UNKNOWN, "assembly.power_phases", vehicle.where(), text)
        return
    silent: dict[str, Part] = {}
    energy = 0.0
    for i, phase in enumerate(vehicle.phases):
        if phase.supply == "external" and circuit.external:
            continue
        batteries = circuit.batteries_in(phase)
        drawn = _drawn(circuit, phase, batteries, silent)
        total = sum(power for _, power in drawn)
        if not batteries:
            if total:
                names = ", ".join(load.part.name for load, power in drawn if power)
                text = (
                    f"{what}, phase '{phase.name}': no battery is left, and {names} still draw {total:.3g} W; feed them or "
                    "switch them off"
                )
                yield Finding(Severity.ERROR, "assembly.power_source", vehicle.where(f"phases.{i}"), text)
            continue
        energy += total * phase.duration
        yield from _current(f"{what}, phase '{phase.name}'", drawn, total, batteries)
    for name, part in silent.items():
        text = f"{what}: {name} hangs on it and does not state what it draws; state its power"
        yield Finding(Severity.UNKNOWN, "assembly.power_unstated", part.where(), text)
    yield _energy(what, energy, circuit.batteries, list(silent))


def _drawn(
    circuit: Circuits, phase: Phase, batteries: tuple[Battery, ...], silent: dict[str, Part]
) -> list[tuple[Load, float]]:
    """What each load draws [W]; those that state nothing go into *silent*."""
    voltage = min((b.voltage[0] for b in batteries), default=circuit.batteries[0].voltage[0])
    found = []
    for load in circuit.loads_in(phase):
        power = load.power(phase, voltage)
        if power is None:
            silent[load.part.name] = load.part
        else:
            found.append((load, power))
    return found


def _current(
    at: str, drawn: list[tuple[Load, float]], total: float, batteries: tuple[Battery, ...]
) -> Iterator[Finding]:
    """Steady current, and the largest single peak on top of it, against what the batteries give together."""
    voltage = min(b.voltage[0] for b in batteries)
    silent = next((b for b in batteries if b.current_max is None), None)
    if silent is not None:
        text = f"{at}: {total / voltage:.3g} A are drawn; state the current_max of {silent.name}"
        yield Finding(Severity.UNKNOWN, "assembly.power_current", silent.where(), text)
        return
    where, held = batteries[0].where("current_max"), sum(b.current_max or 0.0 for b in batteries)
    yield _capacity("power_current", at, where, total / voltage, held, "A")
    peaks = [
        (load.end.count * load.part.peak_power - power, load.part.name)
        for load, power in drawn
        if isinstance(load.part, AvionicsUnit) and load.part.peak_power is not None
    ]
    more, name = max(peaks, default=(0.0, ""))
    if more > 0:
        yield _capacity("power_peak", f"{at}, at the peak of {name}", where, (total + more) / voltage, held, "A")


def _energy(what: str, energy: float, batteries: tuple[Battery, ...], silent: list[str]) -> Finding:
    """[J] drawn over all phases against what the batteries hold of use."""
    whole = next((b for b in batteries if b.usable is None), None)
    if whole is not None:
        text = f"{what}: {energy / 3.6e3:.4g} W h are drawn; state which share of {whole.name} is usable"
        return Finding(Severity.UNKNOWN, "assembly.energy", whole.where(), text)
    held = sum(b.energy * (b.usable or 0.0) for b in batteries)
    where = batteries[0].where("energy")
    found = _capacity("energy", f"{what}, all phases on it", where, energy / 3.6e3, held / 3.6e3, "W*hour")
    if silent and found.severity is not Severity.ERROR:
        text = f"{found.message}; without {', '.join(silent)}, which do not state what they draw"
        found = Finding(Severity.UNKNOWN, found.rule, found.where, text, found.margin)
    return found


def _capacity(rule: str, what: str, where: str, demand: float, held: float, unit: str) -> Finding:
    name = "current" if unit == "A" else "energy"
    place = Place(what, name, where, "its load", "the battery", unit, ("draws", "holds"))
    found = Capacity()(demand, held, place)
    return Finding(found.severity, f"assembly.{rule}", found.where, found.message, found.margin)


def _loads(parts: dict[str, Part], ends: list[End]) -> Iterator[Load]:
    """Each part that draws, once: stages and racks pass power on, batteries and the ground give it."""
    found: dict[tuple[str, str], Load] = {}
    for end in ends:
        part = parts[end.part]
        if isinstance(part, Battery | Umbilical | LaunchPad):
            continue
        circuit = next(c for c in _circuits_of(end.port) if c.name == end.node[1])
        needs = circuit.current.needs if circuit.current else None
        passes_on = sum(other.node == end.node for other in ends) > 1
        if isinstance(part, AvionicsUnit) or (end.port.role in ("user", "upper") and not passes_on):
            found[end.node] = Load(end, part, needs)
    yield from found.values()


def _stated(part: Part, phase: Phase) -> float | None:
    if not isinstance(part, AvionicsUnit):
        return None
    return next((row.power for row in part.power_in or () if row.phase == phase.name), part.power)


def _without_battery(vehicle: Vehicle, supplied: set[str], any_battery: bool) -> Iterator[Finding]:
    """Units that draw power and hang on no circuit with a battery."""
    for unit in (e for e in vehicle.equipment or () if isinstance(e, AvionicsUnit)):
        if unit.name in supplied or unit.power == 0.0:
            continue
        severity = Severity.UNKNOWN
        if not any_battery:
            text = f"{unit.name} draws power, and no battery is among the equipment; add it, joined on a common circuit"
        elif any(_names_of(port) for port in unit.ports or ()):
            severity = Severity.ERROR
            text = f"{unit.name} draws power, and no battery hangs on its circuit; join one under the circuit's name"
        else:
            text = f"{unit.name} names no circuit in its ports, so that what feeds it is not known; add electrical.circuits"
        yield Finding(severity, "assembly.power_source", unit.where(), text)


def _circuits_of(port: Port) -> tuple[Circuit, ...]:
    return (port.electrical.circuits if port.electrical else None) or ()


def _names_of(port: Port) -> tuple[str, ...]:
    return tuple(circuit.name for circuit in _circuits_of(port))
