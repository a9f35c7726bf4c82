"""The engine cycle as a document: components, what flows from one to the next, and what is asked of the engine."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Grade, Module
from ...core.errors import InputError
from ...core.quantity import SI, Power, Pressure, Temperature, ratio
from ..engine import ChamberPressure, Cycle, SpecificImpulse, Thrust
from ..propellants import find_propellant

Drop = Annotated[float, SI("Pa", ("5 bar",), ge=0.0)]
Heat = Annotated[float, SI("W", ("8.1 MW",), ge=0.0)]
Efficiency = Annotated[float, ratio(gt=0.0, le=1.0)]
Share = Annotated[float, ratio(ge=0.0, lt=1.0)]
Flow = Annotated[float, SI("kg/s", ("16.4 kg/s",), gt=0.0)]
ShaftSpeed = Annotated[float, SI("rad/s", ("27000 rpm",), gt=0.0)]


class Tank(Document):
    """Where a propellant comes from, at rest. bleed: nothing is lost here; leaks are a split to an overboard sink."""

    type: Literal["tank"]
    name: str
    propellant: str
    pressure: Pressure
    temperature: Temperature


class Passage(Document):
    """Line, valve, orifice, injector, heat exchanger, jacket: a pressure drop, and heat if it is given.

    pressure_drop, or pressure_drop_fraction of the inlet pressure; without either the drop is what the balance needs (a
    valve). heat, or outlet_temperature; without either adiabatic. heat_from: heat taken out of the chamber's gas counts in
    its energy balance. mass_flow: set here. hot: whether it belongs to the main thrust chamber.
    """

    type: Literal["line", "valve", "injector", "jacket"]
    name: str
    pressure_drop: Drop | None = None
    pressure_drop_fraction: Share | None = None
    heat: Heat | None = None
    outlet_temperature: Temperature | None = None
    heat_from: Literal["chamber", "outside"] = "chamber"
    mass_flow: Flow | None = None


class Pump(Document):
    """A pump, all its stages. Without pressure_rise or outlet_pressure it delivers what its path needs."""

    type: Literal["pump"]
    name: str
    shaft: str
    efficiency: Efficiency
    stages: Annotated[int, Field(strict=True, ge=1, le=9)] = 1
    pressure_rise: Drop | None = None
    outlet_pressure: Pressure | None = None
    required_suction_head: Annotated[float, SI("m", ("15 m",), gt=0.0)] | None = None


class Turbine(Document):
    """A turbine, total to total. Without pressure_ratio or outlet_pressure the balance of its shaft finds the ratio."""

    type: Literal["turbine"]
    name: str
    shaft: str
    efficiency: Efficiency
    pressure_ratio: Annotated[float, ratio(gt=1.0, le=500.0)] | None = None
    outlet_pressure: Pressure | None = None
    highest_temperature: Temperature | None = None


class Gear(Document):
    """A component that turns at speed_ratio times its shaft's speed."""

    component: str
    speed_ratio: Annotated[float, ratio(gt=0.0, le=20.0)]


class Shaft(Document):
    """What turbines drive pumps with. efficiency: of all power that it carries (gears too); loss: a fixed one. speed: for the
    pumps' specific and suction speeds; a geared pump's speed is gear_ratio times it."""

    type: Literal["shaft"]
    name: str
    efficiency: Efficiency = 1.0
    loss: Power = 0.0
    speed: ShaftSpeed | None = None
    gears: tuple[Gear, ...] = ()


class Motor(Document):
    """An electric motor on a shaft, its inverter and its battery."""

    type: Literal["motor"]
    name: str
    shaft: str
    efficiency: Efficiency
    inverter_efficiency: Efficiency = 1.0
    highest_power: Power | None = None


class Branch(Document):
    """One way out of a split. fraction: of the split's inflow; without it the balance finds it."""

    to: str
    fraction: Annotated[float, ratio(gt=0.0, lt=1.0)] | None = None


class Split(Document):
    """One stream into several; ``branches`` names the components that receive a share, the rest goes on along the flow."""

    type: Literal["split"]
    name: str
    branches: tuple[Branch, ...] = Field(min_length=1)


class Mixer(Document):
    """Several streams of one medium into one, at one pressure."""

    type: Literal["mixer"]
    name: str


class Burner(Document):
    """Gas generator or preburner. Give oxidizer_fuel_ratio or temperature, or neither when the flows follow otherwise."""

    type: Literal["burner"]
    name: str
    gas: Literal["fuel-rich hydrogen", "fuel-rich kerosene", "oxidizer-rich"]
    pressure: Pressure | None = None
    oxidizer_fuel_ratio: Annotated[float, ratio(gt=0.0, le=500.0)] | None = None
    temperature: Temperature | None = None


class Chamber(Document):
    """The main chamber with its nozzle. tap_off: a branch of its gas at a temperature is not modelled here."""

    type: Literal["chamber"]
    name: str


