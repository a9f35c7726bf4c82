"""The report of a flight with six degrees of freedom."""

from importlib.metadata import version
from typing import Any

import numpy as np

from ..core.findings import Finding
from ..report.pieces import Column, Figure, FindingsBlock, KeyFigure, KeyFigures, Report, Row, SourcesBlock, Table, Text
from ..report.plots import Band, Line, Panel, profile_grid
from ..trajectory.flight.control_design import NONE_DB, ControlTable
from .ascent_sections import loudest
from .documents import Study
from .flight_phases import FlightCase
from .fly import FlightResult
from .provenance import documents_of


def fly_figures(study: Study, r: FlightResult, names: tuple[str, ...]) -> dict[str, str]:
    """Every figure as SVG text, by name."""
    bands = _bands(study, r, names)
    t, deg = r.time, np.degrees
    thin = r.dynamic_pressure < 100.0
    alpha = np.where(thin, np.nan, deg(r.angle_of_attack))
    q_alpha = np.where(thin, 0.0, r.dynamic_pressure * deg(r.angle_of_attack)) / 1e3
    attitude = profile_grid(
        t,
        [
            Panel("Attitude error", "deg", [Line(deg(r.attitude_error))], bottom=0.0),
            Panel("Gimbal angles", "deg", [Line(deg(r.gimbal_y), "pitch"), Line(deg(r.gimbal_z), "yaw", style="dashed")]),
            Panel("Body rates", "deg/s", [Line(deg(r.body_rates[:, i]), n) for i, n in enumerate(("roll", "pitch", "yaw"))]),
            Panel("Angle of attack", "deg", [Line(alpha)], bottom=0.0),
            Panel("Dynamic pressure", "kPa", [Line(r.dynamic_pressure / 1e3)], bottom=0.0),
            Panel("q · α", "kPa deg", [Line(q_alpha)], bottom=0.0),
        ],
        bands=bands,
    )  # fmt: skip
    navigation = profile_grid(
        t,
        [
            Panel("Position error of navigation", "m", [Line(r.nav_position_error)], bottom=0.0),
            Panel("Velocity error of navigation", "m/s", [Line(r.nav_velocity_error)], bottom=0.0),
            Panel("Thrust", "MN", [Line(r.thrust / 1e6)], bottom=0.0),
            Panel("Attitude jets, time on", "s", [Line(r.jet_time)], bottom=0.0),
        ],
        bands=bands,
    )
    return {"attitude": attitude, "navigation": navigation, "margins": _margins(r.control, bands)}


def _margins(c: ControlTable, bands: list[Band]) -> str:
    def shown(values: np.ndarray) -> np.ndarray:
        return np.where(values >= NONE_DB, np.nan, values)

    panels = [
        Panel(
            "Gain margins",
            "dB",
            [Line(shown(c.low), "down"), Line(shown(c.high), "up", style="dashed")],
            [(6.0, "6 dB")],
            bottom=0.0,
        ),
        Panel("Phase margin", "deg", [Line(np.degrees(c.phase))], [(30.0, "30 deg")], bottom=0.0),
        Panel("Crossover", "rad/s", [Line(c.bandwidth)], bottom=0.0),
        Panel(
            "Moments of gimbal and air",
            "1/s²",
            [Line(c.control, "gimbal, per rad"), Line(c.air, "air, per rad", style="dashed")],
        ),
    ]
    return profile_grid(c.time, panels, bands=bands)


def _bands(study: Study, r: FlightResult, names: tuple[str, ...]) -> list[Band]:
    found: list[Band] = []
    for stage in study.vehicle.stages:
        inside = [
            k
            for k in np.unique(r.phase_index)
            if _stage(study, names[int(k)]) == stage.name and "coast" not in names[int(k)]
        ]
        here = np.isin(r.phase_index, inside)
        if here.any():
            found.append(Band(float(r.time[here][0]), float(r.time[here][-1]), stage.name[:1].upper() + stage.name[1:]))
    return found


def _stage(study: Study, phase: str) -> str:
    names = [s.name for s in study.vehicle.stages]
    return next((n for n in reversed(names) if phase.startswith(n)), names[0])


