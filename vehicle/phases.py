"""Phases of the count and the flight, for what depends on time and not on the path: power and energy."""

from typing import Annotated, Literal

from pydantic import Field

from ..core.documents import Document
from ..core.quantity import SI

PhaseDuration = Annotated[float, SI("s", ("8 min",), gt=0.0)]


class Phase(Document):
    """A stretch of time, in order. supply: external (the ground feeds what its umbilicals reach) or internal (batteries alone).

    without: stages that have left, with all that is built into them; ``engines of`` a stage; parts that are off.
    """

    name: str = Field(min_length=1)
    duration: PhaseDuration
    supply: Literal["external", "internal"]
    without: tuple[str, ...] = ()


class PhasePower(Document):
    """The power that a unit draws in a phase that the vehicle names."""

    phase: str = Field(min_length=1)
    power: Annotated[float, SI("W", ("35 W",), ge=0.0)]
