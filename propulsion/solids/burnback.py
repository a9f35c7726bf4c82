"""How a cross-section burns back: every point of the port's outline moves along its normal, out to the case.

The port after a burnt depth w is all that lies within w of the outline. Its boundary is made of three kinds of pieces:
straight ones shifted by w, arcs with their radius grown by w, and arcs of radius w about the corners that stick out into
the propellant. Each candidate is cut where it meets any other and the case; a part stays when no point of the outline is
nearer than w (a piece that another has overtaken) and it lies inside the case. Lengths and areas are then sums of exact
terms: nothing is meshed. The principle is Piobert's law: parallel burning.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, pi, sin

import numpy as np

from .outline import Arc, Line, Outline, ends

_TIE = 1e-9  # relative to the size of the section


@dataclass(frozen=True)
class Front:
    """The burning front at one depth: its length [m], the port's area [m^2], and its parts, each a line or an arc."""

    perimeter: float
    port_area: float
    parts: Outline


class Section:
    """A port in a round case of the given radius [m].

    fold: the outline repeats so many times round the axis, sector after sector; ``measure`` then looks at one sector.
    """

    def __init__(self, outline: Outline, case_radius: float, fold: int = 1) -> None:
        self.outline, self.case_radius, self.fold = outline, case_radius, fold
        lines = [p for p in outline if isinstance(p, Line)]
        arcs = [p for p in outline if isinstance(p, Arc)]
        self._a = np.array([p.a for p in lines]).reshape(-1, 2)
        self._ab = np.array([p.b for p in lines]).reshape(-1, 2) - self._a
        self._centers = np.array([p.center for p in arcs]).reshape(-1, 2)
        self._radii = np.array([p.radius for p in arcs])
        self._first = np.array([p.first for p in arcs])
        self._span = np.array([p.last - p.first for p in arcs])
        tips = [q for p in arcs for q in ends(p)]
        self._tips = np.array(tips).reshape(-1, 2)
        self._corners = _corners(outline)

    def distance(self, x: np.ndarray) -> np.ndarray:
        """Distance [m] of points (n, 2) from the outline."""
        found = np.full(len(x), np.inf)
        if len(self._a):
            d = x[:, None, :] - self._a
            t = np.clip(np.sum(d * self._ab, -1) / np.sum(self._ab**2, -1), 0.0, 1.0)
            found = np.min(np.linalg.norm(d - t[..., None] * self._ab, axis=-1), axis=1)
        if len(self._radii):
            d = x[:, None, :] - self._centers
            angle = np.mod(np.arctan2(d[..., 1], d[..., 0]) - self._first, 2.0 * pi)
            r = np.where(angle <= self._span, np.abs(np.hypot(d[..., 0], d[..., 1]) - self._radii), np.inf)
            found = np.minimum(found, np.min(r, axis=1))
            tips = np.min(np.linalg.norm(x[:, None, :] - self._tips, axis=-1), axis=1)
            found = np.minimum(found, tips)
        return found

    def web(self) -> float:
        """The depth [m] at which the last propellant of the section is burnt: the farthest point from the outline."""
        angles = np.linspace(0.0, 2.0 * pi, 2881)
        rim = self.case_radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        d = self.distance(rim)
        at, step = angles[int(np.argmax(d))], angles[1]
        for _ in range(6):  # the farthest point of a star-shaped port lies on the rim
            fine = np.linspace(at - step, at + step, 41)
            d = self.distance(self.case_radius * np.stack([np.cos(fine), np.sin(fine)], axis=1))
            at, step = fine[int(np.argmax(d))], step / 20.0
        return float(np.max(d))

    def front(self, depth: float) -> Front:
        """The front after a burnt depth [m], with its parts."""
        return self._front(depth, 1)

    def measure(self, depth: float) -> tuple[float, float]:
        """The front's length [m] and the port's area [m^2] after a burnt depth [m]."""
        front = self._front(depth, self.fold)
        return front.perimeter, front.port_area

    def _front(self, depth: float, fold: int) -> Front:
        pieces, corners = self._candidates(depth)
        rim = Arc((0.0, 0.0), self.case_radius, 0.0, 2.0 * pi)
        everything = [*pieces, *corners, rim]
        mine = [*pieces[: len(pieces) // fold], *corners[: len(corners) // fold]]
        tie = _TIE * self.case_radius
        cut = [pair for piece in mine for pair in _cut(piece, everything)]
        cut = [(part, m) for part, m in cut if np.hypot(*m) < self.case_radius - tie]
        keep = self._clear([m for _, m in cut], depth - tie)
        parts = [part for (part, _), good in zip(cut, keep, strict=True) if good]
        burnt = _cut(Arc((0.0, 0.0), self.case_radius, 0.0, 2.0 * pi / fold), everything[:-1])
        unburnt = self._clear([m for _, m in burnt], depth + tie)  # as the parts above are dropped within a tie
        boundary = [*parts, *(part for (part, _), left in zip(burnt, unburnt, strict=True) if not left)]
        area = fold * float(sum(_area(p) for p in boundary))
        return Front(fold * float(sum(_length(p) for p in parts)), min(area, pi * self.case_radius**2), tuple(parts))

    def _clear(self, points: list[tuple[float, float]], depth: float) -> np.ndarray:
        return self.distance(np.array(points).reshape(-1, 2)) >= depth if points else np.zeros(0, dtype=bool)

    def _candidates(self, w: float) -> tuple[list[Line | Arc], list[Line | Arc]]:
        pieces: list[Line | Arc] = []
        for p in self.outline:
            if isinstance(p, Line):
                dx, dy = p.b[0] - p.a[0], p.b[1] - p.a[1]
                length = np.hypot(dx, dy)
                n = (w * dy / length, -w * dx / length)  # to the right: away from the port
                pieces.append(Line((p.a[0] + n[0], p.a[1] + n[1]), (p.b[0] + n[0], p.b[1] + n[1])))
            else:
                pieces.append(Arc(p.center, p.radius + w, p.first, p.last))
        return pieces, [Arc(c, w, first, last) for c, first, last in self._corners] if w > 0.0 else []


def _corners(outline: Outline) -> list[tuple[tuple[float, float], float, float]]:
    """Corners that stick out into the propellant, with the directions of the normals before and after them [rad]."""
    found = []
    for before, after in zip(outline, (*outline[1:], outline[0]), strict=True):
        first, last = _normal(before, last=True), _normal(after, last=False)
        turn = (last - first + pi) % (2.0 * pi) - pi
        if turn > 1e-9:
            found.append((ends(before)[1], first, first + turn))
    return found


def _normal(piece: Line | Arc, *, last: bool) -> float:
    if isinstance(piece, Line):
        return atan2(-(piece.b[0] - piece.a[0]), piece.b[1] - piece.a[1])
    return piece.last if last else piece.first


def _cut(piece: Line | Arc, others: list[Line | Arc]) -> list[tuple[Line | Arc, tuple[float, float]]]:
    """The piece in parts, cut wherever it can meet another (whole lines and circles are met), with their middles."""
    at = {0.0, 1.0}
    for other in others:
        if other is not piece:
            at.update(t for t in _meets(piece, other) if 0.0 < t < 1.0)
    marks = sorted(at)
    parts = []
    for t0, t1 in pairwise(marks):
        if t1 - t0 > 1e-13:
            parts.append((_part(piece, t0, t1), _point(piece, 0.5 * (t0 + t1))))
    return parts


def _point(piece: Line | Arc, t: float) -> tuple[float, float]:
    if isinstance(piece, Line):
        return piece.a[0] + t * (piece.b[0] - piece.a[0]), piece.a[1] + t * (piece.b[1] - piece.a[1])
    return piece.at(piece.first + t * (piece.last - piece.first))


def _part(piece: Line | Arc, t0: float, t1: float) -> Line | Arc:
    if isinstance(piece, Line):
        return Line(_point(piece, t0), _point(piece, t1))
    span = piece.last - piece.first
    return Arc(piece.center, piece.radius, piece.first + t0 * span, piece.first + t1 * span)


def _meets(piece: Line | Arc, other: Line | Arc) -> list[float]:
    """Where (as a fraction of the piece) it meets the line or circle that carries the other."""
    if isinstance(piece, Line):
        px, py = piece.a
        dx, dy = piece.b[0] - px, piece.b[1] - py
        if isinstance(other, Line):
            ex, ey = other.b[0] - other.a[0], other.b[1] - other.a[1]
            cross = dx * ey - dy * ex
            if abs(cross) < 1e-30:
                return []
            return [((other.a[0] - px) * ey - (other.a[1] - py) * ex) / cross]
        fx, fy = px - other.center[0], py - other.center[1]
        a, b, c = dx * dx + dy * dy, fx * dx + fy * dy, fx * fx + fy * fy - other.radius**2
        disc = b * b - a * c
        if a == 0.0 or disc < 0.0:
            return []
        return [(-b - disc**0.5) / a, (-b + disc**0.5) / a]
    if piece.radius <= 0.0:
        return []
    cx, cy = piece.center
    if isinstance(other, Line):
        ex, ey = other.b[0] - other.a[0], other.b[1] - other.a[1]
        length = (ex * ex + ey * ey) ** 0.5
        if length == 0.0:
            return []
        offset = ((cx - other.a[0]) * ey - (cy - other.a[1]) * ex) / length  # the line lies at this to the left of us
        toward = atan2(ex, -ey)
    else:
        ex, ey = other.center[0] - cx, other.center[1] - cy
        apart = (ex * ex + ey * ey) ** 0.5
        if apart < 1e-15:
            return []
        offset = (apart**2 + piece.radius**2 - other.radius**2) / (2.0 * apart)
        toward = atan2(ey, ex)
    if abs(offset) >= piece.radius:
        return []
    half = float(np.arccos(offset / piece.radius))
    span = piece.last - piece.first
    return [((toward + s - piece.first) % (2.0 * pi)) / span for s in (half, -half)]


def _length(piece: Line | Arc) -> float:
    if isinstance(piece, Line):
        return float(np.hypot(piece.b[0] - piece.a[0], piece.b[1] - piece.a[1]))
    return piece.radius * (piece.last - piece.first)


def _area(piece: Line | Arc) -> float:
    """Its part of half the integral of x dy - y dx round the boundary (Green)."""
    if isinstance(piece, Line):
        return 0.5 * (piece.a[0] * piece.b[1] - piece.b[0] * piece.a[1])
    r, a, b = piece.radius, piece.first, piece.last
    cx, cy = piece.center
    return 0.5 * (r * r * (b - a) + r * cx * (sin(b) - sin(a)) - r * cy * (cos(b) - cos(a)))
