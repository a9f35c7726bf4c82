"""Figures and tables of a booster's return, both branches on one clock."""

import numpy as np

from ..core.earth import G0
from ..core.run_folder import RunFolder
from ..recovery.booster_return_result import ReturnResult
from ..report import theme
from ..report.ground_track import Place, Track, ground_track
from ..report.pieces import Column, Figure, Report, Row, Table, Text
from ..report.plots import Band, Line, Panel, line_plot, profile_grid
from ..trajectory.result import AscentResult
from .documents import Study

SHOWN_AFTER = 30.0  # s after touchdown: the upper branch goes on into orbit


def return_figures(study: Study, ascent: AscentResult, back: ReturnResult) -> dict[str, str]:
    """Every figure as SVG text, by name."""
    return {
        "return_profile": _profile(ascent, back),
        "return": _branches(study, ascent, back),
        "return_track": _track(study, ascent, back),
    }


def _shown(ascent: AscentResult, back: ReturnResult) -> np.ndarray:
    return ascent.trajectory.time <= back.time[-1] + SHOWN_AFTER


def _profile(ascent: AscentResult, back: ReturnResult) -> str:
    """Altitude over downrange; the upper branch as far as the booster's highest point asks."""
    t = ascent.trajectory
    reach = 1.15 * max(float(back.downrange.max()), float(t.downrange[t.time <= back.time[0]].max()))
    near = t.downrange <= reach
    burning = np.where(back.engines > 0, back.altitude, np.nan)
    panel = Panel(
        "Altitude",
        "km",
        [
            Line(t.altitude[near] / 1e3, "ascent", x=t.downrange[near] / 1e3),
            Line(back.altitude / 1e3, f"{back.booster}, back", x=back.downrange / 1e3, style="dashed"),
            Line(burning / 1e3, "its engines at work", x=back.downrange / 1e3),
        ],
        bottom=0.0,
    )
    return line_plot(np.array([0.0, reach / 1e3]), panel, x_label="Downrange, km", height=2.9)


def _branches(study: Study, ascent: AscentResult, back: ReturnResult) -> str:
    t, shown = ascent.trajectory, _shown(ascent, back)
    x, limits = back.time, (study.recovery.limits if study.recovery is not None else None)

    def alone(down: np.ndarray) -> list[Line]:
        return [Line(down, back.booster, style="dashed", colour=theme.SERIES[1])]

    def both(up: np.ndarray, down: np.ndarray) -> list[Line]:
        return [Line(up[shown], "ascent", x=t.time[shown]), *alone(down)]

    def limit(value: float | None, scale: float) -> list[tuple[float, str]]:
        return [] if value is None else [(value / scale, f"limit {value / scale:.4g}")]

    panels = [
        Panel("Altitude", "km", both(t.altitude / 1e3, back.altitude / 1e3), bottom=0.0),
        Panel("Speed over the ground", "m/s", both(t.speed_relative, back.speed_relative), bottom=0.0),
        Panel(
            "Dynamic pressure", "kPa", both(t.dynamic_pressure / 1e3, back.dynamic_pressure / 1e3), bottom=0.0,
            limits=limit(limits.dynamic_pressure if limits else None, 1e3),
        ),
        Panel(
            "Heating, ½ρv³", "MW/m²", both(np.minimum(t.heat_flux, 1e9) / 1e6, back.heat_flux / 1e6), bottom=0.0,
            limits=limit(limits.heat_flux if limits else None, 1e6),
        ),
        Panel("Throttle", "%", both(100 * t.throttle, 100 * back.throttle), bottom=0.0, top=105.0),
        Panel("Engines at work", "1", alone(back.engines), bottom=0.0),
        Panel("Mass of the booster", "t", alone(back.mass / 1e3),
              limits=[(back.landing_mass / 1e3, "least at touchdown")], bottom=0.0),
        Panel("Sensed acceleration", "g₀", both(t.axial_acceleration / G0, back.axial_acceleration / G0)),
        Panel("Vertical speed", "m/s", alone(back.vertical_speed)),
        Panel("Angle of attack", "deg", alone(np.degrees(_in_air(back))), bottom=0.0),
    ]  # fmt: skip
    return profile_grid(
        x, panels, bands=_bands(back), x_range=(0.0, float(back.time[-1])),
    )  # fmt: skip


def _in_air(back: ReturnResult) -> np.ndarray:
    """The angle of attack where it means something."""
    felt = (back.dynamic_pressure > 100.0) & (back.speed_relative > 30.0)
    return np.where(felt & (back.angle_of_attack > 0.0), back.angle_of_attack, np.nan)


def _bands(back: ReturnResult) -> list[Band]:
    found: list[Band] = []
    for k, name in enumerate(back.phase_names):
        here = np.flatnonzero(back.phase_index == k)
        if np.any(back.engines[here] > 0):
            label = name.partition(": ")[2].partition(",")[0]
            begin, end = float(back.time[here[0]]), float(back.time[here[-1]])
            if found and found[-1].label == label:
                found[-1] = Band(found[-1].start, end, label)
            else:
                found.append(Band(begin, end, label))
    return found


