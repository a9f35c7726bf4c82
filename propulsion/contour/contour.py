"""The whole inner wall, from the injector to the exit, with what follows from it: length, area, volume, divergence."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from ...core.errors import InputError, UndecidedError
from ...core.findings import Finding, Severity
from ...core.results import Array, Result, Unit
from . import shapes
from .bell import IDEAL, RAO, Bell, Throat, ideal, run, thrust_optimized, truncated_ideal, wall_thrust
from .document import ChamberShape, Nozzle
from .isentrope import Isentrope, constant_gamma

_ARC_POINTS, _BLEND_POINTS, _CYLINDER_POINTS = 25, 17, 25
_MARCH_GROWTH, _MARCH_STEP = 1.06, 0.02
_WAVE = 1e-3  # of slope, from one point to the next
CONE_LOSS = "Malina 1940, Characteristics of the Rocket Motor Unit, Journal of the Franklin Institute 230, p. 433: (1 + cos α)/2"
CHAMBER = "Huzel and Huang, Design of Liquid Propellant Rocket Engines (NASA SP-125), sections 4.2 and 4.3"


@dataclass(frozen=True, kw_only=True)
class Contour(Result):
    """The wall from the injector face to the exit; x is 0 at the throat and negative in the chamber.

    part: of each point: cylinder, blend, cone, throat upstream, throat downstream, nozzle. Where two meet, the point is the
    earlier one's. length_fraction: nozzle length over the 15° cone's. arc_angle: where the throat's arc ends; inflection_angle:
    the steepest (in a computed bell the wall goes on to open a little). divergence_efficiency: vacuum specific impulse of the
    flow in this nozzle, by the method of characteristics, over that of one-dimensional flow of the same mass through the same
    exit; None where the characteristics do not close. divergence_factor: (1 + cos of the exit angle)/2, exact for source flow
    from a cone only. discharge_coefficient: mass flow over the one-dimensional one, from the throat's curvature; friction is in
    none of them. exit_wall_pressure: over total pressure, inviscid, for separation; None like the efficiency.
    """

    x: Annotated[Array, Unit("m")]
    radius: Annotated[Array, Unit("m")]
    part: tuple[str, ...]
    method: str
    throat_radius: Annotated[float, Unit("m")]
    exit_radius: Annotated[float, Unit("m")]
    chamber_radius: Annotated[float, Unit("m")]
    area_ratio: float
    nozzle_length: Annotated[float, Unit("m")]
    chamber_length: Annotated[float, Unit("m")]
    cylinder_length: Annotated[float, Unit("m")]
    length_fraction: float
    upstream_curvature: Annotated[float, Unit("m")]
    downstream_curvature: Annotated[float, Unit("m")]
    arc_angle: Annotated[float, Unit("rad")]
    inflection_angle: Annotated[float, Unit("rad")]
    exit_angle: Annotated[float, Unit("rad")]
    divergence_efficiency: float | None
    divergence_factor: float
    discharge_coefficient: float
    exit_wall_pressure: float | None
    surface_area: Annotated[float, Unit("m^2")]
    nozzle_surface_area: Annotated[float, Unit("m^2")]
    chamber_volume: Annotated[float, Unit("m^3")]

    @property
    def length(self) -> float:
        """Injector face to exit [m]."""
        return self.chamber_length + self.nozzle_length


@dataclass(frozen=True)
class _Diverging:
    """wall (n, 3): x, r, θ from the arc's end to the exit, over the throat's radius."""

    wall: Array
    angle: float
    efficiency: float | None
    exit_pressure: float | None
    method: str
    source: str
    findings: tuple[Finding, ...] = ()


def contour(
    shape: ChamberShape,
    nozzle: Nozzle,
    throat_area: float,
    area_ratio: float,
    *,
    gamma: float | Isentrope,
    longest: float | None = None,
) -> Contour:
    """The contour for a throat area [m²] and an area ratio.

    gamma: ratio of specific heats in the nozzle, taken constant, or the gas along its isentrope (``isentrope.of_solution``).
    longest: room for the nozzle, throat to exit [m]. Raises InputError for a shape that cannot be drawn, ImpossibleError
    where no such contour exists, UndecidedError where it was not found.
    """
    if not 1.0 < area_ratio <= 1000.0:
        raise InputError(f"the area ratio is {area_ratio:g}; it must be above 1 and at most 1000")
    if not (np.isfinite(throat_area) and throat_area > 0.0):
        raise InputError(f"the throat's area is {throat_area:g} m²; it must be positive")
    gas = gamma if isinstance(gamma, Isentrope) else constant_gamma(gamma)
    throat = Throat(gas, shape.throat_upstream_radius, nozzle.throat_downstream_radius)
    diverging = _diverging(nozzle, throat, area_ratio)
    scale = float(np.sqrt(throat_area / np.pi))
    cylinder = shapes.cylinder_length(shape, scale)
    parts = _parts(shape, throat, diverging, cylinder)
    rows = scale * np.vstack([p for _, p in parts])
    part = tuple(name for name, p in parts for _ in range(len(p)))
    chamber = np.vstack([p for _, p in [*_cylinder(shape, cylinder), *shapes.converging(shape)]])
    nozzle_rows = np.vstack([[[0.0, 1.0]], throat.arc(diverging.angle, 400)[:, :2], diverging.wall[1:, :2]])
    length = float(diverging.wall[-1, 0]) * scale
    return Contour(
        findings=(
            *diverging.findings,
            *_wall_findings(nozzle, rows, part),
            *_length_finding(nozzle, length, longest),
        ),
        sources=(diverging.source, CHAMBER),
        x=rows[:, 0],
        radius=rows[:, 1],
        part=part,
        method=diverging.method,
        throat_radius=scale,
        exit_radius=float(diverging.wall[-1, 1]) * scale,
        chamber_radius=float(np.sqrt(shape.contraction_ratio)) * scale,
        area_ratio=area_ratio,
        nozzle_length=length,
        chamber_length=-float(rows[0, 0]),
        cylinder_length=cylinder * scale,
        length_fraction=float(diverging.wall[-1, 0]) / shapes.cone_length(area_ratio),
        upstream_curvature=throat.upstream * scale,
        downstream_curvature=throat.downstream * scale,
        arc_angle=diverging.angle,
        inflection_angle=float(np.max(diverging.wall[:, 2])),
        exit_angle=float(diverging.wall[-1, 2]),
        divergence_efficiency=diverging.efficiency,
        divergence_factor=0.5 * (1.0 + float(np.cos(diverging.wall[-1, 2]))),
        discharge_coefficient=2.0 * throat.mass_flow,
        exit_wall_pressure=diverging.exit_pressure,
        surface_area=scale**2 * (shapes.area(chamber) + shapes.area(nozzle_rows)),
        nozzle_surface_area=scale**2 * shapes.area(nozzle_rows),
        chamber_volume=scale**3 * shapes.volume(chamber),
    )


def _diverging(nozzle: Nozzle, throat: Throat, area_ratio: float) -> _Diverging:
    length = (nozzle.length_fraction or 0.0) * shapes.cone_length(area_ratio)
    if nozzle.type == "ideal":
        return _of_bell(ideal(throat, area_ratio), area_ratio, nozzle, IDEAL)
    if nozzle.type == "truncated ideal":
        return _of_bell(truncated_ideal(throat, area_ratio, length), area_ratio, nozzle, IDEAL)
    if nozzle.type == "thrust optimized":
        return _of_bell(thrust_optimized(throat, area_ratio, length), area_ratio, nozzle, RAO)
    if nozzle.type == "conical":
        alpha = nozzle.half_angle or 0.0

        def drawn(x: Array | None = None) -> Array:
            return shapes.cone_wall(area_ratio, alpha, throat.downstream, x)

        return _drawn(nozzle, throat, area_ratio, drawn, alpha, f"cone of {np.degrees(alpha):g}°", CONE_LOSS, ())
    fraction = nozzle.length_fraction or 0.0
    findings: tuple[Finding, ...] = ()
    if nozzle.inflection_angle is not None and nozzle.exit_angle is not None:
        theta_n, theta_e = nozzle.inflection_angle, nozzle.exit_angle
        method = "parabola with its own angles"
    else:
        theta_n, theta_e, findings = shapes.rao_angles(area_ratio, fraction, where=nozzle.where("length_fraction"))
        method = "parabola with Rao's angles"

    def parabola(x: Array | None = None) -> Array:
        return shapes.parabola_wall(area_ratio, length, theta_n, theta_e, throat.downstream, x)

    source = "Rao, Approximation of Optimum Thrust Nozzle Contour, ARS Journal 30 (1960), p. 561; angles: contour_rao_angles.yaml"
    return _drawn(nozzle, throat, area_ratio, parabola, theta_n, method, source, findings)


def one_dimensional(throat: Throat, area_ratio: float) -> float:
    """Vacuum thrust of one-dimensional flow of the same mass through the same exit, over p0 times throat area."""
    passes = 2.0 * throat.mass_flow
    return passes * throat.gas.vacuum_impulse(area_ratio / passes)


def _of_bell(bell: Bell, area_ratio: float, nozzle: Nozzle, source: str) -> _Diverging:
    gas, throat = bell.throat.gas, bell.throat
    efficiency = bell.thrust / one_dimensional(throat, area_ratio)
    method = f"{nozzle.type}, method of characteristics"
    if nozzle.type == "truncated ideal":
        method += f", from the ideal contour of area ratio {bell.design_area_ratio:.4g}"
    from .isentrope import PRESSURE

    pressure = float(gas.at(bell.wall[-1, 3], PRESSURE))
    return _Diverging(bell.wall[:, :3], bell.angle, efficiency, pressure, method, source)


def _drawn(
    nozzle, throat: Throat, area_ratio: float, wall, angle: float, method: str, source: str, findings
) -> _Diverging:
    """A drawn wall, and the flow in it by characteristics from the throat."""
    from .isentrope import PRESSURE

    rows = wall()
    start, end = rows[0], rows[-1]
    step, places = throat.downstream * angle / 90.0, [0.0]
    while places[-1] < end[0] - start[0]:
        x = places[-1]
        step = min(step * _MARCH_GROWTH, _MARCH_STEP * (start[1] + x * (end[1] - start[1]) / (end[0] - start[0])))
        places.append(x + step)
    along = np.array(places[1:]) / places[-1]
    walls = np.vstack([throat.arc(angle), wall(along)])
    try:
        _, nu, _ = run(throat, walls)
    except UndecidedError as error:
        text = (
            f"the flow in this {nozzle.type} nozzle was not found ({error.message}); its divergence loss is not known"
        )
        unknown = Finding(Severity.UNKNOWN, "contour.divergence", nozzle.where(), text)
        return _Diverging(rows, angle, None, None, method, source, (*findings, unknown))
    radius = np.concatenate([[1.0], walls[:, 1]])
    all_nu = np.concatenate([[throat.start[0, 3]], nu])
    thrust = throat.start_thrust + wall_thrust(throat.gas, radius, all_nu)
    efficiency = thrust / one_dimensional(throat, area_ratio)
    return _Diverging(rows, angle, efficiency, float(throat.gas.at(nu[-1], PRESSURE)), method, source, findings)


def _cylinder(shape: ChamberShape, length: float) -> list[tuple[str, Array]]:
    end = float(shapes.converging(shape, 3)[0][1][0, 0])
    r = np.full(_CYLINDER_POINTS, np.sqrt(shape.contraction_ratio))
    return [("cylinder", np.column_stack([np.linspace(end - length, end, _CYLINDER_POINTS), r]))]


def _parts(shape: ChamberShape, throat: Throat, diverging: _Diverging, cylinder: float) -> list[tuple[str, Array]]:
    """(part, rows (x, r)) from the injector on; a point shared by two is the earlier one's."""
    parts = [*_cylinder(shape, cylinder), *shapes.converging(shape, _BLEND_POINTS)]
    parts += [("throat downstream", throat.arc(diverging.angle, _ARC_POINTS)[:, :2]), ("nozzle", diverging.wall[:, :2])]
    kept, last = [], -np.inf
    for name, rows in parts:
        rows = rows[rows[:, 0] > last + 1e-9]
        if len(rows):
            kept.append((name, rows))
            last = rows[-1, 0]
    return kept


