"""The equations of tanks, passages and turbomachinery, and the building of the whole network.

Design: efficiencies and pressure drops are given, ratios and flows follow. Analysis: the hardware of a design point is given
(resistances, flow capacities, characteristics), and the operating point follows.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...core.earth import G0
from ...core.errors import InputError
from ..fluids.media import propellant_medium
from ..propellants import find_propellant
from ..turbomachinery import turbine as turbine_equations
from ..turbomachinery.maps import pump_characteristic, turbine_characteristic
from .chamber import ChamberGas
from .combustion import Combustion
from .document import EngineCycle
from .network import Network, Stream
from .parts import ENERGY_SCALE
from .start import Start

_HEAT_EXPONENT = (
    0.8  # Bartz 1957, "A simple equation for rapid estimation of rocket nozzle convective heat transfer coefficients"
)


class Builder(Combustion):
    """All components."""

    def tank(self, c: Any) -> None:
        field = "propellant"
        try:
            medium = propellant_medium(c.propellant)
            share = 1.0 if find_propellant(c.propellant).role == "oxidizer" else 0.0
            field = "temperature"
            vapour = medium.vapour_pressure(c.temperature)
        except InputError as error:
            raise InputError(f"{c.name}: {error.message}", where=c.where(field)) from None
        if vapour is not None and vapour >= c.pressure:
            raise InputError(
                f"{c.name}: {c.propellant} at {c.temperature:g} K boils below {vapour / 1e5:.2f} bar, and the tank is at "
                f"{c.pressure / 1e5:.2f} bar; raise the tank pressure or cool the propellant",
                where=c.where("pressure"),
            )
        leaving = []
        for target in self.outlets(c.name):
            stream = self.emit(c.name, target, medium, share)
            leaving.append(stream.mass_flow)
            self.pressure(f"of tank {c.name}", stream.pressure - self.net.parameter(f"{c.name}.pressure", c.pressure))
            temperature = self.net.parameter(f"{c.name}.temperature", c.temperature)
            self.net.require(
                f"temperature of tank {c.name}", "specification", stream.temperature - temperature, 10.0, "K"
            )
        self.read(f"{c.name}.flow", sum(leaving))

    def passage(self, c: Any) -> None:
        inlet, outlet = self.single(c)
        drop = inlet.pressure - outlet.pressure
        resistance = drop * inlet.density / inlet.mass_flow**2
        if self.analysis and c.name not in self.controls:
            given = self.design(f"{c.name}.resistance")
            opening = self.net.parameter(f"{c.name}.opening", 1.0)
            self.pressure(f"drop of {c.name}", drop - opening * given * inlet.mass_flow**2 / inlet.density, "law")
        elif self.analysis:
            pass
        elif c.pressure_drop is not None:
            wanted = self.net.parameter(f"{c.name}.pressure_drop", c.pressure_drop)
            self.pressure(f"drop of {c.name}", drop - wanted, "specification")
        elif c.pressure_drop_fraction is not None:
            self.pressure(f"drop of {c.name}", drop - c.pressure_drop_fraction * inlet.pressure, "specification")
        elif c.flow_area is not None:
            # Bernoulli with a discharge coefficient (Sutton and Biblarz 2017, eqs. 8-1 and 8-2)
            law = 0.5 * (inlet.mass_flow / (c.discharge_coefficient * c.flow_area)) ** 2 / inlet.density
            self.pressure(f"drop of {c.name}", drop - law, "law")
        if c.mass_flow is not None and not self.analysis:
            residual = inlet.mass_flow - c.mass_flow
            self.net.require(f"flow of {c.name}", "specification", residual, self.net.flow_scale, "kg/s")
        self._heat(c, inlet, outlet)
        self.read(f"{c.name}.pressure_drop", drop)
        self.read(f"{c.name}.resistance", resistance)
        self.read(f"{c.name}.effective_area", 1.0 / np.sqrt(2.0 * np.fmax(resistance, 1e-9)))

    def _heat(self, c: Any, inlet: Stream, outlet: Stream) -> None:
        gained = inlet.mass_flow * (outlet.enthalpy - inlet.enthalpy)
        heated = c.heat is not None or c.outlet_temperature is not None
        exchanger = c.heat_from not in ("chamber", "outside")
        if not heated:
            lost = self._exchange(c.name, inlet) / inlet.mass_flow if self._is_hot_side(c.name) else 0.0
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy + lost)
            return
        if exchanger:
            heat = self._exchange(c.heat_from, inlet)
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy - heat / inlet.mass_flow)
            if self.analysis:
                self.later.append(lambda: self._exchanger_off_design(c, inlet))
            elif c.heat is not None:
                wanted = self.net.parameter(f"{c.name}.heat", c.heat)
                self.net.require(f"heat of {c.name}", "specification", heat - wanted, c.heat, "W")
            else:
                self._outlet_temperature(c, outlet)
        elif self.analysis:
            heat = self.design(f"{c.name}.heat") * (self.chamber_pressure / self.gas.pressure) ** _HEAT_EXPONENT
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy - heat / inlet.mass_flow)
        elif c.heat is not None:
            heat = self.net.parameter(f"{c.name}.heat", c.heat)
            self.energy(c.name, outlet.enthalpy - inlet.enthalpy - heat / inlet.mass_flow)
        else:
            self._outlet_temperature(c, outlet)
        self.read(f"{c.name}.heat", gained)
        if c.heat_from == "chamber":
            self.heat.append((c.name, gained))

    def _outlet_temperature(self, c: Any, outlet: Stream) -> None:
        residual = outlet.temperature - c.outlet_temperature
        self.net.require(f"outlet temperature of {c.name}", "specification", residual, 10.0, "K")

    def _is_hot_side(self, name: str) -> bool:
        return any(getattr(c, "heat_from", "") == name for c in self.cycle.components)

    def _exchange(self, hot_side: str, inlet: Stream) -> Any:
        """The heat between the two sides of an exchanger: one unknown [W]."""
        if hot_side not in self.exchanged:
            start = self.reference.get(f"{hot_side}.exchanged", 1e4 * self.net.flow_scale)
            self.exchanged[hot_side] = self.net.unknown(f"{hot_side}: heat given away", start)
            self.read(f"{hot_side}.exchanged", self.exchanged[hot_side])
        return self.exchanged[hot_side]

    def _exchanger_off_design(self, c: Any, cold: Stream) -> None:
        """Heat over design goes with the hot side's flow^0.8 (Dittus and Boelter 1930) and the difference at the inlets."""
        hot = self.net.into(c.heat_from)[0]
        flow, difference = self.design(f"{c.name}.hot_flow"), self.design(f"{c.name}.difference")
        heat = self.design(f"{c.heat_from}.exchanged") * (hot.mass_flow / flow) ** _HEAT_EXPONENT
        residual = self.exchanged[c.heat_from] - heat * (hot.temperature - cold.temperature) / difference
        self.net.require(f"heat of {c.name}", "law", residual, self.design(f"{c.heat_from}.exchanged"), "W")

    def exchangers(self) -> None:
        """What off design needs of the hot sides, once all streams are there."""
        for c in self.cycle.components:
            hot_side = getattr(c, "heat_from", "chamber")
            if hot_side in self.exchanged:
                hot, cold = self.net.into(hot_side)[0], self.net.into(c.name)[0]
                self.read(f"{c.name}.hot_flow", hot.mass_flow)
                self.read(f"{c.name}.difference", hot.temperature - cold.temperature)
        for equation in self.later:
            equation()

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
        there = {s.source for s in inlets}
        for source in (a for a, b in self.cycle.links if b == c.name and a not in there):  # runs back from further down
            inlets.append(self.emit(source, c.name, inlets[0].medium, inlets[0].oxidizer_share))
        if len({s.medium.name for s in inlets}) != 1:
            raise InputError(
                f"{self.cycle.name}: '{c.name}' would mix {' and '.join(sorted({s.medium.name for s in inlets}))}; "
                "only streams of one medium can be mixed outside a chamber",
                where=c.where(),
            )
        target = self.only_target(c)
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
            curve, shape = pump_characteristic(c, self.reference.get(f"{c.name}.specific_speed"))
            head = self.design(f"{c.name}.ideal_work") * n**2 * curve(phi)
            self.net.require(f"head of {c.name}", "law", ideal - head, ENERGY_SCALE, "J/kg")
            efficiency = efficiency * shape(phi)
            self.read(f"{c.name}.flow_coefficient", phi)
        elif c.pressure_rise is not None:
            wanted = self.net.parameter(f"{c.name}.pressure_rise", c.pressure_rise)
            self.pressure(f"rise of {c.name}", outlet.pressure - inlet.pressure - wanted, "specification")
        elif c.outlet_pressure is not None:
            wanted = self.net.parameter(f"{c.name}.outlet_pressure", c.outlet_pressure)
            self.pressure(f"behind {c.name}", outlet.pressure - wanted, "specification")
        work = ideal / efficiency
        self.energy(c.name, outlet.enthalpy - inlet.enthalpy - work)
        power = inlet.mass_flow * work
        self.shaft_power.setdefault(c.shaft, []).append((c.name, -power))
        self.read(f"{c.name}.power", power)
        self.read(f"{c.name}.ideal_work", ideal)
        self.read(f"{c.name}.head", ideal / G0)
        self.read(f"{c.name}.pressure_rise", outlet.pressure - inlet.pressure)
        self.read(f"{c.name}.volume_flow", volume)
        self.read(f"{c.name}.mass_flow", inlet.mass_flow)
        self.read(f"{c.name}.efficiency", efficiency)

    def turbine(self, c: Any) -> None:
        inlet, outlet = self.single(c)
        drop = inlet.enthalpy - self._isentropic(c.name, inlet, outlet)
        ratio = inlet.pressure / outlet.pressure
        efficiency: Any = self.net.parameter(f"{c.name}.efficiency", c.efficiency)
        if self.analysis:
            nu = self._speed(c.shaft) * np.sqrt(self.design(f"{c.name}.ideal_work") / drop)
            efficiency = efficiency * turbine_characteristic(c)(nu)
            self.read(f"{c.name}.speed_coefficient", nu)
            constant = self.design(f"{c.name}.capacity")
            capacity = turbine_equations.stodola(inlet.pressure, inlet.density, ratio)
            residual = inlet.mass_flow - constant * capacity
            self.net.require(f"flow capacity of {c.name}", "law", residual, self.net.flow_scale, "kg/s")
        elif c.pressure_ratio is not None:
            wanted = self.net.parameter(f"{c.name}.pressure_ratio", c.pressure_ratio)
            self.pressure(f"ratio of {c.name}", inlet.pressure - wanted * outlet.pressure, "specification")
        elif c.outlet_pressure is not None:
            wanted = self.net.parameter(f"{c.name}.outlet_pressure", c.outlet_pressure)
            self.pressure(f"behind {c.name}", outlet.pressure - wanted, "specification")
        work = efficiency * drop
        self.energy(c.name, inlet.enthalpy - outlet.enthalpy - work)
        power = inlet.mass_flow * work
        self.shaft_power.setdefault(c.shaft, []).append((c.name, power))
        self.read(f"{c.name}.power", power)
        self.read(f"{c.name}.ideal_work", drop)
        self.read(f"{c.name}.pressure_ratio", ratio)
        self.read(f"{c.name}.inlet_temperature", inlet.temperature)
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
            power = self.net.unknown(f"{m.name}: power", self.reference.get(f"{m.name}.power", 1e5))
            given = given + power
            if self.analysis and m.name not in self.controls:
                held = self.design(f"{m.name}.power") * self.net.parameter(f"{m.name}.setting", 1.0)
                self.net.require(f"power of {m.name}", "law", power - held, self.design(f"{m.name}.power"), "W")
            battery = power / (m.efficiency * m.inverter_efficiency)
            self.read(f"{m.name}.power", power)
            self.read(f"{m.name}.battery_power", battery)
        scale = self.net.pressure_scale * self.net.flow_scale / 1000.0
        residual = given * c.efficiency - taken - c.loss
        self.net.require(f"power of shaft {c.name}", "power", residual, scale, "W")
        self.read(f"{c.name}.power", given)


_BUILD = {
    "tank": Builder.tank, "line": Builder.passage, "valve": Builder.passage, "injector": Builder.passage,
    "jacket": Builder.passage, "orifice": Builder.passage, "heat exchanger": Builder.passage, "film": Builder.passage,
    "tap": Builder.tap, "split": Builder.split, "mixer": Builder.mixer, "pump": Builder.pump,
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
            net.require(
                "chamber pressure", "specification", builder.chamber_pressure - target, net.pressure_scale, "Pa"
            )
    else:
        builder.chamber_pressure = target
    for c in sorted(components, key=lambda c: c.type == "chamber"):  # the chamber last: it sums heat and exhausts
        _BUILD[c.type](builder, c)
    for c in cycle.components:
        if c.type == "shaft":
            builder.shaft(c)
    builder.exchangers()
    return net
