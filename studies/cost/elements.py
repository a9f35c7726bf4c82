"""The elements of a vehicle that are costed: structures without engines, engines, fairing; and the units they fly in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...core.errors import InputError
from ...propulsion.propellants import known_propellant
from ...vehicle.mass import mass_properties
from ...vehicle.stage import Stage
from ...vehicle.vehicle import Vehicle
from .document import CostRules

Unit = Literal["booster", "upper", "fairing"]
Part = Literal["stage", "engine", "fairing"]


@dataclass(frozen=True)
class CostElement:
    """unit: what it flies and comes back with; kind: its class in the coefficients; mass [kg]: of one; count: in a unit, which
    between two sizes may be no whole number."""

    name: str
    unit: Unit
    part: Part
    kind: str
    mass: float
    count: float = 1


@dataclass(frozen=True)
class CostedVehicle:
    """liftoff_mass, booster_dry_mass [kg]; propellants: (name, kg) loaded, by the names of the propellant table."""

    name: str
    elements: tuple[CostElement, ...]
    liftoff_mass: float
    booster_dry_mass: float
    stages: int
    propellants: tuple[tuple[str, float], ...]

    def of(self, unit: Unit) -> tuple[CostElement, ...]:
        """The elements of a unit."""
        return tuple(e for e in self.elements if e.unit == unit)


def costed(
    vehicle: Vehicle, rules: CostRules, *, reusable: bool, kit_mass: float = 0.0, payload_mass: float | None = None
) -> CostedVehicle:
    """The vehicle in elements. reusable: its first stage is developed to come back; kit_mass [kg]: what that adds to it.

    The booster is the lowest core stage with an interstage that leaves with it; all else but the fairing is the upper
    unit, and so are strap-ons, which are thrown away. An adapter is the payload's. Raises InputError for an engine that states no
    mass.
    """
    first, *others = vehicle.stages
    structure = first.dry_mass - _engine_mass(first) + kit_mass
    structure += sum(i.mass for i in vehicle.interstages if i.on == first.name and i.leaves_with == "lower")
    elements = [*stage_elements(first, structure, "booster", rules, reusable=reusable)]
    for stage, number in [*((s, 1) for s in others), *((g.stage, g.count) for g in vehicle.boosters)]:
        structure = stage.dry_mass - _engine_mass(stage)
        structure += sum(i.mass for i in vehicle.interstages if i.on == stage.name)
        elements += stage_elements(stage, structure, "upper", rules, number=number)
    if vehicle.fairing is not None:
        kind = "expendable stage"
        elements.append(CostElement(vehicle.fairing.name, "fairing", "fairing", kind, vehicle.fairing.mass))
    everything = [*((s, 1) for s in vehicle.stages), *((g.stage, g.count) for g in vehicle.boosters)]
    loads = propellants((stage, number * stage.propellant_mass) for stage, number in everything)
    return CostedVehicle(
        vehicle.name,
        tuple(elements),
        mass_properties(vehicle, payload_mass=payload_mass or vehicle.payload.mass or 0.0).mass + kit_mass,
        first.dry_mass + kit_mass,
        len(vehicle.stages),
        loads,
    )


def propellants(loads: Iterable[tuple[Stage, float]]) -> tuple[tuple[str, float], ...]:
    """(name, kg) of all propellants of liquid stages with their loads [kg]."""
    found: dict[str, float] = {}
    for stage, load in loads:
        if stage.engine is not None:
            ratio = stage.engine.oxidizer_fuel_ratio
            for name, share in ((stage.engine.oxidizer, ratio / (1 + ratio)), (stage.engine.fuel, 1 / (1 + ratio))):
                found[name] = found.get(name, 0.0) + share * load
    return tuple(found.items())


def _engine_mass(stage: Stage) -> float:
    if stage.engine is None:
        return 0.0
    if stage.engine.mass is None:
        raise InputError(
            f"'{stage.engine.name}' states no mass, and its cost follows from it; state it", where=stage.engine.where()
        )
    return stage.engine_count * stage.engine.mass


def stage_elements(
    stage: Stage,
    structure: float,
    unit: Unit,
    rules: CostRules,
    *,
    number: int = 1,
    reusable: bool = False,
    engine_mass: float | None = None,
    engine_count: float | None = None,
) -> list[CostElement]:
    """The elements of *number* stages. structure [kg]: without engines; engine_mass [kg], engine_count: of its engines, the
    document's where they are left out."""
    if stage.motor is not None:  # a solid's relation is of its whole mass, loaded
        kind = "solid strap-on booster" if stage.role == "strap-on" else "solid stage"
        return [CostElement(stage.name, unit, "stage", kind, stage.dry_mass + stage.propellant_mass, number)]
    assert stage.engine is not None
    hydrogen = same_propellant(stage.engine.fuel, "LH2")
    fuel = " hydrogen" if hydrogen else " methane" if same_propellant(stage.engine.fuel, "LCH4") else ""
    kind = f"{'reusable' if reusable else 'expendable'}{fuel} stage"
    engine = "hydrogen engine" if hydrogen else rules.engines
    mass = _engine_mass(stage) / stage.engine_count if engine_mass is None else engine_mass
    count = number * (stage.engine_count if engine_count is None else engine_count)
    return [
        CostElement(stage.name, unit, "stage", kind, structure, number),
        CostElement(f"engines of {stage.name}", unit, "engine", engine, mass, count),
    ]


def same_propellant(a: str, b: str) -> bool:
    """Whether two names or aliases are of one propellant."""
    first, second = known_propellant(a), known_propellant(b)
    return a.casefold() == b.casefold() if first is None or second is None else first.name == second.name
