"""What must hold all along an ascent's phases: the mission's limits as path limits, and the by-products that they name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..core.earth import ROTATION_RATE
from ..core.errors import InputError
from ..core.numeric import choose, equation
from .environment.gravity import WGS84
from .flight_plan import FlightPlan, Segment
from .limits import GroundStation
from .mission import Mission
from .motion import Loads
from .optimal_control.problem import Limit, Values
from .range_safety.corridor import (
    Edges,
    azimuth_pole,
    convex_edges,
    convex_hull_edges,
    impact_cross_range,
    impact_depth_inside,
    impact_distance_from,
)
from .range_safety.document import RangeSafety
from .range_safety.impact_point import vacuum_impact_point

Output = Callable[[Values], Any]
GATE = 60.0
"""[s]: how a station's limit lets go before and after its time: by (time outside / this)³ of the sine of the elevation, so slowly
that the points of the mesh nearest to the time hold it, too."""

HELD_BELOW, RELEASED_ABOVE = -1000e3, -300e3
"""[m]: perigee over the surface between which the range's rules let go: in the last seconds before orbit the impact point
runs round the Earth and ceases to be."""
RANGE_SCALE = 1e5  # m


@dataclass(frozen=True)
class PathRule:
    """A limit of one segment, and how its value follows from the states and the time."""

    limit: Limit
    value: Output


def load_outputs(load: Loads) -> dict[str, Any]:
    """The by-products that `path_limits` bounds."""
    return {
        "dynamic_pressure": load.dynamic_pressure,
        "axial_acceleration": load.axial_acceleration,
        "lateral_acceleration": load.lateral_acceleration,
        "q_alpha_squared": load.dynamic_pressure**2 * load.sine_alpha_squared,
        "heat_flux": load.heat_flux,
    }


def path_limits(segment: Segment, mission: Mission) -> tuple[Limit, ...]:
    """The mission's limits on loads that can matter in a segment."""
    limits, asked = [], mission.limits
    coasts = segment.steering == "none"  # outside the atmosphere, as far as its heating is limited
    if asked.dynamic_pressure is not None and not coasts:
        limits.append(Limit("dynamic_pressure", "Pa", upper=asked.dynamic_pressure))
    if asked.q_alpha is not None and segment.steering != "vertical" and not coasts:
        limits.append(Limit("q_alpha_squared", "Pa^2 rad^2", upper=asked.q_alpha**2))
    if asked.lateral_acceleration is not None and segment.steering != "vertical" and not coasts:
        limits.append(Limit("lateral_acceleration", "m/s^2", upper=asked.lateral_acceleration))
    # what the payload bears is no matter when it has left
    if asked.axial_acceleration is not None and (segment.powered or segment.strap_ons) and not segment.payload_gone:
        limits.append(Limit("axial_acceleration", "m/s^2", upper=asked.axial_acceleration))
    if asked.covered_heat_flux is not None and segment.fairing_on:
        limits.append(Limit("heat_flux", "W/m^2", upper=asked.covered_heat_flux))
    elif asked.fairing_heat_flux is not None and not segment.fairing_on:
        limits.append(Limit("heat_flux", "W/m^2", upper=asked.fairing_heat_flux))
    return tuple(limits)


def path_rules(
    segment: Segment, plan: FlightPlan, mission: Mission, range_safety: RangeSafety | None
) -> tuple[PathRule, ...]:
    """Limits of a segment that depend on the place: stations, and the range's rules for the impact point."""
    if segment.payload_gone:
        return ()
    return (*_stations(plan, mission, segment), *_range(segment, plan, mission, range_safety))


def _stations(plan: FlightPlan, mission: Mission, segment: Segment) -> list[PathRule]:
    found = []
    for station in mission.limits.stations:
        if station.minimum_elevation is None or segment.steering in ("vertical", "pitch-over"):
            continue
        name = f"elevation over {station.name}, less its least (sine)"
        found.append(PathRule(Limit(name, "1", lower=0.0, scale=0.1), _seen_from(station)))
    return found


