"""The cycle at any point of a trade: one network, balanced by its parameters in about a millisecond."""

from typing import Any

import numpy as np

from ...core.errors import ImpossibleError, InputError, OseaError, UndecidedError
from ..cycles.chamber import chamber_gas
from ..cycles.components import build
from ..cycles.document import EngineCycle
from ..cycles.elements import Burner, Pump, Resistance, Tank, Turbine
from ..cycles.losses import factors, losses_of
from ..cycles.solve import Solution, System
from ..cycles.start import guess, order
from ..engine_mass import MassEstimate, engine_mass, preferred
from .document import PressureSpan, RatioSpan, Trade
from .gas import MappedGas, mapped_gas
from .result import TradePoint

HEAT_EXPONENT = -0.1  # of chamber pressure, at one thrust: see Trade
_WIDER = 0.06  # of the ranges of the gas's maps over those of the trade
_STEPS = 6
_ADVICE = ("lower the chamber pressure", "raise the pressure ahead")  # for a design, not for a point of a trade
Place = tuple[float, float, float]  # chamber pressure [Pa], O/F, area ratio


def ends(span: PressureSpan | RatioSpan | None, design: float) -> tuple[float, float]:
    """Lowest and highest value; the design's where nothing is varied."""
    return (design, design) if span is None else (span.lowest, span.highest)


def scaled_pressures(cycle: EngineCycle) -> dict[str, float]:
    """Design values of the stated pressures that go with chamber pressure, by the network's parameter.

    Passages between a tank and its first pump keep theirs; without any pump the tanks go along as well.
    """
    pumped = any(c.type == "pump" for c in cycle.components)
    behind = _behind_pumps(cycle) if pumped else {c.name for c in cycle.components}
    values: dict[str, float] = {}
    for c in cycle.components:
        if isinstance(c, Resistance) and c.pressure_drop is not None and c.name in behind:
            values[f"{c.name}.pressure_drop"] = c.pressure_drop
        elif isinstance(c, Pump) and c.pressure_rise is not None:
            values[f"{c.name}.pressure_rise"] = c.pressure_rise
        elif isinstance(c, Pump | Turbine) and c.outlet_pressure is not None:
            values[f"{c.name}.outlet_pressure"] = c.outlet_pressure
        elif isinstance(c, Burner if pumped else Burner | Tank) and c.pressure is not None:
            values[f"{c.name}.pressure"] = c.pressure
    return values


def _behind_pumps(cycle: EngineCycle) -> set[str]:
    reached = {c.name for c in cycle.components if c.type == "pump"}
    while True:
        more = {b for a, b in cycle.links if a in reached} | reached
        if more == reached:
            return reached
        reached = more


def cycle_at(cycle: EngineCycle, place: Place) -> EngineCycle:
    """The document of one point of the trade, scaled as the trade scales it."""
    pressure, ratio, area = place
    k = pressure / cycle.chamber_pressure
    scaled = scaled_pressures(cycle)
    parts = []
    for c in cycle.components:
        new = {f: k * getattr(c, f) for f in ("pressure_drop", "pressure_rise", "outlet_pressure", "pressure")
               if f"{c.name}.{f}" in scaled}  # fmt: skip
        if isinstance(c, Resistance) and c.heat is not None:
            new["heat"] = c.heat * k**HEAT_EXPONENT
        parts.append(c.evolve(**new) if new else c)
    return cycle.evolve(
        components=tuple(parts), chamber_pressure=pressure, oxidizer_fuel_ratio=ratio, area_ratio=area, trade=None,
        analysis=(), throttle=None,
    )  # fmt: skip


