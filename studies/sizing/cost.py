"""Cost of a flight for trade-offs between sizes: production with learning, refurbishment, propellant and ground operations.

After TRANSCOST 8.2 (see data/cost.yaml); development, range, insurance and profit are not in it. It compares sizes of one kind of
vehicle with one another and predicts no price.
"""

from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml

from ...core.errors import InputError
from ...core.results import Result, Unit
from ...propulsion.propellants import find_propellant

if TYPE_CHECKING:
    from .point import Point, SizingModel


@cache
def cost_data() -> dict[str, Any]:
    """The coefficients."""
    return yaml.safe_load((Path(__file__).parent / "data" / "cost.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class FlightCost(Result):
    """Of one flight, in million dollars of 2018; by element: (name, what, amount)."""

    elements: tuple[tuple[str, str, float], ...]
    total: Annotated[float, Unit("M$")]


def learned(first: float, number: float) -> float:
    """Mean cost over a production of *number*: first unit times N^b/(1 + b), b = ln p / ln 2 (integral of Wright's curve)."""
    exponent = log(cost_data()["learning"]) / log(2.0)
    return first * number**exponent / (1 + exponent)


def cost_per_flight(model: "SizingModel", point: "Point") -> FlightCost:
    """The cost of one flight of a point."""
    data, rules = cost_data(), model.rules
    dollars, elements = data["million_dollars_per_person_year"], []
    gross, dry = model.masses(point)
    counts = {s.name: 1 for s in model.vehicle.stages} | {g.stage.name: g.count for g in model.vehicle.boosters}
    system = data["system_factor"] ** len(model.vehicle.stages) * data["cost_engineering"] * data["commercial"]
    for stage in model.stages:
        size, number = point.sizes[stage.name], counts[stage.name]
        way, built = size.recovery, rules.production / size.recovery.flights
        share = 1 / way.flights + way.refurbishment * (1 - 1 / way.flights)
        if stage.motor is not None:
            a, x = data["solid"]
            year = learned(a * (gross[stage.name]) ** x, max(built * number, 1.0)) * number
        else:
            kind = "hydrogen" if _hydrogen(stage) else "other"
            engines = model.plans[stage.name].engine_mass * size.scale if stage.name in model.plans else 0.0
            a, x = data["stage"][kind]
            year = learned(a * (dry[stage.name] - engines * size.count) ** x, max(built * number, 1.0)) * number
            a, x = data["engine"][kind]
            one = learned(a * engines**x, max(built * number * size.count, 1.0)) if engines else 0.0
            elements.append((stage.name, "engines", one * size.count * number * share * system * dollars))
        elements.append((stage.name, "stage", year * share * system * dollars))
        elements.append((stage.name, "propellant", _propellant(stage, size.propellant) * number * dollars))
    op = data["operations"]
    rate = max(rules.flights_per_year, 3.0)
    ground = op["factor"] * (gross[model.vehicle.stages[0].name] / 1000) ** op["mass"] * rate ** op["rate"]
    ground *= len(model.vehicle.stages) ** op["stages"] * op["vehicle"] * op["process"] * data["commercial"]
    elements.append(("vehicle", "ground operations", ground * dollars))
    return FlightCost(elements=tuple(elements), total=sum(e[2] for e in elements), sources=(data["source"],))


def _hydrogen(stage) -> bool:
    return stage.engine is not None and find_propellant(stage.engine.fuel).name == "H2(L)"


def _propellant(stage, mass: float) -> float:
    """Person-years for a stage's load."""
    prices = cost_data()["propellant_person_years_per_kg"]
    if stage.engine is None:
        return 0.0  # in the motor's cost
    ratio = stage.engine.oxidizer_fuel_ratio
    total = 0.0
    for name, share in ((stage.engine.oxidizer, ratio / (1 + ratio)), (stage.engine.fuel, 1 / (1 + ratio))):
        try:
            known = find_propellant(name).name
        except InputError:
            known = name
        total += prices.get(known, prices["other"]) * mass * share
    return total
