"""The engine as a document: what is stated about it, by whom, and which losses are taken for it."""

from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from ..core.documents import Count, Document, FieldError, Grade
from ..core.errors import InputError
from ..core.modules import Part
from ..core.quantity import SI, ratio
from .propellants import Propellant, find_propellant

Cycle = Literal[
    "pressure-fed",
    "gas generator",
    "tap-off",
    "expander",
    "expander bleed",
    "fuel-rich staged combustion",
    "oxidizer-rich staged combustion",
    "full-flow staged combustion",
    "electric pump",
]
# In these the gas that drove the turbine does not pass the throat.
OPEN_CYCLES = ("gas generator", "tap-off", "expander bleed")

SpecificImpulse = Annotated[float, SI("s", ("311 s",), gt=0.0, lt=1000.0)]
Thrust = Annotated[float, SI("N", ("845 kN",), gt=0.0)]
ChamberPressure = Annotated[float, SI("Pa", ("97 bar",), gt=0.0)]
Ramp = Annotated[float, SI("s", ("1.5 s",), ge=0.0)]


class Loss(Document):
    """One factor by which the real engine falls short of the ideal one, and where the figure is from."""

    name: str = Field(min_length=1)
    factor: Annotated[float, ratio(gt=0.0, le=1.0)]
    on: Literal["c_star", "thrust_coefficient", "isp"]
    grade: Grade
    citation: str = Field(min_length=3)


class TurbineExhaust(Document):
    """The gas of an open cycle that leaves beside the main nozzle."""

    flow_fraction: Annotated[float, ratio(gt=0.0, lt=0.5)] = Field(description="of the engine's whole mass flow")
    isp_vacuum: SpecificImpulse
    grade: Grade
    citation: str = Field(min_length=3)


class Published(Document):
    """What its maker or others state about the engine's performance."""

    isp_vacuum: SpecificImpulse | None = None
    isp_sea_level: SpecificImpulse | None = None
    thrust_sea_level: Thrust | None = None


class Engine(Part, schema="osea/engine/v1"):
    """One liquid rocket engine. Thrust and mass flow are rated, in vacuum, at full chamber pressure.

    basis: the vacuum specific impulse that the vehicle flies with is the published one, or the ideal one times losses.
    use: an engine for vacuum only is not checked at sea level. throttle_min: of rated chamber pressure, 1 = fixed.
    ignitions: how often it can start, in all. None anywhere means that it is not known, and is reported so.
    """

    cycle: Cycle
    oxidizer: str
    fuel: str
    oxidizer_fuel_ratio: Annotated[float, ratio(ge=0.05, le=500.0)]
    chamber_pressure: ChamberPressure
    area_ratio: Annotated[float, ratio(ge=1.0, le=1000.0)]
    thrust_vacuum: Thrust
    use: Literal["sea level", "vacuum"]
    basis: Literal["published", "predicted"]
    losses: tuple[Loss, ...] = ()
    turbine_exhaust: TurbineExhaust | None = None
    published: Published = Published()
    mass: Annotated[float, SI("kg", ("470 kg",), gt=0.0)] | None = None
    throttle_min: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None
    ignitions: Count | None = None
    gimbal: Annotated[float, SI("rad", ("5 deg",), ge=0.0, lt=0.8)] | None = None
    start_ramp: Ramp | None = None
    shutdown_ramp: Ramp | None = None
    length: Annotated[float, SI("m", ("2.9 m",), gt=0.0)] | None = None
    exit_diameter: Annotated[float, SI("m", ("0.92 m",), gt=0.0)] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for field in ("oxidizer", "fuel"):
            try:
                find_propellant(getattr(self, field), field).molar_mass  # noqa: B018 - raises when not covered
            except InputError as error:
                raise FieldError(field, error.message) from None
        if not 1e3 <= self.chamber_pressure <= 1e8:
            bar = self.chamber_pressure / 1e5
            raise FieldError("chamber_pressure", f"{bar:g} bar is outside 0.01 to 1000 bar; is the unit right?")
        if self.basis == "published" and self.published.isp_vacuum is None:
            raise FieldError(
                "basis", "'published' needs published.isp_vacuum; give it, or write 'basis: predicted' with losses"
            )
        if self.turbine_exhaust and self.cycle not in OPEN_CYCLES:
            raise FieldError(
                "turbine_exhaust", f"an engine of the cycle '{self.cycle}' has none: all its flow passes the throat"
            )
        return self

    @property
    def oxidizer_propellant(self) -> Propellant:
        return find_propellant(self.oxidizer, "oxidizer", where=self.where("oxidizer"))

    @property
    def fuel_propellant(self) -> Propellant:
        return find_propellant(self.fuel, "fuel", where=self.where("fuel"))


CYCLES: tuple[str, ...] = get_args(Cycle)
