"""The design report: what an engineer wants to see of a vehicle and its ascent, in one page that prints."""

from importlib.metadata import version

import numpy as np

from ..core.findings import Severity
from ..propulsion.performance import EnginePerformance
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
    Section,
    Side,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)
from .design import Design
from .figures import throttle_curve
from .provenance import documents_of

HELD = 3.0  # s: within a thousandth of the largest dynamic pressure for longer than this means that throttling holds it


def design_report(design: Design, drawn: dict[str, str]) -> Report:
    """The report of a design, with the figures of ``figures``."""
    study, ascent = design.study, design.ascent
    report = Report(
        title=study.name,
        subtitle=f"{study.vehicle.name}, from {study.mission.site.name}",
        facts=(
            ("Study", str(study.where().rsplit(":", 2)[0])),
            ("Input", f"sha256 {ascent.input_hash[:16]}…"),
            ("Issued by", study.originator),
            ("Tool", f"OSEA-Rocket {version('osea-rocket')}"),
        ),
        footer=f"OSEA-Rocket {version('osea-rocket')}",
    )
    report = report.section("Result", _key_figures(design), Text(_in_words(design)), _loudest(design))
    report = report.section(
        "Vehicle",
        Figure(drawn["side_view"], "Side view, to scale.", label="side"),
        Side(
            (_mass_table(design), Figure(drawn["drag"], f"Drag coefficient ({design.drag.method}).", label="drag")),
            (1.7, 1),
        ),
    )
    report = report.section("Engines", *(_engine(design, e) for e in design.engines), new_page=True)
    report = report.section(
        "Ascent",
        Figure(drawn["ascent"], "Ascent profiles; shaded: the segments of flight.", label="profiles"),
        _events(design),
        *(
            [Figure(drawn["mass_history"], "Centre of mass and inertia of what flies.", label="inertia")]
            if "mass_history" in drawn
            else []
        ),
        Figure(drawn["delta_v"], "Where the velocity goes.", label="budget"),
        _budget_table(design),
        Figure(drawn["ground_track"], "Ground track.", label="track"),
        new_page=True,
    )
    report = report.section("Solution", _solution(design), Text(_method(design)))
    report = report.section("Findings", FindingsBlock(design.findings), new_page=True)
    sources = tuple(s for module in documents_of(study) for s in module.sources)
    return report.section("Sources", SourcesBlock(more=sources))


def _key_figures(design: Design) -> KeyFigures:
    a = design.ascent
    orbit, t = a.insertion, a.trajectory
    found = design.study.mission.objective == "payload"
    return KeyFigures(
        (
            KeyFigure(
                "Payload", a.payload_mass, "t", "largest by this model" if found else "given", digits=4, scale=1e-3
            ),
            KeyFigure(
                "Orbit",
                f"{orbit.perigee_altitude / 1e3:.0f} × {orbit.apogee_altitude / 1e3:.0f}",
                "km",
                f"{np.degrees(orbit.inclination):.2f}°, {orbit.time:.0f} s after lift-off",
            ),
            KeyFigure("Lift-off mass", a.liftoff_mass, "t", "payload included", digits=4, scale=1e-3),
            KeyFigure("Ideal Δv", a.budget.ideal, "m/s", f"{_losses(design):.0f} m/s of losses", digits=4),
            KeyFigure("Max q", float(t.dynamic_pressure.max()), "kPa", _at_max_q(design), digits=3, scale=1e-3),
        )
    )


def _losses(design: Design) -> float:
    b = design.ascent.budget
    return b.gravity + b.drag + b.steering + b.pressure


def _at_max_q(design: Design) -> str:
    """Where the largest dynamic pressure is; where throttling holds it, from when to when: the peak there is rounding."""
    t = design.ascent.trajectory
    i = int(np.argmax(t.dynamic_pressure))
    near = np.flatnonzero(t.dynamic_pressure > (1 - 1e-3) * t.dynamic_pressure[i])
    first, last = near[0], near[-1]
    if t.time[last] - t.time[first] > HELD:
        return f"held from {t.time[first]:.0f} to {t.time[last]:.0f} s, Mach {t.mach[first]:.2f} to {t.mach[last]:.2f}"
    return f"at {t.time[i]:.0f} s, {t.altitude[i] / 1e3:.1f} km, Mach {t.mach[i]:.2f}"


def _in_words(design: Design) -> str:
    a, mission = design.ascent, design.study.mission
    s = a.solver
    if mission.objective == "payload":
        goal = (
            f"By this model {design.study.vehicle.name} carries at most {a.payload_mass / 1e3:.2f} t into this orbit (a local "
            "optimum; the uncertainty of the inputs is not in this figure)."
        )
    else:
        left = a.propellant[-1].usable_left
        goal = (
            f"With {a.payload_mass:,.0f} kg of payload, {left:,.0f} kg of the last stage's usable propellant are left."
        )
    return (
        f"{goal} [[side]] shows the vehicle, [[profiles]] the flight. The optimum's controls, flown again from lift-off by an "
        f"independent integrator, end {s.position_error:.1f} m and {s.velocity_error:.3f} m/s from the optimizer's state. "
        f"The orbit's elements are osculating at insertion; with J2 the first revolution runs between "
        f"{a.insertion.lowest_altitude / 1e3:.1f} and {a.insertion.highest_altitude / 1e3:.1f} km over the equatorial radius."
    )


