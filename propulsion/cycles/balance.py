"""From an engine-cycle document to a balanced cycle: build, solve, read, check."""

import time
from dataclasses import dataclass
from typing import Any

import casadi as ca
import numpy as np

from ...core.results import Result
from .chamber import ChamberGas, chamber_gas
from .components import build
from .document import EngineCycle
from .findings import cycle_findings
from .losses import factors, losses_of
from .machines import pump_state, shaft_speeds, turbine_state
from .network import Network
from .result import (
    BurnerState,
    CycleBalance,
    CycleLoss,
    ExhaustState,
    HeatState,
    MotorState,
    StreamState,
)
from .solve import Solution, System
from .start import guess, order
from .stated import check_stated_pressures


@dataclass(frozen=True)
class Prepared:
    """An engine ready to be solved, as often as wanted, with changed parameters."""

    cycle: EngineCycle
    gas: ChamberGas
    network: Network
    system: System


def prepare(cycle: EngineCycle) -> Prepared:
    """The design network of an engine. Raises InputError when it is not square or its flow runs in a
    circle, ImpossibleError where stated pressures contradict one another."""
    check_stated_pressures(cycle)
    gas = chamber_gas(cycle.oxidizer, cycle.fuel, cycle.oxidizer_fuel_ratio, cycle.chamber_pressure, cycle.area_ratio)
    network = build(cycle, guess(cycle), order(cycle), gas, factors(losses_of(cycle)))
    return Prepared(cycle, gas, network, System(network, cycle.name, cycle.where()))


def balance(cycle: EngineCycle) -> CycleBalance:
    """The cycle in balance at its design point.

    Raises InputError for a document that does not close, ImpossibleError for a cycle without a solution (which shaft lacks
    how much), UndecidedError where the solver found neither.
    """
    prepared = prepare(cycle)
    began = time.perf_counter()
    solution = prepared.system.solve()
    return read(prepared, solution, time.perf_counter() - began)


def read(
    prepared: Prepared, solution: Solution, seconds: float, changes: dict[str, float] | None = None
) -> CycleBalance:
    """A solution (under changed parameters) as a result, with its findings."""
    cycle, net, system = prepared.cycle, prepared.network, prepared.system
    r = system.readings(solution.x, changes)
    streams = _streams(net, system, solution, changes)
    by_target = {s.target: s for s in streams}
    pumps, turbines, motors, burners, exhausts = [], [], [], [], []
    speeds = shaft_speeds(cycle)
    for c in cycle.components:
        if c.type == "pump":
            pumps.append(pump_state(c, r, by_target[c.name], net, speeds.get(c.name)))
        elif c.type == "turbine":
            outlet = next(s for s in streams if s.source == c.name)
            turbines.append(turbine_state(c, r, by_target[c.name], outlet, speeds.get(c.name)))
        elif c.type == "motor":
            battery = r[f"{c.name}.battery_power"]
            energy = battery * cycle.burn_time if cycle.burn_time else None
            motors.append(
                MotorState(
                    name=c.name, shaft=c.shaft, power=r[f"{c.name}.power"], battery_power=battery, battery_energy=energy
                )
            )
        elif c.type in ("burner", "tap"):
            burners.append(
                BurnerState(
                    name=c.name,
                    oxidizer_fuel_ratio=r[f"{c.name}.oxidizer_fuel_ratio"],
                    temperature=r[f"{c.name}.temperature"],
                    mass_flow=r[f"{c.name}.mass_flow"],
                )
            )
    for key in r:
        name, _, what = key.rpartition(".")
        if what == "isp_vacuum" and name not in ("chamber", "engine"):
            exhausts.append(ExhaustState(name=name, mass_flow=r[f"{name}.mass_flow"], isp_vacuum=r[key]))
    heats = tuple(HeatState(name=k[:-5], heat=v) for k, v in r.items() if k.endswith(".heat") and k != "chamber.heat")
    result = CycleBalance(
        input_hash=cycle.content_hash(),
        sources=tuple(f"{', '.join(s.fields)}: {s.citation} [{s.grade}]" for s in cycle.sources),
        name=cycle.name,
        cycle=cycle.cycle,
        oxidizer=cycle.oxidizer,
        fuel=cycle.fuel,
        chamber_pressure=r["chamber.pressure"],
        area_ratio=cycle.area_ratio,
        chambers=cycle.chambers,
        thrust_vacuum=r["engine.thrust_vacuum"],
        mass_flow=r["engine.mass_flow"],
        isp_vacuum=r["engine.isp_vacuum"],
        oxidizer_fuel_ratio=r["engine.oxidizer_fuel_ratio"],
        chamber_oxidizer_fuel_ratio=r["chamber.oxidizer_fuel_ratio"],
        chamber_mass_flow=r["chamber.mass_flow"],
        chamber_isp_vacuum=r["chamber.isp_vacuum"],
        chamber_isp_ideal=r["chamber.isp_ideal"],
        c_star=r["chamber.c_star"],
        chamber_temperature_ideal=prepared.gas.temperature,
        throat_area=r["chamber.throat_area"],
        exit_area=r["chamber.throat_area"] * cycle.area_ratio,
        chamber_heat=r["chamber.heat"],
        worst_balance=worst_balance(system, solution, changes),
        iterations=solution.iterations,
        solve_time=seconds,
        unknowns=system.unknowns,
        streams=streams,
        pumps=tuple(pumps),
        turbines=tuple(turbines),
        motors=tuple(motors),
        burners=tuple(burners),
        exhausts=tuple(exhausts),
        heats=heats,
        losses=_losses(cycle, r),
    )
    return _with_findings(result, cycle_findings(cycle, result, prepared.gas, net, r))


