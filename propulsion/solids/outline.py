"""The port's outline in a grain's cross-section: straight pieces and arcs, counterclockwise, the port on the left."""

from dataclasses import dataclass
from math import asin, atan2, ceil, cos, hypot, pi, sin, tan

import numpy as np


@dataclass(frozen=True)
class Line:
    """A straight piece from a to b [m]."""

    a: tuple[float, float]
    b: tuple[float, float]


@dataclass(frozen=True)
class Arc:
    """An arc about the centre, counterclockwise (the port inside the circle) from the angle first to last > first [rad]."""

    center: tuple[float, float]
    radius: float
    first: float
    last: float

    def at(self, angle: float) -> tuple[float, float]:
        """The point at an angle [rad]."""
        return self.center[0] + self.radius * cos(angle), self.center[1] + self.radius * sin(angle)


Outline = tuple[Line | Arc, ...]


def circle(radius: float) -> Outline:
    """A round port."""
    return (Arc((0.0, 0.0), radius, 0.0, 2.0 * pi),)


def polygon(points: tuple[tuple[float, float], ...]) -> Outline:
    """A port with straight sides; either sense of rotation."""
    x, y = np.array(points).T
    if float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) < 0.0:
        points = points[::-1]
    return tuple(Line(a, b) for a, b in zip(points, (*points[1:], points[0]), strict=True))


def star(points: int, tip_radius: float, opening: float, fraction: float) -> Outline:
    """The skeleton of a star, all of whose ports are offsets of it: the port with a tip fillet f is its offset by f.

    Each of the N sectors, half angle pi/N: a corner at tip_radius l and angle fraction*pi/N from the axis of the
    propellant's point, a straight flank from there to the point on that axis with half the opening angle between
    flank and axis, and an arc of radius l about the motor's axis from the corner to the sector's edge.
    Barrère et al., Rocket Propulsion (1960).
    Raises ValueError when the point's flank would reach the axis of the motor or beyond.
    """
    half, corner = pi / points, fraction * pi / points
    inner = tip_radius * (cos(corner) - sin(corner) / tan(opening / 2.0))
    if inner <= 0.0:
        least = 2.0 * atan2(sin(corner), cos(corner))
        raise ValueError(
            f"the star's points meet at the axis; the opening angle must exceed {np.degrees(least):.1f} deg"
        )
    pieces: list[Line | Arc] = []

    def at(radius: float, angle: float) -> tuple[float, float]:
        return radius * cos(angle), radius * sin(angle)

    for k in range(points):
        axis = 2.0 * half * k
        point = at(inner, axis)
        after, before = at(tip_radius, axis + corner), at(tip_radius, axis + 2.0 * half - corner)
        pieces.append(Line(point, after))
        if fraction < 1.0 - 1e-12:
            pieces.append(Arc((0.0, 0.0), tip_radius, axis + corner, axis + 2.0 * half - corner))
            after = before
        pieces.append(Line(after, at(inner, axis + 2.0 * half)))
    return tuple(pieces)


def finocyl(core_radius: float, fins: int, fin_width: float, fin_tip_radius: float, rounded: bool) -> Outline:
    """A round core with slots (the fins of the port) out to a tip radius; their ends half round, or square.

    Raises ValueError when neighbouring slots overlap or a slot ends within the core.
    """
    h = fin_width / 2.0
    if h >= core_radius * sin(pi / fins):
        raise ValueError("neighbouring fins overlap at the core; take fewer or thinner ones")
    root = asin(h / core_radius)
    end = fin_tip_radius - h if rounded else fin_tip_radius
    if end <= core_radius * cos(root):
        raise ValueError("the fins end within the core; raise the tip radius")
    pieces: list[Line | Arc] = []
    for k in range(fins):
        axis = 2.0 * pi * k / fins
        c, s = cos(axis), sin(axis)

        def at(x: float, y: float, c: float = c, s: float = s) -> tuple[float, float]:
            return x * c - y * s, x * s + y * c

        x0 = core_radius * cos(root)
        pieces.append(Line(at(x0, -h), at(end, -h)))
        if rounded:
            pieces.append(Arc(at(end, 0.0), h, axis - pi / 2.0, axis + pi / 2.0))
        else:
            pieces.append(Line(at(end, -h), at(end, h)))
        pieces.append(Line(at(end, h), at(x0, h)))
        pieces.append(Arc((0.0, 0.0), core_radius, axis + root, axis + 2.0 * pi / fins - root))
    return tuple(pieces)


def ends(piece: Line | Arc) -> tuple[tuple[float, float], tuple[float, float]]:
    """First and last point."""
    if isinstance(piece, Line):
        return piece.a, piece.b
    return piece.at(piece.first), piece.at(piece.last)


def furthest(outline: Outline) -> float:
    """The largest distance [m] of the outline from the axis."""
    far = 0.0
    for piece in outline:
        far = max(far, *(hypot(*p) for p in ends(piece)))
        if isinstance(piece, Arc):
            n = max(2, ceil((piece.last - piece.first) / 0.02))
            far = max(far, *(hypot(*piece.at(a)) for a in np.linspace(piece.first, piece.last, n)))
    return far