def _track(study: Study, ascent: AscentResult, back: ReturnResult) -> str:
    t, site = ascent.trajectory, study.mission.site
    near = t.time <= back.time[-1]
    reach = 1.3 * float(back.downrange.max())
    near &= t.downrange <= max(reach, 50e3)
    places = [
        Place(site.latitude, site.longitude, site.name, "site"),
        Place(float(back.latitude[0]), float(back.longitude[0]), "separation"),
        Place(float(back.latitude[-1]), float(back.longitude[-1]), "touchdown", "impact"),
    ]
    tracks = [
        Track(t.latitude[near], t.longitude[near], "ascent"),
        Track(back.latitude, back.longitude, f"{back.booster}, back", style="dashed"),
    ]
    return ground_track(tracks, places)


def return_sections(report: Report, ascent: AscentResult, back: ReturnResult, drawn: dict[str, str]) -> Report:
    """The report with a section on the return."""
    events = Table(
        (Column("Event"), Column("Time", "s", decimals=1), Column("Altitude", "km", decimals=1),
         Column("Downrange", "km", decimals=1), Column("Speed", "m/s", decimals=0), Column("Mass", "t", decimals=2)),
        [
            Row((e.name, e.time, e.altitude / 1e3, e.downrange / 1e3, e.speed_relative, e.mass / 1e3)) for e in back.events
        ],
        f"Events of the {back.booster}'s return.",
    )  # fmt: skip
    return report.section(
        "Booster return",
        Text(return_in_words(back)),
        events,
        Figure(drawn["return_profile"], "Both branches: altitude over downrange."),
        Figure(drawn["return"], "Both branches over time; bands are the booster's burns."),
        Figure(drawn["return_track"], "Ground tracks until touchdown."),
        new_page=True,
    )


def return_in_words(back: ReturnResult) -> str:
    """The return in a paragraph."""
    many = f" (one of {back.bodies})" if back.bodies > 1 else ""
    burned = ", ".join(f"{name} {mass / 1e3:.2f} t" for name, mass in zip(back.burns, back.burned, strict=True))
    text = (
        f"The {back.booster}{many} comes back ({back.mode}) with a kit of {back.kit_mass / 1e3:.2f} t and touches down "
        f"{back.time[-1]:.0f} s after lift-off, {back.downrange[-1] / 1e3:.1f} km from the launch site, with "
        f"{back.propellant_left:.0f} kg of propellant over its reserve."
    )
    text += f" Propellant: {burned}." if burned else ""
    if back.ignition is not None:
        w = back.ignition
        text += f" Thrust over weight at touchdown lies between {w.least:.2f} and {w.most:.2f}"
        text += "; it can hover." if w.hovers else ": a hover-slam."
        text += (
            f" Flown again open loop from separation, the flight touches down {back.position_error:.2g} m and "
            f"{back.velocity_error:.2g} m/s off the optimizer's."
        )
    return text


def write_return(back: ReturnResult, run: RunFolder) -> None:
    """The return's part of a run folder."""
    run.write_result("return", back)
    columns = {
        "time_s": back.time,
        "phase": [back.phase_names[int(k)] for k in back.phase_index],
        "altitude_m": back.altitude,
        "downrange_m": back.downrange,
        "latitude_deg": np.degrees(back.latitude),
        "longitude_deg": np.degrees(back.longitude),
        "speed_relative_m_s": back.speed_relative,
        "vertical_speed_m_s": back.vertical_speed,
        "mass_kg": back.mass,
        "engines": back.engines,
        "throttle": back.throttle,
        "thrust_N": back.thrust,
        "dynamic_pressure_Pa": back.dynamic_pressure,
        "heat_flux_W_m2": back.heat_flux,
        "mach": back.mach,
        "axial_acceleration_m_s2": back.axial_acceleration,
        "angle_of_attack_deg": np.degrees(back.angle_of_attack),
    }
    rows = zip(*(list(map(float, c)) if not isinstance(c, list) else c for c in columns.values()), strict=True)
    run.write_table("return", list(columns), rows)


def return_summary(back: ReturnResult) -> dict:
    """The return in short, as plain data."""
    window = back.ignition
    return {
        "booster": back.booster,
        "mode": back.mode,
        "bodies": back.bodies,
        "kit_mass_kg": back.kit_mass,
        "touchdown": back.events[-1].to_json(),
        "latitude_deg": float(np.degrees(back.latitude[-1])),
        "longitude_deg": float(np.degrees(back.longitude[-1])),
        "propellant_left_kg": back.propellant_left,
        "burned_kg": dict(zip(back.burns, back.burned, strict=True)),
        "largest_dynamic_pressure_Pa": float(back.dynamic_pressure.max()),
        "largest_heat_flux_W_m2": float(back.heat_flux.max()),
        "ignition": None if window is None else window.to_json(),
        "flown_again": {"position_m": back.position_error, "velocity_m_s": back.velocity_error},
    }
