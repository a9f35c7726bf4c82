"""The engine cycle as a document: components, what flows from one to the next, and what is asked of the engine."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Grade, Module, Reference
from ...core.errors import InputError
from ...core.quantity import SI, Pressure, Temperature, ratio
from ..acoustics import AcousticCavity
from ..contour.document import ChamberShape, Nozzle
from ..cooling.document import Cooling
from ..engine import ChamberPressure, Cycle, Thrust
from ..injector import Injector
from ..propellants import find_propellant
from ..published import PublishedFigure, check_published
from ..trade.document import Trade
from ..turbomachinery.published_maps import published_map
from .elements import Component, Efficiency, Flow
from .gases import check_gas

VALVES = ("valve", "line", "injector", "orifice")
CONTROLS = (*VALVES, "motor")
MACHINES = ("shaft", "motor")  # nothing flows through them


class ChamberLoss(Document):
    """One factor between ideal and delivered performance of the main chamber."""

    name: str = Field(min_length=1)
    factor: Efficiency
    on: Literal["c_star", "thrust_coefficient"]
    grade: Grade
    citation: str = Field(min_length=3)


class ThrottleBy(Document):
    """Which valves (or motors) throttle the engine: one sets chamber pressure, two hold the mixture ratio as well."""

    controls: tuple[str, ...] = Field(min_length=1, max_length=2)
    lowest: Annotated[float, ratio(ge=0.2, lt=1.0)] = 0.6


class Inlet(Document):
    """Another state of a tank."""

    tank: str
    pressure: Pressure | None = None
    temperature: Temperature | None = None


class Opening(Document):
    """A passage whose resistance is this many times its design value: below 1 opened, above 1 closed or clogged."""

    component: str
    resistance: Annotated[float, ratio(gt=0.0, le=1e4)]


class OperatingPoint(Document):
    """One point off design, with the hardware as it is.

    controls: none (chamber pressure and mixture ratio follow), one valve or motor (holds chamber_pressure), or two
    (hold oxidizer_fuel_ratio as well). What is not given is that of the design point.
    """

    name: str = Field(min_length=1)
    controls: tuple[str, ...] = Field(default=(), max_length=2)
    chamber_pressure: ChamberPressure | None = None
    oxidizer_fuel_ratio: Annotated[float, ratio(gt=0.0, le=500.0)] | None = None
    inlets: tuple[Inlet, ...] = ()
    openings: tuple[Opening, ...] = ()


class EngineCycle(Module, schema="osea/engine-cycle/v1"):
    """One engine as a network. flows: chains of component names, each link a stream.

    chambers: equal ones on one set of pumps (RD-170: 4). The component ``chamber`` stands for all of them: the balance is of
    their joint flow, contour, injector, cooling and acoustics are of one.

    oxidizer_fuel_ratio is the engine's (tank flows), or the chamber's, by ``ratio_of``. Give thrust_vacuum or mass_flow
    (of the whole engine). losses: of the main chamber; without any the defaults of the engine's class are taken.

    What follows from the balance when stated: chamber_shape and nozzle (the contour), injector, cavities (acoustics),
    cooling (circuits that name a passage take flow and inlet from it), trade; published: figures of the real engine.
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
    chambers: Annotated[int, Field(strict=True, ge=1, le=32)] = 1
    losses: tuple[ChamberLoss, ...] = ()
    burn_time: Annotated[float, SI("s", ("160 s",), gt=0.0)] | None = None
    components: tuple[Component, ...] = Field(min_length=3)
    flows: tuple[tuple[str, ...], ...] = Field(min_length=2)
    throttle: ThrottleBy | None = None
    analysis: tuple[OperatingPoint, ...] = ()
    chamber_shape: ChamberShape | None = None
    nozzle: Nozzle | None = None
    injector: Injector | None = None
    cavities: tuple[AcousticCavity, ...] = ()
    cooling: Reference[Cooling] | None = None
    trade: Trade | None = None
    published: tuple[PublishedFigure, ...] = ()

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
        if self.thrust_vacuum is not None and not 1e-2 <= self.thrust_vacuum <= 1e9:
            raise FieldError("thrust_vacuum", f"{self.thrust_vacuum:g} N is outside 10 mN to 1 GN")
        if self.mass_flow is not None and not 1e-6 <= self.mass_flow <= 1e6:
            raise FieldError("mass_flow", f"{self.mass_flow:g} kg/s is outside 1 mg/s to 1000 t/s")
        self._names_fit()
        self._sections_fit()
        return self

    def _sections_fit(self) -> None:
        """What the sections around the balance refer to."""
        kinds = {c.name: c.type for c in self.components}
        if (self.chamber_shape is None) != (self.nozzle is None):
            have, lack = ("nozzle", "chamber_shape") if self.chamber_shape is None else ("chamber_shape", "nozzle")
            raise FieldError(have, f"a contour needs {lack} as well")
        if self.nozzle is not None and self.area_ratio <= 1.01:
            raise FieldError("area_ratio", "without a diverging part there is no nozzle to draw; leave nozzle out")
        for field in ("cavities", "cooling"):
            if getattr(self, field) and self.chamber_shape is None:
                raise FieldError(field, "needs the contour; give chamber_shape and nozzle")
        taken: list[str] = []
        for i, circuit in enumerate(self.cooling.circuits if self.cooling else ()):
            if circuit.passage is None:
                continue
            where = f"cooling.circuits.{i}.passage"
            if kinds.get(circuit.passage) != "jacket":
                raise FieldError(where, f"'{circuit.passage}' is not a jacket of this engine")
            if circuit.passage in taken:
                raise FieldError(where, f"'{circuit.passage}' has a circuit already; lead this one 'after' it")
            taken.append(circuit.passage)
        check_published(self.published, kinds)

    def _names_fit(self) -> None:
        names = [c.name for c in self.components]
        kinds = {c.name: c.type for c in self.components}
        for i, c in enumerate(self.components):
            if c.type == "tank":
                try:
                    found = find_propellant(c.propellant).name
                except InputError as error:
                    raise FieldError(f"components.{i}.propellant", error.message) from None
                if found not in {find_propellant(p).name for p in (self.oxidizer, self.fuel)}:
                    text = f"this engine burns {self.oxidizer} and {self.fuel}; a tank of {c.propellant} has no place in it"
                    raise FieldError(f"components.{i}.propellant", text)
            if c.type == "burner" or c.type == "tap":
                check_gas(f"components.{i}.gas", c.gas, self.oxidizer, self.fuel)
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
                                  ("pressure_drop", "flow_area"), ("pressure_drop_fraction", "flow_area"),
                                  ("oxidizer_fuel_ratio", "temperature")):  # fmt: skip
                if getattr(component, first, None) is not None and getattr(component, second, None) is not None:
                    raise FieldError(f"components.{i}.{second}", f"give {first} or {second}, not both")
        for i, name in enumerate(self.throttle.controls if self.throttle else ()):
            if kinds.get(name) not in CONTROLS:
                raise FieldError(f"throttle.controls.{i}", f"'{name}' is not a valve or motor of this engine")
        self._elements_fit(kinds)
        used = {name for flow in self.flows for name in flow}
        for i, flow in enumerate(self.flows):
            for j, name in enumerate(flow):
                if name not in kinds:
                    raise FieldError(f"flows.{i}.{j}", f"no component is called '{name}'")
                if kinds[name] in MACHINES:
                    raise FieldError(f"flows.{i}.{j}", f"nothing flows through a {kinds[name]}")
        for i, component in enumerate(self.components):
            if component.name not in used and component.type not in MACHINES:
                raise FieldError(f"components.{i}.name", f"no flow passes '{component.name}'")
        if sum(kind == "chamber" for kind in kinds.values()) != 1:
            raise FieldError("components", "an engine has one main chamber")

    def _elements_fit(self, kinds: dict[str, str]) -> None:
        """What single components and operating points refer to."""
        passages = {c.name for c in self.components if hasattr(c, "heat_from")}
        for i, c in enumerate(self.components):
            source = getattr(c, "heat_from", "chamber")
            if source not in ("chamber", "outside") and (source not in passages or source == c.name):
                raise FieldError(
                    f"components.{i}.heat_from", f"'{source}' is neither chamber, outside nor another passage"
                )
        for i, c in enumerate(self.components):
            where = f"components.{i}"
            unheated = c.type == "heat exchanger" and c.heat is None and c.outlet_temperature is None
            if unheated and c.name not in {getattr(o, "heat_from", "") for o in self.components}:
                raise FieldError(where, "give heat or outlet_temperature, or name it in heat_from of its cold side")
            if c.type == "tap" and (c.oxidizer_fuel_ratio is None) == (c.temperature is None):
                raise FieldError(where, "give oxidizer_fuel_ratio or temperature of the gas that is tapped")
            store = c.pressurization if c.type == "tank" else None
            if store is not None and store.mode == "blow-down" and store.ullage is None:
                raise FieldError(f"{where}.pressurization.ullage", "a blow-down tank needs the gas volume at the start")
            if store is not None and store.mode == "regulated" and None in (
                store.bottle_pressure, store.bottle_temperature
            ):  # fmt: skip
                raise FieldError(
                    f"{where}.pressurization", "a regulated tank needs bottle_pressure and bottle_temperature"
                )
            if c.type == "pump" and c.published_map is not None:
                if c.map:
                    raise FieldError(f"{where}.published_map", "give map or published_map, not both")
                try:
                    published_map(c.published_map)
                except InputError as error:
                    raise FieldError(f"{where}.published_map", error.message) from None
            points = getattr(c, "map", ())
            key = "flow" if c.type == "pump" else "speed_ratio"
            grid = [getattr(p, key) for p in points]
            if points and (len(points) < 4 or any(b <= a for a, b in pairwise(grid)) or not grid[0] <= 1.0 <= grid[-1]):
                raise FieldError(f"{where}.map", f"at least four points with rising {key}, on both sides of 1")
        for i, point in enumerate(self.analysis):
            where = f"analysis.{i}"
            for j, name in enumerate(point.controls):
                if kinds.get(name) not in CONTROLS:
                    raise FieldError(f"{where}.controls.{j}", f"'{name}' is not a valve or motor of this engine")
            if point.chamber_pressure is not None and not point.controls:
                raise FieldError(f"{where}.chamber_pressure", "no valve holds it; name one in controls")
            if point.oxidizer_fuel_ratio is not None and len(point.controls) < 2:
                raise FieldError(f"{where}.oxidizer_fuel_ratio", "no valve holds it; name two in controls")
            for j, inlet in enumerate(point.inlets):
                if kinds.get(inlet.tank) != "tank":
                    raise FieldError(f"{where}.inlets.{j}.tank", f"'{inlet.tank}' is not a tank of this engine")
            for j, opening in enumerate(point.openings):
                if kinds.get(opening.component) not in (*VALVES, "jacket", "heat exchanger"):
                    raise FieldError(f"{where}.openings.{j}.component", f"'{opening.component}' is not a passage")
                if opening.component in point.controls:
                    raise FieldError(f"{where}.openings.{j}.component", "a control's resistance is found, not given")

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """(from, to) of every stream."""
        return tuple((a, b) for flow in self.flows for a, b in pairwise(flow))
