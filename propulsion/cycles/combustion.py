"""The equations of burners, exhausts and the main chamber."""

from typing import Any

import casadi as ca
import numpy as np

from ...core.earth import G0
from ...core.errors import InputError
from ..fluids.kerosene_gas import gas_temperature, kerosene_gas
from ..fluids.media import Medium
from ..fluids.products import hydrogen_rich, methane_rich, oxygen_rich
from ..fluids.storable_gas import storable_gas
from ..propellants import find_propellant
from .network import Stream
from .parts import Parts


class Combustion(Parts):
    """Where propellants burn, and where gas leaves."""

    def burner(self, c: Any) -> None:
        inlets = self.net.into(c.name)
        total = sum(s.mass_flow for s in inlets)
        oxidizer = sum(s.mass_flow * s.oxidizer_share for s in inlets)
        ratio = oxidizer / (total - oxidizer)
        share = oxidizer / total
        medium = self._gas(c.gas, share)
        target = self.only_target(c)
        out = self.emit(c.name, target, medium, share, mass_flow=total)
        for s in inlets:
            self.pressure(f"at {c.name} from {s.source}", s.pressure - out.pressure)
        given = self._gas_temperature(c.gas, ratio)
        if given is not None:
            residual = out.temperature - given
            self.net.require(f"gas temperature of {c.name}", "law", residual, 100.0, "K")
        else:
            arriving = sum(s.mass_flow * s.enthalpy for s in inlets) / out.mass_flow
            self.energy(c.name, out.enthalpy - arriving)
        if not self.analysis:
            if c.pressure is not None:
                wanted = self.net.parameter(f"{c.name}.pressure", c.pressure)
                self.pressure(f"in {c.name}", out.pressure - wanted, "specification")
            if c.oxidizer_fuel_ratio is not None:
                wanted = self.net.parameter(f"{c.name}.oxidizer_fuel_ratio", c.oxidizer_fuel_ratio)
                self.net.require(f"mixture ratio of {c.name}", "specification", ratio - wanted, 1.0, "1")
            if c.temperature is not None:
                wanted = self.net.parameter(f"{c.name}.temperature", c.temperature)
                self.net.require(f"temperature of {c.name}", "specification", out.temperature - wanted, 100.0, "K")
        self.read(f"{c.name}.oxidizer_fuel_ratio", ratio)
        self.read(f"{c.name}.temperature", out.temperature)
        self.read(f"{c.name}.mass_flow", out.mass_flow)

    def _gas(self, kind: str, share: Any) -> Medium:
        """The gas of a burner or a tap, from the oxidizer's share of it."""
        if kind == "fuel-rich hydrogen":
            return hydrogen_rich(share)
        if kind == "fuel-rich methane":
            return methane_rich(share)
        if kind == "oxidizer-rich":
            fuel = find_propellant(self.cycle.fuel, "fuel")
            return oxygen_rich(share, fuel.atoms.get("C", 0.0), fuel.atoms.get("H", 0.0), fuel.molar_mass)
        if kind == "fuel-rich storable":
            return storable_gas(self.cycle.oxidizer, self.cycle.fuel).medium(share / (1.0 - share))
        return kerosene_gas()

    def _gas_temperature(self, kind: str, ratio: Any) -> Any:
        """Of a gas whose temperature a relation gives [K]; None for one whose energy balance does."""
        if kind == "fuel-rich kerosene":
            return gas_temperature(ratio)
        if kind == "fuel-rich storable":
            return storable_gas(self.cycle.oxidizer, self.cycle.fuel).temperature(ratio)
        return None

    def tap(self, c: Any) -> None:
        """Gas out of the chamber at a mixture ratio below the core's, at chamber pressure; its energy is closed there."""
        found = c.oxidizer_fuel_ratio is None and not self.analysis
        ratio: Any = c.oxidizer_fuel_ratio
        if found:
            ratio = self.net.unknown(
                f"{c.name}: mixture ratio", {"fuel-rich hydrogen": 0.9, "fuel-rich storable": 0.1}.get(c.gas, 0.35)
            )
        elif ratio is None:
            ratio = self.design(f"{c.name}.oxidizer_fuel_ratio")
        share = ratio / (1.0 + ratio)
        out = self.emit(c.name, self.only_target(c), self._gas(c.gas, share), share)
        self.pressure(f"of {c.name}", out.pressure - self.chamber_pressure)
        if found:
            wanted = self.net.parameter(f"{c.name}.temperature", c.temperature)
            self.net.require(f"temperature of {c.name}", "specification", out.temperature - wanted, 100.0, "K")
        self.taps.append((c, ratio, out))
        self.read(f"{c.name}.oxidizer_fuel_ratio", ratio)
        self.read(f"{c.name}.temperature", out.temperature)
        self.read(f"{c.name}.mass_flow", out.mass_flow)

    def _close_taps(self, inlets: list[Stream]) -> Any:
        """What a tap's gas is made of enters the chamber too, and burns at its own mixture ratio. Returns Σ ṁ h of all taps."""

        def injected(share: float) -> Any:
            own = [s for s in inlets if isinstance(s.oxidizer_share, float) and s.oxidizer_share == share]
            if not own:
                raise InputError(f"{self.cycle.name}: gas can be tapped only where pure propellants are injected")
            return sum(s.mass_flow * s.enthalpy for s in own) / sum(s.mass_flow for s in own)

        drawn: Any = 0.0
        for c, ratio, out in self.taps:
            enthalpy = (ratio * injected(1.0) + injected(0.0)) / (1.0 + ratio)
            drawn = drawn + out.mass_flow * enthalpy
            given = self._gas_temperature(c.gas, ratio)
            if given is not None:  # its enthalpy is not on the formation datum
                residual = out.temperature - given
                self.net.require(f"gas temperature of {c.name}", "law", residual, 100.0, "K")
            else:
                self.energy(c.name, out.enthalpy - enthalpy)
        return drawn

    def exhaust(self, c: Any) -> None:
        for i, s in enumerate(self.net.into(c.name)):
            key = c.name if i == 0 else f"{c.name} {i + 1}"
            isp: Any = 0.0
            if c.isp_vacuum is not None:
                isp = c.isp_vacuum
            elif c.area_ratio is not None:
                isp = self._exhaust_isp(key, c, s)
            if not self._share_is_set(s):  # a throat, or an orifice to the tanks, passes what its pressure drives
                if self.analysis:
                    capacity = self.design(f"{key}.capacity") * np.sqrt(s.pressure * s.density)
                    residual = s.mass_flow - capacity
                    self.net.require(f"flow capacity of {key}", "law", residual, self.net.flow_scale, "kg/s")
                self.read(f"{key}.capacity", s.mass_flow / np.sqrt(s.pressure * s.density))
            self.exhaust_thrust.append(s.mass_flow * isp * G0)
            self.read(f"{key}.isp_vacuum", isp)
            self.read(f"{key}.mass_flow", s.mass_flow)

    def _share_is_set(self, s: Stream) -> bool:
        """Whether a split rules what flows to an exhaust (a leak)."""
        branches = getattr(self.kinds[s.source], "branches", ())
        return any(b.to == s.target and b.fraction is not None for b in branches)

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
        net, gas = self.net, self.gas
        inlets = net.into(c.name)
        pc = self.chamber_pressure
        heat = sum((q for _, q in self.heat), 0.0)
        for s in inlets:
            self.pressure(f"at the chamber from {s.source}", s.pressure - pc)
        drawn_enthalpy = self._close_taps(inlets)
        films = [(self.kinds[s.source], s) for s in inlets if self.kinds[s.source].type == "film"]
        apart = [(film.unmixed * s.mass_flow, film, s) for film, s in films]
        drawn = [out for _, _, out in self.taps]
        passing = sum(s.mass_flow for s in inlets) - sum(s.mass_flow for s in drawn)
        total = passing - sum(flow for flow, _, _ in apart)  # the core; all without film and taps

        oxidizer = sum(s.mass_flow * s.oxidizer_share for s in inlets) - sum(
            s.mass_flow * s.oxidizer_share for s in drawn
        )
        oxidizer = oxidizer - sum(flow * s.oxidizer_share for flow, _, s in apart)
        ratio = oxidizer / (total - oxidizer)
        entering = sum(s.mass_flow * s.enthalpy for s in inlets) - sum(flow * s.enthalpy for flow, _, s in apart)
        enthalpy = (entering - drawn_enthalpy - heat) / total
        core_c_star = gas.c_star(ratio, pc, enthalpy) * self.c_star_factor
        core_isp = gas.isp(ratio, pc, enthalpy) * self.c_star_factor * self.nozzle_factor
        # film takes its place in the throat: its c* is to the core's as their specific impulses are
        isp = (total * core_isp + sum(flow * film.isp_vacuum for flow, film, _ in apart)) / passing
        c_star = core_c_star * isp / core_isp
        total = passing
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
            "chamber.film_factor": isp / core_isp,
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
