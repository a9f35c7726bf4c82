"""The body as DXF and glTF, read back by other programs' readers."""

from io import BytesIO, StringIO
from math import pi
from pathlib import Path

import ezdxf
import numpy as np
import pytest
import trimesh
from ezdxf.entities.lwpolyline import LWPolyline

from osea_rocket.core.documents import load_document
from osea_rocket.vehicle.solid_model import glb, outline_dxf, page
from osea_rocket.vehicle.vehicle import Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"


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


def test_page_fetches_nothing(falcon):
    text = page(falcon)
    assert "http" not in text and "src=" not in text and falcon.name in text
