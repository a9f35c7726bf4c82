"""The whole engine from its document: balance, contour, losses and jackets brought together, then injector, acoustics, mass.

Each needs another: the contour its throat from the balance, the balance its divergence loss from the contour and the jacket's
heat and pressure drop from the march along the wall, the march its flow and inlet from the balance. They are repeated in turn
until nothing changes by more than 1e-4.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..core.earth import G0
from ..core.errors import UndecidedError
from ..core.findings import Finding, Severity
from ..core.results import Result
from . import jacket
from .acoustics import ChamberAcoustics
from .chamber_design import acoustics, engine_contour, engine_injector, injected, nozzle_gas
from .contour.contour import Contour
from .cooling.result import CoolingResult
from .cycles.balance import Prepared, prepare, read
from .cycles.document import ChamberLoss, EngineCycle
from .cycles.losses import factors, loss_findings, losses_of, nozzle_losses
from .cycles.result import CycleBalance
from .cycles.solve import Solution
from .engine_mass import MassEstimate, engine_mass, preferred
from .injector import InjectorDesign
from .propellants import find_propellant, mix
from .published import ComparedFigure, compare
from .thermo.rocket import RocketSolution

_CLOSED, _MOST = 1e-4, 25
_TYPICAL_ISP = 330.0


@dataclass(frozen=True, kw_only=True)
class EngineDesign(Result):
    """The engine with all that its document asks for; what it does not ask for is None. rounds: until balance, contour and
    cooling came together; change: in the last one, relative. findings: of the parts, the balance's first."""

    balance: CycleBalance
    contour: Contour | None
    injector: InjectorDesign | None
    acoustics: ChamberAcoustics | None
    cooling: CoolingResult | None
    jackets: tuple[jacket.JacketMatch, ...]
    masses: tuple[MassEstimate, ...]
    comparison: tuple[ComparedFigure, ...]
    rounds: int
    change: float


@dataclass(frozen=True)
class _State:
    """One round: the document with what was found put in, and its balance."""

    cycle: EngineCycle
    prepared: Prepared
    solution: Solution
    balance: CycleBalance
    gas: RocketSolution | None = None
    contour: Contour | None = None
    cooling: CoolingResult | None = None


def design_engine(
    cycle: EngineCycle, hear: Callable[[str], None] = lambda _: None
) -> tuple[EngineDesign, EngineCycle, Prepared]:
    """(The design, the document with the computed losses and jacket values put in, its network for what comes after).

    hear: told what is at work. Raises InputError for a definition that does not fit, ImpossibleError for a cycle without a
    solution, UndecidedError where balance and cooling do not come together.
    """
    heats, drops = jacket.open_values(cycle)
    state, rounds, change = _together(cycle, heats, drops, hear)
    if cycle.cooling is not None and state.cooling is None:
        hear("cooling")
        state = _with_cooling(cycle, state)
    b = state.balance
    hear("injector and acoustics")
    injector = modes = None
    if cycle.injector is not None:
        injector = engine_injector(state.cycle, b, state.prepared, state.solution, state.contour)
    if state.contour is not None and state.gas is not None:
        modes = acoustics(state.cycle, state.contour, state.gas)
    jackets: tuple[jacket.JacketMatch, ...] = ()
    if state.cooling is not None:
        jackets = jacket.match(cycle, b, state.cooling, heats, drops)
    masses = engine_mass(
        cycle.cycle, b.thrust_vacuum, cycle.area_ratio, cycle.oxidizer, cycle.fuel, where=cycle.where("cycle")
    )
    comparison = compare(cycle.published, b, state.contour, preferred(masses))
    parts: list[Any] = [b, state.contour, injector, modes, state.cooling, *jackets]
    findings = [f for p in parts if p is not None for f in p.findings]
    findings += masses[0].findings if masses and not preferred(masses) else []
    findings += list(_loss_ranges(cycle, state))
    design = EngineDesign(
        input_hash=cycle.content_hash(), sources=b.sources, findings=tuple(dict.fromkeys(findings)), balance=b,
        contour=state.contour, injector=injector, acoustics=modes, cooling=state.cooling, jackets=jackets, masses=masses,
        comparison=comparison, rounds=rounds, change=change,
    )  # fmt: skip
    return design, state.cycle, state.prepared


def _together(
    cycle: EngineCycle, heats: set[str], drops: set[str], hear: Callable[[str], None]
) -> tuple[_State, int, float]:
    """Balance and contour in turn until nothing changes, and cooling where the balance takes something from it."""
    values: dict[str, float] = {}
    losses: tuple[ChamberLoss, ...] | None = None
    if heats or drops:
        values = _first_values(cycle, heats, drops)
    state, change = None, np.inf
    for k in range(1, _MOST + 1):
        hear(f"balance, round {k}")
        state = _balanced(cycle, values, losses)
        if cycle.chamber_shape is None:
            return state, k, 0.0
        hear(f"contour, round {k}")
        state = _with_contour(cycle, state)
        new_losses = _losses(cycle, state)
        change = _loss_change(losses or losses_of(cycle), new_losses)
        new_values = {}
        if cycle.cooling is not None and (heats or drops):
            hear(f"cooling, round {k}")
            state = _with_cooling(cycle, state)
            assert state.cooling is not None
            for passage, (heat, drop) in jacket.totals(cycle.cooling, state.cooling, cycle.chambers).items():
                new_values |= {f"{passage}.heat": heat} if passage in heats else {}
                new_values |= {f"{passage}.pressure_drop": drop} if passage in drops else {}
        change = max([change, *(abs(v / values[key] - 1.0) for key, v in new_values.items())])
        if change < _CLOSED:
            return state, k, change
        losses, values = new_losses, new_values
    raise UndecidedError(
        f"{cycle.name}: balance and cooling did not come together in {_MOST} rounds; the last changed by {change:.1e}; "
        "state heat and pressure_drop of the jacket",
        where=cycle.where("cooling"),
    )