class Exhaust(Document):
    """Where turbine gas leaves: its own nozzle (area_ratio, efficiency), a stated specific impulse, or none ("overboard")."""

    type: Literal["exhaust"]
    name: str
    area_ratio: Annotated[float, ratio(ge=1.0, le=200.0)] | None = None
    efficiency: Efficiency = 1.0
    isp_vacuum: SpecificImpulse | None = None


Component = Annotated[
    Tank | Passage | Pump | Turbine | Shaft | Motor | Split | Mixer | Burner | Chamber | Exhaust,
    Field(discriminator="type"),
]


class ChamberLoss(Document):
    """One factor between ideal and delivered performance of the main chamber."""

    name: str = Field(min_length=1)
    factor: Efficiency
    on: Literal["c_star", "thrust_coefficient"]
    grade: Grade
    citation: str = Field(min_length=3)


class ThrottleBy(Document):
    """Which valves throttle the engine: one sets chamber pressure, two hold the mixture ratio as well."""

    controls: tuple[str, ...] = Field(min_length=1, max_length=2)
    lowest: Annotated[float, ratio(ge=0.2, lt=1.0)] = 0.6


class EngineCycle(Module, schema="osea/engine-cycle/v1"):
    """One engine as a network. flows: chains of component names, each link a stream.

    oxidizer_fuel_ratio is the engine's (tank flows), or the chamber's, by ``ratio_of``. Give thrust_vacuum or mass_flow
    (of the whole engine). losses: of the main chamber; without any the defaults of the engine's class are taken.
    """

    cycle: Cycle
    oxidizer: str
    fuel: str
    oxidizer_fuel_ratio: Annotated[float, ratio(ge=0.05, le=500.0)]
    ratio_of: Literal["engine", "chamber"] = "engine"
    chamber_pressure: ChamberPressure
    area_ratio: Annotated[float, ratio(ge=1.0, le=1000.0)]
    thrust_vacuum: Thrust | None = None
    mass_flow: Flow | None = None
    losses: tuple[ChamberLoss, ...] = ()
    burn_time: Annotated[float, SI("s", ("160 s",), gt=0.0)] | None = None
    components: tuple[Component, ...] = Field(min_length=3)
    flows: tuple[tuple[str, ...], ...] = Field(min_length=2)
    throttle: ThrottleBy | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for field in ("oxidizer", "fuel"):
            try:
                find_propellant(getattr(self, field), field)
            except InputError as error:
                raise FieldError(field, error.message) from None
        if not 1e3 <= self.chamber_pressure <= 1e8:
            raise FieldError("chamber_pressure", f"{self.chamber_pressure / 1e5:g} bar is outside 0.01 to 1000 bar")
        if (self.thrust_vacuum is None) == (self.mass_flow is None):
            raise FieldError("thrust_vacuum", "give either thrust_vacuum or mass_flow")
        self._names_fit()
        return self

    def _names_fit(self) -> None:
        names = [c.name for c in self.components]
        kinds = {c.name: c.type for c in self.components}
        for i, name in enumerate(names):
            if name in names[:i]:
                raise FieldError(f"components.{i}.name", f"a second component '{name}'")
        for i, component in enumerate(self.components):
            shaft = getattr(component, "shaft", None)
            if shaft is not None and kinds.get(shaft) != "shaft":
                raise FieldError(f"components.{i}.shaft", f"'{shaft}' is not a shaft of this engine")
            for j, branch in enumerate(getattr(component, "branches", ())):
                if branch.to not in kinds:
                    raise FieldError(f"components.{i}.branches.{j}.to", f"no component is called '{branch.to}'")
            for first, second in (("pressure_drop", "pressure_drop_fraction"), ("heat", "outlet_temperature"),
                                  ("pressure_rise", "outlet_pressure"), ("pressure_ratio", "outlet_pressure"),
                                  ("oxidizer_fuel_ratio", "temperature")):  # fmt: skip
                if getattr(component, first, None) is not None and getattr(component, second, None) is not None:
                    raise FieldError(f"components.{i}.{second}", f"give {first} or {second}, not both")
        for i, name in enumerate(self.throttle.controls if self.throttle else ()):
            if kinds.get(name) not in ("valve", "line", "injector"):
                raise FieldError(f"throttle.controls.{i}", f"'{name}' is not a valve of this engine")
        used = {name for flow in self.flows for name in flow}
        for i, flow in enumerate(self.flows):
            for j, name in enumerate(flow):
                if name not in kinds:
                    raise FieldError(f"flows.{i}.{j}", f"no component is called '{name}'")
                if kinds[name] in ("shaft", "motor"):
                    raise FieldError(f"flows.{i}.{j}", f"nothing flows through a {kinds[name]}")
        for i, component in enumerate(self.components):
            if component.name not in used and component.type not in ("shaft", "motor"):
                raise FieldError(f"components.{i}.name", f"no flow passes '{component.name}'")
        if sum(kind == "chamber" for kind in kinds.values()) != 1:
            raise FieldError("components", "an engine has one main chamber")

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(from, to) of every stream."""
        return tuple((a, b) for flow in self.flows for a, b in pairwise(flow))
