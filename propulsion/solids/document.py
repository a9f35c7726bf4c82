"""The solid motor as a document: grain, propellant, nozzle, case."""

from math import pi, radians
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Module
from ...core.errors import InputError
from ...core.quantity import SI, Density, Pressure, SIRange, Temperature, ratio
from ..thermo.reactants import reactant
from .burnback import Section
from .outline import Outline, circle, finocyl, furthest, polygon, star

Size = Annotated[float, SI("m", ("66 mm",), gt=0.0, lt=100.0)]
Gap = Annotated[float, SI("m", ("3 mm",), ge=0.0, lt=100.0)]
Coordinate = Annotated[float, SI("m", ("12 mm",))]
Rate = Annotated[float, SI("m/s", ("8 mm/s",), gt=0.0, lt=1.0)]
Erosion = Annotated[float, SI("m/s", ("0.1 mm/s",), ge=0.0, lt=0.1)]
Opening = Annotated[float, SI("rad", ("70 deg",), gt=0.0, lt=pi)]
HalfAngle = Annotated[float, SI("rad", ("15 deg",), ge=0.0, lt=radians(45.0))]
CStar = Annotated[float, SI("m/s", ("1560 m/s",), gt=300.0, lt=3000.0)]
HeatCapacity = Annotated[float, SI("J/(kg*K)", ("2000 J/(kg*K)",), gt=0.0, lt=20000.0)]
Viscosity = Annotated[float, SI("Pa*s", ("90 uPa*s",), gt=0.0, lt=0.01)]
BurningEnds = Literal["neither", "aft", "both"]


class _Segment(Document):
    """What all segments share. count: equal ones in a row; gap: empty space before each; burning_ends: not inhibited."""

    length: Size
    outer_diameter: Size
    count: Annotated[Count, Field(le=200)] = 1
    gap: Gap = 0.0

    @property
    def burning(self) -> int:
        """How many ends burn."""
        return {"neither": 0, "aft": 1, "both": 2}[getattr(self, "burning_ends", "aft")]

    @property
    def fold(self) -> int:
        """How often the port repeats round the axis."""
        return 1

    def outline(self) -> Outline | None:
        """The port of the new grain; None when there is none."""
        raise NotImplementedError

    def section(self) -> Section | None:
        outline = self.outline()
        return None if outline is None else Section(outline, self.outer_diameter / 2.0, self.fold)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        try:
            outline = self.outline()
        except ValueError as error:
            raise FieldError("shape", str(error)) from None
        if outline is not None and furthest(outline) >= self.outer_diameter / 2.0 * (1.0 - 1e-9):
            raise FieldError("outer_diameter", "the port reaches the case: there is no web; enlarge the outer diameter")
        return self


class Bates(_Segment):
    """A round port; both ends burn."""

    shape: Literal["bates"]
    core_diameter: Size
    burning_ends: BurningEnds = "both"

    def outline(self) -> Outline:
        return circle(self.core_diameter / 2.0)


class Tube(_Segment):
    """A round port; the ends are bonded or inhibited unless said otherwise."""

    shape: Literal["tube"]
    core_diameter: Size
    burning_ends: BurningEnds = "neither"

    def outline(self) -> Outline:
        return circle(self.core_diameter / 2.0)


class Star(_Segment):
    """A star-shaped port: see outline.star. web: from the tips' fillets to the case; fillet: radius at the port's tips.

    opening: the full angle between the flanks of one point of propellant; fraction: of the sector that the flanks take.
    """

    shape: Literal["star"]
    points: Annotated[Count, Field(ge=3, le=40)]
    web: Size
    fillet: Gap = 0.0
    opening: Opening
    fraction: Annotated[float, ratio(gt=0.0, le=1.0)] = 1.0
    burning_ends: BurningEnds = "neither"

    @property
    def tip_radius(self) -> float:
        """Radius [m] of the centres of the tips' fillets."""
        return self.outer_diameter / 2.0 - self.web - self.fillet

    @property
    def fold(self) -> int:
        return self.points

    def outline(self) -> Outline:
        if self.tip_radius <= 0.0:
            raise FieldError("web", "web and fillet leave no port; make them smaller")
        return star(self.points, self.tip_radius, self.opening, self.fraction)


