"""The drawing: sound SVG, to scale, labels that keep clear."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket.core.documents import load_document
from osea_rocket.vehicle.drawing import side_view
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.svg import rows, spread, text_width
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

FALCON = Path(__file__).parents[2] / "examples" / "falcon9" / "vehicle.yaml"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def falcon() -> Vehicle:
    return load_document(Vehicle, FALCON)


def texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))


def boxes(svg: str) -> list[tuple[float, float, float, float, str]]:
    """Boxes of all level texts."""
    result = []
    for t in texts(svg):
        if t.get("transform"):
            continue
        x, y, size, text = float(t.get("x", 0)), float(t.get("y", 0)), float(t.get("font-size", 0)), t.text or ""
        width = text_width(text, size) * 0.94
        left = {"start": x, "middle": x - width / 2, "end": x - width}[t.get("text-anchor", "start")]
        result.append((left, y - 0.75 * size, left + width, y + 0.2 * size, text))
    return result


def test_draws_what_is_there(falcon):
    svg = side_view(falcon, payload_mass=22800.0)
    words = [t.text for t in texts(svg)]
    for word in (
        "Falcon 9 Block 5, expendable",
        "first stage",
        "second stage",
        "payload fairing",
        "41.20 m",
        "overall 69.80 m",
        "Ø 5.20 m",
    ):
        assert word in words
    assert "script" not in svg and "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert "nan" not in svg.lower()


def test_to_scale(falcon):
    """The overall dimension and that of the first stage have the ratio of their lengths."""
    root = ET.fromstring(side_view(falcon))
    lines = [tuple(float(e.get(k, 0)) for k in ("x1", "y1", "x2", "y2")) for e in root.iter(f"{SVG}line")]
    level = sorted((x2 - x1 for x1, y1, x2, y2 in lines if y1 == y2 and x1 > 150), reverse=True)
    overall = next(w for w in level if any(abs(w * 41.2 / 69.8 - other) < 0.05 for other in level))
    bar = [float(e.get("width", 0)) for e in root.iter(f"{SVG}rect") if e.get("height") == "6.00"]
    assert 4 * bar[0] / 10 == pytest.approx(overall / 69.8, rel=1e-3)  # the scale bar is 10 m


def booster(falcon: Vehicle) -> Stage:
    engine = falcon.stages[0].engine
    return Stage(
        name="booster",
        role="strap-on",
        diameter=2.6,
        length=22.0,
        dry_mass=5e3,
        propellant_mass=60e3,
        engine=engine,
        engine_section=1.6,
        nose_length=3.0,
        nose_shape="ogive",
    )


def test_labels_keep_clear(falcon):
    variants = [
        falcon,
        falcon.evolve(boosters=(StrapOns(stage=booster(falcon), count=4),)),
        falcon.evolve(fairing=None, adapter=None),
    ]
    for vehicle in variants:
        found = boxes(side_view(vehicle, payload_mass=1000.0))
        for i, a in enumerate(found):
            assert a[0] > 0 and a[2] < 1400, a
            for b in found[:i]:
                apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                assert apart, (a, b)


def test_names_are_escaped(falcon):
    svg = side_view(falcon.evolve(name='<script>alert("x")</script> & more'))
    assert "<script>" not in svg
    ET.fromstring(svg)


def test_identifiers_are_unique(falcon):
    ids = re.findall(r' id="([^"]+)"', side_view(falcon))
    assert len(ids) == len(set(ids)) == 4


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(10, 90)), min_size=1, max_size=8))
def test_spread_never_overlaps(items):
    items = sorted(items)
    centres = spread([c for c, _ in items], [w for _, w in items], 0.0, 1000.0, 5.0)
    edges = [(c - w / 2, c + w / 2) for c, (_, w) in zip(centres, items, strict=True)]
    for (_, right), (left, _) in pairwise(edges):
        assert left - right >= 5.0 - 1e-6
    assert edges[-1][1] <= 1000 + 1e-6 and edges[0][0] >= -1e-6


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(1, 50)), min_size=1, max_size=8))
def test_rows_never_overlap(items):
    intervals = [(a, a + w) for a, w in items]
    placed = list(zip(intervals, rows(intervals, 1.0), strict=True))
    for i, ((a, b), row) in enumerate(placed):
        for (c, d), other in placed[:i]:
            assert row != other or b + 1 <= c or d + 1 <= a
