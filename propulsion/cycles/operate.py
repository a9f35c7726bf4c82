"""Analysis: the hardware of a design point at other conditions, and what the engine does there."""

import time
from dataclasses import dataclass

import numpy as np

from ...core.errors import InputError, UndecidedError
from .balance import Prepared, prepare, read
from .components import build
from .document import CONTROLS, EngineCycle, OperatingPoint
from .losses import factors, losses_of
from .machines import shaft_speeds
from .result import CycleBalance, OperatingBalance
from .solve import Solution, System
from .start import guess, order

_STEPS = 8  # on the way from the design point to a far one


@dataclass(frozen=True)
class Hardware:
    """An engine as built: resistances, capacities and characteristics of its design point. start: a solution to begin from.

    controls: the valves whose resistance is found; with one, chamber pressure is held, with two the mixture ratio as well,
    with none both follow from tanks and hardware.
    """

    cycle: EngineCycle
    prepared: Prepared  # network and system of the analysis
    reference: dict[str, float]  # readings of the design point
    controls: tuple[str, ...]
    start: np.ndarray

    @property
    def system(self) -> System:
        return self.prepared.system


def hardware(cycle: EngineCycle, controls: tuple[str, ...] = (), design: Prepared | None = None) -> Hardware:
    """The hardware that the design point asks for, ready to be operated as often as wanted.

    Pump and turbine characteristics are those of the document's maps, else the estimates of ``turbomachinery``; a jacket's
    heat goes with chamber pressure^0.8. Raises InputError for controls that are neither passages nor motors.
    """
    kinds = {c.name: c.type for c in cycle.components}
    for name in controls:
        if kinds.get(name) not in CONTROLS:
            raise InputError(f"{cycle.name}: '{name}' is not a valve or motor of this engine")
    if len(controls) > 2:
        raise InputError(f"{cycle.name}: at most two control valves can be held, not {len(controls)}")
    design = design or prepare(cycle)
    at_design = design.system.solve()
    reference = design.system.readings(at_design.x)
    speeds = shaft_speeds(cycle)
    balanced = read(design, at_design, 0.0)
    for pump in balanced.pumps:
        if pump.specific_speed is not None and pump.name in speeds:
            reference[f"{pump.name}.specific_speed"] = pump.specific_speed
    network = build(
        cycle, guess(cycle), order(cycle), design.gas, factors(losses_of(cycle)), "analysis", reference, controls
    )
    system = System(network, f"{cycle.name} (off design)", cycle.where())
    known = dict(zip(design.network.names, at_design.x, strict=True))
    x = np.array([known.get(n, s) for n, s in zip(network.names, system.start, strict=True)])
    return Hardware(cycle, Prepared(cycle, design.gas, network, system), reference, controls, x)


def changes_of(cycle: EngineCycle, point: OperatingPoint) -> dict[str, float]:
    """What a point changes, by the network's parameters."""
    changes: dict[str, float] = {}
    if point.chamber_pressure is not None:
        changes["chamber_pressure"] = point.chamber_pressure
    if point.oxidizer_fuel_ratio is not None:
        changes["oxidizer_fuel_ratio"] = point.oxidizer_fuel_ratio
    for inlet in point.inlets:
        if inlet.pressure is not None:
            changes[f"{inlet.tank}.pressure"] = inlet.pressure
        if inlet.temperature is not None:
            changes[f"{inlet.tank}.temperature"] = inlet.temperature
    for opening in point.openings:
        changes[f"{opening.component}.opening"] = opening.resistance
    return changes


def solve_at(built: Hardware, changes: dict[str, float], start: np.ndarray | None = None) -> Solution:
    """A solution under changed parameters; a far point is approached in steps. Raises UndecidedError naming the largest gap."""
    system = built.system
    first = built.start if start is None else start
    found = system.newton(first, system.parameters(changes))
    if found is not None:
        return found
    design, x = system.network.parameter_values, built.start
    for k in range(1, _STEPS + 1):
        part = {name: design[name] + (value - design[name]) * k / _STEPS for name, value in changes.items()}
        found = system.newton(x, system.parameters(part))
        if found is None:
            raise UndecidedError(
                f"{built.cycle.name}: no operating point found beyond {(k - 1) / _STEPS:.0%} of the way to "
                + ", ".join(f"{name} = {value:g}" for name, value in changes.items()),
                where=built.cycle.where(),
                details=system.gaps(x, system.parameters(part)),
            )
        x = found.x
    return found  # type: ignore[return-value]  # the loop ran


def operate(cycle: EngineCycle, point: OperatingPoint, built: Hardware | None = None) -> CycleBalance:
    """The engine at one operating point, its hardware as the design point made it: stations, machines, findings.

    built: from ``hardware`` with the same controls, when many points are asked for. Raises InputError for a tank that boils,
    UndecidedError where no operating point is found.
    """
    built = built or hardware(cycle, point.controls)
    if built.controls != point.controls:
        raise InputError(f"{cycle.name}: '{point.name}' has other controls than the hardware was prepared for")
    changes = changes_of(cycle, point)
    _tanks_hold(cycle, built, changes)
    began = time.perf_counter()
    solution = solve_at(built, changes)
    return read(built.prepared, solution, time.perf_counter() - began, changes)


def _tanks_hold(cycle: EngineCycle, built: Hardware, changes: dict[str, float]) -> None:
    """No tank may boil at its new state."""
    for c in cycle.components:
        if c.type != "tank":
            continue
        pressure = changes.get(f"{c.name}.pressure", c.pressure)
        temperature = changes.get(f"{c.name}.temperature", c.temperature)
        medium = next(s.medium for s in built.prepared.network.streams if s.source == c.name)
        vapour = medium.vapour_pressure(temperature)  # type: ignore[attr-defined]  # media of tanks are liquids
        if vapour is not None and vapour >= pressure:
            raise InputError(
                f"{c.name}: {c.propellant} at {temperature:g} K boils below {vapour / 1e5:.2f} bar, and the tank is at "
                f"{pressure / 1e5:.2f} bar",
                where=c.where("pressure"),
            )


def operating_points(cycle: EngineCycle) -> tuple[tuple[OperatingPoint, CycleBalance], ...]:
    """All points of the document's ``analysis``; hardware is prepared once for each set of controls."""
    design, built, rows = prepare(cycle), {}, []
    for point in cycle.analysis:
        if point.controls not in built:
            built[point.controls] = hardware(cycle, point.controls, design)
        rows.append((point, operate(cycle, point, built[point.controls])))
    return tuple(rows)


def summary(name: str, balance: CycleBalance) -> OperatingBalance:
    """The line of one operating point."""
    return OperatingBalance(
        name=name, chamber_pressure=balance.chamber_pressure, thrust_vacuum=balance.thrust_vacuum,
        mass_flow=balance.mass_flow, isp_vacuum=balance.isp_vacuum, oxidizer_fuel_ratio=balance.oxidizer_fuel_ratio,
        turbine_inlet_temperature=max((t.inlet_temperature for t in balance.turbines), default=None),
        findings=balance.findings,
    )  # fmt: skip
