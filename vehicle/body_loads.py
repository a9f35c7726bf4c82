"""Axial force, shear and bending moment along the stack at one instant of flight.

The vehicle is a rigid free body, trimmed: the engines' side force holds the turning moment of the air. A cut at a station
carries what the part above it needs:

    N(x) = a m(x) + D(x)                     axial, compression positive; a the sensed axial acceleration
    V(x) = F(x) - b m(x)                     shear; b = (F_air + F_engine) / m the lateral acceleration
    M(x) = integral of F'(s) (s - x) ds - b (first moment of the mass above)

with m(x) and F(x) the mass and the air's normal force above the cut (`normal_force`). Masses are spread evenly over the
length that gives each its own inertia.

Strap-ons (`strap_on_loads`) count in a and b, and in the trim, all engines turning by one angle; the core above a cut further
carries what they bring in above it: A at the thrust attachment, B_fore and B_aft. Drag is shared by frontal areas.
"""

from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated

import numpy as np

from ..core.results import Array, Result, Unit
from .aerodynamics import outline
from .layout import layout
from .mass import MassItem, MassProperties
from .normal_force import normal_force_above
from .parts import nose_profile
from .strap_on_loads import AttachmentLoads, StrapOnState, attachment_loads
from .vehicle import Vehicle

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

    normal_force: of the air on the core; center_of_pressure: its station, None where there is none. attachments: of strap-ons.
    """

    station: Annotated[Array, Unit("m")]
    axial: Annotated[Array, Unit("N")]
    shear: Annotated[Array, Unit("N")]
    bending: Annotated[Array, Unit("N*m")]
    normal_force: Annotated[float, Unit("N")]
    center_of_pressure: Annotated[float | None, Unit("m")]
    lateral_acceleration: Annotated[float, Unit("m/s^2")]
    engine_angle: Annotated[float | None, Unit("rad")]
    attachments: tuple[AttachmentLoads, ...] = ()

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
    strap_ons: tuple[StrapOnState, ...] = (),
) -> BodyLoads:
    """Loads of the core stack; masses: of all that flies, strap-ons too, from `mass_properties`.

    Drag acts at the nose: its friction part acts further aft, so that axial forces above are on the safe side. Of strap-ons whose
    attachments are not given, nothing is added to the core: its loads then hold above the stage that they stand beside.
    """
    bottom = layout(vehicle).part("stage", vehicle.stages[lowest_stage].name).bottom
    gimbal = bottom + vehicle.stages[lowest_stage].engine_section
    stations, radii = profile(vehicle, lowest_stage, fairing)
    x = np.unique(np.concatenate([np.linspace(bottom, stations[-1], _POINTS), stations, [gimbal]]))

    q, alpha = condition.dynamic_pressure, condition.angle_of_attack
    force, moment = normal_force_above(x, stations, radii, q, alpha)
    own = tuple(i for i in masses.items if i.part not in {f"{s.group.count} x {s.group.stage.name}" for s in strap_ons})
    mass, mass_moment = _mass_above(x, own)
    core_force, about_bottom = float(force[0]), float(moment[0])
    center = bottom + about_bottom / core_force if core_force else None
    airs = [s.air(q, alpha) for s in strap_ons]
    counts = [s.group.count for s in strap_ons]
    # Turning moment of the air about the centre of mass, held by the engines' side forces below it.
    middle = masses.center_of_mass
    turning = about_bottom - core_force * (middle - bottom)
    turning += sum(n * (m - f * middle) for n, (f, m) in zip(counts, airs, strict=True))
    beside = sum(n * s.thrust for n, s in zip(counts, strap_ons, strict=True))
    core_thrust = max(condition.thrust - beside, 0.0)
    lever = core_thrust * (middle - gimbal)
    lever += sum(n * s.thrust * (middle - s.hinge) for n, s in zip(counts, strap_ons, strict=True))
    thrusting = condition.thrust > 0.0
    deflection = turning / lever if thrusting else 0.0
    total_force = core_force + sum(n * f for n, (f, _) in zip(counts, airs, strict=True))
    lateral = (total_force + deflection * (core_thrust + beside)) / masses.mass

    areas = [s.frontal_area for s in strap_ons]
    front = float(pi * np.max(radii) ** 2)
    drag_per_area = condition.drag / (front + sum(n * area for n, area in zip(counts, areas, strict=True)))
    attachments = tuple(
        attachment_loads(s, air, drag_per_area * area, deflection, condition.axial_acceleration, lateral)
        for s, air, area in zip(strap_ons, airs, areas, strict=True)
    )
    below, side = x < gimbal, deflection * core_thrust
    axial = condition.axial_acceleration * mass + drag_per_area * front
    shear = force - lateral * mass + np.where(below, side, 0.0)
    bending = moment - lateral * mass_moment + side * np.where(below, gimbal - x, 0.0)
    for at in attachments:
        if at.fore is None or at.aft is None:
            continue
        axial = axial - np.where(x < at.thrust_at, at.count * at.axial, 0.0)
        for station, across in ((at.fore, at.lateral_fore), (at.aft, at.lateral_aft)):
            shear = shear + np.where(x < station, at.count * across, 0.0)
            bending = bending + at.count * across * np.maximum(station - x, 0.0)
    return BodyLoads(
        station=x,
        axial=np.where(below & (core_thrust > 0.0), 0.0, axial),
        shear=shear,
        bending=bending,
        normal_force=core_force,
        center_of_pressure=None if center is None else float(center),
        lateral_acceleration=float(lateral),
        engine_angle=float(np.arctan(deflection)) if thrusting else None,
        attachments=attachments,
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
    force, moment = normal_force_above(x, stations, radii, pressure, pi / 2)
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
