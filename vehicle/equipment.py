"""What is built into a vehicle and has no document elsewhere: thrust structure, dispenser, avionics, power, recovery kit.

Each is a part with an identity and ports; the fields here are those that a mass list, a power balance or a drawing asks for.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..core.documents import Count, FieldError
from ..core.modules import Part
from ..core.quantity import SI, Area, Mass, Power, SIRange, ratio
from .parts import PositiveLength
from .phases import PhasePower

Voltages = Annotated[tuple[float, float], SIRange("V")]
PositiveForce = Annotated[float, SI("N", ("845 kN",), gt=0.0)]
StoredEnergy = Annotated[float, SI("J", ("1.2 kW*hour",), gt=0.0)]


class ThrustStructure(Part, schema="osea/thrust-structure/v1"):
    """What carries the engines' thrust into the tanks. thrust: the limit that it is made for, of all engines together."""

    mass: Mass
    diameter: PositiveLength
    height: PositiveLength
    engine_count: Count = 1
    thrust: PositiveForce | None = None


class Dispenser(Part, schema="osea/dispenser/v1"):
    """Carries several payloads. places: how many; place_mass: the most that one place carries."""

    mass: Mass
    places: Count
    place_mass: Mass | None = None
    height: PositiveLength | None = None


class AvionicsUnit(Part, schema="osea/avionics-unit/v1"):
    """A box of the avionics. function: what it does. power: drawn steadily; power_in: in single phases, in place of it."""

    function: Literal[
        "flight computer", "inertial unit", "satellite navigation", "transmitter", "power control", "engine control",
        "data acquisition", "flight termination", "sequencer", "camera", "other",
    ]  # fmt: skip
    mass: Mass
    power: Annotated[float, SI("W", ("35 W",), ge=0.0)] | None = None
    peak_power: Power | None = None
    power_in: tuple[PhasePower, ...] | None = None

    @model_validator(mode="after")
    def _peak_is_highest(self):
        if self.power is not None and self.peak_power is not None and self.peak_power < self.power:
            raise FieldError("peak_power", "the peak is less than the steady power; swap or correct them")
        return self


class Battery(Part, schema="osea/battery/v1"):
    """A battery. energy: rated. usable: share that a flight may take. chemistry: in plain words."""

    chemistry: str
    mass: Mass
    energy: StoredEnergy
    usable: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None
    voltage: Voltages
    current_max: Annotated[float, SI("A", ("80 A",), gt=0.0)] | None = None


class HarnessSegment(Part, schema="osea/harness-segment/v1"):
    """A run of cable between two connectors. resistance: of the power pair, there and back."""

    length: PositiveLength
    mass: Mass
    resistance: Annotated[float, SI("ohm", ("12 mohm",), ge=0.0)] | None = None


class LandingLegs(Part, schema="osea/landing-legs/v1"):
    """The legs of a stage. span: across the feet when deployed; stroke: of the dampers."""

    mass: Mass = Field(description="of all legs")
    count: Count
    span: PositiveLength
    stroke: PositiveLength | None = None
    touchdown_speed: Annotated[float, SI("m/s", ("6 m/s",), gt=0.0)] | None = Field(
        default=None, description="largest vertical speed that the legs take"
    )


class Fins(Part, schema="osea/fins/v1"):
    """Fins, fixed or moving. type: planar or grid; area: of one, planform or frame.

    For their lift, planar fins give their outline: root_chord, tip_chord, span (from the body's side), sweep (of the leading
    edge, along the axis), thickness, the stage that they are on, and the height of the root's leading edge over its exit plane.
    """

    type: Literal["planar", "grid"]
    count: Count
    mass: Mass = Field(description="of all fins")
    area: Area
    deflection_max: Annotated[float, SI("rad", ("20 deg",), ge=0.0)] | None = None
    root_chord: PositiveLength | None = None
    tip_chord: Annotated[float, SI("m", ("0.1 m",), ge=0.0)] | None = None
    span: PositiveLength | None = None
    sweep: Annotated[float, SI("m", ("0.1 m",))] | None = None
    thickness: Annotated[float, SI("m", ("4 mm",), ge=0.0)] | None = None
    stage: str | None = None
    leading_edge: Annotated[float, SI("m", ("1.2 m",))] | None = None

    @model_validator(mode="after")
    def _whole_outline(self):
        outline = {n: getattr(self, n) for n in ("root_chord", "tip_chord", "span", "sweep", "stage", "leading_edge")}
        missing = [n for n, v in outline.items() if v is None]
        if 0 < len(missing) < len(outline):
            raise FieldError(missing[0], f"an outline needs {', '.join(missing)} too; give it whole, or leave it out")
        if not missing and self.root_chord is not None and self.span is not None:
            drawn = (self.root_chord + (self.tip_chord or 0.0)) / 2 * self.span
            if abs(drawn - self.area) > 0.02 * self.area:
                raise FieldError("area", f"the outline encloses {drawn:.4g} m^2; correct the area or the outline")
        return self


class ReactionControl(Part, schema="osea/reaction-control/v1"):
    """A set of thrusters. thrust: of one, in vacuum."""

    propellant: str
    count: Count
    thrust: PositiveForce
    dry_mass: Mass
    propellant_mass: Mass
    isp_vacuum: Annotated[float, SI("s", ("70 s",), gt=0.0)] | None = None


class Parachute(Part, schema="osea/parachute/v1"):
    """A canopy. area: the reference area of its drag coefficient; opening: largest dynamic pressure at deployment."""

    mass: Mass
    area: Area
    drag_coefficient: Annotated[float, ratio(gt=0.0)]
    count: Count = 1
    opening: Annotated[float, SI("Pa", ("3 kPa",), gt=0.0)] | None = None


class Umbilical(Part, schema="osea/umbilical/v1"):
    """What joins the ground to the vehicle until it leaves. release: at lift-off by the rise, or before it."""

    mass: Mass | None = None
    release: Literal["rise", "before lift-off"]
    length: PositiveLength | None = None
