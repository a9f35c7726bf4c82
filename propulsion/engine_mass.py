"""Dry mass of a liquid engine from published relations, each with its range and scatter, and a complaint outside."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ..core.documents import Document, FieldError, Grade, Module, load_document
from ..core.errors import InputError
from ..core.findings import Finding, Severity
from ..core.quantity import ratio
from ..core.results import Result, Unit
from .engine import Cycle, Thrust
from .propellants import DATA, find_propellant

PropellantClass = Literal["hydrogen", "hydrocarbon", "storable"]


class MassCitation(Document):
    """Where a family of relations is from."""

    source: str
    grade: Grade
    citation: str


class MassRelation(Document):
    """mass = (power_factor T^power_exponent + linear T + root T sqrt(eps) + constant) chambers^… eps^…, in kg and N.

    scatter: relative; stated by the authors, or measured by us. range_from: the grade of the range.
    """

    name: str
    propellants: tuple[PropellantClass, ...] = Field(min_length=1)
    cycles: tuple[Cycle, ...] = Field(min_length=1)
    power_factor: Annotated[float, ratio()] = 0.0
    power_exponent: Annotated[float, ratio()] = 1.0
    linear: Annotated[float, ratio()] = 0.0
    root: Annotated[float, ratio()] = 0.0
    constant: Annotated[float, ratio()] = 0.0
    chamber_exponent: Annotated[float, ratio()] = 0.0
    area_exponent: Annotated[float, ratio()] = 0.0
    lowest_thrust: Thrust
    highest_thrust: Thrust
    scatter: Annotated[float, ratio(gt=0.0, lt=1.0)]
    scatter_from: Literal["stated", "measured"]
    range_from: Grade
    source: str

    def mass(self, thrust: float, area_ratio: float, chambers: int) -> float:
        """The relation [kg] at a vacuum thrust [N]."""
        base = self.power_factor * thrust**self.power_exponent + thrust * (
            self.linear + self.root * np.sqrt(area_ratio)
        )
        return float((base + self.constant) * chambers**self.chamber_exponent * area_ratio**self.area_exponent)


class MassRelations(Module, schema="osea/engine-mass/v1"):
    """The data file; relations in order of preference."""

    relations: tuple[MassRelation, ...] = Field(min_length=1)
    citations: tuple[MassCitation, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _cited(self) -> Self:
        known = {c.source for c in self.citations}
        for i, r in enumerate(self.relations):
            if r.source not in known:
                raise FieldError(f"relations.{i}.source", f"no citation for '{r.source}'")
        return self

    def citation(self, source: str) -> MassCitation:
        """The citation of a family of relations."""
        return next(c for c in self.citations if c.source == source)


@cache
def mass_relations() -> MassRelations:
    """The relations that ship with the package."""
    return load_document(MassRelations, DATA / "engine_mass.yaml")


@dataclass(frozen=True, kw_only=True)
class MassEstimate(Result):
    """One relation's answer. mass, low, high: None where the relation gives nothing that is a mass. low and high: by its scatter.
    inside: the thrust lies in the relation's range; outside, the finding says so."""

    relation: str
    mass: Annotated[float | None, Unit("kg")]
    low: Annotated[float | None, Unit("kg")]
    high: Annotated[float | None, Unit("kg")]
    scatter: float
    scatter_from: str
    inside: bool
    lowest_thrust: Annotated[float, Unit("N")]
    highest_thrust: Annotated[float, Unit("N")]


def propellant_class(oxidizer: str, fuel: str) -> PropellantClass:
    """How the relations sort propellants. Raises InputError for an unknown one."""
    ox, fu = find_propellant(oxidizer, "oxidizer").name, find_propellant(fuel, "fuel").name
    if ox != "O2(L)":
        return "storable"
    return "hydrogen" if fu == "H2(L)" else "hydrocarbon"


def engine_mass(
    cycle: Cycle,
    thrust: float,
    area_ratio: float,
    oxidizer: str,
    fuel: str,
    *,
    chambers: int = 1,
    where: str = "engine mass",
) -> tuple[MassEstimate, ...]:
    """Dry mass by every relation for that cycle and propellant class, preferred first; empty when there is none.

    thrust [N]: in vacuum, of the whole engine. Raises InputError for what is not above zero or an area ratio below 1.
    """
    if not (np.isfinite(thrust) and thrust > 0.0):
        raise InputError(f"engine mass: the thrust {thrust:g} N is not above zero")
    if not (np.isfinite(area_ratio) and area_ratio >= 1.0):
        raise InputError(f"engine mass: area ratio {area_ratio:g} is below 1")
    if chambers < 1:
        raise InputError(f"engine mass: {chambers} chambers; an engine has at least one")
    kind, table = propellant_class(oxidizer, fuel), mass_relations()
    fitting = [r for r in table.relations if kind in r.propellants and cycle in r.cycles]
    return tuple(_estimate(r, table.citation(r.source).citation, thrust, area_ratio, chambers, where) for r in fitting)


def preferred(estimates: Iterable[MassEstimate]) -> MassEstimate | None:
    """The first estimate whose relation is inside its range; None when none is."""
    return next((e for e in estimates if e.inside and e.mass is not None), None)


def _estimate(
    relation: MassRelation, citation: str, thrust: float, area_ratio: float, chambers: int, where: str
) -> MassEstimate:
    low, high = relation.lowest_thrust, relation.highest_thrust
    inside = low <= thrust <= high
    value = relation.mass(thrust, area_ratio, chambers)
    mass = value if value > 0.0 else None
    margin = float(min(np.log(thrust / low), np.log(high / thrust)))
    text = f"{relation.name}: {thrust / 1e3:.0f} kN, range {low / 1e3:.0f} to {high / 1e3:.0f} kN"
    if not inside:
        text += "; extrapolated, its scatter no longer holds" if mass is not None else "; it gives no mass here"
        text += ": take a relation whose range fits, or state the mass"
    finding = Finding(Severity.OK if inside else Severity.WARN, "engine_mass.range", where, text, margin=margin)
    return MassEstimate(
        relation=relation.name,
        mass=mass,
        low=None if mass is None else mass * (1.0 - relation.scatter),
        high=None if mass is None else mass * (1.0 + relation.scatter),
        scatter=relation.scatter,
        scatter_from=relation.scatter_from,
        inside=inside,
        lowest_thrust=low,
        highest_thrust=high,
        sources=(citation,),
        findings=(finding,),
    )
