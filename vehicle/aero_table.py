"""Aerodynamic coefficients of what flies against Mach number and total angle of attack: normal and axial force, centre of
pressure, damping. The flight simulation and the report's static margin read them.

Body: slender-body theory and cross-flow drag over the whole circle of angles, C_N = slope/2 sin(2a') cos(a'/2) + K A_side/A
sin^2(a'), C_A = C_A0 cos^2(a') (L. H. Jorgensen, NASA TR R-474 (1977), eq. 1 and 9; a' the angle from the nose, or from the base
beyond 90 deg, where the base is a flat face). Slopes: slender-body theory (J. S. Barrowman 1967), modified Newtonian flow from
Mach 5. Fins: fin_methods. Drag at zero angle: aerodynamics. Boosters fly as if alone, at the same angle.

Not modelled: carry-over of lift on cylinders behind noses at supersonic speed (slopes measured there are up to some 40 % higher),
wakes of noses on fins, interference of boosters, rarefied flow.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import Annotated

import numpy as np

from ..core.findings import Finding, Severity
from ..core.results import Array, Result, Unit
from . import drag_methods, fin_methods
from .aerodynamics import Cone, booster_outline, drag_table, mach_points
from .body_loads import profile
from .equipment import Fins
from .fin_methods import FinSet
from .layout import layout
from .parts import nose_profile
from .vehicle import Vehicle

_SOURCES = (
    "J. S. Barrowman, The Practical Calculation of the Aerodynamic Characteristics of Slender Finned Vehicles (1967)",
    "L. H. Jorgensen, NASA TR R-474 (1977): bodies at all angles of attack",
    "R. Galejs, Wind Instability: What Barrowman Left Out (1999); F. E. Gowen, E. W. Perkins, NACA TN 2960 (1953): cross-flow",
)


@dataclass(frozen=True)
class AeroCoefficients:
    """At one Mach number and total angle of attack: C_N, C_A (engines running, or off), and the centre of pressure's station
    [m], None where there is no normal force."""

    normal: float
    axial: float
    axial_power_off: float
    center_of_pressure: float | None


@dataclass(frozen=True, kw_only=True)
class AeroTable(Result):
    """Coefficients on a grid: mach (m,), angle (a,) [rad] from 0 (nose first) to pi (base first).

    normal, axial, axial_power_off (m, a): C_N along the cross-flow, C_A aft, on reference_area. moment (m, a): C_N times the
    station of its centre [m]; center of pressure = moment / normal. slope, first, second (m,): sums of the parts' slopes
    C_N,alpha [1/rad], times their stations [m], and these squared [m^2]. roll_damping (m,): C_lp for p d / (2 V).
    Stations count from the complete vehicle's exit plane, as those of `mass_properties`.
    """

    mach: Array
    angle: Annotated[Array, Unit("rad")]
    normal: Array
    axial: Array
    axial_power_off: Array
    moment: Annotated[Array, Unit("m")]
    slope: Array
    first: Annotated[Array, Unit("m")]
    second: Annotated[Array, Unit("m^2")]
    roll_damping: Array
    reference_area: Annotated[float, Unit("m^2")]
    reference_length: Annotated[float, Unit("m")]

    def at(self, mach: float, angle: float) -> AeroCoefficients:
        """Straight lines between the grid's points, clamped to its range; angle [rad], its sign is of no account."""
        angle = abs(angle)
        i, u = _place(self.mach, mach)
        j, v = _place(self.angle, angle)
        normal, axial, off, moment = (
            float((1 - u) * ((1 - v) * t[i, j] + v * t[i, j + 1]) + u * ((1 - v) * t[i + 1, j] + v * t[i + 1, j + 1]))
            for t in (self.normal, self.axial, self.axial_power_off, self.moment)
        )
        small = abs(normal) < 1e-12
        center = self.center_of_pressure(mach) if small else moment / normal
        return AeroCoefficients(normal, axial, off, center)

    def center_of_pressure(self, mach: float) -> float:
        """Station [m] at a vanishing angle of attack: of the aerodynamic centre."""
        slope, first = (float(np.interp(mach, self.mach, t)) for t in (self.slope, self.first))
        return first / slope

    def pitch_damping(self, mach: float, center_of_mass: float) -> float:
        """C_mq for q d / (2 V) about a station [m]: -2 sum of slope_i (x_i - x)^2 / d^2; negative damps.

        Each part meets the angle of its own sideways speed; the engines' jet damping is the flight's own."""
        s0, s1, s2 = (float(np.interp(mach, self.mach, t)) for t in (self.slope, self.first, self.second))
        x = center_of_mass
        return -2.0 * (s2 - 2 * x * s1 + x * x * s0) / self.reference_length**2

    def static_margin(self, mach: float, center_of_mass: float) -> float:
        """Calibres that the centre of pressure lies behind the centre of mass [m]; negative is unstable."""
        return (center_of_mass - self.center_of_pressure(mach)) / self.reference_length


