"""Axial force, shear and bending moment along the stack at one instant of flight.

The vehicle is a rigid free body, trimmed: the engines' side force holds the turning moment of the air. A cut at a station
carries what the part above it needs:

    N(x) = a m(x) + D(x)                     axial, compression positive; a the sensed axial acceleration
    V(x) = F(x) - b m(x)                     shear; b = (F_air + F_engine) / m the lateral acceleration
    M(x) = integral of F'(s) (s - x) ds - b (first moment of the mass above)

with m(x) and F(x) the mass and the air's normal force above the cut. The air's normal force per length is slender-body
theory and cross-flow drag (Jorgensen, NASA TR R-474 (1977), eq. 1, with one cross-flow coefficient):

    F' = q (2 sin(alpha) dA/dx cos(alpha/2) + c_dc d sin^2(alpha))

Slender-body theory knows no Mach number and no carry-over behind shoulders; at transonic speeds measured slopes are higher by
some tens of percent. Masses are spread evenly over the length that gives each its own inertia.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated

import numpy as np

from ..core.results import Array, Result, Unit
from .aerodynamics import outline
from .layout import layout
from .mass import MassItem, MassProperties
from .parts import nose_profile
from .vehicle import Vehicle

CROSS_FLOW_DRAG = 1.2
"""Of a circular cylinder below the critical Reynolds number and cross-flow Mach number 0.4 (Jorgensen 1977, fig. 1)."""
_POINTS = 600


@dataclass(frozen=True)
class FlightCondition:
    """What acts at one instant: dynamic pressure [Pa], total angle of attack [rad], sensed axial acceleration [m/s^2],
    thrust [N], drag [N]."""

    dynamic_pressure: float
    angle_of_attack: float
    axial_acceleration: float
    thrust: float
    drag: float


@dataclass(frozen=True, kw_only=True)
class BodyLoads(Result):
    """Loads along the stack, from its lowest attached station up; engine_angle: that trims it, None without thrust.

    normal_force: of the air; center_of_pressure: its station, None where there is none.
    """

    station: Annotated[Array, Unit("m")]
    axial: Annotated[Array, Unit("N")]
    shear: Annotated[Array, Unit("N")]
    bending: Annotated[Array, Unit("N*m")]
    normal_force: Annotated[float, Unit("N")]
    center_of_pressure: Annotated[float | None, Unit("m")]
    lateral_acceleration: Annotated[float, Unit("m/s^2")]
    engine_angle: Annotated[float | None, Unit("rad")]

    def at(self, station: float) -> tuple[float, float, float]:
        """(axial [N], shear [N], bending moment [N m]) of a cut at a station [m]."""
        axial, shear, bending = (
            float(np.interp(station, self.station, values)) for values in (self.axial, self.shear, self.bending)
        )
        return axial, shear, bending


def body_loads(
    vehicle: Vehicle,
    masses: MassProperties,
    condition: FlightCondition,
    *,
    lowest_stage: int = 0,
    fairing: bool = True,
) -> BodyLoads:
    """Loads of the core stack without boosters; masses: of what flies, from `mass_properties`.

    Drag acts at the nose: its friction part acts further aft, so that axial forces above are on the safe side.
    """
    bottom = layout(vehicle).part("stage", vehicle.stages[lowest_stage].name).bottom
    gimbal = bottom + vehicle.stages[lowest_stage].engine_section
    stations, radii = profile(vehicle, lowest_stage, fairing)
    x = np.unique(np.concatenate([np.linspace(bottom, stations[-1], _POINTS), stations, [gimbal]]))

    force, moment = _air(x, stations, radii, condition)
    mass, mass_moment = _mass_above(x, masses.items)
    total_force, about_bottom = force[0], moment[0]
    center = bottom + about_bottom / total_force if total_force else None
    # Turning moment of the air about the centre of mass, held by the engines' side force below it.
    turning = about_bottom - total_force * (masses.center_of_mass - bottom)
    arm = masses.center_of_mass - gimbal
    thrusting = condition.thrust > 0.0
    side = turning / arm if thrusting else 0.0
    lateral = (total_force + side) / masses.mass
    below = x < gimbal
    return BodyLoads(
        station=x,
        axial=np.where(below & thrusting, 0.0, condition.axial_acceleration * mass + condition.drag),
        shear=force - lateral * mass + np.where(below, side, 0.0),
        bending=moment - lateral * mass_moment + side * np.where(below, gimbal - x, 0.0),
        normal_force=float(total_force),
        center_of_pressure=None if center is None else float(center),
        lateral_acceleration=float(lateral),
        engine_angle=float(np.arctan2(side, condition.thrust)) if thrusting else None,
    )


def pad_loads(
    vehicle: Vehicle, masses: MassProperties, wind_speed: float, *, air_density: float = 1.225, gravity: float = 9.80665
) -> BodyLoads:
    """Loads of the core standing on the pad, held at its foot, in a wind [m/s] over its whole height; engines off.

    The wind's force is that of cross flow alone, q c_dc d per length; vortices that shed from the body are not in it.
    """
    place = layout(vehicle)
    bottom = place.part("stage", vehicle.stages[0].name).bottom
    stations, radii = profile(vehicle, 0, True)
    x = np.unique(np.concatenate([np.linspace(bottom, stations[-1], _POINTS), stations]))
    pressure = 0.5 * air_density * wind_speed**2
    force, moment = _air(x, stations, radii, FlightCondition(pressure, pi / 2, gravity, 0.0, 0.0))
    mass, _ = _mass_above(x, masses.items)
    total = float(force[0])
    return BodyLoads(
        station=x,
        axial=gravity * mass,
        shear=force,
        bending=moment,
        normal_force=total,
        center_of_pressure=float(bottom + moment[0] / total) if total else None,
        lateral_acceleration=0.0,
        engine_angle=None,
    )


def landing_loads(masses: MassProperties, bottom: float, top: float, acceleration: float) -> BodyLoads:
    """Loads of a stage between two stations [m] that its legs stop at an axial acceleration [m/s^2], upright and still."""
    x = np.linspace(bottom, top, _POINTS)
    mass, _ = _mass_above(x, masses.items)
    zero = np.zeros_like(x)
    return BodyLoads(
        station=x,
        axial=acceleration * mass,
        shear=zero,
        bending=zero,
        normal_force=0.0,
        center_of_pressure=None,
        lateral_acceleration=0.0,
        engine_angle=None,
    )


def mass_per_length(x: Array, items: tuple[MassItem, ...]) -> Array:
    """Mean mass per length [kg/m] of each piece between stations, the parts spread as for the loads; what lies outside the
    stations counts in the nearest piece."""
    above, _ = _mass_above(x, items)
    pieces = above[:-1] - above[1:]
    pieces[0] += sum(i.mass for i in items) - above[0]
    pieces[-1] += above[-1]
    return pieces / np.diff(x)


def equivalent_axial_load(axial: float, bending: float, diameter: float) -> float:
    """Uniform compression [N] whose line load equals the largest of axial force [N] and bending [N m] on a thin ring of that
    diameter [m]: N + 4 |M| / d."""
    return axial + 4.0 * abs(bending) / diameter


def profile(vehicle: Vehicle, lowest_stage: int, fairing: bool) -> tuple[Array, Array]:
    """Outer radius [m] of the core against station [m], ascending; a step has two stations a millimetre apart."""
    place = layout(vehicle)
    nose, body = outline(vehicle, lowest_stage, fairing, place)
    bottom = place.part("stage", vehicle.stages[lowest_stage].name).bottom
    length = sum(c.length for c in body) + (nose[1] if nose else 0.0)
    top = bottom + length
    xs: list[float] = []
    rs: list[float] = []

    def add(distance: float, radius: float) -> None:
        """A point, by its distance from the nose."""
        if xs and abs(top - distance - xs[-1]) < 1e-9:
            if abs(radius - rs[-1]) < 1e-9:
                return
            distance += 1e-3
        xs.append(top - distance)
        rs.append(radius)

    at = 0.0
    if nose:
        for distance, radius in zip(*nose_profile(nose[0], nose[1], nose[2] / 2), strict=True):
            add(float(distance), float(radius))
        at = nose[1]
    for cone in body:
        add(at, cone.fore / 2)
        at += cone.length
        add(at, cone.aft / 2)
    return np.array(xs[::-1]), np.array(rs[::-1])


def side_area(vehicle: Vehicle, lowest_stage: int, fairing: bool) -> float:
    """Area [m^2] of the core seen from the side."""
    stations, radii = profile(vehicle, lowest_stage, fairing)
    return float(np.trapezoid(2 * radii, stations))


def _air(x: Array, stations: Array, radii: Array, condition: FlightCondition) -> tuple[Array, Array]:
    """Normal force above each cut and its moment about the cut; each piece between two cuts is exact for a cone."""
    r = np.interp(x, stations, radii)
    q, alpha = condition.dynamic_pressure, condition.angle_of_attack
    potential = q * np.sin(2 * alpha) * np.cos(alpha / 2)
    steps = potential * pi * (r[:-1] ** 2 - r[1:] ** 2)
    steps = steps + q * CROSS_FLOW_DRAG * np.sin(alpha) ** 2 * (r[:-1] + r[1:]) * np.diff(x)
    # A blunt front turns the flow as a nose of no length would.
    tip = potential * pi * r[-1] ** 2
    middle = (x[:-1] + x[1:]) / 2
    force = np.append(np.cumsum(steps[::-1])[::-1], 0.0) + tip
    first = np.append(np.cumsum((steps * middle)[::-1])[::-1], 0.0) + tip * x[-1]
    return force, first - force * x


def _mass_above(x: Array, items: tuple[MassItem, ...]) -> tuple[Array, Array]:
    """Mass above each cut and its first moment about the cut."""
    mass, first = np.zeros_like(x), np.zeros_like(x)
    for item in items:
        # Across the axis a body of revolution has half its roll inertia and m times its lengthwise variance.
        variance = max(item.pitch_inertia - item.roll_inertia / 2, 0.0) / item.mass if item.mass else 0.0
        half = max(sqrt(3.0 * variance), 1e-6)
        low, high = item.station - half, item.station + half
        share = np.clip((high - x) / (high - low), 0.0, 1.0)
        above = item.mass * share
        middle = (high + np.clip(x, low, high)) / 2
        mass += above
        first += above * (middle - x)
    return mass, first
