"""What a flight of a size costs, by the relations of `studies.cost`: all but development, over the flights of a programme.

It compares sizes of one kind of vehicle with one another and predicts no price.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from ...core.results import Result, Unit
from ...vehicle.stage import Stage
from ..cost.document import Replaced
from ..cost.drawing import Drawing
from ..cost.elements import CostedVehicle, CostElement, propellants, stage_elements
from ..cost.programme import CostModel, Usage, prices

if TYPE_CHECKING:
    from .document import Recovery
    from .point import Point, SizingModel

_MODES = {"expended": "expend", "downrange": "ship", "return to launch site": "rtls"}
_NOTHING = CostedVehicle("", (), 0.0, 0.0, 0, ())


@dataclass(frozen=True, kw_only=True)
class FlightCost(Result):
    """Of one flight, in million dollars of the prices' year; by category: (name, amount)."""

    elements: tuple[tuple[str, float], ...]
    total: Annotated[float, Unit("M$")]
    year: int


def _cost_model(model: "SizingModel", refurbishment: float | None) -> tuple[CostModel, Drawing]:
    """The model without its vehicle, and its likely figures; kept with the sizing model, for the optimizer asks often."""
    if refurbishment in model.costing:
        return model.costing[refurbishment]
    rules = model.rules.cost
    if refurbishment is not None:
        parts = (f"refurbishment.{part}" for part in ("stage", "engine"))
        said = tuple(Replaced(factor=f, value=refurbishment, source="the study's 'recovery'") for f in parts)
        rules = rules.evolve(replace=(*rules.replace, *said))
    made = CostModel.of(_NOTHING, rules, prices(model.rules.prices))
    model.costing[refurbishment] = made, made.drawing()
    return model.costing[refurbishment]


def costed_point(model: "SizingModel", point: "Point") -> CostedVehicle:
    """A point in elements, as `cost.elements.costed` has the documents of it."""
    gross, dry = model.masses(point)
    vehicle, rules = model.vehicle, model.rules.cost
    elements: list[CostElement] = []
    lowest, *others = vehicle.stages
    for stage, number in [*((s, 1) for s in (lowest, *others)), *((g.stage, g.count) for g in vehicle.boosters)]:
        first, name = stage is lowest, stage.name
        engine, count, structure = None, None, dry[name]
        if stage.engine is not None:
            size = point.sizes[name]
            engine, count = model.engine_mass(stage) * size.scale, size.count
            structure -= engine * count
        part = vehicle.interstage_on(stage) if stage.role == "core" else None
        leaves_below = part is not None and (not first or part.leaves_with == "lower")
        structure += model.interstage_mass(name, point.sizes[name].diameter) if leaves_below else 0.0
        unit, again = ("booster", _way(model, point).flights > 1) if first else ("upper", False)
        elements += stage_elements(
            stage, structure, unit, rules, number=number, reusable=again, engine_mass=engine, engine_count=count
        )
    if vehicle.fairing is not None:
        elements.append(
            CostElement(vehicle.fairing.name, "fairing", "fairing", "expendable stage", vehicle.fairing.mass)
        )
    loads: list[tuple[Stage, float]] = [(s, point.sizes[s.name].propellant) for s in vehicle.stages]
    loads += [(g.stage, g.count * point.sizes[g.stage.name].propellant) for g in vehicle.boosters]
    return CostedVehicle(
        vehicle.name, tuple(elements), gross[lowest.name], dry[lowest.name], len(vehicle.stages), propellants(loads)
    )


def _way(model: "SizingModel", point: "Point") -> "Recovery":
    return point.sizes[model.vehicle.stages[0].name].recovery


def cost_per_flight(model: "SizingModel", point: "Point") -> FlightCost:
    """The cost of one flight of a point. Raises InputError for a propellant without a price."""
    rules, way = model.rules, _way(model, point)
    bare, likely = _cost_model(model, way.refurbishment)
    launches = max(round(rules.production), 1)
    use = Usage.steady(launches, rules.flights_per_year, flights=way.flights, mode=_MODES[way.mode])
    costs = replace(bare, vehicle=costed_point(model, point)).costs(use, likely)
    each = 1e-6 / bare.prices.yuan_per_dollar / launches
    elements = tuple((name, float(amount) * each) for name, amount in costs.items() if float(amount) > 0.0)
    sources = tuple(s.citation for s in (*bare.coefficients.sources, *bare.prices.sources))
    return FlightCost(elements=elements, total=sum(e[1] for e in elements), year=bare.prices.year, sources=sources)
