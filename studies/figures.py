"""The figures of a design: side view, ascent profiles, ground track, velocity budget, drag, throttle curves."""

import numpy as np

from ..core.earth import G0, SEA_LEVEL_PRESSURE
from ..propulsion.performance import EnginePerformance
from ..report.ground_track import Place, Track, ground_track
from ..report.plots import Band, Line, Marker, Panel, line_plot, profile_grid, waterfall
from ..vehicle.drawing import side_view
from .design import Design


def figures(design: Design) -> dict[str, str]:
    """Every figure of the report as SVG text, by name."""
    return {
        "side_view": side_view(
            design.study.vehicle, {e.name: e.map for e in design.engines}, payload_mass=design.payload_mass
        ),
        "ascent": _profiles(design),
        "ground_track": _ground_track(design),
        "delta_v": _delta_v(design),
        "drag": _drag(design),
        **({"mass_history": _mass_history(design)} if len(design.mass_history.time) else {}),
    }


def _bands(design: Design) -> list[Band]:
    """One band a stage and coast: the short first segments belong to the first stage."""
    t = design.ascent.trajectory
    bands: list[Band] = []
    groups: list[tuple[str, float, float]] = []
    for k, name in enumerate(t.phase_names):
        here = np.flatnonzero(t.phase_index == k)
        begin, end = float(t.time[here[0]]), float(t.time[here[-1]])
        powered = bool(np.any(t.throttle[here] > 0))
        label = _stage_of(design, name) if powered else ""
        if groups and groups[-1][0] == label:
            groups[-1] = (label, groups[-1][1], end)
        else:
            groups.append((label, begin, end))
    for label, begin, end in groups:
        bands.append(Band(begin, end, label))
    return [b for b in bands if b.label]


def _stage_of(design: Design, phase: str) -> str:
    names = [s.name for s in design.study.vehicle.stages]
    found = next((n for n in reversed(names) if phase.startswith(n)), names[0])
    return found[:1].upper() + found[1:]


def _marked(design: Design) -> list[Marker]:
    wanted = ("max-q", "cut-off", "separation", "ignition", "fairing")
    seen: dict[float, str] = {}
    for e in design.ascent.trajectory.events:
        if any(w in e.name for w in wanted) and e.time > 0:
            seen[e.time] = f"{seen[e.time]}, {e.name}" if e.time in seen else e.name
    return [Marker(time, name) for time, name in seen.items()]


def _profiles(design: Design) -> str:
    t, limits = design.ascent.trajectory, design.study.mission.limits

    def limit(bound: float | None, scale: float = 1.0) -> list:
        return [] if bound is None else [(bound / scale, f"limit {bound / scale:g}")]

    steered = t.time > design.study.mission.sequence.vertical_rise
    alpha = np.where(t.dynamic_pressure > 100, np.degrees(t.angle_of_attack), np.nan)
    panels = [
        Panel("Altitude", "km", [Line(t.altitude / 1e3)]),
        Panel(
            "Speed",
            "m/s",
            [Line(t.speed_relative, "Earth-relative"), Line(t.speed_inertial, "inertial", style="dashed")],
        ),
        Panel("Dynamic pressure", "kPa", [Line(t.dynamic_pressure / 1e3)], limits=limit(limits.dynamic_pressure, 1e3)),
        Panel(
            "Axial acceleration", "g₀", [Line(t.axial_acceleration / G0)], limits=limit(limits.axial_acceleration, G0)
        ),
        Panel("Mass", "t", [Line(t.mass / 1e3)], bottom=0.0),
        Panel(
            "Pitch of the thrust axis over the horizon",
            "deg",
            [
                Line(np.degrees(t.pitch), "thrust axis"),
                Line(np.degrees(t.flight_path_angle), "flight path", style="dashed"),
            ],
        ),
        Panel("Throttle", "%", [Line(100 * t.throttle)], bottom=0.0, top=105.0),
        Panel("Angle of attack (where q > 100 Pa)", "deg", [Line(np.where(steered, alpha, np.nan))]),
        Panel("Thrust", "MN", [Line(t.thrust / 1e6)], bottom=0.0),
        Panel(
            "Free-molecular heating",
            "W/m²",
            [Line(np.maximum(t.heat_flux, 1e-3))],
            log=True,
            bottom=10.0,
            limits=limit(limits.fairing_heat_flux),
        ),
    ]
    return profile_grid(t.time, panels, bands=_bands(design), markers=_marked(design))


def _ground_track(design: Design) -> str:
    t, site = design.ascent.trajectory, design.study.mission.site
    places = [Place(site.latitude, site.longitude, site.name, "site")]
    for e in t.events:
        if "cut-off" in e.name:
            i = int(np.argmin(np.abs(t.time - e.time)))
            places.append(Place(float(t.latitude[i]), float(t.longitude[i]), e.name))
    return ground_track([Track(t.latitude, t.longitude)], places)


def _delta_v(design: Design) -> str:
    a = design.ascent
    b = a.budget
    steps = [
        ("Gravity loss", -b.gravity),
        ("Drag loss", -b.drag),
        ("Steering loss", -b.steering),
        ("Pressure loss", -b.pressure),
        ("Earth rotation", a.earth_rotation),
    ]
    return waterfall(
        steps, start="Ideal Δv", start_value=b.ideal, total="Inertial speed at insertion", x_label="Δv, m/s"
    )


def _drag(design: Design) -> str:
    d = design.drag
    shown = d.mach <= 6
    return line_plot(
        d.mach[shown],
        Panel(
            "Drag coefficient",
            f"of {d.reference_area:.2f} m²",
            [Line(d.cd[shown], "engines on"), Line(d.cd_power_off[shown], "engines off", style="dashed")],
            bottom=0.0,
        ),
        x_label="Mach number",
        width=2.9,
        height=2.4,
    )


def throttle_curve(e: EnginePerformance) -> str:
    """Thrust against throttle, in vacuum and, for an engine that works there, at sea level."""
    m = e.map
    lines = [Line(m.thrust_vacuum / 1e3, "vacuum")]
    if e.thrust_sea_level is not None:
        lines.append(Line((m.thrust_vacuum - SEA_LEVEL_PRESSURE * m.exit_area) / 1e3, "sea level", style="dashed"))
    return line_plot(m.throttle * 100, Panel("Thrust", "kN", lines), x_label="Throttle, %", width=3.0, height=2.0)


def _mass_history(design: Design) -> str:
    h = design.mass_history
    panels = [
        Panel("Centre of mass over the exit plane of the complete vehicle", "m", [Line(h.center_of_mass)], bottom=0.0),
        Panel("Pitch inertia about it", "kg m²", [Line(h.pitch_inertia)], log=True),
    ]
    return profile_grid(h.time, panels, bands=_bands(design))
