"""The range's report of a computed flight: `range_report`."""

from collections.abc import Sequence

import numpy as np

from ...core.earth import RADIUS, ecef_from_geodetic
from ...core.errors import InputError
from ...core.findings import Finding, Severity
from ..environment.atmosphere import Atmosphere
from ..environment.gravity import WGS84
from ..environment.wind import Wind
from ..result import Event, Trajectory
from .casualty import PopulationGrid, expected_casualties
from .corridor import azimuth_pole
from .document import JettisonedBody, RangeSafety
from .fall import fall, inertial_from_earth_fixed
from .footprint import Footprint, Release, footprint
from .impact_point import geodetic_of_surface_point, vacuum_impact_point
from .polygons import Area
from .result import BodyRisk, ImpactTrace, RangeResult, Zone

TRACE_POINTS = 80  # of the trace with drag: each is an integration


def range_report(
    trajectory: Trajectory,
    document: RangeSafety,
    bodies: Sequence[JettisonedBody] | None = None,
    *,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
    input_hash: str = "",
    sources: tuple[str, ...] = (),
) -> RangeResult:
    """Impact traces, footprints of the jettisoned bodies (the document's, unless given) and the findings on the range's rules.

    Raises InputError for a body whose event the trajectory does not have.
    """
    bodies = document.bodies if bodies is None else tuple(bodies)
    vacuum = vacuum_trace(trajectory)
    coefficient = document.trace_ballistic_coefficient
    dragged = None if coefficient is None else drag_trace(trajectory, coefficient, atmosphere=atmosphere, wind=wind)
    footprints: list[Footprint] = []
    findings: list[Finding] = []
    for i, body in enumerate(bodies):
        place = f"bodies.{i}.event" if bodies is document.bodies else ""
        found = footprint(
            body.name,
            body.event,
            release_of(trajectory, body, document.where(place)),
            body.dispersions.spread(),
            probability=document.probability,
            count=body.count,
            casualty_area=body.casualty_area,
            atmosphere=atmosphere,
            wind=wind,
        )
        if found is None:
            text = f"'{body.name}', or a dispersed one, does not come down within two hours: in orbit, its re-entry unknown"
            findings.append(Finding(Severity.UNKNOWN, "range.stays_in_orbit", document.where(place), text))
        else:
            footprints.append(found)
    zones = _zones(document, vacuum)
    traces = [vacuum] if dragged is None else [vacuum, dragged]
    findings += _keep_out(document, traces, footprints)
    findings += _corridor(document, trajectory, vacuum)
    risks, total, more = _risks(document, bodies, footprints)
    return RangeResult(
        track_latitude=trajectory.latitude,
        track_longitude=trajectory.longitude,
        track_altitude=trajectory.altitude,
        vacuum=vacuum,
        with_drag=dragged,
        footprints=tuple(footprints),
        zones=zones,
        risks=risks,
        expected_casualties=total,
        input_hash=input_hash,
        sources=sources,
        findings=tuple(findings + more),
    )


def vacuum_trace(trajectory: Trajectory) -> ImpactTrace:
    """The vacuum impact point at every sample of a flight for which there is one."""
    rows = []
    for t, r, v in zip(trajectory.time, trajectory.position_ecef, trajectory.velocity_ecef, strict=True):
        position, velocity = inertial_from_earth_fixed(float(t), r, v)
        point = vacuum_impact_point(WGS84, float(t), *position.tolist(), *velocity.tolist())
        if point.clearance >= 0.0:
            break  # the orbit clears the Earth: from here on nothing comes down
        rows.append((t, *geodetic_of_surface_point(WGS84, point.x, point.y, point.z), point.time_to_impact))
    return _trace(rows, None)


def drag_trace(
    trajectory: Trajectory,
    ballistic_coefficient: float,
    *,
    atmosphere: Atmosphere | None = None,
    wind: Wind | None = None,
) -> ImpactTrace:
    """The impact point with drag (and J2) at up to 80 samples of a flight, while the vehicle comes down within two hours."""
    picked = np.unique(
        np.linspace(0, len(trajectory.time) - 1, min(TRACE_POINTS, len(trajectory.time))).round().astype(int)
    )
    rows = []
    for i in picked:
        t = float(trajectory.time[i])
        position, velocity = inertial_from_earth_fixed(t, trajectory.position_ecef[i], trajectory.velocity_ecef[i])
        point = vacuum_impact_point(WGS84, t, *position.tolist(), *velocity.tolist())
        if point.clearance >= 0.0:
            break
        down = fall(
            t,
            position,
            velocity,
            ballistic_coefficient=ballistic_coefficient,
            atmosphere=atmosphere,
            wind=wind,
            tolerance=1e-6,
        )
        if down is None:
            break
        rows.append((t, down.latitude, down.longitude, down.time - t))
    return _trace(rows, ballistic_coefficient)


