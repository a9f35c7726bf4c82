"""Documents of the cost model: coefficients with their ranges, prices of a country and a year, and what a study chooses."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Count, Document, FieldError, Integer, Module
from ...core.quantity import SI, ratio

Positive = Annotated[float, ratio(gt=0.0)]
Share = Annotated[float, ratio(ge=0.0, le=1.0)]
PersonYears = Annotated[float, SI("person_year", ("2 person_year (triangular 1..3 person_year)",), ge=0.0)]
Yuan = Annotated[float, SI("CNY", ("0.9 MCNY (triangular 0.6..1.4 MCNY)",), ge=0.0)]
YuanPerKilogram = Annotated[float, SI("CNY/kg", ("30000 CNY/kg",), ge=0.0)]
Relation = tuple[Positive, Positive]


class ElementClass(Document):
    """A class of elements: (a, x) of a M^x, for its development and for its first unit [person-years, kg]."""

    name: str
    development: Relation
    production: Relation


class Refurbishment(Document):
    """Cost of making a unit ready to fly again, over the cost of its first unit (f5)."""

    stage: Share
    engine: Share
    fairing: Share


class Factors(Document):
    """Factors that multiply what the masses give; TRANSCOST's names in brackets."""

    development_integration: Positive = Field(description="f0 of development, a stage")
    production_integration: Positive = Field(description="f0 of production, a stage")
    development_standard: Positive = Field(description="f1: 0.4 a variant, 1 customary, 1.4 the first of its kind")
    team_experience: Positive = Field(description="f3")
    refurbishment: Refurbishment
    schedule: Positive = Field(description="f6: cost of leaving the best schedule")
    subcontracting: Positive = Field(description="f9")
    cost_engineering: Positive = Field(description="f10")
    commercial: Positive = Field(description="f11: 1 for a government customer")
    learning: Annotated[float, ratio(gt=0.5, le=1.0)]
    operations_learning: Annotated[float, ratio(gt=0.5, le=1.0)]
    insurance: PersonYears = Field(description="of third parties, a launch")
    downrange_logistics: PersonYears = Field(description="of one recovery, beside the ship's work")
    launch_site_logistics: PersonYears = Field(description="of one recovery at the launch site")
    profit: Share = Field(description="on all costs but development")


class Country(Document):
    """Productivity f8: person-years there for one in the United States."""

    name: str
    productivity: Positive


class Indirect(Document):
    """Indirect cost of a launch [person-years] at 1, 2, … launches a year."""

    name: str
    cost: tuple[Positive, ...] = Field(min_length=2)


class CostCoefficients(Module, schema="osea/cost-coefficients/v1"):
    """The relations' coefficients."""

    elements: tuple[ElementClass, ...] = Field(min_length=1)
    factors: Factors
    countries: tuple[Country, ...] = Field(min_length=1)
    indirect: tuple[Indirect, ...] = Field(min_length=1)
    indirect_growth: Annotated[float, ratio(ge=0.0, le=1.0)]

    def element(self, name: str) -> ElementClass:
        """The class of that name. Raises KeyError naming the known ones."""
        return _named(self.elements, name)


class PropellantPrice(Document):
    """losses: boiled off and spilt, over what is loaded."""

    name: str
    price: YuanPerKilogram
    losses: Annotated[float, ratio(ge=0.0)] = 0.0


class CostPrices(Module, schema="osea/cost-prices/v1"):
    """What things cost in a country, in yuan of a year; dollars by the rate, whose source stands with it."""

    country: str
    year: Annotated[int, Field(strict=True, ge=1950, le=2200)]
    person_year: Yuan
    yuan_per_dollar: Annotated[float, SI("CNY/USD", ("7.12 CNY/USD",), gt=0.0)]
    propellants: tuple[PropellantPrice, ...] = ()


class Development(Document):
    """What of the development the launches carry. share: of it; launches: among how many; firings: to qualify an engine."""

    share: Share = 1.0
    launches: Count | None = Field(default=None, description="left out: those of the programme")
    engine_firings: Annotated[float, ratio(gt=1.0)] = 500.0


class EarlierUnits(Document):
    """Units built before the first one that is counted here: where their learning begins."""

    booster: Annotated[Integer, Field(ge=0)] = 0
    upper: Annotated[Integer, Field(ge=0)] = 0
    fairing: Annotated[Integer, Field(ge=0)] = 0


class Investment(Document):
    """Something built once that the launches wear out: a pad, a ship, a factory. Charged evenly over its life, without interest.

    number: of such things; where more launches a year are asked for than the study's, it grows with them.
    """

    name: str = Field(min_length=1)
    cost: Yuan = Field(description="of one")
    number: Count = 1
    life: Annotated[float, SI("s", ("20 year (triangular 10..30 year)",), gt=0.0)]
    for_recovery: bool = Field(default=False, strict=True, description="needed only where boosters come back")


class Replaced(Document):
    """A factor of the coefficients that a study states anew, by its name (``refurbishment.stage``)."""

    factor: str
    value: Annotated[float, ratio(ge=0.0)]
    source: str = Field(min_length=3)


class CostRules(Document):
    """What a study chooses within the relations."""

    provider: str = "integrated company"
    engines: Literal["modern engine", "storable or kerosene engine", "pressure-fed engine"] = Field(
        default="modern engine", description="class of engines that burn no hydrogen"
    )
    assembly: Literal["on the pad", "upright, rolled out", "horizontal"] = "horizontal"
    government: bool = Field(default=False, strict=True, description="a government customer: f11 is 1")
    development: Development | None = None
    earlier_units: EarlierUnits = EarlierUnits()
    earlier_launches: Annotated[Integer, Field(ge=0)] = 0
    fees: Yuan = Field(default=0.0, description="of the range, a launch")
    payload_value: Yuan = Field(default=0.0, description="insured, a launch; 0: the customer insures it")
    payload_premium: Share = Field(default=0.0, description="over the insured value")
    replace: tuple[Replaced, ...] = ()
    investments: tuple[Investment, ...] = ()

    @model_validator(mode="after")
    def _premium_of_a_value(self) -> Self:
        if self.payload_premium > 0.0 and self.payload_value == 0.0:
            raise FieldError("payload_premium", "a premium of what value? give payload_value, or leave both out")
        return self


def _named(items, name: str):
    for item in items:
        if item.name == name:
            return item
    raise KeyError(f"'{name}'; known: {', '.join(i.name for i in items)}")
