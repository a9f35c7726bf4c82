"""The body as DXF and glTF, read back by other programs' readers."""

import json
from io import BytesIO, StringIO
from math import pi
from pathlib import Path

import ezdxf
import numpy as np
import pytest
import trimesh
from ezdxf.entities.lwpolyline import LWPolyline

from osea_rocket import load
from osea_rocket.core.documents import load_document
from osea_rocket.vehicle.equipment import Fins
from osea_rocket.vehicle.solid_model import FACES, glb, outline_dxf, page, plates
from osea_rocket.vehicle.vehicle import Vehicle

ROOT = Path(__file__).parents[2]
FALCON = ROOT / "examples" / "falcon9" / "vehicle.yaml"
CATALOGUE = ROOT / "catalogue" / "vehicles"


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


def test_dxf_reads_back_with_the_right_size(falcon):
    drawing = ezdxf.read(StringIO(outline_dxf(falcon)))  # type: ignore[attr-defined]
    space = drawing.modelspace()
    outline = next(iter(space.query('LWPOLYLINE[layer=="OUTLINE"]')))
    assert isinstance(outline, LWPolyline)
    points = np.array(outline.get_points("xy"))
    assert np.ptp(points[:, 0]) == pytest.approx(69.8, abs=0.02) and np.ptp(points[:, 1]) == pytest.approx(
        5.2, abs=1e-6
    )
    assert len(space.query('LWPOLYLINE[layer=="TANKS"]')) == 4 and len(space.query("DIMENSION")) == 1


def test_glb_reads_back_closed_and_true_to_scale(falcon):
    scene = trimesh.load_scene(BytesIO(glb(falcon)), file_type="glb")
    low, high = scene.bounds
    assert high[2] - low[2] == pytest.approx(69.8, abs=0.02) and high[0] - low[0] == pytest.approx(5.2, rel=2e-3)
    first = next(g for n, g in scene.geometry.items() if n == "first stage")
    assert first.is_watertight and first.volume == pytest.approx(pi * 1.83**2 * 41.2, rel=5e-3)


def with_fins(vehicle: Vehicle) -> Vehicle:
    fins = Fins(
        name="tail fins", type="planar", count=4, mass=400.0, area=7.5, root_chord=4.0, tip_chord=2.0, span=2.5, sweep=1.8,
        thickness=0.05, stage=vehicle.stages[0].name, leading_edge=5.0, ports=(),
    )  # fmt: skip
    return vehicle.evolve(equipment=(*(vehicle.equipment or ()), fins))


def test_fins_are_plates_of_their_size_on_the_skin(falcon):
    scene = trimesh.load_scene(BytesIO(glb(with_fins(falcon))), file_type="glb")
    fins = [g for n, g in scene.geometry.items() if n.startswith("fins")]
    assert len(fins) == 4
    for fin in fins:
        assert fin.is_watertight and fin.volume == pytest.approx(7.5 * 0.05, rel=1e-6)
    low, high = scene.bounds
    assert high[0] - low[0] == pytest.approx(2 * (1.83 + 2.5), rel=1e-6)
    drawing = ezdxf.read(StringIO(outline_dxf(with_fins(falcon))))  # type: ignore[attr-defined]
    fin = next(iter(drawing.modelspace().query('LWPOLYLINE[layer=="FINS"]')))
    assert isinstance(fin, LWPolyline)
    points = np.array(fin.get_points("xy"))
    assert points[:, 1].min() == pytest.approx(1.83) and points[:, 1].max() == pytest.approx(4.33)
    assert np.ptp(points[:, 0]) == pytest.approx(
        4.0
    )  # from the root's leading edge to its trailing edge: 1.8 + 2.0 < 4.0


def test_strap_ons_and_domes_are_in_the_dxf():
    vehicle = load(CATALOGUE / "falcon-heavy.yaml")
    assert isinstance(vehicle, Vehicle)
    space = ezdxf.read(StringIO(outline_dxf(vehicle))).modelspace()  # type: ignore[attr-defined]
    sides = [np.array(p.get_points("xy")) for p in space.query('LWPOLYLINE[layer=="STRAP-ONS"]')]  # type: ignore[attr-defined]
    group, core = vehicle.boosters[0].stage, vehicle.stages[0]
    assert len(sides) == 2
    assert sides[0][:, 1].max() == pytest.approx(core.diameter / 2 + group.diameter, abs=1e-6)
    assert sides[1][:, 1].min() == pytest.approx(-core.diameter / 2 - group.diameter, abs=1e-6)


def test_a_tank_in_the_dxf_encloses_its_volume(falcon):
    space = ezdxf.read(StringIO(outline_dxf(falcon))).modelspace()  # type: ignore[attr-defined]
    drawn = [np.array(p.get_points("xy")) for p in space.query('LWPOLYLINE[layer=="TANKS"]')]  # type: ignore[attr-defined]
    tanks = [t for s in falcon.stages for t in s.tanks]
    for points, tank in zip(drawn, tanks, strict=True):
        x, y = points.T
        # Green: the half above the axis, turned about it, encloses twice pi times its first moment of area.
        a, b = np.roll(x, -1), np.roll(y, -1)
        moment = np.sum((a - x) * (y**2 + y * b + b**2) / 3 * (np.minimum(y, b) > -1e-9)) / 2
        assert abs(2 * pi * moment) == pytest.approx(tank.internal_volume, rel=0.01)


def test_page_holds_the_bodies_as_profiles_and_fetches_nothing(falcon):
    text = page(with_fins(falcon))
    assert "http" not in text and "src=" not in text and falcon.name in text
    assert len(text) < 20_000
    data = json.loads(text[text.index("m={") + 2 : text.index(";\nconst out")])
    assert data["high"] - data["low"] == pytest.approx(69.8, abs=0.02)
    assert max(r for _, _, line in data["bodies"] for r, _ in line) == pytest.approx(2.6, abs=1e-3)
    assert len(data["plates"]) == 4


def test_every_triangle_of_a_plate_looks_outwards(falcon):
    for _, corners in plates(with_fins(falcon)):
        solid = trimesh.Trimesh(corners, FACES, process=False)
        assert solid.is_watertight and solid.volume == pytest.approx(7.5 * 0.05, rel=1e-6)
