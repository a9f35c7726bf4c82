"""A drawing as PDF: paths as SVG means them, one page of the drawing's size, the same bytes each time."""

import re
import zlib

import numpy as np
import pytest

from osea_rocket.report.drawing_pdf import drawing_pdf, svg_path

SHEET = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 480"><title>a &amp; b</title><desc>x</desc>'
    '<rect width="960" height="480" fill="#ffffff"/><clipPath id="t1"><path d="M10,10 L90,10 L90,90Z"/></clipPath>'
    '<g clip-path="url(#t1)"><rect x="0" y="0" width="50" height="50" fill="#ff0000"/></g>'
    '<text x="5" y="5" font-size="12" text-anchor="middle" fill="#000000" transform="rotate(-90 5 5)">$5 Ø</text></svg>'
)


def test_arcs_are_those_of_the_circle():
    # a quarter of a circle from (100, 0) about the origin, turning towards +y (clockwise on a sheet)
    quarter = svg_path("M100,0 A100,100 0 0 1 0,100").to_polygons(closed_only=False)[0]
    assert np.hypot(*quarter.T) / 100 == pytest.approx(np.ones(len(quarter)), abs=1e-3) and (quarter > -1e-6).all()
    # the other sense goes about (100, 100)
    other = svg_path("M100,0 A100,100 0 0 0 0,100").to_polygons(closed_only=False)[0]
    assert np.hypot(*(other - 100).T) / 100 == pytest.approx(np.ones(len(other)), abs=1e-3)
    # radii too small are enlarged until they reach (F.6.6): a half circle of radius 200
    half = svg_path("M-200,0 A100,100 0 0 1 200,0").to_polygons(closed_only=False)[0]
    assert np.hypot(*half.T) / 100 == pytest.approx(2 * np.ones(len(half)), abs=2e-3)


def test_relative_commands_and_closing():
    path = svg_path("M10,20 l-8,-2.2 v4.4 h1 z L0,0")
    assert path.vertices == pytest.approx(np.array([[10, 20], [2, 17.8], [2, 22.2], [3, 22.2], [10, 20], [0, 0]]))
    with pytest.raises(ValueError, match="command 'Q'"):
        svg_path("M0,0 Q1,1 2,2")


def test_one_page_of_the_drawings_size():
    pdf = drawing_pdf(SHEET)
    assert pdf.startswith(b"%PDF-") and pdf == drawing_pdf(SHEET)
    box = re.search(rb"/MediaBox \[ ?([\d. ]+) ?\]", pdf)
    assert box is not None and [float(v) for v in box[1].split()] == [0, 0, 720, 360]
    pages = [zlib.decompress(s) for s in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S) if s[:1] == b"x"]
    assert any(b" W" in p and b"1 0 0 rg" in p for p in pages)  # the red one is clipped
    with pytest.raises(ValueError, match="<image>"):
        drawing_pdf(SHEET.replace("</svg>", '<image href="x"/></svg>'))
