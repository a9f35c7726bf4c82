"""The cooling of a thrust chamber as a document: circuits in the order of flow, hot-side layers, film, extension."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Module
from ...core.errors import InputError
from ...core.quantity import SI, Length, Pressure, Temperature, ratio

Size = Annotated[float, SI("m", ("2.3 mm",), gt=0.0, le=1.0)]
Thickness = Annotated[float, SI("m", ("0.33 mm",), ge=0.0, le=0.1)]
Flow = Annotated[float, SI("kg/s", ("2.76 kg/s",), gt=0.0)]
Number = Annotated[int, Field(strict=True, ge=1, le=10000)]
Share = Annotated[float, ratio(gt=0.0, le=1.0)]
LossCoefficient = Annotated[float, ratio(ge=0.0, le=20.0)]
Factor = Annotated[float, ratio(ge=1.0, le=10.0)]

GasSide = Literal["bartz", "reference enthalpy"]
CoolantSide = Literal["gnielinski", "taylor"]


class TubeStation(Document):
    """Outside width (along the circumference) and height (radially) of a tube. share: of the circumference that the
    circuit's tubes cover here; less than one where two circuits lie side by side."""

    x: Length
    width: Size
    height: Size
    share: Share = 1.0


class Tubes(Document):
    """Brazed tubes with straight sides and round crowns. x: 0 in the throat, negative in the chamber.

    crown: how the gas heats the crown that bulges into it. "cosine": the local coefficient falls as the cosine of the
    angle from the top, which for a thin gas-side-limited wall gives the heat of the smooth wall; "uniform": the same
    coefficient on the whole crown, π/2 times the smooth wall, an upper bound.
    """

    type: Literal["tubes"]
    count: Number
    wall: Size
    material: str
    crown: Literal["cosine", "uniform"] = "cosine"
    stations: tuple[TubeStation, ...] = Field(min_length=2)


class ChannelStation(Document):
    """Inside width and height of a channel and the floor between it and the gas. rib: without it what the circumference
    leaves over between the channels."""

    x: Length
    width: Size
    height: Size
    floor: Size
    rib: Size | None = None
    share: Share = 1.0


class Channels(Document):
    """Channels milled into a liner and closed by a jacket."""

    type: Literal["channels"]
    count: Number
    material: str
    jacket: Size
    jacket_material: str
    stations: tuple[ChannelStation, ...] = Field(min_length=2)


Geometry = Annotated[Tubes | Channels, Field(discriminator="type")]


class Duct(Document):
    """The line that leads to, or away from, a circuit's manifold. loss: of its own dynamic head; without it 1.0 where it opens
    into the manifold (Borda and Carnot; Idelchik, Handbook of Hydraulic Resistance, discharge into a large volume) and 0.5
    where it leaves it (the same, entrance with sharp edges)."""

    area: Annotated[float, SI("m^2", ("10 cm^2",), gt=0.0)]
    loss: LossCoefficient | None = None


class Circuit(Document):
    """One pass of coolant along the wall, from ``begin`` to ``end``.

    after: the circuit whose outlet feeds this one; else inlet_pressure (total) and inlet_temperature are given. passage: the
    engine's passage that this circuit is the geometry of; flow and inlet then come from the engine's balance.
    inlet_loss, outlet_loss: of the passages' dynamic heads, at the manifolds: entrance with sharp edges 0.5, discharge
    into the manifold 1.0 (Idelchik, Handbook of Hydraulic Resistance; Borda and Carnot). inlet_duct, outlet_duct: where the
    pressures of inlet and outlet are meant, when that is the line beyond the manifold. least_outlet_pressure: what the
    injector, or the turbine, needs.
    """

    name: str = Field(min_length=1)
    coolant: str
    mass_flow: Flow | None = None
    begin: Length
    end: Length
    geometry: Geometry
    roughness: Annotated[float, SI("m", ("1.2 um",), ge=0.0, le=1e-3)]
    after: str | None = None
    passage: str | None = None
    inlet_pressure: Pressure | None = None
    inlet_temperature: Temperature | None = None
    inlet_loss: LossCoefficient = 0.5
    outlet_loss: LossCoefficient = 1.0
    inlet_duct: Duct | None = None
    outlet_duct: Duct | None = None
    correlation: CoolantSide = "gnielinski"
    least_outlet_pressure: Pressure | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.begin == self.end:
            raise FieldError("end", "a circuit needs a length: begin and end are the same place")
        given = self.inlet_pressure is not None and self.inlet_temperature is not None
        if self.passage is not None and self.after is not None:
            raise FieldError("passage", "a circuit that is fed by another belongs to the passage of that one")
        if self.after is None and self.passage is None:
            if not given:
                raise FieldError(
                    "inlet_pressure", "give inlet_pressure and inlet_temperature, or 'after' another circuit"
                )
            if self.mass_flow is None:
                raise FieldError("mass_flow", "give mass_flow, or the engine's passage that feeds the circuit")
        if self.after is not None and self.inlet_duct is not None:
            raise FieldError("inlet_duct", "a circuit that is fed by another has no line of its own ahead of it")
        if self.after is not None and (self.inlet_pressure is not None or self.inlet_temperature is not None):
            raise FieldError("after", "a circuit that is fed by another takes its inlet from there")
        places = [s.x for s in self.geometry.stations]
        if any(b <= a for a, b in pairwise(places)):
            raise FieldError("geometry.stations", "x must ascend from station to station")
        if self.geometry.type == "tubes":
            for i, s in enumerate(self.geometry.stations):
                if min(s.width, s.height) <= 2.0 * self.geometry.wall:
                    raise FieldError(f"geometry.stations.{i}.width", "twice the wall leaves no room for the coolant")
        return self