class Finocyl(_Segment):
    """A round core with slots. fin_length: from the core's circle to the tip."""

    shape: Literal["finocyl"]
    core_diameter: Size
    fins: Annotated[Count, Field(ge=2, le=40)]
    fin_width: Size
    fin_length: Size
    tips: Literal["square", "round"] = "square"
    burning_ends: BurningEnds = "neither"

    @property
    def fold(self) -> int:
        return self.fins

    def outline(self) -> Outline:
        core = self.core_diameter / 2.0
        return finocyl(core, self.fins, self.fin_width, core + self.fin_length, self.tips == "round")


class EndBurner(_Segment):
    """A full cylinder that burns from its aft end."""

    shape: Literal["end burner"]

    def outline(self) -> None:
        return None


class Polygon(_Segment):
    """Any port with straight sides; points [x, y] from the motor's axis, round the port."""

    shape: Literal["polygon"]
    points: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Field(min_length=3, max_length=400)]
    burning_ends: BurningEnds = "neither"

    def outline(self) -> Outline:
        if len(set(self.points)) < len(self.points):
            raise FieldError("points", "a point stands twice; leave the closing one out")
        return polygon(self.points)


Segment = Annotated[Bates | Tube | Star | Finocyl | EndBurner | Polygon, Field(discriminator="shape")]


class BurnRate(Document):
    """r = rate · (p/at)^exponent within a range of pressures (the law of Saint-Robert and Vieille)."""

    rate: Rate
    at: Pressure
    exponent: Annotated[float, ratio(gt=-1.0)]
    pressures: Annotated[tuple[float, float], SIRange("Pa", ("2..10 MPa",), ge=0.0)] | None = None


class Gas(Document):
    """What the propellant becomes, given. condensed: mass of condensed products over that of all, for the two-phase loss."""

    c_star: CStar
    gamma: Annotated[float, ratio(gt=1.0, lt=1.7)]
    condensed: Annotated[float, ratio(ge=0.0, lt=1.0)] | None = None


class Ingredient(Document):
    """A part of the propellant by mass: a propellant of the file, a species of the library, or by formula and enthalpy."""

    name: str = Field(min_length=1)
    share: Annotated[float, ratio(gt=0.0, le=1.0)]
    formula: str | None = None
    enthalpy: Annotated[float, SI("J/mol", ("-12 kJ/mol",))] | None = None


class ErosiveBurning(Document):
    """What the heat that passing gas gives to the propellant depends on: see `erosive`. gas_viscosity, prandtl, c_p: of the
    combustion gas; surface_temperature: of the burning propellant; beta: how strongly the own gas keeps the flow off the wall
    (53 by Lenoir and Robillard).
    """

    gas_temperature: Temperature
    gas_heat_capacity: HeatCapacity
    gas_viscosity: Viscosity
    prandtl: Annotated[float, ratio(gt=0.05, lt=10.0)]
    solid_heat_capacity: HeatCapacity
    surface_temperature: Temperature
    beta: Annotated[float, ratio(ge=0.0, lt=1000.0)] = 53.0

    @model_validator(mode="after")
    def _hotter(self) -> Self:
        if self.gas_temperature <= self.surface_temperature:
            raise FieldError("gas_temperature", "not above the surface's: the gas must be the hotter one")
        return self


