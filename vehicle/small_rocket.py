"""A sounding or model rocket: nose, tubes and cones, fins, point masses, parachutes and the place of its motor.

Stations count from the nose's tip aft, as OpenRocket's do.
"""

from math import pi
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ..core.documents import Document, Integer, Module
from ..core.quantity import SI, Area, Mass
from .aero_table import AeroTable, Body, build_table
from .aerodynamics import Cone, body_drag, mach_points
from .drag_methods import base
from .fin_methods import FinSet
from .parts import NonNegativeLength, NoseShape, PositiveLength, nose_profile

Station = Annotated[float, SI("m", ("0.35 m",))]


class RocketNose(Document):
    """length, diameter: of the nose and its base."""

    shape: NoseShape
    length: PositiveLength
    diameter: PositiveLength


class BodyPiece(Document):
    """A tube, or a cone where the two diameters differ; pieces follow each other from the nose aft."""

    name: str
    length: PositiveLength
    fore_diameter: PositiveLength
    aft_diameter: PositiveLength


class FinsOnBody(Document):
    """Equal trapezoidal fins. station: of the root's leading edge; span: of one, from the body's side; sweep: of the leading
    edge along the axis."""

    name: str
    count: Annotated[Integer, Field(ge=3, le=8)]
    root: PositiveLength
    tip: NonNegativeLength
    span: PositiveLength
    sweep: Annotated[float, SI("m", ("30 mm",))]
    thickness: NonNegativeLength = 0.0
    station: Station
    diameter: PositiveLength


class PlacedMass(Document):
    """station: of its middle; length: along the axis."""

    name: str
    mass: Mass
    station: Station
    length: NonNegativeLength = 0.0


class Parachute(Document):
    """drag_area: coefficient times area. opens: at the apogee, at an altitude over the ground on the way down, or by the motor's
    charge; delay after that."""

    name: str
    drag_area: Area
    opens: Literal["apogee", "altitude", "ejection"]
    altitude: NonNegativeLength = 0.0
    delay: Annotated[float, SI("s", ("1.5 s",), ge=0.0)] = 0.0


class MotorPlace(Document):
    """A motor by its maker's designation; its thrust curve is a file of its own. station: of its aft end."""

    designation: str
    manufacturer: str = ""
    diameter: PositiveLength
    length: PositiveLength
    station: Station
    ejection_delay: Annotated[float, SI("s", ("5 s",), ge=0.0)] | None = None


class SmallRocket(Module, schema="osea/small-rocket/v1"):
    """A small rocket without its motor's mass. masses: everything else that weighs; they add up to the empty rocket."""

    nose: RocketNose
    body: tuple[BodyPiece, ...] = Field(min_length=1)
    fins: tuple[FinsOnBody, ...] = ()
    masses: tuple[PlacedMass, ...] = Field(min_length=1)
    parachutes: tuple[Parachute, ...] = ()
    motors: tuple[MotorPlace, ...] = ()

    @property
    def length(self) -> float:
        """Nose and body [m]."""
        return self.nose.length + sum(piece.length for piece in self.body)

    @property
    def diameter(self) -> float:
        """The largest [m]."""
        return max(self.nose.diameter, *(max(p.fore_diameter, p.aft_diameter) for p in self.body))

    @property
    def mass(self) -> float:
        """Without motor [kg]."""
        return sum(m.mass for m in self.masses)

    @property
    def center_of_mass(self) -> float:
        """Station [m], without motor."""
        return sum(m.mass * m.station for m in self.masses) / self.mass

    @property
    def inertia(self) -> tuple[float, float]:
        """Across the axis about the centre of mass, and about the axis [kg m^2]: masses as thin tubes of the body's radius."""
        r2, middle = (self.diameter / 2) ** 2, self.center_of_mass
        across = sum(m.mass * ((m.station - middle) ** 2 + m.length**2 / 12 + r2 / 2) for m in self.masses)
        return across, self.mass * r2

    def aerodynamics(self) -> AeroTable:
        """Coefficients by the methods of launchers, motor off; stations of the table count from the aft end."""
        stations, radii = self._outline()
        area, machs = pi / 4 * self.diameter**2, mach_points()
        cones = [Cone(p.length, p.fore_diameter, p.aft_diameter) for p in self.body]
        parts = body_drag((self.nose.shape, self.nose.length, self.nose.diameter), cones, machs)
        blunt = np.array([base(float(m)) for m in machs]) * pi / 4 * self.body[-1].aft_diameter ** 2
        drag = (sum(np.array(parts[k]) for k in ("friction", "nose", "boattail")) + blunt) / area
        fins = [
            FinSet(
                count=f.count, root=f.root, tip=f.tip, span=f.span, sweep=f.sweep, radius=f.diameter / 2,
                leading_edge=self.length - f.station, thickness=f.thickness,
            )
            for f in self.fins
        ]  # fmt: skip
        body = [Body(self.length - stations[::-1], radii[::-1])]
        return build_table(body, fins, reference_area=area, mach=machs, drag_on=drag, drag_off=drag)

    def center_of_pressure(self, mach: float = 0.3) -> float:
        """Station [m] at small angles."""
        return self.length - self.aerodynamics().center_of_pressure(mach)

    def _outline(self) -> tuple[np.ndarray, np.ndarray]:
        """Stations and radii [m] from the tip aft."""
        x, r = nose_profile(self.nose.shape, self.nose.length, self.nose.diameter / 2)
        for piece in self.body:
            if abs(piece.fore_diameter / 2 - r[-1]) > 1e-9:
                x, r = [*x, x[-1] + 1e-6], [*r, piece.fore_diameter / 2]
            x, r = [*x, x[-1] + piece.length], [*r, piece.aft_diameter / 2]
        return np.array(x), np.array(r)
