"""What a trade varies, what it looks for, and what it must not exceed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError
from ...core.quantity import SI, Pressure, Temperature, ratio
from ..engine import ChamberPressure

Points = Annotated[int, Field(strict=True, ge=2, le=41)]
Size = Annotated[float, SI("m", ("1.2 m",), gt=0.0)]
Ratio = Annotated[float, ratio(gt=0.0, le=1000.0)]
Objective = Literal["vacuum specific impulse", "thrust to weight"]


class PressureSpan(Document):
    """Chamber pressures, equally spaced."""

    lowest: ChamberPressure
    highest: ChamberPressure
    points: Points = 7

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if not self.lowest < self.highest:
            raise FieldError("highest", "the span's highest pressure is not above its lowest")
        return self


class RatioSpan(Document):
    """Mixture or area ratios, equally spaced."""

    lowest: Ratio
    highest: Ratio
    points: Points = 7

    @model_validator(mode="after")
    def _ascends(self) -> Self:
        if not self.lowest < self.highest:
            raise FieldError("highest", "the span's highest value is not above its lowest")
        return self


class Limits(Document):
    """What a point must not exceed. turbine_temperature: of the hottest turbine's inlet; pump_pressure: behind any pump."""

    exit_diameter: Size | None = None
    turbine_temperature: Temperature | None = None
    pump_pressure: Pressure | None = None


class Trade(Document):
    """Spans over which the cycle is balanced again; what has none keeps its design value.

    Pressure drops, pressures behind pumps and in burners go in proportion to the chamber pressure, heat of the jackets with
    pc^-0.1 at one thrust (Bartz 1957: coefficient as pc^0.8 D^-0.2, area as D², D² as 1/pc); tanks, efficiencies,
    temperatures, shares, burners' mixture ratios and the losses stay. mass_relation: the name of one of the mass relations.
    """

    chamber_pressure: PressureSpan | None = None
    oxidizer_fuel_ratio: RatioSpan | None = None
    area_ratio: RatioSpan | None = None
    objective: Objective = "vacuum specific impulse"
    limits: Limits = Limits()
    mass_relation: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.chamber_pressure is None and self.oxidizer_fuel_ratio is None and self.area_ratio is None:
            raise FieldError(
                "chamber_pressure", "nothing is varied; give chamber_pressure, oxidizer_fuel_ratio or area_ratio"
            )
        if self.chamber_pressure is not None and self.chamber_pressure.lowest < 1e3:
            raise FieldError("chamber_pressure.lowest", "below 0.01 bar; is the unit right?")
        if self.chamber_pressure is not None and self.chamber_pressure.highest > 1e8:
            raise FieldError("chamber_pressure.highest", "above 1000 bar; is the unit right?")
        if self.area_ratio is not None and self.area_ratio.lowest < 1.05:
            raise FieldError("area_ratio.lowest", "an area ratio below 1.05 is no nozzle")
        if self.oxidizer_fuel_ratio is not None and self.oxidizer_fuel_ratio.lowest < 0.05:
            raise FieldError("oxidizer_fuel_ratio.lowest", "a mixture ratio below 0.05 is no mixture")
        if self.mass_relation is not None:
            from ..engine_mass import mass_relations

            names = [r.name for r in mass_relations().relations]
            if self.mass_relation not in names:
                raise FieldError("mass_relation", f"no relation '{self.mass_relation}'; known: {'; '.join(names)}")
        return self