def _wall_findings(nozzle: Nozzle, rows: Array, part: tuple[str, ...]) -> tuple[Finding, ...]:
    """The diverging wall must open everywhere, and a bell's must not be wavy."""
    behind = rows[:, 0] >= -1e-12
    x, r = rows[behind, 0], rows[behind, 1]
    slope = np.diff(r) / np.diff(x)
    where = nozzle.where()
    if np.any(slope < -1e-6):
        at = x[int(np.argmin(slope))]
        text = f"the nozzle's wall closes again {at:.4g} m behind the throat; change its angles"
        return (Finding(Severity.ERROR, "contour.wall", where, text, float(slope.min())),)
    turns = np.diff(slope[sum(p == "throat downstream" for p in part) :])
    # a bell opens up to its inflection and then turns back, once
    peak = int(np.argmax(np.concatenate([[0.0], np.cumsum(turns)])))
    wave = max(float(np.max(-turns[:peak], initial=0.0)), float(np.max(turns[peak:], initial=0.0)))
    if wave > _WAVE:
        text = f"the nozzle's wall is wavy: its slope goes back and forth by {wave:.2g}; take another length or type"
        return (Finding(Severity.WARN, "contour.wall", where, text, -wave),)
    return (Finding(Severity.OK, "contour.wall", where, "the nozzle's wall opens steadily"),)


def _length_finding(nozzle: Nozzle, length: float, longest: float | None) -> tuple[Finding, ...]:
    if longest is None:
        return ()
    margin = 1.0 - length / longest
    text = f"the nozzle is {length:.4g} m long from throat to exit; there is room for {longest:.4g} m"
    if margin >= 0.0:
        return (Finding(Severity.OK, "contour.length", nozzle.where(), text, margin),)
    text += f"; shorten it by {-margin:.0%} (length_fraction, half_angle), or lower the area ratio"
    return (Finding(Severity.ERROR, "contour.length", nozzle.where(), text, margin),)
