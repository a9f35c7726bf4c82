"""Contours as a whole: geometry against hand formulas, findings, bad input, CSV and DXF."""

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from osea_rocket.core.errors import InputError
from osea_rocket.core.findings import Severity
from osea_rocket.propulsion.contour import drawing, shapes
from osea_rocket.propulsion.contour.contour import Contour, contour
from osea_rocket.propulsion.contour.document import ChamberShape, Nozzle

SHAPE = ChamberShape.model_validate({"contraction_ratio": 2.5, "characteristic_length": "1.0 m"})
TYPES = [
    {"type": "conical", "half_angle": "15 deg"},
    {"type": "parabolic", "length_fraction": "80 %"},
    {"type": "truncated ideal", "length_fraction": 0.8},
    {"type": "thrust optimized", "length_fraction": 0.8},
    {"type": "ideal"},
]


def made(fields: dict, area_ratio: float = 20.0, **how) -> Contour:
    return contour(SHAPE, Nozzle.model_validate(fields), 0.02, area_ratio, gamma=1.2, **how)


@pytest.mark.parametrize("fields", TYPES, ids=lambda f: f["type"])
def test_every_type(fields):
    c = made(fields)
    assert np.all(np.diff(c.x) > 0.0)
    assert len(c.part) == len(c.x)
    throat = int(np.argmin(c.radius))
    assert c.x[throat] == pytest.approx(0.0, abs=1e-9)
    assert c.radius[throat] == pytest.approx(np.sqrt(0.02 / np.pi))
    assert c.radius[-1] == c.exit_radius == pytest.approx(np.sqrt(20.0) * c.throat_radius, rel=1e-5)
    assert c.radius[0] == pytest.approx(np.sqrt(2.5) * c.throat_radius)
    assert c.chamber_volume == pytest.approx(0.02, rel=1e-5)  # L* 1 m
    assert c.x[-1] == pytest.approx(c.nozzle_length)
    # area and volume again, from the points themselves
    rows = np.column_stack([c.x, c.radius])
    assert shapes.area(rows) == pytest.approx(c.surface_area, rel=2e-3)
    assert shapes.volume(rows[: throat + 1]) == pytest.approx(c.chamber_volume, rel=1e-3)
    assert {f.severity for f in c.findings} == {Severity.OK}
    assert list(dict.fromkeys(c.part)) == [
        "cylinder",
        "blend",
        "cone",
        "throat upstream",
        "throat downstream",
        "nozzle",
    ]
    assert c.divergence_efficiency is not None
    if fields["type"] == "ideal":
        assert c.divergence_efficiency == pytest.approx(1.0, abs=2e-4)
        assert c.exit_angle == pytest.approx(0.0, abs=1e-6)
    else:
        assert 0.975 < c.divergence_efficiency < 0.995
    assert Contour.from_json(c.to_json()) == c


@pytest.mark.parametrize(("angle", "area_ratio"), [(10, 40), (15, 10), (15, 40), (15, 80)])
def test_cone_s_loss_is_malina_s(angle, area_ratio):
    """(1 + cos α)/2 (Malina 1940) is for source flow; the real flow from a throat's arc keeps to it within 0.2 %."""
    c = made({"type": "conical", "half_angle": f"{angle} deg"}, area_ratio)
    assert c.divergence_factor == pytest.approx(0.5 * (1.0 + np.cos(np.radians(angle))))
    assert c.divergence_efficiency == pytest.approx(c.divergence_factor, abs=2e-3)


def test_cone_s_length():
    """Sutton and Biblarz, equation of the cone with its arc: (R_t(√ε − 1) + R_1(sec α − 1))/tan α."""
    c, r = made({"type": "conical", "half_angle": "15 deg"}), np.sqrt(0.02 / np.pi)
    a = np.radians(15.0)
    by_hand = (r * (np.sqrt(20.0) - 1.0) + 0.382 * r * (1.0 / np.cos(a) - 1.0)) / np.tan(a)
    assert c.nozzle_length == pytest.approx(by_hand)


