"""Where Newton's method starts: rough flows, pressures and temperatures of every stream, along and against the flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core.earth import G0
from ...core.errors import InputError
from ..fluids.kerosene_gas import gas_temperature
from ..fluids.media import RealFluid, propellant_medium
from ..fluids.state import fluid_state
from .document import MACHINES, EngineCycle
from .elements import PASSAGES

_TYPICAL_ISP = 330.0  # s
_DROP = 0.12  # of the pressure behind it
_TURBINE = 1.5
_BRANCH, _TURBINE_BRANCH = 0.04, 0.4
_TAP, _BACK = 0.015, 0.15


@dataclass
class Start:
    """Guesses by link."""

    mass_flow: dict[tuple[str, str], float] = field(default_factory=dict)
    pressure: dict[tuple[str, str], float] = field(default_factory=dict)
    temperature: dict[tuple[str, str], float] = field(default_factory=dict)

    def of(self, link: tuple[str, str]) -> Mapping[str, float]:
        return {
            "mass_flow": self.mass_flow[link], "pressure": self.pressure[link], "temperature": self.temperature[link],
        }  # fmt: skip


def order(cycle: EngineCycle) -> list[Any]:
    """Components so that each comes after all that feed it; a loop is cut ahead of a mixer. Raises InputError for others."""
    links = cycle.links
    waiting = [c for c in cycle.components if c.type not in MACHINES]
    done: list[Any] = []
    placed: set[str] = set()
    while waiting:
        ready = [c for c in waiting if all(a in placed for a, b in links if b == c.name)]
        if not ready:
            ready = [c for c in waiting if c.type == "mixer" and any(a in placed for a, b in links if b == c.name)][:1]
        if not ready:
            raise InputError(
                f"{cycle.name}: the flow runs in a circle through {', '.join(c.name for c in waiting)}; "
                "lead recirculated flow into a mixer, to an exhaust, or back to the tank outside the network",
                where=cycle.where("flows"),
            )
        done += ready
        placed |= {c.name for c in ready}
        waiting = [c for c in waiting if c.name not in placed]
    return done


def guess(cycle: EngineCycle) -> Start:
    """Starting values of every link."""
    components = order(cycle)
    start = Start()
    _pressures(cycle, components, start)
    _flows_and_temperatures(cycle, components, start)
    return start


def _pressures(cycle: EngineCycle, components: list[Any], start: Start) -> None:
    pc = cycle.chamber_pressure
    for c in reversed(components):
        outlets = [start.pressure[k] for k in cycle.links if k[0] == c.name and k in start.pressure]
        behind = max(outlets, default=0.6 * pc)
        if c.type == "chamber":
            before = pc
        elif c.type == "tap":
            for link in cycle.links:
                if link[0] == c.name:
                    start.pressure[link] = pc
            continue
        elif c.type == "exhaust":
            before = (0.06 if c.area_ratio or c.isp_vacuum else 1.3) * pc  # turbine exhaust; leaks, gas for the tanks
        elif c.type == "burner":
            before = c.pressure or behind
        elif c.type == "turbine":
            before = behind * (c.pressure_ratio or _TURBINE)
        elif c.type in PASSAGES:
            if c.pressure_drop is not None:
                before = behind + c.pressure_drop
            elif c.pressure_drop_fraction is not None:
                before = behind / (1.0 - c.pressure_drop_fraction)
            else:
                before = behind * (1.0 + _DROP)
        else:
            before = behind
        for link in cycle.links:
            if link[1] == c.name:
                start.pressure[link] = before
    tanks = {c.name: c for c in components if c.type == "tank"}
    for link in cycle.links:  # ahead of the first pump the tank's pressure is the better guess
        if link[0] in tanks:
            _forward(cycle, link[0], tanks[link[0]].pressure, start, {c.name: c for c in components})
    kinds = {c.name: c for c in components}
    for c in components:  # so it is between a boost pump and the next one
        if c.type == "pump" and c.outlet_pressure is not None:
            for link in _to_next_pump(cycle, c.name, kinds):
                start.pressure[link] = c.outlet_pressure


def _to_next_pump(cycle: EngineCycle, name: str, kinds: dict[str, Any]) -> list[tuple[str, str]]:
    """The links from a component to the next pump downstream, with all that joins them there; none where no pump follows."""
    for link in cycle.links:
        if link[0] == name:
            target = kinds[link[1]].type
            if target == "pump":
                return [link]
            if target in (*PASSAGES, "mixer") and (further := _to_next_pump(cycle, link[1], kinds)):
                joined = [k for k in cycle.links if k[1] == link[1]] if target == "mixer" else [link]
                return [*joined, *further]
    return []


def _forward(cycle: EngineCycle, name: str, pressure: float, start: Start, kinds: dict[str, Any]) -> None:
    for link in cycle.links:
        if link[0] == name:
            if kinds[name].type == "pump":
                return
            start.pressure[link] = pressure
            if kinds[link[1]].type in (*PASSAGES, "split"):
                _forward(cycle, link[1], pressure, start, kinds)


def _flows_and_temperatures(cycle: EngineCycle, components: list[Any], start: Start) -> None:
    total = cycle.mass_flow or (cycle.thrust_vacuum or 0.0) / (_TYPICAL_ISP * G0)
    ratio = cycle.oxidizer_fuel_ratio
    oxidizer = propellant_medium(cycle.oxidizer).name
    for c in components:
        inlets = [link for link in cycle.links if link[1] == c.name]
        outlets = [link for link in cycle.links if link[0] == c.name]
        flow = sum(start.mass_flow.get(link, 0.0) for link in inlets)
        temperature = max((start.temperature.get(link, 0.0) for link in inlets), default=0.0)
        for link in inlets:  # runs back from further down
            if link not in start.mass_flow:
                start.mass_flow[link], start.temperature[link] = _BACK * flow, temperature
                flow *= 1.0 + _BACK
        shares = dict.fromkeys(outlets, 1.0)
        if c.type == "tank":
            tanks = sum(
                t.type == "tank" and propellant_medium(t.propellant).name == propellant_medium(c.propellant).name
                for t in components
            )
            is_oxidizer = propellant_medium(c.propellant).name == oxidizer
            flow = total * (ratio if is_oxidizer else 1.0) / (1.0 + ratio) / tanks
            temperature = c.temperature
        elif c.type == "split":
            shares = _shares(cycle, c, outlets, flow)
        elif c.type == "burner":
            temperature = _burner_temperature(c)
        elif c.type == "tap":
            flow, temperature = _TAP * total, _burner_temperature(c)
        elif c.type == "turbine":
            temperature *= 0.93
        elif c.type == "pump":
            temperature += _pump_heating(cycle, inlets[0], outlets[0], start, temperature)
        elif c.type in PASSAGES:
            flow = c.mass_flow or flow
            temperature = _heated(cycle, c, flow, temperature, start.pressure[outlets[0]] if outlets else 0.0)
        for link in outlets:
            start.mass_flow.setdefault(link, flow * shares[link])
            start.temperature.setdefault(link, temperature)


def _shares(
    cycle: EngineCycle, split: Any, outlets: list[tuple[str, str]], flow: float
) -> dict[tuple[str, str], float]:
    named = {b.to: b.fraction or _set_flow(cycle, b.to) / flow or _usual(cycle, b.to) for b in split.branches}
    rest = [link for link in outlets if link[1] not in named]
    left = max(1.0 - sum(named.values()), 0.05)
    return {link: named.get(link[1], left / max(len(rest), 1)) for link in outlets}


def _usual(cycle: EngineCycle, name: str) -> float:
    """Share of a branch that the balance has to find: much for one that drives a turbine as it is, little for a burner's feed."""
    kinds = {c.name: c.type for c in cycle.components}
    flow = next((f for f in cycle.flows if name in f), ())
    behind = {kinds[n] for n in flow[flow.index(name) :]} if flow else set()
    return _TURBINE_BRANCH if "turbine" in behind and "burner" not in behind else _BRANCH


