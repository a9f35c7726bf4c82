"""The jackets between balance and cooling: which circuits belong to which passage, and what one asks of the other."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Result, Unit
from .contour.contour import Contour
from .cooling.document import Circuit, Cooling
from .cooling.gas import WallGas
from .cooling.result import CoolingResult
from .cooling.solve import cool
from .cycles.document import EngineCycle
from .cycles.elements import Resistance, Turbine
from .cycles.result import CycleBalance
from .cycles.start import guess

_AGREES = 0.10
_BEYOND = (
    0.02  # of the contour's length: so far may a circuit's end lie beyond it, for the throat follows from the balance
)
STEPS = 100
_TURBINE_RATIO, _UNSTATED = 1.5, 0.2  # rough: a closed turbine's ratio, a drop over chamber pressure
Inlet = tuple[float, float, float]  # mass flow [kg/s], total pressure [Pa], temperature [K]


@dataclass(frozen=True, kw_only=True)
class JacketMatch(Result):
    """A jacket in the balance, and as marched along the wall. *_computed: the balance took it from the march."""

    passage: str
    circuits: tuple[str, ...]
    heat: Annotated[float, Unit("W")]
    pressure_drop: Annotated[float, Unit("Pa")]
    marched_heat: Annotated[float, Unit("W")]
    marched_pressure_drop: Annotated[float, Unit("Pa")]
    heat_computed: bool
    drop_computed: bool


def chains(cooling: Cooling) -> dict[str, list[Circuit]]:
    """Passage → its circuits in the order of flow."""
    passage_of: dict[str, str] = {}
    found: dict[str, list[Circuit]] = {}
    for c in cooling.circuits:
        passage = c.passage or passage_of.get(c.after or "")
        if passage is not None:
            passage_of[c.name] = passage
            found.setdefault(passage, []).append(c)
    return found


def open_values(cycle: EngineCycle) -> tuple[set[str], set[str]]:
    """(Passages whose heat, passages whose pressure drop) the cooling has to give.

    Heat, where the document gives neither heat nor outlet_temperature. A drop that is left out is first of all what the balance
    may find; only where the network is short of equations without it, the cooling gives it.
    """
    from .cycles.chamber import chamber_gas
    from .cycles.components import build
    from .cycles.losses import factors, losses_of
    from .cycles.start import order

    if cycle.cooling is None:
        return set(), set()
    passages = chains(cycle.cooling)
    mine = {c.name: c for c in cycle.components if isinstance(c, Resistance) and c.name in passages}
    heats = {
        n
        for n, c in mine.items()
        if getattr(c, "heat", None) is None and getattr(c, "outlet_temperature", None) is None
    }
    stated = ("pressure_drop", "pressure_drop_fraction", "flow_area")
    drops = {n for n, c in mine.items() if all(getattr(c, f, None) is None for f in stated)}
    if drops:
        gas = chamber_gas(
            cycle.oxidizer, cycle.fuel, cycle.oxidizer_fuel_ratio, cycle.chamber_pressure, cycle.area_ratio
        )
        net = build(cycle, guess(cycle), order(cycle), gas, factors(losses_of(cycle)))
        if len(net.names) <= len(net.equations):
            drops = set()
    return heats, drops


def first_inlets(cycle: EngineCycle, passages: set[str]) -> dict[str, Inlet]:
    """Rough inlets, before there is a balance: at least the chamber's pressure and the drops that are stated on the way."""
    start = guess(cycle)
    links = {b: (a, b) for a, b in cycle.links if b in passages}
    return {
        n: (
            start.mass_flow[k] / cycle.chambers,
            max(start.pressure[k], _pressure_ahead(cycle, n)),
            start.temperature[k],
        )
        for n, k in links.items()
    }


def _pressure_ahead(cycle: EngineCycle, name: str) -> float:
    kinds = {c.name: c for c in cycle.components}
    pressure, here = cycle.chamber_pressure, name
    for _ in cycle.components:
        c = kinds[here]
        if isinstance(c, Turbine):
            pressure *= c.pressure_ratio or _TURBINE_RATIO
        elif isinstance(c, Resistance):
            pressure += _UNSTATED * cycle.chamber_pressure if c.pressure_drop is None else c.pressure_drop
        after = [b for a, b in cycle.links if a == here]
        if not after or kinds[after[0]].type in ("chamber", "exhaust", "burner"):
            break
        here = after[0]
    return pressure


