"""What a programme of launches costs, from what it used: units built, flown and made ready again, at its yearly rate."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from ...core.documents import load_document
from ...core.errors import InputError
from ...core.results import Result, Unit
from ...core.variant import with_fields
from . import relations
from .document import CostCoefficients, CostPrices, CostRules
from .drawing import Drawing
from .elements import CostedVehicle, same_propellant

YEAR = 365.25 * 86400.0  # s
DATA = Path(__file__).parent / "data"
CATEGORIES = (
    "boosters built", "upper stages", "fairings", "refurbishment", "recovery", "ground operations", "mission operations",
    "propellant", "indirect", "insurance and fees", "pads, ships, factories", "development", "profit",
)  # fmt: skip
_ASSEMBLY = {"on the pad": 1.0, "upright, rolled out": 0.7, "horizontal": 0.5}
LOW, HIGH = 0.1, 0.9
"""Quantiles of the draws that are called low and high."""


@cache
def transcost() -> CostCoefficients:
    """The coefficients that come with the program."""
    return load_document(CostCoefficients, DATA / "transcost.yaml")


@cache
def prices(name: str) -> CostPrices:
    """Prices that come with the program: ``china_2024``, ``united_states_2018``."""
    return load_document(CostPrices, DATA / f"prices_{name}.yaml")


@dataclass(frozen=True)
class Usage:
    """What a programme used. launches: flown; rate: a year; recoveries: tried at sea or at the launch site.

    boosters, uppers, fairings: built; reflown: boosters made ready again; fairings_reflown: likewise.
    """

    launches: int
    rate: float
    boosters: int
    uppers: int
    fairings: int
    reflown: int = 0
    fairings_reflown: int = 0
    sea_recoveries: int = 0
    site_recoveries: int = 0

    @classmethod
    def steady(
        cls, launches: int, rate: float, *, flights: float = 1, mode: str = "expend", fairing_flights: float = 1
    ) -> "Usage":
        """Without losses, every booster flying *flights* times: the least that the programme can use."""
        boosters, fairings = int(np.ceil(launches / flights)), int(np.ceil(launches / fairing_flights))
        back = 0 if mode == "expend" else launches - (boosters if flights == 1 else 0)
        return cls(
            launches, rate, boosters, launches, fairings, launches - boosters, launches - fairings,
            sea_recoveries=back if mode not in ("expend", "rtls") else 0, site_recoveries=back if mode == "rtls" else 0,
        )  # fmt: skip


@dataclass(frozen=True)
class CostModel:
    """A vehicle with the rules, coefficients and prices that it is costed by."""

    vehicle: CostedVehicle
    rules: CostRules
    coefficients: CostCoefficients
    prices: CostPrices

    @classmethod
    def of(
        cls,
        vehicle: CostedVehicle,
        rules: CostRules,
        money: CostPrices,
        coefficients: CostCoefficients | None = None,
    ) -> "CostModel":
        """With the factors that the rules replace. Raises InputError for a factor or a provider that does not exist."""
        table = coefficients or transcost()
        for i, new in enumerate(rules.replace):
            try:
                table = with_fields(table, {f"factors.{new.factor}": new.value})
            except InputError as error:
                raise InputError(error.message, where=rules.where(f"replace.{i}.factor")) from None
        for field, known, name in (
            ("provider", table.indirect, rules.provider),
            ("country", table.countries, money.country),
        ):
            if name not in (item.name for item in known):
                where = rules.where(field) if field == "provider" else money.where(field)
                options = ", ".join(item.name for item in known)
                raise InputError(f"there is no {field} '{name}'; known: {options}", where=where)
        classes = [e.name for e in table.elements]
        for e in vehicle.elements:
            if e.kind not in classes:
                raise InputError(
                    f"'{table.name}' has no class '{e.kind}', which '{e.name}' is of; add it to 'elements'",
                    where=table.where("elements"),
                )
        return cls(vehicle, rules, table, money)

    def drawing(self, count: int = 1, seed: int = 1, pinned: dict[str, float] | None = None, *more: Any) -> Drawing:
        """Values of all figures that carry a range; see `Drawing`."""
        return Drawing(self.coefficients, self.prices, self.rules, *more, count=count, seed=seed, pinned=pinned)

    @property
    def country(self) -> float:
        """Productivity f8."""
        return next(c.productivity for c in self.coefficients.countries if c.name == self.prices.country)

    def _system(self, draw: Drawing) -> Any:
        """f8 f10 f11: what every element's cost is multiplied by."""
        f = self.coefficients.factors
        return self.country * draw(f.cost_engineering) * (1.0 if self.rules.government else draw(f.commercial))

    def first_unit(self, unit: str, part: str | None, draw: Drawing) -> Any:
        """Cost [person-years] of the first units of a unit's elements (of one part, or of all), without integration."""
        total = 0.0
        for e in self.vehicle.elements:
            if e.unit == unit and part in (None, e.part):
                a, x = self.coefficients.element(e.kind).production
                total = total + e.count * relations.by_mass(draw(a), draw(x), e.mass)
        return total * self._system(draw)

    def production(self, unit: str, count: int, draw: Drawing) -> Any:
        """Cost [person-years] of *count* units after the earlier ones: each element with its own learning, and integration."""
        f, before = self.coefficients.factors, getattr(self.rules.earlier_units, unit)
        p, total = draw(f.learning), 0.0
        for e in self.vehicle.elements:
            if e.unit == unit:
                a, x = self.coefficients.element(e.kind).production
                learned = relations.learning_sum(before * e.count, count * e.count, p)
                total = total + relations.by_mass(draw(a), draw(x), e.mass) * learned
        integration = draw(f.production_integration) ** self.vehicle.stages * draw(f.subcontracting)
        return total * integration * self._system(draw)

    def development(self, draw: Drawing) -> Any:
        """Cost [person-years] of the whole development, of which the rules take a share."""
        f, total = self.coefficients.factors, 0.0
        firings = self.rules.development.engine_firings if self.rules.development else 500.0
        done: set[tuple[str, float]] = set()
        for e in self.vehicle.elements:
            if (e.kind, e.mass) in done:  # one design
                continue
            done.add((e.kind, e.mass))
            a, x = self.coefficients.element(e.kind).development
            quality = relations.qualification(draw(firings)) if e.part == "engine" and "pressure" not in e.kind else 1.0
            total = total + relations.by_mass(draw(a), draw(x), e.mass) * quality
        factors = draw(f.development_standard) * draw(f.team_experience) * draw(f.schedule)
        return total * factors * draw(f.development_integration) ** self.vehicle.stages * self._system(draw)

    def costs(self, use: Usage, draw: Drawing) -> dict[str, Any]:
        """Cost [CNY of the prices' year] of the whole programme by category; floats, or (n,) for n draws."""
        f, rules, launches = self.coefficients.factors, self.rules, use.launches
        commercial = 1.0 if rules.government else draw(f.commercial)
        years = {
            "boosters built": self.production("booster", use.boosters, draw),
            "upper stages": self.production("upper", use.uppers, draw),
            "fairings": self.production("fairing", use.fairings, draw),
        }
        back = f.refurbishment
        years["refurbishment"] = use.reflown * (
            draw(back.stage) * self.first_unit("booster", "stage", draw)
            + draw(back.engine) * self.first_unit("booster", "engine", draw)
        ) + use.fairings_reflown * draw(back.fairing) * self.first_unit("fairing", None, draw)
        rate = np.maximum(use.rate, relations.FEWEST_LAUNCHES)
        recoveries = use.sea_recoveries * use.rate / launches
        at_sea = relations.sea_recovery(self.vehicle.booster_dry_mass, max(recoveries, 1.0))
        years["recovery"] = (
            use.sea_recoveries * (at_sea * self.country * commercial + draw(f.downrange_logistics))
            + use.site_recoveries * draw(f.launch_site_logistics)
        )  # fmt: skip
        again = use.reflown > 0
        known = relations.learning_sum(rules.earlier_launches, launches, draw(f.operations_learning))
        ground = relations.ground_operations(
            self.vehicle.liftoff_mass, rate, self.vehicle.stages, self._automation(again), _ASSEMBLY[rules.assembly]
        )
        years["ground operations"] = ground * known * self.country * commercial
        quality = 0.4 * (self.vehicle.stages - 1) + (1.0 if again else 0.4)
        years["mission operations"] = relations.mission_operations(quality, rate) * known * self.country
        years["propellant"] = 0.0
        table = next(i.cost for i in self.coefficients.indirect if i.name == rules.provider)
        share = relations.indirect(np.array(table), use.rate, draw(self.coefficients.indirect_growth))
        years["indirect"] = launches * share * self.country
        years["insurance and fees"] = launches * draw(f.insurance)
        years["development"] = 0.0
        if rules.development is not None:
            part = launches / (rules.development.launches or launches)
            years["development"] = draw(rules.development.share) * part * self.development(draw)
        yuan = {name: cost * draw(self.prices.person_year) for name, cost in years.items()}
        yuan["propellant"] = launches * self.propellant(draw)
        insured = draw(rules.payload_value) * draw(rules.payload_premium)
        yuan["insurance and fees"] = yuan["insurance and fees"] + launches * (draw(rules.fees) + insured)
        yuan["pads, ships, factories"] = (
            launches
            / use.rate
            * YEAR
            * sum(
                i.number * draw(i.cost) / draw(i.life)
                for i in rules.investments
                if not i.for_recovery or use.sea_recoveries + use.site_recoveries > 0
            )
        )
        yuan["profit"] = draw(f.profit) * sum(cost for name, cost in yuan.items() if name != "development")
        return yuan

    def _automation(self, again: bool) -> float:
        """fv of ground operations: a reused vehicle is checked by machines; hydrogen is the costly one of those thrown away."""
        if again:
            return 0.7
        return 1.0 if any("hydrogen" in e.kind for e in self.vehicle.elements) else 0.8

    def propellant(self, draw: Drawing) -> Any:
        """Cost [CNY] of one load, losses included. Raises InputError for a propellant without a price."""
        total = 0.0
        for name, mass in self.vehicle.propellants:
            price = next((p for p in self.prices.propellants if same_propellant(p.name, name)), None)
            if price is None:
                raise InputError(f"'{self.prices.name}' has no price for {name}; add it", where=self.prices.where())
            total = total + mass * draw(price.price) * (1.0 + draw(price.losses))
        return total


