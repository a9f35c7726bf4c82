"""Masses of OpenRocket's components from their dimensions and materials, as its technical documentation has them."""

from math import isfinite, pi

import numpy as np

from ...core.errors import InputError
from ...launch_data.ccsds.xml_tree import Node

Outline = tuple[list[float], list[float]]


def dimension(node: Node, tag: str, default: float | None) -> float | None:
    """A number of a component in the file's own SI; 'auto 0.0125' is 0.0125, 'auto' alone and what is missing are the default."""
    found = node.child(tag)
    return default if found is None else number(found, default)


def number(element: Node, default: float | None) -> float | None:
    """What an element says. Raises InputError, at the element's line, for what is no number of a rocket."""
    text = element.text.removeprefix("auto").strip()
    if not text or text == "filled":
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > 1e6:
        raise InputError(f"<{element.tag}>: '{text}' is no number of a rocket", where=str(element.line))
    return value


def density(node: Node, tag: str = "material") -> float:
    """Of the component's material: kg/m^3, kg/m^2 or kg/m by its type."""
    found = node.child(tag)
    try:
        value = float(found.attributes.get("density", "0")) if found is not None else 0.0
    except ValueError:
        value = float("nan")
    if not isfinite(value) or value < 0:
        raise InputError(f"the density of <{node.tag}> at line {node.line} is no number")
    return value


def fin_area(node: Node) -> float:
    """Planform of one fin [m^2]."""
    root, height = dimension(node, "rootchord", 0.0) or 0.0, dimension(node, "height", 0.0) or 0.0
    if node.tag == "ellipticalfinset":
        return pi * root * height / 4
    return (root + (dimension(node, "tipchord", 0.0) or 0.0)) / 2 * height


def shoulders(node: Node, length: float) -> list[tuple[float, float, float]]:
    """(mass [kg], centre behind the fore end, length [m]) of the sleeves, with their caps, by which a nose or cone is held."""
    found = []
    for end, sign, begin in (("aft", 1, length), ("fore", -1, 0.0)):
        radius, long, wall = (
            dimension(node, f"{end}shoulder{k}", 0.0) or 0.0 for k in ("radius", "length", "thickness")
        )
        if radius <= 0 or long <= 0:
            continue
        inner = max(radius - wall, 0.0)
        found.append((density(node) * pi * (radius**2 - inner**2) * long, begin + sign * long / 2, long))
        capped = node.child(f"{end}shouldercapped")
        if capped is not None and capped.text == "true":
            found.append((density(node) * pi * inner**2 * wall, begin + sign * (long - wall / 2), wall))
    return found


def own_mass(node: Node, length: float, radius: float, outline: Outline, hole: float = 0.0) -> tuple[float, float]:
    """(mass [kg], centre behind the fore end [m]) of a component without what is in it. radius: its outer one; hole: of a ring
    that says no inner one."""
    middle = length / 2
    if node.tag in ("nosecone", "transition", "bodytube"):
        return _shell(node, outline)
    if node.tag.endswith("finset"):
        count = dimension(node, "fincount", 1.0) or 0.0
        thickness, tip = dimension(node, "thickness", 0.0) or 0.0, dimension(node, "tipchord", 0.0) or 0.0
        sweep = dimension(node, "sweeplength", 0.0) or 0.0
        area = fin_area(node)
        if node.tag == "trapezoidfinset" and length + tip > 0:
            # centroid of a trapezoid behind the leading edge of its root
            middle = (length**2 + length * tip + tip**2 + sweep * (length + 2 * tip)) / (3 * (length + tip))
        return count * density(node) * thickness * area, middle
    if node.tag in ("innertube", "tubecoupler", "engineblock", "launchlug"):
        outer = dimension(node, "outerradius", dimension(node, "radius", radius)) or 0.0
        inner = max(outer - (dimension(node, "thickness", 0.0) or 0.0), 0.0)
        return density(node) * pi * (outer**2 - inner**2) * length, middle
    if node.tag in ("centeringring", "bulkhead"):
        outer, inner = (
            dimension(node, "outerradius", radius) or 0.0,
            dimension(node, "innerradius", hole if node.tag == "centeringring" else 0.0) or 0.0,
        )
        return density(node) * pi * (outer**2 - inner**2) * length, middle
    if node.tag == "parachute":
        cloth = density(node) * pi * (dimension(node, "diameter", 0.0) or 0.0) ** 2 / 4
        lines = (dimension(node, "linecount", 0.0) or 0.0) * (dimension(node, "linelength", 0.0) or 0.0)
        return cloth + lines * density(node, "linematerial"), middle
    if node.tag == "streamer":
        strip = (dimension(node, "striplength", 0.0) or 0.0) * (dimension(node, "stripwidth", 0.0) or 0.0)
        return density(node) * strip, middle
    if node.tag == "shockcord":
        return density(node) * (dimension(node, "cordlength", 0.0) or 0.0), middle
    return dimension(node, "mass", 0.0) or 0.0, middle  # mass components say theirs


def _shell(node: Node, outline: Outline) -> tuple[float, float]:
    """A body of revolution with a wall measured across the axis, or a filled one."""
    x, outer = np.asarray(outline[0], float), np.asarray(outline[1], float)
    wall = node.child("thickness")
    thickness = dimension(node, "thickness", 0.0) or 0.0
    inner = np.zeros_like(outer) if wall is not None and wall.text == "filled" else np.maximum(outer - thickness, 0.0)
    fine = np.linspace(0.0, x[-1], 2001)
    area = pi * (np.interp(fine, x, outer) ** 2 - np.interp(fine, x, inner) ** 2)
    volume = float(np.trapezoid(area, fine))
    return density(node) * volume, float(np.trapezoid(area * fine, fine)) / volume if volume > 0 else float(x[-1]) / 2
