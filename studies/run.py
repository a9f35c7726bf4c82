"""A design written into its run folder, and summed up for the terminal."""

from typing import TYPE_CHECKING, Any

from ..core import strict_yaml
from ..core.run_folder import RunFolder
from ..report.drawing_pdf import drawing_pdf
from .ascent_files import write_flight
from .ascent_summary import ascent_summary
from .design import Design

if TYPE_CHECKING:
    from .sizing.loop import Sized


def write_design(design: Design, run: RunFolder, sized: "Sized | None" = None) -> None:
    """Results, tables, launch data, figures and the report; of a sized design its loop and its vehicle's document too."""
    from .check_report import check_report
    from .figures import figures
    from .report import design_report

    for number, engine in enumerate(design.engines, start=1):
        run.write_result(f"engine-{number}-{_slug(engine.name)}", engine)  # two names may read alike in a file's name
    run.write_result("masses", design.masses)
    run.write_result("drag", design.drag)
    write_flight(design.flight, run)
    run.write_result("stability", design.stability)
    if design.structure is not None:
        run.write_result("structure", design.structure.structure)
        run.write_result("bending", design.structure.lift_off)
    if sized is not None:
        run.write_result("sizing", sized.result)
        run.write_text("sized/vehicle.yaml", strict_yaml.dump(sized.study.vehicle.to_plain()))
    drawn = figures(design)
    for name, svg in drawn.items():
        run.write_text(f"figures/{name}.svg", svg)
    run.write_bytes("figures/side_view.pdf", drawing_pdf(drawn["side_view"]))
    run.write_result("interfaces", design.interfaces)
    interfaces = check_report(design.interfaces, design.study.vehicle, design.ascent.payload_mass, design.flight.loads)
    run.write_text("interfaces.html", interfaces.html())
    _write_model(design, run)
    run.write_text("report.html", design_report(design, drawn, sized).html())


def _write_model(design: Design, run: RunFolder) -> None:
    """The outer body for others: DXF, glTF, and a page that turns it."""
    from ..vehicle.solid_model import glb, outline_dxf, page

    vehicle = design.study.vehicle
    run.write_text("model/vehicle.dxf", outline_dxf(vehicle))
    run.write_bytes("model/vehicle.glb", glb(vehicle))
    run.write_text("model/vehicle.html", page(vehicle))


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


def summary(design: Design) -> tuple[dict[str, Any], str]:
    """The result in short: as plain data, and as lines for people."""
    return ascent_summary(design.study, design.ascent, design.findings)
