"""The figures of a flown ascent: profiles, air loads, steering, joint loads, ground track, the range's maps, velocity budget."""

import numpy as np

from ..core.earth import G0
from ..report.ground_track import Place, Track, ground_track
from ..report.plots import Band, Line, Marker, Panel, profile_grid, waterfall
from ..trajectory.range_safety.figures import footprint_figure, range_map
from ..trajectory.result import AscentResult
from .documents import Study
from .flight_data import FlightData

THIN_AIR = 100.0
"""[Pa]: below this dynamic pressure an angle of attack means little."""


def ascent_figures(flight: FlightData) -> dict[str, str]:
    """Every figure as SVG text, by name."""
    study, ascent = flight.study, flight.ascent
    bands, markers = _bands(study, ascent), _marked(ascent)
    drawn = {
        "ascent": _profiles(study, ascent, bands, markers),
        "air": _air(flight, bands, markers),
        "steering": _steering(flight, bands, markers),
        "ground_track": _ground_track(study, ascent),
        "range": range_map(flight.range, study.mission.site.name),
        "delta_v": _delta_v(ascent),
    }
    footprints = footprint_figure(flight.range)
    if footprints is not None:
        drawn["footprints"] = footprints
    if len(flight.masses.time):
        drawn["mass_history"] = _mass_history(flight, bands)
    if flight.loads.joints:
        drawn["joint_loads"] = _joint_loads(flight)
    return drawn


def _bands(study: Study, ascent: AscentResult) -> list[Band]:
    """One band a stage and coast: the short first segments belong to the first stage."""
    t = ascent.trajectory
    groups: list[tuple[str, float, float]] = []
    for k, name in enumerate(t.phase_names):
        here = np.flatnonzero(t.phase_index == k)
        begin, end = float(t.time[here[0]]), float(t.time[here[-1]])
        powered = bool(np.any(t.throttle[here] > 0))
        label = _stage_of(study, name) if powered else ""
        if groups and groups[-1][0] == label:
            groups[-1] = (label, groups[-1][1], end)
        else:
            groups.append((label, begin, end))
    return [Band(begin, end, label) for label, begin, end in groups if label]


def _stage_of(study: Study, phase: str) -> str:
    names = [s.name for s in study.vehicle.stages]
    found = next((n for n in reversed(names) if phase.startswith(n)), names[0])
    return found[:1].upper() + found[1:]


def _marked(ascent: AscentResult) -> list[Marker]:
    wanted = ("max-q", "cut-off", "separation", "ignition", "fairing")
    seen: dict[float, str] = {}
    for e in ascent.trajectory.events:
        if any(w in e.name for w in wanted) and e.time > 0:
            seen[e.time] = f"{seen[e.time]}, {e.name}" if e.time in seen else e.name
    return [Marker(time, name) for time, name in seen.items()]


def _limit(bound: float | None, scale: float = 1.0) -> list[tuple[float, str]]:
    return [] if bound is None else [(bound / scale, f"limit {bound / scale:.4g}")]


def _profiles(study: Study, ascent: AscentResult, bands: list[Band], markers: list[Marker]) -> str:
    t, limits = ascent.trajectory, study.mission.limits
    panels = [
        Panel("Altitude", "km", [Line(t.altitude / 1e3)]),
        Panel(
            "Speed",
            "m/s",
            [Line(t.speed_relative, "Earth-relative"), Line(t.speed_inertial, "inertial", style="dashed")],
        ),
        Panel(
            "Angle over the horizon",
            "deg",
            [
                Line(np.degrees(t.pitch), "thrust axis"),
                Line(np.degrees(t.flight_path_angle), "flight path", style="dashed"),
            ],
        ),
        Panel("Mass", "t", [Line(t.mass / 1e3)], bottom=0.0),
        Panel("Thrust", "MN", [Line(t.thrust / 1e6)], bottom=0.0),
        Panel("Throttle", "%", [Line(100 * t.throttle)], bottom=0.0, top=105.0),
        Panel(
            "Axial acceleration", "g₀", [Line(t.axial_acceleration / G0)], limits=_limit(limits.axial_acceleration, G0)
        ),
        Panel(
            "Free-molecular heating",
            "W/m²",
            [Line(np.maximum(t.heat_flux, 1e-3))],
            log=True,
            bottom=10.0,
            limits=_limit(limits.fairing_heat_flux) + _limit(limits.covered_heat_flux),
        ),
    ]
    return profile_grid(t.time, panels, bands=bands, markers=markers)


