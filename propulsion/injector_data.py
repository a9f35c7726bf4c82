"""Orifices, stiffness limits and elements of injectors, from a data file."""

from functools import cache
from typing import Annotated, Literal

from ..core.documents import Count, Document, Grade, Module, load_document
from ..core.quantity import ratio
from .propellants import DATA

Element = Literal["shear coaxial", "swirl coaxial", "unlike doublet", "like doublet", "triplet", "pintle", "showerhead"]
OrificeKind = Literal["sharp", "short tube", "long tube", "rounded", "annulus"]
Discharge = Annotated[float, ratio(gt=0.05, le=1.0)]


class Orifice(Document):
    """A kind of orifice and its discharge coefficient, with the scatter of the source."""

    kind: OrificeKind
    discharge_coefficient: Discharge
    lowest: Discharge
    highest: Discharge
    grade: Grade
    citation: str


class Stiffness(Document):
    """Limits of pressure drop over chamber pressure for liquids: stable above the first, unstable below the last."""

    stable: Annotated[float, ratio(gt=0.0, lt=1.0)]
    lowest: Annotated[float, ratio(gt=0.0, lt=1.0)]
    floor: Annotated[float, ratio(gt=0.0, lt=1.0)]
    grade: Grade
    citation: str


class ElementKind(Document):
    """How many orifices of each propellant one element has."""

    kind: Element
    oxidizer_orifices: Count
    fuel_orifices: Count


class InjectorData(Module, schema="osea/injector-data/v1"):
    """The data file of injectors."""

    orifices: tuple[Orifice, ...]
    stiffness: Stiffness
    elements: tuple[ElementKind, ...]


@cache
def injector_data() -> InjectorData:
    """The data that ship with the package."""
    return load_document(InjectorData, DATA / "injector.yaml")