def fly_report(
    study: Study, r: FlightResult, made: FlightCase, findings: tuple[Finding, ...], drawn: dict[str, str]
) -> Report:
    """One page that prints."""
    w, o, c = r.wanted, r.reached, r.control
    report = Report(
        title=study.name,
        subtitle=f"Flight of {study.vehicle.name} with six degrees of freedom",
        facts=(
            ("Study", str(study.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {r.input_hash[:16]}…"),
            ("Rules", made.rules.name),
            ("Seed", str(r.seed)),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    keys = KeyFigures(
        (
            KeyFigure("Perigee", o.perigee_altitude / 1e3, "km", f"wanted {w.perigee_altitude / 1e3:.2f}", digits=5),
            KeyFigure("Apogee", o.apogee_altitude / 1e3, "km", f"wanted {w.apogee_altitude / 1e3:.2f}", digits=5),
            KeyFigure(
                "Inclination", np.degrees(o.inclination), "deg", f"wanted {np.degrees(w.inclination):.4f}", digits=6
            ),
            KeyFigure("Usable propellant left", r.propellant_left, "kg", digits=3),
            KeyFigure("Max-q", r.most_dynamic_pressure / 1e3, "kPa", digits=3),
            KeyFigure("Attitude error", np.degrees(r.most_attitude_error), "deg", "largest", digits=3),
        )
    )
    insertion = Table(
        (
            Column("Element"),
            Column("Unit"),
            Column("Wanted", digits=8),
            Column("Reached", digits=8),
            Column("Difference", digits=3),
        ),
        [
            (
                "perigee altitude",
                "km",
                w.perigee_altitude / 1e3,
                o.perigee_altitude / 1e3,
                (o.perigee_altitude - w.perigee_altitude) / 1e3,
            ),
            (
                "apogee altitude",
                "km",
                w.apogee_altitude / 1e3,
                o.apogee_altitude / 1e3,
                (o.apogee_altitude - w.apogee_altitude) / 1e3,
            ),
            ("inclination", "deg", *np.degrees([w.inclination, o.inclination, o.inclination - w.inclination])),
            (
                "ascending node (frame of T-0)",
                "deg",
                *np.degrees([w.ascending_node, o.ascending_node, o.ascending_node - w.ascending_node]),
            ),
        ],
        "Insertion: osculating elements at the end of the last engine's tail-off, beside the optimum's",
        label="insertion",
    )
    loads = Table(
        (Column("Largest value"), Column("", digits=4), Column("Unit")),
        [
            ("dynamic pressure", r.most_dynamic_pressure / 1e3, "kPa"),
            ("q · α", np.degrees(r.most_q_alpha) / 1e3, "kPa deg"),
            ("axial acceleration", r.most_axial_acceleration / 9.80665, "g"),
            ("lateral acceleration of the air", r.most_lateral_acceleration / 9.80665, "g"),
            ("gimbal angle", np.degrees(r.most_gimbal_angle), "deg"),
            ("attitude error", np.degrees(r.most_attitude_error), "deg"),
            ("body rate", np.degrees(r.most_body_rate), "deg/s"),
            ("time at the gimbals' limit", r.gimbal_limited_time, "s"),
        ],
        "Largest values at any step",
    )
    events = Table(
        (Column("Phase"), Column("Begins", "s", decimals=3), Column("Mass", "kg", decimals=0)),
        [(e.name, e.time, e.mass) for e in r.events],
        "Phases as flown",
    )
    report = report.section("Result", keys, Text(_in_words(r)), loudest(findings), insertion)
    report = report.section(
        "Attitude and loads",
        Figure(drawn["attitude"], "Attitude, gimbals, rates and the air's load"),
        loads,
        events,
        new_page=True,
    )
    report = report.section(
        "Navigation and engines",
        Figure(drawn["navigation"], "Errors of the estimate against the truth; thrust; use of the attitude jets"),
    )
    report = report.section(
        "Control",
        Text(
            "The attitude control is designed from mass properties, thrust and aerodynamic coefficients along "
            "the optimum: proportional, rate and "
            "integral gains and a low-pass, the widest bandwidth that leaves more than 6 dB of gain either way, "
            "30 deg of phase and, where a bending "
            "mode is given, 12 dB below one at its peak. Sampling, computing and the actuators' lag are in the loop."
        ),
        Figure(drawn["margins"], "Margins of the pitch and yaw loop along the flight"),
        margin_table(c),
        new_page=True,
    )
    report = report.section("Findings", FindingsBlock(findings), new_page=True)
    return report.section("Sources", SourcesBlock(more=tuple(s for m in documents_of(study) for s in m.sources)))


def margin_table(c: ControlTable) -> Table:
    """Gains and margins at every point of the design."""

    def db(value: float) -> float | None:
        return None if value >= NONE_DB else float(value)

    rows: list[Any] = []
    for i in range(len(c.time)):
        if i == 0 or c.phase_index[i] != c.phase_index[i - 1]:
            rows.append(Row((c.phases[int(c.phase_index[i])],), "group"))
        rows.append(
            (
                float(c.time[i]),
                float(c.control[i]),
                float(c.air[i]),
                float(c.proportional[i]),
                float(c.rate[i]),
                float(c.bandwidth[i]),
                db(c.low[i]),
                db(c.high[i]),
                float(np.degrees(c.phase[i])),
                db(c.mode[i]),
            )
        )
    return Table(
        (
            Column("Time", "s", decimals=1),
            Column("μc", "1/s²", digits=3),
            Column("μα", "1/s²", digits=3),
            Column("Kp", digits=3),
            Column("Kd", "s", digits=3),
            Column("Crossover", "rad/s", digits=3),
            Column("Gain down", "dB", decimals=1),
            Column("Gain up", "dB", decimals=1),
            Column("Phase", "deg", decimals=0),
            Column("Mode", "dB", decimals=1),
        ),
        rows,
        "Gains and margins every 5 s (a dash: nothing limits there)",
    )


def _in_words(r: FlightResult) -> str:
    o, w = r.reached, r.wanted
    end = (
        f"The flight ended as planned after {r.end_time:.1f} s"
        if r.status == "done"
        else f"The flight did not end as planned: {r.status} at {r.end_time:.1f} s"
    )
    return (
        f"{end}. The orbit differs from the optimum's by {o.perigee_altitude - w.perigee_altitude:+.0f} m in perigee and "
        f"{o.apogee_altitude - w.apogee_altitude:+.0f} m in apogee ([[insertion]]). Navigation was "
        f"{r.nav_position_error[-1]:.1f} m and {r.nav_velocity_error[-1]:.3f} m/s off at the end."
    )