def test_order_of_losses_at_one_length():
    efficiency = {f["type"]: made(f).divergence_efficiency or 0.0 for f in TYPES[1:4]}
    assert efficiency["thrust optimized"] > efficiency["truncated ideal"]
    assert efficiency["thrust optimized"] > efficiency["parabolic"]
    cone = made({"type": "conical", "half_angle": "18.4 deg"})  # about as long
    assert cone.length_fraction == pytest.approx(0.8, abs=0.02)
    assert (cone.divergence_efficiency or 1.0) < efficiency["parabolic"]


# Another reading of the 80 % curves (graphreader.com on the chart in Newlands 2017, tabulated in a public script): ε, θn, θe.
OTHER_READING = [(4.037, 21.601, 13.863), (10.235, 26.441, 10.347), (19.63, 28.684, 8.962), (41.32, 30.940, 7.744)]


@pytest.mark.parametrize(("area_ratio", "theta_n", "theta_e"), OTHER_READING)
def test_two_readings_of_rao_s_chart_agree(area_ratio, theta_n, theta_e):
    ours = np.degrees(shapes.rao_angles(area_ratio, 0.8)[:2])
    assert ours == pytest.approx([theta_n, theta_e], abs=0.7)


def test_outside_the_chart():
    *_, (inside,) = shapes.rao_angles(50.0, 0.7)
    *_, (outside,) = shapes.rao_angles(150.0, 0.8)
    assert (inside.severity, outside.severity) == (Severity.OK, Severity.WARN)
    assert outside.margin == pytest.approx(-0.5)
    assert "4 to 100" in outside.message
    with pytest.raises(InputError, match="far outside"):
        shapes.rao_angles(500.0, 0.8)


@pytest.mark.parametrize(
    ("oxidizer", "fuel", "length", "severity"),
    [
        ("LOX", "RP-1", "1.1 m", Severity.OK),
        ("LOX", "RP-1", "0.7 m", Severity.WARN),
        ("NTO", "MMH", "0.8 m", Severity.OK),
        ("LOX", "LCH4", "1 m", Severity.UNKNOWN),
    ],
)
def test_characteristic_length_beside_the_usual(oxidizer, fuel, length, severity):
    shape = ChamberShape.model_validate({"contraction_ratio": 2.5, "characteristic_length": length})
    assert shapes.characteristic_length_finding(shape, oxidizer, fuel).severity == severity


def test_every_pair_on_file_is_a_known_propellant():
    shape = ChamberShape.model_validate({"contraction_ratio": 2.5, "characteristic_length": "60 in"})
    for row in shapes.length_ranges().ranges:
        finding = shapes.characteristic_length_finding(shape, row.oxidizer, row.fuel)
        assert finding.severity in (Severity.OK, Severity.WARN)


def test_room_for_the_nozzle():
    finding = made(TYPES[0], longest=0.5).findings[-1]
    assert (finding.severity, finding.rule) == (Severity.ERROR, "contour.length")
    assert "shorten" in finding.message


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"type": "conical"}, "needs it"),
        ({"type": "ideal", "length_fraction": 0.8}, "leave it out"),
        ({"type": "parabolic", "length_fraction": 0.8, "exit_angle": "8 deg"}, "or neither"),
        ({"type": "conical", "half_angle": "15 m"}, "rad"),
        ({"type": "bell"}, "type"),
    ],
)
def test_wrong_documents(fields, message):
    with pytest.raises(ValidationError, match=message):
        Nozzle.model_validate(fields)