def _loudest(design: Design) -> Text | FindingsBlock:
    """Errors are shown at once; the rest is counted here and listed under Findings."""
    errors = [f for f in design.findings if f.severity is Severity.ERROR]
    if errors:
        return FindingsBlock(errors)
    counts = {s: sum(f.severity is s for f in design.findings) for s in (Severity.UNKNOWN, Severity.WARN, Severity.OK)}
    return Text(
        f"No check failed. {counts[Severity.UNKNOWN]} could not be answered (UNKNOWN: a figure is missing), "
        f"{counts[Severity.WARN]} deserve a look (WARN), {counts[Severity.OK]} are met; all are listed under Findings."
    )


def _mass_table(design: Design) -> Table:
    rows = []
    for row in design.masses.rows:
        name = row.name if row.count == 1 else f"{row.count} × {row.name}"
        propellant = (row.usable_propellant, row.residual, row.reserve) if row.usable_propellant else (None, None, None)
        rows.append((name, row.dry, *propellant, row.total))
    rows.append(Row(("Lift-off", None, None, None, None, design.masses.lift_off_mass), kind="total"))
    columns = (
        Column("Part"),
        Column("Dry", "kg", decimals=0),
        Column("Usable", "kg", decimals=0),
        Column("Residual", "kg", decimals=0),
        Column("Reserve", "kg", decimals=0),
        Column("Total", "kg", decimals=0),
    )
    return Table(
        columns, rows, "Masses at lift-off: dry, propellant (usable, residual, reserve), total.", label="masses"
    )


def _engine(design: Design, e: EnginePerformance) -> Section:
    document = next(m for m in documents_of(design.study) if m.name == e.name)

    def cited(field: str) -> tuple:
        return tuple(s for s in document.sources if any(field == f or field.startswith(f + ".") for f in s.fields))

    isp = "published" if e.basis == "published" else "from the losses below"
    facts = Facts(
        (
            ("Propellants", f"{e.oxidizer} / {e.fuel}"),
            ("Cycle", e.cycle),
            ("Mixture ratio", Cell(e.oxidizer_fuel_ratio, cited("oxidizer_fuel_ratio"), digits=3)),
            ("Chamber pressure", Cell(e.chamber_pressure, cited("chamber_pressure"), digits=4, scale=1e-5, unit="bar")),
            ("Area ratio", Cell(e.area_ratio, cited("area_ratio"), digits=4)),
            ("Chamber temperature", Cell(e.ideal_equilibrium.chamber.temperature, digits=4, unit="K")),
            ("c*, ideal", Cell(e.ideal_equilibrium.c_star, digits=5, unit="m/s")),
            ("c*, delivered", Cell(e.c_star, digits=5, unit="m/s")),
        )
    )
    flow = Facts(
        (
            ("Vacuum thrust", Cell(e.thrust_vacuum, cited("thrust_vacuum"), digits=4, scale=1e-3, unit="kN")),
            ("Vacuum Isp", Cell(e.isp_vacuum, cited("published.isp_vacuum"), digits=4, unit=f"s, {isp}")),
            (
                "Sea-level thrust",
                Cell(e.thrust_sea_level, digits=4, scale=1e-3, unit="kN") if e.thrust_sea_level else "vacuum use",
            ),
            ("Sea-level Isp", Cell(e.isp_sea_level, digits=4, unit="s") if e.isp_sea_level else "vacuum use"),
            ("Mass flow", Cell(e.mass_flow, digits=4, unit="kg/s")),
            ("Mass", Cell(e.mass, cited("mass"), digits=4, unit="kg") if e.mass else "not known"),
            ("Throat diameter", Cell(e.throat_diameter, digits=3, scale=1e3, unit="mm")),
            ("Exit diameter", Cell(e.exit_diameter, digits=4, scale=1e3, unit="mm")),
        )
    )
    rows = [
        ("Ideal, shifting equilibrium", None, Cell(e.isp_vacuum_ideal, decimals=1)),
        ("Ideal, frozen in the chamber (for comparison)", None, Cell(e.ideal_frozen.isp(), decimals=1)),
        *(
            (
                Cell(f"{loss.name} (on {loss.on.replace('_', ' ')})", (SourceNote(loss.grade, loss.citation),)),
                loss.factor,
                Cell(loss.isp_after, decimals=1),
            )
            for loss in e.losses
        ),
    ]
    if e.unexplained_factor is not None:
        rows.append(("Not explained by these losses", e.unexplained_factor, Cell(e.isp_vacuum_published, decimals=1)))
    rows.append(Row(("Flown with", e.isp_vacuum / e.isp_vacuum_ideal, Cell(e.isp_vacuum, decimals=1)), kind="total"))
    table = Table(
        (Column("From ideal to delivered"), Column("Factor", decimals=4), Column("Vacuum Isp", "s", decimals=1)),
        rows,
        f"{e.name}: losses.",
    )
    curve = throttle_curve(e)
    figure = Figure(curve, f"{e.name}: thrust against throttle (share of rated chamber pressure).")
    return Section(e.name, (Side((facts, flow)), Side((table, figure), (1.35, 1))))


def _budget_table(design: Design) -> Table:
    a = design.ascent
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


def _events(design: Design) -> Table:
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
        for e in design.ascent.trajectory.events
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
    return Table(columns, rows, "Events.", label="events", note=design.ascent.trajectory.t0_definition)


def _solution(design: Design) -> Facts:
    s = design.ascent.solver
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


def _method(design: Design) -> str:
    return (
        "Point mass over a rotating WGS-84 Earth with J2, U.S. Standard Atmosphere 1976, no wind; Legendre-Gauss-Radau "
        "collocation over linked phases, solved with IPOPT and refined until the mesh error is within tolerance. Not modelled: "
        "lift, wind, engine start and shut-down transients, propellant used before lift-off, slosh and bending."
    )
