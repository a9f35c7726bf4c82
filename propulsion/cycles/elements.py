"""The components of an engine as documents: what is stated of each, and what the balance has to find."""

from typing import Annotated, Literal

from pydantic import Field

from ...core.documents import Document
from ...core.quantity import SI, Power, Pressure, Temperature, ratio
from ..engine import SpecificImpulse

Drop = Annotated[float, SI("Pa", ("5 bar",), ge=0.0)]
Heat = Annotated[float, SI("W", ("8.1 MW",), ge=0.0)]
Efficiency = Annotated[float, ratio(gt=0.0, le=1.0)]
Share = Annotated[float, ratio(ge=0.0, lt=1.0)]
Flow = Annotated[float, SI("kg/s", ("16.4 kg/s",), gt=0.0)]
TipSpeed = Annotated[float, SI("m/s", ("450 m/s",), gt=0.0)]
ShaftSpeed = Annotated[float, SI("rad/s", ("27000 rpm",), gt=0.0)]


class Pressurization(Document):
    """What keeps a tank under pressure: its ullage alone (blow-down), or a bottle behind a regulator.

    propellant_mass: usable; ullage: the gas volume at the start. polytropic_exponent of the gas that expands, in the ullage
    (blow-down) or in the bottle (regulated): 1 isothermal, gamma adiabatic. bottle_*: of a regulated tank's gas.
    """

    mode: Literal["blow-down", "regulated"]
    gas: Literal["helium", "nitrogen"]
    propellant_mass: Annotated[float, SI("kg", ("500 kg",), gt=0.0)]
    ullage: Annotated[float, SI("m^3", ("0.1 m^3",), gt=0.0)] | None = None
    polytropic_exponent: Annotated[float, ratio(ge=1.0, le=1.7)] = 1.0
    bottle_pressure: Pressure | None = None
    bottle_temperature: Temperature | None = None


class Tank(Document):
    """Where a propellant comes from, at rest. bleed: nothing is lost here; leaks are a split to an overboard sink."""

    type: Literal["tank"]
    name: str
    propellant: str
    pressure: Pressure
    temperature: Temperature
    pressurization: Pressurization | None = None


class Resistance(Document):
    """What all passages share: a pressure drop, and heat if it is given.

    pressure_drop, or pressure_drop_fraction of the inlet pressure, or flow_area (with its discharge_coefficient); without
    any the drop is what the balance needs (a valve). heat, or outlet_temperature; without either adiabatic. heat_from:
    "chamber" (heat taken out of its gas counts in its energy balance), "outside", or the name of the passage on the hot side
    of a heat exchanger. mass_flow: set here.
    """

    name: str
    pressure_drop: Drop | None = None
    pressure_drop_fraction: Share | None = None
    heat: Heat | None = None
    outlet_temperature: Temperature | None = None
    heat_from: str = "chamber"
    mass_flow: Flow | None = None
    flow_area: Annotated[float, SI("m^2", ("3 cm^2",), gt=0.0)] | None = None
    discharge_coefficient: Efficiency = 1.0


class Passage(Resistance):
    """Line, valve, orifice, injector, heat exchanger, jacket."""

    type: Literal["line", "valve", "orifice", "injector", "jacket", "heat exchanger"]


PASSAGES = ("line", "valve", "orifice", "injector", "jacket", "heat exchanger", "film")


class Film(Resistance):
    """Fuel sprayed along the chamber's wall (the last component ahead of the chamber).

    unmixed: the share of it that passes the throat beside the core; it expands with isp_vacuum, the rest joins the core.
    """

    type: Literal["film"]
    unmixed: Annotated[float, ratio(ge=0.0, le=1.0)]
    isp_vacuum: SpecificImpulse


class Tap(Document):
    """Gas drawn from the main chamber where it is rich in fuel, near the wall. Give oxidizer_fuel_ratio or temperature."""

    type: Literal["tap"]
    name: str
    gas: Literal["fuel-rich hydrogen", "fuel-rich kerosene", "fuel-rich methane", "fuel-rich storable"]
    oxidizer_fuel_ratio: Annotated[float, ratio(gt=0.0, le=5.0)] | None = None
    temperature: Temperature | None = None


class PumpPoint(Document):
    """One point of a pump's map: all three over their design values, flow and head at one speed."""

    flow: Annotated[float, ratio(ge=0.0, le=2.0)]
    head: Annotated[float, ratio(ge=0.0, le=3.0)]
    efficiency: Annotated[float, ratio(gt=0.0, le=1.5)]


class TurbinePoint(Document):
    """One point of a turbine's map: U/C0 and efficiency over their design values."""

    speed_ratio: Annotated[float, ratio(ge=0.0, le=3.0)]
    efficiency: Annotated[float, ratio(gt=0.0, le=1.5)]


class Pump(Document):
    """A pump, all its stages. Without pressure_rise or outlet_pressure it delivers what its path needs.

    stages: without it as many as the usual rise of a stage asks for. map: at least four points, with rising flow; without it a
    general characteristic by specific speed, or the published map of another pump by its name ("radial"). highest_tip_speed:
    what the impeller's material bears.
    """

    type: Literal["pump"]
    name: str
    shaft: str
    efficiency: Efficiency
    stages: Annotated[int, Field(strict=True, ge=1, le=9)] | None = None
    pressure_rise: Drop | None = None
    outlet_pressure: Pressure | None = None
    required_suction_head: Annotated[float, SI("m", ("15 m",), gt=0.0)] | None = None
    head_coefficient: Annotated[float, ratio(gt=0.05, le=1.0)] | None = None
    highest_tip_speed: TipSpeed | None = None
    map: tuple[PumpPoint, ...] = ()
    published_map: str | None = None


class Turbine(Document):
    """A turbine, total to total. Without pressure_ratio or outlet_pressure the balance of its shaft finds the ratio.

    staging, stages, mean_diameter, nozzle_angle (from the wheel's plane), admission: for the mean line; map: at least four
    points, with rising speed_ratio.
    """

    type: Literal["turbine"]
    name: str
    shaft: str
    efficiency: Efficiency
    pressure_ratio: Annotated[float, ratio(gt=1.0, le=500.0)] | None = None
    outlet_pressure: Pressure | None = None
    highest_temperature: Temperature | None = None
    staging: Literal["impulse", "velocity", "reaction"] = "impulse"
    stages: Annotated[int, Field(strict=True, ge=1, le=6)] = 1
    mean_diameter: Annotated[float, SI("m", ("0.3 m",), gt=0.0)] | None = None
    nozzle_angle: Annotated[float, SI("rad", ("20 deg",), gt=0.08, lt=1.0)] = 0.349
    admission: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None
    highest_tip_speed: TipSpeed | None = None
    map: tuple[TurbinePoint, ...] = ()


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
    gas: Literal["fuel-rich hydrogen", "fuel-rich kerosene", "fuel-rich methane", "fuel-rich storable", "oxidizer-rich"]
    pressure: Pressure | None = None
    oxidizer_fuel_ratio: Annotated[float, ratio(gt=0.0, le=500.0)] | None = None
    temperature: Temperature | None = None


class Chamber(Document):
    """The main chamber with its nozzle."""

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
    Tank | Passage | Film | Tap | Pump | Turbine | Shaft | Motor | Split | Mixer | Burner | Chamber | Exhaust,
    Field(discriminator="type"),
]