def _seen_from(station: GroundStation) -> Output:
    least = float(np.sin(station.minimum_elevation or 0.0))
    place, up = station.position().tolist(), station.up().tolist()

    def value(p: Values) -> Any:
        early, late = (station.begin - p.time) / GATE, (p.time - station.end) / GATE
        outside = choose(early > 0.0, early, 0.0) ** 3 + choose(late > 0.0, late, 0.0) ** 3
        return elevation_sine(place, up, p.time, p.x, p.y, p.z) - least + outside

    return value


@equation
def elevation_sine(place, up, time, x, y, z):
    """Sine of the elevation of an inertial position [m] at a time [s] over a station: place (3,) [m] and up (3,), Earth-fixed."""
    c, s = np.cos(ROTATION_RATE * time), np.sin(ROTATION_RATE * time)
    dx, dy, dz = c * x + s * y - place[0], c * y - s * x - place[1], z - place[2]
    return (dx * up[0] + dy * up[1] + dz * up[2]) / np.sqrt(dx * dx + dy * dy + dz * dz + 1.0)


def _range(segment: Segment, plan: FlightPlan, mission: Mission, range_safety: RangeSafety | None) -> list[PathRule]:
    asked = mission.limits.range_during
    if not asked:
        return []
    stages = list(dict.fromkeys(s.stage for s in plan.segments if s.powered))
    for i, name in enumerate(asked):
        if name not in stages:
            raise InputError(
                f"there is no core stage '{name}'; known: {', '.join(stages)}",
                where=mission.where(f"limits.range_during.{i}"),
            )
    if range_safety is None:
        raise InputError(
            "the impact point is to keep the range's rules, and no range is named; give the study a 'range' "
            "(osea/range/v1), or leave 'range_during' out",
            where=mission.where("limits.range_during"),
        )
    if segment.stage not in asked or segment.steering in ("vertical", "pitch-over", "none"):
        return []
    return range_rules(range_safety, mission)


def range_rules(range_safety: RangeSafety, mission: Mission) -> list[PathRule]:
    """The range's rules for the vacuum impact point of a state. A keep-out area that is not convex counts as its hull."""
    found = []
    for area in range_safety.keep_out:
        edges = convex_hull_edges(area.latitude, area.longitude)
        limit = Limit(f"impact point, from {area.name}", "m", lower=range_safety.clearance, scale=RANGE_SCALE)
        found.append(PathRule(limit, _impact(impact_distance_from, edges, range_safety.clearance)))
    for area in range_safety.corridor or ():
        try:
            edges = convex_edges(area.latitude, area.longitude)
        except InputError as error:
            raise InputError(
                f"the optimizer holds convex corridors only: {error.message}", where=range_safety.where("corridor")
            ) from None
        limit = Limit(f"impact point, inside {area.name}", "m", lower=0.0, scale=RANGE_SCALE)
        found.append(PathRule(limit, _impact(impact_depth_inside, edges, 0.0)))
    strip = range_safety.azimuth_corridor
    if strip is not None:
        pole = azimuth_pole(mission.site.latitude, mission.site.longitude, strip.azimuth).tolist()
        limit = Limit("impact point, across the azimuth", "m", -strip.half_width, strip.half_width, RANGE_SCALE)
        found.append(PathRule(limit, _impact(impact_cross_range, pole)))
    return found


def _impact(function: Any, what: Edges | list[float], least: float | None = None) -> Output:
    """A rule's value; where it is to be `least` at least, let go upward as the last impact points sweep round the Earth."""

    def value(p: Values) -> Any:
        state = (p.time, p.x, p.y, p.z, p.vx, p.vy, p.vz)
        held = _held(vacuum_impact_point(WGS84, *state).clearance)
        found = function(what, WGS84, *state)
        return found * held if least is None else least + (found - least) * held + RANGE_SCALE * (1.0 - held)

    return value


@equation
def _held(clearance):
    """1 while the perigee is far below the surface, 0 when it nears it, smooth between (quintic)."""
    s = (clearance - HELD_BELOW) / (RELEASED_ABOVE - HELD_BELOW)
    s = choose(s > 0.0, choose(s < 1.0, s, 1.0), 0.0)
    return 1.0 - s * s * s * (10.0 - 15.0 * s + 6.0 * s * s)
