"""Default losses of the main chamber by class, from a data file; used where an engine's document gives none of its own."""

from functools import cache

from pydantic import Field

from ...core.documents import Document, Flag, Module, load_document
from ..propellants import DATA, find_propellant
from .document import ChamberLoss, Efficiency, EngineCycle


class LossClass(Document):
    """Losses of one class of engines. range: of the product of the factors, as published engines scatter. set_with: engines whose
    published specific impulse was looked at when the factors were chosen; they prove nothing."""

    name: str
    fuels: tuple[str, ...]
    staged: Flag
    losses: tuple[ChamberLoss, ...]
    lowest: Efficiency
    highest: Efficiency
    set_with: tuple[str, ...] = ()


class LossDefaults(Module, schema="osea/loss-defaults/v1"):
    """The file of classes; the first that fits counts."""

    classes: tuple[LossClass, ...] = Field(min_length=1)


@cache
def loss_defaults() -> LossDefaults:
    """The classes that ship with the package."""
    return load_document(LossDefaults, DATA / "loss_defaults.yaml")


def loss_class(fuel: str, cycle: str) -> LossClass:
    """The class of an engine by its fuel and cycle."""
    name = find_propellant(fuel).name
    staged = cycle.endswith("staged combustion")
    classes = loss_defaults().classes
    return next(c for c in classes if (name in c.fuels or not c.fuels) and c.staged == staged)


def losses_of(cycle: EngineCycle) -> tuple[ChamberLoss, ...]:
    """The document's own losses, or the defaults of its class."""
    return cycle.losses or loss_class(cycle.fuel, cycle.cycle).losses


def factors(losses: tuple[ChamberLoss, ...]) -> tuple[float, float]:
    """(on c*, on the thrust coefficient)."""
    c_star = nozzle = 1.0
    for loss in losses:
        if loss.on == "c_star":
            c_star *= loss.factor
        else:
            nozzle *= loss.factor
    return c_star, nozzle