def _trace(rows: list, coefficient: float | None) -> ImpactTrace:
    time, latitude, longitude, flight = np.array(rows, float).reshape(-1, 4).T
    return ImpactTrace(
        ballistic_coefficient=coefficient, time=time, latitude=latitude, longitude=longitude, time_to_impact=flight
    )


def release_of(trajectory: Trajectory, body: JettisonedBody, where: str | None = None) -> Release:
    """A body's state as it leaves: the event's, and its push along the vehicle's axes. InputError without such an event."""
    event = next((e for e in trajectory.events if e.name == body.event), None)
    if event is None:
        known = ", ".join(f"'{e.name}'" for e in trajectory.events)
        raise InputError(
            f"'{body.name}' leaves at '{body.event}', which the flight does not have; it has {known}", where=where
        )
    position, velocity = inertial_from_earth_fixed(event.time, event.position_ecef, event.velocity_ecef)
    axis = _axis_at(trajectory, event)
    up = event.position_ecef / np.linalg.norm(event.position_ecef)
    left = np.cross(up, axis)
    if np.linalg.norm(left) < 1e-6:  # the axis is vertical: left is north then
        left = np.cross(np.cross(up, [0.0, 0.0, 1.0]), up) * -1.0
    left = left / np.linalg.norm(left)
    ways = {
        "forward": axis,
        "backward": -axis,
        "left": left,
        "right": -left,
        "up": np.cross(axis, left),
        "down": np.cross(left, axis),
    }
    direction, _ = inertial_from_earth_fixed(event.time, ways[body.separation_direction], np.zeros(3))
    return Release(
        time=event.time,
        position=position,
        velocity=velocity,
        push=body.separation_speed,
        direction=direction,
        ballistic_coefficient=body.falling_coefficient(),
    )


def _axis_at(trajectory: Trajectory, event: Event) -> np.ndarray:
    i = int(np.argmin(np.abs(trajectory.time - event.time)))
    axis = trajectory.thrust_direction_ecef[i]
    return axis / np.linalg.norm(axis)


def _zones(document: RangeSafety, vacuum: ImpactTrace) -> tuple[Zone, ...]:
    named = [(area, "keep-out") for area in document.keep_out] + [
        (area, "corridor") for area in document.corridor or ()
    ]
    zones = []
    for area, kind in named:
        away = area.distance(vacuum.latitude, vacuum.longitude) if len(vacuum.time) else np.array([np.pi * RADIUS])
        zones.append(
            Zone(
                name=area.name,
                kind=kind,
                latitude=np.array(area.latitude),
                longitude=np.array(area.longitude),
                nearest=float(away[np.argmin(away if kind == "keep-out" else -away)]),
            )
        )
    return tuple(zones)


def _keep_out(document: RangeSafety, traces: list[ImpactTrace], footprints: list[Footprint]) -> list[Finding]:
    """One finding an area: the nearest of impact traces and footprints' ellipses, against the clearance wanted."""
    findings = []
    for i, area in enumerate(document.keep_out):
        reached = []
        for trace in traces:
            name = "the impact point" + (" in vacuum" if trace.ballistic_coefficient is None else " with drag")
            if len(trace.time):
                away = area.distance(trace.latitude, trace.longitude)
                k = int(np.argmin(away))
                reached.append((float(away[k]), f"{name} at {trace.time[k]:.0f} s"))
        for f in footprints:
            reached.append((_ellipse_distance(area, f), f"the {100 * f.probability:g} % footprint of '{f.body}'"))
        if not reached:
            continue
        nearest, what = min(reached)
        margin = nearest / document.clearance - 1.0 if document.clearance > 0.0 else None
        where = document.where(f"keep_out.{i}")
        if nearest < 0.0:
            text = f"{what} lies in '{area.name}', {-nearest / 1e3:.1f} km from its edge; turn the azimuth or lower the path"
            findings.append(Finding(Severity.ERROR, "range.impact_in_keep_out", where, text, margin))
        elif nearest < document.clearance:
            text = f"{what} comes within {nearest / 1e3:.1f} km of '{area.name}'; {document.clearance / 1e3:.1f} km are wanted"
            findings.append(Finding(Severity.ERROR, "range.keep_out_clearance", where, text, margin))
        else:
            text = f"all impacts stay {nearest / 1e3:.1f} km or more from '{area.name}' (nearest: {what})"
            findings.append(Finding(Severity.OK, "range.impact_in_keep_out", where, text, margin))
    return findings