def test_shapes_that_cannot_be_drawn():
    with pytest.raises(InputError, match="characteristic length"):
        contour(SHAPE.evolve(characteristic_length=0.03), Nozzle(type="ideal"), 0.02, 20.0, gamma=1.2)
    with pytest.raises(InputError, match="lower blend_radius"):
        contour(SHAPE.evolve(contraction_ratio=1.2), Nozzle(type="ideal"), 0.02, 20.0, gamma=1.2)
    with pytest.raises(InputError, match="no parabola"):
        made({"type": "parabolic", "length_fraction": 0.8, "inflection_angle": "14 deg", "exit_angle": "8 deg"})
    with pytest.raises(InputError, match="before the cone begins"):
        made(TYPES[0], 1.02)
    for area_ratio, throat_area in ((0.9, 0.02), (20.0, -1.0), (float("nan"), 0.02)):
        with pytest.raises(InputError):
            contour(SHAPE, Nozzle(type="ideal"), throat_area, area_ratio, gamma=1.2)


@settings(max_examples=25, deadline=None)
@given(st.floats(1.6, 12.0), st.floats(0.4, 1.2), st.floats(0.5, 2.0), st.floats(0.0, 0.5), st.floats(1e-4, 0.3))
def test_chamber_has_its_characteristic_length(contraction, angle, upstream, blend, throat_area):
    scale = float(np.sqrt(throat_area / np.pi))
    shape = ChamberShape(
        contraction_ratio=contraction,
        characteristic_length="1 m",  # type: ignore[arg-type]
        converging_angle=f"{angle} rad",  # type: ignore[arg-type]
        throat_upstream_radius=upstream,
        blend_radius=blend,
    ).evolve(characteristic_length=min(12.0 * scale, 19.0))
    try:
        length = shapes.cylinder_length(shape, scale)
        parts = [rows for _, rows in shapes.converging(shape)]
    except InputError:
        return
    used = sum(shapes.volume(p) for p in parts) + np.pi * contraction * length
    assert used / np.pi == pytest.approx(shape.characteristic_length / scale, rel=1e-9)
    for before, after in itertools.pairwise(parts):
        np.testing.assert_allclose(before[-1], after[0], atol=1e-9)
    joined = np.vstack(parts)
    assert np.all(np.diff(joined[:, 1]) <= 1e-12)
    slope = np.diff(joined[:, 1]) / np.where(np.diff(joined[:, 0]) > 1e-12, np.diff(joined[:, 0]), np.inf)
    assert np.all(np.abs(slope) <= np.tan(angle) + 1e-6)


def test_csv_reads_back(tmp_path):
    c = made(TYPES[1])
    drawing.write_csv(c, tmp_path / "wall.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "wall.csv").read_text(encoding="utf-8"))))
    assert [float(r["x_m"]) for r in rows] == c.x.tolist()
    assert [float(r["radius_m"]) for r in rows] == c.radius.tolist()
    assert tuple(r["part"] for r in rows) == c.part


def test_dxf_reads_back_in_millimetres(tmp_path):
    import ezdxf

    c = made(TYPES[3])
    drawing.write_dxf(c, tmp_path / "wall.dxf")
    read = ezdxf.readfile(tmp_path / "wall.dxf")  # type: ignore[attr-defined]
    audit = read.audit()
    assert not audit.has_errors and not audit.fixes
    assert read.header["$INSUNITS"] == 4  # millimetres
    sheet = read.modelspace()
    (wall,) = sheet.query('LWPOLYLINE[layer=="WALL"]')
    points = np.array([p[:2] for p in wall.get_points()])  # type: ignore[attr-defined]
    np.testing.assert_allclose(points, 1e3 * np.column_stack([c.x, c.radius]), atol=1e-9)
    (axis,) = sheet.query('LINE[layer=="AXIS"]')
    assert axis.dxf.start.y == axis.dxf.end.y == 0.0
    measured = sorted(
        d.get_measurement()  # type: ignore[attr-defined]
        for d in sheet.query('DIMENSION[layer=="DIMENSIONS"]')
    )
    wanted = sorted(
        1e3 * v
        for v in (
            c.chamber_length,
            c.nozzle_length,
            c.cylinder_length,
            c.chamber_radius,
            c.throat_radius,
            c.exit_radius,
        )
    )
    assert measured == pytest.approx(wanted)
