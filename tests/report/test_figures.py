"""Figures: sound SVG in house style, deterministic, and safe to embed."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from osea_rocket.report.ground_track import Place, Track, _clip, _land, ground_track
from osea_rocket.report.phases import _moved_apart
from osea_rocket.report.plots import Band, Line, Marker, Panel, line_plot, profile_grid, stacked_bars, waterfall
from osea_rocket.report.svg import UnsafeSvgError, aspect, embed

TIME = np.linspace(0.0, 500.0, 400)
GRID = {
    "panels": [
        Panel("Altitude", "km", [Line(TIME**1.2 / 10)]),
        Panel("Speed", "m/s", [Line(TIME * 15, "relative"), Line(TIME * 15 + 400, "inertial", style="dashed")]),
        Panel("Dynamic pressure", "kPa", [Line(35 * np.exp(-(((TIME - 70) / 25) ** 2)))], limits=[(36.0, "limit")]),
        Panel("Heating", "W/m²", [Line(np.exp(TIME / 50))], log=True),
    ],
    "bands": [Band(0, 150, "First stage"), Band(150, 500, "Second stage")],
    "markers": [Marker(0, "liftoff"), Marker(150, "MECO"), Marker(152, "separation"), Marker(900, "outside")],
}
PATH = np.radians(np.linspace(-80.0, -60.0, 50))


def figures() -> dict[str, str]:
    return {
        "grid": profile_grid(TIME, **GRID),
        "line": line_plot(TIME, Panel("Thrust", "kN", [Line(TIME)]), x_label="Throttle", markers=[Marker(100, "a")]),
        "waterfall": waterfall(
            [("gravity", -1400.0), ("rotation", 400.0)],
            x_label="Δv, m/s",
            start="ideal",
            start_value=9000.0,
            total="speed",
        ),
        "bars": stacked_bars(["one", "two"], [("dry", [1.0, 2.0]), ("propellant", [10.0, 20.0])], x_label="t"),
        "map": ground_track([Track(PATH * 0.0 + 0.5, PATH)], [Place(0.5, PATH[0], "site", "site")]),
    }


def texts(svg: str) -> list[str]:
    return [(e.text or "").strip() for e in ElementTree.fromstring(svg).iter() if e.tag.endswith("}text")]


def test_figures_are_deterministic_text_in_our_fonts():
    first, again = figures(), figures()
    assert first == again
    for name, svg in first.items():
        assert svg.startswith("<svg") and "Helvetica" in svg and "DejaVu" not in svg, name
        assert len(texts(svg)) > 3, name
        assert len(svg) < 200_000, name


def test_grid_names_its_panels_phases_and_events():
    shown = texts(figures()["grid"])
    for wanted in (
        "Altitude, km",
        "Dynamic pressure, kPa",
        "First stage",
        "Second stage",
        "limit",
        "Time since T-0, s",
    ):
        assert wanted in shown
    assert any("MECO" in t and "separation" in t for t in shown), "the key under the figure"
    assert shown.count("2") >= 2, "events are numbered over each column"


def test_waterfall_ends_at_the_sum():
    assert "8000" in texts(figures()["waterfall"])
    assert "\u22121400" in texts(figures()["waterfall"]) and "+400" in texts(figures()["waterfall"])


def test_stacked_bars_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="one value"):
        stacked_bars(["a", "b"], [("x", [1.0])], x_label="t")
    with pytest.raises(ValueError, match="≥ 0"):
        stacked_bars(["a"], [("x", [-1.0])], x_label="t")


def test_labels_are_moved_apart_and_keep_their_order():
    rng = np.random.default_rng(4)
    for _ in range(50):
        places, room = np.sort(rng.uniform(0.0, 10.0, 8)), rng.uniform(0.1, 1.0, 8)
        moved = _moved_apart(list(places), list(room), 0.0, 10.0)
        gaps = np.diff(moved) - (room[:-1] + room[1:]) / 2.0
        assert np.all(np.diff(moved) > 0.0)
        assert np.sum(gaps < -1e-9) <= 1, "only where two rows are pushed against one end may labels touch"


def test_map_follows_a_track_over_the_date_line_and_round_the_earth():
    across = ground_track([Track(PATH * 0.0 - 0.6, np.angle(np.exp(1j * np.radians(np.linspace(175.0, 195.0, 50)))))])
    assert "180°" in texts(across) and {"175°W", "175°E"} & set(texts(across)) and "0°" not in texts(across)
    orbit = np.linspace(0.0, 4.0 * np.pi, 500)
    world = ground_track([Track(0.9 * np.sin(orbit), orbit)])
    assert {"135°W", "0°", "135°E"} <= set(texts(world)) and len(world) < 400_000


def test_land_knows_where_it_is():
    def inside(longitude, latitude):
        crossings = 0
        for ring in _land():
            for turn in (-360.0, 0.0, 360.0):
                x, y = ring[:, 0] + turn - longitude, ring[:, 1] - latitude
                up = (y[:-1] < 0) != (y[1:] < 0)
                cut = x[:-1][up] - y[:-1][up] * (x[1:][up] - x[:-1][up]) / (y[1:][up] - y[:-1][up])
                crossings += int(np.sum(cut > 0))
        return crossings % 2 == 1

    for place in (
        (10.9, 48.1),
        (-81.5, 28.5),
        (105.0, 45.0),
        (175.0, 68.0),
        (-179.0, 67.0),
        (0.0, -85.0),
        (134.0, -25.0),
    ):
        assert inside(*place), place
    for place in ((-79.0, 28.5), (0.0, 0.0), (-150.0, 30.0), (0.0, 89.0), (51.0, 42.0), (80.0, -40.0)):
        assert not inside(*place), place


def test_clipping_keeps_the_area_inside():
    square = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])
    assert sorted(_clip(square, (-1.0, 1.0, -3.0, 0.0))) == [(-1.0, -2.0), (-1.0, 0.0), (1.0, -2.0), (1.0, 0.0)]
    assert _clip(square, (5.0, 6.0, 5.0, 6.0)) == []


def test_embedding_makes_ids_unique_and_styles_local():
    svg = (
        '<?xml version="1.0"?>'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="20">'
        "<metadata>x</metadata><style>.a, rect {fill: url(#g)}</style>"
        '<defs><linearGradient id="g"/><path id="m" d="M 1.23456 2"/></defs>'
        '<rect id="unused" class="a" fill="url(#g)"/><use xlink:href="#m"/></svg>'
    )
    out = embed(svg, "f7-")
    assert 'id="f7-g"' in out and out.count("url(#f7-g)") == 2 and 'href="#f7-m"' in out
    assert "unused" not in out and "metadata" not in out and "M 1.23 2" in out
    assert "#f7-drawing .a,#f7-drawing rect{" in out and 'viewBox="0 0 10 20"' in out and ' width="10"' not in out
    assert aspect(out) == 2.0
    ElementTree.fromstring(out)


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        "<foreignObject/>",
        '<rect onclick="x()"/>',
        '<image href="https://example.org/x.png"/>',
        '<use href="other.svg#a"/>',
        '<rect fill="url(https://example.org/x)"/>',
        "<style>@import 'x.css';</style>",
        "<style>rect {fill: url(x.png)}</style>",
        '<a href="#x"/>',
        "<rect>",
    ],
)
def test_drawings_that_load_or_run_something_are_refused(inside):
    with pytest.raises(UnsafeSvgError):
        embed(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inside}</svg>', "f1-")


def test_other_unfit_drawings_are_refused():
    for svg in ("<html/>", "no xml", '<!DOCTYPE svg [<!ENTITY a "b">]><svg viewBox="0 0 1 1"/>', "<svg/>"):
        with pytest.raises(UnsafeSvgError):
            embed(svg, "f1-")


def test_embedded_figures_stay_small():
    assert len(embed(figures()["grid"], "f1-")) < 60_000
    assert not re.search(r"\d\.\d{5}", embed(figures()["line"], "f1-").split("<g", 3)[3].split("transform")[0])