@dataclass(frozen=True, kw_only=True)
class Range(Result):
    """low, high: 10 and 90 % of the draws; likely: with every figure at its likely value."""

    low: float
    likely: float
    high: float

    @classmethod
    def of(cls, draws: Any) -> "Range":
        """Of draws (n,), the first of which is the likely one; of a float, itself."""
        values = np.atleast_1d(np.asarray(draws, float))
        rest = values[1:] if len(values) > 1 else values
        low, high = (float(q) for q in np.quantile(rest, (LOW, HIGH)))
        return cls(low=min(low, float(values[0])), likely=float(values[0]), high=max(high, float(values[0])))

    def scaled(self, factor: float) -> "Range":
        """The same times a positive number."""
        return replace(self, low=self.low * factor, likely=self.likely * factor, high=self.high * factor)


@dataclass(frozen=True, kw_only=True)
class PricePerKilogram(Result):
    """A price with all that makes it comparable with another; yuan and dollars of *price_year* at the rate stated."""

    yuan: Range
    dollars: Range
    denominator: str
    denominator_mass: Annotated[float, Unit("kg")]
    orbit: str
    recovery_mode: str
    flight_number: str
    price_year: int
    rate: float
    rate_source: str


def price_per_kilogram(
    total: Any,
    launches: float,
    payload: Any,
    money: CostPrices,
    *,
    denominator: str,
    orbit: str,
    mode: str,
    flight: str,
) -> PricePerKilogram:
    """total [CNY] of all launches, over *launches* times *payload* [kg]; both may be draws."""
    likely = float(np.atleast_1d(payload)[0])
    yuan = Range.of(total / (launches * payload))
    return PricePerKilogram(
        yuan=yuan,
        dollars=yuan.scaled(1.0 / money.yuan_per_dollar),
        denominator=denominator,
        denominator_mass=likely,
        orbit=orbit,
        recovery_mode=mode,
        flight_number=flight,
        price_year=money.year,
        rate=money.yuan_per_dollar,
        rate_source=next((s.citation for s in money.sources if "yuan_per_dollar" in s.fields), "not stated"),
    )