def _with_findings(result: CycleBalance, findings: Any) -> CycleBalance:
    import dataclasses

    assert isinstance(result, Result)
    return dataclasses.replace(result, findings=tuple(findings))


def worst_balance(system: System, solution: Solution, changes: dict[str, float] | None = None) -> float:
    """Largest relative residual of the mass, energy and shaft-power balances."""
    raw = np.asarray(system.value(solution.x, system.parameters(changes))).ravel()
    picked = [
        abs(v) for v, e in zip(raw, system.network.equations, strict=True) if e.kind in ("mass", "energy", "power")
    ]
    return float(max(picked, default=0.0))


def _streams(
    net: Network, system: System, solution: Solution, changes: dict[str, float] | None
) -> tuple[StreamState, ...]:
    rows = [ca.vertcat(s.mass_flow, s.pressure, s.temperature, s.density, s.enthalpy, s.entropy) for s in net.streams]
    function = ca.Function("streams", [system.x, system.p], [ca.vertcat(*rows)], {"cse": True})
    table = np.asarray(function(solution.x, system.parameters(changes))).reshape(-1, 6)
    return tuple(
        StreamState(
            name=s.name,
            source=s.source,
            target=s.target,
            medium=s.medium.name,
            mass_flow=float(row[0]),
            pressure=float(row[1]),
            temperature=float(row[2]),
            density=float(row[3]),
            enthalpy=float(row[4]),
            entropy=float(row[5]),
        )
        for s, row in zip(net.streams, table, strict=True)
    )


def _losses(cycle: EngineCycle, r: dict[str, float]) -> tuple[CycleLoss, ...]:
    """From the ideal chamber to the engine: propellants' temperature and heat, chamber, turbine exhaust and leaks."""
    isp = r["chamber.isp_ideal_cold"]
    items = []

    def take(name: str, factor: float, grade: str, citation: str) -> None:
        nonlocal isp
        isp *= factor
        items.append(CycleLoss(name=name, factor=factor, isp_after=isp, grade=grade, citation=citation))

    take(
        "propellant temperature, pump work and heat",
        r["chamber.isp_ideal"] / isp,
        "computed",
        "energy balance of the chamber",
    )
    for loss in losses_of(cycle):
        take(loss.name, loss.factor, loss.grade, loss.citation)
    if abs(r["chamber.film_factor"] - 1.0) > 1e-12:
        take(
            "film at the wall that does not mix", r["chamber.film_factor"], "computed", "two streams through the throat"
        )
    own = r["engine.isp_vacuum"] / isp
    if abs(own - 1.0) > 1e-12:
        take("turbine exhaust and leaks", own, "computed", "flows of this balance")
    return tuple(items)