class LayerStation(Document):
    """Thickness of a layer at a place."""

    x: Length
    thickness: Thickness


class Layer(Document):
    """What lies between gas and wall: a coating, an insert. Outside its stations there is none."""

    material: str
    stations: tuple[LayerStation, ...] = Field(min_length=2)


class Film(Document):
    """A film injected along the wall at ``x``. phase liquid: evaporates first, then cools as its vapour.

    conduction_efficiency: share of the film that stays at the wall as gas (Huzel and Huang, NASA SP-125, section 4.4,
    names 0.25 to 0.65); stated by the user, for there is no general value.
    """

    coolant: str
    phase: Literal["liquid", "gas"]
    mass_flow: Flow
    x: Length
    temperature: Temperature
    conduction_efficiency: Annotated[float, ratio(gt=0.0, le=1.0)]


class Extension(Document):
    """A nozzle extension cooled by radiation from its outer side, from ``begin`` to the contour's end."""

    begin: Length
    material: str
    emissivity: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None
    surroundings: Temperature = 3.0


class Cooling(Module, schema="osea/cooling/v1"):
    """How chamber and nozzle are cooled.

    gas_side: "bartz" (1957), or "reference enthalpy" (pipe flow at Eckert's reference enthalpy, driven by enthalpy).
    transport: of the hot gas, "bartz" (his estimates from molar mass and gamma, with which his 0.026 was found) or
    "cantera" (kinetic theory, mixture-averaged; hydrogen-rich gas then has a lower Prandtl number and gives more heat).
    yield_factor: on stress, against yield; NASA SP-8087, section 2.1.3, names 1.0 to 1.32.
    """

    circuits: tuple[Circuit, ...] = ()
    layers: tuple[Layer, ...] = ()
    film: Film | None = None
    extension: Extension | None = None
    gas_side: GasSide = "bartz"
    transport: Literal["bartz", "cantera"] = "bartz"
    throat_curvature_radius: Size | None = None
    yield_factor: Factor = 1.32

    @model_validator(mode="after")
    def _fits(self) -> Self:
        from .wall import wall_material

        if not self.circuits and self.extension is None:
            raise FieldError("circuits", "nothing is cooled: give a circuit or an extension")
        names: list[str] = []
        for i, c in enumerate(self.circuits):
            if c.name in names:
                raise FieldError(f"circuits.{i}.name", f"a second circuit '{c.name}'")
            if c.after is not None and c.after not in names:
                raise FieldError(f"circuits.{i}.after", f"no circuit before this one is called '{c.after}'")
            names.append(c.name)
        used = [(f"circuits.{i}.geometry.material", c.geometry.material) for i, c in enumerate(self.circuits)]
        used += [
            (f"circuits.{i}.geometry.jacket_material", c.geometry.jacket_material)
            for i, c in enumerate(self.circuits)
            if c.geometry.type == "channels"
        ]
        used += [(f"layers.{i}.material", layer.material) for i, layer in enumerate(self.layers)]
        if self.extension is not None:
            used.append(("extension.material", self.extension.material))
        for path, name in used:
            try:
                wall_material(name)
            except InputError as error:
                raise FieldError(path, error.message) from None
        return self