class TradeModel:
    """One network whose pressure, mixture ratio and area ratio are parameters. map_error: of the gas's maps, relative."""

    def __init__(self, cycle: EngineCycle, trade: Trade) -> None:
        self.cycle, self.trade = cycle, trade
        pressures = ends(trade.chamber_pressure, cycle.chamber_pressure)
        ratios = ends(trade.oxidizer_fuel_ratio, cycle.oxidizer_fuel_ratio)
        areas = ends(trade.area_ratio, cycle.area_ratio)
        base = chamber_gas(
            cycle.oxidizer, cycle.fuel, cycle.oxidizer_fuel_ratio, cycle.chamber_pressure, cycle.area_ratio
        )
        apart = self._chamber_over_engine(base)
        self.gas: MappedGas
        self.gas, self.map_error = mapped_gas(
            base, cycle.oxidizer, cycle.fuel,
            _wider(min(ratios[0], cycle.oxidizer_fuel_ratio) * min(apart, 1.0),
                   max(ratios[1], cycle.oxidizer_fuel_ratio) * max(apart * apart, 1.0)),
            _wider(min(pressures[0], cycle.chamber_pressure), max(pressures[1], cycle.chamber_pressure)),
            (max(1.02, min(areas[0], cycle.area_ratio) * (1.0 - _WIDER)),
             max(areas[1], cycle.area_ratio) * (1.0 + _WIDER)),
        )  # fmt: skip
        network = build(cycle, guess(cycle), order(cycle), self.gas, factors(losses_of(cycle)))
        network.parameters["area_ratio"] = self.gas.area
        network.parameter_values["area_ratio"] = cycle.area_ratio
        self.system = System(network, f"{cycle.name} (trade)", cycle.where("trade"))
        self.design = self.system.solve()
        self.scaled = scaled_pressures(cycle)
        self.heats = {
            f"{c.name}.heat": c.heat for c in cycle.components if isinstance(c, Resistance) and c.heat is not None
        }
        self.start_place: Place = (cycle.chamber_pressure, cycle.oxidizer_fuel_ratio, cycle.area_ratio)
        self.turbines = [c.name for c in cycle.components if c.type == "turbine"]
        self.pumps = [c.name for c in cycle.components if c.type == "pump"]
        self.relation = self._relation()

    def _chamber_over_engine(self, base: Any) -> float:
        """Mixture ratio of the chamber over the stated one, at the design point."""
        cycle = self.cycle
        if cycle.ratio_of == "chamber":
            return 1.0
        network = build(cycle, guess(cycle), order(cycle), base, factors(losses_of(cycle)))
        system = System(network, cycle.name, cycle.where())
        return system.readings(system.solve().x)["chamber.oxidizer_fuel_ratio"] / cycle.oxidizer_fuel_ratio

    # --- solving ----------------------------------------------------------------------------------------------------

    def changes(self, place: Place) -> dict[str, float]:
        """The network's parameters at a point."""
        pressure, ratio, area = place
        k = pressure / self.cycle.chamber_pressure
        values = {"chamber_pressure": pressure, "oxidizer_fuel_ratio": ratio, "area_ratio": area}
        values |= {name: k * value for name, value in self.scaled.items()}
        return values | {name: value * k**HEAT_EXPONENT for name, value in self.heats.items()}

    def solve(self, place: Place, start: np.ndarray | None = None) -> Solution:
        """A balance at a point, from a neighbour's or the design's solution.

        Raises ImpossibleError for a cycle without a solution (which balance cannot hold), UndecidedError where none was found.
        """
        changes = self.changes(place)
        p = self.system.parameters(changes)
        for x in (start, self.design.x):
            found = None if x is None else self.system.newton(x, p)
            if found is not None and not self.system.absurd(found.x, p):
                return found
        found = self._in_steps(place)
        if found is None:  # least violation: which shaft lacks how much
            found = self.system.solve(self.design.x, changes)
        if self.system.absurd(found.x, p):
            raise ImpossibleError("; ".join(self.system.uphill(found.x, p)))
        return found

    def _in_steps(self, place: Place) -> Solution | None:
        x, found = self.design.x, None
        for k in range(1, _STEPS + 1):
            part = tuple(a * (b / a) ** (k / _STEPS) for a, b in zip(self.start_place, place, strict=True))
            found = self.system.newton(x, self.system.parameters(self.changes(part)))  # type: ignore[arg-type]
            if found is None:
                return None
            x = found.x
        return found

    # --- reading ----------------------------------------------------------------------------------------------------

    def point(self, place: Place, solution: Solution) -> TradePoint:
        """What the trade looks at."""
        r = self.system.readings(solution.x, self.changes(place))
        pressures = np.asarray(self.system.pressures(solution.x, self.system.parameters(self.changes(place)))).ravel()
        behind = [p for s, p in zip(self.system.network.streams, pressures, strict=True) if s.source in self.pumps]
        throat = r["chamber.throat_area"]
        return TradePoint(
            chamber_pressure=place[0], oxidizer_fuel_ratio=place[1], area_ratio=place[2],
            isp_ideal=r["chamber.isp_ideal"], isp_vacuum=r["engine.isp_vacuum"],
            thrust_vacuum=r["engine.thrust_vacuum"], mass_flow=r["engine.mass_flow"],
            chamber_oxidizer_fuel_ratio=r["chamber.oxidizer_fuel_ratio"],
            throat_diameter=float(np.sqrt(4.0 * throat / (np.pi * self.cycle.chambers))),
            exit_diameter=float(np.sqrt(4.0 * throat * place[2] / (np.pi * self.cycle.chambers))),
            turbine_temperature=max((r[f"{t}.inlet_temperature"] for t in self.turbines), default=None),
            pump_pressure=float(max(behind)) if behind else None,
            engine_mass=self.mass(r["engine.thrust_vacuum"], place[2]),
        )  # fmt: skip

    def mass(self, thrust: float, area_ratio: float) -> float | None:
        """Dry mass [kg] by the trade's relation; None without one, or where it gives none."""
        if self.relation is None:
            return None
        found = next((e for e in self._estimates(thrust, area_ratio) if e.relation == self.relation.relation), None)
        return None if found is None else found.mass

    def _estimates(self, thrust: float, area_ratio: float) -> tuple[MassEstimate, ...]:
        c = self.cycle
        return engine_mass(c.cycle, thrust, area_ratio, c.oxidizer, c.fuel, where=c.where("trade"))

    def _relation(self) -> MassEstimate | None:
        thrust = self.system.readings(self.design.x)["engine.thrust_vacuum"]
        estimates = self._estimates(thrust, self.cycle.area_ratio)
        name = self.trade.mass_relation
        if name is None:
            return preferred(estimates)
        found = next((e for e in estimates if e.relation == name), None)
        if found is None:
            fitting = "; ".join(e.relation for e in estimates) or "none"
            raise InputError(
                f"'{name}' is not for this cycle and propellant pair; fitting: {fitting}",
                where=self.trade.where("mass_relation"),
            )
        return found


def reason(error: OseaError) -> str:
    """Why a point is a hole, in a line."""
    details = [d for d in getattr(error, "details", ()) if not d.startswith(_ADVICE)]
    if isinstance(error, UndecidedError):
        return "undecided: no balance was found" + (f" ({details[0]})" if details else "")
    return "; ".join(details) or error.message


def _wider(low: float, high: float) -> tuple[float, float]:
    return low * (1.0 - _WIDER), high * (1.0 + _WIDER)
