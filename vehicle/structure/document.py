"""The rules by which a structure is sized and its margins counted."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError, Flag, Module
from ...core.quantity import SI, Density, Pressure, Ratio, ratio
from .materials import Material, find_material

Factor = Annotated[float, ratio(ge=1.0, le=4.0)]
Construction = Literal["monocoque", "stiffened"]


class Landing(Document):
    """A stage that lands on its legs. acceleration: sensed along the axis at touchdown, the dampers' stroke in it; propellant:
    share of the load that is left."""

    stage: str
    acceleration: Annotated[float, SI("m/s^2", ("3 g_0",), gt=0.0)]
    propellant: Annotated[float, ratio(ge=0.0, le=1.0)] = 0.0


class BulkheadRules(Document):
    """How a dome that two tanks share is built.

    sandwich: two equal faces of the tanks' material on a core with its density, modulus of shear and conductivity (unless given
    those of phenolic glass honeycomb, an estimate), bonded by adhesive, mass over area of each of two bonds; least_core: what
    insulation asks for. either_alone: whether it also holds with either tank at its largest pressure and no gas in the other, as
    after a leak or while one is filled; else what is kept up in the other counts.
    """

    construction: Literal["monocoque", "sandwich"] = "monocoque"
    either_alone: Flag = False
    core_density: Density = 72.0
    core_shear_modulus: Annotated[float, SI("Pa", ("60 MPa",), gt=0.0)] = 60e6
    core_conductivity: Annotated[float, SI("W/(m K)", ("0.05 W/(m K)",), gt=0.0)] = 0.05
    least_core: Annotated[float, SI("m", ("25 mm",), gt=0.0)] = 0.01
    adhesive: Annotated[float, SI("kg/m^2", ("0.4 kg/m^2",), ge=0.0)] = 0.4


class StructureRules(Module, schema="osea/structure/v1"):
    """Factors, materials and cases.

    ultimate_factor: on loads and pressures, against rupture and buckling (1.25 without, 1.4 with people aboard);
    yield_factor: against yield. tanks, shells: how walls of tanks, and of skirts, intertanks and interstages are built.
    ullage_pressure: over ambient, largest; lowest_pressure_share: of it that relieves buckling in flight; pad_pressure: that
    stands by on the pad. common_bulkheads: how domes that two tanks share are built. joint_share: mass of rings, welds and
    fittings over that of the walls.
    """

    ultimate_factor: Factor = 1.25
    yield_factor: Factor = 1.1
    material: str = "aluminium 2219-T87"
    shell_material: str | None = Field(default=None, description="of skirts, intertanks and interstages, if another")
    tanks: Construction = "monocoque"
    shells: Construction = "stiffened"
    ullage_pressure: Pressure = 3e5
    lowest_pressure_share: Annotated[float, ratio(ge=0.0, le=1.0)] = 0.8
    pad_pressure: Pressure = 0.0
    common_bulkheads: BulkheadRules = BulkheadRules()
    joint_share: Annotated[float, ratio(ge=0.0, le=2.0)] = 0.15
    pad_wind: Annotated[float, SI("m/s", ("20 m/s",), ge=0.0, le=100.0)] = 20.0
    dynamic_factor: Annotated[Ratio, Field(description="on the axial load at lift-off, for its transient")] = 1.0
    landing: tuple[Landing, ...] = ()

    @model_validator(mode="after")
    def _materials_known(self) -> Self:
        for field in ("material", "shell_material"):
            name = getattr(self, field)
            if name is None:
                continue
            try:
                find_material(name)
            except Exception as error:
                raise FieldError(field, str(error)) from None
        if self.dynamic_factor < 1.0:
            raise FieldError("dynamic_factor", "is below 1; a transient adds to the load")
        if self.yield_factor > self.ultimate_factor:
            raise FieldError("yield_factor", "is above the ultimate factor; exchange the two")
        return self

    @property
    def tank_material(self) -> Material:
        """Of tanks."""
        return find_material(self.material)

    @property
    def dry_material(self) -> Material:
        """Of skirts, intertanks and interstages."""
        return find_material(self.shell_material or self.material)
