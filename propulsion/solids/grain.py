"""The grain against burnt depth: burning surface, propellant left, where it lies."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, pi

import numpy as np

from ...core.errors import UndecidedError
from .burnback import Section
from .document import Segment, SolidMotor
from .outline import Arc

_FIRST = 32  # intervals to begin with
_VALUE, _SLOPE = 2e-9, 2e-4  # how far the middle of an interval may lie off, of the first value and the largest slope
_NARROW = 1e-8  # of the whole depth: an interval that is not halved further
_MOST = 20000  # evaluations
_BEFORE = 1e-7  # of the last depth: how far before it the limit from the left is taken


class Shrinking:
    """A quantity V that shrinks with depth w at the rate S = -dV/dw, where S may jump at some depths.

    Between nodes V is the cubic with the exact values and slopes at both, S its derivative, so that the integral of S is V
    to rounding. Each span between jumps has its own one-sided slopes.
    """

    def __init__(self, at: Callable[[float, bool], tuple[float, float]], jumps: Sequence[float]) -> None:
        """at(w, left): (S, V) at a depth, S from the left or the right; jumps: ascending, the last one the end.

        Raises UndecidedError when the tolerance is not reached.
        """
        self.jumps = tuple(jumps)
        end = jumps[-1]
        first = at(0.0, False)
        self.whole = first[1]
        rows: list[tuple[float, float, float, float, float, float]] = []  # w0, w1, S0, S1, V0, V1
        self.spans: list[tuple[int, int]] = []
        scale = first[0] or first[1] / end
        evaluations = 0
        begin = 0.0
        for jump in jumps:
            n = max(2, round(_FIRST * (jump - begin) / end))
            marks = np.linspace(begin, jump, n + 1).tolist()
            values = [at(w, left=(i == n)) if i else at(w, False) for i, w in enumerate(marks)]  # type: ignore[call-arg]
            todo = [(marks[i], marks[i + 1], values[i], values[i + 1]) for i in range(n)]
            done = []
            while todo:
                a, b, left, right = todo.pop()
                m = 0.5 * (a + b)
                middle = at(m, False)
                evaluations += 1
                if evaluations > _MOST:
                    raise UndecidedError("the grain's burn-back did not become smooth; simplify the port's outline")
                scale = max(scale, middle[0])
                h = b - a
                v = 0.5 * (left[1] + right[1]) - h / 8.0 * (left[0] - right[0])
                s = 1.5 * (left[1] - right[1]) / h - 0.25 * (left[0] + right[0])
                near = abs(v - middle[1]) <= _VALUE * self.whole and abs(s - middle[0]) <= _SLOPE * scale
                if near or h < _NARROW * end:
                    done += [
                        (a, m, left[0], middle[0], left[1], middle[1]),
                        (m, b, middle[0], right[0], middle[1], right[1]),
                    ]
                else:
                    todo += [(a, m, left, middle), (m, b, middle, right)]
            done.sort()
            self.spans.append((len(rows), len(rows) + len(done)))
            rows += done
            begin = jump
        self._rows = rows
        self._starts = [r[0] for r in rows]
        self.evaluations = evaluations

    def __call__(self, w: float, span: int) -> tuple[float, float]:
        """(S, V) at a depth taken to lie in that span (its ends are held outside); beyond the last span nothing is left."""
        if span >= len(self.spans):
            return 0.0, 0.0
        i0, i1 = self.spans[span]
        i = min(max(bisect_right(self._starts, w) - 1, i0), i1 - 1)
        a, b, s0, s1, v0, v1 = self._rows[i]
        h = b - a
        u = min(max((w - a) / h, 0.0), 1.0)
        s = 6.0 * u * (1.0 - u) * (v0 - v1) / h + s0 * (1.0 - u) * (1.0 - 3.0 * u) + s1 * u * (3.0 * u - 2.0)
        q = 1.0 - u
        v = v0 * q * q * (1.0 + 2.0 * u) + v1 * u * u * (3.0 - 2.0 * u) - h * u * q * (s0 * q - s1 * u)
        return max(s, 0.0), v

    def interval(self, i: int) -> tuple[float, float]:
        """Depths of a node and the next."""
        return self._rows[i][0], self._rows[i][1]

    def span_of(self, w: float) -> int:
        """The span in which a depth lies; at a jump the one after it."""
        return bisect_right(self.jumps, w)

    def sampled(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Depth, S, V at the nodes; at a jump the depth stands twice."""
        w, s, v = [], [], []
        for i0, i1 in self.spans:
            w += [self._rows[i][0] for i in range(i0, i1)] + [self._rows[i1 - 1][1]]
            s += [self._rows[i][2] for i in range(i0, i1)] + [self._rows[i1 - 1][3]]
            v += [self._rows[i][4] for i in range(i0, i1)] + [self._rows[i1 - 1][5]]
        return np.array(w), np.array(s), np.array(v)


