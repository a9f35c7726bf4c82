"""The design report: what an engineer wants to see of a vehicle and its ascent, in one page that prints."""

from importlib.metadata import version
from typing import TYPE_CHECKING

from ..propulsion.performance import EnginePerformance
from ..report.pieces import (
    Cell,
    Column,
    Facts,
    Figure,
    FindingsBlock,
    Report,
    Row,
    Section,
    Side,
    SourceNote,
    SourcesBlock,
    Table,
    Text,
)
from ..vehicle.solid_model import page
from .ascent_sections import flight_sections, in_words, key_figures, loudest
from .design import Design
from .figures import throttle_curve
from .provenance import documents_of
from .vehicle_sections import aerodynamics_section, structure_section

if TYPE_CHECKING:
    from .sizing.loop import Sized


def design_report(design: Design, drawn: dict[str, str], sized: "Sized | None" = None) -> Report:
    """The report of a design, with the figures of ``figures``; of a sized one with how it was closed."""
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
    report = report.section(
        "Result",
        key_figures(study, ascent),
        Text(f"{in_words(study, ascent)} [[side]] shows the vehicle."),
        loudest(design.findings),
    )
    if sized is not None:
        from .sizing.report import sizing_section

        report = sizing_section(report, sized, ascent.payload_mass)
    report = report.section(
        "Vehicle",
        Figure(drawn["side_view"], "Side view, to scale.", label="side"),
        Figure(
            "",
            "The outer body; model/vehicle.glb and model/vehicle.dxf hold it for CAD.",
            label="body",
            page=page(study.vehicle),
        ),
        Side(
            (_mass_table(design), Figure(drawn["drag"], f"Drag coefficient ({design.drag.method}).", label="drag")),
            (1.7, 1),
        ),
    )
    report = report.section("Engines", *(_engine(design, e) for e in design.engines), new_page=True)
    report = flight_sections(report, design.flight, drawn)
    report = aerodynamics_section(report, design.stability)
    if design.structure is not None:
        report = structure_section(report, design.structure)
    report = report.section("Findings", FindingsBlock(design.findings), new_page=True)
    sources = tuple(s for module in documents_of(study) for s in module.sources)
    return report.section("Sources", SourcesBlock(more=sources))


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
