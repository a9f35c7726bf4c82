"""The study document, and reading any definition file."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

# Importing the packages' documents makes their schemas known to load().
from ..avionics.electrical.document import Electrical  # noqa: F401  its schema
from ..avionics.message_set import MessageSet  # noqa: F401  its schema
from ..core.documents import Module, Reference, load_any
from ..core.errors import InputError
from ..core.quantity import SI
from ..launch_data.issuer import Issuer
from ..propulsion.cycles.document import EngineCycle  # noqa: F401  its schema
from ..propulsion.solids.curve import RaspMotor  # noqa: F401  its schema, the solid motor's and the thrust curve's
from ..recovery.booster_return_document import BoosterReturn
from ..recovery.canopy_document import UnpoweredDescent  # noqa: F401  its schema
from ..recovery.descent_document import LandingStudy  # noqa: F401  its schema, and the booster's
from ..recovery.reuse.unit import FlownUnit  # noqa: F401  its schema
from ..trajectory.flight.document import FlightRules
from ..trajectory.ground import LandingSite, LaunchPad  # noqa: F401  their schemas
from ..trajectory.mission import Mission
from ..trajectory.range_safety.document import RangeSafety
from ..vehicle.equipment import Battery  # noqa: F401  its schema, and those of the other equipment
from ..vehicle.small_rocket import SmallRocket  # noqa: F401  its schema
from ..vehicle.structure.document import StructureRules
from ..vehicle.vehicle import Vehicle
from .sizing.document import SizeRules

GustSpeed = Annotated[float, SI("m/s", ("9 m/s",), ge=0.0, le=100.0)]


class Study(Module, schema="osea/study/v1"):
    """What is to be designed and flown: a vehicle on a mission."""

    vehicle: Reference[Vehicle]
    mission: Reference[Mission]
    originator: str = Field(description="who issues the launch data; printable ASCII, as CCSDS messages want it")
    range: Reference[RangeSafety] | None = Field(default=None, description="the range's rules, and what falls")
    flight: Reference[FlightRules] | None = Field(
        default=None, description="actuators, sensors and rates for `osea fly`; usual ones when absent"
    )
    recovery: Reference[BoosterReturn] | None = Field(
        default=None, description="how a booster comes back, flown with the ascent as one problem; expended when absent"
    )
    gust: GustSpeed | None = Field(
        default=None, description="a sudden wind across the path, for the loads at joints; 9 m/s is customary"
    )

    structure: Reference[StructureRules] | None = Field(
        default=None,
        description="factors, materials and cases by which the core's shells are sized and their margins counted",
    )

    size: SizeRules | None = Field(
        default=None, description="what of the vehicle is free; `osea design` then closes its size around the ascent"
    )

    @field_validator("originator")
    @classmethod
    def _printable(cls, value: str) -> str:
        try:
            Issuer(originator=value, created="2000-01-01T12:00:00Z")
        except InputError as error:
            raise ValueError(error.message) from None
        return value


_OF_A_BENCH = ("osea/bench/v1", "osea/bench-adapter/v1", "osea/fault-campaign/v1")


def load(path: str | Path) -> Module:
    """Read any definition file by its ``schema:``. Raises DocumentError with every problem, file and line."""
    from ..hil import document as bench  # noqa: F401  its schema
    from . import dispersion, sweep  # noqa: F401  their schemas; they are made of studies, so they cannot be imported above
    from .campaign import document  # noqa: F401  its schema
    from .chain import document as chain  # noqa: F401  its schema

    if declared_schema(path) in _OF_A_BENCH:  # they bring the compiled flight along, a second that no other file needs
        from ..hil import fault_campaign  # noqa: F401  its schema, the bench's and the adapter's
    return load_any(path)


def declared_schema(path: str | Path) -> str:
    """What a file's ``schema:`` line says, "" where none can be read: to choose the reader, who then says what is wrong."""
    try:
        if not Path(path).is_file():  # a pipe or a device might never end
            return ""
        head = Path(path).read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return ""
    found = re.search(r"^schema:\s*[\"']?(osea/[a-z-]+/v\d+)", head, re.MULTILINE)
    return found[1] if found else ""


def require_study(document: Module) -> Study:
    """The document as a study. Raises InputError when it is of another kind."""
    if not isinstance(document, Study):
        raise InputError(
            f"'{document.name}' is a document of {document.schema_}; a study ({Study.schema_id}) is needed",
            where=document.where(),
        )
    return document