@dataclass(frozen=True)
class GrainTable:
    """burning: surface [m^2] and volume [m^3] of all propellant. Arrays against depth [m] (twice at a jump of the surface):
    surface, volume, moment of the volume from the head [m^4], passage: the area that the whole gas flow would need for the
    mass flux of the segment's aft end where that is largest [m^2].

    empty: volume of port and gaps of the new grain; port: area of its last port [m^2]. web: depth from which on the surface
    only falls, steeply.
    """

    burning: Shrinking
    depth: np.ndarray
    surface: np.ndarray
    volume: np.ndarray
    moment: np.ndarray
    passage: np.ndarray
    empty: float
    port: float
    length: float
    web: float

    @property
    def sliver_fraction(self) -> float:
        """Propellant left when the main web is through, of all."""
        return float(np.interp(self.web, self.depth, self.volume) / self.volume[0])


@dataclass(frozen=True)
class Piece:
    """A segment at its place: head [m] from the grain's head; last: depth at which it is burnt [m]; steps: depths before
    that at which an arc about the motor's axis reaches the case, all of it at once.
    """

    s: Segment
    section: Section | None
    head: float
    last: float
    steps: tuple[float, ...] = ()

    @property
    def case(self) -> float:
        """Area of the full circle [m^2]."""
        return pi * self.s.outer_diameter**2 / 4.0

    def cross(self, w: float, fronts: dict, left: bool = True) -> tuple[float, float]:
        """Perimeter [m] of the front and area [m^2] of what is left in the cross-section; at the last depth from the left,
        at a step from the left or the right.
        """
        if self.section is None:
            return 0.0, self.case
        for step in self.steps:
            aside = step * (1.0 - _BEFORE if left else 1.0 + _BEFORE)
            if w != aside and abs(w - step) < 0.99 * _BEFORE * step:
                perimeter, solid = self.cross(aside, fronts)
                return perimeter, max(solid - perimeter * (w - aside), 0.0)
        close = self.last * (1.0 - _BEFORE)
        if w > close:
            perimeter, solid = self.cross(close, fronts)
            return perimeter, max(solid - perimeter * (w - close), 0.0)
        key = (id(self.section), w)
        if key not in fronts:
            perimeter, port = self.section.measure(w + getattr(self.s, "fillet", 0.0))
            fronts[key] = perimeter, max(self.case - port, 0.0)
        return fronts[key]

    def at(self, w: float, left: bool, fronts: dict) -> tuple[float, float, float]:
        """Surface, volume, moment; at its last depth what was there from the left, or nothing."""
        if w > self.last or (w >= self.last and not left):
            return 0.0, 0.0, 0.0
        ends = self.s.burning
        length = max(self.s.length - ends * w, 0.0)
        perimeter, solid = self.cross(w, fronts, left)
        middle = self.head + self.s.length / 2.0 - (w / 2.0 if ends == 1 else 0.0)
        return perimeter * length + ends * solid, solid * length, solid * length * middle