@dataclass(frozen=True)
class Body:
    """A body of revolution: stations [m] ascending and radii [m]; count of them."""

    station: Array
    radius: Array
    count: int = 1

    def slender(self) -> tuple[float, float, float]:
        """Slope times area [m^2], and with the station and its square: 2 dA integrated over the body, blunt front included."""
        x, r = self.station, self.radius
        steps, middle = pi * (r[:-1] ** 2 - r[1:] ** 2), _area_center(x, r)
        tip = pi * r[-1] ** 2
        sums = [2 * (float(np.sum(steps * middle**k)) + tip * x[-1] ** k) for k in (0, 1, 2)]
        return sums[0], sums[1], sums[2]

    def newtonian(self, mach: float) -> tuple[float, float, float]:
        """As `slender`, of modified Newtonian flow: C_p,max times the integral of 2 pi cos^2(t) r dr where the body widens."""
        x, r = self.station, self.radius
        dr, dx = r[:-1] - r[1:], np.diff(x)
        windward = np.where(dr > 0, dx**2 / (dx**2 + dr**2), 0.0) * pi * (r[:-1] ** 2 - r[1:] ** 2)
        largest = newtonian_pressure(mach)
        middle = _area_center(x, r)
        sums = [largest * float(np.sum(windward * middle**k)) for k in (0, 1, 2)]
        return sums[0], sums[1], sums[2]

    def side(self) -> tuple[float, float]:
        """Area seen from the side [m^2] and its first moment [m^3]."""
        x, r = self.station, self.radius
        pieces = (r[:-1] + r[1:]) * np.diff(x)
        middle = (x[:-1] + x[1:]) / 2
        return float(np.sum(pieces)), float(np.sum(pieces * middle))


def _area_center(x: Array, r: Array) -> Array:
    """Station where each cone's gain of area acts: the centre of r dr; its middle on a cylinder.

    With r linear in x: integral of x d(r^2) / (r1^2 - r0^2) = x0 + (x1 - x0) (r0 + 2 r1) / (3 (r0 + r1)).
    """
    total = r[:-1] + r[1:]
    share = np.where(total > 0, (r[:-1] + 2 * r[1:]) / np.where(total > 0, 3 * total, 1.0), 0.5)
    return x[:-1] + np.diff(x) * share


def newtonian_pressure(mach: float) -> float:
    """C_p behind a normal shock at the stagnation point: Rayleigh's pitot formula (L. Lees 1955; NACA Report 1135, eq. 100)."""
    g, m2 = drag_methods.GAMMA, max(mach, 1.0) ** 2
    ratio = ((g + 1) ** 2 * m2 / (4 * g * m2 - 2 * (g - 1))) ** (g / (g - 1)) * (1 - g + 2 * g * m2) / (g + 1)
    return 2 / (g * m2) * (ratio - 1)


def aero_table(
    vehicle: Vehicle,
    *,
    lowest_stage: int = 0,
    boosters: bool | Collection[str] = True,
    fairing: bool = True,
    nozzle_exit_area: float = 0.0,
) -> AeroTable:
    """The table of what still flies; the arguments are those of `drag_table`."""
    drag = drag_table(
        vehicle, lowest_stage=lowest_stage, boosters=boosters, fairing=fairing, nozzle_exit_area=nozzle_exit_area
    )
    names = [s.name for s in vehicle.stages]
    groups = [
        g
        for g in vehicle.boosters
        if (boosters is True or (boosters and g.stage.name in boosters))
        and names.index(g.beside or names[0]) >= lowest_stage
    ]
    x, r = profile(vehicle, lowest_stage, fairing)
    place = layout(vehicle)
    bodies = [Body(x, r)]
    for group in groups:
        nose, cones = booster_outline(group)
        bodies.append(_placed(nose, cones, place.part("booster", group.stage.name).bottom, group.count))
    fins = fin_sets(vehicle, lowest_stage)
    return build_table(
        bodies,
        fins,
        reference_area=drag.reference_area,
        mach=drag.mach,
        drag_on=drag.cd,
        drag_off=drag.cd_power_off,
        input_hash=vehicle.content_hash(),
        findings=(*drag.findings, *_findings(vehicle)),
        sources=tuple(dict.fromkeys((*drag.sources, *_SOURCES))),
    )


