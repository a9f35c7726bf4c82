"""A propellant tank: a cylinder between two domes, what is in it, and how full it is."""

from math import pi
from typing import Annotated, Literal

from pydantic import model_validator

from ..core.documents import Document, FieldError, Flag
from ..core.errors import InputError
from ..core.modules import Part
from ..core.quantity import SI, Density, Mass, Pressure, Temperature, Volume, ratio
from ..propulsion.propellants import find_propellant
from .wording import metres, tonnes

PositiveLength = Annotated[float, SI("m", ("3.66 m",), gt=0.0)]


class Dome(Document):
    """The end of a tank: half an ellipsoid of revolution.

    shape: ``ellipsoidal``, ``hemispherical`` or ``flat``. height_ratio: dome height over tank radius (ellipsoidal only;
    1/sqrt(2) unless given, the common 1.414:1 ellipse). inward: the dome bulges into the tank, as the upper side of a
    common bulkhead does.
    """

    shape: Literal["ellipsoidal", "hemispherical", "flat"] = "ellipsoidal"
    height_ratio: Annotated[float, ratio(gt=0.0, le=1.0)] | None = None
    inward: Flag = False

    @model_validator(mode="after")
    def _ratio_belongs_to_ellipse(self):
        if self.height_ratio is not None and self.shape != "ellipsoidal":
            raise FieldError(
                "height_ratio", f"height_ratio belongs to an ellipsoidal dome, not to a {self.shape} one; leave it out"
            )
        return self

    def height(self, radius: float) -> float:
        """Height of the dome [m] on a tank of *radius* [m]."""
        if self.shape == "flat":
            return 0.0
        if self.shape == "hemispherical":
            return radius
        return (self.height_ratio if self.height_ratio is not None else 0.5**0.5) * radius


class Tank(Part, schema="osea/tank/v1"):
    """One propellant tank.

    contents: propellant name (``LOX``, ``RP-1``, …). diameter: of the wall; its thickness is neglected in volumes.
    propellant_mass: loaded. density: of the liquid as loaded; taken from the propellant data when left out. ullage: gas
    volume over tank volume when neither volume nor cylinder_length is given. volume or cylinder_length: at most one;
    without both the cylinder is made as long as propellant and ullage need. gap_below: between this tank's lower dome
    and the upper dome of the tank below (or the engine section). pressure, wall_thickness, material: optional facts.
    """

    contents: str
    diameter: PositiveLength
    propellant_mass: Annotated[float, SI("kg", ("291 t",), gt=0.0)]
    density: Density | None = None
    temperature: Temperature | None = None
    ullage: Annotated[float, ratio(ge=0.0, lt=1.0)] = 0.03
    volume: Volume | None = None
    cylinder_length: Annotated[float, SI("m", ("20 m",), ge=0.0)] | None = None
    lower_dome: Dome = Dome()
    upper_dome: Dome = Dome()
    gap_below: Annotated[float, SI("m", ("0.2 m",), ge=0.0)] = 0.0
    pressure: Pressure | None = None
    wall_thickness: Annotated[float, SI("m", ("4.7 mm",), gt=0.0)] | None = None
    material: str | None = None
    dry_mass: Mass | None = None

    @model_validator(mode="after")
    def _sized_once(self):
        if self.volume is not None and self.cylinder_length is not None:
            raise FieldError(
                "volume", "give the tank's volume or its cylinder_length, not both: one follows from the other"
            )
        return self

    @model_validator(mode="after")
    def _holds_its_propellant(self):
        density = self.liquid_density
        if density is None:
            raise FieldError(
                "contents",
                f"the density of '{self.contents}' is not known; add 'density: 1141 kg/m^3' with the value as loaded",
            )
        liquid = self.propellant_mass / density
        length = self.barrel_length
        inward = sum(d.height(self.diameter / 2) for d in (self.lower_dome, self.upper_dome) if d.inward)
        if length < -1e-9:
            raise FieldError(
                "diameter",
                f"the domes of a {metres(self.diameter)} tank alone hold more than its {liquid:.4g} m^3 of "
                f"{self.contents} with ullage; make the tank narrower or the domes flatter (height_ratio)",
            )
        if length < inward - 1e-9:
            raise FieldError(
                "diameter",
                f"the inward dome is {metres(inward)} high and the cylinder only {metres(length)} long: they meet; "
                "make the tank narrower or the dome flatter (height_ratio)",
            )
        if liquid > self.internal_volume * (1 + 1e-9):
            raise FieldError(
                "propellant_mass",
                f"{tonnes(self.propellant_mass)} of {self.contents} at {density:.5g} kg/m^3 need {liquid:.5g} m^3, and the "
                f"tank holds {self.internal_volume:.5g} m^3; enlarge the tank or load less",
            )
        return self

    @property
    def radius(self) -> float:
        return self.diameter / 2

    @property
    def liquid_density(self) -> float | None:
        """Density of the liquid [kg/m^3]: as given, else the propellant's nominal one, else None."""
        return self.density if self.density is not None else known_density(self.contents)

    @property
    def dome_volume(self) -> float:
        """Volume [m^3] that the two domes add to the cylinder; an inward dome takes away. Half an ellipsoid: 2/3 pi R² h."""
        return sum(
            (-1 if d.inward else 1) * 2 / 3 * pi * self.radius**2 * d.height(self.radius)
            for d in (self.lower_dome, self.upper_dome)
        )

    @property
    def barrel_length(self) -> float:
        """Length [m] of the cylindrical part."""
        if self.cylinder_length is not None:
            return self.cylinder_length
        volume = self.volume
        if volume is None:
            volume = self.propellant_mass / (self.liquid_density or float("nan")) / (1 - self.ullage)
        return (volume - self.dome_volume) / (pi * self.radius**2)

    @property
    def internal_volume(self) -> float:
        """Volume [m^3] inside the walls."""
        return pi * self.radius**2 * self.barrel_length + self.dome_volume

    @property
    def fill(self) -> float:
        """Liquid volume over tank volume, as loaded."""
        return self.propellant_mass / (self.liquid_density or float("nan")) / self.internal_volume

    @property
    def height(self) -> float:
        """Overall height [m] from the lowest to the highest point of the shell."""
        return self.barrel_length + sum(
            d.height(self.radius) for d in (self.lower_dome, self.upper_dome) if not d.inward
        )


def share_a_dome(below: Tank, above: Tank) -> bool:
    """Whether the dome between two tanks is one common bulkhead: both bulge the same way and are of one height."""
    lower, upper = above.lower_dome.height(above.radius), below.upper_dome.height(below.radius)
    same_way = above.lower_dome.inward != below.upper_dome.inward
    return same_way and abs(lower - upper) < 1e-6 * max(upper, 1e-9)


def known_density(contents: str) -> float | None:
    """Nominal liquid density [kg/m^3] of a propellant by name, or None when the propellant data do not know it."""
    try:
        return find_propellant(contents).density
    except InputError:
        return None