def _pump_heating(
    cycle: EngineCycle, inlet: tuple[str, str], outlet: tuple[str, str], start: Start, temperature: float
) -> float:
    """About 0.6 of Δp/(ρ c) [K]; some kelvins where no real fluid is near the guess."""
    rise = start.pressure[outlet] - start.pressure[inlet]
    for name in (cycle.fuel, cycle.oxidizer):
        medium = propellant_medium(name)
        if (
            isinstance(medium, RealFluid)
            and medium.temperature_range[0] < temperature < medium.eos.critical_temperature
        ):
            try:
                state = fluid_state(medium.name, pressure=start.pressure[inlet], temperature=temperature)
            except InputError:
                continue
            return 0.6 * rise / (state.density * (state.cp or 2000.0))
    return 0.06 * temperature


def _set_flow(cycle: EngineCycle, name: str) -> float:
    """The flow that a component of this branch sets [kg/s]; 0 when none does."""
    flow = next((f for f in cycle.flows if name in f), ())
    behind = flow[flow.index(name) :] if flow else ()
    kinds = {c.name: c for c in cycle.components}
    return next((v for n in behind if (v := getattr(kinds[n], "mass_flow", None))), 0.0)


def _burner_temperature(burner: Any) -> float:
    if burner.temperature:
        return burner.temperature
    if burner.gas == "fuel-rich kerosene":
        return float(gas_temperature(burner.oxidizer_fuel_ratio or 0.35))
    if burner.gas == "fuel-rich storable":
        return 1200.0
    return 700.0 if burner.gas == "oxidizer-rich" else 900.0


def _heated(cycle: EngineCycle, c: Any, flow: float, temperature: float, pressure: float) -> float:
    if c.outlet_temperature:
        return c.outlet_temperature
    if c.heat is None:
        return temperature
    for name in (cycle.fuel, cycle.oxidizer):
        medium = propellant_medium(name)
        if isinstance(medium, RealFluid) and name == cycle.fuel:
            inlet = fluid_state(medium.name, pressure=pressure, temperature=temperature)
            high = min(inlet.enthalpy + c.heat / flow, 1.2e7)
            try:
                return fluid_state(medium.name, pressure=pressure, enthalpy=high).temperature
            except InputError:
                return temperature + 200.0
    return temperature + 50.0