def _air(flight: FlightData, bands: list[Band], markers: list[Marker]) -> str:
    """While there is air: from the pad until the dynamic pressure has gone."""
    t, loads, limits = flight.ascent.trajectory, flight.loads, flight.study.mission.limits
    felt = np.flatnonzero(t.dynamic_pressure > THIN_AIR)
    end = float(t.time[felt[-1]]) if len(felt) else float(t.time[-1])
    shown = t.time <= end
    in_air = (t.dynamic_pressure > THIN_AIR) & (t.time > flight.study.mission.sequence.vertical_rise)
    alpha = np.where(in_air, np.degrees(t.angle_of_attack), np.nan)
    there = loads.time <= end
    panels = [
        Panel(
            "Dynamic pressure q",
            "kPa",
            [Line(t.dynamic_pressure[shown] / 1e3)],
            limits=_limit(limits.dynamic_pressure, 1e3),
        ),
        Panel("Mach number", "", [Line(t.mach[shown])]),
        Panel("Angle of attack α", "deg", [Line(alpha[shown])]),
        Panel(
            "q α",
            "kPa deg",
            [Line((t.dynamic_pressure / 1e3 * alpha)[shown])],
            limits=_limit(limits.q_alpha, float(np.radians(1e3))),
        ),
        Panel("Drag", "kN", [Line(t.drag[shown] / 1e3)], bottom=0.0),
    ]
    if there.any():
        x = loads.time[there]
        panels.append(
            Panel(
                "Lateral acceleration, trimmed" + (f", gust {loads.gust:g} m/s" if loads.gust else ""),
                "g₀",
                [Line(loads.lateral_acceleration[there] / G0, x=x)],
                bottom=0.0,
            )
        )
    return profile_grid(
        t.time[shown], panels, bands=bands, markers=[m for m in markers if m.x <= end], x_range=(0.0, end)
    )


def _steering(flight: FlightData, bands: list[Band], markers: list[Marker]) -> str:
    s, limit = flight.steering, flight.study.mission.limits.attitude_rate
    rates = [] if limit is None else [(float(np.degrees(limit)), f"limit {np.degrees(limit):.3g}")]
    rates += [(-value, text) for value, text in rates]
    panels = [
        Panel("Pitch over the launch frame's horizon", "deg", [Line(np.degrees(s.pitch))]),
        Panel("Yaw to the right of downrange", "deg", [Line(np.degrees(s.yaw))]),
        Panel("Pitch rate", "deg/s", [Line(np.degrees(s.pitch_rate))], limits=rates),
        Panel("Yaw rate", "deg/s", [Line(np.degrees(s.yaw_rate))], limits=rates),
    ]
    return profile_grid(s.time, panels, bands=bands, markers=markers)


def _joint_loads(flight: FlightData) -> str:
    """Loads until the first cut-off; a curve a joint, named by what stands on it."""
    joints = flight.loads.joints
    t = flight.ascent.trajectory
    begin = min(float(j.time[0]) for j in joints)  # with strap-ons: when the last has left
    end = next((e.time for e in t.events if "cut-off" in e.name and e.time > begin), float(t.time[-1]))

    def lines(values: str, scale: float, labelled: bool = False) -> list[Line]:
        found = []
        for j in joints:
            until = int(np.searchsorted(j.time, end)) + 1  # not the coast's first instant, which has the same time
            label = j.name.rpartition(" / ")[2] if labelled else ""
            found.append(Line(getattr(j, values)[:until] / scale, label, x=j.time[:until]))
        return found

    panels = [
        Panel("Axial force, compression", "MN", lines("axial", 1e6, labelled=True)),
        Panel("Bending moment", "MN m", lines("bending", 1e6)),
        Panel("Shear force", "kN", lines("shear", 1e3)),
        Panel("Equivalent axial force", "MN", lines("equivalent", 1e6)),
    ]
    return profile_grid(np.array([begin, end]), panels, x_range=(begin, end), panel_height=1.6)


def _ground_track(study: Study, ascent: AscentResult) -> str:
    t, site = ascent.trajectory, study.mission.site
    places = [Place(site.latitude, site.longitude, site.name, "site")]
    for e in t.events:
        if "cut-off" in e.name:
            i = int(np.argmin(np.abs(t.time - e.time)))
            places.append(Place(float(t.latitude[i]), float(t.longitude[i]), e.name))
    return ground_track([Track(t.latitude, t.longitude)], places)


def _delta_v(ascent: AscentResult) -> str:
    b = ascent.budget
    steps = [
        ("Gravity loss", -b.gravity),
        ("Drag loss", -b.drag),
        ("Steering loss", -b.steering),
        ("Pressure loss", -b.pressure),
        ("Earth rotation", ascent.earth_rotation),
    ]
    return waterfall(
        steps, start="Ideal Δv", start_value=b.ideal, total="Inertial speed at insertion", x_label="Δv, m/s"
    )


def _mass_history(flight: FlightData, bands: list[Band]) -> str:
    h = flight.masses
    panels = [
        Panel("Centre of mass over the exit plane of the complete vehicle", "m", [Line(h.center_of_mass)], bottom=0.0),
        Panel("Pitch inertia about it", "kg m²", [Line(h.pitch_inertia)], log=True),
    ]
    return profile_grid(h.time, panels, bands=bands)