class SolidPropellant(Document):
    """gas, or composition for the equilibrium solver; c_star_efficiency: delivered over theoretical.

    erosive: the burning rate's rise by passing gas; left out: none is computed (a finding says when it is to be feared).
    """

    name: str = Field(min_length=1)
    density: Density
    burn_rate: Annotated[tuple[BurnRate, ...], Field(min_length=1)]
    temperature_sensitivity: Annotated[float, SI("1/K", ("0.0014 1/K",), ge=0.0, lt=0.05)] = 0.0
    reference_temperature: Temperature = 294.26
    gas: Gas | None = None
    composition: tuple[Ingredient, ...] = ()
    c_star_efficiency: Annotated[float, ratio(gt=0.5, le=1.0)] = 1.0
    erosive: ErosiveBurning | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.gas is None) == (not self.composition):
            raise FieldError("gas", "give either gas (c_star, gamma) or composition")
        for i, part in enumerate(self.composition):
            try:
                reactant(part.name, formula=part.formula, enthalpy=part.enthalpy)
            except InputError as error:
                raise FieldError(f"composition.{i}.name", error.message) from None
        total = sum(p.share for p in self.composition)
        if self.composition and abs(total - 1.0) > 1e-3:
            raise FieldError("composition", f"the shares add up to {100 * total:g} %, not 100 %")
        if len(self.burn_rate) > 1:
            for i, law in enumerate(self.burn_rate):
                if law.pressures is None:
                    raise FieldError(f"burn_rate.{i}.pressures", "with several laws each needs its range of pressures")
                if i and law.pressures[0] != self.burn_rate[i - 1].pressures[1]:  # type: ignore[index]
                    raise FieldError(f"burn_rate.{i}.pressures", "the ranges must ascend and join each other")
        for i, law in enumerate(self.burn_rate):
            if law.at <= 0.0:
                raise FieldError(f"burn_rate.{i}.at", "the pressure of the stated rate must be above zero")
        return self


class SolidNozzle(Document):
    """erosion_rate: growth of the throat's radius; efficiency: of thrust, beside divergence, in place of the correlations."""

    throat_diameter: Size
    exit_diameter: Size
    half_angle: HalfAngle
    erosion_rate: Erosion = 0.0
    efficiency: Annotated[float, ratio(gt=0.5, le=1.0)] | None = None

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.exit_diameter < self.throat_diameter:
            raise FieldError("exit_diameter", "smaller than the throat; a nozzle opens")
        return self


class PublishedMotor(Document):
    """What others state or measured, for comparison."""

    total_impulse: Annotated[float, SI("N*s", ("76 kN*s",), gt=0.0)] | None = None
    burn_time: Annotated[float, SI("s", ("8.1 s",), gt=0.0)] | None = None
    peak_pressure: Pressure | None = None
    peak_thrust: Annotated[float, SI("N", ("12 kN",), gt=0.0)] | None = None
    propellant_mass: Annotated[float, SI("kg", ("33 kg",), gt=0.0)] | None = None


class SolidMotor(Module, schema="osea/solid-motor/v1"):
    """A solid motor; grain: segments from the head end. Thrust at the ambient pressure is given beside that in vacuum.

    meop: the highest pressure that the case is made for; inert_mass: all but propellant; free_volume: beside port and gaps.
    ballistics: transient solves the chamber's filling and emptying, quasi-steady leaves them out.
    """

    grain: Annotated[tuple[Segment, ...], Field(min_length=1, max_length=50)]
    propellant: SolidPropellant
    nozzle: SolidNozzle
    temperature: Temperature = 294.26
    ambient_pressure: Pressure = 101325.0
    free_volume: Annotated[float, SI("m^3", ("1 L",), ge=0.0)] = 0.0
    meop: Pressure | None = None
    inert_mass: Annotated[float, SI("kg", ("12 kg",), gt=0.0)] | None = None
    diameter: Size | None = None
    length: Size | None = None
    manufacturer: str = ""
    designation: str = ""
    ballistics: Literal["transient", "quasi-steady"] = "transient"
    published: PublishedMotor = PublishedMotor()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        port = self.grain[-1].section()
        throat = pi * self.nozzle.throat_diameter**2 / 4.0
        if port is not None:
            offset = getattr(self.grain[-1], "fillet", 0.0)
            area = port.measure(offset)[1]
            if area < throat:
                text = (
                    f"the throat ({1e6 * throat:.4g} mm²) is larger than the port of the last segment ({1e6 * area:.4g} mm²): "
                    "the flow would choke in the grain; make the throat smaller or the aft port larger"
                )
                raise FieldError("nozzle.throat_diameter", text)
        erosive = self.propellant.erosive
        if erosive is not None and self.ballistics != "transient":
            raise FieldError(
                "ballistics", "erosive burning needs 'transient': every part of the grain burns at its own rate"
            )
        if erosive is not None and erosive.surface_temperature <= self.temperature:
            raise FieldError("propellant.erosive.surface_temperature", "not above the grain's temperature")
        return self
