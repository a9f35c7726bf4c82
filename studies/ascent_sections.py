"""Sections on a flown ascent that the reports of `osea design` and `osea ascent` share."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.findings import Finding, Severity
from ..report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    KeyFigure,
    KeyFigures,
    Report,
    Row,
    Table,
    Text,
)
from ..trajectory.result import AscentResult, Insertion
from .documents import Study
from .flight_data import FlightData
from .steering_table import SteeringTable

HELD = 3.0  # s: within a thousandth of the largest dynamic pressure for longer than this means that throttling holds it


def key_figures(study: Study, ascent: AscentResult) -> KeyFigures:
    """Payload, orbit, lift-off mass, Δv, max-q."""
    a = ascent
    orbit, t = a.insertion, a.trajectory
    found = study.mission.objective == "payload"
    return KeyFigures(
        (
            KeyFigure(
                "Payload", a.payload_mass, "t", "largest by this model" if found else "given", digits=4, scale=1e-3
            ),
            _orbit(orbit),
            KeyFigure("Lift-off mass", a.liftoff_mass, "t", "payload included", digits=4, scale=1e-3),
            KeyFigure("Ideal Δv", a.budget.ideal, "m/s", f"{_losses(ascent):.0f} m/s of losses", digits=4),
            KeyFigure("Max q", float(t.dynamic_pressure.max()), "kPa", _at_max_q(ascent), digits=3, scale=1e-3),
        )
    )


def _orbit(orbit: Insertion) -> KeyFigure:
    """Perigee and apogee, or the C3 of a way out."""
    when = f"{np.degrees(orbit.inclination):.2f}°, {orbit.time:.0f} s after lift-off"
    if orbit.eccentricity >= 1.0:
        return KeyFigure("C3", orbit.c3, "km²/s²", when, digits=4, scale=1e-6)
    heights = f"{orbit.perigee_altitude / 1e3:.0f} × {orbit.apogee_altitude / 1e3:.0f}"
    return KeyFigure("Orbit", heights, "km", when)


def _losses(ascent: AscentResult) -> float:
    b = ascent.budget
    return b.gravity + b.drag + b.steering + b.pressure


def _at_max_q(ascent: AscentResult) -> str:
    """Where the largest dynamic pressure is; where throttling holds it, from when to when: the peak there is rounding."""
    t = ascent.trajectory
    i = int(np.argmax(t.dynamic_pressure))
    near = np.flatnonzero(t.dynamic_pressure > (1 - 1e-3) * t.dynamic_pressure[i])
    first, last = near[0], near[-1]
    if t.time[last] - t.time[first] > HELD:
        return f"held from {t.time[first]:.0f} to {t.time[last]:.0f} s, Mach {t.mach[first]:.2f} to {t.mach[last]:.2f}"
    return f"at {t.time[i]:.0f} s, {t.altitude[i] / 1e3:.1f} km, Mach {t.mach[i]:.2f}"


def in_words(study: Study, ascent: AscentResult) -> str:
    """The result in a paragraph, and how well it stands."""
    a, mission = ascent, study.mission
    s = a.solver
    if mission.objective == "payload":
        goal = (
            f"By this model {study.vehicle.name} carries at most {a.payload_mass / 1e3:.2f} t into this orbit (a local "
            "optimum; the uncertainty of the inputs is not in this figure)."
        )
    else:
        left = a.propellant[-1].usable_left
        goal = (
            f"With {a.payload_mass:,.0f} kg of payload, {left:,.0f} kg of the last stage's usable propellant are left."
        )
    return (
        f"{goal} [[profiles]] shows the flight. The optimum's controls, flown again from lift-off by an "
        f"independent integrator, end {s.position_error:.1f} m and {s.velocity_error:.3f} m/s from the optimizer's state. "
        f"The orbit's elements are osculating at insertion{_first_revolution(a.insertion)}."
    )


def _first_revolution(orbit: Insertion) -> str:
    """Where an orbit runs; nothing of a way out."""
    if orbit.eccentricity >= 1.0:
        return ""
    low, high = orbit.lowest_altitude / 1e3, orbit.highest_altitude / 1e3
    return f"; with J2 the first revolution runs between {low:.1f} and {high:.1f} km over the equatorial radius"


def loudest(findings: Sequence[Finding]) -> Text | FindingsBlock:
    """Errors are shown at once; the rest is counted here and listed under Findings."""
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        return FindingsBlock(errors)
    counts = {s: sum(f.severity is s for f in findings) for s in (Severity.UNKNOWN, Severity.WARN, Severity.OK)}
    return Text(
        f"No check failed. {counts[Severity.UNKNOWN]} could not be answered (UNKNOWN: a figure is missing), "
        f"{counts[Severity.WARN]} deserve a look (WARN), {counts[Severity.OK]} are met; all are listed under Findings."
    )


def budget_table(ascent: AscentResult) -> Table:
    """The velocity budget of every segment."""
    a = ascent
    rows: list = []
    for item in a.segment_budgets:
        b = item.budget
        rows.append((item.segment, b.ideal, b.gravity, b.drag, b.steering, b.pressure, b.gain))
    b = a.budget
    rows.append(Row(("Whole ascent", b.ideal, b.gravity, b.drag, b.steering, b.pressure, b.gain), kind="total"))
    losses = ("Ideal Δv", "Gravity", "Drag", "Steering", "Pressure", "Gain")
    columns = (Column("Segment"), *(Column(n, "m/s", decimals=0) for n in losses))
    note = (
        "Losses in Earth-relative speed: gain = ideal − losses, closed to "
        f"{abs(b.closure):.0e} m/s. The turning Earth adds {a.earth_rotation:.0f} m/s at insertion."
    )
    return Table(columns, rows, "Velocity budget.", label="budget-table", note=note)


def events_table(ascent: AscentResult) -> Table:
    """Every event of the flight."""
    rows = [
        (
            e.name,
            e.time,
            e.altitude,
            e.downrange,
            e.speed_relative,
            e.speed_inertial,
            float(np.degrees(e.flight_path_angle)),
            e.dynamic_pressure,
            e.mass,
        )
        for e in ascent.trajectory.events
    ]
    columns = (
        Column("Event"),
        Column("Time", "s", decimals=1),
        Column("Altitude", "km", decimals=1, scale=1e-3),
        Column("Downrange", "km", decimals=1, scale=1e-3),
        Column("Speed, relative", "m/s", decimals=0),
        Column("Speed, inertial", "m/s", decimals=0),
        Column("Path angle", "deg", decimals=1),
        Column("q", "kPa", decimals=2, scale=1e-3),
        Column("Mass after", "t", decimals=2, scale=1e-3),
    )
    return Table(columns, rows, "Events.", label="events", note=ascent.trajectory.t0_definition)


def solution(ascent: AscentResult) -> Facts:
    """How the optimum was found, and how far the flight on its controls ends from it."""
    s = ascent.solver
    return Facts(
        (
            ("Solver", s.solver),
            ("Status", s.status.replace("_", " ")),
            ("Iterations", f"{s.iterations} on {s.mesh_passes} meshes"),
            ("Last mesh", f"{s.unknowns} unknowns, {s.constraints} constraints"),
            ("Largest violation", f"{s.violation:.1e} (scaled)"),
            ("Mesh error", f"{s.mesh_error:.1e} (relative)"),
            ("Flown again, position", Cell(s.position_error, digits=2, unit="m")),
            ("Flown again, speed", Cell(s.velocity_error, digits=2, unit="m/s")),
            ("Control effort", Cell(s.effort, digits=3, unit="kg of objective, at most")),
        )
    )


def method(study: Study) -> str:
    """How the ascent was computed, and what was left out."""
    environment = study.mission.environment
    air, left_out = "U.S. Standard Atmosphere 1976, no wind", "lift, wind"
    if environment is not None:
        windy = environment.wind is not None or environment.wind_climatology is not None
        air = f"air of '{environment.name}', {'its wind' if windy else 'no wind'}"
        left_out = "lift" if windy else "lift, wind"
    return (
        f"Point mass over a rotating WGS-84 Earth with J2, {air}; Legendre-Gauss-Radau collocation over linked phases, solved "
        "with IPOPT and refined until the mesh error is within tolerance. Not modelled: "
        f"{left_out}, engine start and shut-down transients, propellant used before lift-off, slosh and bending."
    )


def flight_sections(report: Report, flight: FlightData, drawn: dict[str, str]) -> Report:
    """The sections on the flight, from its profiles to the solver."""
    ascent = flight.ascent
    report = report.section(
        "Ascent",
        Figure(drawn["ascent"], "Ascent profiles; shaded: the stages' burns.", label="profiles"),
        events_table(ascent),
        *_orbits(ascent),
        *engine_out_table(flight.study, ascent),
        Figure(drawn["air"], "What the air does, while there is any.", label="air"),
        Figure(drawn["delta_v"], "Where the velocity goes.", label="budget"),
        budget_table(ascent),
        new_page=True,
    )
    report = report.section(
        "Steering programme",
        Figure(drawn["steering"], "Attitude of the thrust axis in the launch frame, and its rates.", label="steering"),
        Text(_steering(flight.steering)),
        new_page=True,
    )
    report = report.section("Masses and loads in flight", *_loads(flight, drawn))
    report = report.section("Range", *_range(flight, drawn), new_page=True)
    return report.section("Solution", solution(ascent), Text(method(flight.study)))


def _orbits(ascent: AscentResult) -> list[Table]:
    """The orbits after each burn of the last stage, where there is more than one."""
    if len(ascent.orbits) < 2:
        return []
    rows = [
        (
            o.segment,
            o.orbit.time,
            o.orbit.perigee_altitude,
            o.orbit.apogee_altitude if o.orbit.eccentricity < 1.0 else None,
            float(np.degrees(o.orbit.inclination)),
            o.released,
        )
        for o in ascent.orbits
    ]
    columns = (
        Column("At the end of"),
        Column("Time", "s", decimals=1),
        Column("Perigee", "km", decimals=1, scale=1e-3),
        Column("Apogee", "km", decimals=1, scale=1e-3),
        Column("Inclination", "deg", decimals=3),
        Column("Released", "kg", decimals=0),
    )
    return [Table(columns, rows, "Orbits, osculating; altitudes over the equatorial radius.", label="orbits")]


def engine_out_table(study: Study, ascent: AscentResult) -> list[Table]:
    """Which engines fail, and what it costs beside the flight without failure; nothing where none does."""
    failures, nominal = study.mission.sequence.engine_out, ascent.nominal_payload
    if not failures or nominal is None:
        return []
    columns = (
        Column("Engines out"),
        Column("After ignition", "s", decimals=1),
        Column("Payload", "kg", decimals=0),
        Column("Without failure", "kg", decimals=0),
        Column("Lost", "kg", decimals=0),
    )
    whole = (ascent.payload_mass, nominal, nominal - ascent.payload_mass)
    rows = [
        (f"{out.engines} of {out.stage}", out.after, *(whole if i == 0 else (None,) * 3))
        for i, out in enumerate(failures)
    ]
    caption = "Engine failure: the largest payload with and without. The flight knows of it from lift-off on, which loses least."
    return [Table(columns, rows, caption, label="engine-out")]


def _steering(s: SteeringTable) -> str:
    return (
        f"tables/steering.csv holds the programme for a flight computer: {len(s.time)} rows of attitude (angles and quaternion), "
        "throttle and rates against the time since lift-off and since the phase began; results/steering.json has the same with "
        "the launch frame's axes. Between rows it is to be read along straight lines. Flown so, open loop, the ascent ends "
        f"{s.position_error:.2g} m and {s.velocity_error:.2g} m/s from the optimum's at insertion; no line leaves the optimum's "
        f"attitude by more than {np.degrees(s.chord_error):.2g} deg.\n\n"
        "Launch frame: x downrange at an azimuth of "
        f"{np.degrees(s.azimuth):.3f} deg, y to the right of it, z down, fixed in inertial space at T-0. Pitch turns x towards "
        "up, yaw then to the right; roll is zero."
    )


def _loads(flight: FlightData, drawn: dict[str, str]) -> list[Any]:
    blocks: list[Any] = []
    if "mass_history" in drawn:
        blocks.append(Figure(drawn["mass_history"], "Centre of mass and inertia of what flies.", label="inertia"))
    loads = flight.loads
    if "joint_loads" not in drawn:
        return [*blocks, FindingsBlock(loads.findings)] if loads.findings else blocks
    caption = "Loads at the joints until the first cut-off; each curve is named by what stands on the joint."
    blocks.append(Figure(drawn["joint_loads"], caption, label="joint-loads"))
    rows = [
        (
            j.name,
            j.station,
            j.largest_axial,
            j.largest_axial_at,
            j.largest_shear,
            j.largest_shear_at,
            j.largest_bending,
            j.largest_bending_at,
            j.largest_equivalent,
            j.largest_equivalent_at,
        )
        for j in loads.joints
    ]
    columns = (
        Column("Joint"),
        Column("Station", "m", decimals=2),
        Column("Axial", "kN", decimals=0, scale=1e-3),
        Column("at", "s", decimals=0),
        Column("Shear", "kN", decimals=1, scale=1e-3),
        Column("at", "s", decimals=0),
        Column("Bending", "kN m", decimals=0, scale=1e-3),
        Column("at", "s", decimals=0),
        Column("Equivalent", "kN", decimals=0, scale=1e-3),
        Column("at", "s", decimals=0),
    )
    gust = "no gust" if not loads.gust else f"a steady gust of {loads.gust:g} m/s across the path"
    note = (
        f"Limit loads without a factor of safety, of a rigid, trimmed vehicle with {gust}; slender-body air forces. Equivalent: "
        "the even compression with the same largest line load, N + 4 |M| / d."
    )
    blocks.append(Table(columns, rows, "Largest loads at the joints, and when.", label="joint-loads-table", note=note))
    if loads.findings:  # what these figures do not cover
        blocks.append(FindingsBlock(loads.findings))
    return blocks


def _range(flight: FlightData, drawn: dict[str, str]) -> list[Any]:
    blocks: list[Any] = [
        Figure(drawn["ground_track"], "Ground track.", label="track"),
        Figure(drawn["range"], "The range's view: ground track, impact point, impacts and areas.", label="range"),
    ]
    result = flight.range
    if result.footprints:
        rows = [
            (
                f.body,
                float(np.degrees(f.latitude)),
                float(np.degrees(f.longitude)),
                f.time,
                f.speed,
                2 * f.semi_major,
                2 * f.semi_minor,
            )
            for f in result.footprints
        ]
        columns = (
            Column("Body"),
            Column("Latitude", "deg", decimals=3),
            Column("Longitude", "deg", decimals=3),
            Column("Impact", "s", decimals=0),
            Column("Speed", "m/s", decimals=0),
            Column("Footprint, long", "km", decimals=1, scale=1e-3),
            Column("wide", "km", decimals=1, scale=1e-3),
        )
        share = 100 * result.footprints[0].probability
        caption = f"Where jettisoned bodies come down; the ellipse holds {share:g} % of the impacts."
        blocks.append(Table(columns, rows, caption, label="impacts"))
    elif len(result.vacuum.time):
        blocks.append(_vacuum_impacts(flight))
    if "footprints" in drawn:
        blocks.append(Figure(drawn["footprints"], "Footprints about the nominal impacts.", label="footprints"))
    told = [f for f in result.findings if f.rule.startswith("range.")]
    if told:
        blocks.append(FindingsBlock(told))
    blocks.append(Text("range/flight.kml and range/flight.geojson show the same on a globe or a map."))
    return blocks


def _vacuum_impacts(flight: FlightData) -> Table:
    """Where things that leave would fall without air: what can be said while nothing is known of the bodies."""
    trace, rows = flight.range.vacuum, []
    for event in flight.ascent.trajectory.events:
        if not ("separation" in event.name or "jettison" in event.name) or event.time > trace.time[-1]:
            continue
        i = int(np.argmin(np.abs(trace.time - event.time)))
        place = (float(np.degrees(trace.latitude[i])), float(np.degrees(trace.longitude[i])))
        rows.append((event.name, event.time, *place, float(trace.time[i] + trace.time_to_impact[i])))
    columns = (
        Column("Event"),
        Column("Time", "s", decimals=1),
        Column("Latitude", "deg", decimals=2),
        Column("Longitude", "deg", decimals=2),
        Column("Impact", "s", decimals=0),
    )
    note = "With air a body falls short of it; how far depends on its ballistic coefficient, which a range document states."
    return Table(columns, rows, "Impact points in vacuum of what leaves.", label="impacts", note=note)