def build_table(
    bodies: Sequence[Body],
    fins: Sequence[FinSet],
    *,
    reference_area: float,
    mach: Array | None = None,
    drag_on: Array | None = None,
    drag_off: Array | None = None,
    input_hash: str = "",
    findings: tuple[Finding, ...] = (),
    sources: tuple[str, ...] = _SOURCES,
) -> AeroTable:
    """A table from outlines. drag_on, drag_off: bodies' zero-angle coefficients at *mach*; fins' drag is added here."""
    data = drag_methods.normal_force_data()
    machs = mach_points() if mach is None else np.asarray(mach, float)
    zero = np.zeros_like(machs)
    on, off = (zero if drag_on is None else drag_on), (zero if drag_off is None else drag_off)
    angle = np.radians(np.asarray(data["angles_deg"], float))
    length = sqrt(4 * reference_area / pi)
    body = np.array([_body_slopes(bodies, float(m)) for m in machs]) / reference_area
    fin_slopes = np.array([[fin_methods.set_slope(f, float(m), reference_area) for f in fins] for m in machs]).reshape(
        len(machs), len(fins)
    )
    fin_centers = np.array([[fin_methods.center_station(f, float(m)) for f in fins] for m in machs]).reshape(
        len(machs), len(fins)
    )
    fin_drag = np.array([_fin_drag(fins, float(m)) for m in machs]) / reference_area
    normal, moment = _normal(machs, angle, bodies, fins, body, fin_slopes, fin_centers, reference_area)
    forward = np.cos(angle)
    base = sum(b.count * pi * float(b.radius[0]) ** 2 for b in bodies) / reference_area
    blunt = np.array([drag_methods.blunt_face(float(m)) for m in machs]) * base
    axial = [
        np.where(forward >= 0, (drag + fin_drag)[:, None] * forward**2, -(blunt + fin_drag)[:, None] * forward**2)
        for drag in (on, off)
    ]
    return AeroTable(
        mach=machs,
        angle=angle,
        normal=normal,
        axial=axial[0],
        axial_power_off=axial[1],
        moment=moment,
        slope=body[:, 0] + fin_slopes.sum(axis=1),
        first=body[:, 1] + (fin_slopes * fin_centers).sum(axis=1),
        second=body[:, 2] + (fin_slopes * fin_centers**2).sum(axis=1),
        roll_damping=np.array(
            [sum(fin_methods.roll_damping(f, float(m), reference_area, length) for f in fins) for m in machs], float
        ),
        reference_area=reference_area,
        reference_length=length,
        input_hash=input_hash,
        findings=findings,
        sources=sources,
    )


def _body_slopes(bodies: Sequence[Body], mach: float) -> list[float]:
    data = drag_methods.normal_force_data()["body_slope"]
    low, high = float(data["slender_until"]), float(data["newtonian_from"])
    share = min(max((mach - low) / (high - low), 0.0), 1.0)
    sums = [0.0, 0.0, 0.0]
    for body in bodies:
        slender, fast = body.slender(), body.newtonian(mach)
        for k in range(3):
            sums[k] += body.count * ((1 - share) * slender[k] + share * fast[k])
    return sums


