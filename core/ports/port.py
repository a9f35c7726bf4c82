"""A port: one place where a module meets another, with what it says in ten sections."""

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from ..documents import Count, Document, Evidence, FieldError, Maturity
from ..quantity import Angle, Length
from ..versions import VersionText
from .rules import Conjugate, Equal, Semver
from .sections import (
    Data,
    Electrical,
    Environment,
    Fluid,
    Info,
    Lifecycle,
    Mechanical,
    Operations,
    Pyro,
    Separation,
    Sides,
    Thermal,
)

PortKind = Literal[
    "stage-joint",
    "strap-on-joint",
    "payload-adapter",
    "fairing-joint",
    "engine-mount",
    "tank-mount",
    "avionics-slot",
    "harness",
    "recovery-mount",
    "umbilical",
    "launch-mount",
    "landing-surface",
    "cubesat-slot",
]
SectionName = Literal[
    "mechanical",
    "separation",
    "fluid",
    "electrical",
    "data",
    "pyro",
    "thermal",
    "environment",
    "operations",
    "lifecycle",
]
SECTIONS: tuple[str, ...] = get_args(SectionName)


class Standard(Document):
    """The interface standard that the port follows. Ports of different standards or majors do not fit."""

    name: Annotated[str, Equal()] = Field(min_length=1)
    version: Annotated[VersionText, Semver(both_plain=True)]


class Datum(Document):
    """frame: name of the axes that the sections use. clocking: of the port's zero from the frame's. station: for people."""

    frame: Annotated[str | None, Equal()] = None
    clocking: Annotated[Angle | None, Equal(2e-3)] = None
    station: Annotated[Length | None, Info()] = None


class Port(Document):
    """One place where a module meets another.

    role: ``lower`` and ``upper`` of a stack's joint, ``provider`` and ``user`` elsewhere. count: equal places under one name
    (nine engine mounts). none: sections of which nothing crosses here; a section that is left out is unknown.
    """

    name: Annotated[str, Info()] = Field(min_length=1, pattern=r"^[^.\s]+$")
    kind: Annotated[PortKind, Equal()]
    role: Annotated[Literal["lower", "upper", "provider", "user"], Conjugate()]
    count: Annotated[Count, Info()] = 1
    standard: Annotated[Standard | None, Sides()] = None
    datum: Annotated[Datum | None, Sides()] = None
    maturity: Annotated[Maturity | None, Info()] = None
    evidence: Annotated[tuple[Evidence, ...] | None, Info()] = None
    notes: Annotated[str, Info()] = ""
    none: Annotated[tuple[SectionName, ...], Info()] = ()
    mechanical: Annotated[Mechanical | None, Sides()] = None
    separation: Annotated[Separation | None, Sides()] = None
    fluid: Annotated[Fluid | None, Sides()] = None
    electrical: Annotated[Electrical | None, Sides()] = None
    data: Annotated[Data | None, Sides()] = None
    pyro: Annotated[Pyro | None, Sides()] = None
    thermal: Annotated[Thermal | None, Sides()] = None
    environment: Annotated[Environment | None, Sides()] = None
    operations: Annotated[Operations | None, Sides()] = None
    lifecycle: Annotated[Lifecycle | None, Sides()] = None

    @model_validator(mode="after")
    def _none_is_none(self):
        for i, name in enumerate(self.none):
            if getattr(self, name) is not None:
                raise FieldError(
                    f"none.{i}", f"section '{name}' is given and said not to exist; take one of the two away"
                )
        return self
