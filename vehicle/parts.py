"""What stands between and above the stages: interstage, fairing, payload adapter, payload."""

from math import atan, pi, sqrt
from typing import Annotated, Literal

from pydantic import model_validator

from ..core.documents import Document, FieldError
from ..core.modules import Part
from ..core.quantity import SI, Mass
from .wording import metres

PositiveLength = Annotated[float, SI("m", ("3.66 m",), gt=0.0)]
NonNegativeLength = Annotated[float, SI("m", ("1.5 m",), ge=0.0)]
NoseShape = Literal["conical", "ogive", "ellipsoidal", "von-karman"]


class Interstage(Part, schema="osea/interstage/v1"):
    """The structure between two stages.

    on: name of the stage that it stands on. lower_diameter, upper_diameter: at its two ends. encloses: how much of the
    upper stage's length (its engine) stands inside. mass_included_in: set when a published stage mass already counts the
    interstage; its own mass is then 0. leaves_with: ``lower`` (at separation) or ``upper`` (stays with the upper stage).
    """

    on: str
    length: PositiveLength
    lower_diameter: PositiveLength
    upper_diameter: PositiveLength
    encloses: NonNegativeLength = 0.0
    mass: Mass
    mass_included_in: str | None = None
    leaves_with: Literal["lower", "upper"] = "lower"

    @model_validator(mode="after")
    def _mass_counted_once(self):
        if self.mass == 0 and self.mass_included_in is None:
            raise FieldError(
                "mass",
                "an interstage has mass: give it, or name the stage whose dry mass already holds it "
                "(mass_included_in: 'first stage')",
            )
        if self.mass > 0 and self.mass_included_in is not None:
            raise FieldError(
                "mass",
                f"this mass would be counted twice: set mass to '0 kg' (it is in '{self.mass_included_in}') or leave out "
                "mass_included_in and take it off that stage's dry_mass",
            )
        if self.encloses > self.length:
            raise FieldError(
                "encloses",
                f"the interstage is {metres(self.length)} long and cannot enclose {metres(self.encloses)} of the upper stage; "
                "make it longer or reduce 'encloses'",
            )
        return self


class Envelope(Document):
    """The room for the payload inside a fairing, measured from the payload interface plane upwards.

    diameter over cylinder_height, then a cone to top_diameter at height.
    """

    diameter: PositiveLength
    cylinder_height: PositiveLength
    height: PositiveLength
    top_diameter: NonNegativeLength = 0.0

    @model_validator(mode="after")
    def _upright(self):
        if self.height < self.cylinder_height:
            raise FieldError("height", "the envelope's height is less than its cylinder_height; swap or correct them")
        if self.top_diameter > self.diameter:
            raise FieldError(
                "top_diameter", "the envelope is wider at the top than below; swap diameter and top_diameter"
            )
        return self


class Fairing(Part, schema="osea/fairing/v1"):
    """The payload fairing: boat-tail, cylinder, nose.

    length: overall, from its joint with the stage to the tip. diameter: of the cylinder. base_diameter: at the joint
    (diameter of the stage below when left out). boattail_length: of the cone between base and cylinder. nose_length,
    nose_shape: of the nose. envelope: room for the payload.
    """

    mass: Annotated[float, SI("kg", ("1.9 t",), gt=0.0)]
    length: PositiveLength
    diameter: PositiveLength
    base_diameter: PositiveLength | None = None
    boattail_length: NonNegativeLength = 0.0
    nose_length: PositiveLength
    nose_shape: NoseShape
    envelope: Envelope | None = None

    @model_validator(mode="after")
    def _fits(self):
        if self.nose_length + self.boattail_length > self.length + 1e-9:
            raise FieldError(
                "length",
                f"nose ({metres(self.nose_length)}) and boat-tail ({metres(self.boattail_length)}) are longer than the whole "
                f"fairing ({metres(self.length)}); correct one of the three lengths",
            )
        if self.envelope is not None and self.envelope.diameter > self.diameter:
            raise FieldError(
                "envelope",
                f"the payload envelope ({metres(self.envelope.diameter)}) is wider than the fairing ({metres(self.diameter)})",
            )
        return self

    @property
    def cylinder_length(self) -> float:
        return self.length - self.nose_length - self.boattail_length


class PayloadAdapter(Part, schema="osea/payload-adapter/v1"):
    """The cone or cylinder that carries the payload on the last stage; it stays on the stage.

    lower_diameter: at the stage; upper_diameter: at the payload interface (for example 1575 mm); height: between them.
    """

    mass: Mass
    height: PositiveLength
    lower_diameter: PositiveLength
    upper_diameter: PositiveLength

    @property
    def lateral_area(self) -> float:
        """Area of the conical shell [m^2]: pi (R1 + R2) s."""
        r1, r2 = self.lower_diameter / 2, self.upper_diameter / 2
        return pi * (r1 + r2) * sqrt(self.height**2 + (r1 - r2) ** 2)


class Payload(Part, schema="osea/payload/v1"):
    """What is carried. mass: left out when the ascent is to find the largest one; length, diameter: of its envelope."""

    mass: Mass | None = None
    diameter: PositiveLength | None = None
    length: PositiveLength | None = None


def nose_profile(shape: str, length: float, radius: float, n: int = 60) -> tuple[list[float], list[float]]:
    """Profile of a nose: x [m] from the tip aft and radius r(x) [m], n + 1 points each.

    Cone; tangent ogive; half ellipsoid; von Kármán (LD-Haack) curve. Source: Crowell, The Descriptive Geometry of Nose
    Cones (1996). Raises ValueError for an unknown shape.
    """
    from math import acos, cos, sin

    # Points crowd towards the tip, where blunt shapes turn quickest.
    xs = [length * (1 - cos(pi / 2 * i / n)) for i in range(n + 1)]
    if shape == "conical":
        rs = [radius * x / length for x in xs]
    elif shape == "ogive":
        if length < radius:
            return nose_profile("ellipsoidal", length, radius, n)  # shorter than a hemisphere: no tangent ogive exists
        rho = (radius**2 + length**2) / (2 * radius)
        rs = [sqrt(max(rho**2 - (length - x) ** 2, 0.0)) + radius - rho for x in xs]
    elif shape == "ellipsoidal":
        rs = [radius * sqrt(max(1 - ((length - x) / length) ** 2, 0.0)) for x in xs]
    elif shape == "von-karman":
        thetas = [acos(max(-1.0, min(1.0, 1 - 2 * x / length))) for x in xs]
        rs = [radius / sqrt(pi) * sqrt(max(t - sin(2 * t) / 2, 0.0)) for t in thetas]
    else:
        raise ValueError(f"unknown nose shape '{shape}'; known: conical, ogive, ellipsoidal, von-karman")
    return xs, rs


def cone_half_angle(length: float, diameter: float) -> float:
    """Half angle [rad] of the cone of the same length and diameter."""
    return atan(diameter / 2 / length)