def inlets(balance: CycleBalance, passages: set[str], chambers: int = 1) -> dict[str, Inlet]:
    """The balance's state ahead of each passage, its flow into one of the chambers."""
    return {
        s.target: (s.mass_flow / chambers, s.pressure, s.temperature) for s in balance.streams if s.target in passages
    }


def march(cooling: Cooling, shape: Contour, gas: WallGas, at: dict[str, Inlet]) -> CoolingResult:
    """All circuits, those that belong to passages fed as the balance says; an end a little beyond the contour is its end."""
    circuits = []
    low, high = float(shape.x[0]), float(shape.x[-1])
    slack = _BEYOND * (high - low)
    for c in cooling.circuits:
        ends = {f: min(max(v, low), high) for f, v in (("begin", c.begin), ("end", c.end))
                if low - slack <= v <= high + slack}  # fmt: skip
        c = c.evolve(**ends)
        if c.passage is not None:
            flow, pressure, temperature = at[c.passage]
            c = c.evolve(mass_flow=flow, inlet_pressure=pressure, inlet_temperature=temperature)
        circuits.append(c)
    return cool(cooling.evolve(circuits=tuple(circuits)), shape.x, shape.radius, gas, steps=STEPS)


def totals(cooling: Cooling, result: CoolingResult, chambers: int = 1) -> dict[str, tuple[float, float]]:
    """Passage → (heat [W], drop of total pressure [Pa]) of its circuits, the heat of all chambers."""
    by_name = {c.name: c for c in result.circuits}
    return {
        passage: (
            chambers * sum(by_name[c.name].heat for c in chain),
            sum(by_name[c.name].pressure_drop for c in chain),
        )
        for passage, chain in chains(cooling).items()
    }


def match(
    cycle: EngineCycle, balance: CycleBalance, result: CoolingResult, heats: set[str], drops: set[str]
) -> tuple[JacketMatch, ...]:
    """Each jacket in the balance beside the march, a given value judged against the computed one."""
    assert cycle.cooling is not None
    rows = []
    for passage, (heat, drop) in totals(cycle.cooling, result, cycle.chambers).items():
        inlet = next(s for s in balance.streams if s.target == passage)
        outlet = balance.stream(passage)
        own_heat = inlet.mass_flow * (outlet.enthalpy - inlet.enthalpy)
        own_drop = inlet.pressure - outlet.pressure
        component = next(c for c in cycle.components if c.name == passage)
        found = []
        if passage not in heats:
            found.append(_judged("heat", passage, own_heat / 1e6, heat / 1e6, "MW", component.where()))
        if passage not in drops:
            found.append(_judged("pressure drop", passage, own_drop / 1e5, drop / 1e5, "bar", component.where()))
        rows.append(
            JacketMatch(
                passage=passage, circuits=tuple(c.name for c in chains(cycle.cooling)[passage]), heat=own_heat,
                pressure_drop=own_drop, marched_heat=heat, marched_pressure_drop=drop, heat_computed=passage in heats,
                drop_computed=passage in drops, findings=tuple(found),
            )
        )  # fmt: skip
    return tuple(rows)


def _judged(what: str, passage: str, given: float, computed: float, unit: str, where: str) -> Finding:
    rule = f"engine.jacket_{what.replace(' ', '_')}"
    off = computed / given - 1.0 if given else np.inf
    text = f"{passage}: {what} {given:.3g} {unit} in the balance, {computed:.3g} {unit} along the wall"
    if not np.isfinite(off):
        return Finding(Severity.WARN, rule, where, f"{text}; leave it out to have it computed")
    text += f" ({off:+.1%})"
    if abs(off) <= _AGREES:
        return Finding(Severity.OK, rule, where, text, 1.0 - abs(off) / _AGREES)
    text += "; leave it out to have it computed, or look at tubes, wall and models"
    return Finding(Severity.WARN, rule, where, text, 1.0 - abs(off) / _AGREES)
