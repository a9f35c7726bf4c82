"""What the equations of all components share: streams in and out, and balances by name."""

from collections.abc import Callable, Mapping
from typing import Any

from ...core.errors import InputError
from ..fluids.media import Medium
from .chamber import ChamberGas
from .document import EngineCycle
from .network import Network, Stream
from .start import Start

ENERGY_SCALE = 1e5  # J/kg: the scale of enthalpy residuals


class Parts:
    """Adds the components of one engine to a network. reference: readings of the design point, for analysis."""

    def __init__(
        self, cycle: EngineCycle, network: Network, start: Start, gas: ChamberGas, factors: tuple[float, float],
        reference: Mapping[str, float], controls: tuple[str, ...],
    ) -> None:  # fmt: skip
        self.cycle, self.net, self.start, self.gas = cycle, network, start, gas
        self.c_star_factor, self.nozzle_factor = factors
        self.reference, self.controls = reference, controls
        self.kinds: dict[str, Any] = {c.name: c for c in cycle.components}
        self.chamber_pressure: Any = None  # set by the chamber's equations
        self.shaft_power: dict[str, list[tuple[str, Any]]] = {}
        self.heat: list[tuple[str, Any]] = []  # taken from the chamber
        self.exhaust_thrust: list[Any] = []
        self.taps: list[tuple[Any, Any, Stream]] = []  # component, mixture ratio, gas out of the chamber
        self.speed: dict[str, Any] = {}  # over design speed, by shaft
        self.exchanged: dict[str, Any] = {}  # heat of an exchanger, by its hot side
        self.later: list[Callable[[], None]] = []  # equations that need streams from further down

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
        """A stream out of a component; one that runs back upstream exists already, and is tied to what is given."""
        torn = next((s for s in self.net.streams if (s.source, s.target) == (name, target)), None)
        if torn is None:
            return self.net.stream(name, target, medium, share, self.start.of((name, target)), **given)
        if torn.medium.name != medium.name:
            raise InputError(
                f"{self.cycle.name}: {medium.name} runs back from '{name}' to '{target}', where {torn.medium.name} flows",
                where=self.cycle.where("flows"),
            )
        if given.get("mass_flow") is not None:
            self.mass(f"{name} → {target}", torn.mass_flow - given["mass_flow"])
        if given.get("like") is not None:
            self.pressure(f"of {torn.name}", torn.pressure - given["like"].pressure)
            self.energy(torn.name, torn.enthalpy - given["like"].enthalpy)
        return torn

    def single(self, component: Any) -> tuple[Stream, Stream]:
        """The one stream in, and the one out, of the same medium and flow."""
        inlet = self.only(self.net.into(component.name), component, "inlet")
        targets = self.outlets(component.name)
        if len(targets) != 1:
            raise InputError(
                f"{self.cycle.name}: {component.type} '{component.name}' has {len(targets)} outlets; one is needed",
                where=self.cycle.where("flows"),
            )
        outlet = self.emit(component.name, targets[0], inlet.medium, inlet.oxidizer_share, mass_flow=inlet.mass_flow)
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
        self.net.require(f"energy balance of {name}", "energy", residual_per_mass, ENERGY_SCALE, "J/kg")

    def pressure(self, name: str, residual: Any, kind: Any = "pressure") -> None:
        self.net.require(f"pressure {name}", kind, residual, self.net.pressure_scale, "Pa")

    def read(self, key: str, value: Any) -> None:
        self.net.readings[key] = value

    def only_target(self, c: Any) -> str:
        targets = self.outlets(c.name)
        if len(targets) != 1:
            raise InputError(f"{self.cycle.name}: '{c.name}' needs one outlet, it has {len(targets)}", where=c.where())
        return targets[0]