def _normal(machs, angle, bodies, fins, body, fin_slopes, fin_centers, area) -> tuple[Array, Array]:
    data = drag_methods.normal_force_data()
    cross, plate = data["cross_flow"], float(data["fins"]["stalled_plate"])
    near = np.minimum(angle, pi - angle)
    potential = np.sin(2 * near) * np.cos(near / 2) / 2
    ahead = angle <= pi / 2
    k = np.interp(machs[:, None] * np.sin(angle)[None, :], cross["mach"], cross["coefficient"])
    side = sum(b.count * b.side()[0] for b in bodies) / area
    side_moment = sum(b.count * b.side()[1] for b in bodies) / area
    base = sum(2 * b.count * pi * float(b.radius[0]) ** 2 for b in bodies) / area
    base_moment = sum(2 * b.count * pi * float(b.radius[0]) ** 2 * float(b.station[0]) for b in bodies) / area
    across = np.sin(angle)[None, :] ** 2
    slope = np.where(ahead[None, :], body[:, :1], base)
    first = np.where(ahead[None, :], body[:, 1:2], base_moment)
    normal = slope * potential + k * side * across
    moment = first * potential + k * side_moment * across
    for i, f in enumerate(fins):
        stalled = plate * f.count / 2 * f.area / area * across
        one = fin_slopes[:, i : i + 1] * np.sin(near) * np.cos(near) + stalled
        normal = normal + one
        moment = moment + one * fin_centers[:, i : i + 1]
    return normal, moment


def _fin_drag(fins: Sequence[FinSet], mach: float) -> float:
    roughness = drag_methods.drag_data()["roughness"]["value_m"]
    total = 0.0
    for f in fins:
        reynolds = drag_methods.reference_reynolds(mach, f.mean_chord)
        friction = drag_methods.skin_friction(reynolds, mach, roughness / f.mean_chord)
        total += fin_methods.drag_area(f, mach, friction)
    return total


def fin_sets(vehicle: Vehicle, lowest_stage: int = 0) -> list[FinSet]:
    """The planar fins of the core's stages from *lowest_stage* up that give their outline."""
    place, found = layout(vehicle), []
    flying = {s.name: s for s in vehicle.stages[lowest_stage:]}
    for part in vehicle.equipment or ():
        if not isinstance(part, Fins) or part.type != "planar" or part.stage not in flying or part.root_chord is None:
            continue
        assert part.span is not None and part.leading_edge is not None and part.sweep is not None
        bottom = place.part("stage", part.stage).bottom
        found.append(
            FinSet(
                part.count, part.root_chord, part.tip_chord or 0.0, part.span, part.sweep,
                flying[part.stage].diameter / 2, bottom + part.leading_edge, part.thickness or 0.0,
            )
        )  # fmt: skip
    return found


def _placed(nose: tuple[str, float, float] | None, cones: Sequence[Cone], bottom: float, count: int) -> Body:
    """A booster's outline as stations and radii, ascending."""
    top = bottom + sum(c.length for c in cones) + (nose[1] if nose else 0.0)
    xs: list[float] = []
    rs: list[float] = []
    at = 0.0
    if nose:
        for distance, radius in zip(*nose_profile(nose[0], nose[1], nose[2] / 2), strict=True):
            xs.append(top - float(distance))
            rs.append(float(radius))
        at = nose[1]
    for cone in cones:
        if not xs:
            xs.append(top - at)
            rs.append(cone.fore / 2)
        at += cone.length
        xs.append(top - at)
        rs.append(cone.aft / 2)
    return Body(np.array(xs[::-1]), np.array(rs[::-1]), count)


def _place(grid: Array, value: float) -> tuple[int, float]:
    """The interval that holds a value, and how far in it; clamped."""
    i = int(np.clip(np.searchsorted(grid, value, side="right") - 1, 0, len(grid) - 2))
    return i, float(np.clip((value - grid[i]) / (grid[i + 1] - grid[i]), 0.0, 1.0))


def _findings(vehicle: Vehicle) -> list[Finding]:
    found = [
        Finding(
            Severity.UNKNOWN,
            "aerodynamics.supersonic_carry_over",
            vehicle.where(),
            "between Mach 1.2 and 5 the lift that a nose leaves on the cylinder behind it is not modelled: slopes there are low "
            "by up to some 40 %; bring measured coefficients where stability hangs on it",
        )
    ]
    grids = [p for p in vehicle.equipment or () if isinstance(p, Fins) and (p.type == "grid" or p.root_chord is None)]
    found += [
        Finding(
            Severity.UNKNOWN,
            "aerodynamics.fins",
            part.where(),
            f"'{part.name}' has no outline that a relation holds for and counts for nothing in lift and drag",
        )
        for part in grids
    ]
    return found
