"""The vehicle's core as a row of shells: skirts, tank barrels, intertanks, interstages; and the domes of the tanks."""

from dataclasses import dataclass
from math import asinh, pi, sqrt
from typing import Literal

from ..layout import layout
from ..stage import Stage
from ..tank import Tank
from ..vehicle import Vehicle

Kind = Literal["skirt", "barrel", "intertank", "body", "interstage"]


@dataclass(frozen=True)
class Zone:
    """One shell between two stations [m]; radii at its ends. tank: for a barrel, with the station of its lowest point."""

    name: str
    part: str
    kind: Kind
    bottom: float
    top: float
    lower_radius: float
    upper_radius: float
    tank: Tank | None = None
    tank_bottom: float = 0.0

    @property
    def radius(self) -> float:
        """The larger one, which buckles first."""
        return max(self.lower_radius, self.upper_radius)

    @property
    def area(self) -> float:
        """Of the wall [m^2]."""
        return (
            pi
            * (self.lower_radius + self.upper_radius)
            * sqrt((self.top - self.bottom) ** 2 + (self.lower_radius - self.upper_radius) ** 2)
        )


def zones(vehicle: Vehicle) -> list[Zone]:
    """From the bottom up; a stage without tanks is one body. Boosters, fairing and adapter are not among them."""
    place, found = layout(vehicle), []
    for stage in vehicle.stages:
        found += stage_zones(stage, place.part("stage", stage.name).bottom)
        part = vehicle.interstage_on(stage)
        if part is not None:
            at = place.part("interstage", part.name)
            found.append(
                Zone(
                    part.name,
                    part.name,
                    "interstage",
                    at.bottom,
                    at.top,
                    part.lower_diameter / 2,
                    part.upper_diameter / 2,
                )
            )
    return found


def stage_zones(stage: Stage, bottom: float) -> list[Zone]:
    """The shells of one stage whose exit plane stands at a station."""
    r = stage.diameter / 2
    start, end = bottom + stage.engine_section, bottom + stage.length
    if not stage.tanks:
        return [Zone(f"{stage.name}: body", stage.name, "body", start, end, r, r)]
    found: list[Zone] = []
    below = start
    last = None
    for tank, station in zip(stage.tanks, stage.tank_stations, strict=True):
        lower = tank.lower_dome.height(tank.radius)
        barrel = bottom + station + (0.0 if tank.lower_dome.inward else lower)
        if barrel > below + 1e-6:
            kind = "skirt" if last is None else "intertank"
            found.append(
                Zone(
                    f"{stage.name}: {'aft skirt' if last is None else 'intertank'}",
                    stage.name,
                    kind,
                    below,
                    barrel,
                    r,
                    r,
                )
            )
        top = barrel + tank.barrel_length
        if tank.barrel_length > 1e-6:
            found.append(
                Zone(
                    f"{stage.name}: {tank.name}",
                    stage.name,
                    "barrel",
                    barrel,
                    top,
                    tank.radius,
                    tank.radius,
                    tank,
                    bottom + station,
                )
            )
        below, last = top, tank
    if end > below + 1e-6:
        found.append(Zone(f"{stage.name}: forward skirt", stage.name, "skirt", below, end, r, r))
    return found


def dome_area(radius: float, height: float) -> float:
    """Surface [m^2] of half an oblate ellipsoid: pi R^2 + pi h^2 artanh(e)/e, e = sqrt(1 - h^2/R^2); a disc when flat."""
    if height <= 0.0:
        return pi * radius**2
    if height >= radius * (1 - 1e-9):
        return 2 * pi * radius**2
    e = sqrt(1 - (height / radius) ** 2)
    return pi * radius**2 + pi * height**2 / e * asinh(e * radius / height)
