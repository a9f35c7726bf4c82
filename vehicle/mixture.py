"""A stage's tanks against the mixture ratio of its engine: what one tank still holds when the other is empty."""

from collections.abc import Iterator

from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..propulsion.engine import Engine
from ..propulsion.propellants import find_propellant
from .residuals import propellant_budget
from .stage import Stage
from .tank import Tank
from .vehicle import Vehicle

RULE = "vehicle.mixture"


def mixture_findings(vehicle: Vehicle) -> Iterator[Finding]:
    """One finding for each liquid stage with tanks: can the engines burn what the ascent counts as usable?

    What stays behind at the engine's mixture ratio lies within the stage's residuals (OK), eats into its reserve (WARN), or is
    more than both (ERROR: an ascent would burn what cannot be burned). The margin is of the propellant that can be burned, over
    what is counted as usable. A stage that states its load alone, without tanks, states no split to hold against the engine.
    """
    for stage in (*vehicle.stages, *(g.stage for g in vehicle.boosters)):
        if stage.engine is not None and stage.tanks:
            yield _of_stage(stage, stage.engine)


def burnable(tanks: tuple[Tank, ...], engine: Engine) -> float:
    """Propellant [kg] that an engine can take from the tanks at its mixture ratio, until one of the two has run out."""
    oxidizer = _held(tanks, engine.oxidizer_propellant.name)
    fuel = _held(tanks, engine.fuel_propellant.name)
    ratio = engine.oxidizer_fuel_ratio
    return min(oxidizer / ratio, fuel) * (1.0 + ratio)


def _of_stage(stage: Stage, engine: Engine) -> Finding:
    where = stage.where("tanks")
    oxidizer = _held(stage.tanks, engine.oxidizer_propellant.name)
    fuel = _held(stage.tanks, engine.fuel_propellant.name)
    if not oxidizer or not fuel:
        without = " and ".join(n for n, m in ((engine.oxidizer, oxidizer), (engine.fuel, fuel)) if not m)
        text = (
            f"'{stage.name}': '{engine.name}' burns {without}, and no tank holds that; correct the tanks' contents or the "
            "engine"
        )
        return Finding(Severity.ERROR, RULE, where, text)
    loaded = sum(t.propellant_mass for t in stage.tanks)
    budget, can = propellant_budget(stage), burnable(stage.tanks, engine)
    left, margin = loaded - can, can / (loaded - budget.residual) - 1.0
    numbers = (
        f"'{stage.name}': filled at {oxidizer / fuel:.4g}, '{engine.name}' burns at "
        f"{engine.oxidizer_fuel_ratio:.4g}: {left:.4g} kg ({left / loaded:.2%}) stay behind"
    )
    if left <= budget.residual:
        return Finding(Severity.OK, RULE, where, f"{numbers}, within its residuals of {budget.residual:.4g} kg", margin)
    over = engine.fuel if fuel * engine.oxidizer_fuel_ratio > oxidizer else engine.oxidizer
    mend = f"{over} is too much: split the load at the engine's mixture ratio ('osea design --resize' makes the tanks anew)"
    if left <= budget.residual + budget.reserve:
        text = f"{numbers}, over its residuals of {budget.residual:.4g} kg and out of its reserve; {mend}"
        return Finding(Severity.WARN, RULE, where, text, margin)
    kept = budget.residual + budget.reserve
    text = f"{numbers}, and residuals and reserve are {kept:.4g} kg: a flight would burn what cannot be burned; {mend}"
    return Finding(Severity.ERROR, RULE, where, text, margin)


def _held(tanks: tuple[Tank, ...], propellant: str) -> float:
    return sum(t.propellant_mass for t in tanks if _name(t.contents) == propellant)


def _name(contents: str) -> str:
    try:
        return find_propellant(contents).name
    except InputError:  # a liquid with a density of its own
        return contents
