"""The network: streams with their unknowns, equations with their names. Components add to it; the solver closes it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import casadi as ca

from ...core.errors import InputError
from ..fluids.media import Medium

if hasattr(ca.GlobalOptions, "setNumpyMode"):  # CasADi 3.8 on: numpy ufuncs on its values, without a notice
    ca.GlobalOptions.setNumpyMode(1)

Kind = Literal["mass", "energy", "pressure", "state", "power", "specification", "law"]


@dataclass
class Stream:
    """What flows over one link. mass_flow, pressure, temperature, density are unknowns (as exponentials: they stay positive)."""

    name: str
    source: str
    target: str
    medium: Medium
    oxidizer_share: Any
    mass_flow: Any
    pressure: Any
    temperature: Any
    density: Any

    @cached_property
    def enthalpy(self) -> Any:
        """[J/kg], formation datum."""
        return self.medium.enthalpy(self.temperature, self.density)

    @cached_property
    def entropy(self) -> Any:
        """[J/(kg K)]"""
        return self.medium.entropy(self.temperature, self.density)


@dataclass(frozen=True)
class Equation:
    """residual = 0. scale: what the residual is divided by; unit: of the residual times nothing, for messages."""

    name: str
    kind: Kind
    residual: Any
    scale: float
    unit: str


@dataclass
class Network:
    """Unknowns (as logarithms), their starting values, equations, and the quantities that are read off the solution."""

    mode: Literal["design", "analysis"]
    pressure_scale: float
    flow_scale: float
    logarithms: list[Any] = field(default_factory=list)
    start: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    equations: list[Equation] = field(default_factory=list)
    streams: list[Stream] = field(default_factory=list)
    readings: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    parameter_values: dict[str, float] = field(default_factory=dict)

    def unknown(self, name: str, start: float) -> Any:
        """A positive unknown."""
        if not start > 0.0:
            raise InputError(f"{name}: no positive starting value ({start:g})")
        symbol = ca.SX.sym(name)
        self.logarithms.append(symbol)
        self.start.append(float(start))
        self.names.append(name)
        return ca.exp(symbol)

    def parameter(self, name: str, value: float) -> Any:
        """A number that may be changed without building the network again."""
        self.parameters[name] = ca.SX.sym(name)
        self.parameter_values[name] = value
        return self.parameters[name]

    def require(self, name: str, kind: Kind, residual: Any, scale: float, unit: str) -> None:
        """An equation: residual = 0."""
        self.equations.append(Equation(name, kind, residual, float(scale), unit))

    def state(self, name: str, medium: Medium, pressure: Any, start: Mapping[str, float]) -> tuple[Any, Any]:
        """Temperature and density as unknowns that fit a pressure."""
        temperature = self.unknown(f"{name}: temperature", start["temperature"])
        density = self.unknown(f"{name}: density", medium.guess_density(start["pressure"], start["temperature"]))
        self.require(
            f"equation of state, {name}", "state",
            medium.pressure(temperature, density) - pressure, self.pressure_scale, "Pa",
        )  # fmt: skip
        return temperature, density

    def stream(
        self, source: str, target: str, medium: Medium, share: Any, start: Mapping[str, float], *,
        mass_flow: Any = None, like: "Stream | None" = None,
    ) -> Stream:  # fmt: skip
        """A stream. What follows without solving is handed over: its mass flow, or the state of another stream."""
        name = f"{source} → {target}"
        flow = self.unknown(f"{name}: mass flow", start["mass_flow"]) if mass_flow is None else mass_flow
        if like is None:
            pressure = self.unknown(f"{name}: pressure", start["pressure"])
            temperature, density = self.state(name, medium, pressure, start)
        else:
            pressure, temperature, density = like.pressure, like.temperature, like.density
        made = Stream(name, source, target, medium, share, flow, pressure, temperature, density)
        if like is not None:
            made.__dict__.update(enthalpy=like.enthalpy, entropy=like.entropy)
        self.streams.append(made)
        return made

    def into(self, component: str) -> list[Stream]:
        """The streams that end at a component."""
        return [s for s in self.streams if s.target == component]

    def out_of(self, component: str) -> list[Stream]:
        """The streams that begin at a component."""
        return [s for s in self.streams if s.source == component]


Build = Callable[[Network], None]
