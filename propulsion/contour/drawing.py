"""The contour as files: CSV for programs, DXF for CAD."""

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .contour import Contour

if TYPE_CHECKING:
    from ezdxf.document import Drawing

WALL, AXIS, DIMENSIONS = "WALL", "AXIS", "DIMENSIONS"


def to_csv(contour: Contour) -> str:
    """x_m, radius_m, part: one line a point, floats in full."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["x_m", "radius_m", "part"])
    for x, r, part in zip(contour.x, contour.radius, contour.part, strict=True):
        writer.writerow([repr(float(x)), repr(float(r)), part])
    return text.getvalue()


def write_csv(contour: Contour, path: str | Path) -> None:
    """``to_csv`` as a UTF-8 file."""
    Path(path).write_text(to_csv(contour), encoding="utf-8")


def write_dxf(contour: Contour, path: str | Path) -> None:
    """A DXF (R2010) in millimetres: the wall's upper half, the axis and the main dimensions, each on its own layer.

    The throat's centre is the origin. To make the body, revolve the wall about the axis.
    """
    to_dxf(contour).saveas(Path(path))


def to_dxf(contour: Contour) -> "Drawing":
    """The drawing itself, an ``ezdxf`` document."""
    import ezdxf
    from ezdxf import units

    drawing = ezdxf.new("R2010", setup=True)  # type: ignore[attr-defined]
    drawing.units = units.MM  # $INSUNITS
    drawing.header["$MEASUREMENT"] = 1  # metric
    drawing.layers.add(WALL, color=7, lineweight=50)
    drawing.layers.add(AXIS, color=1, linetype="CENTER", lineweight=18)
    drawing.layers.add(DIMENSIONS, color=5, lineweight=18)
    sheet = drawing.modelspace()

    points = 1e3 * np.column_stack([contour.x, contour.radius])
    size = float(np.ptp(points[:, 0]))
    sheet.add_lwpolyline(points.tolist(), dxfattribs={"layer": WALL})
    over = 0.03 * size
    drawing.header["$LTSCALE"] = size / 400.0
    sheet.add_line((points[0, 0] - over, 0.0), (points[-1, 0] + over, 0.0), dxfattribs={"layer": AXIS})
    _dimensions(drawing, points, contour, size)
    return drawing


def _dimensions(drawing: "Drawing", points: np.ndarray, contour: Contour, size: float) -> None:
    """Radii at chamber, throat and exit; lengths of cylinder, chamber and nozzle."""
    style = drawing.dimstyles.duplicate_entry("EZDXF", "CONTOUR")
    height = 0.014 * size
    style.dxf.dimtxt, style.dxf.dimasz, style.dxf.dimexe, style.dxf.dimexo = height, height, 0.5 * height, 0.5 * height
    style.dxf.dimgap, style.dxf.dimdec, style.dxf.dimlfac, style.dxf.dimtad = 0.4 * height, 2, 1.0, 1
    style.dxf.dimblk = ""
    sheet = drawing.modelspace()
    left, right = float(points[0, 0]), float(points[-1, 0])
    cylinder = left + 1e3 * contour.cylinder_length
    chamber, throat, end = 1e3 * contour.chamber_radius, 1e3 * contour.throat_radius, 1e3 * contour.exit_radius

    def dimension(base: tuple, p1: tuple, p2: tuple, angle: float, text: str = "<>") -> None:
        sheet.add_linear_dim(
            base=base, p1=p1, p2=p2, angle=angle, text=text, dimstyle="CONTOUR", dxfattribs={"layer": DIMENSIONS}
        ).render()

    row = -3.0 * height
    dimension((left, row), (left, 0.0), (0.0, 0.0), 0.0)
    dimension((0.0, row), (0.0, 0.0), (right, 0.0), 0.0)
    top = max(chamber, end) + 3.0 * height
    dimension((left, top), (left, chamber), (cylinder, chamber), 0.0)
    dimension((left - 3.0 * height, 0.0), (left, 0.0), (left, chamber), 90.0, "R<>")
    # the throat is often lower than its figure is long: that stands beside it, level
    small = sheet.add_linear_dim(
        base=(0.0, 0.0), p1=(0.0, 0.0), p2=(0.0, throat), angle=90.0, text="R<>", text_rotation=0.0, dimstyle="CONTOUR",
        dxfattribs={"layer": DIMENSIONS},
    )  # fmt: skip
    small.set_location((4.0 * height, 0.4 * throat))
    small.render()
    dimension((right + 3.0 * height, 0.0), (right, 0.0), (right, end), 90.0, "R<>")