def pieces_of(motor: SolidMotor) -> tuple[list[Piece], float]:
    """All segments in their places, and the grain's length [m]."""
    pieces, head = [], 0.0
    for segment in motor.grain:
        section = segment.section()
        last = section.web() - getattr(segment, "fillet", 0.0) if section is not None else inf
        if segment.burning:
            last = min(last, segment.length / segment.burning)
        for _ in range(segment.count):
            head += segment.gap
            pieces.append(Piece(segment, section, head, last, steps_of(segment, section, last)))
            head += segment.length
    return pieces, head


def steps_of(segment: Segment, section: Section | None, last: float) -> tuple[float, ...]:
    """Depths [m] below the last at which arcs about the axis reach the case."""
    if section is None:
        return ()
    offset = getattr(segment, "fillet", 0.0)
    radii = {a.radius for a in section.outline if isinstance(a, Arc) and a.center == (0.0, 0.0)}
    found = (section.case_radius - r - offset for r in radii)
    return tuple(sorted(w for w in found if 0.0 < w < last * (1.0 - 10.0 * _BEFORE)))


def grain_table(motor: SolidMotor) -> GrainTable:
    """The grain when every surface recedes by the same depth. Raises UndecidedError as `Shrinking` does."""
    pieces, length = pieces_of(motor)
    fronts: dict = {}

    def at(w: float, left: bool) -> tuple[float, float]:
        surface, volume, _ = np.sum([p.at(w, left, fronts) for p in pieces], axis=0)
        return float(surface), float(volume)

    burning = Shrinking(at, _distinct([w for p in pieces for w in (*p.steps, p.last)]))
    depth, surface, volume = burning.sampled()
    moment = np.array([sum(p.at(w, True, fronts)[2] for p in pieces) for w in depth])
    gaps = sum(p.case * p.s.gap for p in pieces)
    empty = gaps + sum(p.case * p.s.length for p in pieces) - burning.whole
    passage = np.array([_passage(pieces, w, fronts) for w in depth])
    aft = next((p for p in reversed(pieces) if p.section is not None), None)
    port = pieces[-1].case if aft is None else aft.case - aft.cross(0.0, fronts)[1]
    web = _web(depth, surface)
    return GrainTable(burning, depth, surface, volume, moment, passage, float(empty), port, length, web)


def _passage(pieces: list[Piece], w: float, fronts: dict) -> float:
    """The smallest of: a segment's port over the share of the burning surface that lies ahead of its aft end [m^2]."""
    surfaces = np.array([p.at(w, True, fronts)[0] for p in pieces])
    shares = np.cumsum(surfaces) / surfaces.sum() if surfaces.sum() > 0.0 else np.ones(len(pieces))
    found = [pieces[-1].case]
    for p, share in zip(pieces, shares, strict=True):
        if p.section is not None and share > 0.0:
            found.append((p.case - (p.cross(w, fronts)[1] if w < p.last else 0.0)) / share)
    return float(min(found))


def _distinct(depths: list[float]) -> list[float]:
    """Ascending, those within rounding of each other once."""
    found: list[float] = []
    for w in sorted(depths):
        if not found or w > found[-1] * (1.0 + 1e-9):
            found.append(w)
    return found


def _web(depth: np.ndarray, surface: np.ndarray) -> float:
    """The last depth from which on the surface only falls, steeply (a tenth of the web by 15 % of the mean or more)."""
    mean = float(np.trapezoid(surface, depth)) / depth[-1]
    steep = np.append(np.diff(surface), -surface[-1]) < -1.5 * mean / depth[-1] * np.append(np.diff(depth), 0.0)
    k = len(depth) - 1
    while k > 0 and steep[k - 1]:
        k -= 1
    return float(depth[k]) if depth[k] > 0.4 * depth[-1] else float(depth[-1])
