"""The equations of each kind of component. One function a kind; each adds its outlet streams and its balances.

Design: efficiencies and pressure drops are given, ratios and flows follow. Analysis: the hardware of a design point is given
(resistances, flow capacities, characteristics), and the operating point follows.
"""

from collections.abc import Mapping
from typing import Any

import casadi as ca
import numpy as np

from ...core.earth import G0
from ...core.errors import InputError
from ..fluids.kerosene_gas import gas_temperature, kerosene_gas
from ..fluids.media import Medium, propellant_medium
from ..fluids.products import hydrogen_rich, oxygen_rich
from ..propellants import find_propellant
from ..turbomachinery import pump as pump_equations
from ..turbomachinery import turbine as turbine_equations
from .chamber import ChamberGas
from .document import EngineCycle
from .network import Network, Stream
from .start import Start

_ENERGY = 1e5  # J/kg: the scale of enthalpy residuals
_HEAT_EXPONENT = 0.8  # Bartz 1957, "A simple equation for rapid estimation of rocket nozzle convective heat transfer coefficients"


class Builder:
    """Adds the components of one engine to a network. reference: readings of the design point, for analysis."""

    def __init__(
        self, cycle: EngineCycle, network: Network, start: Start, gas: ChamberGas, factors: tuple[float, float],
        reference: Mapping[str, float], controls: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.cycle, self.net, self.start, self.gas = cycle, network, start, gas
        self.c_star_factor, self.nozzle_factor = factors
        self.reference, self.controls = reference, controls
        self.kinds = {c.name: c for c in cycle.components}
        self.chamber_pressure: Any = None  # set by the chamber's equations
        self.shaft_power: dict[str, list[tuple[str, Any]]] = {}
        self.heat: list[tuple[str, Any]] = []  # taken from the chamber
        self.exhaust_thrust: list[Any] = []
        self.speed: dict[str, Any] = {}  # over design speed, by shaft

    @property
    def analysis(self) -> bool:
        return self.net.mode == "analysis"

    def design(self, key: str) -> float:
        """A reading of the design point."""
        return self.reference[key]

    # --- helpers -----------------------------------------------------------------------------------------------

    def outlets(self, name: str) -> list[str]:
        return [b for a, b in self.cycle.links if a == name]

    def emit(self, name: str, target: str, medium: Medium, share: Any, **given: Any) -> Stream:
        return self.net.stream(name, target, medium, share, self.start.of((name, target)), **given)

    def single(self, component: Any) -> tuple[Stream, Stream]:
        """The one stream in, and the one out, of the same medium and flow."""
        inlet = self.only(self.net.into(component.name), component, "inlet")
        targets = self.outlets(component.name)
        if len(targets) != 1:
            raise InputError(
                f"{self.cycle.name}: {component.type} '{component.name}' has {len(targets)} outlets; one is needed",
                where=self.cycle.where("flows"),
            )
        outlet = self.emit(
            component.name, targets[0], inlet.medium, inlet.oxidizer_share, mass_flow=inlet.mass_flow
        )
        return inlet, outlet

    def only(self, streams: list[Stream], component: Any, what: str) -> Stream:
        if len(streams) != 1:
            raise InputError(
                f"{self.cycle.name}: {component.type} '{component.name}' has {len(streams)} {what}s; one is needed",
                where=self.cycle.where("flows"),
            )
        return streams[0]

    def mass(self, name: str, residual: Any) -> None:
        self.net.require(f"mass balance of {name}", "mass", residual, self.net.flow_scale, "kg/s")

    def energy(self, name: str, residual_per_mass: Any) -> None:
        self.net.require(f"energy balance of {name}", "energy", residual_per_mass, _ENERGY, "J/kg")

    def pressure(self, name: str, residual: Any, kind: Any = "pressure") -> None:
        self.net.require(f"pressure {name}", kind, residual, self.net.pressure_scale, "Pa")

    def read(self, key: str, value: Any) -> None:
        self.net.readings[key] = value

    # --- sources and passages ---------------------------------------------------------------------------------------

    def tank(self, c: Any) -> None:
        medium = propellant_medium(c.propellant)
        share = 1.0 if find_propellant(c.propellant).role == "oxidizer" else 0.0
        for target in self.outlets(c.name):
            stream = self.emit(c.name, target, medium, share)
            self.pressure(f"of tank {c.name}", stream.pressure - self.net.parameter(f"{c.name}.pressure", c.pressure))
            temperature = self.net.parameter(f"{c.name}.temperature", c.temperature)
            self.net.require(f"temperature of tank {c.name}", "specification", stream.temperature - temperature, 10.0, "K")

    def passage(self, c: Any) -> None:
        inlet, outlet = self.single(c)
        drop = inlet.pressure - outlet.pressure
        if self.analysis and c.name not in self.controls:
            resistance = self.design(f"{c.name}.resistance")
            self.pressure(f"drop of {c.name}", drop - resistance * inlet.mass_flow**2 / inlet.density, "law")
        elif not self.analysis and c.pressure_drop is not None:
            self.pressure(f"drop of {c.name}", drop - c.pressure_drop, "specification")
        elif not self.analysis and c.pressure_drop_fraction is not None:
            self.pressure(f"drop of {c.name}", drop - c.pressure_drop_fraction * inlet.pressure, "specification")
        if c.mass_flow is not None and not self.analysis:
            residual = inlet.mass_flow - c.mass_flow
            self.net.require(f"flow of {c.name}", "specification", residual, self.net.flow_scale, "kg/s")
        gained = inlet.mass_flow * (outlet.enthalpy - inlet.enthalpy)
        heated = c.heat is not None or c.outlet_temperature is not None
        if not heated:
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy)
        elif self.analysis:
            heat = self.design(f"{c.name}.heat") * (self.chamber_pressure / self.gas.pressure) ** _HEAT_EXPONENT
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy - heat / inlet.mass_flow)
        elif c.heat is not None:
            heat = self.net.parameter(f"{c.name}.heat", c.heat)
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy - heat / inlet.mass_flow)
        else:
            residual = outlet.temperature - c.outlet_temperature
            self.net.require(f"outlet temperature of {c.name}", "specification", residual, 10.0, "K")
        if heated:
            self.read(f"{c.name}.heat", gained)
            if c.heat_from == "chamber":
                self.heat.append((c.name, gained))
        self.read(f"{c.name}.pressure_drop", drop)
        self.read(f"{c.name}.resistance", drop * inlet.density / inlet.mass_flow**2)

    def split(self, c: Any) -> None:
        inlet = self.only(self.net.into(c.name), c, "inlet")
        branches = {b.to: b for b in c.branches}
        targets = self.outlets(c.name)
        for target in branches:
            if target not in targets:
                raise InputError(f"{self.cycle.name}: no flow leads from '{c.name}' to '{target}'", where=c.where())
        out = [self.emit(c.name, t, inlet.medium, inlet.oxidizer_share, like=inlet) for t in targets]
        self.mass(c.name, sum(s.mass_flow for s in out) - inlet.mass_flow)
        for s in out:
            branch = branches.get(s.target)
            overboard = self.kinds[s.target].type == "exhaust"
            if branch is not None and branch.fraction is not None and (overboard or not self.analysis):
                residual = s.mass_flow - branch.fraction * inlet.mass_flow
                name = f"share of {c.name} that goes to {s.target}"
                self.net.require(name, "specification", residual, self.net.flow_scale, "kg/s")

    def mixer(self, c: Any) -> None:
        inlets = self.net.into(c.name)
        if len({s.medium.name for s in inlets}) != 1:
            raise InputError(
                f"{self.cycle.name}: '{c.name}' would mix {' and '.join(sorted({s.medium.name for s in inlets}))}; "
                "only streams of one medium can be mixed outside a chamber",
                where=c.where(),
            )
        target = self.outlets(c.name)[0]
        flow = sum(s.mass_flow for s in inlets)
        out = self.emit(c.name, target, inlets[0].medium, inlets[0].oxidizer_share, mass_flow=flow)
        for s in inlets:
            self.pressure(f"at {c.name} from {s.source}", s.pressure - out.pressure)
        total = sum(s.mass_flow * s.enthalpy for s in inlets) / out.mass_flow
        self.energy(c.name, out.enthalpy - total)

    # --- turbomachinery ---------------------------------------------------------------------------------------------

    def _isentropic(self, name: str, inlet: Stream, outlet: Stream) -> Any:
        """Enthalpy at the outlet's pressure and the inlet's entropy."""
        start = dict(self.start.of((outlet.source, outlet.target)))
        temperature, density = self.net.state(f"{name} (isentropic)", inlet.medium, outlet.pressure, start)
        residual = inlet.medium.entropy(temperature, density) - inlet.entropy
        self.net.require(f"isentropic change in {name}", "state", residual, 1e3, "J/(kg K)")
        return inlet.medium.enthalpy(temperature, density)

    def pump(self, c: Any) -> None:
        inlet, outlet = self.single(c)
        ideal = self._isentropic(c.name, inlet, outlet) - inlet.enthalpy
        efficiency: Any = self.net.parameter(f"{c.name}.efficiency", c.efficiency)
        volume = inlet.mass_flow / inlet.density
        if self.analysis:
            n = self._speed(c.shaft)
            phi = volume / self.design(f"{c.name}.volume_flow") / n
            head = self.design(f"{c.name}.ideal_work") * n**2 * pump_equations.head_curve(phi)
            self.net.require(f"head of {c.name}", "law", ideal - head, _ENERGY, "J/kg")
            efficiency = efficiency * pump_equations.efficiency_curve(phi)
        elif c.pressure_rise is not None:
            self.pressure(f"rise of {c.name}", outlet.pressure - inlet.pressure - c.pressure_rise, "specification")
        elif c.outlet_pressure is not None:
            self.pressure(f"behind {c.name}", outlet.pressure - c.outlet_pressure, "specification")
        work = ideal / efficiency
        self.energy(c.name, outlet.enthalpy - inlet.enthalpy - work)
        power = inlet.mass_flow * work
        self.shaft_power.setdefault(c.shaft, []).append((c.name, -power))
        self.read(f"{c.name}.power", power)
        self.read(f"{c.name}.ideal_work", ideal)
        self.read(f"{c.name}.head", ideal / G0)
        self.read(f"{c.name}.pressure_rise", outlet.pressure - inlet.pressure)
        self.read(f"{c.name}.volume_flow", volume)
        self.read(f"{c.name}.efficiency", efficiency)

    def turbine(self, c: Any) -> None:
        inlet, outlet = self.single(c)
        drop = inlet.enthalpy - self._isentropic(c.name, inlet, outlet)
        ratio = inlet.pressure / outlet.pressure
        efficiency: Any = self.net.parameter(f"{c.name}.efficiency", c.efficiency)
        if self.analysis:
            nu = self._speed(c.shaft) * np.sqrt(self.design(f"{c.name}.ideal_work") / drop)
            efficiency = efficiency * turbine_equations.efficiency_curve(nu)
            constant = self.design(f"{c.name}.capacity")
            capacity = turbine_equations.stodola(inlet.pressure, inlet.density, ratio)
            residual = inlet.mass_flow - constant * capacity
            self.net.require(f"flow capacity of {c.name}", "law", residual, self.net.flow_scale, "kg/s")
        elif c.pressure_ratio is not None:
            wanted = self.net.parameter(f"{c.name}.pressure_ratio", c.pressure_ratio)
            self.pressure(f"ratio of {c.name}", inlet.pressure - wanted * outlet.pressure, "specification")
        elif c.outlet_pressure is not None:
            self.pressure(f"behind {c.name}", outlet.pressure - c.outlet_pressure, "specification")
        work = efficiency * drop
        self.energy(c.name, inlet.enthalpy - outlet.enthalpy - work)
        power = inlet.mass_flow * work
        self.shaft_power.setdefault(c.shaft, []).append((c.name, power))
        self.read(f"{c.name}.power", power)
        self.read(f"{c.name}.ideal_work", drop)
        self.read(f"{c.name}.pressure_ratio", ratio)
        self.read(f"{c.name}.efficiency", efficiency)
        self.read(
            f"{c.name}.capacity",
            inlet.mass_flow / turbine_equations.stodola(inlet.pressure, inlet.density, ratio),
        )

    def _speed(self, shaft: str) -> Any:
        if shaft not in self.speed:
            self.speed[shaft] = self.net.unknown(f"{shaft}: speed over design", 1.0)
            self.read(f"{shaft}.speed_ratio", self.speed[shaft])
        return self.speed[shaft]

    def shaft(self, c: Any) -> None:
        """Power that turbines deliver, after the shaft's efficiency and loss, against what pumps take."""
        powers = self.shaft_power.get(c.name, [])
        given = sum((p for name, p in powers if self.kinds[name].type == "turbine"), 0.0)
        taken = -sum((p for name, p in powers if self.kinds[name].type == "pump"), 0.0)
        motors = [m for m in self.cycle.components if m.type == "motor" and m.shaft == c.name]
        for m in motors:
            power = self.net.unknown(f"{m.name}: power", 1e5)
            given = given + power
            battery = power / (m.efficiency * m.inverter_efficiency)
            self.read(f"{m.name}.power", power)
            self.read(f"{m.name}.battery_power", battery)
        scale = self.net.pressure_scale * self.net.flow_scale / 1000.0
        residual = given * c.efficiency - taken - c.loss
        self.net.require(f"power of shaft {c.name}", "power", residual, scale, "W")
        self.read(f"{c.name}.power", given)

    # --- combustion -------------------------------------------------------------------------------------------------

    def burner(self, c: Any) -> None:
        inlets = self.net.into(c.name)
        total = sum(s.mass_flow for s in inlets)
        oxidizer = sum(s.mass_flow * s.oxidizer_share for s in inlets)
        ratio = oxidizer / (total - oxidizer)
        share = oxidizer / total
        if c.gas == "fuel-rich hydrogen":
            medium: Medium = hydrogen_rich(share)
        elif c.gas == "oxidizer-rich":
            fuel = find_propellant(self.cycle.fuel, "fuel")
            medium = oxygen_rich(share, fuel.atoms.get("C", 0.0), fuel.atoms.get("H", 0.0), fuel.molar_mass)
        else:
            medium = kerosene_gas()
        target = self.only_target(c)
        out = self.emit(c.name, target, medium, share, mass_flow=total)
        for s in inlets:
            self.pressure(f"at {c.name} from {s.source}", s.pressure - out.pressure)
        if c.gas == "fuel-rich kerosene":
            residual = out.temperature - gas_temperature(ratio)
            self.net.require(f"gas temperature of {c.name}", "law", residual, 100.0, "K")
        else:
            arriving = sum(s.mass_flow * s.enthalpy for s in inlets) / out.mass_flow
            self.energy(c.name, out.enthalpy - arriving)
        if not self.analysis:
            if c.pressure is not None:
                self.pressure(f"in {c.name}", out.pressure - c.pressure, "specification")
            if c.oxidizer_fuel_ratio is not None:
                wanted = self.net.parameter(f"{c.name}.oxidizer_fuel_ratio", c.oxidizer_fuel_ratio)
                self.net.require(f"mixture ratio of {c.name}", "specification", ratio - wanted, 1.0, "1")
            if c.temperature is not None:
                wanted = self.net.parameter(f"{c.name}.temperature", c.temperature)
                self.net.require(f"temperature of {c.name}", "specification", out.temperature - wanted, 100.0, "K")
        self.read(f"{c.name}.oxidizer_fuel_ratio", ratio)
        self.read(f"{c.name}.temperature", out.temperature)
        self.read(f"{c.name}.mass_flow", out.mass_flow)

    def only_target(self, c: Any) -> str:
        targets = self.outlets(c.name)
        if len(targets) != 1:
            raise InputError(f"{self.cycle.name}: '{c.name}' needs one outlet, it has {len(targets)}", where=c.where())
        return targets[0]

    def exhaust(self, c: Any) -> None:
        for i, s in enumerate(self.net.into(c.name)):
            key = c.name if i == 0 else f"{c.name} {i + 1}"
            isp: Any = 0.0
            if c.isp_vacuum is not None:
                isp = c.isp_vacuum
            elif c.area_ratio is not None:
                isp = self._exhaust_isp(key, c, s)
            if c.area_ratio is not None or c.isp_vacuum is not None:
                if self.analysis:
                    capacity = self.design(f"{key}.capacity") * np.sqrt(s.pressure * s.density)
                    residual = s.mass_flow - capacity
                    self.net.require(f"flow capacity of {key}", "law", residual, self.net.flow_scale, "kg/s")
                self.read(f"{key}.capacity", s.mass_flow / np.sqrt(s.pressure * s.density))
            self.exhaust_thrust.append(s.mass_flow * isp * G0)
            self.read(f"{key}.isp_vacuum", isp)
            self.read(f"{key}.mass_flow", s.mass_flow)

    def _exhaust_isp(self, key: str, c: Any, s: Stream) -> Any:
        """Perfect gas of the inlet's gamma, choked throat (Sutton and Biblarz 2017, eqs. 3-14, 3-30, 3-32)."""
        cp = _heat_capacity(s)
        gas_constant = s.pressure / (s.density * s.temperature)
        gamma = cp / (cp - gas_constant)
        mach = self.net.unknown(f"{key}: exit Mach number", 2.2)
        grown = 1.0 + 0.5 * (gamma - 1.0) * mach**2
        exponent = 0.5 * (gamma + 1.0) / (gamma - 1.0)
        area = (2.0 / (gamma + 1.0) * grown) ** exponent / mach
        self.net.require(f"area ratio of {key}", "law", np.log(area / c.area_ratio), 1.0, "1")
        speed = mach * np.sqrt(gamma * gas_constant * s.temperature / grown)
        return c.efficiency * speed * (1.0 + 1.0 / (gamma * mach**2)) / G0

    def chamber(self, c: Any) -> None:
        cycle, net, gas = self.cycle, self.net, self.gas
        inlets = net.into(c.name)
        total = sum(s.mass_flow for s in inlets)
        oxidizer = sum(s.mass_flow * s.oxidizer_share for s in inlets)
        ratio = oxidizer / (total - oxidizer)
        pc = self.chamber_pressure
        heat = sum((q for _, q in self.heat), 0.0)
        enthalpy = (sum(s.mass_flow * s.enthalpy for s in inlets) - heat) / total
        for s in inlets:
            self.pressure(f"at the chamber from {s.source}", s.pressure - pc)
        c_star = gas.c_star(ratio, pc, enthalpy) * self.c_star_factor
        isp = gas.isp(ratio, pc, enthalpy) * self.c_star_factor * self.nozzle_factor
        thrust = total * isp * G0 + sum(self.exhaust_thrust)
        tanks = [s for s in net.streams if self.kinds[s.source].type == "tank"]
        engine_oxidizer = sum(s.mass_flow * s.oxidizer_share for s in tanks)
        engine_flow = sum(s.mass_flow for s in tanks)
        engine_ratio = engine_oxidizer / (engine_flow - engine_oxidizer)
        self._chamber_specification(total, c_star, pc, thrust, engine_flow, ratio, engine_ratio)
        for key, value in {
            "chamber.pressure": pc, "chamber.mass_flow": total, "chamber.oxidizer_fuel_ratio": ratio,
            "chamber.enthalpy_excess": gas.excess(ratio, enthalpy), "chamber.c_star": c_star,
            "chamber.isp_vacuum": isp, "chamber.isp_ideal": gas.isp(ratio, pc, enthalpy),
            "chamber.isp_ideal_cold": gas.isp(ratio, pc, enthalpy - gas.excess(ratio, enthalpy)),
            "chamber.throat_area": total * c_star / pc, "chamber.heat": heat, "engine.thrust_vacuum": thrust,
            "engine.mass_flow": engine_flow, "engine.oxidizer_fuel_ratio": engine_ratio,
            "engine.isp_vacuum": thrust / (engine_flow * G0),
        }.items():  # fmt: skip
            self.read(key, value)

    def _chamber_specification(
        self, total: Any, c_star: Any, pc: Any, thrust: Any, engine_flow: Any, ratio: Any, engine_ratio: Any
    ) -> None:
        cycle, net = self.cycle, self.net
        if self.analysis:
            flow = pc * self.design("chamber.throat_area") / c_star
            net.require("flow capacity of the throat", "law", total - flow, net.flow_scale, "kg/s")
        elif cycle.thrust_vacuum is not None:
            wanted = net.parameter("thrust_vacuum", cycle.thrust_vacuum)
            net.require("thrust", "specification", thrust - wanted, net.flow_scale * 3000.0, "N")
        else:
            wanted = net.parameter("mass_flow", cycle.mass_flow or 0.0)
            net.require("mass flow of the engine", "specification", engine_flow - wanted, net.flow_scale, "kg/s")
        if self.analysis and len(self.controls) < 2:
            return
        key = "chamber.oxidizer_fuel_ratio" if cycle.ratio_of == "chamber" else "engine.oxidizer_fuel_ratio"
        wanted = net.parameter("oxidizer_fuel_ratio", self.reference.get(key, cycle.oxidizer_fuel_ratio))
        own = engine_ratio if cycle.ratio_of == "engine" else ratio
        net.require(f"mixture ratio of the {cycle.ratio_of}", "specification", own - wanted, 1.0, "1")


