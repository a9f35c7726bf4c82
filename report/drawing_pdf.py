"""A drawing sheet's SVG as a PDF of vectors: what `vehicle.svg.Sheet` writes, and no more of SVG than that.

Shapes, straight and elliptic path segments (SVG 1.1, 8.3; arcs by its appendix F.6.5), text, clipping by a path.
"""

import re
from io import BytesIO
from math import acos, copysign, degrees, hypot, sqrt
from typing import Any
from xml.etree import ElementTree

import numpy as np

_UNIT = 1 / 96  # in: of one SVG unit
_POINT = 72 * _UNIT
_FONTS = ("Helvetica", "Arial", "Liberation Sans", "DejaVu Sans", "Noto Sans CJK SC")
_SVG = "{http://www.w3.org/2000/svg}"
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "A": 7, "Z": 0}


def drawing_pdf(svg: str) -> bytes:
    """One page of the drawing's own size. svg: our own. Raises ValueError for elements that no sheet writes."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure
    from matplotlib.font_manager import get_font_names

    root = ElementTree.fromstring(svg)  # noqa: S314 written by Sheet
    width, height = map(float, root.attrib["viewBox"].split()[2:])
    known = set(get_font_names())
    out = BytesIO()
    with rc_context({"font.family": [f for f in _FONTS if f in known], "pdf.fonttype": 42}):
        figure = Figure(figsize=(width * _UNIT, height * _UNIT))
        FigureCanvasPdf(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        axes.axis("off")
        clips = {clip.attrib["id"]: svg_path(clip[0].attrib["d"]) for clip in root.iter(f"{_SVG}clipPath")}
        for place, element in enumerate(root):
            _draw(axes, element, place, clips, None)
        title = root.findtext(f"{_SVG}title")
        figure.savefig(
            out, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None, "Title": title}
        )
    return out.getvalue()


def _draw(axes: Any, element: Any, place: int, clips: dict[str, Any], clip: Any) -> None:
    """One element, over those drawn before it."""
    from matplotlib import patches

    kind = element.tag.removeprefix(_SVG)
    if kind in ("title", "desc", "clipPath"):
        return
    get = element.attrib.get
    number = lambda name: float(get(name, "0"))  # noqa: E731
    if kind == "g":
        inner = clips[element.attrib["clip-path"][5:-1]]
        for child in element:
            _draw(axes, child, place, clips, inner)
        return
    if kind == "text":
        _write(axes, element, place)
        return
    if kind == "rect":
        shape: Any = patches.Rectangle((number("x"), number("y")), number("width"), number("height"))
    elif kind == "circle":
        shape = patches.Circle((number("cx"), number("cy")), number("r"))
    elif kind == "line":
        ends = f"M{get('x1')},{get('y1')} L{get('x2')},{get('y2')}"
        shape = patches.PathPatch(svg_path(ends))
    elif kind == "path":
        shape = patches.PathPatch(svg_path(element.attrib["d"]))
    else:
        raise ValueError(f"a drawing sheet writes no <{kind}>")
    fill, stroke = get("fill", "none"), get("stroke", "none")
    shape.set(
        facecolor=fill, edgecolor=stroke, linewidth=float(get("stroke-width", "1")) * _POINT if stroke != "none" else 0,
        joinstyle="round", capstyle="butt", zorder=place,
    )  # fmt: skip
    if get("fill-opacity") and fill != "none":
        from matplotlib.colors import to_rgba

        shape.set_facecolor(to_rgba(fill, number("fill-opacity")))
    if get("stroke-dasharray"):
        width = float(get("stroke-width", "1"))
        shape.set_linestyle((0, [float(v) / width for v in element.attrib["stroke-dasharray"].split()]))
    axes.add_patch(shape)
    if clip is not None:
        shape.set_clip_path(clip, axes.transData)


def _write(axes: Any, element: Any, place: int) -> None:
    get = element.attrib.get
    anchor = {"start": "left", "middle": "center", "end": "right"}[get("text-anchor", "start")]
    turned = re.match(r"rotate\((-?[\d.]+)", get("transform", ""))
    text = (element.text or "").replace("$", r"\$")  # no mathematics
    axes.text(
        float(element.attrib["x"]), float(element.attrib["y"]), text, ha=anchor, va="baseline",
        fontsize=float(element.attrib["font-size"]) * _POINT, fontweight=get("font-weight", "normal"), color=get("fill"),
        rotation=-float(turned[1]) if turned else 0, rotation_mode="anchor", zorder=place,
    )  # fmt: skip


def svg_path(d: str) -> Any:
    """A `matplotlib.path.Path` of an SVG path of M, L, H, V, A and Z, absolute or relative."""
    from matplotlib.path import Path

    tokens = re.findall(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?", d)
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    at, begun, k, command = np.zeros(2), np.zeros(2), 0, "M"
    while k < len(tokens):
        if tokens[k].isalpha():
            command, k = tokens[k], k + 1
        kind, origin = command.upper(), at if command.islower() else np.zeros(2)
        if kind not in _NUMBERS:
            raise ValueError(f"a drawing sheet writes no path command '{command}'")
        given = [float(t) for t in tokens[k : k + _NUMBERS[kind]]]
        k += len(given)
        if kind == "Z":
            points.append((float(begun[0]), float(begun[1])))
            codes.append(int(Path.CLOSEPOLY))
            at = begun
            continue
        before = at
        if kind == "H":
            at = np.array([origin[0] + given[0], before[1]])
        elif kind == "V":
            at = np.array([before[0], origin[1] + given[0]])
        else:
            at = origin + given[-2:]
        if kind == "M":
            begun, command = at, "l" if command == "m" else "L"
        if kind == "A" and given[0] > 0 and given[1] > 0:
            arc = _arc(before, at, given[0], given[1], bool(given[3]), bool(given[4]))
            points += [(float(x), float(y)) for x, y in arc]
            codes += [int(Path.CURVE4)] * len(arc)
        else:
            points.append((float(at[0]), float(at[1])))
            codes.append(int(Path.MOVETO if kind == "M" else Path.LINETO))
    return Path(points, codes)


def _arc(start: np.ndarray, end: np.ndarray, rx: float, ry: float, large: bool, sweep: bool) -> np.ndarray:
    """Bézier points after the start of an ellipse's arc, its axes along x and y (F.6.5, F.6.6 for radii too small)."""
    from matplotlib.path import Path

    half = (start - end) / 2 / (rx, ry)
    size = hypot(*half)
    if size > 1:
        rx, ry, half, size = rx * size, ry * size, half / size, 1.0
    away = (1 if large != sweep else -1) * sqrt(max(1 / size**2 - 1, 0.0)) if size else 0.0
    center = away * np.array([half[1], -half[0]])
    a, b = half - center, -half - center
    first = degrees(copysign(acos(min(max(a[0], -1), 1)), a[1]))
    last = degrees(copysign(acos(min(max(b[0], -1), 1)), b[1]))
    if sweep and last < first:
        last += 360
    if not sweep and last > first:
        last -= 360
    arc = np.array(Path.arc(min(first, last), max(first, last)).vertices)
    arc = arc if sweep else arc[::-1]
    return arc[1:] * (rx, ry) + center * (rx, ry) + (start + end) / 2