def _ellipse_distance(area: Area, f: Footprint) -> float:
    """Least signed distance [m] between a footprint's ellipse, inside counted, and an area."""
    latitude, longitude = f.outline()
    rings = [(f.latitude, f.longitude)]
    for share in (0.25, 0.5, 0.75):  # an area may lie within the ellipse
        rings += list(
            zip(
                f.latitude + share * (latitude - f.latitude),
                f.longitude + share * _turn(longitude - f.longitude),
                strict=True,
            )
        )
    points = np.array([*rings, *zip(latitude, longitude, strict=True)])
    return float(area.distance(points[:, 0], points[:, 1]).min())


def _turn(angle: np.ndarray) -> np.ndarray:
    return (angle + np.pi) % (2 * np.pi) - np.pi


def _corridor(document: RangeSafety, trajectory: Trajectory, vacuum: ImpactTrace) -> list[Finding]:
    """The vacuum trace against the corridor's polygon and against the strip along an azimuth."""
    findings = []
    if not len(vacuum.time):
        return findings
    if document.corridor is not None:
        depth = -document.corridor[0].distance(vacuum.latitude, vacuum.longitude)
        k = int(np.argmin(depth))
        margin = float(depth[k] / max(float(depth.max()), 1e3))  # of the widest place
        where = document.where("corridor")
        if depth[k] < 0.0:
            text = f"the impact point is {-depth[k] / 1e3:.1f} km outside the corridor at {vacuum.time[k]:.0f} s"
            findings.append(Finding(Severity.ERROR, "range.corridor", where, text, margin))
        else:
            text = f"the impact point stays {depth[k] / 1e3:.1f} km or more inside the corridor"
            findings.append(Finding(Severity.OK, "range.corridor", where, text, margin))
    if document.azimuth_corridor is not None:
        strip = document.azimuth_corridor
        pole = azimuth_pole(float(trajectory.latitude[0]), float(trajectory.longitude[0]), strip.azimuth)
        points = np.stack(ecef_from_geodetic(vacuum.latitude, vacuum.longitude, 0.0), axis=-1)
        aside = RADIUS * np.arcsin(np.clip(points @ pole / np.linalg.norm(points, axis=1), -1, 1))
        k = int(np.argmax(np.abs(aside)))
        margin = 1.0 - abs(float(aside[k])) / strip.half_width
        side = "right" if aside[k] > 0 else "left"
        text = (
            f"the impact point is at most {abs(aside[k]) / 1e3:.1f} km to the {side} of the azimuth, at "
            f"{vacuum.time[k]:.0f} s; {strip.half_width / 1e3:.1f} km are allowed"
        )
        severity = Severity.OK if margin >= 0 else Severity.ERROR
        findings.append(Finding(severity, "range.azimuth_corridor", document.where("azimuth_corridor"), text, margin))
    return findings


def _risks(
    document: RangeSafety, bodies: Sequence[JettisonedBody], footprints: list[Footprint]
) -> tuple[tuple[BodyRisk, ...], float | None, list[Finding]]:
    """Expected casualties a body, in total, and the findings."""
    if document.population is None:
        return (), None, []
    where = document.where("population")
    grid = document.population.grid()
    found = {f.body: _risk(f, grid) for f in footprints}
    risks = tuple(BodyRisk(body=body.name, expected_casualties=found.get(body.name)) for body in bodies)
    missing = [risk.body for risk in risks if risk.expected_casualties is None]
    if missing:
        text = f"expected casualties of {', '.join(missing)} are not known: give 'casualty_area' and 'dispersions'"
        return risks, None, [Finding(Severity.UNKNOWN, "range.casualty", where, text)]
    total = sum(risk.expected_casualties or 0.0 for risk in risks)
    limit = document.casualty_limit
    margin = 1.0 - total / limit
    text = f"expected casualties of the planned jettisons are {total:.2g}; a whole launch may have {limit:g} (14 CFR 450.101)"
    severity = Severity.OK if total <= limit else Severity.ERROR
    return risks, total, [Finding(severity, "range.casualty", where, text, margin)]


def _risk(f: Footprint, grid: PopulationGrid) -> float | None:
    known = f.casualty_area is not None and float(np.linalg.eigvalsh(f.covariance)[0]) > 0.0
    return expected_casualties(f, grid) if known else None