def _heat_capacity(s: Stream) -> Any:
    """∂h/∂T at constant density: that at constant pressure for a perfect gas; turbine exhaust is near one [J/(kg K)]."""
    t, rho = ca.SX.sym("t"), ca.SX.sym("rho")
    derivative = ca.jacobian(ca.SX(s.medium.enthalpy(t, rho)), t)
    return ca.substitute([derivative], [t, rho], [s.temperature, s.density])[0]


_BUILD = {
    "tank": Builder.tank, "line": Builder.passage, "valve": Builder.passage, "injector": Builder.passage,
    "jacket": Builder.passage, "split": Builder.split, "mixer": Builder.mixer, "pump": Builder.pump,
    "turbine": Builder.turbine, "burner": Builder.burner, "exhaust": Builder.exhaust, "chamber": Builder.chamber,
}  # fmt: skip


def build(
    cycle: EngineCycle, start: Start, components: list[Any], gas: ChamberGas, factors: tuple[float, float],
    mode: Any = "design", reference: Mapping[str, float] | None = None, controls: tuple[str, ...] = (),
) -> Network:  # fmt: skip
    """The network of an engine, with all equations."""
    total = sum(v for (a, _), v in start.mass_flow.items() if a in {c.name for c in components if c.type == "tank"})
    net = Network(mode, cycle.chamber_pressure, total)
    builder = Builder(cycle, net, start, gas, factors, reference or {}, controls)
    target = net.parameter("chamber_pressure", cycle.chamber_pressure)
    if mode == "analysis":
        builder.chamber_pressure = net.unknown("chamber pressure", cycle.chamber_pressure)
        if controls:
            net.require("chamber pressure", "specification", builder.chamber_pressure - target, net.pressure_scale, "Pa")
    else:
        builder.chamber_pressure = target
    for c in sorted(components, key=lambda c: c.type == "chamber"):  # the chamber last: it sums heat and exhausts
        _BUILD[c.type](builder, c)
    for c in cycle.components:
        if c.type == "shaft":
            builder.shaft(c)
    return net