def _first_values(cycle: EngineCycle, heats: set[str], drops: set[str]) -> dict[str, float]:
    """Heat and drop of the march beside a rough engine: typical flow, propellants as tabulated."""
    assert cycle.cooling is not None
    ox, fu = find_propellant(cycle.oxidizer, "oxidizer"), find_propellant(cycle.fuel, "fuel")
    mixture = mix(ox, fu, cycle.oxidizer_fuel_ratio)
    solution, gas = nozzle_gas(mixture, cycle.chamber_pressure, cycle.area_ratio)
    flow = cycle.mass_flow or (cycle.thrust_vacuum or 0.0) / (_TYPICAL_ISP * G0)
    c_star = solution.c_star * factors(losses_of(cycle))[0]
    shape = engine_contour(cycle, flow * c_star / cycle.chamber_pressure / cycle.chambers, gas)
    passages = set(jacket.chains(cycle.cooling))
    wall_gas = _wall_gas(cycle, mixture, cycle.chamber_pressure, shape)
    marched = jacket.march(cycle.cooling, shape, wall_gas, jacket.first_inlets(cycle, passages))
    found = jacket.totals(cycle.cooling, marched, cycle.chambers)
    return {f"{n}.heat": found[n][0] for n in heats} | {f"{n}.pressure_drop": found[n][1] for n in drops}


def _balanced(cycle: EngineCycle, values: dict[str, float], losses: tuple[ChamberLoss, ...] | None) -> _State:
    parts = []
    for c in cycle.components:
        own = {f: values[f"{c.name}.{f}"] for f in ("heat", "pressure_drop") if f"{c.name}.{f}" in values}
        parts.append(c.evolve(**own) if own else c)
    changes: dict[str, Any] = {"components": tuple(parts)} if values else {}
    if losses is not None:
        changes["losses"] = losses
    filled = cycle.evolve(**changes, sources=cycle.sources) if changes else cycle
    prepared = prepare(filled)
    began = time.perf_counter()
    solution = prepared.system.solve()
    balance = read(prepared, solution, time.perf_counter() - began)
    return _State(filled, prepared, solution, replace(balance, input_hash=cycle.content_hash()))


def _with_contour(cycle: EngineCycle, state: _State) -> _State:
    solution, gas = nozzle_gas(injected(cycle, state.balance), state.balance.chamber_pressure, cycle.area_ratio)
    return replace(state, gas=solution, contour=engine_contour(cycle, state.balance.throat_area / cycle.chambers, gas))


def _wall_gas(cycle: EngineCycle, mixture: Any, pressure: float, shape: Contour) -> Any:
    from .cooling.solve import gas_along

    assert cycle.cooling is not None
    return gas_along(cycle.cooling, mixture, pressure, shape.x, shape.radius)


def _with_cooling(cycle: EngineCycle, state: _State) -> _State:
    assert cycle.cooling is not None and state.contour is not None
    gas = _wall_gas(cycle, injected(cycle, state.balance), state.balance.chamber_pressure, state.contour)
    at = jacket.inlets(state.balance, set(jacket.chains(cycle.cooling)), cycle.chambers)
    return replace(state, cooling=jacket.march(cycle.cooling, state.contour, gas, at))


def _losses(cycle: EngineCycle, state: _State) -> tuple[ChamberLoss, ...]:
    """The document's own losses, or the class's with what the contour says of divergence and boundary layer."""
    if cycle.losses:
        return cycle.losses
    assert state.contour is not None
    found = state.contour.divergence_efficiency
    return nozzle_losses(
        losses_of(cycle), divergence_efficiency=None if found is None else min(found, 1.0),
        contour=state.contour.method, pressure=state.balance.chamber_pressure,
        throat_diameter=2.0 * state.contour.throat_radius, area_ratio=cycle.area_ratio,
    )  # fmt: skip


def _loss_change(old: tuple[ChamberLoss, ...], new: tuple[ChamberLoss, ...]) -> float:
    return max(abs(a / b - 1.0) for a, b in zip(factors(new), factors(old), strict=True))


def _loss_ranges(cycle: EngineCycle, state: _State) -> tuple[Finding, ...]:
    """The contour's losses against the ranges of the class; silent for a document's own."""
    if cycle.losses or state.contour is None:
        return ()
    found = loss_findings(losses_of(state.cycle), cycle.fuel, cycle.cycle, cycle.where("nozzle"))
    return tuple(f for f in found if f.severity is not Severity.OK)
