"""Chamber and nozzle as documents: what is chosen about their shape."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...core.documents import Document, FieldError
from ...core.quantity import SI, ratio

NozzleType = Literal["conical", "parabolic", "ideal", "truncated ideal", "thrust optimized"]
CurvatureRatio = Annotated[float, ratio(ge=0.0, le=10.0)]


class ChamberShape(Document):
    """The chamber from the injector to the throat. Radii of curvature are over the throat's radius.

    characteristic_length: L*, chamber volume up to the throat over throat area; the cylinder's length follows from it.
    throat_upstream_radius 1.5: Huzel and Huang, Design of Liquid Propellant Rocket Engines (NASA SP-125, 2nd ed. 1971),
    section 4.3, and Sutton and Biblarz, Rocket Propulsion Elements, section 3.4. blend_radius (cylinder to cone): ours.
    """

    contraction_ratio: Annotated[float, ratio(gt=1.0, le=30.0)] = Field(description="chamber area over throat area")
    characteristic_length: Annotated[float, SI("m", ("1.1 m",), gt=0.0, lt=20.0)]
    converging_angle: Annotated[float, SI("rad", ("30 deg",), gt=0.05, lt=1.5)] = 0.5235987755982988
    throat_upstream_radius: CurvatureRatio = 1.5
    blend_radius: CurvatureRatio = 0.5


class Nozzle(Document):
    """The diverging part. length_fraction: of the 15° cone from the throat's radius to the exit's (Rao's percent bell).

    throat_downstream_radius 0.382: Rao 1958, and Huzel and Huang, section 4.3. inflection_angle, exit_angle: a parabola's own,
    in place of Rao's chart.
    """

    type: NozzleType
    half_angle: Annotated[float, SI("rad", ("15 deg",), gt=0.02, lt=0.8)] | None = None
    length_fraction: Annotated[float, ratio(ge=0.3, le=3.0)] | None = None
    throat_downstream_radius: Annotated[float, ratio(ge=0.05, le=5.0)] = 0.382
    inflection_angle: Annotated[float, SI("rad", ("33 deg",), gt=0.02, lt=1.2)] | None = None
    exit_angle: Annotated[float, SI("rad", ("8 deg",), ge=0.0, lt=0.8)] | None = None

    @model_validator(mode="after")
    def _fields_of_the_type(self) -> Self:
        wanted = {
            "conical": ("half_angle",),
            "parabolic": ("length_fraction",),
            "ideal": (),
            "truncated ideal": ("length_fraction",),
            "thrust optimized": ("length_fraction",),
        }[self.type]
        optional = ("inflection_angle", "exit_angle") if self.type == "parabolic" else ()
        for field in ("half_angle", "length_fraction", "inflection_angle", "exit_angle"):
            given = getattr(self, field) is not None
            if field in wanted and not given:
                raise FieldError(field, f"a nozzle of type '{self.type}' needs it")
            if given and field not in (*wanted, *optional):
                raise FieldError(field, f"a nozzle of type '{self.type}' has none; leave it out")
        if (self.inflection_angle is None) != (self.exit_angle is None):
            raise FieldError("exit_angle", "give inflection_angle and exit_angle, or neither")
        if (
            self.inflection_angle is not None
            and self.exit_angle is not None
            and self.exit_angle >= self.inflection_angle
        ):
            raise FieldError("exit_angle", "a bell is flatter at its exit than at its inflection; lower it")
        return self
