"""The drawing: sound SVG, to scale, labels that keep clear."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osea_rocket import load
from osea_rocket.core.documents import load_document
from osea_rocket.vehicle.drawing import WIDTH, side_view
from osea_rocket.vehicle.equipment import Fins, LandingLegs
from osea_rocket.vehicle.stage import Stage
from osea_rocket.vehicle.svg import rows, spread, text_width
from osea_rocket.vehicle.vehicle import StrapOns, Vehicle

ROOT = Path(__file__).parents[2]
FALCON = ROOT / "examples" / "falcon9" / "vehicle.yaml"
CATALOGUE = ROOT / "catalogue" / "vehicles"
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


@pytest.mark.parametrize("name", ["falcon-heavy", "atlas-v-551", "saturn-v", "vega-c"])
def test_labels_of_long_names_keep_clear_and_stay_on_the_sheet(name):
    vehicle = load(CATALOGUE / f"{name}.yaml")
    assert isinstance(vehicle, Vehicle)
    found = boxes(side_view(vehicle))
    for i, a in enumerate(found):
        assert a[0] > 0 and a[2] < WIDTH, a
        for b in found[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


def test_fins_stand_on_the_skin_and_legs_reach_their_feet(falcon):
    fins = Fins(
        name="tail fins", type="planar", count=4, mass=400.0, area=7.5, root_chord=4.0, tip_chord=2.0, span=2.5, sweep=1.8,
        thickness=0.05, stage=falcon.stages[0].name, leading_edge=5.0, ports=(),
    )  # fmt: skip
    legs = LandingLegs(name="legs", mass=2000.0, count=4, span=18.3, ports=())
    bare, whole = (falcon.evolve(equipment=(*(falcon.equipment or ()), *more)) for more in ((), (fins, legs)))
    before, after = side_view(bare), side_view(whole)
    assert "feet Ø 18.3 m" in after and "4 fins" in after and "feet" not in before
    drawn = [p for p in ET.fromstring(after).iter(f"{SVG}path") if p.get("fill") == "#dfe4ea"]
    bar = [float(e.get("width", 0)) for e in ET.fromstring(after).iter(f"{SVG}rect") if e.get("height") == "6.00"]
    scale = 4 * bar[0] / 10  # the bar is 10 m
    heights = []
    for path in drawn:
        ys = [float(y) for y in re.findall(r"[-\d.]+,([-\d.]+)", path.get("d", ""))]
        heights.append(max(ys) - min(ys))
    # Two of the four lie in the drawing's plane and are as high as their span; the two others are seen edge-on.
    assert sum(h == pytest.approx(2.5 * scale, rel=1e-3) for h in heights) == 2
    assert sum(h < 0.01 for h in heights) == 2


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
